/* layout.c: what a sentence is on the page (document.h): a heading, a paragraph's start, an item, a line of a chat. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/lines.h"
#include "plugins/summarizer/turns.h"

#define SHORT_WORDS 5u    /* a line of fewer, without a mark at its end, is a fragment */
#define HEADING_WORDS 14u /* a line of more is no heading */

/* Whether it ends as sentences do: with a mark, perhaps inside quotes or brackets. */
static uint32_t closing_flags(const struct document *d, const struct sentence *s)
{
    uint32_t flags = 0;

    for (uint32_t i = s->end_token; i > s->first_token && s->end_token - i < 4; i--) {
        const struct textd_span *t = &d->tokens[i - 1];
        uint32_t size;
        enum character kind = char_kind_at(d->text, t->start, &size);
        char c = d->text[t->start], last = d->text[t->end - 1];

        if (kind == CHAR_TERM || (last == '.' && d->kinds[i - 1] != TEXTD_TOKEN_LINK)) {
            flags |= SENTENCE_WHOLE;
            flags |= c == '?' ? SENTENCE_QUESTION : c == '!' ? SENTENCE_EXCLAMATION : 0u;
            break;
        }
        if (kind != CHAR_CLOSE && kind != CHAR_QUOTE)
            break;
    }
    return flags;
}

/* "[ ] ", "[x] ": of a list of what is to do. */
static uint32_t box_end(const char *text, uint32_t start, uint32_t end)
{
    return end - start > 4 && text[start] == '[' &&
                   (text[start + 1] == ' ' || text[start + 1] == 'x' || text[start + 1] == 'X') &&
                   text[start + 2] == ']' && text[start + 3] == ' '
               ? start + 4
               : start;
}

/* Of three bytes: a bullet, U+2022, or an en dash. */
static int is_bullet(const char *text, uint32_t at, uint32_t end)
{
    return end - at > 3 && memcmp(text + at, "\xe2\x80", 2) == 0 && (text[at + 2] == '\xa2' || text[at + 2] == '\x93');
}

uint32_t layout_bullet_end(const char *text, uint32_t start, uint32_t end)
{
    uint32_t at = box_end(text, start, end);

    if (at > start)
        return at;
    if (text[at] == '-' || text[at] == '*')
        at++;
    else if (is_bullet(text, at, end))
        at += 3;
    if (at == start || at == end || text[at] != ' ')
        return start;
    while (at < end && text[at] == ' ')
        at++;
    uint32_t box = box_end(text, at, end);
    return box > at ? box : at < end ? at : start;
}

static uint32_t opening_flags(const struct document *d, const struct sentence *s, const struct textd_span *span)
{
    uint32_t size, flags = 0;
    uint8_t class = char_class_at(d->text, span->start, &size);
    enum character kind = (enum character)(class & CHAR_KIND_MASK);

    flags |= kind == CHAR_QUOTE || kind == CHAR_OPEN ? SENTENCE_QUOTE_START : 0u;
    flags |= class & CHAR_LOWER ? SENTENCE_LOWER : 0u;
    if ((d->text[span->start] == '-' || d->text[span->start] == '*' || is_bullet(d->text, span->start, span->end)) ||
        (s->end_token > s->first_token && d->kinds[s->first_token] == TEXTD_TOKEN_NUMBER &&
         d->text[d->tokens[s->first_token].end - 1] == '.'))
        flags |= SENTENCE_LIST_ITEM;
    return flags;
}

/* Line ends between two sentences: 0, 1, or 2 for an empty line. */
static uint32_t gap_lines(const struct document *d, uint32_t from, uint32_t to)
{
    uint32_t lines = 0;

    for (uint32_t i = from; i < to && lines < 2; i++)
        lines += d->text[i] == '\n';
    return lines;
}

/* Whether paragraphs are told by empty lines, as in mail and Markdown; else each line is one. */
static int has_empty_lines(const struct document *d)
{
    uint32_t lines = 0, empty = 0;

    for (uint32_t i = 1; i < d->n_sentences; i++) {
        uint32_t n = gap_lines(d, d->spans[i - 1].end, d->spans[i].start);
        lines += n == 1;
        empty += n == 2;
    }
    return empty * 4 >= lines;
}

static void read_lines(struct document *d)
{
    uint32_t least = has_empty_lines(d) ? 2 : 1, paragraph = 0, in = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        uint32_t n = i > 0 ? gap_lines(d, d->spans[i - 1].end, d->spans[i].start) : 2;

        if (n >= least && i > 0) {
            paragraph++;
            in = 0;
        }
        s->flags |= (n > 0 ? SENTENCE_NEW_LINE : 0u) | (n >= least ? SENTENCE_NEW_PARAGRAPH : 0u);
        s->paragraph = paragraph;
        s->in_paragraph = in++;
    }
    d->n_paragraphs = d->n_sentences > 0 ? paragraph + 1 : 0;
}

