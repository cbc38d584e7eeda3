/* mp_buf.c: see mp_buf.h. */
#include "common/mp_buf.h"

#include <stdlib.h>

#define FIRST_BYTES 4096u

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
    char *bytes = realloc(buf->bytes, capacity);
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
    free(buf->bytes);
    *buf = (struct td_buf) { .limit = buf->limit };
}
