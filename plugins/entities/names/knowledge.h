/* knowledge.h: what is known of words and names before a text is read: how frequent a word is, the clusters that words of like
 * use fall into (after Brown et al. 1992 and Turian, Ratinov and Bengio 2010; here k-means over vectors of words), and lists of
 * names. It is a part of the model's file and read where it lies; what it says is a feature among others, never a verdict.
 *
 * In little-endian order, each part at a multiple of 4:
 *      0  uint32 × 4   words' slots, phrases' slots, finest clusters, topics
 *     16  uint16 × 4   for each finest cluster: itself and the coarser ones that it is in
 *         float        for each topic, a cluster of the third clustering: its share of the words that are not too frequent to tell a topic
 *         uint32 × 2   for each slot of words: the upper half of the hash (0: empty), and rank | cluster << 4 | kinds << 16
 *         uint32 × 2   for each slot of phrases, of one word, too: the same half, and the kinds | PHRASE_* bits
 *
 * In both a key stands in the first slot that was free from its own on when the smallest key was put in first, then the
 * next larger one: what looks for a key may give up at a larger one. */
#ifndef NAMES_KNOWLEDGE_H
#define NAMES_KNOWLEDGE_H

#include <stddef.h>
#include <stdint.h>

#include "plugins/entities/names/word.h"

/* What a list says that a word or a phrase is. One list, for the trainer's files of names, too. */
#define NAME_KINDS(X) \
    X(FIRST_NAME, "first-name") \
    X(SURNAME, "surname") \
    X(PERSON, "person") \
    X(CITY, "city") \
    X(BIG_CITY, "big-city") \
    X(COUNTRY, "country") \
    X(REGION, "region") \
    X(PEOPLE, "people") \
    X(LANGUAGE, "language") \
    X(ORG, "organization") \
    X(WORK, "work") \
    X(EVENT, "event") \
    X(PRODUCT, "product") \
    X(COMPANY, "company") \
    X(INSTITUTION, "institution") \
    X(CLUB, "club")

enum name_kind {
#define X(name, label) KIND_##name,
    NAME_KINDS(X)
#undef X
        N_NAME_KINDS
};
_Static_assert(N_NAME_KINDS <= 16, "the kinds of a word are kept in 16 bits");

/* Of a phrase: longer ones begin with it; it is made of words that need no capital; a list of what many people know has it; it is written in
 * several ways; how, else, as knowledge_writing has it, 0 when its writing is not known. */
#define PHRASE_GOES_ON 0x10000u
#define PHRASE_PLAIN 0x20000u
#define PHRASE_FAMOUS 0x40000u
#define PHRASE_WRITINGS 0x80000u
#define PHRASE_KINDS 0xFFFFu
#define PHRASE_WRITING 24u /* the lowest of its bits */
#define PHRASE_LONGEST 6u  /* words */

struct knowledge_slot {
    uint32_t key, value;
};

/* A finest cluster, and the coarser ones that it is in. */
struct cluster_row {
    uint16_t of[CLUSTERINGS];
};

#define TOPIC_CLUSTERING 2u /* which of a word's clusters is its topic */
#define TOPICS_MOST 256u

struct knowledge {
    const struct knowledge_slot *words, *phrases;
    const struct cluster_row *clusters;
    const float *topic_shares;
    uint32_t n_words, n_phrases, n_clusters, n_topics; /* slots, slots, clusters */
};

struct knowledge_head {
    uint32_t n_words, n_phrases, n_clusters, n_topics;
};

/* Takes the bytes, which must stay where they are. How many of them it is, 0 when they are none. */
size_t knowledge_open(struct knowledge *knowledge, const void *bytes, size_t length);

/* Fills in rank, clusters and kinds of a word, by the hash of its small letters. */
void knowledge_look_up(const struct knowledge *knowledge, struct name_word *word, uint64_t hash);

/* Has memory fetch what is about to be looked up of a word, by itself and as a phrase. */
void knowledge_fetch(const struct knowledge *knowledge, const struct name_word *word, uint64_t hash);

void knowledge_fetch_phrase(const struct knowledge *knowledge, uint64_t hash);

/* The kinds of a phrase, by the hash of its words (see knowledge_phrase_add), with PHRASE_GOES_ON. 0: there is none. */
uint32_t knowledge_phrase(const struct knowledge *knowledge, uint64_t hash);

/* The hash of a phrase and of one word more, in lower case. Starts with 0. */
static inline uint64_t knowledge_phrase_add(uint64_t phrase, const struct name_word *word)
{
    return hash_join(phrase, word->listed);
}

/* How words are written, "iPhone" or "Iphone", one after the other. Starts with 0. */
static inline uint64_t knowledge_writing_add(uint64_t writing, const struct name_word *word)
{
    return hash_join(writing, word->shape);
}

static inline uint32_t knowledge_writing(uint64_t writing)
{
    uint32_t byte = (uint32_t)(writing >> 56);

    return byte ? byte : 1;
}

/* Where the search for a key begins in a table of `n` slots. */
static inline uint32_t knowledge_slot_of(uint32_t key, uint32_t n)
{
    return (uint32_t)(((uint64_t)key * n) >> 32);
}

#endif
