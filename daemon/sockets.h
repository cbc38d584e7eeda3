/* sockets.h: all that the server listens on: the clients' endpoints, the operator's control socket and the events
 * socket. */
#ifndef TD_SOCKETS_H
#define TD_SOCKETS_H

#include "daemon/documents/documents.h"
#include "daemon/net/frontend.h"
#include "daemon/net/handshakes.h"
#include "daemon/operator/control.h"
#include "daemon/operator/events.h"

struct td_sockets {
    void *zmq;                       /* the context; the caller's */
    struct td_frontend data;         /* the clients' */
    struct td_users users;           /* who may come in by those that are encrypted */
    struct td_handshakes handshakes; /* and who doesn't get so far */
    struct td_frontend pipes; /* the pipe process's; without a socket when the start's configuration has no `pull` */
    char pipes_endpoint[256];
    struct td_control *control; /* whose frontend is made here */
    struct td_events events;
    struct td_intake intake; /* watches over all of them; the caller makes it, before libzmq, and ends it */
};

/* Makes and binds all of them, as `config` says; documents from the clients go to `docs`. sockets->zmq and ->control
 * are set. Who may come in is judged from here on, in the loop. TD_E_IN_USE, TD_E_DENIED, TD_E_CONFIG, TD_E_SYSTEM. */
int td_sockets_open(struct td_sockets *sockets, struct td_documents *docs, const struct td_config *config,
                    struct td_zloop *zloop, struct td_err *err);

/* Reads all keys, as td_sockets_open would, and warns of endpoints that are open to everybody. TD_E_CONFIG. */
int td_sockets_check(const struct td_config *config, struct td_err *err);

/* From now on messages are read. */
int td_sockets_listen(struct td_sockets *sockets, struct td_zloop *zloop, struct td_err *err);

/* After the loop has ended: ends the context, too. Returns when replies have left, or soon. */
void td_sockets_close(struct td_sockets *sockets);

#endif
