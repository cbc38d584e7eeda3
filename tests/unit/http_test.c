/* The core of HTTP with routes of its own: answers that come later, streams, bodies in pieces, clients that leave,
 * limits, the end. A thread is the client, with plain sockets; the loop is here. */
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <uv.h>

#include "daemon/http/call.h"
#include "daemon/http/http.h"

static struct td_documents docs;
static struct td_http http;
static uv_loop_t loop;
static uv_prepare_t prepare;
static uv_async_t client_done, asked;
static uv_timer_t later_timer;
static char address[64];
static int port;
static _Atomic int n_gone, n_closed, n_drained, n_taken;

/* ---- Routes ------------------------------------------------------------------------------------------------------- */

static struct td_http_call *waiting[8];
static unsigned n_waiting;

static void on_later(uv_timer_t *timer)
{
    (void)timer;
    for (unsigned i = 0; i < n_waiting; i++)
        if (strcmp(td_http_call_route(waiting[i])->path, "/later") == 0)
            td_http_call_answer(waiting[i], 200, "text/plain", "later", 5);
        else
            td_http_call_resume(waiting[i]);
    n_waiting = 0;
}

static void forget(struct td_http_call *call)
{
    for (unsigned i = 0; i < n_waiting; i++)
        if (waiting[i] == call)
            waiting[i--] = waiting[--n_waiting];
}

static void on_waiting_gone(struct td_http_call *call, void *data)
{
    (void)data;
    forget(call);
}

static void wait_a_while(struct td_http_call *call)
{
    assert_true(n_waiting < 8);
    td_http_call_on_gone(call, on_waiting_gone, NULL);
    waiting[n_waiting++] = call;
    uv_timer_start(&later_timer, on_later, 20, 0);
}

static void take_now(struct td_http_call *call)
{
    td_http_call_answer(call, 200, "text/plain", "now", 3);
}

static void on_gone(struct td_http_call *call, void *data)
{
    (void)call;
    assert_ptr_equal(data, &http);
    n_gone++;
}

static void take_never(struct td_http_call *call)
{
    n_taken++;
    td_http_call_on_gone(call, on_gone, &http);
}

/* Ten pieces; before each there is nothing yet. */
struct pieces {
    struct td_http_call *call;
    int n, has_waited, is_endless, is_drained;
};

static ssize_t read_pieces(void *data, char *to, size_t max)
{
    struct pieces *p = data;

    if (p->n == 10)
        return -1;
    if (p->is_drained)
        p->n = 9;
    else if (p->is_endless && p->n > 0)
        return 0;
    p->has_waited = !p->has_waited;
    if (p->has_waited && !p->is_endless) {
        wait_a_while(p->call);
        return 0;
    }
    p->n++;
    if (p->is_drained)
        p->n = 10;
    return snprintf(to, max, "piece %d\n", p->n);
}

static void drain_pieces(void *data)
{
    struct pieces *p = data;

    n_drained++;
    p->is_drained = 1;
}

static void close_pieces(void *data)
{
    n_closed++;
    forget(((struct pieces *)data)->call);
    free(data);
}

static const struct td_http_source stream = { .read = read_pieces, .close = close_pieces };
static const struct td_http_source endless = { .read = read_pieces, .drain = drain_pieces, .close = close_pieces };

static void take_stream(struct td_http_call *call)
{
    struct pieces *p = calloc(1, sizeof *p);

    p->call = call;
    p->is_endless = strcmp(td_http_call_route(call)->path, "/endless") == 0;
    td_http_call_stream(call, 200, "text/plain", p->is_endless ? &endless : &stream, p);
    n_taken++;
}

static size_t n_whole;
static unsigned sum_of_whole;

#define MOST_OF_WHOLE 1000000u

static int is_too_large(struct td_http_call *call, size_t length)
{
    const struct td_err err = { .code = TD_E_TOO_LARGE, .text = "too much" };

    if (length > MOST_OF_WHOLE)
        td_http_call_fail(call, 0, &err);
    return length > MOST_OF_WHOLE;
}

static void take_head_of_whole(struct td_http_call *call)
{
    const char *length = td_http_call_header(call, "Content-Length");

    n_whole = sum_of_whole = 0;
    is_too_large(call, length ? strtoull(length, NULL, 10) : 0);
}

