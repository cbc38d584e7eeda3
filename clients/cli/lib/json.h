/* json.h: writing JSON, straight from a reply's bytes: no tree is built, so a reply of any size costs only its own. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdio.h>

#include <textd/client.h>

/* A JSON string. Bytes that are no UTF-8 become U+FFFD, so that what comes out always is JSON. */
void json_text(FILE *out, const char *text, size_t length);

/* A value with all that is in it. Binary becomes a string of hexadecimal digits; a number that JSON has no word for
 * (infinite, not a number), null. */
void json_node(FILE *out, struct textd_node node);

/* The pairs of a map, each with a comma before it, save those whose key is one of `skipped` (NULL at the end). */
void json_pairs(FILE *out, struct textd_node map, const char *const *skipped);

#endif
