"""Addresses, telephone numbers and accounts in whole texts, with the segmenter that ships before them, as a client sees them."""

from conftest import plugins

MAIL = """Hi Mia,

Write to d'arcy@bücher.example (not to mia..may@example.org), or see https://example.org/a_(b).
Tel: 0301234567, fax +49 30 1234-568, mobile 312-555-0187 ext. 4.
The money goes to BE68 5390 0754 7034, not to BE69 5390 0754 7034; order no. 2024-000417, card 4111 1111 1111 1111.
[2001:db8::7]:443 logs Boot.kt:17 at 9fceb02. #7wonders @4real
"""


def test_addresses_are_whole_and_what_identifies_is_no_number(textd):
    client = textd(plugins("segmenter", "entities")).client()
    reply = client.ask(MAIL, plugins=["entities"], options={"entities": {"types": "EMAIL,URL,PHONE,IP,IBAN,HANDLE,HASHTAG,CARDINAL,DATE,TIME"}})
    text = MAIL.encode()
    assert [(e["type"], text[e["start"]:e["end"]].decode(), e.get("value")) for e in reply["results"]["entities"]["entities"]] == [
        ("EMAIL", "d'arcy@bücher.example", None),
        ("URL", "https://example.org/a_(b)", None),
        ("PHONE", "0301234567", "0301234567"),
        ("PHONE", "+49 30 1234-568", "+49301234568"),
        ("PHONE", "312-555-0187 ext. 4", "3125550187;ext=4"),
        ("IBAN", "BE68 5390 0754 7034", "BE68539007547034"),
        ("IP", "2001:db8::7", "2001:db8::7"),
        ("HASHTAG", "#7wonders", "7wonders"),
        ("HANDLE", "@4real", "4real"),
    ]


def test_an_account_is_found_in_any_language(textd):
    client = textd(plugins("segmenter", "entities")).client()
    reply = client.ask("Bitte überweisen Sie den Betrag auf das Konto BE68539007547034.", lang="de", plugins=["entities"])
    assert [e["type"] for e in reply["results"]["entities"]["entities"]] == ["IBAN"]
