/* lexicon.h: a table from words to numbers for the built-in plugins, filled from a resource at create and read for every
 * token of every document. Static code of each plugin that links it; no state outside the struct.
 *
 * Keys are compared after folding: ASCII letters to lower case, the apostrophe U+2019 to "'". Other bytes as they are.
 * The resource is text: a line `word<TAB>number` or just `word` (number 1); `#` starts a comment line; blank lines are
 * skipped; a word may contain blanks (then it is a phrase, looked up as a whole). */
#ifndef TEXTD_LEXICON_H
#define TEXTD_LEXICON_H

#include <stddef.h>
#include <stdint.h>

struct lexicon;

/* Builds a table from the resource's text. NULL when memory runs out or a line is wrong; then `reason` says which line
 * and why. A word that stands twice is an error too. The caller frees it with lexicon_free. */
struct lexicon *lexicon_parse(const char *text, size_t length, char *reason, size_t reason_size);

void lexicon_free(struct lexicon *lexicon);

/* Looks a word up and puts its number into *value (which may be NULL). Non-zero when it is there. Takes time linear in
 * the word's length and allocates nothing; a word longer than the longest key costs nothing. */
int lexicon_find(const struct lexicon *lexicon, const char *word, size_t length, float *value);

/* The number of words. */
size_t lexicon_size(const struct lexicon *lexicon);

#endif
