/* addresses.c: see addresses.h. The signs are '@', '#', ':' and '.'; nearly all of those in a text are settled by
 * what stands beside them. URLs are read in urls.c, addresses of mail in mail.c. */
#include "plugins/entities/expressions/addresses.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "plugins/entities/types.h"
#include "plugins/lib/character.h"

#define HANDLE_BYTES 120u

static char byte_at(const struct address_scan *s, uint32_t at)
{
    return at < s->length ? s->text[at] : '\0';
}

bool is_behind_word(const char *text, uint32_t at)
{
    return at > 0 && text[at - 1] != '-' && host_label_bytes(text, char_before(text, at), at) > 0;
}

/* ---- "@names" and "#topics" --------------------------------------------------------------------------------------- */

struct tag {
    uint32_t end, digits, letters; /* letters: and marks, of any script */
    bool is_hex;
};

static struct tag read_tag(const struct address_scan *s, uint32_t at)
{
    struct tag tag = { .end = at, .is_hex = true };
    uint32_t size;

    while (tag.end - at < HANDLE_BYTES && byte_at(s, tag.end) != '-' &&
           (size = host_label_bytes(s->text, tag.end, s->length)) > 0) {
        char c = s->text[tag.end];

        tag.digits += char_is_digit(c);
        tag.letters += !char_is_digit(c) && c != '_';
        tag.is_hex &= char_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        tag.end += size;
    }
    return tag;
}

/* "joe#5@example.org": within the front of an address of mail. */
static bool is_before_at(const struct address_scan *s, uint32_t at)
{
    uint32_t end = at, size = 1;

    for (; end - at < 64 && size; end += size) {
        char c = byte_at(s, end);
        size = c && strchr("!#$%&'*+-/=?^_`{|}~.", c) ? 1 : host_label_bytes(s->text, end, s->length);
    }
    return byte_at(s, end) == '@' && host_label_bytes(s->text, end + 1, s->length) > 0;
}

/* "#fff0e5": a colour. */
static bool is_color(uint32_t at, const struct tag *tag)
{
    uint32_t length = tag->end - at;

    return tag->is_hex && tag->digits > 0 && (length == 3 || length == 6 || length == 8);
}

static void take(struct address *a, uint32_t from, uint32_t to, uint8_t type)
{
    *a = (struct address) { .start = from, .end = to, .from = from, .to = to, .type = type };
}

/* "#topic"; a letter is enough: "#2024goals". Digits alone are a number of something. */
static bool match_topic(const struct address_scan *s, uint32_t at, struct address *a)
{
    struct tag tag;
    char before = at > 0 ? s->text[at - 1] : ' ';

    if (before == '#')
        return false;
    tag = read_tag(s, at + 1);
    if (tag.end == at + 1 || tag.end - at >= HANDLE_BYTES)
        return false;
    if (is_behind_word(s->text, at) && s->floor != at &&
        (tag.letters < 3 || is_before_at(s, at))) /* "now#topic", not "B#3" */
        return false;
    take(a, at, tag.end, ENTITY_HASHTAG);
    if (before == '&') { /* "&#39;", HTML's */
        a->type = ENTITY_NONE;
        return byte_at(s, tag.end) == ';';
    }
    if (byte_at(s, tag.end) == '-' && char_is_digit(byte_at(s, tag.end + 1))) { /* "#A-448", but "#covid-19" */
        uint32_t digits = 0;
        while (byte_at(s, a->end) == '-' || (byte_at(s, a->end) != '_' && host_label_bytes(s->text, a->end, s->length)))
            digits += char_is_digit(s->text[a->end++]);
        if (digits > 2 || tag.letters < 4)
            a->type = ENTITY_NONE;
        return true;
    }
    if (!tag.letters) { /* "#123" is an issue's, "#1" a rank */
        a->type = ENTITY_NONE;
        return tag.digits >= 3;
    }
    if (is_color(at + 1, &tag))
        a->type = ENTITY_NONE;
    return true;
}

/* "@5pm", "@20k": an hour, a price. */
static bool is_amount(const struct address_scan *s, uint32_t at, const struct tag *tag)
{
    static const char *const units[] = { "min", "mins", "hrs", "ish", "usd", "eur", "gbp", "kmh", "mph", "pst",
                                         "est", "gmt",  "utc", "fps", "mhz", "ghz", "hz",  "day", "days" };
    uint32_t letters = at;

    while (char_is_digit(byte_at(s, letters)))
        letters++;
    if (letters == at || tag->end - letters <= 2)
        return letters > at;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i]) == tag->end - letters && strncasecmp(units[i], s->text + letters, tag->end - letters) == 0)
            return true;
    return false;
}

