/* offsets.h: byte offsets into offsets of another unit. Plugins speak bytes; clients may want code points (Python) or
 * UTF-16 code units (Java, JavaScript). Conversion is exact and takes bounded time for any order of questions. */
#ifndef TD_OFFSETS_H
#define TD_OFFSETS_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

/* X(number, name on the wire) */
#define TD_UNITS(X) X(BYTE, "byte") X(CODEPOINT, "codepoint") X(UTF16, "utf16")

enum td_unit {
#define X(name, text) TD_UNIT_##name,
    TD_UNITS(X)
#undef X
};

/* The name of a unit on the wire. */
const char *td_unit_name(enum td_unit unit);

/* Puts the unit of that name into *unit and returns 0; -1 when there is none. */
int td_unit_find(const char *name, size_t length, enum td_unit *unit);

/* One text and one unit. Lives as long as the text and the arena's content. */
struct td_offsets {
    const char *text;
    const uint32_t *marks; /* units before each block of the text; NULL when every unit is a byte */
    enum td_unit unit;
};

/* Prepares `offsets` for a valid text of `length` bytes. A text that is all ASCII (`is_ascii`), and the unit byte, need
 * no table; others take 4 bytes for each 128 of text from the arena. Returns -1 when the arena is full. */
int td_offsets_init(struct td_offsets *offsets, const char *text, size_t length, enum td_unit unit, int is_ascii,
                    struct td_arena *arena);

/* The offset `byte`, a character border, counted in the unit. */
uint32_t td_offsets_convert(const struct td_offsets *offsets, uint32_t byte);

/* For one question, without a table; in time linear in the text before the offset.
 *
 * How many units the first `byte` bytes have; `byte` is a character border of a valid text. */
size_t td_offsets_count(const char *text, size_t byte, enum td_unit unit);

/* The byte at which the unit number `offset` of a valid text begins, `length` for the number of its units. SIZE_MAX when the
 * text has fewer units, or that one is inside a character. */
size_t td_offsets_find(const char *text, size_t length, enum td_unit unit, size_t offset);

#endif
