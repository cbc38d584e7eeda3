"""Beside other containers: defaults follow the memory that our control group has, and are said."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import BIN, ROOT, SLOW, environment, plugins, wait_for

MIB = 1 << 20
V1, V1_CPU, V2 = (Path("/sys/fs/cgroup", name) for name in ("memory", "cpu", ""))


@pytest.fixture
def group():
    """group(MIB) makes a control group with so much memory, and gives what puts a process into it. Skips where none can be made."""
    made = []

    def make(mib):
        v1 = (V1 / "memory.limit_in_bytes").exists()
        path = (V1 if v1 else V2) / f"textd-test-{os.getpid()}-{mib}"
        try:
            path.mkdir()
            made.append(path)
            (path / ("memory.limit_in_bytes" if v1 else "memory.max")).write_text(str(mib * MIB))
        except OSError as error:
            pytest.skip(f"no control group with a memory limit can be made here: {error}")

        def join():
            (path / "cgroup.procs").write_text(str(os.getpid()))

        return join

    yield make
    for path in made:
        wait_for("the group to be empty", lambda: not (path / "cgroup.procs").read_text())
        path.rmdir()


def run_in(join, *args, **env):
    return subprocess.run([str(BIN / "textd"), *args], env=environment(**env), preexec_fn=join, capture_output=True, text=True, timeout=30 * SLOW)


def test_print_config_tells_whose_memory_a_default_is_of(group, tmp_path):
    join = group(256)
    told = run_in(join, "--print-config", TEXTD_QUEUE_BYTES="100MiB").stdout
    values = re.findall(r"^  (\w+): (\S+)  # default, of the control group's 256 MiB$", told, re.M)
    assert values == [("memory", "128MiB"), ("document_bytes", "1MiB"), ("document_memory", "128MiB"), ("reply_bytes", "32MiB"),
                      ("unread_bytes", "16MiB"), ("bytes", "16MiB"), ("reply_bytes", "32MiB")]
    assert "  bytes: 100MiB  # TEXTD_QUEUE_BYTES" in told
    (tmp_path / "again.yaml").write_text(told)
    again = run_in(None, "--print-config", "--config", str(tmp_path / "again.yaml"))
    assert again.returncode == 0 and f"  memory: 128MiB  # {tmp_path}/again.yaml:" in again.stdout


def test_a_limit_above_the_group_s_memory_is_told(group, textd):
    join = group(256)
    daemon = textd({"workers": {"memory": "1GiB", "count": 1}}, before_exec=join)
    [line] = daemon.wait_logged("config.beyond_memory")
    assert "setting=workers.memory" in line and "256 MiB" in line
    daemon.control(op="config.reload")
    daemon.wait_logged("reload.done")
    assert len(daemon.logged("config.beyond_memory")) == 2
    checked = run_in(join, "--check-config", TEXTD_WORKERS_MEMORY="1GiB")
    assert checked.returncode == 0 and "config.beyond_memory setting=workers.memory" in checked.stderr


@pytest.mark.parametrize("processors, workers", [(0.5, 1), (1.5, 2)])
def test_there_are_as_many_workers_as_processors_may_be_used(textd, processors, workers):
    v1 = (V1_CPU / "cpu.cfs_quota_us").exists()
    path = (V1_CPU if v1 else V2) / f"textd-test-{os.getpid()}-cpu"
    quota = str(int(processors * 100000))
    try:
        path.mkdir()
        (path / ("cpu.cfs_quota_us" if v1 else "cpu.max")).write_text(quota if v1 else f"{quota} 100000")
    except OSError as error:
        path.exists() and path.rmdir()
        pytest.skip(f"no control group with a processor quota can be made here: {error}")
    try:
        daemon = textd(plugins("echo", workers=0), before_exec=lambda: (path / "cgroup.procs").write_text(str(os.getpid())))
        assert daemon.client().request({"op": "ping"})["workers"] == min(workers, len(os.sched_getaffinity(0)))
        daemon.stop()
    finally:
        wait_for("the group to be empty", lambda: not (path / "cgroup.procs").read_text())
        path.rmdir()


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory is above the limit")
@pytest.mark.parametrize("mib", [64, 256])
def test_all_plugins_serve_the_largest_documents_in_a_small_group(group, textd, mib):
    """With two workers at the largest documents that the defaults take the kernel ends nobody for want of memory, and each reply has room."""
    daemon = textd({"workers": {"count": 2}}, before_exec=group(mib))
    client = daemon.client()
    limits = client.request({"op": "describe"})["limits"]
    assert limits["document_bytes"] == mib * MIB // 256 and limits["queue_bytes"] == mib // 8 * MIB
    assert limits["client_reply_bytes"] >= 4 * 6 * limits["document_bytes"], "four replies to prose of that size may wait"
    page = (ROOT / "docs/examples/news.txt").read_text() + "\n\n"
    largest = (page * (limits["document_bytes"] // len(page.encode()) + 1)).encode()[: limits["document_bytes"]].decode("utf-8", "ignore")
    replies = client.receive_all([client.annotate(largest, id=i) for i in range(4)], seconds=60)
    told = {name: error["message"] for reply in replies.values() for name, error in reply.get("errors", {}).items()}
    assert all(reply["ok"] for reply in replies.values()), replies
    assert not told, told
    assert client.error(largest + "more than that.")["code"] == "TOO_LARGE"
    assert client.ask(page)["ok"] and not daemon.logged("worker.lost") and not daemon.logged("reply.dropped") and not daemon.logged("worker.large")
