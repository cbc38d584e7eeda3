/* run.c: see run.h. A plugin's failure costs its own result: it is noted under `errors`, its layers are forgotten, and
 * whoever needs them fails with words that say so. Only what nobody waits for any more ends the whole document. */
#include "daemon/worker/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/trace.h"
#include "common/utf8.h"
#include "daemon/worker/guard.h"
#include "daemon/worker/host.h"
#include "daemon/worker/memory.h"
#include "daemon/worker/result.h"

/* Frame, names, errors and times of a reply beyond its results: 64 plugins' names and reasons (a td_err's). */
#define OVERHEAD_BYTES (128u * 1024u)

/* A plugin is asked to stop at this share of its limit; what is left is its time to do so before it is killed. */
#define SOFT_PERCENT 80u

/* A request's options and language, beside its text. */
#define SENT_OVERHEAD_BYTES (1u << 20)

static int reserve(struct td_arena *arena, size_t bytes, const char *limit, struct td_err *err)
{
    if (td_arena_init(arena, bytes) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't reserve %zu bytes (%s): %s", bytes, limit, strerror(errno));
    return TD_OK;
}

int td_runner_init(struct td_runner *r, struct td_plugin_set *set, struct td_scoreboard *board,
                   const struct td_runner_limits *limits, struct td_err *err)
{
    *r = (struct td_runner) { .set = set, .board = board, .reply_bytes = limits->reply_bytes };
    r->errors.limit = r->times.limit = r->spans.limit = OVERHEAD_BYTES / 3;
    int rc = reserve(&r->arena, limits->document_memory, "limits.document_memory", err);
    return rc == TD_OK ? reserve(&r->sent, limits->document_bytes + SENT_OVERHEAD_BYTES, "limits.document_bytes", err)
                       : rc;
}

void td_runner_free(struct td_runner *r)
{
    td_arena_destroy(&r->arena);
    td_arena_destroy(&r->sent);
    td_buf_free(&r->out);
    td_buf_free(&r->errors);
    td_buf_free(&r->times);
    td_buf_free(&r->spans);
}

/* Tells the supervisor, through the shared page, where this process is. The phase goes last: it makes the rest true. */
static void show(struct td_runner *r, enum td_phase phase, uint32_t plugin, uint64_t now)
{
    atomic_store_explicit(&r->board->phase, TD_PHASE_HOST, memory_order_release);
    atomic_store_explicit(&r->board->plugin, plugin, memory_order_relaxed);
    atomic_store_explicit(&r->board->since_ns, now, memory_order_relaxed);
    atomic_store_explicit(&r->board->phase, phase, memory_order_release);
}

static int is_unwanted(const struct td_runner *r, uint64_t sequence)
{
    return atomic_load_explicit(&r->board->unwanted, memory_order_relaxed) == sequence;
}

/* Notes a plugin's failure under `errors`. */
static void note_failure(struct td_runner *r, uint32_t plugin, enum td_code code, const char *words)
{
    msgpack_packer packer = td_buf_packer(&r->errors);

    if (r->first_code == TD_OK) {
        r->first_code = code;
        r->first_plugin = plugin;
        snprintf(r->first_words, sizeof r->first_words, "%s", words);
    }
    td_pack_str(&packer, td_plugin_numbered(r->set, plugin)->name);
    msgpack_pack_map(&packer, 2);
    td_pack_str(&packer, "code");
    td_pack_str(&packer, td_code_name(code));
    td_pack_str(&packer, "message");
    td_pack_str(&packer, words);
    r->n_errors++;
}

/* The operator's options, and over them what the client set for this document. */
static void take_options(const struct td_job *job, struct td_plugin *plugin, uint32_t index)
{
    const char *at = (const char *)(job + 1), *end = at + job->options_bytes;

    if (plugin->options.n == 0)
        return;
    memcpy(plugin->for_request, plugin->values, plugin->options.n * sizeof *plugin->values);
    while (at < end) {
        struct td_job_option set;
        memcpy(&set, at, sizeof set);
        if (set.plugin == index && set.option < plugin->options.n) {
            struct textd_value *value = &plugin->for_request[set.option];
            value->integer = set.integer;
            value->number = set.number;
            value->length = set.length;
            if (value->type == TEXTD_TEXT)
                value->text = at + sizeof set;
        }
        at += td_job_option_bytes(set.length);
    }
}

/* The first layer that the plugin needs and that is not there; NULL when all are. */
static const char *missing_layer(struct td_document *doc, const struct textd_plugin *entry)
{
    for (const char *const *need = entry->needs_layers; need && *need; need++)
        if (!strchr(*need, TEXTD_OPTIONAL[0]) && !td_document_layer(doc, *need))
            return *need;
    return NULL;
}

/* The first layer that the plugin declared and did not add. */
static const char *unadded_layer(struct td_document *doc, const struct textd_plugin *entry)
{
    for (const char *const *name = entry->adds_layers; name && *name; name++)
        if (!td_document_layer(doc, *name))
            return *name;
    return NULL;
}

/* What became of a call of process: TD_OK, or a code and its words. TD_E_CANCELLED and TD_E_DEADLINE_EXCEEDED end the
 * document, the others cost the plugin's result. */
static enum td_code judge_outcome(struct td_runner *r, const struct td_job *job, int32_t rc, uint64_t began,
                                  const struct td_plugin *plugin, uint64_t now, struct td_err *err)
{
    const char *why = td_host_explanation();

    if (rc == TEXTD_STOPPED && is_unwanted(r, job->sequence))
        return (enum td_code)td_fail(err, TD_E_CANCELLED, "stopped: nobody waits for it");
    if (rc == TEXTD_STOPPED && now >= job->deadline_ns)
        return (enum td_code)td_fail(err, TD_E_DEADLINE_EXCEEDED, "%s stopped at the document's deadline",
                                     plugin->name);
    if (rc == TEXTD_STOPPED && now >= began + plugin->source.timeout_ns / 100 * SOFT_PERCENT)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_TIMEOUT, "%s stopped when its limit of %llu ms was near",
                                     plugin->name, (unsigned long long)(plugin->source.timeout_ns / 1000000));
    if (r->doc.is_too_large)
        return (enum td_code)td_fail(
            err, TD_E_PLUGIN_FAILED,
            "%s has a result larger than limits.reply_bytes (%zu bytes for all results): ask for less, or raise it",
            plugin->name, r->reply_bytes);
    if (r->doc.mistake.code != TD_OK)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_FAILED, "%s broke a rule of the ABI: %s", plugin->name,
                                     r->doc.mistake.text);
    if (rc == TEXTD_NO_MEMORY)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_FAILED,
                                     "%s ran out of memory (limits.document_memory is %zu bytes, workers.memory limits "
                                     "what it allocates itself)",
                                     plugin->name, r->arena.cap);
    if (rc != TEXTD_OK && *why)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_FAILED, "%s", why);
    if (rc != TEXTD_OK)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_FAILED,
                                     "%s returned %d and gave no reason (a plugin should call host->explain)",
                                     plugin->name, rc);
    const char *layer = unadded_layer(&r->doc, &plugin->entry);
    if (layer)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_FAILED,
                                     "%s broke a rule of the ABI: it declares layer %s and did not add it",
                                     plugin->name, layer);
    return TD_OK;
}

