/* language.c: any text, and any file as a model. Byte 0 of the input chooses: even, the rest is a text that is judged with the shipped model,
 * with bit 1 so often in a row that it is long; odd, the rest is written over the model's content, from a place that the next four bytes say, and what opens judges a few texts. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <textd/plugin.h>

#include "common/utf8.h"
#include "plugins/language/block.h"
#include "plugins/language/identify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LONG 8192u /* bytes, from which on a text is looked at here and there */

static uint32_t shipped_bytes[(1 << 20) / 4 + 1], altered_bytes[(1 << 20) / 4 + 1];
static size_t length;
static struct language_model shipped;
static _Alignas(8) char memory[1 << 24];

static void load_once(void)
{
    char reason[200];

    if (length)
        return;
    FILE *in = fopen(TEXTD_SOURCE_DIR "/plugins/language/language.model", "rb");
    assert(in);
    length = fread(shipped_bytes, 1, sizeof shipped_bytes, in);
    fclose(in);
    memcpy(altered_bytes, shipped_bytes, length);
    assert(language_model_open(&shipped, shipped_bytes, length, reason, sizeof reason) == 0);
}

/* What earlier texts left in the memo changes nothing of what is said. */
static void check_memo(const struct identified *found, const char *text, uint32_t n)
{
    static _Alignas(8) char others[sizeof memory];
    static struct word_memo memo;
    struct block block = { others, sizeof others, 0 };
    struct identified again = { .alloc = block_alloc, .should_stop = block_never_stops, .data = &block, .memo = &memo };

    assert(identify(&again, &shipped, text, n) == TEXTD_OK && again.n_parts == found->n_parts);
    assert(n == 0 || memcmp(again.parts, found->parts, found->n_parts * sizeof *found->parts) == 0);
    assert(again.main == found->main && again.whole.n == found->whole.n);
    for (uint32_t i = 0; i < found->whole.n; i++)
        assert(again.whole.best[i].class == found->whole.best[i].class);
}

/* The parts are the text, cut between characters; what is said of them are probabilities and classes of the model. */
static void check(const struct language_model *model, const char *text, uint32_t n)
{
    struct block block = { memory, sizeof memory, 0 };
    struct identified found = { .alloc = block_alloc, .should_stop = block_never_stops, .data = &block };
    uint32_t at = 0;

    if (identify(&found, model, text, n) != TEXTD_OK)
        return;
    if (model == &shipped)
        check_memo(&found, text, n);
    for (uint32_t i = 0; i < found.n_parts; i++) {
        const struct part *p = &found.parts[i];
        assert(p->start == at && p->end > at && p->end <= n);
        assert(p->end == n || ((unsigned char)text[p->end] & 0xC0) != 0x80);
        assert(p->class == UNSURE || p->class < model->head.n_classes);
        assert(p->score >= 0 && p->score <= 1.001f && p->foreign >= 0 && p->foreign <= 1.001f);
        at = p->end;
    }
    assert(at == n);
}

static void try_model(const uint8_t *data, size_t size)
{
    static const char text[] = "The harbour was closed. \xD0\x9F\xD0\xBE\xD1\x80\xD1\x82. Der Hafen war zu.";
    char *bytes = (char *)altered_bytes, reason[200];
    size_t first = sizeof(struct model_file_head), room = length - first, at;
    struct language_model model;
    uint32_t where;

    if (size < 4)
        return;
    memcpy(&where, data, 4);
    at = first + where % room;
    size = size - 4 < length - at ? size - 4 : length - at;
    memcpy(bytes + at, data + 4, size);
    model_file_seal(&language_model_kind, bytes, length);
    if (language_model_open(&model, bytes, length, reason, sizeof reason) == 0)
        check(&model, text, sizeof text - 1);
    memcpy(bytes, shipped_bytes, first);
    memcpy(bytes + at, (const char *)shipped_bytes + at, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    load_once();
    if (size == 0)
        return 0;
    if (data[0] & 1) {
        try_model(data + 1, size - 1);
        return 0;
    }
    uint32_t n = (uint32_t)td_utf8_check((const char *)data + 1, size - 1, NULL);
    uint32_t times = data[0] & 2 && n > 0 && n < LONG ? LONG / n + 1 : 1;
    char *text = malloc(n ? n * times : 1); /* exact, so that a read behind its end is seen */
    for (uint32_t i = 0; i < times; i++)
        memcpy(text + i * n, data + 1, n);
    check(&shipped, text, n * times);
    free(text);
    return 0;
}
