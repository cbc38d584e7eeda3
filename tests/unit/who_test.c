/* who_test.c: who is who: each rule, and how well all of them do on thirty texts in which it was marked before (tests/who). */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/who/lists.h"
#include "plugins/entities/who/who.h"

static char memory[1 << 28];
static size_t used, room = sizeof memory;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (bytes > room - used)
        return NULL;
    used += bytes;
    return memory + used - bytes;
}

static uint32_t patience;

static int should_stop(void *context)
{
    (void)context;
    return patience-- == 0;
}

static const struct entity_means means = { take, should_stop, NULL };

/* ---- Marked texts ------------------------------------------------------------------------------------------------ */

#define MOST_ENTITIES 2000000u
#define MOST_TEXT (16u << 20)

static char text[MOST_TEXT];
static struct entity entities[MOST_ENTITIES];
static char chains[MOST_ENTITIES][5]; /* "P1" */
static struct entity_input input;
static struct entity_list list;
static struct who_names names;

static uint8_t type_of(char letter)
{
    static const struct {
        char letter;
        uint8_t type;
    } types[] = { { 'P', ENTITY_PERSON },   { 'O', ENTITY_ORG },     { 'L', ENTITY_LOC },  { 'F', ENTITY_FAC },
                  { 'N', ENTITY_NORP },     { 'E', ENTITY_EVENT },   { 'W', ENTITY_WORK }, { 'A', ENTITY_LAW },
                  { 'G', ENTITY_LANGUAGE }, { 'R', ENTITY_PRODUCT }, { 'M', ENTITY_MISC }, { 'D', ENTITY_DATE } };

    for (size_t i = 0; i < COUNT(types); i++)
        if (types[i].letter == letter)
            return types[i].type;
    fail_msg("no type has the letter %c", letter);
    return 0;
}

/* Reads "[[Ada|P1]] and [[Bell|O]]": the text without marks, the entities, and the chains that are marked. */
static void read_marked(const char *marked, size_t length)
{
    const char *end = marked + length;
    uint32_t n = 0;

    list = (struct entity_list) { entities, 0 };
    for (const char *p = marked; p < end;) {
        if (end - p < 2 || p[0] != '[' || p[1] != '[') {
            text[n++] = *p++;
            continue;
        }
        const char *bar = memchr(p, '|', (size_t)(end - p)), *close = strstr(bar, "]]");
        struct entity *e = &entities[list.n];

        *e = (struct entity) { .span = { n, n + (uint32_t)(bar - p - 2) }, .score = 0.9f, .type = type_of(bar[1]) };
        const char *id = memchr(bar, '#', (size_t)(close - bar)); /* "[[Ada|P1#x]]": the dictionary's id */
        e->id = id ? id + 1 : NULL;
        e->id_length = id ? (uint32_t)(close - id - 1) : 0;
        snprintf(chains[list.n], sizeof chains[0], "%.*s", (int)((id ? id : close) - bar - 1), bar + 1);
        memcpy(text + n, p + 2, (size_t)(bar - p - 2));
        n += (uint32_t)(bar - p - 2);
        list.n++;
        p = close + 2;
    }
    text[n] = 0;
    input = (struct entity_input) { .text = text, .text_length = n };
}

static void find(void)
{
    used = 0;
    room = sizeof memory;
    patience = UINT32_MAX;
    assert_int_equal(who_find(&input, &means, &list, &names), TEXTD_OK);
}

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

