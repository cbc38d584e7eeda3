/* store.c: what goes out. A result is published under its document's id and kept until the stream has acknowledged it;
 * only then is the document acknowledged, and that, too, until it is taken. So a document whose bridge dies anywhere on
 * that way is delivered again, and the stream drops the second result by its id.
 *
 * The table of what isn't acknowledged is this bridge's own, and what is due is sent again from the loop's timer. libnats
 * has such a table as well; sending again from inside its error callback lost 13 results of 20,000, and called back two
 * million times in ten seconds. A publish that timed out may be stored all the same: then the second one is a duplicate,
 * which counts as stored. One that was refused hasn't marked its id. */
#include "clients/nats/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "clients/nats/stats.h"
#include "common/log.h"
#include "common/utf8.h"

#define AGAIN_NS (1000 * MS_NS) /* doubled with each time, up to */
#define AGAIN_MOST_NS (2000 * MS_NS)
#define ACK_TRIES 12u
#define RENEW_NS (60000 * MS_NS)
#define MAX_BYTES (256u << 20)
#define HEADERS_BYTES 1024u /* what headers of ours take, at the most, beside those that a dead letter takes over */
#define ERROR_WORDS 400u

void store_end(struct bridge *b, struct doc *doc)
{
    docs_move(&b->docs, doc, DOC_GONE, 0);
    docs_free(&b->docs, doc);
}

void store_say(struct bridge *b, const struct doc *doc, const char *word)
{
    if (!doc->is_request)
        link_send(&b->link, doc->ack, NULL, word, strlen(word));
}

/* ---- Publishing -------------------------------------------------------------------------------------------------- */

static void set_header(natsMsg *msg, const char *name, const char *value)
{
    if (value && value[0])
        natsMsgHeader_Set(msg, name, value);
}

/* Words in a header are one line of characters that a terminal may see. */
static void set_words(natsMsg *msg, const char *name, const char *words)
{
    char line[ERROR_WORDS + 1];
    size_t n = strlen(words);

    if (n > ERROR_WORDS)
        n = td_utf8_cut(words, ERROR_WORDS);
    memcpy(line, words, n);
    line[td_utf8_make_plain(line, n)] = 0;
    set_header(msg, name, line);
}

static void send_out(struct bridge *b, struct doc *doc)
{
    doc->sent_ns = b->now;
    if (doc->sends++ > 0)
        STATS_COUNT(published_again);
    if (b->link.connection)
        natsConnection_PublishMsg(b->link.connection, doc->out);
}

/* DOCS.news.eu becomes RESULTS.news.eu; what doesn't begin with the stream's name goes whole behind the other one's. */
static void subject_of(struct bridge *b, const struct doc *doc, const char *stream, char *to, size_t size)
{
    const char *from = natsMsg_GetSubject(doc->msg);
    size_t n = strlen(b->options->stream);

    if (strncmp(from, b->options->stream, n) == 0 && (from[n] == '.' || from[n] == 0))
        snprintf(to, size, "%s%s", stream, from + n);
    else
        snprintf(to, size, "%s.%s", stream, from);
}

/* Makes doc->out. NULL: no memory. */
static natsMsg *make_out(struct bridge *b, struct doc *doc, const char *stream, const void *bytes, size_t length)
{
    char subject[1024], reply[LINK_SUBJECT_BYTES];

    subject_of(b, doc, stream, subject, sizeof subject);
    natsMsg_Destroy(doc->out);
    doc->out = NULL;
    docs_number(&b->docs, doc); /* what an earlier publish may still be told is not for this one */
    snprintf(reply, sizeof reply, "%s.s.%llu", b->link.base, (unsigned long long)doc->number);
    if (natsMsg_Create(&doc->out, subject, reply, bytes, (int)length) != NATS_OK)
        return NULL;
    set_header(doc->out, "Nats-Msg-Id", doc->name);
    set_header(doc->out, "Nats-Expected-Stream", stream);
    return doc->out;
}

/* Or the document is forgotten here, and comes again when its time is over. */
static void publish(struct bridge *b, struct doc *doc, int is_dead)
{
    if (!doc->out) {
        store_end(b, doc);
        return;
    }
    doc->is_dead = is_dead;
    doc->sends = 0;
    docs_move(&b->docs, doc, DOC_STORING, 0);
    send_out(b, doc);
}

