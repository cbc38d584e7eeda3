"""Many documents, many clients, bad neighbours: each document has its one reply, and memory has its bounds."""

import random
import shutil
import threading

import zmq

from conftest import GOOD, SLOW, Client, plugins, wait_for


def test_ten_thousand_in_flight_are_each_answered_once_with_their_own(textd):
    daemon = textd(plugins("echo"))
    client = daemon.client()
    texts = {client.annotate(f"document {n} " + "x" * (n % 500)): None for n in range(10_000)}
    for ident, reply in client.receive_all(texts, seconds=60).items():
        n = ident - 1
        assert reply["results"]["echo"]["text"] == f"document {n} " + "x" * (n % 500)
    assert client.is_silent()


def test_many_clients_at_once(textd):
    daemon = textd(plugins("echo"))
    failures = []

    def work(number):
        client = Client(daemon.endpoint, random.choice([zmq.DEALER, zmq.REQ]))
        try:
            for n in range(100):
                text = f"client {number} document {n}"
                if client.result(text, "echo")["text"] != text:
                    failures.append(text)
        except BaseException as failure:  # noqa: BLE001: pytest.fail raises from a thread, too
            failures.append(failure)
        finally:
            client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60 * SLOW)
    assert not failures and not any(thread.is_alive() for thread in threads)
    assert daemon.control(op="status")["counters"]["documents_answered"] == 3000


def test_a_client_that_vanishes_costs_nobody_else(textd):
    daemon = textd(plugins("fault", workers=1))
    leaver, stayer = daemon.client(), daemon.client()
    for _ in range(50):
        leaver.annotate(f"SLEEP {20 * SLOW}")
    wait_for("them to be taken in", lambda: daemon.control(op="status")["documents"] >= 40)
    leaver.close()
    assert stayer.ask("abc")["ok"]
    daemon.wait_logged("client.gone")
    wait_for("what waited for it to be dropped", lambda: daemon.control(op="status")["documents"] == 0)
    assert daemon.control(op="status")["counters"]["documents_dropped"] > 0
    assert stayer.ask("abc")["ok"]


def test_a_client_that_never_reads_is_bounded_and_alone(textd):
    daemon = textd(plugins("echo", client={"reply_bytes": "4MiB"}))
    deaf, other = daemon.client(), daemon.client()
    deaf.socket.close()
    deaf.socket = deaf.context.socket(zmq.DEALER)
    deaf.socket.linger = 0
    deaf.socket.rcvhwm = 1
    deaf.socket.connect(daemon.endpoint)
    before = daemon.rss_kib()
    for n in range(60):
        for _ in range(20):
            deaf.annotate("x" * 60_000)
        assert other.ask("abc")["ok"], "a deaf neighbour must not be felt"
    wait_for("its documents to be done", lambda: daemon.control(op="status")["documents"] == 0, 60)
    assert daemon.control(op="status")["counters"]["replies_dropped_slow"] > 0
    assert daemon.logged("reply.dropped")
    # 1200 replies of 60 kB are 72 MB, beside as much of requests: kept are the outbox's 4 MiB, libzmq's pipe of 256, the
    # sockets' buffers, and what the heap has not given back yet.
    if SLOW == 1:
        assert daemon.rss_kib() - before < 100_000
    assert other.ask("abc")["ok"]


def test_a_flood_makes_nobody_else_wait_for_its_end(textd):
    daemon = textd(plugins("fault", workers=1))
    flood, polite = daemon.client(), daemon.client()
    ids = [flood.annotate("SLEEP 1") for _ in range(2000)]
    wait_for("the flood to be in", lambda: daemon.control(op="status")["documents"] > 1500)
    assert all(polite.ask("abc", seconds=5)["ok"] for _ in range(5))
    assert daemon.control(op="status")["documents"] > 500, "the polite ones were answered while the flood still waits"
    assert len(flood.receive_all(ids, seconds=60)) == 2000


def test_a_connections_share_is_bounded(textd):
    daemon = textd(plugins("fault", workers=1, client={"documents": 10}))
    client, other = daemon.client(), daemon.client()
    ids = [client.annotate(f"SLEEP {50 * SLOW}") for _ in range(15)]
    assert other.ask("abc")["ok"]
    replies = client.receive_all(ids)
    refused = [reply["error"] for reply in replies.values() if not reply["ok"]]
    assert len(refused) == 5
    for error in refused:
        assert error["code"] == "OVERLOADED" and error["retryable"] and 10 <= error["retry_after_ms"] <= 5000
        assert "client.documents is 10" in error["message"]


