/* holidays.c: days with names, those that are kept in the United States and the United Kingdom foremost: fixed ones, those on the
 * nth weekday of a month, and those that go with Easter. Where the two differ (Mother's Day), the American day is meant, as "dollars"
 * are; days of a calendar of the moon have none here. */
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

#define LONGEST_NAME 40u

enum rule { FIXED, NTH, EASTER, AFTER_NTH, UNKNOWN };

struct holiday {
    const char *name; /* in small letters, without apostrophes and periods */
    uint8_t rule;
    uint8_t month;
    int8_t day; /* FIXED: of the month; NTH: which, 0 the last; EASTER, AFTER_NTH: days behind */
    uint8_t weekday;
    bool any_case; /* means nothing else in small letters */
};

/* In the order of the alphabet. */
/* clang-format off */
static const struct holiday holidays[] = {
    { "all hallows eve", FIXED, 10, 31, 0, true }, { "all saints day", FIXED, 11, 1, 0, true }, { "all souls day", FIXED, 11, 2, 0, true },
    { "anzac day", FIXED, 4, 25, 0, true }, { "april fools", FIXED, 4, 1, 0, true }, { "april fools day", FIXED, 4, 1, 0, true },
    { "armistice day", FIXED, 11, 11, 0, true }, { "ascension day", EASTER, 0, 39, 0, true },
    { "ascension thursday", EASTER, 0, 39, 0, true }, { "ash wednesday", EASTER, 0, -46, 0, true }, { "ashura", UNKNOWN, 0, 0, 0, false },
    { "august bank holiday", NTH, 8, 0, 1, true }, { "australia day", FIXED, 1, 26, 0, false }, { "bastille day", FIXED, 7, 14, 0, false },
    { "black friday", AFTER_NTH, 11, 1, 4, false }, { "bonfire night", FIXED, 11, 5, 0, false }, { "boxing day", FIXED, 12, 26, 0, true },
    { "burns night", FIXED, 1, 25, 0, false }, { "canada day", FIXED, 7, 1, 0, false }, { "candlemas", FIXED, 2, 2, 0, true },
    { "christmas", FIXED, 12, 25, 0, true }, { "christmas day", FIXED, 12, 25, 0, true }, { "christmas eve", FIXED, 12, 24, 0, true },
    { "cinco de mayo", FIXED, 5, 5, 0, true }, { "columbus day", NTH, 10, 2, 1, true }, { "cyber monday", AFTER_NTH, 11, 4, 4, true },
    { "diwali", UNKNOWN, 0, 0, 0, false }, { "early may bank holiday", NTH, 5, 1, 1, true }, { "earth day", FIXED, 4, 22, 0, false },
    { "easter", EASTER, 0, 0, 0, true }, { "easter day", EASTER, 0, 0, 0, true }, { "easter eve", EASTER, 0, -1, 0, true },
    { "easter monday", EASTER, 0, 1, 0, true }, { "easter sunday", EASTER, 0, 0, 0, true }, { "eid al-adha", UNKNOWN, 0, 0, 0, false },
    { "eid al-fitr", UNKNOWN, 0, 0, 0, false }, { "election day", UNKNOWN, 0, 0, 0, false }, { "epiphany", FIXED, 1, 6, 0, false },
    { "fat tuesday", EASTER, 0, -47, 0, true }, { "fathers day", NTH, 6, 3, 7, true }, { "giving tuesday", AFTER_NTH, 11, 5, 4, false },
    { "good friday", EASTER, 0, -2, 0, true }, { "groundhog day", FIXED, 2, 2, 0, true }, { "guy fawkes day", FIXED, 11, 5, 0, true },
    { "guy fawkes night", FIXED, 11, 5, 0, true }, { "halloween", FIXED, 10, 31, 0, true }, { "hanukkah", UNKNOWN, 0, 0, 0, false },
    { "hogmanay", FIXED, 12, 31, 0, true }, { "holy saturday", EASTER, 0, -1, 0, true }, { "holy thursday", EASTER, 0, -3, 0, true },
    { "independence day", FIXED, 7, 4, 0, false }, { "indigenous peoples day", NTH, 10, 2, 1, true },
    { "international womens day", FIXED, 3, 8, 0, true }, { "international workers day", FIXED, 5, 1, 0, true },
    { "juneteenth", FIXED, 6, 19, 0, true }, { "labor day", NTH, 9, 1, 1, true }, { "labour day", UNKNOWN, 0, 0, 0, false },
    { "lunar new year", UNKNOWN, 0, 0, 0, false }, { "mardi gras", EASTER, 0, -47, 0, true },
    { "martin luther king day", NTH, 1, 3, 1, true }, { "martin luther king jr day", NTH, 1, 3, 1, true },
    { "maundy thursday", EASTER, 0, -3, 0, true }, { "may day", FIXED, 5, 1, 0, false }, { "memorial day", NTH, 5, 0, 1, false },
    { "mlk day", NTH, 1, 3, 1, true }, { "mothering sunday", EASTER, 0, -21, 0, true }, { "mothers day", NTH, 5, 2, 7, true },
    { "new year", FIXED, 1, 1, 0, false }, { "new years day", FIXED, 1, 1, 0, true }, { "new years eve", FIXED, 12, 31, 0, true },
    { "palm sunday", EASTER, 0, -7, 0, true }, { "pancake day", EASTER, 0, -47, 0, true }, { "pancake tuesday", EASTER, 0, -47, 0, true },
    { "passover", UNKNOWN, 0, 0, 0, false }, { "pentecost", EASTER, 0, 49, 0, false }, { "pi day", FIXED, 3, 14, 0, false },
    { "presidents day", NTH, 2, 3, 1, true }, { "ramadan", UNKNOWN, 0, 0, 0, false }, { "remembrance day", FIXED, 11, 11, 0, false },
    { "rosh hashanah", UNKNOWN, 0, 0, 0, false }, { "saint patricks day", FIXED, 3, 17, 0, true },
    { "saint valentines day", FIXED, 2, 14, 0, true }, { "shrove tuesday", EASTER, 0, -47, 0, true },
    { "spring bank holiday", NTH, 5, 0, 1, true }, { "st andrews day", FIXED, 11, 30, 0, true }, { "st davids day", FIXED, 3, 1, 0, true },
    { "st georges day", FIXED, 4, 23, 0, true }, { "st paddys day", FIXED, 3, 17, 0, true }, { "st patricks day", FIXED, 3, 17, 0, true },
    { "st stephens day", FIXED, 12, 26, 0, true }, { "st valentines day", FIXED, 2, 14, 0, true },
    { "summer bank holiday", NTH, 8, 0, 1, true }, { "thanksgiving", NTH, 11, 4, 4, true }, { "thanksgiving day", NTH, 11, 4, 4, true },
    { "thanksgiving eve", AFTER_NTH, 11, -1, 4, true }, { "trinity sunday", EASTER, 0, 56, 0, true },
    { "twelfth night", FIXED, 1, 5, 0, false }, { "valentine day", FIXED, 2, 14, 0, true }, { "valentines day", FIXED, 2, 14, 0, true },
    { "veterans day", FIXED, 11, 11, 0, true }, { "washingtons birthday", NTH, 2, 3, 1, false }, { "whit monday", EASTER, 0, 50, 0, true },
    { "whit sunday", EASTER, 0, 49, 0, true }, { "whitsun", EASTER, 0, 49, 0, false }, { "xmas", FIXED, 12, 25, 0, true },
    { "xmas day", FIXED, 12, 25, 0, true }, { "xmas eve", FIXED, 12, 24, 0, true }, { "yom kippur", UNKNOWN, 0, 0, 0, false },
};
/* clang-format on */

