/* http.c: clients of textd's HTTP, good and bad.
 *
 *   http PORT post CONNECTIONS SECONDS FILE [PLUGINS]   texts of FILE, one in flight on each connection: documents a second, and the
 *                                                       median and 99th percentile of the time to the answer's last byte, us
 *   http PORT get PATH RATE SECONDS                     one connection, kept: the number, median, 99th percentile, most in us, bytes
 *   http PORT drip CONNECTIONS SECONDS                  a header line each 500 ms and never an end: how many were closed by textd
 *   http PORT idle CONNECTIONS SECONDS                  one answered request each, then silence: how many are still open at the end
 *   http PORT bad COUNT SECONDS                         requests that are none, evenly over the time: how many were refused as they should
 *
 * PORT is one of 127.0.0.1's. Each prints one line when it is done. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

#define SECOND UINT64_C(1000000000)
#define MAX_SAMPLES (1u << 22)
#define HEAD_BYTES 4096

/* What has come of an answer: its head, then as many bytes as it says, or chunks up to the empty one. */
struct answer {
    char head[HEAD_BYTES];
    size_t n_head, n_bytes, length; /* of the head, of all, and of the body, as the head says */
    char last[7];                   /* bytes of all: the last chunk's are "\r\n0\r\n\r\n" */
    int is_in_body, is_chunked, status;
};

struct connection {
    int fd; /* -1: there is none */
    uint64_t sent_ns, due_ns;
    struct answer answer;
};

static uint16_t port;
static struct connection *all;
static struct pollfd *polls;
static uint32_t *samples_us;
static uint32_t n_samples;

