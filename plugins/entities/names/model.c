/* model.c: see model.h. */
#include "plugins/entities/names/model.h"

#include <stdio.h>

#include "common/utf8.h"

const struct model_file_kind names_model_kind = { .magic = "TDENTITY", .version = 5, .owner = "entities" };

#define MOST_FEATURES (1u << 24)

static void read_transitions(struct transitions *t, const int16_t *open, const int16_t *within, float scale)
{
    for (uint32_t i = 0; i < OPENER_ROW; i++)
        for (uint32_t k = 0; k < OPENER_ROW; k++)
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the caller's pointer is into the file */
            t->open[i][k] = t->turned[k][i] = (float)open[i * OPENER_ROW + k] / scale;
    for (uint32_t type = 0; type < NAME_MOST_TYPES; type++) {
        t->inside[type] = (float)within[type * 4] / scale;
        t->last[type] = (float)within[type * 4 + 1] / scale;
        t->inside_inside[type] = (float)within[type * 4 + 2] / scale;
        t->inside_last[type] = (float)within[type * 4 + 3] / scale;
    }
}

/* Each bucket begins within them. */
static bool buckets_are_right(const struct names_model *m)
{
    uint32_t most = 0;

    for (uint32_t b = 0; b < MODEL_BUCKETS; b++)
        most = m->starts[b] > most ? m->starts[b] : most;
    return most <= m->head->n_bucket_bytes - MODEL_BUCKETS_END;
}

static bool calibration_is_right(const struct model_calibration *c)
{
    return c->slope > 0 && c->slope < 100 && c->offset > -100 && c->offset < 100;
}

static bool head_is_right(const struct model_names_head *head)
{
    for (uint32_t i = 0; i < NAME_MOST_TYPES; i++)
        if (!memchr(head->types[i], 0, MODEL_TYPE_NAME))
            return false;
    return head->n_types > 0 && head->n_types <= NAME_MOST_TYPES && head->n_features <= MOST_FEATURES &&
           head->scale >= 1 && head->scale <= 1000 && calibration_is_right(&head->name) &&
           calibration_is_right(&head->type);
}

static size_t take_parts(struct names_model *m, const char *at, const int16_t **open, const int16_t **within)
{
    const char *start = at;

    m->head = (const void *)at;
    *open = (const void *)(at += sizeof *m->head);
    *within = (const void *)(at += OPENER_ROW * OPENER_ROW * sizeof(int16_t));
    m->starts = (const void *)(at += NAME_MOST_TYPES * 4 * sizeof(int16_t));
    m->buckets = (const void *)(at += MODEL_BUCKETS * sizeof *m->starts);
    return (size_t)(at - start);
}

/* Knowledge and the frequent words. How many bytes of the content they take, with what is before them; SIZE_MAX when
 * they don't fit. */
static size_t take_known(struct names_model *m, const char *content, size_t used, size_t size)
{
    size_t n = m->head->n_knowledge_bytes, frequent = m->head->n_frequent_bytes;

    if (n > size - used || (n > 0 && knowledge_open(&m->known, content + used, n) != n))
        return SIZE_MAX;
    m->knowledge = content + used;
    used += n;
    if (frequent == 0)
        return used;
    used += model_padding(sizeof(struct model_file_head) + used);
    if (used > size || frequent > size - used || !frequent_open(&m->frequent, content + used, frequent, m->width))
        return SIZE_MAX;
    return used + frequent;
}

int names_model_open(struct names_model *m, const void *bytes, size_t length, char *reason, size_t reason_size)
{
    const int16_t *open = NULL, *within = NULL;
    const void *content;
    size_t size, used = SIZE_MAX; /* what the parts take, as long as they fit */

    memset(m, 0, sizeof *m);
    if (model_file_open(&names_model_kind, bytes, length, &content, &size, reason, reason_size) != 0)
        return -1;
    if (size >= sizeof *m->head && head_is_right(content)) {
        size_t parts = take_parts(m, content, &open, &within);
        m->n_types = m->head->n_types;
        m->n_labels = label_count(m->n_types);
        m->width = (m->n_labels + 7) & ~7u;
        if (parts <= size && m->head->n_bucket_bytes <= size - parts && m->head->n_bucket_bytes >= MODEL_BUCKETS_END &&
            m->head->n_bucket_bytes % 4 == 0 && buckets_are_right(m))
            used = take_known(m, content, parts + m->head->n_bucket_bytes, size);
    }
    if (used != size) {
        snprintf(reason, reason_size, "its content has %zu bytes, whose parts do not fit together; it was mixed up",
                 size);
        return -1;
    }
    for (uint32_t i = 0; i < m->n_types; i++) {
        size_t name_length = strlen(m->head->types[i]);
        m->types[i] = entity_type_find(m->head->types[i], name_length);
        if (m->types[i] == ENTITY_NONE)
            m->types[i] = (uint8_t)(ENTITY_TYPE_COUNT + i);
        if (m->types[i] >= ENTITY_TYPE_COUNT && !entity_types_may_be(m->head->types[i], name_length)) {
            snprintf(reason, reason_size, "its type '%.*s' is no type's name; it was mixed up",
                     td_utf8_quoted(m->head->types[i], (uint32_t)name_length), m->head->types[i]);
            return -1;
        }
    }
    read_transitions(&m->scores, open, within, m->head->scale);
    m->scores.n_types = m->n_types;
    m->add_rows = rows_best_adder();
    transitions_exp(&m->factors, &m->scores);
    return 0;
}

void names_model_number_types(struct names_model *m, struct entity_types *types)
{
    for (uint32_t i = 0; i < m->n_types; i++)
        if (m->types[i] >= ENTITY_TYPE_COUNT)
            m->types[i] = entity_types_add(types, m->head->types[i], strlen(m->head->types[i]));
}
