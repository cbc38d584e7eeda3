/* config_wrong.h: wrong configuration files, and word for word what must be said of each. Add a line for each mistake
 * that you see somebody make. The test's directory has lib/ with segmenter.so, sentiment.so and README; lib is the
 * only plugin directory. */
#ifndef TD_CONFIG_WRONG_H
#define TD_CONFIG_WRONG_H

/* clang-format off */
#define P "plugins: [{name: segmenter"

static const struct {
    const char *yaml, *want;
} wrong[] = {
    /* keys */
    { "limit: {}", "textd.yaml:1:1: unknown key 'limit'; did you mean 'limits'?" },
    { "limits:\n  dedline: 1s", "textd.yaml:2:3: unknown key 'limits.dedline'; did you mean 'deadline'?" },
    { "document_bytes: 1MiB", "textd.yaml:1:1: unknown key 'document_bytes'; did you mean 'document_bytes' under 'limits:'?" },
    { "log.level: info", "textd.yaml:1:1: unknown key 'log.level'; did you mean 'level' under 'log:'?" },
    { "log: {colour: red}", "textd.yaml:1:7: unknown key 'log.colour'; known here: level, format, slow, slow_plugin" },
    { "plugins: [{nam: a}]", "textd.yaml:1:12: unknown key 'plugins[0].nam'; did you mean 'name'?" },
    { "log: {}\nlimits: {}\nlog: {}", "textd.yaml:3:1: key 'log' stands here a second time; the first is at line 1" },
    { P ", options: {a: 1, a: 2}}]", "textd.yaml:1:45: key 'a' stands here a second time; the first is at line 1" },
    { "<<: {log: {}}", "textd.yaml:1:1: unknown key '<<'; known here: server, workers, limits, queue, client, suspend, plugin_load, reload, canary, log, endpoints, plugin_dirs, plugins, pipelines" },
    { "[log]: x", "textd.yaml:1:1: a key must be a word" },
    /* values */
    { "limits: {document_bytes: 64MB}", "textd.yaml:1:26: limits.document_bytes is '64MB'; write a number with B, KiB, MiB or GiB, from 1B to 1GiB" },
    { "limits: {document_bytes: 64}", "textd.yaml:1:26: limits.document_bytes is '64'; write a number with B, KiB, MiB or GiB, from 1B to 1GiB" },
    { "limits: {document_bytes: 2GiB}", "textd.yaml:1:26: limits.document_bytes is '2GiB'; write a number with B, KiB, MiB or GiB, from 1B to 1GiB" },
    { "limits: {document_bytes: 9223372036854775808B}", "textd.yaml:1:26: limits.document_bytes is '9223372036854775808B'; write a number with B, KiB, MiB or GiB, from 1B to 1GiB" },
    { "limits: {document_bytes: 9223372036854775807GiB}", "textd.yaml:1:26: limits.document_bytes is '9223372036854775807GiB'; write a number with B, KiB, MiB or GiB, from 1B to 1GiB" },
    { "limits: {deadline: 30}", "textd.yaml:1:20: limits.deadline is '30'; write a number with us, ms, s or m, from 1ms to 60m" },
    { "limits: {deadline: -1s}", "textd.yaml:1:20: limits.deadline is '-1s'; write a number with us, ms, s or m, from 1ms to 60m" },
    { "limits:\n  deadline:\n", "textd.yaml:2:12: limits.deadline is ''; write a number with us, ms, s or m, from 1ms to 60m" },
    { "workers: {count: 1.5}", "textd.yaml:1:18: workers.count is '1.5'; write a whole number, from 0 to 256" },
    { "workers: {window: 0}", "textd.yaml:1:19: workers.window is '0'; write a whole number, from 1 to 256" },
    { "log: {level: warning}", "textd.yaml:1:14: log.level is 'warning'; write error, warn, info or debug" },
    { "server: {state_dir: here}", "textd.yaml:1:21: server.state_dir is 'here'; write an absolute path of at most 3000 bytes" },
    { "plugin_load: {found: ignore}", "textd.yaml:1:22: plugin_load.found is 'ignore'; write skip or strict" },
    { "log: {format: JSON}", "textd.yaml:1:15: log.format is 'JSON'; write logfmt or json" },
    { "log: {level: \"a\\nb\\e[1m\"}", "textd.yaml:1:14: log.level is 'a?b?[1m'; write error, warn, info or debug" },
    { "limits: {deadline: 10m, deadline_max: 9m}", "textd.yaml:1:20: limits.deadline is 10m, more than limits.deadline_max, which is 9m (textd.yaml:1:39): documents without a deadline would be refused" },
    { "client: {bytes: 1MiB}", "textd.yaml:1:17: client.bytes is 1MiB, less than limits.document_bytes, which is 8MiB (default): the largest document would never be accepted" },
    { "limits: {deadline_max: 10s}", "textd.yaml:1:24: limits.deadline_max is 10s, less than limits.deadline, which is 30s (default): documents without a deadline would be refused" },
    { "queue: {bytes: 4MiB}", "textd.yaml:1:16: queue.bytes is 4MiB, less than limits.document_bytes, which is 8MiB (default): the largest document would never be accepted" },
    { "server: {control: tcp://127.0.0.1:1}", "textd.yaml:1:19: server.control: 'tcp://127.0.0.1:1' must start with ipc://: it is for this machine only" },
    { "server: {control: ipc://x}\nendpoints: [ipc://x]", "textd.yaml:1:19: server.control: 'ipc://x' is one of the endpoints; the operator's sockets need paths of their own" },
    /* structure */
    { "limits: 5", "textd.yaml:1:9: limits must be a mapping of 'key: value', not text" },
    { "limits: [5]", "textd.yaml:1:9: limits must be a mapping of 'key: value', not a list" },
    { "log: {level: {a: b}}", "textd.yaml:1:14: log.level must be a single value, not a mapping" },
    { "endpoints: ipc://x", "textd.yaml:1:12: endpoints must be a list, '[item, item]' or lines of '- item', not text" },
    { "endpoints: [[ipc://x]]", "textd.yaml:1:13: endpoints[0] must be a single value, not a list" },
    { "just text", "textd.yaml:1:1: the file must be a mapping of 'key: value', not text" },
    { "- a\n- b", "textd.yaml:1:1: the file must be a mapping of 'key: value', not a list" },
    { "plugins: [segmenter]", "textd.yaml:1:11: plugins[0] must be a mapping of 'key: value', not text" },
    { "plugins: [{file: segmenter}]", "textd.yaml:1:11: plugins[0] has no 'name'; it needs one" },
    { "pipelines: [{name: a}]", "textd.yaml:1:13: pipelines[0] has no 'plugins'; it needs one" },
    { "pipelines: [{name: a, plugins: }]", "textd.yaml:1:32: pipelines[0].plugins must be a list, '[item, item]' or lines of '- item', not empty" },
    { P ", options: [a]}]", "textd.yaml:1:38: plugins[0].options must be a mapping of 'option: value'" },
    { P ", options: {a: [1]}}]", "textd.yaml:1:42: plugins[0].options.a must be a single value" },
    /* YAML */
    { "a: b: c", "textd.yaml:1:5: not valid YAML: mapping values are not allowed in this context" },
    { "a: 'x\n", "textd.yaml:2:1: not valid YAML: found unexpected end of stream while scanning a quoted scalar" },
    { "log: {}\n# \xff", "textd.yaml:2:3: not valid YAML: invalid leading UTF-8 octet" },
    { "log: &a {}", "textd.yaml:1:6: anchors (&name) can't be used here; write the value again where it is needed" },
    { "log: *a", "textd.yaml:1:6: aliases (*name) can't be used here; write the value again" },
    { "log: !!map {}", "textd.yaml:1:6: tags (!name) can't be used here: each key has its type" },
    { "log: {}\n--- {}", "textd.yaml:2:1: a second YAML document starts here; there can be only one" },
    { "a: [[[[[[[[[[", "textd.yaml:1:11: nested too deeply" },
    { "log: {level: \"a\\0b\"}", "textd.yaml:1:14: a text can't contain NUL" },
    /* ${VAR} */
    { "log: {level: \"${NONE}\"}", "textd.yaml:1:14: the variable NONE is not set; set it, or write ${NONE:-default}" },
    { "log: {level: \"${}\"}", "textd.yaml:1:14: '${}' is not a variable's name; write $${ for a plain ${" },
    { "log: {level: \"${a b}\"}", "textd.yaml:1:14: '${a b}' is not a variable's name; write $${ for a plain ${" },
    { "log: {level: \"${a\"}", "textd.yaml:1:14: '${a' has no closing }" },
    { "log: {level: \"${BYTES}\"}", "textd.yaml:1:14: the variable BYTES is not UTF-8" },
    { P ", options: {a: \"${NONE}\"}}]", "textd.yaml:1:42: the variable NONE is not set; set it, or write ${NONE:-default}" },
    /* endpoints */
    { "endpoints: []", "textd.yaml:1:12: endpoints is empty; list at least one" },
    { "endpoints: [ipc://a, ipc://a]", "textd.yaml:1:22: 'ipc://a' stands in the list twice" },
    { "endpoints: ['ipc://']", "textd.yaml:1:13: 'ipc://' needs a path, such as ipc:///run/textd/textd.sock" },
    { "endpoints: [udp://1.2.3.4:5]", "textd.yaml:1:13: 'udp://1.2.3.4:5' must start with ipc:// or tcp://" },
    { "endpoints:\n- ipc://a\n- tcp://0.0.0.0:7411", "textd.yaml:3:3: 'tcp://0.0.0.0:7411' can be reached from other machines, and this version has no encryption: bind 127.0.0.1 or an ipc:// path" },
    { "endpoints: ['tcp://*:7411']", "textd.yaml:1:13: 'tcp://*:7411' can be reached from other machines, and this version has no encryption: bind 127.0.0.1 or an ipc:// path" },
    { "endpoints: ['tcp://[::]:7411']", "textd.yaml:1:13: 'tcp://[::]:7411' can be reached from other machines, and this version has no encryption: bind 127.0.0.1 or an ipc:// path" },
    { "endpoints: ['tcp://128.0.0.1:1']", "textd.yaml:1:13: 'tcp://128.0.0.1:1' can be reached from other machines, and this version has no encryption: bind 127.0.0.1 or an ipc:// path" },
    { "endpoints: ['tcp://localhost:7411']", "textd.yaml:1:13: 'tcp://localhost:7411' must be a numeric address and a port, such as tcp://127.0.0.1:7411" },
    { "endpoints: ['tcp://127.0.0.1']", "textd.yaml:1:13: 'tcp://127.0.0.1' must be a numeric address and a port, such as tcp://127.0.0.1:7411" },
    { "endpoints: ['tcp://127.0.0.1:65536']", "textd.yaml:1:13: 'tcp://127.0.0.1:65536' must be a numeric address and a port, such as tcp://127.0.0.1:7411" },
    /* plugins and pipelines */
    { "plugin_dirs: [lib, nowhere]", "textd.yaml:1:20: plugin directory 'nowhere': No such file or directory" },
    { "plugin_dirs: [lib/README]", "textd.yaml:1:15: plugin directory 'lib/README' is not a directory" },
    { "plugins: [{name: Upper}]", "textd.yaml:1:18: plugins[0].name is 'Upper'; a name is a letter and then at most 30 of a-z, 0-9, _ and -, all lower case" },
    { "plugins: [{name: ''}]", "textd.yaml:1:18: plugins[0].name is ''; a name is a letter and then at most 30 of a-z, 0-9, _ and -, all lower case" },
    { "plugins: [{name: a23456789012345678901234567890123}]", "textd.yaml:1:18: plugins[0].name is 'a23456789012345678901234567890123'; a name is a letter and then at most 30 of a-z, 0-9, _ and -, all lower case" },
    { P "}, {name: segmenter, file: sentiment}]", "textd.yaml:1:37: plugins[1].name is 'segmenter'; another plugin has this name; give each its own" },
    { P ", file: sentimen}]", "textd.yaml:1:35: plugins[0].file is 'sentimen'; there is no sentimen.so in the plugin directories: lib" },
    { P ", file: ../lib/sentiment}]", "textd.yaml:1:35: plugins[0].file is '../lib/sentiment'; write the library's name without directory and .so" },
    { P ", timeout: 0s}]", "textd.yaml:1:38: plugins[0].timeout is '0s'; write a number with us, ms, s or m, from 1ms to 60m" },
    { "pipelines: [{name: a, plugins: [segmenter, sentimnt]}]", "textd.yaml:1:44: pipelines[0].plugins[1] is 'sentimnt'; no plugin has this name; did you mean 'sentiment'?" },
    { "pipelines: [{name: a, plugins: [zzz]}]", "textd.yaml:1:33: pipelines[0].plugins[0] is 'zzz'; no plugin has this name" },
    { "pipelines: [{name: a, plugins: [segmenter, segmenter]}]", "textd.yaml:1:44: pipelines[0].plugins[1] is 'segmenter'; the pipeline has this plugin already" },
    { "pipelines: [{name: a, plugins: []}, {name: a, plugins: []}]", "textd.yaml:1:44: pipelines[1].name is 'a'; another pipeline has this name" },
    { "pipelines: [{name: 1, plugins: []}]", "textd.yaml:1:20: pipelines[0].name is '1'; a name is a letter and then at most 30 of a-z, 0-9, _ and -, all lower case" },
};
/* clang-format on */

#endif
