"""Exactly once, on a cluster of three nats-servers, while nodes, leaders, bridges, daemons and workers are killed.

The short form, for `make test`, has a few thousand documents and one of each kill. With TEXTD_TORTURE=1 (`make cluster-test`) there are
TEXTD_DOCUMENTS (200,000) over TEXTD_SECONDS (300), kills until all are done, and a partition; it prints what it saw.
"""

import collections
import contextlib
import json
import os
import random
import re
import signal
import sys
import threading
import time
from pathlib import Path

import msgpack
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cluster  # noqa: E402
from cluster import Bridge, Cluster, set_up  # noqa: E402
from conftest import SLOW, Daemon, plugins, wait_for  # noqa: E402

pytestmark = pytest.mark.skipif(cluster.missing() is not None, reason=str(cluster.missing()))
TORTURE = "TEXTD_TORTURE" in os.environ


class Watch:
    """Counts results as they are published, and remembers the longest silence between two."""

    def __init__(self, nats, subject):
        self.seen, self.last, self.silence, self.where = 0, time.monotonic(), 0.0, ""
        self.event = "the start"
        nats.subscribe(subject, self.take)

    def take(self, message):
        now = time.monotonic()
        if self.seen and now - self.last > self.silence:
            self.silence, self.where = now - self.last, self.event
        self.seen += 1
        self.last = now


