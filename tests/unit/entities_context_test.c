/* entities_context_test.c: what a page tells of a word: which words stand next to it, wherever it may be a part of a name. */
#include "entities_text.h"

#include "plugins/entities/names/features.h"
#include "plugins/entities/names/reading.h"

struct read_page {
    struct giver giver;
    struct entity_input input;
    struct page page;
};

static void read_page_with(struct read_page *r, const char *content, const struct knowledge *knowledge)
{
    const struct entity_means means = { give, should_stop, &r->giver };
    uint32_t sentence = 0, token = 0;

    strcpy(text, content);
    r->giver = giver_new();
    r->input = split();
    assert_int_equal(page_make(&r->page, &r->input, &means), TEXTD_OK);
    page_read(&r->page, &r->input, knowledge, &sentence, &token);
    assert_int_equal(token, r->input.n_tokens);
}

/* Reads `content` as a page, without any knowledge. */
static void read_page(struct read_page *r, const char *content)
{
    read_page_with(r, content, NULL);
}

/* What the page knows of the word's repetitions, by one of its tokens; NULL when it has none. */
static const struct page_group *repeated(const struct page *page, uint32_t token)
{
    return page_repeated(page, token);
}

/* Whether the neighbours are the words of these tokens, in this order. */
static void check_words(const struct page *page, const uint16_t *words, uint32_t n, const uint32_t *want,
                        uint32_t n_want)
{
    assert_int_equal(n, n_want);
    for (uint32_t i = 0; i < n_want; i++)
        assert_int_equal(words[i], page->words[want[i]]);
}

static void neighbours_of_all_places_are_known_at_each(void **state)
{
    static const uint32_t before[] = { 2, 6 }, behind[] = { 4, 8, 10 };
    struct read_page r;

    (void)state;
    read_page(&r, "Shares of the Vrommel SpA rose\n" /* tokens 0 to 5 */
                  "However Vrommel .\n"              /* 6 to 8 */
                  "Vrommel cars and the Vrommel SpA rose" /* 9 to 15 */);
    const struct page_group *g = repeated(&r.page, 3);
    assert_non_null(g);
    assert_ptr_equal(repeated(&r.page, 7), g);
    assert_ptr_equal(repeated(&r.page, 9), g);
    check_words(&r.page, g->before, g->n_before, before, COUNT(before));
    check_words(&r.page, g->behind, g->n_behind, behind, COUNT(behind));
    assert_null(repeated(&r.page, 0)); /* once */
    assert_null(repeated(&r.page, 5)); /* a small letter */
    giver_free(&r.giver);
}

static void small_letters_count_where_there_are_no_others(void **state)
{
    struct read_page r;

    (void)state;
    read_page(&r, "we like vrommel\nhow vrommel cars run");
    const struct page_group *g = repeated(&r.page, 2);
    assert_non_null(g);
    check_words(&r.page, g->before, g->n_before, (const uint32_t[]) { 1, 3 }, 2);
    check_words(&r.page, g->behind, g->n_behind, (const uint32_t[]) { 5 }, 1);
    giver_free(&r.giver);
    read_page(&r, "We like vrommel\nHow vrommel cars run");
    assert_null(repeated(&r.page, 2));
    giver_free(&r.giver);
    read_page(&r, "See #Vrommel there\nOr #Vrommel here"); /* no part of a name */
    assert_null(repeated(&r.page, 1));
    giver_free(&r.giver);
}

/* Of words that differ in case or digits one is kept, in small letters where there is such a one. */
static void neighbours_differ_by_more_than_their_writing(void **state)
{
    struct read_page r;

    (void)state;
    read_page(&r, "The Vrommel 5\nSee the Vrommel 6\nSee THE Vrommel 77");
    const struct page_group *g = repeated(&r.page, 1);
    assert_non_null(g);
    check_words(&r.page, g->before, g->n_before, (const uint32_t[]) { 4 }, 1);
    check_words(&r.page, g->behind, g->n_behind, (const uint32_t[]) { 2, 10 }, 2);
    giver_free(&r.giver);
}

