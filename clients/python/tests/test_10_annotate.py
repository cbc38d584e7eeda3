"""One text: what goes in, and what comes out."""

import copy
import math
import numbers
import pickle
import time
from pathlib import Path

import pytest
import textd
from conftest import FAULT, start_daemon

TEXT = "Zoë 👋 Müller of Acme Corp. paid $3 million to Bob Dylan on 3 May 2021. I love this great city! It was awful."


def test_offsets_are_pythons_own(textd_client):
    doc = textd_client.annotate(TEXT)
    assert {"Bob Dylan", "$3 million"} <= {e.text for e in doc.entities}
    for e in doc.entities:
        assert doc.text[e.start:e.end] == e.text
    assert [doc.text[s.start:s.end] for s in doc.sentences] == [s.text for s in doc.sentences] and len(doc.sentences) > 2


@pytest.mark.parametrize("unit", ["byte", "utf16", "codepoint"])
def test_pieces_of_the_text_are_right_in_every_unit(textd_client, unit):
    plain, doc = textd_client.annotate(TEXT), textd_client.annotate(TEXT, offsets=unit)
    assert [str(s) for s in doc.sentences] == [str(s) for s in plain.sentences]
    assert doc.to_displacy() == plain.to_displacy()
    assert (doc.entities[-1].start == plain.entities[-1].start) == (unit == "codepoint")


def test_results_are_typed(textd_client):
    options = {"segmenter": {"tokens": True}, "sentiment": {"level": "entity", "explain": True}, "summarizer": {"headline": True, "keyphrases": 3}}
    doc = textd_client.annotate(TEXT, options=options)
    money = next(e for e in doc.entities if e.type == "MONEY")
    assert money.value == {"amount": 3000000.0, "currency": "USD"} and 0 < money.score <= 1 and money.id is None
    assert doc.sentiment.label in ("negative", "neutral", "positive") and -1 <= doc.sentiment.score <= 1
    assert [s.text for s in doc.sentiment.sentences] == [s.text for s in doc.sentences]
    assert all(type(r.contribution) is float and type(r.rules) is list for r in doc.sentiment.reasons) and doc.sentiment.reasons
    assert str(doc.summary) == doc.summary.text and doc.summary.sentences[0].rank >= 1 and doc.summary.keyphrases
    assert "".join(t.text for t in doc.tokens[:2]) == "Zoë👋"
    assert doc.timing.run_us > 0 and set(doc.timing.plugins) == set(doc.results)


def test_a_text_in_another_language_has_no_sentiment(textd_client):
    doc = textd_client.annotate("Das war schrecklich.", plugins=["sentiment"], lang="de")
    s = doc.sentiment
    assert (s.score, s.label, s.confidence, s.domain, s.sentences) == (None, None, None, None, [])
    assert doc.rows("document")[0]["label"] is None and "German" in doc.warnings[0]
    with start_daemon({**FAULT, "plugins": [{"name": "tongue"}, {"name": "echo"}]}) as daemon, daemon.client() as client:
        assert client.annotate("[de] Ja.").language == client.annotate("[de] Ja.").rows("document")[0]["language"] == "de"
        assert client.annotate("[de] Ja.", plugins=["echo"]).language is None


def test_what_was_not_asked_for_is_empty(textd_client):
    doc = textd_client.annotate("I love it.", plugins=["sentiment"])
    assert set(doc.results) == {"sentiment"} and doc.sentiment.label == "positive"
    assert (doc.entities, doc.sentences, doc.tokens, doc.summary) == ([], [], [], None)
    assert doc.errors == {} and doc.warnings == [] and doc.meta is None


def test_results_of_unknown_plugins_are_plain_data(calm_fault):
    with calm_fault.client() as c:
        assert c.annotate("four").results == {"fault": 4}


def test_keys_reach_the_daemon_and_come_back(textd_client):
    meta = {"row": 7, 3: ["a", None, 0.5], "bytes": b"\xff"}
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    doc = textd_client.annotate("Hi.", plugins=["segmenter"], meta={"row": 7, "tags": ["a", None, 0.5], "bytes": b"\xff"}, trace=trace, tracestate="rojo=1,congo=2", lang="en", id="job-7")
    del meta[3]
    assert doc.meta == {**meta, "tags": ["a", None, 0.5]} and doc.trace == trace and doc.tracestate == "rojo=1,congo=2" and doc.id == "job-7"


def test_warnings_are_handed_out(textd_client):
    doc = textd_client.annotate("Hi.", lang="not a language")
    assert len(doc.warnings) == 1 and "not a language" in doc.warnings[0]


def test_a_text_is_taken_as_it_is(textd_client):
    for text in ["", "\ufeffA.\r\n\0B.", "a" * 70000, "é" * 70000, "👋" * 65537, " \n "]:
        doc = textd_client.annotate(text, plugins=["segmenter"])
        assert doc.raw["doc"]["bytes"] == len(text.encode()) and doc.raw["doc"]["codepoints"] == len(text)


