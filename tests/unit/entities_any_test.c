/* entities_any_test.c: what must hold for any text whatever, any model, any lack of memory: entities keep to their borders, time
 * is linear, failures are told. */
#include <math.h>

#include "entities_text.h"

#include "plugins/entities/names/features.h"
#include "plugins/entities/names/lattice.h"
#include "plugins/entities/names/lookups.h"
#include "plugins/entities/names/names.h"
#include "plugins/entities/names/rows.h"
#include "plugins/entities/selftest.h"

static void types_have_names(void **state)
{
    (void)state;
    for (uint8_t type = 1; type < ENTITY_TYPE_COUNT; type++)
        assert_int_equal(entity_type_find(entity_type_name(type), strlen(entity_type_name(type))), type);
    assert_int_equal(entity_type_find("person", 6), ENTITY_PERSON);
    assert_int_equal(entity_type_find("PERSONS", 7), ENTITY_NONE);
    assert_int_equal(entity_type_find("", 0), ENTITY_NONE);
}

/* A file that was cut or altered is refused; and one whose checksum was made to fit is read without harm. */
static void wrong_models_are_refused(void **state)
{
    struct names_model some;
    char reason[300];
    unsigned char *copy = malloc(model_length);

    (void)state;
    assert_int_equal(names_model_open(&some, model_bytes, 20, reason, sizeof reason), -1);
    assert_int_equal(names_model_open(&some, model_bytes, model_length - 8, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "cut"));
    memcpy(copy, model_bytes, model_length);
    copy[model_length / 2] ^= 1;
    assert_int_equal(names_model_open(&some, copy, model_length, reason, sizeof reason), -1);
    assert_true(strlen(reason) > 20);
    free(copy);
}

