"""The process that was started: it keeps a supervisor running, and everything ends with it."""

import ctypes
import contextlib
import json
import os
import pty
import re
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

import msgpack
import pytest
import zmq

from conftest import BAD, BIN, LOOKED_INTO, SLOW, Client, environment, is_gone, plugins, wait_for


def processes(daemon):
    return [daemon.pid, daemon.supervisor_pid, *daemon.worker_pids()]


def kill_supervisor(daemon):
    """SIGKILL; returns when another one answers."""
    before = daemon.supervisor_pid
    os.kill(before, signal.SIGKILL)
    wait_for("another supervisor", lambda: daemon.supervisor_pid not in (None, before))
    assert Client(daemon.endpoint).request({"op": "ping"})["ok"]
    return before


# ---- It is started again


def test_a_supervisor_that_was_killed_is_started_again(textd):
    daemon = textd(plugins("fault"))
    workers = daemon.worker_pids()
    before = kill_supervisor(daemon)
    assert daemon.process.poll() is None
    assert all(is_gone(pid) for pid in workers), "the dead one's workers are gone before the new one listens"
    [lost] = daemon.logged("supervisor.lost", pid=before, death='"signal SIGKILL"', action="restart")
    [line] = daemon.wait_logged("server.restarted", before=before, death='"signal SIGKILL"', restarts=1)
    status = daemon.control(op="status")
    assert (status["pid"], status["supervisor_pid"], status["restarts"]) == (daemon.pid, daemon.supervisor_pid, 1)
    assert daemon.client().ask("abc")["ok"]


def test_a_death_of_its_own_making_is_one_too(textd):
    """SIGABRT is how a library ends the process."""
    daemon = textd(plugins("fault"))
    before = daemon.supervisor_pid
    os.kill(before, signal.SIGABRT)
    daemon.wait_logged("server.restarted", death='"signal SIGABRT"')
    assert daemon.client().ask("abc")["ok"]


def answered_by(endpoint, stop_at):
    """Connects anew each 5 ms, as nobody should, until one document is answered; returns when that was."""
    context, sockets, poller = zmq.Context.instance(), [], zmq.Poller()
    try:
        while time.monotonic() < stop_at:
            client = context.socket(zmq.DEALER)
            client.linger = 0
            client.connect(endpoint)
            client.send(msgpack.packb({"id": 1, "text": "abc"}))
            sockets.append(client)
            poller.register(client, zmq.POLLIN)
            if poller.poll(5):
                return time.monotonic()
        pytest.fail("nothing was answered any more")
    finally:
        for client in sockets:
            client.close()


def test_service_is_back_in_no_time(textd):
    """At full load. bench/run restart measures it; here the bound only keeps it from becoming seconds."""
    daemon = textd(plugins("echo"))
    load = daemon.client()
    for _ in range(2000):
        load.annotate("x" * 500)
    load.receive()
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    begin = time.monotonic()
    assert answered_by(daemon.endpoint, begin + 10 * SLOW) - begin < 3 * SLOW


def test_a_client_of_the_library_loses_nothing(textd, tmp_path):
    daemon = textd(plugins("echo"))
    lines = [f'{{"id":"{n}","text":"word {n}"}}' for n in range(4000)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    command = [str(BIN / "textctl"), "annotate", "-e", daemon.endpoint, "--jsonl", str(tmp_path / "in.jsonl")]
    with open(tmp_path / "out.jsonl", "wb") as out:
        run = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=environment())
        wait_for("it to be under way", lambda: (tmp_path / "out.jsonl").stat().st_size > 1000)
        kill_supervisor(daemon)
        assert run.wait(60 * SLOW) == 0, run.stderr.read()
    found = re.findall(r'"id":"(\d+)"', (tmp_path / "out.jsonl").read_text())
    assert sorted(map(int, found)) == list(range(4000))


def test_a_port_that_was_free_is_opened_again(textd):
    daemon = textd({**plugins("fault"), "endpoints": ["tcp://127.0.0.1:*", "tcp://127.0.0.2:*"]}, wait=False)

    def endpoints():
        return re.findall(r"event=server.listen endpoint=(tcp://\S+)", daemon.log())

    first = wait_for("two ports", lambda: len(endpoints()) == 2 and endpoints())
    client = daemon.client(endpoint=first[1])
    assert client.ask("abc")["ok"]
    for restarts in (1, 2):
        os.kill(daemon.supervisor_pid, signal.SIGKILL)
        daemon.wait_logged("server.restarted", restarts=restarts)
    assert endpoints() == first * 3
    assert daemon.client(endpoint=first[1]).ask("abc")["ok"]


