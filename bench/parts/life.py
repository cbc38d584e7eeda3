"""Start, memory, and what changes and crashes cost."""

import multiprocessing
import os
import signal
import time

import msgpack
import zmq

from textd import ALL, BUILD, STORY, Failed, Textd, annotate, percentile, rss_kib, share_kib

FAULTY = {"plugin_dirs": [str(BUILD / "tests/plugins/good")], "suspend": {"deaths": 0}, "workers": {"count": 1},
          "plugins": [{"name": name} for name in ALL]}


def start(part, rounds=15):
    samples = []
    for _ in range(rounds):
        with Textd({"workers": {"count": 2}}) as textd:
            samples.append(textd.start_ms)
    table = part.table(f"all plugins, two workers; {rounds} starts", ["from exec to"], {"*ms": 1, "worst ms": 1})
    table.add(("the first answered ping",), {"ms": samples, "worst ms": max(samples)})
    table.show()


# ---- Memory ------------------------------------------------------------------------------------------------------------


def memory(part, documents=100_000):
    story = STORY.read_bytes()
    early = documents // 10
    table = part.table(f"all plugins, two workers, the demo's news story, {documents:,} times", ["of", "documents"], {"*PSS MiB": 2, "RSS MiB": 2, "its own MiB": 2},
                       "PSS: a page that n processes have counts as 1/n, so that the sum is what all take; its own: what the process alone has")
    with Textd({"workers": {"count": 2}}) as textd:
        done = 0
        for count in (0, early, documents):
            annotate(textd, story, count - done)
            done = count
            sums = [0, 0, 0]
            for i, pid in enumerate(textd.pids()):
                kib = [share_kib(pid)[0], rss_kib(pid), share_kib(pid)[1]]
                sums = [a + b for a, b in zip(sums, kib)]
                table.add((("parent", "supervisor")[i] if i < 2 else f"worker {i - 2}", count), dict(zip(("PSS MiB", "RSS MiB", "its own MiB"), (k / 1024 for k in kib))))
            table.add(("all processes", count), {"PSS MiB": sums[0] / 1024, "its own MiB": sums[2] / 1024})
    table.show()
    memory_of_plugins(part, story)


def worker_kib(plugins, workers, story):
    """What a worker has for itself alone at start, after 1,000 documents each, and after long texts; of several, the largest."""
    config = {"workers": {"count": workers}, "plugins": [{"name": name} for name in plugins]}
    with Textd(config) as textd:
        for text, count in (story, 0), (story, 1000), ((story + b"\n\n") * 300, 2):
            annotate(textd, text, count * workers, 4 * workers)
            yield max(share_kib(pid)[1] for pid in textd.workers())


def memory_of_plugins(part, story):
    whens = ("at start", "after 1,000 documents", "after texts of 850 kB")
    table = part.table("what a worker has for itself alone, MiB; of two workers, the larger", ["plugins", "workers"], {when: 2 for when in whens})
    for plugins in ALL, [name for name in ALL if name != "entities"], ["segmenter", "entities"], ["segmenter"]:
        for workers in (1, 2):
            table.add((" ".join(plugins), workers), dict(zip(whens, (kib / 1024 for kib in worker_kib(plugins, workers, story)))))
    table.show()


# ---- When things change or break ---------------------------------------------------------------------------------------


def needs_faults():
    if not (BUILD / "tests/plugins/good").exists():
        raise Failed("it needs the tests' plugins: cmake --preset release -DTEXTD_TESTS=ON && cmake --build --preset release")


def ms_of(textd, **message):
    begin = time.monotonic()
    reply = textd.ask({"id": 1, **message})
    return (time.monotonic() - begin) * 1000, reply


