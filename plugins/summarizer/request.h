/* request.h: what is asked for, from the plugin's options. */
#ifndef SUMMARIZER_REQUEST_H
#define SUMMARIZER_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <textd/plugin.h>

#define MOST_SENTENCES 100
#define MOST_KEYPHRASES 100
#define USUAL_SENTENCES 3

enum {
    OPTION_SENTENCES,
    OPTION_RATIO,
    OPTION_MAX_CHARS,
    OPTION_FOCUS,
    OPTION_ORDER,
    OPTION_HEADLINE,
    OPTION_KEYPHRASES,
    OPTION_LANGUAGES,
    N_OPTIONS
};

extern const struct textd_option request_options[N_OPTIONS];

struct request {
    uint32_t sentences; /* 0: as many as fit */
    double ratio;       /* of the document's sentences; 0: not asked for */
    uint32_t max_chars; /* 0: any */
    const char *focus;
    uint32_t focus_length;
    int by_rank; /* the sentences in the order of their ranks */
    int headline;
    uint32_t keyphrases;
};

/* Reads a document's options. `own` are the operator's: of two that don't go together, the one that the client has set holds. 0, or
 * -1 and in `reason` which two don't. */
int request_read(struct request *request, const struct textd_value *values, const struct textd_value *own, char *reason,
                 size_t reason_size);

#endif
