/* webanno.c: see webanno.h. The text is put together from the sentences, which stand where their first token's offset says; what lies between two of
 * them isn't in the file, and is white space. */
#include "plugins/entities/train/webanno.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/train/marked.h"
#include "plugins/lib/train/trainer.h"

#define MOST_COLUMNS 400
#define MOST_GAP 10000u
#define MOST_OPEN 64

/* A mark that may go on: one with a number, or one on the last token. */
struct mark {
    unsigned long number; /* 0: it has none, and is one token's */
    char type[64];
    size_t start, end; /* in the text */
    unsigned line;
};

struct webanno {
    const char *file, *id;
    unsigned line;
    int column, n_columns; /* the names', and all */
    char *text;
    size_t length, room;
    unsigned long long units; /* of UTF-16, at the text's end */
    char *said;               /* the sentence that begins, as it reads; NULL: its first token was seen */
    unsigned said_line;
    struct marked_offsets offsets;
    struct mark open[MOST_OPEN];
    int n_open;
    unsigned without; /* marks without a value */
    json_t *names;
};

bool webanno_is_head(const char *line)
{
    return strncmp(line, "#FORMAT=WebAnno TSV", 19) == 0;
}

/* ---- The head ---------------------------------------------------------------------------------------------------------- */

/* The column that tells the names, while the head is read. */
struct choice {
    const char *wanted;
    int column, rank, n_like; /* how good it is; how many are as good */
    char names[1000];         /* of all features, for a message */
    size_t length;
};

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t n = strlen(end);

    return length >= n && memcmp(text + length - n, end, n) == 0;
}

/* 3: it is asked for; 2: it is the usual one; 1: some feature of a layer of people's own. POS and lemmas are none of names. */
static int rank_of(const struct choice *c, const char *layer, size_t layer_length, const char *feature)
{
    const char *dot = memrchr(layer, '.', layer_length), *bar = c->wanted ? strchr(c->wanted, '|') : NULL;
    const char *name = dot ? dot + 1 : layer;
    size_t name_length = layer_length - (size_t)(name - layer);

    if (bar) {
        size_t n = (size_t)(bar - c->wanted);
        bool is_layer = (n == name_length && memcmp(c->wanted, name, n) == 0) ||
                        (n == layer_length && memcmp(c->wanted, layer, n) == 0);
        return is_layer && strcmp(bar + 1, feature) == 0 ? 3 : 0;
    }
    if (c->wanted)
        return strcmp(c->wanted, feature) == 0 ? 3 : 0;
    if (ends_with(layer, layer_length, "NamedEntity"))
        return strcmp(feature, "value") == 0 ? 2 : 0;
    return layer_length > 15 && memcmp(layer, "webanno.custom.", 15) == 0 && feature[0] &&
                   strncmp(feature, "ROLE_", 5) != 0 && !strchr(feature, '.')
               ? 1
               : 0;
}

/* #T_SP=LAYER|FEATURE…: its columns are numbered on from *n. */
static void read_layer(struct choice *c, const char *line, int *n)
{
    bool is_span = strncmp(line, "#T_SP=", 6) == 0;
    const char *layer = line + 6;
    size_t layer_length = strcspn(layer, "|");
    char feature[200];

    for (const char *at = layer + layer_length; *at == '|' || at == layer + layer_length;) {
        at += *at == '|';
        size_t length = strcspn(at, "|");
        snprintf(feature, sizeof feature, "%.*s", (int)length, at);
        int rank = is_span ? rank_of(c, layer, layer_length, feature) : 0;
        if (rank > c->rank) {
            c->rank = rank;
            c->column = *n;
            c->n_like = 0;
        }
        c->n_like += rank > 0 && rank == c->rank;
        if (is_span && c->length < sizeof c->names - 300)
            c->length += (size_t)snprintf(c->names + c->length, 300, "%s%.*s|%.200s", c->length ? ", " : "",
                                          (int)(layer_length < 80 ? layer_length : 80), layer, feature);
        ++*n;
        at += length;
        if (!*at)
            break;
    }
}

static void choose(struct webanno *w, const struct choice *c)
{
    if (c->rank == 0)
        trainer_fail("%s: no column tells names%s%s; its span layers are: %s. --column FEATURE or LAYER|FEATURE says "
                     "which to take",
                     w->file, c->wanted ? ": there is no " : "", c->wanted ? c->wanted : "",
                     c->length ? c->names : "none");
    if (c->n_like > 1)
        trainer_fail("%s: several columns may tell names: %s. --column FEATURE or LAYER|FEATURE says which to take",
                     w->file, c->names);
    w->column = c->column;
}

/* ---- Texts ------------------------------------------------------------------------------------------------------------- */

