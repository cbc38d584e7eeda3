"""Exactly once while the network is divided: each nats-server in a network namespace of its own, and links that are cut. Needs root. Only with
TEXTD_TORTURE=1 (`make cluster-test`).

nats-server 2.9.10 itself may lose what it has confirmed when a leader is cut off, above all on a busy machine: two leaders give out the same
sequences, and one's messages are gone once they agree. So textd-nats is held to what it can keep: it acknowledges no document before a server has
confirmed its result or dead letter. Documents that are missing all the same are the servers', and are counted.

The test runs itself once more within a new network namespace, so that its devices are nobody else's and go with it.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cluster  # noqa: E402
from conftest import wait_for  # noqa: E402
from test_20_cluster import Field, Watch, documents, publishing  # noqa: E402
from wire import Nats  # noqa: E402

INSIDE = "TEXTD_INSIDE_NAMESPACE" in os.environ


def missing():
    if cluster.missing():
        return cluster.missing()
    if "TEXTD_TORTURE" not in os.environ:
        return "only with TEXTD_TORTURE=1"
    if os.getuid() != 0 or not shutil.which("ip") or not shutil.which("nsenter"):
        return "needs root, ip (Debian: iproute2) and nsenter"
    if subprocess.run(["unshare", "-n", "ip", "link", "add", "x", "type", "bridge"], capture_output=True).returncode:
        return "network namespaces can't be had here"
    return None


pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


class Witness:
    """Hears at one node what its clients are told and say: which documents were given to a bridge, and by which acknowledgement's subject; which
    results and letters were published, and confirmed; what was acknowledged."""

    def __init__(self, port):
        self.given, self.published, self.told, self.acknowledged = {}, {}, set(), set()
        self.nats = Nats([port])
        for subject in ("DOCS.>", "RESULTS.>", "DEAD.>", "$JS.ACK.DOCS.>", "_INBOX.>"):
            self.nats.subscribe(subject, self.take)

    def take(self, message):
        name = message.headers.get("Nats-Msg-Id")
        if message.subject.startswith("$JS.ACK."):
            if message.data in (b"+ACK", b"+TERM"):
                self.acknowledged.add(message.subject)
        elif name and message.reply and message.reply.startswith("$JS.ACK.DOCS."):
            self.given[message.reply] = name
        elif name and message.subject.startswith(("RESULTS.", "DEAD.")):
            self.published[message.reply] = name
        elif message.data.startswith((b'{"stream":"RESULTS"', b'{"stream":"DEAD"')):
            if message.json().get("seq", 0) > 0:
                self.told.add(message.subject)


def judge(witnesses):
    """The names that were confirmed. Nothing was acknowledged that wasn't."""
    published, given = {}, {}
    for witness in witnesses:
        published.update(witness.published)
        given.update(witness.given)
    confirmed = {published[reply] for witness in witnesses for reply in witness.told if reply in published}
    acknowledged = {given[reply] for witness in witnesses for reply in witness.acknowledged if reply in given}
    assert len(acknowledged) > len(confirmed) / 2, "the witnesses heard too little"
    assert acknowledged <= confirmed, f"acknowledged, and no result was confirmed: {sorted(acknowledged - confirmed)[:5]}"
    return confirmed


@pytest.mark.skipif(INSIDE, reason="this is the inner one")
def test_a_divided_network_loses_nothing():
    done = subprocess.run(["unshare", "-n", sys.executable, "-B", "-m", "pytest", "-q", "-s", "--tb=short", "-p", "no:cacheprovider", __file__],
                          env={**os.environ, "TEXTD_INSIDE_NAMESPACE": "1"}, capture_output=True, text=True, timeout=900)
    print(done.stdout[-4000:])
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.skipif(not INSIDE, reason="the outer one runs it")
def test_inside():
    n = int(os.environ.get("TEXTD_DIVIDED_DOCUMENTS", 20_000))
    with contextlib.ExitStack() as stack:
        field = Field(stack, servers=cluster.Divided())
        names, poison, all_of_them = documents(n)
        watch = Watch(field.nats, "RESULTS.>")
        witnesses = [Witness(port) for port in field.cluster.ports]
        cuts = 0
        with publishing(field, all_of_them, 60) as publisher:
            for what in ("results", "consumer", "documents", "results"):
                wait_for("some results more", lambda seen=watch.seen: watch.seen > seen + 200 or not publisher.is_alive(), 90)
                field.wait_whole()
                node = field.leader(what)
                watch.event = f"the {what}' leader was cut off"
                field.cluster.cut(node)
                time.sleep(8)
                field.cluster.mend(node)
                cuts += 1
        field.check(names, poison, 240, servers_lose=True)
        confirmed = judge(witnesses)
        for bridge in field.bridges:
            field.note(bridge)
            assert bridge.stop() == 0
        print(f"\n{n} documents over {cuts} cuts of a leader's link, 8 s each: each has one result or one dead letter, "
              f"but {len(field.missing)} that the servers lost, {len(field.missing & confirmed)} of them with a result that they had confirmed; left in the stream "
              f"until they were delivered again: {field.left or 0}; "
              f"longest silence {watch.silence:.1f} s, redeliveries {field.counts['redeliveries_total']:.0f}, duplicates {field.counts['duplicates_total']:.0f}")