/* The day in a year; false when nothing here tells it. */
static bool day_in(const struct holiday *h, int32_t year, int32_t *days)
{
    switch ((enum rule)h->rule) {
    case FIXED:
        *days = calendar_days(year, h->month, (uint32_t)h->day);
        return true;
    case NTH:
        return calendar_nth(year, h->month, h->weekday, (uint32_t)h->day, days);
    case AFTER_NTH: /* of Thanksgiving */
        if (!calendar_nth(year, h->month, h->weekday, 4, days))
            return false;
        *days += h->day;
        return true;
    case EASTER:
        *days = calendar_easter(year) + h->day;
        return year >= 1583; /* the calendar's first */
    default:
        return false;
    }
}

/* The lexeme behind a name that begins at `i`; 0 when the text has another. Apostrophes and periods count as nothing there. */
static uint32_t name_at(struct reader *r, uint32_t i, const char *name)
{
    const char *text = r->input->text;

    for (;; i++) {
        const struct lexeme *l = lexeme(r, i);
        bool is_apostrophe_here = is_apostrophe(r, i);

        if (l->kind == LEXEME_WORD) {
            for (uint32_t at = l->start; at < l->end; at++) {
                char c = char_to_lower(text[at]);

                if (c == '\'' || c == '.')
                    continue;
                if (c == '\xE2' && at + 2 < l->end && text[at + 1] == '\x80' && text[at + 2] == '\x99') {
                    at += 2;
                    continue;
                }
                if (c != *name)
                    return 0;
                name++;
            }
        } else if (is_dash(r, i) && *name == '-') {
            name++;
            continue;
        } else if (!(is_apostrophe_here || is_sign(r, i, '.')) || !is_glued(r, i)) {
            return 0;
        }
        if (!*name)
            return i + 1;
        if (*name == ' ' && !(is_apostrophe(r, i + 1) && is_glued(r, i + 1))) {
            if (is_sign(r, i + 1, '.') && is_glued(r, i + 1))
                i++;
            name++;
        }
    }
}

