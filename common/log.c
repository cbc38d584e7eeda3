/* log.c: see log.h. A line is put together in one static buffer and leaves in one write, so that lines of several
 * processes on the same pipe don't mix (POSIX: writes of up to PIPE_BUF bytes, 4096 on Linux, are atomic). No memory is
 * taken: what must be told when memory is short can be told. And nobody is waited for: see "The way out". */
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/utf8.h"

#define LINE_MAX_BYTES 4096
#define TAIL_BYTES 80     /* kept free for suppressed=, cut= and the end of the line */
#define STRING_BYTES 1024 /* of a TD_STR; a td_err's text is shorter */
#define OUTSIDE_BYTES 64  /* of a TD_BYTES */
#define TEXT_BYTES 3072   /* of a TD_TEXT: its caller has cut it */
#define EVENTS 128        /* slots of the table of budgets: more than there are names, or some would share one */
#define BURST 20
#define PER_SECOND 10
#define QUEUE_BYTES (64 * 1024) /* of lines that wait for a reader */
#define NS_PER_SECOND 1000000000

_Static_assert(LINE_MAX_BYTES <= PIPE_BUF, "a line goes into a pipe whole or not at all");

enum td_log_level td_log_level = TD_LOG_INFO;
static enum td_log_level written_level = TD_LOG_INFO;
static td_log_tap_fn *tap;
static void *tap_data;
static td_log_level_fn *level_watch;
static enum td_log_format log_format = TD_LOG_LOGFMT;
static int log_fd = STDERR_FILENO;
static enum { JOURNAL_UNKNOWN, JOURNAL_NO, JOURNAL_YES } journal;

static const char *const level_names[] = {
#define X(name, text) [TD_LOG_##name] = text,
    TD_LOG_LEVELS(X)
#undef X
};

static const char *const format_names[] = {
#define X(name, text) [TD_LOG_##name] = text,
    TD_LOG_FORMATS(X)
#undef X
};

/* A token bucket for each event name. Names are literals, so the table keeps the pointer, but it compares the text: two
 * files may spell the same name. */
struct budget {
    const char *event;
    int64_t filled_ns;        /* when `lines` was last brought up to date */
    double lines;             /* that may be written now */
    double burst, per_second; /* how many at most, and how fast they come back */
    uint64_t suppressed;      /* since the last line of this event */
};

static struct budget budgets[EVENTS];
/* Shared by all that come when the table is full. */
static struct budget others = { .event = "other events", .burst = BURST, .per_second = PER_SECOND };

struct line {
    char text[LINE_MAX_BYTES];
    size_t used;
    size_t cap;
    int fields; /* so far */
    int full;   /* something was left out since this was last cleared */
};

/* ---- the line ---- */

static void put(struct line *line, const char *bytes, size_t length)
{
    if (length > line->cap - line->used) {
        line->full = 1;
        return;
    }
    memcpy(line->text + line->used, bytes, length);
    line->used += length;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* How many bytes the character at `text` has, or 0 when it is ill-formed. */
static size_t character_length(const char *text, size_t left)
{
    unsigned char lead = (unsigned char)text[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    return length <= left && td_utf8_check(text, length, NULL) == length ? length : 0;
}

/* U+0080 … U+009F move a terminal's cursor as the ASCII controls do; U+2028 and U+2029 end a line for some readers. */
static int is_control(const char *text, size_t length)
{
    const unsigned char *c = (const unsigned char *)text;

    return (length == 1 && (c[0] < 0x20 || c[0] == 0x7F)) || (length == 2 && c[0] == 0xC2 && c[1] < 0xA0) ||
           (length == 3 && c[0] == 0xE2 && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9));
}

/* A control character or a byte that is no character, spelt so that both formats can carry it: JSON has no \x, so there
 * byte NN is \u00NN. */
static void put_escape(struct line *line, const char *text, size_t length)
{
    const unsigned char *c = (const unsigned char *)text;
    char escape[8];

    if (length == 1 && (c[0] == '\n' || c[0] == '\t' || c[0] == '\r')) {
        put_text(line, c[0] == '\n' ? "\\n" : c[0] == '\t' ? "\\t" : "\\r");
        return;
    }
    if (length <= 1 && log_format == TD_LOG_LOGFMT)
        snprintf(escape, sizeof escape, "\\x%02x", (unsigned)c[0]);
    else
        snprintf(escape, sizeof escape, "\\u%04x", length <= 1 ? c[0] : length == 2 ? c[1] : 0x2000u | (c[2] & 0x3Fu));
    put_text(line, escape);
}

static void put_quoted(struct line *line, const char *text, size_t length, size_t limit)
{
    put(line, "\"", 1);
    for (size_t at = 0; at < length;) {
        size_t step = character_length(text + at, length - at);
        if (at + (step ? step : 1) > limit) {
            put_text(line, "…");
            break;
        }
        if (step == 1 && (text[at] == '"' || text[at] == '\\'))
            put(line, "\\", 1);
        if (step == 0 || is_control(text + at, step))
            put_escape(line, text + at, step);
        else
            put(line, text + at, step);
        at += step ? step : 1;
    }
    put(line, "\"", 1);
}

/* What logfmt may write without quotes. */
static int is_bare(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\' || text[i] == '=')
            return 0;
    return length > 0;
}

static void put_bytes(struct line *line, const char *text, size_t length, size_t limit)
{
    if (log_format == TD_LOG_LOGFMT && length <= limit && is_bare(text, length))
        put(line, text, length);
    else
        put_quoted(line, text, length, limit);
}

static void put_key(struct line *line, const char *key)
{
    int is_json = log_format == TD_LOG_JSON;

    if (line->fields++ > 0)
        put_text(line, is_json ? "," : " ");
    put_text(line, is_json ? "\"" : "");
    put_text(line, key);
    put_text(line, is_json ? "\":" : "=");
}

static void put_number(struct line *line, double number)
{
    char digits[40];

    /* JSON has no word for these. */
    if (log_format == TD_LOG_JSON && !isfinite(number)) {
        put_text(line, "null");
        return;
    }
    snprintf(digits, sizeof digits, "%.6g", number);
    put_text(line, digits);
}

static void put_integer(struct line *line, int64_t integer)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, integer);
    put_text(line, digits);
}

