/* parts.c: see parts.h. A hidden Markov model (Church 1988, "A stochastic parts program and noun phrase parser for unrestricted
 * text") over the words between two function words or marks: how often a word is a noun, verb, adjective or adverb comes from the
 * model, what follows what from the tables below. They are what English grammar lets expect, not counts of tagged texts. */
#include "plugins/summarizer/parts.h"

#include <string.h>

#include "plugins/lib/character.h"

#define LONGEST_RUN 32u /* content words in a row; more is no sentence */

/* How likely a part of speech is behind a neighbour of a kind; rows by enum model_context. */
static const float behind[N_CONTEXTS][N_PARTS] = {
    [CONTEXT_OTHER] = { .38f, .30f, .24f, .08f },       [CONTEXT_DETERMINER] = { .64f, .02f, .31f, .03f },
    [CONTEXT_PREPOSITION] = { .62f, .10f, .25f, .03f }, [CONTEXT_SUBJECT] = { .05f, .74f, .03f, .18f },
    [CONTEXT_AUXILIARY] = { .14f, .36f, .30f, .20f },   [CONTEXT_MODAL] = { .04f, .82f, .03f, .11f },
    [CONTEXT_CONJUNCTION] = { .44f, .24f, .22f, .10f }, [CONTEXT_VERB] = { .42f, .08f, .32f, .18f },
    [CONTEXT_NOUN] = { .20f, .45f, .20f, .15f },        [CONTEXT_MARK] = { .50f, .20f, .22f, .08f },
};

/* How likely a neighbour is behind a part of speech. */
static const float ahead[N_PARTS][N_CONTEXTS] = {
    [PART_NOUN] = { [CONTEXT_OTHER] = .07f,
                    [CONTEXT_DETERMINER] = .03f,
                    [CONTEXT_PREPOSITION] = .24f,
                    [CONTEXT_SUBJECT] = .04f,
                    [CONTEXT_AUXILIARY] = .13f,
                    [CONTEXT_MODAL] = .05f,
                    [CONTEXT_CONJUNCTION] = .12f,
                    [CONTEXT_VERB] = .03f,
                    [CONTEXT_NOUN] = .02f,
                    [CONTEXT_MARK] = .30f },
    [PART_VERB] = { [CONTEXT_OTHER] = .12f,
                    [CONTEXT_DETERMINER] = .27f,
                    [CONTEXT_PREPOSITION] = .22f,
                    [CONTEXT_SUBJECT] = .10f,
                    [CONTEXT_AUXILIARY] = .02f,
                    [CONTEXT_MODAL] = .06f,
                    [CONTEXT_CONJUNCTION] = .06f,
                    [CONTEXT_VERB] = .01f,
                    [CONTEXT_NOUN] = .05f,
                    [CONTEXT_MARK] = .10f },
    [PART_ADJECTIVE] = { [CONTEXT_OTHER] = .12f,
                         [CONTEXT_DETERMINER] = .03f,
                         [CONTEXT_PREPOSITION] = .20f,
                         [CONTEXT_SUBJECT] = .05f,
                         [CONTEXT_AUXILIARY] = .01f,
                         [CONTEXT_MODAL] = .08f,
                         [CONTEXT_CONJUNCTION] = .20f,
                         [CONTEXT_VERB] = .01f,
                         [CONTEXT_NOUN] = .06f,
                         [CONTEXT_MARK] = .24f },
    [PART_ADVERB] = { [CONTEXT_OTHER] = .12f,
                      [CONTEXT_DETERMINER] = .15f,
                      [CONTEXT_PREPOSITION] = .20f,
                      [CONTEXT_SUBJECT] = .10f,
                      [CONTEXT_AUXILIARY] = .06f,
                      [CONTEXT_MODAL] = .05f,
                      [CONTEXT_CONJUNCTION] = .08f,
                      [CONTEXT_VERB] = .04f,
                      [CONTEXT_NOUN] = .02f,
                      [CONTEXT_MARK] = .18f },
};

/* How likely the second is behind the first. */
static const float next[N_PARTS][N_PARTS] = {
    [PART_NOUN] = { .50f, .36f, .06f, .08f },
    [PART_VERB] = { .42f, .05f, .33f, .20f },
    [PART_ADJECTIVE] = { .80f, .05f, .12f, .03f },
    [PART_ADVERB] = { .12f, .42f, .38f, .08f },
};

/* A share of two bits as it is meant, and how common each part is, which its likelihood is taken by. */
static const float shares[4] = { .01f, .12f, .45f, .85f };
static const float prior[N_PARTS] = { .50f, .20f, .20f, .10f };

struct word_here {
    uint32_t token;
    int is_plural; /* ends with one s */
    float likely[N_PARTS];
};

static int ends_with(const char *word, uint32_t length, const char *ending)
{
    size_t n = strlen(ending);

    return length >= n + 3 && memcmp(word + length - n, ending, n) == 0;
}

/* Shares of a word that the model does not know, by its ending. */
static const float *guess(const char *word, uint32_t length)
{
    static const float noun[N_PARTS] = { .75f, .15f, .08f, .02f }, adverb[N_PARTS] = { .08f, .02f, .10f, .80f },
                       past[N_PARTS] = { .05f, .60f, .34f, .01f }, gerund[N_PARTS] = { .50f, .35f, .14f, .01f },
                       adjective[N_PARTS] = { .20f, .02f, .77f, .01f };
    static const struct {
        const char *ending;
        const float *shares;
    } endings[] = { { "ly", adverb },      { "ed", past },       { "ing", gerund },     { "able", adjective },
                    { "ous", adjective },  { "ful", adjective }, { "less", adjective }, { "ive", adjective },
                    { "ical", adjective }, { "ish", adjective } };

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (ends_with(word, length, endings[i].ending))
            return endings[i].shares;
    return noun;
}

