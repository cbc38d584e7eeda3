"""What people's own libraries write is taken for what they mean, and what isn't is told: nil, floats, binary strings, empty arrays."""

import struct

import msgpack
import pytest
import zmq

from conftest import TRACE, Daemon, plugins


@pytest.fixture(scope="module")
def daemon():
    daemon = Daemon(plugins("echo", "fault"))
    yield daemon
    daemon.clean_up()


@pytest.fixture
def client(daemon):
    return daemon.client()


def double(value):
    return b"\xcb" + struct.pack(">d", value)


def as_bin(value):
    """As packers that know no text write it: all strings are bin, keys too."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        return {as_bin(k): as_bin(v) for k, v in value.items()}
    return [as_bin(v) for v in value] if isinstance(value, list) else value


REQUEST = {"id": "a", "op": "annotate", "text": "Zoë left", "plugins": ["echo"], "offsets": "codepoint", "lang": "de", "trace": TRACE,
           "options": {"echo": {"loud": True, "count": 3, "share": 0.5, "colour": "green"}}}


def test_strings_as_binary_give_the_same_result(client):
    plain, binary = client.request(REQUEST), client.request(as_bin(REQUEST))
    assert plain["ok"] and binary["ok"] and binary["results"] == plain["results"]
    assert (binary["id"], binary["trace"]) == (b"a", TRACE), "the id as it came, the rest as text"


def test_nil_is_as_good_as_absent_at_every_key(client):
    message = {"id": 1, "text": "x", "plugins": ["echo"]}
    wanted = client.request(message)["results"]
    for key in ["v", "op", "pipeline", "options", "offsets", "deadline_ms", "lang", "trace", "tracestate"]:
        reply = client.request({**message, key: None})
        assert reply["ok"] and reply["results"] == wanted and key not in set(reply) - {"v", "offsets"}, key
    assert client.request({"id": 1, "plugins": ["echo"], "text": None}, b"x")["results"] == wanted


def test_nil_leaves_an_option_as_the_operator_set_it(textd):
    client = textd(plugins({"name": "echo", "options": {"count": 7}}, "fault")).client()
    for options in [None, {}, [], {"echo": None}, {"echo": []}, {"echo": {"count": None}}, {"none": None}, {"echo": {"none": None}}, {"fault": None}]:
        assert client.result("x", "echo", plugins=["echo"], options=options)["options"]["count"] == 7
    assert client.result("x", "echo", plugins=["echo"], options={"echo": {"count": 2.0, "share": None}})["options"]["count"] == 2


def test_options_that_are_whole_floats_are_whole(client):
    assert client.result("x", "echo", options={"echo": {"count": 3.0}})["options"]["count"] == 3
    for value, words in [(2.5, "is 2.5; it must be a whole number"), (float("nan"), "is nan; it must be"), (11.0, "is 11; allowed: 1 to 10"),
                         (1e300, "is 1e+300; allowed: 1 to 10")]:
        error = client.error("x", options={"echo": {"count": value}})
        assert error["code"] == "BAD_OPTION" and words in error["message"], error


# ---- Ids


def test_a_float_is_an_id_and_another_than_the_integer(client):
    """msgpackr and msgpack-lite write Date.now() so. It comes back as it was; 1 and 1.0 are two documents."""
    client.annotate("HANG", id=1, plugins=["fault"], deadline_ms=20000)
    client.annotate("HANG", id=1.0, plugins=["fault"], deadline_ms=20000)
    client.send(b"\x82\xa2id" + double(1.0) + b"\xa2op\xa6cancel")
    reply = client.receive()
    assert type(reply["id"]) is float and reply["error"]["code"] == "CANCELLED"
    client.send({"id": 1, "op": "cancel"})
    reply = client.receive()
    assert type(reply["id"]) is int and reply["error"]["code"] == "CANCELLED"


@pytest.mark.parametrize("value", [1.5, -0.5, float("inf"), float("nan"), 2.0**63, True, [1], {"a": 1}, "x" * 65, b"x" * 100, "x" * 4000])
def test_an_id_that_is_refused_comes_back(client, value):
    client.send({"id": value, "text": "x", "meta": [1], "trace": TRACE})
    client.annotate("x", id="next")
    reply = client.receive()
    assert repr(reply["id"]) == repr(value) and reply["error"]["code"] == "BAD_REQUEST" and "'id'" in reply["error"]["message"]
    assert (reply["meta"], reply["trace"]) == ([1], TRACE)
    assert client.receive()["id"] == "next"


@pytest.mark.parametrize("value", ["x" * 5000, [[[[[[[[[1]]]]]]]]]])
def test_an_id_beyond_the_bounds_of_meta_does_not(client, value):
    assert client.request({"id": value, "text": "x"})["id"] is None


def test_what_is_broken_behind_the_id_is_answered_to_it(client):
    whole = msgpack.packb({"id": "mine", "trace": TRACE, "meta": {"m": 1}, "text": "x" * 100, "plugins": ["echo"]})
    for n in range(whole.index(b"text"), len(whole)):
        reply = client.request(whole[:n])
        assert (reply["id"], reply["trace"], reply["meta"]) == ("mine", TRACE, {"m": 1}) and reply["error"]["code"] == "BAD_REQUEST"
    assert client.request(whole + b"\xc0")["id"] == "mine"
    assert client.request(whole, b"text", b"too much")["id"] == "mine"


def test_a_broken_message_costs_little_however_long_it_is(client):
    """Its id is looked for in the first 8192 values."""
    count = 1 << 20
    far = b"\xdf" + (count + 1).to_bytes(4, "big") + b"\xa1a\xc0" * count + b"\xa2id\x07"
    assert client.request(far)["id"] is None
    assert client.request(b"\xdf" + (count + 1).to_bytes(4, "big") + b"\xa2id\x07" + b"\xa1a\xc0" * count)["id"] == 7


# ---- meta


def test_meta_comes_back_whatever_its_keys_are(client):
    """Byte for byte: integers, binary, nil and arrays as keys, a key twice, more keys than a map may have elsewhere."""
    for meta in [b"\x81\x01\x02", b"\x82\xc4\x01\xff\x01\xc0\x02", b"\x81\x91\x01\x02", b"\x82\xa1a\x01\xa1a\x02",
                 b"\xde\x00\x50" + b"\x01\x02" * 80, b"\x81\xcb\x7f\xf8\0\0\0\0\0\0\x81\xd4\x05\x01\xa1x"]:
        client.socket.send(b"\x83\xa2id\x01\xa4meta" + meta + b"\xa4text\xa1x")
        assert client.socket.poll(5000) and meta in client.socket.recv()


def test_keys_elsewhere_are_strings_and_stand_once(client):
    for message in [b"\x82\xa4meta\x81\x01\x02\x01\x02", b"\x82\xa4meta\x01\xc4\x04meta\x02", b"\x81\xa7options\x81\x01\x80"]:
        assert client.request(message)["error"]["code"] == "BAD_REQUEST"


# ---- Messages that are none


def test_an_empty_message_is_dropped_and_counted(daemon):
    """ZMQ_PROBE_ROUTER sends one first: its reply would be taken for that to the first request."""
    client = daemon.client()
    before = daemon.control(op="status")["counters"]["messages_empty"]
    socket = client.context.socket(zmq.DEALER)
    with socket:
        socket.linger = 0
        socket.setsockopt(zmq.PROBE_ROUTER, 1)
        socket.connect(daemon.endpoint)
        socket.send(msgpack.packb({"id": 5, "op": "ping"}))
        assert socket.poll(5000) and msgpack.unpackb(socket.recv())["id"] == 5
        assert not socket.poll(20)
    assert daemon.control(op="status")["counters"]["messages_empty"] == before + 1


def test_an_empty_message_of_a_req_is_answered(daemon):
    client = daemon.client(kind=zmq.REQ)
    assert "empty" in client.request(b"")["error"]["message"]


def test_a_req_that_may_give_up_and_ask_again_gets_its_own_reply(daemon):
    """docs/protocol.md's advice: time-outs, and RELAXED with CORRELATE, which puts a number in front of the empty frame."""
    with zmq.Context.instance().socket(zmq.REQ) as socket:
        for option, value in [(zmq.LINGER, 0), (zmq.REQ_RELAXED, 1), (zmq.REQ_CORRELATE, 1), (zmq.RCVTIMEO, 20), (zmq.SNDTIMEO, 1000)]:
            socket.setsockopt(option, value)
        socket.connect(daemon.endpoint)
        socket.send(msgpack.packb({"id": 1, "text": "SLEEP 100", "plugins": ["fault"]}))
        with pytest.raises(zmq.Again):
            socket.recv()
        socket.setsockopt(zmq.RCVTIMEO, 5000)
        socket.send(msgpack.packb({"id": 2, "text": "four", "plugins": ["fault"]}))
        assert msgpack.unpackb(socket.recv())["id"] == 2


