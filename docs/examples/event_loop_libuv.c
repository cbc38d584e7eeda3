/* Annotates the lines of standard input in a libuv loop that also reads them, as event_loop_epoll.c does in an epoll
 * loop.
 *
 *     cc -o annotate-lines event_loop_libuv.c $(pkg-config --cflags --libs libtextd libuv)
 *     ./annotate-lines < news.txt
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <textd/client.h>
#include <uv.h>

#define WINDOW 64

static struct textd_client *client;
static uv_poll_t replies;
static uv_fs_t reading;
static char text[1 << 20]; /* what was read and not sent: a line must fit */
static size_t length;
static uint64_t n_lines;
static int input_ended, is_reading, has_failed;

static void send_lines(void)
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

static void on_read(uv_fs_t *request);

/* Sends what there is, and reads more when there is room; without anything left to wait for, the loop ends. */
static void go_on(void)
{
    if (is_reading)
        return; /* into the text behind what there is */
    send_lines();
    if (input_ended && length == 0 && textd_client_in_flight(client) == 0) {
        uv_poll_stop(&replies);
    } else if (!input_ended && textd_client_in_flight(client) < WINDOW) {
        uv_buf_t room = uv_buf_init(text + length, (unsigned)(sizeof text - length));
        is_reading = 1;
        uv_fs_read(replies.loop, &reading, 0, &room, 1, -1, on_read);
    }
}

static void on_read(uv_fs_t *request)
{
    if (request->result < 0)
        errx(1, "standard input: %s", uv_strerror((int)request->result));
    is_reading = 0;
    input_ended = request->result == 0;
    length += (size_t)request->result;
    uv_fs_req_cleanup(request);
    if (length == sizeof text && !memchr(text, '\n', length))
        errx(1, "line %llu is longer than %zu bytes", (unsigned long long)n_lines + 1, sizeof text);
    go_on();
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

static void on_replies(uv_poll_t *poll, int status, int events)
{
    struct textd_reply *reply;
    struct textd_error error;
    int rc;

    (void)poll, (void)status, (void)events;
    while ((rc = textd_client_receive(client, 0, &reply, &error)) == TEXTD_CLIENT_OK) {
        print(reply);
        textd_reply_free(reply);
    }
    if (rc != TEXTD_CLIENT_TIMEOUT)
        warnx("%s", error.text);
    fflush(stdout);
    go_on();
}

int main(void)
{
    struct textd_client_options options = { .size = sizeof options, .flags = TEXTD_CLIENT_ASYNC };
    struct textd_error error;

    client = textd_client_open(&options, &error);
    if (!client)
        errx(1, "%s", error.text);
    uv_poll_init(uv_default_loop(), &replies, textd_client_fd(client));
    uv_poll_start(&replies, UV_READABLE, on_replies);
    go_on();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&replies, NULL);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    uv_loop_close(uv_default_loop());
    textd_client_close(client);
    return has_failed;
}
