/* assign.c: see assign.h. */
#include "daemon/documents/assign.h"

#include <string.h>

#include "common/utf8.h"

/* The plugins that the request names, as bits. */
static int find_plugins(const struct td_generation *g, struct td_mp mp, uint64_t *wanted, struct td_err *err)
{
    struct td_mp_value list, name;

    *wanted = 0;
    td_mp_read(&mp, &list);
    for (uint32_t i = 0; i < list.length && td_mp_read(&mp, &name) == 0; i++) {
        uint32_t index = td_catalogue_find(&g->catalogue, name.bytes, name.length);
        if (index == TD_NO_PLUGIN)
            return td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no plugin '%.*s'; 'describe' lists those that there are",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
        *wanted |= UINT64_C(1) << index;
    }
    return TD_OK;
}

/* Which plugins run, in which order: a pipeline's plan was made when the generation was, a request's own list is
 * planned here. */
static int make_plan(const struct td_generation *g, const struct td_request *request, struct td_plan *plan,
                     struct td_err *err)
{
    struct td_err why;
    uint32_t pool;
    uint64_t wanted;

    if (request->plugins.at) {
        int rc = find_plugins(g, request->plugins, &wanted, err);
        if (rc != TD_OK || (rc = td_pools_choose(g->pools, g->n_pools, &g->catalogue, wanted, &pool, err)) != TD_OK)
            return rc;
        if (td_plan_make(plan, &g->catalogue, wanted, g->pools[pool].plugins, &why) != TD_OK)
            return td_fail(err, TD_E_BAD_REQUEST, "'plugins': %s", why.text);
        plan->pool = (uint8_t)pool;
        return TD_OK;
    }
    const char *name = request->pipeline.bytes ? request->pipeline.bytes : "default";
    uint32_t length = request->pipeline.bytes ? request->pipeline.length : 7;
    const struct td_plan *ready = td_generation_pipeline(g, name, length);
    if (!ready)
        return td_fail(err, TD_E_UNKNOWN_PIPELINE, "there is no pipeline '%.*s'; 'describe' lists those that there are",
                       td_utf8_quoted(name, length), name);
    *plan = *ready;
    return TD_OK;
}

/* Appends one checked value as a worker takes it. */
static int add_option(struct td_buf *out, uint32_t plugin, uint32_t option, const struct textd_value *value,
                      struct td_err *err)
{
    static const char padding[8];
    struct td_job_option head = { .plugin = (uint8_t)plugin,
                                  .option = (uint8_t)option,
                                  .length = value->length,
                                  .integer = value->integer,
                                  .number = value->number };

    td_buf_append(out, &head, sizeof head);
    td_buf_append(out, value->text, value->length);
    td_buf_append(out, padding, td_job_option_bytes(value->length) - sizeof head - value->length);
    return out->full ? td_fail(err, TD_E_BAD_OPTION, "the options' texts are too large") : TD_OK;
}

/* Steps over a value that is nil: that is as good as none, whatever its key. */
static int skip_nil(struct td_mp *mp)
{
    struct td_mp at = *mp;
    struct td_mp_value v;

    if (td_mp_read(&at, &v) != 0 || v.type != TD_MP_NIL)
        return 0;
    *mp = at;
    return 1;
}

/* The options of one plugin: `mp` is at a map of option to value. */
static int take_plugin_options(const struct td_generation *g, uint32_t plugin, struct td_mp *mp, struct td_buf *out,
                               struct td_err *err)
{
    const struct td_options *options = &g->catalogue.plugins[plugin].options;
    struct td_mp_value map, name;
    struct textd_value value;
    uint32_t index;

    td_mp_read(mp, &map);
    for (uint32_t i = 0; i < map.length; i++) {
        td_mp_read(mp, &name); /* a string: td_mp_check has seen to it */
        if (skip_nil(mp))
            continue;
        int rc = td_options_find(options, name.bytes, name.length, &index, err);
        if (rc == TD_OK)
            rc = td_option_read(options, index, mp, &value, err);
        if (rc == TD_OK)
            rc = add_option(out, plugin, index, &value, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

static int take_options(const struct td_generation *g, const struct td_plan *plan, struct td_mp mp, struct td_buf *out,
                        struct td_err *err)
{
    struct td_mp_value map, name;

    td_mp_read(&mp, &map);
    for (uint32_t i = 0; i < map.length; i++) {
        td_mp_read(&mp, &name);
        if (skip_nil(&mp))
            continue;
        uint32_t index = td_catalogue_find(&g->catalogue, name.bytes, name.length);
        if (index == TD_NO_PLUGIN)
            return td_fail(err, TD_E_UNKNOWN_PLUGIN, "'options' names plugin '%.*s', which there is not",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
        if (!(plan->members & (UINT64_C(1) << index)))
            return td_fail(err, TD_E_BAD_OPTION, "'options' names plugin '%.*s', which does not run in this request",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
        int rc = take_plugin_options(g, index, &mp, out, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

/* The frame's head for the worker, but for the sequence. */
static void write_job(struct td_doc *doc, const struct td_plan *plan)
{
    const struct td_request *request = &doc->request;

    doc->job = (struct td_job) { .frame.kind = TD_FRAME_JOB,
                                 .deadline_ns = doc->deadline_ns,
                                 .trace_id = { request->context.id[0], request->context.id[1] },
                                 .span = request->context.span,
                                 .trace_flags = request->context.flags,
                                 .text_bytes = request->text.length,
                                 .options_bytes = (uint32_t)doc->options.length,
                                 .lang_bytes = (uint8_t)request->lang.length,
                                 .unit = (uint8_t)request->unit,
                                 .n_steps = plan->n };
    memcpy(doc->job.steps, plan->steps, plan->n);
}

int td_assign(struct td_doc *doc, const struct td_generation *generation, struct td_err *err)
{
    const struct td_request *request = &doc->request;
    struct td_plan plan = { 0 };
    int rc = make_plan(generation, request, &plan, err);

    doc->trials = 0;
    doc->pool = plan.pool;
    doc->options.length = 0;
    doc->options.full = 0;
    if (rc == TD_OK && !td_generation_takes_bytes(generation, request->text.length))
        rc = td_fail(err, TD_E_TOO_LARGE, "the text has %u bytes; limits.document_bytes was lowered to %lld meanwhile",
                     request->text.length, (long long)generation->config.set.limits_document_bytes);
    if (rc == TD_OK && request->options.at)
        rc = take_options(generation, &plan, request->options, &doc->options, err);
    if (rc == TD_OK)
        write_job(doc, &plan);
    return rc;
}
