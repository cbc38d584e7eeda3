/* Annotates the lines of standard input in an epoll loop that also reads them: as many as 64 are on their way at once,
 * and textd may be restarted meanwhile. Prints a line for each, in the order in which they are done: its number, then
 * its entities or what went wrong. Ends with 1 when a line failed, and at once when nobody is there.
 *
 *     cc -o annotate-lines event_loop_epoll.c $(pkg-config --cflags --libs libtextd)
 *     ./annotate-lines < news.txt
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <textd/client.h>

#define WINDOW 64

static char text[1 << 20]; /* what was read and not sent: a line must fit */
static size_t length;
static uint64_t n_lines;
static int input_ended, has_failed;

static void send_lines(struct textd_client *client)
{
    char *line = text, *end = text + length, *newline = NULL;

    while (textd_client_in_flight(client) < WINDOW &&
           ((newline = memchr(line, '\n', (size_t)(end - line))) || (input_ended && line < end))) {
        char *line_end = newline ? newline : end;
        struct textd_request request = {
            .size = sizeof request, .text = line, .length = (size_t)(line_end - line), .id = ++n_lines
        };
        struct textd_error error;
        if (textd_client_send(client, &request, NULL, &error) != TEXTD_CLIENT_OK)
            errx(1, "line %llu: %s", (unsigned long long)n_lines, error.text);
        line = newline ? newline + 1 : end;
    }
    length = (size_t)(end - line);
    memmove(text, line, length);
}

static void read_input(void)
{
    ssize_t n = read(STDIN_FILENO, text + length, sizeof text - length);

    if (n < 0)
        err(1, "standard input");
    input_ended = n == 0;
    length += (size_t)n;
    if (length == sizeof text && !memchr(text, '\n', length))
        errx(1, "line %llu is longer than %zu bytes", (unsigned long long)n_lines + 1, sizeof text);
}

/* When nobody is there, nobody will be for the lines to come: each 64 of them would wait for that again. */
static void print(const struct textd_reply *reply)
{
    const struct textd_reply_error *error = textd_reply_error(reply);
    struct textd_walk walk = textd_reply_entities(reply);
    struct textd_entity entity;

    if (error && strcmp(error->code, "UNAVAILABLE") == 0)
        errx(1, "line %llu: %s", (unsigned long long)textd_reply_id(reply), error->message);
    printf("%llu:", (unsigned long long)textd_reply_id(reply));
    if (error)
        printf(" %s: %s", error->code, error->message);
    has_failed |= error != NULL;
    while (textd_entity_next(&walk, &entity))
        printf(" %.*s=%.*s", TEXTD_SLICE(entity.type), TEXTD_SLICE(entity.text));
    putchar('\n');
}

static void receive(struct textd_client *client)
{
    struct textd_reply *reply;
    struct textd_error error;
    int rc;

    while ((rc = textd_client_receive(client, 0, &reply, &error)) == TEXTD_CLIENT_OK) {
        print(reply);
        textd_reply_free(reply);
    }
    if (rc != TEXTD_CLIENT_TIMEOUT)
        warnx("%s", error.text);
}

int main(void)
{
    struct textd_client_options options = { .size = sizeof options, .flags = TEXTD_CLIENT_ASYNC };
    struct textd_error error;
    struct textd_client *client = textd_client_open(&options, &error);

    if (!client)
        errx(1, "%s", error.text);
    struct epoll_event input = { .events = EPOLLIN, .data.fd = STDIN_FILENO }, events[2];
    struct epoll_event replies = { .events = EPOLLIN, .data.fd = textd_client_fd(client) };
    int loop = epoll_create1(EPOLL_CLOEXEC), reads = 0;
    if (loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, replies.data.fd, &replies) != 0)
        err(1, "epoll");
    for (;;) {
        send_lines(client);
        if (input_ended && length == 0 && textd_client_in_flight(client) == 0)
            break;
        int wants = !input_ended && textd_client_in_flight(client) < WINDOW; /* else more would only have to be kept */
        int is_file =
            wants != reads && epoll_ctl(loop, wants ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, STDIN_FILENO, &input) != 0;
        if (is_file) { /* a file, which epoll doesn't take: it can be read at any time */
            read_input();
            continue;
        }
        reads = wants;
        int n = epoll_wait(loop, events, 2, -1);
        for (int i = 0; i < n; i++)
            events[i].data.fd == STDIN_FILENO ? read_input() : receive(client);
        fflush(stdout);
    }
    textd_client_close(client);
    return has_failed;
}
