/* features.h: what the learned ranking sees of a sentence, all numbers. One list: the enum, the names that the trainer prints and
 * the reasons that a client is told come from it. */
#ifndef SUMMARIZER_FEATURES_H
#define SUMMARIZER_FEATURES_H

#include "plugins/summarizer/document.h"

/* X(name, word for it): what a client is told as a sentence's reasons. */
#define SUMMARY_REASONS(X) \
    X(POSITION, "position") /* where it stands */ \
    X(LENGTH, "length")     /* how long it is */ \
    X(CENTRAL, "central")   /* it shares much with the other sentences */ \
    X(TOPIC, "topic")       /* it has the words that the document is about */ \
    X(TITLE, "title")       /* it takes up the title, the heading above it or the first sentence */ \
    X(NAMES, "names")       /* it names somebody or something */ \
    X(NUMBERS, "numbers")   /* it has numbers */ \
    X(CUE, "cue")           /* it is worded as summaries are: "we show", "overall" */ \
    X(STYLE, "style")       /* it is worded as what can stand alone is */ \
    X(FOCUS, "focus")       /* it is about the focus that was asked for */

#define X(name, word) REASON_##name,
enum summary_reason { SUMMARY_REASONS(X) N_REASONS, REASON_NONE = N_REASONS };
#undef X
extern const char *const summary_reasons[N_REASONS];

/* X(name, reason that it counts for; NONE for what is of the document). */
#define SUMMARY_FEATURES(X) \
    X(INDEX, POSITION)          /* sentences before it that are no headings and no boilerplate */ \
    X(PLACE, POSITION)          /* the same, as a share of all */ \
    X(FROM_END, POSITION)       /* sentences behind it */ \
    X(PARAGRAPH, POSITION)      /* paragraphs before its own */ \
    X(IN_PARAGRAPH, POSITION)   /* sentences before it in its paragraph */ \
    X(AFTER_HEADING, POSITION)  /* sentences since the heading above it */ \
    X(WORDS, LENGTH)            /* words */ \
    X(CONTENT, LENGTH)          /* distinct words that say something */ \
    X(LONGER, LENGTH)           /* its words against the mean sentence's */ \
    X(DENSITY, TOPIC)           /* share of content words */ \
    X(RARITY, TOPIC)            /* mean weight of its content words */ \
    X(CENTRALITY, CENTRAL)      /* LexRank; 1 is the mean */ \
    X(CENTRALITY_RANK, CENTRAL) /* the same against the highest */ \
    X(DEGREE, CENTRAL)          /* mean cosine with the others */ \
    X(NEAR_BEFORE, CENTRAL)     /* cosine with the sentence before */ \
    X(NEAR_AFTER, CENTRAL)      /* with the one after */ \
    X(FREQUENCY, TOPIC)         /* mean frequency of its words in the document, as SumBasic */ \
    X(COVERAGE, TOPIC)          /* share of all that the document's words say */ \
    X(KEY_WORDS, TOPIC)         /* of its words, the document's most telling ones */ \
    X(TITLE, TITLE)             /* cosine with the first line */ \
    X(FIRST, TITLE)             /* with the first whole sentence */ \
    X(HEADING, TITLE)           /* with the heading above it */ \
    X(NEW_WORDS, TOPIC)         /* share of its words that stand here first */ \
    X(NAMES, NAMES)             /* capitalised words within, a word */ \
    X(NAME_COUNT, NAMES)        /* and their number */ \
    X(NUMBERS, NUMBERS)         /* numbers */ \
    X(CUE, CUE)                 /* cue words */ \
    X(CUE_BEST, CUE)            /* the same against the document's best */ \
    X(FIRST_PERSON, STYLE)      /* "I", "we", a word */ \
    X(SECOND_PERSON, STYLE)     /* "you" */ \
    X(POINTERS, STYLE)          /* "he", "it", "this" */ \
    X(STARTS, STYLE)            /* what it starts with: 1 a pointer, 2 a connective, 3 first person, 4 second */ \
    X(QUOTES, STYLE)            /* quotation marks */ \
    X(MARK, STYLE)              /* ends with: 0 nothing, 1 a full stop, 2 an exclamation, 3 a question */ \
    X(DATELINE, POSITION)       /* a dateline */ \
    X(COMMAS, STYLE)            /* commas a word */ \
    X(ITEM, STYLE)              /* an item of a list */ \
    X(DOC_SENTENCES, NONE)      /* how many sentences there are */ \
    X(DOC_LENGTH, NONE)         /* their mean length in words */ \
    X(DOC_PARAGRAPH, NONE)      /* sentences a paragraph */ \
    X(DOC_HEADINGS, NONE)       /* share of headings */ \
    X(DOC_DEGREE, NONE)         /* how much any two sentences share */ \
    X(DOC_COHESION, NONE)       /* how much more neighbours share */ \
    X(DOC_FIRST_PERSON, NONE)   /* first person, a word */ \
    X(DOC_SECOND_PERSON, NONE)  /* second person */ \
    X(DOC_NAMES, NONE)          /* names */ \
    X(DOC_NUMBERS, NONE)        /* numbers */ \
    X(DOC_QUOTES, NONE)         /* share of sentences with quotation marks */ \
    X(DOC_QUESTIONS, NONE)      /* share of questions */ \
    X(DOC_DATELINE, NONE)       /* whether it starts with a dateline */ \
    X(DOC_TITLE, NONE)          /* whether it starts with a heading */

#define X(name, reason) FEATURE_##name,
enum summary_feature { SUMMARY_FEATURES(X) N_FEATURES };
#undef X

/* What is the same for all sentences of a document. */
struct features_context {
    float doc[N_FEATURES]; /* the DOC_ ones; the others 0 */
    uint32_t n_body;       /* sentences that are no headings and no boilerplate */
    float mean_words;      /* of the body's sentences */
    float most_centrality; /* of them */
    float n_content;       /* occurrences of content words */
    float mass;            /* what all words hold together */
    int32_t best_cue;
    float *title, *first; /* 1 at words of the first line and of the first whole sentence; an element a word */
    float title_norm, first_norm;
    float *masses;    /* what each word holds */
    uint32_t *stamps; /* of words: the sentence, from 1, that was read last of those that it stands in */
    float key_bound;  /* a word is a key word from this much on */
};

/* TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t features_prepare(struct features_context *c, struct document *d);

/* Fills in x[N_FEATURES]. */
void features_read(const struct features_context *c, const struct document *d, uint32_t sentence, float *x);

/* The reason that a feature counts for: enum summary_reason. */
extern const uint8_t features_reason[N_FEATURES];

#endif
