/* json_in.c: see json_in.h. Values are written as they are read; a container's header is patched when its end is
 * there, and what a key or a place is called is read back from what was written. Some mistakes (a key twice, a
 * number that is too large) don't hinder reading on: the first is kept, and what follows is read for an id behind
 * it. */
#include "daemon/http/json_in.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/mp.h"
#include "common/utf8.h"
#include "daemon/net/request.h"

/* What numbers take beyond their bytes, at most: a "1.0" becomes 9 bytes, and there are TD_MAX_REQUEST_NODES. */
#define GROWTH_BYTES (8u * TD_MAX_REQUEST_NODES + 64u)

#define PATH_BYTES 160

/* No key is longer that means something. Each is compared with those before it: with keys of a megabyte that held up
 * everybody for a second. */
#define KEY_BYTES 1024

/* X(name): of the outermost object, what an answer carries. */
#define ECHOED(X) X(id) X(trace) X(meta)

enum echoed {
#define X(name) ECHOED_##name,
    ECHOED(X)
#undef X
        N_ECHOED
};

static const char *const echoed_names[] = {
#define X(name) #name,
    ECHOED(X)
#undef X
};

struct reader {
    const char *at, *end, *start;
    struct td_buf *out;
    struct td_err *err;
    int code; /* of the first mistake */
    uint32_t line, values, most_depth, depth;
    int is_meta; /* within `meta`, which is echoed and not looked into */
    struct {
        size_t key_at;  /* of the member at hand, in `out` */
        uint32_t count; /* elements, or members, before this one */
        int is_map;
        size_t keys[TD_MP_MAX_PAIRS]; /* in `out` */
    } open[TD_MP_MAX_DEPTH];
    struct {
        size_t at, length; /* in `out`; 0: none */
    } echoed[N_ECHOED];
};

/* ---- Mistakes ---------------------------------------------------------------------------------------------------- */

/* The key in `out`, and whether there is one. */
static int key_at(const struct reader *r, size_t at, struct td_mp_value *key)
{
    const uint8_t *bytes = (const uint8_t *)r->out->bytes;
    struct td_mp mp = { bytes + at, bytes + r->out->length };

    return td_mp_read(&mp, key) == 0 && key->type == TD_MP_STR;
}

/* "options.summarizer.sentences", "plugins[2]"; empty in no container. */
static void name_path(const struct reader *r, char path[PATH_BYTES])
{
    size_t n = 0;

    path[0] = 0;
    for (uint32_t i = 0; i < r->depth && n < PATH_BYTES; i++) {
        struct td_mp_value key;
        if (!r->open[i].is_map)
            n += (size_t)snprintf(path + n, PATH_BYTES - n, "[%u]", r->open[i].count);
        else if (r->open[i].key_at && key_at(r, r->open[i].key_at, &key))
            n += (size_t)snprintf(path + n, PATH_BYTES - n, "%s%.*s", i > 0 ? "." : "",
                                  td_utf8_quoted(key.bytes, key.length), key.bytes);
    }
}

/* The first mistake is told; `words` say what it is. Returns -1, for those that end the reading. */
static int wrong_as(struct reader *r, enum td_code code, const char *at, const char *words)
{
    char path[PATH_BYTES];
    uint32_t line = r->line;
    const char *line_start = r->start;

    if (r->code != TD_OK)
        return -1;
    for (const char *p = r->start; p < at; p++)
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    name_path(r, path);
    r->code = td_fail(r->err, code, "%s%s%sline %u, column %zu: %s", path[0] ? "'" : "", path, path[0] ? "', " : "",
                      line, (size_t)(at - line_start) + 1, words);
    return -1;
}

static int wrong(struct reader *r, const char *at, const char *words)
{
    return wrong_as(r, TD_E_BAD_REQUEST, at, words);
}

