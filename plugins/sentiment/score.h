/* score.h: from the sums of a stretch of text to its score, label and confidence. Pure. */
#ifndef SENTIMENT_SCORE_H
#define SENTIMENT_SCORE_H

#include "plugins/sentiment/reader.h"

enum sentiment_label { SENTIMENT_NEGATIVE, SENTIMENT_NEUTRAL, SENTIMENT_POSITIVE, N_LABELS };

/* The score and how neutral it looks, as each genre would have it. */
struct verdict {
    float polarity[N_GENRES];
    float neutral[N_GENRES];
};

/* What a text may be about that changes what its words say: figures, where only what rose or fell is good or bad, and requests for help. */
enum field { FIELD_ANY, FIELD_NONE, FIELD_FINANCE, FIELD_SUPPORT };

/* How much of each genre a text is; together 1. */
struct genres {
    float share[N_GENRES];
    float wider; /* by so much more of the scale is neutral */
};

/* The field that a text with these sums is of, as it looks. */
enum field score_field(const struct sums *sums);

/* What a field and a balance, from -1 to 1, do to scores. */
void score_set_field(struct genres *genres, enum field field, float balance);

/* The outcomes of the rules, as they are weighted; for trainers. Returns what one weight of a lane is multiplied by. */
float score_outcomes(const struct sums *sums, float outcomes[N_OUTCOMES]);

/* What a turn of phrase of this value adds to the polarity of a text with these sums. */
float score_turned(const struct sums *sums, float value);

/* What turns of phrase do to a verdict, which knows the other words only. */
void score_settle(const struct sums *sums, struct verdict *verdict);

struct verdict score_verdict(const struct sentiment_model *model, const struct sums *sums);

/* Verdict and genres of a text at once; of the genres that are `allowed`, a bit for each. */
struct verdict score_text(const struct sentiment_model *model, const struct sums *sums, unsigned allowed,
                          struct genres *genres);

/* What the rules alone add to the polarity of the verdict, for the explanation. */
float score_rules(const struct sentiment_model *model, const struct sums *sums, struct genres genres);

/* What weights of polarity add to that of a text with these sums. */
float score_weights(const struct sentiment_model *model, const struct sums *sums, const int32_t weights[N_GENRES],
                    struct genres genres);

/* Nothing is said: all is 0. */
bool score_is_silent(const struct verdict *verdict);

/* -1 to 1. What is less than 0.05 from 0 is neutral, whatever the genre. */
float score_of(const struct sentiment_model *model, const struct verdict *verdict, struct genres genres);

/* Where a score stands among the CONFIDENCE_STEPS, from 0 up. What is neutral takes a fifth of them, since labels change there. */
float score_confidence_at(float score);

/* The probability, as learned, that people call a text of this score by this label. */
float score_confidence(const struct sentiment_model *model, float score, enum sentiment_label label,
                       struct genres genres);

/* Scores from `positive` up are positive, those from `negative` down are negative. */
enum sentiment_label score_label(float score, float negative, float positive);

const char *score_label_name(enum sentiment_label label);

#endif
