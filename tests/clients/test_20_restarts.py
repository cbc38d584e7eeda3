"""The daemon goes away in the middle of a batch: nothing is lost, nothing comes twice, order is kept; and when it stays away
that is told in time."""

import os
import signal
import time

import pytest

from world import SLOW, START, counted, in_doses, is_counted, kill, plugins, restart, wait_for

CONFIG = plugins("fault")


@pytest.mark.parametrize("order", [[], ["--unordered"]], ids=["ordered", "unordered"])
def test_a_batch_goes_on_over_kills_and_stops(drive, textd, order):
    n, allowed = 1500, [300]
    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, in_doses(counted(n), allowed), "--window", 128, *order)
    for end in (kill, type(daemon).stop, kill, type(daemon).stop):
        run.wait_for_lines(allowed[0] - 200)
        end(daemon)
        daemon = restart(textd, daemon, CONFIG)
        allowed[0] += 300
    run.check_all(n, ordered=not order, is_right=is_counted)


def test_a_supervisor_that_dies_costs_nothing(drive, textd):
    n, allowed = 900, [300]
    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, in_doses(counted(n), allowed), "--window", 128)
    for _ in range(2):
        run.wait_for_lines(allowed[0] - 200)
        os.kill(wait_for("a supervisor", lambda: daemon.supervisor_pid), signal.SIGKILL)
        allowed[0] += 300
    run.check_all(n, is_right=is_counted)


def test_large_documents_go_on_over_a_supervisor_that_dies(drive, textd):
    """Before each of them the daemon is asked what it takes: it may die between question and answer, too."""
    n, allowed = 300, [100]
    daemon = textd(CONFIG)
    texts = ({"text": "x" * (1_200_000 if i % 5 == 0 else 9)} for i in range(n))
    run = drive(daemon.endpoint, in_doses(texts, allowed), "--window", 16)
    for _ in range(2):
        run.wait_for_lines(allowed[0] - 60)
        os.kill(wait_for("a supervisor", lambda: daemon.supervisor_pid), signal.SIGKILL)
        allowed[0] += 100
    run.check_all(n)


def test_a_batch_with_nothing_in_flight_waits_for_the_daemon_too(drive, textd):
    gate = []

    def documents():
        yield {"text": "x"}
        wait_for("the daemon to be gone", lambda: gate)
        yield {"text": "xx"}
        yield {"text": "xxx"}

    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, documents(), "--connect", 20 * SLOW)
    run.wait_for_lines(1)
    kill(daemon)
    gate.append("open")
    wait_for("all to be fed", lambda: run.n_fed == 3)
    restart(textd, daemon, CONFIG)
    run.check_all(3)
    assert [line["results"]["fault"] for line in run.lines] == [1, 2, 3]


def test_a_daemon_that_stays_away_is_told_in_time(drive, textd):
    daemon, timeout = textd(CONFIG), 1
    run = drive(daemon.endpoint, counted(100000), "--window", 10, "--timeout", timeout, "--connect", timeout)
    run.wait_for_lines(50)
    kill(daemon)
    run.check_fatal({"LOST", "UNAVAILABLE"}, timeout)
    run.check_numbers(len(run.lines))
    assert all(line["ok"] and is_counted(line) for line in run.lines)


def test_a_daemon_that_stops_and_stays_away_leaves_its_refusals(drive, textd):
    daemon, timeout = textd({**CONFIG, "server": {"shutdown_grace": "100ms"}}), 1
    run = drive(daemon.endpoint, [{"text": f"SLEEP {20000 * SLOW}"}] * 5, "--timeout", timeout)
    wait_for("the documents to come", lambda: daemon.control(op="status")["documents"] == 5)
    daemon.stop()
    run.end(timeout + START)
    if run.fatal:  # one that was not refused in time, since its connection went first
        assert run.fatal["code"] == "LOST" and run.endpoint in run.fatal["message"]
    else:
        run.check_numbers(5)
    for line in run.lines:
        assert line["error"]["code"] == "SHUTTING_DOWN" and line["error"]["retryable"], line


def test_requests_are_sent_again_as_they_were_with_what_is_left_of_their_deadline(drive, server):
    n, first = 10, server(lambda request: [])
    run = drive(first.endpoint, ({"text": f"text {i}", "deadline_ms": 20000} for i in range(n)), "--window", n)
    wait_for("all of them", lambda: len(first.seen) == n)
    assert all(19000 < request["deadline_ms"] <= 20000 for request in first.seen)  # connecting takes time, too
    time.sleep(0.05)  # of their time
    first.stop()
    second = server(lambda request: [{"v": 1, "id": request["id"], "ok": True, "results": {"echo": request["text"]}}] * 2, endpoint=first.endpoint)
    run.check_all(n)
    assert [line["results"]["echo"] for line in run.lines] == [f"text {i}" for i in range(n)]
    for old, new in zip(first.seen, second.seen):
        assert 1 <= new["deadline_ms"] < old["deadline_ms"]
        assert {**new, "deadline_ms": 0} == {**old, "deadline_ms": 0}
    assert len(second.seen) == n


def test_a_document_that_is_too_large_costs_no_other_its_answer(drive, textd):
    """It would end the connection, with all that is in flight on it."""
    daemon = textd({**CONFIG, "limits": {"document_bytes": "4KiB"}})
    texts = [{"text": "x" * (3 << 20) if n == 50 else "x"} for n in range(100)]
    run = drive(daemon.endpoint, texts, "--window", 16)
    assert run.end() == 1, run.fatal
    run.check_numbers(100)
    assert [line["line"] for line in run.lines if not line["ok"]] == [50]
    assert run.lines[50]["error"]["code"] == "TOO_LARGE" and "4096" in run.lines[50]["error"]["message"]
