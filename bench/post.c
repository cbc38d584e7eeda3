/* post.c: what load.c is over ZeroMQ, over HTTP: keeps a number of documents in flight and measures what comes back.
 *
 *   post PORT BYTES WINDOW SECONDS PLUGIN post|batch
 *
 * post: WINDOW connections that are kept, on each a JSON document at a time. batch: one connection, with WINDOW lines
 * of NDJSON that are not answered yet. Prints one line: documents a second, and the median and 99th percentile of
 * the time from send to reply in microseconds. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

#define MAX_SAMPLES (1u << 22)
#define MAX_WINDOW 1024
#define TIMEOUT_MS 10000
#define ROOM (1u << 20)

struct connection {
    int fd;
    uint64_t sent_ns[MAX_WINDOW]; /* a ring; of `post` the first only */
    uint32_t first, n;
    char *bytes; /* of an answer that isn't whole */
    size_t length;
    /* Of a batch: where in the chunks it is. */
    enum { HEAD, SIZE, DATA, END } at;
    size_t left;
    char last;
};

struct post {
    struct connection *connections;
    uint32_t n_connections;
    int is_batch;
    char *request; /* as it is sent */
    size_t request_length;
    uint32_t *latency_us;
    uint32_t n_samples;
    uint64_t n_replies;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
        if (n <= 0)
            die("send");
        bytes += n;
        length -= (size_t)n;
    }
}

static void send_one(struct post *p, struct connection *c)
{
    c->sent_ns[(c->first + c->n++) % MAX_WINDOW] = td_now_ns();
    send_all(c->fd, p->request, p->request_length);
}

static void count_one(struct post *p, struct connection *c)
{
    uint64_t us = (td_now_ns() - c->sent_ns[c->first % MAX_WINDOW]) / 1000;

    c->first++;
    c->n--;
    p->n_replies++;
    if (p->n_samples < MAX_SAMPLES)
        p->latency_us[p->n_samples++] = (uint32_t)us;
}

/* Whole answers at the front of what has come. */
static uint32_t take_answers(struct post *p, struct connection *c)
{
    uint32_t n = 0;

    for (;;) {
        char *end = memmem(c->bytes, c->length, "\r\n\r\n", 4);
        if (!end)
            return n;
        if (strncmp(c->bytes, "HTTP/1.1 200 ", 13) != 0) {
            fprintf(stderr, "post: %.*s\n", (int)c->length, c->bytes);
            exit(1);
        }
        *end = 0;
        char *length = strcasestr(c->bytes, "\r\nContent-Length: ");
        *end = '\r';
        if (!length) {
            fprintf(stderr, "post: an answer without a length\n");
            exit(1);
        }
        size_t whole = (size_t)(end - c->bytes) + 4 + strtoul(length + 18, NULL, 10);
        if (c->length < whole)
            return n;
        memmove(c->bytes, c->bytes + whole, c->length - whole);
        c->length -= whole;
        count_one(p, c);
        n++;
    }
}

/* The ends of lines in the chunks that have come. */
static uint32_t take_lines(struct post *p, struct connection *c)
{
    uint32_t n = 0;

    for (size_t i = 0; i < c->length; i++) {
        char b = c->bytes[i];
        if (c->at == HEAD) {
            static const char head_end[] = "\r\n\r\n";
            c->left = b == head_end[c->left] ? c->left + 1 : b == '\r';
            if (c->left == 4) {
                c->at = SIZE;
                c->left = 0;
            }
        } else if (c->at == SIZE) {
            if (b == '\n')
                c->at = DATA;
            else if (b != '\r')
                c->left = 16 * c->left + (size_t)(b <= '9' ? b - '0' : b - 'a' + 10);
        } else if (c->at == DATA) {
            if (b == '\n') {
                count_one(p, c);
                n++;
            }
            if (--c->left == 0)
                c->at = END;
        } else if (b == '\n') {
            c->at = SIZE;
        }
    }
    c->length = 0;
    return n;
}

/* Reads what there is; how many answers that makes. */
static uint32_t receive(struct post *p, struct connection *c)
{
    ssize_t got = recv(c->fd, c->bytes + c->length, ROOM - c->length, 0);

    if (got <= 0) {
        fprintf(stderr, "post: the connection ended\n");
        exit(1);
    }
    c->length += (size_t)got;
    return p->is_batch ? take_lines(p, c) : take_answers(p, c);
}

