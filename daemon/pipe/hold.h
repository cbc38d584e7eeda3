/* hold.h: the documents that this process has: taken from a pull endpoint, asked of the daemon, answered, and given to
 * libzmq for a push endpoint, until the kernel has the reply. Each has a place in the table that outlives us
 * (common/flight.h), from the moment in which it was taken. */
#ifndef TD_HOLD_H
#define TD_HOLD_H

#include <stdint.h>

#include <zmq.h>

#include "common/flight.h"

/* Frames of a message that are kept: it may have two, and a third is enough for the daemon to refuse it. */
#define TD_PIECE_FRAMES 3

/* FREE. ASKED: of the daemon. WAITING: it was refused with OVERLOADED, until due_ns. ANSWERED: for a sink with room. GIVEN:
 * libzmq has it. */
enum td_piece_state { TD_PIECE_FREE, TD_PIECE_ASKED, TD_PIECE_WAITING, TD_PIECE_ANSWERED, TD_PIECE_GIVEN };

struct td_piece {
    enum td_piece_state state;
    uint32_t sequence; /* which of those that had this place it is */
    unsigned source;   /* the pull endpoint */
    zmq_msg_t frames[TD_PIECE_FRAMES];
    unsigned n_frames;
    zmq_msg_t reply;
    int has_reply, is_failed;
    int is_refused; /* libzmq doesn't take the reply after all */
    uint64_t bytes; /* of its frames and its reply */
    uint64_t due_ns;
    uint64_t asked_ns;     /* the owner's */
    struct td_piece *next; /* in a list of its state */
};

struct td_hold {
    struct td_flight *table;
    struct td_piece *pieces; /* TD_FLIGHT_PLACES */
    struct td_piece *free;
    struct td_piece *answered, **answered_end; /* the oldest first */
    uint32_t n, n_waiting, n_answered;
    uint64_t bytes;
};

/* `wake_fd`: an eventfd that is written when libzmq has let go of a reply. -1: no memory. */
int td_hold_init(struct td_hold *hold, struct td_flight *table, int wake_fd);

/* A free piece, which is ASKED from now on; the caller puts its frames there and calls td_hold_enter. NULL: there is
 * none. */
struct td_piece *td_hold_take(struct td_hold *hold, unsigned source);
void td_hold_enter(struct td_hold *hold, struct td_piece *piece);

/* It can't be had after all. */
void td_hold_put_back(struct td_hold *hold, struct td_piece *piece);

/* The piece at that place, if it is ASKED, and the same; else NULL. */
struct td_piece *td_hold_find(struct td_hold *hold, uint32_t place, uint32_t sequence);
uint32_t td_hold_place(const struct td_hold *hold, const struct td_piece *piece);

void td_hold_wait(struct td_hold *hold, struct td_piece *piece, uint64_t due_ns);
void td_hold_ask_again(struct td_hold *hold, struct td_piece *piece);

/* Its reply is here, taken over. */
void td_hold_answer(struct td_hold *hold, struct td_piece *piece, zmq_msg_t *reply, int is_failed);

/* Gives the oldest reply to the socket: non-zero when there was one and room for it. */
int td_hold_give(struct td_hold *hold, void *socket);

/* There is no push endpoint: the oldest reply counts as delivered. */
void td_hold_let_go(struct td_hold *hold);

/* Frees what libzmq has let go of. */
void td_hold_collect(struct td_hold *hold);

#endif
