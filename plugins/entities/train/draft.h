/* draft.h: a text that is put together from words, as files of columns have it (columns.h), with the names that labels
 * mark. */
#ifndef ENTITIES_TRAIN_DRAFT_H
#define ENTITIES_TRAIN_DRAFT_H

#include <jansson.h>
#include <stdbool.h>

struct draft;

/* `take` gets each text, as an object like those of JSON Lines: {"id", "text", "entities"}. */
struct draft *draft_make(void (*take)(void *data, const json_t *object), void *data);

/* Whether it is O, or a mark and a type: B-PER. */
bool draft_is_label(const char *label);

/* The sentence's next word. `is_glued`: no blank stands behind it. The label is one (draft_is_label); a longer type
 * than the trainer has room for is a failure that names the place. */
void draft_word(struct draft *draft, const char *word, const char *label, bool is_glued, const char *file,
                unsigned line);

/* What the sentence reads like: it is taken when all its words stand in it, in their order, with nothing but white
 * space between them. */
void draft_says(struct draft *draft, const char *text);

void draft_end_sentence(struct draft *draft);

/* Hands the text out, when there is one. The next one's name is `id`; NULL: its number. */
void draft_end_text(struct draft *draft, const char *id);

void draft_free(struct draft *draft);

#endif
