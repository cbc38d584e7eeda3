/* summarizer.c: any valid text has a summary: sentences of the text, in order, within the limit that was asked for. The first byte of
 * the input chooses the options. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "tests/fuzz/summarizer_models.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct request choose(uint8_t byte)
{
    static const char focus[] = "the river & 42";

    return (struct request) { .sentences = byte & 1 ? 3 : 0,
                              .ratio = byte & 2 && !(byte & 1) ? 0.3 : 0,
                              .max_chars = byte & 4 ? 90 : 0,
                              .focus = focus,
                              .focus_length = byte & 8 ? sizeof focus - 1 : 0,
                              .by_rank = byte >> 4 & 1,
                              .headline = byte >> 5 & 1,
                              .keyphrases = byte & 64 ? 7 : 0 };
}

static void check(const struct document *d, const struct request *r, const struct summary *s)
{
    for (uint32_t i = 0; i < s->n_picks; i++) {
        struct textd_span shown = summary_shown(d, s->picks[i].sentence);
        assert(shown.start < shown.end && shown.end <= d->length);
        assert(r->by_rank ? s->picks[i].rank == i + 1 : i == 0 || s->picks[i].sentence > s->picks[i - 1].sentence);
        assert(s->picks[i].score >= 0 && s->picks[i].score <= 1);
    }
    assert(r->max_chars == 0 || s->n_picks == 0 || d->spans[s->picks[0].sentence].end > 0);
    assert(s->headline.end <= d->length);
    for (uint32_t i = 0; i < s->n_keyphrases; i++)
        assert(s->keyphrases[i].span.end <= d->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct models *models = models_load();
    struct request request = choose(size > 0 ? data[0] : 0);
    char *text = malloc(size + 1); /* exact, so that a read behind its end is seen */
    struct document d;
    struct summary s;

    size -= size > 0;
    memcpy(text, data + 1, size);
    uint32_t length = (uint32_t)td_utf8_check(text, size, NULL);
    if (models_open_text(models, &models->summarizer, text, length, &d) == 0 &&
        summary_make(&d, &request, &s) == TEXTD_OK)
        check(&d, &request, &s);
    free(text);
    return 0;
}
