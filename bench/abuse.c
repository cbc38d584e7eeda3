/* abuse.c: a client that means no good.
 *
 *   abuse ENDPOINT KIND BYTES CONNECTIONS SECONDS
 *
 * flood: sends documents of BYTES as fast as they go, and reads what comes. deaf: sends them, and reads nothing.
 * cancel: one document, then nine cancels of ids that were never sent. Prints how many messages were sent. What it does
 * any client may do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "common/clock.h"
#include "common/mp_buf.h"

#define MAX_CONNECTIONS 64

struct abuse {
    void *sockets[MAX_CONNECTIONS];
    int n_sockets, is_deaf, is_cancelling;
    struct td_buf document, cancel;
    unsigned long long n_sent;
};

static void make_messages(struct abuse *abuse, size_t bytes)
{
    char *text = malloc(bytes + 1);

    if (!text)
        exit(1);
    memset(text, 'x', bytes);
    text[bytes] = 0;
    abuse->document.limit = bytes + 4096;
    abuse->cancel.limit = 4096;
    msgpack_packer packer = td_buf_packer(&abuse->document);
    msgpack_pack_map(&packer, 3);
    td_pack_count(&packer, "id", 1);
    td_pack_str(&packer, "plugins");
    msgpack_pack_array(&packer, 1);
    td_pack_str(&packer, "mirror");
    td_pack_pair(&packer, "text", text);
    packer = td_buf_packer(&abuse->cancel);
    msgpack_pack_map(&packer, 2);
    td_pack_pair(&packer, "op", "cancel");
    td_pack_pair(&packer, "id", "never sent");
    free(text);
}

static int open_sockets(struct abuse *abuse, void *context, const char *endpoint)
{
    int none = 0, few = 1, some = abuse->document.length > 10000 ? 4 : 1000;

    for (int i = 0; i < abuse->n_sockets; i++) {
        void *socket = abuse->sockets[i] = zmq_socket(context, ZMQ_DEALER);
        if (!socket || zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none) ||
            zmq_setsockopt(socket, ZMQ_RCVHWM, abuse->is_deaf ? &few : &none, sizeof none) ||
            zmq_setsockopt(socket, ZMQ_SNDHWM, &some, sizeof some) || zmq_connect(socket, endpoint))
            return -1;
    }
    return 0;
}

static void work(struct abuse *abuse, void *socket)
{
    for (int n = 0; n < 50; n++) {
        const struct td_buf *out = abuse->is_cancelling && n % 10 ? &abuse->cancel : &abuse->document;
        if (zmq_send(socket, out->bytes, out->length, ZMQ_DONTWAIT) < 0)
            break;
        abuse->n_sent++;
    }
    char nothing;
    while (!abuse->is_deaf && zmq_recv(socket, &nothing, 0, ZMQ_DONTWAIT) >= 0)
        ;
}

static void wait_a_little(struct abuse *abuse)
{
    zmq_pollitem_t items[MAX_CONNECTIONS];

    for (int i = 0; i < abuse->n_sockets; i++)
        items[i] = (zmq_pollitem_t) { .socket = abuse->sockets[i],
                                      .events = (short)(abuse->is_deaf ? ZMQ_POLLOUT : ZMQ_POLLIN | ZMQ_POLLOUT) };
    zmq_poll(items, abuse->n_sockets, 10);
}

int main(int argc, char **argv)
{
    struct abuse abuse = { 0 };

    if (argc != 6 || (abuse.n_sockets = (int)strtol(argv[4], NULL, 10)) < 1 || abuse.n_sockets > MAX_CONNECTIONS) {
        fprintf(stderr, "usage: abuse ENDPOINT flood|deaf|cancel BYTES CONNECTIONS SECONDS\n");
        return 64;
    }
    abuse.is_deaf = strcmp(argv[2], "deaf") == 0;
    abuse.is_cancelling = strcmp(argv[2], "cancel") == 0;
    make_messages(&abuse, strtoul(argv[3], NULL, 10));
    void *context = zmq_ctx_new();
    if (open_sockets(&abuse, context, argv[1]) != 0) {
        fprintf(stderr, "abuse: %s: %s\n", argv[1], zmq_strerror(zmq_errno()));
        return 1;
    }
    uint64_t end = td_now_ns() + (uint64_t)(strtod(argv[5], NULL) * 1e9);
    while (td_now_ns() < end) {
        for (int i = 0; i < abuse.n_sockets; i++)
            work(&abuse, abuse.sockets[i]);
        wait_a_little(&abuse);
    }
    printf("%llu\n", abuse.n_sent);
    for (int i = 0; i < abuse.n_sockets; i++)
        zmq_close(abuse.sockets[i]);
    zmq_ctx_term(context);
    td_buf_free(&abuse.document);
    td_buf_free(&abuse.cancel);
    return 0;
}
