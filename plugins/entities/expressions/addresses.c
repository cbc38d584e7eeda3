/* addresses.c: addresses of the internet. What the segmenter calls a link is sorted by its signs; addresses of IP version 4 (RFC 791)
 * and 6 (RFC 4291, the value as RFC 5952 writes it) are read byte by byte, since segmenters cut them. */
#include <arpa/inet.h>

#include "plugins/entities/expressions/reader.h"
#include "plugins/lib/character.h"

#define LONGEST_IP 45u /* INET6_ADDRSTRLEN less its NUL */

static bool is_ip_byte(char c, bool version6)
{
    if (char_is_digit(c) || c == '.')
        return true;
    return version6 && (c == ':' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'));
}

/* "/24" behind an address: the position behind it; `at` when none is there. */
static uint32_t prefix_end(const char *text, uint32_t at, uint32_t end, uint32_t most)
{
    uint32_t value = 0, to = at + 1;

    if (at >= end || text[at] != '/')
        return at;
    while (to < end && char_is_digit(text[to]) && to - at < 4)
        value = value * 10 + (uint32_t)(text[to++] - '0');
    return to > at + 1 && value <= most ? to : at;
}

static bool ip(struct reader *r, struct match *m, bool version6, uint32_t *end)
{
    const char *text = r->input->text;
    uint32_t start = r->input->tokens[r->token].start, last = r->input->tokens[r->end_token - 1].end, at = start,
             behind;
    char copy[LONGEST_IP + 1];
    unsigned char address[16];

    while (at < last && at - start < LONGEST_IP && is_ip_byte(text[at], version6))
        at++;
    while (at > start &&
           (text[at - 1] == '.' || (version6 && text[at - 1] == ':' && !(at - start > 1 && text[at - 2] == ':'))))
        at--; /* the sentence's own */
    if (at - start < (version6 ? 3 : 7) || (at < last && (char_is_digit(text[at]) || char_is_lower(text[at]))))
        return false;
    memcpy(copy, text + start, at - start);
    copy[at - start] = '\0';
    if (inet_pton(version6 ? AF_INET6 : AF_INET, copy, address) != 1 ||
        !inet_ntop(version6 ? AF_INET6 : AF_INET, address, m->text, LONGEST_IP + 1))
        return false;
    behind = prefix_end(text, at, last, version6 ? 128 : 32);
    memcpy(m->text + strlen(m->text), text + at, behind - at);
    *end = behind;
    m->type = ENTITY_IP;
    m->form = VALUE_TEXT;
    m->score = 95;
    return true;
}

/* A lone "::" is a sign of programs; and at least two colons make an address. */
static bool is_version6(const struct reader *r)
{
    const char *text = r->input->text;
    uint32_t start = r->input->tokens[r->token].start, last = r->input->tokens[r->end_token - 1].end, colons = 0,
             digits = 0;

    for (uint32_t at = start; at < last && at - start < LONGEST_IP && is_ip_byte(text[at], true); at++) {
        colons += text[at] == ':';
        digits += text[at] != ':' && text[at] != '.';
    }
    return colons >= 2 && digits > 0 && (text[start] != ':' || text[start + 1] == ':');
}

bool match_address(struct reader *r, struct match *m, uint32_t *end)
{
    if (is_version6(r))
        return ip(r, m, true, end);
    if (!char_is_digit(r->input->text[r->input->tokens[r->token].start]))
        return false;
    return !(r->before && r->before->class == WORD_VERSION) && ip(r, m, false, end);
}
