"""bench/guard compares what two builds count: above the bound it fails, and says of what."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASE = {"entities, news": 1_000_000, "broker, 128 bytes, own": 9_000}


@pytest.fixture
def compare(tmp_path):
    def run(here, *most):
        (tmp_path / "base.json").write_text(json.dumps(BASE))
        (tmp_path / "here.json").write_text(json.dumps(here))
        return subprocess.run([ROOT / "bench/guard", "--compare", tmp_path / "base.json", tmp_path / "here.json", *most], capture_output=True, text=True)
    return run


def test_two_per_cent_more_pass_and_four_fail_by_name(compare):
    done = compare({**BASE, "entities, news": 1_020_000})
    assert done.returncode == 0, done.stdout
    assert "+2.00%" in done.stdout
    done = compare({**BASE, "entities, news": 1_040_000})
    assert done.returncode == 1, done.stdout
    assert "more than 3 % more instructions: entities, news\n" in done.stdout
    assert "callgrind_annotate" in done.stdout


def test_less_never_fails_and_does_not_make_up_for_more(compare):
    assert compare({name: n // 2 for name, n in BASE.items()}).returncode == 0
    assert compare({"entities, news": 500_000, "broker, 128 bytes, own": 9_500}).returncode == 1


def test_the_bound_can_be_another(compare):
    assert compare({**BASE, "entities, news": 1_040_000}, "5").returncode == 0
    assert compare({**BASE, "entities, news": 1_020_000}, "1").returncode == 1


def test_a_case_that_only_one_has_is_told_and_not_compared(compare):
    done = compare({**BASE, "lua, news": 5})
    assert done.returncode == 0
    assert "not compared" in done.stdout
    assert compare({"lua, news": 5}).returncode == 2
