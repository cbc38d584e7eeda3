/* users.c: see users.h. */
#include "daemon/net/users.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sodium.h>

#include "common/log.h"
#include "common/zcall.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"

/* Frames of a request of ZAP's: version, request, domain, address, routing id, mechanism, and CURVE's credentials. */
enum { ZAP_VERSION, ZAP_REQUEST, ZAP_DOMAIN, ZAP_ADDRESS, ZAP_ROUTING_ID, ZAP_MECHANISM, ZAP_KEY, ZAP_FRAMES };

#define KEY_BYTES 32

/* ---- Who is who --------------------------------------------------------------------------------------------------- */

static struct td_user *find_user(struct td_users *users, const char *name)
{
    struct td_user *user;

    HASH_FIND_STR(users->by_name, name, user);
    if (user || !(user = calloc(1, sizeof *user)))
        return user;
    user->account = td_account_open(NULL);
    snprintf(user->name, sizeof user->name, "%s", name);
    if (user->account)
        HASH_ADD_STR(users->by_name, name, user);
    if (user->hh.tbl)
        return user;
    if (user->account)
        td_account_close(user->account);
    free(user);
    return NULL;
}

static struct td_user_key *find_key(const struct td_users *users, const char *key)
{
    struct td_user_key *found;

    HASH_FIND(hh, users->by_key, key, TD_CURVE_KEY_CHARS, found);
    return found;
}

static int add_key(struct td_users *users, const struct td_keyring_entry *entry, struct td_err *err)
{
    struct td_user *user = find_user(users, entry->user);
    struct td_user_key *key = find_key(users, entry->key);

    if (user && !key && (key = calloc(1, sizeof *key))) {
        memcpy(key->key, entry->key, sizeof key->key);
        HASH_ADD(hh, users->by_key, key, TD_CURVE_KEY_CHARS, key);
        if (!key->hh.tbl) {
            free(key);
            key = NULL;
        }
    }
    if (!user || !key)
        return td_fail(err, TD_E_SYSTEM, "there is no memory for the keys of curve.clients");
    if (key->user != user || key->is_gone)
        user->n_keys++;
    key->user = user;
    key->is_gone = 0;
    return TD_OK;
}

/* Keys that were taken off stay known, a hundred bytes each: as long as their connections live, what these send is told
 * from what nobody ever was let in with. */
int td_users_adopt(struct td_users *users, const struct td_keyring *ring, struct td_err *err)
{
    int rc = TD_OK;

    for (struct td_user_key *key = users->by_key; key; key = key->hh.next) {
        key->is_gone = 1;
        key->user->n_keys = 0;
    }
    for (uint32_t i = 0; i < ring->n && rc == TD_OK; i++)
        rc = add_key(users, &ring->entries[i], err);
    if (ring->n_passed_over > 0)
        td_log(TD_LOG_WARN, "curve.passed_over", TD_INT("files", ring->n_passed_over),
               TD_BYTES("file", ring->passed_over, strlen(ring->passed_over)),
               TD_STR("action", "none: a user's public key is called NAME.key"));
    if (ring->n == 0)
        td_log(TD_LOG_WARN, "curve.nobody",
               TD_STR("action", "let nobody in: there is no key in the folder curve.clients"));
    return rc;
}

int td_users_find(struct td_users *users, zmq_msg_t *frame, struct td_user **user)
{
    const char *id = zmq_msg_gets(frame, "User-Id");
    struct td_user_key *key;

    *user = NULL;
    if (!id || strlen(id) != TD_USERS_WORD + TD_CURVE_KEY_CHARS || sodium_memcmp(id, users->word, TD_USERS_WORD) != 0 ||
        !(key = find_key(users, id + TD_USERS_WORD))) /* whom we let in has one: none is ever forgotten */
        return 0;
    *user = key->user;
    if (!key->is_gone)
        return 0;
    users->n_dropped++;
    key->user->n_dropped++;
    td_log(TD_LOG_WARN, "client.dropped", TD_STR("user", key->user->name), TD_STR("key", key->key),
           TD_INT("dropped", key->user->n_dropped), TD_STR("reason", "the key was taken off"));
    return -1;
}

void td_users_hold(struct td_user *user)
{
    user->n_connections++;
}

void td_users_let_go(struct td_user *user)
{
    assert(user->n_connections > 0);
    user->n_connections--;
}

/* ---- What libzmq asks --------------------------------------------------------------------------------------------- */

static int is_text(zmq_msg_t *frame, const char *text)
{
    return zmq_msg_size(frame) == strlen(text) && memcmp(zmq_msg_data(frame), text, strlen(text)) == 0;
}

/* The key's user, who may come in; or NULL. `key`: as text, once it could be read. */
static struct td_user *judge(struct td_users *users, zmq_msg_t frames[ZAP_FRAMES], char text[TD_CURVE_KEY_CHARS + 1])
{
    text[0] = 0;
    if (!is_text(&frames[ZAP_DOMAIN], TD_ZAP_KEYS) || !is_text(&frames[ZAP_MECHANISM], "CURVE") ||
        zmq_msg_size(&frames[ZAP_KEY]) != KEY_BYTES || !zmq_z85_encode(text, zmq_msg_data(&frames[ZAP_KEY]), KEY_BYTES))
        return NULL;
    const struct td_user_key *key = find_key(users, text);
    return key && !key->is_gone ? key->user : NULL;
}

