"""A strict reader of Prometheus' text format 0.0.4, and what a scrape must hold to: for promtool lets much of it through (a series
twice, buckets that fall, +Inf that isn't the count, no sum, a family in two places, nothing at all)."""

import math
import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


class Wrong(Exception):
    pass


@dataclass
class Family:
    name: str
    help: str
    type: str = ""
    samples: dict = field(default_factory=dict)  # (name, ((label, value), …)) -> number
    seen: set = field(default_factory=set)


def check(condition, words):
    if not condition:
        raise Wrong(words)


def unescape(text):
    return re.sub(r'\\[\\"n]', lambda m: ESCAPES[m[0]], text)


def labels_of(text, line):
    found, at = [], 0
    while at < len(text):
        label = LABEL.match(text, at)
        check(label, f"labels that can't be read: {line}")
        found.append((label[1], unescape(label[2])))
        at = label.end()
    check(not text.endswith(","), f"a comma and no label: {line}")
    check(len({name for name, _ in found}) == len(found), f"a label twice: {line}")
    return tuple(found)


def suffixes(kind):
    return ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)


def read(text):
    """The families by name, in order."""
    check(text.strip(), "an empty body")
    check(text.endswith("\n"), "the last line doesn't end")
    families, current = {}, None
    for line in text[:-1].split("\n"):
        check(line and line == line.strip(), f"a blank line, or blanks around one: {line!r}")
        keyword = re.match(rf"# (HELP|TYPE) ({NAME}) (.+)$", line)
        if line.startswith("#"):
            check(keyword, f"a comment that says nothing: {line}")
        if keyword and keyword[1] == "HELP":
            check(keyword[2] not in families, f"a family in two places: {line}")
            current = families[keyword[2]] = Family(keyword[2], unescape(keyword[3]))
        elif keyword:
            check(current and current.name == keyword[2] and not current.type, f"a TYPE that doesn't follow its HELP: {line}")
            check(keyword[3] in ("counter", "gauge", "histogram"), f"a type that there isn't: {line}")
            current.type = keyword[3]
        else:
            take_sample(current, line)
    for family in families.values():
        check_family(family)
    return families


def take_sample(family, line):
    sample = SAMPLE.fullmatch(line)
    check(sample, f"a line that can't be read: {line}")
    check(family and family.type, f"a sample before HELP and TYPE: {line}")
    check(any(sample[1] == family.name + s for s in suffixes(family.type)), f"a sample of another family than {family.name}: {line}")
    key = (sample[1], labels_of(sample[2] or "", line))
    same = (key[0], frozenset(key[1]))
    check(same not in family.seen, f"a series twice: {line}")
    family.seen.add(same)
    try:
        family.samples[key] = float(sample[3])
    except ValueError:
        raise Wrong(f"no number: {line}") from None


def check_family(family):
    check(family.type, f"{family.name} has no TYPE")
    check(family.help, f"{family.name} has no HELP")
    check(family.samples or family.name == "textd_plugin_info", f"{family.name} has no sample")
    check((family.type == "counter") == family.name.endswith("_total"), f"{family.name} is a {family.type}")
    keys = {tuple(name for name, _ in labels if name != "le") for _, labels in family.samples}
    check(len(keys) <= 1, f"{family.name} has samples of different labels: {keys}")
    for (name, labels), value in family.samples.items():
        check(math.isfinite(value) and value >= 0, f"{name}{labels} is {value}")
    if family.type == "histogram":
        for labels in {tuple(label for label in labels if label[0] != "le") for _, labels in family.samples}:
            check_histogram(family, labels)


def check_histogram(family, labels):
    where = f"{family.name}{dict(labels)}"
    buckets = [(dict(have)["le"], value) for (name, have), value in family.samples.items()
               if name == family.name + "_bucket" and tuple(x for x in have if x[0] != "le") == labels]
    ends, counts = [float(end) for end, _ in buckets], [value for _, value in buckets]
    check(ends and ends[-1] == math.inf and buckets[-1][0] == "+Inf", f"{where} has no bucket +Inf at its end")
    check(ends == sorted(set(ends)), f"{where} has buckets out of order")
    check(counts == sorted(counts), f"{where} has falling buckets: {counts}")
    total, sum_ = (family.samples.get((family.name + suffix, labels)) for suffix in ("_count", "_sum"))
    check(total is not None, f"{where} has no _count")
    check(sum_ is not None, f"{where} has no _sum")
    check(counts[-1] == total, f"{where}: +Inf is {counts[-1]}, the count {total}")
    check(sum_ > 0 or counts[-1] == counts[0], f"{where} has counts and a sum of 0")
    lower = sum(n * end for n, end in zip([b - a for a, b in zip(counts, counts[1:])], ends))  # each is above the end before
    check(sum_ >= lower * (1 - 1e-9), f"{where}: a sum of {sum_} is less than its buckets make, {lower}")


class Scrape:
    """A scrape that was read and found right; scrape("name", label="value", …) is the sum of the samples that fit."""

    def __init__(self, text):
        self.text = text
        self.families = read(text)

    def samples(self):
        return {key: value for family in self.families.values() for key, value in family.samples.items()}

    def __call__(self, name, **labels):
        fit = [value for (n, have), value in self.samples().items() if n == name and labels.items() <= dict(have).items()]
        assert fit, f"there is no series {name} {labels}"
        return sum(fit)

    def values(self, name, label):
        return {dict(have)[label] for (n, have) in self.samples() if n == name}

    def counters(self):
        """What must never fall."""
        return {key: value for family in self.families.values() for key, value in family.samples.items()
                if family.type in ("counter", "histogram")}


def fallen(before, after):
    """The counters that are less than before, of those that are still there."""
    now = after.counters()
    return {key: (value, now[key]) for key, value in before.counters().items() if key in now and now[key] < value}
