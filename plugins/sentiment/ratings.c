/* ratings.c: see ratings.h. "1/5" may be a date or a share: it is a rating where nothing is said to be counted, of 5
 * or of 10. */
#include "plugins/sentiment/ratings.h"

#include <string.h>

#include "plugins/lib/character.h"

struct place {
    const struct token_text *text;
    uint32_t first, last;
};

static uint32_t length_of(const struct place *p, uint32_t i)
{
    return i < p->last ? p->text->tokens[i].end - p->text->tokens[i].start : 0;
}

static const char *bytes_of(const struct place *p, uint32_t i)
{
    return p->text->text + p->text->tokens[i].start;
}

static bool is_word(const struct place *p, uint32_t i, const char *word)
{
    uint32_t n = length_of(p, i);

    if (n == 0 || n != strlen(word))
        return false;
    for (uint32_t k = 0; k < n; k++)
        if (char_to_lower(bytes_of(p, i)[k]) != word[k])
            return false;
    return true;
}

/* Of words with blanks between them. */
static bool is_one_of(const struct place *p, uint32_t i, const char *words)
{
    char word[16];

    for (uint32_t n; *words; words += n + (words[n] == ' ')) {
        n = (uint32_t)strcspn(words, " ");
        memcpy(word, words, n);
        word[n] = 0;
        if (is_word(p, i, word))
            return true;
    }
    return false;
}

static bool is_end(const struct place *p, uint32_t i)
{
    return i >= p->last || (p->text->kinds[i] != TEXTD_TOKEN_WORD && p->text->kinds[i] != TEXTD_TOKEN_NUMBER);
}

/* Digits with at most one point, from *at on; -1: none. */
static float digits_at(const char *bytes, uint32_t n, uint32_t *at)
{
    float value = 0, unit = 1;
    uint32_t i = *at, start = i;
    bool has_point = false;

    for (; i < n && i - start < 7; i++) {
        if (bytes[i] >= '0' && bytes[i] <= '9') {
            value = value * 10 + (float)(bytes[i] - '0');
            unit *= has_point ? 10 : 1;
        } else if ((bytes[i] == '.' || bytes[i] == ',') && !has_point && i > start && i + 1 < n &&
                   bytes[i + 1] >= '0' && bytes[i + 1] <= '9') {
            has_point = true;
        } else {
            break;
        }
    }
    if (i == start)
        return -1;
    *at = i;
    return value / unit;
}

