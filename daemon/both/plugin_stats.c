/* plugin_stats.c: see plugin_stats.h. */
#include "daemon/both/plugin_stats.h"

static const int64_t ends_us[TD_LATENCY_BUCKETS] = {
#define X(us) us,
    TD_LATENCIES(X)
#undef X
    - 1
};

static const uint64_t ends_ns[TD_LATENCY_BUCKETS - 1] = {
#define X(us) UINT64_C(us) * 1000,
    TD_LATENCIES(X)
#undef X
};

uint32_t td_latency_bucket(uint64_t ns)
{
    uint32_t bucket = 0; /* all ends before it are less */

    for (uint32_t step = 16; step > 0; step /= 2)
        if (bucket + step < TD_LATENCY_BUCKETS && ns > ends_ns[bucket + step - 1])
            bucket += step;
    return bucket;
}

void td_plugin_stats_note(struct td_plugin_stats *stats, uint64_t run_ns, enum td_code code)
{
    stats->documents++;
    stats->failures += code != TD_OK;
    stats->timeouts += code == TD_E_PLUGIN_TIMEOUT;
    stats->stopped += code == TD_E_CANCELLED || code == TD_E_DEADLINE_EXCEEDED;
    stats->run_ns += run_ns;
    stats->latency[td_latency_bucket(run_ns)]++;
}

void td_plugin_stats_add(struct td_plugin_stats *to, const struct td_plugin_stats *more)
{
    to->documents += more->documents;
    to->failures += more->failures;
    to->timeouts += more->timeouts;
    to->stopped += more->stopped;
    to->run_ns += more->run_ns;
    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++)
        to->latency[i] += more->latency[i];
}

int64_t td_latency_bucket_us(uint32_t bucket)
{
    return ends_us[bucket];
}

uint64_t td_plugin_stats_percentile(const struct td_plugin_stats *stats, uint32_t percent)
{
    uint64_t all = 0, seen = 0;

    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++)
        all += stats->latency[i];
    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS && all > 0; i++) {
        seen += stats->latency[i];
        if (seen * 100 >= all * percent)
            return ends_us[i] >= 0 ? (uint64_t)ends_us[i] : 2 * (uint64_t)ends_us[TD_LATENCY_BUCKETS - 2];
    }
    return 0;
}
