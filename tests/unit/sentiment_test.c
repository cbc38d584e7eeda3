/* sentiment_test.c: what the sentiment of a text is, as pairs of texts that differ in one thing. Texts are written as
 * tokens separated by blanks, in the conventions of the segmenter ("is n't good ."), so that nothing but the scoring is
 * under test here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/sentiment.h"

#define THRESHOLD 0.05
#define MAX_TOKENS 600000

static struct vocabulary *vocabulary;

static struct textd_span tokens[MAX_TOKENS], sentences[MAX_TOKENS];
static uint8_t kinds[MAX_TOKENS];
static float sentence_scores[MAX_TOKENS], entity_scores[MAX_TOKENS];

static uint8_t kind_of(const char *token, size_t length)
{
    unsigned char c = (unsigned char)token[0];

    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        return TEXTD_TOKEN_WORD;
    if (c >= '0' && c <= '9')
        return TEXTD_TOKEN_NUMBER;
    if (c == '#' || c == '@')
        return TEXTD_TOKEN_LINK;
    if (length >= 3 && memcmp(token, "\xE2\x80", 2) == 0)
        return TEXTD_TOKEN_PUNCT;
    if (c >= 0xE2 || strspn(token, "!?.") < length)
        return length > 1 || strchr("$%+", c) ? TEXTD_TOKEN_SYMBOL : TEXTD_TOKEN_PUNCT;
    return TEXTD_TOKEN_PUNCT;
}

/* Splits at blanks; a sentence ends with a token of full stops and such. */
static struct sentiment_input split(const char *text)
{
    struct sentiment_input input = { .sentences = sentences, .words = true };
    uint32_t n = 0, from = 0, end, length = (uint32_t)strlen(text);

    for (uint32_t at = 0; at < length; at = end) {
        end = at + (uint32_t)strcspn(text + at, " \n");
        if (end == at) {
            end++;
            continue;
        }
        assert_true(n < MAX_TOKENS);
        tokens[n] = (struct textd_span) { at, end };
        kinds[n] = kind_of(text + at, end - at);
        if (kinds[n++] == TEXTD_TOKEN_PUNCT && strchr(".!?", text[at])) {
            sentences[input.n_sentences++] = (struct textd_span) { from, end };
            from = end;
        }
    }
    if (from < length)
        sentences[input.n_sentences++] = (struct textd_span) { from, length };
    input.text = (struct token_text) { text, tokens, kinds, n };
    return input;
}

static struct sentiment_output read_input(const struct sentiment_input *input)
{
    struct sentiment_output output = { .sentences = sentence_scores, .entities = entity_scores };

    assert_int_equal(sentiment_read(vocabulary, input, THRESHOLD, &output), 0);
    return output;
}

static double score(const char *text)
{
    struct sentiment_input input = split(text);

    return read_input(&input).score;
}

