/* entities_text.h: for the tests of the tagger: its model, memory as a host would give it, and texts as tokens between blanks.
 * A line break ends a sentence. */
#ifndef ENTITIES_TEXT_H
#define ENTITIES_TEXT_H

#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/expressions/expressions.h"
#include "plugins/entities/find.h"
#include "plugins/lib/language.h"
#include "plugins/entities/names/model.h"

#define MAX_TOKENS 400000

static struct names_model model;
static char *model_bytes;
static size_t model_length;
static struct vocabulary *vocabulary;
static char text[8 * MAX_TOKENS];
static struct textd_span tokens[MAX_TOKENS], sentences[MAX_TOKENS];
static uint8_t kinds[MAX_TOKENS];
static bool cut_before[4096]; /* bytes of `text` before which a bar stood */

/* ---- Memory and time, as a host would give them ------------------------------------------------------------------ */

struct giver {
    void *given[4096];
    uint32_t n, limit; /* of allocations */
    uint32_t polls, patience;
};

static void *give(void *context, size_t bytes)
{
    struct giver *g = context;

    if (g->n == g->limit || g->n == COUNT(g->given))
        return NULL;
    return g->given[g->n++] = malloc(bytes ? bytes : 1); /* exact, so that a sanitizer sees each byte too far */
}

static int should_stop(void *context)
{
    struct giver *g = context;

    return g->polls++ >= g->patience;
}

static struct giver giver_new(void)
{
    return (struct giver) { .limit = UINT32_MAX, .patience = UINT32_MAX };
}

static void giver_free(struct giver *g)
{
    while (g->n)
        free(g->given[--g->n]);
}

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

static uint8_t kind_of(const char *token, size_t length)
{
    unsigned char c = (unsigned char)*token;

    if (length > 1 && (c == '@' || c == '#' || memchr(token, '@', length) || strncmp(token, "http", 4) == 0))
        return TEXTD_TOKEN_LINK;
    if (c >= '0' && c <= '9')
        return TEXTD_TOKEN_NUMBER;
    if (c == '$' || c == '%' || c == '+')
        return TEXTD_TOKEN_SYMBOL;
    return length == 1 && strchr(".,;:!?()\"'", c) ? TEXTD_TOKEN_PUNCT : TEXTD_TOKEN_WORD;
}

/* Cuts `text` into tokens at blanks and into sentences at line breaks. */
static struct entity_input split(void)
{
    struct entity_input in = {
        .text = text, .tokens = tokens, .kinds = kinds, .sentences = sentences, .text_length = (uint32_t)strlen(text)
    };
    uint32_t from = UINT32_MAX;

    for (uint32_t at = 0; at < in.text_length;) {
        uint32_t length = (uint32_t)strcspn(text + at, " \n"), cut = 1;

        while (cut < length && !(at + cut < COUNT(cut_before) && cut_before[at + cut]))
            cut++;
        length = length ? cut : 0;
        if (length) {
            assert_true(in.n_tokens < MAX_TOKENS);
            from = from == UINT32_MAX ? at : from;
            tokens[in.n_tokens] = (struct textd_span) { at, at + length };
            kinds[in.n_tokens++] = kind_of(text + at, length);
        }
        at += length;
        if (from != UINT32_MAX && (text[at] == '\n' || !text[at])) {
            sentences[in.n_sentences++] = (struct textd_span) { from, at };
            from = UINT32_MAX;
        }
        at += text[at] == ' ' || text[at] == '\n';
    }
    return in;
}

/* Everything, whatever it scores. */
static int32_t find_all(const struct entity_input *in, const struct entity_means *means, struct entity **found,
                        uint32_t *n)
{
    static const struct expression_settings settings = { 0 };
    const struct entity_finders finders = { .names = &model, .vocabulary = vocabulary };
    const struct language_view english = { .n_foreign = 0 };
    struct entity_list list;
    int32_t rc = entities_find(&finders, &settings, in, means, &english, 0, &list);

    *found = list.entities;
    *n = list.n;
    return rc;
}

/* ---- The model --------------------------------------------------------------------------------------------------- */

static int read_model(void)
{
    FILE *stream = fopen(TEXTD_SOURCE_DIR "/plugins/entities/entities.model", "rb");
    char reason[300];

    if (!stream || fseek(stream, 0, SEEK_END) != 0)
        return -1;
    model_length = (size_t)ftell(stream);
    rewind(stream);
    model_bytes = malloc(model_length);
    if (!model_bytes || fread(model_bytes, 1, model_length, stream) != model_length)
        return -1;
    fclose(stream);
    return names_model_open(&model, model_bytes, model_length, reason, sizeof reason);
}

static int setup(void **state)
{
    (void)state;
    vocabulary = expressions_new();
    return vocabulary && read_model() == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(model_bytes);
    free(vocabulary);
    return 0;
}

#endif
