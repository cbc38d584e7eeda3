/* queue_test.c: connections are served in turn, deadlines come out soonest first, and nothing is lost on the way. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "daemon/documents/deadlines.h"
#include "daemon/documents/queue.h"

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
    td_queue_push(queue, &docs[doc]);
    return &docs[doc];
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
    td_queue_push_back(&queue, (docs[11].state = TD_DOC_RUNNING, &docs[11]));
    assert_pops(&queue, 11);
    const int rest[] = { 22, 1, 23, 12, 2 };
    for (size_t i = 0; i < COUNT(rest); i++)
        assert_pops(&queue, rest[i]);
    assert_null(td_queue_pop(&queue));
    assert_true(!user.share.turn && !clients[2].own.turn);
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
    td_doc_become(a, TD_DOC_RUNNING);
    td_doc_become(b, TD_DOC_RUNNING);
    td_queue_push_back(&queue, b);
    td_queue_push_back(&queue, a);
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
        cmocka_unit_test(the_soonest_deadline_is_first),
        cmocka_unit_test(a_client_with_nothing_here_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
