/* vectors_names.c: the part of vectors.c that has to do with names. */
#include <string.h>

#include "tests/arm64/digest.h"
/* What is inside is not to be called by others. */
#include "plugins/entities/names/lookups.c" /* NOLINT(bugprone-suspicious-include) */

/* Each way of adding rows that this machine has must come to the same; one digest stands for all. */
static int add_rows(void)
{
    uint64_t first = 0;
    uint32_t n_ways = 0;

    for (uint32_t which = 0; which < ROWS_ADDERS; which++) {
        if (!rows_adders(which))
            continue;
        start();
        for (uint32_t round = 0; round < ROUNDS; round++) {
            unsigned char bytes[6][ROWS_END + 1];
            const unsigned char *rows[6];
            int16_t sums[64];
            uint32_t n = (uint32_t)(any() % 7), width = 8 + (uint32_t)(any() % 8) * 8;
            fill(bytes, sizeof bytes);
            fill(sums, sizeof sums);
            for (uint32_t i = 0; i < 6; i++) {
                rows[i] = bytes[i] + any() % 2; /* rows stand anywhere */
                if (any() % 4 == 0)
                    memset(bytes[i], any() % 2 ? 0 : 0xFF, 9);
            }
            rows_adders(which)(rows, n, sums, width);
            see(sums, sizeof sums);
        }
        if (n_ways++ == 0)
            first = digest;
        else if (digest != first)
            return 1;
    }
    say("rows");
    return 0;
}

static void find_keys(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        unsigned char keys[33];
        fill(keys, sizeof keys);
        const unsigned char *at = keys + round % 2;
        uint16_t key = any() % 3 ? (uint16_t)model_uint16(at + 2 * (any() % 16)) : (uint16_t)any();
        see_number(find_in_sixteen(at, key));
    }
    say("keys");
}

int vectors_of_names(void)
{
    start();
    if (add_rows() != 0) {
        fputs("vectors: two ways of adding rows don't come to the same\n", stderr);
        return 1;
    }
    find_keys();
    return 0;
}
