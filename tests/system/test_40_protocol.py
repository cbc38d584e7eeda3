"""Whatever comes, there is an error reply that names what is wrong, or it is dropped by a documented rule; and textd lives."""

import random

import msgpack
import pytest
import zmq

from conftest import Daemon, plugins

MANY = 2**32 - 1


@pytest.fixture(scope="module")
def daemon():
    daemon = Daemon(plugins("echo", "fault"))
    daemon.before = sorted(daemon.worker_pids())
    yield daemon
    assert sorted(daemon.worker_pids()) == daemon.before, "a frame has cost a worker"
    daemon.clean_up()


@pytest.fixture
def client(daemon):
    client = daemon.client()
    yield client
    assert client.is_silent(0.02), f"a second reply: {client.receive()}"
    assert client.ask("still there", id="after", plugins=["fault"])["results"]["fault"] == 11


WRONG_TYPES = {
    "v": ["1", 1.5, [1]],
    "id": [1.5, [1], {"a": 1}, True],
    "op": [1, b"\xff", ["annotate"]],
    "text": [1, None, ["a"], {"a": 1}],
    "pipeline": [1, ["default"], b"\xff"],
    "plugins": ["echo", 1, {"echo": 1}, [1], [None], [["echo"]]],
    "options": [1, "echo", ["echo"], {"echo": 1}, {"echo": [1]}],
    "offsets": [1, ["byte"], b"\xff"],
    "deadline_ms": ["100", 1.5, [1]],
    "lang": [1, ["en"]],
    "trace": [1, {}],
    "tracestate": [1, ["a=1"]],
}


@pytest.mark.parametrize("key,value", [(k, v) for k, values in WRONG_TYPES.items() for v in values], ids=repr)
def test_a_wrong_type_names_its_key(client, key, value):
    reply = client.request({"id": 7, "text": "x", key: value})
    assert reply["ok"] is False and reply["v"] == 1
    assert reply["error"]["code"] == "BAD_REQUEST", reply
    assert f"'{key}'" in reply["error"]["message"]
    assert reply["error"]["retryable"] is False
    assert reply["id"] == (value if key == "id" else 7)


@pytest.mark.parametrize(
    "request_,code,words",
    [
        ({"v": 2}, "UNSUPPORTED_VERSION", "speaks version 1"),
        ({"v": 0}, "UNSUPPORTED_VERSION", "speaks version 1"),
        ({"op": "sing"}, "BAD_REQUEST", "annotate, cancel, describe or ping"),
        ({"pipeline": "none"}, "UNKNOWN_PIPELINE", "'none'"),
        ({"pipeline": ""}, "UNKNOWN_PIPELINE", "empty"),
        ({"plugins": ["none"]}, "UNKNOWN_PLUGIN", "'none'"),
        ({"plugins": []}, "BAD_REQUEST", "'plugins' is empty"),
        ({"plugins": ["echo"], "pipeline": "default"}, "BAD_REQUEST", "both 'pipeline' and 'plugins'"),
        ({"offsets": "glyph"}, "BAD_REQUEST", "byte, codepoint or utf16"),
        ({"deadline_ms": 0}, "BAD_REQUEST", "'deadline_ms' is 0"),
        ({"deadline_ms": -5}, "BAD_REQUEST", "'deadline_ms' is -5"),
        ({"deadline_ms": 2**31}, "BAD_REQUEST", "'deadline_ms' is 2147483648"),
        ({"options": {"none": {"a": 1}}}, "UNKNOWN_PLUGIN", "'none'"),
        ({"options": {"fault": {}}, "plugins": ["echo"]}, "BAD_OPTION", "does not run in this request"),
        ({"options": {"echo": {"nothing": 1}}}, "BAD_OPTION", "echo has no option 'nothing'; it has loud, count"),
        ({"options": {"echo": {"count": 11}}}, "BAD_OPTION", "echo.count is 11; allowed: 1 to 10"),
        ({"options": {"echo": {"count": "3"}}}, "BAD_OPTION", "echo.count must be of type int, not a string"),
        ({"options": {"echo": {"loud": 1}}}, "BAD_OPTION", "echo.loud must be of type bool"),
        ({"options": {"echo": {"share": 1.5}}}, "BAD_OPTION", "echo.share is 1.5; allowed: 0 to 1"),
        ({"options": {"echo": {"share": float("nan")}}}, "BAD_OPTION", "echo.share is"),
        ({"options": {"echo": {"colour": "pink"}}}, "BAD_OPTION", "allowed: red, green, blue"),
        ({"options": {"echo": {"fixed": 1}}}, "BAD_OPTION", "can't be set per request"),
        ({"options": {"echo": {1: 1}}}, "BAD_REQUEST", "key is not a string"),
        ({"meta": "x" * 5000}, "BAD_REQUEST", "'meta' has 5003 bytes; allowed: up to 4096"),
        ({"meta": [[[[[[[[[1]]]]]]]]]}, "BAD_REQUEST", "nested too deep"),
        ({"id": "x" * 65}, "BAD_REQUEST", "'id' has 65 bytes; allowed: up to 64"),
        ({"lang": "x" * 65}, "BAD_REQUEST", "'lang' has 65 bytes"),
    ],
    ids=repr,
)
def test_every_refusal_says_what_would_be_right(client, request_, code, words):
    reply = client.request({"id": 1, "text": "x", **request_})
    assert reply["error"]["code"] == code and words in reply["error"]["message"], reply


