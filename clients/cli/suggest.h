/* suggest.h: "did you mean": the names that are nearest to a word that is none of them. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

#define SUGGEST_MOST 3

struct act_row;

struct suggest {
    const char *word;                /* what was typed */
    const char *names[SUGGEST_MOST]; /* those that are equally near */
    size_t n;
    size_t distance; /* of these */
};

void suggest_start(struct suggest *suggest, const char *word);

/* Considers one name. Those that are too far to be meant are left out. */
void suggest_try(struct suggest *suggest, const char *name);

/* Considers `word` as another way to say `name`: only when it is the word itself. */
void suggest_try_synonyms(struct suggest *suggest, const char *words, const char *name);

/* Considers the words that a command begins with, and other ways to say them; NULL: it has none. */
void suggest_try_acts(struct suggest *suggest, const struct act_row *acts);

/* "; did you mean 'a' or 'b'?", each with `before` in front of it, or "" when nothing is near. Returns `text`. */
const char *suggest_words(const struct suggest *suggest, const char *before, char *text, size_t size);

#endif
