/* rig.c: see rig.h. The plugins before the target run as they would in a worker; the target gets its document in fenced
 * memory, and what it leaves is judged: by the rules that the host enforces, and by those that it can't afford to. */
#include "sdk/rig.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <textd/grants.h>
#include <xxhash.h>

#include "common/clock.h"
#include "common/secret_file.h"
#include "common/utf8.h"
#include "daemon/worker/host.h"
#include "daemon/worker/panic.h"
#include "daemon/worker/result.h"
#include "sdk/state.h"
#include "sdk/watch.h"

#define DOCUMENT_MEMORY (1ull << 30) /* limits.document_memory and */
#define REPLY_BYTES (64ull << 20)    /* limits.reply_bytes, as they are by default */

int sdk_rig_init(struct sdk_rig *rig, struct td_err *err)
{
    memset(rig, 0, sizeof *rig);
    if (td_arena_init(&rig->arena, DOCUMENT_MEMORY) != 0)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    rig->host = sdk_watch_host(&sdk_board->worker);
    td_host_set_stop(
        1, UINT64_MAX); /* 0 is what the page calls unwanted: all that run before the target run to their ends */
    return TD_OK;
}

static void begin_call(const struct sdk_rig *rig, enum sdk_at at, uint32_t index)
{
    sdk_board->plugin = index;
    sdk_board->is_target = index >= rig->target;
    sdk_board->at = at;
    sdk_board->since_ns = td_now_ns();
}

static void end_call(void)
{
    sdk_board->since_ns = 0;
    sdk_board->at = SDK_AT_NOTHING;
}

/* "key_file=/…" of a secret option `key`: as the supervisor does, whatever the plugin's options are. */
static void read_secret(struct td_plugin_setting *setting)
{
    static const char suffix[] = "_file";
    size_t length = setting->name ? strlen(setting->name) : 0;
    char *secret, *fault;

    if (length < sizeof suffix || strcmp(setting->name + length - (sizeof suffix - 1), suffix) != 0)
        return;
    td_secret_file_read(setting->value, &secret, &fault);
    setting->secret = secret;
    setting->secret_fault = fault;
}

/* Those of --set that are this plugin's: PLUGIN.OPTION=VALUE, or for the target OPTION=VALUE. */
static void take_settings(struct sdk_rig *rig, uint32_t index, const struct sdk_args *args, int is_target,
                          struct td_plugin_source *source)
{
    struct td_plugin_setting *settings = rig->settings[index];
    size_t length = strlen(source->name);

    source->settings = settings;
    for (uint32_t i = 0; i < args->n_settings; i++) {
        const char *set = args->settings[i], *equals = strchr(set, '=');
        const char *dot = memchr(set, '.', (size_t)(equals - set));
        int is_its = dot ? (size_t)(dot - set) == length && strncmp(set, source->name, length) == 0 : is_target;
        const char *name = dot ? dot + 1 : set;
        if (!is_its)
            continue;
        struct td_plugin_setting *its = &settings[source->n_settings++];
        *its = (struct td_plugin_setting) { .name = strndup(name, (size_t)(equals - name)),
                                            .value = equals + 1,
                                            .where = "--set" };
        read_secret(its);
    }
}

