/* rig.h: plugins opened in this process as a worker would, and one document run through them, with everything looked at that
 * the one under test does. */
#ifndef SDK_RIG_H
#define SDK_RIG_H

#include "daemon/fleet/snapshot.h"
#include "daemon/worker/document.h"
#include "daemon/worker/plugin.h"
#include "sdk/args.h"
#include "sdk/found.h"
#include "sdk/installed.h"
#include "sdk/watch.h"

struct sdk_rig {
    struct td_plugin_set set;
    struct td_snapshot *snapshots[TD_MAX_PLUGINS];
    struct td_plugin_source sources[TD_MAX_PLUGINS];
    uint32_t n_sources; /* whose files were read */
    struct td_plugin_setting settings[TD_MAX_PLUGINS][SDK_MOST_SETTINGS];
    struct td_plugin_setting of_twin[SDK_MOST_SETTINGS + 1]; /* the target's, whose names they are, and one more */
    uint32_t target;                                         /* in the set */
    struct textd_plugin judged; /* the target's struct, without what its instance has declared */
    struct td_arena arena;
    struct td_document doc;
    struct td_buf out;
    const struct textd_host *host;
    unsigned may;                    /* what the target may do to the process: as for sdk_state_check */
    uint8_t is_made[TD_MAX_PLUGINS]; /* its create has returned TEXTD_OK */
};

/* Makes an empty one; the board must be there. TD_E_SYSTEM. */
int sdk_rig_init(struct sdk_rig *rig, struct td_err *err);

/* Reads a plugin's files: its library and its resources. The next one for sdk_rig_add. TD_E_CONFIG. */
int sdk_rig_take(struct sdk_rig *rig, const struct sdk_plugin_file *file, const struct sdk_args *args,
                 const struct sdk_installed *installed, struct td_err *err);

/* Opens it and judges it. `by_path`: the file itself and not a sealed copy of it, so that debuggers find it. TD_E_CONFIG. */
int sdk_rig_add(struct sdk_rig *rig, int by_path, struct td_err *err);

/* Calls create; check_options and the self-test are for sdk_rig_prove. TD_E_CONFIG. */
int sdk_rig_create(struct sdk_rig *rig, uint32_t index, struct td_err *err);

/* Lets an instance check its options (`at` SDK_AT_CHECK_OPTIONS) or run its self-test. TD_E_CONFIG. */
int sdk_rig_prove(struct sdk_rig *rig, uint32_t index, enum sdk_at at, struct td_err *err);

/* The files of all of a plan. TD_E_CONFIG. */
int sdk_rig_take_all(struct sdk_rig *rig, const struct sdk_plan *plan, const struct sdk_args *args,
                     const struct sdk_installed *installed, struct td_err *err);

/* All whose files were read: opened, created, proved. TD_E_CONFIG. */
int sdk_rig_open(struct sdk_rig *rig, int by_path, struct td_err *err);

/* Opens another instance of the target, with an option more set; it is the last of the set. TD_E_CONFIG: create or the check of its
 * options refuses it. sdk_rig_drop ends it. */
int sdk_rig_twin(struct sdk_rig *rig, const struct td_plugin_setting *setting, struct td_err *err);
void sdk_rig_drop(struct sdk_rig *rig);

void sdk_rig_destroy(struct sdk_rig *rig);

struct sdk_outcome {
    int32_t rc; /* what process returned */
    int is_ok;  /* and nothing was wrong with it */
    int neighbour_failed;
    char words[512]; /* why it isn't */
    struct sdk_print print;
    uint64_t cpu_ns, wall_ns, all_ns; /* of the target's process; of all plugins */
    uint64_t n_allocs, alloc_bytes, n_refused;
    uint64_t n_asked;    /* calls of should_stop */
    int64_t heap_growth; /* bytes of malloc that it has more than before */
};

struct sdk_text {
    const char *bytes;
    uint32_t length;
    const char *lang; /* NULL: none */
};

/* Runs one document through the set, up to plugin `target`, whose doings are looked at. */
void sdk_rig_run(struct sdk_rig *rig, uint32_t target, const struct sdk_text *text, const struct sdk_how *how,
                 struct sdk_outcome *outcome);

#endif
