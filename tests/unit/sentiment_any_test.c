/* sentiment_any_test.c: what holds for the sentiment of any text. */
#include "tests/unit/sentiment_text.h"

#include <math.h>

/* Pieces that random texts are made of. */
static const char *const pieces[] = {
    "good",
    "bad",
    "not",
    "n't",
    "very",
    "but",
    ",",
    ".",
    "!!!",
    "?",
    "profit",
    "fell",
    "#sad",
    "GREAT",
    "sooo",
    "no",
    "only",
    ":)",
    "-",
    "risk-free",
    "can't",
    "wait",
    "of",
    "out",
    "the",
    "order",
    "5",
    "@you",
    "http://x.org",
    "could",
    "have",
    "been",
    "better",
    "than",
    "\xF0\x9F\x98\x82",
    "\xE2\x80\x94",
    "can\xE2\x80\x99t",
    "\xE4\xBD\xA0\xE5\xA5\xBD",
    "\xC3\xA9t\xC3\xA9",
    "\n\n",
    "(",
    ")",
    "xD",
    "<3",
    "--free",
    "-",
    "a-b",
};

/* `n` pieces in an order that depends on the seed only. */
static size_t write_mix(char *text, size_t size, unsigned seed, unsigned n)
{
    size_t n_written = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < n && n_written + 20 < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        n_written += (size_t)snprintf(text + n_written, size - n_written, "%s%s",
                                      pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])], seed >> 28 ? " " : "");
    }
    return n_written;
}

static void scores_stay_in_their_range(void **state)
{
    char text[3000];

    (void)state;
    for (unsigned seed = 0; seed < 3000; seed++) {
        size_t length = write_mix(text, sizeof text, seed, seed % 150);
        struct sentiment_input input = input_of(text, length);
        struct read_text r = read_input(&input);
        float shares = 0;
        assert_true(r.score >= -1 && r.score <= 1);
        for (int g = 0; g < N_GENRES; g++)
            shares += r.output.genres.share[g];
        assert_true(fabsf(shares - 1) < 1e-5f);
        for (int k = 0; k < N_LABELS; k++) {
            float sure = score_confidence(&sentiment_model, r.score, (enum sentiment_label)k, r.output.genres);
            assert_true(sure >= 0 && sure <= 1);
        }
        for (uint32_t i = 0; i < input.n_sentences; i++) {
            float s = score_of(&sentiment_model, &sentence_verdicts[i], r.output.genres);
            assert_true(s >= -1 && s <= 1);
        }
        for (uint32_t i = 0; i < r.output.n_reasons; i++)
            assert_true(reasons[i].span.start < reasons[i].span.end && reasons[i].span.end <= length);
    }
}

static void blanks_at_the_end_do_not_matter(void **state)
{
    static const char *const blanks[] = { " ", "\n", "   \t", "\r\n\r\n" };
    char text[2000], longer[2100];

    (void)state;
    for (unsigned seed = 0; seed < 400; seed++) {
        write_mix(text, sizeof text, seed, 40);
        size_t n = strlen(text);
        while (n > 0 && strchr(" \n-", text[n - 1])) /* the segmenter cuts a hyphen off before a blank only */
            text[--n] = '\0';
        snprintf(longer, sizeof longer, "%s%s", text, blanks[seed % 4]);
        if (score(text) != score(longer))
            fail_msg("'%s' scores %f, and %f with blanks behind it", text, score(text), score(longer));
    }
}

