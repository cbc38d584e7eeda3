"""The project as a whole: its types, its package, its page, and what it shares with the daemon."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from pathlib import Path

import pytest
import textd
from conftest import PROJECT, ROOT
from textd._errors import BY_CODE

SOURCES = sorted(path.name for path in (PROJECT / "src/textd").iterdir() if path.name != "__pycache__")


def test_every_code_of_the_protocol_has_its_class():
    page = (ROOT / "docs/protocol.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z_0-9]+)` \| (yes|no) \|", page, re.M))
    assert told.keys() == BY_CODE.keys() and len(told) > 10
    for code, kind in BY_CODE.items():
        assert kind.retryable == (told[code] == "yes"), code
        assert getattr(textd, kind.__name__) is kind and kind.__name__.lower() == code.replace("_", "").lower()


def test_the_version_is_the_daemons():
    header = (ROOT / "include/textd/version.h").read_text()
    assert f'#define TEXTD_VERSION "{textd.__version__}"' in header


def test_the_licence_is_the_projects():
    assert (PROJECT / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_types_are_right_and_a_user_learns_from_them(tmp_path):
    """All of ours are strict, and a user's own type checker finds two mistakes in this."""
    (tmp_path / "user.py").write_text("""
from typing import List, Optional
import textd

def names(c: textd.Client, texts: List[str]) -> List[str]:
    return [e.text for doc in c.annotate_many(texts, window=8) for e in doc.entities]

def score(c: textd.Client) -> float:
    sentiment = c.annotate("x").sentiment
    return sentiment.score or 0.0 if sentiment else 0.0

async def wrong(c: textd.AsyncClient) -> None:
    async for doc in c.annotate_many(["x"]):
        doc.entitys
    (await c.annotate("x")).sentiment.score
""")
    command = [sys.executable, "-m", "mypy", "--cache-dir=/dev/null", "--strict", "--config-file", str(PROJECT / "pyproject.toml"), "src/textd", str(tmp_path / "user.py")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    found = [line.split(": ", 1)[1] for line in done.stdout.splitlines() if ": error: " in line]
    assert len(found) == 2 and "entitys" in found[0] and "None" in found[1], done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Built from a copy of what git has, below a .gitignore that hides much, without a network."""
    out = tmp_path_factory.mktemp("built")
    project = out / "above/clients/python"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "dist", "build", ".*"))
    (out / "above/.gitignore").write_text("*.typed\n/clients/python/src/\ntesting.py\nREADME.md\n_*.py\n")
    (out / "above/.git").mkdir()
    done = subprocess.run([sys.executable, "-m", "build", "--no-isolation", "-x", "--outdir", str(out), str(project)], capture_output=True, text=True,
                          cwd=out, env={**os.environ, "PIP_NO_INDEX": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_the_wheel_has_all_that_it_should(built):
    wheel, = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.name == f"textd-{textd.__version__}-py3-none-any.whl"
    assert sorted(name for name in names if name.startswith("textd/")) == [f"textd/{name}" for name in SOURCES]
    assert "py.typed" in SOURCES
    info = f"textd-{textd.__version__}.dist-info"
    assert {name for name in names if name.startswith(info)} == {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    assert {name.split("/")[0] for name in names} == {"textd", info}


def test_the_source_distribution_has_all_that_it_should(built):
    sdist, = built.glob("*.tar.gz")
    names = {name.split("/", 1)[1] for name in tarfile.open(sdist).getnames()}
    assert {f"src/textd/{name}" for name in SOURCES} | {"README.md", "LICENSE", "pyproject.toml", "tests/conftest.py", "PKG-INFO"} <= names


def test_the_wheel_works(built, textd_daemon, tmp_path):
    wheel, = built.glob("*.whl")
    code = "import textd; assert 'site' in textd.__file__; print(textd.Client().annotate('I love it.').sentiment.label)"
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "TEXTD_ENDPOINT": textd_daemon.endpoint},
                          capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == "positive\n", done.stderr


# ---- The page ----

EXAMPLES = re.findall(r"^```python\n(.*?)^```", (PROJECT / "README.md").read_text(), re.M | re.S)


def test_the_page_has_examples():
    assert len(EXAMPLES) > 8 and len(EXAMPLES[0].splitlines()) <= 8


@pytest.mark.parametrize("code", EXAMPLES, ids=[textwrap.shorten(code, 30) for code in EXAMPLES])
def test_an_example_works(code, textd_daemon, tmp_path):
    env = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "TEXTD_ENDPOINT": textd_daemon.endpoint}
    compile(code, "README.md", "exec")
    if "def test_" in code:
        (tmp_path / "conftest.py").write_text('pytest_plugins = ["textd.testing"]\n')
        (tmp_path / "test_it.py").write_text(code)
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    else:
        command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    missing = re.search(r"ModuleNotFoundError: No module named '(fastapi|flask)'", done.stderr)
    assert done.returncode == 0 or missing, done.stdout + done.stderr


def test_modules_are_short():
    """Nobody reads a file of a thousand lines."""
    for path in (PROJECT / "src/textd").glob("*.py"):
        lines = path.read_text().splitlines()
        assert len(lines) < 500, path
        assert Path(path).read_text().startswith(('"""', "__version__")), f"{path}: says first what it is for"
