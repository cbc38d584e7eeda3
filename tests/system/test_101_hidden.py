"""Workers that can't be looked into, on a /proc that hides such processes: what the supervisor must see of them it sees all the same."""

import os
import signal
import time

import pytest

from conftest import HIDDEN_USER, SLOW, behind_a_proc_that_hides, can_hide, plugins, wait_for


@pytest.fixture
def hidden(textd):
    if not can_hide():
        pytest.skip(can_hide.__doc__)
    config = lambda sections: plugins("fault", {"name": "attack", "options": {"hide": True}}, **sections)
    return lambda **sections: textd(config(sections), before_exec=behind_a_proc_that_hides, owner=HIDDEN_USER)


def workers(daemon):
    return daemon.control(op="worker.list")["workers"]


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory leaves no room for a limit")
def test_hidden_workers_that_grow_quickly_give_way_by_themselves(hidden):
    daemon = hidden(workers={"count": 1, "memory": "200MiB"}, limits={"reply_bytes": "1MiB"})
    client = daemon.client()
    replies = client.receive_all([client.annotate("HOARD 50") for _ in range(20)])
    assert all(reply["ok"] and set(reply["results"]) == {"fault", "attack"} for reply in replies.values())
    assert daemon.wait_logged("worker.large", action="replace") and not daemon.logged("worker.lost")


def test_deaths_of_hidden_workers_are_seen_while_their_parent_is_held_up(hidden):
    daemon = hidden(workers=3)
    client = daemon.client()
    killed = client.annotate(f"SLEEP {200 * SLOW}")
    [pid] = wait_for("it to be run", lambda: [w["pid"] for w in workers(daemon) if w.get("plugin") == "fault"])
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        assert client.receive_all([killed])[killed]["ok"], "whatever it was, the plugin isn't blamed: it was run again"
        line, = daemon.logged("worker.lost", pid=pid)
        assert "of what can't be seen, and its parent is held up" in line
        error = client.error("CRASH")
        assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault" and "SIGSEGV" in error["message"]
        assert client.ask("abc")["ok"]
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    wait_for("all to be replaced", lambda: daemon.control(op="ping")["workers"] == 3)
    assert client.error("EXIT 3")["message"].endswith("exit code 3")


def test_hidden_workers_that_are_stopped_are_found_to_be(hidden):
    """By the probes at once, and by the watch, which takes a stopped plugin for a victim and not for a late one."""
    daemon = hidden(workers=1, http={"listen": "127.0.0.1:*"}, limits={"plugin_timeout": f"{300 * SLOW}ms"})
    client = daemon.client()
    ident = client.annotate(f"SLEEP {50 * SLOW}")
    [pid] = wait_for("it to be run", lambda: [w["pid"] for w in workers(daemon) if w.get("plugin") == "fault"])
    os.kill(pid, signal.SIGSTOP)
    assert daemon.http("/readyz?verbose")[0] == 503
    assert b"0 of 1 workers take documents; others are stopped" in daemon.http("/readyz?verbose")[2]
    begin = time.monotonic()
    assert client.receive_all([ident])[ident]["ok"], "it was run again elsewhere"
    assert time.monotonic() - begin < 5 * SLOW
    assert not daemon.logged("plugin.starved")
    state = [p for p in daemon.control(op="plugin.list")["plugins"] if p["name"] == "fault"]
    assert state[0]["timeouts"] == 0
