/* money.c: amounts of money: "$3.2bn", "US$5", "Rs. 4,000", "USD 500", "-€14m", "$(5.2)m", "30 million euros", "half
 * a million dollars", "500 Kenyan shillings", "30€", "20 zł", "50 cents", "millions of dollars". The value is in the
 * currency's unit, with its ISO 4217 code. */
#include "plugins/entities/expressions/currencies.h"
#include "plugins/entities/expressions/number.h"
#include "plugins/lib/character.h"

static bool is_number(struct reader *r, uint32_t i)
{
    return lexeme(r, i)->kind == LEXEME_NUMBER;
}

/* ---- Signs before the number -------------------------------------------------------------------------------------- */

/* Whose dollar or pound, by the letters of lexeme `i` before its sign; NULL. Small letters are words more often
 * ("gave us $5"), but for the three of a code. */
static const char *prefix_at(struct reader *r, uint32_t i)
{
    static const char smalls[][READER_LONGEST] = { "hk", "nz", "nt", "sg", "c" };
    const struct lexeme *l = lexeme(r, i);
    char letters[8];
    uint32_t n = 0;

    if (l->kind != LEXEME_WORD || l->end - l->start > 6)
        return NULL;
    if (l->any->class == WORD_CODE && (is_glued(r, i + 1) || l->flags & LEXEME_UPPER))
        return l->any->text;
    if (!(l->flags & LEXEME_CAPITAL) && !is_among(r, i, smalls))
        return NULL;
    for (uint32_t at = l->start; at < l->end; at++)
        if (r->input->text[at] != '.')
            letters[n++] = r->input->text[at];
    if (l->flags & LEXEME_CAPITAL && n == 1 && !(l->flags & LEXEME_UPPER) && !is_glued(r, i + 1))
        return NULL;
    return currency_of_prefix(letters, n);
}

/* "$", "US$", "US $", "A$", "NZD$", "€": the lexeme behind the sign; 0. */
static uint32_t sign_at(struct reader *r, uint32_t i, const char **code)
{
    const struct lexeme *l = lexeme(r, i);
    const char *prefix;

    if (l->kind == LEXEME_NUMBER || l->kind == LEXEME_END)
        return 0;
    if (l->kind == LEXEME_SIGN && (prefix = currency_of_sign(l->point)) != NULL) {
        *code = prefix;
        return i + 1;
    }
    if (!is_sign(r, i + 1, '$') && !is_sign(r, i + 1, 0xA3))
        return 0;
    if ((prefix = prefix_at(r, i)) == NULL)
        return 0;
    *code = prefix;
    return i + 2;
}

/* "R250", "R1.2 million", but not "R1", "room R12": letters are money only where the number is one that prices are.
 * `i`: behind. */
static bool letter_is_money(struct reader *r, uint32_t i)
{
    const struct entity_input *in = r->input;
    const struct lexeme *l = lexeme(r, i);
    uint32_t token = r->token;

    if (!is_number(r, i) || r->input->text[l->start] == '0')
        return false;
    if (l->flags & (LEXEME_DECIMAL | LEXEME_GROUPED) || is_class(r, i + 1, WORD_MAGNITUDE) ||
        is_class(r, i + 1, WORD_SUFFIX))
        return true;
    if (r->before && r->before->class == WORD_LABEL)
        return false;
    if (token > r->first_token + 1 && in->kinds[token - 1] == TEXTD_TOKEN_WORD &&
        char_is_upper(in->text[in->tokens[token - 1].start]))
        return false; /* "Yamaha R250" */
    return l->digits >= 3 || (r->before && r->before->class == WORD_PAY);
}

/* A code that is one in small letters, too. */
static bool is_plain_code(const struct lexeme *l)
{
    return l->any->flags & IS_PLAIN_CODE && l->end - l->start == 3;
}

/* "Rs", "Rs.", "R" of "R250", "USD", "usd", "Dh". */
static uint32_t mark_at(struct reader *r, uint32_t i, const char **code)
{
    const struct lexeme *l = lexeme(r, i);
    uint32_t at = i + 1;
    const char *other;

    if (is_any_class(r, i, WORD_CODE)) {
        if (!is_class(r, i, WORD_CODE) && (is_glued(r, at) || !is_plain_code(l)))
            return 0; /* "php5" */
        *code = l->any->text;
        return sign_at(r, at, &other) == at + 1 ? at + 1 : at; /* "USD $500" */
    }
    if (!is_class(r, i, WORD_MARK) && !(is_word(r, i, "rs") && !is_glued(r, at)))
        return 0;
    *code = l->any->text;
    if (is_sign(r, at, '.') && is_glued(r, at))
        at++;
    if (l->any->flags & MUST_BE_GLUED)
        return at == i + 1 && is_glued(r, at) && letter_is_money(r, at) ? at : 0;
    if (l->any->flags & IS_OTHER_WORD && at == i + 1 && !is_glued(r, at))
        return l->end - l->start == 1 || !(l->flags & LEXEME_UPPER) ? 0 : at;
    return at;
}

