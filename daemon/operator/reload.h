/* reload.h: changes to what runs: plugins loaded, unloaded and reloaded, the configuration read again. Each is a
 * transaction. The next generation of workers is made beside the one that serves: files are copied, plugins opened,
 * options, layers and self-tests checked. Only when all its workers are ready does dispatch switch, in one step; the old
 * generation finishes what it holds and goes. Any failure before that leaves everything as it was, and the one who asked
 * is told the reason.
 *
 * One change at a time, in the order in which they were asked for; and the next one begins when the old generation is
 * gone, so at most two generations are alive. */
#ifndef TD_RELOAD_H
#define TD_RELOAD_H

#include <msgpack.h>
#include <uv.h>

#include "daemon/config/config.h"
#include "daemon/net/doc.h"
#include "daemon/fleet/plugin_files.h"

struct td_server;
struct td_generation;

/* X(kind, name of the operation) */
#define TD_CHANGE_KINDS(X) \
    X(CONFIG, "config.reload") X(LOAD, "plugin.load") X(UNLOAD, "plugin.unload") X(RELOAD, "plugin.reload")

enum td_change_kind {
#define X(kind, name) TD_CHANGE_##kind,
    TD_CHANGE_KINDS(X)
#undef X
};

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
    void (*changed)(struct td_server *server, struct td_change *change, const struct td_err *err);
    void (*progress)(struct td_server *server, const struct td_change *change, const char *words);
    uint64_t begun_ns;
};

/* IDLE. FILES: a thread copies the plugins' files. STARTING: the next generation's workers load them. CANARY: they are
 * tried with some documents. */
enum td_reload_phase { TD_RELOAD_IDLE, TD_RELOAD_FILES, TD_RELOAD_STARTING, TD_RELOAD_CANARY };

/* What became of the last change. */
struct td_reload_outcome {
    int64_t unix_ms; /* 0: there was none */
    const char *op;
    uint32_t generation; /* that serves since */
    uint64_t took_ms;
    struct td_err err; /* TD_OK: it succeeded */
};

struct td_reload {
    enum td_reload_phase phase;
    struct td_change *first, *last; /* `first` is being made, unless IDLE */
    uint32_t n_changes;
    uint32_t last_number; /* of a generation */
    uv_work_t work;
    struct td_config config; /* while FILES: what the next generation will be */
    struct td_plugin_files files;
    struct td_err err;
    struct td_config started; /* the configuration of the start: its endpoints are those that are bound */
    uv_timer_t drain_timer;   /* for the old generation */
    struct td_reload_outcome outcome;
    uint64_t n_done, n_failed;
};

#define TD_MOST_CHANGES 64

/* Once, when the first generation is made. */
int td_reload_init(struct td_server *server, const struct td_config *config, struct td_err *err);

/* Asks for a change; takes it over, with its request, when it returns TD_OK. TD_E_OVERLOADED: too many are waiting;
 * TD_E_SHUTTING_DOWN. */
int td_reload_ask(struct td_server *server, struct td_change *change, struct td_err *err);

/* The same for a signal: nothing when such a change is waiting already, which will cover this one. */
void td_reload_config(struct td_server *server, const char *why);

/* What becomes of the generation that is being made, and of the old one. */
void td_reload_ready(struct td_server *server, struct td_generation *generation);
void td_reload_refused(struct td_server *server, const struct td_err *err);
void td_reload_left(struct td_server *server);

/* The server stops: answers who waits. */
void td_reload_stop(struct td_server *server);

/* After the loop has ended. */
void td_reload_free(struct td_server *server);

/* Appends the pair `restart_needed`: the settings whose change waits for a restart. */
void td_reload_pack_restart_needed(const struct td_server *server, msgpack_packer *packer);

void td_change_free(struct td_change *change);

#endif
