"""The plugin entities through the daemon: values and ids in the result, its options and their errors, and dictionaries: an operator's
lists of names, which a reload brings in, or refuses while the old ones go on."""

import re
import shutil
import subprocess
import threading
from pathlib import Path

import msgpack
import pytest

from conftest import BUILD, LOOKED_INTO, SLOW, wait_for

TEXT = "On 12 May 2024 Zorbex Mini sold for $3.2bn, up 5%. Call +44 20 7946 0958."


@pytest.fixture
def folder(tmp_path):
    """The plugins, and the entities' own folder, which lists can be put into."""
    directory = tmp_path / "plugins"
    directory.mkdir(mode=0o755)
    for name in ("segmenter", "entities"):
        shutil.copy(BUILD / "lib/textd/plugins" / f"{name}.so", directory / f"{name}.so")
        shutil.copytree(BUILD / "share/textd/models" / name, directory / name)
    return directory


def config(folder, **options):
    return {"plugin_dirs": [str(folder)], "workers": {"count": 2},
            "plugins": [{"name": "segmenter"}, {"name": "entities", "options": options}]}


def found(client, text, **options):
    result = client.result(text, "entities", plugins=["entities"], options={"entities": options})
    return {e["text"]: e for e in result["entities"]}


def own_kib(pid, kind="Private_(?:Clean|Dirty)"):
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kib) for kib in re.findall(rf"^{kind}:\s+(\d+)", rollup, re.M))


@pytest.mark.skipif(SLOW > 1, reason="the sanitizers keep freed memory")
def test_a_worker_at_rest_keeps_little_of_a_long_text(textd, folder):
    daemon = textd(config(folder), env=LOOKED_INTO)
    client = daemon.client()
    workers = daemon.worker_pids()
    assert all(own_kib(pid) < 2048 for pid in workers), "the model is not shared"
    for _ in range(4):
        client.result((TEXT + " Ada Lovelace left Lagos.\n\n") * 8000, "entities", plugins=["entities"])
    # A MiB each of what came in, of the arena and of what goes out, at most. (What only one of them has looked at of the model is
    # no memory of its own, and isn't counted here.)
    wait_for("memory given back", lambda: all(own_kib(pid, "Anonymous") < 4096 for pid in workers))


def test_a_damaged_model_is_refused(textd, folder):
    """Also by the checksum that was taken when the file was copied; what serves goes on."""
    daemon = textd(config(folder))
    model = folder / "entities/entities.model"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    refused = daemon.control(op="plugin.reload")
    assert "entities.model: its checksum is" in refused["error"]["message"] and "it was damaged" in refused["error"]["message"]
    assert found(daemon.client(), TEXT)


def test_expressions_have_values(textd, folder):
    client = textd(config(folder)).client()
    entities = found(client, TEXT)
    assert entities["12 May 2024"]["type"] == "DATE" and entities["12 May 2024"]["value"] == "2024-05-12"
    assert entities["$3.2bn"]["value"] == {"amount": 3200000000, "currency": "USD"}
    assert entities["5%"]["value"] == {"number": 5, "unit": "%"}
    assert entities["+44 20 7946 0958"]["value"] == "+442079460958"
    assert found(client, "5 to 10 km")["5 to 10 km"]["value"] == {"number": 5, "to": 10, "unit": "km"}
    assert found(client, "two thirds of it")["two thirds"]["value"] == {"number": 0.666666666666667}


def test_options_hold_for_one_request(textd, folder):
    client = textd(config(folder, date_order="dmy")).client()
    assert found(client, "Due 5/12/24.")["5/12/24"]["value"] == "2024-12-05"
    assert found(client, "Due 5/12/24.", date_order="mdy")["5/12/24"]["value"] == "2024-05-12"
    assert found(client, "It came yesterday.")["yesterday"]["value"] == "-P1D"
    assert found(client, "It came yesterday.", reference_date="2024-03-01")["yesterday"]["value"] == "2024-02-29"
    assert found(client, "It has 1.500 km.")["1.500 km"]["value"] == {"number": 1.5, "unit": "km"}
    assert found(client, "It has 1.500 km.", decimal="comma")["1.500 km"]["value"] == {"number": 1500, "unit": "km"}
    assert set(found(client, TEXT, types="DATE,PERCENT")) == {"12 May 2024", "5%"}


