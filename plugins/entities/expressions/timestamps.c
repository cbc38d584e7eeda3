/* timestamps.c: dates and times in digits alone, read byte by byte: "2024-05-12", "2024-05-12T10:30:00Z", "12.05.2024", "5/12/24", "2024-W13",
 * and "9/11". ISO 8601-1:2019 and RFC 3339, and what people write. */
#include "plugins/entities/expressions/calendar.h"
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

/* ":30" */
static bool read_sixty(struct bytes *b, uint32_t *value)
{
    struct bytes start = *b;

    if (peek(b, 0) == ':') {
        b->at++;
        if (read_digits(b, 2, value) == 2 && *value <= 60)
            return true;
    }
    *b = start;
    return false;
}

/* "Z", "+02:00", "-0500". */
static void read_offset(struct bytes *b, struct writer *w)
{
    struct bytes start = *b;
    uint32_t hours, minutes = 0;
    char sign = peek(b, 0);

    if (sign == 'Z' || sign == 'z') {
        b->at++;
        write_char(w, 'Z');
        return;
    }
    if (sign != '+' && sign != '-')
        return;
    b->at++;
    if (read_digits(b, 2, &hours) != 2 || hours > 14) {
        *b = start;
        return;
    }
    if (char_is_digit(peek(b, 0)) ? read_digits(b, 2, &minutes) != 2 : peek(b, 0) == ':' && !read_sixty(b, &minutes)) {
        *b = start;
        return;
    }
    write_char(w, sign);
    write_digits(w, hours, 2);
    write_char(w, ':');
    write_digits(w, minutes, 2);
}

/* "T10:30:00.5Z", " 10:30:00": the time behind a date. */
static void read_time(struct bytes *b, struct writer *w)
{
    struct bytes start = *b;
    uint32_t hour, minute, second;

    if (peek(b, 0) != 'T' && peek(b, 0) != 't' && peek(b, 0) != ' ')
        return;
    b->at++;
    if (read_digits(b, 2, &hour) != 2 || hour > 24 || !read_sixty(b, &minute)) {
        *b = start;
        return;
    }
    write_char(w, 'T');
    write_digits(w, hour, 2);
    write_char(w, ':');
    write_digits(w, minute, 2);
    if (read_sixty(b, &second)) {
        write_char(w, ':');
        write_digits(w, second, 2);
        if ((peek(b, 0) == '.' || peek(b, 0) == ',') && char_is_digit(peek(b, 1))) {
            write_char(w, '.');
            b->at++;
            for (uint32_t n = 0; n < 9 && char_is_digit(peek(b, 0)); n++)
                write_char(w, b->text[b->at++]);
        }
    }
    read_offset(b, w);
}

static bool finish_date(struct match *m, struct bytes *b, int32_t year, uint32_t month, uint32_t day)
{
    struct date date = { .year = year, .month = (uint8_t)month, .day = (uint8_t)day };
    struct writer w;

    if (year < 1 || !calendar_has(year, month, day))
        return false;
    w = writer_of(m);
    write_date(&w, &date);
    m->type = ENTITY_DATE;
    m->score = 95;
    if (w.n == 10)
        read_time(b, &w);
    if (w.n > 10)
        m->type = ENTITY_TIME;
    return true;
}

/* "W13", "W13-4" behind "2024-". */
static bool week(struct match *m, struct bytes *b, uint32_t year)
{
    uint32_t number, day;
    struct writer w;

    b->at++;
    if (read_digits(b, 2, &number) != 2 || !calendar_has_week((int32_t)year, number))
        return false;
    w = writer_of(m);
    write_digits(&w, year, 4);
    write_string(&w, "-W");
    write_digits(&w, number, 2);
    if (peek(b, 0) == '-' && peek(b, 1) >= '1' && peek(b, 1) <= '7') {
        b->at++;
        read_digits(b, 1, &day);
        write_char(&w, '-');
        write_digits(&w, day, 1);
    }
    m->type = ENTITY_DATE;
    m->score = 95;
    return true;
}

static bool year_first(struct match *m, struct bytes *b, uint32_t year)
{
    char sign = peek(b, 0);
    uint32_t month, day;

    b->at++;
    if (sign == '-' && peek(b, 0) == 'W')
        return week(m, b, year);
    if (!read_digits(b, 2, &month) || peek(b, 0) != sign)
        return false;
    b->at++;
    return read_digits(b, 2, &day) && finish_date(m, b, (int32_t)year, month, day);
}

/* "5/12/24", "12.05.2024": which is the day is told by the digits where they can, and else by the setting; a period is used
 * only where days come first. */
static bool year_last(const struct reader *r, struct match *m, struct bytes *b, uint32_t first)
{
    char sign = peek(b, 0);
    uint32_t second, year, digits, day, month;
    bool day_first = sign == '.' || r->settings->day_first;

    b->at++;
    if (!read_digits(b, 2, &second))
        return false;
    if (peek(b, 0) != sign) {
        if (sign != '/' || first != 9 || second != 11)
            return false;
        m->type = ENTITY_DATE; /* the day that has this name */
        m->score = 80;
        strcpy(m->text, "XXXX-09-11");
        m->form = VALUE_TEXT;
        return true;
    }
    b->at++;
    digits = read_digits(b, 4, &year);
    if (digits != 4 && (digits != 2 || sign != '/'))
        return false;
    if (digits == 2)
        year += year < 69 ? 2000 : 1900;
    if (first > 12 || second > 12)
        day_first = first > 12;
    day = day_first ? first : second;
    month = day_first ? second : first;
    return year >= 1000 && finish_date(m, b, (int32_t)year, month, day);
}

bool match_timestamp(struct reader *r, struct match *m, uint32_t *end)
{
    const struct textd_span *tokens = r->input->tokens;
    struct bytes b = { r->input->text, tokens[r->token].start, tokens[r->end_token - 1].end };
    uint32_t value, digits = read_digits(&b, 4, &value);
    char sign = peek(&b, 0);
    bool found = false;

    if (digits == 4 && (sign == '-' || sign == '/' || sign == '.'))
        found = year_first(m, &b, value);
    else if ((digits == 1 || digits == 2) && (sign == '-' || sign == '/' || sign == '.'))
        found = year_last(r, m, &b, value);
    *end = b.at;
    return found && !char_is_digit(peek(&b, 0)) && !(peek(&b, 0) == sign && char_is_digit(peek(&b, 1)));
}
