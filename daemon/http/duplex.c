/* duplex.c: an answer that flows while the request's body still comes. libmicrohttpd takes an answer before the body
 * or after it, not in between; so it goes on reading and unpacking the body, and we write head and chunks ourselves,
 * where there is room in the socket. When all is written the connection ends: it knows nothing of an answer, and
 * could not say where the next begins. */
#include "daemon/http/parts.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* What is asked of the source at a time, and how often in one turn of the loop, so that a fast reader doesn't keep
 * it. */
#define PIECE 16384
#define PIECES_A_TURN 16

/* "ffffffff\r\n" before a chunk, "\r\n" behind it. */
#define BEFORE 10
#define BEHIND 2

struct td_http_duplex {
    int is_chunked;
    int is_ended; /* the last chunk is in `bytes` */
    int is_finished;
    size_t at, end; /* of what has to be sent yet, in `bytes` */
    char bytes[BEFORE + PIECE + BEHIND];
};

/* Progress: the client has its time anew. */
void td_http_duplex_progress(struct td_http_call *call)
{
    td_http_set_deadline(call->connection, call->http->set.deadline_ms);
}

int td_http_duplex_is_finished(const struct td_http_call *call)
{
    return call->duplex->is_finished;
}

int td_http_duplex_waits_for_us(const struct td_http_call *call)
{
    const struct td_http_duplex *d = call->duplex;

    if (d->is_finished || d->at < d->end || !call->source)
        return 0;
    return call->is_whole || call->is_busy;
}

int td_http_duplex_begin(struct td_http_call *call, unsigned status, const char *content_type)
{
    struct td_http_duplex *d = malloc(sizeof *d);
    int yes = 1;

    if (!d)
        return -1;
    d->is_chunked = !call->is_old;
    d->is_ended = d->is_finished = 0;
    d->at = 0;
    int n =
        snprintf(d->bytes, sizeof d->bytes,
                 "HTTP/1.1 %u OK\r\nContent-Type: %s\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                 "%sConnection: close\r\n\r\n",
                 status, content_type, d->is_chunked ? "Transfer-Encoding: chunked\r\n" : "");
    d->end = (size_t)n;
    call->duplex = d;
    call->status = status;
    setsockopt(call->connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); /* each answer, as it is ready */
    td_mhd.MHD_set_connection_option(call->connection->mhd, MHD_CONNECTION_OPTION_TIMEOUT,
                                     0U); /* it sees only half of it */
    td_http_duplex_progress(call);
    td_http_duplex_wake(call);
    return 0;
}

void td_http_duplex_free(struct td_http_call *call)
{
    free(call->duplex);
    call->duplex = NULL;
}

void td_http_duplex_wake(struct td_http_call *call)
{
    td_http_watch_room(call->connection, 1);
}

/* The next piece, ready to be sent. Zero: there is none now; -1: it is broken off. */
static int fill(struct td_http_call *call)
{
    struct td_http_duplex *d = call->duplex;
    char head[BEFORE + 1];
    ssize_t n = call->source->read(call->source_data, d->bytes + BEFORE, PIECE);

    if (n == 0)
        return 0;
    if (n == -2)
        return -1;
    d->at = BEFORE;
    d->end = BEFORE + (n > 0 ? (size_t)n : 0);
    d->is_ended = n < 0;
    if (!d->is_chunked)
        return 1;
    int length = snprintf(head, sizeof head, "%zx\r\n", d->end - d->at); /* of the last, "0" and an empty line */
    d->at -= (size_t)length;
    memcpy(d->bytes + d->at, head, (size_t)length);
    memcpy(d->bytes + d->end, "\r\n", BEHIND);
    d->end += BEHIND;
    return 1;
}

/* All is written. What the client still sends is read and thrown away, or the kernel would take back what it hasn't
 * read. */
static void finish(struct td_http_call *call)
{
    struct td_http_connection *c = call->connection;

    call->duplex->is_finished = 1;
    c->is_refused = 1; /* nothing may follow */
    td_http_watch_room(c, 0);
    shutdown(c->fd, SHUT_WR);
    td_http_call_close_source(call);
    td_http_resume(c);
}

/* The connection ends with it: as long as the body comes libmicrohttpd waits for that, and the client may wait for us. */
static void break_off(struct td_http_call *call)
{
    td_http_call_break(call);
    td_http_call_leave(call);
}

/* Zero: no more can be done now. */
static int write_piece(struct td_http_call *call)
{
    struct td_http_duplex *d = call->duplex;

    if (d->at == d->end && d->is_ended) {
        finish(call);
        return 0;
    }
    if (d->at == d->end) {
        int rc = fill(call);
        if (rc == 0)
            td_http_watch_room(call->connection, 0); /* until it is woken */
        if (rc < 0)
            break_off(call);
        if (rc <= 0)
            return 0;
    }
    ssize_t n =
        d->at < d->end ? send(call->connection->fd, d->bytes + d->at, d->end - d->at, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n < 0) {
        break_off(call);
        return 0;
    }
    d->at += (size_t)n;
    td_http_duplex_progress(call);
    return 1;
}

void td_http_duplex_write(struct td_http_call *call)
{
    for (int i = 0; i < PIECES_A_TURN && call->state == TD_HTTP_CALL_BESIDE && !call->duplex->is_finished; i++)
        if (!write_piece(call))
            break;
}
