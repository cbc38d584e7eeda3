"""Taggers of names side by side: textd's learner, CRFsuite and OpenNLP learn from the same tokens of an open set and tag another part of
it; then how fast each tags the same tokens of another set."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from textd import BUILD, ROOT, Needs, data, run

SEGMENTER = BUILD / "share/textd/models/segmenter/segmenter.model"
SHIPPED = BUILD / "share/textd/models/entities/entities.model"
TYPES = ROOT / "plugins/entities/train/types.tsv"
KINDS = {"PERSON", "ORG", "LOC"}
ROUNDS = 5
COPIES = 10


def part_of(name):
    file = data(name)
    if not file:
        raise Needs(f"BENCH_DATA with {name}.jsonl")
    return file


def sentences(columns):
    for block in columns.split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line]
        if rows:
            yield rows


def gold(columns):
    """-> {(text, start, end, type)}"""
    out, last = set(), None
    for rows in sentences(columns):
        for word, label, text, start, end in rows:
            if label.startswith("B-"):
                last = [text, int(start), int(end), label[2:]]
                out.add(tuple(last))
            elif label.startswith("I-") and last:
                out.discard(tuple(last))
                last[2] = int(end)
                out.add(tuple(last))
    return out


def f1(right, found):
    return 200 * len(right & found) / max(1, len(right) + len(found))


def read_found(lines):
    out = set()
    for line in lines.splitlines():
        record = json.loads(line)
        out |= {(record["id"], e["start"], e["end"], e["type"].replace("FAC", "LOC")) for e in record["entities"]}
    return {e for e in out if e[3] in KINDS}


def textd(train, test, folder):
    model, found = folder / "textd.model", folder / "textd.jsonl"
    tool = BUILD / "bin/textctl"
    begin = time.monotonic()
    run(tool, "train", "entities", "--train", train, "--dev", train, "--out", model, "--types", TYPES, "--epochs", 10)
    took = time.monotonic() - begin
    run(tool, "evaluate", "entities", "--model", model, "--types", TYPES, "--predictions", found, test)
    return took, read_found(found.read_text())


def crfsuite(modules, train_columns, test_columns, folder):
    script = [shutil.which("node"), ROOT / "bench/peers/crfsuite.cjs", modules]
    begin = time.monotonic()
    run(*script, "train", train_columns, folder / "crfsuite.model")
    took = time.monotonic() - begin
    return took, read_found(run(*script, "tag", test_columns, folder / "crfsuite.model"))


def opennlp_lines(columns, marked):
    for rows in sentences(columns):
        words, is_open = [], False  # a name that a sentence's border cuts has no beginning in its second half
        for i, (word, label, *_) in enumerate(rows):
            begins = marked and label.startswith("B-")
            is_open |= begins
            words.append(f"<START:{label[2:]}> {word}" if begins else word)
            if is_open and not (i + 1 < len(rows) and rows[i + 1][1].startswith("I-")):
                words.append("<END>")
                is_open = False
        yield " ".join(words)


def opennlp_found(columns, tagged):
    """Its output has the same words, with marks between."""
    found = set()
    for rows, line in zip(sentences(columns), tagged.splitlines()):
        at, open_at, kind = 0, 0, None
        for word in line.split(" "):
            mark = re.fullmatch(r"<START:(\w+)>", word)
            if mark:
                open_at, kind = at, mark[1]
            elif word == "<END>" and kind:
                found.add((rows[open_at][2], int(rows[open_at][3]), int(rows[at - 1][4]), kind))
                kind = None
            else:
                at = min(at + 1, len(rows))
    return found


def opennlp(train_columns, test_columns, folder):
    (folder / "train.txt").write_text("\n".join(opennlp_lines(train_columns.read_text(), True)) + "\n")
    begin = time.monotonic()
    run("opennlp", "TokenNameFinderTrainer", "-model", folder / "opennlp.bin", "-lang", "en", "-data", folder / "train.txt",
        "-encoding", "UTF-8")
    took = time.monotonic() - begin
    plain = "\n".join(opennlp_lines(test_columns.read_text(), False)) + "\n"
    tagged = run("opennlp", "TokenNameFinder", folder / "opennlp.bin", input=plain)
    return took, opennlp_found(test_columns.read_text(), tagged)


def figures(lines):
    """-> {"load": ms, "speed": tokens/s, "resident": MiB}"""
    return {key: float(value) for key, value, _ in map(str.split, lines.splitlines())}


def speed_of_opennlp(columns, folder):
    """What eleven copies of the text take longer than one: start, load and the compiler's warming up are left out."""
    lines = list(opennlp_lines(columns.read_text(), False))
    took, said = [], ""
    for copies in 1, 1 + COPIES:
        text = folder / "speed.txt"
        text.write_text("\n".join(lines * copies) + "\n")
        begin = time.monotonic()
        with text.open() as source, (folder / "speed.out").open("w") as sink:
            process = subprocess.Popen(["opennlp", "TokenNameFinder", folder / "opennlp.bin"], stdin=source, stdout=sink,
                                       stderr=subprocess.PIPE, text=True)
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took.append(time.monotonic() - begin)
    tokens = sum(len(line.split()) for line in lines)
    load = re.search(r"done \(([\d.,]+)s\)", said)
    return {"load": float(load[1].replace(",", ".")) * 1000 if load else float("nan"), "speed": COPIES * tokens / (took[1] - took[0]),
            "resident": usage.ru_maxrss / 1024}


