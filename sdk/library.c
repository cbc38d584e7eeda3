/* library.c: the first stage of a check: the file as the loader and textd's judge see it, and the instance that it makes. */
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <textd/grants.h>

#include "common/clock.h"
#include "daemon/worker/grants.h"
#include "daemon/worker/judge.h"
#include "sdk/check.h"
#include "sdk/elf.h"
#include "sdk/state.h"

/* What compilers, their libraries and sanitizers bring themselves. */
static int is_known_constructor(const char *name)
{
    static const char *const known[] = { "frame_dummy",      "__cpu_indicator_init", "init_cpu_features",
                                         "asan.module_ctor", "tsan.module_ctor",     "sancov.module_ctor",
                                         "_sub_I_00099_",    "__gcov_init",          "ARGV_INIT_ARRAY" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(name, known[i], strlen(known[i])) == 0 || (known[i][0] == 'A' && strstr(name, known[i])))
            return 1;
    return 0;
}

/* The author's own constructors, by their names; of a stripped file only what they have done is seen. */
static void look_at_dynamic(void *library, const char *path)
{
    struct link_map *map;
    uint64_t n = 0, runpath = 0;
    const ElfW(Addr) *constructors = NULL;
    const char *strings = NULL;
    char name[120];

    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0)
        return;
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        if (d->d_tag == DT_INIT_ARRAYSZ)
            n = d->d_un.d_val / sizeof *constructors;
        else if (d->d_tag == DT_INIT_ARRAY)
            constructors = (const ElfW(Addr) *)(map->l_addr + d->d_un.d_ptr);
        else if (d->d_tag == DT_STRTAB)
            strings = (const char *)(uintptr_t)d->d_un.d_ptr; /* the loader has made an address of it */
        else if (d->d_tag == DT_RUNPATH || d->d_tag == DT_RPATH)
            runpath = d->d_un.d_val;
    }
    if (runpath && strings && strstr(strings + runpath, "ORIGIN"))
        sdk_found(SDK_ORIGIN, "its run path is %.200s", strings + runpath);
    for (uint64_t i = 0; constructors && i < n; i++)
        if (sdk_elf_function(path, constructors[i] - map->l_addr, name, sizeof name) && !is_known_constructor(name))
            sdk_found(SDK_CONSTRUCTOR, "its constructor %s runs when the library is opened", name);
}

static int32_t any_process(void *self, struct textd_doc *doc)
{
    (void)self, (void)doc;
    return TEXTD_OK;
}

/* What the judge says of the struct, all of it: a field that it refuses is replaced by a good one, and it is asked again. */
static int judge(const void *symbol, const char *path)
{
    enum { HEAD, NAME, VERSION, LICENSE, SUMMARY, PROCESS, NEEDS, ADDS, OPTIONS, N };
    static const enum sdk_finding_id ids[] = { SDK_ABI,     SDK_NAME,   SDK_VERSION, SDK_LICENSE, SDK_SUMMARY,
                                               SDK_PROCESS, SDK_LAYERS, SDK_LAYERS,  SDK_OPTIONS };
    struct textd_plugin copy, p;
    struct td_err err, rest;

    if (td_judge(symbol, path, &copy, &err) == TD_OK)
        return 1;
    memcpy(&p, symbol, sizeof p);
    for (int i = HEAD; i < N; i++) {
        struct textd_plugin mended = p;
        if (i == HEAD) {
            mended.magic = TEXTD_PLUGIN_MAGIC;
            mended.size = sizeof mended;
            mended.abi_major = TEXTD_ABI_MAJOR;
            mended.abi_minor = 0;
        }
        mended.name = i == NAME ? "name" : p.name;
        mended.version = i == VERSION ? "1.0.0" : p.version;
        mended.license = i == LICENSE ? "MIT" : p.license;
        mended.summary = i == SUMMARY ? "summary" : p.summary;
        mended.process = i == PROCESS ? any_process : p.process;
        mended.needs_layers = i == NEEDS ? NULL : p.needs_layers;
        mended.adds_layers = i == ADDS ? NULL : p.adds_layers;
        mended.n_options = i == OPTIONS ? 0 : p.n_options;
        int rc = td_judge(&mended, path, &copy, &rest);
        if (rc == TD_OK || strcmp(rest.text, err.text) != 0) {
            const char *words = strstr(err.text, ": ");
            sdk_found(ids[i], "%s", words ? words + 2 : err.text);
            if (rc == TD_OK || i == HEAD) /* of a struct of another version nothing else is known */
                return 0;
            p = mended;
            err = rest;
        }
    }
    return 0;
}

