#!/usr/bin/python3
"""Everything goes wrong at once, and every reply is checked.

    tests/chaos/chaos.py [--documents 1000000] [--build DIR] [--seed N]

Clients send documents without a break; one in a hundred is poison: it crashes, aborts, exits, overflows the stack or hangs. Meanwhile
a random worker is killed every 100 ms, plugins are loaded, unloaded and reloaded every second, a pipeline moves between pools of
workers that come and go, one client floods, one never reads, one sends rubbish, and the supervisor itself is killed and started again three times; clients then send again what was not
answered, as docs/protocol.md says.

Prints a line of counts and exits 0 when nothing was lost, nothing came twice, every content was right, and poison and nothing
but poison was blamed, on the right plugin.
"""

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgpack
import zmq
from zmq.utils.monitor import recv_monitor_message

ROOT = Path(__file__).resolve().parents[2]
POISON = ["CRASH", "ABORT", "EXIT 3", "STACK", "HANG"]
BLAMED = {"PLUGIN_CRASHED", "PLUGIN_TIMEOUT"}
AGAIN = {"OVERLOADED", "SHUTTING_DOWN"}
PATIENCE_S = 60  # a document without a reply for that long is lost
WINDOW = 32
LAYOUTS = [[{"name": "wild"}], [{"name": "wild", "workers": 2}], [{"name": "other"}], []]  # of pools, one reload after the other


class Client:
    """Sends documents, and sends them again after the server was lost."""

    def __init__(self, endpoint, seed, n):
        self.dice, self.n, self.endpoint = random.Random(seed), n, endpoint
        self.count = {name: 0 for name in ("answered", "lost", "twice", "wrong", "blamed_wrongly", "not_blamed", "unlucky", "poison", "resent")}
        self.examples = []
        self.waiting = {}  # id: (text, is_poison, sent)
        self.next = 0

    def connect(self):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndhwm = self.socket.rcvhwm = 0
        self.socket.reconnect_ivl = 20
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.socket.connect(self.endpoint)

    def send(self, ident):
        text = self.waiting[ident][0]
        self.socket.send(msgpack.packb({"id": ident, "text": text, "pipeline": "default" if ident % 3 else "apart"}))

    def new_document(self):
        poison = self.dice.random() < 0.01
        text = self.dice.choice(POISON) if poison else f"plain {self.next} " + "äx" * self.dice.randrange(100)
        self.waiting[self.next] = (text, poison, time.monotonic())
        self.count["poison"] += poison
        self.send(self.next)
        self.next += 1

    def note(self, what, reply, text):
        self.count[what] += 1
        if len(self.examples) < 5:
            self.examples.append(f"{what}: {text[:30]!r}: {str(reply)[:300]}")

    def judge(self, reply):
        ident = reply["id"]
        if ident not in self.waiting:
            self.note("twice", reply, "")
            return
        text, poison, _ = self.waiting[ident]
        error = reply.get("error")
        if error and error["code"] in AGAIN:
            self.count["resent"] += 1
            time.sleep(0.001)
            self.send(ident)
            return
        del self.waiting[ident]
        self.count["answered"] += 1
        if poison:
            if not error or error["code"] not in BLAMED or error.get("plugin") != "fault":
                self.note("not_blamed", reply, text)
        elif error and "from outside" in error["message"]:
            self.note("unlucky", reply, text)  # two kills have met the same document: nobody can know better
        elif error or "errors" in reply:
            self.note("blamed_wrongly", reply, text)
        elif reply["results"]["echo"]["text"] != text or reply["results"]["fault"] != len(text.encode()):
            self.note("wrong", reply, text)

    def take_replies(self, most):
        for _ in range(most):
            try:
                self.judge(msgpack.unpackb(self.socket.recv(zmq.DONTWAIT)))
            except zmq.Again:
                break

    def look_at_connection(self):
        """A lost connection's socket is given up: libzmq would connect it again by itself, and nobody could say which of the two
        servers has what was sent meanwhile."""
        if not self.monitor.poll(0):
            return
        recv_monitor_message(self.monitor)
        self.take_replies(10 * WINDOW)
        self.socket.disable_monitor()
        self.socket.close()
        self.connect()
        for ident in list(self.waiting):  # the new connection knows nothing of them
            self.send(ident)
            self.count["resent"] += 1

    def run(self):
        self.connect()
        silent_since = time.monotonic()
        while self.waiting or self.next < self.n:
            while len(self.waiting) < WINDOW and self.next < self.n:
                self.new_document()
            if self.socket.poll(50):
                silent_since = time.monotonic()
                self.take_replies(WINDOW)
            elif time.monotonic() - silent_since > PATIENCE_S:
                self.count["lost"] += len(self.waiting)
                self.examples += [f"lost: {document}" for document in list(self.waiting.items())[:3]]
                break
            self.look_at_connection()
        return self.count, self.examples


