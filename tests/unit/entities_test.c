/* entities_test.c: what the entities of a text are, as texts with their entities in brackets. Texts are written as tokens
 * between blanks, in the conventions of the segmenter ("Apple 's shares ."), so that nothing but the tagging is under test; a
 * bar parts tokens that nothing stands between ("UK|-|based"), a line break ends a sentence. */
#include "entities_text.h"

#include "plugins/entities/companies.h"
#include "plugins/entities/names/word.h"
#include "plugins/entities/resolve.h"

/* Writes what was found as the tables do: "[PERSON Tim Cook] runs [ORG Apple] ." */
static void show(const struct entity *found, uint32_t n, char *out)
{
    uint32_t at = 0, i = 0;

    for (; i < n; i++) {
        if ((double)found[i].name_score < ENTITY_MIN_SCORE || found[i].type >= ENTITY_DATE)
            continue;
        out +=
            sprintf(out, "%.*s[%s %.*s]", (int)(found[i].span.start - at), text + at, entity_type_name(found[i].type),
                    (int)(found[i].span.end - found[i].span.start), text + found[i].span.start);
        at = found[i].span.end;
    }
    strcpy(out, text + at);
}

/* Puts `want` without its brackets and bars into `text`, and where the bars were into `cut_before`. */
static void strip(const char *want)
{
    char *out = text;

    memset(cut_before, 0, sizeof cut_before);
    for (; *want; want++) {
        if (*want == '[')
            want += strcspn(want, " ");
        else if (*want == '|')
            cut_before[out - text] = true;
        else if (*want != ']')
            *out++ = *want;
    }
    *out = '\0';
}

/* `want` without its bars. */
static void strip_bars(const char *want, char *out)
{
    for (; *want; want++)
        if (*want != '|')
            *out++ = *want;
    *out = '\0';
}

static void check(const char *want)
{
    static char got[4096], plain[4096];
    struct giver g = giver_new();
    const struct entity_means means = { give, should_stop, &g };
    struct entity_input in;
    struct entity *found;
    uint32_t n;

    strip(want);
    in = split();
    memset(cut_before, 0, sizeof cut_before);
    assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
    show(found, n, got);
    giver_free(&g);
    strip_bars(want, plain);
    assert_string_equal(got, plain);
}

#define CHECK_ALL(cases) \
    for (size_t n_case = 0; n_case < COUNT(cases); n_case++) \
    check(cases[n_case])

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void companies_say_so(void **state)
{
    static const char *const cases[] = {
        "Shares in [ORG Norrland Tidal Ltd.] rose .",
        "[ORG Apple , Inc.] sued [ORG Procter & Gamble Co.] .",
        "In [ORG Bank of Kuala Co. , Ltd.] and [ORG 3M Corp.] nobody knew .",
        "[ORG Calder & Voss LLP] advised the sellers .",
        "Limited supply , and corp. tax .",
    };

    (void)state;
    CHECK_ALL(cases);
}

/* What is less sure than what is wanted hides no name that is sure enough. */
static void a_company_that_is_not_wanted_hides_nothing(void **state)
{
    struct giver g = giver_new();
    const struct entity_means means = { give, should_stop, &g };

    (void)state;
    strip("Apple Inc. rose .");
    const struct entity_input in = split();
    for (int wanted = 94; wanted <= 98; wanted++) { /* companies are found with 0.95 */
        struct entity name = { .span = { 0, 10 }, .name_score = 0.97f, .type = ENTITY_ORG };
        struct entity_list lists[FOUND_COUNT] = { [FOUND_NAMES] = { &name, 1 } }, out;
        assert_int_equal(companies_join(&in, &means, wanted / 100.0, &lists[FOUND_NAMES]), TEXTD_OK);
        assert_int_equal(entities_resolve(&in, &means, lists, wanted / 100.0, &out), TEXTD_OK);
        assert_int_equal(out.n, wanted <= 97);
        if (out.n)
            assert_true(out.entities[0].name_score == (wanted <= 95 ? 0.95f : 0.97f));
    }
    giver_free(&g);
}

