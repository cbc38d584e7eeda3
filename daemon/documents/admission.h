/* admission.h: what comes in, and what doesn't. A message is parsed, judged against the limits and the generation's
 * pipelines and options, and becomes a document in the queue, or is answered at once. */
#ifndef TD_ADMISSION_H
#define TD_ADMISSION_H

#include "daemon/documents/documents.h"

/* The data socket's on_message: takes the document over. `docs`: a struct td_documents. */
void td_admission_take(void *docs, struct td_doc *doc);

/* Answers a message that is refused before it is read, with what of its head can be read, and ends it. */
void td_admission_refuse(struct td_documents *docs, struct td_doc *doc, const struct td_err *err);

/* Counts a request to annotate that was answered without becoming even that, and what it was shed for (TD_SHEDS_N: it was
 * wrong). */
void td_admission_note_refused(struct td_documents *docs, const struct td_err *err, enum td_shed shed);

#endif
