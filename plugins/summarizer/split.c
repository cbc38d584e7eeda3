/* split.c: cuts what is too long to be picked as a sentence (document.h): notes and transcripts without marks, where the segmenter has
 * nothing to go by. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"

#define TOO_LONG 100u /* words: longer than nearly all sentences that are any */
#define PART_LEAST 12u
#define PART_MOST 36u

/* How good a cut before the token is: at a line's end, behind a mark, before a word that may start something, anywhere. */
static uint32_t cut_quality(const struct document *d, uint32_t token)
{
    static const char *const starters[] = { "and", "but", "so",   "then", "because", "i",  "we",
                                            "he",  "she", "they", "you",  "it",      "the" };
    const struct textd_span *t = &d->tokens[token], *before = t - 1;
    char mark = d->text[before->end - 1];

    if (memchr(d->text + before->end, '\n', t->start - before->end))
        return 4;
    if (d->kinds[token - 1] == TEXTD_TOKEN_PUNCT && (mark == ';' || mark == ':' || mark == ','))
        return 3;
    for (size_t i = 0; i < sizeof starters / sizeof starters[0]; i++) {
        size_t n = strlen(starters[i]);
        if (t->end - t->start == n && char_to_lower(d->text[t->start]) == starters[i][0] &&
            memcmp(d->text + t->start + 1, starters[i] + 1, n - 1) == 0)
            return 2;
    }
    return t->start > before->end; /* not inside a word */
}

/* Where the part that starts with `first` ends: before the best place to cut from PART_LEAST words on. */
static uint32_t part_end(const struct document *d, uint32_t first, uint32_t end)
{
    uint32_t best = end, best_quality = 0, words = 0;

    for (uint32_t i = first; i < end; i++) {
        if (words >= PART_LEAST && i > first) {
            uint32_t quality = cut_quality(d, i);
            if (quality > best_quality) {
                best = i;
                best_quality = quality;
            }
            if (words >= PART_MOST && best_quality > 0)
                return best;
        }
        words += d->kinds[i] == TEXTD_TOKEN_WORD || d->kinds[i] == TEXTD_TOKEN_NUMBER;
    }
    return words <= PART_MOST ? end : best;
}

static uint32_t count_words(const struct document *d, uint32_t first, uint32_t end)
{
    uint32_t words = 0;

    for (uint32_t i = first; i < end; i++)
        words += d->kinds[i] == TEXTD_TOKEN_WORD || d->kinds[i] == TEXTD_TOKEN_NUMBER;
    return words;
}

/* Goes through the sentences' tokens; writes the spans, if there is where to. Returns how many there are. */
static uint32_t split_all(const struct document *d, struct textd_span *out)
{
    uint32_t token = 0, n = 0;

    for (uint32_t s = 0; s < d->n_sentences; s++) {
        uint32_t first = token;
        while (token < d->n_tokens && d->tokens[token].start < d->spans[s].end)
            token++;
        if (token - first <= TOO_LONG || count_words(d, first, token) <= TOO_LONG) {
            if (out)
                out[n] = d->spans[s];
            n++;
            continue;
        }
        for (uint32_t end; first < token; first = end, n++) {
            end = part_end(d, first, token);
            if (out)
                out[n] = (struct textd_span) { d->tokens[first].start, d->tokens[end - 1].end };
        }
    }
    return n;
}

int32_t document_split(struct document *d)
{
    uint32_t n = split_all(d, NULL);

    if (n == d->n_sentences)
        return TEXTD_OK;
    struct textd_span *spans = d->alloc(d->data, (uint64_t)n * sizeof *spans);
    if (!spans)
        return TEXTD_NO_MEMORY;
    split_all(d, spans);
    d->spans = spans;
    d->n_sentences = n;
    return TEXTD_OK;
}
