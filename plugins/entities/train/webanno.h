/* webanno.h: WebAnno's and INCEpTION's TSV, version 3 (their user guides, "WebAnno TSV 3.x"):
 *
 *   #FORMAT=WebAnno TSV 3.3
 *   #T_SP=LAYER|FEATURE|FEATURE…     the columns behind the first three: one for each feature, one for a layer without any
 *
 *   #Text=Ada met Bo.
 *   1-1<TAB>0-3<TAB>Ada<TAB>PER      sentence and token, offsets in UTF-16's units, the token, then features: _ for none, * for a mark without a value,
 *   1-2<TAB>4-7<TAB>met<TAB>_        VALUE[7] for a mark that has a number, as those over several tokens do, and | between several marks
 *   1-2.1<TAB>4-5<TAB>m<TAB>_        a part of a token
 *
 * A backslash stands before a sign that means something: [ ] | _ -> ; * \ and t, n for a tab and a line's end. */
#ifndef ENTITIES_TRAIN_WEBANNO_H
#define ENTITIES_TRAIN_WEBANNO_H

#include <jansson.h>
#include <stdbool.h>

/* Whether the file's first line says that it is one, of any version. */
bool webanno_is_head(const char *line);

/* `feature` is the one that tells the names, FEATURE or LAYER|FEATURE; NULL: the one called value of a layer NamedEntity, or the only one. */
void webanno_read(const char *file, const char *feature, void (*take)(void *data, const json_t *object), void *data);

/* The same of what is in memory, which is changed. */
void webanno_read_bytes(const char *file, char *bytes, const char *id, const char *feature,
                        void (*take)(void *data, const json_t *object), void *data);

#endif
