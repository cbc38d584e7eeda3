"""Changes to what runs are transactions: made whole beside what serves, switched in one step, or refused with the reason."""

import hashlib
import json
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from conftest import BAD, BUILD, GOOD, SLOW, plugins, wait_for

LIBRARY = BUILD / "tests/plugins/good"


@pytest.fixture
def folder(tmp_path):
    """A plugin folder of the test's own, with copies that it may overwrite."""
    directory = tmp_path / "plugins"
    directory.mkdir(mode=0o755)
    for name in ("echo", "fault"):
        shutil.copy(GOOD / f"{name}.so", directory / f"{name}.so")
    return directory


def started(textd, folder, *names, **sections):
    return textd({"plugin_dirs": [str(folder)], "plugins": [{"name": name} for name in names], **sections})


def rewrite(daemon, **changes):
    """Writes the configuration file anew."""
    path = daemon.run / "textd.yaml"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def generation(daemon):
    return daemon.control(op="status")["generation"]


def plugin(daemon, name):
    [found] = [p for p in daemon.control(op="plugin.list")["plugins"] if p["name"] == name]
    return found


def test_load_and_unload(textd, folder):
    daemon = started(textd, folder, "echo")
    client = daemon.client()
    assert client.error("abc", plugins=["fault"])["code"] == "UNKNOWN_PLUGIN"
    reply = daemon.control(op="plugin.load", plugin="fault")
    assert reply["ok"] and reply["generation"] == 2 and reply["took_ms"] >= 0
    assert client.ask("abc", plugins=["fault"])["served"]["generation"] == 2
    assert set(client.ask("abc")["results"]) == {"echo", "fault"}, "it has joined the default pipeline, which is textd's own"
    reply = daemon.control(op="plugin.unload", plugin="fault")
    assert reply["ok"] and reply["generation"] == 3
    assert client.error("abc", plugins=["fault"])["code"] == "UNKNOWN_PLUGIN"
    assert set(client.ask("abc")["results"]) == {"echo"}
    wait_for("the old generations to go", lambda: len(daemon.control(op="status")["generations"]) == 1)


def test_a_loaded_plugin_has_its_options_timeout_and_pipelines(textd, folder):
    daemon = started(textd, folder, "echo", pipelines=[{"name": "default", "plugins": ["echo"]}, {"name": "more", "plugins": ["echo"]}])
    client = daemon.client()
    reply = daemon.control(op="plugin.load", plugin="slow", file="fault", timeout_ms=100, pipelines=["more"])
    assert reply["ok"], reply
    assert set(client.ask("abc")["results"]) == {"echo"}
    assert set(client.ask("abc", pipeline="more")["results"]) == {"echo", "slow"}
    begin = time.monotonic()
    assert client.error("HANG", plugins=["slow"])["code"] == "PLUGIN_TIMEOUT"
    assert time.monotonic() - begin < 1 * SLOW


