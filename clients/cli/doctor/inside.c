/* inside.c: what the daemon tells of itself over its control socket. */
#include "clients/cli/doctor/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT_DESCRIPTORS 16 /* what textd keeps for workers, reloads and the operator */
#define PROBES 20           /* pings that tell two daemons apart */
#define FEW_CONNECTIONS 64  /* room for less than this is worth a word */

static long long number_of(struct textd_node map, const char *key)
{
    return (long long)textd_node_find(map, key).integer;
}

/* A text of the reply as a C string. */
struct words {
    char text[300];
};

static struct words words_of(struct textd_node node)
{
    struct words words = { "" };

    if (node.type == TEXTD_NODE_TEXT)
        snprintf(words.text, sizeof words.text, "%.*s", (int)node.length, node.text);
    return words;
}

static int ask_status(struct doctor *d)
{
    static const char here[] = "ask where textd runs, as its user or root; --control names another socket";

    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = d->control,
                                            .timeout_ms = d->timeout_ms };
    struct textd_error error;
    struct textd_client *client = textd_client_open(&options, &error);
    int rc = !d->is_controlled ? TEXTD_CLIENT_UNREACHABLE
             : client          ? textd_client_call(client, "status", NULL, 0, &d->status, &error)
                               : error.code;

    if (!d->is_controlled)
        snprintf(error.text, sizeof error.text, "nobody listens on %s, or this user may not connect", d->control);
    if (rc == TEXTD_CLIENT_OK && textd_reply_error(d->status)) {
        snprintf(error.text, sizeof error.text, "%s", textd_reply_error(d->status)->message);
        textd_reply_free(d->status);
        d->status = NULL;
    }
    textd_client_close(client);
    if (d->status)
        return 1;
    doctor_tell(d, DOCTOR_WARN, "inside", here, "workers, plugins, reloads and descriptors could not be looked at: %s",
                error.text);
    return 0;
}

/* ---- Connections ------------------------------------------------------------------------------------------------- */

/* Without keys there is no asking at an encrypted endpoint. */
static int is_locked(const struct doctor *d, struct textd_node status, struct textd_node name)
{
    struct textd_walk encrypted = textd_node_walk(textd_node_path(status, "curve.encrypted"));
    struct textd_node one;

    while (!d->cli->key && textd_walk_next(&encrypted, NULL, &one))
        if (textd_node_is(one, words_of(name).text))
            return 1;
    return 0;
}

static void look_at_listening(struct doctor *d, struct textd_node status)
{
    struct textd_node listening = textd_node_find(status, "listening"), name;
    struct textd_walk endpoints = textd_node_walk(textd_node_find(listening, "endpoints"));
    struct textd_walk lost = textd_node_walk(textd_node_find(listening, "lost"));

    while (textd_walk_next(&endpoints, NULL, &name))
        if (is_locked(d, status, name))
            doctor_tell(d, DOCTOR_OK, "endpoint", NULL,
                        "%s is encrypted, and wasn't asked: that takes --key and --server-key", words_of(name).text);
        else if (!textd_node_is(name, d->endpoint))
            doctor_ask_endpoint(d, words_of(name).text);
    while (textd_walk_next(&lost, NULL, &name))
        doctor_tell(d, DOCTOR_FAIL, "endpoint", "remove what lies in its place, and textd makes it again",
                    "%s is lost: something else has the place of its file", words_of(name).text);
    if (!textd_node_is(textd_node_find(listening, "memory"), "easy"))
        doctor_tell(d, DOCTOR_WARN, "connections", "find the client that floods, or raise queue.unread_bytes",
                    "messages come faster than they can be read: %lld bytes wait",
                    number_of(listening, "unread_bytes"));
}

/* Whether HTTP is on, since it is not unless it is told to: who asks why curl finds nobody sees it here. */
static void look_at_http(struct doctor *d, struct textd_node status)
{
    struct textd_node listening = textd_node_find(status, "listening"), http = textd_node_find(listening, "http");
    struct words listen = words_of(http), probes = words_of(textd_node_find(listening, "probes"));

    if (http.type != TEXTD_NODE_TEXT)
        return; /* an older textd */
    if (!listen.text[0] && !probes.text[0])
        doctor_tell(d, DOCTOR_OK, "http", NULL,
                    "off; 'http: {listen: 127.0.0.1:7412}' in the configuration, and a restart, open it");
    else
        doctor_tell(d, DOCTOR_OK, "http", NULL, "listen %s, probes %s", listen.text[0] ? listen.text : "off",
                    probes.text[0] ? probes.text : "off");
}

