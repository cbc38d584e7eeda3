/* suggest_test.c: what is near to what, and that a guess is made only where one is worth making. */
#include "tests/unit/unit.h"

#include "clients/cli/suggest.h"
#include "common/nearest.h"

static unsigned distance(const char *a, const char *b)
{
    return (unsigned)td_nearest_distance(a, strlen(a), b, strlen(b));
}

static void slips_count_as_one_each(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = {
        { "", "", 0 },           { "abc", "abc", 0 },      { "abc", "", 3 },         { "ping", "pnig", 1 },
        { "load", "laod", 1 },   { "stats", "status", 1 }, { "status", "stats", 1 }, { "status", "statsu", 1 },
        { "drain", "train", 1 }, { "abcd", "badc", 2 },    { "ca", "abc", 3 },       { "kitten", "sitting", 3 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(distance(cases[i].b, cases[i].a), cases[i].distance);
    }
    assert_int_equal(distance("a-word-that-is-longer-than-any-name-that-there-is-in-any-of-our-tables", "a"), 64);
}

static const char *guess(const char *word)
{
    static const char *const names[] = { "annotate", "ping", "top", "train", "drain", "bench", "log-level" };
    static char text[200];
    struct suggest s;

    suggest_start(&s, word);
    for (size_t i = 0; i < COUNT(names); i++)
        suggest_try(&s, names[i]);
    suggest_try_synonyms(&s, "halt stop", "shutdown");
    return suggest_words(&s, "", text, sizeof text);
}

static void a_guess_is_near_or_none(void **state)
{
    (void)state;
    assert_string_equal(guess("anotate"), "; did you mean 'annotate'?");
    assert_string_equal(guess("anno"), "; did you mean 'annotate'?");
    assert_string_equal(guess("benchmark"), "; did you mean 'bench'?");
    assert_string_equal(guess("tain"), "; did you mean 'train'?");
    assert_string_equal(guess("rain"), "; did you mean 'train' or 'drain'?");
    assert_string_equal(guess("stop"), "; did you mean 'shutdown'?");
    assert_string_equal(guess("loglevel"), "; did you mean 'log-level'?");
    assert_string_equal(guess("ls"), "");
    assert_string_equal(guess("xy"), "");
    assert_string_equal(guess("frobnicate"), "");
    assert_string_equal(guess(""), "");
}

static void a_text_that_does_not_fit_is_cut(void **state)
{
    struct suggest s;
    char text[12];

    (void)state;
    suggest_start(&s, "pnig");
    suggest_try(&s, "ping");
    assert_string_equal(suggest_words(&s, "", text, sizeof text), "; did you m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_count_as_one_each),
        cmocka_unit_test(a_guess_is_near_or_none),
        cmocka_unit_test(a_text_that_does_not_fit_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
