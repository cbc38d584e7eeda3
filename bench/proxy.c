/* proxy.c: the peer that textd's broker is measured against: libzmq's own zmq_proxy between a ROUTER and a DEALER, with
 * echo workers in processes of their own.
 *
 *   proxy ENDPOINT WORKERS [SECRET]
 *
 * Without workers (0) it is no broker at all: one ROUTER that sends back what comes, the least that any server on ZeroMQ does.
 * SECRET: the server's secret key in Z85; then the endpoint is encrypted by CURVE. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <zmq.h>

static _Noreturn void echo(void *socket)
{
    zmq_msg_t frame;

    for (;;) {
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, 0) < 0)
            exit(1);
        if (zmq_msg_send(&frame, socket, zmq_msg_more(&frame) ? ZMQ_SNDMORE : 0) < 0)
            exit(1);
    }
}

static _Noreturn void work(const char *endpoint)
{
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (zmq_connect(socket, endpoint) != 0)
        exit(1);
    echo(socket);
}

int main(int argc, char **argv)
{
    char back[256];
    int one = 1;

    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: proxy ENDPOINT WORKERS [SECRET]\n");
        return 2;
    }
    snprintf(back, sizeof back, "ipc://@textd-bench-proxy-%d", (int)getpid());
    long n_workers = strtol(argv[2], NULL, 10);
    for (long i = n_workers; i > 0; i--)
        if (fork() == 0) /* before this process has a context */
            work(back);
    void *context = zmq_ctx_new(), *router = zmq_socket(context, ZMQ_ROUTER), *dealer = zmq_socket(context, ZMQ_DEALER);
    if (argc == 4) {
        zmq_setsockopt(router, ZMQ_CURVE_SERVER, &one, sizeof one);
        zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, argv[3], strlen(argv[3]));
    }
    if (zmq_bind(router, argv[1]) != 0)
        return 1;
    if (n_workers == 0)
        echo(router);
    if (zmq_bind(dealer, back) != 0)
        return 1;
    return zmq_proxy(router, dealer, NULL);
}
