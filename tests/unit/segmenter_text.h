/* segmenter_text.h: runs the segmenter over a text, with the model that is shipped. */
#ifndef SEGMENTER_TEXT_H
#define SEGMENTER_TEXT_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"

#define MODEL_FILE TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter.model"

static uint32_t model_bytes[MODEL_MOST_BYTES / 4 + 1];
static size_t model_length;
static struct boundary_model model;

/* A group's set-up. */
static int load_model(void **state)
{
    char reason[200];
    FILE *in = fopen(MODEL_FILE, "rb");

    (void)state;
    assert_non_null(in);
    model_length = fread(model_bytes, 1, sizeof model_bytes, in);
    fclose(in);
    assert_int_equal(model_open(&model, model_bytes, model_length, reason, sizeof reason), 0);
    return 0;
}

static char memory[1 << 25];
static size_t used;
static uint64_t n_stops;

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    used = (used + 7) & ~(size_t)7;
    if (bytes > sizeof memory - used)
        return NULL;
    void *at = memory + used;
    used += bytes;
    return at;
}

static int go_on(void *data)
{
    (void)data;
    n_stops++;
    return 0;
}

static struct segments segment(const char *text, size_t length)
{
    struct segments s = { .alloc = take, .should_stop = go_on };

    used = 0;
    assert_int_equal(segment_tokens(&s, text, (uint32_t)length), TEXTD_OK);
    assert_int_equal(segment_sentences(&s, &model, text, (uint32_t)length), TEXTD_OK);
    return s;
}

#endif
