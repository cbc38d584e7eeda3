/* mend.h: a start that fails on a plugin: it is tried with a copy that has served, or without the plugin where that is optional;
 * or the generation has failed. */
#ifndef TD_MEND_H
#define TD_MEND_H

#include "daemon/fleet/generation.h"

/* What a set-up needs beside the files that there are: those plugins whose files can't be used are left out, and secrets read.
 * While no worker runs. */
int td_mend_prepare(struct td_generation *generation, struct td_err *err);

/* Ends a start that can't succeed like this: once, with the first reason. `suspects`: the plugins at fault, a bit
 * each. When one of them can be replaced or left out it is, else the generation has failed. */
void td_mend_or_fail(struct td_generation *generation, const struct td_err *err, uint64_t suspects);

/* MENDING, and the last worker is gone, if so: only now may the configuration change, since workers are asked by a plugin's
 * number where they are. */
void td_mend_go_on(struct td_generation *generation);

/* The plugin that a worker says it is loading, as a set; none when it is in none. */
uint64_t td_mend_suspect(const struct td_worker *worker);

#endif
