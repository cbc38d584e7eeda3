"""The tarball (scripts/dist), made of a small repository with the real script in it."""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def git(root, *words):
    subprocess.run(["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@example.org", *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "textd"
    (root / "scripts").mkdir(parents=True)
    (root / "include/textd").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/dist", root / "scripts")
    shutil.copy(ROOT / "include/textd/version.h", root / "include/textd")
    shutil.copy(ROOT / ".gitignore", root)
    git(root.parent, "init", "-q", root)
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "all")
    return root


def dist(root):
    return subprocess.run([root / "scripts/dist"], capture_output=True, text=True)


def test_two_checkouts_of_a_commit_give_the_same_bytes(repository, tmp_path):
    git(tmp_path, "clone", "-q", repository, tmp_path / "other")
    (tmp_path / "other/scripts/dist").chmod(0o700)
    sums = [dist(root).stdout for root in (repository, tmp_path / "other")]
    assert sums[0] == sums[1] and sums[0].endswith(".tar.gz\n")
    made, = (repository / "build/dist").glob("textd-*.tar.gz")
    assert sums[0].split()[0] == hashlib.sha256(made.read_bytes()).hexdigest()
    assert (repository / "build/dist/SHA256SUMS").read_text() == sums[0]
    with tarfile.open(made) as tar:
        top = made.name.removesuffix(".tar.gz")
        assert {m.name for m in tar if m.isfile()} == {f"{top}/{p}" for p in (".gitignore", "include/textd/version.h", "scripts/dist")}
        assert not any(m.mode & 0o022 for m in tar)


def test_what_is_not_committed_is_in_no_tarball(repository):
    (repository / "notes").write_text("later")
    made = dist(repository)
    assert made.returncode == 65 and "not all is committed" in made.stderr
    assert not (repository / "build/dist").exists()


def test_outside_a_checkout_it_says_so(repository):
    shutil.rmtree(repository / ".git")
    made = dist(repository)
    assert made.returncode == 69 and "no checkout" in made.stderr
