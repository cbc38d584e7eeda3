"""What textctl makes of a reply: the report of plugins that it doesn't know, pages, tables and files for people who label text."""

import json

import pytest

from conftest import Daemon, plugins
from test_70_textctl import DESCRIBED, EXAMPLES, end_of, lines_of, silent, start_textctl, textctl  # noqa: F401


@pytest.fixture(scope="module")
def real():
    """A daemon with the plugins that textd is built with."""
    daemon = Daemon({"workers": {"count": 2}})
    yield daemon
    daemon.clean_up()


@pytest.fixture(scope="module")
def echoing():
    """A daemon with a plugin that textctl has never heard of: its result has {"words": [{start, end, text}]}, a text, a map."""
    daemon = Daemon(plugins("echo"))
    yield daemon
    daemon.clean_up()


def answered(silent, text, results, *args, described=DESCRIBED, **more):
    """textctl on one text, to which the server's answer is these results. -> exit code, output, errors"""
    process = start_textctl("annotate", *map(str, args), "-", endpoint=silent.endpoint, stdin=text.encode())
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **described)
    _, request = silent.receive()
    silent.answer(who, id=request["id"], **{"ok": True, "results": results, **more})
    return end_of(process)


# ---- The report ----


def test_the_layer_of_a_plugin_from_elsewhere_is_marked_and_listed(silent):
    text = "Müller paid 10 € to the 🐝 farm, the 🐝 farm said."
    at = lambda word, nth=0: (len(text[:text.index(word)].encode()), len(text[:text.index(word) + len(word)].encode()))  # noqa: E731
    bees = [m for m in (text.index("🐝"), text.rindex("🐝"))]
    code, out, err = answered(silent, text, {
        "farms": {"found": [{"start": len(text[:b].encode()), "end": len(text[:b + 6].encode()), "label": "FARM"} for b in bees]
                  + [{"start": 3, "end": 999, "label": "FARM"}, 7],
                  "model": "bees-2", "took": {"ms": 1.5, "steps": [1, 2]}, "deep": [[{"a": None}]], "empty": {}, "none": []},
        "plain": [{"start": at("paid")[0], "end": at("paid")[1]}],
        "word": "a text of its own",
        "entities": {"entities": [{"start": 0, "end": 7, "type": "PERSON", "text": "Müller"}]},
    })
    assert code == 0, err
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[lines.index("farms"):][1:7] == [
        "  FARM       🐝 farm ×2", "  model: bees-2", "  took.ms: 1.5", "  took.steps: 1, 2", '  deep: [[{"a":null}]]', "  empty: {}"]
    assert lines[lines.index("plain") + 1] == "  plain      paid" and lines[lines.index("word") + 1] == "  a text of its own"
    assert " ".join(line.strip() for line in lines[-2:]) == "Müller [PERSON] paid [plain] 10 € to the 🐝 farm [FARM], the 🐝 farm [FARM] said."


def test_a_plugin_that_textctl_does_not_know_is_no_raw_json(echoing, tmp_path):
    (tmp_path / "a").write_text("two words")
    done = textctl("annotate", tmp_path / "a", endpoint=echoing.endpoint)
    assert done.returncode == 0, done.err
    assert "  words      two, words" in done.out and "  options.colour: red" in done.out and "{" not in done.out
    assert done.out.endswith("  two [words] words [words]\n")


def test_names_go_before_other_marks_that_overlap_them(silent):
    code, out, err = answered(silent, "abcdefghij", {
        "z": {"spans": [{"start": s, "end": e, "type": "Z"} for s, e in [(0, 1), (1, 3), (4, 6), (5, 7), (6, 6), (8, 10)]]},
        "entities": {"entities": [{"start": s, "end": e, "type": "E", "text": "x"} for s, e in [(2, 4), (2, 3), (7, 9), (6, 7)]]}})
    assert code == 0, err
    assert out.splitlines()[-1].strip() == "a [Z]bcd [E]ef [Z]g [E]hi [E]j"
