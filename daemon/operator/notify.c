/* notify.c: see notify.h. */
#include "daemon/operator/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

void td_notify_init(struct td_notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");

    *notify = (struct td_notify) { .fd = -1, .watchdog_ns = watchdog_ns() };
    size_t length = path ? strlen(path) : 0;
    if (length > 1 && length < sizeof notify->address.sun_path && (path[0] == '/' || path[0] == '@')) {
        notify->address.sun_family = AF_UNIX;
        memcpy(notify->address.sun_path, path, length);
        if (path[0] == '@') /* the abstract namespace */
            notify->address.sun_path[0] = 0;
        notify->address_length = (uint32_t)(offsetof(struct sockaddr_un, sun_path) + length);
        notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void td_notify_send(struct td_notify *notify, const char *format, ...)
{
    char text[512];
    va_list args;

    if (notify->fd < 0)
        return;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n > 0)
        sendto(notify->fd, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1, MSG_NOSIGNAL,
               (const struct sockaddr *)&notify->address, notify->address_length);
}

void td_notify_close(struct td_notify *notify)
{
    if (notify->fd >= 0)
        close(notify->fd);
    notify->fd = -1;
}