static void die(const char *what)
{
    fprintf(stderr, "http: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        die("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

/* The head is whole. */
static void read_head(struct answer *a)
{
    char *line = a->head;

    a->is_in_body = 1;
    a->status = (int)strtol(a->head + sizeof "HTTP/1.1", NULL, 10);
    while ((line = strstr(line, "\r\n")) != NULL) {
        line += 2;
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            a->length = strtoul(line + 15, NULL, 10);
        if (strncasecmp(line, "Transfer-Encoding: chunked", 26) == 0)
            a->is_chunked = 1;
    }
}

static int is_whole(const struct answer *a)
{
    if (!a->is_in_body)
        return 0;
    return a->is_chunked ? memcmp(a->last, "\r\n0\r\n\r\n", 7) == 0 : a->n_bytes - a->n_head >= a->length;
}

/* Takes what came. One request is in flight, so nothing comes behind its answer. */
static void take(struct answer *a, const char *bytes, size_t n)
{
    for (size_t i = 0; !a->is_in_body && i < n && a->n_head < HEAD_BYTES - 1; i++) {
        a->head[a->n_head++] = bytes[i];
        if (a->n_head >= 4 && memcmp(a->head + a->n_head - 4, "\r\n\r\n", 4) == 0)
            read_head(a);
    }
    a->n_bytes += n;
    size_t kept = n < sizeof a->last ? sizeof a->last - n : 0;
    memmove(a->last, a->last + sizeof a->last - kept, kept);
    memcpy(a->last + kept, bytes + (n < sizeof a->last ? 0 : n - sizeof a->last), sizeof a->last - kept);
}

/* Reads once. 1: the answer is whole; 0: more is to come; -1: the connection is gone. */
static int receive(struct connection *c)
{
    static char bytes[1 << 16];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);

    if (n <= 0)
        return -1;
    take(&c->answer, bytes, (size_t)n);
    return is_whole(&c->answer);
}

static int send_all(struct connection *c, const char *bytes, size_t length)
{
    c->answer = (struct answer) { .status = 0 };
    c->sent_ns = td_now_ns();
    while (length > 0) {
        ssize_t n = send(c->fd, bytes, length, MSG_NOSIGNAL);
        if (n <= 0)
            return -1;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

static void note(uint64_t since_ns)
{
    if (n_samples < MAX_SAMPLES)
        samples_us[n_samples++] = (uint32_t)((td_now_ns() - since_ns) / 1000);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static uint32_t percentile(double share)
{
    return n_samples ? samples_us[(size_t)((n_samples - 1) * share)] : 0;
}

static void sleep_until(uint64_t then_ns)
{
    uint64_t now = td_now_ns();
    struct timespec rest = { (time_t)((then_ns - now) / SECOND), (long)((then_ns - now) % SECOND) };

    if (then_ns > now)
        nanosleep(&rest, NULL);
}

/* ---- Kinds ------------------------------------------------------------------------------------------------------- */

static void connections_make(int n)
{
    all = calloc((size_t)n, sizeof *all);
    polls = calloc((size_t)n, sizeof *polls);
    if (!all || !polls)
        die("memory");
    for (int i = 0; i < n; i++)
        if ((all[i].fd = connect_to()) < 0)
            die("connect");
}

static char *read_file(const char *path, size_t *length)
{
    FILE *in = fopen(path, "rb");
    char *text = malloc(1 << 24);

    if (!in || !text)
        die(path);
    *length = fread(text, 1, 1 << 24, in);
    fclose(in);
    return text;
}

static void post(int n, double seconds, const char *path, const char *plugins)
{
    size_t text_length, head_length;
    char *text = read_file(path, &text_length), *request = malloc(text_length + 1024);

    if (!request)
        die("memory");
    connections_make(n);
    uint64_t begin = td_now_ns(), end = begin + (uint64_t)(seconds * 1e9);
    head_length =
        (size_t)snprintf(request, 1024,
                         "POST /v1/annotate%s%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: text/plain\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         plugins ? "?plugins=" : "", plugins ? plugins : "", port, text_length);
    memcpy(request + head_length, text, text_length);
    for (int i = 0; i < n; i++) {
        polls[i] = (struct pollfd) { .fd = all[i].fd, .events = POLLIN };
        if (send_all(&all[i], request, head_length + text_length) != 0)
            die("send");
    }
    while (td_now_ns() < end) {
        poll(polls, (nfds_t)n, 1000);
        for (int i = 0; i < n; i++) {
            int got = polls[i].revents ? receive(&all[i]) : 0;
            if (got < 0 || (got > 0 && all[i].answer.status != 200)) {
                fprintf(stderr, "http: answered with %.200s\n", all[i].answer.head);
                exit(1);
            }
            if (got > 0) {
                note(all[i].sent_ns);
                if (send_all(&all[i], request, head_length + text_length) != 0)
                    die("send");
            }
        }
    }
    double took = (double)(td_now_ns() - begin) / 1e9;
    uint32_t n_done = n_samples;
    qsort(samples_us, n_samples, sizeof *samples_us, compare);
    printf("%.1f %u %u\n", n_done / took, percentile(0.5), percentile(0.99));
}

static void get(const char *path, double rate, double seconds)
{
    char request[512];
    struct connection c = { .fd = connect_to() };
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", path, port),
        got = 0;
    uint64_t begin = td_now_ns(), end = begin + (uint64_t)(seconds * 1e9), due = begin;

    for (; due < end; due += (uint64_t)(1e9 / rate)) {
        sleep_until(due);
        if (c.fd < 0 || send_all(&c, request, (size_t)length) != 0)
            die("send");
        while ((got = receive(&c)) == 0) {
        }
        if (got < 0 || c.answer.status != 200) {
            fprintf(stderr, "http: GET %s: %.200s\n", path, got < 0 ? "the connection was closed" : c.answer.head);
            exit(1);
        }
        note(c.sent_ns);
    }
    sleep_until(end);
    qsort(samples_us, n_samples, sizeof *samples_us, compare);
    printf("%u %u %u %u %zu\n", n_samples, percentile(0.5), percentile(0.99), percentile(1), c.answer.n_bytes);
}

/* A connection that textd has closed is made anew. */
static void drip(int n, double seconds)
{
    uint64_t begin = td_now_ns(), end = begin + (uint64_t)(seconds * 1e9);
    unsigned long n_closed = 0;
    char byte;

    connections_make(n);
    for (int i = 0; i < n; i++) {
        send(all[i].fd, "GET /livez HTTP/1.1\r\n", 21, MSG_NOSIGNAL);
        all[i].due_ns = begin + (uint64_t)i * SECOND / 2 / (uint64_t)n;
    }
    for (int i = 0; td_now_ns() < end; i = (i + 1) % n) {
        struct connection *c = &all[i];
        sleep_until(c->due_ns < end ? c->due_ns : end);
        c->due_ns += SECOND / 2;
        int is_gone = c->fd < 0 || send(c->fd, "X-Slow: 1\r\n", 11, MSG_NOSIGNAL) < 0;
        if (!is_gone && recv(c->fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN)
            continue;
        n_closed++;
        if (c->fd >= 0)
            close(c->fd);
        c->fd = connect_to();
        if (c->fd >= 0)
            send(c->fd, "GET /livez HTTP/1.1\r\n", 21, MSG_NOSIGNAL);
    }
    printf("%lu\n", n_closed);
}

static void idle(int n, double seconds)
{
    uint64_t end = td_now_ns() + (uint64_t)(seconds * 1e9);
    char request[128], byte;
    int length = snprintf(request, sizeof request, "GET /livez HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", port),
        n_open = 0, got;

    connections_make(n);
    for (int i = 0; i < n; i++) {
        if (send_all(&all[i], request, (size_t)length) != 0)
            continue;
        while ((got = receive(&all[i])) == 0) {
        }
        if (got < 0 || all[i].answer.status != 200) {
            close(all[i].fd);
            all[i].fd = -1;
        }
    }
    sleep_until(end);
    for (int i = 0; i < n; i++)
        n_open += all[i].fd >= 0 && recv(all[i].fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
    printf("%d\n", n_open);
}

/* Each on a connection of its own, as who scans does it. */
static void bad(int n, double seconds)
{
    static const char *const requests[] = {
        "this is no request\r\n\r\n",
        "GET /livez HTTP/1.1\r\n\r\n", /* without Host */
        "GET /livez HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        "GET /no/such/path HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "DELETE /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{\"text\": ]",
        "POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Length: minus one\r\n\r\n",
        "GET /livez?nothing=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    };
    uint64_t begin = td_now_ns();
    unsigned long n_refused = 0;

    for (int i = 0; i < n; i++) {
        const char *request = requests[(size_t)i % (sizeof requests / sizeof *requests)];
        sleep_until(begin + (uint64_t)(seconds * 1e9 * i / n));
        struct connection c = { .fd = connect_to() };
        if (c.fd < 0)
            continue;
        int got = send_all(&c, request, strlen(request));
        while (got == 0)
            got = receive(&c);
        n_refused += c.answer.status >= 400 && c.answer.status < 500;
        close(c.fd);
    }
    printf("%lu\n", n_refused);
}

static int count_of(const char *word)
{
    return (int)strtol(word, NULL, 10);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    const char *kind = argc > 2 ? argv[2] : "";

    samples_us = malloc(MAX_SAMPLES * sizeof *samples_us);
    if (!samples_us)
        die("memory");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    port = (uint16_t)(argc > 1 ? strtoul(argv[1], NULL, 10) : 0);
    if (strcmp(kind, "post") == 0 && argc > 5)
        post(count_of(argv[3]), strtod(argv[4], NULL), argv[5], argc > 6 ? argv[6] : NULL);
    else if (strcmp(kind, "get") == 0 && argc > 5)
        get(argv[3], strtod(argv[4], NULL), strtod(argv[5], NULL));
    else if (strcmp(kind, "drip") == 0 && argc > 4)
        drip(count_of(argv[3]), strtod(argv[4], NULL));
    else if (strcmp(kind, "idle") == 0 && argc > 4)
        idle(count_of(argv[3]), strtod(argv[4], NULL));
    else if (strcmp(kind, "bad") == 0 && argc > 4)
        bad(count_of(argv[3]), strtod(argv[4], NULL));
    else {
        fprintf(stderr, "usage: http PORT post|get|drip|idle|bad ...; its source says what follows\n");
        return 2;
    }
    return 0;
}
