#!/usr/bin/python3
"""Uses the Python client as a user would: documents come as JSON lines, results go as JSON lines. For the tests of
all clients, which have such a program in each language."""

import argparse
import json
import os
import select
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients/python/src"))

import textd  # noqa: E402

# What ends the run, and the exit code for it.
FATAL = {"UNAVAILABLE": 69, "LOST": 69, "TIMEOUT": 75, "NO_PROTOCOL": 76, "REFUSED": 76}


def read_lines(wait):
    """The lines of stdin, none of them read before it is asked for. `wait`: gives None when there is none just now."""
    rest, is_open = b"", True
    while is_open:
        if b"\n" not in rest:
            if wait and not select.select([0], [], [], 0.002)[0]:
                yield None
                continue
            more = os.read(0, 65536)
            is_open, rest = bool(more), rest + more
        *lines, rest = rest.split(b"\n") if is_open else [rest, b""]
        for line in filter(None, lines):
            yield line


def to_json(value):
    """Bytes and whole floats in the notation that JSON lacks."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, float) and value.is_integer():
        return {"float": repr(value)}
    if isinstance(value, dict):
        return {
            key if isinstance(key, str) else json.dumps(to_json(key)): to_json(inner) for key, inner in value.items()
        }
    return [to_json(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def from_json(value):
    if isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), str):
        ((key, inner),) = value.items()
        if key == "hex":
            return bytes.fromhex(inner)
        if key == "float":
            return float(inner)
    if isinstance(value, dict):
        return {key: from_json(inner) for key, inner in value.items()}
    return [from_json(inner) for inner in value] if isinstance(value, list) else value


def plain(value):
    """For results: numbers stay as they are."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def put(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def document(line):
    found = json.loads(line)
    if "deadline_ms" in found:
        found["deadline"] = found.pop("deadline_ms") / 1000
    return found


def answer(line, result):
    if isinstance(result, textd.Doc):
        more = {"warnings": result.warnings} if result.warnings else {}
        if "meta" in result.raw:
            more["meta"] = plain(result.meta)
        return {"line": line, "ok": True, "results": plain(result.results), **more}
    error = {"code": result.code, "message": str(result), "retryable": result.retryable}
    if result.retry_after is not None:
        error["retry_after_ms"] = round(result.retry_after * 1000)
    return {"line": line, "ok": False, "error": error}


def annotate(client, args):
    all_are_well = True
    documents = (textd.PAUSE if line is None else document(line) for line in read_lines(wait=True))
    for result in client.annotate_many(
        documents, window=args.window, ordered=not args.unordered, errors="return", plugins=args.plugins
    ):
        if isinstance(result, textd.TextdError) and result.code in FATAL:
            raise result
        all_are_well = all_are_well and isinstance(result, textd.Doc)
        put(answer(result.index, result))
    return all_are_well


def request(client):
    all_are_well = True
    for line in read_lines(wait=False):
        message = json.loads(line)
        frame = message.pop("$text", {}).get("frame")
        try:
            reply = client.request(from_json(message), frame)
        except textd.InvalidArgument as e:
            put({"skip": str(e)})
            continue
        all_are_well = all_are_well and reply["ok"]
        put(to_json(reply))
    return all_are_well


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--mode", choices=["annotate", "request"], default="annotate")
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--timeout", type=float, default=35.0)
    parser.add_argument("--connect", type=float, default=2.0)
    parser.add_argument("--plugins", type=lambda names: names.split(","))
    parser.add_argument("--offsets", choices=["byte", "codepoint", "utf16"], default="codepoint")
    parser.add_argument("--unordered", action="store_true")
    args = parser.parse_args()
    try:
        with textd.Client(
            args.endpoint, timeout=args.timeout, connect_timeout=args.connect, offsets=args.offsets
        ) as client:
            return 0 if (annotate(client, args) if args.mode == "annotate" else request(client)) else 1
    except textd.TextdError as e:
        if e.code not in FATAL:
            print(f"drive.py: {e}", file=sys.stderr)
            return 2
        put({"fatal": {"code": e.code, "message": str(e)}})
        return FATAL[e.code]


if __name__ == "__main__":
    sys.exit(main())