/* Takes the backslashes away, in place. */
static void unescape(char *text)
{
    char *to = text;

    for (const char *at = text; *at; at++) {
        if (*at != '\\' || !at[1]) {
            *to++ = *at;
            continue;
        }
        at++;
        *to++ = *at == 't' ? '\t' : *at == 'n' ? '\n' : *at == 'r' ? '\r' : *at;
    }
    *to = 0;
}

static void append(struct webanno *w, const char *bytes, size_t n)
{
    if (w->length + n + 1 > w->room)
        w->text = trainer_grow(w->text, w->room = (w->length + n + 1) * 2);
    memcpy(w->text + w->length, bytes, n);
    w->length += n;
    w->text[w->length] = 0;
    w->offsets.text = w->text;
    w->offsets.length = w->length;
}

/* What lies between two sentences: a blank, or line ends where the last one doesn't end as a sentence does. */
static void append_gap(struct webanno *w, unsigned long long n)
{
    bool is_ended = w->length > 0 && strchr(".?!:;\"')]", w->text[w->length - 1]);

    for (unsigned long long i = 0; i < n; i++)
        append(w, n == 1 && is_ended ? " " : "\n", 1);
    w->units += n;
}

/* The sentence stands where its first token does. */
static void begin_sentence(struct webanno *w, unsigned long long start)
{
    struct td_utf8_counts counts;
    size_t length = strlen(w->said);

    if (start < w->units || start - w->units > MOST_GAP)
        trainer_fail("%s:%u: the token begins at %llu, but the sentence before ends at %llu", w->file, w->line, start,
                     w->units);
    if (td_utf8_check(w->said, length, &counts) != length)
        trainer_fail("%s:%u: the sentence is no valid UTF-8", w->file, w->said_line);
    append_gap(w, start - w->units);
    append(w, w->said, length);
    w->units += counts.utf16;
    free(w->said);
    w->said = NULL;
}

/* ---- Marks ------------------------------------------------------------------------------------------------------------- */

static void close_mark(struct webanno *w, int i)
{
    const struct mark *m = &w->open[i];
    json_t *name = json_pack("{s:I, s:I, s:i, s:s}", "start", (json_int_t)m->start, "end", (json_int_t)m->end, "line",
                             (int)m->line, "type", m->type);

    if (!name)
        trainer_fail("%s:%u: the type is no valid UTF-8", w->file, m->line);
    json_array_append_new(w->names, name);
    memmove(&w->open[i], &w->open[i + 1], (size_t)(--w->n_open - i) * sizeof *w->open); /* the oldest stays in front */
}

static void close_all(struct webanno *w)
{
    while (w->n_open > 0)
        close_mark(w, 0);
}

/* One mark of a token: VALUE, or VALUE[NUMBER], cut off in place. */
static void take_mark(struct webanno *w, char *value, size_t start, size_t end)
{
    size_t length = strlen(value);
    unsigned long number = 0;
    char *bracket = length > 2 && value[length - 1] == ']' ? strrchr(value, '[') : NULL, *after;

    if (bracket && (bracket == value || bracket[-1] != '\\')) {
        number = strtoul(bracket + 1, &after, 10);
        if (after == bracket + 1 || after != value + length - 1)
            trainer_fail("%s:%u: '%.*s' should be a value and the number of its mark, VALUE[1]", w->file, w->line,
                         td_utf8_quoted(value, length), value);
        *bracket = 0;
    }
    if (strcmp(value, "*") == 0 || strcmp(value, "_") == 0) {
        w->without += strcmp(value, "*") == 0;
        return;
    }
    unescape(value);
    if (strlen(value) >= sizeof w->open->type)
        trainer_fail("%s:%u: the type '%.60s' is too long", w->file, w->line, value);
    for (int i = 0; i < w->n_open && number > 0; i++)
        if (w->open[i].number == number && strcmp(w->open[i].type, value) == 0) {
            w->open[i].end = end > w->open[i].end ? end : w->open[i].end;
            return;
        }
    if (w->n_open == MOST_OPEN)
        close_mark(w, 0);
    struct mark *m = &w->open[w->n_open++];
    *m = (struct mark) { .number = number, .start = start, .end = end, .line = w->line };
    snprintf(m->type, sizeof m->type, "%s", value);
    if (number == 0)
        close_mark(w, w->n_open - 1);
}

/* All marks of a token, between bars that no backslash stands before. */
static void take_marks(struct webanno *w, char *column, size_t start, size_t end)
{
    for (char *at = column, *next; at; at = next) {
        for (next = at; *next && *next != '|'; next++)
            next += *next == '\\' && next[1];
        if (*next)
            *next++ = 0;
        else
            next = NULL;
        take_mark(w, at, start, end);
    }
}

