/* result.c: see result.h. */
#include "plugins/entities/result.h"

#include <string.h>

#include "plugins/lib/digits.h"

static void *take(const struct textd_host *host, struct textd_doc *doc, uint64_t bytes)
{
    return host->alloc(doc, bytes ? bytes : 1, _Alignof(struct textd_text));
}

int32_t result_add_layer(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                         const struct entity_list *list)
{
    struct textd_span *spans = take(host, doc, list->n * sizeof *spans);
    struct textd_text *names = take(host, doc, list->n * sizeof *names);
    float *scores = take(host, doc, list->n * sizeof *scores);
    float *name_scores = take(host, doc, list->n * sizeof *name_scores);
    uint32_t *refs = take(host, doc, list->n * sizeof *refs);
    int32_t rc;

    if (!spans || !names || !scores || !name_scores || !refs)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < list->n; i++) {
        const char *type = entity_types_name(types, list->entities[i].type);

        spans[i] = list->entities[i].span;
        names[i] = (struct textd_text) { type, strlen(type) };
        scores[i] = list->entities[i].score;
        name_scores[i] = list->entities[i].name_score;
        refs[i] = list->entities[i].ref;
    }
    if ((rc = host->layer_add(doc, TEXTD_ENTITIES, spans, list->n)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_ENTITIES, "type", TEXTD_TEXT, names)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_ENTITIES, "score", TEXTD_F32, scores)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_ENTITIES, "name_score", TEXTD_F32, name_scores)) != TEXTD_OK)
        return rc;
    return host->column_add(doc, TEXTD_ENTITIES, "ref", TEXTD_U32, refs);
}

/* Never as an integer, though it may be whole: a field has one type, whatever stands in it. */
static void write_amount(const struct textd_host *host, struct textd_doc *doc, const char *key, double number)
{
    host->write_key(doc, key);
    host->write_number(doc, digits_of_amount(number));
}

/* A text, or a map: number, to, and unit or currency. */
static void write_value(const struct textd_host *host, struct textd_doc *doc, uint8_t type,
                        const struct entity_value *value)
{
    if (value->form == VALUE_TEXT) {
        host->write_text(doc, value->text, value->text_length);
        return;
    }
    host->map_begin(doc);
    write_amount(host, doc, type == ENTITY_MONEY ? "amount" : "number", value->number);
    if (value->is_range)
        write_amount(host, doc, "to", value->to);
    if (value->text_length) {
        host->write_key(doc, type == ENTITY_MONEY ? "currency" : "unit");
        host->write_text(doc, value->text, value->text_length);
    }
    host->map_end(doc);
}

static void write_names(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                        const struct who_names *names)
{
    host->write_key(doc, "names");
    host->array_begin(doc);
    for (uint32_t i = 0; i < names->n; i++) {
        const struct who_name *name = &names->names[i];
        const char *type = entity_types_name(types, name->type);

        host->map_begin(doc);
        host->write_key(doc, "name");
        host->write_text(doc, name->text, name->length);
        host->write_key(doc, "type");
        host->write_text(doc, type, strlen(type));
        host->write_key(doc, "mentions");
        host->write_integer(doc, name->mentions);
        host->write_key(doc, "first");
        host->write_integer(doc, name->first);
        host->map_end(doc);
    }
    host->array_end(doc);
}

void result_write_list(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                       const struct entity_list *list, const struct who_names *names)
{
    host->map_begin(doc);
    host->write_key(doc, "entities");
    host->array_begin(doc);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct entity *e = &list->entities[i];
        const char *type = entity_types_name(types, e->type);

        host->map_begin(doc);
        host->write_key(doc, "start");
        host->write_offset(doc, e->span.start);
        host->write_key(doc, "end");
        host->write_offset(doc, e->span.end);
        host->write_key(doc, "type");
        host->write_text(doc, type, strlen(type));
        host->write_key(doc, "text");
        host->write_slice(doc, e->span);
        host->write_key(doc, "score");
        host->write_number(doc, digits_of_score(e->score));
        host->write_key(doc, "name_score");
        host->write_number(doc, digits_of_score(e->name_score));
        if (e->value) {
            host->write_key(doc, "value");
            write_value(host, doc, e->type, e->value);
        }
        if (e->id_length) {
            host->write_key(doc, "id");
            host->write_text(doc, e->id, e->id_length);
        }
        if (e->ref != WHO_NO_NAME) {
            host->write_key(doc, "ref");
            host->write_integer(doc, e->ref);
        }
        host->map_end(doc);
    }
    host->array_end(doc);
    write_names(host, doc, types, names);
    host->map_end(doc);
}

/* ---- In columns --------------------------------------------------------------------------------------------------------- */

