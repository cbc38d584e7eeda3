/* reader.c: see reader.h. */
#include "plugins/entities/expressions/reader.h"

#include "plugins/lib/character.h"

#define LONGEST_WORD 24u /* bytes; longer than any in the vocabulary */

const struct word no_word = { .text = "", .letters = "" };

void reader_start(struct reader *r, uint32_t token, const struct word *before)
{
    r->token = token;
    r->before = before;
    r->n = 0;
    r->has_number[0] = r->has_number[1] = r->has_begins = r->has_span = false;
    r->next_token = token;
    r->at = r->input->tokens[token].start;
}

/* The bytes of the apostrophe at `at`; 0 when there is none. */
static uint32_t apostrophe_bytes(const char *text, uint32_t at, uint32_t end)
{
    if (text[at] == '\'')
        return 1;
    return end - at >= 3 && memcmp(text + at, "’", 3) == 0 ? 3 : 0;
}

/* The bytes of a letter at `at`; 0 when there is none. */
static uint32_t letter_bytes(const char *text, uint32_t at, uint32_t end)
{
    uint32_t size;

    if (at >= end)
        return 0;
    switch (char_kind_at(text, at, &size)) {
    case CHAR_LETTER:
    case CHAR_IDEOGRAPH:
    case CHAR_KATAKANA:
    case CHAR_COMPLEX:
    case CHAR_EXTEND:
        return size;
    default:
        return 0;
    }
}

static bool is_written_right(const struct word *word, uint16_t flags)
{
    if (word->flags & MUST_BE_UPPER)
        return flags & LEXEME_UPPER;
    return !(word->flags & MUST_BE_CAPITAL) || flags & LEXEME_CAPITAL;
}

/* Functions with an array, which the compiler guards, and those that save many registers stand apart from the way of most lexemes. */
#define APART __attribute__((noinline))

/* The word of the vocabulary that is just these letters of ASCII; NULL when there is none. */
static APART const struct word *find_long(const struct vocabulary *v, const char *text, uint32_t length)
{
    uint32_t hash = WORD_HASH_START;
    char small[LONGEST_WORD];

    if (length > LONGEST_WORD)
        return NULL;
    for (uint32_t i = 0; i < length; i++) {
        small[i] = (char)(text[i] | 0x20);
        hash = WORD_HASH_STEP(hash, small[i]);
    }
    return vocabulary_find(v, hash, small, length);
}

/* The same, by their first eight, which settle nearly all. */
static const struct word *find_letters(const struct vocabulary *v, const char *text, uint32_t length, uint64_t first)
{
    uint32_t slot = vocabulary_head(v, first);

    if (slot == VOCABULARY_SLOTS)
        return NULL;
    return length <= 8 && v->whole[slot] ? v->whole[slot] : find_long(v, text, length);
}

static inline void add_class(struct lexeme *l, uint8_t class)
{
    if (class < 64)
        l->classes |= 1ull << class;
    else
        l->more_classes |= (uint16_t)(1u << (class - 64));
}

static void set_word(struct lexeme *l, const struct word *word)
{
    if (!word)
        return;
    l->any = word;
    if (!is_written_right(word, l->flags))
        return;
    l->word = word;
    l->class = word->class;
    l->other = word->other;
    add_class(l, word->class);
    if (word->other != WORD_NONE)
        add_class(l, word->other);
}

/* A word of nothing but letters of ASCII, as most are. False: it has others, or the text ends too soon for eight at once. */
static bool read_letters(struct reader *r, struct lexeme *l, uint32_t end)
{
    const char *text = r->input->text + r->at;
    uint32_t n = 8, most = end - r->at;
    uint64_t letters, others, small;

    if (r->input->text_length - r->at < 8)
        return false;
    small = letters_as_written(text) & SMALL;
    letters = letters_load(text);
    others = letters_others(letters);
    if (others)
        n = (uint32_t)__builtin_ctzll(others) / 8;
    for (; !others && n < most && char_is_lower((char)(text[n] | 0x20)); n++)
        small |= (uint8_t)text[n] & 0x20;
    n = n < most ? n : most;
    if (n < most && (text[n] == '.' || text[n] == '\'' || (unsigned char)text[n] >= 0x80))
        return false;
    l->flags |= text[0] & 0x20 ? 0 : LEXEME_CAPITAL;
    l->flags |= letters_first(small, n) ? 0 : LEXEME_UPPER;
    l->letters = letters_first(letters, n);
    set_word(l, find_letters(r->vocabulary, text, n, l->letters));
    r->at += n;
    return true;
}

