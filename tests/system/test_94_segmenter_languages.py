"""Sentences and tokens of other languages than English, chosen by the client's `lang` or by the language that was found."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import Daemon

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TEXTD_BUILD", ROOT / "build"))
TRAIN = BUILD / "libexec/textd/segmenter-train"

# Sentences a line, "|" between tokens that no blank parts.
TEXTS = {
    "de": ["Am 3. Mai kam Dr. Weber nach Köln|.", "Er brachte Brot|, Käse usw. mit und blieb|, z.B. in der Küche|, lange|."],
    "fr": ["M. Petit l'|ignore|.", "L'|homme n'|est pas venu aujourd'hui|.", "Où est|-il allé ?"],
    "es": ["El Sr. Ruiz llegó tarde|.", "¿|Quién va a unir|se a nosotros|?", "Nadie lo sabe|."],
    "it": ["L'|amica dell'|avvocato è partita|.", "Il treno va a|i monti|.", "Chi è venuto|?"],
    "pt": ["O Sr. Lopes foi a|o mercado|.", "Comprou pão do dia e voltou|."],
    "nl": ["De auto's staan buiten|.", "Dhr. De Vries kocht o.a. brood en melk|.", "Hij ging naar huis|."],
    "sv": ["Hon köpte t.ex. mjölk|.", "Dr. Berg såg bussen|.", "Ingen såg den|."],
    "pl": ["W 1999 r|. pociąg nie przyjechał|.", "Mieszkał przy ul|. Polnej|.", "Nikt o tym nie wie|."],
    "cs": ["Dne 3|. května přišel dr|. Novák|.", "Nikdo ho neviděl|."],
    "ru": ["В 1999 г. поезд не пришёл|.", "Кто это видел|?", "Никто|."],
    "tr": ["Ankara'da kar yağdı|.", "Okul 3. sokakta var|dır|.", "Kimse gelmedi|."],
    "zh": ["我|的|朋友|今天|没有|来|。", "他|去|了|北京|。"],
    "ja": ["私|は|昨日|学校|へ|行っ|た|。", "友達|は|来|なかっ|た|。"],
    "ko": ["나는 어제 학교에 갔다|.", "친구는 오지 않았다|."],
    "ar": ["وصل القطار صباحا|.", "و|قال الرجل إن|ه سعيد|.", "هل رأيت|ه|؟"],
    "hi": ["राम कल स्कूल गया|।", "वह बहुत खुश था|।"],
}


def segmented(client, text, also=(), **keys):
    """What was found, written as TEXTS is."""
    result = client.result(text, "segmenter", plugins=[*also, "segmenter"], options={"segmenter": {"tokens": True}}, **keys)
    lines, raw = [], text.encode()
    for start, end in result["sentences"]:
        tokens = [t for t in result["tokens"] if start <= t[0] and t[1] <= end]
        line = ""
        for (_, before), (first, last) in zip([[start, start], *tokens], tokens):
            line += ("" if first == start else " " if before < first else "|") + raw[first:last].decode()
        lines.append(line)
    return lines


@pytest.mark.parametrize("lang", TEXTS)
def test_a_language_has_sentences_and_tokens_of_its_own(segmenter, lang):
    blank = "" if lang in ("zh", "ja") else " "
    assert segmented(segmenter, blank.join(TEXTS[lang]).replace("|", ""), lang=lang) == TEXTS[lang]


def test_the_language_that_is_found_picks_the_model(segmenter):
    german = " ".join(TEXTS["de"])
    text = german.replace("|", "")
    segments = segmented(segmenter, text, also=["language"])
    assert segments == TEXTS["de"]
    assert segmented(segmenter, text, lang="en", also=["language"]) != TEXTS["de"], "what the client says wins"
    mixed = "The ferry didn't leave at noon.\n\nAm 3. Mai wurde die neue Brücke über den Fluss eröffnet.\n"
    assert segmented(segmenter, mixed, also=["language"]) == ["The ferry did|n't leave at noon|.",
                                                              "Am 3. Mai wurde die neue Brücke über den Fluss eröffnet|."]


@pytest.fixture(scope="module")
def segmenter():
    daemon = Daemon({}, (), None, True, None)
    yield daemon.client()
    daemon.clean_up()


def test_the_trainer_makes_the_same_model_again(tmp_path):
    with (tmp_path / "a.jsonl").open("w") as out:
        for number in range(30):
            text = "Am 3. Mai kam sie, z.B. mit Brot. Er blieb. "
            spans = [[0, 33], [34, 43]]
            tokens = [[0, 2], [3, 5], [6, 9], [10, 13], [14, 17], [17, 18], [19, 23], [24, 27], [28, 32], [32, 33], [34, 36], [37, 42], [42, 43]]
            out.write(json.dumps({"id": str(number), "text": text, "sentences": spans, "tokens": tokens}) + "\n")
    models = [tmp_path / "1.model", tmp_path / "2.model"]
    for model in models:
        subprocess.run([TRAIN, "train", "--language", "de", "--out", model, tmp_path / "a.jsonl"], check=True, capture_output=True)
    assert models[0].read_bytes() == models[1].read_bytes()
    done = subprocess.run([TRAIN, "evaluate", "--model", models[0], tmp_path / "a.jsonl"], check=True, capture_output=True, text=True)
    assert "tokens F1 100.00" in " ".join(done.stdout.split()), done.stdout


def test_a_language_without_a_model_cannot_be_trained(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "a", "sentences": [[0, 1]], "tokens": [[0, 1]]}\n')
    done = subprocess.run([TRAIN, "train", "--language", "xx", "--out", tmp_path / "m", tmp_path / "a.jsonl"], capture_output=True, text=True)
    assert done.returncode == 1 and '"xx" is no language' in done.stderr
    assert not (tmp_path / "m").exists()