/* The types that occur, numbered as they come up. */
struct numbers {
    uint8_t of[256]; /* one more than the number; 0: none yet */
    uint8_t types[256];
    uint32_t n;
};

static void number_type(struct numbers *numbers, uint8_t type)
{
    if (numbers->of[type])
        return;
    numbers->types[numbers->n++] = type;
    numbers->of[type] = (uint8_t)numbers->n; /* there are fewer than 256: none is type 0 */
}

static void begin_column(const struct textd_host *host, struct textd_doc *doc, const char *key)
{
    host->write_key(doc, key);
    host->array_begin(doc);
}

static void write_entity_columns(const struct textd_host *host, struct textd_doc *doc, const struct numbers *numbers,
                                 const struct entity_list *list)
{
    const struct entity *e, *end = list->entities + list->n;

    host->write_key(doc, "columns");
    host->map_begin(doc);
    begin_column(host, doc, "start");
    for (e = list->entities; e < end; e++)
        host->write_offset(doc, e->span.start);
    host->array_end(doc);
    begin_column(host, doc, "end");
    for (e = list->entities; e < end; e++)
        host->write_offset(doc, e->span.end);
    host->array_end(doc);
    begin_column(host, doc, "type");
    for (e = list->entities; e < end; e++)
        host->write_integer(doc, numbers->of[e->type] - 1);
    host->array_end(doc);
    begin_column(host, doc, "score");
    for (e = list->entities; e < end; e++)
        host->write_number(doc, digits_of_score(e->score));
    host->array_end(doc);
    begin_column(host, doc, "name_score");
    for (e = list->entities; e < end; e++)
        host->write_number(doc, digits_of_score(e->name_score));
    host->array_end(doc);
    begin_column(host, doc, "ref");
    for (e = list->entities; e < end; e++)
        host->write_integer(doc, e->ref == WHO_NO_NAME ? -1 : (int64_t)e->ref);
    host->array_end(doc);
    host->map_end(doc);
}

/* What few entities have: pairs of an index and what it has. */
static void write_rare(const struct textd_host *host, struct textd_doc *doc, const struct entity_list *list)
{
    begin_column(host, doc, "values");
    for (uint32_t i = 0; i < list->n; i++) {
        const struct entity *e = &list->entities[i];
        if (!e->value)
            continue;
        host->array_begin(doc);
        host->write_integer(doc, i);
        write_value(host, doc, e->type, e->value);
        host->array_end(doc);
    }
    host->array_end(doc);
    begin_column(host, doc, "ids");
    for (uint32_t i = 0; i < list->n; i++) {
        const struct entity *e = &list->entities[i];
        if (!e->id_length)
            continue;
        host->array_begin(doc);
        host->write_integer(doc, i);
        host->write_text(doc, e->id, e->id_length);
        host->array_end(doc);
    }
    host->array_end(doc);
}

static void write_name_columns(const struct textd_host *host, struct textd_doc *doc, const struct numbers *numbers,
                               const struct who_names *names)
{
    host->write_key(doc, "name_columns");
    host->map_begin(doc);
    begin_column(host, doc, "name");
    for (uint32_t i = 0; i < names->n; i++)
        host->write_text(doc, names->names[i].text, names->names[i].length);
    host->array_end(doc);
    begin_column(host, doc, "type");
    for (uint32_t i = 0; i < names->n; i++)
        host->write_integer(doc, numbers->of[names->names[i].type] - 1);
    host->array_end(doc);
    begin_column(host, doc, "mentions");
    for (uint32_t i = 0; i < names->n; i++)
        host->write_integer(doc, names->names[i].mentions);
    host->array_end(doc);
    begin_column(host, doc, "first");
    for (uint32_t i = 0; i < names->n; i++)
        host->write_integer(doc, names->names[i].first);
    host->array_end(doc);
    host->map_end(doc);
}

void result_write_columns(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                          const struct entity_list *list, const struct who_names *names)
{
    struct numbers numbers = { .n = 0 };

    for (uint32_t i = 0; i < list->n; i++)
        number_type(&numbers, list->entities[i].type);
    for (uint32_t i = 0; i < names->n; i++)
        number_type(&numbers, names->names[i].type);
    host->map_begin(doc);
    write_entity_columns(host, doc, &numbers, list);
    write_rare(host, doc, list);
    write_name_columns(host, doc, &numbers, names);
    begin_column(host, doc, "types");
    for (uint32_t i = 0; i < numbers.n; i++) {
        const char *type = entity_types_name(types, numbers.types[i]);
        host->write_text(doc, type, strlen(type));
    }
    host->array_end(doc);
    host->map_end(doc);
}
