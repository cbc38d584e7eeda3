/* queue_test.c: connections are served in turn, in each pool's queue by itself, deadlines come out soonest first, and nothing is lost on the way. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/documents/deadlines.h"
#include "daemon/documents/queues.h"

static struct td_connection clients[3];
static struct td_doc docs[64];

static void reset(void)
{
    memset(clients, 0, sizeof clients);
    memset(docs, 0, sizeof docs);
}

static struct td_doc *push(struct td_queue *queue, int doc, int client)
{
    docs[doc].client = &clients[client];
    docs[doc].state = TD_DOC_READ;
    assert_int_equal(td_queue_prepare(queue, &docs[doc]), 0);
    td_queue_push(queue, &docs[doc]);
    return &docs[doc];
}

/* One that a worker had. */
static void push_back(struct td_queue *queue, struct td_doc *doc)
{
    doc->state = TD_DOC_RUNNING;
    assert_int_equal(td_queue_prepare(queue, doc), 0);
    td_queue_push_back(queue, doc);
}

static void assert_pops(struct td_queue *queue, int doc)
{
    assert_ptr_equal(td_queue_peek(queue), &docs[doc]);
    assert_ptr_equal(td_queue_pop(queue), &docs[doc]);
}

static void one_flood_waits_for_nobody_but_itself(void **state)
{
    struct td_queue queue = { 0 };

    (void)state;
    reset();
    for (int i = 0; i < 10; i++)
        push(&queue, i, 0);
    push(&queue, 20, 1);
    push(&queue, 21, 1);
    push(&queue, 30, 2);
    assert_int_equal(queue.count, 13);
    const int order[] = { 0, 20, 30, 1, 21, 2, 3, 4, 5, 6, 7, 8, 9 };
    for (size_t i = 0; i < COUNT(order); i++)
        assert_pops(&queue, order[i]);
    assert_null(td_queue_pop(&queue));
    assert_int_equal(queue.count, 0);
}

static void a_user_has_one_turn_however_many_connections(void **state)
{
    static struct td_user user;
    struct td_queue queue = { 0 };

    (void)state;
    reset();
    clients[0].user = clients[1].user = &user;
    for (int i = 0; i < 3; i++)
        push(&queue, i, 0);
    for (int i = 10; i < 13; i++)
        push(&queue, i, 1);
    for (int i = 20; i < 24; i++)
        push(&queue, i, 2);
    const int order[] = { 0, 20, 10, 21, 1, 22, 11, 23, 2, 12 };
    for (size_t i = 0; i < 4; i++)
        assert_pops(&queue, order[i]);
    td_queue_remove(&queue, &docs[11]); /* not the first of its line's turn */
    push_back(&queue, &docs[11]);
    assert_pops(&queue, 11);
    const int rest[] = { 22, 1, 23, 12, 2 };
    for (size_t i = 0; i < COUNT(rest); i++)
        assert_pops(&queue, rest[i]);
    assert_null(td_queue_pop(&queue));
    assert_true(!user.share.lane.turn && !clients[2].own.lane.turn);
}

static void what_comes_back_is_first_and_in_order(void **state)
{
    struct td_queue queue = { 0 };

    (void)state;
    reset();
    push(&queue, 0, 0);
    push(&queue, 1, 0);
    push(&queue, 2, 0);
    push(&queue, 3, 1);
    struct td_doc *a = td_queue_pop(&queue), *b = td_queue_pop(&queue); /* 0 of one, 3 of the other */
    push_back(&queue, b);
    push_back(&queue, a);
    assert_pops(&queue, 0);
    assert_pops(&queue, 3);
    assert_pops(&queue, 1);
    assert_pops(&queue, 2);
}

