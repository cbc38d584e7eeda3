/* talk.c: see talk.h. */
#include "clients/c/pipe/talk.h"

#include <stdio.h>
#include <string.h>

#include "common/mp.h"
#include "common/mp_buf.h"

#define VERSION 1

/* A number keeps its bits when it is above INT64_MAX. */
static uint64_t get_number(struct td_mp map, const char *key)
{
    struct td_mp_value value;
    struct td_mp at;

    if (td_mp_find(map, key, &at) != 0 || td_mp_read(&at, &value) != 0 ||
        (value.type != TD_MP_INT && value.type != TD_MP_UINT))
        return 0;
    return (uint64_t)value.integer;
}

static const char *get_text(struct td_mp map, const char *key, size_t *length)
{
    struct td_mp_value value;
    struct td_mp at;

    *length = 0;
    if (td_mp_find(map, key, &at) != 0 || td_mp_read(&at, &value) != 0 || value.type != TD_MP_STR)
        return NULL;
    *length = value.length;
    return value.bytes;
}

static void copy_word(char *word, size_t size, const char *text, size_t length)
{
    if (text && length < size)
        memcpy(word, text, length); /* its NUL is there: the struct was zeroed */
}

int talk_read(struct talk *talk, const void *bytes, size_t length)
{
    static const struct td_mp_limits limits = { .depth = 4, .nodes = 64 };
    struct td_mp map = { bytes, (const uint8_t *)bytes + length };
    size_t where, n;

    *talk = (struct talk) { 0 };
    if (td_mp_check(bytes, length, &limits, &where) || get_number(map, "v") != VERSION)
        return -1;
    const char *op = get_text(map, "op", &n);
    copy_word(talk->op, sizeof talk->op, op, n);
    const char *code = get_text(map, "code", &n);
    copy_word(talk->code, sizeof talk->code, code, n);
    talk->source = get_text(map, "source", &talk->source_length);
    talk->message = get_text(map, "message", &talk->message_length);
    talk->session = get_number(map, "session");
    talk->begin = get_number(map, "begin");
    talk->position.line = get_number(map, "line");
    talk->position.end = get_number(map, "end");
    talk->position.hash = get_number(map, "hash");
    return talk->op[0] ? 0 : -1;
}

static void put_number(msgpack_packer *packer, const char *key, uint64_t value)
{
    if (!value)
        return;
    td_pack_str(packer, key);
    msgpack_pack_uint64(packer, value);
}

static void put_text(msgpack_packer *packer, const char *key, const char *text, size_t length)
{
    if (!text)
        return;
    td_pack_str(packer, key);
    td_pack_bytes(packer, text, length);
}

int talk_write(zmq_msg_t *frame, const struct talk *t)
{
    struct td_buf buf = { .limit = 4096 };
    msgpack_packer packer = td_buf_packer(&buf);
    const uint64_t *numbers[] = { &t->session, &t->begin, &t->position.line, &t->position.end, &t->position.hash };
    size_t n = 2 + (t->code[0] != 0) + (t->source != NULL) + (t->message != NULL);

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        n += *numbers[i] != 0;
    msgpack_pack_map(&packer, n);
    td_pack_count(&packer, "v", VERSION);
    td_pack_pair(&packer, "op", t->op);
    if (t->code[0])
        td_pack_pair(&packer, "code", t->code);
    put_text(&packer, "source", t->source, t->source_length);
    put_text(&packer, "message", t->message, t->message_length);
    put_number(&packer, "session", t->session);
    put_number(&packer, "begin", t->begin);
    put_number(&packer, "line", t->position.line);
    put_number(&packer, "end", t->position.end);
    put_number(&packer, "hash", t->position.hash);
    int failed = buf.full || zmq_msg_init_size(frame, buf.length) != 0;
    if (!failed)
        memcpy(zmq_msg_data(frame), buf.bytes, buf.length);
    td_buf_free(&buf);
    return failed ? -1 : 0;
}
