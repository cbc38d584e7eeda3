/* focus.c: see focus.h. */
#include "plugins/summarizer/focus.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"
#include "plugins/summarizer/model.h"

#define MOST_QUERY_WORDS 32u
#define NEIGHBOUR 0.3f      /* what a sentence next to one about the query gets */
#define COMMON_WEIGHT 0.05f /* of function words, so that a query of nothing else still finds something */

struct query {
    uint64_t keys[MOST_QUERY_WORDS];
    float weights[MOST_QUERY_WORDS];
    uint32_t n;
};

static int is_letter(const char *text, uint32_t at, uint32_t *size)
{
    enum character kind = char_kind_at(text, at, size);

    return kind == CHAR_LETTER || kind == CHAR_DIGIT || kind == CHAR_EXTEND || kind == CHAR_IDEOGRAPH ||
           kind == CHAR_KATAKANA || kind == CHAR_COMPLEX;
}

/* Ideographs are words by themselves, as the segmenter has them. */
static uint32_t word_end(const char *text, uint32_t at, uint32_t length)
{
    uint32_t size;

    if (char_kind_at(text, at, &size) == CHAR_IDEOGRAPH)
        return at + size;
    while (at < length && is_letter(text, at, &size) && char_kind_at(text, at, &size) != CHAR_IDEOGRAPH)
        at += size;
    return at;
}

static void read_query(struct query *q, const struct summary_model *model, const char *text, uint32_t length)
{
    for (uint32_t at = 0, end, size; at < length && q->n < MOST_QUERY_WORDS; at = end) {
        char folded[FOLD_LONGEST];
        if (!is_letter(text, at, &size)) {
            end = at + size;
            continue;
        }
        end = word_end(text, at, length);
        uint32_t n = fold_word(text + at, end - at, folded);
        uint64_t key = fold_key(folded, n);
        float weight = model_word_weight(model, key);
        q->keys[q->n] = key;
        q->weights[q->n++] = weight > 0 ? weight : COMMON_WEIGHT;
    }
}

/* By how much each of the document's words is asked for. */
static void find_words(const struct document *d, const struct query *q, float *asked)
{
    for (uint32_t w = 0; w < d->n_words; w++) {
        asked[w] = 0;
        for (uint32_t i = 0; i < q->n; i++)
            if (d->words[w].key == q->keys[i])
                asked[w] = q->weights[i];
    }
}

/* The weights of the distinct words of the query that the sentence has. */
static float match(const struct document *d, const struct sentence *s, const float *asked, uint32_t *seen,
                   uint32_t stamp)
{
    float sum = 0;

    for (uint32_t i = s->first_token; i < s->end_token; i++) {
        uint32_t word = d->token_words[i];
        if (word == NO_WORD || asked[word] <= 0 || seen[word] == stamp)
            continue;
        seen[word] = stamp;
        sum += asked[word];
    }
    return sum;
}

static void spread(float *focus, uint32_t n, float most)
{
    float before = 0;

    for (uint32_t i = 0; i < n; i++) {
        float own = focus[i], after = i + 1 < n ? focus[i + 1] : 0, near = before > after ? before : after;
        focus[i] = (own > 0 ? own : NEIGHBOUR * near) / most;
        before = own;
    }
}

int32_t focus_read(struct document *d, const char *text, uint32_t length, float **focus, uint32_t *n)
{
    struct query q = { .n = 0 };
    float most = 0, *asked = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *asked);
    uint32_t *seen = d->alloc(d->data, ((uint64_t)d->n_words + 1) * sizeof *seen);

    *n = 0;
    *focus = d->alloc(d->data, ((uint64_t)d->n_sentences + 1) * sizeof **focus);
    if (!asked || !seen || !*focus)
        return TEXTD_NO_MEMORY;
    read_query(&q, d->model, text, length);
    if (q.n == 0)
        return TEXTD_INVALID;
    find_words(d, &q, asked);
    memset(seen, 0, d->n_words * sizeof *seen);
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        float f = match(d, &d->sentences[i], asked, seen, i + 1);
        (*focus)[i] = f;
        *n += f > 0;
        most = f > most ? f : most;
    }
    spread(*focus, d->n_sentences, most > 0 ? most : 1);
    return TEXTD_OK;
}
