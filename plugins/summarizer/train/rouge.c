/* rouge.c: see rouge.h. */
#include "plugins/summarizer/train/rouge.h"

#include <stdlib.h>

#include "plugins/lib/character.h"
#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/fold.h"

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static int is_letter(const char *text, uint32_t at, uint32_t *size)
{
    enum character kind = char_kind_at(text, at, size);

    return kind == CHAR_LETTER || kind == CHAR_DIGIT || kind == CHAR_IDEOGRAPH || kind == CHAR_KATAKANA ||
           kind == CHAR_COMPLEX;
}

struct rouge_text rouge_read(const char *text, uint32_t length)
{
    struct rouge_text t = { { trainer_alloc((length / 2 + 2) * sizeof(uint64_t)),
                              trainer_alloc((length / 2 + 2) * sizeof(uint64_t)) },
                            { 0, 0 } };
    uint64_t before = 0;

    for (uint32_t at = 0, size; at < length; at += size) {
        if (!is_letter(text, at, &size))
            continue;
        uint64_t hash = 1;
        for (; at < length && is_letter(text, at, &size); at += size)
            for (uint32_t i = 0; i < size; i++)
                hash = fold_mix(hash, (unsigned char)char_to_lower(text[at + i]));
        if (t.n[0] > 0)
            t.grams[1][t.n[1]++] = fold_mix(before, hash);
        t.grams[0][t.n[0]++] = before = hash;
        size = 0;
    }
    for (int order = 0; order < 2; order++)
        qsort(t.grams[order], t.n[order], sizeof(uint64_t), by_value);
    return t;
}

void rouge_free(struct rouge_text *t)
{
    free(t->grams[0]);
    free(t->grams[1]);
}

uint32_t rouge_matches(const struct rouge_text *a, const struct rouge_text *b, int order)
{
    uint32_t i = 0, k = 0, n = 0;

    while (i < a->n[order] && k < b->n[order]) {
        uint64_t x = a->grams[order][i], y = b->grams[order][k];
        n += x == y;
        i += x <= y;
        k += y <= x;
    }
    return n;
}

double rouge_f1(const struct rouge_text *references, uint32_t n_references, const struct rouge_text *summary, int order)
{
    double best = 0;

    for (uint32_t i = 0; i < n_references; i++) {
        double all = (double)references[i].n[order] + summary->n[order];
        double f1 = all > 0 ? 2.0 * rouge_matches(&references[i], summary, order) / all : 0;
        best = f1 > best ? f1 : best;
    }
    return best;
}
