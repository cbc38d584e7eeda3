"""`textctl plugin check`, `run` and `bench`: each of many plugins with one fault is named by what is wrong with it, and by nothing
else; those without a fault are clean."""

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import BAD, BIN, BUILD, GOOD, ROOT, SLOW, environment

FAULTY = BUILD / "tests/plugins/check"
# name: what it must be found to be
FAULTS = dict(re.findall(r"^(\w+) ([a-z-]+)", (ROOT / "tests/plugins/check/faults.txt").read_text(), re.M))
# Plugins of tests/plugins/bad.c, which textd refuses or which break a rule.
REFUSED = {
    "magic": "abi", "major": "abi", "minor": "abi", "entry": "symbol", "badname": "name", "option": "options", "create": "create",
    "create_crash": "crash", "create_slow": "hang", "constructor": "crash", "resource": "create", "selftest": "selftest",
    "options_refused": "check-options", "options_small": "check-options", "missing": "needs", "undefined": "load",
    "liar": "layer-undeclared", "miser": "layer-missing", "destroy_crash": "crash", "destroy_hang": "hang"}
# A sanitizer has a heap of its own, in which leaks are its own to find, and files may be read for its reports; and one fault in
# three is enough there.
OTHERWISE = {"leaks", "reads_file"} if SLOW > 1 else set()
THINNED = 3 if SLOW > 1 else 1
OURS = ["entities", "summarizer", "sentiment", "segmenter", "language"][3 if SLOW > 1 else 0 :]


def tool(*args, **more):
    return subprocess.run([str(BIN / "textctl"), "plugin", *map(str, args)], env=environment(), capture_output=True, text=True,
                          timeout=120 * SLOW, **more)


def check(path, *args, **more):
    done = tool("check", path, "--quick", "--json", *args, **more)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["clean"] == (done.returncode == 0) == (not report["findings"])
    return report


def judge(path, want):
    report = check(path, *(("--timeout", f"{250 * SLOW}ms") if want == "hang" else ()))
    found = [finding["id"] for finding in report["findings"]]
    return None if found == ([] if want == "clean" else [want]) else f"{path.stem}: {report}"


@pytest.fixture(scope="module")
def judged():
    """All of them are judged at once, the longest first; who wants to know waits."""
    jobs = [(FAULTY / f"faulty_{name}.so", want) for name, want in FAULTS.items() if name not in OTHERWISE]
    jobs += [(BAD / name / f"{name}.so", want) for name, want in REFUSED.items()]
    with ThreadPoolExecutor(4) as pool:
        ours = {name: pool.submit(check, name) for name in OURS}
        yield ours, [pool.submit(judge, *job) for job in jobs[::THINNED]]


@pytest.mark.parametrize("plugin", OURS)
def test_the_plugins_that_come_along_are_clean(judged, plugin):
    report = judged[0][plugin].result()
    assert report["clean"] and report["documents"]["with_result"] == report["documents"]["run"] > 100, report
    assert not report["skipped"] and not report["beside"], report


def test_each_fault_is_named_and_nothing_else(judged):
    assert len(FAULTS) > 60 and len(judged[1]) > 80 / THINNED
    assert not [wrong for wrong in (job.result() for job in judged[1]) if wrong]


def test_a_busy_machine_makes_no_hang():
    """Its one document takes 315 ms of a processor that it shares with four others, so more than the time-out in all."""
    cpu = {min(os.sched_getaffinity(0))}
    neighbours = [subprocess.Popen([sys.executable, "-c", "while True: pass"], preexec_fn=lambda: os.sched_setaffinity(0, cpu)) for _ in range(4)]
    try:
        report = check(FAULTY / "faulty_deaf.so", "--corpus", "prose-1m", "--timeout", f"{700 * SLOW}ms", preexec_fn=lambda: os.sched_setaffinity(0, cpu))
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()
    assert report["clean"] and report["documents"]["with_result"] == report["documents"]["run"] == 1, report


def test_a_finding_says_where_and_how_to_see_it_again():
    path = FAULTY / "faulty_crashes.so"
    finding = check(path)["findings"][0]
    assert finding["id"] == "crash" and "SIGSEGV, at NULL" in finding["text"] and finding["documents"][0] == "nul"
    assert re.match(r"faulty_crashes\+0x[0-9a-f]+", finding["where"])
    if shutil.which("addr2line"):
        assert "misbehave, faulty.c:" in finding["where"]
    words = finding["again"].split()
    assert words[:3] == ["textctl", "plugin", "run"]
    assert tool(*words[2:]).returncode < 0  # it is the crash itself


def test_what_a_plugin_asks_for_without_saying_which_somebody_has_to_name():
    report = check(BUILD / "tests/plugins/granted/needy.so", "--corpus", "byte")
    assert report["clean"] and report["skipped"] == "textd's sandbox: it asks for env; name which: --grant env:\u2026", report


def test_the_report_for_people_says_what_to_do():
    done = tool("check", FAULTY / "faulty_counts.so", "--quick", "--corpus", "prose")
    assert done.returncode == 1 and done.stderr == ""
    assert "impure: its result for the same bytes was another the second time\n" in done.stdout
    assert "    documents: prose\n" in done.stdout and "\n    to do: " in done.stdout and done.stdout.endswith("\n1 finding\n")
    done = tool("check", FAULTY / "faulty_clean.so", "--quick", "--corpus", "prose")
    assert done.returncode == 0 and done.stdout.endswith("\nclean\n")