static void send_text(void *socket, const char *text, int flags)
{
    td_zcall_send(socket, text, strlen(text), flags);
}

static void answer(struct td_users *users, zmq_msg_t *request, const char *key, int is_let_in)
{
    void *socket = users->zap.socket;
    char id[TD_USERS_WORD + TD_CURVE_KEY_CHARS + 1] = "";

    if (is_let_in && key[0])
        snprintf(id, sizeof id, "%s%s", users->word, key);
    send_text(socket, "1.0", ZMQ_SNDMORE);
    td_zcall_send(socket, zmq_msg_data(request), zmq_msg_size(request), ZMQ_SNDMORE);
    send_text(socket, is_let_in ? "200" : "400", ZMQ_SNDMORE);
    send_text(socket, is_let_in ? "OK" : "unknown key", ZMQ_SNDMORE);
    send_text(socket, id, ZMQ_SNDMORE);
    send_text(socket, "", 0); /* no metadata */
}

static void tell(const struct td_user *user, const char *key, zmq_msg_t *address)
{
    const char *from = zmq_msg_data(address);
    size_t length = zmq_msg_size(address);

    if (user)
        td_log(TD_LOG_DEBUG, "client.let_in", TD_STR("user", user->name), TD_BYTES("address", from, length));
    else
        td_log(TD_LOG_WARN, "client.refused", TD_STR("reason", "its key is not in curve.clients"), TD_STR("key", key),
               TD_BYTES("address", from, length));
}

static int take_question(struct td_zsocket *zap)
{
    struct td_users *users = zap->data;
    zmq_msg_t frames[ZAP_FRAMES + 1]; /* the last for what there may be beyond, and is not looked at */
    unsigned n = 0;
    char key[TD_CURVE_KEY_CHARS + 1];

    for (unsigned i = 0; i <= ZAP_FRAMES; i++)
        zmq_msg_init(&frames[i]);
    for (int more = 1; more; n++) {
        zmq_msg_t *frame = &frames[n < ZAP_FRAMES ? n : ZAP_FRAMES];
        if (td_zcall_msg_recv(frame, zap->socket) < 0) {
            assert(n == 0); /* messages are handed over whole */
            return 0;
        }
        more = zmq_msg_more(frame);
    }
    struct td_user *user = judge(users, frames, key);
    int is_plain = is_text(&frames[ZAP_DOMAIN], TD_ZAP_PLAIN) && is_text(&frames[ZAP_MECHANISM], "NULL");
    answer(users, &frames[ZAP_REQUEST], key, user || is_plain);
    if (user)
        user->n_let_in++;
    *(user ? &users->n_let_in : is_plain ? &users->n_plain : &users->n_refused) += 1;
    if (!is_plain)
        tell(user, key, &frames[ZAP_ADDRESS]);
    for (unsigned i = 0; i <= ZAP_FRAMES; i++)
        zmq_msg_close(&frames[i]);
    return 1;
}

/* A word that no client can know. */
static int make_word(char word[TD_USERS_WORD + 1])
{
    unsigned char random[TD_USERS_WORD / 2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return -1;
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(word + 2 * i, 3, "%02x", random[i]);
    return 0;
}

int td_users_open(struct td_users *users, void *context, struct td_zloop *zloop, struct td_err *err)
{
    int none = 0;

    *users = (struct td_users) { .zap = { .take = take_question, .data = users } };
    if (make_word(users->word) != 0)
        return td_fail(err, TD_E_SYSTEM, "the system has no random numbers");
    users->zap.socket = zmq_socket(context, ZMQ_REP);
    if (!users->zap.socket || zmq_setsockopt(users->zap.socket, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_setsockopt(users->zap.socket, ZMQ_RCVHWM, &none, sizeof none) != 0 ||
        zmq_bind(users->zap.socket, ZAP_ENDPOINT) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't judge who connects (%s): %s", ZAP_ENDPOINT, zmq_strerror(zmq_errno()));
    return td_zloop_add(zloop, &users->zap, err);
}

void td_users_close(struct td_users *users)
{
    struct td_user_key *key;
    struct td_user *user;

    if (users->zap.socket)
        zmq_close(users->zap.socket);
    while ((key = users->by_key)) {
        HASH_DEL(users->by_key, key); /* NOLINT(clang-analyzer-unix.Malloc): each is here once */
        free(key);
    }
    while ((user = users->by_name)) {
        HASH_DEL(users->by_name, user); /* NOLINT(clang-analyzer-unix.Malloc): each is here once */
        td_account_close(user->account);
        td_lanes_free(&user->share.lane);
        free(user);
    }
    *users = (struct td_users) { .zap = { .socket = NULL } };
}
