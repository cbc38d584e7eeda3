/* events.c: see events.h. */
#include "daemon/operator/events.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "common/log.h"
#include "common/zcall.h"

/* What is of the server's state; a document's fate is its client's business, and there may be many of them. */
static const char *const topics[] = { "server.", "generation.", "reload.", "plugin.", "worker." };

static int is_public(const char *event)
{
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++)
        if (strncmp(event, topics[i], strlen(topics[i])) == 0)
            return 1;
    return 0;
}

static int64_t unix_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* As in the log's lines: a string that there isn't is no field. */
static int is_there(const struct td_field *field)
{
    return field->string || field->type == TD_FIELD_INT || field->type == TD_FIELD_FLOAT;
}

static void pack_field(msgpack_packer *packer, const struct td_field *field)
{
    td_pack_str(packer, field->key);
    if (field->type == TD_FIELD_INT)
        msgpack_pack_int64(packer, field->integer);
    else if (field->type == TD_FIELD_FLOAT)
        msgpack_pack_double(packer, field->number);
    else if (field->type == TD_FIELD_STRING)
        td_pack_str(packer, field->string);
    else
        td_pack_bytes(packer, field->string, (uint32_t)field->length);
}

static void publish(void *data, enum td_log_level level, const char *event, const struct td_field *fields)
{
    struct td_events *events = data;
    struct td_buf *out = &events->scratch;
    uint32_t n = 0;

    if (!is_public(event))
        return;
    for (const struct td_field *field = fields; field->key; field++)
        n += (uint32_t)is_there(field);
    out->length = 0;
    out->full = 0;
    msgpack_packer packer = td_buf_packer(out);
    msgpack_pack_map(&packer, 3 + n);
    td_pack_pair(&packer, "event", event);
    td_pack_count(&packer, "unix_ms", unix_ms());
    td_pack_pair(&packer, "level", td_log_level_name(level));
    for (const struct td_field *field = fields; field->key; field++)
        if (is_there(field))
            pack_field(&packer, field);
    if (out->full)
        return;
    if (events->also)
        events->also(events->also_data, out->bytes, out->length);
    /* A PUB never blocks: who doesn't keep up misses events. */
    td_zcall_send(events->socket, event, strlen(event), ZMQ_SNDMORE);
    td_zcall_send(events->socket, out->bytes, out->length, 0);
}

int td_events_open(struct td_events *events, void *zmq, const char *endpoint, struct td_err *err)
{
    *events = (struct td_events) { .socket = zmq_socket(zmq, ZMQ_PUB), .scratch.limit = 64u << 10 };
    if (!events->socket)
        return td_fail(err, TD_E_SYSTEM, "can't make the events socket: %s", zmq_strerror(errno));
    int no_mark = 0; /* for what comes in, as in frontend.c; we read it with each event and each look at the socket */
    zmq_setsockopt(events->socket, ZMQ_RCVHWM, &no_mark, sizeof no_mark);
    int rc = td_endpoint_bind(&events->endpoint, events->socket, endpoint, 1, NULL, err);
    if (rc != TD_OK) {
        zmq_close(events->socket);
        events->socket = NULL;
        return rc;
    }
    td_log_tap(publish, events);
    return TD_OK;
}

void td_events_close(struct td_events *events, int linger_ms)
{
    if (!events->socket)
        return;
    td_log_tap(NULL, NULL);
    zmq_setsockopt(events->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_close(events->socket);
    td_endpoint_release(&events->endpoint);
    td_buf_free(&events->scratch);
}