/* "@name", "@name.of.three" where that can't be the next sentence, "@name@server.example". */
static bool match_handle(const struct address_scan *s, uint32_t at, struct address *a)
{
    struct tag tag;
    struct host host;
    char before = at > 0 ? s->text[at - 1] : ' ';

    if (before == '=' || (before == '@' && (at < s->floor + 2 || is_behind_word(s->text, at - 1))))
        return false;
    tag = read_tag(s, at + 1);
    if (!tag.letters || tag.end - at >= HANDLE_BYTES || is_amount(s, at + 1, &tag) ||
        (byte_at(s, tag.end) == ':' && byte_at(s, tag.end + 1) == '/')) /* "@https://…" */
        return false;
    while (byte_at(s, tag.end) == '.' && tag.end - at < HANDLE_BYTES) {
        char next = byte_at(s, tag.end + 1);
        struct tag part;

        if (!char_is_lower(next) && !char_is_digit(next) && next != '_')
            break;
        part = read_tag(s, tag.end + 1);
        if (part.end < tag.end + 3)
            break;
        tag.end = part.end;
    }
    take(a, at, tag.end, ENTITY_HANDLE);
    if (byte_at(s, tag.end) == '@' && host_read(s->text, tag.end + 1, s->length, &host) && host.labels > 1)
        a->end = a->to = host.end;
    return true;
}

/* ---- What stands at a sign ---------------------------------------------------------------------------------------- */

/* "10.0.0.1:8080/x": the port and what is behind it belong to the address, not to the entity. */
static uint32_t service_end(const struct address_scan *s, uint32_t start, uint32_t at)
{
    uint32_t end = at;

    if (byte_at(s, at) == ':' && char_is_digit(byte_at(s, at + 1)))
        for (end = at + 1; char_is_digit(byte_at(s, end));)
            end++;
    if (byte_at(s, end) == '/' && host_label_bytes(s->text, end + 1, s->length) > 0)
        end = url_tail_end(s, start, end);
    return end;
}

/* Numbers with periods behind these words, or letters right before them, are versions and sections. */
static bool is_behind_version(const struct address_scan *s, uint32_t at)
{
    static const char *const words[] = { "version",  "ver",     "v",   "release", "build",
                                         "firmware", "section", "sec", "chapter", "clause" };
    uint32_t end = at, start;

    while (end > s->floor && (s->text[end - 1] == ' ' || s->text[end - 1] == '.' || s->text[end - 1] == ':'))
        end--;
    for (start = end; start > s->floor && end - start < 9 && (char_is_lower(s->text[start - 1] | 0x20));)
        start--;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == end - start && strncasecmp(words[i], s->text + start, end - start) == 0)
            return true;
    return false;
}

/* An address of IP around the sign at `at`, whose digits start at `start`. */
static bool match_ip(const struct address_scan *s, uint32_t start, struct address *a)
{
    uint32_t end;
    char before = start > 0 ? s->text[start - 1] : ' ';

    if (start < s->floor || before == '.' || before == '%' || is_behind_word(s->text, start) ||
        (before == '-' && is_behind_word(s->text, start - 1) && s->floor != start - 1))
        return false;
    if (before == ':' && start > 1 && (is_behind_word(s->text, start - 1) && char_is_digit(s->text[start - 2])))
        return false;
    end = ip_read(s->text, start, s->length, a->ip);
    if (!end)
        return false;
    a->start = a->from = start;
    a->to = end;
    a->type = is_behind_version(s, start) ? ENTITY_NONE : ENTITY_IP;
    a->end = service_end(s, start, end);
    if (before == '[' && byte_at(s, end) == ']') /* "[2001:db8::1]:443" */
        a->end = service_end(s, start, end + 1);
    return true;
}

