/* train.c: from records to a model. A sentence's target is what it would add to a summary's ROUGE. Cue words are learned first, then
 * trees over all features, the cues' sum among them: each record's cues come from the other records, or the trees would
 * trust them more than they deserve. */
#include "plugins/summarizer/train/train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/rank.h"
#include "plugins/summarizer/select.h"
#include "plugins/summarizer/train/background.h"
#include "plugins/summarizer/train/boost.h"
#include "plugins/summarizer/train/cues.h"
#include "plugins/summarizer/train/evaluate.h"
#include "plugins/summarizer/train/lexicon.h"
#include "plugins/summarizer/train/records.h"

#define TREES 64u
#define CUE_FOLDS 4u
#define FOLDS 5u

/* What a longer text counts against an abstract, of which there are many more. */
#define LONG_WEIGHT 4.0f
#define ABSTRACT_SENTENCES 12u

/* A model in the making. */
struct workshop {
    struct boundary_model segmenter;
    void *segmenter_bytes;
    uint16_t words[BACKGROUND_SLOTS];
    uint8_t parts[BACKGROUND_SLOTS];
    uint16_t cues[CUE_FOLDS + 1][CUE_SLOTS]; /* the last: of all */
    struct model_tree trees[MODEL_FORESTS][TREES];
};

static struct summary_model workshop_model(const struct workshop *w, uint32_t cues, uint32_t n_trees)
{
    struct summary_model model = { .words = w->words,
                                   .parts = w->parts,
                                   .cues = w->cues[cues],
                                   .word_mask = BACKGROUND_SLOTS - 1,
                                   .cue_mask = CUE_SLOTS - 1,
                                   .trees = w->trees[0],
                                   .n_trees = n_trees };

    known_make(&model.known);
    return model;
}

struct boundary_model segmenter_open(const char *file, void **bytes)
{
    struct boundary_model model;
    char reason[200];
    size_t length;

    *bytes = trainer_need(file, &length);
    if (model_open(&model, *bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, reason);
    return model;
}

static struct workshop *workshop_open(const struct sources *sources)
{
    struct workshop *w = trainer_alloc(sizeof *w);

    memset(w, 0, sizeof *w);
    w->segmenter = segmenter_open(sources->segmenter, &w->segmenter_bytes);
    background_read(w->words, sources->words, sources->stopwords);
    lexicon_read(w->parts, w->words, sources->words, sources->wordnet, sources->parts);
    return w;
}

static void workshop_close(struct workshop *w)
{
    free(w->segmenter_bytes);
    free(w);
}

/* What the sentence would add to the F1 of a summary of `asked`: its matches, against its own length and its part of the reference's
 * length. Of several references the best one's. */
static float target_of(const struct record *r, const struct rouge_text *sentence, uint32_t asked)
{
    double best[2] = { 0, 0 };

    for (uint32_t i = 0; i < r->n_references; i++)
        for (int order = 0; order < 2; order++) {
            const struct rouge_text *ref = &r->references[i];
            double all = sentence->n[order] + (double)ref->n[order] / asked;
            double f1 = all > 0 ? 2.0 * rouge_matches(ref, sentence, order) / all : 0;
            best[order] = f1 > best[order] ? f1 : best[order];
        }
    return (float)(best[0] + best[1]);
}

static float *targets_of(const struct record *r, const struct document *d, uint32_t asked)
{
    float *targets = trainer_alloc((d->n_sentences + 1) * sizeof *targets);

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct rouge_text text = rouge_read(d->text + d->spans[i].start, d->spans[i].end - d->spans[i].start);
        targets[i] = target_of(r, &text, asked);
        rouge_free(&text);
    }
    return targets;
}

/* Whether there is something to learn from the sentence: half a quotation is worth what it says, though it is never picked. */
static int is_example(const struct sentence *s)
{
    struct sentence whole = *s;

    whole.flags &= (uint16_t)~SENTENCE_HALF;
    return rank_is_fit(&whole);
}

static void learn_cues(struct workshop *w, const struct records *records)
{
    struct summary_model model = workshop_model(w, CUE_FOLDS, 0);
    struct cue_examples e = { 0 };

    for (uint32_t i = 0; i < records->n; i++) {
        struct document *d = record_open(&records->all[i], &w->segmenter, &model);
        float *targets = targets_of(&records->all[i], d, 1);
        for (uint32_t s = 0; s < d->n_sentences; s++) {
            uint32_t cues[2 * CUE_WORDS], n = document_cues(d, &d->sentences[s], cues);
            if (is_example(&d->sentences[s]))
                cues_add(&e, cues, n, i, targets[s]);
        }
        free(targets);
    }
    for (uint32_t fold = 0; fold < CUE_FOLDS; fold++)
        cues_learn(&e, CUE_FOLDS, fold, w->cues[fold]);
    cues_learn(&e, 0, 0, w->cues[CUE_FOLDS]);
    cues_free(&e);
}

