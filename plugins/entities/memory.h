/* memory.h: what a document says elsewhere about a name: the evidence that Mikheev, Moens and Grover found to count for
 * more than lists. A hash table from strings to notes; it lives and dies with the document. */
#ifndef ENTITIES_MEMORY_H
#define ENTITIES_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct note {
    const char *key;
    uint32_t length; /* of the key; 0: the slot is empty */
    uint32_t hash;
    uint8_t type;  /* enum entity_type: the best known; ENTITY_NONE: not known */
    uint8_t score; /* of that, in percent */
    uint8_t small; /* times seen all in small letters, at most 255 */
    uint8_t inner; /* times seen with a capital where no sentence begins, at most 255 */
};

struct memory {
    struct note *notes;
    uint32_t mask; /* number of notes less one; a power of two less one */
};

/* The bytes that memory_init wants for about `keys` keys. */
size_t memory_bytes(uint32_t keys);

/* Makes an empty table in `bytes`, which has memory_bytes(keys) of them. */
void memory_init(struct memory *memory, void *bytes, uint32_t keys);

/* The note for a string; ASCII letters match in any case. NULL when there is none. */
struct note *memory_find(const struct memory *memory, const char *key, uint32_t length);

/* The same, but makes one when there is none. `key` must live as long as the table. NULL when the strings nearby are so
 * many that searching on would make the time depend on the text: then this one is not remembered. */
struct note *memory_add(struct memory *memory, const char *key, uint32_t length);

/* Notes a type for a string; the higher score stays, the first of equals. */
void memory_learn(struct memory *memory, const char *key, uint32_t length, uint8_t type, uint8_t score);

#endif
