/* progress.c: see progress.h. */
#include "plugins/entities/train/progress.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 32

static struct {
    const char *what;
    double start, end;
    int shown; /* cells, so that a line is drawn only when it differs; -1: none */
} stage = { "", 0, 0, -1 };

void progress_stage(const char *what, double start, double end)
{
    stage.what = what;
    stage.start = start;
    stage.end = end;
    progress_clear();
    progress_show(0);
}

void progress_show(double share)
{
    double whole = stage.start + (stage.end - stage.start) * share;
    int percent = (int)(whole * 100), cells = (int)(whole * WIDTH);

    if (percent == stage.shown || !isatty(STDERR_FILENO))
        return;
    stage.shown = percent;
    fprintf(stderr, "\r\x1b[K[%.*s%*s] %3d %%  %s", cells, "################################", WIDTH - cells, "",
            percent, stage.what);
    fflush(stderr);
}

void progress_clear(void)
{
    if (stage.shown >= 0)
        fputs("\r\x1b[K", stderr);
    stage.shown = -1;
}
