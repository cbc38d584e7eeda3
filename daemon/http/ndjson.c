/* ndjson.c: see ndjson.h. Each line has a slot, from its first byte's reading to its answer's last byte's writing.
 * Slots stand in the order of their lines; with any_order they move to the end of `ready` when they are answered. */
#include "daemon/http/ndjson.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "daemon/documents/reply.h"
#include "daemon/http/answer.h"
#include "daemon/http/door.h"
#include "daemon/http/http.h"

/* Lines under way at a time: enough for the workers of a large machine, and no more of the queue than a client
 * should have. */
#define MOST_UNDER_WAY 64

/* Answers that wait to be written: when they have so many bytes, or are so many, no more lines are read. A client
 * that writes all its lines before it reads an answer can have answers of this size, and of what the kernel holds. */
#define MOST_HELD_BYTES (4u << 20)
#define MOST_HELD 1024

/* A longer line's beginning gets memory of its own. */
#define KEEP_BYTES (1u << 18)

struct slot {
    struct td_http_ask ask; /* first, so that it is this */
    TAILQ_ENTRY(slot) link;
    struct td_http_batch *batch;
    int is_answered;
    zmq_msg_t reply;
};

TAILQ_HEAD(slots, slot);

struct td_http_batch {
    struct td_http_ask mark; /* tells it from a single document; first */
    struct td_http_call *call;
    struct td_http *http;
    uint64_t client; /* of the door */
    int any_order;
    struct td_http_defaults defaults;
    struct slots under_way; /* in the order of the lines; answered ones too, unless any_order */
    struct slots ready;     /* answered, if any_order */
    uint32_t n_under_way, n_held;
    uint64_t held_bytes;
    struct slot *writing; /* of which slot `line` is; it is in no list */
    struct td_http_line line;

    struct td_buf part;  /* the beginning of a line */
    uint64_t line_bytes; /* the most that one may have */
    uint32_t n_lines;
    struct td_err refusal; /* of this line, whose rest is thrown away; its code is TD_OK otherwise */
    int is_streaming;      /* the answer has begun */
    int is_stalled;        /* a line of `stalled_bytes` waits for room */
    size_t stalled_bytes;
    int is_over;   /* no more lines come, or are wanted */
    int is_broken; /* a line could not even be refused: the answer must not look whole */
};

