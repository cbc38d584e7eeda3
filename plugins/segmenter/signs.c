/* signs.c: punctuation, symbols, emoticons and emoji. See scan.h. */
#include "plugins/segmenter/scan.h"

/* The length of an emoticon at `at`; 0 when there is none. Eyes, perhaps a nose, a mouth, and no letter behind. */
static uint32_t emoticon(const struct scan *s, uint32_t at)
{
    uint32_t end = at;
    char c = s->text[at];

    if (c == '<' && byte_at(s, at + 1) == '3')
        return is_word_byte(byte_at(s, at + 2)) ? 0 : 2;
    if (c == '^' || c == '-') /* "^_^", "-_-" */
        return byte_at(s, at + 1) == '_' && byte_at(s, at + 2) == c && byte_at(s, at + 3) != c ? 3 : 0;
    if (c != ':' && c != ';' && c != '=')
        return 0;
    end++;
    if (byte_at(s, end) == '-' || byte_at(s, end) == '\'' || byte_at(s, end) == 'o')
        end++;
    if (!byte_at(s, end) || !strchr(")(DPp/\\|*OoX]3", s->text[end]))
        return 0;
    char mouth = s->text[end++];
    while (byte_at(s, end) == mouth && (mouth == ')' || mouth == '('))
        end++;
    if (end - at == 2 && (mouth == '/' || is_word_byte(mouth)) && at > 0 && is_word_byte(s->text[at - 1]))
        return 0; /* "http:/", "a:D" */
    return is_word_byte(byte_at(s, end)) ? 0 : end - at;
}

/* What modifies the pictograph that ends at `at`, and what is joined to it (Unicode Technical Standard #51). */
static uint32_t emoji_end(const struct scan *s, uint32_t at)
{
    uint32_t size, next_size;

    for (;;) {
        enum character kind = kind_at(s, at, &size);
        if (kind == CHAR_EXTEND) {
            at += size;
        } else if (kind == CHAR_ZWJ) {
            enum character next = kind_at(s, at + size, &next_size);
            at += size;
            if (next == CHAR_PICTO || next == CHAR_SYMBOL)
                at += next_size;
        } else {
            return at;
        }
    }
}

static uint32_t run_of_terminals(const struct scan *s, uint32_t at)
{
    char c;

    while ((c = byte_at(s, at)) == '.' || c == '?' || c == '!')
        at++;
    return at;
}

static uint32_t run_of_bytes(const struct scan *s, uint32_t at, const char *bytes)
{
    while (byte_at(s, at) && strchr(bytes, s->text[at]))
        at++;
    return at;
}

static uint32_t run_of_byte(const struct scan *s, uint32_t at)
{
    uint32_t end = at + 1;

    while (byte_at(s, end) == s->text[at])
        end++;
    return end;
}

/* "…", "‘’", "——": a character beyond ASCII as often as it is repeated. */
static uint32_t run_of_wide(const struct scan *s, uint32_t at, uint32_t size)
{
    uint32_t end = at + size;

    while (s->length - end >= size && memcmp(s->text + end, s->text + at, size) == 0)
        end += size;
    return end;
}

/* The end of a run of one sign, or of a line drawn with several: "----", "|---+---->". */
static uint32_t drawing_end(const struct scan *s, uint32_t at)
{
    static const uint8_t draws[256] = {
        ['-'] = 1, ['='] = 1, ['+'] = 1, ['|'] = 1, ['<'] = 1, ['>'] = 1, ['*'] = 1, ['_'] = 1, ['~'] = 1
    };
    uint32_t all = at + 1;

    while (draws[(unsigned char)byte_at(s, all)])
        all++;
    return all - at >= 4 ? all : run_of_byte(s, at);
}

/* "'em", "'til", "'s" behind another token: words that start with an apostrophe of `mark` bytes. */
static uint32_t apostrophe_word_end(struct scan *s, uint32_t at, uint32_t mark)
{
    static const char *const words[] = { "em", "til", "till", "cause", "cuz", "bout", "round", "tis", "twas", "n" };
    enum { LONGEST = 5 };
    uint32_t end = scan_ascii_word(s, at + mark), length = end - at - mark;

    if (s->is_plain || length == 0 || length > LONGEST || is_letter_at(s, end))
        return at;
    if (!is_after_blank(s, at)) {
        static const char *const clitics[] = { "s", "re", "ve", "ll", "d", "m" };
        for (size_t i = 0; i < sizeof clitics / sizeof clitics[0]; i++)
            if (strlen(clitics[i]) == length && stands_at(s, at + mark, clitics[i]))
                return end;
        return at;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && stands_at(s, at + mark, words[i]))
            return end;
    /* "'90s", "'72" */
    return char_is_digit(s->text[at + mark]) && char_is_digit(byte_at(s, at + mark + 1)) &&
                   (length == 2 || (length == 3 && s->text[end - 1] == 's'))
               ? end
               : at;
}

