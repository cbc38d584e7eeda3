/* lines.c: see lines.h. */
#include "plugins/segmenter/lines.h"

#include "plugins/lib/character.h"

/* ---- Tokens ------------------------------------------------------------------------------------------------------------ */

/* A line, as tokens, with the paragraph that it is in. */
struct line {
    const struct paragraph *p;
    uint32_t first, end;
};

static const char *text_at(const struct line *l, uint32_t i)
{
    return l->p->text + l->p->tokens[i].start;
}

static uint32_t length_at(const struct line *l, uint32_t i)
{
    return l->p->tokens[i].end - l->p->tokens[i].start;
}

static uint8_t kind_at(const struct line *l, uint32_t i)
{
    return paragraph_kind(l->p, i);
}

/* The token's one byte; 0 when it is longer, or no token of the line. */
static char sign_at(const struct line *l, uint32_t i)
{
    return i < l->end && length_at(l, i) == 1 ? *text_at(l, i) : 0;
}

static int is_token(const struct line *l, uint32_t i, const char *word)
{
    uint32_t length = (uint32_t)strlen(word);

    return i < l->end && length_at(l, i) == length && memcmp(text_at(l, i), word, length) == 0;
}

/* Whether no blank stands between token `i` and the next. */
static int is_glued(const struct line *l, uint32_t i)
{
    return i + 1 < l->end && l->p->tokens[i].end == l->p->tokens[i + 1].start;
}

/* Whether the token is one of the words " INFO WARN ". */
static int is_one_of(const struct line *l, uint32_t i, const char *words)
{
    char word[14] = " ";
    uint32_t length = length_at(l, i);

    if (length > sizeof word - 3)
        return 0;
    memcpy(word + 1, text_at(l, i), length);
    word[length + 1] = ' ';
    return strstr(words, word) != NULL;
}

/* ---- Items ------------------------------------------------------------------------------------------------------------- */

/* Whether the token is a mark beyond ASCII that stands before an item: a dot, a square, an arrow, a tick. */
static int is_bullet(const struct line *l, uint32_t i)
{
    uint32_t size;

    if ((unsigned char)*text_at(l, i) < 0x80)
        return 0;
    uint32_t point = char_decode(l->p->text, l->p->tokens[i].start, &size);
    if (size != length_at(l, i))
        return 0;
    return point == 0xB7 || point == 0x2022 || point == 0x2023 || point == 0x2043 || point == 0x2219 ||
           (point >= 0x25A0 && point <= 0x25FF) || point == 0x2713 || point == 0x2714;
}

/* How an item is numbered, and its number, as one number; 0: not at all. */
enum { BY_NUMBER = 1, BY_SMALL, BY_CAPITAL, BY_ROMAN, BY_CODE, BY_MARK };
#define ITEM(way, bracket, number) ((uint32_t)(way) << 24 | (uint32_t)(bracket) << 16 | (uint32_t)(number))

static uint32_t roman(const char *word, uint32_t length)
{
    uint32_t value = 0, last = 0;

    for (uint32_t i = length; i > 0; i--) {
        char c = char_to_lower(word[i - 1]);
        uint32_t digit = c == 'i' ? 1 : c == 'v' ? 5 : c == 'x' ? 10 : 0;
        if (digit == 0)
            return 0;
        value = digit < last ? value - digit : value + digit;
        last = digit > last ? digit : last;
    }
    return value;
}

/* The number that the digits are, of at most three. */
static uint32_t number_of(const char *digits, uint32_t length)
{
    uint32_t value = 0;

    if (length == 0 || length > 3)
        return 0;
    for (uint32_t i = 0; i < length; i++) {
        if (!char_is_digit(digits[i]))
            return 0;
        value = value * 10 + (uint32_t)(digits[i] - '0');
    }
    return value + 1;
}

