/* config.h: what textd runs with: made whole from defaults, one YAML file, the environment and the command line, then
 * immutable for the life of a generation.
 *
 * Every scalar setting is a line of TD_SETTINGS: its key in the file ("limits.document_bytes"), its variable
 * (TEXTD_LIMITS_DOCUMENT_BYTES), its type, default and range, and the help that --print-config shows and
 * docs/configuration.md repeats (a test compares). A new setting touches this table and the page. Some defaults are lower
 * where there is little memory (memory.c). */
#ifndef TD_CONFIG_H
#define TD_CONFIG_H

#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"
#include "common/grant.h"
#include "common/log.h"

/* X(section, key, TYPE, default as it would stand in the file, min, max, help)
 *   TYPE  COUNT  plain number                                          int64_t
 *         BYTES  number with B, KiB, MiB or GiB                        int64_t, bytes
 *         TIME   number with us, ms, s or m                            int64_t, nanoseconds
 *         BOOL   true or false                                         int64_t
 *         TEXT   any text; "" means unset                              char *
 *         FILES  a list of paths, as one text with ':' between them    char *
 *         LEVEL  a td_log_level's name                                int64_t
 *         FORMAT a td_log_format's name                               int64_t
 *         FOUND  a td_found's name                                    int64_t
 *         SANDBOX a td_sandbox's name                                 int64_t
 * min and max are in the unit of the stored number; unused for the others. */
#define TD_MS INT64_C(1000000)
#define TD_SECOND (1000 * TD_MS)
#define TD_MINUTE (60 * TD_SECOND)
#define TD_KIB INT64_C(1024)
#define TD_MIB (1024 * TD_KIB)
#define TD_GIB (1024 * TD_MIB)

