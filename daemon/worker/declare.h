/* declare.h: what an instance declares by textd.declare/1, put on top of what its library's struct says. */
#ifndef TD_WORKER_DECLARE_H
#define TD_WORKER_DECLARE_H

#include <textd/declare.h>
#include <textd/plugin.h>

#include "common/err.h"

/* Judges it, and makes *entry (the worker's copy of the struct) have the tables of both. What it allocates for that lives as
 * long as the process. `name`: the instance's. TD_E_CONFIG: what is wrong, and what would be right. TD_E_SYSTEM. */
int td_declare_merge(struct textd_plugin *entry, const struct textd_declared *declared, const char *name,
                     struct td_err *err);

#endif
