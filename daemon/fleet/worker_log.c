/* worker_log.c: see worker_log.h. Everything that comes is somebody else's: it is never a format, never a line of ours,
 * and never more than its budget. */
#include "daemon/fleet/worker_log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/utf8.h"
#include "daemon/both/log_frame.h"

/* A worker's lines: at once, and a second; and those of all workers together. */
#define LINES 100
#define LINES_PER_SECOND 20
#define ALL_LINES 500
#define ALL_LINES_PER_SECOND 100

#define LINE_BYTES 512  /* of a printed line that are told */
#define TOLD_BYTES 3000 /* of a line as the log writes it, escaped: more doesn't fit beside the other fields */
#define LAST_LINES 8    /* of those thrown away that are told at a death */
#define MUTED_NS UINT64_C(1000000000)

/* One read takes what a pipe holds at most. Then we look elsewhere for a while: 64 KiB a millisecond costs the loop 2 %
 * of its time, and is more than anybody should print. The same when there is little, but often. */
#define READ_BYTES (64 * 1024)
#define MUCH_BYTES (16 * 1024)
#define READS_AT_ONCE 8
#define PAUSE_MS 1

/* After this long a line without its end is told as it is. */
#define PARTIAL_MS 200

/* A dead worker leaves one pipe full. A child that it has forked may go on filling it. */
#define LAST_READS 4

static LIST_HEAD(logs, td_worker_log) all = LIST_HEAD_INITIALIZER(all);

static void on_poll(uv_poll_t *poll, int status, int events);
static void on_timer(uv_timer_t *timer);

/* ---- Telling ----------------------------------------------------------------------------------------------------- */

/* What one character costs in the log, at most. */
static size_t escaped_length(const char *c, size_t length)
{
    unsigned char first = (unsigned char)c[0];

    if (length == 1)
        return first < 0x20 || first == 0x7F ? 6 : first == '"' || first == '\\' ? 2 : 1;
    return first == 0xC2 || first == 0xE2 ? 6 : length; /* some of these are controls */
}

struct words {
    char text[TOLD_BYTES + 8];
    size_t length, cost;
};

/* 0 when it has no room. */
static int add_character(struct words *words, const char *c, size_t length)
{
    size_t cost = escaped_length(c, length);

    if (words->cost + cost > TOLD_BYTES)
        return 0;
    memcpy(words->text + words->length, c, length);
    words->length += length;
    words->cost += cost;
    return 1;
}

/* Valid UTF-8 of them, short enough to be told whole. */
static void take_words(struct words *words, const char *bytes, size_t length, int is_cut)
{
    words->length = words->cost = 0;
    for (size_t at = 0; at < length;) {
        size_t step = (unsigned char)bytes[at] < 0x80   ? 1
                      : (unsigned char)bytes[at] < 0xE0 ? 2
                      : (unsigned char)bytes[at] < 0xF0 ? 3
                                                        : 4;
        int is_valid = step <= length - at && td_utf8_check(bytes + at, step, NULL) == step;
        if (!is_valid && is_cut && step > length - at)
            break; /* a character that we have cut ourselves */
        if (!(is_valid ? add_character(words, bytes + at, step) : add_character(words, "\xEF\xBF\xBD", 3))) {
            is_cut = 1;
            break;
        }
        at += is_valid ? step : 1;
    }
    if (is_cut) {
        memcpy(words->text + words->length, "…", 3);
        words->length += 3;
    }
}

static const char *name_of(const struct td_worker_log *log, uint32_t plugin)
{
    return log->source.plugin_name(log->source.data, plugin);
}

static uint32_t running_now(const struct td_worker_log *log)
{
    return atomic_load_explicit(&log->source.board->entered, memory_order_relaxed);
}

/* The first frame behind `from` in what was just read; NULL: there is none. Looked for once. */
static struct {
    const char *from, *frame;
} ahead;

/* Whose a line is that was printed, with `at` … `end` behind it. When another plugin was called before we read it, a
 * frame follows that says so. Otherwise it is that of the plugin that was running just before we read. */
static uint32_t owner_of(const struct td_worker_log *log, const char *at, const char *end)
{
    char digits[3] = "";

    if (!ahead.from || (ahead.frame && ahead.frame < at)) {
        ahead.from = at;
        ahead.frame = at < end ? memmem(at, (size_t)(end - at), log->key, TD_LOG_FRAME_KEY_BYTES) : NULL;
    }
    if (!ahead.frame || end - ahead.frame < TD_LOG_FRAME_HEAD_BYTES)
        return log->running;
    memcpy(digits, ahead.frame + TD_LOG_FRAME_KEY_BYTES + 1, 2);
    return (uint32_t)strtoul(digits, NULL, 16);
}