static void put_value(struct line *line, const struct td_field *field)
{
    switch (field->type) {
    case TD_FIELD_STRING:
        put_bytes(line, field->string, strlen(field->string), STRING_BYTES);
        break;
    case TD_FIELD_BYTES:
        put_bytes(line, field->string ? field->string : "", field->string ? field->length : 0, OUTSIDE_BYTES);
        break;
    case TD_FIELD_TEXT:
        put_bytes(line, field->string ? field->string : "", field->string ? field->length : 0, TEXT_BYTES);
        break;
    case TD_FIELD_INT:
        put_integer(line, field->integer);
        break;
    case TD_FIELD_FLOAT:
        put_number(line, field->number);
        break;
    }
}

/* A field goes in whole or not at all, so that the line stays well-formed. */
static int put_field(struct line *line, const struct td_field *field)
{
    size_t before = line->used;

    line->full = 0;
    put_key(line, field->key);
    put_value(line, field);
    if (line->full)
        line->used = before;
    return !line->full;
}

static void put_time(struct line *line)
{
    struct timespec now;
    struct tm utc;
    char date[32], stamp[48];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    int length = snprintf(stamp, sizeof stamp, "%s.%03dZ", date, (int)(now.tv_nsec / 1000000));
    put_key(line, "ts");
    put_bytes(line, stamp, (size_t)length, sizeof stamp);
}

/* systemd.exec(5): JOURNAL_STREAM is "device:inode" of the journal's socket; stderr may have been redirected since. */
static int is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    char ours[48];

    if (journal == JOURNAL_UNKNOWN) {
        journal = JOURNAL_NO;
        if (stream && fstat(log_fd, &st) == 0) {
            snprintf(ours, sizeof ours, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
            journal = strcmp(stream, ours) == 0 ? JOURNAL_YES : JOURNAL_NO;
        }
    }
    return journal == JOURNAL_YES;
}

static void put_head(struct line *line, enum td_log_level level, const char *event)
{
    static const char *const priority[] = { "<3>", "<4>", "<6>", "<7>" }; /* syslog's, by td_log_level */

    line->used = 0;
    line->fields = 0;
    line->cap = sizeof line->text - TAIL_BYTES;
    if (is_journal())
        put_text(line, priority[level]);
    if (log_format == TD_LOG_JSON)
        put(line, "{", 1);
    put_time(line);
    put_field(line, &TD_STR("level", level_names[level]));
    put_field(line, &TD_STR("event", event));
}

/* ---- The way out --------------------------------------------------------------------------------------------------
 *
 * Whoever reads our stderr may be slow, stopped, or not reading at all: a pipe to a log shipper, a terminal after
 * Ctrl-S, a journal under load. A service that waits for them stands still with all its clients, so a line that doesn't
 * go now waits in a queue, and one that has no room there is counted. We must not set O_NONBLOCK on the descriptor that
 * we were given: the flag belongs to the open file, which the shell and its other children share. */

enum way {
    WAY_UNKNOWN,
    WAY_DIRECT, /* a file or a device: it takes what it gets, or fails */
    WAY_OWN,    /* a pipe or a terminal, opened anew for us with O_NONBLOCK */
    WAY_POLLED, /* one that can't be: looked at before each write, which then fits, unless another writer was quicker */
    WAY_SOCKET  /* for which a send need not wait */
};

