/* brat.h: brat's standoff form, https://brat.nlplab.org/standoff.html: NAME.txt, and beside it NAME.ann with a line for each mark:
 *
 *   T1<TAB>TYPE START END<TAB>the text     a span, with offsets in characters; a span in several parts has START END;START END
 *
 * Parts with nothing but line ends and blanks between them are one name over several lines; others are left as they are, since a name is one span
 * here. Relations (R, *), events (E), attributes (A, M), normalizations (N) and notes (#) say nothing of names and are passed over. */
#ifndef ENTITIES_TRAIN_BRAT_H
#define ENTITIES_TRAIN_BRAT_H

#include <jansson.h>
#include <stdbool.h>

/* Whether the line is one of a span. */
bool brat_is_span(const char *line);

/* Reads NAME.ann and the text beside it. */
void brat_read(const char *ann_file, void (*take)(void *data, const json_t *object), void *data);

/* The same of what is in memory; both are changed. `file` is for messages. */
void brat_read_bytes(const char *file, char *text, size_t length, char *ann, const char *id,
                     void (*take)(void *data, const json_t *object), void *data);

#endif
