/* model.c: see model.h. */
#include "plugins/summarizer/model.h"

#include <stdio.h>
#include <string.h>

#include "plugins/summarizer/features.h"

const struct model_file_kind summary_model_kind = { .magic = "TDSUMMRY", .version = 2, .owner = "summarizer" };

#define MOST_VALUE 1000.0f /* of a node; so that no sum of them loses its meaning */

static int is_table(uint32_t n_slots, uint32_t most)
{
    return n_slots >= MODEL_BUCKET && n_slots <= most && (n_slots & (n_slots - 1)) == 0;
}

static int tree_is_wrong(const struct model_tree *tree)
{
    for (uint32_t i = 0; i < MODEL_INNER; i++)
        if (tree->feature[i] >= N_FEATURES)
            return 1;
    for (uint32_t i = 0; i < 2 * MODEL_INNER + 1; i++)
        if (!(tree->value[i] >= -MOST_VALUE && tree->value[i] <= MOST_VALUE))
            return 1;
    return 0;
}

int summary_model_open(struct summary_model *model, const void *bytes, size_t length, char *reason, size_t reason_size)
{
    struct summary_model_content head;
    const void *content;
    size_t size;

    if (model_file_open(&summary_model_kind, bytes, length, &content, &size, reason, reason_size) != 0)
        return -1;
    memset(&head, 0, sizeof head);
    if (size >= sizeof head)
        memcpy(&head, content, sizeof head);
    if (!is_table(head.n_word_slots, MODEL_MOST_WORD_SLOTS) || !is_table(head.n_cue_slots, MODEL_MOST_CUE_SLOTS) ||
        head.n_trees > MODEL_MOST_TREES ||
        size != sizeof head + (head.n_word_slots + head.n_cue_slots) * sizeof(uint16_t) + head.n_word_slots +
                    (size_t)MODEL_FORESTS * head.n_trees * sizeof(struct model_tree)) {
        snprintf(reason, reason_size,
                 "its content has %zu bytes, which do not fit its %u words, %u cues and %u trees; it was mixed up",
                 size, head.n_word_slots, head.n_cue_slots, head.n_trees);
        return -1;
    }
    model->words = (const uint16_t *)(const void *)((const char *)content + sizeof head);
    model->word_mask = head.n_word_slots - 1;
    model->cues = model->words + head.n_word_slots;
    model->cue_mask = head.n_cue_slots - 1;
    model->parts = (const uint8_t *)(model->cues + head.n_cue_slots);
    model->trees = (const struct model_tree *)(const void *)(model->parts + head.n_word_slots);
    model->n_trees = head.n_trees;
    known_make(&model->known);
    for (uint32_t i = 0; i < MODEL_FORESTS * model->n_trees; i++)
        if (tree_is_wrong(&model->trees[i])) {
            snprintf(reason, reason_size, "its tree %u asks for a feature that there isn't, or has a value beyond %g",
                     i, (double)MOST_VALUE);
            return -1;
        }
    return 0;
}
