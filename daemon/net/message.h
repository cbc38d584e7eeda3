/* message.h: replies whose bytes are known until libzmq has let go of them. libzmq bounds what it holds for a
 * connection by the number of messages alone; a message of ours has a function that libzmq calls, in its own thread,
 * when the kernel has the bytes or the connection is gone. Until then they stand in the connection's account.
 *
 * All of this is for the thread of the loop. */
#ifndef TD_MESSAGE_H
#define TD_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include <zmq.h>

/* What libzmq holds for one connection. It outlives the connection, as long as there is a message that points at it. */
struct td_account;

/* `whole`: what is held for it counts there as well; or NULL. NULL when memory runs out. */
struct td_account *td_account_open(struct td_account *whole);

/* The connection, or who has several, is forgotten. */
void td_account_close(struct td_account *account);

/* The bytes that libzmq holds for this connection now. */
uint64_t td_account_bytes(const struct td_account *account);

/* Whether that many bytes more are within the limit, or it holds none. */
int td_account_has_room(const struct td_account *account, uint64_t bytes, uint64_t limit);

/* Of all connections. */
uint64_t td_account_all_bytes(void);

/* Makes a message of `size` bytes, to be filled. Every reply is made here. -1 when memory runs out. */
int td_message_init(zmq_msg_t *message, size_t size);

/* Takes the memory back of the messages that libzmq has let go of. For once a turn of the loop: so long it isn't used. */
void td_message_reclaim(void);

/* What a message of that size counts for. */
uint64_t td_message_cost(size_t size);

/* Counts the message in, right before it is given to libzmq, which can't refuse it any more. */
void td_message_charge(zmq_msg_t *message, struct td_account *account);

#endif