static void people_are_found(void **state)
{
    static const char *const cases[] = {
        "[PERSON Tim Cook] runs [ORG Apple] .",
        "[PERSON Ada Lovelace] told the [ORG Acme Corp.] board in [LOC Paris] on 11 July 2021 .",
        "They met President [PERSON Emmanuel Macron] there .",
        "It was written by [PERSON Kwame Asante] in 1987 .",
        "A [LOC New York]|-|based firm hired Vice|-|President [PERSON Wilma Stroop] .",
        "A neighbour , [PERSON Anna Zubrowka] , who had called the police , left .",
        "Then [PERSON Zubrowka] said that it was late .",
        "He praised [PERSON Jean|-|Claude Duvivier] and [PERSON Ahmad al|-|Sahaf] .",
        "I asked [PERSON Virginia Woolf] .",
        "It was her , said [PERSON Kwame Asante] .",
        "Then [PERSON Ludwig van Beethoven] wrote to [PERSON J. R. Tolkat] .",
        "We saw [PERSON Martin Luther King] and [PERSON John F. Kennedy] on a wall .",
        "[ORG Apple] CEO [PERSON Tim Cook] and [NORP Indian] Prime Minister [PERSON Narendra Modi] met .",
        "[PERSON Tim Cook] Will Show New Phones And Watches Before Winter",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void organizations_and_places_are_found(void **state)
{
    static const char *const cases[] = {
        "She studied at the [ORG University of Oxford] .",
        "They live in [LOC Springfield] , [LOC Illinois] .",
        "He moved from [LOC New York] to [LOC London] .",
        "A report by the [ORG World Health Organization] ( [ORG WHO] ) came .",
        "He left the [ORG Ministry of Health and Welfare] .",
        "It was bought by [ORG Zorblax Inc.] in a hurry .",
        "Shares of [ORG Goldman Sachs] fell .",
        "Students of the [ORG University of the Highlands] protested .",
        "The [ORG Nordic Fisheries Council] ( [ORG NFC] ) met .\nThe [ORG NFC] voted .",
        "[ORG Apple] 's shares rose .",
        "Rain fell in [LOC Côte d'Ivoire] and in [LOC São Paulo] .",
        "We swam in [LOC Lake Balaton] near the [LOC Gulf of Guinea] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void other_kinds_are_found(void **state)
{
    static const char *const cases[] = {
        "The [EVENT Battle of Hastings] took place .",
        "Many died in [EVENT World War II] .",
        "He died in the [EVENT Battle of Hastings] .",
        "Two [NORP Brazilians] met there .",
        "Hundreds of [NORP German] and [NORP Turkish] students came .",
        "They won the [EVENT World Cup] .",
        "We crossed the [FAC Golden Gate Bridge] .",
        "It broke the [LAW Clean Air Act] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

/* A name that is plain in one place is known in the others. */
static void the_page_is_remembered(void **state)
{
    static const char *const cases[] = {
        "[PERSON Denzel Washington] acts .\n[PERSON Denzel Washington] smiled .\nThen [PERSON Washington] left .",
        "[PERSON Denzel Washington] acts .\nThen [PERSON Washington] said so .\nHe lives in [LOC Washington] .",
        "[PERSON Denzel Washington] acts .\nThen [PERSON Washington] smiled .\nHe lives in [LOC Washington] .",
        "She moved to [LOC Vesper] .\nThe city of [LOC Vesper] is in [LOC Texas] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void sentence_starts_are_no_names(void **state)
{
    static const char *const cases[] = {
        "However , it works .\nBattery life is great .\nLove it !",
        "THIS IS THE WORST PHONE EVER .\nDO NOT BUY THIS !",
        "He has 12 cats and 3,000 books .",
        "He won 6-4 in room 1987 .",
        "I think I love it .\nMy Mom loves it , too .",
        "Nice phone .\nWill it last ?\nThe Screen is fine .",
        "Why Every Parent Should Read Better Books Before Winter",
        "i love this phone and my sister does too",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void case_is_not_needed(void **state)
{
    static const char *const cases[] = {
        "FLIGHT TO [LOC LONDON] WAS LATE .",
        "we flew from [LOC london] to [LOC paris] with my sister",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void words_have_forms(void **state)
{
    static const struct {
        const char *word, *lower;
        enum word_form want;
    } cases[] = {
        { "house", "house", FORM_LOWER },
        { "House", "house", FORM_CAPITAL },
        { "McDonald", "mcdonald", FORM_CAPITAL },
        { "NATO", "nato", FORM_CAPS },
        { "U.S.", "u.s.", FORM_CAPS },
        { "J.", "j.", FORM_CAPITAL },
        { "iPhone", "iphone", FORM_LOWER },
        { "3rd", "0rd", FORM_LOWER },
        { "Élise", "élise", FORM_CAPITAL },
        { "élan", "élan", FORM_LOWER },
        { "Łódź", "łódź", FORM_CAPITAL },
        { "Şahin", "şahin", FORM_CAPITAL },
        { "Москва", "москва", FORM_CAPITAL },
        { "Αθήνα", "αθήνα", FORM_CAPITAL },
        { "北京", "北京", FORM_OTHER },
        { "...", "...", FORM_OTHER },
        { "Ț", "ț", FORM_CAPITAL },
        { "ŽIŽEK", "žižek", FORM_CAPS },
        { "Џорџ", "џорџ", FORM_CAPITAL },
        { "O’Brien", "o'brien", FORM_CAPITAL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct name_word word, lower;
        word_read(&word, cases[i].word, strlen(cases[i].word));
        word_read(&lower, cases[i].lower, strlen(cases[i].lower));
        if (word.form != cases[i].want || word.lower != lower.lower)
            fail_msg("%s has the form %d, not %d, or is not %s in small letters", cases[i].word, word.form,
                     cases[i].want, cases[i].lower);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(companies_say_so),
        cmocka_unit_test(a_company_that_is_not_wanted_hides_nothing),
        cmocka_unit_test(people_are_found),
        cmocka_unit_test(organizations_and_places_are_found),
        cmocka_unit_test(other_kinds_are_found),
        cmocka_unit_test(the_page_is_remembered),
        cmocka_unit_test(sentence_starts_are_no_names),
        cmocka_unit_test(case_is_not_needed),
        cmocka_unit_test(words_have_forms),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
