"""The example plugin `topics`, built by the installed SDK alone: it learns an operator's labels, and says them of documents."""

import json
import random
import shutil
import subprocess

import pytest

from conftest import BUILD, SLOW, Daemon, run_textd

SUBJECTS = {
    "billing": ["the invoice", "my card", "the refund", "a payment", "the subscription fee", "the receipt"],
    "bug": ["the app", "the login page", "the export button", "the new version", "the search", "a crash report"],
    "delivery": ["the parcel", "the courier", "my order", "the tracking number", "the shipment", "the box"],
}
PREDICATES = {
    "billing": ["was charged twice", "shows the wrong amount", "has not been paid back", "is higher than agreed"],
    "bug": ["crashes at start", "shows a blank screen", "hangs after the update", "throws an exception"],
    "delivery": ["has not arrived", "was left in the rain", "went to the wrong street", "is late again"],
}
AROUND = ["Hello, {}.", "{} since Monday, please help.", "Can you look into it? {}.", "Third time this year: {}!"]


def sentence(pick, label):
    return f"{pick.choice(SUBJECTS[label])} {pick.choice(PREDICATES[label])}"


def texts(seed, n, labels=1):
    pick = random.Random(seed)
    for _ in range(n):
        chosen = pick.sample(sorted(SUBJECTS), labels if labels == 1 else pick.randint(0, 2))
        said = " and ".join(sentence(pick, label) for label in chosen) or "thank you for the quick answer"
        yield pick.choice(AROUND).format(said), chosen


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(*words):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120 * SLOW)