/* ---- Currencies behind it ----------------------------------------------------------------------------------------- */

/* "Kenyan", "Hong Kong", "South African", "canadian": the lexeme behind, and the country; `i` when none is there. */
static uint32_t nation_at(struct reader *r, uint32_t i, const char **nation)
{
    static const char firsts[][READER_LONGEST] = { "hong", "new", "south", "sri", "north" };
    uint32_t at = i;

    if (lexeme(r, i)->kind != LEXEME_WORD)
        return i;
    if (lexeme(r, i)->any->class == WORD_NONE && is_among(r, i, firsts))
        at = i + 1;
    if (!is_any_class(r, at, WORD_NATION) || (!is_class(r, at, WORD_NATION) && !is_class(r, at + 1, WORD_CURRENCY)))
        return i;
    *nation = lexeme(r, at)->any->text;
    return at + 1;
}

/* What is written with letters that aren't ASCII's. */
static const char *letters_at(struct reader *r, uint32_t i)
{
    static const struct {
        const char *letters, *code;
    } names[] = { { "zł", "PLN" }, { "Zł", "PLN" }, { "ZŁ", "PLN" }, { "zl", "PLN" },     { "Kč", "CZK" },
                  { "kč", "CZK" }, { "Ft", "HUF" }, { "лв", "BGN" }, { "руб", "RUB" },    { "грн", "UAH" },
                  { "円", "JPY" }, { "元", "CNY" }, { "원", "KRW" }, { "złotych", "PLN" } };
    const struct lexeme *l = lexeme(r, i);
    unsigned char first;

    if (l->kind != LEXEME_WORD || l->end - l->start > 8)
        return NULL;
    first = (unsigned char)r->input->text[l->start];
    if (first < 0x80 && (first | 0x20) != 'z' && (first | 0x20) != 'k' && first != 'F')
        return NULL; /* as most are */
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (strlen(names[k].letters) == l->end - l->start &&
            memcmp(names[k].letters, r->input->text + l->start, l->end - l->start) == 0)
            return names[k].code;
    return NULL;
}

/* "$\\epsilon = 0.1$": a sign before, which no digit follows, makes the one behind TeX's. */
static bool is_tex(struct reader *r, uint32_t at)
{
    const char *text = r->input->text;
    uint32_t least = at > 60 ? at - 60 : 0;

    while (at > least && text[at - 1] != '$' && text[at - 1] != '\n')
        at--;
    return at > least && text[at - 1] == '$' && text[at] != ' ' && !char_is_digit(text[at]) &&
           (at < 2 || !char_is_digit(text[at - 2]));
}

/* "20$", "20 $", "20 US$", "50¢": a sign behind the number, where it isn't that of the next. */
static uint32_t sign_behind(struct reader *r, uint32_t i, const char **code, double *worth)
{
    uint32_t behind;

    if (is_sign(r, i, 0xA2) || is_sign(r, i, 0xFFE0)) {
        *worth = 0.01;
        *code = "USD";
        return i + 1;
    }
    behind = sign_at(r, i, code);
    if (behind && is_sign(r, i, '$') && is_tex(r, lexeme(r, i)->start))
        return 0;
    if (!behind || is_number(r, behind))
        return 0;
    if (!is_class(r, behind, WORD_CODE))
        return behind;
    *code = lexeme(r, behind)->word->text; /* "100$ CAD" */
    return behind + 1;
}

/* "dollars", "US dollars", "euro", "pounds sterling", "€", "USD", "cents". Puts the code into *code, and what one is
 * worth in it into *worth. `sure`: the number can't be of things. */
