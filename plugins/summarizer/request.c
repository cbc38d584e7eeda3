/* request.c: see request.h. */
#include "plugins/summarizer/request.h"

#include <stdio.h>
#include <string.h>

#include "plugins/lib/language.h"

static const char *const orders[] = { "text", "rank", NULL };

const struct textd_option request_options[N_OPTIONS] = {
    [OPTION_SENTENCES] =
        TEXTD_OPTION_INT("sentences", 0, 0, MOST_SENTENCES, TEXTD_PER_REQUEST,
                         "how many sentences to pick at most; 0: three, or what ratio or max_chars say"),
    [OPTION_RATIO] = TEXTD_OPTION_FLOAT("ratio", 0, 0, 1, TEXTD_PER_REQUEST,
                                        "which share of the sentences to pick, rounded up; 0: not by share"),
    [OPTION_MAX_CHARS] = TEXTD_OPTION_INT("max_chars", 0, 0, 10000000, TEXTD_PER_REQUEST,
                                          "how many characters the summary may have; 0: any number"),
    [OPTION_FOCUS] = TEXTD_OPTION_TEXT("focus", "", NULL, TEXTD_PER_REQUEST,
                                       "words that the summary is to be about; empty: what the document is about"),
    [OPTION_ORDER] = TEXTD_OPTION_TEXT("order", "text", orders, TEXTD_PER_REQUEST,
                                       "the order of the sentences: as in the text, or the best first"),
    [OPTION_HEADLINE] =
        TEXTD_OPTION_BOOL("headline", 0, TEXTD_PER_REQUEST, "whether to add a headline of at most 90 characters"),
    [OPTION_KEYPHRASES] =
        TEXTD_OPTION_INT("keyphrases", 0, 0, MOST_KEYPHRASES, TEXTD_PER_REQUEST, "how many keyphrases to add at most"),
    [OPTION_LANGUAGES] = LANGUAGE_OPTION,
};

int request_read(struct request *r, const struct textd_value *values, const struct textd_value *own, char *reason,
                 size_t reason_size)
{
    int sentences_are_new = values[OPTION_SENTENCES].integer != own[OPTION_SENTENCES].integer,
        ratio_is_new = values[OPTION_RATIO].number != own[OPTION_RATIO].number;

    *r = (struct request) {
        .sentences = (uint32_t)values[OPTION_SENTENCES].integer,
        .ratio = values[OPTION_RATIO].number,
        .max_chars = (uint32_t)values[OPTION_MAX_CHARS].integer,
        .focus = values[OPTION_FOCUS].text,
        .focus_length = values[OPTION_FOCUS].length,
        .by_rank = strcmp(values[OPTION_ORDER].text, "rank") == 0,
        .headline = values[OPTION_HEADLINE].integer != 0,
        .keyphrases = (uint32_t)values[OPTION_KEYPHRASES].integer,
    };
    if (r->sentences > 0 && r->ratio > 0) {
        if (sentences_are_new == ratio_is_new) {
            snprintf(reason, reason_size,
                     "sentences is %u and ratio is %g, which both say how many sentences to pick; set one of them, the "
                     "other to 0",
                     r->sentences, r->ratio);
            return -1;
        }
        if (sentences_are_new)
            r->ratio = 0;
        else
            r->sentences = 0;
    }
    if (r->sentences == 0 && r->ratio == 0 && r->max_chars == 0)
        r->sentences = USUAL_SENTENCES;
    return 0;
}
