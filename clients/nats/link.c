/* link.c: see link.h. */
#include "clients/nats/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sodium.h>

#include "clients/nats/nkey.h"
#include "clients/nats/stats.h"
#include "common/clock.h"

#define AGAIN_NS 500000000ull

static void on_message(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *closure)
{
    struct link_door *door = closure;

    (void)nc, (void)sub;
    mailbox_post(door->link->box, door->kind, msg);
}

static void on_lost(natsConnection *nc, void *closure)
{
    struct link *link = closure;

    (void)nc;
    STATS_COUNT(disconnects);
    STATS_SET(connected, 0);
    atomic_store(&link->was_lost, 1);
    mailbox_wake(link->box);
}

static void on_found(natsConnection *nc, void *closure)
{
    struct link *link = closure;

    (void)nc;
    STATS_COUNT(connects);
    STATS_SET(connected, 1);
    atomic_store(&link->was_found, 1);
    mailbox_wake(link->box);
}

static void on_closed(natsConnection *nc, void *closure)
{
    struct link *link = closure;

    (void)nc;
    STATS_SET(connected, 0);
    atomic_store(&link->is_closed, 1);
    mailbox_wake(link->box);
}

/* libnats would print by itself; what matters is seen by its effects, and told by the loop. */
static void on_error(natsConnection *nc, natsSubscription *sub, natsStatus status, void *closure)
{
    (void)nc, (void)sub, (void)status, (void)closure;
}

/* A file's first line, the caller's. NULL: errno says why. */
static char *read_line(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;

    if (!file)
        return NULL;
    errno = EINVAL;
    if (getline(&line, &size, file) <= 0) {
        free(line);
        line = NULL;
    } else {
        line[strcspn(line, "\r\n")] = 0;
    }
    fclose(file);
    return line;
}

static int fail(char *why, size_t size, const char *what, const char *value, const char *reason)
{
    snprintf(why, size, "%s '%s' can't be used: %s", what, value, reason);
    return -1;
}

static int set_user(struct link *link, char *why, size_t size)
{
    const struct options *o = link->options;
    natsStatus s = NATS_OK;
    char *line;

    if (o->creds && (s = natsOptions_SetUserCredentialsFromFiles(link->nats, o->creds, NULL)) != NATS_OK)
        return fail(why, size, "--creds", o->creds, natsStatus_GetText(s));
    if (o->nkey) {
        char public[NKEY_PUBLIC_BYTES];
        if (!(line = read_line(o->nkey)))
            return fail(why, size, "--nkey", o->nkey, strerror(errno));
        int rc = nkey_public(line, public);
        sodium_memzero(line, strlen(line));
        free(line);
        if (rc != 0)
            return fail(why, size, "--nkey", o->nkey,
                        "its first line must be a user's seed, SU and 56 characters more");
        if ((s = natsOptions_SetNKeyFromSeed(link->nats, public, o->nkey)) != NATS_OK)
            return fail(why, size, "--nkey", o->nkey, natsStatus_GetText(s));
    }
    if (o->password_file) {
        if (!(line = read_line(o->password_file)))
            return fail(why, size, "--password-file", o->password_file, strerror(errno));
        natsOptions_SetUserInfo(link->nats, o->user, line);
        free(line);
    }
    if (o->token_file) {
        if (!(line = read_line(o->token_file)))
            return fail(why, size, "--token-file", o->token_file, strerror(errno));
        natsOptions_SetToken(link->nats, line);
        free(line);
    }
    return 0;
}

static int set_tls(struct link *link, char *why, size_t size)
{
    const struct options *o = link->options;
    natsStatus s;

    if ((o->tls || o->ca || o->cert) && (s = natsOptions_SetSecure(link->nats, true)) != NATS_OK)
        return fail(why, size, "--tls", "", natsStatus_GetText(s));
    if (o->ca && (s = natsOptions_LoadCATrustedCertificates(link->nats, o->ca)) != NATS_OK)
        return fail(why, size, "--ca", o->ca, natsStatus_GetText(s));
    if (o->cert && (s = natsOptions_LoadCertificatesChain(link->nats, o->cert, o->key)) != NATS_OK)
        return fail(why, size, "--cert", o->cert, natsStatus_GetText(s));
    return 0;
}

static void make_base(struct link *link)
{
    unsigned char random[12];
    char word[2 * sizeof random + 1];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        memset(random, (int)td_now_ns(), sizeof random); /* can't be, so early in no one's life */
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(word + 2 * i, 3, "%02x", random[i]);
    snprintf(link->base, sizeof link->base, "%.32s.%s", link->options->inbox_prefix, word);
}

