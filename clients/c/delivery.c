/* delivery.c: see delivery.h. */
#include "clients/c/delivery.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "clients/c/encode.h"
#include "clients/c/fail.h"
#include "clients/c/reply.h"
#include "common/clock.h"

#define MS UINT64_C(1000000)

/* When libzmq refuses a message on a connection whose end it has not told yet, it is asked again after this. */
#define AGAIN_NS (10 * MS)

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

int delivery_open(struct delivery *d, struct textd_error *error)
{
    TAILQ_INIT(&d->arrived);
    d->look_ns = UINT64_MAX;
    return link_open(&d->link, error);
}

void delivery_close(struct delivery *d)
{
    link_close(&d->link);
    for (struct textd_reply *r = TAILQ_FIRST(&d->arrived), *next; r; r = next) {
        next = TAILQ_NEXT(r, link);
        if (!r->request)
            textd_reply_free(r);
    }
    pending_clear(&d->pending); /* and the replies to them */
}

size_t delivery_in_flight(const struct delivery *d)
{
    return d->pending.n - d->n_abandoned + d->n_nameless;
}

/* ---- Replies that have come -------------------------------------------------------------------------------------- */

static void keep(struct delivery *d, struct textd_reply *reply, struct pending *p)
{
    reply->request = p;
    TAILQ_INSERT_TAIL(&d->arrived, reply, link);
    d->n_nameless += !p;
    if (p) {
        pending_drop_bytes(p);
        p->reply = reply;
        p->state = PENDING_ANSWERED;
    }
}

/* Takes it out, and the request that it answers with it: the id is free. */
static struct textd_reply *hand_out(struct delivery *d, struct textd_reply *reply)
{
    struct pending *p = reply->request;

    TAILQ_REMOVE(&d->arrived, reply, link);
    d->n_nameless -= !p;
    if (p) {
        p->reply = NULL;
        pending_remove(&d->pending, p->id);
    }
    return reply;
}

/* What there is for the sender of `p`. NULL: nothing yet. */
static struct textd_reply *find_reply(const struct delivery *d, const struct pending *p)
{
    struct textd_reply *reply;

    if (p->state == PENDING_ANSWERED)
        return p->reply;
    if (d->n_nameless == 0)
        return NULL; /* there may be many to search */
    for (reply = TAILQ_FIRST(&d->arrived); reply->request; reply = TAILQ_NEXT(reply, link))
        ;
    return reply;
}

static void put_off(struct delivery *d, struct pending *p, enum pending_state state)
{
    p->state = state;
    if (p->give_up_ns < d->look_ns)
        d->look_ns = p->give_up_ns;
}

/* The daemon stops. Its successor may come in time to answer; the refusal is kept in case it doesn't. */
static int is_to_be_put_off(const struct pending *p, const struct textd_reply *reply)
{
    const struct textd_reply_error *error = textd_reply_error(reply);

    return error && strcmp(error->code, "SHUTTING_DOWN") == 0 && p->n_sent < p->n_sent_max &&
           td_now_ns() < p->give_up_ns;
}

static void remove_abandoned(struct delivery *d, struct pending *p)
{
    d->n_abandoned--;
    pending_remove(&d->pending, p->id);
}

static void settle(struct delivery *d, struct textd_reply *reply)
{
    uint64_t id = textd_reply_id(reply);
    struct pending *p = pending_find(&d->pending, id);

    if (p && p->state == PENDING_SENT) {
        textd_reply_free(p->reply); /* a refusal of the daemon before this one */
        p->reply = NULL;
        if (is_to_be_put_off(p, reply)) {
            p->reply = reply;
            put_off(d, p, PENDING_REFUSED);
            return;
        }
    }
    link_was_useful(&d->link);
    if (id == 0 || (p && p->state == PENDING_SENT)) {
        keep(d, reply, p);
        return;
    }
    textd_reply_free(reply); /* nobody waits, or it is a second one */
    if (p && p->state == PENDING_ABANDONED)
        remove_abandoned(d, p);
}

/* Takes one message off the socket. 1; 0: there is none; or an error: it is no reply. */
static int take_message(struct delivery *d, struct textd_error *error)
{
    zmq_msg_t body;

    if (link_receive(&d->link, &body) != 0)
        return 0;
    struct textd_reply *reply = reply_from(&body, d->link.endpoint, error);
    if (!reply)
        return error->code;
    settle(d, reply);
    return 1;
}

/* ---- Sending ----------------------------------------------------------------------------------------------------- */

