"""From nothing to a plugin that is loaded: `textctl plugin new`, make, make test, `textctl plugin load`, with nothing but what is installed."""

import json
import os
import re
import shutil
import subprocess
import time

import pytest

from conftest import BUILD, SLOW, Daemon, environment, plugins

TOOLS = {"c": ["cmake", "make", "cc"], "c++": ["cmake", "make", "c++"], "rust": ["cargo", "rustc", "make", "cc", "pkg-config"]}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """textd installed where nothing else is."""
    stage = tmp_path_factory.mktemp("stage")
    subprocess.run(["cmake", "--install", str(BUILD), "--prefix", "/opt/textd"], env={**os.environ, "DESTDIR": str(stage)}, check=True,
                   stdout=subprocess.DEVNULL)
    return stage / "opt/textd"


@pytest.fixture
def run(prefix, tmp_path):
    """run(COMMAND...) in a folder of its own, with the installed programs; tells how long it took, and must succeed."""

    def run(*command, code=0, folder=tmp_path, **variables):
        begin = time.monotonic()
        done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=60 * SLOW,
                              env=environment(PATH=f"{prefix}/bin:{os.environ['PATH']}", PREFIX=str(prefix), **variables))
        print(f"{time.monotonic() - begin:6.2f} s  {' '.join(map(str, command))}")
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr if code else done.stdout + done.stderr

    return run


def files_of(folder):
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("language", ["c", "c++", "rust"])
def test_from_nothing_to_a_plugin_that_serves(run, prefix, tmp_path, language):
    missing = [tool for tool in TOOLS[language] if not shutil.which(tool)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} isn't installed (Debian: cmake, make, gcc, g++, rustc, cargo, pkg-config)")
    # A name that is a word of CMake, of C, of C++ and of Rust.
    name = {"c": "my-plugin", "c++": "test", "rust": "do"}[language]
    assert f"{name}, a plugin in " in run("textctl", "plugin", "new", name, "--lang", language)
    project = tmp_path / name
    made = files_of(project)
    assert {"README.md", "words.txt", "test/run", ".gitignore", ".github/workflows/ci.yml"} <= made.keys()
    assert not [file for file, text in made.items() if re.search("@[A-Z]+@", file + text)]
    assert "warning" not in run("make", folder=project).lower()
    assert f"{name}: as expected" in run("make", "test", folder=project, TEXTD_ENDPOINTS="tcp://127.0.0.1:*", TEXTD_WORKERS_COUNT="many"), "the daemon's own settings"
    assert run("make", "check", "CHECK=--quick", folder=project).endswith("clean\n")
    run("make", "install", folder=project)
    installed = prefix / "lib/textd/plugins"
    assert (installed / f"{name}.so").exists() and (installed / name / "words.txt").read_text() == made["words.txt"]
    daemon = Daemon(plugins("segmenter", directory=project / "build", workers=1))
    try:
        run("textctl", "plugin", "load", name, "-c", daemon.control_endpoint)
        (tmp_path / "text").write_text("Ça a été a great, splendid day.")
        line = run("textctl", "annotate", "--plugins", name, "-o", f"{name}.min=6", "--offsets", "codepoint", "--json", "text", "-e", daemon.endpoint)
        assert json.loads(line)["results"] == {name: {"count": 1, "found": [[18, 26]]}}
        # A test of its own must be one: it fails when the list isn't what it was.
        (project / "words.txt").write_text("great\n")
        assert "expected" in run("make", "test", folder=project, code=2)
    finally:
        daemon.clean_up()


def test_nothing_is_overwritten(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/plugin.c").write_text("// mine")
    assert "mine is there already, and nothing was written; name another folder: --dir DIR" in run("textctl", "plugin", "new", "mine", code=1)
    assert files_of(tmp_path / "mine") == {"plugin.c": "// mine"}
    assert "can't make none/mine: No such file or directory" in run("textctl", "plugin", "new", "mine", "--dir", "none/mine", code=1)
    run("textctl", "plugin", "new", "mine", "--dir", "yours")
    assert '"mine"' in (tmp_path / "yours/plugin.c").read_text()


@pytest.mark.parametrize("name", ["My-plugin", "1st", "-x", "a b", "", "../up", "a" * 32, "ünter"])
def test_a_name_that_textd_would_refuse_is_refused(run, tmp_path, name):
    words = run("textctl", "plugin", "new", "--", name, code=2)
    assert f"a plugin can't be called '{name}'" in words and "[a-z][a-z0-9_-]* of at most 31 bytes" in words
    assert list(tmp_path.iterdir()) == []


def test_without_the_templates_it_says_what_is_missing(run, prefix, tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(prefix / "bin/textctl", tmp_path / "bin")
    lib, = prefix.glob("lib*/**/libtextd.so.0")
    os.symlink(lib.parents[0], tmp_path / lib.relative_to(prefix).parts[0])
    words = run(tmp_path / "bin/textctl", "plugin", "new", "mine", code=1)
    assert "the templates aren't installed: there is no " in words and "libtextd-dev" in words
    assert not (tmp_path / "mine").exists()


def test_what_cannot_be_written_leaves_nothing(run, prefix, tmp_path):
    (prefix / "share/textd/template/rust/loop").symlink_to("loop")  # nothing that could be copied
    try:
        assert "template/rust/loop" in run("textctl", "plugin", "new", "mine", "--lang", "rust", code=1)
    finally:
        (prefix / "share/textd/template/rust/loop").unlink()
    assert list(tmp_path.iterdir()) == []
