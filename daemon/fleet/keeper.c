/* keeper.c: see keeper.h. */
#include "daemon/fleet/keeper.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "daemon/fleet/last_good.h"

static void batch_free(struct td_keeper_batch *batch)
{
    for (uint32_t i = 0; i < batch->n; i++) {
        free(batch->files[i]);
        td_snapshot_release(batch->of[i]);
    }
    batch->n = 0;
}

/* Instances of one library are one entry. */
static void batch_add(struct td_keeper_batch *batch, const char *file, struct td_snapshot *snapshot)
{
    for (uint32_t i = 0; i < batch->n; i++)
        if (strcmp(batch->files[i], file) == 0)
            return;
    char *copy = strdup(file);
    if (!copy || batch->n == 2 * TD_MAX_PLUGINS) { /* it is kept at the next change, then */
        free(copy);
        return;
    }
    batch->files[batch->n] = copy;
    batch->of[batch->n++] = snapshot ? td_snapshot_share(snapshot) : NULL;
}

static void write_batch(uv_work_t *work)
{
    struct td_keeper *k = work->data;
    struct td_err err;

    k->err.code = TD_OK;
    for (uint32_t i = 0; i < k->now.n; i++)
        if (k->now.of[i])
            td_snapshot_know(k->now.of[i], &err); /* so that the loop, when it is asked, needn't read them */
    if (!k->folder[0])
        return;
    for (uint32_t i = 0; i < k->now.n; i++)
        if (k->now.of[i] && td_last_good_write(k->folder, k->now.files[i], k->now.of[i], &err) != TD_OK)
            k->err = err;
    if (k->err.code == TD_OK)
        td_last_good_tidy(k->folder, k->now.files, k->now.n);
}

static void begin(struct td_keeper *k);

static void on_written(uv_work_t *work, int status)
{
    struct td_keeper *k = work->data;

    (void)status; /* it is never cancelled */
    if (k->err.code != TD_OK)
        td_log(TD_LOG_WARN, "plugin.copy_failed", TD_STR("error", k->err.text),
               TD_STR("action", "none: the next start has no copy to go back to"));
    else if (k->folder[0])
        td_log(TD_LOG_DEBUG, "plugin.copies_kept", TD_STR("folder", k->folder), TD_INT("libraries", k->now.n));
    batch_free(&k->now);
    k->is_busy = 0;
    begin(k);
}

static void begin(struct td_keeper *k)
{
    if (k->is_busy || k->next.n == 0)
        return;
    k->now = k->next;
    k->next.n = 0;
    k->work.data = k;
    k->is_busy = uv_queue_work(k->loop, &k->work, write_batch, on_written) == 0;
    if (!k->is_busy)
        batch_free(&k->now);
}

void td_keeper_init(struct td_keeper *k, uv_loop_t *loop, const struct td_config *config)
{
    k->loop = loop;
    td_last_good_folder(config, k->folder, sizeof k->folder);
}

void td_keeper_keep(struct td_keeper *k, const struct td_generation *g)
{
    batch_free(&k->next);
    for (uint32_t i = 0; i < g->config.n_plugins; i++)
        batch_add(&k->next, g->config.plugins[i].file, g->files.of[i]);
    for (uint32_t i = 0; i < g->config.n_left_out; i++)
        batch_add(&k->next, g->config.left_out[i].plugin.file, NULL);
    if (k->folder[0])
        begin(k);
}

void td_keeper_rest(struct td_keeper *k)
{
    begin(k);
}
