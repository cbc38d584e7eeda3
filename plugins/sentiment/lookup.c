/* lookup.c: see lookup.h. */
#include "plugins/sentiment/lookup.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "plugins/lib/character.h"
#include "plugins/lib/neon.h"
#include "plugins/sentiment/marks.h"

#define STRETCH_FACTOR \
    1.25f /* "sooo gooood": Brody and Diakopoulos 2011, "Cooooooooooooooollllllllllllll!!!!!!!!!!!!!!" */

/* U+2019. Most words are ASCII, and known by their first byte or two not to have it. */
static bool has_apostrophe(const char *bytes, uint32_t length)
{
    for (uint32_t i = 0; i + 2 < length; i++)
        if ((unsigned char)bytes[i] == 0xE2 && memcmp(bytes + i, "\xE2\x80\x99", 3) == 0)
            return true;
    return false;
}

/* Of a token that is a sign, long, not of ASCII, or in a text of a few bytes. */
static uint64_t rare_hash(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];
    const char *bytes = text->text + span.start;
    uint32_t length = span.end - span.start;
    char folded[WORD_MOST_BYTES];

    if (length == 0 || length > WORD_MOST_BYTES)
        return 0;
    if (text->kinds[i] == TEXTD_TOKEN_SYMBOL)
        return word_sign_hash(bytes, length);
    if (has_apostrophe(bytes, length)) {
        length = word_fold(bytes, length, folded);
        return word_hash(folded, length, length);
    }
    return word_hash(bytes, length, text->length - span.start);
}

uint64_t lookup_hash(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];
    uint64_t hash = 0;

    if (text->kinds[i] != TEXTD_TOKEN_SYMBOL && text->length - span.start >= 8)
        hash = word_hash_ascii(text->text + span.start, span.end - span.start);
    return hash ? hash : rare_hash(text, i);
}

uint64_t lookup_hash_at(const struct reader *r, uint32_t i)
{
    const struct batch *batch = &r->batch;

    return i >= batch->first && i < batch->end ? batch->hashes[i - batch->first] : lookup_hash(r->text, i);
}

uint32_t lookup_unstretch(const char *word, uint32_t length, uint32_t keep, char *out)
{
    uint32_t n = 0;
    bool is_stretched = false;

    for (uint32_t at = 0, run; at < length; at += run) {
        for (run = 1; at + run < length && (word[at + run] | 0x20) == (word[at] | 0x20); run++)
            ;
        is_stretched |= run > 2;
        for (uint32_t i = 0; i < (run > 2 ? keep : run); i++)
            out[n++] = word[at];
    }
    return is_stretched ? n : 0;
}

const struct entry *lookup_by_shape(const struct vocabulary *vocabulary, const char *word, uint32_t length,
                                    float *factor)
{
    const struct entry *best = NULL, *entry;
    char plain[WORD_MOST_BYTES];

    for (uint32_t keep = 2, n; keep > 0 && (n = lookup_unstretch(word, length, keep, plain)) > 0; keep--)
        if ((entry = vocabulary_find(vocabulary, word_hash(plain, n, n))) != NULL) {
            *factor = STRETCH_FACTOR;
            return entry;
        }
    for (const char *part = word, *end = word + length, *stop; part < end; part = stop + 1) {
        stop = memchr(part, '-', (size_t)(end - part));
        if (!stop && part == word)
            return NULL;
        stop = stop ? stop : end;
        entry = vocabulary_find(vocabulary, word_hash(part, (uint32_t)(stop - part), (uint32_t)(stop - part)));
        if (entry && (!best || entry->valence * entry->valence > best->valence * best->valence))
            best = entry;
    }
    if (length > 5 && memcmp(word + length - 5, "-free", 5) == 0) /* "risk-free" */
        *factor = -0.5f;
    return best;
}