static size_t sent_bytes(const struct td_job *job)
{
    return (size_t)job->options_bytes + job->lang_bytes + job->text_bytes;
}

/* A plugin could write into what it is shown, and those behind it would annotate another text than the client has. That is
 * looked for after each of them, by bytes: a comparison with a copy costs less than a hash would, and the copy is the way
 * back. */
static int keep_copy(struct td_runner *r, const struct td_job *job)
{
    char *copy = td_arena_alloc(&r->sent, sent_bytes(job) + 1, 1);

    r->copy = copy;
    if (copy)
        memcpy(copy, job + 1, sent_bytes(job));
    return copy ? 0 : -1;
}

/* Finds and undoes what the plugin that has just run did to what the client sent, and to the struct that shows it. */
static void check_sent(struct td_runner *r, const struct td_job *job, const struct textd_doc *before)
{
    char *sent = (char *)(uintptr_t)(job + 1), *text = sent + job->options_bytes + job->lang_bytes;

    if (memcmp(&r->doc.shown, before, sizeof *before) != 0) {
        td_document_mistake(&r->doc, "it changed the struct textd_doc that it was shown");
        r->doc.shown = *before;
    }
    if (memcmp(sent, r->copy, sent_bytes(job)) == 0)
        return;
    int is_text = memcmp(text, r->copy + (text - sent), job->text_bytes) != 0;
    td_document_mistake(&r->doc, "it changed the document's %s", is_text ? "text" : "language or options");
    memcpy(sent, r->copy, sent_bytes(job));
}

