/* stats.h: what the bridge counts, as one table: each is a number in C, a metric's name and its words. Written by the
 * loop and the watcher, read by the HTTP thread and the service's answers: relaxed atomics, each true by itself. */
#ifndef NATS_STATS_H
#define NATS_STATS_H

#include <stdatomic.h>
#include <stdint.h>

#define STATS_COUNTERS(X) \
    X(documents, "Documents that were delivered to this bridge, redeliveries among them") \
    X(redeliveries, "Documents that came with a delivery count above one") \
    X(again, "Redeliveries of a document that was still under way here") \
    X(results, "Results whose publish was acknowledged") \
    X(dead_letters, "Dead letters whose publish was acknowledged") \
    X(duplicates, "Publishes that the stream had already, by their id") \
    X(id_clashes, "Results that were dropped as duplicates on their first try: another document had that id") \
    X(published_again, "Publishes sent again since no acknowledgement came in time") \
    X(publish_errors, "Publishes that the stream refused") \
    X(acknowledged, "Documents whose acknowledgement was taken") \
    X(acknowledged_again, "Acknowledgements sent again") \
    X(in_progress, "Signs of life sent for documents that take longer") \
    X(returned, "Documents that were given back") \
    X(overloaded, "Refusals of a daemon that was full") \
    X(lost, "Documents sent to a daemon that went away, and to another then") \
    X(requests, "Requests of the service") \
    X(request_errors, "Requests that were answered with an error") \
    X(pulls, "Pull requests") \
    X(pulls_lost, "Pull requests of which nothing was heard any more") \
    X(connects, "Connections to NATS made") \
    X(disconnects, "Connections to NATS lost") \
    X(consumers_made, "Times that the durable consumer was missing and was made")

#define STATS_GAUGES(X) \
    X(connected, "Whether there is a connection to NATS") \
    X(consumer_there, "Whether the durable consumer was seen when it was last asked for") \
    X(daemons, "Daemons that take documents") \
    X(workers, "Workers that they have") \
    X(window, "Documents that may be under way") \
    X(under_way, "Documents that are") \
    X(unstored, "Results sent and not acknowledged yet") \
    X(lag_documents, "Documents that wait in the stream, for all bridges together") \
    X(unacknowledged_documents, "Documents that were delivered and not acknowledged, of all bridges together")

#define STATS_BUCKETS(X) X(1) X(2) X(5) X(10) X(20) X(50) X(100) X(200) X(500) X(1000) X(2000) X(5000) X(10000) X(60000)

struct stats {
#define X(name, words) atomic_uint_fast64_t name;
    STATS_COUNTERS(X)
    STATS_GAUGES(X)
#undef X
#define X(ms) atomic_uint_fast64_t within_##ms;
    STATS_BUCKETS(X)
#undef X
    atomic_uint_fast64_t timed, time_us; /* from delivery to acknowledgement */
};

extern struct stats stats;

#define STATS_ADD(name, n) atomic_fetch_add_explicit(&stats.name, (n), memory_order_relaxed)
#define STATS_COUNT(name) STATS_ADD(name, 1)
#define STATS_SET(name, n) atomic_store_explicit(&stats.name, (n), memory_order_relaxed)
#define STATS_GET(name) atomic_load_explicit(&stats.name, memory_order_relaxed)

#endif
