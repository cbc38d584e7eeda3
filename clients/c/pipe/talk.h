/* talk.h: what a source and a sink say to each other, over DEALER and ROUTER: maps of MessagePack, one a message.
 *
 *     source: {v, op: "hello", source, session}        I am the source of that name; from where on?
 *     sink:   {v, op: "go", session, line, end, hash}  as far is what I have of it
 *     source: {v, op: "record", source, session, begin, line, end, hash} and the result, a frame of its own
 *     sink:   {v, op: "ack", session, end}             up to there it stands in the file
 *     sink:   {v, op: "no", session, code, message}    NO_SESSION, GAP: say hello again; SUPERSEDED, BAD_RECORD,
 *                                                      BAD_HELLO: give up
 *
 * `session` is a random number that the source makes for each hello: an answer to an earlier one is known by it, and a
 * record of an earlier one is refused. `begin` is the `end` of the record before: so a record that would leave a gap is
 * seen. */
#ifndef CLIENT_PIPE_TALK_H
#define CLIENT_PIPE_TALK_H

#include <stddef.h>
#include <stdint.h>

#include <textd/pipe.h>
#include <zmq.h>

struct talk {
    char op[16];
    char code[16];
    const char *source; /* points into the message */
    size_t source_length;
    const char *message;
    size_t message_length;
    uint64_t session, begin;
    struct textd_position position;
};

/* Of the first frame. -1: it is none. */
int talk_read(struct talk *talk, const void *bytes, size_t length);

/* Makes the first frame, without what is 0 or NULL. -1: out of memory. */
int talk_write(zmq_msg_t *frame, const struct talk *talk);

#endif
