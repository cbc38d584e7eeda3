/* setup.h: what a new worker is told first: its plugins, their files and options, and its limits. A plain struct on both
 * sides: the supervisor fills it in from what it knows, the worker gets a copy. */
#ifndef TD_SETUP_H
#define TD_SETUP_H

#include "common/err.h"
#include "common/mp_buf.h"
#include "daemon/both/frames.h"

/* A resource inside a plugin's bundle; `offset` is a multiple of the page size. `checksum`: as textd/checksum.h has
 * it; 0: it isn't known. */
struct td_resource {
    char *name;
    uint64_t offset, length, checksum;
};

/* An option as the operator wrote it; only the plugin knows its type. */
struct td_plugin_setting {
    const char *name, *value;
    const char *where;        /* the place in the configuration, for messages */
    const char *secret;       /* of an option "…_file": what is in the file; "" when it could not be read */
    const char *secret_fault; /* why not; "" when it could */
};

/* Where a plugin comes from and what the operator set. */
struct td_plugin_source {
    uint32_t number;  /* in the configuration: a worker has those of its pool */
    const char *name; /* the instance's */
    const char *path; /* of the library, for messages: what is opened is its snapshot */
    int library_fd;
    int bundle_fd; /* the resources, one behind the other; -1: there are none */
    const struct td_resource *resources;
    uint32_t n_resources;
    uint64_t timeout_ns; /* for one document */
    const struct td_plugin_setting *settings;
    uint32_t n_settings;
    const char *const *grants; /* grant.h */
    uint32_t n_grants;
};

struct td_setup {
    uint32_t worker; /* number, for titles */
    uint32_t generation;
    uint64_t document_memory, reply_bytes, document_bytes; /* the limits of those names */
    uint64_t memory;                                       /* workers.memory, or its pool's; 0: no limit */
    uint32_t sandbox;                                      /* enum td_sandbox */
    struct td_plugin_source sources[TD_MAX_PLUGINS];
    uint32_t n_sources;
};

/* A plugin's library and its resources are a descriptor each, which travel with the frame. */
#define TD_SETUP_FDS (2 * TD_MAX_PLUGINS)

/* A SETUP on its way: the frame's body, which has secrets and wipes what it frees, and the descriptors, which are borrowed from the
 * sources. */
struct td_setup_parcel {
    struct td_buf body;
    int fds[TD_SETUP_FDS];
    uint32_t n_fds;
};

/* Writes a SETUP. The supervisor's side. The caller frees parcel->body; parcel->body.full: there was no memory. */
void td_setup_write(struct td_setup_parcel *parcel, const struct td_setup *setup);

/* Reads one, copying what it keeps; the worker never frees it. `fds` are the descriptors as they came. TD_E_INTERNAL: it
 * isn't what td_setup_write writes. */
int td_setup_read(struct td_setup *setup, const void *body, size_t length, const int *fds, uint32_t n_fds,
                  struct td_err *err);

#endif
