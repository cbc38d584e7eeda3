/* bits.h: what the bytes of a stretch of text are, a bit a byte, so that the words of most text are found by counting bits: how
 * long they are costs no branch that is hard to foretell (as Langdale and Lemire 2019, "Parsing gigabytes of JSON per second", find
 * the structure of JSON). */
#ifndef SEGMENTER_BITS_H
#define SEGMENTER_BITS_H

#include <stdint.h>
#include <string.h>

#define STRETCH 8192u /* bytes of text whose bits are at hand; they and their bits fit a processor's first cache */
#define WINDOW 64u    /* bits that are looked at in one step */

struct byte_bits {
    uint32_t from, end;                     /* of the stretch, in the text */
    unsigned char words[STRETCH / 8 + 8];   /* letters and digits of ASCII */
    unsigned char letters[STRETCH / 8 + 8]; /* letters of ASCII */
    unsigned char blanks[STRETCH / 8 + 8];  /* " " */
    unsigned char commas[STRETCH / 8 + 8];
};

static inline int is_word_byte(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

/* Reads the stretch that starts at `from` (< length). */
void bits_read(struct byte_bits *bits, const char *text, uint32_t from, uint32_t length);

/* Eight bytes, the first in the lowest byte. */
static inline uint64_t bits_eight(const char *bytes)
{
    uint64_t eight;

    memcpy(&eight, bytes, 8);
    return eight;
}

/* The bits from the stretch's byte `i` on, at least 57; zeros above them. */
static inline uint64_t bits_at(const unsigned char *map, uint32_t i)
{
    uint64_t window;

    memcpy(&window, map + i / 8, sizeof window);
    return window >> i % 8;
}

#endif
