"""A NATS client of a hundred lines, for the tests: NATS's protocol is lines of text. Debian has no Python client.

A connection has a thread that reads. What comes for a subscription goes into its queue, or to its function. When the connection ends, it
connects to the next server of the list, subscribes again and goes on; what was asked meanwhile times out, and who asks tries again.
"""

import contextlib
import itertools
import json
import os
import queue
import socket
import threading
import time

CRLF = b"\r\n"


class Message:
    def __init__(self, subject, reply, headers, status, data):
        self.subject, self.reply, self.headers, self.status, self.data = subject, reply, headers, status, data

    def json(self):
        return json.loads(self.data)


def read_headers(block):
    lines = block.split(CRLF)
    status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
    headers = {}
    for line in lines[1:]:
        if line:
            key, _, value = line.decode().partition(":")
            headers[key] = value.strip()
    return headers, status


class Nats:
    def __init__(self, ports, host="127.0.0.1", **connect):
        self.addresses = itertools.cycle([(host, p) if isinstance(p, int) else p for p in ports])
        self.connect_options = connect
        self.subscriptions, self.waiting = {}, {}
        self.sids, self.tokens = itertools.count(1), itertools.count(1)
        self.lock = threading.Lock()
        self.closed = False
        self.up = threading.Event()
        self.inbox = "_INBOX." + os.urandom(8).hex()
        self.socket = None
        threading.Thread(target=self.read_for_ever, daemon=True).start()
        assert self.up.wait(20), "no NATS server took the connection"
        self.subscribe(self.inbox + ".*", self.answered)

    # ---- The connection

    def open(self):
        self.socket = socket.create_connection(next(self.addresses), timeout=2)
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        file = self.socket.makefile("rb", 1 << 20)
        self.info = json.loads(file.readline().split(b" ", 1)[1])
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "name": "test", "lang": "python", **self.connect_options}
        lines = [b"CONNECT " + json.dumps(options).encode()]
        for sid, (subject, _) in self.subscriptions.items():
            lines.append(f"SUB {subject} {sid}".encode())
        self.socket.sendall(CRLF.join(lines) + CRLF + b"PING" + CRLF)
        return file

    def read_for_ever(self):
        while not self.closed:
            try:
                file = self.open()
                while line := file.readline():
                    self.take(line, file)
            except (OSError, ValueError, IndexError):
                pass
            self.up.clear()
            if self.socket:
                self.socket.close()
            time.sleep(0.05)

    def take(self, line, file):
        if line.startswith(b"PING"):
            self.send(b"PONG" + CRLF)
        elif line.startswith(b"PONG"):
            self.up.set()
        elif line.startswith((b"MSG", b"HMSG")):
            words = line.decode().split()
            has_headers = words[0] == "HMSG"
            total = int(words[-1])
            header_bytes = int(words[-2]) if has_headers else 0
            names = words[1:-2] if has_headers else words[1:-1]
            data = file.read(total + 2)[:-2]
            headers, status = read_headers(data[:header_bytes]) if has_headers else ({}, 0)
            message = Message(names[0], names[2] if len(names) > 2 else None, headers, status, data[header_bytes:])
            _, function = self.subscriptions.get(int(names[1]), (None, None))
            if function:
                function(message)

    def send(self, data):
        with self.lock:
            self.socket.sendall(data)

    def close(self):
        self.closed = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    # ---- Talking

    def subscribe(self, subject, function=None):
        """Without a function: a queue of the messages."""
        found = queue.Queue()
        sid = next(self.sids)
        self.subscriptions[sid] = (subject, function or found.put)
        self.send(f"SUB {subject} {sid}".encode() + CRLF)
        return found

    def packed(self, subject, data=b"", reply=None, headers=None):
        reply = f" {reply}" if reply else ""
        if not headers:
            return f"PUB {subject}{reply} {len(data)}".encode() + CRLF + data + CRLF
        block = b"NATS/1.0" + CRLF + b"".join(f"{k}: {v}".encode() + CRLF for k, v in headers.items()) + CRLF
        return f"HPUB {subject}{reply} {len(block)} {len(block) + len(data)}".encode() + CRLF + block + data + CRLF

    def publish(self, subject, data=b"", reply=None, headers=None):
        self.send(self.packed(subject, data, reply, headers))

    def answered(self, message):
        found = self.waiting.pop(message.subject.rsplit(".", 1)[1], None)
        if found:
            found.put(message)

    def request(self, subject, data=b"", headers=None, seconds=5):
        """The answer, or None: none came in time, or nobody is there."""
        token, found = str(next(self.tokens)), queue.Queue()
        self.waiting[token] = found
        try:
            self.publish(subject, data, f"{self.inbox}.{token}", headers)
            message = found.get(timeout=seconds)
            return None if message.status == 503 else message
        except (OSError, queue.Empty):
            self.waiting.pop(token, None)
            return None

    def gather(self, subject, data=b"", seconds=0.5):
        """All answers within a time."""
        inbox = f"_INBOX.{os.urandom(8).hex()}"
        found = self.subscribe(inbox)
        self.publish(subject, data, inbox)
        end, answers = time.monotonic() + seconds, []
        with contextlib.suppress(queue.Empty):
            while True:
                answers.append(found.get(timeout=max(0.001, end - time.monotonic())))
        return answers

    # ---- JetStream

    def api(self, what, body=None, seconds=60, each=1):
        """Asks until somebody answers: while a leader is chosen, nobody does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self.request("$JS.API." + what, json.dumps(body).encode() if body is not None else b"", seconds=each)
            if answer and answer.data:
                found = answer.json()
                if found.get("error", {}).get("code") != 503:
                    return found
            time.sleep(0.1)
        raise AssertionError(f"nobody answers $JS.API.{what}")

    def stream(self, name):
        return self.api(f"STREAM.INFO.{name}")

    def consumer(self, stream, name="textd"):
        return self.api(f"CONSUMER.INFO.{stream}.{name}")

    def store(self, subject, data, headers=None, seconds=60, each=2):
        """Publishes until the stream has it; with an id it is there once."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self.request(subject, data, headers, each)
            if answer:
                found = answer.json()
                if "error" not in found:
                    return found
            time.sleep(0.05)
        raise AssertionError(f"{subject} could not be stored")

    def store_many(self, documents, seconds=600, window=500):
        """(subject, data, headers) of each, many at a time, until all are stored. Each needs a Nats-Msg-Id."""
        inbox, lock, free = f"_INBOX.{os.urandom(8).hex()}", threading.Lock(), threading.Semaphore(window)
        open_ones = {}

        def told(message):
            if message.status or b'"error"' in message.data:
                return
            with lock:
                if open_ones.pop(message.subject.rsplit(".", 1)[1], None):
                    free.release()

        self.subscribe(inbox + ".*", told)
        end = time.monotonic() + seconds

        def again():
            now = time.monotonic()
            assert now < end, f"{len(open_ones)} documents could not be stored"
            with lock:
                late = [(token, entry) for token, entry in open_ones.items() if now - entry[0] > 1.5]
                for _, entry in late:
                    entry[0] = now
            for token, (_, subject, data, headers) in late:
                with contextlib.suppress(OSError):
                    self.publish(subject, data, f"{inbox}.{token}", headers)

        for n, (subject, data, headers) in enumerate(documents):
            while not free.acquire(timeout=0.5):
                again()
            with lock:
                open_ones[str(n)] = [time.monotonic(), subject, data, headers]
            with contextlib.suppress(OSError):
                self.publish(subject, data, f"{inbox}.{n}", headers)
        while open_ones:
            time.sleep(0.02)
            again()

    def read_all(self, stream, batch=1000, seconds=60):
        """All messages of a stream, (subject, headers, data, sequence), through a consumer of its own."""
        made = self.api(f"CONSUMER.CREATE.{stream}", {"stream_name": stream, "config": {"deliver_policy": "all", "ack_policy": "none", "max_waiting": 10,
                                                      "inactive_threshold": 60_000_000_000, "num_replicas": 1, "mem_storage": True, "ack_policy": "explicit",
                                                      "max_ack_pending": 10_000_000}})
        assert "error" not in made, made
        name, left = made["name"], made["num_pending"]
        inbox = f"_INBOX.{os.urandom(8).hex()}"
        found, messages, end = self.subscribe(inbox), [], time.monotonic() + seconds
        while left > 0:
            asked = min(batch, left)
            self.publish(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}", json.dumps({"batch": asked, "expires": 3_000_000_000}).encode(), inbox)
            while asked > 0:
                assert time.monotonic() < end, f"{left} messages of {stream} could not be read"
                try:
                    message = found.get(timeout=4)
                except queue.Empty:
                    break
                if message.status:
                    break
                asked -= 1
                left -= 1
                messages.append((message.subject, message.headers, message.data, int(message.reply.split(".")[5])))
        self.api(f"CONSUMER.DELETE.{stream}.{name}")
        return messages
