/* openapi.c: see openapi.h. What no table of the server's can say, such as the shape of a reply, stands here as
 * JSON; what is said of a key or a route that there isn't any more, or left out of one that there is, a test finds. */
#include "daemon/http/openapi.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <textd/version.h>

#include "common/json.h"
#include "common/mp_buf.h"
#include "daemon/http/entry.h"
#include "daemon/http/http.h"

#define MOST_BYTES (4u << 20)

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

/* Text as it is. */
static void put(struct td_buf *out, const char *text)
{
    td_buf_append(out, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void putf(struct td_buf *out, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(out, text);
}

/* A JSON string. */
static void put_text(struct td_buf *out, const char *text)
{
    char word[TD_JSON_WORD_BYTES];

    put(out, "\"");
    for (; *text; text++) {
        size_t length = 1;
        word[0] = *text;
        if (td_json_needs_escape((unsigned char)*text))
            length = td_json_escape(word, (unsigned char)*text);
        td_buf_append(out, word, length);
    }
    put(out, "\"");
}

static void put_number(struct td_buf *out, double value)
{
    char word[TD_JSON_WORD_BYTES];

    td_buf_append(out, word, td_json_number(word, value));
}

/* Between members or elements: a comma, but before the first. */
static void next(struct td_buf *out)
{
    char last = out->length > 0 ? out->bytes[out->length - 1] : 0;

    if (last != '{' && last != '[')
        put(out, ",");
}

static void put_key(struct td_buf *out, const char *key)
{
    next(out);
    put_text(out, key);
    put(out, ":");
}

static void put_pair(struct td_buf *out, const char *key, const char *value)
{
    put_key(out, key);
    put_text(out, value);
}

/* ---- Plugins and their options ----------------------------------------------------------------------------------- */

static void put_default(struct td_buf *out, const struct textd_option *o)
{
    if (o->type == TEXTD_BOOL)
        put(out, o->initial_integer ? "true" : "false");
    else if (o->type == TEXTD_INT)
        putf(out, "%" PRId64, o->initial_integer);
    else if (o->type == TEXTD_FLOAT)
        put_number(out, o->initial_number);
    else
        put_text(out, o->initial_text ? o->initial_text : "");
}

static void put_range(struct td_buf *out, const struct textd_option *o)
{
    if (o->type == TEXTD_INT)
        putf(out, ",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64, o->min_integer, o->max_integer);
    if (o->type != TEXTD_FLOAT)
        return;
    put(out, ",\"minimum\":");
    put_number(out, o->min_number);
    put(out, ",\"maximum\":");
    put_number(out, o->max_number);
}

static void put_option_schema(struct td_buf *out, const struct textd_option *o)
{
    static const char *const types[] = {
        [TEXTD_BOOL] = "boolean", [TEXTD_INT] = "integer", [TEXTD_FLOAT] = "number", [TEXTD_TEXT] = "string"
    };

    putf(out, "{\"type\":\"%s\"", types[o->type]);
    put_pair(out, "description", o->help ? o->help : "");
    put(out, ",\"default\":");
    put_default(out, o);
    put_range(out, o);
    if (o->choices) {
        put(out, ",\"enum\":[");
        for (const char *const *c = o->choices; *c; c++) {
            next(out);
            put_text(out, *c);
        }
        put(out, "]");
    }
    put(out, "}");
}

/* Calls `see` for each option that a request may set. */
static void each_option(struct td_buf *out, const struct td_catalogue_plugin *plugin,
                        void (*see)(struct td_buf *out, const char *plugin, const struct textd_option *option))
{
    for (uint32_t i = 0; i < plugin->options.n; i++) {
        const struct textd_option *o = td_options_at(&plugin->options, i);
        if (o->flags & TEXTD_PER_REQUEST)
            see(out, plugin->name, o);
    }
}

static void see_property(struct td_buf *out, const char *plugin, const struct textd_option *o)
{
    (void)plugin;
    put_key(out, o->name);
    put_option_schema(out, o);
}

static void put_options_schema(struct td_buf *out, const struct td_generation *g)
{
    put(out,
        "{\"type\":\"object\",\"description\":\"of plugin to map of option to value\",\"additionalProperties\":false,"
        "\"properties\":{");
    for (uint32_t i = 0; i < g->catalogue.n; i++) {
        put_key(out, g->catalogue.plugins[i].name);
        put(out, "{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,\"properties\":{");
        each_option(out, &g->catalogue.plugins[i], see_property);
        put(out, "}}");
    }
    put(out, "}}");
}

static void put_plugin_names(struct td_buf *out, const struct td_generation *g)
{
    put(out, "[");
    for (uint32_t i = 0; i < g->catalogue.n; i++) {
        next(out);
        put_text(out, g->catalogue.plugins[i].name);
    }
    put(out, "]");
}

/* ---- The request ------------------------------------------------------------------------------------------------- */

/* A request's keys, and what may stand for each; nil is as good as none. `options` is made of the plugins'. */
static const struct {
    const char *key, *schema;
} keys[] = {
    { "id", "{\"type\":[\"integer\",\"string\",\"null\"],\"maxLength\":64,\"description\":\"echoed\"}" },
    { "meta", "{\"description\":\"anything of at most 4 KiB; echoed\"}" },
    { "trace",
      "{\"type\":[\"string\",\"null\"],\"description\":\"the W3C's traceparent; also as a header of that name\"}" },
    { "tracestate", "{\"type\":[\"string\",\"null\"],\"description\":\"likewise\"}" },
    { "v", "{\"type\":[\"integer\",\"null\"],\"enum\":[1,null],\"description\":\"the protocol's version\"}" },
    { "op", "{\"type\":[\"string\",\"null\"],\"enum\":[\"annotate\",null]}" },
    { "text",
      "{\"type\":\"string\",\"description\":\"the document; offsets are of what it means, not of its escapes\"}" },
    { "pipeline", "{\"type\":[\"string\",\"null\"],\"description\":\"a pipeline's name; default when absent\"}" },
    { "plugins", NULL },
    { "options", NULL },
    { "offsets",
      "{\"type\":[\"string\",\"null\"],\"enum\":[\"byte\",\"codepoint\",\"utf16\",null],\"default\":\"byte\"}" },
    { "lang", "{\"type\":[\"string\",\"null\"],\"maxLength\":64,\"description\":\"the text's language, a hint\"}" },
    { "deadline_ms", "{\"type\":[\"integer\",\"null\"],\"minimum\":1,\"maximum\":2147483647}" },
};

static const char *schema_of_key(const char *key)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i].key, key) == 0)
            return keys[i].schema;
    return "{}";
}