static void the_capital_of_a_sentence_does_not_matter_but_to_the_genre(void **state)
{
    static const char *const texts[][2] = {
        { "we Like it.", "we like it." },
        { "it was Not good, But cheap.", "it was not good, but cheap." },
        { "they don't Care.", "they don\xE2\x80\x99t care." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(score(texts[i][0]) == score(texts[i][1]));
    assert_true(score("It is GREAT.") > score("It is great."));
    assert_true(score("IT IS GREAT.") == score("It is great.")); /* among capitals they are no emphasis */
}

static void a_text_does_not_depend_on_those_before_it(void **state)
{
    double alone = score("The food was not bad.");

    (void)state;
    score("Nobody could have been worse!!! Not very");
    assert_true(score("The food was not bad.") == alone);
}

/* Tokens are looked up in batches, which end anywhere in a sentence. */
static void a_sentence_does_not_depend_on_how_much_stands_before_it(void **state)
{
    static const char sentence[] =
        "Not only was the food, which I had hoped to love, not very good (5 of 10 at best), but I could not have "
        "been less happy at all with what they said on the phone ... never again, a waste of time!";
    static char text[4000];
    struct verdict alone = { 0 };

    (void)state;
    for (unsigned n = 0; n < 150; n++) {
        size_t at = 0;
        for (unsigned i = 0; i < n; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s ", i % 10 == 9 ? "day.\n\n" : "good");
        snprintf(text + at, sizeof text - at, "\n\n%s", sentence);
        struct sentiment_input input = input_of(text, strlen(text));
        read_input(&input);
        const struct verdict *last = &sentence_verdicts[input.n_sentences - 1];
        if (n == 0)
            alone = *last;
        assert_memory_equal(last, &alone, sizeof alone);
    }
}

/* As a segmenter of somebody else may give them: the layer's rules allow it. Nothing is read beyond the text. */
static void empty_tokens_do_no_harm(void **state)
{
    static const char *const texts[] = { "good", "lovely !", "not a good day, at all!" };

    (void)state;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        uint32_t length = (uint32_t)strlen(texts[k]);
        char *text = malloc(length);
        memcpy(text, texts[k], length);
        for (uint8_t kind = 0; kind < 40; kind++)
            for (uint32_t at = 0; at <= length; at++) {
                const struct textd_span tokens[] = { { at, at }, { at, at } }, sentence = { 0, length };
                const uint8_t kinds[] = { kind, kind };
                struct sentiment_input input = { .text = { text, length, 2, tokens, kinds },
                                                 .sentences = &sentence,
                                                 .n_sentences = 1,
                                                 .words = true,
                                                 .genres = 1 };
                read_input(&input);
            }
        free(text);
    }
}

/* Two ways to the same number: one for any word, one without branches for nearly all. */
static void words_have_one_number(void **state)
{
    static const char letters[] = "abcXYZ'-.19e";
    char text[24], other[24];
    unsigned seed = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = letters[(seed >> 16) % (sizeof letters - 1)];
            other[i] = (char)(text[i] >= 'a' && text[i] <= 'z' && (seed >> 30) ? text[i] - 32 : text[i]);
        }
        uint32_t length = 8 + (seed >> 8) % 17, start = (seed >> 13) % length, end = start + (seed >> 18) % 18;
        end = end < length ? end : length;
        if (length - start < 8)
            continue;
        uint64_t number = word_hash_ascii(text + start, end - start);
        if (start == end || end - start > 16) {
            assert_true(number == 0);
            continue;
        }
        assert_true(number == word_hash(text + start, end - start, length - start));
        assert_true(number == word_hash_ascii(other + start, end - start)); /* in any case */
    }
}

static void a_long_text_is_like_its_parts(void **state)
{
    static char text[40000];

    (void)state;
    for (int i = 0; i < 300; i++)
        strcat(text, "The service was wonderful. The table stood by the window. ");
    double many = score(text), few = score("The service was wonderful. The table stood by the window.");
    assert_true(many > 0.05 && many < few + 0.5);
}

static void any_text_is_read_in_linear_time(void **state)
{
    static const char *const units[] = { "\xF0\x9F\x98\x82 ", "not ",     "but ", "can't ",
                                         "out of ",           "so good ", "- ",   "a-",
                                         "good but ",         "A",        "." };
    static char text[500001];

    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        size_t length = strlen(units[u]), n = 0;
        for (; n + length < sizeof text - 1; n += length) /* something quadratic would not come back from this */
            memcpy(text + n, units[u], length);
        struct sentiment_input input = input_of(text, n);
        assert_true(fabsf(read_input(&input).score) <= 1);
    }
}