static bool match_dot(struct address_scan *s, uint32_t at, struct address *a)
{
    struct host host;
    uint32_t start = at, before, size;

    if (at < s->no_name_before || at == s->floor || !host_label_bytes(s->text, at + 1, s->length) ||
        byte_at(s, at + 1) == '-')
        return false;
    while (start > s->floor) {
        before = char_before(s->text, start);
        size = host_label_bytes(s->text, before, start);
        if (!size && !(s->text[before] == '.' && start < at && start > s->floor))
            break;
        start = before;
        if (at - start > HOST_BYTES)
            break;
    }
    while (start < at && (s->text[start] == '.' || s->text[start] == '-'))
        start++;
    s->no_name_before = at + 1;
    if (start == at)
        return false;
    if (char_is_digit(s->text[start]) && match_ip(s, start, a))
        return true;
    if (!host_read(s->text, start, s->length, &host)) {
        s->no_name_before = at + HOST_BYTES;
        return false;
    }
    if (host.end > s->no_name_before)
        s->no_name_before = host.end;
    return byte_at(s, host.end) != '@' && match_host(s, &host, a);
}

/* "1::2::3", "01:23:45:67:89:ab": what has colons like an address of version 6 and is none, but one of a network
 * card, or a broken one. */
static bool match_broken(const struct address_scan *s, uint32_t start, uint32_t at, struct address *a)
{
    uint32_t end = start, groups = 1, letters = 0;
    bool is_short = false, is_pairs = true;

    for (uint32_t group = start; end - start < 100; end++) {
        char c = byte_at(s, end);

        if (c == ':') {
            is_pairs &= end - group == 2;
            is_short |= end == group && end > start;
            groups++;
            group = end + 1;
        } else if (!char_is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
            break;
        else
            letters += !char_is_digit(c);
    }
    while (end > start && s->text[end - 1] == ':')
        end--;
    if (end <= at || start < s->floor || is_behind_word(s->text, start) || host_label_bytes(s->text, end, s->length))
        return false;
    if (!(is_pairs && groups >= 6) && !(is_short && groups > 4) && !(groups > 7 && letters))
        return false;
    take(a, start, end, ENTITY_NONE);
    return true;
}

static bool match_colon(struct address_scan *s, uint32_t at, struct address *a)
{
    uint32_t start = at;
    char next = byte_at(s, at + 1);

    if (next == '\0' || next == ' ' || next == '\n')
        return false;
    if (match_url(s, at, a))
        return true;
    while (start > s->floor && at - start < 5 &&
           (char_is_digit(s->text[start - 1]) ||
            ((s->text[start - 1] | 0x20) >= 'a' && (s->text[start - 1] | 0x20) <= 'f')))
        start--;
    return at - start < 5 && (match_ip(s, start, a) || match_broken(s, start, at, a));
}

static bool match_at(struct address_scan *s, uint32_t at, struct address *a)
{
    if (match_mail(s, at, a))
        return true;
    if (!is_behind_word(s->text, at))
        return match_handle(s, at, a);
    /* "RT@name", without the blank */
    return at >= s->floor + 2 && strncasecmp(s->text + at - 2, "RT", 2) == 0 && !is_behind_word(s->text, at - 2) &&
           match_handle(s, at, a);
}

/* The next sign at or behind `at`, sixteen bytes at once as long as there are so many; `length` when there is none. */
static uint32_t next_sign(const char *text, uint32_t at, uint32_t length)
{
    typedef uint8_t sixteen __attribute__((vector_size(16)));
    static const uint8_t signs[256] = { ['@'] = 1, ['#'] = 1, [':'] = 1, ['.'] = 1 };

    for (sixteen bytes; length - at >= 16; at += 16) {
        uint64_t found[2];

        memcpy(&bytes, text + at, sizeof bytes);
        bytes = (sixteen)((bytes == '.') | (bytes == ':') | (bytes == '@') | (bytes == '#'));
        memcpy(found, &bytes, sizeof found);
        if (found[0] | found[1])
            break;
    }
    while (at < length && !signs[(unsigned char)text[at]])
        at++;
    return at;
}

bool addresses_next(struct address_scan *s, struct address *a)
{
    bool found = false;

    for (; !found; s->at++) {
        s->at = next_sign(s->text, s->at, s->length);
        if (s->at >= s->length)
            return false;
        if (byte_at(s, s->at + 1) <= ' ' && s->text[s->at] != '@' && !((unsigned char)byte_at(s, s->at + 1) & 0x80))
            continue; /* a sentence's */
        switch (s->text[s->at]) {
        case '@':
            found = match_at(s, s->at, a);
            break;
        case '#':
            found = match_topic(s, s->at, a);
            break;
        case ':':
            found = match_colon(s, s->at, a);
            break;
        default:
            found = match_dot(s, s->at, a);
        }
    }
    assert(a->start >= s->floor && a->end >= s->at); /* so the walk goes on */
    s->at = s->floor = a->end;
    return true;
}
