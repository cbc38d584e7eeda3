/* apart.h: tells a name's type where its source has one word for several: by what the name itself says. */
#ifndef ENTITIES_TRAIN_APART_H
#define ENTITIES_TRAIN_APART_H

#include "plugins/entities/names/word.h"
#include "plugins/entities/train/types_table.h"

/* Of the types that a name may be of, those that are left: a people is in a list, a law or a building has a telling last word. `last` is
 * the text of its last word. */
uint16_t apart_tell(const struct types_table *table, uint16_t types, const struct name_word *word, uint32_t n_words,
                    const char *last, size_t length);

#endif
