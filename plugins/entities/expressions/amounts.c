/* amounts.c: percentages, measures, ordinals and plain numbers. */
#include "plugins/entities/expressions/number.h"
#include "plugins/lib/character.h"

static bool finish(struct match *m, uint32_t behind, uint8_t type, const struct number *n, const char *unit)
{
    m->behind = behind;
    m->type = type;
    m->score = 95;
    if (!n->is_known)
        return true;
    m->form = VALUE_NUMBER;
    m->number = n->value;
    m->to = n->to;
    m->is_range = n->is_range;
    strncpy(m->text, unit, sizeof m->text - 1);
    return true;
}

/* ---- Percentages -------------------------------------------------------------------------------------------------- */

/* "%", "percent", "per cent", "percentage points", "basis points": the lexeme behind; 0. */
static uint32_t percent_at(struct reader *r, uint32_t i, const char **unit)
{
    *unit = "%";
    if (is_sign(r, i, '%') || is_sign(r, i, 0xFF05))
        return is_word(r, i + 1, "points") || (is_word(r, i + 1, "point") && is_glued(r, i + 1) == 0) ? *unit = "pp",
                                                                                                        i + 2 : i + 1;
    if (is_sign(r, i, 0x2030))
        return *unit = "[ppth]", i + 1;
    if (is_class(r, i, WORD_PERCENT))
        return i + 1;
    if (is_class(r, i, WORD_PER) && is_word(r, i + 1, "cent"))
        return i + 2;
    if (is_class(r, i, WORD_PERCENTAGE) && is_class(r, i + 1, WORD_POINT))
        return *unit = "pp", i + 2;
    if (is_class(r, i, WORD_BASIS)) {
        *unit = "bp";
        if (value_of(r, i, WORD_BASIS))
            return i + 1;
        return is_class(r, i + 1, WORD_POINT) ? i + 2 : 0;
    }
    return 0;
}

/* The second end of a range may have a sign of its own, "5%-10%", and so may the first. */
static bool percent(struct reader *r, const struct number *n, struct match *m)
{
    struct number range = *n;
    const char *unit, *second;
    uint32_t behind = percent_at(r, skip_hyphen(r, n->behind), &unit), at, end;

    if (!behind)
        return false;
    at = n->is_range ? 0 : number_range_sign(r, behind);
    if (at && number_extend(r, &range, at, false) && (end = percent_at(r, range.behind, &second)) != 0)
        return finish(m, end, ENTITY_PERCENT, &range, second);
    return finish(m, behind, ENTITY_PERCENT, n, unit);
}

/* ---- Measures ----------------------------------------------------------------------------------------------------- */

/* What a unit is read into. */
struct unit {
    char code[40];
    uint32_t behind;
};

static void add_code(struct unit *u, const char *code)
{
    strncat(u->code, code, sizeof u->code - strlen(u->code) - 1);
}

/* "per hour", "/h", "per square mile" behind a unit. */
static void add_per(struct reader *r, struct unit *u)
{
    static const char *const codes[PERIODS] = { "s", "min", "h", "d", "wk", NULL, "mo", NULL, "a", NULL, NULL, NULL };
    uint32_t i = u->behind, at = i + 1;
    bool slash = is_sign(r, i, '/') && is_glued(r, i) && is_glued(r, at);

    if (!slash && !is_class(r, i, WORD_PER) && !(is_class(r, i, WORD_A) && is_class(r, at, WORD_PERIOD)))
        return;
    if (is_class(r, at, WORD_PERIOD) && codes[value_of(r, at, WORD_PERIOD)]) {
        add_code(u, "/");
        add_code(u, codes[value_of(r, at, WORD_PERIOD)]);
    } else if (slash && (is_word(r, at, "h") || is_word(r, at, "s") || is_word(r, at, "d"))) {
        add_code(u, is_word(r, at, "h") ? "/h" : is_word(r, at, "s") ? "/s" : "/d");
    } else if (is_class(r, at, WORD_UNIT) && lexeme(r, at)->word->text[0]) {
        add_code(u, "/");
        add_code(u, lexeme(r, at)->word->text);
    } else {
        return;
    }
    u->behind = at + 1;
}