static void tell_dropped(struct td_worker_log *log)
{
    if (log->dropped_bytes == 0)
        return;
    td_log(TD_LOG_WARN, "plugin.stderr_dropped", TD_STR("plugin", name_of(log, log->dropped_plugin)),
           TD_INT("worker", log->source.slot), TD_INT("generation", log->source.generation),
           TD_INT("bytes", log->dropped_bytes));
    log->dropped_bytes = 0;
}

/* Remembers what is thrown away, as far as it may be somebody's last words. */
static void note_dropped(struct td_worker_log *log, const char *bytes, size_t length)
{
    size_t keep = length < sizeof log->tail ? length : sizeof log->tail;
    size_t old = log->tail_used < sizeof log->tail - keep ? log->tail_used : sizeof log->tail - keep;

    memmove(log->tail, log->tail + log->tail_used - old, old);
    memcpy(log->tail + old, bytes + length - keep, keep);
    log->tail_used = old + keep;
    if (log->dropped_bytes == 0)
        log->dropped_plugin = log->running;
    log->dropped_bytes += length;
}

/* 0: the budget is used up, and nothing is told for a while. */
static int may_tell(struct td_worker_log *log)
{
    uint64_t now = td_now_ns();

    log->lines += (double)(now - log->filled_ns) * LINES_PER_SECOND / 1e9;
    log->filled_ns = now;
    if (log->lines > LINES)
        log->lines = LINES;
    if (log->lines >= 1) {
        log->lines -= 1;
        return 1;
    }
    log->is_muted = 1;
    log->muted_until_ns = now + MUTED_NS;
    return 0;
}

static void end_line(struct td_worker_log *log, uint32_t plugin)
{
    struct words words;
    size_t length = log->used;
    int is_cut = log->is_cut;

    log->used = 0;
    log->is_cut = 0;
    if (length == 0)
        return; /* an empty line tells nothing */
    if (!may_tell(log)) {
        note_dropped(log, log->bytes, length);
        note_dropped(log, "\n", 1);
        return;
    }
    take_words(&words, log->bytes, length, is_cut);
    td_log(TD_LOG_WARN, "plugin.stderr", TD_STR("plugin", name_of(log, plugin)), TD_INT("worker", log->source.slot),
           TD_INT("generation", log->source.generation), TD_TEXT("text", words.text, words.length));
}

