/* phones.c: telephone numbers, read byte by byte. International ones, with "+" or "00" and a country's code (ITU-T E.164: at most
 * 15 digits), written as ITU-T E.123 has it or with other signs between; those of the North American plan (NPA-NXX-XXXX, neither
 * part starts with 0 or 1); national ones that start with 0, if they are written in groups; others only behind "tel" and
 * the like. A row of digits alone is not enough. */
#include "plugins/entities/expressions/reader.h"
#include "plugins/lib/character.h"

#define MOST_DIGITS 15u
#define MOST_GROUPS 8u

/* What has been read: the digits, and how they are grouped. */
struct phone {
    char digits[MOST_DIGITS + 1];
    uint8_t groups[MOST_GROUPS]; /* digits of each */
    uint8_t n_digits, n_groups;
    bool is_international, has_brackets;
    uint32_t end;
};

static bool is_separator(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '/';
}

/* The bytes of what stands between groups at `at`; 0 when nothing does. A no-break space or hyphen counts, too. */
static uint32_t separator_bytes(const char *text, uint32_t at, uint32_t end)
{
    if (is_separator(text[at]))
        return at + 2 < end && text[at] == ' ' && (text[at + 1] == '-' || text[at + 1] == ' ') ? 0 : 1;
    if (end - at > 2 && memcmp(text + at, "\xC2\xA0", 2) == 0)
        return 2;
    return end - at > 3 && (memcmp(text + at, "\xE2\x80\x91", 3) == 0 || memcmp(text + at, "\xE2\x80\x93", 3) == 0) ? 3
                                                                                                                    : 0;
}

/* A group in brackets: "(415)", "(0)". The position behind; `at` when there is none. */
static uint32_t read_brackets(struct phone *p, const char *text, uint32_t at, uint32_t end)
{
    uint32_t from = at + 1, to = from;

    if (text[at] != '(' || p->has_brackets)
        return at;
    while (to < end && to - from < 6 && char_is_digit(text[to]))
        to++;
    if (to == from || to >= end || text[to] != ')' || p->n_groups == MOST_GROUPS ||
        p->n_digits + (to - from) > MOST_DIGITS)
        return at;
    p->has_brackets = true;
    if (!(p->is_international && to - from == 1 && text[from] == '0')) { /* "+44 (0)20": not dialled from abroad */
        p->groups[p->n_groups++] = (uint8_t)(to - from);
        memcpy(p->digits + p->n_digits, text + from, to - from);
        p->n_digits = (uint8_t)(p->n_digits + (to - from));
    }
    return to + 1;
}

static uint32_t read_group(struct phone *p, const char *text, uint32_t at, uint32_t end)
{
    uint32_t from = at;

    while (at < end && char_is_digit(text[at]))
        at++;
    if (at == from || p->n_groups == MOST_GROUPS || p->n_digits + (at - from) > MOST_DIGITS)
        return from;
    p->groups[p->n_groups++] = (uint8_t)(at - from);
    memcpy(p->digits + p->n_digits, text + from, at - from);
    p->n_digits = (uint8_t)(p->n_digits + (at - from));
    return at;
}

/* Reads groups as long as there are some. */
static void read_groups(struct phone *p, const char *text, uint32_t at, uint32_t end)
{
    p->end = at;
    for (;;) {
        uint32_t start = at, behind;

        if (p->n_groups)
            at += at < end ? separator_bytes(text, at, end) : 0;
        if (at >= end)
            return;
        behind = read_brackets(p, text, at, end);
        if (behind == at)
            behind = read_group(p, text, at, end);
        if (behind == at || (p->n_groups > 1 && at == start && text[at] != '(' && text[start - 1] != ')'))
            return;
        p->end = at = behind;
    }
}

static bool is_american(const struct phone *p)
{
    uint32_t first = p->n_digits == 11 && p->digits[0] == '1' && p->groups[0] == 1 ? 1 : 0;
    const char *digits = p->digits + first;
    const uint8_t *groups = p->groups + first;

    return p->n_digits == 10 + first && p->n_groups == 3 + first && groups[0] == 3 && groups[1] == 3 &&
           groups[2] == 4 && digits[0] >= '2' && digits[3] >= '2';
}

/* "020 7946 0958", "01 23 45 67 89", "0151/123456". */
static bool is_national(const struct phone *p)
{
    for (uint32_t i = 0; i < p->n_groups; i++)
        if (p->groups[i] < 2 || p->groups[i] > 8)
            return false;
    return p->digits[0] == '0' && p->digits[1] != '0' && p->n_groups >= 2 && p->n_digits >= 9 && p->n_digits <= 11 &&
           (p->n_groups < 3 || p->groups[0] <= 5);
}

static bool is_called(const struct reader *r)
{
    return r->before && r->before->class == WORD_CALL;
}

static bool is_phone(const struct reader *r, const struct phone *p, uint8_t *score)
{
    *score = 95;
    if (p->is_international)
        return p->n_digits >= 8 && p->digits[0] != '0' && (p->n_groups > 1 || p->n_digits >= 9);
    if (is_american(p))
        return true;
    *score = 85;
    if (p->digits[0] == '0' && p->digits[1] == '0') /* "0044 20 7946 0958" */
        return p->n_groups > 1 && p->n_digits >= 11 && p->digits[2] != '0';
    if (is_national(p))
        return true;
    *score = 80;
    return is_called(r) && p->n_digits >= 6 && p->n_digits <= 12 && !(p->n_groups == 1 && p->n_digits < 7);
}

bool match_phone(struct reader *r, struct match *m, uint32_t *end)
{
    const char *text = r->input->text;
    uint32_t at = r->input->tokens[r->token].start, last = r->input->tokens[r->end_token - 1].end, skip = 0;
    struct phone p = { .is_international = text[at] == '+' };

    if (p.is_international && ++at >= last)
        return false;
    read_groups(&p, text, at, last);
    if (!p.n_digits || (p.end < last && char_is_digit(text[p.end])) || !is_phone(r, &p, &m->score))
        return false;
    *end = p.end;
    m->type = ENTITY_PHONE;
    m->form = VALUE_TEXT;
    if (!p.is_international && p.digits[0] == '0' && p.digits[1] == '0')
        skip = 2;
    m->text[0] = '+';
    memcpy(m->text + (p.is_international || skip), p.digits + skip, p.n_digits - skip);
    return true;
}
