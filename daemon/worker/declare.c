/* declare.c: see declare.h. What is declared is judged by itself first, by the rules for the constant tables; only then is it
 * safe to walk over, and to look for what the two contradict each other in. */
#include "daemon/worker/declare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "daemon/worker/judge.h"

#define MAX_CHOICES 255u

static int no_memory(const char *name, struct td_err *err)
{
    return td_fail(err, TD_E_SYSTEM, "out of memory for what %s declares", name);
}

static const struct textd_option *option_at(const struct textd_option *table, uint32_t stride, uint32_t index)
{
    return (const struct textd_option *)(const void *)((const char *)table + (size_t)index * stride);
}

/* The first `n` of a table, which may have been built with a shorter struct than ours. */
static void copy_options(struct textd_option *to, const struct textd_option *table, uint32_t stride, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        memcpy(&to[i], option_at(table, stride, i), stride < sizeof to[i] ? stride : sizeof to[i]);
}

/* Constant tables are their author's business; what is made at run time is checked to the end, as nobody has read it. */
static const char *choices_are_wrong(const struct textd_option *o)
{
    const char *initial = o->initial_text ? o->initial_text : "";
    uint32_t n = 0;
    int is_among = 0;

    if (o->type != TEXTD_TEXT)
        return NULL;
    if (td_utf8_check(initial, strlen(initial), NULL) != strlen(initial))
        return "its initial value is not UTF-8";
    if (!o->choices)
        return NULL;
    for (; o->choices[n]; n++) {
        if (n == MAX_CHOICES)
            return "it has more than 255 choices, or no NULL at their end";
        if (td_utf8_check(o->choices[n], strlen(o->choices[n]), NULL) != strlen(o->choices[n]))
            return "one of its choices is not UTF-8";
        is_among |= strcmp(o->choices[n], initial) == 0;
    }
    return is_among ? NULL : "its initial value is none of its choices";
}

static int check_options(const struct textd_option *table, uint32_t n_constant, uint32_t n, const char *where,
                         struct td_err *err)
{
    for (uint32_t i = n_constant; i < n; i++) {
        const char *wrong = choices_are_wrong(&table[i]);
        for (uint32_t k = 0; k < i && !wrong; k++)
            if (strcmp(table[i].name, table[k].name) == 0)
                wrong = k < n_constant ? "the plugin has one of that name already" : "it is declared twice";
        if (wrong)
            return td_fail(err, TD_E_CONFIG, "%s: option %u (%s): %s", where, i - n_constant, table[i].name, wrong);
    }
    return TD_OK;
}

static int merge_options(struct textd_plugin *entry, const struct textd_declared *declared, const char *name,
                         const char *where, struct td_err *err)
{
    uint32_t n = entry->n_options + declared->n_options;
    struct textd_option *table = calloc((size_t)n + 1, sizeof *table);

    if (!table)
        return no_memory(name, err);
    copy_options(table, entry->options, entry->option_size, entry->n_options);
    copy_options(table + entry->n_options, declared->options, declared->option_size, declared->n_options);
    int rc = check_options(table, entry->n_options, n, where, err);
    if (rc != TD_OK) {
        free(table);
        return rc;
    }
    entry->options = table;
    entry->n_options = n;
    entry->option_size = sizeof *table;
    return TD_OK;
}

static uint32_t count(const char *const *names)
{
    uint32_t n = 0;

    while (names && names[n])
        n++;
    return n;
}

static int merge_layers(const char *const **layers, const char *const *more, const char *name, const char *where,
                        const char *field, struct td_err *err)
{
    uint32_t n = count(*layers), n_more = count(more);
    const char **all = calloc((size_t)n + n_more + 1, sizeof *all);

    if (!all)
        return no_memory(name, err);
    for (uint32_t i = 0; i < n + n_more; i++) {
        all[i] = i < n ? (*layers)[i] : more[i - n];
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(all[i], all[k]) == 0) {
                int rc = td_fail(err, TD_E_CONFIG, "%s: %s names the layer %s twice", where, field, all[i]);
                free(all);
                return rc;
            }
    }
    *layers = all;
    return TD_OK;
}

int td_declare_merge(struct textd_plugin *entry, const struct textd_declared *declared, const char *name,
                     struct td_err *err)
{
    struct textd_plugin alone = *entry;
    char where[80];

    snprintf(where, sizeof where, "what plugin %s declares", name);
    alone.needs_layers = declared->needs_layers;
    alone.adds_layers = declared->adds_layers;
    alone.options = declared->options;
    alone.n_options = declared->n_options;
    alone.option_size = declared->option_size;
    alone.version = declared->version ? declared->version : entry->version;
    alone.license = declared->license ? declared->license : entry->license;
    alone.summary = declared->summary ? declared->summary : entry->summary;
    int rc = td_judge_tables(&alone, where, err);
    if (rc == TD_OK)
        rc = merge_options(entry, declared, name, where, err);
    if (rc == TD_OK)
        rc = merge_layers(&entry->needs_layers, declared->needs_layers, name, where, "needs_layers", err);
    if (rc == TD_OK)
        rc = merge_layers(&entry->adds_layers, declared->adds_layers, name, where, "adds_layers", err);
    if (rc != TD_OK)
        return rc;
    entry->version = alone.version;
    entry->license = alone.license;
    entry->summary = alone.summary;
    return td_judge_tables(entry, where, err); /* both together may be too many */
}
