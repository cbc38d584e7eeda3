/* client.h: the client library of textd, version 1. SPDX-License-Identifier: Apache-2.0
 *
 * A program in C or C++ sends texts to a textd daemon with it and reads what the plugins found:
 *
 *     struct textd_error error;
 *     struct textd_reply *reply;
 *     struct textd_client *client = textd_client_open(NULL, &error);
 *     struct textd_request request = { .size = sizeof request, .text = text, .length = strlen(text) };
 *
 *     if (!client || textd_client_annotate(client, &request, &reply, &error) != TEXTD_CLIENT_OK)
 *         errx(1, "%s", error.text);
 *     struct textd_walk walk = textd_reply_entities(reply);
 *     struct textd_entity entity;
 *     while (textd_entity_next(&walk, &entity))
 *         printf("%.*s: %.*s\n", TEXTD_SLICE(entity.type), TEXTD_SLICE(entity.text));
 *     textd_reply_free(reply);
 *     textd_client_close(client);
 *
 * Link with `pkg-config --cflags --libs libtextd`, or with the target textd::client of CMake's package `textd`.
 *
 * Threads. A client belongs to one thread at a time; other threads open their own. A reply belongs to whoever received
 * it, in any thread, and outlives its client. In a child process after fork a client is refused (INVALID): the child
 * opens its own. It may close the one that it inherited, which takes nothing from the parent.
 *
 * Waiting. No function waits longer than it was told to, whatever the daemon or the network does. With
 * TEXTD_CLIENT_ASYNC those that send and receive needn't wait at all: see "Event loops".
 *
 * Delivery. A daemon may be restarted under its clients. When the connection is lost, the library connects again, with
 * pauses of random length, below a bound that grows from 10 ms to 1 s, and sends again what was not answered, oldest
 * first, under the same ids: at most 5 times each, and not after the request's time is over, which is its deadline_ms
 * if it has one, else the client's resend_ms, counted from when it was first sent. A deadline_ms is sent again as what
 * is left of it. A daemon that stops and says so (SHUTTING_DOWN) has not answered either, as long as there is time for
 * its successor to. So a document may be run more than once, which does no harm: plugins are pure. Its reply is handed
 * out once. A daemon that is full and says so (OVERLOADED) is asked again when it said, and up to half as long again,
 * within the request's time; such refusals are not among the 5. When the time is over the caller gets the last refusal.
 * The library has no thread of its own: it does all this inside the functions that send and receive.
 *
 * Memory. What a function returns by pointer and a `..._free` or `..._close` exists for is the caller's. Everything
 * that is read out of a reply points into it, and lives as long as it does. A request is copied before send returns.
 *
 * Order. The daemon answers each request when it is done, so replies come in any order; `id` tells which is which.
 * Those to ping, describe and call are handed to these alone: their numbers are the library's own (from 2^63-1 down).
 *
 * Growth. The caller sets `size` of options and requests to their sizeof; later versions add fields at the end, and a
 * field that is 0 or NULL means what leaving it out meant before. A field that an older library doesn't know is refused
 * when it is anything else. Of the structs that the library fills in, those with a function that is told their size
 * (textd_entity_read) grow at the end, too, and so does textd_reply_error, which is the library's; the inline functions
 * tell the size that was compiled. All others stay as they are: textd_error, textd_node, textd_walk, and textd_slice,
 * textd_range and textd_amount, which stand inside others. Return values may be added: treat those that you don't know
 * like TEXTD_CLIENT_FAILED. */
#ifndef TEXTD_CLIENT_H
#define TEXTD_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEXTD_API __attribute__((visibility("default")))

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

/* What functions return. A reply that says that the daemon could not do something is no failure of the call: it is
 * TEXTD_CLIENT_OK and a reply whose textd_reply_error is not NULL. */