def test_a_documents_errors_are_exceptions(calm_fault):
    with calm_fault.client() as c:
        with pytest.raises(textd.PluginCrashed) as e:
            c.annotate("CRASH")
        assert (e.value.code, e.value.plugin, e.value.retryable) == ("PLUGIN_CRASHED", "fault", False)
        with pytest.raises(textd.UnknownPlugin):
            c.annotate("x", plugins=["faulty"])
        with pytest.raises(textd.BadOption):
            c.annotate("x", options={"fault": {"no": 1}})
        with pytest.raises(textd.ServerError):
            c.annotate("x", pipeline="none such")
        assert c.annotate("four").results["fault"] == 4


def test_a_failed_plugin_leaves_the_others_results():
    error = {"code": "PLUGIN_TIMEOUT", "message": "too slow"}
    doc = textd.Doc("Hi.", {"v": 1, "id": 1, "ok": True, "results": {"a": 1}, "errors": {"b": error}})
    assert isinstance(doc.errors["b"], textd.PluginTimeout) and doc.errors["b"].plugin == "b" and "too slow" in str(doc.errors["b"])


def test_a_deadline_ends_a_document(calm_fault):
    with calm_fault.client() as c:
        began = time.monotonic()
        with pytest.raises(textd.DeadlineExceeded) as e:
            c.annotate("SLEEP 5000", deadline=0.1)
        assert e.value.retryable and time.monotonic() - began < 2


@pytest.mark.parametrize("arguments, words", [
    ({"text": b"bytes"}, "text is bytes"), ({"text": None}, "text is NoneType"), ({"text": "a\ud800b"}, r"text\[1\] is half a surrogate pair"),
    ({"text": "x" * 70000 + "\udc00"}, r"text\[70000\]"), ({"plugins": "entities"}, r"\['entities'\]"), ({"plugins": [1]}, "plugins"),
    ({"options": [1]}, "options"), ({"options": {"entities": 1}}, "entities"), ({"deadline": 0}, "more than 0"), ({"deadline": "1"}, "seconds"),
    ({"deadline": math.nan}, "deadline"), ({"lang": 5}, "lang"), ({"meta": {"x": object()}}, "MessagePack"), ({"meta": 1 << 64}, "MessagePack"),
    ({"meta": "\ud800"}, "surrogate"), ({"offsets": "chars"}, "codepoint"), ({"id": 1.5}, "id is float"), ({"id": True}, "id is bool"),
])
def test_wrong_arguments_are_told_before_anything_is_sent(arguments, words):
    with textd.Client("ipc:///nowhere/textd.sock") as c:
        with pytest.raises(textd.InvalidArgument, match=words) as e:
            c.annotate(**{"text": "Hi.", **arguments})
        assert isinstance(e.value, ValueError) and e.value.code == "INVALID"


@pytest.mark.parametrize("arguments", [{"endpoint": "localhost:7411"}, {"endpoint": "http://127.0.0.1"}, {"timeout": 0}, {"timeout": "1"},
                                       {"connect_timeout": -1}, {"offsets": "x"}, {"endpoint": Path("/run/textd.sock")}, {"endpoint": b"tcp://h:1"},
                                       {"endpoint": "ipc:///a\0b"}, {"endpoint": "ipc:///\ud800"}, {"timeout": math.inf}])
def test_wrong_settings_are_told_at_once(arguments):
    with pytest.raises(textd.InvalidArgument):
        textd.Client(**arguments)
    with pytest.raises(textd.InvalidArgument):
        textd.AsyncClient(**arguments)


def test_a_port_that_is_none_is_told():
    with textd.Client("tcp://127.0.0.1:seven") as c, pytest.raises(textd.InvalidArgument, match="tcp://HOST:PORT"):
        c.annotate("Hi.")


def test_a_document_that_is_too_large_is_refused_before_it_costs_the_connection(textd_client):
    limit = textd_client.describe()["limits"]["document_bytes"]
    with pytest.raises(textd.TooLarge, match=str(limit)):
        textd_client.annotate("x" * (3 * limit + (2 << 20)))
    found = list(textd_client.annotate_many(["a", "x" * (3 * limit + (2 << 20)), "b"], plugins=["segmenter"], errors="return"))
    assert [type(f) for f in found] == [textd.Doc, textd.TooLarge, textd.Doc]


class Integer:
    """As numpy's: no int, but it says that it is a number."""

    def __int__(self):
        return 5

    __index__ = __int__


class Real:
    def __float__(self):
        return 0.5


numbers.Integral.register(Integer)
numbers.Real.register(Real)


def test_numbers_of_other_packages_are_numbers(textd_client):
    doc = textd_client.annotate("Hi. Ho.", deadline=Real(), meta={"row": Integer(), "share": Real()}, id=Integer(),
                                options={"summarizer": {"keyphrases": Integer()}})
    assert doc.meta == {"row": 5, "share": 0.5} and doc.id == 5
    assert textd_client.request({"id": Integer(), "op": "ping"})["id"] == 5
    assert len(list(textd_client.annotate_many(["a"], window=Integer()))) == 1


# ---- For other tools ----