static void turn(struct post *p, int sends)
{
    struct pollfd fds[MAX_WINDOW];

    for (uint32_t i = 0; i < p->n_connections; i++)
        fds[i] = (struct pollfd) { .fd = p->connections[i].n > 0 ? p->connections[i].fd : -1, .events = POLLIN };
    if (poll(fds, p->n_connections, TIMEOUT_MS) <= 0)
        die("no answer");
    for (uint32_t i = 0; i < p->n_connections; i++) {
        if (!fds[i].revents)
            continue;
        uint32_t n = receive(p, &p->connections[i]);
        while (sends && n-- > 0)
            send_one(p, &p->connections[i]);
    }
}

static double run(struct post *p, uint32_t window, double seconds)
{
    uint64_t start = td_now_ns(), end = start + (uint64_t)(seconds * 1e9);

    p->n_replies = 0;
    p->n_samples = 0;
    for (uint32_t i = 0; i < window; i++)
        send_one(p, &p->connections[i % p->n_connections]);
    while (td_now_ns() < end)
        turn(p, 1);
    uint64_t measured = p->n_replies;
    double took = (double)(td_now_ns() - start) / 1e9;
    while (p->n_replies < measured + window)
        turn(p, 0);
    return (double)measured / took;
}

static void dial(struct connection *c, uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int yes = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    c->bytes = malloc(ROOM);
    if (!c->bytes)
        abort();
}

static void make_request(struct post *p, size_t text_length, const char *plugin)
{
    size_t room = text_length + 1000;
    char *text = malloc(text_length + 1), *body = malloc(room);

    p->request = malloc(room);
    if (!text || !body || !p->request)
        abort();
    memset(text, 'a', text_length);
    text[text_length] = 0;
    int n = snprintf(body, room, "{\"id\":1,\"plugins\":[\"%s\"],\"text\":\"%s\"}", plugin, text);
    if (p->is_batch)
        n = snprintf(p->request, room, "%x\r\n%s\n\r\n", n + 1, body);
    else
        n = snprintf(p->request, room,
                     "POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     "Content-Length: %d\r\n\r\n%s",
                     n, body);
    p->request_length = (size_t)n;
    free(text);
    free(body);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const char head[] = "POST /v1/annotate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    struct post p = { 0 };

    if (argc != 7) {
        fprintf(stderr, "usage: post PORT BYTES WINDOW SECONDS PLUGIN post|batch\n");
        return 2;
    }
    uint32_t window = (uint32_t)strtoul(argv[3], NULL, 10);
    p.is_batch = strcmp(argv[6], "batch") == 0;
    p.n_connections = p.is_batch ? 1 : window;
    if (window == 0 || window > MAX_WINDOW) {
        fprintf(stderr, "post: WINDOW is %u; from 1 to %d\n", window, MAX_WINDOW);
        return 2;
    }
    make_request(&p, strtoul(argv[2], NULL, 10), argv[5]);
    p.connections = calloc(p.n_connections, sizeof *p.connections);
    p.latency_us = malloc(MAX_SAMPLES * sizeof *p.latency_us);
    if (!p.connections || !p.latency_us)
        abort();
    for (uint32_t i = 0; i < p.n_connections; i++)
        dial(&p.connections[i], (uint16_t)strtoul(argv[1], NULL, 10));
    if (p.is_batch)
        send_all(p.connections[0].fd, head, sizeof head - 1);
    run(&p, window, 0.3); /* warm-up */
    double rate = run(&p, window, strtod(argv[4], NULL));
    qsort(p.latency_us, p.n_samples, sizeof *p.latency_us, compare);
    printf("%.0f %u %u\n", rate, p.latency_us[p.n_samples / 2], p.latency_us[(size_t)((double)p.n_samples * 0.99)]);
    for (uint32_t i = 0; i < p.n_connections; i++) {
        close(p.connections[i].fd);
        free(p.connections[i].bytes);
    }
    free(p.connections);
    free(p.latency_us);
    free(p.request);
    return 0;
}
