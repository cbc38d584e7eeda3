/* tokens.c: see tokens.h. One walk from left to right; what a token is follows from its first character. Rules after the
 * tokenisation of the English Universal Dependencies treebanks (universaldependencies.org/en): clitics and hyphened
 * parts apart, periods of abbreviations kept, runs of one mark together. */
#include "plugins/segmenter/tokens.h"

#include <string.h>

#include "plugins/segmenter/character.h"
#include "plugins/segmenter/words.h"

/* Tokens between two looks at should_stop. */
#define STOP_EVERY 4096u

/* The longest local part and domain of an address that are looked for (RFC 5321 has 64 and 255). */
#define LONGEST_ADDRESS 320u

struct walk {
    struct segments *out;
    const char *text;
    uint32_t length;
    uint32_t next_at;           /* the first "@" behind where one was looked for; `length` when there is none */
    uint32_t no_address_before; /* an address was looked for up to here, and there is none */
};

static int grow(struct segments *s)
{
    uint32_t capacity = 2 * s->token_capacity;
    struct textd_span *tokens = s->alloc(s->data, (uint64_t)capacity * sizeof *tokens);
    uint8_t *kinds = s->alloc(s->data, capacity);

    if (!tokens || !kinds) {
        s->failed = TEXTD_NO_MEMORY;
        return 0;
    }
    memcpy(tokens, s->tokens, s->n_tokens * sizeof *tokens);
    memcpy(kinds, s->kinds, s->n_tokens);
    s->tokens = tokens;
    s->kinds = kinds;
    s->token_capacity = capacity;
    return 1;
}

void segments_add_token(struct segments *s, uint32_t start, uint32_t end, uint8_t kind)
{
    if (s->failed || (s->n_tokens == s->token_capacity && !grow(s)))
        return;
    s->tokens[s->n_tokens] = (struct textd_span) { start, end };
    s->kinds[s->n_tokens++] = kind;
    if (s->n_tokens % STOP_EVERY == 0 && s->should_stop(s->data))
        s->failed = TEXTD_STOPPED;
}

/* The byte at `at`, or 0 behind the end. */
static char byte_at(const struct walk *w, uint32_t at)
{
    return at < w->length ? w->text[at] : 0;
}

static enum character kind_at(const struct walk *w, uint32_t at, uint32_t *size)
{
    *size = 1;
    return at < w->length ? character_at(w->text, at, size) : CHAR_BLANK;
}

