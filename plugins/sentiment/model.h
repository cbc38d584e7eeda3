/* model.h: what was learned, in a file that is mapped as it is: what each word and phrase adds to the sums of a text, and how
 * sums and the outcomes of the rules become a score.
 *
 * The file, behind the head of model_file.h (magic "TDSENTIM"), in little-endian order, is a struct sentiment_content, then
 * n_buckets of struct word_bucket, then n_entries of struct entry, then n_entries of the weights of denied words.
 *
 * Looking up words is what takes the time, and of it memory: so a bucket is half a cache line of eight words, an entry is sixteen bytes, and
 * entries stand in the order of how common their words are. What most texts need then fits a processor's first caches. */
#ifndef SENTIMENT_MODEL_H
#define SENTIMENT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "plugins/lib/model_file.h"

/* The kinds of text that the model knows apart. */
enum genre { GENRE_POST, GENRE_PRODUCT, GENRE_FILM, GENRE_NEWS, N_GENRES };

/* The sums of a text, four of each: a sum for each genre. */
enum { SUM_POLARITY, SUM_NEUTRAL, SUM_GENRE, N_SUMS };
#define N_LANES (N_SUMS * N_GENRES)

/* What a word does to its neighbours. */
enum role {
    ROLE_NONE,
    ROLE_NEGATION, /* "not" */
    ROLE_MORE,     /* "very" */
    ROLE_LESS,     /* "slightly" */
    ROLE_UNREAL,   /* "could", "if": what follows is not so */
    ROLE_CONTRAST, /* "but": what follows weighs more */
    ROLE_UP,       /* "rose" */
    ROLE_DOWN,     /* "fell" */
    ROLE_GAIN,     /* "profit": good when it goes up */
    ROLE_COST,     /* "losses": bad when it goes up */
    N_ROLES
};

#define ENTRY_ROLE 0x0Fu
#define ENTRY_GOES_ON 0x10u /* a phrase starts with it and has more words */
#define ENTRY_SPEAKS 0x20u  /* of a phrase: its words say nothing by themselves to the rules */
#define ENTRY_BIAS 0x80u    /* is added to each weight, so that lanes of an integer can be summed */

/* Weights are one byte each, plus ENTRY_BIAS. Those of polarity in the scope of a negation, which few words are in, stand elsewhere. */
struct entry {
    uint8_t weights[N_LANES];
    int8_t valence; /* to the rules, in VALENCE_UNIT */
    uint8_t flags;
    int8_t rated; /* as valence, but only what Hutto and Gilbert's raters said, or the operator */
    uint8_t reserved;
};
_Static_assert(sizeof(struct entry) == 16, "the file has it so");

#define VALENCE_UNIT (1.0f / 30) /* of Hutto and Gilbert's scale from -4 to 4 */

#define PHRASE_MOST 6u /* words */
#define PHRASE_BITS (1u << 17)
#define N_OUTCOMES 36       /* of the rules, see score_outcomes */
#define CONFIDENCE_STEPS 41 /* see score_confidence_at */

struct sentiment_content {
    uint32_t n_buckets, n_entries, reserved[6];
    float unit[N_SUMS]; /* what 1 of a weight is worth */
    float bias[N_LANES];
    float outcomes[N_OUTCOMES][N_LANES];
    /* Of each genre, below 0 and above: a text is neutral when it is nearer to 0 than its sum SUM_NEUTRAL and this. */
    float edge[N_GENRES][2];
    uint32_t more_reserved[5];
    /* A bit for each phrase, at the upper bits of its hash, so that most pairs of words that are none cost no search (Bloom 1970). */
    uint64_t phrases[PHRASE_BITS / 64];
    uint8_t confidence[N_GENRES][CONFIDENCE_STEPS][4]; /* that it is negative, neutral, positive; of 255 */
};

_Static_assert((sizeof(struct model_file_head) + sizeof(struct sentiment_content)) % 64 == 0,
               "the buckets behind it are aligned");

#define BUCKET 8u
#define SLOT_ENTRY 0x1FFFFu /* where its entry is; above that is the word's tag */

/* Half a cache line. Slots are filled from the first on; an empty one is 0. A word that finds no room stands in the next bucket, so a search
 * ends at a bucket with an empty slot. */
struct word_bucket {
    uint32_t slots[BUCKET];
};
_Static_assert(sizeof(struct word_bucket) == 32, "the file has it so");

#define SENTIMENT_MODEL_MOST_ENTRIES 100000u
_Static_assert(SENTIMENT_MODEL_MOST_ENTRIES <= SLOT_ENTRY, "a slot has room for it");

