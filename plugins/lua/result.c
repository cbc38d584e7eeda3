/* result.c: what process returned, written through the host. The rules:
 *
 *   a table with the keys 1 … n      an array; an empty table, too
 *   a table whose keys are texts     a map, in the order of its keys' bytes
 *   textd.map(t)                     a map, also when it is empty
 *   a span, or a layer               [start, end] in the client's unit, or an array of them
 *   an integer, a float              an integer, a float64, also when it is whole
 *   nil (at the top), textd.null     nil
 *
 * Everything else is an error that names the place: other keys, holes, NaN and infinities, texts that aren't UTF-8, functions,
 * tables that hold themselves, more than 16 tables in each other. Metatables count for nothing. */
#include "plugins/lua/script.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

#define MOST_DEEP 16 /* the host's, which would say it with other words */
#define LOOK_EVERY 4096u

struct walk {
    struct script *script;
    struct textd_doc *doc;
    uint32_t n_values;
    int depth;
    struct {
        const void *table;
        const char *key; /* NULL: index counts */
        lua_Integer index;
    } in[MOST_DEEP + 1];
};

/* Raises "…: the result's words[3].x WRONG". */
static void refuse(lua_State *L, const struct walk *w, const char *wrong)
{
    char path[200] = "";
    size_t used = 0;

    for (int i = 1; i <= w->depth && used < sizeof path - 1; i++) {
        int n = w->in[i].key
                    ? snprintf(path + used, sizeof path - used, "%s%.40s", i > 1 ? "." : "'s ", w->in[i].key)
                    : snprintf(path + used, sizeof path - used, "%s[%lld]", i > 1 ? "" : "'s ", w->in[i].index);
        used += n > 0 ? (size_t)n : 0;
    }
    luaL_error(L, "%s: the result%s %s", w->script->file, path, wrong);
}

static void write_value(lua_State *L, struct walk *w, int value);

/* Everything before the value of a table at `table`, which is no deeper than it may be, and not in itself. */
static void enter(lua_State *L, struct walk *w, int table)
{
    const void *pointer = lua_topointer(L, table);

    for (int i = 0; i < w->depth; i++)
        if (w->in[i].table == pointer)
            refuse(L, w, "is a table that holds itself");
    if (w->depth == MOST_DEEP)
        refuse(L, w, "is nested deeper than 16 tables");
    luaL_checkstack(L, 12, "the result");
    w->in[w->depth].table = pointer;
    w->depth++;
    w->in[w->depth].key = NULL;
}

static void write_array(lua_State *L, struct walk *w, int table, lua_Integer n)
{
    w->script->host->array_begin(w->doc);
    for (lua_Integer i = 1; i <= n; i++) {
        w->in[w->depth].index = i;
        lua_rawgeti(L, table, i);
        write_value(L, w, lua_gettop(L));
        lua_pop(L, 1);
    }
    w->script->host->array_end(w->doc);
}

static void write_map(lua_State *L, struct walk *w, int table, int keys, lua_Integer n)
{
    w->script->host->map_begin(w->doc);
    for (lua_Integer i = 1; i <= n; i++) {
        size_t length;
        w->in[w->depth].key = NULL;
        w->in[w->depth].index = i;
        lua_rawgeti(L, keys, i);
        const char *key = lua_tolstring(L, -1, &length);
        if (strlen(key) != length || td_utf8_check(key, length, NULL) != length)
            refuse(L, w, "(keys counted) has a key with a NUL, or that is not UTF-8");
        w->in[w->depth].key = key;
        w->script->host->write_key(w->doc, key);
        lua_pushvalue(L, -1);
        lua_rawget(L, table);
        write_value(L, w, lua_gettop(L));
        lua_pop(L, 2);
    }
    w->script->host->map_end(w->doc);
}

