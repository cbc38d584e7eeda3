/* setup.h: what a new worker is told first: its plugins, their options, and its limits. */
#ifndef TD_SETUP_H
#define TD_SETUP_H

#include "common/mp_buf.h"
#include "daemon/config/config.h"
#include "daemon/both/frames.h"
#include "daemon/worker/plugin.h"

struct td_setup {
    uint32_t worker; /* number, for titles */
    uint32_t generation;
    uint64_t document_memory, reply_bytes, document_bytes; /* the limits of those names */
    uint64_t memory;                                       /* workers.memory; 0: no limit */
    struct td_plugin_source sources[TD_MAX_PLUGINS];
    uint32_t n_sources;
};

/* A plugin's library and its resources are a descriptor each, which travel with the frame. */
#define TD_SETUP_FDS (2 * TD_MAX_PLUGINS)

/* A SETUP on its way: the frame's body, and the descriptors, which are the snapshots' own. */
struct td_setup_parcel {
    struct td_buf body;
    int fds[TD_SETUP_FDS];
    uint32_t n_fds;
};

/* Writes a SETUP for the plugins of `config`, whose snapshots stand in the same order. The supervisor's side. The caller
 * frees parcel->body. */
void td_setup_write(struct td_setup_parcel *parcel, const struct td_config *config,
                    struct td_snapshot *const *snapshots, uint32_t worker, uint32_t generation);

/* Reads one, copying what it keeps; the worker never frees it. `fds` are the descriptors as they came. TD_E_INTERNAL: it
 * isn't what td_setup_write writes. */
int td_setup_read(struct td_setup *setup, const void *body, size_t length, const int *fds, uint32_t n_fds,
                  struct td_err *err);

#endif