/* Whether lookup_by_shape may find something: a compound, or three letters in a row that are one. */
static bool has_shape(const char *word, uint32_t length)
{
    uint32_t before = 0, run = 0;

    for (uint32_t i = 0; i < length; i++) {
        uint32_t letter = (unsigned char)word[i] | 0x20u;
        run = letter == before ? run + 1 : 1;
        if (word[i] == '-' || run > 2)
            return true;
        before = letter;
    }
    return false;
}

/* Signs, links and numbers are read in their own ways, and kinds that are none not at all. */
static inline bool is_spelled(uint8_t kind)
{
    return kind == TEXTD_TOKEN_WORD || kind == TEXTD_TOKEN_PUNCT;
}

#if defined(__SSE2__)
#define HAS_SIXTEEN
static uint64_t of_kind_16(const uint8_t *kinds, uint8_t kind)
{
    __m128i some = _mm_loadu_si128((const __m128i *)(const void *)kinds);

    return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(some, _mm_set1_epi8((char)kind)));
}
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define HAS_SIXTEEN
static uint64_t of_kind_16(const uint8_t *kinds, uint8_t kind)
{
    return neon_mask_32(vceqq_u8(vld1q_u8(kinds), vdupq_n_u8(kind)), vdupq_n_u8(0));
}
#endif

/* A bit for each of `n` tokens, up to 64, that is of a kind. */
static uint64_t of_kind(const uint8_t *kinds, uint32_t n, uint8_t kind)
{
    uint64_t which = 0;
    uint32_t k = 0;

#ifdef HAS_SIXTEEN
    for (; k + 16 <= n; k += 16)
        which |= of_kind_16(kinds + k, kind) << k;
    if (n >= 16) /* the last of them once more, if need be */
        return which | of_kind_16(kinds + n - 16, kind) << (n - 16);
#endif
    for (; k < n; k++)
        which |= (uint64_t)(kinds[k] == kind) << k;
    return which;
}

/* The kinds of the tokens, and what those do whose kind says it. */
static void look_up_kinds(struct batch *batch, const struct token_text *text, uint32_t from)
{
    const uint8_t *kinds = text->kinds + batch->first;
    uint32_t n = batch->end - batch->first;

    batch->marks = of_kind(kinds, n, TEXTD_TOKEN_PUNCT);
    batch->others = bits_between(0, n) & ~(batch->marks | of_kind(kinds, n, TEXTD_TOKEN_WORD));
    struct marks marks = marks_read(text, batch->first, batch->marks & bits_between(from, n));
    batch->ends |= marks.ends;
    batch->stops |= marks.stops;
    batch->calls |= marks.calls;
}

/* What the loops need is held in variables of their own: for all that the compiler knows, what they write could be
 * anything. Tokens before `from` have been looked up. */
static void look_up_tokens(struct batch *restrict batch, const struct vocabulary *v, const struct token_text *text,
                           uint32_t from)
{
    const struct words words = v->model->words;
    const struct textd_span *tokens = text->tokens + batch->first;
    const struct word_bucket *buckets[BATCH_MOST];
    const char *bytes = text->text;
    uint32_t length = text->length, n = batch->end - batch->first;
    uint64_t others = batch->others & bits_between(from, n);

    for (uint32_t k = from; k < n; k++) {
        struct textd_span span = tokens[k];
        uint64_t hash = length - span.start >= 8 ? word_hash_ascii(bytes + span.start, span.end - span.start) : 0;
        if (hash == 0)
            hash = lookup_hash(text, batch->first + k);
        batch->hashes[k] = hash;
        buckets[k] = &words.buckets[words_bucket(&words, hash)];
        __builtin_prefetch(buckets[k]);
    }
    for (uint32_t k = from; k < n; k++) {
        const struct entry *entry = words_find_in(&words, buckets[k], batch->hashes[k]);
        batch->found[k] = entry ? entry : &vocabulary_nothing;
        __builtin_prefetch(entry);
    }
    for (; others; others &= others - 1) { /* signs have hashes of their own, and all numbers are alike */
        uint32_t k = (uint32_t)__builtin_ctzll(others);
        const struct entry *number = v->stand_ins[STAND_IN_NUMBER];
        bool is_number = text->kinds[batch->first + k] == TEXTD_TOKEN_NUMBER;
        batch->hashes[k] = lookup_hash(text, batch->first + k);
        batch->found[k] = is_number && number ? number : &vocabulary_nothing;
        batch->numbers |= (uint64_t)is_number << k;
    }
}

