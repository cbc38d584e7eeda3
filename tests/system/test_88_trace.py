"""Traces: the W3C's traceparent and tracestate on the wire, in the log, and as spans in `timing`; and the log of slow documents."""

import http.client
import json
import re

import pytest

from conftest import ROOT, TRACE, Daemon, plugins

ID, PARENT = TRACE.split("-")[1:3]
BEGUN = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00")
LATER = TRACE.replace("00-", "cc-", 1) + "-"


@pytest.fixture(scope="module")
def daemon():
    daemon = Daemon(plugins("echo", "fault", log={"level": "debug"}, http={"listen": "127.0.0.1:0"}))
    yield daemon
    daemon.clean_up()


@pytest.fixture
def client(daemon):
    return daemon.client()


# ---- On the wire


@pytest.mark.parametrize("trace", [TRACE, TRACE[:-2] + "00", LATER[:-1], LATER + "more", LATER + "x" * (256 - len(LATER))])
def test_a_trace_that_can_be_followed_comes_back(client, trace):
    for more in ({}, {"tracestate": "a=1"}):
        reply = client.ask("x", trace=trace, **more)
        assert (reply["trace"], reply.get("tracestate")) == (trace, more.get("tracestate")) and "warnings" not in reply


BAD = ["t", TRACE + "-", TRACE.upper(), TRACE.replace("00-", "ff-", 1), "00-" + "0" * 32 + TRACE[35:], TRACE[:36] + "0" * 16 + "-01", TRACE[:-1],
       LATER + "x" * (257 - len(LATER)), "x" * 5000, "é" * 30]


@pytest.mark.parametrize("trace", BAD, ids=lambda trace: trace[:20])
@pytest.mark.parametrize("more", [{}, {"pipeline": "none"}, {"op": "ping"}, {"op": "sing"}], ids=str)
def test_one_that_can_not_is_ignored_and_another_begun(client, trace, more):
    reply = client.ask("x", trace=trace, tracestate="a=1", **more)
    assert BEGUN.fullmatch(reply["trace"]) and "tracestate" not in reply
    told = [words.split(" ")[0] for words in reply["warnings"]]
    assert told == ["'trace'", "'tracestate'"], reply["warnings"]


def test_each_trace_that_is_begun_is_another(client):
    replies = [client.ask("x", trace="") for _ in range(100)]
    assert all(BEGUN.fullmatch(reply["trace"]) and "warnings" not in reply for reply in replies)
    assert len({reply["trace"].split("-")[1] for reply in replies}) == len({reply["trace"].split("-")[2] for reply in replies}) == 100


def test_without_a_trace_none_is_begun(client):
    for more in ({}, {"trace": None}, {"tracestate": "a=1"}):
        reply = client.ask("x", **more)
        assert not {"trace", "tracestate"} & set(reply) and not {"span", "spans"} & set(reply["timing"])


def test_a_tracestate_is_cut_by_whole_members(client):
    long = ",".join(f"k{i}={'v' * 20}" for i in range(60))
    reply = client.ask("x", trace=TRACE, tracestate=f"big={'v' * 200}, ,{long}")
    kept = reply["tracestate"].split(",")
    assert kept == long.split(",")[: len(kept)] and 480 < len(reply["tracestate"]) <= 512
    assert any("'tracestate' has more than 512 characters" in words for words in reply["warnings"])


# ---- In HTTP's headers

OTHER = TRACE.replace("4bf9", "5bf9")