static int is_word_byte(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

/* ---- Links -------------------------------------------------------------------------------------------------------- */

static int starts_with(const struct walk *w, uint32_t at, const char *prefix)
{
    for (uint32_t i = 0; prefix[i]; i++)
        if (to_lower(byte_at(w, at + i)) != prefix[i])
            return 0;
    return 1;
}

/* Takes marks off the end that belong to the sentence, not to the address; a closing bracket that was opened stays. */
static uint32_t trim_link(const struct walk *w, uint32_t start, uint32_t end)
{
    int has_open = memchr(w->text + start, '(', end - start) != NULL;

    while (end > start + 1) {
        char c = w->text[end - 1];
        if (!strchr(".,;:!?'\"]>}*", c) && !(c == ')' && !has_open))
            break;
        end--;
    }
    return end;
}

/* The end of a URL at `at`, or `at`. */
static uint32_t url_end(const struct walk *w, uint32_t at)
{
    char first = to_lower(w->text[at]);
    uint32_t end = at, size;

    if (first != 'h' && first != 'w' && first != 'f')
        return at;
    if (!starts_with(w, at, "http://") && !starts_with(w, at, "https://") && !starts_with(w, at, "www.") &&
        !starts_with(w, at, "ftp://"))
        return at;
    while (end < w->length && kind_at(w, end, &size) != CHAR_BLANK && !strchr("<>\"", w->text[end]))
        end += size;
    return trim_link(w, at, end);
}

/* A byte of an address's local part, of those in use. */
static int is_local_byte(char c)
{
    return is_word_byte(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

/* Whether an "@" stands near enough behind `at` to be an address's. Spares nearly all words a look at their letters. */
static int is_at_near(struct walk *w, uint32_t at)
{
    if (w->next_at < at) {
        const char *found = memchr(w->text + at, '@', w->length - at);
        w->next_at = found ? (uint32_t)(found - w->text) : w->length;
    }
    return w->next_at - at < LONGEST_ADDRESS;
}

/* The end of an e-mail address at `at`, or `at`. A look that fails is remembered, so that a long run of letters and dots
 * is looked through once, not once a token. */
static uint32_t address_end(struct walk *w, uint32_t at)
{
    uint32_t end = at, dots = 0;

    if (at < w->no_address_before || !is_at_near(w, at))
        return at;
    while (end - at < LONGEST_ADDRESS && is_local_byte(byte_at(w, end)))
        end++;
    if (byte_at(w, end) != '@' || end == at) {
        w->no_address_before = end;
        return at;
    }
    uint32_t domain = ++end;
    while (end - at < LONGEST_ADDRESS &&
           (is_word_byte(byte_at(w, end)) || byte_at(w, end) == '.' || byte_at(w, end) == '-'))
        dots += w->text[end++] == '.';
    end = trim_link(w, at, end);
    if (dots > 0 && end > domain + 2)
        return end;
    w->no_address_before = domain; /* what starts further on would have the same domain */
    return at;
}

/* The end of "@name" or "#topic" at `at`, or `at`. */
static uint32_t handle_end(const struct walk *w, uint32_t at)
{
    uint32_t end = at + 1, size;

    for (;;) {
        enum character kind = kind_at(w, end, &size);
        if (kind != CHAR_LETTER && kind != CHAR_DIGIT && byte_at(w, end) != '_')
            break;
        end += size;
    }
    return end > at + 1 && !(w->text[at] == '#' && is_digit(w->text[at + 1])) ? end : at;
}

/* ---- Words and numbers --------------------------------------------------------------------------------------------- */

/* The length of an apostrophe at `at`: "'" or U+2019; 0 when there is none. */
static uint32_t apostrophe(const struct walk *w, uint32_t at)
{
    if (byte_at(w, at) == '\'')
        return 1;
    return w->length - at >= 3 && at < w->length && memcmp(w->text + at, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

static int is_letter_at(const struct walk *w, uint32_t at)
{
    uint32_t size;

    return kind_at(w, at, &size) == CHAR_LETTER;
}

/* The end of the letters that begin behind a word's inner period, when the period belongs to the word: "U.S", "e.g",
 * "example.com". `at` is at the period; returns `at` when it doesn't. */
static uint32_t dotted_end(const struct walk *w, uint32_t start, uint32_t at)
{
    uint32_t next = at + 1, end = next;

    while (end - next < 16 && (is_upper(byte_at(w, end)) || is_lower(byte_at(w, end))))
        end++;
    if (end == next)
        return at;
    int single = end - next == 1 && (at - start == 1 || w->text[at - 2] == '.');
    if (single && byte_at(w, end) == '.')
        return end;
    if (single && !is_letter_at(w, end) && is_upper(w->text[start]) == is_upper(w->text[next]))
        return end;
    if (at - start == 2 && starts_with(w, start, "ph.d"))
        return end;
    return word_is_suffix(w->text + next, end - next) && !is_word_byte(byte_at(w, end)) ? end : at;
}

/* The end of a word at `at`: letters and digits, with apostrophes and some periods inside. */
static uint32_t word_end(const struct walk *w, uint32_t at)
{
    uint32_t end = at, size;

    while (end < w->length) {
        if (is_word_byte(w->text[end])) {
            end++;
            continue;
        }
        enum character kind = kind_at(w, end, &size);
        if (kind == CHAR_LETTER || kind == CHAR_DIGIT || kind == CHAR_JOINER) {
            end += size;
            continue;
        }
        uint32_t mark = apostrophe(w, end);
        if (mark > 0 && is_letter_at(w, end + mark)) {
            end += mark;
            continue;
        }
        if (w->text[end] == '.' && end > at) {
            uint32_t further = dotted_end(w, at, end);
            if (further > end) {
                end = further;
                continue;
            }
        }
        if ((w->text[end] == '_' || w->text[end] == '&') && end > at && is_word_byte(byte_at(w, end + 1)) &&
            is_word_byte(w->text[end - 1])) {
            end++; /* snake_case; AT&T */
            continue;
        }
        break;
    }
    return end;
}

/* Whether the period at `at` belongs to the abbreviation in front of it. One at the end of the text, or before a blank
 * and a small letter, does so also for those that are words too. */
static int period_belongs(const struct walk *w, uint32_t start, uint32_t at)
{
    if (byte_at(w, at) != '.' || byte_at(w, at + 1) == '.')
        return 0;
    return word_abbreviation(w->text + start, at - start) != ABBREVIATION_NONE;
}

/* Adds a word that ends at `end`, its clitic apart and its abbreviation's period with it. Returns where it ends. */
static uint32_t add_word(struct walk *w, uint32_t at, uint32_t end)
{
    if (period_belongs(w, at, end))
        end++;
    uint32_t clitic = at + word_clitic(w->text + at, end - at);
    segments_add_token(w->out, at, clitic, TEXTD_TOKEN_WORD);
    if (clitic < end)
        segments_add_token(w->out, clitic, end, TEXTD_TOKEN_WORD);
    return end;
}

/* Where the letters of a word start that has its digits in front; `end` for "10th", "1990s" and the like, which are one.
 * Units and "am" stand apart: "5|pm", "10|km". */
static uint32_t unit_start(const struct walk *w, uint32_t at, uint32_t end)
{
    static const char *const units[] = { "am",  "pm",  "a.m", "p.m", "km",  "kg", "cm", "mm", "lbs", "lb", "oz",
                                         "mph", "hrs", "hr",  "ft",  "min", "mg", "gb", "mb", "ghz", "mhz" };
    uint32_t digits = at;

    while (digits < end && is_digit(w->text[digits]))
        digits++;
    for (uint32_t i = 0; digits > at && i < sizeof units / sizeof units[0]; i++)
        if (end - digits == strlen(units[i]) && starts_with(w, digits, units[i]))
            return digits;
    return end;
}

static int is_number_mark(char c)
{
    return c == ',' || c == '.' || c == ':' || c == '/';
}

/* The end of a number at `at`: digits, with marks between them. */
static uint32_t number_end(const struct walk *w, uint32_t at)
{
    uint32_t end = at, size;

    while (end < w->length) {
        if (kind_at(w, end, &size) == CHAR_DIGIT)
            end += size;
        else if (is_number_mark(w->text[end]) && end > at && is_digit(byte_at(w, end + 1)))
            end++;
        else
            break;
    }
    return end;
}

/* A token that starts with a digit. */
static uint32_t add_number(struct walk *w, uint32_t at)
{
    uint32_t end = number_end(w, at);

    if (!is_letter_at(w, end)) {
        segments_add_token(w->out, at, end, TEXTD_TOKEN_NUMBER);
        return end;
    }
    uint32_t whole = word_end(w, end), split = unit_start(w, at, whole);
    if (split < whole) {
        segments_add_token(w->out, at, split, TEXTD_TOKEN_NUMBER);
        return add_word(w, split, whole);
    }
    segments_add_token(w->out, at, whole, TEXTD_TOKEN_NUMBER);
    return whole;
}

/* A token that starts with a letter. */
static uint32_t add_letters(struct walk *w, uint32_t at)
{
    uint32_t end = url_end(w, at);

    if (end == at)
        end = address_end(w, at);
    if (end > at) {
        segments_add_token(w->out, at, end, TEXTD_TOKEN_LINK);
        return end;
    }
    return add_word(w, at, word_end(w, at));
}

/* ---- Signs --------------------------------------------------------------------------------------------------------- */

/* The length of an emoticon at `at`; 0 when there is none. Eyes, perhaps a nose, a mouth, and no letter behind. */
static uint32_t emoticon(const struct walk *w, uint32_t at)
{
    uint32_t end = at;
    char c = w->text[at];

    if (c == '<' && byte_at(w, at + 1) == '3')
        return is_word_byte(byte_at(w, at + 2)) ? 0 : 2;
    if (c != ':' && c != ';' && c != '=')
        return 0;
    end++;
    if (byte_at(w, end) == '-' || byte_at(w, end) == '\'' || byte_at(w, end) == 'o')
        end++;
    if (!byte_at(w, end) || !strchr(")(DPp/\\|*OoX]3", w->text[end]))
        return 0;
    char mouth = w->text[end++];
    while (byte_at(w, end) == mouth && (mouth == ')' || mouth == '('))
        end++;
    if (end - at == 2 && (mouth == '/' || is_word_byte(mouth)) && at > 0 && is_word_byte(w->text[at - 1]))
        return 0; /* "http:/", "a:D" */
    return is_word_byte(byte_at(w, end)) ? 0 : end - at;
}

/* Punctuation: runs of one mark are a token ("...", "!!!", "--"), and runs of "!" and "?" too. */
static uint32_t add_punctuation(struct walk *w, uint32_t at, uint32_t size)
{
    char c = w->text[at];
    uint32_t end;

    if ((c == '@' || c == '#') && (end = handle_end(w, at)) > at) {
        segments_add_token(w->out, at, end, TEXTD_TOKEN_LINK);
        return end;
    }
    uint32_t smile = emoticon(w, at);
    if (smile > 0) {
        segments_add_token(w->out, at, at + smile, TEXTD_TOKEN_SYMBOL);
        return at + smile;
    }
    end = at + size;
    if (size == 1 && strchr(".-*_~", c))
        while (byte_at(w, end) == c)
            end++;
    else if (c == '!' || c == '?')
        while (byte_at(w, end) == '!' || byte_at(w, end) == '?')
            end++;
    else if (apostrophe(w, at) > 0 && (byte_at(w, end) == 's' || byte_at(w, end) == 'S') && !is_letter_at(w, end + 1) &&
             at > 0 && w->out->n_tokens > 0 && w->out->tokens[w->out->n_tokens - 1].end == at) {
        segments_add_token(w->out, at, end + 1, TEXTD_TOKEN_WORD); /* "U.S.'s", "2004's" */
        return end + 1;
    }
    segments_add_token(w->out, at, end, TEXTD_TOKEN_PUNCT);
    return end;
}

/* What modifies the pictograph that ends at `at`, and what is joined to it (Unicode Technical Standard #51). */
static uint32_t emoji_end(const struct walk *w, uint32_t at)
{
    uint32_t size, next_size;

    for (;;) {
        enum character kind = kind_at(w, at, &size);
        if (kind == CHAR_JOINER) {
            at += size;
        } else if (kind == CHAR_ZWJ) {
            enum character next = kind_at(w, at + size, &next_size);
            at += size;
            if (next == CHAR_EMOJI || next == CHAR_SYMBOL)
                at += next_size;
        } else {
            return at;
        }
    }
}

static uint32_t add_sign(struct walk *w, uint32_t at, enum character kind, uint32_t size)
{
    uint32_t end = at + size, next_size;

    uint32_t smile = emoticon(w, at);
    if (smile > 0) {
        segments_add_token(w->out, at, at + smile, TEXTD_TOKEN_SYMBOL);
        return at + smile;
    }
    if (kind == CHAR_FLAG && kind_at(w, end, &next_size) == CHAR_FLAG)
        end += next_size;
    if (kind == CHAR_SYMBOL && size == 1)
        while (byte_at(w, end) == w->text[at] && w->text[at] != '$')
            end++;
    end = emoji_end(w, end);
    segments_add_token(w->out, at, end, TEXTD_TOKEN_SYMBOL);
    return end;
}

static uint32_t add_token_at(struct walk *w, uint32_t at, enum character kind, uint32_t size)
{
    switch (kind) {
    case CHAR_LETTER:
        return add_letters(w, at);
    case CHAR_DIGIT:
        return add_number(w, at);
    case CHAR_PUNCT:
        return add_punctuation(w, at, size);
    case CHAR_IDEOGRAPH: {
        uint32_t end = emoji_end(w, at + size); /* variation selectors */
        segments_add_token(w->out, at, end, TEXTD_TOKEN_WORD);
        return end;
    }
    default:
        return add_sign(w, at, kind, size);
    }
}

#define BYTES_A_TOKEN 4u /* of English text, about; the arrays grow when there are more tokens */

int32_t segment_tokens(struct segments *s, const char *text, uint32_t length)
{
    struct walk w = { .out = s, .text = text, .length = length };
    uint32_t size;

    s->n_tokens = 0;
    s->failed = TEXTD_OK;
    s->token_capacity = length / BYTES_A_TOKEN + 16;
    s->tokens = s->alloc(s->data, (uint64_t)s->token_capacity * sizeof *s->tokens);
    s->kinds = s->alloc(s->data, s->token_capacity);
    if (!s->tokens || !s->kinds)
        return s->failed = TEXTD_NO_MEMORY;
    for (uint32_t at = 0; at < length && !s->failed;) {
        enum character kind = character_at(text, at, &size);
        at = kind == CHAR_BLANK ? at + size : add_token_at(&w, at, kind, size);
    }
    return s->failed;
}
