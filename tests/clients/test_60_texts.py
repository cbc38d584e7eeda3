"""tests/conformance/clients.jsonl: in each client's own unit of offsets, and in the others, the slice of the text that an entity's
offsets say is the entity's text; and a text comes through byte for byte."""

import json

import pytest

from world import ROOT, UNITS, Run, harness, plugins

vectors = [json.loads(line) for line in (ROOT / "tests/conformance/clients.jsonl").read_text().splitlines()]
BUILT_IN = ["segmenter", "entities", "sentiment", "summarizer"]


def cut(text, unit, start, end):
    if unit == "byte":
        return text.encode()[start:end].decode()
    if unit == "utf16":
        return text.encode("utf-16-le")[2 * start:2 * end].decode("utf-16-le")
    return text[start:end]


@pytest.fixture(scope="module")
def built_in():
    daemon = harness.Daemon()
    yield daemon
    daemon.clean_up()


@pytest.mark.parametrize("unit", [None, "byte", "codepoint", "utf16"])
def test_offsets_cut_out_what_they_mean(drive, client, built_in, unit):
    run = drive(built_in.endpoint, ({"text": vector["text"]} for vector in vectors), "--plugins", ",".join(BUILT_IN), *(["--offsets", unit] if unit else []))
    run.check_all(len(vectors))
    unit = unit or UNITS[client]
    for vector, line in zip(vectors, run.lines):
        text, results = vector["text"], line["results"]
        # Those that the vector has: a better model may find more, and this is about offsets.
        found = [e for e in results["entities"]["entities"] if [e["type"], e["text"]] in vector["entities"]]
        assert [[e["type"], e["text"]] for e in found] == vector["entities"], vector["name"]
        assert [[e["start"], e["end"]] for e in found] == vector["offsets"][unit], vector["name"]
        assert [cut(text, unit, e["start"], e["end"]) for e in found] == [e["text"] for e in found], vector["name"]
        sentences = [cut(text, unit, *span) for span in results["segmenter"]["sentences"]]
        assert sentences == vector["sentences"], vector["name"]
        for s in results["summarizer"]["sentences"]:
            assert cut(text, unit, s["start"], s["end"]) in sentences, vector["name"]


def test_a_text_comes_through_byte_for_byte(drive, textd):
    daemon = textd(plugins("echo"))
    run = drive(daemon.endpoint, ({"text": vector["text"]} for vector in vectors), "--offsets", "codepoint")
    run.check_all(len(vectors))
    for vector, line in zip(vectors, run.lines):
        assert line["results"]["echo"]["text"] == vector["text"], vector["name"]
        words = line["results"]["echo"]["words"]
        assert [w["text"] for w in words] == [w for w in vector["text"].split(" ") if w], vector["name"]
        assert all(vector["text"][w["start"]:w["end"]] == w["text"] for w in words), vector["name"]


def test_texts_of_every_size_come_through(drive, textd):
    """The lengths at which MessagePack takes another head, and libzmq and its bindings another way."""
    daemon = textd(plugins("echo", limits={"document_bytes": "4MiB"}))
    sizes = sorted({n + d for n in (1, 16, 32, 256, 512, 1 << 12, 1 << 13, 1 << 16, 1 << 20) for d in (-1, 0, 1)})
    texts = [("é" * (n // 2) + "x" * (n % 2)) for n in sizes]
    run = drive(daemon.endpoint, ({"text": text} for text in texts), "--window", 8)
    run.check_all(len(sizes))
    assert [line["results"]["echo"]["text"] == text for line, text in zip(run.lines, texts)] == [True] * len(sizes)
