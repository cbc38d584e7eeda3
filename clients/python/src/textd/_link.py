"""The connection to the daemon, one at a time, and word of its end.

A socket serves one connection. When that ends the socket is closed, after what had arrived was taken out, and another
one is opened. libzmq would reconnect by itself, but then nobody could say which connection a message went to. So
libzmq reconnects only until somebody greets, and a monitor tells when that is.
"""

from __future__ import annotations

import os
import random
import select
import struct
from itertools import count
from time import monotonic
from typing import Any, Dict, List, Optional, Protocol, Tuple

import zmq

from ._errors import InvalidArgument, TextdError, no_descriptors
from ._keys import Keys

CONNECT_FIRST_MS = 10
CONNECT_LAST_MS = 1000
LAST_WORDS_MS = 100
SPARE = 4  # descriptors that must be left when a connection is begun; more than one, since others begin some, too
SOCKETS_MAX = 16383  # of one process; a connection takes three. Descriptors come to an end before that.
HURRY = 0.1
BACKOFF_FIRST = 0.010
BACKOFF_LAST = 1.0
VAGUE = 2.0  # two handshakes that end without a word within this time are no accident
MISMATCH = 0x11000002  # ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, which pyzmq has no name for

DOWN, OPENING, UP, BROKEN = "down", "opening", "up", "broken"

_EVENTS = (
    zmq.EVENT_CONNECTED
    | zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_DISCONNECTED
)

# What another process left us by forking. It must be neither used nor freed: its threads don't exist here.
_inherited: List[Any] = []
_contexts: "Dict[int, zmq.Context[Any]]" = {}  # by process, so that an inherited one is neither used nor freed, either
_numbers = count()


def leave_alone(*things: Any) -> None:
    _inherited.append(things)


def context() -> "zmq.Context[Any]":
    """This process's context. It costs two threads, so all clients share it; sockets can be made from any thread."""
    pid = os.getpid()
    found = _contexts.get(pid)
    if found is None:
        made: zmq.Context[Any] = zmq.Context()
        made.set(zmq.MAX_SOCKETS, SOCKETS_MAX)
        found = _contexts.setdefault(pid, made)
    return found


def backoff(failures: int) -> float:
    """How long to wait after so many failures in a row: at random, so that all clients of a daemon don't come at
    once."""
    if failures == 0:
        return 0.0
    return random.random() * min(BACKOFF_LAST, BACKOFF_FIRST * 2.0 ** min(failures - 1, 20))


def see_to_descriptors(n: int) -> None:
    """libzmq needs one to connect with, some time later, and doesn't say when there is none. Raises OSError."""
    spare = [select.epoll() for _ in range(n)]  # these close themselves, also if this is interrupted
    del spare


class Watcher(Protocol):
    """Who waits for a link's sockets, and must know when they become others."""

    def watch(self, socket: "zmq.Socket[bytes]", monitor: "zmq.Socket[bytes]") -> None:
        ...

    def unwatch(self) -> None:
        ...


