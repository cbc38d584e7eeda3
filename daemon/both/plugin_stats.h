/* plugin_stats.h: how often a plugin ran and how long it took: counted by each worker in the page that it shares with the
 * supervisor, so that counting costs no message and survives the worker's death. For people to look at: a plugin could
 * write nonsense there, and nothing is decided by it but a canary's fate. */
#ifndef TD_PLUGIN_STATS_H
#define TD_PLUGIN_STATS_H

#include <stdint.h>

#include "common/err.h"

/* Upper ends, in microseconds, in steps of 1, 2, 5: a decade in three, up to beyond the deadline that a document has by
 * default. The last bucket has none. */
#define TD_LATENCIES(X) \
    X(10) \
    X(20) \
    X(50) \
    X(100) \
    X(200) \
    X(500) \
    X(1000) \
    X(2000) \
    X(5000) \
    X(10000) \
    X(20000) \
    X(50000) \
    X(100000) X(200000) X(500000) X(1000000) X(2000000) X(5000000) X(10000000) X(20000000) X(50000000)
#define TD_LATENCY_BUCKETS 22

/* All grow only. One writer. */
struct td_plugin_stats {
    uint64_t documents; /* that it ran for, failures included */
    uint64_t failures;  /* for which it had no result, */
    uint64_t timeouts;  /* of these: it stopped by itself when its limit was near, */
    uint64_t stopped;   /* or since nobody waited any more */
    uint64_t run_ns;    /* in all */
    uint64_t latency[TD_LATENCY_BUCKETS];
};

/* Counts one call, and what came of it. */
void td_plugin_stats_note(struct td_plugin_stats *stats, uint64_t run_ns, enum td_code code);

void td_plugin_stats_add(struct td_plugin_stats *to, const struct td_plugin_stats *more);

/* The bucket that a duration falls into. */
uint32_t td_latency_bucket(uint64_t ns);

/* The upper end of a bucket; -1: the last one, which has none. */
int64_t td_latency_bucket_us(uint32_t bucket);

/* The upper end of the bucket that holds this percentile (twice the last end for the last bucket); 0: nothing was counted. */
uint64_t td_plugin_stats_percentile(const struct td_plugin_stats *stats, uint32_t percent);

#endif
