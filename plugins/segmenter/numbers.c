/* numbers.c: what starts with a digit: "1,000.50", "10:30", "9/11", "713-853-3989", "1990s"; and units, which stand apart:
 * "5|pm". See scan.h. */
#include "plugins/segmenter/scan.h"

/* Digits in a row, from any script, with their marks. */
static uint32_t digits_end(const struct scan *s, uint32_t at)
{
    uint32_t size;

    for (;; at += size) {
        enum character kind = kind_at(s, at, &size);
        if (kind != CHAR_DIGIT && kind != CHAR_EXTEND)
            return at;
    }
}

static uint32_t ascii_digits(const struct scan *s, uint32_t at)
{
    uint32_t end = at;

    while (char_is_digit(byte_at(s, end)))
        end++;
    return end - at;
}

/* How many digits of any script stand at `at`, at most `most`. */
static uint32_t count_digits(const struct scan *s, uint32_t at, uint32_t most)
{
    uint32_t n = 0, size;

    while (n < most && kind_at(s, at, &size) == CHAR_DIGIT) {
        at += size;
        n++;
    }
    return n;
}

/* The length of a mark at `at` that parts thousands (`thousands`), or parts a number in other ways; 0 when there is none. Beyond
 * ASCII: U+066C and U+FF0C; U+066B and U+FF0E. */
static uint32_t mark_at(const struct scan *s, uint32_t at, int thousands)
{
    static const char *const marks[2][3] = { { ".", "\xd9\xab", "\xef\xbc\x8e" }, { ",", "\xd9\xac", "\xef\xbc\x8c" } };

    if (byte_at(s, at) == ':')
        return !thousands;
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t length = i + 1;
        if (s->length - at >= length && memcmp(s->text + at, marks[thousands][i], length) == 0)
            return length;
    }
    return 0;
}

/* Digits in groups with a mark between them, looked through once. */
struct groups {
    uint32_t end;
    uint32_t n;
    uint32_t first, second, last; /* digits of these */
};

#define MOST_GROUPS 8u /* more are no date and no telephone number */

static struct groups read_groups(const struct scan *s, uint32_t at, char mark)
{
    struct groups g = { .end = at, .n = 1, .first = ascii_digits(s, at) };

    g.end += g.last = g.first;
    while (g.n < MOST_GROUPS && byte_at(s, g.end) == mark && (g.last = ascii_digits(s, g.end + 1)) > 0) {
        g.end += 1 + g.last;
        if (++g.n == 2)
            g.second = g.last;
    }
    return g;
}

/* "713-853-3989", "345-9945", "11-20-2000", "77415-0027"; not "1990-1995". */
static uint32_t hyphened_end(const struct scan *s, uint32_t at, uint32_t end)
{
    struct groups g = read_groups(s, at, '-');

    if (g.n >= 3 || (g.n == 2 && g.second == 4 && (g.first == 3 || g.first == 5)))
        return g.end;
    return end;
}

/* "9/11", "1/2", "11/28/2000", "713/853-6197"; not "2001/02". */
static uint32_t slashed_end(const struct scan *s, uint32_t at, uint32_t end)
{
    struct groups g = read_groups(s, at, '/');

    if (g.n == 2 && g.first == 3 && g.second == 3 && byte_at(s, g.end) == '-')
        return read_groups(s, g.end - g.second, '-').end;
    if (g.n == 3 || (g.n == 2 && g.first <= 2 && g.second <= 4))
        return g.end;
    return end;
}

/* The end of a number at `at`: digits, with marks between them. A comma stands before three digits only: "1,000", but
 * "12|,|13" is a list. */
static uint32_t number_end(const struct scan *s, uint32_t at)
{
    uint32_t end = digits_end(s, at), start = at;

    for (;;) {
        char mark = byte_at(s, end);
        uint32_t length = mark_at(s, end, 1), n = length > 0 ? count_digits(s, end + length, 4) : 0;
        if (n == 3 || (length == 0 && (length = mark_at(s, end, 0)) > 0 && count_digits(s, end + length, 1) > 0))
            end = digits_end(s, end + length);
        else if (mark == '-')
            return hyphened_end(s, start, end);
        else if (mark == '/')
            return slashed_end(s, start, end);
        else
            return end;
    }
}

