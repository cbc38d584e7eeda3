/* plugin.h: the plugin ABI of textd, version 1.0. SPDX-License-Identifier: Apache-2.0
 *
 * A plugin is a shared library that exports one constant, `textd_plugin_v1`, and reads or adds layers of spans over
 * a document's text, and writes a result for the client. This header is all that it is compiled against: plain C11,
 * C++17 or later, no other dependency. docs/plugins.md walks through a first plugin; plugins/ has four real ones.
 *
 * Life of a plugin.
 *   1. A worker process opens the library (RTLD_NOW | RTLD_LOCAL) and judges the head of `textd_plugin_v1`; nothing
 *      of the plugin is called before that, save ELF constructors, which run inside dlopen.
 *   2. `create` makes an instance from the options that the operator set. `selftest` is run once.
 *   3. `process` is called once for each document, in the order that the declared layers require.
 *   4. `destroy` is called when the worker retires. The library is never unloaded while the process lives.
 *
 * Threads. An instance is called by one thread of one process, never re-entered, and the host may be called only from
 * inside such a call (create, process, selftest, destroy), by that thread. Without the operator's grant plugins start
 * no threads, open no files or sockets and see no environment; they never fork. See grants.h.
 *
 * Memory. What the instance keeps is the plugin's own (malloc it, free it in destroy). Whatever goes into a document
 * comes from host->alloc and dies with the document. What the host hands in is borrowed until the call returns, save
 * resources, which stay until destroy has returned. Nothing allocated on one side is freed on the other.
 *
 * Text. UTF-8, valid, byte for byte what the client sent; pointer and length, no NUL at the end, and NUL bytes
 * may stand inside. Every offset in this header is a byte offset into the text, half-open [start, end), and must lie on
 * a character border. The host converts offsets to the unit that the client asked for.
 *
 * Purity. A result may depend on the text, the options and the plugin's own files; never on earlier documents, the time
 * or the locale. Clients may send a document twice and must be able to trust either reply. A plugin that was granted
 * files, network or environment is shown to them as one that may do otherwise.
 *
 * Growth. Structs that cross the border start with their size and grow only at the end. The host takes any plugin
 * whose abi_major is its own and whose abi_minor is not above its own. Fields are fixed-width.
 */
#ifndef TEXTD_PLUGIN_H
#define TEXTD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define TEXTD_STATIC_ASSERT(test, why) static_assert(test, why)
#define TEXTD_EXPORT extern "C" __attribute__((visibility("default")))
#define TEXTD_NONE = {} /* what a field is that is left out; C has that without being told */
#else
#define TEXTD_STATIC_ASSERT(test, why) _Static_assert(test, why)
#define TEXTD_EXPORT __attribute__((visibility("default")))
#define TEXTD_NONE
#endif

/* ---- Versions ---------------------------------------------------------------------------------------------------- */

#define TEXTD_PLUGIN_MAGIC 0x50445854u /* "TXDP" in memory, on a little-endian machine */

#define TEXTD_ABI_MAJOR 1
#define TEXTD_ABI_MINOR 0 /* the newest minor that this header describes */

/* The minor that a plugin *needs* goes into its abi_minor: 0 unless the plugin calls something that came later, so that
 * a plugin built with tomorrow's header still loads into today's daemon. Define it before the include to raise it. */
#ifndef TEXTD_NEEDS_ABI_MINOR
#define TEXTD_NEEDS_ABI_MINOR 0
#endif

/* Non-zero when `object` (a struct that starts with `size`) is new enough to have `field`. */
#define TEXTD_HAS(object, type, field) ((object)->size >= offsetof(type, field) + sizeof(((type *)0)->field))

/* ---- Return values ----------------------------------------------------------------------------------------------- */

/* What create, process, selftest and the host's own functions return. A plugin that fails calls host->explain first. */
#define TEXTD_OK 0
#define TEXTD_FAILED (-1)    /* anything that the words given to host->explain describe */
#define TEXTD_NO_MEMORY (-2) /* host->alloc returned NULL: the document's memory limit is reached */
#define TEXTD_STOPPED (-3)   /* process gave up because host->should_stop said so */
#define TEXTD_NOT_FOUND (-4) /* no such layer, column or resource */
#define TEXTD_INVALID (-5)   /* an argument breaks a rule of this header; the host has noted which */

