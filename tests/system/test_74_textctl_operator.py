"""textctl's commands for operators, against the real daemon."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time

import pytest

from conftest import BIN, GOOD, SLOW, environment, wait_for


@pytest.fixture
def daemon(textd, tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name in ("echo", "fault", "provider", "dependent"):
        shutil.copy(GOOD / f"{name}.so", folder)
    return textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}], "suspend": {"deaths": 2, "pause": "1m"}})


def textctl(daemon, *args, timeout=60):
    env = environment(RUNTIME_DIRECTORY=str(daemon.run))
    return subprocess.run([str(BIN / "textctl"), *args], env=env, capture_output=True, text=True, timeout=timeout * SLOW)


def ok(daemon, *args):
    run = textctl(daemon, *args)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_plugins_come_and_go(daemon):
    assert "generation 2 serves" in ok(daemon, "plugin", "load", "fault")
    assert re.search(r"^fault +1\.0\.0 +[0-9a-f]{8} +active", ok(daemon, "plugin", "list"), re.M)
    assert ok(daemon, "plugin", "disable", "fault") == "fault is disabled\n"
    assert " disabled " in ok(daemon, "plugin", "list")
    assert ok(daemon, "plugin", "enable", "fault") == "fault is active\n"
    assert json.loads(ok(daemon, "plugin", "reload", "fault", "--json"))["generation"] == 3
    assert "generation 4" in ok(daemon, "plugin", "reload")
    assert "generation 5" in ok(daemon, "plugin", "unload", "fault")
    assert "fault" not in ok(daemon, "plugin", "list")


def test_a_plugin_is_loaded_as_asked(daemon):
    ok(daemon, "plugin", "load", "slow", "--file", "fault", "--limit", "100ms", "--alone")
    client = daemon.client()
    assert set(client.ask("abc")["results"]) == {"echo"}
    assert client.error("HANG", plugins=["slow"])["code"] == "PLUGIN_TIMEOUT"
    ok(daemon, "plugin", "load", "more", "--file", "fault", "--pipeline", "default")
    assert set(client.ask("abc")["results"]) == {"echo", "more"}


def test_two_versions_of_a_plugin_that_others_need(daemon):
    ok(daemon, "plugin", "load", "provider")
    ok(daemon, "plugin", "load", "dependent")
    ok(daemon, "plugin", "load", "provider-next", "--file", "provider", "--alone")
    client = daemon.client()
    assert {"provider", "dependent"} <= set(client.ask("abc")["results"])
    assert set(client.ask("abc", plugins=["provider-next", "dependent"])["results"]) == {"provider-next", "dependent"}
    run = textctl(daemon, "plugin", "load", "third", "--file", "provider")
    assert run.returncode == 1 and "put only one of them into a pipeline" in run.stderr


@pytest.mark.parametrize("args,code,words", [
    (("plugin", "load", "nothing"), 1, "RELOAD_FAILED: plugin nothing: there is no nothing.so"),
    (("plugin", "unload", "nothing"), 1, "UNKNOWN_PLUGIN"),
    (("plugin", "enable", "nothing"), 1, "UNKNOWN_PLUGIN"),
    (("plugin", "load", "fault", "-o", "nope=1"), 1, "nope"),
    (("plugin", "load", "fault", "-o", "nope"), 2, "KEY=VALUE"),
    (("plugin", "load"), 2, "plugin load takes NAME"),
    (("plugin", "frobnicate", "x"), 2, "it takes list, or one of"),
    (("plugin",), 2, "plugin --help"),
    (("workers", "restart", "one"), 2, "NUMBER"),
    (("workers", "restart", "99"), 1, "'worker' must be"),
    (("workers", "stop"), 2, "restart"),
    (("log-level", "loud"), 1, "'level' must be"),
    (("log-level",), 2, "a LEVEL"),
    (("status", "now"), 2, "status takes no words"),
    (("reload", "--frobnicate"), 2, "frobnicate"),
])
def test_what_is_wrong_is_said(daemon, args, code, words):
    run = textctl(daemon, *args)
    assert run.returncode == code and words in run.stderr and run.stdout == "", run


def test_reload_tells_by_its_exit_code(daemon):
    assert "generation 2" in ok(daemon, "reload")
    path = daemon.run / "textd.yaml"
    before = path.read_text()
    path.write_text(before.replace("plugins", "plugnis", 1))
    run = textctl(daemon, "reload")
    assert run.returncode == 1 and "textd.yaml:1:" in run.stderr
    assert "refused" in ok(daemon, "status")
    path.write_text(json.dumps({**json.loads(before), "endpoints": ["ipc:///tmp/elsewhere.sock"]}))
    assert "endpoints has changed in the configuration and needs a restart" in ok(daemon, "reload")


def test_status_and_workers(daemon):
    daemon.client().ask("abc")
    text = ok(daemon, "status")
    assert f"pid {daemon.pid}" in text and "serving" in text and "PLUGIN" in text and "WORKER" in text
    seen = json.loads(ok(daemon, "status", "--json"))
    assert seen["counters"]["documents_answered"] == 1 and seen["plugins"][0]["name"] == "echo"
    assert str(daemon.worker_pids()[0]) in ok(daemon, "workers")
    before = set(daemon.worker_pids())
    assert "being replaced" in ok(daemon, "workers", "restart", "0")
    wait_for("one other", lambda: len(before & set(daemon.worker_pids())) == len(before) - 1)


def test_log_level(daemon):
    assert "debug" in ok(daemon, "log-level", "debug")
    daemon.client().ask("abc")
    daemon.wait_logged("doc.done")


def test_drain_and_shutdown(daemon):
    assert "answered" in ok(daemon, "drain")
    assert textctl(daemon, "plugin", "reload").returncode == 75
    ok(daemon, "shutdown")
    assert daemon.exit_code() == 0
    run = textctl(daemon, "status", "--timeout", "200ms")
    assert run.returncode == 69 and "control.sock" in run.stderr


def test_events_are_followed_over_a_restart(daemon, textd):
    env = environment(RUNTIME_DIRECTORY=str(daemon.run))
    watcher = subprocess.Popen([str(BIN / "textctl"), "events", "--json", "plugin."], env=env, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        def heard():
            daemon.control(op="plugin.disable", plugin="echo")
            return select.select([watcher.stdout], [], [], 0.05)[0]
        wait_for("it to listen", heard)
        event = json.loads(watcher.stdout.readline())
        assert event["event"] == "plugin.disabled" and event["plugin"] == "echo"
        daemon.stop()
        assert "is lost" in watcher.stderr.readline()
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(10 * SLOW) == 0
    finally:
        watcher.kill()
        watcher.wait()
        watcher.stdout.close()
        watcher.stderr.close()


def test_events_without_a_daemon(tmp_path):
    run = subprocess.run([str(BIN / "textctl"), "events", "--timeout", "200ms"], env=environment(RUNTIME_DIRECTORY=str(tmp_path)),
                         capture_output=True, text=True, timeout=30)
    assert run.returncode == 69


def test_top_once(daemon):
    daemon.client().ask("abc")
    text = ok(daemon, "top")
    assert "echo" in text and "\033" not in text, "no terminal: one frame, no escape sequences"
    assert json.loads(ok(daemon, "top", "--json"))["state"] == "serving"


def test_top_on_a_terminal(daemon):
    """Redraws each second with rates; q leaves and gives the terminal back."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.clear()
        os.environ.update(environment(RUNTIME_DIRECTORY=str(daemon.run), TERM="xterm"))
        os.execv(str(BIN / "textctl"), ["textctl", "top"])
    client, text, end = daemon.client(), b"", time.monotonic() + 20 * SLOW
    while b"DOCS/s" not in text and time.monotonic() < end:
        client.ask("abc")
        if select.select([fd], [], [], 0.05)[0]:
            text += os.read(fd, 65536)
    os.write(fd, b"q")
    assert b"DOCS/s" in text and b"\033[H" in text and b"documents/s answered" in text
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(fd)
