/* declaration.c: what the table that a script returns says of it, as textd.declare/1 wants it. What the host checks (names of
 * options and layers, ranges) isn't checked here. Arrays lie in the registry, and strings are the table's own. */
#include "plugins/lua/script.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 32u

/* Memory that stays as long as the state. */
static void *keep(lua_State *L, size_t bytes)
{
    void *memory = lua_newuserdatauv(L, bytes + 1, 0);

    memset(memory, 0, bytes + 1);
    luaL_ref(L, LUA_REGISTRYINDEX);
    return memory;
}

static _Noreturn void refuse(lua_State *L, const char *what, const char *wrong)
{
    luaL_error(L, "%s: %s %s", script_of(L)->file, what, wrong);
    abort(); /* it never returns; its header doesn't say so */
}

/* The string at the top, which stays on the stack. */
static const char *read_string(lua_State *L, const char *what)
{
    size_t length;

    if (lua_type(L, -1) != LUA_TSTRING)
        refuse(L, what, "must be a text");
    const char *bytes = lua_tolstring(L, -1, &length);
    if (strlen(bytes) != length)
        refuse(L, what, "has a NUL in it");
    return bytes;
}

/* A field that may be missing: NULL then. */
static const char *read_field(lua_State *L, int table, const char *name, const char *what)
{
    const char *found = NULL;

    lua_pushstring(L, name);
    if (lua_rawget(L, table) != LUA_TNIL)
        found = read_string(L, what);
    lua_pop(L, 1);
    return found;
}

/* A field that must be a table when it is there; pushes it, or nothing and returns 0. */
static int push_table(lua_State *L, int table, const char *name)
{
    lua_pushstring(L, name);
    if (lua_rawget(L, table) == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    if (!lua_istable(L, -1))
        refuse(L, name, "must be a table");
    return 1;
}

/* Whether `word` is one of `known`, where a blank stands around each. */
static int is_among(const char *known, const char *word)
{
    size_t length = strlen(word);

    if (length == 0 || strchr(word, ' '))
        return 0;
    for (const char *at = strstr(known, word); at; at = strstr(at + 1, word))
        if (at[-1] == ' ' && at[length] == ' ') /* it is behind the first blank */
            return 1;
    return 0;
}

/* Refuses keys that nobody knows: a word misspelt would be passed over. */
static void check_keys(lua_State *L, int table, const char *what, const char *known, int may_have_functions)
{
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2);
        if (!(may_have_functions && lua_isfunction(L, -1)) && !(lua_type(L, -2) == LUA_TSTRING && is_among(known, key)))
            luaL_error(L, "%s: %s has no '%s'; there are%s", script_of(L)->file, what, key, known);
    }
}

/* ---- layers ---- */

static void read_needs(lua_State *L, int module)
{
    struct script *s = script_of(L);

    if (!push_table(L, module, "needs"))
        return;
    int table = lua_gettop(L);
    size_t n = lua_rawlen(L, table);
    const char **names = keep(L, (n + 1) * sizeof *names);
    struct script_need *needs = keep(L, n * sizeof *needs);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, table, (lua_Integer)i + 1);
        names[i] = read_string(L, "needs: each");
        size_t length = strcspn(names[i], TEXTD_OPTIONAL);
        char *plain = keep(L, length);
        memcpy(plain, names[i], length);
        needs[i] = (struct script_need) { plain, strcspn(plain, "/") };
        lua_pop(L, 1);
    }
    s->declared.needs_layers = names;
    s->needs = needs;
    s->n_needs = (uint32_t)n;
    lua_pop(L, 1);
}

static uint32_t column_type(lua_State *L, const char *what)
{
    const char *name = read_string(L, what);

    if (strcmp(name, "u8") == 0)
        return TEXTD_U8;
    if (strcmp(name, "u32") == 0)
        return TEXTD_U32;
    if (strcmp(name, "f32") == 0)
        return TEXTD_F32;
    if (strcmp(name, "text") != 0)
        luaL_error(L, "%s: %s is '%s'; a column is u8, u32, f32 or text", script_of(L)->file, what, name);
    return TEXTD_TEXT;
}