static void put_request_schema(struct td_buf *out, const struct td_generation *g)
{
    put(out, "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{");
    for (const char *const *key = td_request_keys; *key; key++) {
        put_key(out, *key);
        if (strcmp(*key, "options") == 0) {
            put_options_schema(out, g);
        } else if (strcmp(*key, "plugins") == 0) {
            putf(out,
                 "{\"type\":[\"array\",\"null\"],\"minItems\":1,\"maxItems\":%d,\"items\":{\"type\":\"string\","
                 "\"enum\":",
                 TD_MAX_PLUGINS);
            put_plugin_names(out, g);
            put(out, "}}");
        } else {
            put(out, schema_of_key(*key));
        }
    }
    put(out, "}}");
}

/* ---- Replies ----------------------------------------------------------------------------------------------------- */

/* What stands in every reply, as it does in docs/protocol.md. */
#define HEAD_PROPERTIES \
    "\"v\":{\"const\":1},\"id\":{},\"trace\":{\"type\":\"string\"},\"tracestate\":{\"type\":\"string\"},\"meta\":{}," \
    "\"warnings\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"

static const char reply_schema[] =
    "{\"type\":\"object\",\"required\":[\"v\",\"id\",\"ok\",\"results\",\"doc\",\"timing\",\"served\",\"offsets\"],"
    "\"properties\":{" HEAD_PROPERTIES ",\"ok\":{\"const\":true},"
    "\"results\":{\"type\":\"object\",\"description\":\"of plugin to its result, as docs/protocol.md has them\"},"
    "\"doc\":{\"type\":\"object\",\"required\":[\"bytes\",\"codepoints\"],\"properties\":{\"bytes\":{\"type\":"
    "\"integer\"},"
    "\"codepoints\":{\"type\":\"integer\"},\"language\":{\"type\":\"string\"},\"sentences\":{\"type\":\"integer\"},"
    "\"tokens\":{\"type\":\"integer\"}}},"
    "\"errors\":{\"type\":\"object\",\"description\":\"of plugin to its error, when others had a result\","
    "\"additionalProperties\":{\"type\":\"object\",\"required\":[\"code\",\"message\"],\"properties\":{"
    "\"code\":{\"$ref\":\"#/components/schemas/Code\"},\"message\":{\"type\":\"string\"}}}},"
    "\"timing\":{\"type\":\"object\",\"required\":[\"queue_us\",\"run_us\",\"plugins\"],\"properties\":{"
    "\"queue_us\":{\"type\":\"integer\"},\"run_us\":{\"type\":\"integer\"},\"span\":{\"type\":\"string\"},"
    "\"plugins\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}},"
    "\"spans\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}},"
    "\"served\":{\"type\":\"object\",\"required\":[\"version\",\"generation\",\"worker\"],\"properties\":{"
    "\"version\":{\"type\":\"string\"},\"generation\":{\"type\":\"integer\"},\"worker\":{\"type\":\"integer\"}}},"
    "\"offsets\":{\"enum\":[\"byte\",\"codepoint\",\"utf16\"]}}}";

