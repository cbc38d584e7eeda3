"""Programs with an event loop of their own: docs/examples/event_loop_*.c, which have one with epoll and with libuv, go on while the
daemon is killed and started again, and don't hang when there is none."""

import os
import subprocess
import time

import pytest

from conftest import BUILD, SLOW, wait_for
from test_72_client_delivery import count_lines, kill, restart

LOOPS = ["epoll", "libuv"]
TEXT = "Acme Corp. paid $3 million to {} people."


def start(loop, endpoint, **files):
    return subprocess.Popen([str(BUILD / f"tests/example-event-loop-{loop}")], stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "TEXTD_ENDPOINT": endpoint}, **files)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_goes_on_over_kills(textd, tmp_path, loop):
    daemon, out, n = textd(), tmp_path / "out", 0
    with out.open("w") as stdout:
        process = start(loop, daemon.endpoint, stdin=subprocess.PIPE, stdout=stdout)
    for part in range(3):
        for n in range(n + 1, n + 301):
            process.stdin.write(TEXT.format(n) + "\n")
        process.stdin.flush()
        if part < 2:
            wait_for("some results", lambda: count_lines(out) > 300 * part + 20, 30)
            kill(daemon)
            daemon = restart(textd, daemon, {})
    _, err = process.communicate(timeout=60 * SLOW)
    assert (process.returncode, err) == (0, "")
    lines = dict(line.split(": ", 1) for line in out.read_text().splitlines())
    assert sorted(map(int, lines)) == list(range(1, n + 1)) and count_lines(out) == n
    assert all(found == "ORG=Acme Corp. MONEY=$3 million CARDINAL=" + number for number, found in lines.items()), lines


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_reads_a_file(textd, tmp_path, loop):
    (tmp_path / "in").write_text("".join(TEXT.format(i) + "\n" for i in range(500)) + "Acme Corp. has no end of line")
    process = start(loop, textd().endpoint, stdin=(tmp_path / "in").open(), stdout=subprocess.PIPE)
    out, err = process.communicate(timeout=60 * SLOW)
    assert (process.returncode, err) == (0, "")
    assert sorted(int(line.split(":")[0]) for line in out.splitlines()) == list(range(1, 502))
    assert "501: ORG=Acme Corp.\n" in out


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_ends_with_1_when_a_line_failed(textd, loop):
    process = subprocess.Popen([str(BUILD / f"tests/example-event-loop-{loop}")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env={**os.environ, "TEXTD_ENDPOINT": textd().endpoint})
    out, _ = process.communicate(b"Acme Corp.\n\xff\n", timeout=20 * SLOW)
    assert process.returncode == 1 and b"1: ORG=Acme Corp.\n" in out and b"2: INVALID_UTF8: " in out


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_is_told_that_nobody_is_there(tmp_path, loop):
    began = time.monotonic()
    process = start(loop, f"ipc://{tmp_path}/nobody", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    out, err = process.communicate("one\ntwo\n" * 500, timeout=20 * SLOW)
    assert time.monotonic() - began < 3 * SLOW, "once, not for each line"
    assert (process.returncode, out) == (1, "") and "line 1: no answer from" in err and str(tmp_path) in err
