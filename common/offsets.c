/* offsets.c: see offsets.h. The table holds the count at every 128th byte; a question counts on from there, so that its
 * cost is bounded whatever was asked before. */
#include "common/offsets.h"

#include <string.h>

#include "common/utf8_units.h"

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

static uint32_t count_units(const char *text, size_t start, size_t end, enum td_unit unit)
{
    struct td_units n = td_units_count(text + start, end - start);

    return unit == TD_UNIT_UTF16 ? n.starts + n.wide : n.starts;
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

/* The length in bytes of the character that `lead` begins. */
static size_t char_bytes(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Whether a character begins or ends at `at`. */
static int is_border(const char *text, size_t length, size_t at)
{
    return at == length || (at < length && ((unsigned char)text[at] & 0xC0) != 0x80);
}

size_t td_offsets_find(const char *text, size_t length, enum td_unit unit, size_t offset)
{
    size_t at = 0, units = 0;

    if (unit == TD_UNIT_BYTE)
        return is_border(text, length, offset) ? offset : SIZE_MAX;
    /* A step has at most as many units as bytes, so that none is passed over while more than that are missing. */
    while (length - at >= TD_UNITS_STEP && offset - units > TD_UNITS_STEP) {
        units += count_units(text, at, at + TD_UNITS_STEP, unit);
        at += TD_UNITS_STEP;
    }
    while (!is_border(text, length, at)) /* inside a character whose units are counted */
        at++;
    for (; at < length && units < offset; at += char_bytes((unsigned char)text[at]))
        units += count_units(text, at, at + 1, unit);
    return units == offset ? at : SIZE_MAX;
}

size_t td_offsets_count(const char *text, size_t byte, enum td_unit unit)
{
    return unit == TD_UNIT_BYTE ? byte : count_units(text, 0, byte, unit);
}
