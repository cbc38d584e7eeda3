/* bare.c: libzmq and msgpack-c, as one would write it without a client: no time-outs, no way back when the connection is
 * lost. bare ENDPOINT COUNT WINDOW PLUGIN < TEXT; prints seconds and processor seconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <msgpack.h>
#include <zmq.h>

#include "measure.h"

static void pack(msgpack_packer *packer, const char *text, size_t length)
{
    msgpack_pack_str(packer, length);
    msgpack_pack_str_body(packer, text, length);
}

static void send_one(void *socket, const struct measure *m, uint64_t id)
{
    msgpack_sbuffer out;
    msgpack_packer packer;

    msgpack_sbuffer_init(&out);
    msgpack_packer_init(&packer, &out, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, 3);
    pack(&packer, "id", 2);
    msgpack_pack_uint64(&packer, id);
    pack(&packer, "text", 4);
    pack(&packer, m->text, m->length);
    pack(&packer, "plugins", 7);
    msgpack_pack_array(&packer, 1);
    pack(&packer, m->plugin, strlen(m->plugin));
    if (zmq_send(socket, out.data, out.size, 0) < 0)
        measure_die("send", zmq_strerror(zmq_errno()));
    msgpack_sbuffer_destroy(&out);
}

static void receive_one(void *socket)
{
    zmq_msg_t message;
    msgpack_unpacked reply;

    zmq_msg_init(&message);
    msgpack_unpacked_init(&reply);
    if (zmq_msg_recv(&message, socket, 0) < 0 ||
        msgpack_unpack_next(&reply, zmq_msg_data(&message), zmq_msg_size(&message), NULL) != MSGPACK_UNPACK_SUCCESS)
        measure_die("receive", "no reply that can be read");
    msgpack_unpacked_destroy(&reply);
    zmq_msg_close(&message);
}

static void run(void *socket, const struct measure *m, uint64_t count)
{
    uint64_t sent = 0;

    for (uint64_t received = 0; received < count; received++) {
        for (; sent < count && sent - received < m->window; sent++)
            send_one(socket, m, sent + 1);
        receive_one(socket);
    }
}

int main(int argc, char **argv)
{
    struct measure m = measure_arguments(argc, argv);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_DEALER);

    zmq_setsockopt(socket, ZMQ_LINGER, &(int) { 0 }, sizeof(int));
    zmq_connect(socket, m.endpoint);
    run(socket, &m, m.count / 10);
    measure_begin(&m);
    run(socket, &m, m.count);
    measure_end(&m);
    zmq_close(socket);
    zmq_ctx_term(context);
    free(m.text);
    return 0;
}
