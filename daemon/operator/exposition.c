/* exposition.c: see exposition.h. */
#include "daemon/operator/exposition.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- Which of the two -------------------------------------------------------------------------------------------- */

/* A piece of a header: it ends before the first of `ends`, but not inside a quoted string (RFC 9110, 5.6). *at is
 * moved there. The blanks around it are no part of it. */
static struct piece {
    const char *bytes;
    size_t length;
} take_piece(const char **at, const char *ends)
{
    const char *p = *at + strspn(*at, " \t"), *begin = p;
    int is_quoted = 0;

    for (; *p && (is_quoted || !strchr(ends, *p)); p++) {
        is_quoted ^= *p == '"';
        p += is_quoted && *p == '\\' && p[1];
    }
    *at = p;
    while (p > begin && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return (struct piece) { begin, (size_t)(p - begin) };
}

static int is_word(struct piece piece, const char *word)
{
    return piece.length == strlen(word) && strncasecmp(piece.bytes, word, piece.length) == 0;
}

/* A parameter's value, perhaps quoted. */
static struct piece unquote(struct piece value)
{
    if (value.length >= 2 && value.bytes[0] == '"' && value.bytes[value.length - 1] == '"')
        return (struct piece) { value.bytes + 1, value.length - 2 };
    return value;
}

/* "0.75" in thousandths; what is no number of that kind is 0: who can't say what is wanted doesn't want it. */
static unsigned read_quality(struct piece value)
{
    unsigned thousandths = 0, digits = 0;

    if (value.length < 1 || value.length > 5 || (value.bytes[0] != '0' && value.bytes[0] != '1') ||
        (value.length > 1 && value.bytes[1] != '.'))
        return 0;
    for (size_t i = 2; i < value.length; i++, digits++) {
        if (!isdigit((unsigned char)value.bytes[i]))
            return 0;
        thousandths = thousandths * 10 + (unsigned)(value.bytes[i] - '0');
    }
    for (; digits < 3; digits++)
        thousandths *= 10;
    thousandths += value.bytes[0] == '1' ? 1000 : 0;
    return thousandths > 1000 ? 0 : thousandths;
}

/* What one form is called, and the versions of it that ours can be read as. */
static const struct form {
    const char *type, *range;
    const char *versions[2];
} forms[] = {
    [TD_EXPO_TEXT] = { "text/plain", "text/*", { "0.0.4", NULL } },
    [TD_EXPO_OPEN] = { "application/openmetrics-text", "application/*", { "1.0.0", "0.0.1" } },
};

/* How well an entry of the header fits a form: 0 not at all, 1 a range of everything, 2 a range, 3 its type, 4 with
 * its version. */
static int fit_of(const struct form *form, struct piece type, struct piece version)
{
    if (is_word(type, "*/*"))
        return 1;
    if (is_word(type, form->range))
        return 2;
    if (!is_word(type, form->type))
        return 0;
    if (!version.bytes)
        return 3;
    for (int i = 0; i < 2 && form->versions[i]; i++)
        if (is_word(version, form->versions[i]))
            return 4;
    return 0;
}

/* The quality that the header gives to a form: that of the entry which fits best (RFC 9110, 12.5.1), and of several
 * the first. OpenMetrics is only given to who names it, for a range is also what a browser sends. */
static unsigned quality_of(const char *accept, enum td_expo_form form)
{
    int best = form == TD_EXPO_OPEN ? 2 : 0;
    unsigned quality = 0;

    for (const char *at = accept; *at; at += *at == ',') {
        struct piece type = take_piece(&at, ",;"), version = { NULL, 0 };
        unsigned q = 1000;
        while (*at == ';') {
            at++;
            struct piece name = take_piece(&at, ",;="), value = { "", 0 };
            if (*at == '=') {
                at++;
                value = unquote(take_piece(&at, ",;"));
            }
            if (is_word(name, "q"))
                q = read_quality(value);
            else if (is_word(name, "version"))
                version = value;
        }
        int fit = fit_of(&forms[form], type, version);
        if (fit <= best)
            continue;
        best = fit;
        quality = q;
    }
    return quality;
}

enum td_expo_form td_expo_choose(const char *accept)
{
    unsigned open = accept ? quality_of(accept, TD_EXPO_OPEN) : 0;

    return open > 0 && open >= quality_of(accept, TD_EXPO_TEXT) ? TD_EXPO_OPEN : TD_EXPO_TEXT;
}

const char *td_expo_content_type(enum td_expo_form form)
{
    return form == TD_EXPO_OPEN ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                : "text/plain; version=0.0.4; charset=utf-8";
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

static void put(struct td_expo *e, const char *text)
{
    td_buf_append(e->out, text, strlen(text));
}

static void put_count(struct td_expo *e, uint64_t value)
{
    char digits[24], *at = digits + sizeof digits;

    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    td_buf_append(e->out, at, (size_t)(digits + sizeof digits - at));
}

/* Exactly, which a double couldn't after some days. */
static void put_seconds(struct td_expo *e, uint64_t ns)
{
    char fraction[10] = ".000000000";
    uint64_t rest = ns % 1000000000;

    put_count(e, ns / 1000000000);
    if (rest == 0)
        return;
    for (int i = 9; i > 0; i--, rest /= 10)
        fraction[i] = (char)('0' + rest % 10);
    td_buf_append(e->out, fraction, sizeof fraction);
}

/* What would end a line or a value is written with a backslash. Version 0.0.4 leaves quotation marks in a help text
 * alone. */
static void put_escaped(struct td_expo *e, const char *text, int with_quotes)
{
    for (size_t n; *text; text += n) {
        n = strcspn(text, with_quotes ? "\\\n\"" : "\\\n");
        td_buf_append(e->out, text, n);
        if (!text[n])
            break;
        put(e, text[n] == '\n' ? "\\n" : text[n] == '"' ? "\\\"" : "\\\\");
        n++;
    }
}

/* ---- Families and samples ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name[2], *suffix; /* by form; of a sample */
} types[] = {
    [TD_EXPO_COUNTER] = { { "counter", "counter" }, "_total" },
    [TD_EXPO_GAUGE] = { { "gauge", "gauge" }, "" },
    [TD_EXPO_HISTOGRAM] = { { "histogram", "histogram" }, "" },
    [TD_EXPO_INFO] = { { "gauge", "info" }, "_info" },
};

static void put_comment(struct td_expo *e, const char *keyword)
{
    put(e, keyword);
    put(e, e->family.name);
    if (e->form == TD_EXPO_TEXT)
        put(e, types[e->family.type].suffix);
    put(e, " ");
}

void td_expo_begin(struct td_expo *e, enum td_expo_type type, const char *name, const char *unit, const char *help)
{
    e->family = (struct td_expo_family) { type, name, unit, help };
    e->n_labels = 0;
    put_comment(e, "# HELP ");
    put_escaped(e, help, e->form == TD_EXPO_OPEN);
    put(e, "\n");
    put_comment(e, "# TYPE ");
    put(e, types[type].name[e->form]);
    put(e, "\n");
    if (e->form == TD_EXPO_TEXT || !unit)
        return;
    put_comment(e, "# UNIT ");
    put(e, unit);
    put(e, "\n");
}

void td_expo_set_labels(struct td_expo *e, const struct td_expo_label *labels, unsigned n)
{
    e->labels = labels;
    e->n_labels = n;
}

static void put_label(struct td_expo *e, const char *before, const char *name, const char *value)
{
    put(e, before);
    put(e, name);
    put(e, "=\"");
    put_escaped(e, value, 1);
    put(e, "\"");
}

/* A sample up to its value. `end`: of a histogram's bucket, or NULL. */
static void begin_sample(struct td_expo *e, const char *suffix, const char *end)
{
    put(e, e->family.name);
    put(e, suffix);
    for (unsigned i = 0; i < e->n_labels; i++)
        put_label(e, i == 0 ? "{" : ",", e->labels[i].name, e->labels[i].value);
    if (end)
        put_label(e, e->n_labels == 0 ? "{" : ",", "le", end);
    put(e, e->n_labels > 0 || end ? "} " : " ");
}

void td_expo_number(struct td_expo *e, uint64_t value)
{
    begin_sample(e, types[e->family.type].suffix, NULL);
    put_count(e, value);
    put(e, "\n");
}

void td_expo_seconds(struct td_expo *e, uint64_t ns)
{
    begin_sample(e, types[e->family.type].suffix, NULL);
    put_seconds(e, ns);
    put(e, "\n");
}

void td_expo_histogram(struct td_expo *e, const char *const *ends, unsigned n_ends, const uint64_t *counts,
                       uint64_t sum, int is_ns)
{
    uint64_t n = 0;

    assert(e->family.type == TD_EXPO_HISTOGRAM);
    for (unsigned i = 0; i <= n_ends; i++) {
        n += counts[i];
        begin_sample(e, "_bucket", i < n_ends ? ends[i] : "+Inf");
        put_count(e, n);
        put(e, "\n");
    }
    begin_sample(e, "_sum", NULL);
    if (is_ns)
        put_seconds(e, sum);
    else
        put_count(e, sum);
    put(e, "\n");
    begin_sample(e, "_count", NULL);
    put_count(e, n);
    put(e, "\n");
}

void td_expo_end(struct td_expo *e)
{
    if (e->form == TD_EXPO_OPEN)
        put(e, "# EOF\n");
}
