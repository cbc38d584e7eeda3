/* document.h: a document while it is in a worker: the text, the layers that plugins have added, and the result that is
 * being written. All of it lives in one arena and one output buffer that are reused for the next document. */
#ifndef TD_DOCUMENT_H
#define TD_DOCUMENT_H

#include <stdint.h>

#include <textd/plugin.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/mp_buf.h"
#include "common/offsets.h"
#include "daemon/both/frames.h"

#define TD_MAX_LAYERS 64

struct td_column {
    struct td_column *next;
    const char *name;
    uint32_t type;
    const void *values;
};

struct td_layer {
    const char *name;
    const struct textd_span *spans;
    uint32_t count;
    uint32_t owner; /* index of the plugin that added it */
    struct td_column *columns;
};

/* An array or map of the result that was begun and not ended. */
struct td_open_container {
    size_t head;    /* where its five-byte head stands in the buffer */
    uint32_t count; /* elements, or pairs */
    uint8_t is_map;
    uint8_t has_key; /* a key was written and waits for its value */
};

/* The result of one plugin, written into the output buffer as it comes. */
struct td_result {
    struct td_buf *out;
    size_t limit; /* the buffer's length that the result may not pass */
    uint32_t depth;
    uint32_t n_values; /* at the top; one is allowed */
    struct td_open_container open[TD_MAX_RESULT_DEPTH];
};

/* What the plugins have to tell the client. */
struct td_told {
    uint32_t n, beyond; /* warnings that are kept; those that there was no place for */
    size_t length;
    char packed[TD_MAX_WARNINGS * (TD_MAX_WARNING_BYTES + 2)]; /* each a str */
};

struct td_document {
    struct textd_doc shown; /* what the plugin sees; first, so that one pointer is both */
    struct td_arena *arena;
    struct td_offsets offsets;
    struct td_layer layers[TD_MAX_LAYERS];
    uint32_t n_layers;
    int was_refused; /* host->alloc has said no to the one that runs: the document's own memory is used up */
    uint32_t plugin; /* index of the one that runs */
    const char *const *adds_layers; /* what the one that runs has declared; NULL: nothing */
    struct td_result result;
    struct td_err mistake; /* the first breach of the ABI's rules by the one that runs; TD_OK: none */
    int is_too_large;      /* the mistake is none, but a result beyond limits.reply_bytes */
    struct td_told told;
    uint32_t language_length; /* 0: there is no layer of it */
    char language[TD_MAX_LANGUAGE_BYTES];
};

/* Empties the document. The arena is reset. */
void td_document_reset(struct td_document *doc, struct td_arena *arena);

/* Takes the text in: it must be valid UTF-8 (td_utf8_check) and stay where it is. TD_E_INTERNAL when memory runs out. */
int td_document_set_text(struct td_document *doc, const char *text, uint32_t length, enum td_unit unit, int is_ascii,
                         struct td_err *err);

/* The layer of that name, or NULL. */
struct td_layer *td_document_layer(struct td_document *doc, const char *name);

/* What host->layer_add and host->column_add do; TEXTD_OK, or TEXTD_INVALID and the mistake is noted. */
int32_t td_document_add_layer(struct td_document *doc, const char *name, const struct textd_span *spans,
                              uint32_t count);
int32_t td_document_add_column(struct td_document *doc, const char *layer, const char *column, uint32_t type,
                               const void *values);

/* Forgets the layers that plugin `owner` added: it failed half-way, and nobody may build on it. */
void td_document_drop_layers(struct td_document *doc, uint32_t owner);

/* What warnings->warn of textd.warn/1 does: keeps `text`, made one line, with the name of the plugin that runs in front. */
void td_document_warn(struct td_document *doc, const char *name, const char *text, uint64_t length);

/* Takes from TEXTD_LANGUAGE, when the plugin that runs has added it, which language most of the text is in. It reads what that
 * plugin points to: to be called while it is the one that runs. A code that is none is its mistake. */
void td_document_note_language(struct td_document *doc);

/* Notes a breach of the ABI's rules by the running plugin; only the first is kept. Returns TEXTD_INVALID. */
int32_t td_document_mistake(struct td_document *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Non-zero when `at` is an offset that a plugin may name: inside the text, on a character border. */
int td_document_is_border(const struct td_document *doc, uint32_t at);

static inline struct td_document *td_document_of(struct textd_doc *shown)
{
    return (struct td_document *)(void *)shown;
}

#endif