int sdk_rig_take(struct sdk_rig *rig, const struct sdk_plugin_file *file, const struct sdk_args *args,
                 const struct sdk_installed *installed, struct td_err *err)
{
    uint32_t index = rig->n_sources;
    struct td_snapshot *snapshot;
    int rc;

    if (index == TD_MAX_PLUGINS)
        return td_fail(err, TD_E_CONFIG, "more than %d plugins", TD_MAX_PLUGINS);
    if ((rc = sdk_installed_take(&snapshot, installed, file->path, err)) != TD_OK)
        return rc;
    rig->snapshots[index] = snapshot;
    rig->sources[index] = (struct td_plugin_source) { .number = index,
                                                      .name = file->name,
                                                      .path = snapshot->path,
                                                      .library_fd = snapshot->library_fd,
                                                      .bundle_fd = snapshot->bundle_fd,
                                                      .resources = snapshot->entries,
                                                      .n_resources = snapshot->n_entries,
                                                      .timeout_ns = 600000000000u };
    take_settings(rig, index, args, index == rig->target, &rig->sources[index]);
    snprintf(sdk_board->plugin_names[index], sizeof sdk_board->plugin_names[index], "%s", file->name);
    snprintf(sdk_board->plugin_paths[index], sizeof sdk_board->plugin_paths[index], "%s", file->path);
    for (uint32_t i = 0; index == rig->target && i < file->n_wishes; i++)
        rig->may |= strcmp(file->wishes[i], "threads") == 0 ? SDK_MAY_THREAD : 0;
    rig->n_sources++;
    return TD_OK;
}

int sdk_rig_add(struct sdk_rig *rig, int by_path, struct td_err *err)
{
    uint32_t index = rig->set.n;
    struct td_plugin_source source = rig->sources[index];
    int fd;

    begin_call(rig, SDK_AT_OPEN, index);
    /* What is loaded once isn't loaded again, under whatever name: the loader compares inodes. The one who asked for the
     * path finds it in the process's list of libraries. */
    if (by_path && dlopen(source.path, RTLD_NOW | RTLD_LOCAL) && (fd = open(source.path, O_RDONLY | O_CLOEXEC)) >= 0)
        source.library_fd = fd;
    int rc = td_plugin_open(&rig->set, &source, err);
    end_call();
    if (rc == TD_OK && index == rig->target)
        rig->judged = rig->set.plugins[index].entry;
    td_panic_note_plugins(&rig->set);
    return rc;
}

/* What the plugin that is being created offers, but for the check of its options, see sdk_rig_prove, and what it says that it
 * needs, which library.c looks at: here all of it is granted. */
static const void *(*offered)(const char *id);

static const void *offer_the_rest(const char *id)
{
    return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 || strcmp(id, TEXTD_GRANTS) == 0 ? NULL : offered(id);
}

int sdk_rig_create(struct sdk_rig *rig, uint32_t index, struct td_err *err)
{
    struct td_plugin *plugin = &rig->set.plugins[index];
    int32_t (*selftest)(void *) = plugin->entry.selftest;

    offered = plugin->entry.extension;
    plugin->entry.extension = offered ? offer_the_rest : NULL;
    plugin->entry.selftest = NULL;
    begin_call(rig, SDK_AT_CREATE, index);
    int rc = td_plugin_create(&rig->set, index, rig->host, err);
    end_call();
    plugin->entry.extension = offered;
    plugin->entry.selftest = selftest;
    rig->is_made[index] = rc == TD_OK;
    return rc;
}

int sdk_rig_prove(struct sdk_rig *rig, uint32_t index, enum sdk_at at, struct td_err *err)
{
    struct td_plugin *plugin = &rig->set.plugins[index];
    const struct textd_check_options *check = NULL;
    int32_t rc = TEXTD_OK;

    begin_call(rig, at, index);
    td_host_enter(plugin, NULL);
    if (at == SDK_AT_SELFTEST && plugin->entry.selftest)
        rc = plugin->entry.selftest(plugin->self);
    if (at == SDK_AT_CHECK_OPTIONS && plugin->entry.extension)
        check = plugin->entry.extension(TEXTD_CHECK_OPTIONS);
    if (check && (check->size < sizeof *check || !check->check)) {
        end_call();
        td_host_leave();
        return td_fail(err, TD_E_CONFIG,
                       "its table of " TEXTD_CHECK_OPTIONS " has %u bytes; %zu are expected, with a check", check->size,
                       sizeof *check);
    }
    if (check)
        rc = check->check(plugin->self, plugin->values);
    plugin->check = check ? check : plugin->check;
    end_call();
    const char *why = td_host_explanation();
    if (rc != TEXTD_OK)
        td_fail(err, TD_E_CONFIG, "it returned %d%s%s", rc, *why ? ": " : " and gave no reason", why);
    td_host_leave();
    return rc == TEXTD_OK ? TD_OK : TD_E_CONFIG;
}

