/* bridge.c: see bridge.h. One loop in one thread: it waits for mail from libnats' threads, for daemons' answers, and for
 * time to pass. */
#include "clients/nats/bridge.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clients/nats/parts.h"
#include "clients/nats/stats.h"
#include "common/clock.h"
#include "common/log.h"

#define CONFIG_EXIT 78 /* EX_CONFIG of sysexits.h */
#define TICK_NS (50 * MS_NS)
#define GATHER_NS (4 * MS_NS)
#define GATHER_DOCS 12u
#define STARVED_NS (5000 * MS_NS) /* without any daemon: others may have one */

/* ---- Documents to daemons ---------------------------------------------------------------------------------------- */

static void send_to(struct bridge *b, struct textd *textd, struct doc *doc)
{
    struct form_error failure = { "BAD_REQUEST", "", "" };
    struct textd_error error;
    int rc;

    docs_number(&b->docs, doc);
    doc->form.request.id = doc->number;
    rc = textd_client_send(textd->client, &doc->form.request, NULL, &error);
    if (rc == TEXTD_CLIENT_OK) {
        docs_move(&b->docs, doc, DOC_RUNNING, 0);
        doc->at = textd;
        textd->in_flight++;
        return;
    }
    if (rc == TEXTD_CLIENT_INVALID || rc == TEXTD_CLIENT_TOO_LARGE) {
        if (rc == TEXTD_CLIENT_TOO_LARGE)
            failure.code = "TOO_LARGE";
        snprintf(failure.text, sizeof failure.text, "%s", error.text);
        store_failure(b, doc, &failure, 0);
        return;
    }
    doc->due_ns = b->now + 200 * MS_NS;
    docs_move(&b->docs, doc, DOC_DELAYED, 0);
}

static void feed(struct bridge *b)
{
    struct textd *textd;
    struct doc *doc;

    while ((doc = TAILQ_FIRST(&b->docs.states[DOC_WAITING])) && (textd = textds_choose(&b->textds, b->now)))
        send_to(b, textd, doc);
}

static void receive(struct bridge *b)
{
    struct textd_reply *reply;
    struct textd_error error;

    for (int i = 0; i < b->textds.n; i++) {
        struct textd *textd = &b->textds.list[i];
        int rc;
        while ((rc = textd_client_receive(textd->client, 0, &reply, &error)) != TEXTD_CLIENT_TIMEOUT) {
            if (rc != TEXTD_CLIENT_OK) {
                td_log(TD_LOG_WARN, "textd.trouble", TD_STR("endpoint", textd->endpoint), TD_STR("reason", error.text));
                break;
            }
            arrive_reply(b, textd, reply);
            textd_reply_free(reply);
        }
    }
}

/* ---- Time -------------------------------------------------------------------------------------------------------- */

/* Documents that are under way, and those here that wait for a daemon as long as they are run. */
static unsigned window_of(struct bridge *b)
{
    unsigned window = 2 * textds_capacity(&b->textds);

    if (b->options->window && window > b->options->window)
        window = b->options->window;
    /* Results that are not stored may pile up when NATS is slow: they are bounded, too. */
    unsigned unstored = b->docs.counts[DOC_STORING] + b->docs.counts[DOC_ACKING], most = 8 * window + 256;
    return unstored < most ? window : 0;
}

/* Signs of life: thrice within the time after which it would be delivered again. */
static void beat(struct bridge *b)
{
    uint64_t every = b->pull.ack_wait_ms * MS_NS / 3;
    struct doc *doc;

    while ((doc = TAILQ_FIRST(&b->docs.beats)) && b->now - doc->beaten_ns > every) {
        if (doc->state != DOC_ACKING) {
            STATS_COUNT(in_progress);
            store_say(b, doc, "+WPI");
        }
        docs_beat(&b->docs, doc, b->now);
    }
}

