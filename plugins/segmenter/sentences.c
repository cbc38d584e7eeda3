/* sentences.c: the sentences of a text, from its tokens (tokens.h). A rule for each place where one may end: behind a
 * mark that ends sentences, its closing quotes and brackets taken along; at an empty line; at a line that looks like a
 * heading or comes before a list's item. Whether a period ends more than an abbreviation is judged by what follows
 * (Grefenstette and Tapanainen 1994, "What is a word, what is a sentence?"; Mikheev 2002, "Periods, capitalized words,
 * etc."). */
#include <string.h>

#include "plugins/segmenter/character.h"
#include "plugins/segmenter/tokens.h"
#include "plugins/segmenter/words.h"

/* A line this short that is followed by one with a capital is a heading or a list's, not text that was wrapped. */
#define SHORT_LINE 45u

struct view {
    const struct segments *s;
    const char *text;
    uint32_t length;
};

/* Whether token `i` is one of the list, which ends in NULL. */
static int is_token(const struct view *v, uint32_t i, const char *const *list)
{
    const struct textd_span *t = &v->s->tokens[i];
    uint32_t n = t->end - t->start;

    for (; *list; list++)
        if (strlen(*list) == n && memcmp(*list, v->text + t->start, n) == 0)
            return 1;
    return 0;
}

/* Beside ASCII's: ” ’ » 」 』 */
static const char *const closers[] = {
    "\"", "'", "''", ")", "]", "}", "\xe2\x80\x9d", "\xe2\x80\x99", "\xc2\xbb", "\xe3\x80\x8d", "\xe3\x80\x8f", NULL
};
/* Beside ASCII's: “ ‘ « 「 */
static const char *const openers[] = { "\"",           "'",        "``",           "(", "[", "{", "\xe2\x80\x9c",
                                       "\xe2\x80\x98", "\xc2\xab", "\xe3\x80\x8c", NULL };
/* 。！？｡ */
static const char *const full_stops[] = { "\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f", "\xef\xbd\xa1", NULL };
/* । ॥ ؟ ۔ … */
static const char *const other_stops[] = {
    "\xe0\xa5\xa4", "\xe0\xa5\xa5", "\xd8\x9f", "\xdb\x94", "\xe2\x80\xa6", NULL
};

enum ending {
    ENDING_NONE,
    ENDING_STRONG,       /* "!" "?" and those of other scripts: ends whatever follows */
    ENDING_PERIOD,       /* "." "..." "…" */
    ENDING_ABBREVIATION, /* a period that belongs to its word */
};

static enum ending ending_of(const struct view *v, uint32_t i)
{
    const struct textd_span *t = &v->s->tokens[i];
    char first = v->text[t->start], last = v->text[t->end - 1];

    if (v->s->kinds[i] == TEXTD_TOKEN_WORD)
        return last == '.' ? ENDING_ABBREVIATION : ENDING_NONE;
    if (v->s->kinds[i] != TEXTD_TOKEN_PUNCT)
        return ENDING_NONE;
    if (first == '.')
        return ENDING_PERIOD;
    if (first == '!' || first == '?' || is_token(v, i, full_stops))
        return ENDING_STRONG;
    return is_token(v, i, other_stops) ? ENDING_PERIOD : ENDING_NONE;
}

/* The line breaks between tokens i and i + 1. */
static uint32_t breaks_after(const struct view *v, uint32_t i)
{
    uint32_t n = 0;

    for (uint32_t at = v->s->tokens[i].end; at < v->s->tokens[i + 1].start; at++)
        n += v->text[at] == '\n';
    return n;
}

static int is_apart(const struct view *v, uint32_t i)
{
    return v->s->tokens[i].end < v->s->tokens[i + 1].start;
}

/* The first token at or behind `i` that is no opening quote or bracket. */
static uint32_t skip_openers(const struct view *v, uint32_t i)
{
    for (uint32_t n = 0; n < 3 && i + 1 < v->s->n_tokens && is_token(v, i, openers); n++)
        i++;
    return i;
}

static int starts_small(const struct view *v, uint32_t i)
{
    const struct textd_span *t = &v->s->tokens[i];

    return is_lower(v->text[t->start]);
}

/* "*", "-", "•", "1." or "(a)" at the start of a line. */
static int is_bullet(const struct view *v, uint32_t i)
{
    static const char *const bullets[] = { "-", "*", "\xe2\x80\xa2", "\xe2\x80\x93", "\xe2\x80\x94", "o", NULL };

    if (is_token(v, i, bullets) && is_apart(v, i))
        return 1;
    if (v->s->kinds[i] != TEXTD_TOKEN_NUMBER || i + 2 >= v->s->n_tokens)
        return 0;
    char next = v->text[v->s->tokens[i + 1].start];
    return (next == '.' || next == ')') && !is_apart(v, i) && is_apart(v, i + 1);
}

