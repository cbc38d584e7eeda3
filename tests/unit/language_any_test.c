/* language_any_test.c: whatever the text is, the parts are in order and together the text, and the borders stand between characters; a damaged model is refused. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/language/block.h"
#include "plugins/language/identify.h"

#define MODEL_FILE TEXTD_SOURCE_DIR "/plugins/language/language.model"

static uint32_t bytes[(1 << 20) / 4 + 1];
static size_t length;
static struct language_model model;

static int load_model(void **state)
{
    char reason[200];
    FILE *in = fopen(MODEL_FILE, "rb");

    (void)state;
    assert_non_null(in);
    length = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    assert_true(length <= 1 << 20);
    assert_int_equal(language_model_open(&model, bytes, length, reason, sizeof reason), 0);
    return 0;
}

static _Alignas(8) char memory[1 << 22];

/* Of all texts of this file, as a worker has one of all documents. */
static struct word_memo memo;

/* What earlier texts left in the memo changes nothing of what is said. */
static void check_memo(const struct identified *found, const char *text, uint32_t n)
{
    static _Alignas(8) char others[1 << 22];

    for (int i = 0; i < 2; i++) {
        struct block block = { others, sizeof others, 0 };
        struct identified again = {
            .alloc = block_alloc, .should_stop = block_never_stops, .data = &block, .memo = &memo
        };
        assert_int_equal(identify(&again, &model, text, n), 0);
        assert_int_equal(again.n_parts, found->n_parts);
        if (n > 0)
            assert_memory_equal(again.parts, found->parts, found->n_parts * sizeof *found->parts);
        assert_memory_equal(&again.whole, &found->whole, sizeof found->whole);
        assert_int_equal(again.main, found->main);
        assert_true(again.main_score == found->main_score);
    }
}

/* Each text lies in memory of its own size, so that a sanitizer sees a look beyond it. */
static void check(const char *text, uint32_t n)
{
    struct block block = { memory, sizeof memory, 0 };
    struct identified found = { .alloc = block_alloc, .should_stop = block_never_stops, .data = &block };
    char *copy = malloc(n + !n);

    assert_non_null(copy);
    memcpy(copy, text, n);
    assert_int_equal(identify(&found, &model, copy, n), 0);
    assert_int_equal(found.n_parts > 0, n > 0);
    check_memo(&found, copy, n);
    for (uint32_t i = 0, at = 0; i < found.n_parts; i++) {
        const struct part *p = &found.parts[i];
        assert_int_equal(p->start, at);
        assert_true(p->end > p->start && p->end <= n);
        assert_true(p->end == n || ((unsigned char)copy[p->end] & 0xC0) != 0x80);
        assert_true(p->score >= 0 && p->score <= 1.0001f);
        assert_true(p->class == UNSURE || p->class < model.head.n_classes);
        if ((at = p->end) < n)
            assert_true(i + 1 < found.n_parts);
    }
    free(copy);
}

static const char *const words[] = {
    "the ",     "house ",
    "und ",     "Straße ",
    "où ",      ") ",
    "\" ",      "' ",
    ". ",       "\n",
    "?",        "! ",
    "。",       "港は",
    "中文",     "рус ",
    "нет. ",    "ال",
    "שלום ",    "ไทย",
    "हिन्दी। ",  "😀",
    "a",        "@x ",
    "&amp;",    "x_y ",
    "'",        "’",
    "\xCC\x81", " ",
    "\t",       "１２",
    "iPhone ",  "supercalifragilisticexpialidociousness",
};
enum { N_WORDS = sizeof words / sizeof words[0] };

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void parts_are_the_text_whatever_it_is(void **state)
{
    static char text[40000];
    uint32_t seed = 7;

    (void)state;
    check("", 0);
    for (uint32_t i = 0; i < 600; i++) {
        uint32_t n = 0, most = i < 590 ? next(&seed) % 300 : 30000, kinds = 1 + next(&seed) % N_WORDS,
                 first = next(&seed) % N_WORDS;
        while (n < most) {
            const char *word = words[(first + next(&seed) % kinds) % N_WORDS];
            memcpy(text + n, word, strlen(word));
            n += (uint32_t)strlen(word);
        }
        check(text, n);
    }
}

/* Most words are read eight letters at a time; behind each a sign is put here that has them read letter by letter. */
static void words_are_read_alike_at_once_and_by_letter(void **state)
{
    static const char *const starts[] = { "", "", "", "\"", "(", "'" }, *const ends[] = { "",  "",    ".", ",",  "?!",
                                                                                          ":", "\")", "'", "s'," };
    static char plain[4000], marked[8000];
    uint32_t seed = 11;

    (void)state;
    for (uint32_t i = 0; i < 400; i++) {
        struct tally once = { .known = { 0 } }, again = { .known = { 0 } }, by_letter = { .known = { 0 } };
        uint32_t n = 0, n_marked = 0;
        for (uint32_t k = 0; k < 1 + i % 30; k++) {
            char word[40];
            uint32_t letters = 1 + next(&seed) % 20, n_word, capitals = next(&seed) % 6;
            n_word = (uint32_t)sprintf(word, "%s", starts[next(&seed) % 6]);
            for (uint32_t l = 0; l < letters; l++) {
                uint32_t is_capital = capitals == 0   ? l == 0
                                      : capitals == 1 ? 1
                                      : capitals == 2 ? next(&seed) % 8 == 0
                                                      : 0;
                word[n_word++] = (char)((is_capital ? 'A' : 'a') + next(&seed) % 3);
            }
            n_word += (uint32_t)sprintf(word + n_word, "%s", ends[next(&seed) % 9]);
            memcpy(plain + n, word, n_word);
            memcpy(marked + n_marked, word, n_word);
            memcpy(marked + n_marked + n_word, "\u00b7 ", 3);
            plain[n + n_word] = ' ';
            n += n_word + 1;
            n_marked += n_word + 3;
        }
        char *copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, plain, n);
        tally_add(&by_letter, &model, NULL, marked, n_marked, 0, n_marked);
        tally_add(&once, &model, NULL, copy, n, 0, n);
        tally_add(&again, &model, &memo, copy, n, 0, n);
        free(copy);
        assert_memory_equal(&once, &by_letter, sizeof once);
        assert_memory_equal(&again, &by_letter, sizeof again);
    }
}

static void a_damaged_model_is_refused(void **state)
{
    struct language_model other;
    char reason[200];

    (void)state;
    assert_int_equal(language_model_open(&other, bytes, length - 1, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "it was cut"));
    ((char *)bytes)[length / 2] ^= 1;
    assert_int_equal(language_model_open(&other, bytes, length, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "damaged"));
    ((char *)bytes)[length / 2] ^= 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_the_text_whatever_it_is),
        cmocka_unit_test(words_are_read_alike_at_once_and_by_letter),
        cmocka_unit_test(a_damaged_model_is_refused),
    };

    return cmocka_run_group_tests(tests, load_model, NULL);
}