def compare_speed(part, modules, folder):
    """The models that learned from crossner.train, and the shipped one, on the tokens of worldwide.dev."""
    text, columns = part_of("worldwide.dev"), folder / "speed.columns"
    columns.write_text(run(BUILD / "bench/names", "columns", SEGMENTER, TYPES, text))
    taggers = {"textd, as shipped": lambda: figures(run(BUILD / "bench/names", "speed", SEGMENTER, SHIPPED, text)),
               "textd, learned": lambda: figures(run(BUILD / "bench/names", "speed", SEGMENTER, folder / "textd.model", text))}
    if modules:
        taggers["CRFsuite"] = lambda: figures(run(shutil.which("node"), ROOT / "bench/peers/crfsuite.cjs", modules, "speed", columns,
                                                  folder / "crfsuite.model"))
    if shutil.which("opennlp"):
        taggers["OpenNLP"] = lambda: speed_of_opennlp(columns, folder)
    rows = {name: [] for name in taggers}
    for _ in range(ROUNDS):
        for name, measure in taggers.items():
            rows[name].append(measure())
    n = sum(line.count("\t") > 0 for line in columns.read_text().splitlines())
    table = part.table(f"tagging the {n:,} tokens of worldwide.dev; {ROUNDS} rounds in turn", ["by"], {"*tokens/s": 0, "textd is": 1, "load ms": 1, "resident MiB": 0},
                       "segmenting excluded, features included; textd is: as shipped")
    for name, samples in rows.items():
        speed = [row["speed"] for row in samples]
        ratio = None if name == "textd, as shipped" else [a["speed"] / b for a, b in zip(rows["textd, as shipped"], speed)]
        table.add((name,), {"tokens/s": speed, "textd is": ratio, "load ms": [row["load"] for row in samples], "resident MiB": [row["resident"] for row in samples]})
    table.show()


def compare(part, modules):
    train, test = part_of("crossner.train"), part_of("crossner.dev")
    with tempfile.TemporaryDirectory(prefix="td") as name:
        folder = Path(name)
        columns = {}
        for what, file in ("train", train), ("test", test):
            columns[what] = folder / f"{what}.columns"
            columns[what].write_text(run(BUILD / "bench/names", "columns", SEGMENTER, TYPES, file))
        right = gold(columns["test"].read_text())
        rows = [("textd", *textd(train, test, folder))]
        if modules:
            rows.append(("CRFsuite", *crfsuite(modules, columns["train"], columns["test"], folder)))
        if shutil.which("opennlp"):
            rows.append(("OpenNLP", *opennlp(columns["train"], columns["test"], folder)))
        compare_speed(part, modules, folder)
    table = part.table("people, organizations and places, learned from crossner.train, found in crossner.dev", ["by"], {"F1": 1, "learned in s": 1})
    for name, took, found in rows:
        table.add((name,), {"F1": f1(right, found), "learned in s": took})
    table.show()
