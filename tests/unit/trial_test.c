/* trial_test.c: a canary's share is kept whatever its workers have room for, and what both sides did is counted apart. */
#include "tests/unit/unit.h"

#include "daemon/documents/trial.h"

/* Gives `n` documents; the next generation has room for one in `every` that it could have. Returns how many it got. */
static uint64_t give(struct td_trial *trial, int n, int every)
{
    int chances = 0;

    for (int i = 0; i < n; i++) {
        int is_next = td_trial_wants_next(trial) && ++chances % every == 0;
        td_trial_given(trial, is_next);
    }
    return trial->given_next;
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
        assert_false(td_trial_wants_next(&trial));
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
    td_trial_ran(&trial, 1, 5, 1);
    td_trial_given(&trial, 1);
    assert_int_equal(trial.next.documents + trial.given, 0);
    assert_false(td_trial_wants_next(&trial));
    td_trial_begin(&trial, 50);
    td_trial_ran(&trial, 1, 5, 1);
    td_trial_ran(&trial, 0, 7, 0);
    td_trial_ran(&trial, 0, 7, 1);
    assert_int_equal(trial.next.documents, 1);
    assert_int_equal(trial.next.errors, 1);
    assert_int_equal(trial.serving.documents, 2);
    assert_int_equal(trial.serving.errors, 1);
    assert_int_equal(trial.serving.run_ns, 14);
    td_trial_end(&trial);
    assert_false(td_trial_wants_next(&trial));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_is_what_was_asked_for),
        cmocka_unit_test(looking_again_and_again_counts_for_nothing),
        cmocka_unit_test(what_it_had_no_room_for_it_gets_later),
        cmocka_unit_test(both_sides_are_counted_and_only_while_it_is_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
