"""What the systemd unit keeps from textd, and textd can do all the same: workers that can't be looked into on a /proc that hides such
processes, and the sandbox under the unit's own filter of system calls."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from conftest import HIDDEN_USER, NO_LEAKS, ROOT, SLOW, behind_a_proc_that_hides, can_hide, plugins, wait_for


@pytest.fixture
def hidden(textd):
    if not can_hide():
        pytest.skip(can_hide.__doc__)
    config = lambda sections: plugins("fault", {"name": "attack", "options": {"hide": True}}, **sections)
    return lambda **sections: textd(config(sections), env=NO_LEAKS, before_exec=behind_a_proc_that_hides, owner=HIDDEN_USER)


def at_work(daemon):
    """The pid of the worker that the plugin runs in."""
    operator = daemon.client(endpoint=daemon.control_endpoint)
    list_all = lambda: operator.request({"id": 1, "op": "worker.list"})["workers"]
    [pid] = wait_for("it to be run", lambda: [w["pid"] for w in list_all() if w.get("plugin") == "fault"])
    return pid


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory leaves no room for a limit")
def test_hidden_workers_that_grow_quickly_give_way_by_themselves(hidden):
    daemon = hidden(workers={"count": 1, "memory": "200MiB"}, limits={"reply_bytes": "1MiB"})
    client = daemon.client()
    replies = client.receive_all([client.annotate("HOARD 50") for _ in range(20)])
    assert all(reply["ok"] and set(reply["results"]) == {"fault", "attack"} for reply in replies.values())
    assert daemon.wait_logged("worker.large", action="replace") and not daemon.logged("worker.lost")


@pytest.mark.parametrize("is_hidden", [False, True])
def test_both_measures_of_workers_memory_are_shown(textd, request, is_hidden):
    """RSS counts the plugins' models, which the two have in common, twice; PSS once. Both are read also where a worker can't be found."""
    sections = {"http": {"listen": "127.0.0.1:*"}}
    if is_hidden:
        daemon = request.getfixturevalue("hidden")(**sections)
    else:
        daemon = textd(plugins("fault", "segmenter", "entities", **sections), env=NO_LEAKS)
    assert daemon.client().ask("Ada Lovelace met Charles Babbage in London.")["ok"]
    workers = lambda: [w for w in daemon.control(op="status")["workers"] if w["pss_bytes"] > 0]
    wait_for("both to be measured", lambda: len(workers()) == 2)
    pss, rss = ([w[key] for w in workers()] for key in ("pss_bytes", "rss_bytes"))
    assert all(0 < share < whole for share, whole in zip(pss, rss)), (pss, rss)
    scrape = lambda name: int(re.search(rb"^textd_workers_%s_bytes (\d+)" % name, daemon.http("/metrics")[2], re.M)[1])
    assert 0 < scrape(b"proportional") < scrape(b"resident")
    if not is_hidden and os.geteuid() == 0:
        real = lambda pid: int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) << 10
        assert all(abs(real(w["pid"]) - w["pss_bytes"]) < w["pss_bytes"] / 4 for w in workers())
    assert sum(pss) > 1 << 20 and abs(scrape(b"proportional") - sum(pss)) < sum(pss) / 4


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    wait_for("it to be stopped", lambda: Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")


def test_deaths_of_hidden_workers_are_seen_while_their_parent_is_held_up(hidden):
    daemon = hidden(workers=3)
    client = daemon.client()
    killed = client.annotate(f"SLEEP {200 * SLOW}")
    pid = at_work(daemon)
    stop(daemon.pid)
    try:
        os.kill(pid, signal.SIGKILL)
        assert client.receive_all([killed])[killed]["ok"], "whatever it was, the plugin isn't blamed: it was run again"
        line, = daemon.logged("worker.lost", pid=pid)
        assert "of what can't be seen, and its parent is held up" in line
        error = client.error("CRASH")
        assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault" and "SIGSEGV" in error["message"]
        assert client.ask("abc")["ok"]
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    wait_for("all to be replaced", lambda: daemon.control(op="ping")["workers"] == 3)
    assert client.error("EXIT 3")["message"].endswith("exit code 3")


def test_hidden_workers_that_are_stopped_are_found_to_be(hidden):
    """By the probes at once, and by the watch, which takes a stopped plugin for a victim and not for a late one."""
    daemon = hidden(workers=1, http={"listen": "127.0.0.1:*"}, limits={"plugin_timeout": f"{300 * SLOW}ms"})
    client = daemon.client()
    ident = client.annotate(f"SLEEP {200 * SLOW}")
    pid = at_work(daemon)
    stop(pid)
    wait_for("that to be seen", lambda: b"0 of 1 workers take documents; others are stopped" in daemon.http("/readyz?verbose")[2])
    begin = time.monotonic()
    assert client.receive_all([ident])[ident]["ok"], "it was run again elsewhere"
    assert time.monotonic() - begin < 5 * SLOW
    assert not daemon.logged("plugin.starved")
    state = [p for p in daemon.control(op="plugin.list")["plugins"] if p["name"] == "fault"]
    assert state[0]["timeouts"] == 0


UNIT = ROOT / "packaging/systemd/textd.service"


def allowed_by_the_unit():
    """The names of its SystemCallFilter=, systemd's sets resolved by its own list."""
    sets, name = {}, None
    for line in subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = []
        elif line.startswith(" ") and not line.strip().startswith("#"):
            sets[name].append(line.strip())
    calls = lambda word: {call for each in sets[word] for call in calls(each)} if word.startswith("@") else {word}
    allowed = set()
    for words in re.findall(r"^SystemCallFilter=(.*)", UNIT.read_text(), re.M):
        for word in words.lstrip("~").split():
            allowed = allowed - calls(word) if words.startswith("~") else allowed | calls(word)
    return allowed


def test_the_sandbox_is_whole_under_the_units_filter(textd):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze isn't installed (Debian: systemd)")
    names = [name.encode() for name in allowed_by_the_unit()]
    lib, allow, eperm = ctypes.CDLL("libseccomp.so.2"), 0x7FFF0000, 0x00050001
    lib.seccomp_init.restype = ctypes.c_void_p

    def be_as_in_the_unit():
        if os.geteuid() == 0:
            os.setgroups([]), os.setgid(HIDDEN_USER), os.setuid(HIDDEN_USER)
        context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(eperm)))
        for name in names:
            if (number := lib.seccomp_syscall_resolve_name(name)) >= 0:
                lib.seccomp_rule_add(context, ctypes.c_uint32(allow), ctypes.c_int(number), ctypes.c_uint(0))
        if lib.seccomp_load(context):
            raise OSError("no filter can be set")

    daemon = textd(plugins("attack", "fault"), env=NO_LEAKS, before_exec=be_as_in_the_unit, owner=HIDDEN_USER if os.geteuid() == 0 else None)
    sandbox = daemon.control(op="status")["sandbox"]
    assert sandbox["mode"] == "permissive" and sandbox["missing"] == textd(plugins("fault")).control(op="status")["sandbox"]["missing"], sandbox
    assert daemon.client().ask("abc")["ok"]
