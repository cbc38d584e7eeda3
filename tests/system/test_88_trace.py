"""Traces: the W3C's traceparent and tracestate on the wire, in the log, and as spans in `timing`; and the log of slow documents."""

import re

import pytest

from conftest import TRACE, Daemon, plugins

ID, PARENT = TRACE.split("-")[1:3]
BEGUN = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00")
LATER = TRACE.replace("00-", "cc-", 1) + "-"


@pytest.fixture(scope="module")
def daemon():
    daemon = Daemon(plugins("echo", "fault", log={"level": "debug"}))
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
