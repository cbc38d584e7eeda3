"""The client for programs that block: `Client`."""

from __future__ import annotations

import math
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from time import monotonic
from types import TracebackType
from typing import Any, Deque, Dict, List, Optional, Tuple, Type, Union, overload

from . import _endpoint, _keys
from ._connection import AWAY, LOOK_AGAIN, Connection, Pool
from ._delivery import DONE, NEW, Delivery, Pending
from ._errors import Id, InvalidArgument, NoProtocol, Refused, TextdError, TooLarge, Unavailable
from ._link import leave_alone
from ._request import ALWAYS_TAKEN, KEYWORDS, UNITS, Template, check_id, documents, names, raw, seconds
from ._results import Doc

#: An iterable of texts may give this instead of a text, when it has none just now: replies are handed out, and it is
#: asked again.
PAUSE = object()
END = object()
# A source that takes longer than this for a text is one that waits for somebody.
SLOW = 0.001


def is_perhaps_too_large(p: Pending) -> bool:
    return p.frame is not None and len(p.frame) > ALWAYS_TAKEN


def refuse_if_too_large(p: Pending, described: Mapping[str, Any], endpoint: str) -> None:
    limit = described.get("limits", {}).get("document_bytes")
    if p.frame is not None and isinstance(limit, int) and len(p.frame) > limit:
        p.state = DONE
        p.error = TooLarge(
            f"the document has {len(p.frame)} bytes; textd at {endpoint} takes {limit} (limits.document_bytes)"
        )
        p.error.id = p.id


class Settings:
    """What both clients are made with, checked."""

    def __init__(
        self,
        endpoint: Optional[str],
        timeout: float,
        connect_timeout: float,
        retry: bool,
        offsets: str,
        curve: Tuple[Optional[str], Optional[str]] = (None, None),
    ) -> None:
        self.endpoint = _endpoint.find(endpoint)
        if not isinstance(self.endpoint, str) or not re.fullmatch(r"(ipc|tcp)://[^\0\ud800-\udfff]+", self.endpoint):
            raise InvalidArgument(f"endpoint is {self.endpoint!r}; it must be 'ipc://PATH' or 'tcp://HOST:PORT'")
        self._curve = curve  # the file with our secret key, and the server's public one
        self.keys = _keys.find(self.endpoint, *curve)
        self.timeout = seconds("timeout", timeout)
        self.connect_timeout = min(seconds("connect_timeout", connect_timeout), self.timeout)
        self.retry = bool(retry)
        if offsets not in UNITS:
            raise InvalidArgument(f"offsets is {offsets!r}; it must be one of {', '.join(UNITS)}")
        self.offsets = offsets
        self.ids = count(1 << 32)  # out of the way of callers that count from 1

    def __getstate__(self) -> Dict[str, Any]:
        """A secret stays where it is: who is pickled reads it anew."""
        return {**self.__dict__, "keys": None}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.keys = _keys.find(self.endpoint, *self._curve)

    def template(self, keys: Mapping[str, Any]) -> Template:
        told: Dict[str, Any] = {key: value for key, value in keys.items() if value is not None}
        told.setdefault("offsets", self.offsets)
        return Template(timeout=self.timeout, **told)

    def operation(self, op: str, resend: bool) -> Pending:
        id = next(self.ids)
        p = raw({"id": id, "op": op}, None, self.timeout)
        p.id, p.takes_any = id, False
        if not resend:
            p.most = 1
        return p


def refuse_one_text(texts: Any) -> None:
    if isinstance(texts, (str, bytes, Mapping)):
        raise InvalidArgument(
            f"texts is {type(texts).__name__} ({texts!r:.60}); it must be an iterable of texts, such as a list. "
            "For one text there is annotate()"
        )


