/* source.c: what <textd/pipe.h> declares of a source, but for the way to a sink elsewhere (ship.c). */
#include "clients/c/pipe/source.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/c/encode.h"
#include "clients/c/fail.h"
#include "common/clock.h"

#define WINDOW 1024
#define WINDOW_BYTES (64u << 20)
#define LINE_BYTES (64u << 20)
#define MS UINT64_C(1000000)

struct entry *source_entry(struct textd_source *s, uint64_t id)
{
    return &s->ring[id % s->window];
}

static size_t bytes_of(const struct entry *e)
{
    return e->text_length + (e->state == ENTRY_PUT ? zmq_msg_size(&e->result) : 0);
}

static void clear(struct textd_source *s, struct entry *e)
{
    s->held_bytes -= bytes_of(e);
    if (e->state == ENTRY_PUT)
        zmq_msg_close(&e->result);
    free(e->text);
    *e = (struct entry) { .state = ENTRY_FREE };
}

void source_acknowledge(struct textd_source *s, uint64_t id)
{
    assert(id >= s->head && id <= s->next);
    for (; s->head < id; s->head++) {
        struct entry *e = source_entry(s, s->head);
        assert(e->state == ENTRY_PUT);
        s->acknowledged = e->position;
        clear(s, e);
    }
}

int source_begin(struct textd_source *s, const struct textd_position *position, const char *sink,
                 struct textd_error *error)
{
    int rc = input_seek(&s->input, position, sink, error);

    s->acknowledged = *position;
    s->last_end = position->end;
    s->is_begun = rc == TEXTD_CLIENT_OK;
    return rc;
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

/* The last part of the path, with '_' for what may not stand in a name. */
static int take_name(struct textd_source *s, const char *name, const char *from, struct textd_error *error)
{
    const char *slash = from ? strrchr(from, '/') : NULL, *base = slash ? slash + 1 : from ? from : "-";

    if (name && !place_name_is_good(name, strlen(name)))
        return client_fail(error, TEXTD_CLIENT_INVALID,
                           "the source's name is '%s'; it must be 1 to %d letters, digits, '.', '_' and '-'", name,
                           PLACE_NAME);
    snprintf(s->name, sizeof s->name, "%s", name ? name : base);
    for (char *c = s->name; *c; c++)
        if (!place_name_is_good(c, 1))
            *c = '_';
    return TEXTD_CLIENT_OK;
}

static const char *path_of(const char *given)
{
    return given && strcmp(given, "-") != 0 ? given : NULL;
}

/* Results in the file that lines come from would be lines, too. */
static int check_apart(const struct textd_source *s, struct textd_error *error)
{
    struct stat in, out;

    if (fstat(s->input.fd, &in) == 0 && fstat(s->file.fd, &out) == 0 && in.st_dev == out.st_dev &&
        in.st_ino == out.st_ino)
        return client_fail(error, TEXTD_CLIENT_INVALID, "%s and %s are one file", s->input.path, s->file.path);
    return TEXTD_CLIENT_OK;
}

static int open_file(struct textd_source *s, const char *path, uint32_t flags, struct textd_error *error)
{
    int rc = outfile_open(&s->file, path, (flags & TEXTD_SOURCE_SYNC) != 0, error);

    if (rc == TEXTD_CLIENT_OK)
        rc = check_apart(s, error);
    if (rc != TEXTD_CLIENT_OK)
        return rc;
    s->place = outfile_place(&s->file, s->name, strlen(s->name));
    if (!s->place)
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a source");
    struct textd_position position = s->place->position;
    return source_begin(s, &position, s->file.path, error);
}

static int open_link(struct textd_source *s, const char *endpoint, struct textd_error *error)
{
    if (strlen(endpoint) >= sizeof s->link.endpoint)
        return client_fail(error, TEXTD_CLIENT_INVALID, "the endpoint has %zu bytes; allowed: up to %zu",
                           strlen(endpoint), sizeof s->link.endpoint - 1);
    s->is_remote = 1;
    memcpy(s->link.endpoint, endpoint, strlen(endpoint) + 1);
    return link_open(&s->link, 1, error);
}

static int check_options(const struct textd_source_options *o, struct textd_error *error)
{
    if (o->flags & ~TEXTD_SOURCE_SYNC)
        return client_fail(error, TEXTD_CLIENT_INVALID, "options.flags is 0x%x; allowed: TEXTD_SOURCE_SYNC",
                           (unsigned)o->flags);
    if (path_of(o->to) && o->sink)
        return client_fail(error, TEXTD_CLIENT_INVALID, "results go either to a file or to a sink, not to both");
    if (!path_of(o->from) && (path_of(o->to) || o->sink))
        return client_fail(error, TEXTD_CLIENT_INVALID,
                           "what comes from standard input can't be read again, so results "
                           "of it go to standard output; for a file or a sink name the file that lines come from");
    return TEXTD_CLIENT_OK;
}

static int open_outlet(struct textd_source *s, const struct textd_source_options *o, struct textd_error *error)
{
    static const struct textd_position beginning = { 0, 0, 0 };

    if ((path_of(o->to) || o->sink) && !s->input.is_file)
        return client_fail(error, TEXTD_CLIENT_INVALID, "%s is no regular file: it could not be read again", o->from);
    if (o->sink)
        return open_link(s, o->sink, error);
    if (path_of(o->to))
        return open_file(s, o->to, o->flags, error);
    s->is_stdout = 1;
    s->lines.limit = SIZE_MAX / 2;
    return source_begin(s, &beginning, "", error);
}

static int watch(struct textd_source *s, int fd, struct textd_error *error)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 || errno == EPERM) /* a file: it never makes one wait */
        return TEXTD_CLIENT_OK;
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't wait for input: %s", strerror(errno));
}