enum textd_client_code {
    TEXTD_CLIENT_OK = 0,
    TEXTD_CLIENT_FAILED = -1,      /* the system or libzmq refused; the words say what */
    TEXTD_CLIENT_NO_MEMORY = -2,   /* out of memory; nothing was sent */
    TEXTD_CLIENT_INVALID = -3,     /* an argument breaks a rule of this header; nothing was sent */
    TEXTD_CLIENT_UNREACHABLE = -4, /* nobody took the connection at the endpoint in time; nothing was sent */
    TEXTD_CLIENT_TIMEOUT = -5,     /* connected, but the reply did not come in time */
    TEXTD_CLIENT_LOST = -6, /* the connection broke before a request was answered, and sending it again did not help in
                                time: the daemon may have run it or not. The error's id says which was given up */
    TEXTD_CLIENT_NO_PROTOCOL = -7, /* what answered there does not speak textd's protocol: at once when its words show
                                      it, as a web server's may, else when nobody has greeted for connect_ms */
    TEXTD_CLIENT_TOO_LARGE = -8,   /* the document is larger than the daemon takes; nothing was sent */
    TEXTD_CLIENT_REFUSED =
        -9, /* who is there ended the handshake over its keys; the words say which may be wrong. It is
                                  tried again with the next request; nothing was sent */
};

/* What went wrong, for a person: names the endpoint or the argument, what it was, and what would be right. */
struct textd_error {
    int code; /* an enum textd_client_code */
    char text[500];
    uint64_t id; /* the request that this ended, as LOST does; 0: none */
};

/* ---- The connection ---------------------------------------------------------------------------------------------- */

struct textd_client;

/* Requests are sent once: when the connection is lost, each of them is LOST at once, and SHUTTING_DOWN and OVERLOADED
 * are replies like any other. For those who know better themselves where to turn then. */
#define TEXTD_CLIENT_NO_RESEND 1u

/* For a program that waits in an event loop: textd_client_fd says when there is something to do, textd_client_send
 * never waits, and every request has its outcome in textd_client_receive. */
#define TEXTD_CLIENT_ASYNC 2u

struct textd_client_options {
    size_t size;
    const char *endpoint; /* ipc://PATH or tcp://HOST:PORT. NULL: $TEXTD_ENDPOINT; if that is not set, where a daemon
                              of the same user listens by default: ipc://RUNDIR/textd.sock */
    uint32_t connect_ms;  /* how long sending waits for a connection; 0: 2000 */
    uint32_t timeout_ms;  /* how long annotate, ping and describe wait in all; 0: 35000, which is more than a daemon
                              takes for any document unless it is told to take longer. For a document with a deadline_ms
                              never more than 2000 beyond that */
    uint32_t flags;       /* TEXTD_CLIENT_NO_RESEND, TEXTD_CLIENT_ASYNC, both, or 0 */
    uint32_t resend_ms;   /* until how long after it was first sent a request without a deadline_ms is sent again when
                              the connection is lost; 0: timeout_ms */
    const char *curve_key_file; /* for an endpoint that is encrypted: a file with our secret key, which `textctl keygen`
                                     calls NAME.key_secret. NULL: $TEXTD_CURVE_KEY_FILE if the endpoint is tcp://; if
                                     that is not set, the endpoint isn't encrypted */
    const char *curve_server_key; /* and the server's public key, or a file with it. NULL: $TEXTD_CURVE_SERVER_KEY, as
                                     above */
};

/* Prepares a connection and returns at once: the daemon need not run yet. `options` may be NULL, and so may `error`,
 * here and everywhere. NULL when it fails. */
TEXTD_API struct textd_client *textd_client_open(const struct textd_client_options *options, struct textd_error *error);

/* Closes it without waiting, and forgets what was not answered. NULL is fine. */
TEXTD_API void textd_client_close(struct textd_client *client);

/* The endpoint in use. Lives as long as the client. */
TEXTD_API const char *textd_client_endpoint(const struct textd_client *client);

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

enum textd_option_kind { TEXTD_OPTION_BOOL = 1, TEXTD_OPTION_INTEGER, TEXTD_OPTION_NUMBER, TEXTD_OPTION_TEXT };

/* An option of a plugin, for one request. Its kind must be the one that `describe` tells (an integer does for a
 * number). One plugin's options need not stand together, but no option may stand twice. */
struct textd_request_option {
    const char *plugin;
    const char *name;
    uint32_t kind;   /* an enum textd_option_kind; it says which of these three is read */
    int64_t integer; /* BOOL (0 or 1), INTEGER */
    double number;
    const char *text;
};