/* Whether the letters [at, end) behind digits are a unit, which stands apart. */
static int is_unit(const struct scan *s, uint32_t at, uint32_t end)
{
    static const char units[] =
        " m pm am k b mm bn tn ft x km kg cm mg g lb lbs oz kb mb gb tb hz khz mhz ghz kw kwh mw mwh "
        "mph kph mi min mins hr hrs yr yrs sq ml l v w cc pt pts bps hp in yo ";
    char key[8] = " ";
    uint32_t length = end - at;

    if (length == 0 || length > 4 || (length == 1 && char_is_upper(s->text[at]) && s->text[at] != 'K'))
        return 0; /* "86M" is a name as often as an amount */
    for (uint32_t i = 0; i < length; i++)
        key[i + 1] = char_to_lower(s->text[at + i]);
    key[length + 1] = ' ';
    return strstr(units, key) != NULL;
}

/* What follows the digits directly: "th", "s", "pm", "D". */
static uint32_t scan_suffixed(struct scan *s, uint32_t at, uint32_t end)
{
    uint32_t letters = scan_ascii_word(s, end);

    if (stands_at(s, end, "a.m") || stands_at(s, end, "p.m")) {
        add_token(s, at, end, TEXTD_TOKEN_NUMBER);
        return scan_word(s, end, end + 1);
    }
    if (is_unit(s, end, letters) && !is_letter_at(s, letters)) {
        add_token(s, at, end, TEXTD_TOKEN_NUMBER);
        add_token(s, end, letters, TEXTD_TOKEN_WORD);
        return letters;
    }
    if (letters == end || byte_at(s, letters) == '.' || byte_at(s, letters) == '@' || byte_at(s, letters) == '_') {
        uint8_t kind = TEXTD_TOKEN_LINK;
        uint32_t link = scan_link(s, at, letters, &kind);
        if (link > at) {
            add_token(s, at, link, kind);
            return link;
        }
    }
    for (uint32_t size; is_letter_at(s, letters);) {
        kind_at(s, letters, &size);
        letters += size;
        letters = scan_ascii_word(s, letters);
    }
    add_token(s, at, letters, TEXTD_TOKEN_NUMBER);
    return letters;
}

/* "1." and "2.1." at the start of a line: the number of an item, its period with it. */
static int is_item(const struct scan *s, uint32_t at, uint32_t end)
{
    enum { DEEPEST = 16 }; /* blanks before it */
    uint32_t line = at;

    if (byte_at(s, end) != '.' || !line_blank_at(s, end + 1) || end - at > 8)
        return 0;
    while (line > 0 && at - line < DEEPEST && (s->text[line - 1] == ' ' || s->text[line - 1] == '\t'))
        line--;
    return line == 0 || s->text[line - 1] == '\n';
}

uint32_t scan_number(struct scan *s, uint32_t at)
{
    uint32_t end = number_end(s, at + (s->text[at] == '.' || s->text[at] == '+'));
    uint32_t mark = apostrophe_at(s, end);
    uint32_t size;

    if (kind_at(s, end, &size) == CHAR_LETTER || byte_at(s, end) == '_' ||
        (byte_at(s, end) == '.' && is_letter_at(s, end + 1)))
        return scan_suffixed(s, at, end);
    if (is_item(s, at, end))
        end++;
    /* "1960's" is a decade and whole; "16's" is not */
    if (mark > 0 && byte_at(s, end + mark) == 's' && !is_word_byte(byte_at(s, end + mark + 1)) &&
        s->text[end - 1] == '0' && (end - at == 4 || end - at == 2))
        end += mark + 1;
    add_token(s, at, end, TEXTD_TOKEN_NUMBER);
    return end;
}
