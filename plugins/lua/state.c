/* state.c: see script.h. All that could raise an error runs inside a protected call: an error outside one would end the worker. */
#include "plugins/lua/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <textd/explain.h>

/* Instructions between two looks at the clock: about 10 us. */
#define HOOK_INSTRUCTIONS 2000

/* Garbage beyond this, and beyond as much as what stays, is given back at a document's end, and not when the next ones come
 * to it. */
#define TIDY_BYTES (4u << 20)

static void *allocate(void *data, void *old, size_t old_size, size_t size)
{
    struct script *s = data;
    size_t had = old ? old_size : 0; /* without an old block it is the kind of object, and no size */

    if (size == 0) {
        free(old);
        s->used -= had;
        return NULL;
    }
    if (size > had && size - had > s->limit - s->used) {
        s->is_system_short = 0;
        return NULL;
    }
    void *block = realloc(old, size);
    if (!block) {
        s->is_system_short = 1;
        return NULL;
    }
    s->used = s->used - had + size;
    return block;
}

_Noreturn void script_raise(lua_State *L, enum script_stop why)
{
    script_of(L)->stop = why;
    lua_pushliteral(L, "stopped");
    lua_error(L);
    abort(); /* it never returns; its header doesn't say so */
}

static void on_count(lua_State *L, lua_Debug *where)
{
    struct script *s = script_of(L);

    (void)where;
    if (s->stop != SCRIPT_GOES_ON)
        script_raise(L, s->stop);
    if (s->doc && s->host->should_stop(s->doc))
        script_raise(L, SCRIPT_ASKED);
}

/* ---- errors ---- */

/* "shouting.lua:12: ", of the innermost function of the script that is running; "" when none is. */
static void push_place(lua_State *L)
{
    lua_Debug at;

    for (int level = 1; lua_getstack(L, level, &at); level++)
        if (lua_getinfo(L, "Sl", &at) && at.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", at.short_src, at.currentline);
            return;
        }
    lua_pushfstring(L, "%s: ", script_of(L)->file);
}

/* Makes a message of whatever was raised, with the place in front. */
static int on_error(lua_State *L)
{
    struct script *s = script_of(L);
    size_t length = strlen(s->file);

    if (s->stop != SCRIPT_GOES_ON)
        return 1;
    if (lua_type(L, 1) != LUA_TSTRING) {
        int has_words = luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING;
        if (!has_words && (lua_type(L, 1) == LUA_TNUMBER || lua_isnil(L, 1)))
            luaL_tolstring(L, 1, NULL);
        else if (!has_words)
            lua_pushfstring(L, "the error is a %s", luaL_typename(L, 1));
        lua_replace(L, 1);
    }
    lua_settop(L, 1);
    const char *words = lua_tostring(L, 1);
    if (strncmp(words, s->file, length) == 0 && words[length] == ':')
        return 1;
    push_place(L);
    lua_insert(L, 1);
    lua_concat(L, 2);
    return 1;
}

/* What a protected call has come to. */
static int32_t tell(struct script *s, int status)
{
    if (status == LUA_ERRMEM && s->stop == SCRIPT_GOES_ON)
        s->stop = s->is_system_short ? SCRIPT_SYSTEM_MEMORY : SCRIPT_MEMORY;
    switch (s->stop) {
    case SCRIPT_ASKED:
        return TEXTD_STOPPED;
    case SCRIPT_SYSTEM_MEMORY:
    case SCRIPT_DOCUMENT_MEMORY:
        return TEXTD_NO_MEMORY;
    case SCRIPT_MEMORY:
        return textd_explain(s->host, TEXTD_FAILED,
                             "%s needs more than %zu MiB of memory, which is what its option memory allows", s->file,
                             s->limit >> 20);
    case SCRIPT_GOES_ON:
        break;
    }
    if (status == LUA_OK)
        return TEXTD_OK;
    /* Nothing but a string is looked at: to make one of something else could raise an error, and nobody is there to catch it. */
    if (lua_type(s->L, -1) != LUA_TSTRING)
        return textd_explain(s->host, TEXTD_FAILED, "%s failed without a message", s->file);
    return textd_explain(s->host, TEXTD_FAILED, "%s", lua_tostring(s->L, -1));
}

