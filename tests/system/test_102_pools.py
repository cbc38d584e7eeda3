"""Pools of workers: what a pool's plugins are given, and what they do, is its own pipelines' concern and nobody else's."""

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from conftest import BAD, BIN, GOOD, environment, plugins, run_textd, wait_for
from test_61_reload import rewrite


def pipeline(name, *members, pool=None):
    return {"name": name, "plugins": list(members), **({"pool": pool} if pool else {})}


def pools_of(reply):
    return {p["pool"]: p for p in reply["pools"]}


def waiting(daemon, pool):
    return pools_of(daemon.control(op="status"))[pool]["waiting"]


def pool_of_worker(daemon):
    """The pool's name by the worker's number."""
    return {w["worker"]: w["pool"] for w in daemon.control(op="worker.list")["workers"]}


class Gate:
    """A file while which the plugin `hold` holds its documents."""

    def __init__(self, folder):
        self.path = folder / "gate"
        self.path.touch()

    def plugin(self, name="hold"):
        options = {"process": str(self.path)}
        return {"name": name, "file": "hold", "options": options, "grants": [f"read:{self.path.parent}"]}

    def open(self):
        self.path.unlink()


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path)


def held(textd, gate, **more):
    """A pool whose one worker holds what it is given, beside the default pool."""
    return textd(
        {
            **plugins("echo", gate.plugin(), workers=1),
            "pipelines": [pipeline("default", "echo"), pipeline("held", "hold", pool="slow")],
            "pools": [{"name": "slow"}],
            "workers": {"count": 1, "window": 2},
            **more,
        }
    )


def test_a_backlog_delays_its_own_pool_and_nobody_else(textd, gate):
    daemon = held(textd, gate)
    slow, quick, other = daemon.client(), daemon.client(), daemon.client()
    backlog = [slow.annotate("HOLD", pipeline="held") for _ in range(100)]
    wait_for("the backlog", lambda: waiting(daemon, "slow") == 98)
    for i in range(50):
        assert quick.ask(f"abc {i}")["served"]["worker"] == 0
        assert slow.annotate("x") and slow.receive()["results"]["echo"], "nor the client whose backlog it is"
    status = pools_of(daemon.control(op="status"))
    assert status["slow"]["waiting"] == 98 and status["slow"]["documents"] == 100, "none of them has been begun meanwhile"
    assert status["default"]["waiting"] == status["default"]["documents"] == 0
    assert slow.is_silent(0.01)

    late = other.annotate("HOLD", pipeline="held", id="late")
    order = []
    gate.open()
    while late not in order:
        order += [slow.receive()["id"] for _ in range(1) if slow.socket.poll(5)]
        order += [other.receive()["id"] for _ in range(1) if other.socket.poll(5)]
    assert order.index(late) < 50, "in a pool connections have their turns as ever"
    slow.receive_all(set(backlog) - set(order))


