"""The manual pages and the shells' completions say what textctl and textd take: they are made from the same tables, and nothing
of it is lost on the way."""

import os
import re
import shutil
import subprocess

import pytest

from conftest import BIN, BUILD, ROOT, SLOW, environment, wait_for

MADE = BUILD / "docs/man/made"
COMMANDS = re.findall(r"^  ([a-z-]+)  ", subprocess.run([str(BIN / "textctl"), "help"], capture_output=True, text=True).stdout, re.M)

ACTS = [f"plugin {word}" for word in ("new", "keygen", "sign", "verify")]


def words(text):
    return " ".join(re.sub("\u2010\n *", "", text).replace("\u2010", "-").split())


@pytest.fixture(scope="module")
def page():
    if not shutil.which("scdoc") or not shutil.which("groff"):
        pytest.skip("scdoc or nroff isn't installed (Debian: scdoc, groff-base)")
    pages = {}

    def render(name):
        if name not in pages:
            text = "\n".join(["'\\\" t", ".nh", ".ad l", (MADE / "man" / name).read_text()])
            done = subprocess.run(["groff", "-Kutf8", "-man", "-Tutf8", "-P-c", "-rLL=2000n"], input=text, capture_output=True, text=True)
            assert done.returncode == 0 and not done.stderr, done.stderr
            pages[name] = words(re.sub("\x1b\\[[0-9;]*m|.\b", "", done.stdout))
        return pages[name]

    return render


def help_of(*command):
    return subprocess.run([*map(str, command)], env=environment(), capture_output=True, text=True, timeout=20).stdout


def options_of(text):
    """[(option with its value, what it does)] of a page of help."""
    found = re.findall(r"^  ((?:-\w, |    )--.*)\n?((?:^ {20,}.*\n)*)", text, re.M)
    assert found
    for first, rest in found:
        left, _, what = (first + "\n").partition("  ") if "  " in first.strip() else (first, "", "")
        left, what = re.match(r"((?:-\w, )?--[\w-]+(?: [A-Z][\w.,=]*)?)\s*(.*)", first.strip()).groups()
        yield left, words(what + " " + rest)


def test_there_is_a_page_for_each_command_and_it_has_all_that_its_help_says(page):
    assert len(COMMANDS) > 10
    for command in COMMANDS + ACTS:
        text = page(f"textctl-{command.replace(' ', '-')}.1")
        for left, what in options_of(help_of(BIN / "textctl", "help", *command.split())):
            assert f"{left} {what}" in text, command
        assert f"{command} " in page("textctl.1") or command in ACTS
    for act in ACTS:
        assert f"textctl-{act.replace(' ', '-')}(1)" in page("textctl-plugin.1")


def test_the_daemons_page_has_all_that_its_help_says(page):
    for left, what in options_of(help_of(BIN / "textd", "--help")):
        assert f"{left} {what}" in page("textd.8")


def test_the_configurations_page_has_every_setting(page):
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| \w+ \| .*?`(TEXTD_\w+)`", (ROOT / "docs/configuration.md").read_text(), re.M)
    assert len(rows) > 40
    for _, key, variable in rows:
        assert re.search(rf"\b{key}: [^;]*;[^;]*; {variable} ", page("textd.yaml.5")), variable


def complete(*line):
    """What bash offers for the last word."""
    script = f'. {MADE}/textctl.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _textctl; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script, "bash", "textctl", *line], capture_output=True, text=True, cwd=ROOT, timeout=20)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return set(done.stdout.split())


def test_bash_offers_what_can_stand_there():
    assert complete("") == {*COMMANDS, "help", "--version"}
    assert complete("pl") == {"plugin"}
    assert complete("help", "pi") == {"ping", "pipe"}
    assert complete("plugin", "re") == {"reload"}
    assert complete("plugin", "ne") == complete("plugin", "new") == {"new"}
    for command in COMMANDS + ACTS:
        line = command.split()
        assert complete(*line, "--") == set(re.findall(r"^  (?:-\w, |    )(--[\w-]+)", help_of(BIN / "textctl", "help", *line), re.M))
    assert complete("plugin", "new", "x", "--lang", "c") == {"c", "c++"}
    assert complete("annotate", "--offsets", "") == {"byte", "codepoint", "utf16"}
    assert complete("annotate", "--color", "a") == {"auto", "always"}
    assert "README.md" in complete("annotate", "READ")
    assert complete("annotate", "--lang", "") == set()


