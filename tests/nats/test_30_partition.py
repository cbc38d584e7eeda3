"""Exactly once while the network is divided: each nats-server in a network namespace of its own, and links that are cut. Needs root. Only with
TEXTD_TORTURE=1 (`make cluster-test`).

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
        field.check(names, poison, 180)
        for bridge in field.bridges:
            field.note(bridge)
            assert bridge.stop() == 0
        print(f"\n{n} documents over {cuts} cuts of a leader's link, 8 s each: each has one result or one dead letter; "
              f"longest silence {watch.silence:.1f} s, redeliveries {field.counts['redeliveries_total']:.0f}, duplicates {field.counts['duplicates_total']:.0f}")
