/* notify.h: what the service manager is told (sd_notify(3)). It listens to the parent only, so that is who passes it
 * on. */
#ifndef TD_NOTIFY_H
#define TD_NOTIFY_H

/* Sends "READY=1", "STOPPING=1", "STATUS=…" or several, a line each; nothing when nobody listens. */
void td_notify_send(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
