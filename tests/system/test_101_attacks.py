"""Attacks, tried: by a plugin, a client, another user of the machine. docs/security.md has the table of them.

What a plugin tries is tried without the measures, where it must succeed, so that the test proves something, and with them."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

import test_100_curve
from conftest import GOOD, HIDDEN_USER, NO_LEAKS, SLOW, is_gone, plugins, run_textd, wait_for

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")

OPENS, STATS, FORKS = ("open", "openat"), ("stat", "newfstatat", "statx"), ("clone", "fork", "vfork")

# What is tried, on whom (of `place` below), and the system calls one of which it is stopped at. "?": the system itself may refuse it,
# by who textd runs as, by sysctls and by what was built into the kernel.
FROM_A_PLUGIN = [
    ("read", "file", OPENS), ("read", "passwd", OPENS), ("read", "config", OPENS), ("write", "file", OPENS), ("create", "new", OPENS),
    ("truncate", "file", ["truncate"]), ("chmod", "file", ["chmod", "fchmodat"]), ("chown", "file", ["chown", "fchownat"]),
    ("utime", "file", ["utimensat"]), ("xattr?", "file", ["setxattr"]), ("list", "folder", OPENS), ("stat", "file", STATS),
    ("unlink", "file", ["unlink", "unlinkat"]), ("rename", "file", ["rename", "renameat", "renameat2"]),
    ("link", "file", ["link", "linkat"]), ("symlink", "new", ["symlink", "symlinkat"]), ("symlink", "new_in_run", ["symlink", "symlinkat"]),
    ("mkdir", "new", ["mkdir", "mkdirat"]), ("watch", "file", ["inotify_init1"]), ("handle?", "file", ["name_to_handle_at"]),
    ("memfd", "", ["memfd_create"]),
    ("socket", "", ["socket"]), ("connect", "control", ["socket"]), ("connect", "endpoint", ["socket"]), ("tcp", "port", ["socket"]), ("raw?", "", ["socket"]),
    ("exec", "new", ["execve"]), ("fork", "", FORKS), ("bomb", "most", FORKS), ("thread", "", FORKS),
    ("ptrace?", "supervisor", ["ptrace"]), ("ptrace?", "workers", ["ptrace"]), ("mem?", "supervisor", OPENS), ("mem?", "workers", OPENS),
    ("environ?", "supervisor", OPENS), ("scoreboard?", "workers", OPENS), ("vm_read?", "supervisor", ["process_vm_readv"]),
    ("vm_read?", "workers", ["process_vm_readv"]), ("kill", "workers", ["kill"]), ("signal", "supervisor", ["kill"]),
    ("signal", "parent", ["kill"]), ("tgkill", "supervisor", ["tgkill"]), ("tkill", "supervisor", ["tkill"]),
    ("sigqueue", "supervisor", ["rt_sigqueueinfo"]), ("pidfd_signal", "supervisor", ["pidfd_open"]),
    ("pidfd_steal?", "supervisor", ["pidfd_open"]), ("owner", "supervisor", ["fcntl"]), ("prlimit?", "supervisor", ["prlimit64"]),
    ("priority", "supervisor", ["setpriority"]), ("affinity", "supervisor", ["sched_setaffinity"]),
    ("io_uring?", "", ["io_uring_setup"]), ("keyctl?", "", ["keyctl"]), ("mount?", "folder", ["mount"]), ("bpf?", "", ["bpf"]),
    ("perf?", "", ["perf_event_open"]), ("userfaultfd?", "", ["userfaultfd"]), ("unshare", "", ["unshare"]), ("chroot?", "root", ["chroot"]),
    ("shm", "", ["shmget"]), ("msg", "", ["msgget"]), ("dumpable", "", ["prctl"]), ("setuid", "", ["setuid"]),
    ("x32?", "", []), ("i386?", "", []), ("peek?", "", ["recvfrom"]),
]


def attack(client, name, target=""):
    """Lets the plugin try. Returns what it reports, or the error."""
    reply = client.ask("x", plugins=["attack"], options={"attack": {"attack": name, "target": str(target)}})
    return reply["results"]["attack"] if reply["ok"] else reply["error"]


def state_of(folder):
    """All that can be done to what is in there."""
    def look(path):
        st = path.lstat()
        return path.name, st.st_mode, st.st_uid, st.st_nlink, st.st_mtime_ns, path.read_bytes() if path.is_file() else None, \
            os.listxattr(path, follow_symlinks=False)
    return sorted(look(path) for path in folder.iterdir())


@pytest.fixture
def under(textd):
    """under(sandbox, user) is a daemon, its client, and what there is to attack."""
    folders = []

    def start(sandbox, user=None, grants=lambda place: [], **sections):
        become = None if user is None else lambda: [os.setgroups([]), os.setgid(user), os.setuid(user)]
        folder = Path(tempfile.mkdtemp(prefix="td", dir="/tmp"))
        folders.append(folder)
        place = SimpleNamespace(folder=folder, file=folder / "file", new=folder / "new", passwd="/etc/passwd", most=60, root="/", port=9)
        place.file.write_text("x")
        for path in (folder, place.file):
            os.chown(path, user or os.geteuid(), -1)
        config = plugins({"name": "attack", "grants": grants(place)}, "fault", security={"sandbox": sandbox}, **sections)
        secrets = {"SECRET_OF_TEXTD": "a secret", "ANOTHER_SECRET": "another"}
        daemon = textd(config, env={**secrets, **(NO_LEAKS if user else {})}, before_exec=become, owner=user)
        for name, file in (("config", "textd.yaml"), ("control", "control.sock"), ("endpoint", "textd.sock"), ("new_in_run", "link")):
            setattr(place, name, daemon.run / file)
        place.supervisor, place.parent = daemon.supervisor_pid, daemon.pid
        return daemon, daemon.client(), place

    yield start
    for folder in folders:
        subprocess.run(["rm", "-rf", str(folder)])


def workers_of(daemon, n=2):
    return wait_for(f"{n} workers", lambda: len(pids := daemon.worker_pids()) == n and pids)


def target_of(place, workers, name):
    return " ".join(map(str, workers)) if name == "workers" else getattr(place, name, "")


def test_without_the_sandbox_a_plugin_may_do_all_that_textds_user_may(under):
    daemon, client, place = under("off")
    for name, target, _ in FROM_A_PLUGIN:
        for path in place.folder.iterdir():
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        place.file.write_text("x")
        before, workers = state_of(place.folder), workers_of(daemon)
        found = attack(client, name.rstrip("?"), target_of(place, workers, target))
        if name == "exec":  # the worker has become a shell, which ends when it is done
            assert found["code"] == "PLUGIN_CRASHED" and place.new.read_text() == "owned\n"
        elif name == "tcp":
            assert found == "failed ECONNREFUSED", "nobody listens there, but it was asked for"
        elif name.endswith("?"):
            assert "no grant" not in str(found), (name, found)
        else:
            assert str(found).startswith("done"), (name, target, found)
        if name in ("write", "create", "truncate", "chmod", "utime", "unlink", "rename", "link", "symlink", "mkdir") and target != "new_in_run":
            assert state_of(place.folder) != before, name
        if name == "kill":
            wait_for("the other worker's death", lambda: any(is_gone(pid) for pid in workers))
    assert attack(client, "getenv", "SECRET_OF_TEXTD") == "done a secret"
    place.new_in_run.unlink()


@pytest.mark.parametrize("user", [None, pytest.param(HIDDEN_USER, marks=needs_root)])
def test_in_the_sandbox_a_plugin_may_do_none_of_it_and_is_told_on(under, user):
    daemon, client, place = under("permissive", user)
    before = state_of(place.folder)
    for name, target, calls in FROM_A_PLUGIN:
        if SLOW > 1 and name in ("stat", "thread"):
            continue  # a sanitizer needs threads, and looks at files: it is let look, by Landlock and softly
        workers = workers_of(daemon)
        found = attack(client, name.rstrip("?"), target_of(place, workers, target))
        if SLOW > 1 and found in ("failed EACCES", "failed EPERM"):
            continue
        assert isinstance(found, dict) and found["code"] == "PLUGIN_CRASHED" and found["plugin"] == "attack", (name, target, found)
        tried = re.search(r"it tried (\w*).*, which it has no grant for", found["message"])
        assert tried and (not calls or tried[1] in calls), (name, found)
        assert state_of(place.folder) == before, name
        if name == "kill":
            assert sum(not is_gone(pid) for pid in workers) == len(workers) - 1, "the one that tried"
    assert not place.new_in_run.is_symlink() and daemon.supervisor_pid == place.supervisor
    assert attack(client, "getenv", "SECRET_OF_TEXTD") == "failed ENOENT"
    assert attack(client, "") == 1, "and documents are answered"


def test_grants_open_what_they_name_and_nothing_beside_it(under):
    """Where a path is named, Landlock looks at it; what it doesn't look at is no system call that a grant opens."""
    grants = lambda place: ["threads", "network", f"write:{place.folder}", "env:SECRET_OF_TEXTD"]
    daemon, client, place = under("permissive", None, grants)
    if "Landlock" in daemon.control(op="status")["sandbox"]["missing"]:
        pytest.skip("this kernel has no Landlock")
    (outside := daemon.run / "outside").write_text("x")
    for name, target in (("read", place.file), ("write", place.file), ("create", place.new), ("list", place.folder), ("unlink", place.new),
                         ("mkdir", place.new), ("thread", "")):
        assert attack(client, name, target).startswith("done"), name
    assert attack(client, "tcp", 9) == "failed ECONNREFUSED" and attack(client, "getenv", "SECRET_OF_TEXTD") == "done a secret"
    assert attack(client, "getenv", "ANOTHER_SECRET") == "failed ENOENT"
    for name, target in (("read", "/etc/shadow"), ("read", outside), ("write", outside), ("create", daemon.run / "new"), ("list", daemon.run),
                         ("unlink", outside), ("mkdir", daemon.run / "new"), ("mem", place.supervisor), ("environ", place.supervisor)):
        assert attack(client, name, target) in ("failed EACCES", "failed EPERM"), name
    assert attack(client, "connect", place.control) == "failed EAFNOSUPPORT", "no socket of this machine"
    assert "no grant" in str(found := attack(client, "raw")) or found == "failed EPERM", "also where textd is root"
    for name, target in (("truncate", place.file), ("chmod", place.file), ("utime", place.file), ("xattr", place.file), ("watch", place.file),
                         ("link", place.file), ("symlink", place.new), ("fork", ""), ("exec", place.new), ("ptrace", place.supervisor)):
        assert "no grant" in attack(client, name, target)["message"], name
    assert outside.read_text() == "x" and place.file.read_text() == "owned"


