#!/usr/bin/python3
"""Makes textd's own calls to the system fail, one after the other, and looks at what becomes of it.

A point is: in which process, which kind of call, the how many-th, and whether it alone fails or all behind it, too. For each
point the daemon is started, does a document, loses a worker, reloads, obeys some commands, does documents again and is
stopped. What is allowed: a refusal with words (a documented exit code, and a line that names what failed), or a service that
goes on, perhaps worse. What is not: a death by signal, an assertion, a sanitizer's report, a wait without end, or anything
left behind. What fails are the calls that textd's code makes (inject.c).

    inject.py --sample 60            points spread over all that there are: what `make test` runs
    inject.py                        every single point
    inject.py --only supervisor:alloc:17:once

And beside them, for all of its processes: no more descriptors than so many, from the start to the end.

    inject.py --only all:descriptors:40:limit
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgpack
import zmq

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
sys.dont_write_bytecode = True
from conftest import BIN, BUILD, GOOD, SLOW, environment  # noqa: E402

SHIM = BUILD / "tests/libinject.so"
KINDS = ["alloc", "log", "write", "read", "pair", "memfd", "map", "open", "spawn", "loop", "zmq"]
WHO = ["starter", "supervisor", "worker", "pipe"]
FRAMES = 12
STATE = struct.Struct(f"<{len(KINDS)}I I I I {FRAMES}I")
EXIT_CODES = {0, 64, 66, 69, 71, 77, 78}  # README and --help list them
WAIT = 15 * SLOW  # for anything at all; the longest pause that is meant is 5 s, before a worker is started again
# What may be refused for ever is what an operator meets. Not writes: our own processes' sockets that never again take a byte,
# and never tell that the other end has gone, are nothing that a kernel does.
LIMITS = range(16, 301)  # of descriptors: from where a program can be started at all to where there are enough
FOR_EVER = ["alloc", "memfd", "map", "open", "spawn", "pair", "zmq"]


class Wrong(Exception):
    """An outcome that is not allowed."""


class Silence(Exception):
    """No reply, where none can be made any more: all memory is gone for good, or all sending fails. The stop must still work."""


class Run:
    """One daemon with one point."""

    def __init__(self, point):
        self.who, self.kind, self.n, self.mode = point
        self.folder = Path(tempfile.mkdtemp(prefix="tdi", dir="/tmp"))
        self.refusals, self.below = [], []
        # Where all calls fail it is known that one waits in vain, so it is for less.
        self.patience = 2 if self.mode == "once" else 0.5

    # ---- the scenario ----

    def start(self):
        folder = self.folder
        self.endpoint, self.control_endpoint = f"ipc://{folder}/textd.sock", f"ipc://{folder}/control.sock"
        self.config = {"endpoints": [self.endpoint], "plugin_dirs": [str(GOOD)], "workers": {"count": 2, "start_timeout": f"{(3 if self.mode == 'once' else 1) * SLOW}s"},
                       "plugins": [{"name": "echo"}, {"name": "fault"}], "suspend": {"deaths": 0}, "http": {"listen": "127.0.0.1:0"},
                       "pull": [f"ipc://{folder}/in.sock"], "push": [f"ipc://{folder}/out"], "reload": {"watch": True}, "server": {"shutdown_grace": "5s", "state_dir": str(folder / "kept")}}
        self.write_config()
        self.state = folder / "state"
        self.state.write_bytes(bytes(STATE.size))
        self.log_path = folder / "log"
        preload = {"LD_PRELOAD": str(SHIM), "INJECT": f"{self.who}:{self.kind}:{self.n}:{self.mode}:{self.state}"}
        env = environment(RUNTIME_DIRECTORY=str(folder), **preload)
        if SLOW > 1:
            env["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
        self.process = subprocess.Popen([BIN / "textd", "--config", folder / "textd.yaml"], env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.log_path, "wb"), start_new_session=True,
                                        preexec_fn=self.limit if self.mode == "limit" else None)
        self.context = zmq.Context()
        self.data, self.control = self.connect(self.endpoint), self.connect(self.control_endpoint)
        self.ventilator, self.sink = self.connect(self.config["pull"][0], zmq.PUSH), self.context.socket(zmq.PULL)
        self.sink.bind(self.config["push"][0])

    def limit(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.n, self.n))

    def write_config(self, **changes):
        self.config.update(changes)
        (self.folder / "textd.yaml").write_text(json.dumps(self.config))

    def connect(self, endpoint, kind=zmq.DEALER):
        dealer = self.context.socket(kind)
        dealer.linger = 0
        dealer.reconnect_ivl = 5
        dealer.connect(endpoint)
        return dealer

    def has_ended(self):
        return self.process.poll() is not None

    def ask(self, dealer, again=True, **message):
        """Asks, and once more if the answer doesn't come: a client resends, too. None: the daemon has ended."""
        for attempt in range(2 if again else 1):
            message["id"] = self.id = getattr(self, "id", 0) + 1
            dealer.send(msgpack.packb(message, use_bin_type=True))
            end = time.monotonic() + (self.patience * SLOW if attempt == 0 and again else WAIT)
            while time.monotonic() < end:
                if dealer.poll(20):
                    reply = self.read(dealer.recv_multipart())
                    if reply.get("id") == self.id:
                        if not reply["ok"] and not (message.get("text") == "ABORT" and reply["error"]["code"] == "PLUGIN_CRASHED"):
                            self.look_at_error(message, reply["error"])
                        return reply
                elif self.has_ended():
                    return None
            self.refusals.append(f"{message.get('op', 'document')}: no reply at first")
            if (self.mode == "from" and self.kind in ("alloc", "zmq", "write")) or self.mode == "limit":  # who doesn't get in has none
                raise Silence
        raise Wrong(f"no reply to {message}")

    def read(self, frames):
        try:
            return msgpack.unpackb(frames[-1])
        except ValueError as problem:
            raise Wrong(f"a reply that a strict reader refuses: {problem}") from None

    def look_at_error(self, message, error):
        if not error["code"] or not error["message"]:
            raise Wrong(f"a refusal without words: {error}")
        if self.mode == "once" and error["code"] == "DEADLINE_EXCEEDED":
            raise Wrong("one failure, and a document waits in vain")
        self.refusals.append(f"{message.get('op', 'document')}: {error['code']} {error['message']}")

    def over_http(self):
        """A document, a batch and the page of all paths: each has an answer, or the connection's end."""
        port = re.search(r"event=server\.listen http=\S*:(\d+)", self.log_path.read_text(errors="replace"))
        if not port:
            self.refusals.append("http: it doesn't listen")
            return
        lines = b'{"id":1,"text":"a word","deadline_ms":%d}\n{"id":2,"text":"FAIL"}\n{"id":3\n' % self.deadline()
        for head, body in [(b"POST /v1/annotate HTTP/1.1\r\nContent-Type: application/json", lines.split(b"\n")[0]),
                           (b"POST /v1/annotate?options.echo.count=2 HTTP/1.1\r\nContent-Type: application/x-ndjson", lines),
                           (b"GET /v1/openapi.json HTTP/1.1", b"")]:
            is_batch = body == lines
            length = b"Transfer-Encoding: chunked" if is_batch else b"Content-Length: %d" % len(body)
            if is_batch:
                body = b"%x\r\n%s\r\n" % (len(body), body)
            try:
                with socket.create_connection(("127.0.0.1", int(port.group(1))), timeout=WAIT) as raw:
                    raw.sendall(head + b"\r\nHost: localhost\r\nConnection: close\r\n" + length + b"\r\n\r\n" + body)
                    answer = b""
                    while data := raw.recv(1 << 16):
                        answer += data
                        if is_batch and answer.count(b'"ok":') == 3:  # the body ends only now: what is broken off must end without
                            raw.sendall(b"0\r\n\r\n")
                            is_batch = False
            except TimeoutError:
                if self.mode == "once" and not self.has_ended():
                    raise Wrong(f"no answer, and no end, to {head}") from None
                raise Silence from None
            except ConnectionError:
                answer = b""
            if not answer.startswith(b"HTTP/1.1 200 "):
                self.refusals.append(f"http: {answer[:200]}")
            elif b"\r\nContent-Type: application/x-ndjson" in answer and not answer.endswith(b"0\r\n\r\n"):
                self.refusals.append(f"http: a batch that was broken off: {answer[-100:]}")

    def through_pipe(self):
        """A document from the ventilator to the sink. One may be lost with a pipe process that dies; others get through."""
        end = time.monotonic() + (WAIT if self.mode == "once" else self.patience)
        n = 0
        while not self.has_ended():
            n += 1
            self.ventilator.send(msgpack.packb({"id": n, "text": "some words"}))
            if self.sink.poll(int(self.patience * 200 * SLOW)):
                if not self.read(self.sink.recv_multipart()).get("ok"):
                    self.refusals.append("pipe: an error")
                return
            self.refusals.append("pipe: no reply at first")
            if time.monotonic() > end:
                if self.mode == "once" and not self.has_ended():
                    raise Wrong("nothing comes through the pipe any more")
                return

    def deadline(self):
        return int(self.patience * 800 * SLOW)

    def works_in_the_end(self):
        """Documents are done again, however often they were refused before."""
        end = time.monotonic() + WAIT
        while True:
            reply = self.ask(self.data, text="some words", deadline_ms=self.deadline())
            if reply is None or reply["ok"] or self.mode != "once" or time.monotonic() > end:
                return reply
            time.sleep(0.02)

    def scenario(self):
        if self.ask(self.data, op="ping") is None:
            return
        self.ask(self.data, text="some words", deadline_ms=self.deadline())
        self.over_http()
        self.through_pipe()
        self.ask(self.data, text="ABORT", deadline_ms=self.deadline())  # a worker is lost
        self.write_config(plugins=[{"name": "echo"}, {"name": "fault"}, {"name": "twin1"}], client={"documents": 7})
        self.ask(self.control, op="config.reload")
        self.ask(self.control, op="status")
        self.ask(self.control, op="plugin.load", plugin="slow", file="fault", options={}, timeout_ms=100, pipelines=[])
        self.ask(self.control, op="plugin.disable", plugin="fault")
        self.ask(self.control, op="plugin.enable", plugin="fault")
        self.ask(self.control, op="worker.restart")
        reply = self.works_in_the_end()
        if reply is not None and not reply["ok"] and self.mode == "once":
            raise Wrong(f"one failure, and documents are refused for ever: {reply}")

    # ---- the outcome ----

    def stop(self):
        self.below = self.children()
        if not self.has_ended():
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(WAIT)
        except subprocess.TimeoutExpired:
            raise Wrong("it doesn't stop") from None
        end = time.monotonic() + 3 * SLOW
        while any(Path(f"/proc/{pid}").exists() for pid in self.below):
            if time.monotonic() > end:
                raise Wrong("a process is left behind")
            time.sleep(0.005)

    def children(self):
        """All processes below ours."""
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(path.parent.name)] = int(fields[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found[1:]

    def judge(self):
        code, log = self.process.returncode, self.log_path.read_text(errors="replace")
        for report in ("inject: textd closes", "Sanitizer", "runtime error:", "Assertion", "assertion", "terminate called", "event=supervisor.lost"):
            if report in log:
                raise Wrong(f"'{report}' in the log")
        if code not in EXIT_CODES:
            raise Wrong(f"exit code {code}")
        said = self.kind in ("log", "write") or " level=error " in log or log.startswith("textd: ")
        if code != 0 and not said:
            raise Wrong(f"exit code {code}, without a word why")
        left = [p.name for p in self.folder.iterdir() if p.name.endswith((".sock", ".lock"))]
        if self.mode != "once" and "event=pipe.restart" in log:  # of one that died, when none came after it; the next start takes them
            left = [name for name in left if not name.startswith("in.")]
        if left:
            raise Wrong(f"left behind: {left}")
        if code != 0:
            return f"refused ({code})"
        return "degraded" if self.refusals else "served"

    def hit(self):
        """The place that was made to fail, as file and line of textd's own functions."""
        fields = STATE.unpack(self.state.read_bytes()[:STATE.size])
        self.counts = dict(zip(KINDS, fields))
        hits, _, n = fields[len(KINDS):len(KINDS) + 3]
        places = [hex(at - 1) for at in fields[len(KINDS) + 3:][:n] if at]
        if not hits or not places:
            return ""
        lines = subprocess.run(["addr2line", "-sfe", BIN / "textd", *places], capture_output=True, text=True).stdout.split("\n")
        return " < ".join(f"{name}({where})" for name, where in zip(lines[::2], lines[1::2]) if "?" not in name)

    def run(self):
        self.start()
        try:
            try:
                self.scenario()
            except Silence:
                pass
            self.stop()
            return self.judge()
        finally:
            for pid in [*self.children(), *self.below, self.process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
            self.process.wait()
            self.context.destroy(0)

    def forget(self):
        shutil.rmtree(self.folder)


def try_point(point, verbose):
    run = Run(point)
    try:
        outcome, wrong = run.run(), None
    except Wrong as problem:
        outcome, wrong = "WRONG", problem
    place = run.hit()
    if wrong or verbose:
        print(f"{':'.join(map(str, point))}: {outcome} {wrong or ''}\n  at {place or '(not reached)'}", flush=True)
        for line in run.refusals[:6]:
            print(f"  {line}")
    if wrong:
        print("  " + "\n  ".join(run.log_path.read_text(errors="replace").splitlines()[-12:]), flush=True)
    counts = run.counts
    run.forget()
    return outcome, counts


def all_points(whos, kinds):
    """Counts the calls of a run in which nothing fails, and names each."""
    points = [("all", "descriptors", n, "limit") for n in LIMITS] if "descriptors" in kinds else []
    kinds = [kind for kind in kinds if kind != "descriptors"]
    for who in whos if kinds else []:
        outcome, counts = try_point((who, "alloc", 0, "once"), False)
        assert outcome == "served", "the scenario itself must pass"
        # Not all runs make as many calls: the few last ones may not be reached, which does no harm.
        points += [(who, kind, n, "once") for kind in kinds for n in range(1, counts[kind] + 1)]
        for kind in kinds:
            if kind in FOR_EVER and counts[kind]:
                points += [(who, kind, n, "from") for n in sorted({1 + i * counts[kind] // 8 for i in range(8)})]
    return points


def spread(points, n):
    """About n of them, evenly: one of each process and kind for all calls that fail for ever, since that takes its time; the
    others are single failures."""
    groups = {}
    for point in points:
        groups.setdefault((point[0], point[1], point[3]), []).append(point)
    n_single = sum(key[2] != "from" for key in groups)
    share = max(1, (n - len(groups) + n_single) // n_single)
    chosen = []
    for key, group in groups.items():
        k = min(share if key[2] != "from" else key[0] != "worker", len(group))
        chosen += [group[(2 * i + 1) * len(group) // (2 * k)] for i in range(k)]
    return chosen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0, help="about so many points; 0: all")
    parser.add_argument("--kinds", default=",".join([*KINDS, "descriptors"]))
    parser.add_argument("--who", default=",".join(WHO))
    parser.add_argument("--only", action="append", help="WHO:KIND:N:MODE")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    if args.only:
        points = [(w, k, int(n), m) for w, k, n, m in (only.split(":") for only in args.only)]
    else:
        points = all_points(args.who.split(","), args.kinds.split(","))
    if args.sample:
        points = spread(points, args.sample)
    outcomes, begin = {}, time.monotonic()
    for i, point in enumerate(points):
        if sys.stderr.isatty():
            print(f"{i} of {len(points)}  ", end="\r", file=sys.stderr)
        outcome, _ = try_point(point, args.verbose or args.only)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(f"{len(points)} points in {time.monotonic() - begin:.0f} s: "
          + ", ".join(f"{n} {what}" for what, n in sorted(outcomes.items())))
    return 1 if "WRONG" in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
