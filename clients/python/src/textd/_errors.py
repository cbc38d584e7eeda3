"""What can go wrong, as exceptions. One class for each story on the client's side, and one for each code of the daemon.

``code`` is the protocol's name, also for those of the client's own: UNAVAILABLE, TIMEOUT, LOST, NO_PROTOCOL,
REFUSED, INVALID.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Type, Union

Id = Union[int, str, bytes]


class TextdError(Exception):
    """Everything that this package raises about a request. Can be pickled."""

    code: str = "FAILED"
    #: The same request may succeed later.
    retryable: bool = False
    #: When to try again, in seconds; None when the daemon doesn't say.
    retry_after: Optional[float] = None
    #: The plugin whose failure it is.
    plugin: Optional[str] = None
    #: The request's id.
    id: Optional[Id] = None
    #: Of a batch: which document it was, counted from 0.
    index: Optional[int] = None

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Unavailable(TextdError, ConnectionError):
    """Nobody is there."""

    code = "UNAVAILABLE"
    retryable = True


class Timeout(TextdError, TimeoutError):
    """Somebody is there, but the reply didn't come in time."""

    code = "TIMEOUT"
    retryable = True


class Lost(TextdError, ConnectionError):
    """The connection was lost with the request unanswered, and sending it again did not help in time."""

    code = "LOST"
    retryable = True


class NoProtocol(TextdError, ConnectionError):
    """What answers there does not speak textd's protocol."""

    code = "NO_PROTOCOL"


class Refused(TextdError, ConnectionError):
    """Who is there ended the handshake over its keys, or for want of some."""

    code = "REFUSED"


class NoDescriptors(TextdError):
    """There can't be another connection now."""

    retryable = True


def no_descriptors(why: object) -> NoDescriptors:
    return NoDescriptors(
        f"no descriptors are left for a connection ({why}); raise `ulimit -n`, or let fewer threads call at once"
    )


class InvalidArgument(TextdError, ValueError):
    """An argument is wrong. Nothing was sent."""

    code = "INVALID"


class ServerError(TextdError):
    """The daemon says no. Each code has its class; a code that this version doesn't know comes as ServerError
    itself."""


class BadRequest(ServerError):
    code = "BAD_REQUEST"


class UnsupportedVersion(ServerError):
    code = "UNSUPPORTED_VERSION"


class TooLarge(ServerError):
    code = "TOO_LARGE"


class InvalidUtf8(ServerError):
    code = "INVALID_UTF8"


class UnknownPipeline(ServerError):
    code = "UNKNOWN_PIPELINE"


class UnknownPlugin(ServerError):
    code = "UNKNOWN_PLUGIN"


class BadOption(ServerError):
    code = "BAD_OPTION"


class Overloaded(ServerError):
    code = "OVERLOADED"
    retryable = True


class DeadlineExceeded(ServerError):
    code = "DEADLINE_EXCEEDED"
    retryable = True


class PluginFailed(ServerError):
    code = "PLUGIN_FAILED"


class PluginCrashed(ServerError):
    code = "PLUGIN_CRASHED"


class PluginTimeout(ServerError):
    code = "PLUGIN_TIMEOUT"


class Cancelled(ServerError):
    code = "CANCELLED"


class ShuttingDown(ServerError):
    code = "SHUTTING_DOWN"
    retryable = True


class ReloadFailed(ServerError):
    code = "RELOAD_FAILED"


class Internal(ServerError):
    code = "INTERNAL"
    retryable = True


_LIST: List[Type[ServerError]] = [
    BadRequest, UnsupportedVersion, TooLarge, InvalidUtf8, UnknownPipeline, UnknownPlugin, BadOption, Overloaded,
    DeadlineExceeded, PluginFailed, PluginCrashed, PluginTimeout, Cancelled, ShuttingDown, ReloadFailed, Internal,
]  # fmt: skip
BY_CODE: Dict[str, Type[ServerError]] = {kind.code: kind for kind in _LIST}


def server_error(told: Mapping[str, Any], id: Optional[Id] = None) -> ServerError:
    """The exception for the `error` of a reply."""
    code = told.get("code")
    error = BY_CODE.get(str(code), ServerError)(str(told.get("message", "")))
    error.code = str(code)
    error.id = id
    if "retryable" in told:
        error.retryable = bool(told["retryable"])
    wait, plugin = told.get("retry_after_ms"), told.get("plugin")
    if isinstance(wait, (int, float)) and wait >= 0:
        error.retry_after = wait / 1000
    if isinstance(plugin, str):
        error.plugin = plugin
    return error