static int wrong_character(struct reader *r, const char *wanted)
{
    char words[120];

    if (r->at >= r->end)
        snprintf(words, sizeof words, "the JSON ends where %s should be", wanted);
    else if (*r->at > 0x20 && *r->at < 0x7f)
        snprintf(words, sizeof words, "there is '%c' where %s should be", *r->at, wanted);
    else
        snprintf(words, sizeof words, "there is the byte 0x%02x where %s should be", (unsigned char)*r->at, wanted);
    return wrong(r, r->at, words);
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static size_t header_bytes(size_t length)
{
    return length < 32 ? 1 : length < 256 ? 2 : length < 65536 ? 3 : 5;
}

static void write_str_header(char *to, size_t length)
{
    unsigned char *p = (unsigned char *)to;

    switch (header_bytes(length)) {
    case 1:
        p[0] = (unsigned char)(0xa0 | length);
        break;
    case 2:
        p[0] = 0xd9;
        p[1] = (unsigned char)length;
        break;
    case 3:
        p[0] = 0xda;
        p[1] = (unsigned char)(length >> 8);
        p[2] = (unsigned char)length;
        break;
    default:
        p[0] = 0xdb;
        for (int i = 0; i < 4; i++)
            p[1 + i] = (unsigned char)(length >> (24 - 8 * i));
    }
}

static void write_head(char *to, int is_map, uint32_t count)
{
    assert(count <= UINT16_MAX);
    to[0] = (char)(is_map ? 0xde : 0xdc);
    to[1] = (char)(count >> 8);
    to[2] = (char)count;
}

/* The header at `at`, whose container ends here, gets its count; a small one takes one byte, as everybody writes it. */
static void close_head(struct td_buf *out, size_t at, int is_map, uint32_t count)
{
    char *head = out->bytes + at;

    if (count > 15) {
        write_head(head, is_map, count);
        return;
    }
    head[0] = (char)((is_map ? 0x80 : 0x90) | count);
    memmove(head + 1, head + TD_JSON_IN_HEAD_BYTES, out->length - at - TD_JSON_IN_HEAD_BYTES);
    out->length -= TD_JSON_IN_HEAD_BYTES - 1;
}

void td_json_in_begin(struct td_buf *out)
{
    out->length = 0;
    td_buf_append(out, "\xde\0\0", TD_JSON_IN_HEAD_BYTES);
}

void td_json_in_add(struct td_buf *out, uint32_t more)
{
    const unsigned char *head = (unsigned char *)out->bytes;

    if (!out->full)
        write_head(out->bytes, 1, ((uint32_t)head[1] << 8 | head[2]) + more);
}

/* ---- Strings ----------------------------------------------------------------------------------------------------- */

static int hex_digits(const char *p, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i], lower = c | 0x20;
        uint32_t digit = c >= '0' && c <= '9'           ? (uint32_t)(c - '0')
                         : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10u
                                                        : 16u;
        if (digit == 16)
            return -1;
        *value = *value << 4 | digit;
    }
    return 0;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 63));
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    }
    return to;
}

static int is_text(const struct reader *r)
{
    struct td_mp_value key;

    return r->depth == 1 && r->open[0].key_at && key_at(r, r->open[0].key_at, &key) && td_mp_is(&key, "text");
}

/* An escape of the form \uXXXX at `p`, in a string that ends at `end`; a pair of them is one character. */
static const char *take_unicode(struct reader *r, const char *p, const char *end, uint32_t *c)
{
    uint32_t low;

    if (end - p < 6 || hex_digits(p + 2, c) != 0) {
        wrong(r, p, "a \\u in a string must have four hexadecimal digits behind it");
        return NULL;
    }
    if (*c < 0xd800 || *c > 0xdfff)
        return p + 6;
    if (*c < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' && hex_digits(p + 8, &low) == 0 && low >= 0xdc00 &&
        low <= 0xdfff) {
        *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
        return p + 12;
    }
    wrong_as(r, is_text(r) ? TD_E_INVALID_UTF8 : TD_E_BAD_REQUEST, p,
             "half a surrogate pair is no character; both halves must stand together, as in \\ud83d\\ude00");
    *c = 0xfffd;
    return p + 6;
}

/* Writes what the string from `p` to `end` means to `to`; its end, or NULL. */
static char *decode(struct reader *r, const char *p, const char *end, char *to)
{
    static const char from[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    uint32_t c;

    while (p < end) {
        if (*p != '\\') {
            const char *escape = memchr(p, '\\', (size_t)(end - p));
            size_t plain = (size_t)((escape ? escape : end) - p);
            memcpy(to, p, plain);
            to += plain;
            p += plain;
            continue;
        }
        if (p[1] == 'u') {
            p = take_unicode(r, p, end, &c);
            if (!p)
                return NULL;
            to = put_utf8(to, c);
            continue;
        }
        const char *known = p[1] ? strchr(from, p[1]) : NULL;
        if (!known) {
            wrong(r, p, "a backslash in a string must have one of \" \\ / b f n r t u behind it");
            return NULL;
        }
        *to++ = means[known - from];
        p += 2;
    }
    return to;
}

/* Whether one of the eight bytes ends a run of plain ones: a quote, a backslash, a control character (the tests for
 * a byte that is 0 or less than n in a word are Anderson's, Bit Twiddling Hacks). */
static int has_special(const char *p)
{
    const uint64_t ones = ~UINT64_C(0) / 255, highs = ones * 128;
    uint64_t word, quote, backslash;

    memcpy(&word, p, sizeof word);
    quote = word ^ ones * '"';
    backslash = word ^ ones * '\\';
    return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20) & ~word)) & highs ? 1
                                                                                                                    : 0;
}

