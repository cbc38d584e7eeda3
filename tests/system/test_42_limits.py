"""The limits of docs/protocol.md are met exactly: what is allowed is served, one more is refused, and neither costs much."""

import re
import time
from pathlib import Path

import msgpack
import pytest

from conftest import SLOW, TRACE, Daemon, plugins
from test_40_protocol import HOSTILE


@pytest.fixture(scope="module")
def daemon():
    daemon = Daemon(plugins("echo", "fault", "provider"))
    yield daemon
    daemon.clean_up()


@pytest.fixture
def client(daemon):
    return daemon.client()


def frames_of(client, *frames, seconds=10):
    """Sends frames as they are; the frames of the reply."""
    client.socket.send_multipart(list(frames))
    assert client.socket.poll(int(seconds * SLOW * 1000)), "no reply"
    return client.socket.recv_multipart()


# ---- Frames


@pytest.mark.parametrize("hops", range(8))
@pytest.mark.parametrize("raw", [False, True])
def test_an_envelope_of_up_to_eight_frames_comes_back(client, hops, raw):
    envelope = [b"hop %d" % n for n in range(hops)] + [b""]
    if raw:
        frames = frames_of(client, *envelope, msgpack.packb({"id": 1, "plugins": ["fault"]}), b"four")
    else:
        frames = frames_of(client, *envelope, msgpack.packb({"id": 1, "plugins": ["fault"], "text": "four"}))
    assert frames[:-1] == envelope
    assert msgpack.unpackb(frames[-1])["results"] == {"fault": 4}


@pytest.mark.parametrize("hops", [8, 9, 10, 11, 14])
def test_a_longer_envelope_is_refused(client, hops):
    frames = frames_of(client, *[b"hop"] * hops, b"", msgpack.packb({"id": 1, "text": "x"}))
    reply = msgpack.unpackb(frames[-1])
    assert reply["id"] is None and reply["error"]["code"] == "BAD_REQUEST"
    assert "has 1 frames" not in reply["error"]["message"], "it names what is wrong"
    assert client.ask("x")["ok"]


def test_hops_may_have_any_bytes(client):
    envelope = [bytes(range(256))[1:], b"\0", b"\xff" * 255, b""]
    assert frames_of(client, *envelope, msgpack.packb({"id": 1, "text": "x"}))[:-1] == envelope


def test_an_empty_text_behind_an_envelope_is_an_empty_text(client):
    frames = frames_of(client, b"", msgpack.packb({"id": 1, "plugins": ["fault"]}), b"")
    assert frames[0] == b"" and msgpack.unpackb(frames[1])["results"] == {"fault": 0}


def test_an_empty_message_in_an_envelope_is_answered_in_it(client):
    frames = frames_of(client, b"", b"")
    assert frames[0] == b"" and msgpack.unpackb(frames[1])["error"]["code"] == "BAD_REQUEST"


# ---- Sizes


def test_meta_of_four_kibibytes_and_one_byte_more(client):
    meta = "m" * (4096 - 3)  # behind the three bytes of a str 16
    assert client.request({"id": 1, "text": "x", "meta": meta})["meta"] == meta
    error = client.request({"id": 1, "text": "x", "meta": meta + "m"})["error"]
    assert error["code"] == "BAD_REQUEST" and "4097" in error["message"] and "4096" in error["message"]


def test_meta_of_depth_eight_and_one_more(client):
    meta = "deep"
    for _ in range(8):
        meta = [meta]
    assert client.request({"id": 1, "text": "x", "meta": meta})["meta"] == meta
    error = client.request({"id": 1, "text": "x", "meta": {"a": meta}})["error"]
    assert error["code"] == "BAD_REQUEST" and "'meta'" in error["message"]


def test_meta_comes_back_byte_for_byte(client):
    """Not decoded and encoded again: a float32 stays one, and a number keeps the width it was sent with."""
    meta = b"\x96\xca\x3f\x80\x00\x00\xd3\x00\x00\x00\x00\x00\x00\x00\x05\xdb\x00\x00\x00\x01a\xc7\x01\x07z\xde\x00\x00\xd6\xff\x00\x00\x00\x00"
    [reply] = frames_of(client, b"\x83\xa2id\x01\xa4text\xa1x\xa4meta" + meta)
    assert meta in reply and msgpack.unpackb(reply, timestamp=3)["ok"]