def run_client(endpoint, seed, n, results):
    results.put(Client(endpoint, seed, n).run())


def run_nuisances(endpoint):
    """One floods, one never reads, one talks nonsense; until killed."""
    dice = random.Random(1)
    context = zmq.Context.instance()
    flood, deaf, babble = (context.socket(zmq.DEALER) for _ in range(3))
    for socket in (flood, deaf, babble):
        socket.linger = 0
        socket.connect(endpoint)
    number = 0
    while True:
        for _ in range(200):
            number += 1
            try:
                flood.send(msgpack.packb({"id": number, "text": "flood"}), zmq.DONTWAIT)
                if number % 10 == 0:
                    deaf.send(msgpack.packb({"id": number, "text": "never read " * 20}), zmq.DONTWAIT)
                    babble.send(dice.randbytes(30), zmq.DONTWAIT)
            except zmq.Again:
                pass
        for socket in (flood, babble):
            while socket.poll(0):
                socket.recv_multipart()
        time.sleep(0.05)


class Daemon:
    def __init__(self, build, folder):
        self.build, self.run = build, Path(folder)
        self.endpoint, self.control = f"ipc://{folder}/textd.sock", f"ipc://{folder}/control.sock"
        plugins = self.run / "plugins"
        plugins.mkdir(mode=0o755)
        for name in ("fault", "echo"):
            shutil.copy(build / f"tests/plugins/good/{name}.so", plugins)
        config = {"endpoints": [self.endpoint], "plugin_dirs": [str(plugins)], "workers": {"count": 2}, "suspend": {"deaths": 0},
                  "plugins": [{"name": "echo"}, {"name": "fault", "timeout": "200ms"}], "client": {"documents": 500, "reply_bytes": "1MiB"}}
        self.config, self.process = config, None
        self.write(LAYOUTS[0])

    def write(self, pools):
        """The configuration, with the pipeline `apart` in the first of these pools."""
        pipelines = [{"name": name, "plugins": ["echo", "fault"]} for name in ("default", "apart")]
        if pools:
            pipelines[1]["pool"] = pools[0]["name"]
        (self.run / "next.yaml").write_text(json.dumps({**self.config, "pools": pools, "pipelines": pipelines}))
        (self.run / "next.yaml").rename(self.run / "textd.yaml")  # it may be started at any moment

    def start(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("TEXTD_")}
        env.update(RUNTIME_DIRECTORY=str(self.run), ASAN_OPTIONS="handle_segv=0:handle_abort=0:detect_leaks=0:detect_stack_use_after_return=0")
        log = open(self.run / "log", "ab")
        self.process = subprocess.Popen([self.build / "bin/textd", "-c", self.run / "textd.yaml"], env=env, stderr=log)

    def children(self, title):
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in pids if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(title)]

    def kill_supervisor(self):
        """The next one is there at once."""
        for pid in self.children(b"textd: supervisor"):
            os.kill(pid, signal.SIGKILL)

    def kill_a_worker(self, dice):
        try:
            workers = self.children(b"textd: worker")
            if workers:
                os.kill(dice.choice(workers), signal.SIGKILL)
                return 1
        except (OSError, ValueError):
            pass
        return 0

    def ask(self, socket, **message):
        """Sends an operator's request and waits a while; None when the daemon has gone meanwhile."""
        while socket.poll(0):
            socket.recv()
        socket.send(msgpack.packb({"id": 1, **message}))
        return msgpack.unpackb(socket.recv()) if socket.poll(5000) else None


