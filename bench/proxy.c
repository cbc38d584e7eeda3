/* proxy.c: the peer that textd's broker is measured against: libzmq's own zmq_proxy between a ROUTER and a DEALER, with
 * echo workers in processes of their own.
 *
 *   proxy ENDPOINT WORKERS */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <zmq.h>

static void echo(const char *endpoint)
{
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    zmq_msg_t frame;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (zmq_connect(socket, endpoint) != 0)
        exit(1);
    for (;;) {
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, 0) < 0)
            exit(1);
        if (zmq_msg_send(&frame, socket, zmq_msg_more(&frame) ? ZMQ_SNDMORE : 0) < 0)
            exit(1);
    }
}

int main(int argc, char **argv)
{
    char back[256];

    if (argc != 3) {
        fprintf(stderr, "usage: proxy ENDPOINT WORKERS\n");
        return 2;
    }
    snprintf(back, sizeof back, "%s.back", argv[1]);
    for (long i = strtol(argv[2], NULL, 10); i > 0; i--)
        if (fork() == 0) /* before this process has a context */
            echo(back);
    void *context = zmq_ctx_new(), *router = zmq_socket(context, ZMQ_ROUTER), *dealer = zmq_socket(context, ZMQ_DEALER);
    if (zmq_bind(router, argv[1]) != 0 || zmq_bind(dealer, back) != 0)
        return 1;
    return zmq_proxy(router, dealer, NULL);
}
