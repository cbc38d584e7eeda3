"""A plugin's failure costs one document, which is told why, and names the plugin. Nobody else notices."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from conftest import SLOW, plugins, wait_for


@pytest.mark.parametrize(
    "text,death",
    [("CRASH", "SIGSEGV"), ("ABORT", "SIGABRT"), ("STACK", "SIGSEGV"), ("EXIT 3", "exit code 3"), ("EXIT 0", "exit code 0")],
)
def test_a_crash_costs_one_document(faulty, text, death):
    daemon, client = faulty
    error = client.error(text)
    assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault" and not error["retryable"]
    assert death in error["message"]
    assert client.ask("next")["results"] == {"fault": 4}
    [line] = daemon.wait_logged("worker.lost")
    assert death in line and "plugin=fault" in line and "code=PLUGIN_CRASHED" in line
    wait_for("the worker to be replaced", lambda: daemon.client().request({"op": "ping"})["workers"] == 2)


def test_those_behind_a_crash_are_answered_unharmed(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    first = client.annotate(f"SLEEP {100 * SLOW}")  # so that the others wait in the worker, behind the crash
    crash = client.annotate("CRASH")
    others = [client.annotate("x" * n) for n in range(1, 40)]
    replies = client.receive_all([first, crash, *others])
    assert replies[first]["ok"]
    assert replies[crash]["error"]["code"] == "PLUGIN_CRASHED"
    assert [replies[i]["results"]["fault"] for i in others] == list(range(1, 40))


def test_many_crashes_cost_only_themselves(faulty):
    daemon, client = faulty
    dice = random.Random(1)
    texts = {client.annotate(text): text for text in (dice.choice(["CRASH", "abc", "abcd", "EXIT 9", "x" * 9000]) for _ in range(200))}
    for ident, reply in client.receive_all(texts, seconds=60).items():
        if texts[ident] in ("CRASH", "EXIT 9"):
            assert reply["error"]["code"] == "PLUGIN_CRASHED"
        else:
            assert reply["results"]["fault"] == len(texts[ident])


def test_a_hang_ends_at_the_plugins_limit(textd):
    daemon = textd(plugins({"name": "fault", "timeout": "300ms"}))
    client = daemon.client()
    begin = time.monotonic()
    error = client.error("HANG")
    took = time.monotonic() - begin
    assert error["code"] == "PLUGIN_TIMEOUT" and error["plugin"] == "fault" and "300 ms" in error["message"]
    assert 0.3 <= took < 0.3 + 0.5 * SLOW
    assert client.ask("next")["ok"]
    assert daemon.wait_logged("worker.lost", plugin="fault")


def test_those_behind_a_hang_are_answered(textd):
    daemon = textd(plugins({"name": "fault", "timeout": "300ms"}, workers=1))
    client = daemon.client()
    hang = client.annotate("HANG")
    others = [client.annotate("abc") for _ in range(10)]
    replies = client.receive_all([hang, *others])
    assert replies[hang]["error"]["code"] == "PLUGIN_TIMEOUT"
    assert all(replies[i]["ok"] for i in others)


def test_a_plugin_that_stops_by_itself_keeps_its_worker(textd):
    daemon = textd(plugins({"name": "fault", "timeout": "200ms"}, "echo"))
    client = daemon.client()
    before = sorted(daemon.worker_pids())
    reply = client.ask("SPIN")
    assert reply["ok"] and set(reply["results"]) == {"echo"}
    assert reply["errors"]["fault"]["code"] == "PLUGIN_TIMEOUT"
    assert client.error("SPIN", plugins=["fault"])["code"] == "PLUGIN_TIMEOUT"
    assert sorted(daemon.worker_pids()) == before


@pytest.mark.parametrize("text", ["SPIN", "HANG", "SLEEP 20000"])
def test_a_deadline_ends_what_runs(textd, text):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    begin = time.monotonic()
    error = client.error(text, deadline_ms=150)
    took = time.monotonic() - begin
    assert error["code"] == "DEADLINE_EXCEEDED" and error["retryable"]
    assert 0.15 <= took < 0.15 + 0.5 * SLOW
    assert client.ask("next")["ok"]  # the worker is free again, or replaced


def test_a_deadline_passes_in_the_queue_too(textd):
    daemon = textd(plugins("fault", workers=1), "--workers", "1")
    client = daemon.client()
    slow = client.annotate(f"SLEEP {400 * SLOW}")
    late = [client.annotate("abc", deadline_ms=50) for _ in range(30)]
    patient = client.annotate("abc")
    replies = client.receive_all([slow, patient, *late])
    assert replies[slow]["ok"] and replies[patient]["ok"]
    assert {replies[i]["error"]["code"] for i in late} == {"DEADLINE_EXCEEDED"}


def test_the_servers_deadline_bounds_a_request(textd):
    daemon = textd(plugins("fault", limits={"deadline": "100ms", "deadline_max": "200ms"}))
    client = daemon.client()
    begin = time.monotonic()
    assert client.error("SLEEP 5000")["code"] == "DEADLINE_EXCEEDED"
    assert client.error("SLEEP 5000", deadline_ms=60000)["code"] == "DEADLINE_EXCEEDED"
    assert 0.3 <= time.monotonic() - begin < 0.3 + 1 * SLOW


def test_cancel_takes_a_document_from_the_queue(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    slow = client.annotate(f"SLEEP {200 * SLOW}")
    waiting = [client.annotate("abc") for _ in range(40)]
    for ident in waiting[::2]:
        client.send({"op": "cancel", "id": ident})
    replies = client.receive_all([slow, *waiting])
    for n, ident in enumerate(waiting):
        if n % 2 == 0:
            assert replies[ident]["error"]["code"] == "CANCELLED" and not replies[ident]["error"]["retryable"]
        else:
            assert replies[ident]["ok"]
    assert client.is_silent()


@pytest.mark.parametrize("text", ["SPIN", "HANG"])
def test_cancel_frees_the_worker(textd, text):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    busy = client.annotate(text)
    wait_for("it to run", lambda: daemon.control(op="status")["workers"][0]["documents"] == 1)
    client.send({"op": "cancel", "id": busy})
    reply = client.receive()
    assert reply["id"] == busy and reply["error"]["code"] == "CANCELLED"
    begin = time.monotonic()
    assert client.ask("abc")["ok"]
    assert time.monotonic() - begin < 2 * SLOW


def test_cancel_of_nothing_is_told(faulty):
    daemon, client = faulty
    reply = client.request({"op": "cancel", "id": "nobody"})
    assert reply["id"] == "nobody" and reply["error"]["code"] == "BAD_REQUEST"
    other = daemon.client()
    slow = other.annotate(f"SLEEP {200 * SLOW}", id="mine")
    assert client.request({"op": "cancel", "id": "mine"})["error"]["code"] == "BAD_REQUEST"  # not one's own
    assert other.receive_all([slow])[slow]["ok"]


def test_a_kill_from_outside_loses_nothing(faulty):
    daemon, client = faulty
    ids = [client.annotate(f"SLEEP {20 * SLOW}") for _ in range(40)]
    for _ in range(4):
        victims = daemon.worker_pids()
        if victims:
            os.kill(victims[0], signal.SIGKILL)
        wait_for("a replacement", lambda: len([w for w in daemon.control(op="worker.list")["workers"] if w["state"] == "ready"]) == 2)
    replies = client.receive_all(ids)
    # A document that two workers died with is given up; with four kills of forty documents, few can have been.
    failed = [reply for reply in replies.values() if not reply["ok"]]
    assert len(failed) <= 2 and all("two workers were killed" in reply["error"]["message"] for reply in failed)


def processor_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_a_document_that_two_workers_are_killed_with_is_given_up(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    ident = None

    def ready():  # the one that is dead may be buried before the supervisor has heard of it
        return [w["pid"] for w in daemon.control(op="worker.list")["workers"] if w["state"] == "ready" and w["pid"] != killed]

    killed = None
    for _ in range(2):
        pid = wait_for("a worker to be ready", ready)[0]
        idle = processor_ticks(pid)
        ident = ident or client.annotate("HANG")
        wait_for("it to run", lambda: processor_ticks(pid) > idle + 20)  # a kill before it started would not count
        os.kill(pid, signal.SIGKILL)
        killed = pid
    reply = client.receive()
    assert reply["id"] == ident and reply["error"]["code"] == "PLUGIN_CRASHED"
    assert client.ask("abc")["ok"]


def test_a_stopped_worker_delays_only_what_it_holds(faulty):
    daemon, client = faulty
    os.kill(daemon.worker_pids()[0], signal.SIGSTOP)
    ids = [client.annotate("abc", deadline_ms=400 * SLOW) for _ in range(20)]
    replies = client.receive_all(ids)
    assert {reply["error"]["code"] for reply in replies.values() if not reply["ok"]} <= {"DEADLINE_EXCEEDED"}
    assert sum(reply["ok"] for reply in replies.values()) >= 1
    wait_for("it to be replaced", lambda: daemon.client().request({"op": "ping"})["workers"] == 2)
    assert all(client.ask("abc")["ok"] for _ in range(10))


@pytest.mark.parametrize(
    "text,words",
    [
        ("FAIL", "it was asked to fail"),
        ("SILENT", "returned -1 and gave no reason (a plugin should call host->explain)"),
        ("RETURN 42", "fault returned 42 and gave no reason"),
        ("NOMEM", "ran out of memory (limits.document_memory is"),
        ("BIG 2000000", "fault has a result larger than limits.reply_bytes (1048576 bytes for all results): ask for less, or raise it"),
        ("DEEP 17", "nested deeper than 16"),
        ("BADOFFSET 9999", "the offset 9999, which is behind the text"),
        ("BADRESULT", "ends a map that was not begun"),
        ("NAN", "not finite"),
    ],
)
def test_a_plugins_mistake_is_told_in_words(textd, text, words):
    daemon = textd(plugins("fault", limits={"document_memory": "64MiB", "reply_bytes": "1MiB"}))
    client = daemon.client()
    before = sorted(daemon.worker_pids())
    error = client.error(text)
    assert error["code"] == "PLUGIN_FAILED" and error["plugin"] == "fault"
    assert words in error["message"], error
    assert client.ask("next")["ok"]
    assert sorted(daemon.worker_pids()) == before


def test_results_up_to_the_limit_arrive(textd):
    daemon = textd(plugins("fault", limits={"reply_bytes": "4MiB"}))
    reply = daemon.client().ask("BIG 3000000")
    assert reply["ok"] and sum(map(len, reply["results"]["fault"])) >= 3000000


@pytest.mark.parametrize("name,words", [("liar", "does not declare"), ("miser", "it declares layer org.example.m/1 and did not add it")])
def test_a_layer_must_be_what_was_declared(textd, name, words):
    from conftest import BAD

    daemon = textd(plugins(name, directory=BAD / name))
    error = daemon.client().error("abc")
    assert error["code"] == "PLUGIN_FAILED" and words in error["message"]


@pytest.mark.parametrize("text,words", [("REWRITE 2", "text"), ("REWRITE 0", "language or options"), ("REWRITE -1", "struct")])
def test_a_plugin_that_writes_into_the_document_is_named_and_the_others_see_what_was_sent(textd, text, words):
    daemon = textd(plugins("fault", "echo"))
    reply = daemon.client().ask(text, lang="en", options={"echo": {"label": "mine"}})
    error = reply["errors"]["fault"]
    assert error["code"] == "PLUGIN_FAILED" and "broke a rule of the ABI: it changed the" in error["message"] and words in error["message"]
    echo = reply["results"]["echo"]
    assert echo["text"] == text and echo["lang"] == "en" and echo["options"]["label"] == "mine"
    assert not daemon.logged("worker.lost")
