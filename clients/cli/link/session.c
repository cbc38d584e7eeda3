/* session.c: see session.h. */
#include "clients/cli/link/session.h"

#include <stdlib.h>
#include <string.h>

int session_exit_code(int client_code)
{
    if (client_code == TEXTD_CLIENT_OK)
        return CLI_OK;
    if (client_code == TEXTD_CLIENT_TIMEOUT)
        return CLI_TRY_AGAIN;
    if (client_code == TEXTD_CLIENT_INVALID)
        return CLI_USAGE;
    if (client_code == TEXTD_CLIENT_NO_MEMORY || client_code == TEXTD_CLIENT_TOO_LARGE)
        return CLI_SOME_FAILED;
    return CLI_NO_DAEMON;
}

int session_outcome(const struct outcome *outcome)
{
    if (outcome->failed == 0)
        return CLI_OK;
    return outcome->retryable == outcome->failed ? CLI_TRY_AGAIN : CLI_SOME_FAILED;
}

int session_open(struct session *s, const struct cli *cli)
{
    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = cli->endpoint,
                                            .curve_key_file = cli->key,
                                            .curve_server_key = cli->server_key,
                                            .timeout_ms = cli->timeout_ms };
    struct textd_error error;

    *s = (struct session) { .cli = cli };
    s->client = textd_client_open(&options, &error);
    if (s->client)
        return CLI_OK;
    cli_complain("%s", error.text);
    return session_exit_code(error.code);
}

/* A warning that is new. 0: it was said before, or too many were. */
static int note_warning(struct session *s, struct textd_node text)
{
    size_t most = sizeof s->warned / sizeof s->warned[0];

    for (size_t i = 0; i < s->n_warned; i++)
        if (textd_node_is(text, s->warned[i]))
            return 0;
    char *copy = s->n_warned < most ? strndup(text.text, text.length) : NULL;
    if (!copy)
        return 0;
    s->warned[s->n_warned++] = copy;
    return 1;
}

void session_warn(struct session *s, const struct textd_reply *reply)
{
    struct textd_walk walk = textd_node_walk(textd_node_find(textd_reply_root(reply), "warnings"));
    struct textd_node text;

    while (textd_walk_next(&walk, NULL, &text)) {
        if (text.type != TEXTD_NODE_TEXT || !note_warning(s, text))
            continue;
        cli_complain("warning: %s", s->warned[s->n_warned - 1]);
        if (s->n_warned == sizeof s->warned / sizeof s->warned[0])
            cli_complain("there may be more warnings; --json has them all");
    }
}

void session_close(struct session *s)
{
    for (size_t i = 0; i < s->n_warned; i++)
        free(s->warned[i]);
    textd_reply_free(s->described);
    textd_client_close(s->client);
}

/* The option's entry in the server's table; NONE when it has none. */
static struct textd_node find_option(const struct session *s, const char *plugin, const char *name)
{
    struct textd_walk plugins = textd_node_walk(textd_node_find(textd_reply_root(s->described), "plugins"));
    struct textd_node p, o;

    while (textd_walk_next(&plugins, NULL, &p)) {
        struct textd_walk options = textd_node_walk(textd_node_find(p, "options"));
        while (textd_node_is(textd_node_find(p, "name"), plugin) && textd_walk_next(&options, NULL, &o))
            if (textd_node_is(textd_node_find(o, "name"), name))
                return o;
    }
    return (struct textd_node) { 0 };
}

static int read_bool(const char *text, int64_t *value)
{
    *value = strcmp(text, "true") == 0;
    return *value || strcmp(text, "false") == 0 ? 0 : -1;
}

static int read_integer(const char *text, int64_t *value)
{
    char *end;

    *value = strtoll(text, &end, 10);
    return end == text || *end ? -1 : 0;
}

static int read_number(const char *text, double *value)
{
    char *end;

    *value = strtod(text, &end);
    return end == text || *end ? -1 : 0;
}

