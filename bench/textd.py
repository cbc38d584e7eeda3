"""A textd for the benchmarks, what its processes take, and the loads on it."""

import json
import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import msgpack
import zmq

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOAD = BUILD / "bench/load"
STORY = ROOT / "docs/examples/news.txt"
ALL = ["language", "segmenter", "entities", "sentiment", "summarizer"]


class Failed(Exception):
    """What a part ends with; its words are for people."""


class Needs(Exception):
    """What a part wants and doesn't have: it isn't run, which is no failure."""


class Textd:
    def __init__(self, config, endpoints=()):
        self.run = tempfile.TemporaryDirectory(prefix="td")
        self.endpoint = f"ipc://{self.run.name}/textd.sock"
        file = Path(self.run.name) / "textd.yaml"
        file.write_text(json.dumps({"endpoints": [self.endpoint, *endpoints], **config}))
        env = {k: v for k, v in os.environ.items() if not k.startswith("TEXTD_")}
        env["RUNTIME_DIRECTORY"] = self.run.name
        self.begin = time.monotonic()
        self.log = open(Path(self.run.name) / "log", "w+")
        self.process = subprocess.Popen([BUILD / "bin/textd", "-c", file], env=env, stderr=self.log)
        self.socket = self.connect(self.endpoint)  # reconnects within 1 ms; the default, 100, would be what is measured
        self.ask({"op": "ping"})
        self.start_ms = (time.monotonic() - self.begin) * 1000

    @staticmethod
    def connect(endpoint):
        socket = zmq.Context.instance().socket(zmq.DEALER)
        socket.linger, socket.reconnect_ivl = 0, 1
        socket.connect(endpoint)
        return socket

    def ask(self, message, *frames, wait_s=10):
        self.socket.send_multipart([msgpack.packb(message), *frames])
        if not self.socket.poll(wait_s * 1000):
            self.log.seek(0)
            raise Failed(f"no answer from textd in {wait_s} s; its log ends with: {self.log.read()[-400:]}")
        return msgpack.unpackb(self.socket.recv())

    def control(self, **message):
        socket = self.connect(f"ipc://{self.run.name}/control.sock")
        try:
            socket.send(msgpack.packb({"id": 1, **message}))
            if not socket.poll(10000):
                raise Failed("no answer from textd's control socket")
            return msgpack.unpackb(socket.recv())
        finally:
            socket.close()

    def pids(self):
        """The parent's, the supervisor's, then the workers'."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        children.sort(key=lambda pid: not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"textd: supervisor"))
        return [self.process.pid, *map(int, children)]

    def supervisor(self):
        return self.pids()[1]

    def workers(self):
        return self.pids()[2:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.run.cleanup()


def bench_plugins(workers=2, *names):
    return {"plugin_dirs": [str(BUILD / "bench/plugins")], "plugins": [{"name": name} for name in names or ("noop", "mirror")],
            "workers": {"count": workers}}


def run(*words, **options):
    """What a program of ours prints."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Failed(f"`{Path(words[0]).name} {' '.join(str(word) for word in words[1:4])} ...` ended with {done.returncode}: "
                     f"{(done.stderr or done.stdout).strip()[-400:]}")
    return done.stdout


def load(endpoint, size, window, seconds, plugin="noop", *options):
    """[documents a second, p50 us, p99 us]"""
    return [float(x) for x in run(LOAD, *options, endpoint, size, window, seconds, plugin).split()]


def columns(samples):
    """A list for each figure of a round."""
    return [list(column) for column in zip(*samples)]


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0


def cpu_s(pid):
    """Of all threads, from the scheduler's own account."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def rss_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1))


def share_kib(pid):
    """(its own share, which counts a page that n processes have as 1/n; what it has for itself alone)"""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss, clean, dirty = (int(re.search(rf"^{key}:\s+(\d+)", rollup, re.M)[1]) for key in ("Pss", "Private_Clean", "Private_Dirty"))
    return pss, clean + dirty


def annotate(textd, text, count, window=64):
    sent = received = 0
    while received < count:
        while sent < count and sent - received < window:
            textd.socket.send_multipart([msgpack.packb({"id": sent}), text])
            sent += 1
        reply = msgpack.unpackb(textd.socket.recv())
        assert reply["ok"], reply
        received += 1


def median_of(samples):
    return [statistics.median(column) for column in zip(*samples)]


def own_pages():
    return sorted(map(str, [*ROOT.glob("docs/examples/*.txt"), *ROOT.glob("docs/*.md")]))


def data(name):
    """A file of a set that doesn't come along (docs/models.md names them): BENCH_DATA is the folder, or one above it."""
    folder = os.environ.get("BENCH_DATA")
    for end in ("jsonl", "jsonl.gz"):
        found = sorted(Path(folder).rglob(f"{name}.{end}")) if folder else []
        if found:
            return found[0]
    return None
