/* guard.c: see guard.h. It looks at no more than a few characters on each side: it doesn't read the text again, it
 * only asks whether what is there could go on. */
#include "plugins/entities/expressions/guard.h"

#include "plugins/lib/character.h"

#define LONGEST_PREFIX 4u /* letters right before a currency's sign that may tell whose it is: "NZD$" */

/* A character, and where the next is on its other side. */
struct side {
    uint32_t point; /* 0: there is none */
    uint32_t next;
    enum character kind;
};

static struct side nothing(void)
{
    return (struct side) { .kind = CHAR_BLANK };
}

static struct side before(const struct reader *r, uint32_t at)
{
    uint32_t size, start;
    struct side s;

    if (at == 0)
        return nothing();
    start = char_before(r->input->text, at);
    s.point = char_decode(r->input->text, start, &size);
    s.kind = char_kind_at(r->input->text, start, &size);
    s.next = start;
    return s;
}

static struct side behind(const struct reader *r, uint32_t at)
{
    uint32_t size;
    struct side s;

    if (at >= r->input->text_length)
        return nothing();
    s.point = char_decode(r->input->text, at, &size);
    s.kind = char_kind_at(r->input->text, at, &size);
    s.next = at + size;
    return s;
}

static bool is_letter(const struct side *s)
{
    return s->kind == CHAR_LETTER || s->kind == CHAR_EXTEND || s->kind == CHAR_COMPLEX;
}

static bool is_minus(uint32_t point)
{
    return point == '-' || (point >= 0x2010 && point <= 0x2013) || point == 0x2212;
}

static bool is_currency(uint32_t point)
{
    return point == '$' || (point >= 0xA2 && point <= 0xA5) || (point >= 0x20A0 && point <= 0x20C0) || point == 0xE3F ||
           point == 0xFF04 || point == 0xFFE1 || point == 0xFFE5;
}

/* What joins digits to digits: separators of groups, decimals, dates and times, hyphens, and the signs of sums and
 * fractions. */
static bool joins_digits(uint32_t point)
{
    switch (point) {
    case '.':
    case ',':
    case ':':
    case '/':
    case '\'':
    case '_':
    case '^':
    case '*':
    case '+':
    case '~':
    case '#':
    case 0xB7:   /* middle dot */
    case 0xD7:   /* times */
    case 0x2018: /* quotation marks, as apostrophes */
    case 0x2019:
    case 0x2032: /* feet */
    case 0x2044: /* the fraction's slash */
    case 0x2215:
    case 0x66B: /* the Arabic decimal separator, and that of thousands */
    case 0x66C:
        return true;
    default:
        return is_minus(point);
    }
}

bool guard_is_amount(uint8_t type)
{
    return type == ENTITY_MONEY || type == ENTITY_PERCENT || type == ENTITY_QUANTITY || type == ENTITY_ORDINAL ||
           type == ENTITY_CARDINAL;
}

/* A blank that may stand between groups of digits. */
static bool is_group_blank(const struct side *s)
{
    return s->point == ' ' || s->point == 0xA0 || s->point == 0x2009 || s->point == 0x202F || s->point == 0x2007;
}

/* How many digits end at `at`, counted to four; *next is before them. */
static uint32_t digits_before(const struct reader *r, uint32_t at, uint32_t *next)
{
    uint32_t n = 0;

    while (n < 4 && at > 0 && char_is_digit(r->input->text[at - 1])) {
        at--;
        n++;
    }
    *next = at;
    return n;
}

static uint32_t digits_behind(const struct reader *r, uint32_t at, uint32_t *next)
{
    uint32_t n = 0;

    while (n < 4 && at < r->input->text_length && char_is_digit(r->input->text[at])) {
        at++;
        n++;
    }
    *next = at;
    return n;
}

