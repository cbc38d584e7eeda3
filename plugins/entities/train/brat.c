/* brat.c: see brat.h. */
#include "plugins/entities/train/brat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/train/marked.h"
#include "plugins/lib/train/trainer.h"

/* What was left out. */
struct brat_left {
    unsigned parts, others;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* START END, in characters, from *at on, which is moved behind it. */
static bool read_part(const char **at, unsigned long long *start, unsigned long long *end)
{
    return marked_number(at, start) && *(*at)++ == ' ' && marked_number(at, end) && *end > *start;
}

bool brat_is_span(const char *line)
{
    unsigned long long number, start, end;
    const char *at = line + 1;

    if (line[0] != 'T' || !marked_number(&at, &number) || *at++ != '\t')
        return false;
    at += strcspn(at, " \t");
    return *at++ == ' ' && read_part(&at, &start, &end) && (*at == '\t' || *at == ';');
}

/* Whether the text says what the line says that it does: parts, with a blank between them. */
static bool says(const char *text, const char *said)
{
    while (*text && *said) {
        if (is_blank(*text) && is_blank(*said)) {
            while (is_blank(*text))
                text++;
            while (is_blank(*said))
                said++;
        } else if (*text++ != *said++) {
            return false;
        }
    }
    return !*text && !*said;
}

/* A span's line, cut up: its type, where it is in bytes, and whether there is something between its parts. */
struct span {
    char *type;
    long long start, end;
    bool is_parted;
};

static struct span read_span(char *line, const char *file, unsigned number, struct marked_offsets *offsets)
{
    char *type = strchr(line, '\t'), *where = type ? strchr(type, ' ') : NULL,
         *said = where ? strchr(where, '\t') : NULL;
    struct span s = { .start = -1 };
    bool has_more = true;

    if (!said)
        trainer_fail("%s:%u: expected a span, T1<TAB>TYPE START END<TAB>text, between tabs", file, number);
    *type++ = *where++ = *said++ = 0;
    s.type = type;
    for (const char *at = where; has_more; at++) {
        unsigned long long start, end;
        if (!read_part(&at, &start, &end) || (*at && *at != ';'))
            trainer_fail("%s:%u: '%.*s' is no START END, two numbers of which the second is greater", file, number,
                         td_utf8_quoted(where, strlen(where)), where);
        long long first = marked_offset(offsets, start), last = marked_offset(offsets, end);
        if (first < 0 || last < 0)
            trainer_fail("%s:%u: there is no character %llu in the text: is it another one?", file, number,
                         first < 0 ? start : end);
        for (long long i = s.end; s.start >= 0 && i < first; i++)
            s.is_parted |= !is_blank(offsets->text[i]);
        s.is_parted |= s.start >= 0 && first < s.end;
        s.start = s.start < 0 || first < s.start ? first : s.start;
        s.end = last > s.end ? last : s.end;
        has_more = *at == ';';
    }
    if (s.is_parted)
        return s;
    size_t length = (size_t)(s.end - s.start);
    char *found = trainer_alloc(length + 1);
    memcpy(found, offsets->text + s.start, length);
    found[length] = 0;
    if (!says(found, said))
        trainer_fail("%s:%u: the span is '%.*s', but at %s the text has '%.*s'; offsets count characters (code "
                     "points), not bytes",
                     file, number, td_utf8_quoted(said, strlen(said)), said, where, td_utf8_quoted(found, length),
                     found);
    free(found);
    return s;
}

static void say_left(const char *file, const struct brat_left *left)
{
    if (left->parts > 0)
        printf("%s: left as they are: %u spans in several parts, since a name is one span here\n", file, left->parts);
}

void brat_read_bytes(const char *file, char *text, size_t length, char *ann, const char *id,
                     void (*take)(void *data, const json_t *object), void *data)
{
    struct marked_lines lines = { .file = file, .next = ann };
    struct marked_offsets offsets = { .text = text, .length = length };
    struct brat_left left = { 0 };
    json_t *names = json_array();

    if (td_utf8_check(text, length, NULL) != length)
        trainer_fail("%s: its text is no valid UTF-8", file);
    for (char *line; (line = marked_line(&lines)) != NULL;) {
        if (line[strspn(line, " \t")] == 0)
            continue;
        if (line[0] != 'T') {
            if (!strchr("REAMN#*", line[0]) || !strchr(line, '\t'))
                trainer_fail("%s:%u: '%.*s' is no line of brat's: they begin with T, R, E, A, M, N, # or * and a "
                             "number, and a tab",
                             file, lines.number, td_utf8_quoted(line, strlen(line)), line);
            left.others++;
            continue;
        }
        struct span s = read_span(line, file, lines.number, &offsets);
        left.parts += s.is_parted;
        json_t *name = json_pack("{s:I, s:I, s:i}", "start", (json_int_t)s.start, "end", (json_int_t)s.end, "line",
                                 (int)lines.number);
        json_object_set_new(name, "type", s.is_parted ? json_null() : json_string(s.type));
        if (!json_object_get(name, "type"))
            trainer_fail("%s:%u: the type is no valid UTF-8", file, lines.number);
        json_array_append_new(names, name);
    }
    say_left(file, &left);
    json_t *object = json_pack("{s:s, s:s, s:o, s:o}", "id", id, "file", file, "text", json_stringn(text, length),
                               "entities", names);
    if (!object)
        trainer_fail("%s: its name is no valid UTF-8", file);
    take(data, object);
    json_decref(object);
}

void brat_read(const char *ann_file, void (*take)(void *data, const json_t *object), void *data)
{
    size_t ann_length, length, stem = strlen(ann_file) - strlen(".ann");
    char *text_file = strdup(ann_file);

    memcpy(text_file + stem, ".txt", 4);
    char *ann = marked_load(ann_file, &ann_length), *text = marked_load(text_file, &length);
    text_file[stem] = 0;
    const char *slash = strrchr(text_file, '/');
    brat_read_bytes(ann_file, text, length, ann, slash ? slash + 1 : text_file, take, data);
    free(ann);
    free(text);
    free(text_file);
}
