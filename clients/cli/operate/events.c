/* events.c: `textctl events`: follows the events socket, a line an event. */
#include "clients/cli/cli.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include <zmq.h>

#include "clients/cli/link/control.h"
#include "clients/cli/lib/json.h"
#include "clients/cli/lib/term.h"
#include "common/rundir.h"
#include "common/zcall.h"

/* How often it is looked whether the daemon is still there. */
#define LOOK_MS 1000

static volatile sig_atomic_t is_told_to_leave;

static void on_signal(int signal)
{
    (void)signal;
    is_told_to_leave = 1;
}

static void print_time(int64_t unix_ms)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm;
    char text[32];

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
    printf("%s.%03dZ", text, (int)(unix_ms % 1000));
}

static void print_event(struct textd_node event)
{
    struct textd_walk walk = textd_node_walk(event);
    struct textd_node key, value, name = textd_node_find(event, "event"), level = textd_node_find(event, "level");

    print_time(textd_node_find(event, "unix_ms").integer);
    putchar(' ');
    term_text(stdout, level.text, level.length);
    putchar(' ');
    term_text(stdout, name.text, name.length);
    while (textd_walk_next(&walk, &key, &value)) {
        if (textd_node_is(key, "event") || textd_node_is(key, "level") || textd_node_is(key, "unix_ms"))
            continue;
        putchar(' ');
        term_text(stdout, key.text, key.length);
        putchar('=');
        json_node(stdout, value);
    }
    putchar('\n');
}

/* Takes one event: two frames. Zero when it isn't one. */
static int take_event(const struct cli *cli, void *socket)
{
    zmq_msg_t topic, body;
    int is_event = 0;

    zmq_msg_init(&topic);
    zmq_msg_init(&body);
    if (td_zcall_msg_recv(&topic, socket) >= 0 && zmq_msg_more(&topic) && td_zcall_msg_recv(&body, socket) >= 0) {
        struct textd_node event = textd_node_read(zmq_msg_data(&body), zmq_msg_size(&body));
        is_event = event.type == TEXTD_NODE_MAP;
        if (is_event && cli->json) {
            json_node(stdout, event);
            putchar('\n');
        } else if (is_event) {
            print_event(event);
        }
        fflush(stdout);
    }
    zmq_msg_close(&topic);
    zmq_msg_close(&body);
    return is_event;
}

/* What the monitor says of the connection: told once each way. */
static void take_tidings(void *monitor, const char *endpoint, int *is_lost)
{
    zmq_msg_t frame;
    uint16_t event = 0;

    for (int first = 1, more = 1; more; first = 0) {
        zmq_msg_init(&frame);
        if (td_zcall_msg_recv(&frame, monitor) < 0)
            return;
        if (first && zmq_msg_size(&frame) >= sizeof event)
            memcpy(&event, zmq_msg_data(&frame), sizeof event);
        more = zmq_msg_more(&frame);
        zmq_msg_close(&frame);
    }
    int was_lost = *is_lost;
    *is_lost = event != ZMQ_EVENT_CONNECTED;
    if (*is_lost && !was_lost)
        cli_complain("the connection to %s is lost; waiting for it to come back", endpoint);
    else if (!*is_lost && was_lost)
        cli_complain("connected to %s again", endpoint);
}

static int follow(const struct cli *cli, void *socket, void *monitor, const char *endpoint)
{
    int is_lost = 0;

    while (!is_told_to_leave && !ferror(stdout)) {
        zmq_pollitem_t items[] = { { .socket = socket, .events = ZMQ_POLLIN },
                                   { .socket = monitor, .events = ZMQ_POLLIN } };
        if (zmq_poll(items, 2, LOOK_MS) <= 0)
            continue;
        if (items[1].revents)
            take_tidings(monitor, endpoint, &is_lost);
        while (items[0].revents && take_event(cli, socket))
            ;
    }
    return CLI_OK; /* main tells whether standard output was the reason */
}

/* Is there a daemon at all? A SUB would wait for one for ever. */
static int find_daemon(const struct cli *cli)
{
    struct textd_reply *reply;
    int rc;
    struct textd_client *client = control_open(cli, &rc);

    if (!client)
        return rc;
    rc = control_call(client, "ping", NULL, 0, &reply);
    if (rc == CLI_OK)
        textd_reply_free(reply);
    textd_client_close(client);
    return rc;
}

static int subscribe(const struct cli *cli, void *socket, const char *endpoint)
{
    static const char *const all[] = { "" };
    char *const *prefixes = cli->n_files ? cli->files : (char *const *)(uintptr_t)all;

    for (int i = 0; i < (cli->n_files ? cli->n_files : 1); i++)
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, prefixes[i], strlen(prefixes[i]));
    if (zmq_connect(socket, endpoint) == 0)
        return CLI_OK;
    cli_complain("can't connect to '%s': %s; it must be ipc://PATH", endpoint, zmq_strerror(zmq_errno()));
    return CLI_USAGE;
}

int cli_events(const struct cli *cli)
{
    static const char tidings[] = "inproc://tidings";
    int none = 0, rc = find_daemon(cli);
    char room[300];
    const char *endpoint = rc == CLI_OK ? control_endpoint(cli->events, TD_EVENTS_SOCKET, room, sizeof room) : NULL;

    if (!endpoint)
        return rc ? rc : CLI_USAGE;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_SUB), *monitor = zmq_socket(context, ZMQ_PAIR);
    zmq_socket_monitor(socket, tidings, ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED);
    zmq_connect(monitor, tidings);
    zmq_setsockopt(monitor, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    rc = subscribe(cli, socket, endpoint);
    if (rc == CLI_OK)
        rc = follow(cli, socket, monitor, endpoint);
    zmq_close(monitor);
    zmq_close(socket);
    zmq_ctx_term(context);
    return rc;
}