LONGEST = {"id": "i" * 64, "lang": "en-x-abcdefgh" + "-abcdefgh" * 5 + "-abcde"}


@pytest.mark.parametrize("key", LONGEST)
def test_a_string_of_the_longest_length_and_one_byte_more(client, key):
    message = {"id": 1, "text": "x", "plugins": ["echo"]}
    reply = client.request({**message, key: LONGEST[key]})
    assert reply["ok"], reply
    assert {"id": reply["id"], "lang": reply["results"]["echo"]["lang"]}[key] == LONGEST[key]
    error = client.request({**message, key: LONGEST[key] + "k"})["error"]
    assert error["code"] == "BAD_REQUEST" and f"'{key}' has {len(LONGEST[key]) + 1} bytes" in error["message"]


def test_the_id_comes_back_with_the_width_it_was_sent_with(client):
    for ident in (b"\xd3" + b"\0" * 7 + b"\x05", b"\xcf" + b"\xff" * 8, b"\xdb\0\0\0\x01a", b"\xc6\0\0\0\x01\xff"):
        [reply] = frames_of(client, b"\x82\xa2id" + ident + b"\xa4text\xa1x")
        assert b"\xa2id" + ident in reply


def test_wide_encodings_are_as_good_as_narrow_ones(client):
    wide = b"\xdf\0\0\0\x03\xdb\0\0\0\x02id\xd3" + b"\0" * 7 + b"\x07\xda\0\x04text\xdb\0\0\0\x04four\xd9\x07plugins\xdd\0\0\0\x01\xd9\x05fault"
    reply = client.request(wide)
    assert reply["id"] == 7 and reply["results"] == {"fault": 4}


def test_a_map_of_64_keys_and_one_more(client):
    keys = {f"unknown{n}": n for n in range(62)}
    assert client.request({"id": 1, "text": "x", **keys})["ok"]
    error = client.request({"id": 1, "text": "x", "more": 1, **keys})["error"]
    assert error["code"] == "BAD_REQUEST" and "64" in error["message"]


def test_containers_of_depth_16_and_one_more(client):
    value = 1
    for _ in range(15):
        value = [value]
    assert client.request({"id": 1, "text": "x", "unknown": value})["ok"]
    reply = client.request({"id": 1, "text": "x", "unknown": [value]})
    assert reply["id"] == 1 and "nested too deep" in reply["error"]["message"]


def test_8192_values_and_one_more(client):
    fixed = 1 + 2 * 3 + 1  # the map; id, text and the unknown key with their values, of which one is the array
    assert client.request({"id": 1, "text": "x", "unknown": [None] * (8192 - fixed)})["ok"]
    reply = client.request({"id": 1, "text": "x", "unknown": [None] * (8192 - fixed + 2)})
    assert reply["id"] == 1 and "too many values" in reply["error"]["message"]


# ---- Numbers


@pytest.mark.parametrize("ms", [1000, 2**31 - 1])
def test_deadlines_up_to_the_largest_are_taken(client, ms):
    assert client.ask("x", deadline_ms=ms)["ok"]


@pytest.mark.parametrize("key,codes", [("v", {"UNSUPPORTED_VERSION", "BAD_REQUEST"}), ("deadline_ms", {"BAD_REQUEST"})])
def test_a_number_too_large_is_not_called_no_integer(client, key, codes):
    error = client.request({"id": 1, "text": "x", key: 2**64 - 1})["error"]
    assert error["code"] in codes and "not an integer" not in error["message"]


def test_an_option_too_large_is_not_called_no_integer(client):
    error = client.request({"id": 1, "text": "x", "options": {"echo": {"count": 2**64 - 1}}})["error"]
    assert error["code"] == "BAD_OPTION" and "not an integer" not in error["message"]


def test_numbers_of_results_are_64_bits_wide(client):
    [reply] = frames_of(client, msgpack.packb({"id": 1, "text": "x", "plugins": ["echo"], "options": {"echo": {"share": 0.25}}}))
    assert b"\xa5share\xcb\x3f\xd0\x00\x00\x00\x00\x00\x00" in reply