@pytest.mark.parametrize(
    "text,where",
    [
        (b"\xff", 0),
        (b"ab\x80", 2),
        (b"12345678\xc3", 8),
        (b"\xc0\xaf", 0),
        (b"a\xed\xa0\x80", 1),  # a surrogate
        (b"\xf4\x90\x80\x80", 0),
        (b"ok \xe2\x82", 3),
    ],
)
def test_invalid_utf8_names_the_byte(client, text, where):
    reply = client.request({"id": 1}, text)
    assert reply["error"]["code"] == "INVALID_UTF8"
    assert f"at byte {where} (0x{text[where]:02x})" in reply["error"]["message"]
    head = b"\x82\xa2id\x01\xa4text" + bytes([0xA0 | len(text)])
    assert client.request(head + text)["error"]["code"] == "INVALID_UTF8"


def test_text_is_needed_once(client):
    assert "'text' is missing" in client.request({"id": 1})["error"]["message"]
    assert "both a 'text' and a second frame" in client.request({"id": 1, "text": "x"}, b"x")["error"]["message"]


def test_an_id_is_needed(client):
    reply = client.request({"text": "x"})
    assert reply["id"] is None and "'id' is missing" in reply["error"]["message"]
    assert client.request({"op": "ping"})["ok"] and client.request({"op": "describe"})["ok"]


VALID = msgpack.packb(
    {"v": 1, "id": "abc", "op": "annotate", "text": "héllo", "plugins": ["echo"], "options": {"echo": {"count": 3}}, "meta": [1, {"a": 2.5}]}
)


def test_every_truncation_is_answered(client):
    for n in range(1, len(VALID)):
        reply = client.request(VALID[:n])
        assert reply["error"]["code"] == "BAD_REQUEST"
    assert client.request(VALID)["ok"]


