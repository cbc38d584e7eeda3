"""A running textd with HTTP, and what all of its processes together take: for sidecar and soak."""

import json
import math
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgpack
import zmq

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
TEXTCTL, HTTP, LOAD = BUILD / "bin/textctl", BUILD / "bench/http", BUILD / "bench/load"
EXAMPLES = [ROOT / "docs/examples" / name for name in ("news.txt", "post.txt", "review.txt")]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def descendants(pid):
    """The process and all that it has, by their numbers."""
    found, line = [], [pid]
    for each in line:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                line += map(int, (task / "children").read_text().split())
            found.append(each)
        except OSError:  # gone meanwhile
            pass
    return found


def title_of(pid):
    try:
        return re.sub(r"^textd: | gen \d+.*", "", Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode())
    except OSError:
        return "gone"


def cpu_s(pid):
    """Of all threads, from the scheduler's own account."""
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    except OSError:
        pass
    return total / 1e9


def reaped_s(pid):
    """Of its children that have died and been waited for, and of theirs. In hundredths."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")


def others_s():
    """Processor time that all have taken who are neither this program nor its children."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    reaped = os.times()
    ours = reaped.children_user + reaped.children_system + sum(map(cpu_s, descendants(os.getpid())))
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK") - ours


class Tree:
    """Two workers and all four plugins, unless `config` says otherwise. start_s: from exec to READY=1 on the service manager's
    socket, and to the first answered ping."""

    def __init__(self, **config):
        self.run = tempfile.TemporaryDirectory(prefix="td")
        self.endpoint, self.port = f"ipc://{self.run.name}/textd.sock", free_port()
        config = {"endpoints": [self.endpoint], "workers": {"count": 2}, **config}
        config["http"] = {"listen": f"127.0.0.1:{self.port}", **config.get("http", {})}
        file = Path(self.run.name) / "textd.yaml"
        file.write_text(json.dumps(config))
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(f"{self.run.name}/notify")
        notify.settimeout(10)
        env = {k: v for k, v in os.environ.items() if not k.startswith("TEXTD_")}
        env.update(RUNTIME_DIRECTORY=self.run.name, NOTIFY_SOCKET=f"{self.run.name}/notify")
        self.env = {**env, "TEXTD_ENDPOINT": self.endpoint}
        begin = time.monotonic()
        self.process = subprocess.Popen([BUILD / "bin/textd", "-c", file], env=env, stderr=subprocess.DEVNULL)
        self.socket = self.connect(self.endpoint)
        try:
            while not notify.recv(4096).startswith(b"READY=1"):
                pass
        except TimeoutError:
            self.process.kill()
            sys.exit("bench: textd did not start; build/bin/textd -c says why")
        ready_s = time.monotonic() - begin
        self.ask(self.socket, op="ping")
        self.start_s = ready_s, time.monotonic() - begin
        self.control = self.connect(f"ipc://{self.run.name}/control.sock")

    @staticmethod
    def connect(endpoint):
        s = zmq.Context.instance().socket(zmq.DEALER)
        s.linger, s.reconnect_ivl = 0, 1
        s.connect(endpoint)
        return s

    @staticmethod
    def ask(s, **message):
        s.send(msgpack.packb({"id": 1, **message}))
        if not s.poll(10000):
            sys.exit("bench: no answer from textd")
        return msgpack.unpackb(s.recv())

    def status(self):
        return self.ask(self.control, op="status")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.control.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        self.run.cleanup()

    # ---- What it takes ----

    def pids(self):
        """{pid: title} of all processes, the parent first."""
        titles = {pid: title_of(pid) for pid in descendants(self.process.pid)}
        return {pid: "parent" if pid == self.process.pid else title for pid, title in titles.items()}

    def kib(self):
        """[(title, PSS, RSS)]: a page that n processes have counts as 1/n in PSS, so that its sum is what all take."""
        rows = []
        for pid, title in self.pids().items():
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            rows.append((title, *(int(re.search(rf"^{key}:\s+(\d+)", rollup, re.M)[1]) for key in ("Pss", "Rss"))))
        return rows

    def descriptors(self):
        n = 0
        for pid in self.pids():
            try:
                n += len(os.listdir(f"/proc/{pid}/fd"))
            except OSError:
                pass
        return n

    def cpu_s(self):
        """Processor time of all threads of all processes, from the scheduler's own account, and of those that have died, from
        their parents' account."""
        return sum(cpu_s(pid) + reaped_s(pid) for pid in descendants(self.process.pid))

    # ---- Clients of it ----

    def http(self, *words):
        """Starts bench/http; numbers() waits for its line."""
        return subprocess.Popen([HTTP, str(self.port), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def bench(self, *words, files=EXAMPLES):
        """Starts `textctl bench`; result() waits for it."""
        command = [TEXTCTL, "bench", "--json", *map(str, words), *files]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def numbers(process):
    out, err = process.communicate()
    if process.returncode != 0:
        sys.exit(f"bench: {err.strip()}")
    return [float(word) for word in out.split()]


def result(process):
    out, err = process.communicate()
    if not out:
        sys.exit(f"bench: {err.strip()}")
    return json.loads(out)


def p99_us(done):
    """Of what result() gave. Of less than a hundred documents there is none; then the longest wait."""
    latency = done["latency_us"]
    return latency["p99"] if "p99" in latency else latency["max"]


def interval(ratios):
    """The order statistics between which the median lies with a probability of at least 95 %, whatever the spread."""
    ratios, n, tail, k = sorted(ratios), len(ratios), 0.0, 0
    while k < n and tail + math.comb(n, k) / 2**n <= 0.025:
        tail += math.comb(n, k) / 2**n
        k += 1
    return ratios[max(k - 1, 0)], ratios[min(n - k, n - 1)]


def in_turn(pairs, run):
    """[(with, without)]: run(True) and run(False) in turn, each first in every second pair."""
    found = []
    for i in range(pairs):
        order = (True, False) if i % 2 else (False, True)
        got = {which: run(which) for which in order}
        found.append((got[True], got[False]))
    return found


def ratio_of(pairs):
    """'1.02 (0.99 to 1.05)': the median of the pairs' ratios, and the interval that holds it in 19 of 20 cases."""
    ratios = [a / b for a, b in pairs]
    low, high = interval(ratios)
    return f"{statistics.median(ratios):.3f} ({low:.3f} to {high:.3f})"
