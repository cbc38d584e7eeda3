/* split.c: cuts what is too long to be picked as a sentence (document.h): notes and transcripts without marks, where the segmenter has
 * nothing to go by. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"
#include "plugins/summarizer/lines.h"

/* In half words, of which an ideograph is one: two make a word in the mean. */
#define TOO_LONG 200u /* longer than nearly all sentences that are any */
#define WRAPPED 60u   /* bytes of a line that may go on in the next */
#define PART_LEAST 24u
#define PART_MOST 72u

static uint32_t half_words(const struct document *d, uint32_t token)
{
    uint32_t size;

    if (d->kinds[token] != TEXTD_TOKEN_WORD && d->kinds[token] != TEXTD_TOKEN_NUMBER)
        return 0;
    return char_kind_at(d->text, d->tokens[token].start, &size) == CHAR_IDEOGRAPH ? 1 : 2;
}

/* Commas and their kin, of Arabic, Chinese and Japanese, too. */
static int is_pause(const struct document *d, uint32_t token)
{
    static const char pauses[][4] = { "\xd8\x8c",     "\xd8\x9b",     "\xe3\x80\x81", "\xef\xbc\x8c",
                                      "\xef\xbc\x9a", "\xef\xbc\x9b", "\xef\xbd\xa4" };
    const char *at = d->text + d->tokens[token].start;
    uint32_t length = d->tokens[token].end - d->tokens[token].start;

    if (length == 1)
        return *at == ',' || *at == ';' || *at == ':';
    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++)
        if (length == strlen(pauses[i]) && memcmp(at, pauses[i], length) == 0)
            return 1;
    return 0;
}

static int is_starter(const struct document *d, uint32_t token)
{
    static const char *const starters[] = { "and", "but", "so",   "then", "because", "i",  "we",
                                            "he",  "she", "they", "you",  "it",      "the" };
    const struct textd_span *t = &d->tokens[token];

    for (size_t i = 0; i < sizeof starters / sizeof starters[0]; i++) {
        size_t n = strlen(starters[i]);
        if (t->end - t->start == n && char_to_lower(d->text[t->start]) == starters[i][0] &&
            memcmp(d->text + t->start + 1, starters[i] + 1, n - 1) == 0)
            return 1;
    }
    return 0;
}

/* How good a cut before the token is: at a line's end, behind a mark, before a word that may start something, at a blank, and not
 * at all inside of what is joined. */
static uint32_t cut_quality(const struct document *d, uint32_t token)
{
    const struct textd_span *t = &d->tokens[token], *before = t - 1;

    if (memchr(d->text + before->end, '\n', t->start - before->end))
        return 4;
    if (d->kinds[token - 1] == TEXTD_TOKEN_PUNCT && is_pause(d, token - 1))
        return 3;
    if (is_starter(d, token))
        return 2;
    return t->start > before->end;
}

/* Where the part that starts with `first` ends: before the best place to cut from PART_LEAST on; anywhere in a text without blanks,
 * when there was none for too long. */
static uint32_t part_end(const struct document *d, uint32_t first, uint32_t end)
{
    uint32_t best = end, best_quality = 0, size = 0; /* half words */

    for (uint32_t i = first; i < end; i++) {
        if (size >= PART_LEAST && i > first) {
            uint32_t quality = cut_quality(d, i);
            if (quality > best_quality) {
                best = i;
                best_quality = quality;
            }
            if (size >= PART_MOST && best_quality > 0)
                return best;
            if (size >= TOO_LONG)
                return i;
        }
        size += half_words(d, i);
    }
    return size <= PART_MOST ? end : best;
}

static uint32_t half_words_in(const struct document *d, uint32_t first, uint32_t end)
{
    uint32_t size = 0;

    for (uint32_t i = first; i < end; i++)
        size += half_words(d, i);
    return size;
}

/* Whether the line that has its end behind `at` is too short to be wrapped. */
static int ends_short_line(const struct document *d, uint32_t at)
{
    uint32_t start = at;

    while (start > 0 && at - start < WRAPPED && d->text[start - 1] != '\n')
        start--;
    return at - start < WRAPPED;
}

