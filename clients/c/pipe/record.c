/* record.c: see record.h. */
#include "clients/c/pipe/record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clients/c/pipe/outfile.h"

static const char opening[] = "{\"source\":\"";

size_t record_write(char prefix[RECORD_PREFIX], const char *name, const struct textd_position *p)
{
    int n =
        snprintf(prefix, RECORD_PREFIX, "%s%s\",\"line\":%" PRIu64 ",\"end\":%" PRIu64 ",\"hash\":\"%016" PRIx64 "\"",
                 opening, name, p->line, p->end, p->hash);

    assert(n > 0 && n < RECORD_PREFIX - 1); /* the caller puts one more behind it */
    return (size_t)n;
}

/* Steps over `wanted`. -1: something else stands there. */
static int skip(const char **at, const char *end, const char *wanted)
{
    size_t length = strlen(wanted);

    if ((size_t)(end - *at) < length || memcmp(*at, wanted, length) != 0)
        return -1;
    *at += length;
    return 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* At most `most` digits. -1: there is none, or the number is too large. */
static int number(const char **at, const char *end, unsigned base, int most, uint64_t *value)
{
    const char *start = *at;

    *value = 0;
    while (*at < end && *at - start < most && (unsigned)digit(**at) < base) {
        if (*value > (UINT64_MAX - 15) / base)
            return -1;
        *value = *value * base + (unsigned)digit(*(*at)++);
    }
    return *at > start ? 0 : -1;
}

int record_read(struct record *r, const char *line, size_t length)
{
    const char *at = line, *end = line + length;

    if (skip(&at, end, opening) != 0)
        return -1;
    const char *quote = memchr(at, '"', (size_t)(end - at));
    if (!quote || !place_name_is_good(at, (size_t)(quote - at)))
        return -1;
    r->name = at;
    r->name_length = (size_t)(quote - at);
    at = quote;
    if (skip(&at, end, "\",\"line\":") != 0 || number(&at, end, 10, 20, &r->position.line) != 0 ||
        skip(&at, end, ",\"end\":") != 0 || number(&at, end, 10, 20, &r->position.end) != 0 ||
        skip(&at, end, ",\"hash\":\"") != 0 || number(&at, end, 16, 16, &r->position.hash) != 0 ||
        skip(&at, end, "\"") != 0)
        return -1;
    return at < end && (*at == ',' || *at == '}') ? 0 : -1;
}

int record_begins(const char *bytes, size_t length)
{
    size_t n = length < sizeof opening - 1 ? length : sizeof opening - 1;

    return length > 0 && memcmp(bytes, opening, n) == 0;
}