HOSTILE = {
    "one nil": b"\xc0",
    "a number": b"\x05",
    "an array": b"\x91\x01",
    "the unused byte": b"\xc1",
    "map of 2^32-1": b"\xdf\xff\xff\xff\xff",
    "array of 2^32-1": b"\xdd\xff\xff\xff\xff",
    "str of 2^32-1": b"\xdb\xff\xff\xff\xff",
    "map of 2^32-1 inside": b"\x81\xa1a\xdf\xff\xff\xff\xff",
    "array of 2^32-1 inside": b"\x81\xa1a\xdd\xff\xff\xff\xff",
    "str of 2^32-1 inside": b"\x81\xa4text\xdb\xff\xff\xff\xff",
    "ext of 2^32-1 inside": b"\x81\xa1a\xc9\xff\xff\xff\xff\x01",
    "array that claims all that is left": b"\x81\xa1a\xdd\x00\x00\x00\x08" + b"\x91" * 8,
    "100 levels of arrays": b"\x81\xa1a" + b"\x91" * 100 + b"\xc0",
    "100 levels of maps": b"\x81\xa1a" * 100 + b"\xc0",
    "a million nils": b"\x81\xa1a\xdd" + (10**6).to_bytes(4, "big") + b"\xc0" * 10**6,
    "a million pairs": b"\xdf" + (10**6).to_bytes(4, "big") + b"\x01\x01" * 10**6,
    "duplicate keys": b"\x82\xa1a\x01\xa1a\x02",
    "duplicate text": b"\x83\xa2id\x01\xa4text\xa1x\xa4text\xa1y",
    "bytes behind the map": msgpack.packb({"id": 1, "text": "x"}) + b"\x00",
    "two maps": msgpack.packb({"id": 1, "text": "x"}) * 2,
    "invalid UTF-8 in a key": b"\x81\xa1\xff\x01",
    "invalid UTF-8 in a value": b"\x81\xa1a\xa1\xff",
    "invalid UTF-8 deep inside": b"\x81\xa1a\x91\x81\xa1b\xa2\xc3\x28",
    "a number as key": b"\x81\x01\x01",
    "a map as key": b"\x81\x80\x01",
    "a number as key in what isn't meta": b"\x81\xa4beta\x81\x01\x01",
    "text": b"GET / HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_frame_is_answered(client, name):
    reply = client.request(HOSTILE[name])
    assert reply["error"]["code"] == "BAD_REQUEST", reply
    assert reply["error"]["message"]


def test_random_bytes_are_answered(client):
    dice = random.Random(20)
    for _ in range(3000):
        size = dice.choice([1, 2, 5, 20, 100])
        client.send(dice.randbytes(size))
    for _ in range(3000):
        assert client.receive()["ok"] is False


def test_a_broken_id_is_not_echoed(client):
    """A reply must be readable for strict clients, whatever the request was."""
    reply = client.request(b"\x82\xa2id\xa1\xff\xa4text\xa1x")
    assert reply["id"] is None and reply["error"]["code"] == "BAD_REQUEST"


def test_a_quoted_name_is_cut_between_characters(client):
    for n in range(58, 64):
        reply = client.request({"id": 1, "text": "x", "pipeline": "x" * n + "é" * 40})
        assert reply["error"]["code"] == "UNKNOWN_PIPELINE"


def test_damaged_requests_are_answered_once(client):
    """Each byte of a valid request changed: some are still valid, all are answered."""
    dice = random.Random(4)
    n = 0
    for at in range(len(VALID)):
        for _ in range(4):
            broken = bytearray(VALID)
            broken[at] = dice.randrange(256)
            client.send(bytes(broken))
            n += 1
    for _ in range(n):
        assert client.receive()["v"] == 1


@pytest.mark.parametrize("n", [3, 5, 12, 13, 300])
def test_too_many_frames_are_refused(client, n):
    reply = client.request(VALID, *[b"frame"] * (n - 1))
    assert reply["error"]["code"] == "BAD_REQUEST" and f"has {n} frames" in reply["error"]["message"]


def test_a_hop_too_long_to_mirror_is_dropped(client, daemon):
    client.send(b"x" * 300, b"", VALID)
    daemon.wait_logged("message.dropped", reason="envelope")


def test_an_empty_second_frame_is_an_empty_text(client):
    reply = client.request({"id": 1, "plugins": ["echo"]}, b"")
    assert reply["results"]["echo"]["text"] == ""


def test_a_frame_of_another_size_class_cuts_only_its_connection(textd):
    daemon = textd(plugins("fault", limits={"document_bytes": "1MiB"}))
    quiet, loud = daemon.client(), daemon.client()
    assert quiet.ask("abc")["ok"]
    loud.send(b"x" * (8 << 20))  # beyond what libzmq lets in: the connection is cut, and made again
    assert quiet.ask("abc")["ok"]
    assert loud.request({"id": 1, "text": "abc"}, seconds=20)["ok"]


def test_bytes_that_are_no_zeromq_do_no_harm(textd, tmp_path):
    import socket

    daemon = textd({**plugins("fault")})
    for garbage in (b"GET / HTTP/1.0\r\n\r\n", b"\xff" * 100, b"\xff\0\0\0\0\0\0\0\x01\x7f" + b"\0" * 54 + b"\x04\xff" * 50, b""):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(daemon.run / "textd.sock"))
            try:
                peer.sendall(garbage)
            except BrokenPipeError:
                pass
    assert daemon.client().ask("abc")["ok"]


def test_errors_are_the_documented_ones(client):
    """The table in docs/protocol.md is the one in the code."""
    from conftest import ROOT
    import re

    code = (ROOT / "common/wire_errors.h").read_text()
    table = dict(re.findall(r"X\((\w+), (\d),", code))
    page = (ROOT / "docs/protocol.md").read_text()
    documented = {name: retryable for name, retryable in re.findall(r"^\| `(\w+)` \| (yes|no) \|", page, re.M)}
    assert documented == {name: "yes" if flag == "1" else "no" for name, flag in table.items()}


def test_bad_requests_do_not_flood_the_log(textd):
    daemon = textd(plugins("fault"))
    client = daemon.client()
    for _ in range(5000):
        client.send(b"\xc0")
    for _ in range(5000):
        client.receive()
    assert len(daemon.logged("request.refused")) < 200
    daemon.stop()
    lines = daemon.logged("request.refused") + daemon.logged("log.suppressed", of="request.refused")
    told = sum(int(line.split("suppressed=")[1].split()[0]) for line in lines if "suppressed=" in line)
    assert told + len(daemon.logged("request.refused")) >= 5000  # and nothing is left out in silence


def test_the_text_never_reaches_the_log(textd):
    daemon = textd(plugins("fault"), env={"TEXTD_LOG_LEVEL": "debug"})
    client = daemon.client()
    client.ask("a very secret text")
    client.ask("CRASH a very secret text")
    client.request({"id": 1, "text": "a very secret text", "v": 9})
    daemon.stop()
    assert "secret" not in daemon.log()