def post(daemon, *lines, text="x", **keys):
    """The headers' two, and those of the answer. Lines of headers go out as they are, in their order."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.http_port(), timeout=10)
    body = json.dumps({"text": text, **keys}).encode()
    connection.putrequest("POST", "/v1/annotate")
    for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *lines]:
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    reply = json.loads(answer.read())
    connection.close()
    assert answer.status == 200 and (answer.headers["traceparent"], answer.headers["tracestate"]) == (reply.get("trace"), reply.get("tracestate")), reply
    return reply


@pytest.mark.parametrize("lines, state", [
    ([("tracestate", "a=1,b=2")], "a=1,b=2"),
    ([("tracestate", "a=1"), ("TraceState", " b=2 "), ("tracestate", ""), ("tracestate", "a=3,c=4")], "a=1,b=2,c=4"),
    ([("tracestate", f"k{i}={'v' * 250}") for i in range(9)], f"k0={'v' * 250},k1={'v' * 250}"),
    ([("tracestate", f"k{i}={'v' * 1000}") for i in range(9)], None),
    ([("tracestate", b"a=\xe9"), ("tracestate", "b=2")], None),
], ids=["one", "four", "long", "too long", "no text"])
def test_lines_of_a_tracestate_are_one_list(daemon, lines, state):
    reply = post(daemon, ("traceparent", f" {TRACE} \t"), *lines)
    assert (reply["trace"], reply.get("tracestate")) == (TRACE, state)


@pytest.mark.parametrize("lines", [
    [TRACE, TRACE], [TRACE, OTHER], [LATER, OTHER], ["", TRACE], [b"\xff" + TRACE.encode()], [b"\xc3\xa9"]
], ids=["twice", "two", "a later version's", "an empty one", "bytes", "an accent"])
def test_no_header_of_a_trace_makes_a_request_bad(daemon, lines):
    reply = post(daemon, *[("traceparent", line) for line in lines], ("tracestate", "a=1"))
    assert BEGUN.fullmatch(reply["trace"]) and "tracestate" not in reply and len(reply["warnings"]) == 2, reply


def test_a_tracestate_stays_with_the_trace_that_it_came_with(daemon):
    headers = ("traceparent", TRACE), ("tracestate", "a=1")
    for keys, found in [({"trace": OTHER}, (OTHER, None)), ({"trace": OTHER, "tracestate": "b=2"}, (OTHER, "b=2")), ({"trace": None}, (None, None)),
                        ({"tracestate": "b=2"}, (TRACE, "b=2")), ({}, (TRACE, "a=1"))]:
        reply = post(daemon, *headers, **keys)
        assert (reply.get("trace"), reply.get("tracestate")) == found, keys


# ---- Spans


def spans_of(reply):
    timing = reply["timing"]
    assert set(timing["spans"]) == set(timing["plugins"])
    spans = [timing["span"], *timing["spans"].values()]
    assert all(re.fullmatch("[0-9a-f]{16}", span) for span in spans) and len({*spans, "0" * 16}) == len(spans) + 1
    return spans


def test_each_plugin_that_ran_is_a_span(client):
    seen = {PARENT}
    for more in ({}, {"plugins": ["echo"]}, {"trace": ""}, {"trace": "t"}):
        spans = spans_of(client.ask("abc", **{"trace": TRACE, **more}))
        assert not seen & set(spans)
        seen |= set(spans)
    assert len(seen) == 1 + 3 + 2 + 3 + 3


def test_a_trace_that_is_begun_has_the_document_s_span_as_its_parent(client):
    reply = client.ask("x", trace="")
    assert reply["trace"].split("-")[2] == reply["timing"]["span"]


def test_a_plugin_that_failed_is_a_span_too(client):
    reply = client.ask("FAIL", trace=TRACE)
    assert "fault" in reply["errors"] and set(reply["timing"]["spans"]) == {"echo", "fault"}


# ---- In the log


def fields_of(daemon, event, **wanted):
    """The lines of that event, as maps."""
    lines = [json.loads(line) for line in daemon.log().splitlines()]
    return [line for line in lines if line["event"] == event and all(line.get(key) == value for key, value in wanted.items())]


@pytest.fixture
def json_daemon(textd):
    def start(*names, log=None, **sections):
        return textd(plugins(*names, log={"format": "json", "level": "debug", **(log or {})}, **sections))

    return start


def trace_of(line):
    return line.get("trace_id"), line.get("span_id"), line.get("trace_flags")


def test_what_is_said_of_a_document_has_its_trace(json_daemon):
    daemon = json_daemon("fault", "talk", workers=1)
    client = daemon.client()
    span = {}
    for word, keys in [("done", {"text": "abc", "plugins": ["talk"]}), ("failed", {"text": "FAIL", "plugins": ["fault"]}),
                       ("crash", {"text": "CRASH", "plugins": ["fault"]}), ("refused", {"text": "x", "pipeline": "none"}), ("broken", {"op": 7})]:
        span[word] = client.request({"id": word, "trace": TRACE, **keys}).get("timing", {}).get("span")
    client.request({"id": "none", "text": "abc", "plugins": ["talk"]})
    begun = client.request({"id": "begun", "text": "abc", "plugins": ["talk"], "trace": ""})
    daemon.stop()
    lines = {word: fields_of(daemon, event, doc=word) for word, event in
             [("done", "doc.done"), ("failed", "doc.failed"), ("crash", "doc.failed"), ("refused", "request.refused"), ("broken", "request.refused"),
              ("none", "doc.done"), ("begun", "doc.done")]}
    assert all(len(found) == 1 for found in lines.values()), lines
    for word in ("done", "failed", "crash", "refused", "broken"):
        trace, own, flags = trace_of(lines[word][0])
        assert (trace, flags) == (ID, "01") and re.fullmatch("[0-9a-f]{16}", own) and own != PARENT
        assert span[word] in (None, own)
    assert trace_of(lines["none"][0]) == (None, None, None)
    assert trace_of(lines["begun"][0]) == (begun["trace"].split("-")[1], begun["timing"]["span"], "00")
    [lost] = fields_of(daemon, "worker.lost")
    assert lost["doc"] == "crash" and lost["trace_id"] == ID
    assert lost["span_id"] not in (PARENT, lines["crash"][0]["span_id"]), "the plugin's own"


def test_what_a_plugin_logs_has_the_span_that_timing_tells(json_daemon):
    daemon = json_daemon("talk", workers=1)
    client = daemon.client()
    traced = client.ask("LOG 1\nwarm words", trace=TRACE)
    client.ask("LOG 1\ncold words")
    daemon.stop()
    lines = {line["text"]: trace_of(line) for line in fields_of(daemon, "plugin.log")}
    assert lines["warm words"] == (ID, traced["timing"]["spans"]["talk"], "01")
    assert {lines[words] for words in ("cold words", "words of create", "words of destroy")} == {(None, None, None)}


def test_each_event_has_a_budget_of_its_own():
    """Beyond the table's slots events would share one, and a flood of one could keep back all others."""
    sources = "".join(path.read_text() for folder in ("daemon", "common") for path in sorted((ROOT / folder).rglob("*.c")))
    events = set(re.findall(r'td_log\([^";]*"([a-z]+\.[a-z_]+)"', sources))
    slots = int(re.search(r"#define EVENTS (\d+)", sources)[1])
    assert {"doc.slow", "server.ready"} < events and 70 < len(events) < slots * 3 / 4


