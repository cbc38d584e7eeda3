/* result.h: writes a summary as the plugin's result. */
#ifndef SUMMARIZER_RESULT_H
#define SUMMARIZER_RESULT_H

#include "plugins/summarizer/summary.h"

/* TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t result_write(const struct textd_host *host, struct textd_doc *doc, const struct document *d,
                     const struct request *request, const struct summary *summary);

#endif
