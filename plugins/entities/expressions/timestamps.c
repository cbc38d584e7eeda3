/* timestamps.c: dates in digits alone, read byte by byte: "2024-05-12", "20240512", "2024-W13-4", "2024-133", "12.05.2024", "5/12/24",
 * "12/2015", and "9/11". ISO 8601-1:2019 and what people write. The time behind them is clock.c's. */
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

/* Where reading stands. Nothing is read beyond the sentence. */
struct bytes {
    const char *text;
    uint32_t at, end;
};

static char peek(const struct bytes *b, uint32_t ahead)
{
    return b->at + ahead < b->end ? b->text[b->at + ahead] : '\0';
}

/* Reads digits, at least one and at most `most`; how many they are. */
static uint32_t read_digits(struct bytes *b, uint32_t most, uint32_t *value)
{
    uint32_t n = 0;

    for (*value = 0; n < most && char_is_digit(peek(b, 0)); n++)
        *value = *value * 10 + (uint32_t)(b->text[b->at++] - '0');
    return n;
}

static bool is_plausible_year(uint32_t year)
{
    return year >= 1900 && year < 2100;
}

static bool set_day(struct when *w, uint32_t year, uint32_t month, uint32_t day)
{
    w->date.year = (int32_t)year;
    w->date.month = (uint8_t)month;
    w->date.day = (uint8_t)day;
    w->score = SURE;
    return year >= 1;
}

/* "W13", "W13-4", "W134" behind "2024-" or "2024". */
static bool week(struct when *w, struct bytes *b, uint32_t year, bool extended)
{
    uint32_t number, day;

    b->at++;
    if (read_digits(b, 2, &number) != 2 || number < 1 || number > 53)
        return false;
    if (!calendar_has_week((int32_t)year, number))
        w->date.day = NO_DAY;
    w->date.year = (int32_t)year;
    w->date.week = (uint8_t)number;
    w->score = SURE;
    if (extended && peek(b, 0) == '-' && peek(b, 1) >= '1' && peek(b, 1) <= '7') {
        b->at++;
        read_digits(b, 1, &day);
        w->date.weekday = (uint8_t)day;
    } else if (!extended && peek(b, 0) >= '1' && peek(b, 0) <= '7') {
        read_digits(b, 1, &day);
        w->date.weekday = (uint8_t)day;
    }
    return true;
}

/* "2024-05-12", "2024/5/12", "2024-W13", "2024-133" from the sign on. */
static bool year_first(struct when *w, struct bytes *b, uint32_t year)
{
    char sign = peek(b, 0);
    uint32_t month, day, digits;

    b->at++;
    if (sign == '-' && peek(b, 0) == 'W')
        return week(w, b, year, true);
    digits = read_digits(b, 3, &month);
    if (digits == 3) {
        if (sign != '-' || month < 1 || month > 366 || !is_plausible_year(year))
            return false;
        if (month == 366 && !calendar_has((int32_t)year, 2, 29))
            w->date.day = NO_DAY;
        w->date.year = (int32_t)year;
        w->date.of_year = (uint16_t)month;
        w->score = SURE;
        return true;
    }
    if (!digits || digits > 2 || peek(b, 0) != sign)
        return false;
    b->at++;
    return read_digits(b, 2, &day) && set_day(w, year, month, day);
}

/* The day and the month of two numbers: which is which is told by the digits where they can, and else by the setting. */
static bool in_order(const struct reader *r, uint32_t first, uint32_t second, bool days_first, uint32_t *month,
                     uint32_t *day)
{
    bool day_first = days_first || r->settings->day_first;

    if (first > 12 || second > 12)
        day_first = first > 12;
    *day = day_first ? first : second;
    *month = day_first ? second : first;
    return *month >= 1 && *month <= 12 && *day >= 1;
}

/* "3/4 of it" */
static bool is_of(const struct bytes *b, uint32_t at)
{
    return at + 3 < b->end && memcmp(b->text + at, " of", 3) == 0;
}

/* Whether "4/7" is a date here: behind "on" and the like, or where "and", "to", a comma or so leads to another such, before or
 * behind it. */
