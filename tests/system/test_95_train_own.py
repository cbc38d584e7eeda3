"""Bring your own: `textctl train` from a base, from what people mark in other tools, and the trainers of all plugins."""

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import Daemon

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
    for model in "m", "again":
        done = textctl("train", "entities", "--base", SHIPPED, "--train", tmp_path / "log.jsonl", "--out", tmp_path / model, "--epochs", 1, "--learners", 1)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "m").read_bytes() == (tmp_path / "again").read_bytes()
    assert abs((tmp_path / "m").stat().st_size - SHIPPED.stat().st_size) < 30000
    write(tmp_path / "other.jsonl", [{"id": "1", "text": "Microsoft bought a firm in Nairobi, Kenya, from the Red Cross.", "entities": [{"start": 0, "end": 9, "type": "ORG"}]}])
    assert found(tmp_path / "m", tmp_path / "other.jsonl") == found(SHIPPED, tmp_path / "other.jsonl")


def test_frequent_words_are_counted_anew_and_change_nothing(tmp_path):
    """The model has the words of these texts in the place of its own, and so is smaller; it finds the same. Twice it is the same, byte for byte."""
    write(tmp_path / "log.jsonl", ships(20))
    for model in "m", "again":
        done = textctl("train", "entities", "--frequent", SHIPPED, "--train", tmp_path / "log.jsonl", "--out", tmp_path / model)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "m").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "m").stat().st_size < SHIPPED.stat().st_size - 1_000_000
    write(tmp_path / "other.jsonl", [{"id": "1", "text": "It is said that Microsoft bought a firm in Nairobi, Kenya, from the Red Cross.", "entities": []}])
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


@pytest.mark.parametrize("plugin", ["entities", "language", "segmenter", "sentiment", "summarizer"])
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


def test_languages_are_learned_from_lines_the_same_twice(tmp_path):
    chosen, parts = random.Random(1), {"xa": "ma to ri ka lu ne so".split(), "xb": "zhu krix vlo skat dru gno pfa".split()}
    lines = [f"text\t{code}\t" + " ".join("".join(chosen.choices(of, k=3)) for _ in range(8)) + "\n" for _ in range(300) for code, of in parts.items()]
    (tmp_path / "texts").write_text("".join(lines))
    for model in "a", "b":
        done = textctl("train", "language", "--steps", 3000, "--out", tmp_path / model, tmp_path / "texts")
        assert done.returncode == 0 and "2 languages by script" in done.stdout, done.stderr
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    done = textctl("evaluate", "language", "--model", tmp_path / "a", tmp_path / "texts")
    assert re.search(r"^all +600 +(99|100)\.", done.stdout, re.M), done


@pytest.mark.parametrize("line, message", [
    ("text\tDE\tJa.", "x:2: 'DE' is no language as BCP 47 writes it"),
    ("text de Ja.", "x:2: expected KIND<TAB>LANGUAGE<TAB>TEXT"),
    ("letter\tde\tJa.", "x:2: expected KIND<TAB>LANGUAGE<TAB>TEXT"),
    ("text\tde\tJ\udcff", "x:2: the text isn't valid UTF-8"),
    ("text\tde\tJa.", "each with 40 texts and 12000 bytes of them: there is none"),
])
def test_what_is_wrong_with_lines_of_languages_is_said(tmp_path, line, message):
    (tmp_path / "x").write_bytes(b"text\tde\tNein.\n" + line.encode("utf-8", "surrogateescape"))
    done = textctl("train", "language", "--out", tmp_path / "m", tmp_path / "x")
    assert done.returncode == 1 and message in done.stderr and not (tmp_path / "m").exists(), done


# ---- What people mark in other tools ----

EMOJI = "🚢 Ask Angela Merkel,\nwho flew to Lagos."
MARKS = [("Angela Merkel", "PER"), ("Lagos", "GPE")]


