/* who.h: who is who: which entities of a text name the same person, organization or thing. Each entity that is a name gets `ref`, the
 * number of its name; README.md tells the rules. Linear in the number of entities. */
#ifndef ENTITIES_WHO_H
#define ENTITIES_WHO_H

#include <stdbool.h>

#include "plugins/entities/entity.h"

#define WHO_NO_NAME UINT32_MAX /* the ref of a date, an amount and the like */

struct who_name {
    const char *text; /* its fullest form, blanks and line ends as one blank; lives as long as the document */
    uint32_t length, mentions, first; /* `first`: an index into the entities */
    uint8_t type;
};

struct who_names {
    struct who_name *names; /* in the order of `first` */
    uint32_t n;
    uint64_t steps; /* what it took: for tests */
};

/* Whether entities of the type are names. */
bool who_is_name(uint8_t type);

/* Sets each entity's `ref`. TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t who_find(const struct entity_input *input, const struct entity_means *means, struct entity_list *list,
                 struct who_names *out);

#endif
