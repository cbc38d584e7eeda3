/* names.c: see names.h. */
#include "plugins/entities/names/names.h"

#include "plugins/entities/names/reading.h"

/* Where the names go: a list that doubles, since how many there are is known only at the end. */
struct finds {
    struct entity *all;
    uint32_t n, room;
};

static int32_t make_room(struct finds *finds, const struct entity_means *means)
{
    if (finds->n < finds->room)
        return TEXTD_OK;
    uint32_t room = finds->room ? finds->room * 2 : 64;
    struct entity *all = means->alloc(means->context, room * sizeof *all);
    if (!all)
        return TEXTD_NO_MEMORY;
    if (finds->n > 0)
        memcpy(all, finds->all, finds->n * sizeof *all);
    finds->all = all;
    finds->room = room;
    return TEXTD_OK;
}

/* A logistic map of the model's log-odds, fitted to how often names with such odds were right. */
static float calibrate(const struct model_names_head *head, float p)
{
    if (p < 1e-6f)
        p = 1e-6f;
    if (p > 1 - 1e-6f)
        p = 1 - 1e-6f;
    float odds = lattice_log(p) - lattice_log(1 - p);
    return 1 / (1 + lattice_exp(-(head->slope * odds + head->offset)));
}

static int32_t collect_run(struct reading *r, const struct page_sentence *s, const struct run *run,
                           const struct entity_means *means, struct finds *finds)
{
    uint32_t n_types = r->model->n_types, outside = label_outside(n_types);
    const struct textd_span *tokens = r->page.input->tokens + r->page.first;
    bool is_weighed = false;

    for (uint32_t i = run->first, end; i < run->end; i = end) {
        end = i + 1;
        if (r->labels[i] == outside)
            continue;
        while (!label_closes(n_types, r->labels[end - 1]) && end < run->end)
            end++;
        uint8_t type = r->model->types[label_type(n_types, r->labels[i])];
        if (make_room(finds, means) != TEXTD_OK)
            return TEXTD_NO_MEMORY;
        if (!is_weighed)
            reading_weigh(r, s, run);
        is_weighed = true;
        float score = calibrate(r->model->head, reading_score(r, run, i, end));
        finds->all[finds->n++] = (struct entity) {
            .span = { tokens[i].start, tokens[end - 1].end },
            .score = score,
            .name_score = score,
            .type = type,
        };
    }
    return TEXTD_OK;
}

static int32_t collect_sentence(struct reading *r, const struct page_sentence *s, const struct entity_means *means,
                                struct finds *finds)
{
    int32_t rc = TEXTD_OK;

    for (struct run run = { .end = s->first }; rc == TEXTD_OK && reading_next_run(r, s, &run);)
        rc = collect_run(r, s, &run, means, finds);
    return rc;
}

int32_t names_find(const struct names_model *model, const struct entity_input *input, const struct entity_means *means,
                   struct entity **found, uint32_t *n_found)
{
    uint32_t sentence = 0, token = 0;
    struct finds finds = { 0 };
    struct reading r;
    int32_t rc = TEXTD_OK;

    *found = NULL;
    *n_found = 0;
    if (input->n_tokens == 0)
        return TEXTD_OK;
    if ((rc = reading_make(&r, model, input, means)) != TEXTD_OK)
        return rc;
    while (token < input->n_tokens && rc == TEXTD_OK) {
        page_read(&r.page, input, &model->known, &sentence, &token);
        reading_label(&r);
        for (uint32_t k = 0; k < r.page.n_sentences && rc == TEXTD_OK; k++)
            rc = collect_sentence(&r, &r.page.sentences[k], means, &finds);
        if (rc == TEXTD_OK && means->should_stop(means->context))
            rc = TEXTD_STOPPED;
    }
    *found = finds.all;
    *n_found = finds.n;
    return rc;
}
