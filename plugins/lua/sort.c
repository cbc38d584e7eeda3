/* sort.c: table.sort by merging: what is alike stays in its order. Lua's own sort draws a pivot by the clock when a table is
 * cut badly, and then it is chance which of two that are alike comes first. */
#include "plugins/lua/script.h"

#include <limits.h>

enum { TABLE = 1, ORDER, FROM, TO }; /* places on the stack; ORDER is nil for `<` */

/* Whether the value at the top comes before the one below it. Both stay. */
static int is_before(lua_State *L)
{
    if (lua_isnil(L, ORDER))
        return lua_compare(L, -1, -2, LUA_OPLT);
    lua_pushvalue(L, ORDER);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -4);
    lua_call(L, 2, 1);
    int is = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is;
}

/* Merges [left, right) and [right, end) of FROM into TO. */
static void merge(lua_State *L, lua_Integer left, lua_Integer right, lua_Integer end)
{
    lua_Integer a = left, b = right;

    for (lua_Integer to = left; to < end; to++) {
        int takes_right = b < end;
        if (a < right && b < end) {
            lua_rawgeti(L, FROM, a);
            lua_rawgeti(L, FROM, b);
            takes_right = is_before(L);
            lua_pop(L, 2);
        }
        lua_rawgeti(L, FROM, takes_right ? b++ : a++);
        lua_rawseti(L, TO, to);
    }
}

/* table.sort(t [, order]). An error in between leaves t as it was. */
int sort_table(lua_State *L)
{
    struct script *s = script_of(L);

    luaL_checktype(L, TABLE, LUA_TTABLE);
    if (!lua_isnoneornil(L, ORDER))
        luaL_checktype(L, ORDER, LUA_TFUNCTION);
    lua_settop(L, ORDER);
    lua_Integer n = luaL_len(L, TABLE);
    luaL_argcheck(L, n < INT_MAX / 2, TABLE, "array too big");
    lua_createtable(L, n > 0 ? (int)n : 0, 0);
    lua_createtable(L, n > 0 ? (int)n : 0, 0);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, TABLE, i);
        lua_rawseti(L, FROM, i);
    }
    for (lua_Integer width = 1; width < n; width *= 2) {
        if (s->doc && s->host->should_stop(s->doc)) /* without an order no hook is called */
            script_raise(L, SCRIPT_ASKED);
        for (lua_Integer left = 1; left <= n; left += 2 * width) {
            lua_Integer right = left + width <= n ? left + width : n + 1;
            merge(L, left, right, right + width <= n ? right + width : n + 1);
        }
        lua_pushvalue(L, FROM);
        lua_copy(L, TO, FROM);
        lua_replace(L, TO);
    }
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, FROM, i);
        lua_seti(L, TABLE, i);
    }
    return 0;
}
