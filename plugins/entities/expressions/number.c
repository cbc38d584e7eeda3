/* number.c: see number.h. Decimal numbers are kept as integers until their magnitude is known, so that "3.2bn" is
 * 3200000000 and not what 3.2 in binary times a billion is. */
#include "plugins/entities/expressions/numerals.h"

bool number_counts(struct reader *r, uint32_t i)
{
    static const char others[][READER_LONGEST] = { "sprints", "hurdles", "finals", "races", "heats", "does",
                                                   "goes",    "says",    "plus",   "thus",  "runs",  "makes",
                                                   "gives",   "comes",   "its",    "gets" };
    const struct lexeme *l = lexeme(r, i);
    const char *text = r->input->text;

    if (!is_small_word(r, i))
        return false;
    if (is_word(r, i, "people") || is_class(r, i, WORD_UNIT))
        return true;
    if (l->word != &no_word || l->end - l->start <= 3 || text[l->end - 1] != 's' || text[l->end - 2] == 's')
        return false;
    return !is_among(r, i, others);
}

/* ---- Both, and ranges --------------------------------------------------------------------------------------------- */

static struct number plain_at(struct reader *r, uint32_t i, bool money)
{
    return is_number(r, i) ? digits_at(r, i, money) : words_at(r, i);
}

/* "out of three" behind a whole number. */
static void add_ratio(struct reader *r, struct number *n)
{
    struct number whole;

    if (!is_word(r, n->behind, "out") || !is_class(r, n->behind + 1, WORD_OF) || !n->is_known || n->has_magnitude ||
        n->value != (double)(int32_t)n->value || n->value < 0)
        return;
    whole = plain_at(r, n->behind + 2, false);
    if (!whole.behind || !whole.is_known || whole.value < 1 || whole.value < n->value)
        return;
    n->value /= whole.value;
    n->is_part = n->is_ratio = true;
    n->is_bare = false;
    n->behind = whole.behind;
}

static struct number read_at(struct reader *r, uint32_t i, bool money)
{
    struct number n = plain_at(r, i, money);

    if (n.behind && n.value < 1e6)
        add_ratio(r, &n);
    return n;
}

struct number number_at(struct reader *r, uint32_t i, bool money)
{
    if (i > 0)
        return read_at(r, i, money);
    if (!r->has_number[0]) {
        r->number[0] = read_at(r, 0, false);
        r->has_number[0] = true;
    }
    if (money && (is_class(r, r->number[0].behind, WORD_SUFFIX) || is_word(r, r->number[0].behind, "mm")))
        return read_at(r, 0, true);
    return r->number[0];
}

uint32_t number_range_sign(struct reader *r, uint32_t i)
{
    if (is_class(r, i, WORD_TO) || is_word(r, i, "or"))
        return i + 1;
    if (is_dash(r, i))
        return is_glued(r, i + 1) && !is_glued(r, i) && is_number(r, i - 1) ? 0 : i + 1; /* "5 -10": a minus */
    return is_class(r, i, WORD_AND) && r->before && r->before->class == WORD_BETWEEN ? i + 1 : 0;
}

struct number number_tail(struct reader *r, uint32_t i, const struct number *n)
{
    static const struct row row = { .behind = 0 };
    struct number with = *n;
    int32_t exponent = 0;
    uint32_t behind = digits_suffix_at(r, i, true, &row, &exponent);

    behind = behind > i ? behind : digits_skip_magnitudes(r, i, &exponent);
    if (behind == i || n->has_magnitude)
        return (struct number) { .behind = 0 };
    with.value = digits_scale(n->value, exponent);
    with.has_magnitude = true;
    with.behind = behind;
    return with;
}

uint32_t number_range_of_both(struct reader *r, uint32_t i)
{
    bool is_change = is_word(r, i, "to") && r->before && strcmp(r->before->letters, "by") == 0;

    return is_change ? 0 : number_range_sign(r, i);
}

uint32_t number_sign(struct reader *r, uint32_t i, bool *is_negative)
{
    const struct lexeme *l = lexeme(r, i);

    *is_negative = false;
    if (is_class(r, i, WORD_MINUS)) {
        if (i == 0 && r->said_end && l->start <= r->said_end + 1)
            return i; /* "5 minus 3": it takes away */
        *is_negative = true;
        return i + 1;
    }
    if (!is_glued(r, i + 1) || (!is_sign(r, i, '+') && !is_dash(r, i)) || l->point == 0x2014)
        return i;
    *is_negative = l->point != '+';
    return i + 1;
}

void number_negate(struct number *n)
{
    n->value = -n->value;
    n->is_negative = true;
    n->is_bare = false;
}

/* Brings the first end of a range to the magnitude that is told once: "5 to 10 million". Only the same one, and only
 * when that keeps them in order, is plain: "$900 to $1 million" could be anything. */
static bool share_magnitude(struct number *n, const struct number *second, double unit)
{
    if (n->value * unit < second->value) {
        n->value *= unit;
        return true;
    }
    return n->value >= 1000 || n->ways || unit < 100; /* "600,000 to 1.2 million", "ten or a dozen" */
}

