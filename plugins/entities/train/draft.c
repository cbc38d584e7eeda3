/* draft.c: see draft.h. A sentence is kept until it ends: only then is it known whether its words are those of the
 * text that a comment has told, and so where they stand. */
#include "plugins/entities/train/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

struct word {
    size_t start, length; /* in `words` */
    size_t label;         /* in `words`, too, ended by a NUL */
    size_t at;            /* where it stands in the sentence */
    bool is_glued;
};

struct bytes {
    char *all;
    size_t length, room;
};

struct draft {
    struct bytes text, said, words;
    struct word *sentence;
    size_t n, room;
    bool is_said;
    json_t *names;
    char *id;
    unsigned number;
    void (*take)(void *data, const json_t *object);
    void *data;
};

struct draft *draft_make(void (*take)(void *data, const json_t *object), void *data)
{
    struct draft *d = trainer_alloc(sizeof *d);

    *d = (struct draft) { .names = json_array(), .take = take, .data = data };
    return d;
}

void draft_free(struct draft *d)
{
    json_decref(d->names);
    free(d->text.all);
    free(d->said.all);
    free(d->words.all);
    free(d->sentence);
    free(d->id);
    free(d);
}

static void append(struct bytes *b, const char *bytes, size_t n)
{
    if (b->length + n + 1 > b->room)
        b->all = trainer_grow(b->all, b->room = (b->length + n + 1) * 2);
    memcpy(b->all + b->length, bytes, n);
    b->length += n;
}

bool draft_is_label(const char *label)
{
    return strcmp(label, "O") == 0 || (label[0] && strchr("BILESU", label[0]) && label[1] == '-' && label[2]);
}

void draft_word(struct draft *d, const char *word, const char *label, bool is_glued, const char *file, unsigned line)
{
    if (strlen(label) >= 64)
        trainer_fail("%s:%u: the type '%s' is too long", file, line, label + 2);
    if (d->n == d->room)
        d->sentence = trainer_grow(d->sentence, (d->room = d->room ? 2 * d->room : 64) * sizeof *d->sentence);
    struct word *w = &d->sentence[d->n++];
    *w = (struct word) { .start = d->words.length, .length = strlen(word), .is_glued = is_glued };
    append(&d->words, word, w->length);
    w->label = d->words.length;
    const char *meant = strcmp(label + 1, "-O") == 0 ? "O" : label; /* B-O stands in some of UNER's files */
    append(&d->words, meant, strlen(meant) + 1);
}

void draft_says(struct draft *d, const char *text)
{
    d->said.length = 0;
    append(&d->said, text, strlen(text));
    d->is_said = true;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Looks for the words in what the sentence is said to be. False: these are other words. */
static bool find_words(struct draft *d)
{
    const char *said = d->said.all;
    size_t at = 0;

    for (size_t i = 0; i < d->n; i++) {
        struct word *w = &d->sentence[i];
        while (at < d->said.length && is_blank(said[at]))
            at++;
        if (w->length > d->said.length - at || memcmp(said + at, d->words.all + w->start, w->length) != 0)
            return false;
        w->at = at;
        at += w->length;
    }
    while (at < d->said.length && is_blank(said[at]))
        at++;
    return at == d->said.length;
}

/* The words, with blanks between them. */
static void join_words(struct draft *d)
{
    d->said.length = 0;
    for (size_t i = 0; i < d->n; i++) {
        struct word *w = &d->sentence[i];
        if (i > 0 && !w[-1].is_glued)
            append(&d->said, " ", 1);
        w->at = d->said.length;
        append(&d->said, d->words.all + w->start, w->length);
    }
}

static void add_name(struct draft *d, size_t before, const struct word *first, const struct word *last)
{
    json_int_t start = (json_int_t)before + (json_int_t)first->at;
    json_int_t end = (json_int_t)before + (json_int_t)last->at + (json_int_t)last->length;

    json_array_append_new(
        d->names, json_pack("{s:I, s:I, s:s}", "start", start, "end", end, "type", d->words.all + first->label + 2));
}

/* A name ends where its type does, and at labels that say so. `before`: how long the text is without this sentence. */
static void add_names(struct draft *d, size_t before)
{
    const struct word *first = NULL; /* of the name that is open */

    for (size_t i = 0; i < d->n; i++) {
        const struct word *w = &d->sentence[i];
        const char *label = d->words.all + w->label, *open = first ? d->words.all + first->label : "";
        bool is_name = label[0] != 'O';
        if (first && (!is_name || strchr("BSU", label[0]) || strcmp(open + 2, label + 2) != 0)) {
            add_name(d, before, first, w - 1);
            first = NULL;
        }
        if (is_name && !first)
            first = w;
        if (is_name && strchr("LESU", label[0])) {
            add_name(d, before, first, w);
            first = NULL;
        }
    }
    if (first)
        add_name(d, before, first, &d->sentence[d->n - 1]);
}

void draft_end_sentence(struct draft *d)
{
    if (d->n > 0) {
        if (!d->is_said || !find_words(d))
            join_words(d);
        if (d->text.length > 0)
            append(&d->text, "\n\n", 2); /* an empty line: there a sentence ends for the segmenter, too */
        add_names(d, d->text.length);
        append(&d->text, d->said.all, d->said.length);
    }
    d->n = d->words.length = 0;
    d->is_said = false;
}

void draft_end_text(struct draft *d, const char *id)
{
    char number[24];

    draft_end_sentence(d);
    if (d->text.length > 0) {
        snprintf(number, sizeof number, "%u", ++d->number);
        json_t *object = json_pack("{s:s, s:o, s:O}", "id", d->id ? d->id : number, "text",
                                   json_stringn(d->text.all, d->text.length), "entities", d->names);
        if (!object)
            trainer_fail("text %u is no valid UTF-8", d->number);
        d->take(d->data, object);
        json_decref(object);
    }
    json_decref(d->names);
    d->names = json_array();
    d->text.length = 0;
    free(d->id);
    d->id = id && id[0] ? strdup(id) : NULL;
}
