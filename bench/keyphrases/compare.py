"""Keyphrases: ours, YAKE's and TextRank's on the texts of marked.txt, which was written and marked before anything was measured:
precision, recall and F1 of the first five and the first ten.

marked.txt has 64 texts of seven kinds. Each begins with `@@ KIND PART`, its marks stand in one line behind it, `@= phrase | phrase`, as they
are in the text, the order says nothing. On the part `dev` things may be tried; only `test` is reported."""

import hashlib
import json
import re
import subprocess
import time
from collections import defaultdict
from pathlib import Path

from textd import Failed, Textd

HERE = Path(__file__).resolve().parent
STOPWORDS = HERE.parents[1] / "plugins/summarizer/train/stopwords.txt"
SUM = "7a95bb7d8fef97b05ad2543e0e365f5f8e3940a8b6a7335c55d73d438c8de8a0"  # of marked.txt, as it was before anything was measured
PEERS = ("yake", "textrank")


def marked(part):
    """[{"id", "kind", "text", "marks": [phrase]}]"""
    whole = (HERE / "marked.txt").read_bytes()
    if hashlib.sha256(whole).hexdigest() != SUM:
        raise Failed("marked.txt is not as it was when the figures were made")
    rows = []
    for number, block in enumerate(re.split(r"(?m)^@@ ", whole.decode())[1:]):
        head, rest = block.split("\n", 1)
        text, marks = rest.rsplit("@= ", 1)
        kind, of = head.split()
        if of == part:
            rows.append({"id": str(number), "kind": kind, "text": text.strip(), "marks": [m.strip() for m in marks.split("|")]})
    return rows


def stem(word):
    """Harman's s off, and what is joined to a word: enough for one and several."""
    word = re.sub(r"['’]s?$", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


def words(phrase):
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)?", phrase.lower())


# How well a phrase hits a mark, 0 to 1.
def hits_exact(found, mark):
    return float(words(found) == words(mark))


def hits_stem(found, mark):
    return float([*map(stem, words(found))] == [*map(stem, words(mark))])


def hits_part(found, mark):
    """Of the words of both together those that both have."""
    a, b = {*map(stem, words(found))}, {*map(stem, words(mark))}
    return len(a & b) / len(a | b) if a and b else 0.0


def hits(found, marks, how):
    """The sum, each mark and each phrase counted once, best pairs first."""
    pairs = sorted(((how(f, m), -i, -j) for i, f in enumerate(found) for j, m in enumerate(marks)), reverse=True)
    seen, total = set(), 0.0
    for value, i, j in pairs:
        if value > 0 and ("f", i) not in seen and ("m", j) not in seen:
            seen |= {("f", i), ("m", j)}
            total += value
    return total


def score(rows, found, most, how):
    """(precision, recall, F1), means over the texts"""
    sums = [0.0, 0.0, 0.0]
    for row in rows:
        first = found[row["id"]][:most]
        good = hits(first, row["marks"], how)
        values = good / len(first) if first else 0.0, good / len(row["marks"]), 2 * good / (len(first) + len(row["marks"]))
        sums = [s + 100 * v / len(rows) for s, v in zip(sums, values)]
    return sums


def ours(rows, most=10):
    """({id: [phrase]}, MB/s); the time of the daemon's answers, which has all of a request in it."""
    with Textd({"workers": {"count": 1}, "plugins": [{"name": "segmenter"}, {"name": "summarizer"}]}) as textd:
        def ask(row):
            reply = textd.ask({"id": 1, "plugins": ["summarizer"], "options": {"summarizer": {"keyphrases": most}}}, row["text"].encode())
            return [k["text"] for k in reply["results"]["summarizer"]["keyphrases"]]

        found = {row["id"]: ask(row) for row in rows}
        begin = time.monotonic()
        for row in rows:
            ask(row)
        return found, sum(len(row["text"].encode()) for row in rows) / 1e6 / (time.monotonic() - begin)


def peer(part, name, rows):
    """The same, or None when it isn't there."""
    try:
        run = subprocess.run(["node", HERE / "peers.mjs", name, STOPWORDS], capture_output=True, text=True,
                             input="".join(json.dumps({"id": r["id"], "text": r["text"]}) + "\n" for r in rows))
    except FileNotFoundError:
        part.lack("Node", "apt-get install nodejs npm")
        return None
    if run.returncode != 0:
        part.lack(name, "npm ci --prefix bench/keyphrases")
        return None
    told = json.loads(run.stderr.strip().splitlines()[-1])
    return {r["id"]: r["phrases"] for r in map(json.loads, run.stdout.splitlines())}, told["bytes"] / 1e6 / told["seconds"]


def keyphrases(part, show=""):
    """`show`: dev or test, and each text's marks and phrases beside."""
    of = show or "test"
    if of not in ("dev", "test"):
        raise Failed(f"keyphrases has the parts dev and test, not '{show}'")
    rows = marked(of)
    made = {"textd": ours(rows), **{name: found for name in PEERS if (found := peer(part, name, rows))}}
    ways = {"exact": hits_exact, "stem": hits_stem, "part": hits_part}
    table = part.table(f"{len(rows)} marked texts (part {of}), {sum(len(r['marks']) for r in rows)} marks: precision / recall / F1", ["by", "of the first"], {name: 1 for name in ways},
                       "exact: the same words in any case; stem: but for the plural's s; part: the share of words that both have")
    for name, (found, _) in made.items():
        for most in (5, 10):
            table.add((name, most), {way: " / ".join(f"{v:.1f}" for v in score(rows, found, most, how)) for way, how in ways.items()})
    table.show()
    by_kind = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    table = part.table("F1 of the first ten, by stem; MB/s: textd's by its replies", ["by"], {**{kind: 0 for kind in by_kind}, "MB/s": 2})
    for name, (found, speed) in made.items():
        table.add((name,), {**{kind: score(some, found, 10, hits_stem)[2] for kind, some in by_kind.items()}, "MB/s": speed})
    table.show()
    for row in rows if show else ():
        part.say(f"{row['kind']}: {row['text'][:60]!r}; marks: {' | '.join(row['marks'])}")
        for name, (found, _) in made.items():
            part.say(f"    {name}: {' | '.join(found[row['id']][:10])}")
