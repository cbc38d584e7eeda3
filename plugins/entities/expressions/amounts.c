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
    if (is_class(r, i, WORD_PERCENTAGE))
        return is_class(r, i + 1, WORD_POINT) ? *unit = "pp", i + 2 : i + 1;
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
    at = n->is_range ? 0 : number_range_of_both(r, behind);
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
    if (is_word(r, i, "deg") && is_sign(r, i + 1, '.') && is_glued(r, i + 1))
        i++;
    if (is_word(r, i + 1, "c") || is_word(r, i + 1, "f") || is_word(r, i + 1, "k")) {
        add_code(u, is_word(r, i + 1, "c") ? "Cel" : is_word(r, i + 1, "f") ? "[degF]" : "K");
        u->behind = i + 2;
    } else if (is_class(r, i + 1, WORD_UNIT) && strchr("cf", lexeme(r, i + 1)->word->letters[0]) &&
               (strcmp(lexeme(r, i + 1)->word->text, "Cel") == 0 ||
                strcmp(lexeme(r, i + 1)->word->text, "[degF]") == 0)) {
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

/* A word with a capital stands before the number, within a sentence or not. */
static bool is_behind_name(struct reader *r)
{
    const struct entity_input *in = r->input;
    uint32_t i = r->token;

    return i > r->first_token + 1 && in->kinds[i - 1] == TEXTD_TOKEN_WORD && !r->before &&
           char_is_upper(in->text[in->tokens[i - 1].start]);
}

/* A word, or the same with a period that the segmenter has left on it. */
static bool is_short_word(struct reader *r, uint32_t i, const char *letters)
{
    const struct lexeme *l = lexeme(r, i);
    uint32_t length = l->end - l->start;

    if (l->kind == LEXEME_WORD && length && r->input->text[l->end - 1] == '.')
        length--;
    return l->kind == LEXEME_WORD && length == strlen(letters) &&
           strncasecmp(r->input->text + l->start, letters, length) == 0;
}

/* By its first two letters, which few words have. */
static bool begins_two_words(const struct lexeme *l)
{
    switch (l->letters & 0xFFFF) {
    case 'm' | 'e' << 8:
    case 'm' | 'i' << 8:
    case 'l' | 'o' << 8:
    case 'l' | 'i' << 8:
    case 's' | 'h' << 8:
    case 'f' | 'l' << 8:
    case 't' | 'r' << 8:
    case 'n' | 'a' << 8:
        return true;
    default:
        return false;
    }
}

/* Units of two words: "metric tons", "fl oz", "nautical miles". */
static bool two_words_at(struct reader *r, uint32_t i, struct unit *u)
{
    static const struct {
        const char *first, *second, *plural, *code;
    } names[] = {
        { "metric", "ton", "tons", "t" },           { "metric", "tonne", "tonnes", "t" },
        { "long", "ton", "tons", "[lton_av]" },     { "short", "ton", "tons", "[ston_av]" },
        { "fluid", "ounce", "ounces", "[foz_us]" }, { "fl", "oz", "ounces", "[foz_us]" },
        { "troy", "ounce", "ounces", "[oz_tr]" },   { "nautical", "mile", "miles", "[nmi_i]" },
        { "light", "year", "years", "[ly]" },       { "milli", "litre", "litres", "mL" },
    };

    if (!begins_two_words(lexeme(r, i)))
        return false;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        uint32_t at = i + 1;

        if (!is_short_word(r, i, names[k].first))
            continue;
        at = is_sign(r, at, '.') && is_glued(r, at) ? at + 1 : skip_hyphen(r, at);
        if (!is_short_word(r, at, names[k].second) && !is_short_word(r, at, names[k].plural))
            continue;
        add_code(u, names[k].code);
        u->behind = at + 1;
        return true;
    }
    return false;
}