static void damaged_models_are_refused(void **state)
{
    struct sentiment_model other;
    char reason[200];

    (void)state;
    for (size_t length = 0; length < sentiment_length; length += length < 4000 ? 1 : 100003)
        assert_int_equal(sentiment_model_open(&other, sentiment_bytes, length, reason, sizeof reason), -1);
    for (size_t at = 0; at < 3000; at += 7) {
        sentiment_bytes[at] ^= 0x55;
        if (at < 12 || at >= 16)
            assert_int_equal(sentiment_model_open(&other, sentiment_bytes, sentiment_length, reason, sizeof reason),
                             -1);
        sentiment_bytes[at] ^= 0x55;
    }
    assert_int_equal(sentiment_model_open(&other, sentiment_bytes, sentiment_length, reason, sizeof reason), 0);
}

static void words_without_an_entry_are_refused(void **state)
{
    struct sentiment_content *content = (void *)(sentiment_bytes + sizeof(struct model_file_head));
    struct word_bucket *buckets = (void *)(content + 1);
    const uint32_t at[] = { 0, content->n_buckets / 2, content->n_buckets - 1 };
    struct sentiment_model other;
    char reason[200];

    (void)state;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        for (uint32_t k = 0; k < BUCKET; k++)
            for (uint32_t entry = content->n_entries - 1; entry <= content->n_entries; entry++) {
                uint32_t *slot = &buckets[at[i]].slots[k], was = *slot;
                *slot = (uint32_t)~SLOT_ENTRY | entry;
                model_file_seal(&sentiment_model_kind, sentiment_bytes, sentiment_length);
                int rc = sentiment_model_open(&other, sentiment_bytes, sentiment_length, reason, sizeof reason);
                assert_int_equal(rc, entry < content->n_entries ? 0 : -1);
                assert_true(rc == 0 || strstr(reason, "beyond the last"));
                *slot = was;
            }
    model_file_seal(&sentiment_model_kind, sentiment_bytes, sentiment_length);
}

/* A sealed file with such numbers may be read, or refused; but what it says can be written down. */
static void numbers_of_any_size_give_scores_in_their_range(void **state)
{
    static const float sizes[] = { 1, 80.6433945f, 1e6f, 1e9f, 1e20f, 1e38f };
    static const char *const texts[] = { "I love this film!", "so bad :(", "GREAT, but not very good http://x.org" };
    struct sentiment_content *content = (void *)(sentiment_bytes + sizeof(struct model_file_head));
    const struct sentiment_content right = *content;
    const struct sentiment_model right_model = sentiment_model;
    char reason[200];

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int part = 0; part < 4; part++) {
            float *at = part == 0   ? content->unit
                        : part == 1 ? content->bias
                        : part == 2 ? content->outcomes[0]
                                    : content->edge[0];
            size_t n = part == 0 ? N_SUMS : part == 1 ? N_LANES : part == 2 ? N_OUTCOMES * N_LANES : 2 * N_GENRES;
            for (size_t k = 0; k < n; k++)
                at[k] = k % 5 == 3 ? -sizes[i] : sizes[i];
            model_file_seal(&sentiment_model_kind, sentiment_bytes, sentiment_length);
            for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
                if (sentiment_model_open(&sentiment_model, sentiment_bytes, sentiment_length, reason, sizeof reason) !=
                    0)
                    continue;
                struct read_text r = read_text(texts[t]);
                float sure = score_confidence(&sentiment_model, r.score, SENTIMENT_POSITIVE, r.output.genres);
                assert_true(r.score >= -1 && r.score <= 1);
                assert_true(sure >= 0 && sure <= 1);
                for (uint32_t k = 0; k < r.output.n_reasons; k++)
                    assert_true(isfinite(reasons[k].contribution));
            }
            *content = right;
        }
    sentiment_model = right_model;
    model_file_seal(&sentiment_model_kind, sentiment_bytes, sentiment_length);
}

static void a_score_is_bounded_to_the_last_digit(void **state)
{
    const struct genres film = { .share = { 0, 0, 1, 0 } };

    (void)state;
    for (int i = 1024; i < 110 * 1024; i++) {
        float size = (float)i / 1024;
        struct verdict v = { .polarity = { size, size, size, size } };
        assert_true(score_of(&sentiment_model, &v, film) <= 1);
    }
}