int sdk_rig_take_all(struct sdk_rig *rig, const struct sdk_plan *plan, const struct sdk_args *args,
                     const struct sdk_installed *installed, struct td_err *err)
{
    int rc = TD_OK;

    rig->target = plan->target;
    for (uint32_t i = 0; rc == TD_OK && i < plan->n; i++)
        rc = sdk_rig_take(rig, plan->of[i], args, installed, err);
    return rc;
}

int sdk_rig_open(struct sdk_rig *rig, int by_path, struct td_err *err)
{
    int rc = TD_OK;

    for (uint32_t i = 0; rc == TD_OK && i < rig->n_sources; i++) {
        rc = sdk_rig_add(rig, by_path, err);
        if (rc == TD_OK)
            rc = sdk_rig_create(rig, i, err);
        if (rc == TD_OK)
            rc = sdk_rig_prove(rig, i, SDK_AT_CHECK_OPTIONS, err);
        if (rc == TD_OK)
            rc = sdk_rig_prove(rig, i, SDK_AT_SELFTEST, err);
    }
    return rc;
}

int sdk_rig_twin(struct sdk_rig *rig, const struct td_plugin_setting *setting, struct td_err *err)
{
    uint32_t index = rig->set.n;

    if (index == TD_MAX_PLUGINS)
        return td_fail(err, TD_E_SYSTEM, "more than %d plugins", TD_MAX_PLUGINS);
    struct td_plugin *twin = &rig->set.plugins[rig->set.n++];
    *twin = rig->set.plugins[rig->target];
    twin->index = index;
    rig->set.place[index] = (uint8_t)index;
    twin->entry = rig->judged; /* it declares itself anew */
    twin->options = (struct td_options) { .plugin = twin->name,
                                          .table = twin->entry.options,
                                          .n = twin->entry.n_options,
                                          .stride = twin->entry.option_size };
    twin->check = NULL;
    twin->self = NULL;
    twin->values = twin->for_request = NULL;
    rig->is_made[index] = 0;
    memcpy(rig->of_twin, twin->source.settings, twin->source.n_settings * sizeof *setting);
    rig->of_twin[twin->source.n_settings++] = *setting; /* the last counts */
    twin->source.settings = rig->of_twin;
    memcpy(sdk_board->plugin_names[index], sdk_board->plugin_names[rig->target], sizeof sdk_board->plugin_names[index]);
    memcpy(sdk_board->plugin_paths[index], sdk_board->plugin_paths[rig->target], sizeof sdk_board->plugin_paths[index]);
    int rc = sdk_rig_create(rig, index, err);
    return rc == TD_OK ? sdk_rig_prove(rig, index, SDK_AT_CHECK_OPTIONS, err) : rc;
}

void sdk_rig_drop(struct sdk_rig *rig)
{
    struct td_plugin *plugin = &rig->set.plugins[rig->set.n - 1];

    begin_call(rig, SDK_AT_DESTROY, rig->set.n - 1);
    td_host_enter(plugin, NULL);
    if (plugin->entry.destroy && rig->is_made[plugin->index]) /* without an instance there is nothing to destroy */
        plugin->entry.destroy(plugin->self);
    td_host_leave();
    end_call();
    free(plugin->values);
    free(plugin->for_request);
    td_snapshot_release(rig->snapshots[--rig->set.n]);
    rig->snapshots[rig->set.n] = NULL;
}