/* The columns of the layer whose table is at the top, in the order of their names. */
static void read_columns(lua_State *L, struct script_add *add)
{
    int table = lua_gettop(L);
    lua_Integer n = order_push_keys(L, table);
    struct script_column *columns = keep(L, (size_t)n * sizeof *columns);
    char what[120];

    if (n > MOST_COLUMNS || lua_isnil(L, -1) != (n == 0))
        luaL_error(L, "%s: adds: the columns of %s must be at most %d, each a name and its type", script_of(L)->file,
                   add->layer, (int)MOST_COLUMNS);
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, -1, i + 1);
        columns[i].name = read_string(L, "adds: a column");
        lua_rawget(L, table);
        lua_pushfstring(L, "adds: the column %s of %s", columns[i].name, add->layer);
        strncpy(what, lua_tostring(L, -1), sizeof what - 1);
        what[sizeof what - 1] = 0;
        lua_pop(L, 1);
        columns[i].type = column_type(L, what);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    add->columns = columns;
    add->n_columns = (uint32_t)n;
}

/* adds = { "org.example.plain/1", ["org.example.rich/1"] = { column = "u32" } } */
static void read_adds(lua_State *L, int module)
{
    struct script *s = script_of(L);

    if (!push_table(L, module, "adds"))
        return;
    int table = lua_gettop(L);
    lua_Integer n = order_push_keys(L, table);
    const char **names = keep(L, ((size_t)n + 1) * sizeof *names);
    struct script_add *adds = keep(L, (size_t)n * sizeof *adds);
    for (lua_Integer i = 0; i < n; i++) {
        if (lua_isnil(L, -1))
            lua_pushinteger(L, i + 1);
        else
            lua_rawgeti(L, -1, i + 1);
        lua_pushvalue(L, -1);
        lua_rawget(L, table);
        int has_columns = lua_type(L, -2) == LUA_TSTRING;
        if (has_columns)
            lua_insert(L, -2); /* the name is the key */
        adds[i].layer = names[i] = read_string(L, "adds: a layer's name");
        if (has_columns && !lua_istable(L, -2))
            luaL_error(L, "%s: adds: the columns of %s must be a table", s->file, names[i]);
        if (has_columns) {
            lua_insert(L, -2);
            read_columns(L, &adds[i]);
        }
        lua_pop(L, 2);
    }
    s->declared.adds_layers = names;
    s->adds = adds;
    s->n_adds = (uint32_t)n;
    lua_pop(L, 2);
}

/* ---- options ---- */

static uint32_t option_type(lua_State *L, int table, const char *what)
{
    static const char *const names[] = {
        [TEXTD_BOOL] = "bool", [TEXTD_INT] = "int", [TEXTD_FLOAT] = "float", [TEXTD_TEXT] = "text"
    };
    const char *name = read_field(L, table, "type", what);

    for (uint32_t type = TEXTD_BOOL; name && type <= TEXTD_TEXT; type++)
        if (strcmp(name, names[type]) == 0)
            return type;
    luaL_error(L, "%s: %s has the type '%s'; it must be bool, int, float or text", script_of(L)->file, what,
               name ? name : "");
    abort(); /* see refuse */
}

static int64_t integer_field(lua_State *L, int table, const char *name, int64_t otherwise, const char *what)
{
    int is_integer;

    lua_pushstring(L, name);
    if (lua_rawget(L, table) == LUA_TNIL) {
        lua_pop(L, 1);
        return otherwise;
    }
    lua_Integer value = lua_tointegerx(L, -1, &is_integer);
    if (lua_type(L, -1) != LUA_TNUMBER || !is_integer)
        luaL_error(L, "%s: %s: its %s must be a whole number", script_of(L)->file, what, name);
    lua_pop(L, 1);
    return value;
}