/* Each "but" halves what stands before it. */
static void reasons_are_finite_behind_any_number_of_contrasts(void **state)
{
    char text[2000] = "good";

    (void)state;
    for (int n = 1; n < 300; n++) {
        strcat(text, " but");
        struct read_text r = read_text(text);
        for (uint32_t k = 0; k < r.output.n_reasons; k++)
            assert_true(isfinite(reasons[k].contribution));
    }
}

/* The weights that the tokens were heard with are all that was summed. */
static void what_was_heard_is_what_was_summed(void **state)
{
    char text[3000] = "(";

    (void)state;
    for (unsigned seed = 0; seed < 3000; seed++) {
        size_t length = 1 + write_mix(text + 1, sizeof text - 1, seed, seed % 150);
        struct sentiment_input input = input_of(text, length);
        const struct textd_span whole = { 0, (uint32_t)length };
        struct sums sums;
        int64_t told[N_GENRES] = { 0 };

        input.sentences = &whole; /* of the last sentence, what was heard is still there */
        input.n_sentences = 1;
        sentiment_sum(&vocabulary, &input, NULL, NULL, &sums);
        read_input(&input);
        for (uint32_t i = 0; i < input.text.n_tokens; i++)
            for (int g = 0; g < N_GENRES; g++)
                told[g] += heard[i].weights[g];
        for (int g = 0; g < N_GENRES; g++)
            assert_true(told[g] == sums.lanes[SUM_POLARITY * N_GENRES + g]);
    }
}

static float contribution(const char *text, const char *word)
{
    struct read_text r = read_text(text);

    for (uint32_t k = 0; k < r.output.n_reasons; k++)
        if (strncmp(text + reasons[k].span.start, word, strlen(word)) == 0)
            return reasons[k].contribution;
    return 0;
}

static void an_emoji_of_two_characters_tells_its_reason_whole(void **state)
{
    float thumb = contribution("(Ok \xF0\x9F\x91\x8D", "\xF0");

    (void)state;
    assert_true(thumb > 0.05f);
    assert_true(contribution("(Ok \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", "\xF0") == thumb); /* with a skin tone */
}

/* A text of a gigabyte may have two hundred million words. */
static void sums_hold_the_longest_text(void **state)
{
    static struct sums all, some = { .lanes = { [SUM_POLARITY * N_GENRES] = INT32_MAX } };

    (void)state;
    for (int i = 0; i < 20; i++)
        sums_add(&all, &some);
    assert_true(all.lanes[SUM_POLARITY * N_GENRES] == 20 * (int64_t)INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_stay_in_their_range),
        cmocka_unit_test(blanks_at_the_end_do_not_matter),
        cmocka_unit_test(the_capital_of_a_sentence_does_not_matter_but_to_the_genre),
        cmocka_unit_test(a_text_does_not_depend_on_those_before_it),
        cmocka_unit_test(a_sentence_does_not_depend_on_how_much_stands_before_it),
        cmocka_unit_test(empty_tokens_do_no_harm),
        cmocka_unit_test(words_have_one_number),
        cmocka_unit_test(a_long_text_is_like_its_parts),
        cmocka_unit_test(any_text_is_read_in_linear_time),
        cmocka_unit_test(damaged_models_are_refused),
        cmocka_unit_test(words_without_an_entry_are_refused),
        cmocka_unit_test(numbers_of_any_size_give_scores_in_their_range),
        cmocka_unit_test(a_score_is_bounded_to_the_last_digit),
        cmocka_unit_test(reasons_are_finite_behind_any_number_of_contrasts),
        cmocka_unit_test(sums_hold_the_longest_text),
        cmocka_unit_test(what_was_heard_is_what_was_summed),
        cmocka_unit_test(an_emoji_of_two_characters_tells_its_reason_whole),
    };

    return cmocka_run_group_tests(tests, load_models, NULL);
}
