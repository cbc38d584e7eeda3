/* mail.c: addresses of mail (RFC 5321, 5322; those of any script, RFC 6531). What may stand before the '@' is
 * nearly all of ASCII, and so are the brackets and quotes that people put around an address: signs at its front,
 * and such as stand on both sides of it, are the text's. */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "plugins/entities/expressions/addresses.h"
#include "plugins/entities/types.h"
#include "plugins/lib/character.h"

#define LOCAL_BYTES 64u

static bool is_local_sign(char c)
{
    return c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c);
}

static uint32_t local_bytes_before(const char *text, uint32_t at, uint32_t floor)
{
    uint32_t before;

    if (at <= floor)
        return 0;
    if (is_local_sign(text[at - 1]))
        return 1;
    before = char_before(text, at);
    return before >= floor ? host_label_bytes(text, before, at) : 0;
}

/* "\"Joe Doe\"@example.org": the start of a local part in quotes; `at` when it is none. */
static uint32_t quoted_start(const struct address_scan *s, uint32_t at)
{
    uint32_t start = at - 1;

    while (start > s->floor && at - start <= LOCAL_BYTES) {
        start--;
        if (s->text[start] == '\n')
            break;
        if (s->text[start] == '"')
            return start + 2 < at && !is_behind_word(s->text, start) ? start : at;
    }
    return at;
}

/* "mail=joe@example.org": a key and its value. */
static bool is_key(const char *text, uint32_t start, uint32_t end)
{
    static const char *const keys[] = { "mail", "email", "e-mail", "from", "to",       "cc",        "bcc",
                                        "user", "login", "sender", "name", "username", "recipient", "address" };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strlen(keys[i]) == end - start && strncasecmp(text + start, keys[i], end - start) == 0)
            return true;
    return false;
}

/* Takes what is the text's off the front of [start, sign). */
static uint32_t trim_front(const struct address_scan *s, uint32_t start, uint32_t sign, char behind)
{
    uint32_t from = start;

    for (uint32_t at = sign; at > start; at--) {
        char c = s->text[at - 1];

        if (at == sign || !is_local_sign(c))
            continue;
        if ((c == behind && (strchr("`*|'~", c) || (c == '_' && at - 1 == start))) || (c == '{' && behind == '}') ||
            (c == '=' && is_key(s->text, start, at - 1))) {
            from = at;
            break;
        }
    }
    for (uint32_t at = sign; at > from + 2; at--) /* "see...joe@example.org" */
        if (memcmp(s->text + at - 3, "...", 3) == 0) {
            from = at;
            break;
        }
    while (from < sign && s->text[from] && strchr("!#$%&'*-/=?^`{|}~", s->text[from]))
        from++;
    return from;
}

static bool is_local(const char *text, uint32_t start, uint32_t end)
{
    if (start >= end || end - start > LOCAL_BYTES || text[start] == '.' || text[end - 1] == '.')
        return false;
    for (uint32_t at = start; at + 1 < end; at++)
        if (text[at] == '.' && text[at + 1] == '.')
            return false;
    return true;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]": the byte behind it, or 0. */
static uint32_t literal_end(const struct address_scan *s, uint32_t at)
{
    uint32_t from = at + 1, end;
    char value[IP_VALUE_BYTES];

    if (s->length - from > 5 && strncasecmp(s->text + from, "IPv6:", 5) == 0)
        from += 5;
    end = ip_read(s->text, from, s->length, value);
    return end && end < s->length && s->text[end] == ']' ? end + 1 : 0;
}

/* Where the domain at `at` ends; 0 when none is there that mail goes to. */
static uint32_t domain_end(const struct address_scan *s, uint32_t at)
{
    struct host host;

    if (at < s->length && s->text[at] == '[')
        return literal_end(s, at);
    if (!host_read(s->text, at, s->length, &host))
        return 0;
    while (host.end > host.last && s->text[host.end - 1] == '_')
        host.end--;
    if (host.labels == 1)
        return host.end - at == 9 && strncasecmp(s->text + at, "localhost", 9) == 0 ? host.end : 0;
    if (host.end - host.last < 2 || memchr(s->text + host.last, '_', host.end - host.last))
        return 0;
    for (uint32_t i = host.last; i < host.end; i++)
        if (char_is_digit(s->text[i]) && strncasecmp(s->text + host.last, "xn--", 4) != 0)
            return 0;
    return host.end;
}

/* "git@example.org:a/b.git": where to copy from, not to write to. */
static bool is_copied_from(const struct address_scan *s, uint32_t end)
{
    uint32_t at = end + 1;

    if (at >= s->length || s->text[end] != ':' || !(host_label_bytes(s->text, at, s->length) || s->text[at] == '~'))
        return false;
    while (at < s->length && (host_label_bytes(s->text, at, s->length) || s->text[at] == '.' || s->text[at] == '~'))
        at++;
    return (at < s->length && s->text[at] == '/') || (at > end + 5 && memcmp(s->text + at - 4, ".git", 4) == 0);
}

bool match_mail(const struct address_scan *s, uint32_t sign, struct address *a)
{
    uint32_t start = sign, end, size, from;

    if (sign == s->floor || sign + 1 >= s->length)
        return false;
    if (s->text[sign - 1] != '"' && !local_bytes_before(s->text, sign, s->floor))
        return false;
    if (!(end = domain_end(s, sign + 1)))
        return false;
    if (s->text[sign - 1] == '"') {
        from = start = quoted_start(s, sign);
        if (start == sign)
            return false;
    } else {
        while (sign - start <= LOCAL_BYTES + 8 && (size = local_bytes_before(s->text, start, s->floor)) > 0)
            start -= size;
        from = trim_front(s, start, sign, end < s->length ? s->text[end] : '\0');
    }
    *a = (struct address) { .start = start, .end = end, .from = from, .to = end, .type = ENTITY_EMAIL };
    if (!(s->text[sign - 1] == '"' || is_local(s->text, from, sign)) || (end < s->length && s->text[end] == '@') ||
        (start > 0 && s->text[start - 1] == '@') || is_copied_from(s, end))
        a->type = ENTITY_NONE;
    if (is_copied_from(s, end))
        a->end = url_tail_end(s, start, end);
    else if (start >= 7 && start - 7 >= s->floor && strncasecmp(s->text + start - 7, "mailto:", 7) == 0) {
        a->start -= 7;
        if (end < s->length && s->text[end] == '?')
            a->end = url_tail_end(s, start, end);
    }
    return true;
}
