"""The page that bench/report.py draws of what the benchmarks found: whole, by itself, and honest about what failed."""

import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = {"title": "two <workers>", "note": "by & by", "keys": ["bytes", "way"], "line": {"x": "bytes", "by": ["way"], "y": "us"},
         "figures": [{"name": "us", "digits": 1, "plot": True}, {"name": "of it", "digits": 2, "plot": False}],
         "rows": [{"keys": [128, "a"], "points": {"us": [1.0, 2.0, 9.0], "of it": [0.5]}}, {"keys": [4096, "a"], "points": {"us": [30.0, 50.0, 40.0], "of it": "none"}}]}
PART = {"schema": 1, "part": "broker", "title": "as a broker", "command": "bench/run broker", "state": "ok", "words": "", "commit": "abc", "began": "2026-01-01T00:00:00+00:00",
        "took_s": 3.0, "others": 0.25, "said": ["nothing <b>is</b> quadratic"], "missing": [{"peer": "CLD2", "install": "apt-get install libcld2-dev"}], "tables": [TABLE]}


@pytest.fixture
def page(tmp_path):
    def draw(*parts):
        (tmp_path / "machine.json").write_text(json.dumps({"facts": {"commit": "abc", "processor": "a <fast> one"}, "parts": ["start", "broker"]}))
        for part in parts:
            (tmp_path / f"{part['part']}.json").write_text(json.dumps(part))
        done = subprocess.run([ROOT / "bench/report.py", tmp_path], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "report.html").read_text()
    return draw


def test_it_needs_nothing_but_itself(page):
    text = page(PART)
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|(?:src|href)=\"(?!#)", text)
    assert all(address == "http://www.w3.org/2000/svg" for address in re.findall(r"https?://[^\"< ]+", text))


def test_each_rounds_point_the_quartiles_and_the_median_are_drawn(page):
    pictures = [ElementTree.fromstring(each) for each in re.findall(r"<svg.*?</svg>", page(PART), re.S)]
    assert len(pictures) == 2  # the lines, and the spread
    tags = [element.tag.rpartition("}")[2] for element in pictures[1].iter()]
    assert tags.count("circle") == 6 and tags.count("rect") == 2
    medians = [float(element.get("x1")) for element in pictures[1].iter() if element.get("class") == "median"]
    assert medians[0] < medians[1]


def test_medians_words_and_signs_are_in_the_table(page):
    text = page(PART)
    assert '<td class="n" title="3 points; quartiles 1.5 to 5.5; 1.0 to 9.0 in all">2.0</td>' in text
    assert '<td class="n">none</td>' in text
    assert "two &lt;workers&gt;" in text and "nothing &lt;b&gt;is&lt;/b&gt; quadratic" in text and "a &lt;fast&gt; one" in text
    assert "CLD2: <b>not installed</b>; <code>apt-get install libcld2-dev</code>" in text


def test_a_part_that_failed_is_told_with_its_words_and_the_others_are_there(page):
    text = page(PART, {**PART, "part": "start", "state": "failed", "words": "no answer from <textd>", "tables": [], "commit": "older"})
    assert "Failed: start." in text
    assert "no answer from &lt;textd&gt;" in text
    assert "measured at commit older" in text
    assert text.index('id="start"') < text.index('id="broker"')  # in the order of machine.json
    assert text.count("<svg") == 2


def test_a_page_of_markdown_quotes_medians_and_keeps_what_was_not_measured(page, tmp_path):
    page(PART)
    file = tmp_path / "page.md"
    file.write_text("# a\n<!-- report: broker 1 [bytes = 4096]: us -->\nold\n<!-- /report -->\n<!-- report: broker said -->\n<!-- /report -->\nb\n"
                    "<!-- report: start 1 -->\nkept\n<!-- /report -->\n")
    for _ in range(2):  # the second changes nothing
        done = subprocess.run([ROOT / "bench/report.py", "--quote", file, tmp_path], capture_output=True, text=True)
        assert done.returncode == 1 and "start was not measured" in done.stderr
        text = file.read_text()
        assert "| bytes | way | µs |\n| ---: | --- | ---: |\n| 4,096 | a | 40.0 |\n\n<sub>2026-01-01, commit abc; other programs took 25 % of the processors</sub>" in text
        assert "- nothing <b>is</b> quadratic" in text and "old" not in text
        assert "<!-- report: start 1 -->\nkept\n<!-- /report -->" in text


def test_a_run_goes_on_behind_a_part_that_fails_and_says_so_by_its_code(tmp_path):
    """bench/run as it is, with two parts of our own in place of its measurements."""
    (tmp_path / "run.py").write_text(f"""
import sys
sys.path.insert(0, {str(ROOT / 'bench')!r})
from importlib.machinery import SourceFileLoader
from pathlib import Path
run = SourceFileLoader("run", {str(ROOT / 'bench/run')!r}).load_module()
run.__file__, run.LOAD = {str(tmp_path / 'run.py')!r}, Path("/")
run.found.FOLDER = run.report.FOLDER = Path({str(tmp_path)!r})
run.report.draw.__defaults__ = (run.report.FOLDER,)
def fine(part):
    part.table("t", ["k"], {{"n": 0}}).row(1, n=5)
def fails(part):
    raise run.Failed("the peer ate it")
def hangs(part):
    import time
    time.sleep(60)
def needs(part):
    raise run.Needs("a folder of data")
run.PARTS = {{name: ("what", "", act, True, 1 if name == "hangs" else 60) for name, act in dict(fails=fails, hangs=hangs, needs=needs, fine=fine).items()}}
sys.exit(run.main())
""")
    done = subprocess.run(["/usr/bin/python3", "-B", tmp_path / "run.py"], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    states = {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in ("fails", "hangs", "needs", "fine")}
    assert [part["state"] for part in states.values()] == ["failed", "failed", "not run", "ok"]
    assert states["fails"]["words"] == "the peer ate it"
    assert states["hangs"]["words"] == "it took longer than 1 s, and was ended"
    assert states["fine"]["tables"][0]["rows"] == [{"keys": [1], "points": {"n": [5]}}]
    assert "the peer ate it" in (tmp_path / "report.html").read_text()