/* "1 |000 euros": a group before what begins with three digits. */
static bool group_is_before(const struct reader *r, uint32_t start)
{
    struct side blank = before(r, start), further;
    uint32_t at, n;

    if (!is_group_blank(&blank) || digits_behind(r, start, &at) != 3 || blank.next <= r->said_end)
        return false;
    n = digits_before(r, blank.next, &at);
    further = before(r, at);
    return n >= 1 && n <= 3 && !is_letter(&further) && !joins_digits(further.point);
}

/* "1| 000 euros": three digits, and no more, behind what is at most three. */
static bool group_is_behind(const struct reader *r, uint32_t end)
{
    struct side blank = behind(r, end), further;
    uint32_t at, n = digits_before(r, end, &at);

    further = before(r, at);
    if (joins_digits(further.point))
        return false; /* "639.55 639.38": decimals have no groups behind them */
    if (n < 1 || n > 3 || !is_group_blank(&blank) || digits_behind(r, blank.next, &at) != 3)
        return false;
    further = behind(r, at);
    return further.kind != CHAR_DIGIT && !is_letter(&further);
}

/* Four digits on each side of a dash: years, each of which stands by itself. */
static bool years_meet(const struct reader *r, uint32_t dash, uint32_t behind_dash)
{
    uint32_t at;

    return digits_before(r, dash, &at) == 4 && digits_behind(r, behind_dash, &at) == 4 &&
           behind(r, at).kind != CHAR_DIGIT && !is_minus(behind(r, at).point);
}

/* ---- Before it ---------------------------------------------------------------------------------------------------- */

/* A hyphen right before: what is before that tells whether it is a minus, joins digits, or belongs to a name,
 * "F-16". */
static bool is_whole_behind_minus(const struct reader *r, const struct match *m, const struct side *minus, bool digits)
{
    struct side further = before(r, minus->next);

    if (further.kind == CHAR_DIGIT)
        return !digits; /* "$5-€4" are two, "3-4" is one thing */
    if (!guard_is_amount(m->type))
        return true; /* "mid-1990s"; a list's hyphen before a date */
    return is_letter(&further) && !digits;
}

/* What begins with digits, or with a point and digits. */
static bool digits_are_whole_before(const struct reader *r, const struct match *m, uint32_t start)
{
    struct side s = before(r, start), further;

    if (s.kind == CHAR_DIGIT || is_letter(&s) || s.point == '_' || s.point == '^' || is_currency(s.point))
        return false;
    if (is_minus(s.point))
        return (m->type == ENTITY_DATE && years_meet(r, s.next, start)) || is_whole_behind_minus(r, m, &s, true);
    if (!joins_digits(s.point))
        return true;
    further = before(r, s.next);
    return further.kind != CHAR_DIGIT && !(s.point == '.' && !is_letter(&further));
}

/* What begins with a currency's sign. */
static bool sign_is_whole_before(const struct reader *r, const struct match *m, uint32_t start)
{
    struct side s = before(r, start);
    uint32_t n = 0;

    if (s.kind == CHAR_DIGIT || is_currency(s.point))
        return false;
    if (is_minus(s.point))
        return is_whole_behind_minus(r, m, &s, false);
    for (; is_letter(&s) && n <= LONGEST_PREFIX; n++)
        s = before(r, s.next);
    return n == 0 || n > LONGEST_PREFIX; /* "XYZ$5" are dollars of somebody's */
}

static bool begins_with_number_word(const struct reader *r)
{
    uint8_t class = r->n > 0 ? r->lexemes[0].word->class : WORD_NONE;

    return class == WORD_DIGIT || class == WORD_TENS || class == WORD_ORDINAL;
}

