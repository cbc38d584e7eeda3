"""Connections for calls that block, and the pool that lends them.

A call takes a connection that nobody uses, or a new one, and gives it back. So threads never share a socket and never
wait for each other, and there are as many connections as calls were at work at one time.
"""

from __future__ import annotations

import math
import os
import threading
from collections import deque
from time import monotonic
from typing import Any, Deque, List, Optional, Tuple
from weakref import WeakSet

import zmq

from ._delivery import Delivery, Pending
from ._errors import Id, InvalidArgument, NoDescriptors, no_descriptors
from ._keys import Keys
from ._link import UP, Link

# Of those that nobody uses, so many are kept.
IDLE_MAX = 16
# libzmq closes descriptors some time after it was told to.
LOOK_AGAIN = 0.02
# Who doesn't look for longer than this isn't there, and time isn't counted.
AWAY = 1.0

# So many replies are taken at once before others are sent: with more of them, the daemon has nothing to do meanwhile.
BURST = 8

_LONGEST_MS = 60_000


class Connection:
    def __init__(self, endpoint: str, keys: Optional[Keys], connect_timeout: float, retry: bool) -> None:
        self.pid = os.getpid()
        self._made = monotonic()
        self._ear = self._bell = -1
        self.link = Link(endpoint, keys)
        self.delivery = Delivery(self.link, connect_timeout, retry)
        try:
            self._ear, self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            self.close()
            raise no_descriptors(e) from None
        self._orders: Deque[Id] = deque()  # from other threads: what to cancel
        self._polled: List[Tuple[Any, int]] = []
        self._polled_for: Any = None

    def __del__(self) -> None:
        try:
            self.close()
        except Exception:  # at the interpreter's end anything may be gone
            pass

    def close(self, last_words: bool = False) -> None:
        self.link.close(last_words)
        for fd in (self._ear, self._bell):
            if fd >= 0:
                os.close(fd)
        self._ear = self._bell = -1

    def check_process(self) -> None:
        if os.getpid() != self.pid:
            raise InvalidArgument("this was begun before the process forked; begin anew in the child")

    def wake_to_cancel(self, id: Id) -> None:
        """The one thing that another thread may do."""
        self._orders.append(id)
        try:
            os.write(self._bell, b"!")
        except BlockingIOError:
            pass  # it rings already

    def _obey(self) -> None:
        """The bell may ring for an order that was heard already: it is silenced in any case."""
        try:
            os.read(self._ear, 4096)
        except BlockingIOError:
            pass
        while self._orders:
            p = self.delivery.pending.get(self._orders.popleft())
            if p is not None:
                self.delivery.cancel(p)

    def _items(self) -> List[Tuple[Any, int]]:
        link = self.link
        key = (link.socket, link.state)
        if key != self._polled_for:
            sockets = [link.monitor, link.socket] if link.state == UP else [link.monitor]
            self._polled = [(self._ear, zmq.POLLIN)] + [(s, zmq.POLLIN) for s in sockets if s is not None]
            self._polled_for = key
        return self._polled

    def wait(self, at_most: float = math.inf) -> None:
        """Waits until something happens, and does what it asks for. What has come is taken before anything is given
        up."""
        self.check_process()
        delivery, link = self.delivery, self.link
        timeout = min(delivery.next_time() - monotonic(), at_most)
        ms = 0 if timeout <= 0 else _LONGEST_MS if timeout > 60 else math.ceil(timeout * 1000)
        ready = zmq.zmq_poll(self._items(), ms)
        delivery.is_changing = True
        if ms and len(ready) == 1 and ready[0][0] is link.socket:
            delivery.receive(min(BURST, len(delivery.pending) or 1))
        else:
            delivery.receive()
            if any(isinstance(who, int) for who, _ in ready):
                self._obey()
            delivery.tend(monotonic())
        delivery.is_changing = False

    def is_slow(self) -> bool:
        return monotonic() - self._made > LOOK_AGAIN

    def look(self) -> None:
        """Hears what has happened while nobody used it."""
        while zmq.zmq_poll(self._items(), 0):
            self.wait(0)
            if self.link.state != UP:
                return


class Pool:
    """Of one process. Everything that two threads could do at once is done under the lock."""

    def __init__(self, endpoint: str, keys: Optional[Keys], connect_timeout: float, retry: bool) -> None:
        self.pid = os.getpid()
        self._endpoint, self._keys, self._connect_timeout, self._retry = endpoint, keys, connect_timeout, retry
        self._news = threading.Condition()  # some are given back
        self._idle: List[Connection] = []
        # Weak, since whoever is interrupted right after taking one, or while giving it back, just forgets it.
        self._busy: WeakSet[Connection] = WeakSet()
        self._is_closed = False

    def take(self) -> Connection:
        end = monotonic() + self._connect_timeout
        while True:
            connection = self._pop()
            if connection is None:
                try:
                    return self._make()
                except NoDescriptors:
                    self._wait_for_others(end)
                    continue
            connection.look()
            if connection.link.state == UP:
                return connection
            self.give_back(connection)  # it was lost since it was used

    def _pop(self) -> Optional[Connection]:
        with self._news:
            if self._is_closed:
                raise InvalidArgument("this client is closed")
            if not self._idle:
                return None
            connection = self._idle.pop()
            self._busy.add(connection)
            return connection

    def has_idle(self) -> bool:
        return bool(self._idle)

    def _make(self) -> Connection:
        with self._news:  # one after the other, or together they would take the descriptors that each saw free
            connection = Connection(self._endpoint, self._keys, self._connect_timeout, self._retry)
            self._busy.add(connection)
            return connection

    def _wait_for_others(self, end: float) -> None:
        """As long as for somebody who isn't there. Called while the exception that says why is handled."""
        with self._news:
            left = end - monotonic()
            if left <= 0 or not self._busy:
                raise
            if not self._idle:
                self._news.wait(min(left, LOOK_AGAIN))

    def give_back(self, connection: Connection) -> None:
        """What it has in flight is taken back. It is closed when somebody else's call could get a reply of this one's,
        and when nobody is at its other end."""
        if connection.pid != os.getpid():
            connection.close()
            return  # the lock is the parent's, and may never be free
        delivery = connection.delivery
        is_good = connection.link.state == UP and not delivery.is_changing
        for p in list(delivery.pending.values()) if is_good else ():
            delivery.abandon(p)
        with self._news:
            self._busy.discard(connection)
            self._news.notify()
            if is_good and delivery.is_settled() and not self._is_closed and len(self._idle) < IDLE_MAX:
                self._idle.append(connection)
                return
        connection.close(last_words=is_good)

    def cancel(self, id: Id) -> bool:
        with self._news:  # so that none of them is closed meanwhile
            for connection in self._busy:
                if id in connection.delivery.pending:
                    connection.wake_to_cancel(id)
                    return True
        return False

    def close(self) -> None:
        """Those in use are closed by who uses them, when that is done."""
        with self._news:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
