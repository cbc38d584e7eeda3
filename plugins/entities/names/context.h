/* context.h: what a whole page tells of its words, before any of it is read: what it is about, and what stands next to a word wherever the word
 * is (after Chieu and Ng 2002, "Named entity recognition: a maximum entropy approach using global information", and Ratinov and Roth's
 * context aggregation): of the three places that have *Pirelli*, one may have *Pirelli SpA*. */
#ifndef NAMES_CONTEXT_H
#define NAMES_CONTEXT_H

#include "plugins/entities/names/page.h"

/* Finds the page's topic and its groups' neighbours, by its words and its sentences' use of capitals. */
void context_find(struct page *page);

#endif