static bool is_whole_before(const struct reader *r, const struct match *m, uint32_t start)
{
    struct side first = behind(r, start), s;

    if (first.point == '.')
        first = behind(r, first.next);
    if (first.kind == CHAR_DIGIT)
        return digits_are_whole_before(r, m, start) && !(guard_is_amount(m->type) && group_is_before(r, start));
    if (is_currency(first.point))
        return sign_is_whole_before(r, m, start);
    if (guard_is_amount(m->type) && r->before && begins_with_number_word(r) &&
        (r->before->class == WORD_HUNDRED || r->before->class == WORD_MAGNITUDE))
        return false; /* "hundred |and five" */
    s = before(r, start);
    if (guard_is_amount(m->type) && is_letter(&first) && is_minus(s.point)) {
        s = before(r, s.next);
        return !is_letter(&s) && s.kind != CHAR_DIGIT; /* "fifty-|five %" */
    }
    if (is_minus(first.point) || first.point == '+' || first.point == '(')
        return s.kind != CHAR_DIGIT && (first.point == '(' || !is_letter(&s) || !guard_is_amount(m->type));
    return s.kind != CHAR_DIGIT;
}

/* ---- Behind it ---------------------------------------------------------------------------------------------------- */

static bool digits_are_whole_behind(const struct reader *r, const struct match *m, uint32_t end)
{
    struct side s = behind(r, end), further;

    if (s.kind == CHAR_DIGIT || is_letter(&s) || is_currency(s.point) || s.point == '%' || s.point == 0x2030 ||
        s.point == 0xB0 || s.point == '_' || s.point == '^')
        return false;
    if (guard_is_amount(m->type) && group_is_behind(r, end))
        return false;
    further = behind(r, s.next);
    if (guard_is_amount(m->type) && s.point == ' ' && further.point == '.') {
        uint32_t at, n = digits_behind(r, further.next, &at);
        return n == 0 || n > 2; /* "EUR167 .8 m", but not a table's "43 .596" */
    }
    if (m->type == ENTITY_DATE && is_minus(s.point) && years_meet(r, end, s.next))
        return true; /* "March 31, 1866–1932" */
    return !joins_digits(s.point) || further.kind != CHAR_DIGIT;
}

static bool is_whole_behind(const struct reader *r, const struct match *m, uint32_t end)
{
    struct side last = before(r, end), s = behind(r, end), further;

    if (last.kind == CHAR_DIGIT)
        return digits_are_whole_behind(r, m, end);
    if (s.kind == CHAR_DIGIT || (is_letter(&last) && is_letter(&s)))
        return false;
    if (!guard_is_amount(m->type) || s.kind == CHAR_BLANK)
        return true;
    further = behind(r, s.next);
    return further.kind != CHAR_DIGIT || !joins_digits(s.point) || s.point == ',';
}

/* ------------------------------------------------------------------------------------------------------------------- */

bool guard_has_digits(const char *text, uint32_t start, uint32_t end)
{
    while (start < end && !char_is_digit(text[start]))
        start++;
    return start < end;
}

/* Most expressions stand between blanks that no digits follow, or end before a comma or a period: these need no look at the rest. */
static bool is_free_before(const struct reader *r, uint32_t start)
{
    const char *text = r->input->text;

    return start >= 2 && text[start - 1] == ' ' && !char_is_digit(text[start - 2]) &&
           (!r->before || (r->before->class != WORD_HUNDRED && r->before->class != WORD_MAGNITUDE));
}

static bool is_free_behind(const struct reader *r, uint32_t end)
{
    const char *text = r->input->text;

    if (end + 1 >= r->input->text_length)
        return false;
    if (text[end] == ' ')
        return !char_is_digit(text[end + 1]) && text[end + 1] != '.';
    return (text[end] == ',' || text[end] == '.') && (text[end + 1] == ' ' || text[end + 1] == '\n');
}

bool guard_is_whole(const struct reader *r, const struct match *m, uint32_t start, uint32_t end)
{
    if (m->type == ENTITY_EMAIL || m->type == ENTITY_URL || m->type == ENTITY_HANDLE || m->type == ENTITY_HASHTAG)
        return true; /* they are no values, and digits are a part of many */
    return (m->read_beside & READ_BEFORE || is_free_before(r, start) || is_whole_before(r, m, start)) &&
           (m->read_beside & READ_BEHIND || is_free_behind(r, end) || is_whole_behind(r, m, end));
}
