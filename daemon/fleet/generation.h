/* generation.h: a set of plugins, made whole and then immutable: the catalogue, the plans of the pipelines, and the
 * workers that have it loaded, in pools (pool.h). Reload makes the next one beside it. It keeps its slots filled with
 * live workers; what becomes of documents is dispatch.c's. */
#ifndef TD_GENERATION_H
#define TD_GENERATION_H

#include <uv.h>

#include "common/mp_buf.h"
#include "daemon/both/catalogue.h"
#include "daemon/config/config.h"
#include "daemon/fleet/plan.h"
#include "daemon/fleet/plugin_files.h"
#include "daemon/fleet/pool.h"
#include "daemon/fleet/worker.h"

#define TD_MAX_WORKERS TD_MOST_WORKERS
#define TD_MAX_PIPELINES 64

/* STARTING: not all slots have been ready yet. SERVING: all were. MENDING: a plugin that may be left out, or of
 * which there is a copy that has served, was at fault; when the workers that had it are gone, it is STARTING without
 * it, or with the copy. FAILED: they never will be, and `failure` says why. LEAVING: its workers have been told to
 * go, when they are done with what they hold. LEFT: the last of them is gone. */
#define TD_GENERATION_STATES(X) \
    X(STARTING, "starting", \
      TD_TO(TD_GENERATION_SERVING) | TD_TO(TD_GENERATION_MENDING) | TD_TO(TD_GENERATION_FAILED) | \
          TD_TO(TD_GENERATION_LEAVING)) \
    X(SERVING, "serving", TD_TO(TD_GENERATION_LEAVING)) \
    X(MENDING, "mending", TD_TO(TD_GENERATION_STARTING) | TD_TO(TD_GENERATION_FAILED) | TD_TO(TD_GENERATION_LEAVING)) \
    X(FAILED, "failed", TD_TO(TD_GENERATION_LEFT)) \
    X(LEAVING, "leaving", TD_TO(TD_GENERATION_LEFT)) \
    X(LEFT, "left", 0)

enum td_generation_state {
#define X(name, text, to) TD_GENERATION_##name,
    TD_GENERATION_STATES(X)
#undef X
};

struct td_generation;

/* See td_generation_health. `until_ns`: of a suspension. `denied`: see td_health; of the first pool in which something was. */
struct td_health_summary {
    enum td_health_state state;
    uint64_t crashes, timeouts, until_ns;
    const char *denied;
};

/* What its owner is told at once, since it concerns documents. What becomes of the generation itself its owner sees by the
 * state, at the end of a turn: no set of plugins is switched, judged or freed under a worker's frame. */
struct td_generation_events {
    /* See struct td_worker_events; `lost` is `gone`, of a worker that had been ready. */
    void (*done)(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body);
    void (*lost)(void *data, struct td_worker *worker);
    void (*watch)(void *data, struct td_worker *worker);
    /* An optional plugin can't be loaded, and is left out. */
    void (*left_out)(void *data, const struct td_generation *generation, const struct td_config_left_out *plugin);
    /* Plugin `index` can't be loaded. A copy that has served and that stands in for it, the generation's now; or
     * NULL. The callback itself may be NULL, too. */
    struct td_snapshot *(*last_good)(void *data, const struct td_generation *generation, uint32_t index,
                                     const struct td_err *why);
    /* A worker is gone, whether it had been ready or not; before `lost`. May be NULL. */
    void (*gone)(void *data, const struct td_worker *worker);
};

struct td_slot_events; /* slots.h */

struct td_slot {
    struct td_generation *generation;
    struct td_pool *pool;
    struct td_worker *worker; /* NULL between a death and the respawn */
    uv_timer_t respawn;
    uint32_t early_deaths; /* in a row, before a document was given */
};

struct td_generation {
    uint32_t number;
    enum td_generation_state state;
    uv_loop_t *loop;
    struct td_config config;
    struct td_plugin_files files; /* of config.plugins */
    const struct td_generation_events *events;
    void *data;
    const struct td_slot_events *slot_events;
    struct td_pool *pools; /* the default pool, and config.pools */
    uint32_t n_pools;
    struct td_catalogue catalogue;                /* of all of them; empty until each has told its own */
    struct td_plan plans[TD_MAX_PIPELINES];       /* of config.pipelines */
    struct td_slot slots[TD_MAX_WORKERS];         /* one pool's behind the other's */
    struct td_plugin_stats stats[TD_MAX_PLUGINS]; /* of workers that are gone, and of the generation before */
    struct td_confinement confinement;            /* of the first worker that was ready */
    int is_confinement_told;
    uint64_t started_ns;
    uint32_t n_slots, n_timers, n_alive;
    uint32_t n_outside_kills; /* of workers while it was STARTING */
    uint64_t oom_kills;       /* of our control group, when the latest worker was spawned */
    struct td_err failure;    /* TD_OK, or why it could not be started */
    struct {
        uint32_t plugin;          /* that will be left out (TD_NO_PLUGIN: all whose files can't be used), */
        struct td_snapshot *copy; /* unless there is a copy of it that has served */
        struct td_err why;
    } mend; /* while MENDING */
};