/* The power of ten of the number's magnitude: 10^6 of "1.5 million", by its lexemes from `i` on. */
static double unit_of(struct reader *r, uint32_t i, uint32_t behind, bool money)
{
    double unit = 1;

    for (; i < behind; i++) {
        const struct lexeme *l = lexeme(r, i);

        if (is_class(r, i, WORD_MAGNITUDE) || (is_class(r, i, WORD_SUFFIX) && l->kind == LEXEME_WORD))
            unit *= digits_power_of_ten(is_class(r, i, WORD_MAGNITUDE) ? value_of(r, i, WORD_MAGNITUDE)
                                                                       : value_of(r, i, WORD_SUFFIX));
        else if (money && is_word(r, i, "mm"))
            unit *= 1e6;
        else if (is_class(r, i, WORD_HUNDRED) || is_class(r, i, WORD_DOZEN))
            unit *= value_of(r, i, is_class(r, i, WORD_DOZEN) ? WORD_DOZEN : WORD_HUNDRED);
    }
    return unit;
}

bool number_extend(struct reader *r, struct number *n, uint32_t i, bool money)
{
    bool is_negative = false;
    uint32_t at = number_sign(r, i, &is_negative);
    struct number second = number_at(r, at, money);

    if (at > i && second.behind && is_negative)
        number_negate(&second);
    if (!second.behind || !n->is_known || !second.is_known || second.is_ratio || n->is_ratio)
        return false;
    if (n->is_negative && is_dash(r, i - 1) && is_glued(r, i))
        return false; /* "-5-10" */
    if (second.has_magnitude && n->is_bare && n->value >= 1900 && n->value < 2100)
        return false; /* "rose in 2009 to 50.5 million" */
    if (second.has_magnitude && !n->has_magnitude && second.value > 0 && n->value > 0 &&
        !share_magnitude(n, &second, unit_of(r, at, second.behind, money)))
        n->is_known = false;
    if (n->is_known && n->value >= second.value)
        return false;
    n->to = second.value;
    n->is_range = true;
    n->has_magnitude |= second.has_magnitude;
    n->ways |= second.ways;
    n->is_bare = false;
    n->behind = second.behind;
    return true;
}

static struct number read_range_at(struct reader *r, uint32_t i, bool money)
{
    struct number n = number_at(r, i, money), first = n;
    uint32_t behind = n.behind ? number_range_sign(r, n.behind) : 0;

    if (behind && !number_extend(r, &n, behind, money))
        return first;
    return n;
}

struct number number_range_at(struct reader *r, uint32_t i, bool money)
{
    if (i > 0 || money)
        return read_range_at(r, i, money);
    if (!r->has_number[1]) {
        r->number[1] = read_range_at(r, 0, false);
        r->has_number[1] = true;
    }
    return r->number[1];
}

/* ---- What only looks like one ------------------------------------------------------------------------------------- */

uint32_t number_list_end(struct reader *r)
{
    uint32_t n = 1, at = 1, last;

    if (!is_integer(r, 0) || lexeme(r, 0)->digits > 2)
        return 0;
    for (; is_sign(r, at, ',') && is_glued(r, at) && is_glued(r, at + 1) && is_integer(r, at + 1) &&
           lexeme(r, at + 1)->digits <= 2;
         at += 2)
        n++;
    last = lexeme(r, at - 1)->start;
    if (n >= 3)
        return is_glued(r, at) && (lexeme(r, at)->kind == LEXEME_WORD || (is_number(r, at + 1) && is_glued(r, at + 1)))
                   ? 0
                   : last;
    at = is_sign(r, at, ',') ? at + 1 : at;
    return n == 2 && (is_class(r, at, WORD_AND) || is_word(r, at, "or") || is_sign(r, at, '&')) && is_integer(r, at + 1)
               ? last
               : 0;
}

bool number_is_booked(struct reader *r, uint32_t behind)
{
    const char *text = r->input->text;
    uint32_t from = lexeme(r, 0)->start, to = lexeme(r, behind - 1)->end, length = r->input->text_length;
    bool at_end;

    while (from > 0 && text[from - 1] == ' ')
        from--;
    while (to < length && text[to] == ' ')
        to++;
    at_end = to == length || strchr("\n\r\t|", text[to]);
    if (from == 0 || strchr("\n\r)", text[from - 1]))
        return at_end;
    return strchr(":\t|", text[from - 1]) != NULL && (at_end || text[to] != ')');
}

bool number_is_ordinal_second(struct reader *r)
{
    struct number n = number_whole_in_words(r, 0);
    uint32_t at = skip_hyphen(r, n.behind);

    if (!n.behind || at == n.behind || !is_word(r, at, "second"))
        return false;
    if (n.value > 100 || (r->before && r->before->class == WORD_THE))
        return true;
    return n.value >= 20 && !(r->before && r->before->class == WORD_A) &&
           !(is_small_word(r, at + 1) && lexeme(r, at + 1)->word == &no_word);
}