static void the_selftest_passes(void **state)
{
    const struct entity_finders finders = { .names = &model, .vocabulary = vocabulary };
    char reason[200] = "";

    (void)state;
    if (selftest_run(&finders, reason, sizeof reason) != 0)
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

static void altered_models_do_no_harm(void **state)
{
    uint32_t seed = 7;

    (void)state;
    make_soup(&seed, 100);
    for (int round = 0; round < 60; round++) {
        const struct names_model right = model;
        struct giver g = giver_new();
        const struct entity_means means = { give, should_stop, &g };
        unsigned char *copy = malloc(model_length);
        struct entity *found;
        char reason[300];
        uint32_t n;

        memcpy(copy, model_bytes, model_length);
        /* Of three rounds one alters the parts before the weights, where numbers are that lead elsewhere, and one
         * the frequent words. */
        size_t first = round % 3 == 1 ? model_length - model.head->n_frequent_bytes : sizeof(struct model_file_head),
               n_bytes = round % 3 == 0 ? 3000000 : model_length - first;
        for (int k = 0; k < 200; k++)
            copy[first + random_next(&seed) % n_bytes] ^= (unsigned char)(1 + random_next(&seed) % 255);
        model_file_seal(&names_model_kind, copy, model_length);
        if (names_model_open(&model, copy, model_length, reason, sizeof reason) == 0) {
            const struct entity_input in = split();
            assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
        }
        giver_free(&g);
        free(copy);
        model = right;
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
        assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
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
    assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
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
    assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
    for (uint32_t i = 0; i < n; i++)
        assert_true(found[i].span.start >= 6 && found[i].span.end <= 30);
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
        rc = find_all(&in, &means, &found, &n);
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
        rc = find_all(&in, &means, &found, &n);
        giver_free(&g);
        if (rc == TEXTD_OK)
            return;
        assert_int_equal(rc, TEXTD_STOPPED);
        polls = g.polls + 1;
    }
}

/* Whatever the machine has, AVX2, AVX-512, NEON or none: each label gets its own weight, those beyond the width none. */
static void rows_add_each_label_its_weight(void **state)
{
    uint32_t seed = 5;

    (void)state;
    for (uint32_t round = 0; round < 4000; round++) {
        uint32_t which = round % (ROWS_ADDERS + 1);
        rows_adder *add = which == ROWS_ADDERS ? rows_best_adder() : rows_adders(which);
        unsigned char row[ROWS_END];
        const unsigned char *const rows[] = { row, row };
        uint32_t width = 8 + random_next(&seed) % 8 * 8, at = sizeof(uint64_t);
        int16_t sums[64] = { 0 };
        uint64_t labels;

        if (!add)
            continue; /* the machine can't */
        for (uint32_t i = 0; i < sizeof row; i++)
            row[i] = (unsigned char)random_next(&seed);
        memcpy(&labels, row, sizeof labels);
        add(rows, COUNT(rows), sums, width);
        for (uint32_t k = 0; k < COUNT(sums); k++) {
            int weight = labels >> k & 1 ? (int8_t)row[at++] : 0;
            assert_int_equal(sums[k], k < width ? 2 * weight : 0);
        }
    }
}

static void *give_filled(void *context, size_t bytes)
{
    struct giver *g = ((void **)context)[0];
    void *memory = give(g, bytes);

    return memory ? memset(memory, *(const int *)((void **)context)[1], bytes) : NULL;
}

static int never_stop(void *context)
{
    (void)context;
    return 0;
}

static void a_models_own_types_are_numbered_with_the_lists(void **state)
{
    unsigned char *copy = malloc(model_length);
    struct names_model ships;
    static struct entity_types types;
    char reason[300];

    (void)state;
    memcpy(copy, model_bytes, model_length);
    struct model_names_head *head = (void *)(copy + sizeof(struct model_file_head));
    strcpy(head->types[2], "SHIP");
    model_file_seal(&names_model_kind, copy, model_length);
    assert_int_equal(names_model_open(&ships, copy, model_length, reason, sizeof reason), 0);
    assert_int_equal(entity_types_add(&types, "CLIENT", 6), ENTITY_TYPE_COUNT);
    names_model_number_types(&ships, &types);
    assert_int_equal(ships.types[2], ENTITY_TYPE_COUNT + 1);
    assert_string_equal(entity_types_name(&types, ships.types[2]), "SHIP");
    strcpy(head->types[2], "a ship");
    model_file_seal(&names_model_kind, copy, model_length);
    assert_int_equal(names_model_open(&ships, copy, model_length, reason, sizeof reason), -1);
    assert_non_null(strstr(reason, "'a ship' is no type's name"));
    free(copy);
}

/* Transitions that all but rule out each sequence: then no sums can be made, and what is found must not be what stood in the memory. */
static void scores_are_made_of_the_text_alone(void **state)
{
    unsigned char *copy = malloc(model_length);
    struct names_model severe;
    float scores[2][100];
    uint32_t n[2] = { 0 };
    char reason[300];

    (void)state;
    memcpy(copy, model_bytes, model_length);
    struct model_names_head *head = (void *)(copy + sizeof(struct model_file_head));
    head->scale = 1;
    int16_t *transitions = (void *)(head + 1);
    for (uint32_t i = 0; i < OPENER_ROW * OPENER_ROW + NAME_MOST_TYPES * 4; i++)
        transitions[i] = INT16_MIN;
    model_file_seal(&names_model_kind, copy, model_length);
    assert_int_equal(names_model_open(&severe, copy, model_length, reason, sizeof reason), 0);
    strcpy(text, "Paris , London , Tokyo , Berlin");
    for (int round = 0; round < 2; round++) {
        struct giver g = giver_new();
        int fill = round ? 0x40 : 0;
        const struct entity_means means = { give_filled, never_stop, (void *[]) { &g, &fill } };
        const struct entity_input in = split();
        struct entity *found;
        assert_int_equal(names_find(&severe, &in, &means, &found, &n[round]), TEXTD_OK);
        assert_true(n[round] <= 100);
        for (uint32_t i = 0; i < n[round]; i++)
            scores[round][i] = found[i].score;
        giver_free(&g);
    }
    assert_int_equal(n[0], n[1]);
    for (uint32_t i = 0; i < n[0]; i++)
        assert_true(scores[0][i] == scores[1][i]);
    free(copy);
}

/* The table of frequent words and places says nothing that the rest of the model doesn't: without it, no bit of what
 * is found is another. */
static void frequent_words_change_nothing(void **state)
{
    struct names_model without = model;
    uint32_t seed;

    (void)state;
    assert_true(model.frequent.n_words > 1000 && model.frequent.n_places > 100);
    memset(&without.frequent, 0, sizeof without.frequent);
    for (uint32_t round = 0; round < 40; round++) {
        struct giver g = giver_new();
        const struct entity_means means = { give, should_stop, &g };
        struct entity *want, *found;
        uint32_t n_want, n;
        seed = round;
        make_soup(&seed, 20 + round * 3 % 200);
        const struct entity_input in = split();
        assert_int_equal(names_find(&without, &in, &means, &want, &n_want), TEXTD_OK);
        assert_int_equal(names_find(&model, &in, &means, &found, &n), TEXTD_OK);
        assert_int_equal(n, n_want);
        if (n > 0)
            assert_memory_equal(found, want, n * sizeof *found);
        giver_free(&g);
    }
}

static void add_up(const uint32_t *hashes, uint32_t n, const int16_t *want)
{
    struct lookups lookups = { .model = &model };
    int16_t sums[NAME_ROW] = { 0 };

    memcpy(lookups_next(&lookups), hashes, n * sizeof *hashes);
    lookups_add(&lookups, n, sums);
    lookups_finish(&lookups);
    assert_memory_equal(sums, want, model.width * sizeof *want);
}

/* Each is found, by its bytes, and is what it would be if it were read. */
static void frequent_words_are_what_they_would_be(void **state)
{
    const struct frequent *f = &model.frequent;
    uint32_t features[LOOKUPS_MOST_AT_ONCE];

    (void)state;
    for (uint32_t i = 0; i < f->n_words; i++) {
        const struct frequent_word *w = &f->words[i];
        struct name_word read;
        assert_ptr_equal(frequent_find_word(f, w->word.whole, w->text, w->length), w);
        word_know(&read, word_read(&read, w->text, w->length), &model.known);
        read.whole = hash_bytes(w->text, w->length);
        assert_memory_equal(&read, &w->word, sizeof read);
        for (uint32_t k = 0; k < FREQUENT_DISTANCES; k++)
            add_up(features, features_of_word(&read, (int)k - WINDOW, 0, features), frequent_sums(f, w, k));
    }
    for (uint32_t i = 0; i < f->n_places; i++) {
        const int16_t *sums = frequent_find_place(f, &f->places[i]);
        assert_ptr_equal(sums, f->place_sums + (size_t)i * f->width);
        add_up(features, features_of_key(&f->places[i], 0, features), sums);
    }
}

/* A search gives up at a larger key: none is behind one. What is not there is not found. */
static void all_that_is_known_is_found(void **state)
{
    const struct knowledge *k = &model.known;
    uint32_t none = 0;

    (void)state;
    for (uint32_t i = 0; i < k->n_phrases; i++)
        if (k->phrases[i].key)
            assert_int_equal(knowledge_phrase(k, (uint64_t)k->phrases[i].key << 32), k->phrases[i].value);
    for (uint32_t i = 0; i < k->n_words; i++) {
        struct name_word word = { 0 };
        if (!k->words[i].key)
            continue;
        knowledge_look_up(k, &word, (uint64_t)k->words[i].key << 32);
        assert_int_equal(word.rank, k->words[i].value & 0xF);
        assert_int_equal(word.kinds, k->words[i].value >> 16);
        none += knowledge_phrase(k, (uint64_t)(k->words[i].key ^ 0x5555) << 32) == 0;
    }
    assert_true(none > k->n_words / 2);
    assert_int_equal(knowledge_phrase(k, 0), 0);
}

/* Two words of one hash, which somebody may make, are two; a table that leads nowhere, or round and round, ends the
 * search. */
static void frequent_words_are_told_by_their_bytes(void **state)
{
    static uint16_t slots[1024];
    struct frequent f = model.frequent;
    const struct frequent_word *w = &f.words[0];
    const struct place_key nowhere = { { 1, 2, 3, 4 } };
    char other[FREQUENT_LONGEST];

    (void)state;
    memcpy(other, w->text, sizeof other);
    other[0] ^= 1;
    assert_null(frequent_find_word(&f, w->word.whole, other, w->length));
    assert_null(frequent_find_word(&f, w->word.whole, w->text, w->length + 1u));
    assert_null(frequent_find_word(&f, w->word.whole + 1, w->text, w->length));
    for (uint32_t number = 0; number < 3; number++) {
        for (uint32_t i = 0; i < COUNT(slots); i++)
            slots[i] = (uint16_t)(number < 2 ? number : UINT16_MAX);
        f.word_slots = f.place_slots = slots;
        f.n_word_slots = f.n_place_slots = COUNT(slots);
        assert_null(frequent_find_word(&f, 7, "x", 1));
        assert_null(frequent_find_place(&f, &nowhere));
    }
    memset(&f, 0, sizeof f);
    assert_null(frequent_find_word(&f, w->word.whole, w->text, w->length));
}

static void the_exponential_takes_anything(void **state)
{
    (void)state;
    assert_true(lattice_exp(NAN) >= 0 && lattice_exp(NAN) < 1e-30f);
    assert_true(lattice_exp(-INFINITY) >= 0 && lattice_exp(-INFINITY) < 1e-30f);
    assert_true(lattice_exp(INFINITY) > 1e30f && lattice_exp(0) == 1);
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
        assert_int_equal(find_all(&in, &means, &found, &n), TEXTD_OK);
        giver_free(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_selftest_passes),
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(wrong_models_are_refused),
        cmocka_unit_test(no_tokens_give_no_entities),
        cmocka_unit_test(sentences_may_be_anywhere),
        cmocka_unit_test(entities_keep_to_their_borders),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(it_stops_wherever_it_is_told_to),
        cmocka_unit_test(rows_add_each_label_its_weight),
        cmocka_unit_test(scores_are_made_of_the_text_alone),
        cmocka_unit_test(frequent_words_change_nothing),
        cmocka_unit_test(frequent_words_are_what_they_would_be),
        cmocka_unit_test(all_that_is_known_is_found),
        cmocka_unit_test(frequent_words_are_told_by_their_bytes),
        cmocka_unit_test(the_exponential_takes_anything),
        cmocka_unit_test(time_is_linear_in_any_text),
        cmocka_unit_test(altered_models_do_no_harm),
        cmocka_unit_test(a_models_own_types_are_numbered_with_the_lists),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
