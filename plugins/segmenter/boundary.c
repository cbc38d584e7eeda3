/* boundary.c: what rules say of a gap, and when the model is asked. See boundary.h. */
#include "plugins/segmenter/boundary.h"

#include <string.h>

#include "plugins/lib/character.h"

/* Whether token `i` ends sentences by itself, in every context: the full stops of scripts that have no other use for them. */
static inline int is_wide_terminal(const struct paragraph *p, uint32_t i)
{
    uint32_t at = p->tokens[i].start, size;

    return (unsigned char)p->text[at] >= 0x80 && i >= p->first && char_kind_at(p->text, at, &size) == CHAR_TERM;
}

static int stands_at(const struct paragraph *p, uint32_t i, const char *token)
{
    uint32_t length = (uint32_t)strlen(token);

    return p->tokens[i].end - p->tokens[i].start == length && memcmp(p->text + p->tokens[i].start, token, length) == 0;
}

/* A full stop of full width is a decimal point, too, and stands in names: "Ver．2". */
static int is_glued_point(const struct paragraph *p, uint32_t i, enum gap gap)
{
    const struct textd_span *mark = &p->tokens[i - 1];

    return gap == GAP_NONE && mark->end - mark->start == 3 && memcmp(p->text + mark->start, "\xef\xbc\x8e", 3) == 0 &&
           ((unsigned char)p->text[mark->end] < 0x80 || paragraph_kind(p, i) == TEXTD_TOKEN_NUMBER);
}

/* The token before `i` that is no closing quote or bracket glued to the next. */
static uint32_t before_closers(const struct paragraph *p, uint32_t i)
{
    for (uint32_t n = 0; n < 3 && i > p->first + 1 && p->tokens[i - 2].end == p->tokens[i - 1].start; n++, i--) {
        enum shape shape = paragraph_shape(p, i - 1);
        if (shape != SHAPE_CLOSE && shape != SHAPE_QUOTE)
            break;
    }
    return i - 1;
}

/* What the gap behind a full stop of those scripts is, closing quotes taken along: ASCII's only where no blank stands before. */
static inline enum boundary behind_wide_terminal(const struct paragraph *p, uint32_t i, const struct gap_view *view)
{
    int closes = view->right == SHAPE_CLOSE || (view->right == SHAPE_QUOTE && view->gap == GAP_NONE);

    if (is_wide_terminal(p, i - 1))
        return closes || is_wide_terminal(p, i) || is_glued_point(p, i, view->gap) ? BOUNDARY_NEVER : BOUNDARY_ALWAYS;
    if ((view->left == SHAPE_CLOSE || view->left == SHAPE_QUOTE) && is_wide_terminal(p, before_closers(p, i)))
        /* Japanese goes on with "to" behind a quotation */
        return closes || view->right == SHAPE_PUNCT || stands_at(p, i, "\xe3\x81\xa8") ? BOUNDARY_NEVER
                                                                                       : BOUNDARY_ALWAYS;
    return BOUNDARY_ASK;
}

/* "Regards,|Ann": a greeting, behind which its writer's name starts a line that is lost. */
static int is_greeting(const struct paragraph *p, uint32_t i)
{
    for (uint32_t back = 2; back <= 3 && i >= p->first + back; back++)
        if (i == p->first + back || shape_is_terminal(paragraph_shape(p, i - back - 1)))
            return paragraph_shape(p, i - back) == SHAPE_CAPITAL;
    return 0;
}

/* "* one", "- one", "1. one", "1) one" at the start of a line. */
static int is_item(const struct paragraph *p, uint32_t i, enum shape shape)
{
    uint32_t behind = p->tokens[i].end;

    if (i + 1 >= p->end)
        return 0;
    if (shape == SHAPE_BULLET || (shape == SHAPE_DASH && p->text[behind - 1] == '-'))
        return p->text[behind] == ' ' || p->text[behind] == '\t';
    return shape == SHAPE_ITEM || (shape == SHAPE_NUMBER && p->text[behind] == ')');
}

#define WORDS \
    (1u << SHAPE_SMALL | 1u << SHAPE_CAPITAL | 1u << SHAPE_CAPITALS | 1u << SHAPE_INITIAL | 1u << SHAPE_MIXED | \
     1u << SHAPE_PERIOD_WORD)
#define TERMINALS (1u << SHAPE_PERIOD | 1u << SHAPE_QUESTION | 1u << SHAPE_DOTS)

/* Between which shapes, on one line, the model is asked: for the left one, a bit for each of the right ones. */
static inline uint32_t asked_on_line(enum gap gap, enum shape left)
{
    static const uint32_t glued = WORDS | 1u << SHAPE_OPEN | 1u << SHAPE_NUMBER, all = ~(1u << SHAPE_COMMA);
    uint32_t is_wordlike = (WORDS | 1u << SHAPE_CLITIC | 1u << SHAPE_NUMBER) >> left & 1;

    if (gap == GAP_NONE)
        return (TERMINALS | 1u << SHAPE_DRAWING) >> left & 1 ? glued : 0;
    if (left == SHAPE_OPEN || left == SHAPE_COMMA || (left == SHAPE_SMALL && gap == GAP_BLANK))
        return 0;
    return is_wordlike ? all & ~(1u << SHAPE_SMALL) : all;
}

enum boundary boundary_at(const struct paragraph *p, uint32_t i, struct gap_view *view)
{
    enum gap gap = view->gap = paragraph_gap(p, i);
    enum shape left = view->left = paragraph_shape(p, i - 1), right = view->right = paragraph_shape(p, i);
    enum boundary rule = behind_wide_terminal(p, i, view);
    if (rule != BOUNDARY_ASK)
        return rule;
    if (gap == GAP_LINE)
        return is_item(p, i, right) ? BOUNDARY_ALWAYS : BOUNDARY_ASK;
    if (left == SHAPE_COMMA && right == SHAPE_CAPITAL && gap != GAP_NONE && is_greeting(p, i))
        return BOUNDARY_ASK;
    if (gap == GAP_NONE && left == SHAPE_PERIOD && i - 1 > p->first && p->tokens[i - 2].end < p->tokens[i - 1].start)
        return BOUNDARY_NEVER; /* " .NET" */
    return asked_on_line(gap, left) >> right & 1 ? BOUNDARY_ASK : BOUNDARY_NEVER;
}
