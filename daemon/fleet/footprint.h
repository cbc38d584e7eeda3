/* footprint.h: how much memory a worker causes: its proportional share (PSS), in which a page that n processes have counts as 1/n.
 * The kernel walks the process's page tables for it, milliseconds for a large one, so it is read in libuv's thread, at most as
 * often as is asked for; whoever asks gets what was read last. */
#ifndef TD_FOOTPRINT_H
#define TD_FOOTPRINT_H

#include <stdint.h>

#include <uv.h>

struct td_footprint {
    uv_loop_t *loop;
    uv_work_t work;
    int fd;                   /* of the process's smaps_rollup, ours; -1: there is none */
    int is_busy;              /* a reading is under way: all but `read_bytes` is the loop's, and stays */
    uint64_t bytes, begun_ns; /* what was read last, and when that was begun; 0: never */
    uint64_t read_bytes;      /* the reading's own */
    void (*on_closed)(struct td_footprint *footprint);
};

void td_footprint_init(struct td_footprint *footprint, uv_loop_t *loop);

/* What was read last: 0 when nothing was yet, or can be. Has it read again when that is older than `age_ns`. */
uint64_t td_footprint_bytes(struct td_footprint *footprint, uint64_t age_ns);

/* Closes the descriptor and calls `on_closed`, which may free it: at once, or when the reading that is under way is done. */
void td_footprint_close(struct td_footprint *footprint, void (*on_closed)(struct td_footprint *footprint));

#endif
