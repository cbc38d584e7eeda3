"""The configuration as an operator meets it: textd's exit codes, its messages with their lines, and which source wins.

What each wrong file is answered with stands in tests/unit/config_wrong.h; here it is only seen that the program passes
it on. Nothing is started: every command here ends by itself.
"""

import os
import pathlib
import re
import subprocess

import pytest

BUILD = pathlib.Path(os.environ.get("TEXTD_BUILD", pathlib.Path(__file__).parents[2] / "build")).resolve()
TEXTD = BUILD / "bin" / "textd"

EX_USAGE, EX_NOINPUT, EX_CONFIG = 64, 66, 78


def textd(*args, cwd=None, **variables):
    """Runs textd without any TEXTD_ variable but those that are given."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("TEXTD_")}
    env.update(variables)
    return subprocess.run([TEXTD, *map(str, args)], cwd=cwd, env=env, text=True, capture_output=True, timeout=30)


def printed(*args, **variables):
    result = textd(*args, "--print-config", **variables)
    assert result.returncode == 0, result.stderr
    return result.stdout


def value_and_origin(text, section, key):
    """The value of a setting in what --print-config wrote, and the comment after it."""
    body = re.search(rf"^{section}:\n((?:  .*\n)+)", text, re.M).group(1)
    found = re.search(rf"^  {key}: (.*?)  # (.*)$", body, re.M)
    return found.group(1), found.group(2)


@pytest.fixture
def config(tmp_path):
    """Writes a configuration file and gives its path."""

    def write(text):
        path = tmp_path / "textd.yaml"
        path.write_text(text)
        return path

    return write


def test_without_a_file_all_is_well():
    assert textd("--check-config").returncode == 0


def test_a_right_file_passes(config):
    result = textd("--config", config("limits:\n  document_bytes: 1MiB\n"), "--check-config")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("text, message", [
    ("limits:\n  document_bytes: 64MB\n",
     ":2:19: limits.document_bytes is '64MB'; write a number with B, KiB, MiB or GiB, from 1B to 1GiB"),
    ("log:\n  level: info\nlimit:\n  deadline: 1s\n", ":3:1: unknown key 'limit'; did you mean 'limits'?"),
    ("workers: {count: 1}\nworkers: {count: 2}\n", ":2:1: key 'workers' stands here a second time"),
    ("workers: [1]\n", ":1:10: workers must be a mapping of 'key: value', not a list"),
    ("workers: {count: 1\n", ":2:1: not valid YAML: "),
    ("pipelines:\n  - name: mine\n    plugins: [no-such-plugin]\n",
     ":3:15: pipelines[0].plugins[0] is 'no-such-plugin'; no plugin has this name"),
])
def test_a_wrong_file_is_told_with_file_line_and_column(config, text, message):
    path = config(text)
    for mode in ["--check-config"], ["--print-config"], []:
        result = textd("--config", path, *mode)
        assert result.returncode == EX_CONFIG
        assert f"{path}{message}" in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert result.stdout == ""


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "textd.yaml"
    for content in b"\x00", b"\xff\xfe\xff", bytes(range(256)), b"[" * 100_000, b"a: " * 100_000, b"x" * 2_000_000:
        path.write_bytes(content)
        result = textd("--config", path, "--check-config")
        assert result.returncode == EX_CONFIG
        assert str(path) in result.stderr


def test_a_file_that_cannot_be_read_exits_66(tmp_path):
    for path in tmp_path / "nowhere.yaml", tmp_path:
        result = textd("--config", path, "--check-config")
        assert result.returncode == EX_NOINPUT
        assert str(path) in result.stderr


@pytest.mark.parametrize("args", [
    ["--no-such-flag"],
    ["--config"],
    ["--workers"],
    ["a-word"],
    ["--check-config", "--no-such-flag"],
])
def test_a_wrong_command_line_exits_64(args):
    result = textd(*args)
    assert result.returncode == EX_USAGE
    assert args[-1] in result.stderr
    assert result.stdout == ""


def test_a_flag_with_a_wrong_value_exits_78_and_is_named():
    result = textd("--workers", "many", "--check-config")
    assert result.returncode == EX_CONFIG
    assert "--workers: workers.count is 'many'" in result.stderr


def test_flag_beats_variable_beats_file_beats_default(config):
    path = config("workers:\n  count: 2\n")
    assert value_and_origin(printed(), "workers", "count") == ("0", "default")
    assert value_and_origin(printed("--config", path), "workers", "count") == ("2", f"{path}:2:10")
    variable = {"TEXTD_WORKERS_COUNT": "3"}
    assert value_and_origin(printed("--config", path, **variable), "workers", "count") == ("3", "TEXTD_WORKERS_COUNT")
    flagged = printed("--config", path, "--workers", "4", **variable)
    assert value_and_origin(flagged, "workers", "count") == ("4", "--workers")


def test_the_file_may_be_named_by_a_variable(config):
    path = config("log: {level: debug}\n")
    assert value_and_origin(printed(TEXTD_CONFIG=str(path)), "log", "level")[0] == "debug"


def test_variables_in_the_file_are_replaced(config):
    path = config("log:\n  level: ${LEVEL:-warn}\n")
    assert value_and_origin(printed("--config", path), "log", "level")[0] == "warn"
    assert value_and_origin(printed("--config", path, LEVEL="error"), "log", "level")[0] == "error"
    result = textd("--config", config("log:\n  level: ${LEVEL}\n"), "--check-config")
    assert result.returncode == EX_CONFIG
    assert ":2:10: the variable LEVEL is not set" in result.stderr


def test_a_mistyped_variable_is_an_error():
    result = textd("--check-config", TEXTD_LIMIT_DEADLINE="5s")
    assert result.returncode == EX_CONFIG
    assert "TEXTD_LIMIT_DEADLINE: unknown variable; did you mean TEXTD_LIMITS_DEADLINE?" in result.stderr


def test_a_kubernetes_service_called_textd_is_no_error():
    result = textd("--check-config", TEXTD_SERVICE_HOST="10.0.0.1", TEXTD_PORT="tcp://10.0.0.1:7411",
                   TEXTD_PORT_7411_TCP="tcp://10.0.0.1:7411", TEXTD_SERVICE_PORT="7411")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("endpoint", ["tcp://0.0.0.0:7411", "tcp://*:7411", "tcp://[::]:7411", "tcp://192.0.2.1:7411"])
def test_tcp_off_loopback_is_refused_wherever_it_is_written(config, endpoint):
    refusal = f"'{endpoint}' can be reached from other machines: set curve.key_file, so that it is encrypted"
    path = config(f"endpoints: ['{endpoint}']\n")
    for result in (textd("--endpoint", endpoint), textd("--config", path), textd(TEXTD_ENDPOINTS=endpoint)):
        assert result.returncode == EX_CONFIG
        assert refusal in result.stderr


def test_what_is_printed_loads_to_the_same(config, tmp_path):
    path = config("endpoints: [ipc:///tmp/a.sock]\nlimits: {deadline: 1500ms}\nqueue: {bytes: 65536KiB}\n")
    first = printed("--config", path, TEXTD_LOG_FORMAT="json")
    again = tmp_path / "again.yaml"
    again.write_text(first)
    second = printed("--config", again)

    def bare(text):
        return re.sub(r"  # .*", "", text)

    assert bare(second) == bare(first)
    assert value_and_origin(second, "log", "format")[0] == "json"
    assert value_and_origin(second, "limits", "deadline")[0] == "1500ms"
    assert value_and_origin(second, "queue", "bytes")[0] == "64MiB"


def test_the_build_tree_finds_its_own_plugins(tmp_path):
    result = textd("--print-config", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for plugin in "entities", "language", "segmenter", "sentiment", "summarizer":
        assert f"  - name: {plugin}\n" in result.stdout


def test_a_configuration_that_can_be_read_only_once_is_refused(tmp_path):
    """Reloads and restarts would find nothing in it, which is the defaults."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    result = textd("--config", fifo)  # nobody writes: opening it would never return
    assert result.returncode == EX_CONFIG
    assert f"{fifo}: a pipe can be read once" in result.stderr
    command = [TEXTD, "--config", "/dev/stdin"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("TEXTD_")}
    served = subprocess.run(command, input="{}", text=True, capture_output=True, timeout=30, env=env)
    assert served.returncode == EX_CONFIG and "/dev/stdin: a pipe can be read once" in served.stderr
    shown = subprocess.run([*command, "--print-config"], input="limits: {deadline: 7s}", text=True, capture_output=True, timeout=30, env=env)
    assert value_and_origin(shown.stdout, "limits", "deadline")[0] == "7s", "who only looks reads it once"
