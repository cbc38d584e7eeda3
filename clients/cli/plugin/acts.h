/* acts.h: what `textctl plugin` does. Most acts are orders to the daemon and share one table of options; they are in
 * operate/operate.c. Those that are for authors, and need no daemon, are commands of their own: each has a file here with
 * its options, examples, exit codes and function, and its row in acts.c. */
#ifndef CLI_PLUGIN_ACTS_H
#define CLI_PLUGIN_ACTS_H

#include "clients/cli/commands.h"

extern const struct option_row plugin_options[];
extern const struct act_row plugin_acts[];

extern const struct command plugin_bench;
extern const struct command plugin_check;
extern const struct command plugin_keygen;
extern const struct command plugin_new;
extern const struct command plugin_run;
extern const struct command plugin_sign;
extern const struct command plugin_verify;

#endif
