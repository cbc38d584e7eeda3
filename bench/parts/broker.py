"""textd as a broker: against libzmq's own broker and a bare ROUTER, by size; over ipc, tcp and CURVE; by clients and workers; over HTTP; through each client."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import msgpack

from textd import BUILD, ROOT, Failed, Textd, bench_plugins, columns, cpu_s, load, percentile, run

SIZES = (128, 4096, 65536)
SPEED = {"*docs/s": 0, "p50 us": 0, "p99 us": 0, "cpu us": 1}
SECONDS = 0.5


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def proxy(endpoint, workers, *secret):
    """The peer; gives the pids of all of its processes."""
    process = subprocess.Popen([BUILD / "bench/proxy", endpoint, str(workers), *secret], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        if process.poll() is not None:
            raise Failed(f"bench/proxy ended with {process.returncode} at {endpoint}")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield [process.pid, *map(int, children)]
    finally:
        process.kill()
        process.wait()


def loaded(pids, endpoint, size, window, seconds, plugin="noop", *options):
    """(documents a second, p50 us, p99 us, us of processor time of these processes a document)"""
    before = sum(map(cpu_s, pids))
    row = load(endpoint, size, window, seconds, plugin, *options)
    warm_up = 0.3 * min(seconds, 1)
    return [*row, (sum(map(cpu_s, pids)) - before) * 1e6 / (row[0] * (seconds + warm_up))]


def in_turn(ways, rounds):
    """{way: [figures of each round]}; each round begins with another way."""
    samples = {name: [] for name in ways}
    names = list(ways)
    for i in range(rounds):
        for name in names[i % len(names):] + names[:i % len(names)]:
            samples[name].append(ways[name]())
    return samples


def ratios(rows, base, figure=0):
    """Round by round, so that what the machine did meanwhile is in both."""
    return [a[figure] / b[figure] for a, b in zip(rows, base)]


def broker(part, rounds=5):
    table = part.table(f"two workers, ipc, one client; {rounds} rounds of {SECONDS:g} s in turn", ["bytes", "in flight", "way"],
                       {**SPEED, "of proxy": 2, "cpu of proxy": 2, "of echo": 2},
                       "noop answers with an empty result, mirror with the text, as the echo workers behind zmq_proxy do, and the ROUTER that has no broker at all. cpu: of all"
                       " of the server's processes, a document. Ratios are of rounds")
    with Textd(bench_plugins()) as textd, tempfile.TemporaryDirectory(prefix="td") as folder, \
            proxy(f"ipc://{folder}/proxy", 2) as proxy_pids, proxy(f"ipc://{folder}/echo", 0) as echo_pids:
        pids = textd.pids()
        for size in SIZES:
            for window in (64, 1):
                samples = in_turn({"noop": lambda: loaded(pids, textd.endpoint, size, window, SECONDS, "noop"),
                                   "mirror": lambda: loaded(pids, textd.endpoint, size, window, SECONDS, "mirror"),
                                   "zmq_proxy": lambda: loaded(proxy_pids, f"ipc://{folder}/proxy", size, window, SECONDS),
                                   "ROUTER echo": lambda: loaded(echo_pids, f"ipc://{folder}/echo", size, window, SECONDS)}, rounds)
                for name, rows in samples.items():
                    table.add((size, window, name), {**dict(zip(("docs/s", "p50 us", "p99 us", "cpu us"), columns(rows))),
                                                     "of proxy": ratios(rows, samples["zmq_proxy"]), "of echo": ratios(rows, samples["ROUTER echo"]),
                                                     "cpu of proxy": ratios(rows, samples["zmq_proxy"], 3)})
    table.show()


def keys(folder, name):
    """(public, secret), and the files of both in the folder."""
    run(BUILD / "bin/textctl", "keygen", Path(folder) / name)
    text = (Path(folder) / f"{name}.key_secret").read_text()
    return tuple(re.search(rf'{kind}-key = "(.*)"', text)[1] for kind in ("public", "secret"))


def transports(part, rounds=3):
    table = part.table(f"two workers, one client, an empty result; {rounds} rounds of {SECONDS:g} s in turn", ["bytes", "in flight", "way", "server"],
                       {**SPEED, "of proxy": 2, "of ipc": 2},
                       "of proxy: of zmq_proxy by the same way, which sends the text back; of ipc: of the same server's. CURVE is over tcp")
    with tempfile.TemporaryDirectory(prefix="td") as folder:
        server, client = keys(folder, "server"), keys(folder, "client")
        (Path(folder) / "clients").mkdir()
        shutil.copy(Path(folder) / "client.key", Path(folder) / "clients")
        options = ["--curve", server[0], client[0], client[1]]
        at = {name: f"tcp://127.0.0.1:{free_port()}" for name in ("tcp", "CURVE", "proxy tcp", "proxy CURVE")}
        config = {**bench_plugins(2, "noop"), "curve": {"key_file": f"{folder}/server.key_secret", "clients": f"{folder}/clients"}}
        with Textd(config, [{"address": at["tcp"], "insecure": True}, at["CURVE"]]) as textd, proxy(f"ipc://{folder}/proxy", 2) as one, \
                proxy(at["proxy tcp"], 2) as two, proxy(at["proxy CURVE"], 2, server[1]) as three:
            pids = textd.pids()
            ends = {("ipc", "textd"): (pids, textd.endpoint), ("ipc", "zmq_proxy"): (one, f"ipc://{folder}/proxy"),
                    ("tcp", "textd"): (pids, at["tcp"]), ("tcp", "zmq_proxy"): (two, at["proxy tcp"]),
                    ("CURVE", "textd"): (pids, at["CURVE"], *options), ("CURVE", "zmq_proxy"): (three, at["proxy CURVE"], *options)}
            for size in SIZES:
                for window in (64, 1):
                    samples = in_turn({way: lambda e=end: loaded(e[0], e[1], size, window, SECONDS, "noop", *e[2:]) for way, end in ends.items()}, rounds)
                    for (way, name), rows in samples.items():
                        table.add((size, window, way, name), {**dict(zip(("docs/s", "p50 us", "p99 us", "cpu us"), columns(rows))),
                                                              "of proxy": ratios(rows, samples[way, "zmq_proxy"]), "of ipc": ratios(rows, samples["ipc", name])})
    table.show()


# ---- Clients and workers -----------------------------------------------------------------------------------------------

CELLS = [(1, 1), (64, 1), (1000, 1), (1, 8), (64, 8), (1000, 8), (1, 64), (64, 64), (1000, 64)]
PACE = 500  # documents a second: half of what one worker that takes a millisecond can do
FLAT = 1.10
WHATS = {"of 1 and 1": "processor time", "echo of 1 and 1": "processor time of a bare ROUTER", "instructions of 1 and 1": "instructions"}


def counts_instructions():
    """Whether perf can count the instructions of a process here; on many virtual machines it can't."""
    if not shutil.which("perf"):
        return False
    done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True)
    return done.returncode == 0 and bool(re.search(r"^\d+,", done.stderr, re.M))


