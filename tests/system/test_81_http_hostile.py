"""HTTP and those who mean it harm, or don't know better: drips, crowds, nonsense. Documents and probes must not notice."""

import os
import random
import resource
import select
import socket
import time

import pytest

from conftest import LOOKED_INTO, SLOW, plugins, wait_for

GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


def serving(textd, **http):
    return textd({**plugins("echo"), "http": {"listen": "127.0.0.1:0", "probes": "127.0.0.1:0", **http}}, env=LOOKED_INTO)


def dial(port):
    return socket.create_connection(("127.0.0.1", port), timeout=10 * SLOW)


def n_descriptors(daemon):
    return len(os.listdir(f"/proc/{daemon.supervisor_pid}/fd"))


@pytest.fixture
def many_descriptors():
    """For this process, and for those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 8192:
        if hard < 8192:
            pytest.skip(f"ulimit -Hn is {hard}; 8192 are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (8192, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def quantile(client, n=150):
    """The 90th percentile of a document's way through ZeroMQ, in seconds."""
    times = []
    for _ in range(n):
        start = time.perf_counter()
        assert client.ask("a document")["ok"]
        times.append(time.perf_counter() - start)
    return sorted(times)[n * 9 // 10]


def read_to_end(s):
    try:
        return b"".join(iter(lambda: s.recv(65536), b""))
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("head,drop", [
    (b"", b"G"),
    (b"GET /livez HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"),
    (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", b"x"),
    (b"GET /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
])
def test_who_drips_is_cut_at_the_deadline_however_busy_it_looks(textd, head, drop):
    daemon = serving(textd, deadline=f"{300 * SLOW}ms")
    client = daemon.client()
    assert client.ask("abc")["ok"]
    before = n_descriptors(daemon)
    crowd = [dial(daemon.http_port()) for _ in range(20)]
    started = time.monotonic()
    for s in crowd:
        s.sendall(head)
    open_ones = list(crowd)
    while open_ones and time.monotonic() - started < 5 * SLOW:
        for s in list(open_ones):
            try:
                s.sendall(drop)
            except OSError:
                open_ones.remove(s)
        for s in select.select(open_ones, [], [], 0.02)[0]:
            open_ones.remove(s)
    took = time.monotonic() - started
    assert 0.29 * SLOW <= took < 2 * SLOW, took
    answers = [read_to_end(s) for s in crowd]
    assert sum(answer.startswith(b"HTTP/1.1 408") for answer in answers) > 0
    for s in crowd:
        s.close()
    wait_for("the descriptors to come back", lambda: n_descriptors(daemon) <= before)
    assert daemon.logged("http.deadline", action="close")
    assert daemon.http("/readyz")[0] == 200 and client.ask("abc")["ok"]


def test_a_thousand_idle_connections_harm_nobody(textd):
    daemon = serving(textd, connections=100)
    client = daemon.client()
    quiet = quantile(client)
    before, port = n_descriptors(daemon), daemon.http_port()
    crowd = [dial(port) for _ in range(1000)]
    wait_for("the crowd to be let in or answered", lambda: n_descriptors(daemon) >= before + 100)
    for _ in range(20):
        assert daemon.http("/readyz", listener="probes")[0] == 200
    poll = select.poll()  # select() knows no descriptor beyond 1,023
    for s in crowd:
        poll.register(s, select.POLLIN)
    ready = {fd for fd, _ in poll.poll(0)}
    answered = [s for s in crowd if s.fileno() in ready]
    wait_for("those beyond to be answered", lambda: len([s for s in crowd if select.select([s], [], [], 0)[0]]) >= 800)
    assert all(s.recv(4096).startswith((b"HTTP/1.1 503", b"HTTP/1.1 408")) for s in answered)
    assert n_descriptors(daemon) <= before + 100 + 32 + 8
    assert quantile(client) < 3 * quiet + 0.005
    wait_for("one who asks to be let in", lambda: daemon.http("/livez")[0] == 200)
    for s in crowd:
        s.close()
    wait_for("the descriptors to come back", lambda: n_descriptors(daemon) <= before)


def test_connections_that_are_let_in_and_idle_cost_nobody_time(textd, many_descriptors):
    """Nobody looks at each of them for each request of another."""
    daemon = serving(textd, connections=4100)
    asking = dial(daemon.http_port())

    def loop_ns():
        """What the loop's thread has run: others who are busy don't show in it."""
        with open(f"/proc/{daemon.supervisor_pid}/schedstat") as file:
            return int(file.read().split()[0])

    def cost_of_200():
        before = loop_ns()
        for _ in range(200):
            asking.sendall(GET)
            assert asking.recv(4096).endswith(b"alive\n")
        return loop_ns() - before

    alone = min(cost_of_200() for _ in range(5))
    crowd = [dial(daemon.http_port()) for _ in range(4000)]
    wait_for("the crowd to be let in", lambda: n_descriptors(daemon) > 4000)
    assert min(cost_of_200() for _ in range(5)) < 3 * alone
    for s in crowd:
        s.close()


NONSENSE = [
    b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 100, b"\xff\xfe" * 50 + b"\r\n\r\n",
    b"GET /livez HTTP/1.1\r\n" + b"A" * 40000 + b": b\r\n\r\n", b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
    b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
    b"GET /livez?%00%ff%zz=&&&== HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://evil.example/livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\n folded: header\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /livez HTTP/1.1\nHost: localhost\n\n", b"GET /livez HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"a=b;" * 2000 + b"\r\n\r\n",
]


def test_nonsense_by_the_thousand_changes_nothing(textd):
    daemon = serving(textd, deadline=f"{500 * SLOW}ms")
    client = daemon.client()
    quiet, before, port = quantile(client), n_descriptors(daemon), daemon.http_port()
    rss = daemon.rss_kib()
    rng = random.Random(81)
    for _ in range(60):
        batch = [dial(port) for _ in range(20)]
        for s in batch:
            text = bytearray(rng.choice(NONSENSE))
            if rng.random() < 0.3:
                for _ in range(3):
                    text[rng.randrange(len(text))] = rng.randrange(256)
            try:
                s.sendall(text[: rng.randrange(1, len(text) + 1)] if rng.random() < 0.3 else text)
            except OSError:
                pass
        for s in batch:
            if rng.random() < 0.5:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset instead of an end
            s.close()
    status, _, body = daemon.http("/readyz")
    assert status == 200, body
    assert quantile(client) < 3 * quiet + 0.005
    wait_for("the descriptors to come back", lambda: n_descriptors(daemon) <= before)
    assert daemon.rss_kib() < rss + 16 * 1024 * (4 if SLOW > 1 else 1)


def test_a_pipeline_without_an_end_is_served_in_turn_with_the_others(textd):
    """One connection that asks all the time, and never waits for an answer, doesn't hold up documents or probes."""
    daemon = serving(textd)
    client = daemon.client()
    quiet = quantile(client)
    s = dial(daemon.http_port())
    s.setblocking(False)
    end = time.monotonic() + 0.5

    def push():
        try:
            s.send(GET * 200)
        except BlockingIOError:
            pass
        try:
            s.recv(1 << 20)
        except BlockingIOError:
            pass

    times = []
    while time.monotonic() < end:
        push()
        start = time.perf_counter()
        assert client.ask("a document")["ok"]
        times.append(time.perf_counter() - start)
        assert daemon.http("/livez", listener="probes")[0] == 200
    assert sorted(times)[len(times) * 9 // 10] < 3 * quiet + 0.02
    s.close()


def test_answers_that_nobody_reads_stop_their_own_connection_only(textd):
    daemon = serving(textd, idle="1s", deadline=f"{300 * SLOW}ms")
    client = daemon.client()
    assert client.ask("abc")["ok"]
    before, port = n_descriptors(daemon), daemon.http_port()
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(("127.0.0.1", port))
    s.setblocking(False)
    sent = 0
    try:
        while sent < 64 << 20:
            sent += s.send(b"GET /debug/state HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000)
    except (BlockingIOError, ConnectionError):
        pass
    assert client.ask("abc")["ok"] and daemon.http("/readyz")[0] == 200
    wait_for("it to be closed", lambda: n_descriptors(daemon) <= before)
    s.close()
    assert client.ask("abc")["ok"]
