"""Requests get their replies, or are given up in time, over whatever happens to the connection.

A request is in flight from when it was handed in until it is done. When the connection is lost, all that are unanswered
are sent again on the next one, oldest first, under their ids; each a bounded number of times, and not after its own
time is over. A reply that nobody waits for is dropped, so nobody gets two.

Nothing here waits: `Delivery.next_time` and the link's sockets say when there is something to do. So blocking calls and
event loops share all of it.
"""

from __future__ import annotations

import heapq
import math
import random
from itertools import count
from time import monotonic
from typing import Any, Callable, Dict, List, Mapping, Optional, Set, Tuple

import msgpack
import zmq

from ._endpoint import is_vacant, path_hint
from ._errors import (
    Cancelled,
    InvalidArgument,
    Lost,
    NoProtocol,
    Refused,
    TextdError,
    Timeout,
    Unavailable,
    no_descriptors,
    server_error,
)
from ._link import BROKEN, DOWN, UP, Link, see_to_descriptors

# How often a request is sent at most. It may itself be why the connection ends, if it is too large.
SENT_MAX = 5
# When libzmq refuses a message on a connection whose end it has not told yet, it is asked again after this.
AGAIN = 0.010
# The daemon answers before the deadline plus a grace.
GRACE = 1.0
# For an overloaded daemon that doesn't say when to come again.
RETRY_AFTER_MS = 100

NEVER = math.inf

# States of a request. NEW → SENT → DONE; a loss makes UNSENT of SENT and REFUSED, and those are SENT again.
NEW = "new"  # never sent: nobody is there yet
SENT = "sent"
UNSENT = "unsent"  # what it was sent on is lost, or the time has come to send it again
REFUSED = "refused"  # by a daemon that stops; its successor may come in time
DELAYED = "delayed"  # by a daemon with too much to do; it is sent again some time later
DONE = "done"


class Pending:
    """A request in flight, and what came of it: a `reply`, or an `error`."""

    state = NEW
    n_sent = 0
    most = SENT_MAX
    frame: Optional[bytes] = None  # the text, when it doesn't stand in the body
    has_deadline = False  # then the body lacks its last four bytes, which are what is left of it
    is_raw = False  # whoever asked wants the reply as it came, also if it is an error
    takes_any = False  # its id may be any, so it is alone on its connection, and takes what comes
    was_silent = False  # the connection was given up since nothing at all came on it
    give_up = NEVER  # it isn't sent again from here on,
    patience = NEVER  # nor waited for from here on
    limit = NEVER  # which of both counts now
    n_received = 0  # replies on this connection when it was sent
    refusal: Optional[Dict[Any, Any]] = None  # of this request, in case that nothing better comes
    reply: Optional[Dict[Any, Any]] = None
    error: Optional[TextdError] = None
    notify: Optional[Callable[[Pending], object]] = None
    text = ""  # these four are for whoever hands it in
    offsets = "codepoint"
    index: Optional[int] = None
    context: Any = None

    def __init__(self, id: Any, body: bytes, total: float) -> None:
        self.id = id
        self.body = body
        self.total = total  # seconds until it is given up


# ---- Reading replies ----


def _freeze(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_freeze, value))
    if isinstance(value, dict):
        return tuple((_freeze(k), _freeze(v)) for k, v in value.items())
    return value


def _unpack(frame: bytes) -> Any:
    try:
        return msgpack.unpackb(frame, strict_map_key=False)
    except TypeError:  # a key that Python can't have, such as a list: somebody's `meta`, which is echoed whatever it is
        return msgpack.unpackb(
            frame, strict_map_key=False, object_pairs_hook=lambda pairs: {_freeze(k): v for k, v in pairs}
        )


def read_reply(frame: bytes) -> Dict[Any, Any]:
    """Raises ValueError, with the reason, when it is no reply of this protocol."""
    try:
        reply = _unpack(frame)
    except Exception as e:  # msgpack has many ways to say no, and not all of them are its own
        raise ValueError(f"it is not MessagePack: {e}") from None
    if not isinstance(reply, dict):
        raise ValueError(f"it is no map, but {type(reply).__name__}")
    if reply.get("v") != 1:
        raise ValueError(f"its version is {reply.get('v')!r}, not 1")
    ok = reply.get("ok")
    if ok is not True and not (ok is False and isinstance(reply.get("error"), dict)) and "progress" not in reply:
        raise ValueError("it has neither a result nor an error")
    return reply


