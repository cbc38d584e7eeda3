"""What the tests of all clients stand on: the drivers, one a language, that use a client as its users do; the real daemon,
from the harness of the system tests; and programs that are no textd.

A driver reads documents as JSON lines and prints a line for each answer:

    DRIVER --endpoint E [--mode annotate|request] [--window N] [--timeout SECONDS] [--connect SECONDS] [--plugins a,b]
           [--offsets byte|codepoint|utf16] [--unordered]

    annotate: {"text": …, "deadline_ms"?, "lang"?, "plugins"?, "meta"?, "options"?}
              -> {"line": n, "ok": true, "results": …, "warnings"?, "meta"?}
               | {"line": n, "ok": false, "error": {"code", "message", "retryable", "retry_after_ms"?}}
    request:  any map; {"hex": "00ff"} is a bin, {"float": "2.0"} a whole float, the key "$text" with {"frame": …} the second
              frame -> the reply's map in the same notation, or {"skip": why}

It exits with 0 when all lines were answered well, 1 when some were not, 69 when UNAVAILABLE or LOST ended the run, 75 when
TIMEOUT did, 76 when NO_PROTOCOL or REFUSED did, 2 for a bad command line. Such an end prints {"fatal": {"code", "message"}} last.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load_system_harness():
    """tests/system/conftest.py, under a name of its own: pytest has a conftest of this folder, too."""
    spec = importlib.util.spec_from_file_location("system_harness", ROOT / "tests/system/conftest.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


harness = load_system_harness()
BUILD, SLOW, wait_for, plugins = harness.BUILD, harness.SLOW, harness.wait_for, harness.plugins

# What a driver is run by. An interpreter that is missing fails the test: a client that nobody tried is not one that works.
DRIVERS = {
    "c": [str(BUILD / "tests/client-drive")],
    "python": [sys.executable, "-B", str(ROOT / "tests/clients/drive.py")],
    "node": [shutil.which("node") or "node-is-missing", str(ROOT / "tests/clients/drive.mjs")],
}
CLIENTS = os.environ.get("TEXTD_CLIENTS", "c,python,node").split(",")

# The unit that a client's users count in, unless they say otherwise.
UNITS = {"c": "byte", "python": "codepoint", "node": "utf16"}

# How long a driver may take to start and to end, beyond what its client was told to wait.
START = 5

FATAL = {69: {"UNAVAILABLE", "LOST"}, 75: {"TIMEOUT"}, 76: {"NO_PROTOCOL", "REFUSED"}}


def aside(work):
    """A thread that does this. It doesn't hold up the end of the tests, whatever it waits for."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def join(thread, what, seconds=20):
    """Waits for its end. One that doesn't come fails the test, and says where the thread stands: a wait without a bound says
    nothing until ctest ends all of it."""
    thread.join(seconds * SLOW)
    frame = sys._current_frames().get(thread.ident)
    if thread.is_alive() and frame:
        pytest.fail(f"{what} has not ended within {seconds * SLOW} s; it stands in\n{''.join(traceback.format_stack(frame))}")


