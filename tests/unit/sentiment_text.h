/* sentiment_text.h: runs segmenter and sentiment over a text, with the models that are shipped. */
#ifndef SENTIMENT_TEXT_H
#define SENTIMENT_TEXT_H

#include "tests/unit/segmenter_text.h"

#include "plugins/sentiment/own.h"
#include "plugins/sentiment/sentiment.h"

#define SENTIMENT_FILE TEXTD_SOURCE_DIR "/plugins/sentiment/sentiment.model"
#define ALL_GENRES ((1u << N_GENRES) - 1)

static _Alignas(8) unsigned char sentiment_bytes[SENTIMENT_MODEL_MOST_BYTES + 1];
static size_t sentiment_length;
static struct sentiment_model sentiment_model;
static struct vocabulary vocabulary;

/* A group's set-up. */
static int load_models(void **state)
{
    char reason[200];
    FILE *in = fopen(SENTIMENT_FILE, "rb");

    assert_non_null(in);
    sentiment_length = fread(sentiment_bytes, 1, sizeof sentiment_bytes, in);
    fclose(in);
    assert_int_equal(sentiment_model_open(&sentiment_model, sentiment_bytes, sentiment_length, reason, sizeof reason),
                     0);
    vocabulary_make(&vocabulary, &sentiment_model, NULL);
    return load_model(state);
}

static struct verdict sentence_verdicts[1 << 19], entity_verdicts[1 << 12];
static struct reason reasons[MOST_REASONS];
static struct heard heard[1 << 18];

struct read_text {
    struct sentiment_output output;
    float score;
};

static struct sentiment_input input_of(const char *text, size_t length)
{
    struct segments s = segment(text, length);

    return (struct sentiment_input) { .text = { text, (uint32_t)length, s.n_tokens, s.tokens, s.kinds },
                                      .sentences = s.sentences,
                                      .n_sentences = s.n_sentences,
                                      .words = true,
                                      .genres = ALL_GENRES };
}

static struct read_text read_input(const struct sentiment_input *input)
{
    struct read_text r = { .output = { .sentences = sentence_verdicts, .entities = entity_verdicts } };

    if (input->text.n_tokens < sizeof heard / sizeof heard[0]) {
        r.output.reasons = reasons;
        r.output.heard = heard;
    }
    assert_int_equal(sentiment_read(&vocabulary, input, &r.output), 0);
    r.score = score_of(&sentiment_model, &r.output.text, r.output.genres);
    return r;
}

static struct read_text read_text(const char *text)
{
    struct sentiment_input input = input_of(text, strlen(text));

    return read_input(&input);
}

static double score(const char *text)
{
    return (double)read_text(text).score;
}

#endif
