/* phones.c: telephone numbers. There is no digit that checks them: what tells is a '+' (ITU-T E.123 and E.164), the
 * forms that countries write theirs in, or a word before it. SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#define MOST_GROUPS 9u
#define REACH 30u /* of the word before it */

struct phone {
    uint32_t end, digits, groups;
    uint8_t sizes[MOST_GROUPS]; /* digits of each group */
    char seps[MOST_GROUPS];     /* what stands before it; 0: nothing, or before the first */
    int has_bracket, is_plus;
};

/* Between groups: a blank or two, a hyphen or point with blanks around it, a slash; never the end of a line. */
static uint32_t skip_sep(const uint8_t *c, uint32_t i, char *sep)
{
    uint32_t from = i, signs = 0;

    *sep = 0;
    for (; i < from + 3; i++) {
        if (c[i] == ' ') {
            *sep = *sep ? *sep : ' ';
        } else if ((c[i] == '-' || c[i] == '.' || c[i] == '/') && !signs++) {
            *sep = (char)c[i];
        } else {
            break;
        }
    }
    return i;
}

/* Reads groups of digits, of which some may be in brackets, until there are more than any number has. */
static int read_phone(const uint8_t *c, uint32_t at, struct phone *p)
{
    uint32_t i = at;

    *p = (struct phone) { .end = at };
    if (c[i] == '(' && c[i + 1] == '+')
        i++;
    if (c[i] == '+') {
        p->is_plus = 1;
        i++;
    }
    for (char sep = 0; p->groups < MOST_GROUPS;) {
        uint32_t next = i, from;
        int is_open = c[next] == '(';
        next += (uint32_t)is_open;
        from = next;
        while (is_digit(c[next]) && next - from < 16)
            next++;
        uint32_t size = next - from;
        if (size == 0 || is_word(c[next]) || p->digits + size > 15 || (is_open && (c[next] != ')' || size > 5)))
            break;
        next += (uint32_t)is_open;
        p->has_bracket |= is_open;
        if (!is_open && c[next] == ')' && at < next && c[at] == '(') /* "(+34 612 34 56 78)" */
            p->end = next + 1;
        else
            p->end = next;
        p->sizes[p->groups] = (uint8_t)size;
        p->seps[p->groups++] = is_open && !sep ? '(' : sep;
        p->digits += size;
        i = skip_sep(c, next, &sep);
        if (i == next && c[i] != '(' && !is_open)
            break;
    }
    return p->groups > 0;
}

/* "ext. 22", "x22", "Durchwahl" is a group like others. */
static uint32_t extension_end(const struct view *view, uint32_t end)
{
    static const char *const words[] = { "extension", "ext", "x" };
    const uint8_t *c = view->c;
    uint32_t i = end;

    while (i < end + 2 && (c[i] == ' ' || c[i] == ','))
        i++;
    for (uint32_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if (!view_has(view, i, words[k]))
            continue;
        uint32_t digits = i + (uint32_t)strlen(words[k]);
        while (c[digits] == '.' || c[digits] == ' ')
            digits++;
        uint32_t from = digits;
        while (digits < from + 7 && is_digit(c[digits]))
            digits++;
        return digits > from && digits < from + 7 ? digits : end;
    }
    return end;
}

static int starts_with_date(const struct phone *p)
{
    return p->groups >= 3 && p->sizes[0] <= 2 && p->sizes[1] <= 2 && (p->sizes[2] == 4 || p->groups == 3);
}

/* 415-555-0132, (415) 555-0132, 1 800 555 0199: area and exchange begin with 2 to 9 (NANPA). */
static int is_north_american(const uint8_t *c, uint32_t at, const struct phone *p)
{
    uint32_t first = p->groups == 4 && p->sizes[0] == 1 && (c[at] == '1' || c[at + 1] == '1') ? 1 : 0, groups = 0;
    char digits[16];

    if (p->groups != first + 3 || p->sizes[first] != 3 || p->sizes[first + 1] != 3 || p->sizes[first + 2] != 4)
        return 0;
    for (uint32_t i = at; i < p->end && groups < sizeof digits; i++)
        if (is_digit(c[i]))
            digits[groups++] = (char)c[i];
    return groups >= first + 4 && digits[first] >= '2' && digits[first + 3] >= '2';
}

/* 020 7946 0958, 07700 900461, 030/23125-417, 01 99 00 47 12: a 0 of the country's own, and what isn't a date. */
static int is_national(const uint8_t *c, uint32_t at, const struct phone *p)
{
    uint32_t first_digit = at + (c[at] == '(');

    if (c[first_digit] != '0' || c[first_digit + 1] == '0' || p->digits < 9 || p->digits > 12 || p->groups < 2)
        return 0;
    for (uint32_t i = 1; i < p->groups; i++)
        if (p->seps[i] == '/' && i > 1)
            return 0;
    if (p->sizes[0] == 2 && p->sizes[1] == 2) { /* a date, or five pairs of France */
        for (uint32_t i = 1; i < p->groups; i++)
            if (p->sizes[i] != 2 || p->seps[i] != p->seps[1])
                return 0;
        return p->groups == 5;
    }
    return p->sizes[0] >= 2 && p->sizes[0] <= 6;
}

static double score_of(const struct scan *scan, uint32_t at, const struct phone *p)
{
    const uint8_t *c = scan->view->c;
    uint32_t first = at + (c[at] == '(' || c[at] == '+');

    first += c[at] == '(' && c[at + 1] == '+';
    if (p->is_plus)
        return p->digits >= 7 && c[first] != '0' ? 0.95 : 0;
    int is_inside =
        at > 1 && c[at - 1] == ' ' && is_digit(c[at - 2]); /* "5500 0000 0000 0005": perhaps of a longer row */
    if (c[at] == '0' && c[at + 1] == '0' && p->digits >= 10 && p->groups >= 3 && !starts_with_date(p) && !is_inside)
        return 0.85;
    if (is_north_american(c, at, p))
        return 0.85;
    if (is_national(c, at, p) && !is_inside)
        return 0.7;
    if (p->groups == 1 && c[at] == '0' && c[at + 1] != '0' && p->digits >= 10 && p->digits <= 12)
        return 0.55; /* 0612345678: what counts something doesn't begin with 0 */
    if (p->has_bracket && p->digits >= 9 && p->digits <= 12 && c[at] != '(' && p->sizes[0] == 1) /* 8 (495) 123-45-67 */
        return 0.8;
    if (p->digits >= 7 && !starts_with_date(p) && cue_is_near(scan, CUES(PHONE), at, 0, REACH))
        return 0.8;
    return 0;
}

void phone_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    struct phone p;

    if (at > 0 && (is_word(c[at - 1]) || c[at - 1] == '.' || c[at - 1] == '+' || (c[at - 1] == '(' && c[at] == '+')))
        return;
    if (at > 1 && c[at - 1] != ' ' && strchr("-/,", c[at - 1]) && is_digit(c[at - 2]))
        return;
    if (!read_phone(c, at, &p))
        return;
    if (c[p.end] == '.' && is_digit(c[p.end + 1]))
        return; /* a sum with its fraction */
    double score = score_of(scan, at, &p);
    if (score == 0)
        return;
    uint32_t end = extension_end(view, p.end);
    work_add(scan->work, at, end, TYPE_PHONE, score);
    scan->numbers_from = end;
}