/* Asks for the workers; SERVING follows, or a `failure`, also when no process can be made. A plugin that can't be loaded is replaced by a copy that has
 * served, if there is one, or left out, if it is optional, and all is made again like that; config.plugins are those
 * that are loaded. Takes *config and *files over, also when it fails. TD_E_SYSTEM: there isn't what it
 * takes to ask (memory, descriptors); TD_E_CONFIG: no plugin is left; then *generation is NULL. */
int td_generation_start(struct td_generation **generation, uint32_t number, uv_loop_t *loop, struct td_config *config,
                        struct td_plugin_files *files, const struct td_generation_events *events, void *data,
                        struct td_err *err);

/* The same in two steps, for a start: the workers' processes are asked for, and made while *files are taken. Takes
 * *config over, unless it fails: TD_E_SYSTEM, there is no memory; then *generation is NULL. */
int td_generation_hire(struct td_generation **generation, uint32_t number, uv_loop_t *loop, struct td_config *config,
                       const struct td_generation_events *events, void *data, struct td_err *err);

/* Takes *files over, of generation->config's plugins, and sends the workers their set-up. Before the loop has run:
 * nothing was heard of them yet. What is wrong is its `failure`. One that isn't equipped is ended by
 * td_generation_leave. */
void td_generation_equip(struct td_generation *generation, struct td_plugin_files *files);

/* Lets the workers finish what they hold and go; with `now`, kills them. LEFT follows when the last one is gone. */
void td_generation_leave(struct td_generation *generation, int now);

/* Gives the slot a new worker: one that is READY finishes what it holds and goes, one that waits for its respawn is started
 * now, and one that is new or on its way out already needs nothing. Zero in that last case. */
int td_generation_replace(struct td_generation *generation, uint32_t slot);

/* Takes over what is known of the plugins that run in `before` with the same library. */
void td_generation_inherit(struct td_generation *generation, const struct td_generation *before);

/* What plugin `index` has done since it was loaded. */
struct td_plugin_stats td_generation_stats(const struct td_generation *generation, uint32_t index);

/* The generation that a worker belongs to, and the pool. */
struct td_generation *td_generation_of(const struct td_worker *worker);
struct td_pool *td_generation_pool_of(const struct td_worker *worker);

/* The pool's name for a line of the log; NULL where there is but one. */
const char *td_generation_pool_name(const struct td_worker *worker);

/* The health of plugin `index` as one who doesn't ask for a pool is told it: where it fares worst. Its deaths are those of
 * all pools. */
struct td_health_summary td_generation_health(const struct td_generation *generation, uint32_t index);

/* Frees one that has LEFT; the loop must still run, to let its handles go. */
void td_generation_free(struct td_generation *generation);

/* The plan of the pipeline of that name, or NULL. */
const struct td_plan *td_generation_pipeline(const struct td_generation *generation, const char *name, size_t length);

/* The time limit of plugin `index`. */
uint64_t td_generation_timeout_ns(const struct td_generation *generation, uint32_t index);

/* What an operator wants of plugin `index`: in all pools that have it. */
void td_generation_enable(struct td_generation *generation, uint32_t index);
void td_generation_disable(struct td_generation *generation, uint32_t index);

/* The name of plugin `index`; "" for TD_NO_PLUGIN. */
const char *td_generation_plugin_name(const struct td_generation *generation, uint32_t index);

/* Whether documents of that many bytes fit its workers. */
int td_generation_takes_bytes(const struct td_generation *generation, uint64_t bytes);

/* Workers that take documents now: all, and a pool's. */
uint32_t td_generation_n_ready(const struct td_generation *generation);
uint32_t td_generation_pool_n_ready(const struct td_generation *generation, const struct td_pool *pool);

const char *td_generation_state_name(enum td_generation_state state);

/* ---- Of the files that are a generation's own ---------------------------------------------------------------------- */

/* Changes its state, and logs that. */
void td_generation_enter(struct td_generation *generation, enum td_generation_state state);

/* Nothing of it runs any more, if so: LEFT. It stays until its owner has seen that. */
void td_generation_note_left(struct td_generation *generation);

/* A start must end, and a reload's change with it: when the system has refused a process for as long as one may take to
 * start, it is said to have failed. A generation that serves tries for ever, since what it has goes on meanwhile. */
int td_generation_gives_up(const struct td_generation *generation);

#endif
