/* control.c: see control.h. */
#include "clients/cli/link/control.h"

#include <stdio.h>

#include "clients/cli/lib/json.h"
#include "clients/cli/link/session.h"
#include "clients/cli/lib/term.h"
#include "common/rundir.h"

const char *control_endpoint(const char *given, const char *socket_name, char *room, size_t size)
{
    char why[TD_RUNDIR_WHY_BYTES];

    if (given)
        return given;
    if (td_rundir_endpoint(room, size, socket_name) != 0)
        snprintf(why, sizeof why, "the run directory's path is too long; name the socket");
    else if (td_rundir_claim(room, why) == 0)
        return room;
    cli_complain("%s", why);
    return NULL;
}

struct textd_client *control_open(const struct cli *cli, int *rc)
{
    char room[300];
    struct textd_client_options options = { .size = sizeof options, .timeout_ms = cli->timeout_ms };
    struct textd_error error;

    *rc = CLI_USAGE;
    options.endpoint = control_endpoint(cli->control, TD_CONTROL_SOCKET, room, sizeof room);
    if (!options.endpoint)
        return NULL;
    struct textd_client *client = textd_client_open(&options, &error);
    if (client)
        return client;
    cli_complain("%s", error.text);
    *rc = session_exit_code(error.code);
    return NULL;
}

int control_call(struct textd_client *client, const char *op, const struct textd_argument *arguments, size_t n,
                 struct textd_reply **reply)
{
    struct textd_error error;
    int rc = textd_client_call(client, op, arguments, n, reply, &error);

    if (rc != TEXTD_CLIENT_OK) {
        cli_complain("%s", error.text);
        return session_exit_code(rc);
    }
    const struct textd_reply_error *refused = textd_reply_error(*reply);
    if (!refused)
        return CLI_OK;
    cli_complain("%s: %s", refused->code, refused->message);
    rc = refused->retryable ? CLI_TRY_AGAIN : CLI_SOME_FAILED;
    textd_reply_free(*reply);
    *reply = NULL;
    return rc;
}

int control_run(const struct cli *cli, const char *op, const struct textd_argument *arguments, size_t n,
                void (*print)(const struct cli *cli, struct textd_node root))
{
    struct textd_reply *reply;
    int rc;
    struct textd_client *client = control_open(cli, &rc);

    if (!client)
        return rc;
    rc = control_call(client, op, arguments, n, &reply);
    if (rc == CLI_OK) {
        if (cli->json) {
            json_node(stdout, textd_reply_root(reply));
            putchar('\n');
        } else {
            print(cli, textd_reply_root(reply));
        }
        textd_reply_free(reply);
    }
    textd_client_close(client);
    return rc;
}
