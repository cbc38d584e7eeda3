"""Real nats-servers, one or a cluster, and real bridges, each a process that a test may kill."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
from conftest import BIN, environment, wait_for  # noqa: E402
from wire import Nats  # noqa: E402

SERVER = shutil.which("nats-server") or "/usr/sbin/nats-server"
BRIDGE = BIN / "textd-nats"


def missing():
    """Why these tests can't run; None: they can."""
    if not os.access(SERVER, os.X_OK):
        return "nats-server isn't installed (scripts/install-packages nats)"
    if not BRIDGE.exists():
        return "textd-nats isn't built: libnats-dev wasn't there (scripts/install-packages nats)"
    return None


def free_ports(n):
    """Of this moment: another may take one before we do, which is then seen."""
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Node:
    """A nats-server with a folder of its own."""

    def __init__(self, name, folder, port, host="127.0.0.1", cluster=None, routes=(), extra="", prefix=()):
        self.name, self.port, self.prefix, self.process = name, port, prefix, None
        self.folder = folder
        folder.mkdir()
        lines = [f"server_name: {name}", f"listen: {host}:{port}", f"jetstream {{ store_dir: '{folder}/store', max_mem: 256M, max_file: 8G }}", extra]
        if cluster:
            lines.append(f"cluster {{ name: test, listen: {cluster}, routes: [{', '.join('nats://' + r for r in routes)}] }}")
        (folder / "conf").write_text("\n".join(lines))

    def start(self):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([*self.prefix, SERVER, "-c", str(self.folder / "conf")], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        self.process.wait()

    @property
    def log(self):
        return (self.folder / "log").read_text(errors="replace")


class Cluster:
    def __init__(self, n=1, extra=""):
        self.folder = Path(tempfile.mkdtemp(prefix="tn", dir="/tmp"))
        ports = free_ports(2 * n)
        clients, routes = ports[:n], [f"127.0.0.1:{p}" for p in ports[n:]]
        self.nodes = [Node(f"n{i}", self.folder / f"n{i}", clients[i], cluster=routes[i] if n > 1 else None, routes=routes, extra=extra) for i in range(n)]
        for node in self.nodes:
            node.start()
        self.ports = clients

    @property
    def urls(self):
        return [f"nats://127.0.0.1:{p}" for p in self.ports]

    def client(self, **connect):
        return Nats(self.ports, **connect)

    def node(self, name):
        return next(node for node in self.nodes if node.name == name)

    def close(self):
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Divided(Cluster):
    """Three nodes, each in a network namespace of its own, on one bridge: a link can be cut. Call it in a namespace where devices may be made."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tn", dir="/tmp"))
        self.hosts = [f"10.213.0.{10 + i}" for i in range(3)]
        self.ip("link set lo up", "link add hub type bridge", "addr add 10.213.0.1/24 dev hub", "link set hub up")
        routes = [f"{host}:6222" for host in self.hosts]
        self.nodes = [Node(f"n{i}", self.folder / f"n{i}", 4222, "0.0.0.0", "0.0.0.0:6222", routes, prefix=["unshare", "-n"]) for i in range(3)]
        self.ports = [(host, 4222) for host in self.hosts]
        for i, node in enumerate(self.nodes):
            ours = os.readlink("/proc/self/ns/net")
            node.start()
            wait_for("its namespace", lambda: os.readlink(f"/proc/{node.process.pid}/ns/net") != ours)
            self.ip(f"link add link{i} type veth peer name eth0 netns {node.process.pid}", f"link set link{i} master hub up")
            for words in ("link set lo up", f"addr add {self.hosts[i]}/24 dev eth0", "link set eth0 up"):
                subprocess.run(["nsenter", "-t", str(node.process.pid), "-n", "ip", *words.split()], check=True)

    @staticmethod
    def ip(*lines):
        for words in lines:
            subprocess.run(["ip", *words.split()], check=True)

    @property
    def urls(self):
        return [f"nats://{host}:4222" for host in self.hosts]

    def cut(self, node):
        self.ip(f"link set link{node.name[1:]} down")

    def mend(self, node):
        self.ip(f"link set link{node.name[1:]} up")


def set_up(urls, *args):
    """textd-nats setup."""
    command = [str(BRIDGE), "setup", *[f"--server={url}" for url in urls], *args]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120)


class Bridge:
    def __init__(self, urls, endpoints, *args, folder):
        self.log_path = Path(tempfile.mkstemp(prefix="bridge", dir=folder)[1])
        log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [str(BRIDGE), *[f"--server={url}" for url in urls], *[f"--endpoint={e}" for e in endpoints], "--listen=127.0.0.1:0", *args],
            env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def port(self):
        return int(wait_for("the bridge's port", lambda: re.search(r"event=nats\.listen port=(\d+)", self.log)).group(1))

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    def metrics(self):
        return {name: float(value) for name, value in re.findall(r"^textd_nats_(\w+) (\S+)$", self.get("/metrics")[1], re.M)}

    def wait_ready(self, seconds=20):
        wait_for("the bridge to be ready", lambda: self.get("/readyz")[0] == 200, seconds)
        return self

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, seconds=40):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        for report in ("AddressSanitizer", "LeakSanitizer", "runtime error:", "Assertion"):
            assert report not in self.log, self.log[-6000:]
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
