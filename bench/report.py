#!/usr/bin/python3
"""Draws build/bench/report.html from what the parts of the benchmarks found (build/bench/*.json; found.py says how they look). One file, without network.

    bench/report.py [FOLDER]              FOLDER: build/bench
    bench/report.py --quote PAGE [FOLDER]  puts medians into a page of Markdown, where it says so:

        <!-- report: machine -->                              what was measured where, when
        <!-- report: broker 1: docs/s, p50 us, of proxy -->   the first table of that part, these figures; without names all of them
        <!-- report: broker 1 [bytes = 128, 4096]: docs/s --> rows of these keys only
        <!-- report: growth said -->                          its lines
        <!-- /report -->                                      behind each: what stands between is replaced

A part that wasn't measured, or failed, leaves what stands there, and is told; then the exit code is 1.
"""

import json
import math
import re
import statistics
import sys
from html import escape
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "build/bench"
WIDTH, LABELS, RIGHT, ROW = 900, 300, 90, 18
LINES = ("#1769aa", "#b5541c", "#2e7d32", "#8e24aa", "#c62828", "#00838f", "#6d4c41")

STYLE = """:root{color-scheme:light dark;--ground:#fff;--ink:#1c2430;--soft:#5b6675;--grid:#d9dee5;--shade:#f2f5f9;--mark:#1769aa;--box:#9cc4e4;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ground:#14181f;--ink:#e8ecf2;--soft:#9aa5b4;--grid:#323a46;--shade:#1b212a;--mark:#6cb6f5;--box:#2b5c84;--bad:#ff8a80}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:960px;margin:2em auto;padding:0 1em}
h1{font-size:1.7em}h2{margin-top:2.5em;border-top:1px solid var(--grid);padding-top:1em}h3{font-size:1em;margin:1.6em 0 .4em}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}td,th{padding:.15em .7em;text-align:left;white-space:nowrap}
th{border-bottom:1px solid var(--grid);font-weight:600}tr:nth-child(even) td{background:var(--shade)}td.n,th.n{text-align:right}
small,.soft{color:var(--soft)}.bad{color:var(--bad)}pre{white-space:pre-wrap;background:var(--shade);padding:.7em}code{font-size:.92em}
svg{display:block;width:100%;height:auto;margin:.6em 0 1.2em}svg text{font:12px system-ui,sans-serif;fill:var(--soft)}svg .name{fill:var(--ink)}
.grid{stroke:var(--grid)}.box{fill:var(--box)}.median{stroke:var(--mark);stroke-width:2.5}.point{fill:var(--mark);fill-opacity:.45}"""


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def short(value):
    """For axes."""
    if value == 0:
        return "0"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:.3g}"


def quartiles(points):
    """The lower one, the median, the upper one; of the points themselves."""
    if len(points) < 3:
        return min(points), statistics.median(points), max(points)
    return tuple(statistics.quantiles(points, n=4, method="inclusive"))


def is_points(value):
    return isinstance(value, list) and bool(value)


# ---- Tables ------------------------------------------------------------------------------------------------------------


def cell(value, digits):
    if not is_points(value):
        return f'<td class="n">{escape(str(value or ""))}</td>'
    low, middle, high = quartiles(value)
    if len(value) == 1:
        return f'<td class="n">{number(middle, digits)}</td>'
    spread = f"{len(value)} points; quartiles {number(low, digits)} to {number(high, digits)}; {number(min(value), digits)} to {number(max(value), digits)} in all"
    return f'<td class="n" title="{spread}">{number(middle, digits)}</td>'


def key(value):
    return f"{value:,}" if isinstance(value, int) else str(value)


def draw_table(table):
    numeric = [all(isinstance(row["keys"][i], (int, float)) for row in table["rows"]) for i in range(len(table["keys"]))]
    heads = [f'<th{" class=n" if n else ""}>{escape(name)}</th>' for name, n in zip(table["keys"], numeric)]
    heads += [f'<th class="n">{escape(figure["name"])}</th>' for figure in table["figures"]]
    out = ["<table><tr>", *heads, "</tr>"]
    for row in table["rows"]:
        keys = [f'<td{" class=n" if n else ""}>{escape(key(value))}</td>' for value, n in zip(row["keys"], numeric)]
        out += ["<tr>", *keys, *(cell(row["points"].get(figure["name"]), figure["digits"]) for figure in table["figures"]), "</tr>"]
    return "".join([*out, "</table>"])


