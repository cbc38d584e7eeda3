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

/* Whether a socket's folder can be trusted. It must belong to us or root, or lie where root alone makes folders (as
 * systemd does in /run for a service's user), and nobody else may write into it, unless it is sticky as /tmp is.
 * Otherwise whoever made it could stand in the daemon's place. `endpoint`: ipc://PATH; of any other, and where no
 * folder is, all is well. -1: `why` says what is wrong.
 *   is_shared: others may write into it, since all who can are trusted. A volume that the containers of a pod share is
 *   root's with mode 0777, without the sticky bit, and nobody in the pod can change that. */
#define TD_RUNDIR_WHY_BYTES 384
int td_rundir_check(const char *endpoint, int is_shared, char why[TD_RUNDIR_WHY_BYTES]);

/* What server.shared_folder is to the daemon, for the programs beside it, which read no configuration: a container's
 * variables are the same for both. */
int td_rundir_is_shared(void);

/* For who is to connect to the run directory: as td_rundir_check. Where anybody may make folders, as in /tmp, a missing
 * one is made, so that nobody else can have its name meanwhile. */
int td_rundir_claim(const char *endpoint, char why[TD_RUNDIR_WHY_BYTES]);

#define TD_DATA_SOCKET "textd.sock"
#define TD_CONTROL_SOCKET "control.sock"
#define TD_EVENTS_SOCKET "events.sock"
#define TD_PIPE_SOCKET "pipe.sock"

#endif
