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

static float calibrate(const struct model_calibration *c, float p)
{
    return 1 / (1 + lattice_exp(-(c->slope * lattice_odds(p) + c->offset)));
}

static int32_t collect_run(struct reading *r, const struct run *run, const struct entity_means *means,
                           struct finds *finds)
{
    const struct textd_span *tokens = r->page.input->tokens + r->page.first + run->first;
    uint32_t n = reading_find(r, run);

    for (uint32_t i = 0; i < n; i++) {
        const struct span *span = &r->spans.all[i];
        float is_name = calibrate(&r->model->head->name, span->p);
        if (make_room(finds, means) != TEXTD_OK)
            return TEXTD_NO_MEMORY;
        finds->all[finds->n++] = (struct entity) {
            .span = { tokens[span->first].start, tokens[span->end - 1].end },
            .score = is_name * calibrate(&r->model->head->type, span->of_type / span->p),
            .name_score = is_name,
            .type = r->model->types[span->type],
        };
    }
    return TEXTD_OK;
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
        reading_read(&r);
        if (r.has_no_memory)
            return TEXTD_NO_MEMORY;
        for (uint32_t k = 0; k < r.n_runs && rc == TEXTD_OK; k++)
            rc = collect_run(&r, &r.runs[k], means, &finds);
        if (rc == TEXTD_OK && means->should_stop(means->context))
            rc = TEXTD_STOPPED;
    }
    *found = finds.all;
    *n_found = finds.n;
    return rc;
}
