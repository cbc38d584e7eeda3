/* bench.h: `textctl bench`, in parts: what is sent (texts.c), one connection's load (lane.c), what is
 * told of it (print.c), and drawn (plot.c); bench.c starts them.
 *
 * Two loops. Closed: each connection keeps so many documents in flight, and sends the next when one is answered; it
 * tells how much textd can do. Open: documents are due at times that are fixed before the first is sent, whatever the
 * answers do; it tells how long clients wait at that rate. A latency in the open loop counts from when the document
 * was due, not from when it was sent: what a slow answer holds up behind it has waited as well (G. Tene's
 * "coordinated omission"). */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "clients/cli/lib/histogram.h"
#include "clients/cli/link/session.h"

/* ---- What is sent ------------------------------------------------------------------------------------------------ */

struct bench_text {
    const char *bytes;
    size_t length;
};

struct bench_texts {
    struct bench_text *items;
    size_t n, room;
    uint64_t bytes;    /* of all */
    int is_ours;       /* the built-in ones */
    int is_incomplete; /* the input had more than is held in memory */
};

/* Reads the files, or the lines of --jsonl, or takes the built-in texts. CLI_OK, or an exit code after having
 * complained. Free it in both cases. */
int bench_texts_read(struct bench_texts *texts, const struct cli *cli, uint64_t document_bytes);
void bench_texts_free(struct bench_texts *texts);

/* ---- One connection ---------------------------------------------------------------------------------------------- */

struct bench_plan {
    const struct session *session;
    const struct bench_texts *texts;
    double rate; /* documents a second over all connections; 0: the closed loop */
    uint32_t n_lanes, in_flight, timeout_ms;
    uint64_t start_ns, measure_ns; /* the warm-up is between these */
    uint64_t end_ns;               /* UINT64_MAX: when `documents` have been sent */
    uint64_t documents;
};

#define BENCH_CODES 16
#define BENCH_CODE_BYTES 40

struct bench_errors {
    struct {
        char code[BENCH_CODE_BYTES];
        uint64_t n;
    } codes[BENCH_CODES]; /* the last one takes what has no place of its own */
    size_t n;
};

void bench_errors_add(struct bench_errors *errors, const char *code, uint64_t n);

/* What happened to the documents that were to be sent in the time that is measured. */
struct bench_counts {
    uint64_t due;        /* in the open loop; else as many as were sent */
    uint64_t sent;       /* of these */
    uint64_t answered;   /* annotated */
    uint64_t failed;     /* answered with an error */
    uint64_t retryable;  /* of those that failed */
    uint64_t unanswered; /* when there was no point in waiting longer */
    uint64_t bytes;      /* of text, of those that were annotated */
    uint64_t in_time;    /* annotated before the end, whenever they were sent: what the throughput is made of */
    uint64_t in_time_bytes;
    int64_t waiting_first, waiting_last; /* due and unanswered when the measured time began and ended */
    uint64_t last_ns;                    /* when the last answer came */
};

struct bench_lane {
    const struct bench_plan *plan;
    struct textd_client *client;
    uint32_t number;
    struct histogram latency; /* ns, of what was annotated */
    struct histogram late;    /* ns, from when a document was due to when it was sent */
    struct bench_counts counts;
    struct bench_errors errors;
    int code; /* why it ended early: an enum textd_client_code */
    char why[500];
    _Atomic uint64_t n_seen; /* answers so far, for whoever watches */
    atomic_int is_over;
};

/* Stops all lanes soon: what was measured until then is the result. Above 1, what is in flight isn't waited for. */
extern atomic_int bench_is_told_to_end;

/* Runs the lane to its end; for pthread_create. */
void *bench_lane_run(void *lane);

/* ---- The result -------------------------------------------------------------------------------------------------- */

struct bench_result {
    const struct bench_plan *plan;
    const char *endpoint;
    struct histogram latency, late;
    struct bench_counts counts;
    struct bench_errors errors;
    double seconds; /* that were measured */
    int kept_up;    /* the open loop's rate was reached */
    int code;
    const char *why; /* it ended early; NULL */
};

void bench_print(FILE *out, const struct bench_result *result);
void bench_print_json(FILE *out, const struct bench_result *result);

/* Draws the latencies by percentile, as SVG. CLI_OK, or an exit code after having complained. */
int bench_plot(const char *path, const struct bench_result *result);

/* "closed loop, 64 documents in flight on each of 2 connections": for both. Returns `text`. */
const char *bench_describe_load(const struct bench_result *result, char *text, size_t size);

/* "12", "1,234,567". Returns `text`. */
const char *bench_number(char *text, size_t size, uint64_t number);

#endif
