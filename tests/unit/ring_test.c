/* ring_test.c: small replies go from a worker to the supervisor by a ring in memory. None gets lost on the way, nobody sleeps while one
 * is there, and what a plugin has scribbled there is not taken for one; nor is anything put there while the channel holds what a plugin
 * has written. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/both/ring.h"
#include "daemon/worker/guard.h"

static struct shared {
    struct td_ring ring;
    struct td_ring_taken taken;
    struct td_slumber slumber;
} shared;

static struct td_ring_writer writer;
static struct td_ring_reader reader;

struct message {
    uint64_t number;
    unsigned char rest[400];
};

/* The message of its number, whose length depends on it. */
static size_t make(struct message *message, uint64_t number)
{
    memset(message, (int)number, sizeof *message);
    message->number = number;
    return sizeof number + number * 7 % sizeof message->rest;
}

static int fresh(void **state)
{
    (void)state;
    memset(&shared, 0, sizeof shared);
    writer = (struct td_ring_writer) { .ring = &shared.ring, .taken = &shared.taken, .slumber = &shared.slumber };
    reader = (struct td_ring_reader) { .ring = &shared.ring, .taken = &shared.taken };
    return 0;
}

static _Alignas(8) unsigned char out[TD_RING_FRAME];

static void what_is_put_in_comes_out_in_order(void **state)
{
    struct message message;

    (void)state;
    assert_int_equal(td_ring_look(&reader, out), 0);
    for (uint64_t i = 0; i < 3000; i++) { /* many times around, so that messages lie across the end at every place */
        size_t length = make(&message, i);
        assert_true(td_ring_put(&writer, &message, length));
        assert_true(td_ring_has(&reader));
        assert_int_equal(td_ring_look(&reader, out), length);
        assert_int_equal(td_ring_look(&reader, out), length); /* it stays until it is taken */
        assert_memory_equal(out, &message, length);
        td_ring_take(&reader, length);
        assert_false(td_ring_has(&reader));
    }
}

static void a_full_ring_takes_no_more_and_a_large_message_never_fits(void **state)
{
    static unsigned char large[TD_RING_FRAME + 1];
    unsigned n = 0;

    (void)state;
    assert_false(td_ring_put(&writer, large, sizeof large));
    assert_false(td_ring_put(&writer, large, 0));
    while (td_ring_put(&writer, large, TD_RING_FRAME / 2))
        n++;
    assert_in_range(n, 2 * TD_RING_BYTES / TD_RING_FRAME - 1, 2 * TD_RING_BYTES / TD_RING_FRAME);
    assert_int_equal(td_ring_look(&reader, out), TD_RING_FRAME / 2);
    td_ring_take(&reader, TD_RING_FRAME / 2);
    assert_true(td_ring_put(&writer, large, TD_RING_FRAME / 2));
    assert_false(td_ring_put(&writer, large, TD_RING_FRAME / 2));
}

/* Any single bit of what was put in, and of how much that is. */
static void what_was_written_over_is_found(void **state)
{
    struct message message;
    size_t length = make(&message, 23);

    (void)state;
    assert_true(td_ring_put(&writer, &message, length));
    for (size_t bit = 0; bit < 8 * (16 + length); bit++) {
        shared.ring.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(td_ring_look(&reader, out), -1);
        shared.ring.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_int_equal(td_ring_look(&reader, out), length);
    for (int bit = 0; bit < 64; bit++) {
        uint64_t put = atomic_load(&shared.ring.put), wrong = put ^ UINT64_C(1) << bit;
        atomic_store(&shared.ring.put, wrong);
        int found = td_ring_look(&reader, out);
        assert_true(found == -1 || (found == (int)length && wrong > put && wrong <= TD_RING_BYTES));
        if (found > 0) { /* it says that there is more than that */
            struct td_ring_reader behind = reader;
            td_ring_take(&behind, length);
            assert_int_equal(td_ring_look(&behind, out), -1);
        }
        atomic_store(&shared.ring.put, put);
    }
}

/* What stood there one time around before, or elsewhere, is whole, and isn't the one that should be there. */
static void what_stood_there_before_is_not_taken_again(void **state)
{
    struct message message = { 0 };
    size_t turns = TD_RING_BYTES / (16 + 256);

    (void)state;
    for (size_t i = 0; i < turns; i++) {
        assert_true(td_ring_put(&writer, &message, 256));
        assert_int_equal(td_ring_look(&reader, out), 256);
        td_ring_take(&reader, 256);
    }
    atomic_store(&shared.ring.put, writer.put + TD_RING_BYTES); /* a plugin says that there is more */
    assert_int_equal(td_ring_look(&reader, out), -1);
    memmove(shared.ring.bytes + writer.put % TD_RING_BYTES, shared.ring.bytes, 16);
    atomic_store(&shared.ring.put, writer.put + 16 + 256);
    assert_int_equal(td_ring_look(&reader, out), -1);
}

/* The worker goes by its own account: what a plugin writes over the ring's is mended by the next reply. */
static void the_writer_trusts_nothing_that_a_plugin_can_write(void **state)
{
    struct message message;
    size_t length = make(&message, 1);

    (void)state;
    assert_true(td_ring_put(&writer, &message, length));
    atomic_store(&shared.ring.put, 0);
    assert_false(td_ring_has(&reader));
    assert_true(td_ring_put(&writer, &message, length));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(td_ring_look(&reader, out), length);
        td_ring_take(&reader, length);
    }
    assert_false(td_ring_has(&reader));
}