/* `text` is of this label. */
static const struct {
    const char *text;
    enum sentiment_label want;
} labels[] = {
    { "", SENTIMENT_NEUTRAL },
    { "   ", SENTIMENT_NEUTRAL },
    { "The table has four legs .", SENTIMENT_NEUTRAL },
    { "The train leaves at 9 .", SENTIMENT_NEUTRAL },
    { "The prime minister met the attorney general .", SENTIMENT_NEUTRAL },
    { "It looks like a radio .", SENTIMENT_NEUTRAL },
    { "A great deal of it is stored as well .", SENTIMENT_NEUTRAL },
    { "good", SENTIMENT_POSITIVE },
    { "I love this camera .", SENTIMENT_POSITIVE },
    { "Flawless sound and a bright screen .", SENTIMENT_POSITIVE },
    { "It is n't bad .", SENTIMENT_POSITIVE },
    { "Not bad at all !", SENTIMENT_POSITIVE },
    { "I ca n't wait to see it .", SENTIMENT_POSITIVE },
    { "I ca n\xE2\x80\x99t wait to see it .", SENTIMENT_POSITIVE },
    { "You ca n't go wrong with it .", SENTIMENT_POSITIVE },
    { "Could n't be better .", SENTIMENT_POSITIVE },
    { "No problems so far .", SENTIMENT_POSITIVE },
    { "Worth every penny .", SENTIMENT_POSITIVE },
    { "5 stars !", SENTIMENT_POSITIVE },
    { "A risk-free offer .", SENTIMENT_POSITIVE },
    { "No , this is good .", SENTIMENT_POSITIVE },
    { "Not only cheap but also excellent .", SENTIMENT_POSITIVE },
    { "It was terribly good .", SENTIMENT_POSITIVE },
    { "Net profit rose 12 % .", SENTIMENT_POSITIVE },
    { "Losses narrowed in the third quarter .", SENTIMENT_POSITIVE },
    { "Unemployment fell again .", SENTIMENT_POSITIVE },
    { "The city has less crime .", SENTIMENT_POSITIVE },
    { "The company raised its dividend .", SENTIMENT_POSITIVE },
    { "See you there :)", SENTIMENT_POSITIVE },
    { "See you there :)))))", SENTIMENT_POSITIVE },
    { "See you there \xF0\x9F\x98\x8D", SENTIMENT_POSITIVE },
    { "done \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", SENTIMENT_POSITIVE }, /* thumb and skin tone in one token */
    { "you \xE2\x9D\xA4\xEF\xB8\x8F", SENTIMENT_POSITIVE },          /* heart and variation selector */
    { "#happy", SENTIMENT_POSITIVE },
    { "gooood", SENTIMENT_POSITIVE },
    { "bad", SENTIMENT_NEGATIVE },
    { "A waste of money .", SENTIMENT_NEGATIVE },
    { "I want a refund , the screen broke .", SENTIMENT_NEGATIVE },
    { "This is n't a very good phone .", SENTIMENT_NEGATIVE },
    { "This isnt good .", SENTIMENT_NEGATIVE },
    { "It was never any good .", SENTIMENT_NEGATIVE },
    { "Nobody was happy .", SENTIMENT_NEGATIVE },
    { "He played terribly .", SENTIMENT_NEGATIVE },
    { "It fails to impress .", SENTIMENT_NEGATIVE },
    { "Anything but good .", SENTIMENT_NEGATIVE },
    { "It was supposed to be good , but it stopped working .", SENTIMENT_NEGATIVE },
    { "Good screen , but the battery is terrible .", SENTIMENT_NEGATIVE },
    { "The firm filed for bankruptcy after layoffs .", SENTIMENT_NEGATIVE },
    { "Net profit fell 12 % .", SENTIMENT_NEGATIVE },
    { "It slipped to a net loss .", SENTIMENT_NEGATIVE },
    { "Sales for the first three months fell .", SENTIMENT_NEGATIVE },
    { "Deaths rose sharply .", SENTIMENT_NEGATIVE },
    { "Great , now it is broken >:(", SENTIMENT_NEGATIVE },
    { "Monday \xF0\x9F\x98\xA1", SENTIMENT_NEGATIVE },
    { "a mind-numbing sequel", SENTIMENT_NEGATIVE },
};

