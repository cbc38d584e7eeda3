"""The client for asyncio: `AsyncClient`."""

from __future__ import annotations

import asyncio
import math
import os
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from time import monotonic
from types import TracebackType
from typing import Any, Deque, Dict, List, Optional, Set, Type, Union, overload

import zmq

from ._delivery import DONE, Delivery, Pending
from ._errors import Cancelled, Id, InvalidArgument, TextdError
from ._link import OPENING, Link, leave_alone
from ._request import check_id, raw
from ._results import Doc
from .client import PAUSE, Batch, Settings, is_perhaps_too_large, refuse_if_too_large, refuse_one_text


class LoopConnection:
    """A connection that an event loop works on.

    libzmq's descriptors tell changes, not states, and each look at a socket takes the news away, sending included. So
    all is done in `_turn`, which takes what has come last of all, and whoever sends asks for one."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._watched: List[int] = []
        self._timer: Optional[asyncio.TimerHandle] = None
        self._timer_at = math.inf
        self._is_due = False
        self._is_closed = False
        self.link = Link(settings.endpoint, settings.keys, self)
        self.delivery = Delivery(self.link, settings.connect_timeout, settings.retry)

    # ---- The link tells which sockets there are ----

    def watch(self, socket: "zmq.Socket[bytes]", monitor: "zmq.Socket[bytes]") -> None:
        for s in (socket, monitor):
            fd = s.getsockopt(zmq.FD)
            assert isinstance(fd, int)
            self.loop.add_reader(fd, self._turn)
            self._watched.append(fd)
        self.soon()

    def unwatch(self) -> None:
        watched, self._watched = self._watched, []
        if not self.loop.is_closed():
            for fd in watched:
                self.loop.remove_reader(fd)

    # ---- Work ----

    def soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_due = False
        if self._is_closed:
            return
        self.delivery.receive()
        self.delivery.tend(monotonic())
        self.delivery.receive()
        if self.link.state == OPENING and self.link.socket is not None:
            # Nothing is received before somebody has greeted. But a change that nobody takes notice of leaves libzmq's
            # descriptor readable, and the loop would turn and turn.
            self.link.socket.getsockopt(zmq.EVENTS)
        self._set_timer()

    def _set_timer(self) -> None:
        """One that comes too early does no harm, so it is moved only forward."""
        at = self.delivery.next_time()
        if at == math.inf or (self._timer is not None and self._timer_at <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self.loop.call_later(max(0.0, at - monotonic()), self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._turn()

    def submit(self, p: Pending, is_patient: bool = False) -> None:
        self.delivery.submit(p, monotonic(), is_patient)
        self.soon()

    def cancel(self, p: Pending) -> None:
        self.delivery.cancel(p)
        self.soon()

    def abandon(self, p: Pending) -> None:
        if p.state is not DONE and not self._is_closed:
            self.delivery.abandon(p)
            self.soon()

    async def run(self, p: Pending) -> Dict[Any, Any]:
        done: asyncio.Future[None] = self.loop.create_future()
        p.notify = lambda _: None if done.done() else done.set_result(None)
        self.submit(p)
        try:
            await done
        finally:
            self.abandon(p)
        if p.error is not None:
            raise p.error
        assert p.reply is not None
        return p.reply

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        for p in self.delivery.pending.values():
            self.delivery.tell_cancel(p)
        self.link.close(last_words=True)
        if self.loop.is_closed():
            return  # and those who waited are gone with it
        if self._timer is not None:
            self._timer.cancel()
        self.delivery.fail_all(lambda: Cancelled("the client was closed"))


class AsyncClient:
    """A client of textd for asyncio.

        async with AsyncClient() as c:
            doc = await c.annotate("Acme Corp. paid $3 million.")

    Any number of tasks may use it at once: all that are of one event loop share one connection. A task that is
    cancelled while it waits takes its document back. When a loop has ended, whatever belonged to it is dropped, and
    the next one connects anew; so does the child after a fork. Everything else is as in `Client`.
    """

    def __init__(
        self,
        endpoint: Optional[str] = None,
        *,
        timeout: float = 35.0,
        connect_timeout: float = 2.0,
        retry: bool = True,
        offsets: str = "codepoint",
        curve_key_file: Optional[str] = None,
        curve_server_key: Optional[str] = None,
    ) -> None:
        curve = curve_key_file, curve_server_key
        self.__setstate__(Settings(endpoint, timeout, connect_timeout, retry, offsets, curve))

    def __repr__(self) -> str:
        return f"<textd.AsyncClient {self.endpoint}>"

    def __getstate__(self) -> Settings:
        return self._settings

    def __setstate__(self, settings: Settings) -> None:
        self._settings = settings
        self._pid = os.getpid()
        self._connections: Dict[asyncio.AbstractEventLoop, LoopConnection] = {}
        self._is_closed = False

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes it without waiting. Whoever still waits gets `Cancelled`."""
        self._is_closed = True
        self._forget()
        connections, self._connections = self._connections, {}
        for loop, connection in connections.items():
            if loop is asyncio.get_running_loop():
                connection.close()
            else:
                loop.call_soon_threadsafe(connection.close)  # its sockets are that thread's

    @property
    def endpoint(self) -> str:
        return self._settings.endpoint

    def _forget(self) -> None:
        """What belongs to loops that have ended, or to the process that this one was forked from."""
        if self._pid != os.getpid():
            leave_alone(self._connections)
            self._connections, self._pid = {}, os.getpid()
        for loop in [loop for loop in self._connections if loop.is_closed()]:
            self._connections.pop(loop).close()

    def _connection(self) -> LoopConnection:
        loop = asyncio.get_running_loop()
        connection = self._connections.get(loop)
        if connection is None or self._pid != os.getpid():
            if self._is_closed:
                raise InvalidArgument("this client is closed")
            self._forget()
            connection = self._connections[loop] = LoopConnection(self._settings, loop)
        return connection

    # ---- One document ----

    async def annotate(
        self,
        text: str,
        *,
        pipeline: Optional[str] = None,
        plugins: Optional[Iterable[str]] = None,
        options: Optional[Mapping[str, Mapping[str, Any]]] = None,
        deadline: Optional[float] = None,
        lang: Optional[str] = None,
        trace: Optional[str] = None,
        tracestate: Optional[str] = None,
        meta: Any = None,
        offsets: Optional[str] = None,
        id: Optional[Id] = None,
    ) -> Doc:
        """Annotates one text. The arguments are those of `Client.annotate`."""
        keys = {"pipeline": pipeline, "plugins": plugins, "options": options, "deadline": deadline, "lang": lang,
                "trace": trace, "tracestate": tracestate, "meta": meta, "offsets": offsets}  # fmt: skip
        p = self._settings.template(keys).make(next(self._settings.ids) if id is None else check_id(id), text)
        await self._check_size(p)
        if p.error is not None:
            raise p.error
        return Doc(text, await self._connection().run(p), p.offsets)

    async def _check_size(self, p: Pending) -> None:
        if is_perhaps_too_large(p):
            try:
                refuse_if_too_large(p, await self.describe(), self.endpoint)
            except TextdError:
                pass  # the document itself will tell

    # ---- Many ----

    @overload
    def annotate_many(
        self,
        texts: Union[Iterable[Any], AsyncIterable[Any]],
        *,
        window: int = 64,
        ordered: bool = True,
        pipeline: Optional[str] = None,
        plugins: Optional[Iterable[str]] = None,
        options: Optional[Mapping[str, Mapping[str, Any]]] = None,
        deadline: Optional[float] = None,
        lang: Optional[str] = None,
        trace: Optional[str] = None,
        tracestate: Optional[str] = None,
        meta: Any = None,
        offsets: Optional[str] = None,
    ) -> AsyncIterator[Doc]:
        ...

    @overload  # with errors, or with contexts, among the results
    def annotate_many(
        self,
        texts: Union[Iterable[Any], AsyncIterable[Any]],
        *,
        errors: str = ...,
        as_tuples: bool = ...,
        **arguments: Any,
    ) -> AsyncIterator[Any]:
        ...

    def annotate_many(  # type: ignore[misc]  # its second form says less
        self,
        texts: Union[Iterable[Any], AsyncIterable[Any]],
        *,
        window: int = 64,
        ordered: bool = True,
        errors: str = "raise",
        as_tuples: bool = False,
        pipeline: Optional[str] = None,
        plugins: Optional[Iterable[str]] = None,
        options: Optional[Mapping[str, Mapping[str, Any]]] = None,
        deadline: Optional[float] = None,
        lang: Optional[str] = None,
        trace: Optional[str] = None,
        tracestate: Optional[str] = None,
        meta: Any = None,
        offsets: Optional[str] = None,
    ) -> AsyncIterator[Any]:
        """Annotates a stream of texts, for `async for`. Texts may come from an asynchronous iterable, too; results
        are handed out while it is waited for. The arguments are those of `Client.annotate_many`."""
        keys = {"pipeline": pipeline, "plugins": plugins, "options": options, "deadline": deadline, "lang": lang,
                "trace": trace, "tracestate": tracestate, "meta": meta, "offsets": offsets}  # fmt: skip
        refuse_one_text(texts)
        batch = Batch(self._settings, keys, window, errors, as_tuples)
        return self._stream(texts, batch, ordered)

    async def _stream(
        self, texts: Union[Iterable[Any], AsyncIterable[Any]], batch: Batch, ordered: bool
    ) -> AsyncIterator[Any]:
        stream = _Stream(self, self._connection(), batch, ordered)
        feeder = asyncio.ensure_future(stream.feed(texts))
        feeder.add_done_callback(lambda _: stream.wake())
        try:
            while True:
                for p in stream.take():
                    yield batch.outcome(p)
                if stream.has_ready():
                    continue
                if not stream.is_busy() and feeder.done():
                    feeder.result()  # what the source raised
                    return
                await stream.wait()
        finally:
            stream.abandon()
            if not feeder.cancel() and not feeder.cancelled():
                feeder.exception()  # or asyncio would complain that nobody has looked at it

    # ---- Other operations ----

    async def ping(self) -> Dict[str, Any]:
        """As `Client.ping`."""
        return await self._connection().run(self._settings.operation("ping", resend=False))

    async def describe(self) -> Dict[str, Any]:
        """As `Client.describe`."""
        return await self._connection().run(self._settings.operation("describe", resend=True))

    def cancel(self, id: Id) -> bool:
        """As `Client.cancel`, for documents of this event loop. Cancelling a task that waits does the same for its
        document."""
        connection = self._connection()
        p = connection.delivery.pending.get(id)
        if p is None:
            return False
        connection.cancel(p)
        return True

    async def request(self, message: Mapping[Any, Any], text: Union[str, bytes, None] = None) -> Dict[Any, Any]:
        """As `Client.request`. Has a connection of its own, since its id may be any."""
        p = raw(message, text, self._settings.timeout)
        connection = LoopConnection(self._settings, asyncio.get_running_loop())
        try:
            return await connection.run(p)
        finally:
            connection.close()