REFUSALS = [
    ({"op": "plugin.load"}, "BAD_REQUEST", "'plugin' is missing"),
    ({"op": "plugin.load", "plugin": 5}, "BAD_REQUEST", "'plugin'"),
    ({"op": "plugin.load", "plugin": "echo"}, "BAD_REQUEST", "there is a plugin echo already"),
    ({"op": "plugin.load", "plugin": "../../etc/passwd"}, "BAD_REQUEST", "can't be a plugin's name"),
    ({"op": "plugin.load", "plugin": "x", "file": "/tmp/x"}, "BAD_REQUEST", "can't be a plugin's name or file"),
    ({"op": "plugin.load", "plugin": "nothing"}, "RELOAD_FAILED", "there is no nothing.so in"),
    ({"op": "plugin.load", "plugin": "fault", "pipelines": ["nope"]}, "UNKNOWN_PIPELINE", "'nope'"),
    ({"op": "plugin.load", "plugin": "fault", "pipelines": "default"}, "BAD_REQUEST", "array of names"),
    ({"op": "plugin.load", "plugin": "fault", "timeout_ms": 0}, "BAD_REQUEST", "'timeout_ms'"),
    ({"op": "plugin.load", "plugin": "fault", "options": {"nope": 1}}, "RELOAD_FAILED", "nope"),
    ({"op": "plugin.load", "plugin": "fault", "options": ["nope"]}, "BAD_REQUEST", "'options'"),
    ({"op": "plugin.unload", "plugin": "nope"}, "UNKNOWN_PLUGIN", "'nope'"),
    ({"op": "plugin.unload"}, "BAD_REQUEST", "'plugin' is missing"),
    ({"op": "plugin.reload", "plugin": "nope"}, "UNKNOWN_PLUGIN", "'nope'"),
    ({"op": "plugin.enable", "plugin": "nope"}, "UNKNOWN_PLUGIN", "'nope'"),
    ({"op": "plugin.disable"}, "BAD_REQUEST", "'plugin' is missing"),
    ({"op": "worker.restart", "worker": 99}, "BAD_REQUEST", "'worker'"),
]


def test_what_is_refused_says_why_and_changes_nothing(textd, folder):
    daemon = started(textd, folder, "echo")
    before = daemon.worker_pids()
    for message, code, words in REFUSALS:
        reply = daemon.control(**message)
        assert not reply["ok"] and reply["error"]["code"] == code and words in reply["error"]["message"], (message, reply)
    assert generation(daemon) == 1 and daemon.worker_pids() == before
    assert daemon.client().ask("abc")["ok"]


BAD_LATER = {"destroy_crash", "destroy_hang", "liar", "miser"}  # these load


def test_bad_plugins_are_refused_with_the_reason(textd, folder):
    daemon = started(textd, folder, "echo", workers={"start_timeout": f"{SLOW}s"})
    client, names = daemon.client(), sorted(path.name for path in BAD.iterdir() if path.name not in BAD_LATER)
    for name in names:
        shutil.copy(BAD / name / f"{name}.so", folder / f"{name}.so")
        reply = daemon.control(op="plugin.load", plugin=name)
        assert not reply["ok"] and reply["error"]["code"] == "RELOAD_FAILED", (name, reply)
        assert name in reply["error"]["message"], reply
        assert client.ask("abc")["served"]["generation"] == 1
    last = daemon.control(op="status")["last_reload"]
    assert last["ok"] is False and last["error"] == reply["error"]["message"]
    assert len(daemon.logged("reload.failed")) == len(names)
    wait_for("all that was tried to go", lambda: len(daemon.control(op="status")["generations"]) == 1)


def test_an_unload_that_breaks_a_pipeline_is_refused(textd, folder):
    for name in ("provider", "dependent"):
        shutil.copy(GOOD / f"{name}.so", folder / f"{name}.so")
    daemon = started(textd, folder, "provider", "dependent")
    reply = daemon.control(op="plugin.unload", plugin="provider")
    assert not reply["ok"] and "dependent" in reply["error"]["message"]
    assert daemon.control(op="plugin.unload", plugin="dependent")["ok"]
    assert daemon.control(op="plugin.unload", plugin="provider")["error"]["code"] == "RELOAD_FAILED", "nothing would be left"


def test_a_pipeline_of_the_file_keeps_its_plugin(textd, folder):
    daemon = started(textd, folder, "echo", "fault", pipelines=[{"name": "both", "plugins": ["echo", "fault"]}])
    reply = daemon.control(op="plugin.unload", plugin="fault")
    assert reply["error"]["code"] == "BAD_REQUEST" and "pipeline both" in reply["error"]["message"]


