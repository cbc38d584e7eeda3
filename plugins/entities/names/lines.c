/* lines.c: see lines.h. */
#include "plugins/entities/names/lines.h"

#include <stddef.h>
#include <string.h>

#include "plugins/lib/character.h"

#define WIDE 40u   /* characters: narrower lines are seldom wrapped, and say little by being filled */
#define MANY 3u    /* filled lines, which are no chance */
#define CLOSERS 8u /* quotes, brackets and blanks behind a sentence's last mark */

/* A line without the blanks around it. */
struct line {
    uint32_t start, end, next; /* `next`: where the line behind it starts */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct line line_at(const char *text, uint32_t length, uint32_t start)
{
    const char *newline = memchr(text + start, '\n', length - start);
    struct line line = { start, newline ? (uint32_t)(newline - text) : length, 0 };

    line.next = newline ? line.end + 1 : length;
    while (line.start < line.end && is_blank(text[line.start]))
        line.start++;
    while (line.end > line.start && is_blank(text[line.end - 1]))
        line.end--;
    return line;
}

static uint32_t line_start(const char *text, uint32_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

static uint32_t count_characters(const char *text, uint32_t start, uint32_t end)
{
    uint32_t n = 0;

    for (uint32_t i = start; i < end; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

static uint32_t word_end(const char *text, uint32_t at, uint32_t end)
{
    while (at < end && !is_blank(text[at]))
        at++;
    return at;
}

/* Whether the next line's first word would have made this one longer than any. */
static bool is_filled(const char *text, const struct line *line, const struct line *next, uint32_t width)
{
    return count_characters(text, line->start, line->end) + 1 +
               count_characters(text, next->start, word_end(text, next->start, next->end)) >
           width;
}

static bool ends_sentence(const char *text, uint32_t start, uint32_t end)
{
    for (uint32_t n = 0; end > start && n < CLOSERS; n++) {
        uint32_t at = end - 1, size;
        while (at > start && ((unsigned char)text[at] & 0xC0) == 0x80)
            at--;
        enum character kind = char_kind_at(text, at, &size);
        if (kind != CHAR_CLOSE && kind != CHAR_QUOTE && !is_blank(text[at]) && text[at] != '\n')
            return text[at] == '.' || text[at] == '!' || text[at] == '?' ||
                   (end - at == 3 && memcmp(text + at, "\xE2\x80\xA6", 3) == 0);
        end = at;
    }
    return false;
}

/* The words that begin with a small letter, `most` at most. */
static uint32_t count_small(const char *text, const struct line *line, uint32_t most)
{
    uint32_t n = 0;

    for (uint32_t at = line->start, size; at < line->end && n < most; at = word_end(text, at, line->end)) {
        while (at < line->end && is_blank(text[at]))
            at++;
        n += at < line->end && (char_class_at(text, at, &size) & CHAR_LOWER) != 0;
    }
    return n;
}

/* Behind "of" or "the" more must come. */
static bool ends_small(const char *text, const struct line *line)
{
    uint32_t at = line->end, size;

    while (at > line->start && !is_blank(text[at - 1]))
        at--;
    return at < line->end && (char_class_at(text, at, &size) & CHAR_LOWER) != 0;
}

/* Looks at the block that `at` is in. Where a sentence ends a line's rest says nothing: a paragraph may end there. */
static void look_at_block(struct lines *b, const char *text, uint32_t length, uint32_t at)
{
    uint32_t start = line_start(text, at);

    while (start > b->end) { /* what was looked at before is another block */
        struct line above = line_at(text, length, line_start(text, start - 1));
        if (above.start == above.end)
            break;
        start = line_start(text, start - 1);
    }
    *b = (struct lines) { .start = start, .end = start };
    struct line line = line_at(text, length, start);
    for (; line.start < line.end && b->end < length; line = line_at(text, length, b->end)) {
        uint32_t n = count_characters(text, line.start, line.end);
        b->width = n > b->width ? n : b->width;
        b->end = line.next;
        if (line.next == length)
            break;
    }
    struct line next;
    for (line = line_at(text, length, start); line.next < b->end; line = next) {
        next = line_at(text, length, line.next);
        if (ends_sentence(text, line.start, line.end))
            continue;
        b->breaks++;
        b->n_filled += is_filled(text, &line, &next, b->width);
    }
}

bool lines_part(struct lines *b, const char *text, uint32_t length, uint32_t from, uint32_t to, uint32_t sentence_end)
{
    const char *newline = memchr(text + from, '\n', to - from);

    if (!newline)
        return memchr(text + from, '\t', to - from) != NULL;
    uint32_t at = (uint32_t)(newline - text);
    if (memchr(newline + 1, '\n', to - at - 1))
        return true; /* an empty line */
    if (at < b->start || at >= b->end)
        look_at_block(b, text, length, at);
    struct line line = line_at(text, length, line_start(text, at)), next = line_at(text, length, at + 1);
    if (!is_filled(text, &line, &next, b->width) || count_small(text, &line, 2) < 2)
        return true;
    if (b->width >= WIDE && b->n_filled >= MANY && b->n_filled * 3 >= b->breaks * 2)
        return false;
    return !((count_small(text, &next, 1) > 0 || ends_small(text, &line)) &&
             ends_sentence(text, at, sentence_end < length ? sentence_end : length));
}
