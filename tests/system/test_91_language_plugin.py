"""The plugin `language`: what it says of a text, and what it doesn't say."""

import pytest


@pytest.fixture(scope="module")
def client():
    from conftest import Daemon

    daemon = Daemon({"workers": {"count": 1}})
    yield daemon.client()
    daemon.clean_up()


def language(client, text, **more):
    return client.result(text, "language", **more)


ENGLISH = "The harbour was closed on Monday because of the storm, and nobody could say when it would open again. "
GERMAN = "Der Hafen war am Montag wegen des Sturms geschlossen, und niemand konnte sagen, wann er wieder öffnet. "


@pytest.mark.parametrize("code, text", [
    ("en", ENGLISH),
    ("en", "omg i cant believe shes leaving already lol"),
    ("en", "WE ARE CLOSED ON SUNDAYS AND HOLIDAYS"),
    ("de", GERMAN),
    ("fr", "Le port était fermé lundi à cause de la tempête, et personne ne savait quand il rouvrirait."),
    ("es", "El puerto estaba cerrado el lunes por la tormenta y nadie sabía cuándo volvería a abrir."),
    ("nl", "De haven was maandag gesloten vanwege de storm en niemand wist wanneer hij weer open zou gaan."),
    ("ru", "Порт был закрыт в понедельник из-за шторма, и никто не знал, когда он снова откроется."),
    ("uk", "Порт був зачинений у понеділок через шторм, і ніхто не знав, коли він знову відкриється."),
    ("fa", "بندر روز دوشنبه به دلیل طوفان بسته بود و هیچ کس نمی‌دانست چه زمانی دوباره باز می‌شود."),
    ("he", "הנמל היה סגור ביום שני בגלל הסערה, ואיש לא ידע מתי ייפתח שוב."),
    ("el", "Το λιμάνι ήταν κλειστό τη Δευτέρα λόγω της καταιγίδας."),
    ("ja", "港は嵐のため月曜日に閉鎖されました。"),
    ("zh", "由于暴风雨,港口星期一关闭了。"),
    ("ko", "폭풍 때문에 항구는 월요일에 문을 닫았습니다."),
    ("th", "ท่าเรือปิดในวันจันทร์เพราะพายุ"),
])
def test_plain_sentences_are_known(client, code, text):
    result = language(client, text)
    assert result["code"] == code and result["score"] > 0.8
    assert result["candidates"][0] == {"code": code, "score": result["score"]}
    assert "spans" not in result


@pytest.mark.parametrize("text", [
    "", "12345 67890", "ha ha ha ha ha", "Maria Schmidt, John Smith, Pierre Dupont", "int main(void) { return x_1->y; }",
    "https://example.org/der/die/das @vielleicht #nurdas &auml;&ouml;",
])
def test_what_is_no_text_of_one_language_is_und(client, text):
    assert language(client, text)["code"] == "und"


@pytest.mark.parametrize("word", ["IBM) ", "A. ", "12 Acme\n"])
def test_a_word_said_a_thousand_times_says_no_more_than_once(client, word):
    assert language(client, word * 5000)["code"] == "und"


def test_two_words_are_no_nonsense(client):
    assert language(client, "Hello world")["code"] in ("en", "und")


def test_a_mixed_text_has_a_span_for_each_language(client):
    result = language(client, ENGLISH * 2 + GERMAN * 2 + ENGLISH, offsets="codepoint")
    assert [span["code"] for span in result["spans"]] == ["en", "de", "en"]
    border = 2 * len(ENGLISH)
    assert [span["start"] for span in result["spans"]] == [0, border, border + 2 * len(GERMAN)]
    assert result["code"] == "en"


def test_a_long_text_is_judged_by_looks_and_a_foreign_part_is_still_found(client):
    result = language(client, ENGLISH * 200 + GERMAN * 60 + ENGLISH * 200, offsets="codepoint")
    assert [span["code"] for span in result["spans"]] == ["en", "de", "en"]
    assert abs(result["spans"][1]["start"] - 200 * len(ENGLISH)) <= len(ENGLISH)


@pytest.mark.parametrize("told, kept", [("iw", "he"), ("EN_us", "en-US"), ("deu", "de")])
def test_what_the_client_says_wins(client, told, kept):
    result = language(client, ENGLISH, lang=told)
    assert result == {"code": kept, "score": 1.0, "candidates": [{"code": kept, "score": 1.0}]}


# ---- Standing aside --------------------------------------------------------------------------------------------------------


def is_left_alone(client, text):
    reply = client.ask(text, plugins=["sentiment", "entities"])
    sentiment, entities = reply["results"]["sentiment"], reply["results"]["entities"]["entities"]
    return sentiment["label"] is None and not entities and len(reply["warnings"]) == 2


@pytest.mark.parametrize("text", [
    "La novela trata de un piloto.",  # Spanish, or Galician
    "Da han kom hjem, var døren åpen.",  # Norwegian, or Danish
    "Ganz anders als in Bremen.",
    "Vino con su padre.",
    "Да, мама!",
])
def test_neighbours_need_not_be_told_apart_to_see_that_it_is_not_english(client, text):
    assert language(client, text)["score"] < 0.9 and is_left_alone(client, text)


@pytest.mark.parametrize("code, text", [
    ("ja", "身長180cm、体重75kgの選手。"),
    ("ja", "NASAは2008年に2kmのケーブルを開発した。"),
    ("ja", "駅前広場"),  # no kana, but as only Japan writes them
    ("zh", "Eva公司的费用为每年760英镑，而Orbit Power公司则要支付650英镑。"),
    ("zh", "首家公司（North Film）於1912年成立，West Film則於1916年成立。"),
])
def test_latin_names_and_numbers_among_characters_hide_no_language(client, code, text):
    assert language(client, text)["code"] == code and is_left_alone(client, text)


@pytest.mark.parametrize("text", [
    "Yes.", "Maria Rossi", "Um, no...", "Sheffield 2 Torino 1", "8. Elena Popova (Bulgaria) 11.42", "The café was full.", "日本 means Japan.",
    "She sang \"La vie en rose\" and went home.", "α-blockers lower it.",
])
def test_english_with_foreign_words_is_read(client, text):
    assert not is_left_alone(client, text)


def test_of_a_line_that_is_half_english_that_half_is_read(client):
    english, german = "and Angela Newman from London said that everybody was very happy", "Der Hafen war am Montag wegen des Sturms geschlossen"
    for text in f"{german}, {english}.", f"{english}, {german}.":
        reply = client.ask(text, plugins=["language", "entities"])
        assert {span["code"] for span in reply["results"]["language"]["spans"]} == {"de", "en"}
        assert [e["text"] for e in reply["results"]["entities"]["entities"]] == ["Angela Newman", "London"]
        assert "a part of the text is in German (de)" in reply["warnings"][0]