/* Whether a line that starts at the token is one of its own, whatever the segmenter saw: an item, a turn, a line of the page. */
static int starts_line(const struct document *d, uint32_t token)
{
    const struct textd_span *t = &d->tokens[token];
    const char *text = d->text + t->start;

    if (!memchr(d->text + t[-1].end, '\n', t->start - t[-1].end))
        return 0;
    if (d->is_lines || (d->kind == DOCUMENT_CHAT && ends_short_line(d, t[-1].end)))
        return 1;
    if (t->end - t->start >= 2 && memcmp(text, "\xc2\xa9", 2) == 0)
        return 1;
    struct line line = d->kind == DOCUMENT_PROSE ? line_read_label(d->text, t->start, d->length)
                                                 : line_read(d->text, t->start, line_end(d->text, t->start, d->length));
    return line.kind == LINE_ITEM || line.kind == LINE_QUESTION || line.kind == LINE_ANSWER ||
           (line.kind == LINE_TURN && d->kind == DOCUMENT_CHAT);
}

/* The end of the sentence's part that starts with `first`. */
static uint32_t line_part_end(const struct document *d, uint32_t first, uint32_t end)
{
    const struct textd_span *from = &d->tokens[first];

    if (end - first < 2 || !memchr(d->text + from->start, '\n', d->tokens[end - 1].start - from->start))
        return end;
    for (uint32_t i = first + 1; i < end; i++)
        if (starts_line(d, i))
            return i;
    return end;
}

static void add_part(const struct document *d, struct textd_span *out, uint32_t *n, uint32_t first, uint32_t end)
{
    if (out)
        out[*n] = (struct textd_span) { d->tokens[first].start, d->tokens[end - 1].end };
    ++*n;
}

/* Goes through the sentences' tokens; writes the spans, if there is where to. Returns how many there are. */
static uint32_t split_all(const struct document *d, struct textd_span *out)
{
    uint32_t token = 0, n = 0;

    for (uint32_t s = 0; s < d->n_sentences; s++) {
        uint32_t first = token, line;
        while (token < d->n_tokens && d->tokens[token].start < d->spans[s].end)
            token++;
        for (; (line = first < token ? line_part_end(d, first, token) : token) < token; first = line)
            add_part(d, out, &n, first, line);
        if (token - first <= TOO_LONG / 2 || half_words_in(d, first, token) <= TOO_LONG) {
            if (out)
                out[n] = first < token && d->tokens[first].start > d->spans[s].start
                             ? (struct textd_span) { d->tokens[first].start, d->spans[s].end }
                             : d->spans[s];
            n++;
            continue;
        }
        for (uint32_t end; first < token; first = end) {
            end = part_end(d, first, token);
            add_part(d, out, &n, first, end);
        }
    }
    return n;
}

/* Of a log or a table each line is one sentence. */
static uint32_t split_lines(const struct document *d, struct textd_span *out)
{
    uint32_t n = 0;

    for (uint32_t first = 0, end; first < d->n_tokens; first = end) {
        uint32_t limit = line_end(d->text, d->tokens[first].start, d->length);
        for (end = first + 1; end < d->n_tokens && d->tokens[end].start < limit; end++)
            ;
        add_part(d, out, &n, first, end);
    }
    return n;
}

int32_t document_split(struct document *d)
{
    uint32_t (*split)(const struct document *, struct textd_span *) =
        d->n_sentences > 0 && (d->kind == DOCUMENT_LOG || d->kind == DOCUMENT_TABLE) ? split_lines : split_all;
    uint32_t n = split(d, NULL);

    if (n == d->n_sentences && split == split_all)
        return TEXTD_OK;
    struct textd_span *spans = d->alloc(d->data, ((uint64_t)n + 1) * sizeof *spans);
    if (!spans)
        return TEXTD_NO_MEMORY;
    split(d, spans);
    d->spans = spans;
    d->n_sentences = n;
    return TEXTD_OK;
}