static uint32_t currency_at(struct reader *r, uint32_t i, bool sure, const char **code, double *worth)
{
    const char *nation = NULL;
    uint32_t at = nation_at(r, i, &nation);
    const struct lexeme *l = lexeme(r, at);

    *worth = 1;
    if (is_class(r, at, WORD_CURRENCY)) {
        const struct word *word = l->word;
        if (word->flags & IS_OTHER_WORD && !(word->flags & IS_PLURAL) && !nation && !sure)
            return 0; /* "he won", "a sol": something else */
        if (word->other == WORD_UNIT && !nation && (is_class(r, at + 1, WORD_OF) || is_class(r, at + 1, WORD_PER)))
            return 0; /* "five pounds of rice" */
        *code = nation ? currency_of(nation, word) : word->text;
        return is_word(r, at + 1, "sterling") ? at + 2 : at + 1;
    }
    if (is_class(r, at, WORD_CENTS)) {
        *worth = 0.01;
        *code = nation && strcmp(l->word->text, "USD") == 0 ? currency_of_cents(nation) : l->word->text;
        return at + 1;
    }
    if (at > i)
        return is_sign(r, i + 1, '$') ? sign_behind(r, i, code, worth) : 0; /* "100 US$" */
    if (is_class(r, i, WORD_CODE) || (is_any_class(r, i, WORD_CODE) && is_plain_code(l))) {
        *code = l->any->text;
        return i + 1;
    }
    if (is_class(r, i, WORD_MARK) && !(l->word->flags & (MUST_BE_GLUED | IS_OTHER_WORD))) {
        *code = l->word->text;
        return i + 1; /* "1500 Rs" */
    }
    if (is_word(r, i, "p") && is_glued(r, i) && !(l->flags & LEXEME_CAPITAL)) {
        *worth = 0.01;
        *code = "GBP";
        return i + 1; /* "99p" */
    }
    if ((*code = letters_at(r, i)) != NULL)
        return i + 1;
    return sign_behind(r, i, code, worth);
}

/* ---- Amounts ------------------------------------------------------------------------------------------------------ */

static bool finish(struct match *m, const struct number *n, uint32_t behind, const char *code, double worth)
{
    m->behind = behind;
    m->type = ENTITY_MONEY;
    m->score = 95;
    if (!n->is_known)
        return true;
    m->form = VALUE_NUMBER;
    m->number = worth < 1 ? n->value / 100 : n->value;
    m->to = worth < 1 ? n->to / 100 : n->to;
    m->is_range = n->is_range;
    memcpy(m->text, code, 4);
    return true;
}

/* "1.500 €", where nothing in the text says whether that is 1.5 or 1500: prices have no three decimals, but for fuel
 * and the like, by the litre, and with a magnitude. Where commas stand before decimals and the sign behind, it is
 * 1500; else it has no value, but behind a sign of those who write points. */
static void doubt(struct reader *r, struct number *n, uint32_t behind, const char *code, bool sign_first)
{
    bool each = is_class(r, behind, WORD_PER) || is_sign(r, behind, '/') ||
                (is_class(r, behind, WORD_A) && is_class(r, behind + 1, WORD_UNIT));

    if (n->ways & NUMBER_COMMA && style_of_text(r) != STYLE_COMMA_SEEN &&
        (is_class(r, behind, WORD_AND) || is_word(r, behind, "or")) &&
        (is_number(r, behind + 1) || sign_at(r, behind + 1, &code)))
        n->is_known = false; /* "$5,10 and $20" */
    if (!(n->ways & NUMBER_THREE) || n->has_magnitude || each)
        return;
    if (currency_has_comma(code) && !sign_first && !n->is_range)
        n->value *= 1000;
    else if (!sign_first || currency_has_comma(code))
        n->is_known = false;
}

/* The second end of a range may have its own sign, "$5-$10", "£1.2m to £1.5m"; with "or" between them they are two
 * amounts, unless the second tells the first's magnitude. */
static void extend(struct reader *r, struct number *n, const char *code)
{
    uint32_t at = number_range_of_both(r, n->behind), behind;
    struct number range = *n;
    const char *other = code;

    if (!at)
        return;
    behind = sign_at(r, at, &other);
    if (!behind && is_any_class(r, at, WORD_CODE))
        behind = mark_at(r, at, &other);
    if (strcmp(other, code) != 0 || !number_extend(r, &range, behind ? behind : at, true))
        return;
    if (behind && is_word(r, n->behind, "or") && n->has_magnitude == range.has_magnitude)
        return;
    if (!behind && sign_at(r, range.behind, &other) && !is_number(r, range.behind + 1))
        return; /* "$5-10 €" */
    *n = range;
}

/* "$5 and 20 cents": adds what is small. The lexeme behind. */
static uint32_t add_cents(struct reader *r, struct number *n, uint32_t behind)
{
    uint32_t at = is_class(r, behind, WORD_AND) ? behind + 1 : behind;
    struct number cents;

    if (n->is_range || (n->has_magnitude && !n->in_words) || !n->is_known || !(n->value < 1e18) ||
        n->value != (double)(int64_t)n->value || n->is_negative)
        return behind;
    cents = number_at(r, at, false);
    if (!cents.behind || !cents.is_known || cents.value >= 100 || !is_class(r, cents.behind, WORD_CENTS))
        return behind;
    n->value = (n->value * 100 + cents.value) / 100;
    return cents.behind + 1;
}