/* What the word, without its mark, says of an item. "i" is read as Roman: "h" is rarely before it. */
static uint32_t item_of(const char *word, uint32_t length, uint32_t bracket)
{
    uint32_t number = number_of(word, length);

    if (number > 0)
        return ITEM(BY_NUMBER, bracket, number);
    if (length <= 4 && (number = roman(word, length)) > 0)
        return ITEM(BY_ROMAN, bracket, number);
    if (length == 1 && char_is_lower(word[0]))
        return ITEM(BY_SMALL, bracket, word[0]);
    if (length == 1 && char_is_upper(word[0]))
        return ITEM(BY_CAPITAL, bracket, word[0]);
    if (length <= 4 && char_is_upper(word[0]) && (number = number_of(word + 1, length - 1)) > 0)
        return ITEM(BY_CODE, bracket, number);
    return 0;
}

/* Reads "1.", "a)", "(ii)", "1.)", "Q1." at token `i`: what it says, 0 when it is none; *behind is the token behind it. */
static uint32_t read_item(const struct line *l, uint32_t i, uint32_t *behind)
{
    uint32_t at = i, length, item;
    int is_open = sign_at(l, at) == '(' && is_glued(l, at);

    at += (uint32_t)is_open;
    if (at >= l->end || kind_at(l, at) > TEXTD_TOKEN_NUMBER || (length = length_at(l, at)) > 6)
        return 0;
    const char *word = text_at(l, at);
    if (word[length - 1] == '.') { /* it has its mark: "1.", "A." */
        uint32_t is_closed = is_glued(l, at) && sign_at(l, at + 1) == ')';
        item = is_open ? 0 : item_of(word, length - 1, is_closed ? 3 : 1);
        at += is_closed;
    } else {
        char mark = is_glued(l, at) ? sign_at(l, at + 1) : 0;
        if (mark != ')' && (mark != '.' || is_open))
            return 0;
        uint32_t is_both = mark == '.' && is_glued(l, at + 1) && sign_at(l, at + 2) == ')';
        item = item_of(word, length, is_open ? 4 : is_both ? 3 : mark == ')' ? 2 : 1);
        at += 1 + is_both;
    }
    if (item == 0 || is_glued(l, at) || at + 1 >= l->end)
        return 0;
    *behind = at + 1;
    return item;
}

/* "[ ]", "[x]" behind a mark. */
static uint32_t skip_box(const struct line *l, uint32_t i)
{
    if (sign_at(l, i) != '[')
        return i;
    if (sign_at(l, i + 1) == ']')
        return i + 2;
    return (sign_at(l, i + 1) | 0x20) == 'x' && sign_at(l, i + 2) == ']' ? i + 3 : i;
}

static enum line_kind kind_of_item(uint32_t item)
{
    uint32_t way = item >> 24, bracket = item >> 16 & 0xFF;

    return bracket == 4 ? LINE_BRACED : way == BY_NUMBER ? LINE_ITEM : way == BY_CODE ? LINE_CODED : LINE_LETTERED;
}

/* ---- Stamps and speakers ----------------------------------------------------------------------------------------------- */

/* Whether a number is a time or a whole date: two digits behind a colon, or two hyphens, slashes or periods. */
static int is_time(const struct line *l, uint32_t i)
{
    const char *word = text_at(l, i);
    uint32_t length = length_at(l, i), parts = 0;

    if (!char_is_digit(word[0]) || length < 4)
        return 0;
    for (uint32_t n = 1; n + 1 < length; n++) {
        if (n <= 2 && word[n] == ':' && char_is_digit(word[n + 1]))
            return 1;
        parts += word[n] == '-' || word[n] == '/' || (word[n] == '.' && length <= 10);
    }
    return parts == 2;
}

static const char months[] = " Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun ",
                  levels[] = " TRACE DEBUG INFO NOTICE WARN WARNING ERROR CRITICAL FATAL SEVERE ";

/* Whether the token may be one of the levels: it has two capitals, and four letters or more. */
static int is_level_length(const struct line *l, uint32_t i)
{
    const char *word = text_at(l, i);

    return length_at(l, i) >= 4 && char_is_upper(word[0]) && char_is_upper(word[1]);
}