static struct {
    enum way way;
    int fd;                  /* log_fd, or our own opening of it */
    char bytes[QUEUE_BYTES]; /* whole lines, but the first may have begun to go */
    size_t used;
    uint64_t dropped; /* lines that had no room since that was last told */
} out;

static void find_way(void)
{
    struct stat st;
    char path[32];

    out.fd = log_fd;
    out.way = WAY_DIRECT;
    if (fstat(log_fd, &st) != 0)
        return;
    if (S_ISSOCK(st.st_mode)) {
        out.way = WAY_SOCKET;
    } else if (S_ISFIFO(st.st_mode) || isatty(log_fd)) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", log_fd);
        int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        out.way = own >= 0 ? WAY_OWN : WAY_POLLED;
        out.fd = own >= 0 ? own : log_fd;
    }
}

static int can_take(int wait_ms)
{
    struct pollfd one = { .fd = out.fd, .events = POLLOUT };

    return poll(&one, 1, wait_ms) > 0;
}

/* How many bytes went; 0: none can go now; -1: none ever will. */
static ssize_t try_write(const char *bytes, size_t length)
{
    ssize_t n;

    if (out.way == WAY_UNKNOWN)
        find_way();
    if (out.way == WAY_POLLED && !can_take(0))
        return 0;
    do
        n = out.way == WAY_SOCKET ? send(out.fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL)
                                  : write(out.fd, bytes, length);
    while (n < 0 && errno == EINTR);
    return n >= 0 ? n : errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
}

static uint64_t count_lines(const char *bytes, size_t length)
{
    uint64_t n = 0;

    for (size_t i = 0; i < length; i++)
        n += bytes[i] == '\n';
    return n;
}

/* The first bytes of the queue that may go in one write: whole lines, as many as a pipe takes at once. */
static size_t next_write(void)
{
    size_t length = out.used < PIPE_BUF ? out.used : PIPE_BUF;

    while (out.bytes[length - 1] != '\n')
        length--;
    return length;
}

/* Sends what waits, as far as it goes. */
static void send_waiting(void)
{
    while (out.used > 0) {
        ssize_t n = try_write(out.bytes, next_write());
        if (n < 0) { /* the reader is gone, the disk is full: nothing is gained by keeping it */
            out.dropped += count_lines(out.bytes, out.used);
            out.used = 0;
        }
        if (n <= 0)
            return;
        out.used -= (size_t)n;
        memmove(out.bytes, out.bytes + n, out.used);
    }
}

static int enqueue(const char *bytes, size_t length)
{
    if (length > sizeof out.bytes - out.used)
        return -1;
    memcpy(out.bytes + out.used, bytes, length);
    out.used += length;
    return 0;
}

/* OUT: it has gone, or will. DROPPED: there was no room, and log.dropped will tell. LOST: the system refuses it. */
enum fate { FATE_OUT, FATE_DROPPED, FATE_LOST };

static enum fate send_or_keep(const char *bytes, size_t length)
{
    ssize_t n = 0;

    send_waiting();
    if (out.used == 0)
        n = try_write(bytes, length);
    if (n < 0)
        return FATE_LOST;
    return (size_t)n == length || enqueue(bytes + n, length - (size_t)n) == 0 ? FATE_OUT : FATE_DROPPED;
}

static void end_line(struct line *line)
{
    put_text(line, log_format == TD_LOG_JSON ? "}\n" : "\n");
}

/* Where lines are missing, a line says how many. 0 when it is said, or nothing is missing. */
static int tell_dropped(void)
{
    static struct line line;

    if (out.dropped == 0)
        return 0;
    put_head(&line, TD_LOG_WARN, "log.dropped");
    put_field(&line, &TD_INT("lines", out.dropped));
    line.cap = sizeof line.text;
    end_line(&line);
    if (send_or_keep(line.text, line.used) != FATE_OUT)
        return -1;
    out.dropped = 0;
    return 0;
}

static enum fate put_tail_and_send(struct line *line, uint64_t suppressed, int is_cut)
{
    line->cap = sizeof line->text;
    if (suppressed)
        put_field(line, &TD_INT("suppressed", suppressed));
    if (is_cut)
        put_field(line, &TD_INT("cut", 1));
    end_line(line);
    enum fate fate = tell_dropped() == 0 ? send_or_keep(line->text, line->used) : FATE_DROPPED;
    if (fate == FATE_DROPPED)
        out.dropped++;
    return fate;
}

int td_log_waits(void)
{
    return out.used > 0;
}

int td_log_resume(void)
{
    send_waiting();
    if (out.used == 0)
        tell_dropped();
    return out.used > 0;
}

