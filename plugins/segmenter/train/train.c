/* train.c: learns where sentences end, and of other languages than English where tokens come apart, from the features that the
 * segmenter sees, too. learner.h says how. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/cuts.h"
#include "plugins/segmenter/features.h"
#include "plugins/segmenter/language.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/train/abbreviations.h"
#include "plugins/segmenter/train/learner.h"
#include "plugins/segmenter/train/records.h"
#include "plugins/segmenter/train/train.h"
#include "plugins/segmenter/train/variants.h"

/* ---- Sentences --------------------------------------------------------------------------------------------------------- */

static void add_example(struct learner *learner, struct paragraph *p, struct sentence_state *state,
                        const struct gap_view *view, uint32_t i, int is_boundary)
{
    struct features f;

    features_near(&f, p, view, i);
    features_far(&f, p, state, i);
    learner_add(learner, f.hash, f.n, is_boundary);
}

/* Adds the gaps of a text that the model will be asked about. `starts` are its sentences. */
static void add_text(struct learner *learner, const struct language_model *language, const struct record *r)
{
    struct segments s = record_tokenize(r, language);
    struct paragraph p = {
        .text = r->text, .length = r->length, .tokens = s.tokens, .kinds = s.kinds, .n_tokens = s.n_tokens
    };
    uint32_t next = 0; /* sentence */

    for (; p.first < p.n_tokens; p.first = p.end) {
        struct gap_view view;
        paragraph_read(&p);
        struct sentence_state state = { .start = p.first };
        for (uint32_t i = p.first + 1; (i = paragraph_next_gap(&p, i, p.end)) < p.end; i++) {
            while (next < r->n_sentences && r->sentences[next].start < p.tokens[i].start)
                next++;
            int is_boundary = next < r->n_sentences && r->sentences[next].start == p.tokens[i].start;
            if (boundary_at(&p, i, &view) == BOUNDARY_ASK)
                add_example(learner, &p, &state, &view, i, is_boundary);
            if (is_boundary)
                state.start = i;
        }
    }
    record_release(&s);
}

static int has_quotes(const struct record *r)
{
    return memchr(r->text, '"', r->length) || strstr(r->text, "\u201c");
}

static void add_texts(struct learner *learner, const struct language_model *language, const struct records *records)
{
    for (uint32_t i = 0; i < records->n; i++)
        for (int v = 0; v < N_LEARNED; v++) {
            if (v == VARIANT_QUOTED && i % 4 != 0) /* a few suffice */
                continue;
            if (v == VARIANT_MARKED && !has_quotes(&records->all[i]))
                continue;
            struct record r = variant_make(&records->all[i], (enum variant)v, i);
            add_text(learner, language, &r);
            variant_free(&r);
        }
}

/* Reads the files, FILE or FILE=LICENCE each. */
static void read_files(struct records *records, char **files, int n_files)
{
    for (int i = 0; i < n_files; i++) {
        char *licence = strchr(files[i], '=');
        if (licence)
            *licence++ = 0;
        records_read(records, files[i], licence);
    }
    printf("%u texts\n", records->n);
}

/* What a feature of a sentence's end must be seen, where each text comes in three or four dresses. */
#define LEAST_OF_BOUNDARIES 6u
#define TIMES_OF_ENGLISH 4u

int train(const char *abbreviations, const char *model_file, char **files, int n_files)
{
    struct records records = { 0 };
    struct learner learner = { .n_slots = MODEL_MOST_SLOTS,
                               .n_near = NEAR_FEATURES,
                               .n_times = TIMES_OF_ENGLISH,
                               .least_count = LEAST_OF_BOUNDARIES };
    struct model_content head;
    size_t length = sizeof(struct model_file_head) + sizeof head + learner.n_slots * sizeof(uint16_t);
    unsigned char *bytes = trainer_alloc(length), *content = bytes + sizeof(struct model_file_head);

    read_files(&records, files, n_files);
    if (abbreviations)
        abbreviations_add(&records, abbreviations, "en");
    add_texts(&learner, NULL, &records);
    learner_run(&learner, "gap", &head, (uint16_t *)(void *)(content + sizeof head));
    memcpy(content, &head, sizeof head);
    trainer_write(model_file, &model_kind, bytes, length);
    free(bytes);
    learner_free(&learner);
    records_free(&records);
    return 0;
}

/* ---- Tokens of another language ---------------------------------------------------------------------------------------- */

/* A text whose cuts are learned. */
struct lesson {
    const struct record *record;
    struct learner *learner;
    uint32_t next; /* token */
};

