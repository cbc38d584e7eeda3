"""textd starts, says what is wrong when it can't, and goes when it is told to."""

import os
import resource
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path

import pytest
import zmq

from conftest import BIN, LOOKED_INTO, SLOW, environment, plugins, run_textd, wait_for


def test_it_starts_and_answers(textd):
    begin = time.monotonic()
    daemon = textd(plugins("fault"))
    took = time.monotonic() - begin
    reply = daemon.client().request({"op": "ping", "id": "hello"})
    assert reply["ok"] and reply["id"] == "hello" and reply["v"] == 1 and reply["workers"] == 2
    assert took < 2 * SLOW  # the figure itself is bench/start's to measure
    assert len(daemon.logged("server.ready")) == 1


def test_it_starts_without_a_file_or_a_plugin_directory(tmp_path):
    """With no configuration at all: its own plugins, sockets in the run directory and on 7411."""
    printed = run_textd("--print-config", RUNTIME_DIRECTORY=str(tmp_path))
    assert printed.returncode == 0
    assert f"ipc://{tmp_path}/textd.sock" in printed.stdout and "tcp://127.0.0.1:7411" in printed.stdout


def test_only_a_process_with_sockets_of_libzmq_has_it(textd):
    daemon = textd(plugins("fault"), env=LOOKED_INTO)
    assert "libzmq" in Path(f"/proc/{daemon.supervisor_pid}/maps").read_text()
    for pid in (daemon.pid, *daemon.worker_pids()):
        assert "libzmq" not in Path(f"/proc/{pid}/maps").read_text()


def test_sockets_are_their_owners(textd):
    daemon = textd(plugins("fault"))
    for name in ("textd.sock", "control.sock"):
        assert stat.S_IMODE((daemon.run / name).stat().st_mode) & 0o077 == 0


def test_a_missing_folder_of_a_socket_is_made_private(textd, tmp_path):
    endpoint = f"ipc://{tmp_path}/new/a.sock"
    daemon = textd({**plugins("fault"), "endpoints": [endpoint]}, wait=False)
    daemon.client(endpoint=endpoint).request({"op": "ping"})
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_tcp_and_ipc_serve_side_by_side(textd):
    with zmq.Context() as context, context.socket(zmq.ROUTER) as probe:
        port = probe.bind_to_random_port("tcp://127.0.0.1")
    daemon = textd(plugins("fault"), "--endpoint", f"tcp://127.0.0.1:{port}", wait=False)
    reply = daemon.client(endpoint=f"tcp://127.0.0.1:{port}").ask("four")
    assert reply["results"] == {"fault": 4}


def test_a_second_daemon_on_the_same_path_is_refused_and_the_first_lives(textd):
    first = textd(plugins("fault"))
    second = textd({**plugins("fault"), "endpoints": [first.endpoint]}, wait=False)
    assert second.exit_code() == 69
    assert "another textd listens on" in second.log()
    assert first.client().ask("abc")["ok"]


def test_an_endpoint_in_use_is_told(textd):
    with zmq.Context() as context, context.socket(zmq.ROUTER) as other:
        port = other.bind_to_random_port("tcp://127.0.0.1")
        daemon = textd(plugins("fault"), "--endpoint", f"tcp://127.0.0.1:{port}", wait=False)
        assert daemon.exit_code() == 69
        assert f"tcp://127.0.0.1:{port} is in use" in daemon.log()


def test_a_stale_socket_of_a_killed_daemon_is_no_hindrance(textd):
    first = textd(plugins("fault"))
    first.process.kill()
    first.process.wait()
    second = textd({**plugins("fault"), "endpoints": [first.endpoint]}, wait=False)
    assert second.client(endpoint=first.endpoint).ask("abc")["ok"]


def test_workers_go_when_the_supervisor_is_killed(textd):
    daemon = textd(plugins("fault"))
    workers = daemon.worker_pids()
    assert len(workers) == 2
    daemon.process.kill()
    daemon.process.wait()
    daemon.check_remains(workers)


@pytest.mark.parametrize("word", ["--nonsense", "surplus", "--workers"])
def test_a_wrong_command_line_exits_64(word):
    run = run_textd(word)
    assert run.returncode == 64
    assert word.strip("-") in run.stderr and run.stdout == ""


def test_version_and_help(textd):
    version = run_textd("--version")
    assert version.returncode == 0
    for word in ("textd 0.", "protocol 1.4", "ABI 1.0", "libzmq", "libuv", "msgpack"):
        assert word in version.stdout
    text = run_textd("--help").stdout
    assert len(text.splitlines()) <= 25 and max(map(len, text.splitlines())) <= 110


