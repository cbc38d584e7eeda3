/* host.c: see host.h. Each function is small: the work is in document.c (layers), result.c (the result) and here only
 * what belongs to neither. */
#include "daemon/worker/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <textd/checksum.h>
#include <textd/log.h>
#include <textd/version.h>
#include <textd/warn.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/trace.h"
#include "common/utf8.h"
#include "daemon/both/log_frame.h"
#include "daemon/worker/result.h"

#define EXPLANATION_BYTES 400

static struct {
    struct td_scoreboard *board;
    const struct td_plugin *plugin, *last; /* that is called now; that was, when none is */
    struct td_document *doc;
    uint64_t sequence, stop_ns;
    uint64_t log_key; /* our own copy: a plugin may write into the page */
    struct td_trace trace;
    const void *resource; /* that was given out last, and its checksum; 0: not known */
    uint64_t checksum;
    char explanation[EXPLANATION_BYTES + 1];
} host_state;

static void *host_alloc(struct textd_doc *shown, uint64_t bytes, uint64_t align)
{
    if (align == 0 || align > 64 || (align & (align - 1)) != 0) {
        td_document_mistake(td_document_of(shown),
                            "it asked for memory aligned to %llu; a power of two up to 64 will do",
                            (unsigned long long)align);
        return NULL;
    }
    void *memory = td_arena_alloc(td_document_of(shown)->arena, bytes, align);
    td_document_of(shown)->was_refused |= !memory;
    return memory;
}

static int32_t host_layer_get(struct textd_doc *shown, const char *name, struct textd_layer *out)
{
    const struct td_layer *layer = td_document_layer(td_document_of(shown), name);

    if (!layer)
        return TEXTD_NOT_FOUND;
    struct textd_layer full = { .size = out->size, .count = layer->count, .spans = layer->spans };
    memcpy(out, &full, out->size < sizeof full ? out->size : sizeof full);
    return TEXTD_OK;
}

static int32_t host_layer_add(struct textd_doc *shown, const char *name, const struct textd_span *spans, uint32_t count)
{
    return td_document_add_layer(td_document_of(shown), name, spans, count);
}

static const void *host_column_get(struct textd_doc *shown, const char *layer, const char *column, uint32_t type)
{
    static const uint64_t empty; /* a column of no elements is there, and has no elements */
    const struct td_layer *in = td_document_layer(td_document_of(shown), layer);

    for (const struct td_column *c = in ? in->columns : NULL; c; c = c->next)
        if (c->type == type && strcmp(c->name, column) == 0)
            return c->values ? c->values : &empty;
    return NULL;
}

static int32_t host_column_add(struct textd_doc *shown, const char *layer, const char *column, uint32_t type,
                               const void *values)
{
    return td_document_add_column(td_document_of(shown), layer, column, type, values);
}

static int32_t host_should_stop(struct textd_doc *shown)
{
    (void)shown;
    return atomic_load_explicit(&host_state.board->unwanted, memory_order_relaxed) == host_state.sequence ||
           td_now_ns() >= host_state.stop_ns;
}

static void host_explain(const char *text, uint64_t length)
{
    size_t keep = length;

    if (keep > EXPLANATION_BYTES)
        keep = td_utf8_cut(text, EXPLANATION_BYTES);
    keep = td_utf8_check(text, keep, NULL); /* what isn't UTF-8 could not be told to anybody */
    memcpy(host_state.explanation, text, keep);
    host_state.explanation[keep] = 0;
}

