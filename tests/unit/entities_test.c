/* entities_test.c: what the entities of a text are, as texts with their entities in brackets. Texts are written as tokens
 * between blanks, in the conventions of the segmenter ("Apple 's shares ."), so that nothing but the tagging is under test; a
 * bar parts tokens that nothing stands between ("UK|-|based"), a line break ends a sentence. Below the tables: what must hold for any text whatever. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/lists.h"
#include "plugins/entities/memory.h"
#include "plugins/entities/numeral.h"
#include "plugins/entities/selftest.h"
#include "plugins/entities/shape.h"
#include "plugins/entities/tagger.h"

#define MAX_TOKENS 400000
#define MIN_SCORE 0.5f /* as the plugin has it */

static struct lists lists;
static char text[8 * MAX_TOKENS];
static struct textd_span tokens[MAX_TOKENS], sentences[MAX_TOKENS];
static uint8_t kinds[MAX_TOKENS];
static bool cut_before[4096]; /* bytes of `text` before which a bar stood */

/* ---- Memory and time, as a host would give them ------------------------------------------------------------------ */

struct giver {
    void *given[4096];
    uint32_t n, limit; /* of allocations */
    uint32_t polls, patience;
};

static void *give(void *context, size_t bytes)
{
    struct giver *g = context;

    if (g->n == g->limit || g->n == COUNT(g->given))
        return NULL;
    return g->given[g->n++] = malloc(bytes ? bytes : 1); /* exact, so that a sanitizer sees each byte too far */
}

static int should_stop(void *context)
{
    struct giver *g = context;

    return g->polls++ >= g->patience;
}

static struct giver giver_new(void)
{
    return (struct giver) { .limit = UINT32_MAX, .patience = UINT32_MAX };
}

static void giver_free(struct giver *g)
{
    while (g->n)
        free(g->given[--g->n]);
}

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

static uint8_t kind_of(const char *token, size_t length)
{
    unsigned char c = (unsigned char)*token;

    if (length > 1 && (c == '@' || c == '#' || memchr(token, '@', length) || strncmp(token, "http", 4) == 0))
        return TEXTD_TOKEN_LINK;
    if (c >= '0' && c <= '9')
        return TEXTD_TOKEN_NUMBER;
    if (c == '$' || c == '%' || c == '+')
        return TEXTD_TOKEN_SYMBOL;
    return length == 1 && strchr(".,;:!?()\"'", c) ? TEXTD_TOKEN_PUNCT : TEXTD_TOKEN_WORD;
}

/* Cuts `text` into tokens at blanks and into sentences at line breaks. */
static struct entity_input split(void)
{
    struct entity_input in = {
        .text = text, .tokens = tokens, .kinds = kinds, .sentences = sentences, .text_length = (uint32_t)strlen(text)
    };
    uint32_t from = UINT32_MAX;

    for (uint32_t at = 0; at < in.text_length;) {
        uint32_t length = (uint32_t)strcspn(text + at, " \n"), cut = 1;

        while (cut < length && !(at + cut < COUNT(cut_before) && cut_before[at + cut]))
            cut++;
        length = length ? cut : 0;
        if (length) {
            assert_true(in.n_tokens < MAX_TOKENS);
            from = from == UINT32_MAX ? at : from;
            tokens[in.n_tokens] = (struct textd_span) { at, at + length };
            kinds[in.n_tokens++] = kind_of(text + at, length);
        }
        at += length;
        if (from != UINT32_MAX && (text[at] == '\n' || !text[at])) {
            sentences[in.n_sentences++] = (struct textd_span) { from, at };
            from = UINT32_MAX;
        }
        at += text[at] == ' ' || text[at] == '\n';
    }
    return in;
}

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

static void types_have_names(void **state)
{
    (void)state;
    for (uint8_t type = 1; type < ENTITY_TYPE_COUNT; type++)
        assert_int_equal(entity_type_find(entity_type_name(type), strlen(entity_type_name(type))), type);
    assert_int_equal(entity_type_find("person", 6), ENTITY_PERSON);
    assert_int_equal(entity_type_find("PERSONS", 7), ENTITY_NONE);
    assert_int_equal(entity_type_find("", 0), ENTITY_NONE);
}

static void wrong_lists_are_refused(void **state)
{
    struct lists some = { 0 };
    char reason[200];

    (void)state;
    assert_int_equal(lists_add(&some, "nothing.txt", "a", 1, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "nothing.txt"));
    assert_int_equal(lists_add(&some, "cues.txt", "mr\tx", 4, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "cues.txt"));
    assert_int_equal(lists_add(&some, "cues.txt", "mr\t99", 5, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "mr"));
    lists_free(&some);
}