/* A number in digits or as a word; -1: none. */
static float number_at(const struct place *p, uint32_t i)
{
    static const char *const words[] = { "zero", "one",   "two",   "three", "four", "five",
                                         "six",  "seven", "eight", "nine",  "ten" };
    uint32_t n = length_of(p, i), at = 0;

    if (n == 0)
        return -1;
    if (p->text->kinds[i] == TEXTD_TOKEN_NUMBER) {
        float value = digits_at(bytes_of(p, i), n, &at);
        return at == n ? value : n == at + 2 && memcmp(bytes_of(p, i) + at, "\xC2\xBD", 2) == 0 ? value + 0.5f : -1;
    }
    char first = char_to_lower(bytes_of(p, i)[0]);
    for (uint32_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (words[k][0] == first && is_word(p, i, words[k]))
            return (float)k;
    return -1;
}

/* What a share of the best mark says. */
static bool say(struct turn *turn, uint32_t from, uint32_t end, float mark, float best)
{
    float share = mark / best;

    if (share < 0 || share > 1)
        return false;
    *turn = (struct turn) { from, end, 0, TURN_SAYS };
    if (share >= 0.65f)
        turn->value = 1.2f + (share - 0.65f) * 5;
    else if (share <= 0.51f)
        turn->value = -1 - (0.5f - share) * 4;
    else
        turn->kind = TURN_STILL;
    return true;
}

/* Whether "9/10" from `i` to `end` is a mark, and no date, share or score of a match. */
static bool is_mark(const struct place *p, uint32_t i, uint32_t end)
{
    static const char
        before[] = "on by due since until dated of from page chapter act verse version between",
        behind[] =
            "of cup cups inch inches teaspoon tablespoon mile miles time people dentists users chance chances pm am";

    if (i > p->first && is_one_of(p, i - 1, before))
        return false;
    if (is_one_of(p, end, behind))
        return false;
    return is_end(p, end) || i == p->first || is_end(p, i - 1) ||
           is_one_of(
               p, i - 1,
               "a it solid rating score rated give gave gives giving deserves definitely easily overall is was") ||
           is_one_of(p, end,
                     "would stars star for from will recommend and because overall rating experience food service");
}

static bool is_best(float best)
{
    return best == 5 || best == 10 || best == 100 || best == 20 || best == 4 || best == 6;
}

/* "8.5/10" is one token, "4 / 5" three. */
static bool find_slash(const struct place *p, uint32_t i, struct turn *turn)
{
    uint32_t n = length_of(p, i), at = 0, end = i + 1;
    float mark = digits_at(bytes_of(p, i), n, &at), best;

    if (mark < 0)
        return false;
    if (at < n && bytes_of(p, i)[at] == '/') {
        at++;
        best = digits_at(bytes_of(p, i), n, &at);
        if (at != n)
            return false;
    } else {
        if (at != n || !is_word(p, i + 1, "/"))
            return false;
        best = number_at(p, i + 2);
        end = i + 3;
    }
    if (best != 5 && best != 10 && !(best == 100 && mark > 1))
        return false;
    while (is_one_of(p, end, "star stars"))
        end++;
    return is_mark(p, i, end) && say(turn, i, end, mark, best);
}

static bool find_out_of(const struct place *p, uint32_t i, float mark, struct turn *turn)
{
    uint32_t at = i + 1;
    float best;

    if (is_one_of(p, at, "star stars point points mark marks"))
        at++;
    if (is_word(p, at, "of") && i > p->first && is_one_of(p, i - 1, "rated rating score scored scores"))
        at--; /* "rated 4.8 of 5" */
    else if (!is_word(p, at, "out") || !is_word(p, at + 1, "of"))
        return false;
    at += is_one_of(p, at + 2, "a possible") ? 3 : 2;
    if (is_word(p, at, "possible"))
        at++;
    best = number_at(p, at);
    bool has_stars = is_one_of(p, at + 1, "star stars point points");
    if (!is_best(best) ||
        (!has_stars && !is_end(p, at + 1) && !is_one_of(p, at + 1, "for from because overall and would on in by")))
        return false;
    return say(turn, i, at + 1 + has_stars, mark, best);
}

/* "five stars", "a one-star hotel". */
static bool find_stars(const struct place *p, uint32_t i, float mark, struct turn *turn)
{
    uint32_t at = i + 1;

    if (is_word(p, at, "-"))
        at++;
    if (!is_one_of(p, at, "star stars") || mark > 5)
        return false;
    return say(turn, i, at + 1, mark, 5);
}

static int star_at(const struct place *p, uint32_t i)
{
    if (i >= p->last || length_of(p, i) < 3)
        return 0;
    if (memcmp(bytes_of(p, i), "\xE2\x98\x85", 3) == 0 || memcmp(bytes_of(p, i), "\xE2\xAD\x90", 3) == 0)
        return 1;
    return memcmp(bytes_of(p, i), "\xE2\x98\x86", 3) == 0 ? -1 : 0;
}

/* "★★☆☆☆", "⭐⭐⭐": of five when none are left empty. */
static bool find_drawn(const struct place *p, uint32_t i, struct turn *turn)
{
    uint32_t end = i, full = 0;

    for (; star_at(p, end) != 0 && end - i < 10; end++)
        full += star_at(p, end) > 0;
    if (end == i || (end - i == 1 && full == 1)) /* one star alone is as often an ornament */
        return false;
    return say(turn, i, end, (float)full, end - i == full && full < 5 ? 5 : (float)(end - i));
}

/* "Grade: B+", "a solid A", "gets an F from me". */
static bool find_letter(const struct place *p, uint32_t i, struct turn *turn)
{
    static const float marks[] = { 0.95f, 0.8f, 0.58f, 0.3f, 0.15f, 0.05f };
    char letter = bytes_of(p, i)[0];
    bool is_graded = false;

    if (length_of(p, i) != 1 || letter < 'A' || letter > 'F')
        return false;
    bool is_signed = is_word(p, i + 1, "+") || (is_word(p, i + 1, "-") && is_end(p, i + 2));
    for (uint32_t k = 1; k <= 3 && i >= p->first + k; k++)
        is_graded |= is_one_of(
            p, i - k,
            "grade grades graded mark rating give gave giving gives gets earns earned deserves solid straight");
    if (!is_graded && !(is_signed && (i == p->first || is_end(p, i - 1) || is_one_of(p, i - 1, "a an"))))
        return false;
    if (!is_end(p, i + 1 + is_signed) && !is_one_of(p, i + 1 + is_signed, "for from in and would"))
        return false;
    return say(turn, i, i + 1 + is_signed, marks[letter - 'A'], 1);
}

/* "0% helpful", said of what is good. */
static bool find_percent(const struct place *p, uint32_t i, struct turn *turn)
{
    if (!is_word(p, i, "0") || !is_word(p, i + 1, "%") || is_end(p, i + 2) ||
        is_one_of(p, i + 2, "interest apr fat sugar alcohol financing of emissions down risk tax growth"))
        return false;
    *turn = (struct turn) { i, i + 3, -1.8f, TURN_SAYS };
    return true;
}

/* zero, one, two, three, four, ... eight, nine */
static bool may_start_number(char first)
{
    switch (first | 0x20) {
    case 'e':
    case 'f':
    case 'n':
    case 'o':
    case 's':
    case 't':
    case 'z':
        return true;
    default:
        return false;
    }
}

/* A rating starts with a letter or the name of a number, if it is no number. */
static bool may_start(const struct place *p, uint32_t i)
{
    uint32_t n = length_of(p, i);

    if (p->text->kinds[i] != TEXTD_TOKEN_WORD)
        return n > 0;
    return n == 1 || (n >= 3 && n <= 5 && may_start_number(bytes_of(p, i)[0]));
}

bool ratings_find(const struct token_text *text, uint32_t first, uint32_t last, uint32_t i, struct turn *turn)
{
    struct place p = { text, first, last };

    if (i >= last || !may_start(&p, i))
        return false;
    switch (text->kinds[i]) {
    case TEXTD_TOKEN_SYMBOL:
        return find_drawn(&p, i, turn);
    case TEXTD_TOKEN_NUMBER:
        if (find_slash(&p, i, turn) || find_percent(&p, i, turn))
            return true;
        break;
    case TEXTD_TOKEN_WORD:
        if (find_letter(&p, i, turn))
            return true;
        break;
    default:
        return false;
    }
    float mark = number_at(&p, i);
    return mark >= 0 && (find_out_of(&p, i, mark, turn) || find_stars(&p, i, mark, turn));
}

bool ratings_may_be(const struct token_text *text, uint32_t i)
{
    struct textd_span span = text->tokens[i];

    if (text->kinds[i] == TEXTD_TOKEN_NUMBER)
        return memchr(text->text + span.start, '/', span.end - span.start) != NULL;
    return span.end - span.start >= 3 && (unsigned char)text->text[span.start] == 0xE2;
}
