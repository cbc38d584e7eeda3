/* nearest.c: see nearest.h. */
#include "common/nearest.h"

#include <string.h>

#define NAME_LIMIT 64 /* longer names are near to none */

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's distance (1966) with Damerau's transpositions (1964), in three rows. Swapped
 * letters are the commonest slip of fast fingers, and count as one. */
size_t td_nearest_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NAME_LIMIT + 1], *before = rows[0], *above = rows[1], *row = rows[2];

    if (a_length > NAME_LIMIT || b_length > NAME_LIMIT)
        return NAME_LIMIT;
    for (size_t j = 0; j <= b_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = min(min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

const char *td_nearest(const char *name, size_t length, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = length / 3 + 2; /* a third of the letters may be wrong, and one in the shortest */

    if (length > NAME_LIMIT)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = td_nearest_distance(name, length, names[i], strlen(names[i]));
        if (d < best_distance && d < strlen(names[i])) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
