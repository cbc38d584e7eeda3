/* found.h: what a check has found, and the pages that all its processes share. Each kind of finding is a line of
 * SDK_FINDINGS: its name, which scripts may rely on, and what to do about it. */
#ifndef SDK_FOUND_H
#define SDK_FOUND_H

#include <stdatomic.h>
#include <stdint.h>

#include "daemon/both/frames.h"
#include "sdk/fence.h"

/* X(number, name, what to do) */
#define SDK_FINDINGS(X) \
    X(FILE, "file", "textd would not load it from there: mend the file or its folder") \
    X(ORIGIN, "origin", \
      "textd loads a copy, so $ORIGIN leads nowhere: link what it brings along statically, or by an absolute path") \
    X(LOAD, "load", "link with -Wl,-z,defs, and link what it needs statically or install it") \
    X(SYMBOL, "symbol", "export the constant: TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = { … }") \
    X(ABI, "abi", "begin the struct with TEXTD_PLUGIN_HEAD, and build it with this textd's header") \
    X(NAME, "name", "give it a name of [a-z][a-z0-9_-]*") \
    X(VERSION, "version", "give it a semantic version") \
    X(LICENSE, "license", "name its licence as an SPDX expression") \
    X(SUMMARY, "summary", "say in one sentence what it does") \
    X(PROCESS, "process", "a plugin must have a process function") \
    X(LAYERS, "layers", "mend needs_layers and adds_layers") \
    X(OPTIONS, "options", "mend the table of options; the macros TEXTD_OPTION_* fill it in") \
    X(NEEDS, "needs", "install the plugin that adds the layer, or name its folder with --plugin-dir") \
    X(GRANTS, "grants", "do without, or say by textd.grants/1 what it needs; an operator has to grant it") \
    X(CONSTRUCTOR, "constructor", "do in create what the constructor does: it runs before the plugin is judged") \
    X(CREATE, "create", "create must work with what its table of options says is allowed, or say why not") \
    X(CHECK_OPTIONS, "check-options", "the check of its options must accept the values that it has by default") \
    X(SELFTEST, "selftest", "its self-test must pass") \
    X(CRASH, "crash", "run the document under gdb or valgrind") \
    X(EXIT, "exit", "return an error instead: its process is the worker's, and holds other documents") \
    X(HANG, "hang", "bound the loop, and ask host->should_stop in it") \
    X(SANITIZER, "sanitizer", \
      "mend what the sanitizer tells; its run-time goes first: LD_PRELOAD=$(cc -print-file-name=libasan.so) textctl " \
      "…") \
    X(VALGRIND, "valgrind", "mend what valgrind tells") \
    X(OVERRUNS, "overruns", "keep inside what host->alloc gave") \
    X(WRITES_TEXT, "writes-text", "the text is only to be read: copy what you change into memory of host->alloc") \
    X(READS_OUTSIDE, "reads-outside-text", "stop at text_length: there is no NUL behind the text") \
    X(WRITES_OPTIONS, "writes-options", "options, language and the struct itself are only to be read") \
    X(WRITES_LAYER, "writes-layer", "others' layers are only to be read") \
    X(OUTSIDE_LAYER, "reads-outside-layer", "stop at the layer's count") \
    X(STALE, "stale", "keep no pointer into a document beyond its process call") \
    X(IMPURE, "impure", \
      "the result may depend on text, options and the plugin's files alone: look for static state, memory of " \
      "host->alloc that is read before it is written, time, random numbers, addresses, hash order, the locale") \
    X(STATIC_STATE, "static-state", \
      "keep what an instance has in *self: one file may be loaded twice with different options") \
    X(LEAK, "leak", "free what process allocates, or take it from host->alloc") \
    X(QUADRATIC, "quadratic", "find the loop in a loop; bound how far it looks") \
    X(IGNORES_STOP, "ignores-stop", "ask host->should_stop in loops that may run for more than a millisecond") \
    X(STOPPED_RESULT, "stopped-result", "when host->should_stop says so, return TEXTD_STOPPED") \
    X(STOPS_UNASKED, "stops-unasked", "return TEXTD_STOPPED only when host->should_stop said so") \
    X(NO_MEMORY, "no-memory", "when host->alloc returns NULL, return TEXTD_NO_MEMORY, and only then") \
    X(MEMORY, "memory", "take less of host->alloc: a document has limits.document_memory, 1 GiB unless it is set") \
    X(RESULT, "result", "write one value: keys before values, an end for each begin, offsets on character borders") \
    X(SPANS, "spans", "order spans by start, keep them inside the text and on character borders") \
    X(LAYER_MISSING, "layer-missing", "add each layer of adds_layers in every document, be it without spans") \
    X(LAYER_UNDECLARED, "layer-undeclared", "declare it in needs_layers or adds_layers: the order of plugins follows") \
    X(LAYER_MEMORY, "layer-memory", "take spans and columns from host->alloc: they are not copied") \
    X(LAYER_CONTENT, "layer-content", "keep to what include/textd/plugin.h says of the layer") \
    X(RETURN_CODE, "return-code", "return one of TEXTD_OK, TEXTD_FAILED and their kin") \
    X(UNEXPLAINED, "unexplained", "call host->explain before TEXTD_FAILED is returned") \
    X(FAILS, "fails", "it must have a result for some document") \
    X(THREADS, "threads", "start no threads: an instance is called by one thread of one process") \
    X(CHILDREN, "children", "start no processes") \
    X(SIGNALS, "signals", "leave signals as they are: they are the worker's") \
    X(LOCALE, "locale", "don't call setlocale; uselocale changes it for the thread, and is to be undone") \
    X(FOLDER, "folder", "don't change the working directory or the umask") \
    X(ENVIRONMENT, "environment", "don't change the environment") \
    X(DESCRIPTORS, "descriptors", \
      "close what was opened in process, and nothing else; keep files open from create on") \
    X(FLOATING_POINT, "floating-point", \
      "leave rounding and denormals as they are: don't link with -ffast-math, which changes them for all plugins") \
    X(TIMER, "timer", "set no alarms and timers") \
    X(OUTPUT, "output", "use the extension textd.log/1 in the place of stdout and stderr") \
    X(LOGS_TEXT, "logs-text", "never log a document's text: logs go further than documents may")

