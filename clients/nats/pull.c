/* pull.c: see pull.h.
 *
 * libnats' natsSubscription_Fetch waits its whole time unless all came that were asked for, and the subscriptions that it
 * works on delete the durable when they are drained, if that process made it. So requests are made by hand here: each goes
 * to the consumer's MSG.NEXT subject, and the server sends documents to our inbox as it has them, until the request is
 * full or expires. While a request waits, heartbeats come; when they don't, its leader has changed or died, and it is
 * asked anew.
 *
 * A consumer that was deleted gives one answer, then looks like an empty stream for ever: so it is asked for (CONSUMER.INFO)
 * whenever nothing came for a while, and every LOOK_NS in any case, for the lag. One that is missing is made again. */
#include "clients/nats/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "clients/nats/form.h"
#include "clients/nats/stats.h"
#include "common/clock.h"
#include "common/log.h"

#define MS 1000000ull
#define EXPIRES_NS (5000 * MS)
#define HEARTBEAT_NS (500 * MS)
#define SILENCE_NS (1600 * MS) /* three heartbeats, and a bit */
#define LOOK_NS (2000 * MS)
#define LOOK_LATE_NS (3000 * MS) /* no answer: no leader now. Asked again */

void pull_init(struct pull *pull, struct link *link, const struct options *o)
{
    *pull = (struct pull) { .link = link, .options = o, .ack_wait_ms = o->ack_wait_ms };
    snprintf(pull->next, sizeof pull->next, "$JS.API.CONSUMER.MSG.NEXT.%s.%s", o->stream, o->consumer);
}

void pull_reset(struct pull *pull, uint64_t now_ns)
{
    pull->asked = 0;
    pull->not_before = 0;
    pull->looked_ns = pull->look_sent = 0;
    pull->heard_ns = now_ns;
}

char *pull_consumer_config(const struct options *o)
{
    /* max_deliver is without limit: a document that reached it would neither be delivered again nor leave a work queue, and
     * nobody would be told. The bridge counts deliveries itself. No backoff: it would stand in the place of ack_wait, and
     * plain NAKs ignore it. */
    json_t *config =
        json_pack("{s:s, s:s, s:s, s:I, s:i, s:s, s:i, s:i}", "durable_name", o->consumer, "deliver_policy", "all",
                  "ack_policy", "explicit", "ack_wait", (json_int_t)o->ack_wait_ms * 1000000, "max_deliver", -1,
                  "replay_policy", "instant", "max_ack_pending", (int)o->max_ack_pending, "max_waiting", 4096);
    json_t *request = json_pack("{s:s, s:o}", "stream_name", o->stream, "config", config);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;

    json_decref(request);
    return text;
}

static void look(struct pull *pull, uint64_t now_ns)
{
    char subject[LINK_SUBJECT_BYTES], reply[LINK_SUBJECT_BYTES];

    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.INFO.%s.%s", pull->options->stream, pull->options->consumer);
    snprintf(reply, sizeof reply, "%s.p.look", pull->link->base);
    link_send(pull->link, subject, reply, "", 0);
    pull->look_sent = pull->looked_ns = now_ns;
}

static void make(struct pull *pull)
{
    char subject[LINK_SUBJECT_BYTES], reply[LINK_SUBJECT_BYTES], *config = pull_consumer_config(pull->options);

    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.DURABLE.CREATE.%s.%s", pull->options->stream,
             pull->options->consumer);
    snprintf(reply, sizeof reply, "%s.p.make", pull->link->base);
    if (config)
        link_send(pull->link, subject, reply, config, strlen(config));
    free(config);
}

static void ask(struct pull *pull, unsigned n, uint64_t now_ns)
{
    char reply[LINK_SUBJECT_BYTES], body[160];
    int length = snprintf(body, sizeof body, "{\"batch\":%u,\"expires\":%llu,\"idle_heartbeat\":%llu}", n,
                          (unsigned long long)EXPIRES_NS, (unsigned long long)HEARTBEAT_NS);

    snprintf(reply, sizeof reply, "%s.p.%llu", pull->link->base, (unsigned long long)++pull->number);
    if (link_send(pull->link, pull->next, reply, body, (size_t)length) != NATS_OK)
        return;
    STATS_COUNT(pulls);
    if (pull->asked == 0) /* heartbeats are counted from now */
        pull->heard_ns = now_ns;
    pull->asked += n;
    pull->expires_ns = now_ns + EXPIRES_NS;
}

