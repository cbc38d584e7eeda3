/* score.c: how well a model does: F1 of exact spans, in each dress of variants.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/runs.h"
#include "plugins/segmenter/train/records.h"
#include "plugins/segmenter/train/train.h"
#include "plugins/segmenter/train/variants.h"

struct counts {
    uint32_t right, gold, found;
};

/* Spans that are in both, of two ordered lists. */
static void compare(struct counts *c, const struct textd_span *gold, uint32_t n_gold, const struct textd_span *found,
                    uint32_t n_found)
{
    uint32_t g = 0, f = 0;

    c->gold += n_gold;
    c->found += n_found;
    while (g < n_gold && f < n_found) {
        c->right += gold[g].start == found[f].start && gold[g].end == found[f].end;
        if (gold[g].end <= found[f].end)
            g++;
        else
            f++;
    }
}

static double f1(const struct counts *c)
{
    return c->gold + c->found ? 200.0 * c->right / (c->gold + c->found) : 0;
}

/* A model, of English or of another language; its bytes are for the caller to free. */
struct read_model {
    void *bytes;
    struct boundary_model english;
    struct language_model other;
    int is_other;
};

static struct read_model read_model(const char *file)
{
    struct read_model m = { 0 };
    char reason[200];
    size_t length;

    m.bytes = trainer_need(file, &length);
    m.is_other = length >= 8 && memcmp(m.bytes, language_kind.magic, 8) == 0;
    if (m.is_other ? language_open(&m.other, m.bytes, length, reason, sizeof reason)
                   : model_open(&m.english, m.bytes, length, reason, sizeof reason))
        trainer_fail("%s: %s", file, reason);
    return m;
}

static void score_file(const struct read_model *m, const char *file)
{
    static const char *const names[] = {
        "as it is", "wrapped", "quoted", "dense", "marked", "wide", "tabs", "no-break"
    };
    struct records records = { 0 };

    records_read(&records, file, NULL);
    for (int v = 0; v < N_VARIANTS; v++) {
        struct counts sentences = { 0 }, tokens = { 0 };
        for (uint32_t i = 0; i < records.n; i++) {
            struct record *plain = &records.all[i], r = variant_make(plain, (enum variant)v, i);
            struct segments s = record_memory();
            segment_as(&s, &m->english, m->is_other ? &m->other : NULL, r.text, r.length);
            compare(&sentences, r.sentences, r.n_sentences, s.sentences, s.n_sentences);
            if (v == VARIANT_PLAIN)
                compare(&tokens, plain->tokens, plain->n_tokens, s.tokens, s.n_tokens);
            record_release(&s);
            variant_free(&r);
        }
        printf("%-10s sentences F1 %6.2f", names[v], f1(&sentences));
        if (v == VARIANT_PLAIN)
            printf(", tokens F1 %6.2f", f1(&tokens));
        printf("   %s\n", file);
    }
    records_free(&records);
}

int score(const char *model_file, char **files, int n_files)
{
    struct read_model model = read_model(model_file);

    for (int i = 0; i < n_files; i++)
        score_file(&model, files[i]);
    free(model.bytes);
    return 0;
}
