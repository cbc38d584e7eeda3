/* ring.h: the way of small replies from a worker to the supervisor: a ring of bytes in memory that they share. What is put in is
 * there at once, without a system call; only a supervisor that sleeps is woken, by the channel. So no reply waits for another.
 *
 * One puts, one takes, no locks. Each side has its own account of where it is and never reads it back from memory that the other can
 * write; what the supervisor writes, workers have for reading. (A plugin that means to can make its worker's own writable, not the page
 * of all: then that worker is deceived, or loses its ring, and no other.) The taker believes nothing that it finds: it takes a copy, and
 * what was put in there carries a sum, so that what a plugin has written over is found. */
#ifndef TD_RING_H
#define TD_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define TD_RING_BYTES 32768u /* a power of two */
#define TD_RING_FRAME 8192u  /* the most that goes this way at a time: of more, a system call is the least cost */

/* Written by the worker. */
struct td_ring {
    _Atomic uint64_t put; /* all bytes that it ever put in */
    _Alignas(64) unsigned char bytes[TD_RING_BYTES];
};

/* Written by the supervisor, for one worker. */
struct td_ring_taken {
    _Atomic uint64_t taken; /* all bytes that it ever took */
    /* The same of the channel: `reads` is odd while it reads there, and `received` of when it is even. */
    _Atomic uint64_t reads, received;
};

/* Written by the supervisor, for all workers: one page, that none of them can write. */
struct td_slumber {
    _Atomic uint64_t times; /* odd: it sleeps, or is about to; otherwise it is awake */
};

/* ---- The worker's ---- */

struct td_ring_writer {
    struct td_ring *ring; /* NULL: there is none */
    const struct td_ring_taken *taken;
    const struct td_slumber *slumber;
    uint64_t put;
    uint64_t woken; /* the slumber that it has ended */
};

/* Puts that in. Zero when there is no room for it; it has to go through the channel. */
int td_ring_put(struct td_ring_writer *writer, const void *bytes, size_t length);

/* For behind a td_ring_put: whether the supervisor has to be woken. Which slumber that ends; 0: none. Once for each. What was put in
 * is seen by one of the two: by the supervisor before it sleeps, or it is seen here that it does. */
uint64_t td_ring_must_wake(struct td_ring_writer *writer);

/* ---- The supervisor's ---- */

struct td_ring_reader {
    struct td_ring *ring; /* NULL: there is none */
    struct td_ring_taken *taken;
    uint64_t at;
};

/* Whether there is something in it. */
static inline int td_ring_has(const struct td_ring_reader *reader)
{
    return reader->ring && atomic_load(&reader->ring->put) != reader->at;
}

/* Copies what was put in first to `bytes`, which has room for TD_RING_FRAME, at 8; it stays in the ring. Its length; 0: there is nothing;
 * -1: there is what was not put in. */
int td_ring_look(const struct td_ring_reader *reader, unsigned char *bytes);

/* Takes it out. */
void td_ring_take(struct td_ring_reader *reader, size_t length);

/* Before it sleeps; then it looks once more into all rings (td_ring_has). */
void td_slumber_begin(struct td_slumber *slumber);

/* It is awake. Nothing when it was. */
void td_slumber_end(struct td_slumber *slumber);

/* Around each read of the channel. */
void td_ring_begin_read(struct td_ring_taken *taken);
void td_ring_end_read(struct td_ring_taken *taken, size_t received);

#endif
