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
    { "ping", "usage: textctl ping [-e E] [--timeout D] [--json]\n"
              "\n"
              "Says which textd answers, and how fast. Exit code 0; 69: nobody answers.\n" },
    { "describe",
      "usage: textctl describe [-e E] [--timeout D] [--json]\n"
      "\n"
      "Lists what this textd can do: its pipelines, plugins with their options, and limits. With --json as one\n"
      "line of JSON, with all that the protocol says.\n" },
};

void cli_help(FILE *out, const char *command)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (command == pages[i].command || (command && pages[i].command && strcmp(command, pages[i].command) == 0))
            fputs(pages[i].page, out);
}
