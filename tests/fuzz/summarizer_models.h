/* summarizer_models.h: what both of the summarizer's fuzz targets need: the shipped models, and documents. */
#ifndef FUZZ_SUMMARIZER_MODELS_H
#define FUZZ_SUMMARIZER_MODELS_H

#include <assert.h>
#include <stdio.h>

#include "plugins/segmenter/model.h"
#include "plugins/summarizer/model.h"
#include "plugins/summarizer/segmented.h"
#include "plugins/summarizer/summary.h"

struct models {
    struct boundary_model segmenter;
    struct summary_model summarizer;
    const void *bytes; /* the summarizer's file */
    size_t length;
};

static size_t models_read(const char *name, void *bytes, size_t room)
{
    FILE *in = fopen(name, "rb");

    assert(in);
    size_t length = fread(bytes, 1, room, in);
    fclose(in);
    return length;
}

static const struct models *models_load(void)
{
    static uint32_t segmenter[MODEL_MOST_BYTES / 4 + 1], summarizer[1 << 18];
    static struct models models;
    char reason[200];

    if (models.length == 0) {
        size_t length = models_read(TEXTD_SOURCE_DIR "/plugins/segmenter/segmenter.model", segmenter, sizeof segmenter);
        assert(model_open(&models.segmenter, segmenter, length, reason, sizeof reason) == 0);
        models.length =
            models_read(TEXTD_SOURCE_DIR "/plugins/summarizer/summarizer.model", summarizer, sizeof summarizer);
        assert(summary_model_open(&models.summarizer, summarizer, models.length, reason, sizeof reason) == 0);
        models.bytes = summarizer;
    }
    return &models;
}

static char models_memory[1 << 25];
static size_t models_used;

static void *models_take(void *data, uint64_t bytes)
{
    (void)data;
    models_used = (models_used + 15) & ~(size_t)15;
    if (bytes > sizeof models_memory - models_used)
        return NULL;
    models_used += bytes;
    return models_memory + models_used - bytes;
}

static int models_go_on(void *data)
{
    (void)data;
    return 0;
}

/* 0, or -1 when the text is too large. */
static int models_open_text(const struct models *m, const struct summary_model *model, const char *text,
                            uint32_t length, struct document *d)
{
    struct segments s = { .alloc = models_take, .should_stop = models_go_on };

    models_used = 0;
    if (segmented_open(d, &s, &m->segmenter, text, length) != TEXTD_OK)
        return -1;
    d->model = model;
    return 0;
}

#endif
