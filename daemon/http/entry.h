/* entry.h: what a client of HTTP sends becomes a document's message, in each of the forms that /v1/annotate takes.
 * The parameters of the query say what a text alone can't, and stand in for keys that a JSON object hasn't. */
#ifndef TD_HTTP_ENTRY_H
#define TD_HTTP_ENTRY_H

#include "daemon/documents/documents.h"
#include "daemon/http/call.h"

/* X(name, schema of OpenAPI, what it is). Those that the wire has as keys; `order` is the batch's. */
#define TD_HTTP_ENTRY_PARAMETERS(X) \
    X(id, "{\"type\":\"string\",\"maxLength\":64}", "the document's id, for text/plain; echoed") \
    X(plugins, "{\"type\":\"string\"}", "plugins to run, separated by commas; instead of pipeline") \
    X(pipeline, "{\"type\":\"string\"}", "a pipeline's name; default when absent") \
    X(offsets, "{\"type\":\"string\",\"enum\":[\"byte\",\"codepoint\",\"utf16\"]}", "the unit of all offsets") \
    X(lang, "{\"type\":\"string\",\"maxLength\":64}", "the text's language, a hint") \
    X(deadline_ms, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":2147483647}", \
      "after so many ms the client no longer wants it")

/* Beginning of the parameters that are a plugin's options: options.PLUGIN.NAME. */
#define TD_HTTP_OPTION_PREFIX "options."

/* The parameters as they are packed, each a pair of the map. */
struct td_http_defaults {
    struct td_buf pairs;
    uint32_t n;
    struct {
        const char *key;
        size_t at, end; /* in `pairs` */
    } of[12];
};

/* Reads the call's query, and its traceparent. Freed with td_buf_free(&defaults->pairs). TD_E_OVERLOADED: no memory. */
int td_http_defaults_read(struct td_http_defaults *defaults, const struct td_http_call *call,
                          const struct td_documents *docs, struct td_err *err);

/* Each fills in the frames of a document of td_doc_take. On an error, too: then they hold what could be read of its id.
 * `bytes` of a JSON text must be readable one byte beyond `length` (json_in.h). */
int td_http_entry_json(struct td_doc *doc, const char *bytes, size_t length, uint32_t line,
                       const struct td_http_defaults *defaults, uint32_t depth, struct td_err *err);

/* These take the buffer over. */
int td_http_entry_text(struct td_doc *doc, struct td_buf *body, const struct td_http_defaults *defaults,
                       struct td_err *err);
int td_http_entry_msgpack(struct td_doc *doc, struct td_buf *body, const struct td_http_defaults *defaults,
                          struct td_err *err);

#endif
