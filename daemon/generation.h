/* generation.h: a set of plugins, made whole and then immutable: the catalogue, the plans of the pipelines, and the
 * workers that have it loaded. Reload makes the next one beside it. It keeps its slots filled with live workers;
 * what becomes of documents is dispatch.c's. */
#ifndef TD_GENERATION_H
#define TD_GENERATION_H

#include <uv.h>

#include "common/mp_buf.h"
#include "daemon/catalogue.h"
#include "daemon/config.h"
#include "daemon/plan.h"
#include "daemon/worker/setup.h"
#include "daemon/worker_handle.h"

#define TD_MAX_WORKERS 256
#define TD_MAX_PIPELINES 64

/* STARTING: no worker has been ready yet. SERVING: all slots have been ready once. FAILED: it never will be, and was
 * told so. LEAVING: its workers have been told to go. */
#define TD_GENERATION_STATES(X) X(STARTING, "starting") X(SERVING, "serving") X(FAILED, "failed") X(LEAVING, "leaving")

enum td_generation_state {
#define X(name, text) TD_GENERATION_##name,
    TD_GENERATION_STATES(X)
#undef X
};

struct td_generation;

struct td_generation_events {
    /* All workers are ready: it can serve. */
    void (*serving)(void *data, struct td_generation *generation);
    /* It can't be started; `left` follows when its workers are gone. */
    void (*failed)(void *data, struct td_generation *generation, const struct td_err *err);
    /* See struct td_worker_events; `lost` is `gone`, of a worker that had been ready. */
    void (*done)(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body);
    void (*lost)(void *data, struct td_worker *worker);
    void (*watch)(void *data, struct td_worker *worker);
    /* The last worker of a LEAVING or FAILED generation is gone. */
    void (*left)(void *data, struct td_generation *generation);
};

struct td_slot {
    struct td_generation *generation;
    struct td_worker *worker; /* NULL between a death and the respawn */
    uv_timer_t respawn;
    uint32_t early_deaths; /* in a row, before a document was given */
};

struct td_generation {
    uint32_t number;
    enum td_generation_state state;
    uv_loop_t *loop;
    const struct td_config *config;
    const char *model_dir;
    const struct td_generation_events *events;
    void *data;
    struct td_setup_plugin found[TD_MAX_PLUGINS]; /* the libraries, in the configuration's order */
    struct td_buf first_ready;                    /* READY of the first worker: the others must say the same */
    struct td_catalogue catalogue;
    struct td_plan plans[TD_MAX_PIPELINES]; /* of config->pipelines */
    struct td_slot slots[TD_MAX_WORKERS];
    uint32_t n_slots, n_alive;
    uint32_t n_ready_once; /* slots that have been ready */
    uint64_t n_respawns;
};

/* Finds the libraries and spawns the workers; `serving` or `failed` follows. TD_E_CONFIG: a library isn't there;
 * TD_E_SYSTEM: no process can be made. Then *generation is NULL. */
int td_generation_start(struct td_generation **generation, uint32_t number, uv_loop_t *loop,
                        const struct td_config *config, const char *model_dir, uint32_t n_workers,
                        const struct td_generation_events *events, void *data, struct td_err *err);

/* Lets the workers finish what they hold and go; with `now`, kills them. `left` follows when the last one is gone. */
void td_generation_leave(struct td_generation *generation, int now);

/* Frees it, after `left`; the loop must still run, to let its handles go. */
void td_generation_free(struct td_generation *generation);

/* The plan of the pipeline of that name, or NULL. */
const struct td_plan *td_generation_pipeline(const struct td_generation *generation, const char *name, size_t length);

/* The time limit of plugin `index`. */
uint64_t td_generation_timeout_ns(const struct td_generation *generation, uint32_t index);

/* Workers that take documents now. */
uint32_t td_generation_n_ready(const struct td_generation *generation);

const char *td_generation_state_name(enum td_generation_state state);

#endif
