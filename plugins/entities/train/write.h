/* write.h: the model's file, from the weights. */
#ifndef ENTITIES_TRAIN_WRITE_H
#define ENTITIES_TRAIN_WRITE_H

#include "plugins/entities/names/model.h"
#include "plugins/entities/train/examples.h"
#include "plugins/entities/train/types_table.h"
#include "plugins/entities/train/weights.h"

/* Knowledge as it is in a file. */
struct knowledge_bytes {
    const void *bytes; /* NULL: there is none */
    size_t length;
};

/* Makes a model's bytes (with malloc) of a mean of weights; the file's head is still empty, and its scores are not calibrated. Weights that round to less than `least`
 * are left out. */
unsigned char *write_model(const struct mean *mean, const struct examples *examples, const struct types_table *types,
                           const struct knowledge_bytes *knowledge, int least, size_t *length);

#endif
