/* drive.c: uses libtextd as a program with an event loop would: documents come as JSON lines, results go as JSON lines.
 * For the tests of all clients, which have such a program in each language; they say what it reads and prints
 * (tests/clients/world.py).
 *
 * In mode `request` it says what the functions for single requests can say of a map, and skips the others. */
#include <err.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <msgpack.h>
#include <textd/client.h>
#include <zmq.h>

#define MAX_LIST 64

struct args {
    const char *endpoint, *mode, *offsets;
    double timeout_s, connect_s;
    size_t window;
    const char *plugins[MAX_LIST];
    size_t n_plugins;
    int unordered;
};

static int some_failed;

/* ---- JSON out ---------------------------------------------------------------------------------------------------- */

static json_t *text_json(const char *text, size_t length)
{
    json_t *value = json_stringn(text, length);

    return value ? value : json_null();
}

static json_t *hex_json(const char *bytes, size_t length)
{
    char *hex = malloc(2 * length + 1);

    for (size_t i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
    hex[2 * length] = 0;
    json_t *value = json_pack("{s:s}", "hex", hex);
    free(hex);
    return value;
}

/* `tells_floats`: a whole number that is a float is written so that it can be told from an integer. */
static json_t *number_json(double number, int tells_floats)
{
    char text[64];

    if (!isfinite(number))
        return json_null();
    if (!tells_floats || number != floor(number))
        return json_real(number);
    snprintf(text, sizeof text, "%.17g", number);
    return json_pack("{s:s}", "float", text);
}

static json_t *node_json(struct textd_node node, int tells_floats)
{
    struct textd_walk walk = textd_node_walk(node);
    struct textd_node key, value;
    json_t *json;

    switch (node.type) {
    case TEXTD_NODE_BOOL:
        return json_boolean(node.integer);
    case TEXTD_NODE_INTEGER:
        return json_integer(node.integer);
    case TEXTD_NODE_NUMBER:
        return number_json(node.number, tells_floats);
    case TEXTD_NODE_TEXT:
        return text_json(node.text, node.length);
    case TEXTD_NODE_BINARY:
        return hex_json(node.text, node.length);
    case TEXTD_NODE_ARRAY:
        json = json_array();
        while (textd_walk_next(&walk, NULL, &value))
            json_array_append_new(json, node_json(value, tells_floats));
        return json;
    case TEXTD_NODE_MAP:
        json = json_object();
        while (textd_walk_next(&walk, &key, &value)) {
            char *name = strndup(key.text ? key.text : "", key.length);
            json_object_set_new(json, name, node_json(value, tells_floats));
            free(name);
        }
        return json;
    default:
        return json_null();
    }
}

static void put(json_t *line)
{
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

/* The exit code for an error that ends the run; 0: it is a document's own. */
static int fatal_exit(const char *code)
{
    static const struct {
        const char *code;
        int exit;
    } fatal[] = { { "UNAVAILABLE", 69 }, { "LOST", 69 }, { "TIMEOUT", 75 }, { "NO_PROTOCOL", 76 }, { "REFUSED", 76 } };

    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (strcmp(code, fatal[i].code) == 0)
            return fatal[i].exit;
    return 0;
}

static void end_fatally(const char *code, const char *message)
{
    put(json_pack("{s:{s:s,s:s}}", "fatal", "code", code, "message", message));
    exit(fatal_exit(code));
}

static void end_by(const struct textd_error *error)
{
    static const char *const names[] = { [-TEXTD_CLIENT_UNREACHABLE] = "UNAVAILABLE",
                                         [-TEXTD_CLIENT_TIMEOUT] = "TIMEOUT",
                                         [-TEXTD_CLIENT_LOST] = "LOST",
                                         [-TEXTD_CLIENT_NO_PROTOCOL] = "NO_PROTOCOL",
                                         [-TEXTD_CLIENT_REFUSED] = "REFUSED" };

    if (error->code < TEXTD_CLIENT_REFUSED || !names[-error->code])
        errx(2, "%s", error->text);
    end_fatally(names[-error->code], error->text);
}

/* ---- JSON in ----------------------------------------------------------------------------------------------------- */

/* {"hex": …} is bytes, {"float": …} a float that may be whole. */
static const char *notation(const json_t *value, const char *name)
{
    return json_object_size(value) == 1 ? json_string_value(json_object_get(value, name)) : NULL;
}

static void pack_hex(msgpack_packer *packer, const char *hex)
{
    size_t n = strlen(hex) / 2;
    char *bytes = malloc(n + 1);

    for (size_t i = 0; i < n; i++) {
        unsigned byte = 0;
        sscanf(hex + 2 * i, "%2x", &byte);
        bytes[i] = (char)byte;
    }
    msgpack_pack_bin_with_body(packer, bytes, n);
    free(bytes);
}

static void pack(msgpack_packer *packer, json_t *value)
{
    const char *key, *text;
    json_t *item;
    size_t i;

    if ((text = notation(value, "hex"))) {
        pack_hex(packer, text);
    } else if ((text = notation(value, "float"))) {
        msgpack_pack_double(packer, strtod(text, NULL));
    } else if (json_is_object(value)) {
        msgpack_pack_map(packer, json_object_size(value));
        json_object_foreach(value, key, item)
        {
            msgpack_pack_str_with_body(packer, key, strlen(key));
            pack(packer, item);
        }
    } else if (json_is_array(value)) {
        msgpack_pack_array(packer, json_array_size(value));
        json_array_foreach(value, i, item) pack(packer, item);
    } else if (json_is_string(value)) {
        msgpack_pack_str_with_body(packer, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        msgpack_pack_int64(packer, json_integer_value(value));
    } else if (json_is_real(value)) {
        msgpack_pack_double(packer, json_real_value(value));
    } else if (json_is_boolean(value)) {
        json_is_true(value) ? msgpack_pack_true(packer) : msgpack_pack_false(packer);
    } else {
        msgpack_pack_nil(packer);
    }
}

/* A request, and what its pointers lead to. */
struct made {
    struct textd_request request;
    const char *plugins[MAX_LIST];
    struct textd_request_option options[MAX_LIST];
    msgpack_sbuffer meta;
};

static int make_plugins(struct made *m, json_t *list)
{
    json_t *name;
    size_t i;

    if (!json_is_array(list) || json_array_size(list) > MAX_LIST)
        return -1;
    json_array_foreach(list, i, name) if (!(m->plugins[i] = json_string_value(name)) ||
                                          strlen(m->plugins[i]) != json_string_length(name)) return -1;
    m->request.plugins = m->plugins;
    m->request.n_plugins = json_array_size(list);
    return 0;
}

static int make_option(struct textd_request_option *o, const char *plugin, const char *name, json_t *value)
{
    const char *number = notation(value, "float");

    *o = (struct textd_request_option) { .plugin = plugin, .name = name };
    if (json_is_boolean(value)) {
        o->kind = TEXTD_OPTION_BOOL;
        o->integer = json_is_true(value);
    } else if (json_is_integer(value)) {
        o->kind = TEXTD_OPTION_INTEGER;
        o->integer = json_integer_value(value);
    } else if (json_is_real(value) || number) {
        o->kind = TEXTD_OPTION_NUMBER;
        o->number = number ? strtod(number, NULL) : json_real_value(value);
    } else if (json_is_string(value)) {
        o->kind = TEXTD_OPTION_TEXT;
        o->text = json_string_value(value);
    } else {
        return -1;
    }
    return 0;
}

static int make_options(struct made *m, json_t *map)
{
    const char *plugin, *name;
    json_t *options, *value;

    if (!json_is_object(map) || json_object_size(map) == 0)
        return -1; /* an empty map, too, can't be said */
    json_object_foreach(map, plugin, options)
    {
        if (!json_is_object(options) || json_object_size(options) == 0)
            return -1;
        json_object_foreach(options, name,
                            value) if (m->request.n_options == MAX_LIST ||
                                       make_option(&m->options[m->request.n_options++], plugin, name, value)) return -1;
    }
    m->request.options = m->options;
    return 0;
}

static int make_count(const json_t *value, uint64_t max, uint64_t *n)
{
    if (!json_is_integer(value) || json_integer_value(value) < 1 || (uint64_t)json_integer_value(value) > max)
        return -1;
    *n = (uint64_t)json_integer_value(value);
    return 0;
}

/* One key of a document. 0, or -1: this can't be said with a textd_request. */
static int make_key(struct made *m, const char *key, json_t *value)
{
    struct textd_request *r = &m->request;
    const struct {
        const char *key, **field;
    } texts[] = { { "pipeline", &r->pipeline },
                  { "offsets", &r->offsets },
                  { "lang", &r->lang },
                  { "trace", &r->trace },
                  { "tracestate", &r->tracestate } };
    uint64_t n;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].key) == 0) {
            *texts[i].field = json_string_value(value);
            return *texts[i].field && strlen(*texts[i].field) == json_string_length(value) ? 0 : -1;
        }
    if (strcmp(key, "text") == 0) {
        r->text = json_string_value(value);
        r->length = json_string_length(value);
        return r->text ? 0 : -1;
    }
    if (strcmp(key, "plugins") == 0)
        return make_plugins(m, value);
    if (strcmp(key, "options") == 0)
        return make_options(m, value);
    if (strcmp(key, "id") == 0)
        return make_count(value, INT64_MAX, &r->id);
    if (strcmp(key, "deadline_ms") == 0) {
        if (make_count(value, INT32_MAX, &n) != 0)
            return -1;
        r->deadline_ms = (uint32_t)n;
        return 0;
    }
    if (strcmp(key, "meta") == 0) {
        msgpack_packer packer;
        msgpack_packer_init(&packer, &m->meta, msgpack_sbuffer_write);
        pack(&packer, value);
        r->meta = m->meta.data;
        r->meta_length = m->meta.size;
        return 0;
    }
    return -1;
}