def as_list(result):
    """The list of entities, and that of names, of a result in columns."""
    types, columns, names = result["types"], result["columns"], result["name_columns"]
    entities = [{"start": start, "end": end, "type": types[type], "score": score, "name_score": name_score, **({} if ref < 0 else {"ref": ref})}
                for start, end, type, score, name_score, ref in zip(*(columns[key] for key in ("start", "end", "type", "score", "name_score", "ref")))]
    for key, pairs in ("value", result["values"]), ("id", result["ids"]):
        for index, what in pairs:
            entities[index][key] = what
    return entities, [{"name": name, "type": types[type], "mentions": mentions, "first": first}
                      for name, type, mentions, first in zip(*(names[key] for key in ("name", "type", "mentions", "first")))]


def test_columns_have_what_the_list_has_in_a_third_of_its_bytes(textd, folder):
    (folder / "entities/products.tsv").write_text("Zorbex Mini\tGADGET\tg7\n")
    client = textd(config(folder, dictionaries="products.tsv")).client()
    for text in f"Caf\u00e9 \U0001f600. {TEXT} Ada Lovelace met Babbage.", "", "Ada Lovelace met Charles Babbage in London. " * 500:
        listed, columns = (client.ask(text, plugins=["entities"], offsets="utf16", options={"entities": {"form": form}})["results"]["entities"]
                           for form in ("list", "columns"))
        assert set(columns) == {"columns", "values", "ids", "name_columns", "types"}
        entities, names = as_list(columns)
        assert entities == [{key: value for key, value in e.items() if key != "text"} for e in listed["entities"]] and names == listed["names"]
        assert len(entities) < 1000 or len(msgpack.packb(columns)) < 0.4 * len(msgpack.packb(listed))
    assert client.error("abc", plugins=["entities"], options={"entities": {"form": "table"}})["code"] == "BAD_OPTION"


def test_a_language_says_what_stands_before_decimals(textd, folder):
    client = textd(config(folder, languages="any")).client()
    for lang, number in (("de", 1500), ("de-CH", 1.5), ("es-MX", 1.5), ("en", 1.5)):
        entities = client.result("It has 1.500 km.", "entities", plugins=["entities"], lang=lang)["entities"]
        assert [e["value"] for e in entities] == [{"number": number, "unit": "km"}], lang


@pytest.mark.parametrize("options, words", [
    ({"reference_date": "1 May"}, "entities.reference_date is '1 May'; it must be a day, such as 2024-05-12, or a time, such as"),
    ({"reference_date": "2023-02-29"}, "it must be a day"),
    ({"reference_date": "2024-03-27T25:00"}, "it must be a day"),
    ({"types": "PERSON,CITY"}, "entities.types has no type 'CITY'; there are: PERSON ORG"),
])
def test_wrong_values_of_options_are_told(textd, folder, options, words):
    client = textd(config(folder)).client()
    error = client.error("abc", plugins=["entities"], options={"entities": options})
    assert error["code"] == "BAD_OPTION" and words in error["message"], "the client's doing, not the plugin's"
    assert "plugin" not in error and client.ask("abc", plugins=["entities"])["ok"]


def test_wrong_values_of_an_operator_are_a_fault_of_the_configuration(textd, folder):
    daemon = textd(config(folder, reference_date="next week"), wait=False)
    assert daemon.exit_code() == 78
    assert "entities.reference_date is 'next week'; it must be a day" in daemon.log()


def test_options_that_no_request_may_set(textd, folder):
    client = textd(config(folder)).client()
    for options in ({"date_order": "ymd"}, {"dictionaries": "x.tsv"}):
        assert client.error("abc", plugins=["entities"], options={"entities": options})["code"] == "BAD_OPTION"


def test_a_dictionary_adds_names_types_and_ids(textd, folder):
    (folder / "entities/products.tsv").write_text("Zorbex\tBRAND\tb1\nZorbex Mini\tGADGET\tg7\n12 May\tPARTY\n")
    (folder / "entities/loose.tsv").write_text("#! case=fold diacritics=fold priority=low\nSold\tVERB\tv\nMay 2024\tMONTH\n")
    client = textd(config(folder, dictionaries="products.tsv, loose.tsv")).client()
    entities = found(client, TEXT)
    assert entities["Zorbex Mini"] == {"start": 15, "end": 26, "type": "GADGET", "text": "Zorbex Mini", "score": 1, "name_score": 1, "id": "g7", "ref": 1}
    assert entities["12 May"]["type"] == "PARTY" and "12 May 2024" not in entities, "an operator's word comes first"
    assert entities["sold"]["id"] == "v" and "id" not in entities["12 May"]
    assert set(found(client, TEXT, types="GADGET,DATE")) == {"Zorbex Mini"}
    assert found(client, "ZORBEX in MAY 2024")["MAY 2024"]["type"] == "DATE", "a list of low priority gives way"