def at(text, part, length=len):
    before = text.index(part)
    return length(text[:before]), length(text[:before + len(part)])


def in_utf16(text):
    return len(text.encode("utf-16-le")) // 2


def in_bytes(text):
    return len(text.encode())


def read_back(path, *args):
    """-> the names of the files as they were read: (type, gold) of the report; and what the shipped model finds, whose offsets tell the text"""
    predictions = path.parent / "p.jsonl"
    done = textctl("evaluate", "entities", "--predictions", predictions, *args, path)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.split("\n\n")[0].splitlines()]
    gold = {row[0]: (int(row[4]), float(row[2])) for row in rows if len(row) == 6 and row[4].isdigit()}
    found = {(r["id"], e["start"], e["end"], e["type"]) for r in map(json.loads, predictions.read_text().splitlines()) for e in r["entities"]}
    return gold, found, done.stdout


def write_brat(folder, name, text, marks, more=""):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(text)
    lines = [f"T{n}\t{kind} {at(text, part)[0]} {at(text, part)[1]}\t{part}\n" for n, (part, kind) in enumerate(marks, 1)]
    (folder / f"{name}.ann").write_text("".join(lines) + more)


def webanno(text, columns, layers="#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n", sentences=None):
    """`columns` gives what stands behind a token; offsets are UTF-16's."""
    out, token_number = "#FORMAT=WebAnno TSV 3.3\n" + layers + "\n\n", 0
    for number, sentence in enumerate(sentences or [text], 1):
        out += "#Text=" + sentence.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") + "\n"
        base = in_utf16(text[:text.index(sentence)])
        for k, m in enumerate(re.finditer(r"\w+|[^\w\s]", sentence), 1):
            out += f"{number}-{k}\t{base + in_utf16(sentence[:m.start()])}-{base + in_utf16(sentence[:m.end()])}\t{m[0]}\t{columns(m[0])}\n"
        out += "\n"
    return out


def test_brat_folders_are_read_with_offsets_in_characters(tmp_path):
    write_brat(tmp_path / "b", "one", EMOJI, MARKS, "R1\tMet Arg1:T1 Arg2:T2\nA1\tSure T1\n#1\tAnnotatorNotes T1\tnote\nN1\tReference T1 Wiki:1\tMerkel\n*\tEquiv T1 T2\nE1\tGo:T2 Who:T1\n")
    write_brat(tmp_path / "b", "two", "Nothing.", [])
    (tmp_path / "b/three.txt").write_text("Nobody has looked at this one.")
    (tmp_path / "b/annotation.conf").write_text("[entities]\nPER\n")
    gold, found, said = read_back(tmp_path / "b")
    assert gold["PERSON"] == (1, 100) and gold["LOC"] == (1, 100), said
    assert ("one", *at(EMOJI, "Lagos", in_bytes), "LOC") in found
    assert "left out: 1 texts (.txt) without an .ann" in said and "conf" not in said
    for file in "one.ann", "one.txt":
        assert read_back(tmp_path / "b" / file)[:2] == (gold, found)


def test_spans_of_brat_in_several_parts_are_one_over_lines_and_else_left_as_they_are(tmp_path):
    text = "Angela\nMerkel spoke. Red and Blue Cross helped."
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "a.ann").write_text("T1\tPER 0 6;7 13\tAngela Merkel\nT2\tORG 21 24;34 39\tRed Cross\n")
    gold, _, said = read_back(tmp_path / "a.ann")
    assert gold["PERSON"][0] == 1 and gold["all"][0] == 1
    assert "1 spans in several parts" in said