/* "²", "2" right behind "km". */
static void add_power(struct reader *r, struct unit *u, const struct word *word)
{
    const struct lexeme *l = lexeme(r, u->behind);
    bool two = is_sign(r, u->behind, 0xB2), three = is_sign(r, u->behind, 0xB3);

    if (l->kind == LEXEME_NUMBER && l->digits == 1 && l->flags & LEXEME_GLUED && l->flags & LEXEME_CLOSES &&
        strchr("kmc", word->letters[0])) {
        two = l->mantissa == 2;
        three = l->mantissa == 3;
    }
    if (!two && !three)
        return;
    add_code(u, two ? "2" : "3");
    u->behind++;
}

/* "degrees Celsius", "°C", "° F", "°". */
static bool degrees_at(struct reader *r, uint32_t i, struct unit *u)
{
    if (is_sign(r, i, 0x2103) || is_sign(r, i, 0x2109)) { /* one character each */
        add_code(u, is_sign(r, i, 0x2103) ? "Cel" : "[degF]");
        u->behind = i + 1;
        return true;
    }
    if (!is_sign(r, i, 0xB0) && !is_sign(r, i, 0xBA) && !is_class(r, i, WORD_DEGREE))
        return false;
    u->behind = i + 1;
    if (is_class(r, i + 1, WORD_UNIT) && strchr("cf", lexeme(r, i + 1)->word->letters[0]) &&
        (strcmp(lexeme(r, i + 1)->word->text, "Cel") == 0 || strcmp(lexeme(r, i + 1)->word->text, "[degF]") == 0)) {
        add_code(u, lexeme(r, i + 1)->word->text);
        u->behind = i + 2;
    } else {
        add_code(u, "deg");
    }
    return true;
}

static bool is_short_unit(const struct word *word)
{
    return word->class == WORD_UNIT && word->flags & (IS_SHORT | IS_OTHER_WORD);
}

static bool unit_at(struct reader *r, uint32_t i, const struct number *n, struct unit *u)
{
    uint32_t power = is_class(r, i, WORD_SQUARE) ? (uint32_t)value_of(r, i, WORD_SQUARE) : 0;
    uint32_t at = power ? i + 1 : i;
    const struct word *word;

    *u = (struct unit) { .behind = 0 };
    if (power && is_sign(r, at, '.') && is_glued(r, at))
        at++; /* "sq. km" */
    if (!power && degrees_at(r, i, u))
        return true;
    if (!is_class(r, at, WORD_UNIT))
        return false;
    word = lexeme(r, at)->word;
    if (word->flags & IS_OTHER_WORD && word->class == WORD_UNIT &&
        !(is_glued(r, at) && lexeme(r, at)->flags & LEXEME_UPPER && n->is_bare))
        return false; /* "C" and "F" without a degree's sign: "20C" */
    if (is_short_unit(word) && n->in_words)
        return false;
    if (!word->letters[1] && lexeme(r, at)->flags & LEXEME_UPPER && !(word->flags & IS_OTHER_WORD) &&
        word->letters[0] != 'l')
        return false; /* "5G" */
    if (word->class == WORD_CURRENCY)
        add_code(u, "[lb_av]"); /* "pounds" that money.c has left */
    else
        add_code(u, word->text);
    u->behind = at + 1;
    if (power)
        add_code(u, power == 2 ? "2" : "3");
    else
        add_power(r, u, word);
    add_per(r, u);
    return true;
}

/* "5 ft 10 in", "6 feet 2 inches": the whole is in inches. */
static bool feet_and_inches(struct reader *r, const struct number *n, const struct unit *u, struct match *m)
{
    uint32_t at = is_class(r, u->behind, WORD_AND) || is_sign(r, u->behind, ',') ? u->behind + 1 : u->behind;
    struct number inches, whole = *n;

    if (strcmp(u->code, "[ft_i]") != 0)
        return false;
    inches = number_at(r, at, false);
    if (!inches.behind || inches.value >= 12 ||
        !(is_word(r, inches.behind, "in") || is_word(r, inches.behind, "inches") || is_word(r, inches.behind, "inch") ||
          is_word(r, inches.behind, "ins")))
        return false;
    whole.value = n->value * 12 + inches.value;
    return finish(m, inches.behind + 1, ENTITY_QUANTITY, &whole, "[in_i]");
}

