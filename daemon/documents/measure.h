/* measure.h: what is counted and timed since the start, for those who look from afar (operator/metrics.h). Each
 * thing is counted where it happens, by an addition or two; nothing here decides anything.
 *
 * A counter never falls while its series is shown. So what belongs to a pipeline or a plugin is kept under its name,
 * apart from the generations, which come and go: a reload that drops a name hides its series, one that brings it
 * back goes on from there. */
#ifndef TD_MEASURE_H
#define TD_MEASURE_H

#include <stdint.h>
#include <sys/queue.h>

#include "common/err.h"
#include "daemon/both/plugin_stats.h"
#include "daemon/fleet/lineup.h"
#include "daemon/net/request.h"

/* ---- Durations and sizes ----------------------------------------------------------------------------------------- */

struct td_durations {
    uint64_t sum_ns;
    uint64_t counts[TD_LATENCY_BUCKETS];
};

/* Upper ends of sizes: 64 bytes, then four times as much each, up to 1 GiB, the most that limits.document_bytes can
 * be. */
#define TD_SIZE_BUCKETS 13
#define TD_SMALLEST_SIZE 64

struct td_sizes {
    uint64_t sum_bytes;
    uint64_t counts[TD_SIZE_BUCKETS + 1]; /* the last one has no end; nothing is ever in it */
};

void td_durations_note(struct td_durations *durations, uint64_t ns);
void td_sizes_note(struct td_sizes *sizes, uint64_t bytes);

/* ---- What is kept by name ---------------------------------------------------------------------------------------- */

#define TD_MEASURE_NAME 32 /* a name of the configuration, and its end */

struct td_named {
    TAILQ_ENTRY(td_named) next;
    int is_used; /* the configuration has it */
    char name[TD_MEASURE_NAME];
};

/* The names in use come first; of those that have gone the latest are kept, up to TD_GONE_NAMES. */
struct td_names {
    TAILQ_HEAD(td_named_list, td_named) list;
    uint32_t n;
    size_t size; /* of a whole record, of which td_named is the first part */
};

/* More than a configuration can have at once: whoever holds a record of the generation before still may. */
#define TD_GONE_NAMES 128

/* How a request ended: OK, a code of the wire, or without an answer, since its connection had gone. */
enum { TD_OUTCOME_GONE = TD_E_SYSTEM, TD_OUTCOMES };

/* The name of an outcome, as a label has it; NULL for one that no request has. */
const char *td_outcome_name(uint32_t outcome);

struct td_pipeline_counts {
    struct td_named named;
    uint64_t outcomes[TD_OUTCOMES]; /* of all requests, those that were refused, too */
    struct td_durations duration;   /* from accepted to the end, of those that were accepted */
};

struct td_plugin_counts {
    struct td_named named;
    uint64_t crashes;             /* of workers, that it was blamed for */
    uint64_t timeouts;            /* it was over its limit, and its worker was killed */
    uint64_t skipped;             /* it was to run, but is suspended or disabled */
    struct td_plugin_stats gone;  /* of workers that are gone, of all generations */
    struct td_plugin_stats shown; /* the most that was ever shown */
    uint64_t failed;              /* likewise: of its failures those that were neither timeouts nor stops */
};

struct td_pool_counts {
    struct td_named named;
    uint64_t shed; /* documents that were refused since its part of the queue was full */
};

/* What no pipeline of the configuration stands for, in the place of its name; no name looks like these. */
#define TD_PIPELINE_LIST "(plugins)" /* the request has a list of plugins */
#define TD_PIPELINE_NONE "(none)"    /* it could not be read, or names a pipeline that there isn't */

/* ---- Why documents were shed, and workers ended ------------------------------------------------------------------ */

/* X(reason, label) */
#define TD_SHEDS(X) \
    X(CLIENT_DOCUMENTS, "client_documents") \
    X(CLIENT_BYTES, "client_bytes") \
    X(QUEUE_DOCUMENTS, "queue_documents") \
    X(QUEUE_BYTES, "queue_bytes") X(UNREAD, "unread_bytes") X(MEMORY, "memory") X(STOPPING, "stopping")

enum td_shed {
#define X(reason, label) TD_SHED_##reason,
    TD_SHEDS(X)
#undef X
        TD_SHEDS_N
};

/* ASKED: told to go, by a reload, a restart or a stop. LARGE: replaced, since it came near its memory's limit.
 * TIMEOUT: a plugin was over its limit. UNWANTED: nobody waited for its document any more. STALLED: it was stopped,
 * or did nothing. CHANNEL: it sent nonsense, or closed its channel. LOAD: its plugins were not loaded in time, or
 * refused. SIGNAL: it died of one. EXIT: something in it called exit. OOM: the kernel wanted its memory. KILLED:
 * somebody else did that. */
#define TD_EXITS(X) \
    X(ASKED, "asked") \
    X(LARGE, "large") \
    X(TIMEOUT, "timeout") \
    X(UNWANTED, "unwanted") \
    X(STALLED, "stalled") \
    X(CHANNEL, "channel") X(LOAD, "load") X(SIGNAL, "signal") X(EXIT, "exit") X(OOM, "oom") X(KILLED, "killed")

enum td_exit {
#define X(reason, label) TD_EXIT_##reason,
    TD_EXITS(X)
#undef X
        TD_EXITS_N
};

struct td_measures {
    int64_t started_unix_ms;
    struct td_names pipelines, plugins, pools;
    struct td_pipeline_counts list, none; /* TD_PIPELINE_LIST, TD_PIPELINE_NONE */
    struct td_durations queue;            /* from accepted to given to a worker, or to the end of one that never was */
    struct td_sizes text_bytes;           /* of accepted documents */
    uint64_t slow;                        /* documents that were over log.slow or log.slow_plugin */
    uint64_t shed[TD_SHEDS_N];
    uint64_t exits[TD_EXITS_N];
    uint64_t not_spawned; /* workers that there could be no process for */
};

void td_measures_init(struct td_measures *measures);
void td_measures_free(struct td_measures *measures);

/* These are the names in use from now on: their series begin at 0 before anything happens, or go on. */
void td_measures_adopt(struct td_measures *measures, const struct td_config *config);

/* Whose requests this one is counted with. Never NULL. Good until the generation after the next serves. */
struct td_pipeline_counts *td_measures_pipeline(struct td_measures *measures, const struct td_request *request);

/* NULL: nothing is kept under this name. */
struct td_pipeline_counts *td_measures_find_pipeline(const struct td_measures *measures, const char *name);
struct td_plugin_counts *td_measures_find_plugin(const struct td_measures *measures, const char *name);

struct td_pool_counts *td_measures_find_pool(const struct td_measures *measures, const char *name);

/* From accepted to the end, of the documents of all pipelines whose names are kept, and of none. */
struct td_durations td_measures_all_durations(const struct td_measures *measures);

/* A process of a worker has ended: why, and what its plugins had counted. Before its documents are settled.
 * `oom_kills`: of our control group, as known before. */
void td_measures_gone(struct td_measures *measures, const struct td_worker *worker, uint64_t oom_kills);

/* What the plugin has done in all workers since the start, as far as it can be believed: never less than at the last
 * call. */
const struct td_plugin_stats *td_measures_plugin(struct td_plugin_counts *counts, const struct td_lineup *lineup);

#endif
