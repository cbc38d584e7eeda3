"""Stopping, restarting, reloading, dying, when they meet: each is answered once, nobody is forgotten, the end is clean."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from conftest import BAD, BUILD, GOOD, LOOKED_INTO, SANITIZER, SLOW, is_gone, plugins, wait_for
from test_61_reload import folder, rewrite  # noqa: F401: a fixture


def busy_workers(client, n):
    """The numbers of the workers that take part when there is more to do than one of them can hold."""
    replies = client.receive_all([client.annotate("SLEEP 20") for _ in range(n)])
    assert all(reply["ok"] for reply in replies.values())
    return {reply["served"]["worker"] for reply in replies.values()}


def test_restarts_that_meet_leave_every_worker_at_work(textd):
    daemon = textd(plugins("fault", workers={"count": 2, "window": 2}))
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    for _ in range(3):
        for i in range(40):  # one after the other, so that some find workers that are only just starting
            assert control.request({"id": i, "op": "worker.restart"})["ok"]
        wait_for("all to be ready", lambda: daemon.control(op="ping")["workers"] == 2)
        assert busy_workers(client, 8) == {0, 1}


def test_a_restart_that_meets_a_crash_leaves_every_worker_at_work(textd):
    daemon = textd(plugins("fault", workers={"count": 2, "window": 2}))
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    for _ in range(3):
        crash = client.annotate("CRASH")
        for i in range(20):
            control.send({"id": i, "op": "worker.restart"})
        assert client.receive()["id"] == crash
        assert all(control.receive()["ok"] for _ in range(20))
        wait_for("all to be ready", lambda: daemon.control(op="ping")["workers"] == 2)
        assert busy_workers(client, 8) == {0, 1}


def test_a_server_that_stops_answers_everything_once(textd):
    """Its worker hangs, so that it is stopping for the second that workers get to go by themselves."""
    daemon = textd(plugins("fault", workers=1, limits={"kill_grace": "10s"}))
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    hung = client.annotate("HANG")
    wait_for("it to hang", lambda: "plugin" in daemon.control(op="worker.list")["workers"][0])
    assert control.request({"id": 0, "op": "ping"})["ok"]
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_logged("server.drain")
    daemon.process.send_signal(signal.SIGTERM)
    assert client.receive()["error"]["code"] == "SHUTTING_DOWN"
    ops = ["ping", "status", "plugin.list", "worker.list", "log.level", "drain", "shutdown", "drain", "worker.restart",
           "plugin.disable", "plugin.enable", "plugin.load", "plugin.unload", "plugin.reload", "config.reload"]
    for i, op in enumerate(ops):
        control.send({"id": i, "op": op, "plugin": "fault", "level": "info"})
    replies = control.receive_all(range(len(ops)))
    for i, op in enumerate(ops):
        if i < 8:
            assert replies[i]["ok"], (op, replies[i])
        else:
            assert replies[i]["error"]["code"] == "SHUTTING_DOWN", (op, replies[i])
    assert replies[1]["state"] == "stopping" and replies[5]["documents"] == 0
    for op in ("ping", "describe", "cancel", "annotate"):
        client.send({"id": op, "op": op, "text": "abc"})
    replies = client.receive_all(["ping", "describe", "cancel", "annotate"])
    assert replies["ping"]["ok"] and replies["ping"]["workers"] == 0 and replies["describe"]["ok"]
    assert replies["annotate"]["error"]["code"] == "SHUTTING_DOWN"
    assert hung and daemon.exit_code() == 0


def test_a_stop_waits_for_the_thread_that_copies_files(textd, folder):
    model = folder / "fault"
    model.mkdir()
    os.truncate(os.open(model / "large", os.O_CREAT | os.O_WRONLY, 0o644), 400 << 20)  # which takes some tenths of a second
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}]})
    control = daemon.client(endpoint=daemon.control_endpoint)
    control.send({"id": 1, "op": "plugin.load", "plugin": "fault", "progress": True})
    assert control.receive()["progress"] == "reading files"
    daemon.process.send_signal(signal.SIGTERM)
    assert control.receive()["error"]["code"] == "SHUTTING_DOWN"
    assert daemon.exit_code() == 0


def test_a_lower_limit_of_size_costs_no_document_that_waits(textd):
    daemon = textd(plugins("fault", workers={"count": 1, "window": 1}, limits={"document_bytes": "8MiB"}))
    client, large = daemon.client(), "x" * 6000000
    slow = client.annotate(f"SLEEP {300 * SLOW}")
    waiting = [client.annotate(large) for _ in range(3)]
    wait_for("them to wait", lambda: daemon.control(op="status")["documents"] == 4)
    rewrite(daemon, limits={"document_bytes": "100KiB"})
    assert daemon.control(op="config.reload")["ok"]
    replies = client.receive_all([slow, *waiting])
    assert all(reply["ok"] for reply in replies.values()), replies
    assert client.error(large)["code"] == "TOO_LARGE"
    assert not daemon.logged("worker.lost")


def test_what_is_disabled_stays_so_when_its_file_is_new(textd, folder):
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}, {"name": "fault"}]})

    def state():
        return {p["name"]: p["state"] for p in daemon.control(op="plugin.list")["plugins"]}

    assert daemon.control(op="plugin.disable", plugin="fault")["ok"]
    with open(folder / "fault.so", "ab") as library:
        library.write(b"newer")
    assert daemon.control(op="plugin.reload", plugin="fault")["ok"]
    assert state() == {"echo": "active", "fault": "disabled"}
    assert daemon.control(op="config.reload")["ok"]
    assert state()["fault"] == "disabled"
    assert daemon.control(op="plugin.enable", plugin="fault")["ok"]
    assert state()["fault"] == "active"


@pytest.fixture
def slow_to_load(textd, tmp_path):
    """A daemon that is still loading; its worker is in a plugin's `create`."""
    directory = tmp_path / "plugins"
    directory.mkdir(mode=0o755)
    shutil.copy(GOOD / "echo.so", directory / "echo.so")
    shutil.copy(BAD / "create_slow" / "create_slow.so", directory / "create_slow.so")
    daemon = textd({"plugin_dirs": [str(directory)], "plugins": [{"name": "echo"}, {"name": "create_slow"}],
                    "workers": {"count": 1, "start_timeout": f"{20 * SLOW}s"}}, wait=False, env=LOOKED_INTO)
    return daemon, wait_for("a worker that loads", lambda: [p for p in daemon.worker_pids() if "create_slow" in maps_of(p)])[0]


