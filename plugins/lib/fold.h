/* fold.h: characters that count as equal: in any case (Unicode's simple case folding), and without their marks, "é" as "e".
 * Tables come from the Unicode Character Database, see unicode/generate.py. Pure.
 *
 * libutf8proc, which grapheme.c uses, knows all of this, and a test holds the tables against it. Asked for each character it takes
 * 66 to 230 instructions where these take 18, and a dictionary looks through Russian at half the speed: docs/performance.md.
 * It also folds "ß" to two letters, and its STRIPMARK takes vowels and tones off Indic and Thai words. */
#ifndef TEXTD_FOLD_H
#define TEXTD_FOLD_H

#include <stdint.h>

/* The character folded to small letters. */
uint32_t fold_case(uint32_t point);

/* The letter without its marks; of "ø", "ł" and their kin without its stroke. Marks by themselves are CHAR_EXTEND, and are for the
 * caller to leave out. */
uint32_t fold_marks(uint32_t point);

/* Signs that are written in several ways and mean one: apostrophes as "'", hyphens as "-". */
uint32_t fold_sign(uint32_t point);

#endif
