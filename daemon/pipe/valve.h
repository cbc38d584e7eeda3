/* valve.h: how much libzmq reads of what arrives at a pull endpoint. Its own way to let a sender wait, the high-water
 * mark, loses what a sender on a path has under way when it ends while it waits: libzmq 4.3.4 takes the end of the connection
 * for the end of what can be read (10 of 300 messages arrived, 300 of 300 over tcp). So there is no mark, and libzmq's recv,
 * which is ours (net/gate.h), reads a block when the loop has given it leave, and waits when not. What isn't read stays in
 * the kernel, also of a sender that has gone, and whoever sends more has to wait.
 *
 * Each pull endpoint has a thread of libzmq's for itself, which may therefore wait; the threads know their valve by
 * their number. */
#ifndef TD_VALVE_H
#define TD_VALVE_H

#include <stdint.h>

#define TD_VALVES 16

/* The first `n` threads of libzmq have valves, all closed; `wake_fd`: an eventfd that is written when a block was read. A
 * connection whose message has no end within `most_bytes`, or has too many parts (strand.h), is cut off. Before libzmq is
 * started. */
void td_valve_init(unsigned n, int wake_fd, uint64_t most_bytes);

/* Lets one more block be read; nothing when it was not yet. */
void td_valve_give(unsigned valve);

/* Whether a block may be read that was not yet. */
int td_valve_is_open(unsigned valve);

/* Takes back the leave that was not used. */
void td_valve_close(unsigned valve);

/* From now on nobody can send more on a path: what is in the kernel is read to its end, and then the connection is over. On tcp
 * there is no such way: whoever sends there goes on until it is cut off. */
void td_valve_shut(void);

/* Connections that were cut off, since the start. */
uint64_t td_valve_n_cut(void);

/* Blocks that were read, since the start. */
uint64_t td_valve_n_blocks(unsigned valve);

#endif