/* ---- Spans and layers -------------------------------------------------------------------------------------------- */

/* Bytes [start, end) of the text. Eight bytes for ever: spans are copied in bulk. */
struct textd_span {
    uint32_t start;
    uint32_t end;
};
TEXTD_STATIC_ASSERT(sizeof(struct textd_span) == 8, "spans are copied in bulk");

/* Bytes that somebody else owns: no NUL at the end. The element of a TEXTD_TEXT column. */
struct textd_text {
    const char *bytes;
    uint64_t length;
};

/* A layer as host->layer_get fills it in. The spans are ordered by start; they belong to the document. */
struct textd_layer {
    uint32_t size;  /* set it to sizeof(struct textd_layer) before the call */
    uint32_t count; /* of spans */
    const struct textd_span *spans;
};

/* A layer is named "name/version"; the version changes when its meaning does. These are the ones that the built-in
 * plugins share. A plugin names layers of its own with its domain: "org.example.topics/1".
 *
 *   language/1   which language the text is in; ordered, not overlapping, together covering the text: one span, or in a
 *                mixed text one for each run of sentences in one language; none for an empty text.
 *                Columns "code" (TEXTD_TEXT): BCP 47 in its canonical, shortest form ("en", "nb", "zh-Hant"), "und"
 *                when unsure; "score" (TEXTD_F32): 0..1, the probability that the code is right. Perhaps also "foreign"
 *                (TEXTD_F32): 0..1, that it is any language but English, which can be sure where the code isn't.
 *                The host reads it as well: the language of most of the text is the reply's doc.language.
 *   sentences/1  sentences; ordered, not overlapping.
 *   tokens/1     words, numbers, punctuation after the conventions of Universal Dependencies for English ("do|n't",
 *                "John|'s"); ordered, not overlapping, together covering all text that is not blank.
 *                Column "kind" (TEXTD_U8): one of TEXTD_TOKEN_*.
 *   entities/1   named entities and expressions; ordered, not overlapping.
 *                Columns "type" (TEXTD_TEXT): PERSON, ORG, LOC, DATE, MONEY, PERCENT, …; "score" (TEXTD_F32): 0..1, that it is
 *                of this type; "name_score" (TEXTD_F32): 0..1, that it is an entity at all.
 */
#define TEXTD_LANGUAGE "language/1"
#define TEXTD_SENTENCES "sentences/1"
#define TEXTD_TOKENS "tokens/1"
#define TEXTD_ENTITIES "entities/1"

/* In needs_layers, this suffix makes a need optional: "use it, and run after it, when the pipeline has it". An optional
 * TEXTD_LANGUAGE is more than that: whoever adds it is brought along whenever the configuration has it, as it costs little,
 * and what takes a text for one in another language gets all of it wrong. */
#define TEXTD_OPTIONAL "?"

#define TEXTD_TOKEN_WORD 1   /* letters, perhaps with apostrophes, periods, digits inside: "O'Brien", "U.S.", "B2B" */
#define TEXTD_TOKEN_NUMBER 2 /* "42", "3.14", "1,000", "10th" */
#define TEXTD_TOKEN_PUNCT 3  /* "." "," "(" "…" */
#define TEXTD_TOKEN_SYMBOL 4 /* "$" "%" "+" emoji and emoticons */
#define TEXTD_TOKEN_LINK 5   /* URLs, e-mail addresses, "@name", "#topic" */

/* ---- Types of option values and columns -------------------------------------------------------------------------- */

