/* service.h: the service manager (sd_notify(3), sd_watchdog_enabled(3)): one datagram a message to $NOTIFY_SOCKET, so
 * no library is needed. The manager listens to the process that it started and to nobody else, so the parent speaks
 * for all. Without the variable everything here does nothing. */
#ifndef TD_SERVICE_H
#define TD_SERVICE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

struct td_service {
    int fd; /* -1: nobody to notify */
    struct sockaddr_un address;
    uint32_t address_length;
    uint64_t watchdog_ns; /* the manager wants a sign of life within this; 0: it doesn't */
};

/* Reads the environment, and removes the variables from it so that no child speaks for us. */
void td_service_init(struct td_service *service);

/* Sends a message: lines such as "READY=1". */
void td_service_tell(const struct td_service *service, const char *text, size_t length);

#endif