/* Letters, with apostrophes and periods inside, and a period at the end where the token ends with it: "a.m.". */
static APART void read_word(struct reader *r, struct lexeme *l, uint32_t end)
{
    const char *text = r->input->text;
    char letters[LONGEST_WORD];
    uint32_t hash = WORD_HASH_START, n = 0, size, at = r->at;
    bool small = false, first = true;

    while (at < end) {
        char c = text[at];

        if (c == '.' && !first && (at + 1 == end || letter_bytes(text, at + 1, end))) {
            at++;
            continue;
        }
        if ((size = letter_bytes(text, at, end)) == 0) {
            size = first ? 0 : apostrophe_bytes(text, at, end);
            if (!size || at + size == end || !letter_bytes(text, at + size, end))
                break;
            c = '\'';
        }
        if (first && char_is_upper(c))
            l->flags |= LEXEME_CAPITAL;
        small |= !char_is_upper(c);
        first = false;
        c = char_to_lower(c);
        hash = WORD_HASH_STEP(hash, c);
        if (n < LONGEST_WORD)
            letters[n] = c;
        n += n <= LONGEST_WORD;
        at += size;
    }
    l->flags |= small ? 0 : LEXEME_UPPER;
    l->letters = reader_letters(text + r->at, at - r->at);
    set_word(l, n <= LONGEST_WORD ? vocabulary_find(r->vocabulary, hash, letters, n) : NULL);
    r->at = at;
}

static uint32_t digits_end(const char *text, uint32_t at, uint32_t end)
{
    while (at < end && char_is_digit(text[at]))
        at++;
    return at;
}

static void add_digits(struct lexeme *l, const char *text, uint32_t from, uint32_t to)
{
    for (; from < to; from++)
        if (l->mantissa < UINT64_C(100000000000000000)) /* the rest would not fit into a double, either */
            l->mantissa = l->mantissa * 10 + (uint64_t)(text[from] - '0');
        else
            l->flags |= LEXEME_CHAIN;
}

/* "1.234.567" from the second point on, behind three decimals: groups, where points are written so. */
static uint32_t read_point_groups(struct lexeme *l, const char *text, uint32_t at, uint32_t end)
{
    while (at + 3 < end && text[at] == '.' && digits_end(text, at + 1, end) == at + 4) {
        l->flags |= LEXEME_CHAIN | LEXEME_POINTS;
        add_digits(l, text, at + 1, at + 4);
        l->decimals = 0;
        at += 4;
    }
    return at;
}

/* Digits with separators: "42", "1,000", "3.14", ".5". "1.2.3" and "1,2" are chains, if `token_end` is not within
 * them. What commas and points mean is told later, by number.c. */
static uint32_t read_number(const struct reader *r, struct lexeme *l, uint32_t at, uint32_t token_end, uint32_t end)
{
    const char *text = r->input->text;
    uint32_t stop = digits_end(text, at, end), from;

    add_digits(l, text, at, stop);
    from = stop - at;
    while (stop < end && text[stop] == ',' && stop - at <= 3 + (l->flags & LEXEME_GROUPED ? 24 : 0) &&
           digits_end(text, stop + 1, end) == stop + 4) {
        l->flags |= LEXEME_GROUPED;
        add_digits(l, text, stop + 1, stop + 4);
        from += 3;
        stop += 4;
    }
    l->digits = (uint8_t)(from < 200 ? from : 200);
    if (stop + 1 < end && text[stop] == '.' && char_is_digit(text[stop + 1])) {
        uint32_t behind = digits_end(text, stop + 1, end);

        l->flags |= LEXEME_DECIMAL;
        if (behind - stop > 12)
            l->flags |= LEXEME_CHAIN;
        else
            add_digits(l, text, stop + 1, behind);
        l->decimals = (uint8_t)(behind - stop - 1);
        stop = behind;
        if (l->decimals == 3 && l->digits >= 1 && l->digits <= 3 && !(l->flags & LEXEME_GROUPED))
            stop = read_point_groups(l, text, stop, end);
    }
    while (stop + 1 < token_end && (text[stop] == '.' || text[stop] == ',') && char_is_digit(text[stop + 1])) {
        l->flags |= LEXEME_CHAIN;
        stop = digits_end(text, stop + 1, token_end);
    }
    return stop;
}

/* Fractions of one character: to sixteen digits, which is what a double holds. */
static void read_fraction(struct lexeme *l, uint32_t point)
{
    static const struct {
        uint16_t point;
        uint8_t above, below;
    } fractions[] = {
        { 0xBC, 1, 4 },   { 0xBD, 1, 2 },   { 0xBE, 3, 4 },   { 0x2150, 1, 7 }, { 0x2151, 1, 9 }, { 0x2152, 1, 10 },
        { 0x2153, 1, 3 }, { 0x2154, 2, 3 }, { 0x2155, 1, 5 }, { 0x2156, 2, 5 }, { 0x2157, 3, 5 }, { 0x2158, 4, 5 },
        { 0x2159, 1, 6 }, { 0x215A, 5, 6 }, { 0x215B, 1, 8 }, { 0x215C, 3, 8 }, { 0x215D, 5, 8 }, { 0x215E, 7, 8 },
    };

    if (point < 0xBC || point > 0x215E)
        return;
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++)
        if (fractions[i].point == point) {
            l->kind = LEXEME_NUMBER;
            l->flags |= LEXEME_DECIMAL;
            l->mantissa =
                (UINT64_C(10000000000000000) * fractions[i].above + fractions[i].below / 2u) / fractions[i].below;
            l->decimals = 16;
        }
}

