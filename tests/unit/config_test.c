/* config_test.c: what a configuration comes to, and what is said when it is wrong. The wrong ones are a table of
 * their own, config_wrong.h. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/parts.h"
#include "tests/unit/config_wrong.h"

#define FILE_NAME "textd.yaml"

static char directory[] = "/tmp/textd-config-test-XXXXXX";
static struct td_config config;
static struct td_err err;

static void put_file(const char *name, const char *bytes, size_t length)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    close(fd);
}

static void put_text(const char *name, const char *text)
{
    put_file(name, text, strlen(text));
}

/* Loads `yaml` from textd.yaml in the test's directory, with the plugins in "lib" as those that are built in. */
static int load_bytes(const char *yaml, size_t length)
{
    put_file(FILE_NAME, yaml, length);
    err.text[0] = 0;
    const struct td_config_flags flags = { .file = FILE_NAME, .builtin_plugin_dir = "lib", .machine = "machine" };
    return td_config_load(&config, &flags, &err);
}

static int load(const char *yaml)
{
    return load_bytes(yaml, strlen(yaml));
}

static void load_well(const char *yaml)
{
    if (load(yaml) != TD_OK)
        fail_msg("%s", err.text);
}

/* A fresh environment and directory content for each test. */
static int setup(void **state)
{
    (void)state;
    clearenv();
    return 0;
}

/* A machine of that much memory, with a group of this much: 0: none. */
static void put_machine(long machine_mib, long group_mib)
{
    char text[64];

    snprintf(text, sizeof text, "MemTotal: %ld kB\n", machine_mib * 1024);
    put_text("machine/proc/meminfo", text);
    put_text("machine/proc/self/cgroup", "0::/\n");
    snprintf(text, sizeof text, "%ld", group_mib * 1024 * 1024);
    put_text("machine/sys/fs/cgroup/memory.max", group_mib ? text : "max");
}

static int group_setup(void **state)
{
    (void)state;
    if (!mkdtemp(directory) || chdir(directory) != 0 || mkdir("lib", 0700) != 0 || mkdir("more", 0700) != 0)
        return -1;
    if (system("mkdir -p machine/proc/self machine/sys/fs/cgroup") != 0) /* NOLINT */
        return -1;
    put_machine(65536, 0);
    put_text("lib/sentiment.so", "");
    put_text("lib/segmenter.so", "");
    put_text("lib/README", "");
    put_text("lib/Upper.so", "");
    put_text("lib/.so", "");
    put_text("more/entities.so", "");
    put_text("more/sentiment.so", "");
    return 0;
}

static int group_teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

/* ---- what it comes to ---- */

static void no_file_gives_the_defaults(void **state)
{
    (void)state;
    setenv("RUNTIME_DIRECTORY", "/run/unit", 1);
    const struct td_config_flags flags = { .builtin_plugin_dir = "lib", .machine = "machine" };
    assert_int_equal(td_config_load(&config, &flags, &err), TD_OK);
    assert_null(config.file);
    assert_null(config.set.server_control);
    assert_int_equal(config.set.limits_document_bytes, 8 * TD_MIB);
    assert_int_equal(config.set.limits_kill_grace, 200 * TD_MS);
    assert_int_equal(config.set.limits_deadline_max, 5 * TD_MINUTE);
    assert_int_equal(config.set.log_level, TD_LOG_INFO);
    assert_int_equal(config.set.log_format, TD_LOG_LOGFMT);
    assert_int_equal(config.n_endpoints, 2);
    assert_string_equal(config.endpoints[0].address, "ipc:///run/unit/textd.sock");
    assert_string_equal(config.endpoints[1].address, "tcp://127.0.0.1:7411");
    td_config_free(&config);
}

static void without_plugins_every_library_is_one(void **state)
{
    (void)state;
    load_well("plugin_dirs: [more]");
    assert_int_equal(config.n_plugins, 3);
    assert_string_equal(config.plugins[0].name, "entities");
    assert_string_equal(config.plugins[1].name, "segmenter");
    assert_string_equal(config.plugins[2].name, "sentiment");
    assert_string_equal(config.plugins[2].file, "sentiment");
    assert_int_equal(config.plugins[2].timeout_ns, 10 * TD_SECOND);
    assert_int_equal(config.n_pipelines, 1);
    assert_string_equal(config.pipelines[0].name, "default");
    assert_int_equal(config.pipelines[0].n_plugins, 3);
    td_config_free(&config);
}