static size_t take_whole(struct td_http_call *call, const char *bytes, size_t length)
{
    char text[64];

    if (length == 0) {
        snprintf(text, sizeof text, "%zu %u", n_whole, sum_of_whole);
        td_http_call_answer(call, 200, "text/plain", text, strlen(text));
        return 0;
    }
    n_whole += length;
    for (size_t i = 0; i < length; i++)
        sum_of_whole += (unsigned char)bytes[i];
    return is_too_large(call, n_whole) ? 0 : length;
}

static size_t n_pieces_bytes;
static int is_slow;

static void take_head(struct td_http_call *call)
{
    (void)call;
    n_pieces_bytes = 0;
    is_slow = 0;
}

/* At most 1000 bytes, and then nothing for a while. */
static size_t take_pieces(struct td_http_call *call, const char *bytes, size_t length)
{
    char text[64];

    (void)bytes;
    if (length == 0) {
        snprintf(text, sizeof text, "%zu", n_pieces_bytes);
        td_http_call_answer(call, 200, "text/plain", text, strlen(text));
        return 0;
    }
    is_slow = !is_slow;
    if (!is_slow) {
        wait_a_while(call);
        return 0;
    }
    size_t n = length < 1000 ? length : 1000;
    n_pieces_bytes += n;
    return n;
}

static size_t take_first(struct td_http_call *call, const char *bytes, size_t length)
{
    (void)bytes;
    td_http_call_answer(call, 200, "text/plain", "enough", 6);
    return length;
}

/* An answer that flows while the body comes. `both` says what its source has: nothing, or that it is broken off. */
static ssize_t both = 0;

static ssize_t read_both(void *data, char *to, size_t max)
{
    (void)data, (void)to, (void)max;
    return both;
}

static void close_both(void *data)
{
    (void)data;
    n_closed++;
}

static const struct td_http_source both_ways = { .read = read_both, .close = close_both };

/* It takes one piece, and no more: the connection sleeps. */
static size_t take_both(struct td_http_call *call, const char *bytes, size_t length)
{
    (void)bytes;
    if (td_http_call_data(call))
        return 0;
    td_http_call_set_data(call, &both);
    td_http_call_stream(call, 200, "text/plain", &both_ways, NULL);
    n_taken++;
    return both == 0 ? 1 : length;
}

static void take_both_head(struct td_http_call *call)
{
    (void)call;
}

/* A large answer, for a client with little room. */
static ssize_t read_long(void *data, char *to, size_t max)
{
    size_t *left = data, n = *left < max ? *left : max;

    memset(to, 'a', n);
    *left -= n;
    return n > 0 ? (ssize_t)n : -1;
}

static void close_long(void *data)
{
    free(data);
    n_closed++;
}

static const struct td_http_source long_source = { .read = read_long, .close = close_long, .has_end = 1 };

static void take_long(struct td_http_call *call)
{
    size_t *left = malloc(sizeof *left);

    *left = 1 << 22;
    td_http_call_keep_little(call, 4096);
    td_http_call_stream(call, 200, "text/plain", &long_source, left);
}

const struct td_http_route td_http_routes[] = {
    { .method = "GET", .path = "/now", .take = take_now },
    { .method = "GET", .path = "/probe", .is_open = 1, .is_probe = 1, .take = take_now },
    { .method = "GET", .path = "/later", .take = wait_a_while },
    { .method = "GET", .path = "/never", .take = take_never },
    { .method = "GET", .path = "/stream", .take = take_stream },
    { .method = "GET", .path = "/endless", .take = take_stream },
    { .method = "POST", .path = "/whole", .take = take_head_of_whole, .take_body = take_whole },
    { .method = "POST", .path = "/pieces", .take = take_head, .take_body = take_pieces },
    { .method = "POST", .path = "/first", .take = take_head, .take_body = take_first },
    { .method = "POST", .path = "/both", .take = take_both_head, .take_body = take_both },
    { .method = "GET", .path = "/long", .take = take_long },
    { .path = NULL },
};

/* ---- The loop, as the server has it ------------------------------------------------------------------------------- */

static int is_stopping;

static void on_turn(uv_prepare_t *handle)
{
    (void)handle;
    td_http_run(&http);
    td_http_sleep(&http);
}