#define TEXTD_BOOL 1  /* option */
#define TEXTD_INT 2   /* option */
#define TEXTD_FLOAT 3 /* option */
#define TEXTD_TEXT 4  /* option: any text. column: struct textd_text */
#define TEXTD_U8 5    /* column: uint8_t */
#define TEXTD_U32 6   /* column: uint32_t */
#define TEXTD_F32 7   /* column: float */

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/* One value of an option. The fields stand side by side, not in a union, so that C++17 can initialise them in order. */
struct textd_value {
    uint32_t type;    /* TEXTD_BOOL, TEXTD_INT, TEXTD_FLOAT or TEXTD_TEXT */
    uint32_t length;  /* of `text`, in bytes */
    int64_t integer;  /* TEXTD_INT; TEXTD_BOOL as 0 or 1 */
    double number;    /* TEXTD_FLOAT, always finite */
    const char *text; /* TEXTD_TEXT; never NULL for it */
};
TEXTD_STATIC_ASSERT(sizeof(struct textd_value) == 32, "values are handed over as an array");

/* Flags of an option. */
#define TEXTD_PER_REQUEST 1u /* a client may set it for one document */
/* A text that nobody is shown, such as a key. Its value comes from a file that the configuration names as the option with "_file"
 * behind: "key_file: /etc/textd/redact.key" for an option "key". Never per request. A host that doesn't know the flag takes the
 * option for any other text. */
#define TEXTD_SECRET 2u

/* The declaration of an option. Everything that textd says or checks about it comes from here: the checks of
 * configuration and requests, `describe`, the error messages. Write it with the macros below. */
struct textd_option {
    uint32_t type;
    uint32_t flags;
    const char *name; /* [a-z][a-z0-9_]* */
    const char *help; /* one sentence, no full stop */
    int64_t initial_integer, min_integer, max_integer;
    double initial_number, min_number, max_number;
    const char *initial_text;
    const char *const *choices; /* TEXTD_TEXT: the allowed values, NULL at the end; NULL when any will do */
};

#define TEXTD_OPTION_BOOL(name, initial, flags, help) \
    { \
        TEXTD_BOOL, flags, name, help, initial, 0, 1, 0, 0, 0, NULL, NULL \
    }
#define TEXTD_OPTION_INT(name, initial, min, max, flags, help) \
    { \
        TEXTD_INT, flags, name, help, initial, min, max, 0, 0, 0, NULL, NULL \
    }
#define TEXTD_OPTION_FLOAT(name, initial, min, max, flags, help) \
    { \
        TEXTD_FLOAT, flags, name, help, 0, 0, 0, initial, min, max, NULL, NULL \
    }
#define TEXTD_OPTION_TEXT(name, initial, choices, flags, help) \
    { \
        TEXTD_TEXT, flags, name, help, 0, 0, 0, 0, 0, 0, initial, choices \
    }

/* ---- The document ------------------------------------------------------------------------------------------------ */

/* A document as `process` sees it. Owned by the host, valid until process returns; not to be written to. */
struct textd_doc {
    uint32_t size;
    uint32_t text_length; /* bytes */
    const char *text;     /* UTF-8, valid */
    /* This plugin's options as they hold for this document, one a declared option, in the table's order: what the
     * operator set, and over it what the client set for this document. */
    const struct textd_value *options;
    const char *lang; /* the client's BCP 47 hint in its canonical form ("en-US"); length 0 when it gave none */
    uint32_t lang_length;
    uint32_t reserved;
};

/* A read-only file of the plugin's, see host->resource. */
struct textd_resource {
    uint32_t size; /* set it to sizeof(struct textd_resource) before the call */
    uint32_t reserved;
    const void *data;
    uint64_t length; /* bytes; may be 0 */
};

/* ---- The host ---------------------------------------------------------------------------------------------------- */

/* What the host offers. The struct outlives every instance. Functions that take a document may be called only with the
 * one that process was given, and only until it returns. */
struct textd_host {
    uint32_t size;
    uint16_t abi_major, abi_minor; /* the host's */
    const char *version;           /* the daemon's, for information: never decide on it */

    /* Memory that dies with the document: `bytes` of it at a multiple of `align` (a power of two, at most 64), not
     * zeroed. NULL when the document's memory limit is reached: return TEXTD_NO_MEMORY. */
    void *(*alloc)(struct textd_doc *doc, uint64_t bytes, uint64_t align);