static bool unit_at(struct reader *r, uint32_t i, const struct number *n, struct unit *u)
{
    uint32_t power = is_class(r, i, WORD_SQUARE) ? (uint32_t)value_of(r, i, WORD_SQUARE) : 0;
    uint32_t at = power ? i + 1 : i;
    const struct word *word;

    *u = (struct unit) { .behind = 0 };
    if (power && is_sign(r, at, '.') && is_glued(r, at))
        at++; /* "sq. km" */
    if (!power && (degrees_at(r, i, u) || two_words_at(r, i, u)))
        return true;
    if (n->is_bare && is_glued(r, at) && (is_word(r, at, "in") || is_word(r, at, "v"))) {
        add_code(u, is_word(r, at, "v") ? "V" : "[in_i]"); /* "42in", "220v" */
        u->behind = at + 1;
        return true;
    }
    if (!is_class(r, at, WORD_UNIT))
        return false;
    word = lexeme(r, at)->word;
    if (word->flags & IS_OTHER_WORD && word->class == WORD_UNIT &&
        !(is_glued(r, at) && lexeme(r, at)->flags & LEXEME_UPPER && n->is_bare))
        return false; /* "C" and "F" without a degree's sign: "20C" */
    if (is_short_unit(word) && n->in_words)
        return false;
    if (!word->letters[1] && r->before && r->before->class == WORD_LABEL)
        return false; /* "form 13F", "room 24703 L" */
    if (word->flags & IS_OTHER_WORD && word->class == WORD_UNIT && is_behind_name(r))
        return false; /* "Boeing 777F" */
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

/* The mark of minutes, feet or seconds, inches: "'" and "′", or two of them, '"' and "″". The lexeme behind; 0. */
static uint32_t mark_at(struct reader *r, uint32_t i, bool twice)
{
    if (!is_glued(r, i))
        return 0;
    if (twice && (is_sign(r, i, '"') || is_sign(r, i, 0x2033) || is_sign(r, i, 0x201D)))
        return i + 1;
    if (!is_sign(r, i, '\'') && !is_sign(r, i, 0x2032) && !is_sign(r, i, 0x2019))
        return 0;
    if (!twice)
        return i + 1;
    return is_glued(r, i + 1) && (is_sign(r, i + 1, '\'') || is_sign(r, i + 1, 0x2032)) ? i + 2 : 0;
}

/* 5'11", 6′ 2″, in inches, as "5 ft 11 in". */
static bool feet_and_inches_marked(struct reader *r, const struct number *n, struct match *m)
{
    uint32_t at = n->is_bare && n->value < 100 ? mark_at(r, n->behind, false) : 0, end;
    struct number inches = { .behind = 0 }, whole = *n;

    if (at)
        inches = number_at(r, at, false);
    if (!inches.behind || !inches.is_known || inches.value >= 12 || inches.in_words ||
        !(end = mark_at(r, inches.behind, true)))
        return false;
    whole.value = n->value * 12 + inches.value;
    return finish(m, end, ENTITY_QUANTITY, &whole, "[in_i]");
}

/* Measures that are told in two units: the whole is in the smaller one. */
static const struct {
    const char *large, *small;
    double times;
    bool joint; /* "and" or a comma may stand between */
} doubles[] = {
    { "[ft_i]", "[in_i]", 12, true },   { "[stone_av]", "[lb_av]", 14, true },
    { "[lb_av]", "[oz_av]", 16, true }, { "[yd_i]", "[ft_i]", 3, true },
    { "m", "cm", 100, false },          { "km", "m", 1000, false },
    { "kg", "g", 1000, false },         { "[mi_i]", "[yd_i]", 1760, false },
};

/* "5 feet 11": inches, where nothing is counted. */
static bool bare_inches(struct reader *r, uint32_t at, const struct number *small)
{
    const struct lexeme *next = lexeme(r, small->behind);

    return at == small->behind - 1 && small->is_bare && small->value < 12 &&
           (next->kind == LEXEME_END || is_word(r, small->behind, "tall") || is_class(r, small->behind, WORD_AND) ||
            (next->kind == LEXEME_SIGN && !is_dash(r, small->behind) && !is_sign(r, small->behind, '/')));
}

/* "5 ft 10 in", "11 stone 5 pounds", "1 m 80 cm". */
static bool two_units(struct reader *r, const struct number *n, const struct unit *u, struct match *m)
{
    bool is_joint = is_class(r, u->behind, WORD_AND) || is_sign(r, u->behind, ',');
    uint32_t at = is_joint ? u->behind + 1 : u->behind;
    struct number small = { .behind = 0 }, whole = *n;
    struct unit second;

    if (n->is_range || n->is_negative || !n->is_known || n->value >= 1e15 || n->value != (double)(int64_t)n->value)
        return false;
    for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
        if (strcmp(doubles[i].large, u->code) != 0 || (is_joint && !doubles[i].joint))
            continue;
        small = small.behind ? small : number_at(r, at, false);
        if (!small.behind || !small.is_known || small.value >= doubles[i].times)
            continue;
        whole.value = n->value * doubles[i].times + small.value;
        if (unit_at(r, small.behind, &small, &second)) {
            if (strcmp(second.code, doubles[i].small) == 0)
                return finish(m, second.behind, ENTITY_QUANTITY, &whole, second.code);
        } else if (is_word(r, small.behind, "in") || is_word(r, small.behind, "ins")) {
            if (i == 0)
                return finish(m, small.behind + 1, ENTITY_QUANTITY, &whole, doubles[i].small);
        } else if (i == 0 && !is_joint && bare_inches(r, at, &small)) {
            return finish(m, small.behind, ENTITY_QUANTITY, &whole, doubles[i].small);
        }
    }
    return false;
}

