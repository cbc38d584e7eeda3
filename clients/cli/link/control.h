/* control.h: talking to the control socket. */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include <textd/client.h>

#include "clients/cli/cli.h"

/* Where the control socket is: as the command line says, or in the run directory. NULL after having complained. */
const char *control_endpoint(const char *given, const char *socket_name, char *room, size_t size);

/* Connects to the control socket. NULL after having complained, with *rc the exit code. */
struct textd_client *control_open(const struct cli *cli, int *rc);

/* Sends an op and waits. CLI_OK and *reply, or an exit code after having complained: of the connection or, of what the
 * daemon refused, with its reason. */
int control_call(struct textd_client *client, const char *op, const struct textd_argument *arguments, size_t n,
                 struct textd_reply **reply);

/* All of it for one op: `print` shows the reply, unless it is wanted as JSON. */
int control_run(const struct cli *cli, const char *op, const struct textd_argument *arguments, size_t n,
                void (*print)(const struct cli *cli, struct textd_node root));

#endif
