/* columns.h: files of CoNLL columns: a line for each word, an empty line behind each sentence. Labels are O, B-TYPE,
 * I-TYPE (BIO, or IO where B- only parts neighbours), and E-, L-, S-, U- are understood. What the columns are is told by
 * the file's first lines:
 *
 *   CoNLL-2003 and its like  the word first, its label last, between blanks or tabs; a line `-DOCSTART- …` begins a text
 *   numbered (UNER)          the word's number in its sentence, the word, perhaps others, the label; between tabs
 *   CoNLL-U                  ten columns, the label in the last as NER=, NE= or name=, or brackets as Entity=
 *   CoNLL-U Plus             a first line `# global.columns = …` names them: FORM, perhaps ID, and the label's, which
 *                            is NER, NE or the last
 *
 * `# text = …` is how the sentence reads, `# newdoc` begins a text, `# newdoc id = …` names it; other comments are
 * passed over. Where lines are numbered whatever begins with # is a comment. Where they are not, # may be a word:
 * `# key = …` is a comment, and so is what hasn't the columns of the file's words. Rows of words that a word holds (3-4)
 * stand for them, empty nodes (4.1) for nothing. */
#ifndef ENTITIES_TRAIN_COLUMNS_H
#define ENTITIES_TRAIN_COLUMNS_H

#include <jansson.h>

/* Calls `take` with each text, as an object like those of JSON Lines: sentences are put together with empty lines; the
 * words of one are with blanks, where no comment tells how it reads. Says what is wrong and ends the program, as
 * trainer_read does. `column` is the label's: a number from 1, the name that `# global.columns` gives it, or an attribute of
 * CoNLL-U's last column; NULL: the usual one. */
void columns_read(const char *file, const char *column, void (*take)(void *data, const json_t *object), void *data);

#endif
