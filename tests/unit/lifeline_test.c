/* lifeline_test.c: a process's death is told once, as it was, whoever sees it first: the parent, or we in /proc. The test is
 * the parent; the supervisor, which owns descriptor 3, is a process of its own, so that both are somebody's children. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/fleet/lifeline.h"

static int line;             /* the parent's end */
static struct td_spawned it; /* the supervisor's: the process that it asked for */
static int n_gone;

/* ---- The supervisor ---- */

/* Assertions of cmocka's would jump to where only the parent may be. */
#define MUST(what) \
    do { \
        if (!(what)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
            _exit(1); \
        } \
    } while (0)

static void on_gone(struct td_spawned *process)
{
    MUST(process == &it);
    n_gone++;
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer; /* is there to keep the loop */
}

static void on_signal(void *data, int signal)
{
    *(int *)data = signal;
}

/* Runs until the parent says SIGNAL `number`: whatever it said before has been heard then. */
static void hear_until(uv_loop_t *loop, const int *signal, int number)
{
    while (*signal != number)
        uv_run(loop, UV_RUN_ONCE);
}

static _Noreturn void be_supervisor(int fd, void (*act)(uv_loop_t *loop, const int *signal))
{
    static const uint8_t targets[] = { 0 };
    uv_loop_t loop;
    uv_timer_t timer;
    struct td_err err;
    int signal = 0;

    MUST(dup2(fd, TD_LIFELINE_FD) == TD_LIFELINE_FD);
    MUST(td_lifeline_open() == 0 && uv_loop_init(&loop) == 0 && uv_timer_init(&loop, &timer) == 0);
    uv_timer_start(&timer, on_timer, 1000, 1000);
    td_lifeline_join(&loop, on_signal, &signal);
    it.on_gone = on_gone;
    MUST(td_lifeline_spawn(&it, "it", NULL, targets, 0, &err) == TD_OK);
    hear_until(&loop, &signal, 1);
    act(&loop, &signal);
    _exit(0);
}

/* ---- The parent ---- */

static void say(enum td_parent_kind kind, uint32_t id, int value)
{
    struct td_parent_message m = { .kind = kind, .id = id, .value = value };

    assert_true(send(line, &m, td_parent_bytes(0), 0) > 0);
}

static uint32_t hear(enum td_parent_kind kind)
{
    struct td_parent_message m;

    assert_true(recv(line, &m, sizeof m, 0) > 0);
    assert_int_equal(m.kind, kind);
    return m.id;
}

/* A child that is dead and not buried. */
static pid_t dead_child(int code)
{
    siginfo_t info;
    pid_t pid = fork();

    if (pid == 0)
        _exit(code);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    return pid;
}

static pid_t start_supervisor(void (*act)(uv_loop_t *loop, const int *signal))
{
    struct td_parent_message m = { .kind = TD_PARENT_HELLO, .length = sizeof(struct td_parent_hello) };
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    line = pair[0];
    assert_true(send(line, &m, td_parent_bytes(m.length), 0) > 0);
    pid_t pid = fork();
    if (pid == 0)
        be_supervisor(pair[1], act);
    close(pair[1]);
    return pid;
}

static void assert_is_content(pid_t supervisor)
{
    int status;

    assert_int_equal(waitpid(supervisor, &status, 0), supervisor);
    assert_int_equal(status, 0);
    close(line);
}

/* ---- The tests ---- */

static void look_first(uv_loop_t *loop, const int *signal)
{
    MUST(td_lifeline_look(&it) && n_gone == 1 && it.exit_status == 7);
    td_lifeline_say(TD_PARENT_READY, 0);
    hear_until(loop, signal, 2);
    MUST(n_gone == 1 && it.error == 0);
}

/* `word`: what the parent says of a death that the supervisor has seen before. */
static void is_told_once(enum td_parent_kind word)
{
    pid_t supervisor = start_supervisor(look_first), pid = dead_child(7);
    uint32_t id = hear(TD_PARENT_SPAWN);

    say(TD_PARENT_SPAWNED, id, pid);
    say(TD_PARENT_SIGNAL, 0, 1);
    hear(TD_PARENT_READY);
    waitpid(pid, NULL, 0);
    say(word, id, word == TD_PARENT_FAILED ? 24 : W_EXITCODE(7, 0));
    say(TD_PARENT_SIGNAL, 0, 2);
    assert_is_content(supervisor);
}

static void a_death_that_was_seen_is_not_told_again(void **state)
{
    (void)state;
    is_told_once(TD_PARENT_EXITED);
}

/* It was forked, could not become what it was to be, and the parent was held up before it could say so. */
static void nor_one_whose_program_could_not_be_run(void **state)
{
    (void)state;
    is_told_once(TD_PARENT_FAILED);
}

static void look_late(uv_loop_t *loop, const int *signal)
{
    MUST(td_lifeline_look(&it) && n_gone == 0);
    td_lifeline_say(TD_PARENT_READY, 0);
    hear_until(loop, signal, 2);
    MUST(n_gone == 1 && it.exit_status == 7);
}

static void one_that_is_buried_is_dead_and_told_by_the_parent(void **state)
{
    pid_t supervisor = start_supervisor(look_late), pid = dead_child(7);
    uint32_t id = hear(TD_PARENT_SPAWN);

    (void)state;
    waitpid(pid, NULL, 0);
    say(TD_PARENT_SPAWNED, id, pid);
    say(TD_PARENT_SIGNAL, 0, 1);
    hear(TD_PARENT_READY);
    say(TD_PARENT_EXITED, id, W_EXITCODE(7, 0));
    say(TD_PARENT_SIGNAL, 0, 2);
    assert_is_content(supervisor);
}

static void look_early(uv_loop_t *loop, const int *signal)
{
    (void)loop, (void)signal;
    MUST(!td_lifeline_look(&it) && n_gone == 0);
}

static void one_that_lives_is_not_dead(void **state)
{
    pid_t supervisor = start_supervisor(look_early);

    (void)state;
    say(TD_PARENT_SPAWNED, hear(TD_PARENT_SPAWN), getpid());
    say(TD_PARENT_SIGNAL, 0, 1);
    assert_is_content(supervisor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_death_that_was_seen_is_not_told_again),
        cmocka_unit_test(nor_one_whose_program_could_not_be_run),
        cmocka_unit_test(one_that_is_buried_is_dead_and_told_by_the_parent),
        cmocka_unit_test(one_that_lives_is_not_dead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
