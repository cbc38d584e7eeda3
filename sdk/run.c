/* run.c: `plugin run`: one document through a plugin, in this very process, which is what a debugger or valgrind wants. The
 * reply is printed as JSON, as a client would get it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/lang.h"
#include "daemon/worker/host.h"
#include "daemon/worker/run.h"
#include "sdk/json.h"
#include "sdk/try.h"

static struct td_job *make_job(const struct sdk_args *args, const struct sdk_plan *plan, const char *text,
                               uint32_t length)
{
    char lang[256] = "";
    size_t lang_length = 0;

    if (args->lang && (strlen(args->lang) > 200 ||
                       td_lang_canonical(args->lang, strlen(args->lang), lang, &lang_length) != TD_LANG_TAG)) {
        fprintf(stderr, "plugin-tool: --lang is '%s'; it must be a language's tag, such as en or de-AT\n", args->lang);
        return NULL;
    }
    struct td_job *job = calloc(1, sizeof *job + lang_length + length + 8);
    if (!job)
        return NULL;
    *job = (struct td_job) { .sequence = 1,
                             .deadline_ns = UINT64_MAX,
                             .text_bytes = length,
                             .lang_bytes = (uint8_t)lang_length,
                             .unit = (uint8_t)args->unit,
                             .n_steps = (uint8_t)plan->n };
    for (uint32_t i = 0; i < plan->n; i++) {
        int is_wanted = i == plan->target;
        for (uint32_t k = 0; k < args->n_with && !is_wanted; k++)
            is_wanted = strcmp(args->with[k], plan->of[i]->name) == 0;
        job->steps[i] = (uint8_t)(i | (is_wanted ? TD_STEP_WANTED : 0));
    }
    memcpy(job + 1, lang, lang_length);
    if (length > 0)
        memcpy((char *)(job + 1) + lang_length, text, length);
    return job;
}

static int print_key_and_value(struct td_mp *mp)
{
    printf("  ");
    if (sdk_json_value(mp, 2) != 0)
        return -1;
    printf(": ");
    return sdk_json_value(mp, 2);
}

/* A reply's pairs, the plugins' times, what they warn of; or the error. */
static int print_reply(const struct td_buf *out)
{
    struct td_done done;
    int is_whole = 1;

    memcpy(&done, out->bytes, sizeof done);
    const uint8_t *body = (const uint8_t *)out->bytes + sizeof done;
    const uint8_t *end = (const uint8_t *)out->bytes + done.frame.length;
    struct td_mp mp = { body, end - done.warnings_bytes }, warnings = { end - done.warnings_bytes, end };
    printf("{\n");
    if (done.code != TD_OK) {
        printf("  \"error\": {\n    \"code\": \"%s\",\n    \"message\": ", td_code_name((enum td_code)done.code));
        sdk_json_text((const char *)body, (size_t)(mp.end - body));
        printf("\n  }");
    } else {
        for (uint32_t i = 0; i < done.n_pairs; i++) {
            is_whole &= print_key_and_value(&mp) == 0;
            printf(",\n");
        }
        printf("  \"times_us\": ");
        is_whole &= sdk_json_value(&mp, 2) == 0;
    }
    if (done.warnings_bytes > 0) {
        printf(",\n  \"warnings\": ");
        is_whole &= sdk_json_value(&warnings, 2) == 0;
    }
    printf("\n}\n");
    if (!is_whole)
        fprintf(stderr, "plugin-tool: the reply isn't whole\n");
    return done.code == TD_OK && is_whole ? SDK_EXIT_OK : SDK_EXIT_FOUND;
}

static int run(const struct sdk_args *args, const struct sdk_plan *plan, const struct sdk_installed *installed,
               const char *text, uint32_t length)
{
    static struct sdk_rig rig;
    static struct td_runner runner;
    const struct td_runner_limits limits = { 4ull << 30, length, 1ull << 30 };
    struct td_err err;
    struct td_job *job = make_job(args, plan, text, length);

    if (!job)
        return SDK_EXIT_USAGE;
    int rc = sdk_rig_init(&rig, &err);
    rig.host = td_host_init(&sdk_board->worker); /* a worker's, with nothing in between */
    if (rc == TD_OK)
        rc = sdk_rig_take_all(&rig, plan, args, installed, &err);
    if (rc == TD_OK)
        rc = sdk_rig_open(&rig, 1, &err);
    if (rc == TD_OK)
        rc = td_runner_init(&runner, &rig.set, &sdk_board->worker, &limits, &err);
    if (rc != TD_OK) {
        fprintf(stderr, "plugin-tool: %s\n", err.text);
        free(job);
        return SDK_EXIT_FOUND;
    }
    int code = td_runner_run(&runner, job) == 0 ? print_reply(&runner.out) : SDK_EXIT_FOUND;
    td_runner_free(&runner);
    sdk_rig_destroy(&rig);
    free(job);
    return code;
}

int sdk_run(const struct sdk_args *args)
{
    struct sdk_installed *installed;
    struct sdk_plan plan;
    uint32_t length;
    char *text;
    int rc = sdk_try_plan(args, SDK_BRING_LANGUAGE, &installed, &plan);

    if (rc < 0)
        rc = sdk_try_read(args, &text, &length);
    if (rc >= 0)
        return rc;
    rc = run(args, &plan, installed, text, length);
    free(text);
    return rc;
}
