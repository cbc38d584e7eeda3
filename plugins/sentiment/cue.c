/* cue.c: see cue.h. A token is looked up as it stands, together with those behind it when it may start a phrase. What
 * is not found is tried again by its shape: a hashtag without its "#", a stretched word ("sooo gooood", after Brody and
 * Diakopoulos 2011) without the stretch, a compound by its parts, a row of emoji one by one. */
#include "plugins/sentiment/cue.h"

#include <string.h>

#define PHRASE_TOKENS 6 /* the longest phrase, in tokens */
#define PHRASE_BYTES 64 /* and in bytes */
#define SHAPE_BYTES 40  /* longer words are not looked at by shape: they are no words */
#define STRETCH 1.25f   /* how much stronger a stretched word is */

static const char *token_bytes(const struct token_text *text, uint32_t i, size_t *length)
{
    *length = text->tokens[i].end - text->tokens[i].start;
    return text->text + text->tokens[i].start;
}

static void take(struct cue *cue, const struct meaning *meaning)
{
    cue->valence = meaning->valence;
    cue->modifier = meaning->modifier;
    cue->direction = meaning->direction;
    cue->quantity = meaning->quantity;
    cue->flags |= (meaning->has_valence ? CUE_VALENCE : 0) | (meaning->has_modifier ? CUE_MODIFIER : 0);
}

static bool says_something(const struct meaning *meaning)
{
    return meaning->has_valence || meaning->has_modifier || meaning->direction != 0 || meaning->quantity != 0;
}

/* The longest phrase that starts at token `i`, where `found` is what its first word means: the phrase's length in
 * tokens, with its meaning in *found; 1 when there is none. */
static uint32_t find_phrase(const struct vocabulary *vocabulary, const struct token_text *text, uint32_t i,
                            uint32_t last, const struct meaning **found)
{
    const struct meaning *meaning = *found;
    char phrase[PHRASE_BYTES];
    size_t used = 0, length;
    uint32_t best = 1;

    for (uint32_t n = 0; n < PHRASE_TOKENS && i + n < last; n++) {
        const char *bytes = token_bytes(text, i + n, &length);

        if (length >= sizeof phrase - used)
            break;
        if (n)
            phrase[used++] = ' ';
        memcpy(phrase + used, bytes, length);
        used += length;
        if (n && !(meaning = vocabulary_find(vocabulary, phrase, used)))
            break;
        if (n && says_something(meaning)) {
            *found = meaning;
            best = n + 1;
        }
        if (!meaning->goes_on)
            break;
    }
    return best;
}

static bool is_stretched(const char *word, size_t length)
{
    for (size_t i = 2; i < length; i++)
        if (word[i] == word[i - 1] && word[i] == word[i - 2])
            return true;
    return false;
}

/* Copies the word with each run of three or more of one letter cut to `keep` of it. */
static size_t unstretch(const char *word, size_t length, size_t keep, char out[SHAPE_BYTES])
{
    size_t n = 0;

    for (size_t at = 0, run; at < length; at += run) {
        for (run = 1; at + run < length && word[at + run] == word[at]; run++)
            ;
        for (size_t i = 0; i < (run > 2 ? keep : run); i++)
            out[n++] = word[at];
    }
    return n;
}

static bool read_stretched(const struct vocabulary *vocabulary, const char *word, size_t length, struct cue *cue)
{
    char plain[SHAPE_BYTES];

    if (length > SHAPE_BYTES || !is_stretched(word, length))
        return false;
    for (size_t keep = 2; keep; keep--) {
        size_t n = unstretch(word, length, keep, plain);
        const struct meaning *meaning = vocabulary_find(vocabulary, plain, n);

        if (meaning && says_something(meaning)) {
            take(cue, meaning);
            cue->valence *= STRETCH;
            if (cue->modifier > 0)
                cue->modifier *= STRETCH;
            return true;
        }
    }
    return false;
}

/* "non-…" and "…-free" turn what the rest says. */
static bool reverses(const char *part, const char *stop, const char *word, const char *end)
{
    if (stop - part == 3)
        return part == word && stop < end && memcmp(part, "non", 3) == 0;
    return stop - part == 4 && part > word && stop == end && memcmp(part, "free", 4) == 0;
}

/* "mind-numbing", "risk-free": the part that says most speaks for the whole. */
static void read_compound(const struct vocabulary *vocabulary, const char *word, size_t length, struct cue *cue)
{
    const char *end = word + length, *part = word, *stop;
    bool reversed = false;

    for (; part < end; part = stop + 1) {
        const struct meaning *meaning;

        stop = memchr(part, '-', (size_t)(end - part));
        stop = stop ? stop : end;
        if (reverses(part, stop, word, end))
            reversed = true;
        else if ((meaning = vocabulary_find(vocabulary, part, (size_t)(stop - part))) && meaning->has_valence &&
                 meaning->valence * meaning->valence > cue->valence * cue->valence) {
            cue->valence = meaning->valence;
            cue->flags |= CUE_VALENCE;
        }
    }
    if (reversed)
        cue->valence *= -0.6f;
}

