/* entities_resolve_test.c: which of the entities that overlap stays, as README.md tells it. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/resolve.h"

static char memory[1 << 22];
static size_t used;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (bytes > sizeof memory - used)
        return NULL;
    used += bytes;
    return memory + used - bytes;
}

static void *take_nothing(void *context, size_t bytes)
{
    (void)context;
    (void)bytes;
    return NULL;
}

static const struct entity_means means = { take, NULL, NULL };

/* A case is three rows of the same width: what the dictionary, the grammars and the tagger found, each entity a run of one
 * letter; a capital in the dictionary's row is of a list that gives way. `want` is what stays. */
struct sample {
    const char *rows[FOUND_COUNT];
    const char *want;
};

static uint32_t read_row(const char *row, struct entity *out)
{
    uint32_t n = 0;

    for (uint32_t at = 0; row[at];) {
        uint32_t start = at;

        while (row[at] == row[start])
            at++;
        if (row[start] != '.')
            out[n++] = (struct entity) { .span = { start, at },
                                         .name_score = 0.9f,
                                         .type = (uint8_t)row[start],
                                         .yields = row[start] >= 'A' && row[start] <= 'Z' };
    }
    return n;
}

static void the_rule_is_kept(void **state)
{
    static const struct sample cases[] = {
        { { "......", "......", "......" }, "......" },
        { { "aa....", "..bb..", "....cc" }, "aabbcc" },
        { { "aa....", "......", "cccc.." }, "aa...." }, /* the dictionary wins, though shorter */
        { { "......", "bb....", "cccc.." }, "cccc.." }, /* of nested ones the outer: "Twentieth Century Fox" */
        { { "......", "bbbb..", "..cc.." }, "bbbb.." },
        { { "......", "bb....", "cc...." }, "bb...." }, /* of the same span the expression */
        { { "......", "bbb...", "..ccc." }, "bbb..." },
        { { "......", "bbb...", "..cccc" }, "..cccc" },
        { { "AAAA..", "bb....", "......" }, "bb...." }, /* a list that gives way */
        { { "AAAA..", "......", "...ccc" }, "...ccc" },
        { { "AAAA..", "......", "....cc" }, "AAAAcc" },
        { { "....aa", "..bbb.", "cccc.." }, "ccccaa" }, /* what lost to a loser stays */
        { { "......", "bbdd..", "cccccc" }, "cccccc" },
        { { "..aa..", "bb..dd", "cccccc" }, "bbaadd" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct entity_input input = { .text = "xxxxxx", .text_length = 6 };
        struct entity found[FOUND_COUNT][8];
        struct entity_list lists[FOUND_COUNT], out;
        char got[] = "......";

        used = 0;
        for (int s = 0; s < FOUND_COUNT; s++)
            lists[s] = (struct entity_list) { found[s], read_row(cases[i].rows[s], found[s]) };
        assert_int_equal(entities_resolve(&input, &means, lists, 0.5, &out), TEXTD_OK);
        for (uint32_t k = 0; k < out.n; k++)
            memset(got + out.entities[k].span.start, out.entities[k].type,
                   out.entities[k].span.end - out.entities[k].span.start);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("case %zu gives %s, not %s", i, got, cases[i].want);
    }
}

/* What is not wanted hides nothing. */
static void low_scores_are_as_if_not_found(void **state)
{
    const struct entity_input input = { .text = "xxxxxx", .text_length = 6 };
    struct entity name = { .span = { 0, 6 }, .name_score = 0.4f, .type = 1 };
    struct entity date = { .span = { 0, 2 }, .score = 0.2f, .name_score = 0.5f, .type = 2 };
    struct entity_list lists[FOUND_COUNT] = { [FOUND_EXPRESSIONS] = { &date, 1 }, [FOUND_NAMES] = { &name, 1 } }, out;

    (void)state;
    used = 0;
    assert_int_equal(entities_resolve(&input, &means, lists, 0.5, &out), TEXTD_OK);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.entities[0].type, 2);
}