static const char full[] = "endpoints: ['ipc:///tmp/x.sock', \"tcp://[::1]:*\"]\n"
                           "workers: { count: 4, window: 2 }\n"
                           "limits:\n"
                           "  document_bytes: 1MiB\n"
                           "  plugin_timeout: 250ms\n"
                           "queue:\n"
                           "client: # all of it commented out\n"
                           "log: {level: debug, format: json}\n"
                           "server: {control: 'ipc:///tmp/c.sock'}\n"
                           "plugin_dirs: [more]\n"
                           "plugins:\n"
                           "  - name: segmenter\n"
                           "  - name: social\n"
                           "    file: sentiment\n"
                           "    timeout: 2s\n"
                           "    grants: [threads, \"read:/usr/share/dict\"]\n"
                           "    options: {threshold: 0.1, words: \"a \\\"b\\\" \\u00e9\\u2028\\x01 $$x\"}\n"
                           "pipelines:\n"
                           "  - {name: quick, plugins: [segmenter]}\n"
                           "  - {name: none, plugins: []}\n"
                           "pull: [ipc:///tmp/in, {address: 'tcp://source.example:5557', bind: false}]\n"
                           "push:\n"
                           "  - tcp://[::1]:5558\n"
                           "  - {bind: true, address: 'ipc:///tmp/out'}\n"
                           "publish: ['tcp://127.0.0.1:5559']\n"
                           "security: {plugin_keys: [/etc/a.pub, '/etc/$$b \"c\".pub']}\n";

static void the_file_says_what_is_loaded(void **state)
{
    (void)state;
    load_well(full);
    assert_string_equal(config.file, FILE_NAME);
    assert_int_equal(config.n_endpoints, 2);
    assert_string_equal(config.endpoints[1].address, "tcp://[::1]:*");
    assert_string_equal(config.set.server_control, "ipc:///tmp/c.sock");
    assert_string_equal(config.set.security_plugin_keys, "/etc/a.pub:/etc/$b \"c\".pub");
    assert_int_equal(config.set.workers_count, 4);
    assert_int_equal(config.set.limits_document_bytes, TD_MIB);
    assert_int_equal(config.set.queue_documents, 65536);
    assert_int_equal(config.set.log_level, TD_LOG_DEBUG);
    assert_int_equal(config.set.log_format, TD_LOG_JSON);
    assert_int_equal(config.n_plugin_dirs, 2);
    assert_string_equal(config.plugin_dirs[0], "more");
    assert_string_equal(config.plugin_dirs[1], "lib");
    assert_int_equal(config.n_plugins, 2);
    assert_int_equal(config.plugins[0].timeout_ns, 250 * TD_MS);
    assert_string_equal(config.plugins[0].file, "segmenter");
    assert_string_equal(config.plugins[1].name, "social");
    assert_string_equal(config.plugins[1].file, "sentiment");
    assert_int_equal(config.plugins[1].timeout_ns, 2 * TD_SECOND);
    assert_int_equal(config.plugins[1].n_options, 2);
    assert_string_equal(config.plugins[1].options[0].name, "threshold");
    assert_string_equal(config.plugins[1].options[0].value, "0.1");
    assert_string_equal(config.plugins[1].options[0].where, "textd.yaml:17:26");
    assert_int_equal(config.plugins[0].n_grants, 0);
    assert_int_equal(config.plugins[1].n_grants, 2);
    assert_string_equal(config.plugins[1].grants[1], "read:/usr/share/dict");
    assert_string_equal(config.plugins[1].options[1].value, "a \"b\" \u00e9\u2028\x01 $x");
    td_config_free(&config);
}

static void an_endpoint_is_encrypted_unless_it_is_local_or_told_not_to_be(void **state)
{
    (void)state;
    load_well("endpoints: [ipc:///a, 'tcp://*:1', {address: 'tcp://0.0.0.0:2', insecure: true}, "
              "{address: 'ipc:///b', key_file: /other}, {address: 'tcp://127.0.0.2:3', insecure: false}]\n"
              "curve: {key_file: /key, clients: /clients}");
    assert_int_equal(config.n_endpoints, 5);
    assert_null(td_config_endpoint_key_file(&config, 0));
    assert_string_equal(td_config_endpoint_key_file(&config, 1), "/key");
    assert_null(td_config_endpoint_key_file(&config, 2));
    assert_string_equal(td_config_endpoint_key_file(&config, 3), "/other");
    assert_string_equal(td_config_endpoint_key_file(&config, 4), "/key");
    td_config_free(&config);
    setenv("TEXTD_ENDPOINTS", "tcp://0.0.0.0:2!insecure,tcp://127.0.0.1:3", 1);
    setenv("TEXTD_CURVE_SERVER_KEY_FILE", "/key", 1);
    setenv("TEXTD_CURVE_CLIENTS", "/clients", 1);
    setenv("TEXTD_CURVE_KEY_FILE", "a client's", 1);
    load_well("");
    assert_string_equal(config.endpoints[0].address, "tcp://0.0.0.0:2");
    assert_null(td_config_endpoint_key_file(&config, 0));
    assert_string_equal(td_config_endpoint_key_file(&config, 1), "/key");
    td_config_free(&config);
}

static void assert_end(enum td_pipe_list list, uint32_t index, const char *address, int binds)
{
    assert_true(index < config.pipes[list].n);
    assert_string_equal(config.pipes[list].all[index].address, address);
    assert_int_equal(config.pipes[list].all[index].binds, binds);
}

