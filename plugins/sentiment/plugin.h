/* plugin.h: what plugin.c and result.c share: one document on its way. */
#ifndef SENTIMENT_PLUGIN_H
#define SENTIMENT_PLUGIN_H

#include <textd/explain.h>

#include "plugins/sentiment/sentiment.h"

struct request {
    struct textd_doc *doc;
    const struct textd_host *host;
    const struct sentiment_model *model;
    struct sentiment_input input;
    struct sentiment_output output;
    float negative, positive; /* thresholds */
    bool stands_aside;        /* most of the text is in a language that isn't known */
    bool with_sentences, with_entities, with_reasons;
    bool in_columns;
};

/* Writes the result of a document that was read. TEXTD_OK, TEXTD_STOPPED or TEXTD_NO_MEMORY. */
int32_t result_write(const struct request *request);

/* Writes the result of a document that was left alone: the same keys, with nothing in them. TEXTD_OK. */
int32_t result_write_nothing(const struct request *request);

#endif
