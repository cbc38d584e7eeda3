/* segmenter.c: any valid text, taken for whatever language, has tokens that are ordered, do not overlap and cover all that is not
 * blank, and sentences that are made of them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/lib/character.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/runs.h"
#include "tests/fuzz/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The model that is shipped. */
static const struct boundary_model *load_model(void)
{
    static uint32_t bytes[MODEL_MOST_BYTES / 4 + 1];
    static struct boundary_model model;
    char reason[200];

    if (!model.slots) {
        FILE *in = fopen(TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter.model", "rb");
        assert(in);
        size_t length = fread(bytes, 1, sizeof bytes, in);
        fclose(in);
        assert(model_open(&model, bytes, length, reason, sizeof reason) == 0);
    }
    return &model;
}

/* The same of German, and of Chinese, whose words have no blanks between them. */
static const struct language_model *load_other(int which)
{
    static const char *const codes[] = { "de", "zh" };
    static uint32_t bytes[2][LANGUAGE_MOST_BYTES / 4 + 1];
    static struct language_model models[2];
    char reason[200], name[400];

    if (!models[which].code[0]) {
        snprintf(name, sizeof name, TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter-%s.model", codes[which]);
        FILE *in = fopen(name, "rb");
        assert(in);
        size_t length = fread(bytes[which], 1, sizeof bytes[which], in);
        fclose(in);
        assert(language_open(&models[which], bytes[which], length, reason, sizeof reason) == 0);
    }
    return &models[which];
}

static void check_cover(const struct segments *s, const char *text, uint32_t length)
{
    uint32_t at = 0, bytes;

    for (uint32_t i = 0; i <= s->n_tokens; i++) {
        uint32_t next = i < s->n_tokens ? s->tokens[i].start : length;
        for (; at < next; at += bytes)
            assert(char_kind_at(text, at, &bytes) == CHAR_BLANK);
        assert(at == next && (i == s->n_tokens || s->tokens[i].end > at));
        if (i < s->n_tokens)
            at = s->tokens[i].end;
    }
}

static void check(const char *text, uint32_t length, const struct language_model *language)
{
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    uint32_t token = 0;

    used = 0;
    if (segment_as(&s, load_model(), language, text, length) != TEXTD_OK)
        return;
    check_cover(&s, text, length);
    for (uint32_t i = 0; i < s.n_sentences; i++) {
        assert(s.sentences[i].start == s.tokens[token].start);
        while (token < s.n_tokens && s.tokens[token].end <= s.sentences[i].end)
            token++;
        assert(s.sentences[i].end == s.tokens[token - 1].end);
    }
    assert(token == s.n_tokens);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t length = (uint32_t)td_utf8_check((const char *)data, size, NULL);
    char *text = malloc(length ? length : 1); /* exact, so that a read behind its end is seen */

    memcpy(text, data, length);
    check(text, length, NULL);
    check(text, length, load_other(0));
    check(text, length, load_other(1));
    free(text);
    return 0;
}
