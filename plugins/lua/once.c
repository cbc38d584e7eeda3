/* once.c: textd.once and textd.resource: what is too large to be made anew for each document, such as a list of words from a
 * file. It is made when the script is loaded, and can only be read from then on. */
#include "plugins/lua/script.h"

#include <string.h>

#define MOST_DEEP 64

/* Makes the value at the top one that can only be read, all the way down. `seen`: tables that have been, and what shows each. */
static void freeze(lua_State *L, const char *name, int seen, int depth)
{
    int type = lua_type(L, -1);

    if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING ||
        (type == LUA_TLIGHTUSERDATA && !lua_touserdata(L, -1)))
        return;
    if (type != LUA_TTABLE)
        luaL_error(L, "textd.once(\"%s\"): it can keep numbers, texts, booleans and tables of them, and no %s", name,
                   lua_typename(L, type));
    if (depth == MOST_DEEP)
        luaL_error(L, "textd.once(\"%s\"): its tables are nested deeper than %d", name, MOST_DEEP);
    luaL_checkstack(L, 10, "textd.once");
    lua_pushvalue(L, -1);
    if (lua_rawget(L, seen) != LUA_TNIL) {
        lua_replace(L, -2);
        return;
    }
    lua_pop(L, 1);
    int table = lua_gettop(L);
    base_push_real(L, table);
    int is_shown = !lua_rawequal(L, table, -1);
    lua_pop(L, 1);
    if (is_shown) /* by another textd.once */
        return;
    if (lua_getmetatable(L, table)) {
        if (lua_topointer(L, -1) != script_of(L)->map_type)
            luaL_error(L, "textd.once(\"%s\"): it can keep no table with a metatable", name);
        lua_pop(L, 1);
    }
    base_push_shown(L, table);
    lua_pushvalue(L, table);
    lua_pushvalue(L, -2);
    lua_rawset(L, seen); /* before what is in it, which may be itself */
    for (lua_pushnil(L); lua_next(L, table);) {
        if (lua_type(L, -2) != LUA_TSTRING && lua_type(L, -2) != LUA_TNUMBER && lua_type(L, -2) != LUA_TBOOLEAN)
            luaL_error(L, "textd.once(\"%s\"): a key is a %s", name, luaL_typename(L, -2));
        freeze(L, name, seen, depth + 1);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, table); /* a key that is there: next may go on */
    }
    lua_replace(L, table);
}

/* textd.once(name, f): what f() returned when the script was loaded. */
static int once(lua_State *L)
{
    struct script *s = script_of(L);
    const char *name = luaL_checkstring(L, 1);

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->once);
    lua_getfield(L, 3, name);
    if (lua_istable(L, -1)) {
        lua_rawgeti(L, -1, 1);
        return 1;
    }
    if (s->doc)
        return luaL_error(
            L, "textd.once(\"%s\") is new: call it outside of functions, so that it is when the script is loaded",
            name);
    s->once_depth++;
    lua_pushvalue(L, 2);
    lua_call(L, 0, 1);
    s->once_depth--;
    lua_newtable(L);
    lua_insert(L, -2);
    freeze(L, name, lua_gettop(L) - 1, 0);
    lua_createtable(L, 1, 0); /* so that nil can be kept, too */
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, 1);
    lua_setfield(L, 3, name);
    return 1;
}

/* textd.resource(name): a file of the folder lua/. */
static int resource(lua_State *L)
{
    struct textd_resource file = { .size = sizeof file };
    struct script *s = script_of(L);
    const char *name = luaL_checkstring(L, 1);

    if (s->once_depth == 0)
        return luaL_error(
            L, "textd.resource reads files only while the script is loaded: call it in textd.once's function");
    int32_t rc = s->host->resource(name, &file);
    if (rc == TEXTD_INVALID)
        return luaL_error(L, "textd.resource takes a plain file name, not '%s'", name);
    if (rc != TEXTD_OK)
        return luaL_error(L, "there is no file %s in a folder lua/ of the plugin directories", name);
    lua_pushlstring(L, file.data, file.length);
    return 1;
}

void once_open(lua_State *L, int lib)
{
    static const luaL_Reg functions[] = { { "once", once }, { "resource", resource }, { NULL, NULL } };

    lua_pushvalue(L, lib);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
    lua_newtable(L);
    script_of(L)->once = luaL_ref(L, LUA_REGISTRYINDEX);
}