/* ---- budgets ---- */

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static struct budget *budget_find(const char *event)
{
    size_t hash = 5381; /* Bernstein's: names are few and short */

    for (const char *c = event; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    for (size_t i = 0; i < EVENTS; i++) {
        struct budget *budget = &budgets[(hash + i) % EVENTS];
        if (!budget->event) {
            *budget = (struct budget) {
                .event = event, .filled_ns = now_ns(), .lines = BURST, .burst = BURST, .per_second = PER_SECOND
            };
            return budget;
        }
        if (strcmp(budget->event, event) == 0)
            return budget;
    }
    return &others;
}

/* Takes one line from the budget; 0 when there is none. */
static int budget_take(struct budget *budget)
{
    int64_t now = now_ns();

    budget->lines += (double)(now - budget->filled_ns) * budget->per_second / NS_PER_SECOND;
    budget->filled_ns = now;
    if (budget->lines > budget->burst)
        budget->lines = budget->burst;
    if (budget->lines < 1)
        return 0;
    budget->lines -= 1;
    return 1;
}

/* ---- the calls ---- */

void td_log_write(enum td_log_level level, const char *event, const struct td_field *fields)
{
    static struct line line;
    struct budget *budget = budget_find(event);
    int is_cut = 0;

    if (tap && level <= TD_LOG_INFO)
        tap(tap_data, level, event, fields);
    if (level > written_level)
        return;
    if (!budget_take(budget)) {
        budget->suppressed++;
        return;
    }
    put_head(&line, level, event);
    for (; fields->key; fields++)
        if (fields->string || fields->type == TD_FIELD_INT || fields->type == TD_FIELD_FLOAT)
            is_cut |= !put_field(&line, fields);
    enum fate fate = put_tail_and_send(&line, budget->suppressed, is_cut);
    if (fate == FATE_OUT)
        budget->suppressed = 0;
    else if (fate == FATE_LOST)
        budget->suppressed++;
}

static void flush(struct budget *budget)
{
    static struct line line;

    if (budget->suppressed == 0)
        return;
    put_head(&line, TD_LOG_WARN, "log.suppressed");
    put_field(&line, &TD_STR("of", budget->event));
    if (put_tail_and_send(&line, budget->suppressed, 0) == FATE_OUT)
        budget->suppressed = 0;
}

void td_log_flush(void)
{
    for (size_t i = 0; i < EVENTS; i++)
        if (budgets[i].event)
            flush(&budgets[i]);
    flush(&others);
    td_log_resume();
}

void td_log_end(int wait_ms)
{
    int64_t until = now_ns() + (int64_t)wait_ms * 1000000;

    td_log_flush();
    while (td_log_resume()) {
        int64_t left_ms = (until - now_ns()) / 1000000;
        if (left_ms <= 0 || !can_take((int)left_ms))
            return;
    }
}

void td_log_set_budget(const char *event, int burst, int per_second)
{
    struct budget *budget = budget_find(event);

    if (budget == &others)
        return;
    budget->lines = budget->burst = burst;
    budget->per_second = per_second;
}

/* What the macro lets through: what is written, and what the tap wants. */
static void let_through(void)
{
    td_log_level = tap && written_level < TD_LOG_INFO ? TD_LOG_INFO : written_level;
    if (level_watch)
        level_watch();
}

void td_log_watch_level(td_log_level_fn *fn)
{
    level_watch = fn;
}

void td_log_configure(enum td_log_level level, enum td_log_format format)
{
    written_level = level;
    let_through();
    log_format = format;
}

enum td_log_level td_log_written(enum td_log_format *format)
{
    *format = log_format;
    return written_level;
}

void td_log_tap(td_log_tap_fn *fn, void *data)
{
    tap = fn;
    tap_data = data;
    let_through();
}

void td_log_set_fd(int fd)
{
    if (out.way == WAY_OWN)
        close(out.fd);
    log_fd = fd;
    journal = JOURNAL_UNKNOWN;
    out.way = WAY_UNKNOWN;
    out.used = 0;
    out.dropped = 0;
}

static int name_find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

int td_log_level_find(const char *name, enum td_log_level *level)
{
    int found = name_find(level_names, sizeof level_names / sizeof level_names[0], name);

    if (found >= 0)
        *level = (enum td_log_level)found;
    return found >= 0 ? 0 : -1;
}

int td_log_format_find(const char *name, enum td_log_format *format)
{
    int found = name_find(format_names, sizeof format_names / sizeof format_names[0], name);

    if (found >= 0)
        *format = (enum td_log_format)found;
    return found >= 0 ? 0 : -1;
}

const char *td_log_level_name(enum td_log_level level)
{
    return level_names[level];
}