/* The token behind a stamp that begins at `i`, and whether brackets are around it; `i` when there is none. */
static uint32_t stamp_end(const struct line *l, uint32_t i, int *is_bracketed)
{
    enum { LONGEST = 14 };
    uint32_t at = i, words = 0, times = 0;

    *is_bracketed = sign_at(l, at) == '[' || sign_at(l, at) == '(';
    if (sign_at(l, at) == '<' && at + 2 < l->end && is_glued(l, at) && kind_at(l, at + 1) == TEXTD_TOKEN_WORD &&
        sign_at(l, at + 2) == '>')
        return at + 3; /* "<anna>" */
    at += (uint32_t)*is_bracketed;
    if (at < l->end && kind_at(l, at) == TEXTD_TOKEN_WORD && length_at(l, at) != 3 && !is_level_length(l, at))
        return i; /* most lines */
    if (at < l->end && is_one_of(l, at, levels) && !is_glued(l, at))
        return at + 1;
    for (; at < l->end && at - i < LONGEST; at++) {
        uint8_t kind = kind_at(l, at);
        if (kind == TEXTD_TOKEN_WORD) {
            if (is_one_of(l, at, " AM PM am pm a.m. p.m. UTC GMT Z T ") && times > 0)
                continue;
            if (!is_one_of(l, at, months) || ++words > 2)
                break;
        } else if (kind == TEXTD_TOKEN_NUMBER) {
            times += (uint32_t)is_time(l, at);
        } else if (!*text_at(l, at) || !strchr("-,:./+]", *text_at(l, at)) || (times == 0 && *text_at(l, at) == ']')) {
            break;
        } else if (*text_at(l, at) == ']') {
            at++;
            break;
        }
    }
    *is_bracketed = *is_bracketed && at > i && (sign_at(l, at - 1) == ']' || sign_at(l, at) == ')');
    at += sign_at(l, at) == ')' && *is_bracketed;
    return times > 0 ? at : i;
}

/* The token behind "anna:", "Jane Vole (10:02):"; `i` when a line doesn't begin so. */
static uint32_t speaker_end(const struct line *l, uint32_t i)
{
    enum { LONGEST = 36, MOST = 9 };
    uint32_t words = 0;

    for (uint32_t at = i; at < l->end && at - i < MOST && l->p->tokens[at].end - l->p->tokens[i].start <= LONGEST;
         at++) {
        uint8_t kind = kind_at(l, at);
        char sign = sign_at(l, at);
        if (sign == ':' && at > i)
            return words > 0 && l->p->tokens[at - 1].end == l->p->tokens[at].start && !is_glued(l, at) ? at + 1 : i;
        if (kind == TEXTD_TOKEN_WORD || (kind == TEXTD_TOKEN_LINK && *text_at(l, at) == '@')) {
            if (++words > 4)
                return i;
        } else if (sign == '(' && at > i && is_glued(l, at - 1)) {
            return i; /* "depth(port):" */
        } else if (kind != TEXTD_TOKEN_NUMBER && !(sign && strchr("-()[]._/&'#*", sign))) {
            return i;
        }
    }
    return i;
}

/* ---- Rows and code ----------------------------------------------------------------------------------------------------- */

/* How many columns a line has besides the first: by tabs, by "|", or by wide gaps, which count when nothing else does. */
static uint32_t columns(const struct line *l)
{
    enum { LONGEST_CELL = 4 };
    uint32_t bars = 0, tabs = 0, wide = 0;

    for (uint32_t i = l->first; i + 1 < l->end; i++) {
        uint32_t from = l->p->tokens[i].end, to = l->p->tokens[i + 1].start;
        bars += *text_at(l, i) == '|';
        if (to - from < 2 && (to == from || l->p->text[from] != '\t'))
            continue;
        if (shape_is_terminal(paragraph_shape(l->p, i)) || shape_is_item(paragraph_shape(l->p, i)))
            continue; /* some put two blanks behind a sentence, or what they have at hand */
        if (memchr(l->p->text + from, '\t', to - from))
            tabs++;
        else
            wide += to - from >= 3;
    }
    bars += *text_at(l, l->end - 1) == '|';
    if (l->end - l->first > LONGEST_CELL * (wide + 1))
        wide = 0; /* prose that is spread out */
    return bars >= 2 ? bars : tabs > 0 ? tabs : bars + wide;
}

