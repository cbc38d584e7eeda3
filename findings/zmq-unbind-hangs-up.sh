#!/bin/sh
# libzmq: to stop listening is to hang up.
#
# One expects: zmq_unbind closes a listening socket, as close(2) does for TCP's, as nginx and PostgreSQL do when they
# take no more connections for a while: who is connected stays so.
# What happens: it ends every connection that came in by that endpoint as well. Nobody is told: the server's zmq_unbind
# returns 0, and the client's next message is queued for an endpoint that nobody listens on any more.
# Who meets it: a server that wants to turn away newcomers without losing its clients, when descriptors run short, say.
#
# Needs network (Debian's archive) and gcc. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in libzmq5=4.3.4-6 libzmq3-dev=4.3.4-6 libsodium23 libpgm-5.3-0 libnorm1 libbsd0 libmd0; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libzmq.so.5')")

cat >try.c <<'C'
#include <stdio.h>
#include <string.h>
#include <zmq.h>

static void *ctx;

static void ask(const char *when, void *client, void *server)
{
    char id[16], text[16];
    zmq_pollitem_t item = { server, 0, ZMQ_POLLIN, 0 };

    zmq_send(client, "hi", 2, 0);
    if (zmq_poll(&item, 1, 1000) != 1) {
        printf("%s: a message of the connected client does not arrive within 1 s\n", when);
        return;
    }
    zmq_recv(server, id, sizeof id, 0);
    zmq_recv(server, text, sizeof text, 0);
    printf("%s: a message of the connected client arrives\n", when);
}

int main(void)
{
    int major, minor, patch, off = 0;
    char endpoint[64];
    size_t size = sizeof endpoint;

    zmq_version(&major, &minor, &patch);
    printf("libzmq %d.%d.%d\n", major, minor, patch);
    ctx = zmq_ctx_new();
    void *server = zmq_socket(ctx, ZMQ_ROUTER), *client = zmq_socket(ctx, ZMQ_DEALER);
    zmq_setsockopt(client, ZMQ_LINGER, &off, sizeof off);
    zmq_bind(server, "tcp://127.0.0.1:*");
    zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, endpoint, &size);
    zmq_connect(client, endpoint);
    ask("before zmq_unbind", client, server);
    printf("zmq_unbind: %d\n", zmq_unbind(server, endpoint));
    ask("after zmq_unbind", client, server);
    zmq_close(client);
    zmq_close(server);
    zmq_ctx_term(ctx);
    return 0;
}
C
gcc -Iroot/usr/include try.c -L"$library" -Wl,-rpath-link,"$library" -l:libzmq.so.5 -o try
LD_LIBRARY_PATH=$library ./try | tee seen
cat >known <<'KNOWN'
libzmq 4.3.4
before zmq_unbind: a message of the connected client arrives
zmq_unbind: 0
after zmq_unbind: a message of the connected client does not arrive within 1 s
KNOWN
diff known seen && echo "as known: to stop listening is to hang up"