/* By what the value looks like: for an option that the server doesn't know. It will say so better than we can. */
static void read_by_form(struct textd_request_option *o)
{
    if (read_bool(o->text, &o->integer) == 0)
        o->kind = TEXTD_OPTION_BOOL;
    else if (read_integer(o->text, &o->integer) == 0)
        o->kind = TEXTD_OPTION_INTEGER;
    else if (read_number(o->text, &o->number) == 0)
        o->kind = TEXTD_OPTION_NUMBER;
    else
        o->kind = TEXTD_OPTION_TEXT;
}

/* By the type that the server tells. NULL when the text is a value of it, else what it should be. */
static const char *read_by_type(struct textd_request_option *o, struct textd_node type)
{
    o->kind = TEXTD_OPTION_TEXT;
    if (textd_node_is(type, "bool")) {
        o->kind = TEXTD_OPTION_BOOL;
        return read_bool(o->text, &o->integer) == 0 ? NULL : "true or false";
    }
    if (textd_node_is(type, "int")) {
        o->kind = TEXTD_OPTION_INTEGER;
        return read_integer(o->text, &o->integer) == 0 ? NULL : "a whole number";
    }
    if (textd_node_is(type, "float")) {
        o->kind = TEXTD_OPTION_NUMBER;
        return read_number(o->text, &o->number) == 0 ? NULL : "a number";
    }
    return NULL;
}

/* "plugin.key=value" into one option of the request. */
static int read_option(struct session *s, size_t i)
{
    const char *text = s->cli->options[i], *equals = strchr(text, '=');
    struct textd_request_option *o = &s->options[i];
    size_t length = (size_t)(equals - text);
    char *names = s->option_names[i];

    if (length >= sizeof s->option_names[i]) {
        cli_complain("--option %s: the name is too long", text);
        return CLI_USAGE;
    }
    memcpy(names, text, length); /* the NUL is there: the session was zeroed */
    char *dot = strchr(names, '.');
    *dot = 0;
    *o = (struct textd_request_option) { .plugin = names, .name = dot + 1, .text = equals + 1 };
    struct textd_node known = find_option(s, o->plugin, o->name);
    if (known.type != TEXTD_NODE_MAP) {
        read_by_form(o);
        return CLI_OK;
    }
    const char *wanted = read_by_type(o, textd_node_find(known, "type"));
    if (!wanted)
        return CLI_OK;
    cli_complain("--option %s: %s.%s must be %s", text, o->plugin, o->name, wanted);
    return CLI_USAGE;
}

/* A report on one plugin alone shows the tokens, too, when that plugin can put them into its result. */
static void ask_for_tokens(struct session *s, const char *plugin)
{
    struct textd_node option = find_option(s, plugin, "tokens");

    if (!textd_node_is(textd_node_find(option, "type"), "bool") || s->n_options == CLI_MAX_LIST)
        return;
    for (size_t i = 0; i < s->n_options; i++)
        if (strcmp(s->options[i].plugin, plugin) == 0 && strcmp(s->options[i].name, "tokens") == 0)
            return; /* the user has said what they want */
    s->options[s->n_options++] =
        (struct textd_request_option) { .plugin = plugin, .name = "tokens", .kind = TEXTD_OPTION_BOOL, .integer = 1 };
}

/* Whether the request will run the plugin: it is one of those asked for, or of the pipeline. */
static int is_run(const struct session *s, const char *plugin)
{
    const char *pipeline = s->cli->pipeline ? s->cli->pipeline : "default";
    struct textd_walk pipelines = textd_node_walk(textd_node_find(textd_reply_root(s->described), "pipelines"));
    struct textd_node p, name;

    for (size_t i = 0; i < s->n_plugins; i++)
        if (strcmp(s->plugins[i], plugin) == 0)
            return 1;
    while (s->n_plugins == 0 && textd_walk_next(&pipelines, NULL, &p)) {
        struct textd_walk names = textd_node_walk(textd_node_find(p, "plugins"));
        while (textd_node_is(textd_node_find(p, "name"), pipeline) && textd_walk_next(&names, NULL, &name))
            if (textd_node_is(name, plugin))
                return 1;
    }
    return 0;
}

/* Columns are of tokens: takes a plugin that can put them into its result, one that runs anyway if there is one, and
 * sees that it does. */
