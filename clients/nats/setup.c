/* setup.c: see setup.h. Speaks the API's JSON itself: what the server made of a configuration is compared field by field
 * with what it was sent. nats-server 2.9 drops what it doesn't know without a word, and libnats' structs would hide that. */
#include "clients/nats/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "clients/nats/link.h"
#include "clients/nats/pull.h"

#define DIFFERS 1
#define UNAVAILABLE 69
#define CONFIG_EXIT 78
#define TRIES 30 /* of a second: while a leader is chosen, nobody answers */
#define LOOK_AGAIN_MS 1000

struct setup {
    struct link link;
    const struct options *options;
    unsigned differences;
};

/* The answer as JSON; NULL: none came, which is said. */
static json_t *call(struct setup *s, const char *subject, const char *body)
{
    natsMsg *msg = NULL;
    natsStatus status = NATS_OK;

    for (int i = 0; i < TRIES; i++) {
        status = natsConnection_RequestString(&msg, s->link.connection, subject, body, 1000);
        if (status != NATS_TIMEOUT)
            break;
    }
    if (status != NATS_OK) {
        fprintf(stderr, "textd-nats: %s: %s%s\n", subject, natsStatus_GetText(status),
                status == NATS_NO_RESPONDERS ? " (is JetStream on, and for this account?)" : "");
        return NULL;
    }
    json_t *answer = json_loadb(natsMsg_GetData(msg), (size_t)natsMsg_GetDataLength(msg), 0, NULL);
    natsMsg_Destroy(msg);
    if (!answer)
        fprintf(stderr, "textd-nats: %s: the answer is no JSON\n", subject);
    return answer;
}

static const char *error_of(const json_t *answer, json_int_t *code)
{
    json_t *error = json_object_get(answer, "error");
    const char *words = json_string_value(json_object_get(error, "description"));

    *code = json_integer_value(json_object_get(error, "err_code"));
    return error ? words ? words : "refused" : NULL;
}

/* What the server leaves out means its zero. */
static int is_zero(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) ||
           (json_is_integer(value) && !json_integer_value(value)) ||
           (json_is_array(value) && !json_array_size(value)) || (json_is_string(value) && !json_string_length(value));
}

