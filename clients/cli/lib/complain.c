/* complain.c: what textctl itself has to say, on standard error (cli.h). */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "clients/cli/cli.h"
#include "clients/cli/lib/term.h"

void cli_complain(const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("textctl: ", stderr);
    term_text(stderr, text, strlen(text)); /* it may hold what a server or a plugin said */
    fputc('\n', stderr);
}

int cli_complain_of_output(const char *file)
{
    static int is_told;

    if (!is_told)
        cli_complain("can't write to %s: %s", file ? file : "standard output", strerror(errno));
    is_told = 1;
    return CLI_SOME_FAILED;
}
