"""The daemon goes away, hangs, or was never there. Nothing is lost, nothing comes twice, and nothing hangs."""

import os
import signal
import socket
import time

import pytest
import textd
from conftest import documents_in, in_thread, wait_for


def test_nobody_is_told_in_time_and_by_name(tmp_path):
    endpoint = f"ipc://{tmp_path}/textd.sock"
    with textd.Client(endpoint, connect_timeout=0.2) as c:
        for ask in (lambda: c.annotate("Hi."), lambda: next(c.annotate_many(["Hi."], errors="return")), c.ping, c.describe, lambda: c.request({"op": "ping"})):
            began = time.monotonic()
            with pytest.raises(textd.Unavailable, match="textctl ping") as e:
                ask()
            assert 0.15 < time.monotonic() - began < 1
            assert endpoint in str(e.value) and e.value.retryable and isinstance(e.value, ConnectionError)


def test_nobody_costs_two_seconds_unless_told_otherwise(tmp_path):
    began = time.monotonic()
    with textd.Client(f"ipc://{tmp_path}/textd.sock") as c, pytest.raises(textd.Unavailable):
        c.annotate("Hi.")
    assert 1.8 < time.monotonic() - began < 3


def test_the_environment_says_where(fault, monkeypatch):
    monkeypatch.setenv("TEXTD_ENDPOINT", fault.endpoint)
    with textd.Client() as c:
        assert c.annotate("four").results["fault"] == 4


def test_without_a_word_it_is_the_run_directory(fault, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(fault.folder))
    with textd.Client() as c:
        assert c.endpoint == fault.endpoint and c.annotate("four").results["fault"] == 4


def test_a_run_directory_that_others_may_write_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(folder))
    with pytest.raises(textd.InvalidArgument, match="may be written by others"):
        textd.Client()


@pytest.mark.parametrize("last_act", ["close", "nothing"])
def test_one_that_took_a_connection_while_it_died_is_nobody(tmp_path, last_act):
    """A daemon that is killed takes connections until it is quite gone. Another program would still be there."""
    path = f"{tmp_path}/textd.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    with textd.Client(f"ipc://{path}", connect_timeout=0.5) as c:
        answer = in_thread(lambda: c.annotate("Hi."))
        taken, _ = server.accept()
        server.close()
        if last_act == "close":
            taken.close()
        with pytest.raises(textd.Unavailable):
            answer()
        taken.close()


def texts(n):
    return ("SLEEP 1" if i % 5 == 0 else "x" * (i % 97 + 1) for i in range(n))


@pytest.mark.parametrize("ordered", [True, False])
def test_a_batch_outlives_kills_and_stops(fault, ordered):
    n, ends = 4000, {500: fault.kill, 1300: fault.stop, 2100: fault.kill, 2900: fault.stop}
    found = []
    with fault.client() as c:
        for doc in c.annotate_many(texts(n), ordered=ordered, window=128):
            found.append((doc.index, doc.results["fault"]))
            if len(found) in ends:
                ends[len(found)]()
                fault.start()
    assert sorted(found) == [(i, 1 if i % 5 == 0 else i % 97 + 1) for i in range(n)]
    assert not ordered or found == sorted(found)


def test_single_documents_outlive_a_restart(fault):
    with fault.client() as c:
        for end in (fault.kill, fault.stop):
            answer = in_thread(lambda: c.annotate("SLEEP 300"))
            wait_for("it to be at work", lambda: documents_in(fault) == 1)
            end()
            fault.start()
            assert answer().results["fault"] == 300
            assert c.annotate("four").results["fault"] == 4  # and so does a connection that nobody used meanwhile


def test_without_retry_a_loss_is_told_at_once(fault):
    with fault.client(retry=False) as c:
        answer = in_thread(lambda: c.annotate("SLEEP 5000"))
        wait_for("it to be at work", lambda: documents_in(fault) == 1)
        fault.kill()
        began = time.monotonic()
        with pytest.raises(textd.Lost, match="textd was stopped"):
            answer()
        assert time.monotonic() - began < 1


def test_a_daemon_that_stays_away_is_told_in_time(fault):
    with fault.client(timeout=0.6) as c:
        answer = in_thread(lambda: c.annotate("SLEEP 5000"))
        wait_for("it to be at work", lambda: documents_in(fault) == 1)
        fault.kill()
        with pytest.raises(textd.Lost, match=r"within 0.6 s"):
            answer()


def signal_supervisor(daemon, number):
    """The supervisor, which is the parent's first child."""
    for child in open(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read().split():
        if b"supervisor" in open(f"/proc/{child}/cmdline", "rb").read():
            os.kill(int(child), number)


def test_a_daemon_that_hangs_is_told_in_time_and_forgotten(fault):
    with fault.client(timeout=0.4, connect_timeout=0.2) as c:
        assert c.annotate("four").results["fault"] == 4
        signal_supervisor(fault, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(textd.Timeout, match="0.4 s") as e:
                c.annotate("four")
            assert 0.3 < time.monotonic() - began < 2 and isinstance(e.value, TimeoutError)
            with pytest.raises((textd.NoProtocol, textd.Unavailable)):  # nobody greets there now
                c.annotate("four")
        finally:
            signal_supervisor(fault, signal.SIGCONT)
        assert c.annotate("four").results["fault"] == 4


def test_refusals_of_a_full_daemon_are_sent_again(fault):
    from textd.testing import Daemon

    from conftest import FAULT

    with Daemon({**FAULT, "client": {"documents": 4}}) as daemon, daemon.client() as c:
        assert len(list(c.annotate_many(["SLEEP 2"] * 100, window=64))) == 100
        with daemon.client(retry=False) as hasty:
            found = list(hasty.annotate_many(["SLEEP 20"] * 20, errors="return"))
    refused = [f for f in found if isinstance(f, textd.Overloaded)]
    assert refused and all(f.retryable and f.retry_after > 0 for f in refused)
