/* summarizer_test.c: which sentences are picked, and what holds for any text. A text is written as sentences between bars;
 * its words are what stands between blanks. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/summarizer/summary.h"

static const char stopwords_text[] = "the\na\nof\nand\nis\nit\nwas\nin\nto\n";
static struct lexicon *stopwords;
static char memory[1 << 24];
static size_t used;
static int stop_after = -1;

static struct textd_span tokens[100000], sentences[20000];
static uint8_t kinds[100000];

static int setup(void **state)
{
    char reason[100];

    (void)state;
    stopwords = lexicon_parse(stopwords_text, sizeof stopwords_text - 1, reason, sizeof reason);
    return stopwords ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    lexicon_free(stopwords);
    return 0;
}

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    used = (used + 15) & ~(size_t)15;
    if (bytes > sizeof memory - used)
        return NULL;
    void *at = memory + used;
    used += bytes;
    return at;
}

static int should_stop(void *data)
{
    (void)data;
    return stop_after >= 0 && stop_after-- == 0;
}

static struct summary_input input(const char *text)
{
    struct summary_input in = { .text = text,
                                .length = (uint32_t)strlen(text),
                                .sentences = sentences,
                                .tokens = tokens,
                                .kinds = kinds,
                                .stopwords = stopwords,
                                .alloc = take,
                                .should_stop = should_stop };
    uint32_t at = 0;

    used = 0;
    while (at < in.length) {
        uint32_t end = at + (uint32_t)strcspn(text + at, "|");
        sentences[in.n_sentences++] = (struct textd_span) { at, end };
        while (at < end) {
            uint32_t word = at + (uint32_t)strcspn(text + at, " |");
            tokens[in.n_tokens] = (struct textd_span) { at, word };
            kinds[in.n_tokens++] = text[at] == '.' ? TEXTD_TOKEN_PUNCT : TEXTD_TOKEN_WORD;
            at = word + (word < end);
        }
        at = end + 1;
    }
    return in;
}

static uint32_t summarize(const char *text, uint32_t most, struct pick *picks, float *scores)
{
    struct summary_input in = input(text);
    struct words words;
    uint32_t n;

    assert_int_equal(summary_number_words(&in, &words), TEXTD_OK);
    summary_score(&in, &words, scores);
    assert_int_equal(summary_pick(&in, &words, scores, most, picks, &n), TEXTD_OK);
    return n;
}

static const struct {
    const char *text;
    uint32_t most;
    const char *want; /* the picked sentences' numbers, from 1, in text order */
} cases[] = {
    { "", 3, "" },
    { "Only one sentence about a river flood here .", 3, "1" },
    { "one|two|three", 2, "1 2" },
    /* The third has no word in common with the others, and is late. */
    { "River floods town bridge council money .|Council money repairs town bridge after river floods .|Nothing else "
      "happened "
      "there yesterday evening anyway .",
      2, "1 2" },
    /* The second says what the first says. */
    { "River floods town bridge council money .|River floods town bridge council money .|Council pays bridge money for "
      "town "
      "repairs now .",
      2, "1 3" },
    /* A headline is no sentence. */
    { "River floods town bridge council|River floods town bridge and council pays money .|Town bridge council money "
      "repairs "
      "planned soon .",
      1, "2" },
};

static void the_right_ones_are_picked(void **state)
{
    struct pick picks[100];
    float scores[100];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char found[100] = "";
        uint32_t n = summarize(cases[i].text, cases[i].most, picks, scores);
        for (uint32_t k = 0; k < n; k++)
            sprintf(found + strlen(found), "%s%u", k ? " " : "", picks[k].sentence + 1);
        if (strcmp(found, cases[i].want) != 0)
            fail_msg("%s: picked %s, not %s", cases[i].text, found, cases[i].want);
    }
}

