/* outfile.h: the file that results go to, and how far each source is by what stands in it. The file is the only truth:
 * FILE.state beside it says only from where on it has to be read. */
#ifndef CLIENT_PIPE_OUTFILE_H
#define CLIENT_PIPE_OUTFILE_H

#include <stddef.h>
#include <stdint.h>

#include <textd/pipe.h>

#include "common/mp_buf.h"

#define PLACE_NAME 64

/* How far one source is, what waits to be written included. */
struct place {
    char name[PLACE_NAME + 1];
    struct textd_position position;
    struct textd_position written;
    /* The sink's: who sends it now. */
    uint64_t session; /* 0: nobody */
    unsigned char peer[256];
    size_t peer_length;
    int is_touched; /* there is something to acknowledge */
};

struct outfile {
    int fd; /* -1: none is open */
    char *path;
    int is_sync, is_failed;
    uint64_t length; /* what stands there, all of it whole lines */
    uint64_t stated; /* the length that FILE.state tells of */
    struct td_buf pending;
    struct place **places; /* by name */
    size_t n_places, places_capacity;
    struct place *last; /* that was asked for: often it is the next, too */
};

/* Whether it may be a source's name. */
int place_name_is_good(const char *name, size_t length);

/* Opens or makes it, for this process alone, cuts an unfinished last line off, and reads how far the sources are. Zeroed
 * before. Close it in both cases. */
int outfile_open(struct outfile *o, const char *path, int is_sync, struct textd_error *error);

/* Writes what waits, and FILE.state. */
void outfile_close(struct outfile *o);

struct place *outfile_find(const struct outfile *o, const char *name, size_t length);

/* Finds or adds it. NULL: out of memory. */
struct place *outfile_place(struct outfile *o, const char *name, size_t length);

/* NULL, or why these bytes are no result: one JSON object on one line. */
const char *result_is_wrong(const char *json, size_t length);

/* Puts a result behind what waits. The place is at this position then; but only outfile_flush makes it true. */
int outfile_append(struct outfile *o, struct place *place, const struct textd_position *position, const char *json,
                   size_t length, struct textd_error *error);

/* Writes what waits: all of it, or, when the disk is full, nothing of it and the file fails for good. */
int outfile_flush(struct outfile *o, struct textd_error *error);

#endif