/* Five of eight slots are used: a bucket in eight is full. */
#define BUCKETS_FOR(n_entries) ((n_entries) / 5 + 2)

#define SENTIMENT_MODEL_MOST_BUCKETS BUCKETS_FOR(SENTIMENT_MODEL_MOST_ENTRIES)
#define SENTIMENT_MODEL_MOST_BYTES \
    (sizeof(struct model_file_head) + sizeof(struct sentiment_content) + \
     SENTIMENT_MODEL_MOST_BUCKETS * sizeof(struct word_bucket) + \
     SENTIMENT_MODEL_MOST_ENTRIES * (sizeof(struct entry) + N_GENRES))
_Static_assert(SENTIMENT_MODEL_MOST_BYTES <= 4u << 20, "a model has at most 4 MiB");

/* The bit of a phrase. */
static inline uint32_t phrase_bit(uint64_t hash)
{
    return (uint32_t)(hash >> 24) % PHRASE_BITS;
}

/* A table of words: the model's, or the operator's own. */
struct words {
    const struct word_bucket *buckets;
    const struct entry *entries;
    const uint8_t (*denied)[N_GENRES]; /* of each entry */
    uint32_t n_buckets, n_entries;
};

struct sentiment_model {
    struct words words;
    struct sentiment_content content;
};

extern const struct model_file_kind sentiment_model_kind;

/* Takes the file's bytes, which must stay where they are, at a multiple of 8. 0, or -1 and in `reason` what is wrong. */
int sentiment_model_open(struct sentiment_model *model, const void *bytes, size_t length, char *reason,
                         size_t reason_size);

/* Upper bits of a hash choose the bucket, the lower 15 are the tag: of unknown words, one in some 6,500 is taken for a known one. */
static inline uint32_t words_bucket(const struct words *words, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * words->n_buckets >> 32);
}

/* Never 0. */
static inline uint32_t words_tag(uint64_t hash)
{
    uint32_t tag = (uint32_t)hash << 17;

    return tag ? tag : 1u << 17;
}

/* A bit for each of the bucket's slots that has the tag. */
static inline uint32_t words_match(const struct word_bucket *bucket, uint32_t tag)
{
#if defined(__SSE2__)
    const __m128i *slots = (const __m128i *)(const void *)bucket->slots;
    __m128i tags = _mm_set1_epi32((int)tag), mask = _mm_set1_epi32((int)~SLOT_ENTRY);
    __m128i first = _mm_cmpeq_epi32(_mm_and_si128(_mm_loadu_si128(slots), mask), tags);
    __m128i second = _mm_cmpeq_epi32(_mm_and_si128(_mm_loadu_si128(slots + 1), mask), tags);

    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(first, second), _mm_setzero_si128()));
#elif defined(__aarch64__) && defined(__ARM_NEON)
    const uint32x4_t tags = vdupq_n_u32(tag), mask = vdupq_n_u32(~SLOT_ENTRY);
    uint32x4_t first = vceqq_u32(vandq_u32(vld1q_u32(bucket->slots), mask), tags);
    uint32x4_t second = vceqq_u32(vandq_u32(vld1q_u32(bucket->slots + 4), mask), tags);
    uint8x8_t eight = vmovn_u16(vcombine_u16(vmovn_u32(first), vmovn_u32(second)));

    return vaddv_u8(vand_u8(eight, vcreate_u8(0x8040201008040201ull)));
#else
    uint32_t same = 0;

    for (uint32_t i = 0; i < BUCKET; i++)
        same |= (uint32_t)((bucket->slots[i] & ~SLOT_ENTRY) == tag) << i;
    return same;
#endif
}

/* The entry of a word that is not in the bucket of its hash, which is full, or NULL. Looks at no more buckets than there are, whatever the table
 * holds. */
const struct entry *words_find_further(const struct words *words, uint64_t hash);

/* The entry of a word, or NULL. `bucket` is that of its hash. */
static inline const struct entry *words_find_in(const struct words *words, const struct word_bucket *bucket,
                                                uint64_t hash)
{
    uint32_t same = words_match(bucket, words_tag(hash));

    if (same)
        return &words->entries[bucket->slots[__builtin_ctz(same)] & SLOT_ENTRY];
    return bucket->slots[BUCKET - 1] == 0 ? NULL : words_find_further(words, hash);
}

static inline const struct entry *words_find(const struct words *words, uint64_t hash)
{
    return words_find_in(words, &words->buckets[words_bucket(words, hash)], hash);
}

/* For whoever makes a table: names the entry `at` as that of a new word. The table must have room. */
void words_add(const struct words *words, struct word_bucket *buckets, uint64_t hash, uint32_t at);

#endif