/* Names that are one have the same number, in the order in which they come up; a date has none. */
static void each_rule_is_kept(void **state)
{
    static const char *const cases[] = {
        /* people */
        "[[Dario Amade|P0]] said. [[Amade|P0]] left; [[Dario Amade's|P0]] car, [[AMADE|P0]].",
        "[[Mr. Amade|P0]] and [[Dario Amade|P0]], [[Dr Amade|P0]]",
        "[[John Smith|P0]] met [[Jane Smith|P1]]; [[Smith|P2]] paid.",
        "[[John Smith|P0]] came. [[Smith|P0]] sat. [[Jane Smith|P1]] came. [[Smith|P0]] rose.",
        "[[J. Smith|P0]], [[John Smith|P0]], [[John A. Smith|P0]]",
        "[[John Smith|P0]], [[John A. Smith|P0]], [[John B. Smith|P1]], [[J. Smith|P2]]",
        "[[Ben Carver|P0]]: [[Ben|P0]]",
        "[[John Smith|P0]], [[Jane Smith|P1]], [[J. Smith|P2]]",
        "[[Mr. Smith|P0]] wed [[Ms. Smith|P1]]. [[John Smith|P2]] and [[Smith|P3]] cried.",
        "[[Mr John Smith|P0]], [[Mrs Jane Smith|P1]]: [[Mr Smith|P0]] and [[Mrs Smith|P1]]",
        "[[Robert Klein|P0]], [[Bob Klein|P0]], [[Bill Klein|P1]]",
        "[[John Adams Sr.|P0]] and [[John Adams Jr.|P1]]",
        "[[Ingrid van der Berg|P0]], [[van der Berg|P0]], [[Van der Berg|P0]], [[Berg|P0]]",
        "[[Bashar al-Assad|P0]], [[Assad|P0]], [[al-Assad|P0]]",
        "[[Anna Berg-Jensen|P0]], [[Berg-Jensen|P0]], [[Jensen|P1]]",
        "[[J.K. Rowling|P0]], [[J. K. Rowling|P0]], [[JK Rowling|P0]], [[Joanne Rowling|P0]], [[Rowling|P0]]",
        "[[Gabriel García Márquez|P0]], [[García Márquez|P0]], [[Garcia Marquez|P0]]",
        "[[Moon Ji-ho|P0]]: [[Mr. Moon|P0]], [[Moon|P0]]",
        "Hi [[Dario|P0]], [[Marta|P1]] called. [[Dario Amade|P0]]",
        "[[Dario Amade|P0]] and [[Dario Rossi|P1]]: [[Dario|P2]]",
        "[[Thomas Edison|P0]] met [[Mr. Thomas|P1]]",
        "[[Elizabeth Warren|P0]] saw [[Queen Elizabeth|P1]]; [[Elizabeth|P1]] waved.",
        "[[Steve Martin|P0]] saw [[Martin Ellery|P1]]. [[Martin|P2]] sang.",
        "[[Mrs. Dalgleish|P0]], [[Dalgleish|P0]]",
        "[[Ada\nLovelace|P0]] [[Ada  Lovelace|P0]]",
        /* organizations */
        "[[Acme Corp.|O0]], [[Acme|O0]], [[Acme Corporation's|O0]], [[ACME|O0]], [[the Acme Group|O0]]",
        "[[Apple|O0]] and [[Apple|W1]]",
        "[[Siemens Energy|O0]], [[Siemens|O1]], [[Siemens AG|O1]]",
        "[[Toyota|O0]] and [[Toyota Financial Services|O1]], [[Toyota Motor Corp.|O0]]",
        "[[Norrland Tidal Ltd.|O0]]: [[Norrland|O0]]",
        "[[Norrland|O0]] bought [[Norrland Tidal Ltd.|O1]]",
        "[[Manchester United|O0]], [[Manchester City|O1]]: [[Manchester|O2]], [[City|O1]]",
        "[[Harvard|O0]], [[Harvard University|O0]]",
        "[[United Nations|O0]], [[United Airlines|O1]], [[United|O2]], [[UN|O0]]",
        "[[Federal Reserve|O0]], [[Federal Reserve Bank of New York|O1]]",
        "[[Procter & Gamble Co.|O0]], [[Procter and Gamble|O0]]",
        "[[European Commission|O0]] ... the [[Commission|O0]]",
        "[[European Commission|O0]], [[Charity Commission|O1]]: the [[Commission|O2]]",
        /* acronyms */
        "[[International Business Machines Corporation|O0]] and [[IBM|O0]]",
        "[[IBM|O0]], [[Icelandic Bus Makers|O1]], [[Irish Bread Mills|O2]]",
        "[[African Development Bank|O0]], or [[AfDB|O0]], and [[Acme|O1]] ([[ABC|O2]])",
        "[[National Institute of Standards and Technology|O0]] (\"[[NIST|O0]]\")",
        "the [[General Data Protection Act|A0]] ([[GDPA|A0]])",
        "[[National Renewal Party|O0]] ([[PRN|O0]])",
        "[[Oslo Trams|O0]] ([[OT|O0]]) and [[Old Tins|O1]]: [[OT|O0]]",
        "[[Ahmed Benali|P0]] ([[AB|O1]])",
        /* places, and other names */
        "[[the US|L0]], [[U.S.|L0]], [[USA|L0]], [[America|L0]], [[United States of America|L0]], [[Latin America|L1]]",
        "[[UK|L0]] [[Britain|L0]] [[Great Britain|L0]] [[United Kingdom|L0]] [[England|L1]] [[New England|L2]]",
        "[[Türkiye|L0]], [[Turkey|L0]], [[Republic of Korea|L1]], [[North Korea|L2]], [[South Korea|L1]]",
        "[[Sudan|L0]], [[South Sudan|L1]]; [[Mount Kazbek|L2]], [[Kazbek|L2]]",
        "[[Russians|N0]] [[Russian|N0]] [[Russia|L1]] [[Swiss|N2]]",
        "[[The Salt Road|W0]], [[Salt Road|W0]]; [[Aurora 12|R1]], [[Aurora 11|R2]]",
        "[[Monday|D]] in [[Oslo|L0]]",
        /* dictionaries */
        "[[Zorbex|O0#z]], [[Blue Firm|R0#z]], [[Zorbex|O1#y]], [[ZORBEX|O0]]",
        "[[Acme|O0#a]], [[Acme Corp.|O1#b]]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        read_marked(cases[i], strlen(cases[i]));
        find();
        for (uint32_t k = 0; k < list.n; k++) {
            uint32_t want = chains[k][1] ? (uint32_t)atoi(chains[k] + 1) : WHO_NO_NAME;

            if (entities[k].ref != want)
                fail_msg("%s: '%.*s' is %u", cases[i], (int)(entities[k].span.end - entities[k].span.start),
                         text + entities[k].span.start, entities[k].ref);
        }
    }
}

