/* segmenter.c: any valid text has tokens that are ordered, do not overlap and cover all that is not blank, and sentences
 * that are made of them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/lib/character.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    uint32_t token = 0, length = (uint32_t)td_utf8_check((const char *)data, size, NULL);
    char *text = malloc(length ? length : 1); /* exact, so that a read behind its end is seen */

    memcpy(text, data, length);
    used = 0;
    if (segment_tokens(&s, text, length) == TEXTD_OK && segment_sentences(&s, load_model(), text, length) == TEXTD_OK) {
        check_cover(&s, text, length);
        for (uint32_t i = 0; i < s.n_sentences; i++) {
            assert(s.sentences[i].start == s.tokens[token].start);
            while (token < s.n_tokens && s.tokens[token].end <= s.sentences[i].end)
                token++;
            assert(s.sentences[i].end == s.tokens[token - 1].end);
        }
        assert(token == s.n_tokens);
    }
    free(text);
    return 0;
}
