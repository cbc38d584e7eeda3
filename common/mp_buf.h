/* mp_buf.h: a growing byte buffer with a limit, and msgpack-c's packer on it. Reaching the limit (or running out of
 * memory) is a state that stays: later writes do nothing, and `full` says so, so that writers need no checks. */
#ifndef TD_MP_BUF_H
#define TD_MP_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <msgpack.h>

struct td_buf {
    char *bytes;
    size_t length, capacity;
    size_t limit;
    int full;
    int is_secret; /* memory that it had is given back wiped */
};

/* Makes room for `more` bytes behind `length`. 0, or -1 (and `full` is set). */
int td_buf_reserve(struct td_buf *buf, size_t more);

/* Frees the bytes. A zeroed td_buf with a limit is an empty one. is_secret stays. */
void td_buf_free(struct td_buf *buf);

static inline int td_buf_append(struct td_buf *buf, const void *bytes, size_t length)
{
    if (buf->capacity - buf->length < length && td_buf_reserve(buf, length) != 0)
        return -1;
    if (length) /* memcpy(x, NULL, 0) is undefined */
        memcpy(buf->bytes + buf->length, bytes, length);
    buf->length += length;
    return 0;
}

/* The packer's write callback. */
static inline int td_buf_write(void *buf, const char *bytes, size_t length)
{
    return td_buf_append(buf, bytes, length);
}

/* A packer that writes into `buf`. By value: it is two words. */
static inline msgpack_packer td_buf_packer(struct td_buf *buf)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, buf, td_buf_write);
    return packer;
}

/* A str from a C string; a str from bytes. */
static inline void td_pack_bytes(msgpack_packer *packer, const char *bytes, size_t length)
{
    msgpack_pack_str(packer, length);
    msgpack_pack_str_body(packer, bytes, length);
}

static inline void td_pack_str(msgpack_packer *packer, const char *text)
{
    td_pack_bytes(packer, text, strlen(text));
}

static inline void td_pack_bool(msgpack_packer *packer, int value)
{
    if (value)
        msgpack_pack_true(packer);
    else
        msgpack_pack_false(packer);
}

/* A key and its value. */
static inline void td_pack_pair(msgpack_packer *packer, const char *key, const char *value)
{
    td_pack_str(packer, key);
    td_pack_str(packer, value);
}

static inline void td_pack_list(msgpack_packer *packer, const char *key, const char *const *texts, uint32_t n)
{
    td_pack_str(packer, key);
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_str(packer, texts[i]);
}

static inline void td_pack_count(msgpack_packer *packer, const char *key, int64_t value)
{
    td_pack_str(packer, key);
    msgpack_pack_int64(packer, value);
}

#endif
