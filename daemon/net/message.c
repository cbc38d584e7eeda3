/* message.c: see message.h. libzmq's thread does no more than to hand a message's memory back, by one exchange: the counters, and
 * malloc's, are the loop's alone. */
#include "daemon/net/message.h"

#include <stdatomic.h>
#include <stdlib.h>
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

/* What a message costs beside its bytes: ours and libzmq's blocks for it, and its frames in the pipe. */
#define OVERHEAD_BYTES 256u

/* Of small messages some memory is kept for the next. */
#define SMALL_BYTES 448u
#define MOST_SPARE 64u

struct td_account {
    uint64_t bytes;
    uint32_t n_holders;       /* the connection, and each message; of a whole, its parts */
    struct td_account *whole; /* never changed */
};

struct block {
    struct td_account *account; /* NULL until it is charged */
    struct block *next;         /* of those that were handed back, or are spare */
    size_t size;
    unsigned char data[];
};

static uint64_t all_bytes;
static _Atomic(struct block *) returned;
static struct block *spare;
static unsigned n_spare;

struct td_account *td_account_open(struct td_account *whole)
{
    struct td_account *account = calloc(1, sizeof *account);

    if (!account)
        return NULL;
    account->n_holders = 1;
    account->whole = whole;
    if (whole)
        whole->n_holders++;
    return account;
}

void td_account_close(struct td_account *account)
{
    if (--account->n_holders > 0)
        return;
    if (account->whole)
        td_account_close(account->whole);
    free(account);
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
    block->next = atomic_load_explicit(&returned, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&returned, &block->next, block, memory_order_release,
                                                  memory_order_relaxed))
        ;
}

static void credit(struct td_account *account, uint64_t cost)
{
    account->bytes -= cost;
    if (account->whole)
        account->whole->bytes -= cost;
    all_bytes -= cost;
    td_account_close(account);
}

void td_message_reclaim(void)
{
    if (!atomic_load_explicit(&returned, memory_order_relaxed))
        return;
    struct block *next, *block = atomic_exchange_explicit(&returned, NULL, memory_order_acquire);

    for (; block; block = next) {
        next = block->next;
        if (block->account)
            credit(block->account, td_message_cost(block->size));
        if (block->size > SMALL_BYTES || n_spare == MOST_SPARE) {
            free(block);
            continue;
        }
        block->next = spare;
        spare = block;
        n_spare++;
    }
}

uint64_t td_account_bytes(const struct td_account *account)
{
    td_message_reclaim();
    return account->bytes;
}

int td_account_has_room(const struct td_account *account, uint64_t bytes, uint64_t limit)
{
    /* What was handed back and isn't known yet matters only when it is too much without. */
    return account->bytes + bytes <= limit || td_account_bytes(account) == 0 || account->bytes + bytes <= limit;
}

uint64_t td_account_all_bytes(void)
{
    td_message_reclaim();
    return all_bytes;
}

uint64_t td_message_cost(size_t size)
{
    return size + OVERHEAD_BYTES;
}

static struct block *take_block(size_t size)
{
    struct block *block = spare;

    if (size > SMALL_BYTES || !block)
        return size <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + (size > SMALL_BYTES ? size : SMALL_BYTES))
                                                : NULL;
    spare = block->next;
    n_spare--;
    return block;
}

int td_message_init(zmq_msg_t *message, size_t size)
{
    struct block *block = take_block(size);

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
    account->n_holders++;
    account->bytes += td_message_cost(block->size);
    if (account->whole)
        account->whole->bytes += td_message_cost(block->size);
    all_bytes += td_message_cost(block->size);
    HAND_OVER(block); /* whoever charges a message sends it next */
}
