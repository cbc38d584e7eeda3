/* answer.c: who answers at the endpoint, whether it is the textd this textctl was made for, and how fast. */
#include "clients/cli/doctor/doctor.h"

#include <string.h>

#include <textd/plugin.h>
#include <textd/version.h>

#include "clients/cli/lib/histogram.h"
#include "clients/cli/lib/duration.h"
#include "common/clock.h"

#define PINGS 200
#define PINGS_NS UINT64_C(500000000) /* no more of them than go into this */
#define SLOW_NS UINT64_C(5000000)    /* a round trip on one machine takes a tenth of a millisecond */

static struct textd_client *open_client(const struct doctor *d, const char *endpoint, struct textd_error *error)
{
    struct textd_client_options options = { .size = sizeof options, .endpoint = endpoint, .timeout_ms = d->timeout_ms };

    if (endpoint == d->endpoint || strncmp(endpoint, "tcp://", 6) == 0) { /* a path of the same daemon needs none */
        options.curve_key_file = d->cli->key;
        options.curve_server_key = d->cli->server_key;
    }
    return textd_client_open(&options, error);
}

static void tell_silence(struct doctor *d, const struct textd_error *error)
{
    const char *advice = "it is there and doesn't answer: see its log; restart it if it hangs";

    if (error->code == TEXTD_CLIENT_FAILED || error->code == TEXTD_CLIENT_INVALID)
        advice = "name the endpoint that textd has: --endpoint, or $TEXTD_ENDPOINT";
    if (error->code == TEXTD_CLIENT_UNREACHABLE)
        advice = "see that textd runs there and has this under endpoints: in its configuration";
    if (error->code == TEXTD_CLIENT_NO_PROTOCOL && !d->is_textds)
        advice = "another program, or another version, has textd's place: stop it, or name the right endpoint";
    if (error->code == TEXTD_CLIENT_REFUSED)
        advice = "docs/security.md is about keys; client.refused in textd's log has the one that it saw";
    if (error->code == TEXTD_CLIENT_INVALID)
        advice = d->cli->key || d->cli->server_key ? "nobody was asked: see to the keys as its words say"
                                                   : "nobody was asked: name the endpoint as its words say";
    if (error->code == TEXTD_CLIENT_FAILED || error->code == TEXTD_CLIENT_NO_MEMORY)
        advice = "nobody was asked: the trouble is here, such as few descriptors (ulimit -n)";
    doctor_tell(d, DOCTOR_FAIL, "answer", advice, "%s", error->text);
}

static void tell_answer(struct doctor *d)
{
    struct textd_node state = textd_node_find(d->answer, "state"), version = textd_node_find(d->answer, "version");
    struct textd_node listening = textd_node_find(d->answer, "listening");
    long long workers = (long long)textd_node_find(d->answer, "workers").integer;
    enum doctor_state found = DOCTOR_OK;
    const char *advice = NULL;

    if (state.type == TEXTD_NODE_TEXT && !textd_node_is(state, "serving")) {
        found = DOCTOR_FAIL;
        advice = textd_node_is(state, "draining") ? "it was told to drain: restart it, or shut it down"
                                                  : "ask again in a second";
    } else if (workers == 0) {
        found = DOCTOR_FAIL;
        advice = "no worker runs documents: textctl workers, and worker.start_failed in the log, say why";
    } else if (listening.type == TEXTD_NODE_BOOL && !listening.integer) {
        found = DOCTOR_FAIL;
        advice = "new clients don't get in: server.deaf or server.full in the log says why";
    }
    doctor_tell(d, found, "answer", advice, "textd %.*s, %.*s, generation %lld, %lld worker%s ready",
                (int)version.length, version.text ? version.text : "", state.text ? (int)state.length : 0,
                state.text ? state.text : "", (long long)textd_node_find(d->answer, "generation").integer, workers,
                workers == 1 ? "" : "s");
}

/* ---- Versions ---------------------------------------------------------------------------------------------------- */