/* Where the row of tokens that nothing stands between ends: a number may reach over some, "QR608|,125". */
static uint32_t row_end(const struct reader *r)
{
    const struct textd_span *tokens = r->input->tokens;
    uint32_t i = r->next_token, last = i + 6;

    while (i + 1 < r->end_token && i < last && tokens[i].end == tokens[i + 1].start)
        i++;
    return tokens[i].end;
}

/* ".5": a point with digits behind it and none, nor a letter, before. */
static bool starts_with_point(const struct reader *r, const struct lexeme *l)
{
    const char *text = r->input->text;
    uint32_t at = r->at, size;
    enum character kind;

    if (text[at] != '.' || at + 1 >= row_end(r) || !char_is_digit(text[at + 1]))
        return false;
    if (!(l->flags & LEXEME_GLUED) || at == 0)
        return at < 2 || text[at - 1] != ' ' || !char_is_digit(text[at - 2]); /* "EUR167 .8 m" is broken */
    kind = char_kind_at(text, char_before(text, at), &size);
    return kind != CHAR_DIGIT && kind != CHAR_LETTER && text[at - 1] != '.';
}

static void read_lexeme(struct reader *r, struct lexeme *l, uint32_t end)
{
    const char *text = r->input->text;
    bool is_ascii = char_is_lower((char)(text[r->at] | 0x20));
    uint32_t size;

    if (is_ascii && read_letters(r, l, end)) {
        l->kind = LEXEME_WORD;
    } else if (!is_ascii && (char_is_digit(text[r->at]) || starts_with_point(r, l))) {
        l->kind = LEXEME_NUMBER;
        r->at = read_number(r, l, r->at, end, row_end(r));
    } else if (letter_bytes(text, r->at, end)) {
        l->kind = LEXEME_WORD;
        read_word(r, l, end);
    } else {
        l->kind = LEXEME_SIGN;
        l->point = char_decode(text, r->at, &size);
        r->at += size;
        read_fraction(l, l->point);
    }
}

/* Goes to the next token that has something in it. */
static void next_token(struct reader *r)
{
    const struct textd_span *tokens = r->input->tokens;

    while (++r->next_token < r->end_token &&
           (tokens[r->next_token].end <= r->at || tokens[r->next_token].start == tokens[r->next_token].end))
        ;
    if (r->next_token < r->end_token && tokens[r->next_token].start > r->at)
        r->at = tokens[r->next_token].start;
}

/* Makes the next one; there is a token for it. */
static void add_lexeme(struct reader *r)
{
    const struct textd_span *tokens = r->input->tokens;
    struct lexeme *l = &r->lexemes[r->n++];
    uint32_t token = r->next_token, end = tokens[token].end;

    *l = (struct lexeme) { .start = r->at, .word = &no_word, .any = &no_word };
    if (r->at == tokens[token].start)
        l->flags = LEXEME_OPENS | (token && tokens[token - 1].end == r->at ? LEXEME_GLUED : 0);
    else
        l->flags = LEXEME_GLUED;
    read_lexeme(r, l, end);
    l->end = r->at;
    if (r->at < end)
        return;
    while (tokens[r->next_token].end < r->at && r->next_token + 1 < r->end_token)
        r->next_token++;
    if (tokens[r->next_token].end != r->at)
        return; /* it ended inside the next one */
    l->flags |= LEXEME_CLOSES;
    next_token(r);
}

static APART const struct lexeme *add_lexemes(struct reader *r, uint32_t i)
{
    while (r->n <= i && r->next_token < r->end_token)
        add_lexeme(r);
    return lexeme(r, i);
}

const struct lexeme *reader_extend(struct reader *r, uint32_t i)
{
    static const struct lexeme behind = { .kind = LEXEME_END, .word = &no_word, .any = &no_word };

    return i >= MOST_LEXEMES || r->next_token >= r->end_token ? &behind : add_lexemes(r, i);
}

bool reader_is_among(struct reader *r, uint32_t i, const char (*words)[READER_LONGEST], size_t n)
{
    const struct lexeme *l = lexeme(r, i);
    uint32_t length = l->end - l->start;

    if (l->kind != LEXEME_WORD || length > READER_LONGEST)
        return false;
    for (size_t k = 0; k < n; k++)
        if (letters_load(words[k]) == (l->letters | SMALL) &&
            (length < 8 || (strnlen(words[k], READER_LONGEST) == length &&
                            strncasecmp(r->input->text + l->start + 8, words[k] + 8, length - 8) == 0)))
            return true;
    return false;
}

uint32_t token_behind(const struct reader *r, uint32_t at)
{
    for (uint32_t i = r->token; i < r->end_token && r->input->tokens[i].end <= at; i++)
        if (r->input->tokens[i].end == at)
            return i + 1;
    return 0;
}
