"""The tests of the Python client start real daemons, by the means that it gives its users for that: textd.testing."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROOT = PROJECT.parents[1]
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
sys.path.insert(0, str(PROJECT / "src"))
os.environ.setdefault("TEXTD_BIN", str(BUILD / "bin/textd"))
os.environ.pop("TEXTD_ENDPOINT", None)

import textd  # noqa: E402

pytest_plugins = ["textd.testing"]

# A plugin that misbehaves on demand: SLEEP ms, CRASH; other texts are answered with their length.
FAULT = {"plugin_dirs": [str(BUILD / "tests/plugins/good")], "plugins": [{"name": "fault"}], "suspend": {"deaths": 0}, "workers": {"count": 2}}


def start_daemon(config):
    from textd.testing import Daemon  # pytest wants to be the first who imports it

    return Daemon(config)


def wait_for(what, test, seconds=10):
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.002)


@pytest.fixture
def fault():
    """A daemon of the test's own, which it may kill."""
    with start_daemon(FAULT) as daemon:
        yield daemon


@pytest.fixture(scope="session")
def calm_fault():
    """One for all tests that leave it as it was."""
    with start_daemon(FAULT) as daemon:
        yield daemon


def documents_in(daemon):
    """How many the daemon has accepted and not answered."""
    with textd.Client(f"ipc://{daemon.folder}/control.sock") as client:
        return client.request({"id": 1, "op": "status"})["documents"]


def in_thread(work):
    """Runs it in a thread; returns a function that waits for its end and gives the result, or raises what it raised."""
    outcome = []

    def run():
        try:
            outcome.append((work(), None))
        except BaseException as e:
            outcome.append((None, e))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def join(seconds=20):
        thread.join(seconds)
        assert outcome, "the thread still runs"
        result, error = outcome[0]
        if error:
            raise error
        return result

    return join
