/* arrive.c: what comes in: documents from the stream, requests of the service, and daemons' answers. */
#include "clients/nats/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/nats/stats.h"
#include "common/log.h"

#define RETRY_NS (200 * MS_NS)
#define REQUEST_NS (30000 * MS_NS) /* who asks has given up by then */
#define REQUEST_TRIES 5u

/* What an acknowledgement's subject tells of its document. */
struct delivery {
    uint64_t deliveries, sequence, stored_ns;
};

/* $JS.ACK.STREAM.CONSUMER.deliveries.sequence.of_the_consumer.time.pending, and with a domain and an account's hash in
 * front of the stream (and a random word at the end) from servers that have them. */
static int read_delivery(const char *subject, struct delivery *d)
{
    char copy[LINK_SUBJECT_BYTES], *words[13], *rest = copy;
    size_t n = 0;

    if (!subject || strncmp(subject, "$JS.ACK.", 8) != 0 || strlen(subject) >= sizeof copy)
        return -1;
    memcpy(copy, subject, strlen(subject) + 1);
    while (rest && n < 13)
        words[n++] = strsep(&rest, ".");
    size_t at = n == 9 ? 4 : n >= 11 ? 6 : 0;
    if (!at)
        return -1;
    *d = (struct delivery) { strtoull(words[at], NULL, 10), strtoull(words[at + 1], NULL, 10),
                             strtoull(words[at + 3], NULL, 10) };
    return d->sequence ? 0 : -1;
}

/* The id that its result goes under: the document's own, which the stream of documents was told as well; else its place
 * there, which is unique, too. An id in the body is not taken: several producers may count from 1, and the stream would
 * drop the second one's results as duplicates. */
static char *name_of(struct bridge *b, natsMsg *msg, uint64_t sequence)
{
    const char *id = form_header(msg, "Nats-Msg-Id");
    char *name = NULL;

    if (id && id[0])
        return strdup(id);
    return asprintf(&name, "%s-%llu", b->options->stream, (unsigned long long)sequence) < 0 ? NULL : name;
}

/* Reads what is in it; what can't be read is a failure at once. */
static void begin(struct bridge *b, struct doc *doc)
{
    struct form_error error = { 0 };

    if (form_read(&doc->form, doc->msg, &error) != 0) {
        store_failure(b, doc, &error, 0);
        return;
    }
    if (!doc->is_request && doc->deliveries > b->options->deliveries) {
        /* NumDelivered can repeat after a server was killed: then this comes later, never too early. */
        error.code = "TOO_MANY_DELIVERIES";
        snprintf(error.text, sizeof error.text,
                 "it was delivered %llu times, and no bridge lived to answer it; at most %u are tried",
                 (unsigned long long)doc->deliveries, b->options->deliveries);
        store_failure(b, doc, &error, 0);
    }
}

static void take_document(struct bridge *b, natsMsg *msg)
{
    const char *ack = natsMsg_GetReply(msg);
    struct delivery d;

    if (read_delivery(ack, &d) != 0) {
        td_log(TD_LOG_WARN, "nats.no_document", TD_STR("subject", natsMsg_GetSubject(msg)), TD_STR("action", "drop"));
        natsMsg_Destroy(msg);
        return;
    }
    pull_delivered(&b->pull, b->now);
    STATS_COUNT(documents);
    if (d.deliveries > 1)
        STATS_COUNT(redeliveries);
    struct doc *doc = docs_find_sequence(&b->docs, d.sequence);
    if (doc && doc->stored_ns != d.stored_ns) { /* of a stream that was deleted and made anew */
        docs_move(&b->docs, doc, DOC_GONE, 0);
        docs_free(&b->docs, doc);
        doc = NULL;
    }
    if (doc) { /* still under way here: our signs of life didn't get through. It isn't run twice */
        STATS_COUNT(again);
        char *fresh = strdup(ack);
        if (fresh) {
            free(doc->ack);
            doc->ack = fresh;
        }
        doc->deliveries = d.deliveries;
        docs_beat(&b->docs, doc, b->now);
        if (doc->state == DOC_ACKING && doc->sends > 0) /* else it is about to be */
            store_acknowledge(b, doc);
        natsMsg_Destroy(msg);
        return;
    }
    doc = docs_add(&b->docs, msg, d.sequence, b->now);
    if (!doc) { /* it comes again */
        natsMsg_Destroy(msg);
        return;
    }
    doc->deliveries = d.deliveries;
    doc->stored_ns = d.stored_ns;
    doc->ack = strdup(ack);
    doc->name = name_of(b, msg, d.sequence);
    if (!doc->ack || !doc->name) {
        store_end(b, doc);
        return;
    }
    if (b->is_stopping)
        store_return(b, doc);
    else
        begin(b, doc);
}