static void the_selftest_passes(void **state)
{
    char reason[200] = "";

    (void)state;
    if (selftest_run(&lists, reason, sizeof reason) != 0)
        fail_msg("%s", reason);
}

/* ---- Any text ---------------------------------------------------------------------------------------------------- */

static const char *const pieces[] = {
    "the",  "of",      "Bank",    "President", "Tim",        "Cook",   "New", "York",    "U.S.", "A",           "A.",
    "I",    "&",       ",",       ".",         "'s",         "(",      ")",   "NATO",    "$",    "€",           "5",
    "2021", "billion", "percent", "%",         "May",        "Friday", "11",  "to",      "-",    "and",         "in",
    "said", "who",     "iPhone",  "Élise",     "Москва",     "北京",   "😀",   "@tim",    "#x",   "http://x.y/", "Inc.",
    "Mr.",  "Lake",    "van",     "de",        "University", "10:30",  "am",  "last",    "week", "ago",         "a",
    "Jr.",  "Zorblax", "USA",     "’s",        "\xC2\xA0",   "for",    "The", "striker", "per",  "cent",
};

/* A fixed sequence (Numerical Recipes' quick generator), so that a failure can be seen again. */
static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void make_soup(uint32_t *seed, uint32_t n)
{
    char *out = text;

    for (uint32_t i = 0; i < n; i++) {
        const char *separators[] = { " ", " ", " ", " ", " ", " ", "\n", "  ", " \n\n" };

        out += sprintf(out, "%s%s", pieces[random_next(seed) % COUNT(pieces)],
                       separators[random_next(seed) % COUNT(separators)]);
    }
}

static bool is_border(const struct entity_input *in, uint32_t at, bool start)
{
    for (uint32_t i = 0; i < in->n_tokens; i++)
        if ((start ? tokens[i].start : tokens[i].end) == at)
            return true;
    return false;
}

static bool is_in_a_sentence(const struct entity_input *in, struct textd_span span)
{
    for (uint32_t i = 0; i < in->n_sentences; i++)
        if (sentences[i].start <= span.start && span.end <= sentences[i].end)
            return true;
    return false;
}

static void entities_keep_to_their_borders(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 400; round++) {
        struct giver g = giver_new();
        const struct entity_means means = { give, should_stop, &g };
        struct entity_input in;
        struct entity *found;
        uint32_t n, end = 0;

        make_soup(&seed, 1 + random_next(&seed) % 200);
        in = split();
        assert_int_equal(tagger_run(&lists, &in, &means, &found, &n), TEXTD_OK);
        for (uint32_t i = 0; i < n; i++) {
            assert_true(found[i].span.start >= end && found[i].span.start < found[i].span.end);
            assert_true(is_border(&in, found[i].span.start, true) && is_border(&in, found[i].span.end, false));
            assert_true(is_in_a_sentence(&in, found[i].span));
            assert_true(found[i].type > ENTITY_NONE && found[i].type < ENTITY_TYPE_COUNT);
            assert_true(found[i].score > 0 && found[i].score <= 1);
            end = found[i].span.end;
        }
        giver_free(&g);
    }
}

static void no_tokens_give_no_entities(void **state)
{
    struct giver g = giver_new();
    const struct entity_means means = { give, should_stop, &g };
    const struct entity_input in = { .text = "" };
    struct entity *found;
    uint32_t n = 1;

    (void)state;
    assert_int_equal(tagger_run(&lists, &in, &means, &found, &n), TEXTD_OK);
    assert_int_equal(n, 0);
    giver_free(&g);
}

/* Sentences may leave tokens out or cut them; then those are in no entity. */
static void sentences_may_be_anywhere(void **state)
{
    static const struct textd_span odd[] = { { 1, 6 }, { 6, 30 } };
    struct giver g = giver_new();
    const struct entity_means means = { give, should_stop, &g };
    struct entity_input in;
    struct entity *found;
    uint32_t n;

    (void)state;
    strcpy(text, "Paris London Berlin and Paris too Paris");
    in = split();
    in.sentences = odd;
    in.n_sentences = COUNT(odd);
    assert_int_equal(tagger_run(&lists, &in, &means, &found, &n), TEXTD_OK);
    assert_int_equal(n, 3);
    assert_int_equal(found[0].span.start, 6);
    assert_int_equal(found[2].span.end, 29);
    giver_free(&g);
}