/* Where hardly any longer sentence ends with a mark, as in transcripts and notes, a missing one says nothing. */
static int has_marks(const struct document *d)
{
    uint32_t whole = 0, all = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++)
        if (d->sentences[i].n_words >= 2 * SHORT_WORDS) {
            all++;
            whole += d->sentences[i].flags & SENTENCE_WHOLE;
        }
    return 2 * whole >= all;
}

/* What a mail quotes of the one that it answers, lines with ">", somebody has said before; so it counts as of the page. */
static void find_quoted(struct document *d)
{
    int quoted = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        const struct textd_span *span = &d->spans[i];
        const char *text = d->text + span->start, *end = d->text + span->end;

        if (d->sentences[i].flags & SENTENCE_NEW_LINE)
            quoted = *text == '>';
        while (!quoted && (text = memchr(text, '\n', (size_t)(end - text))))
            quoted = ++text < end && *text == '>';
        d->sentences[i].flags |= quoted ? SENTENCE_BOILERPLATE : 0u;
    }
}

static int ends_line(const struct document *d, uint32_t i)
{
    return i + 1 == d->n_sentences || d->sentences[i + 1].flags & SENTENCE_NEW_LINE;
}

/* Whether the line is what the document is made of. An item is one in any document. */
static int is_line_of(enum document_kind kind, enum line_kind line)
{
    return line == LINE_ITEM || (kind == DOCUMENT_CHAT && line == LINE_TURN) || kind == DOCUMENT_LOG ||
           (kind == DOCUMENT_TABLE && line == LINE_ROW);
}

/* What stands before a line's text is no part of it: a bullet, a time, "A:". A question before its answer is not picked for it. */
static void read_labels(struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];

        s->shown = span->start;
        s->body_token = s->first_token;
        s->with_first = s->with_last = i;
        if (!(s->flags & SENTENCE_NEW_LINE))
            continue;
        if (d->has_heads && turn_is_head(d->text, span->start, line_end(d->text, span->start, d->length))) {
            s->flags |= SENTENCE_BOILERPLATE;
            continue;
        }
        struct line line = d->kind == DOCUMENT_PROSE
                               ? line_read_label(d->text, span->start, span->end)
                               : line_read(d->text, span->start, line_end(d->text, span->start, d->length));
        int is_answer = line.kind == LINE_QUESTION || line.kind == LINE_ANSWER;
        if (!is_answer && !d->is_lines && !d->has_heads && !is_line_of(d->kind, line.kind))
            continue;
        s->flags |= is_answer ? 0u : SENTENCE_LINE;
        s->flags |= line.kind == LINE_QUESTION ? SENTENCE_SMALL_TALK : 0u;
        if (line.shown < span->end && d->kind != DOCUMENT_LOG && d->kind != DOCUMENT_TABLE)
            s->shown = line.shown;
        for (; s->body_token < s->end_token && d->tokens[s->body_token].start < line.speech; s->body_token++)
            s->n_words -= s->n_words > 1 && d->token_words[s->body_token] != NO_WORD;
    }
}

static void find_headings(struct document *d, int marks)
{
    uint32_t heading = NO_WORD;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        int whole = s->flags & SENTENCE_WHOLE || s->flags & SENTENCE_LINE;

        int is_of_turn = d->kind == DOCUMENT_CHAT && !(s->flags & SENTENCE_NEW_LINE); /* "sure. the lift is late" */
        if ((s->flags & SENTENCE_LINE && d->kind != DOCUMENT_PROSE && d->kind != DOCUMENT_TABLE) ||
            is_of_turn) /* nobody ends those with a mark */
            s->flags |= SENTENCE_WHOLE;
        if (!marks && s->n_words >= SHORT_WORDS)
            s->flags |= SENTENCE_WHOLE;
        s->heading = heading;
        if (s->flags & SENTENCE_BOILERPLATE || whole || s->n_words == 0 || s->n_words > HEADING_WORDS ||
            (!marks && d->kind == DOCUMENT_PROSE))
            continue;
        if (s->flags & SENTENCE_NEW_LINE && ends_line(d, i) && i + 1 < d->n_sentences) {
            s->flags |= SENTENCE_HEADING;
            heading = i;
        }
    }
}

int32_t document_read_layout(struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const struct textd_span *span = &d->spans[i];

        if (i % STOP_EVERY == 0 && d->should_stop(d->data))
            return TEXTD_STOPPED;
        s->flags = (uint16_t)(closing_flags(d, s) | opening_flags(d, s, span));
    }
    read_lines(d);
    read_labels(d);
    document_find_furniture(d);
    find_quoted(d);
    int marks = has_marks(d);
    find_headings(d, marks);
    if (marks) /* else there are no headings, and nothing would end the list */
        document_find_sources(d);
    document_find_hanging(d);
    document_find_quotations(d);
    return TEXTD_OK;
}
