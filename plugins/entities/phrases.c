/* phrases.c: finds listed names of several words. The words are joined by one blank, whatever stands between them in the
 * text, and looked up longest first. */
#include "plugins/entities/draft.h"

#define LONGEST_PHRASE 6 /* words: "Democratic Republic of the Congo" has five */
#define PHRASE_BYTES 80  /* longer than any listed phrase */

/* The words from `first` on, joined, and how long the first one, two, … are together. */
struct joined {
    char bytes[PHRASE_BYTES];
    uint32_t lengths[LONGEST_PHRASE];
    uint32_t n; /* of words */
};

static void join(const struct draft *d, uint32_t first, uint32_t end, struct joined *j)
{
    uint32_t used = 0;

    j->n = 0;
    for (uint32_t i = first; i < end && j->n < LONGEST_PHRASE; i++) {
        uint32_t length = word_length(d, i), blank = j->n && !(d->words[i].flags & WORD_GLUED);

        if (length > PHRASE_BYTES - used - blank || (j->n && d->words[i].flags & WORD_BREAKS))
            return;
        if (blank)
            j->bytes[used++] = ' ';
        memcpy(j->bytes + used, word_bytes(d, i), length);
        used += length;
        j->lengths[j->n++] = used;
        if (used == PHRASE_BYTES)
            return;
    }
}

static uint8_t phrase_type(const struct lists *lists, const char *phrase, uint32_t length)
{
    if (list_find(lists->places, phrase, length))
        return ENTITY_LOC;
    if (list_find(lists->organizations, phrase, length))
        return ENTITY_ORG;
    return list_find(lists->peoples, phrase, length) ? ENTITY_NORP : ENTITY_NONE;
}

/* Acronyms are listed apart: "US" is a country only when it is written so. */
static uint8_t acronym_type(const struct draft *d, uint32_t i)
{
    static const uint8_t types[ACRONYM_COUNT] = { [ACRONYM_ORG] = ENTITY_ORG, [ACRONYM_LOC] = ENTITY_LOC };

    return d->words[i].shape == SHAPE_UPPER ? types[list_find(d->lists->acronyms, word_bytes(d, i), word_length(d, i))]
                                            : (uint8_t)ENTITY_NONE;
}

uint32_t phrase_match(const struct draft *d, uint32_t first, uint32_t end, bool trust_capitals, uint8_t *type)
{
    struct joined j;

    if (first >= end || !word_is_capital(d, first))
        return 0;
    join(d, first, end, &j);
    for (uint32_t n = j.n; n > 0; n--) {
        if (!word_is_capital(d, first + n - 1))
            continue;
        *type = phrase_type(d->lists, j.bytes, j.lengths[n - 1]);
        if (*type != ENTITY_NONE)
            return first + n;
    }
    *type = trust_capitals ? acronym_type(d, first) : (uint8_t)ENTITY_NONE;
    return *type == ENTITY_NONE ? 0 : first + 1;
}
