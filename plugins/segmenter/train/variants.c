/* variants.c: see variants.h. */
#include "plugins/segmenter/train/variants.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

struct writer {
    char *text;
    uint32_t length, line; /* line: where the line starts */
    uint32_t *moved;       /* for each byte of the old text, where it is now */
};

static void put(struct writer *w, const char *bytes, uint32_t n)
{
    memcpy(w->text + w->length, bytes, n);
    w->length += n;
}

/* `feeds` line ends, and what a line starts with. */
static void new_line(struct writer *w, enum variant variant, uint32_t feeds)
{
    put(w, "\n\n", feeds);
    w->line = w->length;
    if (variant == VARIANT_QUOTED)
        put(w, "> ", 2);
}

static uint32_t word_end(const char *text, uint32_t at, uint32_t length)
{
    while (at < length && text[at] != ' ' && text[at] != '\n')
        at++;
    return at;
}

/* Writes the blanks at `at` as the variant has them; returns their end. */
static uint32_t put_blanks(struct writer *w, const struct record *r, enum variant variant, uint32_t at, uint32_t width)
{
    uint32_t end = at, feeds = 0;

    while (end < r->length && (r->text[end] == ' ' || r->text[end] == '\n'))
        feeds += r->text[end++] == '\n';
    if (feeds >= 2 && variant == VARIANT_DENSE)
        new_line(w, variant, 1);
    else if (feeds >= 2)
        new_line(w, variant, 2);
    else if (variant != VARIANT_DENSE && w->length - w->line + 1 + word_end(r->text, end, r->length) - end > width)
        new_line(w, variant, 1);
    else
        put(w, r->text + at, end - at);
    return end;
}

/* Where a sentence starts in the new text: the mark of a quoted line belongs to the sentence that starts the line. */
static uint32_t moved_start(const struct writer *w, uint32_t start)
{
    uint32_t now = w->moved[start];

    return now >= 2 && w->text[now - 1] == ' ' && w->text[now - 2] == '>' && (now == 2 || w->text[now - 3] == '\n')
               ? now - 2
               : now;
}

struct record variant_make(const struct record *record, enum variant variant, uint32_t n)
{
    uint32_t room = record->length * 4 + 64, width = 58 + n * 7 % 21;
    struct writer w = { .text = trainer_alloc(room), .moved = trainer_alloc((record->length + 1) * sizeof *w.moved) };
    struct record out = { .id = record->id, .n_sentences = record->n_sentences };

    out.sentences = trainer_alloc((record->n_sentences + 1) * sizeof *out.sentences);
    new_line(&w, variant, 0);
    for (uint32_t at = 0; at < record->length;) {
        if (variant != VARIANT_PLAIN && (record->text[at] == ' ' || record->text[at] == '\n')) {
            uint32_t end = put_blanks(&w, record, variant, at, width);
            for (; at < end; at++)
                w.moved[at] = w.length;
            continue;
        }
        w.moved[at] = w.length;
        put(&w, record->text + at++, 1);
    }
    w.moved[record->length] = w.length;
    for (uint32_t i = 0; i < record->n_sentences; i++)
        out.sentences[i] = (struct textd_span) { moved_start(&w, record->sentences[i].start),
                                                 w.moved[record->sentences[i].end - 1] + 1 };
    out.text = w.text;
    out.length = w.length;
    free(w.moved);
    return out;
}

void variant_free(struct record *record)
{
    free(record->text);
    free(record->sentences);
}