static int open_all(struct textd_source *s, const struct textd_source_options *o, struct textd_error *error)
{
    int rc;

    s->window = o->window ? o->window : WINDOW;
    s->window_bytes = o->window_bytes ? o->window_bytes : WINDOW_BYTES;
    s->ring = calloc(s->window, sizeof *s->ring);
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!s->ring)
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a source");
    if (s->epoll_fd < 0)
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't make descriptors: %s", strerror(errno));
    if ((rc = take_name(s, o->name, path_of(o->from), error)) != TEXTD_CLIENT_OK ||
        (rc = input_open(&s->input, path_of(o->from), o->line_bytes ? o->line_bytes : LINE_BYTES, error)) !=
            TEXTD_CLIENT_OK ||
        (rc = open_outlet(s, o, error)) != TEXTD_CLIENT_OK)
        return rc;
    return s->is_remote ? watch(s, s->link.ready.epoll_fd, error) : TEXTD_CLIENT_OK;
}

struct textd_source *textd_source_open(const struct textd_source_options *options, struct textd_error *error)
{
    struct textd_source_options known = { 0 };
    struct textd_error local = { 0 };
    struct textd_source *s;

    error = error ? error : &local; /* its code is read below */
    if (!options) {
        client_fail(error, TEXTD_CLIENT_INVALID, "a source needs options: which file, and where to");
        return NULL;
    }
    if (encode_known_struct(&known, sizeof known, options, sizeof known, "options", error) != TEXTD_CLIENT_OK ||
        check_options(&known, error) != TEXTD_CLIENT_OK)
        return NULL;
    s = calloc(1, sizeof *s);
    if (!s) {
        client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a source");
        return NULL;
    }
    s->input.fd = s->file.fd = s->epoll_fd = -1;
    s->head = s->next = s->n_sent_to = 1;
    if (open_all(s, &known, error) == TEXTD_CLIENT_OK)
        return s;
    textd_source_close(s);
    return NULL;
}

/* ---- Out --------------------------------------------------------------------------------------------------------- */

/* All of it, however long it takes. */
static int write_out(const char *bytes, size_t length, struct textd_error *error)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n < 0 && errno == EAGAIN)
            poll(&out, 1, -1); /* somebody else has made it one that doesn't wait */
        else if (n < 0 && errno != EINTR)
            return client_fail(error, TEXTD_CLIENT_FAILED, "can't write to standard output: %s", strerror(errno));
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return TEXTD_CLIENT_OK;
}

