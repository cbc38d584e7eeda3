/* worker_log.h: what a worker prints. Its stdout and stderr are one pipe, which the supervisor reads: each line becomes
 * an event plugin.stderr, or plugin.log when it came through textd.log/1, with the plugin's name.
 *
 * It is read always, so that nobody who prints hangs for ever, but only so much of it at a time that service doesn't
 * notice; and only so much is told: 100 lines at once, then 20 a second, 512 bytes each. What is beyond is thrown away
 * and counted (plugin.stderr_dropped), but when the worker dies, its last lines are told all the same: they are the
 * ones that say why. */
#ifndef TD_FLEET_WORKER_LOG_H
#define TD_FLEET_WORKER_LOG_H

#include <stddef.h>
#include <stdint.h>

#include <sys/queue.h>
#include <uv.h>

#include <textd/log.h>

#include "common/trace.h"
#include "daemon/both/frames.h"
#include "daemon/both/log_frame.h"

/* Whose words they are. */
struct td_worker_log_source {
    uint32_t slot, generation;   /* the worker's */
    struct td_scoreboard *board; /* its page */
    const char *(*plugin_name)(void *data, uint32_t index);
    void *data;
};

/* LINE: in what was printed. SKIP: the same, in a line whose start was thrown away. HEAD: in what may be a frame of
 * log_frame.h. WORDS: in one. */
enum td_worker_log_state { TD_WORKER_LOG_LINE, TD_WORKER_LOG_SKIP, TD_WORKER_LOG_HEAD, TD_WORKER_LOG_WORDS };

struct td_worker_log {
    struct td_worker_log_source source;
    int fd; /* -1: it can't be read */
    int n_handles;
    uv_poll_t poll;
    uv_timer_t timer; /* to go on reading, and to go on telling */
    LIST_ENTRY(td_worker_log) others;

    enum td_worker_log_state state, before_head;
    char bytes[TEXTD_LOG_BYTES]; /* of the line or the words so far */
    size_t used, n_words;
    int is_cut;
    char head[TD_LOG_FRAME_HEAD_BYTES + 1], key[20];
    size_t head_used;
    uint32_t level, plugin; /* of the words */
    struct td_trace trace;  /* and of their document; .span is the plugin's */
    uint32_t running;       /* the plugin that was, when it was last read */

    double lines; /* that may be told now */
    uint64_t filled_ns;
    int is_muted; /* too much was said; nothing more is told until then */
    uint64_t muted_until_ns;
    uint64_t dropped_bytes;  /* not told of yet */
    uint32_t dropped_plugin; /* that was running when the first of them came */
    char tail[2048];         /* the last of them */
    size_t tail_used;

    int is_paused, has_ended;
    unsigned n_reads; /* since the last pause */
};

/* Before the process is made: takes over `fd`, the reading end, and gives the worker's page its key and level. What
 * the source points to is borrowed until td_worker_log_free. */
void td_worker_log_open(struct td_worker_log *log, struct td_worker_log_source source, uv_loop_t *loop, int fd);

/* The process is dead: reads what it left, and tells it. */
void td_worker_log_drain(struct td_worker_log *log);

/* `on_closed` is called n_handles times; each handle's data is the log. After the last comes td_worker_log_free. */
void td_worker_log_close(struct td_worker_log *log, uv_close_cb on_closed);
void td_worker_log_free(struct td_worker_log *log);

#endif
