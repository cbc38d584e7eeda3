/* dictionary_test.c: which names of operators' lists are found, under which policy, and what is said of a list that is wrong. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/dictionary/dictionary.h"
#include "plugins/segmenter/tokens.h"

#define ARENA_BYTES (1u << 28)

static char *arena;
static size_t used;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (bytes > ARENA_BYTES - used)
        return NULL;
    used += bytes;
    return arena + used - bytes;
}

static void *take_segments(void *context, uint64_t bytes)
{
    return take(context, bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static int stop(void *context)
{
    (void)context;
    return 1;
}

static const struct entity_means means = { take, go_on, NULL };

static struct entity_input split(const char *text, uint32_t length, struct textd_span *sentence)
{
    struct segments s = { .alloc = take_segments, .should_stop = go_on };

    used = 0;
    assert_int_equal(segment_tokens(&s, text, length), TEXTD_OK);
    for (uint32_t i = 0; i < s.n_tokens; i++)
        s.kinds[i] &= TOKEN_KIND;
    *sentence = (struct textd_span) { 0, length };
    return (struct entity_input) { text, s.tokens, s.kinds, sentence, length, s.n_tokens, 1 };
}

static struct entity_types types;

static struct dictionary *make(const char *list)
{
    types = (struct entity_types) { 0 };
    const struct dictionary_list lists[] = { { "list.tsv", list, strlen(list) } };
    char reason[400];
    struct dictionary *d = dictionary_new(lists, 1, &types, reason, sizeof reason);

    if (!d)
        fail_msg("%s", reason);
    return d;
}

static void show(const struct dictionary *d, const char *text, char *got)
{
    struct textd_span sentence;
    struct entity_input in = split(text, (uint32_t)strlen(text), &sentence);
    struct entity *found;
    uint32_t n;

    *got = '\0';
    assert_int_equal(dictionary_find(d, &in, &means, &found, &n), TEXTD_OK);
    for (uint32_t i = 0; i < n; i++)
        got += sprintf(got, "%s%s[%.*s]%.*s", i ? " " : "", entity_types_name(&types, found[i].type),
                       (int)(found[i].span.end - found[i].span.start), text + found[i].span.start,
                       (int)found[i].id_length, found[i].id);
}

static void names_are_found(void **state)
{
    static const struct {
        const char *list, *text, *want;
    } cases[] = {
        { "Acme\tORG\tQ1", "So Acme came.", "ORG[Acme]Q1" },
        { "Acme\tORG", "So Acme came.", "ORG[Acme]" },
        { "Acme\tORG\tQ1", "So acme came.", "" },
        { "Acme\tORG\tQ1", "So Acmes came.", "" },
        { "Acme\tORG\tQ1", "Acme", "ORG[Acme]Q1" },
        { "New York\tLOC\t1\nNew York Times\tORG\t2\nNew\tX\t3", "The New York Times, New York, New.",
          "ORG[New York Times]2 LOC[New York]1 X[New]3" },
        { "New York Times\tORG\t2\nYork\tLOC\t4", "New York is New York.", "LOC[York]4 LOC[York]4" },
        { "New York\tLOC", "New  York and New\nYork and NewYork", "LOC[New  York] LOC[New\nYork]" },
        { "Coca-Cola Co.\tORG\tKO", "The Coca-Cola Co. pays.", "ORG[Coca-Cola Co.]KO" },
        { "Coca-Cola\tORG",
          "Coca - Cola, Coca Cola, Coca\xE2\x80\x91"
          "Cola",
          "ORG[Coca\xE2\x80\x91"
          "Cola]" },
        { "AT&T\tORG", "So AT&T said.", "ORG[AT&T]" },
        { "L'Oréal\tORG", "So L’Oréal said.", "ORG[L’Oréal]" },
        { "#! case=fold\nAcme Gmbh\tORG", "ACME GMBH and acme gmbh.", "ORG[ACME GMBH] ORG[acme gmbh]" },
        { "#! case=fold\nÉCOLE ÀÉ\tORG", "école àé", "ORG[école àé]" },
        { "#! case=fold\nECOLE\tORG", "école", "" },
        { "#! diacritics=fold\nMalmo\tLOC", "Malmö, Malmo, malmö", "LOC[Malmö] LOC[Malmo]" },
        { "#! diacritics=fold\nMalmö\tLOC", "Malmo and Malmo\xCC\x88", "LOC[Malmo] LOC[Malmo\xCC\x88]" },
        { "#! case=fold diacritics=fold\nŁódź Ørsted\tORG", "LODZ ORSTED", "ORG[LODZ ORSTED]" },
        { "#! case=fold\nСБЕРБАНК\tORG\nΑΘΗΝΑ\tLOC", "Сбербанк, αθηνα", "ORG[Сбербанк] LOC[αθηνα]" },
        { "東京\tLOC\t13", "彼は東京に行く", "LOC[東京]13" },
        { "US\tLOC\t1\nus\tX\t2", "US us Us", "LOC[US]1 X[us]2" },
        { "A\tX\t1\nA\tX\t2", "A", "X[A]1" },
        { "# a comment\n\n\xEF\xBB\xBF"
          "b\tX",
          "b", "" },
        { "\xEF\xBB\xBF#! case=fold\r\nab\tX\t7\r\n", "AB", "X[AB]7" },
        { "C++\tLANGUAGE\tcpp\nC\tLANGUAGE\tc", "C++ or C.", "LANGUAGE[C++]cpp LANGUAGE[C]c" },
        { "iPhone 15 Pro\tPRODUCT\tp15", "My iPhone 15 Pro.", "PRODUCT[iPhone 15 Pro]p15" },
        { "an id\tX\tß, with blanks", "an id", "X[an id]ß, with blanks" },
        { "", "Nothing", "" },
    };
    char got[1000];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct dictionary *d = make(cases[i].list);

        show(d, cases[i].text, got);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("case %zu, %s: %s, not %s", i, cases[i].text, got, cases[i].want);
        dictionary_free(d);
    }
}

static void wrong_lists_are_refused_with_the_line(void **state)
{
    static const struct {
        const char *list, *want;
    } cases[] = {
        { "Acme", "x.tsv:1: the name has no type; a line is name, type and id, with tabs between them" },
        { "a\tX\nAcme\t\t5", "x.tsv:2: the name has no type; a line is name, type and id, with tabs between them" },
        { "Acme\torg",
          "x.tsv:1: the type is 'org'; it must be of capital letters, digits and '_', such as PRODUCT, at most 31" },
        { "Acme\tORG-X",
          "x.tsv:1: the type is 'ORG-X'; it must be of capital letters, digits and '_', such as PRODUCT, at most 31" },
        { "\tORG", "x.tsv:1: there is no name before the tab" },
        { " Acme\tORG", "x.tsv:1: the name starts or ends with a blank" },
        { "Acme \tORG", "x.tsv:1: the name starts or ends with a blank" },
        { "Acme\tORG\t1\t2", "x.tsv:1: there is a third tab; a line is name, type and id" },
        { "#! case=none\n", "x.tsv:1: case is 'none'; it must be fold or exact" },
        { "#! case\n", "x.tsv:1: case is ''; it must be fold or exact" },
        { "#! cas=fold\n",
          "x.tsv:1: 'cas=fold' is no setting; there are case, diacritics and priority, such as case=fold" },
        { "#! case=fold priority=mid\n", "x.tsv:1: priority is 'mid'; it must be low or high" },
        { "a\tX\n#! case=fold\n", "x.tsv:2: settings must stand before the first name" },
        { "a\tX\nb\xFF\tX\n", "x.tsv:2: the line is not UTF-8" },
        { "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g\tX",
          "x.tsv:1: the name has more than 32 words and signs" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\tX",
          "x.tsv:1: the name has a word of 64 bytes or more" },
    };
    char reason[400];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct dictionary_list lists[] = { { "x.tsv", cases[i].list, strlen(cases[i].list) } };

        assert_null(dictionary_new(lists, 1, &types, reason, sizeof reason));
        assert_string_equal(reason, cases[i].want);
    }
}

static void too_many_types_are_refused(void **state)
{
    static char list[10000];
    char reason[400], *out = list;
    const struct dictionary_list lists[] = { { "x.tsv", list, 0 } };
    struct dictionary_list one = lists[0];

    (void)state;
    for (int i = 0; i <= (int)ENTITY_MOST_OWN_TYPES; i++)
        out += sprintf(out, "n%d\tT%d\n", i, i);
    one.length = (size_t)(out - list);
    types = (struct entity_types) { 0 };
    assert_null(dictionary_new(&one, 1, &types, reason, sizeof reason));
    assert_string_equal(
        reason,
        "x.tsv:201: 'T200' is one type too many; there may be 200 beside the plugin's own, the model's counted");
}

static void several_lists_have_policies_of_their_own(void **state)
{
    static const char exact[] = "Apple\tORG\tAAPL",
                      loose[] = "#! case=fold priority=low\napple\tFRUIT\tf1\npear\tFRUIT\tf2";
    const struct dictionary_list lists[] = { { "a.tsv", exact, sizeof exact - 1 },
                                             { "b.tsv", loose, sizeof loose - 1 } };
    char reason[400], got[400];
    types = (struct entity_types) { 0 };
    struct dictionary *d = dictionary_new(lists, 2, &types, reason, sizeof reason);

    (void)state;
    assert_non_null(d);
    assert_int_equal(dictionary_names(d), 3);
    show(d, "Apple apple PEAR", got);
    assert_string_equal(got, "ORG[Apple]AAPL FRUIT[apple]f1 FRUIT[PEAR]f2");
    assert_int_equal(entity_types_find(&types, "org", 3), ENTITY_ORG);
    assert_int_equal(entity_types_find(&types, "FRUIT", 5), ENTITY_TYPE_COUNT);
    assert_int_equal(entity_types_find(&types, "VEGETABLE", 9), ENTITY_NONE);
    assert_null(entity_types_name(&types, ENTITY_TYPE_COUNT + 1));
    dictionary_free(d);
}

/* Each of many names is found, and none that isn't there. */
static void many_names_are_found(void **state)
{
    enum { NAMES = 50000 };
    char *list = malloc(NAMES * 40), *out = list, text[100], got[200], want[200];

    (void)state;
    assert_non_null(list);
    for (int i = 0; i < NAMES; i++)
        out += sprintf(out, "n%d of k%d\tT\t%d\n", i, i % 7, i);
    struct dictionary *d = make(list);
    assert_int_equal(dictionary_names(d), NAMES);
    assert_true(dictionary_bytes(d) < NAMES * 100);
    for (int i = 0; i < NAMES; i += 7) {
        sprintf(text, "x n%d of k%d n%d of k8", i, i % 7, i);
        sprintf(want, "T[n%d of k%d]%d", i, i % 7, i);
        show(d, text, got);
        assert_string_equal(got, want);
    }
    dictionary_free(d);
    free(list);
}

