/* sockets.c: see sockets.h. */
#include "daemon/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/rundir.h"
#include "daemon/documents/admission.h"
#include "daemon/documents/dispatch.h"
#include "daemon/fleet/lifeline.h"

/* What replies get to leave the sockets when the server stops. */
#define LINGER_MS 1000

/* Descriptors, envelopes and maps around a document's text: libzmq cuts the connection above this without a word, so
 * that it lies well above the limit that we can answer for. */
#define FRAME_SLACK (1 << 20)

/* When a textd is killed and another started at once, the first one's supervisor may need a moment yet to die of it. */
#define PATIENCE_TRIES 20
#define PATIENCE_US 10000

/* What libzmq takes for its two threads with the first socket: it ends the process when it gets less. */
#define FIRST_SOCKET_FDS 8

static int is_worth_waiting(int rc)
{
    static int tries;

    if (rc != TD_E_IN_USE || tries++ == PATIENCE_TRIES)
        return 0;
    usleep(PATIENCE_US); /* the loop doesn't run yet */
    return 1;
}

static int bind_patiently(struct td_frontend *f, const char *endpoint, const char *secret_key, struct td_err *err)
{
    int rc;

    do
        rc = td_frontend_bind(f, endpoint, secret_key, err);
    while (is_worth_waiting(rc));
    return rc;
}

/* What a document costs beside the bytes that admission counts: blocks of the heap, and its places in tables. */
#define DOCUMENT_BYTES 384u

/* What is accounted for: requests, and what of workers' replies has arrived. */
static uint64_t held_bytes(void *data)
{
    const struct td_documents *docs = data;
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(docs->lineup, all);
    uint64_t bytes =
        docs->held_bytes + docs->door_bytes + docs->connection_bytes + (uint64_t)docs->count * DOCUMENT_BYTES;

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < all[i]->n_slots; k++)
            bytes += all[i]->slots[k].worker ? all[i]->slots[k].worker->channel.in_touched : 0;
    return bytes;
}

static struct td_intake_place place_of(struct td_frontend *f)
{
    return (struct td_intake_place) { f->zsocket.socket, f->endpoints, f->n_endpoints, &f->zsocket };
}

static void watch_over(struct td_sockets *s)
{
    struct td_intake *g = &s->intake;

    g->frontends[0] = &s->data;
    g->frontends[1] = &s->control->frontend;
    g->places[0] = place_of(&s->data);
    g->places[1] = place_of(&s->control->frontend);
    g->places[2] = (struct td_intake_place) { s->events.socket, &s->events.endpoint, 1, NULL };
    g->n_places = 3;
    if (s->pipes.zsocket.socket) {
        g->pipes = &s->pipes;
        g->places[g->n_places++] = place_of(&s->pipes);
    }
    g->held_bytes = held_bytes;
    g->data = s->data.data;
    td_intake_start(g);
}

static void on_client_gone(void *data, struct td_connection *client)
{
    td_dispatch_forget_client(data, client);
}

static void on_operator_gone(void *data, struct td_connection *client)
{
    (void)data, (void)client;
}

/* Where one of the operator's sockets is: as configured, or in the run directory. */
static int own_endpoint(char *endpoint, size_t size, const char *configured, const char *name, struct td_err *err)
{
    int is_long = configured ? snprintf(endpoint, size, "%s", configured) >= (int)size
                             : td_rundir_endpoint(endpoint, size, name) != 0;

    return is_long ? td_fail(err, TD_E_CONFIG,
                             "the run directory's path is too long for a socket; set server.control and server.events")
                   : TD_OK;
}

/* A port that was free is told to the parent: should we die, the supervisor after us opens the same one again. */
static int bind_data(struct td_sockets *s, const struct td_config *config, uint32_t index, struct td_err *err)
{
    const char *endpoint = config->endpoints[index].address, *key_file = td_config_endpoint_key_file(config, index);
    struct td_curve_pair pair = { "", "" };
    int rc = key_file ? td_curve_key_read_secret(&pair, key_file, "curve.key_file", err) : TD_OK;

    if (rc == TD_OK)
        rc = bind_patiently(&s->data, td_lifeline_bound_before(endpoint), key_file ? pair.secret_key : NULL, err);
    explicit_bzero(pair.secret_key, sizeof pair.secret_key);
    if (rc != TD_OK)
        return rc;
    if (key_file)
        td_log(TD_LOG_INFO, "curve.key", TD_STR("endpoint", endpoint), TD_STR("public_key", pair.public_key));
    const char *bound = s->data.endpoints[s->data.n_endpoints - 1].name;
    if (bound && strcmp(bound, endpoint) != 0)
        td_lifeline_tell_bound(endpoint, bound);
    return TD_OK;
}

