"""What a part of the benchmarks found: tables for who watches, and the same as JSON, from which bench/report.py draws the page.

A part has tables. A row of one has keys (what was measured: bytes, way) and figures; a figure has a point for each round, so that the page can show
how they are spread, or words, when there is none. Nothing is summed up but by the median, here and on the page.

    {"schema": 1, "part", "title", "command", "state": "ok" | "failed" | "not run", "words": why not, "commit", "began", "took_s",
     "others": the share of all processors that other programs took meanwhile, "said": [lines],
     "missing": [{"peer", "install": the command}],
     "tables": [{"title", "note", "keys": [names], "figures": [{"name", "digits", "plot"}],
                 "rows": [{"keys": [values], "points": {figure: [numbers] | "words"}}],
                 "line": {"x": a key, "by": [keys], "y": a figure} | null}]}
"""

import json
import os
import re
import statistics
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/bench"


def busy_s():
    """Processor time that all programs have taken of all processors since the machine started."""
    fields = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")  # all but idle and waiting for disks


def ours_s():
    """Of it, what this process and its children, those that have ended, have taken."""
    return sum(os.times()[:4])


def commit():
    def git(*words):
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no")
    return (git("rev-parse", "--short=12", "HEAD") or "no checkout") + (" and changes" if changed else "")


def cell(points, digits):
    if points is None or isinstance(points, str):
        return points or ""
    return f"{statistics.median(points):,.{digits}f}" if points else ""


class Table:
    def __init__(self, title, keys, figures, note="", line=None):
        """figures: {name: digits behind the point}; a name that begins with * is drawn."""
        self.title, self.keys, self.note, self.line, self.rows = title, keys, note, line, []
        self.figures = [{"name": name.lstrip("*"), "digits": digits, "plot": name[0] == "*"} for name, digits in figures.items()]

    def row(self, *keys, **points):
        self.add(keys, points)

    def add(self, keys, points):
        """points: {figure: a number for each round, one number, words, or None}"""
        listed = {name: [value] if isinstance(value, (int, float)) else value for name, value in points.items() if value is not None}
        unknown = set(listed) - {figure["name"] for figure in self.figures}
        assert not unknown, f"{self.title} has no {unknown}"
        self.rows.append({"keys": list(keys), "points": listed})

    def show(self):
        names = [figure["name"] for figure in self.figures]
        lines = [[*self.keys, *names]]
        for row in self.rows:
            keys = [f"{key:,}" if isinstance(key, int) else str(key) for key in row["keys"]]
            lines.append([*keys, *(cell(row["points"].get(figure["name"]), figure["digits"]) for figure in self.figures)])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        is_number = [all(isinstance(row["keys"][i], (int, float)) for row in self.rows) if i < len(self.keys) else True for i in range(len(widths))]
        print(f"  {self.title}")
        for line in lines:
            print("    " + "  ".join(word.rjust(width) if number else word.ljust(width)
                                     for word, width, number in zip(line, widths, is_number)).rstrip())
        if self.note:
            print(f"    {self.note}")
        print(flush=True)


class Part:
    def __init__(self, name, title, command):
        self.name, self.title, self.command = name, title, command
        self.tables, self.said, self.missing = [], [], []
        self.state, self.words = "ok", ""
        self.begin, self.began = time.monotonic(), datetime.now(timezone.utc)
        self.busy, self.ours = busy_s(), ours_s()
        print(f"{name}: {title}", flush=True)

    def table(self, *words, **more):
        """Fill it, then show() it."""
        self.tables.append(Table(*words, **more))
        return self.tables[-1]

    def say(self, line):
        print(f"  {line}", flush=True)
        self.said.append(line)

    def lack(self, peer, install):
        """A peer that isn't there, and the command that brings it."""
        if not any(each["peer"] == peer for each in self.missing):
            print(f"  {peer} is not installed: {install}", flush=True)
            self.missing.append({"peer": peer, "install": install})

    def end(self, state="ok", words=""):
        took = time.monotonic() - self.begin
        others = (busy_s() - self.busy) - (ours_s() - self.ours)
        write({"schema": 1, "part": self.name, "title": self.title, "command": self.command, "state": state, "words": words, "commit": commit(),
               "began": self.began.isoformat(timespec="seconds"), "took_s": round(took, 1),
               "others": round(max(others, 0) / took / os.cpu_count(), 3), "said": self.said, "missing": self.missing,
               "tables": [{"title": t.title, "note": t.note, "keys": t.keys, "figures": t.figures, "rows": t.rows, "line": t.line}
                          for t in self.tables if t.rows]})


def write(found):
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{found['part']}.json"
    file.with_suffix(".new").write_text(json.dumps(found, ensure_ascii=False, indent=1))
    file.with_suffix(".new").replace(file)


# ---- The machine -------------------------------------------------------------------------------------------------------


def words_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.split("\n", 1)[0].strip() or "not there"
    except OSError:
        return "not there"


def machine(parts):
    """Into machine.json: what the page has at its head, and in which order the parts come."""
    cpu = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.M)
    kib = int(re.search(r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(), re.M)[1])
    system = re.search(r'^PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text(), re.M)
    compiled = ROOT / "build/compile_commands.json"
    command = json.loads(compiled.read_text())[0]["command"] if compiled.exists() else "cc"
    compiler = next(word for word in command.split() if not word.endswith("ccache"))
    options = " ".join(re.findall(r"(?<= )-(?:O|march|mcpu|mtune|flto|fsanitize)\S*", command))
    facts = {
        "commit": commit(),
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{cpu[1] if cpu else os.uname().machine}, {os.cpu_count()} cores{', a virtual machine' if ' hypervisor' in Path('/proc/cpuinfo').read_text() else ''}",
        "memory": f"{kib / 2**20:.1f} GiB",
        "system": f"{system[1] if system else 'Linux'}, Linux {os.uname().release}",
        "compiler": f"{words_of(compiler, '--version')}, {options}",
        "libraries": f"libzmq {words_of('pkg-config', '--modversion', 'libzmq')}, libuv {words_of('pkg-config', '--modversion', 'libuv')}",
        "peers": f"Node {words_of('node', '--version')}, Python {words_of('/usr/bin/python3', '--version').removeprefix('Python ')}",
        "load before": "%.1f, %.1f, %.1f in the last 1, 5 and 15 minutes" % os.getloadavg(),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "machine.json").write_text(json.dumps({"facts": facts, "parts": parts}, ensure_ascii=False, indent=1))
