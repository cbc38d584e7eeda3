#!/bin/sh
# libzmq: ZMQ_CONFLATE, "keep only last message", keeps one of each sender, and hands out the oldest of them first.
#
# One expects: the socket keeps "only one message in its inbound queue, this message being the last message received", as zmq_setsockopt(3) has it:
# after a while without zmq_recv there is one message to be had, the latest.
# What happens: each connection has a queue of its own, and each of them keeps its last. Of 3 publishers 3 messages come, in the order in
# which the publishers began: the last word of one that fell silent long ago is handed out before the newest message, and another's after it. PULL does
# the same.
# Who meets it: a display of the latest state, fed by several workers, or by one that moved to another address: it ends up showing what is old.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download libzmq5=4.3.4-6 libzmq3-dev=4.3.4-6 libsodium23 libpgm-5.3-0 libnorm1 libbsd0 libmd0 || exit 77
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libzmq.so.5')")

cat >try.c <<'C'
#include <stdio.h>
#include <time.h>
#include <zmq.h>

enum { SENDERS = 3, ROUNDS = 5, ENDPOINT = 64 };

static void pause_ms(long ms)
{
    struct timespec time = { 0, ms * 1000000 };

    nanosleep(&time, NULL);
}

/* Senders 0 and 2 fall silent, 1 goes on for some rounds; then the receiver looks for the first time. */
static void try(void *context, const char *name, int receiver_type, int sender_type)
{
    void *receiver = zmq_socket(context, receiver_type), *senders[SENDERS];
    int on = 1, patience = 500, n;
    char text[ENDPOINT];

    zmq_setsockopt(receiver, ZMQ_CONFLATE, &on, sizeof on);
    zmq_setsockopt(receiver, ZMQ_RCVTIMEO, &patience, sizeof patience);
    if (receiver_type == ZMQ_SUB)
        zmq_setsockopt(receiver, ZMQ_SUBSCRIBE, "", 0);
    for (int i = 0; i < SENDERS; i++) {
        size_t size = sizeof text;

        senders[i] = zmq_socket(context, sender_type);
        zmq_bind(senders[i], "tcp://127.0.0.1:*");
        zmq_getsockopt(senders[i], ZMQ_LAST_ENDPOINT, text, &size);
        zmq_connect(receiver, text);
        pause_ms(300);
    }
    for (int round = 1; round <= ROUNDS; round++)
        for (int i = 0; i < SENDERS; i++)
            if (round == 1 || i == 1) {
                n = snprintf(text, sizeof text, "%d of sender %d", round, i);
                zmq_send(senders[i], text, (size_t)n, 0);
                pause_ms(50);
            }
    printf("%s:", name);
    while ((n = zmq_recv(receiver, text, sizeof text, 0)) > 0)
        printf(" [%.*s]", n, text);
    printf("\n");
    zmq_close(receiver);
    for (int i = 0; i < SENDERS; i++)
        zmq_close(senders[i]);
}

int main(void)
{
    void *context = zmq_ctx_new();
    int major, minor, patch;

    zmq_version(&major, &minor, &patch);
    printf("libzmq %d.%d.%d\n", major, minor, patch);
    try(context, "SUB", ZMQ_SUB, ZMQ_PUB);
    try(context, "PULL", ZMQ_PULL, ZMQ_PUSH);
    zmq_ctx_term(context);
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -Wl,-rpath-link,"$library" -l:libzmq.so.5 -o try
LD_LIBRARY_PATH=$library timeout 60 ./try | tee seen
cat >known <<'KNOWN'
libzmq 4.3.4
SUB: [1 of sender 0] [5 of sender 1] [1 of sender 2]
PULL: [1 of sender 0] [5 of sender 1] [1 of sender 2]
KNOWN
diff known seen && echo "as known: the last message, three times"
