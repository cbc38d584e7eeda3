/* spoken.h: in which languages a document's stretches are, as far as the segmenter knows them. */
#ifndef SEGMENTER_SPOKEN_H
#define SEGMENTER_SPOKEN_H

#include <textd/plugin.h>

#include "plugins/segmenter/runs.h"

/* The runs of the document, in its memory, from the client's `lang`, or else from the layer language/1. A stretch of which nobody is
 * sure (see LANGUAGE_SURE) goes with the one before it, or is taken for English. `others` are the languages' models, as language_codes. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t spoken_read(const struct textd_host *host, struct textd_doc *doc, const struct language_model *others,
                    struct language_run **runs, uint32_t *n_runs);

#endif