/* The keys are sorted: numbers come first, and booleans last. */
static void check_map_keys(lua_State *L, struct walk *w, int keys, lua_Integer n)
{
    int first, last;

    lua_rawgeti(L, keys, 1);
    first = lua_type(L, -1);
    lua_rawgeti(L, keys, n);
    last = lua_type(L, -1);
    lua_pop(L, 2);
    if (first == LUA_TSTRING && last == LUA_TSTRING)
        return;
    w->depth--;
    refuse(L, w,
           first == LUA_TNUMBER && last == LUA_TNUMBER ? "is an array with holes, or with other numbers than 1, 2, …"
           : first == LUA_TNUMBER                      ? "has numbers and texts for keys: is it an array or a map?"
                                                       : "has keys that are neither numbers nor texts");
}

static int is_marked_map(lua_State *L, struct walk *w, int table)
{
    int is = 0;

    if (lua_getmetatable(L, table)) {
        is = lua_topointer(L, -1) == w->script->map_type;
        lua_pop(L, 1);
    }
    return is;
}

static void write_table(lua_State *L, struct walk *w, int value)
{
    base_push_real(L, value);
    int table = lua_gettop(L);
    enter(L, w, table);
    lua_Integer n = order_push_keys(L, table);
    int keys = lua_gettop(L), is_marked = is_marked_map(L, w, table);
    if (!lua_isnil(L, keys))
        check_map_keys(L, w, keys, n);
    else if (n > 0 && is_marked) {
        w->depth--; /* it is the table that is wrong, and nothing in it */
        refuse(L, w, "was marked by textd.map, and its keys are numbers");
    }
    if (!lua_isnil(L, keys) || is_marked)
        write_map(L, w, table, keys, n);
    else
        write_array(L, w, table, n);
    w->depth--;
    lua_settop(L, table - 1);
}

static void write_userdata(lua_State *L, struct walk *w, int value)
{
    const struct textd_span *span = document_span(L, value);
    struct textd_layer layer;

    if (span) {
        w->script->host->write_span(w->doc, *span);
        return;
    }
    if (!document_layer(L, value, &layer))
        refuse(L, w, "is a userdata");
    w->script->host->array_begin(w->doc);
    for (uint32_t i = 0; i < layer.count; i++)
        w->script->host->write_span(w->doc, layer.spans[i]);
    w->script->host->array_end(w->doc);
}

static void write_value(lua_State *L, struct walk *w, int value)
{
    const struct textd_host *host = w->script->host;
    size_t length;

    if (++w->n_values % LOOK_EVERY == 0 && host->should_stop(w->doc))
        script_raise(L, SCRIPT_ASKED);
    switch (lua_type(L, value)) {
    case LUA_TNIL:
        host->write_nil(w->doc);
        break;
    case LUA_TBOOLEAN:
        host->write_bool(w->doc, lua_toboolean(L, value));
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, value))
            host->write_integer(w->doc, lua_tointeger(L, value));
        else if (isfinite(lua_tonumber(L, value)))
            host->write_number(w->doc, lua_tonumber(L, value));
        else
            refuse(L, w, "is a number that is not finite");
        break;
    case LUA_TSTRING: {
        const char *bytes = lua_tolstring(L, value, &length);
        if (td_utf8_check(bytes, length, NULL) != length)
            refuse(L, w, "is a text that is not UTF-8");
        host->write_text(w->doc, bytes, length);
        break;
    }
    case LUA_TTABLE:
        write_table(L, w, value);
        break;
    case LUA_TUSERDATA:
        write_userdata(L, w, value);
        break;
    case LUA_TLIGHTUSERDATA: /* textd.null, the only one that there is */
        host->write_nil(w->doc);
        break;
    default:
        lua_pushfstring(L, "is a %s", luaL_typename(L, value));
        refuse(L, w, lua_tostring(L, -1));
    }
}

void result_write(lua_State *L, int value)
{
    struct walk w = { .script = script_of(L), .doc = script_of(L)->doc };

    write_value(L, &w, value);
}