void sdk_rig_destroy(struct sdk_rig *rig)
{
    while (rig->set.n > 0)
        sdk_rig_drop(rig);
    for (uint32_t i = 0; i < rig->n_sources; i++)
        for (uint32_t k = 0; k < rig->sources[i].n_settings; k++) {
            const struct td_plugin_setting *set = &rig->settings[i][k];
            free((char *)(uintptr_t)set->name);
            free((char *)(uintptr_t)set->secret);
            free((char *)(uintptr_t)set->secret_fault);
        }
    td_arena_destroy(&rig->arena);
    td_buf_free(&rig->out);
}

/* ---- One document ------------------------------------------------------------------------------------------------ */

static uint64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int64_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return (int64_t)(info.uordblks + info.hblkhd);
}

static uint64_t element_bytes(uint32_t type)
{
    return type == TEXTD_TEXT ? sizeof(struct textd_text) : type == TEXTD_U8 ? 1 : 4;
}

static int has_needs(struct sdk_rig *rig, const struct td_plugin *plugin)
{
    for (const char *const *need = plugin->entry.needs_layers; need && *need; need++)
        if (!strchr(*need, TEXTD_OPTIONAL[0]) && !td_document_layer(&rig->doc, *need))
            return 0;
    return 1;
}

/* A plugin in front of the target. 0: the target can't run. */
static int run_neighbour(struct sdk_rig *rig, uint32_t index)
{
    struct td_plugin *plugin = &rig->set.plugins[index];

    if (!has_needs(rig, plugin))
        return 0;
    rig->doc.plugin = index;
    rig->doc.adds_layers = plugin->entry.adds_layers;
    rig->doc.shown.options = plugin->values;
    td_host_enter(plugin, &rig->doc);
    td_result_begin(&rig->doc, &rig->out, REPLY_BYTES);
    begin_call(rig, SDK_AT_PROCESS, index);
    int32_t rc = plugin->entry.process(plugin->self, &rig->doc.shown);
    if (rc == TEXTD_OK)
        td_document_note_language(&rig->doc);
    end_call();
    if (rc != TEXTD_OK || rig->doc.mistake.code != TD_OK) {
        snprintf(sdk_board->neighbour, sizeof sdk_board->neighbour, "%s fails: %.200s", plugin->name,
                 rc != TEXTD_OK ? td_host_explanation() : rig->doc.mistake.text);
        td_document_drop_layers(&rig->doc, index);
    }
    td_host_leave();
    rig->out.length = 0;
    return 1;
}

/* What others have made is shown in memory that ends where it ends, and that may only be read. */
static void fence_layers(struct td_document *doc)
{
    for (uint32_t i = 0; i < doc->n_layers; i++) {
        struct td_layer *layer = &doc->layers[i];
        const void *spans =
            sdk_fence_copy(SDK_BLOCK_LAYER, layer->name, layer->spans, layer->count * sizeof *layer->spans, 8);
        layer->spans = spans ? spans : layer->spans;
        for (struct td_column *c = layer->columns; c; c = c->next) {
            const void *values =
                sdk_fence_copy(SDK_BLOCK_LAYER, layer->name, c->values, layer->count * element_bytes(c->type), 8);
            c->values = values ? values : c->values;
        }
    }
}

static const void *show(const struct sdk_how *how, enum sdk_block_kind kind, const void *from, size_t bytes,
                        size_t align)
{
    void *copy;

    if (how->memory == SDK_MEMORY_FENCED) {
        const void *fenced = sdk_fence_copy(kind, "", from, bytes, align);
        return fenced ? fenced : from;
    }
    if (how->memory == SDK_MEMORY_ARENA || bytes == 0)
        return from;
    copy = sdk_watch_malloc(bytes, align);
    return copy ? memcpy(copy, from, bytes) : from;
}

static int is_disjoint_layer(const char *name)
{
    return strcmp(name, TEXTD_LANGUAGE) == 0 || strcmp(name, TEXTD_SENTENCES) == 0 || strcmp(name, TEXTD_TOKENS) == 0 ||
           strcmp(name, TEXTD_ENTITIES) == 0;
}

