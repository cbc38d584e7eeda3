/* plugin.c: opening, making and ending plugins. What a library's head must look like is judged in judge.c. */
#include "daemon/worker/plugin.h"

#include <assert.h>
#include <dlfcn.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/worker/declare.h"
#include "daemon/worker/grants.h"
#include "daemon/worker/guard.h"
#include "daemon/worker/host.h"
#include "daemon/worker/judge.h"

/* Opens the snapshot, under a name that only this process has for it. The loader's words are passed on whole, with the
 * file's own name in the place of that one. */
static void *open_library(const struct td_plugin_source *source, struct td_err *err)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", source->library_fd);
    /* NOW: a missing symbol is found here, not at some client's document. LOCAL: two plugins may use the same names. */
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library)
        return library;
    const char *why = dlerror();
    size_t length = strlen(path);
    int is_named = strncmp(why, path, length) == 0;
    td_fail(err, TD_E_CONFIG, "plugin %s can't be opened: %s%s", source->name, is_named ? source->path : "",
            is_named ? why + length : why);
    return NULL;
}

static void show_options(struct td_plugin *plugin)
{
    plugin->options = (struct td_options) { .plugin = plugin->name,
                                            .table = plugin->entry.options,
                                            .n = plugin->entry.n_options,
                                            .stride = plugin->entry.option_size };
}

int td_plugin_open(struct td_plugin_set *set, const struct td_plugin_source *source, struct td_err *err)
{
    if (set->n == TD_MAX_PLUGINS)
        return td_fail(err, TD_E_CONFIG, "%s is one plugin too many; the limit is %d", source->name, TD_MAX_PLUGINS);
    struct td_plugin *plugin = &set->plugins[set->n];
    *plugin = (struct td_plugin) { .name = source->name, .index = source->number, .source = *source };

    void *library = open_library(source, err);
    if (!library)
        return TD_E_CONFIG;
    const void *entry = dlsym(library, TEXTD_PLUGIN_SYMBOL);
    if (!entry)
        return td_fail(err, TD_E_CONFIG, "plugin %s: %s exports no %s; a plugin for ABI %d must (see docs/plugins.md)",
                       source->name, source->path, TEXTD_PLUGIN_SYMBOL, TEXTD_ABI_MAJOR);
    Dl_info where;
    plugin->base = dladdr(entry, &where) ? (uintptr_t)where.dli_fbase : 0;
    int rc = td_judge(entry, source->path, &plugin->entry, err);
    if (rc != TD_OK)
        return rc;
    show_options(plugin);
    assert(source->number < TD_MAX_PLUGINS && (set->n == 0 || source->number > set->plugins[set->n - 1].index));
    set->place[source->number] = (uint8_t)set->n;
    set->n++;
    return TD_OK;
}

/* "key_file" of a secret option "key": the option; NULL when it is none of these. */
static const struct textd_option *secret_of_file(const struct td_plugin *plugin, const char *name, uint32_t *index)
{
    static const char suffix[] = "_file";
    size_t length = strlen(name), n = sizeof suffix - 1;
    struct td_err err;

    if (length <= n || strcmp(name + length - n, suffix) != 0 ||
        td_options_find(&plugin->options, name, length - n, index, &err) != TD_OK)
        return NULL;
    const struct textd_option *option = td_options_at(&plugin->options, *index);
    return option->flags & TEXTD_SECRET ? option : NULL;
}

/* A secret's value comes from a file, since what stands in the configuration is printed and logged. */
static int set_option(struct td_plugin *plugin, const struct td_plugin_setting *set, int is_all, struct td_err *err)
{
    uint32_t index;
    int rc = td_options_find(&plugin->options, set->name, strlen(set->name), &index, err);

    if (rc == TD_OK && td_options_at(&plugin->options, index)->flags & TEXTD_SECRET)
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s is a secret: write it into a file, and %s_file: FILE in its place",
                       plugin->name, set->name, set->name);
    if (rc == TD_OK)
        return td_option_parse(&plugin->options, index, set->value, &plugin->values[index], err);
    if (!secret_of_file(plugin, set->name, &index))
        return is_all ? rc : TD_OK;
    if (!set->secret || !*set->secret)
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s: %s", plugin->name, set->name,
                       set->secret_fault ? set->secret_fault : "it was not read");
    plugin->values[index].text = set->secret;
    plugin->values[index].length = (uint32_t)strlen(set->secret);
    return TD_OK;
}

