"""Documents are annotated: as they were sent, with the options that were sent, in the unit that was asked for."""

import threading
import unicodedata

import msgpack
import pytest
import zmq

from conftest import SLOW, plugins

TEXTS = {
    "ascii": "plain old text",
    "latin": "naïve café Ünïcödé",
    "greek": "Καλημέρα κόσμε",
    "cyrillic": "Привет, мир",
    "arabic": "مرحبا بالعالم",
    "hebrew": "שלום עולם",
    "hindi": "नमस्ते दुनिया",
    "thai": "สวัสดี ชาวโลก",
    "chinese": "你好 世界 。",
    "emoji": "a 😀 b 👩‍👩‍👧‍👦 c 🇩🇪🇫🇷 d 👍🏽",
    "astral": "𝔘𝔫𝔦 𐍈 𒀀",
    "combining": "é a\u0301\u0302 z\u0336",
    "crlf": "one\r\ntwo\r three",
    "bom": "\ufeffwith a BOM",
    "nul": "nul\0 inside \0",
    "blanks": "   leading and trailing   ",
    "empty": "",
    "noncharacters": "\uffff \ufdd0 \U0010ffff",
    "long": "😀é a " * 5000,
}


def utf16_length(text):
    return len(text.encode("utf-16-le")) // 2


@pytest.fixture(scope="module")
def echo():
    from conftest import Daemon

    daemon = Daemon(plugins("echo", "fault", "provider", "dependent"))
    yield daemon
    daemon.clean_up()


@pytest.fixture
def client(echo):
    return echo.client()


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("unit", ["byte", "codepoint", "utf16"])
def test_offsets_are_pythons_own_counts(client, name, unit):
    text = TEXTS[name]
    reply = client.ask(text, offsets=unit, plugins=["echo"])
    assert reply["ok"], reply
    assert reply["offsets"] == unit
    assert reply["doc"] == {"bytes": len(text.encode()), "codepoints": len(text)}
    result = reply["results"]["echo"]
    assert result["text"] == text
    units = {"byte": lambda s: len(s.encode()), "codepoint": len, "utf16": utf16_length}[unit]
    at, expected = 0, []
    for piece in text.split(" "):
        if piece:
            expected.append({"start": units(text[:at]), "end": units(text[:at]) + units(piece), "text": piece})
        at += len(piece) + 1
    if name == "long":  # Python's counting is quadratic here; the ends tell
        expected = expected[:50] + expected[-50:]
        result["words"] = result["words"][:50] + result["words"][-50:]
    assert result["words"] == expected


def test_slicing_the_sent_text_gives_the_text(client):
    text = unicodedata.normalize("NFD", "Ångström 😀 naïve ") * 50
    for unit, view, decode in (
        ("byte", text.encode(), lambda b: b.decode()),
        ("codepoint", text, lambda s: s),
    ):
        for word in client.result(text, "echo", offsets=unit, plugins=["echo"])["words"]:
            assert decode(view[word["start"] : word["end"]]) == word["text"]


def test_a_second_frame_is_the_text(client):
    for text in ("", "short", "é" * 3000, "x" * 200_000):
        reply = client.request({"id": 1, "plugins": ["echo"]}, text.encode())
        assert reply["results"]["echo"]["text"] == text


@pytest.mark.parametrize("ident", [0, -1, 2**63 - 1, -(2**63), 2**64 - 1, "", "a", "ü" * 32, b"", b"\x00\xff" * 32])
def test_ids_come_back_as_they_were(client, ident):
    reply = client.request({"id": ident, "text": "x", "plugins": ["echo"]})
    assert reply["ok"] and reply["id"] == ident and type(reply["id"]) is type(ident)


@pytest.mark.parametrize(
    "meta", [None, 0, "s", b"bytes", [1, [2, [3]]], {"a": {"b": [1.5, None, True]}}, "x" * 4000, msgpack.ExtType(5, b"12")]
)
def test_meta_comes_back_untouched(client, meta):
    assert client.request({"id": 1, "text": "x", "meta": meta})["meta"] == meta
    assert client.request({"id": 1, "meta": meta})["meta"] == meta  # in an error, too


def test_trace_comes_back(client):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert client.request({"id": 1, "text": "x", "trace": trace})["trace"] == trace


def test_lang_reaches_the_plugin(client):
    assert client.result("x", "echo", lang="pt-BR")["lang"] == "pt-BR"
    assert client.result("x", "echo")["lang"] == ""


def test_options_reach_the_plugin_for_this_document_only(client):
    initial = {"loud": False, "count": 3, "share": 0.5, "colour": "red", "label": "none", "fixed": 7}
    assert client.result("x", "echo")["options"] == initial
    sent = {"loud": True, "count": 10, "share": 1, "colour": "blue", "label": "ü" * 100}
    found = client.result("x", "echo", options={"echo": sent})["options"]
    assert found == {**initial, **sent, "share": 1.0}
    assert client.result("x", "echo", options={"echo": {"count": 4}})["options"] == {**initial, "count": 4}
    assert client.result("x", "echo", options={"echo": {}})["options"] == initial


def test_plugins_asked_for_bring_along_what_they_need(client):
    reply = client.ask("abcd", plugins=["dependent"])
    assert reply["results"] == {"dependent": ["ab", 0, "cd", 1]}
    assert set(reply["timing"]["plugins"]) == {"provider", "dependent"}


