/* entities_context_test.c: what a page tells of a word: which words stand next to it, wherever it may be a part of a name. */
#include "entities_text.h"

#include "plugins/entities/names/page.h"

struct read_page {
    struct giver giver;
    struct entity_input input;
    struct page page;
};

/* Reads `content` as a page, without any knowledge. */
static void read_page(struct read_page *r, const char *content)
{
    const struct entity_means means = { give, should_stop, &r->giver };
    uint32_t sentence = 0, token = 0;

    strcpy(text, content);
    r->giver = giver_new();
    r->input = split();
    assert_int_equal(page_make(&r->page, &r->input, &means), TEXTD_OK);
    page_read(&r->page, &r->input, NULL, &sentence, &token);
    assert_int_equal(token, r->input.n_tokens);
}

/* What the page knows of the word's repetitions, by one of its tokens; NULL when it has none. */
static const struct page_group *repeated(const struct page *page, uint32_t token)
{
    uint32_t k = 0;

    while (page->sentences[k].end <= token)
        k++;
    return page_repeated(page, &page->sentences[k], token);
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
    page_forget_case(&r.page);
    const struct page_group *g = repeated(&r.page, 2);
    assert_non_null(g);
    check_words(&r.page, g->before, g->n_before, (const uint32_t[]) { 1, 3 }, 2);
    giver_free(&r.giver);
    read_page(&r, "We like vrommel\nHow vrommel cars run");
    assert_null(repeated(&r.page, 2));
    giver_free(&r.giver);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_of_all_places_are_known_at_each),
        cmocka_unit_test(small_letters_count_where_there_are_no_others),
        cmocka_unit_test(headlines_and_text_know_of_each_other),
        cmocka_unit_test(neighbours_are_few),
        cmocka_unit_test(the_most_vectors_fit),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
