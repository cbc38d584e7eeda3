/* records.h: texts with summaries that people wrote, from JSON Lines: {"id", "text", "reference"}, or "references", a list.
 * Other keys are ignored, save "licence". */
#ifndef SUMMARIZER_RECORDS_H
#define SUMMARIZER_RECORDS_H

#include <stdint.h>

#include "plugins/segmenter/model.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/train/rouge.h"

struct record {
    char *text;
    uint32_t length;
    struct rouge_text *references;
    uint32_t n_references;
};

struct records {
    struct record *all;
    uint32_t n;
};

/* Reads the file named, FILE or FILE=LICENCE, and adds its records; of those that have a licence the ones whose licence contains
 * LICENCE. Says on stderr what is wrong with a line, and ends the program. */
void records_read(struct records *records, char *file);

void records_free(struct records *records);

/* The document of a record: segmented, its words read and weighed by `model`. It holds until the next call. */
struct document *record_open(const struct record *record, const struct boundary_model *segmenter,
                             const struct summary_model *model);

#endif
