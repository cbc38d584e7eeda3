/* identify.h: in which language a text is, and its parts. Pure: text in, spans out; time is linear in the text. */
#ifndef LANGUAGE_IDENTIFY_H
#define LANGUAGE_IDENTIFY_H

#include <stdint.h>

#include "plugins/language/memo.h"
#include "plugins/language/model.h"
#include "plugins/language/words.h"

#define IDENTIFY_CANDIDATES 5
/* What is less probable is not said; where no language at all is as likely, what is less than that. */
#define IDENTIFY_LIKELIEST 0.12f
#define IDENTIFY_UNSURE 0.3f
#define IDENTIFY_FEW 0.4f /* in fewer letters than six */

/* Sums over words: what a verdict is made of. Of two texts together it is the sum of both. */
struct tally {
    int32_t sum[SCRIPT_MODELLED][MODEL_DIM];
    uint32_t known[SCRIPT_MODELLED]; /* features that the model has */
    uint32_t letters[N_SCRIPTS];
};

struct candidate {
    uint32_t class; /* of the model */
    float score;
};

struct verdict {
    struct candidate best[IDENTIFY_CANDIDATES]; /* most probable first; the class `und` is not among them */
    uint32_t n;
    uint32_t letters; /* of the script in which most is written */
    int is_sure;      /* whether the first may be said */
    float nothing;    /* how probable it is that this is no language */
    float foreign;    /* how probable it is that this is a language and not English, whichever it is */
};

/* Adds text[start, end) of a text of `length` bytes. `memo`, which may be NULL, is of this model. */
void tally_add(struct tally *tally, const struct language_model *model, struct word_memo *memo, const char *text,
               uint32_t length, uint32_t start, uint32_t end);
void tally_judge(const struct tally *tally, const struct language_model *model, struct verdict *verdict);

/* The logits of the classes of one script, before the temperature; for the trainer, too. */
void tally_logits(const struct tally *tally, const struct language_model *model, enum script script, float *logits);

/* A part of a text in one language. */
struct part {
    uint32_t start, end;
    uint32_t class; /* of the model, or UNSURE */
    float score, foreign;
};

#define UNSURE UINT32_MAX

struct identified {
    /* the caller's */
    void *(*alloc)(void *data, uint64_t bytes);
    int (*should_stop)(void *data);
    void *data;
    struct word_memo
        *memo; /* zeros, or what texts before left in it that were judged by the same model; NULL for none */
    /* the result: parts that together are the text, none for an empty one; what the whole is like */
    struct part *parts;
    uint32_t n_parts;
    struct verdict whole;
    uint32_t main; /* class of most letters, or UNSURE */
    float main_score;
};

/* TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t identify(struct identified *out, const struct language_model *model, const char *text, uint32_t length);

#endif
