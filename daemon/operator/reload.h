/* reload.h: changes to what runs: plugins loaded, unloaded and reloaded, the configuration read again. Each is a
 * transaction. The next generation of workers is made beside the one that serves: files are copied, plugins opened,
 * options, layers and self-tests checked. Only when all its workers are ready does dispatch switch, in one step; the old
 * generation finishes what it holds and goes. Any failure before that leaves everything as it was, and the one who asked
 * is told the reason.
 *
 * One change at a time, in the order in which they were asked for; and the next one begins when the old generation is
 * gone, so at most two generations are alive.
 *
 * This is the only place that changes the line-up, and it does so in td_reload_turn, at the end of a turn of the loop; only
 * the next generation is begun when its files are there. */
#ifndef TD_RELOAD_H
#define TD_RELOAD_H

#include <msgpack.h>
#include <uv.h>

#include "daemon/config/config.h"
#include "daemon/documents/documents.h"
#include "daemon/fleet/lineup.h"
#include "daemon/fleet/plugin_files.h"
#include "daemon/net/keyring.h"
#include "daemon/operator/canary.h"

/* X(kind, name of the operation) */
#define TD_CHANGE_KINDS(X) \
    X(CONFIG, "config.reload") \
    X(LOAD, "plugin.load") X(UNLOAD, "plugin.unload") X(RELOAD, "plugin.reload") X(ROLLBACK, "plugin.rollback")

enum td_change_kind {
#define X(kind, name) TD_CHANGE_##kind,
    TD_CHANGE_KINDS(X)
#undef X
};

struct td_reload;

struct td_change {
    struct td_change *next;
    enum td_change_kind kind;
    struct td_config_plugin plugin; /* LOAD; of the others only the name, and of RELOAD perhaps not even that */
    char **pipelines;               /* LOAD */
    uint32_t n_pipelines;
    const char *why;        /* who asked: "control socket", "SIGHUP" */
    struct td_doc *request; /* the operator's, who is answered; NULL: a signal */
    int wants_progress;
    /* It is made (TD_OK) or has failed; and how far it is. NULL: nobody wants to know. */
    void (*changed)(void *data, struct td_change *change, const struct td_err *err);
    void (*progress)(void *data, const struct td_change *change, const char *words);
    void *data;
    uint64_t begun_ns;
};

/* IDLE. FILES: a thread copies the plugins' files; it reads the configuration and the files of the generation that serves,
 * which therefore stays until it is done. STARTING: the next generation's workers load them. CANARY: they are tried with some
 * documents. Each may end in IDLE: the change is made, refused, or the server stops. */
#define TD_RELOAD_PHASES(X) \
    X(IDLE, "idle", TD_TO(TD_RELOAD_IDLE) | TD_TO(TD_RELOAD_FILES)) \
    X(FILES, "files", TD_TO(TD_RELOAD_STARTING) | TD_TO(TD_RELOAD_IDLE)) \
    X(STARTING, "starting", TD_TO(TD_RELOAD_CANARY) | TD_TO(TD_RELOAD_IDLE)) \
    X(CANARY, "canary", TD_TO(TD_RELOAD_IDLE))

enum td_reload_phase {
#define X(name, text, to) TD_RELOAD_##name,
    TD_RELOAD_PHASES(X)
#undef X
};

/* What became of the last change. */
struct td_reload_outcome {
    int64_t unix_ms; /* 0: there was none */
    const char *op;
    uint32_t generation; /* that serves since */
    uint64_t took_ms;
    struct td_err err; /* TD_OK: it succeeded */
};

/* What the reload tells its owner. */
struct td_reload_events {
    /* These settings are in effect from now on, as far as they need no restart; reload->keyring may be taken. */
    void (*adopt)(void *data, const struct td_config *config);
    /* Another generation serves. */
    void (*switched)(void *data);
};

struct td_reload {
    uv_loop_t *loop;
    struct td_lineup *lineup;
    struct td_documents *docs;
    const struct td_config_flags *flags; /* for reading the configuration again */
    const char *model_dir;
    const char *kept; /* the folder of copies that have served (fleet/last_good.h); "" or NULL: none */
    const struct td_generation_events *generation_events;
    const struct td_reload_events *events;
    void *data; /* of both */

    const char *closed; /* why no change is taken: "starting"; NULL: they are taken */
    int is_stopped;     /* no change is begun any more */
    enum td_reload_phase phase;
    struct td_change *first, *last; /* `first` is being made, unless IDLE */
    uint32_t n_changes;
    uint32_t last_number; /* of a generation */
    uv_work_t work;
    struct td_config config; /* while FILES: what the next generation will be */
    struct td_plugin_files files;
    struct td_keyring *keyring; /* of the next generation's configuration; NULL: it has none, or wasn't read again */
    struct td_err err;
    struct td_config started; /* the configuration of the start: its endpoints are those that are bound */
    uv_timer_t drain_timer;   /* for the old generation */
    struct td_canary canary;
    struct td_reload_outcome outcome;
    uint64_t n_done, n_failed;
    int64_t succeeded_unix_ms; /* when the last one did; 0: none has */
};

#define TD_MOST_CHANGES 64

/* Once, when the fields above `closed` are set: copies the configuration of the start. */
int td_reload_init(struct td_reload *reload, const struct td_config *config, struct td_err *err);

/* Asks for a change; takes it over, with its request, when it returns TD_OK. TD_E_OVERLOADED: too many are waiting;
 * TD_E_SHUTTING_DOWN. */
int td_reload_ask(struct td_reload *reload, struct td_change *change, struct td_err *err);

/* The same for a signal: nothing when such a change is waiting already, which will cover this one. */
void td_reload_config(struct td_reload *reload, const char *why);

/* At the end of a turn: goes on with what is ready, refused, judged or gone. */
void td_reload_turn(struct td_reload *reload);

/* The server stops: answers who waits; nothing is begun any more. */
void td_reload_stop(struct td_reload *reload);

/* Whether its thread is still at work: until then what it reads must stay. */
int td_reload_is_busy(const struct td_reload *reload);

/* Lets its handles go, while the loop still runs. */
void td_reload_close(struct td_reload *reload);

/* After the loop has ended. */
void td_reload_free(struct td_reload *reload);

/* Appends the pair `restart_needed`: the settings whose change waits for a restart. */
void td_reload_pack_restart_needed(const struct td_reload *reload, msgpack_packer *packer);

void td_change_free(struct td_change *change);

#endif