/* A key and its value: of a request's meta, or of an operation that no function here makes (textd_client_call). */
enum textd_argument_kind {
    TEXTD_ARGUMENT_BOOL = TEXTD_OPTION_BOOL,
    TEXTD_ARGUMENT_INTEGER = TEXTD_OPTION_INTEGER,
    TEXTD_ARGUMENT_NUMBER = TEXTD_OPTION_NUMBER,
    TEXTD_ARGUMENT_TEXT = TEXTD_OPTION_TEXT,
    TEXTD_ARGUMENT_LIST, /* of `n` texts */
    TEXTD_ARGUMENT_MAP,  /* of `n` arguments */
};

struct textd_argument {
    const char *name;
    uint32_t kind;   /* an enum textd_argument_kind; it says which of the rest is read */
    int64_t integer; /* BOOL (0 or 1), INTEGER */
    double number;
    const char *text;
    const char *const *list;
    const struct textd_argument *map;
    size_t n;
};

struct textd_request {
    size_t size;
    const char *text;           /* the document, UTF-8, taken byte for byte; NULL only when length is 0 */
    size_t length;              /* in bytes */
    uint64_t id;                /* 1 … 2^63-1, unique among the requests in flight; 0: the library numbers it, from 1
                                    up, but for those in flight. The id of an annotate that ended with TIMEOUT, and of
                                    one that was cancelled too late, isn't taken again (INVALID) as long as something may
                                    come for it: until it has, or the connection is another */
    const char *pipeline;       /* NULL: "default" */
    const char *const *plugins; /* instead of a pipeline: run just these and what they need. NULL: not given */
    size_t n_plugins;
    const struct textd_request_option *options;
    size_t n_options;
    const char *offsets;  /* "byte", "codepoint" or "utf16": the unit of all offsets in the reply. NULL: byte */
    uint32_t deadline_ms; /* after this nobody wants the answer any more; 0: the daemon's own limit */
    const char *lang;     /* BCP 47: a hint at the text's language. NULL: none */
    const char *trace;    /* W3C traceparent, for the daemon's log; comes back with the reply. "": one that the daemon
                             begins. NULL: none */
    const void
        *meta; /* anything of the caller's that is to come back with the reply, up to 4 KiB: one MessagePack value,
                             whole. NULL: none */
    size_t meta_length;
    const struct textd_argument *meta_map; /* or, for those who have no MessagePack: a map of these. NULL: none */
    size_t n_meta_map;
    const char *tracestate; /* W3C tracestate, beside `trace`; comes back as far as it goes on. NULL: none */
};

struct textd_reply;

/* Sends one document and waits for its reply: TEXTD_CLIENT_OK and *reply, or an error and *reply is NULL. Replies to
 * other requests that come in meanwhile are kept for textd_client_receive. After an error the request is forgotten.
 * LOST: textd went away and was not back within the time that the request had. */
TEXTD_API int textd_client_annotate(struct textd_client *client, const struct textd_request *request,
                                    struct textd_reply **reply, struct textd_error *error);

/* Is somebody there? The reply has `version`, `state`, `generation` and `workers`. It is sent once: a connection that
 * is lost is an answer, too (LOST). */
TEXTD_API int textd_client_ping(struct textd_client *client, struct textd_reply **reply, struct textd_error *error);

/* What this daemon can do: limits, pipelines, plugins and their options. The library remembers how large a document may be, and
 * refuses one above 1 MiB that is larger (TOO_LARGE): such a message may end the connection, with all that is in flight
 * on it. It asks by itself before it sends one of that size, but with TEXTD_CLIENT_ASYNC, where sending never waits: who
 * may have such documents calls this before, and again when the daemon's configuration may have changed. */
TEXTD_API int textd_client_describe(struct textd_client *client, struct textd_reply **reply, struct textd_error *error);

/* Sends {op, …arguments} and waits for its reply, like textd_client_ping: an operation of the control socket, say, for
 * which a client is opened with that socket's endpoint (docs/protocol.md). Sent once, since it may change something:
 * after LOST nobody knows whether it has. */