static void read_word(const struct document *d, uint32_t token, uint32_t byte, int is_first, struct word_here *w)
{
    const struct textd_span *span = &d->tokens[token];
    const char *word = d->text + span->start;
    uint32_t length = span->end - span->start;
    const float *guessed = byte ? NULL : guess(word, length);

    w->token = token;
    w->is_plural = ends_with(word, length, "s") && word[length - 2] != 's';
    for (uint32_t part = 0; part < N_PARTS; part++)
        w->likely[part] = (byte ? shares[byte >> 2 * part & 3] : guessed[part]) / prior[part];
    if (char_is_upper(*word) && !is_first) { /* a name */
        w->likely[PART_VERB] *= .05f;
        w->likely[PART_ADVERB] *= .1f;
        w->likely[PART_ADJECTIVE] *= .5f;
    }
}

/* A verb agrees with the noun before it: pumps fail, a pump fails. */
static float agreement(const struct word_here *noun, const struct word_here *verb, const struct document *d)
{
    const struct textd_span *span = &d->tokens[verb->token];
    const char *word = d->text + span->start;
    uint32_t length = span->end - span->start;

    if (ends_with(word, length, "ed") || ends_with(word, length, "ing"))
        return 1;
    if (verb->is_plural)
        return noun->is_plural ? .2f : 1.5f;
    return noun->is_plural ? 1.2f : .3f;
}

/* The likeliest parts of the words of a run (Viterbi 1967). */
static void tag_run(const struct document *d, const struct word_here *run, uint32_t n, uint32_t left, uint32_t right,
                    uint8_t *tags)
{
    float best[N_PARTS], now[N_PARTS];
    uint8_t from[LONGEST_RUN][N_PARTS];
    uint32_t part = 0;

    for (uint32_t p = 0; p < N_PARTS; p++)
        best[p] = behind[left][p] * run[0].likely[p];
    for (uint32_t i = 1; i < n; i++) {
        float agrees = agreement(&run[i - 1], &run[i], d);
        for (uint32_t p = 0; p < N_PARTS; p++) {
            now[p] = -1;
            for (uint32_t q = 0; q < N_PARTS; q++) {
                float value = best[q] * next[q][p] * (q == PART_NOUN && p == PART_VERB ? agrees : 1);
                if (value > now[p]) {
                    now[p] = value;
                    from[i][p] = (uint8_t)q;
                }
            }
            now[p] *= run[i].likely[p];
        }
        memcpy(best, now, sizeof best);
    }
    for (uint32_t p = 1; p < N_PARTS; p++)
        if (best[p] * ahead[p][right] > best[part] * ahead[part][right])
            part = p;
    for (uint32_t i = n; i-- > 0; part = i > 0 ? from[i][part] : part)
        tags[run[i].token] = (uint8_t)part;
}

static int is_not(const char *word, uint32_t length)
{
    return (length == 3 || length == 5) && word[0] == 'n' && word[length - 1] == 't' &&
           (word[1] == '\'' || length == 5);
}

/* What the token is to its neighbours: 1 and its byte if it is a word of a run, else 0 and its context. A hyphen is none of both. */
static int is_of_run(const struct document *d, uint32_t token, uint32_t *what)
{
    uint32_t word = d->token_words[token];

    *what = CONTEXT_MARK;
    if (word == NO_WORD)
        return 0;
    if (d->kinds[token] == TEXTD_TOKEN_NUMBER) {
        *what = CONTEXT_DETERMINER;
        return 0;
    }
    if (token + 1 < d->n_tokens && d->tokens[token].end == d->tokens[token + 1].start &&
        is_not(d->text + d->tokens[token + 1].start, d->tokens[token + 1].end - d->tokens[token + 1].start)) {
        *what = CONTEXT_MODAL; /* ca|n't, wo|n't */
        return 0;
    }
    uint32_t slot = model_word_slot(d->model, d->words[word].key);
    uint32_t byte = slot == UINT32_MAX ? 0 : d->model->parts[slot];
    if (d->words[word].weight > 0 && byte != MODEL_PART_NUMBER && byte != MODEL_PART_TIME) {
        *what = byte;
        return 1;
    }
    *what = byte == MODEL_PART_NUMBER ? CONTEXT_DETERMINER : byte == MODEL_PART_TIME ? CONTEXT_NOUN : byte;
    if (*what >= N_CONTEXTS) /* the model may have anything */
        *what = CONTEXT_OTHER;
    return 0;
}

void parts_tag(const struct document *d, uint32_t first, uint32_t end, uint8_t *tags)
{
    struct word_here run[LONGEST_RUN];
    uint32_t n = 0, left = CONTEXT_MARK, what;
    int is_first = 1;

    for (uint32_t i = first; i < end; i++) {
        const struct textd_span *span = &d->tokens[i];
        tags[i] = PARTS_NONE;
        if (span->end == span->start + 1 && d->text[span->start] == '-' && n > 0 && n < LONGEST_RUN)
            continue;
        if (is_of_run(d, i, &what)) {
            read_word(d, i, what, is_first, &run[n++]);
            is_first = 0;
            what = CONTEXT_OTHER;
            if (n < LONGEST_RUN)
                continue;
        }
        is_first = is_first && d->token_words[i] == NO_WORD;
        if (n > 0)
            tag_run(d, run, n, left, what, tags);
        n = 0;
        left = what;
    }
    if (n > 0)
        tag_run(d, run, n, left, CONTEXT_MARK, tags);
}
