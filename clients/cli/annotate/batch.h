/* batch.h: `textctl annotate --jsonl`: a stream of documents, many of them in flight. */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include <stdio.h>

#include "clients/cli/annotate/output.h"
#include "clients/cli/link/session.h"

/* Annotates the lines of cli->jsonl and writes a line for each to output->out, or gives it to output->form. A line
 * that is wrong, and a document that fails, are lines of the output; they are counted in *outcome, and it goes on.
 * CLI_OK when the input's end was reached and all was answered; else an exit code, after having complained. Memory is
 * bounded, however long the input is. */
int batch_run(struct session *session, struct output *output, struct outcome *outcome);

#endif