/* Whether the line is worth a look at its gaps: it is short, or has a tab. */
static int may_be_row(const struct line *l)
{
    enum { SHORT = 120 };
    uint32_t start = l->p->tokens[l->first].start, length = l->p->tokens[l->end - 1].end - start;

    return length <= SHORT || memchr(l->p->text + start, '\t', length) || memchr(l->p->text + start, '|', length);
}

/* Whether a line looks like code: by how it ends, mostly. */
static int is_code(const struct line *l)
{
    static const char words[] =
        " def class import from return if for while else elif function const let var public private static void int "
        "try except catch package using struct enum echo export SELECT INSERT UPDATE print fn func end local ";
    char last = l->p->text[l->p->tokens[l->end - 1].end - 1];
    uint32_t signs = 0;

    if (last == ';' || last == '{' || last == '}')
        return 1;
    if (last == '.' || last == '?' || last == '!')
        return 0;
    char first = *text_at(l, l->first);
    if (first == '}' || first == '$' || is_token(l, l->first, ">>>") || is_token(l, l->first, "//") ||
        is_token(l, l->first, "/*"))
        return 1;
    for (uint32_t i = l->first; i < l->end && i - l->first < 24; i++) {
        char c = *text_at(l, i);
        signs += c == '=' || c == '{' || c == '}' || c == ';' || c == '<' ||
                 (c == '(' && i > l->first && is_glued(l, i - 1)) || (c == '[' && i > l->first && is_glued(l, i - 1)) ||
                 is_token(l, i, "->");
    }
    if (is_token(l, l->first, "at") && last == ')' && signs > 0)
        return 1; /* of a stack's trace */
    return kind_at(l, l->first) == TEXTD_TOKEN_WORD && is_one_of(l, l->first, words)
               ? signs > 0 || last == ':' || (last == ')' && signs > 0)
               : signs >= 2 || (signs == 1 && (last == ')' || last == ','));
}

/* ---- The line ---------------------------------------------------------------------------------------------------------- */

/* What is known of a line by itself. */
struct look {
    enum line_kind kind;
    uint32_t prefix, depth, item, columns;
    int is_closed, is_sure_prefix;
};

/* "Jane Vole  10:02 AM": a head whose message is on the lines below. */
static int is_stamped_head(const struct line *l)
{
    enum { MOST = 7 };
    uint32_t i = l->end - 1;

    if (l->end - l->first < 2 || l->end - l->first > MOST || kind_at(l, l->first) != TEXTD_TOKEN_WORD)
        return 0;
    if (i > l->first && is_one_of(l, i, " AM PM am pm a.m. p.m. "))
        i--;
    return i > l->first && kind_at(l, i) == TEXTD_TOKEN_NUMBER && is_time(l, i);
}

#define WIDEST_AMOUNT 48u

/* `is_alone`: it is the paragraph, so that no other tells whether it is a record. */
static struct look look_at(const struct line *whole, int is_alone)
{
    struct line l = *whole;
    struct look look = { .kind = LINE_PROSE };
    uint32_t behind;
    int is_bracketed;

