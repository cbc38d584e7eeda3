/* worker.h: a worker process as the supervisor sees it: spawned, ready, leaving, gone. It knows how to start one,
 * talk to it, look at its scoreboard and bury it; what that means for documents is supervise.c's. */
#ifndef TD_FLEET_WORKER_H
#define TD_FLEET_WORKER_H

#include <stdint.h>
#include <sys/queue.h>

#include <uv.h>

#include "common/err.h"
#include "common/states.h"
#include "daemon/both/catalogue.h"
#include "daemon/both/ring.h"
#include "daemon/fleet/channel.h"
#include "daemon/fleet/footprint.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/fleet/worker_log.h"
#include "daemon/net/doc.h"
#include "daemon/both/frames.h"
#include "daemon/both/process.h"
#include "daemon/both/setup.h"
#include "daemon/config/config.h"

/* STARTING: loads its plugins. READY: takes documents. FINISHING: takes no more, and goes when it is done with those that it
 * has. LEAVING: was told to go, or has been killed. GONE: exited, and all that it had sent was read. */
#define TD_WORKER_STATES(X) \
    X(STARTING, "starting", TD_TO(TD_WORKER_READY) | TD_TO(TD_WORKER_LEAVING) | TD_TO(TD_WORKER_GONE)) \
    X(READY, "ready", TD_TO(TD_WORKER_FINISHING) | TD_TO(TD_WORKER_LEAVING) | TD_TO(TD_WORKER_GONE)) \
    X(FINISHING, "finishing", TD_TO(TD_WORKER_LEAVING) | TD_TO(TD_WORKER_GONE)) \
    X(LEAVING, "leaving", TD_TO(TD_WORKER_GONE)) \
    X(GONE, "gone", 0)

enum td_worker_state {
#define X(name, text, to) TD_WORKER_##name,
    TD_WORKER_STATES(X)
#undef X
};

/* Why we killed a worker; NOT: we didn't. STALLED: it was stopped, or has stopped reading. CHANNEL: it sent nonsense.
 * SILENT: it closed its channel and stayed. */
enum td_kill_reason {
    TD_KILL_NOT,
    TD_KILL_START,
    TD_KILL_TIMEOUT,
    TD_KILL_UNWANTED,
    TD_KILL_STALLED,
    TD_KILL_CHANNEL,
    TD_KILL_SILENT,
    TD_KILL_RING, /* what was in its ring is none of its own: nobody knows whose doing that was */
    TD_KILL_STOP
};

struct td_worker;

LIST_HEAD(td_worker_list, td_worker);

/* What a worker's owner is told. */
struct td_worker_events {
    /* The plugins are loaded; `catalogue` is READY's body. */
    void (*ready)(void *data, struct td_worker *worker, const void *catalogue, size_t length);
    /* It would not start; `why` says whether another try may succeed (TD_E_SYSTEM). It exits by itself. */
    void (*refused)(void *data, struct td_worker *worker, const struct td_err *why);
    /* A document is done; the parts of its reply are such as a client can be sent (done.h). */
    void (*done)(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body);
    /* It is GONE; worker->docs are the documents that it had. It is freed when this returns. */
    void (*gone)(void *data, struct td_worker *worker);
    /* The watch timer has fired. */
    void (*watch)(void *data, struct td_worker *worker);
    /* What is the plugin's name? "" for an index that there isn't. */
    const char *(*plugin_name)(void *data, uint32_t index);
};

struct td_worker {
    uint32_t slot, generation;
    uint64_t plugins; /* that it has opened, a bit each: it may speak of no others */
    enum td_worker_state state;
    const struct td_worker_events *events;
    void *data;
    struct td_spawned process; /* its pid is 0 until the parent has told it */
    uv_timer_t watch, grave;   /* grave: from the channel's end to the exit, or SIGKILL */
    struct td_channel channel;
    struct td_worker_log log;
    struct td_footprint footprint;
    struct td_scoreboard *board;
    struct td_ring_reader ring;
    uint32_t n_by_socket; /* replies that came by the channel */
    uint64_t waits_at; /* what stands there in the ring, counted from 1, waits for one that comes by the channel; 0 */
    uint64_t woken;    /* the slumber that it has ended last */
    int is_ring_lost;  /* a plugin has scribbled over it: no more is taken */
    struct td_doc_list docs;    /* in the order in which it runs them */
    LIST_ENTRY(td_worker) busy; /* its owner's list of those that have some */
    uint64_t held_bytes;        /* of their texts */
    uint64_t sequence;          /* of the last one sent */
    uint64_t n_done;
    uint64_t spawned_ns, ready_ns;
    uint64_t head_since_ns;              /* when the first of docs became the first */
    uint64_t sampled_ns, sampled_cpu_ns; /* a look at its processor time while a plugin was over half its limit */
    uint64_t sampled_sequence;           /* for which document */
    uint64_t unwanted_since_ns;          /* when the first of docs became unwanted while it ran; 0: it is wanted */
    enum td_kill_reason killed_for;
    uint64_t guilty_sequence; /* of the document that it was killed for; 0: whichever it was at */
    uint32_t guilty_plugin;   /* TD_KILL_TIMEOUT: the one that was over its limit */
    int is_set_up;            /* else no plugin was near it */
    int is_born, has_exited, open_handles;
    int was_told_to_go; /* by us, in peace: it did not die */
    int is_large;       /* that was why */
    int exit_status;    /* when it has exited; of exit */
    int exit_signal;    /* that it died of, or 0 */
    int is_untold;      /* that is a guess: see note_exit */
};

