/* rundir.h: where the daemon's sockets are when nobody says otherwise; daemon and clients must come to the same answer.
 *
 *   $RUNTIME_DIRECTORY    set by systemd for the unit
 *   /run/textd            for root
 *   $XDG_RUNTIME_DIR/textd
 *   /tmp/textd-UID */
#ifndef TD_RUNDIR_H
#define TD_RUNDIR_H

#include <stddef.h>

/* Writes the directory's path. -1 when it doesn't fit. */
int td_rundir(char *path, size_t size);

/* "ipc://<rundir>/textd.sock": what the daemon binds and textctl connects to by default. -1 when it doesn't fit. */
int td_rundir_endpoint(char *endpoint, size_t size, const char *socket_name);

#define TD_DATA_SOCKET "textd.sock"
#define TD_CONTROL_SOCKET "control.sock"
#define TD_EVENTS_SOCKET "events.sock"

#endif
