/* boundary.c: what rules say of a gap, and when the model is asked. See boundary.h. */
#include "plugins/segmenter/boundary.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/lines.h"

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
        if (shape != SHAPE_CLOSE && shape != SHAPE_QUOTE && shape != SHAPE_QUOTE_CLOSE)
            break;
    }
    return i - 1;
}

/* What the gap behind a full stop of those scripts is, closing quotes taken along: ASCII's only where no blank stands before. */
static inline enum boundary behind_wide_terminal(const struct paragraph *p, uint32_t i, const struct gap_view *view)
{
    int closes = view->right == SHAPE_CLOSE || view->right == SHAPE_QUOTE_CLOSE ||
                 (view->right == SHAPE_QUOTE && view->gap == GAP_NONE);

    if (is_wide_terminal(p, i - 1))
        return closes || is_wide_terminal(p, i) || is_glued_point(p, i, view->gap) ? BOUNDARY_NEVER : BOUNDARY_ALWAYS;
    if ((view->left == SHAPE_CLOSE || view->left == SHAPE_QUOTE || view->left == SHAPE_QUOTE_CLOSE) &&
        is_wide_terminal(p, before_closers(p, i)))
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

/* Whether token `i` is one of the words, " He She ", as they stand there. */
static int is_one_of(const struct paragraph *p, uint32_t i, const char *words)
{
    char word[14] = " ";
    uint32_t length = p->tokens[i].end - p->tokens[i].start;

    if (length > sizeof word - 3)
        return 0;
    memcpy(word + 1, p->text + p->tokens[i].start, length);
    word[length + 1] = ' ';
    return strstr(words, word) != NULL;
}

/* Words that begin a sentence when they have a capital, whatever stands before them. */
static const char
    before_names[] = " Dr. Mr. Mrs. Ms. Mt. Prof. Capt. Sgt. Messrs. Mme. Mlle. Apt. ",
    starters[] =
        " He She It They We You This These Those There His Her Its Their Our My But Nobody Everybody Everyone Then "
        "However How What Why ",
    titles[] =
        " Dr. Mr. Mrs. Ms. Prof. Gen. Col. Capt. Lt. Sgt. Rev. Hon. Gov. Sen. Rep. Fr. Maj. v. vs. e.g. i.e. cf. ",
    halves_of_day[] = " AM PM am pm A.M P.M ", dotted_halves[] = " a.m. p.m. A.M. P.M. am. pm. ",
    behind_hours[] =
        " Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays Thursdays Fridays "
        "Saturdays Sundays Mon Tue Wed Thu Fri Sat Sun Mon. Tue. Wed. Thu. Fri. Sat. Sun. January February March April "
        "May "
        "June July August September October November December Eastern Central Mountain Pacific Greenwich EST EDT CST "
        "CDT MST MDT PST PDT GMT UTC BST CET CEST EET EEST MSK IST JST KST HKT SGT AEST AEDT NZST NZDT WET ET CT PT "
        "MT ";

/* "02/13/2001" */
static int is_date(const struct paragraph *p, uint32_t i)
{
    return paragraph_kind(p, i) == TEXTD_TOKEN_NUMBER &&
           memchr(p->text + p->tokens[i].start, '/', p->tokens[i].end - p->tokens[i].start);
}

/* Whether more than a word or two of a sentence stand before token `i`: "They close at 7", not "At 7". */
static int is_far_in_sentence(const struct paragraph *p, uint32_t i)
{
    enum { FEW = 3 };

    for (uint32_t n = 0; n < FEW; n++, i--)
        if (i == p->first || shape_is_terminal(paragraph_shape(p, i - 1)))
            return 0;
    return 1;
}

/* What abbreviations, initials and hours say of the blank behind them. */
static enum boundary behind_abbreviation(const struct paragraph *p, uint32_t i, const struct gap_view *view)
{
    enum { LONGEST_HALF = 4 }; /* "a.m." */
    int is_numbered = i - 1 > p->first && paragraph_kind(p, i - 2) == TEXTD_TOKEN_NUMBER &&
                      p->tokens[i - 1].end - p->tokens[i - 1].start <= LONGEST_HALF;

    if (is_numbered && is_one_of(p, i - 1, halves_of_day) &&
        !(i >= p->first + 3 && is_date(p, i - 3))) /* a head of mail ends with both */
        return is_one_of(p, i, starters) || !shape_is_word(view->right) ? BOUNDARY_ASK : BOUNDARY_NEVER;
    if (view->left != SHAPE_PERIOD_WORD && view->left != SHAPE_INITIAL)
        return BOUNDARY_ASK;
    if (view->left == SHAPE_INITIAL && view->right == SHAPE_CAPITAL && p->text[p->tokens[i - 1].end - 1] == '.' &&
        (i - 1 == p->first || paragraph_shape(p, i - 2) == SHAPE_INITIAL))
        return BOUNDARY_NEVER; /* "J. K. Rowling" */
    if (is_one_of(p, i - 1, before_names) && (view->right == SHAPE_CAPITAL || view->right == SHAPE_INITIAL))
        return BOUNDARY_NEVER;
    if (is_numbered && is_one_of(p, i - 1, dotted_halves) && is_one_of(p, i, before_names))
        return is_far_in_sentence(p, i - 2) ? BOUNDARY_ALWAYS : BOUNDARY_NEVER;
    if (is_numbered && is_one_of(p, i - 1, dotted_halves) &&
        (view->right == SHAPE_OPEN || is_one_of(p, i, behind_hours)))
        return BOUNDARY_NEVER;
    return p->text[p->tokens[i - 1].end - 1] == '.' && is_one_of(p, i, starters) && !is_one_of(p, i - 1, titles)
               ? BOUNDARY_ALWAYS
               : BOUNDARY_ASK;
}

/* A number of one or two digits as token `i`; 0 when it is none. */
static uint32_t small_number(const struct paragraph *p, uint32_t i)
{
    const char *digits = p->text + p->tokens[i].start;
    uint32_t length = p->tokens[i].end - p->tokens[i].start;

    if (paragraph_kind(p, i) != TEXTD_TOKEN_NUMBER || length > 2 || !char_is_digit(digits[length - 1]))
        return 0;
    return length == 1 ? (uint32_t)(digits[0] - '0') : (uint32_t)((digits[0] - '0') * 10 + digits[1] - '0');
}

/* Whether the full stop before token `i`, a small word, belongs to a number in a list: "1. milk, 2. eggs". */
static int is_enumerated(const struct paragraph *p, uint32_t i)
{
    enum { FAR = 30 };
    uint32_t number = i >= p->first + 2 ? small_number(p, i - 2) : 0;

    if (number == 0)
        return 0;
    for (uint32_t at = i; at + 1 < p->end && at - i < FAR; at++)
        if (p->text[p->tokens[at + 1].start] == '.' && small_number(p, at) == number + 1)
            return 1;
    for (uint32_t at = i - 2, n = 0; at > p->first && n < FAR; at--, n++)
        if (p->text[p->tokens[at].start] == '.' && small_number(p, at - 1) + 1 == number && number > 1)
            return 1;
    return 0;
}

/* "Yahoo! is", "Mamma Mia! and": a name, and the sentence goes on. */
static int is_name_with_mark(const struct paragraph *p, uint32_t i)
{
    static const char goes_on[] =
        " is was are were has had and or said says announced will would can could to of in on at for with by from ";

    return i >= p->first + 2 && p->tokens[i - 2].end == p->tokens[i - 1].start &&
           (1u << SHAPE_CAPITAL | 1u << SHAPE_CAPITALS) >> paragraph_shape(p, i - 2) & 1 && is_one_of(p, i, goes_on);
}

/* "notes.txt", before ".Then" */
static int is_file(const struct paragraph *p, uint32_t i)
{
    return p->tokens[i].end == p->tokens[i + 1].start &&
           memchr(p->text + p->tokens[i].start, '.', p->tokens[i].end - p->tokens[i].start);
}

/* Full stops with blanks between them, ". . .", which stand for what was left out: how many end with token `i`. */
static uint32_t spaced_dots(const struct paragraph *p, uint32_t i)
{
    uint32_t n = 0;

    for (; i >= p->first && n < 5 && paragraph_shape(p, i) == SHAPE_PERIOD; i--) {
        n++;
        if (i == p->first || p->tokens[i - 1].end == p->tokens[i].start)
            break; /* the first may be glued to a word */
    }
    return n;
}

/* Whether a quote that goes on in a small letter behind its end, "Stop! Turn back!" and ran, is open before token `i`. */
static int is_in_quote(struct paragraph *p, uint32_t i)
{
    enum { FAR = 32 };
    uint32_t at = i, far = p->end - i < FAR ? p->end : i + FAR;

    if (!paragraph_has_quotes(p))
        return 0;
    for (;; at++) { /* to where it is closed */
        if (at == far || (at > i && p->kinds[at] & TOKEN_LINE))
            return 0;
        enum shape shape = paragraph_kind(p, at) == TEXTD_TOKEN_PUNCT ? paragraph_shape(p, at) : SHAPE_SMALL;
        if (shape == SHAPE_QUOTE_OPEN)
            return 0;
        if (shape == SHAPE_QUOTE_CLOSE)
            break;
    }
    if (at + 1 >= p->end || !shape_is_terminal(paragraph_shape(p, at - 1)) || paragraph_shape(p, at + 1) != SHAPE_SMALL)
        return 0;
    far = i - p->first < FAR ? p->first : i - FAR;
    for (at = i; at > far; at--) { /* back to where it is opened */
        enum shape shape = paragraph_kind(p, at - 1) == TEXTD_TOKEN_PUNCT ? paragraph_shape(p, at - 1) : SHAPE_SMALL;
        if (shape == SHAPE_QUOTE_OPEN || shape == SHAPE_QUOTE_CLOSE)
            return shape == SHAPE_QUOTE_OPEN;
    }
    return 0;
}

/* What the mark that ends sentences before token `i` says by itself. */
static enum boundary behind_mark(struct paragraph *p, uint32_t i, const struct gap_view *view)
{
    int is_glued = i >= p->first + 2 && p->tokens[i - 2].end == p->tokens[i - 1].start;

    if (view->gap != GAP_NONE && view->left != SHAPE_CLOSE && p->quotes != PARAGRAPH_WITHOUT_QUOTES &&
        is_in_quote(p, i))
        return BOUNDARY_NEVER;
    if (view->left == SHAPE_PERIOD) {
        if (is_glued && view->gap == GAP_BLANK && view->right != SHAPE_SMALL && view->right != SHAPE_PERIOD)
            return BOUNDARY_ASK;   /* most of them */
        if (view->gap == GAP_NONE) /* "com.acme.pay.Main" */
            return i >= p->first + 4 && p->tokens[i - 3].end == p->tokens[i - 2].start &&
                           p->tokens[i - 2].end == p->tokens[i - 1].start &&
                           paragraph_shape(p, i - 3) == SHAPE_PERIOD &&
                           p->tokens[i - 4].end == p->tokens[i - 3].start && shape_is_word(paragraph_shape(p, i - 4))
                       ? BOUNDARY_NEVER
                   : view->right == SHAPE_CAPITAL && i >= p->first + 2 && is_file(p, i - 2) ? BOUNDARY_ALWAYS
                                                                                            : BOUNDARY_ASK;
        if (view->right == SHAPE_PERIOD)
            return BOUNDARY_NEVER;
        uint32_t dots = spaced_dots(p, i - 1);
        if (dots >= 3 && (view->right == SHAPE_SMALL || (dots == 3 && is_one_of(p, i, " I "))))
            return BOUNDARY_NEVER;
        if (dots > 3)
            return BOUNDARY_ALWAYS;
        return view->right == SHAPE_SMALL && is_enumerated(p, i) ? BOUNDARY_NEVER : BOUNDARY_ASK;
    }
    if (view->left == SHAPE_QUESTION && view->right == SHAPE_SMALL && is_name_with_mark(p, i))
        return BOUNDARY_NEVER;
    if (view->left == SHAPE_CLOSE && view->right == SHAPE_OPEN && view->gap == GAP_BLANK && i >= p->first + 2 &&
        shape_is_terminal(paragraph_shape(p, i - 2)))
        return BOUNDARY_ALWAYS; /* "(One.) (Two.)" */
    return BOUNDARY_ASK;
}

#define WORDS \
    (1u << SHAPE_SMALL | 1u << SHAPE_CAPITAL | 1u << SHAPE_CAPITALS | 1u << SHAPE_INITIAL | 1u << SHAPE_MIXED | \
     1u << SHAPE_PERIOD_WORD)
#define MARKS (1u << SHAPE_PERIOD | 1u << SHAPE_QUESTION | 1u << SHAPE_CLOSE)
#define TERMINALS (1u << SHAPE_PERIOD | 1u << SHAPE_QUESTION | 1u << SHAPE_DOTS)

/* Between which shapes, on one line, the model is asked: for the left one, a bit for each of the right ones. */
static inline uint32_t asked_on_line(enum gap gap, enum shape left)
{
    static const uint32_t glued = WORDS | 1u << SHAPE_OPEN | 1u << SHAPE_NUMBER, all = ~(1u << SHAPE_COMMA);
    uint32_t is_wordlike = (WORDS | 1u << SHAPE_CLITIC | 1u << SHAPE_NUMBER) >> left & 1;

    if (gap == GAP_NONE)
        return (TERMINALS | 1u << SHAPE_DRAWING) >> left & 1 ? glued : 0;
    if (left == SHAPE_OPEN || left == SHAPE_QUOTE_OPEN || left == SHAPE_COMMA ||
        (left == SHAPE_SMALL && gap == GAP_BLANK))
        return 0;
    return is_wordlike ? all & ~(1u << SHAPE_SMALL) : all;
}

enum boundary boundary_at(struct paragraph *p, uint32_t i, struct gap_view *view)
{
    enum gap gap = view->gap = paragraph_gap(p, i);
    enum shape left = view->left = paragraph_shape(p, i - 1), right = view->right = paragraph_shape(p, i);
    enum boundary rule = behind_wide_terminal(p, i, view);
    if (gap == GAP_LINE)
        return lines_next(p, i) ? BOUNDARY_ALWAYS : rule;
    if (i <= p->line.prefix)
        return BOUNDARY_NEVER;
    if (rule != BOUNDARY_ASK)
        return rule;
    if (p->line.item && lines_is_next_item(p, i))
        return BOUNDARY_ALWAYS;
    if (left == SHAPE_COMMA && right == SHAPE_CAPITAL && gap != GAP_NONE && is_greeting(p, i))
        return BOUNDARY_ASK;
    if (gap == GAP_NONE && left == SHAPE_PERIOD && i - 1 > p->first && p->tokens[i - 2].end < p->tokens[i - 1].start)
        return BOUNDARY_NEVER; /* " .NET" */
    if (!(asked_on_line(gap, left) >> right & 1))
        return BOUNDARY_NEVER;
    if (left == SHAPE_SMILE && right == SHAPE_SMALL)
        return BOUNDARY_NEVER; /* "Zoë 👋 left." */
    if (MARKS >> left & 1)
        return behind_mark(p, i, view);
    return shape_is_word(left) ? behind_abbreviation(p, i, view) : BOUNDARY_ASK;
}
