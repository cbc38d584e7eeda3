/* summarizer_any_test.c: what holds for summaries of any text. */
#include "tests/unit/summarizer_text.h"

#include <time.h>

#include "plugins/summarizer/fold.h"
#include "plugins/summarizer/forest.h"

static const char *const words[] = {
    "river",
    "Flood",
    "town",
    "the",
    "council",
    "bridge",
    "money",
    "of",
    ".",
    "x",
    "\xc3\xa9t\xc3\xa9",
    "42",
    "!",
    "?",
    "\n",
    "\n\n",
    "\"",
    "(CNN) --",
    "-",
    "|",
    "Comments\n",
    "http://a.example/b",
    "\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82",
    "\xf0\x9f\x98\x80",
    ",",
    "By Ada Byrne\n",
    "we show",
    "but",
    "It",
    "2.",
    "\xe2\x80\x94",
    "\xe2\x80\x9cso\xe2\x80\x9d",
    "'s",
    "boats",
};

static size_t make_text(char *text, int n)
{
    size_t length = 0;

    for (; n > 0; n--)
        length += (size_t)sprintf(text + length, "%s%s", words[(size_t)rand() % COUNT(words)], rand() % 9 ? " " : "");
    return length;
}

static void check(const struct document *d, const struct request *r, const struct summary *s)
{
    uint8_t seen[2000] = { 0 };

    assert_true(r->sentences == 0 || s->n_picks <= r->sentences);
    for (uint32_t i = 0; i < s->n_picks; i++) {
        struct textd_span shown = summary_shown(d, s->picks[i].sentence);
        assert_true(s->picks[i].sentence < d->n_sentences && shown.start < shown.end && shown.end <= d->length);
        assert_true(((unsigned char)d->text[shown.start] & 0xC0) != 0x80);
        assert_true(s->picks[i].score >= 0 && s->picks[i].score <= 1);
        assert_in_range(s->picks[i].rank, 1, s->n_picks);
        assert_int_equal(seen[s->picks[i].rank]++, 0);
        assert_true(r->by_rank || i == 0 || s->picks[i].sentence > s->picks[i - 1].sentence);
    }
    assert_true(s->headline.end <= d->length && s->headline.start <= s->headline.end);
    for (uint32_t i = 0; i < s->n_keyphrases; i++)
        assert_true(s->keyphrases[i].span.start < s->keyphrases[i].span.end && s->keyphrases[i].span.end <= d->length);
}

static void any_text_has_a_summary(void **state)
{
    static char text[20000];

    (void)state;
    srand(11);
    for (int round = 0; round < 3000; round++) {
        size_t length = make_text(text, rand() % 300);
        struct request r = { .sentences = (uint32_t)rand() % 12,
                             .max_chars = rand() % 3 ? 0 : (uint32_t)rand() % 500 + 1,
                             .by_rank = rand() % 2,
                             .headline = rand() % 2,
                             .keyphrases = (uint32_t)rand() % 6,
                             .focus = "river money",
                             .focus_length = rand() % 3 ? 0 : 11 };
        char *exact = malloc(length ? length : 1); /* so that the sanitizers see a read past the end */
        struct summary s;
        memcpy(exact, text, length);
        struct document d = summarize(exact, length, &r, &s);
        check(&d, &r, &s);
        free(exact);
    }
}

/* The same bytes have the same summary, whatever was summarized before. */
static void summaries_do_not_depend_on_the_past(void **state)
{
    static char text[20000], other[20000];
    uint32_t first[10];

    (void)state;
    srand(5);
    for (int round = 0; round < 200; round++) {
        struct request r = { .sentences = 5 };
        struct summary s;
        size_t length = make_text(text, 200);
        summarize(text, length, &r, &s);
        uint32_t n = s.n_picks;
        for (uint32_t i = 0; i < n; i++)
            first[i] = s.picks[i].sentence;
        summarize(other, make_text(other, 100), &r, &s);
        summarize(text, length, &r, &s);
        assert_int_equal(s.n_picks, n);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(s.picks[i].sentence, first[i]);
    }
}

static const char *const things[] = { "river",  "bridge", "council", "harbour", "ferry",
                                      "school", "budget", "mayor",   "road",    "storm" };
static const char *const acts[] = { "was closed after", "paid for",   "is older than",
                                    "lies behind",      "depends on", "was named after" };

/* A text of sentences that are each told apart by their number. */
static size_t make_sentences(char *text, uint32_t n, uint32_t changed)
{
    size_t length = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = (i + 1) * 2654435761u;
        length += (size_t)sprintf(text + length, "The %s of ward %u %s the %s and the %s%s. ", things[(h >> 8) % 10], i,
                                  acts[(h >> 16) % 6], things[(h >> 20) % 10], things[(h >> 12) % 10],
                                  i == changed ? " again" : "");
    }
    return length;
}