static const char error_schema[] =
    "{\"type\":\"object\",\"required\":[\"v\",\"id\",\"ok\",\"error\"],\"properties\":{" HEAD_PROPERTIES
    ",\"ok\":{\"const\":false},"
    "\"error\":{\"type\":\"object\",\"required\":[\"code\",\"message\",\"retryable\"],\"properties\":{"
    "\"code\":{\"$ref\":\"#/components/schemas/Code\"},\"message\":{\"type\":\"string\"},"
    "\"retryable\":{\"type\":\"boolean\"},\"plugin\":{\"type\":\"string\"},\"retry_after_ms\":{\"type\":\"integer\"}}}}"
    "}";

static const char describe_schema[] =
    "{\"type\":\"object\",\"required\":[\"v\",\"id\",\"ok\",\"version\",\"protocol\",\"protocol_minor\",\"abi\","
    "\"generation\","
    "\"limits\",\"pipelines\",\"plugins\",\"layers\",\"keys\",\"offsets\",\"ops\"],\"properties\":{"
    "\"v\":{\"const\":1},\"id\":{\"type\":\"null\"},\"ok\":{\"const\":true},\"version\":{\"type\":\"string\"},"
    "\"protocol\":{\"type\":\"integer\"},\"protocol_minor\":{\"type\":\"integer\"},\"abi\":{\"type\":\"string\"},"
    "\"generation\":{\"type\":\"integer\"},\"limits\":{\"type\":\"object\",\"additionalProperties\":{\"type\":"
    "\"integer\"}},"
    "\"pipelines\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"name\",\"plugins\"]}},"
    "\"plugins\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"name\",\"plugin\",\"version\","
    "\"options\"]}},"
    "\"layers\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"keys\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"string\"}},"
    "\"offsets\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"ops\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"string\"}}}}";

static void put_codes_schema(struct td_buf *out)
{
    put(out, "{\"type\":\"string\",\"enum\":[");
    for (int code = TD_OK + 1; code < TD_E_SYSTEM; code++) {
        next(out);
        put_text(out, td_code_name((enum td_code)code));
    }
    put(out, "]}");
}

static void put_components(struct td_buf *out, const struct td_generation *g)
{
    put(out, "\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},\"schemas\":{"
             "\"Request\":");
    put_request_schema(out, g);
    put(out, ",\"Code\":");
    put_codes_schema(out);
    put(out, ",\"Reply\":");
    put(out, reply_schema);
    put(out, ",\"Error\":");
    put(out, error_schema);
    put(out, ",\"Describe\":");
    put(out, describe_schema);
    put(out, "}}");
}

/* ---- Parameters -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *schema;
} parameter_schemas[] = {
#define X(name, schema, help) { #name, schema },
    TD_HTTP_ENTRY_PARAMETERS(X)
#undef X
        { "order", "{\"type\":\"string\",\"enum\":[\"any\"]}" },
    { "verbose", "{\"type\":\"string\"},\"allowEmptyValue\":true" },
};

static const char *schema_of_parameter(const char *name)
{
    for (size_t i = 0; i < sizeof parameter_schemas / sizeof parameter_schemas[0]; i++)
        if (strcmp(parameter_schemas[i].name, name) == 0)
            return parameter_schemas[i].schema;
    return "{\"type\":\"string\"}";
}

static void put_parameter(struct td_buf *out, const char *name, const char *help)
{
    next(out);
    put(out, "{\"in\":\"query\"");
    put_pair(out, "name", name);
    put_pair(out, "description", help);
    put(out, ",\"schema\":");
    put(out, schema_of_parameter(name));
}

static void see_parameter(struct td_buf *out, const char *plugin, const struct textd_option *o)
{
    char name[128];

    snprintf(name, sizeof name, TD_HTTP_OPTION_PREFIX "%s.%s", plugin, o->name);
    next(out);
    put(out, "{\"in\":\"query\"");
    put_pair(out, "name", name);
    put(out, ",\"schema\":");
    put_option_schema(out, o);
    put(out, ",\"example\":");
    put_default(out, o);
    put(out, "}");
}

/* What may be tried as it stands. */
static void put_parameter_example(struct td_buf *out, const char *name, const struct td_generation *g)
{
    static const char *const examples[][2] = {
        { "id", "\"a1\"" },     { "offsets", "\"utf16\"" }, { "lang", "\"en\"" },
        { "order", "\"any\"" }, { "deadline_ms", "5000" },  { "verbose", "\"\"" }
    };

    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(examples[i][0], name) == 0)
            putf(out, ",\"example\":%s", examples[i][1]);
    if (strcmp(name, "plugins") == 0 && g->catalogue.n > 0)
        put_pair(out, "example", g->catalogue.plugins[0].name);
    if (strcmp(name, "pipeline") == 0 && g->config.n_pipelines > 0)
        put_pair(out, "example", g->config.pipelines[0].name);
}

