/* bench.c: `plugin bench`: how long a plugin takes for texts of five sizes, apart from those that it needs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"
#include "sdk/json.h"
#include "sdk/try.h"

#define MOST_RUNS 20000u
#define LEAST_RUNS 3u

#define LARGEST (1u << 20)
static const uint32_t sizes[] = { 100, 1u << 10, 10u << 10, 100u << 10, LARGEST };
static const char *const size_names[] = { "100 B", "1 KiB", "10 KiB", "100 KiB", "1 MiB" };
#define SIZES (sizeof sizes / sizeof sizes[0])

struct row {
    uint32_t bytes, runs;
    double own_us, all_us; /* medians */
    uint64_t n_allocs, alloc_bytes;
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, uint32_t n)
{
    uint32_t middle = n / 2;

    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/* -1: the plugin has no result for it, and said why. */
static int measure(struct sdk_rig *rig, const struct sdk_text *text, uint64_t time_ns, struct row *row)
{
    static double own[MOST_RUNS], all[MOST_RUNS];
    const struct sdk_how how = { .memory = SDK_MEMORY_ARENA, .is_silent = 1 };
    uint64_t end = td_now_ns() + time_ns;
    struct sdk_outcome o;
    uint32_t n = 0;

    sdk_rig_run(rig, rig->target, text, &how, &o); /* caches, and pages that were never touched */
    do {
        sdk_rig_run(rig, rig->target, text, &how, &o);
        if (!o.is_ok) {
            fprintf(stderr, "plugin-tool: it has no result for %u bytes: %s\n", text->length,
                    o.neighbour_failed ? sdk_board->neighbour : o.words);
            return -1;
        }
        own[n] = (double)o.wall_ns / 1e3;
        all[n++] = (double)o.all_ns / 1e3;
    } while (n < MOST_RUNS && (n < LEAST_RUNS || td_now_ns() < end));
    *row = (struct row) { .bytes = text->length, .runs = n, .n_allocs = o.n_allocs, .alloc_bytes = o.alloc_bytes };
    row->own_us = median(own, n);
    row->all_us = median(all, n);
    return 0;
}

/* The slope of log time over log size, from 1 KiB on: below, what a call costs anyhow weighs most. */
static double exponent(const struct row *rows)
{
    const size_t most = SIZES;
    double x = 0, y = 0, xx = 0, xy = 0, n = (double)(most - 1);

    for (size_t i = 1; i < SIZES; i++) {
        double lx = log(rows[i].bytes), ly = log(rows[i].own_us);
        x += lx;
        y += ly;
        xx += lx * lx;
        xy += lx * ly;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

static double mb_per_s(const struct row *row)
{
    return row->own_us > 0 ? round(100 * row->bytes / row->own_us) / 100 : 0;
}

static void tell(const struct row *rows, const char *name)
{
    printf("%-9s %12s %12s %10s %9s %13s %7s\n", "text", "us", "us with all", "MB/s", "allocs", "alloc bytes", "runs");
    for (size_t i = 0; i < SIZES; i++)
        printf("%-9s %12.2f %12.2f %10.1f %9llu %13llu %7u\n", size_names[i], rows[i].own_us, rows[i].all_us,
               mb_per_s(&rows[i]), (unsigned long long)rows[i].n_allocs, (unsigned long long)rows[i].alloc_bytes,
               rows[i].runs);
    printf("%s's own time (medians) grows with the length to the power of %.2f\n", name, exponent(rows));
}

static void write(const struct row *rows, const struct sdk_plan *plan)
{
    printf("{\"plugin\": ");
    sdk_json_text(plan->of[plan->target]->name, strlen(plan->of[plan->target]->name));
    printf(", \"needs\": [");
    for (uint32_t i = 0; i < plan->target; i++) {
        printf("%s", i ? ", " : "");
        sdk_json_text(plan->of[i]->name, strlen(plan->of[i]->name));
    }
    printf("], \"exponent\": ");
    sdk_json_number(exponent(rows));
    printf(", \"sizes\": [");
    for (size_t i = 0; i < SIZES; i++) {
        printf("%s{\"bytes\": %u, \"runs\": %u, \"us\": ", i ? ", " : "", rows[i].bytes, rows[i].runs);
        sdk_json_number(rows[i].own_us);
        printf(", \"us_with_all\": ");
        sdk_json_number(rows[i].all_us);
        printf(", \"mb_per_s\": ");
        sdk_json_number(mb_per_s(&rows[i]));
        printf(", \"allocs\": %llu, \"alloc_bytes\": %llu}", (unsigned long long)rows[i].n_allocs,
               (unsigned long long)rows[i].alloc_bytes);
    }
    printf("]}\n");
}

/* A text of the user's as often as it takes, or prose. */
static uint32_t fill(char *room, uint32_t bytes, const char *given, uint32_t given_length)
{
    uint32_t n = 0;

    if (!given)
        return sdk_shape_write(SDK_SHAPE_PROSE, room, bytes);
    while (n < bytes) {
        uint32_t more = bytes - n < given_length ? bytes - n : given_length;
        memcpy(room + n, given, more);
        n += more;
    }
    return (uint32_t)td_utf8_check(room, n, NULL); /* without the last character, when it was cut */
}

int sdk_bench(const struct sdk_args *args)
{
    static struct sdk_rig rig;
    struct sdk_installed *installed;
    struct sdk_plan plan;
    struct row rows[SIZES];
    struct td_err err;
    char *given = NULL, *room = malloc(LARGEST);
    uint32_t given_length = 0;
    int code = room ? sdk_try_plan(args, SDK_BRING_LANGUAGE, &installed, &plan) : SDK_EXIT_USAGE;

    if (code < 0 && (args->text_file || args->text))
        code = sdk_try_read(args, &given, &given_length);
    if (code < 0 && given && (given_length == 0 || td_utf8_check(given, given_length, NULL) != given_length)) {
        fprintf(stderr, "plugin-tool: the text is %s\n", given_length ? "no UTF-8" : "empty");
        code = SDK_EXIT_USAGE;
    }
    if (code < 0 &&
        (sdk_rig_init(&rig, &err) != TD_OK || sdk_rig_take_all(&rig, &plan, args, installed, &err) != TD_OK ||
         sdk_rig_open(&rig, 1, &err) != TD_OK)) {
        fprintf(stderr, "plugin-tool: %s\n", err.text);
        code = SDK_EXIT_FOUND;
    }
    for (size_t i = 0; code < 0 && i < SIZES; i++) {
        struct sdk_text text = { room, fill(room, sizes[i], given, given_length), NULL };
        if (measure(&rig, &text, args->time_ns, &rows[i]) != 0)
            code = SDK_EXIT_FOUND;
    }
    if (code < 0) {
        if (args->json)
            write(rows, &plan);
        else
            tell(rows, plan.of[plan.target]->name);
        sdk_rig_destroy(&rig);
        code = SDK_EXIT_OK;
    }
    free(given);
    free(room);
    return code;
}