class Batch:
    """The documents of one batch, as they are handed in."""

    def __init__(self, settings: Settings, keys: Dict[str, Any], window: int, errors: str, as_tuples: bool) -> None:
        if errors not in ("raise", "return"):
            raise InvalidArgument(f"errors is {errors!r}; it must be 'raise' or 'return'")
        self.settings = settings
        self.window = documents("window", window)
        self.is_tolerant = errors == "return"
        self.as_tuples = as_tuples
        if keys["plugins"] is not None:
            keys["plugins"] = names(keys["plugins"])  # they may be read more than once
        self._keys = keys
        self._template = settings.template(keys)
        self._indices = count()

    def prepare(self, item: Any) -> Pending:
        """A wrong one comes back as done, with its error."""
        context = None
        index = next(self._indices)
        try:
            if self.as_tuples:
                item, context = self._pair(item)
            p = self._template.make(next(self.settings.ids), item) if isinstance(item, str) else self._special(item)
        except InvalidArgument as e:
            p = Pending(None, b"", 0.0)
            p.state, p.error = DONE, e
        p.index, p.context = index, context
        return p

    def submit(self, p: Pending, delivery: Delivery, now: float, is_patient: bool) -> None:
        try:
            delivery.submit(p, now, is_patient)
        except InvalidArgument as e:  # its id is taken
            p.state, p.error = DONE, e

    def _pair(self, item: Any) -> Tuple[Any, Any]:
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            raise InvalidArgument(
                f"with as_tuples each item must be (text, context), not {type(item).__name__} ({item!r:.60})"
            )
        return item[0], item[1]

    def _special(self, item: Any) -> Pending:
        """A map may say for one document what the call says for all of them."""
        if not isinstance(item, Mapping):
            raise InvalidArgument(
                f"a document is {type(item).__name__} ({item!r:.60}); it must be str, or a map with 'text' and other "
                "keywords of annotate"
            )
        unknown = [key for key in item if key not in KEYWORDS]
        if unknown or "text" not in item:
            raise InvalidArgument(
                f"a document's keys are {', '.join(map(str, item))}; there must be 'text', and may be "
                f"{', '.join(KEYWORDS[1:])}"
            )
        own = {key: value for key, value in item.items() if key not in ("text", "id")}
        if "pipeline" in own or "plugins" in own:  # one of them; the document's own
            own = {"pipeline": None, "plugins": None, **own}
        id = item.get("id")
        return self.settings.template({**self._keys, **own}).make(
            next(self.settings.ids) if id is None else check_id(id), item["text"]
        )

    def outcome(self, p: Pending) -> Any:
        """What the caller gets for it. Raises what ends the batch."""
        result = self._result(p)
        return (result, p.context) if self.as_tuples else result

    def _result(self, p: Pending) -> "Doc | TextdError":
        if p.error is not None:
            p.error.index = p.index
            if not self.is_tolerant or isinstance(p.error, (Unavailable, NoProtocol, Refused)):
                raise p.error
            return p.error
        assert p.reply is not None
        return Doc(p.text, p.reply, p.offsets, p.index, p.context)