static const struct textd_option *option_at(const struct textd_plugin *p, uint32_t i)
{
    return (const struct textd_option *)(const void *)((const char *)p->options + (size_t)i * p->option_size);
}

static int is_choice(const struct textd_option *o)
{
    for (const char *const *choice = o->choices; *choice; choice++)
        if (o->initial_text && strcmp(*choice, o->initial_text) == 0)
            return 1;
    return 0;
}

#ifdef TEXTD_SECRET
#define KNOWN_FLAGS (TEXTD_PER_REQUEST | TEXTD_SECRET)
#else
#define KNOWN_FLAGS TEXTD_PER_REQUEST
#endif

/* What textd takes, and nobody wants. */
static void look_at_options(const struct textd_plugin *p)
{
    for (uint32_t i = 0; i < p->n_options; i++) {
        const struct textd_option *o = option_at(p, i);
        size_t length = strlen(o->help);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(option_at(p, k)->name, o->name) == 0)
                sdk_found(SDK_OPTIONS, "option %s is declared twice", o->name);
        if (o->type == TEXTD_TEXT && o->choices && !is_choice(o))
            sdk_found(SDK_OPTIONS, "option %s: its initial value '%.40s' is none of its choices", o->name,
                      o->initial_text ? o->initial_text : "");
        if (o->flags & ~KNOWN_FLAGS)
            sdk_found(SDK_OPTIONS, "option %s has the flags 0x%x, which mean nothing", o->name,
                      o->flags & ~KNOWN_FLAGS);
        if (o->help[length - 1] == '.')
            sdk_found(SDK_OPTIONS, "option %s: its help ends with a full stop, and is shown without one", o->name);
    }
}

static int has_name(const char *const *names, const char *name)
{
    size_t length = strcspn(name, TEXTD_OPTIONAL);

    for (; names && *names && *names != name; names++)
        if (strcspn(*names, TEXTD_OPTIONAL) == length && strncmp(*names, name, length) == 0)
            return 1;
    return 0;
}

static void look_at_layers(const struct textd_plugin *p)
{
    for (const char *const *name = p->adds_layers; name && *name; name++) {
        if (has_name(p->adds_layers, *name) || has_name(p->needs_layers, *name))
            sdk_found(SDK_LAYERS, "layer %s is declared twice", *name);
        if (!strchr(*name, '.') && strcmp(*name, TEXTD_LANGUAGE) != 0 && strcmp(*name, TEXTD_SENTENCES) != 0 &&
            strcmp(*name, TEXTD_TOKENS) != 0 && strcmp(*name, TEXTD_ENTITIES) != 0)
            sdk_found(SDK_LAYERS,
                      "layer %s is none of those that are shared: name your own with your domain, org.example.%s",
                      *name, *name);
    }
    for (const char *const *name = p->needs_layers; name && *name; name++)
        if (has_name(p->needs_layers, *name))
            sdk_found(SDK_LAYERS, "layer %s is declared twice", *name);
}

/* What it says that it needs: taken over for the sandbox, when its list can be read. */
static void look_at_wishes(struct sdk_plugin_file *target, const struct textd_plugin *entry,
                           const struct td_plugin_source *source)
{
    static const char *const all[] = { "threads", "network", "read:/", "write:/", "env:ANY" };
    struct td_plugin_source granted = *source;
    struct td_err err;

    sdk_board->at = SDK_AT_CREATE; /* its function is called */
    sdk_board->since_ns = td_now_ns();
    const struct textd_grants *grants = entry->extension ? entry->extension(TEXTD_GRANTS) : NULL;
    granted.grants = all;
    granted.n_grants = sizeof all / sizeof all[0];
    int rc = td_grants_judge(&granted, entry, &err);
    sdk_board->since_ns = 0;
    sdk_board->at = SDK_AT_NOTHING;
    if (rc != TD_OK && !strstr(err.text, "isn't granted: if it may"))
        sdk_found(SDK_GRANTS, "%s", err.text);
    else
        for (const char *const *need = grants ? grants->needs : NULL; need && *need; need++)
            snprintf(target->wishes[target->n_wishes++], sizeof target->wishes[0], "%s", *need);
}