/* 0, or -1 and the key that can't be said. Points into `document`. */
static int make(struct made *m, json_t *document, const char **wrong)
{
    json_t *value;

    *m = (struct made) { .request = { .size = sizeof m->request } };
    json_object_foreach(document, *wrong, value) if (make_key(m, *wrong, value) != 0) return -1;
    return 0;
}

static json_t *parse(const char *line, size_t length)
{
    json_error_t error;
    json_t *document = json_loadb(line, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

    if (json_is_object(document))
        return document;
    json_decref(document);
    return NULL;
}

/* ---- Lines in ---------------------------------------------------------------------------------------------------- */

static struct {
    char *bytes;
    size_t at, end, capacity;
    int has_ended;
} in;

/* Reads what there is. */
static void read_more(void)
{
    if (in.at > 0) {
        memmove(in.bytes, in.bytes + in.at, in.end - in.at);
        in.end -= in.at;
        in.at = 0;
    }
    if (in.capacity - in.end < 65536 && !(in.bytes = realloc(in.bytes, in.capacity = in.end + 262144)))
        err(2, "memory");
    ssize_t n = read(STDIN_FILENO, in.bytes + in.end, 65536);
    if (n < 0 && errno != EINTR)
        err(2, "standard input");
    in.has_ended = n == 0;
    in.end += n > 0 ? (size_t)n : 0;
}

/* The next line that was read whole; NULL: there is none. */
static const char *next_line(size_t *length)
{
    while (in.at < in.end) {
        const char *line = in.bytes + in.at, *newline = memchr(line, '\n', in.end - in.at);
        if (!newline && !in.has_ended)
            return NULL;
        *length = newline ? (size_t)(newline - line) : in.end - in.at;
        in.at += *length + (newline != NULL);
        if (*length > 0)
            return line;
    }
    return NULL;
}

/* ---- Mode annotate ----------------------------------------------------------------------------------------------- */

/* Lines wait in a ring for those before them; the id of line n is n + 1. */
static struct {
    json_t **ring;
    uint64_t head, tail;
} out;

static void print_line(const struct args *args, uint64_t n, json_t *line)
{
    some_failed |= !json_is_true(json_object_get(line, "ok"));
    if (args->unordered) {
        put(line);
        line = json_null();
    }
    out.ring[n % args->window] = line;
    for (; out.head < out.tail && out.ring[out.head % args->window]; out.head++) {
        line = out.ring[out.head % args->window];
        out.ring[out.head % args->window] = NULL;
        if (!json_is_null(line))
            put(line);
    }
}

static json_t *error_line(uint64_t n, const char *code, const char *message, int retryable)
{
    return json_pack("{s:I,s:b,s:{s:s,s:s,s:b}}", "line", (json_int_t)n, "ok", 0, "error", "code", code, "message",
                     message, "retryable", retryable);
}

static json_t *reply_line(uint64_t n, const struct textd_reply *reply)
{
    const struct textd_reply_error *error = textd_reply_error(reply);
    struct textd_node root = textd_reply_root(reply), meta = textd_reply_meta(reply);
    struct textd_slice warning;

    if (error) {
        json_t *line = error_line(n, error->code, error->message, error->retryable);
        if (error->retry_after_ms)
            json_object_set_new(json_object_get(line, "error"), "retry_after_ms", json_integer(error->retry_after_ms));
        return line;
    }
    json_t *line = json_pack("{s:I,s:b,s:o}", "line", (json_int_t)n, "ok", 1, "results",
                             node_json(textd_node_find(root, "results"), 0));
    json_t *warnings = json_array();
    for (size_t i = 0; (warning = textd_reply_warning(reply, i)).text; i++)
        json_array_append_new(warnings, text_json(warning.text, warning.length));
    if (json_array_size(warnings) > 0)
        json_object_set(line, "warnings", warnings);
    json_decref(warnings);
    if (meta.type != TEXTD_NODE_NONE)
        json_object_set_new(line, "meta", node_json(meta, 0));
    return line;
}

static void send_line(const struct args *args, struct textd_client *client, const char *line, size_t length)
{
    json_t *document = parse(line, length);
    uint64_t n = out.tail++;
    const char *wrong = NULL;
    struct textd_error error = { .text = "a line must be a JSON object, and its text Unicode" };
    struct textd_reply *described;
    struct made made = { 0 };
    int rc = TEXTD_CLIENT_INVALID;

    if (document && make(&made, document, &wrong) != 0) {
        snprintf(error.text, sizeof error.text, "'%s' can't be sent like that", wrong);
    } else if (document) {
        made.request.id = n + 1;
        if (!made.request.offsets)
            made.request.offsets = args->offsets;
        if (!made.request.plugins && args->n_plugins > 0) {
            made.request.plugins = args->plugins;
            made.request.n_plugins = args->n_plugins;
        }
        if (made.request.length > 1 << 20 && textd_client_describe(client, &described, NULL) == TEXTD_CLIENT_OK)
            textd_reply_free(described); /* in a loop the library doesn't ask by itself how large one may be */
        rc = textd_client_send(client, &made.request, NULL, &error);
    }
    free(made.meta.data);
    json_decref(document);
    if (rc == TEXTD_CLIENT_INVALID)
        print_line(args, n, error_line(n, "INVALID", error.text, 0));
    else if (rc == TEXTD_CLIENT_TOO_LARGE)
        print_line(args, n, error_line(n, "TOO_LARGE", error.text, 0));
    else if (rc != TEXTD_CLIENT_OK)
        end_by(&error);
}

/* Takes what has come. */
static void receive(const struct args *args, struct textd_client *client)
{
    struct textd_reply *reply;
    struct textd_error error;
    int rc;

    while ((rc = textd_client_receive(client, 0, &reply, &error)) == TEXTD_CLIENT_OK) {
        const struct textd_reply_error *failure = textd_reply_error(reply);
        uint64_t id = textd_reply_id(reply);
        if (failure && fatal_exit(failure->code))
            end_fatally(failure->code, failure->message);
        if (id > out.head && id <= out.tail)
            print_line(args, id - 1, reply_line(id - 1, reply));
        textd_reply_free(reply);
    }
    if (rc != TEXTD_CLIENT_TIMEOUT)
        end_by(&error);
}

static void annotate(const struct args *args, struct textd_client *client)
{
    out.ring = calloc(args->window, sizeof *out.ring);
    for (;;) {
        const char *line = NULL;
        size_t length;
        while (out.tail - out.head < args->window && (line = next_line(&length)))
            send_line(args, client, line, length);
        int has_room = out.tail - out.head < args->window;
        if (in.has_ended && has_room && out.head == out.tail)
            break;
        struct pollfd items[] = { { .fd = textd_client_fd(client), .events = POLLIN },
                                  { .fd = has_room && !in.has_ended ? STDIN_FILENO : -1, .events = POLLIN } };
        if (poll(items, 2, 0) == 0) {
            fflush(stdout); /* nothing more is ready at once */
            poll(items, 2, -1);
        }
        if (items[0].revents)
            receive(args, client);
        if (items[1].revents)
            read_more();
    }
    free(out.ring);
}

/* ---- Mode request ------------------------------------------------------------------------------------------------ */

static const char *op_of(json_t *message)
{
    json_t *op = json_object_get(message, "op"), *v = json_object_get(message, "v");

    if (v && (!json_is_integer(v) || json_integer_value(v) != 1))
        return NULL;
    json_object_del(message, "v"); /* the library says it */
    return op ? json_string_value(op) : "annotate";
}

/* NULL when the reply is in *reply, or the call failed with `rc`; else why this can't be said. */
static const char *request(struct textd_client *client, json_t *message, struct textd_reply **reply, int *rc,
                           struct textd_error *error)
{
    json_t *frame = json_object_get(json_object_get(message, "$text"), "frame");
    const char *op = op_of(message), *wrong;
    struct made made = { 0 };

    if (!op)
        return "an op or a version that the library doesn't make";
    if (strcmp(op, "annotate") != 0) {
        int is_plain = json_object_size(message) == 1;
        if (!is_plain || (strcmp(op, "ping") != 0 && strcmp(op, "describe") != 0))
            return "an operation with keys of its own";
        *rc = textd_client_call(client, op, NULL, 0, reply, error);
        return NULL;
    }
    if (!json_object_get(message, "id"))
        return "a document without an id, which the library would number";
    if (!json_object_get(message, "text") == !frame)
        return "a document without a text, or with two";
    json_object_del(message, "op");
    if (frame) {
        json_object_set(message, "text", frame);
        json_object_del(message, "$text");
    }
    const char *why = NULL;
    if (make(&made, message, &wrong) != 0)
        why = "a key of another type than the library writes, or of none";
    else
        *rc = textd_client_annotate(client, &made.request, reply, error);
    free(made.meta.data);
    return why;
}

/* What no function of the library says (an id that is a text, a nil) goes out over a bare socket, so that the library at
 * least reads what comes back. NULL, and *found lies in *body, which is the caller's to close; or why not. */
static const char *ask_bare(const char *endpoint, json_t *message, zmq_msg_t *body, struct textd_node *found)
{
    json_t *frame = json_incref(json_object_get(message, "$text"));
    const char *text = json_string_value(json_object_get(frame, "frame"));
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    int none = 0, patience = 20000;
    msgpack_sbuffer map;
    msgpack_packer packer;

    json_object_del(message, "$text");
    msgpack_sbuffer_init(&map);
    msgpack_packer_init(&packer, &map, msgpack_sbuffer_write);
    pack(&packer, message);
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience);
    int is_ok = zmq_connect(socket, endpoint) == 0 &&
                zmq_send(socket, map.data, map.size, text ? ZMQ_SNDMORE : 0) >= 0 &&
                (!text || zmq_send(socket, text, strlen(text), 0) >= 0) && zmq_msg_recv(body, socket, 0) >= 0;
    const char *why = is_ok ? NULL : zmq_strerror(zmq_errno());
    zmq_close(socket);
    zmq_ctx_term(context);
    msgpack_sbuffer_destroy(&map);
    json_decref(frame);
    if (why)
        return why;
    *found = textd_node_read(zmq_msg_data(body), zmq_msg_size(body));
    return found->type == TEXTD_NODE_MAP ? NULL : "the library can't read the reply";
}

