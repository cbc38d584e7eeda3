"""Keys for an endpoint that is encrypted (ZeroMQ's CURVE), as they lie in files: CZMQ's certificates, as `textctl keygen`
and zmq.auth write them, and files with nothing but a key's 40 characters (Z85).

zmq.auth would load a certificate without a secret as none, and one that everybody may read without a word.
"""

from __future__ import annotations

import os
import re
import stat
from typing import Dict, NamedTuple, Optional, Tuple

import zmq
from zmq.utils import z85

from ._errors import InvalidArgument

_FILE_MAX = 16384
_NONE = "0" * 40  # how a certificate says that it has no such key


class Keys(NamedTuple):
    server: bytes
    public: bytes
    secret: bytes

    def __repr__(self) -> str:
        return f"<keys of {self.public.decode()}>"


def _is_key(text: str) -> bool:
    if len(text) != 40 or text == _NONE or any(c not in z85.Z85CHARS.decode() for c in text):
        return False
    numbers = [z85.Z85CHARS.index(c.encode()) for c in text]
    words = (numbers[i : i + 5] for i in range(0, 40, 5))
    return all(sum(n * 85 ** (4 - i) for i, n in enumerate(word)) < 1 << 32 for word in words)


def _contents(text: str) -> Dict[str, str]:
    """What a certificate has in its section `curve`; or one word, as "bare"."""
    if len(text.split()) == 1:
        return {"bare": text.strip()}
    found: Dict[str, str] = {}
    is_curve = False
    for line in text.splitlines():
        if line and not line[0].isspace() and line[0] != "#":
            is_curve = line.strip() == "curve"
        match = re.match(r"""\s+([a-z-]+)\s*=\s*(["']?)(\S*?)\2\s*$""", line)
        if is_curve and match and match[3] != _NONE:
            found[match[1]] = match[3]
    return found


def _read(path: str, what: str) -> Tuple[Dict[str, str], int]:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)  # a fifo must not hold us up
    except (OSError, ValueError) as e:
        raise InvalidArgument(f"{what} {path} can't be opened: {getattr(e, 'strerror', e)}") from None
    with open(fd, "rb") as file:
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            raise InvalidArgument(f"{what} {path} is no regular file")
        text = file.read(_FILE_MAX + 1)
    if len(text) > _FILE_MAX:
        raise InvalidArgument(f"{what} {path} is no key: it has more than {_FILE_MAX} bytes")
    return _contents(text.decode("utf-8", "replace")), stat.S_IMODE(mode)


def _malformed(path: str, what: str, which: str) -> InvalidArgument:
    return InvalidArgument(
        f"{what} {path} holds no {which}: a key is 40 characters (Z85), alone in the file, or as a certificate of CZMQ's "
        "has it; textctl keygen makes both keys"
    )


def _read_secret(path: str) -> Tuple[bytes, bytes]:
    what = "the secret key"
    found, mode = _read(path, what)
    secret = found.get("bare", found.get("secret-key", ""))
    if not secret and "public-key" in found:
        raise InvalidArgument(
            f"{what} {path} holds a public key alone (a secret of forty zeros is none); name the secret's file, which "
            "textctl keygen calls NAME.key_secret"
        )
    if not _is_key(secret):
        raise _malformed(path, what, "secret key")
    public = zmq.curve_public(secret.encode())
    if found.get("public-key", public.decode()) != public.decode():
        raise InvalidArgument(
            f"{what} {path} holds a public key that isn't the secret's; take the file as textctl keygen wrote it"
        )
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise InvalidArgument(
            f"{what} {path} has mode {mode:04o}: others can read or change the secret; chmod 600 it, or, if somebody may "
            "have read it, make another pair with textctl keygen"
        )
    return public, secret.encode()


def _read_public(given: str) -> bytes:
    what = "the server's public key"
    if _is_key(given) and not os.path.exists(given):
        return given.encode()
    found, mode = _read(given, what)
    if "secret-key" in found:
        raise InvalidArgument(f"{what} {given} holds a secret key, which belongs to its owner alone")
    key = found.get("bare", found.get("public-key", ""))
    if not _is_key(key):
        raise _malformed(given, what, "public key")
    if mode & stat.S_IWOTH:
        raise InvalidArgument(f"{what} {given} has mode {mode:04o}: everybody can change the key; chmod o-w it")
    return key.encode()


def find(endpoint: str, key_file: Optional[str], server_key: Optional[str]) -> Optional[Keys]:
    """The keys that are given; or those of the variables, for an endpoint that may be on a network. None: it isn't
    encrypted."""
    if endpoint.startswith("tcp://"):
        key_file = key_file or os.environ.get("TEXTD_CURVE_KEY_FILE")
        server_key = server_key or os.environ.get("TEXTD_CURVE_SERVER_KEY")
    if not key_file and not server_key:
        return None
    if not key_file or not server_key:
        given, missing = ("curve_key_file", "curve_server_key")[:: 1 if key_file else -1]
        raise InvalidArgument(f"{given} is given without {missing}: an encrypted endpoint needs both")
    if not zmq.has("curve"):
        raise InvalidArgument("this libzmq has no CURVE: it can't connect to an endpoint that is encrypted")
    public, secret = _read_secret(os.fspath(key_file))
    return Keys(_read_public(os.fspath(server_key)), public, secret)