static void look_at_column(const struct td_layer *layer, const struct td_column *c)
{
    for (uint32_t i = 0; i < layer->count; i++) {
        const struct textd_text *text = (const struct textd_text *)c->values + i;
        if (c->type == TEXTD_TEXT && text->length > 0 && td_utf8_check(text->bytes, text->length, NULL) != text->length)
            sdk_found(SDK_LAYER_CONTENT, "column %.64s of layer %s: element %u is no UTF-8", c->name, layer->name, i);
        else if (c->type == TEXTD_F32 && !isfinite(((const float *)c->values)[i]))
            sdk_found(SDK_LAYER_CONTENT, "column %.64s of layer %s: element %u is not finite", c->name, layer->name, i);
        else if (c->type == TEXTD_U8 && strcmp(layer->name, TEXTD_TOKENS) == 0 && strcmp(c->name, "kind") == 0 &&
                 (((const uint8_t *)c->values)[i] < TEXTD_TOKEN_WORD ||
                  ((const uint8_t *)c->values)[i] > TEXTD_TOKEN_LINK))
            sdk_found(SDK_LAYER_CONTENT, "column kind of layer %s: element %u is none of TEXTD_TOKEN_*", layer->name,
                      i);
        else
            continue;
        return;
    }
}

/* What the host takes on trust. The target's memory is read: a crash here is its own. */
static void look_at_layers(const struct td_document *doc, uint32_t owner)
{
    for (uint32_t i = 0; i < doc->n_layers; i++) {
        const struct td_layer *layer = &doc->layers[i];
        if (layer->owner != owner)
            continue;
        for (uint32_t k = 1; k < layer->count && is_disjoint_layer(layer->name); k++)
            if (layer->spans[k].start < layer->spans[k - 1].end) {
                sdk_found(SDK_LAYER_CONTENT, "spans %u and %u of layer %s overlap", k - 1, k, layer->name);
                break;
            }
        for (const struct td_column *c = layer->columns; c; c = c->next)
            look_at_column(layer, c);
    }
}

static void print_layers(XXH3_state_t *hash, const struct td_document *doc, uint32_t owner)
{
    for (uint32_t i = 0; i < doc->n_layers; i++) {
        const struct td_layer *layer = &doc->layers[i];
        if (layer->owner != owner)
            continue;
        XXH3_64bits_update(hash, layer->name, strlen(layer->name));
        XXH3_64bits_update(hash, layer->spans, layer->count * sizeof *layer->spans);
        for (const struct td_column *c = layer->columns; c; c = c->next) {
            XXH3_64bits_update(hash, c->name, strlen(c->name));
            if (c->type != TEXTD_TEXT)
                XXH3_64bits_update(hash, c->values, layer->count * element_bytes(c->type));
            for (uint32_t k = 0; c->type == TEXTD_TEXT && k < layer->count; k++)
                XXH3_64bits_update(hash, ((const struct textd_text *)c->values)[k].bytes,
                                   ((const struct textd_text *)c->values)[k].length);
        }
    }
}

static void take_print(struct sdk_rig *rig, uint32_t owner, const struct sdk_outcome *outcome, struct sdk_print *print)
{
    XXH3_state_t *hash = XXH3_createState();

    *print = (struct sdk_print) { .is_known = 1, .rc = outcome->rc };
    print->result = XXH3_64bits(rig->out.length > 0 ? rig->out.bytes : "", rig->out.length);
    if (!hash)
        return;
    XXH3_64bits_reset(hash);
    print_layers(hash, &rig->doc, owner);
    print->layers = XXH3_64bits_digest(hash);
    XXH3_64bits_reset(hash);
    XXH3_64bits_update(hash, rig->doc.told.packed, rig->doc.told.length);
    XXH3_64bits_update(hash, td_host_explanation(), strlen(td_host_explanation()));
    print->words = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
}

