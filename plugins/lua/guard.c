/* guard.c: what catches errors for a script, and passes on the one that says that it must stop. Lua's own would hand that to the
 * script as one like any other, and `while true do pcall(work) end` would never end. */
#include "plugins/lua/script.h"

#include <string.h>

/* Whether what was caught is no business of the script's. `status`: of the call, or of the coroutine. */
static int is_stopped(lua_State *L, int status)
{
    struct script *s = script_of(L);

    if (status == LUA_ERRMEM && s->stop == SCRIPT_GOES_ON)
        s->stop = s->is_system_short ? SCRIPT_SYSTEM_MEMORY : SCRIPT_MEMORY;
    return s->stop != SCRIPT_GOES_ON;
}

/* `extra`: values on the stack that aren't results. */
static int finish(lua_State *L, int status, lua_KContext extra)
{
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)extra;
    if (is_stopped(L, status))
        return lua_error(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

/* pcall(f, …) */
static int guarded_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1); /* the first result, when all goes well */
    lua_insert(L, 1);
    return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish), 0);
}

/* The script's handler runs where the error is, before anybody has caught it, and inside a hook, where no hook is called: one
 * that loops would never end. */
static int guarded_handler(lua_State *L)
{
    if (script_of(L)->stop != SCRIPT_GOES_ON)
        return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

/* xpcall(f, handler, …) */
static int guarded_xpcall(lua_State *L)
{
    int n = lua_gettop(L);

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, guarded_handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* f, handler, true, f, … */
    return finish(L, lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, finish), 2);
}

/* coroutine.resume(co, …) */
static int guarded_resume(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    int n = script_of(L)->resume(L);

    if (co && !lua_toboolean(L, -n) && is_stopped(L, lua_status(co)))
        return lua_error(L);
    return n;
}

/* coroutine.close(co): runs what the coroutine has still to close. */
static int guarded_close(lua_State *L)
{
    int n = script_of(L)->close(L);
    const char *words = n == 2 ? lua_tostring(L, -1) : NULL;
    int is_memory = words && strcmp(words, "not enough memory") == 0; /* no status says so any more */

    if (n == 2 && is_stopped(L, is_memory ? LUA_ERRMEM : LUA_ERRRUN))
        return lua_error(L);
    return n;
}

void guard_open(lua_State *L, int base)
{
    lua_pushcfunction(L, guarded_pcall);
    lua_setfield(L, base, "pcall");
    lua_pushcfunction(L, guarded_xpcall);
    lua_setfield(L, base, "xpcall");
}

void guard_coroutine(lua_State *L, int lib)
{
    struct script *s = script_of(L);

    lua_getfield(L, lib, "resume");
    s->resume = lua_tocfunction(L, -1);
    lua_getfield(L, lib, "close");
    s->close = lua_tocfunction(L, -1);
    lua_pop(L, 2);
    lua_pushcfunction(L, guarded_resume);
    lua_setfield(L, lib, "resume");
    lua_pushcfunction(L, guarded_close);
    lua_setfield(L, lib, "close");
}
