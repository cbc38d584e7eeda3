/* frequent.h: the words and places that texts have most often, with their sums, behind a model that was made: see
 * names/frequent.h. */
#ifndef ENTITIES_TRAIN_FREQUENT_H
#define ENTITIES_TRAIN_FREQUENT_H

#include "plugins/entities/names/frequent.h"
#include "plugins/entities/train/texts.h"

/* Counts them in the texts, and puts them behind the model, in the place of those that it has. `bytes` are from
 * malloc and may move; sealed before and after. What the model finds stays as it is. Those of the base, unless it is
 * NULL, go before. */
void frequent_put(unsigned char **bytes, size_t *length, const struct texts *texts, const struct frequent *base);

#endif