/* The quote that ends the string that begins at `p`; *is_plain: no escape is in it. NULL: there is none. */
static const char *find_quote(struct reader *r, const char *p, int *is_plain)
{
    char words[100];

    *is_plain = 1;
    for (; p < r->end && *p != '"'; p++) {
        while (r->end - p >= 8 && !has_special(p))
            p += 8;
        if (p == r->end || *p == '"')
            break;
        if (*p == '\\') {
            *is_plain = 0;
            p++; /* whatever is escaped, it doesn't end the string */
        } else if ((unsigned char)*p < 0x20) {
            snprintf(words, sizeof words, "a string has the byte 0x%02x as it is; it must be written \\u%04x",
                     (unsigned char)*p, (unsigned char)*p);
            wrong(r, p, words);
            return NULL;
        }
    }
    if (p < r->end)
        return p;
    r->at = r->end;
    wrong_character(r, "a string's closing \"");
    return NULL;
}

/* r->at is behind the quote that opens it. */
static int read_string(struct reader *r)
{
    int is_plain;
    const char *start = r->at, *end = find_quote(r, start, &is_plain);

    if (!end)
        return -1;
    size_t length = (size_t)(end - start), header = header_bytes(length); /* it never means more bytes than it has */
    if (td_buf_reserve(r->out, header + length) != 0)
        return -1;
    char *to = r->out->bytes + r->out->length;
    if (is_plain) {
        memcpy(to + header, start, length);
    } else {
        const char *decoded_end = decode(r, start, end, to + header);
        if (!decoded_end)
            return -1;
        length = (size_t)(decoded_end - (to + header));
        memmove(to + header_bytes(length), to + header, length);
        header = header_bytes(length);
    }
    write_str_header(to, length);
    r->out->length += header + length;
    r->at = end + 1;
    return 0;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static int out_of_range(struct reader *r, const char *start, const char *is)
{
    char words[160];
    int length = (int)(r->at - start);

    snprintf(words, sizeof words, "the number %.*s%s %s", length < 40 ? length : 40, start, length < 40 ? "" : "...",
             is);
    wrong(r, start, words);
    return td_buf_append(r->out, "\xc0", 1); /* and read on, for an id behind it */
}

/* Digits only, but for a sign. */
static int write_integer(struct reader *r, const char *start)
{
    msgpack_packer packer = td_buf_packer(r->out);
    int is_negative = *start == '-';
    uint64_t value = 0, most = is_negative ? UINT64_C(1) << 63 : UINT64_MAX;

    for (const char *p = start + is_negative; p < r->at; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (value > (most - digit) / 10)
            return out_of_range(r, start, "doesn't fit into 64 bits; send it as a string");
        value = value * 10 + digit;
    }
    if (is_negative)
        msgpack_pack_int64(&packer, (int64_t)-value);
    else
        msgpack_pack_uint64(&packer, value);
    return 0;
}

static int read_number(struct reader *r)
{
    const char *start = r->at, *digits = start + (*start == '-'), *p = skip_digits(digits, r->end);
    int is_whole = 1;

    r->at = p;
    if (p == digits)
        return wrong_character(r, "a number's digit");
    if (*digits == '0' && p - digits > 1)
        return wrong(r, start, "a number must not begin with 0, but for 0 itself");
    if (p < r->end && *p == '.') {
        is_whole = 0;
        r->at = skip_digits(p + 1, r->end);
        if (r->at == p + 1)
            return wrong_character(r, "a digit behind the point");
        p = r->at;
    }
    if (p < r->end && (*p == 'e' || *p == 'E')) {
        is_whole = 0;
        p += 1 + (p + 1 < r->end && (p[1] == '+' || p[1] == '-'));
        r->at = skip_digits(p, r->end);
        if (r->at == p)
            return wrong_character(r, "a digit of the exponent");
    }
    if (is_whole)
        return write_integer(r, start);
    double value = strtod(start, NULL); /* it ends where we did: behind the end is no digit, and the locale is C */
    if (!isfinite(value))
        return out_of_range(r, start, "is more than a float64 holds");
    msgpack_packer packer = td_buf_packer(r->out);
    msgpack_pack_double(&packer, value);
    return 0;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static int read_value(struct reader *r);

static int count_value(struct reader *r)
{
    char words[100];

    if (++r->values <= TD_MAX_REQUEST_NODES)
        return 0;
    snprintf(words, sizeof words, "there are too many values; at most %d, keys included, may be in a request",
             TD_MAX_REQUEST_NODES);
    return wrong(r, r->at, words);
}

/* Whether the key that was just written stands in this object already, or is one too many. */
static void check_key(struct reader *r, const char *at)
{
    uint32_t n = r->open[r->depth - 1].count;
    struct td_mp_value key, other;

    if (r->is_meta || r->code != TD_OK)
        return;
    key_at(r, r->open[r->depth - 1].key_at, &key);
    if (key.length > KEY_BYTES) {
        wrong(r, at, "a key has more than 1024 bytes");
        return;
    }
    for (uint32_t i = 0; i < n && i < TD_MP_MAX_PAIRS; i++)
        if (key_at(r, r->open[r->depth - 1].keys[i], &other) && other.length == key.length &&
            memcmp(other.bytes, key.bytes, key.length) == 0) {
            wrong(r, at, "this key stands twice in one object");
            return;
        }
    if (n < TD_MP_MAX_PAIRS)
        r->open[r->depth - 1].keys[n] = r->open[r->depth - 1].key_at;
    else
        wrong(r, at, "an object has more than 64 keys");
}

/* Which of the keys that an answer carries is at hand, or N_ECHOED. */
static int echoed_at_hand(const struct reader *r)
{
    struct td_mp_value key;
    int i = 0;

    if (r->depth != 1 || !key_at(r, r->open[0].key_at, &key))
        return N_ECHOED;
    while (i < N_ECHOED && !td_mp_is(&key, echoed_names[i]))
        i++;
    return i;
}

static int read_member(struct reader *r)
{
    const char *key = r->at;

    r->open[r->depth - 1].key_at = 0; /* until it is whole a mistake in it is named by those around it */
    if (r->at >= r->end || *r->at != '"')
        return wrong_character(r, "a key in \"quotes\"");
    size_t at = r->out->length;
    r->at++;
    if (count_value(r) != 0 || read_string(r) != 0)
        return -1;
    r->open[r->depth - 1].key_at = at;
    check_key(r, key);
    skip_blanks(r);
    if (r->at >= r->end || *r->at != ':')
        return wrong_character(r, "a ':' behind the key");
    r->at++;
    int echoed = echoed_at_hand(r);
    if (r->depth == 1)
        r->is_meta = echoed == ECHOED_meta;
    at = r->out->length;
    if (read_value(r) != 0)
        return -1;
    if (r->depth == 1)
        r->is_meta = 0;
    if (echoed < N_ECHOED && r->echoed[echoed].length == 0) {
        r->echoed[echoed].at = at;
        r->echoed[echoed].length = r->out->length - at;
    }
    return 0;
}

static int read_element(struct reader *r)
{
    return r->open[r->depth - 1].is_map ? read_member(r) : read_value(r);
}

/* r->at is at the bracket that opens it. */
static int read_container(struct reader *r)
{
    int is_map = *r->at == '{';
    char close = is_map ? '}' : ']', words[100];
    size_t head = r->out->length;

    if (r->depth >= r->most_depth || r->depth >= TD_MP_MAX_DEPTH) {
        snprintf(words, sizeof words, "objects and arrays are nested deeper than %u", r->most_depth);
        return wrong(r, r->at, words);
    }
    if (td_buf_append(r->out, "\0\0\0", TD_JSON_IN_HEAD_BYTES) != 0)
        return -1;
    r->open[r->depth].is_map = is_map;
    r->open[r->depth].count = 0;
    r->open[r->depth].key_at = 0;
    r->depth++;
    r->at++;
    skip_blanks(r);
    while (r->at >= r->end || *r->at != close) {
        if (r->open[r->depth - 1].count > 0) {
            if (r->at >= r->end || *r->at != ',')
                return wrong_character(r, is_map ? "',' or '}'" : "',' or ']'");
            r->at++;
            skip_blanks(r);
        }
        if (read_element(r) != 0)
            return -1;
        r->open[r->depth - 1].count++;
        skip_blanks(r);
    }
    r->at++;
    r->depth--;
    if (r->depth > 0)
        close_head(r->out, head, is_map, r->open[r->depth].count);
    else
        write_head(r->out->bytes + head, is_map, r->open[r->depth].count);
    return 0;
}

static int read_word(struct reader *r)
{
    static const struct {
        const char *word;
        char code;
    } words[] = { { "true", '\xc3' }, { "false", '\xc2' }, { "null", '\xc0' } };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].word);
        if ((size_t)(r->end - r->at) < length || memcmp(r->at, words[i].word, length) != 0)
            continue;
        r->at += length;
        return td_buf_append(r->out, &words[i].code, 1);
    }
    return wrong_character(r, "a value");
}