def test_what_is_needed_comes_along_and_no_more_is_opened(textd):
    daemon = textd(
        {
            **plugins("echo", "provider", "dependent", "fault", workers=2),
            "pipelines": [pipeline("half", "dependent", pool="slow"), pipeline("wild", "fault", pool="wild")],
            "pools": [{"name": "slow", "workers": 2, "memory": "1GiB"}, {"name": "wild"}],
        }
    )
    client = daemon.client()
    found = pools_of(daemon.control(op="status"))
    assert {name: (p["workers"], p["ready"], p["plugins"], p["pipelines"]) for name, p in found.items()} == {
        "default": (2, 2, ["echo", "provider"], ["default"]),
        "slow": (2, 2, ["provider", "dependent"], ["half"]),
        "wild": (1, 1, ["fault"], ["wild"]),
    }
    assert found["slow"]["memory_bytes"] == 2**30 and found["wild"]["memory_bytes"] == found["default"]["memory_bytes"]
    described = client.request({"op": "describe", "id": 1})
    assert {p["name"]: p["pools"] for p in described["plugins"]} == {
        "echo": ["default"], "provider": ["default", "slow"], "dependent": ["slow"], "fault": ["wild"],
    }
    assert [(p["name"], p["pool"]) for p in described["pipelines"]] == [("half", "slow"), ("wild", "wild"), ("default", "default")]

    # A library is as large as its copy: what a worker has mapped of it tells who has it.
    libraries = {}
    for w in daemon.control(op="worker.list")["workers"]:
        maps = Path(f"/proc/{w['pid']}/maps").read_text()
        inodes = {line.split()[4] for line in maps.splitlines() if "/memfd:" in line and "r-xp" in line}
        assert libraries.setdefault(w["pool"], inodes) == inodes, "all workers of a pool have the same"
    assert {name: len(its) for name, its in libraries.items()} == {"default": 2, "slow": 2, "wild": 1}
    assert len(libraries["default"] & libraries["slow"]) == 1 and not libraries["wild"] & (libraries["default"] | libraries["slow"])

    where = pool_of_worker(daemon)
    asked = {}
    for i in range(30):
        for keys, pool in [
            ({}, "default"), ({"pipeline": "half"}, "slow"), ({"pipeline": "wild"}, "wild"), ({"plugins": ["fault"]}, "wild"),
            ({"plugins": ["dependent", "provider"]}, "slow"), ({"plugins": ["provider"]}, "default"),
        ]:
            asked[client.annotate(f"some {i} text", **keys)] = pool
    replies = client.receive_all(asked)
    assert all(replies[i]["ok"] and where[replies[i]["served"]["worker"]] == pool for i, pool in asked.items())
    error = client.error("abc", plugins=["fault", "echo"])
    assert error["code"] == "BAD_REQUEST"
    assert "no pool of workers has them all: echo is in pool default, fault in pool wild" in error["message"]

    metrics = subprocess.run([BIN / "textctl", "status"], env=environment(RUNTIME_DIRECTORY=str(daemon.run)), capture_output=True, text=True)
    assert re.search(r"^pools +default: 2 of 2 workers ready, 0 documents, 0 of them waiting$", metrics.stdout, re.M), metrics.stdout
    assert re.search(r"^ +slow: 2 of 2 workers ready", metrics.stdout, re.M)
    assert re.search(r"^ +2 +slow +1 +\d+ +ready", metrics.stdout, re.M)


def test_crashes_cost_their_own_pool_and_suspend_nothing_elsewhere(textd):
    daemon = textd(
        {
            **plugins("fault", workers=1),
            "pipelines": [pipeline("default", "fault"), pipeline("wild", "fault", pool="wild")],
            "pools": [{"name": "wild"}],
            "suspend": {"deaths": 2},
            "http": {"listen": "127.0.0.1:0"},
        }
    )
    client = daemon.client()
    [default] = [w["pid"] for w in daemon.control(op="worker.list")["workers"] if w["pool"] == "default"]
    assert [client.error("CRASH", pipeline="wild")["code"] for _ in range(2)] == ["PLUGIN_CRASHED"] * 2
    assert daemon.wait_logged("plugin.suspended", plugin="fault", pool="wild")
    assert client.error("abc", pipeline="wild")["code"] == "PLUGIN_FAILED"
    assert client.result("abc", "fault") == 3
    [plugin] = daemon.control(op="plugin.list")["plugins"]
    assert plugin["state"] == "suspended" and plugin["crashes"] == 2, "where it fares worst"
    assert [(p["pool"], p["state"], p["crashes"]) for p in plugin["pools"]] == [("default", "active", 0), ("wild", "suspended", 2)]
    assert [w["pid"] for w in daemon.control(op="worker.list")["workers"] if w["pool"] == "default"] == [default]
    assert len(daemon.logged("worker.lost", pool="wild")) == 2 and not daemon.logged("worker.lost", pool="default")
    assert daemon.control(op="plugin.enable", plugin="fault")["state"] == "active", "in all pools"
    assert client.result("abcd", "fault", pipeline="wild") == 4
    assert daemon.control(op="plugin.disable", plugin="fault")["state"] == "disabled"
    assert client.error("abc", pipeline="wild")["code"] == client.error("abc")["code"] == "PLUGIN_FAILED"
    assert daemon.control(op="plugin.enable", plugin="fault")["ok"]

    # What its page says of plugins that it hasn't opened is nobody's word; and one pool without a worker is its own trouble.
    wild = next(w["pid"] for w in daemon.control(op="worker.list")["workers"] if w["pool"] == "wild")
    os.kill(wild, signal.SIGSTOP)
    wait_for("the signal to have come", lambda: b"others are stopped" in daemon.http("/readyz?verbose")[2])
    status, _, text = daemon.http("/readyz?verbose")
    assert status == 200 and b"1 of 2 workers take documents; others are stopped; pool wild has none that does" in text, text
    os.kill(default, signal.SIGSTOP)
    wait_for("it not to be ready, of the pipeline default", lambda: daemon.http("/readyz")[0] == 503)
    for pid in (default, wild):
        os.kill(pid, signal.SIGCONT)


