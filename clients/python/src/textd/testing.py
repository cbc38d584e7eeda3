"""A textd of one's own for the tests of a program that uses textd.

In conftest.py:

    pytest_plugins = ["textd.testing"]

In a test:

    def test_it_finds_names(textd_client):
        assert textd_client.annotate("Ada Lovelace left.").entities

`textd_daemon` is the daemon itself, private to this run: `endpoint` is where it listens, and `stop()`, `kill()` and
`start()` try what a program does without it. It is one for all tests; `Daemon` makes others. The program `textd` is
found by $TEXTD_BIN or on PATH. This is no plugin that pytest loads by itself, so it costs those nothing who don't ask
for it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, List, Optional, Type

from ._errors import TextdError
from .client import Client

# Stands between the tests and the daemon. It ends the daemon, and removes its folder, when whoever started it is gone,
# however that came about: then its standard input ends. Should it be killed itself, the daemon is killed with it.
_KEEPER = """
import ctypes, os, select, shutil, signal, subprocess, sys
folder, command = sys.argv[1], sys.argv[2:]
signal.signal(signal.SIGINT, signal.SIG_IGN)
prctl = ctypes.CDLL(None).prctl
own = os.getpid()
def bind():
    prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != own:
        os._exit(1)
daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=bind)
print(daemon.pid, flush=True)
end = os.pidfd_open(daemon.pid)
if 0 in select.select([0, end], [], [])[0]:
    daemon.terminate()
    try:
        daemon.wait(5)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(daemon.wait() & 255)
"""


def _find_textd() -> str:
    found = os.environ.get("TEXTD_BIN") or shutil.which("textd")
    if not found or not os.access(found, os.X_OK):
        where = f"TEXTD_BIN is {found}, and that is no program" if found else "there is none on PATH"
        raise FileNotFoundError(f"textd is wanted for a test, and {where}; set TEXTD_BIN to the program")
    return found


def _make_folder() -> Path:
    """A socket's path has at most 107 bytes, and some systems' folders for temporary files are long."""
    folder = tempfile.mkdtemp(prefix="textd-")
    if len(folder) > 80:
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix="textd-", dir="/tmp")
    return Path(folder)


def _is_alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Daemon:
    """A running textd of one's own, in a folder of its own. Both are gone when it is closed, or when this process
    ends, also by SIGKILL.

    config: sections of textd's configuration, such as {"plugins": [{"name": "segmenter"}]}. Left out: all plugins,
    one worker.
    """

    def __init__(
        self, config: Optional[Mapping[str, Any]] = None, *, args: "tuple[str, ...]" = (), start_timeout: float = 30.0
    ) -> None:
        self._program = _find_textd()
        self.folder = _make_folder()
        self.endpoint = f"ipc://{self.folder}/textd.sock"
        whole = {"endpoints": [self.endpoint], "workers": {"count": 1}, **(config or {})}
        (self.folder / "textd.yaml").write_text(json.dumps(whole))  # JSON is YAML, too
        self._args = args
        self._start_timeout = start_timeout
        self._keeper: Optional[subprocess.Popen[str]] = None
        self.pid: Optional[int] = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def client(self, **keys: Any) -> Client:
        return Client(self.endpoint, **keys)

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        if self._keeper is not None:
            raise RuntimeError("this textd runs already")
        env = {key: value for key, value in os.environ.items() if not key.startswith("TEXTD_")}
        env["RUNTIME_DIRECTORY"] = str(self.folder)
        textd = [self._program, "--config", str(self.folder / "textd.yaml"), *self._args]
        with open(self.folder / "log", "ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-c", _KEEPER, str(self.folder), *textd],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env, text=True,
            )  # fmt: skip
        assert self._keeper.stdout is not None
        told = self._keeper.stdout.readline().strip()
        self.pid = int(told) if told else None
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + self._start_timeout
        with Client(self.endpoint, timeout=self._start_timeout, connect_timeout=0.1) as client:
            while True:
                try:
                    if client.ping()["state"] == "serving":
                        return
                except TextdError:
                    pass
                if self._keeper is None or self._keeper.poll() is not None:
                    raise RuntimeError(f"textd ended as soon as it was started; its log:\n{self.log[-3000:]}")
                if time.monotonic() > end:
                    raise RuntimeError(
                        f"textd did not answer within {self._start_timeout} s; its log:\n{self.log[-3000:]}"
                    )

    def _signal(self, number: int) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        children: List[str] = []
        if self.pid is not None and keeper.poll() is None:
            try:
                children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
                os.kill(self.pid, number)
            except (FileNotFoundError, ProcessLookupError):
                pass
        keeper.wait()
        end = time.monotonic() + 5
        while any(map(_is_alive, children)) and time.monotonic() < end:
            time.sleep(0.001)  # they end with it, but a moment later, and answer until then
        for pipe in (keeper.stdin, keeper.stdout):
            if pipe is not None:
                pipe.close()
        self.pid = None

    def stop(self) -> None:
        """As a service manager does: what it has is finished."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """As a crash does: whatever it had is lost."""
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


__all__: List[str] = ["Daemon"]

try:
    import pytest
except ImportError:  # the class is of use without it, too
    pass
else:

    @pytest.fixture(scope="session")
    def textd_daemon() -> Iterator[Daemon]:
        """A private textd with all plugins; one for all tests."""
        with Daemon() as daemon:
            yield daemon

    @pytest.fixture
    def textd_client(textd_daemon: Daemon) -> Iterator[Client]:
        """A client of textd_daemon."""
        with textd_daemon.client() as client:
            yield client

    __all__ += ["textd_client", "textd_daemon"]