# ---- Plots -------------------------------------------------------------------------------------------------------------


def ticks(low, high, is_log):
    if is_log:
        marks = [m * 10.0**e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for m in (1, 2, 5)]
        inside = [t for t in marks if low <= t <= high]
        return inside if len(inside) <= 8 else [t for t in inside if f"{t:e}"[0] == "1"] or inside[::3]
    step = 10.0 ** math.floor(math.log10(high)) if high > 0 else 1
    for part in (1, 0.5, 0.2, 0.1):
        if high / (step * part) >= 4:
            step *= part
            break
    return [i * step for i in range(int(high / step) + 1)]


def scale(values, left, right):
    """(where a value is, its ticks): from zero, or, when the largest is more than thirty times the smallest, by its logarithm."""
    low, high = min(values), max(values)
    is_log = low > 0 and high / low > 30
    if not is_log:
        low, high = min(low, 0), (high or 1) * 1.04
        return lambda v: left + (right - left) * (v - low) / (high - low), ticks(low, high, False)
    low, high = low / 1.15, high * 1.15
    return lambda v: left + (right - left) * math.log(v / low) / math.log(high / low), ticks(low, high, True)


def svg(height, words, body):
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(words)}">{"".join(body)}</svg>'


def draw_spread(table, figure):
    """A line for each row: its points, a box between the quartiles, a mark at the median."""
    name = figure["name"]
    rows = [row for row in table["rows"] if is_points(row["points"].get(name))]
    if len(rows) < 2 and (not rows or len(rows[0]["points"][name]) < 3):
        return ""  # one figure, which the table has
    at, marks = scale([v for row in rows for v in row["points"][name]], LABELS, WIDTH - RIGHT)
    height = 34 + ROW * len(rows) + 8
    out = [f'<text class="name" x="{LABELS}" y="14">{escape(name)}</text>']
    for mark in marks:
        x = at(mark)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="34" y2="{height - 6}"/><text x="{x:.1f}" y="29" text-anchor="middle">{short(mark)}</text>')
    for i, row in enumerate(rows):
        points, y = row["points"][name], 34 + ROW * (i + 0.5)
        low, middle, high = quartiles(points)
        label = ", ".join(key(value) for value in row["keys"])
        out.append(f'<text class="name" x="{LABELS - 10}" y="{y + 4:.1f}" text-anchor="end">{escape(label if len(label) < 46 else label[:44] + "…")}</text>')
        out.append(f'<rect class="box" x="{at(low):.1f}" y="{y - 5:.1f}" width="{max(at(high) - at(low), 1):.1f}" height="10"/>')
        shown = points if len(points) <= 60 else sorted(points)[::math.ceil(len(points) / 60)]
        out += [f'<circle class="point" cx="{at(v):.1f}" cy="{y:.1f}" r="2.6"/>' for v in shown]
        out.append(f'<line class="median" x1="{at(middle):.1f}" x2="{at(middle):.1f}" y1="{y - 7:.1f}" y2="{y + 7:.1f}"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}">{number(middle, figure["digits"])}</text>')
    return svg(height, f"{table['title']}: {name}, each round's points, quartiles and median", out)


