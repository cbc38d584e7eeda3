"""What a reply says of a document's language, what plugins tell the client, and what they leave alone in a language that is not theirs."""

from conftest import plugins


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