TEXTD_API int textd_client_call(struct textd_client *client, const char *op, const struct textd_argument *arguments,
                                size_t n, struct textd_reply **reply, struct textd_error *error);

/* ---- Many requests in flight ------------------------------------------------------------------------------------- */

/* Sends one document and returns as soon as it is on its way, which is at once when there is a connection. Writes the
 * request's id into *id (unless NULL). After UNREACHABLE the daemon may be on its way back: the requests in flight stay
 * there, and this one can be sent another time. How many may be in flight is the caller's choice; the daemon takes
 * 16384 from one connection by default and answers the others OVERLOADED. */
TEXTD_API int textd_client_send(struct textd_client *client, const struct textd_request *request, uint64_t *id,
                                struct textd_error *error);

/* The next reply, whichever it is; waits at most `timeout_ms` for it (0: only looks). TEXTD_CLIENT_TIMEOUT: none came;
 * the requests stay in flight, also while textd is away. TEXTD_CLIENT_LOST: the request error->id was given up; the
 * others stay in flight, and each of them comes to a reply or to a LOST of its own. TEXTD_CLIENT_INVALID: nothing is in
 * flight. */
TEXTD_API int textd_client_receive(struct textd_client *client, uint32_t timeout_ms, struct textd_reply **reply,
                                   struct textd_error *error);

/* Requests that were sent and whose replies were not handed out yet. */
TEXTD_API size_t textd_client_in_flight(const struct textd_client *client);

/* Nobody wants this document any more: the daemon is asked to take it back, and stops at it. Its one reply comes as
 * ever, and is the error CANCELLED, or what had been on its way. Returns at once. TEXTD_CLIENT_INVALID: it is not in
 * flight. */
TEXTD_API int textd_client_cancel(struct textd_client *client, uint64_t id, struct textd_error *error);

/* ---- Event loops ------------------------------------------------------------------------------------------------- */

/* The descriptor of a client that was opened with TEXTD_CLIENT_ASYNC: the same one for as long as the client lives,
 * whatever becomes of the connection. -1 for any other client. Wait until it is readable, with poll, epoll, libuv or
 * what the program has; then
 *
 *     while (textd_client_receive(client, 0, &reply, &error) == TEXTD_CLIENT_OK)
 *         …
 *
 * It is readable as long as there is something to receive, or for the library to do: no timer is needed, and nothing is
 * lost by receiving one reply at a time. Never read, write or close it. docs/examples/ has programs for epoll and
 * libuv.
 *
 * Such a client differs in three things. textd_client_send never waits: without a connection it keeps the request until
 * there is one. Every request that was sent comes out of textd_client_receive as one reply, also when nothing came from
 * textd: the library then makes one whose error has the code UNAVAILABLE (no connection was ever made within
 * connect_ms; or, while textd was away, within the request's time), LOST, TIMEOUT (nothing came within timeout_ms,
 * counted from when it was sent), NO_PROTOCOL or REFUSED. And textd_client_receive returns TEXTD_CLIENT_TIMEOUT when there is
 * nothing now, also with nothing in flight; any other failure concerns no request, such as a message that is no reply,
 * and is over with that.
 *
 * Annotate, ping, describe and call wait here, too. */
TEXTD_API int textd_client_fd(const struct textd_client *client);

/* ---- Replies ----------------------------------------------------------------------------------------------------- */

TEXTD_API void textd_reply_free(struct textd_reply *reply); /* NULL is fine */

/* Why the daemon did not annotate the document. The codes are listed in docs/protocol.md; new ones may come. A client
 * with TEXTD_CLIENT_ASYNC has some of the library's: "Event loops" lists them. */
struct textd_reply_error {
    const char *code;        /* "OVERLOADED", "INVALID_UTF8", … */
    const char *message;     /* for a person */
    const char *plugin;      /* the plugin that failed, or NULL */
    int retryable;           /* non-zero: the same request may succeed later */
    uint32_t retry_after_ms; /* when to try again; 0: the daemon doesn't say */
};

/* NULL when the request succeeded. The strings live as long as the reply. */
TEXTD_API const struct textd_reply_error *textd_reply_error(const struct textd_reply *reply);

