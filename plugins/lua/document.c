/* document.c: `doc`, its layers and their spans, as a script sees them. Nothing is copied before it is asked for: a layer is a
 * pointer, a span is made when it is indexed, its text when it is read. Positions are those of Lua's own functions: bytes, from
 * 1, the last one included, so that what string.find gives goes into textd.span, and doc.text:sub(span.first, span.last) is
 * the span's text. */
#include "plugins/lua/script.h"

#include <math.h>
#include <string.h>

#include "common/utf8.h"

struct layer {
    struct textd_layer layer;
    const char *name;
};

struct span {
    struct textd_span at;
    const char *layer; /* NULL: textd.span made it */
    uint32_t index;    /* in that */
};

/* ---- spans ---- */

static int is_of(lua_State *L, int value, const void *type)
{
    int is = 0;

    if (lua_type(L, value) == LUA_TUSERDATA && lua_getmetatable(L, value)) {
        is = lua_topointer(L, -1) == type;
        lua_pop(L, 1);
    }
    return is;
}

const struct textd_span *document_span(lua_State *L, int value)
{
    return is_of(L, value, script_of(L)->span_type) ? &((struct span *)lua_touserdata(L, value))->at : NULL;
}

static void push_span(lua_State *L, struct textd_span at, const char *layer, uint32_t index)
{
    struct span *span = lua_newuserdatauv(L, sizeof *span, 0);

    *span = (struct span) { at, layer, index };
    lua_rawgeti(L, LUA_REGISTRYINDEX, script_of(L)->span_meta);
    lua_setmetatable(L, -2);
}

/* A column's element; nothing is pushed when the layer has no such column. */
static int push_column(lua_State *L, const struct span *span, const char *name)
{
    struct script *s = script_of(L);
    const void *values;

    if ((values = s->host->column_get(s->doc, span->layer, name, TEXTD_U8)))
        lua_pushinteger(L, ((const uint8_t *)values)[span->index]);
    else if ((values = s->host->column_get(s->doc, span->layer, name, TEXTD_TEXT)))
        lua_pushlstring(L, ((const struct textd_text *)values)[span->index].bytes,
                        ((const struct textd_text *)values)[span->index].length);
    else if ((values = s->host->column_get(s->doc, span->layer, name, TEXTD_F32)))
        lua_pushnumber(L, (double)((const float *)values)[span->index]);
    else if ((values = s->host->column_get(s->doc, span->layer, name, TEXTD_U32)))
        lua_pushinteger(L, ((const uint32_t *)values)[span->index]);
    return values != NULL;
}

/* span.first, .last, .text, or a column of its layer */
static int span_index(lua_State *L)
{
    struct script *s = script_of(L);
    const struct span *span = lua_touserdata(L, 1);
    const char *name = luaL_checkstring(L, 2);

    if (strcmp(name, "text") == 0)
        lua_pushlstring(L, s->doc->text + span->at.start, span->at.end - span->at.start);
    else if (strcmp(name, "first") == 0)
        lua_pushinteger(L, (lua_Integer)span->at.start + 1);
    else if (strcmp(name, "last") == 0)
        lua_pushinteger(L, span->at.end);
    else if (!span->layer || !push_column(L, span, name))
        return 0;
    return 1;
}

static int span_text(lua_State *L)
{
    const struct span *span = lua_touserdata(L, 1);

    lua_pushlstring(L, script_of(L)->doc->text + span->at.start, span->at.end - span->at.start);
    return 1;
}

static int span_equal(lua_State *L)
{
    const struct textd_span *a = document_span(L, 1), *b = document_span(L, 2);

    lua_pushboolean(L, a && b && a->start == b->start && a->end == b->end);
    return 1;
}

static int is_border(const struct textd_doc *doc, lua_Integer at)
{
    return at == doc->text_length || ((unsigned char)doc->text[at] & 0xC0) != 0x80;
}

/* The span of these positions. */
static struct textd_span make_span(lua_State *L, lua_Integer first, lua_Integer last)
{
    const struct textd_doc *doc = script_of(L)->doc;