static void picks_are_in_order_and_ranks_are_all_there(void **state)
{
    static const char *const pool[] = { "river", "Flood", "town", "the", "council",           "bridge",
                                        "money", "of",    ".",    "x",   "\xc3\xa9t\xc3\xa9", "42" };
    static char text[20000];
    struct pick picks[100];
    static float scores[5000];

    (void)state;
    srand(11);
    for (int round = 0; round < 300; round++) {
        size_t length = 0;
        for (int s = rand() % 60; s > 0; s--) {
            for (int k = 1 + rand() % 12; k > 0; k--)
                length += (size_t)sprintf(text + length, "%s%s", pool[(size_t)rand() % COUNT(pool)], k > 1 ? " " : "");
            text[length++] = s > 1 ? '|' : 0;
        }
        text[length] = 0;
        uint32_t most = 1 + (uint32_t)rand() % 20, n = summarize(text, most, picks, scores), ranks = 0;
        assert_true(n <= most);
        for (uint32_t i = 0; i < n; i++) {
            assert_true(i == 0 || picks[i].sentence > picks[i - 1].sentence);
            assert_in_range(picks[i].rank, 1, n);
            assert_true(picks[i].score >= 0 && picks[i].score <= 1);
            ranks |= 1u << picks[i].rank;
        }
        assert_int_equal(ranks, ((1u << n) - 1) << 1);
    }
}

static void a_sentence_without_end_is_bounded(void **state)
{
    static char text[700000];
    struct pick picks[3];
    float scores[3];
    size_t length = 0;

    (void)state;
    for (int i = 0; i < 90000; i++)
        length += (size_t)sprintf(text + length, "w%d ", i);
    text[length - 1] = 0;
    assert_int_equal(summarize(text, 3, picks, scores), 1);
}

/* The words' hash, and the slot that it starts at in the table for 300 tokens; see words.c. */
static uint32_t slot_of(const char *word)
{
    uint64_t h = 14695981039346656037u;

    for (; *word; word++)
        h = (h ^ (unsigned char)*word) * 1099511628211u;
    return (uint32_t)(h >> 20) & 1023;
}

static void words_made_to_collide_cost_little(void **state)
{
    static char text[10000];
    size_t length = 0;
    struct words words;
    char word[20];

    (void)state;
    for (int i = 0, n = 0; n < 300; i++) {
        sprintf(word, "w%d", i);
        if (slot_of(word) == 7)
            length += (size_t)sprintf(text + length, "%s%s", n++ ? " " : "", word);
    }
    struct summary_input in = input(text);
    assert_int_equal(in.n_tokens, 300);
    assert_int_equal(summary_number_words(&in, &words), TEXTD_OK);
    assert_int_equal(words.n, 128); /* the steps that a look-up takes at most */
}

/* In a document of any length the same ones are picked as if all were candidates: the best are early and late here. */
static void the_best_of_many_are_found(void **state)
{
    static char text[700000];
    static float scores[12000];
    struct pick picks[2];
    size_t length = 0;

    (void)state;
    for (int i = 0; i < 12000; i++)
        length += (size_t)sprintf(text + length, "|%s",
                                  i == 11000   ? "the river and its bridge in the flooded town ."
                                  : i % 3 == 0 ? "river w w w w ."
                                  : i % 3 == 1 ? "bridge v v v v ."
                                               : "town flooded u u u u .");
    assert_int_equal(summarize(text + 1, 2, picks, scores), 2);
    assert_int_equal(picks[0].sentence, 2);
    assert_int_equal(picks[1].sentence, 11000);
}

static void want_of_memory_and_stop_are_told(void **state)
{
    struct summary_input in = input("a river flood|a town");
    struct words words;

    (void)state;
    used = sizeof memory - 64;
    assert_int_equal(summary_number_words(&in, &words), TEXTD_NO_MEMORY);
    in = input("a river flood|a town");
    stop_after = 0;
    assert_int_equal(summary_number_words(&in, &words), TEXTD_STOPPED);
    stop_after = -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_ones_are_picked),
        cmocka_unit_test(picks_are_in_order_and_ranks_are_all_there),
        cmocka_unit_test(a_sentence_without_end_is_bounded),
        cmocka_unit_test(words_made_to_collide_cost_little),
        cmocka_unit_test(the_best_of_many_are_found),
        cmocka_unit_test(want_of_memory_and_stop_are_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
