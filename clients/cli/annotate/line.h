/* line.h: a result as one line of JSON: the reply as it came, under the caller's own name for the document. The caller
 * has written `{"KEY":VALUE`, the name; these write the rest and end the line. */
#ifndef CLI_LINE_H
#define CLI_LINE_H

#include <stdio.h>

#include <textd/client.h>

void line_reply_rest(FILE *out, const struct textd_reply *reply);

/* An error that textctl itself has found, in a reply's form. */
void line_error_rest(FILE *out, const char *code, const char *message);

#endif
