/* evaluate.c: see evaluate.h. */
#include "plugins/summarizer/train/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/rank.h"
#include "plugins/summarizer/summary.h"

/* The sentences joined by blanks, as ROUGE sees them. */
static struct rouge_text join(const struct document *d, const struct pick *picks, uint32_t n)
{
    uint32_t length = 0, bytes = 1;

    for (uint32_t i = 0; i < n; i++)
        bytes += d->spans[picks[i].sentence].end - d->spans[picks[i].sentence].start + 1;
    char *text = trainer_alloc(bytes);
    for (uint32_t i = 0; i < n; i++) {
        struct textd_span span = summary_shown(d, picks[i].sentence);
        memcpy(text + length, d->text + span.start, span.end - span.start);
        length += span.end - span.start;
        text[length++] = ' ';
    }
    struct rouge_text grams = rouge_read(text, length);
    free(text);
    return grams;
}

static void add(double *f1, uint64_t *words, const struct record *r, const struct document *d, const struct pick *picks,
                uint32_t n)
{
    struct rouge_text text = join(d, picks, n);

    for (int order = 0; order < 2; order++)
        f1[order] += rouge_f1(r->references, r->n_references, &text, order);
    *words += text.n[0];
    rouge_free(&text);
}

void evaluate(struct evaluation *e, const struct record *r, const struct boundary_model *segmenter,
              const struct summary_model *model, uint32_t asked)
{
    struct document *d = record_open(r, segmenter, model);
    struct features_context c;
    struct pick *picks, *lead = trainer_alloc(asked * sizeof *lead);
    float *scores = trainer_alloc((d->n_sentences + 1) * sizeof *scores);
    uint32_t n, n_lead = asked < d->n_sentences ? asked : d->n_sentences;

    features_prepare(&c, d);
    struct ranking ranking = { .asked = asked };
    points_prepare(&ranking.points, d);
    rank_sentences(d, &c, &ranking, scores);
    select_sentences(d, scores, &(struct budget) { .sentences = asked, .alone = rank_is_collection(d, &c) }, &picks,
                     &n);
    add(e->summary, &e->words, r, d, picks, n);
    for (uint32_t i = 0; i < n_lead; i++)
        lead[i] = (struct pick) { .sentence = i };
    add(e->lead, &e->lead_words, r, d, lead, n_lead);
    e->reference_words += r->references[0].n[0];
    e->n++;
    free(scores);
    free(lead);
}

void evaluation_print(const struct evaluation *e, const char *name)
{
    double n = e->n > 0 ? e->n : 1;

    printf("ROUGE-1 %5.2f ROUGE-2 %5.2f, %5.1f words; lead %5.2f %5.2f, %5.1f words; reference %5.1f; %u texts of %s\n",
           100 * e->summary[0] / n, 100 * e->summary[1] / n, (double)e->words / n, 100 * e->lead[0] / n,
           100 * e->lead[1] / n, (double)e->lead_words / n, (double)e->reference_words / n, e->n, name);
}