class Made:
    """The example, built and installed beside an installed textd."""

    def __init__(self, folder):
        self.prefix, self.folder = folder / "prefix", folder
        for words in (["cmake", "--install", BUILD, "--prefix", self.prefix],
                      ["cmake", "-S", self.prefix / "share/textd/examples/topics", "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                       "-DCMAKE_C_FLAGS=-Werror"],
                      ["cmake", "--build", folder / "build"], ["cmake", "--install", folder / "build"]):
            made = run(*words)
            assert made.returncode == 0, made.stdout + made.stderr
        self.plugins = folder / "plugins"
        (self.plugins / "topics").mkdir(parents=True)
        shutil.copy(next(self.prefix.glob("lib/**/topics.so")), self.plugins)
        self.one, self.many = self.plugins / "topics/topics.model", self.plugins / "topics/many.model"
        self.report = self.train("train", "--out", self.one, "--bits", 12,
                                 write(folder / "one.jsonl", ({"text": t, "label": l[0]} for t, l in texts(1, 120))))
        self.train("train", "--out", self.many, "--bits", 12,
                   write(folder / "many.jsonl", ({"text": t, "labels": l} for t, l in texts(2, 240, labels=2))))

    def textctl(self, command, *words):
        return run(self.prefix / "bin/textctl", command, "topics", *words)

    def train(self, command, *words):
        done = self.textctl(command, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Made(tmp_path_factory.mktemp("topics"))


@pytest.fixture(scope="module")
def client(made):
    instances = [{"name": "topics"}, {"name": "tags", "file": "topics", "options": {"model": "many.model"}}]
    # Two pipelines, since both instances add the same layer.
    daemon = Daemon({"plugin_dirs": [str(made.plugins)], "plugins": instances, "workers": {"count": 1},
                     "pipelines": [{"name": "default", "plugins": ["topics"]}, {"name": "tags", "plugins": ["tags"]}]})
    yield daemon.client()
    daemon.clean_up()


def test_a_text_gets_the_label_that_it_was_taught(made, client):
    right = 0
    for text, labels in texts(3, 60):
        found = client.result(text, "topics")["labels"]
        right += [f["label"] for f in found] == labels
        assert all(f["score"] >= 0.5 for f in found)
    assert right >= 57, f"{right} of 60"


def test_a_text_may_have_several_labels_or_none(client):
    right = 0
    for text, labels in texts(4, 60, labels=2):
        right += sorted(f["label"] for f in client.result(text, "tags", pipeline="tags")["labels"]) == sorted(labels)
    assert right >= 54, f"{right} of 60"


@pytest.mark.parametrize("text", ["", " \n", "!!! ... ???"])
def test_what_has_no_word_has_no_label(client, text):
    assert client.result(text, "topics", options={"topics": {"min_score": 0.01}})["labels"] == []


def test_labels_are_ordered_and_bounded_by_the_request(client):
    text = "Hello, the parcel has not arrived."
    options = {"min_score": 0.0001, "most": 255}
    found = client.result(text, "topics", options={"topics": options})["labels"]
    assert {f["label"] for f in found} == set(SUBJECTS) and found[0]["label"] == "delivery"
    assert [f["score"] for f in found] == sorted((f["score"] for f in found), reverse=True)
    assert abs(sum(f["score"] for f in found) - 1) < 0.001
    assert client.result(text, "topics", options={"topics": {**options, "most": 2}})["labels"] == found[:2]


def test_what_spoke_for_a_label_is_told_as_places_in_the_text(client):
    text = "Grüße: my parcel went to the wrong street."
    result = client.result(text, "topics", options={"topics": {"explain": True}}, offsets="codepoint")
    words = [text[r["start"]:r["end"]] for r in result["reasons"]]
    assert result["labels"][0]["label"] == "delivery" and any("parcel" in w for w in words), words
    assert all(r["contribution"] > 0 for r in result["reasons"])
    assert "reasons" not in client.result("", "topics", options={"topics": {"explain": True}})


def test_evaluation_reports_what_a_model_knows(made):
    held = write(made.folder / "held.jsonl", ({"text": t, "label": l[0]} for t, l in texts(5, 90)))
    for report in (made.report, made.train("evaluate", "--model", made.one, held)):
        rows = {line.split()[0]: line.split()[1:] for line in report.splitlines() if line and not line.startswith("label")}
        assert {"billing", "bug", "delivery", "all"} <= set(rows)
        assert float(rows["all"][3]) > 90, report
    other = write(made.folder / "other.jsonl", [{"text": "my card", "labels": ["billing", "unheard-of"]}])
    assert "1 labels aren't among the model's" in made.train("evaluate", "--model", made.one, other)


def test_the_same_texts_give_the_same_model_and_both_forms_do(made):
    again = made.folder / "again.model"
    lines = (json.loads(line) for line in (made.folder / "one.jsonl").read_text().splitlines())
    (made.folder / "one.txt").write_text("".join(f"__label__{row['label']} {row['text']}\n" for row in lines))
    made.train("train", "--out", again, "--bits", 12, made.folder / "one.txt")
    assert again.read_bytes() == made.one.read_bytes()


@pytest.mark.parametrize("line, words", [
    ("billing: my card", ":2: a line must be an object of JSON, or begin with __label__NAME"),
    ('{"text": "my card", "label": ', ":2: it is no JSON"),
    ('{"label": "billing"}', ':2: it has no "text"'),
    ('{"text": "my card"}', ':2: it must have either "label", a string, or "labels"'),
    ('{"text": "my card", "labels": [1]}', ':2: "labels" must hold strings'),
    ('{"text": "my card", "label": ""}', ":2: a label must have 1 to 63 bytes, not 0"),
    ('{"text": "my card", "label": "rare"}', "'billing' has 1 text: give 5 or more"),
    ('{"text": "my card", "label": "billing"}', "the texts have 1 label, and there is nothing to tell apart"),
])
def test_a_wrong_text_is_named_and_no_model_is_written(made, line, words):
    file = made.folder / "wrong.jsonl"
    file.write_text('{"text": "my card", "label": "billing"}\n' + line + "\n")
    done = made.textctl("train", "--out", made.folder / "wrong.model", file)
    assert done.returncode == 1 and words in done.stderr, done.stderr
    assert not (made.folder / "wrong.model").exists()


@pytest.mark.parametrize("words", [[], ["--out", "m"], ["--bits", "9", "--out", "m", "f"], ["--model", "m", "f"]])
def test_a_wrong_command_line_exits_2(made, words):
    assert made.textctl("train", *words).returncode == 2


def test_a_plugin_that_is_checked_has_no_fault(made):
    done = run(BUILD / "bin/textctl", "plugin", "check", "--quick", made.plugins / "topics.so")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_model_that_is_not_whole_is_refused_with_the_reason(made):
    whole = made.one.read_bytes()
    config = made.folder / "broken.yaml"
    config.write_text(json.dumps({"plugin_dirs": [str(made.plugins)], "plugins": [
        {"name": "topics", "options": {"model": "broken.model"}}]}))
    for bytes_, words in ((whole[:-1], "it was cut"), (whole[:400] + b"\1" + whole[401:], "it was altered"), (b"x" * 99, "it is no model of topics")):
        (made.plugins / "topics/broken.model").write_bytes(bytes_)
        done = run_textd("--check-config", "--config", config)
        assert done.returncode == 78 and words in done.stderr, done.stderr