def _code(reply: Mapping[Any, Any]) -> Any:
    return None if reply["ok"] else reply["error"].get("code")


class Delivery:
    def __init__(self, link: Link, connect_timeout: float, retry: bool) -> None:
        self.link = link
        self.connect_timeout = connect_timeout
        self.retry = retry
        self.pending: Dict[Any, Pending] = {}  # oldest first
        self._must_send = False  # some are NEW or UNSENT
        self._delayed: List[Tuple[float, int, Pending]] = []  # a heap, by when they are due
        self._numbers = count()
        self._look = NEVER  # none is overdue before this
        self._late: Set[Any] = set()  # ids that were taken back, for which the daemon's last word hasn't come yet
        self._n_received = 0
        self._owes_any = False  # so it does to one that takes any: its reply would be taken for the next one's
        # Left standing when an exception of somebody else's (Ctrl-C, a time-out by SIGALRM) comes in the middle: then
        # what is noted here may not be what was sent.
        self.is_changing = False
        self._packer = msgpack.Packer()

    # ---- Handing in ----

    def submit(self, p: Pending, now: float, is_patient: bool = False) -> None:
        """Sends it, or will as soon as somebody is there. Waits for that as long as for a reply, if it is patient."""
        if p.id in self.pending or p.id in self._late:
            raise InvalidArgument(f"the id {p.id!r} is in flight already")
        self.is_changing = True
        p.give_up = now + p.total
        p.patience = p.give_up + GRACE if p.has_deadline else p.give_up
        if not self.retry:
            p.most = 1
        self.pending[p.id] = p
        if self.link.state != UP or self._must_send or not self._send(p, now):
            p.limit = p.give_up if is_patient else min(p.give_up, now + self.connect_timeout)
            self._must_send = True
            self.link.hurry(now)
        if p.limit < self._look:
            self._look = p.limit
        self.is_changing = False

    def _send(self, p: Pending, now: float) -> bool:
        socket, body = self.link.socket, p.body
        assert socket is not None and p.n_sent < p.most
        if p.has_deadline:  # it counts from when the daemon gets it, so this one gets what is left
            body += max(1, min(math.ceil((p.give_up - now) * 1000), 0x7FFFFFFF)).to_bytes(4, "big")
        try:
            if p.frame is None:
                socket.send(body, zmq.NOBLOCK)
            else:
                socket.send(body, zmq.NOBLOCK | zmq.SNDMORE)
                socket.send(p.frame, zmq.NOBLOCK)  # refused here, libzmq takes the first one back
        except zmq.Again:
            return False
        p.state = SENT
        p.n_received = self._n_received
        p.n_sent += 1
        p.limit = p.patience
        return True

    def cancel(self, p: Pending) -> None:
        """Takes it back. Its outcome is Cancelled, unless its reply is on the way."""
        self.tell_cancel(p)
        if p.state not in (SENT, DONE):
            self._fail(p, Cancelled("the client took the document back"))

    def abandon(self, p: Pending) -> None:
        """Nobody waits for it any more, and nobody is told. The daemon is, since it would run it to its end."""
        self.tell_cancel(p)
        if p.state != DONE:
            p.notify = None
            self._finish(p)

    def tell_cancel(self, p: Pending) -> None:
        """The document's reply is CANCELLED then; or the reply was on its way, and a BAD_REQUEST comes after it."""
        if p.state != SENT or p.id in self._late or self.link.state != UP:
            return
        if p.is_raw:  # it may be of any kind; its reply comes when it comes
            self._owes_any = True
            return
        assert self.link.socket is not None
        try:
            self.link.socket.send(self._packer.pack({"id": p.id, "op": "cancel"}), zmq.NOBLOCK)
        except zmq.Again:
            return  # the connection is at its end, and the request's run with it
        self._late.add(p.id)

    def is_settled(self) -> bool:
        """Whether nothing can come any more."""
        return not (self.is_changing or self.pending or self._late or self._owes_any)

    def forgive(self, seconds: float) -> None:
        """Nobody has looked for that long: those without a deadline of their own aren't to blame."""
        for p in self.pending.values():
            if not p.has_deadline:
                p.give_up += seconds
                p.patience += seconds
                p.limit += seconds

    # ---- Taking out ----

    def _finish(self, p: Pending) -> None:
        del self.pending[p.id]
        p.state = DONE
        if p.notify:
            p.notify(p)

    def _fail(self, p: Pending, error: TextdError) -> None:
        error.id = None if p.takes_any else p.id
        p.error = error
        self._finish(p)

    def _answer(self, p: Pending, reply: Dict[Any, Any]) -> None:
        if reply["ok"] or p.is_raw:
            p.reply = reply
        else:
            p.error = server_error(reply["error"], p.id)
        self._finish(p)

    def receive(self, at_most: int = 1 << 30) -> None:
        """Takes what has come."""
        if self.link.state not in (UP, BROKEN):
            return  # nobody has greeted: it would be another protocol's words
        assert self.link.socket is not None
        receive = self.link.socket.recv
        try:
            for _ in range(at_most):
                if not self._take(receive(zmq.NOBLOCK)):
                    break
                self._n_received += 1
        except zmq.Again:
            pass

    def _take(self, frame: bytes) -> bool:
        try:
            reply = read_reply(frame)
            p = self._whose(reply)
            is_document = p is not None and p.state == SENT and not p.is_raw and reply["ok"]
            if is_document and not isinstance(reply.get("results"), dict):
                raise ValueError("a reply to a document came without 'results'")
        except ValueError as e:
            words = f"what answers at {self.link.endpoint} does not speak textd's protocol: {e}"
            self.link.drop(monotonic())
            self.fail_all(lambda: NoProtocol(words))
            return False
        self.link.failures = 0
        if p is not None and p.state == SENT and (reply["ok"] or not self._put_off(p, reply)):
            self._answer(p, reply)
        return True

    def _whose(self, reply: Mapping[Any, Any]) -> Optional[Pending]:
        """None: nobody waits, or it is a second one."""
        if "ok" not in reply:
            return None  # an operation's progress
        id = _freeze(reply.get("id"))  # one that was refused is echoed, too, whatever it is
        p = self.pending.get(id)
        if self._late and id in self._late:
            if _code(reply) in ("CANCELLED", "BAD_REQUEST"):
                self._late.discard(id)
        elif p is None and len(self.pending) == 1:
            only = next(iter(self.pending.values()))
            # A request that could not be read is answered without an id; one that isn't ours may have any.
            if only.takes_any or (id is None and not reply["ok"]):
                return only
        return p

    def _put_off(self, p: Pending, reply: Dict[Any, Any]) -> bool:
        """Whether it is sent again later. The refusal is kept in case that nothing better comes in time."""
        error, now = reply["error"], monotonic()
        code = error.get("code")
        if not self.retry or p.is_raw or now >= p.give_up:
            return False
        if code == "SHUTTING_DOWN" and p.n_sent < p.most:
            p.state = REFUSED
        elif code == "OVERLOADED":
            wait = error.get("retry_after_ms")
            if not isinstance(wait, (int, float)) or wait < 0:
                wait = RETRY_AFTER_MS
            due = now + wait * (1 + random.random() / 2) / 1000
            if due >= p.give_up:
                return False
            p.state = DELAYED
            p.n_sent -= 1  # only losses count
            heapq.heappush(self._delayed, (due, next(self._numbers), p))
        else:
            return False
        p.refusal = reply
        self._limit(p, p.give_up)
        return True

    def _limit(self, p: Pending, limit: float) -> None:
        p.limit = limit
        self._look = min(self._look, limit)

    # ---- The connection goes ----

    def fail_all(self, error: Callable[[], TextdError]) -> None:
        self._late.clear()
        self._owes_any = False
        for p in list(self.pending.values()):
            self._fail(p, error())

    def _lose(self, now: float) -> None:
        """What has arrived is taken out first: those need no resending."""
        self.receive()
        self.link.drop(now)
        self._late.clear()
        self._owes_any = False
        for p in list(self.pending.values()):
            if p.state in (SENT, REFUSED):
                if p.n_sent >= p.most:
                    self._give_up(p, now)
                    continue
                p.state = UNSENT
                self._limit(p, p.give_up)
                self._must_send = True

    def _give_up(self, p: Pending, now: float) -> None:
        """Hands out the refusal that there was, or says that there is nothing."""
        if p.refusal is not None:
            self._answer(p, p.refusal)
        elif p.was_silent or (p.state == SENT and now >= p.limit):
            seconds = p.total + GRACE if p.has_deadline else p.total
            self._fail(p, Timeout(f"{self.link.endpoint} did not answer within {seconds:.4g} s"))
        elif p.state == NEW:
            self._fail(p, self._nobody())
        else:
            self._fail(p, self._lost(p))

    def _nobody(self) -> TextdError:
        link, endpoint = self.link, self.link.endpoint
        if link.verdict and not is_vacant(endpoint):
            return Refused(f"{endpoint} {link.verdict}")
        if (link.stranger or link.was_taken) and not is_vacant(endpoint):
            if link.stranger:
                return NoProtocol(f"another program than textd is at {endpoint}: {link.stranger}")
            return NoProtocol(
                f"{endpoint} took the connection, but did not greet as textd does: it hangs, is another program, or wants keys"
            )
        try:
            see_to_descriptors(1)
        except OSError as e:
            return no_descriptors(e)
        return Unavailable(f"nobody answers at {endpoint}{path_hint(endpoint)}: is textd running? `textctl ping` asks")

    def _lost(self, p: Pending) -> Lost:
        start = f"the connection to {self.link.endpoint} was lost"
        if p.most == 1:
            return Lost(f"{start} with the request unanswered: textd was stopped, or a message is larger than it takes")
        if p.n_sent >= p.most:
            return Lost(
                f"{start} {p.n_sent} times with the request unanswered: textd keeps failing, or a message is larger "
                "than it takes"
            )
        return Lost(f"{start}, and the request could not be answered within {p.total:.4g} s: textd was stopped")

    # ---- What is due ----

    def tend(self, now: float) -> None:
        """Hears what the monitor has to tell, and does what is due. What has come is to be received before."""
        if self.link.tend(now) == BROKEN:
            self._lose(now)
            self.link.tend(now)
        if self.link.is_foreign or self.link.verdict:
            for p in [p for p in self.pending.values() if p.state == NEW]:
                self._give_up(p, now)
        if self.link.is_refused:
            for p in [p for p in self.pending.values() if p.state == UNSENT]:
                self._fail(p, Lost(f"{self.link.endpoint} {self.link.verdict}"))
        while self._delayed and self._delayed[0][0] <= now:
            p = heapq.heappop(self._delayed)[2]
            if p.state == DELAYED and (self.link.state != UP or self._must_send or not self._send(p, now)):
                p.state = UNSENT
                self._must_send = True
        if self._must_send and self.link.state == UP and now >= self.link.resume:
            self._send_rest(now)
        if now >= self._look:
            self._expire(now)

    def _send_rest(self, now: float) -> None:
        for p in self.pending.values():
            if p.state in (NEW, UNSENT) and p.limit > now:
                if not self._send(p, now):
                    self.link.resume = now + AGAIN
                    return
                self._look = min(self._look, p.limit)
        self._must_send = False

    def _expire(self, now: float) -> None:
        self._look = NEVER
        is_silent = False
        for p in list(self.pending.values()):
            if p.limit > now:
                self._look = min(self._look, p.limit)
                continue
            if p.state == SENT:
                is_silent = is_silent or self._n_received == p.n_received
                self.tell_cancel(p)
            self._give_up(p, now)
        if is_silent and self.link.state == UP:
            self._leave(now)

    def _leave(self, now: float) -> None:
        """Nothing has come for as long as a whole request may take. A fresh connection tells whether anybody lives
        there, and what was sent on this one doesn't pile up."""
        waiting = [p for p in self.pending.values() if p.state == SENT]
        self._lose(now)
        for p in waiting:
            p.was_silent = True

    def next_time(self) -> float:
        """When `tend` is to be called if nothing happens before."""
        at = self._look
        if self._delayed:
            at = min(at, self._delayed[0][0])
        if self.link.state == DOWN or (self._must_send and self.link.state == UP):
            at = min(at, self.link.resume)
        return at