def draw_lines(table):
    """Medians over a key of numbers, both by their logarithm, with a line from quartile to quartile."""
    line, series = table["line"], {}
    where, by = table["keys"].index(line["x"]), [table["keys"].index(name) for name in line["by"]]
    for row in table["rows"]:
        points = row["points"].get(line["y"])
        if is_points(points) and min(points) > 0 and row["keys"][where] > 0:
            series.setdefault(", ".join(key(row["keys"][i]) for i in by), []).append((row["keys"][where], *quartiles(points)))
    if not series:
        return ""
    left, right, top, bottom = 70, WIDTH - 160, 24, 380
    every = [each for rows in series.values() for each in rows]
    x, y = ([min(v), max(v)] for v in ([r[0] for r in every], [v for r in every for v in r[1:]]))
    at_x = lambda v: left + (right - left) * math.log(v / x[0]) / (math.log(x[1] / x[0]) or 1)
    at_y = lambda v: bottom - (bottom - top) * math.log(v / y[0]) / (math.log(y[1] / y[0]) or 1)
    out = []
    for v in sorted({row[0] for row in every}):
        out.append(f'<line class="grid" x1="{at_x(v):.1f}" x2="{at_x(v):.1f}" y1="{top}" y2="{bottom}"/><text x="{at_x(v):.1f}" y="{bottom + 18}" text-anchor="middle">{short(v)}</text>')
    for v in ticks(y[0], y[1], True):
        out.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{at_y(v):.1f}" y2="{at_y(v):.1f}"/><text x="{left - 8}" y="{at_y(v) + 4:.1f}" text-anchor="end">{short(v)}</text>')
    ends = []
    for i, (name, rows) in enumerate(series.items()):
        colour, rows = LINES[i % len(LINES)], sorted(rows)
        path = " ".join(f"{at_x(v):.1f},{at_y(middle):.1f}" for v, _, middle, _ in rows)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<line x1="{at_x(v):.1f}" x2="{at_x(v):.1f}" y1="{at_y(low):.1f}" y2="{at_y(high):.1f}" stroke="{colour}" stroke-width="5" stroke-opacity=".4"/>'
                for v, low, _, high in rows]
        ends.append((at_y(rows[-1][2]), name, colour))
    last = -99
    for place, name, colour in sorted(ends):  # names beside the lines' ends, none over another
        last = max(place, last + 16)
        out.append(f'<text x="{right + 10}" y="{last + 4:.1f}" style="fill:{colour}">{escape(name)}</text>')
    out.append(f'<text x="{(left + right) / 2}" y="{bottom + 36}" text-anchor="middle">{escape(line["x"])}</text><text class="name" x="{left}" y="14">{escape(line["y"])}</text>')
    return svg(bottom + 44, f"{table['title']}: {line['y']} by {line['x']}", out)


# ---- The page ----------------------------------------------------------------------------------------------------------


def draw_part(part, commit):
    out = [f'<h2 id="{escape(part["part"])}">{escape(part["part"])}: {escape(part["title"])}</h2>']
    facts = [f'<code>{escape(part["command"])}</code>', escape(part["began"].replace("T", " ").replace("+00:00", " UTC")), f'took {part["took_s"]:.0f} s',
             f'other programs took {part["others"] * 100:.0f} % of the processors meanwhile']
    if part["commit"] != commit:
        facts.append(f'<span class="bad">measured at commit {escape(part["commit"])}</span>')
    out.append(f'<p class="soft">{"; ".join(facts)}</p>')
    if part["state"] == "failed":
        out.append(f'<p class="bad">It failed:</p><pre class="bad">{escape(part["words"])}</pre>')
    elif part["state"] != "ok":
        out.append(f'<p><b>Not run</b>: {escape(part["words"])}.</p>')
    out += [f'<p>{escape(each["peer"])}: <b>not installed</b>; <code>{escape(each["install"])}</code></p>' for each in part["missing"]]
    for table in part["tables"]:
        out += [f'<h3>{escape(table["title"])}</h3>', draw_table(table)]
        if table["note"]:
            out.append(f'<p class="soft">{escape(table["note"])}</p>')
        if table.get("line"):
            out.append(draw_lines(table))
        out += [draw_spread(table, figure) for figure in table["figures"] if figure["plot"]]
    out += [f"<p>{escape(line)}</p>" for line in part["said"]]
    return "\n".join(out)


def load(folder):
    """([part], the machine)"""
    parts, machine = [], {}
    for file in sorted(folder.glob("*.json")):
        found = json.loads(file.read_text())
        if file.name == "machine.json":
            machine = found
        elif found.get("schema") == 1:
            parts.append(found)
    return parts, machine


def draw(folder=FOLDER):
    """Writes the page; its path."""
    parts, machine = load(folder)
    order = machine.get("parts", [])
    parts.sort(key=lambda part: (order.index(part["part"]) if part["part"] in order else len(order), part["part"]))
    failed = [part["part"] for part in parts if part["state"] == "failed"]
    facts = "".join(f"<tr><td>{escape(name)}</td><td>{escape(str(value))}</td></tr>" for name, value in machine.get("facts", {}).items())
    contents = ", ".join(f'<a href="#{escape(part["part"])}"{" class=bad" if part["state"] == "failed" else ""}>{escape(part["part"])}</a>' for part in parts)
    words = f'<p class="bad">Failed: {escape(", ".join(failed))}. What these say below is not whole.</p>' if failed else ""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>textd, measured</title><style>{STYLE}</style></head>
