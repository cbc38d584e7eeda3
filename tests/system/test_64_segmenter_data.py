"""What the segmenter is built from: the tables that come from Unicode's files, and the model that comes from corpora."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
TRAIN = BUILD / "libexec/textd/segmenter-train"
SHIPPED = ROOT / "plugins/segmenter/segmenter.model"
UNICODE = Path("/usr/share/unicode")

SENTENCES = ["The ferry left at noon.", "Nobody waved!", "Was it Dr. Okafor who paid $3.50?", "He said so.", "We went home",
             "Rain fell on the quay, and the cranes stood still."]


def run(*args):
    return subprocess.run([TRAIN, *map(str, args)], capture_output=True, text=True)


def write_records(file, n=40):
    with file.open("w") as out:
        for number in range(n):
            chosen = [SENTENCES[(number * 7 + i * (number % 3 + 1)) % len(SENTENCES)] for i in range(5)]
            text, spans = "", []
            for sentence in chosen:
                spans.append([len(text), len(text) + len(sentence)])
                text += sentence + ("\n\n" if sentence == "We went home" else " ")
            tokens = [list(m.span()) for m in re.finditer(r"Dr\.|\$|\d+\.\d+|\w+|[.!?,]", text)]
            out.write(json.dumps({"id": str(number), "text": text, "sentences": spans, "tokens": tokens}) + "\n")


@pytest.mark.parametrize("what, file", [("classes", "tables.h"), ("folds", "folds.h")])
def test_the_tables_are_what_the_generator_writes(what, file):
    tables = (ROOT / "plugins/lib/unicode" / file).read_text()
    if not (UNICODE / "UnicodeData.txt").exists():
        pytest.skip("the package unicode-data is not installed")
    version = re.search(r"PropList-([\d.]+)\.txt", (UNICODE / "PropList.txt").read_text())[1]
    if f'UNICODE_VERSION "{version}"' not in tables:
        pytest.skip(f"the tables are of another version than this machine's unicode-data, {version}")
    made = subprocess.run([ROOT / "plugins/lib/unicode/generate.py", what], check=True, capture_output=True, text=True)
    assert made.stdout == tables


def test_the_trainer_makes_the_same_model_again(tmp_path):
    write_records(tmp_path / "a.jsonl")
    models = [tmp_path / "1.model", tmp_path / "2.model"]
    for model in models:
        done = run("train", "--out", model, tmp_path / "a.jsonl")
        assert done.returncode == 0, done.stderr
    assert models[0].read_bytes() == models[1].read_bytes()
    done = run("evaluate", "--model", models[0], tmp_path / "a.jsonl")
    assert done.returncode == 0, done.stderr
    f1 = float(re.search(r"as it is +sentences F1 +([\d.]+)", done.stdout)[1])
    assert f1 > 95, done.stdout  # it has learned what it was shown


def test_the_shipped_model_comes_from_its_data(tmp_path):
    data = os.environ.get("TEXTD_SEGMENTATION_DATA")
    if not data:
        pytest.skip("TEXTD_SEGMENTATION_DATA does not name the folder with ewt.train.jsonl and gum.train.jsonl")
    done = subprocess.run([ROOT / "plugins/segmenter/train/rebuild", data, "", tmp_path], env={**os.environ, "TRAIN": str(TRAIN)},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "segmenter.model").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("line, why", [
    ("{", "1: "),
    ('{"id": "1", "text": 5, "sentences": [], "tokens": []}', '1: "id" and "text" must be strings'),
    ('{"id": "1", "text": "ab", "tokens": []}', '1: "sentences" and "tokens" must be arrays'),
    ('{"id": "1", "text": "ab", "sentences": [[0, 3]], "tokens": []}', "1: a span is not [start, end] within the text"),
    ('{"id": "1", "text": "ab", "sentences": [[1, 2], [0, 1]], "tokens": []}', "1: a span is not"),
])
def test_a_wrong_record_is_named(tmp_path, line, why):
    (tmp_path / "a.jsonl").write_text(line + "\n")
    done = run("train", "--out", tmp_path / "m", tmp_path / "a.jsonl")
    assert done.returncode == 1 and f"a.jsonl:{why}" in done.stderr, done.stderr
    assert not (tmp_path / "m").exists()


def test_files_that_are_not_there_or_no_model_are_named(tmp_path):
    done = run("train", "--out", tmp_path / "m", tmp_path / "none.jsonl")
    assert done.returncode == 1 and "none.jsonl: cannot be opened" in done.stderr
    (tmp_path / "bad").write_bytes(b"something else")
    write_records(tmp_path / "a.jsonl", 1)
    done = run("evaluate", "--model", tmp_path / "bad", tmp_path / "a.jsonl")
    assert done.returncode == 1 and "does not start with TDSEGMNT" in done.stderr
    assert run().returncode == 2
