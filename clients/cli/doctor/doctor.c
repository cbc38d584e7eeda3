/* doctor.c: `textctl doctor`: looks at all that has to be right for clients to be served, and says of what isn't what
 * to do. Nothing is changed by it, and a daemon need not be there. */
#include "clients/cli/doctor/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/lib/json.h"
#include "clients/cli/link/session.h"
#include "common/rundir.h"

#define IPC "ipc://"
#define DEFAULT_TIMEOUT_MS 5000

/* ---- Where to look ----------------------------------------------------------------------------------------------- */

/* ipc://DIR/NAME beside the endpoint's socket when it is there, else in the run directory. */
static void find_socket(const struct doctor *d, const char *name, char *endpoint)
{
    snprintf(endpoint, DOCTOR_ENDPOINT, IPC "%.200s/%s", d->folder, name);
    if (!d->folder[0] || access(endpoint + sizeof IPC - 1, F_OK) != 0)
        td_rundir_endpoint(endpoint, DOCTOR_ENDPOINT, name);
}

/* As the client library finds it, but that nothing is made. CLI_OK, or CLI_USAGE after having complained. */
static int find_endpoints(struct doctor *d)
{
    const char *given = d->cli->endpoint ? d->cli->endpoint : getenv("TEXTD_ENDPOINT");

    if (given && given[0])
        snprintf(d->endpoint, sizeof d->endpoint, "%s", given);
    if ((given && strlen(given) >= sizeof d->endpoint) ||
        (!d->endpoint[0] && td_rundir_endpoint(d->endpoint, sizeof d->endpoint, TD_DATA_SOCKET) != 0)) {
        cli_complain("the endpoint's name is too long");
        return CLI_USAGE;
    }
    if (strncmp(d->endpoint, IPC, sizeof IPC - 1) == 0)
        snprintf(d->folder, sizeof d->folder, "%s", d->endpoint + sizeof IPC - 1);
    char *slash = strrchr(d->folder, '/');
    if (slash)
        slash[slash == d->folder] = 0;
    find_socket(d, TD_EVENTS_SOCKET, d->events);
    if (d->cli->control)
        snprintf(d->control, sizeof d->control, "%s", d->cli->control);
    else
        find_socket(d, TD_CONTROL_SOCKET, d->control);
    return CLI_OK;
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static int finish(const struct doctor *d, int is_there)
{
    int rc = !is_there ? CLI_NO_DAEMON : d->n_failures ? CLI_SOME_FAILED : CLI_OK;

    if (d->cli->json)
        printf("],\"warnings\":%zu,\"failures\":%zu,\"exit\":%d}\n", d->n_warnings, d->n_failures, rc);
    else if (d->n_failures + d->n_warnings == 0)
        puts("\nall is well");
    else
        printf("\n%zu failure%s, %zu warning%s\n", d->n_failures, d->n_failures == 1 ? "" : "s", d->n_warnings,
               d->n_warnings == 1 ? "" : "s");
    return rc;
}

int cli_doctor(const struct cli *cli)
{
    struct doctor d = { .cli = cli, .term = term_of(stdout, cli->color) };
    int rc = find_endpoints(&d), is_there = 0;

    if (rc != CLI_OK)
        return rc;
    d.timeout_ms = cli->timeout_ms ? cli->timeout_ms : DEFAULT_TIMEOUT_MS;
    if (cli->json) {
        fputs("{\"endpoint\":", stdout);
        json_text(stdout, d.endpoint, strlen(d.endpoint));
        fputs(",\"findings\":[", stdout);
    } else {
        term_text(stdout, d.endpoint, strlen(d.endpoint));
        fputs("\n\n", stdout);
    }
    doctor_look_at_files(&d);
    is_there = doctor_ask(&d);
    doctor_look_inside(&d);
    rc = finish(&d, is_there);
    textd_reply_free(d.ping);
    textd_reply_free(d.described);
    textd_reply_free(d.status);
    return rc;
}
