/* progress.c: see progress.h. */
#include "clients/cli/lib/progress.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"

#define BAR_COLUMNS 30
#define PAINT_NS UINT64_C(100000000)
#define LEAST_SECONDS 1.0 /* before that, and below this part, a time left would be a guess */
#define LEAST_PART 0.005

void progress_start(struct progress *p, int input, int output)
{
    struct stat status;

    *p = (struct progress) { .is_shown = isatty(STDERR_FILENO) && !isatty(output), .start_ns = td_now_ns() };
    if (fstat(input, &status) == 0 && S_ISREG(status.st_mode))
        p->total_bytes = (uint64_t)status.st_size;
}

/* The rest takes as long for its bytes as what is done took for its own. Too little says nothing yet. */
static void paint_time_left(double seconds, double part)
{
    double left = seconds * (1 - part) / part;

    if (seconds < LEAST_SECONDS || part < LEAST_PART || part >= 1)
        return;
    if (left < 60)
        fprintf(stderr, ", %.0f s left", left);
    else if (left < 3600)
        fprintf(stderr, ", %d min %02d s left", (int)left / 60, (int)left % 60);
    else
        fprintf(stderr, ", %.0f h %02d min left", floor(left / 3600), (int)(fmod(left, 3600) / 60));
}

static void paint(struct progress *p, uint64_t documents, uint64_t failed, uint64_t bytes)
{
    double seconds = (double)(td_now_ns() - p->start_ns) / 1e9;
    double part = p->total_bytes ? (double)bytes / (double)p->total_bytes : 0;

    fputs("\r\033[K", stderr);
    if (p->total_bytes) {
        for (int i = 0; i < BAR_COLUMNS; i++)
            fputs(i < part * BAR_COLUMNS ? "\u2588" : "\u2591", stderr);
        fprintf(stderr, " %3.0f %%  ", part < 1 ? 100 * part : 100);
    }
    fprintf(stderr, "%llu documents, %.0f/s", (unsigned long long)documents,
            seconds > 0 ? (double)documents / seconds : 0);
    if (failed)
        fprintf(stderr, ", %llu failed", (unsigned long long)failed);
    if (p->total_bytes)
        paint_time_left(seconds, part);
    fflush(stderr);
}

void progress_show(struct progress *p, uint64_t documents, uint64_t failed, uint64_t bytes)
{
    uint64_t now = p->is_shown ? td_now_ns() : 0;

    if (!p->is_shown || now - p->last_ns < PAINT_NS)
        return;
    p->last_ns = now;
    paint(p, documents, failed, bytes);
}

void progress_finish(struct progress *p, uint64_t documents, uint64_t failed, uint64_t bytes)
{
    if (!p->is_shown)
        return;
    paint(p, documents, failed, bytes);
    fputc('\n', stderr);
}
