/* unit.h: what names and texts are made of, for the dictionary: rows of letters and digits, and single other characters. A unit's hash
 * is the same in any case, with any marks: lists of all policies share a table, and what a list asks for beyond that is
 * checked when a name is found. */
#ifndef ENTITIES_UNIT_H
#define ENTITIES_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "plugins/entities/dictionary/table.h"

#define LONGEST_UNIT 64u /* bytes; a longer one is in no name */

/* The end of the unit at `at`, which is no blank, and its hash. 0 when it is too long. */
uint32_t unit_read(const char *text, uint32_t at, uint32_t end, uint64_t *hash);

/* Skips blanks. */
uint32_t unit_skip_blanks(const char *text, uint32_t at, uint32_t end);

/* The hash of a beginning of a name, and a unit more; `glued`: no blank is before the unit. */
static inline uint64_t unit_join(uint64_t hash, uint64_t unit, bool glued)
{
    uint64_t h = (hash ^ (unit + glued)) * 0x9E3779B97F4A7C15ull;

    return h ^ h >> 32;
}

#define UNIT_START 0x243F6A8885A308D3ull /* the hash of nothing */

/* Whether text and name are the same under a policy. Any blanks are as good as any others. */
bool unit_same(const char *text, uint32_t text_length, const char *name, uint32_t name_length,
               const struct policy *policy);

#endif