static int has_options(const struct td_job *job, uint32_t index)
{
    const char *at = (const char *)(job + 1), *end = at + job->options_bytes;
    struct td_job_option set;

    for (; at < end; at += td_job_option_bytes(set.length)) {
        memcpy(&set, at, sizeof set);
        if (set.plugin == index)
            return 1;
    }
    return 0;
}

/* Lets a plugin look at what the client has set of its options. A refusal is the client's doing, and no failure of the plugin. */
static enum td_code check_options(struct td_runner *r, const struct td_job *job, uint32_t index, struct td_err *err)
{
    struct td_plugin *plugin = td_plugin_numbered(r->set, index);
    const struct textd_doc before = r->doc.shown;

    if (!plugin->check || !has_options(job, index))
        return TD_OK;
    take_options(job, plugin, index);
    td_host_enter(plugin, NULL);
    show(r, TD_PHASE_PLUGIN, index, td_now_ns()); /* should it hang or crash, it is its doing */
    int32_t rc = plugin->check->check(plugin->self, plugin->for_request);
    show(r, TD_PHASE_HOST, index, td_now_ns());
    const char *why = td_host_explanation();
    enum td_code code = TD_OK;
    if (rc != TEXTD_OK && *why)
        code = (enum td_code)td_fail(err, TD_E_BAD_OPTION, "%s", why);
    else if (rc != TEXTD_OK)
        code = (enum td_code)td_fail(err, TD_E_BAD_OPTION,
                                     "%s refuses its options, and gave no reason (a plugin should call host->explain)",
                                     plugin->name);
    td_host_leave();
    check_sent(r, job, &before);
    if (r->doc.mistake.code != TD_OK)
        code = (enum td_code)td_fail(err, TD_E_PLUGIN_FAILED, "%s broke a rule of the ABI: %s", plugin->name,
                                     r->doc.mistake.text);
    return code;
}

/* Calls the plugin. Its result stands at the end of r->out when TD_OK comes back. */
static enum td_code call_plugin(struct td_runner *r, const struct td_job *job, uint32_t index, size_t limit,
                                uint64_t *now, struct td_err *err)
{
    struct td_plugin *plugin = td_plugin_numbered(r->set, index);
    uint64_t began = *now, soft = began + plugin->source.timeout_ns / 100 * SOFT_PERCENT;

    take_options(job, plugin, index);
    r->doc.shown.options = plugin->for_request;
    r->doc.plugin = index;
    r->doc.adds_layers = plugin->entry.adds_layers;
    td_host_set_stop(job->sequence, soft < job->deadline_ns ? soft : job->deadline_ns);
    td_host_enter(plugin, &r->doc);
    td_result_begin(&r->doc, &r->out, limit);
    const struct textd_doc before = r->doc.shown;
    show(r, TD_PHASE_PLUGIN, index, began);
    int32_t rc = plugin->entry.process(plugin->self, &r->doc.shown);
    if (rc == TEXTD_OK) /* still in its name: it is its memory that is read */
        td_document_note_language(&r->doc);
    /* With one plugin there is no doubt whose doing it was, and small documents would feel the system call. */
    if (job->n_steps > 1)
        td_guard_check();
    *now = td_now_ns();
    show(r, TD_PHASE_HOST, index, *now);
    check_sent(r, job, &before);
    if (rc == TEXTD_OK)
        td_result_end(&r->doc);
    enum td_code code = judge_outcome(r, job, rc, began, plugin, *now, err);
    r->was_starved |= rc == TEXTD_NO_MEMORY && !r->doc.was_refused && r->n_documents > 0;
    td_host_leave();
    td_plugin_stats_note(&r->board->stats[index], *now - began, code);
    return code;
}