/* Emoji that stand close together may be one token, and one emoji may be several characters: a heart and a variation
 * selector, a thumb and a skin tone. Those that are not listed say nothing, so the sum is that of the listed ones. */
static void read_emoji(const struct vocabulary *vocabulary, const char *bytes, size_t length, struct cue *cue)
{
    for (size_t at = 0, n; at < length; at += n) {
        unsigned char c = (unsigned char)bytes[at];
        const struct meaning *meaning;

        n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        n = n < length - at ? n : length - at;
        meaning = n > 2 ? vocabulary_find(vocabulary, bytes + at, n) : NULL;
        if (!meaning || !meaning->has_valence)
            continue;
        cue->valence += meaning->valence;
        cue->flags |= CUE_VALENCE;
    }
}

static void read_symbol(const struct vocabulary *vocabulary, const char *bytes, size_t length, struct cue *cue)
{
    if (!read_stretched(vocabulary, bytes, length, cue)) /* ":))))" */
        read_emoji(vocabulary, bytes, length, cue);
}

static void read_by_shape(const struct vocabulary *vocabulary, const char *word, size_t length, struct cue *cue)
{
    if (read_stretched(vocabulary, word, length, cue) || length > SHAPE_BYTES)
        return;
    if (length > 4 && memchr(word + 1, '-', length - 1))
        read_compound(vocabulary, word, length, cue);
}

static uint8_t case_of(const char *word, size_t length)
{
    size_t upper = 0;

    for (size_t i = 0; i < length; i++) {
        if (word[i] >= 'a' && word[i] <= 'z')
            return CUE_LOWER;
        upper += word[i] >= 'A' && word[i] <= 'Z';
    }
    return upper > 1 ? CUE_CAPITALS : 0;
}

/* Clauses end at commas too. The pauses beyond ASCII (dashes, ellipsis, other scripts' full stops) all end them, but
 * quotation marks don't: they stand around single words. */
static void read_punctuation(const char *bytes, size_t length, struct cue *cue)
{
    for (size_t i = 0; i < length && i < 8; i++) {
        if (bytes[i] == '!' && cue->exclamations < 4)
            cue->exclamations++;
        if (bytes[i] == '?' && cue->questions < 4)
            cue->questions++;
    }
    if (bytes[0] && strchr(",;:.!?()[]-", bytes[0]))
        cue->flags |= CUE_BREAK;
    if (length >= 3 && memcmp(bytes, "\xE2\x80", 2) == 0) {
        unsigned char third = (unsigned char)bytes[2];

        if ((third >= 0x90 && third <= 0x95) || third == 0xA6)
            cue->flags |= CUE_BREAK;
    }
}

/* Reads token `i`, whose cue is *cue, and says how many tokens it took. A phrase speaks where it ends, so that its own
 * words don't count as distance to what follows. */
static uint32_t read_token(const struct vocabulary *vocabulary, const struct token_text *text, uint32_t i,
                           uint32_t last, struct cue *cue)
{
    size_t length;
    const char *bytes = token_bytes(text, i, &length);
    const struct meaning *meaning;
    uint32_t taken = 1;

    if (text->kinds[i] == TEXTD_TOKEN_LINK && length > 1 && bytes[0] == '#') {
        bytes++;
        length--;
    }
    meaning = vocabulary_find(vocabulary, bytes, length);
    if (meaning && meaning->goes_on)
        taken = find_phrase(vocabulary, text, i, last, &meaning);
    if (meaning)
        take(cue + taken - 1, meaning);
    else if (text->kinds[i] == TEXTD_TOKEN_SYMBOL)
        read_symbol(vocabulary, bytes, length, cue);
    else if (text->kinds[i] == TEXTD_TOKEN_WORD)
        read_by_shape(vocabulary, bytes, length, cue);
    return taken;
}

void cue_read(const struct vocabulary *vocabulary, const struct token_text *text, uint32_t first, uint32_t last,
              bool words, struct cue *cues)
{
    memset(cues, 0, (last - first) * sizeof(*cues));
    for (uint32_t i = first, hidden = first; i < last; i++) {
        struct cue *cue = &cues[i - first];
        size_t length;
        const char *bytes = token_bytes(text, i, &length);
        uint8_t kind = text->kinds[i];

        if (kind == TEXTD_TOKEN_WORD)
            cue->flags |= CUE_WORD | case_of(bytes, length < SHAPE_BYTES ? length : SHAPE_BYTES);
        if (kind == TEXTD_TOKEN_PUNCT && length)
            read_punctuation(bytes, length, cue);
        if (i >= hidden && kind != TEXTD_TOKEN_PUNCT && (words || kind == TEXTD_TOKEN_SYMBOL))
            hidden = i + read_token(vocabulary, text, i, last, cue);
    }
}