/* The first name that begins with that letter, or one behind it. */
static size_t first_of(char letter)
{
    size_t low = 0, high = sizeof holidays / sizeof holidays[0];

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (holidays[middle].name[0] < letter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct holiday *find(struct reader *r, uint32_t i, uint32_t *behind)
{
    const struct holiday *best = NULL, *end = holidays + sizeof holidays / sizeof holidays[0];
    char first = (char)lexeme(r, i)->letters, second = (char)(lexeme(r, i)->letters >> 8);
    bool is_capital = lexeme(r, i)->flags & LEXEME_CAPITAL;

    *behind = 0;
    for (const struct holiday *h = holidays + first_of(first); h < end && h->name[0] == first; h++) {
        uint32_t at;

        if (!(is_capital || h->any_case) || (char_is_lower(second) && h->name[1] != second))
            continue;
        at = name_at(r, i, h->name);
        if (at > *behind && (is_capital || at > i + 1 || i > 0 || h->any_case)) {
            best = h;
            *behind = at;
        }
    }
    return best;
}

/* Of the years around today the one that is meant: the last before it, the next, or the nearest. */
static int32_t year_of(const struct holiday *h, int32_t today, int32_t shift)
{
    int32_t year = calendar_date(today).year, best = year, nearest = INT32_MAX;

    for (int32_t y = year - 1; y <= year + 1; y++) {
        int32_t days, away;

        if (!day_in(h, y, &days))
            continue;
        away = days < today ? today - days : days - today;
        if (shift < 0 ? days >= today : shift > 0 ? days <= today : false)
            continue;
        if (away < nearest) {
            nearest = away;
            best = y;
        }
    }
    return best;
}

bool holiday_at(struct reader *r, uint32_t i, int32_t shift, struct when *w)
{
    const struct holiday *h;
    uint32_t behind;
    int32_t days;

    if (lexeme(r, i)->kind != LEXEME_WORD || (h = find(r, i, &behind)) == NULL)
        return false;
    memset(w, 0, sizeof *w);
    if (strcmp(h->name, "easter") == 0 &&
        (is_word(r, behind, "egg") || is_word(r, behind, "eggs") || is_word(r, behind, "island")))
        return false;
    if (strcmp(h->name, "new year") == 0 && shift == 0)
        return false; /* a day only as "last New Year" */
    w->behind = shift ? behind : skip_year(r, behind, &w->date.year);
    if (w->behind > behind && !is_year(r, w->behind - 1) && !is_apostrophe(r, w->behind - 2)) {
        w->date.year = 0;
        w->behind = behind;
    }
    w->score = LIKELY;
    if (!w->date.year && r->settings->has_today && h->rule != UNKNOWN) {
        if (!shift && sentence_looks(r) > 0)
            shift = 1;
        w->date.year = year_of(h, r->settings->today, shift);
    }
    if (w->date.year && day_in(h, w->date.year, &days)) {
        when_set_day(w, days);
    } else if (h->rule == FIXED && !w->date.year) {
        w->date.month = h->month;
        w->date.day = (uint8_t)h->day;
    } else if (!w->date.year) {
        w->form = WHEN_UNTOLD;
    }
    return true;
}
