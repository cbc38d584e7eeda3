/* companies.h: organizations that say so themselves: "Norrland Tidal Ltd.", "Procter & Gamble Co.", "Apple, Inc.". No learning is needed
 * where the form is sure, and the open texts that the names' model learns from hold little business news. */
#ifndef ENTITIES_COMPANIES_H
#define ENTITIES_COMPANIES_H

#include "plugins/entities/entity.h"

/* Puts them into the ordered list of names, in place of the names that they overlap; none when they are less sure than
 * `min_score`. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t companies_join(const struct entity_input *input, const struct entity_means *means, double min_score,
                       struct entity_list *names);

#endif
