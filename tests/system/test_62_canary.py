"""A new generation is tried with a share of the documents, and rolled back by itself when it is worse."""

import re
import shutil
import time

import pytest

from conftest import GOOD, SLOW, plugins, wait_for
from test_61_reload import Load, folder, rewrite  # noqa: F401: a fixture


def started(textd, folder, **canary):
    canary = {"percent": 25, "documents": 40, "time": "20s", **canary}
    return textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}], "canary": canary, "suspend": {"deaths": 0}})


def test_a_good_canary_gets_its_share_and_then_all(textd, folder):
    daemon = started(textd, folder)
    with Load(daemon) as load:
        wait_for("documents", lambda: load.answered > 20)
        begin = load.answered
        reply = daemon.control(op="plugin.load", plugin="fault")
        assert reply["ok"], reply
        took = load.answered - begin
        wait_for("more documents", lambda: load.answered > begin + took + 50)
    assert took >= 100, "40 documents are a quarter of at least 100 or so"
    [line] = daemon.logged("generation.canary_judged")
    judged = int(re.search(r" documents=(\d+)", line)[1])
    assert 'action="switch over"' in line and 40 <= judged < 40 + 16, "it is judged at the end of a turn of the loop"
    assert not load.wrong and load.generations == {1, 2}


@pytest.mark.parametrize("text", ["FAIL", "CRASH"])
def test_a_canary_with_more_errors_is_rolled_back(textd, folder, text):
    daemon = started(textd, folder, documents=1000)
    client = daemon.client()
    control = daemon.client(endpoint=daemon.control_endpoint)
    control.send({"id": 1, "op": "plugin.load", "plugin": "fault"})
    answers = []
    daemon.wait_logged("generation.canary")
    while not control.socket.poll(0):
        answers.append(client.ask(text))
    reply = control.receive()
    assert reply["error"]["code"] == "RELOAD_FAILED" and "rolled back" in reply["error"]["message"], reply
    assert sum(not a["ok"] or "errors" in a for a in answers) <= 3, "and soon"
    assert all(client.ask(text)["served"]["generation"] == 1 for _ in range(20))
    assert daemon.control(op="status")["last_reload"]["ok"] is False
    wait_for("it to go", lambda: len(daemon.control(op="status")["generations"]) == 1)


def test_a_slow_canary_is_rolled_back(textd, folder):
    daemon = started(textd, folder, documents=8)
    client = daemon.client()
    control = daemon.client(endpoint=daemon.control_endpoint)
    control.send({"id": 1, "op": "plugin.load", "plugin": "fault"})
    daemon.wait_logged("generation.canary")
    while not control.socket.poll(0):
        client.ask("SLEEP 20")
    assert "rolled back" in control.receive()["error"]["message"]
    assert client.ask("abc")["served"]["generation"] == 1


def test_what_no_document_came_to_is_not_promoted(textd, folder):
    daemon = started(textd, folder, time="200ms")
    begin = time.monotonic()
    reply = daemon.control(op="plugin.load", plugin="fault")
    assert time.monotonic() - begin > 0.2
    assert reply["error"]["code"] == "RELOAD_FAILED" and "nothing was judged" in reply["error"]["message"], reply
    [line] = daemon.logged("generation.canary_unjudged")
    assert 'action="roll back"' in line and "documents=0" in line
    assert daemon.client().ask("abc")["served"]["generation"] == 1


def test_unless_the_operator_wants_that(textd, folder):
    daemon = started(textd, folder, time="200ms", promote_unjudged=True)
    assert daemon.control(op="plugin.load", plugin="fault")["ok"]
    [line] = daemon.logged("generation.canary_unjudged")
    assert 'action="switch over"' in line
    assert daemon.client().ask("abc")["served"]["generation"] == 2


def test_its_share_is_kept_when_workers_are_full(textd, folder):
    """Each document that waits is looked at again and again; it counts once, when it is given to a worker."""
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "fault"}], "workers": {"count": 2, "window": 1},
                    "canary": {"percent": 4, "documents": 1000000, "time": "30s"}})
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    control.send({"id": 1, "op": "plugin.load", "plugin": "echo"})
    daemon.wait_logged("generation.canary")
    replies = client.receive_all([client.annotate("SLEEP 2", plugins=["fault"]) for _ in range(500)])
    given = sum(reply["served"]["generation"] == 2 for reply in replies.values())
    assert 18 <= given <= 20, f"{given} of 500 are not 4 %"


def test_the_status_shows_it(textd, folder):
    daemon = started(textd, folder, time="20s")
    control = daemon.client(endpoint=daemon.control_endpoint)
    control.send({"id": 1, "op": "plugin.load", "plugin": "fault"})
    daemon.wait_logged("generation.canary")
    assert [g["state"] for g in daemon.control(op="status")["generations"]] == ["serving", "canary"]
    assert daemon.control(op="shutdown")["ok"]
    assert control.receive()["error"]["code"] == "SHUTTING_DOWN"
    assert daemon.exit_code() == 0


def test_a_watched_file_that_changes_is_taken(textd, folder):
    shutil.move(folder / "fault.so", folder / "fault.hidden")
    daemon = textd({"plugin_dirs": [str(folder)], "reload": {"watch": True}})
    before = len(daemon.control(op="plugin.list")["plugins"])
    shutil.copy(folder / "fault.hidden", folder / "fault.so")
    daemon.wait_logged("reload.done", why='"a watched file has changed"')
    assert len(daemon.control(op="plugin.list")["plugins"]) == before + 1
    rewrite(daemon, limits={"deadline": "7s"})
    wait_for("the file to be read", lambda: daemon.client().request({"op": "describe"})["limits"]["deadline_ms"] == 7000)
    (daemon.run / "unrelated").write_text("x")
    (folder / "fault.so").write_bytes(b"no library")
    daemon.wait_logged("reload.failed")
    assert daemon.client().ask("abc", plugins=["fault"])["ok"]
    assert len(daemon.logged("reload.done")) <= 3
