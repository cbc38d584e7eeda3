/* commands.c: see commands.h. To add a command, add its rows here and its function to cli.h; to add an act of `plugin`
 * that has options of its own, see plugin/acts.h. A test runs every example. */
#include "clients/cli/commands.h"

#include <string.h>

#include "clients/cli/nats.h"
#include "clients/cli/plugin/acts.h"
#include "clients/cli/rows.h"
#include "clients/cli/trainer.h"

/* ---- Options ----------------------------------------------------------------------------------------------------- */

static const char *const units[] = { "byte", "codepoint", "utf16", NULL };
#define OFFSETS(words) \
    { \
        .kind = OPTION_ONE_OF, .name = "offsets", .value = "U", .what = words, .at = offsetof(struct cli, offsets), \
        .choices = units \
    }

static const struct option_row annotate_options[] = {
    PIPELINE,
    PLUGINS,
    OPTION,
    OFFSETS("count offsets in byte (default), codepoint or utf16; with --json, --jsonl, --csv"),
    LANGUAGE,
    DEADLINE,
    TEXT("trace", 0, "T", "W3C traceparent, for the daemon's log", trace),
    TEXT("tracestate", 0, "T", "W3C tracestate, beside --trace", tracestate),
    TEXT("output", 0, "F", "write to F, not to standard output", output),
    JSON("a line of JSON for each file"),
    COLOR,
    HEADING("In other forms, of files and of batches:"),
    TEXT("html", 0, "F", "a page for a browser, to F: names in colour, sentiment, summary", html),
    FLAG("csv", "a table: a row for each name", csv),
    FLAG("conll", "columns: a line for each token, with its label", conll),
    TEXT("brat", 0, "DIR", "brat's .txt and .ann files, into the new folder DIR", brat),
    HEADING("Batches, of which lines that are wrong become error lines:"),
    TEXT("jsonl", 0, "IN", "annotate the {\"id\",\"text\"} lines of IN (- is standard input)", jsonl),
    COUNT("in-flight", "documents sent before the first is answered (default: 64)", in_flight, 1, 16384),
    FLAG("unordered", "print results as they come, not in the order of the input", unordered),
    HEADING("As for all commands:"),
    ENDPOINT,
    KEYS,
    TIMEOUT("35s, and 5s more than a longer --deadline; never more than 2s for connecting"),
    HELP,
    END,
};

static const struct option_row pipe_options[] = {
    TEXT("from", 0, "F", "lines of the file F (default: standard input)", from),
    TEXT("to", 0, "F", "results to the file F; it remembers how far each source is (default: standard output)", to),
    TEXT("sink", 0, "E", "or to the sink that listens at E", sink),
    TEXT("name", 0, "N", "what the source is called in the results' file (default: its file's name)", name),
    FLAG("sync", "acknowledge what the disk has, not what the system has: for a loss of power", sync),
    HEADING("For textctl pipe sink:"),
    TEXT("listen", 0, "E", "where sources connect: ipc:///PATH, or tcp://127.0.0.1:PORT", listen),
    HEADING("How documents are annotated:"),
    { .kind = OPTION_ENDPOINT,
      .name = "endpoint",
      .letter = 'e',
      .value = "E",
      .what = "where textd listens; may be repeated: then they share the work",
      .at = offsetof(struct cli, endpoints) },
    KEYS,
    IN_FLIGHT("documents under way at each textd (default: 64)"),
    PIPELINE,
    PLUGINS,
    OPTION,
    OFFSETS("count offsets in byte (default), codepoint or utf16"),
    LANGUAGE,
    DEADLINE,
    TIME("timeout", "give up when nothing moves for D (default: 35s)", timeout_ms),
    HELP,
    END,
};

static const struct option_row ping_options[] = {
    FLAG("ready", "69, too, when it takes no documents now, or no worker is ready: for probes", ready),
    ENDPOINT,
    KEYS,
    TIMEOUT(CONNECTING),
    JSON("the reply as one line of JSON"),
    HELP,
    END,
};