class Client:
    """A client of textd.

        with Client() as c:
            doc = c.annotate("Acme Corp. paid $3 million.")

    It may be used from any number of threads at once: a call takes a connection of its own, and gives it back when it
    is done, so threads don't wait for each other. An iteration over `annotate_many` belongs to one thread at a time,
    and has its connection for as long as it lives; one that is left early takes back what it had in flight. After a
    fork the child connects anew by itself; an iteration that was begun before the fork raises InvalidArgument there.

    Nothing is connected before the first call. When the connection is lost, what was unanswered is sent again on the
    next one, at most 5 times and as long as its time lasts; what a daemon refuses since it has too much to do, or
    stops, is sent again too. `retry=False`: each request is sent once, and the caller is told.

    endpoint: ipc://PATH or tcp://HOST:PORT. Left out: $TEXTD_ENDPOINT, or where a daemon of this user listens by
    default.
    timeout: seconds for a request in all, unless it has a deadline.
    connect_timeout: seconds until `Unavailable`, when nobody is there.
    offsets: the unit of all offsets: "codepoint", which is Python's own, "byte" or "utf16".
    curve_key_file, curve_server_key: for an endpoint that is encrypted, the file with our secret key, and the server's
    public key or a file with it. Left out: $TEXTD_CURVE_KEY_FILE and $TEXTD_CURVE_SERVER_KEY, for tcp://.
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
        self._settings = Settings(endpoint, timeout, connect_timeout, retry, offsets, curve)
        self._pool = self._new_pool()

    def __repr__(self) -> str:
        return f"<textd.Client {self.endpoint}>"

    def __getstate__(self) -> Settings:
        return self._settings

    def __setstate__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = self._new_pool()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes it without waiting. Calls at work in other threads go on to their end."""
        self._own_pool().close()

    @property
    def endpoint(self) -> str:
        return self._settings.endpoint

    # ---- One document ----

    def annotate(
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
        """Annotates one text.

        pipeline, plugins: what to run; left out, the pipeline "default". options: by plugin. deadline: in seconds;
        after that nobody wants the answer. lang: BCP 47. trace, tracestate: the W3C's. meta: comes back in `doc.meta`. id:
        for `cancel`, and the daemon's log.
        """
        keys = {"pipeline": pipeline, "plugins": plugins, "options": options, "deadline": deadline, "lang": lang,
                "trace": trace, "tracestate": tracestate, "meta": meta, "offsets": offsets}  # fmt: skip
        p = self._settings.template(keys).make(next(self._settings.ids) if id is None else check_id(id), text)
        self._check_size(p)
        if p.error is not None:
            raise p.error
        return Doc(text, self._run(p), p.offsets)

    def _run(self, p: Pending) -> Dict[Any, Any]:
        pool = self._own_pool()
        while not self._try(pool, p):
            p.state = NEW
        if p.error is not None:
            raise p.error
        assert p.reply is not None
        return p.reply

    def _try(self, pool: Pool, p: Pending) -> bool:
        """False: its connection doesn't come about, and there is another one now. So it is where descriptors are
        short."""
        connection = pool.take()
        try:
            connection.delivery.submit(p, monotonic())
            while p.state is NEW:
                connection.wait(LOOK_AGAIN)
                if p.state is NEW and connection.is_slow() and pool.has_idle():
                    return False
            while p.state is not DONE:
                connection.wait()
        finally:
            pool.give_back(connection)
        return True

    def _check_size(self, p: Pending) -> None:
        """A message that is much too large ends the connection, with all that is in flight on it. So the daemon is
        asked first."""
        if is_perhaps_too_large(p):
            try:
                refuse_if_too_large(p, self.describe(), self.endpoint)
            except TextdError:
                pass  # the document itself will tell

    # ---- Many ----

    @overload
    def annotate_many(
        self,
        texts: Iterable[Any],
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
    ) -> Iterator[Doc]:
        ...

    @overload  # with errors, or with contexts, among the results
    def annotate_many(
        self, texts: Iterable[Any], *, errors: str = ..., as_tuples: bool = ..., **arguments: Any
    ) -> Iterator[Any]:
        ...

    def annotate_many(  # type: ignore[misc]  # its second form says less
        self,
        texts: Iterable[Any],
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
    ) -> Iterator[Any]:
        """Annotates a stream of texts, with up to `window` of them in flight. Texts are read as the window allows,
        and memory doesn't grow with their number.

        texts: str; or maps with "text" and any of annotate's other arguments, for this document alone; or, with
        as_tuples, pairs of such a thing and a context of yours, and the results are pairs, too. A source that has
        nothing just now may give `textd.PAUSE`.
        ordered: False gives them as they come, which is quicker when some take long; `doc.index` and `error.index`
        tell which it is.
        errors: "return" gives the exception in the document's place and goes on; only Unavailable, NoProtocol and Refused
        still end it.
        """
        keys = {"pipeline": pipeline, "plugins": plugins, "options": options, "deadline": deadline, "lang": lang,
                "trace": trace, "tracestate": tracestate, "meta": meta, "offsets": offsets}  # fmt: skip
        refuse_one_text(texts)
        batch = Batch(self._settings, keys, window, errors, as_tuples)
        return self._stream(iter(texts), batch, ordered)

    def _stream(self, source: Iterator[Any], batch: Batch, ordered: bool) -> Iterator[Any]:
        pool = self._own_pool()
        connection = pool.take()
        try:
            yield from self._pump(source, batch, ordered, connection)
        finally:
            pool.give_back(connection)

    def _pump(self, source: Iterator[Any], batch: Batch, ordered: bool, connection: Connection) -> Iterator[Any]:
        delivery, link = connection.delivery, connection.link
        line: Deque[Pending] = deque()  # of an ordered batch: all that were handed in and not handed out
        done: Deque[Pending] = deque()  # of another: those that can be handed out
        has_more = True
        looked = monotonic()
        while True:
            connection.check_process()
            ready: List[Pending] = []
            while line and line[0].state is DONE:
                ready.append(line.popleft())
            while done:
                ready.append(done.popleft())
            for p in ready:
                yield batch.outcome(p)
            is_paused = False
            while has_more and not is_paused and len(line if ordered else delivery.pending) + len(done) < batch.window:
                asked = monotonic()
                item = next(source, END)
                now = monotonic()
                # One that takes its time, like somebody who types, doesn't hold back what has come meanwhile.
                is_paused = item is PAUSE or now - asked > SLOW
                if item is PAUSE:
                    break
                if item is END:
                    has_more = is_paused = False
                    break
                p = batch.prepare(item)
                if ordered:
                    line.append(p)
                if p.state is not DONE:
                    self._check_size(p)
                if p.state is not DONE:
                    batch.submit(p, delivery, now, link.was_up)
                if p.state is not DONE:
                    p.notify = None if ordered else done.append
                elif not ordered:
                    done.append(p)
            if done or (line and line[0].state is DONE):
                continue
            if delivery.pending:
                now = monotonic()
                if now - looked > AWAY:
                    delivery.forgive(now - looked)
                connection.wait(0 if is_paused else math.inf)
                looked = monotonic()
            elif not has_more:
                return

    # ---- Other operations ----

    def ping(self) -> Dict[str, Any]:
        """Is somebody there? `version`, `state`, `workers` and more. Sent once: that the connection is lost is an
        answer, too."""
        return self._run(self._settings.operation("ping", resend=False))

    def describe(self) -> Dict[str, Any]:
        """What this daemon can do: `limits`, `pipelines`, `plugins` and their options."""
        return self._run(self._settings.operation("describe", resend=True))

    def cancel(self, id: Id) -> bool:
        """Takes a document of this client back, whose id was given or is told by what is in flight. Whoever waits for
        it gets `Cancelled`, unless its reply was on the way. From any thread. False: nothing with that id is in
        flight."""
        return self._own_pool().cancel(id)

    def request(self, message: Mapping[Any, Any], text: Union[str, bytes, None] = None) -> Dict[Any, Any]:
        """Sends a request as it is, with a text as the second frame if one is given, and returns the reply as it
        comes, also when that is an error: for operations and keys that this client doesn't know. Sent again after a
        loss only when it changes nothing.
        """
        return self._run(raw(message, text, self._settings.timeout))

    # ---- Processes ----

    def _new_pool(self) -> Pool:
        settings = self._settings
        return Pool(settings.endpoint, settings.keys, settings.connect_timeout, settings.retry)

    def _own_pool(self) -> Pool:
        """An inherited socket neither works nor says so: its threads are the parent's."""
        pool = self._pool
        if pool.pid != os.getpid():
            leave_alone(pool)
            pool = self._pool = self._new_pool()
        return pool
