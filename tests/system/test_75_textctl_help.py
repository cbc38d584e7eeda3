"""textctl's help: every page comes from one table, its examples are real, and what is nearly right is known."""

import json
import os
import re
import subprocess

import pytest

from conftest import BIN, ROOT, SLOW, Daemon, environment

TEXTCTL = str(BIN / "textctl")


def textctl(*args, **options):
    return subprocess.run([TEXTCTL, *args], capture_output=True, text=True, timeout=30 * SLOW, env=environment(), **options)


def listed():
    return re.findall(r"^  ([a-z-]+) ", textctl("help").stdout, re.M)


def acts():
    """The acts of plugin that are commands themselves, each as "plugin ACT"."""
    page = textctl("plugin", "--help").stdout
    words = re.findall(r"textctl plugin ([a-z]+)", page.split("\n\n")[0])
    assert "load" in words
    return [f"plugin {word}" for word in words if textctl("plugin", word, "--help").stdout != page]


def examples(command):
    page = textctl(*command.split(), "--help").stdout
    lines = page.split("\nExamples:\n")[1].split("\n\n")[0].splitlines()
    return [re.split(r"  +", line.strip())[0] for line in lines if not line.startswith("    ")]


COMMANDS = listed()
ACTS = acts()
EXAMPLES = [line for command in COMMANDS + ACTS for line in examples(command)]


def test_the_list_has_every_command_on_one_screen():
    page = textctl("help").stdout
    assert {"annotate", "ping", "describe", "status", "plugin", "train"} <= set(COMMANDS)
    assert len(page.splitlines()) <= 24 and max(map(len, page.splitlines())) <= 80
    assert page == textctl("--help").stdout == textctl("-h").stdout == textctl("help", "help").stdout


@pytest.mark.parametrize("command", COMMANDS + ACTS)
def test_each_command_has_a_page_with_examples_and_exit_codes(command):
    page = textctl(*command.split(), "--help")
    assert page.returncode == 0 and page.stdout.startswith(f"usage: textctl {command}")
    assert "Examples:\n  " in page.stdout and "Exit codes: 0" in page.stdout
    assert len(page.stdout.splitlines()) <= 60
    assert max(map(len, page.stdout.splitlines())) <= 84
    assert textctl("help", *command.split()).stdout == page.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A daemon, and a folder with the files that the examples name."""
    folder = tmp_path_factory.mktemp("examples")
    for name in ("review", "news", "post"):
        (folder / f"{name}.txt").write_text((ROOT / f"docs/examples/{name}.txt").read_text())
    texts = ["Acme Corp. paid $3 million.", "The room was clean. The staff were lovely!", "I hated it."]
    (folder / "reviews.jsonl").write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in enumerate(texts)))
    (folder / "pages.jsonl").write_text("".join(json.dumps({"url": str(i), "body": t}) + "\n" for i, t in enumerate(texts)))
    noted = [{"id": str(i), "text": "Acme paid Ada.", "entities": [{"start": 0, "end": 4, "type": "ORG"}, {"start": 10, "end": 13, "type": "PERSON"}]}
             for i in range(4)]
    for name in ("notes", "dev"):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(note) + "\n" for note in noted))
    plugins = folder / "plugins"
    plugins.mkdir()
    (plugins / "shout.so").write_bytes((BIN.parent / "tests/plugins/good/echo.so").read_bytes())
    (plugins / "lua").mkdir()
    (plugins / "lua/count.lua").write_text("return {}")
    for args in (("keygen", "team"), ("sign", "--key", "team.sec", "plugins/shout.so")):
        subprocess.run([TEXTCTL, "plugin", *args], cwd=folder, check=True)
    daemon = Daemon({"plugin_dirs": [str(plugins)], "plugins": [{"name": "segmenter"}, {"name": "sentiment"}], "workers": {"count": 1}})
    yield daemon, folder
    daemon.clean_up()


# jq may be missing; what it does in the examples is done here, or nothing depends on it.
JQ = """#!/usr/bin/env python3
import json, sys
if "{id: .url" in " ".join(sys.argv):
    for line in sys.stdin:
        print(json.dumps({"id": json.loads(line)["url"], "text": json.loads(line)["body"]}))
else:
    json.loads(sys.stdin.read().splitlines()[0])
