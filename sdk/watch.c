/* watch.c: see watch.h. Only what the target does is looked at: those that run before it are not on trial. */
#include "sdk/watch.h"

#include <stdlib.h>
#include <string.h>

#include <textd/log.h>

#include "daemon/worker/host.h"
#include "sdk/corpus.h"
#include "sdk/fence.h"
#include "sdk/found.h"

struct sdk_watch sdk_watch;

static struct {
    const struct textd_host *workers; /* the host as a worker has it */
    struct textd_host shown;
    struct textd_log log;
    const struct textd_log *workers_log;
} host;

void *sdk_watch_malloc(size_t bytes, size_t align)
{
    void *memory = NULL;
    void **larger = realloc(sdk_watch.mallocs, (sdk_watch.n_mallocs + 1) * sizeof *larger);

    if (!larger)
        return NULL;
    sdk_watch.mallocs = larger;
    if (posix_memalign(&memory, align < sizeof(void *) ? sizeof(void *) : align, bytes) != 0)
        return NULL;
    return sdk_watch.mallocs[sdk_watch.n_mallocs++] = memory;
}

void sdk_watch_free_all(void)
{
    while (sdk_watch.n_mallocs > 0)
        free(sdk_watch.mallocs[--sdk_watch.n_mallocs]);
}

static void *refuse(struct textd_doc *doc)
{
    td_document_of(doc)->was_refused = 1;
    sdk_watch.n_refused++;
    return NULL;
}

static void *watched_alloc(struct textd_doc *doc, uint64_t bytes, uint64_t align)
{
    const struct sdk_how *how = sdk_watch.how;
    void *memory;

    if (!sdk_watch.target)
        return host.workers->alloc(doc, bytes, align);
    sdk_watch.n_allocs++;
    sdk_watch.alloc_bytes += bytes;
    if (how->fails_at > 0 && sdk_watch.n_allocs >= how->fails_at)
        return refuse(doc);
    int is_good = align > 0 && align <= 64 && (align & (align - 1)) == 0;
    if (how->memory == SDK_MEMORY_ARENA || !is_good) /* the worker's own has the words for it */
        return host.workers->alloc(doc, bytes, align);
    memory = how->memory == SDK_MEMORY_FENCED ? sdk_fence_alloc(bytes, align) : sdk_watch_malloc(bytes, align);
    return memory ? memory : refuse(doc);
}

static int is_in(const char *const *names, const char *name)
{
    size_t length = strlen(name);

    for (; names && *names; names++)
        if (strncmp(*names, name, length) == 0 && ((*names)[length] == 0 || (*names)[length] == TEXTD_OPTIONAL[0]))
            return 1;
    return 0;
}

static void note_reading(const char *layer)
{
    const struct td_plugin *target = sdk_watch.target;

    if (target && !is_in(target->entry.needs_layers, layer) && !is_in(target->entry.adds_layers, layer))
        sdk_found(SDK_LAYER_UNDECLARED, "it asks for layer %.64s, which its needs_layers does not declare", layer);
}

static int32_t watched_layer_get(struct textd_doc *doc, const char *name, struct textd_layer *layer)
{
    note_reading(name);
    return host.workers->layer_get(doc, name, layer);
}

static const void *watched_column_get(struct textd_doc *doc, const char *layer, const char *column, uint32_t type)
{
    note_reading(layer);
    return host.workers->column_get(doc, layer, column, type);
}

static int is_from_alloc(const void *at, uint64_t bytes)
{
    return bytes == 0 || sdk_watch.how->memory != SDK_MEMORY_FENCED || sdk_fence_has(at, bytes);
}

static int32_t watched_layer_add(struct textd_doc *doc, const char *name, const struct textd_span *spans,
                                 uint32_t count)
{
    const struct td_plugin *target = sdk_watch.target;

    if (target && !is_in(target->entry.adds_layers, name))
        sdk_found(SDK_LAYER_UNDECLARED, "it adds layer %.64s, which its adds_layers does not declare", name);
    else if (target && !is_from_alloc(spans, (uint64_t)count * sizeof *spans))
        sdk_found(SDK_LAYER_MEMORY, "the spans of layer %.64s are not in memory of host->alloc", name);
    int32_t rc = host.workers->layer_add(doc, name, spans, count);
    if (target)
        sdk_watch.layer_is_wrong |= rc == TEXTD_INVALID;
    return rc;
}

static uint64_t element_bytes(uint32_t type)
{
    return type == TEXTD_TEXT ? sizeof(struct textd_text) : type == TEXTD_U8 ? 1 : 4;
}

static int32_t watched_column_add(struct textd_doc *doc, const char *layer, const char *column, uint32_t type,
                                  const void *values)
{
    const struct td_layer *to = td_document_layer(td_document_of(doc), layer);

    if (sdk_watch.target && to && !is_from_alloc(values, to->count * element_bytes(type)))
        sdk_found(SDK_LAYER_MEMORY, "column %.64s of layer %.64s is not in memory of host->alloc", column, layer);
    int32_t rc = host.workers->column_add(doc, layer, column, type, values);
    if (sdk_watch.target)
        sdk_watch.layer_is_wrong |= rc == TEXTD_INVALID;
    return rc;
}

static int32_t watched_should_stop(struct textd_doc *doc)
{
    if (!sdk_watch.target)
        return host.workers->should_stop(doc);
    sdk_watch.n_asked++;
    return sdk_watch.how->stops;
}

static void watched_log(int32_t level, const char *words, uint64_t length)
{
    (void)level;
    if (sdk_watch.target && memmem(words, length, SDK_CORPUS_SECRET, sizeof SDK_CORPUS_SECRET - 1))
        sdk_found(SDK_LOGS_TEXT, "what it logs has words of the document in it");
}

static const void *watched_extension(const char *id)
{
    const void *table = host.workers->extension(id);

    if (!table || strcmp(id, TEXTD_LOG) != 0)
        return table;
    host.log = *(const struct textd_log *)table;
    host.log.write = watched_log;
    return &host.log;
}

const struct textd_host *sdk_watch_host(struct td_scoreboard *board)
{
    host.workers = td_host_init(board);
    host.shown = *host.workers;
    host.shown.alloc = watched_alloc;
    host.shown.layer_get = watched_layer_get;
    host.shown.layer_add = watched_layer_add;
    host.shown.column_get = watched_column_get;
    host.shown.column_add = watched_column_add;
    host.shown.should_stop = watched_should_stop;
    host.shown.extension = watched_extension;
    return &host.shown;
}

void sdk_watch_enter(const struct td_plugin *target, const struct sdk_how *how)
{
    sdk_watch.target = target;
    sdk_watch.how = how;
    sdk_watch.n_allocs = sdk_watch.alloc_bytes = sdk_watch.n_refused = sdk_watch.n_asked = 0;
    sdk_watch.layer_is_wrong = 0;
}

void sdk_watch_leave(void)
{
    sdk_watch.target = NULL;
}