static uint32_t add(struct scan *s, uint32_t at, uint32_t end, uint8_t kind)
{
    add_token(s, at, end, kind);
    return end;
}

/* Punctuation of ASCII. */
static uint32_t scan_ascii_punctuation(struct scan *s, uint32_t at)
{
    char c = s->text[at];
    uint32_t end;

    switch (c) {
    case '.':
        if (char_is_digit(byte_at(s, at + 1)) && (at == 0 || !is_word_byte(s->text[at - 1])))
            return scan_number(s, at);
        return add(s, at, run_of_terminals(s, at), TEXTD_TOKEN_PUNCT);
    case '?':
    case '!':
        return add(s, at, run_of_terminals(s, at), TEXTD_TOKEN_PUNCT);
    case '@':
    case '#':
        if ((end = scan_handle(s, at)) > at)
            return add(s, at, end, TEXTD_TOKEN_LINK);
        return add(s, at, c == '#' ? run_of_byte(s, at) : at + 1, TEXTD_TOKEN_PUNCT);
    case '\'':
    case '`':
        if ((end = apostrophe_word_end(s, at, 1)) > at)
            return add(s, at, end, TEXTD_TOKEN_WORD);
        return add(s, at, byte_at(s, at + 1) == c ? at + 2 : at + 1, TEXTD_TOKEN_PUNCT);
    case '[':
        return add(s, at, stands_at(s, at, "[...]") ? at + 5 : at + 1, TEXTD_TOKEN_PUNCT);
    case '-':
    case '*':
    case '_':
        return add(s, at, drawing_end(s, at), TEXTD_TOKEN_PUNCT);
    default:
        return add(s, at, at + 1, TEXTD_TOKEN_PUNCT);
    }
}

/* Punctuation beyond ASCII. */
static uint32_t scan_wide_punctuation(struct scan *s, uint32_t at, uint32_t size)
{
    uint32_t end, mark = apostrophe_at(s, at);

    if (mark > 0 && (end = apostrophe_word_end(s, at, mark)) > at)
        return add(s, at, end, TEXTD_TOKEN_WORD);
    if (size == 3 && (memcmp(s->text + at, "\xe2\x80\x98\xe2\x80\x99", 6 < s->length - at ? 6 : 3) == 0) &&
        s->length - at >= 6)
        return add(s, at, at + 6, TEXTD_TOKEN_PUNCT); /* ‘’, typed for a double quote */
    end = run_of_wide(s, at, size);
    if (size == 3 && memcmp(s->text + at, "\xe2\x80\xa6", 3) == 0)
        end = run_of_bytes(s, end, "."); /* "…." */
    return add(s, at, emoji_end(s, end), TEXTD_TOKEN_PUNCT);
}

static uint32_t scan_symbol(struct scan *s, uint32_t at, enum character kind, uint32_t size)
{
    uint32_t end = at + size, next_size;

    if (kind == CHAR_FLAG && kind_at(s, end, &next_size) == CHAR_FLAG)
        end += next_size;
    else if (s->text[at] == '+' && is_after_blank(s, at) && char_is_digit(byte_at(s, end)))
        return scan_number(s, at); /* "+44" */
    else if (size == 1 && strchr("=+|<>~^", s->text[at]) && s->text[at])
        end = drawing_end(s, at);
    return add(s, at, emoji_end(s, end), TEXTD_TOKEN_SYMBOL);
}

uint32_t scan_sign(struct scan *s, uint32_t at, enum character kind, uint32_t size)
{
    uint32_t smile = emoticon(s, at);

    if (smile > 0)
        return add(s, at, at + smile, TEXTD_TOKEN_SYMBOL);
    if (kind < CHAR_PUNCT || kind > CHAR_QUOTE)
        return scan_symbol(s, at, kind, size);
    return size == 1 ? scan_ascii_punctuation(s, at) : scan_wide_punctuation(s, at, size);
}
