/* texts.h: what the benchmarks of the plugins share: files, and ending with a reason. */
#ifndef BENCH_TEXTS_H
#define BENCH_TEXTS_H

#include <stddef.h>

/* Says what is wrong with which file, and ends the program with 1. */
void texts_die(const char *what, const char *which) __attribute__((noreturn));

/* A whole file, with malloc; ends the program when it cannot be read. */
char *texts_read(const char *name, size_t *length);

/* Prints "name": [a rate for each round], as JSON: so much by the round's seconds. */
void texts_print_rates(const char *name, double much, const double *seconds, size_t rounds);

#endif
