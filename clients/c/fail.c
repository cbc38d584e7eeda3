/* fail.c: see fail.h. */
#include "clients/c/fail.h"

#include <stdarg.h>
#include <stdio.h>

int client_fail(struct textd_error *error, int code, const char *format, ...)
{
    va_list args;

    if (!error)
        return code;
    error->code = code;
    error->id = 0;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return code;
}
