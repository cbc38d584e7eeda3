"""All plugins together: the daemon beside the same in process and beside a daemon of npm's packages; time by size; waiting at half load."""

import heapq
import math
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import msgpack

from parts.broker import in_turn, load_guard
from textd import ALL, BUILD, LOAD, ROOT, STORY, Failed, Textd, bench_plugins, columns, cpu_s, percentile, run

PEER = ROOT / "bench/peers/daemon"
INSIDE = BUILD / "bench/tools/inside"


# ---- The pipeline ------------------------------------------------------------------------------------------------------


def story_load(endpoint, pids, window, seconds):
    """(documents a second, p50 ms, p99 ms, us of processor time of these processes a document)"""
    before = sum(map(cpu_s, pids))
    rate, p50, p99 = map(float, run(LOAD, "--text", STORY, endpoint, 0, window, seconds).split())
    return rate, p50 / 1000, p99 / 1000, (sum(map(cpu_s, pids)) - before) * 1e6 / (rate * (seconds + 0.3 * min(seconds, 1)))


class PeerDaemon:
    """bench/peers/daemon, behind the same load."""

    def __init__(self, folder, workers):
        self.endpoint = f"ipc://{folder}/peer"
        self.process = subprocess.Popen(["/usr/bin/python3", "-B", PEER / "server.py", self.endpoint, str(workers)], stderr=subprocess.DEVNULL)
        socket = Textd.connect(self.endpoint)
        for _ in range(workers * 4):  # until all are there, and warm
            socket.send_multipart([msgpack.packb({"id": 1}), STORY.read_bytes()])
        for _ in range(workers * 4):
            if not socket.poll(30000):
                raise Failed("the peer daemon gives no answer: its words are those of `node bench/peers/daemon/worker.mjs --file FILE 1`")
            socket.recv()
        socket.close()
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.pids = [self.process.pid, *map(int, children)]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def pipeline(part, rounds=5):
    words = len(STORY.read_bytes().split())
    table = part.table(f"all plugins, {words} words ({STORY.stat().st_size:,} bytes), 16 in flight; {rounds} rounds of 1 s in turn", ["server", "workers"],
                       {"*docs/s": 0, "p50 ms": 2, "p99 ms": 2, "cpu us": 0, "docs/s of textd's": 4, "cpu of in process": 3},
                       "cpu: of all of the server's processes, a document. In process: the same plugins on one core, without a daemon, its processes and its wire."
                       " The daemon of npm's: pyzmq's ROUTER and DEALER, and workers with eld, compromise, sentiment and node-summarizer (bench/peers/daemon)")
    inside = [INSIDE, 200, 1, "run", BUILD / "lib/textd/plugins/summarizer.so", *(w for name in ALL[:-1] for w in ("--with", name)), STORY]
    has_peer = (PEER / "node_modules/zeromq").exists() and shutil.which("node")
    with tempfile.TemporaryDirectory(prefix="td") as folder, Textd({"workers": {"count": 1}}) as one, Textd({"workers": {"count": 2}}) as two:
        ways = {("textd", 1): lambda: story_load(one.endpoint, one.pids(), 16, 1), ("textd", 2): lambda: story_load(two.endpoint, two.pids(), 16, 1),
                ("in process", "none"): lambda: (0, 0, 0, float(run(*inside)))}
        samples = in_turn(ways, rounds)
        if has_peer:
            peer = PeerDaemon(folder, 2)
            try:
                samples["daemon of npm's", 2] = [story_load(peer.endpoint, peer.pids, 16, 2) for _ in range(max(3, rounds // 2))]
                alone = [float(run("node", PEER / "worker.mjs", "--file", STORY, 20)) for _ in range(2)]
                samples["npm's in process", "none"] = [(0, 0, 0, cpu) for cpu in alone]
            finally:
                peer.close()
        else:
            part.lack("the daemon of npm's packages", "npm ci --prefix bench/peers/daemon")
        base, cpu_inside = statistics.median(columns(samples["textd", 2])[0]), statistics.median(columns(samples["in process", "none"])[3])
        for (name, workers), rows in samples.items():
            rate, p50, p99, cpu = columns(rows)
            points = {"cpu us": cpu, "cpu of in process": [us / cpu_inside for us in cpu]}
            if workers == "none":
                rate = [1e6 / us for us in cpu]
            else:
                points.update({"p50 ms": p50, "p99 ms": p99})
            table.add((name, workers), {"docs/s": rate, **points, **({"docs/s of textd's": [each / base for each in rate]} if workers == 2 else {})})
        table.show()
        for _ in range(50):
            one.ask({"id": 1}, STORY.read_bytes())
        times = [one.ask({"id": 1}, STORY.read_bytes())["timing"]["plugins"] for _ in range(200)]
    table = part.table("of one document alone, by textd's own account; 200 of them", ["plugin"], {"*us": 0, "of all": 2})
    for name in times[0]:
        table.add((name,), {"us": [each[name] for each in times], "of all": statistics.median(each[name] / sum(each.values()) for each in times)})
    table.show()


# ---- Growth ------------------------------------------------------------------------------------------------------------

GROWTH = [100, 1 << 10, 10 << 10, 100 << 10, 1 << 20, 4 << 20, 16 << 20]
STEEP = 1.5  # time by size to the power of; what leaves the caches on the way comes to 1.2 and more, what is quadratic to 2
STEEP_COUNTED = 1.15  # the same of instructions, which nothing disturbs; n log n is 1.08 here
COUNTED = (64 << 10, 256 << 10, 1 << 20)


def prose(n_bytes):
    """The sentences of the project's own texts in an order that doesn't repeat; the same each time."""
    pool = []
    for page in sorted([*ROOT.glob("docs/examples/*.txt"), *ROOT.glob("docs/*.md")]):
        for line in page.read_text().split("\n"):
            if len(line) > 60 and line[0].isalpha() and "`" not in line and "|" not in line:
                pool += [each for each in re.split(r"(?<=[.!?]) ", line) if each]
    order, out, size = random.Random(1), [], 0
    while size < n_bytes:
        sentences = [order.choice(pool) for _ in range(order.randint(3, 8))]
        out.append(" ".join(sentences) + "\n\n")
        size += len(out[-1].encode())
    return "".join(out).encode()[:n_bytes].decode(errors="ignore").encode()


def exponent(points):
    """The slope of log time over log size: of least squares, over all points."""
    xs, ys = [math.log(size) for size, _ in points], [math.log(us) for _, us in points]
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def keys_of(reply, *names):
    """These of a reply's keys; the results of 16 MiB would fill Python's memory."""
    unpacker, found = msgpack.Unpacker(max_buffer_size=len(reply)), {}
    unpacker.feed(reply)
    for _ in range(unpacker.read_map_header()):
        name = unpacker.unpack()
        if name in names:
            found[name] = unpacker.unpack()
        else:
            unpacker.skip()
    return found


def count_growth(part):
    """{plugin: instructions for each size of COUNTED}"""
    if not shutil.which("valgrind"):
        part.lack("valgrind (instructions)", "apt-get install valgrind")
        return {}
    guard, counted = load_guard(), {}
    with tempfile.TemporaryDirectory(prefix="td") as folder:
        for size in COUNTED:
            file = Path(folder) / str(size)
            file.write_bytes(prose(size))
            for name, n in guard.count_document(BUILD, file, Path(folder) / "profile").items():
                counted.setdefault(name if name != "a worker's document" else "the daemon", []).append(n)
    return counted


def growth(part, rounds=3):
    limits = {"document_bytes": "32MiB", "reply_bytes": "1GiB", "document_memory": "16GiB", "deadline": "4m", "plugin_timeout": "2m"}
    config = {"workers": {"count": 1, "memory": "16GiB"}, "limits": limits, "queue": {"bytes": "4GiB"}, "client": {"bytes": "1GiB", "reply_bytes": "2GiB"}}
    table = part.table(f"prose, one document at a time, one worker; medians of {rounds} and more", ["of", "bytes"], {"us": 0, "MB/s": 2, "docs/s": 1},
                       "of a plugin: its own time, by textd's account; of the daemon: from send to reply, which has all results in it", line={"x": "bytes", "by": ["of"], "y": "us"})
    times, replies = {}, []
    with Textd(config) as textd:
        for size in GROWTH:
            text, end, n = prose(size), time.monotonic() + 0.4, 0
            while n < rounds or (time.monotonic() < end and n < 200):
                begin = time.monotonic()
                textd.socket.send_multipart([msgpack.packb({"id": 1}), text])
                if not textd.socket.poll(150_000):
                    raise Failed(f"no reply to {size:,} bytes in 150 s")
                reply = textd.socket.recv()
                us = (time.monotonic() - begin) * 1e6
                replies.append((size, len(reply)))
                said = keys_of(reply, "ok", "error", "errors", "timing")
                if not said["ok"] or said.get("errors"):
                    raise Failed(f"{size:,} bytes: {said.get('error') or said['errors']}")
                for name, each in said["timing"]["plugins"].items():
                    times.setdefault(name, {}).setdefault(size, []).append(max(each, 1))
                times.setdefault("the daemon", {}).setdefault(size, []).append(us)
                n += 1
    for name, by_size in times.items():
        for size, us in by_size.items():
            table.add((name, size), {"us": us, "MB/s": [size / each for each in us], "docs/s": [1e6 / each for each in us]})
    table.show()
    steep = []
    counted = count_growth(part)
    table = part.table("time, and instructions, grow with the size to the power of", ["of"], {"*time, 1 KiB to 1 MiB": 2, "*time, 1 to 16 MiB": 2, "*instructions, 64 KiB to 1 MiB": 3},
                       "time: the least of each size; instructions: by callgrind, without a daemon")
    for name, by_size in times.items():
        points = [(size, min(us)) for size, us in by_size.items()]  # what else the machine did only adds
        low, high = (exponent([p for p in points if a <= p[0] <= b]) for a, b in ((1 << 10, 1 << 20), (1 << 20, 16 << 20)))
        by_count = exponent(list(zip(COUNTED, counted[name]))) if name in counted else None
        table.add((name,), {"time, 1 KiB to 1 MiB": low, "time, 1 to 16 MiB": high, "instructions, 64 KiB to 1 MiB": by_count})
        steep += [name] if high > STEEP or (by_count or 0) > STEEP_COUNTED else []
    table.show()
    part.say(f"nothing is quadratic: no exponent is above {STEEP} for time from 1 to 16 MiB, above {STEEP_COUNTED} for instructions" if not steep else
             f"NOT linear (above {STEEP} for time from 1 to 16 MiB, or {STEEP_COUNTED} for instructions): {', '.join(steep)}")
    size, length = replies[-1]
    part.say(f"the reply to {size:,} bytes has {length:,}")


# ---- Waiting -----------------------------------------------------------------------------------------------------------

SHARES = {"median": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}


def ideal(arrivals, services, servers):
    """Latencies of a queue that loses nothing: first come first served, by so many servers, with these arrivals and service times."""
    free, latencies = [0] * servers, []
    for arrival, service in zip(arrivals, services):
        end = max(arrival, heapq.heappop(free)) + service
        heapq.heappush(free, end)
        latencies.append(end - arrival)
    return latencies


class Arrivals:
    """Documents of one kind at a daemon with so many workers, by an open loop."""

    def __init__(self, textd, workers, *options, size=0, plugin=()):
        self.textd, self.workers, self.options, self.size, self.plugin = textd, workers, options, size, plugin

    def run(self, rate, seconds):
        """(when each was due, its latency, how long a worker had it), in us"""
        rows = run(LOAD, *self.options, "--rate", rate, self.textd.endpoint, self.size, 1, seconds, *self.plugin).splitlines()
        return zip(*(map(int, row.split()) for row in rows))

    def half_load(self):
        """Documents a second, by what they take at about that load."""
        rate = 100
        for _ in range(3):
            _, _, served = self.run(rate, 1)
            rate = 0.5 * self.workers * 1e6 / statistics.fmean(served)
        return rate


def wait_beside_ideal(part, table, name, arrivals, seconds, rounds):
    rate, found, loads = arrivals.half_load(), {share: [] for share in SHARES}, []
    for _ in range(rounds):
        due, latency, served = arrivals.run(rate, seconds)
        best = ideal(due, served, arrivals.workers)
        loads.append(statistics.fmean(served) * rate / arrivals.workers / 1e6)
        for share, of in SHARES.items():
            found[share].append((percentile(latency, of) / 1000, percentile(best, of) / 1000))
    for share, pairs in found.items():
        ours, theirs = map(list, zip(*pairs))
        table.add((name, arrivals.workers, share), {"textd ms": ours, "ideal ms": theirs, "of ideal": [a / b for a, b in pairs]})
    part.say(f"{name}, {arrivals.workers} worker{'s' if arrivals.workers > 1 else ''}: {rate:.0f} documents a second; the load was {statistics.median(loads) * 100:.0f} %"
             " of what the service times allow")


def queue(part, seconds=6, rounds=3):
    table = part.table(f"documents of one size at half load, {rounds} rounds of {seconds} s", ["documents", "workers", "of waits"], {"*textd ms": 2, "ideal ms": 2, "*of ideal": 2},
                       "an open loop: documents are due at times that are drawn beforehand (exponential gaps), whatever the replies do, and waits count from when they were due."
                       " ideal: the same arrivals, the service times that textd told of each document, as many servers, first come first served, no cost."
                       f" all plugins: {STORY.stat().st_size:,} bytes; a sleep of 1 ms: a plugin that takes no processor, so that what is left is the queue and the way there and back")
    for workers in sorted({1, min(2, os.cpu_count())}):
        with Textd({"workers": {"count": workers}}) as textd:
            for _ in range(100):
                textd.ask({"id": 1}, STORY.read_bytes())
            wait_beside_ideal(part, table, "all plugins", Arrivals(textd, workers, "--text", STORY), seconds, rounds)
        with Textd(bench_plugins(workers, "nap")) as textd:
            wait_beside_ideal(part, table, "a sleep of 1 ms", Arrivals(textd, workers, size=128, plugin=("nap",)), seconds, rounds)
    table.show()
