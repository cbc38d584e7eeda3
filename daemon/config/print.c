/* print.c: --print-config. What comes out says where each value came from and can be given back to --config: for
 * moving what a container's variables say into a file, or for a bug report. */
#include "daemon/config/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/utf8.h"

/* How many bytes at `text` YAML takes as they are; 0 when the byte there must be escaped. Left out are controls and what
 * isn't valid: YAML 1.1, chapter 5.1, "c-printable", less U+0085, U+2028 and U+2029, which end lines there. */
static size_t printable(const char *text, size_t left)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t length = c[0] < 0x80 ? 1 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : 4;

    if (length > left || td_utf8_check(text, length, NULL) != length)
        return 0;
    if (length == 1)
        return c[0] >= 0x20 && c[0] != 0x7F;
    if (length == 2)
        return c[0] == 0xC2 && c[1] < 0xA0 ? 0 : 2;
    if (c[0] == 0xE2 && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9))
        return 0;
    return c[0] == 0xEF && ((c[1] == 0xBB && c[2] == 0xBF) || (c[1] == 0xBF && c[2] >= 0xBE)) ? 0 : length;
}

static void put_escape(FILE *out, const char *text, size_t left, size_t *step)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t length = c[0] < 0x80 ? 1 : c[0] < 0xE0 ? 2 : 3;

    *step = 1;
    if (c[0] >= 0x80 && length <= left && td_utf8_check(text, length, NULL) == length) {
        unsigned code = length == 2 ? (c[0] & 0x1Fu) << 6 | (c[1] & 0x3Fu)
                                    : (c[0] & 0x0Fu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu);
        fprintf(out, "\\u%04x", code);
        *step = length;
        return;
    }
    fprintf(out, "\\x%02x", c[0]);
}

/* `is_value`: "$" is doubled, since values are searched for ${VAR} when they are read, and keys are not. */
static void put_quoted(FILE *out, const char *text, int is_value)
{
    size_t length = strlen(text), step;

    fputc('"', out);
    for (size_t at = 0; at < length; at += step) {
        step = printable(text + at, length - at);
        if (step == 0) {
            put_escape(out, text + at, length - at, &step);
            continue;
        }
        if (text[at] == '"' || text[at] == '\\')
            fputc('\\', out);
        else if (text[at] == '$' && is_value)
            fputc('$', out);
        fwrite(text + at, 1, step, out);
    }
    fputc('"', out);
}

static void put_comment(FILE *out, const char *text)
{
    size_t length = strlen(text), step;

    fputs("  # ", out);
    for (size_t at = 0; at < length; at += step ? step : 1) {
        step = printable(text + at, length - at);
        if (step)
            fwrite(text + at, 1, step, out);
        else
            fputc('?', out);
    }
    fputc('\n', out);
}

/* `places` may be NULL. */
static void put_list(FILE *out, const char *key, char *const *list, uint32_t n, const char *place, char *const *places)
{
    fprintf(out, "%s:%s", key, n ? "" : " []");
    if (place)
        put_comment(out, place);
    else
        fputc('\n', out);
    for (uint32_t i = 0; i < n; i++) {
        fputs("  - ", out);
        put_quoted(out, list[i], 1);
        if (places)
            put_comment(out, places[i]);
        else
            fputc('\n', out);
    }
}

/* An entry with nothing beside its address is that. */
static void put_endpoints(FILE *out, const struct td_config *config)
{
    fputs("endpoints:", out);
    put_comment(out, td_config_private(config)->endpoints.place);
    for (uint32_t i = 0; i < config->n_endpoints; i++) {
        const struct td_config_endpoint *endpoint = &config->endpoints[i];
        fputs(endpoint->insecure || endpoint->key_file ? "  - address: " : "  - ", out);
        put_quoted(out, endpoint->address, 1);
        if (endpoint->insecure)
            fputs("\n    insecure: true", out);
        if (endpoint->key_file) {
            fputs("\n    key_file: ", out);
            put_quoted(out, endpoint->key_file, 1);
        }
        fputc('\n', out);
    }
}

/* Each entry says whether it binds, which a variable can't. */
static void put_pipe_ends(FILE *out, const struct td_config *config, int list)
{
    const struct td_config_pipe_ends *ends = &config->pipes[list];

    fprintf(out, "%s:%s", td_config_pipe_keys[list], ends->n ? "" : " []");
    put_comment(out, td_config_private(config)->pipes[list].place);
    for (uint32_t i = 0; i < ends->n; i++) {
        fputs("  - address: ", out);
        put_quoted(out, ends->all[i].address, 1);
        fprintf(out, "\n    bind: %s\n", ends->all[i].binds ? "true" : "false");
    }
}

