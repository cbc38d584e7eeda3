"""Another program has textd's place: the client says so in time, and doesn't bother it without a pause.

A client that has a key, but a wrong one, is tried here once clients have keys (CURVE)."""

import pytest
import zmq

import fake
from world import SLOW, counted

CONNECT = 0.5
HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48)

PROGRAMS = {
    "an HTTP server": (HTTP, True, True),
    "an HTTP server that keeps the connection": (HTTP, False, True),
    "an SSH server": (b"SSH-2.0-OpenSSH_9.2\r\n", False),
    "a listener that closes at once": (b"", True),
    "a silent listener": (b"", False),
    "a ZMTP peer that greets and closes": (GREETING, True, True),
    "a ZMTP peer that greets and says no more": (GREETING, False, True),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_another_program_on_the_port(drive, program, name):
    other = program(*PROGRAMS[name])
    run = drive(other.endpoint, [{"text": "a secret"}] * 5, "--connect", CONNECT, "--timeout", 20 * SLOW)
    run.check_fatal("NO_PROTOCOL", CONNECT)
    assert run.lines == []
    assert other.n <= 50, "it is not bothered without a pause"
    other.stop()
    assert b"secret" not in other.heard, "it is no business of whoever that is"


def test_a_server_that_asks_for_a_key(drive, server):
    other = server(lambda request: [fake.ok(request)], has_key=True)
    run = drive(other.endpoint, [{"text": "a secret"}] * 5, "--connect", CONNECT, "--timeout", 20 * SLOW)
    run.check_fatal({"NO_PROTOCOL", "UNAVAILABLE", "REFUSED"}, CONNECT)
    assert run.lines == [] and other.seen == []


def test_a_publisher(drive, server):
    """Its kind of socket doesn't go with ours: libzmq ends the handshake."""
    other = server(None, kind=zmq.PUB)
    run = drive(other.endpoint, counted(5), "--connect", CONNECT, "--timeout", 20 * SLOW)
    run.check_fatal({"NO_PROTOCOL", "UNAVAILABLE"}, CONNECT)
    assert run.lines == []


def test_a_replier_that_drops_what_has_no_empty_frame(drive, server):
    other = server(None, kind=zmq.REP)
    run = drive(other.endpoint, counted(5), "--timeout", 1)
    run.check_fatal("TIMEOUT", 1)
    assert run.lines == []


def test_a_router_that_never_answers(drive, server):
    other = server(lambda request: [])
    run = drive(other.endpoint, counted(5), "--timeout", 1)
    run.check_fatal("TIMEOUT", 1)
    assert run.lines == [] and len(other.seen) == 5


JUNK = {
    "nothing": b"",
    "words": b"who are you?",
    "half a map": b"\x82\xa1v\x01",
    "bytes behind the map": b"\x80\x00",
    "an array": b"\x93\x01\x02\x03",
    "a number": b"\x07",
    "a map with nothing of a reply": b"\x81\xa1a\x01",
    "another version": {"v": 2, "id": 1, "ok": True, "results": {}},
    "a version that is no number": {"v": "1", "id": 1, "ok": True, "results": {}},
    "no word about success": {"v": 1, "id": 1},
    "a failure without an error": {"v": 1, "id": 1, "ok": False},
    "success without results": {"v": 1, "id": 1, "ok": True},
    "success with nil for results": {"v": 1, "id": 1, "ok": True, "results": None},
}


@pytest.mark.parametrize("name", JUNK)
def test_a_router_that_answers_with(drive, server, name):
    def handler(request):
        return [{**JUNK[name], "id": request["id"]} if isinstance(JUNK[name], dict) else JUNK[name]]

    other = server(handler)
    run = drive(other.endpoint, counted(5), "--timeout", 10 * SLOW)
    run.check_fatal("NO_PROTOCOL", 2)
    assert run.lines == []


def test_answers_to_nobody_are_no_answers(drive, server):
    strange = [987654321, "nobody", None, 0.5, 2**64 - 1, -1, True]  # which is not 1
    other = server(lambda request: [fake.ok({"id": id}) for id in strange])
    run = drive(other.endpoint, counted(5), "--timeout", 1)
    run.check_fatal("TIMEOUT", 1)
    assert run.lines == []


def test_answers_to_nobody_and_second_answers_do_not_disturb(drive, server):
    def handler(request):
        right = fake.ok(request)
        return [fake.ok({"id": 987654321}), right, {**right, "results": {"echo": "a second answer"}}, right]

    n, other = 300, server(handler)
    run = drive(other.endpoint, ({"text": f"text {i}"} for i in range(n)))
    run.check_all(n)
    assert [line["results"]["echo"] for line in run.lines] == [f"text {i}" for i in range(n)]


def test_answers_in_any_order_find_their_requests(drive, server):
    held = []

    def handler(request):
        held.append(request)
        if len(held) < 16:
            return []
        replies = [fake.ok(r) for r in reversed(held)]
        held.clear()
        return replies

    n, other = 160, server(handler)
    run = drive(other.endpoint, ({"text": f"text {i}"} for i in range(n)), "--window", 16)
    run.check_all(n)
    assert [line["results"]["echo"] for line in run.lines] == [f"text {i}" for i in range(n)]
