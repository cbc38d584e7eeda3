/* phrases.h: what pages say beside their text: "We use cookies", "Read more: ...", "Sent from my phone". */
#ifndef SUMMARIZER_PHRASES_H
#define SUMMARIZER_PHRASES_H

#include "plugins/summarizer/document.h"

/* Whether the sentence starts as lines of the page do. */
int phrases_are_of_page(const struct document *d, const struct sentence *s, const struct textd_span *span);

/* Where the phrases that lines of the page start with begin that have a first byte of so much or more; for phrases_are_of_page. */
void phrases_index(uint16_t from[257]);

/* The word by which the i-th phrase within a sentence is looked for; NULL behind the last. */
const char *phrases_word(uint32_t i);

/* Flags the sentences of the page that are told by what stands inside of them. */
void phrases_find_inner(struct document *d);

/* Whether the text starts with the phrase, of small letters, as words; "$" at its end: and has no more; "~" there says nothing. */
int phrases_start(const char *text, uint32_t length, const char *phrase);

/* Whether the phrase stands in the text, in letters of any case. */
int phrases_stand_in(const char *text, uint32_t length, const char *phrase);

#endif