static void put_files(FILE *out, const char *list)
{
    fputc('[', out);
    for (const char *at = list ? list : ""; *at;) {
        size_t length = strcspn(at, ":");
        char *path = strndup(at, length);
        if (path)
            put_quoted(out, path, 1);
        free(path);
        at += length;
        if (*at && *++at)
            fputs(", ", out);
    }
    fputc(']', out);
}

static void put_setting(FILE *out, const struct td_config *config, int index)
{
    const struct td_config_setting *setting = &td_config_settings[index];
    const void *slot = (const char *)&config->set + setting->offset;
    char number[64];

    fprintf(out, "  # %s\n  %s: ", setting->help, setting->key);
    if (setting->type == TD_TYPE_FILES) {
        put_files(out, *(char *const *)slot);
    } else if (setting->type == TD_TYPE_TEXT) {
        const char *text = *(char *const *)slot;
        put_quoted(out, text ? text : "", 1);
    } else {
        td_config_number_print(setting->type, *(const int64_t *)slot, number, sizeof number);
        fputs(number, out);
    }
    put_comment(out, td_config_private(config)->settings[index].place);
}

static void put_settings(FILE *out, const struct td_config *config)
{
    const char *section = "";

    for (int i = 0; i < TD_N_SETTINGS; i++) {
        if (strcmp(section, td_config_settings[i].section) != 0)
            fprintf(out, "\n%s:\n", td_config_settings[i].section);
        section = td_config_settings[i].section;
        put_setting(out, config, i);
    }
}

static void put_plugin(FILE *out, const struct td_config_plugin *plugin)
{
    char timeout[64];

    td_config_number_print(TD_TYPE_TIME, plugin->timeout_ns, timeout, sizeof timeout);
    fprintf(out, "  - name: %s\n    file: ", plugin->name);
    put_quoted(out, plugin->file, 1);
    fprintf(out, "\n    timeout: %s\n", timeout);
    for (uint32_t i = 0; i < plugin->n_grants; i++) {
        fputs(i == 0 ? "    grants: [" : ", ", out);
        put_quoted(out, plugin->grants[i], 1);
    }
    if (plugin->n_grants > 0)
        fputs("]\n", out);
    if (plugin->n_options > 0)
        fputs("    options:\n", out);
    for (uint32_t i = 0; i < plugin->n_options; i++) {
        fputs("      ", out);
        put_quoted(out, plugin->options[i].name, 0);
        fputs(": ", out);
        put_quoted(out, plugin->options[i].value, 1);
        put_comment(out, plugin->options[i].where);
    }
}

static void put_plugins(FILE *out, const struct td_config *config)
{
    const char *place = td_config_private(config)->is_plugins_given ? config->file : "found in the plugin directories";

    fprintf(out, "\nplugins:%s", config->n_plugins ? "" : " []");
    put_comment(out, place);
    for (uint32_t i = 0; i < config->n_plugins; i++)
        put_plugin(out, &config->plugins[i]);
}

static void put_pipelines(FILE *out, const struct td_config *config)
{
    int is_default_added = td_config_private(config)->is_default_added;

    fputs("\npipelines:\n", out);
    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        const struct td_config_pipeline *pipeline = &config->pipelines[i];
        fprintf(out, "  - name: %s", pipeline->name);
        put_comment(out, is_default_added && i == config->n_pipelines - 1 ? "all plugins" : config->file);
        fputs("    plugins: [", out);
        for (uint32_t j = 0; j < pipeline->n_plugins; j++)
            fprintf(out, "%s%s", j ? ", " : "", pipeline->plugins[j]);
        fputs("]\n", out);
        if (pipeline->pool)
            fprintf(out, "    pool: %s\n", pipeline->pool);
    }
}

static void put_pools(FILE *out, const struct td_config *config)
{
    char memory[64];

    fprintf(out, "\npools:%s\n", config->n_pools ? "" : " []");
    for (uint32_t i = 0; i < config->n_pools; i++) {
        const struct td_config_pool *pool = &config->pools[i];
        td_config_number_print(TD_TYPE_BYTES, pool->memory, memory, sizeof memory);
        fprintf(out, "  - name: %s\n    workers: %u\n    memory: %s\n", pool->name, pool->workers, memory);
    }
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written <= 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

int td_config_print(const struct td_config *config, int fd)
{
    const struct td_config_private *private = td_config_private(config);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return -1;
    fputs("# The configuration in effect. The comment after a value says where the value came from.\n", out);
    put_endpoints(out, config);
    put_list(out, "plugin_dirs", config->plugin_dirs, config->n_plugin_dirs, NULL, private->dir_places);
    for (int i = 0; i < TD_N_PIPE_LISTS; i++)
        put_pipe_ends(out, config, i);
    put_settings(out, config);
    put_plugins(out, config);
    put_pipelines(out, config);
    put_pools(out, config);
    int rc = fclose(out) == 0 ? write_all(fd, text, length) : -1;
    free(text);
    return rc;
}