static void wake_delayed(struct bridge *b)
{
    struct doc *doc, *next;

    for (doc = TAILQ_FIRST(&b->docs.states[DOC_DELAYED]); doc; doc = next) {
        next = TAILQ_NEXT(doc, link);
        if (doc->due_ns <= b->now)
            docs_move(&b->docs, doc, DOC_WAITING, 1);
    }
}

static void return_waiting(struct bridge *b)
{
    struct doc *doc;

    while ((doc = TAILQ_FIRST(&b->docs.states[DOC_WAITING])))
        store_return(b, doc);
    while ((doc = TAILQ_FIRST(&b->docs.states[DOC_DELAYED])))
        store_return(b, doc);
}

static void tell_gauges(struct bridge *b, unsigned window)
{
    unsigned workers, alive = textds_alive(&b->textds, &workers);

    STATS_SET(daemons, alive);
    STATS_SET(workers, workers);
    STATS_SET(window, window);
    STATS_SET(under_way, docs_all(&b->docs));
    STATS_SET(unstored, b->docs.counts[DOC_STORING]);
    if (alive) {
        b->no_daemon_since = 0;
    } else if (!b->no_daemon_since) {
        b->no_daemon_since = b->now;
    } else if (b->now - b->no_daemon_since > STARVED_NS) {
        return_waiting(b);
        b->no_daemon_since = b->now;
    }
}

static void look_after_connection(struct bridge *b)
{
    char why[200], url[256];
    int rc = link_keep(&b->link, b->now, why, sizeof why);

    if (atomic_exchange(&b->link.was_lost, 0))
        td_log(TD_LOG_WARN, "nats.lost", TD_STR("action", "connect again"), TD_INT("under_way", docs_all(&b->docs)));
    if (rc < 0) {
        td_log(TD_LOG_WARN, "nats.unreachable", TD_STR("server", b->options->servers[0]), TD_STR("reason", why),
               TD_STR("action", "try again"));
        return;
    }
    if (rc == 1 && service_listen(&b->service) != NATS_OK)
        td_log(TD_LOG_WARN, "nats.service", TD_STR("subject", b->service.subject), TD_STR("reason", "not allowed"));
    if (atomic_exchange(&b->link.was_found, 0) || rc == 1) {
        if (natsConnection_GetConnectedUrl(b->link.connection, url, sizeof url) != NATS_OK)
            url[0] = 0;
        b->link.max_payload = natsConnection_GetMaxPayload(b->link.connection); /* this server's */
        td_log(TD_LOG_INFO, "nats.connected", TD_STR("server", url), TD_INT("max_payload", b->link.max_payload));
        pull_reset(&b->pull, b->now);
    }
}