static void end_words(struct td_worker_log *log)
{
    struct td_trace_words trace;
    struct words words;

    log->used = 0;
    log->state = TD_WORKER_LOG_LINE;
    if (!may_tell(log)) {
        note_dropped(log, log->bytes, log->n_words);
        note_dropped(log, "\n", 1);
        return;
    }
    take_words(&words, log->bytes, log->n_words, 0);
    td_log((enum td_log_level)log->level, "plugin.log", TD_STR("plugin", name_of(log, log->plugin)),
           TD_INT("worker", log->source.slot), TD_INT("generation", log->source.generation),
           TD_TRACE_FIELDS(&log->trace, log->trace.span, &trace), TD_TEXT("text", words.text, words.length));
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static void add_to_line(struct td_worker_log *log, const char *bytes, size_t length)
{
    size_t room = LINE_BYTES - log->used;

    if (length > room) {
        log->is_cut = 1;
        length = room;
    }
    memcpy(log->bytes + log->used, bytes, length);
    log->used += length;
}

/* Printed text up to the line's end or a mark. Returns where it stopped. */
static const char *read_text(struct td_worker_log *log, const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;
    const char *mark = memchr(at, TD_LOG_FRAME_MARK, (size_t)(stop - at));

    if (mark)
        stop = mark;
    if (log->state == TD_WORKER_LOG_LINE)
        add_to_line(log, at, (size_t)(stop - at));
    if (mark) {
        log->before_head = log->state;
        log->state = TD_WORKER_LOG_HEAD;
        log->head_used = 0;
    } else if (newline) {
        stop++;
        end_line(log, owner_of(log, stop, end));
        log->state = TD_WORKER_LOG_LINE;
    }
    return stop;
}

/* What looked like a frame is none. */
static void head_is_text(struct td_worker_log *log)
{
    log->state = log->before_head;
    if (log->state == TD_WORKER_LOG_LINE)
        add_to_line(log, log->head, log->head_used);
}

static void end_head(struct td_worker_log *log)
{
    unsigned level, plugin, length, flags;
    struct td_trace trace = { 0 };

    log->head[log->head_used] = 0;
    if (sscanf(log->head + TD_LOG_FRAME_KEY_BYTES, TD_LOG_FRAME_HEAD_READ, &level, &plugin, &length, /* NOLINT */
               &trace.id[0], &trace.id[1], &trace.span, &flags) != 7 ||
        (level > TD_LOG_DEBUG && level != TD_LOG_FRAME_NO_WORDS) || length > sizeof log->bytes) {
        head_is_text(log);
        return;
    }
    end_line(log, plugin); /* what was printed before, without a line's end */
    if (level == TD_LOG_FRAME_NO_WORDS) {
        log->state = TD_WORKER_LOG_LINE;
        return;
    }
    log->level = level;
    log->plugin = plugin;
    log->trace = trace;
    log->trace.flags = (uint8_t)flags;
    log->n_words = length;
    log->state = TD_WORKER_LOG_WORDS;
    if (length == 0)
        end_words(log);
}

static const char *read_head(struct td_worker_log *log, const char *at)
{
    if (log->head_used < TD_LOG_FRAME_KEY_BYTES && *at != log->key[log->head_used]) {
        head_is_text(log);
        return at;
    }
    log->head[log->head_used++] = *at;
    if (log->head_used == TD_LOG_FRAME_HEAD_BYTES)
        end_head(log);
    return at + 1;
}

static const char *read_words(struct td_worker_log *log, const char *at, const char *end)
{
    size_t length = log->n_words - log->used;

    if (length > (size_t)(end - at))
        length = (size_t)(end - at);
    memcpy(log->bytes + log->used, at, length);
    log->used += length;
    if (log->used == log->n_words)
        end_words(log);
    return at + length;
}

/* Throws away, in a time that doesn't depend on what it is. */
static void drop(struct td_worker_log *log, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    note_dropped(log, bytes, length);
    log->used = 0;
    log->is_cut = 0;
    log->state = bytes[length - 1] == '\n' ? TD_WORKER_LOG_LINE : TD_WORKER_LOG_SKIP;
}

static void take(struct td_worker_log *log, const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;

    ahead.from = NULL;
    while (at < end && !log->is_muted) {
        if (log->state == TD_WORKER_LOG_HEAD)
            at = read_head(log, at);
        else if (log->state == TD_WORKER_LOG_WORDS)
            at = read_words(log, at, end);
        else
            at = read_text(log, at, end);
    }
    drop(log, at, (size_t)(end - at));
}

/* One read. How much came; 0: nothing now. */
static size_t read_some(struct td_worker_log *log)
{
    static char bytes[READ_BYTES];
    ssize_t n;

    log->running = running_now(log); /* before the read: what comes was there when this one ran */
    do
        n = read(log->fd, bytes, sizeof bytes);
    while (n < 0 && errno == EINTR);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        log->has_ended = 1; /* the worker has closed it, or is dead */
    if (n <= 0)
        return 0;
    take(log, bytes, (size_t)n);
    return (size_t)n;
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

/* Sets what should happen next. */
static void arrange(struct td_worker_log *log)
{
    uint64_t now = td_now_ns();

    if (log->has_ended || log->is_paused)
        uv_poll_stop(&log->poll);
    else
        uv_poll_start(&log->poll, UV_READABLE, on_poll);
    if (log->is_paused && !log->has_ended)
        uv_timer_start(&log->timer, on_timer, PAUSE_MS, 0);
    else if (log->state == TD_WORKER_LOG_LINE && log->used > 0)
        uv_timer_start(&log->timer, on_timer, PARTIAL_MS, 0);
    else if (log->is_muted)
        uv_timer_start(&log->timer, on_timer, now < log->muted_until_ns ? (log->muted_until_ns - now) / 1000000 + 1 : 0,
                       0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct td_worker_log *log = poll->data;

    (void)status, (void)events; /* read tells both */
    size_t n = read_some(log);
    log->is_paused = log->is_muted || n >= MUCH_BYTES || ++log->n_reads >= READS_AT_ONCE;
    arrange(log);
}

static void on_timer(uv_timer_t *timer)
{
    struct td_worker_log *log = timer->data;

    if (!log->is_paused && log->state == TD_WORKER_LOG_LINE)
        end_line(log, log->running);
    log->is_paused = 0;
    log->n_reads = 0;
    if (log->is_muted && td_now_ns() >= log->muted_until_ns) {
        tell_dropped(log);
        log->is_muted = 0;
        log->tail_used = 0;
    }
    arrange(log);
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

/* Each worker's page says which lines are wanted, so that plugins spare themselves the others. */
static void spread_level(void)
{
    for (struct td_worker_log *log = LIST_FIRST(&all); log; log = LIST_NEXT(log, others))
        atomic_store_explicit(&log->source.board->log_level, (uint32_t)td_log_level, memory_order_relaxed);
}

static void prepare_events(void)
{
    static int is_done;

    if (is_done)
        return;
    is_done = 1;
    td_log_set_budget("plugin.stderr", ALL_LINES, ALL_LINES_PER_SECOND);
    td_log_set_budget("plugin.log", ALL_LINES, ALL_LINES_PER_SECOND);
    td_log_watch_level(spread_level);
}

static uint64_t make_key(void)
{
    uint64_t key = 0;

    if (getrandom(&key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key)
        key = td_now_ns() * UINT64_C(0x9E3779B97F4A7C15); /* early at boot; only who could guess it could forge */
    return key ? key : 1;
}

void td_worker_log_open(struct td_worker_log *log, struct td_worker_log_source source, uv_loop_t *loop, int fd)
{
    struct td_scoreboard *board = source.board;

    prepare_events();
    *log = (struct td_worker_log) { .source = source, .fd = fd, .lines = LINES, .filled_ns = td_now_ns() };
    board->log_key = make_key();
    atomic_store(&board->log_level, (uint32_t)td_log_level);
    snprintf(log->key, sizeof log->key, TD_LOG_FRAME_KEY, board->log_key);
    LIST_INSERT_HEAD(&all, log, others);

    log->n_handles = 1;
    uv_timer_init(loop, &log->timer);
    log->timer.data = log;
    int rc = uv_poll_init(loop, &log->poll, fd); /* which sets O_NONBLOCK */
    if (rc != 0) {
        /* Better deaf than that its pipe fills up and it waits for ever. */
        td_log(TD_LOG_ERROR, "worker.output", TD_INT("worker", source.slot), TD_STR("error", uv_strerror(rc)),
               TD_STR("action", "do without what it prints"));
        close(fd);
        log->fd = -1;
        return;
    }
    log->n_handles = 2;
    log->poll.data = log;
    arrange(log);
}

/* Tells the last of what was thrown away after all. */
static void tell_tail(struct td_worker_log *log)
{
    static char tail[sizeof log->tail]; /* telling may throw away again */
    size_t length = log->tail_used, start = length;

    for (int lines = 0; start > 0; start--) /* the end of the last line is no line of its own */
        if (log->tail[start - 1] == '\n' && start < length && ++lines == LAST_LINES)
            break;
    memcpy(tail, log->tail + start, length - start);
    log->dropped_bytes -= length - start;
    tell_dropped(log);
    log->is_muted = 0;
    log->tail_used = 0;
    log->lines = LAST_LINES + 1;
    log->state = TD_WORKER_LOG_LINE;
    take(log, tail, length - start);
}

void td_worker_log_drain(struct td_worker_log *log)
{
    if (log->fd < 0)
        return;
    for (int i = 0; i < LAST_READS && !log->has_ended; i++)
        if (read_some(log) == 0)
            break;
    if (log->is_muted)
        tell_tail(log);
    if (log->state == TD_WORKER_LOG_HEAD)
        head_is_text(log);
    if (log->state == TD_WORKER_LOG_LINE)
        end_line(log, log->running);
    tell_dropped(log);
    log->has_ended = 1;
    arrange(log);
    uv_timer_stop(&log->timer);
}

void td_worker_log_close(struct td_worker_log *log, uv_close_cb on_closed)
{
    uv_close((uv_handle_t *)&log->timer, on_closed);
    if (log->fd >= 0)
        uv_close((uv_handle_t *)&log->poll, on_closed);
}

void td_worker_log_free(struct td_worker_log *log)
{
    LIST_REMOVE(log, others);
    if (log->fd >= 0)
        close(log->fd);
}
