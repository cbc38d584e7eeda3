/* help.c: the pages that --help prints (cli_help). Each fits a screen of 24 lines. */
#include "clients/cli/cli.h"

#include <string.h>

static const struct {
    const char *command; /* NULL: textctl itself */
    const char *page;
} pages[] = {
    { NULL, "textctl asks textd, which annotates text: sentences, sentiment, entities, a summary.\n"
            "\n"
            "usage: textctl annotate [option]... FILE...   annotate files (- is standard input) and show the result\n"
            "       textctl annotate --jsonl IN            annotate {\"id\",\"text\"} lines; results are lines, too\n"
            "       textctl ping                           is textd there? exit code 0, or 69\n"
            "       textctl describe                       what this textd can do: plugins, options, limits\n"
            "For operators, each with --json:\n"
            "       textctl status, top, workers           what goes on: once, live, by worker\n"
            "       textctl plugin list|load|unload|reload|rollback|enable|disable [NAME]\n"
            "       textctl reload                         the configuration; exit code 1: refused, nothing changed\n"
            "       textctl events [PREFIX]...             follows what happens\n"
            "       textctl drain, shutdown, log-level LEVEL\n"
            "       textctl train|evaluate PLUGIN          its model, from your own texts\n"
            "       textctl COMMAND --help                 the command's options\n"
            "       textctl --version\n"
            "\n"
            "  -e, --endpoint E   where textd listens, ipc://PATH or tcp://HOST:PORT (default: $TEXTD_ENDPOINT,\n"
            "                     or textd.sock in the run directory, where textd listens by default)\n"
            "      --timeout D    give up after D, such as 500ms or 2s (default: 35s, and 5s more than a\n"
            "                     longer --deadline; never more than 2s for connecting)\n"
            "\n"
            "Exit codes: 0 all good, 1 some document failed, 2 usage, 69 no daemon, 75 try again later.\n" },
    { "annotate",
      "usage: textctl annotate [option]... FILE...       a report for each file; - is standard input\n"
      "       textctl annotate --json [option]... FILE...  a line of JSON for each file\n"
      "       textctl annotate --jsonl IN [option]...    a line of JSON for each {\"id\",\"text\"} line of IN\n"
      "  -p, --pipeline P      run the pipeline P (default: default)\n"
      "      --plugins A,B     run just these plugins and what they need\n"
      "  -o, --option P.K=V    set the option K of plugin P for these documents; may be repeated\n"
      "      --offsets U       count offsets in byte (default), codepoint or utf16; with --json, --jsonl\n"
      "      --lang L          the text's language, such as en\n"
      "      --deadline D      the result is not wanted later than this, such as 500ms or 2s\n"
      "      --trace T         W3C traceparent, for the daemon's log\n"
      "      --output F        write to F, not to standard output\n"
      "      --color W         auto (default; NO_COLOR is honoured), always or never\n"
      "With --jsonl (IN may be -), lines that are wrong become error lines, and it goes on:\n"
      "      --in-flight N     documents sent before the first is answered (default: 64)\n"
      "      --unordered       print results as they come, not in the order of the input\n"
      "  -e, --endpoint E; --timeout D    as for all commands: textctl --help\n"
      "Exit codes: 0 all good, 1 some document failed, 2 usage, 69 no daemon, 75 try again later\n"
      "(overloaded, past its deadline).\n" },
    { "train",
      "usage: textctl train PLUGIN [option]...\n"
      "\n"
      "Learns a model for the plugin from texts. Needs no daemon. textctl train entities --help says more.\n" },
    { "evaluate", "usage: textctl evaluate PLUGIN [option]... FILE...\n"
                  "\n"
                  "How well a model does on texts whose answers are known. Needs no daemon. textctl evaluate entities\n"
                  "--help says more.\n" },
    { "ping", "usage: textctl ping [--ready] [-e E] [--timeout D] [--json]\n"
              "\n"
              "Says which textd answers, and how fast. Exit code 0; 69: nobody answers.\n"
              "      --ready           69, too, when it takes no documents now, or no worker is ready: for probes\n" },
    { "describe",
      "usage: textctl describe [-e E] [--timeout D] [--json]\n"
      "\n"
      "Lists what this textd can do: its pipelines, plugins with their options, and limits. With --json as one\n"
      "line of JSON, with all that the protocol says.\n" },
#define CONTROL_OPTIONS \
    "  -c, --control E   the control socket (default: control.sock in the run directory)\n" \
    "      --timeout D   give up after D, such as 500ms or 2s (default: 35s)\n" \
    "      --json        the reply as one line of JSON\n" \
    "Exit codes: 0 done, 1 refused with the reason, 2 usage, 69 no daemon, 75 try again later\n"
    { "plugin",
      "usage: textctl plugin list\n"
      "       textctl plugin load NAME [--file F] [--limit D] [-o KEY=VALUE]... [-p PIPELINE]...\n"
      "       textctl plugin unload NAME      take it out\n"
      "       textctl plugin reload [NAME]    take its newer file; all of them without NAME\n"
      "       textctl plugin rollback NAME    go back to the copy that served before\n"
      "       textctl plugin enable NAME      run it (again), whatever it has done\n"
      "       textctl plugin disable NAME     leave it out; replies say so\n"
      "\n"
      "load, unload, reload and rollback are transactions: nothing changes unless all of it works.\n"
      "      --file F      the library is F.so in a plugin directory (default: NAME.so)\n"
      "      --limit D     how long it may take for one document\n"
      "  -o, --option K=V  set its option K; may be repeated\n"
      "  -p, --pipeline P  add it to the pipeline P; may be repeated (default: default, if that is all plugins)\n"
      "      --alone       add it to none: clients ask for it by name\n" CONTROL_OPTIONS },
    { "reload", "usage: textctl reload\n"
                "\n"
                "Reads the configuration again and switches to it, or says what is wrong with it.\n" CONTROL_OPTIONS },
    { "status", "usage: textctl status\n\nWhat goes on: documents, generations, workers, plugins.\n" CONTROL_OPTIONS },
    { "workers", "usage: textctl workers                    the worker processes\n"
                 "       textctl workers restart [NUMBER]   replaces them; no document is lost\n" CONTROL_OPTIONS },
    { "drain", "usage: textctl drain\n\nTakes no more documents, and returns when all are answered. textd "
               "stays.\n" CONTROL_OPTIONS },
    { "shutdown", "usage: textctl shutdown\n\nAnswers what is in, and ends.\n" CONTROL_OPTIONS },
    { "log-level", "usage: textctl log-level error|warn|info|debug\n\nUntil the next reload of the "
                   "configuration.\n" CONTROL_OPTIONS },
    { "events", "usage: textctl events [PREFIX]...\n"
                "\n"
                "Follows what happens, until Ctrl-C. Events begin with server. generation. reload. plugin. worker.\n"
                "      --events E    the events socket (default: events.sock in the run directory)\n" CONTROL_OPTIONS },
    { "top", "usage: textctl top [--once]\n"
             "\n"
             "A live view, each second: q or Ctrl-C leaves. With --once, or when the output is no terminal, one.\n"
             "      --color W     auto (default; NO_COLOR is honoured), always or never\n" CONTROL_OPTIONS },
};

void cli_help(FILE *out, const char *command)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (command == pages[i].command || (command && pages[i].command && strcmp(command, pages[i].command) == 0))
            fputs(pages[i].page, out);
}