/* ---- Descriptors ------------------------------------------------------------------------------------------------- */

/* Each connection takes one; a reload has two sets of workers, each with three. */
static void look_at_descriptors(struct doctor *d, struct textd_node status)
{
    static const char check[] = "descriptors",
                      raise[] = "raise LimitNOFILE= (systemd), ulimit -Hn, or --ulimit nofile= (Docker)";
    struct textd_node descriptors = textd_node_find(status, "descriptors");
    long long used = number_of(descriptors, "open"), limit = number_of(descriptors, "limit"), turned_away;
    long long room = limit - used - KEPT_DESCRIPTORS - 3LL * textd_node_find(status, "workers").length;

    turned_away = number_of(textd_node_find(status, "listening"), "turned_away");
    if (turned_away > 0)
        doctor_tell(d, DOCTOR_WARN, check, raise,
                    "%lld connections were turned away since the start: there were too few", turned_away);
    if (limit <= 0 || used <= 0)
        doctor_tell(d, DOCTOR_WARN, check, "restart textd, if it is an older one; see that it has a /proc",
                    "textd doesn't say how many it has");
    else
        doctor_tell(d, room < FEW_CONNECTIONS ? DOCTOR_WARN : DOCTOR_OK, check, room < FEW_CONNECTIONS ? raise : NULL,
                    "%lld of %lld in use; room for %lld more connections", used, limit, room > 0 ? room : 0);
}

/* ---- Processes --------------------------------------------------------------------------------------------------- */

static void look_at_restarts(struct doctor *d, struct textd_node status)
{
    long long n = number_of(status, "restarts"), uptime_s = number_of(status, "uptime_ms") / 1000;

    if (n > 0)
        doctor_tell(d, DOCTOR_WARN, "restarts",
                    "a bug, of textd's or of a library: report supervisor.lost of the log with the lines before",
                    "the supervisor died %lld time%s since textd was started, the last time %lld s ago", n,
                    n == 1 ? "" : "s", uptime_s);
    else
        doctor_tell(d, DOCTOR_OK, "restarts", NULL, "none; up for %lld s", uptime_s);
}

static void look_at_workers(struct doctor *d, struct textd_node status)
{
    struct textd_walk generations = textd_node_walk(textd_node_find(status, "generations"));
    struct textd_walk pools = textd_node_walk(textd_node_find(status, "pools"));
    long long lost = number_of(textd_node_find(status, "counters"), "workers_lost");
    struct textd_node g;

    while (textd_walk_next(&generations, NULL, &g)) {
        long long ready = number_of(g, "ready"), workers = number_of(g, "workers");
        if (textd_node_is(textd_node_find(g, "state"), "serving"))
            doctor_tell(d,
                        ready == 0        ? DOCTOR_FAIL
                        : ready < workers ? DOCTOR_WARN
                                          : DOCTOR_OK,
                        "workers",
                        ready < workers
                            ? "ask again in a second; worker.start_failed in the log says why if it stays so"
                            : NULL,
                        "%lld of %lld ready", ready, workers);
    }
    while (textd_node_find(status, "pools").length > 1 && textd_walk_next(&pools, NULL, &g))
        if (number_of(g, "ready") == 0 && number_of(g, "workers") > 0)
            doctor_tell(
                d, DOCTOR_FAIL, "workers", "worker.start_failed or worker.refused in the log says why if it stays so",
                "none of pool %s is ready: its pipelines' documents wait", words_of(textd_node_find(g, "pool")).text);
    if (lost > 0)
        doctor_tell(d, DOCTOR_WARN, "workers",
                    "worker.lost in the log says whose fault each was; textctl plugin list counts",
                    "%lld died since the supervisor started", lost);
}

/* ---- The sandbox ------------------------------------------------------------------------------------------------- */

/* "no_new_privs, limits" of a list; "Landlock (Function not implemented)" of a map. */
static void list_parts(char *text, size_t size, struct textd_node parts)
{
    struct textd_walk walk = textd_node_walk(parts);
    struct textd_node name, part;
    size_t used = 0;

    text[0] = 0;
    while (used < size && textd_walk_next(&walk, &name, &part)) {
        int is_map = parts.type == TEXTD_NODE_MAP;
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s%s", used ? ", " : "",
                                 words_of(is_map ? name : part).text, is_map ? " (" : "",
                                 is_map ? words_of(part).text : "", is_map ? ")" : "");
    }
}

