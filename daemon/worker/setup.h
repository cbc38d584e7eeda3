/* setup.h: what a new worker is told first: its plugins, their options, and its limits. */
#ifndef TD_SETUP_H
#define TD_SETUP_H

#include "common/mp_buf.h"
#include "daemon/config.h"
#include "daemon/frames.h"
#include "daemon/worker/plugin.h"

struct td_setup {
    uint32_t worker; /* number, for titles */
    uint32_t generation;
    uint64_t document_memory, reply_bytes, document_bytes; /* the limits of those names */
    char *model_dir;
    struct td_plugin_source sources[TD_MAX_PLUGINS];
    uint32_t n_sources;
};

/* A plugin's library, as the supervisor found it in the plugin directories. */
struct td_setup_plugin {
    const struct td_config_plugin *config;
    const char *path;
};

/* Appends a SETUP frame's body. The supervisor's side. */
void td_setup_write(struct td_buf *out, const struct td_config *config, const struct td_setup_plugin *plugins,
                    uint32_t n_plugins, const char *model_dir, uint32_t worker, uint32_t generation);

/* Reads one, copying what it keeps; the worker never frees it. TD_E_INTERNAL: it isn't what td_setup_write writes. */
int td_setup_read(struct td_setup *setup, const void *body, size_t length, struct td_err *err);

#endif
