/* check.h: whether a configuration would start: the plugins are opened, their options, layers and self-tests checked, in
 * a worker that is thrown away. No endpoint is touched, so it may run beside a serving daemon. */
#ifndef TD_CHECK_H
#define TD_CHECK_H

#include "daemon/config/config.h"

/* TD_OK, or what a start would fail with. Optional plugins that would be left out are told on stderr, a line each,
 * and counted in *n_left_out. */
int td_check_plugins(const struct td_config *config, const char *model_dir, uint32_t *n_left_out, struct td_err *err);

#endif
