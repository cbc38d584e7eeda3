/* learn.h: weights from labelled texts, and what their scores mean. */
#ifndef TOPICS_LEARN_H
#define TOPICS_LEARN_H

#include "records.h"

/* Weights while they are learned: `rows` of `stride` floats, and a bias a label. */
struct weights {
    float *all, *squares; /* squares: sums of squared gradients, what AdaGrad divides by */
    float bias[TOPICS_LABELS], bias_squares[TOPICS_LABELS];
    uint32_t n_labels, stride, bits;
};

struct calibration {
    float slope[TOPICS_LABELS], shift[TOPICS_LABELS], threshold[TOPICS_LABELS];
};

/* Learns from the records whose fold isn't `left_out` (a record's fold is folds[i]; -1: from all), for `epochs`, or, when that is 0,
 * for as many, at most 40, as are best for what was left out: how many. Logistic regression (one against the rest, or multinomial with
 * records->one_label), by AdaGrad (Duchi, Hazan and Singer 2011, Adaptive subgradient methods for online learning). The same records
 * give the same weights. */
int learn(struct weights *weights, const struct records *records, const int *folds, int left_out, int epochs);
void weights_free(struct weights *weights);

/* A record's scores. */
void weights_score(const struct weights *weights, const struct record *r, float *scores);

/* From scores of texts that weren't learned from, `scores` of records->n × TOPICS_LABELS: with one label a temperature (Guo et al. 2017, On
 * calibration of modern neural networks); else a logistic curve a label (Platt 1999) and the threshold with the best F1. */
void calibrate(struct calibration *c, const struct records *records, const float *scores);

/* Each label's probability by a calibration. */
void calibrated(const struct calibration *c, uint32_t n_labels, int one_label, const float *scores,
                float *probabilities);

#endif