int link_open(struct link *link, const struct options *o, struct mailbox *box, char *why, size_t size)
{
    natsStatus s;

    *link = (struct link) { .options = o, .box = box };
    for (int i = 0; i < 5; i++)
        link->doors[i] = (struct link_door) { link, (enum mail_kind)i };
    make_base(link);
    s = natsOptions_Create(&link->nats);
    if (s == NATS_OK)
        s = natsOptions_SetServers(link->nats, (const char **)(void *)o->servers, o->n_servers);
    if (s != NATS_OK)
        return fail(why, size, "--server", o->servers[0], natsStatus_GetText(s));
    natsOptions_SetName(link->nats, "textd-nats");
    natsOptions_SetTimeout(link->nats, 2000);
    natsOptions_SetMaxReconnect(link->nats, -1);
    natsOptions_SetReconnectWait(link->nats, 200);
    natsOptions_SetReconnectJitter(link->nats, 200, 400);
    /* A peer that vanished without a word is noticed after two pings. */
    natsOptions_SetPingInterval(link->nats, 2000);
    natsOptions_SetMaxPingsOut(link->nats, 2);
    natsOptions_SetWriteDeadline(link->nats, 5000);
    natsOptions_UseGlobalMessageDelivery(link->nats, true); /* one thread for all subscriptions, not one each */
    natsOptions_SetDisconnectedCB(link->nats, on_lost, link);
    natsOptions_SetReconnectedCB(link->nats, on_found, link);
    natsOptions_SetClosedCB(link->nats, on_closed, link);
    natsOptions_SetErrorHandler(link->nats, on_error, link);
    if (set_tls(link, why, size) != 0)
        return -1;
    return set_user(link, why, size);
}

static natsStatus subscribe(struct link *link, natsSubscription **sub, enum mail_kind kind, const char *word)
{
    char subject[LINK_SUBJECT_BYTES];

    snprintf(subject, sizeof subject, "%s.%s.*", link->base, word);
    natsStatus s = natsConnection_Subscribe(sub, link->connection, subject, on_message, &link->doors[kind]);
    /* The window bounds what can come; were libnats to drop some, it would be for nothing. */
    return s == NATS_OK ? natsSubscription_SetPendingLimits(*sub, -1, -1) : s;
}

natsStatus link_connect(struct link *link)
{
    return natsConnection_Connect(&link->connection, link->nats);
}

static void forget_subscriptions(struct link *link)
{
    for (int i = 0; i < link->n_served; i++)
        natsSubscription_Destroy(link->served[i]);
    link->n_served = 0;
    natsSubscription_Destroy(link->pulled);
    natsSubscription_Destroy(link->stored);
    natsSubscription_Destroy(link->acked);
    link->pulled = link->stored = link->acked = NULL;
}

static void disconnect(struct link *link)
{
    forget_subscriptions(link);
    natsConnection_Destroy(link->connection);
    link->connection = NULL;
    STATS_SET(connected, 0);
}

int link_keep(struct link *link, uint64_t now_ns, char *why, size_t size)
{
    if (atomic_exchange(&link->is_closed, 0) && link->connection && natsConnection_IsClosed(link->connection))
        disconnect(link);
    if (link->connection || now_ns - link->tried_at < AGAIN_NS)
        return 0;
    link->tried_at = now_ns;
    natsStatus s = link_connect(link);
    if (s == NATS_OK)
        s = subscribe(link, &link->pulled, MAIL_PULLED, "p");
    if (s == NATS_OK)
        s = subscribe(link, &link->stored, MAIL_STORED, "s");
    if (s == NATS_OK)
        s = subscribe(link, &link->acked, MAIL_ACKED, "a");
    if (s != NATS_OK) {
        snprintf(why, size, "%s", natsStatus_GetText(s));
        disconnect(link);
        return -1;
    }
    link->max_payload = natsConnection_GetMaxPayload(link->connection);
    link->connected_at = now_ns;
    STATS_COUNT(connects);
    STATS_SET(connected, 1);
    return 1;
}

void link_renew(struct link *link)
{
    if (!link->connection)
        return;
    natsConnection_FlushTimeout(link->connection, 1000);
    disconnect(link);
}

void link_close(struct link *link)
{
    if (link->connection) {
        natsConnection_FlushTimeout(link->connection, 2000);
        natsConnection_Close(link->connection);
        disconnect(link);
    }
    natsOptions_Destroy(link->nats);
}

int link_is_up(const struct link *link)
{
    return link->connection && natsConnection_Status(link->connection) == NATS_CONN_STATUS_CONNECTED;
}

natsStatus link_serve(struct link *link, const char *subject, const char *group, enum mail_kind kind)
{
    natsSubscription **sub = &link->served[link->n_served];
    natsStatus s =
        group ? natsConnection_QueueSubscribe(sub, link->connection, subject, group, on_message, &link->doors[kind])
              : natsConnection_Subscribe(sub, link->connection, subject, on_message, &link->doors[kind]);

    if (s == NATS_OK)
        link->n_served++;
    return s;
}

void link_stop_serving(struct link *link)
{
    for (int i = 0; i < link->n_served; i++)
        natsSubscription_Drain(link->served[i]);
    for (int i = 0; i < link->n_served; i++)
        natsSubscription_WaitForDrainCompletion(link->served[i], 1000);
}

void link_stop_pulling(struct link *link)
{
    if (link->pulled && natsSubscription_Drain(link->pulled) == NATS_OK)
        natsSubscription_WaitForDrainCompletion(link->pulled, 1000);
}

natsStatus link_send(struct link *link, const char *subject, const char *reply, const void *bytes, size_t length)
{
    if (!link->connection)
        return NATS_CONNECTION_CLOSED;
    if (reply)
        return natsConnection_PublishRequest(link->connection, subject, reply, bytes, (int)length);
    return natsConnection_Publish(link->connection, subject, bytes, (int)length);
}
