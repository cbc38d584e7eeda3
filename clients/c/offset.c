/* offset.c: textd_offset_convert, for programs that get offsets in a unit and need them in another. */
#include <textd/client.h>

#include <string.h>

#include "common/offsets.h"
#include "common/utf8.h"

int textd_offset_convert(const char *text, size_t length, const char *from_unit, size_t from, const char *to_unit,
                         size_t *to)
{
    enum td_unit unit, wanted;

    if (td_unit_find(from_unit, strlen(from_unit), &unit) != 0 ||
        td_unit_find(to_unit, strlen(to_unit), &wanted) != 0 || td_utf8_check(text, length, NULL) != length)
        return -1;
    size_t byte = td_offsets_find(text, length, unit, from);
    if (byte == SIZE_MAX)
        return -1;
    *to = td_offsets_count(text, byte, wanted);
    return 0;
}
