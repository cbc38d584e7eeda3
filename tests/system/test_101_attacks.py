"""Attacks, tried: by a plugin, a client, another user of the machine. docs/security.md has the table of them."""

from conftest import plugins, run_textd


def attack(client, name, target="", **keys):
    """Lets the plugin try. Returns what it reports, or the error."""
    reply = client.ask("x", plugins=["attack"], options={"attack": {"attack": name, "target": str(target)}}, **keys)
    return reply["results"]["attack"] if reply["ok"] else reply["error"]


# ---- In its own worker: no measure but a pool of its own keeps plugins of one process apart --------------------------------------


def behind(client, name, target, n=3):
    """An attack, and documents that are handed to the same worker behind it. Returns the replies."""
    first = client.annotate("x", plugins=["attack"], options={"attack": {"attack": name, "target": str(target)}})
    others = [client.annotate(f"SECRET {i}", plugins=["attack"]) for i in range(n)]
    replies = client.receive_all([first, *others])
    return replies[first], [replies[i] for i in others]


def test_a_plugin_that_answers_for_documents_behind_its_own_is_ended_and_no_answer_is_believed(textd):
    daemon = textd(plugins("attack", workers=1))
    client = daemon.client()
    own, others = behind(client, "forge", 3)
    assert own["error"]["code"] == "PLUGIN_CRASHED" and own["error"]["plugin"] == "attack" and "channel" in own["error"]["message"]
    assert [reply["results"]["attack"] for reply in others] == [8, 8, 8]
    assert daemon.logged("worker.channel", error='"a reply from inside a plugin"')


# ---- Another user of the machine -------------------------------------------------------------------------------------------------


def test_a_configuration_that_everybody_may_write_is_refused(textd, tmp_path):
    file = tmp_path / "textd.yaml"
    file.write_text("{}")
    file.chmod(0o646)
    done = run_textd("--check-config", "--config", file)
    assert done.returncode == 78 and "textd.yaml may be written by everybody; chmod o-w it" in done.stderr
    daemon = textd(plugins("fault"))
    (daemon.run / "textd.yaml").chmod(0o666)
    error = daemon.control(op="config.reload")["error"]
    assert error["code"] == "RELOAD_FAILED" and "may be written by everybody" in error["message"]
