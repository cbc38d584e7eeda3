"""POST /v1/annotate and GET /v1/describe: a document by HTTP is the document that it is over ZeroMQ, in every form that it may come
in; batches flow both ways; what becomes of documents whose client, worker or supervisor goes."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import msgpack
import pytest

from conftest import ROOT, SLOW, plugins, wait_for

HTTP = {"http": {"listen": "127.0.0.1:0"}}
JSON = "application/json"
TEXT = "text/plain"
NDJSON = "application/x-ndjson"
MSGPACK = "application/msgpack"
PATH = "/v1/annotate"
PIPELINES = [{"name": "default", "plugins": ["echo"]}, {"name": "other", "plugins": ["echo"]}]


def serving(textd, *names, **sections):
    return textd({**plugins(*(names or ("fault", "echo")), **sections), **HTTP})


def post(daemon, body, kind=JSON, query="", **headers):
    """Status, headers, and the answer: decoded if it is JSON or MessagePack."""
    if kind == JSON and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    headers = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    status, head, answer = daemon.http(PATH + query, "POST", body, headers)
    kind = head["Content-Type"]
    return status, head, json.loads(answer) if kind == JSON else msgpack.unpackb(answer) if kind == MSGPACK else answer


def error(daemon, body, kind=JSON, query="", **headers):
    status, _, answer = post(daemon, body, kind, query, **headers)
    assert not answer["ok"] and answer["v"] == 1, answer
    return status, answer["error"]["code"], answer["error"]["message"]


class Batch:
    """A batch on a connection of its own, both of whose sides can be worked at any time."""

    def __init__(self, daemon, query="", version="1.1", receive_bytes=None):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(20 * SLOW)
        self.socket.connect(("127.0.0.1", daemon.http_port()))
        self.is_chunked = version == "1.1"
        head = f"POST {PATH}{query} HTTP/{version}\r\nHost: localhost\r\nContent-Type: {NDJSON}\r\n"
        self.socket.sendall(f"{head}{'Transfer-Encoding: chunked' if self.is_chunked else 'Content-Length: 100000000'}\r\n\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.rest = b""
        self.head = None

    def send(self, data):
        if not isinstance(data, bytes):
            data = (json.dumps(data) + "\n").encode()
        self.socket.sendall(b"%x\r\n%s\r\n" % (len(data), data) if self.is_chunked else data)

    def end(self):
        self.socket.sendall(b"0\r\n\r\n")

    def read_head(self):
        self.head = []
        while (line := self.file.readline()) not in (b"\r\n", b""):
            self.head.append(line)
        assert self.head and self.head[0] == b"HTTP/1.1 200 OK\r\n", self.head

    def more(self):
        """The next chunk; empty at the end."""
        if self.head is None:
            self.read_head()
        if not self.is_chunked:
            return self.file.read1(65536)
        length = int(self.file.readline(), 16)
        data = self.file.read(length)
        assert self.file.readline() == b"\r\n"
        return data

    def answer(self):
        """The next line; None at the end."""
        while b"\n" not in self.rest:
            data = self.more()
            if not data:
                assert self.rest == b"", "the answer ends within a line"
                return None
            self.rest += data
        line, _, self.rest = self.rest.partition(b"\n")
        return json.loads(line)

    def answers(self):
        found = []
        while (answer := self.answer()) is not None:
            found.append(answer)
        return found

    def close(self):
        self.file.close()
        self.socket.close()


def counters(daemon):
    return daemon.control(op="status")["counters"]


def as_it_is(reply):
    """Without what differs from one run to the next."""
    reply = json.loads(json.dumps(reply))
    reply.pop("timing", None)
    reply.get("served", {}).pop("worker", None)
    return reply


# ---- The same document


REQUESTS = [
    {"id": 1, "text": "Grüße an alle. 😀 Zwei Wörter"},
    {"id": "as text", "text": "", "plugins": ["echo"]},
    {"id": -5, "text": "a\u0000b\ufeffc\r\n\u2028", "plugins": ["echo"], "offsets": "utf16"},
    {"id": 2.0, "text": "é è", "offsets": "codepoint", "lang": "de_DE.UTF-8", "plugins": ["echo"]},
    {"id": 18446744073709551615, "text": "x"},
    {"id": 3, "text": "x", "options": {"echo": {"loud": True, "count": 5, "share": 0.25, "colour": "blue", "label": 'q"\\'}}},
    {"id": 4, "text": "x", "meta": {"a": [1, 2.5, None, True, {"b": "ü"}], "c": {}}},
    {"id": 5, "text": "x", "trace": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"id": 6, "text": "x", "plugin": ["echo"], "lang": "jp"},
    {"id": 7, "text": "x", "plugins": ["nobody"]},
    {"id": 8, "text": "x", "pipeline": "none"},
    {"id": 9, "text": "x", "options": {"echo": {"count": 99}}},
    {"id": 10, "text": "x", "options": {"echo": {"count": 2.5}}},
    {"id": 11, "text": "x", "deadline_ms": 1.5},
    {"id": 12, "text": "x", "deadline_ms": 9000},
    {"id": 13, "text": 5},
    {"id": 14},
    {"id": 15, "text": "FAIL", "plugins": ["fault"]},
    {"id": 16, "text": "FAIL"},
    {"id": 17, "v": 2, "text": "x"},
    {"id": "x" * 65, "text": "x"},
    {"id": [1, 2], "text": "x"},
    {"id": 18, "text": "x", "op": "annotate", "v": None, "plugins": None},
]


def test_a_json_request_gets_what_the_wire_gives(textd):
    daemon = serving(textd, "fault", "echo", workers=1)
    client = daemon.client()
    for request in REQUESTS:
        over_zeromq = client.request(request)
        for escapes in (True, False):
            status, _, over_http = post(daemon, json.dumps(request, ensure_ascii=escapes).encode())
            assert as_it_is(over_http) == as_it_is(over_zeromq)
            assert (status == 200) == over_zeromq["ok"]
        status, head, packed = post(daemon, msgpack.packb(request), MSGPACK)
        assert head["Content-Type"] == MSGPACK and as_it_is(packed) == as_it_is(over_zeromq)


def test_describe_is_that_of_the_wire(textd):
    daemon = serving(textd)
    status, head, body = daemon.http("/v1/describe")
    assert status == 200 and head["Content-Type"] == JSON
    over_zeromq = daemon.client().request({"op": "describe", "id": 1})
    assert {**json.loads(body), "id": 1} == over_zeromq
    assert msgpack.unpackb(daemon.http("/v1/describe", headers={"Accept": MSGPACK})[2])["ok"]


def test_a_text_alone_has_its_keys_in_the_query(textd):
    daemon = serving(textd, "echo", pipelines=PIPELINES)
    text = "Grüße 😀 zwei"
    options = "&options.echo.loud=true&options.echo.count=4&options.echo.share=0.75&options.echo.label=12&options.echo.colour=green"
    status, _, answer = post(daemon, text.encode(), TEXT, f"?id=7&plugins=echo&offsets=utf16&lang=DE&deadline_ms=5000{options}")
    assert status == 200 and answer["id"] == "7" and answer["offsets"] == "utf16"
    echo = answer["results"]["echo"]
    assert (echo["text"], echo["lang"]) == (text, "de") and echo["words"][2]["start"] == 9
    wanted = {"loud": True, "count": 4, "share": 0.75, "label": "12", "colour": "green"}
    assert {name: echo["options"][name] for name in wanted} == wanted
    assert post(daemon, b"", TEXT)[2]["results"]["echo"]["text"] == "" and post(daemon, b"", TEXT)[2]["id"] is None
    assert post(daemon, b"x", TEXT + ";charset=UTF-8", "?pipeline=other")[0] == 200
    for query, code, words in [
        ("?plugins=", "BAD_REQUEST", "'plugins' is empty"),
        ("?plugins=echo,nobody", "UNKNOWN_PLUGIN", "there is no plugin 'nobody'"),
        ("?pipeline=no", "UNKNOWN_PIPELINE", "no"),
        ("?pipeline=other&plugins=echo", "BAD_REQUEST", "both 'pipeline' and 'plugins'"),
        ("?offsets=chars", "BAD_REQUEST", "'offsets' is 'chars'"),
        ("?deadline_ms=soon", "BAD_REQUEST", "'deadline_ms' must be an integer, not a string"),
        ("?deadline_ms=1.5", "BAD_REQUEST", "'deadline_ms' is 1.5"),
        ("?options.echo.count=11", "BAD_OPTION", "echo.count is 11; allowed: 1 to 10"),
        ("?options.echo.count=many", "BAD_OPTION", "echo.count must be of type int"),
        ("?options.echo.loud=yes", "BAD_OPTION", "echo.loud must be of type bool"),
        ("?options.echo.fixed=1", "BAD_OPTION", "can't be set per request"),
        ("?options.echo.none=1", "BAD_OPTION", "echo has no option 'none'"),
        ("?options.nobody.none=1", "UNKNOWN_PLUGIN", "nobody"),
        ("?options.echo=1", "BAD_OPTION", "echo has no option ''"),
        ("?plugin=echo", "BAD_REQUEST", "/v1/annotate has no parameter 'plugin'; did you mean 'plugins'?"),
        ("?order=any", "BAD_REQUEST", "'order' is for application/x-ndjson"),
    ]:
        status, got, message = error(daemon, b"x", TEXT, query)
        assert (got, words in message) == (code, True), (query, got, message)


def test_the_query_stands_in_for_what_the_object_lacks(textd):
    daemon = serving(textd, "echo", pipelines=PIPELINES)
    _, _, answer = post(daemon, {"text": "é x"}, query="?offsets=codepoint&lang=fr&plugins=echo&options.echo.count=2")
    assert answer["offsets"] == "codepoint" and answer["results"]["echo"]["options"]["count"] == 2
    assert post(daemon, {"text": "x", "pipeline": "other"}, query="?plugins=nobody")[0] == 200, "the object comes first"
    assert post(daemon, {"text": "x", "offsets": "byte"}, query="?offsets=utf16")[2]["offsets"] == "byte"
    assert "'id' is for text/plain" in error(daemon, {"text": "x"}, query="?id=1")[2]
    assert "parameter 'lang'; in MessagePack" in error(daemon, msgpack.packb({"text": "x"}), MSGPACK, "?lang=de")[2]


def test_a_trace_may_come_in_the_headers(textd):
    daemon = serving(textd, "echo")
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for body, kind in (("x", TEXT), ({"text": "x"}, JSON)):
        _, head, answer = post(daemon, body, kind, traceparent=trace, tracestate="a=1,b=2")
        assert (head["traceparent"], head["tracestate"]) == (answer["trace"], "a=1,b=2")
        assert (answer["trace"][3:35], answer["tracestate"]) == (trace[3:35], "a=1,b=2")
    other = trace.replace("0af7", "1af7")
    assert post(daemon, {"text": "x", "trace": other}, traceparent=trace)[2]["trace"] == other, "the object comes first"
    assert post(daemon, {"text": "x"}, traceparent="nonsense")[0] == 200


def test_the_answer_has_the_form_that_is_asked_for(textd):
    daemon = serving(textd, "echo")
    request = {"id": 1, "text": "x"}
    for kind, body in ((JSON, json.dumps(request)), (MSGPACK, msgpack.packb(request)), (TEXT, "x")):
        for accept, wanted in ((JSON, JSON), (MSGPACK, MSGPACK), ("application/x-msgpack, */*;q=0.1", MSGPACK),
                               ("*/*", MSGPACK if kind == MSGPACK else JSON)):
            status, head, answer = post(daemon, body, kind, Accept=accept)
            assert (status, head["Content-Type"]) == (200, wanted) and answer["ok"]


# ---- Each status


def test_each_error_has_its_status(textd):
    daemon = serving(textd, "fault", "echo", {"name": "slow", "file": "fault", "timeout": f"{50 * SLOW}ms"},
                     limits={"document_bytes": "64KiB"}, pipelines=PIPELINES[:1])
    fault = {"plugins": ["fault"]}
    for status, code, words, request in [
        (400, "BAD_REQUEST", "line 1, column 2", b"{"),
        (400, "BAD_REQUEST", "'id' is 1.5", {"id": 1.5, "text": "x"}),
        (400, "BAD_REQUEST", "'text', line 1, column 13: this key stands twice", b'{"text":"a","text":"b"}'),
        (400, "BAD_REQUEST", "'op' is 'cancel'", {"id": 1, "op": "cancel"}),
        (400, "BAD_REQUEST", "'op' is 'ping'", {"id": 1, "op": "ping"}),
        (400, "BAD_REQUEST", "'op' must be a string", {"id": 1, "op": 5}),
        (400, "BAD_REQUEST", "there is nothing", b""),
        (400, "UNSUPPORTED_VERSION", "'v' is 9", {"v": 9, "text": "x"}),
        (400, "INVALID_UTF8", "half a surrogate pair", b'{"text":"\\ud800"}'),
        (400, "INVALID_UTF8", "byte 1", b'{"text":"a\xff"}'),
        (413, "TOO_LARGE", "limits.document_bytes is 65536", {"text": "x" * 65537}),
        (422, "UNKNOWN_PIPELINE", "nothing", {"text": "x", "pipeline": "nothing"}),
        (422, "UNKNOWN_PLUGIN", "nobody", {"text": "x", "plugins": ["nobody"]}),
        (422, "BAD_OPTION", "echo.count", {"text": "x", "options": {"echo": {"count": 0}}}),
        (500, "PLUGIN_FAILED", "", {"text": "FAIL", **fault}),
        (500, "PLUGIN_CRASHED", "", {"text": "CRASH", **fault}),
        (504, "PLUGIN_TIMEOUT", "", {"text": "HANG", "plugins": ["slow"]}),
        (504, "DEADLINE_EXCEEDED", "", {"text": "SLEEP 3000", "deadline_ms": 20, **fault}),
    ]:
        got = error(daemon, request)
        assert got[:2] == (status, code) and words in got[2], (request, got)
    for body, kind, status, words in [
        (b"\xff", TEXT, 400, ""),
        (b"x" * 65537, TEXT, 413, "more than 65536 bytes"),
        (b"x" * 1500000, JSON, 413, "more than 1441792 bytes"),
        (b"{}", "application/x-www-form-urlencoded", 415, "unless it is told with -H"),
        (b"{}", "application/xml", 415, "Content-Type is 'application/xml'"),
        (b"x", "text/plain; charset=iso-8859-1", 415, "must be in UTF-8"),
        (b"\xc1", MSGPACK, 400, ""),
        (b"{}", MSGPACK, 400, "JSON"),
    ]:
        got = error(daemon, body, kind)
        assert got[0] == status and words in got[2], got
    assert error(daemon, b"x", TEXT, Content_Encoding="gzip")[0] == 415
    status, head, _ = daemon.http(PATH)
    assert status == 405 and "POST" in head["Allow"]


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(textd):
    daemon = serving(textd, "echo")
    with socket.create_connection(("127.0.0.1", daemon.http_port()), timeout=10 * SLOW) as raw:
        raw.sendall(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 99999999999\r\n"
                    "Expect: 100-continue\r\n\r\n".encode())
        assert raw.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_body_without_an_end_is_refused_when_it_is_too_large(textd):
    daemon = serving(textd, "echo", limits={"document_bytes": "64KiB"})
    for kind in (TEXT, JSON, MSGPACK):
        with socket.create_connection(("127.0.0.1", daemon.http_port()), timeout=10 * SLOW) as raw:
            raw.sendall(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            for _ in range(30):
                raw.sendall(b"10000\r\n" + 65536 * b"x" + b"\r\n")
            answer = b""
            while data := raw.recv(65536):
                answer += data
            assert answer.startswith(b"HTTP/1.1 413 ") and b"TOO_LARGE" in answer


def test_who_sends_on_and_on_is_told_of_a_refusal_while_it_does(textd):
    """A client that waits for the answer to its first line before it sends the next one would wait in vain."""
    daemon = serving(textd, "echo")
    for path, kind, status in [(f"{PATH}?there=is_none", NDJSON, 400), (f"{PATH}?order=none", NDJSON, 400), (PATH, "text/html", 415), ("/nowhere", JSON, 404), ("/livez", JSON, 405)]:
        for length in ("Transfer-Encoding: chunked", "Content-Length: 1000"):
            with socket.create_connection(("127.0.0.1", daemon.http_port()), timeout=10 * SLOW) as raw:
                raw.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{length}\r\n\r\n3\r\n{{}}\n\r\n".encode())
                answer = b""
                while data := raw.recv(65536):
                    answer += data
                assert answer.startswith(b"HTTP/1.1 %d " % status) and answer.count(b"HTTP/1.1") == 1 and b"BAD_REQUEST" in answer
                assert (b"\r\nAllow: GET, HEAD\r\n" in answer) == (status == 405)
    assert not daemon.logged("http.deadline")


def test_a_full_server_says_when_to_come_again(textd):
    daemon = serving(textd, "fault", workers=1, queue={"documents": 1})
    client = daemon.client()

    def refused():
        for _ in range(40):  # more than the worker's window and the queue take
            client.annotate("SLEEP 50")
        client.request({"op": "ping", "id": "sent"})
        status, head, answer = post(daemon, {"id": 5, "text": "x"})
        return (head, answer) if status == 429 else None

    head, answer = wait_for("a refusal", refused)
    assert answer["id"] == 5 and answer["error"]["code"] == "OVERLOADED" and answer["error"]["retryable"]
    assert int(head["Retry-After"]) == -(-answer["error"]["retry_after_ms"] // 1000)


# ---- Batches


def test_a_batch_is_answered_line_by_line_and_in_order(textd):
    daemon = serving(textd, "fault")
    batch = Batch(daemon)
    batch.send({"id": 0, "text": "SLEEP 100"})
    batch.send(b'{"id":1,"text":"one"}\n\n  \r\n{"id":2,"text":"two"}\r\n{"id":3,"text":"FAIL"}\n{"id":4,"te')
    batch.send(b'xt":"four"}\n{"id":5,"text":\n[]\n\0\n')
    batch.send({"id": 6, "text": "six", "plugins": ["nobody"]})
    batch.send(b'{"text":"no id, and no line\'s end"}')
    batch.end()
    answers = batch.answers()
    assert [a["id"] for a in answers] == [0, 1, 2, 3, 4, 5, None, None, 6, None]
    codes = [a["error"]["code"] if not a["ok"] else None for a in answers]
    assert codes == [None, None, None, "PLUGIN_FAILED", None, "BAD_REQUEST", "BAD_REQUEST", "BAD_REQUEST", "UNKNOWN_PLUGIN", None]
    assert "line 8, column" in answers[5]["error"]["message"] and "line 9, column 1" in answers[6]["error"]["message"]
    batch.close()


def test_each_answer_comes_when_it_is_ready(textd):
    daemon = serving(textd, "fault", workers=2)
    batch = Batch(daemon, "?order=any&plugins=fault")
    batch.send({"id": 1, "text": f"SLEEP {300 * SLOW}"})
    batch.send({"id": 2, "text": "quick"})
    assert batch.answer()["id"] == 2, "and it needn't wait for the end of the batch"
    batch.send({"id": 3, "text": "quick"})
    assert [batch.answer()["id"] for _ in range(2)] == [3, 1]
    batch.end()
    assert batch.answer() is None
    batch.close()
    assert "can only be 'any'" in error(daemon, b"", NDJSON, "?order=some")[2]


def test_a_batch_may_be_cut_anywhere(textd):
    daemon = serving(textd, "echo")
    lines = b"".join(json.dumps({"id": i, "text": f"Grüße {i}"}, ensure_ascii=False).encode() + b"\n" for i in range(4))
    for step in (1, 7, len(lines)):
        batch = Batch(daemon)
        for at in range(0, len(lines), step):
            batch.send(lines[at : at + step])
        batch.end()
        assert [a["results"]["echo"]["text"] for a in batch.answers()] == [f"Grüße {i}" for i in range(4)]
        batch.close()
    status, head, answer = post(daemon, b"", NDJSON)
    assert (status, head["Content-Type"], answer) == (200, NDJSON, b"")
    status, head, answer = post(daemon, lines, NDJSON)
    assert status == 200 and len(answer.splitlines()) == 4, "a client that sends all at once"


def test_a_client_of_http_1_0_gets_its_batch_without_chunks(textd):
    batch = Batch(serving(textd, "echo"), version="1.0")
    batch.send({"id": 1, "text": "x"})
    assert batch.answer()["id"] == 1 and not any(b"chunked" in line for line in batch.head)
    batch.close()


def test_a_batch_keeps_within_its_clients_limits(textd):
    """So none of its own lines is ever refused for being too many."""
    size = {"document_bytes": "512KiB"}
    for sections in ({"client": {"documents": 3}}, {"client": {"bytes": "1MiB"}, "limits": size}, {"queue": {"documents": 2}},
                     {"queue": {"bytes": "1MiB"}, "client": {"bytes": "1MiB"}, "limits": size}):
        batch = Batch(serving(textd, "fault", **sections))
        batch.send(b"".join(b'{"id":%d,"text":"SLEEP 1 %s"}\n' % (i, 100000 * b"x") for i in range(40)))
        batch.end()
        answers = batch.answers()
        assert [a["id"] for a in answers] == list(range(40)) and all(a["ok"] for a in answers), (sections, answers)
        batch.close()


def test_a_line_that_is_too_long_costs_no_other_line_its_answer(textd):
    daemon = serving(textd, "echo", limits={"document_bytes": "4KiB"})
    batch = Batch(daemon)
    batch.send({"id": 1, "text": "x"})
    batch.send(b'{"id":2,"text":"')
    for _ in range(40):
        batch.send(b"y" * 65536)
    batch.send(b'"}\n')
    batch.send({"id": 3, "text": "z" * 5000})
    batch.send({"id": 4, "text": "x"})
    batch.end()
    assert [a["id"] if a["ok"] else a["error"]["code"] for a in batch.answers()] == [1, "TOO_LARGE", "TOO_LARGE", 4]
    batch.close()


def test_what_http_holds_has_a_limit_over_all_connections(textd):
    daemon = serving(textd, "echo", limits={"document_bytes": "512KiB"}, queue={"bytes": "1MiB"}, client={"bytes": "1MiB"})
    others = [Batch(daemon) for _ in range(3)]
    for other in others:
        other.send(b'{"id":1,"text":"' + b"x" * 300000)
    batch = Batch(daemon)

    def refused():
        batch.send(b'{"id":2,"text":"' + b"y" * 300000 + b'"}\n')
        answer = batch.answer()
        return None if answer["ok"] else answer

    assert wait_for("a refusal", refused)["error"]["code"] == "OVERLOADED"
    assert error(daemon, {"text": "x" * 300000})[:2] == (429, "OVERLOADED")
    for other in others:
        other.close()

    def taken():
        return post(daemon, {"text": "x" * 300000})[0] == 200

    wait_for("the others to be forgotten", taken)
    batch.close()


def test_who_does_not_read_a_batch_is_not_read(textd):
    daemon = serving(textd, "fault", workers=1)
    batch = Batch(daemon, receive_bytes=4096)
    sent, stop = [], threading.Event()

    def send():
        for i in range(4000):
            batch.send({"id": i, "text": "BIG 20000 " + 8000 * "x"})  # 32 MB, answers of 80 MB
            sent.append(i)
        batch.end()
        stop.set()

    before = daemon.rss_kib()
    thread = threading.Thread(target=send)
    thread.start()
    taken = lambda: counters(daemon)["documents_accepted"]  # noqa: E731
    last = [0, time.monotonic()]

    def stands_still():
        if taken() != last[0]:
            last[:] = taken(), time.monotonic()
        return last[0] > 0 and time.monotonic() - last[1] > 0.3 * SLOW

    wait_for("the batch to stand still", stands_still)
    assert 0 < last[0] < 1500 and not stop.is_set()
    assert daemon.rss_kib() - before < 40000 * (4 if SLOW > 1 else 1)
    assert daemon.client().ask("someone else")["ok"]
    assert [a["id"] for a in batch.answers()] == list(range(4000))
    thread.join()
    batch.close()


# ---- Large ones


def test_a_large_answer_goes_to_a_slow_reader_and_holds_up_nobody(textd):
    daemon = serving(textd, "fault", workers=1)
    other = daemon.client()
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.settimeout(20 * SLOW)
        raw.connect(("127.0.0.1", daemon.http_port()))
        body = json.dumps({"id": 1, "text": "BIG 40000000"})
        raw.sendall(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n"
                    f"Connection: close\r\n\r\n{body}".encode())
        assert raw.recv(1) == b"H"
        slowest = 0
        for _ in range(50):
            began = time.monotonic()
            assert other.request({"op": "ping", "id": 1})["ok"]
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 0.1 * SLOW
        answer = b"H"
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        while data := raw.recv(1 << 20):
            answer += data
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"200 OK" in head and b"chunked" in head and len(rest) > 40000000 and rest.endswith(b"\r\n0\r\n\r\n")


def test_a_body_of_two_megabytes_comes_whole(textd):
    daemon = serving(textd, "echo")
    text = "Grüße \U0001F600 \"quoted\"\t" * 80000
    for escapes in (True, False):
        body = json.dumps({"id": 1, "text": text}, ensure_ascii=escapes).encode()
        assert len(body) > 2000000
        status, _, answer = post(daemon, body)
        assert status == 200 and answer["results"]["echo"]["text"] == text
    assert post(daemon, text.encode(), TEXT)[2]["results"]["echo"]["text"] == text
    connection = http.client.HTTPConnection("127.0.0.1", daemon.http_port(), timeout=20 * SLOW)
    for _ in range(2):  # in chunks, on one connection
        connection.request("POST", PATH, iter([body[:10], body[10:1000000], body[1000000:]]), {"Content-Type": JSON}, encode_chunked=True)
        assert json.loads(connection.getresponse().read())["results"]["echo"]["text"] == text
    connection.close()


# ---- Who goes


def test_a_client_that_leaves_frees_its_worker(textd):
    daemon = serving(textd, "fault", workers=1)
    before = counters(daemon)
    raw = socket.create_connection(("127.0.0.1", daemon.http_port()))
    body = b'{"id":1,"text":"HANG"}'
    raw.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (PATH.encode(), len(body), body))
    wait_for("it to run", lambda: daemon.control(op="status")["documents"] == 1)
    raw.close()
    wait_for("it to be dropped", lambda: counters(daemon)["documents_dropped"] == before["documents_dropped"] + 1)
    assert daemon.client().ask("next")["ok"], "with the plugin's own limit it would take 10 s"


def test_a_batch_whose_client_leaves_is_given_up(textd):
    daemon = serving(textd, "fault", workers=1)
    batch = Batch(daemon)
    batch.send(b'{"id":0,"text":"HANG"}\n' + b'{"id":1,"text":"x"}\n' * 30)
    wait_for("all to be there", lambda: daemon.control(op="status")["documents"] == 31)
    batch.close()
    wait_for("all to be dropped", lambda: counters(daemon)["documents_dropped"] == 31)
    assert daemon.client().ask("next")["ok"]
    status = daemon.control(op="status")
    assert status["documents"] == 0 and status["held_bytes"] == 0


def test_workers_that_are_killed_cost_no_answer(textd):
    daemon = serving(textd, "fault")
    batch = Batch(daemon)
    batch.send(b"".join(b'{"id":%d,"text":"SLEEP 5"}\n' % i for i in range(60)))
    found = [batch.answer()]
    for pid in daemon.worker_pids():
        os.kill(pid, signal.SIGKILL)
    batch.end()
    found += batch.answers()
    assert [a["id"] for a in found] == list(range(60)) and all(a["ok"] for a in found), found
    batch.close()


def test_a_supervisor_that_is_killed_ends_the_connection_and_the_next_serves_the_port(textd):
    daemon = serving(textd, "fault")
    port = daemon.http_port()
    batch = Batch(daemon)
    batch.send(b'{"id":1,"text":"one"}\n{"id":2,"text":"SLEEP 5000"}\n')
    assert batch.answer()["id"] == 1
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    with pytest.raises((ValueError, ConnectionError)):  # no last chunk: it can't be taken for whole
        batch.answer()
    batch.close()

    def serves():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * SLOW)
            connection.request("POST", PATH, '{"text":"x"}', {"Content-Type": JSON})
            return connection.getresponse().status == 200
        except (ConnectionError, http.client.HTTPException):
            return False

    wait_for("the next to serve", serves)


def test_a_drain_answers_what_was_taken_and_refuses_the_rest(textd):
    daemon = serving(textd, "fault", workers=2)
    batch = Batch(daemon)
    batch.send({"id": 1, "text": f"SLEEP {400 * SLOW}"})
    idle = http.client.HTTPConnection("127.0.0.1", daemon.http_port(), timeout=10 * SLOW)
    idle.connect()
    got = []
    single = threading.Thread(target=lambda: got.append(post(daemon, {"id": 2, "text": f"SLEEP {400 * SLOW}"})))
    single.start()
    wait_for("both to be there", lambda: daemon.control(op="status")["documents"] == 2)
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_logged("server.drain")
    idle.request("POST", PATH, '{"id":3,"text":"x"}', {"Content-Type": JSON})
    refused = idle.getresponse()
    answer = json.loads(refused.read())
    assert refused.status == 503 and refused.headers["Retry-After"] == "1" and refused.headers["Connection"] == "close"
    assert answer["id"] == 3 and answer["error"]["code"] == "SHUTTING_DOWN"
    answers = batch.answers()
    assert [a["id"] for a in answers] == [1, None] and answers[0]["ok"]
    assert answers[1]["error"]["code"] == "SHUTTING_DOWN" and "1 lines were read" in answers[1]["error"]["message"]
    single.join()
    assert got[0][0] == 200 and got[0][2]["id"] == 2
    assert daemon.exit_code() == 0
    batch.close()


def test_a_batch_leaves_others_their_turn(textd):
    daemon = serving(textd, "fault", workers=1)
    batch = Batch(daemon)
    batch.send(b'{"id":1,"text":"SLEEP 10"}\n' * 200)
    assert batch.answer()["ok"]
    assert post(daemon, {"text": "quick"})[0] == 200
    assert counters(daemon)["documents_answered"] < 100
    batch.close()


def test_batches_leave_half_of_the_queue_to_those_who_cannot_wait(textd):
    """However many they are: their lines wait with who sends them, and the server stays ready."""
    daemon = serving(textd, "fault", workers={"count": 1, "window": 1}, queue={"documents": 20})
    batches = [Batch(daemon) for _ in range(3)]
    for batch in batches:
        batch.send(b'{"text":"SLEEP 20"}\n' * 40)
    wait_for("the queue to be half full", lambda: daemon.control(op="status")["waiting"] >= 10)
    client = daemon.client()
    for _ in range(10):
        assert client.ask("someone else")["ok"] and daemon.http("/readyz")[0] == 200
        assert daemon.control(op="status")["waiting"] <= 12
    for batch in batches:
        batch.close()


def test_a_reload_in_the_middle_of_a_body_costs_nothing(textd):
    daemon = serving(textd, "echo", "fault")
    batch, body = Batch(daemon), b'{"id":1,"text":"SLEEP %d"}' % (300 * SLOW)
    batch.send(b'{"id":1,"text":"one"}\n{"id":2,"te')
    assert batch.answer()["id"] == 1
    waiting, halved = (socket.create_connection(("127.0.0.1", daemon.http_port()), timeout=20 * SLOW) for _ in range(2))
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    waiting.sendall(head % (PATH.encode(), len(body)) + body)
    halved.sendall(head % (PATH.encode(), len(body)) + body[:10])
    wait_for("it to run", lambda: daemon.control(op="status")["documents"] == 1)
    assert daemon.control(op="config.reload")["ok"]
    batch.send(b'xt":"two"}\n')
    batch.end()
    assert [a["id"] for a in batch.answers()] == [2]
    halved.sendall(body[10:])
    for s in (waiting, halved):
        assert b"HTTP/1.1 200 " in s.makefile("rb").read()
        s.close()
    batch.close()


# ---- OpenAPI


def check(value, schema, root, path="$"):
    """That of JSON Schema which the page uses; any other word is an error, so that none is passed over."""
    if "$ref" in schema:
        assert schema.keys() == {"$ref"} and schema["$ref"].startswith("#/")
        found = root
        for part in schema["$ref"][2:].split("/"):
            found = found[part]
        return check(value, found, root, path)
    types = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    known = {"type", "const", "enum", "description", "default", "minimum", "maximum", "maxLength", "minItems", "maxItems", "items",
             "properties", "required", "additionalProperties"}
    assert schema.keys() <= known, (path, schema.keys() - known)
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        fits = [n for n in names if isinstance(value, types[n]) and (n == "boolean" or not isinstance(value, bool))]
        assert fits, f"{path} is {value!r}, not {names}"
    assert "const" not in schema or value == schema["const"], (path, value)
    assert "enum" not in schema or value in schema["enum"], (path, value)
    if isinstance(value, (int, float)):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), (path, value)
    if isinstance(value, str):
        assert len(value) <= schema.get("maxLength", len(value)), path
    if isinstance(value, list):
        assert schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)), path
        for i, element in enumerate(value):
            check(element, schema.get("items", {}), root, f"{path}[{i}]")
    if isinstance(value, dict):
        missing = set(schema.get("required", [])) - value.keys()
        assert not missing, f"{path} lacks {missing}"
        for key, element in value.items():
            more = schema.get("additionalProperties", {})
            inner = schema.get("properties", {}).get(key, more)
            assert inner is not False, f"{path} has {key}"
            check(element, inner, root, f"{path}.{key}")


def openapi(daemon):
    status, head, body = daemon.http("/v1/openapi.json")
    assert status == 200 and head["Content-Type"] == JSON
    return json.loads(body, object_pairs_hook=without_doubles)


def without_doubles(pairs):
    assert len(pairs) == len({key for key, _ in pairs}), [key for key, _ in pairs]
    return dict(pairs)


def operations(page):
    return {(path, method): operation for path, item in page["paths"].items() for method, operation in item.items()}


def test_the_openapi_page_is_of_the_routes_that_there_are(textd):
    daemon = serving(textd)
    page = openapi(daemon)
    assert page["openapi"] == "3.1.0" and {"title", "version"} <= page["info"].keys()
    found = operations(page)
    ids = [operation["operationId"] for operation in found.values()]
    assert len(ids) == len(set(ids)), sorted(ids)
    assert (PATH, "post") in found and ("/v1/describe", "get") in found and ("/v1/openapi.json", "get") in found
    for (path, method), operation in found.items():
        names = [p["name"] for p in operation["parameters"]]
        assert len(names) == len(set(names)) and operation["summary"] and "200" in operation["responses"]
        if path != "/v1/live":  # which has no end
            status = daemon.http(path, "HEAD" if method == "get" else "PUT")[0]
            assert status == 405 if method == "post" else status < 400, path
    routes = set(re.findall(r'\.path = "([^"]+)"', (ROOT / "daemon/http/routes.c").read_text()))
    assert routes <= page["paths"].keys()


def test_the_openapi_page_has_all_keys_options_and_codes(textd):
    daemon = serving(textd)
    page = openapi(daemon)
    described = daemon.client().request({"op": "describe", "id": 1})
    request = page["components"]["schemas"]["Request"]["properties"]
    assert list(request) == described["keys"] and all(schema for schema in request.values())
    settable = {p["name"]: [o["name"] for o in p["options"] if o["per_request"]] for p in described["plugins"]}
    assert {name: list(plugin["properties"]) for name, plugin in request["options"]["properties"].items()} == settable
    names = {p["name"] for p in operations(page)[PATH, "post"]["parameters"]}
    assert {f"options.{p}.{o}" for p in settable for o in settable[p]} == {n for n in names if n.startswith("options.")}
    errors = set(re.findall(r"^    X\((\w+),", (ROOT / "common/wire_errors.h").read_text(), re.M))
    assert set(page["components"]["schemas"]["Code"]["enum"]) == errors


def test_what_is_not_declared_is_refused_and_what_is_declared_is_taken(textd):
    daemon = serving(textd, "echo", pipelines=PIPELINES)
    parameters = operations(openapi(daemon))[PATH, "post"]["parameters"]
    for parameter in parameters:
        value = parameter["example"]
        check(value, parameter["schema"], {}, parameter["name"])
        kind = NDJSON if parameter["name"] == "order" else TEXT
        written = urllib.parse.quote(json.dumps(value) if not isinstance(value, str) else value)
        status, _, answer = post(daemon, b"", kind, f"?{parameter['name']}={written}")
        assert status == 200, (parameter, answer)
        undeclared = f"{parameter['name']}_"
        assert error(daemon, b"x", TEXT, f"?{undeclared}=1")[0] in (400, 422)
    # Vice versa: the code that reads the query asks for these by name, and for no others.
    read = set(re.findall(r'td_http_call_query\(call, "(\w+)"\)', "".join(f.read_text() for f in (ROOT / "daemon/http").glob("*.c"))))
    declared = {p["name"] for operation in operations(openapi(daemon)).values() for p in operation["parameters"]}
    assert read <= declared


def test_each_example_is_answered_as_its_schema_says(textd):
    daemon = textd(HTTP)  # the plugins that come with textd
    page = openapi(daemon)
    operation = operations(page)[PATH, "post"]
    answers = operation["responses"]["200"]["content"]
    for kind, content in operation["requestBody"]["content"].items():
        for name, example in content.get("examples", {}).items():
            check(example["value"], content["schema"], page, name)
            body = example["value"] if isinstance(example["value"], str) else json.dumps(example["value"])
            status, head, answer = post(daemon, body.encode(), kind)
            assert status == 200
            if kind == NDJSON:
                for line in answer.splitlines():
                    check(json.loads(line), {"$ref": "#/components/schemas/Reply"}, page)
            else:
                check(answer, answers[head["Content-Type"]]["schema"], page)
    for body, kind in ((b"{", JSON), (b"{}", "application/xml"), (b'{"text":"x","plugins":["nobody"]}', JSON), (b"\xff", TEXT)):
        status, head, answer = post(daemon, body, kind)
        check(answer, operation["responses"][str(status)]["content"][head["Content-Type"]]["schema"], page)
    described = json.loads(daemon.http("/v1/describe")[2])
    check(described, operations(page)["/v1/describe", "get"]["responses"]["200"]["content"][JSON]["schema"], page)


# ---- The documentation


def test_the_pages_commands_work_as_they_stand(textd):
    daemon = textd(HTTP)
    page = (ROOT / "docs/http.md").read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.S))
    commands = re.findall(r"^(?:\$ )?((?:curl|printf) .*)$", blocks.replace("\\\n", " ").replace("|\n", "| "), re.M)
    commands = [c for c in commands if "127.0.0.1:7412/v1/" in c]
    assert len(commands) >= 6 and any("x-ndjson" in c for c in commands)
    for command in commands:
        done = subprocess.run(command.replace("127.0.0.1:7412", f"127.0.0.1:{daemon.http_port()}"), shell=True, cwd=ROOT,
                              capture_output=True, text=True, timeout=20 * SLOW)
        assert done.returncode == 0 and done.stdout, (command, done.stderr)
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            assert answer.get("ok") or answer.get("openapi"), (command, line)