# ---- What a reply has


OK = {"v", "id", "ok", "results", "doc", "timing", "served", "offsets"}


def test_a_reply_has_the_documented_keys_and_no_others(client):
    assert set(client.ask("x")) == OK
    assert set(client.ask("x", trace=TRACE, meta=None)) == OK | {"trace", "meta"}
    reply = client.ask("FAIL", plugins=["fault", "echo"])
    assert set(reply) == OK | {"errors"} and set(reply["errors"]["fault"]) == {"code", "message"}
    assert set(reply["timing"]) == {"queue_us", "run_us", "plugins"} and set(reply["served"]) == {"version", "generation", "worker"}
    refused = client.ask("x", pipeline="none", trace=TRACE, meta=[1])
    assert set(refused) == {"v", "id", "ok", "error", "trace", "meta"}
    assert set(refused["error"]) == {"code", "message", "retryable"}
    assert set(client.error("FAIL", plugins=["fault"])) == {"code", "message", "retryable", "plugin"}


@pytest.mark.parametrize("message", [{"op": "ping"}, {"op": "describe"}, {"op": "cancel"}, {"text": "x"}, {"op": "sing"}])
def test_every_reply_echoes_id_trace_and_meta(client, message):
    reply = client.request({**message, "id": b"\x01", "trace": TRACE, "meta": {"m": 1}})
    assert (reply["id"], reply["trace"], reply["meta"]) == (b"\x01", TRACE, {"m": 1})


def test_a_plugin_that_writes_nothing_has_the_result_nil(client):
    assert client.ask("abcd", plugins=["provider"])["results"] == {"provider": None}


def test_layers_that_nobody_made_are_not_counted(client):
    assert set(client.ask("One. Two.", plugins=["echo"])["doc"]) == {"bytes", "codepoints"}


def test_layers_that_were_made_are_counted(textd):
    doc = textd({"workers": {"count": 1}}).client().ask("One is here. Two is not.", plugins=["segmenter"])["doc"]
    assert doc == {"bytes": 24, "codepoints": 24, "sentences": 2, "tokens": 8, "language": "en"}


def test_a_plugin_named_twice_runs_once(client):
    reply = client.ask("abc", plugins=["fault", "fault"])
    assert reply["results"] == {"fault": 3} and list(reply["timing"]["plugins"]) == ["fault"]


def test_two_documents_of_one_id_are_both_answered(client):
    client.annotate(f"SLEEP {30 * SLOW}", id="same", plugins=["fault"])
    client.annotate("abc", id="same", plugins=["fault"])
    found = [client.receive()["results"]["fault"] for _ in range(2)]
    assert sorted(found) == [3, 30 * SLOW] and client.is_silent(0.05)


# ---- What it costs


def nested(levels, keys, nils):
    """Maps in maps, the deepest in the first pair, so that every further key is compared across all of them."""
    inner = b"\xdc" + nils.to_bytes(2, "big") + b"\xc0" * nils
    for _ in range(levels):
        inner = b"\xde" + keys.to_bytes(2, "big") + b"\xa1a" + inner + b"".join(b"\xa2%02d\xc0" % n for n in range(keys - 1))
    return inner


def test_a_small_message_costs_little_whatever_is_in_it(daemon, client):
    """Checks must be linear in the message: 10 kB of cunning are not to cost what a hundred plain documents cost."""
    message = nested(15, 64, 5500)
    assert len(message) < 10_000
    begin = time.monotonic()
    for _ in range(100):
        client.send(message)
    for _ in range(100):
        assert not client.receive(30)["ok"]
    assert time.monotonic() - begin < 0.5 * SLOW


def test_hostile_frames_leave_no_memory_behind(daemon, client):
    if SLOW > 1:
        pytest.skip("the sanitizers keep freed memory")
    client.ask("x")
    before = daemon.rss_kib()
    for _ in range(5):
        for frame in HOSTILE.values():
            client.request(frame)
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{daemon.supervisor_pid}/status").read_text()).group(1))
    assert daemon.rss_kib() - before < 8 << 10 and peak - before < 16 << 10
