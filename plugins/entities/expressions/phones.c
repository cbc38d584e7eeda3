/* phones.c: telephone numbers, read byte by byte. International ones, with "+", "00" or "011" and a country's code
 * (ITU-T E.164: at most 15 digits, and as many as the country's plan has), written as ITU-T E.123 has it or with
 * other signs between; those of the North American plan (NPA-NXX-XXXX, neither part starts with 0 or 1), also in
 * letters; national ones that start with 0, or have their area in brackets, if they are written in groups; others
 * only behind "tel" and the like. A row of digits alone is not enough. Extensions are a part of the number. */
#include <stdio.h>

#include "plugins/entities/expressions/countries.h"
#include "plugins/entities/expressions/cues.h"
#include "plugins/entities/expressions/reader.h"
#include "plugins/lib/character.h"

#define MOST_DIGITS 15u
#define MOST_READ 24u /* digits, so that a number that is too long is known as one */
#define MOST_GROUPS 10u
#define MOST_EXTENSION 7u

/* What stands between two groups. */
enum gap { GAP_NONE, GAP_BLANK, GAP_SIGN, GAP_SPACED_SIGN };

struct group {
    uint32_t end;      /* the byte behind it, a bracket included */
    uint8_t digits, n; /* how many; how many there are up to its end */
    uint8_t gap;       /* enum gap, before it */
    bool in_brackets;
};

struct phone {
    const char *text;
    uint32_t start, limit; /* no byte from `limit` on is looked at */
    char digits[MOST_READ + 1];
    struct group groups[MOST_GROUPS];
    uint32_t n_groups;
    bool is_international, is_cut; /* more digits follow */
};

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

static char byte_at(const struct phone *p, uint32_t at)
{
    return at < p->limit ? p->text[at] : '\0';
}

/* A blank that doesn't end a line, at `at`: its bytes. U+00A0, U+2007, U+2009, U+202F. */
static uint32_t blank_bytes(const struct phone *p, uint32_t at)
{
    const unsigned char *c = (const unsigned char *)p->text + at;

    if (byte_at(p, at) == ' ')
        return 1;
    if (p->limit > at + 1 && c[0] == 0xC2 && c[1] == 0xA0)
        return 2;
    return p->limit > at + 2 && c[0] == 0xE2 && c[1] == 0x80 && (c[2] == 0x87 || c[2] == 0x89 || c[2] == 0xAF) ? 3 : 0;
}

/* A hyphen or a dash, a period, a slash: U+2010 to U+2013. */
static uint32_t sign_bytes(const struct phone *p, uint32_t at)
{
    const unsigned char *c = (const unsigned char *)p->text + at;
    char first = byte_at(p, at);

    if (first == '-' || first == '.' || first == '/')
        return 1;
    return p->limit > at + 2 && c[0] == 0xE2 && c[1] == 0x80 && c[2] >= 0x90 && c[2] <= 0x93 ? 3 : 0;
}

/* What parts two groups at `at`; the position behind it. */
static uint32_t read_gap(const struct phone *p, uint32_t at, uint8_t *gap)
{
    uint32_t blank = blank_bytes(p, at), sign = sign_bytes(p, at + blank),
             behind = sign ? blank_bytes(p, at + blank + sign) : 0;

    *gap = sign ? (blank || behind ? GAP_SPACED_SIGN : GAP_SIGN) : blank ? GAP_BLANK : GAP_NONE;
    return at + blank + sign + behind;
}

static bool add_group(struct phone *p, uint32_t from, uint32_t to, uint32_t end, uint8_t gap, bool in_brackets)
{
    uint32_t n = p->n_groups ? p->groups[p->n_groups - 1].n : 0;

    if (p->n_groups == MOST_GROUPS || n + (to - from) > MOST_READ)
        return false;
    memcpy(p->digits + n, p->text + from, to - from);
    p->groups[p->n_groups++] = (struct group) { end, (uint8_t)(to - from), (uint8_t)(n + to - from), gap, in_brackets };
    return true;
}

