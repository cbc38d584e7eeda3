/* zmq.h: libzmq, opened by the processes that speak to clients, and by no others.
 *
 * It brings fifteen other libraries along, which no socket of ours ever needs: to load and relocate them takes longer
 * than all else that a process does before main, and leaves each its own copy of their data. The parent and the
 * workers have no socket of ZeroMQ. So the program isn't linked with it: it has functions of these names that pass on
 * (zmq.c). */
#ifndef TD_ZMQ_H
#define TD_ZMQ_H

#include "common/err.h"

/* Before any other call of libzmq; once more costs nothing. TD_E_SYSTEM: it isn't there, or isn't the one that we
 * know. */
int td_zmq_load(struct td_err *err);

#endif
