/* summarizer_model.c: a model's file may hold anything behind its checksum: it is refused with a reason, or does no harm. The input is
 * the content; half of the runs put it over the start of the shipped model's. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/summarizer_models.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const struct models *models, void *bytes, size_t length)
{
    static const char text[] =
        "LIMA (AP) -- The river rose, and the town was flooded. Nobody was hurt! \"It fell,\" he said. We show a map.";
    struct summary_model model;
    struct document d;
    struct summary s;
    char reason[200] = "";

    model_file_seal(&summary_model_kind, bytes, length);
    if (summary_model_open(&model, bytes, length, reason, sizeof reason) != 0) {
        assert(reason[0]);
        return;
    }
    assert(models_open_text(models, &model, text, sizeof text - 1, &d) == 0);
    assert(summary_make(&d, &(struct request) { .sentences = 2, .keyphrases = 3 }, &s) == TEXTD_OK);
    assert(s.n_picks == 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct models *models = models_load();
    size_t head = sizeof(struct model_file_head);
    size_t length = size > 0 && data[0] & 1 && size <= models->length - head ? models->length : head + size;
    char *bytes = malloc(length);

    if (length == models->length)
        memcpy(bytes, models->bytes, length);
    if (size > 0)
        memcpy(bytes + (length == models->length ? length - size : head), data, size);
    run(models, bytes, length);
    free(bytes);
    return 0;
}