    if (first < 1 || last > doc->text_length || first > last + 1)
        luaL_error(L, "a span from %I to %I: positions are 1 to %I, and the first is not behind the last", first, last,
                   (lua_Integer)doc->text_length);
    if (!is_border(doc, first - 1) || !is_border(doc, last))
        luaL_error(L, "a span from %I to %I cuts a character: positions are bytes; see utf8.offset", first, last);
    return (struct textd_span) { (uint32_t)(first - 1), (uint32_t)last };
}

/* textd.span(first, last) */
static int new_span(lua_State *L)
{
    if (!script_of(L)->doc)
        return luaL_error(L, "textd.span is of a document: call it in process");
    push_span(L, make_span(L, luaL_checkinteger(L, 1), luaL_checkinteger(L, 2)), NULL, 0);
    return 1;
}

/* ---- layers ---- */

int document_layer(lua_State *L, int value, struct textd_layer *layer)
{
    if (!is_of(L, value, script_of(L)->layer_type))
        return 0;
    *layer = ((const struct layer *)lua_touserdata(L, value))->layer;
    return 1;
}

/* layer[i] */
static int layer_index(lua_State *L)
{
    const struct layer *layer = lua_touserdata(L, 1);
    lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : 0;

    if (!lua_isinteger(L, 2))
        return luaL_error(L, "%s is a list of spans: index it with 1 to #%s, its columns are the spans'", layer->name,
                          layer->name);
    if (i < 1 || i > layer->layer.count)
        return 0;
    push_span(L, layer->layer.spans[i - 1], layer->name, (uint32_t)(i - 1));
    return 1;
}

static int layer_length(lua_State *L)
{
    lua_pushinteger(L, ((const struct layer *)lua_touserdata(L, 1))->layer.count);
    return 1;
}

/* Pushes the layer, or nil when this document has none. */
static void push_layer(lua_State *L, const char *name)
{
    struct script *s = script_of(L);
    struct textd_layer found = { .size = sizeof found };

    if (s->host->layer_get(s->doc, name, &found) != TEXTD_OK) {
        lua_pushnil(L);
        return;
    }
    struct layer *layer = lua_newuserdatauv(L, sizeof *layer, 0);
    *layer = (struct layer) { found, name };
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->layer_meta);
    lua_setmetatable(L, -2);
}

/* ---- adding a layer ---- */

/* A text that lives as long as the document. */
static struct textd_text keep_text(lua_State *L, const char *bytes, size_t length)
{
    struct script *s = script_of(L);
    char *copy = s->host->alloc(s->doc, length + 1, 1);

    if (copy)
        return (struct textd_text) { memcpy(copy, bytes, length), length };
    script_raise(L, SCRIPT_DOCUMENT_MEMORY);
}

static void *take_memory(lua_State *L, uint64_t bytes)
{
    struct script *s = script_of(L);
    void *memory = s->host->alloc(s->doc, bytes + 1, 8); /* a layer of nothing still has an address */

    if (!memory)
        script_raise(L, SCRIPT_DOCUMENT_MEMORY);
    return memory;
}

static const char *type_name(uint32_t type)
{
    return type == TEXTD_U8 ? "u8" : type == TEXTD_U32 ? "u32" : type == TEXTD_F32 ? "f32" : "text";
}

