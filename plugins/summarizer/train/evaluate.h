/* evaluate.h: ROUGE of summaries, and of the lead, added up over records. */
#ifndef SUMMARIZER_EVALUATE_H
#define SUMMARIZER_EVALUATE_H

#include "plugins/summarizer/train/records.h"

/* Sums of F1: [0] words, [1] pairs. */
struct evaluation {
    double summary[2], lead[2], best[2];
    uint64_t words, lead_words, reference_words;
    uint32_t n;
};

void evaluate(struct evaluation *sums, const struct record *record, const struct boundary_model *segmenter,
              const struct summary_model *model, uint32_t asked);

void evaluation_print(const struct evaluation *sums, const char *name);

#endif
