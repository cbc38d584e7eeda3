/* paragraph.c: see paragraph.h. */
#include "plugins/segmenter/paragraph.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/lines.h"

/* Whether the blanks [from, to) hold an empty line, or another end of a paragraph. Puts into *lines whether they hold a line's
 * end at all. */
static int is_paragraph_end(const struct paragraph *p, uint32_t from, uint32_t to, int *lines)
{
    uint32_t feeds = 0;

    for (; from < to; from++) {
        char c = p->text[from];
        feeds += c == '\n' || c == '\xa8'; /* the last byte of U+2028 */
        if (c == '\f' || c == '\xa9')      /* of U+2029 */
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

/* "“" and its kin, U+2018 to U+201F, U+2039, U+203A, "«" and "»". */
static int is_wide_quote(const char *mark)
{
    unsigned char last = (unsigned char)mark[1];

    if (mark[0] == '\xc2')
        return last == 0xAB || last == 0xBB;
    if (mark[0] != '\xe2' || last != 0x80)
        return 0;
    last = (unsigned char)mark[2];
    return (last >= 0x98 && last <= 0x9F) || last == 0xB9 || last == 0xBA;
}

enum shape paragraph_shape_of_quote(const struct paragraph *p, uint32_t i, enum shape shape)
{
    const struct textd_span *token = &p->tokens[i];
    int left = i > p->first && token[-1].end == token->start, right = i + 1 < p->end && token->end == token[1].start;

    if (left == right || ((shape == SHAPE_OPEN || shape == SHAPE_CLOSE) && !is_wide_quote(p->text + token->start)))
        return shape;
    if (shape == SHAPE_PUNCT) { /* U+2020 and U+2021, of footnotes */
        const char *mark = p->text + token->start;
        return left && token->end - token->start >= 3 && mark[0] == '\xe2' && mark[1] == '\x80' &&
                       (mark[2] == '\xa0' || mark[2] == '\xa1')
                   ? SHAPE_QUOTE_CLOSE
                   : shape;
    }
    return left ? SHAPE_QUOTE_CLOSE : SHAPE_QUOTE_OPEN;
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

int paragraph_has_quotes(struct paragraph *p)
{
    static const char marks[2] = { '"', '\x9c' }; /* the last byte of U+201C */
    uint32_t start = p->tokens[p->first].start, end = p->tokens[p->end - 1].end;

    if (p->quotes == 0) {
        p->quotes = PARAGRAPH_WITHOUT_QUOTES;
        for (int k = 0; k < 2; k++) {
            if (p->next_quotes[k] <= start) { /* a look for each, not for each paragraph */
                const char *found = memchr(p->text + start, marks[k], p->length - start);
                p->next_quotes[k] = found ? (uint32_t)(found - p->text) : p->length;
            }
            p->quotes += p->next_quotes[k] < end;
        }
    }
    return p->quotes != PARAGRAPH_WITHOUT_QUOTES;
}

void paragraph_read(struct paragraph *p)
{
    uint32_t i, line = p->first;
    int is_line;

    p->line_width = p->manners = p->quotes = 0;
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
    if (line == p->first)
        lines_read_one(p);
    else
        lines_read(p);
}

enum gap paragraph_gap_of(const struct paragraph *p, uint32_t from, uint32_t to)
{
    for (; from < to; from++)
        if (p->text[from] == '\n' || p->text[from] == '\xa8')
            return GAP_LINE;
    return GAP_BLANK;
}
