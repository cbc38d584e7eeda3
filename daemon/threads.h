/* threads.h: the threads that libraries make for us, had before anything depends on them. */
#ifndef TD_THREADS_H
#define TD_THREADS_H

#include <uv.h>

#include "common/err.h"

/* libuv makes the thread in which a reload copies files on first use, libzmq its two with the first socket, and both
 * end the process when the system refuses one. This asks for as many first, then has libuv make its own. Call it
 * before the first socket. TD_E_SYSTEM: they can't be had. */
int td_threads_have(uv_loop_t *loop, struct td_err *err);

#endif