/* The id of the request that this answers; 0 when the daemon could not read the request's id. */
TEXTD_API uint64_t textd_reply_id(const struct textd_reply *reply);

/* ---- Reading a reply --------------------------------------------------------------------------------------------- */

enum textd_node_type {
    TEXTD_NODE_NONE, /* no value: what a search gives that finds nothing */
    TEXTD_NODE_NIL,
    TEXTD_NODE_BOOL,    /* integer is 0 or 1 */
    TEXTD_NODE_INTEGER, /* integer; number holds it as well, rounded if need be */
    TEXTD_NODE_NUMBER,  /* number; also an integer that is above 2^63-1 */
    TEXTD_NODE_TEXT,    /* text and length: not NUL-terminated */
    TEXTD_NODE_BINARY,  /* text and length */
    TEXTD_NODE_ARRAY,   /* length: elements */
    TEXTD_NODE_MAP,     /* length: pairs */
};

/* One value inside a reply. It is small: copy it freely. What a type doesn't use is 0. Nothing is built: a node is a
 * position in the reply's bytes, so finding a key walks over those before it. */
struct textd_node {
    uint32_t type;   /* an enum textd_node_type */
    uint32_t length; /* TEXT, BINARY: bytes; ARRAY: elements; MAP: pairs */
    int64_t integer;
    double number;
    const char *text;
    const void *at, *end; /* the library's: the bytes of this value, and the end of the reply */
};

/* The whole reply, a map; docs/protocol.md says what is in it. */
TEXTD_API struct textd_node textd_reply_root(const struct textd_reply *reply);

/* The MessagePack value at `bytes`, such as an event of the events socket. They must outlive the node. NONE when there
 * is none. */
TEXTD_API struct textd_node textd_node_read(const void *bytes, size_t length);

/* The value of `key` in a map. NONE when there is none, or `map` is no map (so searches can be chained). */
TEXTD_API struct textd_node textd_node_find(struct textd_node map, const char *key);

/* Several at once: textd_node_path(root, "results.sentiment.score"). Keys that contain a dot need textd_node_find. */
TEXTD_API struct textd_node textd_node_path(struct textd_node map, const char *path);

/* Walks through an array or map:
 *
 *     struct textd_walk walk = textd_node_walk(sentences);
 *     struct textd_node sentence;
 *     while (textd_walk_next(&walk, NULL, &sentence))
 *         …
 *
 * A walk over anything else ends at once. `key` may be NULL; over an array it is always NONE. */
struct textd_walk {
    const void *at, *end;
    uint32_t left;
    uint32_t is_map;
};

TEXTD_API struct textd_walk textd_node_walk(struct textd_node container);
TEXTD_API int textd_walk_next(struct textd_walk *walk, struct textd_node *key, struct textd_node *value);

/* Non-zero when the node is the text `text`. */
TEXTD_API int textd_node_is(struct textd_node node, const char *text);

/* ---- Results ----------------------------------------------------------------------------------------------------- */

/* What the built-in plugins found, for those who would rather not look for keys. Of other plugins, and for what isn't
 * here, there are the nodes: textd_node_path(textd_reply_root(reply), "results.NAME.…").
 *
 * A list is walked through: textd_reply_… begins, textd_…_next fills in the next one and returns non-zero, or 0 at the
 * end. Where there is no such result (the plugin was not asked for, or failed) a walk ends at once. A plugin that goes
 * by another name in the daemon's configuration: the walk begins by
 * textd_node_walk(textd_node_path(textd_reply_results(reply), "NAME.entities")). */

/* Text inside a reply, UTF-8, without a NUL at its end. NULL and 0 when there is none. */
struct textd_slice {
    const char *text;
    size_t length;
};

/* For printf's "%.*s". */
#define TEXTD_SLICE(slice) (int)(slice).length, (slice).text

/* Where something stands in the text: [start, end) in the unit that the request asked for, or bytes. */
struct textd_range {
    size_t start, end;
};

