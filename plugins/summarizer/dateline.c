/* dateline.c: where a story of an agency comes from, "PARIS, France (AP) -- " (document.h). */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/document.h"

#define DATELINE_BYTES 60u
#define DATELINE_WORDS 8u
#define HEAD_SENTENCES 8 /* of a document, where a dateline may stand */

/* The bytes of a dash with a blank behind it at `at`; 0 if there is none. */
static uint32_t dash_size(const char *text, uint32_t at, uint32_t end)
{
    if (end - at > 3 && memcmp(text + at, "-- ", 3) == 0)
        return 3;
    if (end - at > 4 && memcmp(text + at, "\xe2\x80", 2) == 0 && (text[at + 2] == '\x93' || text[at + 2] == '\x94') &&
        text[at + 3] == ' ')
        return 4; /* U+2013, U+2014 */
    return end - at > 2 && memcmp(text + at, "- ", 2) == 0 ? 2 : 0;
}

/* Whether what stands before a dash is where a story comes from: "PARIS, France", "(CNN)", "NEW YORK (AP)". A word in capitals or an
 * agency in brackets starts or ends it; "Ada Byrne (1815 – 1852)" and "The USA and the UK – both" have neither. */
static int is_origin(const char *text, uint32_t start, uint32_t end)
{
    uint32_t capitals = 0, at = start;

    while (at < end && char_is_upper(text[at]))
        at++;
    if (at - start >= 3 && (at == end || text[at] == ' ' || text[at] == ',' || text[at] == '.' || text[at] == '/'))
        return 1;
    if (text[end - 1] != ')')
        return 0;
    for (at = end - 1; at > start && text[at - 1] != '('; at--)
        capitals += char_is_upper(text[at - 1]);
    return at > start && capitals > 0 && char_is_upper(text[at]);
}

/* Whether a story may start at `at`: in capitals, quotes or figures. "NASA – the agency of the US – said" does not. */
static int starts_story(const char *text, uint32_t at, uint32_t end)
{
    uint32_t size;
    uint8_t class = at < end ? char_class_at(text, at, &size) : CHAR_LOWER;

    return !(class & CHAR_LOWER);
}

uint32_t dateline_end(const char *text, uint32_t start, uint32_t end)
{
    uint32_t limit = end - start > DATELINE_BYTES ? start + DATELINE_BYTES : end, size;

    if ((size = dash_size(text, start, end)) > 2) /* the segmenter has cut before it */
        return start + size;
    for (uint32_t i = start + 1; i < limit; i++) {
        if (text[i] != ' ' || (size = dash_size(text, i + 1, end)) == 0)
            continue;
        return is_origin(text, start, i) && (size > 2 || text[i - 1] == ')') && starts_story(text, i + 1 + size, end)
                   ? i + 1 + size
                   : start;
    }
    return start;
}

static int ends_with_dash(const char *text, const struct textd_span *span)
{
    uint32_t n = span->end - span->start;
    const char *end = text + span->end;

    return (n > 3 && memcmp(end - 2, "--", 2) == 0) ||
           (n > 4 && memcmp(end - 3, "\xe2\x80", 2) == 0 && (end[-1] == '\x93' || end[-1] == '\x94'));
}

/* One that stands as a sentence of its own, before its dash or with it, is of the page; what is behind it has it. A sentence that
 * only starts with a dash has none. */
void document_find_datelines(struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences && i < HEAD_SENTENCES; i++) {
        struct sentence *s = &d->sentences[i], *before = s - (i > 0);
        const struct textd_span *span = &d->spans[i];
        int starts_with_dash = dash_size(d->text, span->start, span->end) > 2;

        if (i > 0 && !(s->flags & SENTENCE_NEW_LINE) && before->flags & SENTENCE_NEW_LINE &&
            before->n_words <= DATELINE_WORDS && (starts_with_dash || ends_with_dash(d->text, span - 1))) {
            before->flags |= SENTENCE_BOILERPLATE;
            s->flags |= SENTENCE_DATELINE;
        } else if (!starts_with_dash && dateline_end(d->text, span->start, span->end) > span->start)
            s->flags |= SENTENCE_DATELINE;
    }
}
