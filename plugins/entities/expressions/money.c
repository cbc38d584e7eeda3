/* money.c: amounts of money: "$3.2bn", "US$5", "Rs. 4,000", "USD 500", "30 million euros", "half a million dollars", "500 Kenyan shillings",
 * "30€", "50 cents", "millions of dollars". The value is in the currency's unit, with its ISO 4217 code. */
#include "plugins/entities/expressions/currencies.h"
#include "plugins/entities/expressions/number.h"

/* ---- Signs before the number -------------------------------------------------------------------------------------- */

/* "$", "US$", "US $", "A$", "€": the lexeme behind the sign; 0. */
static uint32_t sign_at(struct reader *r, uint32_t i, const char **code)
{
    const struct lexeme *l = lexeme(r, i);

    if (l->kind == LEXEME_SIGN && (*code = currency_of_sign(l->point)))
        return i + 1;
    if (l->kind == LEXEME_WORD && l->flags & LEXEME_CAPITAL && l->end - l->start <= 6 &&
        (is_sign(r, i + 1, '$') || is_sign(r, i + 1, 0xA3))) {
        char letters[8];
        uint32_t n = 0;

        for (uint32_t at = l->start; at < l->end; at++)
            if (r->input->text[at] != '.')
                letters[n++] = r->input->text[at];
        *code = currency_of_prefix(letters, n);
        if (*code && (is_glued(r, i + 1) || n > 1 || (l->flags & LEXEME_UPPER && !is_glued(r, i + 1))))
            return i + 2;
    }
    return 0;
}

/* "Rs", "Rs.", "R" of "R250", "USD", "Dh". */
static uint32_t mark_at(struct reader *r, uint32_t i, const char **code)
{
    const struct lexeme *l = lexeme(r, i);
    uint32_t at = i + 1;

    if (is_class(r, i, WORD_CODE)) {
        *code = l->word->text;
        return sign_at(r, at, code) ? at + 1 : at; /* "USD $500" */
    }
    if (!is_class(r, i, WORD_MARK))
        return 0;
    *code = l->word->text;
    if (is_sign(r, at, '.') && is_glued(r, at))
        at++;
    if (l->word->flags & (MUST_BE_GLUED | IS_OTHER_WORD) && at == i + 1 && !is_glued(r, at))
        return l->word->flags & MUST_BE_GLUED || l->end - l->start == 1 || !(l->flags & LEXEME_UPPER) ? 0 : at;
    return at;
}

/* ---- Currencies behind it ----------------------------------------------------------------------------------------- */

/* "Kenyan", "Hong Kong", "South African": the lexeme behind, and the country; `i` when none is there. */
static uint32_t nation_at(struct reader *r, uint32_t i, const char **nation)
{
    static const char *const firsts[] = { "hong", "new", "south", "sri", "north" };
    const struct lexeme *l = lexeme(r, i);
    uint32_t at = i;

    for (size_t k = 0; k < sizeof firsts / sizeof firsts[0]; k++)
        if (l->flags & LEXEME_CAPITAL && is_word(r, i, firsts[k]))
            at = i + 1;
    if (!is_class(r, at, WORD_NATION))
        return i;
    *nation = lexeme(r, at)->word->text;
    return at + 1;
}

/* "dollars", "US dollars", "euro", "pounds sterling", "€", "USD", "cents". Puts the code into *code, and what one is worth in it
 * into *worth. `sure`: the number can't be of things. */
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
        *code = l->word->text;
        return at + 1;
    }
    if (at > i)
        return 0;
    if (is_class(r, i, WORD_CODE)) {
        *code = l->word->text;
        return i + 1;
    }
    if (is_class(r, i, WORD_MARK) && !(l->word->flags & (MUST_BE_GLUED | IS_OTHER_WORD))) {
        *code = l->word->text;
        return i + 1; /* "1500 Rs" */
    }
    if (l->kind == LEXEME_SIGN && l->point != '$' && (*code = currency_of_sign(l->point)) &&
        (is_glued(r, i) || l->point == 0x20AC))
        return i + 1; /* "30€" */
    return 0;
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

/* The second end of a range may have its own sign: "$5-$10", "£1.2m to £1.5m". */
static void extend(struct reader *r, struct number *n)
{
    uint32_t at = number_range_sign(r, n->behind), behind;
    const char *code;

    if (!at)
        return;
    behind = sign_at(r, at, &code);
    number_extend(r, n, behind ? behind : at, true);
}

static bool sign_first(struct reader *r, struct match *m)
{
    const char *code = NULL, *again = NULL;
    uint32_t at = sign_at(r, 0, &code), behind;
    struct number n;
    double worth;

    if (!at)
        at = mark_at(r, 0, &code);
    if (!at || lexeme(r, at)->kind != LEXEME_NUMBER)
        return false;
    n = number_at(r, at, true);
    if (!n.behind)
        return false;
    extend(r, &n);
    behind = currency_at(r, n.behind, true, &again, &worth); /* "$600 million dollars", "US$5 USD" */
    if (behind && worth >= 1 && (memcmp(again, code, 4) == 0 || is_class(r, n.behind, WORD_CODE)))
        return finish(m, &n, behind, again, 1);
    return finish(m, &n, n.behind, code, 1);
}

static bool number_first(struct reader *r, struct match *m)
{
    struct number n = number_range_at(r, 0, false);
    const char *code = NULL;
    uint32_t at, behind;
    double worth;

    if (is_class(r, 0, WORD_FEW) || (is_class(r, 0, WORD_A) && is_class(r, 1, WORD_FEW))) { /* "a few dollars" */
        at = is_class(r, 0, WORD_A) ? 2 : 1;
        if (!n.behind)
            n = (struct number) { .behind = at, .in_words = true };
    }
    if (!n.behind && lexeme(r, 0)->kind == LEXEME_NUMBER) {
        n = number_at(r, 0, true);
    } else if (lexeme(r, n.behind)->word->other == WORD_SUFFIX) {
        n = number_range_at(r, 0, true); /* "5m euros" */
    }
    if (!n.behind || (n.is_part && n.in_words && !is_class(r, n.behind, WORD_OF)))
        return false;
    at = skip_hyphen(r, n.behind);
    if (n.has_magnitude || !n.is_known)
        at = is_class(r, at, WORD_OF) ? at + 1 : at;
    behind = currency_at(r, at, n.has_magnitude, &code, &worth);
    return behind && finish(m, &n, behind, code, worth);
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

bool match_money(struct reader *r, struct match *m)
{
    return sign_first(r, m) || number_first(r, m) || one(r, m);
}
