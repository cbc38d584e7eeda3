/* watch.h: the host that plugins under test get: the worker's own, with what is handed out and asked for looked at. */
#ifndef SDK_WATCH_H
#define SDK_WATCH_H

#include <stddef.h>

#include <textd/plugin.h>

#include "daemon/worker/plugin.h"

/* Where the memory of a document comes from. */
enum sdk_memory {
    SDK_MEMORY_ARENA,  /* a worker's */
    SDK_MEMORY_FENCED, /* fence.h */
    SDK_MEMORY_MALLOC  /* a malloc each, which valgrind watches */
};

struct sdk_how {
    enum sdk_memory memory;
    int at_start; /* fenced: pieces begin at a border, in the place of ending there */
    unsigned char fill;
    int stops;                         /* host->should_stop says so, from the first call on */
    uint64_t fails_at;                 /* the allocation of this number and those behind it fail; 0: none */
    const struct textd_value *options; /* of the target, for this document; NULL: the operator's */
    int is_silent;                     /* breaches are not noted as findings: only what comes of it is wanted */
};

struct sdk_watch {
    const struct td_plugin *target; /* while its process runs; NULL otherwise */
    const struct sdk_how *how;
    uint64_t n_allocs, alloc_bytes, n_refused, n_asked;
    int layer_is_wrong; /* layer_add or column_add refused what it was given */
    void **mallocs;     /* SDK_MEMORY_MALLOC */
    size_t n_mallocs;
};

extern struct sdk_watch sdk_watch;

/* The host; `board` as for td_host_init. */
const struct textd_host *sdk_watch_host(struct td_scoreboard *board);

/* The target is about to be called, or was. */
void sdk_watch_enter(const struct td_plugin *target, const struct sdk_how *how);
void sdk_watch_leave(void);

/* Memory that lives as long as the document's, outside its arena. */
void *sdk_watch_malloc(size_t bytes, size_t align);
void sdk_watch_free_all(void);

#endif
