/* paragraph.c: see paragraph.h. */
#include "plugins/segmenter/paragraph.h"

#include <string.h>

#include "plugins/lib/character.h"

/* Whether the blanks [from, to) hold an empty line, or another end of a paragraph. Puts into *lines whether they hold a line's
 * end at all. */
static int is_paragraph_end(const struct paragraph *p, uint32_t from, uint32_t to, int *lines)
{
    uint32_t feeds = 0;

    for (; from < to; from++) {
        char c = p->text[from];
        feeds += c == '\n';
        if (c == '\f' || (c == '\xa9' && p->text[from - 1] == '\x80' && p->text[from - 2] == '\xe2')) /* U+2029 */
            feeds = 2;
    }
    *lines = feeds > 0;
    return feeds >= 2;
}

static void measure_line(struct paragraph *p, uint32_t from, uint32_t last)
{
    uint32_t width = p->tokens[last].end - p->tokens[from].start;

    if (width > p->line_width)
        p->line_width = width;
}

/* Counts how the word behind . ! ? is written. */
static void note_manners(struct paragraph *p, char mark, char next)
{
    if (mark == '.' || mark == '?' || mark == '!') {
        p->capitals += char_is_upper(next) && p->capitals < 3;
        p->smalls += char_is_lower(next) && p->smalls < 3;
    }
}

void paragraph_read(struct paragraph *p)
{
    uint32_t i, line = p->first;
    int is_line;

    p->line_width = 0;
    p->capitals = p->smalls = 0;
    for (i = p->first + 1; (i = paragraph_next_gap(p, i, p->n_tokens)) < p->n_tokens; i++) {
        uint32_t from = p->tokens[i - 1].end, to = p->tokens[i].start;
        if (from != to && (to - from > 1 || p->text[from] != ' ')) {
            if (is_paragraph_end(p, from, to, &is_line))
                break;
            if (is_line) {
                measure_line(p, line, i - 1);
                line = i;
            }
        }
        if (paragraph_kind(p, i - 1) == TEXTD_TOKEN_PUNCT)
            note_manners(p, p->text[p->tokens[i - 1].start], p->text[to]);
    }
    p->end = i;
    measure_line(p, line, i - 1);
    p->first_shape = paragraph_shape(p, p->first);
    p->last_shape = paragraph_shape(p, i - 1);
}

enum gap paragraph_gap(const struct paragraph *p, uint32_t i)
{
    if (i <= p->first || i >= p->end)
        return GAP_EDGE;
    uint32_t from = p->tokens[i - 1].end, to = p->tokens[i].start;
    if (from == to)
        return GAP_NONE;
    if (to - from == 1)
        return p->text[from] == ' ' ? GAP_BLANK : p->text[from] == '\n' ? GAP_LINE : GAP_TAB;
    if (memchr(p->text + from, '\n', to - from))
        return GAP_LINE;
    return memchr(p->text + from, '\t', to - from) ? GAP_TAB : GAP_WIDE;
}
