"""What a reply may hold: keys that the client doesn't know, codes of a later daemon, numbers of either type, strings as bytes.
Readers ignore what they don't know, and nothing that is right ends a run."""

import pytest

import fake
from world import SLOW


def answer_of(drive, server, reply, **document):
    """What the client makes of this reply: the driver's only line."""
    run = drive(server(lambda request: [reply(request)]).endpoint, [{"text": "Acme Corp. paid.", **document}], "--timeout", 10 * SLOW)
    code = run.end()
    assert run.fatal is None and len(run.lines) == 1, (run.fatal, run.words)
    assert code == (0 if run.lines[0]["ok"] else 1)
    return run.lines[0]


ENTITY = {"start": 0, "end": 10, "type": "ORG", "text": "Acme Corp.", "score": 0.9123}


def test_unknown_keys_at_every_level_are_ignored(drive, server):
    new = {"novelty": [1, {"x": None}], "another": True}
    results = {"entities": {"entities": [{**ENTITY, **new}], **new},
               "sentiment": {"score": 0.5, "label": "positive", "confidence": 0.25, "domain": "news", "sentences": [], **new},
               "later": {"anything": [1, 2.5, "x", None, {"deep": [[]]}]}}
    line = answer_of(drive, server, lambda r: fake.ok(r, results, served={"version": "9", **new}, timing={"queue_us": 1, "run_us": 2, "plugins": {}, **new},
                                                      doc={"bytes": 16, "codepoints": 16, **new}, offsets="byte", **new))
    entity = line["results"]["entities"]["entities"][0]
    assert {key: entity[key] for key in ENTITY} == ENTITY
    assert line["results"]["sentiment"]["score"] == 0.5
    assert line["results"]["later"] == results["later"]


def test_a_text_that_was_left_alone_has_no_sentiment(drive, server):
    nothing = {"score": None, "label": None, "confidence": None, "domain": None, "sentences": []}
    line = answer_of(drive, server, lambda r: fake.ok(r, {"sentiment": nothing}, doc={"bytes": 16, "codepoints": 16, "language": "de"},
                                                      warnings=["sentiment: it is German"]))
    assert line["results"]["sentiment"] == nothing and line["warnings"] == ["sentiment: it is German"]


def test_what_may_be_missing_may_be_missing(drive, server):
    line = answer_of(drive, server, lambda r: {"v": 1, "id": r["id"], "ok": True, "results": {}})
    assert line["results"] == {} and "warnings" not in line


def test_a_code_of_a_later_daemon_is_handed_on(drive, server):
    line = answer_of(drive, server, lambda r: fake.failed(r, "TEAPOT", "short and stout", retryable=True, retry_after_ms=7, novelty=1))
    assert line["error"]["code"] == "TEAPOT" and line["error"]["retryable"] is True
    assert "short and stout" in line["error"]["message"]


@pytest.mark.parametrize("code", ["BAD_REQUEST", "UNSUPPORTED_VERSION", "TOO_LARGE", "INVALID_UTF8", "UNKNOWN_PIPELINE", "UNKNOWN_PLUGIN", "BAD_OPTION",
                                  "DEADLINE_EXCEEDED", "PLUGIN_FAILED", "PLUGIN_CRASHED", "PLUGIN_TIMEOUT", "CANCELLED", "INTERNAL"])
def test_every_code_reaches_the_caller(drive, server, code):
    line = answer_of(drive, server, lambda r: fake.failed(r, code, f"words of {code}", retryable=code in ("DEADLINE_EXCEEDED", "INTERNAL")))
    assert line["error"]["code"] == code and f"words of {code}" in line["error"]["message"]
    assert line["error"]["retryable"] == (code in ("DEADLINE_EXCEEDED", "INTERNAL"))


def test_an_error_without_its_extras_is_an_error(drive, server):
    line = answer_of(drive, server, lambda r: {"v": 1, "id": r["id"], "ok": False, "error": {"code": "INTERNAL", "message": "oh"}})
    assert line["error"]["code"] == "INTERNAL"


def test_one_plugin_of_two_that_failed_leaves_the_other_result(drive, server):
    errors = {"entities": {"code": "PLUGIN_FAILED", "message": "no"}}
    line = answer_of(drive, server, lambda r: fake.ok(r, {"segmenter": {"sentences": [[0, 16]]}}, errors=errors))
    assert line["ok"] and line["results"]["segmenter"]["sentences"] == [[0, 16]]


def test_warnings_are_handed_out(drive, server):
    words = ["'plugin' is not a key; did you mean 'plugins'?", "lang 'xx-yy' was not understood: ü"]
    assert answer_of(drive, server, lambda r: fake.ok(r, {}, warnings=words))["warnings"] == words


def test_meta_comes_back_as_it_was(drive, server):
    meta = {"row": 7, "tags": ["a", None, True, 0.5], "deep": {"er": {"s": "ü👋"}}}
    line = answer_of(drive, server, lambda r: fake.ok(r, {}, meta=r["meta"]), meta=meta)
    assert line["meta"] == meta


def test_an_integer_where_a_fraction_might_be(drive, server):
    """Not textd's way (docs/protocol.md), but a proxy that packs anew may do it."""
    results = {"sentiment": {"score": 1, "label": "positive", "confidence": 0, "domain": "news"},
               "entities": {"entities": [{**ENTITY, "score": 1, "value": {"amount": 3000000, "currency": "USD"}}]}}
    line = answer_of(drive, server, lambda r: fake.ok(r, results))
    assert line["results"]["sentiment"]["score"] == 1 and line["results"]["sentiment"]["confidence"] == 0
    assert line["results"]["entities"]["entities"][0]["value"]["amount"] == 3000000


def test_a_plugin_may_answer_with_bytes(drive, server):
    line = answer_of(drive, server, lambda r: fake.ok(r, {"hashes": {"utf8": "Zoë".encode(), "raw": b"\xff\x00"}}))
    assert line["results"]["hashes"]["utf8"] in ("Zoë", {"hex": "5a6fc3ab"})
    assert set(line["results"]["hashes"]) == {"utf8", "raw"}


@pytest.mark.parametrize("number", [2**31, 2**32, 2**53 - 1, -(2**53) + 1, 2**53, 2**63 - 1, -(2**63), 2**64 - 1])
def test_large_integers_come_through(client, drive, server, number):
    found = answer_of(drive, server, lambda r: fake.ok(r, {"big": {"n": number}}))["results"]["big"]["n"]
    if abs(number) < 2**53:
        assert found == number and isinstance(found, int)
    else:  # a language without such integers has the nearest number, or another type for it
        assert float(found) == float(number)
        assert client != "python" or found == number


def test_a_long_text_that_begins_with_a_mark_keeps_it(drive, server):
    """A decoder of strings may take U+FEFF for a mark of its own and drop it."""
    text = "\ufeff" + "Acme Corp. paid. " * 40
    assert answer_of(drive, server, lambda r: fake.ok(r), text=text)["results"]["echo"] == text


@pytest.mark.parametrize("text", ["\ud800", "a\udc00b", "\ude00\ud83d"])
def test_half_of_a_letter_is_refused_before_anything_is_sent(drive, server, text):
    asked = server(lambda request: [fake.ok(request)])
    run = drive(asked.endpoint, [{"text": "before"}, {"text": text}, {"text": "behind"}])
    assert run.end() == 1
    run.check_numbers(3)
    assert [line["ok"] for line in run.lines] == [True, False, True]
    error = run.lines[1]["error"]
    assert error["code"] == "INVALID" and not error["retryable"] and error["message"], error
    assert [request["text"] for request in asked.seen] == ["before", "behind"]
