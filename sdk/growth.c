/* growth.c: how long the target takes by the size of its text, and whether it stops when it is told to. Time is the thread's on a
 * processor: a busy machine makes it no longer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/check.h"

#define FIRST_BYTES 4096u
#define MOST_BYTES (1u << 20)
#define QUICK_BYTES (256u << 10)
#define MOST_POINTS 12
/* Enough to tell how it grows; a size that takes longer is the last. */
#define ENOUGH_NS 150000000u
#define SHORT_NS 4000000u
/* A text of so many bytes that takes less than LEAST_NS: nothing that larger ones could show is worth their time in a quick
 * check. */
#define SOME_BYTES (64u << 10)
/* Below, what a clock and caches do weighs more than what the plugin does. */
#define LEAST_NS 1000000u
/* A size four times as large that takes more than 4^1.55 times as long. Sorting (n log n) has 4^1.1, caches that overflow 4^1.3; a
 * loop in a loop has 4^2, from which noise may take half and leave it found. */
#define STEEP 1.55
/* Nor does one doubling do it alone, in which a cache became too small: each takes more than 2^1.25 times as long. */
#define BUMP 1.25
#define TURNS 4 /* in which a suspect is measured again */
/* Whoever takes so long must have asked host->should_stop; who was told to stop has so much longer for what it is at. */
#define LONG_NS 50000000u
#define STOPPING_NS 100000000u

struct point {
    uint32_t bytes;
    uint64_t ns;
};

/* The quickest of several runs; of one that takes long one will do, until somebody makes something of it (`times`). */
static uint64_t quickest(struct sdk_rig *rig, const struct sdk_text *text, int times, struct sdk_outcome *o)
{
    const struct sdk_how how = { .memory = SDK_MEMORY_ARENA, .is_silent = 1 };
    uint64_t best = UINT64_MAX;

    for (int i = 0; i < times || (i < 3 && best < SHORT_NS); i++) {
        sdk_rig_run(rig, rig->target, text, &how, o);
        if (o->cpu_ns < best)
            best = o->cpu_ns;
    }
    return best;
}

/* The text is told to stop from its first moment on, as one that nobody waits for any more. */
static void stop(struct sdk_rig *rig, const struct sdk_text *text, const struct point *last,
                 const struct sdk_outcome *whole, const char *shape)
{
    const struct sdk_how how = { .memory = SDK_MEMORY_ARENA, .stops = 1, .is_silent = 1 };
    struct sdk_outcome o;

    if (whole->rc != TEXTD_OK)
        return;
    sdk_rig_run(rig, rig->target, text, &how, &o);
    if (o.cpu_ns > (o.n_asked ? STOPPING_NS : LONG_NS) && last->ns > LONG_NS && o.cpu_ns > last->ns / 2)
        sdk_found(SDK_IGNORES_STOP, "told to stop, it went on for %.0f ms with %u KiB of %s, and %s",
                  (double)o.cpu_ns / 1e6, text->length / 1024, shape,
                  o.n_asked ? "asked in vain" : "never asked host->should_stop");
    else if (o.n_asked > 0 && o.rc == TEXTD_OK && memcmp(&o.print, &whole->print, sizeof o.print) != 0)
        sdk_found(SDK_STOPPED_RESULT, "told to stop, it returned TEXTD_OK with another result than the whole one");
    else if (o.n_asked > 0 && o.rc != TEXTD_OK && o.rc != TEXTD_STOPPED)
        sdk_found(SDK_STOPPED_RESULT, "told to stop, it returned %d", o.rc);
}

static double steepness(const struct point *a, const struct point *b)
{
    return log2((double)b->ns / (double)a->ns) / log2((double)b->bytes / (double)a->bytes);
}

/* Of three sizes, each twice the one before. */
static int is_steep(const struct point *last)
{
    return steepness(&last[0], &last[2]) > STEEP && steepness(&last[0], &last[1]) > BUMP &&
           steepness(&last[1], &last[2]) > BUMP;
}

/* Judged by one run each first. Who is suspected is measured again, and the sizes in turn, so that what is busy beside us is beside
 * each of them: the quickest run of each counts. */
static int grows_steeply(struct sdk_rig *rig, enum sdk_shape shape, char *room, struct point *last)
{
    struct sdk_outcome o;

    if (steepness(&last[0], &last[2]) <= BUMP)
        return 0;
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < 3; i++) {
            struct sdk_text text = { room, sdk_shape_write(shape, room, last[i].bytes), NULL };
            uint64_t ns = quickest(rig, &text, 1, &o);
            if (turn == 0 || ns < last[i].ns)
                last[i].ns = ns;
        }
    return is_steep(last);
}

static void measure(const struct sdk_check *check, struct sdk_rig *rig, enum sdk_shape shape, char *room)
{
    uint32_t most = check->args->quick ? QUICK_BYTES : MOST_BYTES;
    struct point points[MOST_POINTS];
    struct sdk_outcome o = { 0 };
    struct sdk_text text = { .bytes = room };
    int n = 0;

    for (uint32_t bytes = FIRST_BYTES; bytes <= most && n < MOST_POINTS; bytes *= 2) {
        text.length = sdk_shape_write(shape, room, bytes);
        snprintf(sdk_board->doing, sizeof sdk_board->doing, "with %u KiB of %s", bytes / 1024, sdk_shape_name(shape));
        points[n] = (struct point) { bytes, quickest(rig, &text, 1, &o) };
        if (o.neighbour_failed || o.rc != TEXTD_OK)
            return;
        n++;
        if (points[n - 1].ns > ENOUGH_NS || (check->args->quick && bytes == SOME_BYTES && points[n - 1].ns < LEAST_NS))
            break;
    }
    stop(rig, &text, &points[n - 1], &o, sdk_shape_name(shape));
    if (shape == SDK_SHAPE_PROSE)
        sdk_board->us_per_kib = (double)points[n - 1].ns / 1e3 / (points[n - 1].bytes / 1024.0);
    if (n < 3 || points[n - 3].ns < LEAST_NS)
        return;
    if (grows_steeply(rig, shape, room, &points[n - 3]))
        sdk_found(SDK_QUADRATIC,
                  "time grows with the text's length to the power of %.1f: %u KiB of %s take %.0f ms, %u KiB %.0f ms",
                  steepness(&points[n - 3], &points[n - 1]), points[n - 2].bytes / 1024, sdk_shape_name(shape),
                  (double)points[n - 2].ns / 1e6, points[n - 1].bytes / 1024, (double)points[n - 1].ns / 1e6);
    double whole = steepness(&points[n - 3], &points[n - 1]);
    if (whole > sdk_board->exponent) {
        sdk_board->exponent = whole;
        snprintf(sdk_board->steepest, sizeof sdk_board->steepest, "%s", sdk_shape_name(shape));
    }
}

void sdk_growth_measure(void *data)
{
    static struct sdk_rig rig;
    const struct sdk_check *check = data;
    char *room = malloc(MOST_BYTES);

    sdk_check_open(check, &rig);
    sdk_board->document = SDK_NO_DOCUMENT;
    for (int shape = 0; room && shape < SDK_N_SHAPES && !sdk_is_found(SDK_QUADRATIC); shape++)
        measure(check, &rig, (enum sdk_shape)shape, room);
    sdk_board->doing[0] = 0;
    free(room);
    sdk_rig_destroy(&rig);
}
