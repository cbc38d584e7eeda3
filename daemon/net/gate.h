/* gate.h: the two calls by which libzmq lets things in, accept4 and recv. It calls them by name, so this program's own
 * stand in between. All of it is for libzmq's thread; the loop looks at counters and gives orders. libmicrohttpd, in
 * the loop's thread, calls recv by the same name, and is let through: it has limits of its own (daemon/http).
 *
 * accept4, because libzmq 4.3.4 ends the process when an accept on a path finds no descriptor (libzmq#1306), and spins
 * when one on tcp doesn't. Some descriptors are kept for workers and reloads: a connection that would take one of those
 * is taken and closed at once. Its client comes again by itself, and those who are in stay.
 *
 * recv, because libzmq's own way to let a peer wait, the high-water mark, may end the process (libzmq#4364, #3937).
 * While the gate is narrow each connection may begin few messages; what it sends beyond waits in the kernel, and then
 * its sender does. In the pipe process a function of its own says how much is read (daemon/pipe/valve.h). */
#ifndef TD_GATE_H
#define TD_GATE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <uv.h>

/* In the loop's thread, before libzmq is started. `wake` is sent when a connection had to be turned away; NULL: no
 * more. */
void td_gate_init(uv_async_t *wake);

/* Lets those who come to this listening socket (and its duplicates) have the descriptors that are kept: the operator
 * must get in when nobody else does. */
void td_gate_favour(int listen_fd);

/* Connections that were turned away since the start. */
uint64_t td_gate_n_refused(void);

/* Whether a connection with this descriptor takes one of those that are kept. */
int td_gate_keeps(int fd);

/* Whether one more connection would be let in now. */
int td_gate_has_room(void);

/* Whether everybody gets a small share only. */
void td_gate_set_narrow(int is_narrow);

/* Reads from a socket as recv does, whatever the gate. */
ssize_t td_gate_receive_now(int fd, void *bytes, size_t length, int flags);

/* From now on `receive` answers libzmq's recv, in libzmq's threads. Before libzmq is started. */
void td_gate_set_receiver(ssize_t (*receive)(int fd, void *bytes, size_t length, int flags));

#endif
