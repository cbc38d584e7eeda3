"""What workers print, what plugins log, and a log that nobody reads: it is told, in bounds, and nothing waits for it."""

import fcntl
import json
import os
import re
import resource
import signal
import subprocess
import time

import pytest

from conftest import BAD, BUILD, GOOD, SLOW, environment, plugins, wait_for
from test_63_events import follow, receive

LARGEST = 4 << 20  # of a file; enough for what textd copies
F_SETPIPE_SZ = 1031  # Linux; Python has a name for it from 3.10 on


def words(daemon, event="plugin.stderr"):
    """The lines of that event as maps, whichever format the log has."""
    found = []
    for line in daemon.log().splitlines():
        if line.startswith("{"):
            fields = json.loads(line)
        else:
            pairs = re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)', line)
            fields = {key: re.sub(r'^"|"$', "", value) for key, value in pairs}
        if fields["event"] == event:
            found.append(fields)
    return found


class Pipe:
    """A daemon's stderr that is read when the test says so. A page long, so that it is soon full."""

    def __init__(self):
        self.reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, F_SETPIPE_SZ, 4096)
        os.set_blocking(self.reader, False)
        self.text = ""

    def give(self):
        os.dup2(self.writer, 2)

    def read(self):
        try:
            self.text += os.read(self.reader, 65536).decode()
        except BlockingIOError:
            pass
        return self.text


def test_a_stderr_that_nobody_reads_stops_nothing(textd):
    pipe = Pipe()
    daemon = textd(plugins("fault", "talk", log={"level": "debug"}), before_exec=pipe.give)
    client = daemon.client()
    for i in range(6):  # more than pipe and queue hold
        assert client.ask("ERR 100\n" + "x" * 500 + "\n", plugins=["talk"])["ok"]
        assert client.error("ABORT\n", plugins=["talk"])["code"] == "PLUGIN_CRASHED"
    assert client.request({"op": "ping", "id": "p"})["ok"]
    assert daemon.control(op="status")["ok"]
    began = time.monotonic()
    assert client.error("HANG", plugins=["fault"], deadline_ms=100)["code"] == "DEADLINE_EXCEEDED"
    assert time.monotonic() - began < 2 * SLOW
    assert client.ask("text", plugins=["talk"])["ok"]
    # When somebody reads again, what waited comes in order, and then how much is missing.
    missing = wait_for("the count", lambda: re.search(r"event=log.dropped lines=(\d+)\n", pipe.read()))
    assert int(missing.group(1)) > 0
    lines = pipe.text.split("\n")[:-1]
    assert all(re.match(r"ts=\S+Z level=\w+ event=[a-z._]+ ", line) for line in lines)
    assert os.get_blocking(pipe.writer), "the flag is the shell's, too"


def test_the_end_does_not_wait_for_a_stderr_that_nobody_reads(textd):
    pipe = Pipe()
    daemon = textd(plugins("talk", log={"level": "debug"}), before_exec=pipe.give)
    client = daemon.client()
    for i in range(3):
        client.ask("ERR 100\n" + "x" * 500 + "\n")
        client.error("ABORT\n")
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began < 3 * SLOW


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_plugin_output_is_told_with_its_name(textd, form):
    daemon = textd(plugins("talk", "echo", workers=1, log={"format": form}))
    client = daemon.client()
    client.ask("ERR\nto stderr\n")  # echo runs right behind, and is not blamed for it
    client.ask("OUT\nto stdout\n")
    client.ask("OUT\nwithout an end")
    told = wait_for("three lines", lambda: len(words(daemon)) == 3 and words(daemon))
    assert [line["text"] for line in told] == ["to stderr", "to stdout", "without an end"]
    for line in told:
        assert line["plugin"] == "talk" and str(line["worker"]) == "0" and str(line["generation"]) == "1"
        assert line["level"] == "warn"


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_forged_lines_are_escaped(textd, form):
    lines = [
        "ts=2026-01-01T00:00:00.000Z level=error event=worker.forged worker=0 plugin=echo",
        '{"ts":"2026-01-01T00:00:00.000Z","level":"error","event":"worker.forged"}',
        'x" event=worker.forged y="',
        'x","event":"worker.forged","y":"',
        "a\rb\x1b[2Jc\x00d\x7fe\u2028f\u0085g\\",
        "\x1e" + "0" * 16 + "0000005words",  # a frame, with a key that isn't the worker's
        "\x1e\x1e",
    ]
    daemon = textd(plugins("talk", workers=1, log={"format": form}))
    client = daemon.client()
    for line in lines:
        client.ask(f"ERR\n{line}\n")
        client.ask(f"LOG 0\n{line}\nevent=worker.forged")
    client.ask(b"ERR\n\xc3\xa9 \xe2\x82\xac".decode() + "\n")
    wait_for("the last line", lambda: "€" in daemon.log())
    assert len(words(daemon)) == len(lines) + 1 and len(words(daemon, "plugin.log")) == len(lines) + 2  # and of create
    assert not words(daemon, "worker.forged")
    for line in daemon.log_path.read_bytes().split(b"\n")[:-1]:
        text = line.decode()  # valid UTF-8, and no control character
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", text), text
        head = r'\{"ts":"[^"]*Z","level":"\w+","event":' if form == "json" else r"ts=\S+Z level=\w+ event="
        assert re.match(head, text)
    if form == "json":
        assert [line["text"] for line in words(daemon)][:5] == lines[:5]


