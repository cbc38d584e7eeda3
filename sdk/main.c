/* main.c: plugin-tool, what `textctl plugin run`, `check` and `bench` start: it opens plugins as a worker does, without a daemon. */
#include <stdio.h>

#include "sdk/args.h"
#include "sdk/check.h"
#include "sdk/try.h"

static int act(const struct sdk_args *args, int argc, char **argv)
{
    switch (args->verb) {
    case SDK_RUN:
        return sdk_run(args);
    case SDK_CHECK:
        return sdk_check(args, argc, argv);
    case SDK_BENCH:
        return sdk_bench(args);
    }
    return SDK_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct sdk_args args;
    int rc = sdk_args_read(&args, argc, argv);

    if (rc >= 0)
        return rc;
    rc = act(&args, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "plugin-tool: what was to be printed could not be written\n");
        return SDK_EXIT_FOUND;
    }
    return rc;
}
