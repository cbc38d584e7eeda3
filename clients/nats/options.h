/* options.h: what the command line of textd-nats asked for. */
#ifndef NATS_OPTIONS_H
#define NATS_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#define OPTIONS_MAX_LIST 16
#define OPTIONS_NAME_BYTES 128 /* of streams, consumer, service: they become parts of subjects */

struct options {
    int is_setup; /* textd-nats setup */

    /* The connection to NATS. */
    const char *servers[OPTIONS_MAX_LIST];
    int n_servers;
    const char *creds, *nkey, *user, *password_file, *token_file;
    const char *ca, *cert, *key;
    int tls;
    const char *inbox_prefix;

    /* What is read and written there. */
    const char *stream, *results, *dead, *consumer;
    const char *service; /* the subject that requests come on; NULL: none are taken */

    /* The daemons. */
    const char *endpoints[OPTIONS_MAX_LIST];
    int n_endpoints;
    const char *curve_key, *curve_server_key;

    uint32_t window;     /* documents under way in all; 0: by the daemons' workers */
    uint32_t deliveries; /* how often a document may be tried before it is taken for poison */
    uint32_t ack_wait_ms;
    uint32_t grace_ms; /* for documents under way when it is stopped */
    const char *listen;
    const char *log_format, *log_level;

    /* setup alone */
    uint32_t replicas;
    uint32_t duplicates_ms;
    uint64_t max_bytes;
    uint32_t max_ack_pending;
    int check, update;
    const char *storage;
};

/* 0; above 0 an exit code after having complained; -1: a page was printed, and all is well. */
int options_read(struct options *options, int argc, char **argv);

#endif
