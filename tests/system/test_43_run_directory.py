"""Where the sockets are: nobody else may have made the folder, and nobody can put a link or a name without permissions in their place."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from conftest import BIN, SLOW, environment, plugins, run_textd, wait_for

OTHER, US = 61183, 61184  # users that own nothing here: not nobody, whose folder may be there

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes other users: needs root")


def start_and_end(textd, config, **env):
    """Starts a daemon that must refuse to run; its exit code and its log."""
    daemon = textd({**plugins("fault"), **config}, wait=False, env=env)
    wait_for("it to start or to give up", lambda: daemon.process.poll() is not None or daemon.logged("server.ready"))
    assert not daemon.logged("server.ready"), daemon.log()
    return daemon.exit_code(), daemon.log()


def as_us(*command, **env):
    env = {key: value for key, value in environment(**env).items() if key not in ("XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY")}
    return subprocess.run(list(map(str, command)), env=env, user=US, group=US, extra_groups=[], capture_output=True,
                          text=True, timeout=20 * SLOW, cwd="/")


@pytest.fixture
def folder_of_another():
    """/tmp/textd-UID, made by another user before us: with the rights that they would give it."""
    path = Path(f"/tmp/textd-{US}")
    path.mkdir(0o777)
    os.chmod(path, 0o777)
    os.chown(path, OTHER, OTHER)
    yield path
    shutil.rmtree(path)


@needs_root
@pytest.mark.parametrize("arguments", [("ping",), ("status",), ("events",)])
def test_textctl_connects_to_nobody_elses_folder(folder_of_another, arguments):
    result = as_us(BIN / "textctl", *arguments)
    assert result.returncode != 0
    assert f"/tmp/textd-{US} belongs to user {OTHER}" in result.stderr, result.stderr


@needs_root
def test_the_daemon_listens_in_nobody_elses_folder(folder_of_another):
    result = as_us(BIN / "textd")
    assert result.returncode == 77
    assert f"/tmp/textd-{US} belongs to user {OTHER}" in result.stderr, result.stderr


@needs_root
def test_a_client_that_comes_first_makes_the_folder_its_own(tmp_path):
    """In a place where everybody may make folders the name must not stay free for somebody else."""
    path = Path(f"/tmp/textd-{US}")
    assert not path.exists()
    try:
        as_us(BIN / "textctl", "ping")
        assert path.stat().st_uid == US and stat.S_IMODE(path.stat().st_mode) == 0o700
    finally:
        path.rmdir()


def test_a_folder_that_others_may_write_is_refused(textd, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    os.chmod(folder, 0o777)
    code, log = start_and_end(textd, {"endpoints": [f"ipc://{folder}/textd.sock"]})
    assert code == 77 and f"{folder} may be written by others (mode 0777)" in log
    os.chmod(folder, 0o1777)  # as /tmp is: nobody can take away what we have made
    assert textd({**plugins("fault"), "endpoints": [f"ipc://{folder}/textd.sock"]}, wait=False).wait_logged("server.ready")


def test_a_folder_that_others_may_write_is_taken_when_it_is_said_to_be_shared(textd, tmp_path):
    """A volume that the containers of a pod share: root's, 0777, not sticky, and nobody in the pod can change that."""
    os.chmod(tmp_path, 0o777)
    (tmp_path / "own").mkdir(0o700)  # a folder of our own in it helps nobody: its name can be taken
    config = {**plugins("fault"), "endpoints": [f"ipc://{tmp_path}/textd.sock", f"ipc://{tmp_path}/own/textd.sock"]}
    code, log = start_and_end(textd, config)
    assert code == 77 and "may be written by others" in log
    own = {key: f"ipc://{tmp_path}/{key}.sock" for key in ("control", "events")}
    daemon = textd({**config, "server": {"shared_folder": True, **own}}, wait=False)
    daemon.wait_logged("server.ready")
    (tmp_path / "textd.sock").unlink()
    daemon.wait_logged("server.rebound", endpoint=config["endpoints"][0])

    def ask(*command, **env):
        return subprocess.run([str(BIN / "textctl"), *command], capture_output=True, text=True, timeout=20 * SLOW,
                              env=environment(RUNTIME_DIRECTORY=str(tmp_path), **env))

    for command in ("ping", "--ready"), ("status",), ("doctor",):
        refused, done = ask(*command), ask(*command, TEXTD_SERVER_SHARED_FOLDER="true")
        assert refused.returncode != 0 and "may be written by others" in refused.stdout + refused.stderr
        assert done.returncode == 0, done


@needs_root
def test_a_shared_folder_is_still_nobody_elses(textd, tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, OTHER, OTHER)
    os.chmod(tmp_path, 0o777)
    code, log = start_and_end(textd, {"endpoints": [f"ipc://{folder}/textd.sock"], "server": {"shared_folder": True}})
    assert code == 77 and f"{folder} belongs to user {OTHER}" in log


