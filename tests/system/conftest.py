"""The harness of the system tests: starts the real daemon on real sockets, talks to it as a client would, breaks it.

Nothing here sleeps for a time; everything waits for a state, with a bound. A daemon that a test leaves running is stopped,
and must go without leaving a process or a sanitizer's report behind.
"""

import contextlib
import ctypes
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import msgpack
import pytest
import zmq

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
BIN = BUILD / "bin"
GOOD = BUILD / "tests/plugins/good"
BAD = BUILD / "tests/plugins/bad"
# A traceparent as the W3C has it.
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
# The sanitizers make everything slower; bounds are multiplied by this.
SLOW = 4 if "asan" in BUILD.name else 8 if "tsan" in BUILD.name else 1

# The sanitizer leaves faults to the kernel, so that a crash is the signal that it would be in production.
SANITIZER = (
    "handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:allocator_may_return_null=1:"
    "detect_stack_use_after_return=0"
)
# For a daemon whose descriptors or mappings a test looks at: who isn't root may do that only without the sandbox.
LOOKED_INTO = {} if os.geteuid() == 0 else {"TEXTD_SECURITY_SANDBOX": "off"}
# Leaks are looked for by ptrace: not to be had by a process that isn't dumpable, or is kept from that, and isn't root.
NO_LEAKS = {"ASAN_OPTIONS": f"{SANITIZER}:detect_leaks=0"}
THREADS = f"handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:suppressions={ROOT}/tests/tsan.supp"


def is_gone(pid):
    """Whether the process has ended, also when nobody has reaped it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):  # the second when it is reaped between open and read
        return True


def wait_for(what, test, seconds=10):
    """Waits until test() is true, and returns what it returned."""
    end = time.monotonic() + seconds * SLOW
    while True:
        found = test()
        if found:
            return found
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds * SLOW} s in vain: {what}")
        time.sleep(0.002)


def environment(**more):
    """The environment without the variables that are textd's, or of the make that runs these tests."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("TEXTD_") and key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return {**env, "ASAN_OPTIONS": SANITIZER, "UBSAN_OPTIONS": "print_stacktrace=1", "TSAN_OPTIONS": THREADS, **more}


HIDDEN_USER = 61234


def behind_a_proc_that_hides():
    """For preexec_fn: what systemd's User= and ProtectProc=invisible do: a process that isn't dumpable isn't there, even for its parent."""
    libc, new_namespace, private = ctypes.CDLL(None, use_errno=True), 0x20000, 0x44000
    if libc.unshare(new_namespace) or libc.mount(b"none", b"/", None, private, None) or \
            libc.mount(b"proc", b"/proc", b"proc", 0, b"hidepid=2"):
        raise OSError(ctypes.get_errno(), "no /proc with hidepid=2 can be mounted here")
    os.setgroups([])
    os.setgid(HIDDEN_USER)
    os.setuid(HIDDEN_USER)


def can_hide():
    """Needs root, a mount namespace of its own, and a build that others can read."""
    try:
        subprocess.run([str(BIN / "textd"), "--version"], preexec_fn=behind_a_proc_that_hides, capture_output=True, check=True)
        return True
    except (OSError, subprocess.SubprocessError):
        return False


def run_textd(*args, **more):
    """Runs textd to its end."""
    command = [str(BIN / "textd"), *map(str, args)]
    return subprocess.run(command, env=environment(**more), capture_output=True, text=True, timeout=30 * SLOW)