class Run:
    """A driver at work. `documents` may be a generator: each is drawn when the driver has room for it. With `take`, each line
    is given to it and none is kept."""

    def __init__(self, client, endpoint, documents, *args, take=None, variables=None, **options):
        self.client, self.endpoint, self.take = client, endpoint, take
        self.lines, self.n_lines, self.n_fed, self.fatal, self.words = [], 0, 0, None, ""
        self.began = time.monotonic()
        self.process = subprocess.Popen([*DRIVERS[client], "--endpoint", endpoint, *map(str, args)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=harness.environment(**variables or {}), **options)
        self.threads = [aside(work) for work in (lambda: self._feed(documents), self._read, self._read_words)]

    def _feed(self, documents):
        try:
            for document in documents:
                self.process.stdin.write(json.dumps(document).encode() + b"\n")
                self.process.stdin.flush()
                self.n_fed += 1
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it had read all

    def _read(self):
        for line in self.process.stdout:
            found = json.loads(line)
            assert self.fatal is None, "nothing comes behind a fatal end"
            if "fatal" in found:
                self.fatal = found["fatal"]
            else:
                self.take(found) if self.take else self.lines.append(found)
                self.n_lines += 1

    def _read_words(self):
        self.words = self.process.stderr.read().decode(errors="replace")

    def wait_for_lines(self, n, seconds=30):
        wait_for(f"{n} lines of {self.client}'s driver; there are {self.n_lines}",
                 lambda: self.n_lines >= n or self.process.poll() is not None, seconds)
        assert self.n_lines >= n, f"it ended before: {self.process.returncode} {self.fatal} {self.lines[-1:]}"

    def end(self, within=20):
        """Its exit code. It must come within that many seconds from now."""
        began = time.monotonic()
        try:
            code = self.process.wait(within * SLOW)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"{self.client}'s driver still runs after {within * SLOW} s; it printed {self.n_lines} lines, the last "
                        f"{self.lines[-1:]}, and said:\n{self.words[-3000:]}")
        self._join()
        self.took = time.monotonic() - began
        assert code in (0, 1, 69, 75, 76), f"exit code {code}; it said:\n{self.words[-3000:]}"
        assert (self.fatal is not None) == (code in FATAL), f"exit code {code}, but {self.fatal}"
        assert not self.fatal or self.fatal["code"] in FATAL[code], f"exit code {code}, but {self.fatal}"
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(20 * SLOW)
        self._join()

    def _join(self):
        for thread in self.threads:
            join(thread, f"what feeds or reads {self.client}'s driver, which has ended,")

    def check_fatal(self, codes, within, names=None):
        """It ends with this code (or one of these) in time, and says where that was."""
        self.end(within + START)
        codes = {codes} if isinstance(codes, str) else codes
        assert self.fatal and self.fatal["code"] in codes, f"{self.fatal} {self.lines[-1:]} {self.words}"
        assert (names or self.endpoint) in self.fatal["message"], self.fatal
        return self.fatal

    def check_numbers(self, n, ordered=True):
        """Lines 0 to n - 1, each once."""
        found = [line["line"] for line in self.lines]
        assert (found if ordered else sorted(found)) == list(range(n)), first_wrong(found, n)

    def check_all(self, n, ordered=True, is_right=None):
        """Every document was answered well, once, and in order."""
        assert self.end() == 0, f"{self.fatal} {[line for line in self.lines if not line['ok']][:3]}\n{self.words[-3000:]}"
        self.check_numbers(n, ordered)
        assert all(line["ok"] for line in self.lines)
        for line in self.lines if is_right else ():
            assert is_right(line), line

    def peak_kib(self):
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text()).group(1))


def first_wrong(found, n):
    twice = len(found) - len(set(found))
    lost = sorted(set(range(n)) - set(found))
    at = next((i for i, number in enumerate(found) if number != i), None)
    return f"{len(found)} lines for {n} documents: {twice} twice, {len(lost)} lost ({lost[:5]}…), out of order from {at}"


def counted(n, slow_every=3, ms=1):
    """Documents for the plugin `fault`: each has a length of its own, which is the plugin's answer; some take their time."""
    for i in range(n):
        yield {"text": f"SLEEP {ms}" if slow_every and i % slow_every == 0 else "x" * (i % 997 + 1)}


def in_doses(documents, allowed):
    """Only as many of them as allowed[0] says by then: a batch must not be over before what it is to survive has happened."""
    for i, document in enumerate(documents):
        wait_for("more documents to be allowed", lambda: i < allowed[0], 60)
        yield document


def is_counted(line, slow_every=3, ms=1):
    i = line["line"]
    return line["results"]["fault"] == (ms if slow_every and i % slow_every == 0 else i % 997 + 1)


def has_ended(pid):
    """With all its threads, the last of which closes its sockets. Nobody need have buried it: an init may take its time for that."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z" and len(os.listdir(f"/proc/{pid}/task")) == 1
    except OSError:
        return True


def kill(daemon):
    """As a crash or the kernel does it: without a word to anybody."""
    supervisor = daemon.supervisor_pid
    daemon.process.kill()
    daemon.process.wait(20 * SLOW)
    wait_for("the supervisor to end", lambda: has_ended(supervisor))  # its socket goes with it, a moment after its parent
    daemon.check_reports()


def restart(textd, old, config):
    """Another daemon at the endpoint of one that is gone."""
    daemon = textd({**config, "endpoints": [old.endpoint]}, wait=False)
    daemon.endpoint = old.endpoint
    daemon.wait_until_it_answers()
    return daemon


class Stopped:
    """A daemon that is stopped as a debugger would, until it goes on."""

    def __init__(self, daemon):
        self.pid = daemon.supervisor_pid
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self):
        if self.pid:
            os.kill(self.pid, signal.SIGCONT)
        self.pid = None