/* Whether a token ends or starts at `at`. */
static int is_cut(struct lesson *l, uint32_t at)
{
    const struct record *r = l->record;

    while (l->next < r->n_tokens && r->tokens[l->next].end < at)
        l->next++;
    return l->next < r->n_tokens && (r->tokens[l->next].end == at || r->tokens[l->next].start == at);
}

static void learn_chunk(void *data, struct chunk *c)
{
    struct lesson *l = data;
    struct cut_features f;

    for (uint32_t i = 1, last = 0; i < c->n; i++) {
        if (c->cuts[i] & CUT_ASKED) {
            int answer = is_cut(l, c->at[i]);
            cut_near(&f, c, i);
            cut_far(&f, c, i, last);
            learner_add(l->learner, f.hash, f.n, answer);
            c->cuts[i] = (uint8_t)((c->cuts[i] & ~CUT_DECIDED) | (answer ? CUT_DECIDED : 0));
        }
        if (c->cuts[i] & CUT_DECIDED)
            last = i;
    }
}

static void learn_cuts(struct learner *learner, const struct records *records, uint32_t cuts_letters)
{
    for (uint32_t i = 0; i < records->n; i++) {
        struct lesson lesson = { .record = &records->all[i], .learner = learner };
        struct segments s = record_memory();
        cut_tokens(&s, lesson.record->text, lesson.record->length, cuts_letters, learn_chunk, &lesson);
        record_release(&s);
    }
}

/* ---- Sizes, and whether words come apart between letters, by language ------------------------------------------------- */

#define LEAST_OF_CUTS 1u
#define SLOTS_OF_BOUNDARIES (1u << 13)
#define SLOTS_OF_FEW (1u << 11) /* where full stops are marks of their own, and the model is hardly asked */
#define SLOTS_OF_CUTS (1u << 14)
#define SLOTS_OF_CHARACTERS (1u << 16) /* of cuts, where no blanks part words */

static int is_one_of(const char *code, const char *const *codes)
{
    while (*codes && strcmp(code, *codes) != 0)
        codes++;
    return *codes != NULL;
}

int train_language(const char *code, const char *abbreviations, const char *model_file, char **files, int n_files)
{
    static const char *const cut_letters[] = { "ar", "es", "it", "ja", "ko", "pl", "pt", "tr", "zh", NULL };
    static const char *const without_blanks[] = { "ja", "zh", NULL };
    struct records records = { 0 };
    struct learner cuts = { .n_slots = is_one_of(code, without_blanks) ? SLOTS_OF_CHARACTERS : SLOTS_OF_CUTS,
                            .n_near = CUT_NEAR,
                            .least_count = LEAST_OF_CUTS };
    struct learner gaps = { .n_slots = SLOTS_OF_BOUNDARIES,
                            .n_near = NEAR_FEATURES,
                            .least_count = LEAST_OF_BOUNDARIES };
    struct language_content head = { .flags = is_one_of(code, cut_letters) ? LANGUAGE_CUTS_LETTERS : 0 };
    size_t length = sizeof(struct model_file_head) + sizeof head + (cuts.n_slots + gaps.n_slots) * sizeof(uint16_t);
    unsigned char *bytes = trainer_alloc(length), *content = bytes + sizeof(struct model_file_head);
    uint16_t *slots = (uint16_t *)(void *)(content + sizeof head);

    if (language_find(code, (uint32_t)strlen(code)) < 0 || strlen(code) != 2)
        trainer_fail("\"%s\" is no language that the segmenter looks for a file of; language.c lists them", code);
    memcpy(head.code, code, 2);
    read_files(&records, files, n_files);
    if (abbreviations)
        abbreviations_add(&records, abbreviations, code);
    learn_cuts(&cuts, &records, head.flags & LANGUAGE_CUTS_LETTERS);
    learner_run(&cuts, "place", &head.cuts, slots + gaps.n_slots);
    struct language_model model = { .flags = head.flags,
                                    .cuts = { .slots = slots + gaps.n_slots,
                                              .shift = 32 - (uint32_t)__builtin_ctz(cuts.n_slots),
                                              .reject = head.cuts.reject,
                                              .accept = head.cuts.accept } };
    add_texts(&gaps, &model, &records);
    learner_run(&gaps, "gap", &head.boundaries, slots);
    memcpy(content, &head, sizeof head);
    trainer_write(model_file, &language_kind, bytes, length);
    printf("%s: %zu bytes\n", model_file, length);
    free(bytes);
    learner_free(&cuts);
    learner_free(&gaps);
    records_free(&records);
    return 0;
}
