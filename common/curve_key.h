/* curve_key.h: keys of ZeroMQ's CURVE, as they lie in files: CZMQ's certificates, which pyzmq writes, too, and files with
 * nothing but the 40 characters of a key (Z85). What is wrong with a file is said here, with what to do about it: libzmq says nothing of a key that
 * is wrong, and a certificate without a secret, loaded as one, is forty zeros. */
#ifndef TD_CURVE_KEY_H
#define TD_CURVE_KEY_H

#include <stddef.h>

#include "common/err.h"

#define TD_CURVE_KEY_CHARS 40

/* Keys as Z85 (ZeroMQ's RFC 32), with a NUL behind. */
struct td_curve_pair {
    char public_key[TD_CURVE_KEY_CHARS + 1];
    char secret_key[TD_CURVE_KEY_CHARS + 1];
};

/* Whether these are the characters of a key: 40 of Z85's, and not the forty zeros that stand for none. */
int td_curve_key_is_valid(const char *text, size_t length);

/* Reads a secret key and makes the public one of it. `what` names the setting in messages: "curve.key_file". Wipe the
 * pair after use. TD_E_CONFIG: it can't be opened, others may read or change it, it holds no secret, or the public key
 * beside the secret isn't its own. */
int td_curve_key_read_secret(struct td_curve_pair *pair, const char *path, const char *what, struct td_err *err);

/* Reads a public key. TD_E_CONFIG: it can't be opened, or it holds none, or a secret, which has no business there. */
int td_curve_key_read_public(char public_key[TD_CURVE_KEY_CHARS + 1], const char *path, const char *what,
                             struct td_err *err);

/* The same of a text that is a key, or the path of a file. */
int td_curve_key_take_public(char public_key[TD_CURVE_KEY_CHARS + 1], const char *text, const char *what,
                             struct td_err *err);

void td_curve_pair_wipe(struct td_curve_pair *pair);

#endif
