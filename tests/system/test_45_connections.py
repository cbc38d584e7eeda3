"""Connections, descriptors, sockets and the log: what a neighbour, an operator and the system may do to them."""

import json
import os
import re
import resource
import signal
import stat
import threading
import time
from pathlib import Path

import pytest
import zmq

from conftest import BAD, LOOKED_INTO, SLOW, Client, plugins, wait_for


def descriptors(pid):
    found = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found[int(name)] = os.readlink(f"/proc/{pid}/fd/{name}")
        except FileNotFoundError:
            pass
    return found


def ready(daemon):
    return sum(worker["state"] == "ready" for worker in daemon.control(op="worker.list")["workers"])


# ---- Peers


def test_a_routing_id_that_is_taken_gets_nobody_elses_replies(textd):
    daemon = textd(plugins("fault"))
    first = daemon.client()
    first.socket.close()
    second = daemon.client()
    second.socket.close()
    for client in (first, second):
        client.socket = client.context.socket(zmq.DEALER)
        client.socket.linger = 0
        client.socket.routing_id = b"the same"
    first.socket.connect(daemon.endpoint)
    assert first.ask("abc", id="before")["ok"]
    first.annotate(f"SLEEP {100 * SLOW}", id="mine")
    second.socket.connect(daemon.endpoint)
    second.annotate("abc", id="theirs")
    assert first.receive()["id"] == "mine"
    assert second.is_silent(0.1)
    assert first.ask("abc", id="after")["ok"]


def test_a_client_finds_the_next_daemon_by_itself(textd):
    first = textd(plugins("fault"))
    client = first.client()
    assert client.ask("abc")["ok"]
    first.stop()
    second = textd({**plugins("fault"), "endpoints": [first.endpoint]}, wait=False)
    second.endpoint = first.endpoint
    second.client().request({"op": "ping"})
    wait_for("the old connection to be made again", lambda: client.annotate("abc") and client.socket.poll(100))
    assert client.receive()["ok"]


def test_a_client_that_reads_late_gets_all_in_order(textd):
    daemon = textd(plugins("echo", workers=1))
    late = daemon.client()
    late.socket.close()
    late.socket = late.context.socket(zmq.DEALER)
    late.socket.linger = 0
    late.socket.rcvhwm = 1
    late.socket.connect(daemon.endpoint)
    ids = [late.annotate("x" * 50_000) for _ in range(600)]
    wait_for("all to be done", lambda: daemon.control(op="status")["counters"]["documents_answered"] == 600, 20)
    assert [late.receive()["id"] for _ in ids] == ids


def test_clients_come_and_go_without_trace(textd):
    daemon = textd(plugins("fault"), env=LOOKED_INTO)
    daemon.client().ask("abc")

    def visit(n):
        for number in range(n):
            client = Client(daemon.endpoint, zmq.REQ if number % 2 else zmq.DEALER)
            assert client.ask("abc")["ok"]
            client.close()

    def visit_and_leave(n):  # how many are there at once, of whom some are on their way out, is what memory goes by
        visit(n)
        wait_for("the descriptors to be given back", lambda: len(descriptors(daemon.supervisor_pid)) < 45)

    visit_and_leave(100)
    before = daemon.rss_kib()
    for _ in range(10):
        visit_and_leave(50)
    if SLOW == 1:
        assert daemon.rss_kib() - before < 2048


def test_lost_workers_leave_no_descriptor_behind(textd):
    daemon = textd(plugins("fault"), env=LOOKED_INTO)
    client = daemon.client()
    client.error("CRASH")
    wait_for("the worker to be replaced", lambda: ready(daemon) == 2)
    control = daemon.client(endpoint=daemon.control_endpoint)
    before = len(descriptors(daemon.supervisor_pid))
    for _ in range(30):
        client.error("CRASH")
    wait_for("the worker to be replaced", lambda: sum(w["state"] == "ready" for w in control.request({"op": "worker.list"})["workers"]) == 2)
    wait_for("the descriptors to be given back", lambda: len(descriptors(daemon.supervisor_pid)) <= before + 1)


def test_a_worker_holds_its_channel_and_nothing_of_the_servers(textd):
    daemon = textd(plugins("fault"), env=LOOKED_INTO)
    sockets = []
    for pid in daemon.worker_pids():
        found = descriptors(pid)
        assert sorted(found) == [0, 1, 2, 3], "the page that it shares with the supervisor is mapped, and closed"
        assert found[0] == "/dev/null"
        assert found[1] == found[2] and found[1].startswith("pipe:")
        sockets += [found[2], found[3]]
    assert len(set(sockets)) == 4, "each has its own channel, and its own pipe for what it prints"


