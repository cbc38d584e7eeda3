/* lookup.c: see lookup.h. */
#include "plugins/sentiment/lookup.h"

#include <string.h>

#include "plugins/lib/character.h"

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
    if (text->kinds[i] != TEXTD_TOKEN_SYMBOL && text->length >= 8) {
        uint64_t hash = word_hash_ascii(text->text, text->length, text->tokens[i].start, text->tokens[i].end);
        if (hash != 0)
            return hash;
    }
    return rare_hash(text, i);
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

/* Signs, links and numbers are read in their own ways, and kinds that are none not at all. */
static inline bool is_spelled(uint8_t kind)
{
    return kind == TEXTD_TOKEN_WORD || kind == TEXTD_TOKEN_PUNCT;
}

/* What the loops need is held in variables of their own: for all that the compiler knows, what they write could be anything. */
static void look_up_tokens(struct batch *restrict batch, const struct vocabulary *v, const struct token_text *text)
{
    const struct words words = v->model->words;
    const struct textd_span *tokens = text->tokens + batch->first;
    const uint8_t *kinds = text->kinds + batch->first;
    const char *bytes = text->text;
    uint32_t length = text->length, n = batch->end - batch->first;
    uint64_t others = 0, words_only = 0;

    for (uint32_t k = 0; k < n; k++) {
        uint64_t hash = 0;
        words_only |= (uint64_t)(kinds[k] == TEXTD_TOKEN_WORD) << k;
        if (is_spelled(kinds[k]) && length >= 8)
            hash = word_hash_ascii(bytes, length, tokens[k].start, tokens[k].end);
        if (hash == 0) {
            hash = lookup_hash(text, batch->first + k);
            others |= (uint64_t)!is_spelled(kinds[k]) << k;
        }
        batch->hashes[k] = hash;
        words_prefetch(&words, hash);
    }
    for (uint32_t k = 0; k < n; k++) {
        const struct entry *entry = words_find(&words, batch->hashes[k]);
        batch->found[k] = entry ? entry : &vocabulary_nothing;
        __builtin_prefetch(entry);
    }
    batch->others = others;
    batch->marks = ~(words_only | others);
    for (; others; others &= others - 1)
        batch->found[__builtin_ctzll(others)] = &vocabulary_nothing;
}

/* The operator's words come before the model's. */
static void look_up_own(struct batch *restrict batch, const struct words *own, const uint8_t *kinds)
{
    for (uint32_t k = 0; k < batch->end - batch->first; k++) {
        const struct entry *entry = is_spelled(kinds[batch->first + k]) ? words_find(own, batch->hashes[k]) : NULL;
        if (entry)
            batch->found[k] = entry;
    }
}

/* The same for the phrases of two that the tokens start, when their entries have come. `next` is the hash of the token behind the batch,
 * if there is one. */
static void look_up_pairs(struct batch *restrict batch, const struct vocabulary *v, bool has_next, uint64_t next)
{
    uint32_t n = batch->end - batch->first;
    uint64_t wanted = 0, paired = 0, hash = batch->hashes[0];

    for (uint32_t k = 0; k < n; k++) {
        uint64_t behind = k + 1 < n ? batch->hashes[k + 1] : next, pair = word_join(hash, behind);
        uint32_t goes_on = batch->found[k]->flags / ENTRY_GOES_ON;
        batch->pair_hashes[k] = pair;
        wanted |= (uint64_t)(goes_on & vocabulary_may_have(v, pair)) << k;
        hash = behind;
    }
    if (!has_next && n > 0)
        wanted &= ~(1ull << (n - 1));
    for (; wanted; wanted &= wanted - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(wanted);
        const struct entry *entry = vocabulary_find(v, batch->pair_hashes[k]);
        batch->pairs[k] = entry;
        paired |= (uint64_t)(entry != NULL) << k;
        __builtin_prefetch(entry);
    }
    batch->paired = paired;
}

/* The tokens that may be keys of turns of phrase. */
static void look_up_keys(struct batch *restrict batch, const struct turns *turns)
{
    uint64_t keys = 0;

    for (uint32_t k = 0; k < batch->end - batch->first; k++)
        keys |= turns_may_be(turns, batch->hashes[k]) << k;
    batch->keys = keys;
}

void lookup_batch(struct reader *r, uint32_t first)
{
    uint32_t all = r->text->n_tokens, end = all - first > BATCH_MOST ? first + BATCH_MOST : all;

    r->batch.first = first;
    r->batch.end = end;
    look_up_tokens(&r->batch, r->vocabulary, r->text);
    if (r->vocabulary->own.entries)
        look_up_own(&r->batch, &r->vocabulary->own, r->text->kinds);
    look_up_keys(&r->batch, r->vocabulary->turns);
    look_up_pairs(&r->batch, r->vocabulary, end < all, end < all ? lookup_hash(r->text, end) : 0);
}