static void put_parameters(struct td_buf *out, const struct td_http_route *route, const struct td_generation *g)
{
    put(out, ",\"parameters\":[");
    for (const struct td_http_parameter *p = route->parameters; p && p->name; p++) {
        if (strcmp(p->name, TD_HTTP_OPTION_PREFIX "*") == 0) { /* each by its name */
            for (uint32_t i = 0; i < g->catalogue.n; i++)
                each_option(out, &g->catalogue.plugins[i], see_parameter);
            continue;
        }
        put_parameter(out, p->name, p->help);
        put_parameter_example(out, p->name, g);
        put(out, "}");
    }
    put(out, "]");
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

#define REPLY_OR_MSGPACK(schema) \
    "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/" schema "\"}},\"application/msgpack\":{}}"

/* What a route answers with 200; others with text. */
static const struct {
    const char *path, *content;
} contents[] = {
    { "/v1/annotate",
      "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Reply\"}},\"application/msgpack\":{},"
      "\"application/x-ndjson\":{\"schema\":{\"description\":\"a line for each line, a Reply or an Error\","
      "\"type\":\"string\"}}}" },
    { "/v1/describe", REPLY_OR_MSGPACK("Describe") },
    { "/v1/openapi.json",
      "{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"openapi\",\"paths\"]}}}" },
    { "/v1/live", "{\"text/event-stream\":{}}" },
    { "/debug/state", "{\"application/json\":{\"schema\":{\"type\":\"object\"}}}" },
};

static const char *content_of(const char *path)
{
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++)
        if (strcmp(contents[i].path, path) == 0)
            return contents[i].content;
    return "{\"text/plain\":{\"schema\":{\"type\":\"string\"}}}";
}

/* Each must be answered with 200 as it stands: a test sends them all. */
static void put_request_body(struct td_buf *out)
{
    put(out, ",\"requestBody\":{\"required\":true,\"content\":{"
             "\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Request\"},\"examples\":{"
             "\"short\":{\"value\":{\"id\":1,\"text\":\"Acme Corp. paid $3 million. Great news!\"}},"
             "\"offsets\":{\"value\":{\"id\":\"a1\",\"text\":\"Caf\\u00e9 \\ud83d\\ude00 is "
             "open.\",\"offsets\":\"utf16\",\"lang\":\"en\","
             "\"deadline_ms\":5000,\"meta\":{\"page\":7}}}}},"
             "\"text/plain\":{\"schema\":{\"type\":\"string\"},\"examples\":{\"text\":{\"value\":\"Acme Corp. paid $3 "
             "million.\"}}},"
             "\"application/x-ndjson\":{\"schema\":{\"type\":\"string\",\"description\":\"a Request a "
             "line\"},\"examples\":{\"two\":{"
             "\"value\":\"{\\\"id\\\":1,\\\"text\\\":\\\"One.\\\"}\\n{\\\"id\\\":2,\\\"text\\\":\\\"Two.\\\"}\\n\"}}},"
             "\"application/msgpack\":{\"schema\":{\"description\":\"the wire's own form of a Request\"}}}}");
}

