/* lines.h: the texts whose language is known, one a line: KIND<TAB>LANGUAGE<TAB>TEXT. KIND is "text" (a sentence, or several), "words" (words of
 * a list, in no order) or "none" (names, code: what is in no language; LANGUAGE is "und"). LANGUAGE is BCP 47's code in small letters. */
#ifndef LANGUAGE_LINES_H
#define LANGUAGE_LINES_H

#include <stdint.h>

struct line {
    char kind[6], code[8];
    const char *text; /* lasts as long as the program; no NUL behind it */
    uint32_t length;
};

/* Gives each line of the file to `take`. A wrong one ends the program, with the file's name and its number. */
void lines_read(const char *file, void (*take)(void *data, const struct line *line), void *data);

#endif