static void add_examples(struct examples *e, const struct record *r, struct document *d, uint32_t asked)
{
    float *targets = targets_of(r, d, asked);
    struct features_context c;

    features_prepare(&c, d);
    for (uint32_t s = 0; s < d->n_sentences; s++) {
        if (is_example(&d->sentences[s])) {
            struct example *example = examples_add(e);
            features_read(&c, d, s, example->x);
            example->target = targets[s];
        }
    }
    examples_end_group(e, d->n_sentences > ABSTRACT_SENTENCES ? LONG_WEIGHT : 1.0f);
    free(targets);
}

static void learn(struct workshop *w, const struct records *records)
{
    struct examples e[MODEL_FORESTS] = { 0 };

    learn_cues(w, records);
    for (uint32_t i = 0; i < records->n; i++) {
        struct summary_model model = workshop_model(w, i % CUE_FOLDS, 0);
        struct document *d = record_open(&records->all[i], &w->segmenter, &model);
        for (uint32_t asked = 1; asked <= MODEL_FORESTS; asked++)
            add_examples(&e[asked - 1], &records->all[i], d, asked);
    }
    if (e[0].n == 0)
        trainer_fail("there is nothing to learn from in these files");
    printf("%u texts, %u sentences\n", records->n, e[0].n);
    for (uint32_t i = 0; i < MODEL_FORESTS; i++) {
        boost(&e[i], w->trees[i], TREES);
        examples_free(&e[i]);
    }
}

static void write_model(const struct workshop *w, const char *file)
{
    struct summary_model_content head = { .n_word_slots = BACKGROUND_SLOTS,
                                          .n_cue_slots = CUE_SLOTS,
                                          .n_trees = TREES };
    size_t length = sizeof(struct model_file_head) + sizeof head + sizeof w->words + sizeof w->cues[0] +
                    sizeof w->parts + sizeof w->trees;
    unsigned char *bytes = trainer_alloc(length), *at = bytes + sizeof(struct model_file_head);

    memcpy(at, &head, sizeof head);
    memcpy(at += sizeof head, w->words, sizeof w->words);
    memcpy(at += sizeof w->words, w->cues[CUE_FOLDS], sizeof w->cues[0]);
    memcpy(at += sizeof w->cues[0], w->parts, sizeof w->parts);
    memcpy(at + sizeof w->parts, w->trees, sizeof w->trees);
    trainer_write(file, &summary_model_kind, bytes, length);
    printf("%s: %zu bytes\n", file, length);
    free(bytes);
}

int train(const char *model_file, const struct sources *sources, char **files, int n_files)
{
    struct workshop *w = workshop_open(sources);
    struct records records = { 0 };

    for (int i = 0; i < n_files; i++)
        records_read(&records, files[i]);
    learn(w, &records);
    write_model(w, model_file);
    records_free(&records);
    workshop_close(w);
    return 0;
}

int cross_validate(const struct sources *sources, uint32_t asked, char **files, int n_files)
{
    struct workshop *w = workshop_open(sources);
    struct records files_records[16] = { { 0 } };
    struct evaluation *sums = trainer_alloc((size_t)n_files * sizeof *sums);

    memset(sums, 0, (size_t)n_files * sizeof *sums);
    if (n_files > 16)
        trainer_fail("more than 16 files");
    for (int i = 0; i < n_files; i++)
        records_read(&files_records[i], files[i]);
    for (uint32_t fold = 0; fold < FOLDS; fold++) {
        struct records seen = { 0 };
        for (int i = 0; i < n_files; i++)
            for (uint32_t k = 0; k < files_records[i].n; k++)
                if (k % FOLDS != fold) {
                    seen.all = trainer_grow(seen.all, (seen.n + 1) * sizeof *seen.all);
                    seen.all[seen.n++] = files_records[i].all[k];
                }
        learn(w, &seen);
        free(seen.all);
        struct summary_model model = workshop_model(w, CUE_FOLDS, TREES);
        for (int i = 0; i < n_files; i++)
            for (uint32_t k = fold; k < files_records[i].n; k += FOLDS)
                evaluate(&sums[i], &files_records[i].all[k], &w->segmenter, &model, asked);
    }
    for (int i = 0; i < n_files; i++) {
        evaluation_print(&sums[i], files[i]);
        records_free(&files_records[i]);
    }
    free(sums);
    workshop_close(w);
    return 0;
}
