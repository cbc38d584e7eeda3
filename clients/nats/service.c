/* service.c: see service.h. The forms are those of the types io.nats.micro.v1.*_response of NATS's ADR-32. */
#include "clients/nats/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <textd/version.h>

void service_init(struct service *service, struct link *link, const char *subject)
{
    struct timespec now;
    struct tm tm;

    *service = (struct service) { .link = link, .subject = subject };
    snprintf(service->id, sizeof service->id, "%.31s", strrchr(link->base, '.') + 1);
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(service->started, sizeof service->started, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

natsStatus service_listen(struct service *service)
{
    static const char *const verbs[] = { "PING", "INFO", "STATS" };
    char subject[LINK_SUBJECT_BYTES];
    natsStatus s = NATS_OK;

    if (!service->subject)
        return NATS_OK;
    for (int i = 0; i < 3 && s == NATS_OK; i++) {
        snprintf(subject, sizeof subject, "$SRV.%s", verbs[i]); /* everybody answers these: no queue group */
        s = link_serve(service->link, subject, NULL, MAIL_ASKED);
        snprintf(subject, sizeof subject, "$SRV.%s.%s", verbs[i], SERVICE_NAME);
        if (s == NATS_OK)
            s = link_serve(service->link, subject, NULL, MAIL_ASKED);
        snprintf(subject, sizeof subject, "$SRV.%s.%s.%s", verbs[i], SERVICE_NAME, service->id);
        if (s == NATS_OK)
            s = link_serve(service->link, subject, NULL, MAIL_ASKED);
    }
    return s == NATS_OK ? link_serve(service->link, service->subject, SERVICE_GROUP, MAIL_REQUEST) : s;
}

static json_t *endpoint(const struct service *service)
{
    return json_pack("{s:s, s:s, s:s, s:{}}", "name", "annotate", "subject", service->subject, "queue_group",
                     SERVICE_GROUP, "metadata");
}

static void add_stats(const struct service *service, json_t *answer)
{
    json_t *e = endpoint(service);
    uint64_t mean = service->requests ? service->time_ns / service->requests : 0;

    json_object_set_new(e, "num_requests", json_integer((json_int_t)service->requests));
    json_object_set_new(e, "num_errors", json_integer((json_int_t)service->errors));
    json_object_set_new(e, "last_error", json_string(service->last_error));
    json_object_set_new(e, "processing_time", json_integer((json_int_t)service->time_ns));
    json_object_set_new(e, "average_processing_time", json_integer((json_int_t)mean));
    json_object_set_new(answer, "endpoints", json_pack("[o]", e));
    json_object_set_new(answer, "started", json_string(service->started));
}

void service_answer(struct service *service, natsMsg *msg)
{
    const char *subject = natsMsg_GetSubject(msg) + strlen("$SRV."), *reply = natsMsg_GetReply(msg);
    char type[64];
    int is_info = strncmp(subject, "INFO", 4) == 0, is_stats = strncmp(subject, "STATS", 5) == 0;

    if (!reply)
        return;
    snprintf(type, sizeof type, "io.nats.micro.v1.%s_response", is_info ? "info" : is_stats ? "stats" : "ping");
    json_t *answer = json_pack("{s:s, s:s, s:s, s:s, s:{}}", "type", type, "name", SERVICE_NAME, "id", service->id,
                               "version", TEXTD_VERSION, "metadata");
    if (is_info) {
        json_object_set_new(answer, "description", json_string("annotates texts: docs/protocol.md has the form"));
        json_object_set_new(answer, "endpoints", json_pack("[o]", endpoint(service)));
    } else if (is_stats) {
        add_stats(service, answer);
    }
    char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
    if (text)
        link_send(service->link, reply, NULL, text, strlen(text));
    free(text);
    json_decref(answer);
}

void service_count(struct service *service, uint64_t took_ns, const char *error)
{
    service->requests++;
    service->time_ns += took_ns;
    if (!error)
        return;
    service->errors++;
    snprintf(service->last_error, sizeof service->last_error, "%s", error);
}