def test_a_plugin_is_confined_before_its_first_instruction(under):
    daemon, client, place = under("permissive")

    def load(name, target=""):
        return daemon.control(op="plugin.load", plugin="attack", options={"at_start": name, "start_target": str(target)})["error"]["message"]

    daemon.control(op="plugin.unload", plugin="attack")
    for name, target, call in (("socket", "", "socket"), ("signal", place.parent, "kill"), ("create", place.new, "open"), ("exec", place.new, "execve"),
                               ("fork", "", "clone")):
        assert re.search(rf"tried {call}\w*\(\), which it has no grant for", load(name, target)), name
    assert load("read", "/etc/passwd").endswith("failed EACCES") and not place.new.exists()
    assert load("getenv", "SECRET_OF_TEXTD").endswith("failed ENOENT")


@needs_root
@pytest.mark.parametrize("sandbox", ["off", "permissive"])
def test_what_textd_has_in_memory_is_its_own_also_before_other_programs_of_its_user(under, sandbox):
    """Another service that runs as the same user, say, which somebody has taken over."""
    daemon, client, place = under(sandbox, HIDDEN_USER)
    for pid in (place.parent, place.supervisor, *workers_of(daemon)):
        done = subprocess.run(["cat", f"/proc/{pid}/environ", f"/proc/{pid}/maps"], user=HIDDEN_USER, group=HIDDEN_USER, extra_groups=[],
                              capture_output=True)
        assert (done.returncode == 0) == (sandbox == "off"), (pid, done.stderr)


