/* offsets.c: see offsets.h. The table holds the count at every 128th byte; a question counts on from there, so that its
 * cost is bounded whatever was asked before. */
#include "common/offsets.h"

#include <string.h>

#define BLOCK 128u

static const char *const unit_names[] = {
#define X(name, text) [TD_UNIT_##name] = text,
    TD_UNITS(X)
#undef X
};

const char *td_unit_name(enum td_unit unit)
{
    return unit_names[unit];
}

int td_unit_find(const char *name, size_t length, enum td_unit *unit)
{
    for (size_t i = 0; i < sizeof unit_names / sizeof unit_names[0]; i++)
        if (strlen(unit_names[i]) == length && memcmp(unit_names[i], name, length) == 0) {
            *unit = (enum td_unit)i;
            return 0;
        }
    return -1;
}

/* Units that begin in bytes [start, end): a code point begins at each byte that is no continuation byte, and one at a
 * lead byte of four makes two UTF-16 units. Counting beginnings lets a block border stand inside a character. */
static uint32_t count_units(const char *text, size_t start, size_t end, enum td_unit unit)
{
    uint32_t n = 0;

    for (size_t i = start; i < end; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    if (unit == TD_UNIT_UTF16)
        for (size_t i = start; i < end; i++)
            n += (unsigned char)text[i] >= 0xF0;
    return n;
}

int td_offsets_init(struct td_offsets *offsets, const char *text, size_t length, enum td_unit unit, int is_ascii,
                    struct td_arena *arena)
{
    *offsets = (struct td_offsets) { .text = text, .unit = unit };
    if (unit == TD_UNIT_BYTE || is_ascii)
        return 0;
    size_t blocks = length / BLOCK + 1;
    uint32_t *marks = td_arena_alloc(arena, blocks * sizeof *marks, _Alignof(uint32_t));
    if (!marks)
        return -1;
    marks[0] = 0;
    for (size_t i = 1; i < blocks; i++)
        marks[i] = marks[i - 1] + count_units(text, (i - 1) * BLOCK, i * BLOCK, unit);
    offsets->marks = marks;
    return 0;
}

uint32_t td_offsets_convert(const struct td_offsets *offsets, uint32_t byte)
{
    if (!offsets->marks)
        return byte;
    uint32_t block = byte / BLOCK;
    return offsets->marks[block] + count_units(offsets->text, block * BLOCK, byte, offsets->unit);
}
