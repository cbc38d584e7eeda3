/* warnings.c: see warnings.h. */
#include "daemon/net/warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/mp.h"
#include "common/utf8.h"

struct td_warnings {
    uint32_t n, beyond; /* kept; those that there was no place for */
    size_t last;        /* where the last one begins, which gives its place up when there are more */
    struct td_buf packed;
};

static struct td_warnings *open_list(struct td_warnings **warnings)
{
    if (!*warnings && (*warnings = calloc(1, sizeof **warnings)))
        (*warnings)->packed.limit = TD_MAX_WARNINGS * (TD_MAX_WARNING_BYTES + 5);
    return *warnings;
}

int td_warnings_are_full(const struct td_warnings *warnings)
{
    return warnings && warnings->n == TD_MAX_WARNINGS;
}

/* Saturates: who warns four thousand million times is told nothing wrong. */
static void count_beyond(struct td_warnings *list, uint32_t n)
{
    list->beyond = n > INT32_MAX - list->beyond ? INT32_MAX : list->beyond + n;
}

void td_warn(struct td_warnings **warnings, const char *format, ...)
{
    struct td_warnings *list = open_list(warnings);
    char text[TD_MAX_WARNING_BYTES + 1];
    va_list args;

    if (!list)
        return;
    if (list->n == TD_MAX_WARNINGS) {
        count_beyond(list, 1);
        return;
    }
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0)
        return;
    size_t n = (size_t)length < sizeof text ? (size_t)length : td_utf8_cut(text, TD_MAX_WARNING_BYTES);
    n = td_utf8_make_plain(text, n); /* it quotes what the client sent, and will be printed */
    msgpack_packer packer = td_buf_packer(&list->packed);
    list->last = list->packed.length;
    td_pack_bytes(&packer, text, n);
    if (list->packed.full) { /* no memory, perhaps in the middle of one */
        list->packed.length = list->last;
        if (list->n == 0)
            td_warnings_free(warnings);
        return;
    }
    list->n++;
}

void td_warnings_join(struct td_warnings **warnings, const void *packed, size_t length, uint32_t beyond)
{
    struct td_mp mp = { packed, (const uint8_t *)packed + length };
    struct td_mp_value list, text;

    if (length == 0 || td_mp_read(&mp, &list) != 0)
        return;
    for (uint32_t i = 0; i < list.length && td_mp_read(&mp, &text) == 0; i++)
        td_warn(warnings, "%.*s", (int)text.length, text.bytes);
    if (beyond > 0 && td_warnings_are_full(*warnings)) /* unless memory ran out for some of them */
        count_beyond(*warnings, beyond);
}

void td_warnings_pack(const struct td_warnings *warnings, struct td_buf *out)
{
    msgpack_packer packer = td_buf_packer(out);
    char text[64];

    msgpack_pack_array(&packer, warnings->n);
    td_buf_append(out, warnings->packed.bytes, warnings->beyond ? warnings->last : warnings->packed.length);
    if (warnings->beyond == 0)
        return;
    snprintf(text, sizeof text, "and %u more like these", warnings->beyond + 1);
    td_pack_str(&packer, text);
}

size_t td_warnings_bytes(const struct td_warnings *warnings)
{
    return warnings ? sizeof *warnings + warnings->packed.capacity : 0;
}

void td_warnings_free(struct td_warnings **warnings)
{
    if (*warnings)
        td_buf_free(&(*warnings)->packed);
    free(*warnings);
    *warnings = NULL;
}
