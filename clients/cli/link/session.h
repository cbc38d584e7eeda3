/* session.h: a connection to textd for one run of textctl: what the server can do is asked once, at the start, so that
 * an absent daemon, a text above its limit and an option of the wrong type are known before any document travels. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <textd/client.h>

#include "clients/cli/cli.h"

struct session {
    const struct cli *cli;
    struct textd_client *client;
    struct textd_reply *described;
    uint64_t document_bytes; /* the server's limit */
    struct textd_request_option options[CLI_MAX_LIST];
    size_t n_options;
    const char *plugins[CLI_MAX_LIST + 1];
    size_t n_plugins;
    char tokens_plugin[64]; /* that gives them, when they were asked for */
    char *warned[32];       /* what was said; when there is more, that is said, and no more */
    size_t n_warned;
    char option_names[CLI_MAX_LIST][128]; /* "plugin\0key\0", what the options point into */
};

/* Connects. CLI_OK, or an exit code after having complained; close the session in both cases. */
int session_open(struct session *s, const struct cli *cli);

/* As session_open, and asks the server what it can do, and reads the --option values by that. */
int session_open_described(struct session *s, const struct cli *cli);

/* Says on standard error what the server warns of in this reply, each warning once a run: all documents are asked for
 * alike. */
void session_warn(struct session *s, const struct textd_reply *reply);

void session_close(struct session *s);

/* A request for this text as the command line wants it. Points into the session and `text`. */
struct textd_request session_request(const struct session *s, const char *text, size_t length);

/* The exit code that a failure of the library stands for. */
int session_exit_code(int client_code);

/* How a run ends that had failures: 0 without any; 75 when every one may go away by itself, else 1. */
struct outcome {
    uint64_t done, failed, retryable;
};
int session_outcome(const struct outcome *outcome);

#endif