/* A group in brackets: "(415)", "(0)". The position behind; `at` when there is none. */
static uint32_t read_brackets(struct phone *p, uint32_t at, uint8_t gap)
{
    uint32_t to = at + 1;

    if (byte_at(p, at) != '(')
        return at;
    while (to - at < 7 && char_is_digit(byte_at(p, to)))
        to++;
    if (to == at + 1 || byte_at(p, to) != ')')
        return at;
    for (uint32_t i = 0; i < p->n_groups; i++)
        if (p->groups[i].in_brackets)
            return at;
    if (p->is_international && to == at + 2 && p->text[at + 1] == '0') /* "+44 (0)20": not dialled from abroad */
        return to + 1;
    return add_group(p, at + 1, to, to + 1, gap, true) ? to + 1 : at;
}

/* Reads groups as long as there are some. */
static void read_groups(struct phone *p, uint32_t at)
{
    for (;;) {
        uint8_t gap = GAP_NONE;
        uint32_t from = p->n_groups ? read_gap(p, at, &gap) : at, to = read_brackets(p, from, gap);

        if (to > from) {
            at = to;
            continue;
        }
        while (char_is_digit(byte_at(p, to)))
            to++;
        if (to == from)
            return;
        if ((p->n_groups > 1 && from == at && byte_at(p, at - 1) != ')') || !add_group(p, from, to, to, gap, false)) {
            p->is_cut = true;
            return;
        }
        at = to;
    }
}

/* "+", "(+45)": what is before the groups, and the code if it stands in brackets. */
static uint32_t read_plus(struct phone *p, uint32_t at)
{
    uint32_t from = at + 2, to = from;

    if (byte_at(p, at) == '+') {
        p->is_international = true;
        return at + 1;
    }
    if (byte_at(p, at) != '(' || byte_at(p, at + 1) != '+')
        return at;
    p->is_international = true;
    while (to - from < 4 && char_is_digit(byte_at(p, to)))
        to++;
    if (to == from || byte_at(p, to) != ')' || !add_group(p, from, to, to + 1, GAP_NONE, false))
        return p->limit;
    return to + 1;
}

/* ---- What is a number --------------------------------------------------------------------------------------------- */

/* The first `k` groups, and what has been said of them. */
struct candidate {
    const struct phone *phone;
    const struct group *groups;
    uint32_t k, n; /* groups, digits */
    bool is_called;
};

static bool has_sign(const struct candidate *c)
{
    for (uint32_t i = 1; i < c->k; i++)
        if (c->groups[i].gap >= GAP_SIGN || c->groups[i - 1].in_brackets)
            return true;
    return false;
}

static bool is_american(const struct candidate *c)
{
    uint32_t first = c->n == 11 && c->phone->digits[0] == '1' && c->groups[0].digits == 1 ? 1 : 0;
    const char *digits = c->phone->digits + first;
    const struct group *groups = c->groups + first;

    return c->n == 10 + first && c->k == 3 + first && groups[0].digits == 3 && groups[1].digits == 3 &&
           digits[0] >= '2' && digits[3] >= '2';
}

/* "078-05-1120": of social security, or such. */
static bool is_social(const struct candidate *c)
{
    return c->k == 3 && c->groups[0].digits == 3 && c->groups[1].digits == 2 && c->groups[2].digits == 4 &&
           !c->groups[0].in_brackets;
}

/* "01.06.2017 - 96": a day, and what is behind it. */
static bool is_date(const struct candidate *c)
{
    const struct group *g = c->groups;

    return c->k >= 3 &&
           ((g[0].digits <= 2 && g[1].digits <= 2 && g[2].digits == 4) ||
            (g[0].digits == 4 && g[1].digits <= 2 && g[2].digits <= 2)) &&
           g[1].gap == GAP_SIGN && g[2].gap == GAP_SIGN;
}

/* "020 7946 0958", "01 23 45 67 89", "0151/123456". */
static bool is_national(const struct candidate *c)
{
    const char *digits = c->phone->digits;

    for (uint32_t i = 0; i < c->k; i++)
        if (c->groups[i].digits < 2 || c->groups[i].digits > 8)
            return false;
    return digits[0] == '0' && digits[1] != '0' && c->k >= 2 && c->n >= 9 && c->n <= 11 &&
           (c->k < 3 || c->groups[0].digits <= 5) && !is_social(c) && !is_date(c);
}