class Link:
    def __init__(self, endpoint: str, keys: Optional[Keys] = None, watcher: Optional[Watcher] = None) -> None:
        self._pid = os.getpid()
        self._watcher: Optional[Watcher] = None
        self.endpoint = endpoint
        self.keys = keys
        self.verdict = ""  # what the last handshake's end says of the keys
        self.is_refused = False  # and of that there is no doubt, also where ours was taken before
        self._vague = -VAGUE  # when one ended that should have been encrypted, without a word
        self.state = DOWN
        self.socket: Optional[zmq.Socket[bytes]] = None
        self.monitor: Optional[zmq.Socket[bytes]] = None
        self.failures = 0  # connections that ended since the last one that was of use
        # DOWN: when to connect again. UP: when to send again what the last connection left unanswered.
        self.resume = 0.0
        self.was_up = False  # some time
        self.was_taken = False  # somebody took the connection and hasn't greeted yet
        self.stranger = ""  # what somebody did there that textd doesn't do
        self.is_foreign = False  # as far as the newest attempt tells, and there is no doubt
        self._watcher = watcher
        self._open()

    def __del__(self) -> None:
        """Whoever is interrupted right after making one leaves its end to us. The sockets' own end isn't enough: see
        `_close_sockets`."""
        try:
            self.close()
        except Exception:  # at the interpreter's end anything may be gone
            pass

    def _open(self) -> None:
        self.is_foreign = self.is_refused = False
        self.verdict = ""
        self._opened = monotonic()
        try:
            self._begin()
        except BaseException:
            self._close_sockets()
            raise

    def _begin(self) -> None:
        try:
            socket, monitor = self._make_sockets()
            see_to_descriptors(SPARE)
        except (zmq.ZMQError, OSError) as e:
            raise no_descriptors(e) from None
        try:
            socket.connect(self.endpoint)
        except (zmq.ZMQError, TypeError) as e:
            raise InvalidArgument(
                f"can't connect to '{self.endpoint}': {e}; an endpoint is ipc://PATH or tcp://HOST:PORT"
            ) from None
        self.state = OPENING
        if self._watcher:
            self._watcher.watch(socket, monitor)

    def _make_sockets(self) -> "Tuple[zmq.Socket[bytes], zmq.Socket[bytes]]":
        self.socket = socket = context().socket(zmq.DEALER)
        # No high-water marks: what is in flight is bounded by the window, and its bytes are kept anyway.
        for option, value in (
            (zmq.LINGER, 0),
            (zmq.SNDHWM, 0),
            (zmq.RCVHWM, 0),
            (zmq.RECONNECT_IVL, CONNECT_FIRST_MS),
            (zmq.RECONNECT_IVL_MAX, CONNECT_LAST_MS),
            # For an address of that kind alone: behind a name that has both it would be looked for first.
            (zmq.IPV6, int("://[" in self.endpoint)),
        ):
            socket.setsockopt(option, value)
        if self.keys:
            socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = self.keys
        address = f"inproc://textd-link-{os.getpid()}-{next(_numbers)}"
        socket.monitor(address, _EVENTS)
        self.monitor = monitor = context().socket(zmq.PAIR)
        monitor.setsockopt(zmq.LINGER, 0)
        monitor.setsockopt(zmq.RCVHWM, 0)  # or libzmq would stand still, with its lock held, until its events are read
        monitor.connect(address)
        return socket, monitor

    def close(self, last_words: bool = False) -> None:
        """Doesn't wait, and what was not sent yet isn't sent; with last words, libzmq goes on for a moment by
        itself."""
        if self._watcher and os.getpid() == self._pid:
            self._watcher.unwatch()
        self._close_sockets(LAST_WORDS_MS if last_words else 0)

    def _close_sockets(self, linger: int = 0) -> None:
        socket, monitor = self.socket, self.monitor
        self.state = DOWN
        if os.getpid() != self._pid:
            leave_alone(socket, monitor)
        else:
            # The monitoring ends first: libzmq waits for ever when it has news and nobody is at the other end, and all
            # of the process with it. So we keep both until it has, in case that this is interrupted, and begun again.
            if socket is not None and not socket.closed:
                socket.disable_monitor()
            if monitor is not None:
                monitor.close()
            if socket is not None:
                socket.close(linger)
        self.socket = self.monitor = None

    def drop(self, now: float) -> None:
        """Gives the connection up. The next is begun at once the first time: the pause comes before what was unanswered
        is sent again."""
        self.close()
        self.resume = now + backoff(self.failures)
        self.failures += 1

    def hurry(self, now: float) -> None:
        """Somebody waits. libzmq tries ever more seldom, so a socket that has been at it for a while gives way to a
        fresh one."""
        if self.state == OPENING and now - self._opened > HURRY:
            self.close()
            self.resume = now

    def tend(self, now: float) -> str:
        """Hears what became of the connection, and opens the next one when it is time."""
        if self.state == DOWN and now >= self.resume:
            try:
                self._open()
            except TextdError:  # out of descriptors, most likely
                self.resume = now + BACKOFF_LAST
        while self.monitor is not None and self.state != BROKEN:
            try:
                frames = self.monitor.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            event, value = struct.unpack_from("=HI", frames[0])
            self._hear(event, value, now)
        return self.state

    def _judge(self, event: int, value: int, now: float) -> None:
        """A handshake has failed. libzmq tells little, and some of it by chance."""
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH and self.keys:
            self.is_refused = True
            self.verdict = (
                "refused our key: it is not, or no longer, in textd's folder curve.clients, which textctl reload reads "
                f"again; the public key is {self.keys.public.decode()}"
            )
        elif event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL and value == MISMATCH:
            self.verdict = (
                "is not encrypted, and we have keys: leave curve_key_file and TEXTD_CURVE_KEY_FILE out, or take an "
                "endpoint that is"
                if self.keys
                else "took the connection, but did not greet as textd does without keys: it is encrypted, and we have none "
                "(curve_key_file and curve_server_key, or TEXTD_CURVE_KEY_FILE and TEXTD_CURVE_SERVER_KEY), or another "
                "program answers there"
            )
        elif event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL and self.keys and not self.was_up:
            if now - self._vague < VAGUE:
                self.verdict = (
                    f"ended the handshake, again and again: it has another key than {self.keys.server.decode()} (its log "
                    "says which at its start), is not encrypted, or is no textd"
                )
            self._vague = now

    def _hear(self, event: int, value: int, now: float) -> None:
        self._judge(event, value, now)
        if event == zmq.EVENT_CONNECTED:
            self.was_taken = True
        elif event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self.state = UP
            self.was_up = True
            self.was_taken = False
            self.stranger = ""
            self.is_foreign = False
            self._vague = -VAGUE
            self.resume = now + backoff(self.failures)
        elif event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
            self.stranger = "it answered, but not as textd's sockets do"
            self.is_foreign = True
        elif event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            hint = "" if self.keys else " (or it is encrypted, and we have no keys)"
            self.stranger = self.stranger or f"it ended the connection without a greeting{hint}"
        elif event == zmq.EVENT_DISCONNECTED and self.state == UP:
            self.state = BROKEN
        elif event == zmq.EVENT_DISCONNECTED:
            self.drop(now)  # on some of what a stranger may have said libzmq never tries again