static int32_t map_entry(int bundle_fd, const struct td_resource *entry, struct textd_resource *out)
{
    char words[EXPLANATION_BYTES];
    /* mmap takes no length of 0; an empty file is a valid resource with nothing to read. */
    void *data = entry->length == 0
                     ? (void *)""
                     : mmap(NULL, entry->length, PROT_READ, MAP_PRIVATE, bundle_fd, (off_t)entry->offset);

    if (data == MAP_FAILED) {
        int n = snprintf(words, sizeof words,
                         "resource %.60s of %llu bytes can't be mapped: %s (see workers.memory, and ulimit -v)",
                         entry->name, (unsigned long long)entry->length, strerror(errno));
        host_explain(words, (uint64_t)n);
        return TEXTD_FAILED;
    }
    host_state.resource = data;
    host_state.checksum = entry->checksum;
    struct textd_resource full = { .size = out->size, .data = data, .length = entry->length };
    memcpy(out, &full, out->size < sizeof full ? out->size : sizeof full);
    return TEXTD_OK;
}

static int32_t host_resource(const char *name, struct textd_resource *out)
{
    const struct td_plugin_source *source = &host_state.plugin->source;
    const char *library = strrchr(source->path, '/');
    char words[EXPLANATION_BYTES];

    if (!name[0] || strchr(name, '/') || strcmp(name, "..") == 0 || host_state.doc)
        return TEXTD_INVALID;
    for (uint32_t i = 0; i < source->n_resources; i++)
        if (strcmp(source->resources[i].name, name) == 0)
            return map_entry(source->bundle_fd, &source->resources[i], out);
    library = library ? library + 1 : source->path;
    int n = snprintf(
        words, sizeof words,
        "there is no resource %.60s: no such file in the folder %.*s beside %.140s, in other plugin directories, or "
        "among the models",
        name, (int)strcspn(library, "."), library, source->path);
    host_explain(words, (uint64_t)n);
    return TEXTD_NOT_FOUND;
}

_Static_assert(TEXTD_LOG_ERROR == TD_LOG_ERROR && TEXTD_LOG_WARN == TD_LOG_WARN && TEXTD_LOG_INFO == TD_LOG_INFO &&
                   TEXTD_LOG_DEBUG == TD_LOG_DEBUG,
               "plugins' levels are ours");

static enum td_log_level known_level(int32_t level)
{
    return level >= 0 && level <= TEXTD_LOG_DEBUG ? (enum td_log_level)level : TD_LOG_DEBUG;
}

static int32_t log_is_wanted(int32_t level)
{
    return host_state.log_key == 0 ||
           known_level(level) <= atomic_load_explicit(&host_state.board->log_level, memory_order_relaxed);
}

/* Goes in one write, which a pipe takes whole. */
static void log_send(unsigned level, const struct td_plugin *plugin, const char *words, size_t length)
{
    char frame[TD_LOG_FRAME_HEAD_BYTES + TEXTD_LOG_BYTES];
    struct td_trace trace = { 0 }; /* create and destroy run for no document */

    if (host_state.doc && plugin) {
        trace = host_state.trace;
        trace.span = td_trace_child(trace.span, plugin->index);
    }
    int head = snprintf(frame, sizeof frame, TD_LOG_FRAME_HEAD, host_state.log_key, level,
                        plugin ? (unsigned)plugin->index : 0xFFu, (unsigned)length, trace.id[0], trace.id[1],
                        trace.span, (unsigned)trace.flags);

    memcpy(frame + head, words, length);
    while (write(STDERR_FILENO, frame, (size_t)head + length) < 0 && errno == EINTR)
        ;
}

/* Another plugin is about to be called. What the last one has printed and nobody has read yet is still its own; nearly
 * always there is nothing, and then this costs one small system call. */
static void end_output(const struct td_plugin *last)
{
    int unread = 0;

    if (__fpending(stdout) > 0)
        fflush(stdout);
    if (ioctl(STDERR_FILENO, FIONREAD, &unread) == 0 && unread > 0)
        log_send(TD_LOG_FRAME_NO_WORDS, last, "", 0);
}