static void an_end_of_a_pipeline_binds_or_connects_as_is_usual_or_as_told(void **state)
{
    (void)state;
    load_well(full);
    assert_end(TD_PIPE_PULL, 0, "ipc:///tmp/in", 1);
    assert_end(TD_PIPE_PULL, 1, "tcp://source.example:5557", 0);
    assert_end(TD_PIPE_PUSH, 0, "tcp://[::1]:5558", 0);
    assert_end(TD_PIPE_PUSH, 1, "ipc:///tmp/out", 1);
    assert_end(TD_PIPE_PUBLISH, 0, "tcp://127.0.0.1:5559", 1);
    td_config_free(&config);
    setenv("TEXTD_PULL", "ipc:///a, ipc:///b", 1);
    setenv("TEXTD_PUSH", "tcp://sink:1", 1);
    load_well(full);
    assert_int_equal(config.pipes[TD_PIPE_PULL].n, 2);
    assert_end(TD_PIPE_PULL, 1, "ipc:///b", 1);
    assert_end(TD_PIPE_PUSH, 0, "tcp://sink:1", 0);
    td_config_free(&config);
}

static void a_pipeline_called_default_is_added_once(void **state)
{
    (void)state;
    load_well(full);
    assert_int_equal(config.n_pipelines, 3);
    assert_int_equal(config.pipelines[1].n_plugins, 0);
    assert_string_equal(config.pipelines[2].name, "default");
    assert_int_equal(config.pipelines[2].n_plugins, 2);
    assert_string_equal(config.pipelines[2].plugins[1], "social");
    td_config_free(&config);
    load_well("pipelines: [{name: default, plugins: [segmenter]}]");
    assert_int_equal(config.n_pipelines, 1);
    assert_int_equal(config.pipelines[0].n_plugins, 1);
    td_config_free(&config);
}

static void files_that_say_nothing_are_welcome(void **state)
{
    static const char *const cases[] = {
        "", "\n", "# nothing\n", "---\n", "{}", "limits:\nplugins:\nendpoints:\n", "\xEF\xBB\xBF# bom"
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        load_well(cases[i]);
        assert_int_equal(config.n_plugins, 2);
        assert_int_equal(config.n_endpoints, 2);
        td_config_free(&config);
    }
}

static void an_empty_list_of_plugins_loads_none(void **state)
{
    (void)state;
    load_well("plugins: []");
    assert_int_equal(config.n_plugins, 0);
    assert_int_equal(config.pipelines[0].n_plugins, 0);
    td_config_free(&config);
}

static void flag_beats_variable_beats_file_beats_default(void **state)
{
    const char *const endpoints[] = { "ipc://flag" }, *const dirs[] = { "more" };
    struct td_config_flags flags = { .file = FILE_NAME, .builtin_plugin_dir = "lib" };

    (void)state;
    put_text(FILE_NAME, "workers: {count: 2, window: 3}\nendpoints: ['ipc://file']\n");
    setenv("TEXTD_WORKERS_COUNT", "5", 1);
    setenv("TEXTD_ENDPOINTS", "ipc://a, ipc://b\tipc://c", 1);
    setenv("TEXTD_PLUGIN_DIRS", ":.:", 1);
    setenv("TEXTD_LOG_LEVEL", "", 1); /* not set, so to speak */
    assert_int_equal(td_config_load(&config, &flags, &err), TD_OK);
    assert_int_equal(config.set.workers_count, 5);
    assert_int_equal(config.set.workers_window, 3);
    assert_int_equal(config.n_endpoints, 3);
    assert_string_equal(config.endpoints[2].address, "ipc://c");
    td_config_free(&config);
    flags.workers = "7";
    flags.control = "ipc://control";
    flags.endpoints = endpoints;
    flags.n_endpoints = 1;
    flags.plugin_dirs = dirs;
    flags.n_plugin_dirs = 1;
    assert_int_equal(td_config_load(&config, &flags, &err), TD_OK);
    assert_int_equal(config.set.workers_count, 7);
    assert_string_equal(config.set.server_control, "ipc://control");
    assert_int_equal(config.n_endpoints, 1);
    assert_int_equal(config.n_plugin_dirs, 3);
    assert_string_equal(config.plugin_dirs[0], "more");
    assert_string_equal(config.plugin_dirs[1], ".");
    assert_string_equal(config.plugin_dirs[2], "lib");
    td_config_free(&config);
}

static void textd_config_names_the_file(void **state)
{
    (void)state;
    put_text("other.yaml", "workers: {count: 9}");
    setenv("TEXTD_CONFIG", "other.yaml", 1);
    assert_int_equal(td_config_load(&config, &(struct td_config_flags) { .file = NULL }, &err), TD_OK);
    assert_int_equal(config.set.workers_count, 9);
    assert_string_equal(config.file, "other.yaml");
    td_config_free(&config);
    load_well("workers: {count: 1}"); /* --config wins */
    assert_int_equal(config.set.workers_count, 1);
    td_config_free(&config);
}