/* "10 degrees below zero", "5 below zero" from "below" at lexeme `i` on. */
static bool below_zero(struct reader *r, const struct number *n, uint32_t i, struct match *m)
{
    struct number negative = *n;
    struct unit u;

    if (!is_word(r, i, "below") || !is_word(r, i + 1, "zero") || n->is_range || n->value <= 0)
        return false;
    if (i == n->behind || !unit_at(r, skip_hyphen(r, n->behind), n, &u))
        strcpy(u.code, "deg");
    number_negate(&negative);
    return finish(m, i + 2, ENTITY_QUANTITY, &negative, u.code);
}

static bool measure(struct reader *r, const struct number *n, struct match *m)
{
    uint32_t at = skip_hyphen(r, n->behind);
    struct unit u;
    struct number range = *n;

    if (n->is_ratio)
        return false;
    if (below_zero(r, n, n->behind, m))
        return true;
    if (feet_and_inches_marked(r, n, m))
        return true;
    if (n->has_magnitude || !n->is_known || n->is_part)
        at = is_class(r, at, WORD_OF) ? at + 1 : at;
    at = n->is_part && at > n->behind && is_class(r, at, WORD_A) ? at + 1 : at; /* "a quarter of a mile" */
    if (!unit_at(r, at, n, &u))
        return false;
    if (two_units(r, n, &u, m) || (strstr("deg Cel [degF] K", u.code) && below_zero(r, n, u.behind, m)))
        return true;
    if (!n->is_range && number_range_of_both(r, u.behind) &&
        number_extend(r, &range, number_range_of_both(r, u.behind), false)) {
        struct unit second; /* "5 km to 10 km" */
        if (unit_at(r, skip_hyphen(r, range.behind), &range, &second) && strcmp(second.code, u.code) == 0)
            return finish(m, second.behind, ENTITY_QUANTITY, &range, u.code);
    }
    return finish(m, u.behind, ENTITY_QUANTITY, n, u.code);
}