/* Puts the value at the top into the column. */
static void take_element(lua_State *L, const struct script_column *column, void *values, lua_Integer i)
{
    int is_integer = lua_isinteger(L, -1);
    lua_Integer integer = is_integer ? lua_tointeger(L, -1) : -1,
                most = column->type == TEXTD_U8 ? UINT8_MAX : UINT32_MAX;
    size_t length;

    if ((column->type == TEXTD_U8 || column->type == TEXTD_U32) && integer >= 0 && integer <= most) {
        if (column->type == TEXTD_U8)
            ((uint8_t *)values)[i] = (uint8_t)integer;
        else
            ((uint32_t *)values)[i] = (uint32_t)integer;
    } else if (column->type == TEXTD_F32 && lua_type(L, -1) == LUA_TNUMBER && isfinite((float)lua_tonumber(L, -1))) {
        ((float *)values)[i] = (float)lua_tonumber(L, -1);
    } else if (column->type == TEXTD_TEXT && lua_type(L, -1) == LUA_TSTRING) {
        const char *bytes = lua_tolstring(L, -1, &length);
        if (td_utf8_check(bytes, length, NULL) != length)
            luaL_error(L, "row %I: its %s is not UTF-8", i + 1, column->name);
        ((struct textd_text *)values)[i] = keep_text(L, bytes, length);
    } else {
        int is_number = lua_type(L, -1) == LUA_TNUMBER;
        luaL_error(L, "row %I: its %s is %s, and the column is %s", i + 1, column->name,
                   is_number ? luaL_tolstring(L, -1, NULL) : luaL_typename(L, -1), type_name(column->type));
    }
}

static lua_Integer position(lua_State *L, int row, lua_Integer i, const char *name)
{
    lua_getfield(L, row, name);
    if (!lua_isinteger(L, -1))
        luaL_error(L, "row %I must be a span, or a table with `span`, or with `first` and `last`", i + 1);
    lua_Integer at = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return at;
}

static struct textd_span row_span(lua_State *L, int row, lua_Integer i)
{
    const struct textd_span *span = document_span(L, row);

    if (span)
        return *span;
    if (!lua_istable(L, row))
        luaL_error(L, "row %I is a %s: it must be a span, or a table with `span`, or with `first` and `last`", i + 1,
                   luaL_typename(L, row));
    lua_getfield(L, row, "span");
    span = document_span(L, -1);
    struct textd_span found = span ? *span : (struct textd_span) { 0, 0 };
    lua_pop(L, 1);
    if (span)
        return found;
    lua_Integer first = position(L, row, i, "first"), last = position(L, row, i, "last");
    return make_span(L, first, last);
}

static size_t element_bytes(uint32_t type)
{
    return type == TEXTD_U8 ? 1 : type == TEXTD_TEXT ? sizeof(struct textd_text) : 4;
}

/* doc:add(layer, rows) */
static int doc_add(lua_State *L)
{
    struct script *s = script_of(L);
    const char *name = luaL_checkstring(L, 2);
    const struct script_add *add = NULL;
    void *columns[32];

    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    for (uint32_t i = 0; i < s->n_adds && !add; i++)
        add = strcmp(s->adds[i].layer, name) == 0 ? &s->adds[i] : NULL;
    if (!s->doc || !add)
        return luaL_error(L, "the script doesn't say that it adds the layer %s: name it in `adds`", name);
    lua_Integer n = luaL_len(L, 3);
    luaL_argcheck(L, n >= 0 && n <= INT32_MAX, 3, "too many rows");
    struct textd_span *spans = take_memory(L, (uint64_t)n * sizeof *spans);
    for (uint32_t c = 0; c < add->n_columns; c++)
        columns[c] = take_memory(L, (uint64_t)n * element_bytes(add->columns[c].type));
    for (lua_Integer i = 0; i < n; i++) {
        lua_geti(L, 3, i + 1);
        spans[i] = row_span(L, 4, i);
        if (i > 0 && spans[i].start < spans[i - 1].start)
            luaL_error(L, "row %I starts before row %I: spans of a layer are ordered", i + 1, i);
        for (uint32_t c = 0; c < add->n_columns; c++) {
            if (lua_istable(L, 4))
                lua_getfield(L, 4, add->columns[c].name);
            else
                lua_pushnil(L);
            take_element(L, &add->columns[c], columns[c], i);
            lua_pop(L, 1);
        }
        lua_settop(L, 3);
    }
    if (s->host->layer_add(s->doc, add->layer, spans, (uint32_t)n) != TEXTD_OK)
        return luaL_error(L, "the layer %s can't be added: is it there already?", add->layer);
    for (uint32_t c = 0; c < add->n_columns; c++)
        if (s->host->column_add(s->doc, add->layer, add->columns[c].name, add->columns[c].type, columns[c]) != TEXTD_OK)
            return luaL_error(L, "the column %s can't be added", add->columns[c].name);
    return 0;
}

