/* settings.c: the scalar settings: TD_SETTINGS as a table, how one is set, and what the messages have in common. */
#include "daemon/config/parts.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

const struct td_config_setting td_config_settings[TD_N_SETTINGS] = {
#define X(section, key, type, initial, min, max, help) \
    { #section, #key, TD_TYPE_##type, offsetof(struct td_settings, section##_##key), initial, min, max, help },
    TD_SETTINGS(X)
#undef X
};

struct td_config_private *td_config_private(const struct td_config *config)
{
    return config->private_data;
}

int td_config_no_memory(struct td_err *err)
{
    return td_fail(err, TD_E_INTERNAL, "there is no memory for the configuration");
}

int td_config_origin_set(struct td_config_origin *at, enum td_origin origin, const char *place, struct td_err *err)
{
    char *copy = strdup(place);

    if (!copy)
        return td_config_no_memory(err);
    free(at->place);
    *at = (struct td_config_origin) { .origin = origin, .place = copy };
    return TD_OK;
}

/* TEXT and FILES are a char *, all other types are numbers. "" means unset, which is NULL. */
static int store(struct td_config *config, const struct td_config_setting *setting, union td_config_value value,
                 struct td_err *err)
{
    void *slot = (char *)&config->set + setting->offset;
    char *copy = NULL;

    if (!td_config_is_text(setting->type)) {
        *(int64_t *)slot = value.number;
        return TD_OK;
    }
    if (value.text[0] && !(copy = strdup(value.text)))
        return td_config_no_memory(err);
    free(*(char **)slot);
    *(char **)slot = copy;
    return TD_OK;
}

int td_config_set(struct td_config *config, int index, const char *text, enum td_origin origin, const char *place,
                  struct td_err *err)
{
    const struct td_config_setting *setting = &td_config_settings[index];
    union td_config_value value;
    char advice[160];
    int rc;

    if (td_config_value_parse(setting, text, &value) != 0) {
        td_config_advice(setting, advice, sizeof advice);
        return td_fail(err, TD_E_CONFIG, "%s: %s.%s is '%s'; %s", place, setting->section, setting->key,
                       td_config_quote(text).text, advice);
    }
    if ((rc = store(config, setting, value, err)) != TD_OK)
        return rc;
    return td_config_origin_set(&td_config_private(config)->settings[index], origin, place, err);
}

/* TEXTD_CURVE_KEY_FILE names a client's key: our own has another variable, so that a program beside us doesn't show it as
 * its own. */
void td_config_setting_variable(const struct td_config_setting *setting, char name[TD_CONFIG_NAME_SIZE])
{
    const char *key = setting == &td_config_settings[TD_SETTING_curve_key_file] ? "server_key_file" : setting->key;
    int length = snprintf(name, TD_CONFIG_NAME_SIZE, "TEXTD_%s_%s", setting->section, key);

    assert(length > 0 && length < TD_CONFIG_NAME_SIZE);
    for (char *c = name; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

/* ---- words for messages ---- */

struct td_config_quote td_config_quote(const char *value)
{
    struct td_config_quote quote;
    size_t limit = sizeof quote.text - sizeof "…", length = strlen(value);
    size_t valid = td_utf8_check(value, length < limit ? length : limit, NULL);

    memcpy(quote.text, value, valid);
    quote.text[valid] = 0;
    for (size_t i = 0; i < valid; i++) {
        unsigned char c = (unsigned char)quote.text[i];
        if (c < 0x20 || c == 0x7F)
            quote.text[i] = '?';
        if (c == 0xC2 && (unsigned char)quote.text[i + 1] < 0xA0) /* U+0080 … U+009F, controls as well */
            quote.text[i] = quote.text[i + 1] = '?';
    }
    if (valid < length)
        memcpy(quote.text + valid, "…", sizeof "…");
    return quote;
}

/* ---- lists of texts ---- */

int td_config_list_add(char ***list, uint32_t *n, const char *text, struct td_err *err)
{
    char **grown = realloc(*list, (*n + 1) * sizeof **list);

    if (!grown)
        return td_config_no_memory(err);
    *list = grown;
    if (!(grown[*n] = strdup(text)))
        return td_config_no_memory(err);
    ++*n;
    return TD_OK;
}

void td_config_list_free(char ***list, uint32_t *n)
{
    for (uint32_t i = 0; i < *n; i++)
        free((*list)[i]);
    free(*list);
    *list = NULL;
    *n = 0;
}
