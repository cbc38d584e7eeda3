/* server.h: the supervisor, whole: the wiring of the rooms. One loop, one thread; nothing here is shared with anybody. */
#ifndef TD_SERVER_H
#define TD_SERVER_H

#include <uv.h>

#include "common/states.h"
#include "daemon/config/config.h"
#include "daemon/documents/documents.h"
#include "daemon/fleet/keeper.h"
#include "daemon/fleet/lineup.h"
#include "daemon/fleet/pipe.h"
#include "daemon/net/zloop.h"
#include "daemon/http/http.h"
#include "daemon/operator/control.h"
#include "daemon/operator/reload.h"
#include "daemon/operator/watch.h"
#include "daemon/sockets.h"

/* STARTING: the first generation is being made; endpoints are bound and not yet read. SERVING. DRAINING: no more documents are
 * taken, those that are in get their replies; then it stops, unless it `stays`. STOPPING: every document has its reply,
 * workers are leaving; operators and clients are still answered. CLOSED: nothing is read any more. */
#define TD_SERVER_STATES(X) \
    X(STARTING, "starting", TD_TO(TD_SERVER_SERVING) | TD_TO(TD_SERVER_STOPPING)) \
    X(SERVING, "serving", TD_TO(TD_SERVER_DRAINING) | TD_TO(TD_SERVER_STOPPING)) \
    X(DRAINING, "draining", TD_TO(TD_SERVER_STOPPING)) \
    X(STOPPING, "stopping", TD_TO(TD_SERVER_CLOSED)) \
    X(CLOSED, "closed", 0)

enum td_server_state {
#define X(name, text, to) TD_SERVER_##name,
    TD_SERVER_STATES(X)
#undef X
};

struct td_server {
    uv_loop_t loop;
    enum td_server_state state;
    uint64_t started_ns;
    int exit_code;
    int stays;   /* when it has drained, until it is told to stop */
    int is_deaf; /* the service manager was told that clients don't get in */

    struct td_zloop zloop;
    struct td_sockets sockets;
    struct td_control control;
    struct td_lineup lineup;
    struct td_keeper keeper;
    struct td_pipe pipe;
    struct td_documents docs;
    struct td_reload reload;
    struct td_watch watch;
    struct td_http http;
    struct td_crew *crew; /* while it starts */

    uint64_t given_back_after; /* so many documents, free memory was given back to the kernel */
    uv_timer_t unsent_timer, grace_timer, chores_timer, watchdog_timer, log_timer;
};

/* Runs until it is told to stop. Returns the process's exit code. Takes *config over; `flags` are what it was loaded with,
 * and are used again when it is reloaded. */
int td_server_run(struct td_server *server, struct td_config *config, const struct td_config_flags *flags,
                  const char *model_dir);

#endif
