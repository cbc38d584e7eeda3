/* compounds.c: durations written together: "2h30m", "1h30min", "3d4h", "1h2m3s", "5m 30s"; "2h30" and "1:30 h" where the words beside
 * tell how long, for else they are times of day, as French and German write them. What only has their form within a longer row of
 * letters and digits, "A2h30m", "2h30m4x", is a code. */
#include "plugins/entities/expressions/number.h"
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

#define MOST_WORDS_BEFORE 5u
#define SHORTEST_RACE 50u /* metres */
#define LONGEST_PART 40u  /* bytes behind a hyphen that are looked at */

/* ---- What stands before and behind -------------------------------------------------------------------------------- */

static bool is_before_among(const struct reader *r, uint32_t n, const char (*words)[READER_LONGEST], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_before(r, n, words[i]))
            return true;
    return false;
}
#define before_among(r, n, words) is_before_among(r, n, words, sizeof(words) / sizeof(words)[0])

/* Behind "for" stands a time, too: "set for 2h30", "dinner for 20h30". Only hours of the morning without a zero may be how long. */
static bool for_tells(struct reader *r, uint32_t i, uint32_t n)
{
    static const char at_a_time[][READER_LONGEST] = { "set",         "scheduled", "planned",  "due",    "booked",
                                                      "fixed",       "slated",    "reserved", "called", "meeting",
                                                      "appointment", "ready",     "table" };
    const struct lexeme *hours = lexeme(r, i);

    return hours->mantissa < 13 && r->input->text[hours->start] != '0' && !before_among(r, n + 1, at_a_time);
}

/* Whether the nth token before is written with a colon. */
static bool has_colon_before(const struct reader *r, uint32_t n)
{
    struct textd_span token;

    if (r->token < r->first_token + n)
        return false;
    token = r->input->tokens[r->token - n];
    return memchr(r->input->text + token.start, ':', token.end - token.start) != NULL;
}

/* Whether how long something is ends with the nth token before: "45 min or 2h30", "2h 30m and 2h30". */
static bool is_duration_before(const struct reader *r, uint32_t n)
{
    static const char units[][READER_LONGEST] = { "hours", "hour", "hrs", "minutes", "mins", "min" };
    const char *text = r->input->text;
    uint32_t at, stop;

    if (r->token < r->first_token + n)
        return false;
    at = r->input->tokens[r->token - n].end;
    stop = at > LONGEST_PART ? at - LONGEST_PART : 0;
    if (at < 2)
        return false;
    if (before_among(r, n, units)) /* not "h": "at 8 h and 10h30" are times of day */
        return !has_colon_before(r, n + 1);
    if ((text[at - 1] | 0x20) != 'm' || at < 4 || !char_is_digit(text[at - 2]))
        return false;
    for (at -= 2; at > stop && (char_is_digit(text[at]) || text[at] == ' '); at--)
        ;
    return at > stop && (text[at] | 0x20) == 'h' && char_is_digit(text[at - 1]);
}

/* Whether the words before the reader's token ask for how long, which the hour at lexeme `i` begins: "took about 2h30". */
static bool is_told_before(struct reader *r, uint32_t i)
{
    static const char tells[][READER_LONGEST] = {
        "took",    "takes",   "take",     "taken", "taking", "lasted",  "lasts",  "lasting", "needs",    "needed",
        "need",    "needing", "spent",    "spend", "spends", "waited",  "within", "in",      "duration", "elapsed",
        "runtime", "total",   "en",       "durée", "dure",   "durent",  "dura",   "durait",  "duré",     "pendant",
        "durant",  "durante", "duración", "dauer", "dauert", "dauerte", "dans",   "depuis",
    };
    static const char between[][READER_LONGEST] = {
        "about",   "around", "roughly", "approx", "nearly", "almost", "only", "just", "over",    "under", "up", "to",
        "another", "some",   "me",      "us",     "him",    "her",    "them", "you",  "it",      ":",     "=",  "is",
        "was",     "of",     "de",      "est",    "ca",     "ca.",    "etwa", "rund", "environ", "~",     "(",
    };
    static const char compares[][READER_LONGEST] = { "more", "less", "longer", "shorter", "plus", "moins" };

    if ((is_before(r, 1, "and") || is_before(r, 1, "or") || is_before(r, 1, ",")) && is_duration_before(r, 2))
        return true;
    for (uint32_t n = 1; n <= MOST_WORDS_BEFORE; n++) {
        if (before_among(r, n, tells))
            return true;
        if (is_before(r, n, "for"))
            return for_tells(r, i, n);
        if ((is_before(r, n, "least") || is_before(r, n, "most")) && is_before(r, n + 1, "at"))
            return true;
        if ((is_before(r, n, "than") || is_before(r, n, "de")) && before_among(r, n + 1, compares))
            return true;
        if (!before_among(r, n, between))
            return false;
    }
    return false;
}