enum textd_amount_kind {
    TEXTD_AMOUNT_NONE,
    TEXTD_AMOUNT_TEXT,   /* text: the normal form of a date, a time, a duration, an address: "2024-05-01" */
    TEXTD_AMOUNT_MONEY,  /* number, perhaps up to `to`, of `unit`, a currency: 3000000 USD */
    TEXTD_AMOUNT_NUMBER, /* number, perhaps up to `to`, perhaps of a `unit`: 12 %, 5 to 10 km */
};

/* What an expression says, computed. docs/entities.md has the forms. */
struct textd_amount {
    uint32_t kind; /* an enum textd_amount_kind */
    uint32_t has_to;
    struct textd_slice text;
    double number, to;
    struct textd_slice unit;
};

struct textd_entity {
    struct textd_range range;
    struct textd_slice type; /* "PERSON", "ORG", "DATE", … */
    struct textd_slice text; /* none by columns */
    double score;            /* 0 to 1 */
    struct textd_slice id;   /* the dictionary's, or none */
    struct textd_amount value;
    double name_score; /* 0 to 1: that it is an entity at all, of whatever type; what min_score is compared with */
    uint32_t has_ref;  /* of names; dates and amounts have none */
    uint32_t ref;      /* who it is: which of textd_reply_names, counted from 0 */
};

/* Who is who: one person, organization or other thing that the text names, perhaps in several ways. */
struct textd_name {
    struct textd_slice name; /* the fullest form in the text */
    struct textd_slice type;
    uint32_t mentions; /* how many entities have it as their ref */
    uint32_t first;    /* the first of them, counted from 0 in textd_reply_entities */
};

/* How a text, or a part of it, sounds. */
struct textd_sentiment {
    struct textd_range range; /* of the part; 0 and 0 for the whole */
    double score;             /* -1 to 1 */
    double confidence;        /* 0 to 1 */
    struct textd_slice label; /* "negative", "neutral", "positive"; none when the text was left alone, as one in another
                                * language is: then the numbers mean nothing, and a warning says why */
    struct textd_slice domain; /* of the whole: "social", "review", "news" */
};

struct textd_summary {
    struct textd_slice text;
    struct textd_slice headline; /* or none */
    struct textd_range headline_range;
};

struct textd_summary_sentence {
    struct textd_range range;
    double score;              /* 0 to 1 */
    uint32_t rank;             /* 1 is the best */
    struct textd_node reasons; /* an array of texts */
};

struct textd_keyphrase {
    struct textd_range range; /* where it stands first */
    struct textd_slice text;
    double score;   /* 0 to 1 */
    uint32_t count; /* how often */
};

/* What plugins found, by their names: `results` of the reply, with lists also of what came by columns, which the
 * plugins' option form asks for: these are made when they are first asked for, and are the reply's. By columns an entity
 * has no text: it stands at its range in what was sent. NONE when there are no results. Without memory what came by
 * columns stays so, which the walks below find empty. */
TEXTD_API struct textd_node textd_reply_results(const struct textd_reply *reply);

TEXTD_API struct textd_walk textd_reply_sentences(const struct textd_reply *reply); /* textd_range_next */
TEXTD_API struct textd_walk textd_reply_tokens(const struct textd_reply *reply); /* the same; with the option tokens */
TEXTD_API struct textd_walk textd_reply_entities(const struct textd_reply *reply); /* textd_entity_next */
TEXTD_API struct textd_walk textd_reply_names(const struct textd_reply *reply);    /* textd_name_next */
/* Of each sentence, or each entity: textd_sentiment_next. With the option level, or entities in the same pipeline. */
TEXTD_API struct textd_walk textd_reply_sentiment_sentences(const struct textd_reply *reply);
TEXTD_API struct textd_walk textd_reply_sentiment_entities(const struct textd_reply *reply);
TEXTD_API struct textd_walk
textd_reply_summary_sentences(const struct textd_reply *reply);                      /* textd_summary_sentence_next */
TEXTD_API struct textd_walk textd_reply_keyphrases(const struct textd_reply *reply); /* textd_keyphrase_next */