static void variables_are_replaced_in_values(void **state)
{
    static const struct {
        const char *written, *want;
    } cases[] = {
        { "${WORD}", "word" },
        { "a${WORD}b${WORD}", "awordbword" },
        { "${WORD:-other}", "word" },
        { "${NONE:-other}", "other" },
        { "${EMPTY:-other}", "other" },
        { "x${EMPTY}", "x" },
        { "x${NONE:-}", "x" },
        { "$$", "$" },
        { "$${WORD}", "${WORD}" },
        { "$WORD costs $5", "$WORD costs $5" },
        { "end$", "end$" },
        { "${YAML}", "]\n- {a: 'b' ${WORD}" }, /* text, whatever it looks like */
    };
    char yaml[256];

    (void)state;
    setenv("WORD", "word", 1);
    setenv("EMPTY", "", 1);
    setenv("YAML", "]\n- {a: 'b' ${WORD}", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(yaml, sizeof yaml, "plugins: [{name: segmenter, options: {o: \"%s\"}}]", cases[i].written);
        load_well(yaml);
        assert_string_equal(config.plugins[0].options[0].value, cases[i].want);
        td_config_free(&config);
    }
}

static void service_variables_of_kubernetes_are_passed_over(void **state)
{
    (void)state;
    setenv("TEXTD_SERVICE_HOST", "10.0.0.1", 1);
    setenv("TEXTD_SERVICE_PORT_DATA", "7411", 1);
    setenv("TEXTD_PORT", "tcp://10.0.0.1:7411", 1);
    setenv("TEXTD_PORT_7411_TCP_ADDR", "10.0.0.1", 1);
    setenv("TEXTD_METRICS_PORT", "tcp://10.0.0.1:9", 1);
    setenv("TEXTD_ENDPOINT", "for clients", 1);
    load_well("");
    td_config_free(&config);
}

/* ---- what is said when it is wrong ---- */

static void a_wrong_file_is_told_with_its_place_and_what_is_right(void **state)
{
    int failed = 0;

    (void)state;
    setenv("BYTES", "\xff", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int rc = load(wrong[i].yaml);
        if (rc == TD_OK)
            td_config_free(&config);
        if (rc == TD_E_CONFIG && strcmp(err.text, wrong[i].want) == 0)
            continue;
        print_error("%s\n  want %s\n  got  %s\n", wrong[i].yaml, wrong[i].want, err.text);
        failed++;
    }
    assert_int_equal(failed, 0);
}