# ---- Slow documents


def test_a_slow_document_is_told_with_where_its_time_went(json_daemon):
    daemon = json_daemon("fault", "echo", log={"slow": "100ms"}, workers=1)
    client = daemon.client()
    client.annotate("SLEEP 150 secret", id="slow", trace=TRACE)
    client.annotate("x", id="waited")
    client.receive_all(["slow", "waited"])
    client.ask("quick", id="quick")
    daemon.stop()
    lines = {line["doc"]: line for line in fields_of(daemon, "doc.slow")}
    assert set(lines) == {"slow", "waited"} and "secret" not in daemon.log()
    slow, waited = lines["slow"], lines["waited"]
    assert slow["level"] == "warn" and trace_of(slow)[::2] == (ID, "01") and slow["bytes"] == 16 and "code" not in slow
    times = dict(pair.split("=") for pair in slow["plugins"].split(" "))
    assert set(times) == {"fault", "echo"} and 150000 <= int(times["fault"]) <= slow["run_us"]
    assert waited["queue_us"] >= 100000 and waited["run_us"] < waited["queue_us"] and trace_of(waited) == (None, None, None)


def test_so_is_one_in_which_a_single_plugin_was(json_daemon):
    daemon = json_daemon("fault", "echo", log={"slow": "0s", "slow_plugin": "100ms"}, workers=1)
    client = daemon.client()
    client.annotate("SLEEP 150", id="slow")
    client.annotate("x", id="waited")
    client.receive_all(["slow", "waited"])
    daemon.stop()
    assert [line["doc"] for line in fields_of(daemon, "doc.slow")] == ["slow"]


def test_a_document_that_failed_slowly_is_told_with_its_code(json_daemon):
    names = [{"name": "hasty", "file": "fault", "timeout": "50ms"}, "fault", "echo"]
    daemon = json_daemon(*names, log={"slow": "20ms"}, workers=1)
    client = daemon.client()
    client.ask("HANG", id="plugin's", plugins=["hasty"], trace=TRACE)
    client.ask("SLEEP 10000", id="its own", plugins=["fault"], deadline_ms=30)
    client.annotate("SLEEP 10000", id="before", plugins=["fault"], deadline_ms=40)
    client.annotate("x", id="waiting", plugins=["echo"], deadline_ms=25)
    client.receive_all(["before", "waiting"])
    daemon.stop()
    lines = {line["doc"]: line for line in fields_of(daemon, "doc.slow")}
    assert {name: line["code"] for name, line in lines.items()} == {
        "plugin's": "PLUGIN_TIMEOUT", "its own": "DEADLINE_EXCEEDED", "before": "DEADLINE_EXCEEDED", "waiting": "DEADLINE_EXCEEDED"}
    assert lines["plugin's"]["plugin"] == "hasty" and lines["plugin's"]["run_us"] >= 50000 and trace_of(lines["plugin's"])[0] == ID
    assert re.fullmatch(r"hasty=\d{5,}", lines["plugin's"]["plugins"])
    assert lines["waiting"]["queue_us"] >= 25000 and lines["waiting"]["run_us"] == 0 and lines["waiting"]["plugins"] == ""


def test_slow_documents_do_not_flood_the_log(json_daemon):
    daemon = json_daemon("echo", log={"slow": "1us"})
    client = daemon.client()
    ids = [client.annotate("x", id=i) for i in range(2000)]
    client.receive_all(ids)
    daemon.stop()
    told = fields_of(daemon, "doc.slow")
    left_out = sum(line["suppressed"] for line in told + fields_of(daemon, "log.suppressed", of="doc.slow") if "suppressed" in line)
    assert len(told) < 200 and len(told) + left_out == 2000


def test_none_is_told_when_both_are_off(json_daemon):
    daemon = json_daemon("fault", log={"slow": "0s"}, workers=1)
    daemon.client().ask("SLEEP 30")
    daemon.stop()
    assert not fields_of(daemon, "doc.slow")
