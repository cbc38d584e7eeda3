/* clock.c: times of day: "10:30", "5 p.m. EST", "7.30pm", "0800 GMT", "noon", "half past five", "5 o'clock in the afternoon", and
 * ranges of two, where the second may tell the first's half of the day: "1:30 to 5pm". */
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

static const struct clock no_clock = { .hour = -1, .minute = -1, .second = -1 };

/* ---- Which half of the day ---------------------------------------------------------------------------------------- */

/* Turns an hour of twelve into one of the part of the day. False when they don't go together. */
static bool set_part(struct clock *c, const char *part)
{
    if (c->hour < 1 || c->hour > 12)
        return c->hour > 12;
    if (part[0] == 'M' && part[1] == 'O')
        c->hour %= 12;
    else if (part[0] == 'A' || part[0] == 'E' || (part[0] == 'N' && c->hour >= 5 && c->hour < 12))
        c->hour = c->hour % 12 + 12;
    else if (part[0] == 'N')
        c->hour %= 12; /* "2 at night", "12 at night" */
    else
        return false;
    c->has_half = true;
    return true;
}

/* "in the afternoon", "at night", "this evening" is for relative.c. */
static uint32_t part_behind(struct reader *r, uint32_t i, struct clock *c)
{
    uint32_t at = is_word(r, i, "in") && is_class(r, i + 1, WORD_THE) ? i + 2 : is_word(r, i, "at") ? i + 1 : 0;

    if (!at || !is_class(r, at, WORD_PART) || is_class(r, at, WORD_DAY) || lexeme(r, at)->word->flags & IS_PLURAL ||
        (is_word(r, i, "at") && !is_word(r, at, "night")) || !set_part(c, lexeme(r, at)->word->text))
        return i;
    return at + 1;
}

/* "am", "p.m.", "o'clock", "in the afternoon" behind the hour: the lexeme behind; `i` when there is none. */
static uint32_t half_day(struct reader *r, uint32_t i, struct clock *c)
{
    if (is_class(r, i, WORD_OCLOCK)) {
        c->is_bare = false;
        if (is_word(r, i + 1, "sharp"))
            return i + 2;
        return is_class(r, i + 1, WORD_HALF_DAY) ? half_day(r, i + 1, c) : part_behind(r, i + 1, c);
    }
    if ((is_word(r, i, "p") || is_word(r, i, "a")) && c->minute >= 0 && c->hour <= 12 && c->hour > 0 &&
        ((is_glued(r, i) && goes_on_plainly(r, i + 1)) || is_class(r, i + 1, WORD_ZONE) ||
         is_class(r, i + 1, WORD_LOCAL_ZONE))) {
        c->has_half = true; /* "6:30p", "6:30 p ET" */
        c->hour = c->hour % 12 + (is_word(r, i, "p") ? 12 : 0);
        return i + 1;
    }
    if (!is_class(r, i, WORD_HALF_DAY))
        return c->hour <= 12 ? part_behind(r, i, c) : i;
    if (c->hour > 12)
        return c->hour < 24 && value_of(r, i, WORD_HALF_DAY) == 12 ? i + 1 : i; /* "13:30 pm" */
    c->has_half = true;
    c->is_bare = false;
    c->hour = c->hour % 12 + value_of(r, i, WORD_HALF_DAY);
    if (is_sign(r, i + 1, '.') && is_glued(r, i + 1) && r->input->text[lexeme(r, i)->end - 2] == '.')
        return i + 2; /* "p.m." of a segmenter that cuts the last period off */
    return i + 1;
}

/* ---- Zones -------------------------------------------------------------------------------------------------------- */

static bool is_two_digits_below_60(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return is_integer(r, i) && l->end - l->start == 2 && l->mantissa < 60 && is_glued(r, i);
}

