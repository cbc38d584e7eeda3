/* html.h: the parts of a page that html.c puts together: text that is safe in it, a document with its marks, the
 * style. */
#ifndef CLI_HTML_H
#define CLI_HTML_H

#include <stdio.h>

#include "clients/cli/annotate/output.h"
#include "clients/cli/annotate/spans.h"

/* A text from anywhere, as text of the page or between quotes of an attribute. Line ends stay (in an attribute they
 * become blanks); other control characters, and those that turn the direction of what follows, are shown for what they
 * are and do nothing. */
void html_text(FILE *out, const char *text, size_t length);
void html_attribute(FILE *out, const char *text, size_t length);

/* Which of the page's colours a type has. */
#define HTML_COLORS 12
unsigned html_color(struct textd_node type);

/* The text with all that was found marked in it; `number` is the document's on the page. */
void html_marked_text(FILE *out, unsigned number, const struct item *item, const struct spans *spans);

/* The sentences of the summary, in their order, as links to where they stand. Nothing when there is no summary. */
void html_summary(FILE *out, unsigned number, const struct item *item);

/* "p3" … "p1", "n0", "m1" … "m3": how positive or negative a score is. */
const char *html_tint(double score, struct textd_node label);

/* The number, with a sign also where it is above 0. */
void html_score(FILE *out, double score, struct textd_node label);

/* The style, in pieces; NULL at the end. */
extern const char *const html_style[];

#endif