#define TD_SETTINGS(X) \
    X(server, control, TEXT, "", 0, 0, \
      "endpoint of the control socket, ipc:// only; unset: control.sock in the run directory") \
    X(server, events, TEXT, "", 0, 0, \
      "endpoint of the events socket, ipc:// only; unset: events.sock in the run directory") \
    X(server, state_dir, TEXT, "", 0, 0, \
      "where copies of plugins that have served are kept; unset: $STATE_DIRECTORY, else nowhere") \
    X(server, shared_folder, BOOL, "false", 0, 1, \
      "listen, too, in a folder that others may write: for a volume that the containers of a pod share") \
    X(server, socket_group, TEXT, "", 0, 0, \
      "group, by name or number, whose members may connect to ipc:// endpoints; unset: textd's own user and root") \
    X(server, shutdown_grace, TIME, "30s", 0, 60 * TD_MINUTE, "how long SIGTERM lets accepted documents finish") \
    X(workers, count, COUNT, "0", 0, 256, "worker processes; 0: one for each processor that textd may use") \
    X(workers, window, COUNT, "16", 1, 256, "documents that one worker may hold, the running one included") \
    X(workers, window_bytes, BYTES, "64KiB", 1, TD_GIB, \
      "bytes of text that one worker may hold beyond its first two documents") \
    X(workers, start_timeout, TIME, "10s", 10 * TD_MS, 10 * TD_MINUTE, \
      "how long a new worker may take until it is ready") \
    X(workers, memory, BYTES, "4GiB", 0, 1024 * TD_GIB, \
      "memory that the plugins of one worker may allocate, beside limits.document_memory; 0B: no limit") \
    X(limits, document_bytes, BYTES, "8MiB", 1, TD_GIB, "largest text of a document") \
    X(limits, request_depth, COUNT, "16", 4, 64, "containers within containers in a request") \
    X(limits, document_memory, BYTES, "1GiB", TD_MIB, 64 * TD_GIB, \
      "memory for one document's layers and plugins' scratch") \
    X(limits, reply_bytes, BYTES, "64MiB", 4 * TD_KIB, TD_GIB, "largest reply") \
    X(limits, deadline, TIME, "30s", TD_MS, 60 * TD_MINUTE, "a document's deadline when the request has none") \
    X(limits, deadline_max, TIME, "5m", TD_MS, 60 * TD_MINUTE, "the longest deadline that a request may ask for") \
    X(limits, plugin_timeout, TIME, "10s", TD_MS, 60 * TD_MINUTE, "how long one plugin may take for one document") \
    X(limits, kill_grace, TIME, "200ms", TD_MS, TD_MINUTE, \
      "how long a worker has to stop by itself once nobody waits for its document") \
    X(queue, documents, COUNT, "65536", 1, 10000000, "documents that may wait for a worker") \
    X(queue, bytes, BYTES, "256MiB", TD_MIB, 64 * TD_GIB, "bytes of requests that may be held, waiting and running") \
    X(queue, unread_bytes, BYTES, "64MiB", 16 * TD_MIB, 64 * TD_GIB, \
      "bytes that may have arrived and not been read; near it connections are read slowly, beyond it they are ended") \
    X(client, documents, COUNT, "16384", 1, 10000000, "documents of one connection that may be waiting or running") \
    X(client, bytes, BYTES, "64MiB", TD_KIB, 64 * TD_GIB, "bytes of one connection's requests that may be held") \
    X(client, reply_bytes, BYTES, "128MiB", TD_KIB, 64 * TD_GIB, \
      "replies kept for a connection that doesn't read; beyond, they are dropped") \
    X(curve, key_file, TEXT, "", 0, 0, \
      "our secret key; then tcp:// endpoints are encrypted (CURVE), and let in whose key is in curve.clients") \
    X(curve, clients, TEXT, "", 0, 0, "a folder with the public keys of those who are let in: a file NAME.key each") \
    X(security, plugin_keys, FILES, "", 0, 0, \
      "public keys (minisign's) of those whose plugins are loaded, a file each; unset: plugins need no signature") \
    X(security, sandbox, SANDBOX, "permissive", 0, 0, \
      "what keeps plugins from files, network and other processes: strict, permissive or off; see docs/security.md") \
    X(suspend, deaths, COUNT, "5", 0, 100, "worker deaths that suspend the plugin that caused them; 0: none do") \
    X(suspend, window, TIME, "1m", TD_MS, 60 * TD_MINUTE, "the time within which those deaths count") \
    X(suspend, pause, TIME, "10s", TD_MS, 60 * TD_MINUTE, \
      "how long the first suspension lasts; each failed trial doubles it") \
    X(suspend, pause_max, TIME, "5m", TD_MS, 60 * TD_MINUTE, "the longest suspension") \
    X(plugin_load, found, FOUND, "skip", 0, 0, \
      "what becomes of a plugin that was merely found in a directory and can't be loaded: skip or strict") \
    X(reload, drain_grace, TIME, "30s", 0, 60 * TD_MINUTE, \
      "how long the old generation's workers may finish what they hold") \
    X(reload, watch, BOOL, "false", 0, 1, "reload when the configuration or a plugin's file has changed") \
    X(canary, percent, COUNT, "0", 0, 50, "share of documents that a new generation is tried with; 0: none is") \
    X(canary, documents, COUNT, "200", 1, 1000000, "documents after which a canary is judged") \
    X(canary, time, TIME, "30s", 10 * TD_MS, 60 * TD_MINUTE, "the longest time until a canary is judged") \
    X(canary, promote_unjudged, BOOL, "false", 0, 1, \
      "whether a canary that no document came to takes over when its time is up; false: the reload is refused") \
    X(canary, worse, COUNT, "2", 1, 100, "how many times the errors or the run time of what serves a canary may have") \
    X(http, listen, TEXT, "", 0, 0, "address and port for HTTP, such as 127.0.0.1:7412; unset: no HTTP") \
    X(http, probes, TEXT, "", 0, 0, \
      "address and port of a listener of its own for /livez, /readyz, /healthz and /metrics; unset: none") \
    X(http, token_file, TEXT, "", 0, 0, \
      "a file with the token that clients of HTTP must show; needed where other machines can connect") \
    X(http, hosts, TEXT, "", 0, 0, \
      "names, separated by commas, by which HTTP may be asked beside its address and loopback's") \
    X(http, connections, COUNT, "256", 1, 65536, "HTTP connections at a time; beyond, only probes are answered") \
    X(http, deadline, TIME, "30s", 10 * TD_MS, 60 * TD_MINUTE, \
      "how long an HTTP request may take to arrive, and its answer to be read") \
    X(http, idle, TIME, "1m", TD_SECOND, 60 * TD_MINUTE, "how long an HTTP connection may be silent") \
    X(log, level, LEVEL, "info", 0, 0, "error, warn, info or debug") \
    X(log, format, FORMAT, "logfmt", 0, 0, "logfmt or json") \
    X(log, slow, TIME, "1s", 0, 60 * TD_MINUTE, \
      "a document that takes longer, waiting included, is told as doc.slow; 0s: none is") \
    X(log, slow_plugin, TIME, "0s", 0, 60 * TD_MINUTE, "the same of one in which one plugin takes longer; 0s: none is")

/* What becomes of a plugin that is in no list, was found in a plugin directory, and can't be loaded. SKIP: it is
 * left out, and that is told. STRICT: nothing is started or changed, as for one that is listed. */
#define TD_FOUNDS(X) X(SKIP, "skip") X(STRICT, "strict")

