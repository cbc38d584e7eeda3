/* headline.c: see headline.h. Nothing is rewritten: a headline is the start of a sentence, cut where a clause ends that has its verb. */
#include "plugins/summarizer/headline.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/rank.h"
#include "plugins/summarizer/summary.h"

#define LEAST_CLAUSE 20u /* bytes of a clause that may stand alone */
#define CANDIDATES 5u    /* best sentences that are tried before a cut between words */
#define WORTH_LESS 0.75f /* that a sentence's score may be below the best's, in the scores' unit */

static uint32_t count_chars(const char *text, struct textd_span span)
{
    uint32_t n = 0;

    for (uint32_t i = span.start; i < span.end; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

#define IS_WORD(d, token, list) document_is_word(d, token, list, sizeof(list) / sizeof(list)[0])

/* Whether a word within is a finite verb, as far as forms tell: an auxiliary, a common irregular past, or one that ends with -ed. */
static int has_verb(const struct document *d, uint32_t first, uint32_t end)
{
    static const char *const verbs[] = {
        "is",      "are",      "was",   "were",    "be",      "has",      "have",   "had",     "will",     "would",
        "can",     "could",    "may",   "might",   "must",    "should",   "shall",  "does",    "do",       "did",
        "said",    "says",     "told",  "made",    "makes",   "went",     "goes",   "came",    "comes",    "took",
        "takes",   "got",      "gets",  "gave",    "gives",   "found",    "finds",  "won",     "wins",     "lost",
        "loses",   "rose",     "fell",  "began",   "begins",  "left",     "ran",    "runs",    "sold",     "bought",
        "built",   "held",     "holds", "kept",    "met",     "cut",      "hit",    "put",     "set",      "shut",
        "paid",    "sent",     "led",   "saw",     "sees",    "shows",    "showed", "shot",    "spent",    "stood",
        "struck",  "grew",     "broke", "drew",    "wrote",   "knew",     "knows",  "thought", "became",   "becomes",
        "brought", "felt",     "let",   "opens",   "closes",  "plans",    "wants",  "needs",   "works",    "uses",
        "helps",   "means",    "seems", "remains", "propose", "proposes", "show",   "present", "presents", "introduce",
        "study",   "describe", "'s",    "'re",     "'ll",     "isn't",    "don't",  "won't",   "can't",
    };

    for (uint32_t i = first; i < end; i++) {
        const struct textd_span *t = &d->tokens[i];
        if (d->kinds[i] != TEXTD_TOKEN_WORD)
            continue;
        if (IS_WORD(d, i, verbs))
            return 1;
        if (i > first && t->end - t->start > 4 && memcmp(d->text + t->end - 2, "ed", 2) == 0)
            return 1;
    }
    return 0;
}

/* "We sell red plums": where somebody is named as who does it, a word that the list lacks is the verb. */
static int has_subject(const struct document *d, const struct sentence *s)
{
    static const char *const subjects[] = { "i", "we", "you", "he", "she", "they", "it", "who" };

    for (uint32_t i = s->body_token; i < s->end_token; i++)
        if (IS_WORD(d, i, subjects))
            return 1;
    return 0;
}

/* Whether a clause may end before the token: at a comma, a dash, a bracket or a semicolon behind which something else starts. */
static int ends_clause(const struct document *d, uint32_t token, uint32_t end)
{
    static const char *const starters[] = {
        "which",  "who",       "whose",   "where",   "when",     "while",  "after",     "before",    "as",  "because",
        "but",    "so",        "since",   "though",  "although", "with",   "including", "according", "if",  "unless",
        "until",  "following", "despite", "he",      "she",      "it",     "they",      "we",        "the", "a",
        "police", "officials", "making",  "leaving", "killing",  "saying", "adding"
    };
    char c = d->text[d->tokens[token].start];
    uint32_t n = d->tokens[token].end - d->tokens[token].start;

    if (n == 1 && (c == ';' || c == '('))
        return 1;
    if (n == 3 && memcmp(d->text + d->tokens[token].start, "\xe2\x80\x94", 3) == 0)
        return 1;
    return n == 1 && c == ',' && token + 1 < end && IS_WORD(d, token + 1, starters);
}

/* Whether something is only added from the token on, of which the clause has no need: "in the north of the country". */
static int ends_phrase(const struct document *d, uint32_t token)
{
    static const char *const adders[] = { "in",    "on",   "at",   "after",   "before",    "during", "since",
                                          "until", "near", "amid", "despite", "because",   "when",   "while",
                                          "if",    "and",  "but",  "where",   "following", "under" };
    uint32_t before = d->token_words[token - 1];

    return IS_WORD(d, token, adders) && before != NO_WORD && d->words[before].weight > 0;
}

/* Words at a sentence's start that make its first clause depend on the next. */
static int starts_dependent(const struct document *d, const struct sentence *s)
{
    static const char *const words[] = { "if",      "when",    "while",    "after",  "before", "as",
                                         "because", "since",   "although", "though", "unless", "until",
                                         "once",    "despite", "with",     "in",     "on",     "at",
                                         "for",     "by",      "from",     "during", "under",  "according" };

    return s->body_token < s->end_token && IS_WORD(d, s->body_token, words);
}

static struct textd_span without_stop(const struct document *d, struct textd_span span)
{
    while (span.end > span.start + 1 && (d->text[span.end - 1] == '.' || d->text[span.end - 1] == ' ' ||
                                         d->text[span.end - 1] == ',' || d->text[span.end - 1] == ';'))
        span.end--;
    return span;
}

static int is_balanced(const struct document *d, struct textd_span span)
{
    uint32_t straight = 0, brackets = 0;
    int32_t curly = 0;

    for (uint32_t i = span.start; i < span.end; i++) {
        straight += d->text[i] == '"';
        brackets += d->text[i] == '(' || d->text[i] == ')';
        if (i + 2 < span.end && memcmp(d->text + i, "\xe2\x80", 2) == 0)
            curly += d->text[i + 2] == '\x9c' ? 1 : d->text[i + 2] == '\x9d' ? -1 : 0;
    }
    return straight % 2 == 0 && brackets % 2 == 0 && curly == 0;
}

/* What is shown of a sentence, without the number of an item. */
static struct textd_span words_of(const struct document *d, uint32_t sentence)
{
    struct textd_span span = summary_shown(d, sentence);
    const struct sentence *s = &d->sentences[sentence];

    if (d->kind != DOCUMENT_CHAT && s->body_token < s->end_token && d->tokens[s->body_token].start > span.start)
        span.start = d->tokens[s->body_token].start;
    return without_stop(d, span);
}

/* "The pool, which closed in 2019": says nothing of the pool yet, since what is said stands behind the clause about it. */
static int lacks_main_clause(const struct document *d, uint32_t first, uint32_t end)
{
    static const char *const relatives[] = { "which", "who", "whose", "where", "whom" };
    uint32_t open = 0;

    for (uint32_t i = first + 1; i + 1 < end; i++) {
        const struct textd_span *t = &d->tokens[i];
        if (t->end - t->start == 1 && d->text[t->start] == ',')
            open = IS_WORD(d, i + 1, relatives) ? i : 0;
    }
    return open > 0 && !has_verb(d, first, open);
}

/* The whole sentence, or its longest start that is a clause; empty if there is none that is short enough. */
static struct textd_span clause_of(const struct document *d, uint32_t sentence)
{
    const struct sentence *s = &d->sentences[sentence];
    struct textd_span whole = words_of(d, sentence), best = { whole.start, whole.start }, shorter = best;

    if (s->flags & SENTENCE_HANGING)
        return best;
    if (count_chars(d->text, whole) <= HEADLINE_CHARS)
        return is_balanced(d, whole) && (has_verb(d, s->body_token, s->end_token) || has_subject(d, s)) ? whole : best;
    if (starts_dependent(d, s))
        return best;
    for (uint32_t i = s->body_token + 1; i + 1 < s->end_token; i++) {
        struct textd_span part = { whole.start, d->tokens[i - 1].end };
        if (count_chars(d->text, part) > HEADLINE_CHARS)
            break;
        if (part.end <= part.start + LEAST_CLAUSE || !is_balanced(d, part) || !has_verb(d, s->body_token, i) ||
            lacks_main_clause(d, s->body_token, i))
            continue;
        if (ends_clause(d, i, s->end_token))
            best = part;
        else if (best.end == best.start && ends_phrase(d, i))
            shorter = part;
    }
    return best.end > best.start ? best : shorter;
}

/* Up to the last blank that fits. */
static struct textd_span cut_between_words(const struct document *d, uint32_t sentence)
{
    struct textd_span span = words_of(d, sentence);
    uint32_t chars = 0, at = span.start, blank = 0, size;

    for (; at < span.end && chars < HEADLINE_CHARS; at += size, chars++) {
        char_decode(d->text, at, &size);
        if (d->text[at] == ' ' || d->text[at] == '\n')
            blank = at;
    }
    if (at < span.end)
        span.end = blank > 0 ? blank : at;
    return without_stop(d, span);
}

int32_t headline_make(struct document *d, const float *scores, struct textd_span *headline)
{
    struct pick *best;
    uint32_t n, top = 0;
    int32_t rc = select_sentences(d, scores, &(struct budget) { .sentences = CANDIDATES, .alone = 1 }, &best, &n);

    *headline = (struct textd_span) { 0, 0 };
    if (rc != TEXTD_OK || n == 0)
        return rc;
    while (best[top].rank != 1)
        top++;
    for (uint32_t rank = 1; rank <= n; rank++)
        for (uint32_t i = 0; i < n; i++) {
            if (best[i].rank != rank || best[i].score < best[top].score - WORTH_LESS)
                continue;
            struct textd_span span = clause_of(d, best[i].sentence);
            if (span.end > span.start && (rank == 1 || rank_is_fit(&d->sentences[best[i].sentence]))) {
                *headline = span;
                return TEXTD_OK;
            }
        }
    /* None has a clause: the best that is short enough as it is, else its start. */
    for (uint32_t rank = 1; rank <= n; rank++)
        for (uint32_t i = 0; i < n; i++) {
            struct textd_span whole = words_of(d, best[i].sentence);
            if (best[i].rank != rank || best[i].score < best[top].score - WORTH_LESS ||
                count_chars(d->text, whole) > HEADLINE_CHARS)
                continue;
            *headline = whole;
            return TEXTD_OK;
        }
    *headline = cut_between_words(d, best[top].sentence);
    return TEXTD_OK;
}