static void tell_versions(struct doctor *d)
{
    struct textd_node root = textd_reply_root(d->described), version = textd_node_find(root, "version");
    struct textd_node abi = textd_node_find(root, "abi");
    long long minor = (long long)textd_node_find(root, "protocol_minor").integer;
    int is_same = textd_node_is(version, TEXTD_VERSION) && minor == TEXTD_PROTOCOL_MINOR &&
                  strcmp(textd_client_version(), TEXTD_VERSION) == 0;

    doctor_tell(
        d, is_same ? DOCTOR_OK : DOCTOR_WARN, "versions",
        is_same ? NULL : "they get on, but one of them lacks what the other has: install the same version of all",
        "textctl %s, libtextd %s, textd %.*s; protocol %d.%d here, %lld.%lld there; plugin ABI %.*s there",
        TEXTD_VERSION, textd_client_version(), version.text ? (int)version.length : 0, version.text ? version.text : "",
        TEXTD_PROTOCOL_VERSION, TEXTD_PROTOCOL_MINOR, (long long)textd_node_find(root, "protocol").integer, minor,
        abi.text ? (int)abi.length : 0, abi.text ? abi.text : "");
}

/* ---- Round trips ------------------------------------------------------------------------------------------------- */

static void measure(struct doctor *d, struct textd_client *client)
{
    static struct histogram times; /* too large for a stack */
    uint64_t start = td_now_ns();
    char median[32], most[32];
    struct textd_reply *reply;
    struct textd_error error;

    for (int i = 0; i < PINGS && td_now_ns() - start < PINGS_NS; i++) {
        uint64_t sent = td_now_ns();
        if (textd_client_ping(client, &reply, &error) != TEXTD_CLIENT_OK) {
            doctor_tell(d, DOCTOR_FAIL, "round trip", "it was there a moment ago: ask again", "%s", error.text);
            return;
        }
        histogram_record(&times, td_now_ns() - sent);
        textd_reply_free(reply);
    }
    uint64_t p50 = histogram_percentile(&times, 500000);
    int is_slow = p50 > SLOW_NS;
    duration_text(median, sizeof median, (double)p50 / 1e3);
    duration_text(most, sizeof most, (double)times.max / 1e3);
    doctor_tell(d, is_slow ? DOCTOR_WARN : DOCTOR_OK, "round trip",
                is_slow ? "this machine, or the way to it, is busy: textctl top; textctl bench measures documents"
                        : NULL,
                "%s (median), %s (longest) of %llu pings", median, most, (unsigned long long)times.n);
}

int doctor_ask(struct doctor *d)
{
    struct textd_error error = { .code = TEXTD_CLIENT_FAILED };
    struct textd_client *client;

    if (!d->is_listening)
        return 0; /* a client would wait for nothing, and why was told */
    client = open_client(d, d->endpoint, &error);
    if (client && textd_client_ping(client, &d->ping, &error) == TEXTD_CLIENT_OK) {
        d->answer = textd_reply_root(d->ping);
        tell_answer(d);
        if (textd_client_describe(client, &d->described, &error) == TEXTD_CLIENT_OK && !textd_reply_error(d->described))
            tell_versions(d);
        measure(d, client);
    } else {
        tell_silence(d, &error);
    }
    textd_client_close(client);
    return d->ping != NULL;
}

int doctor_ping(struct doctor *d, int n)
{
    struct textd_error error;
    struct textd_reply *reply = NULL;
    struct textd_client *client = open_client(d, d->endpoint, &error);
    int answered = 0;

    while (client && answered < n && textd_client_ping(client, &reply, &error) == TEXTD_CLIENT_OK) {
        textd_reply_free(reply);
        answered++;
    }
    textd_client_close(client);
    return answered;
}

void doctor_ask_endpoint(struct doctor *d, const char *endpoint)
{
    struct textd_error error;
    struct textd_reply *reply = NULL;
    struct textd_client *client = open_client(d, endpoint, &error);

    int rc = client ? textd_client_ping(client, &reply, &error) : error.code;
    if (rc != TEXTD_CLIENT_OK)
        doctor_tell(d, DOCTOR_FAIL, "endpoint", "server.endpoint_lost or server.deaf in the log may say why", "%s",
                    error.text);
    else if (textd_node_find(textd_reply_root(reply), "generation").integer !=
             textd_node_find(textd_reply_root(d->status), "generation").integer)
        doctor_tell(d, DOCTOR_WARN, "endpoint", "ask again: a reload may have come between; else stop the other one",
                    "%s: another textd answers there", endpoint);
    else
        doctor_tell(d, DOCTOR_OK, "endpoint", NULL, "%s answers", endpoint);
    textd_reply_free(reply);
    textd_client_close(client);
}
