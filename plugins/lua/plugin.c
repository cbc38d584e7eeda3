/* plugin.c: the plugin `lua`: each instance runs an operator's script. See README.md, and docs/lua.md. */
#include <stdio.h>
#include <string.h>

#include <textd/declare.h>
#include <textd/explain.h>
#include <textd/plugin.h>

#include "plugins/lua/script.h"

enum { OPTION_SCRIPT, OPTION_MEMORY };
_Static_assert(OPTION_MEMORY + 1 == SCRIPT_OWN_OPTIONS, "the script's options come behind these");

/* The script is NAME.lua, as the instance is called, unless the option says another. */
static int32_t declare(const struct textd_host *host, const char *instance, const struct textd_value *values,
                       struct textd_declared *declared, void **self)
{
    const struct textd_value *script = &values[OPTION_SCRIPT];
    struct textd_resource file = { .size = sizeof file };
    char name[64];
    int length = script->length > 0 ? snprintf(name, sizeof name, "%.*s", (int)script->length, script->text)
                                    : snprintf(name, sizeof name, "%.40s.lua", instance);

    int32_t rc = length >= (int)sizeof name ? TEXTD_INVALID : host->resource(name, &file);
    if (rc == TEXTD_INVALID)
        return textd_explain(host, rc, "script is '%.80s'; it must be the plain name of a file, at most %zu bytes",
                             script->text, sizeof name - 1);
    if (rc == TEXTD_NOT_FOUND)
        return textd_explain(host, rc,
                             "there is no script %s: put it into the folder lua/ of a plugin directory (plugin_dirs), "
                             "or name another by the option script",
                             name);
    if (rc != TEXTD_OK)
        return rc;
    struct script *made = script_open(host, name, file.data, file.length, (size_t)values[OPTION_MEMORY].integer << 20);
    if (!made)
        return TEXTD_FAILED;
    made->declared.size = declared->size;
    *declared = made->declared;
    *self = made;
    return TEXTD_OK;
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    (void)values;
    if (*self)
        return TEXTD_OK;
    return textd_explain(host, TEXTD_FAILED,
                         "this textd doesn't know " TEXTD_DECLARE ", by which a script says what it needs: update it");
}

static int32_t process(void *self, struct textd_doc *doc)
{
    return script_run(self, doc);
}

static void destroy(void *self)
{
    script_close(self);
}

static const void *extension(const char *id)
{
    static const struct textd_declare table = { .size = sizeof table, .declare = declare };

    return strcmp(id, TEXTD_DECLARE) == 0 ? &table : NULL;
}

static const struct textd_option options[] = {
    [OPTION_SCRIPT] = TEXTD_OPTION_TEXT(
        "script", "", NULL, 0, "the script's file in the folder lua/ of a plugin directory; NAME.lua when empty"),
    [OPTION_MEMORY] = TEXTD_OPTION_INT("memory", 64, 1, 4096, 0,
                                       "MiB that the script may use at once, its copy of the text among them"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "lua",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Runs a script in Lua",
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .destroy = destroy,
    .extension = extension,
};
