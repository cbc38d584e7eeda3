"""textctl doctor: each thing that can be wrong is broken for real, and named with what to do."""

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import time

import msgpack
import pytest
import zmq

from conftest import BIN, GOOD, SLOW, environment, plugins, wait_for

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user: needs root")


def doctor(run, *args, user=None):
    """The report as JSON, by check: a list of (state, text, do). Also .code, the exit code."""

    class Report(dict):
        code = None

    done = subprocess.run([str(BIN / "textctl"), "doctor", "--json", *args], capture_output=True, text=True, timeout=30 * SLOW,
                          env=environment(RUNTIME_DIRECTORY=str(run)), preexec_fn=(lambda: os.setuid(user)) if user else None)
    found = json.loads(done.stdout)
    assert found["exit"] == done.returncode and found["endpoint"]
    assert found["failures"] == sum(f["state"] == "fail" for f in found["findings"])
    report = Report()
    report.code = done.returncode
    for f in found["findings"]:
        assert f["state"] == "ok" or f["do"], f"what to do about it must be said: {f}"
        report.setdefault(f["check"], []).append((f["state"], f["text"], f["do"] or ""))
    return report


def troubles(report):
    return {check for check, found in report.items() for state, _, _ in found if state != "ok"}


@pytest.fixture
def own(textd, tmp_path):
    """A daemon whose plugin folder is the test's."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name in ("echo", "fault"):
        shutil.copy(GOOD / f"{name}.so", folder)
    daemon = textd(plugins("echo", "fault", directory=folder, workers=1, suspend={"deaths": 1, "pause": "1m"}))
    daemon.folder = folder
    return daemon


def test_all_is_well_with_a_healthy_daemon(own):
    report = doctor(own.run)
    assert report.code == 0 and troubles(report) == set(), report
    assert {"run directory", "socket", "control socket", "events socket", "leftovers", "answer", "versions", "round trip", "descriptors",
            "restarts", "workers", "sandbox", "plugins", "files", "last reload"} <= set(report)
    assert f"process {own.supervisor_pid} (textd: supervisor) listens" in report["socket"][0][1]
    assert "SHA-256" in report["files"][0][1]
    text = subprocess.run([str(BIN / "textctl"), "doctor"], capture_output=True, text=True, env=environment(RUNTIME_DIRECTORY=str(own.run)))
    assert text.returncode == 0 and text.stdout.endswith("\nall is well\n") and "\033" not in text.stdout


def test_whether_http_is_on_is_told(textd, own):
    assert doctor(own.run)["http"][0][1].startswith("off; ")
    daemon = textd(plugins("echo", http={"listen": "127.0.0.1:0", "probes": "127.0.0.1:0"}))
    listening = daemon.control(op="status")["listening"]
    assert doctor(daemon.run)["http"][0][:2] == ("ok", f"listen {listening['http']}, probes {listening['probes']}")
    assert listening["http"].startswith("127.0.0.1:") and not listening["http"].endswith(":0")


def test_nothing_has_run_here(tmp_path):
    start = time.monotonic()
    report = doctor(tmp_path / "nowhere")
    assert report.code == 69 and troubles(report) == {"run directory"}
    assert "there is no folder" in report["run directory"][0][1] and "--check-config" in report["run directory"][0][2]
    assert not (tmp_path / "nowhere").exists(), "it makes nothing"
    assert time.monotonic() - start < 1.5 * SLOW, "nobody is waited for who can't be there"


def test_it_is_stopped(own):
    own.stop()
    report = doctor(own.run)
    assert report.code == 69 and troubles(report) == {"socket"}
    assert "there is no" in report["socket"][0][1]


def test_it_was_killed_and_left_its_sockets_behind(own):
    pids = [*own.worker_pids(), own.supervisor_pid]
    own.process.kill()
    own.process.wait()
    wait_for("all to go", lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))
    report = doctor(own.run)
    assert report.code == 69 and troubles(report) == {"socket", "leftovers"}
    assert "left behind by a textd that was killed" in report["socket"][0][1]
    assert all(name in report["leftovers"][0][1] for name in ("control.sock", "events.sock", "textd.sock.lock"))


def test_it_hangs(own):
    os.kill(own.supervisor_pid, signal.SIGSTOP)
    try:
        report = doctor(own.run, "--timeout", "300ms")
    finally:
        os.kill(own.supervisor_pid, signal.SIGCONT)
    assert report.code == 69 and "answer" in troubles(report)
    assert report["socket"][0][0] == "ok" and "restart it if it hangs" in report["answer"][0][2]


def test_trouble_of_its_own_is_not_put_on_textd(own):
    """Neither is cured by a restart."""
    (state, text, advice), = doctor(own.run, "--endpoint", "localhost:7411")["answer"]
    assert state == "fail" and "tcp://HOST:PORT" in text and "name the endpoint" in advice
    few = subprocess.run(["sh", "-c", 'ulimit -n 8; "$@"', "sh", str(BIN / "textctl"), "doctor", "--json"], capture_output=True, text=True,
                         timeout=30 * SLOW, env=environment(RUNTIME_DIRECTORY=str(own.run)))
    answer, = [f for f in json.loads(few.stdout)["findings"] if f["check"] == "answer"]
    assert answer["state"] == "fail" and "Too many open files" in answer["text"] and "ulimit -n" in answer["do"]


def test_another_program_has_its_place(tmp_path):
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "textd.sock"))
        other.listen()
        report = doctor(tmp_path, "--timeout", "200ms")
    assert report.code == 69
    assert f"process {os.getpid()} " in report["socket"][0][1] and "another program" in report["socket"][0][1]
    (tmp_path / "textd.sock").unlink()
    (tmp_path / "textd.sock").write_text("no socket")
    assert "is no socket" in doctor(tmp_path)["socket"][0][1]


def test_a_folder_for_an_endpoint_is_not_to_be_removed(own):
    state, text, advice = doctor(own.run, "-e", f"ipc://{own.run}")["socket"][0]
    assert state == "fail" and "is a folder" in text
    assert "textd.sock" in advice and "remove" not in advice


@pytest.mark.parametrize("endpoint", ["tcp://nowhere", "http://127.0.0.1:7411", "textd.sock", "ipc://@textd-nobody"])
def test_the_advice_for_an_endpoint_that_cannot_be_is_about_the_endpoint(tmp_path, endpoint):
    state, _, advice = doctor(tmp_path, "-e", endpoint, "--timeout", "200ms")["answer"][0]
    assert state == "fail" and "it is there" not in advice and "endpoint" in advice


def test_what_stands_in_an_endpoint_does_not_speak_to_the_terminal(tmp_path):
    done = subprocess.run([BIN / "textctl", "doctor", "-e", "ipc:///nowhere\33[31m/textd.sock"], capture_output=True, env=environment())
    assert done.returncode == 69 and b"\33" not in done.stdout


def test_a_folder_that_others_may_write_is_named(own):
    own.run.chmod(0o777)
    report = doctor(own.run)
    own.run.chmod(0o700)
    assert report.code == 69 and "may be written by others" in report["run directory"][0][1]


@needs_root
def test_another_user_is_told_whom_to_ask(own):
    report = doctor(own.run, user=65534)
    assert report.code == 69 and "may not look into" in report["run directory"][0][1]
    own.run.chmod(0o755)
    report = doctor(own.run, user=65534)
    assert report.code == 69 and "may not connect to" in report["socket"][0][1]


def test_a_daemon_that_drains_is_no_healthy_one(own):
    own.control(op="drain")
    report = doctor(own.run)
    assert report.code == 1 and troubles(report) == {"answer"}
    assert "draining" in report["answer"][0][1]


def test_plugins_that_are_not_as_they_should_be(own):
    assert own.client().error("ABORT")["code"] == "PLUGIN_CRASHED"
    own.control(op="plugin.disable", plugin="echo")
    report = doctor(own.run)
    assert report.code == 1
    found = sorted(report["plugin"])
    assert found[0][0] == "fail" and "fault is suspended" in found[0][1] and "textctl plugin reload fault" in found[0][2]
    assert found[1] == ("warn", "echo is disabled: documents are without it", "textctl plugin enable echo")
    assert any("died since" in text for _, text, _ in report["workers"])


def test_files_that_are_not_what_runs(own):
    file = own.folder / "echo.so"
    os.utime(file)
    assert doctor(own.run)["files"][0][:2] == ("warn", "echo runs the library that is on disk, but that, or a file of its own, was touched or changed since")
    shutil.copy(GOOD / "provider.so", file)
    report = doctor(own.run)
    assert report.code == 0 and report["files"][0][:2] == ("warn", "echo is not what is on disk")
    file.unlink()
    report = doctor(own.run)
    assert report.code == 1 and "echo.so is gone from the disk" in report["files"][0][1]


def test_bytes_that_rotted_on_the_disk_are_seen(own, tmp_path):
    """A disk that gives other bytes under the same size and times can't be had: here the daemon's word is another."""
    socket = zmq.Context.instance().socket(zmq.ROUTER)
    socket.linger = 0
    socket.bind(f"ipc://{tmp_path}/control.sock")
    process = subprocess.Popen([str(BIN / "textctl"), "doctor", "--json", "-c", f"ipc://{tmp_path}/control.sock"], stdout=subprocess.PIPE,
                               env=environment(RUNTIME_DIRECTORY=str(own.run)))
    for _ in range(2):  # it asks again, to see whether what it sent in between has come to this daemon
        assert socket.poll(10000 * SLOW)
        who, request = socket.recv_multipart()
        status = own.control(op="status")
        status["plugins"][0]["hash"] = "0" * 64
        socket.send_multipart([who, msgpack.packb({**status, "id": msgpack.unpackb(request)["id"]})])
    found = json.loads(process.communicate(timeout=10 * SLOW)[0])
    socket.close()
    assert process.returncode == 1
    [files] = [f for f in found["findings"] if f["check"] == "files"]
    assert files["state"] == "fail" and "echo runs other bytes than" in files["text"] and "plugin reload echo" in files["do"]


def test_a_reload_that_was_refused_is_told(own):
    path = own.run / "textd.yaml"
    path.write_text(path.read_text().replace("plugins", "plugnis", 1))
    assert not own.control(op="config.reload")["ok"]
    report = doctor(own.run)
    assert report.code == 0 and troubles(report) == {"last reload"}
    assert "textd.yaml:1:" in report["last reload"][0][1]


def test_a_supervisor_that_died_is_told(own):
    dead = own.supervisor_pid
    os.kill(dead, signal.SIGKILL)
    own.wait_logged("server.restarted")
    report = doctor(own.run)
    assert "died 1 time since textd was started" in report["restarts"][0][1]


def test_few_descriptors_are_told(textd):
    daemon = textd(plugins("echo", workers=1), before_exec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))
    report = doctor(daemon.run)
    state, text, advice = report["descriptors"][0]
    assert state == "warn" and re.search(r"^\d+ of 100 in use; room for \d+ more", text) and "LimitNOFILE" in advice
    clients = [daemon.client() for _ in range(100)]
    wait_for("some to be turned away", lambda: daemon.control(op="status")["listening"]["turned_away"] > 0)
    assert any("were turned away" in text for _, text, _ in doctor(daemon.run)["descriptors"])
    assert clients


@pytest.fixture
def distant(textd):
    """A daemon that listens on tcp alone."""
    daemon = textd({**plugins("echo", workers=1), "endpoints": ["tcp://127.0.0.1:*"]}, wait=False)
    daemon.wait_logged("server.ready")
    daemon.tcp = daemon.control(op="status")["listening"]["endpoints"][0]
    assert daemon.tcp.startswith("tcp://127.0.0.1:") and "*" not in daemon.tcp
    return daemon


def test_a_daemon_that_listens_elsewhere_is_found(distant):
    report = doctor(distant.run)
    assert report.code == 69 and "a textd runs, but doesn't listen there" in report["socket"][0][1]
    assert report["endpoint"] == [("ok", f"{distant.tcp} answers", "")]


def test_a_remote_endpoint_is_judged_by_its_answers(distant, tmp_path):
    report = doctor(tmp_path, "-e", distant.tcp)
    assert report.code == 0 and report["answer"][0][0] == "ok" and "run directory" not in report
    assert report["inside"][0][0] == "warn" and "--control" in report["inside"][0][2]
    report = doctor(tmp_path, "-e", distant.tcp, "-c", distant.control_endpoint)
    assert report.code == 0 and troubles(report) == set()


def test_the_troubles_of_another_daemon_are_not_told_as_this_ones(own, distant):
    """Both have generation 1 and so many workers: they are told apart by who gets what is sent."""
    own.control(op="plugin.disable", name="echo")
    report = doctor(own.run, "-e", distant.tcp)
    assert "is another than that" in report["inside"][0][1] and "plugin" not in report
    report = doctor(own.run, "-c", distant.control_endpoint)
    assert "is another than that" in report["inside"][0][1] and "workers" not in report


def test_an_events_socket_at_a_place_of_its_own_is_no_failure(textd, tmp_path):
    daemon = textd({**plugins("echo", workers=1), "server": {"events": f"ipc://{tmp_path}/e.sock"}})
    report = doctor(daemon.run)
    state, _, advice = report["events socket"][0]
    assert report.code == 0 and state == "warn" and "server.events" in advice and "textctl events --events" in advice
