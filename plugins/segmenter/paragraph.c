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

#define MANNERS_OF 5u   /* words */
#define MOST_MANNERS 3u /* counted of each kind */

uint32_t paragraph_manners(struct paragraph *p)
{
    uint32_t capitals = 0, smalls = 0, n = 0;

    if (p->manners)
        return p->manners;
    for (uint32_t i = p->first + 1; n < MANNERS_OF && (i = paragraph_next_gap(p, i, p->end)) < p->end; i++) {
        char mark = p->text[p->tokens[i - 1].start], next = p->text[p->tokens[i].start];
        uint32_t is_stop = (mark == '.') | (mark == '?') | (mark == '!'); /* hard to foretell: no branch */
        capitals += is_stop & (uint32_t)char_is_upper(next);
        smalls += is_stop & (uint32_t)char_is_lower(next);
        n += is_stop;
    }
    capitals = capitals < MOST_MANNERS ? capitals : MOST_MANNERS;
    smalls = smalls < MOST_MANNERS ? smalls : MOST_MANNERS;
    return p->manners = 1 + capitals * (MOST_MANNERS + 1) + smalls;
}

void paragraph_read(struct paragraph *p)
{
    uint32_t i, line = p->first;
    int is_line;

    p->line_width = p->manners = 0;
    for (i = p->first + 1; (i = paragraph_next(p, i, p->n_tokens, TOKEN_LINE)) < p->n_tokens; i++) {
        if (is_paragraph_end(p, p->tokens[i - 1].end, p->tokens[i].start, &is_line))
            break;
        if (is_line) {
            measure_line(p, line, i - 1);
            line = i;
        }
    }
    p->end = i;
    measure_line(p, line, i - 1);
    p->first_shape = paragraph_shape(p, p->first);
    p->last_shape = paragraph_shape(p, i - 1);
}

enum gap paragraph_gap_of(const struct paragraph *p, uint32_t from, uint32_t to)
{
    if (to - from == 1)
        return p->text[from] == '\n' ? GAP_LINE : GAP_TAB;
    if (memchr(p->text + from, '\n', to - from))
        return GAP_LINE;
    return memchr(p->text + from, '\t', to - from) ? GAP_TAB : GAP_WIDE;
}