/* The same functions with the size of the struct that they fill in: for those who call them from another language. */
TEXTD_API int textd_range_read(struct textd_walk *walk, struct textd_range *range, size_t size);
TEXTD_API int textd_entity_read(struct textd_walk *walk, struct textd_entity *entity, size_t size);
TEXTD_API int textd_name_read(struct textd_walk *walk, struct textd_name *name, size_t size);
TEXTD_API int textd_sentiment_read(struct textd_walk *walk, struct textd_sentiment *sentiment, size_t size);
TEXTD_API int textd_summary_sentence_read(struct textd_walk *walk, struct textd_summary_sentence *sentence,
                                          size_t size);
TEXTD_API int textd_keyphrase_read(struct textd_walk *walk, struct textd_keyphrase *keyphrase, size_t size);
TEXTD_API int textd_reply_sentiment_read(const struct textd_reply *reply, struct textd_sentiment *sentiment,
                                         size_t size);
TEXTD_API int textd_reply_summary_read(const struct textd_reply *reply, struct textd_summary *summary, size_t size);

/* Also of a walk over entities, or anything else that has a start and an end. */
static inline int textd_range_next(struct textd_walk *walk, struct textd_range *range)
{
    return textd_range_read(walk, range, sizeof *range);
}

static inline int textd_entity_next(struct textd_walk *walk, struct textd_entity *entity)
{
    return textd_entity_read(walk, entity, sizeof *entity);
}

static inline int textd_name_next(struct textd_walk *walk, struct textd_name *name)
{
    return textd_name_read(walk, name, sizeof *name);
}

static inline int textd_sentiment_next(struct textd_walk *walk, struct textd_sentiment *sentiment)
{
    return textd_sentiment_read(walk, sentiment, sizeof *sentiment);
}

static inline int textd_summary_sentence_next(struct textd_walk *walk, struct textd_summary_sentence *sentence)
{
    return textd_summary_sentence_read(walk, sentence, sizeof *sentence);
}

static inline int textd_keyphrase_next(struct textd_walk *walk, struct textd_keyphrase *keyphrase)
{
    return textd_keyphrase_read(walk, keyphrase, sizeof *keyphrase);
}

/* Of the whole text. 0: there is no such result. */
static inline int textd_reply_sentiment(const struct textd_reply *reply, struct textd_sentiment *sentiment)
{
    return textd_reply_sentiment_read(reply, sentiment, sizeof *sentiment);
}

static inline int textd_reply_summary(const struct textd_reply *reply, struct textd_summary *summary)
{
    return textd_reply_summary_read(reply, summary, sizeof *summary);
}

/* The request's meta, as it was; NONE when it had none. */
TEXTD_API struct textd_node textd_reply_meta(const struct textd_reply *reply);

/* The language that most of the text is in: BCP 47, "und" when that can't be told. None when no plugin has looked. */
TEXTD_API struct textd_slice textd_reply_language(const struct textd_reply *reply);

/* What the daemon would have the caller know of the request, such as a key that it doesn't have: the `i`th, from 0. Its
 * text is NULL when there are no more. */
TEXTD_API struct textd_slice textd_reply_warning(const struct textd_reply *reply, size_t i);

/* Why this plugin's result is missing though the request succeeded: its code and message. 0: it isn't, or it was not
 * asked for. */
TEXTD_API int textd_reply_plugin_error(const struct textd_reply *reply, const char *plugin, struct textd_slice *code,
                                       struct textd_slice *message);

/* ---- Offsets
 * ------------------------------------------------------------------------------------------------------ */

/* Turns an offset into a text from one unit into another, "byte", "codepoint" or "utf16": from a reply that was asked
 * for in the unit of a program in another language into bytes, say. `text` is UTF-8, `length` bytes of it. 0, or -1
 * when a unit is unknown, the text is not valid, or no character begins or ends at that offset; then *to is not
 * touched. Takes time linear in the text. */
TEXTD_API int textd_offset_convert(const char *text, size_t length, const char *from_unit, size_t from,
                                   const char *to_unit, size_t *to);

/* ---- Versions ---------------------------------------------------------------------------------------------------- */

/* The version of the library that runs, which may be newer than this header's TEXTD_VERSION: "0.1.0". */
TEXTD_API const char *textd_client_version(void);

#ifdef __cplusplus
}
#endif

#endif