static int need_tokens(struct session *s)
{
    struct textd_walk plugins = textd_node_walk(textd_node_find(textd_reply_root(s->described), "plugins"));
    struct textd_node p, name;
    char found[sizeof s->tokens_plugin];

    while (textd_walk_next(&plugins, NULL, &p)) {
        name = textd_node_find(p, "name");
        snprintf(found, sizeof found, "%.*s", (int)name.length, name.text ? name.text : "");
        if (!textd_node_is(textd_node_find(find_option(s, found, "tokens"), "type"), "bool"))
            continue;
        if (!s->tokens_plugin[0] || is_run(s, found))
            memcpy(s->tokens_plugin, found, sizeof found);
        if (is_run(s, found))
            break;
    }
    if (!s->tokens_plugin[0]) {
        cli_complain("--conll needs tokens, and no plugin of this textd gives any (an option 'tokens'); is the "
                     "segmenter in its configuration?");
        return CLI_USAGE;
    }
    if (!is_run(s, s->tokens_plugin) && s->n_plugins == 0) {
        cli_complain("--conll needs tokens, and the pipeline '%s' has no plugin that gives any; name the plugins: "
                     "--plugins %s,...",
                     s->cli->pipeline ? s->cli->pipeline : "default", s->tokens_plugin);
        return CLI_USAGE;
    }
    if (!is_run(s, s->tokens_plugin))
        s->plugins[s->n_plugins++] = s->tokens_plugin;
    for (size_t i = 0; i < s->n_options; i++)
        if (strcmp(s->options[i].plugin, s->tokens_plugin) == 0 && strcmp(s->options[i].name, "tokens") == 0 &&
            !s->options[i].integer) {
            cli_complain("--conll needs tokens, and --option %s.tokens=false switches them off", s->tokens_plugin);
            return CLI_USAGE;
        }
    ask_for_tokens(s, s->tokens_plugin);
    return CLI_OK;
}

int session_open_described(struct session *s, const struct cli *cli)
{
    struct textd_error error;
    int rc = session_open(s, cli);

    if (rc != CLI_OK)
        return rc;
    rc = textd_client_describe(s->client, &s->described, &error);
    if (rc != TEXTD_CLIENT_OK) {
        cli_complain("%s", error.text);
        return session_exit_code(rc);
    }
    if (textd_reply_error(s->described)) {
        cli_complain("%s: %s", textd_reply_error(s->described)->code, textd_reply_error(s->described)->message);
        return textd_reply_error(s->described)->retryable ? CLI_TRY_AGAIN : CLI_SOME_FAILED;
    }
    struct textd_node limit = textd_node_path(textd_reply_root(s->described), "limits.document_bytes");
    s->document_bytes = limit.integer > 0 ? (uint64_t)limit.integer : UINT32_MAX;
    for (size_t i = 0; i < cli->n_options && rc == CLI_OK; i++)
        rc = read_option(s, i);
    s->n_options = cli->n_options;
    memcpy(s->plugins, cli->plugins, sizeof cli->plugins);
    s->n_plugins = cli->n_plugins;
    if (rc == CLI_OK && cli->conll)
        rc = need_tokens(s);
    else if (rc == CLI_OK && !cli->json && !cli->jsonl && !cli_wants_form(cli) && cli->n_plugins == 1)
        ask_for_tokens(s, cli->plugins[0]);
    return rc;
}

struct textd_request session_request(const struct session *s, const char *text, size_t length)
{
    const struct cli *cli = s->cli;

    return (struct textd_request) {
        .size = sizeof(struct textd_request),
        .text = text,
        .length = length,
        .pipeline = cli->pipeline,
        .plugins = s->n_plugins ? s->plugins : NULL,
        .n_plugins = s->n_plugins,
        .options = s->options,
        .n_options = s->n_options,
        .offsets = cli_wants_form(cli) ? NULL : cli->offsets, /* the forms count themselves, from bytes */
        .deadline_ms = cli->deadline_ms,
        .lang = cli->lang,
        .trace = cli->trace,
        .tracestate = cli->tracestate,
    };
}