def maps_of(pid):
    try:
        return Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return ""


def next_worker(daemon, pid):
    return wait_for("another worker", lambda: [p for p in daemon.worker_pids() if p != pid])[0]


def test_a_kill_from_outside_while_plugins_load_blames_nobody(slow_to_load):
    daemon, pid = slow_to_load
    os.kill(pid, signal.SIGKILL)
    next_worker(daemon, pid)
    [line] = daemon.logged("worker.killed")
    assert "killed from outside" in line and 'action="start it again"' in line
    assert not daemon.logged("server.start_failed")


def test_whoever_kills_them_all_is_named_and_not_the_configuration(slow_to_load):
    daemon, pid = slow_to_load
    for _ in range(3):
        os.kill(pid, signal.SIGKILL)
        pid = next_worker(daemon, pid)
    os.kill(pid, signal.SIGKILL)
    assert daemon.exit_code() == os.EX_OSERR
    [line] = daemon.logged("server.start_failed")
    assert "killed from outside" in line and "create_slow" not in line


def test_a_worker_that_was_told_to_go_is_replaced_at_once(textd):
    """It had no document, as one that dies of a plugin that can't be loaded; but it did not die."""
    daemon = textd(plugins("fault", workers=1))
    begin = time.monotonic()
    for n in range(10):
        wait_for("it to be ready", lambda: daemon.control(op="ping")["workers"] == 1)
        assert daemon.control(op="worker.restart")["workers"] == 1
        wait_for("another", lambda: len(daemon.logged("worker.ready")) == n + 2)
    assert time.monotonic() - begin < 4 * SLOW, "growing pauses would add up to 21 s"


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer keeps what is freed for a while, to find who uses it")
def test_a_large_reply_leaves_nothing_behind(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    client.ask("abc")
    before = daemon.rss_kib()
    assert sum(map(len, client.result("BIG 40000000", "fault"))) >= 40000000
    client.ask("abc")
    wait_for("the pages to go back", lambda: daemon.rss_kib() < before + 8192)


def held(**env):
    """What is preloaded, and what it is to do."""
    env["LD_PRELOAD"] = str((BUILD / "tests/libhold_copy.so").resolve())
    return {**env, "ASAN_OPTIONS": SANITIZER + ":verify_asan_link_order=0"} if SLOW > 1 else env


def test_a_small_reply_that_waits_for_a_large_one_is_not_forgotten(textd):
    """The small one may be seen first, in memory, while the large one is still in the channel. Requests that are refused keep the loop
    awake, so that nobody has to wake it."""
    daemon = textd(plugins({"name": "fault", "timeout": f"{20 * SLOW}s"}, workers=1))
    client, other = daemon.client(), daemon.client()
    for _ in range(60):
        refused = [other.annotate("", plugins=["none"]) for _ in range(150)]
        for _ in range(6):
            both = [client.annotate("BIG 20000"), client.annotate("abc")]
            begin = time.monotonic()
            assert all(reply["ok"] for reply in client.receive_all(both).values())
            assert time.monotonic() - begin < 0.9 * SLOW, "only the look at a worker that stalls has found it"
        other.receive_all(refused)


def test_a_worker_that_dies_before_it_is_given_plugins_is_replaced_and_no_plugin_blamed(textd, tmp_path):
    """Workers are made while the start copies files, and know no plugin yet."""
    hold = tmp_path / "hold"
    hold.touch()
    daemon = textd(plugins("fault"), env=held(HOLD_START=str(hold), HOLD_COPY=str(hold)), wait=False)
    first = wait_for("workers", lambda: len(pids := daemon.worker_pids()) == 2 and pids)[0]
    os.kill(first, signal.SIGABRT)
    wait_for("its death", lambda: is_gone(first))
    hold.unlink()
    daemon.wait_until_it_answers()
    assert daemon.logged("worker.spawn_failed", worker="0") and not daemon.logged("plugin.failed")
    wait_for("all to be ready", lambda: daemon.control(op="ping")["workers"] == 2)
    assert "fault" in daemon.client().ask("hello")["results"]


def test_a_copy_that_the_kernel_does_not_let_be_sealed_is_sealed_a_moment_later(textd):
    """It has its hands on one of the pages, to move it say: no plugin's fault, and soon over. For ever is another thing."""
    assert textd(plugins("fault"), env=held(BUSY_SEALS="3")).client().ask("hello")["ok"]
    daemon = textd(plugins("fault"), env=held(BUSY_SEALS="1000"), wait=False)
    assert daemon.exit_code() == 71 and "can't be sealed: Device or resource busy" in daemon.log()