/* The operator's values over the declared ones. `is_all`: no more options are to come, so one that isn't there is a mistake. */
static int set_options(struct td_plugin *plugin, int is_all, struct td_err *err)
{
    struct td_err why;
    uint32_t n = plugin->options.n;

    free(plugin->values);
    free(plugin->for_request);
    plugin->values = calloc(n + 1, sizeof *plugin->values);
    plugin->for_request = calloc(n + 1, sizeof *plugin->for_request);
    if (!plugin->values || !plugin->for_request)
        return td_fail(err, TD_E_SYSTEM, "out of memory for the options of %s", plugin->name);
    for (uint32_t i = 0; i < n; i++)
        plugin->values[i] = td_option_initial(td_options_at(&plugin->options, i));
    for (uint32_t i = 0; i < plugin->source.n_settings; i++) {
        const struct td_plugin_setting *set = &plugin->source.settings[i];
        if (set_option(plugin, set, is_all, &why) != TD_OK)
            return td_fail(err, TD_E_CONFIG, "%s: %s", set->where, why.text);
    }
    return TD_OK;
}

/* Calls one of the plugin's functions and turns a refusal into words. */
static int report(const struct td_plugin *plugin, const char *what, int32_t rc, struct td_err *err)
{
    /* Plugins bring libraries that call setlocale; a comma as decimal point would break our number parsing. */
    setlocale(LC_ALL, "C");
    if (rc == TEXTD_OK)
        return TD_OK;
    const char *why = td_host_explanation();
    if (*why)
        return td_fail(err, TD_E_CONFIG, "plugin %s: %s failed: %s", plugin->name, what, why);
    return td_fail(err, TD_E_CONFIG,
                   "plugin %s: %s failed: it returned %d and gave no reason (a plugin should call host->explain)",
                   plugin->name, what, rc);
}

/* Asks what the plugin has to say of its options, by textd.check_options/1. */
static int check_options(struct td_plugin *plugin, struct td_err *err)
{
    const struct textd_check_options *check =
        plugin->entry.extension ? plugin->entry.extension(TEXTD_CHECK_OPTIONS) : NULL;

    if (!check)
        return TD_OK;
    if (check->size < sizeof *check || !check->check)
        return td_fail(err, TD_E_CONFIG,
                       "plugin %s: its table of " TEXTD_CHECK_OPTIONS " has %u bytes; %zu are expected, with a check",
                       plugin->name, check->size, sizeof *check);
    plugin->check = check;
    return report(plugin, "the check of its options", check->check(plugin->self, plugin->values), err);
}

int td_plugin_declare(struct td_plugin *plugin, const struct textd_host *host, struct td_err *err)
{
    const struct textd_declare *table = plugin->entry.extension ? plugin->entry.extension(TEXTD_DECLARE) : NULL;
    struct textd_declared declared = { .size = sizeof declared };

    if (!table)
        return TD_OK;
    if (table->size < sizeof *table || !table->declare)
        return td_fail(err, TD_E_CONFIG,
                       "plugin %s: its table of " TEXTD_DECLARE " has %u bytes; %zu are expected, with a declare",
                       plugin->name, table->size, sizeof *table);
    int rc = set_options(plugin, 0, err);
    if (rc == TD_OK)
        rc = report(plugin, "declare", table->declare(host, plugin->name, plugin->values, &declared, &plugin->self),
                    err);
    if (rc == TD_OK)
        rc = td_declare_merge(&plugin->entry, &declared, plugin->name, err);
    show_options(plugin);
    return rc;
}

int td_plugin_create(struct td_plugin_set *set, uint32_t place, const struct textd_host *host, struct td_err *err)
{
    struct td_plugin *plugin = &set->plugins[place];

    td_host_enter(plugin, NULL);
    int rc = td_grants_judge(&plugin->source, &plugin->entry, err);
    if (rc == TD_OK)
        rc = td_plugin_declare(plugin, host, err);
    if (rc == TD_OK)
        rc = set_options(plugin, 1, err);
    if (rc == TD_OK && plugin->entry.create)
        rc = report(plugin, "create", plugin->entry.create(host, plugin->values, &plugin->self), err);
    if (rc == TD_OK)
        rc = check_options(plugin, err);
    if (rc == TD_OK && plugin->entry.selftest)
        rc = report(plugin, "its self-test", plugin->entry.selftest(plugin->self), err);
    td_guard_check();
    td_host_leave();
    return rc;
}

void td_plugin_destroy_all(struct td_plugin_set *set)
{
    while (set->n > 0) {
        struct td_plugin *plugin = &set->plugins[--set->n];
        td_host_enter(plugin, NULL);
        if (plugin->entry.destroy)
            plugin->entry.destroy(plugin->self);
        td_host_leave();
        free(plugin->values);
        free(plugin->for_request);
    }
}
