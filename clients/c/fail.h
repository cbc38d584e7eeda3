/* fail.h: how the library's functions fail: the code is returned, the words go into the caller's textd_error. */
#ifndef CLIENT_FAIL_H
#define CLIENT_FAIL_H

#include <textd/client.h>

/* Fills *error (unless it is NULL) and returns `code`. */
int client_fail(struct textd_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
