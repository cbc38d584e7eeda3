/* check.c: see check.h. */
#include "daemon/fleet/check.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/fleet/generation.h"
#include "daemon/fleet/lifeline.h"

static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    (void)data, (void)worker, (void)done, (void)body; /* no document is ever given to it */
}

static void on_worker(void *data, struct td_worker *worker)
{
    (void)data, (void)worker;
}

static void on_signal(void *data, int signal)
{
    (void)data;
    if (signal != SIGHUP) /* there is nothing to be finished first */
        _exit(128 + signal);
}

static void on_left_out(void *data, const struct td_generation *g, const struct td_config_left_out *out)
{
    uint32_t *n = data;

    (void)g;
    ++*n;
    fprintf(stderr, "textd: warning: plugin %s (%s.so) would be left out: %s\n", out->plugin.name, out->plugin.file,
            out->reason);
}

static const struct td_generation_events events = { on_done, on_worker, on_worker, on_left_out, NULL, NULL };

int td_check_plugins(const struct td_config *config, const char *model_dir, uint32_t *n_left_out, struct td_err *err)
{
    struct td_generation *generation;
    struct td_plugin_files files;
    struct td_config copy;
    uv_loop_t loop;
    int rc = td_config_copy(&copy, config, err);

    *n_left_out = 0;
    if (rc != TD_OK)
        return rc;
    copy.set.workers_count = 1;
    for (uint32_t i = 0; i < copy.n_pools; i++)
        copy.pools[i].workers = 1;
    rc = td_plugin_files_take(&files, &copy, model_dir, (struct td_plugin_files_before) { 0 }, 1, NULL, NULL, err);
    if (rc != TD_OK) {
        td_config_free(&copy);
        return rc;
    }
    if (uv_loop_init(&loop) != 0 || td_lifeline_join(&loop, on_signal, NULL) != 0) {
        td_config_free(&copy);
        td_plugin_files_release(&files);
        return td_fail(err, TD_E_SYSTEM, "can't make an event loop to check the plugins in");
    }
    rc = td_generation_start(&generation, 0, &loop, &copy, &files, &events, n_left_out, err);
    while (rc == TD_OK && generation->state != TD_GENERATION_LEFT) {
        uv_run(&loop, UV_RUN_ONCE);
        if (generation->state == TD_GENERATION_SERVING)
            td_generation_leave(generation, 0);
    }
    if (rc == TD_OK) {
        if (generation->failure.code != TD_OK) {
            *err = generation->failure;
            rc = (int)err->code;
        }
        td_generation_free(generation);
    }
    td_lifeline_leave();
    uv_run(&loop, UV_RUN_DEFAULT); /* what is left are handles that close */
    uv_loop_close(&loop);
    return rc;
}