static void texts_have_the_label_a_reader_gives_them(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        double s = score(labels[i].text);

        if (sentiment_label(s, THRESHOLD) == labels[i].want)
            continue;
        print_error("'%s' scores %.3f, want %s\n", labels[i].text, s, sentiment_label_name(labels[i].want));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* The first of each pair is the better one. */
static const struct {
    const char *better, *worse;
} pairs[] = {
    /* negation */
    { "good", "not good" },
    { "not very good", "not good" },
    { "good", "not very good" },
    { "not bad", "bad" },
    { "very good", "not bad" },
    { "not terrible", "terrible" },
    { "It is good .", "It is n't good ." },
    { "I like it .", "I do n't like it ." },
    { "I would recommend it .", "I would n't recommend it ." },
    { "It never fails .", "It fails ." },
    { "without problems", "problems" },
    { "hardly a problem", "a problem" },
    { "good", "hardly good" },
    { "no longer broken", "broken" },
    { "Not today . It is good .", "It is not good ." },
    { "I did not go , it was good", "it was not good" },
    { "I did not go because my old red car was good", "it was not good" },
    { "never not good", "never good" },
    { "not only good", "not good" },
    { "He is not a liar .", "He is a liar ." },
    /* degree */
    { "very good", "good" },
    { "extremely good", "very good" },
    { "really very good", "very good" },
    { "good", "somewhat good" },
    { "good", "a bit good" },
    { "kind of bad", "bad" },
    { "bad", "very bad" },
    { "slightly bad", "bad" },
    { "bad", "awfully bad" },
    { "excellent", "good" },
    { "good", "okay" },
    { "sooo good", "good" },
    { "gooood", "good" },
    { "a really great movie", "a great movie" },
    { "is good", "would have been good" },
    /* contrast */
    { "It is slow but good .", "It is good but slow ." },
    { "good", "good , but slow" },
    { "bad , but cheerful", "bad" },
    { "It is ugly ; however , I love it .", "I love it ; however , it is ugly ." },
    /* emphasis */
    { "It is GREAT !", "It is great !" },
    { "good !", "good" },
    { "good !!!", "good !" },
    { "bad", "bad !" },
    { "bad", "bad !!!" },
    { "It is bad .", "It is BAD ." },
    /* symbols */
    { "here :)", "here" },
    { "here", "here :(" },
    { "here :D", "here :)" },
    { "here \xF0\x9F\x98\x8D", "here \xF0\x9F\x99\x82" },
    { "\xF0\x9F\x98\x8D \xF0\x9F\x98\x8D", "\xF0\x9F\x98\x8D" },
    { "\xF0\x9F\x98\x8D\xF0\x9F\x98\x8D", "\xF0\x9F\x98\x8D" }, /* two in one token */
    { "good \xF0\x9F\x98\x8D", "good \xF0\x9F\x98\xA2" },
    { "not now \xF0\x9F\x98\x8D", "now" }, /* emoji aren't negated */
    { "<3", "</3" },
    /* directions */
    { "profit rose", "profit fell" },
    { "losses narrowed", "losses widened" },
    { "costs fell", "costs rose" },
    { "profit soared", "profit rose" },
    { "sales dropped", "sales plunged" },
    { "sales did not fall", "sales fell" },
    { "higher margins", "lower margins" },
    { "inflation eased", "inflation accelerated" },
    { "smaller losses", "larger losses" },
    { "from a loss to a profit", "from a profit to a loss" },
    /* phrases */
    { "ca n't wait", "ca n't work" },
    { "a breath of fresh air", "a breath of air" },
    { "worth it", "not worth it" },
    { "a piece of cake", "a piece of junk" },
    { "thumbs up", "thumbs down" },
    { "horror film", "horror" },
};

static void the_better_text_has_the_higher_score(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        double better = score(pairs[i].better), worse = score(pairs[i].worse);

        if (better > worse)
            continue;
        print_error("'%s' scores %.3f, not above '%s' with %.3f\n", pairs[i].better, better, pairs[i].worse, worse);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static const char *const mix[] = {
    "good",         "bad",  "not",    "very",  "but",       ",",        ".",
    "!!!",          "?",    "profit", "fell",  "#sad",      "GREAT",    "soooo",
    "no",           "only", ":)",     "-",     "risk-free", "ca",       "n't",
    "wait",         "of",   "out",    "order", "the",       "slightly", "\xF0\x9F\x98\x82",
    "\xE2\x80\x94", "5",    "stars",  "@you",
};

/* `n` tokens in an order that depends on the seed only. */
static void write_mix(char *text, size_t size, unsigned seed, int n)
{
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < n && used + 20 < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        used += (size_t)snprintf(text + used, size - used, "%s ", mix[(seed >> 16) % (sizeof mix / sizeof mix[0])]);
    }
}

static void scores_stay_in_their_range(void **state)
{
    char text[2000];

    (void)state;
    for (unsigned seed = 0; seed < 3000; seed++) {
        struct sentiment_input input;
        struct sentiment_output output;

        write_mix(text, sizeof text, seed, (int)(seed % 150));
        input = split(text);
        output = read_input(&input);
        assert_true(output.score >= -1 && output.score <= 1);
        assert_true(output.confidence >= 0 && output.confidence <= 1);
        for (uint32_t i = 0; i < input.n_sentences; i++)
            assert_true(sentence_scores[i] >= -1 && sentence_scores[i] <= 1);
    }
}

static void blanks_do_not_matter(void **state)
{
    char text[1000], wider[2100];

    (void)state;
    for (unsigned seed = 0; seed < 300; seed++) {
        size_t n = 0;

        write_mix(text, sizeof text, seed, 40);
        for (const char *p = text; *p; p++) {
            wider[n++] = *p;
            if (*p == ' ')
                wider[n++] = '\n';
        }
        wider[n] = '\0';
        assert_true(score(text) == score(wider));
    }
}

static void case_of_one_letter_does_not_matter(void **state)
{
    (void)state;
    assert_true(score("Good , but slow .") == score("good , but slow ."));
    assert_true(score("Do n't like it .") == score("do n\xE2\x80\x99t like it ."));
}

static void a_long_text_is_not_more_positive_than_its_sentences(void **state)
{
    static char text[40000];

    (void)state;
    for (int i = 0; i < 500; i++)
        strcat(text, "It is nice . The table is here . ");
    assert_true(score(text) > 0.9); /* five hundred times the same is beyond doubt */
    assert_true(score("It is nice . The table is here .") < score("It is nice ."));
}

static void any_text_is_read_in_linear_time(void **state)
{
    static const char *const units[] = { "\xF0\x9F\x98\x82 ", "not ", "but ", "ca n't ", "out of ", "so good ", "- " };
    static char text[1200000];

    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        size_t length = strlen(units[u]), n = 0;

        while (n + length < 1000000) { /* something quadratic would not come back from this */
            memcpy(text + n, units[u], length);
            n += length;
        }
        text[n] = '\0';
        assert_true(fabs(score(text)) <= 1);
    }
}

