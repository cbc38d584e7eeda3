/* parent_test.c: what a supervisor says is not believed: one that has lost its mind is replaced as one that died. The parent
 * runs /proc/self/exe as the supervisor: this very program, which plays it. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/parent_wire.h"
#include "daemon/parent/parent.h"

#define CONTENT 7 /* the exit code of a supervisor that is told that it is the second one */

/* ---- The supervisor ---- */

static void say(const struct td_parent_message *m, size_t bytes)
{
    if (send(TD_LIFELINE_FD, m, bytes, 0) < 0)
        _exit(1);
}

static void say_kind(enum td_parent_kind kind)
{
    const struct td_parent_message m = { .kind = kind };

    say(&m, td_parent_bytes(0));
}

static void say_nonsense(const char *which)
{
    struct td_parent_message m = { .kind = TD_PARENT_NOTIFY, .length = 10 };

    if (strcmp(which, "short") == 0)
        say(&m, 5);
    else if (strcmp(which, "shorter than its text") == 0)
        say(&m, td_parent_bytes(5));
    else if (strcmp(which, "longer than any text") == 0)
        m.length = UINT32_MAX, say(&m, sizeof m);
    else if (strcmp(which, "a parent's word") == 0)
        say_kind(TD_PARENT_EXITED);
    else if (strcmp(which, "no word") == 0)
        say_kind(1000);
}

static int be_supervisor(const char *which)
{
    struct td_parent_message m;
    struct td_parent_hello hello;

    if (recv(TD_LIFELINE_FD, &m, sizeof m, 0) < 0 || m.kind != TD_PARENT_HELLO)
        return 1;
    memcpy(&hello, m.text, sizeof hello);
    if (hello.restarts > 0) {
        say_kind(TD_PARENT_GOING);
        return CONTENT;
    }
    say_kind(TD_PARENT_READY);
    say_nonsense(which);
    pause();
    return 1;
}

/* ---- The tests ---- */

static void is_replaced(const char *which)
{
    char title[] = "textd", argument[64];
    char *args[] = { title, argument, NULL };
    int status;

    snprintf(argument, sizeof argument, "%s", which);
    pid_t pid = fork();
    if (pid == 0)
        _exit(td_parent_run(2, args));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CONTENT);
}

static void a_supervisor_that_talks_nonsense_is_replaced(void **state)
{
    static const char *const all[] = { "short", "shorter than its text", "longer than any text", "a parent's word",
                                       "no word" };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        is_replaced(all[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_supervisor_that_talks_nonsense_is_replaced) };

    if (argc == 3 && strcmp(argv[1], TD_SUPERVISOR_FLAG) == 0)
        return be_supervisor(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