/* Opens the library as textd does, which is under a name that only the process knows. */
static void *open_library(const char *path, const struct td_snapshot *snapshot, int by_path)
{
    char name[64];

    snprintf(name, sizeof name, "/proc/self/fd/%d", snapshot->library_fd);
    sdk_board->plugin = 0;
    sdk_board->is_target = 1;
    sdk_board->at = SDK_AT_OPEN;
    sdk_board->since_ns = td_now_ns();
    void *library = dlopen(by_path ? path : name, RTLD_NOW | RTLD_LOCAL);
    const char *why = library ? NULL : dlerror();
    sdk_board->since_ns = 0;
    sdk_board->at = SDK_AT_NOTHING;
    if (library)
        return library;
    const char *words = strncmp(why, name, strlen(name)) == 0 ? why + strlen(name) : why;
    sdk_found(SDK_LOAD, "it can't be opened%s%s", words == why ? ": " : "", words);
    return NULL;
}

/* Makes an instance, proves it, ends it. */
static void try_instance(struct sdk_rig *rig, struct sdk_state *state, unsigned may)
{
    static const struct {
        enum sdk_at at;
        enum sdk_finding_id id;
        const char *words;
    } proofs[] = { { SDK_AT_CHECK_OPTIONS, SDK_CHECK_OPTIONS, "the check of its options fails" },
                   { SDK_AT_SELFTEST, SDK_SELFTEST, "its self-test fails" } };
    struct td_err err;

    sdk_state_take(state);
    if (sdk_rig_create(rig, 0, &err) != TD_OK) {
        sdk_found(SDK_CREATE, "%s", err.text);
        return;
    }
    sdk_state_check(state, "in create", SDK_MAY_OPEN | may);
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
        if (sdk_rig_prove(rig, 0, proofs[i].at, &err) != TD_OK)
            sdk_found(proofs[i].id, "%s: %s", proofs[i].words, err.text);
        sdk_state_check(state, sdk_at_words(proofs[i].at), may);
    }
}

void sdk_library_load(void *data)
{
    static struct sdk_rig rig;
    struct sdk_check *check = data;
    struct sdk_plugin_file *target = &check->installed->target;
    int by_path = check->args->valgrind_logs != NULL;
    struct td_snapshot *snapshot;
    struct sdk_state state;
    struct td_err err;

    snprintf(sdk_board->plugin_names[0], sizeof sdk_board->plugin_names[0], "%s", target->name);
    snprintf(sdk_board->plugin_paths[0], sizeof sdk_board->plugin_paths[0], "%s", target->path);
    if (sdk_installed_take(&snapshot, check->installed, target->path, &err) != TD_OK) {
        sdk_found(SDK_FILE, "%s", err.text);
        return;
    }
    sdk_state_take(&state);
    void *library = open_library(target->path, snapshot, by_path);
    if (!library)
        return;
    sdk_state_check(&state, "when it was opened", 0);
    look_at_dynamic(library, target->path);
    const void *symbol = dlsym(library, TEXTD_PLUGIN_SYMBOL);
    if (!symbol) {
        sdk_found(SDK_SYMBOL, "it exports no %s", TEXTD_PLUGIN_SYMBOL);
        return;
    }
    if (!judge(symbol, target->path) || sdk_rig_init(&rig, &err) != TD_OK ||
        sdk_rig_take(&rig, target, check->args, check->installed, &err) != TD_OK ||
        sdk_rig_add(&rig, by_path, &err) != TD_OK)
        return;
    const struct textd_plugin *entry = &rig.set.plugins[0].entry;
    snprintf(sdk_board->version, sizeof sdk_board->version, "%s", entry->version);
    look_at_wishes(target, entry, &rig.sources[0]);
    for (uint32_t i = 0; i < target->n_wishes; i++)
        rig.may |= strcmp(target->wishes[i], "threads") == 0 ? SDK_MAY_THREAD : 0;
    try_instance(&rig, &state, rig.may);
    /* With what the instance has declared (textd/declare.h). */
    look_at_options(entry);
    look_at_layers(entry);
    sdk_plugin_file_describe(target, entry);
    sdk_rig_destroy(&rig);
    sdk_state_check(&state, "in destroy", SDK_MAY_OPEN | SDK_MAY_CLOSE);
    td_snapshot_release(snapshot);
}
