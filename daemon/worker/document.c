/* document.c: see document.h. */
#include "daemon/worker/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/lang.h"
#include "common/letters.h"
#include "common/utf8.h"

void td_document_reset(struct td_document *doc, struct td_arena *arena)
{
    td_arena_reset(arena);
    doc->shown = (struct textd_doc) { .size = sizeof doc->shown };
    doc->arena = arena;
    doc->n_layers = 0;
    doc->plugin = UINT32_MAX;
    doc->adds_layers = NULL;
    doc->mistake.code = TD_OK;
    doc->told.n = doc->told.beyond = 0;
    doc->told.length = 0;
    doc->language_length = 0;
}

int td_document_set_text(struct td_document *doc, const char *text, uint32_t length, enum td_unit unit, int is_ascii,
                         struct td_err *err)
{
    doc->shown.text = text;
    doc->shown.text_length = length;
    if (td_offsets_init(&doc->offsets, text, length, unit, is_ascii, doc->arena) != 0)
        return td_fail(err, TD_E_INTERNAL, "limits.document_memory is too small for a document of %u bytes", length);
    return TD_OK;
}

int32_t td_document_mistake(struct td_document *doc, const char *format, ...)
{
    va_list args;

    if (doc->mistake.code != TD_OK)
        return TEXTD_INVALID;
    doc->mistake.code = TD_E_PLUGIN_FAILED;
    va_start(args, format);
    vsnprintf(doc->mistake.text, sizeof doc->mistake.text, format, args);
    va_end(args);
    return TEXTD_INVALID;
}

/* As many bytes of `text` as have room, and of its characters whole ones. */
static size_t fitting(const char *text, uint64_t length, size_t room)
{
    size_t n = room;

    if (length <= room)
        return length;
    while (n > room - 3 && ((unsigned char)text[n] & 0xC0) == 0x80) /* what goes on for longer is no character */
        n--;
    return n;
}

void td_document_warn(struct td_document *doc, const char *name, const char *text, uint64_t length)
{
    struct td_told *told = &doc->told;
    unsigned char *head = (unsigned char *)told->packed + told->length;
    char *line = (char *)head + 2;

    if (told->n == TD_MAX_WARNINGS) {
        told->beyond += told->beyond < UINT32_MAX;
        return;
    }
    size_t n = (size_t)snprintf(line, TD_MAX_WARNING_BYTES, "%s: ", name); /* a name has 31 bytes at most */
    size_t kept = fitting(text, length, TD_MAX_WARNING_BYTES - n);
    if (kept > 0) /* memcpy(x, NULL, 0) is undefined */
        memcpy(line + n, text, kept);
    n = td_utf8_make_plain(line, n + kept);
    head[0] = 0xd9; /* str 8 */
    head[1] = (unsigned char)n;
    told->length += n + 2;
    told->n++;
}

int td_document_is_border(const struct td_document *doc, uint32_t at)
{
    return at <= doc->shown.text_length && td_utf8_is_border(doc->shown.text, doc->shown.text_length, at);
}

struct td_layer *td_document_layer(struct td_document *doc, const char *name)
{
    for (uint32_t i = 0; i < doc->n_layers; i++)
        if (strcmp(doc->layers[i].name, name) == 0)
            return &doc->layers[i];
    return NULL;
}

/* The declaration's own string, which lives as long as the plugin; NULL when the layer was not declared. */
static const char *declared_name(const struct td_document *doc, const char *name)
{
    if (doc->adds_layers)
        for (const char *const *n = doc->adds_layers; *n; n++)
            if (strcmp(*n, name) == 0)
                return *n;
    return NULL;
}

static int32_t check_spans(struct td_document *doc, const char *name, const struct textd_span *spans, uint32_t count)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (spans[i].start > spans[i].end || spans[i].end > doc->shown.text_length)
            return td_document_mistake(doc, "span %u of layer %s is [%u, %u) in a text of %u bytes", i, name,
                                       spans[i].start, spans[i].end, doc->shown.text_length);
        if (spans[i].start < start)
            return td_document_mistake(doc, "span %u of layer %s starts before the one in front of it", i, name);
        if (!td_document_is_border(doc, spans[i].start) || !td_document_is_border(doc, spans[i].end))
            return td_document_mistake(doc, "span %u of layer %s cuts a character: [%u, %u)", i, name, spans[i].start,
                                       spans[i].end);
        start = spans[i].start;
    }
    return TEXTD_OK;
}