static void a_wrong_variable_is_told_by_its_name(void **state)
{
    static const struct {
        const char *name, *value, *want;
    } cases[] = {
        { "TEXTD_LIMIT_DEADLINE", "1s", "TEXTD_LIMIT_DEADLINE: unknown variable; did you mean TEXTD_LIMITS_DEADLINE?" },
        { "TEXTD_ENDPOIN", "", "TEXTD_ENDPOIN: unknown variable; did you mean TEXTD_ENDPOINT?" },
        { "TEXTD_SOMETHING_ELSE_ALTOGETHER", "",
          "TEXTD_SOMETHING_ELSE_ALTOGETHER: unknown variable; variables that start with TEXTD_ are textd's" },
        { "TEXTD_LIMITS_DEADLINE", "30",
          "TEXTD_LIMITS_DEADLINE: limits.deadline is '30'; write a number with us, ms, s or m, from 1ms to 60m" },
        { "TEXTD_SERVER_CONTROL", "\xff", "TEXTD_SERVER_CONTROL: server.control is '…'; write UTF-8 text" },
        { "TEXTD_ENDPOINTS", "ipc://a tcp://8.8.8.8:1",
          "TEXTD_ENDPOINTS: 'tcp://8.8.8.8:1' can be reached from other machines: set curve.key_file, so that it is "
          "encrypted and knows its clients; or bind 127.0.0.1 or an ipc:// path" },
        { "TEXTD_ENDPOINTS", "tcp://localhost:1!insecure",
          "TEXTD_ENDPOINTS: 'tcp://localhost:1' must be a numeric address and a port, such as tcp://127.0.0.1:7411" },
        { "TEXTD_CURVE_CLIENTS", "/clients",
          "TEXTD_CURVE_CLIENTS: curve.clients is set, and no endpoint is encrypted: set curve.key_file" },
        { "TEXTD_PULL", "ipc:///a", "TEXTD_PULL: pull needs a push or a publish: replies would go nowhere" },
        { "TEXTD_PULL", "ipc:///a tcp://8.8.8.8:1",
          "TEXTD_PULL: pull: 'tcp://8.8.8.8:1' can be reached from other machines, and the ends of pipelines have no "
          "encryption: bind 127.0.0.1 or an ipc:// path" },
        { "TEXTD_PLUGIN_DIRS", "lib:nowhere",
          "TEXTD_PLUGIN_DIRS: plugin directory 'nowhere': No such file or directory" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv(cases[i].name, cases[i].value, 1);
        assert_int_equal(load("endpoints: [ipc://x]"), TD_E_CONFIG);
        assert_string_equal(err.text, cases[i].want);
        unsetenv(cases[i].name);
    }
}

static void a_wrong_flag_is_told_by_its_name(void **state)
{
    const char *const endpoints[] = { "tcp://0.0.0.0:1" }, *const dirs[] = { "nowhere" };
    static const char *const wants[] = {
        "--workers: workers.count is 'many'; write a whole number, from 0 to 256",
        "--control: server.control: 'x' must start with ipc://: it is for this machine only",
        ("--endpoint: 'tcp://0.0.0.0:1' can be reached from other machines: set curve.key_file, so that it is "
         "encrypted "
         "and knows its clients; or bind 127.0.0.1 or an ipc:// path"),
        "--plugin-dir: plugin directory 'nowhere': No such file or directory",
    };
    struct td_config_flags cases[] = {
        { .workers = "many" },
        { .control = "x" },
        { .endpoints = endpoints, .n_endpoints = 1 },
        { .plugin_dirs = dirs, .n_plugin_dirs = 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(td_config_load(&config, &cases[i], &err), TD_E_CONFIG);
        assert_string_equal(err.text, wants[i]);
    }
}

static void a_file_that_cannot_be_read_is_a_system_error(void **state)
{
    (void)state;
    assert_int_equal(td_config_load(&config, &(struct td_config_flags) { .file = "nowhere.yaml" }, &err), TD_E_SYSTEM);
    assert_string_equal(err.text, "nowhere.yaml: No such file or directory");
    assert_int_equal(td_config_load(&config, &(struct td_config_flags) { .file = "lib" }, &err), TD_E_SYSTEM);
    assert_string_equal(err.text, "lib: Is a directory");
}

static void lists_and_sizes_are_bounded(void **state)
{
    char *yaml = malloc(TD_MIB + 2), *at = yaml;

    (void)state;
    memset(yaml, '#', TD_MIB + 1);
    assert_int_equal(load_bytes(yaml, TD_MIB), TD_OK);
    td_config_free(&config);
    assert_int_equal(load_bytes(yaml, TD_MIB + 1), TD_E_CONFIG);
    assert_string_equal(err.text, "textd.yaml: larger than 1MiB, which no configuration needs");
    at += sprintf(at, "plugins:\n");
    for (int i = 0; i < 65; i++)
        at += sprintf(at, "- {name: p%d, file: segmenter}\n", i);
    assert_int_equal(load(yaml), TD_E_CONFIG);
    assert_string_equal(err.text, "textd.yaml:2:1: plugins has 65 entries; 64 are the most");
    at = yaml + sprintf(yaml, "pipelines:\n");
    for (int i = 0; i < 64; i++)
        at += sprintf(at, "- {name: p%d, plugins: []}\n", i);
    assert_int_equal(load(yaml), TD_E_CONFIG); /* there is no room left for `default` */
    at = yaml + sprintf(yaml, "endpoints:\n");
    for (int i = 0; i < 65; i++)
        at += sprintf(at, "- ipc://%d\n", i);
    assert_int_equal(load(yaml), TD_E_CONFIG);
    assert_string_equal(err.text, "textd.yaml:2:1: 65 endpoints; 64 are the most");
    at = yaml + sprintf(yaml, "pull:\n");
    for (int i = 0; i < 17; i++)
        at += sprintf(at, "- ipc://%d\n", i);
    assert_int_equal(load(yaml), TD_E_CONFIG);
    assert_string_equal(err.text, "textd.yaml:2:1: pull has 17 entries; 16 are the most");
    at = yaml;
    for (int i = 0; i < 257; i++)
        at += sprintf(at, "k%d: 1\n", i);
    assert_int_equal(load(yaml), TD_E_CONFIG);
    assert_string_equal(err.text, "textd.yaml:1:1: a mapping with more than 256 keys");
    free(yaml);
}

/* A file cut anywhere, or with any byte of it changed, is loaded or refused with a place; ASan watches the rest. */
static void damaged_files_are_refused_or_loaded(void **state)
{
    char yaml[sizeof full];
    uint32_t random = 1;

    (void)state;
    for (size_t length = 0; length < sizeof full; length += 3)
        if (load_bytes(full, length) == TD_OK)
            td_config_free(&config);
    for (int i = 0; i < 3000; i++) {
        memcpy(yaml, full, sizeof yaml);
        for (int j = 0; j < 1 + i % 4; j++) {
            random = random * 1664525 + 1013904223; /* Numerical Recipes' */
            yaml[random % (sizeof yaml - 1)] = (char)(random >> 16);
        }
        int rc = load_bytes(yaml, sizeof yaml - 1);
        if (rc == TD_OK)
            td_config_free(&config);
        else
            assert_non_null(strstr(err.text, ": "));
    }
}

/* ---- printing ---- */

static char *print(void)
{
    static char text[1 << 16];
    int fd = open("printed.yaml", O_RDWR | O_CREAT | O_TRUNC, 0600);

    assert_int_equal(td_config_print(&config, fd), 0);
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    assert_true(length > 0);
    text[length] = 0;
    close(fd);
    return text;
}

/* Comments are the origins, and those change. */
static char *without_comments(const char *text)
{
    char *copy = strdup(text), *to = copy;

    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");
        for (size_t i = 0; i + 3 < length; i++)
            if (memcmp(line + i, "  # ", 4) == 0)
                length = i;
        memcpy(to, line, length);
        to += length;
        *to++ = '\n';
    }
    *to = 0;
    return copy;
}

static void what_is_printed_loads_to_the_same(void **state)
{
    struct td_config_flags again = { .file = "printed.yaml", .builtin_plugin_dir = "lib" };

    (void)state;
    setenv("TEXTD_QUEUE_DOCUMENTS", "7", 1);
    load_well(full);
    char *first = without_comments(print());
    td_config_free(&config);
    unsetenv("TEXTD_QUEUE_DOCUMENTS");
    if (td_config_load(&config, &again, &err) != TD_OK)
        fail_msg("%s", err.text);
    assert_string_equal(config.plugins[1].options[1].value, "a \"b\" \u00e9\u2028\x01 $x");
    char *second = strdup(print());
    char *bare = without_comments(second);
    assert_string_equal(first, bare);
    td_config_free(&config);
    assert_int_equal(td_config_load(&config, &again, &err), TD_OK);
    assert_string_equal(print(), second); /* from the second time on the comments are the same too */
    td_config_free(&config);
    free(first);
    free(second);
    free(bare);
}

static void printing_tells_where_each_value_came_from(void **state)
{
    (void)state;
    setenv("TEXTD_QUEUE_DOCUMENTS", "7", 1);
    setenv("TEXTD_ENDPOINTS", "ipc://a", 1);
    put_text(FILE_NAME, "log: {level: debug}");
    assert_int_equal(
        td_config_load(&config,
                       &(struct td_config_flags) { .file = FILE_NAME, .workers = "3", .builtin_plugin_dir = "lib" },
                       &err),
        TD_OK);
    const char *text = print();
    assert_non_null(strstr(text, "\n  count: 3  # --workers\n"));
    assert_non_null(strstr(text, "\n  documents: 7  # TEXTD_QUEUE_DOCUMENTS\n"));
    assert_non_null(strstr(text, "\n  level: debug  # textd.yaml:1:14\n"));
    assert_non_null(strstr(text, "\n  document_bytes: 8MiB  # default\n"));
    assert_non_null(strstr(text, "\nendpoints:  # TEXTD_ENDPOINTS\n  - \"ipc://a\"\n"));
    assert_non_null(strstr(text, "\nplugin_dirs:\n  - \"lib\"  # built in\n"));
    assert_non_null(strstr(text, "\nplugins:  # found in the plugin directories\n"));
    assert_non_null(strstr(text, "\n  - name: default  # all plugins\n    plugins: [segmenter, sentiment]\n"));
    td_config_free(&config);
}

/* ---- the table ---- */

static void defaults_stand_as_they_would_be_printed(void **state)
{
    char text[64];

    (void)state;
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        union td_config_value value;
        assert_int_equal(td_config_value_parse(&td_config_settings[i], td_config_settings[i].initial, &value), 0);
        if (td_config_is_text(td_config_settings[i].type))
            continue;
        td_config_number_print(td_config_settings[i].type, value.number, text, sizeof text);
        assert_string_equal(text, td_config_settings[i].initial);
    }
}

