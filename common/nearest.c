/* nearest.c: see nearest.h. */
#include "common/nearest.h"

#include <string.h>

#define NAME_LIMIT 64 /* longer names are near to none */

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's distance (V. Levenshtein, 1966), row by row. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[NAME_LIMIT + 1];

    if (a_length > NAME_LIMIT || b_length > NAME_LIMIT)
        return NAME_LIMIT;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_length];
}

const char *td_nearest(const char *name, size_t length, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = length / 3 + 2; /* a third of the letters may be wrong, and one in the shortest */

    if (length > NAME_LIMIT)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(name, length, names[i], strlen(names[i]));
        if (d < best_distance && d < strlen(names[i])) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