static int open_operators_sockets(struct td_sockets *s, const struct td_config *config, struct td_err *err)
{
    char endpoint[256];
    int rc = td_frontend_for_owner(&s->control->frontend, err);

    if (rc == TD_OK)
        rc = own_endpoint(endpoint, sizeof endpoint, config->set.server_control, TD_CONTROL_SOCKET, err);
    if (rc == TD_OK)
        rc = bind_patiently(&s->control->frontend, endpoint, NULL, err);
    if (rc == TD_OK)
        rc = own_endpoint(endpoint, sizeof endpoint, config->set.server_events, TD_EVENTS_SOCKET, err);
    if (rc != TD_OK)
        return rc;
    do
        rc = td_events_open(&s->events, s->zmq, endpoint, err);
    while (is_worth_waiting(rc));
    return rc;
}

/* Where the pipe process finds us, whatever the clients' endpoints are: beside the control socket. */
static int open_pipes(struct td_sockets *s, struct td_documents *docs, const struct td_config *config,
                      int64_t max_frame, struct td_err *err)
{
    const char *control = config->set.server_control;
    int rc = td_frontend_init(&s->pipes, s->zmq, max_frame, &docs->pool, err);

    if (rc == TD_OK)
        rc = td_frontend_for_owner(&s->pipes, err);
    if (rc != TD_OK)
        return rc;
    s->pipes.on_message = td_admission_take;
    s->pipes.on_gone = on_client_gone;
    s->pipes.data = docs;
    s->pipes.door.is_pipes = 1;
    s->pipes.door.next = docs->doors;
    docs->doors = &s->pipes.door;
    if (!control)
        rc = own_endpoint(s->pipes_endpoint, sizeof s->pipes_endpoint, NULL, TD_PIPE_SOCKET, err);
    else if (snprintf(s->pipes_endpoint, sizeof s->pipes_endpoint, "%s.pipe", control) >= 107 + (int)sizeof "ipc://")
        rc = td_fail(err, TD_E_CONFIG,
                     "server.control's path is too long for %s.pipe, where `pull` has its socket; "
                     "shorten it",
                     control);
    return rc == TD_OK ? bind_patiently(&s->pipes, s->pipes_endpoint, NULL, err) : rc;
}

/* Loud, at each start: what was written once is forgotten by whoever comes after. */
static void warn_of_open_ones(const struct td_config *config)
{
    for (uint32_t i = 0; i < config->n_endpoints; i++)
        if (!td_config_endpoint_key_file(config, i) && td_config_endpoint_is_open(config->endpoints[i].address))
            td_log(TD_LOG_WARN, "server.insecure", TD_STR("endpoint", config->endpoints[i].address),
                   TD_STR("reason", "insecure: true"),
                   TD_STR("action", "let in whoever can reach it, and send documents and results unencrypted"));
}

int td_sockets_check(const struct td_config *config, struct td_err *err)
{
    struct td_curve_pair pair;
    struct td_keyring *ring = NULL;
    int rc = TD_OK;

    for (uint32_t i = 0; i < config->n_endpoints && rc == TD_OK; i++) {
        const char *key_file = td_config_endpoint_key_file(config, i);
        if (key_file && (rc = td_curve_key_read_secret(&pair, key_file, "curve.key_file", err)) == TD_OK)
            td_curve_pair_wipe(&pair);
    }
    if (rc == TD_OK && config->set.curve_clients)
        rc = td_keyring_read(&ring, config->set.curve_clients, err);
    free(ring);
    warn_of_open_ones(config);
    return rc;
}

