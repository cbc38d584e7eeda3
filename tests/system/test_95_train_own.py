"""Bring your own: `textctl train` from a base, from what people mark in other tools, and the trainers of all plugins."""

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
SHIPPED = ROOT / "plugins/entities/entities.model"
SHIPS = ["Grey Heron", "Morning Tide", "Old Lantern", "Salt Wren", "Tall Margaret", "Quiet Anna"]
PATTERNS = ["The {s} left Rotterdam on Tuesday.", "Angela Merkel saw the {s} off.", "Repairs of the {s} took a week.",
            "Nothing came in that night.", "Crew of the {s} went ashore.", "Fog held everybody up."]


def textctl(*args, build=BUILD):
    return subprocess.run([build / "bin/textctl", *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def ships(n, seed=1):
    """-> records in which nothing but ships is marked"""
    chosen = random.Random(seed)
    for number in range(n):
        ship, pattern = chosen.choice(SHIPS), chosen.choice(PATTERNS)
        text, at = pattern.replace("{s}", ship), pattern.find("{s}")
        marked = [] if at < 0 else [{"start": at, "end": at + len(ship), "type": "SHIP"}]
        yield {"id": f"log-{number}", "text": text, "entities": marked}


def write(file, records):
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return file


def found(model, file):
    predictions = file.with_suffix(".found")
    done = textctl("evaluate", "entities", "--model", model, "--predictions", predictions, file)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in file.read_text().splitlines()]
    return [{(record["text"][e["start"]:e["end"]], e["type"]) for e in json.loads(line)["entities"]}
            for record, line in zip(records, predictions.read_text().splitlines())]


# ---- A base ----


def test_a_base_learns_a_new_type_and_keeps_what_it_knew(tmp_path):
    write(tmp_path / "log.jsonl", ships(40))
    done = textctl("train", "entities", "--base", "shipped", "--train", tmp_path / "log.jsonl", "--out", tmp_path / "m", "--epochs", 4, "--learners", 2)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  SHIP +new; begins as the base's [A-Z]+$", done.stdout, re.M), done.stdout
    assert re.search(r"^epoch  0 ", done.stdout, re.M), "the base by itself is tried, too"
    text = "Angela Merkel flew to Lagos. The Salt Wren left Rotterdam."
    write(tmp_path / "new.jsonl", [{"id": "1", "text": text, "entities": [{"start": 0, "end": 13, "type": "PERSON"}]}])
    names, = found(tmp_path / "m", tmp_path / "new.jsonl")
    assert {("Salt Wren", "SHIP"), ("Angela Merkel", "PERSON"), ("Lagos", "LOC"), ("Rotterdam", "LOC")} <= names


def test_a_base_is_as_good_as_it_was_on_what_it_has_not_seen(tmp_path):
    """What the texts don't have is handed on, row by row: the model is as large, and says the same of other words."""
    write(tmp_path / "log.jsonl", [{"id": str(n), "text": "Angela Merkel spoke.", "entities": [{"start": 0, "end": 13, "type": "PERSON"}]} for n in range(10)])
    done = textctl("train", "entities", "--base", SHIPPED, "--train", tmp_path / "log.jsonl", "--out", tmp_path / "m", "--epochs", 1, "--learners", 1)
    assert done.returncode == 0, done.stderr
    assert abs((tmp_path / "m").stat().st_size - SHIPPED.stat().st_size) < 30000
    write(tmp_path / "other.jsonl", [{"id": "1", "text": "Microsoft bought a firm in Nairobi, Kenya, from the Red Cross.", "entities": [{"start": 0, "end": 9, "type": "ORG"}]}])
    assert found(tmp_path / "m", tmp_path / "other.jsonl") == found(SHIPPED, tmp_path / "other.jsonl")


def test_what_cannot_be_learnt_is_said(tmp_path):
    write(tmp_path / "few.jsonl", ships(9))
    write(tmp_path / "log.jsonl", ships(12))
    write(tmp_path / "plain.jsonl", [{**record, "entities": []} for record in ships(12)])
    many = [{**record, "entities": [{"start": 0, "end": 3, "type": f"T{n}"}]} for n, record in enumerate(ships(12))]
    write(tmp_path / "many.jsonl", many)
    old = bytearray(SHIPPED.read_bytes())
    old[8] += 1
    (tmp_path / "old.model").write_bytes(old)
    for args, code, message in [
        (["--train", tmp_path / "few.jsonl"], 1, "9 texts are too few to set some aside"),
        (["--train", tmp_path / "plain.jsonl"], 1, "no name is marked in the 12 texts of --train"),
        (["--train", tmp_path / "log.jsonl", "--dev", tmp_path / "plain.jsonl"], 1, "of --dev: label them first"),
        (["--base", "shipped", "--train", tmp_path / "many.jsonl"], 1, "one too many"),
        (["--base", tmp_path / "old.model", "--train", tmp_path / "log.jsonl"], 1, "version"),
        (["--base", tmp_path / "none", "--train", tmp_path / "log.jsonl"], 1, "none: cannot be read"),
        (["--base", "shipped", "--knowledge", "none", "--train", tmp_path / "log.jsonl"], 2, "--knowledge doesn't go with it"),
        (["--base", "shipped", "--vectors", "v", "--names", "n", "--train", tmp_path / "log.jsonl"], 2, "--vectors and --names don't go with it"),
    ]:
        done = textctl("train", "entities", *args, "--out", tmp_path / "m", "--knowledge" if "--base" not in args else "--learners", "none" if "--base" not in args else 1)
        assert done.returncode == code and message in done.stderr, (args, done)
        assert not (tmp_path / "m").exists()


# ---- The trainers of all plugins, once installed ----


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """textd as it is after `make install DESTDIR=…`, moved elsewhere, so that nothing of the build's folders can help."""
    folder = tmp_path_factory.mktemp("installed")
    done = subprocess.run(["cmake", "--install", BUILD, "--prefix", "/opt/textd"], env={**os.environ, "DESTDIR": str(folder / "a")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (folder / "a/opt/textd").rename(folder / "textd")
    return folder / "textd"


@pytest.mark.parametrize("plugin", ["entities", "segmenter", "sentiment", "summarizer"])
def test_each_trainer_is_installed_and_says_how_it_is_used(installed, plugin):
    for command in "train", "evaluate":
        done = textctl(command, plugin, "--help", build=installed)
        assert done.returncode == 0 and done.stdout.startswith(f"usage: textctl train {plugin}") and not done.stderr, done
        assert max(map(len, done.stdout.splitlines())) <= 130
        done = textctl(command, plugin, "--wrong", build=installed)
        assert done.returncode == 2 and "--wrong" in done.stderr and "usage:" in done.stderr
        done = textctl(command, plugin, build=installed)
        assert done.returncode == 2 and done.stderr.startswith(f"{command} {plugin}: "), done


def test_models_of_all_plugins_can_be_made_and_measured_once_installed(installed, tmp_path):
    sentences = [("The ferry left at noon.", 0.0), ("It was a wonderful trip.", 0.7), ("The food was horrible.", -0.7)]
    marked, felt, summed = [], [], []
    for n in range(60):
        chosen = [sentences[(n * k + k) % 3] for k in range(1, 5)]
        text = " ".join(s for s, _ in chosen)
        spans = [[m.start(), m.end()] for m in re.finditer(r"[^ ][^.]*\.", text)]
        marked.append({"id": str(n), "text": text, "sentences": spans, "tokens": [list(m.span()) for m in re.finditer(r"\w+|\.", text)]})
        summed.append({"id": str(n), "text": text, "references": [chosen[0][0]]})
        felt += [{"id": f"{n}-{k}", "text": s, "mean": v, "label": "neutral" if v == 0 else "positive" if v > 0 else "negative"} for k, (s, v) in enumerate(chosen)]
    for name, records in ("marked", marked), ("felt", felt), ("summed", summed):
        write(tmp_path / f"{name}.jsonl", records)
    words = "the ferry left at noon it was a wonderful trip food horrible".split()
    (tmp_path / "words.json").write_text(json.dumps({"words": words}, separators=(",", ":")))
    done = textctl("train", "segmenter", "--out", tmp_path / "s.model", tmp_path / "marked.jsonl", build=installed)
    assert done.returncode == 0, done.stderr
    done = textctl("train", "summarizer", f"--words={tmp_path / 'words.json'}", "--out", tmp_path / "u.model", tmp_path / "summed.jsonl", build=installed)
    assert done.returncode == 0, done.stderr
    for plugin, file, model, column in ("segmenter", "marked", "s.model", r"sentences F1 +([\d.]+)"), ("summarizer", "summed", "u.model", r"ROUGE-1 +([\d.]+)"), ("sentiment", "felt", None, r"felt\.jsonl +240 +([\d.]+)"):
        for own in ([], ["--model", tmp_path / model]) if model else ([],):
            done = textctl("evaluate", plugin, *own, tmp_path / f"{file}.jsonl", build=installed)
            assert done.returncode == 0 and float(re.search(column, done.stdout)[1]) > 0.5, done
    done = textctl("train", "sentiment", "--out", tmp_path / "e.model", *[tmp_path / "felt.jsonl"] * 4, build=installed)
    assert done.returncode == 2 and "--valences, --vectors and --out" in done.stderr
