/* begins.c: see reader.h. It must let through all that a grammar could read, and should stop what is common in texts: a number before
 * a word of no meaning here, "a" before anything but a period. */
#include "plugins/entities/expressions/number.h"
#include "plugins/entities/expressions/when.h"

#define NUMBERS (BEGINS_COUNTED | BEGINS_RELATIVE | BEGINS_CLOCK | BEGINS_SPAN | BEGINS_SET)

static const uint16_t of_class[WORD_CLASSES] = {
    [WORD_MONTH] = BEGINS_DATE | BEGINS_HOLIDAY,
    [WORD_WEEKDAY] = BEGINS_DATE | BEGINS_RELATIVE | BEGINS_SET,
    [WORD_DAY] = BEGINS_RELATIVE,
    [WORD_PART] = BEGINS_RELATIVE,
    [WORD_CLOCK] = BEGINS_CLOCK,
    [WORD_SEASON] = BEGINS_PART | BEGINS_HOLIDAY,
    [WORD_PERIOD] = BEGINS_COUNTED | BEGINS_PART | BEGINS_CLOCK | BEGINS_SPAN,
    [WORD_SHIFT] = BEGINS_COUNTED | BEGINS_RELATIVE | BEGINS_SPAN | BEGINS_SET,
    [WORD_SPAN] = BEGINS_RELATIVE | BEGINS_SPAN,
    [WORD_EARLY] = BEGINS_DATE | BEGINS_HOLIDAY,
    [WORD_DIGIT] = NUMBERS | BEGINS_YEAR,
    [WORD_TENS] = NUMBERS | BEGINS_YEAR | BEGINS_DATE | BEGINS_PART,
    [WORD_DOZEN] = NUMBERS,
    [WORD_HALF] = NUMBERS,
    [WORD_MANY] = NUMBERS,
    [WORD_FEW] = NUMBERS,
    [WORD_A] = NUMBERS,
    [WORD_PARTS] = NUMBERS,
    [WORD_ORDINAL] = BEGINS_DATE | BEGINS_PART | BEGINS_COUNTED | BEGINS_SET | BEGINS_HOLIDAY,
    [WORD_TH] = BEGINS_HOLIDAY,
    [WORD_ERA] = BEGINS_YEAR,
    [WORD_HOLIDAY] = BEGINS_HOLIDAY,
    [WORD_HOLIDAY_DAY] = BEGINS_HOLIDAY,
    [WORD_NEW] = BEGINS_HOLIDAY,
    [WORD_QUARTER] = BEGINS_PART | BEGINS_YEAR,
    [WORD_EACH] = BEGINS_SET,
    [WORD_ADVERB] = BEGINS_SET,
    [WORD_TIMES] = BEGINS_SET,
    [WORD_MORE] = BEGINS_PART | BEGINS_YEAR | BEGINS_SPAN | BEGINS_COUNTED | BEGINS_RELATIVE,
    [WORD_DECADE] = BEGINS_PART,
};

/* Classes of which one must follow. */
static const uint8_t goes_on[WORD_CLASSES] = {
    [WORD_PERIOD] = 1, [WORD_FEW] = 1,         [WORD_HALF] = 1,  [WORD_PARTS] = 1,   [WORD_MORE] = 1,
    [WORD_EXTRA] = 1,  [WORD_WEEKDAY] = 1,     [WORD_MONTH] = 1, [WORD_SEASON] = 1,  [WORD_PART] = 1,
    [WORD_DIGIT] = 1,  [WORD_TENS] = 1,        [WORD_SPAN] = 1,  [WORD_NEW] = 1,     [WORD_HOLIDAY] = 1,
    [WORD_OF] = 1,     [WORD_HOLIDAY_DAY] = 1, [WORD_DOZEN] = 1, [WORD_HUNDRED] = 1, [WORD_MAGNITUDE] = 1,
    [WORD_EARLY] = 1,
};

static bool is_any(const struct lexeme *l, const uint8_t *classes)
{
    return classes[l->word->class] || classes[l->word->other];
}