@pytest.mark.parametrize("shell, file", [("bash", "textctl.bash"), ("zsh", "_textctl"), ("fish", "textctl.fish")])
def test_the_shells_take_the_files(shell, file):
    if not shutil.which(shell):
        pytest.skip(f"{shell} isn't installed")
    done = subprocess.run([shell, "-n", str(MADE / file)], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_fish_offers_the_options_of_a_command_and_of_no_other():
    if not shutil.which("fish"):
        pytest.skip("fish isn't installed")
    lines = "; ".join(f"echo = {command}; complete -C 'textctl {command} --'" for command in COMMANDS + ACTS)
    done = subprocess.run(["fish", "-N", "-c", f"source {MADE}/textctl.fish; {lines}"], capture_output=True, text=True, timeout=20 * SLOW)
    assert done.returncode == 0 and not done.stderr, done.stderr
    for part in done.stdout.split("= ")[1:]:
        command, *offers = part.splitlines()
        wanted = re.findall(r"^  (?:-\w, |    )(--[\w-]+)", help_of(BIN / "textctl", "help", *command.split()), re.M)
        assert {offer.split("\t")[0] for offer in offers} == set(wanted), command


# What each shell reads when it starts, so that it has our completions, a plain prompt, and guesses nothing before Tab.
SHELLS = {
    "bash": (["bash", "--rcfile", "{}/rc", "-i"], "rc", ". {made}/textctl.bash; PS1='$ '"),
    "zsh": (["zsh", "-i"], ".zshrc", "fpath=({made} $fpath); autoload -Uz compinit; compinit -D -u; PS1='$ '"),
    "fish": (["fish", "-i"], ".config/fish/config.fish", "set -g fish_greeting; set -g fish_autosuggestion_enabled 0; "
             "function fish_prompt; echo -n '$ '; end; source {made}/textctl.fish"),
}
TYPED = [("textctl plu", "textctl plugin"), ("textctl plugin ne", "textctl plugin new"), ("textctl plugin --al", "textctl plugin --alone"),
         ("textctl plugin new x --la", "textctl plugin new x --lang"), ("textctl plugin new x --lang r", "textctl plugin new x --lang rust"),
         ("textctl annotate --offsets co", "textctl annotate --offsets codepoint"), ("textctl annotate revi", "textctl annotate review.txt")]


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_as_it_is_typed(shell, tmp_path):
    if not shutil.which(shell) or not shutil.which("tmux"):
        pytest.skip(f"{shell} or tmux isn't installed")
    command, file, text = SHELLS[shell]
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text.format(made=MADE) + "\n")
    (tmp_path / "review.txt").write_text("")
    env = environment(HOME=str(tmp_path), ZDOTDIR=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path / ".config"), XDG_DATA_HOME=str(tmp_path / ".data"),
                      SHELL="/bin/sh", TERM="screen", LC_ALL="C.UTF-8", PATH=f"{BIN}:{os.environ['PATH']}")

    def tmux(*words):
        return subprocess.run(["tmux", "-f", "/dev/null", "-S", str(tmp_path / "tmux"), *words], capture_output=True, text=True, env=env, cwd=tmp_path,
                              timeout=20 * SLOW).stdout

    def last_line():
        return ([line for line in tmux("capture-pane", "-p").splitlines() if line.strip()] or [""])[-1].strip()

    def wait_for_line(line):
        wait_for(f"'{line}' on {shell}'s screen", lambda: last_line() == f"$ {line}".strip())

    tmux("new-session", "-d", "-x", "150", "-y", "50", " ".join(command).format(tmp_path))
    try:
        for typed, meant in TYPED:
            wait_for_line("")
            tmux("send-keys", "-l", typed)
            wait_for_line(typed)  # before Tab there is no more than that
            tmux("send-keys", "Tab")
            wait_for_line(meant)
            tmux("send-keys", "C-u")
    finally:
        tmux("kill-server")
