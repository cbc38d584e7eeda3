/* spans_test.c: which spans of tokens are names (names/spans.h), of random lattices that are small enough to go through all that their
 * labels may be, one sequence at a time. */
#include "unit.h"

#include <math.h>
#include <stdbool.h>

#include "plugins/entities/names/spans.h"

#define MOST_TOKENS 5u
#define MOST_TYPES 3u
#define ROUNDS 3000u
#define NEAR 1e-4 /* of sums of floats, in another order */

static lattice_row rows[4][MOST_TOKENS];
static float scale[MOST_TOKENS];
static const struct lattice lattice = { rows[0], rows[1], rows[2], rows[3], scale };
static struct transitions scores, factors;
static struct span all[200];
static uint64_t keys[COUNT(all)];
static uint8_t taken[MOST_TOKENS];
static const struct spans spans = { all, keys, taken };
static uint32_t n_tokens, n_types;

/* ---- Random lattices --------------------------------------------------------------------------------------------- */

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
    return (uint32_t)((uint64_t)(seed = seed * 1664525u + 1013904223u) * n >> 32);
}

/* From -most to most. */
static float random_score(float most)
{
    return ((float)random_below(20001) / 10000 - 1) * most;
}

static void fill(float *row, uint32_t n, float most)
{
    for (uint32_t k = 0; k < n; k++)
        row[k] = random_score(most);
}

/* Whether any sequence of labels is possible, which in some rounds few are. */
static bool make_lattice(void)
{
    float most = (float)(1 + random_below(5));
    uint64_t allowed[MOST_TOKENS];
    bool is_free = random_below(2);

    n_tokens = 1 + random_below(MOST_TOKENS);
    n_types = 1 + random_below(MOST_TYPES);
    memset(&scores, 0, sizeof scores);
    scores.n_types = n_types;
    for (uint32_t i = 0; i < label_openers(n_types); i++)
        fill(scores.open[i], label_openers(n_types), 1);
    fill(scores.inside, n_types, 1);
    fill(scores.last, n_types, 1);
    fill(scores.inside_inside, n_types, 1);
    fill(scores.inside_last, n_types, 1);
    transitions_exp(&factors, &scores);
    for (uint32_t i = 0; i < n_tokens; i++) {
        fill(lattice.score[i], NAME_ROW, most);
        allowed[i] = (uint64_t)random_below(UINT32_MAX) << 32 | random_below(UINT32_MAX);
    }
    lattice_factors(&lattice, n_types, n_tokens, is_free ? NULL : allowed);
    return lattice_sums(&lattice, &factors, n_tokens);
}

/* ---- The same by going through all sequences ----------------------------------------------------------------------- */

/* How much of all sequences' weight is in those with just this name: by its first token, its end and its type. */
static double weight[MOST_TOKENS][MOST_TOKENS + 1][MOST_TYPES], total;

struct name {
    uint32_t first, end, type;
};

struct way {
    struct name names[MOST_TOKENS], open; /* until it ends */
    uint32_t n, before;                   /* the label before this one */
    bool is_open;
};

static void go_through(const struct way *way, uint32_t token, double so_far);

static void go_on(struct way way, uint32_t token, double so_far, uint32_t label, double by)
{
    way.before = label;
    if (by > 0)
        go_through(&way, token + 1, so_far * by * (double)lattice.factor[token][label]);
}

/* A name of one type, or its beginning; or, with n_types as the type, none. */
static void open_name(struct way way, uint32_t token, double so_far, uint32_t type)
{
    uint32_t unit = label_make(n_types, type, PLACE_UNIT), outside = label_outside(n_types);
    const float *to = factors.open[token > 0 ? way.before - n_types : 0];

    if (type == n_types) {
        go_on(way, token, so_far, outside, token > 0 ? (double)to[outside] : 1);
        return;
    }
    way.open = (struct name) { token, token + 1, type };
    way.is_open = true;
    go_on(way, token, so_far, label_make(n_types, type, PLACE_BEGIN), token > 0 ? (double)to[type] : 1);
    way.is_open = false;
    way.names[way.n++] = way.open;
    go_on(way, token, so_far, unit, token > 0 ? (double)to[unit] : 1);
}

static void continue_name(struct way way, uint32_t token, double so_far)
{
    uint32_t type = way.open.type;
    bool is_second = token == way.open.first + 1;

    go_on(way, token, so_far, label_make(n_types, type, PLACE_INSIDE),
          (double)(is_second ? factors.inside : factors.inside_inside)[type]);
    way.is_open = false;
    way.open.end = token + 1;
    way.names[way.n++] = way.open;
    go_on(way, token, so_far, label_make(n_types, type, PLACE_LAST),
          (double)(is_second ? factors.last : factors.inside_last)[type]);
}

