/* nats.h: `textctl nats setup` starts textd-nats, which then is the process: textctl itself knows nothing of NATS. */
#ifndef CLI_NATS_H
#define CLI_NATS_H

/* `argv` begins with the command, nats. Returns only when there is no such program: an exit code. */
int nats_start(int argc, char **argv);

#endif