static int32_t run_protected(struct script *s, lua_CFunction function, void *data)
{
    lua_pushcfunction(s->L, on_error);
    lua_pushcfunction(s->L, function);
    lua_pushlightuserdata(s->L, data);
    int32_t rc = tell(s, lua_pcall(s->L, 1, 0, 1));
    lua_settop(s->L, 0);
    return rc;
}

/* ---- loading ---- */

struct text {
    const char *bytes;
    size_t length;
};

/* Runs the script's text in a new environment: pushes what it returns, which must be a table with the function process. */
static void run_text(lua_State *L)
{
    struct script *s = script_of(L);

    lua_rawgeti(L, LUA_REGISTRYINDEX, s->random_seed);
    lua_pushinteger(L, 0);
    lua_call(L, 1, 0); /* the same numbers for each document */
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->chunk);
    lua_newtable(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->environment);
    lua_setmetatable(L, -2);
    lua_setupvalue(L, -2, 1); /* a text's only one is its environment */
    lua_call(L, 0, 1);
    if (!lua_istable(L, -1))
        luaL_error(L, "it must end with `return M`, where M is the table with its function process");
    lua_pushliteral(L, "process");
    if (lua_rawget(L, -2) != LUA_TFUNCTION)
        luaL_error(L, "the table that it returns has no function process");
}

static int load(lua_State *L)
{
    const struct text *text = lua_touserdata(L, 1);
    struct script *s = script_of(L);
    char name[sizeof s->file + 1];

    base_open(L);
    snprintf(name, sizeof name, "@%s", s->file);
    if (luaL_loadbufferx(L, text->bytes, text->length, name, "t") != LUA_OK) /* never bytecode: it can do anything */
        return lua_error(L);
    s->chunk = luaL_ref(L, LUA_REGISTRYINDEX);
    run_text(L);
    lua_pop(L, 1);
    declaration_read(L, lua_gettop(L));
    s->module = luaL_ref(L, LUA_REGISTRYINDEX); /* whose strings are pointed to */
    lua_gc(L, LUA_GCCOLLECT);
    s->kept = s->used;
    return 0;
}

struct script *script_open(const struct textd_host *host, const char *file, const char *bytes, size_t length,
                           size_t limit)
{
    struct script *s = calloc(1, sizeof *s);
    struct text text = { bytes, length };

    if (s)
        s->limit = limit;
    lua_State *L = s ? lua_newstate(allocate, s) : NULL;
    if (!L) {
        textd_explain(host, TEXTD_FAILED, "there is no memory for a Lua state");
        free(s);
        return NULL;
    }
    *(struct script **)lua_getextraspace(L) = s; /* coroutines get a copy */
    s->L = L;
    s->host = host;
    s->log = host->extension(TEXTD_LOG);
    s->warn = host->extension(TEXTD_WARN);
    snprintf(s->file, sizeof s->file, "%s", file);
    lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
    if (run_protected(s, load, &text) == TEXTD_OK)
        return s;
    if (s->stop == SCRIPT_SYSTEM_MEMORY)
        textd_explain(host, TEXTD_FAILED, "there is no memory for %s (see workers.memory)", file);
    script_close(s);
    return NULL;
}

/* ---- running ---- */

static int run_document(lua_State *L)
{
    run_text(L);
    document_push(L);
    lua_call(L, 1, 1);
    result_write(L, lua_gettop(L));
    return 0;
}

int32_t script_run(struct script *s, struct textd_doc *doc)
{
    s->doc = doc;
    s->stop = SCRIPT_GOES_ON;
    s->once_depth = 0;
    int32_t rc = run_protected(s, run_document, NULL);
    s->doc = NULL;
    if (s->used > TIDY_BYTES + 2 * s->kept)
        lua_gc(s->L, LUA_GCCOLLECT);
    return rc;
}

void script_close(struct script *s)
{
    if (!s)
        return;
    lua_close(s->L); /* runs nothing of the script: it has no finalizers */
    free(s);
}
