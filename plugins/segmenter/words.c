/* words.c: words that are not plain: with apostrophes, periods, hyphens, letters beyond ASCII. See scan.h. */
#include "plugins/segmenter/known.h"

#include <stddef.h>

#include "plugins/segmenter/scan.h"

/* ---- Apostrophes ---------------------------------------------------------------------------------------------------- */

/* Whether the letters [at, end) behind an apostrophe are a clitic: "'s", "'re". */
static int is_clitic(const struct scan *s, uint32_t at, uint32_t end)
{
    char a = char_to_lower(s->text[at]), b = char_to_lower(byte_at(s, at + 1));

    if (end - at == 1)
        return a == 's' || a == 'm' || a == 'd';
    return end - at == 2 && ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'));
}

/* What the word [at, mark), whose apostrophe of `size` bytes is followed by letters that end at `end`, comes apart at; `end` when
 * it stays whole: "O'Brien". */
static uint32_t clitic_start(const struct scan *s, uint32_t at, uint32_t mark, uint32_t size, uint32_t end)
{
    uint32_t letters = mark + size;

    if (s->is_plain)
        return end;
    if (end - letters == 1 && (s->text[letters] | 0x20) == 't' && (s->text[mark - 1] | 0x20) == 'n' && mark - at > 1)
        return mark - 1;
    return is_clitic(s, letters, end) ? mark : end;
}

/* ---- Periods -------------------------------------------------------------------------------------------------------- */

static int is_ascii_letter(char c)
{
    return char_is_upper(c) || char_is_lower(c);
}

/* Letters one by one with periods, "U.S.", "e.g", "L.L.C", from `at` on, and "Ph.D.": their end, the last period
 * included when it is followed by no letter; `at` when there are fewer than two letters. */
static uint32_t dotted_end(struct scan *s, uint32_t at)
{
    uint32_t end = at, n = 0;

    if (at < s->no_dotted_before)
        return at;

    if (stands_at(s, at, "ph.d") || stands_at(s, at, "m.sc") || stands_at(s, at, "b.sc"))
        end = at + 4;
    else {
        for (; is_ascii_letter(byte_at(s, end)) && byte_at(s, end + 1) == '.' && is_ascii_letter(byte_at(s, end + 2));
             n++)
            end += 2;
        if (n == 0 || is_word_byte(byte_at(s, ++end)) || is_letter_at(s, end)) {
            s->no_dotted_before = end; /* every start inside ends there, too */
            return at;
        }
    }
    if (is_letter_at(s, end))
        return at;
    return byte_at(s, end) == '.' && byte_at(s, end + 1) != '.' ? end + 1 : end;
}

/* The character behind the blanks at `at`, all on one line; the text's length when there is none. */
static uint32_t next_visible(const struct scan *s, uint32_t at)
{
    for (uint32_t size; (size = line_blank_at(s, at)) > 0;)
        at += size;
    return at;
}

/* Whether the word [at, end) is one capital letter. */
static int is_initial(const struct scan *s, uint32_t at, uint32_t end)
{
    uint32_t size;

    return end - at <= 4 && class_at(s, at, &size) == (CHAR_LETTER | CHAR_UPPER) && size == end - at;
}

/* Whether a word of two letters or more with a capital, and one blank, stand before `at`: "Albert I. Holm". */
static int is_behind_name(const struct scan *s, uint32_t at)
{
    uint32_t start = at > 0 ? at - 1 : 0;

    if (at < 3 || s->text[start] != ' ')
        return 0;
    while (start > 0 && is_word_byte(s->text[start - 1]))
        start--;
    return at - start > 2 && char_is_upper(s->text[start]) && char_is_lower(s->text[start + 1]);
}

/* Whether the period at `end`, behind the word that starts at `at`, is the word's own. */
static int is_own_period(const struct scan *s, uint32_t at, uint32_t end)
{
    char behind = byte_at(s, end + 1);
    uint32_t size;

    if (byte_at(s, end) != '.' || behind == '.')
        return 0;
    if (is_initial(s, at, end)) {
        /* An initial: a name follows, or another one. "I." ends a sentence more often. */
        uint8_t next = class_at(s, next_visible(s, end + 1), &size);
        if (s->text[at] == 'I' && !s->is_plain && !is_behind_name(s, at))
            return 0;
        if (at > 0 && strchr("|/\\=+", s->text[at - 1]))
            return 0; /* "A|B." */
        return behind != '"' && ((next & CHAR_UPPER) || behind == ',') && behind != '\n';
    }
    if (s->is_plain)
        return 0;
    switch (known_abbreviation(s->text + at, end - at, s->length - at)) {
    case ABBREVIATION_SURE:
        return !is_letter_at(s, end + 1);
    case ABBREVIATION_NUMBERED:
        /* "No. 5", "(b. March 1987)" */
        return char_is_digit(byte_at(s, next_visible(s, end + 1))) ||
               (end - at == 1 && at > 0 && s->text[at - 1] == '(' && line_blank_at(s, end + 1));
    default:
        return 0;
    }
}

