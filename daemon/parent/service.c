/* service.c: see service.h. */
#include "daemon/parent/service.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whether WATCHDOG_USEC is meant for this process. */
static uint64_t watchdog_ns(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

    if (!usec || (pid && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    return strtoull(usec, NULL, 10) * 1000;
}

void td_service_init(struct td_service *service)
{
    const char *path = getenv("NOTIFY_SOCKET");

    *service = (struct td_service) { .fd = -1, .watchdog_ns = watchdog_ns() };
    size_t length = path ? strlen(path) : 0;
    if (length > 1 && length < sizeof service->address.sun_path && (path[0] == '/' || path[0] == '@')) {
        service->address.sun_family = AF_UNIX;
        memcpy(service->address.sun_path, path, length);
        if (path[0] == '@') /* the abstract namespace */
            service->address.sun_path[0] = 0;
        service->address_length = (uint32_t)(offsetof(struct sockaddr_un, sun_path) + length);
        service->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void td_service_tell(const struct td_service *service, const char *text, size_t length)
{
    if (service->fd >= 0)
        sendto(service->fd, text, length, MSG_NOSIGNAL, (const struct sockaddr *)&service->address,
               service->address_length);
}
