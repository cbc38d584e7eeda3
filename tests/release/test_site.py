"""The documentation's site (docs/site/build): ours is whole, and what is wrong with a page is told."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("cmark-gfm"), reason="needs cmark-gfm")


def build(root, folder):
    return subprocess.run([root / "docs/site/build", folder], capture_output=True, text=True)


@pytest.fixture
def pages(tmp_path):
    """A repository of two pages; gives the way to write one, and its root."""
    root = tmp_path / "repository"
    shutil.copytree(ROOT / "docs/site", root / "docs/site")
    (root / "README.md").write_text("# a tool\n\n## Documentation\n\n- [more](docs/more.md): all of it\n")
    (root / "docs/more.md").write_text("# More\n")
    return root


def test_every_page_is_there_and_every_link_leads_somewhere(tmp_path):
    made = build(ROOT, tmp_path / "site")
    assert made.returncode == 0, made.stderr
    written = sorted(tmp_path.glob("site/**/*.html"))
    assert len(written) > 25
    for page in written:
        text = page.read_text()
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids)), page
        for target in re.findall(r'(?:href|src)="([^":]+)"', text):
            path, _, anchor = target.partition("#")
            goal = (page.parent / path).resolve() if path else page
            assert goal.is_file(), f"{page}: {target}"
            assert not anchor or f'id="{anchor}"' in goal.read_text(), f"{page}: {target}"


def test_no_page_of_the_documentation_is_left_out_of_the_list():
    listed = (ROOT / "README.md").read_text().split("## Documentation", 1)[1]
    for page in [*ROOT.glob("docs/*.md"), *ROOT.glob("plugins/**/README.md"), *ROOT.glob("clients/*/README.md")]:
        assert f"({page.relative_to(ROOT)})" in listed, f"README.md's Documentation doesn't list {page.relative_to(ROOT)}"


@pytest.mark.parametrize("line, words", [
    ("[a](gone.md)", "there is no file docs/gone.md"),
    ("[a](../README.md#nothing)", "there is no heading '#nothing' in README.md"),
    ("[a](unlisted.md)", "README.md doesn't list docs/unlisted.md"),
])
def test_a_link_that_leads_nowhere_is_told_and_nothing_is_written(pages, tmp_path, line, words):
    (pages / "docs/unlisted.md").write_text("# Unlisted\n")
    (pages / "docs/more.md").write_text(f"# More\n\n{line}\n")
    made = build(pages, tmp_path / "site")
    assert made.returncode == 1 and words in made.stderr and "docs/more.md" in made.stderr
    assert not (tmp_path / "site").exists()


def test_headings_of_the_same_words_have_anchors_of_their_own(pages, tmp_path):
    (pages / "docs/more.md").write_text("# More\n\n## What `it` takes\n\n## What it takes\n\n[second](#what-it-takes-1)\n")
    made = build(pages, tmp_path / "site")
    assert made.returncode == 0, made.stderr
    assert re.findall(r' id="([^"]+)"', (tmp_path / "site/docs/more.html").read_text()) == ["more", "what-it-takes", "what-it-takes-1"]


def test_a_folder_with_something_else_in_it_is_left_alone(pages, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter").write_text("dear")
    made = build(pages, tmp_path / "mine")
    assert made.returncode == 73 and "is no site" in made.stderr
    assert (tmp_path / "mine/letter").read_text() == "dear"
