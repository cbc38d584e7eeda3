/* cues.c: see cues.h. A softmax over a document's sentences, by AdaGrad (Duchi et al. 2011), with some of the cues dropped at each
 * step so that none is leant on alone. */
#include "plugins/summarizer/train/cues.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/model.h"
#include "plugins/summarizer/train/boost.h"

#define EPOCHS 12u
#define STEP 0.05
#define FEWEST_DOCUMENTS 8u
#define TEMPERATURE 0.10
#define MOST_SENTENCES 4096u
#define DECAY 0.002

struct slot {
    uint8_t tag;
    uint32_t documents;
    double weight, squares;
};

void cues_add(struct cue_examples *e, const uint32_t *cues, uint32_t n, uint32_t document, float target)
{
    if (e->n == e->room) {
        e->room = e->room ? e->room * 2 : 4096;
        e->all = trainer_grow(e->all, e->room * sizeof *e->all);
    }
    struct cue_example *new = &e->all[e->n++];
    *new = (struct cue_example) {
        .cues = trainer_alloc(n * sizeof *cues), .n = n, .document = document, .target = target
    };
    memcpy(new->cues, cues, n * sizeof *cues);
}

void cues_free(struct cue_examples *e)
{
    for (uint32_t i = 0; i < e->n; i++)
        free(e->all[i].cues);
    free(e->all);
}

struct sighting {
    uint32_t cue, document;
};

static int by_cue(const void *a, const void *b)
{
    const struct sighting *x = a, *y = b;

    if (x->cue != y->cue)
        return x->cue < y->cue ? -1 : 1;
    return x->document < y->document ? -1 : x->document > y->document;
}

/* Gives each slot to the cue that stands in the most documents. */
static void assign_slots(const struct cue_examples *e, struct slot *slots)
{
    size_t n = 0, at = 0;

    for (uint32_t i = 0; i < e->n; i++)
        n += e->all[i].n;
    struct sighting *all = trainer_alloc(n * sizeof *all);
    for (uint32_t i = 0; i < e->n; i++)
        for (uint32_t k = 0; k < e->all[i].n; k++)
            all[at++] = (struct sighting) { e->all[i].cues[k], e->all[i].document };
    qsort(all, n, sizeof *all, by_cue);
    for (size_t i = 0, end; i < n; i = end) {
        uint32_t documents = 0;
        for (end = i; end < n && all[end].cue == all[i].cue; end++)
            documents += end == i || all[end].document != all[end - 1].document;
        struct slot *slot = &slots[all[i].cue >> 8 & (CUE_SLOTS - 1)];
        if (documents >= FEWEST_DOCUMENTS && documents > slot->documents)
            *slot = (struct slot) { .tag = (uint8_t)all[i].cue, .documents = documents };
    }
    free(all);
}

static struct slot *slot_of(struct slot *slots, uint32_t cue)
{
    struct slot *slot = &slots[cue >> 8 & (CUE_SLOTS - 1)];

    return slot->documents > 0 && slot->tag == (uint8_t)cue ? slot : NULL;
}

static double square_root(double x)
{
    double y = x > 1 ? x : 1;

    for (int i = 0; i < 24; i++)
        y = (y + x / y) / 2;
    return y;
}

static void learn_document(const struct cue_examples *e, uint32_t start, uint32_t end, struct slot *slots)
{
    static double scores[MOST_SENTENCES];
    double all = 0, wanted = 0;

    for (uint32_t i = start; i < end; i++) {
        double sum = 0;
        for (uint32_t k = 0; k < e->all[i].n; k++) {
            const struct slot *slot = slot_of(slots, e->all[i].cues[k]);
            sum += slot ? slot->weight : 0;
        }
        all += scores[i - start] = boost_exponential(sum);
        wanted += boost_exponential((double)e->all[i].target / TEMPERATURE);
    }
    for (uint32_t i = start; i < end; i++) {
        double error = boost_exponential((double)e->all[i].target / TEMPERATURE) / wanted - scores[i - start] / all;
        for (uint32_t k = 0; k < e->all[i].n; k++) {
            struct slot *slot = slot_of(slots, e->all[i].cues[k]);
            if (!slot)
                continue;
            slot->squares += error * error;
            slot->weight += STEP * (error - DECAY * slot->weight) / (square_root(slot->squares) + 0.1);
        }
    }
}

void cues_learn(const struct cue_examples *e, uint32_t folds, uint32_t held_out, uint16_t *out)
{
    struct slot *slots = trainer_alloc(CUE_SLOTS * sizeof *slots);

    memset(slots, 0, CUE_SLOTS * sizeof *slots);
    assign_slots(e, slots);
    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++)
        for (uint32_t start = 0, end; start < e->n; start = end) {
            for (end = start; end < e->n && e->all[end].document == e->all[start].document; end++)
                ;
            if (end - start <= MOST_SENTENCES && (folds == 0 || e->all[start].document % folds != held_out))
                learn_document(e, start, end, slots);
        }
    for (uint32_t i = 0; i < CUE_SLOTS; i++) {
        double w = slots[i].weight * MODEL_CUE_SCALE;
        int32_t scaled = w > 127 ? 127 : w < -127 ? -127 : (int32_t)(w < 0 ? w - 0.5 : w + 0.5);
        out[i] = slots[i].documents > 0 ? (uint16_t)(slots[i].tag << 8 | (uint8_t)scaled) : 0;
    }
    free(slots);
}