/* ---- the document ---- */

static void push_option(lua_State *L, const struct textd_value *value)
{
    switch (value->type) {
    case TEXTD_BOOL:
        lua_pushboolean(L, (int)value->integer);
        break;
    case TEXTD_INT:
        lua_pushinteger(L, value->integer);
        break;
    case TEXTD_FLOAT:
        lua_pushnumber(L, value->number);
        break;
    default:
        lua_pushlstring(L, value->text, value->length);
    }
}

static int no_option(lua_State *L)
{
    return luaL_error(L, "the script has no option '%s': name it in `options`", luaL_tolstring(L, 2, NULL));
}

static void push_options(lua_State *L)
{
    struct script *s = script_of(L);

    lua_createtable(L, 0, (int)s->declared.n_options);
    for (uint32_t i = 0; i < s->declared.n_options; i++) {
        push_option(L, &s->doc->options[SCRIPT_OWN_OPTIONS + i]);
        lua_setfield(L, -2, s->declared.options[i].name);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->options_meta);
    lua_setmetatable(L, -2);
}

/* A layer by its name without the version. Zero when the script doesn't need one of that name. */
static int push_needed(lua_State *L, const char *name, size_t length)
{
    struct script *s = script_of(L);

    for (uint32_t i = 0; i < s->n_needs; i++)
        if (s->needs[i].short_length == length && memcmp(s->needs[i].layer, name, length) == 0) {
            push_layer(L, s->needs[i].layer);
            return 1;
        }
    return 0;
}

/* doc.text, .lang, .options, .add, or a layer: made when it is first asked for. */
static int doc_index(lua_State *L)
{
    struct script *s = script_of(L);
    size_t length;
    const char *name = luaL_checklstring(L, 2, &length);

    if (strcmp(name, "text") == 0)
        lua_pushlstring(L, s->doc->text, s->doc->text_length);
    else if (strcmp(name, "add") == 0)
        lua_pushcfunction(L, doc_add);
    else if (strcmp(name, "options") == 0)
        push_options(L);
    else if (strcmp(name, "lang") == 0 && s->doc->lang_length == 0)
        return 0;
    else if (strcmp(name, "lang") == 0)
        lua_pushlstring(L, s->doc->lang, s->doc->lang_length);
    else if (!push_needed(L, name, length))
        return luaL_error(L, "doc has no '%s'; a layer must be named in the script's `needs`", name);
    if (!lua_isnil(L, -1)) {
        lua_pushvalue(L, 2);
        lua_pushvalue(L, -2);
        lua_rawset(L, 1);
    }
    return 1;
}

void document_push(lua_State *L)
{
    lua_createtable(L, 0, 4);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script_of(L)->doc_meta);
    lua_setmetatable(L, -2);
}

static int make_meta(lua_State *L, const luaL_Reg *functions, const void **type)
{
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    if (type)
        *type = lua_topointer(L, -1);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

void document_open(lua_State *L, int lib)
{
    static const luaL_Reg spans[] = {
        { "__index", span_index }, { "__tostring", span_text }, { "__eq", span_equal }, { NULL, NULL }
    };
    static const luaL_Reg layers[] = { { "__index", layer_index }, { "__len", layer_length }, { NULL, NULL } };
    static const luaL_Reg docs[] = { { "__index", doc_index }, { NULL, NULL } };
    static const luaL_Reg options[] = { { "__index", no_option }, { NULL, NULL } };
    struct script *s = script_of(L);

    s->span_meta = make_meta(L, spans, &s->span_type);
    s->layer_meta = make_meta(L, layers, &s->layer_type);
    s->doc_meta = make_meta(L, docs, NULL);
    s->options_meta = make_meta(L, options, NULL);
    lua_pushcfunction(L, new_span);
    lua_setfield(L, lib, "span");
}
