/* frequent.c: see frequent.h. */
#include "plugins/entities/train/frequent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/names/features.h"
#include "plugins/entities/names/lookups.h"
#include "plugins/entities/names/reading.h"
#include "plugins/entities/train/examples.h"
#include "plugins/lib/train/trainer.h"

#define WORDS 4096u
#define PLACES 1024u
#define LEAST_COUNT 2u

/* ---- Counting ---------------------------------------------------------------------------------------------------------- */

struct thing {
    const void *bytes; /* of the texts, or a copy */
    uint32_t length, count;
};

struct tally {
    struct thing *all; /* a table of `room` slots; the empty ones have no count */
    uint32_t n, room;
    bool copies;
};

static struct thing *slot_of(const struct tally *t, const void *bytes, uint32_t length)
{
    uint32_t at = (uint32_t)(hash_bytes(bytes, length) >> 32) & (t->room - 1);

    while (t->all[at].count > 0 && (t->all[at].length != length || memcmp(t->all[at].bytes, bytes, length) != 0))
        at = (at + 1) & (t->room - 1);
    return &t->all[at];
}

static void make_room(struct tally *t)
{
    struct tally larger = *t;

    if (t->n * 2 < t->room)
        return;
    larger.room = t->room ? t->room * 2 : 1024;
    larger.all = trainer_alloc(larger.room * sizeof *larger.all);
    memset(larger.all, 0, larger.room * sizeof *larger.all);
    for (uint32_t i = 0; i < t->room; i++)
        if (t->all[i].count > 0)
            *slot_of(&larger, t->all[i].bytes, t->all[i].length) = t->all[i];
    free(t->all);
    *t = larger;
}

static void count(struct tally *t, const void *bytes, uint32_t length, uint32_t times)
{
    make_room(t);
    struct thing *thing = slot_of(t, bytes, length);
    if (thing->count == 0) {
        thing->bytes = t->copies ? memcpy(trainer_alloc(length), bytes, length) : bytes;
        thing->length = length;
        t->n++;
    }
    thing->count += times;
}

static void tally_free(struct tally *t)
{
    for (uint32_t i = 0; t->copies && i < t->room; i++)
        free((void *)(uintptr_t)t->all[i].bytes);
    free(t->all);
}

/* The most frequent first; of those that are as frequent, in the order of their bytes, so that the file is the same
 * on every machine. */
static int by_count(const void *a, const void *b)
{
    const struct thing *x = a, *y = b;
    uint32_t shorter = x->length < y->length ? x->length : y->length;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int order = memcmp(x->bytes, y->bytes, shorter);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* Moves the first `most` to the table's beginning, which is no table any more. How many they are. */
static uint32_t take_most(struct tally *t, uint32_t most)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->room; i++)
        if (t->all[i].count >= LEAST_COUNT) {
            struct thing thing = t->all[i];
            t->all[i] = t->all[n];
            t->all[n++] = thing;
        }
    if (n > 0)
        qsort(t->all, n, sizeof *t->all, by_count);
    return n < most ? n : most;
}

struct counting {
    struct tally words, places;
};

static void count_page(void *data, const struct page *page)
{
    struct counting *c = data;
    struct place_key keys[PLACE_KEYS];

    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        for (uint32_t i = s->first; i < s->end; i++) {
            const struct textd_span *span = &page->input->tokens[page->first + i];
            if (span->end - span->start <= FREQUENT_LONGEST)
                count(&c->words, page->input->text + span->start, span->end - span->start, 1);
            if (s->use == CASE_NONE || page->flags[i] & MARK_NEVER)
                continue;
            features_keys(page, s, i, keys);
            for (uint32_t key = 0; key < PLACE_KEYS; key++)
                count(&c->places, &keys[key], sizeof keys[key], 1);
        }
    }
}

#define OF_BASE 0x40000000u /* more than any count */

/* What a base has comes first, in its order: its texts were more. */
static void count_base(struct counting *c, const struct frequent *base)
{
    for (uint32_t i = 0; i < base->n_words; i++)
        if (base->words[i].length <= FREQUENT_LONGEST)
            count(&c->words, base->words[i].text, base->words[i].length, OF_BASE - i);
    for (uint32_t i = 0; i < base->n_places; i++)
        count(&c->places, &base->places[i], sizeof base->places[i], OF_BASE - i);
}

/* ---- Writing ----------------------------------------------------------------------------------------------------------- */

static uint32_t slots_for(uint32_t n)
{
    uint32_t slots = 2;

    while (slots < 2 * n)
        slots *= 2;
    return slots;
}

static void put_in(uint16_t *slots, uint32_t n_slots, uint64_t hash, uint32_t number)
{
    uint32_t at = (uint32_t)(hash >> 32) & (n_slots - 1);

    while (slots[at])
        at = (at + 1) & (n_slots - 1);
    slots[at] = (uint16_t)(number + 1);
}

