"""The short form of `make chaos`."""

import subprocess
import sys

from conftest import BUILD, ROOT, SLOW


def test_g1_exactly_one_reply_to_every_document_whatever_happens():
    """Promise G1, with the blame right: see tests/chaos/chaos.py."""
    documents = 12_000 if SLOW == 1 else 2_000
    command = [sys.executable, "-B", ROOT / "tests/chaos/chaos.py", "--documents", str(documents), "--build", BUILD]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    print(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