def test_a_full_pool_is_refused_alone(textd, gate):
    daemon = held(textd, gate, queue={"documents": 40}, http={"listen": "127.0.0.1:0"})
    client, quick = daemon.client(), daemon.client()
    ids = [client.annotate("HOLD", pipeline="held") for _ in range(2)]
    wait_for("a worker that is full", lambda: pools_of(daemon.control(op="status"))["slow"]["documents"] == 2 and waiting(daemon, "slow") == 0)
    ids += [client.annotate("HOLD", pipeline="held") for _ in range(31)]
    refused = client.receive()["error"]
    assert refused["code"] == "OVERLOADED" and refused["retryable"] and refused["retry_after_ms"] > 0
    assert refused["message"] == "30 documents are waiting for pool slow, and its part of queue.documents, 40, is full"
    assert waiting(daemon, "slow") == 30, "half of 40 is for whoever comes first, and 10 are its own"
    assert quick.ask("abc")["ok"] and quick.ask("abc", plugins=["echo"])["ok"]
    metrics = daemon.http("/metrics")[2].decode()
    for sample in ('textd_pool_queue_documents{pool="slow"} 30', 'textd_pool_queue_documents{pool="default"} 0', 'textd_pool_shed_total{pool="slow"} 1',
                   'textd_pool_workers{pool="slow"} 1', 'textd_pool_workers_ready{pool="default"} 1', 'textd_shed_total{reason="queue_documents"} 1',
                   "textd_queue_documents 30"):
        assert f"\n{sample}\n" in metrics, sample
    gate.open()
    client.receive_all(ids[:32])
    rewrite(daemon, queue={"documents": 1})
    assert daemon.control(op="config.reload")["ok"]
    assert daemon.http("/readyz")[0] == 200, "nothing waits: that the queue is short is no trouble"


def test_reloads_move_pipelines_between_pools_and_lose_nothing(textd):
    daemon = textd({**plugins("echo", "fault", workers=1), "pipelines": [pipeline("default", "echo"), pipeline("side", "fault")], "reload": {"drain_grace": "10s"}})
    client = daemon.client()
    apart = [pipeline("default", "echo"), pipeline("side", "fault", pool="slow")]
    layouts = [
        ([{"name": "slow", "workers": 2}], apart, ["default", "slow", "slow"]),
        ([{"name": "slow", "workers": 1}], apart, ["default", "slow"]),
        ([{"name": "other"}, {"name": "slow"}], [pipeline("default", "echo"), pipeline("side", "fault", pool="other"), pipeline("more", "echo", pool="slow")], ["default", "other", "slow"]),
        ([{"name": "all"}], [pipeline("default", "echo", pool="all"), pipeline("side", "fault", "echo", pool="all")], ["all"]),
        ([], [pipeline("default", "echo"), pipeline("side", "fault")], ["default"]),
    ]
    for pools, pipelines, workers in layouts:
        asked = {}
        for i in range(60):  # more than the workers hold: some wait while what serves changes
            asked[client.annotate("SLEEP 1" if i % 2 else "abc", pipeline="side" if i % 2 else "default")] = i
        rewrite(daemon, pools=pools, pipelines=pipelines)
        reply = daemon.control(op="config.reload")
        assert reply["ok"], reply
        replies = client.receive_all(asked)
        assert all(r["ok"] for r in replies.values())
        for r in replies.values():  # in the terms of the generation that ran it
            if r["served"]["generation"] == reply["generation"]:
                wanted = next(p.get("pool", "default") for p in pipelines if p["name"] == ("side" if asked[r["id"]] % 2 else "default"))
                assert workers[r["served"]["worker"]] == wanted
        wait_for("the old one to go", lambda: len(daemon.control(op="status")["generations"]) == 1)
        assert [w["pool"] for w in daemon.control(op="worker.list")["workers"]] == workers
        assert client.result("abcde", "fault", pipeline="side") == 5
    rewrite(daemon, pools=[{"name": "slow"}])
    refused = daemon.control(op="config.reload")["error"]
    assert refused["code"] == "RELOAD_FAILED" and "no pipeline names this pool" in refused["message"]
    assert client.ask("abc")["ok"]