static void any_document_can_be_taken_out(void **state)
{
    struct td_queue queue = { 0 };

    (void)state;
    reset();
    for (int i = 0; i < 6; i++)
        push(&queue, i, i % 2);
    td_queue_remove(&queue, &docs[0]);
    td_queue_remove(&queue, &docs[3]);
    td_queue_remove(&queue, &docs[1]);
    td_queue_remove(&queue, &docs[5]); /* the second connection's last */
    assert_pops(&queue, 2);
    assert_pops(&queue, 4);
    assert_null(td_queue_pop(&queue));
}

/* Of two pools: a connection that waits in one of them waits in the other as if that were all there is. */
static void each_pools_queue_has_turns_of_its_own(void **state)
{
    static struct td_user user;
    struct td_queue slow = { 0 }, quick = { 0 };

    (void)state;
    reset();
    clients[0].user = clients[1].user = &user;
    for (int i = 0; i < 5; i++)
        push(&slow, i, 0); /* the backlog of one */
    push(&quick, 10, 0);
    push(&quick, 11, 0);
    push(&quick, 20, 1);
    push(&quick, 30, 2);
    push(&slow, 31, 2);
    assert_int_equal(td_connection_n_waiting(&clients[0]), 7);
    assert_int_equal(td_connection_n_waiting(&clients[2]), 2);
    const int of_quick[] = { 10, 30, 20, 11 }, of_slow[] = { 0, 31, 1, 2, 3, 4 };
    for (size_t i = 0; i < COUNT(of_quick); i++)
        assert_pops(&quick, of_quick[i]);
    assert_null(td_queue_peek(&quick));
    assert_int_equal(slow.count, 6);
    push_back(&quick, &docs[30]);
    for (size_t i = 0; i < COUNT(of_slow); i++)
        assert_pops(&slow, of_slow[i]);
    assert_pops(&quick, 30);
    assert_null(td_connection_waiting(&clients[0]));
    for (int i = 0; i < 3; i++) {
        td_lanes_free(&clients[i].lane);
        td_lanes_free(&clients[i].own.lane);
    }
    td_lanes_free(&user.share.lane);
}

/* However many pools come and go, a lane in which nothing waits is taken for another queue. */
static void lanes_are_used_again(void **state)
{
    struct td_queue queues[20] = { 0 };
    uint32_t n = 0;

    (void)state;
    reset();
    for (int i = 0; i < 20; i++) {
        push(&queues[i], i, 0);
        if (i > 0)
            assert_pops(&queues[i - 1], i - 1);
    }
    for (const struct td_lane *lane = &clients[0].lane; lane; lane = lane->next)
        n++;
    assert_int_equal(n, 2); /* at most two were in use at a time */
    assert_pops(&queues[19], 19);
    td_lanes_free(&clients[0].lane);
    td_lanes_free(&clients[0].own.lane);
}

/* ---- What each pool may have ------------------------------------------------------------------------------------- */

static char slow_name[] = "slow", wild_name[] = "wild", other_name[] = "other";
static struct td_config_pool pools[] = { { slow_name, 1, 0 }, { wild_name, 1, 0 }, { other_name, 1, 0 } };

static void assert_fits(const struct td_queues *q, uint32_t i, uint64_t limit, uint64_t more, int fits)
{
    assert_int_equal(td_queues_fits(q, q->of[i], limit, more, td_queue_documents), fits);
}

static void a_full_pool_leaves_the_others_their_part(void **state)
{
    struct td_config config = { .pools = pools, .n_pools = 1 };
    static struct td_queues q;

    (void)state;
    td_queues_init(&q);
    assert_fits(&q, 0, 100, 100, 1);
    assert_fits(&q, 0, 100, 101, 0);
    td_queues_adopt(&q, &config);
    q.of[1]->count = 75; /* 50 in common, 25 of its own */
    assert_fits(&q, 1, 100, 1, 0);
    assert_fits(&q, 0, 100, 25, 1);
    assert_fits(&q, 0, 100, 26, 0);
    q.of[1]->count = 60;
    assert_fits(&q, 1, 100, 15, 1);
    assert_fits(&q, 1, 100, 16, 0);
    assert_fits(&q, 0, 100, 40, 1);
    assert_fits(&q, 0, 100, 41, 0);
}