/* "a kilogram", "a mile": one, but of what is a thing as often, "a cup". */
static bool one(struct reader *r, struct match *m)
{
    struct number n = { .value = 1, .is_known = true, .in_words = true, .behind = 1 };
    struct unit u;

    if ((r->said_end && lexeme(r, 0)->start <= r->said_end + 1) ||
        (r->token > r->first_token + 1 && r->input->kinds[r->token - 2] == TEXTD_TOKEN_NUMBER))
        return false; /* "$3.45 a gallon", "1.50 stg a tonne" */
    if (!is_class(r, 0, WORD_A) || !is_class(r, 1, WORD_UNIT) || lexeme(r, 1)->word->class != WORD_UNIT ||
        lexeme(r, 1)->word->flags & (IS_THING | IS_SHORT | IS_OTHER_WORD | IS_PLURAL) || !unit_at(r, 1, &n, &u))
        return false;
    finish(m, u.behind, ENTITY_QUANTITY, &n, u.code);
    m->score = 75;
    return true;
}

/* ---- Ordinals and numbers ----------------------------------------------------------------------------------------- */

static bool is_suffix_of(struct reader *r, uint32_t i, uint64_t number)
{
    char first = r->input->text[lexeme(r, i)->start] | 0x20;
    uint64_t last = number % 100 / 10 == 1 ? 0 : number % 10;

    return first == (last == 1 ? 's' : last == 2 ? 'n' : last == 3 ? 'r' : 't');
}

/* An ordinal's word, "second" too, where it ends a longer one: "twenty-second", "two hundred and first". */
static uint32_t last_ordinal(struct reader *r, uint32_t i, uint32_t below, double *value)
{
    uint32_t at = is_class(r, i, WORD_AND) ? i + 1 : skip_hyphen(r, i);

    if (!is_class(r, at, WORD_ORDINAL) || (uint32_t)value_of(r, at, WORD_ORDINAL) >= below)
        return 0;
    *value += value_of(r, at, WORD_ORDINAL);
    return at + 1;
}

/* "hundredth", "two thousandth" behind a number in words: times it. */
static uint32_t times_ordinal(struct reader *r, uint32_t i, double *value)
{
    uint32_t at = skip_hyphen(r, i);

    if (!is_class(r, at, WORD_ORDINAL) || value_of(r, at, WORD_ORDINAL) < 100 ||
        *value >= value_of(r, at, WORD_ORDINAL))
        return 0;
    *value *= value_of(r, at, WORD_ORDINAL);
    return at + 1;
}

/* "twenty-first", "one hundred and first", "two hundred and fifty-third", "three thousandth". */
static bool long_ordinal(struct reader *r, struct match *m)
{
    struct number n = number_whole_in_words(r, 0);
    uint32_t behind = 0;

    if (!n.behind)
        return false;
    if (n.value >= 20 && n.value < 1e15 && n.value == (double)(int64_t)n.value) {
        uint32_t below = (int64_t)n.value % 100 == 0 ? 100 : (int64_t)n.value % 10 == 0 ? 10 : 0;
        behind = last_ordinal(r, n.behind, below, &n.value);
    }
    if (!behind && n.value > 1)
        behind = times_ordinal(r, n.behind, &n.value);
    return behind && finish(m, behind, ENTITY_ORDINAL, &n, "");
}

