"""What a reply says of a document's language, what plugins tell the client, and what they leave alone in a language that is not theirs."""

import contextlib
import json

import pytest

from conftest import BUILD, GOOD, Daemon, plugins
from test_70_textctl import textctl


def test_a_plugins_warnings_come_with_the_reply(textd):
    client = textd(plugins("talk", {"name": "chat", "file": "talk"})).client()
    assert "warnings" not in client.ask("LOG 3\nquiet")
    reply = client.ask("WARN\nlook\there", plugins=["talk", "chat"])
    assert reply["ok"] and reply["warnings"] == ["talk: look here", "chat: look here"]
    # Together with the daemon's own there are eight, and each is short.
    reply = client.ask("WARN 9\n" + "x" * 193 + "é", plugins=["talk"], plugin=1)
    assert reply["warnings"] == ["'plugin' is not a key; did you mean 'plugins'?"] + ["talk: " + "x" * 193] * 6 + [
        "and 3 more like these"
    ]
    assert "warnings" not in client.ask("LOG 3\nquiet"), "they are the document's"


def test_a_plugin_that_fails_has_warned_all_the_same(textd):
    client = textd(plugins("talk", "echo")).client()
    reply = client.ask("WARN_FAIL\nbefore", plugins=["talk"])
    assert reply["error"]["code"] == "PLUGIN_FAILED" and reply["warnings"] == ["talk: before"]
    reply = client.ask("WARN_FAIL\nbefore", plugins=["talk", "echo"])
    assert set(reply["errors"]) == {"talk"} and reply["warnings"] == ["talk: before"]


def test_a_reply_says_which_language_most_of_it_is_in(textd):
    client = textd(plugins("tongue", "echo")).client()

    def language(text):
        return client.ask(text, plugins=["tongue"])["doc"]["language"]

    assert language("plain") == "en"
    assert language("[de] Das ist es. [en] Yes.") == "de"
    assert language("[de] Ja. [fr] Oui, nous le savons. [de] Ja, das wissen wir.") == "de", "by letters, not by spans"
    assert language("[zh-Hant?] 你好") == "zh-Hant"
    assert language("") == language("[und] x") == "und"
    assert "language" not in client.ask("plain", plugins=["echo"])["doc"], "nobody has looked"
    reply = client.ask("[EN] shouted", plugins=["tongue", "echo"])
    assert "no BCP 47 tag" in reply["errors"]["tongue"]["message"] and "language" not in reply["doc"]


GERMAN = "Das Essen war schrecklich, die Hamburger von Bad Mergentheim sind am 3. Mai traurig gewesen. Schreib an otto@example.org."
ENGLISH = "Siemens is a wonderful company, and Paul Newman praised it in New York on 3 May. Everybody was happy with the result."


@pytest.fixture(scope="module")
def guarded():
    """The built-in plugins behind one that takes the language from marks in the text."""
    with contextlib.ExitStack() as stack:
        config = {"plugin_dirs": [str(GOOD), str(BUILD / "lib/textd/plugins")], "workers": {"count": 1},
                  "plugins": [{"name": name} for name in ("tongue", "segmenter", "entities", "sentiment", "summarizer")]}
        daemon = Daemon(config)
        stack.callback(daemon.clean_up)
        yield daemon


@pytest.fixture(scope="module")
def client(guarded):
    return guarded.client()


NAMES = ["entities", "sentiment", "summarizer"]


def ask(client, text, **keys):
    reply = client.ask(text, plugins=NAMES, **keys)
    assert reply["ok"] and "errors" not in reply, reply
    return reply


def is_left_alone(reply):
    results = reply["results"]
    assert {e["type"] for e in results["entities"]["entities"]} <= {"EMAIL"}
    assert all(results["sentiment"][key] is None for key in ("score", "label", "confidence", "domain"))
    assert results["sentiment"]["sentences"] == results["sentiment"]["entities"] == []
    assert results["summarizer"]["summary"] == "" and results["summarizer"]["sentences"] == []
    words = "the text is in German (de), and it knows English; 'languages: any' tries all the same"
    assert reply["warnings"] == [f"{name}: {words}" for name in NAMES]
    return True


