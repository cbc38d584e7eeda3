/* http.h: /metrics, /livez and /readyz of the bridge, in a thread of libmicrohttpd's own. Reads nothing but stats.h. */
#ifndef NATS_HTTP_H
#define NATS_HTTP_H

struct http;

/* `where`: HOST:PORT, [HOST]:PORT or :0's port of the system's choice, which is told in *port. NULL: `why` says so. */
struct http *http_open(const char *where, unsigned *port, char *why, unsigned size);
void http_close(struct http *http); /* NULL is fine */

/* From now on /readyz says no: it is being stopped. */
void http_drain(struct http *http);

#endif