static size_t room_for(const struct bridge *b, const struct doc *doc)
{
    size_t takes = HEADERS_BYTES + strlen(doc->name);

    return (size_t)b->link.max_payload > takes ? (size_t)b->link.max_payload - takes : 0;
}

/* As the document came, with its headers, and what was wrong with it. */
static void bury(struct bridge *b, struct doc *doc, const struct form_error *error)
{
    size_t length = (size_t)natsMsg_GetDataLength(doc->msg), taken = ERROR_WORDS + 512;
    const char **keys = NULL, *value;
    char number[24];
    int n = 0, is_whole;

    natsMsgHeader_Keys(doc->msg, &keys, &n);
    for (int i = 0; i < n; i++)
        if ((value = form_header(doc->msg, keys[i])))
            taken += strlen(keys[i]) + strlen(value) + 4;
    /* It came within the limit, and may be above it with what is added here. */
    is_whole = length + taken <= room_for(b, doc);
    natsMsg *out = make_out(b, doc, b->options->dead, natsMsg_GetData(doc->msg), is_whole ? length : 0);
    for (int i = 0; out && i < n; i++)
        if (is_whole && strncasecmp(keys[i], "Nats-", 5) != 0 && (value = form_header(doc->msg, keys[i])))
            set_header(out, keys[i], value);
    free((void *)keys);
    if (out) {
        if (!is_whole)
            set_header(out, "Textd-Body", "left out: too large with its error");
        set_header(out, "Textd-Error-Code", error->code);
        set_words(out, "Textd-Error", error->text);
        set_header(out, "Textd-Error-Plugin", error->plugin);
        set_header(out, "Textd-Stream", b->options->stream);
        snprintf(number, sizeof number, "%llu", (unsigned long long)doc->sequence);
        set_header(out, "Textd-Sequence", number);
        snprintf(number, sizeof number, "%llu", (unsigned long long)doc->deliveries);
        set_header(out, "Textd-Deliveries", number);
    }
    td_log(TD_LOG_WARN, "nats.dead_letter", TD_BYTES("id", doc->name, strlen(doc->name)),
           TD_INT("sequence", doc->sequence), TD_STR("code", error->code),
           TD_STR("plugin", error->plugin[0] ? error->plugin : NULL), TD_INT("deliveries", doc->deliveries));
    publish(b, doc, 1);
}

/* A request's answer: sent once, and done with. */
static void answer(struct bridge *b, struct doc *doc, const struct td_buf *body, const struct form_error *error)
{
    natsMsg *out = NULL;
    int is_large = body->length + HEADERS_BYTES > (size_t)b->link.max_payload;
    struct form_error large = { "TOO_LARGE", "the result is larger than the server's max_payload", "" };
    char words[sizeof error->text + 64];

    if (is_large)
        error = &large;
    if (natsMsg_Create(&out, natsMsg_GetReply(doc->msg), NULL, body->bytes, is_large ? 0 : (int)body->length) ==
        NATS_OK) {
        set_header(out, "Content-Type", form_content_type(doc->form.form));
        if (error) {
            int is_ours = strcmp(error->code, "INTERNAL") == 0 || strcmp(error->code, "OVERLOADED") == 0 ||
                          strcmp(error->code, "SHUTTING_DOWN") == 0 || strcmp(error->code, "LOST") == 0;
            set_header(out, "Nats-Service-Error-Code", is_ours ? "503" : "400");
            snprintf(words, sizeof words, "%s: %s", error->code, error->text);
            set_words(out, "Nats-Service-Error", words);
            STATS_COUNT(request_errors);
        }
        if (b->link.connection)
            natsConnection_PublishMsg(b->link.connection, out);
    }
    service_count(&b->service, b->now - doc->came_ns, error ? words : NULL);
    natsMsg_Destroy(out);
    store_end(b, doc);
}

