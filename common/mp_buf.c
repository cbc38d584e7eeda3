/* mp_buf.c: see mp_buf.h. */
#include "common/mp_buf.h"

#include <stdlib.h>

#define FIRST_BYTES 4096u

/* Wiped if need be. */
static void give_back(struct td_buf *buf)
{
    if (buf->is_secret && buf->bytes)
        explicit_bzero(buf->bytes, buf->capacity);
    free(buf->bytes);
}

/* realloc leaves what it has copied. */
static char *grow_secret(struct td_buf *buf, size_t capacity)
{
    char *bytes = malloc(capacity);

    if (!bytes)
        return NULL;
    if (buf->length > 0)
        memcpy(bytes, buf->bytes, buf->length);
    give_back(buf);
    return bytes;
}

int td_buf_reserve(struct td_buf *buf, size_t more)
{
    if (buf->full || buf->length > buf->limit || more > buf->limit - buf->length) {
        buf->full = 1;
        return -1;
    }
    size_t need = buf->length + more, capacity = buf->capacity ? buf->capacity : FIRST_BYTES;
    while (capacity < need)
        capacity *= 2;
    if (capacity > buf->limit) /* so that the quick way, which looks at the capacity only, keeps the limit too */
        capacity = need > buf->capacity ? buf->limit : buf->capacity;
    if (capacity == buf->capacity)
        return 0;
    char *bytes = buf->is_secret ? grow_secret(buf, capacity) : realloc(buf->bytes, capacity);
    if (!bytes) {
        buf->full = 1;
        return -1;
    }
    buf->bytes = bytes;
    buf->capacity = capacity;
    return 0;
}

void td_buf_free(struct td_buf *buf)
{
    give_back(buf);
    *buf = (struct td_buf) { .limit = buf->limit, .is_secret = buf->is_secret };
}
