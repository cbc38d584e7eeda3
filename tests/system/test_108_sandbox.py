"""What plugins may do: nothing but read their documents, unless the configuration grants it; and what is said of a
kernel that has less to keep them to it. The attacks themselves are in 101."""

import ctypes
import errno
import os
import platform
import re
import socket
import struct
import subprocess
import threading
from pathlib import Path

import pytest

from conftest import BIN, BUILD, HIDDEN_USER, SLOW, can_hide, environment, plugins, run_textd, wait_for
from test_61_reload import rewrite
from test_75_textctl_doctor import doctor

GRANTED = BUILD / "tests/plugins/granted"
PARTS = ["no_new_privs", "not traceable", "limits", "Landlock", "seccomp"]


def grants(*granted, name="grants", **sections):
    """A configuration with the plugin that does what takes a grant."""
    options = {"create": sections.pop("create", "")} if "create" in sections else {}
    entry = {"name": name, "grants": list(granted), "options": options}
    return plugins(entry, directory=GRANTED, workers=1, **sections)


def without(*calls, answer=errno.ENOSYS):
    """For preexec_fn: a kernel that hasn't these system calls, by their x86-64 numbers."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = [(0x20, 0, 0, 0)]  # load the number; then a jump over the answer for each call, which is the next but one
    for number in calls:
        code += [(0x15, 0, 1, number), (0x06, 0, 0, 0x50000 | answer)]
    code += [(0x06, 0, 0, 0x7FFF0000)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))

    def deny():
        filters = struct.pack("HxxxxxxP", len(code), ctypes.addressof(program))
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_char_p(filters)):
            raise OSError(ctypes.get_errno(), "no filter can be set")

    return deny


LANDLOCK, SECCOMP = 444, 317
only_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are x86-64's")


def missing_by(metrics):
    """What /metrics says of each part."""
    return {part: int(n) for part, n in re.findall(r'^textd_sandbox_missing{part="(.+)"} (\d)$', metrics.decode(), re.M)}


def error_of(client, text):
    error = client.error(text)
    assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "grants"
    return error["message"]


# ---- Without a grant


def test_time_zone_locale_and_converters_work_where_no_file_can_be_opened(textd):
    client = textd(grants(), env={"TZ": "Asia/Kolkata"}).client()
    assert client.result("TIME 1700000000", "grants") == 3 * 100 + 3, "03:43 there, 22:13 UTC"
    assert client.result("LOCALE C.UTF-8", "grants") == 1
    assert client.result("CONVERT ISO-8859-1", "grants") == client.result("CONVERT WINDOWS-1252", "grants") == 1


def test_what_takes_a_grant_is_stopped_and_told_to_all(textd):
    acts = [("SOCKET inet", "socket()"), ("SOCKET unix", "socket()"), ("WRITE /tmp/x", "openat()"),
            ("REMOVE /tmp/x", "unlink()"), ("CHMOD /tmp", "chmod()")]
    if SLOW == 1:  # else a report may want to read files,
        acts += [("READ /etc/passwd", "openat()")]
    if SLOW < 8:  # and ThreadSanitizer has a thread of its own
        acts += [("THREAD 1", "clone(), or a call with signals blocked")]
    daemon = textd(grants())
    client = daemon.client()
    for n, (text, call) in enumerate(acts, 1):
        words = f"it tried {call}, which it has no grant for"
        assert error_of(client, text) == f"plugin grants ended its process: {words}"
        wait_for("the death to be told", lambda: len(daemon.logged("worker.lost", plugin="grants")) == n)
        assert f'death="{words}"' in daemon.logged("worker.lost")[-1]
        [plugin] = daemon.control(op="plugin.list")["plugins"]
        assert plugin["denied"] == call and plugin["crashes"] == n and plugin["grants"] == []
        assert client.ask("abc")["ok"]
    [_, (state, told, advice)] = doctor(daemon.run)["sandbox"]
    assert state == "warn" and told == f"grants was stopped: it tried {call}, which it has no grant for" and "grants: in its entry" in advice


def test_the_environment_is_not_there(textd):
    daemon = textd(grants(), env={"SECRET": "swordfish"})
    assert daemon.client().result("ENV SECRET", "grants") == "(none)"
    [worker] = daemon.worker_pids()
    assert b"swordfish" not in Path(f"/proc/{worker}/environ").read_bytes()


# ---- While it is made


@pytest.mark.parametrize("act,words", [
    ("SOCKET inet", "plugin grants ended its process while it was loaded: it tried socket(), which it has no grant"),
    ("WRITE /tmp/x", "ended its process while it was loaded: it tried openat(), which it has no grant for"),
    ("STAY", "it tried clone(), or a call with signals blocked, which it has no grant for")])
def test_what_a_plugin_tries_while_it_is_made_refuses_it(act, words, tmp_path):
    """--check-config makes it in the same way."""
    if SLOW == 8 and act == "STAY":
        pytest.skip("ThreadSanitizer has a thread of its own, so that clone is let through")
    (tmp_path / "textd.yaml").write_text(str(grants(create=act)))
    done = run_textd("--check-config", "--config", tmp_path / "textd.yaml")
    assert done.returncode == 78 and words in done.stderr


def test_a_plugin_cannot_say_for_the_kernel_that_it_is_confined(tmp_path):
    done = check(tmp_path, grants(create="PRETEND"))
    assert done.returncode == 78 and "seccomp could be had before the plugins were made, and can't be now" in done.stderr


@only_x86
def test_a_thread_that_a_plugin_leaves_is_found_where_seccomp_is_missing(tmp_path):
    (tmp_path / "textd.yaml").write_text(str(grants(create="STAY")))
    command = [str(BIN / "textd"), "--check-config", "--config", str(tmp_path / "textd.yaml")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, preexec_fn=without(SECCOMP))
    assert done.returncode == 78
    assert "plugin grants has started 1 thread, which it has no grant for: if it may, write into its entry of " \
           "'plugins': grants: [threads]" in done.stderr


# ---- With grants


def test_what_is_granted_works_and_nothing_beside_it(textd, tmp_path):
    read, write, other = (tmp_path / name for name in ("read", "write", "other"))
    for folder in (read, write, other):
        folder.mkdir()
        (folder / "file").write_text("there")
    alone = other / "alone"
    alone.write_text("old")
    daemon = textd(grants("threads", f"read:{read}", f"read:{alone}", f"write:{write}", "env:TOLD"), env={"TOLD": "yes", "UNTOLD": "no"})
    client = daemon.client()
    ask = lambda text: client.result(text, "grants")
    assert ask("THREAD 4") == 4
    assert ask(f"READ {read}/file") == ask(f"READ {write}/file") == "there"
    assert ask(f"READ {other}/file") == ask(f"READ {read}/../other/file") == ask("READ /etc/passwd") == -errno.EACCES
    assert ask(f"WRITE {read}/file") == ask(f"WRITE {other}/file") == ask(f"REMOVE {read}/file") == -errno.EACCES
    assert ask(f"WRITE {write}/file") == ask(f"WRITE {write}/new") == 7 and (write / "file").read_text() == "written"
    assert ask(f"REMOVE {write}/new") == 0 and ask(f"READ {write}/new") == -errno.ENOENT
    (other / "new").write_text("new")
    assert ask(f"READ {alone}") == "old" and (other / "new").rename(alone)
    assert ask(f"READ {alone}") == -errno.EACCES, "another file; docs/security.md says what to do"
    assert daemon.control(op="config.reload")["ok"] and ask(f"READ {alone}") == "new"
    assert ask("ENV TOLD") == "yes" and ask("ENV UNTOLD") == "(none)"
    assert "it tried chmod()" in error_of(client, f"CHMOD {write}/file"), "no grant is for that"
    assert "it tried openat()" in error_of(client, f"SETUID {write}/tool") and not (write / "tool").exists(), "nor for that"
    assert "it tried socket()" in error_of(client, "SOCKET inet")
    assert "plugin=grants grants=" in daemon.logged("plugin.grants")[0]


def test_the_network_is_that_of_addresses_and_names_and_no_sockets_of_this_machine(textd):
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].send(b"*"), daemon=True).start()
        client = textd(grants("network")).client()
        assert client.result(f"CONNECT {server.getsockname()[1]}", "grants") == ord("*")
    assert client.result("SOCKET unix", "grants") == -errno.EAFNOSUPPORT
    assert client.result("READ /etc/passwd", "grants") == -errno.EACCES
    assert SLOW == 8 or "it tried clone()" in error_of(client, "THREAD 1")


def test_what_is_granted_to_a_plugin_is_granted_in_its_pool(textd):
    config = plugins({"name": "grants"}, {"name": "net", "file": "grants", "grants": ["network"]}, directory=GRANTED,
                     workers=1, pools=[{"name": "apart"}], pipelines=[
                         {"name": "default", "plugins": ["grants"]},
                         {"name": "net", "plugins": ["net"], "pool": "apart"}])
    client = textd(config).client()
    assert client.result("SOCKET inet", "net", pipeline="net") > 0
    assert "it tried socket()" in error_of(client, "SOCKET inet")


def test_who_is_granted_what_it_tried_begins_anew(textd):
    daemon = textd(grants(suspend={"deaths": 1, "pause": "60s"}))
    client = daemon.client()
    assert "it tried socket()" in error_of(client, "SOCKET inet")
    [plugin] = daemon.control(op="plugin.list")["plugins"]
    assert (plugin["denied"], plugin["state"]) == ("socket()", "suspended")
    rewrite(daemon, plugins=grants("network")["plugins"])
    assert daemon.control(op="config.reload")["ok"]
    [plugin] = daemon.control(op="plugin.list")["plugins"]
    assert (plugin["denied"], plugin["state"], plugin["crashes"]) == ("", "active", 0)
    assert client.result("SOCKET inet", "grants") >= 0


def test_grants_are_shown(textd):
    daemon = textd(grants("threads", "read:/usr"))
    [plugin] = daemon.client().request({"op": "describe"})["plugins"]
    assert plugin["grants"] == ["threads", "read:/usr"] and plugin["pure"] is False
    assert daemon.control(op="plugin.list")["plugins"][0]["grants"] == ["threads", "read:/usr"]
    env = environment(RUNTIME_DIRECTORY=str(daemon.run))
    textctl = lambda *words: subprocess.run([BIN / "textctl", *words], env=env, capture_output=True, text=True).stdout
    assert "grants may use threads, read:/usr\n" in textctl("plugin", "list")
    assert "may use threads, read:/usr; a document sent twice may be answered differently" in textctl("describe")


def test_a_path_that_is_granted_must_be_there():
    config = str(grants("read:/nowhere/at/all"))
    done = subprocess.run([BIN / "textd", "--check-config", "--config", "/dev/stdin"], input=config, env=environment(),
                          capture_output=True, text=True)
    assert done.returncode == 78
    assert "plugin grants is granted /nowhere/at/all, which can't be opened: No such file or directory" in done.stderr


# ---- What a plugin says that it needs


def check(tmp_path, config):
    (tmp_path / "textd.yaml").write_text(str(config))
    return run_textd("--check-config", "--config", tmp_path / "textd.yaml")


def test_a_plugin_that_needs_more_is_refused_with_the_line_to_write(tmp_path):
    needs = "plugin needy needs {}, which it isn't granted: if it may have it, write into its entry of 'plugins': " \
            "grants: [{}]"
    line = 'threads, "read:/usr/share/dict", "env:NAME"'
    done = check(tmp_path, grants(name="needy"))
    assert done.returncode == 78 and needs.format("threads", line) in done.stderr
    done = check(tmp_path, grants("threads", "read:/usr", name="needy"))
    assert needs.format("env", 'threads, "read:/usr", "env:NAME"') in done.stderr
    assert check(tmp_path, grants("threads", "write:/usr", "env:HOME", name="needy")).returncode == 0


def test_needs_that_are_none_are_told_to_the_plugins_author(tmp_path):
    done = check(tmp_path, grants("network", name="wrong_needs"))
    assert "plugin wrong_needs: it says that it needs 'netwrok': grants are threads, network" in done.stderr


# ---- What the kernel has


def test_all_that_the_kernel_has_is_applied_and_told(textd):
    daemon = textd(grants(http={"probes": "127.0.0.1:*"}))
    sandbox = daemon.control(op="status")["sandbox"]
    assert sandbox["mode"] == "permissive" and sandbox["applied"] + sorted(sandbox["missing"]) == PARTS
    status, _, body = daemon.http("/readyz?verbose", listener="probes")
    assert status == 200 and b"ok      sandbox: by no_new_privs, not traceable, limits" in body
    missing = missing_by(daemon.http("/metrics", listener="probes")[2])
    assert [part for part in PARTS if missing[part]] == sorted(sandbox["missing"])
    [(state, told, _)] = doctor(daemon.run)["sandbox"]
    assert told.startswith("permissive: no_new_privs, not traceable, limits") and (state == "ok") == (sandbox["missing"] == {})
    [worker] = daemon.worker_pids()
    status = Path(f"/proc/{worker}/status").read_text()
    assert "NoNewPrivs:\t1\n" in status and "Seccomp:\t2\n" in status and "CapEff:\t0000000000000000\n" in status
    open_files = {os.readlink(entry).split(":")[0] for entry in Path(f"/proc/{worker}/fd").iterdir()}
    assert open_files == {"/dev/null", "pipe", "socket"}, "what is printed, and the channel"


@only_x86
def test_a_part_that_is_missing_is_told_and_refused_when_the_sandbox_is_strict(textd, tmp_path):
    daemon = textd(grants(http={"probes": "127.0.0.1:*"}), before_exec=without(LANDLOCK))
    [line] = daemon.wait_logged("worker.confined")
    assert "level=warn" in line and "missing: Landlock (Function not implemented)" in line
    sandbox = daemon.control(op="status")["sandbox"]
    assert sandbox["missing"] == {"Landlock": "Function not implemented"} and sandbox["landlock_abi"] == 0
    assert b"missing: Landlock (Function not implemented)" in daemon.http("/readyz?verbose", listener="probes")[2]
    metrics = daemon.http("/metrics", listener="probes")[2]
    assert {part: 1 if part == "Landlock" else 0 for part in PARTS} == missing_by(metrics)
    [(state, told, advice)] = doctor(daemon.run)["sandbox"]
    assert state == "warn" and told.endswith("; missing: Landlock (Function not implemented)") and "docs/security.md" in advice
    assert "openat()" in error_of(daemon.client(), "WRITE /tmp/x"), "seccomp alone keeps it from all files"
    strict = {**grants(security={"sandbox": "strict"}), "endpoints": [daemon.endpoint]}
    (daemon.run / "textd.yaml").write_text(str(strict))
    message = daemon.control(op="config.reload")["error"]["message"]
    assert "security.sandbox is strict, and Landlock can't be had here: Function not implemented" in message
    assert daemon.client().ask("abc")["ok"], "what ran before goes on"


@only_x86
@pytest.mark.parametrize("call,part", [(LANDLOCK, "Landlock"), (SECCOMP, "seccomp")])
def test_a_strict_sandbox_starts_whole_or_not_at_all(call, part, tmp_path):
    (tmp_path / "textd.yaml").write_text(str(grants(security={"sandbox": "strict"})))
    command = [str(BIN / "textd"), "--check-config", "--config", str(tmp_path / "textd.yaml")]
    assert subprocess.run(command, env=environment(), capture_output=True).returncode == 0
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, preexec_fn=without(call))
    assert done.returncode == 78 and f"security.sandbox is strict, and {part} can't be had here" in done.stderr


def test_processes_can_be_looked_into_when_it_is_off_and_else_not(textd):
    """By others of their user, which is not root: whose files in /proc they are says it."""
    if not can_hide():
        pytest.skip(can_hide.__doc__)
    become = lambda: (os.setgroups([]), os.setgid(HIDDEN_USER), os.setuid(HIDDEN_USER))
    for mode, owner in (("off", HIDDEN_USER), ("permissive", 0)):
        daemon = textd(grants(security={"sandbox": mode}), before_exec=become, owner=HIDDEN_USER)
        for pid in (daemon.pid, daemon.supervisor_pid, *daemon.worker_pids()):
            wait_for(f"{pid}'s files to be {owner}'s", lambda: os.stat(f"/proc/{pid}/mem").st_uid == owner)
        sandbox = daemon.control(op="status")["sandbox"]
        assert sandbox["mode"] == mode and (sandbox["applied"] == []) == (mode == "off")
        assert mode != "off" or doctor(daemon.run)["sandbox"][0][:2] == ("warn", "off: plugins may do all that textd's user may")
        assert daemon.client().ask("abc")["ok"]