enum td_found {
#define X(name, text) TD_FOUND_##name,
    TD_FOUNDS(X)
#undef X
};

/* Where a value came from, for --print-config and for error messages. */
enum td_origin { TD_ORIGIN_DEFAULT, TD_ORIGIN_FILE, TD_ORIGIN_ENV, TD_ORIGIN_FLAG };

/* An entry of `endpoints`. */
struct td_config_endpoint {
    char *address;  /* ipc://PATH or tcp://ADDRESS:PORT */
    char *key_file; /* our secret key here, in place of curve.key_file; NULL: see td_config_endpoint_key_file */
    int insecure;   /* not encrypted, whoever can reach it */
};

/* An option of a plugin as the operator wrote it. Its type is known only to the plugin, so it stays text until a worker
 * has opened the plugin and checks it. */
struct td_config_option {
    char *name, *value;
    char *where; /* "textd.yaml:14:9", for the message when the plugin refuses it */
    /* Of an option "…_file", once td_config_secrets_read was called: what is in the file, or why nothing was read. Never printed. */
    char *secret, *secret_fault;
};

/* Plugins in this folder of a plugin directory are loaded only where somebody names them: who looks for plugins doesn't look
 * in there. */
#define TD_CONFIG_BY_NAME "by-name"

/* An entry of `plugins`: one instance. */
struct td_config_plugin {
    char *name; /* the instance's name, used by pipelines and in replies */
    char *file; /* the library is FILE.so in one of the plugin directories; the name when the file doesn't say */
    int64_t timeout_ns; /* limits.plugin_timeout when the file doesn't say */
    struct td_config_option *options;
    uint32_t n_options;
    char **grants; /* grant.h's texts */
    uint32_t n_grants;
    int is_optional; /* it was merely found, and may be left out when it can't be loaded */
};

/* A plugin that was left out, and why. */
struct td_config_left_out {
    struct td_config_plugin plugin;
    char *reason;
};

/* An entry of `pipelines`. */
struct td_config_pipeline {
    char *name;
    char **plugins; /* instance names */
    uint32_t n_plugins;
    char *pool; /* whose workers run it; NULL: the default pool's */
};

#define TD_DEFAULT_POOL "default"
#define TD_MOST_POOLS 16    /* beside it */
#define TD_MOST_WORKERS 256 /* of all pools */

/* An entry of `pools`: workers that run the documents of some pipelines, and nobody else's (fleet/pool.h). */
struct td_config_pool {
    char *name;
    uint32_t workers;
    int64_t memory; /* workers.memory when the file doesn't say */
};

/* The ends of pipelines: what documents are pulled from, their replies pushed to, and published at. Each is a list of
 * its own, whose entries bind, or connect, unless they say otherwise. X(NAME, key, whether they bind) */
#define TD_PIPE_LISTS(X) X(PULL, pull, 1) X(PUSH, push, 0) X(PUBLISH, publish, 1)

enum td_pipe_list {
#define X(name, key, binds) TD_PIPE_##name,
    TD_PIPE_LISTS(X)
#undef X
        TD_N_PIPE_LISTS
};

struct td_config_pipe_end {
    char *address; /* ipc://PATH or tcp://HOST:PORT; a HOST to connect to may be a name */
    int binds;
};

struct td_config_pipe_ends {
    struct td_config_pipe_end *all;
    uint32_t n;
};

struct td_settings {
#define TD_STORE_COUNT int64_t
#define TD_STORE_BYTES int64_t
#define TD_STORE_TIME int64_t
#define TD_STORE_BOOL int64_t
#define TD_STORE_TEXT char *
#define TD_STORE_FILES char *
#define TD_STORE_LEVEL int64_t
#define TD_STORE_FORMAT int64_t
#define TD_STORE_FOUND int64_t
#define TD_STORE_SANDBOX int64_t
#define X(section, key, type, initial, min, max, help) TD_STORE_##type section##_##key;
    TD_SETTINGS(X)
#undef X
};

struct td_config {
    struct td_settings set; /* set.limits_document_bytes, … */

    struct td_config_endpoint *endpoints; /* default: ipc in the run directory and tcp://127.0.0.1:7411 */
    uint32_t n_endpoints;
    char **plugin_dirs; /* `plugin_dirs:`, a list, searched in order; the built-in directory is always searched last */
    uint32_t n_plugin_dirs;
    struct td_config_plugin *plugins; /* `plugins:`; when the file has none: every FILE.so of the plugin directories */
    uint32_t n_plugins;
    struct td_config_left_out *left_out; /* none until somebody has tried to load them */
    uint32_t n_left_out;
    struct td_config_pipeline *pipelines; /* `pipelines:`; without one called default, it is all plugins but those
                                           * that only pipelines of pools name */
    uint32_t n_pipelines;
    struct td_config_pool *pools; /* `pools:`, beside the default pool; each has a pipeline, and a plugin */
    uint32_t n_pools;

