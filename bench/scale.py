#!/usr/bin/python3
"""What many machines would do: a simulation of textd-nats on 10, 100 and 1,000 nodes, with what bench/nats measured on one.

    bench/scale.py [FIGURES.json] [--out DIR]    a table, and DIR/scale-out-rate.svg and DIR/scale-out-failures.svg (default: docs)

FIGURES.json is bench/nats's last line; without it the figures of docs/scale-out.md are taken. It is a simulation: nobody has run 1,000 nodes. It holds
as far as what it assumes does:

- a node has CORES cores, all of them for textd and its bridge; NATS has machines of its own, three for each group of streams;
- documents are alike, and cost what the examples of docs/examples do; there are always enough of them (rate), or 70 % of what is possible (failures);
- a stream of three replicas stores and hands out STREAM documents a second: the one figure that was measured at 4 KiB with NATS's nodes on one machine,
  and by which more than one stream is needed soon. Documents go into streams by a hash of their id; a node serves two streams with half of its cores each, so that no stream hangs on one;
- a node that dies takes its window with it: those documents come again after ack_wait, and another node is there after a minute. A stream whose leader
  dies is silent until another is chosen, as long as was measured; its documents wait meanwhile;
- time goes in steps of 20 ms; within one, queues are fluid.
"""

import json
import math
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEASURED = {"document_us": 500, "bridge_us": 70, "nats_us": 290, "p50_ms": 3.7, "silence_s": 14.0, "stream_per_s": 13000}
CORES, ACK_WAIT, WINDOW_A_CORE, STEP = 8, 30.0, 64, 0.02

COLOURS = ["#2563eb", "#dc2626", "#059669", "#9333ea", "#d97706"]


def node_rate(figures):
    return CORES * 1e6 / (figures["document_us"] + figures["bridge_us"])


def rate(figures, nodes, streams):
    return min(nodes * node_rate(figures), streams * figures["stream_per_s"])


class Stream:
    """One stream and its nodes: a queue, a capacity, documents that come again later."""

    def __init__(self, nodes, arriving, figures):
        self.nodes, self.arriving, self.figures = nodes, arriving, figures
        self.queue, self.again, self.down, self.silent_until = 0.0, [], [], -1.0

    def step(self, now):
        self.queue += self.arriving * STEP
        while self.again and self.again[0][0] <= now:
            self.queue += self.again.pop(0)[1]
        self.down = [until for until in self.down if until > now]
        if now < self.silent_until:
            return 0.0
        capacity = min((self.nodes - len(self.down) / 2) * node_rate(self.figures), self.figures["stream_per_s"])
        done = min(self.queue, capacity * STEP)
        self.queue -= done
        return done

    def wait(self):
        capacity = min(self.nodes * node_rate(self.figures), self.figures["stream_per_s"])
        return self.queue / capacity

    def lose_node(self, now):
        lost = min(self.queue + WINDOW_A_CORE * CORES / 4, WINDOW_A_CORE * CORES / 2)
        self.again.append((now + ACK_WAIT, lost))
        self.again.sort()
        self.down.append(now + 60)  # another pod is there after a minute
        return lost


