/* redact.c: whatever the text and what stands in the layer entities/1, the edits are ordered, don't overlap and stand
 * on character borders; applied to the text, they give the text that the plugin wrote; and a card of ours that is put
 * into the text, with anything around it that isn't a letter or a digit, is gone. The first byte says what is done
 * with what is found, and what is put in. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <textd/plugin.h>

#include "common/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_EDITS 8192
#define CARD "4111-1111 1111\n1111"

static char memory[1 << 24]; /* a document's */
static size_t used;

static struct edit {
    uint32_t start, end, n;
    const char *replacement;
} edits[MOST_EDITS];
static uint32_t n_edits;
static const char *key, *written;
static uint64_t n_written;
static struct textd_span entities[3];
static struct textd_text types[3];
static float scores[3] = { 1, 1, 1 };
static uint32_t refs[3] = { 0, 1, 0 }, n_entities;

static void *host_alloc(struct textd_doc *doc, uint64_t bytes, uint64_t align)
{
    (void)doc;
    used = (used + align - 1) & ~(size_t)(align - 1);
    if (bytes > sizeof memory - used)
        return NULL;
    used += bytes;
    return memory + used - bytes;
}

static int32_t host_layer_get(struct textd_doc *doc, const char *name, struct textd_layer *layer)
{
    (void)doc;
    if (strcmp(name, TEXTD_ENTITIES) != 0)
        return TEXTD_NOT_FOUND;
    layer->count = n_entities;
    layer->spans = entities;
    return TEXTD_OK;
}

static const void *host_column_get(struct textd_doc *doc, const char *layer, const char *column, uint32_t type)
{
    (void)doc, (void)layer;
    return type == TEXTD_TEXT           ? (const void *)types
           : strcmp(column, "ref") == 0 ? (const void *)refs
                                        : (const void *)scores;
}

static void host_nothing(struct textd_doc *doc)
{
    (void)doc;
}

static void host_key(struct textd_doc *doc, const char *name)
{
    (void)doc;
    key = name;
}

static void host_text(struct textd_doc *doc, const char *bytes, uint64_t length)
{
    (void)doc;
    assert(td_utf8_check(bytes, length, NULL) == length);
    if (strcmp(key, "text") == 0) {
        written = bytes;
        n_written = length;
    } else if (strcmp(key, "replacement") == 0) {
        edits[n_edits].replacement = bytes;
        edits[n_edits++].n = (uint32_t)length;
    }
}

static void host_offset(struct textd_doc *doc, uint32_t offset)
{
    assert(td_utf8_is_border(doc->text, doc->text_length, offset));
    assert(n_edits < MOST_EDITS);
    *(strcmp(key, "start") == 0 ? &edits[n_edits].start : &edits[n_edits].end) = offset;
}

static int32_t host_should_stop(struct textd_doc *doc)
{
    (void)doc;
    return 0;
}

static void host_explain(const char *text, uint64_t length)
{
    (void)text, (void)length;
}

static const void *host_extension(const char *id)
{
    (void)id;
    return NULL;
}

static const struct textd_host host = {
    .size = sizeof host,
    .alloc = host_alloc,
    .layer_get = host_layer_get,
    .column_get = host_column_get,
    .map_begin = host_nothing,
    .map_end = host_nothing,
    .array_begin = host_nothing,
    .array_end = host_nothing,
    .write_key = host_key,
    .write_text = host_text,
    .write_offset = host_offset,
    .should_stop = host_should_stop,
    .explain = host_explain,
    .extension = host_extension,
};