void pull_tick(struct pull *pull, unsigned held, unsigned window, uint64_t now_ns)
{
    if (!link_is_up(pull->link))
        return;
    if (pull->look_sent ? now_ns - pull->look_sent > LOOK_LATE_NS : now_ns - pull->looked_ns > LOOK_NS)
        look(pull, now_ns);
    if (pull->asked > 0 && (now_ns - pull->heard_ns > SILENCE_NS || now_ns > pull->expires_ns + SILENCE_NS)) {
        STATS_COUNT(pulls_lost);
        pull->asked = 0;
        if (!pull->look_sent)
            look(pull, now_ns);
    }
    if (now_ns < pull->not_before || !pull->is_there)
        return;
    unsigned taken = held + pull->asked, room = window > taken ? window - taken : 0;
    /* A request costs the consumer's leader as much as some documents do: so a quarter of the window at once. */
    if (room > 0 && (pull->asked == 0 || room >= window / 4))
        ask(pull, room, now_ns);
}

void pull_delivered(struct pull *pull, uint64_t now_ns)
{
    pull->heard_ns = now_ns;
    if (pull->asked > 0)
        pull->asked--;
}

/* ---- The consumer itself ----------------------------------------------------------------------------------------- */

static void tell_absence(struct pull *pull, const char *why)
{
    pull->is_there = 0;
    STATS_SET(consumer_there, 0);
    if (!pull->was_told)
        td_log(TD_LOG_WARN, "nats.consumer", TD_STR("stream", pull->options->stream),
               TD_STR("consumer", pull->options->consumer), TD_STR("reason", why), TD_STR("action", "ask again"));
    pull->was_told = 1;
}

static void take_info(struct pull *pull, json_t *info, int was_made)
{
    json_t *config = json_object_get(info, "config");
    long long wait = json_integer_value(json_object_get(config, "ack_wait")) / 1000000;

    STATS_SET(lag_documents, (uint64_t)json_integer_value(json_object_get(info, "num_pending")));
    STATS_SET(unacknowledged_documents, (uint64_t)json_integer_value(json_object_get(info, "num_ack_pending")));
    STATS_SET(consumer_there, 1);
    if (wait > 0 && wait < UINT32_MAX)
        pull->ack_wait_ms = (uint32_t)wait;
    if (was_made) {
        STATS_COUNT(consumers_made);
        pull->asked = 0; /* that was of the one before */
    }
    if (!pull->is_there)
        td_log(TD_LOG_INFO, "nats.consumer", TD_STR("stream", pull->options->stream),
               TD_STR("consumer", pull->options->consumer), TD_STR("action", was_made ? "made" : "bound"),
               TD_INT("ack_wait_ms", pull->ack_wait_ms));
    pull->is_there = 1;
    pull->was_told = 0;
}

/* The answer to a look, or to the making. */
static void take_answer(struct pull *pull, natsMsg *msg, int was_made)
{
    json_t *answer = json_loadb(natsMsg_GetData(msg), (size_t)natsMsg_GetDataLength(msg), 0, NULL);
    json_t *error = json_object_get(answer, "error");
    json_int_t code = json_integer_value(json_object_get(error, "err_code"));
    const char *words = json_string_value(json_object_get(error, "description"));

    pull->look_sent = 0;
    if (answer && !error && json_object_get(answer, "config"))
        take_info(pull, answer, was_made);
    else if (code == JSConsumerNotFoundErr && !was_made)
        make(pull); /* the answer comes as this one did */
    else if (error)
        tell_absence(pull, words ? words : "the server refuses");
    /* Anything else (nobody answers for JetStream now, a leader is chosen) says nothing of the consumer. */
    json_decref(answer);
}

void pull_told(struct pull *pull, natsMsg *msg, uint64_t now_ns)
{
    const char *word = strrchr(natsMsg_GetSubject(msg), '.'), *status = form_header(msg, "Status"), *left;

    word = word ? word + 1 : "";
    if (strcmp(word, "look") == 0 || strcmp(word, "make") == 0) {
        if (status) /* 503: nobody is there who knows */
            pull->look_sent = 0;
        else
            take_answer(pull, msg, word[0] == 'm');
        return;
    }
    if (!status)
        return;
    long code = strtol(status, NULL, 10);
    pull->heard_ns = now_ns;
    if (code == 100) /* a heartbeat */
        return;
    /* A request is over. Where the server says how many it still owed, others' documents are still to come. */
    left = form_header(msg, "Nats-Pending-Messages");
    unsigned n = left ? (unsigned)strtoul(left, NULL, 10) : pull->asked;
    pull->asked = n < pull->asked ? pull->asked - n : 0;
    if (code == 404 || code == 408) /* nothing there, or nothing more: ask for the consumer, then again */
        return;
    /* 409: the consumer was deleted, or its leader has changed, or too many requests wait; 503: nobody takes requests. */
    pull->not_before = now_ns + 100 * MS;
    pull->asked = 0;
    if (!pull->look_sent && now_ns - pull->looked_ns > 200 * MS)
        look(pull, now_ns);
}
