/* columns.c: see columns.h. The file is read twice: first some of its lines, to see what its columns are. */
#include "plugins/entities/train/columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "plugins/entities/train/draft.h"
#include "plugins/lib/train/trainer.h"

#define LONGEST_LINE (1 << 24) /* a comment has a whole sentence */
#define MOST_COLUMNS 64
#define LINES_LOOKED_AT 400
#define MISC 9 /* of CoNLL-U's ten */
#define MOST_OPEN 16

/* What the columns of a file are. */
struct format {
    bool is_tabbed, is_numbered;
    int n;            /* of the first word's line */
    int form, label;  /* columns; label -1: the last */
    bool is_in_misc;  /* the label is a part of the last of ten columns */
    bool is_declared; /* by # global.columns */
    int id;           /* -1: none */
};

struct row {
    char *columns[MOST_COLUMNS];
    int n;
};

struct reading {
    const char *file;
    struct format format;
    struct draft *draft;
    const char *wanted;  /* the column that is asked for; NULL: the usual one */
    bool has_name;       /* a name was seen */
    bool has_label;      /* one of the last column's was seen */
    struct open_entity { /* of Entity=(…: those that are not closed yet, outermost first */
        char type[64];
        bool is_new;
    } open[MOST_OPEN];
    int n_open;
    unsigned held_until; /* the last number of the words that the row in hand holds; 0: there is none */
    char *held;          /* that row's word */
    char held_label[128];
    bool held_is_glued;
};

static gzFile open_columns(const char *file)
{
    gzFile in = gzopen(file, "r");

    if (!in)
        trainer_fail("%s: cannot be opened: %s", file, errno ? strerror(errno) : "out of memory");
    return in;
}