<body><h1>textd, measured</h1>
<table>{facts}</table>
{words}<p>{contents}</p>
<p class="soft">Figures in tables are medians; a cell's title has the quartiles and how many points there are. Plots show each round's point, a box from the lower to the upper
quartile, and the median as a line; axes begin at zero, or go by the logarithm when what they show differs more than thirtyfold. us: microseconds. The raw figures lie beside this page,
a JSON file for each part.</p>
{chr(10).join(draw_part(part, machine.get("facts", {}).get("commit")) for part in parts)}
</body></html>
"""
    out = folder / "report.html"
    out.write_text(page)
    return out


# ---- Quotes ------------------------------------------------------------------------------------------------------------

QUOTE = re.compile(r"(<!-- report: (.+?) -->\n).*?(<!-- /report -->)", re.S)
WHAT = re.compile(r"([a-z]+) (?:(said)|(\d+)(?: \[(.+?) = (.+?)\])?(?:: (.+))?)")


class Unquotable(Exception):
    pass


def day(part):
    return part["began"][:10]


def quote_table(part, number, name, values, figures):
    tables = part["tables"]
    if not 1 <= number <= len(tables):
        raise Unquotable(f"{part['part']} has {len(tables)} tables, not {number}")
    table = tables[number - 1]
    known = {figure["name"]: figure["digits"] for figure in table["figures"]}
    chosen = [each.strip() for each in figures.split(",")] if figures else list(known)
    if set(chosen) - set(known) or (name and name not in table["keys"]):
        raise Unquotable(f"table {number} of {part['part']} has the keys {', '.join(table['keys'])} and the figures {', '.join(known)}")
    wanted = {each.strip() for each in values.split(",")} if values else None
    rows = [row for row in table["rows"] if not wanted or str(row["keys"][table["keys"].index(name)]) in wanted]
    numeric = [all(isinstance(row["keys"][i], (int, float)) for row in rows) for i in range(len(table["keys"]))]
    lines = [[*table["keys"], *(re.sub(r"\bus\b", "µs", each) for each in chosen)],
             [*("---:" if n else "---" for n in numeric), *["---:"] * len(chosen)]]
    for row in rows:
        points = [row["points"].get(figure) for figure in chosen]
        lines.append([*map(key, row["keys"]), *(number_or_words(value, known[figure]) for value, figure in zip(points, chosen))])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number_or_words(value, digits):
    return number(statistics.median(value), digits) if is_points(value) else str(value or "")


def quoted(what, parts, machine):
    if what == "machine":
        facts = machine.get("facts") or {}
        if not facts:
            raise Unquotable("there is no machine.json")
        return f"{facts['processor']}; {facts['memory']}; {facts['system']}; {facts['compiler']}; {facts['libraries']}; commit {facts['commit']}, {facts['date']}."
    m = WHAT.fullmatch(what)
    if not m:
        raise Unquotable(f"'{what}' is no quote; bench/report.py says how they look")
    part = parts.get(m[1])
    if not part or part["state"] != "ok":
        raise Unquotable(f"{m[1]} was not measured" if not part else f"{m[1]}: {part['state']}: {part['words']}")
    body = "\n".join(f"- {line}" for line in part["said"]) if m[2] else quote_table(part, int(m[3]), m[4], m[5], m[6])
    busy = f"; other programs took {part['others'] * 100:.0f} % of the processors" if part["others"] >= 0.05 else ""
    return f"{body}\n\n<sub>{day(part)}, commit {part['commit']}{busy}</sub>"


def quote(page, folder=FOLDER):
    """Refreshes the page; what couldn't be quoted, and why."""
    parts, machine = load(folder)
    parts, wrong = {part["part"]: part for part in parts}, []

    def replace(m):
        try:
            return f"{m[1]}\n{quoted(m[2], parts, machine)}\n\n{m[3]}"
        except Unquotable as reason:
            wrong.append(str(reason))
            return m[0]

    page.write_text(QUOTE.sub(replace, page.read_text()))
    return wrong


def main():
    words = sys.argv[1:]
    if words[:1] == ["--quote"] and len(words) in (2, 3):
        wrong = quote(Path(words[1]), *map(Path, words[2:]))
        print("\n".join(f"report: {line}" for line in wrong), end="\n" if wrong else "", file=sys.stderr)
        return 1 if wrong else 0
    if len(words) > 1 or words[:1] == ["--quote"]:
        sys.exit(__doc__)
    print(draw(*map(Path, words)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