def test_webanno_tsv_is_read_with_marks_over_tokens_stacked_and_in_parts(tmp_path):
    value = {"Angela": "*[1]\tPER[1]", "Merkel": "*[1]\tPER[1]", "Lagos": "*[2]|*[3]\tGPE[2]|LOC[3]"}
    file = tmp_path / "a.tsv"
    file.write_text(webanno(EMOJI, lambda word: value.get(word, "_\t_")))
    gold, found, said = read_back(file)
    assert gold["PERSON"] == (1, 100) and gold["LOC"] == (1, 100), said
    assert ("a", *at(EMOJI, "Lagos", in_bytes), "LOC") in found
    text = "Pay_it [now] \\ it. Non-EU Lagos|x."
    marked = webanno(text, lambda word: "_\t_", sentences=["Pay_it [now] \\ it.", "Non-EU Lagos|x."])
    line = next(x for x in marked.splitlines() if "\tEU\t" in x)
    part = line.replace("2-3\t", "2-3.1\t").replace("_\t_", "*\tORG")
    file.write_text(marked.replace(line, f"{line}\n{part}").replace("\tPay_it\t", "\tPay\\_it\t"))
    gold, _, said = read_back(file)
    assert gold["ORG"][0] == 1


def test_of_several_features_one_must_be_chosen(tmp_path):
    layers = "#T_SP=webanno.custom.Ship|kind|yard\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n#T_RL=webanno.custom.Owns|role|BT_webanno.custom.Ship\n"
    file = tmp_path / "a.tsv"
    file.write_text(webanno("Ask Lagos now.", lambda word: ("SHIP\tLOC" if word == "Lagos" else "_\t_") + "\tNN\t_\t_", layers))
    done = textctl("evaluate", "entities", file)
    assert done.returncode == 1 and "several columns may tell names: webanno.custom.Ship|kind, webanno.custom.Ship|yard" in done.stderr, done.stderr
    assert read_back(file, "--column", "yard")[0]["LOC"][0] == 1
    assert read_back(file, "--column", "Ship|yard")[0]["LOC"][0] == 1
    done = textctl("evaluate", "entities", "--column", "hull", file)
    assert done.returncode == 1 and "there is no hull" in done.stderr


def test_conll_u_tells_names_in_brackets_or_in_the_column_that_is_asked_for(tmp_path):
    words = ["Ask", "Angela", "Merkel", "'s", "aide", "in", "Lagos", "."]
    brackets = {"Angela": "Entity=(e1-person-1", "Merkel": "Entity=(e2-person-1)", "'s": "Entity=e1)", "Lagos": "SpaceAfter=No|Entity=(e3-place-2-new)"}
    out = "# sent_id = 1\n# text = Ask Angela Merkel's aide in Lagos.\n"
    for n, word in enumerate(words, 1):
        out += "3-4\tMerkel's" + "\t_" * 8 + "\n" if n == 3 else ""
        out += f"{n}\t{word}\t_\tX" + "\t_" * 5 + f"\t{brackets.get(word, '_')}\n"
        out += "6.1\tseen" + "\t_" * 8 + "\n" if n == 6 else ""
    file, table = tmp_path / "a.conllu", tmp_path / "types.tsv"
    file.write_text(out)
    table.write_text("a\tperson\tPERSON\na\tplace\tLOC\n")
    gold, found, _ = read_back(file, "--types", table)
    assert gold["PERSON"][0] == 1 and gold["LOC"] == (1, 100)
    assert ("1", 28, 33, "LOC") in found
    columns = tmp_path / "b.conll"
    columns.write_text("Ask O NN\nAngela B-PER NN\nMerkel I-PER NN\n\n")
    done = textctl("evaluate", "entities", columns)
    assert done.returncode == 1 and "b.conll:1: the last column is 'NN'" in done.stderr and "--column N" in done.stderr
    assert read_back(columns, "--column", "2")[0]["PERSON"] == (1, 100)


def test_names_within_names_are_left_out_and_said(tmp_path):
    text = "The University of Lagos opened."
    write(tmp_path / "a.jsonl", [{"id": "1", "text": text, "entities": [{"start": 18, "end": 23, "type": "LOC"}, {"start": 4, "end": 23, "type": "ORG"}]}])
    gold, _, said = read_back(tmp_path / "a.jsonl")
    assert gold["all"][0] == 1 and gold["ORG"][0] == 1 and "left out: 1 names within others" in said