static bool is_date_here(struct reader *r, const struct bytes *b, uint32_t i)
{
    static const char *const before[] = { "on",     "by",    "until", "till", "since",
                                          "before", "after", "dated", "from", "due" };
    const struct entity_input *in = r->input;
    const char *text = b->text;
    uint32_t at = b->at, last = r->token;

    if (i > 0)
        return true; /* what stands before it has led here */
    if (is_of(b, at))
        return false;
    while (at < b->end && at < b->at + 6 && (text[at] == ',' || text[at] == ' ' || text[at] == '-'))
        at++;
    if (at + 3 < b->end && (strncasecmp(text + at, "or ", 3) == 0 || strncasecmp(text + at, "to ", 3) == 0))
        at += 3;
    else if (at + 4 < b->end && strncasecmp(text + at, "and ", 4) == 0)
        at += 4;
    if (at > b->at && at + 2 < b->end && char_is_digit(text[at])) {
        uint32_t slash = char_is_digit(text[at + 1]) ? at + 2 : at + 1;
        if (text[slash] == '/' && slash + 1 < b->end && char_is_digit(text[slash + 1]))
            return !is_of(b, slash + 2);
    }
    for (size_t k = 0; k < sizeof before / sizeof before[0]; k++)
        if (is_before(r, 1, before[k]))
            return true;
    while (last > r->first_token && last + 3 > r->token) { /* "11/20, 11/22 or |11/25" */
        uint32_t start, end;

        last--;
        start = in->tokens[last].start;
        end = in->tokens[last].end;
        if (end - start >= 3 && char_is_digit(text[start]) && char_is_digit(text[end - 1]) &&
            memchr(text + start, '/', end - start))
            return true;
        if (end - start <= 2 && char_is_digit(text[start]) && start >= 2 && text[start - 1] == '/' &&
            char_is_digit(text[start - 2]))
            return true;
    }
    return false;
}

/* "4/7", "9/11", "12/2015": two numbers. */
static bool two_numbers(struct reader *r, uint32_t i, struct when *w, struct bytes *b, uint32_t first)
{
    struct bytes start = *b;
    uint32_t second, digits, month, day;

    b->at++;
    digits = read_digits(b, 4, &second);
    if (digits == 4 && first >= 1 && first <= 12 && is_plausible_year(second)) {
        w->date.year = (int32_t)second;
        w->date.month = (uint8_t)first;
        w->score = SURE;
        return true;
    }
    if (digits > 2 || digits == 0)
        return false;
    if (first == 9 && second == 11) { /* the day that has this name */
        w->date.month = 9;
        w->date.day = 11;
        w->score = LIKELY;
        return true;
    }
    start.at = b->at;
    if (!in_order(r, first, second, false, &month, &day) || !calendar_has(0, month, day) || !is_date_here(r, &start, i))
        return false;
    w->date.month = (uint8_t)month;
    w->date.day = (uint8_t)day;
    w->score = LIKELY;
    return true;
}

/* "5/12/24", "12.05.2024", "12.05.24", "05-12-2024". Periods are used only where days come first; and two digits of a year behind
 * them only beside two of each, since "1.2.10" is no date. */
static bool year_last(struct reader *r, uint32_t i, struct when *w, struct bytes *b, uint32_t first,
                      uint32_t first_digits)
{
    char sign = peek(b, 0);
    struct bytes start = *b;
    uint32_t second, year, digits, day, month, second_digits;

    b->at++;
    if ((second_digits = read_digits(b, 2, &second)) == 0)
        return false;
    if (peek(b, 0) != sign || !char_is_digit(peek(b, 1))) {
        *b = start;
        return sign == '/' && two_numbers(r, i, w, b, first);
    }
    b->at++;
    digits = read_digits(b, 4, &year);
    if (digits == 2 && sign != '/' &&
        (first_digits != 2 || second_digits != 2 || (r->before && r->before->class == WORD_VERSION)))
        return false;
    if (digits != 4 && digits != 2)
        return false;
    if (digits == 2)
        year = (uint32_t)full_year(year);
    return in_order(r, first, second, sign == '.', &month, &day) && year >= 1000 && set_day(w, year, month, day);
}

