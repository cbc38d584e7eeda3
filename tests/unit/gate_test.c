/* The gate stands in for recv and accept4 in the whole program: libzmq's thread is held up by it, the loop's, where HTTP is
 * read, never is. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/net/gate.h"

static char bytes[1 << 16];

/* How much of 64 KiB that are there can be had at once. */
static size_t take_all(void)
{
    int pair[2];
    size_t total = 0;
    ssize_t n;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
        return 0;
    if (send(pair[0], bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return 0;
    while ((n = recv(pair[1], bytes, 2048, 0)) > 0)
        total += (size_t)n;
    close(pair[0]);
    close(pair[1]);
    return total;
}

/* A connection that takes the last descriptor but some: is it let in? */
static int is_let_in(void)
{
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t length = sizeof any;
    struct rlimit limit, small;
    int listening = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(listening, (struct sockaddr *)&any, length), 0);
    assert_int_equal(listen(listening, 1), 0);
    getsockname(listening, (struct sockaddr *)&any, &length);
    assert_int_equal(connect(client, (struct sockaddr *)&any, length), 0);
    getrlimit(RLIMIT_NOFILE, &limit);
    small = limit;
    small.rlim_cur = (rlim_t)client + 4;
    setrlimit(RLIMIT_NOFILE, &small);
    int taken = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    setrlimit(RLIMIT_NOFILE, &limit);
    if (taken >= 0)
        close(taken);
    close(listening);
    close(client);
    return taken >= 0;
}

struct found {
    size_t bytes;
    int is_let_in;
};

static void *look(void *data)
{
    struct found *found = data;

    found->bytes = take_all();
    found->is_let_in = is_let_in();
    return NULL;
}

static void the_loops_thread_is_never_held_up_and_another_is(void **state)
{
    struct found mine, theirs;
    pthread_t thread;

    (void)state;
    td_gate_init(NULL); /* this is the loop's thread */
    td_gate_set_narrow(1);
    look(&mine);
    pthread_create(&thread, NULL, look, &theirs);
    pthread_join(thread, NULL);
    td_gate_set_narrow(0);
    assert_int_equal(mine.bytes, sizeof bytes);
    assert_true(mine.is_let_in);
    assert_in_range(theirs.bytes, 1, sizeof bytes / 2);
    assert_false(theirs.is_let_in);
    assert_int_equal(td_gate_n_refused(), 1);
    assert_int_equal(take_all(), sizeof bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_loops_thread_is_never_held_up_and_another_is) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