def test_config_reload(textd, folder):
    daemon = started(textd, folder, "echo", workers={"count": 1})
    rewrite(daemon, plugins=[{"name": "echo"}, {"name": "fault"}], workers={"count": 3}, client={"documents": 7})
    reply = daemon.control(op="config.reload")
    assert reply["ok"] and reply["restart_needed"] == []
    client = daemon.client()
    assert client.request({"op": "describe"})["limits"]["client_documents"] == 7
    assert client.ask("abc", plugins=["fault"])["ok"]
    wait_for("three workers", lambda: len(daemon.worker_pids()) == 3)


def test_a_broken_file_changes_nothing_and_its_line_is_told(textd, folder):
    daemon = started(textd, folder, "echo")
    (daemon.run / "textd.yaml").write_text('{"plugins": [{"nam": "echo"}]}')
    reply = daemon.control(op="config.reload")
    assert reply["error"]["code"] == "RELOAD_FAILED" and "textd.yaml:1:" in reply["error"]["message"]
    assert daemon.client().ask("abc")["served"]["generation"] == 1


def test_what_needs_a_restart_is_told(textd, folder):
    daemon = started(textd, folder, "echo")
    rewrite(daemon, endpoints=[f"ipc://{daemon.run}/other.sock"], limits={"document_bytes": "64MiB"},
            server={"control": f"ipc://{daemon.run}/c.sock", "shared_folder": True})
    reply = daemon.control(op="config.reload")
    assert sorted(reply["restart_needed"]) == ["endpoints", "limits.document_bytes", "server.control", "server.shared_folder"]
    client = daemon.client()
    assert client.request({"op": "describe"})["limits"]["document_bytes"] == 8 << 20 and client.ask("abc")["ok"]
    assert len(daemon.logged("reload.restart_needed")) == 4


def test_sighup_reloads_and_never_ends_the_daemon(textd, folder):
    daemon = started(textd, folder, "echo")
    rewrite(daemon, plugins=[{"name": "echo"}, {"name": "fault"}])
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_logged("reload.done", why="SIGHUP")
    assert daemon.client().ask("abc", plugins=["fault"])["ok"]
    (daemon.run / "textd.yaml").write_text("{")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_logged("reload.failed", why="SIGHUP")
    assert daemon.client().ask("abc", plugins=["fault"])["ok"]


def test_a_plugin_reload_takes_the_newer_file_and_only_that_plugins(textd, folder):
    daemon = started(textd, folder, "echo", "fault")
    old = {name: plugin(daemon, name)["hash"] for name in ("echo", "fault")}
    assert old["echo"] == hashlib.sha256((folder / "echo.so").read_bytes()).hexdigest()
    for name in ("echo", "fault"):  # a byte behind the end changes the hash and nothing else
        with open(folder / f"{name}.so", "ab") as file:
            file.write(b"\0")
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"]
    assert plugin(daemon, "echo")["hash"] != old["echo"] and plugin(daemon, "fault")["hash"] == old["fault"]
    assert daemon.control(op="plugin.reload")["ok"]
    assert plugin(daemon, "fault")["hash"] != old["fault"]


def test_two_versions_side_by_side(textd, folder):
    shutil.copy(GOOD / "echo.so", folder / "echo-new.so")
    daemon = started(textd, folder, "echo", pipelines=[{"name": "default", "plugins": ["echo"]}, {"name": "canary", "plugins": ["echo"]}])
    assert daemon.control(op="plugin.load", plugin="echo2", file="echo-new", pipelines=["canary"])["ok"]
    client = daemon.client()
    assert set(client.ask("abc")["results"]) == {"echo"} and set(client.ask("abc", pipeline="canary")["results"]) == {"echo", "echo2"}