def test_names_say_who_is_who(textd_client):
    doc = textd_client.annotate("Ada Lovelace met Charles Babbage in London. Lovelace left for $3.")
    assert doc.names and sum(n.mentions for n in doc.names) == sum(e.ref is not None for e in doc.entities)
    for i, name in enumerate(doc.names):
        assert doc.entities[name.first].ref == i and doc.entities[name.first].type == name.type
    assert textd_client.annotate("").names == []


def test_a_result_by_columns_looks_the_same(textd_client):
    tokens = {"segmenter": {"tokens": True}}
    by_columns = {"segmenter": {"tokens": True, "form": "columns"}, "entities": {"form": "columns"}, "sentiment": {"form": "columns"}}
    for text in TEXT, "":
        listed, columns = textd_client.annotate(text, options=tokens), textd_client.annotate(text, options=by_columns)
        assert "columns" in columns.results["entities"] and "entities" not in columns.results["sentiment"]
        assert (columns.entities, columns.names, columns.sentiment) == (listed.entities, listed.names, listed.sentiment)
        assert "columns" in columns.results["segmenter"] and (columns.sentences, columns.tokens) == (listed.sentences, listed.tokens)


def test_entities_look_like_spacys(textd_client):
    doc = textd_client.annotate(TEXT)
    e = next(e for e in doc.ents if e.label_ == "MONEY")
    assert doc.text[e.start_char:e.end_char] == e.text
    shown = doc.to_displacy("Title")
    assert shown["text"] == TEXT and shown["title"] == "Title"
    assert {"start": e.start, "end": e.end, "label": "MONEY"} in shown["ents"]


def test_rows_have_the_same_keys_each(textd_client):
    options = {"segmenter": {"tokens": True}, "summarizer": {"keyphrases": 3}, "sentiment": {"level": "sentence"}}
    docs = list(textd_client.annotate_many([TEXT, "Nothing."], options=options))
    for of in ("entities", "sentences", "tokens", "keyphrases", "document"):
        rows = [row for doc in docs for row in doc.rows(of)]
        assert rows and len({tuple(row) for row in rows}) == 1 and {row["doc"] for row in rows} <= {0, 1}
    assert any(row["currency"] == "USD" and row["amount"] == 3e6 for row in docs[0].rows())
    assert all(row["label"] for row in docs[0].rows("sentences"))
    with pytest.raises(ValueError, match="entities"):
        docs[0].rows("paragraphs")


def test_documents_and_errors_can_be_pickled(textd_client):
    doc = pickle.loads(pickle.dumps(textd_client.annotate(TEXT)))
    assert doc.text == TEXT and pickle.loads(pickle.dumps(doc.entities)) == doc.entities
    with pytest.raises(textd.UnknownPlugin) as e:
        textd_client.annotate("x", plugins=["none such"])
    again = pickle.loads(pickle.dumps(e.value))
    assert type(again) is textd.UnknownPlugin and str(again) == str(e.value) and again.id == e.value.id and again.code == e.value.code


# ---- Other operations ----


def test_the_daemon_says_what_it_is(textd_client):
    assert textd_client.ping()["state"] == "serving"
    assert {"limits", "plugins", "pipelines"} <= set(textd_client.describe())


def test_a_request_is_sent_as_it_is(textd_client):
    reply = textd_client.request({"id": b"\x01", "plugins": ["segmenter"]}, "Hi. Ho.")
    assert reply["id"] == b"\x01" and reply["results"]["segmenter"]["sentences"] == [[0, 3], [4, 7]]
    assert textd_client.request({"op": "ping"})["id"] is None
    reply = textd_client.request({"id": 5, "op": "nonsense"})
    assert reply["ok"] is False and reply["error"]["code"] == "BAD_REQUEST"
    for odd in ([1, [2]], {"a": [1]}, 2.0, None, True):  # refused or taken, the reply finds its request
        assert textd_client.request({"id": odd, "op": "ping"})["id"] == odd
    with pytest.raises(textd.InvalidArgument):
        textd_client.request({"id": object()})


def test_who_is_not_there_is_told_of_a_request_of_any_id():
    with textd.Client("ipc:///nowhere/textd.sock", connect_timeout=0.1) as c, pytest.raises(textd.Unavailable) as e:
        c.request({"id": [1], "op": "ping"})
    assert e.value.id is None


def test_a_client_can_be_pickled_and_shown(textd_client):
    """As for an initializer of multiprocessing's that starts its processes anew. What arrives connects by itself."""
    for copied in (pickle.loads(pickle.dumps(textd_client)), copy.deepcopy(textd_client)):
        with copied as c:
            assert c.ping()["state"] == "serving"
    a = pickle.loads(pickle.dumps(textd.AsyncClient("tcp://localhost:7411")))
    assert repr(a) == "<textd.AsyncClient tcp://localhost:7411>"


def test_a_closed_client_says_so(textd_daemon):
    c = textd_daemon.client()
    c.close()
    c.close()
    with pytest.raises(textd.InvalidArgument, match="closed"):
        c.annotate("Hi.")
