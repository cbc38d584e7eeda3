/* notify.c: see notify.h. */
#include "daemon/operator/notify.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon/fleet/lifeline.h"

void td_notify_send(const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n > 0)
        td_lifeline_notify(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}
