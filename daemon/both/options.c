/* options.c: see options.h. */
#include "daemon/both/options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

const struct textd_option *td_options_at(const struct td_options *options, uint32_t index)
{
    return (const struct textd_option *)(const void *)((const char *)options->table + (size_t)index * options->stride);
}

static void list_names(const struct td_options *options, char *names, size_t size)
{
    size_t used = 0;

    names[0] = 0;
    for (uint32_t i = 0; i < options->n && used < size; i++)
        used += (size_t)snprintf(names + used, size - used, "%s%s", i ? ", " : "", td_options_at(options, i)->name);
}

int td_options_find(const struct td_options *options, const char *name, size_t length, uint32_t *index,
                    struct td_err *err)
{
    char names[200];

    for (uint32_t i = 0; i < options->n; i++) {
        const char *have = td_options_at(options, i)->name;
        if (strlen(have) == length && memcmp(have, name, length) == 0) {
            *index = i;
            return TD_OK;
        }
    }
    list_names(options, names, sizeof names);
    return td_fail(err, TD_E_BAD_OPTION, "%s has no option '%.*s'; it has %s", options->plugin,
                   td_utf8_quoted(name, length), name, options->n ? names : "none");
}

struct textd_value td_option_initial(const struct textd_option *option)
{
    struct textd_value value = { .type = option->type };

    value.integer = option->initial_integer;
    value.number = option->initial_number;
    if (option->type == TEXTD_TEXT) {
        value.text = option->initial_text ? option->initial_text : "";
        value.length = (uint32_t)strlen(value.text);
    }
    return value;
}

const char *td_option_type_name(uint32_t type)
{
    static const char *const names[] = {
        [TEXTD_BOOL] = "bool", [TEXTD_INT] = "int", [TEXTD_FLOAT] = "float", [TEXTD_TEXT] = "text"
    };
    return type >= TEXTD_BOOL && type <= TEXTD_TEXT ? names[type] : "nothing";
}

static int is_choice(const struct textd_option *option, const struct textd_value *value)
{
    for (const char *const *c = option->choices; *c; c++)
        if (strlen(*c) == value->length && memcmp(*c, value->text, value->length) == 0)
            return 1;
    return 0;
}

static int fail_choice(const struct td_options *options, const struct textd_option *option,
                       const struct textd_value *value, struct td_err *err)
{
    char names[200];
    size_t used = 0;

    for (const char *const *c = option->choices; *c && used < sizeof names; c++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", c == option->choices ? "" : ", ", *c);
    return td_fail(err, TD_E_BAD_OPTION, "%s.%s is '%.*s'; allowed: %s", options->plugin, option->name,
                   td_utf8_quoted(value->text, value->length), value->text, names);
}

/* The range or the choices of a value that has the right type. */
static int check_range(const struct td_options *options, const struct textd_option *option,
                       const struct textd_value *value, struct td_err *err)
{
    if (option->type == TEXTD_INT && (value->integer < option->min_integer || value->integer > option->max_integer))
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s is %" PRId64 "; allowed: %" PRId64 " to %" PRId64, options->plugin,
                       option->name, value->integer, option->min_integer, option->max_integer);
    if (option->type == TEXTD_FLOAT && !(value->number >= option->min_number && value->number <= option->max_number))
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s is %g; allowed: %g to %g", options->plugin, option->name,
                       value->number, option->min_number, option->max_number);
    if (option->type == TEXTD_TEXT && option->choices && !is_choice(option, value))
        return fail_choice(options, option, value, err);
    return TD_OK;
}

/* Reads the text as the option's type. Non-zero when it is one. */
static int parse_typed(uint32_t type, const char *text, struct textd_value *value)
{
    char *end;

    errno = 0;
    if (type == TEXTD_BOOL) {
        value->integer = strcmp(text, "true") == 0;
        return value->integer || strcmp(text, "false") == 0;
    }
    if (type == TEXTD_INT) {
        value->integer = strtoll(text, &end, 10);
        return *text && !*end && errno == 0;
    }
    if (type == TEXTD_FLOAT) {
        value->number = strtod(text, &end);
        return *text && !*end && isfinite(value->number);
    }
    value->text = text;
    value->length = (uint32_t)strlen(text);
    return 1;
}

int td_option_parse(const struct td_options *options, uint32_t index, const char *text, struct textd_value *value,
                    struct td_err *err)
{
    static const char *const wanted[] = { [TEXTD_BOOL] = "true or false",
                                          [TEXTD_INT] = "a whole number",
                                          [TEXTD_FLOAT] = "a number",
                                          [TEXTD_TEXT] = "text" };
    const struct textd_option *option = td_options_at(options, index);

    *value = (struct textd_value) { .type = option->type };
    if (!parse_typed(option->type, text, value))
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s is '%.*s'; it must be %s", options->plugin, option->name,
                       td_utf8_quoted(text, strlen(text)), text, wanted[option->type]);
    return check_range(options, option, value, err);
}

/* Whether a MessagePack value may stand for the option's type; fills in *value if so. */
static int take_typed(uint32_t type, struct td_mp_value *v, struct textd_value *value)
{
    int is_right = type == TEXTD_BOOL    ? v->type == TD_MP_BOOL
                   : type == TEXTD_INT   ? td_mp_as_integer(v)
                   : type == TEXTD_FLOAT ? v->type == TD_MP_INT || v->type == TD_MP_FLOAT
                                         : td_mp_as_text(v);

    value->integer = v->integer;
    value->number = v->type == TD_MP_INT ? (double)v->integer : v->number;
    value->text = v->bytes;
    value->length = v->type == TD_MP_STR ? v->length : 0;
    return is_right;
}

/* An int that has a fraction, or is larger than any int. */
static int fail_integer(const struct td_options *options, const struct textd_option *option, double number,
                        struct td_err *err)
{
    if (isfinite(number) && fabs(number) >= 0x1p53)
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s is %g; allowed: %" PRId64 " to %" PRId64, options->plugin,
                       option->name, number, option->min_integer, option->max_integer);
    return td_fail(err, TD_E_BAD_OPTION, "%s.%s is %.17g; it must be a whole number", options->plugin, option->name,
                   number);
}

int td_option_read(const struct td_options *options, uint32_t index, struct td_mp *mp, struct textd_value *value,
                   struct td_err *err)
{
    const struct textd_option *option = td_options_at(options, index);
    struct td_mp_value v;
    struct td_mp here = *mp;

    if (td_mp_read(&here, &v) != 0 || td_mp_skip(mp) != 0)
        return td_fail(err, TD_E_BAD_REQUEST, "the value of %s.%s is cut off", options->plugin, option->name);
    if (!(option->flags & TEXTD_PER_REQUEST))
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s can't be set per request; the server's configuration sets it",
                       options->plugin, option->name);
    *value = (struct textd_value) { .type = option->type };
    int is_right = take_typed(option->type, &v, value);
    if (!is_right && option->type == TEXTD_INT && v.type == TD_MP_FLOAT)
        return fail_integer(options, option, v.number, err);
    if (!is_right)
        return td_fail(err, TD_E_BAD_OPTION, "%s.%s must be of type %s, not %s", options->plugin, option->name,
                       td_option_type_name(option->type), td_mp_type_name(v.type));
    return check_range(options, option, value, err);
}
