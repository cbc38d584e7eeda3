/* entities_test.c: what the entities of a text are, as texts with their entities in brackets. Texts are written as tokens
 * between blanks, in the conventions of the segmenter ("Apple 's shares ."), so that nothing but the tagging is under test; a
 * bar parts tokens that nothing stands between ("UK|-|based"), a line break ends a sentence. */
#include "entities_text.h"

#include "plugins/entities/numeral.h"
#include "plugins/entities/shape.h"

#define MIN_SCORE 0.5f /* as the plugin has it */

/* Writes what was found as the tables do: "[PERSON Tim Cook] runs [ORG Apple] ." */
static void show(const struct entity *found, uint32_t n, char *out)
{
    uint32_t at = 0, i = 0;

    for (; i < n; i++) {
        if (found[i].score < MIN_SCORE)
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
    assert_int_equal(tagger_run(&lists, &in, &means, &found, &n), TEXTD_OK);
    show(found, n, got);
    giver_free(&g);
    strip_bars(want, plain);
    assert_string_equal(got, plain);
}

#define CHECK_ALL(cases) \
    for (size_t n_case = 0; n_case < COUNT(cases); n_case++) \
    check(cases[n_case])

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void people_are_found(void **state)
{
    static const char *const cases[] = {
        "[PERSON Tim Cook] runs [ORG Apple] .",
        "Our last guest was Dr. [PERSON Okwuosa] .",
        "The striker [PERSON Blatnik] scored twice .",
        "They met President [PERSON Emmanuel Macron] there .",
        "[ORG Apple] CEO [PERSON Tim Cook] and [NORP Indian] Prime Minister [PERSON Narendra Modi] met .",
        "Then [PERSON Ludwig van Beethoven] wrote to [PERSON J. R. Tolkat] .",
        "A neighbour , [PERSON Zubrowka] , who had called the police , left .",
        "We saw [PERSON Martin Luther King] and [PERSON John F. Kennedy] on a wall .",
        "I asked [PERSON Virginia Woolf] .",
        "It was her , said [PERSON Kwame Asante] .",
        "President [PERSON Yoon Suk|-|yeol] met [PERSON Kwon Jae|-|in] .",
        "He praised [PERSON Jean|-|Claude Duvivier] and [PERSON Ahmad al|-|Sahaf] .",
        "A [LOC New York]|-|based firm hired Vice|-|President [PERSON Wilma Stroop] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void organizations_are_found(void **state)
{
    static const char *const cases[] = {
        "It was bought by [ORG Zorblax Inc.] in a hurry .",
        "[ORG Bank of America] and [ORG Ernst & Young] agreed .",
        "He left the [ORG Ministry of Health and Welfare] .",
        "Students of the [ORG University of the Highlands] protested .",
        "The carmaker [ORG Vrommel] grew .",
        "They joined [ORG Vrommel] , a small carmaker .",
        "A report by the [ORG World Health Organization] ( [ORG WHO] ) came .",
        "The [ORG Nordic Fisheries Council] ( [ORG NFC] ) met .\nThe [ORG NFC] voted .",
        "Shares of [ORG Goldman Sachs] fell .",
        "[ORG Apple] 's shares rose .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void places_are_found(void **state)
{
    static const char *const cases[] = {
        "They live in [LOC Springfield] , [LOC Illinois] .",
        "From [LOC New York] to the [LOC United States of America] .",
        "We swam in [LOC Lake Balaton] near the [LOC Gulf of Guinea] .",
        "The village of [LOC Kamdini] burned .",
        "We crossed the [FAC Golden Gate Bridge] .",
        "[NORP Kenyans] voted in [LOC Nairobi] and in [LOC Northern Uganda] .",
        "The [LOC US] and the [LOC U.K.] signed .",
        "Rain fell in [LOC Côte d'Ivoire] and in [LOC São Paulo] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void other_names_are_found(void **state)
{
    static const char *const cases[] = {
        "He died in the [EVENT Battle of Hastings] .",
        "They won the [EVENT World Cup] .",
        "It broke the [LAW Clean Air Act] .",
        "A [NORP Catholic] priest and two [NORP Brazilians] came .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void dates_and_times_are_found(void **state)
{
    static const char *const cases[] = {
        "It opens on [DATE Friday , 22nd July , 2022] at [TIME 10:30 am GMT] .",
        "From [DATE July 14 to 24] and on [DATE 4 and 11 May] .",
        "On the [DATE 5th of November] .",
        "In [DATE 2019] , since [DATE July 2020] , by [DATE May] , in the [DATE 1990s] .",
        "Between [DATE 2001] and [DATE 2008] .",
        "He may march in [DATE March] .",
        "[DATE Last week] , [DATE yesterday] and [DATE two years ago] .",
        "In the [DATE third quarter of 2021] and [DATE Q3 2022] .",
        "On [DATE 2022-07-22] or [DATE 22/07/2022] , season [DATE 2021/22] .",
        "On [DATE 2022|-|07|-|22] , [DATE July 14|-|24] , in [DATE 2021|-|22] .",
        "At [TIME 5 p.m.] or [TIME 5pm] or [TIME midnight] .",
        "He won 6-4 in room 1987 .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void amounts_are_found(void **state)
{
    static const char *const cases[] = {
        "It paid [MONEY $ 4.2 billion] and [MONEY €30m] , or [MONEY US$5 billion] .",
        "About [MONEY 30 million euros] , [MONEY five dollars] , [MONEY Rs 500 crore] .",
        "They gave [MONEY 500 Kenyan shillings] and [MONEY $175-million] .",
        "Up [PERCENT 3.5 %] , [PERCENT 12 percent] , [PERCENT 7 per cent] , [PERCENT 3.5%] .",
        "Or [MONEY $|175|-|million] , [MONEY Rs|. 500] , [MONEY N|$|50] , [MONEY 30|€] , [QUANTITY 5|-|inch] .",
        "About [PERCENT 5|-|10|%] .",
        "Between [PERCENT 5 to 10 percent] .",
        "It weighs [QUANTITY 80 kg] with [QUANTITY 16GB] and runs [QUANTITY two miles] .",
        "He has 12 cats and 3,000 books .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void links_are_found(void **state)
{
    static const char *const cases[] = {
        "Ask [HANDLE @tim] or [EMAIL ann@example.com] , see [URL https://example.com/@x] [HASHTAG #fun] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

/* A name that is plain in one place is known in the others. */
static void the_document_is_remembered(void **state)
{
    static const char *const cases[] = {
        "We met Mr. [PERSON Kolbat] .\n[PERSON Kolbat] smiled at us .",
        "[PERSON Denzel Washington] acts .\nThen [PERSON Washington] left .\nHe lives in [LOC Washington] .",
        "[ORG Brivex Ltd] grew .\nWe like [ORG Brivex] .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void sentence_starts_are_no_names(void **state)
{
    static const char *const cases[] = {
        "However , it works .\nBattery life is great .\nLove it !",
        "Nice phone .\nWill it last ?\nThe Screen is fine .",
        "I think I love it .\nMy Mom loves it , too .",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void shouting_and_whispering_stay_quiet(void **state)
{
    static const char *const cases[] = {
        "THIS IS THE WORST PHONE EVER .\nDO NOT BUY THIS !",
        "FLIGHT TO [LOC LONDON] WAS LATE .",
        "i love this phone and my sister does too",
        "tim cook runs apple in cupertino",
        "Why Every Parent Should Read Better Books Before Winter",
        "[PERSON Tim Cook] Will Show New Phones And Watches Before Winter",
    };

    (void)state;
    CHECK_ALL(cases);
}

static void words_have_shapes(void **state)
{
    static const struct {
        const char *word;
        enum shape want;
    } cases[] = {
        { "house", SHAPE_LOWER },  { "House", SHAPE_CAPITAL }, { "McDonald", SHAPE_CAPITAL },
        { "NATO", SHAPE_UPPER },   { "U.S.", SHAPE_UPPER },    { "G7", SHAPE_UPPER },
        { "J.", SHAPE_INITIAL },   { "iPhone", SHAPE_MIXED },  { "al-Assad", SHAPE_MIXED },
        { "3rd", SHAPE_DIGIT },    { "Élise", SHAPE_CAPITAL }, { "élan", SHAPE_LOWER },
        { "Łódź", SHAPE_CAPITAL }, { "Şahin", SHAPE_CAPITAL }, { "Москва", SHAPE_CAPITAL },
        { "москва", SHAPE_LOWER }, { "Αθήνα", SHAPE_CAPITAL }, { "北京", SHAPE_OTHER },
        { "...", SHAPE_OTHER },    { "", SHAPE_OTHER },        { "Ấn", SHAPE_CAPITAL },
        { "Ț", SHAPE_INITIAL },    { "ŽIŽEK", SHAPE_UPPER },   { "žižek", SHAPE_LOWER },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (shape_of(cases[i].word, strlen(cases[i].word)) != cases[i].want)
            fail_msg("%s has shape %d, not %d", cases[i].word, shape_of(cases[i].word, strlen(cases[i].word)),
                     cases[i].want);
}

static void numerals_have_forms(void **state)
{
    static const struct {
        const char *token;
        enum numeral_form want;
    } cases[] = {
        { "42", NUMERAL_PLAIN },
        { "1,000.50", NUMERAL_PLAIN },
        { "5-10", NUMERAL_PLAIN },
        { "€30m", NUMERAL_PLAIN },
        { "16GB", NUMERAL_PLAIN },
        { "22nd", NUMERAL_PLAIN },
        { "10:30", NUMERAL_CLOCK },
        { "25:30", NUMERAL_PLAIN },
        { "10:3", NUMERAL_PLAIN },
        { "2022-07-22", NUMERAL_DATE },
        { "22/7/2022", NUMERAL_DATE },
        { "2022-13-22", NUMERAL_PLAIN },
        { "1.2.10", NUMERAL_PLAIN },
        { "2021/22", NUMERAL_YEARS },
        { "2021-30", NUMERAL_PLAIN },
        { "1990s", NUMERAL_DECADE },
        { "1995s", NUMERAL_NONE },
        { "COVID-19", NUMERAL_NONE },
        { "", NUMERAL_NONE },
        { "x", NUMERAL_NONE },
        { "5zz", NUMERAL_NONE },
        { "1/2/3/4/5/6", NUMERAL_PLAIN },
        { "99999999999999999999", NUMERAL_PLAIN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct numeral n = numeral_read(&lists, cases[i].token, (uint32_t)strlen(cases[i].token));

        if (n.form != cases[i].want)
            fail_msg("%s has form %d, not %d", cases[i].token, n.form, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_found),
        cmocka_unit_test(organizations_are_found),
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(other_names_are_found),
        cmocka_unit_test(dates_and_times_are_found),
        cmocka_unit_test(amounts_are_found),
        cmocka_unit_test(links_are_found),
        cmocka_unit_test(the_document_is_remembered),
        cmocka_unit_test(sentence_starts_are_no_names),
        cmocka_unit_test(shouting_and_whispering_stay_quiet),
        cmocka_unit_test(words_have_shapes),
        cmocka_unit_test(numerals_have_forms),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
