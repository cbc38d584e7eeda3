"""The vectors of tests/conformance, which clients in any language can be tested with, hold for textd itself."""

import json
import re
import shutil
from pathlib import Path

import msgpack
import pytest

from conftest import BUILD, ROOT, Daemon

VECTORS = Path(__file__).resolve().parents[1] / "conformance/vectors.jsonl"
PROTOCOL = ROOT / "docs/protocol.md"
EXAMPLES = ROOT / "docs/examples"
vectors = [json.loads(line) for line in VECTORS.read_text().splitlines()]


def matches(want, found):
    """What is wanted is there; a map may hold more."""
    if isinstance(want, dict) and set(want) == {"hex"}:
        return found == bytes.fromhex(want["hex"])
    if isinstance(want, dict) and isinstance(found, dict):
        return all(key in found and matches(value, found[key]) for key, value in want.items())
    if isinstance(want, list) and isinstance(found, list):
        return len(want) == len(found) and all(map(matches, want, found))
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


# ---- The types of results ----


def types_that_the_page_tells():
    """The table of docs/protocol.md: {"plugin.field": (type, whether it has four digits)}."""
    types = {"int": int, "float": float, "str": str, "nil": type(None)}
    told = {}
    for fields, kind, words in re.findall(r"^\| (`[a-z]+\.[^|]+) \| (int|float|str|nil) \|([^|]*)\|$", PROTOCOL.read_text(), re.M):
        for field in re.findall(r"`([^`]+)`", fields):
            assert field not in told
            told[field] = types[kind], "four digits" in words
    return told


@pytest.fixture(scope="module")
def client_of_all(tmp_path_factory):
    """Of a daemon with all built-in plugins, and a list of names, so that an entity may have an id."""
    directory = tmp_path_factory.mktemp("plugins")
    directory.chmod(0o755)
    names = ["segmenter", "entities", "sentiment", "summarizer"]
    for name in names:
        shutil.copy(BUILD / "lib/textd/plugins" / f"{name}.so", directory / f"{name}.so")
        shutil.copytree(BUILD / "share/textd/models" / name, directory / name)
    (directory / "entities/names.tsv").write_text("Zorbex Mini\tPRODUCT\tsku-1047\n")
    options = {"entities": {"dictionaries": "names.tsv"}}
    daemon = Daemon({"plugin_dirs": [str(directory)], "plugins": [{"name": name, "options": options.get(name, {})} for name in names]})
    yield daemon.client()
    daemon.clean_up()


def leaves(value, path):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path + "[]")
    else:
        yield path, value


# Whole amounts and broken ones; sums that binary fractions don't give exactly; a name from a list; and nothing at all.
TEXTS = ["$5 billion, $3 million to $4 million, 0.7 cents, 9.9 cents, €11.50. From 1.15 to 2.5 million people. 5 to 10 per cent, 2.5 %.",
         "Zorbex Mini, 3 km, 5 kg and zero point one two three miles, one, two thirds, the twenty-first of May.", "", "?"]


def test_every_value_of_a_result_has_the_type_that_the_page_tells(client_of_all):
    told, seen = types_that_the_page_tells(), set()
    options = {"segmenter": {"tokens": True}, "sentiment": {"level": "entity", "explain": True},
               "summarizer": {"headline": True, "keyphrases": 5, "focus": "people"}}
    for text in [path.read_text() for path in sorted(EXAMPLES.glob("*.txt"))] + TEXTS:
        reply = client_of_all.ask(text, options=options)
        for path, value in leaves(reply["results"], ""):
            kind, has_four_digits = told[path]
            assert type(value) is kind or (path.endswith("headline") and value is None), f"{path} is {value!r}"
            assert not has_four_digits or value == round(value, 4), f"{path} is {value!r}"
            assert kind is not float or value == float(f"{value:.15g}"), f"{path} is {value!r}"
            seen.add(path)
        for path, value in leaves({key: reply[key] for key in ("doc", "timing")}, ""):
            assert type(value) is int, f"{path} is {value!r}"
    assert seen == set(told)


@pytest.mark.parametrize("text, value", [("It cost $5 billion.", {"amount": 5e9, "currency": "USD"}), ("I paid 0.7 cents.", {"amount": 0.007, "currency": "USD"}),
                                         ("It rose 5 %.", {"number": 5.0, "unit": "%"}),
                                         ("It is -0 °C.", {"number": 0.0, "unit": "Cel"})])
def test_an_amount_is_a_float_however_whole(client, text, value):
    found = [e["value"] for e in client.ask(text, plugins=["entities"])["results"]["entities"]["entities"] if isinstance(e.get("value"), dict)]
    assert [repr(v) for v in found] == [repr(value)]
