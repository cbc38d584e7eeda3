/* model_file.c: see model_file.h. */
#include "plugins/lib/model_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <textd/checksum.h>
#include <xxhash.h>

static int fail(char *reason, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(char *reason, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reason, size, format, args);
    va_end(args);
    return -1;
}

static uint64_t checksum(const void *bytes, size_t length)
{
    const size_t from = offsetof(struct model_file_head, length);

    return XXH3_64bits((const unsigned char *)bytes + from, length - from);
}

/* Of the host that this plugin was made by; NULL. */
static const struct textd_checksum *host_sums;

void model_file_ask(const struct textd_host *host)
{
    host_sums = host->extension ? host->extension(TEXTD_CHECKSUM) : NULL;
}

/* Taken here, all of the file is read. */
static uint64_t checksum_of(const void *bytes, size_t length)
{
    uint64_t sum;

    return host_sums && host_sums->known(bytes, &sum) == TEXTD_OK ? sum : checksum(bytes, length);
}

int model_file_open(const struct model_file_kind *kind, const void *bytes, size_t length, const void **content,
                    size_t *content_length, char *reason, size_t reason_size)
{
    struct model_file_head head;

    if (length < sizeof head || memcmp(bytes, kind->magic, sizeof head.magic) != 0)
        return fail(reason, reason_size, "it is no model of the %s: it does not start with %s", kind->owner,
                    kind->magic);
    memcpy(&head, bytes, sizeof head);
    if (head.version != kind->version)
        return fail(reason, reason_size,
                    "it is of version %" PRIu32 ", and this %s reads version %" PRIu32
                    "; install the one that came with it, or train it anew",
                    head.version, kind->owner, kind->version);
    if (head.length != length)
        return fail(reason, reason_size, "it has %zu bytes and should have %" PRIu64 "; it was cut or mixed up", length,
                    head.length);
    uint64_t sum = checksum_of(bytes, length);
    if (head.checksum != sum)
        return fail(reason, reason_size, "its checksum is %016" PRIx64 " and should be %016" PRIx64 "; it was damaged",
                    sum, head.checksum);
    *content = (const char *)bytes + sizeof head;
    *content_length = length - sizeof head;
    return 0;
}

void model_file_seal(const struct model_file_kind *kind, void *bytes, size_t length)
{
    struct model_file_head head = { .version = kind->version, .length = length };

    memcpy(head.magic, kind->magic, sizeof head.magic);
    memcpy(bytes, &head, sizeof head);
    head.checksum = checksum(bytes, length);
    memcpy(bytes, &head, sizeof head);
}
