/* catalogue.h: what the supervisor knows of the plugins that its workers have opened. A worker tells it with READY
 * (worker/catalogue.c); a worker runs other people's code, so what it tells is checked. */
#ifndef TD_CATALOGUE_H
#define TD_CATALOGUE_H

#include "common/err.h"
#include "daemon/both/frames.h"
#include "daemon/both/options.h"

struct td_catalogue_plugin {
    const char *name; /* the instance's */
    const char *path, *plugin, *version, *license, *summary;
    const char *const *needs, *const *adds; /* layers; NULL at the end */
    struct td_options options;
    uint32_t at, length; /* where it stands in the body */
};

struct td_catalogue {
    struct td_catalogue_plugin plugins[TD_MAX_PLUGINS];
    uint32_t n;
    char *memory; /* all that the above points to */
};

/* Reads a READY's body. TD_E_INTERNAL: it is no catalogue. The caller ends it with td_catalogue_free. */
int td_catalogue_read(struct td_catalogue *catalogue, const void *body, size_t length, struct td_err *err);

void td_catalogue_free(struct td_catalogue *catalogue);

/* The index of the plugin of that name, or TD_NO_PLUGIN. */
uint32_t td_catalogue_find(const struct td_catalogue *catalogue, const char *name, size_t length);

#endif