def recovery(part, rounds=50):
    needs_faults()
    config = {**FAULTY, "plugins": [*FAULTY["plugins"], {"name": "fault", "timeout": "200ms"}]}
    back, late = [], []
    with Textd(config) as textd:
        for _ in range(rounds):
            if ms_of(textd, text="CRASH", plugins=["fault"])[1]["error"]["code"] != "PLUGIN_CRASHED":
                raise Failed("the plugin that crashes did not crash")
            ms, reply = ms_of(textd, text="abc", plugins=["fault"])
            assert reply["ok"], reply
            back.append(ms)
        for _ in range(rounds // 2):
            ms, reply = ms_of(textd, text="HANG", plugins=["fault"])
            assert reply["error"]["code"] == "PLUGIN_TIMEOUT", reply
            late.append(ms - 200)
            ms_of(textd, text="abc", plugins=["fault"])
    table = part.table(f"one worker, six plugins; {rounds} crashes, {rounds // 2} hangs", ["from"], {"*ms": 1, "worst ms": 1})
    table.add(("a crashed document's reply to the next one's, by the replacement",), {"ms": back, "worst ms": max(back)})
    table.add(("a plugin's limit to its document's reply",), {"ms": late, "worst ms": max(late)})
    table.show()


def replies_under_load(textd, story, seconds, at=None, act=None, window=16):
    """[(when a reply came, how long it took)]; does `act` after `at` seconds."""
    sent, replies, number, begin = {}, [], 0, time.monotonic()
    while sent or time.monotonic() - begin < seconds:
        while len(sent) < window and time.monotonic() - begin < seconds:
            number += 1
            sent[number] = time.monotonic()
            textd.socket.send_multipart([msgpack.packb({"id": number}), story])
        if act and time.monotonic() - begin > at:
            act()
            act = None
        reply, now = msgpack.unpackb(textd.socket.recv()), time.monotonic()
        assert reply["ok"], reply
        replies.append((now - begin, now - sent.pop(reply["id"])))
    return replies


def keep_busy(endpoint, story):
    """Sixteen documents in flight, for ever; what a restart left unanswered is sent again after 20 ms of silence."""
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger, socket.reconnect_ivl, socket.sndhwm = 0, 1, 32
    socket.connect(endpoint)
    while True:
        for _ in range(16):
            socket.send_multipart([msgpack.packb({"id": 1}), story])
        while socket.poll(20):
            socket.recv()
            socket.send_multipart([msgpack.packb({"id": 1}), story])


def ms_to_reply(endpoint):
    """Connects anew each 5 ms, each time with a document, until one of them is answered."""
    begin, sockets, poller = time.monotonic(), [], zmq.Poller()
    while time.monotonic() - begin < 10:
        sockets.append(zmq.Context.instance().socket(zmq.DEALER))
        sockets[-1].linger = 0
        sockets[-1].connect(endpoint)
        sockets[-1].send(msgpack.packb({"id": 1, "text": "abc"}))
        poller.register(sockets[-1], zmq.POLLIN)
        if poller.poll(5):
            ms = (time.monotonic() - begin) * 1000
            for socket in sockets:
                socket.close()
            return ms
    raise Failed("textd did not come back within 10 s")


def restart(part, rounds=11):
    story = STORY.read_bytes()
    samples = []
    for _ in range(rounds):  # each time from the start: one that dies twice in half a minute waits before its third life
        with Textd({"workers": {"count": 2}}) as textd:
            load = multiprocessing.Process(target=keep_busy, args=(textd.endpoint, story), daemon=True)
            load.start()
            while textd.ask({"id": 1}, story)["timing"]["queue_us"] < 1000:  # until documents wait for each other
                pass
            os.kill(textd.supervisor(), signal.SIGKILL)
            samples.append(ms_to_reply(textd.endpoint))
            load.kill()
            load.join()
    table = part.table(f"two workers, all plugins, 506 words, 16 in flight; {rounds} deaths", ["from the supervisor's death by SIGKILL to"], {"*ms": 0, "worst ms": 0})
    table.add(("the next document's reply",), {"ms": samples, "worst ms": max(samples)})
    table.show()


def reload_round(textd, control, story, message, is_good):
    """(the longest pause between two replies in the second from when it is sent, p99 of that second by p99 of the one before)"""
    act = (lambda: control.send(msgpack.packb(message))) if message else None
    replies = replies_under_load(textd, story, 2, 1, act)
    if message and msgpack.unpackb(control.recv())["ok"] != is_good:
        raise Failed(f"{message['op']} was {'refused' if is_good else 'accepted'}")
    times = [when for when, _ in replies]
    pause = max(b - a for a, b in zip(times, times[1:]) if b > 0.95)
    steady = percentile([took for when, took in replies if when < 1], 0.99)
    return pause * 1000, percentile([took for when, took in replies if 0.95 < when < 1.95], 0.99) / steady


RELOADS = {"nothing": (None, True), "a reload of all plugins": ({"id": 1, "op": "plugin.reload"}, True),
           "a reload that is refused": ({"id": 1, "op": "plugin.load", "plugin": "nothing"}, False)}


def reload(part, rounds=15):
    story = STORY.read_bytes()
    rows = {name: [] for name in RELOADS}
    with Textd({"workers": {"count": 2}}) as textd:
        control = textd.connect(f"ipc://{textd.run.name}/control.sock")
        replies_under_load(textd, story, 1)
        for _ in range(rounds):
            for name, (message, is_good) in RELOADS.items():
                rows[name].append(reload_round(textd, control, story, message, is_good))
        control.close()
        counters = textd.control(op="status")["counters"]
    table = part.table(f"two workers, all plugins, 506 words, 16 in flight; {rounds} of each in turn", ["what happens"],
                       {"*longest pause ms": 1, "worst ms": 1, "*longer by ms": 1, "p99 of before": 2},
                       "longest pause: between two replies, in a second. longer by: than in the same round's second in which nothing happens. p99: of that second, of the one before it")
    for name, row in rows.items():
        pauses, ratios = map(list, zip(*row))
        longer = {} if name == "nothing" else {"longer by ms": [a - b for a, (b, _) in zip(pauses, rows["nothing"])]}
        table.add((name,), {"longest pause ms": pauses, "worst ms": max(pauses), **longer, "p99 of before": ratios})
    table.show()
    part.say(f"documents lost: {counters['documents_accepted'] - counters['documents_answered']} of {counters['documents_accepted']:,}")