static void take_request(struct bridge *b, natsMsg *msg)
{
    struct form_error error = { "OVERLOADED", "as many requests are under way as this bridge takes", "" };
    struct doc *doc = natsMsg_GetReply(msg) ? docs_add(&b->docs, msg, 0, b->now) : NULL;
    unsigned most = b->options->window ? b->options->window : 1024;

    if (!doc) { /* nobody waits for an answer */
        natsMsg_Destroy(msg);
        return;
    }
    STATS_COUNT(requests);
    if (b->is_stopping || b->docs.n_requests > most || textds_capacity(&b->textds) == 0) {
        if (b->is_stopping)
            error.code = "SHUTTING_DOWN";
        if (b->is_stopping || textds_capacity(&b->textds) == 0)
            snprintf(error.text, sizeof error.text, "%s",
                     b->is_stopping ? "this bridge is being stopped" : "no textd takes documents now");
        store_failure(b, doc, &error, 1);
        return;
    }
    if (asprintf(&doc->name, "%s-%llu", b->service.id, (unsigned long long)doc->number) < 0) {
        doc->name = NULL;
        store_end(b, doc);
        return;
    }
    begin(b, doc);
}

void arrive_mail(struct bridge *b, enum mail_kind kind, natsMsg *msg)
{
    switch (kind) {
    case MAIL_PULLED:
        if (strncmp(natsMsg_GetSubject(msg), b->link.base, strlen(b->link.base)) != 0) {
            take_document(b, msg);
            return;
        }
        pull_told(&b->pull, msg, b->now);
        break;
    case MAIL_STORED:
        store_told(b, msg);
        break;
    case MAIL_ACKED:
        store_acked(b, msg);
        break;
    case MAIL_REQUEST:
        take_request(b, msg);
        return;
    case MAIL_ASKED:
        service_answer(&b->service, msg);
        break;
    }
    natsMsg_Destroy(msg);
}

/* ---- Daemons' answers -------------------------------------------------------------------------------------------- */

static int is_one_of(const char *code, const char *const *codes)
{
    for (; *codes; codes++)
        if (strcmp(code, *codes) == 0)
            return 1;
    return 0;
}

/* It failed and may succeed another time, or elsewhere. */
static void again(struct bridge *b, struct doc *doc, const struct textd_reply *reply, const struct form_error *error,
                  int at_once)
{
    unsigned most = doc->is_request ? REQUEST_TRIES : b->options->deliveries;

    if (++doc->tries >= most || (doc->is_request && b->now - doc->came_ns > REQUEST_NS)) {
        store_reply(b, doc, reply, error);
        return;
    }
    doc->due_ns = b->now + (RETRY_NS << (doc->tries < 6 ? doc->tries - 1 : 5));
    docs_move(&b->docs, doc, at_once ? DOC_WAITING : DOC_DELAYED, at_once);
}

void arrive_reply(struct bridge *b, struct textd *textd, struct textd_reply *reply)
{
    /* The first three are libtextd's, of a connection that is lost or was never made. */
    static const char *const gone[] = { "LOST", "UNAVAILABLE", "REFUSED", "NO_PROTOCOL", "SHUTTING_DOWN", NULL };
    const struct textd_reply_error *e = textd_reply_error(reply);
    struct doc *doc = docs_find(&b->docs, textd_reply_id(reply));
    struct form_error error = { 0 };

    if (!doc || doc->state != DOC_RUNNING || doc->at != textd) /* its stream was deleted meanwhile */
        return;
    if (!e) {
        textd_answered(textd);
        store_reply(b, doc, reply, NULL);
        return;
    }
    error.code = e->code;
    snprintf(error.text, sizeof error.text, "%s", e->message);
    snprintf(error.plugin, sizeof error.plugin, "%s", e->plugin ? e->plugin : "");
    if (strcmp(e->code, "OVERLOADED") == 0) {
        /* It waits here, with signs of life. A NAK with a delay would keep its place among the documents that the consumer
         * lets be unacknowledged: enough of them, and no bridge gets any. */
        STATS_COUNT(overloaded);
        textd_is_full(textd, e->retry_after_ms, b->now);
        if (doc->is_request && b->now - doc->came_ns > REQUEST_NS)
            store_reply(b, doc, reply, &error);
        else
            docs_move(&b->docs, doc, DOC_WAITING, 1);
    } else if (is_one_of(e->code, gone)) {
        STATS_COUNT(lost);
        textd_is_gone(textd, b->now);
        /* Only LOST may be the document's own doing. */
        if (strcmp(e->code, "LOST") == 0)
            again(b, doc, reply, &error, 1);
        else
            docs_move(&b->docs, doc, DOC_WAITING, 1);
    } else if (e->retryable) {
        textd_answered(textd);
        again(b, doc, reply, &error, 0);
    } else {
        textd_answered(textd);
        store_reply(b, doc, reply, &error);
    }
}