def test_pipelines_are_what_the_configuration_says(textd):
    daemon = textd(
        {
            **plugins("echo", {"name": "second", "file": "echo", "options": {"count": 9, "fixed": 8}}, "fault"),
            "pipelines": [{"name": "two", "plugins": ["second"]}, {"name": "default", "plugins": ["fault"]}],
        }
    )
    client = daemon.client()
    assert client.ask("abc")["results"] == {"fault": 3}
    result = client.result("abc", "second", pipeline="two")
    assert result["options"]["count"] == 9 and result["options"]["fixed"] == 8
    described = client.request({"op": "describe", "id": 1})
    assert described["pipelines"] == [
        {"name": "two", "pool": "default", "plugins": ["second"]},
        {"name": "default", "pool": "default", "plugins": ["fault"]},
    ]


def test_describe_tells_what_a_client_needs(client):
    found = client.request({"op": "describe", "id": 1})
    assert found["ok"] and found["protocol"] == 1 and found["abi"] == "1.0"
    assert found["limits"]["document_bytes"] == 8 << 20
    assert found["offsets"] == ["byte", "codepoint", "utf16"]
    echo = {p["name"]: p for p in found["plugins"]}["echo"]
    assert echo["version"] == "2.1.0" and echo["license"] == "Apache-2.0" and echo["state"] == "active"
    options = {o["name"]: o for o in echo["options"]}
    assert options["count"] == {
        "name": "count", "type": "int", "default": 3, "min": 1, "max": 10, "per_request": True, "help": "a number",
    }
    assert options["colour"]["choices"] == ["red", "green", "blue"] and options["colour"]["default"] == "red"
    assert options["loud"]["type"] == "bool" and options["loud"]["default"] is False
    assert options["share"]["default"] == 0.5
    assert options["fixed"]["per_request"] is False


def test_one_plugins_failure_leaves_the_others_results(client):
    reply = client.ask("FAIL", plugins=["fault", "echo"])
    assert reply["ok"] and set(reply["results"]) == {"echo"}
    assert reply["errors"] == {"fault": {"code": "PLUGIN_FAILED", "message": "it was asked to fail"}}
    assert "errors" not in client.ask("fine", plugins=["fault", "echo"])


def test_who_needs_a_failed_plugin_fails_with_words(client):
    reply = client.ask("FAIL", plugins=["dependent", "echo"])
    assert reply["ok"] and set(reply["results"]) == {"echo"}
    assert reply["errors"]["provider"]["message"] == "it was asked to fail"
    assert reply["errors"]["dependent"]["message"] == (
        "dependent needs layer org.example.halves/1, and the plugin that adds it failed"
    )


def test_when_no_plugin_succeeds_the_document_fails(client):
    error = client.error("FAIL", plugins=["fault"])
    assert error["code"] == "PLUGIN_FAILED" and error["plugin"] == "fault" and error["message"] == "it was asked to fail"


def test_the_reply_says_where_the_time_went(client):
    reply = client.ask("SLEEP 20", plugins=["fault"])
    timing = reply["timing"]
    assert timing["plugins"]["fault"] >= 20000 and timing["run_us"] >= timing["plugins"]["fault"] - 1
    assert timing["queue_us"] >= 0
    assert reply["served"]["generation"] == 1 and reply["served"]["worker"] in (0, 1)


def test_req_gets_its_empty_frame_back(echo):
    client = echo.client(zmq.REQ)
    for text in ("one", "two"):
        assert client.ask(text, plugins=["fault"])["results"] == {"fault": 3}
    assert client.request({"id": 1}, b"raw")["results"]["fault"] == 3
    assert client.request({"id": 1})["error"]["code"] == "BAD_REQUEST"  # an error, too


@pytest.mark.parametrize("kind", [zmq.REQ, zmq.DEALER])
def test_through_a_proxy(echo, tmp_path, kind):
    """A broker between client and daemon adds a hop to the envelope. Behind one, DEALER clients send the empty frame."""
    with zmq.Context() as context:
        front, back = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
        front.linger = back.linger = 0
        front.bind(f"ipc://{tmp_path}/front")
        back.connect(echo.endpoint)

        def run():
            try:
                zmq.proxy(front, back)
            except zmq.ZMQError:
                pass
            front.close()
            back.close()

        thread = threading.Thread(target=run)
        thread.start()
        socket = context.socket(kind)
        socket.linger = 0
        socket.connect(f"ipc://{tmp_path}/front")
        delimiter = [b""] if kind == zmq.DEALER else []
        for n in range(20):
            socket.send_multipart([*delimiter, msgpack.packb({"id": n, "text": "abc"})])
            assert socket.poll(10000 * SLOW)
            frames = socket.recv_multipart()
            assert frames[:-1] == delimiter
            assert msgpack.unpackb(frames[-1])["id"] == n
        socket.close()
    thread.join(10)
    assert not thread.is_alive()


def test_a_mebibyte(client):
    text = ("0123456789abcdé " * 64 * 1024)[: 1 << 19] + "x" * (1 << 19)
    assert len(text.encode()) >= 1 << 20
    assert client.result(text, "echo", plugins=["echo"])["text"] == text


def test_a_document_of_the_largest_size_and_one_byte_more(textd):
    limit = 1 << 20
    daemon = textd(plugins("fault", limits={"document_bytes": "1MiB"}))
    client = daemon.client()
    assert client.result("x" * limit, "fault") == limit
    error = client.error("x" * (limit + 1))
    assert error["code"] == "TOO_LARGE" and "limits.document_bytes is 1048576" in error["message"]
    reply = client.request({"id": 1}, b"x" * (limit + 1))
    assert reply["error"]["code"] == "TOO_LARGE"


def test_unknown_keys_are_ignored(client):
    assert client.ask("x", colour="red", nested={"deep": [1, 2, {"er": None}]})["ok"]