static void words_are_not_read_in_other_languages(void **state)
{
    struct sentiment_input input = split("Gift und good luck \xF0\x9F\x98\xA2");
    struct sentiment_output output;

    (void)state;
    input.words = false;
    output = read_input(&input);
    assert_true(output.score < 0);
    input = split("good luck");
    input.words = false;
    output = read_input(&input);
    assert_true(output.score == 0);
    assert_true(output.confidence == 0); /* nothing could be judged */
}

static void confidence_grows_with_agreeing_evidence(void **state)
{
    static const char *const surer_and_surer[] = {
        "It is good and bad and good .",
        "It is good .",
        "It is good and useful .",
        "It is good , useful and lovely !",
    };
    double last = -1;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct sentiment_input input = split(surer_and_surer[i]);
        double now = read_input(&input).confidence;

        if (now <= last)
            fail_msg("'%s' has confidence %.3f, not above %.3f", surer_and_surer[i], now, last);
        last = now;
    }
}

/* The score of the entity that `name` is in `text`. */
static double about(const char *text, const char *name)
{
    struct sentiment_input input = split(text);
    uint32_t start = (uint32_t)(strstr(text, name) - text);
    struct textd_span entity = { start, start + (uint32_t)strlen(name) };

    input.entities = &entity;
    input.n_entities = 1;
    read_input(&input);
    return (double)entity_scores[0];
}

static void entities_get_what_their_clause_says(void **state)
{
    const char *text = "Acme was praised ; Bolt was sued . Cargo , a firm here , failed . Dune met Acme .";

    (void)state;
    assert_true(about(text, "Acme") > 0.2);
    assert_true(about(text, "Bolt") < -0.2);
    assert_true(about(text, "Cargo") < -0.2); /* its clause says nothing, its sentence does */
    assert_true(about(text, "Dune") == 0);
    assert_true(about("Best Buy opened a shop .", "Best Buy") == 0); /* a name is no praise */
    assert_true(about("I love Best Buy .", "Best Buy") > 0.2);
    assert_true(about("The best thing about Acme is its slow but lovely phone .", "Acme") > 0.2);
}

static void entities_anywhere_are_safe(void **state)
{
    struct textd_span entities[64];
    char text[1500];

    (void)state;
    for (unsigned seed = 0; seed < 500; seed++) {
        struct sentiment_input input;

        write_mix(text, sizeof text, seed, 100);
        input = split(text);
        for (uint32_t i = 0; i < 64; i++) /* ordered by start; overlapping, empty, between tokens, behind the text */
            entities[i] = (struct textd_span) { i * 9, i * 9 + (seed * (i + 1)) % 23 };
        input.entities = entities;
        input.n_entities = 64;
        input.n_sentences -= input.n_sentences > 0; /* and some in no sentence */
        read_input(&input);
        for (uint32_t i = 0; i < 64; i++)
            assert_true(entity_scores[i] >= -1 && entity_scores[i] <= 1);
    }
}

static int stop_at_once(void *asked)
{
    ++*(int *)asked;
    return 1;
}

static void it_stops_when_told(void **state)
{
    struct sentiment_output output = { .sentences = sentence_scores };
    struct sentiment_input input = split("Good . Bad .");
    int asked = 0;

    (void)state;
    input.should_stop = stop_at_once;
    input.stop_argument = &asked;
    assert_int_equal(sentiment_read(vocabulary, &input, THRESHOLD, &output), -1);
    assert_int_equal(asked, 1);
}