/* What goes on behind a number by a word of that class: "12 May", "12th", "5 past 6", "2022 Q3", "12 of May". */
static const uint16_t behind_number[WORD_CLASSES] = {
    [WORD_MONTH] = BEGINS_DATE,
    [WORD_TO] = BEGINS_DATE | BEGINS_CLOCK,
    [WORD_AND] = BEGINS_DATE | BEGINS_CLOCK,
    [WORD_PERIOD] = BEGINS_DATE | BEGINS_CLOCK | BEGINS_SET,
    [WORD_OF] = BEGINS_DATE | BEGINS_SET,
    [WORD_TH] = BEGINS_DATE | BEGINS_PART | BEGINS_COUNTED | BEGINS_SET,
    [WORD_ORDINAL] = BEGINS_PART | BEGINS_CLOCK,
    [WORD_QUARTER] = BEGINS_PART | BEGINS_CLOCK,
    [WORD_ERA] = BEGINS_YEAR,
    [WORD_EXTRA] = BEGINS_SET,
    [WORD_WEEKDAY] = BEGINS_CLOCK | BEGINS_RELATIVE,
    [WORD_DAY] = BEGINS_CLOCK,
    [WORD_PART] = BEGINS_CLOCK | BEGINS_SET,
    [WORD_SHIFT] = BEGINS_CLOCK,
    [WORD_SPAN] = BEGINS_CLOCK,
    [WORD_PAST] = BEGINS_CLOCK,
    [WORD_WHEN] = BEGINS_CLOCK,
    [WORD_AGO] = BEGINS_CLOCK,
    [WORD_FOR] = BEGINS_CLOCK,
    [WORD_CLOCK] = BEGINS_CLOCK,
    [WORD_HALF_DAY] = BEGINS_CLOCK,
    [WORD_OCLOCK] = BEGINS_CLOCK,
    [WORD_ZONE] = BEGINS_CLOCK,
    [WORD_LOCAL_ZONE] = BEGINS_CLOCK,
    [WORD_DIGIT] = BEGINS_CLOCK,
    [WORD_TENS] = BEGINS_CLOCK,
    [WORD_A] = BEGINS_CLOCK,
    [WORD_HALF] = BEGINS_CLOCK,
    [WORD_FEW] = BEGINS_CLOCK,
    [WORD_MANY] = BEGINS_CLOCK,
    [WORD_DOZEN] = BEGINS_CLOCK,
    [WORD_PARTS] = BEGINS_CLOCK,
    [WORD_MORE] = BEGINS_CLOCK,
};

/* The same by a sign. */
static uint32_t behind_number_sign(struct reader *r, uint32_t i)
{
    switch (lexeme(r, i)->point) {
    case ':':
        return BEGINS_CLOCK;
    case ',':
        return BEGINS_DATE | BEGINS_PART;
    case '&':
    case '/':
    case '.':
        return BEGINS_DATE;
    default:
        if (is_dash(r, i))
            return BEGINS_DATE | BEGINS_CLOCK | BEGINS_PART | BEGINS_YEAR;
        return is_apostrophe(r, i) ? BEGINS_PART : 0;
    }
}

/* Whether a period, or what a number of days may be of, stands behind the number, or behind both of a range: else it counts something
 * else. */
static bool counts_time(struct reader *r, uint32_t i)
{
    static const uint8_t classes[WORD_CLASSES] = {
        [WORD_PERIOD] = 1, [WORD_WEEKDAY] = 1, [WORD_MORE] = 1, [WORD_EXTRA] = 1,  [WORD_QUARTER] = 1,
        [WORD_PART] = 1,   [WORD_MONTH] = 1,   [WORD_OLD] = 1,  [WORD_SUFFIX] = 1, [WORD_UNIT] = 1
    };
    uint32_t at = number_range_at(r, i, false).behind;

    at = at ? at : i + 1;
    for (uint32_t k = at; k < at + 3; k++)
        if (is_any(lexeme(r, k), classes) || is_word(r, k, "yo") || is_word(r, k, "h") || is_class(r, k, WORD_AND))
            return true;
    return false;
}

/* "31 years", "5 to 10 days", "3 Fridays ago", "5 days a week" from a number at lexeme 0 on. `behind`: by what is right behind it. */
static uint32_t counted_time(struct reader *r, uint32_t behind)
{
    uint32_t begins = behind & (BEGINS_SET | BEGINS_COUNTED | BEGINS_RELATIVE);

    if (begins && !counts_time(r, 0))
        begins = 0;
    return span_begins(r) ? begins | BEGINS_SPAN | BEGINS_COUNTED | BEGINS_RELATIVE : begins;
}

/* "24 h", as the SI writes it; "16.30 h", "21∶30 h" and "às 16 h" are times of day. */
static bool counts_hours(struct reader *r, uint32_t i)
{
    static const char *const at_times[] = { "às", "à", "de", "vers", "dès", "um", "ab", "bis", "gegen", "las" };
    const struct lexeme *l = lexeme(r, i);
    const char *number = r->input->text + l->start;
    bool is_clock = (number[0] == '0' && l->digits == 2) || (l->decimals == 2 && l->digits == 2) ||
                    (l->start >= 3 && memcmp(number - 3, "∶", 3) == 0);

    if (is_word(r, i + 1, "std") || is_word(r, i + 1, "std."))
        return true; /* "1 Std. 30 Min." */
    if (!is_word(r, i + 1, "h") || is_clock)
        return false;
    for (size_t k = 0; k < sizeof at_times / sizeof at_times[0]; k++)
        if (is_before(r, 1, at_times[k]))
            return false;
    return true;
}

