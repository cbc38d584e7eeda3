/* summarizer_text.h: runs the summarizer over a text, with the models that are shipped. */
#ifndef SUMMARIZER_TEXT_H
#define SUMMARIZER_TEXT_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/segmenter/model.h"
#include "plugins/summarizer/model.h"
#include "plugins/summarizer/segmented.h"
#include "plugins/summarizer/summary.h"

static uint32_t segmenter_bytes[MODEL_MOST_BYTES / 4 + 1], model_bytes[1 << 18];
static size_t model_length;
static struct boundary_model segmenter;
static struct summary_model model;

static size_t read_file(const char *name, void *bytes, size_t room)
{
    FILE *in = fopen(name, "rb");

    assert_non_null(in);
    size_t length = fread(bytes, 1, room, in);
    fclose(in);
    return length;
}

/* A group's set-up. */
static int load_models(void **state)
{
    char reason[200];
    size_t length =
        read_file(TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter.model", segmenter_bytes, sizeof segmenter_bytes);

    (void)state;
    assert_int_equal(model_open(&segmenter, segmenter_bytes, length, reason, sizeof reason), 0);
    model_length = read_file(TEXTD_SOURCE_DIR "/plugins/summarizer/summarizer.model", model_bytes, sizeof model_bytes);
    assert_int_equal(summary_model_open(&model, model_bytes, model_length, reason, sizeof reason), 0);
    return 0;
}

/* A document's memory; `limit` of it is given out. */
static char memory[1 << 28];
static size_t used, limit = sizeof memory;
static long stop_after = -1;

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    used = (used + 15) & ~(size_t)15;
    if (bytes > limit - used)
        return NULL;
    used += bytes;
    return memory + used - bytes;
}

static int should_stop(void *data)
{
    (void)data;
    return stop_after >= 0 && stop_after-- == 0;
}

static struct document open_text(const char *text, size_t length)
{
    struct segments s = { .alloc = take, .should_stop = should_stop };
    struct document d;

    used = 0;
    assert_int_equal(segmented_open(&d, &s, &segmenter, text, (uint32_t)length), TEXTD_OK);
    d.model = &model;
    return d;
}

static struct document summarize(const char *text, size_t length, const struct request *request,
                                 struct summary *summary)
{
    struct document d = open_text(text, length);

    assert_int_equal(summary_make(&d, request, summary), TEXTD_OK);
    return d;
}

#endif