/* "first", "21st", "1,000th", "twenty-first", "hundred and first". */
static bool ordinal(struct reader *r, struct match *m)
{
    struct number n = { .is_known = true };
    const struct lexeme *l = lexeme(r, 0);

    if (l->kind == LEXEME_NUMBER && !(l->flags & (LEXEME_DECIMAL | LEXEME_CHAIN)) && is_class(r, 1, WORD_TH) &&
        is_glued(r, 1) && is_suffix_of(r, 1, l->mantissa)) {
        n.value = (double)l->mantissa;
        return finish(m, 2, ENTITY_ORDINAL, &n, "");
    }
    if (is_class(r, 0, WORD_ORDINAL)) {
        n.value = value_of(r, 0, WORD_ORDINAL);
        return finish(m, 1, ENTITY_ORDINAL, &n, "");
    }
    return long_ordinal(r, m);
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

/* "3-2" is a result, "5-10" are pages: two numbers, each as it stands. Says what of match.read_beside holds for the
 * reader's. */
static uint8_t pair(struct reader *r)
{
    const struct entity_input *in = r->input;
    const struct lexeme *l = lexeme(r, 0), *other = lexeme(r, 2);
    const char *text = in->text;
    uint32_t start = in->tokens[r->token].start, at = start ? char_before(text, start) : 0, dash;

    if (!is_integer(r, 0) || !is_plain(text + l->start, l->end - l->start))
        return 0;
    if (is_dash(r, 1) && is_glued(r, 1) && is_integer(r, 2) && is_glued(r, 2) &&
        is_plain(text + other->start, other->end - other->start))
        return start == 0 || !is_glued(r, 0) || !strchr("-/.,:", text[at]) ? READ_BEHIND : 0;
    dash = at;
    if (start < 2 || (text[at] != '-' && (start - at != 3 || memcmp(text + at, "–", 3) != 0)))
        return 0;
    while (at > 0 && char_is_digit(text[at - 1]))
        at--;
    if (at > 0 && (strchr("-/.,:", text[at - 1]) || char_is_lower(text[at - 1]) || char_is_upper(text[at - 1])))
        return 0;
    return is_plain(text + at, dash - at) ? READ_BEFORE : 0;
}

static bool next_is_capital(struct reader *r, uint32_t i)
{
    return lexeme(r, i)->kind == LEXEME_WORD && lexeme(r, i)->flags & LEXEME_CAPITAL;
}

static bool is_in_list(struct reader *r)
{
    return r->list_end && lexeme(r, 0)->start <= r->list_end;
}

/* "12,|13 and 14": which sides of the reader's number are a list's. */
static uint8_t in_list(struct reader *r)
{
    uint32_t start = lexeme(r, 0)->start, end = number_list_end(r);

    if (is_in_list(r))
        return start < r->list_end ? READ_BEFORE | READ_BEHIND : READ_BEFORE;
    r->list_end = end ? end : r->list_end;
    return end ? READ_BEHIND : 0;
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
    return in->kinds[i - 1] == TEXTD_TOKEN_WORD && (!r->before || r->before->class == WORD_LABEL) &&
           char_is_upper(in->text[in->tokens[i - 1].start]);
}

/* Whether the word before the reader's token is one of those that a part of a whole follows: "by a third". */
static bool is_behind_measure(struct reader *r)
{
    static const char *const words[] = { "by",     "than",   "about", "almost",  "nearly", "only",
                                         "over",   "around", "just",  "roughly", "to",     "approximately",
                                         "barely", "under",  "is",    "was",     "equals", "=" };
    const struct entity_input *in = r->input;
    struct textd_span before;

    if (r->token == r->first_token)
        return true;
    before = in->tokens[r->token - 1];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == before.end - before.start &&
            strncasecmp(words[i], in->text + before.start, before.end - before.start) == 0)
            return true;
    return false;
}

/* "a third of voters", "fell by a third": but not "a third man", "scored a third in injury time". */
static bool is_part_of_something(struct reader *r, const struct number *n)
{
    const struct lexeme *next = lexeme(r, n->behind);

    if (!is_class(r, 0, WORD_A) || !n->is_part)
        return true;
    if (skip_hyphen(r, n->behind) > n->behind)
        return false; /* "a third-class seat" */
    if (is_class(r, n->behind, WORD_OF)) {
        uint32_t at = n->behind + 1;

        at = is_class(r, at, WORD_A) || is_class(r, at, WORD_THE) ? at + 1 : at;
        return !is_class(r, at, WORD_PERIOD) && lexeme(r, at)->kind == LEXEME_WORD; /* not "a quarter of an hour" */
    }
    if (is_class(r, 1, WORD_PERIOD))
        return false;
    if (is_word(r, n->behind, "less") || is_word(r, n->behind, "more"))
        return true;
    return is_behind_measure(r) && (next->kind != LEXEME_WORD || next->word->class == WORD_WHEN) &&
           !is_sign(r, n->behind, ',');
}

