/* lanes.c: see lanes.h. A lane that fails rests, for longer each time, and is tried with one document then: so a textd
 * that is away holds up that one document, and the others take its share. */
#include "clients/cli/pipe/lanes.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

#define MS UINT64_C(1000000)
#define DEFAULT_TIMEOUT_MS 35000u
#define DEFAULT_IN_FLIGHT 64u
#define CONNECT_MS \
    500u /* a connection, and what a lost one left unanswered, is waited for as long before others get it */
#define RESEND_MS 1000u
#define REST_FIRST_MS 100u
#define REST_LAST_MS 3200u
#define TELL_MS 2000u

size_t lanes_count(const struct cli *cli)
{
    return cli->n_endpoints > 0 ? cli->n_endpoints : 1;
}

uint32_t lanes_limit(const struct cli *cli)
{
    return cli->in_flight ? cli->in_flight : DEFAULT_IN_FLIGHT;
}

static const char *endpoint_of(const struct cli *cli, size_t i)
{
    return cli->n_endpoints > 0 ? cli->endpoints[i] : NULL;
}

static struct textd_client *open_client(const struct lanes *l, size_t i, uint32_t flags, uint32_t timeout_ms,
                                        struct textd_error *error)
{
    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = endpoint_of(&l->cli, i),
                                            .curve_key_file = l->cli.key,
                                            .curve_server_key = l->cli.server_key,
                                            .connect_ms = CONNECT_MS,
                                            .timeout_ms = timeout_ms,
                                            .flags = flags,
                                            .resend_ms = RESEND_MS };

    return textd_client_open(&options, error);
}

/* Whether somebody is there: TEXTD_CLIENT_OK, or why not. */
static int ask(const struct lanes *l, size_t i, struct textd_error *error)
{
    struct textd_client *client = open_client(l, i, 0, CONNECT_MS, error);
    struct textd_reply *reply = NULL;
    int rc = client ? textd_client_ping(client, &reply, error) : error->code;

    textd_reply_free(reply);
    textd_client_close(client);
    return rc;
}

static void rest(uint32_t ms)
{
    struct timespec t = { ms / 1000, (long)(ms % 1000 * MS) };

    nanosleep(&t, NULL); /* a signal ends it, which is looked at next */
}

/* The first that answers, into *first. */
static int find(struct lanes *l, size_t *first, const volatile int *is_stopped)
{
    uint64_t start_ns = td_now_ns(), waited_ns = 0;
    struct textd_error error;
    int is_told = 0, rc = TEXTD_CLIENT_OK;

    while (!*is_stopped) {
        for (size_t i = 0; i < l->n; i++) {
            uint64_t asked_ns = td_now_ns();
            rc = ask(l, i, &error);
            if (rc == TEXTD_CLIENT_OK) {
                *first = i;
                return CLI_OK;
            }
            /* Its own words show another program at once. One that is only slow to greet may be textd. */
            int is_stranger = rc == TEXTD_CLIENT_NO_PROTOCOL && td_now_ns() - asked_ns < CONNECT_MS * MS;
            if (is_stranger || rc == TEXTD_CLIENT_REFUSED || rc == TEXTD_CLIENT_INVALID ||
                rc == TEXTD_CLIENT_NO_MEMORY) {
                cli_complain("%s", error.text);
                return session_exit_code(rc);
            }
        }
        waited_ns = td_now_ns() - start_ns;
        if (waited_ns >= l->cli.timeout_ms * MS) {
            cli_complain("%s", error.text);
            return session_exit_code(rc);
        }
        if (!is_told && waited_ns >= TELL_MS * MS)
            cli_complain("%s Waiting for it.", error.text);
        is_told |= waited_ns >= TELL_MS * MS;
        rest(REST_FIRST_MS);
    }
    return CLI_TRY_AGAIN;
}

int lanes_open(struct lanes *l, const struct cli *cli, const volatile int *is_stopped)
{
    struct textd_error error;
    size_t first = 0;

    *l = (struct lanes) { .cli = *cli, .n = lanes_count(cli), .limit = lanes_limit(cli) };
    l->cli.json = 1; /* results are for programs */
    l->cli.timeout_ms = cli->timeout_ms ? cli->timeout_ms : DEFAULT_TIMEOUT_MS;
    for (;;) {
        int rc = find(l, &first, is_stopped);
        if (rc != CLI_OK)
            return rc;
        l->cli.endpoint = endpoint_of(cli, first);
        rc = session_open_described(&l->session, &l->cli);
        if (rc != CLI_NO_DAEMON && rc != CLI_OK)
            return rc;
        if (rc == CLI_OK)
            break;
        session_close(&l->session); /* it went away in between */
        l->session = (struct session) { 0 };
    }
    for (size_t i = 0; i < l->n; i++) {
        l->lanes[i].client = open_client(l, i, TEXTD_CLIENT_ASYNC, l->cli.timeout_ms, &error);
        if (!l->lanes[i].client) {
            cli_complain("%s", error.text);
            return session_exit_code(error.code);
        }
    }
    return CLI_OK;
}

void lanes_close(struct lanes *l)
{
    for (size_t i = 0; i < l->n; i++)
        textd_client_close(l->lanes[i].client);
    session_close(&l->session);
}

static size_t room(const struct lanes *l, const struct lane *lane, uint64_t now_ns)
{
    size_t n = textd_client_in_flight(lane->client), limit = lane->n_failures > 0 ? 1 : l->limit;

    return lane->rest_until_ns <= now_ns && n < limit ? limit - n : 0;
}

/* Among equals it goes round. */
struct lane *lanes_choose(struct lanes *l, uint64_t now_ns)
{
    struct lane *best = NULL;
    size_t most = 0, from = l->next;

    for (size_t i = 0; i < l->n; i++) {
        struct lane *lane = &l->lanes[(from + i) % l->n];
        size_t n = room(l, lane, now_ns);
        if (n <= most)
            continue;
        best = lane;
        most = n;
        l->next = (from + i + 1) % l->n;
    }
    return best;
}

void lane_answered(struct lanes *l, struct lane *lane)
{
    lane->n_failures = 0;
    lane->rest_until_ns = 0;
    l->last_code = 0;
}

void lane_failed(struct lanes *l, struct lane *lane, int code, const char *why)
{
    unsigned n = lane->n_failures < 5 ? lane->n_failures : 5;
    uint64_t now = td_now_ns(), rest_ms = REST_FIRST_MS << n;

    l->last_code = code;
    snprintf(l->last_error, sizeof l->last_error, "%s", why);
    if (lane->rest_until_ns > now)
        return; /* all that was in flight there fails together: that is one failure */
    lane->n_failures++;
    lane->rest_until_ns = now + (rest_ms < REST_LAST_MS ? rest_ms : REST_LAST_MS) * MS;
}

size_t lanes_in_flight(const struct lanes *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        n += textd_client_in_flight(l->lanes[i].client);
    return n;
}