static const struct option_row describe_options[] = {
    ENDPOINT, KEYS, TIMEOUT(CONNECTING), JSON("one line of JSON, with all that the protocol says"), HELP, END,
};

static const struct option_row operator_options[] = {
    CONTROL, TIMEOUT("35s"), JSON("the reply as one line of JSON"), HELP, END,
};

static const struct option_row events_options[] = {
    TEXT("events", 0, "E", "the events socket (default: events.sock in the run directory)", events),
    CONTROL,
    TIMEOUT("35s"),
    JSON("each event as a line of JSON"),
    HELP,
    END,
};

static const struct option_row top_options[] = {
    FLAG("once", "one picture, as when the output is no terminal", once), COLOR, CONTROL, TIMEOUT("35s"),
    JSON("one picture, as the line of JSON that status gives"),           HELP,  END,
};

static const struct option_row doctor_options[] = {
    COLOR,
    ENDPOINT,
    KEYS,
    TEXT("control", 'c', "E", "the control socket (default: control.sock beside the endpoint, or in the run directory)",
         control),
    TIME("timeout", "wait D for each answer (default: 5s; never more than 2s for connecting)", timeout_ms),
    JSON("what was found as one line of JSON"),
    HELP,
    END,
};

static const struct option_row bench_options[] = {
    COUNT("rate", "the open loop: N documents a second are due, whatever the answers do", rate, 1, 1000000),
    COUNT("in-flight", "documents in flight on each connection (default: 16; with --rate, at most that many: 16384)",
          in_flight, 1, 16384),
    COUNT("clients", "connections, each with a thread of its own (default: 1)", clients, 1, 256),
    TIME("duration", "measure for D (default: 10s)", duration_ms),
    COUNT("documents", "measure N documents, however long they take", documents, 1, UINT32_MAX),
    TIME("warm-up", "before that, the same load for D, unmeasured (default: 1s)", warm_up_ms),
    TEXT("jsonl", 0, "IN", "send the texts of the {\"text\"} lines of IN (- is standard input)", jsonl),
    TEXT("plot", 0, "F", "draw the latencies by percentile into F, as SVG", plot),
    PIPELINE,
    PLUGINS,
    OPTION,
    LANGUAGE,
    DEADLINE,
    ENDPOINT,
    KEYS,
    TIMEOUT("35s"),
    JSON("the result as one line of JSON; times in microseconds"),
    HELP,
    END,
};

static const struct option_row keygen_options[] = { HELP, END };

/* train and evaluate read their words themselves; these are for their pages. */
static const struct option_row trainer_options[] = { HELP, END };

/* ---- Words that commands begin with ------------------------------------------------------------------------------ */

static const struct act_row pipe_acts[] = {
    { "sink", "", 0, 0, "collect the results of many sources in one file", NULL },
    { .word = NULL },
};

static const struct act_row workers_acts[] = {
    { "restart", "[NUMBER]", 0, 1, "replace that worker, or all; no document is lost", NULL },
    { .word = NULL },
};

/* ---- What may not stand together --------------------------------------------------------------------------------- */

static const char *annotate_conflict(const struct cli *cli)
{
    if (cli->jsonl && cli->n_files > 0)
        return "takes either FILE... or --jsonl IN";
    if (!cli->jsonl && cli->n_files == 0)
        return "needs a FILE (- is standard input), or --jsonl IN";
    if (cli->pipeline && cli->n_plugins > 0)
        return "takes either --pipeline or --plugins";
    int n_forms = (cli->html != NULL) + (cli->brat != NULL) + cli->csv + cli->conll;

    if (n_forms + cli->json > 1)
        return "takes one of --json, --html, --csv, --conll and --brat";
    if (cli->output && (cli->html || cli->brat))
        return "takes no --output with --html and --brat, which name their own";
    if (cli->offsets && (n_forms > cli->csv || (!cli->json && !cli->jsonl && !cli->csv)))
        return "takes --offsets only with --json, --jsonl or --csv: nothing else shows offsets that it could choose";
    if (!cli->jsonl && (cli->in_flight || cli->unordered))
        return "takes --in-flight and --unordered only with --jsonl";
    return NULL;
}

