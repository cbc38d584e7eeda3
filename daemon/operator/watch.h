/* watch.h: reload.watch: the plugin directories, the plugins' own folders and the configuration's are watched, and what
 * changes there leads to the same transaction that an operator would ask for; once, when it has been quiet for a while. */
#ifndef TD_WATCH_H
#define TD_WATCH_H

#include <uv.h>

struct td_server;
struct td_watched;

#define TD_MOST_WATCHED 200

struct td_watch {
    struct td_watched *folders[TD_MOST_WATCHED];
    uint32_t n;
    uv_timer_t quiet;
};

/* Once, before the others. */
void td_watch_init(struct td_server *server);

/* Watches what the generation that serves was made of, or nothing when reload.watch is off. */
void td_watch_update(struct td_server *server);

/* Stops, and lets its handles go. */
void td_watch_close(struct td_server *server);

#endif