static void keep_neighbours(const struct page *page, uint32_t token, uint64_t *kept)
{
    const struct page_group *g = repeated(page, token);
    uint32_t n = 0;

    memset(kept, 0, 2 * GROUP_NEIGHBOURS * sizeof *kept);
    for (uint32_t k = 0; g && k < g->n_before; k++)
        kept[n++] = page->lexicon[g->before[k]].lower;
    for (uint32_t k = 0; g && k < g->n_behind; k++)
        kept[n++] = page->lexicon[g->behind[k]].lower;
}

/* Training's second dress is as a text in small letters is: nothing tells how it was written. */
static void a_forgotten_case_is_forgotten(void **state)
{
    static const char *const cases[] = {
        "The Vrommel rose\nSee the Vrommel rose\nTHE VROMMEL fell",
        "The Striker and the Goalkeeper met a Midfielder\nThe Defender saw the Striker and another Goalkeeper score a "
        "Goal", /* topic */
    };
    static uint64_t kept[100][2 * GROUP_NEIGHBOURS], small[2 * GROUP_NEIGHBOURS];
    char lower[1000];
    uint32_t n_topics = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct read_page r;
        read_page_with(&r, cases[i], &model.known);
        page_forget_case(&r.page);
        uint32_t topic = r.page.topic, n = r.page.n;
        for (uint32_t t = 0; t < n; t++)
            keep_neighbours(&r.page, t, kept[t]);
        giver_free(&r.giver);
        lower[word_lower(cases[i], strlen(cases[i]), lower, sizeof lower)] = '\0';
        read_page_with(&r, lower, &model.known);
        assert_int_equal(r.page.n, n);
        assert_int_equal(r.page.topic, topic);
        n_topics += topic != 0;
        for (uint32_t t = 0; t < n; t++) {
            keep_neighbours(&r.page, t, small);
            assert_memory_equal(small, kept[t], sizeof small);
        }
        giver_free(&r.giver);
    }
    assert_true(n_topics > 0);
}

static void headlines_and_text_know_of_each_other(void **state)
{
    struct read_page r;

    (void)state;
    read_page(&r, "VROMMEL CUTS 500 JOBS\nThe carmaker Vrommel said so");
    const struct page_group *g = repeated(&r.page, 0);
    assert_non_null(g);
    assert_ptr_equal(repeated(&r.page, 6), g);
    check_words(&r.page, g->before, g->n_before, (const uint32_t[]) { 5 }, 1);
    check_words(&r.page, g->behind, g->n_behind, (const uint32_t[]) { 1, 7 }, 2);
    giver_free(&r.giver);
}

/* Of the ninth and later neighbours nothing is kept, nor is any kept twice. */
static void neighbours_are_few(void **state)
{
    static const uint32_t before[] = { 0, 3, 6, 9, 12, 15, 18, 21 };
    struct read_page r;

    (void)state;
    read_page(&r,
              "a Vrommel .\nb Vrommel .\nc Vrommel .\nd Vrommel .\ne Vrommel .\nf Vrommel .\ng Vrommel .\nh Vrommel .\n"
              "i Vrommel .\na Vrommel .");
    const struct page_group *g = repeated(&r.page, 1);
    assert_non_null(g);
    check_words(&r.page, g->before, g->n_before, before, COUNT(before));
    check_words(&r.page, g->behind, g->n_behind, (const uint32_t[]) { 2 }, 1);
    giver_free(&r.giver);
}

/* One of 4,096 words, in one of two ways of writing it. */
static size_t put_word(char *out, uint32_t word, uint32_t way)
{
    out[0] = 'Z';
    for (uint32_t i = 0; i < 4; i++)
        out[1 + i] = (char)((i == 0 && way ? 'A' : 'a') + (word >> 3 * i & 7));
    strcpy(out + 5, "ab");
    return 7;
}

/* A page asks for nearly as many vectors as it may when each of its tokens is another word, and each group of them stands in a sentence
 * that uses capitals and in one that doesn't: a sanitizer sees a vector too many. */
static void the_most_vectors_fit(void **state)
{
    struct giver g = giver_new();
    const struct entity_means means = { give, should_stop, &g };
    char *out = text;
    struct entity *found;
    uint32_t n;

    (void)state;
    for (uint32_t i = 0; i < PAGE_MOST_TOKENS; i++) {
        if (i % 16 == 15)
            out += sprintf(out, (i / 16 + i / 2048) % 2 ? "NATO\n" : "and\n");
        else
            out += put_word(out, i % 2048, i / 2048);
        *out++ = ' ';
    }
    *out = '\0';
    const struct entity_input in = split();
    assert_int_equal(in.n_tokens, PAGE_MOST_TOKENS);
    assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
    giver_free(&g);
}