static const char *bench_conflict(const struct cli *cli)
{
    if (cli->jsonl && cli->n_files > 0)
        return "takes either FILE... or --jsonl IN";
    if (cli->documents && cli->duration_ms)
        return "takes either --duration or --documents";
    if (cli->plot && strcmp(cli->plot, "-") == 0)
        return "draws --plot into a file: name one, '-' is none";
    if (cli->pipeline && cli->n_plugins > 0)
        return "takes either --pipeline or --plugins";
    return NULL;
}

static const char *pipe_conflict(const struct cli *cli)
{
    if (cli->pipeline && cli->n_plugins > 0)
        return "takes either --pipeline or --plugins";
    int annotates = cli->n_endpoints > 0 || cli->in_flight || cli->pipeline || cli->n_plugins > 0 ||
                    cli->n_options > 0 || cli->offsets || cli->lang || cli->deadline_ms || cli->timeout_ms ||
                    cli->key || cli->server_key;
    int is_sink = cli->n_files > 0 && strcmp(cli->files[0], "sink") == 0;
    if (cli->n_files > 0 && !is_sink)
        return NULL; /* there is no such word, which is said */
    if (is_sink && (!cli->to || !cli->listen || cli->from || cli->sink || cli->name || annotates))
        return "sink takes --listen E and --to F, and of the rest only --sync";
    if (is_sink)
        return NULL;
    if (cli->listen)
        return "takes --listen only as pipe sink --listen E --to F";
    if (cli->to && cli->sink)
        return "takes either --to or --sink";
    if ((cli->to || cli->sink || cli->name) && !cli->from)
        return "takes --to, --sink and --name only with --from F: standard input can't be read again, so its results "
               "go "
               "to standard output";
    if (cli->sync && !cli->to)
        return "takes --sync only with --to, which says whose disk";
    return cli->name && !cli->to && !cli->sink ? "takes --name only with --to or --sink" : NULL;
}

/* ---- The commands ------------------------------------------------------------------------------------------------ */

#define ASKED "0 it is there, 2 usage, 69 nobody answers"
#define ANNOTATED \
    "0 all good, 1 some document failed, 2 usage, 69 no daemon, 75 try again later (overloaded, past its deadline)"
#define LEARNT "0 done, 1 a file is wrong or can't be read or written, 2 usage"

