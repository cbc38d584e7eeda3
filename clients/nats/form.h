/* form.h: what stands in a message: a document as the wire has it (MessagePack), the same as JSON, or its text alone, by the
 * header Content-Type; and what headers say of it. And back: a reply, under the id that the document came with. */
#ifndef NATS_FORM_H
#define NATS_FORM_H

#include <nats/nats.h>
#include <textd/client.h>

#include "common/mp_buf.h"

enum form { FORM_MSGPACK, FORM_JSON, FORM_TEXT };

struct form_error {
    const char *code; /* of docs/protocol.md, or of docs/scale-out.md */
    char text[500];
    char plugin[80]; /* whose failure it is; "" */
};

/* A document. All of it points into the message, which must outlive it, or into what it owns. */
struct form_doc {
    struct textd_request request;
    enum form form;
    const void *id; /* its own, as MessagePack; NULL: none */
    size_t id_length;
    struct td_buf converted;
    struct textd_request_option *options;
    const char **plugins;
    char **owned;
    size_t n_owned, options_capacity;
};

/* -1: `error` says what is wrong with it, and *doc holds nothing but its form. */
int form_read(struct form_doc *doc, natsMsg *msg, struct form_error *error);
void form_free(struct form_doc *doc);

/* A header's value, or NULL. */
const char *form_header(natsMsg *msg, const char *name);

/* What of a reply goes into headers as well. Empty: it has none. */
struct form_trace {
    char parent[260], state[520];
};

/* The reply in the document's form (JSON for text), appended to `out`. `name` is its id when it has none of its own.
 * -1: no memory. One walk over it does all: a reply has thousands of values. */
int form_write(struct td_buf *out, const struct form_doc *doc, const struct textd_reply *reply, const char *name,
               struct form_trace *trace);

/* The same for a failure of the bridge's own. */
int form_write_error(struct td_buf *out, const struct form_doc *doc, const struct form_error *error, int retryable,
                     const char *name);

const char *form_content_type(enum form form);

#endif
