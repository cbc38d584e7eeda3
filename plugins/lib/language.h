/* language.h: which parts of a document are surely in another language than English, for the plugins that know no other. What
 * the client says holds for the whole text, in either direction; else what the layer language/1 says: its column `foreign`, or,
 * where a plugin adds none, the score of another language. Where there is neither, a text is taken for English, as it always was. */
#ifndef TEXTD_LIB_LANGUAGE_H
#define TEXTD_LIB_LANGUAGE_H

#include <textd/plugin.h>

/* A language is taken for another one from this probability up: to leave an English text alone is the worse mistake. */
#define LANGUAGE_SURE 0.9f

struct language_view {
    const struct textd_span *foreign; /* ordered, not overlapping */
    uint32_t n_foreign;
    int is_most; /* of the text's letters are foreign */
    int is_all;
    struct textd_text code; /* of most of what is foreign */
};

/* The need of every plugin that asks. */
#define LANGUAGE_NEED TEXTD_LANGUAGE TEXTD_OPTIONAL

/* The option that such a plugin has, and whether it says that nothing is to be left alone. */
extern const char *const language_choices[];
#define LANGUAGE_OPTION \
    TEXTD_OPTION_TEXT("languages", "known", language_choices, TEXTD_PER_REQUEST, \
                      "Text that is surely not English: leave it alone (known), or try all the same (any)")
int language_is_any(const struct textd_value *value);

/* Reads it. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t language_read(const struct textd_host *host, struct textd_doc *doc, struct language_view *view);

/* Whether the byte at `at` is in a foreign part. *part: 0 at first, moved on; for bytes in the text's order. */
int language_is_foreign(const struct language_view *view, uint32_t *part, uint32_t at);

/* Leaves out of *n spans at *spans those that are for the most part in foreign ones; what stays is a copy, in the document's
 * memory. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t language_keep(const struct language_view *view, const struct textd_host *host, struct textd_doc *doc,
                      const struct textd_span **spans, uint32_t *n);

/* Warns the client, once for the document, that the plugin leaves it, or parts of it, alone. */
void language_warn(const struct language_view *view, const struct textd_host *host, struct textd_doc *doc);

#endif