/* Whole lines: as many in one write as a pipe takes in one piece, whoever is killed meanwhile. A longer line goes
 * alone. */
static int flush_lines(struct textd_source *s, struct textd_error *error)
{
    int rc = s->lines.length ? write_out(s->lines.bytes, s->lines.length, error) : TEXTD_CLIENT_OK;

    s->lines.length = 0;
    return rc;
}

static int out_line(struct textd_source *s, struct entry *e, struct textd_error *error)
{
    size_t length = zmq_msg_size(&e->result);

    if (s->lines.length > 0 && s->lines.length + length + 1 > PIPE_BUF && flush_lines(s, error) != TEXTD_CLIENT_OK)
        return error->code;
    if (td_buf_append(&s->lines, zmq_msg_data(&e->result), length) == 0 && td_buf_append(&s->lines, "\n", 1) == 0)
        return TEXTD_CLIENT_OK;
    return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a line");
}

/* What is in order goes out; what has gone out is acknowledged. */
static int tend_local(struct textd_source *s, struct textd_error *error)
{
    uint64_t id = s->head;
    int rc = TEXTD_CLIENT_OK;

    for (; rc == TEXTD_CLIENT_OK && id < s->next && source_entry(s, id)->state == ENTRY_PUT; id++) {
        struct entry *e = source_entry(s, id);
        rc = s->is_stdout ? out_line(s, e, error)
                          : outfile_append(&s->file, s->place, &e->position, zmq_msg_data(&e->result),
                                           zmq_msg_size(&e->result), error);
    }
    if (rc == TEXTD_CLIENT_OK)
        rc = s->is_stdout ? flush_lines(s, error) : outfile_flush(&s->file, error);
    if (rc == TEXTD_CLIENT_OK)
        source_acknowledge(s, id);
    s->is_failed = rc != TEXTD_CLIENT_OK;
    return rc;
}

static int tend(struct textd_source *s, struct textd_error *error)
{
    return s->is_remote ? ship_tend(s, error) : tend_local(s, error);
}

/* ---- What the program calls -------------------------------------------------------------------------------------- */

void textd_source_close(struct textd_source *s)
{
    struct textd_error nobody; /* hears of it */

    if (!s)
        return;
    if (s->is_begun && !s->is_remote && !s->is_failed)
        tend_local(s, &nobody);
    for (uint64_t id = s->head; id < s->next; id++)
        clear(s, source_entry(s, id));
    if (s->is_remote)
        link_close(&s->link);
    outfile_close(&s->file);
    td_buf_free(&s->lines);
    input_close(&s->input);
    if (s->epoll_fd >= 0)
        close(s->epoll_fd);
    free(s->ring);
    free(s);
}

/* A line that doesn't end the pause between two turns of a loop: one whose window is full must not be woken by input
 * that it can't take. */
static int watch_input(struct textd_source *s, int wanted, struct textd_error *error)
{
    if (s->input.is_file || s->is_input_watched == wanted)
        return TEXTD_CLIENT_OK;
    s->is_input_watched = wanted;
    if (wanted)
        return watch(s, s->input.fd, error);
    epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->input.fd, NULL);
    return TEXTD_CLIENT_OK;
}

static int has_room(const struct textd_source *s)
{
    return s->next - s->head < s->window && (s->held_bytes < s->window_bytes || s->next == s->head);
}

static int hand_out(struct textd_source *s, const struct input_line *from, struct textd_source_line *line,
                    struct textd_error *error)
{
    struct entry *e = source_entry(s, s->next);

    assert(e->state == ENTRY_FREE);
    e->text = from->text ? malloc(from->length + 1) : NULL;
    if (from->text && !e->text)
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a line");
    if (e->text) {
        memcpy(e->text, from->text, from->length);
        e->text[from->length] = 0;
        e->text_length = from->length;
    }
    e->state = ENTRY_OUT;
    e->begin = s->last_end;
    e->position = from->position;
    s->last_end = from->position.end;
    s->held_bytes += e->text_length;
    *line = (struct textd_source_line) { s->next++, from->position.line, e->text, from->length };
    return TEXTD_SOURCE_LINE;
}

