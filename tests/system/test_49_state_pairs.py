"""Each operation meets each state that server, generation and worker can be in: one answer each, a service that is whole
afterwards, exit code 0, nothing left behind. What is asked, and when, is generated: STATES by what is asked.
`make test` has a third of what changes something; `make torture` (TEXTD_TORTURE=1) has all of it, and each two of those right behind
each other, in each state.

States are put up for real, and held by a file that is there: plugin `hold` waits in create, process or destroy while it is,
and a preloaded library (tests/inject/hold_copy.c) keeps the thread that copies a reload's files.
"""

import itertools
import os
import shutil
import signal
import time

import msgpack
import pytest

from conftest import BUILD, GOOD, SANITIZER, SLOW, wait_for

TORTURE = bool(os.environ.get("TEXTD_TORTURE"))
SHIM = (BUILD / "tests/libhold_copy.so").resolve()

# ---- What is asked. On the control socket, unless the op stands on the data socket's list. ----

LOOKS = [
    {"op": "ping"}, {"op": "status"}, {"op": "plugin.list"}, {"op": "worker.list"},
    {"op": "log.level", "level": "info"}, {"op": "log.level", "level": "loud"}, {"op": "log.level"},
    {"op": "plugin.load"}, {"op": "plugin.load", "plugin": 5}, {"op": "plugin.load", "plugin": "hold", "options": []},
    {"op": "plugin.load", "plugin": "fresh", "timeout_ms": 0}, {"op": "plugin.unload"}, {"op": "plugin.unload", "plugin": ""},
    {"op": "plugin.reload", "plugin": 1}, {"op": "plugin.rollback"}, {"op": "plugin.enable"},
    {"op": "plugin.enable", "plugin": "nobody"},
    {"op": "plugin.disable"}, {"op": "plugin.disable", "plugin": "nobody"}, {"op": "plugin.enable", "plugin": "hold"},
    {"op": "worker.restart", "worker": 99}, {"op": "worker.restart", "worker": "all"}, {"op": "nothing"}, {"op": 7}, {},
]
DATA = [
    {"op": "ping"}, {"op": "describe"}, {"op": "cancel", "target": 4711}, {"op": "nothing"}, {"text": "a document"},
    {"text": "a document", "plugins": ["nobody"]}, {"text": 5},
]
CHANGES = [
    {"op": "config.reload"}, {"op": "plugin.load", "plugin": "more", "file": "echo"}, {"op": "plugin.load", "plugin": "hold"},
    {"op": "plugin.load", "plugin": "nobody"}, {"op": "plugin.unload", "plugin": "spare"},
    {"op": "plugin.unload", "plugin": "nobody"}, {"op": "plugin.reload"}, {"op": "plugin.reload", "plugin": "hold"},
    {"op": "plugin.reload", "plugin": "nobody"}, {"op": "plugin.rollback", "plugin": "spare"},
    {"op": "plugin.disable", "plugin": "spare"}, {"op": "worker.restart"},
    {"op": "worker.restart", "worker": 0}, {"op": "drain"}, {"op": "shutdown"},
]


class Asked:
    """A question, from a connection of its own, which was there before; and its replies. A ping behind it tells when it has
    been taken: what a daemon that ends has never read isn't answered."""

    def __init__(self, daemon, message, on_data):
        self.message = {"id": "pair", **message}
        self.client = daemon.client(endpoint=daemon.endpoint if on_data else daemon.control_endpoint)
        self.client.send({"op": "ping", "id": "before"})
        self.replies, self.pings = [], []

    def send(self):
        self.client.send(msgpack.packb(self.message))
        self.client.send({"op": "ping", "id": "behind"})

    def look(self):
        while self.client.socket.poll(0):
            reply = msgpack.unpackb(self.client.socket.recv_multipart()[-1])
            if reply["id"] in ("before", "behind"):
                self.pings.append(reply["id"])
            elif "progress" not in reply:
                self.replies.append(reply)
        return self.replies

    def is_there(self):
        self.look()
        return "before" in self.pings

    def is_taken(self):
        self.look()
        return "behind" in self.pings

    def check(self):
        replies = self.look()
        assert len(replies) == 1, f"{len(replies)} replies to {self.message}: {replies}"
        [reply] = replies
        assert reply["id"] == "pair" and (reply["ok"] is True or (reply["error"]["code"] and reply["error"]["message"])), reply


