/* lang_test.c: what people have for a language, and what plugins get. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "common/lang.h"
#include "common/nearest.h"

static const struct {
    const char *given, *tag; /* NULL: no tag, for the reason in `is` */
    enum td_lang is;
} cases[] = {
    { "en", "en", TD_LANG_TAG },
    { "EN", "en", TD_LANG_TAG },
    { "eng", "en", TD_LANG_TAG },
    { "ENG", "en", TD_LANG_TAG },
    { "en_US", "en-US", TD_LANG_TAG },
    { "en-us", "en-US", TD_LANG_TAG },
    { "eng_US", "en-US", TD_LANG_TAG },
    { "en_US.UTF-8", "en-US", TD_LANG_TAG },
    { "de_DE@euro", "de-DE", TD_LANG_TAG },
    { "ger", "de", TD_LANG_TAG }, /* ISO 639-2 has two for some */
    { "deu", "de", TD_LANG_TAG },
    { "zho-hant-tw", "zh-Hant-TW", TD_LANG_TAG },
    { "SR-LATN", "sr-Latn", TD_LANG_TAG },
    { "es-419", "es-419", TD_LANG_TAG },
    { "iw", "he", TD_LANG_TAG },
    { "in-ID", "id-ID", TD_LANG_TAG },
    { "bh", "bh", TD_LANG_TAG }, /* a group of languages, in the registry all the same */
    { "bih", "bh", TD_LANG_TAG },
    { "gsw", "gsw", TD_LANG_TAG }, /* has no two letters */
    { "cmn-Hans-CN", "cmn-Hans-CN", TD_LANG_TAG },
    { "zh-yue", "zh-yue", TD_LANG_TAG },
    { "de-1996", "de-1996", TD_LANG_TAG },
    { "SL-Rozaj-BISKE", "sl-rozaj-biske", TD_LANG_TAG },
    { "en-US-u-CA-Gregory", "en-US-u-ca-gregory", TD_LANG_TAG },
    { "en-x-US-Latn", "en-x-us-latn", TD_LANG_TAG },
    { "en-a-bbb-x-a", "en-a-bbb-x-a", TD_LANG_TAG },
    { "", NULL, TD_LANG_NONE },
    { "und", NULL, TD_LANG_NONE },
    { "UND", NULL, TD_LANG_NONE },
    { "und-Latn", NULL, TD_LANG_NONE },
    { "mul", NULL, TD_LANG_NONE },
    { "zxx", NULL, TD_LANG_NONE },
    { "C", NULL, TD_LANG_NONE },
    { "C.UTF-8", NULL, TD_LANG_NONE },
    { "POSIX", NULL, TD_LANG_NONE },
    { "jp", NULL, TD_LANG_NO_CODE },
    { "xx-US", NULL, TD_LANG_NO_CODE },
    { "English", NULL, TD_LANG_NO_TAG },
    { "e", NULL, TD_LANG_NO_TAG },
    { "x-mine", NULL, TD_LANG_NO_TAG },
    { "en-", NULL, TD_LANG_NO_TAG },
    { "-en", NULL, TD_LANG_NO_TAG },
    { "en--US", NULL, TD_LANG_NO_TAG },
    { "en US", NULL, TD_LANG_NO_TAG },
    { "en-US-Latn", NULL, TD_LANG_NO_TAG }, /* the script comes first */
    { "en-US-GB", NULL, TD_LANG_NO_TAG },
    { "en-ninechars", NULL, TD_LANG_NO_TAG },
    { "en-u", NULL, TD_LANG_NO_TAG },
    { "e1", NULL, TD_LANG_NO_TAG },
    { "fran\xc3\xa7"
      "ais",
      NULL, TD_LANG_NO_TAG },
    { ".", NULL, TD_LANG_NO_TAG },
    { "_", NULL, TD_LANG_NO_TAG },
};

static void what_people_have_becomes_what_plugins_get(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t given = strlen(cases[i].given), length;
        char *tag = malloc(given + 1), *copy = malloc(given + 1); /* as long as it may be, and no NUL behind it */
        memcpy(copy, cases[i].given, given);
        enum td_lang is = td_lang_canonical(copy, given, tag, &length);
        if (is != cases[i].is || length != (cases[i].tag ? strlen(cases[i].tag) : 0) ||
            (cases[i].tag && memcmp(tag, cases[i].tag, length) != 0))
            fail_msg("'%s': %d '%.*s'", cases[i].given, is, (int)length, tag);
        free(tag);
        free(copy);
    }
}

static void the_canonical_form_is_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char tag[64];
        size_t length;
        if (!cases[i].tag)
            continue;
        assert_int_equal(td_lang_canonical(cases[i].tag, strlen(cases[i].tag), tag, &length), TD_LANG_TAG);
        assert_int_equal(length, strlen(cases[i].tag));
        assert_memory_equal(tag, cases[i].tag, length);
    }
}

static void every_language_of_two_letters_is_known(void **state)
{
    char code[2], tag[2];
    size_t length;
    int n = 0;

    (void)state;
    for (code[0] = 'a'; code[0] <= 'z'; code[0]++)
        for (code[1] = 'a'; code[1] <= 'z'; code[1]++)
            n += td_lang_canonical(code, 2, tag, &length) == TD_LANG_TAG;
    assert_int_equal(n, 183 + 2 + 5); /* ISO 639-1; bh and sh, which BCP 47 keeps; and those that were withdrawn */
}

static void a_texts_language_is_canonical_or_unsure(void **state)
{
    static const char *const codes[] = { "en", "nb", "zh-Hant", "gsw", "und", "ceb", "sr-Latn", "de-DE" };
    static const char *const others[] = { "", "EN", "eng", "iw", "xx", "und-DE", "en_US", "mul", "en-", "zh-hant" };
    char large[80] = "en-x";

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_true(td_lang_is_canonical(codes[i], strlen(codes[i])));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(td_lang_is_canonical(others[i], strlen(others[i])));
    for (size_t n = 4; n < 76; n += 2)
        memcpy(large + n, "-a", 3);
    assert_true(td_lang_is_canonical(large, 64));
    assert_false(td_lang_is_canonical(large, 66));
}

static void the_nearest_name_is_near(void **state)
{
    static const char *const names[] = { "plugins", "deadline_ms", "lang", "v" };
    static const struct {
        const char *name, *near;
    } meant[] = {
        { "plugin", "plugins" },
        { "pluigns", "plugins" },
        { "deadline", "deadline_ms" },
        { "lan", "lang" },
        { "colour", NULL },
        { "x", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(meant); i++) {
        const char *near = td_nearest(meant[i].name, strlen(meant[i].name), names, COUNT(names));
        assert_string_equal(near ? near : "none", meant[i].near ? meant[i].near : "none");
    }
    char long_name[1000];
    memset(long_name, 'p', sizeof long_name);
    assert_null(td_nearest(long_name, sizeof long_name, names, COUNT(names)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_have_becomes_what_plugins_get),
        cmocka_unit_test(the_canonical_form_is_its_own),
        cmocka_unit_test(every_language_of_two_letters_is_known),
        cmocka_unit_test(a_texts_language_is_canonical_or_unsure),
        cmocka_unit_test(the_nearest_name_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