"""
LAST = ("drain", "shutdown")  # the daemon is of less use behind them
ENDLESS = ("events",)  # until somebody stops them
MODELS = ("train", "evaluate")  # the trainer's own tests run them: here it is enough that they start
ELSEWHERE = ("nats",)  # tests/nats has a server to look at: here there is none, or no textd-nats


@pytest.mark.parametrize("line", sorted(EXAMPLES, key=lambda line: line.split()[1] in LAST))
def test_each_example_does_what_it_says(place, line):
    daemon, folder = place
    command = line.split("textctl ", 1)[1].split()[0]
    tools = folder / "bin"
    if not tools.exists():
        tools.mkdir()
        (tools / "textctl").symlink_to(TEXTCTL)
        (tools / "jq").write_text("#!/usr/bin/python3\n" + JQ.split("\n", 1)[1])
        (tools / "jq").chmod(0o755)
    if "pipe sink" in line:  # until somebody ends it, once it listens
        line = line.replace("tcp://127.0.0.1:7413", f"ipc://{folder}/sink").replace("textctl", "exec textctl")
        line += f" & for i in $(seq 500); do [ -S {folder}/sink ] && break; sleep 0.01; done; kill $!; wait $!"
    end = " --timeout 100ms -c ipc:///tmp/textd-nobody/control.sock" if command in ENDLESS else ""
    if command == "bench":
        end = " --warm-up 1ms" + ("" if "--documents" in line else " --duration 100ms")
    reads_file = re.search(r"\b(\w+\.jsonl) \| textctl", line)
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line + end], cwd=folder, capture_output=True, text=True, timeout=30 * SLOW,
                          stdin=open(folder / reads_file[1]) if reads_file else subprocess.DEVNULL,
                          env={**environment(RUNTIME_DIRECTORY=str(daemon.run)), "PATH": f"{tools}:{os.environ['PATH']}"})
    if command in ENDLESS:
        assert done.returncode == 69, done.stderr  # it was understood, and looked for a daemon
    elif command in ELSEWHERE:
        assert done.returncode in (2, 69), done.stderr
    elif command in MODELS:
        assert done.returncode in (0, 1), done.stderr  # such small files are not worth learning from
    else:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("args, meant", [
    (["anotate"], "did you mean 'annotate'?"),
    (["stats"], "did you mean 'status'?"),
    (["pnig"], "did you mean 'ping'?"),
    (["tpo"], "did you mean 'top'?"),
    (["anno"], "did you mean 'annotate'?"),
    (["stop"], "did you mean 'shutdown'?"),
    (["laod"], "did you mean 'plugin load'?"),
    (["load"], "did you mean 'plugin load'?"),
    (["help", "plugn"], "did you mean 'plugin'?"),
    (["plugin", "laod", "x"], "did you mean 'load'?"),
    (["plugin", "nwe"], "did you mean 'new'?"),
    (["plugin", "scaffold", "x"], "did you mean 'new'?"),
    (["plugin", "new", "--lnag=c", "x"], "plugin new has no option --lnag; did you mean '--lang'?"),
    (["workers", "restrat"], "did you mean 'restart'?"),
    (["annotate", "--in-fligth", "3", "f"], "did you mean '--in-flight'?"),
    (["annotate", "--pluginz=a", "f"], "did you mean '--plugins'?"),
    (["status", "--jsno"], "did you mean '--json'?"),
])
def test_what_is_nearly_right_is_known(args, meant):
    done = textctl(*args)
    assert done.returncode == 2 and meant in done.stderr and done.stdout == "", done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("args, words", [
    (["xyzzy"], "there is no command 'xyzzy'; textctl help lists them"),
    (["--json"], "stands where a command should"),
    (["plugin", "frobnicate"], "plugin has no 'frobnicate'; it takes list, or one of"),
    (["plugin", "load"], "plugin load takes NAME"),
    (["plugin", "list", "x"], "plugin list takes no words"),
    (["plugin", "--json", "new", "x"], "plugin new takes its options behind it: textctl plugin new NAME"),
    (["plugin", "new"], "plugin new takes a NAME"),
    (["plugin", "new", "x", "--lang", "cobol"], "--lang is 'cobol'; it must be c, c++ or rust"),
    (["annotate", "-z", "f"], "annotate has no option -z"),
    (["annotate", "--nonsense", "f"], "annotate has no option --nonsense; see textctl annotate --help"),
    (["annotate", "--p=a", "f"], "could be several options"),
    (["annotate", "--json=1", "f"], "--json takes no value"),
    (["annotate", "f", "--lang"], "--lang needs a value"),
    (["events", "--once"], "events has no option --once"),
])
def test_what_is_far_from_right_gets_no_guess(args, words):
    done = textctl(*args)
    assert done.returncode == 2 and words in done.stderr and "did you mean" not in done.stderr, done.stderr


def test_a_beginning_of_an_option_is_enough_and_options_may_stand_behind_words():
    done = textctl("ping", "--time", "100ms", "--endp=ipc:///tmp/textd-nobody/textd.sock")
    assert done.returncode == 69
    done = textctl("annotate", "f", "--timeout=100ms", "-e", "ipc:///tmp/textd-nobody/textd.sock")
    assert done.returncode == 69
