/* expressions.c: any valid text has expressions that are ordered, do not overlap and begin and end with tokens, whatever the
 * tokens are: the first byte says how they are cut. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/expressions/expressions.h"
#include "plugins/segmenter/tokens.h"
#include "tests/fuzz/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Pieces of about `step` bytes, as no segmenter would cut them. */
static uint32_t cut_blindly(struct textd_span *tokens, uint8_t *kinds, const char *text, uint32_t length, uint32_t step)
{
    uint32_t n = 0;

    for (uint32_t at = 0, end; at < length; at = end) {
        end = at + step < length ? at + step : length;
        while (end < length && !td_utf8_is_border(text, length, end))
            end++;
        kinds[n] = (uint8_t)(1 + n % 5);
        tokens[n++] = (struct textd_span) { at, end };
    }
    return n;
}

static int is_token_border(const struct entity_input *in, uint32_t at, int is_start)
{
    for (uint32_t i = 0; i < in->n_tokens; i++)
        if ((is_start ? in->tokens[i].start : in->tokens[i].end) == at)
            return 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vocabulary *vocabulary;
    static const struct entity_means means = { take, go_on, NULL };
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    struct entity *found;
    uint32_t n, end = 0;

    if (!vocabulary)
        vocabulary = expressions_new();
    if (size < 1 || size > 4096)
        return 0;
    const struct expression_settings settings = { .today = (int32_t)(data[0] * 97),
                                                  .has_today = data[0] & 1,
                                                  .day_first = data[0] >> 1 & 1,
                                                  .decimal = (uint8_t)(data[0] % 3) };
    uint32_t step = data[0] >> 2 & 7, length = (uint32_t)td_utf8_check((const char *)data + 1, size - 1, NULL);
    char *text = malloc(length + !length); /* exact, so that a read behind its end is seen */
    memcpy(text, data + 1, length);
    used = 0;
    if (segment_tokens(&s, text, length) == TEXTD_OK) {
        for (uint32_t i = 0; i < s.n_tokens; i++)
            s.kinds[i] &= TOKEN_KIND;
        if (step)
            s.n_tokens = cut_blindly(s.tokens, s.kinds, text, length, step);
        const struct textd_span sentence = { 0, length };
        const struct entity_input in = { text, s.tokens, s.kinds, &sentence, length, s.n_tokens, 1 };
        assert(expressions_find(vocabulary, &settings, &in, &means, &found, &n) == TEXTD_OK);
        for (uint32_t i = 0; i < n; i++) {
            assert(found[i].span.start >= end && found[i].span.start < found[i].span.end);
            assert(found[i].type >= ENTITY_EMAIL || /* addresses are found whatever the tokens are */
                   (is_token_border(&in, found[i].span.start, 1) && is_token_border(&in, found[i].span.end, 0)));
            const struct entity_value *value = found[i].value;
            assert(!value || !value->text_length ||
                   td_utf8_check(value->text, value->text_length, NULL) == value->text_length);
            assert(!value || value->form == VALUE_TEXT ||
                   (value->number - value->number == 0 && value->to - value->to == 0));
            end = found[i].span.end;
        }
    }
    free(text);
    return 0;
}
