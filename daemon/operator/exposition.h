/* exposition.h: the two texts in which Prometheus reads metrics: its own, version 0.0.4, and OpenMetrics 1.0. They
 * differ in little, and a reader of one refuses the other: OpenMetrics names a counter's family without _total, has
 * lines for units and ends with # EOF. What the metrics are is metrics.c's.
 *
 *   https://prometheus.io/docs/instrumenting/exposition_formats/
 *   https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md */
#ifndef TD_EXPOSITION_H
#define TD_EXPOSITION_H

#include <stdint.h>

#include "common/mp_buf.h"

enum td_expo_form { TD_EXPO_TEXT, TD_EXPO_OPEN };

enum td_expo_type { TD_EXPO_COUNTER, TD_EXPO_GAUGE, TD_EXPO_HISTOGRAM, TD_EXPO_INFO };

/* A family. Its name is without the suffix that its type has in samples (_total, _info), and ends with _UNIT if
 * there is one. The help is one line. */
struct td_expo_family {
    enum td_expo_type type;
    const char *name, *unit, *help;
};

struct td_expo_label {
    const char *name, *value; /* a value may be any text of UTF-8 */
};

/* A text that is being written. `out` is full when memory runs out, as any td_buf. */
struct td_expo {
    struct td_buf *out;
    enum td_expo_form form;
    struct td_expo_family family; /* the samples that follow are of it */
    const struct td_expo_label *labels;
    unsigned n_labels;
};

/* Which of the two a client wants, by its Accept header; NULL, or neither of them: TEXT. */
enum td_expo_form td_expo_choose(const char *accept);

/* What a response's Content-Type is. */
const char *td_expo_content_type(enum td_expo_form form);

/* Begins a family: all of its samples follow, before the next one begins. */
void td_expo_begin(struct td_expo *expo, enum td_expo_type type, const char *name, const char *unit, const char *help);

/* The labels of the samples that follow, borrowed; n 0: none. */
void td_expo_set_labels(struct td_expo *expo, const struct td_expo_label *labels, unsigned n);

/* A sample of a counter, a gauge, or an info (whose value is 1). */
void td_expo_number(struct td_expo *expo, uint64_t value);

/* The same of a duration, which is shown in seconds. */
void td_expo_seconds(struct td_expo *expo, uint64_t ns);

/* The samples of a histogram. `counts`: how many fell into each bucket, not into those before it as well; one more than
 * there are `ends`, which are numbers as they stand in the label. `is_ns`: the sum is a duration. */
void td_expo_histogram(struct td_expo *expo, const char *const *ends, unsigned n_ends, const uint64_t *counts,
                       uint64_t sum, int is_ns);

void td_expo_end(struct td_expo *expo);

#endif