static int read_value(struct reader *r)
{
    skip_blanks(r);
    if (count_value(r) != 0)
        return -1;
    char c = r->at < r->end ? *r->at : 0;
    if (c == '"') {
        r->at++;
        return read_string(r);
    }
    if (c == '{' || c == '[')
        return read_container(r);
    return c == '-' || (c >= '0' && c <= '9') ? read_number(r) : read_word(r);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static const char *kind_of(char c)
{
    return c == '[' ? "an array" : c == '"' ? "a string" : c == '-' || (c >= '0' && c <= '9') ? "a number" : "no JSON";
}

static int read_whole(struct reader *r)
{
    char words[100];

    if (r->end - r->at >= 3 && memcmp(r->at, "\xEF\xBB\xBF", 3) == 0)
        r->at += 3;
    skip_blanks(r);
    if (r->at >= r->end)
        return wrong(r, r->at, "there is nothing; it must be a JSON object");
    if (*r->at != '{') {
        snprintf(words, sizeof words, "it is %s; it must be a JSON object, such as {\"text\": \"...\"}",
                 kind_of(*r->at));
        return wrong(r, r->at, words);
    }
    if (read_value(r) != 0)
        return -1;
    skip_blanks(r);
    if (r->at == r->end)
        return 0;
    /* Two objects: a batch that isn't called so, or one whose line ends are gone. */
    return wrong(r, r->at,
                 *r->at == '{' ? "there is more behind the object's closing '}'; several are sent as "
                                 "application/x-ndjson, each on a line of its own (curl -d takes the line ends away, "
                                 "--data-binary and -T don't)"
                               : "there is more behind the object's closing '}'");
}

/* Puts the map of what can be told in the place of what was written so far. */
static void keep_echoed(struct reader *r)
{
    struct td_buf kept = { .limit = 4 * TD_MAX_META_BYTES };
    msgpack_packer packer = td_buf_packer(&kept);
    uint32_t n = 0;

    td_json_in_begin(&kept);
    for (int i = 0; i < N_ECHOED; i++) {
        if (r->echoed[i].length == 0 || r->echoed[i].length > TD_MAX_META_BYTES)
            continue;
        td_pack_str(&packer, echoed_names[i]);
        td_buf_append(&kept, r->out->bytes + r->echoed[i].at, r->echoed[i].length);
        n++;
    }
    td_json_in_add(&kept, n);
    r->out->length = 0;
    r->out->full = 0;
    td_buf_append(r->out, kept.bytes, kept.length);
    td_buf_free(&kept);
}

int td_json_in(struct td_buf *out, const char *json, size_t length, uint32_t depth, uint32_t line, struct td_err *err)
{
    struct reader
        r; /* `open` is 33 KB, and a level is written when it is entered: clearing it costs more than reading */

    r.at = r.start = json;
    r.end = json + length;
    r.out = out;
    r.err = err;
    r.code = TD_OK;
    r.line = line;
    r.values = r.depth = 0;
    r.most_depth = depth;
    r.is_meta = 0;
    memset(r.echoed, 0, sizeof r.echoed);
    out->length = 0;
    out->full = 0;
    out->limit = length + 64; /* so that it has that room, and not the next power of two */
    int has_room = td_buf_reserve(out, length + 64) == 0;
    out->limit = length <= SIZE_MAX - GROWTH_BYTES ? length + GROWTH_BYTES : SIZE_MAX;
    if (has_room && read_whole(&r) == 0 && r.code == TD_OK && !out->full)
        return TD_OK;
    if (r.code == TD_OK) {
        out->length = 0;
        return td_fail(err, TD_E_OVERLOADED, "there is no memory for a request of %zu bytes", length);
    }
    keep_echoed(&r);
    return r.code;
}