static void ask(struct textd_client *client, const char *line, size_t length)
{
    json_t *message = parse(line, length), *whole = json_deep_copy(message);
    struct textd_reply *reply = NULL;
    struct textd_node found = { 0 };
    zmq_msg_t body;
    struct textd_error error;
    int rc = TEXTD_CLIENT_OK;
    const char *why = message ? request(client, message, &reply, &rc, &error) : "it is no JSON object";

    if (rc == TEXTD_CLIENT_INVALID)
        why = error.text;
    else if (rc != TEXTD_CLIENT_OK)
        end_by(&error);
    zmq_msg_init(&body);
    if (!why)
        found = textd_reply_root(reply);
    else if (whole)
        why = ask_bare(textd_client_endpoint(client), whole, &body, &found);
    some_failed |= !why && !textd_node_find(found, "ok").integer;
    put(why ? json_pack("{s:s}", "skip", why) : node_json(found, 1));
    fflush(stdout);
    zmq_msg_close(&body);
    textd_reply_free(reply);
    json_decref(message);
    json_decref(whole);
}

static void ask_all(struct textd_client *client)
{
    const char *line;
    size_t length;

    while (!in.has_ended) {
        read_more();
        while ((line = next_line(&length)))
            ask(client, line, length);
    }
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

static double seconds(const char *name, const char *text)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !(value > 0) || value > 1e6)
        errx(2, "%s %s: it must be a number of seconds", name, text);
    return value;
}

