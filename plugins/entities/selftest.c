/* selftest.c: see selftest.h. The sample is written with blanks between its tokens, so that it needs no segmenter. */
#include "plugins/entities/selftest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/expressions/expressions.h"
#include "plugins/entities/find.h"
#include "plugins/lib/language.h"

#define MAX_TOKENS 64
#define MEMORY_BYTES (4 << 20)

static const char sample[] = "Ada Lovelace told the Acme Corp. board in Paris on 11 July 2021 that sales rose 12 % to "
                             "$ 4.2 billion , says www.example.com .";

static const struct {
    const char *text;
    uint8_t type;
} wanted[] = {
    { "11 July 2021", ENTITY_DATE },
    { "12 %", ENTITY_PERCENT },
    { "$ 4.2 billion", ENTITY_MONEY },
    { "www.example.com", ENTITY_URL },
};

/* Memory that is handed out once, from the front. */
struct block {
    char *bytes;
    size_t used;
};

static void *block_alloc(void *context, size_t bytes)
{
    struct block *block = context;
    size_t at = (block->used + 15) & ~(size_t)15;

    if (bytes > MEMORY_BYTES - at)
        return NULL;
    block->used = at + bytes;
    return block->bytes + at;
}

static int never_stop(void *context)
{
    (void)context;
    return 0;
}

static uint8_t kind_of(const char *token, size_t length)
{
    if (memchr(token, '/', length) || (length > 4 && memcmp(token, "www.", 4) == 0))
        return TEXTD_TOKEN_LINK;
    if (*token >= '0' && *token <= '9')
        return TEXTD_TOKEN_NUMBER;
    if (strchr("$%", *token))
        return TEXTD_TOKEN_SYMBOL;
    return strchr(".,", *token) ? TEXTD_TOKEN_PUNCT : TEXTD_TOKEN_WORD;
}

static uint32_t split(struct textd_span *tokens, uint8_t *kinds)
{
    uint32_t n = 0;

    for (const char *p = sample; *p && n < MAX_TOKENS; n++) {
        size_t length = strcspn(p, " ");

        tokens[n] = (struct textd_span) { (uint32_t)(p - sample), (uint32_t)(p - sample + length) };
        kinds[n] = kind_of(p, length);
        p += length + strspn(p + length, " ");
    }
    return n;
}

/* Which names are right is the operator's to say, whose model or list it may be; what an expression is doesn't change. */
static int compare(const struct entity *found, uint32_t n, char *reason, size_t size)
{
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const char *text = i < n ? sample + found[i].span.start : "";
        uint32_t length = i < n ? found[i].span.end - found[i].span.start : 0;

        if (length == strlen(wanted[i].text) && memcmp(text, wanted[i].text, length) == 0 &&
            found[i].type == wanted[i].type)
            continue;
        snprintf(reason, size, "'%s' should be %s; found '%.*s' %s", wanted[i].text, entity_type_name(wanted[i].type),
                 (int)length, text, i < n ? entity_type_name(found[i].type) : "nothing");
        return -1;
    }
    return 0;
}

int selftest_run(const struct entity_finders *finders, char *reason, size_t reason_size)
{
    static const struct expression_settings settings = { 0 };
    struct block block = { malloc(MEMORY_BYTES), 0 };
    const struct entity_means means = { block_alloc, never_stop, &block };
    struct textd_span tokens[MAX_TOKENS];
    uint8_t kinds[MAX_TOKENS];
    const struct textd_span sentence = { 0, sizeof sample - 1 };
    struct entity_input input = { .text = sample,
                                  .tokens = tokens,
                                  .kinds = kinds,
                                  .sentences = &sentence,
                                  .text_length = sizeof sample - 1,
                                  .n_sentences = 1 };
    const struct language_view english = { .n_foreign = 0 };
    struct entity_list found;
    struct entity *expressions;
    uint32_t n;
    int rc = -1;

    input.n_tokens = split(tokens, kinds);
    if (block.bytes && entities_find(finders, &settings, &input, &means, &english, 0.5, &found) == TEXTD_OK &&
        expressions_find(finders->vocabulary, &settings, &input, &means, &expressions, &n) == TEXTD_OK)
        rc = compare(expressions, n, reason, reason_size);
    else
        snprintf(reason, reason_size, "no memory for the sample");
    free(block.bytes);
    return rc;
}
