/* lattice.h: the best sequence of labels of a run of tokens, by Viterbi's algorithm, and how probable each is, by forward and backward
 * sums: a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001). The finder and the trainer use the same.
 * Only basic operations in a fixed order, so that results are the same on every machine. */
#ifndef NAMES_LATTICE_H
#define NAMES_LATTICE_H

#include "plugins/entities/names/labels.h"

#define OPENER_ROW 32u

/* What it is worth that a label follows another: logarithms for lattice_best, their exponentials for the sums. */
struct transitions {
    uint32_t n_types;
    float open[OPENER_ROW][OPENER_ROW];   /* from each closer to each opener; 0 beyond them */
    float turned[OPENER_ROW][OPENER_ROW]; /* the same, from each opener; not of those that are learned */
    float inside[NAME_MOST_TYPES], last[NAME_MOST_TYPES];               /* of a type, behind its begin */
    float inside_inside[NAME_MOST_TYPES], inside_last[NAME_MOST_TYPES]; /* behind an inside */
};

/* Rows of NAME_ROW labels for each token; columns beyond the labels are of no meaning. */
typedef float lattice_row[NAME_ROW];

struct lattice {
    lattice_row *score;  /* what the features say of each label, in logarithms */
    lattice_row *factor; /* their exponentials, at most 1; 0 for labels that are ruled out */
    lattice_row *ahead,
        *behind; /* forward and backward sums, each token's forward sums scaled to 1; lattice_best uses ahead and factor, too */
    float *scale; /* by which a token's forward sums were multiplied */
};

float lattice_exp(float x);
float lattice_log(float x);
float lattice_odds(float p); /* the logarithm of p by 1 - p, which are taken to be at least one in a million */

/* Of all but n_types. */
void transitions_exp(struct transitions *factors, const struct transitions *scores);

/* Fills in the scores of `n` tokens: rows of `width` sums, times `by`. */
void lattice_scores(const struct lattice *lattice, uint32_t n, const int16_t *sums, uint32_t width, float by);

/* Adds to `n` labels of a token what a border is worth: what stands before the run, or behind. */
void lattice_add(float *score, const float *worth, uint32_t n);

/* The best labels of `n` > 0 tokens, by their scores. */
void lattice_best(const struct lattice *lattice, const struct transitions *scores, uint32_t n, uint8_t *labels);

/* Fills in the factors from the scores; where `allowed` is given, only for its labels, a bit each. */
void lattice_factors(const struct lattice *lattice, uint32_t n_types, uint32_t n, const uint64_t *allowed);

/* Fills in ahead, behind and scale. False when no sequence is allowed. */
bool lattice_sums(const struct lattice *lattice, const struct transitions *factors, uint32_t n);

/* How probable it is that just tokens `first` to `end` are a name of the type, after lattice_sums. */
float lattice_name(const struct lattice *lattice, const struct transitions *factors, uint32_t first, uint32_t end,
                   uint32_t type);

#endif
