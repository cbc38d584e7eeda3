/* urls.c: URLs (RFC 3986), also of any script (RFC 3987). A URL ends at a blank, at what may not stand in one, and
 * before the signs that belong to the text: brackets that were opened outside of it, what a sentence ends with,
 * and marks that stand on both sides. */
#include <string.h>
#include <strings.h>

#include "plugins/entities/expressions/addresses.h"
#include "plugins/entities/types.h"
#include "plugins/lib/character.h"

#define SCHEME_BYTES 24u
#define USER_BYTES 128u
#define MOST_BRACKETS 16u

static char byte_at(const struct address_scan *s, uint32_t at)
{
    return at < s->length ? s->text[at] : '\0';
}

static bool stands_at(const struct address_scan *s, uint32_t at, const char *word)
{
    size_t length = strlen(word);

    return s->length - at >= length && strncasecmp(s->text + at, word, length) == 0;
}

/* ---- The tail ----------------------------------------------------------------------------------------------------- */

/* Whether one URL ends at `at` and the next begins: "http://a.example/x,http://b.example". Within paths and
 * queries they may stand whole: "/web/http://", "?u=http://". */
static bool next_begins(const struct address_scan *s, uint32_t at)
{
    return strchr(",;|", s->text[at]) && (stands_at(s, at + 1, "http://") || stands_at(s, at + 1, "https://"));
}

static char opener_of(char c)
{
    return c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : '\0';
}

/* The end of what may stand in a URL from `at` on. */
static uint32_t visible_end(const struct address_scan *s, uint32_t start, uint32_t at)
{
    char open[MOST_BRACKETS], mark = start > 0 ? s->text[start - 1] : '\0';
    uint32_t n = 0, size;
    bool is_query = false;

    for (; at < s->length; at += size) {
        char c = s->text[at];

        if ((unsigned char)c & 0x80) {
            uint8_t kind = (uint8_t)char_kind_at(s->text, at, &size);
            uint32_t point = char_decode(s->text, at, &size);
            if (kind == CHAR_BLANK || (kind >= CHAR_PUNCT && kind <= CHAR_QUOTE) ||
                (point >= 0x200B && point <= 0x200F) || point == 0xFEFF)
                return at;
            continue;
        }
        size = 1;
        if (c <= ' ' || c == 0x7F || strchr("<>\"`|\\^", c) || (c == '\'' && mark == '\'') || next_begins(s, at))
            return at;
        is_query |= c == '?' || c == '#';
        if (c == '(' || c == '{' || (c == '[' && is_query)) {
            if (n < MOST_BRACKETS)
                open[n++] = c;
        } else if (c == '[') {
            return at; /* "http://example.org/a[1]" */
        } else if (opener_of(c)) {
            if (n == 0 || open[n - 1] != opener_of(c))
                return at;
            n--;
        }
    }
    return at;
}

/* Takes off what belongs to the text. */
static uint32_t trim(const struct address_scan *s, uint32_t start, uint32_t at, uint32_t end)
{
    char mark = start > 0 ? s->text[start - 1] : '\0';

    while (end > at) {
        char c = s->text[end - 1];

        if (strchr(".,;:!?'", c) || c == '(' || c == '[' || c == '{' || (c == mark && strchr("*_~'", c)))
            end--;
        else if (end - at > 2 && c == 's' && s->text[end - 2] == '\'')
            end -= 2;
        else
            break;
    }
    return end;
}

uint32_t url_tail_end(const struct address_scan *s, uint32_t start, uint32_t at)
{
    return trim(s, start, at, visible_end(s, start, at));
}

/* A port, and what is behind it, from `at` on. */
static uint32_t rest_end(const struct address_scan *s, uint32_t start, uint32_t at)
{
    uint32_t end = at;

    if (byte_at(s, at) == ':' && char_is_digit(byte_at(s, at + 1)))
        for (end = at + 1; char_is_digit(byte_at(s, end));)
            end++;
    if (byte_at(s, end) == '/' || byte_at(s, end) == '?' || byte_at(s, end) == '#')
        return url_tail_end(s, start, end);
    return end;
}

/* ---- With a scheme ------------------------------------------------------------------------------------------------ */

static bool is_word_byte(char c)
{
    return char_is_lower(c) || char_is_upper(c) || char_is_digit(c);
}

/* Where the scheme that ends at `colon` starts; `colon` when there is none. */
static uint32_t scheme_start(const struct address_scan *s, uint32_t colon)
{
    static const char *const usual[] = { "https", "http", "ftp" };
    uint32_t start = colon;

    while (start > s->floor && colon - start < SCHEME_BYTES &&
           (is_word_byte(s->text[start - 1]) || s->text[start - 1] == '+' || s->text[start - 1] == '-'))
        start--;
    while (start < colon && !char_is_lower(s->text[start] | 0x20))
        start++;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) { /* "here:", or no blank before it */
        uint32_t length = (uint32_t)strlen(usual[i]);
        if (colon - start >= length && strncasecmp(s->text + colon - length, usual[i], length) == 0)
            return colon - length;
    }
    return colon - start >= 2 && !is_behind_word(s->text, start) ? start : colon;
}

static uint32_t user_end(const struct address_scan *s, uint32_t at)
{
    uint32_t end = at;

    while (end - at < USER_BYTES &&
           (is_word_byte(byte_at(s, end)) || (byte_at(s, end) && strchr("-._~%!$&'()*+,;=:", s->text[end]))))
        end++;
    return byte_at(s, end) == '@' && end > at ? end + 1 : at;
}