    /* Fills in `layer`. TEXTD_NOT_FOUND when no plugin of this pipeline has added it, as is usual for an optional
     * need; a layer that was declared as needed without "?" is always there when process is called. */
    int32_t (*layer_get)(struct textd_doc *doc, const char *name, struct textd_layer *layer);

    /* Adds a layer of `count` spans, which must be ordered by start, inside the text, on character borders, and come
     * from alloc (they are not copied). TEXTD_INVALID when they are not, or when the layer was not declared in
     * adds_layers or is there already. */
    int32_t (*layer_add)(struct textd_doc *doc, const char *name, const struct textd_span *spans, uint32_t count);

    /* The column `column` of a layer: an array of as many elements of `type` as the layer has spans. NULL when there is
     * none of that name and type. For a layer of no spans the pointer may not be read from, but is not NULL. */
    const void *(*column_get)(struct textd_doc *doc, const char *layer, const char *column, uint32_t type);

    /* Adds a column to a layer that this plugin has added to this document. The array comes from alloc; it is not
     * copied. The text of TEXTD_TEXT elements must live as long as the document or the instance, and be UTF-8. */
    int32_t (*column_add)(struct textd_doc *doc, const char *layer, const char *column, uint32_t type,
                          const void *values);

    /* The result for the client, written in order, as one value; most plugins write a map. A plugin that writes none
     * has the result nil. A mistake (an end without begin, a map's value without its key, two values at the top, an
     * offset outside the text or inside a character, invalid UTF-8, a number that is not finite) or a limit (depth
     * 16, size) is remembered: everything after it is ignored, and process counts as failed with that reason. So the
     * calls need no checks. */
    void (*map_begin)(struct textd_doc *doc);
    void (*map_end)(struct textd_doc *doc);
    void (*array_begin)(struct textd_doc *doc);
    void (*array_end)(struct textd_doc *doc);
    void (*write_key)(struct textd_doc *doc, const char *key); /* NUL at the end; before each value of a map */
    void (*write_text)(struct textd_doc *doc, const char *bytes, uint64_t length);
    void (*write_integer)(struct textd_doc *doc, int64_t value);
    void (*write_number)(struct textd_doc *doc, double value); /* a float64 for the client, also when it is whole */
    void (*write_bool)(struct textd_doc *doc, int32_t value);
    void (*write_nil)(struct textd_doc *doc);
    void (*write_offset)(struct textd_doc *doc, uint32_t offset);       /* a number, in the client's unit */
    void (*write_span)(struct textd_doc *doc, struct textd_span span);  /* [start, end], in the client's unit */
    void (*write_slice)(struct textd_doc *doc, struct textd_span span); /* the text there, as a string */

    /* Non-zero when this document is no longer wanted, or the plugin's time is nearly up. Costs a few nanoseconds:
     * poll it in loops that may run for more than a millisecond. On non-zero, return TEXTD_STOPPED; a plugin that
     * goes on is killed with its process, and that is held against it. */
    int32_t (*should_stop)(struct textd_doc *doc);

    /* The reason for the failure that the caller is about to return, in words for an operator: what was wrong, with
     * which value, what would be right. UTF-8, at most 400 bytes are kept, copied. The last call counts. */
    void (*explain)(const char *text, uint64_t length);

    /* A file of the plugin's own folder, mapped read-only; its pages are shared by all workers. `name` is a plain file
     * name. Only from create, so that what a plugin runs with is settled when it is loaded. On TEXTD_NOT_FOUND the
     * host has already explained which path was tried; create may simply return it. */
    int32_t (*resource)(const char *name, struct textd_resource *resource);

    /* A table of functions that this version of the ABI does not have: "textd.NAME/1", or reverse domain for others'.
     * NULL when the host doesn't know it. May be called whenever the host may. */
    const void *(*extension)(const char *id);
};

/* ---- The plugin -------------------------------------------------------------------------------------------------- */

/* What a plugin exports. Grows at the end only; the first 16 bytes never change. */
struct textd_plugin {
    uint32_t magic;                /* TEXTD_PLUGIN_MAGIC */
    uint32_t size;                 /* sizeof(struct textd_plugin) */
    uint16_t abi_major, abi_minor; /* TEXTD_ABI_MAJOR, TEXTD_NEEDS_ABI_MINOR */
    uint32_t flags;                /* 0 */