@pytest.mark.parametrize("lists, names, words", [
    ({"a.tsv": "Acme\n"}, "a.tsv", "a.tsv:1: the name has no type"),
    ({"a.tsv": "Acme\tORG\nb\tbrand\n"}, "a.tsv", "a.tsv:2: the type is 'brand'"),
    ({}, "none.tsv", "there is no resource none.tsv"),
    ({}, "../a.tsv", "must be the name of a file"),
    ({"a.tsv": ""}, "a.tsv,a.tsv", "names 'a.tsv' twice"),
])
def test_a_wrong_dictionary_is_refused_at_start(textd, folder, lists, names, words):
    for name, content in lists.items():
        (folder / "entities" / name).write_text(content)
    daemon = textd(config(folder, dictionaries=names), wait=False)
    assert daemon.exit_code() != 0
    assert words in daemon.log()


class Traffic(threading.Thread):
    """Asks without pause, and keeps what was wrong."""

    def __init__(self, daemon):
        super().__init__()
        self.client, self.wrong, self.ids, self.answered, self.is_over = daemon.client(), [], set(), 0, False

    def run(self):
        while not self.is_over:
            reply = self.client.ask("We bought a Zorbex Mini.", plugins=["entities"])
            names = [e for e in reply["results"]["entities"]["entities"] if e["type"] == "GADGET"] if reply["ok"] else []
            self.wrong += [] if len(names) == 1 else [reply]
            self.ids.update(e["id"] for e in names)
            self.answered += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.join()


def test_dictionaries_are_reloaded_under_load_and_broken_ones_refused(textd, folder):
    path = folder / "entities/products.tsv"
    path.write_text("Zorbex Mini\tGADGET\tid0\n")
    daemon = textd(config(folder, dictionaries="products.tsv"))
    with Traffic(daemon) as traffic:
        for number in range(1, 11):
            wait_for("documents to be answered", lambda: traffic.answered > 5 * number)
            if number % 3 == 0:
                path.write_text("Zorbex Mini\tGADGET\tbroken\nand a line without a type\n")
                reply = daemon.control(op="plugin.reload", plugin="entities")
                assert not reply["ok"] and reply["error"]["code"] == "RELOAD_FAILED"
                assert "products.tsv:2: the name has no type" in reply["error"]["message"]
            else:
                path.write_text(f"Zorbex Mini\tGADGET\tid{number}\n")
                assert daemon.control(op="plugin.reload", plugin="entities")["ok"]
                wait_for("the new list", lambda: f"id{number}" in traffic.ids)
    assert not traffic.wrong and "broken" not in traffic.ids
    assert not daemon.logged("worker.lost")


def test_a_list_and_a_model_may_have_names_of_their_own_meaning(textd, folder, tmp_path):
    """Paris is a client, and the model knows nothing but ships, a type that the plugin has not."""
    (folder / "entities/clients.tsv").write_text("Paris\tCLIENT\nAda Lovelace\tCLIENT\n11 July 2021\tCLIENT\n")
    entities = found(textd(config(folder, dictionaries="clients.tsv")).client(), "They met in Paris.")
    assert entities["Paris"]["type"] == "CLIENT"
    names = tmp_path / "ships.conll"
    names.write_text("The O\nMirabel B-SHIP\nsailed O\n. O\n\nThe O\ntide O\nturned O\n. O\n\n" * 30)
    made = subprocess.run([BUILD / "bin/textctl", "train", "entities", "--train", names, "--dev", names, "--out",
                           folder / "entities/entities.model"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    client = textd(config(folder, dictionaries="clients.tsv")).client()
    text = "The Mirabel sailed on 12 July 2021. Paris"
    assert {name: e["type"] for name, e in found(client, text).items()} == {"Mirabel": "SHIP", "12 July 2021": "DATE", "Paris": "CLIENT"}
    assert set(found(client, text, types="SHIP")) == {"Mirabel"}
    done = subprocess.run([BUILD / "bin/textctl", "evaluate", "entities", "--model", folder / "entities/entities.model", names],
                          capture_output=True, text=True)
    assert re.search(r"^SHIP +100", done.stdout, re.M), done
