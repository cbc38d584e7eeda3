/* rouge.h: ROUGE-1 and ROUGE-2 (Lin 2004, "ROUGE: a package for automatic evaluation of summaries"): words are runs of letters and
 * digits, in small letters, with neither stemming nor stop words. */
#ifndef SUMMARIZER_ROUGE_H
#define SUMMARIZER_ROUGE_H

#include <stdint.h>

/* A text's words and pairs of words, as ascending hashes. */
struct rouge_text {
    uint64_t *grams[2];
    uint32_t n[2];
};

struct rouge_text rouge_read(const char *text, uint32_t length);
void rouge_free(struct rouge_text *text);

/* How many words (order 0) or pairs (order 1) are in both, each as often as it is in both. */
uint32_t rouge_matches(const struct rouge_text *a, const struct rouge_text *b, int order);

/* F1 of `summary` against the references: the best one's. */
double rouge_f1(const struct rouge_text *references, uint32_t n_references, const struct rouge_text *summary,
                int order);

#endif