/* "4/7" is a date as often, where it can be one; "3/4", "1/16" are parts of a whole. */
static bool is_fraction(struct reader *r, const struct number *n)
{
    if (!n->is_part || n->in_words || n->is_ratio || !is_integer(r, 0) || !is_integer(r, 2))
        return true;
    switch (lexeme(r, 2)->mantissa) {
    case 2:
    case 3:
    case 4:
    case 5:
    case 8:
    case 16:
        return !(r->before && r->before->class == WORD_ON);
    default:
        return lexeme(r, 2)->mantissa > 31 || is_class(r, n->behind, WORD_OF);
    }
}

/* What could be two numbers as well is one only where the text shows it; else it has no value. */
static void doubt(struct reader *r, struct number *n)
{
    bool is_counted =
        number_counts(r, n->behind) || (n->value >= 1000 && n->value < 1e15 && (int64_t)n->value % 1000 == 0);

    if (n->ways & NUMBER_COMMA && style_of_text(r) != STYLE_COMMA_SEEN && !(n->value < 1 && n->value > -1) &&
        n->value < 1000 && !n->has_magnitude)
        n->is_known = false;
    if (n->ways & (NUMBER_BLANKS | NUMBER_POINTS) && !is_counted && !n->has_magnitude && style_of_text(r) < STYLE_COMMA)
        n->is_known = false;
}

/* "2019 to 2021": years, as dates.c has them, where they count nothing. */
static bool is_years(struct reader *r, const struct number *n)
{
    bool is_when = r->before && (r->before->class == WORD_WHEN || r->before->class == WORD_BETWEEN) &&
                   n->value >= 1700 && n->to < 2060 && !is_word(r, n->behind, "people");

    return n->is_range && is_integer(r, 0) && lexeme(r, 0)->digits == 4 && is_integer(r, n->behind - 1) &&
           n->value >= 1000 && n->to < 2200 && (is_when || !number_counts(r, n->behind));
}

/* "3-2" is a result, "5-10" may be pages: two numbers; but not "5-10 people", "200,000-300,000", "0.8-0.9". */
static bool is_loose_range(struct reader *r, const struct number *n)
{
    struct number first;

    if (!n->is_range || n->in_words || n->has_magnitude || n->is_negative)
        return false;
    first = number_at(r, 0, false);
    return is_dash(r, first.behind) && (first.is_bare || is_integer(r, n->behind - 1)) && !number_counts(r, n->behind);
}

/* "3M" is a firm as well, and a name that is found there goes before a number of this kind; "3M users" is read before. */
static bool is_like_a_name(struct reader *r, const struct number *n)
{
    const struct lexeme *l = lexeme(r, 0);

    return n->behind == 2 && n->has_magnitude && is_glued(r, 1) && l->digits == 1 && l->kind == LEXEME_NUMBER;
}