/* The same by the words beside a duration from lexeme `i` up to `behind`. */
static bool is_told(struct reader *r, uint32_t i, uint32_t behind)
{
    if (is_word(r, behind, "ago") || is_word(r, behind, "long") || is_word(r, behind, "lang"))
        return true;
    if (i > 0 && (is_class(r, i - 1, WORD_SPAN) || is_class(r, i - 1, WORD_SHIFT)))
        return true; /* "the last 2h30" */
    return is_told_before(r, i);
}

static bool is_alphanumeric(char c)
{
    return char_is_digit(c) || char_is_lower((char)(c | 0x20));
}

/* Whether nothing right before byte `at` makes a part of a name or a code of it: "AB-2h30m", "v.2h30m", "t_2h30m". */
static bool is_free_before(const struct reader *r, uint32_t at)
{
    const char *text = r->input->text;
    char c = at > 0 ? text[at - 1] : ' ', further = at > 1 ? text[at - 2] : ' ';

    if (is_alphanumeric(c) || (c && strchr("/\\_.@#&%$^", c)))
        return false;
    if (c == '-')
        return !is_alphanumeric(further) && further != '-';
    return !(c && strchr(",:'+*=", c) && char_is_digit(further));
}

/* The same right behind it: "2h30m-4x", "2h30m.mp4", but not "2h30m-long". */
static bool is_free_behind(const struct reader *r, uint32_t at)
{
    const char *text = r->input->text;
    uint32_t length = r->input->text_length;
    char c = at < length ? text[at] : ' ', further = at + 1 < length ? text[at + 1] : ' ';

    if (is_alphanumeric(c) || (c && strchr("\\_@#%$^=", c)))
        return false;
    if (c == '-') {
        for (length = length - at > LONGEST_PART ? at + LONGEST_PART : length, at++;
             at < length && (is_alphanumeric(text[at]) || text[at] == '-' || text[at] == '_'); at++)
            if (char_is_digit(text[at]))
                return false;
        return true;
    }
    return !(c && strchr(".:+'", c) && is_alphanumeric(further)) && !(c == '/' && char_is_digit(further));
}

/* ---- Parts -------------------------------------------------------------------------------------------------------- */

/* The period of a letter or a word right behind its number. */
static bool unit_at(struct reader *r, uint32_t i, enum period *period)
{
    static const char letters[] = { [SECOND] = 's', [MINUTE] = 'm', [HOUR] = 'h', [DAY] = 'd', [WEEK] = 'w' };
    const struct lexeme *l = lexeme(r, i);
    const char *letter;

    if (l->kind != LEXEME_WORD || !is_glued(r, i))
        return false;
    if (is_class(r, i, WORD_PERIOD)) {
        *period = (enum period)value_of(r, i, WORD_PERIOD);
        return *period <= WEEK;
    }
    letter = l->end - l->start == 1 ? memchr(letters, r->input->text[l->start] | 0x20, sizeof letters) : NULL;
    *period = letter ? (enum period)(letter - letters) : SECOND;
    return letter != NULL;
}

static bool is_blank_between(const struct reader *r, const struct lexeme *a, const struct lexeme *b)
{
    return b->start == a->end + 1 && r->input->text[a->end] == ' ';
}

/* What a part counts to before it is one of the next: "2h75m" is none. */
static const uint8_t most[] = { [SECOND] = 60, [MINUTE] = 60, [HOUR] = 24, [DAY] = 7 };

/* The part at lexeme `i`, which goes on with the parts of `s`. */
static bool add_part(struct reader *r, uint32_t i, struct span *s)
{
    const struct lexeme *l = lexeme(r, i);
    bool is_decimal = l->flags & LEXEME_DECIMAL;
    enum period period, last = s->n ? (enum period)s->period[s->n - 1] : WEEK;
    double number = (double)l->mantissa;

    if (l->kind != LEXEME_NUMBER || l->flags & (LEXEME_GROUPED | LEXEME_CHAIN) || l->decimals > 6 ||
        !unit_at(r, i + 1, &period))
        return false;
    if (!s->n && (is_decimal || l->digits > 4 || period == SECOND))
        return false;
    for (uint32_t k = 0; k < l->decimals; k++)
        number /= 10;
    if (s->n) {
        bool is_apart = !is_glued(r, i);

        if (period >= last || last - period > (is_apart ? 1 : 2) || l->digits > 2 || number >= most[period] ||
            (is_decimal && period != SECOND) || (is_apart && !is_blank_between(r, lexeme(r, i - 1), l)))
            return false;
    }
    s->number[s->n] = number;
    s->period[s->n++] = (uint8_t)period;
    s->behind = i + 2;
    return true;
}

/* Capitals are those of codes, "1D2W", unless hours and two digits behind them say what they are: "2H30M". */
static bool are_capitals_right(struct reader *r, uint32_t i, const struct span *s)
{
    bool any = false, has_hour = false, two_digits = true;

    for (uint32_t k = 0; k < s->n; k++) {
        const struct lexeme *number = lexeme(r, i + 2 * k), *unit = lexeme(r, i + 2 * k + 1);

        any |= unit->flags & LEXEME_CAPITAL && unit->end - unit->start == 1;
        has_hour |= s->period[k] == HOUR;
        two_digits &= k == 0 || (number->digits == 2 && is_glued(r, i + 2 * k));
    }
    return !any || (has_hour && two_digits);
}