/* When the connection goes away between the frames, libzmq takes the first one back, and refuses. */
static int send_frames(struct delivery *d, struct pending *p)
{
    if (link_send_frame(&d->link, &p->body, p->has_text ? ZMQ_SNDMORE : 0) != 0 ||
        (p->has_text && link_send_frame(&d->link, &p->text, 0) != 0))
        return -1;
    p->state = PENDING_SENT;
    p->n_sent++;
    return 0;
}

/* The deadline counts from when the daemon gets the request, so this one gets what is left of it. */
static int send_again(struct delivery *d, struct pending *p, uint64_t now_ns)
{
    uint64_t left_ms = (p->give_up_ns - now_ns + MS - 1) / MS;

    if (p->deadline_at && encode_deadline(p, (uint32_t)left_ms) != 0)
        return -1;
    return send_frames(d, p);
}

static void resend(struct delivery *d, uint64_t now_ns)
{
    for (struct pending *p = d->pending.oldest; p; p = p->younger)
        if (p->state == PENDING_UNSENT && p->give_up_ns > now_ns && send_again(d, p, now_ns) != 0) {
            d->link.resume_ns = now_ns + AGAIN_NS;
            return;
        }
    d->must_resend = 0;
}

static void leave_unsent(struct delivery *d, struct pending *p)
{
    if (p->n_sent >= p->n_sent_max)
        p->give_up_ns = 0;
    put_off(d, p, PENDING_UNSENT);
    d->must_resend = 1;
}

/* The connection is lost, and with it what it left unanswered. What has arrived is taken out first: those need no
 * resending. Nobody can be told here of a message that is no reply. */
static void lose(struct delivery *d, uint64_t now_ns)
{
    struct textd_error error;

    for (size_t n = d->pending.n; n > 0 && take_message(d, &error) != 0; n--)
        ;
    link_drop(&d->link, now_ns);
    for (struct pending *p = d->pending.oldest, *younger; p; p = younger) {
        younger = p->younger;
        if (p->state == PENDING_ABANDONED)
            remove_abandoned(d, p);
        else if (p->state != PENDING_ANSWERED)
            leave_unsent(d, p);
    }
}

static void tend(struct delivery *d, uint64_t now_ns)
{
    if (link_tend(&d->link, now_ns) == LINK_BROKEN) {
        lose(d, now_ns);
        link_tend(&d->link, now_ns);
    }
    if (d->must_resend && d->link.state == LINK_UP && now_ns >= d->link.resume_ns)
        resend(d, now_ns);
}

/* Adds a request that is on its way to those that wait for a reply. */
static void add(struct delivery *d, struct pending *p, uint32_t total_ms)
{
    p->first_sent_ns = td_now_ns();
    p->give_up_ns = p->first_sent_ns + total_ms * MS;
    pending_add(&d->pending, p);
}

int delivery_send(struct delivery *d, struct pending *p, uint32_t total_ms, uint64_t until_ns,
                  struct textd_error *error)
{
    if (pending_reserve(&d->pending) != 0) {
        pending_free(p);
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a request");
    }
    for (;;) {
        uint64_t now = td_now_ns();
        tend(d, now);
        int is_up = d->link.state == LINK_UP;
        if (is_up && send_frames(d, p) == 0) {
            add(d, p, total_ms);
            return TEXTD_CLIENT_OK;
        }
        int why = is_up ? errno : EAGAIN;
        if (why != EAGAIN || now >= until_ns) {
            pending_free(p);
            return why == EAGAIN ? TEXTD_CLIENT_UNREACHABLE
                                 : client_fail(error, TEXTD_CLIENT_FAILED, "can't send to %s: %s", d->link.endpoint,
                                               zmq_strerror(why));
        }
        link_wait(&d->link, now, is_up ? sooner(until_ns, now + AGAIN_NS) : until_ns);
    }
}

/* ---- Waiting for replies ----------------------------------------------------------------------------------------- */

static int is_put_off(const struct pending *p)
{
    return p->state == PENDING_REFUSED || p->state == PENDING_UNSENT;
}

/* The oldest request that waits to be sent again though its time is over; NULL when there is none. */
static struct pending *oldest_overdue(struct delivery *d, uint64_t now_ns)
{
    if (now_ns < d->look_ns)
        return NULL;
    d->look_ns = UINT64_MAX;
    for (struct pending *p = d->pending.oldest; p; p = p->younger)
        if (is_put_off(p)) {
            if (p->give_up_ns < d->look_ns)
                d->look_ns = p->give_up_ns;
            if (p->give_up_ns <= now_ns)
                return p;
        }
    return NULL;
}

