"""Promises G6 to G8; G1 is test_59's, G2 to G4 are test_61's, G5 is test_54's."""

import os
import signal
import time
from pathlib import Path

import pytest

from conftest import SLOW, plugins, wait_for


def test_g6_a_document_that_kills_workers_is_given_up_after_one_retry(textd):
    """Promise G6, when nobody can know why they were killed."""
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    error = client.error("RAISE 9")
    assert error["code"] == "PLUGIN_CRASHED"
    wait_for("both deaths to be logged", lambda: len(daemon.logged("worker.lost")) == 2)
    assert client.ask("abc")["ok"]


GROUPS = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")


@pytest.fixture
def memory_group():
    """A control group of 200 MiB; skips where none can be made."""
    v1, v2 = (GROUPS[0] / "memory.limit_in_bytes").exists(), (GROUPS[1] / "cgroup.controllers").exists()
    group = (GROUPS[0] if v1 else GROUPS[1]) / f"textd-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.limit_in_bytes" if v1 else "memory.max")).write_text(str(200 << 20))
    except OSError as error:
        pytest.skip(f"no control group with a memory limit can be made here: {error}")
    if not v1 and not v2:
        pytest.skip("there are no control groups here")
    yield group
    wait_for("the group to be empty", lambda: not (group / "cgroup.procs").read_text())
    group.rmdir()


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory is above the limit")
def test_g6_also_when_the_killer_is_the_kernel_for_want_of_memory(memory_group, textd):
    def join():
        (memory_group / "cgroup.procs").write_text(str(os.getpid()))

    daemon = textd(plugins("fault", "echo", workers={"count": 1, "memory": "0B"}), before_exec=join)
    client = daemon.client()
    assert client.ask("ALLOC 20")["ok"]
    error = client.error("ALLOC 1000", seconds=60)
    assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault", error
    assert "want of memory" in error["message"]
    assert len(daemon.wait_logged("worker.lost")) == 1, "the kernel says so: no retry"
    assert client.ask("abc")["ok"]
    daemon.stop()


def test_g7_the_deadline_covers_queue_and_run_and_expired_work_is_not_started(textd):
    """Promise G7: with a plugin that is busy and deaf."""
    daemon = textd(plugins("fault", "echo", workers=1, limits={"kill_grace": "50ms"}))
    client = daemon.client()
    begin = time.monotonic()
    busy = client.annotate("HANG", deadline_ms=400 * SLOW)
    waiting = [client.annotate("abc", deadline_ms=300 * SLOW, plugins=["echo"]) for _ in range(5)]
    replies = client.receive_all([busy, *waiting])
    assert all(reply["error"]["code"] == "DEADLINE_EXCEEDED" for reply in replies.values())
    assert time.monotonic() - begin < 0.4 * SLOW + 0.5 * SLOW
    assert client.ask("abc", plugins=["echo"])["ok"]
    [echo] = [p for p in daemon.control(op="plugin.list")["plugins"] if p["name"] == "echo"]
    assert echo["documents"] == 1, "those that had expired were never run"


def test_g7_cancel_frees_the_worker(textd):
    daemon = textd(plugins("fault", workers=1, limits={"kill_grace": "50ms"}))
    client = daemon.client()
    busy = client.annotate("HANG")
    wait_for("it to run", lambda: daemon.control(op="worker.list")["workers"][0].get("plugin") == "fault")
    client.send({"op": "cancel", "id": busy})
    begin = time.monotonic()
    assert client.receive()["error"]["code"] == "CANCELLED"
    assert client.ask("abc")["ok"] and time.monotonic() - begin < 1 * SLOW


def test_g8_one_client_cannot_starve_the_rest(textd):
    """Promise G8: a polite client among a flood waits for its turn, not for the flood."""
    daemon = textd(plugins("fault", workers=1))
    flood, polite = daemon.client(), daemon.client()
    for _ in range(10_000):
        flood.annotate("SLEEP 1")
    wait_for("the flood to be in", lambda: daemon.control(op="status")["counters"]["documents_accepted"] > 5000)
    answered = lambda: daemon.control(op="status")["counters"]["documents_answered"]  # noqa: E731
    for _ in range(5):
        before = answered()
        assert polite.ask("abc")["ok"]
        assert answered() - before < 60 * SLOW, "it has waited for a worker's window, and what passed while we asked"
    os.kill(daemon.pid, signal.SIGTERM)
    daemon.wait_logged("server.drain")
    os.kill(daemon.pid, signal.SIGTERM)  # the rest of the flood need not be waited for
    daemon.exit_code()
