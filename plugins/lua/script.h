/* script.h: an instance of the plugin lua: one script, in a Lua state of its own.
 *
 * A document must not see another one's traces. So the script is compiled once, and its text is run anew for each document, in an
 * environment of its own: globals, locals and functions are all new. What is shared (the libraries, what textd.once has made)
 * can only be read. See base.c for what a script has, and for what it hasn't.
 *
 * A script is stopped by an error that it can't catch: whoever catches errors for it (guard.c) passes that one on. */
#ifndef LUA_SCRIPT_H
#define LUA_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

#include <textd/declare.h>
#include <textd/log.h>
#include <textd/plugin.h>
#include <textd/warn.h>

/* Why a script may not go on, whatever it does. */
enum script_stop {
    SCRIPT_GOES_ON,
    SCRIPT_ASKED,          /* host->should_stop */
    SCRIPT_MEMORY,         /* its own limit */
    SCRIPT_SYSTEM_MEMORY,  /* malloc returned NULL */
    SCRIPT_DOCUMENT_MEMORY /* host->alloc did */
};

struct script_need {
    const char *layer;   /* without "?" */
    size_t short_length; /* of what stands before the slash: its name in `doc` */
};

struct script_column {
    const char *name;
    uint32_t type;
};

struct script_add {
    const char *layer;
    const struct script_column *columns;
    uint32_t n_columns;
};

struct script {
    const struct textd_host *host;
    const struct textd_log *log;   /* NULL: the host hasn't got it */
    const struct textd_warn *warn; /* the same */
    lua_State *L;
    size_t used, limit;  /* bytes */
    size_t kept;         /* of used: when the script was loaded */
    int is_system_short; /* the last refusal was malloc's */
    enum script_stop stop;
    char file[64]; /* as messages name it */

    struct textd_doc *doc; /* the one that is annotated; NULL: the script is being loaded */
    int once_depth;        /* calls of textd.once's function that have not returned */

    /* In the registry. */
    int chunk, environment, random_seed, once, module, doc_meta, layer_meta, span_meta, map_meta, options_meta;
    const void *span_type, *layer_type, *map_type; /* those metatables, to know one's own things by */
    lua_CFunction format, rep, resume, close;      /* the libraries' own, for ours that look first */

    /* What it declares. The strings are the module's, the arrays are in the registry. */
    struct textd_declared declared;
    const struct script_need *needs;
    const struct script_add *adds;
    uint32_t n_needs, n_adds;
};

/* Makes the state, runs the script once and reads what it declares. NULL when it can't: the host has been told why. The text is
 * borrowed until it returns. */
struct script *script_open(const struct textd_host *host, const char *file, const char *text, size_t length,
                           size_t limit);

/* Annotates a document; what process returns, after host->explain. `options`: the script's own begin there. */
int32_t script_run(struct script *script, struct textd_doc *doc);

void script_close(struct script *script); /* NULL is fine */

/* The instance that a state, or a coroutine of it, belongs to. */
static inline struct script *script_of(lua_State *L)
{
    return *(struct script **)lua_getextraspace(L);
}

/* Raises the error that no script can catch. */
_Noreturn void script_raise(lua_State *L, enum script_stop why);

/* How many options of the plugin's own stand before the script's. */
#define SCRIPT_OWN_OPTIONS 2u

/* Parts, each of which a file of its name has. They are called inside a protected call, and raise errors. */
void base_open(lua_State *L);                /* the libraries, and the environment's metatable */
void guard_open(lua_State *L, int base);     /* pcall, xpcall */
void guard_coroutine(lua_State *L, int lib); /* resume, close */
void order_open(lua_State *L, int base);     /* pairs, next */
void once_open(lua_State *L, int lib);       /* textd.once, textd.resource */
void document_open(lua_State *L, int lib);   /* textd.span, and what `doc` is */
void document_push(lua_State *L);            /* `doc`, for a document that has just begun */
void declaration_read(lua_State *L, int module);
void result_write(lua_State *L, int value);
int sort_table(lua_State *L); /* table.sort */

/* Pushes a table that shows `table` and can't be written to. */
void base_push_shown(lua_State *L, int table);

/* The table that such a one shows, or the table itself: pushes it. */
void base_push_real(lua_State *L, int table);

/* Pushes the keys of `table` as an array: numbers, then strings, then booleans, each in their order; its length. Keys of other
 * types have none, and are an error. When they are 1, 2, … n and nothing else, it pushes nil. */
lua_Integer order_push_keys(lua_State *L, int table);

/* A span as scripts see it: of a layer, or made by textd.span. NULL: the value is none. */
const struct textd_span *document_span(lua_State *L, int value);

/* Whether the value is a layer; then fills it in. */
int document_layer(lua_State *L, int value, struct textd_layer *layer);

#endif