static const char *unadded_layer(struct sdk_rig *rig, const struct td_plugin *plugin)
{
    for (const char *const *name = plugin->entry.adds_layers; name && *name; name++)
        if (!td_document_layer(&rig->doc, *name))
            return *name;
    return NULL;
}

/* What process returned, and whether it may. */
static void judge_return(struct sdk_rig *rig, const struct td_plugin *plugin, const struct sdk_how *how,
                         struct sdk_outcome *o)
{
    const char *why = td_host_explanation();

    if (o->rc > TEXTD_OK || o->rc < TEXTD_INVALID)
        sdk_found(SDK_RETURN_CODE, "process returned %d, which is no code of include/textd/plugin.h", o->rc);
    else if (o->rc == TEXTD_STOPPED && !(how->stops && o->n_asked > 0))
        sdk_found(SDK_STOPS_UNASKED, "process returned TEXTD_STOPPED, and host->should_stop had not said so");
    else if (o->rc == TEXTD_NO_MEMORY && o->n_refused == 0)
        sdk_found(SDK_NO_MEMORY, "process returned TEXTD_NO_MEMORY, and host->alloc had refused nothing");
    else if (o->n_refused > 0 && how->fails_at == 0)
        sdk_found(SDK_MEMORY, "it asked host->alloc for more than %llu MiB", DOCUMENT_MEMORY >> 20);
    else if (o->rc == TEXTD_OK && unadded_layer(rig, plugin))
        sdk_found(SDK_LAYER_MISSING, "it declares layer %s and did not add it", unadded_layer(rig, plugin));
    else if (o->rc != TEXTD_OK && o->rc != TEXTD_STOPPED && o->rc != TEXTD_NO_MEMORY && !*why)
        sdk_found(SDK_UNEXPLAINED, "process returned %d and gave no reason", o->rc);
    else if (o->rc == TEXTD_OK)
        o->is_ok = 1;
    snprintf(o->words, sizeof o->words, "%s", why);
}

static void judge(struct sdk_rig *rig, const struct td_plugin *plugin, const struct sdk_how *how,
                  const struct textd_doc *before, struct sdk_outcome *o)
{
    struct td_document *doc = &rig->doc;
    int was_wrong = doc->mistake.code != TD_OK; /* before the language was looked at */

    if (memcmp(&doc->shown, before, sizeof *before) != 0) {
        sdk_found(SDK_WRITES_OPTIONS, "it changed the struct textd_doc that it was shown");
        doc->shown = *before;
    }
    if (o->rc == TEXTD_OK)
        look_at_layers(doc, plugin->index);
    if (o->rc == TEXTD_OK && !was_wrong) {
        td_document_note_language(doc);
        if (doc->mistake.code != TD_OK)
            sdk_found(SDK_LAYER_CONTENT, "%s", doc->mistake.text);
    }
    end_call();
    int is_good = doc->mistake.code == TD_OK;
    if (is_good && o->rc == TEXTD_OK)
        td_result_end(doc);
    if (doc->mistake.code != TD_OK && (was_wrong || is_good) && !sdk_is_found(SDK_LAYER_UNDECLARED))
        sdk_found(sdk_watch.layer_is_wrong ? SDK_SPANS : SDK_RESULT, "%s", doc->mistake.text);
    if (doc->mistake.code != TD_OK)
        snprintf(o->words, sizeof o->words, "%s", doc->mistake.text);
    else
        judge_return(rig, plugin, how, o);
}