int textd_source_next(struct textd_source *s, struct textd_source_line *line, struct textd_error *error)
{
    struct textd_error local = { 0 };
    struct input_line from;
    enum input_state state;

    error = error ? error : &local;
    *line = (struct textd_source_line) { 0 };
    if (!s->is_begun || (!s->is_ended && !has_room(s)))
        return TEXTD_SOURCE_WAIT;
    state = s->is_ended ? INPUT_END : input_next(&s->input, &from, error);
    if (state == INPUT_FAILED)
        return error->code;
    if (state == INPUT_LINE)
        return hand_out(s, &from, line, error);
    s->is_ended = state == INPUT_END;
    if (!s->is_ended)
        return TEXTD_SOURCE_WAIT;
    return s->next == s->head ? TEXTD_SOURCE_DONE : TEXTD_SOURCE_END;
}

int textd_source_put(struct textd_source *s, uint64_t id, const char *json, size_t length, struct textd_error *error)
{
    struct entry *e = id >= s->head && id < s->next ? source_entry(s, id) : NULL;
    const char *wrong = result_is_wrong(json, length);

    if (!e || e->state != ENTRY_OUT)
        return client_fail(error, TEXTD_CLIENT_INVALID, "no line %llu waits for a result", (unsigned long long)id);
    if (wrong)
        return client_fail(error, TEXTD_CLIENT_INVALID, "the result of line %llu is wrong: %s", (unsigned long long)id,
                           wrong);
    if (zmq_msg_init_size(&e->result, length) != 0)
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a result");
    memcpy(zmq_msg_data(&e->result), json, length);
    s->held_bytes -= e->text_length;
    free(e->text);
    e->text = NULL;
    e->text_length = 0;
    e->state = ENTRY_PUT;
    s->held_bytes += length;
    return TEXTD_CLIENT_OK;
}

/* What the descriptor says from here on. */
static int show(struct textd_source *s, struct textd_error *error)
{
    if (s->is_remote) {
        uint64_t due = link_due_ns(&s->link);
        if (s->link.state == LINK_UP && s->ship == SHIP_DOWN && s->link.resume_ns < due)
            due = s->link.resume_ns;
        ready_from(&s->link.ready, due, td_now_ns());
    }
    return watch_input(s, s->is_begun && !s->is_ended && has_room(s), error);
}

int textd_source_wait(struct textd_source *s, uint32_t timeout_ms, struct textd_error *error)
{
    uint64_t until_ns = td_now_ns() + timeout_ms * MS, acknowledged = s->head;
    int had_begun = s->is_begun;
    struct textd_error local = { 0 };

    error = error ? error : &local;
    for (;;) {
        int rc = tend(s, error);
        if (rc == TEXTD_CLIENT_OK)
            rc = show(s, error);
        if (rc != TEXTD_CLIENT_OK || s->head != acknowledged || s->is_begun != had_begun)
            return rc;
        uint64_t now = td_now_ns();
        struct pollfd fd = { .fd = s->epoll_fd, .events = POLLIN };
        if (now < until_ns)
            poll(&fd, 1, (int)((until_ns - now + MS - 1) / MS));
        struct pollfd in = { .fd = s->input.fd, .events = POLLIN };
        if (!s->is_ended && s->is_begun && has_room(s) && (s->input.is_file || poll(&in, 1, 0) > 0))
            return TEXTD_CLIENT_OK;
        if (now >= until_ns)
            return client_fail(error, TEXTD_CLIENT_TIMEOUT, "nothing was acknowledged within %g s",
                               timeout_ms / 1000.0);
    }
}

int textd_source_fd(const struct textd_source *s)
{
    return s->epoll_fd;
}

size_t textd_source_unacknowledged(const struct textd_source *s)
{
    return (size_t)(s->next - s->head);
}

int textd_source_position(const struct textd_source *s, struct textd_position *position)
{
    *position = s->acknowledged;
    return s->is_begun;
}
