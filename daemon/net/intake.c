/* intake.c: see intake.h. */
#include "daemon/net/intake.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/zcall.h"
#include "daemon/net/gate.h"
#include "daemon/net/message.h"

#define MIB (UINT64_C(1) << 20)
#define MS UINT64_C(1000000)

/* Free memory that the heap may keep. */
#define KEEP_BYTES (8 * MIB)

/* What a connection takes in libzmq and in the kernel's books before it has said anything. */
#define CONNECTION_BYTES (40u << 10)

/* In this time libzmq's thread reads some MiB, no more. */
#define MEASURE_NS (5 * MS)

/* How old a count of the connections may be that finds nothing wrong. */
#define COUNT_NS (1000 * MS)

/* Giving back walks the whole heap; it gets this share of the time at most. */
#define TRIM_SHARE 10

/* How long it may be full with nothing to read: then it is something that can't be read, such as messages without an
 * end. */
#define FULL_NS (1000 * MS)

/* How long it may be beyond the second mark while it is read: so much may have come in one long turn of the loop, or is
 * free memory between what other connections have. */
#define READ_NS (1000 * MS)

/* How long after the last connection that was turned away we count as short of descriptors: clients come again each 100
 * ms. */
#define LOOK_MS 1000

/* While something is wrong. */
#define TURN_MS 10

/* The longest that nobody is listened to. What is left then isn't libzmq's. */
#define STOPPED_NS (1000 * MS)

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_INTAKE_##name] = { text, to },
    TD_INTAKE_STATES(X)
#undef X
};

const char *td_intake_state_name(enum td_intake_state state)
{
    return states[state].name;
}

/* ---- Measuring --------------------------------------------------------------------------------------------------- */

/* Memory that is this process's alone: resident, less what is of files or shared. AddressSanitizer keeps what was
 * freed, so that under it nothing can be told. */
static uint64_t private_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    char *at;
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = 0;
    strtoull(text, &at, 10); /* its whole address space */
    unsigned long long resident = strtoull(at, &at, 10), shared = strtoull(at, &at, 10);
    if (shared >= resident)
        return 0; /* no descriptor, or no /proc: nothing is known, and nothing done */
    return (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
#endif
}

static uint64_t count_connections(void)
{
    DIR *folder = opendir("/proc/self/fd");
    uint64_t n = 0;

    while (folder && readdir(folder))
        n++;
    if (folder)
        closedir(folder);
    return n * CONNECTION_BYTES;
}

uint64_t td_intake_reply_bytes(const struct td_intake *g)
{
    uint64_t bytes = td_account_all_bytes();

    for (int i = 0; i < 2 && g->frontends[i]; i++)
        bytes += g->frontends[i]->connections.outbox_bytes;
    return bytes;
}

static uint64_t accounted_bytes(const struct td_intake *g)
{
    return g->base_bytes + g->held_bytes(g->data) + td_intake_reply_bytes(g);
}

/* The marks: at the first the gate becomes narrow, at the second connections are ended, below the third all is well
 * again. */
static uint64_t full_bytes(const struct td_intake *g)
{
    return g->unread_bytes / 2;
}

static uint64_t stop_bytes(const struct td_intake *g)
{
    return g->unread_bytes;
}

static uint64_t easy_bytes(const struct td_intake *g)
{
    return g->unread_bytes / 4;
}

static uint64_t beyond(uint64_t bytes, uint64_t accounted)
{
    return bytes > accounted ? bytes - accounted : 0;
}

/* What of `bytes` is beyond that, and no connection's. To count them takes the longer the more there are, so the last count is taken,
 * for a second at most, unless it is by that one that something would be wrong. */
static uint64_t beyond_connections(struct td_intake *g, uint64_t bytes, uint64_t accounted, uint64_t now)
{
    uint64_t rest = beyond(bytes, accounted + g->connections_bytes);

    if (now == g->counted_ns || (now - g->counted_ns < COUNT_NS && rest <= easy_bytes(g)))
        return rest;
    g->connections_bytes = count_connections();
    g->counted_ns = now;
    return beyond(bytes, accounted + g->connections_bytes);
}

static void give_back(struct td_intake *g)
{
    uint64_t begun = td_now_ns();

    malloc_trim(0);
    g->trimmed_ns = td_now_ns();
    g->trim_ns = g->trimmed_ns - begun;
}

/* Counts what costs more to find out only when it would matter: connections are counted, and when it isn't theirs free memory is given
 * back, which walks the whole heap. Zero when it can't tell now: a part is free memory, and it is too soon to give back again. */