def test_a_connections_bytes_are_bounded(textd):
    daemon = textd(plugins("fault", workers=1, client={"bytes": "100KiB"}, limits={"document_bytes": "64KiB"}))
    client = daemon.client()
    ids = [client.annotate("SLEEP 100 " + "x" * 30_000) for _ in range(6)]
    codes = [reply["error"]["code"] for reply in client.receive_all(ids).values() if not reply["ok"]]
    assert codes == ["OVERLOADED"] * 3


def test_a_document_waits_behind_the_one_that_was_begun_first(textd, tmp_path):
    gates = {"one": tmp_path / "gate one", "two": tmp_path / "gate two"}
    for name in (*gates, "echo"):  # a copy each, so that each has a gate of its own
        shutil.copy(GOOD / f"{'echo' if name == 'echo' else 'hold'}.so", tmp_path / f"{name}.so")
    held = [{"name": name, "options": {"process": str(gate)}, "grants": [f"read:{tmp_path}"]} for name, gate in gates.items()]
    daemon = textd(plugins(*held, "echo", directory=tmp_path, workers=2))
    client = daemon.client()

    def hold(name):
        gates[name].touch()
        ident = client.annotate("HOLD", plugins=[name])
        wait_for("it to run", lambda: name in [w.get("plugin") for w in daemon.control(op="worker.list")["workers"]])
        return ident

    hold("one")
    earlier = hold("two")
    gates["one"].unlink()
    assert client.receive()["ok"]
    later = hold("one")  # by the first worker, which has been at it for less long than the second at its own
    behind = client.annotate("x", plugins=["echo"])
    assert client.is_silent()
    gates["two"].unlink()
    assert [client.receive()["id"], client.receive()["id"]] == [earlier, behind]
    gates["one"].unlink()
    assert client.receive()["id"] == later


def test_the_queue_is_bounded(textd):
    daemon = textd(plugins("fault", workers=1, queue={"documents": 20}))
    clients = [daemon.client() for _ in range(4)]
    ids = {client: [client.annotate(f"SLEEP {20 * SLOW}") for _ in range(20)] for client in clients}
    replies = [reply for client in clients for reply in client.receive_all(ids[client]).values()]
    refused = [reply["error"] for reply in replies if not reply["ok"]]
    assert 0 < len(refused) <= 80 - 20
    assert all(error["code"] == "OVERLOADED" and "queue.documents is 20" in error["message"] for error in refused)


def test_the_queues_bytes_are_bounded(textd):
    sizes = {"queue": {"bytes": "1MiB"}, "client": {"bytes": "1MiB"}, "limits": {"document_bytes": "512KiB"}}
    daemon = textd(plugins("fault", workers=1, **sizes))
    clients = [daemon.client() for _ in range(3)]
    ids = {client: [client.annotate("SLEEP 100 " + "x" * 200_000) for _ in range(3)] for client in clients}
    replies = [reply for client in clients for reply in client.receive_all(ids[client]).values()]
    assert sum(reply["ok"] for reply in replies) == 5
    assert all("queue.bytes" in reply["error"]["message"] for reply in replies if not reply["ok"])


def test_memory_does_not_grow_with_documents(textd):
    daemon = textd(plugins("echo", "fault"))
    client = daemon.client()

    def run(n):
        for start in range(0, n, 500):
            client.receive_all([client.annotate("some text " * (1 + i % 50)) for i in range(start, start + 500)])

    run(3000)
    pids = [daemon.pid, daemon.supervisor_pid, *daemon.worker_pids()]
    before = [daemon.rss_kib(pid) for pid in pids]
    run(10_000)
    if SLOW == 1:  # the supervisor gives free memory back in the first quiet second
        wait_for("memory to be as it was", lambda: all(daemon.rss_kib(pid) - kib < 1024 for pid, kib in zip(pids, before)), 3)


def test_large_and_small_side_by_side(textd):
    daemon = textd(plugins("echo"))
    client = daemon.client()
    dice = random.Random(9)
    texts = {}
    for n in range(300):
        size = dice.choice([0, 10, 1000, 70_000, 1_000_000 if n % 30 == 0 else 100])
        text = chr(97 + n % 26) * size
        texts[client.annotate(text)] = text
    for ident, reply in client.receive_all(texts, seconds=60).items():
        assert reply["results"]["echo"]["text"] == texts[ident]