static void read_plugins(struct args *args, char *names)
{
    for (char *name = strtok(names, ","); name && args->n_plugins < MAX_LIST; name = strtok(NULL, ","))
        args->plugins[args->n_plugins++] = name;
}

static void read_args(struct args *args, char **argv)
{
    for (argv++; *argv; argv++) {
        const char *name = *argv;
        if (strcmp(name, "--unordered") == 0) {
            args->unordered = 1;
            continue;
        }
        char *value = *++argv;
        if (!value)
            errx(2, "%s needs a value", name);
        if (strcmp(name, "--endpoint") == 0)
            args->endpoint = value;
        else if (strcmp(name, "--mode") == 0)
            args->mode = value;
        else if (strcmp(name, "--offsets") == 0)
            args->offsets = value;
        else if (strcmp(name, "--timeout") == 0)
            args->timeout_s = seconds(name, value);
        else if (strcmp(name, "--connect") == 0)
            args->connect_s = seconds(name, value);
        else if (strcmp(name, "--window") == 0)
            args->window = (size_t)seconds(name, value);
        else if (strcmp(name, "--plugins") == 0)
            read_plugins(args, value);
        else
            errx(2, "there is no option %s", name);
    }
    if (!args->endpoint || args->window == 0 ||
        (strcmp(args->mode, "annotate") != 0 && strcmp(args->mode, "request") != 0))
        errx(2, "usage: client-drive --endpoint E [--mode annotate|request] [--window N] [--timeout S] [--connect S] "
                "[--plugins a,b] [--offsets UNIT] [--unordered]");
}

int main(int argc, char **argv)
{
    struct args args = { .mode = "annotate", .timeout_s = 35, .connect_s = 2, .window = 64 };
    struct textd_error error;

    (void)argc;
    read_args(&args, argv);
    int asks = strcmp(args.mode, "request") == 0;
    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = args.endpoint,
                                            .timeout_ms = (uint32_t)(args.timeout_s * 1000 + 0.5),
                                            .connect_ms = (uint32_t)(args.connect_s * 1000 + 0.5),
                                            .flags = asks ? 0 : TEXTD_CLIENT_ASYNC };
    struct textd_client *client = textd_client_open(&options, &error);
    if (!client)
        errx(2, "%s", error.text);
    if (asks)
        ask_all(client);
    else
        annotate(&args, client);
    textd_client_close(client);
    free(in.bytes);
    return some_failed;
}
