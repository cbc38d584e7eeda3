/* progress.h: how far a batch is, in one line on standard error that is painted over; nothing when that is no
 * terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

struct progress {
    int is_shown;
    uint64_t total_bytes; /* of the input; 0: not known */
    uint64_t start_ns, last_ns;
};

/* `input` is the file descriptor that is read; `output` the one that results go to: on a terminal they would mix. */
void progress_start(struct progress *progress, int input, int output);

/* Cheap to call often: paints ten times a second. `bytes`: of the input, up to where all is done. When the input's
 * size is known, the time left is told: what is left of the bytes, at the pace so far. */
void progress_show(struct progress *progress, uint64_t documents, uint64_t failed, uint64_t bytes);

/* Paints the last state and ends the line. */
void progress_finish(struct progress *progress, uint64_t documents, uint64_t failed, uint64_t bytes);

#endif