def test_what_keeps_dying_is_started_less_often(textd):
    daemon = textd(plugins("fault"))

    def pause(n):
        """From a death to the next supervisor."""
        before = daemon.supervisor_pid
        begin = time.monotonic()
        os.kill(before, signal.SIGKILL)
        wait_for("the next", lambda: daemon.supervisor_pid not in (None, before))
        took = time.monotonic() - begin
        daemon.wait_logged("server.restarted", restarts=n)
        return took

    pauses = [pause(n) for n in range(1, 5)]
    assert pauses[1] > 0.05 and pauses[2] > 0.1 and pauses[3] > 0.2, pauses
    assert daemon.client().ask("abc")["ok"]


def test_a_start_that_fails_later_is_tried_again(textd):
    """The first start's failure ends it, with its exit code; once it has served, it serves again when it can."""
    daemon = textd(plugins("fault"))
    file = daemon.run / "textd.yaml"
    right = file.read_text()
    file.write_text("no: such: thing")
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    daemon.wait_logged("supervisor.lost", death='"exit code 78"', action="restart")
    file.write_text(right)
    daemon.wait_logged("server.restarted")
    assert daemon.client().ask("abc")["ok"]


def test_it_can_be_stopped_between_two_supervisors(textd):
    daemon = textd(plugins("fault"))
    (daemon.run / "textd.yaml").write_text("no: such: thing")
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    wait_for("a pause of some length", lambda: len(daemon.logged("supervisor.lost", death='"exit code 78"')) > 3)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code(5) == 0


# ---- All end with it


def test_the_parent_killed_ends_all(textd):
    daemon = textd(plugins("fault"))
    pids = processes(daemon)
    daemon.process.kill()
    daemon.process.wait()
    wait_for("all to go", lambda: all(is_gone(pid) for pid in pids))


def test_the_exit_code_is_the_supervisors(textd, tmp_path):
    daemon = textd(plugins("fault"))
    daemon.stop()
    second = textd({**plugins("fault"), "plugins": [{"name": "nowhere"}]}, wait=False)
    assert second.exit_code() == 78
    first = textd(plugins("fault"))
    third = textd({**plugins("fault"), "endpoints": [first.endpoint]}, wait=False)
    assert third.exit_code() == 69


def test_a_supervisor_that_dies_before_it_ever_served_ends_it(textd):
    daemon = textd(plugins("create_slow", directory=BAD / "create_slow"), wait=False)
    wait_for("a worker", daemon.worker_pids)
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    assert daemon.exit_code() == 70
    assert daemon.logged("supervisor.lost", action="end")


def test_the_parent_writes_its_lines_as_the_supervisor_does(textd):
    """Also after a reload that changes how."""
    daemon = textd(plugins("fault"))
    file = daemon.run / "textd.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), "log": {"format": "json"}}))
    assert daemon.control(op="config.reload")["ok"]
    kill_supervisor(daemon)
    assert any(json.loads(line)["event"] == "supervisor.lost" for line in daemon.log().splitlines() if line.startswith("{"))


def test_death_while_it_stops_ends_it(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    client.annotate("SLEEP 20000")
    wait_for("it to be taken in", lambda: daemon.control(op="status")["documents"] == 1)
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_logged("server.drain")
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    assert daemon.exit_code(5) == 70
    assert daemon.logged("supervisor.lost", action="end")


def test_one_ctrl_c_is_one_stop(tmp_path):
    """A terminal sends SIGINT to the whole foreground group. Stopped twice, it would not wait for the document."""
    (tmp_path / "run").mkdir(mode=0o700)
    config = tmp_path / "textd.yaml"
    endpoint = f"ipc://{tmp_path}/run/textd.sock"
    config.write_text(json.dumps({"endpoints": [endpoint], **plugins("fault", workers=1)}))
    log = tmp_path / "log"
    pid, terminal = pty.fork()
    if pid == 0:
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600), 2)
        os.execve(BIN / "textd", ["textd", "-c", str(config)], environment(RUNTIME_DIRECTORY=str(tmp_path / "run")))
    try:
        client = Client(endpoint)
        ident = client.annotate(f"SLEEP {300 * SLOW}")
        control = Client(f"ipc://{tmp_path}/run/control.sock")
        wait_for("it to be taken in", lambda: control.request({"op": "status"})["documents"] == 1)
        os.write(terminal, b"\x03")
        reply = client.receive()
        assert reply["ok"] and reply["id"] == ident, reply
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert log.read_text().count("event=server.drain") == 1
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)


def test_a_manager_that_signals_every_process_stops_it_once(textd):
    """systemd's KillMode=control-group."""
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    client.annotate(f"SLEEP {300 * SLOW}")
    wait_for("it to be taken in", lambda: daemon.control(op="status")["documents"] == 1)
    for pid in reversed(processes(daemon)):
        os.kill(pid, signal.SIGTERM)
    assert client.receive()["ok"]
    assert daemon.exit_code() == 0