    for (; l.first < l.end && *text_at(&l, l.first) == '>' && l.first + 1 < l.end; l.first++)
        look.depth += length_at(&l, l.first);
    look.prefix = l.first;
    look.is_sure_prefix = 1;
    uint8_t first = (uint8_t)*text_at(&l, l.first);
    if (l.first + 1 >= l.end)
        return look;
    int is_apart = !is_glued(&l, l.first);
    if (is_apart && (first == '-' || first == '*') && length_at(&l, l.first) == 1) {
        look.kind = LINE_ITEM;
        look.item = ITEM(BY_MARK, first, 0);
        look.prefix = skip_box(&l, l.first + 1);
        return look;
    }
    if (first >= 0x80 && is_bullet(&l, l.first)) {
        look.kind = LINE_ITEM;
        look.item = ITEM(BY_MARK, (uint8_t)text_at(&l, l.first)[length_at(&l, l.first) - 1], 0);
        look.prefix = skip_box(&l, l.first + 1);
        if (look.prefix < l.end)
            read_item(&l, look.prefix, &look.prefix); /* "• 9. one" */
        return look;
    }
    if (is_apart && (first == '+' || first == 'o') && length_at(&l, l.first) == 1) {
        look.kind = LINE_PLUS;
        look.prefix = l.first + 1;
        look.is_sure_prefix = 0;
        return look;
    }
    if (is_apart && first == '#') {
        look.kind = LINE_HEADING;
        look.prefix = l.first + 1;
        look.is_closed = 1;
        return look;
    }
    if ((look.item = read_item(&l, l.first, &behind)) > 0) {
        look.kind = kind_of_item(look.item);
        look.prefix = behind;
        look.is_sure_prefix = look.kind == LINE_ITEM;
        return look;
    }
    behind = stamp_end(&l, l.first, &is_bracketed);
    if (behind > l.first) {
        look.kind = LINE_STAMP;
        look.prefix = behind < l.end ? speaker_end(&l, behind) : behind;
        look.is_sure_prefix = is_bracketed;
        return look;
    }
    look.is_sure_prefix = 0;
    if (is_alone)
        return look;
    if (is_stamped_head(&l)) {
        look.kind = LINE_STAMP;
        look.prefix = l.end;
        look.is_closed = 1;
        return look;
    }
    if ((behind = speaker_end(&l, l.first)) > l.first) {
        look.kind = LINE_SPEAKER;
        look.prefix = behind;
        return look;
    }
    look.columns = may_be_row(&l) ? columns(&l) : 0;
    if (look.columns > 0)
        look.kind = LINE_ROW;
    else if (is_code(&l))
        look.kind = LINE_CODE;
    else if (kind_at(&l, l.first) == TEXTD_TOKEN_NUMBER && l.p->line_width <= WIDEST_AMOUNT)
        look.kind = LINE_AMOUNT;
    return look;
}

/* Flags the tokens of a line that begins with an item that may begin another one on it. */
static void flag_items(struct paragraph *p, const struct line *l, uint32_t item)
{
    uint32_t behind;

    for (uint32_t i = l->first + 1; i < l->end; i++) {
        if (p->tokens[i - 1].end == p->tokens[i].start)
            continue;
        if (item >> 24 == BY_MARK ? is_bullet(l, i) : read_item(l, i, &behind) == item + 1) {
            p->kinds[i] |= TOKEN_GAP;
            item += item >> 24 != BY_MARK;
        }
    }
}

static struct line line_at(const struct paragraph *p, uint32_t first)
{
    return (struct line) { p, first, paragraph_next(p, first + 1, p->end, TOKEN_LINE) };
}

static void enter_line(struct paragraph *p, uint32_t first, const struct look *look)
{
    uint32_t is_record = look->is_sure_prefix || (p->records >> look->kind & 1);

    p->line.prefix = is_record ? look->prefix : first;
    p->line.depth = look->depth;
    p->line.item = look->kind <= LINE_BRACED ? look->item : 0;
    p->line.kind = (uint8_t)look->kind;
    p->line.is_closed = look->is_closed && is_record;
}

/* ---- The paragraph ----------------------------------------------------------------------------------------------------- */

#define BIT(kind) (1u << (kind))
#define ALWAYS_RECORDS (BIT(LINE_ITEM) | BIT(LINE_HEADING))
#define EACH_LINE (BIT(LINE_ROW) | BIT(LINE_CODE))

/* What was counted of a paragraph's lines. */
struct census {
    uint32_t lines, of[N_LINE_KINDS];
    uint32_t last_item[N_LINE_KINDS], follow[N_LINE_KINDS]; /* items whose number follows on the last one's */
    uint32_t last_columns, same_columns;
    enum line_kind first;
};

