/* access.c: who may ask: Host, so that no web page can reach a port of the loopback by a name of its own (DNS rebinding);
 * Origin, so that none can send there; the token. */
#include "daemon/http/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "common/log.h"

#define TOKEN_LEAST 16
#define TOKEN_MOST 1024

/* ---- The token ---------------------------------------------------------------------------------------------------- */

/* Only a hash is kept, and hashes are compared: nothing of the token's length or letters shows in how long that takes. */
static void hash_token(unsigned char hash[TD_HTTP_TOKEN_HASH], const char *token, size_t length)
{
    crypto_generichash(hash, TD_HTTP_TOKEN_HASH, (const unsigned char *)token, length, NULL, 0);
}

static int read_token(const char *path, char *token, size_t size, struct td_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return td_fail(err, TD_E_CONFIG, "http.token_file %s can't be opened: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return td_fail(err, TD_E_CONFIG, "http.token_file %s is no regular file", path);
    }
    if (st.st_mode & (S_IRWXO | S_IWGRP)) {
        close(fd);
        return td_fail(err, TD_E_CONFIG,
                       "http.token_file %s has mode %04o: others can read or change it; chmod it to 0600", path,
                       (unsigned)st.st_mode & 07777);
    }
    ssize_t n = read(fd, token, size - 1);
    close(fd);
    if (n < 0)
        return td_fail(err, TD_E_CONFIG, "http.token_file %s can't be read: %s", path, strerror(errno));
    token[n] = 0;
    return TD_OK;
}

int td_http_read_token(struct td_http *http, const char *path, struct td_err *err)
{
    char token[TOKEN_MOST + 3] = ""; /* a line's end, and one more to see that it is too long */
    int rc;

    if (!path) {
        http->has_token = 0;
        return TD_OK;
    }
    if ((rc = read_token(path, token, sizeof token, err)) != TD_OK)
        return rc;
    size_t length = strcspn(token, "\r\n");
    if (length < TOKEN_LEAST || length > TOKEN_MOST || token[length + strspn(token + length, "\r\n")] != 0) {
        sodium_memzero(token, sizeof token);
        return td_fail(err, TD_E_CONFIG, "http.token_file %s must hold one line of %d to %d characters", path,
                       TOKEN_LEAST, TOKEN_MOST);
    }
    for (size_t i = 0; i < length; i++)
        if (token[i] <= ' ' || token[i] > '~') {
            sodium_memzero(token, sizeof token);
            return td_fail(err, TD_E_CONFIG,
                           "http.token_file %s holds a character that can't stand in a header: use letters and digits",
                           path);
        }
    hash_token(http->token_hash, token, length);
    sodium_memzero(token, sizeof token);
    http->has_token = 1;
    return TD_OK;
}

int td_http_check(const struct td_config *config, struct td_err *err)
{
    struct td_http http = { 0 };

    if (!config->set.http_listen && !config->set.http_probes)
        return TD_OK;
    return td_http_read_token(&http, config->set.http_token_file, err);
}

/* "Bearer TOKEN"; or "Basic …", which is all that a browser can ask somebody for: the password is the token, and the name may
 * be anything. */
static int is_token(const struct td_http *http, const char *header)
{
    char plain[TOKEN_MOST + 256];
    unsigned char hash[TD_HTTP_TOKEN_HASH];
    size_t length = strcspn(header, " "), plain_length;
    const char *token = header + length + strspn(header + length, " ");

    if (length == strlen("Bearer") && strncasecmp(header, "Bearer", length) == 0) {
        length = strlen(token);
    } else if (length == strlen("Basic") && strncasecmp(header, "Basic", length) == 0) {
        if (sodium_base642bin((unsigned char *)plain, sizeof plain - 1, token, strlen(token), NULL, &plain_length, NULL,
                              sodium_base64_VARIANT_ORIGINAL) != 0)
            return 0;
        plain[plain_length] = 0;
        token = memchr(plain, ':', plain_length);
        if (!token++)
            return 0;
        length = plain_length - (size_t)(token - plain);
    } else {
        return 0;
    }
    hash_token(hash, token, length);
    return sodium_memcmp(hash, http->token_hash, sizeof hash) == 0;
}