static bool measure(struct reader *r, const struct number *n, struct match *m)
{
    uint32_t at = skip_hyphen(r, n->behind);
    struct unit u;
    struct number range = *n;

    if (n->has_magnitude || !n->is_known)
        at = is_class(r, at, WORD_OF) ? at + 1 : at;
    if (!unit_at(r, at, n, &u))
        return false;
    if (feet_and_inches(r, n, &u, m))
        return true;
    if (!n->is_range && number_range_sign(r, u.behind) &&
        number_extend(r, &range, number_range_sign(r, u.behind), false)) {
        struct unit second; /* "5 km to 10 km" */
        if (unit_at(r, skip_hyphen(r, range.behind), &range, &second) && strcmp(second.code, u.code) == 0)
            return finish(m, second.behind, ENTITY_QUANTITY, &range, u.code);
    }
    return finish(m, u.behind, ENTITY_QUANTITY, n, u.code);
}

/* ---- Ordinals and numbers ----------------------------------------------------------------------------------------- */

static bool is_suffix_of(struct reader *r, uint32_t i, uint64_t number)
{
    char first = r->input->text[lexeme(r, i)->start] | 0x20;
    uint64_t last = number % 100 / 10 == 1 ? 0 : number % 10;

    return first == (last == 1 ? 's' : last == 2 ? 'n' : last == 3 ? 'r' : 't');
}

/* "first", "21st", "twenty-first", "hundred and first". */
static bool ordinal(struct reader *r, struct match *m)
{
    struct number n = { .is_known = true };

    if (is_integer(r, 0) && is_class(r, 1, WORD_TH) && is_glued(r, 1) && is_suffix_of(r, 1, lexeme(r, 0)->mantissa)) {
        n.value = (double)lexeme(r, 0)->mantissa;
        return finish(m, 2, ENTITY_ORDINAL, &n, "");
    }
    if (is_class(r, 0, WORD_ORDINAL)) {
        n.value = value_of(r, 0, WORD_ORDINAL);
        return finish(m, 1, ENTITY_ORDINAL, &n, "");
    }
    if (is_class(r, 0, WORD_TENS) && is_class(r, skip_hyphen(r, 1), WORD_ORDINAL) &&
        value_of(r, skip_hyphen(r, 1), WORD_ORDINAL) < 10) {
        n.value = value_of(r, 0, WORD_TENS) + value_of(r, skip_hyphen(r, 1), WORD_ORDINAL);
        return finish(m, skip_hyphen(r, 1) + 1, ENTITY_ORDINAL, &n, "");
    }
    return false;
}

/* "F-16", "Covid-19", "24/7", "3:2": a number that is a piece of something. */
static bool is_piece(struct reader *r)
{
    const struct entity_input *in = r->input;
    uint32_t i = r->token;
    char c;

    if (i == r->first_token || in->tokens[i - 1].end != in->tokens[i].start ||
        in->tokens[i - 1].end == in->tokens[i - 1].start)
        return false;
    c = in->text[in->tokens[i - 1].end - 1];
    if (c == '-')
        return i >= r->first_token + 2 && in->tokens[i - 2].end == in->tokens[i - 1].start &&
               in->kinds[i - 2] == TEXTD_TOKEN_WORD;
    return c == '/' || c == ':' || c == '.' || c == '_' || c == '\'';
}

/* A short number between other things than digits and separators. */
static bool is_plain(const char *digits, uint32_t n)
{
    return n >= 1 && n <= 4 && (digits[0] != '0' || n == 1);
}

