/* records.h: texts with their sentences and tokens, from JSON Lines: {"id", "text", "sentences": [[start, end]], "tokens":
 * [[start, end]]}, offsets in bytes of UTF-8. Other keys are ignored, save "licence". */
#ifndef SEGMENTER_RECORDS_H
#define SEGMENTER_RECORDS_H

#include <stdint.h>

#include "plugins/segmenter/tokens.h"

struct record {
    char *id, *text;
    uint32_t length;
    struct textd_span *sentences, *tokens;
    uint32_t n_sentences, n_tokens;
};

struct records {
    struct record *all;
    uint32_t n;
};

/* Reads the file (see trainer_read) and adds its records, of those that have a licence the ones whose licence
 * contains `licence` (NULL: all). Says on stderr what is wrong with a line, and ends the program. */
void records_read(struct records *records, const char *file, const char *licence);

void records_free(struct records *records);

/* The segmenter's tokens of the record's text, in English (`language` NULL) or another language; give them back with record_release. */
struct segments record_tokenize(const struct record *record, const struct language_model *language);

/* The same before anything is in it. */
struct segments record_memory(void);
void record_release(struct segments *segments);

#endif