@contextmanager
def instructions(pid, told):
    """Puts the instructions that the process took meanwhile into told."""
    counter = subprocess.Popen(["perf", "stat", "-x,", "-e", "instructions:u", "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    time.sleep(0.2)
    yield
    counter.send_signal(2)
    told.append(int(re.search(r"^(\d+),", counter.communicate()[1], re.M)[1]))


def answered(textd):
    return textd.control(op="status")["counters"]["documents_answered"]


def paced(endpoint, clients, pid):
    """us of processor time a document, of this process: from when all clients are connected"""
    return load(endpoint, 128, 1, 1, "nap", "--clients", str(clients), "--pace", str(PACE), "--of", str(pid))[3] / PACE


def scale_cell(clients, workers, rounds, has_perf):
    """Rows of figures, one a round: us of the supervisor, us of a bare ROUTER, instructions; and those of the full load after them."""
    rows = []
    with Textd({**bench_plugins(workers, "nap"), "client": {"documents": 4096}}) as textd, tempfile.TemporaryDirectory(prefix="td") as folder, \
            proxy(f"ipc://{folder}/echo", 0) as echo:
        supervisor = textd.supervisor()
        for _ in range(rounds):
            told, documents = [], answered(textd)
            if has_perf:
                with instructions(supervisor, told):
                    us = paced(textd.endpoint, clients, supervisor)
            else:
                us = paced(textd.endpoint, clients, supervisor)
            documents = answered(textd) - documents
            rows.append([us, paced(f"ipc://{folder}/echo", clients, echo[0]), *(n / documents for n in told)])
        window = max(1, 2 * workers // clients) if clients < 2 * workers else 1
        before, documents = cpu_s(supervisor), answered(textd)
        rate = load(textd.endpoint, 128, window, 1, "nap", "--clients", str(clients))[0]
        full = rate, (cpu_s(supervisor) - before) * 1e6 / (answered(textd) - documents)
    return rows, full


def scale(part, rounds=3):
    has_perf = counts_instructions()
    how = "instructions: by perf stat, of the supervisor" if has_perf else \
        "instructions: by callgrind, of the supervisor's loop, documents one after the other by so many clients in turn (perf counts none on this machine); own: without libzmq," \
        " libuv and the C library"
    table = part.table(f"a plugin that sleeps 1 ms: {PACE} documents a second, whatever the clients and the workers; {rounds} rounds of 1 s", ["clients", "workers"],
                       {"*cpu us": 2, "of 1 and 1": 2, "ROUTER echo us": 2, "echo of 1 and 1": 2, "beyond echo us": 2, "instructions": 0,
                        "instructions of 1 and 1": 3, "own instructions": 0, "docs/s at full load": 0, "cpu us at full load": 2},
                       "cpu: of the supervisor, a document, from when all clients are connected; ROUTER echo: the same of one bare ROUTER that sends back what comes from as many"
                       f" clients, which is what libzmq alone takes; beyond echo: what the supervisor takes more. {how}. At full"
                       " load each worker always has a document, and documents share wake-ups, so that they cost less")
    cells = {cell: scale_cell(*cell, rounds, has_perf) for cell in CELLS}
    counted = {cell: ([row[2] for row in rows], None) for cell, (rows, _) in cells.items()} if has_perf else count_under(part)
    base_cpu, base_echo = columns(cells[1, 1][0])[:2]
    for cell, (rows, full) in cells.items():
        cpu, echo = columns(rows)[:2]
        points = {"cpu us": cpu, "of 1 and 1": [us / base for us, base in zip(cpu, base_cpu)], "ROUTER echo us": echo,
                  "echo of 1 and 1": [us / base for us, base in zip(echo, base_echo)], "beyond echo us": [a - b for a, b in zip(cpu, echo)],
                  "docs/s at full load": full[0], "cpu us at full load": full[1]}
        if cell in counted:
            every, own = counted[cell]
            points.update({"instructions": every, "instructions of 1 and 1": [n / m for n, m in zip(every, counted[1, 1][0])], "own instructions": own})
        table.add(cell, points)
    table.show()
    worst = {name: max((percentile(row["points"].get(name, [0]), 0.5), row["keys"]) for row in table.rows) for name in WHATS}
    for name, (ratio, cell) in worst.items():
        if ratio:
            what = WHATS[name]
            part.say(f"{what} a document: {'flat within' if ratio <= FLAT else 'NOT flat: more than'} 10 %; the most is {ratio:.2f} of one client and one worker's, with {cell[0]:,} clients"
                     f" and {cell[1]} workers")


def load_guard():
    """bench/guard, which counts instructions; it has no .py behind it."""
    loader = SourceFileLoader("guard", str(ROOT / "bench/guard"))
    module = module_from_spec(spec_from_loader("guard", loader))
    loader.exec_module(module)
    return module


def count_under(part):
    """{cell: ([instructions a document], those of textd's own)}, by callgrind."""
    if not shutil.which("valgrind"):
        part.lack("valgrind (instructions)", "apt-get install valgrind")
        return {}
    guard = load_guard()
    counted = {}
    for workers in (1, 64):
        with guard.Under(BUILD, {**bench_plugins(workers, "nap"), "workers": {"count": workers, "start_timeout": "60s"}}, pin=False) as textd:
            for clients in sorted({clients for clients, _ in CELLS}):
                # What the connections cost, to be opened and closed, is in both, and goes out.
                few, many = (textd.count("--clients", clients, textd.endpoint, 128, 1, 1, "nap", documents=n) for n in (1000, 3000))
                counted[clients, workers] = [(3 * many[0] - few[0]) / 2], (3 * many[1] - few[1]) / 2
    return counted


# ---- HTTP and clients --------------------------------------------------------------------------------------------------


def http(part, rounds=3):
    """In pairs: the same documents, as many in flight, by each way in turn."""
    table = part.table(f"POST against DEALER (tcp), two workers, an empty result, {rounds} rounds of {SECONDS:g} s in turn", ["bytes", "in flight", "way"],
                       {**SPEED, "of DEALER": 2}, "cpu: the supervisor's, a document. batch: NDJSON on one connection. Ratios are of rounds")
    ports = free_port(), free_port()
    with Textd({**bench_plugins(), "http": {"listen": f"127.0.0.1:{ports[0]}"}}, [f"tcp://127.0.0.1:{ports[1]}"]) as textd:
        supervisor = textd.supervisor()

        def post(size, window, way):
            before = cpu_s(supervisor)
            row = [float(x) for x in run(BUILD / "bench/post", ports[0], size, window, SECONDS, "noop", way).split()]
            return [*row, (cpu_s(supervisor) - before) * 1e6 / (row[0] * (SECONDS + 0.3))]  # 0.3 s of warming up

        for size in SIZES:
            for window in (64, 1):
                samples = in_turn({"DEALER": lambda: loaded([supervisor], f"tcp://127.0.0.1:{ports[1]}", size, window, SECONDS),
                                   "post": lambda: post(size, window, "post"), "batch": lambda: post(size, window, "batch")}, rounds)
                for name, rows in samples.items():
                    table.add((size, window, name), {**dict(zip(("docs/s", "p50 us", "p99 us", "cpu us"), columns(rows))), "of DEALER": ratios(rows, samples["DEALER"])})
    table.show()


def clients(part, rounds=5, count=20_000, window=64):
    here, node = ROOT / "bench/clients", ROOT / "clients/node"
    python = {"PYTHONPATH": str(ROOT / "clients/python/src")}
    script = {"TEXTD_NODE_MODULES": str(node / "node_modules"), "TEXTD_NODE_CLIENT": str(node / "src/index.mjs")}
    ways = {
        "C": {"bare": ([BUILD / "bench/bare"], {}), "client": ([BUILD / "bench/client"], {})},
        "Python": {way: (["/usr/bin/python3", here / f"{way}.py"], python) for way in ("bare", "client")},
        "Node": {way: (["node", here / f"{way}.mjs"], script) for way in ("bare", "client")},
    }
    if not shutil.which("node"):
        part.lack("Node", "apt-get install nodejs npm")
        del ways["Node"]
    elif not (node / "node_modules/zeromq").exists():
        part.lack("Node's zeromq", "npm ci --prefix clients/node")
        del ways["Node"]
    text = (ROOT / "docs/examples/review.txt").read_bytes()
    table = part.table(f"{len(text)} bytes of text through a plugin, {window} in flight, two workers, {rounds} rounds of {count:,} in turn", ["plugin", "language", "way"],
                       {"*docs/s": 0, "cpu us": 1, "of bare": 2, "more us": 1},
                       "bare: sockets of the language; client: the client for it. cpu: of its process alone, a document")
    with Textd({**bench_plugins(), "plugins": [{"name": "noop"}, {"name": "segmenter"}]}) as textd:
        def once(command, env, plugin):
            seconds, cpu = map(float, run(*command, textd.endpoint, count, window, plugin, input=text.decode(), env={**os.environ, **env}).split())
            return count / seconds, cpu / count * 1e6

        for plugin in ("noop", "segmenter"):
            for language, programs in ways.items():
                samples = in_turn({way: lambda w=words: once(*w, plugin) for way, words in programs.items()}, rounds)
                for way, rows in samples.items():
                    rate, cpu = columns(rows)
                    table.add((plugin, language, way), {"docs/s": rate, "cpu us": cpu, **({} if way == "bare" else {
                        "of bare": ratios(rows, samples["bare"]), "more us": [a[1] - b[1] for a, b in zip(rows, samples["bare"])]})})
    table.show()


# ---- Clients that mean no good ------------------------------------------------------------------------------------------


def private_mib(pid):
    resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    return (resident - shared) * os.sysconf("SC_PAGESIZE") / 2**20


def be_polite(textd, pid, seconds):
    """A document now and then. (waits in ms, the most that the supervisor had meanwhile in MiB)"""
    waits, peak, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        textd.socket.send_multipart([msgpack.packb({"id": 1, "plugins": ["noop"]}), b"hello there"])
        if textd.socket.poll(2000):
            textd.socket.recv()
        waits.append((time.monotonic() - begin) * 1000)
        peak = max(peak, private_mib(pid))
        time.sleep(0.005)
    return waits, peak


def abuse(part, seconds=20):
    """The limits are the defaults; the supervisor's private memory, beyond what it has at the start."""
    table = part.table(f"{seconds} s of each, default limits, two workers", ["a client that", "bytes", "connections"],
                       {"sent": 0, "*peak MiB": 0, "unread MiB": 0, "after MiB": 0, "stopped": 0, "polite p50 ms": 1, "polite p99 ms": 1},
                       "MiB: the supervisor's, beyond the start: the most, what lay unread, and 3 s after the end. polite: who sends a document each 5 ms")
    words = {"flood": "floods", "deaf": "never reads", "cancel": "cancels what was never sent"}
    for kind, size, connections in (("flood", 100, 1), ("flood", 4000, 4), ("flood", 1_000_000, 4), ("deaf", 100, 1), ("deaf", 1_000_000, 1),
                                    ("flood", 16_000_000, 1), ("deaf", 16_000_000, 1), ("deaf", 1_000_000, 8), ("cancel", 100, 1), ("cancel", 100, 4)):
        with Textd(bench_plugins()) as textd:
            pid = textd.supervisor()
            start = private_mib(pid)
            command = [BUILD / "bench/abuse", textd.endpoint, kind, str(size), str(connections), str(seconds)]
            abuser = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            waits, peak = be_polite(textd, pid, seconds)
            sent = int(abuser.communicate()[0])
            time.sleep(3)
            listening = textd.control(op="status")["listening"]
            table.add((words[kind], size, connections), {"sent": sent, "peak MiB": peak - start, "unread MiB": listening["unread_peak_bytes"] / 2**20,
                                                         "after MiB": private_mib(pid) - start, "stopped": listening["stopped"],
                                                         "polite p50 ms": percentile(waits, 0.5), "polite p99 ms": percentile(waits, 0.99)})
    table.show()