class Client:
    """A connection. DEALER by default; kind=zmq.REQ has the empty frame that REQ sends. curve: the server's key, and a pair."""

    def __init__(self, endpoint, kind=zmq.DEALER, curve=None):
        self.context = zmq.Context.instance()
        self.socket = self.context.socket(kind)
        self.socket.linger = 0
        self.socket.sndhwm = self.socket.rcvhwm = 0
        if curve:
            self.socket.curve_serverkey, (self.socket.curve_publickey, self.socket.curve_secretkey) = curve
        self.socket.connect(endpoint)
        self.ids = itertools.count(1)

    def send(self, message, *frames):
        """Sends a map (or bytes as they are), and perhaps more frames. Returns the id."""
        if isinstance(message, dict):
            first = msgpack.packb(message, use_bin_type=True)
        else:
            first = message
        self.socket.send_multipart([first, *frames])
        return message.get("id") if isinstance(message, dict) else None

    def annotate(self, text, **keys):
        """Sends a document without waiting. Returns its id."""
        keys.setdefault("id", next(self.ids))
        return self.send({"text": text, **keys})

    def receive(self, seconds=10):
        if not self.socket.poll(int(seconds * SLOW * 1000)):
            pytest.fail(f"no reply within {seconds * SLOW} s")
        frames = self.socket.recv_multipart()
        assert len(frames) == 1, "a reply is one frame"
        return msgpack.unpackb(frames[0], strict_map_key=False)

    def receive_all(self, ids, seconds=20):
        """The replies to all of these ids, by id; each exactly once."""
        wanted, found = set(ids), {}
        while wanted:
            reply = self.receive(seconds)
            assert reply["id"] in wanted, f"unexpected or second reply: {reply}"
            wanted.remove(reply["id"])
            found[reply["id"]] = reply
        return found

    def request(self, message, *frames, seconds=10):
        self.send(message, *frames)
        return self.receive(seconds)

    def ask(self, text, seconds=10, **keys):
        """Sends a document and waits for its reply."""
        wanted = self.annotate(text, **keys)
        reply = self.receive(seconds)
        assert reply["id"] == wanted
        return reply

    def result(self, text, plugin, **keys):
        reply = self.ask(text, **keys)
        assert reply["ok"], reply
        return reply["results"][plugin]

    def error(self, text, **keys):
        reply = self.ask(text, **keys)
        assert not reply["ok"], reply
        return reply["error"]

    def is_silent(self, seconds=0.2):
        return not self.socket.poll(int(seconds * SLOW * 1000))

    def close(self):
        self.socket.close()


