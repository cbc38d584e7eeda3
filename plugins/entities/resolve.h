/* resolve.h: makes one list of what the finders found. The rule, which README.md tells to users:
 *
 *   What is an entity at all with a score below the least wanted one, or would cut a grapheme cluster, is as if it had not been found. Of the rest,
 *   each is taken unless it overlaps one that was taken before it, in this order: the dictionary's matches; then whatever is
 *   longer; of the same length, expressions before names; last the matches of dictionaries that give way. */
#ifndef ENTITIES_RESOLVE_H
#define ENTITIES_RESOLVE_H

#include "plugins/entities/entity.h"

/* The finders, in the order in which they win when all else is equal. */
enum { FOUND_DICTIONARY, FOUND_EXPRESSIONS, FOUND_NAMES, FOUND_COUNT };

/* Puts what stays into *out (memory from `means`), ordered, not overlapping. Leaves the lists shorter. Takes n log n time
 * at most, and mostly n. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t entities_resolve(const struct entity_input *input, const struct entity_means *means,
                         struct entity_list lists[FOUND_COUNT], double min_score, struct entity_list *out);

#endif