/* Texts that go on and on with beginnings of names, and lists that say the same many times. */
static void time_is_linear(void **state)
{
    enum { WORDS = 300000 };
    char *text = malloc(WORDS * 2), *list = malloc(WORDS * 4);
    struct textd_span sentence;
    struct entity *found;
    uint32_t n;

    (void)state;
    assert_true(text && list);
    for (uint32_t i = 0; i < WORDS; i++) {
        memcpy(text + 2 * (size_t)i, "a ", 2);
        memcpy(list + 4 * (size_t)i, "a\tX\n", 4);
    }
    strcpy(list, "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a b\tX\n");
    list[strlen(list)] = '#'; /* what follows is a comment's rest, then one name very often */
    struct dictionary_list lists[] = { { "x.tsv", list, WORDS * 4 } };
    char reason[400];
    struct dictionary *d = dictionary_new(lists, 1, &types, reason, sizeof reason);
    assert_non_null(d);
    assert_int_equal(dictionary_names(d), 2);
    struct entity_input in = split(text, WORDS * 2, &sentence);
    assert_int_equal(dictionary_find(d, &in, &means, &found, &n), TEXTD_OK);
    assert_int_equal(n, WORDS);
    const struct entity_means stopping = { take, stop, NULL };
    assert_int_equal(dictionary_find(d, &in, &stopping, &found, &n), TEXTD_STOPPED);
    used = ARENA_BYTES - 16;
    assert_int_equal(dictionary_find(d, &in, &means, &found, &n), TEXTD_NO_MEMORY);
    dictionary_free(d);
    free(list);
    free(text);
}

static int setup(void **state)
{
    (void)state;
    arena = malloc(ARENA_BYTES);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(wrong_lists_are_refused_with_the_line),
        cmocka_unit_test(too_many_types_are_refused),
        cmocka_unit_test(several_lists_have_policies_of_their_own),
        cmocka_unit_test(many_names_are_found),
        cmocka_unit_test(time_is_linear),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