/* A number before a word of no meaning here, or before a sign that joins it to nothing: a year or a row of digits, if anything. */
static uint32_t of_number(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i), *next = lexeme(r, i + 1);
    uint32_t behind, begins = BEGINS_DIGITS;

    if (next->kind == LEXEME_END ||
        (next->kind == LEXEME_WORD && next->word == &no_word && !(next->flags & LEXEME_GLUED) &&
         !is_word(r, i + 1, "at") && !counts_hours(r, i)) ||
        (next->kind == LEXEME_SIGN && (next->point == ')' || next->point == '%')))
        return (l->end - l->start == 4 ? BEGINS_YEAR : 0) | (l->end - l->start > 4 ? BEGINS_DIGITS : 0);
    if (next->kind == LEXEME_WORD)
        behind = next->word == &no_word ? BEGINS_CLOCK | BEGINS_PART
                                        : behind_number[next->class] | behind_number[next->other];
    else
        behind = next->kind == LEXEME_SIGN ? behind_number_sign(r, i + 1) : 0;
    begins |= behind & (BEGINS_DATE | BEGINS_CLOCK | BEGINS_PART | BEGINS_YEAR);
    begins |= l->end - l->start == 4 ? BEGINS_YEAR : 0;
    return begins | (i > 0 ? NUMBERS : counted_time(r, behind));
}

/* Names of holidays that go on behind a word of another meaning. */
static bool may_be_holiday(struct reader *r, uint32_t i, const struct word *word)
{
    if (word->class == WORD_HOLIDAY || word->other == WORD_HOLIDAY)
        return true;
    if (word->class == WORD_MONTH && word->value != 4 && word->value != 5 && word->value != 8)
        return false;
    return lexeme(r, i + 1)->kind == LEXEME_WORD;
}

/* "Mother's" */
static bool has_apostrophe(const struct reader *r, const struct lexeme *l)
{
    return memchr(r->input->text + l->start, '\'', l->end - l->start) ||
           memchr(r->input->text + l->start, 0xE2, l->end - l->start);
}

static uint32_t read_at(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i), *next;
    uint32_t begins;

    if (l->kind == LEXEME_NUMBER)
        return of_number(r, i);
    if (l->kind == LEXEME_SIGN)
        return is_apostrophe(r, i) && lexeme(r, i + 1)->kind == LEXEME_NUMBER ? BEGINS_PART : 0;
    if (l->kind != LEXEME_WORD)
        return 0;
    begins = of_class[l->word->class] | of_class[l->word->other];
    if (!begins || l->word == &no_word) {
        char first = r->input->text[l->start];

        if ((first == 'T' || first == 'P') && lexeme(r, i + 1)->kind == LEXEME_NUMBER)
            return BEGINS_CLOCK | BEGINS_SPAN;
        if (is_word(r, i, "all"))
            return lexeme(r, i + 1)->word == &no_word ? 0 : BEGINS_SPAN | BEGINS_HOLIDAY;
        return l->word == &no_word && has_apostrophe(r, l) ? BEGINS_HOLIDAY : 0;
    }
    if (begins & BEGINS_HOLIDAY && !may_be_holiday(r, i, l->word))
        begins &= ~BEGINS_HOLIDAY;
    next = lexeme(r, i + 1);
    switch (l->word->class) {
    case WORD_A:
    case WORD_FEW:
        return is_any(next, goes_on) ? begins : 0;
    case WORD_SHIFT:
    case WORD_SPAN:
        return next->kind == LEXEME_NUMBER || is_any(next, goes_on) ? begins : 0;
    case WORD_DIGIT:
    case WORD_TENS:
        if (next->kind == LEXEME_END || (next->kind == LEXEME_WORD && next->word == &no_word && l->word->value < 11))
            return 0;
        return i > 0 ? begins
                     : (begins & ~(NUMBERS & ~BEGINS_CLOCK)) |
                           counted_time(r, behind_number[next->class] | behind_number[next->other]);
    default:
        return begins;
    }
}

uint32_t begins_at(struct reader *r, uint32_t i)
{
    if (i > 0)
        return read_at(r, i);
    if (!r->has_begins) { /* most grammars ask for it */
        r->begins = (uint16_t)read_at(r, 0);
        r->has_begins = true;
    }
    return r->begins;
}

/* ---- Amounts ------------------------------------------------------------------------------------------------------ */

uint32_t begins_amount(struct reader *r)
{
    static const uint16_t classes[WORD_CLASSES] = {
        [WORD_A] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_HALF] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_FEW] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_MANY] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_DOZEN] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_DIGIT] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_TENS] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_POINT] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_MINUS] = BEGINS_MONEY | BEGINS_AMOUNT,
        [WORD_ORDINAL] = BEGINS_AMOUNT,
        [WORD_CODE] = BEGINS_MONEY,
        [WORD_MARK] = BEGINS_MONEY,
    };
    const struct lexeme *l = lexeme(r, 0);

    switch (l->kind) {
    case LEXEME_NUMBER:
        return BEGINS_MONEY | BEGINS_AMOUNT;
    case LEXEME_WORD:
        return classes[l->any->class] | classes[l->any->other] |
               (is_word(r, 0, "rs") || is_sign(r, 1, '$') || is_sign(r, 1, 0xA3) ? BEGINS_MONEY : 0);
    case LEXEME_SIGN:
        if (l->point == '+' || l->point == '(' || is_dash(r, 0))
            return BEGINS_MONEY | BEGINS_AMOUNT;
        return l->point == '%' ? BEGINS_AMOUNT : BEGINS_MONEY;
    default:
        return 0;
    }
}
