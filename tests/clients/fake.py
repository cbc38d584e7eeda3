"""Programs that a client may meet at textd's endpoint and that are not textd, or not as it should be."""

import socket
import time
import traceback

import msgpack
import zmq

from world import aside, join


def free_port():
    """A port that nobody listens on, now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def ok(request, results=None, **keys):
    """The reply to a request that went well."""
    return {"v": 1, "id": request.get("id"), "ok": True, "results": results if results is not None else {"echo": request.get("text")}, **keys}


def failed(request, code, message="scripted", retryable=False, **keys):
    return {"v": 1, "id": request.get("id"), "ok": False, "error": {"code": code, "message": message, "retryable": retryable, **keys}}


LIMITS = {"document_bytes": 8 << 20, "request_depth": 16, "reply_bytes": 64 << 20, "deadline_ms": 30000, "deadline_max_ms": 300000,
          "queue_documents": 65536, "client_documents": 16384, "client_bytes": 64 << 20, "meta_bytes": 4096, "id_bytes": 64, "plugins": 64}


def introduce(request):
    """What a client may ask before its first document."""
    if request["op"] == "ping":
        return {"v": 1, "id": request.get("id"), "ok": True, "version": "0.1.0", "state": "serving", "generation": 1, "workers": 1,
                "listening": True}
    return {"v": 1, "id": request.get("id"), "ok": True, "version": "0.1.0", "protocol": 1, "protocol_minor": 1, "generation": 1, "limits": LIMITS,
            "pipelines": [], "plugins": [], "offsets": ["byte", "codepoint", "utf16"], "ops": ["annotate", "cancel", "describe", "ping"]}


class Server:
    """A ROUTER (or another kind of socket) whose replies are the handler's: it is given the request's map, with a text frame
    as its `text`, and gives back a list of replies, each a map, or bytes that are sent as they are. `seen` has what came,
    `at` when. A client may ask `describe` first, and `cancel` what it gives up; neither is the handler's."""

    def __init__(self, endpoint, handler, kind=None, has_key=False):
        self.endpoint, self.handler = endpoint, handler
        self.seen, self.at = [], []
        self.context = zmq.Context()
        self.socket = self.context.socket(kind or zmq.ROUTER)
        self.socket.linger = 500
        self.socket.sndtimeo = 1000
        if has_key:  # it lets in who has its public key, which nobody is told
            self.socket.curve_publickey, self.socket.curve_secretkey = zmq.curve_keypair()
            self.socket.curve_server = True
        self.socket.bind(endpoint)
        self.going, self.failure = True, None
        self.thread = aside(self._serve)

    def _serve(self):
        try:
            self._answer()
        except Exception:
            self.failure = traceback.format_exc()

    def _answer(self):
        while self.going:
            if self.socket.type in (zmq.PUB, zmq.REP):
                time.sleep(0.01)  # they just are there
                continue
            if not self.socket.poll(20):
                continue
            try:
                who, message, *text = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                continue
            try:
                request = msgpack.unpackb(message)
                if text:
                    request["text"] = text[0].decode()
            except ValueError as error:
                self.failure = f"it was sent what is no request: {message[:80].hex()}: {error}"
                return
            if request.get("op", "annotate") != "annotate":
                replies = [introduce(request)] if request["op"] in ("ping", "describe") else []
            else:
                self.seen.append(request)
                self.at.append(time.monotonic())
                replies = self.handler(request)
            for reply in replies:
                self.socket.send_multipart([who, reply if isinstance(reply, bytes) else msgpack.packb(reply)])

    def stop(self):
        if not self.going:
            return
        self.going = False
        join(self.thread, f"the fake daemon at {self.endpoint}")
        self.socket.close()
        join(aside(self.context.term), f"ZeroMQ's context of the fake daemon at {self.endpoint}")
        assert self.failure is None, f"the fake daemon at {self.endpoint}: {self.failure}"


class Program:
    """Another program on a TCP port: waits for a connection's first bytes if it is one that does, says its own, and closes or
    keeps the connection. `heard` has what it was sent."""

    def __init__(self, says, closes, waits=False):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.says, self.closes, self.waits, self.n, self.kept, self.heard = says, closes, waits, 0, [], b""
        self.thread = aside(self._serve)

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.n += 1
            try:
                peer.settimeout(1)
                if self.waits:
                    self.heard += peer.recv(64)
                peer.sendall(self.says)
            except OSError:
                pass
            if self.closes:
                peer.close()
            else:
                self.kept.append(peer)

    def stop(self):
        if not self.thread.is_alive():
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        join(self.thread, f"the program at {self.endpoint}")
        for peer in self.kept:
            peer.settimeout(0.2)
            try:
                while len(self.heard) < 1 << 20 and (more := peer.recv(1 << 16)):
                    self.heard += more
            except OSError:
                pass  # no more came
            peer.close()
        self.kept.clear()
