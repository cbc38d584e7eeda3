/* own.h: the operator's own words: a small file that is read when the plugin is loaded, before the model's words.
 *
 * Each line is a word or a phrase, a tab, and what it says, from -1 (very bad) to 1 (very good); 0 makes it say nothing. `#` starts a comment
 * line, blank lines are skipped. Case does not matter. */
#ifndef SENTIMENT_OWN_H
#define SENTIMENT_OWN_H

#include "plugins/sentiment/model.h"

struct own_words {
    struct words words;
    uint64_t phrases[PHRASE_BITS / 64]; /* as in the model */
};

/* Makes the table for a file's text. 0, or -1 and in `reason` the file, the line and what is wrong there. The caller frees it with
 * own_free. What phrases start with keeps what the model says of it. */
int own_read(struct own_words *own, const struct sentiment_model *model, const char *file, const char *text,
             size_t length, char *reason, size_t reason_size);

void own_free(struct own_words *own);

#endif
