/* base.c: what a script has: of Lua's own libraries what reaches nothing outside, gives the same for the same text, and can be
 * stopped. So there is no io, os, package, require, debug; nothing that makes programs of texts (load, dofile, string.dump);
 * no __gc and no weak tables, since when memory is collected hangs on earlier documents; and no addresses in what tostring and
 * string.format make of a table, which are others in each process. */
#include "plugins/lua/script.h"

#include <string.h>

#include <lualib.h>

/* In the metatable of a table that shows another: that one. */
static const char shown_key;

/* ---- tables that can only be read ---- */

static int refuse_write(lua_State *L)
{
    return luaL_error(L, "this table can only be read: it is the same for all documents");
}

static int shown_length(lua_State *L)
{
    base_push_real(L, 1);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

void base_push_shown(lua_State *L, int table)
{
    table = lua_absindex(L, table);
    lua_newtable(L);
    lua_createtable(L, 0, 5);
    lua_pushvalue(L, table);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, shown_length);
    lua_setfield(L, -2, "__len");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushvalue(L, table);
    lua_rawsetp(L, -2, &shown_key);
    lua_setmetatable(L, -2);
}

void base_push_real(lua_State *L, int table)
{
    table = lua_absindex(L, table);
    if (lua_getmetatable(L, table)) {
        if (lua_rawgetp(L, -1, &shown_key) == LUA_TTABLE) {
            lua_remove(L, -2);
            return;
        }
        lua_pop(L, 2);
    }
    lua_pushvalue(L, table);
}

/* rawset(t, k, v) */
static int guarded_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    base_push_real(L, 1);
    if (!lua_rawequal(L, 1, -1))
        return refuse_write(L);
    lua_pop(L, 1);
    lua_rawset(L, 1);
    return 1;
}

/* setmetatable(t, mt) */
static int guarded_setmetatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    for (int i = 0; lua_istable(L, 2) && i < 2; i++) {
        lua_pushstring(L, i ? "__mode" : "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "a script's metatable may have no %s", i ? "__mode" : "__gc");
        lua_pop(L, 1);
    }
    lua_setmetatable(L, 1);
    return 1;
}

/* ---- texts of values ---- */

/* Pushes the text of the value: without an address. */
static void push_text(lua_State *L, int value)
{
    int type = lua_type(L, value);
    int has_address = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA || type == LUA_TTHREAD ||
                      type == LUA_TLIGHTUSERDATA;

    if (has_address && luaL_getmetafield(L, value, "__tostring") == LUA_TNIL)
        lua_pushstring(L, type == LUA_TLIGHTUSERDATA ? "null" : lua_typename(L, type));
    else {
        if (has_address)
            lua_pop(L, 1);
        luaL_tolstring(L, value, NULL);
    }
}

static int plain_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    push_text(L, 1);
    return 1;
}

static int has_pointer(const char *format)
{
    for (const char *at = strchr(format, '%'); at; at = strchr(at, '%')) {
        at++;
        at += strspn(at, "-+#0 .123456789");
        if (*at == 'p')
            return 1;
        at += *at != 0;
    }
    return 0;
}

/* string.format(f, …) */
static int plain_format(lua_State *L)
{
    int n = lua_gettop(L);

    if (has_pointer(luaL_checkstring(L, 1)))
        return luaL_error(L, "there is no %%p: addresses are others in each process");
    for (int i = 2; i <= n; i++)
        if (lua_type(L, i) >= LUA_TTABLE || lua_type(L, i) == LUA_TLIGHTUSERDATA) {
            push_text(L, i);
            lua_replace(L, i);
        }
    return script_of(L)->format(L);
}

/* string.rep(s, n, sep): Lua's own counts to n when there is nothing to repeat, and no hook is called meanwhile. */
static int bounded_rep(lua_State *L)
{
    size_t length, between;

    luaL_checklstring(L, 1, &length);
    luaL_optlstring(L, 3, "", &between);
    if (length + between > 0)
        return script_of(L)->rep(L);
    luaL_checkinteger(L, 2);
    lua_pushliteral(L, "");
    return 1;
}

/* ---- telling ---- */

/* Takes the arguments' texts, with tabs between them. */
static const char *join(lua_State *L, size_t *length)
{
    int n = lua_gettop(L);
    luaL_Buffer words;

    for (int i = 1; i <= n; i++) {
        push_text(L, i);
        lua_replace(L, i);
    }
    luaL_buffinit(L, &words);
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar(&words, '\t');
        lua_pushvalue(L, i);
        luaL_addvalue(&words);
    }
    luaL_pushresult(&words);
    return lua_tolstring(L, -1, length);
}

/* print(…), as a line of the log. */
static int log_print(lua_State *L)
{
    const struct textd_log *log = script_of(L)->log;
    size_t length;
    const char *words = join(L, &length);

    if (log)
        log->write(TEXTD_LOG_INFO, words, length);
    return 0;
}