/* "+02:00", "-0500", "+2" from the sign on. `short_too`: an hour alone, as behind "UTC". */
static uint32_t offset(struct reader *r, uint32_t i, bool short_too, struct clock *c)
{
    bool west = is_dash(r, i);
    const struct lexeme *l = lexeme(r, i + 1);
    uint32_t digits = l->end - l->start, at = i + 2;
    int32_t hours, minutes = 0;

    if ((!west && !is_sign(r, i, '+')) || !is_integer(r, i + 1) || !is_glued(r, i + 1))
        return 0;
    if (digits == 4) {
        hours = (int32_t)(l->mantissa / 100);
        minutes = (int32_t)(l->mantissa % 100);
    } else if (digits == 2 || (short_too && digits == 1)) {
        hours = (int32_t)l->mantissa;
        if (is_sign(r, at, ':') && is_glued(r, at) && is_two_digits_below_60(r, at + 1)) {
            minutes = (int32_t)lexeme(r, at + 1)->mantissa;
            at += 2;
        } else if (!short_too && !is_glued(r, i)) {
            return 0; /* "10:00 -12" */
        }
    } else {
        return 0;
    }
    if (hours > 14 || minutes > 59)
        return 0;
    c->has_zone = true;
    c->zone = (west ? -1 : 1) * (hours * 60 + minutes);
    return at;
}

/* "GMT", "EST", "UTC+2", "GMT-5:30", "+0100", "+0100 (CET)". `in_stamp`: behind seconds or a "T", where a hyphen is no range's. */
static uint32_t zone(struct reader *r, uint32_t i, bool in_stamp, struct clock *c)
{
    bool bracket = is_sign(r, i, '(') && is_sign(r, i + 2, ')');
    uint32_t name = bracket ? i + 1 : i, at;

    if (is_class(r, name,
                 WORD_LOCAL_ZONE)) /* "ET" is one hour in summer and another in winter: it has no offset of its own */
        return is_word(r, name + 1, "time") && !bracket ? name + 2 : name + (bracket ? 2 : 1);
    if (is_class(r, name, WORD_ZONE)) {
        c->has_zone = true;
        c->zone = value_of(r, name, WORD_ZONE);
        if (bracket)
            return i + 3;
        at = c->zone == 0 && is_glued(r, i + 1) ? offset(r, i + 1, true, c) : 0;
        return at ? at : i + 1;
    }
    if (is_dash(r, i) && !(in_stamp || (!is_glued(r, i) && lexeme(r, i + 1)->end - lexeme(r, i + 1)->start == 4)))
        return i;
    at = offset(r, i, false, c);
    if (!at)
        return i;
    return is_sign(r, at, '(') && is_class(r, at + 1, WORD_ZONE) && is_sign(r, at + 2, ')') ? at + 3 : at;
}

/* ---- In digits ---------------------------------------------------------------------------------------------------- */

static uint32_t read_two(const char *text, uint32_t at, uint32_t end, int32_t most, int32_t *value)
{
    if (at + 2 > end || !char_is_digit(text[at]) || !char_is_digit(text[at + 1]))
        return 0;
    *value = (text[at] - '0') * 10 + text[at + 1] - '0';
    return *value <= most ? at + 2 : 0;
}

/* "10:30", "10:30:15", "10:30:15.250" from the hour on; byte by byte, since a lexeme may reach over more of it. */
static bool with_colons(struct reader *r, uint32_t i, struct clock *c)
{
    const char *text = r->input->text;
    uint32_t at = lexeme(r, i)->start, end = r->input->tokens[r->end_token - 1].end, behind;

    if (lexeme(r, i)->kind != LEXEME_NUMBER)
        return false;
    for (c->hour = 0, behind = at; behind < end && behind < at + 2 && char_is_digit(text[behind]); behind++)
        c->hour = c->hour * 10 + text[behind] - '0';
    if (behind == at || c->hour > 24 || behind >= end || text[behind] != ':' ||
        (at = read_two(text, behind + 1, end, 59, &c->minute)) == 0)
        return false;
    if (at < end && text[at] == ':' && (behind = read_two(text, at + 1, end, 60, &c->second)) != 0) {
        at = behind;
        if (at + 1 < end && (text[at] == '.' || text[at] == ',') && char_is_digit(text[at + 1])) {
            c->fraction = at + 1;
            for (at++; at < end && char_is_digit(text[at]) && at < c->fraction + 9;)
                at++;
            c->fraction_end = at;
        }
    }
    if (c->hour == 24 && (c->minute || c->second > 0))
        return false;
    c->behind = lexeme_behind(r, i, at);
    return c->behind != 0;
}

