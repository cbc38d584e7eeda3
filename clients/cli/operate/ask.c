/* ask.c: `textctl ping` and `textctl describe`: what runs there, for people or as JSON. */
#include "clients/cli/cli.h"

#include "clients/cli/lib/json.h"
#include "clients/cli/link/session.h"
#include "clients/cli/lib/term.h"
#include "common/clock.h"

static void write_json(struct textd_node root)
{
    json_node(stdout, root);
    putchar('\n');
}

static void print_text(const char *before, struct textd_node node, const char *after)
{
    fputs(before, stdout);
    if (node.type == TEXTD_NODE_TEXT)
        term_text(stdout, node.text, node.length);
    fputs(after, stdout);
}

static void print_ping(struct textd_node root, const char *endpoint, uint64_t elapsed_ns)
{
    long long generation = textd_node_find(root, "generation").integer,
              workers = textd_node_find(root, "workers").integer;
    struct textd_node state = textd_node_find(root, "state");

    printf("%s: ", endpoint);
    print_text("textd ", textd_node_find(root, "version"), "");
    if (state.type == TEXTD_NODE_TEXT)
        print_text(" ", state, "");
    printf(", generation %lld, %lld worker%s ready, %.1f ms\n", generation, workers, workers == 1 ? "" : "s",
           (double)elapsed_ns / 1e6);
}

/* For --ready: whether a document that is sent now would be taken, and run at once. A textd that speaks minor 0 of the
 * protocol tells no state. */
static int check_ready(struct textd_node root, const char *endpoint)
{
    struct textd_node state = textd_node_find(root, "state");

    if (state.type == TEXTD_NODE_TEXT && !textd_node_is(state, "serving")) {
        cli_complain("textd at %s is %.*s: it takes no documents", endpoint, (int)state.length, state.text);
        return CLI_NO_DAEMON;
    }
    struct textd_node listening = textd_node_find(root, "listening");
    if (textd_node_find(root, "workers").integer == 0) {
        cli_complain("textd at %s answers, but no worker takes documents now", endpoint);
        return CLI_NO_DAEMON;
    }
    if (listening.type != TEXTD_NODE_BOOL || listening.integer)
        return CLI_OK;
    cli_complain("textd at %s answers, but clients don't get in now; 'textctl status --json' has why under 'listening'",
                 endpoint);
    return CLI_NO_DAEMON;
}

int cli_ping(const struct cli *cli)
{
    struct session s;
    struct textd_reply *reply = NULL;
    struct textd_error error;
    int rc = session_open(&s, cli);
    uint64_t start_ns = td_now_ns();

    if (rc == CLI_OK && (rc = textd_client_ping(s.client, &reply, &error)) != TEXTD_CLIENT_OK) {
        cli_complain("%s", error.text);
        rc = rc == TEXTD_CLIENT_INVALID ? CLI_USAGE : CLI_NO_DAEMON;
    }
    if (reply && textd_reply_error(reply)) {
        cli_complain("%s: %s", textd_reply_error(reply)->code, textd_reply_error(reply)->message);
        rc = CLI_NO_DAEMON;
    } else if (reply) {
        struct textd_node root = textd_reply_root(reply);
        const char *endpoint = textd_client_endpoint(s.client);
        if (cli->json)
            write_json(root);
        else
            print_ping(root, endpoint, td_now_ns() - start_ns);
        if (rc == CLI_OK && cli->ready)
            rc = check_ready(root, endpoint);
    }
    textd_reply_free(reply);
    session_close(&s);
    return rc;
}

/* "a, b, c" */
static void print_names(struct textd_node names)
{
    struct textd_walk walk = textd_node_walk(names);
    struct textd_node name;

    for (const char *before = ""; textd_walk_next(&walk, NULL, &name); before = ", ")
        print_text(before, name, "");
}

static void print_option(struct textd_node o)
{
    struct textd_node min = textd_node_find(o, "min"), choices = textd_node_find(o, "choices");

    print_text("      ", textd_node_find(o, "name"), "");
    print_text(" (", textd_node_find(o, "type"), ", default ");
    json_node(stdout, textd_node_find(o, "default"));
    if (min.type != TEXTD_NODE_NONE) {
        fputs(", ", stdout);
        json_node(stdout, min);
        fputs(" to ", stdout);
        json_node(stdout, textd_node_find(o, "max"));
    }
    if (choices.length > 0) {
        fputs("; one of ", stdout);
        print_names(choices);
    }
    if (textd_node_find(o, "secret").integer)
        print_text("; a secret, whose file ", textd_node_find(o, "name"), "_file names in the configuration)\n");
    else
        fputs(textd_node_find(o, "per_request").integer ? ")\n" : "; set in the configuration only)\n", stdout);
    print_text("        ", textd_node_find(o, "help"), "\n");
}

static void print_plugin(struct textd_node p)
{
    struct textd_walk options = textd_node_walk(textd_node_find(p, "options"));
    struct textd_node o, needs = textd_node_find(p, "needs");

    print_text("  ", textd_node_find(p, "name"), "");
    print_text(" ", textd_node_find(p, "version"), "");
    print_text(" (", textd_node_find(p, "state"), ")\n");
    print_text("    ", textd_node_find(p, "summary"), "\n");
    if (needs.length > 0) {
        fputs("    needs ", stdout);
        print_names(needs);
        putchar('\n');
    }
    if (textd_node_find(p, "grants").length > 0) {
        fputs("    may use ", stdout);
        print_names(textd_node_find(p, "grants"));
        fputs(textd_node_find(p, "pure").integer ? "\n" : "; a document sent twice may be answered differently\n",
              stdout);
    }
    while (textd_walk_next(&options, NULL, &o))
        print_option(o);
}

static void print_description(struct textd_node root, const char *endpoint)
{
    struct textd_walk pipelines = textd_node_walk(textd_node_find(root, "pipelines"));
    struct textd_walk plugins = textd_node_walk(textd_node_find(root, "plugins"));
    struct textd_walk limits = textd_node_walk(textd_node_find(root, "limits"));
    struct textd_node node, key;

    print_text("textd ", textd_node_find(root, "version"), "");
    printf(" at %s, protocol %lld.%lld", endpoint, (long long)textd_node_find(root, "protocol").integer,
           (long long)textd_node_find(root, "protocol_minor").integer);
    print_text(", plugin ABI ", textd_node_find(root, "abi"), "\n\nPipelines\n");
    while (textd_walk_next(&pipelines, NULL, &node)) {
        print_text("  ", textd_node_find(node, "name"), ": ");
        print_names(textd_node_find(node, "plugins"));
        struct textd_node pool = textd_node_find(node, "pool");
        if (pool.type == TEXTD_NODE_TEXT && !textd_node_is(pool, "default"))
            print_text(" (pool ", pool, ")");
        putchar('\n');
    }
    puts("\nPlugins");
    while (textd_walk_next(&plugins, NULL, &node))
        print_plugin(node);
    puts("\nLimits");
    while (textd_walk_next(&limits, &key, &node)) {
        print_text("  ", key, " ");
        printf("%lld\n", (long long)node.integer);
    }
}

int cli_describe(const struct cli *cli)
{
    struct session s;
    int rc = session_open_described(&s, cli);

    if (rc == CLI_OK && cli->json)
        write_json(textd_reply_root(s.described));
    else if (rc == CLI_OK)
        print_description(textd_reply_root(s.described), textd_client_endpoint(s.client));
    session_close(&s);
    return rc;
}
