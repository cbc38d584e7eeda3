/* frontend.h: a ROUTER and its messages: frames in, frames out. It knows envelopes and slow or vanished readers, and
 * nothing of what a message says. The data socket and the control socket are one each. */
#ifndef TD_FRONTEND_H
#define TD_FRONTEND_H

#include "common/err.h"
#include "daemon/net/connection.h"
#include "daemon/net/doc.h"
#include "daemon/net/door.h"
#include "daemon/net/endpoint.h"
#include "daemon/net/users.h"
#include "daemon/net/zloop.h"

#define TD_MAX_ENDPOINTS 32

/* The envelope of a message: the frames behind the routing id, up to and including the first empty frame that is not
 * the last. So a REQ's empty frame and the hops of a proxy are found, and a document sent as an empty second frame is
 * not mistaken for one. At most this many frames. */
#define TD_MAX_HOPS 8

struct td_frontend_counts {
    uint64_t received, refused_frames; /* messages; those with frames that make no sense */
    uint64_t empty;                    /* messages of nothing but an empty frame: dropped */
    uint64_t received_bytes;
    uint64_t dropped_gone, dropped_slow; /* replies */
};

struct td_frontend {
    struct td_door door;
    struct td_zsocket zsocket;
    struct td_connections connections;
    struct td_doc_pool *pool;
    struct td_users *users; /* of encrypted endpoints; NULL: there are none */
    struct td_endpoint endpoints[TD_MAX_ENDPOINTS];
    unsigned n_endpoints;
    int is_stopped, is_owners;
    int64_t frame_bytes;   /* a larger frame cuts its connection */
    uint64_t reply_bytes;  /* the limit of what is kept for one connection, in its outbox and in libzmq */
    uint64_t outbox_bytes; /* for all of them */
    struct td_frontend_counts counts;
    /* A message has come: its frames are in doc->request, nothing is parsed. Takes the document over. */
    void (*on_message)(void *data, struct td_doc *doc);
    /* A connection turned out to be gone; its waiting documents are wanted by nobody. */
    void (*on_gone)(void *data, struct td_connection *client);
    void *data;
};

/* Makes the socket. `max_frame_bytes`: a larger frame cuts the connection (libzmq tells nobody), so it is well above
 * the documented limit. The callbacks and limits are set by the caller before td_frontend_listen. */
int td_frontend_init(struct td_frontend *frontend, void *context, int64_t max_frame_bytes, struct td_doc_pool *pool,
                     struct td_err *err);

/* Lets nobody connect to ipc endpoints, bound later, but processes of our own user and root. */
int td_frontend_for_owner(struct td_frontend *frontend, struct td_err *err);

/* Binds one more endpoint, which is encrypted if there is a secret key (Z85); then frontend->users must be there. */
int td_frontend_bind(struct td_frontend *frontend, const char *endpoint, const char *secret_key, struct td_err *err);

/* Joins the loop: from now on messages come. */
int td_frontend_listen(struct td_frontend *frontend, struct td_zloop *zloop, struct td_err *err);

/* Ends all connections and lets nobody in; what had arrived can still be read. Who comes waits for td_frontend_resume,
 * which may fail and is then to be tried again. */
void td_frontend_stop(struct td_frontend *frontend);
int td_frontend_resume(struct td_frontend *frontend, struct td_err *err);

/* Sends a reply to the connection, in the envelope, which it takes over, as it does the message (of td_message_init).
 * It never blocks: what a slow reader has no room for is kept up to reply_bytes, then dropped and counted. */
void td_frontend_send(struct td_frontend *frontend, struct td_connection *client, struct td_envelope *envelope,
                      zmq_msg_t *message);

/* For a message that more than one reply goes to. -1 when memory runs out. */
int td_envelope_copy(struct td_envelope *to, const struct td_envelope *from);

/* Tries kept replies again. Non-zero when some are still kept. */
int td_frontend_flush(struct td_frontend *frontend);

/* Closes the socket, after the zloop was closed; gives what is sent but not transferred `linger_ms`. */
void td_frontend_close(struct td_frontend *frontend, int linger_ms);

#endif
