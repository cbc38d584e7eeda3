"""textd: annotates text by a daemon. `Client` for programs that block, `AsyncClient` for asyncio.

    from textd import Client

    with Client() as c:
        doc = c.annotate("Acme Corp. paid $3 million.")
        for e in doc.entities:
            print(e.text, e.type)
"""

from ._errors import (
    BadOption,
    BadRequest,
    Cancelled,
    DeadlineExceeded,
    Internal,
    InvalidArgument,
    InvalidUtf8,
    Lost,
    NoProtocol,
    Overloaded,
    PluginCrashed,
    PluginFailed,
    PluginTimeout,
    Refused,
    ReloadFailed,
    ServerError,
    ShuttingDown,
    TextdError,
    Timeout,
    TooLarge,
    Unavailable,
    UnknownPipeline,
    UnknownPlugin,
    UnsupportedVersion,
)
from ._results import Doc, Entity, Judgement, Keyphrase, Name, Reason, Sentiment, Span, Summary, SummarySentence, Timing
from ._version import __version__
from .aio import AsyncClient
from .client import PAUSE, Client

__all__ = [
    "AsyncClient",
    "BadOption",
    "BadRequest",
    "Cancelled",
    "Client",
    "DeadlineExceeded",
    "Doc",
    "Entity",
    "Internal",
    "InvalidArgument",
    "InvalidUtf8",
    "Judgement",
    "Keyphrase",
    "Name",
    "Lost",
    "NoProtocol",
    "Overloaded",
    "PAUSE",
    "PluginCrashed",
    "PluginFailed",
    "PluginTimeout",
    "Reason",
    "Refused",
    "ReloadFailed",
    "Sentiment",
    "ServerError",
    "ShuttingDown",
    "Span",
    "Summary",
    "SummarySentence",
    "TextdError",
    "Timeout",
    "Timing",
    "TooLarge",
    "Unavailable",
    "UnknownPipeline",
    "UnknownPlugin",
    "UnsupportedVersion",
    "__version__",
]