static void labels_follow_the_threshold(void **state)
{
    (void)state;
    assert_int_equal(sentiment_label(0.05, 0.05), SENTIMENT_POSITIVE);
    assert_int_equal(sentiment_label(0.049, 0.05), SENTIMENT_NEUTRAL);
    assert_int_equal(sentiment_label(-0.05, 0.05), SENTIMENT_NEGATIVE);
    assert_int_equal(sentiment_label(0, 0), SENTIMENT_NEUTRAL);
    assert_int_equal(sentiment_label(1e-9, 0), SENTIMENT_POSITIVE);
    assert_int_equal(sentiment_label(1, 1), SENTIMENT_POSITIVE);
}

static void wrong_files_are_refused_with_file_and_line(void **state)
{
    static const struct {
        int file;
        const char *text, *want;
    } cases[] = {
        { FILE_VALENCE, "good\t2\nbad\tvery\n", "valence.txt, line 2: " },
        { FILE_SYMBOLS, ":)\t2\n:)\t1\n", "symbols.txt, line 2: " },
        { FILE_MODIFIERS, " not\t-1\n", "modifiers.txt, line 1: " },
        { FILE_DIRECTIONS, "\n\nup\t1e3\n", "directions.txt, line 3: " },
        { FILE_QUANTITIES, "a  b\t1\n", "joined" },
    };
    char reason[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_text texts[FILE_COUNT] = { { NULL, 0 } };

        texts[cases[i].file] = (struct file_text) { cases[i].text, strlen(cases[i].text) };
        assert_null(vocabulary_new(texts, reason, sizeof reason));
        if (!strstr(reason, cases[i].want))
            fail_msg("the reason is '%s', want '%s'", reason, cases[i].want);
    }
}

static void any_bytes_make_a_vocabulary_or_a_reason(void **state)
{
    static const char bytes[] = "ab A\n\n\t\t12.-# \xE2\x80\x99\xFF";
    unsigned seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct file_text texts[FILE_COUNT];
        char text[FILE_COUNT][40], reason[200] = "";
        struct vocabulary *made;

        for (int f = 0; f < FILE_COUNT; f++) {
            texts[f] = (struct file_text) { text[f], (size_t)(round + f) % 40 };
            for (int i = 0; i < 40; i++) {
                seed = seed * 1664525u + 1013904223u;
                text[f][i] = bytes[(seed >> 16) % sizeof bytes];
            }
        }
        made = vocabulary_new(texts, reason, sizeof reason);
        assert_true(made || reason[0]);
        vocabulary_free(made);
    }
}

static int load(void **state)
{
    static const char *const names[] = {
#define X(name, file) file,
        SENTIMENT_FILES(X)
#undef X
    };
    struct file_text texts[FILE_COUNT];
    char path[500], reason[200];

    (void)state;
    for (int i = 0; i < FILE_COUNT; i++) {
        const size_t room = 1 << 20;
        char *bytes = malloc(room);
        FILE *file;

        snprintf(path, sizeof path, TEXTD_SOURCE_DIR "/plugins/sentiment/lexicon/%s", names[i]);
        file = fopen(path, "rb");
        if (!file || !bytes)
            return -1;
        texts[i] = (struct file_text) { bytes, fread(bytes, 1, room, file) };
        fclose(file);
    }
    vocabulary = vocabulary_new(texts, reason, sizeof reason);
    if (!vocabulary)
        fprintf(stderr, "%s\n", reason);
    for (int i = 0; i < FILE_COUNT; i++)
        free((void *)(uintptr_t)texts[i].bytes);
    return vocabulary ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    vocabulary_free(vocabulary);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_the_label_a_reader_gives_them),
        cmocka_unit_test(the_better_text_has_the_higher_score),
        cmocka_unit_test(scores_stay_in_their_range),
        cmocka_unit_test(blanks_do_not_matter),
        cmocka_unit_test(case_of_one_letter_does_not_matter),
        cmocka_unit_test(a_long_text_is_not_more_positive_than_its_sentences),
        cmocka_unit_test(any_text_is_read_in_linear_time),
        cmocka_unit_test(words_are_not_read_in_other_languages),
        cmocka_unit_test(confidence_grows_with_agreeing_evidence),
        cmocka_unit_test(entities_get_what_their_clause_says),
        cmocka_unit_test(entities_anywhere_are_safe),
        cmocka_unit_test(it_stops_when_told),
        cmocka_unit_test(labels_follow_the_threshold),
        cmocka_unit_test(wrong_files_are_refused_with_file_and_line),
        cmocka_unit_test(any_bytes_make_a_vocabulary_or_a_reason),
    };

    return cmocka_run_group_tests_name("sentiment", tests, load, unload);
}