static void who_sleeps_is_woken_once_and_who_is_awake_never(void **state)
{
    (void)state;
    assert_int_equal(td_ring_must_wake(&writer), 0);
    td_slumber_begin(&shared.slumber);
    uint64_t first = td_ring_must_wake(&writer);
    assert_true(first > 0);
    assert_int_equal(td_ring_must_wake(&writer), 0);
    td_slumber_end(&shared.slumber);
    td_slumber_end(&shared.slumber);
    assert_int_equal(td_ring_must_wake(&writer), 0);
    td_slumber_begin(&shared.slumber);
    assert_true(td_ring_must_wake(&writer) > first);
}

#define MANY 100000

static sem_t word;
static _Atomic unsigned n_words;

static void *put_many(void *unused)
{
    struct message message;

    for (uint64_t i = 0; i < MANY; i++) {
        size_t length = make(&message, i);
        while (!td_ring_put(&writer, &message, length))
            sched_yield();
        if (td_ring_must_wake(&writer)) {
            n_words++;
            sem_post(&word);
        }
        /* Now and then until the other is about to fall asleep, at this moment or one near it. */
        for (int spins = 0; i % 3 && atomic_load(&shared.taken.taken) != writer.put; spins++)
            if (spins > 1000)
                sched_yield();
        for (volatile uint64_t pause = 0; pause < i % 64; pause++)
            ;
    }
    return unused;
}

/* As the supervisor does. */
static void sleep_unless_there_is_something(void)
{
    struct timespec end;

    td_slumber_begin(&shared.slumber);
    if (!td_ring_has(&reader)) {
        clock_gettime(CLOCK_REALTIME, &end);
        end.tv_sec += 20;
        if (sem_timedwait(&word, &end) != 0)
            fail_msg("it sleeps, and a reply waits");
    }
    td_slumber_end(&shared.slumber);
}

static void all_that_another_thread_puts_in_comes_in_order_and_wakes_who_sleeps(void **state)
{
    struct message message;
    pthread_t thread;
    int length;

    (void)state;
    sem_init(&word, 0, 0);
    assert_int_equal(pthread_create(&thread, NULL, put_many, NULL), 0);
    for (uint64_t i = 0; i < MANY; i++) {
        while ((length = td_ring_look(&reader, out)) == 0)
            sleep_unless_there_is_something();
        assert_int_equal(length, make(&message, i));
        assert_memory_equal(out, &message, (size_t)length);
        td_ring_take(&reader, (size_t)length);
    }
    pthread_join(thread, NULL);
    assert_true(n_words <= atomic_load(&shared.slumber.times) / 2);
    sem_destroy(&word);
}

/* ---- The channel beside it --------------------------------------------------------------------------------------- */

static int pair[2];

/* The supervisor reads all that is there. */
static void read_channel(void)
{
    char bytes[1000];

    td_ring_begin_read(&shared.taken);
    ssize_t n = read(pair[1], bytes, sizeof bytes);
    assert_true(n > 0);
    td_ring_end_read(&shared.taken, (size_t)n);
}