static char *read_page(void)
{
    FILE *file = fopen(TEXTD_SOURCE_DIR "/docs/configuration.md", "r");
    char *page = calloc(1, 1 << 17);

    assert_non_null(file);
    assert_true(fread(page, 1, (1 << 17) - 1, file) > 0);
    fclose(file);
    return page;
}

/* One row of a table: | `limits.deadline` | time | `30s` | `1ms` to `60m` | `TEXTD_LIMITS_DEADLINE` | … */
static void row_make(const struct td_config_setting *setting, char *row, size_t size)
{
    static const char *const types[] = { "count", "bytes", "time",   "bool",  "text",
                                         "files", "level", "format", "found", "sandbox" };
    char variable[TD_CONFIG_NAME_SIZE], initial[64], range[128], min[32], max[32];

    td_config_setting_variable(setting, variable);
    snprintf(initial, sizeof initial, setting->initial[0] ? "`%s`" : "unset", setting->initial);
    td_config_number_print(setting->type <= TD_TYPE_TIME ? setting->type : TD_TYPE_COUNT, setting->min, min,
                           sizeof min);
    td_config_number_print(setting->type <= TD_TYPE_TIME ? setting->type : TD_TYPE_COUNT, setting->max, max,
                           sizeof max);
    snprintf(range, sizeof range, "`%s` to `%s`", min, max);
    if (setting->type == TD_TYPE_BOOL)
        range[0] = 0;
    if (setting->type == TD_TYPE_TEXT)
        snprintf(range, sizeof range, "an `ipc://` path of at most 107 bytes");
    if (strcmp(setting->key, "state_dir") == 0 || strcmp(setting->key, "token_file") == 0 ||
        strcmp(setting->section, "curve") == 0)
        snprintf(range, sizeof range, "an absolute path");
    if (strcmp(setting->key, "socket_group") == 0)
        snprintf(range, sizeof range, "a group of this machine, by name or number");
    if (strcmp(setting->key, "listen") == 0)
        snprintf(range, sizeof range, "`ADDRESS:PORT`, the address a number (`127.0.0.1`, `[::1]`) or `*`");
    if (strcmp(setting->key, "probes") == 0)
        snprintf(range, sizeof range, "the same");
    if (strcmp(setting->key, "hosts") == 0)
        snprintf(range, sizeof range, "names, separated by commas");
    if (setting->type == TD_TYPE_FILES)
        snprintf(range, sizeof range, "absolute paths");
    if (setting->type == TD_TYPE_LEVEL)
        snprintf(range, sizeof range, "`error`, `warn`, `info`, `debug`");
    if (setting->type == TD_TYPE_FORMAT)
        snprintf(range, sizeof range, "`logfmt`, `json`");
    if (setting->type == TD_TYPE_FOUND)
        snprintf(range, sizeof range, "`skip`, `strict`");
    if (setting->type == TD_TYPE_SANDBOX)
        snprintf(range, sizeof range, "`strict`, `permissive`, `off`");
    snprintf(row, size, "\n| `%s.%s` | %s | %s | %s%s| `%s` | ", setting->section, setting->key, types[setting->type],
             initial, range, range[0] ? " " : "", variable);
}

