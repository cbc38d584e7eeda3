"""textd.testing: a user's tests get a daemon of their own, and it is gone when they are, however that comes about."""

import os
import shutil
import signal
import subprocess
import sys

import pytest
import textd
from conftest import FAULT, PROJECT, start_daemon, wait_for

STARTS_ONE = """
import sys
from textd.testing import Daemon
daemon = Daemon()
print(daemon.pid, daemon._keeper.pid, daemon.folder, flush=True)
sys.stdin.read()
"""


def is_there(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def starter():
    env = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
    process = subprocess.Popen([sys.executable, "-c", STARTS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True)
    pid, keeper, folder = process.stdout.readline().split()
    yield process, int(pid), int(keeper), folder
    process.kill()
    process.communicate()
    shutil.rmtree(folder, ignore_errors=True)  # nobody is left to do it when both were killed


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_daemon_is_gone_when_its_tests_are_killed(starter, number):
    process, pid, keeper, folder = starter
    assert is_there(pid) and os.path.exists(folder)
    process.send_signal(number)
    wait_for("all of it to be gone", lambda: not is_there(pid) and not is_there(keeper) and not os.path.exists(folder))


def test_a_daemon_is_gone_when_its_keeper_is_killed(starter):
    process, pid, keeper, folder = starter
    os.kill(keeper, signal.SIGKILL)
    wait_for("it to be gone", lambda: not is_there(pid))


def test_a_daemon_can_go_and_come(fault):
    for end in (fault.stop, fault.kill, fault.stop):
        with fault.client() as c:
            assert c.annotate("four").results == {"fault": 4}
        end()
        assert fault.pid is None
        fault.start()
    with pytest.raises(RuntimeError, match="runs already"):
        fault.start()


def test_nobody_answers_once_it_is_gone(fault):
    for end in (fault.kill, fault.stop) * 4:
        with fault.client(connect_timeout=0.02, timeout=0.5) as c:
            assert c.ping()["state"] == "serving"
            end()
            with pytest.raises(textd.Unavailable):
                c.ping()
            fault.start()


def test_a_configuration_that_is_wrong_is_told_with_the_log():
    with pytest.raises(RuntimeError, match="nonsense"):
        start_daemon({**FAULT, "nonsense": 1})


def test_a_missing_program_is_told(monkeypatch):
    monkeypatch.setenv("TEXTD_BIN", "/nowhere/textd")
    with pytest.raises(FileNotFoundError, match="TEXTD_BIN"):
        start_daemon(None)
    monkeypatch.delenv("TEXTD_BIN")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FileNotFoundError, match="PATH"):
        start_daemon(None)