# ---- In its own worker: no measure keeps plugins and documents of one process apart, but a pool of its own --------------------------


def behind(daemon, client, name, target, n=3):
    """An attack, and documents that wait at the same worker behind it. Returns the replies."""
    head = client.annotate(f"SLEEP {50 * SLOW}")  # run by the attack as well, which counts documents
    operator = daemon.client(endpoint=daemon.control_endpoint)
    wait_for("it to be run", lambda: operator.request({"id": 1, "op": "worker.list"})["workers"][0].get("plugin") == "fault")
    first = client.annotate("x", plugins=["attack"], options={"attack": {"attack": name, "target": str(target)}})
    others = [client.annotate(f"SECRET {i}", plugins=["attack"]) for i in range(n)]
    replies = client.receive_all([head, first, *others])
    return replies[first], [replies[i] for i in others]


def test_a_plugin_sees_the_documents_that_its_worker_has_and_no_others(under):
    daemon, client, place = under("permissive", workers=1)
    assert behind(daemon, client, "next", 1000)[0]["results"]["attack"].startswith("done SECRET")
    daemon, client, place = under("permissive", workers={"count": 1, "window": 1})
    assert behind(daemon, client, "next", 1000)[0]["results"]["attack"] == "failed ENOENT"


def test_a_plugin_in_a_pool_of_its_own_sees_nobody_elses_documents(under):
    pipelines = [{"name": "default", "plugins": ["fault"]}, {"name": "apart", "plugins": ["fault", "attack"], "pool": "apart"}]
    daemon, client, place = under("permissive", workers=1, pools=[{"name": "apart", "workers": 1}], pipelines=pipelines)
    options = {"attack": {"attack": "next", "target": "1000"}}
    ids = [client.annotate(f"SLEEP {50 * SLOW}", pipeline="apart"), client.annotate("x", pipeline="apart", options=options)]
    others = [client.annotate(f"SECRET {i}") for i in range(3)]
    replies = client.receive_all([*ids, *others])
    assert replies[ids[1]]["results"]["attack"] == "failed ENOENT" and all(replies[i]["ok"] for i in others)