/* The operator's words come before the model's. */
static void look_up_own(struct batch *restrict batch, const struct words *own, const uint8_t *kinds, uint32_t from)
{
    for (uint32_t k = from; k < batch->end - batch->first; k++) {
        const struct entry *entry = is_spelled(kinds[batch->first + k]) ? words_find(own, batch->hashes[k]) : NULL;
        if (entry)
            batch->found[k] = entry;
    }
}

/* What stands behind an entry's weights, at once. */
static inline uint32_t tail_of(const struct entry *entry)
{
    uint32_t tail;

    memcpy(&tail, &entry->valence, sizeof tail);
    return tail;
}

/* Whether the rules must hear of a word, or it is not known (that it SPEAKS); all else that it says is in its weights. */
static inline uint64_t tells(uint32_t tail)
{
    static const struct entry told = { .valence = -1, .rated = -1, .flags = ENTRY_ROLE | ENTRY_SPEAKS };

    return (tail & tail_of(&told)) != 0;
}

static inline uint64_t goes_on(uint32_t tail)
{
    static const struct entry going = { .flags = ENTRY_GOES_ON };

    return (tail & tail_of(&going)) != 0;
}

/* The same for the phrases of two that the tokens start, when their entries have come. `next` is the hash of the
 * token behind the batch, if there is one. */
static void look_up_pairs(struct batch *restrict batch, const struct vocabulary *v, bool has_next, uint64_t next,
                          uint32_t from)
{
    uint32_t n = batch->end - batch->first;
    uint64_t wanted = 0, paired = 0, telling = 0, phrases = 0, hash = batch->hashes[from];

    for (uint32_t k = from; k < n; k++) {
        uint64_t behind = k + 1 < n ? batch->hashes[k + 1] : next, pair = word_join(hash, behind);
        uint32_t tail = tail_of(batch->found[k]);
        batch->pair_hashes[k] = pair;
        batch->pairs[k] = &vocabulary_nothing;
        wanted |= (goes_on(tail) & vocabulary_may_have(v, pair)) << k;
        telling |= tells(tail) << k;
        hash = behind;
    }
    if (!has_next && n > 0)
        wanted &= ~(1ull << (n - 1));
    for (; wanted; wanted &= wanted - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(wanted);
        const struct entry *entry = vocabulary_find(v, batch->pair_hashes[k]);
        if (!entry)
            continue;
        batch->pairs[k] = entry;
        paired |= 1ull << k;
        phrases |= (uint64_t)((entry->flags & (ENTRY_GOES_ON | ENTRY_SPEAKS)) != 0) << k;
    }
    batch->paired |= paired;
    batch->phrases |= phrases;
    batch->telling |= telling & ~batch->others;
}

/* What may say something, wherever it stands. */
static void look_up_saying(struct batch *batch, uint32_t from)
{
    uint64_t fresh = bits_between(from, batch->end - batch->first);

    batch->saying |= (batch->phrases | batch->shaped) & fresh;
    for (uint64_t left = (batch->telling & ~batch->shaped) & fresh; left; left &= left - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(left);
        const struct entry *entry = batch->found[k];
        batch->saying |= (uint64_t)(entry->valence != 0 || (entry->flags & ENTRY_ROLE) >= ROLE_UP) << k;
    }
    batch->saying |= batch->others & ~batch->numbers & fresh;
}

