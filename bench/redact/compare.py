"""The plugin redact and npm's redactors on the texts of make_texts.py: of what is personal, how much is taken out whole,
in part (some letters or digits of it can still be read), or not at all; how much else is taken out; and MB/s."""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from textd import BUILD, ROOT, Failed, Textd

HERE = Path(__file__).resolve().parent
SUM = "67048b08c895c6bd8b8fc3cd2d671f4cb7a6ae4ca19121424506311b5432703a"  # of the texts, as they were before anything was measured
NAMES = {"ORG", "LOC", "PERSON"}


def texts():
    """[(text, [(start, end, type)])]"""
    made = subprocess.run([sys.executable, HERE / "make_texts.py"], capture_output=True, check=True).stdout
    if hashlib.sha256(made).hexdigest() != SUM:
        raise Failed("make_texts.py makes other texts than those that were marked")
    for line in made.decode().splitlines():
        text, spans = "", []
        for part in re.split(r"(?s)(⟦[A-Z]+⟧.*?⟦/⟧)", line.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")):
            mark = re.fullmatch(r"⟦([A-Z]+)⟧(.*?)⟦/⟧", part, re.S)
            if mark:
                spans.append((len(text), len(text) + len(mark[2]), mark[1]))
            text += mark[2] if mark else part
        yield text, spans


def count(rows, found):
    """{type: [whole, part, none]}, what was taken out beside the marked, texts without anything personal that were changed"""
    by_type, false, changed = {}, [], []
    for (text, spans), taken in zip(rows, found):
        out = {i for start, end in taken for i in range(start, end)}
        for start, end, kind in spans:
            signs = [i for i in range(start, end) if text[i].isalnum()]
            covered = sum(i in out for i in signs)
            by_type.setdefault(kind, [0, 0, 0])[0 if covered == len(signs) else 1 if covered else 2] += 1
        for start, end in taken:
            if not any(start < e and s < end for s, e, _ in spans):
                false.append(text[start:end])
        if taken and not spans:
            changed.append(text)
    return by_type, false, changed


def built():
    """The folder with redact.so, built by the installed headers."""
    prefix, folder = BUILD / "redact/prefix", BUILD / "redact/build"
    for command in (["cmake", f"-DCMAKE_INSTALL_PREFIX={prefix}", "-P", BUILD / "clients/c/cmake_install.cmake"],
                    ["cmake", "-S", ROOT / "plugins/examples/redact", "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}"],
                    ["cmake", "--build", folder]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"plugins/examples/redact can't be built: {done.stderr[-300:]}")
    return folder


def ours(rows):
    config = {"plugin_dirs": [str(built())], "workers": {"count": 1},
              "plugins": [{"name": name} for name in ("segmenter", "language", "entities", "redact")]}
    with Textd(config) as textd:
        def ask(text):
            reply = textd.ask({"id": 1, "text": text, "plugins": ["redact"], "offsets": "codepoint"})
            return [(e["start"], e["end"]) for e in reply["results"]["redact"]["edits"]]
        found = [ask(text) for text, _ in rows]
        whole = "\n".join(text for text, _ in rows) * 16
        spent = []
        for _ in range(3):
            reply = textd.ask({"id": 1, "text": whole, "plugins": ["redact"], "deadline_ms": 60000}, wait_s=60)
            spent.append(reply["timing"]["plugins"]["redact"])
    return found, [len(whole.encode()) / us for us in spent]


def redact(part, show=""):
    rows = list(texts())
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([text for text, _ in rows], file)
        file.flush()
        try:
            peers = subprocess.run(["node", HERE / "peers.mjs", file.name], capture_output=True, text=True)
        except FileNotFoundError:
            peers = None
    found, speed = ours(rows)
    tools = {"redact": {"found": found, "mb_per_s": speed}}
    if peers and peers.returncode == 0:
        tools |= json.loads(peers.stdout)
    else:
        part.lack("npm's redactors", "npm ci --prefix bench/redact")
    counted = {name: count(rows, tool["found"]) for name, tool in tools.items()}
    kinds = sorted({kind for _, spans in rows for _, _, kind in spans}, key=lambda kind: (kind in NAMES, kind))
    personal = sum(bool(spans) for _, spans in rows)
    table = part.table(f"{len(rows)} texts, {personal} of them with something personal: taken out whole / in part / not", ["of", "n"], {name: 1 for name in tools},
                       f"beside: what was taken out and isn't personal; changed: of the {len(rows) - personal} texts that have nothing")
    for kind in [*kinds, "all but names", "all"]:
        cells, n = {}, 0
        for name, (by_type, _, _) in counted.items():
            chosen = [by_type.get(k, [0, 0, 0]) for k in kinds if kind in (k, "all") or (kind == "all but names" and k not in NAMES)]
            sums = [sum(column) for column in zip(*chosen)]
            n = sum(sums)
            cells[name] = " / ".join(map(str, sums))
        table.add((kind, n), cells)
    table.add(("beside", ""), {name: str(len(false)) for name, (_, false, _) in counted.items()})
    table.add(("changed", len(rows) - personal), {name: str(len(changed)) for name, (_, _, changed) in counted.items()})
    table.show()
    table = part.table("all of them as one text, 16 times; 3 rounds", ["by"], {"*MB/s": 2})
    for name, tool in tools.items():
        table.add((name,), {"MB/s": tool["mb_per_s"]})
    table.show()
    if show in tools:
        for (text, spans), taken in zip(rows, tools[show]["found"]):
            out = {i for s, e in taken for i in range(s, e)}
            for start_, end, kind in spans:
                if not all(i in out or not text[i].isalnum() for i in range(start_, end)):
                    part.say(f"left: {kind} " + "".join("█" if i in out else c for i, c in enumerate(text)).replace("\n", "\\n"))
        part.say(f"beside: {counted[show][1]}")
        part.say(f"changed: {counted[show][2]}")
