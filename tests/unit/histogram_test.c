/* histogram_test.c: whatever is recorded, a percentile is the value at its rank or hardly above it, never above the
 * largest; histograms that are merged are one; ranks are exact. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "clients/cli/lib/histogram.h"

#define ROUNDS 60
#define MOST_VALUES 3000

static const uint32_t shares[] = { 0, 1, 100000, 250000, 500000, 900000, 990000, 999000, 999900, 999999, 1000000 };

/* Numbers of all sizes, the same in each run (xorshift64*, Vigna 2016). */
static uint64_t seed = 0x9E3779B97F4A7C15u;

static uint64_t draw(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 0x2545F4914F6CDD1Du;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* A sorted array of what was recorded: the truth. */
static uint64_t values[MOST_VALUES];
static size_t n_values;

/* Each round draws from another range: a few numbers, many, around a power of two, all there are. */
static void fill(struct histogram *h, unsigned round)
{
    unsigned bits = round % 64 + 1;

    n_values = 1 + draw() % MOST_VALUES;
    memset(h, 0, sizeof *h);
    for (size_t i = 0; i < n_values; i++) {
        values[i] = draw() >> (64 - bits);
        if (round % 3 == 0)
            values[i] >>= draw() % bits; /* long tails, as latencies have them */
        histogram_record(h, values[i]);
    }
    qsort(values, n_values, sizeof values[0], compare);
}

static uint64_t at_rank(uint32_t millionths)
{
    uint64_t rank = (n_values * (uint64_t)millionths + 999999) / 1000000;

    return values[rank > 0 ? rank - 1 : 0];
}

static void a_percentile_is_the_value_at_its_rank_or_hardly_above(void **state)
{
    static struct histogram h;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        fill(&h, round);
        for (size_t i = 0; i < COUNT(shares); i++) {
            uint64_t truth = at_rank(shares[i]), told = histogram_percentile(&h, shares[i]);
            assert_true(told >= truth);
            assert_true(told - truth <= truth / HISTOGRAM_PART);
        }
    }
}

static void no_percentile_is_above_the_largest_or_below_the_smallest(void **state)
{
    static struct histogram h;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t before = 0;
        fill(&h, round);
        for (uint32_t share = 0; share <= 1000000; share += 12345) {
            uint64_t told = histogram_percentile(&h, share);
            assert_true(told >= values[0] && told <= values[n_values - 1]);
            assert_true(told >= before); /* and they only grow */
            before = told;
        }
        assert_true(histogram_percentile(&h, 1000000) == values[n_values - 1]);
        assert_true(h.min == values[0] && h.max == values[n_values - 1] && h.n == n_values);
    }
}

static void merged_histograms_are_one(void **state)
{
    static struct histogram all, parts[3], merged;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        fill(&all, round);
        memset(parts, 0, sizeof parts);
        memset(&merged, 0, sizeof merged);
        for (size_t i = 0; i < n_values; i++)
            histogram_record(&parts[draw() % (round % 3 + 1)], values[i]);
        for (size_t i = 0; i < COUNT(parts); i++)
            histogram_merge(&merged, &parts[i]);
        assert_memory_equal(merged.counts, all.counts, sizeof all.counts);
        assert_true(merged.n == all.n && merged.min == all.min && merged.max == all.max);
    }
}

static void the_walk_meets_each_value_once_and_in_order(void **state)
{
    static struct histogram h;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t value, n_below = 0, before = 0, n_before = 0;
        uint32_t bucket = 0;
        fill(&h, round);
        while (histogram_next(&h, &bucket, &value, &n_below)) {
            assert_true(n_below > n_before && value >= before && value >= values[n_below - 1]);
            assert_true(n_below == n_values || values[n_below] > value);
            before = value;
            n_before = n_below;
        }
        assert_true(n_before == n_values);
    }
}

static void small_numbers_and_the_largest_are_exact(void **state)
{
    static struct histogram h;

    (void)state;
    memset(&h, 0, sizeof h);
    assert_true(histogram_percentile(&h, 500000) == 0 && histogram_mean(&h) < 1e-9);
    for (uint64_t i = 1; i <= 200; i++)
        histogram_record(&h, i);
    assert_int_equal(histogram_percentile(&h, 500000), 100);
    assert_int_equal(histogram_percentile(&h, 990000), 198);
    assert_int_equal(histogram_percentile(&h, 995000), 199);
    assert_int_equal(histogram_percentile(&h, 995001), 200);
    assert_true(histogram_mean(&h) > 100.49 && histogram_mean(&h) < 100.51);
    histogram_record(&h, UINT64_MAX);
    histogram_record(&h, 0);
    assert_true(histogram_percentile(&h, 1000000) == UINT64_MAX && histogram_percentile(&h, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_percentile_is_the_value_at_its_rank_or_hardly_above),
        cmocka_unit_test(no_percentile_is_above_the_largest_or_below_the_smallest),
        cmocka_unit_test(merged_histograms_are_one),
        cmocka_unit_test(the_walk_meets_each_value_once_and_in_order),
        cmocka_unit_test(small_numbers_and_the_largest_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
