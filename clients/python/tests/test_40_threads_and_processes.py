"""Threads use one client at once; processes that were forked get along with what they inherited."""

import contextlib
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import textd
import zmq
from conftest import PROJECT, in_thread, wait_for
from textd._connection import Connection

N_THREADS = 8


def test_threads_share_a_client_and_do_not_wait_for_each_other(calm_fault):
    with calm_fault.client() as c:
        slow = in_thread(lambda: c.annotate("SLEEP 700"))
        began = time.monotonic()

        def work(k):
            return [c.annotate("x" * (k * 100 + i + 1)).results["fault"] == k * 100 + i + 1 for i in range(100)]

        joins = [in_thread(lambda k=k: work(k)) for k in range(N_THREADS)]
        assert all(all(join()) for join in joins)
        assert slow().results["fault"] == 700 and time.monotonic() - began < 10


def test_threads_have_batches_of_their_own(calm_fault):
    with calm_fault.client() as c:
        def work(k):
            return [d.results["fault"] for d in c.annotate_many("x" * (i + 1) for i in range(k, k + 300))]

        joins = [in_thread(lambda k=k: work(k)) for k in range(N_THREADS)]
        for k, join in enumerate(joins):
            assert join() == list(range(k + 1, k + 301))


def test_a_client_is_closed_while_a_thread_uses_it(calm_fault):
    c = calm_fault.client()
    slow = in_thread(lambda: c.annotate("SLEEP 200"))
    while not c.cancel("nobody") and not c._pool._busy:
        time.sleep(0.001)
    c.close()
    assert slow().results["fault"] == 200
    with pytest.raises(textd.InvalidArgument):
        c.annotate("x")


def test_a_cancel_that_was_heard_before_its_bell_rings_costs_nothing(calm_fault):
    """Another thread notes what to cancel and rings; whoever is awake between the two has done it by then."""
    def work():
        with calm_fault.client() as c:
            c.annotate("x")
            connection, = c._pool._idle
            os.write(connection._bell, b"!")
            began = time.process_time()
            assert c.annotate("SLEEP 300").results["fault"] == 300
            assert time.process_time() - began < 0.2
            return True

    assert in_thread(work)(5)


def test_descriptors_are_given_back(calm_fault):
    def count():
        return len(os.listdir("/proc/self/fd"))

    with calm_fault.client() as c:
        c.annotate("x")
    before = None
    for i in range(60):
        with calm_fault.client() as c:
            c.annotate("x")
            for _ in c.annotate_many(["x"] * 5):
                break
        if i == 20:
            before = count()
    wait_for("libzmq to close its own, which it does some time later", lambda: count() <= before + 4)


# ---- Signals whose handlers raise: Ctrl-C, time-outs by SIGALRM ----


class Interrupt(BaseException):
    pass


@contextlib.contextmanager
def interrupted_after(seconds):
    def handler(*_):
        raise Interrupt

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(Interrupt):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("begin", [
    lambda c: c.request({"id": 1, "text": "SLEEP 200"}), lambda c: c.annotate("SLEEP 200"), lambda c: list(c.annotate_many(["x", "SLEEP 200"])),
])
def test_the_reply_to_an_interrupted_call_goes_to_nobody(calm_fault, begin):
    """A request may have any id, and takes what its connection brings."""
    with calm_fault.client() as c:
        with interrupted_after(0.05):
            begin(c)
        assert c.request({"id": 2, "text": "SLEEP 400"}).items() >= {"id": 2, "results": {"fault": 400}}.items()


@pytest.mark.parametrize("where", ["_send", "receive"])
def test_a_connection_that_was_interrupted_at_work_serves_nobody_else(calm_fault, monkeypatch, where):
    """It may have sent what isn't noted as sent."""
    with calm_fault.client() as c:
        c.annotate("x")
        used, = c._pool._idle
        real = getattr(used.delivery, where)

        def interrupted(*arguments):
            real(*arguments)
            raise Interrupt

        monkeypatch.setattr(used.delivery, where, interrupted)
        with pytest.raises(Interrupt):
            c.annotate("x")
        assert c.annotate("four").results["fault"] == 4
        assert used not in c._pool._idle and used.link.socket is None and not c._pool._busy


def test_a_call_that_was_interrupted_at_its_beginning_leaves_nothing(calm_fault, monkeypatch):
    with calm_fault.client() as c:
        c.annotate("x")

        def interrupted(connection):
            raise Interrupt

        with monkeypatch.context() as m:
            m.setattr(Connection, "look", interrupted)
            with pytest.raises(Interrupt):
                c.annotate("x")
        assert c.annotate("four").results["fault"] == 4
        gc.collect()
        assert not c._pool._busy


