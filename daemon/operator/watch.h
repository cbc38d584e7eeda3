/* watch.h: reload.watch: the plugin directories, the plugins' own folders, the configuration's and those of keys that a
 * reload reads are watched, and what changes there leads to the same transaction that an operator would ask for; once, when it has been quiet for a while. */
#ifndef TD_WATCH_H
#define TD_WATCH_H

#include <uv.h>

#include "daemon/fleet/generation.h"

struct td_watched;

#define TD_MOST_WATCHED 200

struct td_watch {
    uv_loop_t *loop;
    const char *model_dir;
    void (*changed)(void *data); /* something has, and it has been quiet for a while since */
    void *data;
    struct td_watched *folders[TD_MOST_WATCHED];
    uint32_t n;
    uv_timer_t quiet;
};

/* Once, when the fields above `folders` are set. */
int td_watch_init(struct td_watch *watch);

/* Watches what this generation was made of from now on, or nothing when its reload.watch is off. */
void td_watch_update(struct td_watch *watch, const struct td_generation *generation);

/* Stops, and lets its handles go. */
void td_watch_close(struct td_watch *watch);

#endif
