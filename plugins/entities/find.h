/* find.h: all entities of a text: what the finders find, resolved into one list. */
#ifndef ENTITIES_FIND_H
#define ENTITIES_FIND_H

#include "plugins/entities/entity.h"

struct dictionary;
struct expression_settings;
struct language_view;
struct names_model;
struct vocabulary;

/* What the finders work with. Made once, never changed. */
struct entity_finders {
    const struct names_model *names;
    const struct vocabulary *vocabulary;
    const struct dictionary *dictionary; /* NULL: there is none */
};

/* Puts the entities into *found (memory from `means`), ordered, not overlapping, from token border to token border, each
 * within a sentence, none cutting a grapheme cluster. In the parts that are foreign by `language` there are only addresses and the
 * like, and the dictionary's. TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t entities_find(const struct entity_finders *finders, const struct expression_settings *settings,
                      const struct entity_input *input, const struct entity_means *means,
                      const struct language_view *language, double min_score, struct entity_list *found);

#endif