def test_each_of_many_reloads_at_once_is_told_its_own_outcome(textd, folder):
    daemon = started(textd, folder, "echo")
    client = daemon.client(endpoint=daemon.control_endpoint)
    wanted = {}
    for number in range(12):
        message = [{"op": "plugin.load", "plugin": f"p{number}", "file": "fault"}, {"op": "plugin.load", "plugin": "nothing"},
                   {"op": "config.reload"}, {"op": "plugin.reload"}][number % 4]
        client.send({"id": number, **message})
        wanted[number] = "nothing" not in message.values()
    replies = [client.receive(30) for _ in wanted]
    assert [reply["id"] for reply in replies] == list(wanted), "one at a time, in order"
    assert {reply["id"]: reply["ok"] for reply in replies} == wanted
    assert [reply["generation"] for reply in replies if reply["ok"]] == sorted({r["generation"] for r in replies if r["ok"]})
    assert daemon.client().ask("abc")["ok"]


def test_progress_comes_before_the_reply_when_asked_for(textd, folder):
    daemon = started(textd, folder, "echo")
    client = daemon.client(endpoint=daemon.control_endpoint)
    client.send({"id": 7, "op": "config.reload", "progress": True})
    messages = []
    while not messages or "ok" not in messages[-1]:
        messages.append(client.receive())
    assert len(messages) >= 2 and all("progress" in m and m["id"] == 7 for m in messages[:-1]) and messages[-1]["ok"]


def test_documents_that_wait_are_run_by_the_new_generation(textd, folder):
    daemon = started(textd, folder, "fault", workers={"count": 1, "window": 1})
    client = daemon.client()
    running = client.annotate(f"SLEEP {500 * SLOW}")
    wait_for("it to run", lambda: daemon.control(op="status")["workers"][0]["documents"] == 1)
    waiting = [client.annotate("abc") for _ in range(20)]
    assert daemon.control(op="plugin.load", plugin="echo")["ok"]
    replies = client.receive_all([running, *waiting])
    assert replies[running]["served"]["generation"] == 1
    assert all(replies[i]["ok"] and replies[i]["served"]["generation"] == 2 for i in waiting)


def test_documents_for_an_unloaded_plugin_are_still_run(textd, folder):
    daemon = started(textd, folder, "echo", "fault", workers={"count": 1, "window": 1})
    client = daemon.client()
    ids = [client.annotate(f"SLEEP {300 * SLOW}", plugins=["fault"])] + [client.annotate("abc", plugins=["fault"]) for _ in range(20)]
    wait_for("the first to run", lambda: daemon.control(op="status")["workers"][0]["documents"] == 1)
    wait_for("the others to wait", lambda: daemon.control(op="status")["waiting"] == 20)
    assert daemon.control(op="plugin.unload", plugin="fault")["ok"]
    replies = client.receive_all(ids)
    assert all(reply["ok"] for reply in replies.values()), "they were accepted when there was such a plugin"
    wait_for("the old generation to go", lambda: len(daemon.control(op="status")["generations"]) == 1)


def test_an_old_generation_that_does_not_finish_is_ended(textd, folder):
    daemon = started(textd, folder, "fault", "echo", workers={"count": 1}, reload={"drain_grace": "100ms"})
    client = daemon.client()
    hanging = client.annotate("HANG")
    wait_for("it to run", lambda: daemon.control(op="status")["workers"][0]["documents"] == 1)
    assert daemon.control(op="config.reload")["ok"]
    daemon.wait_logged("generation.drain_over")
    wait_for("the new generation to run it", lambda: [g["documents"] for g in daemon.control(op="status")["generations"]] == [1])
    client.send({"op": "cancel", "id": hanging})
    assert client.receive()["error"]["code"] == "CANCELLED"
    assert client.ask("abc")["served"]["generation"] == 2


def test_a_pipe_in_place_of_the_configuration_is_refused(textd, folder):
    daemon = started(textd, folder, "echo")
    (daemon.run / "textd.yaml").unlink()
    os.mkfifo(daemon.run / "textd.yaml")  # opening it waits for who writes
    error = daemon.control(op="config.reload")["error"]
    assert error["code"] == "RELOAD_FAILED" and "a pipe can be read once" in error["message"]
    assert daemon.client().ask("abc")["ok"]


