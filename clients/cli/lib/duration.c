/* duration.c: see duration.h. */
#include "clients/cli/lib/duration.h"

#include <stdio.h>

void duration_text(char *text, size_t size, double us)
{
    if (us <= 0)
        snprintf(text, size, "-");
    else if (us < 1000)
        snprintf(text, size, "%.0f us", us);
    else if (us < 1e6)
        snprintf(text, size, "%.3g ms", us / 1e3);
    else
        snprintf(text, size, "%.3g s", us / 1e6);
}
