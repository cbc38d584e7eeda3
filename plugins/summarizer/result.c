/* result.c: see result.h. */
#include "plugins/summarizer/result.h"

#include <string.h>

#include "plugins/lib/digits.h"

struct writer {
    const struct textd_host *host;
    struct textd_doc *doc;
    const struct document *d;
    char *room; /* for the longest text that is flattened */
};

/* Copies a sentence with every run of blanks as one. Blanks are ASCII's here: the others are part of a text's own look. */
static char *copy_flat(char *out, const char *text, struct textd_span span)
{
    int gap = 0;

    for (uint32_t i = span.start; i < span.end; i++) {
        char c = text[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            gap = 1;
            continue;
        }
        if (gap)
            *out++ = ' ';
        gap = 0;
        *out++ = c;
    }
    return out;
}

static void write_text_key(const struct writer *w, const char *key, const char *text, uint64_t length)
{
    w->host->write_key(w->doc, key);
    w->host->write_text(w->doc, text, length);
}

static void write_span(const struct writer *w, struct textd_span span)
{
    w->host->write_key(w->doc, "start");
    w->host->write_offset(w->doc, span.start);
    w->host->write_key(w->doc, "end");
    w->host->write_offset(w->doc, span.end);
}

static void write_score(const struct writer *w, float score)
{
    w->host->write_key(w->doc, "score");
    w->host->write_number(w->doc, digits_of_score(score));
}

/* What stands between two picks: a line's end where one of them is a line for itself. */
static char joint(const struct document *d, uint32_t before, uint32_t after)
{
    return (d->sentences[before].flags | d->sentences[after].flags) & SENTENCE_LINE ? '\n' : ' ';
}

/* The picked sentences as one text. */
static void write_summary(const struct writer *w, const struct summary *s)
{
    char *end = w->room;

    for (uint32_t i = 0; i < s->n_picks; i++) {
        if (i > 0)
            *end++ = joint(w->d, s->picks[i - 1].sentence, s->picks[i].sentence);
        end = copy_flat(end, w->d->text, summary_shown(w->d, s->picks[i].sentence));
    }
    write_text_key(w, "summary", w->room, (uint64_t)(end - w->room));
}

static void write_sentences(const struct writer *w, const struct summary *s)
{
    const struct textd_host *host = w->host;

    host->write_key(w->doc, "sentences");
    host->array_begin(w->doc);
    for (uint32_t i = 0; i < s->n_picks; i++) {
        host->map_begin(w->doc);
        write_span(w, summary_shown(w->d, s->picks[i].sentence));
        write_score(w, s->picks[i].score);
        host->write_key(w->doc, "rank");
        host->write_integer(w->doc, s->picks[i].rank);
        host->write_key(w->doc, "reasons");
        host->array_begin(w->doc);
        for (uint32_t k = 0; k < MOST_REASONS && s->reasons[i][k] != REASON_NONE; k++)
            host->write_text(w->doc, summary_reasons[s->reasons[i][k]], strlen(summary_reasons[s->reasons[i][k]]));
        host->array_end(w->doc);
        host->map_end(w->doc);
    }
    host->array_end(w->doc);
}

static void write_headline(const struct writer *w, const struct summary *s)
{
    w->host->write_key(w->doc, "headline");
    if (s->headline.end == s->headline.start) {
        w->host->write_nil(w->doc);
        return;
    }
    char *end = copy_flat(w->room, w->d->text, s->headline);
    w->host->map_begin(w->doc);
    write_text_key(w, "text", w->room, (uint64_t)(end - w->room));
    write_span(w, s->headline);
    w->host->map_end(w->doc);
}

static void write_keyphrases(const struct writer *w, const struct summary *s)
{
    w->host->write_key(w->doc, "keyphrases");
    w->host->array_begin(w->doc);
    for (uint32_t i = 0; i < s->n_keyphrases; i++) {
        w->host->map_begin(w->doc);
        w->host->write_key(w->doc, "text");
        w->host->write_slice(w->doc, s->keyphrases[i].span);
        write_span(w, s->keyphrases[i].span);
        write_score(w, s->keyphrases[i].score);
        w->host->write_key(w->doc, "count");
        w->host->write_integer(w->doc, s->keyphrases[i].count);
        w->host->map_end(w->doc);
    }
    w->host->array_end(w->doc);
}

int32_t result_write(const struct textd_host *host, struct textd_doc *doc, const struct document *d,
                     const struct request *request, const struct summary *s)
{
    struct writer w = { host, doc, d, NULL };
    uint64_t bytes = s->headline.end - s->headline.start, all = 1;

    for (uint32_t i = 0; i < s->n_picks; i++)
        all += d->spans[s->picks[i].sentence].end - d->spans[s->picks[i].sentence].start + 1;
    w.room = host->alloc(doc, all > bytes ? all : bytes, 8);
    if (!w.room)
        return TEXTD_NO_MEMORY;
    host->map_begin(doc);
    write_summary(&w, s);
    write_sentences(&w, s);
    write_text_key(&w, "document", document_kinds[d->kind], strlen(document_kinds[d->kind]));
    if (request->headline)
        write_headline(&w, s);
    if (request->keyphrases > 0)
        write_keyphrases(&w, s);
    if (request->focus_length > 0) {
        host->write_key(doc, "focused");
        host->write_integer(doc, s->n_focused);
    }
    host->map_end(doc);
    return TEXTD_OK;
}
