"""The sentiment plugin through the daemon: its options and its explanation; and its trainer and model."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
TRAIN = BUILD / "libexec/textd/sentiment-train"
SEGMENTER = ROOT / "plugins/segmenter/segmenter.model"
SHIPPED = ROOT / "plugins/sentiment/sentiment.model"
TEXT = "The screen of the Lumo is wonderful. The keyboard is not good, and the support was horrible."


def ask(daemon, text=TEXT, **options):
    return daemon.client().ask(text, plugins=["sentiment"], options={"sentiment": options})["results"]["sentiment"]


def test_each_level_returns_what_it_says(textd):
    daemon = textd({})
    assert "sentences" not in ask(daemon, level="document")
    result = ask(daemon, level="sentence")
    assert [s["label"] for s in result["sentences"]] == ["positive", "negative"]
    assert all(0 < s["confidence"] <= 1 for s in result["sentences"]) and 0 < result["confidence"] <= 1


def test_explain_names_spans_and_rules(textd):
    reasons = ask(textd({}), explain=True)["reasons"]
    told = {TEXT[r["start"]:r["end"]]: r for r in reasons}
    assert any("wonderful" in words and r["contribution"] > 0 for words, r in told.items())
    assert any("horrible" in words and r["contribution"] < 0 for words, r in told.items())
    assert any(words.startswith("good") and "negated" in r["rules"] for words, r in told.items())


def test_domain_and_thresholds_are_taken_per_request(textd):
    daemon = textd({})
    for domain in ("social", "review", "news"):
        assert ask(daemon, domain=domain)["domain"] == domain
    assert ask(daemon, "It is bad.", threshold=1.0)["label"] == "neutral"
    assert ask(daemon, "It is bad.", threshold=1.0, negative_threshold=-0.05)["label"] == "negative"
    error = daemon.client().error(TEXT, options={"sentiment": {"domain": "poetry"}})
    assert error["code"] == "BAD_OPTION" and "social" in error["message"]


def test_the_operators_words_are_checked_and_count(textd, tmp_path):
    folder = tmp_path / "plugins"
    shutil.copytree(BUILD / "lib/textd/plugins", folder)
    shutil.copytree(BUILD / "share/textd/models/sentiment", folder / "sentiment")
    words = folder / "sentiment/words.txt"
    words.write_text("zorgle\t0.9\n")
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "segmenter"}, {"name": "sentiment", "options": {"words": "words.txt"}}]})
    assert ask(daemon, "It is zorgle.")["label"] == "positive"
    words.write_text("zorgle\t0.9\nsnurf 1\n")
    refused = daemon.control(op="plugin.reload")
    assert not refused["ok"] and "words.txt:2: 'snurf 1' has no tab" in refused["error"]["message"], refused
    assert ask(daemon, "It is zorgle.")["label"] == "positive"  # what runs keeps running


def score(*args):
    return subprocess.run([TRAIN, "evaluate", "--segmenter", SEGMENTER, "--model", *map(str, args)], capture_output=True, text=True)


def test_the_trainer_scores_and_names_what_is_wrong(tmp_path):
    texts = tmp_path / "a.jsonl"
    rows = [("I love it, it is wonderful.", 0.8, "positive"), ("A horrible waste of money.", -0.8, "negative"), ("It is on Monday.", 0, "neutral")]
    texts.write_text("".join(json.dumps({"id": str(i), "text": t, "mean": m, "label": n}) + "\n" for i, (t, m, n) in enumerate(rows)))
    done = score(SHIPPED, texts)
    assert done.returncode == 0, done.stderr
    assert float(re.search(r"a\.jsonl +3 +([\d.]+)", done.stdout)[1]) > 0.8, done.stdout
    texts.write_text('{"id": "1", "text": "a", "mean": 0, "label": "good"}\n')
    done = score(SHIPPED, texts)
    assert done.returncode == 1 and 'a.jsonl:1: "label" is "good"' in done.stderr
    done = score(texts, texts)
    assert done.returncode == 1 and "does not start with TDSENTIM" in done.stderr
    assert subprocess.run([TRAIN], capture_output=True).returncode == 2


def test_the_shipped_model_comes_from_its_data(tmp_path):
    data, modules = os.environ.get("TEXTD_SENTIMENT_DATA"), os.environ.get("TEXTD_SENTIMENT_MODULES")
    if not data or not modules:
        pytest.skip("TEXTD_SENTIMENT_DATA and TEXTD_SENTIMENT_MODULES do not name the folders that plugins/sentiment/train/rebuild takes")
    done = subprocess.run([ROOT / "plugins/sentiment/train/rebuild", data, modules, tmp_path / "m"], env={**os.environ, "TRAIN": str(TRAIN)},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m").read_bytes() == SHIPPED.read_bytes()


