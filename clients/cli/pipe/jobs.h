/* jobs.h: a pipe's lines between their source and textd: read, sent to one textd or another until one of them has
 * answered, and put back with the answer. */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include <stdint.h>
#include <stdio.h>

#include <textd/pipe.h>

#include "clients/cli/annotate/slot.h"
#include "clients/cli/pipe/lanes.h"

struct job {
    struct slot slot;
    uint64_t number;    /* of its line's id */
    unsigned n_tries;   /* how often it was sent */
    unsigned n_lost;    /* times that textd went away with it */
    unsigned n_refused; /* times that textd failed in a way that may pass */
};

struct jobs {
    const struct cli *cli;
    struct lanes *lanes;
    struct textd_source *source;
    int is_numbered; /* the sink's file says which line a result is of */
    struct job *ring;
    uint32_t window;
    uint64_t oldest, next; /* ids: all before are answered; the next to come */
    uint64_t send_from;    /* id: none before waits to be sent */
    FILE *scratch;
    char *bytes;
    size_t length;
    struct outcome outcome;
    uint64_t moved_ns; /* when something was answered last */
};

/* 0, or -1: out of memory. */
int jobs_open(struct jobs *j, const struct cli *cli, struct lanes *lanes, struct textd_source *source, int is_numbered,
              uint32_t window);
void jobs_close(struct jobs *j);

/* Whether another line has room. */
int jobs_have_room(const struct jobs *j);

/* A line: it waits to be sent, or, when it is none, it is answered with the reason. 0, or -1 and *error. */
int jobs_take(struct jobs *j, const struct textd_source_line *line, struct textd_error *error);

/* Sends what waits, oldest first, as far as the lanes have room. 0, or -1 and *error. */
int jobs_send(struct jobs *j, struct textd_error *error);

/* Takes what textd has answered. 0, or -1 and *error. */
int jobs_receive(struct jobs *j, struct textd_error *error);

/* Lines that wait to be sent. */
int jobs_wait(const struct jobs *j);

#endif