void store_reply(struct bridge *b, struct doc *doc, const struct textd_reply *reply, const struct form_error *error)
{
    struct td_buf body = { .limit = MAX_BYTES };
    struct form_error large = { "RESULT_TOO_LARGE", "", "" };
    struct form_trace trace;

    if (error && !doc->is_request) {
        bury(b, doc, error);
        return;
    }
    int rc = form_write(&body, &doc->form, reply, doc->name, &trace);
    if (rc == 0 && doc->is_request) {
        answer(b, doc, &body, error);
    } else if (rc != 0) { /* no memory: it comes again */
        store_end(b, doc);
    } else if (body.length > room_for(b, doc)) {
        /* The limit may have been raised since we connected, and a connected client never learns that: so once in a while
         * another connection is made, before results are given up. */
        if (!doc->wants_room) {
            doc->wants_room = 1;
            doc->due_ns = b->now + 500 * MS_NS;
            if (b->now - b->renewed_at > RENEW_NS || !b->renewed_at) {
                b->renewed_at = b->now;
                link_renew(&b->link);
            }
            docs_move(&b->docs, doc, DOC_DELAYED, 0);
        } else {
            snprintf(large.text, sizeof large.text,
                     "its result has %zu bytes, and the server takes %lld with headers (max_payload)", body.length,
                     (long long)b->link.max_payload);
            bury(b, doc, &large);
        }
    } else {
        natsMsg *out = make_out(b, doc, b->options->results, body.bytes, body.length);
        if (out) {
            set_header(out, "Content-Type", form_content_type(doc->form.form));
            set_header(out, "traceparent", trace.parent);
            set_header(out, "tracestate", trace.state);
        }
        publish(b, doc, 0);
    }
    td_buf_free(&body);
}

void store_failure(struct bridge *b, struct doc *doc, const struct form_error *error, int retryable)
{
    struct td_buf body = { .limit = MAX_BYTES };

    if (!doc->is_request) {
        bury(b, doc, error);
        return;
    }
    if (form_write_error(&body, &doc->form, error, retryable, doc->name ? doc->name : "") == 0)
        answer(b, doc, &body, error);
    else
        store_end(b, doc);
    td_buf_free(&body);
}

/* ---- Acknowledging ----------------------------------------------------------------------------------------------- */

/* With a reply subject the consumer says that it was taken. */
static void acknowledge(struct bridge *b, struct doc *doc, int wants_reply)
{
    char reply[LINK_SUBJECT_BYTES];
    const char *word = doc->is_dead ? "+TERM" : "+ACK";

    snprintf(reply, sizeof reply, "%s.a.%llu", b->link.base, (unsigned long long)doc->number);
    doc->sent_ns = b->now;
    if (doc->sends++ > 0)
        STATS_COUNT(acknowledged_again);
    link_send(&b->link, doc->ack, wants_reply ? reply : NULL, word, strlen(word));
}

void store_acknowledge(struct bridge *b, struct doc *doc)
{
    acknowledge(b, doc, 1);
}

/* All that were stored in this turn. The last one is answered, and answers for all: they go one way, in order. Only a
 * leader that changes between two of them makes that untrue; then one is delivered again, and its result is a duplicate. */
void store_flush(struct bridge *b)
{
    struct doc *last = TAILQ_LAST(&b->docs.states[DOC_ACKING], doc_list), *doc = last, *before;

    if (!last || last->sends > 0)
        return;
    while ((before = TAILQ_PREV(doc, doc_list, link)) && before->sends == 0)
        doc = before;
    for (; doc; doc = TAILQ_NEXT(doc, link))
        acknowledge(b, doc, doc == last);
}

static struct doc *find(struct bridge *b, natsMsg *msg, enum doc_state state)
{
    const char *word = strrchr(natsMsg_GetSubject(msg), '.');
    struct doc *doc = word ? docs_find(&b->docs, strtoull(word + 1, NULL, 10)) : NULL;

    return doc && doc->state == state ? doc : NULL; /* else it was answered before */
}

static void refused(struct bridge *b, struct doc *doc, json_t *error)
{
    const char *words = json_string_value(json_object_get(error, "description"));
    json_int_t code = json_integer_value(json_object_get(error, "err_code"));
    struct form_error large = { "RESULT_TOO_LARGE", "", "" };

    STATS_COUNT(publish_errors);
    td_log(TD_LOG_WARN, "nats.refused", TD_STR("stream", doc->is_dead ? b->options->dead : b->options->results),
           TD_INT("code", code), TD_STR("reason", words ? words : "no reason"), TD_STR("action", "send again"));
    doc->was_refused = 1;
    if (code == JSStreamMessageExceedsMaximumErr && !doc->is_dead) {
        snprintf(large.text, sizeof large.text, "the stream of results has a lower max_msg_size: %s",
                 words ? words : "");
        bury(b, doc, &large);
    }
    /* Everything else (a full stream, no leader, a wrong stream) passes, or an operator sees to it: sent again in time. */
}

