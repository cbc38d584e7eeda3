/* slow.c: see slow.h. */
#include "daemon/documents/slow.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mp.h"

/* Of the words "NAME=MICROSECONDS …": all 64 plugins, unless their names are very long. */
#define PLUGINS_BYTES 2048

/* Where a document's time went. */
struct account {
    uint64_t queue_ns, run_ns, longest_ns; /* the last: in one plugin */
    char plugins[PLUGINS_BYTES];
    size_t used;
};

static uint64_t between(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

static void add_plugin(struct account *a, const char *name, size_t length, uint64_t us)
{
    char words[96];
    int n = snprintf(words, sizeof words, "%s%.*s=%llu", a->used ? " " : "", (int)(length < 64 ? length : 64), name,
                     (unsigned long long)us);

    if (us * 1000 > a->longest_ns)
        a->longest_ns = us * 1000;
    if ((size_t)n > sizeof a->plugins - a->used)
        return; /* the line would not take it either */
    memcpy(a->plugins + a->used, words, (size_t)n);
    a->used += (size_t)n;
}

/* The map was checked (fleet/done.c), but for the numbers, which are the worker's. */
static void add_times(struct account *a, const unsigned char *times, size_t length)
{
    struct td_mp mp = { times, times + length };
    struct td_mp_value map, name, us;

    if (td_mp_read(&mp, &map) != 0)
        return;
    for (uint32_t i = 0; i < map.length && td_mp_read(&mp, &name) == 0 && td_mp_read(&mp, &us) == 0; i++)
        if (us.type == TD_MP_INT && us.integer >= 0 && us.integer < INT64_C(1) << 50)
            add_plugin(a, name.bytes, name.length, (uint64_t)us.integer);
}

/* A document that a worker has said nothing of yet. */
static void look(struct account *a, const struct td_doc *doc, uint64_t now)
{
    const struct td_worker *w = doc->worker;

    a->queue_ns = between(doc->accepted_ns, now);
    if (!w || w->docs.first != doc)
        return; /* with a worker it waits, too, for those before it */
    a->queue_ns = between(doc->accepted_ns, w->head_since_ns);
    a->run_ns = between(w->head_since_ns, now);
    struct td_worker_place place = td_worker_where(w);
    if (place.sequence != doc->job.sequence || place.phase != TD_PHASE_PLUGIN || place.plugin == TD_NO_PLUGIN)
        return;
    const char *name = td_generation_plugin_name(td_generation_of(w), place.plugin);
    add_plugin(a, name, strlen(name), between(place.since_ns, now) / 1000);
}

static void tell(struct td_documents *docs, const struct td_doc *doc, const struct account *a, const char *code,
                 const char *plugin)
{
    const struct td_request *request = &doc->request;
    struct td_trace_words trace;
    char id[TD_ID_TEXT_BYTES];

    docs->measures.slow++;
    td_log(TD_LOG_WARN, "doc.slow", TD_STR("doc", td_request_id_text(request, id)),
           TD_TRACE_FIELDS(&request->context, request->context.span, &trace), TD_STR("code", code),
           TD_STR("plugin", plugin), TD_INT("bytes", request->text.length), TD_INT("queue_us", a->queue_ns / 1000),
           TD_INT("run_us", a->run_ns / 1000), TD_TEXT("plugins", a->plugins, a->used));
}

static int is_slow(const struct td_settings *set, const struct account *a)
{
    return (set->log_slow > 0 && a->queue_ns + a->run_ns >= (uint64_t)set->log_slow) ||
           (set->log_slow_plugin > 0 && a->longest_ns >= (uint64_t)set->log_slow_plugin);
}

void td_slow_answered(struct td_documents *docs, const struct td_doc *doc, const struct td_done *done,
                      const unsigned char *times, size_t length)
{
    const struct td_settings *set = &docs->set;
    uint64_t run_ns = between(done->start_ns, done->end_ns), queue_ns = between(doc->accepted_ns, done->start_ns);

    /* No plugin took longer than all of them: the times of a quick document need no look. */
    if ((set->log_slow == 0 || queue_ns + run_ns < (uint64_t)set->log_slow) &&
        (set->log_slow_plugin == 0 || run_ns < (uint64_t)set->log_slow_plugin))
        return;
    struct account a = { .queue_ns = queue_ns, .run_ns = run_ns };
    add_times(&a, times, length);
    if (is_slow(set, &a))
        tell(docs, doc, &a, NULL, NULL);
}

void td_slow_failed(struct td_documents *docs, const struct td_doc *doc, enum td_code code, const char *plugin,
                    const struct td_done *done)
{
    const struct td_settings *set = &docs->set;
    struct account a = { 0 };

    if (set->log_slow == 0 && set->log_slow_plugin == 0)
        return;
    if (done) {
        a.queue_ns = between(doc->accepted_ns, done->start_ns);
        a.run_ns = a.longest_ns = between(done->start_ns, done->end_ns); /* of each plugin nothing is told then */
    } else {
        look(&a, doc, td_now_ns());
    }
    if (is_slow(set, &a))
        tell(docs, doc, &a, td_code_name(code), *plugin ? plugin : NULL);
}