static int measure(struct td_intake *g, uint64_t now)
{
    uint64_t accounted = accounted_bytes(g), all = private_bytes(), bytes = beyond(all, accounted);

    if (bytes > KEEP_BYTES)
        bytes = beyond_connections(g, all, accounted, now);
    uint64_t pause = bytes > easy_bytes(g) ? TRIM_SHARE * g->trim_ns : LOOK_MS * MS;

    g->measured_ns = now;
    if (bytes > KEEP_BYTES) {
        if (now - g->trimmed_ns < pause)
            return 0;
        give_back(g);
        bytes = beyond_connections(g, private_bytes(), accounted, now);
    }
    g->excess_bytes = bytes;
    if (bytes > g->peak_bytes)
        g->peak_bytes = bytes;
    return 1;
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void change_state(struct td_intake *g, enum td_intake_state state)
{
    td_state_check(states, g->state, state);
    g->state = state;
    g->zloop->is_hurried = state != TD_INTAKE_EASY;
    td_gate_set_narrow(state != TD_INTAKE_EASY);
    if (state != TD_INTAKE_EASY)
        uv_timer_start(&g->timer, g->timer.timer_cb, TURN_MS, TURN_MS);
}

static void stop(struct td_intake *g, uint64_t now)
{
    g->n_stopped++;
    g->stopped_ns = now;
    td_log(TD_LOG_ERROR, "server.deaf", TD_STR("reason", "unread messages"), TD_INT("bytes", g->excess_bytes),
           TD_STR("action", "all connections are ended; what they sent is read and refused"));
    for (int i = 0; i < 2; i++)
        td_frontend_stop(g->frontends[i]);
    change_state(g, TD_INTAKE_STOPPED);
}

static int is_all_read(const struct td_intake *g)
{
    g->frontends[0]->zsocket.must_ask = g->frontends[1]->zsocket.must_ask = 1;
    return !(td_zcall_events(g->frontends[0]->zsocket.socket) & ZMQ_POLLIN) &&
           !(td_zcall_events(g->frontends[1]->zsocket.socket) & ZMQ_POLLIN);
}

/* What is still there after all connections have gone isn't what libzmq holds of them: it belongs to us, and is no
 * reason to do the same again. */
static void listen_again(struct td_intake *g)
{
    struct td_err err;

    for (int i = 0; i < 2; i++)
        if (g->frontends[i]->is_stopped && td_frontend_resume(g->frontends[i], &err) != TD_OK) {
            td_log(TD_LOG_WARN, "server.listen_failed", TD_STR("error", err.text));
            return; /* at the next turn again */
        }
    if (g->excess_bytes >= easy_bytes(g))
        g->base_bytes += g->excess_bytes;
    td_log(TD_LOG_INFO, "server.listening", TD_STR("why", "all is read"), TD_INT("kept_bytes", g->excess_bytes),
           TD_INT("deaf_ms", (td_now_ns() - g->stopped_ns) / MS));
    g->easy_ns = td_now_ns();
    change_state(g, TD_INTAKE_EASY);
}

static void enter_full(struct td_intake *g, uint64_t now)
{
    if (!g->is_told)
        td_log(TD_LOG_WARN, "server.full", TD_STR("reason", "unread messages"), TD_INT("bytes", g->excess_bytes),
               TD_STR("action", "connections are read slowly"));
    g->is_told = 1;
    g->below_ns = g->unread_ns = now;
    change_state(g, TD_INTAKE_FULL);
}

/* A flood goes to and fro between the marks; its end is when there was nothing for a second. */
static void tell_easy(struct td_intake *g, uint64_t now)
{
    if (!g->is_told || g->state != TD_INTAKE_EASY || now < g->easy_ns + LOOK_MS * MS)
        return;
    g->is_told = 0;
    td_log(TD_LOG_INFO, "server.easy", TD_INT("peak_bytes", g->peak_bytes));
}

static void judge(struct td_intake *g, uint64_t now)
{
    switch (g->state) {
    case TD_INTAKE_EASY:
        if (g->excess_bytes > full_bytes(g))
            enter_full(g, now);
        break;
    case TD_INTAKE_FULL:
        if (!is_all_read(g))
            g->unread_ns = now;
        if (g->excess_bytes <= stop_bytes(g))
            g->below_ns = now;
        if (g->excess_bytes < easy_bytes(g) || (g->excess_bytes < full_bytes(g) && now - g->unread_ns > FULL_NS)) {
            g->easy_ns = now;
            change_state(g, TD_INTAKE_EASY);
        } else if (now - g->unread_ns > FULL_NS || (g->unread_ns == now && now - g->below_ns > READ_NS)) {
            stop(g, now);
        }
        break;
    case TD_INTAKE_STOPPED:
        if (is_all_read(g) && (g->excess_bytes < easy_bytes(g) || now - g->stopped_ns > STOPPED_NS))
            listen_again(g);
        break;
    }
}

/* ---- Descriptors and files --------------------------------------------------------------------------------------- */

static void look_at_descriptors(struct td_intake *g)
{
    uint64_t n = td_gate_n_refused();
    int was_refused = n != g->n_refused;

    g->n_refused = n;
    if (was_refused && !g->is_short) {
        g->is_short = 1;
        td_log(TD_LOG_ERROR, "server.deaf", TD_STR("reason", "descriptors"),
               TD_STR("action", "new connections are closed; raise LimitNOFILE"));
    } else if (g->is_short && !was_refused && td_gate_has_room()) {
        g->is_short = 0;
        td_log(TD_LOG_INFO, "server.listening", TD_STR("why", "there are descriptors again"), TD_INT("turned_away", n));
    }
}

static void look_at_place(struct td_intake *g, struct td_intake_place *place)
{
    struct td_err err;

    if (place->zsocket)
        place->zsocket->must_ask = 1; /* it may be bound again */
    for (unsigned i = 0; i < place->n_endpoints; i++) {
        struct td_endpoint *endpoint = &place->endpoints[i];
        if (td_endpoint_look(endpoint, place->socket, &err)) {
            if (endpoint->is_lost)
                td_log(TD_LOG_ERROR, "server.endpoint_lost", TD_STR("endpoint", endpoint->name),
                       TD_STR("error", err.text));
            else
                td_log(TD_LOG_WARN, "server.rebound", TD_STR("endpoint", endpoint->name),
                       TD_STR("reason", "its file was deleted"));
        }
        g->has_lost |= endpoint->is_lost;
    }
}

/* A second's worth of looking. */
static void look(struct td_intake *g)
{
    look_at_descriptors(g);
    g->has_lost = 0;
    for (unsigned i = 0; i < g->n_places && g->state != TD_INTAKE_STOPPED; i++)
        look_at_place(g, &g->places[i]);
    for (int i = 0; i < 2; i++)
        td_connections_sweep(&g->frontends[i]->connections);
    if (g->pipes)
        td_connections_sweep(&g->pipes->connections);
    if (accounted_bytes(g) > g->base_bytes)
        return;
    td_doc_pool_shrink(g->frontends[0]->pool);
    if (g->n_received != g->n_given_back) /* once a quiet time */
        give_back(g);
    g->n_given_back = g->n_received;
    uint64_t bytes = private_bytes(); /* all that is there now is ours */
    if (bytes > 0 && bytes < g->base_bytes)
        g->base_bytes = bytes;
}

/* ---- Turns ------------------------------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer)
{
    struct td_intake *g = timer->data;
    uint64_t now = td_now_ns();

    if (now - g->looked_ns >= LOOK_MS * MS - TURN_MS * MS) {
        g->looked_ns = now;
        look(g);
    }
    if (measure(g, now))
        judge(g, now);
    tell_easy(g, now);
    if (g->state == TD_INTAKE_EASY)
        uv_timer_start(timer, on_timer, LOOK_MS, LOOK_MS);
}

static void on_turned_away(uv_async_t *async)
{
    struct td_intake *g = async->data;

    if (!g->is_short)
        look_at_descriptors(g);
}

int td_intake_init(struct td_intake *g, uv_loop_t *loop, struct td_zloop *zloop, struct td_err *err)
{
    g->zloop = zloop;
    g->timer.data = g->turned_away.data = g;
    if (uv_timer_init(loop, &g->timer) || uv_async_init(loop, &g->turned_away, on_turned_away))
        return td_fail(err, TD_E_SYSTEM, "can't set up timers");
    td_gate_init(&g->turned_away);
    return TD_OK;
}

void td_intake_start(struct td_intake *g)
{
    assert(g->frontends[0] && g->frontends[1] && g->held_bytes);
    g->base_bytes = private_bytes();
    g->looked_ns = td_now_ns();
    uv_timer_start(&g->timer, on_timer, LOOK_MS, LOOK_MS);
}

void td_intake_turn(struct td_intake *g)
{
    if (g->n_places == 0)
        return; /* nobody listens yet */
    uint64_t n = g->frontends[0]->counts.received + g->frontends[1]->counts.received;
    if (n == g->n_received)
        return; /* nothing has come */
    uint64_t now = td_now_ns();
    if (now - g->measured_ns < MEASURE_NS)
        return;
    g->n_received = n;
    if (measure(g, now))
        judge(g, now);
}

int td_intake_refuses(const struct td_intake *g, const struct td_connection *client, struct td_err *err)
{
    if (g->state == TD_INTAKE_EASY || (g->state == TD_INTAKE_FULL && client->n_documents == 0))
        return TD_OK;
    return td_fail(err, TD_E_OVERLOADED, "messages come faster than they can be read; %llu bytes of them wait",
                   (unsigned long long)g->excess_bytes);
}

int td_intake_is_listening(const struct td_intake *g)
{
    return g->state == TD_INTAKE_EASY && !g->is_short && !g->has_lost;
}

void td_intake_close(struct td_intake *g)
{
    td_gate_init(NULL);
    uv_close((uv_handle_t *)&g->timer, NULL);
    uv_close((uv_handle_t *)&g->turned_away, NULL);
}