@pytest.mark.parametrize("sandbox", ["off", "permissive"])
def test_a_plugin_that_answers_for_documents_behind_its_own_is_ended_and_no_answer_is_believed(under, sandbox):
    daemon, client, place = under(sandbox, workers=1)
    own, others = behind(daemon, client, "forge", 3)
    assert own["error"]["code"] == "PLUGIN_CRASHED" and own["error"]["plugin"] == "attack" and "channel" in own["error"]["message"]
    assert [reply["results"]["attack"] for reply in others] == [8, 8, 8]
    assert daemon.logged("worker.channel", error='"a reply from inside a plugin"')
    if sandbox == "off":
        before = daemon.worker_pids()
        own, others = behind(daemon, client, "forge_all", 3)
        assert [reply["results"]["attack"] for reply in [own, *others]] == ["forged"] * 4, "it has told the page, too, where it is"
        wait_for("another worker", lambda: not set(before) & set(workers_of(daemon, 1)) and daemon.control(op="ping")["workers"] == 1)
    elif SLOW == 1:  # a sanitizer is let look at its own mappings
        own, others = behind(daemon, client, "forge_all", 3)
        assert "tried open" in own["error"]["message"] and [reply["results"]["attack"] for reply in others] == [8, 8, 8]
    error = attack(client, "pass")
    assert error["code"] == "PLUGIN_CRASHED" and ("channel" if sandbox == "off" else "tried sendmsg()") in error["message"]


# ---- A client ---------------------------------------------------------------------------------------------------------------------


