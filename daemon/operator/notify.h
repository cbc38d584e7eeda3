/* notify.h: the service manager's notification protocol (sd_notify(3)): one datagram a message to $NOTIFY_SOCKET, so no
 * library is needed. Without the variable everything here does nothing. */
#ifndef TD_NOTIFY_H
#define TD_NOTIFY_H

#include <stdint.h>
#include <sys/un.h>

struct td_notify {
    int fd; /* -1: nobody to notify */
    struct sockaddr_un address;
    uint32_t address_length;
    uint64_t watchdog_ns; /* the manager wants a sign of life within this; 0: it doesn't */
};

/* Reads the environment, and removes the variables from it so that workers don't speak for us. */
void td_notify_init(struct td_notify *notify);

/* Sends "READY=1", "STOPPING=1", "STATUS=…" or several, a line each. */
void td_notify_send(struct td_notify *notify, const char *format, ...) __attribute__((format(printf, 2, 3)));

void td_notify_close(struct td_notify *notify);

#endif
