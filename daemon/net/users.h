/* users.h: who may come in by an encrypted endpoint, and whose a message is.
 *
 * libzmq asks once a connection (ZAP, ZeroMQ's RFC 27), by a REP in this process, which the loop serves. It calls back with
 * what it was answered as a property of each message, "User-Id". That is the client's key, not its name, so that a key
 * which is taken off ends at once, though its connection stays: each message's key is looked up. A client of an endpoint
 * that is not encrypted can send such a property of its own: so ours begins with a word that nobody else knows. */
#ifndef TD_USERS_H
#define TD_USERS_H

#include <stdint.h>

#include <zmq.h>

#include "common/err.h"
#include "daemon/net/hash.h"
#include "daemon/net/keyring.h"
#include "daemon/net/message.h"
#include "daemon/net/share.h"
#include "daemon/net/zloop.h"

#define TD_USERS_WORD 32

/* libzmq asks in the name of a domain, which an endpoint has: of those that are encrypted, and of those beside them that
 * are not. */
#define TD_ZAP_KEYS "keys"
#define TD_ZAP_PLAIN "plain"

/* Somebody with keys in curve.clients, or who had some and still has a connection here. */
struct td_user {
    UT_hash_handle hh; /* by name */
    char name[TD_USER_NAME + 1];
    struct td_share share;      /* of all connections */
    struct td_account *account; /* of what libzmq holds for them */
    uint32_t n_keys;
    uint32_t n_connections; /* that have something here (connection.h) */
    uint64_t n_let_in;      /* connections, since the start */
    uint64_t n_dropped;     /* messages, since its key was taken off */
};

struct td_user_key {
    UT_hash_handle hh;
    char key[TD_CURVE_KEY_CHARS + 1];
    struct td_user *user;
    int is_gone; /* it was taken off. Remembered, so that what it still sends is counted as its user's */
};

struct td_users {
    struct td_zsocket zap; /* no socket: no endpoint is encrypted */
    struct td_user *by_name;
    struct td_user_key *by_key;
    char word[TD_USERS_WORD + 1];
    uint64_t n_let_in, n_refused; /* connections */
    uint64_t n_plain;             /* that came in by endpoints which are not encrypted */
    uint64_t n_dropped;           /* messages of keys that were taken off */
};

/* Begins to answer libzmq, before an endpoint is bound that needs it: without an answer nobody is let in. TD_E_SYSTEM. */
int td_users_open(struct td_users *users, void *context, struct td_zloop *zloop, struct td_err *err);

/* From now on these keys are let in, and no others. TD_E_SYSTEM: no memory; then some of the new ones may be missing. */
int td_users_adopt(struct td_users *users, const struct td_keyring *ring, struct td_err *err);

/* Whose message that is, by any of its frames but the first. 0: nobody's, it came in without encryption. -1: it is to be
 * dropped, its key was taken off; it is counted. */
int td_users_find(struct td_users *users, zmq_msg_t *frame, struct td_user **user);

/* A connection of that user is known, or is no longer. */
void td_users_hold(struct td_user *user);
void td_users_let_go(struct td_user *user);

/* After the zloop was closed. */
void td_users_close(struct td_users *users);

#endif