static void go_through(const struct way *way, uint32_t token, double so_far)
{
    if (token == n_tokens) {
        total += way->is_open ? 0 : so_far;
        for (uint32_t i = 0; i < way->n && !way->is_open; i++)
            weight[way->names[i].first][way->names[i].end][way->names[i].type] += so_far;
        return;
    }
    if (way->is_open)
        continue_name(*way, token, so_far);
    for (uint32_t type = 0; type <= n_types && !way->is_open; type++)
        open_name(*way, token, so_far, type);
}

static double probability(uint32_t first, uint32_t end)
{
    double sum = 0;

    for (uint32_t type = 0; type < n_types; type++)
        sum += weight[first][end][type] / total;
    return sum;
}

static void count_all(void)
{
    memset(weight, 0, sizeof weight);
    total = 0;
    go_through(&(struct way) { 0 }, 0, 1);
    assert_true(total > 0);
}

/* ---- What is promised -------------------------------------------------------------------------------------------- */

typedef void check_fn(uint32_t n);

static void check_lattices(check_fn *check, uint32_t rounds)
{
    uint32_t n_found = 0;

    for (seed = 1; rounds > 0; rounds--) {
        if (!make_lattice())
            continue;
        count_all();
        uint32_t n = spans_find(&spans, &lattice, &factors, n_tokens);
        assert_true(n <= spans_room(n_tokens));
        n_found += n;
        check(n);
    }
    assert_true(n_found > ROUNDS);
}

static void check_sums(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct span *s = &all[i];
        double best = 0;
        for (uint32_t type = 0; type < n_types; type++) {
            double p = weight[s->first][s->end][type] / total;
            assert_true(fabs(p - (double)lattice_name(&lattice, &factors, s->first, s->end, type)) < NEAR);
            best = p > best ? p : best;
        }
        assert_true(fabs((double)s->p - probability(s->first, s->end)) < NEAR);
        assert_true(fabs((double)s->of_type - best) < NEAR);
        assert_true(fabs(weight[s->first][s->end][s->type] / total - best) < NEAR);
        assert_true(s->of_type <= s->p && s->p >= SPAN_LEAST && (double)s->p < 1 + NEAR);
    }
}

static void types_of_a_span_add_up(void **state)
{
    (void)state;
    check_lattices(check_sums, ROUNDS);
}

static void check_places(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        assert_true(all[i].first < all[i].end && all[i].end <= n_tokens);
        assert_true(i == 0 || all[i - 1].end <= all[i].first);
    }
}

static void names_are_in_order_and_do_not_overlap(void **state)
{
    (void)state;
    check_lattices(check_places, ROUNDS);
}

static bool is_found(uint32_t n, uint32_t first, uint32_t end)
{
    for (uint32_t i = 0; i < n; i++)
        if (all[i].first == first && all[i].end == end)
            return true;
    return false;
}

/* Of those that are at least as probable as `least` each is a name unless it overlaps a more probable name: by the rule's own words,
 * and as if there had been no others. Where two are as probable as each other, or as `least`, either may be right. */
static void check_least(uint32_t n, double least)
{
    struct name names[MOST_TOKENS];
    uint32_t n_names = 0;

    for (;;) {
        struct name best = { 0 };
        double most = 0, second = 0;
        for (uint32_t first = 0; first < n_tokens; first++)
            for (uint32_t end = first + 1; end <= n_tokens; end++) {
                double p = probability(first, end);
                bool is_free = true;
                for (uint32_t i = 0; i < n_names; i++)
                    is_free &= end <= names[i].first || names[i].end <= first;
                if (fabs(p - least) < NEAR)
                    return;
                if (!is_free || p < least)
                    continue;
                second = p > most ? most : p > second ? p : second;
                if (p > most) {
                    most = p;
                    best = (struct name) { .first = first, .end = end };
                }
            }
        if (most == 0)
            break;
        if (most - second < NEAR)
            return;
        names[n_names++] = best;
        assert_true(is_found(n, best.first, best.end));
    }
    for (uint32_t i = 0; i < n; i++)
        n_names -= (double)all[i].p >= least;
    assert_int_equal(n_names, 0);
}

static void check_all_leasts(uint32_t n)
{
    check_least(n, (double)SPAN_LEAST);
    for (int hundredths = 10; hundredths < 100; hundredths += 10)
        check_least(n, hundredths / 100.0);
}

/* So a higher min_score drops names, and never changes one or adds one. */
static void what_is_less_probable_hides_nothing(void **state)
{
    (void)state;
    check_lattices(check_all_leasts, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_a_span_add_up),
        cmocka_unit_test(names_are_in_order_and_do_not_overlap),
        cmocka_unit_test(what_is_less_probable_hides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