static void stored(struct bridge *b, struct doc *doc, json_t *told)
{
    if (json_is_true(json_object_get(told, "duplicate"))) {
        STATS_COUNT(duplicates);
        if (doc->deliveries <= 1 && doc->sends == 1 && !doc->is_dead) {
            STATS_COUNT(id_clashes);
            td_log(TD_LOG_WARN, "nats.id_clash", TD_BYTES("id", doc->name, strlen(doc->name)),
                   TD_INT("sequence", doc->sequence), TD_STR("reason", "the results have that id already"));
        }
    } else if (doc->is_dead) {
        STATS_COUNT(dead_letters);
    } else {
        STATS_COUNT(results);
    }
    natsMsg_Destroy(doc->out);
    doc->out = NULL;
    doc->sends = 0;
    docs_move(&b->docs, doc, DOC_ACKING, 0); /* store_flush acknowledges it at the end of this turn */
}

void store_told(struct bridge *b, natsMsg *msg)
{
    struct doc *doc = find(b, msg, DOC_STORING);

    if (!doc)
        return;
    if (natsMsg_IsNoResponders(msg)) { /* nobody leads that stream now, or there is none: sent again in time */
        if (doc->sends > 8)
            td_log(TD_LOG_WARN, "nats.nobody", TD_STR("stream", doc->is_dead ? b->options->dead : b->options->results),
                   TD_STR("reason", "nobody takes what is published: is the stream there?"),
                   TD_STR("action", "send again"));
        return;
    }
    json_t *told = json_loadb(natsMsg_GetData(msg), (size_t)natsMsg_GetDataLength(msg), 0, NULL);
    json_t *error = json_object_get(told, "error");
    if (error)
        refused(b, doc, error);
    else if (json_integer_value(json_object_get(told, "seq")) > 0)
        stored(b, doc, told);
    json_decref(told);
}

static void count_time(uint64_t ns)
{
    STATS_COUNT(timed);
    STATS_ADD(time_us, ns / 1000);
#define X(ms) \
    if (ns <= ms * MS_NS) \
        STATS_COUNT(within_##ms);
    STATS_BUCKETS(X)
#undef X
}

void store_acked(struct bridge *b, natsMsg *msg)
{
    struct doc *doc = find(b, msg, DOC_ACKING);

    if (!doc || natsMsg_IsNoResponders(msg)) /* the consumer has no leader now: sent again in time */
        return;
    struct doc *first;
    int is_last;
    do { /* and all in front of it */
        first = TAILQ_FIRST(&b->docs.states[DOC_ACKING]);
        is_last = first == doc;
        STATS_COUNT(acknowledged);
        count_time(b->now - first->came_ns);
        store_end(b, first);
    } while (!is_last);
}

void store_return(struct bridge *b, struct doc *doc)
{
    struct form_error error = { "SHUTTING_DOWN", "this bridge is being stopped, or has no textd", "" };

    if (doc->is_request) {
        store_failure(b, doc, &error, 1);
        return;
    }
    STATS_COUNT(returned);
    store_say(b, doc, "-NAK");
    store_end(b, doc);
}

/* ---- Time -------------------------------------------------------------------------------------------------------- */

static int is_due(const struct bridge *b, const struct doc *doc)
{
    uint64_t wait = AGAIN_NS << (doc->sends < 2 ? 0 : 1);

    return b->now - doc->sent_ns > (wait < AGAIN_MOST_NS ? wait : AGAIN_MOST_NS);
}

void store_tick(struct bridge *b)
{
    struct doc *doc, *next;

    if (!link_is_up(&b->link))
        return; /* libnats would keep it all and send it at once when it is back */
    for (doc = TAILQ_FIRST(&b->docs.states[DOC_STORING]); doc; doc = next) {
        next = TAILQ_NEXT(doc, link);
        if (!is_due(b, doc))
            continue;
        if ((int64_t)natsMsg_GetDataLength(doc->out) > b->link.max_payload) {
            /* The limit was lowered under us: such a publish would end the connection. */
            struct form_error large = { "RESULT_TOO_LARGE", "the server's max_payload was lowered", "" };
            bury(b, doc, &large);
            continue;
        }
        send_out(b, doc);
    }
    for (doc = TAILQ_FIRST(&b->docs.states[DOC_ACKING]); doc; doc = next) {
        next = TAILQ_NEXT(doc, link);
        if (doc->sends == 0 || !is_due(b, doc))
            continue;
        if (doc->sends >= ACK_TRIES) /* the consumer is gone. Should it come again, its result is a duplicate */
            store_end(b, doc);
        else
            store_acknowledge(b, doc);
    }
}