const struct command commands[] = {
    { .group = "Annotating",
      .name = "annotate",
      .usage = LINES("[option]... FILE...", "--json [option]... FILE...", "--jsonl IN [option]..."),
      .what = "sentences, sentiment, entities and a summary of texts",
      .more = "Shows a report on each file (- is standard input); or, for programs, a line of JSON for each file, or "
              "for each line of a batch.",
      .also = "run parse tag analyze analyse process batch",
      .most = INT32_MAX,
      .words = "files",
      .options = annotate_options,
      .examples = EXAMPLES({ "textctl annotate review.txt", "a report, for people" },
                           { "textctl annotate --plugins segmenter -o segmenter.tokens=true --json review.txt",
                             "one plugin, with an option, for programs" },
                           { "textctl annotate --jsonl reviews.jsonl --output annotated.jsonl", "a batch" },
                           { "textctl annotate --html review.html review.txt", "a page, for a browser" },
                           { "jq -c '{id: .url, text: .body}' pages.jsonl | textctl annotate --jsonl -",
                             "a batch from another program" }),
      .exits = ANNOTATED,
      .conflict = annotate_conflict,
      .run = cli_annotate },
    { .name = "pipe",
      .usage = LINES("[option]... < IN > OUT", "--from IN --to OUT [option]...", "--from IN --sink E [option]...",
                     "sink --listen E --to OUT [--sync]"),
      .what = "JSON lines through textd, none lost and none twice; its sink",
      .more =
          "A filter: {\"id\",\"text\"} lines in, a line of JSON for each out, in order, whole; it reads no faster than "
          "its results are taken. Between files it goes on where it was, whoever was killed: no line is lost, and "
          "none is in OUT twice. A sink collects what several of them send.",
      .also = "filter stream pull push",
      .most = 1,
      .words = "nothing, or sink",
      .acts = pipe_acts,
      .options = pipe_options,
      .examples = EXAMPLES({ "textctl pipe < reviews.jsonl > annotated.jsonl", "a filter" },
                           { "textctl pipe --from reviews.jsonl --to done.jsonl", "goes on where it was" },
                           { "textctl pipe sink --listen tcp://127.0.0.1:7413 --to all.jsonl", "until Ctrl-C" }),
      .exits =
          "0 all good, 1 some document failed, or a file is not what it was, 2 usage, 69 no daemon or no sink, 75 try "
          "again later",
      .conflict = pipe_conflict,
      .run = cli_pipe },
    { .name = "ping",
      .usage = LINES("[option]..."),
      .what = "is textd there? exit code 0, or 69",
      .more = "Says which textd answers, in which state, and how fast.",
      .also = "ready alive hello",
      .words = "no files",
      .options = ping_options,
      .examples = EXAMPLES({ "textctl ping", "for people" },
                           { "textctl ping --ready --timeout 500ms && echo ready", "for a probe" }),
      .exits = ASKED ", or (--ready) it takes no documents now",
      .run = cli_ping },
    { .name = "describe",
      .usage = LINES("[option]..."),
      .what = "what this textd can do: plugins, options, limits",
      .more = "Lists what this textd can do: its pipelines, its plugins with their options, and its limits.",
      .also = "info plugins options limits",
      .words = "no files",
      .options = describe_options,
      .examples = EXAMPLES({ "textctl describe", "for people" },
                           { "textctl describe --json | jq -r '.plugins[].name'", "for programs" }),
      .exits = ASKED,
      .run = cli_describe },
    { .group = "Seeing",
      .name = "status",
      .usage = LINES("[option]..."),
      .what = "what goes on: documents, generations, workers, plugins",
      .more = "What goes on: documents, generations, workers and plugins, the last reload, and what is not as it "
              "should be.",
      .also = "stats show",
      .words = "no words",
      .options = operator_options,
      .examples = EXAMPLES({ "textctl status", "for people" },
                           { "textctl status --json | jq .counters.documents_failed", "for programs" }),
      .exits = OPERATED,
      .run = cli_status },
    { .name = "top",
      .usage = LINES("[option]..."),
      .what = "the same, live, with rates; q or Ctrl-C leaves",
      .more = "What status shows, each second, with rates and percentiles of that second. q or Ctrl-C leaves.",
      .also = "watch monitor live",
      .words = "no words",
      .options = top_options,
      .examples = EXAMPLES({ "textctl top", "each second" }, { "textctl top --once", "one picture" }),
      .exits = OPERATED,
      .run = cli_top },
    { .name = "events",
      .usage = LINES("[option]... [PREFIX]..."),
      .what = "follows what happens, until Ctrl-C",
      .more = "Events begin with server. generation. reload. plugin. worker. It goes on over a restart of the daemon.",
      .also = "log logs follow tail",
      .most = INT32_MAX,
      .words = "prefixes",
      .options = events_options,
      .examples =
          EXAMPLES({ "textctl events", "all of them" }, { "textctl events --json plugin. worker.", "of two kinds" }),
      .exits = OPERATED,
      .run = cli_events },
    { .name = "doctor",
      .usage = LINES("[option]..."),
      .what = "is all as it should be, and what to do about what isn't?",
      .more =
          "Looks at the run directory, sockets, permissions, leftovers, versions, round trips, descriptors, workers, "
          "plugins and their files, reloads and restarts. Changes nothing; works without a daemon, too, and then "
          "says why there is none.",
      .also = "check diagnose health verify",
      .words = "no words",
      .options = doctor_options,
      .examples = EXAMPLES({ "textctl doctor", "a line for each thing that was looked at" },
                           { "textctl doctor --json | jq -r '.findings[] | select(.state != \"ok\") | .text'",
                             "what isn't as it should be" }),
      .exits = "0 all is well, but perhaps for warnings; 1 something is wrong; 2 usage; 69 no textd answers",
      .run = cli_doctor },
    { .group = "Changing",
      .name = "reload",
      .usage = LINES("[option]..."),
      .what = "reads the configuration again, and switches to it if all works",
      .more = "Switches to the new configuration when all of it works, or says what is wrong with it.",
      .also = "refresh",
      .words = "no words",
      .options = operator_options,
      .examples = EXAMPLES({ "textctl reload", "the reason is on stderr when it is refused" }),
      .exits = OPERATED,
      .run = cli_reload },
    { .name = "plugin",
      .what = "list, load, unload, reload, …; new, check, sign, …",
      .more =
          "load, unload, reload and rollback are transactions: nothing changes unless all of it works. "
          "What is for authors needs no daemon, and has a page of its own: textctl plugin new --help, or sign --help.",
      .also = "plugins",
      .least = 1,
      .most = INT32_MAX,
      .words = "list, or one of load, unload, reload, rollback, enable, disable and a NAME, or one for authors: new, "
               "run, check, bench, keygen, sign, verify",
      .acts = plugin_acts,
      .options = plugin_options,
      .examples = EXAMPLES({ "textctl plugin list", "" }, { "textctl plugin load shout --limit 100ms --alone", "" },
                           { "textctl plugin reload shout", "after its file was replaced" },
                           { "textctl plugin disable shout", "at once, without a reload" }),
      .exits = OPERATED,
      .run = cli_plugin },
    { .name = "workers",
      .usage = LINES("[option]...", "restart [NUMBER]"),
      .what = "the worker processes; restart replaces them",
      .more = "Lists the worker processes: state, documents, memory, and what each is at. restart replaces them one by "
              "one; no document is lost.",
      .also = "worker kill",
      .most = INT32_MAX,
      .words = "nothing, or restart and perhaps a worker's NUMBER",
      .acts = workers_acts,
      .options = operator_options,
      .examples = EXAMPLES({ "textctl workers", "" }, { "textctl workers restart 0", "the first one" }),
      .exits = OPERATED,
      .run = cli_workers },
    { .name = "log-level",
      .usage = LINES("LEVEL"),
      .what = "error, warn, info or debug, until the next reload",
      .more = "Sets how much the daemon logs, until the next reload of the configuration.",
      .also = "log level verbose debug",
      .least = 1,
      .most = 1,
      .words = "a LEVEL: error, warn, info or debug",
      .options = operator_options,
      .examples = EXAMPLES({ "textctl log-level debug", "a line for each document" }),
      .exits = OPERATED,
      .run = cli_log_level },
    { .name = "drain",
      .usage = LINES("[option]..."),
      .what = "takes no more documents, and returns when all are answered",
      .more = "textd stays, and can be looked at. Clients are told SHUTTING_DOWN, which they retry elsewhere.",
      .also = "pause",
      .words = "no words",
      .options = operator_options,
      .examples = EXAMPLES({ "textctl drain && textctl status", "nothing is under way any more" }),
      .exits = OPERATED,
      .run = cli_drain },
    { .name = "shutdown",
      .usage = LINES("[option]..."),
      .what = "answers what is in, and ends",
      .more = "Takes no more documents, answers what is in, and ends, as on SIGTERM.",
      .also = "stop quit exit kill halt",
      .words = "no words",
      .options = operator_options,
      .examples = EXAMPLES({ "textctl shutdown", "from afar" }),
      .exits = OPERATED,
      .run = cli_shutdown },
    { .group = "Tools",
      .name = "bench",
      .usage = LINES("[option]... [FILE]...", "--rate N [option]... [FILE]..."),
      .what = "how many documents a second, and how long they take",
      .more =
          "Sends the files' texts, or built-in ones, again and again. Without --rate, a document is sent when another "
          "is answered: that shows how much textd can do. With --rate, documents are due at fixed times: that shows "
          "how long clients wait, and a latency counts from when its document was due.",
      .also = "load perf speed benchmark stress measure",
      .most = INT32_MAX,
      .words = "files",
      .options = bench_options,
      .examples = EXAMPLES({ "textctl bench", "how much it can do" },
                           { "textctl bench --rate 200 --plot latency.svg", "how long clients wait at 200 a second" },
                           { "textctl bench --plugins segmenter --documents 1000 review.txt", "one plugin" }),
      .exits =
          "0 all were annotated, and --rate was kept up; 1 some failed, or it was not; 2 usage; 69 no daemon, or it "
          "went away; 75 failures that may pass, or no answer for --timeout",
      .conflict = bench_conflict,
      .run = cli_bench },
    { .name = "train",
      .usage = LINES("PLUGIN [option]..."),
      .what = "a model for a plugin, from your own texts",
      .more = "Plugins that learn: entities, language, segmenter, sentiment, summarizer. Needs no daemon. textctl "
              "train PLUGIN "
              "--help says more.",
      .also = "learn fit",
      .words = "a plugin's name",
      .options = trainer_options,
      .examples = EXAMPLES({ "textctl train entities --train notes.jsonl --dev dev.jsonl --out my.model", "" }),
      .exits = LEARNT,
      .start = trainer_start },
    { .name = "evaluate",
      .usage = LINES("PLUGIN [option]... FILE..."),
      .what = "how well a model does on texts whose answers are known",
      .more =
          "Plugins that learn: entities, language, segmenter, sentiment, summarizer. Needs no daemon. textctl evaluate "
          "PLUGIN --help says more.",
      .also = "eval score test",
      .words = "a plugin's name",
      .options = trainer_options,
      .examples = EXAMPLES({ "textctl evaluate entities dev.jsonl", "the model that is installed" }),
      .exits = LEARNT,
      .start = trainer_start },
    { .name = "nats",
      .usage = LINES("setup [option]..."),
      .what = "streams and consumer for textd-nats, and whether they are right",
      .more = "Makes the streams for documents, results and dead letters and the durable consumer that bridges share, "
              "reads them back, and says what differs. Starts textd-nats setup, which must be installed; textctl nats "
              "setup --help has its options.",
      .also = "jetstream bridge stream",
      .words = "setup",
      .options = trainer_options,
      .examples = EXAMPLES({ "textctl nats setup --server nats://127.0.0.1:4222", "makes what is missing" },
                           { "textctl nats setup --check", "changes nothing" }),
      .exits = "0 all is as it should be, 1 something differs, 2 or 64 usage, 69 no NATS",
      .start = nats_start },
    { .name = "keygen",
      .usage = LINES("[NAME]"),
      .what = "a pair of keys, for connections that are encrypted (CURVE)",
      .more =
          "Makes NAME.key_secret, which only you may read and which stays where it is used, and NAME.key, the public "
          "key, for the other side. NAME may stand in a folder; without one it is this user's name. Files that are "
          "there are left as they are. Needs no daemon.",
      .also = "key keys curve certificate cert",
      .most = 1,
      .words = "a NAME, or nothing",
      .options = keygen_options,
      .examples = EXAMPLES({ "textctl keygen server", "server.key_secret and server.key" },
                           { "mkdir keys && textctl keygen keys/alice", "a client's" }),
      .exits = "0 both were made; 1 a file is there already, or can't be made; 2 usage",
      .run = cli_keygen },
    { .name = NULL },
};

const struct command *command_find(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

const struct command *command_find_act(const struct command *command, const char *word)
{
    for (const struct act_row *act = command->acts; word && act && act->word; act++)
        if (act->own && strcmp(act->word, word) == 0)
            return act->own;
    return NULL;
}

/* The first act that is a command itself, from `act` on. */
static const struct command *first_own(const struct act_row *act)
{
    while (act && act->word && !act->own)
        act++;
    return act && act->word ? act->own : NULL;
}

const struct command *command_next(const struct command *before)
{
    const struct command *c = commands, *own;

    if (!before)
        return c;
    for (; c->name && c != before; c++) /* `before` is a command, or else an act of one that is passed here */
        for (const struct act_row *act = c->acts; act && act->word; act++)
            if (act->own == before)
                return (own = first_own(act + 1)) ? own : c[1].name ? c + 1 : NULL;
    return (own = first_own(c->acts)) ? own : c[1].name ? c + 1 : NULL;
}