    const char *name;    /* [a-z][a-z0-9_-]*, at most 31 bytes */
    const char *version; /* semantic version, "1.4.0" */
    const char *license; /* SPDX expression, "Apache-2.0" */
    const char *summary; /* what it does, one sentence */

    const char *const *needs_layers TEXTD_NONE; /* NULL at the end, as are the next; NULL for none */
    const char *const *adds_layers TEXTD_NONE;

    const struct textd_option *options TEXTD_NONE; /* NULL for none */
    uint32_t n_options TEXTD_NONE;
    uint32_t option_size TEXTD_NONE; /* sizeof(struct textd_option): the array's stride travels with it */

    /* Makes an instance and puts it in *self. `values` has one element a declared option, checked against its type and
     * range, borrowed until create returns. May be slow; no document waits for it. NULL: there is no instance, and the
     * others get NULL for it. */
    int32_t (*create)(const struct textd_host *host, const struct textd_value *values, void **self) TEXTD_NONE;

    /* Annotates one document. The only mandatory function. */
    int32_t (*process)(void *self, struct textd_doc *doc);

    /* Checks the instance on a sample of its own before any client's document is given to it. NULL: no check. */
    int32_t (*selftest)(void *self) TEXTD_NONE;

    /* Frees what create made. NULL: nothing to free. */
    void (*destroy)(void *self) TEXTD_NONE;

    /* A table of functions that the plugin offers beyond this ABI, by id. NULL, or a result of NULL: none. */
    const void *(*extension)(const char *id)TEXTD_NONE;
};
TEXTD_STATIC_ASSERT(offsetof(struct textd_plugin, flags) == 12, "the first 16 bytes never change");

/* The entry: constant data, so that a plugin is judged before any of it is called. Write, in C and in C++20 or later,
 *     TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
 *         TEXTD_PLUGIN_HEAD,
 *         .name = "shout",
 *         …
 *         TEXTD_PLUGIN_OPTIONS(options), // an array of struct textd_option
 *         .create = create,
 *         …
 *     };
 * with the fields in their order, as C++ wants it, and what isn't named left out. C++17 has no such initialisers: there each field
 * is given in its place, NULL for those that aren't there, behind TEXTD_PLUGIN_HEAD_IN_ORDER. The major version is in the name:
 * one library can serve two. */
#if !defined(__cplusplus) || defined(__cpp_designated_initializers)
#define TEXTD_PLUGIN_HEAD \
    .magic = TEXTD_PLUGIN_MAGIC, .size = sizeof(struct textd_plugin), .abi_major = TEXTD_ABI_MAJOR, \
    .abi_minor = TEXTD_NEEDS_ABI_MINOR, .flags = 0
#define TEXTD_PLUGIN_OPTIONS(array) \
    .options = (array), .n_options = sizeof(array) / sizeof(*(array)), .option_size = sizeof(*(array))
#else
#define TEXTD_PLUGIN_HEAD TEXTD_PLUGIN_HEAD_IN_ORDER
#define TEXTD_PLUGIN_OPTIONS(array) TEXTD_PLUGIN_OPTIONS_IN_ORDER(array)
#endif
#define TEXTD_PLUGIN_HEAD_IN_ORDER \
    TEXTD_PLUGIN_MAGIC, sizeof(struct textd_plugin), TEXTD_ABI_MAJOR, TEXTD_NEEDS_ABI_MINOR, 0
#define TEXTD_PLUGIN_OPTIONS_IN_ORDER(array) (array), sizeof(array) / sizeof(*(array)), sizeof(*(array))
#define TEXTD_PLUGIN_SYMBOL "textd_plugin_v1"

#ifdef __cplusplus
}
extern "C" __attribute__((visibility("default"))) const struct textd_plugin textd_plugin_v1;
#else
extern TEXTD_EXPORT const struct textd_plugin textd_plugin_v1;
#endif

#endif
