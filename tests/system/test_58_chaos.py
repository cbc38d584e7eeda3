"""Everything at once: exactly one reply to every accepted document, before its deadline plus a grace, whatever happens."""

import os
import random
import signal
import threading
import time

import msgpack
import zmq

from conftest import SLOW, Client, plugins, wait_for

DEADLINE_MS = 4000 * SLOW
GRACE_S = 2 * SLOW

# What may become of each text when nobody interferes.
TEXTS = {
    "plain": {"OK"},
    "x" * 70_000: {"OK"},
    "SLEEP 5": {"OK"},
    "FAIL": {"PLUGIN_FAILED"},
    "NAN": {"PLUGIN_FAILED"},
    "NOMEM": {"PLUGIN_FAILED"},
    "BIG 300000": {"OK"},
    "CRASH": {"PLUGIN_CRASHED"},
    "EXIT 1": {"PLUGIN_CRASHED"},
    "RAISE 9": {"PLUGIN_CRASHED"},
    "HANG": {"PLUGIN_TIMEOUT"},
    "SPIN": {"PLUGIN_TIMEOUT"},
}
WEIGHTS = [60, 8, 10, 5, 3, 2, 4, 3, 1, 1, 1, 1]


class Sender(threading.Thread):
    """A client that sends a mixture, cancels some, and counts replies by id."""

    def __init__(self, endpoint, seed, n):
        super().__init__()
        self.dice, self.n = random.Random(seed), n
        self.client = Client(endpoint, zmq.DEALER)
        self.sent, self.replies, self.late, self.failure = {}, {}, [], None

    def run(self):
        try:
            self.work()
        except BaseException as failure:  # noqa: BLE001: told in the test's own thread
            self.failure = failure
        finally:
            self.client.close()

    def work(self):
        cancelled = set()
        for number in range(self.n):
            [text] = self.dice.choices(list(TEXTS), WEIGHTS)
            self.sent[number] = (text, time.monotonic())
            self.client.annotate(text, id=number, deadline_ms=DEADLINE_MS)
            if self.dice.random() < 0.05:
                self.client.send({"op": "cancel", "id": number})
                cancelled.add(number)
            while self.client.socket.poll(self.dice.choice([0, 0, 0, 3])):
                self.take(cancelled)
        while len(self.replies) < self.n:
            self.take(cancelled)

    def take(self, cancelled):
        reply = self.client.receive(DEADLINE_MS / 1000 + GRACE_S)
        number = reply["id"]
        code = "OK" if reply["ok"] else reply["error"]["code"]
        if code == "BAD_REQUEST":  # a cancel that came too late
            assert number in cancelled
            return
        assert number not in self.replies, f"a second reply: {reply}, after {self.replies[number]}"
        self.replies[number] = code
        text, sent = self.sent[number]
        if time.monotonic() - sent > DEADLINE_MS / 1000 + GRACE_S:
            self.late.append(number)
        # A kill from outside may hit anything twice, and a stop may hold anything up: then it counts as the document's.
        allowed = TEXTS[text] | {"PLUGIN_CRASHED", "PLUGIN_TIMEOUT", "DEADLINE_EXCEEDED"}
        allowed |= {"CANCELLED"} if number in cancelled else set()
        assert code in allowed, (text[:20], reply)


def test_every_document_has_its_one_reply_whatever_happens(textd):
    daemon = textd(plugins({"name": "fault", "timeout": f"{150 * SLOW}ms"}, workers=2, limits={"document_memory": "16MiB", "reply_bytes": "1MiB"}))
    senders = [Sender(daemon.endpoint, seed, 250) for seed in range(6)]
    for sender in senders:
        sender.start()
    dice = random.Random(99)
    hostile = daemon.client()
    while any(sender.is_alive() for sender in senders):
        time.sleep(0.05)
        pids = daemon.worker_pids()
        if pids:
            try:
                os.kill(dice.choice(pids), dice.choice([signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM]))
            except ProcessLookupError:
                pass
        hostile.send(dice.randbytes(20))
        if dice.random() < 0.2:  # one who leaves without a word
            visitor = Client(daemon.endpoint)
            visitor.socket.send(msgpack.packb({"id": 1, "text": "SLEEP 20"}))
            wait_for("it to be sent", lambda: visitor.socket.poll(0, zmq.POLLOUT))
            visitor.close()
    for sender in senders:
        sender.join()
        assert sender.failure is None, sender.failure
        assert not sender.late
        codes = list(sender.replies.values())
        assert codes.count("OK") > len(codes) / 3, "or there would be nothing left to prove"
    assert daemon.process.poll() is None and senders[0].replies[0]
    last = daemon.client()
    wait_for("its workers to be back", lambda: daemon.control(op="status")["documents"] == 0, 20)
    wait_for("a worker that isn't stopped", lambda: last.ask("abc")["ok"])
