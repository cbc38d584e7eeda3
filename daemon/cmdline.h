/* cmdline.h: textd's command line. */
#ifndef TD_CMDLINE_H
#define TD_CMDLINE_H

#include "daemon/config/config.h"

#define TD_MAX_REPEATED 32 /* how often --endpoint and --plugin-dir may be given, each */

enum td_mode { TD_MODE_SERVE, TD_MODE_CHECK_CONFIG, TD_MODE_PRINT_CONFIG, TD_MODE_EXIT };

struct td_cmdline {
    enum td_mode mode;
    struct td_config_flags flags;
    const char *endpoints[TD_MAX_REPEATED];
    const char *plugin_dirs[TD_MAX_REPEATED];
};

/* Reads the arguments. --help and --version print what they say and leave TD_MODE_EXIT. Returns 0, or EX_USAGE after
 * saying on stderr what is wrong. */
int td_cmdline_read(struct td_cmdline *cmdline, int argc, char **argv);

#endif