int td_http_check_token(struct td_http_call *call, struct td_err *err)
{
    struct td_http *http = call->http;
    const char *header = td_http_call_header(call, MHD_HTTP_HEADER_AUTHORIZATION);

    if (!http->has_token)
        return TD_OK;
    if (header && is_token(http, header)) {
        /* For caches; and by that the page knows that others need a token, too, though the browser has shown it ours. */
        td_http_call_set_header(call, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_AUTHORIZATION);
        return TD_OK;
    }
    http->counters.refused_token++;
    td_log(TD_LOG_WARN, "http.denied", TD_STR("path", call->route->path),
           TD_STR("reason", header ? "wrong token" : "no token"));
    td_http_call_set_header(call, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"textd\"");
    /* For Basic a browser opens a dialog of its own: right for what somebody looks at, wrong over the page, which has a form. */
    if (strncmp(call->route->path, "/v1/", 4) != 0)
        td_http_call_set_header(call, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"textd\", charset=\"UTF-8\"");
    return td_fail(err, TD_E_BAD_REQUEST, "%s needs the token of http.token_file: 'Authorization: Bearer TOKEN'%s",
                   call->route->path, header ? "; what came is another" : "");
}

/* ---- Host and Origin ---------------------------------------------------------------------------------------------- */

/* The host of "name:80", "[::1]:80", "10.0.0.1", without brackets and the dot that may end a name. -1: it is none. */
static int read_host(const char *header, char *host, size_t size)
{
    int is_bracketed = header[0] == '[';
    const char *start = header + is_bracketed;
    size_t length = strcspn(start, is_bracketed ? "]" : ":");
    const char *rest = start + length;

    if (is_bracketed && *rest++ != ']')
        return -1;
    if (*rest == ':')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (length == 0 || length >= size || *rest != 0)
        return -1;
    memcpy(host, start, length);
    host[length] = 0;
    if (length > 1 && host[length - 1] == '.')
        host[length - 1] = 0;
    return 0;
}

static int is_listed(const char *list, const char *host)
{
    while (list && *list) {
        list += strspn(list, ", ");
        size_t length = strcspn(list, ", ");
        if (length == strlen(host) && strncasecmp(list, host, length) == 0)
            return 1;
        list += length;
    }
    return 0;
}

/* The address that the client has connected to. */
static int is_own_address(int fd, const char *host)
{
    struct sockaddr_storage local = { 0 };
    socklen_t length = sizeof local;
    struct in6_addr address;

    if (getsockname(fd, (struct sockaddr *)&local, &length) != 0)
        return 0;
    if (local.ss_family == AF_INET)
        return inet_pton(AF_INET, host, &address) == 1 &&
               memcmp(&address, &((struct sockaddr_in *)&local)->sin_addr, sizeof(struct in_addr)) == 0;
    return inet_pton(AF_INET6, host, &address) == 1 &&
           memcmp(&address, &((struct sockaddr_in6 *)&local)->sin6_addr, sizeof address) == 0;
}

/* HTTP/1.0 knows no Host, and no browser speaks it. */
int td_http_check_host(struct td_http_call *call, const char *version, struct td_err *err)
{
    static const char loopback[] = "localhost,127.0.0.1,::1";
    const char *header = td_http_call_header(call, MHD_HTTP_HEADER_HOST);
    char host[256] = "";

    if (!header && strcmp(version, MHD_HTTP_VERSION_1_0) == 0)
        return TD_OK;
    if (header && read_host(header, host, sizeof host) == 0 &&
        (is_listed(loopback, host) || is_listed(call->http->set.hosts, host) ||
         is_own_address(call->connection->fd, host)))
        return TD_OK;
    call->http->counters.refused_host++;
    td_log(TD_LOG_WARN, "http.denied", TD_STR("reason", "host"), TD_BYTES("host", header, header ? strlen(header) : 0));
    return td_fail(err, TD_E_BAD_REQUEST,
                   "textd isn't known by the name '%.100s'; if it is to be, add that to http.hosts",
                   host); /* without the port, as it stands there */
}

/* A browser says which site's page has sent what changes something; one of ours has our own address. */
int td_http_check_origin(struct td_http_call *call, const char *method, struct td_err *err)
{
    const char *origin = td_http_call_header(call, MHD_HTTP_HEADER_ORIGIN);
    const char *host = td_http_call_header(call, MHD_HTTP_HEADER_HOST), *at;

    if (!origin || strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return TD_OK;
    at = strstr(origin, "://");
    if (at && host && (strncmp(origin, "http:", 5) == 0 || strncmp(origin, "https:", 6) == 0) &&
        strcasecmp(at + 3, host) == 0)
        return TD_OK;
    call->http->counters.refused_origin++;
    td_log(TD_LOG_WARN, "http.denied", TD_STR("reason", "origin"), TD_BYTES("origin", origin, strlen(origin)));
    return td_fail(err, TD_E_BAD_REQUEST, "a page of '%.100s' may not send here", origin);
}
