/* trace.c: see trace.h. Section numbers are those of the W3C's Trace Context, a Recommendation of 23 November 2021. */
#include "common/trace.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* ---- Ids --------------------------------------------------------------------------------------------------------- */

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): a counter in steps of an odd number,
 * mixed. A permutation, so that no id comes twice from one process. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

/* Zero is no id (3.2.2.3, 3.2.2.4). */
static uint64_t make_id(void)
{
    static uint64_t state;
    uint64_t id;

    if (state == 0 && getrandom(&state, sizeof state, GRND_NONBLOCK) != (ssize_t)sizeof state) {
        struct timespec now; /* early at boot; it is no secret */
        clock_gettime(CLOCK_REALTIME, &now);
        state = (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
    }
    do
        id = mix(state += GOLDEN);
    while (id == 0);
    return id;
}

void td_trace_begin(struct td_trace *trace)
{
    *trace = (struct td_trace) { .id = { make_id(), make_id() }, .span = make_id() };
}

uint64_t td_trace_child(uint64_t span, uint32_t index)
{
    uint64_t id = mix(span + (index + UINT64_C(1)) * GOLDEN);

    return span == 0 ? 0 : id ? id : GOLDEN;
}

/* ---- traceparent --------------------------------------------------------------------------------------------------- */

static const char digits[] = "0123456789abcdef";

/* The value of a digit; 16: it is none. Upper case is wrong (3.2.1: "HEXDIGLC"). */
static unsigned value_of(char c)
{
    return c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

/* Up to 16 digits. -1: there is something else among them. */
static int read_hex(const char *text, int n, uint64_t *value)
{
    unsigned wrong = 0;

    *value = 0;
    for (int i = 0; i < n; i++) {
        unsigned digit = value_of(text[i]);
        wrong |= digit & 16;
        *value = *value << 4 | (digit & 15);
    }
    return wrong ? -1 : 0;
}

static const char not_hex[] = "its ids are hexadecimal digits, in lower case";
static const char not_whole[] = "it has 55 characters, VERSION-TRACE-PARENT-FLAGS";

const char *td_trace_read(struct td_trace *trace, const char *text, size_t length)
{
    struct td_trace read = { 0 };
    uint64_t version, flags;

    if (length < TD_TRACEPARENT_BYTES || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return not_whole;
    if (read_hex(text, 2, &version) | read_hex(text + 3, 16, &read.id[0]) | read_hex(text + 19, 16, &read.id[1]) |
        read_hex(text + 36, 16, &read.parent) | read_hex(text + 53, 2, &flags))
        return not_hex;
    if (version == 0xff)
        return "there is no version ff";
    /* A later version may have more fields behind the four that all have (3.2.4, "Versioning of traceparent"). */
    if (version == 0 ? length > TD_TRACEPARENT_BYTES : length > TD_TRACEPARENT_BYTES && text[55] != '-')
        return not_whole;
    if (read.id[0] == 0 && read.id[1] == 0)
        return "a trace's id is not all zeros";
    if (read.parent == 0)
        return "a parent's id is not all zeros";
    read.flags = (uint8_t)(version == 0 ? flags : flags & 1);
    read.span = make_id();
    *trace = read;
    return NULL;
}

void td_trace_write_span(uint64_t span, char out[16])
{
    for (int i = 15; i >= 0; i--, span >>= 4)
        out[i] = digits[span & 15];
}

void td_trace_write(const struct td_trace *trace, char text[TD_TRACEPARENT_BYTES])
{
    text[0] = text[1] = '0'; /* the version */
    text[2] = '-';
    td_trace_write_span(trace->id[0], text + 3);
    td_trace_write_span(trace->id[1], text + 19);
    text[35] = '-';
    td_trace_write_span(trace->span, text + 36);
    text[52] = '-';
    text[53] = digits[trace->flags >> 4];
    text[54] = digits[trace->flags & 15];
}

const char *td_trace_id_word(const struct td_trace *trace, struct td_trace_words *words)
{
    if (trace->span == 0)
        return NULL;
    td_trace_write_span(trace->id[0], words->id);
    td_trace_write_span(trace->id[1], words->id + 16);
    words->id[32] = 0;
    return words->id;
}

const char *td_trace_span_word(uint64_t span, struct td_trace_words *words)
{
    if (span == 0)
        return NULL;
    td_trace_write_span(span, words->span);
    words->span[16] = 0;
    return words->span;
}

const char *td_trace_flags_word(const struct td_trace *trace, struct td_trace_words *words)
{
    if (trace->span == 0)
        return NULL;
    snprintf(words->flags, sizeof words->flags, "%02x", trace->flags);
    return words->flags;
}

/* ---- tracestate (3.3) ---------------------------------------------------------------------------------------------- */

struct member {
    const char *at;
    size_t length, key_length;
};

static int is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* As Level 2 has it (3.3.1.3.1), which takes all that Level 1 does. */
static int is_key(const char *key, size_t length)
{
    if (length == 0 || length > 256 || !is_lower_or_digit(key[0]))
        return 0;
    for (size_t i = 1; i < length; i++)
        if (!is_lower_or_digit(key[i]) && (!key[i] || !strchr("_-*/@", key[i])))
            return 0;
    return 1;
}

/* 1 to 256 printable characters without , and =, the last of them no blank (3.3.1.3.2). */
static int is_value(const char *value, size_t length)
{
    if (length == 0 || length > 256 || value[length - 1] == ' ')
        return 0;
    for (size_t i = 0; i < length; i++)
        if (value[i] < ' ' || value[i] > '~' || value[i] == '=')
            return 0;
    return 1;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The next member, without blanks around it; empty ones have length 0. Moves *at behind it and its comma. */
static struct member next_member(const char **at, const char *end)
{
    const char *comma = memchr(*at, ',', (size_t)(end - *at)), *from = *at, *to = comma ? comma : end;

    *at = comma ? comma + 1 : end;
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    const char *equals = memchr(from, '=', (size_t)(to - from));
    return (struct member) { from, (size_t)(to - from), equals ? (size_t)(equals - from) : 0 };
}

static int is_member(const struct member *m)
{
    return is_key(m->at, m->key_length) && is_value(m->at + m->key_length + 1, m->length - m->key_length - 1);
}

static int is_taken(const struct member *members, int n, const struct member *m)
{
    for (int i = 0; i < n; i++)
        if (members[i].key_length == m->key_length && memcmp(members[i].at, m->at, m->key_length) == 0)
            return 1;
    return 0;
}

static size_t length_of(const struct member *members, int n)
{
    size_t length = n > 0 ? (size_t)(n - 1) : 0; /* commas */

    for (int i = 0; i < n; i++)
        length += members[i].length;
    return length;
}

/* "Entries larger than 128 characters long SHOULD be removed first. Then entries SHOULD be removed starting from the end"
 * (3.3.1.5). */
static int cut(struct member *members, int n)
{
    for (int i = n - 1; i >= 0 && length_of(members, n) > TD_TRACESTATE_BYTES; i--)
        if (members[i].length > TD_TRACESTATE_LONG)
            memmove(members + i, members + i + 1, (size_t)(--n - i) * sizeof *members);
    while (length_of(members, n) > TD_TRACESTATE_BYTES)
        n--;
    return n;
}

const char *td_tracestate_tidy(char *text, size_t *length)
{
    const char *at = text, *end = text + *length, *told = NULL;
    struct member members[TD_TRACESTATE_MEMBERS];
    char *to = text;
    int n = 0;

    if (*length > TD_TRACESTATE_READ) {
        *length = 0;
        return "is too long";
    }
    while (at < end) {
        struct member m = next_member(&at, end);
        if (m.length == 0)
            continue;
        if (!is_member(&m)) {
            *length = 0;
            return "is no list of key=value as the W3C has it";
        }
        if (is_taken(members, n, &m))
            told = told ? told : "has a key twice, of which the first stays";
        else if (n == TD_TRACESTATE_MEMBERS)
            told = "has more than 32 members, of which the first stay";
        else
            members[n++] = m;
    }
    int left = cut(members, n);
    for (int i = 0; i < left; i++) { /* to the front: where they come from is never before where they go */
        if (i > 0)
            *to++ = ',';
        memmove(to, members[i].at, members[i].length);
        to += members[i].length;
    }
    *length = (size_t)(to - text);
    return left < n ? "has more than 512 characters, of which whole members were left out" : told;
}