static void look_at_edits(const struct textd_doc *doc)
{
    char *text = malloc(n_written + 1);
    uint32_t at = 0, n = 0;

    for (uint32_t i = 0; i < n_edits; i++) {
        assert(edits[i].start >= at && edits[i].start < edits[i].end && edits[i].end <= doc->text_length);
        assert(n + (edits[i].start - at) + edits[i].n <= n_written);
        memcpy(text + n, doc->text + at, edits[i].start - at);
        n += edits[i].start - at;
        memcpy(text + n, edits[i].replacement, edits[i].n);
        n += edits[i].n;
        at = edits[i].end;
    }
    assert(n + (doc->text_length - at) == n_written);
    memcpy(text + n, doc->text + at, doc->text_length - at);
    assert(memcmp(text, written, n_written) == 0);
    free(text);
}

/* A few spans on character borders, as another plugin might have them: also overlapping each other. */
static void make_entities(const char *text, uint32_t length, uint8_t seed)
{
    n_entities = seed % 4 < 3 ? seed % 4 : 3;
    for (uint32_t i = 0; i < n_entities; i++) {
        uint32_t start = length ? seed * (i + 1) % length : 0, end = length ? start + 1 + seed % 9 : 0;
        end = end < length ? end : length;
        while (start > 0 && !td_utf8_is_border(text, length, start))
            start--;
        while (end < length && !td_utf8_is_border(text, length, end))
            end++;
        entities[i] = (struct textd_span) { start, end };
        types[i] = i == 1 ? (struct textd_text) { "TEAM", 4 } : (struct textd_text) { "PERSON", 6 };
    }
    for (uint32_t i = 1; i < n_entities; i++)
        if (entities[i].start < entities[i - 1].start)
            entities[i] = entities[i - 1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const actions[] = { "mask", "remove", "tag", "pseudonym" };
    static const char policy[] = "EMAIL=pseudonym, URL=tag, entities:TEAM=mask";
    static void *self;
    struct textd_value values[5] = { { .type = TEXTD_TEXT, .text = "tag", .length = 3 },
                                     { .type = TEXTD_TEXT, .text = "" },
                                     { .type = TEXTD_TEXT, .text = "" },
                                     { .type = TEXTD_FLOAT, .number = 0 },
                                     { .type = TEXTD_TEXT, .text = "" } };

    if (!self)
        assert(textd_plugin_v1.create(&host, values, &self) == TEXTD_OK && textd_plugin_v1.selftest(self) == TEXTD_OK);
    if (size < 1 || size > 8192)
        return 0;
    uint32_t given = (uint32_t)td_utf8_check((const char *)data + 1, size - 1, NULL);
    int is_put_in = data[0] & 1;
    uint32_t length = given + (is_put_in ? (uint32_t)sizeof CARD + 1 : 0);
    uint32_t put_at = given / 2;
    while (put_at > 0 && !td_utf8_is_border((const char *)data + 1, given, put_at))
        put_at--;
    char *text = malloc(length + !length); /* exact, so that a read behind its end is seen */
    memcpy(text, data + 1, put_at);
    if (is_put_in) {
        memcpy(text + put_at, "\"" CARD "\"", sizeof CARD + 1);
        memcpy(text + put_at + sizeof CARD + 1, data + 1 + put_at, given - put_at);
    } else {
        memcpy(text + put_at, data + 1 + put_at, given - put_at);
    }
    values[0].text = actions[data[0] >> 1 & 3];
    values[0].length = (uint32_t)strlen(values[0].text);
    values[1].text = data[0] & 8 ? policy : "";
    values[1].length = (uint32_t)strlen(values[1].text);
    values[3].number = data[0] & 16 ? 0.5 : 0;
    struct textd_doc doc = { .size = sizeof doc, .text = text, .text_length = length, .options = values, .lang = "" };
    make_entities(text, length, data[0] >> 3);
    used = n_edits = 0;
    assert(textd_plugin_v1.process(self, &doc) == TEXTD_OK);
    look_at_edits(&doc);
    for (uint32_t i = 0, covered = 0; is_put_in && i <= n_edits; i++) {
        assert(i < n_edits || covered);
        if (i < n_edits && edits[i].start <= put_at + 1 && edits[i].end >= put_at + sizeof CARD)
            covered = 1;
    }
    free(text);
    return 0;
}