static void note_time(struct td_runner *r, const struct td_job *job, const struct td_plugin *plugin, uint64_t ns)
{
    msgpack_packer packer = td_buf_packer(&r->times);
    char span[16];

    td_pack_str(&packer, plugin->name);
    msgpack_pack_uint64(&packer, ns / 1000);
    r->n_times++;
    if (job->span == 0)
        return;
    packer = td_buf_packer(&r->spans);
    td_trace_write_span(td_trace_child(job->span, plugin->index), span);
    td_pack_str(&packer, plugin->name);
    td_pack_bytes(&packer, span, sizeof span);
}

/* One plugin of the job. TD_OK also when it failed and others may go on. */
static enum td_code run_step(struct td_runner *r, const struct td_job *job, uint8_t step, size_t end_of_results,
                             uint64_t *now, struct td_err *err)
{
    uint32_t index = step & TD_STEP_PLUGIN;
    struct td_plugin *plugin = td_plugin_numbered(r->set, index);
    const char *missing = missing_layer(&r->doc, &plugin->entry);
    size_t before = r->out.length;
    uint64_t began = *now;

    if (step & TD_STEP_SUSPENDED) {
        td_fail(err, TD_E_PLUGIN_FAILED,
                "%s is not run: it is suspended for killing workers, or disabled by an operator", plugin->name);
        note_failure(r, index, TD_E_PLUGIN_FAILED, err->text);
        return TD_OK;
    }
    if (missing) {
        td_fail(err, TD_E_PLUGIN_FAILED, "%s needs layer %s, and the plugin that adds it failed", plugin->name,
                missing);
        note_failure(r, index, TD_E_PLUGIN_FAILED, err->text);
        return TD_OK;
    }
    if (step & TD_STEP_WANTED) {
        msgpack_packer packer = td_buf_packer(&r->out);
        td_pack_str(&packer, plugin->name);
    }
    size_t limit = end_of_results > r->out.length ? end_of_results - r->out.length : 0;
    enum td_code code = call_plugin(r, job, index, limit, now, err);
    note_time(r, job, plugin, *now - began);
    if (code == TD_OK && (step & TD_STEP_WANTED)) {
        r->n_results++;
        return TD_OK;
    }
    r->out.length = before;
    r->out.full = 0;
    if (code == TD_OK || code == TD_E_CANCELLED || code == TD_E_DEADLINE_EXCEEDED)
        return code;
    td_document_drop_layers(&r->doc, index);
    note_failure(r, index, code, err->text);
    return TD_OK;
}