class _Stream:
    """The documents of one `annotate_many`: handed in by a feeder, handed out by the generator, each waiting for the
    other."""

    def __init__(self, client: AsyncClient, connection: LoopConnection, batch: Batch, ordered: bool) -> None:
        self._client = client
        self._connection = connection
        self._batch = batch
        self._ordered = ordered
        self._line: Deque[Pending] = deque()  # ordered: all that were handed in and not handed out
        self._done: Deque[Pending] = deque()  # unordered: those that can be handed out
        self._flying: Set[Pending] = set()
        self._has_worked = False
        self._news: Optional[asyncio.Future[None]] = None  # the generator waits for it
        self._room: Optional[asyncio.Future[None]] = None  # the feeder waits for it

    # ---- In ----

    async def feed(self, texts: Union[Iterable[Any], AsyncIterable[Any]]) -> None:
        if isinstance(texts, AsyncIterable):
            async for item in texts:
                await self._hand_in(item)
        else:
            for item in texts:
                await self._hand_in(item)

    async def _hand_in(self, item: Any) -> None:
        if item is PAUSE:
            await asyncio.sleep(0)
            return
        while len(self._line if self._ordered else self._flying) + len(self._done) >= self._batch.window:
            self._room = self._connection.loop.create_future()
            await self._room
        p = self._batch.prepare(item)
        if p.state is not DONE:
            await self._client._check_size(p)
        if p.state is not DONE:
            self._batch.submit(p, self._connection.delivery, monotonic(), self._has_worked)
            self._connection.soon()
        if self._ordered:
            self._line.append(p)
        elif p.state is DONE:
            self._done.append(p)
        if p.state is DONE:
            self.wake()
        else:
            p.notify = self._landed
            self._flying.add(p)

    def _landed(self, p: Pending) -> None:
        self._flying.discard(p)
        self._has_worked = self._has_worked or p.reply is not None
        if not self._ordered:
            self._done.append(p)
        self.wake()

    # ---- Out ----

    def has_ready(self) -> bool:
        return bool(self._done) or bool(self._line and self._line[0].state is DONE)

    def is_busy(self) -> bool:
        return bool(self._flying or self._line or self._done)

    def take(self) -> List[Pending]:
        taken: List[Pending] = []
        while self._line and self._line[0].state is DONE:
            taken.append(self._line.popleft())
        while self._done:
            taken.append(self._done.popleft())
        if taken and self._room is not None and not self._room.done():
            self._room.set_result(None)
        return taken

    def wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def wait(self) -> None:
        self._news = self._connection.loop.create_future()
        await self._news

    def abandon(self) -> None:
        for p in list(self._flying):
            self._connection.abandon(p)