static bool cardinal(struct reader *r, const struct number *n, struct match *m)
{
    struct number one = *n;

    if (n->value == 0.5 && is_class(r, 0, WORD_HALF) && !n->has_magnitude)
        return false; /* "half a loaf" */
    if (is_piece(r) || !is_part_of_something(r, n) || !is_fraction(r, n))
        return false;
    if (is_years(r, n) || is_loose_range(r, n))
        one = number_at(r, 0, false);
    if (one.ways & NUMBER_COMMA && skip_hyphen(r, one.behind) > one.behind)
        return false; /* "2,4-dichlorophenoxyacetic" */
    if (one.is_range && is_in_list(r))
        one = number_at(r, 0, false);
    if (one.ways & NUMBER_COMMA && (number_list_end(r) || is_in_list(r)))
        one =
            (struct number) { .value = (double)lexeme(r, 0)->mantissa, .is_known = true, .behind = 1, .is_bare = true };
    if ((is_sign(r, one.behind, '/') || is_sign(r, one.behind, ':')) && is_glued(r, one.behind) &&
        is_glued(r, one.behind + 1))
        return false;
    doubt(r, &one);
    finish(m, one.behind, ENTITY_CARDINAL, &one, "");
    m->score = 80;
    m->yields = is_like_a_name(r, &one);
    if (one.behind == 1)
        m->read_beside = (uint8_t)(pair(r) | in_list(r));
    if (is_word(r, one.behind, "x") && is_glued(r, one.behind) &&
        !(lexeme(r, one.behind + 1)->kind == LEXEME_NUMBER && is_glued(r, one.behind + 1)))
        m->read_beside |= READ_BEHIND; /* "3x": so many times */
    if ((n->in_words && n->value == 1 && n->behind == 1) || (!one.is_negative && is_of_name(r, one.behind)))
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

    if (!n.behind && (is_class(r, at, WORD_A) || at > 1 || is_class(r, at, WORD_UNIT)))
        n = (struct number) {
            .value = 0.5, .is_known = true, .in_words = true, .behind = is_class(r, at, WORD_A) ? at + 1 : at
        };
    return n;
}

/* "(1,234.5)": an accountant's minus, where it stands as an amount of its own and not in a sentence. */
static bool in_brackets(struct reader *r, struct match *m)
{
    struct number n;

    if (!is_sign(r, 0, '(') || !is_glued(r, 1) || lexeme(r, 1)->kind != LEXEME_NUMBER)
        return false;
    if (r->input->text[lexeme(r, 1)->start] == '0' && lexeme(r, 1)->digits > 1)
        return false; /* "(0713.555)": a telephone number has such a zero */
    n = number_at(r, 1, false);
    if (!n.behind || !is_sign(r, n.behind, ')') || !is_glued(r, n.behind) ||
        !(lexeme(r, 1)->flags & (LEXEME_GROUPED | LEXEME_DECIMAL)) || !number_is_booked(r, n.behind + 1))
        return false;
    number_negate(&n);
    finish(m, n.behind + 1, ENTITY_CARDINAL, &n, "");
    m->score = 80;
    return true;
}

/* "%100", as some write it. */
static bool percent_first(struct reader *r, struct match *m)
{
    struct number n;

    if (!is_sign(r, 0, '%') || is_glued(r, 0) || lexeme(r, 1)->kind != LEXEME_NUMBER)
        return false;
    n = number_at(r, 1, false);
    return n.behind && !is_sign(r, n.behind, '%') && finish(m, n.behind, ENTITY_PERCENT, &n, "%");
}

bool match_amount(struct reader *r, struct match *m)
{
    struct number n;
    bool is_negative;
    uint32_t at;

    if (ordinal(r, m)) {
        m->score =
            lexeme(r, 0)->kind == LEXEME_WORD && lexeme(r, 0)->flags & LEXEME_CAPITAL && next_is_capital(r, m->behind)
                ? 35
                : 95;
        return true;
    }
    if (in_brackets(r, m) || percent_first(r, m) || one(r, m))
        return true;
    at = number_sign(r, 0, &is_negative);
    if (at > 0) { /* "-5 °C", "minus twelve" */
        n = number_at(r, at, false);
        if (!n.behind || (is_class(r, 0, WORD_MINUS) && n.is_part))
            return false;
        if (is_negative)
            number_negate(&n);
        at = number_range_sign(r, n.behind);
        if (at)
            number_extend(r, &n, at, false);
        return percent(r, &n, m) || measure(r, &n, m) || cardinal(r, &n, m);
    }
    n = is_class(r, 0, WORD_HALF) ? half(r) : number_range_at(r, 0, false);
    return n.behind && (percent(r, &n, m) || measure(r, &n, m) || cardinal(r, &n, m));
}