class Held:
    """A daemon that can be held at each of the places."""

    def __init__(self, textd, folder, **sections):
        self.files = {place: folder / f"hold-{place}" for place in ("create", "process", "destroy", "copy")}
        self.plugins = folder / "plugins"
        if not self.plugins.exists():
            self.plugins.mkdir(mode=0o755)
            for name in ("hold", "echo"):
                shutil.copy(GOOD / f"{name}.so", self.plugins / f"{name}.so")
            shutil.copy(GOOD / "echo.so", self.plugins / "spare.so")
        options = {place: str(self.files[place]) for place in ("create", "process", "destroy")}
        env = {"LD_PRELOAD": str(SHIM), "HOLD_COPY": str(self.files["copy"])}
        if SLOW > 1:
            env["ASAN_OPTIONS"] = SANITIZER + ":verify_asan_link_order=0"
        self.daemon = textd({"plugin_dirs": [str(self.plugins)], "suspend": {"deaths": 0}, "workers": {"count": 2},
                             "plugins": [{"name": "hold", "options": options, "timeout": "60s", "grants": [f"read:{folder}"]}, {"name": "spare"}], **sections},
                            env=env)
        self.asked = []
        self.is_fed = False
        self.killed = []
        self.feeder = self.daemon.client()

    def hold(self, place):
        self.files[place].touch()

    def go_on(self):
        for file in self.files.values():
            file.unlink(missing_ok=True)

    def prepare(self, messages):
        """Connections for these, which are asked later."""
        asked = [Asked(self.daemon, message, on_data) for message, on_data in messages]
        wait_for("the connections", lambda: all([a.is_there() for a in asked]))
        return asked

    def ask_all(self, asked):
        for a in asked:
            a.send()
        self.asked += asked
        wait_for("all to be taken", lambda: all([a.is_taken() for a in asked]) or self.has_ended(), 10)

    def ask(self, message, on_data=False):
        self.ask_all(self.prepare([(message, on_data)]))

    def status(self):
        return self.daemon.control(op="status")

    def wait_status(self, what, test):
        wait_for(what, lambda: self.feed() and test(self.status()), 20)

    def wait_replies(self):
        wait_for("the replies", lambda: self.feed() and all([a.look() for a in self.asked]) or self.has_ended(), 20)

    def has_ended(self):
        return self.daemon.process.poll() is not None

    def feed(self):
        """A canary is judged by documents."""
        if self.is_fed:
            self.feeder.annotate("for the canary", deadline_ms=5000)
        return True

    def wait_workers(self, state, n=1):
        self.wait_status(f"{n} workers {state}", lambda s: [w["state"] for w in s["workers"]].count(state) >= n)

    def change_a_file(self):
        """So that a reload has something to copy."""
        (self.plugins / "spare").mkdir(exist_ok=True)
        (self.plugins / "spare" / "resource").write_text(str(time.monotonic()))


# ---- The states ----


def idle(h):
    pass


def worker_hung(h):
    h.hold("process")
    h.ask({"text": "HOLD", "deadline_ms": 60000}, on_data=True)
    h.wait_status("a worker at work", lambda s: any(w.get("plugin") == "hold" for w in s["workers"]))


def worker_starting(h):
    h.hold("create")
    os.kill(h.daemon.worker_pids()[0], signal.SIGKILL)
    h.wait_workers("starting")


def worker_leaving(h):
    h.hold("destroy")
    h.daemon.control(op="worker.restart", worker=0)
    h.wait_workers("leaving")


def workers_dying(h):
    """Between the kill and what the supervisor makes of it."""
    h.killed = h.daemon.worker_pids()
    for pid in h.killed:
        os.kill(pid, signal.SIGKILL)


def reload_copying(h):
    h.hold("copy")
    h.change_a_file()
    h.ask({"op": "plugin.reload"})
    time.sleep(0.02)  # nothing tells of it, and whether the thread has begun makes no difference


def reload_starting(h):
    h.hold("create")
    h.change_a_file()
    h.ask({"op": "plugin.reload"})
    h.wait_status("two generations", lambda s: len(s["generations"]) == 2)


def canary(h):
    h.change_a_file()
    h.ask({"op": "plugin.reload"})
    h.wait_status("a canary", lambda s: "canary" in [g["state"] for g in s["generations"]])


def old_draining(h):
    worker_hung(h)
    h.change_a_file()
    assert h.daemon.control(op="plugin.reload")["ok"]
    h.wait_status("two generations", lambda s: len(s["generations"]) == 2)


def draining(h):
    worker_hung(h)
    h.daemon.process.send_signal(signal.SIGTERM)
    h.wait_status("draining", lambda s: s["state"] == "draining")


def draining_to_stay(h):
    worker_hung(h)
    h.ask({"op": "drain"})
    h.wait_status("draining", lambda s: s["state"] == "draining")


