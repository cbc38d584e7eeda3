/* identifiers.c: what has digits and counts nothing: numbers of orders, cards, books, tickets and flights, hashes,
 * versions, names of files and lines in them, chapter and verse. None of them is a type of its own; each is told
 * from its form, or by the word before it, and keeps the others away. A form that an amount, a date or a telephone
 * number can have is left to their grammars. */
#include "plugins/entities/expressions/cues.h"
#include "plugins/entities/expressions/reader.h"
#include "plugins/lib/character.h"

#define REACH 96u /* bytes that are looked at on each side */

/* A row of bytes without a blank, less the marks of the sentence around it. */
struct chunk {
    const char *text;
    uint32_t start, end, limit;
};

static bool is_letter(char c)
{
    return char_is_lower(c) || char_is_upper(c);
}

static bool is_hex(char c)
{
    return char_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static struct chunk chunk_at(const struct reader *r, uint32_t at)
{
    struct chunk c = {
        .text = r->input->text, .start = at, .end = at, .limit = r->input->tokens[r->end_token - 1].end
    };
    uint32_t floor = r->input->tokens[r->first_token].start;

    while (c.start > floor && at - c.start < REACH && (unsigned char)c.text[c.start - 1] > ' ')
        c.start--;
    while (c.end < c.limit && c.end - at < REACH && (unsigned char)c.text[c.end] > ' ')
        c.end++;
    while (c.start < at && strchr("([{<\"'`*,;|", c.text[c.start]))
        c.start++;
    while (c.end > at && strchr(".,;:!?)]}>\"'`*|", c.text[c.end - 1]))
        c.end--;
    return c;
}

/* Parts of a chunk between signs. */
static uint32_t run_end(const struct chunk *c, uint32_t at, bool (*is_of)(char))
{
    while (at < c->end && is_of(c->text[at]))
        at++;
    return at;
}

static bool is_digit(char c)
{
    return char_is_digit(c);
}

static bool is_name_byte(char c)
{
    return is_letter(c) || char_is_digit(c) || c == '_' || c == '-';
}

static uint32_t count(const struct chunk *c, bool (*is_of)(char))
{
    uint32_t n = 0;

    for (uint32_t at = c->start; at < c->end; at++)
        n += is_of(c->text[at]);
    return n;
}

/* ---- Forms -------------------------------------------------------------------------------------------------------- */

/* "550e8400-e29b-41d4-a716-446655440000" (RFC 9562). */
static bool is_uuid(const struct chunk *c)
{
    static const uint8_t parts[] = { 8, 4, 4, 4, 12 };
    uint32_t at = c->start;

    for (size_t i = 0; i < sizeof parts; i++) {
        uint32_t end = run_end(c, at, is_hex);
        if (end - at != parts[i] || (i < 4 && (end >= c->end || c->text[end] != '-')))
            return false;
        at = end + 1;
    }
    return at == c->end + 1;
}

/* "01:23:45:67:89:ab", "01-23-45-67-89-ab": of a network card; also fingerprints of keys. */
static bool is_pairs(const struct chunk *c)
{
    char sign = c->end - c->start > 2 ? c->text[c->start + 2] : '\0';
    uint32_t pairs = 0;

    if (sign != ':' && sign != '-')
        return false;
    for (uint32_t at = c->start; at < c->end; at += 3, pairs++)
        if (run_end(c, at, is_hex) != at + 2 || (at + 2 < c->end && c->text[at + 2] != sign))
            return false;
    return pairs == 6 || pairs == 8 || pairs == 16 || pairs == 20 || pairs == 32;
}

/* "3f2a9c1", "0xDEADBEEF1": hashes and addresses, with digits and letters, and no number with an exponent. */
static bool is_hash(const struct chunk *c)
{
    uint32_t at = c->start, digits = count(c, is_digit), letters;

    if (c->end - at > 2 && c->text[at] == '0' && (c->text[at + 1] | 0x20) == 'x')
        return run_end(c, at + 2, is_hex) == c->end;
    letters = c->end - at - digits;
    if (c->end - at < 7 || run_end(c, at, is_hex) != c->end || !digits || !letters)
        return false;
    return letters > 1 || (c->text[run_end(c, at, is_digit)] | 0x20) != 'e';
}

/* "dGV4dCB3aXRoIDI1", "1Z999AA10123456784": long, digits and letters by turns. */
static bool is_code(const struct chunk *c)
{
    uint32_t turns = 0;
    bool is_duration = c->text[c->start] == 'P' && c->end - c->start > 1 &&
                       (c->text[c->start + 1] == 'T' || is_digit(c->text[c->start + 1]));

    for (uint32_t at = c->start; at < c->end; at++) {
        char now = c->text[at];

        if (!is_name_byte(now) && now != '+' && now != '=')
            return false;
        if (at > c->start)
            turns += (is_digit(now) && is_letter(c->text[at - 1])) || (is_letter(now) && is_digit(c->text[at - 1]));
    }
    return !is_duration && c->end - c->start >= 14 && turns >= 4;
}

/* "main.c", "photo_0042.jpg": a name of a file at `at`, with one of the usual endings; the position behind, or
 * `at`. */
static uint32_t file_end(const struct chunk *c, uint32_t at)
{
    static const char file_endings[] =
        " txt pdf doc docx xls xlsx ppt pptx csv tsv jpg jpeg png gif svg webp bmp tif tiff zip exe dll msi iso mp mov "
        "avi mkv wav htm html xml json yaml yml "
        "rtf tar gz bz xz zst tgz rar c h cc cpp cxx hpp cs java kt py rb rs go js jsx ts tsx php pl sh bat ps sql "
        "swift scala lua vb css scss ini cfg conf "
        "toml log md rst tex bib bak tmp dat db so apk dmg deb rpm jar war class odt ods epub eml ics vue ";
    uint32_t end = at, dot = 0;
    char key[12];

    while (end < c->end && (is_name_byte(c->text[end]) || (c->text[end] == '.' && end > at)))
        end++;
    while (end > at && c->text[end - 1] == '.')
        end--;
    for (uint32_t i = at; i < end; i++)
        dot = c->text[i] == '.' ? i : dot;
    if (dot <= at || end - dot > 8 || end - dot < 2 || !is_letter(c->text[dot + 1]) ||
        (end - dot < 4 && run_end(c, at, is_digit) == dot))
        return at;
    key[0] = ' ';
    for (uint32_t i = dot + 1; i < end; i++) {
        key[i - dot] = char_to_lower(c->text[i]);
        if (char_is_digit(c->text[i])) /* "mp3", "bz2" */
            end = i;
    }
    key[end - dot] = ' ';
    key[end - dot + 1] = '\0';
    if (!strstr(file_endings, key))
        return at;
    return run_end(c, end, is_digit);
}

/* "Main.java:42", "x.py:3:17", "report-2024.pdf". */
static bool is_file(const struct chunk *c)
{
    uint32_t at = file_end(c, c->start);

    if (at == c->start)
        return false;
    while (at + 1 < c->end && c->text[at] == ':' && char_is_digit(c->text[at + 1]))
        at = run_end(c, at + 1, is_digit);
    if (at < c->end && (c->text[at] == '(' || c->text[at] == '#'))
        return true;
    return at == c->end;
}

/* "/usr/lib/x86_64", "C:\\temp\\2", "src/main.c:42". */
static bool is_path(const struct chunk *c)
{
    uint32_t slashes = 0, last = c->start, letters = count(c, is_letter);
    const char *t = c->text + c->start;
    struct chunk file = *c;

    for (uint32_t at = c->start; at < c->end; at++)
        if (c->text[at] == '/' || c->text[at] == '\\') {
            slashes++;
            last = at + 1;
        }
    if (!slashes || !letters)
        return false;
    if (memchr(t, '\\', c->end - c->start))
        return letters > 1;
    if ((t[0] == '/' && is_letter(t[1]) && letters > 2) || (t[0] == '.' && (t[1] == '/' || t[1] == '.')) ||
        (t[0] == '~' && t[1] == '/'))
        return true;
    file.start = last;
    return is_letter(t[0]) && is_file(&file);
}

/* "2.0.0-rc.1", "v1.2.3", "1.2.3.4.5" (Semantic Versioning). Three numbers alone may be a date. */
static bool is_version(const struct chunk *c)
{
    uint32_t at = c->start, parts = 1, end;
    bool is_marked = (c->text[at] | 0x20) == 'v';

    at += is_marked;
    for (end = run_end(c, at, is_digit);
         end > at && end + 1 < c->end && c->text[end] == '.' && char_is_digit(c->text[end + 1]);
         end = run_end(c, at, is_digit)) {
        at = end + 1;
        parts++;
    }
    if (end == at)
        return false;
    if (end < c->end && parts >= 3 && (c->text[end] == '-' || c->text[end] == '+') && end + 1 < c->end)
        return is_letter(c->text[end + 1]);
    return end == c->end && (is_marked ? true : parts >= 4);
}

/* A word of the vocabulary means something with digits beside it: "USD-5", "12-May-2024", "Q4-2023". */
static bool is_known(const struct reader *r, const char *word, uint32_t length)
{
    char letters[16];
    uint32_t hash = WORD_HASH_START;

    if (length > sizeof letters)
        return false;
    for (uint32_t i = 0; i < length; i++) {
        letters[i] = char_to_lower(word[i]);
        hash = WORD_HASH_STEP(hash, letters[i]);
    }
    return vocabulary_find(r->vocabulary, hash, letters, length) != NULL;
}

/* "PROJ-123", "INV-2024-0042", "AB-12-CD": capitals and digits with hyphens. */
static bool is_key(const struct reader *r, const struct chunk *c)
{
    uint32_t groups = 0, digits = 0;

    if (!char_is_upper(c->text[c->start]))
        return false;
    for (uint32_t at = c->start, end; at < c->end; at = end + 1, groups++) {
        end = at;
        while (end < c->end && (char_is_upper(c->text[end]) || char_is_digit(c->text[end])))
            end++;
        if (end == at || end - at > 12 || (end < c->end && c->text[end] != '-'))
            return false;
        for (uint32_t i = at; i < end; i++)
            digits += char_is_digit(c->text[i]);
        if (char_is_upper(c->text[at]) && end - at > 1 && is_known(r, c->text + at, run_end(c, at, is_letter) - at))
            return false;
    }
    return groups > 1 && digits > 0;
}

/* "2025-068": a day of a year. */
static bool is_day_of_year(const struct chunk *c)
{
    const char *t = c->text + c->start;

    return c->end - c->start == 8 && t[4] == '-' && (t[0] == '1' || t[0] == '2') && t[5] <= '3' &&
           (t[5] < '3' || t[6] < '6' || (t[6] == '6' && t[7] <= '6'));
}

/* "2025-000123", "12345-6789": digits with a hyphen that are no years, days or telephone number. */
static bool is_numbered(const struct chunk *c)
{
    uint32_t groups = 0;
    bool is_one = false;

    for (uint32_t at = c->start, end; at < c->end; at = end + 1, groups++) {
        end = run_end(c, at, is_digit);
        if (end == at || (end < c->end && (c->text[end] != '-' || end + 1 == c->end)))
            return false;
        is_one |= groups && c->text[at] == '0' && end - at >= 3;
    }
    return groups == 2 && ((is_one && !is_day_of_year(c)) || (c->end - c->start == 10 && c->text[c->start + 5] == '-'));
}

/* "000123": a number would have no such zeros. */
static bool is_padded(const struct chunk *c)
{
    return c->end - c->start >= 3 && c->text[c->start] == '0' &&
           (c->text[c->start + 1] == '0' || c->end - c->start >= 5) && run_end(c, c->start, is_digit) == c->end;
}

/* "078-05-1120": a social security number of the United States. */
static bool is_social(const struct chunk *c)
{
    const char *t = c->text + c->start;

    return c->end - c->start == 11 && count(c, is_digit) == 9 && t[3] == '-' && t[6] == '-';
}

/* ---- Digits that check -------------------------------------------------------------------------------------------- */

/* Digits of groups at `start`, with one blank or hyphen between, up to `most`; `end` behind them. */
static uint32_t grouped_digits(const struct chunk *c, char *digits, uint32_t most, uint8_t *groups, uint32_t *n_groups,
                               uint32_t *end, bool *blanks)
{
    uint32_t n = 0, at = c->start;

    *n_groups = 0;
    while (at < c->limit && *n_groups < 6) {
        uint32_t from = n;

        while (at < c->limit && n < most && (char_is_digit(c->text[at]) || (c->text[at] == 'X' && n == 9)))
            digits[n++] = c->text[at++];
        if (n == from)
            break;
        groups[(*n_groups)++] = (uint8_t)(n - from);
        *end = at;
        *blanks |= at < c->limit && c->text[at] == ' ';
        if (at + 1 >= c->limit || (c->text[at] != ' ' && c->text[at] != '-') ||
            !(char_is_digit(c->text[at + 1]) || c->text[at + 1] == 'X'))
            break;
        at++;
    }
    return n;
}

/* Each second digit from the right counts twice (ISO/IEC 7812-1). */
static bool checks_as_card(const char *digits, uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t d = (uint32_t)(digits[n - 1 - i] - '0') << (i & 1);
        sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 == 0;
}

/* ISBN-10 and ISBN-13 (ISO 2108). */
static bool checks_as_book(const char *digits, uint32_t n)
{
    uint32_t sum = 0;

    if (n == 10) {
        for (uint32_t i = 0; i < 10; i++)
            sum += (10 - i) * (digits[i] == 'X' ? 10 : (uint32_t)(digits[i] - '0'));
        return sum % 11 == 0;
    }
    if (n != 13 || memcmp(digits, "97", 2) != 0 || memchr(digits, 'X', n))
        return false;
    for (uint32_t i = 0; i < 13; i++)
        sum += (i & 1 ? 3 : 1) * (uint32_t)(digits[i] - '0');
    return sum % 10 == 0;
}

/* Cards and books: the position behind, or 0. */
static uint32_t checked_end(const struct chunk *c)
{
    char digits[20];
    uint8_t groups[6];
    uint32_t n_groups, end = 0, n;
    bool blanks = false;

    if (!char_is_digit(c->text[c->start]))
        return 0;
    n = grouped_digits(c, digits, 19, groups, &n_groups, &end, &blanks);
    if (end < c->limit && (char_is_digit(c->text[end]) || is_letter(c->text[end])))
        return 0;
    if (n_groups == 4 && n == 16 && groups[0] == 4 && groups[1] == 4 && groups[2] == 4)
        return end;
    if (n_groups == 3 && n == 15 && groups[0] == 4 && groups[1] == 6)
        return end;
    if (n_groups == 1 && n >= 14 && !memchr(digits, 'X', n) && checks_as_card(digits, n))
        return end;
    return ((n_groups >= 4 && n_groups <= 5 && (!blanks || n == 13)) || (n_groups == 1 && n == 13)) &&
                   checks_as_book(digits, n)
               ? end
               : 0;
}

/* ---- By the word before it ---------------------------------------------------------------------------------------- */

/* "8:28", "13:4-7", "3:16,18": a chapter and verses. */
static bool is_verse(const struct chunk *c)
{
    uint32_t at = run_end(c, c->start, is_digit);

    if (at == c->start || at - c->start > 3 || at + 1 >= c->end || c->text[at] != ':' ||
        !char_is_digit(c->text[at + 1]))
        return false;
    for (; at < c->end; at++)
        if (!char_is_digit(c->text[at]) && !strchr(":,;-", c->text[at]) && !((unsigned char)c->text[at] & 0x80) &&
            !char_is_lower(c->text[at]))
            return false;
    return true;
}

/* "2490", "BA2490", "BA 2490" */
static uint32_t flight_end(const struct chunk *c)
{
    uint32_t at = c->start, digits;

    while (at < c->end && at - c->start < 3 &&
           (char_is_upper(c->text[at]) || (at < c->start + 2 && char_is_digit(c->text[at]))))
        at++;
    if (at > c->start && at < c->limit && (c->text[at] == ' ' || c->text[at] == '-'))
        at++;
    digits = at;
    while (at < c->limit && char_is_digit(c->text[at]))
        at++;
    return at - digits >= 1 && at - digits <= 4 && !(at < c->limit && is_letter(c->text[at])) ? at : 0;
}

/* "1 Cor 13:4": the number of a book, its name, and the rest. */
static uint32_t numbered_book_end(const struct reader *r, const struct chunk *c)
{
    uint32_t at = c->start;
    struct chunk verse;

    if (c->end != at + 1 || c->text[at] < '1' || c->text[at] > '4' || at + 4 > c->limit || c->text[at + 1] != ' ' ||
        !char_is_upper(c->text[at + 2]))
        return 0;
    for (at += 2; at < c->limit && at - c->start < 20 && (is_letter(c->text[at]) || c->text[at] == '.'); at++)
        ;
    if (at + 1 >= c->limit || c->text[at] != ' ' || !char_is_digit(c->text[at + 1]))
        return 0;
    verse = chunk_at(r, at + 1);
    return verse.start == at + 1 && cue_before(c->text, c->start, at + 1) == CUE_BOOK && is_verse(&verse) ? verse.end
                                                                                                          : 0;
}

static bool is_id_byte(char c)
{
    return is_name_byte(c) || c == ':' || c == '.' || c == '/';
}

static bool is_behind_colon(const struct chunk *c)
{
    uint32_t at = c->start;

    while (at > 0 && c->text[at - 1] == ' ')
        at--;
    return at > 0 && c->text[at - 1] == ':';
}

static uint32_t cued_end(const struct reader *r, const struct chunk *c)
{
    uint32_t digits = count(c, is_digit);

    if (!digits && !char_is_upper(c->text[c->start]))
        return 0;
    switch (cue_before(c->text, r->input->tokens[r->first_token].start, c->start)) {
    case CUE_OTHER:
        return digits >= 1 && run_end(c, c->start, is_id_byte) == c->end ? c->end : 0;
    case CUE_MAYBE:
        return digits >= (is_behind_colon(c) ? 4 : 6) && run_end(c, c->start, is_digit) == c->end ? c->end : 0;
    case CUE_FLIGHT:
        return flight_end(c);
    case CUE_BOOK:
        return is_verse(c) ? c->end : 0;
    default:
        return 0;
    }
}

/* ------------------------------------------------------------------------------------------------------------------- */

/* Kinds of bytes that a chunk has. */
enum { HAS_DIGIT = 1, HAS_LETTER = 2, HAS_HYPHEN = 4, HAS_DOT = 8, HAS_SLASH = 16, HAS_OTHER = 32 };

static uint32_t kinds_of(const struct chunk *c)
{
    uint32_t kinds = 0;

    for (uint32_t at = c->start; at < c->end; at++) {
        char byte = c->text[at];

        if (char_is_digit(byte))
            kinds |= HAS_DIGIT;
        else if (is_letter(byte))
            kinds |= HAS_LETTER;
        else if (byte == '-')
            kinds |= HAS_HYPHEN;
        else if (byte == '.')
            kinds |= HAS_DOT;
        else
            kinds |= byte == '/' || byte == '\\' ? HAS_SLASH : HAS_OTHER;
    }
    return kinds;
}

/* Most chunks are a word or a number: their kinds tell which forms they can't have. */
static bool is_formed(const struct reader *r, const struct chunk *c)
{
    uint32_t kinds = kinds_of(c);

    if (kinds == HAS_DIGIT)
        return is_padded(c);
    if (kinds == (HAS_DIGIT | HAS_HYPHEN) && (is_numbered(c) || is_social(c)))
        return true;
    if (kinds == (HAS_DIGIT | HAS_LETTER) && is_hash(c))
        return true;
    if (kinds & HAS_DIGIT && kinds & HAS_LETTER && (is_code(c) || is_key(r, c)))
        return true;
    if (kinds & HAS_LETTER && ((kinds & HAS_SLASH && is_path(c)) || (kinds & HAS_DOT && is_file(c))))
        return true;
    return is_uuid(c) || is_pairs(c) || (kinds & HAS_DIGIT && is_version(c));
}

/* The end of the first token that ends at `at` or behind it. */
static uint32_t token_end(const struct reader *r, uint32_t at)
{
    for (uint32_t i = r->token; i < r->end_token; i++)
        if (r->input->tokens[i].end >= at)
            return r->input->tokens[i].end;
    return at;
}

bool match_identifier(struct reader *r, struct match *m, uint32_t *end)
{
    uint32_t at = r->input->tokens[r->token].start, to;
    struct chunk c = chunk_at(r, at);

    if (c.end <= at)
        return false;
    if (c.start == at && c.end - at <= 2 && count(&c, is_digit) == c.end - at) {
        to = numbered_book_end(r, &c); /* most numbers are short, and count something */
    } else if (!(c.start == r->formless_start && c.end == r->formless_end) && is_formed(r, &c)) {
        to = c.end;
    } else {
        r->formless_start = c.start;
        r->formless_end = c.end;
        c.start = at;
        if (!(to = checked_end(&c)) && !(to = numbered_book_end(r, &c)))
            to = cued_end(r, &c);
    }
    if (!to)
        return false;
    *end = token_end(r, to);
    m->type = ENTITY_NONE;
    m->score = 95;
    m->read_beside = READ_BEFORE | READ_BEHIND;
    return true;
}
