"""The line on a terminal that tells how far a batch is."""

import json
import os
import pty
import re
import subprocess

from conftest import BIN, SLOW, environment, plugins


def progress(daemon, *args, stdin=None):
    """What a terminal at stderr gets."""
    master, slave = pty.openpty()
    process = subprocess.Popen([str(BIN / "textctl"), "annotate", "-e", daemon.endpoint, "--plugins", "fault", "--in-flight", "1", *map(str, args)],
                               stdin=stdin or subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=slave, env=environment())
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 65536):
            shown += chunk
    except OSError:  # how a terminal's end looks on Linux
        pass
    os.close(master)
    assert process.wait(20 * SLOW) == 0
    return shown.decode().split("\r\033[K")


def test_a_batch_tells_the_time_that_is_left(textd, tmp_path):
    daemon = textd(plugins("fault", workers=1))
    batch = tmp_path / "batch"
    batch.write_text("".join(json.dumps({"text": "SLEEP 80"}) + "\n" for _ in range(20)))
    shown = progress(daemon, "--jsonl", batch)
    left = [int(found[1]) for line in shown if (found := re.search(r", (\d+) s left", line))]
    parts = [int(found[1]) for line in shown if (found := re.search(r"(\d+) %", line))]
    assert left and left == sorted(left, reverse=True) and left[0] <= 2 * SLOW, shown
    assert parts == sorted(parts) and 10 < len(set(parts)), "the part is of what is done, not of what was read ahead"
    assert "100 %" in shown[-1] and "20 documents" in shown[-1] and "left" not in shown[-1]
    assert not any("left" in line for line in shown[:5]), "after a tenth of a second nobody knows"
    with subprocess.Popen(["head", "-n", "14", str(batch)], stdout=subprocess.PIPE) as source:
        shown = progress(daemon, "--jsonl", "-", stdin=source.stdout)
    assert "14 documents" in shown[-1] and not any("left" in line or "%" in line for line in shown), "a pipe's end isn't known"