/* The end of a host at `at`, a name or an address in brackets; 0: there is none. */
static uint32_t authority_end(const struct address_scan *s, uint32_t at)
{
    struct host host;

    if (byte_at(s, at) == '[') {
        char value[IP_VALUE_BYTES];
        uint32_t end = ip_read(s->text, at + 1, s->length, value);
        return end && byte_at(s, end) == ']' ? end + 1 : 0;
    }
    if (host_read(s->text, at, s->length, &host))
        return host.end;
    return 0;
}

/* "urn:isbn:0451450523": schemes without "//", what must follow them, and what must be in it, as a sentence may
 * have such words, too. */
static bool match_bare_scheme(const struct address_scan *s, uint32_t colon, struct address *a)
{
    static const struct {
        const char *scheme, *next;
        char has;
    } bare[] = {
        { "urn", "", ':' },  { "doi", "10.", '/' }, { "magnet", "?", '=' }, { "sip", "", '@' },
        { "sips", "", '@' }, { "xmpp", "", '@' },   { "geo", "", ',' },     { "news", "", '@' },
    };

    for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++) {
        uint32_t length = (uint32_t)strlen(bare[i].scheme), start = colon - length, end;

        if (colon - s->floor < length || !stands_at(s, start, bare[i].scheme) || is_behind_word(s->text, start) ||
            !stands_at(s, colon + 1, bare[i].next))
            continue;
        end = url_tail_end(s, start, colon + 1);
        if (!memchr(s->text + colon + 1, bare[i].has, end - colon - 1))
            continue;
        *a = (struct address) { .start = start, .end = end, .from = start, .to = end, .type = ENTITY_URL };
        return true;
    }
    return false;
}

/* "localhost:8080/x" */
static bool match_localhost(const struct address_scan *s, uint32_t colon, struct address *a)
{
    uint32_t start = colon - 9, end;

    if (colon - s->floor < 9 || !stands_at(s, start, "localhost") || is_behind_word(s->text, start) ||
        !char_is_digit(byte_at(s, colon + 1)))
        return false;
    end = rest_end(s, start, colon);
    *a = (struct address) { .start = start, .end = end, .from = start, .to = end, .type = ENTITY_URL };
    return true;
}

bool match_url(const struct address_scan *s, uint32_t colon, struct address *a)
{
    uint32_t start, at, end;

    if (byte_at(s, colon + 1) != '/' || byte_at(s, colon + 2) != '/')
        return match_bare_scheme(s, colon, a) || match_localhost(s, colon, a);
    start = scheme_start(s, colon);
    if (start == colon)
        return false;
    at = user_end(s, colon + 3);
    end = authority_end(s, at);
    if (!end && !(byte_at(s, at) == '/' && byte_at(s, at + 1) > ' '))
        return false;
    end = rest_end(s, start, end ? end : at);
    *a = (struct address) { .start = start, .end = end, .from = start, .to = end, .type = ENTITY_URL };
    if ((start > 0 && char_is_digit(s->text[start - 1])) || (s->text[end - 1] == ']' && is_word_byte(byte_at(s, end))))
        a->type = ENTITY_NONE; /* what the digit belongs to isn't known */
    return true;
}

/* ---- Without one -------------------------------------------------------------------------------------------------- */

/* "a.com+b@example.org": the front of an address of mail. */
static bool is_local_part(const struct address_scan *s, uint32_t at)
{
    uint32_t size = 1;

    if (!byte_at(s, at) || !strchr("+!&'*^`{|}~=%?#$", s->text[at]))
        return false;
    for (uint32_t end = at; end - at < 64 && size; end += size) {
        if (byte_at(s, end) == '@')
            return true;
        size = byte_at(s, end) && strchr("+!&'*^`{|}~=%?#$.", s->text[end]) ? 1
                                                                            : host_label_bytes(s->text, end, s->length);
    }
    return false;
}

/* Names that end like hosts. */
static bool is_name(const struct address_scan *s, const struct host *h)
{
    static const char *const names[] = { "asp.net",   "ado.net",   "vb.net",  "ml.net",
                                         "paint.net", "socket.io", "java.io", "system.io" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == h->end - h->start && strncasecmp(s->text + h->start, names[i], h->end - h->start) == 0)
            return true;
    return false;
}

bool match_host(const struct address_scan *s, const struct host *h, struct address *a)
{
    bool is_www = h->labels > 2 && stands_at(s, h->start, "www."), has_rest;
    enum host_ending ending = host_ending(s->text + h->last, h->end - h->last);
    char before = h->start > 0 ? s->text[h->start - 1] : ' ', behind = byte_at(s, h->end);
    uint32_t end;

    if (h->labels < 2 || (!is_www && ending == ENDING_UNKNOWN) || strchr("\\@$#~=&%+", before) ||
        (before == '/' && !(h->start > 1 && s->text[h->start - 2] == '/')) || h->start < s->floor || behind == '(' ||
        (behind == ':' && byte_at(s, h->end + 1) == ':'))
        return false;
    /* "York.But" would be a host by its letters; a host's ending is not capitalised by itself. */
    if (char_is_upper(s->text[h->last]) && (char_is_lower(s->text[h->end - 1]) || char_is_lower(s->text[h->start])))
        return false;
    end = rest_end(s, h->start, h->end);
    has_rest = end > h->end + 1 && memchr(s->text + h->end, '/', end - h->end); /* "x.py:12" is a line of a file */
    if (!is_www && ending == ENDING_WORD && !has_rest && (h->labels < 3 || h->end - h->last > 2))
        return false;
    if (is_name(s, h) || is_local_part(s, h->end))
        return false;
    *a = (struct address) { .start = h->start, .end = end, .from = h->start, .to = end, .type = ENTITY_URL };
    return true;
}
