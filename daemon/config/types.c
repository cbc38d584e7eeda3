/* types.c: the types that a setting can have, and how each is written. File, environment and command line give
 * text; all of it comes through here, so that all three read the same. */
#include "daemon/config/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

struct unit {
    const char *name;
    int64_t size;
};

/* Ascending. A count's only unit is none; bare numbers of bytes or seconds are refused, since half of those who write
 * them mean another unit. */
static const struct unit no_units[] = { { "", 1 } };
static const struct unit byte_units[] = { { "B", 1 }, { "KiB", TD_KIB }, { "MiB", TD_MIB }, { "GiB", TD_GIB } };
static const struct unit time_units[] = { { "us", 1000 }, { "ms", TD_MS }, { "s", TD_SECOND }, { "m", TD_MINUTE } };

/* A choice among names is stored as the name's place in its list, which is its enum's value. */
static const char *const bools[] = { "false", "true", NULL };
#define X(name, text) [TD_LOG_##name] = (text),
static const char *const levels[] = { TD_LOG_LEVELS(X) NULL };
static const char *const formats[] = { TD_LOG_FORMATS(X) NULL };
#undef X
#define X(name, text) [TD_FOUND_##name] = (text),
static const char *const founds[] = { TD_FOUNDS(X) NULL };
#undef X
#define X(name, text) [TD_SANDBOX_##name] = (text),
static const char *const sandboxes[] = { TD_SANDBOXES(X) NULL };
#undef X

#define N_UNITS(units) (int)(sizeof(units) / sizeof(units)[0])

static const struct {
    const struct unit *units; /* NULL: not a number */
    int n_units;
    const char *const *names; /* NULL: not a choice */
    const char *advice;
} types[] = {
    [TD_TYPE_COUNT] = { no_units, N_UNITS(no_units), NULL, "write a whole number" },
    [TD_TYPE_BYTES] = { byte_units, N_UNITS(byte_units), NULL, "write a number with B, KiB, MiB or GiB" },
    [TD_TYPE_TIME] = { time_units, N_UNITS(time_units), NULL, "write a number with us, ms, s or m" },
    [TD_TYPE_BOOL] = { NULL, 0, bools, "write true or false" },
    [TD_TYPE_TEXT] = { NULL, 0, NULL, "write UTF-8 text" },
    [TD_TYPE_FILES] = { NULL, 0, NULL, "write a list of paths" },
    [TD_TYPE_LEVEL] = { NULL, 0, levels, "write error, warn, info or debug" },
    [TD_TYPE_FORMAT] = { NULL, 0, formats, "write logfmt or json" },
    [TD_TYPE_FOUND] = { NULL, 0, founds, "write skip or strict" },
    [TD_TYPE_SANDBOX] = { NULL, 0, sandboxes, "write strict, permissive or off" },
};

/* Digits, then a unit. -1 for anything else and for what doesn't fit. */
static int number_parse(enum td_config_type type, const char *text, int64_t *number)
{
    const char *at = text;
    int64_t digits = 0;

    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(digits, 10, &digits) || __builtin_add_overflow(digits, *at - '0', &digits))
            return -1;
    if (at == text)
        return -1;
    for (int i = 0; i < types[type].n_units; i++)
        if (strcmp(at, types[type].units[i].name) == 0)
            return __builtin_mul_overflow(digits, types[type].units[i].size, number) ? -1 : 0;
    return -1;
}

static int name_parse(enum td_config_type type, const char *text, int64_t *number)
{
    const char *const *names = types[type].names;

    for (*number = 0; names[*number]; ++*number)
        if (strcmp(names[*number], text) == 0)
            return 0;
    return -1;
}

int td_config_value_parse(const struct td_config_setting *setting, const char *text, union td_config_value *value)
{
    if (td_config_is_text(setting->type)) {
        value->text = text;
        return td_utf8_check(text, strlen(text), NULL) == strlen(text) ? 0 : -1;
    }
    if (types[setting->type].names)
        return name_parse(setting->type, text, &value->number);
    if (number_parse(setting->type, text, &value->number) != 0)
        return -1;
    return value->number >= setting->min && value->number <= setting->max ? 0 : -1;
}

void td_config_number_print(enum td_config_type type, int64_t number, char *text, size_t size)
{
    int unit = types[type].n_units - 1;

    if (types[type].names) {
        snprintf(text, size, "%s", types[type].names[number]);
        return;
    }
    while (unit > 0 && number % types[type].units[unit].size != 0)
        unit--;
    if (number == 0)
        unit = type == TD_TYPE_TIME ? 2 : 0; /* "0s" and "0B" rather than "0m" and "0GiB" */
    snprintf(text, size, "%" PRId64 "%s", number / types[type].units[unit].size, types[type].units[unit].name);
}

void td_config_advice(const struct td_config_setting *setting, char *text, size_t size)
{
    char min[32], max[32];

    if (!types[setting->type].units) {
        snprintf(text, size, "%s", types[setting->type].advice);
        return;
    }
    td_config_number_print(setting->type, setting->min, min, sizeof min);
    td_config_number_print(setting->type, setting->max, max, sizeof max);
    snprintf(text, size, "%s, from %s to %s", types[setting->type].advice, min, max);
}
