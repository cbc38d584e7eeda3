/* features.h: what the model is asked about a token, as hashes. Most features are of one word at one distance, so that a page's
 * finder adds their weights once a word, or of a word that stands next to the token's anywhere on the page; the rest are of the token's
 * place. The finder and the trainer see the same. (Features after Ratinov and Roth 2009, and Tkachenko and Simanovsky 2012, "Named entity
 * recognition: exploring features") */
#ifndef NAMES_FEATURES_H
#define NAMES_FEATURES_H

#include <stdint.h>

#include "plugins/entities/names/page.h"
#include "plugins/entities/names/votes.h"

#define WINDOW 2 /* words on each side */
#define WORD_FEATURES_MOST 40u
#define ELSEWHERE_FEATURES_MOST 4u
#define PLACE_FEATURES_MOST 40u
#define TOKEN_FEATURES_MOST \
    ((2 * WINDOW + 1) * WORD_FEATURES_MOST + 2 * GROUP_NEIGHBOURS * ELSEWHERE_FEATURES_MOST + PLACE_FEATURES_MOST)
#define VOTE_FEATURES_MOST 16u

/* The bit of a hash by which a feature says which word it is, and not only what kind of word: see learn.c. */
#define FEATURE_OF_IDENTITY 1u

/* Each adds to `out` and returns how many. `topic`: the page's. `caseless`: the sentence's use is CASE_NONE; nothing of the writing is looked at, and
 * the features are others, so that there are two models in one. */
uint32_t features_of_word(const struct name_word *word, int offset, int caseless, uint32_t *out);

/* What the word is where the page is about something: of words at offset 0 and -1 only. */
#define TOPIC_FEATURES_MOST 4u
uint32_t features_of_topic(const struct name_word *word, int offset, uint32_t topic, int caseless, uint32_t *out);

uint32_t features_of_place(const struct page *page, const struct page_sentence *sentence, uint32_t token,
                           uint32_t *out);

/* They are of two keys, each of which many places share, so that the sums of the most frequent ones are kept in the
 * model, and the rest. */
#define KEY_OF_SETTING 0u
#define KEY_OF_SHAPES 1u
#define PLACE_KEYS 2u
void features_keys(const struct page *page, const struct page_sentence *sentence, uint32_t token,
                   struct place_key *keys);
uint32_t features_of_key(const struct place_key *key, int caseless, uint32_t *out);
uint32_t features_of_rest(const struct page *page, const struct page_sentence *sentence, uint32_t token, uint32_t *out);

/* Those of them that say which name of the lists the token is in. */
uint32_t features_of_list(const struct page *page, const struct page_sentence *sentence, uint32_t token, uint32_t *out);

/* Of a word that stands before (`side` -1) or behind (1) the token's word, there or at another place of the page: see page_repeated. */
uint32_t features_of_elsewhere(const struct name_word *word, int side, int caseless, uint32_t *out);

/* All of the above that a token has. The finder sums up the same, from words' vectors (reading.c). */
uint32_t features_of_token(const struct page *page, const struct page_sentence *sentence, uint32_t token,
                           uint32_t *out);

/* A second reading has, at each token, the one feature that tells it from a first, and what the votes say: nothing for most. */
uint32_t features_of_second_reading(int caseless, uint32_t *out);
uint32_t features_of_votes(const struct page *page, const struct votes *votes, const struct page_sentence *sentence,
                           uint32_t token, uint32_t *out);

#endif
