/* names.h: finds the names of a text that is cut into sentences and tokens, by a learned model. Pure: no host, no files, no state
 * between calls. How it works is told in README.md. */
#ifndef NAMES_NAMES_H
#define NAMES_NAMES_H

#include "plugins/entities/entity.h"
#include "plugins/entities/names/model.h"

/* Puts the names into *found (memory from `means`), ordered, not overlapping, from token border to token border, each
 * within a sentence. Time is linear in the tokens, whatever they are. TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t names_find(const struct names_model *model, const struct entity_input *input, const struct entity_means *means,
                   struct entity **found, uint32_t *n_found);

#endif
