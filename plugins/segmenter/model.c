/* model.c: see model.h. */
#include "plugins/segmenter/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define CRC_FROM offsetof(struct model_head, reject)

uint32_t model_crc(const void *bytes, size_t length)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)bytes + CRC_FROM, length - CRC_FROM);
}

static int fail(char *reason, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(char *reason, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reason, size, format, args);
    va_end(args);
    return -1;
}

int model_open(struct boundary_model *model, const void *bytes, size_t length, char *reason, size_t reason_size)
{
    struct model_head head;

    if (length < sizeof head || memcmp(bytes, "TDSEGMNT", 8) != 0)
        return fail(reason, reason_size, "it is no model of the segmenter: it does not start with TDSEGMNT");
    memcpy(&head, bytes, sizeof head);
    if (head.version != MODEL_VERSION)
        return fail(reason, reason_size,
                    "it is of version %u, and this segmenter reads version %u; install the one that came with it",
                    head.version, MODEL_VERSION);
    if (head.n_slots < 2 || head.n_slots > MODEL_MOST_SLOTS || (head.n_slots & (head.n_slots - 1)) != 0 ||
        length != sizeof head + (size_t)head.n_slots * sizeof *model->slots)
        return fail(reason, reason_size, "it has %zu bytes, which do not fit its %u slots; it was cut or mixed up",
                    length, head.n_slots);
    if (head.crc != model_crc(bytes, length))
        return fail(reason, reason_size, "its checksum is %08x and should be %08x; it was damaged",
                    model_crc(bytes, length), head.crc);
    model->slots = (const uint16_t *)(const void *)((const char *)bytes + sizeof head);
    model->shift = 32 - (uint32_t)__builtin_ctz(head.n_slots);
    model->reject = head.reject;
    model->accept = head.accept;
    return 0;
}