/* The `doc` pair: what the text and its layers measure. */
static void write_doc(struct td_runner *r, const struct td_utf8_counts *counts)
{
    const struct td_layer *sentences = td_document_layer(&r->doc, TEXTD_SENTENCES);
    const struct td_layer *tokens = td_document_layer(&r->doc, TEXTD_TOKENS);
    msgpack_packer packer = td_buf_packer(&r->out);

    td_pack_str(&packer, "doc");
    msgpack_pack_map(&packer, 2u + (r->doc.language_length > 0) + (sentences != NULL) + (tokens != NULL));
    td_pack_str(&packer, "bytes");
    msgpack_pack_uint32(&packer, r->doc.shown.text_length);
    td_pack_str(&packer, "codepoints");
    msgpack_pack_uint64(&packer, counts->codepoints);
    if (r->doc.language_length > 0) {
        td_pack_str(&packer, "language");
        td_pack_bytes(&packer, r->doc.language, r->doc.language_length);
    }
    if (sentences) {
        td_pack_str(&packer, "sentences");
        msgpack_pack_uint32(&packer, sentences->count);
    }
    if (tokens) {
        td_pack_str(&packer, "tokens");
        msgpack_pack_uint32(&packer, tokens->count);
    }
}

/* Checks the text and runs the steps. On TD_OK the pairs of the reply stand at the end of r->out. */
static enum td_code annotate(struct td_runner *r, const struct td_job *job, struct td_done *done, uint64_t *now,
                             struct td_err *err)
{
    const char *lang = (const char *)(job + 1) + job->options_bytes, *text = lang + job->lang_bytes;
    struct td_utf8_counts counts;
    size_t valid = td_utf8_check(text, job->text_bytes, &counts);

    if (valid != job->text_bytes)
        return (enum td_code)td_fail(err, TD_E_INVALID_UTF8, "the text is not valid UTF-8 at byte %zu (0x%02x)", valid,
                                     (unsigned char)text[valid]);
    int rc = td_document_set_text(&r->doc, text, job->text_bytes, (enum td_unit)job->unit,
                                  counts.codepoints == job->text_bytes, err);
    if (rc != TD_OK)
        return (enum td_code)rc;
    r->doc.shown.lang = lang;
    r->doc.shown.lang_length = job->lang_bytes;
    if (keep_copy(r, job) != 0)
        return (enum td_code)td_fail(err, TD_E_INTERNAL,
                                     "limits.document_bytes is too small for a request of %zu bytes", sent_bytes(job));
    for (uint32_t i = 0; job->options_bytes > 0 && i < job->n_steps; i++) {
        enum td_code code =
            job->steps[i] & TD_STEP_SUSPENDED ? TD_OK : check_options(r, job, job->steps[i] & TD_STEP_PLUGIN, err);
        if (code != TD_OK)
            return code;
    }

    msgpack_packer packer = td_buf_packer(&r->out);
    td_pack_str(&packer, "results");
    size_t head = td_head_open(&r->out), end_of_results = r->out.length + r->reply_bytes;
    if (r->out.full) /* a plugin's failure would take its own writes back, and not this one */
        return (enum td_code)td_fail(err, TD_E_INTERNAL, "no memory for the reply");
    for (uint32_t i = 0; i < job->n_steps; i++) {
        enum td_code code = run_step(r, job, job->steps[i], end_of_results, now, err);
        if (code != TD_OK)
            return code;
    }
    if (r->n_results == 0 && r->first_code != TD_OK) {
        done->plugin = r->first_plugin;
        return (enum td_code)td_fail(err, r->first_code, "%s", r->first_words);
    }
    td_head_close(&r->out, head, r->n_results, 1);
    write_doc(r, &counts);
    done->n_pairs = 2;
    return TD_OK;
}

/* Moves errors, times and spans behind the results. */
static void write_rest(struct td_runner *r, const struct td_job *job, struct td_done *done, size_t pairs_start)
{
    msgpack_packer packer = td_buf_packer(&r->out);

    if (r->n_errors > 0) {
        td_pack_str(&packer, "errors");
        msgpack_pack_map(&packer, r->n_errors);
        td_buf_append(&r->out, r->errors.bytes, r->errors.length);
        done->n_pairs++;
    }
    done->pairs_bytes = (uint32_t)(r->out.length - pairs_start);
    msgpack_pack_map(&packer, r->n_times);
    td_buf_append(&r->out, r->times.bytes, r->times.length);
    if (job->span == 0)
        return;
    td_pack_str(&packer, "spans");
    msgpack_pack_map(&packer, r->n_times);
    td_buf_append(&r->out, r->spans.bytes, r->spans.length);
    done->flags |= TD_DONE_SPANS;
}