int32_t td_document_add_layer(struct td_document *doc, const char *name, const struct textd_span *spans, uint32_t count)
{
    const char *declared = declared_name(doc, name);

    if (!declared)
        return td_document_mistake(doc, "it added layer %s, which its adds_layers does not declare", name);
    if (td_document_layer(doc, name))
        return td_document_mistake(doc, "it added layer %s, which is there already", name);
    if (doc->n_layers == TD_MAX_LAYERS)
        return td_document_mistake(doc, "a document can have %d layers", TD_MAX_LAYERS);
    if (count > 0 && !spans)
        return td_document_mistake(doc, "it added layer %s with %u spans at NULL", name, count);
    int32_t rc = check_spans(doc, name, spans, count);
    if (rc != TEXTD_OK)
        return rc;
    doc->layers[doc->n_layers++] =
        (struct td_layer) { .name = declared, .spans = spans, .count = count, .owner = doc->plugin };
    return TEXTD_OK;
}

int32_t td_document_add_column(struct td_document *doc, const char *layer, const char *column, uint32_t type,
                               const void *values)
{
    struct td_layer *to = td_document_layer(doc, layer);

    if (!to || to->owner != doc->plugin)
        return td_document_mistake(doc, "it added column %s to layer %s, which it has not added", column, layer);
    if (type < TEXTD_TEXT || type > TEXTD_F32 || (!values && to->count > 0))
        return td_document_mistake(doc, "column %s of layer %s has no values, or the unknown type %u", column, layer,
                                   type);
    struct td_column *c = td_arena_alloc(doc->arena, sizeof *c, _Alignof(struct td_column));
    if (!c)
        return TEXTD_NO_MEMORY;
    *c = (struct td_column) { .next = to->columns, .name = column, .type = type, .values = values };
    to->columns = c;
    return TEXTD_OK;
}

#define MOST_LANGUAGES 64u /* in a text that are told apart */

struct language {
    const struct textd_text *code;
    uint32_t letters;
};

static int same_text(const struct textd_text *a, const struct textd_text *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static int is_code(const struct textd_text *code)
{
    return code->bytes && td_lang_is_canonical(code->bytes, code->length);
}

void td_document_note_language(struct td_document *doc)
{
    struct language found[MOST_LANGUAGES];
    const struct td_layer *layer = td_document_layer(doc, TEXTD_LANGUAGE);
    static const struct textd_text unsure = { "und", 3 };
    const struct textd_text *codes = NULL, *main = &unsure;
    uint32_t n = 0, most = 0;

    if (!layer || layer->owner != doc->plugin)
        return;
    for (const struct td_column *c = layer->columns; c && !codes; c = c->next)
        if (c->type == TEXTD_TEXT && strcmp(c->name, "code") == 0)
            codes = c->values;
    if (!codes && layer->count > 0) {
        td_document_mistake(doc, "layer %s has no column code", TEXTD_LANGUAGE);
        return;
    }
    for (uint32_t i = 0; i < layer->count; i++) {
        uint32_t k = 0;
        while (k < n && !same_text(found[k].code, &codes[i]))
            k++;
        if (k == n && !is_code(&codes[i])) {
            td_document_mistake(doc, "span %u of layer %s has a code that is no BCP 47 tag in its canonical form", i,
                                TEXTD_LANGUAGE);
            return;
        }
        if (k == n && n < MOST_LANGUAGES)
            found[n++] = (struct language) { .code = &codes[i] };
        if (k < n && layer->count > 1) /* one part is the main one, however many letters it has */
            found[k].letters += td_letters(doc->shown.text, layer->spans[i]);
    }
    for (uint32_t k = 0; k < n; k++)
        if (k == 0 || found[k].letters > most) {
            most = found[k].letters;
            main = found[k].code;
        }
    doc->language_length = (uint32_t)main->length;
    memcpy(doc->language, main->bytes, main->length);
}

void td_document_drop_layers(struct td_document *doc, uint32_t owner)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < doc->n_layers; i++)
        if (doc->layers[i].owner != owner)
            doc->layers[kept++] = doc->layers[i];
        else if (strcmp(doc->layers[i].name, TEXTD_LANGUAGE) == 0)
            doc->language_length = 0;
    doc->n_layers = kept;
}
