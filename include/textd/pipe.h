/* pipe.h: lines of a file, each with its result, into another file: none lost and none twice, whoever is killed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A source reads lines, hands them to its program, takes their results back, and keeps each until it is acknowledged: by
 * a file on this machine, or by a sink, another process that collects the results of many sources in one file.
 *
 *     struct textd_source_options options = { .size = sizeof options, .from = "in.ndjson", .to = "out.ndjson" };
 *     struct textd_source *source = textd_source_open(&options, &error);
 *     struct textd_source_line line;
 *     int rc;
 *
 *     while (source && (rc = textd_source_next(source, &line, &error)) > 0 && rc != TEXTD_SOURCE_DONE) {
 *         if (rc == TEXTD_SOURCE_LINE)
 *             rc = textd_source_put(source, line.id, result, strlen(result), &error);
 *         else
 *             rc = textd_source_wait(source, 1000, &error);
 *         …
 *     }
 *     textd_source_close(source);
 *
 * Results may be put in any order; they are written in the order of the lines. docs/pipelines.md has the picture.
 *
 * What is promised. Each line of the sink's file begins with {"source":NAME,"line":N,"end":BYTE,"hash":…: whose result
 * it is, and up to which byte that source's lines are done. So the file itself is the record of how far everybody is:
 * whoever opens it cuts an unfinished last line off, reads where each source is, and goes on there. A result that is
 * there already is acknowledged, and not written again. One that would leave a gap is refused. This holds over the death
 * of any process. Over a loss of power it needs the flag SYNC, with which nothing is acknowledged before the disk has it.
 *
 * Written is a line whole, or not at all: when the disk is full the file is cut back to the last whole line, and the
 * call fails. (A program that limits the size of files, RLIMIT_FSIZE, ignores SIGXFSZ.)
 *
 * One process at a time has the file (flock); another one is refused. FILE.state beside it spares reading all of a large
 * file at the start; it is no truth, and may be deleted at any time.
 *
 * The source's file may grow between runs, and that is all: `hash` is of its beginning and of the last line that was
 * done, and a file that is another one now, was cut or was changed there is refused, with words.
 *
 * Without `from`, and without `to` and `sink`, a source reads standard input and writes standard output, in order, in
 * whole lines. There nothing is remembered: a pipe can't be read twice.
 *
 * Threads: a source, or a sink, belongs to one thread at a time. The library has none of its own. After a fork the child
 * leaves them alone. Memory: a source holds up to `window` lines and about `window_bytes`; a sink, what its sources
 * hold. Waiting: no function waits longer than it was told to, but for writing, which waits as long as the disk, or
 * whoever reads standard output. Errors are those of client.h: negative, with words; after one, other than TIMEOUT and
 * INVALID, the handle is of no more use than for being closed, and a new one goes on where the file says. */
#ifndef TEXTD_PIPE_H
#define TEXTD_PIPE_H

#include <textd/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far a source is. All 0: at its beginning. */
struct textd_position {
    uint64_t line; /* the number of the last line that is done */
    uint64_t end;  /* the byte behind it */
    uint64_t hash; /* of the file's beginning and of that line */
};

/* ---- The source -------------------------------------------------------------------------------------------------- */

struct textd_source;

#define TEXTD_SOURCE_SYNC 1u /* nothing is acknowledged before it is on the disk: for `to` */

struct textd_source_options {
    size_t size;
    const char *from; /* a regular file of lines; NULL or "-": standard input, where `to` and `sink` must be NULL */
    const char *to;   /* the file that results go to; NULL (and no `sink`): standard output */
    const char *sink; /* or the endpoint of a sink: ipc://PATH or tcp://HOST:PORT */
    const char
        *name;       /* how the sink's file calls it: up to 64 letters, digits, '.', '_' and '-'. NULL: the last part of
                         `from`, with '_' for what else is in it. Two sources of one sink have two names */
    uint32_t flags;  /* TEXTD_SOURCE_SYNC or 0 */
    uint32_t window; /* lines that were handed out and are not acknowledged; 0: 1024 */
    size_t window_bytes; /* of those lines and their results; one larger line passes alone. 0: 64 MiB */
    size_t line_bytes;   /* a longer line is handed out without its text; 0: 64 MiB */
};

