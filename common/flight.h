/* flight.h: what the pipe process (daemon/pipe/) has taken from pull endpoints and not given away, and its counts: a table
 * in shared memory that it alone writes while it lives. The supervisor reads the counts at any time; when the process is dead,
 * however it died, the supervisor, or the parent if that is dead too, tells what was in the table.
 *
 * What a reader finds may be half written: lengths are checked, and an id is only ever shown. */
#ifndef TD_FLIGHT_H
#define TD_FLIGHT_H

#include <stdatomic.h>
#include <stdint.h>

#define TD_FLIGHT_PLACES 2048
#define TD_FLIGHT_ID_BYTES 55

struct td_flight_place {
    char id[TD_FLIGHT_ID_BYTES]; /* as a person reads it; cut */
    uint8_t id_length;
    _Atomic uint64_t is_taken;
};
_Static_assert(sizeof(struct td_flight_place) == 64, "a line of the cache");

struct td_flight {
    _Atomic uint64_t taken, delivered, failed, published, unpublished, waited_out;
    _Atomic uint64_t stalled_since_ns; /* the last progress at a push endpoint, while replies wait; 0: none wait */
    _Atomic uint64_t is_told;          /* the supervisor's: the process is dead, and what is lost was told */
    struct td_flight_place places[TD_FLIGHT_PLACES];
};

/* Makes the table's file, sealed in its size, and maps it. A descriptor, or -1 with errno. */
int td_flight_make(struct td_flight **table);

/* Maps the table of that descriptor. NULL when it can't be, or isn't as large. */
struct td_flight *td_flight_map(int fd);

void td_flight_unmap(struct td_flight *table);

/* The process is dead, and these are lost: logs pipe.lost with their number and the first ids, if there are any.
 * Returns the number. */
uint32_t td_flight_tell_lost(const struct td_flight *table, int pid, const char *death);

#endif