/* Whether an abbreviation's period ends the sentence too: a capitalised word follows that usually starts one. */
static int abbreviation_ends(const struct view *v, uint32_t i, uint32_t next)
{
    const struct textd_span *t = &v->s->tokens[i], *n = &v->s->tokens[next];

    if (word_abbreviation(v->text + t->start, t->end - t->start - 1) == ABBREVIATION_TITLE)
        return 0;
    return word_starts_sentences(v->text + n->start, n->end - n->start);
}

/* Whether the mark at `i`, whose sentence would end with token `last`, ends it before token last + 1. */
static int mark_ends(const struct view *v, enum ending ending, uint32_t i, uint32_t last)
{
    uint32_t next = skip_openers(v, last + 1);

    if (is_token(v, i, full_stops))
        return 1;
    if (!is_apart(v, last))
        return ending != ENDING_ABBREVIATION && last == i &&
               character_is_capital(v->text, v->length, v->s->tokens[next].start) &&
               v->s->tokens[i].end - v->s->tokens[i].start == 1;
    if (ending == ENDING_ABBREVIATION)
        return abbreviation_ends(v, i, next);
    if (ending == ENDING_STRONG)
        return last == i || !starts_small(v, next);
    return !starts_small(v, next);
}

/* Whether a line break between `i` and the next token ends a sentence although no mark does. `line` is the first token of
 * the line that ends. */
static int line_ends(const struct view *v, uint32_t i, uint32_t line)
{
    uint32_t width = v->s->tokens[i].end - v->s->tokens[line].start;
    char last = v->text[v->s->tokens[i].end - 1];

    if (is_bullet(v, i + 1))
        return 1;
    if (last == ',' || last == '-' || width > SHORT_LINE)
        return 0;
    return character_is_capital(v->text, v->length, v->s->tokens[skip_openers(v, i + 1)].start);
}

static void add_sentence(struct segments *s, uint32_t first, uint32_t last)
{
    if (s->n_sentences == s->sentence_capacity) {
        uint32_t capacity = 2 * s->sentence_capacity;
        struct textd_span *sentences = s->alloc(s->data, (uint64_t)capacity * sizeof *sentences);
        if (!sentences) {
            s->failed = TEXTD_NO_MEMORY;
            return;
        }
        memcpy(sentences, s->sentences, s->n_sentences * sizeof *sentences);
        s->sentences = sentences;
        s->sentence_capacity = capacity;
    }
    s->sentences[s->n_sentences++] = (struct textd_span) { s->tokens[first].start, s->tokens[last].end };
}

/* The last token that goes with the mark at `i`: closing quotes and brackets right behind it, and more marks. */
static uint32_t take_closers(const struct view *v, uint32_t i)
{
    uint32_t last = i;

    while (last + 1 < v->s->n_tokens && !is_apart(v, last) && is_token(v, last + 1, closers))
        last++;
    return last;
}

/* The last token of the sentence if one ends at token `i`, else UINT32_MAX. */
static uint32_t sentence_end(const struct view *v, uint32_t i, uint32_t line)
{
    uint32_t breaks = breaks_after(v, i);

    if (breaks >= 2 || (breaks == 1 && line_ends(v, i, line)))
        return i;
    enum ending ending = ending_of(v, i);
    if (ending == ENDING_NONE)
        return UINT32_MAX;
    uint32_t last = take_closers(v, i);
    if (last + 1 >= v->s->n_tokens)
        return last;
    return mark_ends(v, ending, i, last) ? last : UINT32_MAX;
}

int32_t segment_sentences(struct segments *s, const char *text, uint32_t length)
{
    const struct view v = { s, text, length };
    uint32_t first = 0, line = 0;

    s->n_sentences = 0;
    s->sentence_capacity = s->n_tokens / 16 + 16;
    s->sentences = s->alloc(s->data, (uint64_t)s->sentence_capacity * sizeof *s->sentences);
    if (!s->sentences)
        return s->failed = TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i + 1 < s->n_tokens && !s->failed; i++) {
        uint32_t last = sentence_end(&v, i, line);
        if (last != UINT32_MAX) {
            add_sentence(s, first, last);
            first = last + 1;
            i = last;
        }
        if (i + 1 < s->n_tokens && breaks_after(&v, i) > 0)
            line = i + 1;
    }
    if (first < s->n_tokens && !s->failed)
        add_sentence(s, first, s->n_tokens - 1);
    return s->failed;
}
