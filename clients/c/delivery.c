/* delivery.c: see delivery.h. */
#include "clients/c/delivery.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "clients/c/encode.h"
#include "clients/c/fail.h"
#include "clients/c/reply.h"
#include "common/clock.h"

#define MS UINT64_C(1000000)

/* When libzmq refuses a message on a connection whose end it has not told yet, it is asked again after this. */
#define AGAIN_NS (10 * MS)

/* How long a daemon is left alone that is full and doesn't say for how long. */
#define RETRY_MS 100

/* How many messages for nobody, and refusals to try again, a look that may not wait steps over to find a reply. */
#define UNWANTED_MAX 1000

/* Those that were postponed are looked through at most so often: there may be many, each with its own time. */
#define LOOK_NS (1 * MS)

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

int delivery_open(struct delivery *d, int has_loop, struct textd_error *error)
{
    TAILQ_INIT(&d->arrived);
    d->look_ns = d->next_look_ns = d->due_ns = UINT64_MAX;
    return link_open(&d->link, has_loop, error);
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

/* It will be looked at again when its time is over. */
static void look_by(struct delivery *d, uint64_t ns)
{
    d->look_ns = sooner(d->look_ns, ns);
    d->next_look_ns = sooner(d->next_look_ns, ns);
}

/* Nobody waits for it any more. Its id stays taken as long as something with that id may come. */
static void abandon(struct delivery *d, struct pending *p)
{
    if (d->look_at == p)
        d->look_at = p->younger;
    if (p->state != PENDING_SENT && !(p->state == PENDING_ANSWERED && p->is_cancelled)) {
        pending_remove(&d->pending, p->id);
        return;
    }
    pending_drop_bytes(p);
    textd_reply_free(p->reply);
    p->reply = NULL;
    if (p->state == PENDING_ANSWERED)
        p->is_cancelled = 0; /* what comes yet is the answer to that, and all */
    pending_abandon(&d->pending, p);
    d->n_abandoned++;
}

/* Takes it out, and the request that it answers with it: the id is free. */
static struct textd_reply *hand_out(struct delivery *d, struct textd_reply *reply)
{
    struct pending *p = reply->request;

    TAILQ_REMOVE(&d->arrived, reply, link);
    d->n_nameless -= !p;
    if (p) {
        p->reply = NULL;
        abandon(d, p);
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

static int is_put_off(const struct pending *p)
{
    return p->state == PENDING_REFUSED || p->state == PENDING_UNSENT || p->state == PENDING_POSTPONED;
}

/* When the request is given up, in the state that it is in; UINT64_MAX: whoever sent it sees to that. */
static uint64_t end_ns(const struct delivery *d, const struct pending *p)
{
    if (p->state == PENDING_SENT)
        return p->answer_ns;
    if (!is_put_off(p))
        return UINT64_MAX;
    if (link_is_refused(&d->link))
        return 0;
    if (p->n_sent > 0 || p->reach_ns == UINT64_MAX || d->link.was_up)
        return p->give_up_ns;
    return link_is_wrong(&d->link) ? 0 : sooner(p->reach_ns, p->give_up_ns);
}

static void put_off(struct delivery *d, struct pending *p, enum pending_state state)
{
    p->state = state;
    look_by(d, end_ns(d, p));
}

/* All clients of a daemon that is full were told the same, and would come back in one instant. */
static uint64_t wait_ns(uint32_t ms)
{
    uint64_t random, wait = (ms ? ms : RETRY_MS) * MS;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = td_now_ns();
    return wait + random % (wait / 2);
}

/* The daemon stops: its successor may come in time to answer. Or it is full: it may have room in time. The refusal is
 * kept in case neither happens. */
static int put_off_refused(struct delivery *d, struct pending *p, struct textd_reply *reply)
{
    uint64_t now = td_now_ns();

    if (p->is_cancelled || p->n_sent_max == 1)
        return 0;
    if (reply_is(reply, "SHUTTING_DOWN") && p->n_sent < p->n_sent_max && now < p->give_up_ns) {
        put_off(d, p, PENDING_REFUSED);
    } else if (reply_is(reply, "OVERLOADED")) {
        p->due_ns = now + wait_ns(textd_reply_error(reply)->retry_after_ms);
        if (p->due_ns >= p->give_up_ns)
            return 0;
        p->n_sent--; /* no connection was lost over it */
        d->due_ns = sooner(d->due_ns, p->due_ns);
        put_off(d, p, PENDING_POSTPONED);
    } else {
        return 0;
    }
    p->reply = reply;
    return 1;
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
        if (reply_is(reply, "CANCELLED"))
            p->is_cancelled = 0; /* that is both replies in one */
        if (put_off_refused(d, p, reply))
            return;
    }
    link_was_useful(&d->link);
    if (reply->is_nameless || (p && p->state == PENDING_SENT)) {
        keep(d, reply, p);
        return;
    }
    /* Nobody waits, or it is a second one: of a request that was cancelled too late, say. */
    if (p && p->is_cancelled && !reply_is(reply, "CANCELLED"))
        p->is_cancelled = 0;
    else if (p && p->state == PENDING_ABANDONED)
        remove_abandoned(d, p);
    textd_reply_free(reply);
}

/* It says that a document went well, and has nothing to show for it. Those to other operations have no results. */
static int lacks_results(struct delivery *d, const struct textd_reply *reply)
{
    const struct pending *p = reply->failed ? NULL : pending_find(&d->pending, textd_reply_id(reply));

    return p && p->state == PENDING_SENT && p->has_text &&
           textd_node_find(textd_reply_root(reply), "results").type != TEXTD_NODE_MAP;
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
    if (lacks_results(d, reply)) {
        textd_reply_free(reply);
        return client_fail(error, TEXTD_CLIENT_NO_PROTOCOL,
                           "what answers at %s is not textd: a reply to a document came without 'results'",
                           d->link.endpoint);
    }
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
    look_by(d, p->answer_ns);
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

static void send_postponed(struct delivery *d, uint64_t now_ns)
{
    d->due_ns = UINT64_MAX;
    for (struct pending *p = d->pending.oldest; p; p = p->younger) {
        if (p->state != PENDING_POSTPONED || p->give_up_ns <= now_ns)
            continue;
        if (p->due_ns > now_ns) {
            d->due_ns = sooner(d->due_ns, p->due_ns);
        } else if (send_again(d, p, now_ns) != 0) {
            d->due_ns = now_ns + AGAIN_NS;
            return;
        }
    }
    if (d->due_ns < now_ns + LOOK_NS)
        d->due_ns = now_ns + LOOK_NS;
}

/* When the next one that was postponed can be sent: not on a connection that is only just made, to a daemon that
 * failed. */
static uint64_t postponed_ns(const struct delivery *d)
{
    if (d->link.state != LINK_UP)
        return UINT64_MAX;
    return d->due_ns > d->link.resume_ns ? d->due_ns : d->link.resume_ns;
}

/* It is with no daemon, so nobody has to be asked. Without memory for the words it stays where it is, and is lost. */
static void answer_cancelled(struct delivery *d, struct pending *p)
{
    struct textd_reply *reply = reply_make(p->id, "CANCELLED", "the client took the document back", 0);

    p->is_cancelled = 0;
    if (!reply) {
        p->give_up_ns = 0;
        put_off(d, p, PENDING_UNSENT);
        return;
    }
    textd_reply_free(p->reply);
    keep(d, reply, p);
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
    while (d->pending.abandoned)
        remove_abandoned(d, d->pending.abandoned);
    for (struct pending *p = d->pending.oldest, *younger; p; p = younger) {
        younger = p->younger;
        if (p->state == PENDING_ANSWERED)
            p->is_cancelled = 0;
        else if (p->is_cancelled)
            answer_cancelled(d, p);
        else if (p->state != PENDING_POSTPONED)
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
    if (now_ns >= postponed_ns(d))
        send_postponed(d, now_ns);
    if (d->must_resend && link_is_wrong(&d->link)) { /* what was queued is overdue */
        d->look_ns = 0;
        d->look_at = NULL;
    }
}

/* Before it is sent or queued. Takes `p` over when there is no room. */
static int begin(struct delivery *d, struct pending *p, struct textd_error *error)
{
    p->begun_ns = td_now_ns();
    p->answer_ns = p->reach_ns = UINT64_MAX;
    if (pending_reserve(&d->pending) == 0)
        return TEXTD_CLIENT_OK;
    pending_free(p);
    return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a request");
}

static int refused(const struct delivery *d, int why, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't send to %s: %s", d->link.endpoint, zmq_strerror(why));
}

int delivery_send(struct delivery *d, struct pending *p, uint32_t total_ms, uint64_t until_ns,
                  struct textd_error *error)
{
    if (begin(d, p, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_NO_MEMORY;
    uint64_t start_ns = p->begun_ns;
    for (;;) {
        uint64_t now = td_now_ns();
        tend(d, now);
        int is_up = d->link.state == LINK_UP;
        if (is_up && send_frames(d, p) == 0) {
            p->begun_ns = td_now_ns();
            p->give_up_ns = p->begun_ns + total_ms * MS;
            pending_add(&d->pending, p);
            return TEXTD_CLIENT_OK;
        }
        int why = is_up ? errno : EAGAIN;
        if (why != EAGAIN || now >= until_ns || link_is_wrong(&d->link)) {
            pending_free(p);
            return why == EAGAIN ? link_tell_unreachable(&d->link, until_ns - start_ns, error) : refused(d, why, error);
        }
        link_wait(&d->link, now, is_up ? sooner(until_ns, now + AGAIN_NS) : until_ns);
    }
}

int delivery_queue(struct delivery *d, struct pending *p, uint32_t total_ms, uint32_t reach_ms, uint32_t answer_ms,
                   struct textd_error *error)
{
    if (begin(d, p, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_NO_MEMORY;
    p->give_up_ns = p->begun_ns + total_ms * MS;
    p->reach_ns = p->begun_ns + reach_ms * MS;
    p->answer_ns = p->begun_ns + answer_ms * MS;
    tend(d, p->begun_ns);
    if (d->link.state == LINK_UP && send_frames(d, p) == 0) {
        pending_add(&d->pending, p);
        return TEXTD_CLIENT_OK;
    }
    if (d->link.state == LINK_UP && errno != EAGAIN) {
        int why = errno;
        pending_free(p);
        return refused(d, why, error);
    }
    pending_add(&d->pending, p);
    put_off(d, p, PENDING_UNSENT);
    d->must_resend = 1;
    return TEXTD_CLIENT_OK;
}

/* When the connection turns out to have ended, the loss answers it. */
static int ask_to_cancel(struct delivery *d, uint64_t id, struct textd_error *error)
{
    struct pending *message = encode_op("cancel", NULL, 0, id, error);

    if (!message)
        return TEXTD_CLIENT_NO_MEMORY;
    int why = link_send_frame(&d->link, &message->body, 0) == 0 ? 0 : errno;
    pending_free(message);
    return why == 0 || why == EAGAIN ? TEXTD_CLIENT_OK : refused(d, why, error);
}

int delivery_cancel(struct delivery *d, uint64_t id, struct textd_error *error)
{
    tend(d, td_now_ns());
    struct pending *p = pending_find(&d->pending, id);
    if (!p || p->state == PENDING_ABANDONED)
        return client_fail(error, TEXTD_CLIENT_INVALID, "request %llu is not in flight to %s", (unsigned long long)id,
                           d->link.endpoint);
    if (p->state == PENDING_ANSWERED || p->is_cancelled)
        return TEXTD_CLIENT_OK;
    if (p->state != PENDING_SENT) {
        answer_cancelled(d, p);
        return TEXTD_CLIENT_OK;
    }
    int rc = ask_to_cancel(d, id, error);
    p->is_cancelled = rc == TEXTD_CLIENT_OK;
    return rc;
}

/* ---- Waiting for replies ----------------------------------------------------------------------------------------- */

/* The next request whose time is over, by age; NULL when there is none. A look at all of them goes on where it last found
 * one: they may be many, and overdue together. */
static struct pending *next_overdue(struct delivery *d, uint64_t now_ns)
{
    if (now_ns < d->look_ns)
        return NULL;
    if (!d->look_at) {
        d->look_at = d->pending.oldest;
        d->next_look_ns = UINT64_MAX;
    }
    while (d->look_at) {
        struct pending *p = d->look_at;
        uint64_t end = end_ns(d, p);
        if (end <= now_ns)
            return p; /* which goes now, and look_at on with it */
        d->next_look_ns = sooner(d->next_look_ns, end);
        d->look_at = p->younger;
    }
    d->look_ns = d->next_look_ns;
    return NULL;
}

static void tell_loss(const struct delivery *d, const struct pending *p, struct textd_error *error)
{
    unsigned long long id = p->id;

    if (p->n_sent < p->n_sent_max)
        client_fail(error, TEXTD_CLIENT_LOST,
                    "the connection to %s was lost, and request %llu could not be answered within %g s of being sent: "
                    "textd was stopped",
                    d->link.endpoint, id, (double)(td_now_ns() - p->begun_ns) / 1e9);
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
}

static int tell_end(const struct delivery *d, const struct pending *p, struct textd_error *error)
{
    uint64_t waited_ns = td_now_ns() - p->begun_ns;
    int rc = TEXTD_CLIENT_LOST;

    if (p->state == PENDING_SENT)
        rc = client_fail(error, TEXTD_CLIENT_TIMEOUT, "%s did not answer request %llu within %.3g s", d->link.endpoint,
                         (unsigned long long)p->id, (double)waited_ns / 1e9);
    else if (p->n_sent == 0)
        rc = link_tell_unreachable(&d->link, waited_ns, error);
    else if (link_is_refused(&d->link)) /* it may have been run or not, and won't be again */
        link_tell_unreachable(&d->link, waited_ns, error), error->code = rc;
    else
        tell_loss(d, p, error);
    error->id = p->id;
    return rc;
}

/* Hands out the refusal that there was, or says that there is nothing. */
static int give_up(struct delivery *d, struct pending *p, struct textd_reply **reply, struct textd_error *error)
{
    *reply = p->reply;
    p->reply = NULL;
    int rc = *reply ? TEXTD_CLIENT_OK : tell_end(d, p, error);
    abandon(d, p);
    return rc;
}

/* What was queued has one outcome, and always as a reply. */
static int make_outcome(int code, struct textd_reply **reply, struct textd_error *error)
{
    const char *name = code == TEXTD_CLIENT_LOST          ? "LOST"
                       : code == TEXTD_CLIENT_TIMEOUT     ? "TIMEOUT"
                       : code == TEXTD_CLIENT_NO_PROTOCOL ? "NO_PROTOCOL"
                       : code == TEXTD_CLIENT_REFUSED     ? "REFUSED"
                                                          : "UNAVAILABLE";

    *reply = reply_make(error->id, name, error->text, code != TEXTD_CLIENT_NO_PROTOCOL && code != TEXTD_CLIENT_REFUSED);
    return *reply ? TEXTD_CLIENT_OK : code;
}

static int give_up_next(struct delivery *d, struct pending *p, struct textd_reply **reply, struct textd_error *error)
{
    int is_queued = p->reach_ns != UINT64_MAX, rc = give_up(d, p, reply, error);

    return is_queued && rc != TEXTD_CLIENT_OK ? make_outcome(rc, reply, error) : rc;
}

int delivery_next(struct delivery *d, uint64_t until_ns, struct textd_reply **reply, struct textd_error *error)
{
    for (size_t n_unwanted = 0;;) {
        uint64_t now = td_now_ns();
        int rc = TAILQ_EMPTY(&d->arrived) ? take_message(d, error) : 1;
        if (rc < 0)
            return rc;
        if (!TAILQ_EMPTY(&d->arrived)) {
            *reply = hand_out(d, TAILQ_FIRST(&d->arrived));
            return TEXTD_CLIENT_OK;
        }
        if (rc > 0 && (now < until_ns || n_unwanted++ < UNWANTED_MAX))
            continue; /* nobody waited for it, but for what may stand behind it */
        tend(d, now);
        if (!TAILQ_EMPTY(&d->arrived))
            continue;
        struct pending *p = next_overdue(d, now);
        if (p)
            return give_up_next(d, p, reply, error);
        if (now >= until_ns)
            return TEXTD_CLIENT_TIMEOUT;
        link_wait(&d->link, now, sooner(until_ns, sooner(d->look_ns, postponed_ns(d))));
    }
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
        link_wait(&d->link, now, sooner(until_ns, sooner(give_up_ns, postponed_ns(d))));
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

void delivery_show(struct delivery *d)
{
    uint64_t ns = 0;

    if (TAILQ_EMPTY(&d->arrived)) {
        ns = sooner(d->look_ns, sooner(postponed_ns(d), link_due_ns(&d->link)));
        if (d->must_resend && d->link.state == LINK_UP)
            ns = sooner(ns, d->link.resume_ns);
    }
    ready_from(&d->link.ready, ns, td_now_ns());
}