def test_a_flood_of_output_is_bounded(textd):
    daemon = textd(plugins("talk", {"name": "fault", "timeout": "20s"}))
    flooder, other = daemon.client(), daemon.client()
    other.ask("text", plugins=["fault"])
    began = time.monotonic()
    flooder.annotate("FLOOD 82\nthe end of it\n", id="flood", plugins=["talk"])
    slowest, n = 0, 0
    while not flooder.socket.poll(0):
        start = time.monotonic()
        assert other.ask("text", plugins=["fault"])["ok"]
        slowest, n = max(slowest, time.monotonic() - start), n + 1
        assert start - began < 15 * SLOW
    assert flooder.receive()["ok"]
    assert n > 50 and slowest < 0.5 * SLOW
    dropped = wait_for("the count", lambda: (lines := words(daemon, "plugin.stderr_dropped")) and
                       sum(int(line["bytes"]) for line in lines) > 80 << 20 and lines, 15)
    assert all(line["plugin"] == "talk" for line in dropped)
    assert len(daemon.log()) < 200_000


def test_last_words_before_a_crash_are_told(textd):
    daemon = textd(plugins("talk", workers=1))
    client = daemon.client()
    assert client.error("ABORT\nwhat must not be\nno end")["code"] == "PLUGIN_CRASHED"
    daemon.wait_logged("worker.lost", plugin="talk")
    daemon.wait_logged("worker.ready", worker=0)
    client.ask("FLOOD 1\n")  # whatever came before
    assert client.error("ABORT\nwhat must not be after all\n")["code"] == "PLUGIN_CRASHED"
    wait_for("both deaths", lambda: len(daemon.logged("worker.lost")) == 2)
    log = daemon.log().splitlines()
    events = [re.search(r"event=(\S+)", line).group(1) for line in log]
    first = events.index("worker.lost")
    assert 'text="what must not be"' in log[first - 3] and 'text="no end"' in log[first - 2]  # doc.failed is between
    second = events.index("worker.lost", first + 1)
    last = [line for line in log[first:second] if "event=plugin.stderr " in line][-1]
    assert 'plugin=talk' in last and 'text="what must not be after all"' in last


def test_words_of_a_crash_at_load_are_told(textd):
    daemon = textd(plugins("create_crash", directory=BAD / "create_crash", workers=1), wait=False)
    assert daemon.exit_code() == 78
    assert [line["text"] for line in words(daemon)] == ["the model is not what it was"]


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_a_plugin_logs_through_the_extension(textd, form):
    daemon = textd(plugins("talk", "echo", workers=1, log={"format": form}))
    client = daemon.client()
    for level in range(4):
        client.ask(f"LOG {level}\nof level {level}")
    client.ask("LOG -1\nof no level")
    client.ask("LOG 1\n" + "é" * 600)
    client.ask("LOG 0\n")
    client.ask("ERR\nhalf a line")
    client.ask("LOG 2\na proper one")
    assert client.result("LOG 3\n", "talk") == 0, "debug is not wanted"
    daemon.control(op="log.level", level="debug")
    assert client.result("LOG 3\nwanted now", "talk") == 1
    wait_for("it", lambda: "wanted now" in daemon.log())
    daemon.control(op="log.level", level="error")
    assert client.result("LOG 1\nunheard", "talk") == 1, "who follows events still wants it"
    daemon.stop()
    told = words(daemon, "plugin.log")
    assert [(line["level"], line["text"]) for line in told] == [
        ("info", "words of create"), ("info", "words of selftest"), ("error", "of level 0"), ("warn", "of level 1"),
        ("info", "of level 2"), ("warn", "é" * 512), ("error", ""), ("info", "a proper one"), ("debug", "wanted now")]
    for line in told:
        assert line["plugin"] == "talk" and str(line["worker"]) == "0" and str(line["generation"]) == "1"
    assert [line["text"] for line in words(daemon)] == ["half a line"]


def test_what_plugins_say_is_an_event_too(textd):
    daemon = textd(plugins("talk", "fault", workers=1, log={"level": "error"}))
    socket = follow(daemon, "plugin.")
    client = daemon.client()
    client.ask(b"ERR\n\xc2\x80 printed\n".decode(), plugins=["talk"])
    client.ask("LOG 1\nlogged", plugins=["talk"])
    assert receive(socket, "plugin.stderr", plugin="talk", worker=0)["text"] == "\x80 printed"
    assert receive(socket, "plugin.log", plugin="talk", worker=0)["text"] == "logged"
    assert not daemon.logged("plugin.log")


def test_a_plugin_logs_without_a_daemon():
    run = subprocess.run([str(BUILD / "libexec/textd/plugin-tool"), "run", str(GOOD / "talk.so")], input="LOG 3\nof a document",
                         env=environment(), capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stderr.splitlines()[:3] == [
        "talk: info: words of create", "talk: info: words of selftest", "talk: debug: of a document"]


def test_a_log_that_has_its_full_size_stops_nothing(textd):
    """`ulimit -f`, LimitFSIZE=: the kernel's signal for it ends a process that doesn't ignore it."""

    def almost_full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, resource.RLIM_INFINITY))
        os.lseek(2, LARGEST - 200, os.SEEK_SET)

    daemon = textd(plugins("fault"), before_exec=almost_full)
    pids = [daemon.pid, daemon.supervisor_pid]
    assert daemon.client().error("CRASH")["code"] == "PLUGIN_CRASHED"  # more lines
    assert daemon.log_path.stat().st_size == LARGEST
    os.kill(pids[1], signal.SIGKILL)  # and one of the parent's
    wait_for("another supervisor", lambda: daemon.supervisor_pid not in (None, pids[1]))
    assert daemon.client().ask("abc")["ok"]
    daemon.stop()