/* textd.log(text [, level]) */
static int log_write(lua_State *L)
{
    static const char *const names[] = { "error", "warn", "info", "debug", NULL };
    static const int32_t levels[] = { TEXTD_LOG_ERROR, TEXTD_LOG_WARN, TEXTD_LOG_INFO, TEXTD_LOG_DEBUG };
    const struct textd_log *log = script_of(L)->log;
    size_t length;
    const char *words = luaL_checklstring(L, 1, &length);
    int level = luaL_checkoption(L, 2, "info", names);

    if (log)
        log->write(levels[level], words, length);
    return 0;
}

/* textd.warn(text): to the client. */
static int warn_client(lua_State *L)
{
    struct script *s = script_of(L);
    size_t length;
    const char *words = luaL_checklstring(L, 1, &length);

    if (!s->doc)
        return luaL_error(L, "textd.warn tells a document's client: call it in process");
    if (s->warn)
        s->warn->warn(s->doc, words, length);
    return 0;
}

/* textd.map(t): it is a map in the result, also when it is empty. */
static int mark_map(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, script_of(L)->map_meta);
    if (lua_getmetatable(L, 1) && !lua_rawequal(L, -1, -2))
        return luaL_error(L, "textd.map takes a table without a metatable");
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* ---- putting it together ---- */

/* Puts the named fields of the library at the top into the environment `base`, as a table that can only be read. */
static void add_library(lua_State *L, int base, const char *name)
{
    base_push_shown(L, -1);
    lua_setfield(L, base, name);
    lua_pop(L, 1);
}

static void remove_field(lua_State *L, const char *name)
{
    lua_pushnil(L);
    lua_setfield(L, -2, name);
}

static void add_base(lua_State *L, int base)
{
    static const char *const names[] = { "assert", "error",  "getmetatable", "ipairs",   "rawequal",
                                         "rawget", "rawlen", "select",       "tonumber", "type" };
    static const luaL_Reg ours[] = { { "print", log_print },
                                     { "rawset", guarded_rawset },
                                     { "setmetatable", guarded_setmetatable },
                                     { "tostring", plain_tostring },
                                     { NULL, NULL } };

    luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        lua_getfield(L, -1, names[i]);
        lua_setfield(L, base, names[i]);
    }
    lua_pop(L, 1);
    lua_pushvalue(L, base);
    luaL_setfuncs(L, ours, 0);
    lua_pop(L, 1);
    guard_open(L, base);
    order_open(L, base);
}

static void add_string(lua_State *L, int base)
{
    struct script *s = script_of(L);

    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 0);
    remove_field(L, "dump");
    lua_getfield(L, -1, "format");
    s->format = lua_tocfunction(L, -1);
    lua_getfield(L, -2, "rep");
    s->rep = lua_tocfunction(L, -1);
    lua_pop(L, 2);
    lua_pushcfunction(L, plain_format);
    lua_setfield(L, -2, "format");
    lua_pushcfunction(L, bounded_rep);
    lua_setfield(L, -2, "rep");
    add_library(L, base, "string");
    lua_pushliteral(L, ""); /* whose metatable all strings have */
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

static void add_math(lua_State *L, int base)
{
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 0);
    lua_getfield(L, -1, "randomseed");
    script_of(L)->random_seed = luaL_ref(L, LUA_REGISTRYINDEX);
    remove_field(L, "randomseed");
    add_library(L, base, "math");
}

static void add_textd(lua_State *L, int base)
{
    static const luaL_Reg functions[] = {
        { "log", log_write }, { "map", mark_map }, { "warn", warn_client }, { NULL, NULL }
    };

    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    once_open(L, lua_gettop(L));
    document_open(L, lua_gettop(L));
    add_library(L, base, "textd");
}

/* A metatable that nobody gets at. */
static int make_protected(lua_State *L, const void **type)
{
    lua_newtable(L);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    *type = lua_topointer(L, -1);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

void base_open(lua_State *L)
{
    struct script *s = script_of(L);

    s->map_meta = make_protected(L, &s->map_type);
    lua_newtable(L);
    int base = lua_gettop(L);
    add_base(L, base);
    add_string(L, base);
    add_math(L, base);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 0);
    lua_pushcfunction(L, sort_table);
    lua_setfield(L, -2, "sort");
    add_library(L, base, "table");
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 0);
    add_library(L, base, "utf8");
    luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 0);
    guard_coroutine(L, lua_gettop(L));
    add_library(L, base, "coroutine");
    add_textd(L, base);

    lua_createtable(L, 0, 2); /* of a document's environment */
    lua_pushvalue(L, base);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    s->environment = luaL_ref(L, LUA_REGISTRYINDEX);

    /* What the libraries left where programs look for them. */
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_settop(L, base - 1);
}
