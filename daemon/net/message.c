/* message.c: see message.h. The counters are written by the loop and by libzmq's thread. */
#include "daemon/net/message.h"

#include <stdatomic.h>
#include <stdlib.h>
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

/* What a message costs beside its bytes: ours and libzmq's blocks for it, and its frames in the pipe. */
#define OVERHEAD_BYTES 256u

struct td_account {
    _Atomic uint64_t bytes;
    _Atomic uint32_t n_holders; /* the connection, and each message; of a whole, its parts */
    struct td_account *whole;   /* never changed */
};

struct block {
    struct td_account *account; /* NULL until it is charged */
    size_t size;
    unsigned char data[];
};

static _Atomic uint64_t all_bytes;

struct td_account *td_account_open(struct td_account *whole)
{
    struct td_account *account = calloc(1, sizeof *account);

    if (!account)
        return NULL;
    atomic_store_explicit(&account->n_holders, 1, memory_order_relaxed);
    account->whole = whole;
    if (whole)
        atomic_fetch_add_explicit(&whole->n_holders, 1, memory_order_relaxed);
    return account;
}

void td_account_close(struct td_account *account)
{
    /* Whoever is last must see all that the others did before. */
    if (atomic_fetch_sub_explicit(&account->n_holders, 1, memory_order_acq_rel) != 1)
        return;
    if (account->whole)
        td_account_close(account->whole);
    free(account);
}

uint64_t td_account_bytes(const struct td_account *account)
{
    return atomic_load_explicit(&account->bytes, memory_order_relaxed);
}

uint64_t td_account_all_bytes(void)
{
    return atomic_load_explicit(&all_bytes, memory_order_relaxed);
}

uint64_t td_message_cost(size_t size)
{
    return size + OVERHEAD_BYTES;
}

/* libzmq hands a message from our thread to its own, and orders what both do to it. ThreadSanitizer can't see that in a library
 * that wasn't built with it. */
#ifdef __SANITIZE_THREAD__
#define HAND_OVER(block) __tsan_release(block)
#define TAKE_OVER(block) __tsan_acquire(block)
#else
#define HAND_OVER(block) ((void)(block))
#define TAKE_OVER(block) ((void)(block))
#endif

/* libzmq has let go of a message. In its thread, or in ours. */
static void let_go(void *data, void *hint)
{
    struct block *block = hint;

    (void)data;
    TAKE_OVER(block);
    if (block->account) {
        atomic_fetch_sub_explicit(&block->account->bytes, td_message_cost(block->size), memory_order_relaxed);
        if (block->account->whole)
            atomic_fetch_sub_explicit(&block->account->whole->bytes, td_message_cost(block->size),
                                      memory_order_relaxed);
        atomic_fetch_sub_explicit(&all_bytes, td_message_cost(block->size), memory_order_relaxed);
        td_account_close(block->account);
    }
    free(block);
}

int td_message_init(zmq_msg_t *message, size_t size)
{
    struct block *block = size <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + size) : NULL;

    if (!block)
        return -1;
    *block = (struct block) { .size = size };
    if (zmq_msg_init_data(message, block->data, size, let_go, block) == 0)
        return 0;
    free(block);
    return -1;
}

void td_message_charge(zmq_msg_t *message, struct td_account *account)
{
    struct block *block = (struct block *)((char *)zmq_msg_data(message) - offsetof(struct block, data));

    if (block->account) /* it was, and then not sent: what was kept is tried again */
        return;
    block->account = account;
    atomic_fetch_add_explicit(&account->n_holders, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&account->bytes, td_message_cost(block->size), memory_order_relaxed);
    if (account->whole)
        atomic_fetch_add_explicit(&account->whole->bytes, td_message_cost(block->size), memory_order_relaxed);
    atomic_fetch_add_explicit(&all_bytes, td_message_cost(block->size), memory_order_relaxed);
    HAND_OVER(block); /* whoever charges a message sends it next */
}