/* A word more in one sentence leaves nine of ten picks as they were, in the mean. */
static void small_edits_change_little(void **state)
{
    static char text[20000];
    uint32_t before[6], same = 0, all = 0;
    struct request r = { .sentences = 6 };
    struct summary s;

    (void)state;
    summarize(text, make_sentences(text, 40, UINT32_MAX), &r, &s);
    for (uint32_t i = 0; i < 6; i++)
        before[i] = s.picks[i].sentence;
    for (uint32_t changed = 0; changed < 40; changed++) {
        summarize(text, make_sentences(text, 40, changed), &r, &s);
        assert_int_equal(s.n_picks, 6);
        for (uint32_t i = 0; i < 6; i++)
            for (uint32_t k = 0; k < 6; k++)
                same += s.picks[i].sentence == before[k];
        all += 6;
    }
    if (same * 10 < all * 9)
        fail_msg("of %u picks only %u stayed", all, same);
}

/* Blanks are none of the summary's business. */
static void blanks_change_nothing(void **state)
{
    static char text[20000], wide[40000];
    struct request r = { .sentences = 6 };
    struct summary a, b;
    uint32_t picks[6];

    (void)state;
    size_t length = make_sentences(text, 40, 3), n = 0;
    for (size_t i = 0; i < length; i++) {
        wide[n++] = text[i];
        if (text[i] == ' ')
            wide[n++] = ' ';
    }
    summarize(text, length, &r, &a);
    for (uint32_t i = 0; i < 6; i++)
        picks[i] = a.picks[i].sentence;
    summarize(wide, n, &r, &b);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(b.picks[i].sentence, picks[i]);
}

static double seconds_for(const char *text, size_t length, const struct request *r)
{
    struct summary s;
    clock_t begin = clock();

    summarize(text, length, r, &s);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* A hundred thousand sentences, and texts of a MiB that are made of one thing: ten times as much takes about ten times as long. */
static void work_is_linear(void **state)
{
    static const char *const pieces[] = { "The river flooded the town. ",
                                          "a. ",
                                          "word ",
                                          "a b c\n",
                                          "\xf0\x9f\x98\x80",
                                          "x",
                                          "By Ada Byrne\n",
                                          "((\"",
                                          "1. One thing\n",
                                          "A, b; c: ",
                                          "| ",
                                          "river river river. ",
                                          "-- a\n" };
    enum { N = 1 << 20 };
    char *text = malloc(3 * N + 64);

    (void)state;
    for (size_t i = 0; i < COUNT(pieces); i++) {
        size_t piece = strlen(pieces[i]), length = 0;
        struct request r = { .ratio = 0.05, .keyphrases = 10, .focus = "river", .focus_length = 5 };
        while (length < N)
            memcpy(text + length, pieces[i], piece), length += piece;
        double small = seconds_for(text, length / 10, &r) + seconds_for(text, length / 10, &r),
               large = seconds_for(text, length, &r);
        if (large > 0.1 && large > small / 2 * 30)
            fail_msg("'%s': %.3f s for a tenth, %.3f s for all", pieces[i], small / 2, large);
    }
    struct request r = { .sentences = 3 };
    struct summary s;
    size_t length = 0;
    for (uint32_t i = 0; i < 100000; i++)
        length += (size_t)sprintf(text + length, "River %u rose. ", i % 5000);
    struct document d = summarize(text, length, &r, &s);
    assert_true(d.n_sentences >= 99000);
    assert_int_equal(s.n_picks, 3);
    free(text);
}

/* A text without marks is cut where it can be, so that a summary is not the whole. */
static void text_without_marks_is_cut(void **state)
{
    static char text[20000];
    struct request r = { .sentences = 2 };
    struct summary s;
    size_t length = 0;

    (void)state;
    for (uint32_t i = 0; i < 60; i++)
        length += (size_t)sprintf(text + length, "so we went to the %s and then the %s came ", things[i % 10],
                                  things[i * 7 % 10]);
    struct document d = summarize(text, length, &r, &s);
    assert_true(d.n_sentences > 10);
    assert_int_equal(s.n_picks, 2);
    for (uint32_t i = 0; i < 2; i++)
        assert_true(d.spans[s.picks[i].sentence].end - d.spans[s.picks[i].sentence].start < 400);
}

/* The same where nothing parts the words: Chinese with commas alone, and with nothing; words joined by strokes. */
static void text_without_blanks_is_cut(void **state)
{
    static const char *const pieces[] = { "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c\xef\xbc\x8c",
                                          "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c", "boat-" };
    static char text[20000];

    (void)state;
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct request r = { .max_chars = 500 };
        struct summary s;
        size_t length = 0;
        while (length < 15000)
            length += (size_t)sprintf(text + length, "%s", pieces[i]);
        struct document d = summarize(text, length, &r, &s);
        assert_in_range(s.n_picks, 1, 25);
        struct textd_span span = d.spans[s.picks[0].sentence];
        if (i == 0) /* behind a comma */
            assert_memory_equal(text + span.end - 3, "\xef\xbc\x8c", 3);
    }
}

