/* fold.c: see fold.h. */
#include "plugins/lib/fold.h"

#include "plugins/lib/unicode/folds.h"

uint32_t fold_case(uint32_t point)
{
    if (point >= CASE_FOLD_LIMIT)
        return point;
    return point + (uint32_t)case_deltas[case_blocks[case_block_of[point / 32]][point % 32]];
}

uint32_t fold_marks(uint32_t point)
{
    if (point >= BASE_FOLD_LIMIT)
        return point;
    return point + (uint32_t)base_deltas[base_blocks[base_block_of[point / 32]][point % 32]];
}

uint32_t fold_sign(uint32_t point)
{
    switch (point) {
    case 0x2018:
    case 0x2019:
    case 0x02BC:
        return '\'';
    case 0x2010:
    case 0x2011:
        return '-';
    default:
        return point;
    }
}
