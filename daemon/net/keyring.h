/* keyring.h: the public keys in the folder curve.clients, as they were when it was read: made whole, then never changed.
 * A file NAME.key holds one key, of the user NAME; what stands behind a dot tells several keys of one user apart:
 * alice.key, alice.new.key. */
#ifndef TD_KEYRING_H
#define TD_KEYRING_H

#include <stdint.h>

#include "common/curve_key.h"
#include "common/err.h"

#define TD_USER_NAME 64
#define TD_KEYRING_MOST 65536

struct td_keyring_entry {
    char user[TD_USER_NAME + 1];
    char key[TD_CURVE_KEY_CHARS + 1];
};

struct td_keyring {
    uint32_t n;
    uint32_t n_passed_over; /* files that are called otherwise */
    char passed_over[256];  /* one of them */
    struct td_keyring_entry entries[];
};

/* Reads the folder, in whatever thread; the result is the caller's to free(). TD_E_CONFIG: it can't be read, others may
 * write into it, a key is none, or is two users'. TD_E_SYSTEM: no memory. */
int td_keyring_read(struct td_keyring **ring, const char *folder, struct td_err *err);

#endif