static void on_client_done(uv_async_t *handle)
{
    uv_stop(handle->loop);
}

/* The client wants the server to drain or to stop. */
static void on_asked(uv_async_t *handle)
{
    (void)handle;
    if (is_stopping)
        td_http_stop(&http);
    else
        td_http_drain(&http);
}

static int free_port(void)
{
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t length = sizeof any;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&any, length), 0);
    getsockname(fd, (struct sockaddr *)&any, &length);
    close(fd);
    return ntohs(any.sin_port);
}

static int setup(void **state)
{
    struct td_config config = { .set = {
                                    .http_connections = 8, .http_deadline = 2000000000, .http_idle = 5000000000 } };
    struct td_err err;

    (void)state;
    n_gone = n_closed = n_drained = n_taken = 0;
    n_waiting = 0;
    is_stopping = 0;
    port = free_port();
    snprintf(address, sizeof address, "127.0.0.1:%d", port);
    config.set.http_listen = address;
    docs = (struct td_documents) { .set = { .limits_document_bytes = 1000, .queue_bytes = 1 << 24 } };
    td_queues_init(&docs.queues);
    http = (struct td_http) { .loop = &loop, .docs = &docs };
    uv_loop_init(&loop);
    uv_prepare_init(&loop, &prepare);
    uv_async_init(&loop, &client_done, on_client_done);
    uv_async_init(&loop, &asked, on_asked);
    uv_timer_init(&loop, &later_timer);
    uv_prepare_start(&prepare, on_turn);
    assert_int_equal(td_http_open(&http, &config, &err), TD_OK);
    assert_int_equal(td_http_start(&http, &err), TD_OK);
    td_http_serve(&http);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    td_http_close(&http);
    uv_close((uv_handle_t *)&prepare, NULL);
    uv_close((uv_handle_t *)&client_done, NULL);
    uv_close((uv_handle_t *)&asked, NULL);
    uv_close((uv_handle_t *)&later_timer, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(docs.door_bytes, 0); /* every account is closed */
    return 0;
}

/* Runs `client` in a thread, and the loop until it is done. Asserts are for this thread only: the client returns NULL,
 * or what went wrong. */
struct run {
    const char *(*client)(void);
    const char *wrong;
};

static void *run_client(void *data)
{
    struct run *run = data;

    run->wrong = run->client();
    uv_async_send(&client_done);
    return NULL;
}

static void run(const char *(*client)(void))
{
    struct run it = { client, NULL };
    pthread_t thread;

    pthread_create(&thread, NULL, run_client, &it);
    uv_run(&loop, UV_RUN_DEFAULT);
    pthread_join(thread, NULL);
    if (it.wrong)
        fail_msg("%s", it.wrong);
}

/* ---- A client ----------------------------------------------------------------------------------------------------- */

static char heard[1 << 17];

/* `room`: for what it hasn't read; 0: what the system gives. */
static int dial_with(int room)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct timeval patience = { .tv_sec = 20 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (room)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        abort();
    return fd;
}

static int dial(void)
{
    return dial_with(0);
}

static void say(int fd, const char *text)
{
    send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Until the other side closes. */
static const char *hear_all(int fd)
{
    size_t used = 0;
    ssize_t n;

    while (used + 1 < sizeof heard && (n = recv(fd, heard + used, sizeof heard - 1 - used, 0)) > 0)
        used += (size_t)n;
    heard[used] = 0;
    close(fd);
    return heard;
}

/* What it has to say until `words` are among it. */
static const char *hear(int fd, const char *words)
{
    size_t used = 0;
    ssize_t n = 1;

    heard[0] = 0;
    while (!strstr(heard, words) && (n = recv(fd, heard + used, sizeof heard - 1 - used, 0)) > 0) {
        used += (size_t)n;
        heard[used] = 0;
    }
    return heard;
}

static const char *ask(const char *request)
{
    int fd = dial();

    say(fd, request);
    return hear_all(fd);
}

#define HEAD(what) what " HTTP/1.1\r\nHost: localhost\r\n"
#define LAST "Connection: close\r\n\r\n"
#define WANT(condition) \
    if (!(condition)) { \
        fprintf(stderr, "%d: heard: %s\n", __LINE__, heard); \
        return #condition; \
    }

static int ends(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Waits for what the loop's thread does. */
static int becomes(_Atomic int *what, int value)
{
    for (int i = 0; i < 5000 && *what != value; i++)
        usleep(1000);
    return *what == value;
}

/* ---- Tests -------------------------------------------------------------------------------------------------------- */

static const char *ask_for_answers(void)
{
    WANT(ends(ask(HEAD("GET /now") LAST), "\r\n\r\nnow"));
    WANT(ends(ask(HEAD("GET /later") LAST), "\r\n\r\nlater"));
    WANT(ends(ask(HEAD("GET /stream") LAST), "\r\n0\r\n\r\n") && strstr(heard, "piece 1\n") &&
         strstr(heard, "piece 9\n"));
    WANT(ends(ask("GET /stream HTTP/1.0\r\n\r\n"), "piece 10\n") && !strstr(heard, "chunked"));
    /* Behind one that is suspended others wait. */
    WANT(ends(ask(HEAD("GET /later") "\r\n" HEAD("GET /now") "\r\n" HEAD("GET /stream") "\r\n" HEAD("GET /later") LAST),
              "later"));
    WANT(strstr(heard, "\r\n\r\nlaterHTTP/1.1 200") && strstr(heard, "\r\n\r\nnowHTTP/1.1 200"));
    return NULL;
}

static void answers_come_at_once_later_and_in_pieces(void **state)
{
    (void)state;
    run(ask_for_answers);
    assert_int_equal(n_closed, 3);
    assert_int_equal(http.counters.gone, 0);
    assert_int_equal(http.requests[2][2], 3);
}

static const char *ask_head_then_get(void)
{
    static const char *const paths[] = { "/now", "/later", "/stream", "/endless" };
    char request[256];

    for (int i = 0; i < 4; i++) {
        snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\n" HEAD("GET /now") LAST,
                 paths[i]);
        WANT(ends(ask(request), "\r\n\r\nnow"));
        WANT(strstr(heard, "\r\n\r\nHTTP/1.1 200 OK"));
        WANT(strstr(heard, "chunked") == NULL);
    }
    return NULL;
}

static void a_head_sends_no_body_and_spoils_no_next_request(void **state)
{
    (void)state;
    run(ask_head_then_get);
    assert_int_equal(n_closed, 2);
}

static const char *send_bodies(void)
{
    static char body[20001], request[40000];

    memset(body, 'a', 20000);
    snprintf(request, sizeof request, HEAD("POST /whole") "Content-Length: 20000\r\n" LAST "%s", body);
    WANT(ends(ask(request), "\r\n\r\n20000 1940000"));
    WANT(ends(ask(HEAD("POST /whole") "Transfer-Encoding: chunked\r\n" LAST
                                      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n"),
              "\r\n\r\n5 495"));
    WANT(ends(ask(HEAD("POST /whole") "Content-Length: 0\r\n" LAST), "\r\n\r\n0 0"));
    int fd = dial();
    say(fd, HEAD("POST /whole") "Content-Length: 3\r\nExpect: 100-continue\r\n" LAST);
    WANT(strstr(hear(fd, "\r\n\r\n"), "100 Continue"));
    say(fd, "abc");
    WANT(ends(hear_all(fd), "\r\n\r\n3 294"));
    snprintf(request, sizeof request, HEAD("POST /pieces") "Content-Length: 20000\r\n" LAST "%s", body);
    WANT(ends(ask(request), "\r\n\r\n20000"));
    WANT(ends(ask(HEAD("POST /pieces") "Transfer-Encoding: chunked\r\n" LAST "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
              "\r\n\r\n5"));
    snprintf(request, sizeof request, HEAD("POST /first") "Content-Length: 20000\r\n\r\n%s" HEAD("GET /now") LAST,
             body);
    WANT(ends(ask(request), "\r\n\r\nnow") && strstr(heard, "\r\n\r\nenough"));
    return NULL;
}

static void bodies_come_whole_in_chunks_and_in_pieces(void **state)
{
    (void)state;
    run(send_bodies);
}

static const char *send_too_much(void)
{
    static char request[2000];

    WANT(strstr(ask(HEAD("POST /whole") "Content-Length: 2000000\r\n" LAST), " 413 ") && strstr(heard, "TOO_LARGE"));
    WANT(strstr(ask(HEAD("POST /whole") "Content-Length: 99999999999999999999\r\n" LAST), "HTTP/1.1 4"));
    int fd = dial();
    say(fd, HEAD("POST /whole") "Transfer-Encoding: chunked\r\n\r\n");
    memset(request, 'a', 1000);
    memcpy(request + 1000, "\r\n", 3);
    for (int i = 0; i < 2000; i++) {
        say(fd, "3e8\r\n");
        say(fd, request);
    }
    say(fd, "0\r\n\r\n");
    WANT(strstr(hear_all(fd), " 413 ") && strstr(heard, "Connection: close") && strstr(heard, "TOO_LARGE"));
    return NULL;
}

static void a_body_that_is_too_large_is_refused_however_it_comes(void **state)
{
    (void)state;
    run(send_too_much);
}

static const char *send_ambiguous(void)
{
    static const char *const heads[] = {
        HEAD("POST /whole") "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD("POST /whole") "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        HEAD("POST /whole") "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD("GET /now") "Transfer-Encoding: identity\r\n\r\n",
        HEAD("GET /now") "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD("GET /now") "Host: localhost\r\n\r\n",
        HEAD("POST /whole") "Content-Length : 3\r\n\r\nabc",
        HEAD("POST /whole") "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        HEAD("POST /whole") "X: y\rContent-Length: 3\r\n\r\nabc",
        HEAD("POST /whole") "X: y\x01\r\n\r\nabc",
        HEAD("POST /whole") " Content-Length: 3\r\n\r\nabc", /* a blank before it: of the line before */
        "POST /whole HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    };
    char request[1000];

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        snprintf(request, sizeof request, "%s" HEAD("GET /never") "\r\n", heads[i]);
        WANT(strstr(ask(request), "HTTP/1.1 400 "));
        WANT(strstr(heard, "Connection: close") && !strstr(heard + 10, "HTTP/1.1"));
    }
    return NULL;
}

static void what_may_hide_another_request_is_refused_and_the_last(void **state)
{
    (void)state;
    run(send_ambiguous);
    assert_int_equal(n_taken, 0);
}

static const char *leave(void)
{
    int fd = dial();

    say(fd, HEAD("GET /never") "\r\n");
    WANT(becomes(&n_taken, 1));
    close(fd);
    WANT(becomes(&n_gone, 1));
    fd = dial(); /* more that it has sent doesn't hide that it left */
    say(fd, HEAD("GET /never") "\r\n" HEAD("GET /now") "\r\n");
    WANT(becomes(&n_taken, 2));
    close(fd);
    WANT(becomes(&n_gone, 2));
    fd = dial();
    say(fd, HEAD("GET /endless") "\r\n");
    WANT(strstr(hear(fd, "piece 1"), "chunked"));
    close(fd);
    WANT(becomes(&n_closed, 1));
    fd = dial(); /* in the middle of a body */
    say(fd, HEAD("POST /pieces") "Content-Length: 20000\r\n\r\nabc");
    close(fd);
    for (int i = 0; i < 5000 && http.counters.gone < 4; i++)
        usleep(1000);
    return NULL;
}

static void a_client_that_leaves_is_noticed_while_its_call_waits(void **state)
{
    (void)state;
    run(leave);
    assert_int_equal(http.counters.gone, 4);
}

static const char *stop_all(void)
{
    int never = dial(), streaming = dial(), kept = dial();

    say(never, HEAD("GET /never") "\r\n");
    say(streaming, HEAD("GET /endless") "\r\n");
    WANT(becomes(&n_taken, 2));
    WANT(strstr(hear(streaming, "piece 1"), "chunked"));
    say(kept, HEAD("GET /now") "\r\n");
    WANT(ends(hear(kept, "now"), "now"));
    uv_async_send(&asked); /* drain */
    WANT(ends(hear(streaming, "\r\n0\r\n\r\n"), "\r\n0\r\n\r\n"));
    WANT(n_drained == 1 && n_closed == 1 && n_gone == 0);
    say(kept, HEAD("GET /now") "\r\n");
    WANT(ends(hear_all(kept), "now") && strstr(heard, "Connection: close"));
    is_stopping = 1;
    uv_async_send(&asked);
    WANT(strstr(hear_all(never), " 503 ") && strstr(heard, "SHUTTING_DOWN") && strstr(heard, "Retry-After: "));
    WANT(n_gone == 1);
    close(streaming);
    WANT(strstr(ask(HEAD("GET /never") "\r\n"), " 503 "));
    WANT(strstr(ask(HEAD("GET /stream") "\r\n"), " 503 "));
    WANT(ends(ask(HEAD("GET /probe") "\r\n"), "now"));
    return NULL;
}

static void a_stop_answers_all_that_wait(void **state)
{
    (void)state;
    run(stop_all);
    assert_true(td_http_has_left(&http));
}

static const char *leave_it_waiting(void)
{
    int fd[4] = { dial(), dial(), dial(), dial() };

    say(fd[0], HEAD("GET /never") "\r\n");
    say(fd[1], HEAD("GET /endless") "\r\n");
    say(fd[2], HEAD("POST /pieces") "Content-Length: 20000\r\n\r\nabc");
    say(fd[3], HEAD("POST /both") "Content-Length: 20000\r\n\r\nabc");
    WANT(becomes(&n_taken, 3));
    return NULL;
}

static void an_end_without_a_stop_ends_well(void **state)
{
    (void)state;
    both = 0;
    run(leave_it_waiting); /* td_http_close is the teardown's */
}

static const char *break_off(void)
{
    uint64_t began = uv_hrtime();
    int fd = dial();

    say(fd, HEAD("POST /both") "Content-Length: 20000\r\n\r\nabc");
    WANT(!strstr(hear_all(fd), "\r\n0\r\n"));
    WANT(uv_hrtime() - began < 1000000000); /* half of http.deadline */
    return NULL;
}

static void an_answer_that_is_broken_off_ends_the_connection_at_once(void **state)
{
    (void)state;
    both = -2;
    run(break_off);
    assert_int_equal(n_closed, 1);
}

static const char *drip(const char *head, const char *drops, int is_told)
{
    int fd = dial();
    char drop[2] = "", byte;

    say(fd, head);
    for (int i = 0; i < 200; i++) {
        drop[0] = drops[(size_t)i % strlen(drops)];
        if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0 || send(fd, drop, 1, MSG_NOSIGNAL) < 0)
            break;
        usleep(10000);
    }
    hear_all(fd);
    WANT(!is_told || (strstr(heard, "HTTP/1.1 408 ") && strstr(heard, "DEADLINE_EXCEEDED")));
    return NULL;
}

/* The body's time is what the head has left of it. A busy machine may have a late client for a late server: not three
 * times. */
static const char *drip_late(void)
{
    for (int i = 0; i < 3; i++) {
        uint64_t began = uv_hrtime();
        int fd = dial();
        usleep(100000);
        say(fd, HEAD("POST /whole") "Content-Length: 10000\r\n\r\nabc");
        hear_all(fd);
        if (uv_hrtime() - began < 240000000)
            return NULL;
    }
    return "the deadline began at the head";
}

static const char *drip_all(void)
{
    const char *wrong;

    if ((wrong = drip("", "GET /now HTTP/1.1 ", 1)) || (wrong = drip(HEAD("GET /now"), "X: y\r\n", 1)) ||
        (wrong = drip(HEAD("POST /whole") "Content-Length: 10000\r\n\r\n", "x", 1)) ||
        (wrong = drip(HEAD("POST /pieces") "Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", 1)) ||
        (wrong = drip_late()))
        return wrong;
    int fd = dial();
    say(fd, HEAD("GET /later") "\r\n"); /* the time that we take doesn't count */
    WANT(ends(hear(fd, "later"), "later"));
    usleep(250000); /* nor that between requests, up to http.idle */
    say(fd, HEAD("GET /now") "\r\n");
    WANT(ends(hear(fd, "now"), "now"));
    close(fd);
    return NULL;
}

static void a_request_that_drips_in_is_cut_at_its_deadline(void **state)
{
    (void)state;
    http.set.deadline_ms = 150;
    run(drip_all);
    assert_in_range(http.counters.deadline, 5, 7);
    assert_int_equal(http.counters.gone, 0);
}

/* Too little for the deadline, and never nothing for long. */
static const char *read_slowly(void)
{
    int fd = dial_with(4096);
    char bytes[100];
    ssize_t n = 0;

    say(fd, HEAD("GET /long") "\r\n");
    for (int i = 0; i < 300 && n_closed == 0 && (n = recv(fd, bytes, sizeof bytes, 0)) > 0; i++)
        usleep(20000);
    close(fd);
    return n > 0 && n_closed == 1 ? NULL : "it is not closed, or ended by itself";
}

static void an_answer_that_is_read_too_slowly_is_cut_at_its_deadline(void **state)
{
    (void)state;
    http.set.deadline_ms = 100;
    run(read_slowly);
    assert_int_equal(http.counters.deadline, 1);
    assert_int_equal(n_closed, 1);
}

/* More than anybody needs to send where no body is wanted. */
static const char *send_what_nobody_wants(void)
{
    static const char *const heads[] = { HEAD("GET /now") "Transfer-Encoding: chunked\r\n\r\n",
                                         HEAD("GET /none") "Transfer-Encoding: chunked\r\n\r\n",
                                         HEAD("GET /now") "Content-Length: 99999999999\r\n\r\n" };
    static char chunk[65536 + 8];

    memset(chunk, 'a', sizeof chunk);
    memcpy(chunk, "10000\r\n", 7);
    memcpy(chunk + sizeof chunk - 1, "\r", 1);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        int fd = dial(), n = 0;
        say(fd, heads[i]);
        while (n < 4096 && send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) > 0 && send(fd, "\n", 1, MSG_NOSIGNAL) > 0)
            n++;
        WANT(strstr(hear_all(fd), " 413 ") || n < 4096);
        if (n == 4096)
            return "a body without an end is read";
    }
    return NULL;
}

static void a_body_that_nobody_wants_has_an_end(void **state)
{
    (void)state;
    run(send_what_nobody_wants);
}

static const char *crowd_in(void)
{
    int idle[8], fd;

    for (int i = 0; i < 8; i++)
        idle[i] = dial();
    WANT(ends(ask(HEAD("GET /probe") "\r\n"), "now") && strstr(heard, "Connection: close"));
    WANT(strstr(ask(HEAD("GET /now") "\r\n"), " 503 ") && strstr(heard, "http.connections"));
    int extra[32];
    for (int i = 0; i < 32; i++)
        extra[i] = dial();
    WANT(strstr(ask(HEAD("GET /probe") "\r\n"), " 503 ") && strstr(heard, "too many connections"));
    for (int i = 0; i < 32; i++)
        close(extra[i]);
    usleep(1100000); /* one that has said nothing for a second makes room */
    fd = dial();
    say(fd, HEAD("GET /now") "\r\n");
    WANT(ends(hear(fd, "now"), "now"));
    close(fd);
    for (int i = 0; i < 8; i++)
        close(idle[i]);
    return NULL;
}

static const char *come_and_go(void)
{
    for (int i = 0; i < 2000; i++)
        close(dial());
    WANT(ends(ask(HEAD("GET /now") LAST), "now"));
    return NULL;
}

static void who_has_left_takes_nobodys_place(void **state)
{
    (void)state;
    run(come_and_go);
    assert_int_equal(http.counters.connections_full, 0);
}

static void one_too_many_gets_an_answer_and_probes_get_in(void **state)
{
    (void)state;
    run(crowd_in);
    assert_true(http.counters.connections_full >= 1);
    assert_int_equal(http.counters.connections_reused, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(answers_come_at_once_later_and_in_pieces),
        TEST(a_head_sends_no_body_and_spoils_no_next_request),
        TEST(bodies_come_whole_in_chunks_and_in_pieces),
        TEST(a_body_that_is_too_large_is_refused_however_it_comes),
        TEST(what_may_hide_another_request_is_refused_and_the_last),
        TEST(a_client_that_leaves_is_noticed_while_its_call_waits),
        TEST(a_stop_answers_all_that_wait),
        TEST(an_end_without_a_stop_ends_well),
        TEST(an_answer_that_is_broken_off_ends_the_connection_at_once),
        TEST(a_request_that_drips_in_is_cut_at_its_deadline),
        TEST(an_answer_that_is_read_too_slowly_is_cut_at_its_deadline),
        TEST(a_body_that_nobody_wants_has_an_end),
        TEST(who_has_left_takes_nobodys_place),
        TEST(one_too_many_gets_an_answer_and_probes_get_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