/* Before an endpoint is bound: libzmq lets nobody in as long as it has no answer. */
static int open_users(struct td_sockets *s, const struct td_config *config, struct td_zloop *zloop, struct td_err *err)
{
    struct td_keyring *ring;
    int rc = TD_OK;

    if (!config->set.curve_clients)
        return TD_OK;
    if ((rc = td_keyring_read(&ring, config->set.curve_clients, err)) != TD_OK)
        return rc;
    rc = td_users_open(&s->users, s->zmq, zloop, err);
    if (rc == TD_OK)
        rc = td_users_adopt(&s->users, ring, err);
    if (rc == TD_OK)
        rc = td_handshakes_open(&s->handshakes, s->zmq, s->data.zsocket.socket, s->data.endpoints, &s->data.n_endpoints,
                                zloop, err);
    free(ring);
    s->data.users = &s->users;
    return rc;
}

static int has_room(struct td_err *err)
{
    int fds[FIRST_SOCKET_FDS], n = 0, error = 0;

    while (n < FIRST_SOCKET_FDS && (fds[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
        n++;
    if (n < FIRST_SOCKET_FDS)
        error = errno;
    for (int i = 0; i < n; i++)
        close(fds[i]);
    return n == FIRST_SOCKET_FDS
               ? TD_OK
               : td_fail(err, TD_E_SYSTEM, "there are too few descriptors for sockets: %s; raise the limit (ulimit -n)",
                         strerror(error));
}

int td_sockets_open(struct td_sockets *s, struct td_documents *docs, const struct td_config *config,
                    struct td_zloop *zloop, struct td_err *err)
{
    int64_t max_frame = 2 * config->set.limits_document_bytes + FRAME_SLACK;

    gid_t group = TD_ENDPOINT_NO_GROUP;

    td_endpoint_share_folders(config->set.server_shared_folder != 0);
    if (config->set.server_socket_group) /* gone since it was checked: none may */
        td_config_group(config->set.server_socket_group, &group);
    td_endpoint_let_in(group);
    int rc = has_room(err);
    if (rc == TD_OK)
        rc = td_frontend_init(&s->data, s->zmq, max_frame, &docs->pool, err);

    if (rc != TD_OK || (rc = td_frontend_init(&s->control->frontend, s->zmq, FRAME_SLACK, &docs->pool, err)) != TD_OK)
        return rc;
    s->data.on_message = td_admission_take;
    s->data.on_gone = on_client_gone;
    s->data.data = docs;
    s->control->frontend.on_message = td_control_take;
    s->control->frontend.on_gone = on_operator_gone;
    s->control->frontend.data = s->control;
    if ((rc = open_users(s, config, zloop, err)) != TD_OK)
        return rc;
    warn_of_open_ones(config);
    for (uint32_t i = 0; i < config->n_endpoints; i++)
        if ((rc = bind_data(s, config, i, err)) != TD_OK)
            return rc;
    rc = open_operators_sockets(s, config, err);
    return rc == TD_OK && config->pipes[TD_PIPE_PULL].n > 0 ? open_pipes(s, docs, config, max_frame, err) : rc;
}

int td_sockets_listen(struct td_sockets *s, struct td_zloop *zloop, struct td_err *err)
{
    int rc = td_frontend_listen(&s->data, zloop, err);

    if (rc == TD_OK)
        rc = td_frontend_listen(&s->control->frontend, zloop, err);
    if (rc == TD_OK && s->pipes.zsocket.socket)
        rc = td_frontend_listen(&s->pipes, zloop, err);
    for (unsigned i = 0; rc == TD_OK && i < s->data.n_endpoints; i++)
        td_log(TD_LOG_INFO, "server.listen", TD_STR("endpoint", s->data.endpoints[i].name));
    if (rc == TD_OK)
        watch_over(s);
    return rc;
}

void td_sockets_close(struct td_sockets *s)
{
    td_handshakes_close(&s->handshakes);
    if (s->data.zsocket.socket)
        td_frontend_close(&s->data, LINGER_MS);
    if (s->control->frontend.zsocket.socket)
        td_frontend_close(&s->control->frontend, LINGER_MS);
    if (s->pipes.zsocket.socket)
        td_frontend_close(&s->pipes, 0);
    td_users_close(&s->users); /* behind the connections, which are theirs */
    td_events_close(&s->events, LINGER_MS);
    zmq_ctx_term(s->zmq); /* returns after LINGER_MS at most: every socket has it */
}
