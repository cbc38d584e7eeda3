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

/* What the variant puts between sentences on a line; NULL when it leaves them as they are. */
static const char *between_sentences(enum variant variant)
{
    return variant == VARIANT_WIDE       ? "  "
           : variant == VARIANT_TABS     ? "\t"
           : variant == VARIANT_UNBROKEN ? "\xc2\xa0"
                                         : NULL;
}

/* What stands for the quote at `at` in other languages; NULL when none is there. */
static const char *other_quote(const struct record *r, uint32_t at, uint32_t n, uint32_t *size)
{
    static const char *const quotes[][2] = { { "\u201e", "\u201c" },
                                             { "\u00bb", "\u00ab" },
                                             { "\u00ab", "\u00bb" },
                                             { "\u201d", "\u201d" },
                                             { "\u2018", "\u2019" },
                                             { "'", "'" },
                                             { "*", "*" } };
    const char *mark = r->text + at;
    int opens;

    *size = 1;
    if (mark[0] != '"') {
        *size = 3;
        if (r->length - at < 3 || (memcmp(mark, "\u201c", 3) != 0 && memcmp(mark, "\u201d", 3) != 0))
            return NULL;
        opens = mark[2] == '\x9c';
    } else {
        opens = at == 0 || mark[-1] == ' ' || mark[-1] == '\n' || mark[-1] == '(';
    }
    return quotes[n % (sizeof quotes / sizeof quotes[0])][!opens];
}

/* Whether one blank stands at `at`, behind a sentence of the record; `*next`: a sentence, moved on. */
static int is_between(const struct record *r, uint32_t at, uint32_t *next)
{
    while (*next < r->n_sentences && r->sentences[*next].end < at)
        ++*next;
    return *next + 1 < r->n_sentences && r->sentences[*next].end == at && r->text[at] == ' ' &&
           r->sentences[*next + 1].start == at + 1;
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
    const char *between = between_sentences(variant);
    uint32_t next = 0;
    new_line(&w, variant, 0);
    for (uint32_t at = 0; at < record->length;) {
        if (between && is_between(record, at, &next)) {
            w.moved[at++] = w.length;
            put(&w, between, (uint32_t)strlen(between));
            continue;
        }
        if (variant != VARIANT_PLAIN && variant != VARIANT_MARKED && !between &&
            (record->text[at] == ' ' || record->text[at] == '\n')) {
            uint32_t end = put_blanks(&w, record, variant, at, width);
            for (; at < end; at++)
                w.moved[at] = w.length;
            continue;
        }
        w.moved[at] = w.length;
        uint32_t size;
        const char *quote = variant == VARIANT_MARKED ? other_quote(record, at, n, &size) : NULL;
        if (quote) {
            put(&w, quote, (uint32_t)strlen(quote));
            for (uint32_t end = at + size; at < end; at++)
                w.moved[at] = w.length - 1; /* its last byte */
            w.moved[at - size] = w.length - (uint32_t)strlen(quote);
            continue;
        }
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