def test_valgrind_sees_what_guard_pages_do_not():
    if not shutil.which("valgrind") or SLOW > 1:
        pytest.skip("valgrind isn't there, or a sanitizer is in its place")
    for name, want in (("clean", []), ("unwritten", ["valgrind"])):
        done = tool("check", FAULTY / f"faulty_{name}.so", "--valgrind", "--json", "--corpus", "prose")
        assert [finding["id"] for finding in json.loads(done.stdout)["findings"]] == want, done.stdout


def test_run_finds_what_a_plugin_needs_and_prints_what_a_client_would_get(tmp_path):
    done = tool("run", "sentiment", "--with", "segmenter", "--unit", "codepoint", "--set", "segmenter.tokens=true", "--text", "H\u00e9! It is great.")
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert set(reply["results"]) == {"segmenter", "sentiment"} and set(reply["times_us"]) == {"language", "segmenter", "sentiment"}
    assert reply["results"]["segmenter"]["tokens"][:2] == [[0, 2], [2, 3]] and reply["doc"]["codepoints"] == 16
    (tmp_path / "text").write_text("H\u00e9! It is great.")
    for again in (tool("run", "sentiment", tmp_path / "text"), tool("run", "sentiment", input="H\u00e9! It is great.")):
        assert json.loads(again.stdout)["results"]["sentiment"]["sentences"] != [] and again.returncode == 0


def test_run_finds_plugins_in_other_folders_and_tells_what_a_plugin_says():
    done = tool("run", GOOD / "dependent.so", "--plugin-dir", GOOD, "--text", "abc")
    assert done.returncode == 0 and "dependent" in json.loads(done.stdout)["results"], done.stderr
    done = tool("run", GOOD / "dependent.so", "--text", "abc")
    assert done.returncode == 2 and "dependent needs layer " in done.stderr and "--plugin-dir adds it" in done.stderr
    report = json.loads(tool("check", "./dependent.so", "--plugin-dir", ".", "--quick", "--json", cwd=GOOD).stdout)
    assert report["clean"] and report["beside"] == report["skipped"] == "", report
    done = tool("run", GOOD / "fault.so", "--text", "FAIL")
    assert done.returncode == 1 and json.loads(done.stdout)["error"] == {"code": "PLUGIN_FAILED", "message": "it was asked to fail"}


def test_bench_measures_a_plugin_apart_from_those_that_it_needs():
    done = tool("bench", "sentiment", "--time", "1ms", "--json")
    bench = json.loads(done.stdout)
    assert bench["needs"] == ["language", "segmenter"] and len(bench["sizes"]) == 5, done.stderr
    assert [size["bytes"] for size in bench["sizes"]][::4] == [100, 1 << 20]
    assert all(0 < size["us"] < size["us_with_all"] and size["allocs"] > 0 and size["runs"] >= 3 for size in bench["sizes"])
    assert 0.5 < bench["exponent"] < 1.6
    assert len(tool("bench", FAULTY / "faulty_clean.so", "--time", "1ms").stdout.splitlines()) == 7


@pytest.mark.parametrize("args, words", [
    (["check"], "plugin check takes a plugin's FILE.so; see textctl plugin check --help"),
    (["check", "nobody"], "there is no nobody, nor a plugin of that name in "),
    (["check", "/scripts/lua/words.lua"], "put it into the folder lua/ of a folder DIR, and say lua --plugin-dir DIR --set script=words.lua in its place"),
    (["check", "segmenter", "--corpus", "xyzzy"], "the corpus has no document 'xyzzy'; it has: empty byte"),
    (["check", "segmenter", "--timeout", "soon"], "--timeout is 'soon'; write a time such as 500ms, 2s or 1m"),
    (["check", "segmenter", "--grant", "telephone"], "--grant is 'telephone': grants are threads, network, read:/PATH"),
    (["check", "segmenter", "extra"], "'extra' is one word too many"),
    (["run", "segmenter", "--jsno"], "there is no option --jsno here; see textctl plugin run --help"),
    (["run", "segmenter", "--unit", "inch"], "--unit is 'inch'; it must be byte, codepoint or utf16"),
    (["run", "segmenter", "--set", "tokens"], "--set is 'tokens'; write OPTION=VALUE or PLUGIN.OPTION=VALUE"),
    (["run", "segmenter", "--text", "a", "--corpus", "byte"], "takes one of --text, --corpus and FILE"),
    (["run", "segmenter", "--lang", "??", "--text", "a"], "--lang is '??'; it must be a language's tag"),
    (["run", "segmenter", "--plugin-dir", "/nonexistent", "--text", "a"], "--plugin-dir is /nonexistent: No such file"),
    (["run", "segmenter", "--with", "nobody", "--text", "a"], "--with names nobody, and there is no such plugin"),
    (["run", "segmenter", "/nonexistent"], "/nonexistent can't be read: No such file"),
    (["bench", "segmenter", "--time", "0ms"], "--time is '0ms'; write a time"),
])
def test_what_is_wrong_with_a_command_line_is_said(args, words):
    done = tool(*args)
    assert done.returncode == 2 and words in done.stderr and done.stdout == "", done