static void a_name_is_shown_by_its_fullest_form(void **state)
{
    static const struct {
        const char *marked, *want;
    } cases[] = {
        { "[[Amade|P]], [[Dr. Dario Amade|P]], [[Dario Amade|P]]", "Dr. Dario Amade" },
        { "[[ACME CORP|O]]: [[Acme Corp|O]], [[Acme|O]]", "Acme Corp" },
        { "[[IBM|O]], [[International Business Machines|O]]", "International Business Machines" },
        { "[[San\r\nFrancisco|L]]", "San Francisco" },
        { "[[Amade's|P]] and [[Amade|P]]", "Amade" },
        { "[[McDonald's|O]]", "McDonald's" },
        { "[[the U.S.|L]] or [[United States|L]]", "United States" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        read_marked(cases[i].marked, strlen(cases[i].marked));
        find();
        assert_int_equal(names.n, 1);
        assert_int_equal(names.names[0].mentions, list.n);
        assert_int_equal(names.names[0].first, 0);
        if (names.names[0].length != strlen(cases[i].want) ||
            memcmp(names.names[0].text, cases[i].want, names.names[0].length) != 0)
            fail_msg("%s is '%.*s'", cases[i].marked, (int)names.names[0].length, names.names[0].text);
    }
}

static void words_have_their_roles(void **state)
{
    (void)state;
    assert_true(who_roles("mr") & WHO_MALE);
    assert_true(who_roles("inc") & WHO_LEGAL);
    assert_int_equal(who_roles("amade"), 0);
    assert_true(who_roles("a") & WHO_STOP); /* the first; one of eight bytes and more; the longest; longer ones */
    assert_true(who_roles("academy") & WHO_TAIL);
    assert_true(who_roles("aerospace") & WHO_BRANCH);
    assert_true(who_roles("pharmaceuticals") & WHO_HEAD);
    assert_int_equal(who_roles("pharmaceuticalss"), 0);
    assert_int_equal(who_roles("aerospac"), 0);
    assert_string_equal(who_given_name("bob"), "robert");
    assert_string_equal(who_given_name("walt"), "walter");
    assert_string_equal(who_given_name("dario"), "dario");
    assert_string_equal(who_place("holland"), "NL");
    assert_null(who_place("atlantis"));
}

/* ---- How well ---------------------------------------------------------------------------------------------------- */

static char *read_documents(size_t *length)
{
    FILE *in = fopen(TEXTD_SOURCE_DIR "/tests/who/documents.txt", "rb");
    char *bytes;

    assert_non_null(in);
    fseek(in, 0, SEEK_END);
    *length = (size_t)ftell(in);
    rewind(in);
    bytes = malloc(*length + 1);
    assert_int_equal(fread(bytes, 1, *length, in), *length);
    bytes[*length] = 0;
    fclose(in);
    return bytes;
}

static const char *shown(uint32_t i)
{
    static char shown_last[4][64];
    static int turn;
    char *name = shown_last[turn++ % 4];

    snprintf(name, sizeof shown_last[0], "%.*s", (int)(entities[i].span.end - entities[i].span.start),
             text + entities[i].span.start);
    return name;
}

/* Pairs of mentions that are one: those marked, those found, and both. WHO_SHOW=1 prints each that is wrong or missing. */
static void people_of_names_are_found(void **state)
{
    size_t length;
    char *all = read_documents(&length), *at = strstr(all, "\n=== ");
    uint32_t marked = 0, found = 0, right = 0, documents = 0;
    bool shows = getenv("WHO_SHOW") != NULL;

    (void)state;
    while (at) {
        char *body = strchr(at + 1, '\n') + 1, *next = strstr(body, "\n=== ");

        read_marked(body, next ? (size_t)(next - body) : strlen(body));
        find();
        documents++;
        for (uint32_t i = 0; i < list.n; i++)
            for (uint32_t k = i + 1; k < list.n; k++) {
                bool is_marked = strcmp(chains[i], chains[k]) == 0, is_found = entities[i].ref == entities[k].ref;

                marked += is_marked;
                found += is_found;
                right += is_marked && is_found;
                if (shows && is_marked != is_found)
                    printf("%s %.*s: %s, %s\n", is_found ? "wrong" : "missing", (int)(body - at - 6), at + 5, shown(i),
                           shown(k));
            }
        at = next;
    }
    free(all);
    printf("%u documents, %u pairs: precision %.4f, recall %.4f\n", documents, marked, (double)right / found,
           (double)right / marked);
    assert_int_equal(documents, 30);
    assert_true(marked > 500);
    assert_true(right >= 0.97 * found);
    assert_true(right >= 0.85 * marked);
}

/* ---- Any text ---------------------------------------------------------------------------------------------------- */

static uint32_t random_next(uint32_t *seed)
{
    return *seed = *seed * 1664525u + 1013904223u;
}

/* Names of few letters, so that all sorts of them meet; every third in three is a person's. */
static void make_names(uint32_t n, uint32_t letters, uint32_t words, uint32_t seed)
{
    uint32_t at = 0;

    list = (struct entity_list) { entities, 0 };
    for (uint32_t i = 0; i < n; i++) {
        uint32_t start = at, n_words = 1 + (random_next(&seed) >> 16) % words;

        for (uint32_t w = 0; w < n_words; w++) {
            for (uint32_t l = 0; l < letters; l++)
                text[at++] = (char)((l ? 'a' : 'A') + (random_next(&seed) >> 16) % 26);
            text[at++] = ' ';
        }
        entities[list.n++] = (struct entity) { .span = { start, at - 1 },
                                               .score = 0.9f,
                                               .type = i % 3 == 0   ? ENTITY_PERSON
                                                       : i % 3 == 1 ? ENTITY_ORG
                                                                    : ENTITY_LOC };
    }
    text[at] = 0;
    input = (struct entity_input) { .text = text, .text_length = at };
}

/* Steps for each name stay the same, how many names there are and however they clash: no time is measured. */
static void work_is_linear(void **state)
{
    static const uint32_t kinds[][2] = {
        { 1, 1 }, { 1, 2 }, { 1, 3 }, { 2, 2 }, { 3, 1 }, { 3, 2 }
    }; /* letters, words */

    (void)state;
    for (size_t k = 0; k < COUNT(kinds); k++) {
        uint64_t steps[2];

        for (int big = 0; big < 2; big++) {
            make_names(big ? 200000 : 20000, kinds[k][0], kinds[k][1], 7);
            find();
            steps[big] = names.steps;
        }
        if (steps[1] > 20 * steps[0] || steps[1] > 200000ull * 100)
            fail_msg("%u letters, %u words: %llu steps for ten times as many as took %llu", kinds[k][0], kinds[k][1],
                     (unsigned long long)steps[1], (unsigned long long)steps[0]);
    }
}

/* Two million names in 5 MB: the most that a text can hold. */
static void a_text_of_nothing_but_names_has_room(void **state)
{
    uint32_t total = 0;

    (void)state;
    make_names(MOST_ENTITIES, 1, 1, 3);
    find();
    assert_true(used < (32u << 20));
    for (uint32_t i = 0; i < names.n; i++)
        total += names.names[i].mentions;
    assert_int_equal(total, MOST_ENTITIES);
}

static void refs_and_counts_agree(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed < 200; seed++) {
        make_names(1 + seed * 3, 1, 3, seed);
        find();
        uint32_t total = 0, known = 0;
        for (uint32_t i = 0; i < list.n; i++) {
            assert_true(entities[i].ref <= known && entities[i].ref < names.n); /* a new one is the next */
            if (entities[i].ref == known)
                assert_int_equal(names.names[known++].first, i);
            assert_int_equal(names.names[entities[i].ref].type, entities[i].type);
        }
        assert_int_equal(known, names.n);
        for (uint32_t i = 0; i < names.n; i++)
            total += names.names[i].mentions;
        assert_int_equal(total, list.n);
    }
}

static void a_lack_of_memory_and_a_stop_are_told(void **state)
{
    int32_t rc = TEXTD_NO_MEMORY;

    (void)state;
    make_names(300, 2, 2, 5);
    for (room = 0; rc != TEXTD_OK && room < 1 << 20; room += 512) {
        used = 0;
        patience = UINT32_MAX;
        rc = who_find(&input, &means, &list, &names);
        assert_true(rc == TEXTD_OK || rc == TEXTD_NO_MEMORY);
    }
    assert_int_equal(rc, TEXTD_OK);
    used = patience = 0;
    assert_int_equal(who_find(&input, &means, &list, &names), TEXTD_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_is_kept),      cmocka_unit_test(a_name_is_shown_by_its_fullest_form),
        cmocka_unit_test(words_have_their_roles), cmocka_unit_test(people_of_names_are_found),
        cmocka_unit_test(work_is_linear),         cmocka_unit_test(a_text_of_nothing_but_names_has_room),
        cmocka_unit_test(refs_and_counts_agree),  cmocka_unit_test(a_lack_of_memory_and_a_stop_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