static void tick(struct bridge *b)
{
    if (b->now - b->ticked < TICK_NS)
        return;
    b->ticked = b->now;
    look_after_connection(b);
    wake_delayed(b);
    beat(b);
    store_tick(b);
    tell_gauges(b, window_of(b));
    td_log_resume();
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

static void take_mail(struct bridge *b)
{
    for (struct mail *mail = mailbox_take(b->box), *next; mail; mail = next) {
        next = mail->next;
        arrive_mail(b, mail->kind, mail->msg);
        free(mail);
    }
}

/* How long nothing is to be done, in ms, unless something comes. */
static int patience(const struct bridge *b)
{
    return docs_all(&b->docs) > 0 || !b->pull.is_there ? (int)(TICK_NS / MS_NS) : 250;
}

static void turn(struct bridge *b, int signals)
{
    struct pollfd fds[OPTIONS_MAX_LIST + 2] = { { .fd = mailbox_fd(b->box), .events = POLLIN },
                                                { .fd = signals, .events = POLLIN } };
    int n = 2;

    for (int i = 0; i < b->textds.n; i++)
        fds[n++] = (struct pollfd) { .fd = textd_client_fd(b->textds.list[i].client), .events = POLLIN };
    /* With many documents under way, what comes within some milliseconds is taken in one turn: each has three messages from
     * NATS and one from a daemon, and waking for each of them, here and in libnats' threads, cost half of all the rest. What
     * daemons have meanwhile keeps them busy: PER_WORKER documents for each worker. With few, nobody waits. */
    uint64_t since = td_now_ns() - b->now;
    if (docs_all(&b->docs) >= GATHER_DOCS && since < GATHER_NS)
        (void)usleep((useconds_t)((GATHER_NS - since) / 1000));
    (void)poll(fds, (nfds_t)n, patience(b));
    b->now = td_now_ns();
    take_mail(b);
    store_flush(b);
    receive(b);
    tick(b);
    feed(b);
    if (!b->is_stopping)
        pull_tick(&b->pull, docs_held(&b->docs), window_of(b), b->now);
}

static int is_signalled(int signals)
{
    struct signalfd_siginfo info;

    return read(signals, &info, sizeof info) == (ssize_t)sizeof info;
}

/* What is run is finished and stored; what only waits is given back, so that others have it at once. Asking ends first: what
 * is given back would else be delivered to our own request. */
static void drain(struct bridge *b, int signals)
{
    uint64_t until = b->now + b->options->grace_ms * MS_NS;

    td_log(TD_LOG_INFO, "nats.draining", TD_INT("under_way", docs_all(&b->docs)));
    b->is_stopping = 1;
    http_drain(b->http);
    link_stop_serving(&b->link);
    link_stop_pulling(&b->link);
    take_mail(b);
    return_waiting(b);
    while (docs_all(&b->docs) > 0 && b->now < until && !is_signalled(signals)) {
        turn(b, signals);
        return_waiting(b); /* a daemon was lost meanwhile: another bridge's may live */
    }
    for (struct doc *doc; (doc = TAILQ_FIRST(&b->docs.states[DOC_RUNNING]));)
        store_return(b, doc);
    td_log(TD_LOG_INFO, "nats.drained", TD_INT("left", docs_all(&b->docs)), TD_INT("results", STATS_GET(results)),
           TD_INT("dead_letters", STATS_GET(dead_letters)));
}

static int begin(struct bridge *b, const struct options *o, char *why, size_t size)
{
    unsigned port;

    docs_init(&b->docs);
    b->options = o;
    b->now = td_now_ns();
    b->box = mailbox_open();
    if (!b->box) {
        snprintf(why, size, "no descriptor can be had: %s", strerror(errno));
        return -1;
    }
    if (link_open(&b->link, o, b->box, why, size) != 0 || textds_open(&b->textds, o, b->box, why, size) != 0)
        return -1;
    pull_init(&b->pull, &b->link, o);
    service_init(&b->service, &b->link, o->service);
    if (o->listen) {
        b->http = http_open(o->listen, &port, why, (unsigned)size);
        if (!b->http)
            return -1;
        td_log(TD_LOG_INFO, "nats.listen", TD_INT("port", port));
    }
    return 0;
}

int bridge_run(const struct options *options)
{
    static struct bridge bridge;
    sigset_t set;
    char why[600];

    /* Before the threads are made, which inherit it. */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    int rc = begin(&bridge, options, why, sizeof why);
    if (rc != 0) {
        td_log_end(100);
        fprintf(stderr, "textd-nats: %s\n", why);
        rc = CONFIG_EXIT;
    } else {
        while (!is_signalled(signals))
            turn(&bridge, signals);
        drain(&bridge, signals);
    }
    /* The watcher first: it posts into the box. Then NATS, whose callbacks do. */
    textds_close(&bridge.textds);
    http_close(bridge.http);
    for (int state = 0; state < DOC_STATE_COUNT; state++)
        for (struct doc *doc; state != DOC_GONE && (doc = TAILQ_FIRST(&bridge.docs.states[state]));)
            store_end(&bridge, doc);
    link_close(&bridge.link);
    if (bridge.box)
        mailbox_empty(bridge.box);
    nats_Sleep(20); /* for that thread, which ends at once when it is told to, whatever it has left */
    nats_CloseAndWait(2000);
    if (bridge.box)
        mailbox_close(bridge.box);
    close(signals);
    td_log_end(500);
    return rc;
}