# ---- Descriptors run out


def limit_descriptors(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_clients_beyond_the_descriptors_wait_and_those_inside_are_served(textd):
    daemon = textd(plugins("fault"), before_exec=limit_descriptors(64, 64))
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    assert client.ask("abc")["ok"]
    crowd = [daemon.client() for _ in range(100)]
    for one in crowd:
        one.annotate("abc")

    def answered():
        assert daemon.process.poll() is None, daemon.log()[-500:]
        return {one for one in crowd if one.socket.poll(0)}

    first = wait_for("some of the crowd to be in", answered)
    for _ in range(20):
        assert client.ask("abc")["ok"]
    while len(first) < len(crowd):  # those who were served leave, and the next come in
        for one in first:
            one.close()
        crowd = [one for one in crowd if one not in first]
        first = wait_for("the next to be in", answered)
    wait_for("it to say that all is well", lambda: control.request({"op": "ping"})["listening"])
    assert len(daemon.logged("server.deaf", reason="descriptors")) == len(daemon.logged("server.listening")) == 1


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("kind", ["ipc", "tcp"])
def test_without_descriptors_it_idles_and_says_so(textd, kind):
    """Those who wait must not cost more than their own tries, and what a new worker needs is there."""
    daemon = textd({**plugins("fault"), **({"endpoints": ["tcp://127.0.0.1:*"]} if kind == "tcp" else {})},
                   before_exec=limit_descriptors(64, 64), wait=kind == "ipc")
    if kind == "tcp":
        daemon.wait_logged("server.ready")
        [daemon.endpoint] = re.findall(r"endpoint=(tcp:\S+)", daemon.log())
    inside, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    assert inside.ask("abc")["ok"] and control.request({"op": "ping"})["listening"]
    crowd = [daemon.client() for _ in range(60)]
    for one in crowd:
        one.annotate("abc")
    daemon.wait_logged("server.deaf", reason="descriptors")
    assert not control.request({"op": "ping"})["listening"]
    before = cpu_seconds(daemon.supervisor_pid)
    time.sleep(0.5)  # a time is what is measured
    assert cpu_seconds(daemon.supervisor_pid) - before < 0.1 * SLOW
    inside.error("CRASH")
    wait_for("the worker to be replaced", lambda: control.request({"op": "ping"})["workers"] == 2)
    assert daemon.control(op="ping")["ok"], "an operator who comes only now gets in"
    assert control.request({"op": "status"})["listening"]["turned_away"] > 0
    assert len(daemon.logged("server.deaf")) == 1 and not daemon.logged("server.listening")


def test_a_thousand_connections_are_no_feat(textd):
    """The soft limit of most systems is 1024: textd asks for all that it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4096:
        pytest.skip("this system allows too few descriptors")
    daemon = textd(plugins("fault"), before_exec=limit_descriptors(1024, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # for the clients, which are here
    context = zmq.Context()
    context.set(zmq.MAX_SOCKETS, 2000)
    try:
        sockets = []
        for _ in range(1100):
            socket = context.socket(zmq.DEALER)
            socket.linger = 0
            socket.connect(daemon.endpoint)
            socket.send(b"\x82\xa2id\x01\xa4text\xa1x")
            sockets.append(socket)

        def all_are_answered():
            assert daemon.process.poll() is None, daemon.log()[-500:]
            return all(socket.poll(0) for socket in sockets)

        wait_for("all to be answered", all_are_answered, 20)
    finally:
        context.destroy(linger=0)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_worker_that_cannot_be_replaced_now_is_replaced_later(textd):
    daemon = textd(plugins("fault"))
    client, control = daemon.client(), daemon.client(endpoint=daemon.control_endpoint)
    assert client.ask("abc")["ok"] and control.request({"op": "ping"})["ok"]
    resource.prlimit(daemon.supervisor_pid, resource.RLIMIT_NOFILE, (8, 4096))  # not one more, whatever is closed
    for pid in daemon.worker_pids():
        os.kill(pid, signal.SIGKILL)
    daemon.wait_logged("worker.spawn_failed")
    waiting = client.annotate("abc")
    wait_for("it to say so", lambda: control.request({"op": "ping"})["workers"] == 0)
    resource.prlimit(daemon.supervisor_pid, resource.RLIMIT_NOFILE, (4096, 4096))
    assert client.receive_all([waiting])[waiting]["ok"]
    wait_for("both to be back", lambda: control.request({"op": "ping"})["workers"] == 2)


# ---- Paths


def test_a_file_that_is_no_socket_is_never_removed(textd, tmp_path):
    path = tmp_path / "precious"
    path.write_text("years of work")
    daemon = textd({**plugins("fault"), "endpoints": [f"ipc://{path}"]}, wait=False)
    wait_for("it to start or to give up", lambda: daemon.process.poll() is not None or daemon.logged("server.ready"))
    assert stat.S_ISREG(path.stat().st_mode) and path.read_text() == "years of work"
    assert daemon.exit_code() in (69, 73, 77, 78)
    assert str(path) in daemon.log()


def test_another_programs_socket_is_not_taken_away(textd, tmp_path):
    with zmq.Context() as context, context.socket(zmq.ROUTER) as other:
        other.linger = 0
        other.bind(f"ipc://{tmp_path}/other")
        daemon = textd({**plugins("fault"), "endpoints": [f"ipc://{tmp_path}/other"]}, wait=False)
        wait_for("it to start or to give up", lambda: daemon.process.poll() is not None or daemon.logged("server.ready"))
        with context.socket(zmq.DEALER) as client:
            client.linger = 0
            client.connect(f"ipc://{tmp_path}/other")
            client.send(b"still yours?")
            assert other.poll(2000 * SLOW), "the other program has lost its clients"
        assert daemon.exit_code() == 69
        assert f"ipc://{tmp_path}/other is in use" in daemon.log()


def test_nothing_is_left_in_the_run_directory(textd):
    daemon = textd(plugins("fault"))
    assert daemon.client().ask("abc")["ok"]
    daemon.stop()
    assert sorted(path.name for path in daemon.run.iterdir()) == ["log", "textd.yaml"]


# ---- Start and stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_while_it_starts(textd, tmp_path, number):
    """However long a plugin takes to load, nobody waits for it in vain."""
    daemon = textd(plugins("create_slow", directory=BAD / "create_slow"), wait=False)
    wait_for("a worker to be loading", daemon.worker_pids)
    workers = daemon.worker_pids()
    daemon.process.send_signal(number)
    assert daemon.exit_code(5) == 0
    daemon.check_remains(workers)


def test_it_goes_quietly_whenever_it_is_told(textd):
    for n in range(10):
        daemon = textd(plugins("fault"), wait=False)
        wait_for("a worker", daemon.worker_pids)
        time.sleep(n / 1000)  # no state to wait for: any moment of the start will do
        workers = daemon.worker_pids()
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.exit_code(5) == 0
        daemon.check_remains(workers)
        assert "level=error" not in daemon.log() and "level=warn" not in daemon.log(), daemon.log()


def test_sigint_drains_as_sigterm_does(faulty):
    daemon, client = faulty
    running = client.annotate(f"SLEEP {100 * SLOW}")
    wait_for("it to be in", lambda: daemon.control(op="status")["documents"] == 1)
    daemon.process.send_signal(signal.SIGINT)
    assert client.receive_all([running])[running]["ok"]
    assert daemon.exit_code() == 0


def test_while_it_drains_it_answers_all_but_new_documents(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    ids = [client.annotate(text) for text in (f"SLEEP {300 * SLOW}", "abc", "abcd")]
    wait_for("them to be in", lambda: daemon.control(op="status")["documents"] == 3)
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_logged("server.drain")
    assert client.request({"op": "ping"})["ok"] and client.request({"op": "describe"})["ok"]
    assert daemon.control(op="status")["state"] == "draining"
    client.send({"op": "cancel", "id": ids[2]})
    codes = {reply["id"]: reply.get("error", {}).get("code") for reply in client.receive_all(ids).values()}
    assert codes == {ids[0]: None, ids[1]: None, ids[2]: "CANCELLED"}
    assert daemon.exit_code() == 0


def test_a_client_that_never_reads_does_not_keep_it_from_going(textd):
    daemon = textd({**plugins("echo"), "server": {"shutdown_grace": "300ms"}})
    deaf = daemon.client()
    deaf.socket.close()
    deaf.socket = deaf.context.socket(zmq.DEALER)
    deaf.socket.linger = 0
    deaf.socket.rcvhwm = 1
    deaf.socket.connect(daemon.endpoint)
    for _ in range(600):
        deaf.annotate("x" * 60_000)
    wait_for("them to be done", lambda: daemon.control(op="status")["counters"]["documents_answered"] == 600)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code(5) == 0


@pytest.mark.parametrize("name", ["destroy_crash", "destroy_hang"])
def test_a_plugin_that_goes_badly_does_not_keep_it_from_going(textd, name):
    daemon = textd(plugins(name, directory=BAD / name))
    assert daemon.client().ask("abc")["ok"]
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code(5) == 0
    assert "action=respawn" not in daemon.log(), "nothing is respawned now"


# ---- The log


def test_a_clients_words_cannot_forge_a_log_line(textd):
    daemon = textd(plugins("fault"), env={"TEXTD_LOG_LEVEL": "debug"})
    client = daemon.client()
    for word in ('x\nts=0 level=error event=forged', 'x" event=forged y="', "\x1b[31mred\r\x00"):
        client.ask("abc", id=word)
        client.error("abc", id=word, pipeline=word)
        client.error("FAIL", id=word)
        client.ask("abc", trace=word)
    daemon.stop()
    assert not [line for line in daemon.log().splitlines() if line.startswith("ts=0")]
    assert not daemon.logged("forged") or all('\\"' in line for line in daemon.logged("forged"))
    assert "\x1b" not in daemon.log() and "\0" not in daemon.log() and "\r" not in daemon.log()


def test_every_line_of_a_json_log_is_an_object(textd):
    daemon = textd(plugins("fault"), env={"TEXTD_LOG_FORMAT": "json", "TEXTD_LOG_LEVEL": "debug"})
    client = daemon.client()
    for word in ('"', "\\", "\n\t\x01", "ü😀\u2028", b"\xff\x00"):
        client.ask("abc", id=word)
        client.error("FAIL", id=word)
    client.error("CRASH")
    client.request(b"\xc1")
    daemon.stop()
    lines = [json.loads(line) for line in daemon.log().splitlines()]
    assert len(lines) > 10 and all(line["event"] and line["level"] for line in lines)
    assert {line.get("doc") for line in lines if line["event"] == "doc.failed"} >= {'"', "\\", "\n\t\x01", "ü😀\u2028", "ff00"}


def test_the_trace_is_in_the_log(textd):
    """What a document cost and why it failed can be found by the trace that its sender knows."""
    daemon = textd(plugins("fault"), env={"TEXTD_LOG_LEVEL": "debug"})
    client = daemon.client()
    client.ask("abc", trace="00-11111111111111111111111111111111-1111111111111111-01")
    client.error("FAIL", trace="00-22222222222222222222222222222222-2222222222222222-01")
    client.error("abc", pipeline="none", trace="00-33333333333333333333333333333333-3333333333333333-01")
    daemon.stop()
    for event, digit in (("doc.done", "1"), ("doc.failed", "2"), ("request.refused", "3")):
        assert any(digit * 32 in line for line in daemon.logged(event)), event


def test_an_untroubled_life_is_logged_without_a_warning(faulty):
    daemon, client = faulty
    for n in range(100):
        client.ask("x" * n)
    client.request({"op": "describe"})
    daemon.stop()
    assert not [line for line in daemon.log().splitlines() if "level=warn" in line or "level=error" in line]


def test_signals_cost_no_reply(textd):
    """libzmq's calls end with EINTR when a signal comes at the wrong moment; every worker's death is one (SIGCHLD) to the parent."""
    daemon = textd(plugins("echo"))
    clients = [daemon.client() for _ in range(4)]
    over = threading.Event()
    pids = daemon.pid, daemon.supervisor_pid

    def bombard():
        while not over.is_set():
            for number in range(1000):
                os.kill(pids[number % 2], signal.SIGCHLD)
            time.sleep(0.001)  # or it would do nothing else

    thread = threading.Thread(target=bombard)
    thread.start()
    try:
        for _ in range(60):
            ids = [[client.annotate("abc") for _ in range(50)] for client in clients]
            for client, wanted in zip(clients, ids):
                client.receive_all(wanted)
            assert daemon.control(op="ping")["ok"]
    finally:
        over.set()
        thread.join()
    assert not daemon.logged("client.gone")