/* Opens the files, or begins to connect: the sink need not be there yet. NULL when it fails: INVALID when the source's
 * file isn't the one that `to` has results of, or the options contradict each other. */
TEXTD_API struct textd_source *textd_source_open(const struct textd_source_options *options, struct textd_error *error);

/* Writes what is in order, and forgets the rest. NULL is fine. */
TEXTD_API void textd_source_close(struct textd_source *source);

struct textd_source_line {
    uint64_t id;      /* what the result is put under; from 1 in each run */
    uint64_t number;  /* of the line in the file, from 1 */
    const char *text; /* without the line's end; valid until its result is put. NULL: it is longer than line_bytes */
    size_t length;
};

enum textd_source_code {
    TEXTD_SOURCE_LINE = 1, /* there is a line */
    TEXTD_SOURCE_WAIT = 2, /* none now: the window is full, the sink hasn't said where to go on, or the input pauses */
    TEXTD_SOURCE_END = 3,  /* the last one was handed out, but results are missing or not acknowledged */
    TEXTD_SOURCE_DONE = 4, /* all of them are acknowledged */
};

/* The next line that isn't in the sink. Never waits. An enum textd_source_code, or an error. Empty lines are passed
 * over. */
TEXTD_API int textd_source_next(struct textd_source *source, struct textd_source_line *line, struct textd_error *error);

/* The line's result, one JSON object without a line's end in it. Copied. INVALID when it is none, or no such line waits
 * for one. */
TEXTD_API int textd_source_put(struct textd_source *source, uint64_t id, const char *json, size_t length,
                               struct textd_error *error);

/* Writes or sends what is in order, takes acknowledgements, and connects again when that is due. Waits up to `timeout_ms`
 * (0: only looks) until something was acknowledged or there may be a line. OK: so it is. TIMEOUT: not yet. */
TEXTD_API int textd_source_wait(struct textd_source *source, uint32_t timeout_ms, struct textd_error *error);

/* A descriptor that is readable when textd_source_wait has something to do or textd_source_next may have a line; only for
 * waiting, and only after textd_source_wait(source, 0, …) has found nothing. */
TEXTD_API int textd_source_fd(const struct textd_source *source);

/* How many lines were handed out and are not acknowledged. */
TEXTD_API size_t textd_source_unacknowledged(const struct textd_source *source);

/* How far the sink's file is; 0 as long as it hasn't told. */
TEXTD_API int textd_source_position(const struct textd_source *source, struct textd_position *position);

/* ---- The sink ---------------------------------------------------------------------------------------------------- */

struct textd_sink;

#define TEXTD_SINK_SYNC 1u /* nothing is acknowledged before it is on the disk */

struct textd_sink_options {
    size_t size;
    const char *to;     /* the file */
    const char *listen; /* where sources connect: ipc://PATH, or tcp://127.0.0.1:PORT (of this machine only: nothing is
                           encrypted) */
    uint32_t flags;     /* TEXTD_SINK_SYNC or 0 */
};

/* Opens the file and listens. NULL when it fails: INVALID when the file is something else than a sink's, or another
 * process has it. */
TEXTD_API struct textd_sink *textd_sink_open(const struct textd_sink_options *options, struct textd_error *error);

/* Takes what sources have sent, each in turn, writes it, and acknowledges it. Waits up to `timeout_ms` for it. OK:
 * something was done. TIMEOUT: nothing came. */
TEXTD_API int textd_sink_serve(struct textd_sink *sink, uint32_t timeout_ms, struct textd_error *error);

/* libzmq's descriptor for a loop: an edge, so call textd_sink_serve(sink, 0, …) until it says TIMEOUT before waiting. */
TEXTD_API int textd_sink_fd(const struct textd_sink *sink);

/* How far the source of that name is; 0 when there is none. */
TEXTD_API int textd_sink_position(const struct textd_sink *sink, const char *name, struct textd_position *position);

/* NULL is fine. */
TEXTD_API void textd_sink_close(struct textd_sink *sink);

#ifdef __cplusplus
}
#endif

#endif