# ---- Processes

# Where plugins can fork at all.
OFF = {"security": {"sandbox": "off"}}


def test_children_of_a_plugin_end_with_their_worker(textd):
    """In the worker's group (0), in a session of their own (1), and when they got away from it while it lives (2)."""
    daemon = textd(plugins("fault", workers=1, **OFF))
    client = daemon.client()
    for kind in (0, 1, 2):
        [worker] = daemon.worker_pids()
        child = client.result(f"CHILD {kind}", "fault")
        assert not is_gone(child)
        os.kill(worker, signal.SIGKILL)
        wait_for("the child to go", lambda: is_gone(child))
        wait_for("the next worker", lambda: daemon.control(op="ping")["workers"] == 1)


@pytest.mark.parametrize("how", ["stop", "kill the supervisor", "restart the worker"])
def test_children_of_a_plugin_end_with_everything(textd, how):
    daemon = textd(plugins("fault", workers=1, **OFF))
    client = daemon.client()
    children = [client.result(f"CHILD {kind}", "fault") for kind in (0, 1)]
    if how == "stop":
        daemon.stop()
    elif how == "kill the supervisor":
        kill_supervisor(daemon)
    else:
        assert daemon.control(op="worker.restart")["ok"]
    wait_for("the children to go", lambda: all(is_gone(child) for child in children))


def test_who_was_there_before_is_left_alone(tmp_path):
    """`sleep 100 & exec textd`: a child that we have and never made."""
    (tmp_path / "run").mkdir(mode=0o700)
    endpoint = f"ipc://{tmp_path}/run/textd.sock"
    command = f"sleep 1000 & echo $!; exec {BIN}/textd -w 1 -e {endpoint} 2>/dev/null"
    shell = subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, env=environment(RUNTIME_DIRECTORY=str(tmp_path / "run")))
    sleeper = int(shell.stdout.readline())
    try:
        assert Client(endpoint).request({"op": "ping"})["ok"]
        before = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text().split()
        supervisor = next(pid for pid in map(int, before) if b"supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(supervisor, signal.SIGKILL)
        assert Client(endpoint).request({"op": "ping"})["ok"]
        assert not is_gone(sleeper)
        shell.terminate()
        assert shell.wait(10 * SLOW) == 0
        assert not is_gone(sleeper)
    finally:
        shell.kill()
        os.kill(sleeper, signal.SIGKILL)


def test_spawning_that_is_held_up_stops_no_service(textd):
    """The parent is stopped: nobody can be made or ended, and documents are answered."""
    daemon = textd(plugins("fault"))
    client = daemon.client()
    worker = daemon.worker_pids()[0]
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        os.kill(worker, signal.SIGKILL)
        for _ in range(200):
            assert client.ask("abc")["ok"]
        late = client.annotate("HANG", deadline_ms=200)
        assert client.receive()["id"] == late
        assert daemon.control(op="ping")["ok"]
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    wait_for("the worker to be replaced", lambda: daemon.control(op="ping")["workers"] == 2)
    assert client.ask("abc")["ok"]


def test_a_death_that_is_told_late_is_judged_by_how_it_was(textd):
    """The supervisor is held up just when the parent has buried a worker: it sees that the channel has ended some time ago,
    and no process any more. That is no plugin that closed its channel."""
    daemon = textd(plugins("fault", workers=2))
    client, supervisor = daemon.client(), daemon.supervisor_pid
    client.annotate(f"SLEEP {300 * SLOW}")
    find = lambda state: [w["pid"] for w in daemon.control(op="worker.list")["workers"] if w["state"] == state and w["documents"]]
    [worker] = wait_for("it to be run", lambda: find("ready"))
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        os.kill(worker, signal.SIGKILL)
        wait_for("the end of its channel", lambda: find("leaving"))
        os.kill(supervisor, signal.SIGSTOP)
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    wait_for("it to be buried", lambda: not Path(f"/proc/{worker}").exists())
    time.sleep(0.15)  # longer than the supervisor waits for the news
    os.kill(supervisor, signal.SIGCONT)
    reply = client.receive()
    assert reply["ok"], reply
    assert daemon.wait_logged("worker.lost", pid=worker, death='"signal SIGKILL"', requeued=1)


def test_a_worker_that_the_parent_cannot_make_is_made_later(textd):
    daemon = textd(plugins("fault"))
    client = daemon.client()
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (5, 4096))  # the descriptors of a SPAWN can't be received
    os.kill(daemon.worker_pids()[0], signal.SIGKILL)
    daemon.wait_logged("worker.spawn_failed")
    assert client.ask("abc")["ok"]
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (4096, 4096))
    wait_for("the worker to be replaced", lambda: daemon.control(op="ping")["workers"] == 2)