static bool is_year(const char *digits)
{
    return (digits[0] == '1' && digits[1] == '9') || (digits[0] == '2' && digits[1] == '0');
}

/* "8 (495) 123-45-67", "(11) 4567-8901": the area in brackets, and signs behind it. */
static bool is_bracketed(const struct candidate *c)
{
    uint32_t first = c->groups[0].in_brackets ? 0 : 1, area = first < c->k ? c->groups[first].digits : 0;
    uint32_t rest = first < c->k ? c->n - c->groups[first].n : 0, signs = 0;

    if (first >= c->k || !c->groups[first].in_brackets || (first == 1 && c->groups[0].digits > 1) || area < 2 ||
        area > 5 || rest < 6 || rest > 8 || c->n < 9 || c->n > 11)
        return false;
    for (uint32_t i = first + 1; i < c->k; i++) {
        signs += i > first + 1 && c->groups[i].gap == GAP_SIGN;
        if (c->groups[i].digits < 2)
            return false;
    }
    if (c->k == first + 3 && c->groups[first + 1].digits == 4 && c->groups[first + 2].digits == 4 &&
        is_year(c->phone->digits + c->groups[first].n) && is_year(c->phone->digits + c->groups[first + 1].n))
        return false; /* "(12) 2004-2008" */
    return signs > 0 || c->phone->digits[0] == '0';
}

/* Where the country's code begins in an international number that is dialled so, or 0. */
static uint32_t exit_code(const struct candidate *c)
{
    const char *digits = c->phone->digits;

    if (digits[0] == '0' && digits[1] == '0' && digits[2] != '0')
        return 2;
    return digits[0] == '0' && digits[1] == '1' && digits[2] == '1' && c->groups[0].digits == 3 ? 3 : 0;
}

static bool is_phone(const struct candidate *c, uint8_t *score, bool *is_longest)
{
    uint32_t skip = exit_code(c);

    *is_longest = false;
    *score = 95;
    if (c->phone->is_international)
        return c->n <= MOST_DIGITS && c->n >= 8 && country_has_phone(c->phone->digits, c->n, c->k > 1, is_longest);
    if (is_american(c))
        return true;
    *score = 85;
    if (skip && c->k > 1 && c->n >= skip + 8 && c->n - skip <= MOST_DIGITS &&
        country_has_phone(c->phone->digits + skip, c->n - skip, false, is_longest))
        return true;
    if (is_national(c) || is_bracketed(c))
        return true;
    *score = 80;
    if (c->k == 1 && (c->n < 7 || memcmp(c->phone->digits + c->n - 5, "00000", 5) == 0))
        return false;
    if (c->k > 1 && c->groups[c->k - 1].digits == 1 && c->groups[c->k - 1].gap >= GAP_SIGN)
        return false; /* "020 7946 0958/9" are two */
    return c->is_called && c->n >= 6 && c->n <= 12 && !is_social(c) && !is_date(c);
}

/* ---- What stands beside it ---------------------------------------------------------------------------------------- */

static bool is_part_of_word(const char *text, uint32_t at, uint32_t limit)
{
    uint32_t size;
    enum character kind;

    if (at >= limit)
        return false;
    kind = char_kind_at(text, at, &size);
    return kind == CHAR_LETTER || kind == CHAR_DIGIT || kind == CHAR_EXTEND || text[at] == '_' || text[at] == '@';
}

/* A number's digits go on, or words do. */
static bool is_whole_behind(const struct phone *p, uint32_t end)
{
    char c = byte_at(p, end);

    if (is_part_of_word(p->text, end, p->limit) || c == '%')
        return false;
    if (sign_bytes(p, end) && c != '.' && c != '/')
        return !is_part_of_word(p->text, end + sign_bytes(p, end), p->limit);
    return !(c && strchr("./,:+#*='", c) && char_is_digit(byte_at(p, end + 1)));
}