/* "3-2" is a result, "5-10" are pages: two numbers, each as it stands. Says what of match.read_beside holds for the reader's. */
static uint8_t pair(struct reader *r)
{
    const struct entity_input *in = r->input;
    const struct lexeme *l = lexeme(r, 0), *other = lexeme(r, 2);
    const char *text = in->text;
    uint32_t start = in->tokens[r->token].start, at = start - 1;

    if (!is_integer(r, 0) || !is_plain(text + l->start, l->end - l->start))
        return 0;
    if (is_dash(r, 1) && is_glued(r, 1) && is_integer(r, 2) && is_glued(r, 2) &&
        is_plain(text + other->start, other->end - other->start))
        return start == 0 || !is_glued(r, 0) || !strchr("-/.,:", text[at]) ? READ_BEHIND : 0;
    if (start < 2 || text[at] != '-')
        return 0;
    while (at > 0 && char_is_digit(text[at - 1]))
        at--;
    if (at > 0 && (strchr("-/.,:", text[at - 1]) || char_is_lower(text[at - 1]) || char_is_upper(text[at - 1])))
        return 0;
    return is_plain(text + at, start - 1 - at) ? READ_BEFORE : 0;
}

static bool next_is_capital(struct reader *r, uint32_t i)
{
    return lexeme(r, i)->kind == LEXEME_WORD && lexeme(r, i)->flags & LEXEME_CAPITAL;
}

/* "Route 66", "Two Doors Down", "[2]": a number that belongs to a name, or to a text's own making. */
static bool is_of_name(struct reader *r, uint32_t behind)
{
    const struct entity_input *in = r->input;
    uint32_t i = r->token;

    if (lexeme(r, 0)->kind == LEXEME_WORD)
        return i > r->first_token && lexeme(r, 0)->flags & LEXEME_CAPITAL && next_is_capital(r, behind);
    if (is_sign(r, behind, ']') || i < r->first_token + 2)
        return is_sign(r, behind, ']');
    return in->kinds[i - 1] == TEXTD_TOKEN_WORD && !r->before && char_is_upper(in->text[in->tokens[i - 1].start]);
}

static bool cardinal(struct reader *r, const struct number *n, struct match *m)
{
    struct number one = *n;

    if (n->value == 0.5 && is_class(r, 0, WORD_HALF) && !n->has_magnitude)
        return false; /* "half a loaf" */
    if (is_piece(r))
        return false;
    if (n->is_range && !n->in_words && !is_class(r, number_at(r, 0, false).behind, WORD_TO) && !n->has_magnitude)
        one = number_at(r, 0, false); /* "3-2" is a result, "5-10" may be pages */
    if ((is_sign(r, one.behind, '/') || is_sign(r, one.behind, ':')) && is_glued(r, one.behind) &&
        is_glued(r, one.behind + 1))
        return false;
    finish(m, one.behind, ENTITY_CARDINAL, &one, "");
    m->score = 80;
    m->read_beside = one.behind == 1 ? pair(r) : 0;
    if ((n->in_words && n->value == 1 && n->behind == 1) || is_of_name(r, one.behind))
        m->score = 35; /* "one" is a pronoun more often than a number */
    else if (is_class(r, 0, WORD_MANY) && one.behind == 1)
        m->score = 50; /* "dozens", "millions" */
    return true;
}

/* "half a percent", "half a mile", where half is a number of its own; else "half a million". */
static struct number half(struct reader *r)
{
    struct number n = number_range_at(r, 0, false);
    uint32_t at = skip_hyphen(r, 1);

    if (!n.behind && (is_class(r, at, WORD_A) || at > 1))
        n = (struct number) {
            .value = 0.5, .is_known = true, .in_words = true, .behind = is_class(r, at, WORD_A) ? at + 1 : at
        };
    return n;
}

bool match_amount(struct reader *r, struct match *m)
{
    struct number n;

    if (ordinal(r, m)) {
        m->score =
            lexeme(r, 0)->kind == LEXEME_WORD && lexeme(r, 0)->flags & LEXEME_CAPITAL && next_is_capital(r, m->behind)
                ? 35
                : 95;
        return true;
    }
    if (is_dash(r, 0) && is_glued(r, 1) && !is_glued(r, 0) && lexeme(r, 1)->kind == LEXEME_NUMBER) { /* "-5 °C" */
        n = number_at(r, 1, false);
        n.value = -n.value;
        return n.behind && (percent(r, &n, m) || measure(r, &n, m));
    }
    n = is_class(r, 0, WORD_HALF) ? half(r) : number_range_at(r, 0, false);
    return n.behind && (percent(r, &n, m) || measure(r, &n, m) || cardinal(r, &n, m));
}