/* "(5.2)m" behind a sign, "$5.2)" behind a bracket: an accountant's minus. */
static bool bracketed(struct reader *r, uint32_t at, const char *code, struct match *m)
{
    struct number n = number_at(r, at + 1, true), tail;
    uint32_t behind;

    if (!is_glued(r, at) || !is_glued(r, at + 1) || !n.behind || !is_sign(r, n.behind, ')') || !is_glued(r, n.behind))
        return false;
    behind = n.behind + 1;
    tail = number_tail(r, behind, &n);
    if (tail.behind) {
        n = tail;
        behind = tail.behind;
    }
    number_negate(&n);
    return finish(m, &n, behind, code, 1);
}

/* From a sign or a mark at lexeme `i`. */
static bool sign_first(struct reader *r, uint32_t i, bool is_negative, struct match *m)
{
    const char *code = NULL, *again = NULL;
    uint32_t sign = sign_at(r, i, &code), at = sign ? sign : mark_at(r, i, &code), behind;
    bool inner = false;
    struct number n;
    double worth;

    if (!at)
        return false;
    if (sign && is_sign(r, at, '('))
        return !is_negative && bracketed(r, at, code, m);
    if (sign || !is_glued(r, at))
        at = number_sign(r, at, &inner);
    if (!is_number(r, at) || (is_negative && inner))
        return false;
    n = number_at(r, at, true);
    if (!n.behind || n.is_ratio || n.is_part || (is_sign(r, n.behind, '$') && is_glued(r, n.behind)))
        return false; /* "$9.7$" is TeX */
    if (is_negative || inner)
        number_negate(&n);
    extend(r, &n, code);
    behind = currency_at(r, n.behind, true, &again, &worth); /* "$600 million dollars", "US$5 USD" */
    if (behind && worth >= 1 &&
        (memcmp(again, code, 4) == 0 || is_any_class(r, n.behind, WORD_CODE) ||
         (lexeme(r, i)->point == '$' && is_any_class(r, n.behind, WORD_NATION))))
        return finish(m, &n, behind, again, 1);
    if (sign && lexeme(r, i)->point == '$' && is_class(r, n.behind, WORD_NATION) &&
        lexeme(r, n.behind + 1)->kind != LEXEME_WORD) { /* "$100 Canadian" */
        again = currency_of_cents(lexeme(r, n.behind)->word->text);
        if (strcmp(again, "EUR") != 0)
            return finish(m, &n, n.behind + 1, again, 1);
    }
    doubt(r, &n, n.behind, code, true);
    behind = add_cents(r, &n, n.behind);
    return finish(m, &n, behind, code, 1);
}

/* The currency behind a number, and the number with its money's suffixes, "5m euros", where one is there. */
static uint32_t behind_number(struct reader *r, struct number *n, uint32_t i, bool is_negative, const char **code,
                              double *worth)
{
    for (int money = 1; money >= 0; money--) {
        struct number tried = number_at(r, i, money);
        uint32_t at, behind;

        if (!tried.behind && is_class(r, i, WORD_HALF) && is_class(r, i + 1, WORD_A))
            tried = (struct number) { .value = 0.5, .is_known = true, .in_words = true, .behind = i + 2 };

        if (!tried.behind || tried.is_ratio || (tried.is_part && tried.in_words && !is_class(r, tried.behind, WORD_OF)))
            continue;
        if (is_negative)
            number_negate(&tried);
        at = number_range_sign(r, tried.behind);
        if (at && !currency_at(r, skip_hyphen(r, tried.behind), tried.has_magnitude, code, worth))
            number_extend(r, &tried, at, money);
        at = skip_hyphen(r, tried.behind);
        if (tried.has_magnitude || !tried.is_known || tried.is_part)
            at = is_class(r, at, WORD_OF) ? at + 1 : at;
        at = tried.is_part && is_class(r, at, WORD_A) ? at + 1 : at; /* "a quarter of a dollar" */
        behind = currency_at(r, at, tried.has_magnitude, code, worth);
        if (behind) {
            *n = tried;
            return behind;
        }
        if (lexeme(r, tried.behind - 1)->kind != LEXEME_WORD || !is_number(r, i))
            break; /* it has no suffix that it would not have elsewhere */
    }
    return 0;
}

