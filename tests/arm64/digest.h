/* digest.h: made-up input, the same on each machine, and a number that stands for all that came of it. */
#ifndef TESTS_DIGEST_H
#define TESTS_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ROUNDS 2000u

static uint64_t seed, digest;

static inline void start(void)
{
    seed = 7;
    digest = 0xCBF29CE484222325u;
}

static inline uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static inline void fill(void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)(any() >> 32);
}

static inline void see(const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        digest = (digest ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
}

static inline void see_number(uint64_t number)
{
    see(&number, sizeof number);
}

static inline void say(const char *what)
{
    printf("%s %016llx\n", what, (unsigned long long)digest);
    start();
}

/* The names' part of vectors.c: rows of weights and the keys of buckets. Not 0: two ways of adding rows differ. */
int vectors_of_names(void);

#endif