static bool is_whole_before(const struct phone *p)
{
    uint32_t before, further;
    char c;

    if (p->start == 0)
        return true;
    before = char_before(p->text, p->start);
    c = p->text[before];
    if (p->text[p->start] == '+' && char_is_lower((char)(c | 0x20)))
        return true; /* "Tel+44 …" */
    if (is_part_of_word(p->text, before, p->start) || strchr("$#+%^~\\", c) || (p->text[p->start] == '+' && c == '('))
        return c == '(';
    if (c == '\xC2' || (c == '\xE2' && (unsigned char)p->text[before + 1] == 0x82)) /* "£", "€" */
        return (unsigned char)p->text[before + 1] == 0xA0 || (unsigned char)p->text[before + 1] == 0xAB;
    if (before == 0 || !strchr("-./,:'*=&", c))
        return true;
    further = char_before(p->text, before);
    if (char_is_digit(p->text[further]))
        return false;
    return !is_part_of_word(p->text, further, before) || c == ':' || c == '.' || c == '=';
}

/* "ext. 23", "x23", ", extension 5", ";ext=5" behind a number at `at`: the position behind it, and the digits. */
static uint32_t read_extension(const struct phone *p, uint32_t at, char digits[MOST_EXTENSION + 1])
{
    static const char *const words[] = { "extension", "extn", "ext", "ex", "x", "durchwahl", "dw", "poste", "#" };
    uint32_t from = at, n = 0;

    while (from - at < 4 &&
           (blank_bytes(p, from) || byte_at(p, from) == ',' || byte_at(p, from) == ';' || byte_at(p, from) == '('))
        from += blank_bytes(p, from) ? blank_bytes(p, from) : 1;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t length = (uint32_t)strlen(words[i]), to = from + length;

        if (p->limit <= to || strncasecmp(p->text + from, words[i], length) != 0)
            continue;
        while (to - from < length + 3 && (blank_bytes(p, to) || (byte_at(p, to) && strchr(".:=", p->text[to]))))
            to += blank_bytes(p, to) ? blank_bytes(p, to) : 1;
        while (n < MOST_EXTENSION && char_is_digit(byte_at(p, to)))
            digits[n++] = p->text[to++];
        digits[n] = '\0';
        if (n && is_whole_behind(p, to))
            return to;
        n = 0;
    }
    return at;
}

/* ---- In letters --------------------------------------------------------------------------------------------------- */

/* "1-800-FLOWERS": letters stand for the digits on whose key they are (ITU-T E.161). */
static bool match_letters(struct phone *p, struct match *m, uint32_t *end)
{
    static const char keys[] = "22233344455566677778889999";
    static const char *const areas[] = { "800", "833", "844", "855", "866", "877", "888", "900" };
    uint32_t at = p->start, n = 0, letters = 0, from;
    char digits[MOST_DIGITS + 1], last = ' ';
    bool is_free = false;

    if (byte_at(p, at) == '+')
        at++;
    if (byte_at(p, at) == '1' && sign_bytes(p, at + 1)) {
        digits[n++] = '1';
        at += 1 + sign_bytes(p, at + 1);
    }
    from = at + (byte_at(p, at) == '(');
    if (p->limit < from + 5)
        return false;
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        is_free |= memcmp(p->text + from, areas[i], 3) == 0;
    at = from + 3 + (byte_at(p, from + 3) == ')');
    if (!is_free || !(byte_at(p, at) == '-' || byte_at(p, at) == ' ' || byte_at(p, at) == '.'))
        return false;
    memcpy(digits + n, p->text + from, 3);
    n += 3;
    for (from = n; n < MOST_DIGITS; at++) {
        char c = byte_at(p, at);

        if (char_is_upper(c)) {
            digits[n++] = keys[c - 'A'];
            letters++;
        } else if (char_is_digit(c))
            digits[n++] = c;
        else if (!(c == '-' && last != '-') && !(n == from && (c == ' ' || c == '.')))
            break;
        last = c;
    }
    if (last == '-')
        at--;
    if (letters < 3 || n - from < 7 || n - from > 10 || !is_whole_behind(p, at))
        return false;
    snprintf(m->text, sizeof m->text, "%s%.*s", p->is_international ? "+" : "", (int)n, digits);
    *end = at;
    m->score = 90;
    return true;
}

/* ------------------------------------------------------------------------------------------------------------------- */