static void log_write(int32_t level, const char *words, uint64_t length)
{
    size_t keep = length < TEXTD_LOG_BYTES ? length : TEXTD_LOG_BYTES;

    if (!log_is_wanted(level))
        return;
    while (keep > 0 && keep < length && ((unsigned char)words[keep] & 0xC0) == 0x80)
        keep--; /* not inside a character */
    if (host_state.log_key)
        log_send(known_level(level), host_state.plugin, words, keep);
    else /* no supervisor: somebody tries the plugin by hand */
        fprintf(stderr, "%s: %s: %.*s\n", host_state.plugin ? host_state.plugin->name : "", /* its words are text */
                td_log_level_name(known_level(level)), (int)keep, words);
}

static const struct textd_log the_log = { .size = sizeof(struct textd_log),
                                          .write = log_write,
                                          .is_wanted = log_is_wanted };

_Static_assert(TEXTD_WARN_BYTES == TD_MAX_WARNING_BYTES, "what plugins are told is what holds");

static void warn_client(struct textd_doc *shown, const char *text, uint64_t length)
{
    td_document_warn(td_document_of(shown), host_state.plugin->name, text, length);
}

static const struct textd_warn the_warn = { .size = sizeof(struct textd_warn), .warn = warn_client };

static int32_t checksum_known(const void *data, uint64_t *sum)
{
    if (host_state.doc || data != host_state.resource || host_state.checksum == 0)
        return TEXTD_NOT_FOUND;
    *sum = host_state.checksum;
    return TEXTD_OK;
}

static const struct textd_checksum the_checksum = { .size = sizeof(struct textd_checksum), .known = checksum_known };

static const void *host_extension(const char *id)
{
    if (strcmp(id, TEXTD_CHECKSUM) == 0)
        return &the_checksum;
    if (strcmp(id, TEXTD_WARN) == 0)
        return &the_warn;
    return strcmp(id, TEXTD_LOG) == 0 ? &the_log : NULL;
}

static const struct textd_host the_host = {
    .size = sizeof(struct textd_host),
    .abi_major = TEXTD_ABI_MAJOR,
    .abi_minor = TEXTD_ABI_MINOR,
    .version = TEXTD_VERSION,
    .alloc = host_alloc,
    .layer_get = host_layer_get,
    .layer_add = host_layer_add,
    .column_get = host_column_get,
    .column_add = host_column_add,
    .map_begin = td_result_map_begin,
    .map_end = td_result_map_end,
    .array_begin = td_result_array_begin,
    .array_end = td_result_array_end,
    .write_key = td_result_write_key,
    .write_text = td_result_write_text,
    .write_integer = td_result_write_integer,
    .write_number = td_result_write_number,
    .write_bool = td_result_write_bool,
    .write_nil = td_result_write_nil,
    .write_offset = td_result_write_offset,
    .write_span = td_result_write_span,
    .write_slice = td_result_write_slice,
    .should_stop = host_should_stop,
    .explain = host_explain,
    .resource = host_resource,
    .extension = host_extension,
};

const struct textd_host *td_host_init(struct td_scoreboard *board)
{
    host_state.board = board;
    host_state.log_key = board->log_key;
    host_state.stop_ns = UINT64_MAX;
    return &the_host;
}

void td_host_enter(const struct td_plugin *plugin, struct td_document *doc)
{
    if (host_state.log_key && host_state.last && host_state.last != plugin)
        end_output(host_state.last);
    host_state.plugin = host_state.last = plugin;
    host_state.doc = doc;
    host_state.explanation[0] = 0;
    atomic_store_explicit(&host_state.board->entered, plugin->index, memory_order_relaxed);
}

void td_host_leave(void)
{
    host_state.plugin = NULL;
    host_state.doc = NULL;
}

void td_host_set_stop(uint64_t sequence, uint64_t stop_ns)
{
    host_state.sequence = sequence;
    host_state.stop_ns = stop_ns;
}

void td_host_set_trace(const struct td_job *job)
{
    host_state.trace = (struct td_trace) { .id = { job->trace_id[0], job->trace_id[1] },
                                           .span = job->span,
                                           .flags = job->trace_flags };
}

const char *td_host_explanation(void)
{
    return host_state.explanation;
}
