"""The values of bench/peers/values/table.tsv, which was written before any tool had seen it, by textd, chrono-node,
compromise, libphonenumber-js and dateparser: right, wrong, none. A tool is asked for the kinds that it knows; a value where the
table has none is wrong."""

import json
import subprocess
from collections import Counter

from textd import ROOT, Textd

HERE = ROOT / "bench/peers/values"
TYPES = {"number": {"CARDINAL"}, "ordinal": {"ORDINAL"}, "percent": {"PERCENT"}, "money": {"MONEY"}, "phone": {"PHONE"},
         "date": {"DATE", "TIME"}}


def table():
    lines = (HERE / "table.tsv").read_text(encoding="utf-8").split("\n")
    return [(kind, text, json.loads(right)) for kind, text, right in
            (line.split("\t") for line in lines if line and line[0] != "#")]


def is_number(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def same(a, b):
    """To three digits behind the point: that is what compromise gives of a third."""
    return is_number(a) and is_number(b) and abs(a - b) <= max(1e-9 * abs(b), 1e-3 if abs(b) < 1 else 0)


def national(number):
    """Where no country is told it is the United States."""
    digits = "".join(filter(str.isdigit, number))
    if number.startswith("+"):
        return digits
    return digits[2:] if digits.startswith("00") else "1" + digits if len(digits) == 10 else digits


def is_right(kind, values, right):
    """`values`: what a tool found in the line."""
    if kind == "date":
        return any(value[:len(right.rstrip("Z"))] == right.rstrip("Z") for value in values)
    if kind == "phone":
        return any(national(value) == national(right) for value in values)
    wanted = right if isinstance(right, list) else [right]
    amounts = [x for x in wanted if is_number(x)]
    for value in values:
        told = value if isinstance(value, list) else [value]
        if len(told) == len(wanted) and all(same(a, b) if is_number(b) else a == b for a, b in zip(told, wanted)):
            return True
    plain = [value for value in values if is_number(value)]  # of who tells no currency, or no ranges: the amounts, in order
    return len(plain) == len(amounts) and all(map(same, plain, amounts))


def textd_values(textd, rows):
    options = {"entities": {"reference_date": "2024-03-06"}}
    for i, (kind, text, _) in enumerate(rows):
        reply = textd.ask({"id": 1, "text": text, "plugins": ["entities"], "options": options})
        values = []
        for e in reply["results"]["entities"]["entities"]:
            value = e.get("value")
            if e["type"] not in TYPES[kind] or value is None:
                continue
            if isinstance(value, dict):
                value = [value[key] for key in ("amount", "number", "to", "currency") if key in value]
            values.append(value)
        yield [i, *values]


def peers(part):
    """{tool: its lists}"""
    found = {}
    for name, command, install in (("chrono-node, compromise, libphonenumber-js", ["node", HERE / "measure.mjs"], "npm ci --prefix bench/peers/values"),
                                   ("dateparser", ["/usr/bin/python3", HERE / "dateparser_values.py"], "apt-get install python3-dateparser")):
        try:
            done = subprocess.run([*command, HERE / "table.tsv"], capture_output=True, text=True)
        except FileNotFoundError:
            done = None
        if done is None or done.returncode != 0:
            part.lack(name, install)
            continue
        out = json.loads(done.stdout)
        found.update(out if isinstance(out, dict) else {"dateparser": out})
    return found


def values(part, show=""):
    rows = table()
    with Textd({"workers": {"count": 1}}) as textd:
        ours = list(textd_values(textd, rows))
    kinds = list(dict.fromkeys(kind for kind, _, _ in rows))
    shown = lambda c: f"{c['right']} / {c['wrong']} / {c['none']}" if c else None
    out = part.table(f"{len(rows)} expressions: right / wrong / none", ["by"], {kind: 0 for kind in [*kinds, "all"]},
                     "the right values were written down before any tool had read them; a tool is asked for the kinds that it knows")
    for tool, lists in {"textd": ours, **peers(part)}.items():
        counts = {kind: Counter() for kind in kinds}
        for i, *values_of in lists:
            kind, text, right = rows[i]
            if right is None:
                verdict = "wrong" if values_of else "right"
            else:
                verdict = "right" if is_right(kind, values_of, right) else "wrong" if values_of else "none"
            counts[kind][verdict] += 1
            if tool == show and verdict != "right":
                part.say(f"{verdict}: {text}  {values_of}, not {right}")
        out.add((tool,), {**{kind: shown(c) for kind, c in counts.items()}, "all": shown(sum(counts.values(), Counter()))})
    out.show()