static void tell_denied(struct doctor *d, struct textd_node status)
{
    struct textd_walk plugins = textd_node_walk(textd_node_find(status, "plugins"));
    struct textd_node p;

    while (textd_walk_next(&plugins, NULL, &p))
        if (textd_node_find(p, "denied").length > 0)
            doctor_tell(
                d, DOCTOR_WARN, "sandbox",
                "find out what for; if it may, grants: in its entry of 'plugins' says so: docs/configuration.md",
                "%s was stopped: it tried %s, which it has no grant for", words_of(textd_node_find(p, "name")).text,
                words_of(textd_node_find(p, "denied")).text);
}

static void look_at_sandbox(struct doctor *d, struct textd_node status)
{
    struct textd_node sandbox = textd_node_find(status, "sandbox"), missing = textd_node_find(sandbox, "missing");
    char applied[300], lacking[300];

    if (sandbox.type != TEXTD_NODE_MAP)
        return; /* an older textd */
    list_parts(applied, sizeof applied, textd_node_find(sandbox, "applied"));
    list_parts(lacking, sizeof lacking, missing);
    if (textd_node_is(textd_node_find(sandbox, "mode"), "off"))
        doctor_tell(
            d, DOCTOR_WARN, "sandbox",
            "security.sandbox: permissive in the configuration, then textctl reload, when nobody debugs plugins",
            "off: plugins may do all that textd's user may");
    else
        doctor_tell(d, missing.length > 0 ? DOCTOR_WARN : DOCTOR_OK, "sandbox",
                    missing.length > 0 ? "docs/security.md says what each part takes: of the kernel, and of the "
                                         "container or unit that textd runs in"
                                       : NULL,
                    "%s: %s%s%s", words_of(textd_node_find(sandbox, "mode")).text, applied[0] ? applied : "nothing",
                    lacking[0] ? "; missing: " : "", lacking);
    tell_denied(d, status);
}

/* ---- Plugins ----------------------------------------------------------------------------------------------------- */

/* A finding about a plugin; NAME in the advice is its name. */
static void tell_of(struct doctor *d, enum doctor_state state, const char *check, const char *plugin,
                    const char *advice, const char *text)
{
    char filled[400];
    const char *at = strstr(advice, "NAME");

    snprintf(filled, sizeof filled, "%.*s%s%s", at ? (int)(at - advice) : (int)strlen(advice), advice, at ? plugin : "",
             at ? at + 4 : "");
    doctor_tell(d, state, check, filled, "%s %s", plugin, text);
}

static void tell_plugin(struct doctor *d, struct textd_node p)
{
    struct words name = words_of(textd_node_find(p, "name")), reason = words_of(textd_node_find(p, "reason"));
    struct textd_node state = textd_node_find(p, "state"), source = textd_node_find(p, "source");
    char text[400];

    if (textd_node_is(state, "failed")) {
        snprintf(text, sizeof text, "was left out: %s", reason.text);
        tell_of(d, DOCTOR_FAIL, "plugin", name.text, "repair or remove its file, then textctl plugin reload NAME",
                text);
    } else if (textd_node_is(state, "suspended") || textd_node_is(state, "trial")) {
        tell_of(d, DOCTOR_FAIL, "plugin", name.text, "repair it, then textctl plugin reload NAME",
                "is suspended: it killed too many workers, and documents are without it");
    } else if (textd_node_is(state, "disabled")) {
        tell_of(d, DOCTOR_WARN, "plugin", name.text, "textctl plugin enable NAME",
                "is disabled: documents are without it");
    }
    if (textd_node_is(source, "last_good")) {
        snprintf(text, sizeof text, "runs the last copy that was good, since what is on disk fails: %s", reason.text);
        tell_of(d, DOCTOR_WARN, "plugin", name.text, "repair its file, then textctl plugin reload NAME", text);
    } else if (textd_node_is(source, "rolled_back")) {
        tell_of(d, DOCTOR_WARN, "plugin", name.text, "put a better file in its place, then textctl plugin reload NAME",
                "runs the copy that it was rolled back to; what is on disk is held back");
    }
}

/* How the file on disk stands to the bytes that run: by the daemon's word (names, sizes, times, of models, too), and
 * for the library by its SHA-256. Returns whether all is the same. */
