/* texts.h: texts with their names, from files of JSON Lines or of CoNLL columns, cut into sentences and tokens by the segmenter,
 * as they will be when the names are looked for. */
#ifndef ENTITIES_TRAIN_TEXTS_H
#define ENTITIES_TRAIN_TEXTS_H

#include <stdbool.h>

#include "plugins/entities/entity.h"
#include "plugins/entities/train/types_table.h"
#include "plugins/segmenter/tokens.h"

/* A name as the file has it: `types` are those that it may be of, a bit each, 0 for what is left out. */
struct gold {
    uint32_t start, end;
    uint16_t types;
};

struct text {
    char *id, *text;
    struct gold *names;
    uint32_t n_names;
    const struct source *source;
    struct segments segments;
    struct entity_input input;
};

struct texts {
    struct text *all;
    uint32_t n, room;
};

/* Reads a file, FILE or FILE=LICENCE, and adds its texts; of those that have a licence only the ones whose licence contains
 * LICENCE. It may be a folder, too (marked.h). Says what is wrong and ends the program, as trainer_read does. */
void texts_read(struct texts *texts, struct types_table *types, const char *file);

/* The column or the feature that tells the names, of files that have such; NULL: the usual one. See marked.h. */
void texts_use_column(const char *column);

/* The segmenter's model, from the file; needed before texts_read. */
void texts_use_segmenter(const char *file);

void texts_free(struct texts *texts);

#endif
