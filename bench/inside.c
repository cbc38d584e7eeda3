/* inside.c: plugins in this very process, without a daemon, its processes and its wire: what the daemon's documents a
 * second are measured against.
 *
 *   inside DOCUMENTS ROUNDS run FILE.so [--with PLUGIN]... TEXT     as `textctl plugin run` has its words
 *
 * Prints a line for each round: us of this process' processor time a document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/worker/host.h"
#include "daemon/worker/run.h"
#include "sdk/try.h"

static struct sdk_rig rig;
static struct td_runner runner;

static void die(const char *words)
{
    fprintf(stderr, "inside: %s\n", words);
    exit(1);
}

static struct td_job *make_job(const struct sdk_args *args, const struct sdk_plan *plan, const char *text,
                               uint32_t length)
{
    struct td_job *job = calloc(1, sizeof *job + length + 8);

    if (!job)
        die("out of memory");
    *job =
        (struct td_job) { .sequence = 1, .deadline_ns = UINT64_MAX, .text_bytes = length, .n_steps = (uint8_t)plan->n };
    for (uint32_t i = 0; i < plan->n; i++) {
        int is_wanted = i == plan->target;
        for (uint32_t k = 0; k < args->n_with && !is_wanted; k++)
            is_wanted = strcmp(args->with[k], plan->of[i]->name) == 0;
        job->steps[i] = (uint8_t)(i | (is_wanted ? TD_STEP_WANTED : 0));
    }
    memcpy(job + 1, text, length);
    return job;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double us_each(const struct td_job *job, unsigned long n)
{
    struct td_done done;
    double begin = now();

    for (unsigned long i = 0; i < n; i++) {
        runner.out.length = 0;
        if (td_runner_run(&runner, job) != 0)
            die("out of memory");
        memcpy(&done, runner.out.bytes, sizeof done);
        if (done.code != TD_OK)
            die("the document failed; `textctl plugin run` says why");
    }
    return (now() - begin) * 1e6 / (double)n;
}

int main(int argc, char **argv)
{
    struct sdk_installed *installed;
    struct sdk_args args;
    struct sdk_plan plan;
    struct td_err err;
    uint32_t length;
    char *text;

    if (argc < 5)
        die("usage: inside DOCUMENTS ROUNDS run FILE.so [--with PLUGIN]... TEXT");
    unsigned long n = strtoul(argv[1], NULL, 10), rounds = strtoul(argv[2], NULL, 10);
    argv[2] = argv[0];
    int rc = sdk_args_read(&args, argc - 2, argv + 2);
    if (rc < 0)
        rc = sdk_try_plan(&args, SDK_BRING_LANGUAGE, &installed, &plan);
    if (rc < 0)
        rc = sdk_try_read(&args, &text, &length);
    if (rc >= 0)
        return rc;
    const struct td_runner_limits limits = { 4ull << 30, length, 1ull << 30 };
    if (sdk_rig_init(&rig, &err) != TD_OK)
        die(err.text);
    rig.host = td_host_init(&sdk_board->worker); /* a worker's */
    if (sdk_rig_take_all(&rig, &plan, &args, installed, &err) != TD_OK || sdk_rig_open(&rig, 1, &err) != TD_OK ||
        td_runner_init(&runner, &rig.set, &sdk_board->worker, &limits, &err) != TD_OK)
        die(err.text);
    struct td_job *job = make_job(&args, &plan, text, length);
    us_each(job, n / 10 + 1);
    for (unsigned long i = 0; i < rounds; i++)
        printf("%.2f\n", us_each(job, n));
    td_runner_free(&runner);
    sdk_rig_destroy(&rig);
    free(job);
    free(text);
    return 0;
}