/* Whatever the others have, and in whichever order they came: a pool's own part is there. All together never exceed the
 * limit. */
static void no_order_of_coming_takes_a_pools_part(void **state)
{
    struct td_config config = { .pools = pools, .n_pools = 3 };
    static struct td_queues q;

    (void)state;
    srand(5);
    for (int round = 0; round < 200; round++) {
        uint64_t limit = 10 + (uint64_t)rand() % 1000, part = limit / 2 / 4, sum = 0;
        td_queues_init(&q);
        td_queues_adopt(&q, &config);
        for (int i = 0; i < 2000; i++) {
            uint32_t p = (uint32_t)rand() % 4, more = 1 + (uint32_t)rand() % 3;
            if (rand() % 8 == 0 && q.of[p]->count > 0)
                q.of[p]->count--;
            else if (td_queues_fits(&q, q.of[p], limit, more, td_queue_documents))
                q.of[p]->count += more;
        }
        for (uint32_t p = 0; p < 4; p++) {
            sum += q.of[p]->count;
            if (q.of[p]->count < part)
                assert_fits(&q, p, limit, part - q.of[p]->count, 1);
        }
        assert_true(sum <= limit);
    }
}

static void a_pool_keeps_its_queue_over_reloads_and_one_that_goes_loses_it_in_the_end(void **state)
{
    struct td_config config = { .pools = pools, .n_pools = 2 }, without = { .n_pools = 0 };
    static struct td_queues q;
    struct td_doc doc = { .bytes = 70 };

    (void)state;
    td_queues_init(&q);
    td_queues_adopt(&q, &config);
    struct td_queue *slow = q.of[1], *wild = q.of[2];
    assert_string_equal(wild->name, "wild");
    td_queues_open(wild, &doc);
    config.pools++;
    config.n_pools = 1; /* slow goes, wild is the first now */
    td_queues_adopt(&q, &config);
    assert_ptr_equal(q.of[1], wild);
    assert_int_equal(wild->pool, 1);
    assert_int_equal(slow->pool, TD_NO_POOL);
    td_queues_adopt(&q, &without);
    assert_int_equal(q.n, 1);
    assert_int_equal(wild->pool, TD_NO_POOL);
    assert_int_equal(wild->held_bytes, 70); /* of a document that is still run */
    struct td_config other = { .pools = &pools[2], .n_pools = 1 };
    td_queues_adopt(&q, &other);
    assert_int_equal(td_queues_fits(&q, q.of[0], 100, 25, td_queue_bytes), 1);
    assert_int_equal(td_queues_fits(&q, q.of[0], 100, 26, td_queue_bytes), 0); /* it has all that is common */
    td_queues_close(&doc);
    for (int i = 0; i < 100; i++) { /* for ever */
        other.pools = &pools[i % 3];
        td_queues_adopt(&q, &other);
        assert_string_equal(q.of[1]->name, pools[i % 3].name);
        assert_int_equal(q.of[1]->held_bytes, 0);
    }
}

/* A canary's documents are of the queues that they waited in, and may be run when what it became is the old one already. */
static void three_generations_pools_have_queues_at_a_time(void **state)
{
    static struct td_config_pool all[3 * TD_MOST_POOLS];
    static struct td_doc held[3 * TD_MOST_POOLS];
    static char names[3 * TD_MOST_POOLS][16];
    static struct td_queues q;

    (void)state;
    td_queues_init(&q);
    for (uint32_t round = 0; round < 3; round++) {
        struct td_config config = { .pools = &all[round * TD_MOST_POOLS], .n_pools = TD_MOST_POOLS };
        for (uint32_t i = 0; i < TD_MOST_POOLS; i++) {
            uint32_t k = round * TD_MOST_POOLS + i;
            snprintf(names[k], sizeof names[k], "pool%u", k);
            all[k].name = names[k];
        }
        td_queues_adopt(&q, &config);
        for (uint32_t i = 0; i < TD_MOST_POOLS; i++)
            td_queues_open(q.of[1 + i], &held[round * TD_MOST_POOLS + i]);
    }
    for (uint32_t k = 0; k < 3 * TD_MOST_POOLS; k++) {
        assert_string_equal(held[k].queue->name, names[k]);
        assert_int_equal(held[k].queue->n_documents, 1);
        td_queues_close(&held[k]);
    }
}

