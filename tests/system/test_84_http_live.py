"""GET /v1/live: what goes on, as server-sent events, without a browser."""

import http.client
import json
import re
import socket
import time
from pathlib import Path

import pytest

from conftest import SLOW, plugins, wait_for


@pytest.fixture
def served(textd):
    def start(*names, **sections):
        daemon = textd(plugins(*(names or ["echo"]), workers=1, http={"listen": "127.0.0.1:0"}, **sections))
        return daemon, daemon.http_port()

    return start


class Listener:
    """A client that reads blocks, and can tell a clean end from a broken one."""

    def __init__(self, port, **headers):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10 * SLOW)
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join(["GET /v1/live HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines, "", ""]).encode())
        self.bytes = self.text = b""
        self.is_over = False
        head = self.until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.headers = dict(re.findall(r"(?m)^([^:\r\n]+): ([^\r\n]*)", head))

    def until(self, end):
        while end not in self.bytes:
            piece = self.socket.recv(65536)
            assert piece, f"the connection ended within {self.bytes!r}"
            self.bytes += piece
        found, self.bytes = self.bytes.split(end, 1)
        return found

    def chunk(self):
        size = int(self.until(b"\r\n"), 16)
        while len(self.bytes) < size + 2:
            piece = self.socket.recv(65536)
            assert piece, "the connection ended within a chunk"
            self.bytes += piece
        self.text += self.bytes[:size]
        self.is_over = size == 0
        self.bytes = self.bytes[size + 2 :]

    def block(self):
        """The next one, as {field: value}; None at the stream's proper end."""
        while b"\n\n" not in self.text:
            if self.is_over:
                assert self.text == b""
                return None
            self.chunk()
        block, self.text = self.text.split(b"\n\n", 1)
        fields = [line.split(b": ", 1) for line in block.split(b"\n")]
        assert len({name for name, _ in fields}) == len(fields)
        return {name.decode(): value.decode() for name, value in fields}

    def next(self, event, /, **fields):
        """The data of the next of these events that has these fields."""
        end = time.monotonic() + 10 * SLOW
        while True:
            block = self.block()
            assert time.monotonic() < end, f"no {event} {fields}"
            assert block is not None, f"the stream ended without {event} {fields}"
            if block.get("event") == event:
                data = json.loads(block["data"])
                if fields.items() <= data.items():
                    return data

    def close(self):
        self.socket.close()


@pytest.fixture
def listen():
    all_of_them = []

    def start(port, **headers):
        all_of_them.append(Listener(port, **headers))
        return all_of_them[-1]

    yield start
    for listener in all_of_them:
        listener.close()


def test_a_stream_begins_with_retry_and_a_status_and_has_one_each_second_also_through_a_reload(served, listen):
    daemon, port = served()
    stream = listen(port)
    assert stream.status == 200
    assert stream.headers["Content-Type"] == "text/event-stream" and stream.headers["Cache-Control"] == "no-store"
    assert stream.block() == {"retry": "1000"}
    began = time.monotonic()
    first = stream.next("status")
    assert set(first) == set(daemon.control(op="status"))
    assert first["state"] == "serving" and first["plugins"][0]["name"] == "echo" and first["generation"] == 1
    assert first["counters"]["documents_answered"] == sum(first["latency"]["document"]["counts"]) == 0
    for _ in range(3):
        daemon.client().ask("a word")
    assert daemon.control(op="config.reload")["ok"]
    stream.next("log", event="reload.done")
    second = stream.next("status")
    assert 0.5 < time.monotonic() - began < 2 * SLOW
    assert 900 <= second["uptime_ms"] - first["uptime_ms"] <= 1500 * SLOW
    second = second if second["generation"] == 2 else stream.next("status")  # made while the reload was under way
    assert second["generation"] == 2 and second["last_reload"]["ok"] and second["counters"]["documents_answered"] == 3
    assert [sum(second["latency"][what]["counts"]) for what in ("document", "queue")] == [3, 3]


def test_what_the_log_says_of_the_server_comes_at_once_with_an_id(served, listen):
    daemon, port = served()
    stream = listen(port)
    assert stream.next("log", event="server.ready")["generation"] == 1
    stream.next("status")
    assert daemon.control(op="plugin.disable", plugin="echo")["ok"]
    blocks = []
    while not blocks or blocks[-1].get("event") != "log":
        blocks.append(stream.block())
    assert json.loads(blocks[-1]["data"])["plugin"] == "echo"
    assert re.fullmatch(r"\d+-\d+", blocks[-1]["id"])
    assert all("id" not in block for block in blocks[:-1]), "an id stands with events alone"


def test_one_that_comes_again_gets_what_it_has_missed(served, listen):
    daemon, port = served()
    stream = listen(port)
    block = {}
    while json.loads(block.get("data", "{}")).get("event") != "server.ready":
        block = stream.block()
    stream.close()
    assert daemon.control(op="plugin.disable", plugin="echo")["ok"]
    again = listen(port, Last_Event_ID=block["id"])
    assert again.block() == {"retry": "1000"}
    missed = again.block()
    assert json.loads(missed["data"])["plugin"] == "echo"
    # Of another textd, or none at all: then all that are kept.
    for other in ("1-3", "nonsense", ""):
        first = listen(port, Last_Event_ID=other)
        first.block()
        assert json.loads(first.block()["data"])["event"] != json.loads(missed["data"])["event"]


def test_a_stream_does_not_hold_up_a_stop_while_its_documents_are_finished(served, listen):
    daemon, port = served("fault")
    stream = listen(port)
    stream.next("status")
    client = daemon.client()
    client.annotate("SLEEP 300")
    wait_for("it is in", lambda: daemon.control(op="status")["documents"] == 1)
    daemon.process.terminate()
    stream.next("log", event="server.drain")
    assert client.receive()["ok"]
    assert stream.next("bye") == {"why": "textd stops"}
    assert stream.block() is None, "and then the stream's proper end"
    assert daemon.exit_code() == 0


def test_one_too_many_is_told_so_and_gets_in_when_another_has_left(served, listen):
    daemon, port = served()
    streams = [listen(port) for _ in range(16)]
    late = listen(port)
    assert late.status == 429 and late.headers["Retry-After"] == "1"
    error = json.loads(late.until(b"\n"))["error"]
    assert error["code"] == "OVERLOADED" and error["retryable"] and "16" in error["message"]
    streams[3].close()
    wait_for("room for one", lambda: listen(port).status == 200)
    assert daemon.control(op="ping")["ok"]


EVENTS = 400  # some 100 KB: more than a kernel keeps for one that doesn't read


def not_reading(daemon, port, polite=None):
    """A listener whose kernel is full of what it doesn't read, and the longest that somebody else waited meanwhile."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", port))
    slow.sendall(f"GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    client, worst = daemon.client(endpoint=daemon.control_endpoint), 0
    for i in range(EVENTS):
        began = time.monotonic()
        assert client.request({"id": i, "op": f"plugin.{'enable' if i % 2 else 'disable'}", "plugin": "echo"})["ok"]
        worst = max(worst, time.monotonic() - began)
        if polite:
            polite.next("log")  # it has one for each request
    return slow, worst


def test_a_listener_that_does_not_read_is_closed_and_nobody_waits_for_it_and_a_drain_is_shown(served, listen):
    daemon, port = served()
    polite = listen(port)
    polite.next("status")
    slow, worst = not_reading(daemon, port, polite)
    assert worst < 0.5 * SLOW
    # Meanwhile it drains, and stays: that is to be seen, and ends no stream.
    assert daemon.control(op="drain")["ok"]
    polite.next("status", state="draining")
    daemon.wait_logged("http.live_slow")
    polite.next("status")
    wait_for("its end", lambda: not slow.recv(65536), 10)
    slow.close()
    # Only that one.
    polite.next("status")
    assert len(daemon.logged("http.live_slow")) == 1
    assert b'textd_http_connections_closed_total{reason="unread"} 1\n' in daemon.http("/metrics")[2]


def test_a_listener_that_does_not_read_holds_up_no_stop(served):
    daemon, port = served()
    slow, _ = not_reading(daemon, port)
    began = time.monotonic()
    daemon.process.terminate()
    assert daemon.exit_code() == 0
    assert time.monotonic() - began < 2 * SLOW
    slow.close()


def test_nothing_is_looked_at_while_nobody_listens(textd, listen):
    daemon = textd(plugins("echo", workers=8, http={"listen": "127.0.0.1:0"}))
    port = daemon.http_port()

    def reads():
        """Of the supervisor: each snapshot reads of each worker how much memory it has."""
        return int(re.search(r"syscr: (\d+)", Path(f"/proc/{daemon.supervisor_pid}/io").read_text()).group(1))

    begun = reads()
    stream = listen(port)
    stream.next("status")
    wait_for("one look", lambda: reads() - begun >= 8)
    stream.close()
    wait_for("it has left", lambda: b"textd_http_connections 1\n" in daemon.http("/metrics")[2])
    begun = reads()
    time.sleep(1.1)  # longer than from one snapshot to the next
    assert reads() - begun < 4


def test_head_gets_no_stream_and_the_connection_goes_on(served):
    _, port = served()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * SLOW)
    connection.request("HEAD", "/v1/live")
    answer = connection.getresponse()
    assert answer.status == 200 and answer.getheader("Content-Type") == "text/event-stream" and answer.read() == b""
    connection.request("GET", "/livez")
    assert connection.getresponse().status == 200
    connection.close()


def test_it_needs_the_token(textd, tmp_path, listen):
    token = tmp_path / "token"
    token.write_text("it-is-a-secret-of-ours\n")
    token.chmod(0o600)
    daemon = textd(plugins("echo", workers=1, http={"listen": "127.0.0.1:0", "token_file": str(token)}))
    port = daemon.http_port()
    assert listen(port).status == 401
    assert listen(port, Authorization="Bearer it-is-another-one-of-ours").status == 401
    assert listen(port, Authorization="Bearer it-is-a-secret-of-ours").status == 200
