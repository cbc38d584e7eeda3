/* rank.h: how good a sentence each one would be in a summary. */
#ifndef SUMMARIZER_RANK_H
#define SUMMARIZER_RANK_H

#include "plugins/summarizer/document.h"
#include "plugins/summarizer/features.h"
#include "plugins/summarizer/points.h"

/* What the sentences are ranked for. */
struct ranking {
    uint32_t asked;     /* sentences that are wanted, about */
    const float *focus; /* by how much each sentence is about the focus, 0 to 1; NULL: there is none */
    struct points points;
};

/* Fills in scores[n_sentences]. TEXTD_OK or TEXTD_STOPPED. */
int32_t rank_sentences(const struct document *d, const struct features_context *c, const struct ranking *ranking,
                       float *scores);

/* What each reason has added to the sentence's score. */
void rank_explain(const struct document *d, const struct features_context *c, const struct ranking *ranking,
                  uint32_t sentence, float *reasons);

/* Whether the document is many short texts about one thing, such as reviews, and not one text. */
int rank_is_collection(const struct document *d, const struct features_context *c);

/* Whether a sentence may stand in a summary while there are others: no heading, no boilerplate, no fragment, no small
 * talk and no piece of a quotation. */
int rank_is_fit(const struct sentence *s);

#endif
