"""The daemon hangs, is slow, or has too much to do."""

import time

import fake
from world import SLOW, START, counted, is_counted, plugins

CONFIG = plugins("fault")


def test_a_daemon_that_hangs_is_given_up_in_time(drive, textd, stop):
    daemon, timeout = textd(CONFIG), 1
    run = drive(daemon.endpoint, counted(100000), "--timeout", timeout)
    run.wait_for_lines(50)
    stop(daemon)
    run.check_fatal("TIMEOUT", timeout)
    run.check_numbers(len(run.lines))


def test_a_daemon_that_hung_only_for_a_while_answers_all(drive, textd, stop):
    n, daemon = 1000, textd(CONFIG)
    run = drive(daemon.endpoint, counted(n))
    run.wait_for_lines(50)
    stopped = stop(daemon)
    time.sleep(0.5)
    stopped.go_on()
    run.check_all(n, is_right=is_counted)


def test_a_daemon_that_hangs_from_the_start_is_told(drive, textd, stop):
    daemon, connect = textd(CONFIG), 0.5
    stop(daemon)
    # It has taken the connection and said nothing: who it is can't be known.
    run = drive(daemon.endpoint, counted(5), "--connect", connect, "--timeout", 5 * SLOW)
    run.check_fatal({"UNAVAILABLE", "NO_PROTOCOL"}, connect)
    assert run.lines == []


def test_no_more_is_read_than_the_window_allows(drive, server):
    """Documents that nobody answers yet don't pile up in the client."""
    silent = server(lambda request: [])
    run = drive(silent.endpoint, ({"text": "x" * 10000} for _ in range(3000)), "--window", 8, "--timeout", 2)
    run.check_fatal("TIMEOUT", 2)
    assert len(silent.seen) == 8
    assert run.n_fed * 10000 < 2 << 20, "beyond pipes and a reader's buffer"


def test_a_slow_daemon_is_waited_for_and_order_is_kept(drive, textd):
    waits = [200, 1, 100, 1, 1, 50, 1, 1]
    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, ({"text": f"SLEEP {ms}"} for ms in waits))
    run.check_all(len(waits))
    assert [line["results"]["fault"] for line in run.lines] == waits


def test_answers_come_as_they_are_ready_when_order_does_not_matter(drive, textd):
    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, ({"text": f"SLEEP {ms}"} for ms in [500 * SLOW, 1, 1, 1]), "--unordered")
    run.check_all(4, ordered=False)
    order = [line["line"] for line in run.lines]
    assert order.index(1) < order.index(0)


def test_a_deadline_that_passes_costs_its_own_document(drive, textd):
    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, [{"text": "x"}, {"text": f"SLEEP {20000 * SLOW}", "deadline_ms": 200}, {"text": "xx"}])
    assert run.end() == 1
    run.check_numbers(3)
    assert [line["ok"] for line in run.lines] == [True, False, True]
    assert run.lines[1]["error"]["code"] == "DEADLINE_EXCEEDED" and run.lines[1]["error"]["retryable"]


def test_a_document_that_crashes_a_plugin_is_told_and_costs_no_other(drive, textd):
    daemon = textd(CONFIG)
    run = drive(daemon.endpoint, [{"text": "x"}, {"text": "CRASH"}, {"text": "xx"}])
    assert run.end() == 1
    run.check_numbers(3)
    assert [line["ok"] for line in run.lines] == [True, False, True]
    assert run.lines[1]["error"]["code"] == "PLUGIN_CRASHED" and not run.lines[1]["error"]["retryable"]


# ---- Too much to do ----


def test_an_overloaded_daemon_answers_all_in_the_end(drive, textd):
    n, daemon = 300, textd({**CONFIG, "client": {"documents": 4}})
    run = drive(daemon.endpoint, counted(n))
    run.check_all(n, is_right=is_counted)


def test_retry_after_is_honoured_and_does_not_count_as_a_loss(drive, server):
    times, pause = 8, 0.1

    def handler(request):
        return [fake.failed(request, "OVERLOADED", retryable=True, retry_after_ms=int(pause * 1000))] if len(busy.seen) <= times else [fake.ok(request)]

    busy = server(handler)
    run = drive(busy.endpoint, [{"text": "x"}], "--timeout", 20 * SLOW)
    run.check_all(1)
    assert len(busy.seen) == times + 1
    for before, after in zip(busy.at, busy.at[1:]):
        assert pause - 0.005 <= after - before < 1.5 * pause + 0.2 * SLOW, [b - a for a, b in zip(busy.at, busy.at[1:])]
    assert all({**request, "deadline_ms": 0} == {**busy.seen[0], "deadline_ms": 0} for request in busy.seen), "the same request, under its id"


def test_when_time_is_over_the_caller_gets_the_refusal_itself(drive, server):
    busy = server(lambda request: [fake.failed(request, "OVERLOADED", "the queue is full", retryable=True, retry_after_ms=50)])
    run = drive(busy.endpoint, [{"text": "x"}, {"text": "xx"}], "--timeout", 1)
    assert run.end(1 + START) == 1
    run.check_numbers(2)
    for line in run.lines:
        error = line["error"]
        assert (error["code"], error["retryable"], error["retry_after_ms"]) == ("OVERLOADED", True, 50)
        assert "the queue is full" in error["message"]
    assert len(busy.seen) >= 10


def test_a_pause_that_is_longer_than_there_is_time_is_not_waited_for(drive, server):
    busy = server(lambda request: [fake.failed(request, "OVERLOADED", retryable=True, retry_after_ms=60000)])
    run = drive(busy.endpoint, [{"text": "x"}], "--timeout", 1)
    assert run.end(1 + START) == 1
    assert run.lines[0]["error"]["code"] == "OVERLOADED"
