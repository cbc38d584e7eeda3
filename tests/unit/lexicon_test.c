/* lexicon_test.c: words are found however they are written, nothing else is, and no bytes of a resource do harm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/lexicon.h"

static struct lexicon *parse(const char *text)
{
    char reason[200] = "";
    struct lexicon *lexicon = lexicon_parse(text, strlen(text), reason, sizeof reason);

    if (!lexicon)
        fail_msg("%s", reason);
    return lexicon;
}

/* The word's number; NULL when it is not there. */
static const float *find(const struct lexicon *lexicon, const char *word)
{
    static float value;

    return lexicon_find(lexicon, word, strlen(word), &value) ? &value : NULL;
}

static void words_are_found_however_they_are_written(void **state)
{
    static const struct {
        const char *word;
        float want;
    } cases[] = {
        { "good", 2 },
        { "Good", 2 },
        { "GOOD", 2 },
        { "don't", -0.75f },
        { "don\xE2\x80\x99t", -0.75f },
        { "DON\xE2\x80\x99T", -0.75f },
        { "plain", 1 },
        { "ca n't wait", 2.25f },
        { "Ca n\xE2\x80\x99t wait", 2.25f },
        { ":D", 3 },
        { ":d", 3 },
        { "\xC3\xA9t\xC3\xA9", 4 },
        { "a", 5 },
        { "exactly8", 6 },
        { "ninechars", 7 },
        { "antidisestablishmentarianism", 8 },
        { "\xF0\x9F\x98\x82", 0.5f },
    };
    struct lexicon *lexicon = parse("# words\n\ngood\t2\ndon't\t-0.75\r\nplain\nca n't wait\t+2.25\n  \n:D\t3\n"
                                    "\xC3\xA9t\xC3\xA9\t4\na\t5\nexactly8\t6\nninechars\t7\n"
                                    "antidisestablishmentarianism\t8\n\xF0\x9F\x98\x82\t.5");

    (void)state;
    assert_int_equal(lexicon_size(lexicon), 11);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const float *got = find(lexicon, cases[i].word);

        if (!got || *got != cases[i].want)
            fail_msg("'%s' is %g, want %g", cases[i].word, got ? (double)*got : 0.0, (double)cases[i].want);
    }
    assert_true(lexicon_find(lexicon, "good", 4, NULL));
    lexicon_free(lexicon);
}

static void other_words_are_not_found(void **state)
{
    static const char *const words[] = {
        "",
        "goo",
        "goods",
        "#",
        "# words",
        "exactly8 ",
        "exactly",
        "ninecharS!",
        "d0nt",
        "b",
        "\xC3\x89t\xC3\xA9",
        "antidisestablishmentarianis",
        "antidisestablishmentarianisms",
    };
    struct lexicon *lexicon = parse("# words\ngood\t2\nexactly8\t6\nninechars\t7\nantidisestablishmentarianism\t8\n"
                                    "\xC3\xA9t\xC3\xA9\t4\na\t5\n");

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (find(lexicon, words[i]))
            fail_msg("'%s' is there", words[i]);
    assert_false(lexicon_find(lexicon, "a\0", 2, NULL)); /* a NUL is a byte like any other */
    lexicon_free(lexicon);
}

/* Bytes beside the letters in ASCII, and those with the eighth bit, must not be folded. */
static void only_letters_are_folded(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        char line[] = { 'x', (char)c, 'y', '\n' }, other[] = { 'X', (char)(c ^ 0x20), 'Y' };
        int letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 128;
        struct lexicon *lexicon;

        if (c == '\n' || c == '\t')
            continue;
        lexicon = lexicon_parse(line, sizeof line, NULL, 0);
        assert_non_null(lexicon);
        assert_true(lexicon_find(lexicon, line, 3, NULL));
        assert_int_equal(lexicon_find(lexicon, other, 3, NULL), letter);
        lexicon_free(lexicon);
    }
}

/* Lengths 1 to 127 go through every way of loading a word's last bytes. Each buffer ends where the word ends, so that
 * a sanitizer sees a read beyond it. */
