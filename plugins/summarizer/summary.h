/* summary.h: a summary of a document: from its sentences and tokens to what is picked. Pure: no host, so that tests, the trainer and
 * benchmarks can call it. */
#ifndef SUMMARIZER_SUMMARY_H
#define SUMMARIZER_SUMMARY_H

#include "plugins/summarizer/document.h"
#include "plugins/summarizer/features.h"
#include "plugins/summarizer/headline.h"
#include "plugins/summarizer/keyphrases.h"
#include "plugins/summarizer/request.h"
#include "plugins/summarizer/select.h"

#define MOST_REASONS 3u

struct summary {
    struct pick *picks; /* in the order that is asked for */
    uint32_t n_picks;
    uint8_t (*reasons)
        [MOST_REASONS]; /* of each pick: enum summary_reason, the strongest first; REASON_NONE where there are fewer */
    uint32_t n_focused; /* sentences that are about the focus */
    struct textd_span headline; /* of the best sentence; empty: there is none */
    struct keyphrase *keyphrases;
    uint32_t n_keyphrases;
};

/* Reads the document, whose text, spans, tokens, kinds, model and functions are filled in, and picks. TEXTD_OK, TEXTD_NO_MEMORY,
 * TEXTD_STOPPED; TEXTD_INVALID when the focus has no word. */
int32_t summary_make(struct document *d, const struct request *request, struct summary *summary);

/* What of a picked sentence is shown: all but a dateline, a bullet or a time. */
struct textd_span summary_shown(const struct document *d, uint32_t sentence);

#endif