/* ---- Whole -------------------------------------------------------------------------------------------------------- */

static bool is_two_digits_below_60(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return is_integer(r, i) && l->end - l->start == 2 && l->mantissa < 60;
}

/* The minutes of "2h30" and "1h 30" at lexeme `i`, behind hours. With a blank, nothing that they could count may follow. */
static bool add_bare_minutes(struct reader *r, uint32_t i, struct span *s)
{
    const struct lexeme *behind = lexeme(r, i + 1);

    if (s->period[s->n - 1] != HOUR || !is_two_digits_below_60(r, i))
        return false;
    if (!is_glued(r, i) && !(is_blank_between(r, lexeme(r, i - 1), lexeme(r, i)) &&
                             (behind->kind == LEXEME_END || (behind->kind == LEXEME_SIGN && behind->point < 0x80 &&
                                                             strchr(".,;:!?)", (int)behind->point)))))
        return false;
    if (is_glued(r, i + 1) && behind->kind != LEXEME_END && behind->kind != LEXEME_SIGN)
        return false;
    s->number[s->n] = (double)lexeme(r, i)->mantissa;
    s->period[s->n++] = MINUTE;
    s->behind = i + 1;
    return true;
}

/* "1:30 h", "01:45:30 hours" */
static bool with_colons(struct reader *r, uint32_t i, struct span *s)
{
    uint32_t at = i + 1;

    if (!is_integer(r, i) || lexeme(r, i)->digits > 3)
        return false;
    s->number[0] = (double)lexeme(r, i)->mantissa;
    for (s->n = 1;
         s->n < 3 && is_sign(r, at, ':') && is_glued(r, at) && is_glued(r, at + 1) && is_two_digits_below_60(r, at + 1);
         at += 2)
        s->number[s->n++] = (double)lexeme(r, at + 1)->mantissa;
    for (uint8_t k = 0; k < s->n; k++)
        s->period[k] = (uint8_t)(HOUR - k);
    s->behind = at + 1;
    return s->n > 1 && (is_word(r, at, "h") || is_word(r, at, "hrs") || is_word(r, at, "hours")) &&
           is_told(r, i, at + 1);
}

/* What is said to be a name: "part 2h30m". */
static bool is_named(const struct reader *r)
{
    static const char names[][READER_LONGEST] = { "part",  "model",  "sku",  "serial", "code", "item", "type",  "id",
                                                  "build", "commit", "hash", "key",    "no",   "no.",  "number" };

    return before_among(r, 1, names);
}

/* "400m 45s" is a race, "5m 30s" none. */
static bool is_race(struct reader *r, uint32_t i, const struct span *s)
{
    return s->period[0] == MINUTE && s->number[0] >= SHORTEST_RACE && !is_glued(r, i + 2);
}

static bool with_units(struct reader *r, uint32_t i, struct span *s)
{
    while (s->n < MOST_AMOUNTS && add_part(r, i + 2u * s->n, s))
        ;
    if (!s->n || !are_capitals_right(r, i, s))
        return false;
    if (s->n < MOST_AMOUNTS && add_bare_minutes(r, s->behind, s))
        return is_told(r, i, s->behind);
    return s->n > 1 && !is_race(r, i, s) && !(i == 0 && (is_named(r) || is_before(r, 1, "à"))); /* "à 14h30min" */
}

static double seconds_of(const struct span *s)
{
    static const double seconds[] = { [SECOND] = 1, [MINUTE] = 60, [HOUR] = 3600, [DAY] = 86400, [WEEK] = 604800 };
    double sum = 0;

    for (uint32_t k = 0; k < s->n; k++)
        sum += s->number[k] * seconds[s->period[k]];
    return sum;
}

/* "-3h15m" behind "2h30m" */
static bool goes_up_to(struct reader *r, const struct span *from, uint32_t i, struct span *to)
{
    return i > 0 && compound_at(r, i, to) && seconds_of(from) < seconds_of(to);
}

bool compound_read(struct reader *r, uint32_t i, struct span *s)
{
    struct span found = { .is_known = true }, to;

    if (!(lexeme(r, i + 1)->kind == LEXEME_WORD ? with_units(r, i, &found) : with_colons(r, i, &found)) ||
        (i == 0 && !is_free_before(r, lexeme(r, i)->start)))
        return false;
    if (!is_free_behind(r, lexeme(r, found.behind - 1)->end) &&
        !(i == 0 && is_dash(r, found.behind) && goes_up_to(r, &found, found.behind + 1, &to)))
        return false;
    *s = found;
    return true;
}

bool compound_range_at(struct reader *r, struct span *from, struct span *to)
{
    return compound_at(r, 0, from) && goes_up_to(r, from, number_range_sign(r, from->behind), to);
}
