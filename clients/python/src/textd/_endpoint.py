"""Where textd is when nobody says otherwise. The daemon and all its clients come to the same answer."""

from __future__ import annotations

import os
import socket
import stat
from typing import Optional

from ._errors import InvalidArgument

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def run_directory() -> str:
    systemd, session = os.environ.get("RUNTIME_DIRECTORY", ""), os.environ.get("XDG_RUNTIME_DIR", "")
    if systemd.startswith("/"):
        return systemd
    if os.geteuid() == 0:
        return "/run/textd"
    if session.startswith("/"):
        return f"{session}/textd"
    return f"/tmp/textd-{os.geteuid()}"


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid in (os.geteuid(), 0)


def _wrong_owner(folder: str, found: os.stat_result) -> InvalidArgument:
    return InvalidArgument(
        f"the folder {folder} belongs to user {found.st_uid}, who could stand in textd's place; "
        f"it must be ours (user {os.geteuid()}) or root's"
    )


def _refuse_open(folder: str, found: os.stat_result) -> None:
    """With the sticky bit, others may make files in a folder, but can't put one in the place of ours."""
    if found.st_mode & _OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
        mode = stat.S_IMODE(found.st_mode)
        raise InvalidArgument(f"the folder {folder} may be written by others (mode {mode:04o}); make it 0700")


def _check(folder: str) -> None:
    link = os.lstat(folder)
    if stat.S_ISLNK(link.st_mode) and not _is_ours(link):
        raise _wrong_owner(folder, link)
    folder = os.path.realpath(folder)
    above = os.path.dirname(folder)
    found, found_above = os.stat(folder), os.stat(above)
    only_root_may_make_it = found_above.st_uid == 0 and not found_above.st_mode & _OTHERS_WRITE
    if not _is_ours(found) and not only_root_may_make_it:
        raise _wrong_owner(folder, found)
    _refuse_open(folder, found)
    if not _is_ours(found_above):
        raise _wrong_owner(above, found_above)
    _refuse_open(above, found_above)


def claim(folder: str) -> None:
    """Refuses a folder where somebody else could stand in textd's place. Where anybody may make folders, as in /tmp, a
    missing one is made now, before another user does."""
    try:
        if os.stat(os.path.dirname(folder)).st_mode & stat.S_ISVTX and not os.path.lexists(folder):
            os.mkdir(folder, 0o700)
    except FileNotFoundError:
        return
    except FileExistsError:
        pass
    except OSError as e:
        raise InvalidArgument(f"can't make the folder {folder}: {e.strerror}") from None
    try:
        _check(folder)
    except FileNotFoundError:
        return  # then there is nothing to connect to


def find(endpoint: Optional[str]) -> str:
    endpoint = endpoint or os.environ.get("TEXTD_ENDPOINT")
    if endpoint:
        return endpoint
    folder = run_directory()
    claim(folder)
    return f"ipc://{folder}/textd.sock"


def is_vacant(endpoint: str) -> bool:
    """Whether it can be seen that nobody listens there now, whoever did a moment ago: one that is killed takes
    connections until it is quite gone."""
    if not endpoint.startswith("ipc://"):
        return False
    path = endpoint[len("ipc://") :]
    with socket.socket(socket.AF_UNIX) as s:
        s.setblocking(False)
        try:
            s.connect("\0" + path[1:] if path.startswith("@") else path)
        except (ConnectionRefusedError, FileNotFoundError):
            return True
        except OSError:
            return False
    return False


def path_hint(endpoint: str) -> str:
    """The commonest reason why nobody is there can be seen from here."""
    if not endpoint.startswith("ipc://") or endpoint.startswith("ipc://@"):
        return ""
    try:
        os.stat(endpoint[len("ipc://") :])
    except PermissionError:
        return " (this user may not look there)"
    except OSError:
        return " (there is no such socket)"
    return ""