/* What plugins warn of goes behind all else, also of a document that has failed. */
static void write_warnings(struct td_runner *r, struct td_done *done)
{
    const struct td_told *told = &r->doc.told;
    size_t before = r->out.length;
    msgpack_packer packer = td_buf_packer(&r->out);

    if (told->n == 0)
        return;
    msgpack_pack_array(&packer, told->n);
    td_buf_append(&r->out, told->packed, told->length);
    if (r->out.full) { /* no memory: the document has its reply all the same */
        r->out.length = before;
        r->out.full = 0;
        return;
    }
    done->warnings_bytes = (uint32_t)(r->out.length - before);
    done->warnings_beyond = told->beyond;
}

static void prepare(struct td_runner *r, const struct td_job *job, uint64_t now)
{
    atomic_store_explicit(&r->board->sequence, job->sequence, memory_order_relaxed);
    show(r, TD_PHASE_HOST, TD_NO_PLUGIN, now);
    td_document_reset(&r->doc, &r->arena);
    td_arena_reset(&r->sent);
    td_host_set_trace(job);
    r->errors.length = r->times.length = r->spans.length = 0;
    r->errors.full = r->times.full = r->spans.full = 0;
    r->n_errors = r->n_times = r->n_results = 0;
    r->first_code = TD_OK;
    r->was_starved = 0;
    r->out.limit = r->out.length + r->reply_bytes + OVERHEAD_BYTES + sizeof r->doc.told;
    r->out.full = 0;
}

/* Whether this process should go after this document, and whether that was too late for it. */
static uint32_t leave(struct td_runner *r, uint64_t run_ns)
{
    r->n_documents++;
    r->leaves = td_memory_is_short(run_ns) || r->was_starved;
    return (r->leaves ? TD_DONE_LEAVES : 0) | (r->was_starved ? TD_DONE_NO_MEMORY : 0);
}

int td_runner_run(struct td_runner *r, const struct td_job *job)
{
    uint64_t now = td_now_ns();
    struct td_err err = { 0 };
    struct td_done done = {
        .frame.kind = TD_FRAME_DONE, .sequence = job->sequence, .start_ns = now, .plugin = TD_NO_PLUGIN
    };
    size_t start = r->out.length, body = start + sizeof done;

    prepare(r, job, now);
    if (td_buf_append(&r->out, &done, sizeof done) != 0)
        return -1;
    if (is_unwanted(r, job->sequence))
        done.code = (uint32_t)td_fail(&err, TD_E_CANCELLED, "nobody waits for it");
    else if (now >= job->deadline_ns)
        done.code = (uint32_t)td_fail(&err, TD_E_DEADLINE_EXCEEDED, "the deadline passed while it waited");
    else
        done.code = (uint32_t)annotate(r, job, &done, &now, &err);
    if (done.code == TD_OK)
        write_rest(r, job, &done, body);
    if (done.code == TD_OK && (r->out.full || r->errors.full || r->times.full || r->spans.full))
        done.code = (uint32_t)td_fail(&err, TD_E_INTERNAL, "no memory for the reply");
    if (done.code != TD_OK) {
        r->out.length = body;
        r->out.full = 0;
        done.flags = 0;
        td_buf_append(&r->out, err.text, strlen(err.text));
    }
    write_warnings(r, &done);
    done.end_ns = now;
    done.flags |= leave(r, now - done.start_ns);
    done.frame.length = (uint32_t)(r->out.length - start);
    memcpy(r->out.bytes + start, &done, sizeof done);
    show(r, TD_PHASE_IDLE, TD_NO_PLUGIN, now);
    return 0;
}

void td_runner_rest(struct td_runner *r)
{
    td_arena_reset(&r->sent);
    td_document_reset(&r->doc, &r->arena);
}