static void write_channel(size_t n, int is_ours)
{
    static const char bytes[100];

    assert_int_equal(write(pair[0], bytes, n), n);
    if (is_ours)
        td_guard_sent(n);
}

static int open_channel(void **state)
{
    fresh(state);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    td_guard_init(pair[0]);
    td_guard_watch(&shared.taken);
    return 0;
}

static int close_channel(void **state)
{
    (void)state;
    close(pair[0]);
    close(pair[1]);
    return 0;
}

static void what_a_plugin_has_written_is_seen_read_or_not(void **state)
{
    (void)state;
    assert_true(td_guard_is_clear());
    write_channel(8, 0);
    assert_false(td_guard_is_clear());
    read_channel(); /* before the worker looks: nothing lies there any more, and it is told */
    assert_false(td_guard_is_clear());
    write_channel(50, 1);
    read_channel();
    assert_false(td_guard_is_clear());
}

static void what_we_have_written_is_no_plugins(void **state)
{
    (void)state;
    write_channel(16, 1);
    td_guard_mark();
    assert_true(td_guard_is_clear()); /* unread */
    write_channel(16, 1);
    td_guard_mark();
    assert_true(td_guard_is_clear());
    read_channel();
    assert_true(td_guard_is_clear());
    write_channel(16, 1);
    td_guard_mark();
    write_channel(1, 0);
    assert_false(td_guard_is_clear());
    read_channel();
    assert_false(td_guard_is_clear());
}

/* What is read at this moment may be a plugin's, and isn't counted yet. */
static void while_it_is_read_nothing_is_known(void **state)
{
    (void)state;
    td_ring_begin_read(&shared.taken);
    assert_false(td_guard_is_clear());
    td_ring_end_read(&shared.taken, 0);
    assert_true(td_guard_is_clear());
}

static void another_file_in_its_place_is_never_clear(void **state)
{
    int other[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    assert_true(td_guard_is_clear());
    assert_int_equal(dup2(other[0], pair[0]), pair[0]);
    assert_false(td_guard_is_clear());
    close(pair[0]);
    assert_false(td_guard_is_clear());
    close(other[0]);
    close(other[1]);
}

/* One thread is a plugin that writes a byte now and then, and the worker that looks behind it; the other the supervisor that reads all
 * the time. */
static void *read_all_the_time(void *unused)
{
    char bytes[100];
    ssize_t n;

    do {
        td_ring_begin_read(&shared.taken);
        n = recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT);
        td_ring_end_read(&shared.taken, n > 0 ? (size_t)n : 0);
    } while (n != 0);
    return unused;
}

static void a_byte_is_seen_however_soon_it_is_read(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, read_all_the_time, NULL), 0);
    for (int i = 0; i < 20000; i++) {
        write_channel(1, 0);
        assert_false(td_guard_is_clear());
        td_guard_sent(1); /* so that it is ours, and all is clear again */
    }
    shutdown(pair[0], SHUT_WR);
    pthread_join(thread, NULL);
    assert_true(td_guard_is_clear());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_put_in_comes_out_in_order, fresh),
        cmocka_unit_test_setup(a_full_ring_takes_no_more_and_a_large_message_never_fits, fresh),
        cmocka_unit_test_setup(what_was_written_over_is_found, fresh),
        cmocka_unit_test_setup(what_stood_there_before_is_not_taken_again, fresh),
        cmocka_unit_test_setup(the_writer_trusts_nothing_that_a_plugin_can_write, fresh),
        cmocka_unit_test_setup(who_sleeps_is_woken_once_and_who_is_awake_never, fresh),
        cmocka_unit_test_setup(all_that_another_thread_puts_in_comes_in_order_and_wakes_who_sleeps, fresh),
        cmocka_unit_test_setup_teardown(what_a_plugin_has_written_is_seen_read_or_not, open_channel, close_channel),
        cmocka_unit_test_setup_teardown(what_we_have_written_is_no_plugins, open_channel, close_channel),
        cmocka_unit_test_setup_teardown(while_it_is_read_nothing_is_known, open_channel, close_channel),
        cmocka_unit_test_setup_teardown(another_file_in_its_place_is_never_clear, open_channel, close_channel),
        cmocka_unit_test_setup_teardown(a_byte_is_seen_however_soon_it_is_read, open_channel, close_channel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
