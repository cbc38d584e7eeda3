/* key_file.h: files that hold a key, of any kind: read whole, and whether others can read or change them. */
#ifndef TD_KEY_FILE_H
#define TD_KEY_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#include "common/err.h"

/* Keys are short: two of them, and a few lines about whose they are. */
#define TD_KEY_FILE_MOST 16384

/* Reads it whole; never waits for a fifo. *length: without the NUL that is put behind. `what` names the setting in
 * messages: "curve.key_file". TD_E_CONFIG. */
int td_key_file_read(char text[TD_KEY_FILE_MOST + 1], size_t *length, struct stat *st, const char *path,
                     const char *what, struct td_err *err);

/* TD_E_CONFIG: others can read or change a secret (a group may read it), or anybody can change a public key. `maker`
 * is what makes another pair: "textctl keygen". */
int td_key_file_check_secret(const struct stat *st, const char *path, const char *what, const char *maker,
                             struct td_err *err);
int td_key_file_check_public(const struct stat *st, const char *path, const char *what, struct td_err *err);

#endif
