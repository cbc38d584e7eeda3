/* shape.h: how a word is written, seen from outside: the oldest evidence for names there is. */
#ifndef ENTITIES_SHAPE_H
#define ENTITIES_SHAPE_H

#include <stddef.h>
#include <stdint.h>

enum shape {
    SHAPE_OTHER,   /* no letter that has case, no digit at its start */
    SHAPE_LOWER,   /* "house" */
    SHAPE_CAPITAL, /* "House", "McDonald", "Jean-Luc" */
    SHAPE_UPPER,   /* "NATO", "U.S.", "B2B": two capitals or more, no small letter */
    SHAPE_INITIAL, /* "J", "J.": one capital and nothing else */
    SHAPE_MIXED,   /* "iPhone", "al-Assad" */
    SHAPE_DIGIT    /* starts with a digit */
};

/* The shape of `length` bytes of valid UTF-8. Case is known for Latin, Greek and Cyrillic letters. */
enum shape shape_of(const char *word, size_t length);

#endif