    struct td_config_pipe_ends pipes[TD_N_PIPE_LISTS]; /* `pull:`, `push:`, `publish:` */

    char *file;                     /* NULL when there was none */
    const char *builtin_plugin_dir; /* the flags', which outlive it; NULL: none */
    void *private_data;
};

/* What the command line sets over the file and the environment. Unset: NULL and 0. */
struct td_config_flags {
    const char *file; /* --config; without it $TEXTD_CONFIG, then no file at all */
    const char *const *endpoints;
    uint32_t n_endpoints;
    const char *control;
    const char *const *plugin_dirs; /* searched before the file's */
    uint32_t n_plugin_dirs;
    const char *workers;            /* as given: "4" */
    const char *builtin_plugin_dir; /* searched last; the program knows where it is installed */
    int is_read_again;              /* by reloads, and by the next supervisor: a pipe won't do */
    const char *machine;            /* for tests: a folder with a /proc and a /sys to believe in place of ours */
};

/* The number of a group that is named as in server.socket_group. NULL, or words that say what is wrong with it. */
const char *td_config_group(const char *group, gid_t *number);

/* Makes *config. On TD_E_CONFIG the words name the place ("textd.yaml:12:5", "TEXTD_LIMITS_DEADLINE", "--workers"), the
 * key, what it was, and what would be right; an unknown key names the nearest known one. TD_E_SYSTEM: the file can't be
 * read. On any error *config needs no freeing. */
int td_config_load(struct td_config *config, const struct td_config_flags *flags, struct td_err *err);

void td_config_free(struct td_config *config);

/* The file with our secret key of that endpoint; NULL: it isn't encrypted. */
const char *td_config_endpoint_key_file(const struct td_config *config, uint32_t index);

/* Whether an endpoint can be reached from other machines. */
int td_config_endpoint_is_open(const char *endpoint);

/* A deep copy. TD_E_SYSTEM; then *to needs no freeing. */
int td_config_copy(struct td_config *to, const struct td_config *from, struct td_err *err);

/* Adds a plugin (copied; timeout_ns 0: limits.plugin_timeout) to a copy, and to the pipelines of those names; NULL:
 * to `default` if that is textd's own, all plugins. Once a copy. TD_E_BAD_REQUEST, TD_E_UNKNOWN_PIPELINE. */
int td_config_add_plugin(struct td_config *config, const struct td_config_plugin *plugin, char *const *pipelines,
                         uint32_t n_pipelines, struct td_err *err);

/* Takes a plugin out. TD_E_UNKNOWN_PLUGIN; TD_E_BAD_REQUEST: a pipeline of the file lists it, or it is the last of the pipeline
 * called default. */
int td_config_remove_plugin(struct td_config *config, const char *name, struct td_err *err);

/* Whether the file has no pipeline called default, and ours has no plugin: all are in pools. */
int td_config_default_is_void(const struct td_config *config);

/* Takes an optional plugin out, and notes why. `index`: in config->plugins. TD_E_SYSTEM. */
int td_config_leave_out(struct td_config *config, uint32_t index, const char *reason, struct td_err *err);

/* Puts plugins that were left out back, to be tried once more: the one of that name, which must load this time, or,
 * for NULL, all. Once a copy. TD_E_SYSTEM. */
int td_config_take_back(struct td_config *config, const char *name, struct td_err *err);

/* Whether a plugin of that name was left out: its entry, or NULL. */
const struct td_config_left_out *td_config_left_out_find(const struct td_config *config, const char *name);

/* Plugins that run in `serving` must load in `config`, too: a bad new file must not make one vanish that serves. */
void td_config_need_serving(struct td_config *config, const struct td_config *serving);

/* Frees what a plugin's entry holds. */
void td_config_plugin_free(struct td_config_plugin *plugin);

/* Reads the files that options "…_file" name, for the plugins to which they are secrets (TEXTD_SECRET). A file that can't be read is no
 * error here: see secret_fault. TD_E_INTERNAL: no memory. */
int td_config_secrets_read(struct td_config *config, struct td_err *err);

/* Wipes and frees what was read. */
void td_config_secrets_forget(struct td_config_option *option);

/* Logs a warning for each limit that somebody has set above the memory that the control group, or the machine, has. */
void td_config_memory_tell(const struct td_config *config);

/* Prints the effective configuration as YAML that td_config_load would take, with each value's origin as a comment. 0, or
 * -1 with errno set. */
int td_config_print(const struct td_config *config, int fd);

#endif
