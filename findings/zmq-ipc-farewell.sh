#!/bin/sh
# libzmq: over ipc, what a sender had handed over before it left is thrown away by the receiver that made it wait.
#
# One expects: a PUSH with ZMQ_LINGER -1, whose zmq_ctx_term came back, has given all that it had to the system, and
# the PULL reads it when it has room: a high-water mark slows a sender down. ipc is tcp without a network, if anything
# the safer of the two.
# What happens: over tcp all 300 messages arrive, over ipc 80 or so. While a PULL is at its mark it doesn't read, and a UNIX
# socket whose other end is closed says so at once (EPOLLHUP), also when there is more to be read; tcp's says so only
# when both directions are closed. libzmq notes an error, hands out what its last read of 8192 bytes had, and closes
# the socket with the rest in it. Nobody is told.
# Who meets it: short-lived senders and a slow receiver on one machine: jobs that push their results and end. No mark
# at the receiver (ZMQ_RCVHWM 0) helps, or tcp.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't
# be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download libzmq5=4.3.4-6 libzmq3-dev=4.3.4-6 libsodium23 libpgm-5.3-0 \
    libnorm1 libbsd0 libmd0 || exit 77
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libzmq.so.5')")

cat >try.c <<'C'
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { MESSAGES = 300, BYTES = 100 };

static int push_all(const char *endpoint)
{
    void *context = zmq_ctx_new(), *push = zmq_socket(context, ZMQ_PUSH);
    char text[BYTES] = "";
    int forever = -1;

    zmq_setsockopt(push, ZMQ_LINGER, &forever, sizeof forever);
    if (zmq_connect(push, endpoint) != 0)
        return 1;
    for (int i = 0; i < MESSAGES; i++)
        if (zmq_send(push, text, sizeof text, 0) != BYTES)
            return 1;
    return zmq_close(push) != 0 || zmq_ctx_term(context) != 0;
}

static void count(const char *transport, const char *address, int mark)
{
    void *context = zmq_ctx_new(), *pull = zmq_socket(context, ZMQ_PULL);
    int patience = 1000, status, arrived = 0;
    char endpoint[256], text[BYTES];
    size_t size = sizeof endpoint;

    zmq_setsockopt(pull, ZMQ_RCVHWM, &mark, sizeof mark);
    zmq_setsockopt(pull, ZMQ_RCVTIMEO, &patience, sizeof patience);
    zmq_bind(pull, address);
    zmq_getsockopt(pull, ZMQ_LAST_ENDPOINT, endpoint, &size);
    pid_t sender = fork();
    if (sender == 0)
        _exit(push_all(endpoint));
    waitpid(sender, &status, 0);
    while (zmq_recv(pull, text, sizeof text, 0) == BYTES)
        arrived++;
    printf("%s, ZMQ_RCVHWM %2d: the sender ends with %d, %d of %d messages arrive\n", transport, mark, WEXITSTATUS(status),
           arrived, MESSAGES);
    zmq_close(pull);
    zmq_ctx_term(context);
}

int main(void)
{
    int major, minor, patch;

    zmq_version(&major, &minor, &patch);
    printf("libzmq %d.%d.%d\n", major, minor, patch);
    fflush(stdout);
    count("tcp", "tcp://127.0.0.1:*", 10);
    count("ipc", "ipc://*", 10);
    count("ipc", "ipc://*", 0);
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -Wl,-rpath-link,"$library" -l:libzmq.so.5 -o try
TMPDIR=$folder LD_LIBRARY_PATH=$library ./try | tee said
sed 's/, [0-9]\{1,2\} of 300/, not even 100 of 300/' said >seen # how many the last read had is a matter of moments
cat >known <<'KNOWN'
libzmq 4.3.4
tcp, ZMQ_RCVHWM 10: the sender ends with 0, 300 of 300 messages arrive
ipc, ZMQ_RCVHWM 10: the sender ends with 0, not even 100 of 300 messages arrive
ipc, ZMQ_RCVHWM  0: the sender ends with 0, 300 of 300 messages arrive
KNOWN
diff known seen && echo "as known: who leaves early takes its messages along"