/* What the trainer learns from and what the finder sums up, word by word and group by group, are the same features. */
static void sums_are_those_of_all_features(void **state)
{
    struct giver g = giver_new();
    const struct entity_means means = { give, should_stop, &g };
    struct lookups lookups = { .model = &model };
    uint32_t features[TOKEN_FEATURES_MOST], sentence = 0, token = 0, n_repeated = 0;
    struct reading r;

    (void)state;
    strcpy(text, "VROMMEL CUTS 500 JOBS , VROMMEL SAYS\nThe carmaker Vrommel said on Monday that the Vrommel plant in "
                 "Kent would close\n"
                 "Vrommel shares fell 5 percent and Kent 's mayor called Vrommel");
    const struct entity_input in = split();
    assert_int_equal(reading_make(&r, &model, &in, &means), TEXTD_OK);
    page_read(&r.page, &in, &model.known, &sentence, &token);
    reading_label_once(&r);
    for (uint32_t k = 0; k < r.page.n_sentences; k++)
        for (uint32_t i = r.page.sentences[k].first; i < r.page.sentences[k].end; i++) {
            int16_t sums[NAME_ROW] = { 0 };
            if (r.page.flags[i] & MARK_NEVER)
                continue;
            uint32_t n = features_of_token(&r.page, &r.page.sentences[k], i, features);
            for (uint32_t f = 0; f < n; f++) {
                *lookups_next(&lookups) = features[f];
                lookups_add(&lookups, 1, sums);
            }
            lookups_finish(&lookups);
            n_repeated += repeated(&r.page, i) != NULL;
            assert_memory_equal(sums, reading_sums(&r, i), r.width * sizeof *sums);
        }
    assert_int_equal(n_repeated, 8);
    giver_free(&g);
}

static void reads(struct reading *r, struct giver *g, const char *content)
{
    const struct entity_means means = { give, should_stop, g };
    uint32_t sentence = 0, token = 0;

    strcpy(text, content);
    const struct entity_input in = split();
    assert_int_equal(reading_make(r, &model, &in, &means), TEXTD_OK);
    page_read(&r->page, &in, &model.known, &sentence, &token);
    reading_read(r);
}

/* Behind a name, or before one, a word that tells nothing but outside is left alone; between two of its parts it
 * never is. */
static void words_that_leave_no_doubt_are_left_alone(void **state)
{
    struct giver g = giver_new();
    struct reading r;

    (void)state;
    reads(&r, &g, "Angela Merkel said yesterday , and she knows that Bank of the West will be there");
    for (uint32_t i = 0; i < r.page.n; i++) {
        bool is_name = (r.page.flags[i] & MARK_CANDIDATE) != 0;
        assert_int_equal(is_name, i < 2 || i == 9 || i == 12);
        assert_true(is_name || i == 10 || i == 11 || (r.page.flags[i] & MARK_NEVER));
        assert_true(!(i < 2 || (i >= 9 && i <= 12)) || !(r.page.flags[i] & MARK_NEVER));
    }
    giver_free(&g);

    /* Where capitals say nothing, no word is left alone. */
    reads(&r, &g, "angela merkel said yesterday that it was late");
    for (uint32_t i = 0; i < r.page.n; i++)
        assert_false(r.page.flags[i] & MARK_NEVER);
    giver_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_of_all_places_are_known_at_each),
        cmocka_unit_test(small_letters_count_where_there_are_no_others),
        cmocka_unit_test(neighbours_differ_by_more_than_their_writing),
        cmocka_unit_test(a_forgotten_case_is_forgotten),
        cmocka_unit_test(headlines_and_text_know_of_each_other),
        cmocka_unit_test(neighbours_are_few),
        cmocka_unit_test(sums_are_those_of_all_features),
        cmocka_unit_test(words_that_leave_no_doubt_are_left_alone),
        cmocka_unit_test(the_most_vectors_fit),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
