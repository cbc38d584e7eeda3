/* assign.h: what a document asks for, in a generation's terms: which of its plugins run, in which order, with which options.
 * Done when it comes in, and again whenever another generation is to run it. */
#ifndef TD_ASSIGN_H
#define TD_ASSIGN_H

#include "daemon/net/doc.h"
#include "daemon/fleet/generation.h"

/* Writes doc->job (but for its sequence), doc->options and doc->pool, whose workers it is for. TD_E_UNKNOWN_PIPELINE, TD_E_UNKNOWN_PLUGIN, TD_E_BAD_OPTION,
 * TD_E_BAD_REQUEST: the generation doesn't have what it asks for; TD_E_TOO_LARGE: it was made for smaller ones. Then the
 * document can't be sent to it. */
int td_assign(struct td_doc *doc, const struct td_generation *generation, struct td_err *err);

#endif
