/* vectors.h: functions whose loops the compiler makes vectors of, for each kind of machine, chosen when the program starts. What each element goes
 * through is the same on all of them, in the same order, so the results are, too. */
#ifndef NAMES_VECTORS_H
#define NAMES_VECTORS_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define VECTORS __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define VECTORS
#endif

#endif