/* Of the words that are not known, those with a shape that is stay among the telling. */
static void look_up_shapes(struct batch *restrict batch, const struct vocabulary *v, const struct token_text *text,
                           uint32_t from)
{
    for (uint64_t left = batch->telling & bits_between(from, batch->end - batch->first); left; left &= left - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(left), i = batch->first + k;
        if (batch->found[k] != &vocabulary_nothing)
            continue;
        uint32_t length = text->tokens[i].end - text->tokens[i].start;
        const char *word = text->text + text->tokens[i].start;
        float factor;
        bool is_known = text->kinds[i] == TEXTD_TOKEN_WORD && length > 3 && length <= WORD_MOST_BYTES &&
                        has_shape(word, length) && lookup_by_shape(v, word, length, &factor);
        batch->shaped |= (uint64_t)is_known << k;
        batch->telling &= ~((uint64_t)!is_known << k);
    }
}

static void sum_weights(struct batch *restrict batch, uint32_t from)
{
    struct weight_bytes sum = batch->before[from];

    for (uint32_t k = from; k < batch->end - batch->first; k++) {
        sum = weight_bytes_add(weight_bytes_add(sum, batch->found[k]), batch->pairs[k]);
        batch->before[k + 1] = sum;
    }
}

/* What the list of turns of phrase asks for of the tokens. */
static void look_up_keys(struct batch *restrict batch, const struct turns *turns, uint32_t from)
{
    uint64_t asked = 0, keys = 0, fields = 0;

    for (uint32_t k = from; k < batch->end - batch->first; k++)
        asked |= turns_may_ask(turns, batch->hashes[k]) << k;
    for (; asked; asked &= asked - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(asked);
        uint16_t word = turns_number(turns, batch->hashes[k]);
        batch->turn_words[k] = word;
        uint64_t does = turns->does[word];
        keys |= (does / TURN_WORD_ASKED) << k;
        fields |= (does / TURN_WORD_FIELD & 1) << k;
    }
    batch->keys |= keys;
    batch->fields |= fields;
}

/* Puts what the batch has from token `first` on in front. Returns how many tokens it is. */
static uint32_t keep(struct batch *batch, uint32_t first)
{
    bool has_it = first >= batch->first && first < batch->end;
    uint32_t gone = has_it ? first - batch->first : 0, kept = has_it ? batch->end - first : 0;
    uint64_t *const bits[] = { &batch->numbers, &batch->ends,   &batch->stops,  &batch->calls,
                               &batch->telling, &batch->saying, &batch->shaped, &batch->keys,
                               &batch->fields,  &batch->paired, &batch->phrases };

    for (uint32_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        *bits[i] = has_it ? *bits[i] >> gone : 0;
    if (kept == 0) {
        batch->before[0] = (struct weight_bytes) { 0 };
        return 0;
    }
    memmove(batch->hashes, batch->hashes + gone, kept * sizeof *batch->hashes);
    memmove(batch->found, batch->found + gone, kept * sizeof *batch->found);
    memmove(batch->pair_hashes, batch->pair_hashes + gone, kept * sizeof *batch->pair_hashes);
    memmove(batch->pairs, batch->pairs + gone, kept * sizeof *batch->pairs);
    memmove(batch->turn_words, batch->turn_words + gone, kept * sizeof *batch->turn_words);
    memmove(batch->before, batch->before + gone, (kept + 1) * sizeof *batch->before);
    return kept;
}

void lookup_batch(struct reader *r, uint32_t first)
{
    uint32_t all = r->text->n_tokens, end = all - first > BATCH_MOST ? first + BATCH_MOST : all;
    uint32_t from = keep(&r->batch, first);

    r->batch.first = first;
    r->batch.end = end;
    if (first + from == end) /* all of them have been looked up */
        return;
    look_up_kinds(&r->batch, r->text, from);
    look_up_tokens(&r->batch, r->vocabulary, r->text, from);
    if (r->vocabulary->own.entries)
        look_up_own(&r->batch, &r->vocabulary->own, r->text->kinds, from);
    look_up_keys(&r->batch, r->vocabulary->turns, from);
    look_up_pairs(&r->batch, r->vocabulary, end < all, end < all ? lookup_hash(r->text, end) : 0, from);
    look_up_shapes(&r->batch, r->vocabulary, r->text, from);
    look_up_saying(&r->batch, from);
    sum_weights(&r->batch, from);
}