/* A copy of what a worker says of itself, checked: a plugin index that it can't have is TD_NO_PLUGIN. */
struct td_worker_place {
    uint64_t sequence, since_ns;
    uint32_t plugin;
    enum td_phase phase;
};

/* Who it will be: its number and its generation's, the pool (NULL: the one that there is without any), its plugins, whether its replies may
 * come by a ring. */
struct td_worker_who {
    uint32_t slot, generation;
    const char *pool;
    uint64_t plugins;
    int has_ring;
};

/* Asks the parent for a worker and sends SETUP (borrowed), which it finds when it comes. It is STARTING; events
 * follow. When there can't be one more process, `gone` follows, and process.error says why. */
int td_worker_spawn(struct td_worker **worker, uv_loop_t *loop, const struct td_worker_who *who,
                    const struct td_setup_parcel *setup, size_t largest_reply, const struct td_worker_events *events,
                    void *data, struct td_err *err);

/* The same without SETUP, for which the worker waits: its process is made while the plugins' files are still being
 * copied. */
int td_worker_hire(struct td_worker **worker, uv_loop_t *loop, const struct td_worker_who *who, size_t largest_reply,
                   const struct td_worker_events *events, void *data, struct td_err *err);

/* Sends it SETUP, once, and says which plugins that is about. TD_E_SYSTEM: it must be killed. */
int td_worker_set_up(struct td_worker *worker, uint64_t plugins, const struct td_setup_parcel *setup,
                     struct td_err *err);

/* Where it is. */
struct td_worker_place td_worker_where(const struct td_worker *worker);

/* What the kernel says of its process: memory, processor time, state. All zero before its pid is known, and where there is no
 * /proc. */
struct td_process td_worker_look(struct td_worker *worker);

/* Its proportional share of memory (footprint.h) as it was a second ago, or when somebody asked last; 0: not known
 * yet. */
uint64_t td_worker_pss(struct td_worker *worker);

/* Whether a reply is in the ring that td_worker_take would take. */
int td_worker_has_reply(const struct td_worker *worker);

/* Takes the replies that are in the ring. */
void td_worker_take(struct td_worker *worker);

/* Takes all that it has sent, by either way, up to now. */
void td_worker_drain(struct td_worker *worker);

/* The sequence of the document at which it crashed, by the crash's own account; 0: there is none. */
uint64_t td_worker_crashed_at(const struct td_worker *worker);

/* Fires events->watch in `ns` from now, unless an earlier one is set. */
void td_worker_watch_in(struct td_worker *worker, uint64_t ns);

/* Lets it write down where it is and die of that (SIGQUIT), since `plugin` was over its limit at this document; the watch timer
 * fires when it doesn't, in `grace_ns`. It may be at another document by then. */
void td_worker_ask_where(struct td_worker *worker, uint64_t sequence, uint32_t plugin, uint64_t grace_ns);

/* SIGKILL. It is LEAVING; `gone` follows. One that is dead already keeps the death that it died. */
void td_worker_kill(struct td_worker *worker, enum td_kill_reason reason);

/* A READY worker takes no more documents; it goes when it is done with those that it has: its input is closed, it exits when
 * its plugins' instances are destroyed, or is killed after a while. Nothing for any other state: one that is STARTING has
 * nothing to finish, is new anyway, and must become READY. */
void td_worker_finish(struct td_worker *worker);

/* It has given back a document: a FINISHING one goes when that was its last. */
void td_worker_relieve(struct td_worker *worker);

/* Which plugin it is in with the document of that sequence; TD_NO_PLUGIN when it isn't at it, or in none. */
uint32_t td_worker_plugin_at(const struct td_worker *worker, uint64_t sequence);

/* Whether it has that plugin: what it says of another is nobody's word. */
static inline int td_worker_has(const struct td_worker *worker, uint32_t plugin)
{
    return plugin < TD_MAX_PLUGINS && (worker->plugins >> plugin & 1);
}

const char *td_worker_state_name(enum td_worker_state state);

/* What a plugin's crash left behind: "fault+0x1139 fault+0x1180", the address in the library's file of the instruction and
 * of its callers; "" when there is nothing. `config`: its generation's. */
const char *td_worker_panic(const struct td_worker *worker, const struct td_config *config, char *words, size_t size);

/* The system call that a GONE worker was ended for, "socket()"; "" when it wasn't for any. */
const char *td_worker_denied(const struct td_worker *worker, char *words, size_t size);

/* The plugin in whose code a GONE worker's fatal signal was raised, by whichever thread; TD_NO_PLUGIN. */
uint32_t td_worker_crashed_in(const struct td_worker *worker);

/* "signal SIGSEGV", "exit code 1", "it tried socket(), which it has no grant for": how a GONE worker went. */
const char *td_worker_death(const struct td_worker *worker, char *words, size_t size);

#endif