class Tap(threading.Thread):
    """Stands between a client and the daemon, and keeps what the client says."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.said = port, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.start()

    def run(self):
        client, server = self.listener.accept()[0], socket.create_connection(("127.0.0.1", self.port))
        threading.Thread(target=self.pass_on, args=(server, client, False), daemon=True).start()
        self.pass_on(client, server, True)

    def pass_on(self, source, sink, is_kept):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.said += data if is_kept else b""
                sink.sendall(data)


def test_what_was_recorded_of_a_connection_is_of_no_use_in_another(textd, tmp_path):
    keys = test_100_curve.Keys(tmp_path)
    alice, daemon = keys.let_in("alice"), textd(keys.config())
    port = int(test_100_curve.tcp(daemon).rsplit(":", 1)[1])
    tap = Tap(port)
    client = daemon.client(endpoint=f"tcp://127.0.0.1:{tap.listener.getsockname()[1]}", curve=(keys.server[0], alice))
    assert client.ask("something worth a thief's while")["ok"]
    assert len(tap.said) > 500 and b"thief" not in tap.said
    before = daemon.control(op="status")["counters"]["messages_received"]
    with socket.create_connection(("127.0.0.1", port), timeout=10 * SLOW) as thief:
        thief.sendall(tap.said)
        heard = b""
        with contextlib.suppress(ConnectionError):
            while data := thief.recv(65536):
                heard += data
        assert len(heard) < 500, "a greeting, and perhaps a WELCOME that only alice can read"
    assert daemon.control(op="status")["counters"]["messages_received"] == before
    assert client.ask("and she goes on")["ok"]


def test_a_client_cancels_nobody_elses_document(textd):
    daemon = textd(plugins("fault", workers=1))
    alice, mallory = daemon.client(), daemon.client()
    mine = alice.annotate(f"SLEEP {40 * SLOW}", id=7)
    operator = daemon.client(endpoint=daemon.control_endpoint)
    wait_for("it to be run", lambda: operator.request({"id": 1, "op": "worker.list"})["workers"][0]["documents"])
    assert mallory.request({"op": "cancel", "id": 7})["error"]["code"] == "BAD_REQUEST", "it has none of that id"
    assert alice.receive_all([mine])[mine]["ok"]


# ---- Another user of the machine -------------------------------------------------------------------------------------------------


def test_a_configuration_that_everybody_may_write_is_refused(textd, tmp_path):
    file = tmp_path / "textd.yaml"
    file.write_text("{}")
    file.chmod(0o646)
    done = run_textd("--check-config", "--config", file)
    assert done.returncode == 78 and "textd.yaml may be written by everybody; chmod o-w it" in done.stderr
    daemon = textd(plugins("fault"))
    (daemon.run / "textd.yaml").chmod(0o666)
    error = daemon.control(op="config.reload")["error"]
    assert error["code"] == "RELOAD_FAILED" and "may be written by everybody" in error["message"]


@needs_root
def test_a_plugin_by_way_of_a_link_is_still_nobody_elses(textd, tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    tmp_path.chmod(0o755)
    theirs = tmp_path / "theirs.so"
    theirs.write_bytes((GOOD / "echo.so").read_bytes())
    os.chown(theirs, HIDDEN_USER, HIDDEN_USER)
    (folder / "echo.so").symlink_to(theirs)
    done = run_textd("--check-config", TEXTD_PLUGIN_DIRS=str(folder))
    assert f"echo.so belongs to user {HIDDEN_USER}" in done.stderr


@needs_root
def test_another_user_hears_and_says_nothing_at_the_operators_sockets_although_the_path_lets_him(textd):
    daemon = textd(plugins("fault"))
    for name in ("", "control.sock", "events.sock"):
        (daemon.run / name).chmod(0o777)
    script = """if True:
        import os, sys, zmq, msgpack
        os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[2]))
        control, events = (zmq.Context.instance().socket(kind) for kind in (zmq.DEALER, zmq.SUB))
        events.subscribe(b"")
        events.connect(f"ipc://{sys.argv[1]}/events.sock")
        control.connect(f"ipc://{sys.argv[1]}/control.sock")
        for name in ("plugin.disable", "plugin.enable"):
            control.send(msgpack.packb({"id": 1, "op": name, "plugin": "fault"}))
        print(control.poll(int(sys.argv[3])), events.poll(int(sys.argv[3])))
        control.linger = events.linger = 0
        """
    done = subprocess.run([sys.executable, "-c", script, str(daemon.run), str(HIDDEN_USER), str(150 * SLOW)], capture_output=True, text=True)
    assert done.stdout == "0 0\n", done