def is_tried(reply):
    results = reply["results"]
    assert results["sentiment"]["label"] and results["summarizer"]["summary"] and "warnings" not in reply
    assert len(results["entities"]["entities"]) > 1
    return True


def test_plugins_leave_alone_what_is_surely_in_another_language(client):
    reply = ask(client, "[de]" + GERMAN)
    assert is_left_alone(reply) and reply["doc"]["language"] == "de"
    assert [e["text"] for e in reply["results"]["entities"]["entities"]] == ["otto@example.org"]
    assert "language" in reply["doc"] and is_tried(ask(client, "[en]" + ENGLISH)), "who needs it brings it along"
    assert is_tried(ask(client, "[de?]" + ENGLISH)), "what is perhaps German is tried"
    assert is_tried(ask(client, "[und]" + ENGLISH))
    assert is_tried(ask(client, "[de]" + ENGLISH, options={name: {"languages": "any"} for name in NAMES}))


def test_a_clients_language_goes_before_what_the_text_looks_like(client):
    assert is_left_alone(ask(client, ENGLISH, lang="ger"))
    assert is_tried(ask(client, "[de]" + ENGLISH, lang="en_GB"))
    assert is_tried(ask(client, "[de]" + GERMAN, lang="en"))


def test_of_a_mixed_text_the_english_part_is_read(client):
    reply = ask(client, ENGLISH + " [de] " + "Alles gut, sagte Angela Merkel in Berlin.")
    results = reply["results"]
    assert results["sentiment"]["label"] == "positive" and len(results["sentiment"]["sentences"]) == 2
    assert len(results["entities"]["entities"]) >= 2 and all(e["end"] <= len(ENGLISH) for e in results["entities"]["entities"])
    assert "Merkel" not in results["summarizer"]["summary"] and "Siemens" in results["summarizer"]["summary"]
    assert len(reply["warnings"]) == 3 and all(": a part of the text is in German (de), " in w for w in reply["warnings"])
    assert reply["doc"]["language"] == "en"
    # The greater part is German: there is no score and no summary, but the names of the English part.
    reply = ask(client, "Paul Newman lives in New York. [de]" + GERMAN)
    assert reply["results"]["sentiment"]["label"] is None and reply["results"]["summarizer"]["summary"] == ""
    assert "Paul Newman" in [e["text"] for e in reply["results"]["entities"]["entities"]]


@pytest.mark.parametrize("form", ["report", "--json", "--csv", "--conll", "--html"])
def test_textctl_shows_a_text_that_was_left_alone(guarded, form, tmp_path):
    page = tmp_path / "page.html"
    options = [] if form == "report" else [form, page] if form == "--html" else [form]
    done = textctl("annotate", "--pipeline", "default", *options, "-", endpoint=guarded.endpoint, stdin=("[de]" + GERMAN).encode())
    assert done.returncode == 0, done.err
    assert [f"{name}: the text is in German (de)" in done.err for name in NAMES] == [True] * 3
    shown = page.read_text() if form == "--html" else done.out
    wanted = {"report": ["language de", "none: the text was left alone"], "--json": ['"language":"de"', '"label":null'], "--csv": [",EMAIL,"],
              "--conll": ["B-EMAIL"], "--html": ["<li>language de</li>", "no sentiment"]}[form]
    assert all(words in shown for words in wanted), shown
    assert "+0.00" not in shown and "PERSON" not in shown


def test_http_has_the_language_and_nothing_for_a_score(textd):
    daemon = textd({"plugin_dirs": [str(GOOD), str(BUILD / "lib/textd/plugins")], "workers": {"count": 1}, "http": {"listen": "127.0.0.1:0"},
                    "plugins": [{"name": name} for name in ("tongue", "segmenter", "sentiment")]})
    _, _, body = daemon.http("/v1/annotate", "POST", json.dumps({"text": "[de] Das war schrecklich."}), {"Content-Type": "application/json"})
    reply = json.loads(body)
    assert reply["doc"]["language"] == "de" and reply["results"]["sentiment"]["label"] is None and "German (de)" in reply["warnings"][0]
