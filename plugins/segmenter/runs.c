/* runs.c: see runs.h. */
#include "plugins/segmenter/runs.h"

#include <assert.h>
#include <string.h>

#include "plugins/lib/character.h"

uint32_t runs_add(struct language_run *runs, uint32_t n, struct language_run run)
{
    if (n > 0 && run.end <= runs[n - 1].end)
        return n;
    if (n == 0 || runs[n - 1].language != run.language)
        n++;
    runs[n - 1] = run;
    return n;
}

/* Whether the token is one of the words, " dr prof ". */
static int is_title(const char *titles, const char *text, struct textd_span token)
{
    char word[10] = " ";
    uint32_t length = token.end - token.start;

    if (length > sizeof word - 3)
        return 0;
    for (uint32_t i = 0; i < length; i++)
        word[i + 1] = char_to_lower(text[token.start + i]);
    word[length + 1] = ' ';
    return strstr(titles, word) != NULL;
}

/* Takes the flag off the tokens behind a title's period on the same line, and behind a number's: no sentence ends there. */
static void keep_titles(struct segments *s, const char *titles, const char *text)
{
    for (uint32_t i = 2; i < s->n_tokens; i++) {
        struct textd_span stop = s->tokens[i - 1];
        int is_stop = stop.end - stop.start == 1 && text[stop.start] == '.' && s->tokens[i - 2].end == stop.start;
        if (is_stop && s->tokens[i].start == stop.end && char_is_digit(text[stop.start - 1]) &&
            char_is_digit(text[stop.end]))
            s->kinds[i] &= (uint8_t)~TOKEN_GAP; /* "1|.|335", as the treebanks have it */
        if ((s->kinds[i] & (TOKEN_GAP | TOKEN_LINE)) == TOKEN_GAP && is_stop &&
            is_title(titles, text, s->tokens[i - 2]))
            s->kinds[i] &= (uint8_t)~TOKEN_GAP;
    }
}

int32_t segment_as(struct segments *s, const struct boundary_model *english, const struct language_model *language,
                   const char *text, uint32_t length)
{
    int32_t rc = language ? segment_tokens_of(s, language, text, length) : segment_tokens(s, text, length);

    if (rc == TEXTD_OK && language && language_titles(language->code))
        keep_titles(s, language_titles(language->code), text);
    if (rc == TEXTD_OK)
        rc = segment_sentences(s, language ? &language->boundaries : english, text, length);
    return rc;
}

/* What is left of the whole text's arrays, for the run that is next. */
struct rest {
    struct segments *whole;
    uint32_t n_given;
};

/* Gives them out in the order in which they are asked for. */
static void *give_rest(void *data, uint64_t bytes)
{
    struct rest *rest = data;
    struct segments *whole = rest->whole;

    (void)bytes; /* a run is no longer than what is left of the text, and asks for no more */
    switch (rest->n_given++) {
    case 0:
        return whole->tokens + whole->n_tokens;
    case 1:
        return whole->kinds + whole->n_tokens;
    default:
        assert(rest->n_given == 3);
        return whole->sentences + whole->n_sentences;
    }
}

static int ask_whole(void *data)
{
    struct segments *whole = ((struct rest *)data)->whole;

    return whole->should_stop(whole->data);
}

static void move(struct textd_span *spans, uint32_t n, uint32_t by)
{
    for (uint32_t i = 0; i < n; i++)
        spans[i] = (struct textd_span) { spans[i].start + by, spans[i].end + by };
}

int32_t segment_runs(struct segments *s, const struct boundary_model *english, const struct language_run *runs,
                     uint32_t n_runs, const char *text, uint32_t length)
{
    int32_t rc;

    if (n_runs <= 1)
        return segment_as(s, english, n_runs > 0 ? runs[0].language : NULL, text, length);
    assert(runs[n_runs - 1].end == length);
    s->n_tokens = s->n_sentences = 0;
    s->tokens = s->alloc(s->data, (uint64_t)length * sizeof *s->tokens);
    s->kinds = s->alloc(s->data, (uint64_t)length + TOKEN_WINDOW);
    s->sentences = s->alloc(s->data, (uint64_t)length * sizeof *s->sentences);
    if (!s->tokens || !s->kinds || !s->sentences)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0, start = 0; i < n_runs; start = runs[i++].end) {
        struct rest rest = { .whole = s };
        struct segments run = { .alloc = give_rest, .should_stop = ask_whole, .data = &rest };
        if ((rc = segment_as(&run, english, runs[i].language, text + start, runs[i].end - start)) != TEXTD_OK)
            return rc;
        move(run.tokens, run.n_tokens, start);
        move(run.sentences, run.n_sentences, start);
        s->n_tokens += run.n_tokens;
        s->n_sentences += run.n_sentences;
    }
    return TEXTD_OK;
}
