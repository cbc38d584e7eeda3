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