/* Random work against the plainest model there is. */
static void the_soonest_deadline_is_first(void **state)
{
    struct td_deadlines deadlines = { 0 };
    int inside[64] = { 0 };

    (void)state;
    reset();
    srand(3);
    for (int round = 0; round < 20000; round++) {
        int i = rand() % 64;
        if (inside[i]) {
            td_deadlines_remove(&deadlines, &docs[i]);
            assert_int_equal(docs[i].deadline_slot, 0);
        } else {
            docs[i].deadline_ns = (uint64_t)rand() % 50;
            assert_int_equal(td_deadlines_add(&deadlines, &docs[i]), 0);
        }
        inside[i] = !inside[i];
        uint64_t soonest = UINT64_MAX;
        size_t count = 0;
        for (int k = 0; k < 64; k++) {
            count += (size_t)inside[k];
            if (inside[k] && docs[k].deadline_ns < soonest)
                soonest = docs[k].deadline_ns;
        }
        assert_int_equal(deadlines.count, count);
        const struct td_doc *first = td_deadlines_first(&deadlines);
        assert_true(first ? first->deadline_ns == soonest : count == 0);
    }
    td_deadlines_free(&deadlines);
}

static void a_client_with_nothing_here_is_forgotten(void **state)
{
    static struct td_connections table;
    struct td_envelope envelope = { 0 };
    zmq_msg_t message;

    (void)state;
    struct td_connection *a = td_connections_find(&table, "\0abcd", 5, NULL),
                         *b = td_connections_find(&table, "\0abce", 5, NULL);
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(td_connections_find(&table, "\0abcd", 5, NULL), a);
    assert_int_equal(HASH_COUNT(table.table), 2);
    a->n_documents = 1;
    td_connections_tidy(&table, a);
    assert_int_equal(HASH_COUNT(table.table), 2);
    a->n_documents = 0;
    zmq_msg_init_size(&message, 1000);
    assert_int_equal(td_connection_keep(&table, a, &envelope, &message), 0);
    assert_true(table.outbox_bytes > 1000 && table.outbox_bytes == a->outbox_bytes);
    td_connections_tidy(&table, a);
    assert_int_equal(HASH_COUNT(table.table), 2);
    td_parcel_free(td_connection_unkeep(&table, a));
    assert_int_equal(table.outbox_bytes, 0);
    assert_true(LIST_EMPTY(&table.unsent));
    td_connections_tidy(&table, a);
    td_connections_tidy(&table, b);
    assert_int_equal(HASH_COUNT(table.table), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_flood_waits_for_nobody_but_itself),
        cmocka_unit_test(a_user_has_one_turn_however_many_connections),
        cmocka_unit_test(what_comes_back_is_first_and_in_order),
        cmocka_unit_test(any_document_can_be_taken_out),
        cmocka_unit_test(each_pools_queue_has_turns_of_its_own),
        cmocka_unit_test(lanes_are_used_again),
        cmocka_unit_test(a_full_pool_leaves_the_others_their_part),
        cmocka_unit_test(no_order_of_coming_takes_a_pools_part),
        cmocka_unit_test(a_pool_keeps_its_queue_over_reloads_and_one_that_goes_loses_it_in_the_end),
        cmocka_unit_test(three_generations_pools_have_queues_at_a_time),
        cmocka_unit_test(the_soonest_deadline_is_first),
        cmocka_unit_test(a_client_with_nothing_here_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