/* "T1030", "T103000", "T10" behind a basic date, from the digits on. */
static bool basic(struct reader *r, uint32_t i, struct clock *c)
{
    const struct lexeme *l = lexeme(r, i);
    uint32_t digits = l->end - l->start, number = (uint32_t)l->mantissa;

    if (!is_integer(r, i) || (digits != 2 && digits != 4 && digits != 6))
        return false;
    if (digits == 6) {
        c->second = (int32_t)(number % 100);
        number /= 100;
    }
    if (digits >= 4) {
        c->minute = (int32_t)(number % 100);
        number /= 100;
    }
    c->hour = (int32_t)number;
    c->behind = i + 1;
    return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

/* "T13:23:42", "T1030Z" from the "T" on. */
static bool with_letter(struct reader *r, uint32_t i, struct clock *c)
{
    if (!is_word(r, i, "T") || !is_glued(r, i + 1) ||
        !(with_colons(r, i + 1, c) || (*c = no_clock, basic(r, i + 1, c))))
        return false;
    return i > 0 || c->minute >= 0;
}

/* "1657 UTC", "0800 hours", "0800h", "17h". */
static bool military(struct reader *r, uint32_t i, struct clock *c)
{
    const struct lexeme *l = lexeme(r, i);
    bool is_h = is_word(r, i + 1, "h") && is_glued(r, i + 1);

    if (!is_integer(r, i) || l->end - l->start != 4 || l->mantissa % 100 > 59 || l->mantissa > 2359)
        return false;
    c->hour = (int32_t)(l->mantissa / 100);
    c->minute = (int32_t)(l->mantissa % 100);
    c->behind = i + 1;
    if (is_word(r, i + 1, "hours") || is_word(r, i + 1, "hrs") || is_h) {
        c->behind = i + 2;
        return r->input->text[l->start] == '0' || is_before(r, 1, "at") || is_h;
    }
    return is_class(r, i + 1, WORD_ZONE);
}

/* "7.30pm", "5pm", "10 o'clock", "10h30", "five o'clock", "7 in the evening". */
static bool with_word(struct reader *r, uint32_t i, struct clock *c)
{
    const struct lexeme *l = lexeme(r, i);

    if (is_class(r, i, WORD_DIGIT) && value_of(r, i, WORD_DIGIT) <= 12 && value_of(r, i, WORD_DIGIT) > 0) {
        uint32_t minutes = skip_hyphen(r, i + 1);

        c->hour = value_of(r, i, WORD_DIGIT);
        if (is_class(r, minutes, WORD_TENS) && value_of(r, minutes, WORD_TENS) < 60 &&
            is_class(r, minutes + 1, WORD_HALF_DAY)) { /* "five thirty pm" */
            c->minute = value_of(r, minutes, WORD_TENS);
            c->behind = half_day(r, minutes + 1, c);
            return true;
        }
        c->is_bare = true;
        c->behind = half_day(r, i + 1, c);
        return c->behind > i + 1 && !is_word(r, i + 1, "am"); /* "the one I am" */
    }
    if (l->kind != LEXEME_NUMBER || l->flags & (LEXEME_CHAIN | LEXEME_GROUPED) || l->digits > 2)
        return false;
    if (l->flags & LEXEME_DECIMAL) {
        if (l->decimals != 2 || l->mantissa % 100 > 59)
            return false;
        c->hour = (int32_t)(l->mantissa / 100);
        c->minute = (int32_t)(l->mantissa % 100);
    } else {
        c->hour = (int32_t)l->mantissa;
    }
    if (c->hour > 24 || l->end - l->start > 5)
        return false;
    if (is_word(r, i + 1, "h") && is_glued(r, i + 1) && is_two_digits_below_60(r, i + 2) && c->minute < 0) {
        c->minute = (int32_t)lexeme(r, i + 2)->mantissa;
        c->behind = i + 3;
        return c->hour < 24;
    }
    c->behind = half_day(r, i + 1, c);
    return c->behind > i + 1 && c->hour < 24 &&
           !(is_class(r, i + 1, WORD_HALF_DAY) && l->mantissa == 0 && c->minute < 0);
}

/* "noon", "12 midnight". */
static bool noon(struct reader *r, uint32_t i, struct clock *c)
{
    uint32_t at = is_integer(r, i) && lexeme(r, i)->mantissa == 12 ? i + 1 : i;

    if (!is_class(r, at, WORD_CLOCK))
        return false;
    c->hour = value_of(r, at, WORD_CLOCK);
    c->minute = 0;
    c->behind = at + 1;
    c->has_half = true;
    return true;
}

/* ---- Before and past the hour ------------------------------------------------------------------------------------- */

/* "half", "a quarter", "ten minutes", "20": how many minutes; the lexeme behind them, 0 when there are none. */
static uint32_t minutes_at(struct reader *r, uint32_t i, int32_t *minutes, bool *told)
{
    uint32_t at = is_class(r, i, WORD_A) ? i + 1 : i;

    *told = true;
    if (is_class(r, at, WORD_HALF) && at == i) {
        *minutes = 30;
        return at + 1;
    }
    if (is_word(r, at, "quarter")) {
        *minutes = 15;
        return at + 1;
    }
    if (at > i)
        return 0;
    if (is_class(r, i, WORD_DIGIT)) {
        *minutes = value_of(r, i, WORD_DIGIT);
        at = i + 1;
    } else if (is_class(r, i, WORD_TENS) && value_of(r, i, WORD_TENS) < 60) {
        *minutes = value_of(r, i, WORD_TENS);
        at = skip_hyphen(r, i + 1);
        if (is_class(r, at, WORD_DIGIT) && value_of(r, at, WORD_DIGIT) < 10) {
            *minutes += value_of(r, at, WORD_DIGIT);
            at++;
        } else {
            at = i + 1;
        }
    } else if (is_integer(r, i) && lexeme(r, i)->mantissa < 60 && lexeme(r, i)->mantissa > 0) {
        *minutes = (int32_t)lexeme(r, i)->mantissa;
        at = i + 1;
    } else {
        return 0;
    }
    if (is_word(r, at, "minutes") || is_word(r, at, "minute") || is_word(r, at, "mins") || is_word(r, at, "min"))
        return at + 1;
    *told = false;
    return at;
}

/* The hour that minutes are counted from: "five", "3 pm", "noon", "midnight". */
static uint32_t hour_at(struct reader *r, uint32_t i, struct clock *c)
{
    if (is_class(r, i, WORD_CLOCK)) {
        c->hour = value_of(r, i, WORD_CLOCK);
        c->has_half = true;
        return i + 1;
    }
    if (is_class(r, i, WORD_DIGIT))
        c->hour = value_of(r, i, WORD_DIGIT);
    else if (is_integer(r, i) && lexeme(r, i)->digits <= 2)
        c->hour = (int32_t)lexeme(r, i)->mantissa;
    if (c->hour < 1 || c->hour > 12)
        return 0;
    return half_day(r, i + 1, c);
}

/* "half past five", "quarter to six", "ten past 4", "30 minutes past 3 pm", "ten minutes to midnight". What could be a range of
 * numbers, "ten to six", needs a word that makes it a time. */
static bool past(struct reader *r, uint32_t i, struct clock *c)
{
    int32_t minutes;
    bool told, to, is_plain;
    uint32_t at = minutes_at(r, i, &minutes, &told), behind;

    if (!at)
        return false;
    to = is_word(r, at, "to") || is_word(r, at, "till") || is_word(r, at, "til") || is_word(r, at, "before");
    is_plain = is_class(r, at, WORD_PAST);
    if ((!to && !is_plain && !is_word(r, at, "after")) ||
        (to && (is_class(r, i, WORD_HALF) || (is_integer(r, i) && !told))))
        return false; /* "5 to 7pm" is a range */
    behind = hour_at(r, at + 1, c);
    if (!behind || minutes > 59 || lexeme(r, behind)->kind == LEXEME_NUMBER ||
        (is_sign(r, behind, ':') && is_glued(r, behind)))
        return false;
    if (!is_plain && !c->has_half && behind == at + 2 && (!told || is_word(r, at, "before") || is_word(r, at, "after")))
        return false;
    if (is_class(r, behind, WORD_PERIOD) || is_class(r, behind, WORD_UNIT))
        return false; /* "twenty minutes past 3 km" */
    if (to) {
        bool midnight = c->hour == 0;
        c->minute = 60 - minutes;
        c->hour = midnight ? 23 : c->hour == 1 && !c->has_half ? 12 : c->hour - 1;
    } else {
        c->minute = minutes;
    }
    c->behind = behind;
    return true;
}

/* ---- All ---------------------------------------------------------------------------------------------------------- */

/* "7" beside a part of the day: "tomorrow morning at 7". */
static bool bare(struct reader *r, uint32_t i, const char *part, struct clock *c)
{
    if (is_class(r, i, WORD_DIGIT))
        c->hour = value_of(r, i, WORD_DIGIT);
    else if (is_integer(r, i) && lexeme(r, i)->end - lexeme(r, i)->start <= 2)
        c->hour = (int32_t)lexeme(r, i)->mantissa;
    if (c->hour < 1 || c->hour > 12)
        return false;
    c->behind = i + 1;
    return set_part(c, part);
}

typedef bool reading(struct reader *r, uint32_t i, struct clock *c);

/* What none of the readings begins with, as most words behind a day. */
static bool is_no_clock(struct reader *r, uint32_t i)
{
    static const uint8_t classes[WORD_CLASSES] = {
        [WORD_A] = 1, [WORD_HALF] = 1, [WORD_DIGIT] = 1, [WORD_TENS] = 1, [WORD_CLOCK] = 1, [WORD_PERIOD] = 1
    };
    const struct lexeme *l = lexeme(r, i);

    return l->kind != LEXEME_NUMBER && !classes[l->class] && !classes[l->other] && !is_word(r, i, "T");
}

bool clock_at(struct reader *r, uint32_t i, const char *part, struct clock *c)
{
    static reading *const readings[] = { with_letter, with_colons, past, military, with_word, noon };
    struct span how_long;

    if (is_no_clock(r, i)) {
        *c = no_clock;
        return false;
    }
    if (i == 0 && compound_at(r, 0, &how_long)) {
        *c = no_clock;
        return false; /* "took 2h30" */
    }
    for (size_t k = 0; k < sizeof readings / sizeof readings[0]; k++) {
        *c = no_clock;
        if (readings[k](r, i, c)) {
            if (!c->has_half && k != 0 && c->behind > 0)
                c->behind = half_day(r, c->behind, c);
            if (part[0] && !c->has_half && c->hour <= 12)
                set_part(c, part);
            c->is_bare = false;
            c->behind = zone(r, c->behind, k == 0 || c->second >= 0, c);
            return true;
        }
    }
    *c = no_clock;
    return part[0] && bare(r, i, part, c);
}

/* "5-7pm", "1:30 to 5pm": what only the other end explains. */
static bool hour_of_range(struct reader *r, struct clock *c, const struct clock *to)
{
    const struct lexeme *l = lexeme(r, 0);

    if (is_class(r, 0, WORD_DIGIT))
        *c = (struct clock) { .hour = value_of(r, 0, WORD_DIGIT), .minute = -1, .second = -1, .behind = 1 };
    else if (is_integer(r, 0) && l->end - l->start <= 2)
        *c = (struct clock) { .hour = (int32_t)l->mantissa, .minute = -1, .second = -1, .behind = 1 };
    else
        return false;
    return c->hour >= 1 && c->hour <= 12 && to->has_half;
}

static int32_t minutes_of(const struct clock *c)
{
    return c->hour * 60 + (c->minute > 0 ? c->minute : 0);
}

/* The half of the day of a range's first end, by its second: the one that is before it, and nearest. */
static void borrow_half(struct clock *c, const struct clock *to)
{
    if (c->has_half || !to->has_half || c->hour > 12)
        return;
    c->hour %= 12;
    if (minutes_of(c) + 12 * 60 < minutes_of(to))
        c->hour += 12;
    c->has_half = true;
}

bool clocks_at(struct reader *r, uint32_t i, struct when *w)
{
    struct clock to = no_clock;
    bool has = clock_at(r, i, "", &w->clock);
    uint32_t joint = has ? w->clock.behind : i + 1, behind = 0;
    bool between = i == 0 && is_before(r, 1, "between");

    if ((is_class(r, joint, WORD_TO) || is_dash(r, joint) || (between && is_class(r, joint, WORD_AND))) &&
        clock_at(r, joint + 1, "", &to))
        behind = to.behind;
    if (!behind && has && w->clock.has_half &&
        (is_class(r, joint, WORD_TO) || (is_dash(r, joint) && is_glued(r, joint))) && is_integer(r, joint + 1) &&
        lexeme(r, joint + 1)->end - lexeme(r, joint + 1)->start <= 2 && lexeme(r, joint + 1)->mantissa >= 1 &&
        lexeme(r, joint + 1)->mantissa <= 12 && goes_on_plainly(r, joint + 2) &&
        !is_glued(r, joint + 2)) { /* "5pm to 7" */
        to.hour = (int32_t)lexeme(r, joint + 1)->mantissa;
        behind = joint + 2;
    }
    if (!has && i > 0)
        return false;
    if (!has && (!behind || !hour_of_range(r, &w->clock, &to)))
        return false;
    if (behind && has && !w->clock.has_half && to.has_half)
        borrow_half(&w->clock, &to);
    else if (!has)
        borrow_half(&w->clock, &to);
    if (behind && w->clock.has_half && !to.has_half && to.hour <= 12 && minutes_of(&to) <= minutes_of(&w->clock) &&
        w->clock.hour >= 12 && minutes_of(&to) + 12 * 60 > minutes_of(&w->clock)) {
        to.hour += 12; /* "noon till 2:30" */
        to.has_half = true;
    }
    w->has_clock = true;
    w->has_clock_to = behind != 0;
    w->clock_to = to;
    w->behind = behind ? behind : w->clock.behind;
    w->score = SURE;
    return true;
}

void write_clock(const struct reader *r, struct writer *w, const struct clock *c)
{
    int32_t away = c->zone < 0 ? -c->zone : c->zone;

    write_char(w, 'T');
    write_digits(w, (uint32_t)c->hour, 2);
    if (c->minute >= 0) {
        write_char(w, ':');
        write_digits(w, (uint32_t)c->minute, 2);
    }
    if (c->second >= 0) {
        write_char(w, ':');
        write_digits(w, (uint32_t)c->second, 2);
    }
    if (c->fraction_end > c->fraction)
        write_char(w, '.');
    for (uint32_t at = c->fraction; at < c->fraction_end; at++)
        write_char(w, r->input->text[at]);
    if (!c->has_zone)
        return;
    if (!c->zone) {
        write_char(w, 'Z');
        return;
    }
    write_char(w, c->zone < 0 ? '-' : '+');
    write_digits(w, (uint32_t)away / 60, 2);
    write_char(w, ':');
    write_digits(w, (uint32_t)away % 60, 2);
}
