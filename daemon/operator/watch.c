/* watch.c: see watch.h. Folders are watched and not files: an editor or a package manager puts another file in the old
 * one's place. */
#include "daemon/operator/watch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"

/* Who writes a file writes for a while. */
#define QUIET_MS 300

/* Kubernetes mounts what a ConfigMap or a Secret has as links through this one, which it puts in place anew. */
#define VOLUME "..data"

struct td_watched {
    uv_fs_event_t event;
    struct td_watch *watch;
    char only[256]; /* the one name in the folder that matters; "": all do */
};

static void on_quiet(uv_timer_t *timer)
{
    struct td_watch *watch = timer->data;

    watch->changed(watch->data);
}

static void on_change(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct td_watched *watched = handle->data;

    (void)events;
    int is_volume = name && strcmp(name, VOLUME) == 0;
    if (status != 0 || !name || (name[0] == '.' && !is_volume)) /* which are editors' own files */
        return;
    if (!watched->only[0] || strcmp(watched->only, name) == 0 || is_volume)
        uv_timer_start(&watched->watch->quiet, on_quiet, QUIET_MS, 0);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void forget(struct td_watch *watch)
{
    while (watch->n > 0)
        uv_close((uv_handle_t *)&watch->folders[--watch->n]->event, on_closed);
}

/* Watches a folder that is there. What can't be watched is said; the daemon serves without. */
static void add(struct td_watch *watch, const char *folder, const char *only)
{
    struct stat st;

    if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode) || watch->n == TD_MOST_WATCHED)
        return;
    struct td_watched *watched = calloc(1, sizeof *watched);
    if (!watched)
        return;
    watched->watch = watch;
    watched->event.data = watched;
    snprintf(watched->only, sizeof watched->only, "%s", only);
    uv_fs_event_init(watch->loop, &watched->event);
    int rc = uv_fs_event_start(&watched->event, on_change, folder, 0);
    if (rc == 0) {
        watch->folders[watch->n++] = watched;
        return;
    }
    td_log(TD_LOG_WARN, "server.watch_failed", TD_STR("folder", folder), TD_STR("error", uv_strerror(rc)));
    uv_close((uv_handle_t *)&watched->event, on_closed);
}

/* The folder of a path; "." when it names none. */
static void folder_of(char *folder, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash)
        snprintf(folder, size, "%.*s/", (int)(slash - path), path);
    else
        snprintf(folder, size, ".");
}

static int is_plugin_dir(const struct td_config *config, const char *path, const char *name)
{
    for (uint32_t i = 0; i < config->n_plugin_dirs; i++) {
        size_t length = strlen(config->plugin_dirs[i]);
        if (strncmp(path, config->plugin_dirs[i], length) == 0 && strcmp(path + length + 1, name) == 0)
            return 1;
    }
    return 0;
}

static void add_resources(struct td_watch *watch, const struct td_config *config, const struct td_config_plugin *plugin,
                          const char *library)
{
    char folder[PATH_MAX], path[2 * PATH_MAX];

    folder_of(folder, sizeof folder, library);
    snprintf(path, sizeof path, "%s.so", plugin->file);
    if (!is_plugin_dir(config, library, path)) /* those are watched; this one is in a folder of them */
        add(watch, folder, path);
    snprintf(path, sizeof path, "%s%s", folder, plugin->file);
    add(watch, path, "");
    for (uint32_t i = 0; i < config->n_plugin_dirs; i++) {
        snprintf(path, sizeof path, "%s/%s", config->plugin_dirs[i], plugin->file);
        if (strncmp(path, library, strlen(path)) != 0 || library[strlen(path)] != '.')
            add(watch, path, "");
    }
    snprintf(path, sizeof path, "%s/%s", watch->model_dir, plugin->file);
    add(watch, path, "");
}

/* The files of a list: paths with colons between. */
static void add_keys(struct td_watch *watch, const char *list)
{
    char path[PATH_MAX], folder[PATH_MAX];

    for (const char *at = list; at && *at;) {
        size_t length = strcspn(at, ":");
        snprintf(path, sizeof path, "%.*s", (int)length, at);
        folder_of(folder, sizeof folder, path);
        const char *slash = strrchr(path, '/');
        add(watch, folder, slash ? slash + 1 : path);
        at += length + (at[length] != 0);
    }
}

int td_watch_init(struct td_watch *watch)
{
    watch->quiet.data = watch;
    return uv_timer_init(watch->loop, &watch->quiet);
}

void td_watch_update(struct td_watch *watch, const struct td_generation *g)
{
    char folder[PATH_MAX];

    forget(watch);
    if (!g->config.set.reload_watch)
        return;
    if (g->config.file) {
        folder_of(folder, sizeof folder, g->config.file);
        const char *slash = strrchr(g->config.file, '/');
        add(watch, folder, slash ? slash + 1 : g->config.file);
    }
    if (g->config.set.curve_clients)
        add(watch, g->config.set.curve_clients, "");
    add_keys(watch, g->config.set.security_plugin_keys);
    for (uint32_t i = 0; i < g->config.n_plugin_dirs; i++)
        add(watch, g->config.plugin_dirs[i], "");
    for (uint32_t i = 0; i < g->files.n; i++)
        add_resources(watch, &g->config, &g->config.plugins[i], g->files.of[i]->path);
}

void td_watch_close(struct td_watch *watch)
{
    forget(watch);
    uv_close((uv_handle_t *)&watch->quiet, NULL);
}
