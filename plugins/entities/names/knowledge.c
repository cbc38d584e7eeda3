/* knowledge.c: see knowledge.h. */
#include "plugins/entities/names/knowledge.h"

#include <string.h>

#define MOST_SLOTS (1u << 24)

size_t knowledge_open(struct knowledge *knowledge, const void *bytes, size_t length)
{
    struct knowledge_head head;
    const char *at = bytes;

    memset(knowledge, 0, sizeof *knowledge);
    if (length < sizeof head)
        return 0;
    memcpy(&head, bytes, sizeof head);
    if (head.n_words > MOST_SLOTS || head.n_phrases > MOST_SLOTS || head.n_clusters > UINT16_MAX ||
        head.n_topics > TOPICS_MOST)
        return 0;
    size_t size = sizeof head + head.n_clusters * sizeof *knowledge->clusters +
                  head.n_topics * sizeof *knowledge->topic_shares +
                  ((size_t)head.n_words + head.n_phrases) * sizeof(struct knowledge_slot);
    if (size > length)
        return 0;
    knowledge->n_words = head.n_words;
    knowledge->n_phrases = head.n_phrases;
    knowledge->n_clusters = head.n_clusters;
    knowledge->n_topics = head.n_topics;
    knowledge->clusters = (const void *)(at += sizeof head);
    knowledge->topic_shares = (const void *)(at += head.n_clusters * sizeof *knowledge->clusters);
    knowledge->words = (const void *)(at += head.n_topics * sizeof *knowledge->topic_shares);
    knowledge->phrases = (const void *)(at + head.n_words * sizeof(struct knowledge_slot));
    return size;
}

/* The value of a key, 0 when it isn't there. Keys that are larger were put in later, so that one of them ends a search as
 * an empty slot does (Amble and Knuth 1974, "Ordered hash tables"): of three slots on average, where a table that is
 * four fifths full needs thirteen to find nothing. A table that is none, which no trainer makes, ends it, too. */
static uint32_t find(const struct knowledge_slot *slots, uint32_t n, uint64_t hash)
{
    uint32_t key = (uint32_t)(hash >> 32);

    if (n == 0)
        return 0;
    for (uint32_t at = knowledge_slot_of(key, n), looked = 0; looked < 64; looked++) {
        if (slots[at].key - 1 >= key - 1) /* an empty slot's key, 0, is the largest here */
            return slots[at].key == key ? slots[at].value : 0;
        at = at + 1 < n ? at + 1 : 0;
    }
    return 0;
}

void knowledge_fetch_phrase(const struct knowledge *knowledge, uint64_t hash)
{
    __builtin_prefetch(&knowledge->phrases[knowledge_slot_of((uint32_t)(hash >> 32), knowledge->n_phrases)]);
}

void knowledge_fetch(const struct knowledge *knowledge, const struct name_word *word, uint64_t hash)
{
    __builtin_prefetch(&knowledge->words[knowledge_slot_of((uint32_t)(hash >> 32), knowledge->n_words)]);
    knowledge_fetch_phrase(knowledge, knowledge_phrase_add(0, word));
}

void knowledge_look_up(const struct knowledge *knowledge, struct name_word *word, uint64_t hash)
{
    uint32_t value = find(knowledge->words, knowledge->n_words, hash);
    uint32_t cluster = value >> 4 & 0xFFF;

    word->rank = value & 0xF;
    word->kinds = (uint16_t)(value >> 16);
    if (word->rank > 0 && cluster < knowledge->n_clusters)
        memcpy(word->clusters, knowledge->clusters[cluster].of, sizeof word->clusters);
}

uint32_t knowledge_phrase(const struct knowledge *knowledge, uint64_t hash)
{
    return find(knowledge->phrases, knowledge->n_phrases, hash);
}
