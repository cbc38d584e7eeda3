/* columns.h: files of CoNLL columns: a line for each word, the word first and its label last, between blanks or tabs; labels are
 * O, B-TYPE, I-TYPE (BIO, or IO where B- only parts neighbours), and E-, L-, S-, U- are understood; an empty line ends a sentence,
 * a line `-DOCSTART- …` begins a text. */
#ifndef ENTITIES_TRAIN_COLUMNS_H
#define ENTITIES_TRAIN_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>

/* Whether the file is one, and not of JSON Lines: its first character is no brace. */
bool columns_are_in(const char *file);

/* Calls `take` with each text, as an object like those of JSON Lines: words are put together with blanks, sentences with line
 * ends. Says what is wrong and ends the program, as trainer_read does. */
void columns_read(const char *file, void (*take)(void *data, const json_t *object), void *data);

#endif
