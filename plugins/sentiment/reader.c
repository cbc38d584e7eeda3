/* reader.c: see reader.h. */
#include "plugins/sentiment/reader.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/sentiment/lookup.h"
#include "plugins/sentiment/rules.h"

#define PHRASE_TOKENS 6u
#define LANES_FLUSH 256u /* 256 bytes fit a lane of 16 bits */
#define EVEN 0x00FF00FF00FF00FFull
#define LOW_HALF 0xFFFFFFFFull
#define DEGREE_SHARE 0.25f /* of its learned polarity, that a word says more or less behind a degree word */

void sums_add(struct sums *sums, const struct sums *more)
{
    for (int i = 0; i < N_LANES; i++)
        sums->lanes[i] += more->lanes[i];
    sums->tokens += more->tokens;
    sums->said += more->said;
    sums->exclamations += more->exclamations;
    sums->questions += more->questions;
    balance_join(&sums->plain, more->plain);
    for (int i = 0; i < N_PLACES; i++)
        balance_join(&sums->placed[i], more->placed[i]);
    balance_join(&sums->negated_more, more->negated_more);
    balance_join(&sums->asked, more->asked);
    balance_join(&sums->final, more->final);
    balance_join(&sums->rated, more->rated);
    sums->most = more->most > sums->most ? more->most : sums->most;
    sums->least = more->least < sums->least ? more->least : sums->least;
}

/* ---- Learned weights --------------------------------------------------------------------------------------------------- */

static int32_t share_of(uint8_t weight, float share)
{
    return (int32_t)(share * (float)((int)weight - (int)ENTRY_BIAS));
}

static void flush_lanes(struct reader *r)
{
    int64_t *lanes = r->sums.lanes, bias = r->n_lanes * ENTRY_BIAS;

    for (unsigned i = 0; i < 4; i++) {
        lanes[2 * i] += (int64_t)(r->lanes[0] >> 16 * i & 0xFFFF) - bias;
        lanes[2 * i + 1] += (int64_t)(r->lanes[1] >> 16 * i & 0xFFFF) - bias;
    }
    lanes[8] += (int64_t)(r->lanes[2] & 0xFFFF) - bias;
    lanes[10] += (int64_t)(r->lanes[2] >> 16 & 0xFFFF) - bias;
    lanes[9] += (int64_t)(r->lanes[2] >> 32 & 0xFFFF) - bias;
    lanes[11] += (int64_t)(r->lanes[2] >> 48 & 0xFFFF) - bias;
    memset(r->lanes, 0, sizeof r->lanes);
    r->n_lanes = 0;
}

/* For whoever asks what was added. */
static void tell(const struct reader *r, const struct entry *entry, bool is_denied, float share)
{
    if (r->listen)
        r->listen(r->listen_data, entry, is_denied, share);
    for (int g = 0; r->heard && g < N_GENRES; g++)
        r->heard[r->now - r->heard_from].weights[g] +=
            share_of(is_denied ? entry->denied[g] : entry->polarity[g], share);
}

static inline void add_weights(struct reader *r, const struct entry *entry, bool is_denied)
{
    uint64_t first, second;

    memcpy(&first, entry, 8);
    memcpy(&second, (const char *)entry + 8, 8);
    uint64_t mask = is_denied ? LOW_HALF : 0;
    uint64_t genre = second >> 32;
    first = (first & ~mask) | (second & mask);
    if (r->n_lanes == LANES_FLUSH)
        flush_lanes(r);
    r->n_lanes++;
    r->lanes[0] += first & EVEN;
    r->lanes[1] += first >> 8 & EVEN;
    r->lanes[2] += (genre & EVEN) | (genre >> 8 & EVEN) << 32;
    if (r->listen || r->heard)
        tell(r, entry, is_denied, 1);
}

/* Behind a degree word, and in capitals, a word of feeling says a share more, or less: these multiply (Taboada et al. 2011, "Lexicon-based
 * methods for sentiment analysis", Computational Linguistics 37(2)). Behind "not very" it says less. */
static void add_degree(struct reader *r, const struct entry *entry, bool is_denied)
{
    const uint8_t *weights = is_denied ? entry->denied : entry->polarity;
    float share = r->is_loud ? DEGREE_SHARE : 0;

    if (r->degree > 0)
        share += r->degree_role == ROLE_MORE && !is_denied ? DEGREE_SHARE : -DEGREE_SHARE;
    for (int g = 0; g < N_GENRES; g++)
        r->sums.lanes[SUM_POLARITY * N_GENRES + g] += share_of(weights[g], share);
    tell(r, entry, is_denied, share);
}

