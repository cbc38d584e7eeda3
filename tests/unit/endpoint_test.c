/* endpoint_test.c: an endpoint's file, where the system refuses what is needed to make it, or to make it again. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <zmq.h>

#include "daemon/net/endpoint.h"

static char folder[] = "/tmp/textd-endpoint-XXXXXX", path[64], name[80];

static int make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.sock", folder);
    snprintf(name, sizeof name, "ipc://%s", path);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* nothing is left in it */
}

/* Somebody else's. */
static int listen_there(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void without_descriptors_nobodys_socket_is_taken_away(void **state)
{
    struct td_endpoint endpoint;
    struct rlimit limit, small;
    struct td_err err;
    void *zmq = zmq_ctx_new(), *socket = zmq_socket(zmq, ZMQ_ROUTER);
    int other = listen_there();

    (void)state;
    getrlimit(RLIMIT_NOFILE, &limit);
    for (int beyond = 0; beyond < 4; beyond++) { /* for the lock, and for what is asked, and for what listens */
        int next = dup(other);
        close(next);
        small = (struct rlimit) { (rlim_t)(next + beyond), limit.rlim_max };
        setrlimit(RLIMIT_NOFILE, &small);
        int rc = td_endpoint_bind(&endpoint, socket, name, 0, NULL, &err);
        setrlimit(RLIMIT_NOFILE, &limit);
        assert_int_equal(rc, beyond < 2 ? TD_E_SYSTEM : TD_E_IN_USE);
        assert_int_equal(access(path, F_OK), 0);
    }
    close(other);
    unlink(path);
    zmq_close(socket);
    zmq_ctx_term(zmq);
}

/* It is a file that nobody answers at, as long as libzmq doesn't have it. */
static void what_could_not_be_made_again_is_tried_again(void **state)
{
    struct td_endpoint endpoint;
    struct td_err err;
    void *zmq = zmq_ctx_new(), *socket = zmq_socket(zmq, ZMQ_PULL), *client = zmq_socket(zmq, ZMQ_PUSH);
    int wait_ms = 10000, none = 0;
    char got[8];

    (void)state;
    zmq_setsockopt(client, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    assert_int_equal(td_endpoint_bind(&endpoint, socket, name, 0, NULL, &err), TD_OK);
    assert_false(td_endpoint_look(&endpoint, socket, &err));
    unlink(path);
    assert_true(td_endpoint_look(&endpoint, NULL, &err)); /* which libzmq refuses */
    assert_true(endpoint.is_lost);
    assert_true(td_endpoint_look(&endpoint, socket, &err));
    assert_false(endpoint.is_lost);
    assert_int_equal(zmq_connect(client, name), 0);
    assert_int_equal(zmq_send(client, "abc", 3, 0), 3);
    assert_int_equal(zmq_recv(socket, got, sizeof got, 0), 3);
    zmq_close(client);
    zmq_close(socket);
    zmq_ctx_term(zmq);
    td_endpoint_release(&endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_descriptors_nobodys_socket_is_taken_away),
        cmocka_unit_test(what_could_not_be_made_again_is_tried_again),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
