/* check.c: see check.h. */
#include "daemon/fleet/check.h"

#include "daemon/fleet/generation.h"

struct check {
    struct td_err err;
    enum td_code code;
};

static void on_serving(void *data, struct td_generation *generation)
{
    (void)data;
    td_generation_leave(generation, 0);
}

static void on_failed(void *data, struct td_generation *generation, const struct td_err *err)
{
    struct check *check = data;

    (void)generation;
    check->err = *err;
    check->code = err->code;
}

static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    (void)data, (void)worker, (void)done, (void)body; /* no document is ever given to it */
}

static void on_worker(void *data, struct td_worker *worker)
{
    (void)data, (void)worker;
}

static void on_left(void *data, struct td_generation *generation)
{
    (void)data;
    td_generation_free(generation);
}

static const struct td_generation_events events = { on_serving, on_failed, on_done, on_worker, on_worker, on_left };

int td_check_plugins(const struct td_config *config, const char *model_dir, struct td_err *err)
{
    struct check check = { .code = TD_OK };
    struct td_generation *generation;
    struct td_plugin_files files;
    struct td_config copy;
    uv_loop_t loop;
    int rc = td_config_copy(&copy, config, err);

    if (rc != TD_OK)
        return rc;
    copy.set.workers_count = 1;
    rc = td_plugin_files_take(&files, &copy, model_dir, (struct td_plugin_files_before) { 0 }, 1, NULL, err);
    if (rc != TD_OK) {
        td_config_free(&copy);
        return rc;
    }
    uv_loop_init(&loop);
    rc = td_generation_start(&generation, 0, &loop, &copy, &files, &events, &check, err);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    if (rc == TD_OK && check.code != TD_OK) {
        *err = check.err;
        rc = (int)check.code;
    }
    return rc;
}
