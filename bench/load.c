/* load.c: a client that keeps a number of documents in flight and measures what comes back.
 *
 *   load ENDPOINT BYTES WINDOW SECONDS [PLUGIN]
 *
 * Sends annotate requests with a text of BYTES as the second frame, for PLUGIN (default: the default pipeline), and
 * prints one line: documents a second, and the median and 99th percentile of the time from send to reply in
 * microseconds. Any server that answers each message with one message that starts like a MessagePack map will do, so that
 * a plain broker with echo workers is measured by the same program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "common/clock.h"
#include "common/mp.h"
#include "common/mp_buf.h"

#define MAX_SAMPLES (1u << 22)
#define TIMEOUT_MS 10000

struct load {
    void *socket;
    char *text;
    size_t text_length;
    const char *plugin;
    uint64_t *sent_ns; /* by id modulo the window's next power of two */
    uint32_t mask;
    uint32_t *latency_us;
    uint32_t n_samples;
    uint64_t next_id, n_replies;
};

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static void send_one(struct load *load)
{
    struct td_buf out = { .limit = 4096 };
    msgpack_packer packer = td_buf_packer(&out);

    msgpack_pack_map(&packer, load->plugin ? 2 : 1);
    td_pack_count(&packer, "id", (int64_t)load->next_id);
    if (load->plugin) {
        td_pack_str(&packer, "plugins");
        msgpack_pack_array(&packer, 1);
        td_pack_str(&packer, load->plugin);
    }
    load->sent_ns[load->next_id++ & load->mask] = td_now_ns();
    if (zmq_send(load->socket, out.bytes, out.length, ZMQ_SNDMORE) < 0 ||
        zmq_send(load->socket, load->text, load->text_length, 0) < 0)
        die("send");
    td_buf_free(&out);
}

/* The id of a reply. An echo worker sends the request back, whose id stands in the same place. */
static uint64_t id_of(zmq_msg_t *message)
{
    const uint8_t *bytes = zmq_msg_data(message);
    struct td_mp mp = { bytes, bytes + zmq_msg_size(message) }, value;
    struct td_mp_value v;

    if (td_mp_find(mp, "id", &value) != 0 || td_mp_read(&value, &v) != 0 || v.type != TD_MP_INT) {
        fprintf(stderr, "load: a reply without an id\n");
        exit(1);
    }
    if (td_mp_find(mp, "ok", &value) == 0 && (td_mp_read(&value, &v) != 0 || !v.integer)) {
        fprintf(stderr, "load: an error reply\n");
        exit(1);
    }
    td_mp_find(mp, "id", &value);
    td_mp_read(&value, &v);
    return (uint64_t)v.integer;
}

static void receive_one(struct load *load)
{
    zmq_msg_t message;
    int first = 1, more;

    do {
        zmq_msg_init(&message);
        if (zmq_msg_recv(&message, load->socket, 0) < 0)
            die("receive");
        if (first) {
            uint64_t now = td_now_ns(), us = (now - load->sent_ns[id_of(&message) & load->mask]) / 1000;
            if (load->n_samples < MAX_SAMPLES)
                load->latency_us[load->n_samples++] = (uint32_t)us;
        }
        first = 0;
        more = zmq_msg_more(&message);
        zmq_msg_close(&message);
    } while (more);
    load->n_replies++;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double run(struct load *load, uint32_t window, double seconds)
{
    uint64_t start = td_now_ns(), end = start + (uint64_t)(seconds * 1e9);

    load->n_replies = 0;
    load->n_samples = 0;
    for (uint32_t i = 0; i < window; i++)
        send_one(load);
    while (td_now_ns() < end) {
        receive_one(load);
        send_one(load);
    }
    uint64_t measured = load->n_replies;
    double took = (double)(td_now_ns() - start) / 1e9;
    for (uint32_t i = 0; i < window; i++)
        receive_one(load);
    return (double)measured / took;
}

int main(int argc, char **argv)
{
    struct load load = { 0 };
    int timeout = TIMEOUT_MS, zero = 0;

    if (argc < 5) {
        fprintf(stderr, "usage: load ENDPOINT BYTES WINDOW SECONDS [PLUGIN]\n");
        return 2;
    }
    uint32_t window = (uint32_t)strtoul(argv[3], NULL, 10);
    load.text_length = strtoul(argv[2], NULL, 10);
    load.plugin = argc > 5 ? argv[5] : NULL;
    load.mask = 1;
    while (load.mask < 2 * window)
        load.mask *= 2;
    load.mask--;
    load.sent_ns = calloc((size_t)load.mask + 1, sizeof *load.sent_ns);
    load.latency_us = malloc(MAX_SAMPLES * sizeof *load.latency_us);
    load.text = malloc(load.text_length + 1);
    if (!load.sent_ns || !load.latency_us || !load.text)
        abort();
    memset(load.text, 'a', load.text_length);
    void *context = zmq_ctx_new();
    load.socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(load.socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    zmq_setsockopt(load.socket, ZMQ_SNDTIMEO, &timeout, sizeof timeout);
    zmq_setsockopt(load.socket, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(load.socket, ZMQ_SNDHWM, &zero, sizeof zero);
    zmq_setsockopt(load.socket, ZMQ_RCVHWM, &zero, sizeof zero);
    if (zmq_connect(load.socket, argv[1]) != 0)
        die(argv[1]);
    run(&load, window, 0.3); /* warm-up */
    double rate = run(&load, window, strtod(argv[4], NULL));
    qsort(load.latency_us, load.n_samples, sizeof *load.latency_us, compare);
    printf("%.0f %u %u\n", rate, load.latency_us[load.n_samples / 2],
           load.latency_us[(size_t)((double)load.n_samples * 0.99)]);
    zmq_close(load.socket);
    zmq_ctx_term(context);
    free(load.sent_ns);
    free(load.latency_us);
    free(load.text);
    return 0;
}