static unsigned compare(const char *what, json_t *wanted, json_t *found)
{
    const char *key;
    json_t *value;
    unsigned n = 0;

    json_object_foreach(wanted, key, value)
    {
        json_t *is = json_object_get(found, key);
        if (json_equal(value, is) || (is_zero(value) && is_zero(is)))
            continue;
        char *should = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        char *has = is ? json_dumps(is, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        printf("%s: %s is %s, and should be %s\n", what, key, has ? has : "not there", should ? should : "?");
        free(should);
        free(has);
        n++;
    }
    return n;
}

struct thing {
    char what[160];
    char info[LINK_SUBJECT_BYTES], create[LINK_SUBJECT_BYTES], update[LINK_SUBJECT_BYTES];
    json_t *config, *create_body; /* the second differs for consumers */
    json_int_t missing;           /* the error's code that says so */
};

static char *body_of(const struct thing *t)
{
    return json_dumps(t->create_body ? t->create_body : t->config, JSON_COMPACT);
}

/* Creates it, or updates it. 0, or an exit code. */
static int write_it(struct setup *s, const struct thing *t, const char *subject, const char *done)
{
    char *body = body_of(t);
    json_t *answer = body ? call(s, subject, body) : NULL;
    json_int_t code;
    const char *wrong = answer ? error_of(answer, &code) : NULL;

    free(body);
    if (wrong)
        printf("%s: can't be %s: %s\n", t->what, done, wrong);
    else if (answer)
        printf("%s: %s\n", t->what, done);
    s->differences += wrong != NULL;
    json_decref(answer);
    return answer ? 0 : UNAVAILABLE;
}

static int set_up(struct setup *s, const struct thing *t)
{
    json_int_t code = 0;
    json_t *answer = call(s, t->info, "");
    const char *wrong = answer ? error_of(answer, &code) : NULL;
    unsigned before = s->differences;
    int rc = 0, is_new = 0;

    if (!answer)
        return UNAVAILABLE;
    if (wrong && code != t->missing) {
        printf("%s: %s\n", t->what, wrong);
        s->differences++;
        json_decref(answer);
        return 0;
    }
    if (wrong && s->options->check) {
        printf("%s: is not there\n", t->what);
        s->differences++;
        json_decref(answer);
        return 0;
    }
    if (wrong) {
        rc = write_it(s, t, t->create, "made");
        is_new = 1;
    } else if (s->options->update && compare(t->what, t->config, json_object_get(answer, "config")) > 0) {
        rc = write_it(s, t, t->update, "changed");
        is_new = 1;
    }
    if (is_new && rc == 0 && s->differences == before) { /* read back what it is now */
        json_decref(answer);
        answer = call(s, t->info, "");
        rc = answer ? 0 : UNAVAILABLE;
    }
    if (rc == 0 && s->differences == before)
        s->differences += compare(t->what, t->config, json_object_get(answer, "config"));
    if (rc == 0 && s->differences == before && !is_new)
        printf("%s: as it should be\n", t->what);
    json_decref(answer);
    return rc;
}

static int set_up_stream(struct setup *s, const char *name, const char *retention, const char *words)
{
    const struct options *o = s->options;
    struct thing t = { .missing = JSStreamNotFoundErr };
    char all[OPTIONS_NAME_BYTES + 2];

    snprintf(all, sizeof all, "%s.>", name);
    snprintf(t.what, sizeof t.what, "stream %s", name);
    snprintf(t.info, sizeof t.info, "$JS.API.STREAM.INFO.%s", name);
    snprintf(t.create, sizeof t.create, "$JS.API.STREAM.CREATE.%s", name);
    snprintf(t.update, sizeof t.update, "$JS.API.STREAM.UPDATE.%s", name);
    /* discard new: whoever publishes into a full stream is told so and tries again. With old, documents or results would
     * vanish, oldest first. */
    t.config = json_pack("{s:s, s:s, s:[s,s], s:s, s:s, s:s, s:i, s:I, s:i, s:i, s:i, s:I}", "name", name,
                         "description", words, "subjects", name, all, "retention", retention, "storage", o->storage,
                         "discard", "new", "num_replicas", (int)o->replicas, "duplicate_window",
                         (json_int_t)o->duplicates_ms * 1000000, "max_msgs", -1, "max_age", 0, "max_msg_size", -1,
                         "max_bytes", o->max_bytes ? (json_int_t)o->max_bytes : (json_int_t)-1);
    int rc = t.config ? set_up(s, &t) : CONFIG_EXIT;
    json_decref(t.config);
    return rc;
}

static int set_up_consumer(struct setup *s)
{
    const struct options *o = s->options;
    struct thing t = { .missing = JSConsumerNotFoundErr };
    char *body = pull_consumer_config(o);

    snprintf(t.what, sizeof t.what, "consumer %.60s of %.60s", o->consumer, o->stream);
    snprintf(t.info, sizeof t.info, "$JS.API.CONSUMER.INFO.%s.%s", o->stream, o->consumer);
    snprintf(t.create, sizeof t.create, "$JS.API.CONSUMER.DURABLE.CREATE.%s.%s", o->stream, o->consumer);
    snprintf(t.update, sizeof t.update, "%s", t.create); /* the same request, in 2.9 */
    t.create_body = body ? json_loads(body, 0, NULL) : NULL;
    t.config = json_incref(json_object_get(t.create_body, "config"));
    free(body);
    int rc = t.config ? set_up(s, &t) : CONFIG_EXIT;
    json_decref(t.config);
    json_decref(t.create_body);
    return rc;
}

/* What their leaders say of the stream and of its consumer. */
struct look {
    json_int_t messages, first, wanted, floor;
};

/* The answer of a leader; NULL: there is none now, or nobody answers, which is said. A server alone has no word of
 * leaders. */
static json_t *ask_leader(struct setup *s, const char *subject)
{
    json_t *answer = call(s, subject, ""), *cluster = json_object_get(answer, "cluster");
    json_int_t code;

    if (answer && (error_of(answer, &code) || (cluster && is_zero(json_object_get(cluster, "leader"))))) {
        fprintf(stderr, "textd-nats: %s: it has no leader now\n", subject);
        json_decref(answer);
        answer = NULL;
    }
    return answer;
}

static int look(struct setup *s, struct look *look)
{
    const struct options *o = s->options;
    char subject[LINK_SUBJECT_BYTES];

    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.INFO.%s.%s", o->stream, o->consumer);
    json_t *consumer = ask_leader(s, subject);
    snprintf(subject, sizeof subject, "$JS.API.STREAM.INFO.%s", o->stream);
    json_t *stream = consumer ? ask_leader(s, subject) : NULL, *state = json_object_get(stream, "state");

    *look = (struct look) { .messages = json_integer_value(json_object_get(state, "messages")),
                            .first = json_integer_value(json_object_get(state, "first_seq")),
                            .wanted = json_integer_value(json_object_get(consumer, "num_pending")) +
                                      json_integer_value(json_object_get(consumer, "num_ack_pending")),
                            .floor = json_integer_value(
                                json_object_get(json_object_get(consumer, "ack_floor"), "stream_seq")) };
    int rc = consumer && stream ? 0 : UNAVAILABLE;
    json_decref(consumer);
    json_decref(stream);
    return rc;
}

/* All that the stream holds: the consumer is deleted and made again. */
static int deliver_again(struct setup *s)
{
    const struct options *o = s->options;
    char subject[LINK_SUBJECT_BYTES];
    json_int_t code = 0;

    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.DELETE.%s.%s", o->stream, o->consumer);
    json_t *answer = call(s, subject, "");
    const char *wrong = answer ? error_of(answer, &code) : NULL;
    if (wrong && code != JSConsumerNotFoundErr) {
        printf("consumer %s of %s: can't be deleted: %s\n", o->consumer, o->stream, wrong);
        s->differences++;
    }
    int rc = !answer ? UNAVAILABLE : s->differences ? 0 : set_up_consumer(s);
    json_decref(answer);
    return rc;
}

/* nats-server 2.9 may leave documents in a work queue that the consumer has as acknowledged: a replica that was away
 * while they were takes the consumer's state as a whole when it is back, and removes none. And after a partition the
 * consumer's numbers may be of other documents than those that the stream has there now: of 4,197 below its floor, 12
 * had never been delivered. Neither its floor nor num_pending tells which, so with --update none is removed: all are
 * delivered again, and the results' stream drops what it has. What is below the floor at two looks isn't just on its
 * way out. */
static int look_for_left(struct setup *s)
{
    const struct options *o = s->options;
    struct look before, now;
    int rc = look(s, &before);

    if (rc != 0 || before.messages == 0 || before.first > before.floor)
        return rc;
    nats_Sleep(LOOK_AGAIN_MS);
    rc = look(s, &now);
    if (rc != 0 || now.messages == 0 || now.first > before.floor)
        return rc;
    printf("stream %s: of %lld documents %lld are acknowledged and were not removed%s\n", o->stream,
           (long long)now.messages, (long long)(now.messages > now.wanted ? now.messages - now.wanted : 0),
           o->update ? ": all are delivered again" : "; --update has all delivered again");
    if (!o->update) {
        s->differences++;
        return 0;
    }
    return deliver_again(s);
}

/* By the account's own words: a server without a cluster takes one replica only. */
static int choose_replicas(struct setup *s, struct options *o)
{
    char **servers = NULL;
    int n = 0;

    if (o->replicas)
        return 0;
    natsConnection_GetServers(s->link.connection, &servers, &n);
    for (int i = 0; i < n; i++)
        free(servers[i]);
    free(servers);
    o->replicas = n >= 3 ? 3 : 1;
    printf("%d server%s known: %u replica%s of each stream (--replicas says it otherwise)\n", n, n == 1 ? "" : "s",
           o->replicas, o->replicas == 1 ? "" : "s");
    return 0;
}

int setup_run(const struct options *options)
{
    struct options o = *options;
    struct setup s = { .options = &o };
    struct mailbox *box = mailbox_open();
    char why[600] = "no descriptor can be had";
    int rc = CONFIG_EXIT;

    if (!box || link_open(&s.link, &o, box, why, sizeof why) != 0) {
        fprintf(stderr, "textd-nats: %s\n", why);
        goto close;
    }
    natsStatus status = link_connect(&s.link);
    if (status != NATS_OK) {
        fprintf(stderr, "textd-nats: %s: %s\n", o.servers[0], natsStatus_GetText(status));
        rc = UNAVAILABLE;
    } else {
        rc = choose_replicas(&s, &o);
        if (rc == 0)
            rc = set_up_stream(&s, o.stream, "workqueue", "documents for textd");
        if (rc == 0)
            rc = set_up_stream(&s, o.results, "limits", "what textd found");
        if (rc == 0)
            rc = set_up_stream(&s, o.dead, "limits", "documents that textd could not annotate");
        if (rc == 0)
            rc = set_up_consumer(&s);
        if (rc == 0 && s.differences == 0)
            rc = look_for_left(&s);
    }
close:
    link_close(&s.link);
    nats_CloseAndWait(2000);
    if (box)
        mailbox_close(box);
    return rc ? rc : s.differences ? DIFFERS : 0;
}