def test_drain_stays_and_refuses(textd, folder):
    daemon = started(textd, folder, "fault")
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    running = client.annotate(f"SLEEP {300 * SLOW}")
    wait_for("it to run", lambda: daemon.control(op="status")["documents"] == 1)
    control.send({"id": 1, "op": "drain"})
    daemon.wait_logged("server.drain")
    assert client.error("abc")["code"] == "SHUTTING_DOWN"
    assert client.receive()["id"] == running and control.receive()["documents"] == 0
    assert daemon.control(op="status")["state"] == "draining" and daemon.process.poll() is None
    assert daemon.control(op="drain")["documents"] == 0, "at once, when there is nothing to wait for"
    assert daemon.control(op="plugin.reload")["error"]["code"] == "SHUTTING_DOWN"
    assert daemon.control(op="shutdown")["ok"] and daemon.exit_code() == 0


def test_shutdown_answers_who_waits_for_a_reload(textd, folder):
    daemon = started(textd, folder, "echo")
    control = daemon.client(endpoint=daemon.control_endpoint)
    for number in range(5):
        control.send({"id": number, "op": "plugin.reload"})
    control.send({"id": 9, "op": "shutdown"})
    replies = {control.receive()["id"] for _ in range(6)}
    assert replies == {0, 1, 2, 3, 4, 9} and daemon.exit_code() == 0


def test_worker_restart_loses_nothing(textd, folder):
    daemon = started(textd, folder, "fault", workers={"count": 2})
    client, before = daemon.client(), set(daemon.worker_pids())
    ids = [client.annotate("SLEEP 5") for _ in range(100)]
    assert daemon.control(op="worker.restart")["workers"] == 2
    assert all(reply["ok"] for reply in client.receive_all(ids).values())
    wait_for("two others", lambda: len(daemon.worker_pids()) == 2 and not before & set(daemon.worker_pids()))
    assert not daemon.logged("worker.lost")


def test_a_file_that_others_may_write_is_refused(textd, folder):
    daemon = started(textd, folder, "echo")
    os.chmod(folder / "fault.so", 0o666)
    reply = daemon.control(op="plugin.load", plugin="fault")
    assert reply["error"]["code"] == "RELOAD_FAILED" and "fault.so may be written by everybody" in reply["error"]["message"]
    os.chmod(folder / "fault.so", 0o644)
    os.chmod(folder, 0o777)
    reply = daemon.control(op="plugin.load", plugin="fault")
    assert "plugins/. may be written by everybody" in reply["error"]["message"]
    os.chmod(folder, 0o755)
    if os.geteuid() == 0:
        os.chown(folder / "fault.so", 12345, 0)
        assert "belongs to user 12345" in daemon.control(op="plugin.load", plugin="fault")["error"]["message"]
        os.chown(folder / "fault.so", 0, 0)
    assert daemon.control(op="plugin.load", plugin="fault")["ok"]


class Load(threading.Thread):
    """Sends documents without a break, and checks each reply."""

    def __init__(self, daemon, texts=("abc",), window=20):
        super().__init__()
        self.client, self.texts, self.window = daemon.client(), texts, window
        self.is_over, self.answered, self.wrong, self.generations, self.gap = False, 0, [], set(), 0.0

    def run(self):
        lengths, last = {}, time.monotonic()
        while lengths or not self.is_over:
            while len(lengths) < self.window and not self.is_over:
                text = self.texts[self.answered % len(self.texts)] + "x" * (len(lengths) % 7)
                lengths[self.client.annotate(text)] = text
            reply = self.client.receive()
            now = time.monotonic()
            self.gap, last = max(self.gap, now - last), now
            text = lengths.pop(reply["id"])
            self.answered += 1
            if not reply["ok"] or reply["doc"]["bytes"] != len(text):
                self.wrong.append(reply)
            else:
                self.generations.add(reply["served"]["generation"])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.join()


