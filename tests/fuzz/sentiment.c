/* sentiment.c: any valid text has scores from -1 to 1 and finite reasons inside it; any model file, and any file of the operator's words, is
 * refused or is safe to read a text with. The first byte says which: a text, a model's damage, or words. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"
#include "plugins/sentiment/own.h"
#include "plugins/sentiment/sentiment.h"
#include "tests/fuzz/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The models that are shipped. */
static struct boundary_model boundaries;
static struct sentiment_model model;
static struct vocabulary vocabulary;
static _Alignas(8) unsigned char shipped[SENTIMENT_MODEL_MOST_BYTES], damaged[SENTIMENT_MODEL_MOST_BYTES];
static size_t shipped_length;

static void load_models(void)
{
    static uint32_t bytes[MODEL_MOST_BYTES / 4 + 1];
    char reason[200];

    FILE *in = fopen(TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter.model", "rb");
    assert(in);
    size_t length = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    assert(model_open(&boundaries, bytes, length, reason, sizeof reason) == 0);
    in = fopen(TEXTD_SOURCE_DIR "/plugins/sentiment/sentiment.model", "rb");
    assert(in);
    shipped_length = fread(shipped, 1, sizeof shipped, in);
    fclose(in);
    assert(sentiment_model_open(&model, shipped, shipped_length, reason, sizeof reason) == 0);
    memcpy(damaged, shipped, shipped_length);
    vocabulary_make(&vocabulary, &model, NULL);
}

/* Reads the text with these words; the first sentence, when there is one, is also a name. */
static void read_text(const struct vocabulary *words, const char *text, uint32_t length)
{
    struct segments s = { .alloc = take_segments, .should_stop = go_on };
    struct verdict *verdicts, about[1];
    struct reason reasons[MOST_REASONS];

    used = 0;
    if (segment_tokens(&s, text, length) != TEXTD_OK || segment_sentences(&s, &boundaries, text, length) != TEXTD_OK)
        return;
    verdicts = take(NULL, (s.n_sentences + 1) * sizeof *verdicts);
    struct heard *heard = take(NULL, (s.n_tokens + 1) * sizeof *heard);
    struct sentiment_input input = { .text = { text, length, s.n_tokens, s.tokens, s.kinds },
                                     .sentences = s.sentences,
                                     .n_sentences = s.n_sentences,
                                     .entities = s.tokens,
                                     .n_entities = s.n_tokens > 0,
                                     .words = true,
                                     .genres = (1u << N_GENRES) - 1 };
    struct sentiment_output output = { .sentences = verdicts, .entities = about, .reasons = reasons, .heard = heard };
    if (!verdicts || !heard)
        return;
    assert(sentiment_read(words, &input, &output) == 0);
    float score = score_of(words->model, &output.text, output.genres);
    assert(score >= -1 && score <= 1);
    assert(isfinite(score_confidence(words->model, score, SENTIMENT_POSITIVE, output.genres)));
    for (uint32_t i = 0; i < output.n_reasons; i++)
        assert(reasons[i].span.start < reasons[i].span.end && reasons[i].span.end <= length &&
               isfinite(reasons[i].contribution));
}

/* Pairs of bytes: where the content is changed, and to what. Sealed again, so that the checksum doesn't hide it. */
static void read_damaged(const uint8_t *data, size_t size)
{
    static const char text[] = "The room was not very good, but I'd love to come back! :)";
    struct vocabulary words;
    struct sentiment_model other;
    char reason[200];

    for (size_t i = 0; i + 3 < size; i += 4)
        damaged[sizeof(struct model_file_head) + ((size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2]) %
                                                     (shipped_length - sizeof(struct model_file_head))] = data[i + 3];
    model_file_seal(&sentiment_model_kind, damaged, shipped_length);
    if (sentiment_model_open(&other, damaged, shipped_length, reason, sizeof reason) == 0) {
        vocabulary_make(&words, &other, NULL);
        read_text(&words, text, sizeof text - 1);
    }
    for (size_t i = 0; i + 3 < size; i += 4) {
        size_t at = sizeof(struct model_file_head) + ((size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2]) %
                                                         (shipped_length - sizeof(struct model_file_head));
        damaged[at] = shipped[at];
    }
}

static void read_words(const char *bytes, size_t size)
{
    static const char text[] = "good food, a waste of time";
    struct own_words own;
    struct vocabulary words;
    char reason[300];

    if (own_read(&own, &model, "words", bytes, size, reason, sizeof reason) != 0)
        return;
    vocabulary_make(&words, &model, &own);
    read_text(&words, text, sizeof text - 1);
    own_free(&own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!shipped_length)
        load_models();
    if (size == 0)
        return 0;
    char *text = malloc(size > 1 ? size - 1 : 1); /* exact, so that a read behind its end is seen */
    assert(text);
    memcpy(text, data + 1, size - 1);
    if (data[0] == 'm' && size < 200)
        read_damaged(data + 1, size - 1);
    else if (data[0] == 'w')
        read_words(text, size - 1);
    else
        read_text(&vocabulary, text, (uint32_t)td_utf8_check(text, size - 1, NULL));
    free(text);
    return 0;
}