class Field:
    """A cluster, two daemons, two bridges with both daemons; each can be killed, and comes again."""

    def __init__(self, stack, n_bridges=2, ack_wait="3s", duplicates="30m", servers=None):
        self.stack = stack
        self.cluster = servers or Cluster(3)
        stack.callback(self.cluster.close)
        config = plugins("fault", "echo", pipelines=[{"name": "default", "plugins": ["echo"]}, {"name": "faulty", "plugins": ["fault"]}])
        self.daemons = [Daemon(config) for _ in range(2)]
        for daemon in self.daemons:
            stack.callback(daemon.clean_up)
        self.nats = self.cluster.client()
        stack.callback(self.nats.close)
        self.setup_args = [f"--ack-wait={ack_wait}", f"--duplicates={duplicates}", "--replicas=3"]
        made = []
        wait_for("the cluster to take streams", lambda: made.append(set_up(self.cluster.urls, *self.setup_args)) or made[-1].returncode == 0, 90)
        self.args = [f"--ack-wait={ack_wait}"]
        self.bridges = []
        for _ in range(n_bridges):
            self.start_bridge()
        for bridge in self.bridges:
            bridge.wait_ready(30)
        self.counts = collections.Counter()

    def start_bridge(self):
        bridge = Bridge(self.cluster.urls, [d.endpoint for d in self.daemons], *self.args, folder=self.cluster.folder)
        self.stack.callback(lambda: bridge.process.poll() is None and bridge.kill())
        self.bridges.append(bridge)
        return bridge

    # ---- What is broken

    def note(self, bridge):
        with contextlib.suppress(Exception):
            for name, value in bridge.metrics().items():
                if name.endswith("_total"):
                    self.counts[name] += value

    def kill_bridge(self):
        bridge = self.bridges.pop(0)
        self.note(bridge)
        bridge.kill()
        self.start_bridge()

    def stop_bridge(self):
        bridge = self.bridges.pop(0)
        self.note(bridge)
        assert bridge.stop() == 0
        self.start_bridge()

    def kill_node(self, node, pause=0.0):
        node.kill()
        time.sleep(pause)
        node.start()

    def leader(self, what):
        found = self.nats.stream("RESULTS") if what == "results" else self.nats.stream("DOCS") if what == "documents" else self.nats.consumer("DOCS")
        return self.cluster.node(found["cluster"]["leader"])

    def wait_whole(self):
        """All replicas of all streams are current: only then may the next node be lost, or a majority would be."""
        def is_whole():
            for info in (self.nats.stream("DOCS"), self.nats.stream("RESULTS"), self.nats.stream("DEAD"), self.nats.consumer("DOCS")):
                replicas = info["cluster"].get("replicas", [])
                if not info["cluster"].get("leader") or len(replicas) != 2 or not all(r["current"] and not r.get("offline") for r in replicas):
                    return False
            return True
        wait_for("all replicas to be current", is_whole, 90)

    def kill_worker(self):
        daemon = random.choice(self.daemons)
        pids = daemon.worker_pids()
        if pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(pids), signal.SIGKILL)

    def kill_daemon(self):
        """Its supervisor: the parent starts another."""
        pid = random.choice(self.daemons).supervisor_pid
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def story(self):
        """For who has to find out why."""
        lines = [json.dumps(self.nats.stream("DOCS")["state"]), json.dumps(self.nats.consumer("DOCS"))]
        for bridge in self.bridges:
            with contextlib.suppress(Exception):
                lines += [str({k: v for k, v in bridge.metrics().items() if v and "bucket" not in k}), bridge.log[-1500:]]
        return "\n".join(lines)

    # ---- What is wanted

    def settle(self, seconds):
        """Until the stream holds nothing. The consumer's numbers aren't asked: nats-server 2.9 may leave documents in a stream whose replica was away,
        acknowledged or never delivered, and has the consumer say that all is done. Whenever nothing moves, setup --update has them delivered again."""
        end, self.left, before, moved = time.monotonic() + seconds * SLOW, [], None, time.monotonic()
        while (state := self.nats.stream("DOCS")["state"])["messages"] > 0:
            consumer = self.nats.consumer("DOCS")
            now = (state, consumer["delivered"]["stream_seq"], consumer["ack_floor"], consumer["num_ack_pending"])
            if now != before:
                before, moved = now, time.monotonic()
            elif time.monotonic() - moved > 10:
                done = set_up(self.cluster.urls, *self.setup_args, "--update")
                self.left += re.findall(r"(\d+) are acknowledged and were not removed", done.stdout)
                moved = time.monotonic()
            assert time.monotonic() < end, self.story()
            time.sleep(0.2)

    def check(self, names, poison, seconds, servers_lose=False):
        """With servers_lose some may be missing (self.missing); none is there twice all the same, and none is strange."""
        self.settle(seconds)
        results, dead = (self.nats.read_all(stream, seconds=120 + len(names) / 500) for stream in ("RESULTS", "DEAD"))
        seen = collections.Counter(headers["Nats-Msg-Id"] for _, headers, _, _ in results)
        twice = [name for name, n in seen.items() if n > 1]
        assert not twice, f"{len(twice)} results are there twice: {twice[:5]}"
        buried = collections.Counter(headers["Nats-Msg-Id"] for _, headers, _, _ in dead)
        self.missing = (set(names) - set(seen)) | (set(poison) - set(buried))
        assert servers_lose or not self.missing, f"{len(self.missing)} documents have neither result nor letter: {sorted(self.missing)[:5]}"
        assert set(seen) <= set(names)
        assert buried <= collections.Counter(poison), [(h["Nats-Msg-Id"], h["Textd-Error-Code"], h["Textd-Error"]) for _, h, _, _ in dead if h["Nats-Msg-Id"] not in poison][:5]
        for _, headers, data, _ in results[:: max(1, len(results) // 500)]:
            assert msgpack.unpackb(data)["results"]["echo"]["text"] == f"document {headers['Nats-Msg-Id']}"


def documents(n, poison_every=500):
    names, poison, all_of_them = [], [], []
    for i in range(n):
        if i % poison_every == poison_every - 1:
            poison.append(f"p{i}")
            all_of_them.append((f"DOCS.p{i % 7}", b"CRASH", {"Nats-Msg-Id": f"p{i}", "Textd-Pipeline": "faulty", "Content-Type": "text/plain"}))
        else:
            names.append(f"d{i}")
            all_of_them.append((f"DOCS.d{i % 7}", msgpack.packb({"id": i, "text": f"document d{i}"}), {"Nats-Msg-Id": f"d{i}"}))
    return names, poison, all_of_them


def paced(all_of_them, seconds):
    """Evenly over that time, so that there is something to lose at each kill."""
    began = time.monotonic()
    for i, document in enumerate(all_of_them):
        if i % 100 == 0:
            time.sleep(max(0, began + seconds * i / len(all_of_them) - time.monotonic()))
        yield document


@contextlib.contextmanager
def publishing(field, all_of_them, seconds=0):
    wrong = []

    def work():
        try:
            field.nats.store_many(paced(all_of_them, seconds), seconds=2000)
        except BaseException as e:
            wrong.append(e)

    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    thread.join()
    assert not wrong, wrong


@pytest.mark.skipif(TORTURE, reason="the long form is run")
def test_each_document_has_one_result_whatever_is_killed():
    with contextlib.ExitStack() as stack:
        field = Field(stack)
        names, poison, all_of_them = documents(2500)
        watch = Watch(field.nats, "RESULTS.>")
        with publishing(field, all_of_them):
            wait_for("some results", lambda: watch.seen > 200)
            field.kill_bridge()
            field.kill_worker()
            wait_for("more results", lambda: watch.seen > 500, 30)
            field.kill_node(field.leader("results"))
            field.kill_daemon()
        field.check(names, poison, 60)
        for bridge in field.bridges:
            assert bridge.stop() == 0


@pytest.mark.skipif(not TORTURE, reason="the short form is run")
def test_200_000_documents_under_kills_of_everything():
    n = int(os.environ.get("TEXTD_DOCUMENTS", 200_000))
    chance = random.Random(int(os.environ.get("TEXTD_SEED", 1)))
    with contextlib.ExitStack() as stack:
        field = Field(stack)
        names, poison, all_of_them = documents(n)
        watch = Watch(field.nats, "RESULTS.>")
        began, kills, slowest_pause = time.monotonic(), collections.Counter(), 3.0
        acts = [("a worker", field.kill_worker), ("a daemon", field.kill_daemon), ("a bridge", field.kill_bridge), ("a bridge stopped", field.stop_bridge),
                ("the results' leader", lambda: field.kill_node(field.leader("results"), chance.choice((0, 1, 5)))),
                ("the documents' leader", lambda: field.kill_node(field.leader("documents"), chance.choice((0, 1, 5)))),
                ("the consumer's leader", lambda: field.kill_node(field.leader("consumer"), chance.choice((0, 1, 5)))),
                ("any node", lambda: field.kill_node(chance.choice(field.cluster.nodes)))]
        with publishing(field, all_of_them, float(os.environ.get("TEXTD_SECONDS", 300))) as publisher:
            while publisher.is_alive() or field.nats.consumer("DOCS")["num_pending"] > 500:
                field.wait_whole()
                what, act = chance.choice(acts)
                watch.event = what
                act()
                kills[what] += 1
                time.sleep(chance.uniform(0.5, slowest_pause))
                if time.monotonic() - began > 3000:
                    pytest.fail(f"not done after 50 minutes: {watch.seen} results, {kills}")
        field.check(names, poison, 300)
        took = time.monotonic() - began
        for bridge in field.bridges:
            field.note(bridge)
            assert bridge.stop() == 0
        interesting = ("documents", "redeliveries", "again", "duplicates", "id_clashes", "published_again", "acknowledged_again", "overloaded", "lost", "returned",
                       "pulls_lost")
        print(f"\n{n} documents, {len(poison)} of them poison, in {took:.0f} s ({n / took:.0f} a second); each has one result or one dead letter")
        print(f"kills: {dict(kills)}")
        print(f"acknowledged and left in the stream by the servers, until they were delivered again: {field.left or 0}")
        print(f"longest silence between two results: {watch.silence:.1f} s, after: {watch.where}")
        print("bridges, as last seen before each ended: " + ", ".join(f"{k} {field.counts[k + '_total']:.0f}" for k in interesting))
