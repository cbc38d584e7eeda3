/* http.c: see http.h. */
#include "clients/nats/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "clients/nats/stats.h"

struct stats stats;

struct http {
    struct MHD_Daemon *daemon;
    atomic_int is_draining;
};

static void print_metrics(FILE *out)
{
#define X(name, words) \
    fprintf(out, \
            "# HELP textd_nats_" #name "_total %s.\n# TYPE textd_nats_" #name "_total counter\ntextd_nats_" #name \
            "_total %llu\n", \
            words, (unsigned long long)STATS_GET(name));
    STATS_COUNTERS(X)
#undef X
#define X(name, words) \
    fprintf(out, "# HELP textd_nats_" #name " %s.\n# TYPE textd_nats_" #name " gauge\ntextd_nats_" #name " %llu\n", \
            words, (unsigned long long)STATS_GET(name));
    STATS_GAUGES(X)
#undef X
    fputs("# HELP textd_nats_document_seconds From a document's delivery to its acknowledgement.\n"
          "# TYPE textd_nats_document_seconds histogram\n",
          out);
#define X(ms) \
    fprintf(out, "textd_nats_document_seconds_bucket{le=\"%g\"} %llu\n", ms / 1e3, \
            (unsigned long long)STATS_GET(within_##ms));
    STATS_BUCKETS(X)
#undef X
    unsigned long long n = (unsigned long long)STATS_GET(timed);
    fprintf(out,
            "textd_nats_document_seconds_bucket{le=\"+Inf\"} %llu\ntextd_nats_document_seconds_sum %g\n"
            "textd_nats_document_seconds_count %llu\n",
            n, (double)STATS_GET(time_us) / 1e6, n);
}

/* Ready: documents that come now would be annotated, and what is found kept. */
static const char *why_unready(struct http *http)
{
    if (atomic_load(&http->is_draining))
        return "draining: it is being stopped\n";
    if (!STATS_GET(connected))
        return "there is no connection to NATS\n";
    if (!STATS_GET(consumer_there))
        return "the stream's consumer isn't there: textd-nats setup makes it\n";
    if (!STATS_GET(daemons))
        return "no textd takes documents\n";
    return NULL;
}

static enum MHD_Result answer(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **seen)
{
    static int once;
    struct http *http = closure;
    char *text = NULL;
    size_t length = 0;
    unsigned status = MHD_HTTP_OK;
    const char *type = "text/plain; charset=utf-8";

    (void)version, (void)upload;
    if (!*seen) { /* first the headers are shown, before a body that nobody reads */
        *seen = &once;
        return MHD_YES;
    }
    *upload_size = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return MHD_NO;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        fputs("only GET and HEAD\n", out);
    } else if (strcmp(url, "/metrics") == 0) {
        type = "text/plain; version=0.0.4; charset=utf-8";
        print_metrics(out);
    } else if (strcmp(url, "/livez") == 0) {
        fputs("alive\n", out);
    } else if (strcmp(url, "/readyz") == 0 || strcmp(url, "/healthz") == 0) {
        const char *why = why_unready(http);
        status = why ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
        fputs(why ? why : "ready\n", out);
    } else {
        status = MHD_HTTP_NOT_FOUND;
        fputs("there are /metrics, /livez, /readyz and /healthz\n", out);
    }
    fclose(out);
    struct MHD_Response *response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    enum MHD_Result rc = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return rc;
}

static int bind_to(const char *where, char *why, unsigned size)
{
    char host[256];
    const char *colon = strrchr(where, ':');
    struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST, .ai_socktype = SOCK_STREAM }, *found = NULL;
    int yes = 1, fd = -1;

    snprintf(host, sizeof host, "%.*s", colon ? (int)(colon - where) : 0, where);
    size_t n = strlen(host);
    if (n > 1 && host[0] == '[' && host[n - 1] == ']') {
        memmove(host, host + 1, n - 2);
        host[n - 2] = 0;
    }
    if (!colon || getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found) != 0) {
        snprintf(why, size, "--listen is '%s'; write an address and a port, such as 127.0.0.1:7414 or [::]:7414",
                 where);
        return -1;
    }
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 64) != 0) {
        snprintf(why, size, "can't listen on %s: %s", where, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

struct http *http_open(const char *where, unsigned *port, char *why, unsigned size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = { 0 };
    socklen_t length = sizeof address;
    int fd = bind_to(where, why, size);
    struct http *http = fd >= 0 ? calloc(1, sizeof *http) : NULL;

    if (fd < 0)
        return NULL;
    if (http && getsockname(fd, &address.any, &length) == 0)
        http->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, answer, http,
                                        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, 64u,
                                        MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                        (size_t)16384, MHD_OPTION_END);
    if (!http || !http->daemon) {
        snprintf(why, size, "can't serve on %s: %s", where, strerror(errno));
        close(fd);
        free(http);
        return NULL;
    }
    *port = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
    return http;
}

void http_drain(struct http *http)
{
    if (http)
        atomic_store(&http->is_draining, 1);
}

void http_close(struct http *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}