void reader_stand_in(struct reader *r, enum stand_in stand_in)
{
    if (r->vocabulary->stand_ins[stand_in])
        add_weights(r, r->vocabulary->stand_ins[stand_in], false);
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------------ */

static const struct entry *find_phrase(const struct vocabulary *vocabulary, uint64_t hash)
{
    return vocabulary_may_have(vocabulary, hash) ? vocabulary_find(vocabulary, hash) : NULL;
}

/* Adds the phrases that start at token `i` with `entry`; the longest that speaks to the rules is taken for its words. */
static const struct entry *find_phrases(struct reader *r, uint32_t i, uint32_t last, const struct entry *entry,
                                        uint32_t *length)
{
    uint64_t hash = 0;
    const struct entry *speaker = NULL;

    for (uint32_t n = 1; n < PHRASE_TOKENS && i + n < last && (entry->flags & ENTRY_GOES_ON); n++) {
        hash = n == 1 ? r->pair_hashes[i - r->batch] : word_join(hash, lookup_hash_at(r, i + n));
        entry = n == 1 ? r->pairs[i - r->batch] : find_phrase(r->vocabulary, hash);
        if (!entry)
            break;
        add_weights(r, entry, r->negation > 0);
        if (r->heard)
            r->heard[i - r->heard_from].length = (uint8_t)(n + 1);
        if (entry->flags & ENTRY_SPEAKS) {
            speaker = entry;
            *length = n + 1;
        }
    }
    return speaker;
}

/* Emoji that stand close together may be one token, and one emoji may be several characters: a heart and a variation selector,
 * a thumb and a skin tone. */
static void read_emoji(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];

    for (uint32_t at = span.start, n; at < span.end; at += n) {
        char_decode(r->text->text, at, &n);
        const struct entry *entry =
            n > 2 ? vocabulary_find(r->vocabulary, word_sign_hash(r->text->text + at, n)) : NULL;
        if (!entry)
            continue;
        add_weights(r, entry, false);
        rules_rate(r, i, entry, 1);
        rules_meet(r, i, entry, 1, true);
    }
}

static void read_sign(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];
    uint32_t length = span.end - span.start;
    const char *bytes = r->text->text + span.start;
    const struct entry *entry = NULL;
    char plain[WORD_MOST_BYTES];

    r->is_loud = false;
    if (length <= WORD_MOST_BYTES) {
        entry = vocabulary_find(r->vocabulary, word_sign_hash(bytes, length));
        uint32_t n = entry ? 0 : lookup_unstretch(bytes, length, 1, plain); /* ":))))" */
        if (n > 0)
            entry = vocabulary_find(r->vocabulary, word_sign_hash(plain, n));
    }
    if (!entry) {
        read_emoji(r, i);
        return;
    }
    add_weights(r, entry, false);
    rules_rate(r, i, entry, 1);
    rules_meet(r, i, entry, 1, true);
}

/* Clauses end at commas too, and at the pauses beyond ASCII: dashes, ellipsis. Quotation marks stand around single words. */
static void read_punctuation(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];
    const char *bytes = r->text->text + span.start;
    uint32_t length = span.end - span.start;

    for (uint32_t k = 0; k < length && k < 8; k++) {
        r->sums.exclamations += bytes[k] == '!';
        r->sums.questions += bytes[k] == '?';
    }
    if (strchr(",;:.!?()[]", bytes[0]) || (length > 1 && bytes[0] == '-'))
        rules_end_clause(r, bytes[0] == ',');
    else if (length >= 3 && memcmp(bytes, "\xE2\x80", 2) == 0 &&
             (((unsigned char)bytes[2] >= 0x90 && (unsigned char)bytes[2] <= 0x95) || (unsigned char)bytes[2] == 0xA6))
        rules_end_clause(r, false);
}

static void pass_token(struct reader *r)
{
    r->negation -= r->negation > 0;
    r->degree -= r->degree > 0;
    r->unreal -= r->unreal > 0;
}

static void read_word(struct reader *r, uint32_t i, uint32_t last)
{
    struct textd_span span = r->text->tokens[i];
    const char *bytes = r->text->text + span.start;
    uint32_t length = span.end - span.start, taken = 1;
    const struct entry *entry = r->found[i - r->batch], *speaker = NULL;
    float factor = 1;

    if (!entry && length > 3 && length <= WORD_MOST_BYTES && r->text->kinds[i] == TEXTD_TOKEN_WORD)
        entry = lookup_by_shape(r->vocabulary, bytes, length, &factor);
    if (!entry)
        return;
    add_weights(r, entry, r->negation > 0);
    r->is_loud = (entry->valence || entry->rated || (entry->flags & ENTRY_GOES_ON)) && rules_stands_out(r, i);
    if (entry->valence != 0 && (r->degree > 0 || r->is_loud))
        add_degree(r, entry, r->negation > 0);
    rules_rate(r, i, entry, factor);
    if (r->heard)
        r->heard[i - r->heard_from].places = r->negation > 0 ? 1u << PLACE_NEGATED : 0;
    if (entry->flags & ENTRY_GOES_ON)
        speaker = find_phrases(r, i, last, entry, &taken);
    if (i < r->hidden)
        return;
    if (speaker)
        r->hidden = i + taken;
    entry = speaker ? speaker : entry;
    if (entry->valence != 0 || (entry->flags & ENTRY_ROLE))
        rules_meet(r, i, entry, factor, false);
}