/* 1-2, or 1-2.1. */
static bool is_token_id(const char *id)
{
    unsigned long long n;

    if (!marked_number(&id, &n) || *id++ != '-' || !marked_number(&id, &n))
        return false;
    return !*id || (*id++ == '.' && marked_number(&id, &n) && !*id);
}

static bool read_range(const char *at, unsigned long long *start, unsigned long long *end)
{
    return marked_number(&at, start) && *at++ == '-' && marked_number(&at, end) && !*at && *end > *start;
}

static void take_token(struct webanno *w, char *line)
{
    char *columns[MOST_COLUMNS];
    unsigned long long start, end;
    int n = 0;

    for (char *at = line; at && n < MOST_COLUMNS; at = strchr(at, '\t'), at = at ? (*at = 0, at + 1) : NULL)
        columns[n++] = at;
    if (n < 3 || !is_token_id(columns[0]))
        trainer_fail("%s:%u: expected a token: SENTENCE-TOKEN, START-END, the token and its features, between tabs",
                     w->file, w->line);
    if (!read_range(columns[1], &start, &end))
        trainer_fail("%s:%u: '%.30s' is no START-END, two numbers of which the second is greater", w->file, w->line,
                     columns[1]);
    if (w->said)
        begin_sentence(w, start);
    if (n - 3 <= w->column)
        trainer_fail("%s:%u: it has %d columns, but the head tells of %d; the names should be in the %dth", w->file,
                     w->line, n, 3 + w->n_columns, 4 + w->column);
    long long first = marked_offset(&w->offsets, start), last = marked_offset(&w->offsets, end);
    unescape(columns[2]);
    if (first < 0 || last < 0 || strlen(columns[2]) != (size_t)(last - first) ||
        memcmp(w->text + first, columns[2], (size_t)(last - first)) != 0)
        trainer_fail("%s:%u: the token '%.60s' is not what #Text= has at %s; offsets count UTF-16's units", w->file,
                     w->line, columns[2], columns[1]);
    take_marks(w, columns[3 + w->column], (size_t)first, (size_t)last);
}

/* `#Text=` begins a sentence; another one behind it is its next line. */
static void take_text(struct webanno *w, char *said)
{
    unescape(said);
    size_t before = w->said ? strlen(w->said) : 0, length = strlen(said);
    char *all = trainer_grow(w->said, before + length + 2);
    if (before > 0)
        all[before++] = '\n';
    memcpy(all + before, said, length + 1);
    w->said = all;
    w->said_line = w->line;
}

/* ---- Files ------------------------------------------------------------------------------------------------------------- */

static void take_head(struct webanno *w, const char *line, struct choice *c)
{
    if (webanno_is_head(line) && strncmp(line, "#FORMAT=WebAnno TSV 3.", 22) != 0)
        trainer_fail("%s:%u: '%.40s' is of another version: export it as WebAnno TSV 3", w->file, w->line, line);
    if (strncmp(line, "#T_SP=", 6) == 0 || strncmp(line, "#T_CH=", 6) == 0 || strncmp(line, "#T_RL=", 6) == 0)
        read_layer(c, line, &w->n_columns);
}

void webanno_read_bytes(const char *file, char *bytes, const char *id, const char *feature,
                        void (*take)(void *data, const json_t *object), void *data)
{
    struct webanno w = { .file = file, .id = id, .column = -1, .offsets.is_utf16 = 1, .names = json_array() };
    struct marked_lines lines = { .file = file, .next = bytes };
    struct choice choice = { .wanted = feature };

    append(&w, "", 0);
    for (char *line; (line = marked_line(&lines)) != NULL;) {
        w.line = lines.number;
        bool is_text = strncmp(line, "#Text=", 6) == 0;
        if (line[strspn(line, " \t")] == 0)
            continue;
        if (line[0] == '#' && !is_text) {
            take_head(&w, line, &choice);
            continue;
        }
        if (w.column < 0)
            choose(&w, &choice);
        if (is_text)
            take_text(&w, line + 6);
        else
            take_token(&w, line);
    }
    close_all(&w);
    if (w.column < 0)
        choose(&w, &choice);
    free(w.said);
    if (w.without > 0)
        printf("%s: left out: %u marks without a value\n", file, w.without);
    json_t *object = json_pack("{s:s, s:s, s:o, s:o}", "id", id, "file", file, "text", json_stringn(w.text, w.length),
                               "entities", w.names);
    if (!object)
        trainer_fail("%s: its name is no valid UTF-8", file);
    take(data, object);
    json_decref(object);
    free(w.text);
}

void webanno_read(const char *file, const char *feature, void (*take)(void *data, const json_t *object), void *data)
{
    size_t length;
    char *bytes = marked_load(file, &length), id[200];
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;

    snprintf(id, sizeof id, "%.*s", (int)strcspn(name, "."), name);
    webanno_read_bytes(file, bytes, id, feature, take, data);
    free(bytes);
}
