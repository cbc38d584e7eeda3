/* status.c: see status.h; and the commands that show no more than that. */
#include "clients/cli/operate/status.h"

#include <string.h>
#include <time.h>

#include "clients/cli/link/control.h"
#include "clients/cli/lib/duration.h"
#include "clients/cli/lib/table.h"
#include "clients/cli/lib/term.h"

#define MOST_BUCKETS 64

static long long number_of(struct textd_node map, const char *key)
{
    return (long long)textd_node_find(map, key).integer;
}

/* A text of the reply as a C string. */
struct words {
    char text[TABLE_CELL];
};

static struct words text_of(struct textd_node map, const char *key)
{
    struct textd_node node = textd_node_find(map, key);
    struct words words;

    snprintf(words.text, sizeof words.text, "%.*s", node.type == TEXTD_NODE_TEXT ? (int)node.length : 0,
             node.type == TEXTD_NODE_TEXT ? node.text : "");
    return words;
}

static void print_bytes(FILE *out, double bytes)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
    size_t unit = 0;

    for (; bytes >= 1024 && unit < 3; unit++)
        bytes /= 1024;
    fprintf(out, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void print_uptime(FILE *out, long long ms)
{
    long long s = ms / 1000;

    if (s < 60)
        fprintf(out, "%llds", s);
    else if (s < 3600)
        fprintf(out, "%lldm%02llds", s / 60, s % 60);
    else
        fprintf(out, "%lldh%02lldm", s / 3600, s / 60 % 60);
}

static void print_last_reload(FILE *out, struct textd_node last)
{
    struct textd_node error = textd_node_find(last, "error");

    if (last.type != TEXTD_NODE_MAP)
        return;
    fprintf(out, "last reload  %s, %s, %lld s ago, took %lld ms\n", text_of(last, "op").text,
            textd_node_find(last, "ok").integer ? "done" : "refused",
            (long long)time(NULL) - number_of(last, "unix_ms") / 1000, number_of(last, "took_ms"));
    if (error.type != TEXTD_NODE_TEXT)
        return;
    fputs("             ", out);
    term_text(out, error.text, error.length);
    fputc('\n', out);
}

/* Nothing when there is none, and was none. */
static void print_pipe(FILE *out, struct textd_node pipes)
{
    long long waiting_ms = number_of(pipes, "sink_waiting_ms");

    if (pipes.type != TEXTD_NODE_MAP || (textd_node_is(textd_node_find(pipes, "state"), "off") &&
                                         number_of(pipes, "taken") == 0 && number_of(pipes, "lost") == 0))
        return;
    fprintf(out, "pipe         %s, %lld taken, %lld delivered, %lld lost; %lld of %lld in flight",
            text_of(pipes, "state").text, number_of(pipes, "taken"), number_of(pipes, "delivered"),
            number_of(pipes, "lost"), number_of(pipes, "in_flight"), number_of(pipes, "window"));
    if (waiting_ms > 0)
        fprintf(out, "; waits for a sink since %.1f s", (double)waiting_ms / 1000);
    fputc('\n', out);
}

/* Nothing when no endpoint is encrypted. */
/* Of each encrypted endpoint at which some failed. */
static void print_handshakes(FILE *out, struct textd_node curve)
{
    struct textd_walk endpoints = textd_node_walk(textd_node_find(curve, "handshakes_failed"));
    struct textd_node endpoint;

    while (textd_walk_next(&endpoints, NULL, &endpoint)) {
        long long cut = number_of(endpoint, "cut"), plain = number_of(endpoint, "plain"),
                  other = number_of(endpoint, "other_key"), malformed = number_of(endpoint, "malformed");
        if (cut + plain + other + malformed > 0)
            fprintf(out,
                    "             %s: handshakes failed: %lld cut short, %lld not encrypted, %lld for another "
                    "server's key, %lld malformed\n",
                    text_of(endpoint, "endpoint").text, cut, plain, other, malformed);
    }
}

static void print_users(FILE *out, struct textd_node curve)
{
    struct textd_walk users = textd_node_walk(textd_node_find(curve, "users"));
    struct textd_node user;

    if (curve.type != TEXTD_NODE_MAP)
        return;
    fprintf(out, "clients      %lld let in, %lld refused; ", number_of(curve, "let_in"), number_of(curve, "refused"));
    fprintf(out, "%lld messages of keys that were taken off\n", number_of(curve, "dropped"));
    print_handshakes(out, curve);
    for (const char *before = "users        "; textd_walk_next(&users, NULL, &user); before = "             ") {
        fprintf(out, "%s%s: %lld let in, %lld busy, %lld documents, ", before, text_of(user, "user").text,
                number_of(user, "let_in"), number_of(user, "connections"), number_of(user, "documents"));
        print_bytes(out, (double)number_of(user, "bytes"));
        if (number_of(user, "keys") == 0)
            fputs("; has no key any more", out);
        if (number_of(user, "dropped") > 0)
            fprintf(out, "; %lld messages dropped", number_of(user, "dropped"));
        fputc('\n', out);
    }
}

/* Nothing where there is one pool, which has it all. */
static void print_pools(FILE *out, struct textd_node pools)
{
    struct textd_walk walk = textd_node_walk(pools);
    struct textd_node p;

    if (pools.length < 2)
        return;
    for (const char *before = "pools        "; textd_walk_next(&walk, NULL, &p); before = "             ") {
        fprintf(out, "%s%s: %lld of %lld workers ready, %lld documents, %lld of them waiting", before,
                text_of(p, "pool").text, number_of(p, "ready"), number_of(p, "workers"), number_of(p, "documents"),
                number_of(p, "waiting"));
        if (number_of(p, "shed") > 0)
            fprintf(out, "; %lld refused, its part of the queue being full", number_of(p, "shed"));
        fputc('\n', out);
    }
}

void status_head(FILE *out, struct textd_node status)
{
    struct textd_walk generations = textd_node_walk(textd_node_find(status, "generations"));
    struct textd_node counters = textd_node_find(status, "counters"), g;

    fprintf(out, "textd %s  %s  pid %lld, supervisor %lld  up ", text_of(status, "version").text,
            text_of(status, "state").text, number_of(status, "pid"), number_of(status, "supervisor_pid"));
    print_uptime(out, number_of(status, "uptime_ms"));
    fprintf(out, "\ndocuments    %lld in, %lld of them waiting, ", number_of(status, "documents"),
            number_of(status, "waiting"));
    print_bytes(out, (double)number_of(status, "held_bytes"));
    fprintf(out, " held; %lld answered, %lld failed, %lld refused\n", number_of(counters, "documents_answered"),
            number_of(counters, "documents_failed"), number_of(counters, "requests_refused"));
    fputs("generations  ", out);
    for (const char *before = ""; textd_walk_next(&generations, NULL, &g); before = "; ")
        fprintf(out, "%s%lld %s, %lld of %lld workers ready", before, number_of(g, "generation"),
                text_of(g, "state").text, number_of(g, "ready"), number_of(g, "workers"));
    fputc('\n', out);
    print_pools(out, textd_node_find(status, "pools"));
    print_users(out, textd_node_find(status, "curve"));
    print_pipe(out, textd_node_find(status, "pipes"));
    print_last_reload(out, textd_node_find(status, "last_reload"));
}

/* Whether some of them are of a pool of their own. */
static int has_pools(struct textd_node workers)
{
    struct textd_walk walk = textd_node_walk(workers);
    struct textd_node w;

    while (textd_walk_next(&walk, NULL, &w)) {
        struct textd_node pool = textd_node_find(w, "pool");
        if (pool.type == TEXTD_NODE_TEXT && !textd_node_is(pool, "default"))
            return 1;
    }
    return 0;
}

void status_workers(FILE *out, struct textd_node workers)
{
    static const char *const heads[] = { ">WORKER", "<POOL",    ">GEN",     ">PID", "<STATE", ">DOCS",
                                         ">DONE",   ">RSS MiB", ">PSS MiB", "<AT",  NULL },
                             *const without[] = { ">WORKER", ">GEN",     ">PID",     "<STATE", ">DOCS",
                                                  ">DONE",   ">RSS MiB", ">PSS MiB", "<AT",    NULL };
    struct textd_walk walk = textd_node_walk(workers);
    int are_pools = has_pools(workers);
    struct textd_node w;
    struct table table;

    table_start(&table, are_pools ? heads : without);
    while (textd_walk_next(&walk, NULL, &w)) {
        table_add(&table, "%lld", number_of(w, "worker"));
        if (are_pools)
            table_add(&table, "%s", text_of(w, "pool").text);
        table_add(&table, "%lld", number_of(w, "generation"));
        table_add(&table, "%lld", number_of(w, "pid"));
        table_add(&table, "%s", text_of(w, "state").text);
        table_add(&table, "%lld", number_of(w, "documents"));
        table_add(&table, "%lld", number_of(w, "done"));
        table_add(&table, "%.1f", (double)number_of(w, "rss_bytes") / 1048576);
        if (number_of(w, "pss_bytes") > 0)
            table_add(&table, "%.1f", (double)number_of(w, "pss_bytes") / 1048576);
        else
            table_add(&table, "-");
        if (textd_node_find(w, "plugin").type == TEXTD_NODE_TEXT)
            table_add(&table, "%s, %lld ms", text_of(w, "plugin").text, number_of(w, "plugin_ms"));
        else
            table_add(&table, "-");
    }
    table_finish(&table, out);
}

/* The plugin of that name in a list; NONE. */
static struct textd_node find_plugin(struct textd_node plugins, const char *name)
{
    struct textd_walk walk = textd_node_walk(plugins);
    struct textd_node p;

    while (textd_walk_next(&walk, NULL, &p))
        if (textd_node_is(textd_node_find(p, "name"), name))
            return p;
    return (struct textd_node) { 0 };
}

static size_t read_numbers(struct textd_node array, long long *numbers)
{
    struct textd_walk walk = textd_node_walk(array);
    struct textd_node number;
    size_t n = 0;

    while (n < MOST_BUCKETS && textd_walk_next(&walk, NULL, &number))
        numbers[n++] = (long long)number.integer;
    return n;
}

/* The upper end of the bucket with that share of the calls since `before`; 0: there were none. */
static double percentile(struct textd_node now, struct textd_node before, double share)
{
    long long ends[MOST_BUCKETS], counts[MOST_BUCKETS], old[MOST_BUCKETS] = { 0 }, all = 0, seen = 0;
    size_t n = read_numbers(textd_node_find(now, "counts"), counts);

    if (read_numbers(textd_node_find(now, "buckets_us"), ends) != n)
        return 0;
    read_numbers(textd_node_find(before, "counts"), old);
    for (size_t i = 0; i < n; i++)
        all += counts[i] -= old[i];
    for (size_t i = 0; i < n && all > 0; i++) {
        seen += counts[i];
        if ((double)seen >= share * (double)all)
            return ends[i] >= 0 || i == 0 ? (double)ends[i] : 2 * (double)ends[i - 1];
    }
    return 0;
}

static void add_state(struct table *table, struct textd_node p)
{
    if (textd_node_find(p, "retry_ms").type == TEXTD_NODE_INTEGER)
        table_add(table, "%s %.0f s", text_of(p, "state").text, (double)number_of(p, "retry_ms") / 1000);
    else
        table_add(table, "%s", text_of(p, "state").text);
}

void status_plugins(FILE *out, struct textd_node plugins, struct textd_node before, double seconds)
{
    static const char *const totals[] = { "<PLUGIN",  "<VERSION",  "<HASH", "<STATE", ">DOCS", ">FAILED",
                                          ">CRASHES", ">TIMEOUTS", ">P50",  ">P99",   NULL };
    static const char *const rates[] = { "<PLUGIN",  "<VERSION",  "<HASH", "<STATE", ">DOCS/s", ">FAILED/s",
                                         ">CRASHES", ">TIMEOUTS", ">P50",  ">P99",   NULL };
    int is_rate = before.type == TEXTD_NODE_ARRAY && seconds > 0;
    struct textd_walk walk = textd_node_walk(plugins);
    struct textd_node p;
    struct table table;
    char duration[32];

    table_start(&table, is_rate ? rates : totals);
    while (textd_walk_next(&walk, NULL, &p)) {
        struct words name = text_of(p, "name");
        struct textd_node old = is_rate ? find_plugin(before, name.text) : (struct textd_node) { 0 };
        double per = is_rate ? seconds : 1;
        table_add(&table, "%s", name.text);
        table_add(&table, "%s", text_of(p, "version").text);
        table_add(&table, "%.8s", text_of(p, "hash").text);
        add_state(&table, p);
        table_add(&table, "%.0f", (double)(number_of(p, "documents") - number_of(old, "documents")) / per);
        table_add(&table, "%.0f", (double)(number_of(p, "failures") - number_of(old, "failures")) / per);
        table_add(&table, "%lld", number_of(p, "crashes"));
        table_add(&table, "%lld", number_of(p, "timeouts"));
        duration_text(duration, sizeof duration, percentile(p, old, 0.50));
        table_add(&table, "%s", duration);
        duration_text(duration, sizeof duration, percentile(p, old, 0.99));
        table_add(&table, "%s", duration);
    }
    table_finish(&table, out);
}

static void print_remark(FILE *out, const char *plugin, const char *words, struct textd_node reason)
{
    fprintf(out, "%s %s", plugin, words);
    if (reason.type == TEXTD_NODE_TEXT) {
        fputs(": ", out);
        term_text(out, reason.text, reason.length);
    }
    fputc('\n', out);
}

static void print_grants(FILE *out, const char *plugin, struct textd_node grants)
{
    struct textd_walk walk = textd_node_walk(grants);
    struct textd_node grant;
    int n = 0;

    while (textd_walk_next(&walk, NULL, &grant)) {
        fputs(n++ ? ", " : plugin, out);
        fputs(n > 1 ? "" : " may use ", out);
        term_text(out, grant.text, grant.length);
    }
    if (n > 0)
        fputc('\n', out);
}

/* What is not as it should be, or more than plugins otherwise may, a line each. */
static void print_remarks(FILE *out, struct textd_node plugins)
{
    const struct textd_node none = { 0 };
    struct textd_walk walk = textd_node_walk(plugins);
    struct textd_node p;

    while (textd_walk_next(&walk, NULL, &p)) {
        struct words name = text_of(p, "name");
        struct textd_node reason = textd_node_find(p, "reason");
        int is_failed = textd_node_is(textd_node_find(p, "state"), "failed");
        if (is_failed)
            print_remark(out, name.text, "failed", reason);
        else if (textd_node_is(textd_node_find(p, "source"), "last_good"))
            print_remark(out, name.text, "runs the last copy that was good, since what is on disk fails", reason);
        else if (textd_node_is(textd_node_find(p, "source"), "rolled_back"))
            print_remark(out, name.text, "runs the copy that it was rolled back to; what is on disk is held back",
                         none);
        else if (textd_node_is(textd_node_find(p, "disk"), "differs"))
            print_remark(out, name.text, "is not what is on disk: a reload, or a restart, would take that", none);
        if (textd_node_find(p, "denied").length > 0) {
            fprintf(out, "%s tried ", name.text);
            term_text(out, textd_node_find(p, "denied").text, textd_node_find(p, "denied").length);
            fputs(", which it has no grant for\n", out);
        }
        print_grants(out, name.text, textd_node_find(p, "grants"));
        if (!is_failed && textd_node_is(textd_node_find(p, "disk"), "missing"))
            print_remark(out, name.text, "is gone from the disk: a restart would miss it", none);
    }
}

static void print_status(const struct cli *cli, struct textd_node root)
{
    (void)cli;
    status_head(stdout, root);
    putchar('\n');
    status_workers(stdout, textd_node_find(root, "workers"));
    putchar('\n');
    status_plugins(stdout, textd_node_find(root, "plugins"), (struct textd_node) { 0 }, 0);
    print_remarks(stdout, textd_node_find(root, "plugins"));
}

int cli_status(const struct cli *cli)
{
    return control_run(cli, "status", NULL, 0, print_status);
}

static void print_workers(const struct cli *cli, struct textd_node root)
{
    (void)cli;
    status_workers(stdout, textd_node_find(root, "workers"));
}

int cli_worker_list(const struct cli *cli)
{
    return control_run(cli, "worker.list", NULL, 0, print_workers);
}

static void print_plugins(const struct cli *cli, struct textd_node root)
{
    (void)cli;
    status_plugins(stdout, textd_node_find(root, "plugins"), (struct textd_node) { 0 }, 0);
    print_remarks(stdout, textd_node_find(root, "plugins"));
}

int cli_plugin_list(const struct cli *cli)
{
    return control_run(cli, "plugin.list", NULL, 0, print_plugins);
}
