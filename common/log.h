/* log.h: one event, one line on stderr. A line has a fixed event name and typed fields:
 *
 *     td_log(TD_LOG_WARN, "worker.crash", TD_INT("worker", 2), TD_STR("plugin", "entities"), TD_STR("action", "respawn"));
 *
 *     ts=2026-11-23T15:04:05.123Z level=warn event=worker.crash worker=2 plugin=entities action=respawn
 *
 * or, as JSON, {"ts":"2026-11-23T15:04:05.123Z","level":"warn","event":"worker.crash","worker":2,…}: same keys, same
 * order. Always ts, level, event, the fields as given, then suppressed and cut when there are any.
 *
 * The document's text never goes in. Values that come from outside are escaped and cut; a cut value ends in "…". Valid
 * UTF-8 stays; a control character is \n, \t, \r, \xNN or \uNNNN, a byte that is no character \xNN (in JSON, which has
 * no \x, \u00NN). A field that no longer fits into the 4 KiB of a line is left out, and the line says cut=1.
 *
 * Each event name has a budget (20 lines at once, then 10 a second); what is left out is counted and told by the event's
 * next line with suppressed=N, or by td_log_flush, so that bad clients can't fill a disk and nothing is lost silently.
 *
 * Nobody waits for whoever reads the lines. What doesn't go at once waits in 64 KiB, and td_log_resume sends it; lines
 * that find no room there are counted, and a line log.dropped lines=N stands in their place. Only a disk can hold us
 * up. Event names are string literals. Only the thread that runs the loop logs. */
#ifndef TD_LOG_H
#define TD_LOG_H

#include <stddef.h>
#include <stdint.h>

#define TD_LOG_LEVELS(X) X(ERROR, "error") X(WARN, "warn") X(INFO, "info") X(DEBUG, "debug")

enum td_log_level {
#define X(name, text) TD_LOG_##name,
    TD_LOG_LEVELS(X)
#undef X
};

#define TD_LOG_FORMATS(X) X(LOGFMT, "logfmt") X(JSON, "json")

enum td_log_format {
#define X(name, text) TD_LOG_##name,
    TD_LOG_FORMATS(X)
#undef X
};

struct td_field {
    const char *key; /* NULL ends the list */
    enum { TD_FIELD_STRING, TD_FIELD_BYTES, TD_FIELD_TEXT, TD_FIELD_INT, TD_FIELD_FLOAT } type;
    const char *string;
    size_t length;
    int64_t integer;
    double number;
};

/* A NULL leaves the field out, here and in TD_BYTES. */
#define TD_STR(k, v) ((struct td_field) { .key = (k), .type = TD_FIELD_STRING, .string = (v) })
/* Bytes from outside: escaped, cut at 64. */
#define TD_BYTES(k, v, n) ((struct td_field) { .key = (k), .type = TD_FIELD_BYTES, .string = (v), .length = (n) })
/* The same for words that the caller has cut: none are lost up to 3072 bytes. */
#define TD_TEXT(k, v, n) ((struct td_field) { .key = (k), .type = TD_FIELD_TEXT, .string = (v), .length = (n) })
#define TD_INT(k, v) ((struct td_field) { .key = (k), .type = TD_FIELD_INT, .integer = (int64_t)(v) })
#define TD_NUM(k, v) ((struct td_field) { .key = (k), .type = TD_FIELD_FLOAT, .number = (v) })

/* Sets the format and the least level that is written; safe to call again at any time. Before the first call: logfmt, info.
 * Under journald ($JOURNAL_STREAM) each line starts with its priority, "<4>". */
void td_log_configure(enum td_log_level level, enum td_log_format format);

/* Also tells every event of level info or worse, as it comes and before any budget, to `tap`, which must not log. NULL: nobody
 * any more. */
typedef void td_log_tap_fn(void *data, enum td_log_level level, const char *event, const struct td_field *fields);
void td_log_tap(td_log_tap_fn *tap, void *data);

/* Calls `fn` whenever td_log_level may have changed: for those who copy it to where others read it. NULL: no more. */
typedef void td_log_level_fn(void);
void td_log_watch_level(td_log_level_fn *fn);

/* What td_log_configure was told last. */
enum td_log_level td_log_written(enum td_log_format *format);

/* Gives an event another budget than the usual one, and fills it: for those that have their own, narrower ones within.
 * */
void td_log_set_budget(const char *event, int burst, int per_second);

/* Where lines go: STDERR_FILENO unless a test says otherwise. What still waits to go elsewhere is forgotten. */
void td_log_set_fd(int fd);

/* Finds a level or a format by name: 0, or -1. */
int td_log_level_find(const char *name, enum td_log_level *level);
int td_log_format_find(const char *name, enum td_log_format *format);
const char *td_log_level_name(enum td_log_level level);

/* Tells what budgets left out and no line has told yet: a line log.suppressed for each such event. For a slow timer (some
 * seconds). */
void td_log_flush(void);

/* Sends what waits for a reader, as far as it goes without waiting. Non-zero: call it again, in a while. */
int td_log_resume(void);

/* Whether anything waits. Costs nothing. */
int td_log_waits(void);

/* For the end of the process: as td_log_flush, and gives what waits `wait_ms` in all to go. */
void td_log_end(int wait_ms);

/* The least important level that anybody wants; read it, never set it. */
extern enum td_log_level td_log_level;

void td_log_write(enum td_log_level level, const char *event, const struct td_field *fields);

/* td_log(level, event, field, …): at least one field, since an event that tells nothing is none. The fields are not
 * even computed when the level is off. */
#define td_log(level, event, ...) \
    do { \
        if ((level) <= td_log_level) \
            td_log_write((level), (event), (const struct td_field[]) { __VA_ARGS__, { .key = NULL } }); \
    } while (0)

#endif
