/* frequent.c: see frequent.h. */
#include "plugins/entities/names/frequent.h"

#include <string.h>

#define MOST_LOOKS 64u /* of one search; a full table, which no trainer makes, ends it as well */

static bool is_slots(uint32_t n)
{
    return n <= FREQUENT_MOST && (n & (n - 1)) == 0;
}

static size_t padded(size_t bytes)
{
    return (bytes + FREQUENT_ALIGNMENT - 1) & ~(size_t)(FREQUENT_ALIGNMENT - 1);
}

/* Where each part begins behind the head, and where the last ends. */
struct parts {
    size_t place_slots, words, word_sums, places, place_sums, end;
};

static struct parts parts_of(const struct frequent_head *h)
{
    struct parts p;

    p.place_slots = padded(h->n_word_slots * sizeof(uint16_t));
    p.words = p.place_slots + padded(h->n_place_slots * sizeof(uint16_t));
    p.word_sums = p.words + h->n_words * sizeof(struct frequent_word);
    p.places = padded(p.word_sums + (size_t)h->n_words * FREQUENT_DISTANCES * h->width * sizeof(int16_t));
    p.place_sums = padded(p.places + h->n_places * sizeof(struct place_key));
    p.end = padded(p.place_sums + (size_t)h->n_places * h->width * sizeof(int16_t));
    return p;
}

size_t frequent_size(const struct frequent_head *head)
{
    return parts_of(head).end;
}

bool frequent_open(struct frequent *f, const void *bytes, size_t length, uint32_t width)
{
    const struct frequent_head *h = bytes;

    memset(f, 0, sizeof *f);
    if (length == 0)
        return true;
    if (length < sizeof *h || h->width != width || !is_slots(h->n_word_slots) || !is_slots(h->n_place_slots) ||
        h->n_words > h->n_word_slots || h->n_places > h->n_place_slots || length != sizeof *h + frequent_size(h))
        return false;
    struct parts p = parts_of(h);
    const char *at = (const char *)(h + 1);
    *f = (struct frequent) {
        .word_slots = (const void *)at,
        .place_slots = (const void *)(at + p.place_slots),
        .words = (const void *)(at + p.words),
        .word_sums = (const void *)(at + p.word_sums),
        .places = (const void *)(at + p.places),
        .place_sums = (const void *)(at + p.place_sums),
        .n_words = h->n_words,
        .n_word_slots = h->n_word_slots,
        .n_places = h->n_places,
        .n_place_slots = h->n_place_slots,
        .width = width,
    };
    return true;
}

const struct frequent_word *frequent_find_word(const struct frequent *f, uint64_t hash, const char *text, size_t length)
{
    uint32_t mask = f->n_word_slots - 1, number;

    if (f->n_words == 0)
        return NULL;
    for (uint32_t at = (uint32_t)(hash >> 32) & mask, looks = 0; looks < MOST_LOOKS; at = (at + 1) & mask, looks++) {
        if ((number = f->word_slots[at]) == 0 || number > f->n_words)
            return NULL;
        const struct frequent_word *w = &f->words[number - 1];
        if (w->word.whole == hash && w->length == length && length <= FREQUENT_LONGEST &&
            memcmp(w->text, text, length) == 0)
            return w;
    }
    return NULL;
}

const int16_t *frequent_find_place(const struct frequent *f, const struct place_key *key)
{
    uint32_t mask = f->n_place_slots - 1, number;

    if (f->n_places == 0)
        return NULL;
    for (uint32_t at = (uint32_t)(frequent_place_hash(key) >> 32) & mask, looks = 0; looks < MOST_LOOKS;
         at = (at + 1) & mask, looks++) {
        if ((number = f->place_slots[at]) == 0 || number > f->n_places)
            return NULL;
        if (memcmp(&f->places[number - 1], key, sizeof *key) == 0)
            return f->place_sums + (size_t)(number - 1) * f->width;
    }
    return NULL;
}
