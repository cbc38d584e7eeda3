/* plugin.h: the plugins of this process: opened, judged, made instances of. A set is made once, when the worker starts,
 * and lives until the process ends; libraries are never closed (see PLUGIN ABI: reload is a new process). */
#ifndef TD_WORKER_PLUGIN_H
#define TD_WORKER_PLUGIN_H

#include <stdint.h>

#include <textd/check_options.h>
#include <textd/plugin.h>

#include "common/err.h"
#include "common/mp_buf.h"
#include "daemon/both/options.h"
#include "daemon/both/setup.h"

struct td_plugin {
    const char *name; /* the instance's */
    uint32_t index;   /* the daemon's number for it, in jobs, on the scoreboard and in the catalogue */
    struct td_plugin_source source;
    uintptr_t base;            /* where the library is loaded */
    struct textd_plugin entry; /* a copy: fields that an older plugin doesn't have are NULL here */
    struct td_options options;
    struct textd_value *values;      /* the operator's, one an option */
    struct textd_value *for_request; /* the operator's with the client's over them, for the running document */
    void *self;
    const struct textd_check_options *check; /* NULL: its declarations say all */
};

/* One behind the other. Their numbers may have gaps: the daemon has plugins that are not this worker's. */
struct td_plugin_set {
    struct td_plugin plugins[TD_MAX_PLUGINS];
    uint32_t n;
    uint8_t place[TD_MAX_PLUGINS]; /* by number: where it stands in `plugins` */
};

/* Opens a plugin and judges it: everything up to, and without, calling it. TD_E_CONFIG with what was found, what was
 * expected and what to do. On success the plugin is the last of the set. `source` is borrowed and must live as long; its
 * number is beyond those of the others. */
int td_plugin_open(struct td_plugin_set *set, const struct td_plugin_source *source, struct td_err *err);

/* The plugin of that number, which the set has. */
static inline struct td_plugin *td_plugin_numbered(struct td_plugin_set *set, uint32_t number)
{
    return &set->plugins[set->place[number]];
}

/* Lets the instance declare itself, sets its options, creates it, lets it check its options and runs its self-test. The host
 * must be ready (host.h). */
int td_plugin_create(struct td_plugin_set *set, uint32_t place, const struct textd_host *host, struct td_err *err);

/* Part of td_plugin_create, inside td_host_enter: asks what this instance needs, adds and accepts beyond its library's struct,
 * by textd.declare/1. From then on there is no difference: whoever looks at plugin->entry and plugin->options sees both. */
int td_plugin_declare(struct td_plugin *plugin, const struct textd_host *host, struct td_err *err);

/* Calls destroy of every instance, in reverse order. */
void td_plugin_destroy_all(struct td_plugin_set *set);

/* Appends the catalogue of the set: what the supervisor knows of plugins that it never opens. */
void td_plugin_catalogue(const struct td_plugin_set *set, struct td_buf *out);

#endif