static void each_allocation_may_fail(void **state)
{
    int32_t rc = TEXTD_NO_MEMORY;

    (void)state;
    strcpy(text, "The Nordic Fisheries Council met Dr. Ada Lovelace in Paris .");
    for (uint32_t limit = 0; rc == TEXTD_NO_MEMORY; limit++) {
        struct giver g = giver_new();
        const struct entity_means means = { give, should_stop, &g };
        const struct entity_input in = split();
        struct entity *found;
        uint32_t n;

        assert_true(limit < 100);
        g.limit = limit;
        rc = tagger_run(&lists, &in, &means, &found, &n);
        giver_free(&g);
    }
    assert_int_equal(rc, TEXTD_OK);
}

/* Fills `text` with as many of `word` as there may be tokens. */
static void repeat(const char *word, uint32_t n)
{
    char *out = text;

    for (uint32_t i = 0; i < n; i++)
        out += sprintf(out, "%s ", word);
}

static void it_stops_wherever_it_is_told_to(void **state)
{
    uint32_t polls = 1;

    (void)state;
    repeat("Zorblax met Ada", 20000);
    for (uint32_t patience = 0; patience < polls; patience++) {
        struct giver g = giver_new();
        const struct entity_means means = { give, should_stop, &g };
        const struct entity_input in = split();
        struct entity *found;
        uint32_t n;
        int32_t rc;

        g.patience = patience;
        rc = tagger_run(&lists, &in, &means, &found, &n);
        giver_free(&g);
        if (rc == TEXTD_OK)
            return;
        assert_int_equal(rc, TEXTD_STOPPED);
        polls = g.polls + 1;
    }
}

/* What is quadratic somewhere would take hours here. */
static void time_is_linear_in_any_text(void **state)
{
    static const char *const words[] = {
        "New", "A",        "A.",      "$",   "5",   "twenty", "and",       "Bank of", "University of the",
        "van", "X van",    "million", "May", "to",  "5 to",   "President", ", a",     "\"",
        "'s",  "People's", "X 's",    "X ,", "X (", "X & X",  "Ada X"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        struct giver g = giver_new();
        const struct entity_means means = { give, should_stop, &g };
        struct entity_input in;
        struct entity *found;
        uint32_t n;

        repeat(words[i], MAX_TOKENS / 4);
        in = split();
        assert_int_equal(tagger_run(&lists, &in, &means, &found, &n), TEXTD_OK);
        giver_free(&g);
    }
}

/* Keys are dropped rather than searched for without end. */
static void a_full_memory_forgets(void **state)
{
    static struct note notes[16];
    static char keys[200][4];
    struct memory memory;
    uint32_t kept = 0;

    (void)state;
    assert_true(memory_bytes(8) <= sizeof notes);
    memory_init(&memory, notes, 8);
    for (uint32_t i = 0; i < COUNT(keys); i++) {
        snprintf(keys[i], sizeof keys[i], "%u", i);
        memory_learn(&memory, keys[i], (uint32_t)strlen(keys[i]), ENTITY_ORG, 50);
    }
    for (uint32_t i = 0; i < COUNT(keys); i++)
        kept += memory_find(&memory, keys[i], (uint32_t)strlen(keys[i])) != NULL;
    assert_int_equal(kept, 16);
    memory_learn(&memory, "0", 1, ENTITY_PERSON, 40);
    assert_int_equal(memory_find(&memory, "0", 1)->type, ENTITY_ORG);
    memory_learn(&memory, "0", 1, ENTITY_PERSON, 60);
    assert_int_equal(memory_find(&memory, "0", 1)->type, ENTITY_PERSON);
    assert_null(memory_find(&memory, "none", 4));
}

/* ---- The lists --------------------------------------------------------------------------------------------------- */

static int read_list(const char *file)
{
    char path[512], reason[200], *bytes;
    FILE *stream;
    long length;
    int rc = -1;

    snprintf(path, sizeof path, "%s/plugins/entities/lists/%s", TEXTD_SOURCE_DIR, file);
    stream = fopen(path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0 || (length = ftell(stream)) < 0)
        return -1;
    rewind(stream);
    bytes = malloc((size_t)length + 1);
    if (bytes && fread(bytes, 1, (size_t)length, stream) == (size_t)length)
        rc = lists_add(&lists, file, bytes, (size_t)length, reason, sizeof reason);
    free(bytes);
    fclose(stream);
    return rc;
}

static int setup(void **state)
{
    (void)state;
#define X(name, file, highest) \
    if (read_list(file) != 0) \
        return -1;
    ENTITY_LISTS(X)
#undef X
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lists_free(&lists);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_selftest_passes),
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
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(wrong_lists_are_refused),
        cmocka_unit_test(no_tokens_give_no_entities),
        cmocka_unit_test(sentences_may_be_anywhere),
        cmocka_unit_test(entities_keep_to_their_borders),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(it_stops_wherever_it_is_told_to),
        cmocka_unit_test(time_is_linear_in_any_text),
        cmocka_unit_test(a_full_memory_forgets),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