/* What a status of an error means: the codes that have it, and the core's own refusals. */
static void put_error(struct td_buf *out, unsigned status, const char *also)
{
    char words[600] = "";
    size_t n = 0;

    for (int code = TD_OK + 1; code < TD_E_SYSTEM && n < sizeof words; code++) {
        if (code == TD_E_CANCELLED || code == TD_E_RELOAD_FAILED || td_http_status_of((enum td_code)code) != status)
            continue;
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s: %s", n ? "; " : "", td_code_name((enum td_code)code),
                              td_code_meaning((enum td_code)code));
    }
    if (also && n < sizeof words)
        snprintf(words + n, sizeof words - n, "%s%s", n ? "; " : "", also);
    putf(out, ",\"%u\":{\"description\":", status);
    put_text(out, words);
    if (status == 429 || status == 503)
        put(out, ",\"headers\":{\"Retry-After\":{\"description\":\"seconds\",\"schema\":{\"type\":\"integer\"}}}");
    put(out, ",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}}");
}

static void put_responses(struct td_buf *out, const struct td_http_route *route)
{
    int is_annotate = strcmp(route->path, "/v1/annotate") == 0;

    put(out, ",\"responses\":{\"200\":{\"description\":");
    put_text(out, route->help);
    put(out, ",\"content\":");
    put(out, content_of(route->path));
    put(out, "}");
    put_error(out, 400, NULL);
    if (!route->is_open)
        put_error(out, 401, "the token is missing or another");
    put_error(out, 403, "the request comes from another site's page");
    put_error(out, 421, "Host is none of this server's names");
    if (is_annotate) {
        put_error(out, 413, NULL);
        put_error(out, 415, "Content-Type or Content-Encoding is none that is taken");
        put_error(out, 422, NULL);
        put_error(out, 429, NULL);
        put_error(out, 500, NULL);
        put_error(out, 504, NULL);
    }
    put_error(out, 503, route->is_probe ? "it is not so" : NULL);
    put(out, "}");
}

/* getV1OpenapiJson */
static void put_operation_id(struct td_buf *out, const struct td_http_route *route)
{
    char name[128];
    size_t n = 0;
    int is_start = 1;

    for (const char *p = route->method; *p && n < sizeof name - 1; p++)
        name[n++] = (char)tolower((unsigned char)*p);
    for (const char *p = route->path; *p && n < sizeof name - 1; p++) {
        if (isalnum((unsigned char)*p))
            name[n++] = (char)(is_start ? toupper((unsigned char)*p) : *p);
        is_start = !isalnum((unsigned char)*p);
    }
    name[n] = 0;
    put_pair(out, "operationId", strcmp(route->path, "/") == 0 ? "getPage" : name);
}

static void put_operation(struct td_buf *out, const struct td_http_route *route, const struct td_generation *g)
{
    char method[16];
    size_t n = 0;

    for (; n < sizeof method - 1 && route->method[n]; n++)
        method[n] = (char)tolower((unsigned char)route->method[n]);
    method[n] = 0;
    put_key(out, method);
    put(out, "{");
    put_operation_id(out, route);
    put_pair(out, "summary", route->help);
    if (!route->is_open)
        put(out, ",\"security\":[{},{\"token\":[]}]");
    put_parameters(out, route, g);
    if (route->take_body)
        put_request_body(out);
    put_responses(out, route);
    put(out, "}");
}

static int is_first_of_path(const struct td_http_route *route)
{
    for (const struct td_http_route *r = td_http_routes; r != route && r->path; r++)
        if (strcmp(r->path, route->path) == 0)
            return 0;
    return 1;
}

static void put_paths(struct td_buf *out, const struct td_generation *g)
{
    put(out, "\"paths\":{");
    for (const struct td_http_route *r = td_http_routes; r->path; r++) {
        if (!is_first_of_path(r))
            continue;
        put_key(out, r->path);
        put(out, "{");
        for (const struct td_http_route *same = r; same->path; same++)
            if (strcmp(same->path, r->path) == 0)
                put_operation(out, same, g);
        put(out, "}");
    }
    put(out, "},");
}

void td_http_openapi(struct td_http_call *call)
{
    const struct td_generation *g = td_lineup_serving(td_http_call_http(call)->docs->lineup);
    struct td_buf out = { .limit = MOST_BYTES };
    struct td_err err;

    put(&out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"textd\",\"version\":\"" TEXTD_VERSION "\",\"description\":"
              "\"Annotates texts: sentences, entities, sentiment, summaries, and what other plugins add. "
              "docs/protocol.md says what keys and replies mean, docs/http.md what HTTP adds.\"},");
    put_paths(&out, g);
    put_components(&out, g);
    put(&out, "}\n");
    if (out.full) {
        td_fail(&err, TD_E_OVERLOADED, "there is no memory for the page");
        td_http_call_fail(call, 0, &err);
    } else {
        td_http_call_answer(call, 200, "application/json", out.bytes, out.length);
    }
    td_buf_free(&out);
}
