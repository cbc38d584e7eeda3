/* net.c: addresses of mail, of networks and of hosts. SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>

#include "scan.h"

/* ---- mail: RFC 5321 and 5322, RFC 6531 for letters of any script ------------------------------------------------- */

#define LOCAL_REACH 128u /* RFC 5321 allows 64 bytes; more is written */
#define DOMAIN_REACH 256u

static int is_local(uint8_t c)
{
    return is_word(c) || c == VIEW_IDEOGRAPH || (c && strchr(".!#$%&'*+/=?^_`{|}~-", c));
}

static int is_domain(uint8_t c)
{
    return is_word(c) || c == VIEW_IDEOGRAPH || c == '-';
}

/* "name=jane@…" in a form or a query: what stands before the sign is no part of the address. Anything else that could
 * be one is taken, however odd: "bjorn/dept=7@…". */
static uint32_t skip_field(const struct view *view, uint32_t from, uint32_t at)
{
    const uint8_t *c = view->c;

    for (uint32_t i = at; i > from; i--)
        if (c[i - 1] == '/' && i - 1 > from && c[i - 2] == '/')
            from = i; /* "//host/…" */
    for (;;) {
        uint32_t i = from;
        while (i < at && (is_alnum(c[i]) || c[i] == '_'))
            i++;
        if (i == from || i + 1 >= at || !strchr("=?&", c[i]))
            break;
        from = i + 1;
    }
    while (from < at && strchr("'`.&?=|*", c[from]))
        from++;
    return from;
}

/* Where the local part that ends at `at` begins; `at` when there is none. */
static uint32_t local_start(const struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t least = at > LOCAL_REACH ? at - LOCAL_REACH : 0, from = at;

    if (least < scan->mail_from)
        least = scan->mail_from;
    if (at > least && c[at - 1] == '"') { /* "soren r"@example.org */
        for (uint32_t i = at - 1; i > least && c[i - 1] != '\n'; i--)
            if (c[i - 1] == '"')
                return i - 1 < at - 2 ? i - 1 : at;
        return at;
    }
    while (from > least && is_local(c[from - 1]))
        from--;
    return from == at ? at : skip_field(scan->view, from, at);
}

/* A point of a domain, perhaps written "[dot]", "(dot)", " dot ": its length. */
static uint32_t dot_length(const struct view *view, uint32_t at)
{
    const uint8_t *c = view->c;
    uint32_t i = at;

    if (c[at] == '.')
        return 1;
    while (i < at + 2 && c[i] == ' ')
        i++;
    if (i > at && view_has(view, i, "dot ") && is_domain(c[i + 4]))
        return i + 4 - at;
    if ((c[i] != '[' && c[i] != '(') || !view_has(view, i + 1, "dot") || (c[i + 4] != ']' && c[i + 4] != ')'))
        return 0;
    i += 5;
    return (c[i] == ' ' ? i + 1 : i) - at;
}

/* The end of a domain of two labels or more, the last with a letter; 0 when there is none. */
static uint32_t domain_end(const struct view *view, uint32_t at)
{
    const uint8_t *c = view->c;
    uint32_t labels = 0, end = 0, limit = at + DOMAIN_REACH;

    if (c[at] == '[') { /* an address in brackets */
        uint32_t i = at + 1;
        while (i < at + 48 && (is_alnum(c[i]) || c[i] == '.' || c[i] == ':'))
            i++;
        return i > at + 6 && c[i] == ']' ? i + 1 : 0;
    }
    while (at < limit) {
        uint32_t from = at, letters = 0;
        while (at < limit && is_domain(c[at]))
            letters += (uint32_t)!is_digit(c[at++]);
        if (at == from)
            break;
        labels++;
        uint32_t last = at;
        while (last > from && c[last - 1] == '-')
            last--;
        if (labels > 1 && letters > 0 && last - from >= 2)
            end = last;
        uint32_t dot = dot_length(view, at);
        if (!dot || !is_domain(c[at + dot]))
            break;
        at += dot;
    }
    return end;
}