def drained(h):
    assert h.daemon.control(op="drain")["ok"]


def stopping(h):
    h.hold("destroy")  # until the supervisor's patience with workers ends
    h.daemon.control(op="shutdown")


def stopping_at_once(h):
    worker_hung(h)
    h.hold("destroy")
    h.daemon.process.send_signal(signal.SIGTERM)
    h.daemon.process.send_signal(signal.SIGTERM)


def stopping_while_copying(h):
    reload_copying(h)
    h.hold("destroy")
    h.daemon.control(op="shutdown")


def stopping_while_starting(h):
    reload_starting(h)
    h.hold("destroy")
    h.daemon.control(op="shutdown")


def stopping_without_workers(h):
    """All have left; the thread that copies is waited for."""
    reload_copying(h)
    h.daemon.control(op="shutdown")
    wait_for("the workers to go", lambda: not h.daemon.worker_pids())


STATES = [idle, worker_hung, worker_starting, worker_leaving, workers_dying, reload_copying, reload_starting, canary,
          old_draining, draining, draining_to_stay, drained, stopping, stopping_at_once, stopping_while_copying,
          stopping_while_starting, stopping_without_workers]
ENDS = {draining, draining_to_stay, drained, stopping, stopping_at_once, stopping_while_copying, stopping_while_starting,
        stopping_without_workers}
SETTINGS = {canary: {"canary": {"percent": 50, "documents": 10, "time": f"{300 * SLOW}ms"}}}


def check_service(h):
    """What is asked of it now is done, by each worker there should be."""
    h.wait_status("one generation, all of its workers ready",
                  lambda s: len(s["generations"]) == 1 and [w["state"] for w in s["workers"]] == ["ready"] * 2
                  and not {w["pid"] for w in s["workers"]} & set(h.killed))
    client = h.daemon.client()
    before = {w["pid"]: w["done"] for w in h.status()["workers"]}
    ids = [client.annotate("PAUSE", deadline_ms=10000) for _ in range(8)]
    for reply in client.receive_all(ids).values():
        assert reply["ok"], reply
    after = {w["pid"]: w["done"] for w in h.status()["workers"]}
    assert all(after[pid] > before.get(pid, 0) for pid in after), f"a worker that is ready takes no documents: {before} {after}"


def finish(h, state, messages):
    """Lets go, and looks at what has become of it all."""
    h.go_on()
    h.is_fed = state == canary
    daemon, ops = h.daemon, [m.get("op") for m in messages]
    stops_by_itself = "shutdown" in ops or state in ENDS and state not in (drained, draining_to_stay)
    if not stops_by_itself:
        h.wait_replies()
        if state not in ENDS and "drain" not in ops:
            check_service(h)
    children = daemon.worker_pids() if not h.has_ended() else []
    if not stops_by_itself:
        daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code(20) == 0, daemon.log()[-3000:]
    time.sleep(0.02)  # what libzmq has read for us
    for asked in h.asked:
        asked.check()
    daemon.check_remains(children)
    left = [path.name for path in daemon.run.iterdir() if path.name not in ("log", "textd.yaml")]
    assert not left, f"left in the run directory: {left}"


def meet(textd, folder, state, messages):
    """messages: (message, whether on the data socket)"""
    before = set(os.listdir("/dev/shm"))
    h = Held(textd, folder, **SETTINGS.get(state, {}))
    try:
        asked = h.prepare(messages)
        state(h)
        h.ask_all(asked)
        finish(h, state, [m for m, _ in messages])
    finally:
        h.go_on()
        while h.daemon.clients:  # there may be hundreds of daemons in a test
            h.daemon.clients.pop().close()
    assert set(os.listdir("/dev/shm")) <= before


@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_what_changes_nothing(textd, tmp_path, state):
    """All of them in one daemon."""
    meet(textd, tmp_path, state, [(m, False) for m in LOOKS] + [(m, True) for m in DATA])


@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_each_change(textd, tmp_path, state):
    third = (STATES.index(state) + (SLOW > 1)) % 3  # the builds have different thirds
    for i, message in enumerate(CHANGES if TORTURE else CHANGES[third::3]):
        folder = tmp_path / str(i)
        folder.mkdir()
        meet(textd, folder, state, [(message, False)])


@pytest.mark.skipif(not TORTURE, reason="make torture")
@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_each_two_changes(textd, tmp_path, state):
    for i, pair in enumerate(itertools.product(CHANGES, repeat=2)):
        folder = tmp_path / str(i)
        folder.mkdir()
        meet(textd, folder, state, [(message, False) for message in pair])