static void the_page_has_every_setting_as_the_table_says(void **state)
{
    char *page = read_page(), row[512];
    int missing = 0;

    (void)state;
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        row_make(&td_config_settings[i], row, sizeof row);
        if (strstr(page, row))
            continue;
        print_error("docs/configuration.md has no row that starts with%s\n", row);
        missing++;
    }
    free(page);
    assert_int_equal(missing, 0);
}

/* The page's example says that it has every key with its default. */
static void the_example_on_the_page_loads(void **state)
{
    char *page = read_page(), *start = strstr(page, "```yaml\n");

    (void)state;
    assert_non_null(start);
    start += strlen("```yaml\n");
    *strstr(start, "```") = 0;
    char *dirs = strstr(start, "[/opt/textd/plugins]"); /* which isn't on this machine */
    assert_non_null(dirs);
    memcpy(dirs, "[more]              ", 20);
    load_well(start);
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        const struct td_config_setting *setting = &td_config_settings[i];
        union td_config_value value;
        assert_int_equal(td_config_private(&config)->settings[i].origin, TD_ORIGIN_FILE);
        assert_int_equal(td_config_value_parse(setting, setting->initial, &value), 0);
        if (!td_config_is_text(setting->type))
            assert_int_equal(*(int64_t *)(void *)((char *)&config.set + setting->offset), value.number);
    }
    assert_int_equal(config.n_plugins, 3);
    td_config_free(&config);
    free(page);
}

static const char *place_of(int setting)
{
    return td_config_private(&config)->settings[setting].place;
}