@pytest.mark.parametrize("files, message", [
    ({"a.txt": "Ada.", "a.ann": "T1\tPER 0 3\tBob\n"}, "a.ann:1: the span is 'Bob', but at 0 3 the text has 'Ada'; offsets count characters"),
    ({"a.txt": "Ada.", "a.ann": "#1\tx T1\ty\nT1\tPER 0 30\tAda\n"}, "a.ann:2: there is no character 30 in the text"),
    ({"a.txt": "Ada.", "a.ann": "T1 PER 0 3 Ada\n"}, "a.ann:1: expected a span, T1<TAB>TYPE START END<TAB>text"),
    ({"a.txt": "Ada.", "a.ann": "T1\tPER 3 0\tAda\n"}, "a.ann:1: '3 0' is no START END"),
    ({"a.txt": "Ada.", "a.ann": "Q1\tPER\n"}, "a.ann:1: 'Q1\tPER' is no line of brat's"),
    ({"a.ann": "T1\tPER 0 3\tAda\n"}, "a.txt: cannot be opened"),
    ({"a.txt": "Ada.", "a.ann": "T1\tship 0 3\tAda\n"}, "a.ann:1: the type 'ship' is none of the plugin's"),
    ({"a.tsv": "#FORMAT=WebAnno TSV 2.0\n"}, "a.tsv:1: '#FORMAT=WebAnno TSV 2.0' is of another version: export it as WebAnno TSV 3"),
    ({"a.tsv": "#FORMAT=WebAnno TSV 3.2\n#T_SP=x.POS|v\n\n#Text=Ada\n1-1\t0-3\tAda\t_\n"}, "no column tells names; its span layers are: x.POS|v"),
    ({"a.tsv": webanno("Ada left.", lambda w: "_\tPER[x]")}, "a.tsv:6: 'PER[x]' should be a value and the number of its mark"),
    ({"a.tsv": webanno("Ada left.", lambda w: "_\tPER").replace("4-8", "5-9")}, "a.tsv:7: the token 'left' is not what #Text= has at 5-9"),
    ({"a.tsv": webanno("Ada left.", lambda w: "_")}, "a.tsv:6: it has 4 columns, but the head tells of 5"),
    ({"a.zip": "PK\3\4"}, "is a zip archive: unpack it"),
    ({"a.xmi": "<?xml version='1.0'?>"}, "is XML: export it as WebAnno TSV 3"),
    ({"notes.md": "x"}, "there are no files with marks in this folder"),
])
def test_what_is_wrong_with_marked_files_is_said_with_its_place(tmp_path, files, message):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    path = tmp_path if set(files) & {"notes.md", "a.ann", "a.tsv"} else tmp_path / next(iter(files))
    done = textctl("train", "entities", "--train", path, "--out", tmp_path / "m", "--knowledge", "none")
    assert done.returncode == 1 and message in done.stderr, done


def test_what_textctl_writes_it_reads_back(tmp_path):
    text = "🚢 Angela Merkel of Siemens AG flew to\nLagos. Microsoft paid $3 million."
    (tmp_path / "a.txt").write_text(text)
    daemon = Daemon()
    try:
        for form, to in ("--brat", tmp_path / "b"), ("--conll", tmp_path / "b.conll"):
            more = [form, to] if form == "--brat" else [form, "--output", to]
            done = textctl("annotate", "-e", daemon.endpoint, "--plugins", "entities", "-o", "entities.types=PERSON,ORG,LOC", *more, tmp_path / "a.txt")
            assert done.returncode == 0, done.stderr
    finally:
        daemon.clean_up()
    for written in tmp_path / "b", tmp_path / "b.conll":
        gold, _, said = read_back(written)
        assert set(gold) >= {"PERSON", "LOC", "all"} and gold["all"][1] == 100, said