def cpu_seconds(pid):
    times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def few_descriptors_under_way():
    """What a user may have in sockets that nobody has read yet is bounded by RLIMIT_NOFILE, but for who may all."""
    prctl, drop_from_bounding_set = ctypes.CDLL(None).prctl, 24
    for capability in (21, 24):  # CAP_SYS_ADMIN, CAP_SYS_RESOURCE
        prctl(drop_from_bounding_set, capability)
    resource.setrlimit(resource.RLIMIT_NOFILE, (240, 240))


def test_workers_wait_for_descriptors_that_are_under_way(textd):
    """The set-ups of 40 workers, which nobody has made yet, hold more of them than that. It passes, and no plugin is blamed."""
    daemon = textd({"workers": {"count": 2}}, before_exec=few_descriptors_under_way)
    operator, file = daemon.client(endpoint=daemon.control_endpoint), daemon.run / "textd.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), "workers": {"count": 40}}))
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        operator.send({"id": 1, "op": "config.reload"})
        wait_for("the next generation", lambda: len(daemon.control(op="status")["generations"]) == 2)
        before = cpu_seconds(daemon.supervisor_pid)
        time.sleep(0.3)
        used = cpu_seconds(daemon.supervisor_pid) - before
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    assert used < 0.15, "it waits, and doesn't spin"
    assert operator.receive()["ok"]
    assert daemon.control(op="ping")["workers"] == 40
    assert daemon.logged("worker.spawn_failed"), "there were too many"
    stdin = f"/proc/{daemon.supervisor_pid}/fd/0"
    assert os.path.realpath(stdin) == "/dev/null", "none that couldn't be made took somebody else's descriptor along"


def test_a_supervisor_that_cannot_be_made_is_said_so(textd):
    daemon = textd(plugins("fault"), wait=False, before_exec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)))
    assert daemon.exit_code() == 71
    assert "can't start the supervisor's process" in daemon.log()


def test_a_supervisor_that_is_stopped_hears_of_all_deaths_later(textd):
    daemon = textd(plugins("fault", workers=8))
    supervisor = daemon.supervisor_pid
    os.kill(supervisor, signal.SIGSTOP)
    try:
        workers = daemon.worker_pids()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        wait_for("them to be reaped", lambda: not daemon.worker_pids())
    finally:
        os.kill(supervisor, signal.SIGCONT)
    wait_for("all to be replaced", lambda: daemon.control(op="ping")["workers"] == 8)


def test_the_parent_is_small(textd):
    daemon = textd(plugins("fault"), env=LOOKED_INTO)
    daemon.client().ask("abc")
    rollup = Path(f"/proc/{daemon.pid}/smaps_rollup").read_text()
    own = sum(int(kib) for kib in re.findall(r"^Private_\w+:\s+(\d+)", rollup, re.M))
    assert SLOW > 1 or own < 3000, "KiB for itself alone"
    assert len(list(Path(f"/proc/{daemon.pid}/task").iterdir())) == 1


# ---- The service manager


def test_the_service_manager_sees_one_process_through_a_restart(textd, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10 * SLOW)
        notify = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"}
        daemon = textd(plugins("fault"), env={**LOOKED_INTO, **notify})
        kill_supervisor(daemon)
        daemon.wait_logged("server.restarted")
        seen = []
        while seen.count("READY") < 2:
            text, extra, _, _ = manager.recvmsg(4096, socket.CMSG_SPACE(12))
            assert int.from_bytes(extra[0][2][:4], "little") == daemon.pid, "NotifyAccess=main hears nobody else"
            seen.append("READY" if b"READY=1" in text else "DIED" if b"the supervisor died" in text else text.decode())
        assert "DIED" in seen
        while manager.recv(4096) != b"WATCHDOG=1":
            pass
        for pid in daemon.worker_pids() + [daemon.supervisor_pid]:
            assert b"NOTIFY_SOCKET" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_stop_that_goes_to_all_processes_ends_none_that_only_starts(textd):
    """A service manager's SIGTERM does. Who is only starting ignores it, too, from its first moment."""
    daemon = textd(plugins("fault", workers=4), wait=False)

    def hit_all():
        with contextlib.suppress(OSError):
            for pid in Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split():
                for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
                    os.kill(int(pid), number)

    def is_answered(client):
        hit_all()
        return client.socket.poll(0)

    client = daemon.client()
    client.send({"op": "ping"})
    wait_for("the start", lambda: is_answered(client) or daemon.process.poll() is not None)
    control = daemon.client(endpoint=daemon.control_endpoint)
    for op in ["worker.restart"] * 3:
        control.send({"op": op, "id": 1})
        wait_for("the restart", lambda: is_answered(control))
        control.receive()
    assert daemon.process.poll() is None, daemon.log()
    assert not daemon.logged("worker.lost") and not daemon.logged("supervisor.lost"), daemon.log()
