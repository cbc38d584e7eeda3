/* server.h: the supervisor, whole: what each stop on a document's way works on. One loop, one thread; nothing here is
 * shared with anybody. The stops are frontend.c (frames in), admission.c (may it come in), queue.c, dispatch.c (to a
 * worker and back) and reply.c (what is said); server.c starts and stops them all. */
#ifndef TD_SERVER_H
#define TD_SERVER_H

#include <uv.h>

#include "common/mp_buf.h"
#include "daemon/operator/canary.h"
#include "daemon/config/config.h"
#include "daemon/documents/deadlines.h"
#include "daemon/net/doc.h"
#include "daemon/operator/events.h"
#include "daemon/net/frontend.h"
#include "daemon/fleet/generation.h"
#include "daemon/operator/notify.h"
#include "daemon/documents/queue.h"
#include "daemon/operator/reload.h"
#include "daemon/operator/watch.h"
#include "daemon/net/zloop.h"

/* STARTING: the first generation is being made. SERVING. DRAINING: no more documents are taken, those that are in get
 * their replies. STOPPING: workers and sockets are being closed. */
#define TD_SERVER_STATES(X) \
    X(STARTING, "starting") X(SERVING, "serving") X(DRAINING, "draining") X(STOPPING, "stopping")

enum td_server_state {
#define X(name, text) TD_SERVER_##name,
    TD_SERVER_STATES(X)
#undef X
};

/* Counted since the start. X(name) */
#define TD_COUNTERS(X) \
    X(documents_accepted) \
    X(documents_answered) \
    X(documents_failed) \
    X(documents_dropped) \
    X(requests_refused) \
    X(documents_rerun) \
    X(workers_lost)

struct td_counters {
#define X(name) uint64_t name;
    TD_COUNTERS(X)
#undef X
};

struct td_server {
    uv_loop_t loop;
    void *zmq;
    struct td_settings set; /* of the configuration in effect; settings that need a restart are those of the start */
    const struct td_config_flags *flags;
    const char *model_dir;
    enum td_server_state state;
    uint64_t started_ns;
    int exit_code;
    int stays;                         /* when it has drained, until it is told to stop */
    struct td_doc_list drain_requests; /* of operators, to be answered when it has */

    struct td_zloop zloop;
    struct td_frontend data;    /* the clients' socket */
    struct td_frontend control; /* the operator's */
    struct td_events events;
    struct td_doc_pool pool;
    struct td_queue queue;
    struct td_deadlines deadlines;
    struct td_generation *generation; /* serves */
    struct td_generation *next;       /* is being made, or tried; else NULL */
    struct td_generation *old;        /* finishes what it holds; else NULL */
    struct td_reload reload;
    struct td_canary canary;
    struct td_watch watch;
    struct td_notify notify;

    uint32_t n_documents; /* accepted and not yet answered */
    uint64_t held_bytes;  /* of all requests that are held */
    uint64_t oom_kills;   /* of our control group, as last seen */
    uint64_t mean_run_ns; /* of the latest documents, for retry_after_ms */
    struct td_counters count;
    struct td_buf scratch; /* for a reply's parts */

    uv_timer_t deadline_timer, unsent_timer, grace_timer, chores_timer, watchdog_timer;
    uv_signal_t sigterm, sigint, sighup;
};

/* Runs until it is told to stop. Returns the process's exit code. Takes *config over; `flags` are what it was loaded with,
 * and are used again when it is reloaded. */
int td_server_run(struct td_server *server, struct td_config *config, const struct td_config_flags *flags,
                  const char *model_dir);

/* Takes no more documents and answers those that are in; then it stops, unless it `stays`. A second call stops at once. */
void td_server_drain(struct td_server *server, const char *why, int stays);

/* Answers what is still there with SHUTTING_DOWN and stops. */
void td_server_stop(struct td_server *server);

/* Runs with the settings of this configuration from now on, as far as that needs no restart. */
void td_server_adopt(struct td_server *server, const struct td_config *config);

/* One of the generations is no more: what waited for that goes on. */
void td_server_generation_gone(struct td_server *server);

/* What every generation of this server tells it; its data is the server. */
extern const struct td_generation_events td_server_generation_events;

const char *td_server_state_name(enum td_server_state state);

#endif