static double number_field(lua_State *L, int table, const char *name, double otherwise, const char *what)
{
    lua_pushstring(L, name);
    int type = lua_rawget(L, table);
    if (type != LUA_TNIL && type != LUA_TNUMBER)
        luaL_error(L, "%s: %s: its %s must be a number", script_of(L)->file, what, name);
    double value = type == LUA_TNIL ? otherwise : lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static int bool_field(lua_State *L, int table, const char *name, const char *what)
{
    lua_pushstring(L, name);
    int type = lua_rawget(L, table);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_error(L, "%s: %s: its %s must be true or false", script_of(L)->file, what, name);
    int value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static const char *const *read_choices(lua_State *L, int table, const char *what)
{
    if (!push_table(L, table, "choices"))
        return NULL;
    size_t n = lua_rawlen(L, -1);
    const char **choices = keep(L, (n + 1) * sizeof *choices);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        choices[i] = read_string(L, what);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return n > 0 ? choices : NULL;
}

/* The option whose table is at the top. */
static void read_option(lua_State *L, struct textd_option *option, lua_Integer number)
{
    static const char *const known[] = { [TEXTD_BOOL] = " name type help per_request initial ",
                                         [TEXTD_INT] = " name type help per_request initial min max ",
                                         [TEXTD_FLOAT] = " name type help per_request initial min max ",
                                         [TEXTD_TEXT] = " name type help per_request initial choices " };
    int table = lua_gettop(L);
    char what[100] = "options: each";

    if (!lua_istable(L, table))
        refuse(L, what, "must be a table");
    option->name = read_field(L, table, "name", "options: a name");
    lua_pushfstring(L, "option %I (%s)", number, option->name ? option->name : "without a name");
    strncpy(what, lua_tostring(L, -1), sizeof what - 1);
    lua_pop(L, 1);
    option->type = option_type(L, table, what);
    check_keys(L, table, what, known[option->type], 0);
    option->flags = bool_field(L, table, "per_request", what) ? TEXTD_PER_REQUEST : 0;
    option->help = read_field(L, table, "help", what);
    if (option->type == TEXTD_BOOL) {
        option->max_integer = 1;
        option->initial_integer = bool_field(L, table, "initial", what);
    } else if (option->type == TEXTD_INT) {
        option->min_integer = integer_field(L, table, "min", INT64_MIN, what);
        option->max_integer = integer_field(L, table, "max", INT64_MAX, what);
        option->initial_integer = integer_field(L, table, "initial", 0, what);
    } else if (option->type == TEXTD_FLOAT) {
        option->min_number = number_field(L, table, "min", -DBL_MAX, what);
        option->max_number = number_field(L, table, "max", DBL_MAX, what);
        option->initial_number = number_field(L, table, "initial", 0, what);
    } else {
        option->initial_text = read_field(L, table, "initial", what);
        option->choices = read_choices(L, table, what);
        if (!option->initial_text)
            option->initial_text = "";
    }
}

static void read_options(lua_State *L, int module)
{
    struct script *s = script_of(L);

    if (!push_table(L, module, "options"))
        return;
    size_t n = lua_rawlen(L, -1);
    if (n > 200)
        refuse(L, "options", "has more than 200");
    lua_pushnil(L);
    if (n == 0 && lua_next(L, -2))
        refuse(L, "options", "must be a list: { { name = …, type = … }, … }");
    lua_settop(L, module + 1);
    struct textd_option *options = keep(L, n * sizeof *options);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, module + 1, (lua_Integer)i + 1);
        read_option(L, &options[i], (lua_Integer)i + 1);
        lua_pop(L, 1);
    }
    s->declared.options = options;
    s->declared.n_options = (uint32_t)n;
    s->declared.option_size = sizeof *options;
    lua_pop(L, 1);
}

void declaration_read(lua_State *L, int module)
{
    struct script *s = script_of(L);

    check_keys(L, module, "the table that it returns", " process needs adds options version license summary ", 1);
    read_needs(L, module);
    read_adds(L, module);
    read_options(L, module);
    s->declared.version = read_field(L, module, "version", "version");
    s->declared.license = read_field(L, module, "license", "license");
    s->declared.summary = read_field(L, module, "summary", "summary");
}