static void run_target(struct sdk_rig *rig, uint32_t index, const struct sdk_how *how, struct sdk_outcome *o)
{
    struct td_plugin *plugin = &rig->set.plugins[index];
    const struct textd_value *options = how->options ? how->options : plugin->values;
    struct sdk_state state;
    char words[200];

    if (how->memory == SDK_MEMORY_FENCED)
        fence_layers(&rig->doc);
    rig->doc.plugin = index;
    rig->doc.adds_layers = plugin->entry.adds_layers;
    rig->doc.told.n = rig->doc.told.beyond = 0;
    rig->doc.told.length = 0;
    rig->doc.shown.options = show(how, SDK_BLOCK_OPTIONS, options, plugin->options.n * sizeof *options, 8);
    td_host_enter(plugin, &rig->doc);
    td_result_begin(&rig->doc, &rig->out, REPLY_BYTES);
    const struct textd_doc before = rig->doc.shown;
    if (how->memory != SDK_MEMORY_ARENA)
        sdk_state_take(&state);
    sdk_watch_enter(plugin, how);
    begin_call(rig, SDK_AT_PROCESS, index);
    int64_t heap = heap_bytes();
    uint64_t wall = td_now_ns(), cpu = cpu_ns();
    o->rc = plugin->entry.process(plugin->self, &rig->doc.shown);
    o->cpu_ns = cpu_ns() - cpu;
    o->wall_ns = td_now_ns() - wall;
    o->heap_growth = how->memory == SDK_MEMORY_ARENA ? heap_bytes() - heap : 0;
    sdk_watch_leave();
    o->n_allocs = sdk_watch.n_allocs;
    o->alloc_bytes = sdk_watch.alloc_bytes;
    o->n_refused = sdk_watch.n_refused;
    o->n_asked = sdk_watch.n_asked;
    judge(rig, plugin, how, &before, o);
    if (o->rc != TEXTD_OK) /* nobody gets what it had written */
        rig->out.length = 0;
    take_print(rig, index, o, &o->print);
    td_host_leave();
    if (how->memory != SDK_MEMORY_ARENA)
        sdk_state_check(&state, "in process", rig->may);
    if (how->memory == SDK_MEMORY_FENCED && sdk_fence_end(words, sizeof words))
        sdk_found(SDK_OVERRUNS, "%s", words);
}

void sdk_rig_run(struct sdk_rig *rig, uint32_t target, const struct sdk_text *text, const struct sdk_how *how,
                 struct sdk_outcome *outcome)
{
    struct td_utf8_counts counts;
    uint64_t began = td_now_ns();
    struct td_err err;

    *outcome = (struct sdk_outcome) { 0 };
    sdk_found_silence(how->is_silent);
    if (how->memory == SDK_MEMORY_FENCED)
        sdk_fence_begin(how->at_start, how->fill);
    td_document_reset(&rig->doc, &rig->arena);
    rig->out.length = 0;
    rig->out.full = 0;
    rig->out.limit = REPLY_BYTES + 4096;
    const char *bytes = show(how, SDK_BLOCK_TEXT, text->bytes, text->length, 1);
    td_utf8_check(bytes, text->length, &counts);
    td_document_set_text(&rig->doc, bytes, text->length, TD_UNIT_CODEPOINT, counts.codepoints == text->length, &err);
    const char *lang = text->lang ? text->lang : "";
    rig->doc.shown.lang = show(how, SDK_BLOCK_LANGUAGE, lang, strlen(lang), 1);
    rig->doc.shown.lang_length = (uint32_t)strlen(lang);
    for (uint32_t i = 0; i < rig->target && !outcome->neighbour_failed; i++)
        outcome->neighbour_failed = !run_neighbour(rig, i);
    if (!has_needs(rig, &rig->set.plugins[target]))
        outcome->neighbour_failed = 1;
    if (!outcome->neighbour_failed)
        run_target(rig, target, how, outcome);
    else if (how->memory == SDK_MEMORY_FENCED)
        sdk_fence_end(outcome->words, sizeof outcome->words);
    outcome->all_ns = td_now_ns() - began;
    sdk_watch_free_all();
    sdk_found_silence(0);
}
