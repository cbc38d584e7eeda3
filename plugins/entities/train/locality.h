/* locality.h: what texts ask a model for most lies side by side in its file: half of all looks go to a hundredth of the
 * buckets, which then are a few pages, and stay in a near cache. */
#ifndef ENTITIES_TRAIN_LOCALITY_H
#define ENTITIES_TRAIN_LOCALITY_H

#include <stddef.h>

#include "plugins/entities/train/texts.h"

/* Puts the buckets of a sealed model into the order in which the texts ask for them, the most wanted first, and seals it
 * again. What the model finds stays as it is. */
void locality_sort(unsigned char *bytes, size_t length, const struct texts *texts);

#endif
