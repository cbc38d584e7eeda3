/* daemons.c: see daemons.h. The share of a daemon is additive increase, multiplicative decrease (Chiu and Jain, 1989):
 * others may send documents to it as well, and nobody tells how many. */
#include "clients/nats/daemons.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

/* Documents that a daemon has under way for each worker. More would wait there without need; with fewer, workers wait for
 * the turns of our loop when documents are short. */
#define PER_WORKER 32u
#define PING_MS 1000u
#define FULL_MS 50u /* when it doesn't say */

struct watcher {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    int is_stopping;
};

static void ask(struct textds *textds, struct textd *t)
{
    struct textd_reply *reply = NULL;
    uint64_t began = td_now_ns();
    unsigned workers = 0, before = (unsigned)atomic_load(&t->workers);

    if (textd_client_ping(t->asked, &reply, NULL) == TEXTD_CLIENT_OK && !textd_reply_error(reply)) {
        struct textd_node root = textd_reply_root(reply), listening = textd_node_find(root, "listening");
        int64_t n = textd_node_find(root, "workers").integer;
        if (textd_node_is(textd_node_find(root, "state"), "serving") &&
            (listening.type == TEXTD_NODE_NONE || listening.integer) && n > 0 && n < 100000)
            workers = (unsigned)n;
    }
    textd_reply_free(reply);
    atomic_store(&t->workers, workers);
    atomic_store(&t->seen_at, began);
    if (!workers != !before)
        mailbox_wake(textds->box);
}

static void *watch(void *argument)
{
    struct textds *textds = argument;
    struct watcher *w = textds->watcher;
    struct timespec until;

    pthread_mutex_lock(&w->lock);
    while (!w->is_stopping) {
        pthread_mutex_unlock(&w->lock);
        int all_well = 1;
        for (int i = 0; i < textds->n; i++) {
            ask(textds, &textds->list[i]);
            all_well &= atomic_load(&textds->list[i].workers) > 0;
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        long ns = until.tv_nsec + (all_well ? 1000 : 100) * 1000000L; /* one that comes back is wanted soon */
        until.tv_sec += ns / 1000000000L;
        until.tv_nsec = ns % 1000000000L;
        pthread_mutex_lock(&w->lock);
        if (!w->is_stopping)
            pthread_cond_timedwait(&w->stop, &w->lock, &until);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static struct textd_client *open_client(const struct options *o, int i, uint32_t flags, uint32_t connect_ms,
                                        uint32_t timeout_ms, char *why, size_t size)
{
    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = o->endpoints[i],
                                            .connect_ms = connect_ms,
                                            .timeout_ms = timeout_ms,
                                            .flags = flags,
                                            .curve_key_file = o->curve_key,
                                            .curve_server_key = o->curve_server_key };
    struct textd_error error;
    struct textd_client *client = textd_client_open(&options, &error);

    if (!client)
        snprintf(why, size, "%s", error.text);
    return client;
}

int textds_open(struct textds *textds, const struct options *o, struct mailbox *box, char *why, size_t size)
{
    struct watcher *w;
    pthread_condattr_t attributes;

    *textds = (struct textds) { .box = box };
    for (int i = 0; i < o->n_endpoints; i++) {
        struct textd *t = &textds->list[i];
        /* Sent once: when one daemon is lost, another gets its documents, and that is decided here. */
        t->client = open_client(o, i, TEXTD_CLIENT_ASYNC | TEXTD_CLIENT_NO_RESEND, 1000, 0, why, size);
        t->asked = open_client(o, i, 0, 500, PING_MS, why, size);
        textds->n++;
        if (!t->client || !t->asked)
            return -1;
        t->endpoint = textd_client_endpoint(t->client);
        t->share = PER_WORKER;
    }
    w = calloc(1, sizeof *w);
    if (!w) {
        snprintf(why, size, "there is no memory");
        return -1;
    }
    textds->watcher = w;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->stop, &attributes);
    pthread_condattr_destroy(&attributes);
    int rc = pthread_create(&w->thread, NULL, watch, textds);
    if (rc != 0) {
        snprintf(why, size, "no thread can be made: %s", strerror(rc));
        free(w);
        textds->watcher = NULL;
        return -1;
    }
    return 0;
}

void textds_close(struct textds *textds)
{
    struct watcher *w = textds->watcher;

    if (w) {
        pthread_mutex_lock(&w->lock);
        w->is_stopping = 1;
        pthread_cond_signal(&w->stop);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
        pthread_cond_destroy(&w->stop);
        pthread_mutex_destroy(&w->lock);
        free(w);
    }
    for (int i = 0; i < textds->n; i++) {
        textd_client_close(textds->list[i].client);
        textd_client_close(textds->list[i].asked);
    }
}

unsigned textd_workers(const struct textd *t)
{
    return atomic_load(&t->seen_at) > t->down_at ? (unsigned)atomic_load(&t->workers) : 0;
}

static unsigned share_of(const struct textd *t)
{
    unsigned most = textd_workers(t) * PER_WORKER;

    return t->share < most ? t->share : most;
}

struct textd *textds_choose(struct textds *textds, uint64_t now_ns)
{
    struct textd *best = NULL;
    double best_load = 1;

    for (int i = 0; i < textds->n; i++) {
        struct textd *t = &textds->list[i];
        unsigned share = share_of(t);
        double load = share ? (double)t->in_flight / share : 1;
        if (t->held_until <= now_ns && load < best_load) {
            best = t;
            best_load = load;
        }
    }
    return best;
}

unsigned textds_capacity(const struct textds *textds)
{
    unsigned sum = 0;

    for (int i = 0; i < textds->n; i++)
        sum += share_of(&textds->list[i]);
    return sum;
}

unsigned textds_alive(const struct textds *textds, unsigned *workers)
{
    unsigned n = 0;

    *workers = 0;
    for (int i = 0; i < textds->n; i++) {
        unsigned has = textd_workers(&textds->list[i]);
        n += has > 0;
        *workers += has;
    }
    return n;
}

void textd_answered(struct textd *t)
{
    unsigned most = textd_workers(t) * PER_WORKER;

    if (++t->answers >= t->share && t->share < most) {
        /* At first it grows with the workers at once: only a daemon that was full before is approached with care. */
        t->share = t->held_until ? t->share + 1 : most;
        t->answers = 0;
    }
}

void textd_is_full(struct textd *t, uint32_t ms, uint64_t now_ns)
{
    uint64_t until = now_ns + (ms ? ms : FULL_MS) * 1000000ull;

    /* All that were on their way are refused for the one reason: that halves it once. */
    if (t->held_until <= now_ns)
        t->share = t->share > 1 ? t->share / 2 : 1;
    t->answers = 0;
    if (until > t->held_until)
        t->held_until = until;
}

void textd_is_gone(struct textd *t, uint64_t now_ns)
{
    t->down_at = now_ns;
}
