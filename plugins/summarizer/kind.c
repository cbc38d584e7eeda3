/* kind.c: which kind of document the lines make (document.h). A table, a log, a list or a chat is known by its lines' starts, not by its
 * words, so that it holds in any language. */
#include <string.h>

#include "plugins/summarizer/document.h"
#include "plugins/summarizer/line_text.h"
#include "plugins/summarizer/lines.h"
#include "plugins/summarizer/turns.h"

#define X(name, word) word,
const char *const document_kinds[N_DOCUMENT_KINDS] = { DOCUMENT_KINDS(X) };
#undef X

#define HEADING_BYTES 60u /* a line of more is no heading */
#define FEWEST_LINES 3u   /* of a document that is more than prose */
#define MOST_LINES 4096u  /* of a document that are looked at */
#define SPEAKERS 64u

struct tally {
    uint32_t lines[N_LINE_KINDS], bytes[N_LINE_KINDS];
    uint32_t heads, bodies;    /* lines that are a speaker and a time, and those behind the first of them */
    uint32_t stamped;          /* turns that have a time */
    uint32_t headings, shorts; /* lines of few words without a mark at their end */
    uint32_t n, all_bytes;
    struct {
        uint32_t name, turns;
    } speakers[SPEAKERS];
    struct line before; /* the last row, if the line before was one */
    uint32_t before_bytes;
};

static void add_speaker(struct tally *t, uint32_t name)
{
    for (uint32_t i = 0; i < SPEAKERS; i++)
        if (t->speakers[i].name == name || t->speakers[i].name == 0) {
            t->speakers[i].name = name;
            t->speakers[i].turns++;
            return;
        }
}

static int is_open_ended(const char *text, uint32_t end)
{
    return !strchr(".!?\"", text[end - 1]);
}

/* A row that is known by its commas or blanks must have as many as the one before; then both are rows. */
static void add_row(struct tally *t, struct line *line, uint32_t bytes)
{
    if (line->n_separators > 0) {
        if (t->before.separator != line->separator || t->before.n_separators != line->n_separators) {
            t->before = *line;
            t->before_bytes = bytes;
            line->kind = LINE_TEXT;
            return;
        }
        if (t->before_bytes > 0) {
            t->lines[LINE_TEXT]--;
            t->bytes[LINE_TEXT] -= t->before_bytes;
            t->lines[LINE_ROW]++;
            t->bytes[LINE_ROW] += t->before_bytes;
            t->before_bytes = 0;
        }
    }
}

static void add_line(struct tally *t, const char *text, uint32_t start, uint32_t end, int is_indented)
{
    struct line line = line_read(text, start, end);
    uint32_t bytes = end - start, words = 1;

    if (line.kind == LINE_ROW)
        add_row(t, &line, bytes);
    else if (line.kind == LINE_TEXT && is_indented && t->lines[LINE_ITEM] > 0)
        line.kind = LINE_ITEM; /* goes on with the item above */
    uint32_t head = turn_head(text, start, end);
    if (line.kind == LINE_TURN || head)
        add_speaker(t, head ? head : line.speaker);
    t->stamped += line.kind == LINE_TURN && line.shown > start;
    t->heads += head != 0;
    t->bodies += !head && t->heads > 0;
    for (uint32_t i = start; i < end && words < 6; i++)
        words += text[i] == ' ';
    if (line.kind == LINE_TEXT && bytes <= HEADING_BYTES && is_open_ended(text, end)) {
        t->headings++;
        t->shorts += words <= 4 && bytes <= 40;
    }
    t->n++;
    t->all_bytes += bytes;
    t->lines[line.kind]++;
    t->bytes[line.kind] += bytes;
}

/* Whether the lines of the kind are most of the text; headings don't count against them while there are fewer. */
static int is_most(const struct tally *t, enum line_kind kind)
{
    uint32_t headings = t->headings < t->lines[kind] ? t->headings : t->lines[kind];

    return t->lines[kind] >= FEWEST_LINES && 10 * t->lines[kind] >= 6 * (t->n - headings) &&
           2 * t->bytes[kind] >= t->all_bytes;
}

/* Names that come again, and more than one of them: not "Name: Ada" and "Age: 7". Where each has a time, they need not. */
static int has_speakers(const struct tally *t)
{
    uint32_t names = 0, again = 0;

    for (uint32_t i = 0; i < SPEAKERS && t->speakers[i].name; i++) {
        names++;
        again += t->speakers[i].turns > 1;
    }
    int is_stamped = t->stamped > 0 && t->stamped == t->lines[LINE_TURN];
    return names > 1 && ((again > 0 && 3 * again >= names) || is_stamped);
}

int32_t document_read_lines(struct document *d)
{
    struct tally t = { 0 };
    uint32_t looked = 0;

    for (uint32_t at = 0, end; at < d->length && looked < MOST_LINES; at = end + 1) {
        end = line_end(d->text, at, d->length);
        uint32_t start = skip_blanks(d->text, at, end), last = end;
        while (last > start && is_blank(d->text[last - 1]))
            last--;
        if (last == start)
            continue;
        if (++looked % STOP_EVERY == 0 && d->should_stop(d->data))
            return TEXTD_STOPPED;
        add_line(&t, d->text, start, last, start > at + 1);
    }
    d->is_lines = 0;
    d->has_heads = t.heads > 1 && t.bodies >= t.heads && 10 * (t.heads + t.bodies) >= 9 * t.n && has_speakers(&t);
    if (d->has_heads || (is_most(&t, LINE_TURN) && has_speakers(&t)))
        d->kind = DOCUMENT_CHAT;
    else if (is_most(&t, LINE_LOG))
        d->kind = DOCUMENT_LOG;
    else if (is_most(&t, LINE_ROW))
        d->kind = DOCUMENT_TABLE;
    else if (is_most(&t, LINE_ITEM))
        d->kind = DOCUMENT_LIST;
    else {
        d->is_lines = t.n > FEWEST_LINES && 10 * t.shorts >= 8 * t.n;
        d->kind = d->is_lines ? DOCUMENT_LIST : DOCUMENT_PROSE;
    }
    return TEXTD_OK;
}
