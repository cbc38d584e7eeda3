/* rows.h: rows of weights, as the model's file has them: uint64, the labels that have a weight, a bit each; then an int8 for each of
 * these labels. */
#ifndef NAMES_ROWS_H
#define NAMES_ROWS_H

#include <stdint.h>

#define ROWS_END 80u /* bytes that must be there from the start of any row: it is read whole, however short it is */

/* Adds `n` rows to `width` sums, a multiple of 8 and at most 64; labels beyond are left out. */
typedef void rows_adder(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width);

/* As machines do it that have no vectors. */
rows_adder rows_add_plainly;

/* The fastest way of doing it on this machine. */
rows_adder *rows_best_adder(void);

/* All ways of doing it that there are, as far as this machine knows them, for tests. NULL: it doesn't, or there is none of this number. */
#define ROWS_ADDERS 3u
rows_adder *rows_adders(uint32_t which);

#endif
