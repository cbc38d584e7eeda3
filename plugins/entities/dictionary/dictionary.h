/* dictionary.h: an operator's lists of names, found in texts: the longest match, from token border to token border.
 *
 * A list is a text of lines `name<TAB>TYPE<TAB>id`; the id may be missing. `#` starts a comment, and before the first name
 * `#! case=fold diacritics=fold priority=low` sets how the list is matched; README.md tells all of it.
 *
 * The lists stay where they are, mapped and shared by all workers; what is made of them is a table of hashes, some twenty bytes
 * a name. A name is hashed word by word, so that a walk over a text knows at each word, from one look into a table of bits,
 * whether a name may end here and whether any goes on. What the hashes say is checked against the list's own bytes. */
#ifndef ENTITIES_DICTIONARY_H
#define ENTITIES_DICTIONARY_H

#include <stdbool.h>

#include "plugins/entities/entity.h"

struct dictionary;

/* One list: a file's name, for messages, and its bytes, which must stay as long as the dictionary. */
struct dictionary_list {
    const char *file;
    const char *bytes;
    size_t length;
};

#define DICTIONARY_MOST_LISTS 64u

/* Makes a dictionary of the lists, at most DICTIONARY_MOST_LISTS; where a name stands in several, or twice in one, the first counts. Types of
 * the operator's own are added to `types`. NULL: there is no memory or a line is wrong; then `reason` says what, with file and line. Free it with dictionary_free. */
struct dictionary *dictionary_new(const struct dictionary_list *lists, uint32_t n, struct entity_types *types,
                                  char *reason, size_t reason_size);

void dictionary_free(struct dictionary *dictionary);

/* The number of names, and of bytes that the dictionary has beside its lists. */
uint32_t dictionary_names(const struct dictionary *dictionary);
size_t dictionary_bytes(const struct dictionary *dictionary);

/* Puts the matches into *found (memory from `means`), ordered, not overlapping, from token border to token border, each within a
 * sentence. Time is linear in the text, whatever it is. TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t dictionary_find(const struct dictionary *dictionary, const struct entity_input *input,
                        const struct entity_means *means, struct entity **found, uint32_t *n_found);

#endif