@needs_root
def test_members_of_the_socket_group_may_connect_and_nobody_else(textd):
    folder = Path(tempfile.mkdtemp(prefix="textd-group-", dir="/tmp"))
    os.chmod(folder, 0o755)
    endpoint = f"ipc://{folder}/own/textd.sock"  # a folder that textd makes
    try:
        daemon = textd({**plugins("fault"), "endpoints": [endpoint], "server": {"socket_group": str(OTHER)}}, wait=False)
        daemon.wait_logged("server.ready")

        def ping(endpoint, groups):
            return subprocess.run([str(BIN / "textctl"), "ping", "--endpoint", endpoint], env=environment(), user=US, group=US,
                                  extra_groups=groups, capture_output=True, text=True, timeout=20 * SLOW, cwd="/")

        (folder / "own/textd.sock").unlink()
        daemon.wait_logged("server.rebound", endpoint=endpoint)
        assert ping(endpoint, [OTHER]).returncode == 0
        assert ping(endpoint, []).returncode != 0
        assert stat.S_IMODE((folder / "own").stat().st_mode) == 0o710
        assert stat.S_IMODE((daemon.run / "control.sock").stat().st_mode) & 0o077 == 0
    finally:
        shutil.rmtree(folder)


def test_a_socket_group_that_there_is_not_is_a_configuration_fault(textd):
    code, log = start_and_end(textd, {"server": {"socket_group": "no-such-group"}})
    assert code == 78 and "server.socket_group 'no-such-group' is no group of this machine" in log


def test_textctl_refuses_a_run_directory_that_others_may_write(tmp_path):
    os.chmod(tmp_path, 0o777)
    result = subprocess.run([str(BIN / "textctl"), "ping"], capture_output=True, text=True,
                            env=environment(RUNTIME_DIRECTORY=str(tmp_path)), timeout=20 * SLOW)
    assert result.returncode != 0 and "may be written by others" in result.stderr


def test_the_lock_is_no_link(textd, tmp_path):
    """A link would make us create, or lock, whatever it points at."""
    target = tmp_path / "target"
    (tmp_path / "textd.sock.lock").symlink_to(target)
    code, log = start_and_end(textd, {"endpoints": [f"ipc://{tmp_path}/textd.sock"]})
    assert code == 71 and "textd.sock.lock is a symbolic link" in log
    assert not target.exists() and (tmp_path / "textd.sock.lock").is_symlink()


@pytest.mark.parametrize("key", ["endpoints", "control", "events"])
def test_a_name_without_a_file_is_refused(tmp_path, key):
    """ipc://@name has no permissions: any user of the machine may connect."""
    name = f"ipc://@textd-{os.getpid()}"
    config = {"endpoints": [name]} if key == "endpoints" else {"server": {key: name}}
    (tmp_path / "textd.yaml").write_text(json.dumps(config))
    result = run_textd("--check-config", "-c", tmp_path / "textd.yaml")
    assert result.returncode == 78 and name in result.stderr and "has no permissions" in result.stderr, result.stderr


@pytest.mark.parametrize("what", ["textd.sock", "control.sock", "events.sock"])
def test_a_socket_file_that_was_deleted_is_made_again(textd, what):
    daemon = textd(plugins("fault"))
    client = daemon.client()
    assert client.ask("abc")["ok"]
    (daemon.run / what).unlink()
    daemon.wait_logged("server.rebound", endpoint=f"ipc://{daemon.run}/{what}")
    assert daemon.client().ask("abc")["ok"] and daemon.control(op="ping")["ok"]
    assert client.ask("abc")["ok"], "connections that were there are not touched"


def test_a_run_directory_that_was_deleted_is_made_again(textd):
    daemon = textd(plugins("fault"))
    folder = Path(tempfile.mkdtemp(prefix="td", dir="/tmp"))
    shutil.rmtree(folder)
    other = textd({**plugins("fault"), "endpoints": [daemon.endpoint + "2", f"ipc://{folder}/textd.sock"]}, wait=False)
    other.wait_logged("server.ready")
    shutil.rmtree(folder)
    try:
        other.wait_logged("server.rebound")
        other.endpoint = f"ipc://{folder}/textd.sock"
        assert other.client().ask("abc")["ok"] and stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (folder / "textd.sock.lock").exists()
        other.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_socket_that_another_program_has_put_there_is_said(textd):
    daemon = textd(plugins("fault"))
    (daemon.run / "textd.sock").unlink()
    (daemon.run / "textd.sock").write_text("not a socket")
    daemon.wait_logged("server.endpoint_lost", endpoint=daemon.endpoint)
    status = daemon.control(op="status")
    assert status["listening"]["lost"] == [daemon.endpoint]
    assert not daemon.control(op="ping")["listening"]
    probe = subprocess.run([str(BIN / "textctl"), "ping", "--ready", "--endpoint", daemon.control_endpoint], capture_output=True,
                           text=True, env=environment(), timeout=20 * SLOW)
    assert probe.returncode == 69 and "clients don't get in" in probe.stderr, probe
    (daemon.run / "textd.sock").unlink()
    daemon.wait_logged("server.rebound", endpoint=daemon.endpoint)
    wait_for("it to be well again", lambda: daemon.control(op="ping")["listening"])
    assert daemon.client().ask("abc")["ok"]
