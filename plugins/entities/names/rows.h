/* rows.h: rows of weights, as the model's file has them: uint64, the labels that have a weight, a bit each; then an int8 for each of
 * these labels. */
#ifndef NAMES_ROWS_H
#define NAMES_ROWS_H

#include <stdint.h>

#define ROWS_END 80u /* bytes that must be there from the start of any row: it is read whole, however short it is */

/* Adds `n` rows to `width` sums, a multiple of 8 and at most 64; labels beyond are left out. */
void rows_add(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width);

/* The same, as machines do it that have no AVX2. */
void rows_add_plainly(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width);

#endif