class Daemon:
    """A running textd. Its run directory, its log and its client connections go with it."""

    def __init__(self, config=None, args=(), env=None, wait=True, before_exec=None, owner=None):
        self.run = Path(tempfile.mkdtemp(prefix="td", dir="/tmp"))
        if owner:
            os.chown(self.run, owner, owner)
        self.endpoint = f"ipc://{self.run}/textd.sock"
        self.control_endpoint = f"ipc://{self.run}/control.sock"
        self.clients = []
        config = {"endpoints": [self.endpoint], **(config or {})}
        (self.run / "textd.yaml").write_text(json.dumps(config))  # JSON is YAML
        self.log_path = self.run / "log"
        self.process = subprocess.Popen(
            [str(BIN / "textd"), "--config", str(self.run / "textd.yaml"), *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(self.log_path, "wb"),
            env=environment(RUNTIME_DIRECTORY=str(self.run), **(env or {})),
            preexec_fn=before_exec,
        )
        if wait:
            self.wait_until_it_answers()

    def wait_until_it_answers(self):
        client = self.client()
        client.send({"op": "ping"})
        try:
            wait_for("the first ping", lambda: client.socket.poll(5) or self.process.poll() is not None)
            assert self.process.poll() is None, f"textd ended with {self.process.returncode}; its log:\n{self.log()[-3000:]}"
            client.receive()
        except BaseException:
            self.process.kill()
            self.process.wait()
            self.clean_up()
            raise

    @property
    def pid(self):
        """Of the process that was started, the parent of all others."""
        return self.process.pid

    def client(self, kind=zmq.DEALER, endpoint=None, curve=None):
        client = Client(endpoint or self.endpoint, kind, curve)
        self.clients.append(client)
        return client

    def control(self, **message):
        client = self.client(endpoint=self.control_endpoint)
        return client.request({"id": 1, **message})

    def http_port(self, listener="http"):
        """Of http.listen, or of the "probes"."""
        pattern = rf"event=server\.listen {listener}=\S*:(\d+)"
        return int(wait_for(f"the port of {listener}", lambda: re.search(pattern, self.log())).group(1))

    def http(self, path, method="GET", body=None, headers=None, listener="http"):
        """One request on a connection of its own. Returns the status, the headers and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port(listener), timeout=10 * SLOW)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def logged(self, event, **fields):
        """The log's lines of that event whose fields are these."""
        wanted = [f"event={event}"] + [f"{key}={value}" for key, value in fields.items()]
        return [line for line in self.log().splitlines() if all(re.search(rf"(^|\s){re.escape(w)}(\s|$)", line) for w in wanted)]

    def wait_logged(self, event, seconds=10, **fields):
        return wait_for(f"log line {event} {fields}", lambda: self.logged(event, **fields), seconds)

    def children(self, title):
        """The pids of the parent's children that are called so."""
        found = []
        for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            with contextlib.suppress(OSError):  # gone meanwhile
                if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(title):
                    found.append(int(pid))
        return found

    @property
    def supervisor_pid(self):
        """None between one and the next."""
        return next(iter(self.children(b"textd: supervisor")), None)

    def worker_pids(self):
        return self.children(b"textd: worker")

    def exit_code(self, seconds=10):
        """Waits for the end."""
        try:
            return self.process.wait(seconds * SLOW)
        except subprocess.TimeoutExpired:
            pytest.fail(f"textd did not exit within {seconds * SLOW} s; its log:\n{self.log()[-3000:]}")

    def rss_kib(self, pid=None):
        status = Path(f"/proc/{pid or self.supervisor_pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def stop(self):
        """SIGTERM must end it cleanly."""
        others = [*self.worker_pids(), self.supervisor_pid]
        self.check_descriptors()
        self.process.send_signal(signal.SIGTERM)
        code = self.exit_code(40)
        self.check_remains(others)
        assert code == 0, self.log()[-3000:]

    def check_descriptors(self):
        """What textd was started with is still there. A number that is 0 where it should be -1 is a descriptor that is closed in the
        place of none: nobody misses it until a socket has got it."""
        for pid in filter(None, (self.pid, self.supervisor_pid)):
            for fd in (0, 1):
                there = os.path.realpath(f"/proc/{pid}/fd/{fd}")
                assert there == "/dev/null" or os.geteuid() != 0 or is_gone(pid), f"descriptor {fd} of {pid} is {there}"

    def check_remains(self, others):
        for pid in filter(None, others):
            wait_for(f"process {pid} to go", lambda: not Path(f"/proc/{pid}").exists())
        self.check_reports()

    def check_reports(self):
        log = self.log()
        for report in ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:", "Assertion"):
            assert report not in log, log[-6000:]

    def clean_up(self):
        for client in self.clients:
            client.close()
        try:
            if self.process.poll() is None:
                self.stop()
            self.check_reports()  # also when it ended before, as the test wanted
        finally:
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.run, ignore_errors=True)


@pytest.fixture
def textd():
    """textd(config, args…) starts a daemon; it is stopped, and looked at, when the test ends."""
    with contextlib.ExitStack() as stack:  # all of them, also when one fails

        def start(config=None, *args, env=None, wait=True, before_exec=None, owner=None):
            daemon = Daemon(config, args, env, wait, before_exec, owner)
            stack.callback(daemon.clean_up)
            return daemon

        yield start


def plugins(*names, directory=GOOD, workers=2, **sections):
    """A configuration with these plugins: a name, or a dict as the file would have it. None is ever suspended, unless the
    test says otherwise."""
    entries = [{"name": name} if isinstance(name, str) else name for name in names]
    return {"plugin_dirs": [str(directory)], "plugins": entries, "suspend": {"deaths": 0}, **sections,
            "workers": workers if isinstance(workers, dict) else {"count": workers}}


@pytest.fixture
def faulty(textd):
    """A daemon with the plugin that misbehaves on demand, and a client of it."""
    daemon = textd(plugins("fault"))
    return daemon, daemon.client()
