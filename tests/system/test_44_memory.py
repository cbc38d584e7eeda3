"""What clients may make the supervisor hold."""

import os
from pathlib import Path

from conftest import SLOW, plugins, wait_for

def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---- Ids


def fill(daemon, n, **keys):
    """Puts n documents into the queue, behind one that takes its time."""
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    client.annotate("SLEEP 60000", id="first")
    for i in range(n):
        client.annotate("abc", **{"id": i, **keys})
    wait_for("them to be in", lambda: control.request({"op": "status"})["documents"] == n + 1)
    return client


def test_a_cancel_costs_the_same_beside_many_documents(textd):
    daemon = textd(plugins("fault", workers=1, server={"shutdown_grace": "0s"}))
    client = fill(daemon, 15_000)
    before = cpu_seconds(daemon.pid)
    for i in range(6000):
        client.send({"op": "cancel", "id": 20_000 + i})
    codes = {client.receive()["error"]["code"] for _ in range(6000)}
    assert codes == {"BAD_REQUEST"}
    assert cpu_seconds(daemon.pid) - before < 0.15 * SLOW, "it was up to 0.6 ms for each"
    before = cpu_seconds(daemon.pid)
    for i in range(14_000):
        client.send({"op": "cancel", "id": i})
    cancelled = client.receive_all(range(14_000))
    assert {reply["error"]["code"] for reply in cancelled.values()} == {"CANCELLED"}
    assert cpu_seconds(daemon.pid) - before < 1.5 * SLOW


def test_documents_of_one_id_are_cancelled_in_their_order(textd):
    daemon = textd(plugins("fault", workers=1, server={"shutdown_grace": "0s"}))
    client = fill(daemon, 3000, id="same")
    for n in range(3000):
        client.send({"op": "cancel", "id": "same"})
    for n in range(3000):
        assert client.receive()["error"]["code"] == "CANCELLED"
    client.send({"op": "cancel", "id": "same"})
    assert client.receive()["error"]["code"] == "BAD_REQUEST"
    assert daemon.control(op="status")["documents"] == 1