static void tell_loss(const struct delivery *d, const struct pending *p, struct textd_error *error)
{
    unsigned long long id = p->id;

    if (p->n_sent < p->n_sent_max)
        client_fail(error, TEXTD_CLIENT_LOST,
                    "the connection to %s was lost, and request %llu could not be answered within %g s of being sent: "
                    "textd was stopped",
                    d->link.endpoint, id, (double)(td_now_ns() - p->first_sent_ns) / 1e9);
    else if (p->n_sent_max > 1)
        client_fail(error, TEXTD_CLIENT_LOST,
                    "the connection to %s was lost %u times with request %llu unanswered: textd keeps failing, or a "
                    "message is larger than it takes",
                    d->link.endpoint, p->n_sent, id);
    else
        client_fail(error, TEXTD_CLIENT_LOST,
                    "the connection to %s was lost with request %llu unanswered: textd was stopped, or a message is "
                    "larger than it takes",
                    d->link.endpoint, id);
    error->id = p->id;
}

/* Hands out the refusal that there was, or says that there is nothing. */
static int give_up(struct delivery *d, struct pending *p, struct textd_reply **reply, struct textd_error *error)
{
    *reply = p->reply;
    p->reply = NULL;
    if (!*reply)
        tell_loss(d, p, error);
    pending_remove(&d->pending, p->id);
    return *reply ? TEXTD_CLIENT_OK : TEXTD_CLIENT_LOST;
}

int delivery_next(struct delivery *d, uint64_t until_ns, struct textd_reply **reply, struct textd_error *error)
{
    for (;;) {
        uint64_t now = td_now_ns();
        int rc = TAILQ_EMPTY(&d->arrived) ? take_message(d, error) : 1;
        if (rc < 0)
            return rc;
        if (!TAILQ_EMPTY(&d->arrived)) {
            *reply = hand_out(d, TAILQ_FIRST(&d->arrived));
            return TEXTD_CLIENT_OK;
        }
        if (rc > 0 && now < until_ns)
            continue; /* nobody waited for it */
        tend(d, now);
        if (!TAILQ_EMPTY(&d->arrived))
            continue;
        struct pending *p = oldest_overdue(d, now);
        if (p)
            return give_up(d, p, reply, error);
        if (now >= until_ns)
            return TEXTD_CLIENT_TIMEOUT;
        link_wait(&d->link, now, sooner(until_ns, d->look_ns));
    }
}

/* It isn't waited for any more. Its id stays taken as long as its reply may come. */
static void abandon(struct delivery *d, struct pending *p)
{
    if (p->state != PENDING_SENT) {
        pending_remove(&d->pending, p->id);
        return;
    }
    pending_drop_bytes(p);
    p->state = PENDING_ABANDONED;
    d->n_abandoned++;
}

/* Hands out what there is for this request's sender. Zero: nothing. */
static int hand_out_for(struct delivery *d, struct pending *p, struct textd_reply **reply)
{
    struct textd_reply *found = find_reply(d, p);

    if (!found)
        return 0;
    if (found->request != p)
        abandon(d, p);
    *reply = hand_out(d, found);
    return 1;
}

/* As delivery_next, but only what concerns this request. It stays in flight, unless the outcome is OK or LOST. */
static int next_for(struct delivery *d, struct pending *p, uint64_t until_ns, struct textd_reply **reply,
                    struct textd_error *error)
{
    for (;;) {
        uint64_t now = td_now_ns();
        int rc = take_message(d, error);
        if (rc < 0)
            return rc;
        if (hand_out_for(d, p, reply))
            return TEXTD_CLIENT_OK;
        if (rc > 0 && now < until_ns)
            continue;
        tend(d, now);
        if (hand_out_for(d, p, reply))
            return TEXTD_CLIENT_OK;
        uint64_t give_up_ns = is_put_off(p) ? sooner(p->give_up_ns, until_ns) : UINT64_MAX;
        if (now >= give_up_ns)
            return give_up(d, p, reply, error);
        if (now >= until_ns)
            return TEXTD_CLIENT_TIMEOUT;
        link_wait(&d->link, now, sooner(until_ns, give_up_ns));
    }
}

int delivery_await(struct delivery *d, uint64_t id, uint64_t until_ns, struct textd_reply **reply,
                   struct textd_error *error)
{
    struct pending *p = pending_find(&d->pending, id);

    assert(p);
    int rc = next_for(d, p, until_ns, reply, error);
    if (rc != TEXTD_CLIENT_OK && rc != TEXTD_CLIENT_LOST)
        abandon(d, p);
    return rc;
}
