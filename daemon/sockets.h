/* sockets.h: all that the server listens on: the clients' endpoints, the operator's control socket and the events socket. */
#ifndef TD_SOCKETS_H
#define TD_SOCKETS_H

#include "daemon/server.h"

/* Makes and binds all of them, as `config` says. TD_E_IN_USE, TD_E_DENIED, TD_E_CONFIG, TD_E_SYSTEM. */
int td_sockets_open(struct td_server *server, const struct td_config *config, struct td_err *err);

/* From now on messages are read. */
int td_sockets_listen(struct td_server *server, struct td_err *err);

/* After the loop has ended. Returns when replies have left, or soon. */
void td_sockets_close(struct td_server *server);

#endif