static void no_answer(struct td_http_ask *ask, zmq_msg_t *reply)
{
    (void)ask, (void)reply;
    assert(0); /* a batch is never asked for; its lines are */
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

static void free_slot(struct slot *slot)
{
    zmq_msg_close(&slot->reply);
    free(slot);
}

static void free_slots(struct slots *slots)
{
    struct slot *slot;

    while ((slot = TAILQ_FIRST(slots))) {
        TAILQ_REMOVE(slots, slot, link);
        free_slot(slot);
    }
}

static void free_batch(void *data)
{
    struct td_http_batch *b = data;

    td_http_door_forget(&b->http->door, b->client); /* what is under way is wanted by nobody */
    free_slots(&b->under_way);
    free_slots(&b->ready);
    if (b->writing)
        free_slot(b->writing);
    b->http->docs->door_bytes -= b->held_bytes + b->part.length;
    td_buf_free(&b->part);
    td_buf_free(&b->defaults.pairs);
    td_http_call_set_data(b->call, NULL);
    free(b);
}

static void on_gone(struct td_http_call *call, void *data)
{
    (void)call;
    free_batch(data);
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

/* Whether the client, or all of them, have so many bytes of answers waiting that one more is too much. */
static int is_too_much(const struct td_http_batch *b, size_t size, struct td_err *err)
{
    const struct td_documents *docs = b->http->docs;
    const struct td_settings *set = &docs->set;

    if (b->held_bytes > 0 && b->held_bytes + size > (uint64_t)set->client_reply_bytes)
        return td_fail(err, TD_E_OVERLOADED,
                       "the answers that wait to be read have %llu bytes; client.reply_bytes is %lld",
                       (unsigned long long)b->held_bytes, (long long)set->client_reply_bytes);
    if (docs->door_bytes > 0 && docs->door_bytes + size > (uint64_t)set->queue_bytes)
        return td_fail(err, TD_E_OVERLOADED, "%llu bytes are held for HTTP; queue.bytes is %lld",
                       (unsigned long long)docs->door_bytes, (long long)set->queue_bytes);
    return TD_OK;
}

/* Then it gets a small one instead. */
static void shorten(struct td_http_batch *b, zmq_msg_t *reply)
{
    const uint8_t *bytes = zmq_msg_data(reply);
    struct td_mp map = { bytes, bytes + zmq_msg_size(reply) }, id;
    struct td_request request = { 0 };
    struct td_err err;
    zmq_msg_t small;

    if (is_too_much(b, zmq_msg_size(reply), &err) == TD_OK)
        return;
    if (td_mp_find(map, "id", &id) == 0) {
        struct td_mp end = id;
        td_mp_skip(&end);
        request.id = (struct td_slice) { (const char *)id.at, (uint32_t)(end.at - id.at) };
    }
    if (td_reply_error(b->http->docs, &request, &err, NULL, &small) != 0)
        zmq_msg_init(&small);
    zmq_msg_move(reply, &small);
    zmq_msg_close(&small);
}

static void hold(struct td_http_batch *b, struct slot *slot, zmq_msg_t *reply)
{
    zmq_msg_move(&slot->reply, reply);
    zmq_msg_close(reply);
    slot->is_answered = 1;
    b->n_held++;
    b->held_bytes += zmq_msg_size(&slot->reply);
    b->http->docs->door_bytes += zmq_msg_size(&slot->reply);
}

static int has_room(const struct td_http_batch *b, size_t bytes);

/* The line that waits for room may have it now. */
static void read_on(struct td_http_batch *b)
{
    if (!b->is_stalled || !has_room(b, b->stalled_bytes))
        return;
    b->is_stalled = 0;
    td_http_call_read_on(b->call);
}

static void on_answer(struct td_http_ask *ask, zmq_msg_t *reply)
{
    struct slot *slot = (struct slot *)ask;
    struct td_http_batch *b = slot->batch;

    shorten(b, reply);
    hold(b, slot, reply);
    if (--b->n_under_way == 0 && b->is_streaming)
        td_http_call_set_busy(b->call, 0);
    if (b->any_order) {
        TAILQ_REMOVE(&b->under_way, slot, link);
        TAILQ_INSERT_TAIL(&b->ready, slot, link);
    }
    if (b->is_streaming)
        td_http_call_resume(b->call);
    read_on(b);
}

/* Takes the slot that is to be written next out of its list; NULL: none is ready. */
static struct slot *next_to_write(struct td_http_batch *b)
{
    struct slots *from = b->any_order ? &b->ready : &b->under_way;
    struct slot *slot = TAILQ_FIRST(from);

    if (!slot || !slot->is_answered)
        return NULL;
    TAILQ_REMOVE(from, slot, link);
    return slot;
}

/* The answer is written. */
static void finish_writing(struct td_http_batch *b)
{
    uint64_t bytes = zmq_msg_size(&b->writing->reply);

    b->n_held--;
    b->held_bytes -= bytes;
    b->http->docs->door_bytes -= bytes;
    free_slot(b->writing);
    b->writing = NULL;
}

static ssize_t read_answers(void *data, char *to, size_t max)
{
    struct td_http_batch *b = data;
    size_t n = 0;

    while (n < max) {
        if (!b->writing) {
            b->writing = next_to_write(b);
            if (!b->writing)
                break;
            td_http_line_start(&b->line, &b->writing->reply);
        }
        size_t written = td_http_line_read(&b->line, to + n, max - n);
        n += written;
        if (written == 0)
            finish_writing(b);
    }
    read_on(b);
    if (n > 0)
        return (ssize_t)n;
    if (!b->is_over || !TAILQ_EMPTY(&b->under_way) || !TAILQ_EMPTY(&b->ready))
        return 0;
    return b->is_broken ? -2 : -1;
}

/* A line of our own: what comes behind it was not read. */
static void tell_of_cut(struct td_http_batch *b)
{
    struct td_request request = { 0 };
    struct slot *slot = calloc(1, sizeof *slot);
    struct td_err err;
    zmq_msg_t message;

    td_fail(&err, TD_E_SHUTTING_DOWN, "the server is shutting down; of the batch, %u lines were read and are answered",
            b->n_lines);
    if (!slot || td_reply_error(b->http->docs, &request, &err, NULL, &message) != 0) {
        free(slot);
        return;
    }
    slot->batch = b;
    zmq_msg_init(&slot->reply);
    hold(b, slot, &message);
    TAILQ_INSERT_TAIL(b->any_order ? &b->ready : &b->under_way, slot, link);
}

/* Lines that were read are answered; the rest isn't wanted. */
static void drain(void *data)
{
    struct td_http_batch *b = data;

    if (b->is_over)
        return;
    b->is_over = 1;
    tell_of_cut(b);
}

static const struct td_http_source source = { .read = read_answers, .drain = drain, .close = free_batch };

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* Whether one more line, of so many bytes, may be taken. */
static int has_room(const struct td_http_batch *b, size_t bytes)
{
    return b->n_under_way < MOST_UNDER_WAY && b->n_held < MOST_HELD && b->held_bytes < MOST_HELD_BYTES &&
           td_http_door_has_room(&b->http->door, b->client, bytes);
}

static int is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return 0;
    return 1;
}

static struct slot *make_slot(struct td_http_batch *b)
{
    struct slot *slot = calloc(1, sizeof *slot);

    if (!slot)
        return NULL;
    slot->ask.answer = on_answer;
    slot->batch = b;
    zmq_msg_init(&slot->reply);
    TAILQ_INSERT_TAIL(&b->under_way, slot, link);
    b->n_under_way++;
    td_http_call_set_busy(b->call, 1);
    return slot;
}

/* line[length] is readable: the line's end, or a NUL. -1: there is no memory to answer it. */
static int take_line(struct td_http_batch *b, const char *line, size_t length)
{
    struct td_documents *docs = b->http->docs;
    struct td_err err = b->refusal;

    b->n_lines++;
    b->refusal.code = TD_OK;
    if (err.code == TD_OK && is_blank(line, length))
        return 0;
    struct td_doc *doc = td_doc_take(&docs->pool);
    struct slot *slot = doc ? make_slot(b) : NULL;
    if (!slot) {
        if (doc)
            td_doc_give_back(&docs->pool, doc);
        return -1;
    }
    int rc = err.code != TD_OK ? (int)err.code
                               : td_http_entry_json(doc, line, length, b->n_lines, &b->defaults,
                                                    (uint32_t)docs->set.limits_request_depth, &err);
    td_http_door_ask(&b->http->door, b->client, &slot->ask, doc, rc == TD_OK ? NULL : &err);
    return 0;
}

/* Why the line that `part` begins can't have so many bytes more. */
static int check_part(const struct td_http_batch *b, size_t length, struct td_err *err)
{
    const struct td_documents *docs = b->http->docs;
    const struct td_settings *set = &docs->set;

    if (b->part.length + length > b->line_bytes)
        return td_fail(err, TD_E_TOO_LARGE, "line %u has more than %llu bytes; limits.document_bytes is %lld",
                       b->n_lines + 1, (unsigned long long)b->line_bytes, (long long)set->limits_document_bytes);
    if (docs->door_bytes + length > (uint64_t)set->queue_bytes)
        return td_fail(err, TD_E_OVERLOADED, "%llu bytes are held for HTTP; queue.bytes is %lld",
                       (unsigned long long)docs->door_bytes, (long long)set->queue_bytes);
    return TD_OK;
}

/* Keeps the beginning of a line. */
static void keep_part(struct td_http_batch *b, const char *bytes, size_t length)
{
    if (b->refusal.code != TD_OK)
        return;
    if (check_part(b, length, &b->refusal) == TD_OK && td_buf_reserve(&b->part, length + 1) != 0)
        td_fail(&b->refusal, TD_E_OVERLOADED, "there is no memory for line %u", b->n_lines + 1);
    if (b->refusal.code != TD_OK) {
        b->http->docs->door_bytes -= b->part.length;
        td_buf_free(&b->part);
        return;
    }
    td_buf_append(&b->part, bytes, length);
    b->http->docs->door_bytes += length;
}

/* The line that `part` begins ends here. */
static int take_part(struct td_http_batch *b)
{
    size_t length = b->part.length;

    if (length > 0)
        b->part.bytes[length] = 0;
    int rc = take_line(b, length > 0 ? b->part.bytes : "", length);
    b->http->docs->door_bytes -= length;
    b->part.length = 0;
    if (b->part.capacity > KEEP_BYTES)
        td_buf_free(&b->part);
    return rc;
}

/* Without memory for an answer there can be no line for it: what is under way is answered, and then the batch breaks
 * off. */
static void give_up(struct td_http_batch *b)
{
    b->is_over = b->is_broken = 1;
    td_http_call_resume(b->call);
}

static void end_of_body(struct td_http_batch *b)
{
    if (!b->is_over && (b->part.length > 0 || b->refusal.code != TD_OK) && take_part(b) != 0)
        give_up(b);
    b->is_over = 1;
    if (!b->is_streaming) { /* nothing has come: there is nothing to stream both ways */
        struct td_http_call *call = b->call;
        free_batch(b);
        td_http_call_answer(call, 200, "application/x-ndjson", "", 0);
        return;
    }
    td_http_call_resume(b->call);
}

size_t td_http_batch_take(struct td_http_batch *b, const char *bytes, size_t length)
{
    size_t taken = 0;

    if (length == 0) {
        end_of_body(b);
        return 0;
    }
    if (!b->is_streaming) {
        struct td_http_call *call = b->call;
        b->is_streaming = 1;
        td_http_call_stream(call, 200, "application/x-ndjson", &source, b);
        if (!td_http_call_data(call))
            return length; /* there was no memory for the stream: it was closed, and the batch with it */
    }
    while (taken < length) {
        const char *at = bytes + taken, *end = memchr(at, '\n', length - taken);
        if (b->is_over)
            return length;
        if (!end) {
            keep_part(b, at, length - taken);
            return length;
        }
        b->stalled_bytes = b->part.length + (size_t)(end - at);
        b->is_stalled = !has_room(b, b->stalled_bytes);
        if (b->is_stalled)
            return taken;
        int rc;
        if (b->part.length > 0 || b->refusal.code != TD_OK) {
            keep_part(b, at, (size_t)(end - at));
            rc = take_part(b);
        } else {
            rc = take_line(b, at, (size_t)(end - at));
        }
        if (rc != 0)
            give_up(b);
        taken = (size_t)(end - bytes) + 1;
    }
    return taken;
}

void td_http_batch_begin(struct td_http_call *call, struct td_http_defaults *defaults, int any_order,
                         uint64_t line_bytes)
{
    struct td_http *http = td_http_call_http(call);
    struct td_http_batch *b = calloc(1, sizeof *b);
    struct td_err err;

    if (!b) {
        td_buf_free(&defaults->pairs);
        td_fail(&err, TD_E_OVERLOADED, "there is no memory for the batch");
        td_http_call_fail(call, 0, &err);
        return;
    }
    *b = (struct td_http_batch) { .mark.answer = no_answer,
                                  .call = call,
                                  .http = http,
                                  .client = td_http_door_client(&http->door),
                                  .any_order = any_order,
                                  .defaults = *defaults,
                                  .line_bytes = line_bytes,
                                  .part.limit = line_bytes + 1 };
    TAILQ_INIT(&b->under_way);
    TAILQ_INIT(&b->ready);
    td_http_call_set_data(call, b);
    td_http_call_on_gone(call, on_gone, b);
}
