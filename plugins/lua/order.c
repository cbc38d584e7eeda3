/* order.c: walking over a table in an order that is always the same. Lua's own order of keys that are strings hangs on a number
 * that each state draws by the clock and by addresses: two workers would answer the same document differently. */
#include "plugins/lua/script.h"

#include <stdlib.h>
#include <string.h>

struct key {
    int type; /* LUA_TNUMBER before LUA_TSTRING before LUA_TBOOLEAN, see rank */
    int is_integer;
    lua_Integer integer; /* also of a boolean */
    lua_Number number;
    const char *bytes; /* the table's string */
    size_t length;
};

static int rank(int type)
{
    return type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2;
}

static int compare(const void *left, const void *right)
{
    const struct key *a = left, *b = right;

    if (a->type != b->type)
        return rank(a->type) - rank(b->type);
    if (a->type == LUA_TSTRING) {
        int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
        return order ? order : (a->length > b->length) - (a->length < b->length);
    }
    if (a->is_integer && b->is_integer)
        return (a->integer > b->integer) - (a->integer < b->integer);
    return (a->number > b->number) - (a->number < b->number);
}

static struct key read_key(lua_State *L, int at)
{
    struct key key = { .type = lua_type(L, at) };

    switch (key.type) {
    case LUA_TSTRING:
        key.bytes = lua_tolstring(L, at, &key.length);
        break;
    case LUA_TNUMBER:
        key.is_integer = lua_isinteger(L, at);
        key.integer = key.is_integer ? lua_tointeger(L, at) : 0;
        key.number = lua_tonumber(L, at);
        break;
    case LUA_TBOOLEAN:
        key.is_integer = 1;
        key.integer = lua_toboolean(L, at);
        break;
    default:
        luaL_error(L, "keys that are a %s have no order: walk over an array of them", lua_typename(L, key.type));
    }
    return key;
}

static void push_key(lua_State *L, const struct key *key)
{
    if (key->type == LUA_TSTRING)
        lua_pushlstring(L, key->bytes, key->length);
    else if (key->type == LUA_TBOOLEAN)
        lua_pushboolean(L, (int)key->integer);
    else if (key->is_integer)
        lua_pushinteger(L, key->integer);
    else
        lua_pushnumber(L, key->number);
}

/* How many keys there are; *is_array: they are 1, 2, … */
static lua_Integer count(lua_State *L, int table, int *is_array)
{
    lua_Integer n = 0;

    *is_array = 1;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        n++;
        *is_array = *is_array && lua_isinteger(L, -2) && lua_tointeger(L, -2) == n;
    }
    return n;
}

lua_Integer order_push_keys(lua_State *L, int table)
{
    struct key few[16], *keys = few;
    lua_Integer n, i = 0;
    int is_array;

    luaL_checkstack(L, 6, "a table");
    n = count(L, table, &is_array);
    lua_pushnil(L);
    if (is_array)
        return n;
    if ((size_t)n > sizeof few / sizeof few[0])
        keys = lua_newuserdatauv(L, (size_t)n * sizeof *keys, 0);
    else
        lua_pushnil(L);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        keys[i++] = read_key(L, -2);
    qsort(keys, (size_t)n, sizeof *keys, compare);
    /* The strings are the table's own, and nothing of the script runs before they are the array's, too. */
    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        push_key(L, &keys[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
    return n;
}

/* Upvalues: the table, its keys or nil for 1, 2, …, how many, and how many are done. What was taken out meanwhile is passed over;
 * what was put in isn't seen. */
static int step(lua_State *L)
{
    lua_Integer n = lua_tointeger(L, lua_upvalueindex(3)), i = lua_tointeger(L, lua_upvalueindex(4));

    while (i < n) {
        i++;
        if (lua_isnil(L, lua_upvalueindex(2)))
            lua_pushinteger(L, i);
        else
            lua_rawgeti(L, lua_upvalueindex(2), i);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_replace(L, lua_upvalueindex(4));
            return 2;
        }
        lua_pop(L, 2);
    }
    lua_pushinteger(L, n);
    lua_replace(L, lua_upvalueindex(4));
    lua_pushnil(L);
    return 1;
}

/* pairs(t) */
static int ordered_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    base_push_real(L, 1);
    lua_Integer n = order_push_keys(L, lua_gettop(L));
    lua_pushinteger(L, n);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, step, 4);
    return 1;
}

/* next(t): the first key and its value; nil when there is none. */
static int ordered_next(lua_State *L)
{
    struct key first = { 0 };

    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        return luaL_error(L, "next(t) tells the first key of a table; to walk over it use pairs");
    base_push_real(L, 1);
    int table = lua_gettop(L), n = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        struct key key = read_key(L, -2);
        if (n++ == 0 || compare(&key, &first) < 0)
            first = key;
    }
    if (n == 0) {
        lua_pushnil(L);
        return 1;
    }
    push_key(L, &first);
    lua_pushvalue(L, -1);
    lua_rawget(L, table);
    return 2;
}

void order_open(lua_State *L, int base)
{
    lua_pushcfunction(L, ordered_pairs);
    lua_setfield(L, base, "pairs");
    lua_pushcfunction(L, ordered_next);
    lua_setfield(L, base, "next");
}
