/* top.c: `textctl top`: the status each second, with rates. Plain ANSI sequences (ECMA-48); q or Ctrl-C leaves. */
#include "clients/cli/cli.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "clients/cli/link/control.h"
#include "clients/cli/lib/json.h"
#include "clients/cli/operate/status.h"
#include "clients/cli/lib/term.h"
#include "common/clock.h"

#define INTERVAL_MS 1000

static volatile sig_atomic_t is_told_to_leave;

static void on_signal(int signal)
{
    (void)signal;
    is_told_to_leave = 1;
}

/* The keyboard, letter by letter and unseen; put back at the end. */
static int set_keyboard(struct termios *before)
{
    struct termios raw;

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, before) != 0)
        return 0;
    raw = *before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

/* Waits for the next second. Zero: it is time to leave. */
static int wait_interval(int has_keyboard)
{
    struct pollfd key = { .fd = has_keyboard ? STDIN_FILENO : -1, .events = POLLIN };
    char letter = 0;

    if (poll(&key, 1, INTERVAL_MS) > 0 && (read(STDIN_FILENO, &letter, 1) != 1 || letter == 'q' || letter == 'Q'))
        return 0;
    return !is_told_to_leave;
}

static double per_second(struct textd_node now, struct textd_node before, const char *path, double seconds)
{
    return (double)(textd_node_path(now, path).integer - textd_node_path(before, path).integer) / seconds;
}

static void draw(const struct term *term, struct textd_node now, struct textd_node before, double seconds)
{
    FILE *out = term->out;
    int has_before = before.type == TEXTD_NODE_MAP;

    status_head(out, now);
    if (has_before)
        fprintf(out, "rate         %.0f documents/s answered, %.0f failed, %.0f refused\n",
                per_second(now, before, "counters.documents_answered", seconds),
                per_second(now, before, "counters.documents_failed", seconds),
                per_second(now, before, "counters.requests_refused", seconds));
    fputc('\n', out);
    status_plugins(out, textd_node_find(now, "plugins"), textd_node_find(before, "plugins"), seconds);
    fputc('\n', out);
    status_workers(out, textd_node_find(now, "workers"));
}

/* Draws into memory first: a screen that is written in one piece doesn't flicker. Lines are cleared to their end. */
static void show(const struct term *term, struct textd_node now, struct textd_node before, double seconds)
{
    char *text = NULL;
    size_t length = 0;
    struct term memory = *term;

    memory.out = open_memstream(&text, &length);
    if (!memory.out)
        return;
    draw(&memory, now, before, seconds);
    fclose(memory.out);
    fputs("\033[H", stdout);
    for (char *line = text, *end; line && *line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (end)
            *end = 0;
        fputs(line, stdout);
        fputs("\033[K\n", stdout);
    }
    fputs("\033[J", stdout);
    fflush(stdout);
    free(text);
}

static int follow(const struct cli *cli, struct textd_client *client, const struct term *term, int has_keyboard)
{
    struct textd_reply *before = NULL, *now;
    uint64_t before_ns = 0;
    int rc;

    (void)cli;
    fputs("\033[2J", stdout);
    while ((rc = control_call(client, "status", NULL, 0, &now)) == CLI_OK) {
        uint64_t now_ns = td_now_ns();
        show(term, textd_reply_root(now), before ? textd_reply_root(before) : (struct textd_node) { 0 },
             (double)(now_ns - before_ns) / 1e9);
        textd_reply_free(before);
        before = now;
        before_ns = now_ns;
        if (!wait_interval(has_keyboard))
            break;
    }
    textd_reply_free(before);
    return rc;
}

static int show_once(const struct cli *cli, struct textd_client *client, const struct term *term)
{
    struct textd_reply *reply;
    int rc = control_call(client, "status", NULL, 0, &reply);

    if (rc != CLI_OK)
        return rc;
    if (cli->json) {
        json_node(stdout, textd_reply_root(reply));
        putchar('\n');
    } else {
        draw(term, textd_reply_root(reply), (struct textd_node) { 0 }, 0);
    }
    textd_reply_free(reply);
    return CLI_OK;
}

int cli_top(const struct cli *cli)
{
    struct term term = term_of(stdout, cli->color);
    struct termios before;
    int rc;
    struct textd_client *client = control_open(cli, &rc);

    if (!client)
        return rc;
    if (cli->once || cli->json || !isatty(STDOUT_FILENO)) {
        rc = show_once(cli, client, &term);
    } else {
        signal(SIGINT, on_signal);
        signal(SIGTERM, on_signal);
        int has_keyboard = set_keyboard(&before);
        rc = follow(cli, client, &term, has_keyboard);
        if (has_keyboard)
            tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
    textd_client_close(client);
    return rc;
}
