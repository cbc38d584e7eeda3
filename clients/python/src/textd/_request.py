"""Requests, from what a caller says to what is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from numbers import Integral, Real
from typing import Any, Dict, Optional

import msgpack

from ._delivery import Pending
from ._errors import Id, InvalidArgument

# A text of more characters than this goes in a frame of its own, which saves encoding it into the map.
LONG = 64 * 1024
# Below this no message is too large for the transport, whatever the daemon's limits are.
ALWAYS_TAKEN = 1024 * 1024

UNITS = ("codepoint", "byte", "utf16")
_SOME_DEADLINE = 0xFFFFFFFF  # always five bytes; the last four are replaced when it is sent
_DEADLINE_MAX = 0x7FFFFFFF / 1000

KEYWORDS = ("text", "id", "pipeline", "plugins", "options", "deadline", "lang", "trace", "tracestate", "meta", "offsets")


def _refuse(name: str, value: Any, right: str) -> InvalidArgument:
    return InvalidArgument(f"{name} is {type(value).__name__} ({value!r:.60}); {right}")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse(name, value, "it must be str")
    return value


def _surrogate(name: str, text: str) -> InvalidArgument:
    at = next((i for i, c in enumerate(text) if 0xD800 <= ord(c) < 0xE000), 0)
    return InvalidArgument(f"{name}[{at}] is half a surrogate pair (U+{ord(text[at]):04X}), which is no character")


def names(value: Any) -> "list[str]":
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise _refuse("plugins", value, "it must be a list of names, such as ['entities']")
    return [_text("plugins[]", name) for name in value]


def _options(value: Any) -> "Dict[str, Dict[str, Any]]":
    if not isinstance(value, Mapping):
        raise _refuse("options", value, "it must be a map such as {'segmenter': {'tokens': True}}")
    for plugin, options in value.items():
        if not isinstance(options, Mapping):
            raise _refuse(f"options[{plugin!r}]", options, "it must be a map such as {'tokens': True}")
    return {
        _text("options' key", plugin): {_text("an option", k): v for k, v in options.items()}
        for plugin, options in value.items()
    }


def seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _refuse(name, value, "it must be a number of seconds")
    if not isfinite(value) or float(value) <= 0:
        raise InvalidArgument(f"{name} is {value}; it must be more than 0 seconds, and not for ever")
    return float(value)


def documents(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 1:
        raise InvalidArgument(f"{name} is {value!r}; it must be a number of documents, at least 1")
    return int(value)


def _plain(value: Any) -> Any:
    """What MessagePack doesn't know, and is a number all the same, such as numpy's."""
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TypeError(f"it can't say {type(value).__name__} ({value!r:.60})")


class Template:
    """What the requests of a batch have in common; checked once."""

    def __init__(
        self,
        *,
        timeout: float,
        offsets: str = "codepoint",
        pipeline: Optional[str] = None,
        plugins: Optional[Iterable[str]] = None,
        options: Optional[Mapping[str, Mapping[str, Any]]] = None,
        deadline: Optional[float] = None,
        lang: Optional[str] = None,
        trace: Optional[str] = None,
        tracestate: Optional[str] = None,
        meta: Any = None,
    ) -> None:
        if offsets not in UNITS:
            raise InvalidArgument(f"offsets is {offsets!r}; it must be one of {', '.join(UNITS)}")
        self.offsets = offsets
        self.total = timeout
        self._rest: Dict[str, Any] = {"offsets": offsets}
        for name, text in (("pipeline", pipeline), ("lang", lang), ("trace", trace), ("tracestate", tracestate)):
            if text is not None:
                self._rest[name] = _text(name, text)
        if plugins is not None:
            self._rest["plugins"] = names(plugins)
        if options is not None:
            self._rest["options"] = _options(options)
        if meta is not None:
            self._rest["meta"] = meta
        self._has_deadline = deadline is not None
        if deadline is not None:
            self.total = min(seconds("deadline", deadline), _DEADLINE_MAX)
            self._rest["deadline_ms"] = _SOME_DEADLINE  # the last key
        self._packer = msgpack.Packer(default=_plain)

    def make(self, id: Id, text: str) -> Pending:
        if not isinstance(text, str):
            raise _refuse("text", text, "it must be str")
        frame = None
        try:
            if len(text) <= LONG:
                body = self._packer.pack({"id": id, "text": text, **self._rest})
            else:
                frame = text.encode()
                body = self._packer.pack({"id": id, **self._rest})
        except UnicodeEncodeError:
            raise self._which_surrogate(text) from None
        except (TypeError, ValueError, OverflowError) as e:
            raise InvalidArgument(f"a request must be what MessagePack can say: {e}") from None
        p = Pending(id, body, self.total)
        p.text = text
        p.offsets = self.offsets
        if frame is not None:
            p.frame = frame
        if self._has_deadline:
            p.body = body[:-4]
            p.has_deadline = True
        return p

    def _which_surrogate(self, text: str) -> InvalidArgument:
        try:
            text.encode()
        except UnicodeEncodeError:
            return _surrogate("text", text)
        return InvalidArgument("a string of the request has half a surrogate pair, which is no character")


def check_id(id: Any) -> Id:
    if isinstance(id, bool) or not isinstance(id, (Integral, str, bytes)):
        raise _refuse("id", id, "it must be int, str or bytes")
    return id if isinstance(id, (str, bytes)) else int(id)


def raw(message: Mapping[Any, Any], frame: "str | bytes | None", timeout: float) -> Pending:
    """A request as the caller made it. It is sent again after a loss only when that changes nothing."""
    if not isinstance(message, Mapping):
        raise _refuse("a request", message, "it must be a map, such as {'op': 'ping'}")
    try:
        body = msgpack.packb(dict(message), default=_plain)
        data = frame.encode() if isinstance(frame, str) else frame
    except (TypeError, ValueError, OverflowError) as e:
        raise InvalidArgument(f"a request must be what MessagePack can say: {e}") from None
    if data is not None and not isinstance(data, bytes):
        raise _refuse("text", data, "it must be str or bytes")
    p = Pending(("any",), body, timeout)
    p.is_raw = p.takes_any = True
    if data is not None:
        p.frame = data
    if message.get("op", "annotate") not in ("annotate", "describe", "ping"):
        p.most = 1
    return p