static void keys_of_any_length_differ_in_any_byte(void **state)
{
    (void)state;
    for (size_t length = 1; length <= 127; length++) {
        char *word = malloc(length);
        struct lexicon *lexicon;

        assert_non_null(word);
        for (size_t i = 0; i < length; i++)
            word[i] = (char)('a' + i % 26);
        lexicon = lexicon_parse(word, length, NULL, 0);
        assert_non_null(lexicon);
        assert_true(lexicon_find(lexicon, word, length, NULL));
        assert_false(lexicon_find(lexicon, word, length - 1, NULL));
        for (size_t i = 0; i < length; i++) {
            word[i] ^= 0x20;
            assert_true(lexicon_find(lexicon, word, length, NULL));
            word[i] ^= 0x21;
            assert_false(lexicon_find(lexicon, word, length, NULL));
            word[i] ^= 0x01;
        }
        lexicon_free(lexicon);
        free(word);
    }
}

static void many_words_keep_their_numbers(void **state)
{
    const int n = 20000;
    char *text = malloc((size_t)n * 40), word[40];
    struct lexicon *lexicon;
    size_t used = 0;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < n; i++)
        used += (size_t)sprintf(text + used, "w%x%s\t%d\n", i, i % 3 ? "" : "-and-some-more", i);
    lexicon = lexicon_parse(text, used, NULL, 0);
    assert_non_null(lexicon);
    assert_int_equal(lexicon_size(lexicon), n);
    for (int i = 0; i < n; i++) {
        snprintf(word, sizeof word, "W%X%s", i, i % 3 ? "" : "-And-Some-More");
        assert_non_null(find(lexicon, word));
        assert_true(*find(lexicon, word) == (float)i);
    }
    lexicon_free(lexicon);
    free(text);
}

static void wrong_lines_are_refused_by_number(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "a\nb\ta\n", "line 2: " },
        { "a\n\n# c\na\n", "line 4: " },
        { "Word\nword\n", "line 2: " },
        { " a\n", "line 1: " },
        { "a \t1\n", "line 1: " },
        { "\t1\n", "line 1: " },
        { "a\t1\t2\n", "line 1: " },
        { "a\t1e5\n", "line 1: " },
        { "a\t--1\n", "line 1: " },
        { "a\t1.2.3\n", "line 1: " },
        { "a\t.\n", "line 1: " },
        { "a\tnan\n", "line 1: " },
        { "a\t1234567890123456\n", "line 1: " },
    };
    char reason[100], *text;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(lexicon_parse(cases[i].text, strlen(cases[i].text), reason, sizeof reason));
        if (!strstr(reason, cases[i].want))
            fail_msg("the reason for '%s' is '%s', want '%s'", cases[i].text, reason, cases[i].want);
    }
    text = malloc(128);
    assert_non_null(text);
    memset(text, 'x', 128);
    assert_null(lexicon_parse(text, 128, reason, sizeof reason));
    assert_non_null(strstr(reason, "127 bytes"));
    free(text);
}

static void nothing_is_a_lexicon_too(void **state)
{
    struct lexicon *lexicon = lexicon_parse(NULL, 0, NULL, 0);

    (void)state;
    assert_non_null(lexicon);
    assert_int_equal(lexicon_size(lexicon), 0);
    assert_null(find(lexicon, "a"));
    lexicon_free(lexicon);
    lexicon_free(NULL);
}

static void any_bytes_make_a_lexicon_or_a_reason(void **state)
{
    static const char bytes[] = "abcdefgh AB\n\t12.-# \xE2\x80\x99\xFF";
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        size_t length = (size_t)round % 300;
        char text[300], reason[100] = "";
        struct lexicon *lexicon;

        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = bytes[(seed >> 16) % sizeof bytes];
        }
        lexicon = lexicon_parse(text, length, reason, sizeof reason);
        assert_true(lexicon || reason[0]);
        if (lexicon)
            lexicon_find(lexicon, text, length, NULL);
        lexicon_free(lexicon);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_however_they_are_written),
        cmocka_unit_test(other_words_are_not_found),
        cmocka_unit_test(only_letters_are_folded),
        cmocka_unit_test(keys_of_any_length_differ_in_any_byte),
        cmocka_unit_test(many_words_keep_their_numbers),
        cmocka_unit_test(wrong_lines_are_refused_by_number),
        cmocka_unit_test(nothing_is_a_lexicon_too),
        cmocka_unit_test(any_bytes_make_a_lexicon_or_a_reason),
    };

    return cmocka_run_group_tests_name("lexicon", tests, NULL, NULL);
}