@pytest.mark.parametrize("message, words", [(b'{"id": 1, "text": "Hi."}', ["JSON", "textctl annotate --jsonl", "MessagePack"]), (b"\xef\xbb\xbf  [1]", ["JSON"]),
                                            (b"\n{", ["JSON"]), (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", ["HTTP", "ZeroMQ", "textctl"]),
                                            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ["HTTP"]), (b"HTTP/1.0 200 OK\r\n\r\n", ["HTTP"])])
def test_what_speaks_something_else_is_told_what_to_do(client, daemon, message, words):
    for asked in client, daemon.client(endpoint=daemon.control_endpoint):
        error = asked.request(message)["error"]
        assert error["code"] == "BAD_REQUEST" and all(word in error["message"] for word in words), error


# ---- Warnings


def test_a_request_without_fault_has_no_warnings(client):
    assert "warnings" not in client.request(REQUEST) and "warnings" not in client.request({"op": "describe"})


def test_every_kind_of_reply_has_the_warnings(client):
    told = ["'plugin' is not a key; did you mean 'plugins'?"]
    for message in [{"text": "x"}, {"op": "ping"}, {"op": "describe"}, {"op": "sing"}, {"text": "x", "pipeline": "none"}, {"text": "CRASH"}, {"text": b"\xff"},
                    {"op": "cancel"}]:
        assert client.request({"id": 1, **message, "plugin": "echo"})["warnings"] == told, message