def disturb(daemon, dice, clients, documents):
    """Kills workers, changes plugins and pools, and kills the supervisor, the whole daemon and the supervisor again, until the clients are done."""
    control = zmq.Context.instance().socket(zmq.DEALER)
    control.linger = 0
    control.connect(daemon.control)
    counts = {"kills": 0, "reloads": 0, "refused_reloads": 0, "restarts": 0}
    changes = [{"op": "plugin.load", "plugin": "late", "file": "fault", "pipelines": []}, {"op": "plugin.reload"},
               {"op": "config.reload"}, {"op": "plugin.load", "plugin": "nothing"}]
    next_reload, answered_before = time.monotonic() + 1, 0
    restart_at = [documents * part // 4 for part in (1, 2, 3)]
    while any(client.is_alive() for client in clients):
        time.sleep(0.1)
        counts["kills"] += daemon.kill_a_worker(dice)
        if time.monotonic() > next_reload:
            next_reload = time.monotonic() + 1
            change = changes[counts["reloads"] % len(changes)]
            if change["op"] == "config.reload":
                daemon.write(LAYOUTS[counts["reloads"] // len(changes) % len(LAYOUTS)])
            reply = daemon.ask(control, **change)
            counts["reloads"] += 1
            counts["refused_reloads"] += bool(reply and not reply["ok"])
        status = daemon.ask(control, op="status")
        done = answered_before + (status["counters"]["documents_answered"] if status else 0)
        if restart_at and done > restart_at[0]:
            restart_at.pop(0)
            answered_before = done
            if counts["restarts"] % 2 == 0:
                daemon.kill_supervisor()
            else:
                daemon.process.kill()
                daemon.process.wait()
                daemon.start()
            counts["restarts"] += 1
    daemon.ask(control, op="status")  # one that has just been started again does not know yet what SIGTERM asks for
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    arguments = parser.parse_args()
    print(f"chaos: {arguments.documents} documents, seed {arguments.seed}", flush=True)
    begin, results = time.monotonic(), multiprocessing.Queue()
    with tempfile.TemporaryDirectory(prefix="td", dir="/tmp") as folder:
        daemon = Daemon(arguments.build, folder)
        daemon.start()
        share = -(-arguments.documents // 3)
        clients = [multiprocessing.Process(target=run_client, args=(daemon.endpoint, arguments.seed + i, share, results)) for i in range(3)]
        nuisances = multiprocessing.Process(target=run_nuisances, args=(daemon.endpoint,), daemon=True)
        for process in (*clients, nuisances):
            process.start()
        counts = disturb(daemon, random.Random(arguments.seed), clients, arguments.documents)
        reports = [results.get(timeout=10) for _ in clients]
        nuisances.kill()
        daemon.process.terminate()
        code = daemon.process.wait(40)
        for line in open(daemon.run / "log", errors="replace"):
            if "Sanitizer" in line or "runtime error" in line:
                counts["sanitizer_reports"] = counts.get("sanitizer_reports", 0) + 1
                print(line.rstrip(), file=sys.stderr)
    for count, _ in reports:
        for name, value in count.items():
            counts[name] = counts.get(name, 0) + value
    print("chaos: " + " ".join(f"{name}={value}" for name, value in counts.items()) + f" exit={code} seconds={time.monotonic() - begin:.0f}")
    for _, examples in reports:
        for example in examples:
            print("  " + example)
    bad = sum(counts[name] for name in ("lost", "twice", "wrong", "blamed_wrongly", "not_blamed")) + counts.get("sanitizer_reports", 0)
    return 0 if bad == 0 and code == 0 and counts["answered"] >= share * 3 else 1


if __name__ == "__main__":
    sys.exit(main())