/* Else "look at example.org" would be one. */
static int has_spelled_dot(const struct view *view, uint32_t at, uint32_t end)
{
    for (; at < end; at++)
        if (view->c[at] == ' ' && view_has(view, at + 1, "dot "))
            return 1;
    return 0;
}

void mail_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    int is_word_at = to_lower(c[at]) == 'a'; /* "jane at example dot org" */
    uint32_t behind = at + (c[at] == '@' ? 1 : is_word_at ? 2 : c[at] == '%' ? 3 : 4), local_end = at;

    if (c[at] == '(' || c[at] == '[' || is_word_at) {
        if (at > 0 && c[at - 1] == ' ')
            local_end--;
        behind += c[behind] == ' ';
    }
    uint32_t from = local_start(scan, local_end), end = domain_end(view, behind);
    if (from == local_end || !end || (is_word_at && !has_spelled_dot(view, behind, end)))
        return;
    if (from >= 4 && view_has(view, from - 4, "sip:"))
        from -= 4;
    work_add(scan->work, from, end, TYPE_EMAIL, 1);
    scan->mail_from = end;
}

/* ---- who logs in: https://name:password@host (RFC 3986, 3.2.1) --------------------------------------------------- */

void userinfo_at(struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t from = at + 3, i = from, last = 0, colon = 0;

    for (; i < from + DOMAIN_REACH && c[i] > ' ' && !strchr("/?#<>\"", c[i]); i++) {
        if (c[i] == '@')
            last = i;
        if (c[i] == ':' && !colon)
            colon = i;
    }
    if (!last)
        return;
    if (colon && colon < last)
        work_add(scan->work, from, last, TYPE_SECRET, 0.95);
    scan->mail_from = last + 1;
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static uint32_t prefix_end(const uint8_t *c, uint32_t at)
{
    uint32_t i = at + 1;

    if (c[at] != '/')
        return at;
    while (i < at + 4 && is_digit(c[i]))
        i++;
    return i > at + 1 && !is_word(c[i]) ? i : at;
}

/* Four numbers up to 255 at `at`; their end, and the first of them. */
static uint32_t quad_end(const uint8_t *c, uint32_t at, char by, uint32_t *first)
{
    for (int k = 0; k < 4; k++) {
        uint32_t value = 0, from = at;
        while (at < from + 4 && is_digit(c[at]))
            value = value * 10 + (uint32_t)(c[at++] - '0');
        if (at == from || at > from + 3 || value > 255)
            return 0;
        if (k == 0)
            *first = value;
        if (k < 3 && c[at++] != (uint8_t)by)
            return 0;
    }
    return at;
}

/* Not what says nothing of anybody: loopback, "this host" (RFC 1122), masks; and no versions. */
uint32_t ip4_at(struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t first = 0, end = quad_end(c, at, '.', &first);

    if (!end || is_word(c[end]) || (c[end] == '.' && is_digit(c[end + 1])) || first == 127 || first == 0 ||
        first == 255)
        return 0;
    if (at > 0 && (is_word(c[at - 1]) || c[at - 1] == '.' || (c[at - 1] == '/' && at > 1 && is_letter(c[at - 2]))))
        return 0;
    if (cue_is_near(scan, CUES(VERSION), at, 0, 3))
        return 0;
    end = prefix_end(c, end);
    work_add(scan->work, at, end, TYPE_IP, 0.95);
    return end;
}

/* RFC 4291 and 4007. "a::b" is an address, too, but more often something else. */
uint32_t ip6_at(struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t n = 0, colons = 0, digits = 0;
    char text[46];
    unsigned char address[16];

    if (at > 0 && (is_word(c[at - 1]) || c[at - 1] == ':' || c[at - 1] == '.'))
        return 0;
    while (n < sizeof text - 1 && (is_hex(c[at + n]) || c[at + n] == ':' || c[at + n] == '.')) {
        colons += c[at + n] == ':';
        digits += (uint32_t)is_hex(c[at + n]);
        text[n] = (char)c[at + n];
        n++;
    }
    while (n > 0 && (text[n - 1] == '.' || (text[n - 1] == ':' && (n < 2 || text[n - 2] != ':'))))
        n--;
    text[n] = 0;
    uint32_t end = at + n;
    uint32_t least = text[0] && strcspn(text, ":") == 4 ? 5 : 6; /* fe80::1 */
    if (colons < 2 || digits < least || is_word(c[end]) || inet_pton(AF_INET6, text, address) != 1)
        return 0;
    if (c[end] == '%') {
        uint32_t zone = end + 1;
        while (zone < end + 17 && (is_alnum(c[zone]) || c[zone] == '-' || c[zone] == '_'))
            zone++;
        end = zone;
    }
    end = prefix_end(c, end);
    work_add(scan->work, at, end, TYPE_IP, 0.95);
    return end;
}

/* IEEE 802: six pairs, or eight (EUI-64), by ':' or '-'; or three fours by '.'. */
uint32_t mac_at(struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t size = is_hex(c[at]) && is_hex(c[at + 1]) && (c[at + 2] == ':' || c[at + 2] == '-') ? 2 : 4, groups = 0,
             i = at, letters = 0;
    uint8_t by = c[at + size];

    if ((size == 4 && by != '.') || (at > 0 && (is_word(c[at - 1]) || c[at - 1] == by)))
        return 0;
    for (;;) {
        for (uint32_t k = 0; k < size; k++, i++) {
            if (!is_hex(c[i]))
                return 0;
            letters += (uint32_t)is_letter(c[i]);
        }
        groups++;
        if (c[i] != by || !is_hex(c[i + 1]))
            break;
        i++;
    }
    if (is_word(c[i]) || (size == 4 ? groups != 3 : groups != 6 && groups != 8))
        return 0;
    if (!letters && (by != ':' || size == 4) && !cue_is_near(scan, CUES(MAC), at, 0, CUE_REACH))
        return 0;
    work_add(scan->work, at, i, TYPE_MAC, 0.95);
    return i;
}

/* Names that are resolved in one network only: RFC 6762 (.local), RFC 8375 (home.arpa), ICANN's .internal (2024), and
 * what is in use without being reserved. "ip-10-0-0-1" is an address. */
void host_at(struct scan *scan, uint32_t at, uint32_t run_end)
{
    static const char *const suffixes[] = {
        "internal", "local", "lan", "corp", "intranet", "localdomain", "home.arpa"
    };
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t end = run_end, dots = 0, first;

    if (at > 0 && (c[at - 1] == '.' || c[at - 1] == '-' || c[at - 1] == '_' || c[at - 1] == '@' || c[at - 1] == '$'))
        return; /* it was looked at from its beginning */
    if (view_has(view, at, "ip-") && (end = quad_end(c, at + 3, '-', &first)) != 0 && !is_word(c[end]))
        work_add(scan->work, at, end, TYPE_IP, 0.9);
    for (end = run_end; end < at + DOMAIN_REACH && (is_word(c[end]) || strchr(".-_", c[end])) && c[end]; end++)
        dots += c[end] == '.';
    while (end > at && (c[end - 1] == '.' || c[end - 1] == '-' || c[end - 1] == '_'))
        dots -= c[--end] == '.';
    if (!dots || c[end] == '(' || is_word(c[end]))
        return;
    for (uint32_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        uint32_t length = (uint32_t)strlen(suffixes[i]);
        if (end - at > length + 1 && c[end - length - 1] == '.' && view_has(view, end - length, suffixes[i]))
            work_add(scan->work, at, end, TYPE_HOST, 0.8);
    }
}