def test_a_document_that_was_cancelled_has_its_own_warnings(client):
    client.send({"id": 1, "text": "HANG", "plugins": ["fault"], "langs": "en"})
    client.send({"id": 1, "op": "cancel", "lang": "Klingon"})
    reply = client.receive()
    assert reply["error"]["code"] == "CANCELLED" and reply["warnings"] == ["'langs' is not a key; did you mean 'lang'?"]


def test_warnings_are_bounded(client):
    reply = client.request({"id": 1, "text": "x", **{"é" * 500 + str(n): n for n in range(60)}})
    assert reply["ok"] and len(reply["warnings"]) == 8 and reply["warnings"][7] == "and 53 more like these"
    assert all(len(w.encode()) <= 200 for w in reply["warnings"])


@pytest.mark.parametrize("odd, plain", [("\x1b[2J\x07", "?[2J?"), ("a\nb", "a b"), ("\u202eplug\u2066ins", "?plug?ins"), ("\x85\u2028\x7f", "???"), ("\ufeffid", "?id")])
def test_words_that_quote_the_client_can_be_printed(client, odd, plain):
    reply = client.request({"id": 1, "op": odd, odd: 1, "lang": odd})
    assert f"'op' is '{plain}'" in reply["error"]["message"] and reply["warnings"][0].startswith(f"'{plain}' is not a key")
    assert f"'lang' is '{plain}'" in client.ask("x", lang=odd)["warnings"][0]
    assert f"'{plain}'" in client.error("x", plugins=[odd])["message"] and f"'{plain}'" in client.error("x", options={"echo": {odd: 1}})["message"]


# ---- Languages


@pytest.mark.parametrize("given, seen", [("en", "en"), ("en_US", "en-US"), ("eng", "en"), ("EN", "en"), ("GER", "de"), ("zh_hant_tw", "zh-Hant-TW"),
                                         ("en_US.UTF-8", "en-US"), ("und", ""), ("mul", ""), ("zxx", ""), ("", ""), ("gsw", "gsw")])
def test_plugins_see_a_language_in_its_canonical_form(client, given, seen):
    reply = client.ask("x", plugins=["echo"], lang=given)
    assert reply["results"]["echo"]["lang"] == seen and "warnings" not in reply


@pytest.mark.parametrize("given", ["English", "jp", "e", "en-US-Latn", "über", "en us"])
def test_a_language_that_was_not_understood_is_told_and_not_given(client, given):
    reply = client.ask("x", plugins=["echo"], lang=given)
    assert reply["results"]["echo"]["lang"] == "" and f"'lang' is '{given}'" in reply["warnings"][0]


def test_a_document_that_is_run_again_has_its_language_still(daemon):
    """The canonical form stands where the client's did, in the frame that is kept."""
    client = daemon.client()
    daemon.control(op="worker.restart")
    for n in range(20):
        assert client.ask("x" * n, plugins=["echo"], lang="ENG_gb")["results"]["echo"]["lang"] == "en-GB"


# ---- The operator's socket


def test_the_control_socket_takes_the_same(daemon):
    control = daemon.client(endpoint=daemon.control_endpoint)
    reply = control.request({b"id": 3.0, b"op": b"log.level", b"level": b"info"})
    assert reply["ok"] and reply["level"] == "info" and type(reply["id"]) is float
    assert control.request({"id": 1, "op": "worker.restart", "worker": 0.0})["ok"]
    assert "0 to 1" in control.request({"id": 1, "op": "worker.restart", "worker": 0.5})["error"]["message"]


# ---- describe


def test_describe_tells_what_a_client_needs_to_adapt(client):
    told = client.request({"id": 1, "op": "describe"})
    assert told["protocol_minor"] == 4
    limits = told["limits"]
    assert limits["frame_bytes"] == 2 * limits["document_bytes"] + (1 << 20)
    assert 0 < limits["retry_after_min_ms"] < limits["retry_after_max_ms"]
    assert client.request({"id": 1, **{key: None for key in told["keys"] if key not in ("id", "text")}, "text": "x"}).keys() >= {"results", "meta"}


def test_describe_tells_the_layers(textd):
    told = textd().client().request({"op": "describe"})["layers"]
    assert {layer["name"]: layer["plugin"] for layer in told} == {"sentences/1": "segmenter", "tokens/1": "segmenter", "entities/1": "entities",
                                                                       "language/1": "language"}
    [sentences] = [layer for layer in told if layer["name"] == "sentences/1"]
    assert {"sentiment", "summarizer"} <= set(sentences["used_by"])