/* "5 dollars to 10 dollars", "5€-10€": the second end with its currency; it stays as it is when that is another. */
static uint32_t extend_behind(struct reader *r, struct number *n, uint32_t behind, const char *code, double worth)
{
    uint32_t at = n->is_range ? 0 : number_range_of_both(r, behind), end;
    struct number range = *n;
    const char *other = NULL;
    double other_worth = 1;

    if (!at || is_word(r, behind, "or") || !number_extend(r, &range, at, true))
        return behind;
    end = currency_at(r, skip_hyphen(r, range.behind), range.has_magnitude, &other, &other_worth);
    if (!end || strcmp(other, code) != 0 || other_worth < worth || other_worth > worth)
        return behind;
    *n = range;
    return end;
}

static bool number_first(struct reader *r, uint32_t i, bool is_negative, struct match *m)
{
    struct number n = { .behind = 0 };
    const char *code = NULL;
    double worth = 1;
    uint32_t behind = behind_number(r, &n, i, is_negative, &code, &worth), at;

    if (!behind && (is_class(r, i, WORD_FEW) || (is_class(r, i, WORD_A) && is_class(r, i + 1, WORD_FEW)))) {
        at = is_class(r, i, WORD_A) ? i + 2 : i + 1; /* "a few dollars" */
        n = (struct number) { .behind = at, .in_words = true };
        at = is_class(r, at, WORD_OF) ? at + 1 : at;
        behind = currency_at(r, at, false, &code, &worth);
    }
    if (!behind)
        return false;
    behind = extend_behind(r, &n, behind, code, worth);
    doubt(r, &n, behind, code, false);
    if (worth >= 1)
        behind = add_cents(r, &n, behind);
    return finish(m, &n, behind, code, worth);
}

/* "a dollar", "a euro". */
static bool one(struct reader *r, struct match *m)
{
    const struct word *word = lexeme(r, 1)->word;
    struct number n = { .value = 1, .is_known = true };

    if (!is_class(r, 0, WORD_A) || word->class != WORD_CURRENCY || word->flags & (IS_OTHER_WORD | IS_PLURAL))
        return false;
    finish(m, &n, 2, word->text, 1);
    m->score = 75;
    return true;
}

/* "($1,234.50)", where it stands by itself. */
static bool in_brackets(struct reader *r, struct match *m)
{
    const char *code = NULL;
    uint32_t at = is_sign(r, 0, '(') && is_glued(r, 1) ? sign_at(r, 1, &code) : 0;
    struct number n;

    if (!at || !is_number(r, at))
        return false;
    n = number_at(r, at, true);
    if (!n.behind || !is_sign(r, n.behind, ')') || !is_glued(r, n.behind) || !number_is_booked(r, n.behind + 1))
        return false;
    number_negate(&n);
    return finish(m, &n, n.behind + 1, code, 1);
}

/* Whether a number stands at lexeme 0 that what is behind it makes no price of, as is so of most. */
static bool is_no_price(struct reader *r)
{
    static const uint8_t classes[WORD_CLASSES] = {
        [WORD_NONE] = 1,    [WORD_PERIOD] = 1, [WORD_MONTH] = 1, [WORD_WEEKDAY] = 1, [WORD_PERCENT] = 1,
        [WORD_ORDINAL] = 1, [WORD_WHEN] = 1,   [WORD_ON] = 1,    [WORD_THE] = 1,     [WORD_FOR] = 1,
    };
    const struct lexeme *l = lexeme(r, 0);
    uint32_t behind, length;

    if (l->kind != LEXEME_NUMBER && l->class != WORD_DIGIT && l->class != WORD_TENS)
        return false;
    behind = number_at(r, 0, false).behind;
    l = lexeme(r, behind);
    switch (l->kind) {
    case LEXEME_SIGN:
        return l->point < 0x80 && l->point != '$' && l->point != '-';
    case LEXEME_WORD:
        length = l->end - l->start;
        if (l->any != &no_word)
            return classes[l->any->class] && classes[l->any->other];
        return (length > 6 || (length == 6 && !memchr(r->input->text + l->start, '.', length))) &&
               !letters_at(r, behind);
    default:
        return true;
    }
}

bool match_money(struct reader *r, struct match *m)
{
    bool is_negative;
    uint32_t at;

    if (is_no_price(r))
        return false;
    at = number_sign(r, 0, &is_negative);
    if (lexeme(r, 0)->kind == LEXEME_SIGN && lexeme(r, 0)->point == '(')
        return in_brackets(r, m);
    return sign_first(r, at, is_negative, m) || number_first(r, at, is_negative, m) || (at == 0 && one(r, m));
}
