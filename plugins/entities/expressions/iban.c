/* iban.c: International Bank Account Numbers (ISO 13616): a country, two digits that check the rest, and what the
 * country puts there, of a length that is its own. Written in one, or in groups of four. One whose digits don't
 * check is nothing, and no number either. */
#include "plugins/entities/expressions/countries.h"
#include "plugins/entities/expressions/reader.h"
#include "plugins/lib/character.h"

#define MOST_CHARACTERS 34u

static bool is_alphanumeric(char c)
{
    return char_is_digit(c) || char_is_upper(c);
}

/* A blank or a hyphen between groups: its bytes. */
static uint32_t gap_bytes(const char *text, uint32_t at, uint32_t end)
{
    if (at < end && (text[at] == ' ' || text[at] == '-'))
        return 1;
    return at + 1 < end && memcmp(text + at, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

/* The rest modulo 97 of the number that it is when its first four characters stand last, and letters are 10 to 35
 * (ISO 7064). */
static uint32_t remainder_97(const char *code, uint32_t n)
{
    uint32_t rest = 0;

    for (uint32_t i = 0; i < n; i++) {
        char c = code[(i + 4) % n];
        uint32_t value = char_is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)(c - 'A') + 10;

        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

/* Reads `n` characters at `at`, all glued or all in groups of four. The position behind; 0 when there are not as
 * many. */
static uint32_t read_code(const char *text, uint32_t at, uint32_t end, uint32_t n, char *code)
{
    uint32_t gap = at + 4 < end ? gap_bytes(text, at + 4, end) : 0;

    for (uint32_t i = 0; i < n; i++) {
        if (gap && i && i % 4 == 0) {
            if (gap_bytes(text, at, end) != gap)
                return 0;
            at += gap;
        }
        if (at >= end || !is_alphanumeric(text[at]))
            return 0;
        code[i] = text[at++];
    }
    return at;
}

static bool is_free(const char *text, uint32_t at, uint32_t end)
{
    uint32_t size;

    if (at >= end)
        return true;
    if (strchr("-/.,:+", text[at]) && at + 1 < end && (is_alphanumeric(text[at + 1]) || char_is_lower(text[at + 1])))
        return false;
    switch (char_kind_at(text, at, &size)) {
    case CHAR_LETTER:
    case CHAR_DIGIT:
    case CHAR_EXTEND:
        return false;
    default:
        return text[at] != '_';
    }
}

bool match_iban(struct reader *r, struct match *m, uint32_t *end)
{
    const char *text = r->input->text;
    uint32_t at = r->input->tokens[r->token].start, last = r->input->tokens[r->end_token - 1].end, n, before;

    if (last - at < 15 || !char_is_upper(text[at]) || !char_is_upper(text[at + 1]) || !char_is_digit(text[at + 2]) ||
        !char_is_digit(text[at + 3]))
        return false;
    n = country_iban_length(text + at);
    if (!n || !(*end = read_code(text, at, last, n, m->text)))
        return false;
    before = at > 0 ? char_before(text, at) : 0;
    m->text[n] = '\0';
    m->read_beside = READ_BEFORE | READ_BEHIND;
    m->score = 95;
    m->type = ENTITY_NONE;
    if (!is_free(text, *end, last) || (at > 0 && (!is_free(text, before, at) || strchr("-/.+#", text[before]))) ||
        remainder_97(m->text, n) != 1)
        return true;
    m->type = ENTITY_IBAN;
    m->form = VALUE_TEXT;
    return true;
}
