/* spoken.c: see spoken.h. */
#include "plugins/segmenter/spoken.h"

#include <string.h>

#include "plugins/lib/language.h"

static const struct language_model *model_of(const struct language_model *others, const char *code, uint64_t length)
{
    int i = language_find(code, (uint32_t)length);

    return i < 0 ? NULL : &others[i];
}

static int is_unsure(const struct textd_text *code, float score)
{
    return !(score >= LANGUAGE_SURE) || (code->length == 3 && memcmp(code->bytes, "und", 3) == 0);
}

/* A part of another language begins where the first of its sentences is surely in it. What little stands before that on its line,
 * "Am 3.", was too short to be judged, and belongs to it. Returns where the part begins that is said to begin at `at`. */
static uint32_t begin_of(const struct textd_doc *doc, uint32_t at)
{
    enum { LITTLE = 24 };

    for (uint32_t i = at; i > 0 && at - i <= LITTLE; i--)
        if (doc->text[i - 1] == '\n')
            return i;
    return at;
}

int32_t spoken_read(const struct textd_host *host, struct textd_doc *doc, const struct language_model *others,
                    struct language_run **runs, uint32_t *n_runs)
{
    struct textd_layer layer = { .size = sizeof layer };
    const struct textd_text *codes = NULL;
    const float *scores = NULL;
    uint32_t n = 0;

    if (doc->lang_length == 0 && host->layer_get(doc, TEXTD_LANGUAGE, &layer) == TEXTD_OK) {
        codes = host->column_get(doc, TEXTD_LANGUAGE, "code", TEXTD_TEXT);
        scores = host->column_get(doc, TEXTD_LANGUAGE, "score", TEXTD_F32);
    }
    uint32_t n_spans = codes && scores ? layer.count : 0;
    *runs = host->alloc(doc, ((uint64_t)n_spans + 1) * sizeof **runs, 8);
    if (!*runs)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < n_spans; i++) {
        const struct language_model *model = !is_unsure(&codes[i], scores[i])
                                                 ? model_of(others, codes[i].bytes, codes[i].length)
                                             : n > 0 ? (*runs)[n - 1].language
                                                     : NULL;
        if (n > 0 && (*runs)[n - 1].language != model) {
            uint32_t begin = begin_of(doc, (*runs)[n - 1].end);
            if (n == 1 || begin > (*runs)[n - 2].end)
                (*runs)[n - 1].end = begin;
        }
        n = runs_add(*runs, n, (struct language_run) { layer.spans[i].end, model });
    }
    /* what no span covers goes with the last; without the layer, all does */
    const struct language_model *last = n > 0 ? (*runs)[n - 1].language : model_of(others, doc->lang, doc->lang_length);
    *n_runs = runs_add(*runs, n, (struct language_run) { doc->text_length, last });
    return TEXTD_OK;
}