static void count_line(struct census *c, const struct look *look)
{
    if (c->lines++ == 0)
        c->first = look->kind;
    c->of[look->kind]++;
    if (look->item > 0) {
        c->follow[look->kind] += look->item == c->last_item[look->kind] + 1;
        c->last_item[look->kind] = look->item;
    }
    if (look->kind == LINE_ROW) {
        c->same_columns += look->columns == c->last_columns;
        c->last_columns = look->columns;
    }
}

/* Which kinds are records: those of which there are enough. Prose has a line that begins with "Note:" or a time now and then, not half of
 * its lines; and lines that continue a message or a log's entry are fewer than those that begin one, or not much more. */
static uint32_t judge(const struct census *c)
{
    uint32_t records = ALWAYS_RECORDS;

    for (int kind = LINE_LETTERED; kind <= LINE_BRACED; kind++)
        if (c->follow[kind] > 0 || (kind == LINE_CODED && c->of[kind] >= 2))
            records |= BIT(kind);
    for (int kind = LINE_PLUS; kind < N_LINE_KINDS; kind++) {
        if (kind >= LINE_LETTERED && kind <= LINE_BRACED)
            continue;
        uint32_t n = c->of[kind];
        if (n >= 2 && (2 * n >= c->lines ||
                       (n >= 3 && c->first == (enum line_kind)kind && 3 * n >= c->lines && kind != LINE_CODE)))
            records |= BIT(kind);
    }
    if (c->of[LINE_STAMP] >= 2 && c->first == LINE_STAMP && 2 * (c->of[LINE_STAMP] + c->of[LINE_CODE]) >= c->lines)
        records |= BIT(LINE_STAMP);
    if (c->of[LINE_AMOUNT] < c->lines)
        records &= ~BIT(LINE_AMOUNT);
    if ((records & BIT(LINE_ROW)) && c->same_columns == 0)
        records &= ~BIT(LINE_ROW);
    return records;
}

void lines_read(struct paragraph *p)
{
    struct line line = line_at(p, p->first);
    struct look first = { .kind = LINE_PROSE };
    struct census census = { .lines = 0 };

    p->records = ALWAYS_RECORDS;
    if (line.end == p->end) {
        first = look_at(&line, 1);
        if (first.item > 0) {
            p->records |= BIT(first.kind);
            flag_items(p, &line, first.item);
        }
    } else {
        for (uint32_t at = p->first; at < p->end; at = line.end) {
            line = line_at(p, at);
            struct look look = look_at(&line, 0);
            if (at == p->first)
                first = look;
            if (look.item > 0)
                flag_items(p, &line, look.item);
            count_line(&census, &look);
        }
        p->records = judge(&census);
    }
    enter_line(p, p->first, &first);
}

int lines_next(struct paragraph *p, uint32_t i)
{
    struct line line = line_at(p, i);
    struct look look = look_at(&line, 0);
    uint32_t depth = p->line.depth, was = BIT(p->line.kind), is = BIT(look.kind);
    int ends = p->line.is_closed || look.depth != depth;

    if (p->records & is & ~BIT(LINE_PROSE))
        ends = 1;
    if (p->records & EACH_LINE & was)
        ends = 1; /* a row, or a line of code, is all on its line */
    enter_line(p, i, &look);
    return ends;
}

int lines_is_next_item(struct paragraph *p, uint32_t i)
{
    struct line line = { p, i, p->end };
    uint32_t behind = i, item;

    if (p->line.item == 0 || p->tokens[i - 1].end == p->tokens[i].start)
        return 0;
    if (p->line.item >> 24 == BY_MARK) {
        if (p->line.item >> 16 == (BY_MARK << 8 | '-') || p->line.item >> 16 == (BY_MARK << 8 | '*') ||
            !is_bullet(&line, i))
            return 0;
        behind = i + 1;
        if (behind < p->end)
            read_item(&line, behind, &behind); /* "• 9. one" */
    } else {
        item = read_item(&line, i, &behind);
        if (item != p->line.item + 1)
            return 0;
        p->line.item = item;
    }
    p->line.prefix = behind;
    return 1;
}
