/* names.c: any text, and any file as a model. Byte 0 of the input chooses: even, the rest is a text that is tagged with the shipped
 * model; odd, the rest is written over the model's content, from a place that the next four bytes say, and what opens is used. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/names/names.h"
#include "plugins/entities/who/who.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *read_file(const char *name, size_t *length)
{
    FILE *in = fopen(name, "rb");
    char *bytes;

    if (!in || fseek(in, 0, SEEK_END) != 0)
        abort();
    *length = (size_t)ftell(in);
    rewind(in);
    bytes = malloc(*length);
    if (fread(bytes, 1, *length, in) != *length)
        abort();
    fclose(in);
    return bytes;
}

static struct boundary_model boundaries;
static struct names_model shipped;
static char *bytes, *altered;
static size_t length;

static void load_once(void)
{
    char reason[300];
    size_t n;

    if (bytes)
        return;
    char *segmenter = read_file(TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter.model", &n);
    bytes = read_file(TEXTD_SOURCE_DIR "/plugins/entities/entities.model", &length);
    altered = malloc(length);
    if (model_open(&boundaries, segmenter, n, reason, sizeof reason) != 0 ||
        names_model_open(&shipped, bytes, length, reason, sizeof reason) != 0)
        abort();
    memcpy(altered, bytes, length);
}

/* What was given out, to be given back. */
static void *given[1 << 17]; /* a name that has blanks takes a piece of its own */
static size_t n_given;

static void *give(void *context, size_t n)
{
    (void)context;
    if (n_given == sizeof given / sizeof *given)
        abort();
    return given[n_given++] = malloc(n ? n : 1);
}

static void *give_segments(void *context, uint64_t n)
{
    return give(context, n);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

/* Names are ordered, apart, and begin and end with a token. */
static void check(const struct entity_input *in, const struct entity *found, uint32_t n)
{
    uint32_t token = 0, before = 0;

    for (uint32_t i = 0; i < n; i++) {
        while (token < in->n_tokens && in->tokens[token].start < found[i].span.start)
            token++;
        if (token == in->n_tokens || in->tokens[token].start != found[i].span.start || found[i].span.start < before)
            abort();
        while (token < in->n_tokens && in->tokens[token].end < found[i].span.end)
            token++;
        if (token == in->n_tokens || in->tokens[token].end != found[i].span.end)
            abort();
        if (!(found[i].score >= 0 && found[i].score <= 1))
            abort();
        before = found[i].span.end;
    }
}

static void tag(const struct names_model *model, const char *text, uint32_t n)
{
    static const struct entity_means means = { give, go_on, NULL };
    struct segments s = { .alloc = give_segments, .should_stop = go_on };
    struct entity *found;
    uint32_t n_found;

    if (segment_tokens(&s, text, n) != TEXTD_OK || segment_sentences(&s, &boundaries, text, n) != TEXTD_OK)
        abort();
    const struct entity_input in = { .text = text,
                                     .tokens = s.tokens,
                                     .kinds = s.kinds,
                                     .sentences = s.sentences,
                                     .text_length = n,
                                     .n_tokens = s.n_tokens,
                                     .n_sentences = s.n_sentences };
    if (names_find(model, &in, &means, &found, &n_found) != TEXTD_OK)
        abort();
    check(&in, found, n_found);
    struct entity_list list = { found, n_found };
    struct who_names names;
    if (who_find(&in, &means, &list, &names) != TEXTD_OK)
        abort();
    for (uint32_t i = 0; i < n_found; i++)
        if (found[i].ref >= names.n)
            abort();
    while (n_given > 0)
        free(given[--n_given]);
}

static void tag_with_altered(const uint8_t *data, size_t size)
{
    static const char text[] =
        "Ada Lovelace met the Acme Corp. board in New York City on Friday. ADA LEFT PARIS. Lovelace smiled.";
    struct names_model model;
    char reason[300];
    uint32_t at;

    if (size < 5)
        return;
    memcpy(&at, data, sizeof at);
    data += sizeof at, size -= sizeof at;
    at = (uint32_t)sizeof(struct model_file_head) + at % (uint32_t)(length - sizeof(struct model_file_head));
    if (size > length - at)
        size = length - at;
    memcpy(altered + at, data, size);
    model_file_seal(&names_model_kind, altered, length);
    if (names_model_open(&model, altered, length, reason, sizeof reason) == 0)
        tag(&model, text, sizeof text - 1);
    memcpy(altered + at, bytes + at, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    load_once();
    if (size == 0 || size > 65536)
        return 0;
    if (data[0] % 2 == 1)
        tag_with_altered(data + 1, size - 1);
    else if (td_utf8_check((const char *)data + 1, size - 1, NULL) == size - 1)
        tag(&shipped, (const char *)data + 1, (uint32_t)size - 1);
    return 0;
}
