/* ship.c: a source's way to a sink that is another process. One connection at a time (link.h), and a new hello on each:
 * the sink says how far it is, what it has already is dropped here, and the rest is sent again, in order. So it makes no
 * difference what was under way when a connection, or a process, ended. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "clients/c/fail.h"
#include "clients/c/pipe/source.h"
#include "clients/c/pipe/talk.h"
#include "common/clock.h"

static int no_memory(const struct textd_source *s, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for %s", s->link.endpoint);
}

/* When libzmq doesn't take it the connection is over, which is heard of next. */
static int say_hello(struct textd_source *s, struct textd_error *error)
{
    zmq_msg_t frame;

    if (getrandom(&s->session, sizeof s->session, GRND_NONBLOCK) != (ssize_t)sizeof s->session)
        s->session = td_now_ns();
    s->session |= 1; /* 0 means none */
    struct talk hello = { .op = "hello", .source = s->name, .source_length = strlen(s->name), .session = s->session };
    if (talk_write(&frame, &hello) != 0)
        return no_memory(s, error);
    if (link_send_frame(&s->link, &frame, 0) == 0)
        s->ship = SHIP_ASKED;
    zmq_msg_close(&frame);
    return TEXTD_CLIENT_OK;
}

/* The first that isn't acknowledged, when the sink's file ends at `end`. 0: that is no place where a line of ours
 * ends. */
static uint64_t id_behind(struct textd_source *s, uint64_t end)
{
    if (end == s->acknowledged.end)
        return s->head;
    for (uint64_t id = s->head; id < s->n_sent_to; id++)
        if (source_entry(s, id)->position.end == end)
            return id + 1;
    return 0;
}

/* After a new connection the sink may know more than it could acknowledge, and never less: that was in its file. */
static int take_go(struct textd_source *s, const struct talk *talk, struct textd_error *error)
{
    uint64_t id;

    if (!s->is_begun) {
        if (source_begin(s, &talk->position, s->link.endpoint, error) != TEXTD_CLIENT_OK)
            return error->code;
    } else if ((id = id_behind(s, talk->position.end)) != 0) {
        source_acknowledge(s, id);
    } else {
        return client_fail(error, TEXTD_CLIENT_LOST,
                           "the sink at %s has '%s' up to byte %" PRIu64 ", and had it up to byte %" PRIu64
                           ": its file is another one, or was cut. Started again, the source goes on where the sink is",
                           s->link.endpoint, s->name, talk->position.end, s->acknowledged.end);
    }
    s->ship = SHIP_GOING;
    s->n_sent_to = s->head;
    link_was_useful(&s->link);
    return TEXTD_CLIENT_OK;
}

static int take_no(struct textd_source *s, const struct talk *talk, struct textd_error *error)
{
    if (strcmp(talk->code, "NO_SESSION") == 0 || strcmp(talk->code, "GAP") == 0)
        return say_hello(s, error);
    return client_fail(error, TEXTD_CLIENT_INVALID, "the sink at %s refuses the source '%s': %s: %.*s",
                       s->link.endpoint, s->name, talk->code, (int)talk->message_length,
                       talk->message ? talk->message : "");
}

static int take_message(struct textd_source *s, const void *bytes, size_t length, struct textd_error *error)
{
    struct talk talk;

    if (talk_read(&talk, bytes, length) != 0)
        return client_fail(error, TEXTD_CLIENT_NO_PROTOCOL,
                           "what answers at %s is no sink: its message is none of a "
                           "sink's",
                           s->link.endpoint);
    if (talk.session != s->session)
        return TEXTD_CLIENT_OK; /* to an earlier hello */
    if (strcmp(talk.op, "go") == 0 && s->ship == SHIP_ASKED)
        return take_go(s, &talk, error);
    if (strcmp(talk.op, "ack") == 0 && s->ship == SHIP_GOING) {
        uint64_t id = id_behind(s, talk.position.end);
        if (id)
            source_acknowledge(s, id);
    }
    return strcmp(talk.op, "no") == 0 ? take_no(s, &talk, error) : TEXTD_CLIENT_OK;
}

/* Also of a connection that is over: what had arrived counts. */
static int receive(struct textd_source *s, struct textd_error *error)
{
    int rc = TEXTD_CLIENT_OK;
    zmq_msg_t body;

    while (rc == TEXTD_CLIENT_OK && link_receive(&s->link, &body) == 0) {
        rc = take_message(s, zmq_msg_data(&body), zmq_msg_size(&body), error);
        zmq_msg_close(&body);
    }
    return rc;
}

/* Both frames, or libzmq takes the first one back: the connection is over. */
static int send_entry(struct textd_source *s, struct entry *entry, struct textd_error *error)
{
    struct talk talk = { .op = "record",
                         .source = s->name,
                         .source_length = strlen(s->name),
                         .session = s->session,
                         .begin = entry->begin,
                         .position = entry->position };
    zmq_msg_t frame;

    if (talk_write(&frame, &talk) != 0)
        return no_memory(s, error);
    int failed =
        link_send_frame(&s->link, &frame, ZMQ_SNDMORE) != 0 || link_send_frame(&s->link, &entry->result, 0) != 0;
    zmq_msg_close(&frame);
    return failed ? TEXTD_CLIENT_TIMEOUT : TEXTD_CLIENT_OK;
}

static int send_entries(struct textd_source *s, struct textd_error *error)
{
    int rc = TEXTD_CLIENT_OK;

    while (s->n_sent_to < s->next && source_entry(s, s->n_sent_to)->state == ENTRY_PUT) {
        rc = send_entry(s, source_entry(s, s->n_sent_to), error);
        if (rc != TEXTD_CLIENT_OK)
            break;
        s->n_sent_to++;
    }
    return rc == TEXTD_CLIENT_TIMEOUT ? TEXTD_CLIENT_OK : rc; /* the link says next what became of it */
}

int ship_tend(struct textd_source *s, struct textd_error *error)
{
    int rc;

    if (link_tend(&s->link, td_now_ns()) == LINK_BROKEN) {
        if ((rc = receive(s, error)) != TEXTD_CLIENT_OK)
            return rc;
        link_drop(&s->link, td_now_ns());
        link_tend(&s->link, td_now_ns());
    }
    if (s->link.state != LINK_UP) {
        s->ship = SHIP_DOWN;
        if (link_is_wrong(&s->link))
            return link_tell_unreachable(&s->link, 0, error);
        return TEXTD_CLIENT_OK;
    }
    /* Not at once to one that fails again and again. */
    if (s->ship == SHIP_DOWN && td_now_ns() >= s->link.resume_ns && (rc = say_hello(s, error)) != TEXTD_CLIENT_OK)
        return rc;
    if ((rc = receive(s, error)) != TEXTD_CLIENT_OK)
        return rc;
    return s->ship == SHIP_GOING ? send_entries(s, error) : TEXTD_CLIENT_OK;
}
