/* scd.h: text into scdoc's form, for the programs that write manual pages from tables. */
#ifndef MAN_SCD_H
#define MAN_SCD_H

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Text that means nothing to scdoc: it drops asterisks and underscores that aren't escaped, without a word. */
static inline void scd_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (!isalnum((unsigned char)*text) && !isspace((unsigned char)*text) && (unsigned char)*text < 0x80)
            fputc('\\', out);
        fputc(*text, out);
    }
}

/* The same, in bold or underlined. */
static inline void scd_in(FILE *out, char mark, const char *text)
{
    fputc(mark, out);
    scd_text(out, text);
    fputc(mark, out);
}

#endif
