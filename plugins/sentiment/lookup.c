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

/* Of a token that is a sign, long, at the text's end, or not of ASCII. */
static uint64_t rare_hash(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];
    const char *bytes = text->text + span.start;
    uint32_t length = span.end - span.start;
    char folded[WORD_MOST_BYTES];

    if (length > WORD_MOST_BYTES)
        return 0;
    if (text->kinds[i] == TEXTD_TOKEN_SYMBOL)
        return word_sign_hash(bytes, length);
    if (has_apostrophe(bytes, length)) {
        length = word_fold(bytes, length, folded);
        return word_hash(folded, length, length);
    }
    return word_hash(bytes, length, text->length - span.start);
}

static inline uint64_t token_hash(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];
    uint32_t length = span.end - span.start;

    if (length <= 16 && text->length - span.start >= 16 && text->kinds[i] != TEXTD_TOKEN_SYMBOL) {
        uint64_t hash = word_hash_ascii(text->text + span.start, length);
        if (hash != 0)
            return hash;
    }
    return rare_hash(text, i);
}

uint64_t lookup_hash(const struct token_text *text, uint32_t i)
{
    return token_hash(text, i);
}

uint64_t lookup_hash_at(const struct reader *r, uint32_t i)
{
    return i >= r->batch && i < r->batch_end ? r->hashes[i - r->batch] : lookup_hash(r->text, i);
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

/* Whether token `i` is one byte of ASCII, as most punctuation is: these are known by heart. */
static inline bool is_byte(const struct token_text *text, uint32_t i)
{
    return text->tokens[i].end - text->tokens[i].start == 1 && !(text->text[text->tokens[i].start] & 0x80);
}

/* What the loops need is held in variables of their own: for all that the compiler knows, what they write could be anything. */
static void look_up_tokens(struct reader *restrict r, uint32_t first, uint32_t last)
{
    const struct vocabulary *v = r->vocabulary;
    const struct words words = v->model->words;
    const struct token_text text = *r->text;
    uint64_t *restrict hashes = r->hashes;
    const struct entry **restrict found = r->found;

    r->batch = first;
    r->batch_end = last;
    for (uint32_t i = first; i < last; i++) {
        uint64_t hash = hashes[i - first] = token_hash(&text, i);
        words_prefetch(&words, hash);
    }
    for (uint32_t i = first; i < last; i++) {
        const struct entry *entry = NULL;
        if (is_byte(&text, i))
            entry = v->bytes[(unsigned char)text.text[text.tokens[i].start]];
        else
            entry = v->own.entries ? vocabulary_find(v, hashes[i - first]) : words_find(&words, hashes[i - first]);
        found[i - first] = entry;
        __builtin_prefetch(entry);
    }
}

/* The same for the pairs that the tokens start, when their entries have come. */
static void look_up_pairs(struct reader *restrict r, uint32_t first, uint32_t last)
{
    const struct vocabulary *v = r->vocabulary;
    const struct words words = v->model->words;
    const struct entry **restrict found = r->found, **restrict pairs = r->pairs;
    uint64_t *restrict hashes = r->hashes, *restrict pair_hashes = r->pair_hashes, wanted = 0;
    uint32_t n = last - first, n_followed = last < r->last ? n : n - (n > 0);
    _Static_assert(READER_BATCH <= 64, "a bit for each");

    for (uint32_t k = 0; k < n_followed;
         k++) { /* the entries are still on their way, the bits of the phrases are at hand */
        uint64_t next = k + 1 < n ? hashes[k + 1] : lookup_hash(r->text, last);
        pair_hashes[k] = word_join(hashes[k], next);
        wanted |= (uint64_t)vocabulary_may_have(v, pair_hashes[k]) << k;
    }
    for (uint64_t left = wanted; left; left &= left - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(left);
        if (found[k] && (found[k]->flags & ENTRY_GOES_ON))
            words_prefetch(&words, pair_hashes[k]);
        else
            wanted &= ~(1ull << k);
    }
    memset(pairs, 0, n * sizeof *pairs);
    for (; wanted; wanted &= wanted - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(wanted);
        pairs[k] = vocabulary_find(v, pair_hashes[k]);
        __builtin_prefetch(pairs[k]);
    }
}

void lookup_batch(struct reader *r, uint32_t first, uint32_t last)
{
    look_up_tokens(r, first, last);
    look_up_pairs(r, first, last);
}