def test_sigterm_answers_what_is_in_and_refuses_what_comes(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    running = [client.annotate(f"SLEEP {300 * SLOW}") for _ in range(2)]
    wait_for("both to be taken in", lambda: daemon.control(op="status")["documents"] == 2)
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_logged("server.drain")
    late = client.ask("too late")
    assert late["error"]["code"] == "SHUTTING_DOWN" and late["error"]["retryable"]
    replies = client.receive_all(running)
    assert all(reply["ok"] for reply in replies.values())
    assert daemon.exit_code() == 0


def test_a_second_sigterm_stops_at_once(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    ids = [client.annotate("SLEEP 20000"), client.annotate("SLEEP 20000")]
    wait_for("both to be taken in", lambda: daemon.control(op="status")["documents"] == 2)
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_logged("server.drain")
    daemon.process.send_signal(signal.SIGTERM)
    replies = client.receive_all(ids)
    assert {reply["error"]["code"] for reply in replies.values()} == {"SHUTTING_DOWN"}
    assert daemon.exit_code(5) == 0


def test_the_grace_ends(textd):
    daemon = textd({**plugins("fault", workers=1), "server": {"shutdown_grace": "200ms"}})
    client = daemon.client()
    client.annotate("SLEEP 20000")
    wait_for("it to be taken in", lambda: daemon.control(op="status")["documents"] == 1)
    daemon.process.send_signal(signal.SIGTERM)
    assert client.receive()["error"]["code"] == "SHUTTING_DOWN"
    assert daemon.exit_code(5) == 0


def test_sighup_never_ends_it(textd):
    daemon = textd(plugins("fault"))
    daemon.process.send_signal(signal.SIGHUP)
    assert daemon.client().ask("abc")["ok"]


def test_the_service_manager_is_told(textd, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10 * SLOW)
        daemon = textd(plugins("fault"), env={**LOOKED_INTO, "NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert b"READY=1" in manager.recv(4096)
        for pid in daemon.worker_pids():  # nor do workers speak for it
            assert b"NOTIFY_SOCKET" not in open(f"/proc/{pid}/environ", "rb").read()
        daemon.control(op="config.reload")
        reloading, ready = manager.recv(4096), manager.recv(4096)
        assert b"RELOADING=1\nMONOTONIC_USEC=" in reloading and b"READY=1\nSTATUS=generation 2" in ready
        daemon.stop()
        assert b"STOPPING=1" in manager.recv(4096)


def test_the_service_managers_watchdog_is_fed(textd, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10 * SLOW)
        textd(plugins("fault"), env={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"})
        signs = [message for message in (manager.recv(4096) for _ in range(6)) if message == b"WATCHDOG=1"]
        assert len(signs) >= 5


def test_the_control_socket_tells_and_obeys(textd):
    daemon = textd(plugins("fault"))
    client = daemon.client()
    for _ in range(5):
        client.ask("abc")
    status = daemon.control(op="status")
    assert status["ok"] and status["state"] == "serving" and status["pid"] == daemon.pid
    assert status["counters"]["documents_answered"] == 5
    assert sorted(w["pid"] for w in status["workers"]) == sorted(daemon.worker_pids())
    assert {w["state"] for w in daemon.control(op="worker.list")["workers"]} == {"ready"}
    assert daemon.control(op="log.level", level="debug")["ok"]
    client.ask("abc", id="seen")
    daemon.wait_logged("doc.done", doc="seen")
    assert daemon.control(op="log.level", level="loud")["error"]["code"] == "BAD_REQUEST"
    assert daemon.control(op="fly")["error"]["code"] == "BAD_REQUEST"
    assert daemon.control(op="shutdown")["ok"]
    assert daemon.exit_code() == 0


@pytest.mark.parametrize("missing", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_missing_descriptor_is_dev_null(textd, missing):
    daemon = textd(plugins("fault"), env=LOOKED_INTO, before_exec=lambda: [os.close(fd) for fd in missing])
    for pid in (daemon.pid, daemon.supervisor_pid):
        assert all(os.readlink(f"/proc/{pid}/fd/{fd}") == "/dev/null" for fd in missing)
    assert daemon.client().ask("abc")["ok"]
    daemon.process.send_signal(signal.SIGHUP)  # a reload: files, a thread, more workers
    wait_for("the reload", lambda: daemon.control(op="status")["generation"] == 2)
    daemon.stop()


def no_room_for_threads():
    """A thread's stack is as large as RLIMIT_STACK says: larger than there are addresses."""
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 47, hard))


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer needs threads of its own")
def test_without_threads_the_start_is_refused_with_words(textd):
    if resource.getrlimit(resource.RLIMIT_STACK)[1] != resource.RLIM_INFINITY:
        pytest.skip("the stack's limit can't be raised here")
    daemon = textd(plugins("fault"), wait=False, before_exec=no_room_for_threads)
    assert daemon.exit_code() == 71
    assert daemon.logged("server.start_failed") and "can't start 3 threads" in daemon.log()


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer needs a stack of its own")
def test_a_stack_that_is_too_small_for_threads_is_refused_with_words(textd):
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    narrow = lambda: resource.setrlimit(resource.RLIMIT_STACK, (1 << 16, hard))
    daemon = textd(plugins("fault"), wait=False, before_exec=narrow)
    assert daemon.exit_code() == 71
    assert "a stack of 65536 bytes (ulimit -s) is too small for a thread" in daemon.log()


def test_the_threads_of_a_reload_are_there_from_the_start(faulty):
    daemon, client = faulty
    threads = Path(f"/proc/{daemon.supervisor_pid}/task")
    before = len(list(threads.iterdir()))
    daemon.process.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: daemon.control(op="status")["generation"] > 1)
    assert len(list(threads.iterdir())) == before


def test_a_start_without_enough_descriptors_is_no_fault_of_the_configuration(tmp_path):
    command = [str(BIN / "textd"), "--endpoint", f"ipc://{tmp_path}/textd.sock", "--workers", "1"]
    for most in range(14, 64):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(RUNTIME_DIRECTORY=str(tmp_path)),
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
        with process:
            if is_enough := any("event=server.ready" in line for line in process.stderr):
                process.terminate()
        assert process.returncode == (0 if is_enough else os.EX_OSERR), f"{most} descriptors"
        if is_enough:
            return
    pytest.fail("never enough")