static int tell_disk(struct doctor *d, struct textd_node p)
{
    struct words name = words_of(textd_node_find(p, "name")), path = words_of(textd_node_find(p, "path"));
    struct words hash = words_of(textd_node_find(p, "hash"));
    struct textd_node disk = textd_node_find(p, "disk");
    char found[DOCTOR_HASH_BYTES] = "", text[400];
    int is_read = doctor_hash_file(path.text, found) == 0, is_same = is_read && strcmp(found, hash.text) == 0;

    if (textd_node_is(disk, "missing")) {
        snprintf(text, sizeof text, "runs, but %s is gone from the disk", path.text);
        tell_of(d, DOCTOR_FAIL, "files", name.text, "put it back before textd is restarted", text);
    } else if (textd_node_is(disk, "differs")) {
        tell_of(
            d, DOCTOR_WARN, "files", name.text, "textctl plugin reload NAME takes what is on disk; so would a restart",
            is_same ? "runs the library that is on disk, but that, or a file of its own, was touched or changed since"
                    : "is not what is on disk");
    } else if (is_read && !is_same) {
        snprintf(text, sizeof text, "runs other bytes than %s has, though its size and time are the same", path.text);
        tell_of(d, DOCTOR_FAIL, "files", name.text,
                "restore the file from its package, then textctl plugin reload NAME", text);
    }
    return textd_node_is(disk, "same") && (!is_read || is_same);
}

static void look_at_plugins(struct doctor *d, struct textd_node status)
{
    struct textd_walk plugins = textd_node_walk(textd_node_find(status, "plugins"));
    size_t n_active = 0, n_same = 0, n = 0;
    struct textd_node p;

    for (; textd_walk_next(&plugins, NULL, &p); n++) {
        int is_loaded = textd_node_find(p, "hash").length > 0;
        n_active += textd_node_is(textd_node_find(p, "state"), "active");
        tell_plugin(d, p);
        n_same += is_loaded && textd_node_is(textd_node_find(p, "source"), "disk") && tell_disk(d, p);
    }
    if (n == 0)
        doctor_tell(d, DOCTOR_FAIL, "plugins", "name a folder with some under plugin_dirs: in the configuration",
                    "there are none");
    if (n > 0 && n_active == n)
        doctor_tell(d, DOCTOR_OK, "plugins", NULL, "all %zu active", n);
    if (n > 0 && n_same == n)
        doctor_tell(d, DOCTOR_OK, "files", NULL,
                    "what is on disk is what runs: libraries by their SHA-256, models, whose checksums were right when "
                    "they were "
                    "loaded, by size and time");
}

static void look_at_reload(struct doctor *d, struct textd_node status)
{
    struct textd_node last = textd_node_find(status, "last_reload");
    long long ago_s = (long long)time(NULL) - number_of(last, "unix_ms") / 1000;

    if (last.type != TEXTD_NODE_MAP)
        doctor_tell(d, DOCTOR_OK, "last reload", NULL, "none since the start");
    else if (textd_node_find(last, "ok").integer)
        doctor_tell(d, DOCTOR_OK, "last reload", NULL, "%s, %lld s ago: done",
                    words_of(textd_node_find(last, "op")).text, ago_s);
    else
        doctor_tell(d, DOCTOR_WARN, "last reload", "mend that, then textctl reload; what served before serves on",
                    "%s, %lld s ago, was refused: %s", words_of(textd_node_find(last, "op")).text, ago_s,
                    words_of(textd_node_find(last, "error")).text);
}

static long long messages_of(const struct doctor *d)
{
    struct textd_node counters = textd_node_find(textd_reply_root(d->status), "counters");

    return number_of(counters, "messages_received");
}

/* The endpoint and the control socket may be of two daemons: then one's troubles would be told as the other's. All
 * begin with generation 1, so the one that is asked must also have received what is sent to the endpoint. Afterwards
 * `status` is a newer one. */
static int is_one_daemon(struct doctor *d)
{
    long long before = messages_of(d), n = d->ping ? doctor_ping(d, PROBES) : 0;

    if (n == 0)
        return 1;
    textd_reply_free(d->status);
    d->status = NULL;
    if (!ask_status(d))
        return 0;
    if (number_of(textd_reply_root(d->status), "generation") == number_of(d->answer, "generation") &&
        messages_of(d) - before >= n)
        return 1;
    doctor_tell(d, DOCTOR_WARN, "inside", "ask again: a reload may have come between; else name the right --control",
                "the textd at %s is another than that at %s", d->control, d->endpoint);
    return 0;
}

void doctor_look_inside(struct doctor *d)
{
    if (!d->ping && !d->is_controlled)
        return; /* nobody is there: that has been told */
    if (!ask_status(d) || !is_one_daemon(d))
        return;
    struct textd_node status = textd_reply_root(d->status);
    look_at_listening(d, status);
    look_at_http(d, status);
    look_at_descriptors(d, status);
    look_at_restarts(d, status);
    look_at_workers(d, status);
    look_at_sandbox(d, status);
    look_at_plugins(d, status);
    look_at_reload(d, status);
}