static void write_value(const struct candidate *c, const char *extension, struct match *m)
{
    uint32_t skip = 0;
    bool is_longest;

    if (!c->phone->is_international && exit_code(c) && c->n > exit_code(c) &&
        country_has_phone(c->phone->digits + exit_code(c), c->n - exit_code(c), false, &is_longest))
        skip = exit_code(c);
    snprintf(m->text, sizeof m->text, "%s%.*s%s%s", c->phone->is_international || skip ? "+" : "", (int)(c->n - skip),
             c->phone->digits + skip, *extension ? ";ext=" : "", extension);
}

/* The first `k` groups, where what is behind them is no part of them. */
static bool match_groups(const struct phone *p, uint32_t k, bool is_called, struct match *m, uint32_t *end)
{
    struct candidate c = { .phone = p, .groups = p->groups, .k = k, .n = p->groups[k - 1].n, .is_called = is_called };
    char extension[MOST_EXTENSION + 1] = "";
    bool is_longest, more = k < p->n_groups || p->is_cut;

    if (more && (k == p->n_groups || p->groups[k].gap == GAP_NONE || p->groups[k].gap == GAP_SIGN))
        return false;
    if (!is_phone(&c, &m->score, &is_longest))
        return false;
    /* "020 7946 0958 24": whose the last digits are isn't known, where only blanks part them */
    if (more && !is_longest && !(has_sign(&c) && c.groups[k - 1].gap >= GAP_SIGN))
        return false;
    *end = p->groups[k - 1].end;
    if (!is_whole_behind(p, *end) && !(byte_at(p, *end) == 'x' || byte_at(p, *end) == '#'))
        return false;
    if (!more)
        *end = read_extension(p, *end, extension);
    if (!*extension && !is_whole_behind(p, *end))
        return false;
    write_value(&c, extension, m);
    return true;
}

/* Digits that are too few, and that neither more digits nor letters of a number can follow: most numbers of a text. */
static bool is_short(const char *text, uint32_t at, uint32_t limit)
{
    uint32_t to = at;
    char c;

    while (to < limit && to - at < 6 && char_is_digit(text[to]))
        to++;
    if (to == at || to - at == 6)
        return false;
    c = to < limit ? text[to] : ',';
    if (c == ' ') /* "340 people", but not "800 FLOWERS" */
        return to + 1 < limit && char_is_lower((char)(text[to + 1] | 0x20)) && (to - at != 3 || text[at] < '8');
    return (unsigned char)c < 0x80 && !(c && strchr("-./()", c));
}

bool match_phone(struct reader *r, struct match *m, uint32_t *end)
{
    struct phone p = { .text = r->input->text,
                       .start = r->input->tokens[r->token].start,
                       .limit = r->input->tokens[r->end_token - 1].end };
    bool is_called;

    if (is_short(p.text, p.start, p.limit))
        return false;
    m->type = ENTITY_PHONE;
    m->form = VALUE_TEXT;
    m->read_beside = READ_BEFORE | READ_BEHIND;
    m->text[0] = '\0';
    read_groups(&p, read_plus(&p, p.start));
    if (!p.n_groups || !is_whole_before(&p))
        return false;
    if (match_letters(&p, m, end))
        return true;
    if (!p.is_international && p.groups[p.n_groups - 1].n < 6)
        return false;
    switch (cue_before(p.text, r->input->tokens[r->first_token].start, p.start)) {
    case CUE_OTHER:
    case CUE_MAYBE:
        if (!p.is_international)
            return false;
        is_called = false;
        break;
    case CUE_PHONE:
        is_called = true;
        break;
    default:
        is_called = false;
    }
    for (uint32_t k = p.n_groups; k > 0; k--) /* by its form first: "Tel: (619) 555-0142 3" */
        if (match_groups(&p, k, false, m, end))
            return true;
    for (uint32_t k = is_called ? p.n_groups : 0; k > 0; k--)
        if (match_groups(&p, k, true, m, end))
            return true;
    /* it is none, and so are its parts */
    if (!(p.is_international || (p.digits[0] == '0' && p.groups[0].digits > 2 && p.n_groups > 1)) ||
        p.groups[p.n_groups - 1].n < 9 || p.is_cut)
        return false;
    m->type = ENTITY_NONE;
    m->form = VALUE_NONE;
    *end = p.groups[p.n_groups - 1].end;
    return true;
}