def fail(figures, nodes, seconds=300, load=0.7, seed=1):
    """300 s in which what happens once in a while does happen: at 30 s a stream's leader dies, at 120 s one node of a hundred (at least one).
    Returns the waits of all documents over time, and what was run twice."""
    chance = random.Random(seed)
    n_streams = max(1, math.ceil(nodes * node_rate(figures) / figures["stream_per_s"]))
    each = nodes / n_streams
    streams = [Stream(each, load * min(each * node_rate(figures), figures["stream_per_s"]), figures) for _ in range(n_streams)]
    # All streams but those that something happens to are alike: one stands for them.
    struck = chance.sample(range(n_streams), min(n_streams, 1 + 2 * max(1, nodes // 100)))  # a node that dies is half of two streams
    kept = {i: streams[i] for i in struck}
    quiet = streams[next((i for i in range(n_streams) if i not in kept), 0)]
    n_quiet = n_streams - len(kept)
    series, waits, twice, done = [], [], 0.0, 0.0
    for n in range(int(seconds / STEP)):
        now = n * STEP
        if n == int(30 / STEP):
            kept[struck[0]].silent_until = now + figures["silence_s"]
        if n == int(120 / STEP):
            for i in struck[1:] or struck:
                twice += kept[i].lose_node(now)
        for stream in kept.values():
            done += stream.step(now)
            waits.append((stream.wait() + figures["p50_ms"] / 1e3, stream.arriving * STEP))
        if n_quiet:
            done += quiet.step(now) * n_quiet
            waits.append((quiet.wait() + figures["p50_ms"] / 1e3, quiet.arriving * STEP * n_quiet))
        if n % 10 == 0:
            series.append((now, max(s.wait() for s in kept.values()) + figures["p50_ms"] / 1e3))
    waits.sort()
    total = sum(weight for _, weight in waits)

    def percentile(p):
        left = total * p
        for value, weight in waits:
            left -= weight
            if left <= 0:
                return value
        return waits[-1][0]

    longest = max(value for value, _ in waits)
    return {"streams": n_streams, "rate": done / seconds, "p50": percentile(0.5), "p99": percentile(0.99), "p999": percentile(0.999), "longest": longest,
            "twice": twice, "series": series}


# ---- Plots --------------------------------------------------------------------------------------------------------------


def plot(path, title, x_label, y_label, lines, log_x=False, log_y=False):
    """lines: (name, [(x, y), …])"""
    width, height, left, right, top, bottom = 720, 400, 80, 170, 40, 55
    fx, fy = (math.log10 if log_x else float), (math.log10 if log_y else float)
    xs, ys = [fx(x) for _, points in lines for x, _ in points], [fy(y) for _, points in lines for _, y in points]
    x0, x1, y0, y1 = min(xs), max(xs), math.floor(min(ys)) if log_y else 0, math.ceil(max(ys)) if log_y else max(ys) * 1.05

    def at(x, y):
        return left + (fx(x) - x0) / (x1 - x0) * (width - left - right), height - bottom - (fy(y) - y0) / (y1 - y0) * (height - top - bottom)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>', f'<text x="{left}" y="22" font-size="15">{title}</text>']
    for i in range(int(y1 - y0) + 1 if log_y else 6):
        value = 10 ** (y0 + i) if log_y else y1 * i / 5
        _, y = at(lines[0][1][0][0], value if value or not log_y else 1)
        words = f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/><text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{words}</text>')
    for i in range(int(x1 - x0) + 1 if log_x else 7):
        value = 10 ** (x0 + i) if log_x else x0 + (x1 - x0) * i / 6
        x, _ = at(value, lines[0][1][0][1])
        out.append(f'<text x="{x:.1f}" y="{height - bottom + 18}" text-anchor="middle">{value:,.0f}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 12}" text-anchor="middle">{x_label}</text>')
    out.append(f'<text x="18" y="{(top + height - bottom) / 2}" text-anchor="middle" transform="rotate(-90 18 {(top + height - bottom) / 2})">{y_label}</text>')
    for i, (name, points) in enumerate(lines):
        path_of = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*p) for p in points))
        colour = COLOURS[i % len(COLOURS)]
        out.append(f'<polyline points="{path_of}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{width - right + 10}" y="{top + 14 + 18 * i}" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*out, "</svg>", ""]))


def main():
    words = sys.argv[1:]
    out = Path(words[words.index("--out") + 1]) if "--out" in words else ROOT / "docs"
    files = [w for i, w in enumerate(words) if not w.startswith("--") and (i == 0 or words[i - 1] != "--out")]
    figures = {**MEASURED, **(json.loads(Path(files[0]).read_text()) if files else {})}
    print("| nodes | streams | documents/s | p50 | p99 | p99.9 | longest wait | run twice | cores of NATS |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    lines = []
    for nodes in (10, 100, 1000):
        f = fail(figures, nodes)
        nats = f["rate"] * figures["nats_us"] / 1e6
        print(f"| {nodes:,} | {f['streams']} | {f['rate']:,.0f} | {f['p50'] * 1e3:.1f} ms | {f['p99'] * 1e3:.0f} ms | {f['p999']:.2f} s | {f['longest']:.1f} s | {f['twice']:,.0f} | {nats:,.0f} |")
        lines.append((f"{nodes:,} nodes", f["series"]))
    plot(out / "scale-out-failures.svg", "The longest wait of any stream: a leader dies at 30 s, a node at 120 s (simulated)", "seconds", "seconds", lines)
    counts = [1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 200, 300, 500, 700, 1000]
    plot(out / "scale-out-rate.svg", f"Documents a second by nodes of {CORES} cores (simulated)", "nodes", "documents/s",
         [(f"{s:,} stream{'s' if s > 1 else ''}", [(n, rate(figures, n, s)) for n in counts]) for s in (1, 10, 100, 1000)], log_x=True, log_y=True)
    print(f"a node: {node_rate(figures):,.0f} documents/s; {figures['stream_per_s']:,} documents/s a stream")


if __name__ == "__main__":
    main()