/* "20240512", and with a time right behind, "20240512T1030", "20240512103000". */
static bool basic(struct when *w, struct bytes *b)
{
    uint32_t year, month, day;

    read_digits(b, 4, &year);
    read_digits(b, 2, &month);
    read_digits(b, 2, &day);
    w->score = LIKELY;
    return is_plausible_year(year) && calendar_has((int32_t)year, month, day) && set_day(w, year, month, day);
}

/* "103000" right behind a basic date. */
static bool basic_time(struct when *w, struct bytes *b)
{
    uint32_t hour, minute, second;

    read_digits(b, 2, &hour);
    read_digits(b, 2, &minute);
    read_digits(b, 2, &second);
    w->clock = (struct clock) {
        .hour = (int32_t)hour, .minute = (int32_t)minute, .second = (int32_t)second, .has_half = true
    };
    w->has_clock = true;
    return hour < 24 && minute < 60 && second <= 60;
}

static bool read_date(struct reader *r, uint32_t i, struct when *w, struct bytes *b)
{
    struct bytes start;
    uint32_t value, row = 0, digits;
    char sign;

    while (char_is_digit(peek(b, row)) && row < 15)
        row++;
    if (row == 8)
        return basic(w, b);
    if (row == 14)
        return basic(w, b) && basic_time(w, b);
    if (row > 4)
        return false;
    digits = read_digits(b, 4, &value);
    sign = peek(b, 0);
    if (digits == 4 && sign == 'W')
        return week(w, b, value, false);
    if (sign != '-' && sign != '/' && sign != '.')
        return false;
    if (digits == 4)
        return year_first(w, b, value);
    if (digits > 2)
        return false;
    start = *b;
    return year_last(r, i, w, b, value, digits) || (*b = start, false);
}

bool stamp_at(struct reader *r, uint32_t i, struct when *w)
{
    const struct textd_span *tokens = r->input->tokens;
    const struct lexeme *l = lexeme(r, i);
    struct bytes b = { r->input->text, l->start, tokens[r->end_token - 1].end };

    memset(w, 0, sizeof *w);
    if (l->kind != LEXEME_NUMBER || !char_is_digit(peek(&b, 0)) || !read_date(r, i, w, &b))
        return false;
    if (char_is_digit(peek(&b, 0)))
        return false;
    w->behind = lexeme_behind(r, i, b.at);
    return w->behind != 0;
}

/* ---- The order of a text's dates ---------------------------------------------------------------------------------- */

/* The number of one or two digits that ends at `at`, or begins there; 0 when there is none, or more digits. */
static uint32_t number_before(const char *text, size_t at)
{
    if (at < 1 || !char_is_digit(text[at - 1]))
        return 0;
    if (at < 2 || !char_is_digit(text[at - 2]))
        return at >= 2 && (text[at - 2] == '/' || text[at - 2] == '.') ? 0 : (uint32_t)(text[at - 1] - '0');
    if (at >= 3 && (char_is_digit(text[at - 3]) || text[at - 3] == '/' || text[at - 3] == '.'))
        return 0;
    return (uint32_t)(text[at - 2] - '0') * 10 + (uint32_t)(text[at - 1] - '0');
}

static uint32_t number_behind(const char *text, size_t at, size_t length, size_t *end)
{
    uint32_t n = 0;

    for (*end = at; *end < length && *end < at + 3 && char_is_digit(text[*end]); ++*end)
        n = n * 10 + (uint32_t)(text[*end] - '0');
    return *end - at <= 2 ? n : 0;
}

int expressions_date_order(const char *text, size_t length)
{
    int order = 0;

    for (const char *slash = text; (slash = memchr(slash, '/', length - (size_t)(slash - text))) != NULL; slash++) {
        size_t at = (size_t)(slash - text), end, year;
        uint32_t first = number_before(text, at), second = number_behind(text, at + 1, length, &end);
        int here;

        if (!first || !second || end >= length || text[end] != '/')
            continue;
        for (year = 0; end + 1 + year < length && year < 5 && char_is_digit(text[end + 1 + year]);)
            year++;
        if (year != 2 && year != 4)
            continue;
        if ((first > 12) == (second > 12) || first > 31 || second > 31)
            continue;
        here = first > 12 ? 1 : -1;
        if (order && order != here)
            return 0;
        order = here;
    }
    return order;
}