@pytest.mark.parametrize("method", ["connect", "disable_monitor"])
def test_who_is_interrupted_while_a_connection_begins_or_ends_disturbs_nobody(calm_fault, monkeypatch, method):
    """A socket that is watched by nobody any more stops libzmq's thread, which all clients of the process share."""
    real = getattr(zmq.Socket, method)

    def interrupted(socket, *arguments):
        if socket.type == zmq.DEALER:
            m.undo()
            if method == "connect":
                real(socket, *arguments)
            raise Interrupt
        real(socket, *arguments)

    for _ in range(10):
        with monkeypatch.context() as m, pytest.raises(Interrupt), calm_fault.client() as c:
            if method == "disable_monitor":
                c.annotate("x")
            m.setattr(zmq.Socket, method, interrupted)
            c.close()
            calm_fault.client().annotate("x")
        with calm_fault.client() as c:
            assert c.annotate("four").results["fault"] == 4


# ---- Descriptors ----


def test_calls_wait_for_descriptors_of_other_calls(calm_fault):
    """More threads than there can be connections."""
    code = """
import resource, sys, threading, textd
resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
c = textd.Client(sys.argv[1])
c.annotate("x")
ready, outcome = threading.Barrier(40), []
def work(k):
    ready.wait()
    for i in range(3):
        try:
            outcome.append(c.annotate("SLEEP 10", id=f"{k}-{i}").results["fault"])
        except Exception as e:
            outcome.append(repr(e))
threads = [threading.Thread(target=work, args=(k,)) for k in range(40)]
for t in threads: t.start()
for t in threads: t.join()
assert outcome == [10] * 120, outcome
batches = []
try:
    while True:
        batches.append(c.annotate_many(["x", "y"]))
        next(batches[-1])
except textd.TextdError as e:
    assert "descriptors" in str(e) and e.retryable, repr(e)
del batches
assert c.annotate("x").results["fault"] == 1
"""
    env = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
    done = subprocess.run([sys.executable, "-c", code, calm_fault.endpoint], capture_output=True, text=True, env=env, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_program_that_closes_nothing_ends_at_once_and_quietly(calm_fault):
    code = """
import sys, textd
c = textd.Client(sys.argv[1])
c.annotate("x")
batch = c.annotate_many(["x", "SLEEP 5000", "y"])
next(batch)
"""
    began = time.monotonic()
    env = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
    done = subprocess.run([sys.executable, "-X", "dev", "-c", code, calm_fault.endpoint], capture_output=True, text=True, env=env, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "") and time.monotonic() - began < 4


# ---- Processes ----


def in_child(work):
    """The child's exit code; 0 when `work` gave something true."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if work() else 2
        except BaseException as e:
            print("in the child:", repr(e), file=sys.stderr)
        finally:
            os._exit(code)
    end = time.monotonic() + 10
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            assert usage.ru_utime + usage.ru_stime < 2, "it burnt a core"
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            pytest.fail("the child hangs")
        time.sleep(0.005)


def test_a_child_connects_anew_and_the_parent_goes_on(calm_fault):
    with calm_fault.client() as c:
        assert c.annotate("four").results["fault"] == 4
        batch = c.annotate_many("x" * (i + 1) for i in range(100))
        assert next(batch).results["fault"] == 1
        for _ in range(3):
            assert in_child(lambda: c.annotate("fives").results["fault"] == 5 and len(list(c.annotate_many(["x"] * 100))) == 100) == 0
            assert c.annotate("four").results["fault"] == 4
        assert [d.results["fault"] for d in batch] == list(range(2, 101))


def test_a_batch_that_was_begun_before_the_fork_says_so(calm_fault):
    with calm_fault.client() as c:
        batch = c.annotate_many(["x"] * 100, window=4)
        next(batch)

        def work():
            with pytest.raises(textd.InvalidArgument, match="fork"):
                list(batch)
            return c.annotate("four").results["fault"] == 4

        assert in_child(work) == 0
        assert len(list(batch)) == 99


def test_a_child_may_close_and_forget_what_it_inherited(calm_fault):
    c = calm_fault.client()
    batch = c.annotate_many(["x"] * 100, window=4)
    next(batch)
    known = [c, batch]
    del c, batch

    def work():
        known[0].close()
        known.clear()  # whatever the collector does with them
        import gc

        gc.collect()
        return True

    assert in_child(work) == 0
    assert len(list(known[1])) == 99 and known[0].annotate("four").results["fault"] == 4
    known[0].close()


def test_a_fork_while_another_thread_is_at_work(calm_fault):
    """The locks that it holds in that moment stay locked in the child."""
    with calm_fault.client() as c:
        going = threading.Event()

        def work():
            while not going.is_set():
                c.annotate("x")
            return True

        joins = [in_thread(work) for _ in range(3)]
        try:
            for _ in range(15):
                assert in_child(lambda: c.annotate("four").results["fault"] == 4) == 0
        finally:
            going.set()
        assert all(join() for join in joins)


shared = None


def length(text):
    return shared.annotate(text).results["fault"]


def test_a_pool_of_processes_inherits_a_client(calm_fault):
    global shared
    with calm_fault.client() as shared:
        shared.annotate("x")
        with multiprocessing.get_context("fork").Pool(3) as pool:
            assert pool.map(length, ["x" * (i + 1) for i in range(60)]) == list(range(1, 61))