static void no_grapheme_is_cut(void **state)
{
    const char *text = "Zoe\xCC\x88 x"; /* a diaeresis of its own */
    const struct entity_input input = { .text = text, .text_length = (uint32_t)strlen(text) };
    struct entity names[] = { { .span = { 0, 3 }, .name_score = 0.9f, .type = 1 },
                              { .span = { 6, 7 }, .name_score = 0.9f, .type = 2 } };
    struct entity whole = { .span = { 0, 5 }, .name_score = 0.9f, .type = 3 };
    struct entity_list lists[FOUND_COUNT] = { [FOUND_EXPRESSIONS] = { &whole, 1 }, [FOUND_NAMES] = { names, 2 } }, out;

    (void)state;
    used = 0;
    assert_int_equal(entities_resolve(&input, &means, lists, 0.5, &out), TEXTD_OK);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.entities[0].type, 3);
    assert_int_equal(out.entities[1].type, 2);
}

static void a_lack_of_memory_is_told(void **state)
{
    const struct entity_means poor = { take_nothing, NULL, NULL };
    const struct entity_input input = { .text = "" };
    struct entity_list lists[FOUND_COUNT] = { 0 }, out;

    (void)state;
    assert_int_equal(entities_resolve(&input, &poor, lists, 0.5, &out), TEXTD_NO_MEMORY);
}

static uint32_t random_next(uint32_t *seed)
{
    return *seed = *seed * 1664525u + 1013904223u;
}

static uint32_t make_list(uint32_t *seed, struct entity *out, uint32_t most, bool may_yield)
{
    uint32_t n = 0, at = 0;

    while (n < most && at < 60000) {
        uint32_t start = at + (random_next(seed) >> 20) % 4;

        at = start + 1 + (random_next(seed) >> 20) % 9;
        out[n++] = (struct entity) {
            .span = { start, at }, .name_score = 0.6f, .type = 1, .yields = may_yield && random_next(seed) >> 31
        };
    }
    return n;
}

/* The same by the rule's own words: each in turn, against all that were taken. */
static bool comes_before(const struct entity *a, uint32_t source_a, const struct entity *b, uint32_t source_b)
{
    uint32_t turn_a = source_a ? 1 : a->yields ? 2 : 0, turn_b = source_b ? 1 : b->yields ? 2 : 0;
    uint32_t length_a = a->span.end - a->span.start, length_b = b->span.end - b->span.start;

    if (turn_a != turn_b)
        return turn_a < turn_b;
    return length_a != length_b ? length_a > length_b : source_a < source_b;
}

static void any_lists_are_resolved_by_the_rule(void **state)
{
    enum { MOST = 20 };
    static char text[60100];
    const struct entity_input input = { .text = text, .text_length = sizeof text - 1 };
    uint32_t seed = 1;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    for (int round = 0; round < 3000; round++) {
        struct entity found[FOUND_COUNT][MOST], all[FOUND_COUNT * MOST], want[FOUND_COUNT * MOST];
        uint32_t source[FOUND_COUNT * MOST], n = 0, n_want = 0;
        struct entity_list lists[FOUND_COUNT], out;

        used = 0;
        for (uint32_t s = 0; s < FOUND_COUNT; s++) {
            lists[s] = (struct entity_list) { found[s], make_list(&seed, found[s], 1 + seed % MOST, s == 0) };
            for (uint32_t i = 0; i < lists[s].n; i++, n++) {
                uint32_t k = n;

                for (; k > 0 && comes_before(&found[s][i], s, &all[k - 1], source[k - 1]); k--) {
                    all[k] = all[k - 1];
                    source[k] = source[k - 1];
                }
                all[k] = found[s][i];
                source[k] = s;
            }
        }
        for (uint32_t i = 0; i < n; i++) {
            uint32_t k = n_want, clash = 0;

            for (uint32_t j = 0; j < n_want; j++)
                clash += want[j].span.start < all[i].span.end && all[i].span.start < want[j].span.end;
            if (clash)
                continue;
            for (; k > 0 && want[k - 1].span.start > all[i].span.start; k--)
                want[k] = want[k - 1];
            want[k] = all[i];
            n_want++;
        }
        assert_int_equal(entities_resolve(&input, &means, lists, 0.5, &out), TEXTD_OK);
        assert_int_equal(out.n, n_want);
        for (uint32_t i = 0; i < n_want; i++)
            assert_memory_equal(&out.entities[i].span, &want[i].span, sizeof want[i].span);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_is_kept),
        cmocka_unit_test(low_scores_are_as_if_not_found),
        cmocka_unit_test(no_grapheme_is_cut),
        cmocka_unit_test(a_lack_of_memory_is_told),
        cmocka_unit_test(any_lists_are_resolved_by_the_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