/* "th- the": a word that its speaker broke off keeps the hyphen. */
static int is_broken_off(const struct scan *s, uint32_t at, uint32_t end)
{
    return !s->is_plain && byte_at(s, end) == '-' && end - at <= 3 && char_is_lower(s->text[end - 1]) &&
           line_blank_at(s, end + 1);
}

/* ---- The word -------------------------------------------------------------------------------------------------------- */

/* "w/o", "s/he", "l/c", "n/a": one token, with their slash. */
static uint32_t slashed_word_end(const struct scan *s, uint32_t at)
{
    static const char *const words[] = { "w/o", "s/he", "l/c", "i/c", "n/a", "w/", "c/o" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t length = (uint32_t)strlen(words[i]);
        if (stands_at(s, at, words[i]) && !is_word_byte(byte_at(s, at + length)))
            return at + length;
    }
    return at;
}

static uint32_t hyphen_at(const struct scan *s, uint32_t at)
{
    if (byte_at(s, at) == '-')
        return 1;
    return s->length - at >= 3 && at < s->length && memcmp(s->text + at, "\xe2\x80\x91", 3) == 0 ? 3 : 0;
}

/* Whether a word that starts at `at` goes on behind the mark at `end`; puts the mark's length into *mark. */
static int goes_on(const struct scan *s, uint32_t at, uint32_t end, uint32_t *mark)
{
    char c = byte_at(s, end);

    *mark = 1;
    if (c == '_' || c == '&' || c == '*')
        return is_word_byte(s->text[end - 1]) && is_word_byte(byte_at(s, end + 1));
    *mark = hyphen_at(s, end);
    if (*mark > 0 && !s->is_plain && stands_at(s, end + *mark, "esque"))
        return 1;
    if (*mark > 0)
        return !s->is_plain && is_word_byte(byte_at(s, end + *mark)) &&
               known_is_prefix(s->text + at, end - at, s->length - at);
    *mark = apostrophe_at(s, end);
    return *mark > 0 && is_letter_at(s, end + *mark);
}

/* The end of letters, digits and marks of any script that puts blanks between words. */
static uint32_t letters_end(struct scan *s, uint32_t at)
{
    for (;;) {
        uint32_t size;
        at = scan_ascii_word(s, at);
        enum character kind = kind_at(s, at, &size);
        if (kind != CHAR_LETTER && kind != CHAR_DIGIT && kind != CHAR_EXTEND && kind != CHAR_ZWJ)
            return at;
        at += size;
    }
}

/* Adds the word [at, end), its clitic from `clitic` on apart. */
static uint32_t add_parts(struct scan *s, uint32_t at, uint32_t clitic, uint32_t end)
{
    if (clitic == end) {
        uint32_t apart = s->is_plain ? 0 : known_fused(s->text + at, end - at, s->length - at);
        if (apart > 0)
            add_token(s, at, at + apart, TEXTD_TOKEN_WORD);
        if (is_own_period(s, at, end) || is_broken_off(s, at, end))
            end++;
        add_token(s, at + apart, end, TEXTD_TOKEN_WORD);
        return end;
    }
    add_token(s, at, clitic, TEXTD_TOKEN_WORD);
    add_token(s, clitic, end, TEXTD_TOKEN_WORD);
    return end;
}

/* The end of a word with all its marks; puts where its clitic starts into *clitic, the end when it has none. */
static uint32_t word_end(struct scan *s, uint32_t at, uint32_t end, uint32_t *clitic)
{
    uint32_t part = at, mark;

    for (;;) {
        end = letters_end(s, end);
        if (!goes_on(s, part, end, &mark))
            break;
        uint32_t next = letters_end(s, end + mark);
        if (apostrophe_at(s, end) > 0 && (*clitic = clitic_start(s, at, end, mark, next)) < next)
            return next;
        part = end + mark;
        end = next;
    }
    *clitic = end;
    return end;
}

uint32_t scan_word(struct scan *s, uint32_t at, uint32_t end)
{
    uint8_t kind = TEXTD_TOKEN_WORD;
    uint32_t clitic;

    if (byte_at(s, end) == '.' && (unsigned char)byte_at(s, end + 1) <= ' ') /* most periods end a sentence */
        return add_parts(s, at, end, end);
    uint32_t whole = scan_link(s, at, end, &kind);
    if (whole == at && byte_at(s, end) == '.')
        whole = dotted_end(s, at);
    if (whole == at && byte_at(s, end) == '/' && !s->is_plain)
        whole = slashed_word_end(s, at);
    if (whole > at) {
        add_token(s, at, whole, kind);
        return whole;
    }
    end = word_end(s, at, end, &clitic);
    return add_parts(s, at, clitic, end);
}