def test_g2_reload_under_load_loses_nothing_and_a_failed_one_changes_nothing(textd, folder):
    """Promise G2: a hundred reloads under load, with good, broken and slow plugins."""
    shutil.copy(BAD / "selftest" / "selftest.so", folder / "selftest.so")
    daemon = started(textd, folder, "echo", "fault", workers={"count": 2})
    with Load(daemon) as load:
        for number in range(100 // SLOW):
            wait_for("documents to be answered", lambda: load.answered > number)
            if number % 4 == 3:
                assert not daemon.control(op="plugin.load", plugin="selftest")["ok"]
            elif number % 4 == 2:
                assert daemon.control(op="plugin.unload", plugin="late")["ok"]
            elif number % 4 == 1:
                assert daemon.control(op="plugin.load", plugin="late", file="fault")["ok"]
            else:
                assert daemon.control(op="plugin.reload")["ok"]
    assert not load.wrong and load.answered > 100 and len(load.generations) > 40 // SLOW
    assert not daemon.logged("worker.lost")
    status = daemon.control(op="status")
    assert status["counters"]["documents_accepted"] == status["counters"]["documents_answered"] == load.answered


def test_g3_a_loaded_plugins_files_may_be_overwritten_cut_and_removed(textd, tmp_path):
    """Promise G3: the running generation is immutable, its replacements after a crash included."""
    folder = tmp_path / "plugins"
    shutil.copytree(BUILD / "lib/textd/plugins", folder)
    for name in ("sentiment", "entities", "summarizer"):
        shutil.copytree(BUILD / "share/textd/models" / name, folder / name)
    shutil.copy(GOOD / "fault.so", folder / "fault.so")
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": n} for n in ("segmenter", "sentiment", "entities", "fault")]})
    client = daemon.client()
    text = "Acme Corp. paid $3 million to John Smith in Paris. It is a wonderful deal!"
    before = client.ask(text)["results"]
    assert before["entities"]["entities"]
    files = [path for path in folder.rglob("*") if path.is_file()]

    def same():
        assert client.ask(text)["results"] == before
        assert client.error("CRASH", plugins=["fault"])["code"] == "PLUGIN_CRASHED"  # its replacement opens the files anew
        assert client.ask(text)["results"] == before

    for path in files:  # as cp does: the same inode, other bytes
        with open(path, "r+b") as file:
            file.write(b"garbage " * 1000)
    same()
    for path in files:
        os.truncate(path, 0)
    same()
    shutil.rmtree(folder)
    same()
    assert not daemon.control(op="plugin.reload")["ok"], "the next load does look"
    assert daemon.control(op="status")["last_reload"]["ok"] is False
    same()


def test_g4_a_thousand_cycles_leave_nothing_behind(textd, folder):
    """Promise G4: memory, descriptors, threads and processes are back where they were."""
    daemon = started(textd, folder, "echo", workers={"count": 1})
    control = daemon.client(endpoint=daemon.control_endpoint)

    def cycle():
        assert control.request({"id": 1, "op": "plugin.load", "plugin": "fault"})["ok"]
        assert control.request({"id": 2, "op": "plugin.unload", "plugin": "fault"})["ok"]

    def state():
        wait_for("the old generation to go", lambda: len(control.request({"id": 3, "op": "status"})["generations"]) == 1)
        proc = Path(f"/proc/{daemon.supervisor_pid}")
        return len(list((proc / "fd").iterdir())), len(list((proc / "task").iterdir())), len(daemon.worker_pids())

    for _ in range(20):
        cycle()
    before, rss = state(), daemon.rss_kib()
    for _ in range(1000 if SLOW == 1 else 60):
        cycle()
    assert state() == before
    assert SLOW > 1 or daemon.rss_kib() - rss < 1024  # the sanitizer keeps freed memory for a while
