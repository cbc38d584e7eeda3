/* try.h: the verbs that open plugins in this very process. */
#ifndef SDK_TRY_H
#define SDK_TRY_H

#include "sdk/args.h"
#include "sdk/corpus.h"
#include "sdk/installed.h"
#include "sdk/rig.h"

/* `textctl plugin run` and `bench`: exit codes. */
int sdk_run(const struct sdk_args *args);
int sdk_bench(const struct sdk_args *args);

/* The text that the command line names: --text, --corpus, FILE, or stdin. The caller frees *text. An exit code below 0: here it
 * is. */
int sdk_try_read(const struct sdk_args *args, char **text, uint32_t *length);

/* The board, the installed plugins, and a plan with the target in it. An exit code below 0: all is there. */
int sdk_try_plan(const struct sdk_args *args, enum sdk_bring bring, struct sdk_installed **installed,
                 struct sdk_plan *plan);

#endif