/* The short way to a word's key is the long way's. */
static void keys_are_the_same_either_way(void **state)
{
    static const char *const pieces[] = {
        "a", "Z", "s", "S", "y", "Y", "ie", "us", "'", "\xc3\x89", "1", "ss", "@", "["
    };
    char text[80];

    (void)state;
    srand(3);
    for (int round = 0; round < 100000; round++) {
        uint32_t length = 0, n;
        char folded[FOLD_LONGEST];
        for (int k = 1 + rand() % 11; k > 0; k--)
            length += (uint32_t)sprintf(text + length, "%s", pieces[(size_t)rand() % COUNT(pieces)]);
        memset(text + length, 'q', 16);
        n = fold_word(text, length, folded);
        assert_true(fold_key(folded, n) == fold_at(text, length + 16, 0, length));
        assert_true(fold_key(folded, n) == fold_at(text, length, 0, length));
    }
}

static void cues_add_up_to_what_the_trainer_is_given(void **state)
{
    char *text = malloc(1 << 16);
    struct summary s;

    (void)state;
    srand(12);
    for (int round = 0; round < 50; round++) {
        size_t length = make_text(text, 1 + rand() % 400);
        struct document d = summarize(text, length, &(struct request) { .sentences = 1 }, &s);
        for (uint32_t i = 0; i < d.n_sentences; i++) {
            uint32_t cues[2 * CUE_WORDS], n = document_cues(&d, &d.sentences[i], cues);
            int32_t sum = 0;
            for (uint32_t k = 0; k < n; k++)
                sum += model_cue(&model, cues[k]);
            assert_int_equal(d.sentences[i].cue, sum);
        }
    }
    free(text);
}

/* The slot of the table of words that a key starts at; see words.c. */
static void words_made_to_collide_cost_little(void **state)
{
    enum { N = 20000 };
    char *text = malloc(40 * N), word[20];
    size_t length = 0;
    uint32_t n = 0;
    struct summary s;

    (void)state;
    for (uint32_t i = 0; n < N; i++) {
        char folded[FOLD_LONGEST];
        uint32_t size = (uint32_t)sprintf(word, "w%xq", i);
        if ((fold_key(folded, fold_word(word, size, folded)) >> 32 & 127) != 7)
            continue;
        length += (size_t)sprintf(text + length, "%s%s", word, ++n % 10 ? " " : ". ");
    }
    clock_t begin = clock();
    summarize(text, length, &(struct request) { .sentences = 3 }, &s);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 1);
    assert_int_equal(s.n_picks, 3);
    free(text);
}

/* A multiple of a quarter, so that features meet thresholds. */
static float any_number(void)
{
    return (float)(rand() % 17 - 8) / 4;
}

static void each_way_through_the_trees_comes_to_the_same(void **state)
{
    enum { TREES = 40 };
    static struct model_tree trees[TREES];
    float rows[FOREST_MOST][N_FEATURES], plain[FOREST_MOST], other[FOREST_MOST];

    (void)state;
    srand(11);
    for (int round = 0; round < 500; round++) {
        uint32_t n = 1 + (uint32_t)rand() % FOREST_MOST;
        for (int t = 0; t < TREES; t++) {
            for (uint32_t i = 0; i < MODEL_INNER; i++) {
                trees[t].threshold[i] = any_number();
                trees[t].feature[i] = (uint8_t)(rand() % N_FEATURES);
            }
            for (uint32_t i = 0; i < COUNT(trees[t].value); i++)
                trees[t].value[i] = (float)rand() / 1e6f;
        }
        for (uint32_t i = 0; i < FOREST_MOST * N_FEATURES; i++)
            rows[i / N_FEATURES][i % N_FEATURES] = any_number();
        forest_scorers(0)(trees, TREES, (const float(*)[N_FEATURES])rows, n, plain);
        for (uint32_t which = 1; forest_scorers(which); which++) {
            forest_scorers(which)(trees, TREES, (const float(*)[N_FEATURES])rows, n, other);
            assert_memory_equal(plain, other, n * sizeof *plain);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text_has_a_summary),
        cmocka_unit_test(summaries_do_not_depend_on_the_past),
        cmocka_unit_test(small_edits_change_little),
        cmocka_unit_test(blanks_change_nothing),
        cmocka_unit_test(work_is_linear),
        cmocka_unit_test(text_without_marks_is_cut),
        cmocka_unit_test(text_without_blanks_is_cut),
        cmocka_unit_test(keys_are_the_same_either_way),
        cmocka_unit_test(cues_add_up_to_what_the_trainer_is_given),
        cmocka_unit_test(words_made_to_collide_cost_little),
        cmocka_unit_test(each_way_through_the_trees_comes_to_the_same),
    };
    return cmocka_run_group_tests(tests, load_models, NULL);
}
