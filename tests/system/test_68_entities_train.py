"""The names' model: `textctl train entities` and `textctl evaluate entities`, and the model that is shipped."""

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
SHIPPED = ROOT / "plugins/entities/entities.model"
PEOPLE = ["Ada Wimsel", "Bruno Tarkas", "Mina Oyelu", "Rosa Vandermeer", "Okon Bright"]
PLACES = ["Tarnby", "Port Esker", "Lower Wend", "Mirrow"]
PATTERNS = ["{p} moved to {l} last spring.", "The ferry from {l} was late again.", "We asked {p} about it.",
            "In {l}, {p} keeps bees.", "Nothing happened on that day."]


def textctl(*args):
    return subprocess.run([BUILD / "bin/textctl", *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def sentences(n, seed):
    chosen = random.Random(seed)
    for _ in range(n):
        pattern = chosen.choice(PATTERNS)
        names = {"p": (chosen.choice(PEOPLE), "PERSON"), "l": (chosen.choice(PLACES), "LOC")}
        yield [(part, None) if i % 2 == 0 else names[part] for i, part in enumerate(re.split(r"\{(.)\}", pattern))]


def write_records(file, n=120, seed=1):
    with file.open("w") as out:
        for number, parts in enumerate(sentences(n, seed)):
            text, entities = "", []
            for part, kind in parts:
                if kind:
                    entities.append({"start": len(text), "end": len(text) + len(part), "type": kind})
                text += part
            out.write(json.dumps({"id": str(number), "text": text, "entities": entities}) + "\n")


def write_columns(file, n=120, seed=1):
    with file.open("w") as out:
        for number, parts in enumerate(sentences(n, seed)):
            out.write("-DOCSTART- -X- O\n\n" if number % 10 == 0 else "")
            for part, kind in parts:
                for i, word in enumerate(re.findall(r"\w+|[.,]", part)):
                    out.write(f"{word} {'BI'[i > 0]}-{kind}\n" if kind else f"{word} O\n")
            out.write("\n")


def f1_of(output):
    return float(re.search(r"^all +\S+ +\S+ +(\S+)", output, re.M)[1])


@pytest.mark.parametrize("write", [write_records, write_columns])
def test_a_model_is_learnt_and_the_same_each_time(tmp_path, write):
    write(tmp_path / "a.train", seed=1)
    write(tmp_path / "a.dev", n=40, seed=2)
    models = [tmp_path / "1.model", tmp_path / "2.model"]
    for model in models:
        done = textctl("train", "entities", "--train", tmp_path / "a.train", "--dev", tmp_path / "a.dev", "--out", model,
                       "--knowledge", "none", "--epochs", 8)
        assert done.returncode == 0, done.stderr
        assert f1_of(done.stdout) > 90 and "PERSON" in done.stdout, done.stdout
        assert done.stderr == ""  # the progress bar is for terminals
    assert models[0].read_bytes() == models[1].read_bytes()
    done = textctl("evaluate", "entities", "--model", models[0], "--predictions", tmp_path / "p.jsonl", tmp_path / "a.dev")
    assert done.returncode == 0, done.stderr
    assert f1_of(done.stdout) > 90
    found = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    assert {e["type"] for record in found for e in record["entities"]} == {"PERSON", "LOC"}


def test_each_learner_has_a_part_in_the_model(tmp_path):
    write_records(tmp_path / "a.jsonl", seed=1)
    write_records(tmp_path / "b.jsonl", n=40, seed=2)
    models = {}
    for learners in 1, 2, 3:
        done = textctl("train", "entities", "--train", tmp_path / "a.jsonl", "--dev", tmp_path / "b.jsonl", "--out",
                       tmp_path / "m", "--knowledge", "none", "--epochs", 5, "--learners", learners)
        assert done.returncode == 0, done.stderr
        assert f1_of(done.stdout) > 90, done.stdout
        models[learners] = (tmp_path / "m").read_bytes()
    assert len(set(models.values())) == 3


def test_sets_with_other_types_are_learnt_together(tmp_path):
    write_records(tmp_path / "people.jsonl", seed=1)
    write_records(tmp_path / "places.jsonl", seed=2)
    write_records(tmp_path / "dev.jsonl", n=40, seed=3)
    for name, kept in ("people", "PERSON"), ("places", "LOC"):
        file = tmp_path / f"{name}.jsonl"
        records = [json.loads(line) for line in file.read_text().splitlines()]
        for record in records:
            record["entities"] = [e for e in record["entities"] if e["type"] == kept]
        file.write_text("".join(json.dumps(record) + "\n" for record in records))
    done = textctl("train", "entities", "--train", tmp_path / "people.jsonl", "--train", tmp_path / "places.jsonl", "--dev",
                   tmp_path / "dev.jsonl", "--out", tmp_path / "m", "--knowledge", "none", "--epochs", 10)
    assert done.returncode == 0, done.stderr
    assert f1_of(done.stdout) > 80, "what a set doesn't label must not be learnt as no name\n" + done.stdout


def test_types_that_only_the_table_has_are_not_learnt(tmp_path):
    for name, n in ("a", 120), ("b", 40):
        write_records(tmp_path / f"{name}.jsonl", n=n, seed=n)
    table = tmp_path / "types.tsv"
    table.write_text("other\tx\tEVENT,MISC\n" + "".join(f"{s}\tPERSON\tPERSON\n{s}\tLOC\tLOC\nother\ty{s}\tLAW\n" for s in "ab"))
    done = textctl("train", "entities", "--train", tmp_path / "a.jsonl", "--dev", tmp_path / "b.jsonl", "--out", tmp_path / "m",
                   "--types", table, "--knowledge", "none", "--epochs", 8)
    assert done.returncode == 0, done.stderr
    assert "2 types" in done.stdout and f1_of(done.stdout) > 90, done.stdout


def report_on(file, text, types, table=None):
    """-> {row: (gold, found)} and the last line. `types` says each name's type in the file."""
    entities = [{"start": text.index(name), "end": text.index(name) + len(name), "type": kind} for name, kind in types.items()]
    file.write_text(json.dumps({"id": "1", "text": text, "entities": entities}) + "\n")
    done = textctl("evaluate", "entities", "--model", SHIPPED, *(("--types", table) if table else ()), file)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n\n")[0].splitlines()
    rows = [line.split() for line in lines[1:] if not line.startswith("left out")]
    return {row[0]: (int(row[4]), int(row[5])) for row in rows}, lines[-1]


def test_what_a_set_does_not_annotate_is_left_out(tmp_path):
    text = "Angela Merkel flew to Lagos on Monday."
    rows, last = report_on(tmp_path / "people.jsonl", text, {"Angela Merkel": "PER"})
    assert rows == {"PERSON": (1, 1), "all": (1, 1)} and last.startswith("left out: 1 names found"), last
    rows, last = report_on(tmp_path / "both.jsonl", text, {"Angela Merkel": "PER", "Lagos": "GPE"})
    assert rows == {"PERSON": (1, 1), "LOC": (1, 1), "all": (2, 2)} and last.startswith("all"), last


def test_a_type_of_several_meanings_is_reported_as_the_first(tmp_path):
    table = tmp_path / "types.tsv"
    table.write_text("few\tPER\tPERSON\nfew\tMISC\tMISC,NORP,PRODUCT,LANGUAGE\n")
    text = "The Brazilian minister met Angela Merkel, who spoke German."
    rows, _ = report_on(tmp_path / "few.jsonl", text, {"Brazilian": "MISC", "German": "MISC", "Angela Merkel": "PER"}, table)
    assert set(rows) == {"PERSON", "MISC", "all"} and rows["MISC"][0] == 2, rows


# ---- Columns ----

SAID = "Angela Merkel, aged 60, flew to Lagos (again). # 7 pleased her."
NAMES = [("Angela Merkel", "PERSON"), ("Lagos", "LOC")]
NUMBERED = """# newdoc id = n1
# sent_id = n1-1
# text = {said}
1	Angela	B-PER	-	ada
2	Merkel	I-PER	-	ada
3	,	O	-	-
4	aged	O	-	-
5	60	O	-	-
6	,	O	-	-
7	flew	O	-	-
8	to	O	-	-
9	Lagos	B-LOC	-	-
10	(	O	-	-
11	again	O	-	-
12	)	O	-	-
13	.	O	-	-
14	#	O	-	-
15	7	B-O	-	-
16	pleased	O	-	-
17	her	O	-	-
18	.	O	-	-
"""
WORDS = [line.split("\t")[1:3] for line in NUMBERED.splitlines() if line[0].isdigit()]
WORDS[14][1] = "O"  # only UNER's files have B-O


def as_columns(head, row, tail=""):
    return head + "".join(row(n, *word) + "\n" for n, word in enumerate(WORDS, 1)) + tail


COLUMNS = {
    "uner": NUMBERED.replace("{said}", SAID),
    "two columns": as_columns(f"# text = {SAID}\n", lambda n, form, label: f"{form}\t{label}"),
    "blanks": as_columns(f"# id one\tdomain=en\n# text = {SAID}\n", lambda n, form, label: f"{form} _ _ {label}"),
    "conll-u": as_columns(f"# text = {SAID}\n", lambda n, form, label: f"{n}\t{form}{chr(9) + '_':s}" + "\t_" * 6 + f"\tname={label}"),
    "conll-u, blanks told": as_columns("", lambda n, form, label: "\t".join(
        [str(n), form, *"_______", f"NER={label}" + ("" if SAID.split(form, 1)[1].startswith(" ") or form == "." and n > 13 else "|SpaceAfter=No")])),
    "conll-u plus": as_columns(f"# global.columns = NER ID FORM\n# text = {SAID}\n", lambda n, form, label: f"{label}\t{n}\t{form}"),
    "germeval": as_columns(f"#\thttp://a.example/ [2014-01-01]\n# text = {SAID}\n", lambda n, form, label: f"{n}\t{form}\t{label}\tO"),
    "byte order mark": "\ufeff" + NUMBERED.replace("{said}", SAID),
    "line ends of Windows": NUMBERED.replace("{said}", SAID).replace("\n", "\r\n"),
}


def evaluated(file):
    """-> what was found, as (text's id, start, end, type), and {row: (right…, gold, found)}"""
    predictions = file.with_name("found.jsonl")
    done = textctl("evaluate", "entities", "--model", SHIPPED, "--predictions", predictions, file)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.split("\n\n")[0].splitlines()[1:] if not line.startswith("left out")]
    found = [json.loads(line) for line in predictions.read_text().splitlines()]
    return ([(record["id"], e["start"], e["end"], e["type"]) for record in found for e in record["entities"]],
            {row[0]: [float(part) for part in row[1:]] for row in rows})


@pytest.mark.parametrize("form", COLUMNS)
def test_columns_of_any_usual_form_are_read_as_the_text_that_they_were(tmp_path, form):
    file = tmp_path / "a.cols"
    file.write_bytes(COLUMNS[form].encode())
    found, rows = evaluated(file)
    text = SAID if form != "conll-u, blanks told" else SAID
    wanted = [(text.index(name), text.index(name) + len(name), kind) for name, kind in NAMES]
    assert [entity[1:] for entity in found if entity[3] in ("PERSON", "LOC")] == wanted, "its offsets tell which text was read"
    assert rows["all"][2] == 100 and rows["all"][3] == 2, rows
    assert (found[0][0] == "n1") == ("newdoc" in COLUMNS[form])


def test_words_that_hold_others_are_read_once(tmp_path):
    file = tmp_path / "a.conllu"
    file.write_text("# newdoc id = x\n# text = Ask Angela Merkel's aide in Lagos.\n" + "".join(
        f"{n}\t{form}\t{label}\t-\t-\n" for n, form, label in [
            ("1", "Ask", "O"), ("2", "Angela", "B-PER"), ("3-4", "Merkel's", "_"), ("3", "Merkel", "I-PER"), ("4", "'s", "O"),
            ("4.1", "own", "_"), ("5", "aide", "O"), ("6", "in", "O"), ("7", "Lagos", "B-LOC"), ("8", ".", "O")]))
    (tmp_path / "b.jsonl").write_text(json.dumps({"id": "x", "text": "Ask Angela Merkel's aide in Lagos.", "entities": [
        {"start": 4, "end": 19, "type": "PER"}, {"start": 28, "end": 33, "type": "LOC"}]}) + "\n")
    assert evaluated(file) == evaluated(tmp_path / "b.jsonl")


def test_a_number_or_a_sharp_sign_in_front_is_a_word_where_lines_are_not_numbered(tmp_path):
    file = tmp_path / "a.cols"
    file.write_text("1 CD O\nAngela NNP B-PER\nMerkel NNP I-PER\n\n# # O\nis NN O\nnew NN O\n\n# a remark\n# key = O\n# text = Ada\n"
                    "Ada NNP B-PER\n")
    found, rows = evaluated(file)
    text = "1 Angela Merkel\n\n# is new\n\nAda"
    assert (text.index("Angela"), text.index("\n"), "PERSON") in [entity[1:] for entity in found]
    assert rows["PERSON"][3] == 2
    assert all(entity[2] <= len(text) for entity in found)


def test_errors_say_what_is_wrong(tmp_path):
    write_records(tmp_path / "a.jsonl", n=5)
    (tmp_path / "bad.jsonl").write_text('{"id": "1", "text": "Ada", "entities": [{"start": 0, "end": 9, "type": "PERSON"}]}\n')
    (tmp_path / "gene.cols").write_text("BRCA1 B-gene\nwas O\n\n")
    (tmp_path / "plain.conllu").write_text("1\tAda" + "\t_" * 8 + "\n")
    (tmp_path / "noform.conllup").write_text("# global.columns = ID NE\n1\tO\n")
    (tmp_path / "bad.cols").write_text("Ada B-PERSON\nleft X\n")
    (tmp_path / "nul.cols").write_bytes(b"Ada B-PERSON\nleft\0 O\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "cut.model").write_bytes(SHIPPED.read_bytes()[:5000])
    wrong = [
        (("train", "entities"), 2, "--train and --out"),
        (("train", "entities", "--epochs", "many"), 2, "--epochs must be a whole number from 1 to 100"),
        (("train", "entities", "--learners", "0"), 2, "--learners must be a whole number from 1 to 16"),
        (("train", "entities", "--learners", "1.5"), 2, "--learners must be a whole number from 1 to 16, not 1.5"),
        (("train", "entities", "--train", "a", "--dev", "b", "--out", "c", "d"), 2, "d"),
        (("train", "sentiments"), 2, "has no trainer"),
        (("train",), 2, "a plugin's name"),
        (("train", "../x"), 2, "a plugin's name"),
        (("evaluate", "entities"), 2, "no file"),
        (("train", "entities", "--train", tmp_path / "none", "--dev", tmp_path / "a.jsonl", "--out", tmp_path / "m"), 1, "none"),
        (("train", "entities", "--train", tmp_path / "gene.cols", "--dev", tmp_path / "gene.cols", "--out", tmp_path / "m"), 1, "'gene' is none of the plugin's"),
        (("evaluate", "entities", tmp_path / "bad.jsonl"), 1, "bad.jsonl:1:"),
        (("evaluate", "entities", tmp_path / "bad.cols"), 1, "bad.cols:2:"),
        (("evaluate", "entities", tmp_path / "plain.conllu"), 1, "plain.conllu: no NER=, NE= or name="),
        (("evaluate", "entities", tmp_path / "noform.conllup"), 1, "noform.conllup:1: '# global.columns' names no FORM"),
        (("evaluate", "entities", tmp_path / "nul.cols"), 1, "nul.cols:2: the line holds a NUL byte"),
        (("evaluate", "entities", tmp_path / "pipe"), 1, "is a pipe"),
        (("evaluate", "entities", tmp_path / "a.jsonl", tmp_path / "empty"), 1, "empty: there is no text in it"),
        (("evaluate", "entities", "--model", tmp_path / "cut.model", tmp_path / "a.jsonl"), 1, "cut"),
    ]
    for args, code, message in wrong:
        done = textctl(*args)
        assert done.returncode == code, (args, done)
        assert message in done.stderr, (args, done.stderr)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_empty_lines_between_records_say_nothing(tmp_path, end):
    record = json.dumps({"id": "x", "text": "Ask Angela Merkel.", "entities": [{"start": 4, "end": 17, "type": "PER"}]})
    (tmp_path / "plain.jsonl").write_text(record + "\n")
    (tmp_path / "airy.jsonl").write_bytes(f"{end}{record}{end} \t{end}{end}".encode())
    assert evaluated(tmp_path / "airy.jsonl") == evaluated(tmp_path / "plain.jsonl")


def test_a_report_that_cannot_be_written_is_an_error(tmp_path):
    write_records(tmp_path / "a.jsonl", n=5)
    with open("/dev/full", "w") as full:
        done = subprocess.run([BUILD / "bin/textctl", "evaluate", "entities", tmp_path / "a.jsonl"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "standard output" in done.stderr


def test_help_is_for_people():
    for args in ("train", "--help"), ("evaluate", "--help"), ("train", "entities", "--help"), ("evaluate", "entities", "-h"):
        done = textctl(*args)
        assert done.returncode == 0 and done.stdout.startswith("usage: textctl")


def test_the_shipped_model_is_what_the_sets_give(tmp_path):
    data, embeddings, packages = (os.environ.get(f"TEXTD_{name}") for name in ("ENTITY_DATA", "EMBEDDINGS", "GAZETTEERS"))
    if not (data and embeddings and packages):
        pytest.skip("TEXTD_ENTITY_DATA, TEXTD_EMBEDDINGS and TEXTD_GAZETTEERS do not say where the data are")
    made = tmp_path / "entities.model"
    subprocess.run([ROOT / "plugins/entities/train/rebuild", data, embeddings, packages, made], check=True,
                   env={**os.environ, "TEXTCTL": str(BUILD / "bin/textctl")})
    assert made.read_bytes() == SHIPPED.read_bytes()