enum sdk_finding_id {
#define X(number, name, what) SDK_##number,
    SDK_FINDINGS(X)
#undef X
        SDK_N_FINDINGS
};

#define SDK_MOST_DOCUMENTS 256
#define SDK_NO_DOCUMENT UINT32_MAX
#define SDK_NAMED_DOCUMENTS 3

/* One kind, however many documents showed it. */
struct sdk_finding {
    uint32_t is_found;
    uint32_t n_documents; /* that showed it; 0: it was found outside of documents */
    uint32_t documents[SDK_NAMED_DOCUMENTS];
    uint8_t has_shown[SDK_MOST_DOCUMENTS];
    char words[400]; /* of the first time */
    char place[200]; /* "shout+0x1139 (shout.c:35)"; "" */
};

/* Where the process under test is. */
enum sdk_at {
    SDK_AT_NOTHING,
    SDK_AT_OPEN,
    SDK_AT_CREATE,
    SDK_AT_CHECK_OPTIONS,
    SDK_AT_SELFTEST,
    SDK_AT_PROCESS,
    SDK_AT_DESTROY
};

const char *sdk_at_words(enum sdk_at at);

/* What two runs of a document are compared by. */
struct sdk_print {
    uint64_t result, layers, words;
    uint32_t is_known;
    int32_t rc;
};

struct sdk_board {
    struct td_scoreboard worker; /* the host's, and what its handler of fatal signals writes */
    _Atomic uint64_t since_ns;   /* when the call under way began; 0: none is */
    _Atomic uint32_t at;         /* enum sdk_at */
    _Atomic uint32_t is_target;  /* the plugin that is called is the one that is checked */
    _Atomic uint32_t document;   /* index in the corpus; SDK_NO_DOCUMENT */
    _Atomic uint32_t plugin;     /* index in the set */
    _Atomic uint32_t step;       /* how far the stage is, for who goes on behind a death */
    char doing[120];             /* more about the call, for words: "with option n=5"; "" */
    uint32_t crash_as;           /* the finding that a crash is now */
    char plugin_names[TD_MAX_PLUGINS][32], plugin_paths[TD_MAX_PLUGINS][1024];
    uint64_t stack_top;          /* of the thread that calls plugins */
    struct sdk_blocks blocks[2]; /* fenced memory: of this document and of the one before */
    struct sdk_finding findings[SDK_N_FINDINGS];
    struct sdk_print prints[2][SDK_MOST_DOCUMENTS]; /* without and with the layers of optional needs */
    uint8_t is_bad[SDK_MOST_DOCUMENTS];             /* it killed a process: it isn't run again */
    uint32_t n_documents, n_ended_well, n_refused;  /* different ones; with a result, and refused with words */
    char refusal[512];                              /* the words of the first */
    char version[72];                               /* the plugin's */
    double us_per_kib;                              /* for prose; 0: not known */
    double exponent;                                /* the steepest growth; 0: all were too quick to tell */
    char steepest[32];                              /* where */
    char skipped[200];                              /* what wasn't looked at, and why; "" */
    char neighbour[300];                            /* a plugin that it needs failed here; "" */
};

extern struct sdk_board *sdk_board;

/* Makes the board. -1: no memory. */
int sdk_board_make(void);

const char *sdk_finding_name(uint32_t id);
const char *sdk_finding_advice(uint32_t id);

/* Notes a finding at the board's document, from any process of the check. */
void sdk_found(enum sdk_finding_id id, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, with where in the plugin it was. */
void sdk_found_at(enum sdk_finding_id id, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* In between, nothing is noted in this process. */
void sdk_found_silence(int is_silent);

int sdk_is_found(enum sdk_finding_id id);

#endif