static void defaults_fit_the_memory_that_there_is(void **state)
{
    static const struct {
        long machine, group, document; /* KiB, the others MiB */
        long reply, document_memory, workers, queue, unread, client, client_reply;
    } cases[] = {
        { 65536, 0, 8192, 64, 1024, 4096, 256, 64, 64, 128 },
        { 65536, 8192, 8192, 64, 1024, 4096, 256, 64, 64, 128 },
        { 65536, 2048, 8192, 64, 1024, 1024, 256, 64, 64, 128 },
        { 65536, 256, 1024, 32, 128, 128, 32, 16, 16, 32 },
        { 65536, 64, 256, 8, 32, 64, 8, 16, 4, 8 },
        { 65536, 1, 256, 8, 32, 64, 8, 16, 4, 8 },
        { 512, 0, 2048, 64, 256, 256, 64, 32, 32, 64 },
        { 512, 1024, 2048, 64, 256, 256, 64, 32, 32, 64 },
        { 512, 300, 1024, 37, 150, 150, 37, 18, 18, 37 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_machine(cases[i].machine, cases[i].group);
        load_well("log: {level: info}");
        const struct td_settings *set = &config.set;
        assert_int_equal(set->limits_document_bytes / TD_KIB, cases[i].document);
        assert_int_equal(set->limits_reply_bytes / TD_MIB, cases[i].reply);
        assert_int_equal(set->limits_document_memory / TD_MIB, cases[i].document_memory);
        assert_int_equal(set->workers_memory / TD_MIB, cases[i].workers);
        assert_int_equal(set->queue_bytes / TD_MIB, cases[i].queue);
        assert_int_equal(set->queue_unread_bytes / TD_MIB, cases[i].unread);
        assert_int_equal(set->client_bytes / TD_MIB, cases[i].client);
        assert_int_equal(set->client_reply_bytes / TD_MIB, cases[i].client_reply);
        td_config_free(&config);
    }
    put_machine(65536, 0);
}

static void a_default_says_of_whose_memory_it_is(void **state)
{
    (void)state;
    put_machine(65536, 256);
    load_well("queue: {bytes: 100MiB}\nlimits: {document_bytes: 24MiB}");
    assert_string_equal(place_of(TD_SETTING_workers_memory), "default, of the control group's 256 MiB");
    assert_string_equal(place_of(TD_SETTING_queue_bytes), FILE_NAME ":1:16"); /* what somebody wrote holds */
    assert_int_equal(config.set.queue_bytes, 100 * TD_MIB);
    assert_int_equal(config.set.client_bytes, 24 * TD_MIB); /* and what follows from it is enough for it */
    assert_string_equal(place_of(TD_SETTING_limits_plugin_timeout), "default");
    td_config_free(&config);
    put_machine(512, 0);
    setenv("TEXTD_CLIENT_BYTES", "64MiB", 1);
    load_well("");
    assert_string_equal(place_of(TD_SETTING_workers_memory), "default, of the machine's 512 MiB");
    assert_string_equal(place_of(TD_SETTING_limits_reply_bytes), "default"); /* which is what it would be anyway */
    assert_int_equal(config.set.client_bytes, 64 * TD_MIB);
    td_config_free(&config);
    put_machine(65536, 0);
}

static char warned[1000];

static void note_warning(void *data, enum td_log_level level, const char *event, const struct td_field *fields)
{
    size_t used = strlen(warned);

    (void)data;
    snprintf(warned + used, sizeof warned - used, "%s %s", td_log_level_name(level), event);
    for (; fields->key && strcmp(fields->key, "action") != 0; fields++) {
        used = strlen(warned);
        snprintf(warned + used, sizeof warned - used, " %s", fields->string);
    }
    strcat(warned, "\n");
}

static void limits_above_the_memory_are_told(void **state)
{
    (void)state;
    put_machine(65536, 256);
    load_well(
        "workers: {memory: 1GiB}\nlimits: {document_memory: 256MiB}\nqueue: {bytes: 257MiB, unread_bytes: 16MiB}");
    td_log_set_fd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    td_log_tap(note_warning, NULL);
    td_config_memory_tell(&config);
    td_log_tap(NULL, NULL);
    assert_string_equal(warned,
                        "warn config.beyond_memory workers.memory 1GiB textd.yaml:1:19 the control group's 256 MiB\n"
                        "warn config.beyond_memory queue.bytes 257MiB textd.yaml:3:16 the control group's 256 MiB\n");
    td_config_free(&config);
    put_machine(65536, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_file_gives_the_defaults),
        TEST(defaults_fit_the_memory_that_there_is),
        TEST(a_default_says_of_whose_memory_it_is),
        TEST(limits_above_the_memory_are_told),
        TEST(without_plugins_every_library_is_one),
        TEST(the_file_says_what_is_loaded),
        TEST(an_endpoint_is_encrypted_unless_it_is_local_or_told_not_to_be),
        TEST(an_end_of_a_pipeline_binds_or_connects_as_is_usual_or_as_told),
        TEST(a_pipeline_called_default_is_added_once),
        TEST(files_that_say_nothing_are_welcome),
        TEST(an_empty_list_of_plugins_loads_none),
        TEST(flag_beats_variable_beats_file_beats_default),
        TEST(textd_config_names_the_file),
        TEST(variables_are_replaced_in_values),
        TEST(service_variables_of_kubernetes_are_passed_over),
        TEST(a_wrong_file_is_told_with_its_place_and_what_is_right),
        TEST(a_wrong_variable_is_told_by_its_name),
        TEST(a_wrong_flag_is_told_by_its_name),
        TEST(a_file_that_cannot_be_read_is_a_system_error),
        TEST(lists_and_sizes_are_bounded),
        TEST(damaged_files_are_refused_or_loaded),
        TEST(what_is_printed_loads_to_the_same),
        TEST(printing_tells_where_each_value_came_from),
        TEST(defaults_stand_as_they_would_be_printed),
        TEST(the_page_has_every_setting_as_the_table_says),
        TEST(the_example_on_the_page_loads),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
