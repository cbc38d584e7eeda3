"""The vectors of tests/conformance, which clients in any language can be tested with, hold for textd itself."""

import json
from pathlib import Path

import msgpack
import pytest

from conftest import Daemon

VECTORS = Path(__file__).resolve().parents[1] / "conformance/vectors.jsonl"
vectors = [json.loads(line) for line in VECTORS.read_text().splitlines()]


def matches(want, found):
    """What is wanted is there; a map may hold more."""
    if isinstance(want, dict) and set(want) == {"hex"}:
        return found == bytes.fromhex(want["hex"])
    if isinstance(want, dict) and isinstance(found, dict):
        return all(key in found and matches(value, found[key]) for key, value in want.items())
    return type(want) is type(found) and want == found


@pytest.fixture(scope="module")
def client():
    daemon = Daemon()
    yield daemon.client()
    daemon.clean_up()


def test_a_request_is_what_its_frames_say():
    for vector in vectors:
        if "request" in vector:
            assert msgpack.unpackb(bytes.fromhex(vector["frames"][0])) == vector["request"], vector["name"]


def test_names_are_unique():
    assert len({vector["name"] for vector in vectors}) == len(vectors) > 40


@pytest.mark.parametrize("vector", vectors, ids=[v["name"] for v in vectors])
def test_vector(client, vector):
    reply = client.request(*[bytes.fromhex(frame) for frame in vector["frames"]])
    assert matches(vector["reply"], reply), f"wanted {vector['reply']}, found {reply}"
