/* source.h: a source as it lies in memory: lines in a ring, from the first that isn't acknowledged to the last that was
 * handed out. An outlet (outlet.c: a file or standard output; ship.c: a sink elsewhere) takes results off its head. */
#ifndef CLIENT_PIPE_SOURCE_H
#define CLIENT_PIPE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include <textd/pipe.h>
#include <zmq.h>

#include "clients/c/link.h"
#include "clients/c/pipe/input.h"
#include "clients/c/pipe/outfile.h"

enum entry_state {
    ENTRY_FREE,
    ENTRY_OUT, /* the program has it */
    ENTRY_PUT, /* its result is here */
};

struct entry {
    enum entry_state state;
    uint64_t begin; /* where the line before it ends */
    struct textd_position position;
    char *text;
    size_t text_length;
    zmq_msg_t result; /* of PUT */
};

enum ship_state {
    SHIP_DOWN,  /* nobody was asked on this connection */
    SHIP_ASKED, /* hello is said */
    SHIP_GOING,
};

struct textd_source {
    struct input input;
    char name[PLACE_NAME + 1];
    struct entry *ring;
    uint64_t head, next; /* ids: of the first that isn't acknowledged, of the next to be handed out */
    uint32_t window;
    size_t held_bytes, window_bytes;
    uint64_t last_end; /* of the last line that was handed out */
    int is_ended, is_begun;
    int is_failed; /* its outlet: what is in order isn't tried again, or a part of it would stand there twice */
    struct textd_position acknowledged;
    int epoll_fd, is_input_watched;

    /* One of three outlets. */
    struct outfile file; /* fd -1: it is none */
    struct place *place;
    int is_stdout;
    struct td_buf lines;

    int is_remote;
    struct link link;
    enum ship_state ship;
    uint64_t session;
    uint64_t n_sent_to; /* id: all before are sent on this session */
};

struct entry *source_entry(struct textd_source *s, uint64_t id);

/* Everything before `id` is acknowledged. */
void source_acknowledge(struct textd_source *s, uint64_t id);

/* Where to go on, as the sink says: the input is brought there. */
int source_begin(struct textd_source *s, const struct textd_position *position, const char *sink,
                 struct textd_error *error);

/* Sends what is in order to the sink, and takes what it says. */
int ship_tend(struct textd_source *s, struct textd_error *error);

#endif
