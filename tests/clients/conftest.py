"""Fixtures of the clients' tests. Each test runs once for each client (TEXTD_CLIENTS narrows them: `c,python,node`)."""

import contextlib
import subprocess

import pytest

import fake
from world import CLIENTS, DRIVERS, Run, Stopped, harness

textd = harness.textd


@pytest.fixture(scope="session")
def checked_driver():
    """checked_driver(client): its driver can be run here."""
    known = {}

    def what_is_wrong(client):
        try:
            done = subprocess.run([*DRIVERS[client], "--no-such-flag"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        except OSError as error:
            return f"the driver of client {client} can't be run: {error}"
        return done.returncode != 2 and f"a flag that doesn't exist: exit code {done.returncode}, should be 2; it said:\n{done.stderr[-3000:]}"

    def check(client):
        if client not in known:
            known[client] = what_is_wrong(client)
        if known[client]:
            pytest.fail(known[client], pytrace=False)

    return check


@pytest.fixture(params=CLIENTS)
def client(request, checked_driver):
    checked_driver(request.param)
    return request.param


@pytest.fixture
def drive(client):
    """drive(endpoint, documents, flags…) starts the client's driver; what still runs in the end is killed."""
    with contextlib.ExitStack() as stack:

        def start(endpoint, documents, *args, **options):
            run = Run(client, endpoint, documents, *args, **options)
            stack.callback(run.kill)
            return run

        yield start


@pytest.fixture
def stop():
    """stop(daemon) stops it until the test ends, or go_on()."""
    with contextlib.ExitStack() as stack:

        def start(daemon):
            stopped = Stopped(daemon)
            stack.callback(stopped.go_on)
            return stopped

        yield start


@pytest.fixture
def server(tmp_path):
    """server(handler) plays the daemon with scripted replies: see fake.py."""
    with contextlib.ExitStack() as stack:

        def start(handler, kind=None, endpoint=None, **more):
            found = fake.Server(endpoint or f"ipc://{tmp_path}/fake.sock", handler, kind, **more)
            stack.callback(found.stop)
            return found

        yield start


@pytest.fixture
def program():
    """program(says, closes, waits): another program on a TCP port."""
    with contextlib.ExitStack() as stack:

        def start(*args, **more):
            found = fake.Program(*args, **more)
            stack.callback(found.stop)
            return found

        yield start