def test_a_canary_is_judged_in_each_pool(textd):
    """Many good documents in one pool don't hide what a new generation does in another, and don't end the trial before it is seen."""
    daemon = textd(
        {
            **plugins("echo", "fault", workers=1),
            "pipelines": [pipeline("default", "echo"), pipeline("side", "echo", pool="slow")],
            "pools": [{"name": "slow"}],
            "canary": {"percent": 50, "documents": 20},
        }
    )
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    rewrite(daemon, pipelines=[pipeline("default", "echo"), pipeline("side", "echo", "fault", pool="slow")])
    control.send({"op": "config.reload", "id": 1})
    daemon.wait_logged("generation.canary")
    sides = []
    while not control.socket.poll(0):
        sides.append(client.ask("FAIL", pipeline="side"))
        for _ in range(40):
            assert client.ask("FAIL")["ok"]
    message = control.receive()["error"]["message"]
    assert re.search(r"the canary was rolled back: 2 of \d documents of pool slow failed \(0 of \d with what serves\)", message), message
    assert len(sides) <= 8 and client.ask("FAIL", pipeline="side")["served"]["generation"] == 1


def test_what_is_found_loaded_or_broken_goes_where_its_pipelines_are(textd, tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o700)
    for source in (GOOD / "echo.so", GOOD / "fault.so", GOOD / "hold.so", BAD / "undefined" / "undefined.so"):
        shutil.copy(source, folder)
    config = {"plugin_dirs": [str(folder)], "pipelines": [pipeline("wild", "fault", pool="wild")], "pools": [{"name": "wild", "workers": 2}], "workers": {"count": 1}}
    daemon = textd(config)
    client = daemon.client()

    def opened():
        return {name: set(p["plugins"]) & {"echo", "fault", "hold", "second"} for name, p in pools_of(daemon.control(op="status")).items()}

    assert daemon.logged("plugin.failed", plugin="undefined")
    assert opened() == {"default": {"echo", "hold"}, "wild": {"fault"}}
    reply = daemon.control(op="plugin.load", plugin="second", file="hold", pipelines=["wild"])
    assert reply["ok"], reply
    assert opened() == {"default": {"echo", "hold"}, "wild": {"fault", "second"}}
    assert set(client.ask("abc", pipeline="wild")["results"]) == {"fault", "second"}
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    wait_for("another supervisor", lambda: daemon.logged("server.restarted"))
    fresh = daemon.client()
    assert set(fresh.ask("abc", pipeline="wild")["results"]) == {"fault"} and opened()["wild"] == {"fault"}

    (folder / "broken.so").write_bytes(b"no library")
    rewrite(daemon, pipelines=[pipeline("wild", "fault", "broken", pool="wild")])
    refused = daemon.control(op="config.reload")["error"]["message"]
    assert "plugin broken can't be opened" in refused, refused
    assert fresh.ask("abc", pipeline="wild")["ok"]

    textds = [p["name"] for p in daemon.control(op="plugin.list")["plugins"] if p["state"] != "failed"]
    rewrite(daemon, pipelines=[pipeline("default", *textds, pool="wild")])
    reply = daemon.control(op="config.reload")
    assert reply["ok"], f"the default pool would have nothing but what is broken, and nobody asks it for anything: {reply}"
    found = pools_of(daemon.control(op="status"))
    assert (found["default"]["workers"], found["wild"]["ready"]) == (0, 2) and set(fresh.ask("abc")["results"]) >= {"echo", "fault"}
    assert [w["worker"] for w in daemon.control(op="worker.list")["workers"] if w["generation"] == reply["generation"]] == [0, 1]


def test_what_would_leave_the_pipeline_default_nothing_is_refused(textd):
    daemon = textd({**plugins("echo", "fault", workers=1), "pipelines": [pipeline("wild", "fault", pool="wild")], "pools": [{"name": "wild"}]})
    refused = daemon.control(op="plugin.unload", plugin="echo")["error"]
    assert refused["code"] == "BAD_REQUEST", refused
    assert refused["message"] == "plugin echo is the last of the pipeline 'default', since all others are in pools; load another first, or disable it"
    assert set(daemon.client().ask("abc")["results"]) == {"echo"}


def test_the_configuration_is_printed_as_it_can_be_read(tmp_path):
    path = tmp_path / "textd.yaml"
    path.write_text(json.dumps({**plugins("echo", "fault"), "pipelines": [pipeline("side", "fault", pool="slow"), pipeline("more", "fault", pool="default")], "pools": [{"name": "slow", "workers": "${N}"}]}))
    printed = run_textd("--config", path, "--print-config", N="3")
    assert "    pool: slow\n" in printed.stdout and "  - name: slow\n    workers: 3\n    memory: " in printed.stdout, printed
    again = tmp_path / "again.yaml"
    again.write_text(printed.stdout)
    assert run_textd("--config", again, "--check-config").returncode == 0
    assert run_textd("--config", again, "--print-config").stdout.split("pools:")[1] == printed.stdout.split("pools:")[1]
