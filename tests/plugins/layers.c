/* layers.c: a provider of a layer, and a plugin that depends on it. Both are built from this file; DEPENDENT makes the
 * second. The provider fails on a text that starts with "FAIL". For tests only. */
#include <string.h>

#include <textd/plugin.h>

static const struct textd_host *host;

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

#ifdef DEPENDENT
static int32_t process(void *self, struct textd_doc *doc)
{
    struct textd_layer layer = { .size = sizeof layer };
    int32_t rc = host->layer_get(doc, "org.example.halves/1", &layer);
    const uint8_t *sides = host->column_get(doc, "org.example.halves/1", "side", TEXTD_U8);

    (void)self;
    if (rc != TEXTD_OK || !sides)
        return TEXTD_FAILED;
    host->array_begin(doc);
    for (uint32_t i = 0; i < layer.count; i++) {
        host->write_slice(doc, layer.spans[i]);
        host->write_integer(doc, sides[i]);
    }
    host->array_end(doc);
    return TEXTD_OK;
}

static const char *const needs[] = { "org.example.halves/1", NULL };
#define NAME "dependent"
#else
static int32_t process(void *self, struct textd_doc *doc)
{
    struct textd_span *halves = host->alloc(doc, 2 * sizeof *halves, 8);
    uint8_t *sides = host->alloc(doc, 2, 1);
    uint32_t middle = doc->text_length / 2;

    (void)self;
    if (!halves || !sides)
        return TEXTD_NO_MEMORY;
    while (middle > 0 && ((unsigned char)doc->text[middle] & 0xC0) == 0x80)
        middle--;
    halves[0] = (struct textd_span) { 0, middle };
    halves[1] = (struct textd_span) { middle, doc->text_length };
    sides[0] = 0;
    sides[1] = 1;
    int32_t rc = host->layer_add(doc, "org.example.halves/1", halves, 2);
    if (rc == TEXTD_OK)
        rc = host->column_add(doc, "org.example.halves/1", "side", TEXTD_U8, sides);
    if (doc->text_length >= 4 && memcmp(doc->text, "FAIL", 4) == 0) {
        host->explain("it was asked to fail", 20);
        return TEXTD_FAILED;
    }
    return rc;
}

static const char *const adds[] = { "org.example.halves/1", NULL };
#define NAME "provider"
#endif

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = NAME,
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Halves of a text",
#ifdef DEPENDENT
    .needs_layers = needs,
#else
    .adds_layers = adds,
#endif
    .create = create,
    .process = process,
};