static void add_up(const struct names_model *model, const uint32_t *hashes, uint32_t n, int16_t *sums)
{
    struct lookups lookups = { .model = model };

    memcpy(lookups_next(&lookups), hashes, n * sizeof *hashes);
    lookups_add(&lookups, n, sums);
    lookups_finish(&lookups);
}

static void put_word(const struct names_model *model, const struct thing *thing, struct frequent_word *out,
                     int16_t *sums)
{
    uint32_t features[LOOKUPS_MOST_AT_ONCE] = { 0 };

    out->length = (uint8_t)thing->length;
    memcpy(out->text, thing->bytes, thing->length);
    word_know(&out->word, word_read(&out->word, out->text, thing->length), &model->known);
    out->word.whole = hash_bytes(out->text, thing->length);
    for (uint32_t distance = 0; distance < FREQUENT_DISTANCES; distance++)
        add_up(model, features, features_of_word(&out->word, (int)distance - WINDOW, 0, features),
               sums + (size_t)distance * model->width);
    reading_leads(model, sums + (size_t)WINDOW * model->width, &out->lead_begin, &out->lead_end);
}

static void put_place(const struct names_model *model, const struct thing *thing, struct place_key *out, int16_t *sums)
{
    uint32_t features[LOOKUPS_MOST_AT_ONCE] = { 0 };

    memcpy(out, thing->bytes, sizeof *out);
    add_up(model, features, features_of_key(out, 0, features), sums);
}

/* Fills in the part of the file, behind its head. */
static void put_all(const struct names_model *model, const struct counting *c, unsigned char *at, size_t size)
{
    const struct frequent_head *head = (const void *)at;
    struct frequent f;

    assert((c->words.all || head->n_words == 0) && (c->places.all || head->n_places == 0));
    if (!frequent_open(&f, at, size, model->width))
        trainer_fail("the table of frequent words that was made is wrong");
    unsigned char *base = at;
    uint16_t *word_slots = (void *)(base + ((const unsigned char *)f.word_slots - base)),
             *place_slots = (void *)(base + ((const unsigned char *)f.place_slots - base));
    struct frequent_word *words = (void *)(base + ((const unsigned char *)f.words - base));
    struct place_key *places = (void *)(base + ((const unsigned char *)f.places - base));
    int16_t *word_sums = (void *)(base + ((const unsigned char *)f.word_sums - base)),
            *place_sums = (void *)(base + ((const unsigned char *)f.place_sums - base));
    for (uint32_t i = 0; i < head->n_words; i++) {
        put_word(model, &c->words.all[i], &words[i], word_sums + (size_t)i * FREQUENT_DISTANCES * model->width);
        put_in(word_slots, head->n_word_slots, words[i].word.whole, i);
    }
    for (uint32_t i = 0; i < head->n_places; i++) {
        put_place(model, &c->places.all[i], &places[i], place_sums + (size_t)i * model->width);
        put_in(place_slots, head->n_place_slots, frequent_place_hash(&places[i]), i);
    }
}

static void open_model(struct names_model *model, const void *bytes, size_t length)
{
    char reason[300];

    if (names_model_open(model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("the model that was made is wrong: %s", reason);
}

void frequent_put(unsigned char **bytes, size_t *length, const struct texts *texts, const struct frequent *base)
{
    struct counting c = { .places.copies = true };
    struct names_model model;

    open_model(&model, *bytes, *length);
    for (uint32_t i = 0; i < texts->n; i++)
        examples_each_page(&texts->all[i], &model.known, false, count_page, &c);
    if (base)
        count_base(&c, base);
    struct frequent_head head = { .n_words = take_most(&c.words, WORDS), .n_places = take_most(&c.places, PLACES) };
    head.width = model.width;
    head.n_word_slots = slots_for(head.n_words);
    head.n_place_slots = slots_for(head.n_places);
    size_t end = (size_t)((const unsigned char *)model.knowledge - *bytes) + model.head->n_knowledge_bytes,
           start = end + model_padding(end), size = sizeof head + frequent_size(&head);
    *bytes = trainer_grow(*bytes, start + size);
    memset(*bytes + end, 0, start + size - end);
    memcpy(*bytes + start, &head, sizeof head);
    ((struct model_names_head *)(void *)(*bytes + sizeof(struct model_file_head)))->n_frequent_bytes = 0;
    model_file_seal(&names_model_kind, *bytes, end);
    open_model(&model, *bytes, end); /* where it is now */
    put_all(&model, &c, *bytes + start, size);
    ((struct model_names_head *)(void *)(*bytes + sizeof(struct model_file_head)))->n_frequent_bytes = (uint32_t)size;
    *length = start + size;
    model_file_seal(&names_model_kind, *bytes, *length);
    tally_free(&c.words);
    tally_free(&c.places);
}