static void read_link(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];
    const char *bytes = r->text->text + span.start;
    uint32_t length = span.end - span.start;

    if (bytes[0] != '#' || length < 2 || length > WORD_MOST_BYTES) {
        reader_stand_in(r, bytes[0] == '@' ? STAND_IN_USER : STAND_IN_LINK);
        return;
    }
    const struct entry *entry =
        vocabulary_find(r->vocabulary, word_hash(bytes + 1, length - 1, r->text->length - span.start - 1));
    if (!entry)
        return;
    add_weights(r, entry, false);
    r->is_loud = rules_stands_out(r, i);
    rules_rate(r, i, entry, 1);
    rules_meet(r, i, entry, 1, false);
}

void reader_start(struct reader *r, uint32_t first)
{
    memset(&r->sums, 0, sizeof r->sums);
    memset(r->lanes, 0, sizeof r->lanes);
    r->n_lanes = 0;
    r->start = first;
    r->hidden = first;
    r->degree_at = r->negation_at = 0;
    r->after_contrast = false;
    r->has_small = -1;
    rules_end_clause(r, false);
}

static void read_token(struct reader *r, uint32_t i, uint32_t last)
{
    r->now = i;
    if (r->heard)
        r->heard[i - r->heard_from] = (struct heard) { 0 };
    uint8_t kind = r->text->kinds[i];
    if (kind == TEXTD_TOKEN_WORD) { /* asked first: the others are few, and hard to foretell */
        if (r->words)
            read_word(r, i, last);
        pass_token(r);
        return;
    }
    switch (kind) {
    case TEXTD_TOKEN_SYMBOL:
        read_sign(r, i);
        break;
    case TEXTD_TOKEN_LINK:
        if (r->words)
            read_link(r, i);
        break;
    case TEXTD_TOKEN_NUMBER:
        reader_stand_in(r, STAND_IN_NUMBER);
        break;
    default:
        if (r->words)
            read_word(r, i, last);
        read_punctuation(r, i);
    }
    pass_token(r);
}

/* Stands for the pair where there is none. */
static const struct entry silent = { .polarity = { ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS },
                                     .neutral = { ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS },
                                     .genre = { ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS } };

/* Whether it has weights, and nothing to say to the rules. */
static inline bool is_calm(const struct entry *entry, uint8_t flags)
{
    return (entry->valence | entry->rated | (entry->flags & flags)) == 0;
}

struct calm {
    uint64_t even, odd, genres;
};

static inline void add_calm(struct calm *calm, const struct entry *entry)
{
    uint64_t first, second;

    memcpy(&first, entry, 8);
    memcpy(&second, (const char *)entry + 8, 8);
    calm->even += first & EVEN;
    calm->odd += first >> 8 & EVEN;
    calm->genres += (second >> 32 & EVEN) | (second >> 40 & EVEN) << 32;
}

static uint32_t less(uint32_t reach, uint32_t tokens)
{
    return reach > tokens ? reach - tokens : 0;
}

/* Reads the tokens from `i` on, of the batch, that only add their weights and those of the pair they start: words of no feeling that
 * nothing denies. That is most of a text, so it is done without calls and in registers. Returns the first that takes more. */
static uint32_t read_calm(struct reader *r, uint32_t i)
{
    const uint8_t *kinds = r->text->kinds + r->batch;
    uint32_t start = i - r->batch, end = r->batch_end - r->batch, k = start;
    struct calm calm = { 0 };

    if (r->negation != 0 || r->heard || r->listen || !r->words)
        return i;
    for (; k < end && kinds[k] == TEXTD_TOKEN_WORD && r->found[k] && is_calm(r->found[k], ENTRY_ROLE); k++) {
        const struct entry *pair = r->pairs[k] ? r->pairs[k] : &silent;
        if (!is_calm(pair, ENTRY_ROLE | ENTRY_GOES_ON | ENTRY_SPEAKS))
            break;
        add_calm(&calm, r->found[k]);
        add_calm(&calm, pair);
    }
    if (r->n_lanes + 2 * (k - start) > LANES_FLUSH)
        flush_lanes(r);
    r->lanes[0] += calm.even;
    r->lanes[1] += calm.odd;
    r->lanes[2] += calm.genres;
    r->n_lanes += 2 * (k - start);
    r->degree = less(r->degree, k - start);
    r->unreal = less(r->unreal, k - start);
    return r->batch + k;
}

void reader_read(struct reader *r, uint32_t first, uint32_t last)
{
    r->sums.tokens += (float)(last - first);
    r->last = last;
    for (uint32_t end; first < last; first = end) {
        end = last - first > READER_BATCH ? first + READER_BATCH : last;
        lookup_batch(r, first, end);
        for (uint32_t i = first; (i = read_calm(r, i)) < end; i++)
            read_token(r, i, last);
    }
}

void reader_end(struct reader *r)
{
    flush_lanes(r);
    if (r->sums.questions > 0)
        r->sums.asked = r->sums.plain;
}
