/* trial_test.c: a canary's share is kept whatever its workers have room for, and what both sides did is counted apart. */
#include "tests/unit/unit.h"

#include "daemon/documents/trial.h"

/* Gives `n` documents; the next generation has room for one in `every` that it could have. Returns how many it got. */
static uint64_t give(struct td_trial *trial, int n, int every)
{
    int chances = 0;

    for (int i = 0; i < n; i++) {
        int is_next = td_trial_wants_next(trial, 0) && ++chances % every == 0;
        td_trial_given(trial, 0, is_next);
    }
    return trial->pools[0].given_next;
}

static void the_share_is_what_was_asked_for(void **state)
{
    struct td_trial trial;

    (void)state;
    for (uint32_t percent = 1; percent <= 50; percent++) {
        td_trial_begin(&trial, percent);
        assert_int_equal(give(&trial, 1000, 1), percent * 10);
        td_trial_begin(&trial, percent);
        assert_int_equal(give(&trial, 99, 1), 99 * percent / 100);
    }
}

static void looking_again_and_again_counts_for_nothing(void **state)
{
    struct td_trial trial;

    (void)state;
    td_trial_begin(&trial, 2);
    for (int i = 0; i < 1000; i++)
        assert_false(td_trial_wants_next(&trial, 0));
    assert_int_equal(give(&trial, 1000, 1), 20);
}

static void what_it_had_no_room_for_it_gets_later(void **state)
{
    struct td_trial trial;

    (void)state;
    td_trial_begin(&trial, 10);
    assert_in_range(give(&trial, 1000, 3), 98, 100); /* the last chance it had no room for may be to come */
}

static void both_sides_are_counted_and_only_while_it_is_on(void **state)
{
    struct td_trial trial = { 0 };

    (void)state;
    td_trial_ran(&trial, 0, 1, 5, 1);
    td_trial_given(&trial, 0, 1);
    assert_int_equal(trial.pools[0].next.documents + trial.pools[0].given, 0);
    assert_false(td_trial_wants_next(&trial, 0));
    td_trial_begin(&trial, 50);
    td_trial_ran(&trial, 0, 1, 5, 1);
    td_trial_ran(&trial, 0, 0, 7, 0);
    td_trial_ran(&trial, 0, 0, 7, 1);
    assert_int_equal(trial.pools[0].next.documents, 1);
    assert_int_equal(trial.pools[0].next.errors, 1);
    assert_int_equal(trial.pools[0].serving.documents, 2);
    assert_int_equal(trial.pools[0].serving.errors, 1);
    assert_int_equal(trial.pools[0].serving.run_ns, 14);
    td_trial_end(&trial);
    assert_false(td_trial_wants_next(&trial, 0));
}

/* A pool that few documents come to has its share of them all the same, and what they do is seen. */
static void each_pools_documents_have_the_share(void **state)
{
    struct td_trial trial;

    (void)state;
    td_trial_begin(&trial, 10);
    for (int i = 0; i < 1000; i++) {
        td_trial_given(&trial, 0, td_trial_wants_next(&trial, 0));
        if (i % 50 == 0)
            td_trial_given(&trial, 3, td_trial_wants_next(&trial, 3));
    }
    assert_int_equal(trial.pools[0].given_next, 100);
    assert_int_equal(trial.pools[3].given_next, 2);
    td_trial_ran(&trial, 3, 1, 9, 1);
    td_trial_ran(&trial, 0, 1, 1, 0);
    td_trial_ran(&trial, UINT32_MAX, 1, 1, 0); /* of a pool that is gone */
    struct td_trial_pool all = td_trial_sum(&trial);
    assert_int_equal(all.given_next, 102);
    assert_int_equal(all.next.documents, 2);
    assert_int_equal(all.next.errors, 1);
    assert_int_equal(all.next.run_ns, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_is_what_was_asked_for),
        cmocka_unit_test(looking_again_and_again_counts_for_nothing),
        cmocka_unit_test(what_it_had_no_room_for_it_gets_later),
        cmocka_unit_test(both_sides_are_counted_and_only_while_it_is_on),
        cmocka_unit_test(each_pools_documents_have_the_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
