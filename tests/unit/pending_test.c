/* pending_test.c: requests in flight are found by id and walked by age, and the pauses of a client are what they should
 * be. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "clients/c/backoff.h"
#include "clients/c/encode.h"
#include "clients/c/pending.h"

static void add(struct pending_table *table, uint64_t id)
{
    struct textd_request request = { .size = sizeof request, .text = "text", .length = 4 };
    struct pending *p = encode_annotate(&request, id, NULL);

    assert_non_null(p);
    assert_int_equal(pending_reserve(table), 0);
    pending_add(table, p);
}

/* Walks both ways. */
static void assert_ages(const struct pending_table *table, const uint64_t *ids, size_t n)
{
    const struct pending *p = table->oldest;

    assert_int_equal(table->n, n);
    for (size_t i = 0; i < n; i++, p = p->younger)
        assert_int_equal(p->id, ids[i]);
    assert_null(p);
    p = table->youngest;
    for (size_t i = n; i > 0; i--, p = p->older)
        assert_int_equal(p->id, ids[i - 1]);
    assert_null(p);
}

static void requests_stand_by_age_whatever_leaves(void **state)
{
    struct pending_table table = { 0 };

    (void)state;
    assert_ages(&table, NULL, 0);
    for (uint64_t id = 5; id > 0; id--)
        add(&table, id * 64);
    assert_ages(&table, (uint64_t[]) { 320, 256, 192, 128, 64 }, 5);
    assert_true(pending_remove(&table, 192));
    assert_false(pending_remove(&table, 192));
    assert_true(pending_remove(&table, 320));
    assert_true(pending_remove(&table, 64));
    assert_ages(&table, (uint64_t[]) { 256, 128 }, 2);
    add(&table, 320);
    assert_ages(&table, (uint64_t[]) { 256, 128, 320 }, 3);
    assert_true(pending_remove(&table, 320));
    assert_true(pending_remove(&table, 256));
    assert_true(pending_remove(&table, 128));
    assert_ages(&table, NULL, 0);
    pending_clear(&table);
}

/* They keep their ids, and stand in nobody's way. */
static void the_abandoned_stand_apart(void **state)
{
    struct pending_table table = { 0 };

    (void)state;
    for (uint64_t id = 1; id <= 5; id++)
        add(&table, id);
    for (uint64_t id = 1; id <= 5; id += 2)
        pending_abandon(&table, pending_find(&table, id));
    table.n -= 3; /* of those that assert_ages counts */
    assert_ages(&table, (uint64_t[]) { 2, 4 }, 2);
    table.n += 3;
    assert_int_equal(table.abandoned->id, 5);
    assert_true(pending_remove(&table, 3));
    assert_true(pending_remove(&table, 5));
    assert_true(pending_remove(&table, 4));
    assert_int_equal(table.abandoned->id, 1);
    assert_null(table.abandoned->younger);
    assert_int_equal(pending_find(&table, 1)->state, PENDING_ABANDONED);
    assert_int_equal(table.youngest->id, 2);
    pending_clear(&table);
}

static void thousands_are_found_and_keep_their_order(void **state)
{
    struct pending_table table = { 0 };
    uint64_t id = 1;

    (void)state;
    assert_null(pending_find(&table, 1));
    assert_false(pending_remove(&table, 1));
    for (int i = 0; i < 5000; i++, id = id * 25214903917 + 11)
        add(&table, id);
    id = 1;
    for (int i = 0; i < 5000; i++, id = id * 25214903917 + 11)
        if (i % 2)
            assert_true(pending_remove(&table, id));
    const struct pending *p = table.oldest;
    id = 1;
    for (int i = 0; i < 5000; i++, id = id * 25214903917 + 11) {
        assert_int_equal(pending_find(&table, id) != NULL, i % 2 == 0);
        if (i % 2 == 0) {
            assert_int_equal(p->id, id);
            p = p->younger;
        }
    }
    assert_int_equal(table.n, 2500);
    pending_clear(&table); /* what is left goes with it: the sanitizer would tell */
}

static size_t longest_chain(const struct pending_table *table)
{
    size_t longest = 0;

    for (size_t i = 0; i < table->n_buckets; i++) {
        size_t n = 0;
        for (const struct pending *p = table->buckets[i]; p; p = p->next)
            n++;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static void ids_that_are_addresses_spread_too(void **state)
{
    static const uint64_t steps[] = { 1, 16, 4096, 65536, 1 << 24 };

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct pending_table table = { 0 };
        for (uint64_t n = 1; n <= 5000; n++)
            add(&table, UINT64_C(0x7f0000000000) + n * steps[i]);
        assert_in_range(longest_chain(&table), 1, 12);
        pending_clear(&table);
    }
}

static void a_new_deadline_changes_nothing_else(void **state)
{
    struct textd_request request = { .size = sizeof request, .deadline_ms = 5, .lang = "en", .pipeline = "p" };
    struct pending *p = encode_annotate(&request, 7, NULL);

    (void)state;
    size_t length = zmq_msg_size(&p->body);
    char before[256], *at = before;
    assert_true(length < sizeof before);
    memcpy(before, zmq_msg_data(&p->body), length);
    assert_memory_equal(before + p->deadline_at - 1, "\xce\x00\x00\x00\x05", 5);
    assert_int_equal(encode_deadline(p, 0x01020304), 0);
    memcpy(at + p->deadline_at, "\x01\x02\x03\x04", 4);
    assert_int_equal(zmq_msg_size(&p->body), length);
    assert_memory_equal(zmq_msg_data(&p->body), before, length);
    pending_free(p);
}

static void a_copy_that_libzmq_holds_keeps_its_deadline(void **state)
{
    struct textd_request request = { .size = sizeof request, .deadline_ms = 5, .lang = "and long enough to be shared" };
    struct pending *p = encode_annotate(&request, 7, NULL);
    zmq_msg_t copy;

    (void)state;
    zmq_msg_init(&copy);
    assert_int_equal(zmq_msg_copy(&copy, &p->body), 0);
    assert_int_equal(encode_deadline(p, 4), 0);
    assert_int_equal(((unsigned char *)zmq_msg_data(&copy))[p->deadline_at + 3], 5);
    assert_int_equal(((unsigned char *)zmq_msg_data(&p->body))[p->deadline_at + 3], 4);
    zmq_msg_close(&copy);
    pending_free(p);
}

static void pauses_grow_and_are_random_and_bounded(void **state)
{
    static const uint64_t bounds_ms[] = { 10, 20, 40, 80, 160, 320, 640, 1000, 1000 };

    (void)state;
    assert_int_equal(backoff_ns(0, UINT64_MAX), 0);
    for (unsigned n = 1; n <= COUNT(bounds_ms); n++) {
        uint64_t bound = bounds_ms[n - 1] * 1000000;
        assert_int_equal(backoff_ns(n, 0), 0);
        assert_int_equal(backoff_ns(n, bound - 1), bound - 1);
        assert_int_equal(backoff_ns(n, bound), 0);
    }
    assert_true(backoff_ns(UINT32_MAX, UINT64_MAX) < BACKOFF_LAST_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_stand_by_age_whatever_leaves),
        cmocka_unit_test(the_abandoned_stand_apart),
        cmocka_unit_test(thousands_are_found_and_keep_their_order),
        cmocka_unit_test(ids_that_are_addresses_spread_too),
        cmocka_unit_test(a_new_deadline_changes_nothing_else),
        cmocka_unit_test(a_copy_that_libzmq_holds_keeps_its_deadline),
        cmocka_unit_test(pauses_grow_and_are_random_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