/* Calls `look` with each line, without its end, until that is false. */
static void each_line(const char *file, bool (*look)(void *data, char *line, unsigned number), void *data)
{
    char *room = trainer_alloc(LONGEST_LINE);
    gzFile in = open_columns(file);
    int status;

    for (unsigned number = 1; gzgets(in, room, LONGEST_LINE); number++) {
        char *line = room;
        bool is_cut = !strchr(line, '\n') && !gzeof(in);
        if (is_cut && strlen(line) < LONGEST_LINE - 1)
            trainer_fail("%s:%u: the line holds a NUL byte: it is no text", file, number);
        if (is_cut)
            trainer_fail("%s:%u: the line is longer than %d bytes", file, number, LONGEST_LINE);
        if (number == 1 && strncmp(line, "\xEF\xBB\xBF", 3) == 0)
            line += 3;
        line[strcspn(line, "\r\n")] = 0;
        if (!look(data, line, number))
            break;
    }
    const char *why = gzerror(in, &status);
    if (status != Z_OK && status != Z_STREAM_END)
        trainer_fail("%s: cannot be read: %s", file, status == Z_ERRNO ? strerror(errno) : why);
    gzclose(in);
    free(room);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static bool is_empty(const char *line)
{
    return line[strspn(line, " \t")] == 0;
}

/* Cuts the line up in place. A tab parts where there is one; else blanks do, any number of them. */
static struct row cut(char *line)
{
    bool is_tabbed = strchr(line, '\t') != NULL;
    struct row row = { .n = 0 };
    char *at = line;

    if (!is_tabbed)
        at += strspn(at, " ");
    while (row.n < MOST_COLUMNS) {
        char *end = at + strcspn(at, is_tabbed ? "\t" : " ");
        row.columns[row.n++] = at;
        if (!*end)
            break;
        *end = 0;
        at = end + 1;
        if (!is_tabbed)
            at += strspn(at, " ");
    }
    while (row.n > 1 && !row.columns[row.n - 1][0])
        row.n--; /* blanks at the end */
    return row;
}

/* `# key = …`: its value, or NULL; without a key any will do. */
static const char *value_of(const char *line, const char *key)
{
    const char *at = line + 1 + strspn(line + 1, " ");
    size_t length = key ? strlen(key) : strcspn(at, " =\t");

    if (line[0] != '#' || length == 0 || (key && strncmp(at, key, length) != 0))
        return NULL;
    at += length;
    at += strspn(at, " ");
    return *at == '=' ? at + 1 + strspn(at + 1, " ") : NULL;
}

/* The first number and, behind a hyphen, the last one; a point makes it an empty node. False: it is none of these. */
static bool read_id(const char *id, unsigned *first, unsigned *last, bool *is_empty_node)
{
    char *end;

    if (id[0] < '0' || id[0] > '9')
        return false;
    *first = *last = (unsigned)strtoul(id, &end, 10);
    *is_empty_node = *end == '.';
    if ((*end == '-' || *end == '.') && end[1] >= '0' && end[1] <= '9') {
        unsigned second = (unsigned)strtoul(end + 1, &end, 10);
        if (!*is_empty_node)
            *last = second;
    }
    return *end == 0;
}

/* Whether a line that begins with # is none of a word. It is not cut up yet. */
static bool is_comment(const struct format *format, const char *line)
{
    if (line[0] != '#')
        return false;
    if (format->is_numbered || (format->is_declared && format->form != 0))
        return true;
    if (format->is_tabbed || format->is_declared)
        return line[1] == ' ' || !strchr(line, '\t');
    if (value_of(line, NULL))
        return true;
    char *copy = strdup(line);
    struct row row = copy ? cut(copy) : (struct row) { 0 };
    bool is_word = row.n == format->n && draft_is_label(row.columns[row.n - 1]);
    free(copy);
    return !is_word;
}

/* The column that --column asks for by a number; 0: by a name. */
static int number_of(const char *wanted)
{
    char *end;
    long n = strtol(wanted, &end, 10);

    return *end || n < 1 || n > MOST_COLUMNS ? 0 : (int)n;
}

/* ---- What the columns are ---------------------------------------------------------------------------------------- */

struct look {
    struct format format;
    const char *file, *wanted;
    unsigned lines;        /* of words */
    unsigned next;         /* number in the sentence */
    bool is_numbered;      /* so far */
    uint64_t may_be_label; /* columns that had nothing but labels so far, a bit each */
    unsigned n_tabbed;
};

static void declare(struct look *look, const char *names, unsigned number)
{
    struct format *f = &look->format;
    char *copy = strdup(names);
    struct row row = cut(copy);

    f->is_declared = true;
    f->form = f->id = f->label = -1;
    for (int i = 0; i < row.n; i++) {
        const char *name = row.columns[i], *colon = strrchr(name, ':');
        const char *its = colon ? colon + 1 : name;
        if (strcmp(name, "FORM") == 0)
            f->form = i;
        else if (strcmp(name, "ID") == 0)
            f->id = i;
        else if (look->wanted ? strcmp(name, look->wanted) == 0 : strcmp(its, "NER") == 0 || strcmp(its, "NE") == 0)
            f->label = i;
    }
    if (look->wanted && f->label < 0)
        trainer_fail("%s:%u: '# global.columns' names no %s, which --column asks for", look->file, number,
                     look->wanted);
    if (f->form < 0)
        trainer_fail("%s:%u: '# global.columns' names no FORM", look->file, number);
    if (f->label < 0)
        f->label = row.n - 1;
    f->n = row.n;
    free(copy);
}

static bool look_at(void *data, char *line, unsigned number)
{
    struct look *look = data;
    const char *columns = value_of(line, "global.columns");
    unsigned first, last;
    bool is_empty_node;

    if (columns) {
        declare(look, columns, number);
        return false;
    }
    if (is_empty(line))
        look->next = 1;
    if (is_empty(line) || line[0] == '#' || strncmp(line, "-DOCSTART-", 10) == 0)
        return true;
    look->n_tabbed += strchr(line, '\t') != NULL;
    struct row row = cut(line);
    if (look->lines++ == 0)
        look->format.n = row.n;
    if (!read_id(row.columns[0], &first, &last, &is_empty_node) || row.n != look->format.n)
        look->is_numbered = false;
    else if (!is_empty_node && first != look->next)
        look->is_numbered = false;
    else if (!is_empty_node && last == first)
        look->next++;
    for (int i = 0; i < MOST_COLUMNS; i++)
        if (i >= row.n || !(draft_is_label(row.columns[i]) || strcmp(row.columns[i], "_") == 0))
            look->may_be_label &= ~(UINT64_C(1) << i);
    return look->lines < LINES_LOOKED_AT;
}

/* Numbers, between tabs, before at least a word and its label: a file of counts would be the only other one. */
static struct format find_format(const char *file, const char *wanted)
{
    struct look look = {
        .file = file, .wanted = wanted, .format = { .id = -1, .label = -1 }, .next = 1, .is_numbered = true
    };

    look.may_be_label = ~UINT64_C(0);
    each_line(file, look_at, &look);
    struct format f = look.format;
    if (f.is_declared)
        return f;
    int number = wanted ? number_of(wanted) : 0;
    f.is_tabbed = look.n_tabbed == look.lines;
    if (!look.is_numbered || !f.is_tabbed || f.n < 3 || look.lines == 0) {
        if (wanted && (number < 1 || number > f.n))
            trainer_fail("%s: there is no column %s: its words have %d, of which --column takes a number", file, wanted,
                         f.n);
        f.label = number - 1;
        return f;
    }
    f.is_numbered = true;
    f.id = 0;
    f.form = 1;
    look.may_be_label &= ~UINT64_C(3);
    if (f.n == MISC + 1)
        look.may_be_label &= UINT64_C(1) << MISC; /* the others of CoNLL-U are never labels, also when all are empty */
    f.label = look.may_be_label ? __builtin_ctzll(look.may_be_label) : f.n == MISC + 1 ? MISC : f.n - 1;
    f.is_in_misc = f.n == MISC + 1;
    if (number > 0 && number <= f.n) {
        f.label = number - 1;
        f.is_in_misc &= f.label == MISC;
    } else if (wanted && !f.is_in_misc) {
        trainer_fail("%s: there is no column %s: its words have %d, of which --column takes a number", file, wanted,
                     f.n);
    }
    return f;
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

/* The value of one of CoNLL-U's attributes, A=…|B=…, cut off in place; NULL when there is none. */
static char *attribute(char *misc, const char *key)
{
    size_t length = strlen(key);

    for (char *at = misc; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, key, length) == 0 && at[length] == '=')
            return at + length + 1;
    return NULL;
}

/* Entity=(e1-person-1-… opens an entity, e1) closes it, (e2-place-…) is both: Universal Dependencies' brackets, of mentions rather than names, and
 * nested; the outermost counts. The type is what stands behind the first hyphen, or all of it. */
static const char *entity_label(struct reading *r, const char *value, char *room, size_t size)
{
    bool is_first = false;
    char type[64] = "";

    for (struct open_entity *e = r->open; e < r->open + r->n_open; e++)
        e->is_new = false;
    for (const char *at = value ? value : ""; *at && *at != '|';) {
        if (*at == '(' && r->n_open < MOST_OPEN) {
            const char *inner = at + 1;
            size_t length = strcspn(inner, "()|"), id = strcspn(inner, "-()|");
            const char *from = id < length ? inner + id + 1 : inner;
            struct open_entity *e = &r->open[r->n_open++];
            *e = (struct open_entity) { .is_new = true };
            snprintf(e->type, sizeof e->type, "%.*s", (int)strcspn(from, "-()|"), from);
            at = inner + length;
        } else if (*at == ')') {
            if (r->n_open == 1) {
                memcpy(type, r->open[0].type, sizeof type);
                is_first = r->open[0].is_new;
            }
            r->n_open -= r->n_open > 0;
            at++;
        } else {
            at++;
        }
    }
    if (r->n_open > 0 && !type[0]) {
        memcpy(type, r->open[0].type, sizeof type);
        is_first = r->open[0].is_new;
    }
    r->has_label |= value != NULL;
    if (!type[0])
        return "O";
    snprintf(room, size, "%s-%s", is_first ? "B" : "I", type);
    return room;
}

static const char *label_of(struct reading *r, struct row *row, char *room, size_t size)
{
    const struct format *f = &r->format;
    char *column = row->columns[f->label >= 0 && f->label < row->n ? f->label : row->n - 1];

    if (f->is_in_misc && !draft_is_label(column)) {
        static const char *const usual[] = { "NER", "NE", "name" };
        bool is_named = r->wanted && number_of(r->wanted) == 0;
        char *value = is_named ? attribute(column, r->wanted) : NULL;
        for (size_t i = 0; i < 3 && !value && !is_named; i++)
            value = attribute(column, usual[i]);
        if (is_named ? value && (value[0] == '(' || r->n_open > 0 || strchr(value, ')')) : !value)
            return entity_label(r, is_named ? value : attribute(column, "Entity"), room, size);
        if (is_named && r->n_open > 0)
            return entity_label(r, NULL, room, size);
        snprintf(room, size, "%.*s", value ? (int)strcspn(value, "|") : 0, value ? value : "");
        r->has_label |= room[0] != 0;
        return room[0] ? room : "O";
    }
    r->has_label = true;
    return f->id >= 0 && (strcmp(column, "_") == 0 || strcmp(column, "-") == 0) ? "O" : column;
}

static void put_held(struct reading *r, unsigned line)
{
    if (r->held_until > 0)
        draft_word(r->draft, r->held, r->held_label, r->held_is_glued, r->file, line);
    r->held_until = 0;
    free(r->held);
    r->held = NULL;
}

static void hold(struct reading *r, const char *word, unsigned last, bool is_glued)
{
    r->held = strdup(word);
    r->held_until = last;
    r->held_is_glued = is_glued;
    memcpy(r->held_label, "O", 2);
}

static void add_row(struct reading *r, struct row *row, unsigned line)
{
    const struct format *f = &r->format;
    unsigned first = 0, last = 0;
    bool is_empty_node = false;
    char room[128];

    if (row->n < 2 || f->form >= row->n)
        trainer_fail("%s:%u: expected a word and its label", r->file, line);
    const char *glue = f->is_in_misc && row->n == MISC + 1 ? attribute(row->columns[MISC], "SpaceAfter") : NULL;
    bool is_glued = glue && strncmp(glue, "No", 2) == 0;
    if (f->id >= 0 && (f->id >= row->n || !read_id(row->columns[f->id], &first, &last, &is_empty_node)))
        trainer_fail("%s:%u: expected a word's number in front, as in the lines above", r->file, line);
    if (is_empty_node)
        return;
    const char *word = row->columns[f->form], *label = label_of(r, row, room, sizeof room);
    if (r->held_until > 0 && first > r->held_until)
        put_held(r, line);
    if (last > first) {
        hold(r, word, last, is_glued);
        return;
    }
    if (!draft_is_label(label))
        trainer_fail("%s:%u: the %s column is '%s', not O, B-TYPE or I-TYPE%s", r->file, line,
                     f->label >= 0 ? "label's" : "last", label,
                     r->has_name ? "" : ": the file has no labels, or they are in another column (--column N)");
    r->has_name |= label[0] != 'O';
    if (r->held_until == 0)
        draft_word(r->draft, word, label, is_glued, r->file, line);
    else if (strcmp(r->held_label, "O") == 0)
        snprintf(r->held_label, sizeof r->held_label, "%s", label); /* the first name in it */
}

static bool add_line(void *data, char *line, unsigned number)
{
    struct reading *r = data;
    const char *value;

    if (strncmp(line, "-DOCSTART-", 10) == 0) {
        put_held(r, number);
        draft_end_text(r->draft, NULL);
    } else if (is_empty(line)) {
        put_held(r, number);
        draft_end_sentence(r->draft);
    } else if (!is_comment(&r->format, line)) {
        struct row row = cut(line);
        add_row(r, &row, number);
    } else if ((value = value_of(line, "newdoc id")) != NULL) {
        put_held(r, number);
        draft_end_text(r->draft, value);
    } else if (strcmp(line + 1 + strspn(line + 1, " "), "newdoc") == 0) {
        put_held(r, number);
        draft_end_text(r->draft, NULL);
    } else if ((value = value_of(line, "text")) != NULL) {
        draft_says(r->draft, value);
    }
    return true;
}

void columns_read(const char *file, const char *column, void (*take)(void *data, const json_t *object), void *data)
{
    struct reading r = {
        .file = file, .wanted = column, .format = find_format(file, column), .draft = draft_make(take, data)
    };

    each_line(file, add_line, &r);
    put_held(&r, 0);
    draft_end_text(r.draft, NULL);
    if (r.format.is_in_misc && !r.has_label)
        trainer_fail("%s: no %s in the last of its ten columns: it tells no names", file,
                     column ? column : "NER=, NE= or name=, nor Entity=(,");
    draft_free(r.draft);
}
