"""Who is who through the daemon: `ref` and `names` agree, count what is returned, and tell people apart; figures from end to end on the
texts of tests/who, in which it was marked who is who."""

import re
import shutil

from conftest import BUILD, ROOT

PLUGINS = {"plugins": [{"name": "segmenter"}, {"name": "entities"}]}
TEXT = "Dario Amade runs Helix Labs Inc. in Paris. On 12 May 2024 Amade left Paris. Mr. Amade paid $3 million to Helix Labs."


def ask(client, text, **options):
    return client.result(text, "entities", plugins=["entities"], options={"entities": options}, offsets="codepoint")


def check(result):
    """What must hold of any result."""
    refs = [e["ref"] for e in result["entities"] if "ref" in e]
    for number, name in enumerate(result["names"]):
        assert name["mentions"] == refs.count(number) > 0
        assert name["first"] == next(i for i, e in enumerate(result["entities"]) if e.get("ref") == number)
        assert name["type"] in {e["type"] for e in result["entities"] if e.get("ref") == number}
    assert sorted(set(refs)) == list(range(len(result["names"])))


def test_names_count_what_is_returned(textd, tmp_path):
    # The names come from a list, so that the model's opinion of them doesn't matter.
    folder = tmp_path / "plugins"
    folder.mkdir(mode=0o755)
    for plugin in ("segmenter", "entities"):
        shutil.copy(BUILD / "lib/textd/plugins" / f"{plugin}.so", folder)
        shutil.copytree(BUILD / "share/textd/models" / plugin, folder / plugin)
    (folder / "entities/names.tsv").write_text("Dario Amade\tPERSON\nAmade\tPERSON\nHelix Labs Inc.\tORG\nHelix Labs\tORG\n")
    client = textd({"plugin_dirs": [str(folder)], "plugins": [
        {"name": "segmenter"}, {"name": "entities", "options": {"dictionaries": "names.tsv"}}]}).client()
    result = ask(client, TEXT)
    check(result)
    names = {n["name"]: n for n in result["names"]}
    assert names["Dario Amade"]["mentions"] == 3 and names["Dario Amade"]["type"] == "PERSON"
    assert names["Helix Labs Inc."]["mentions"] == 2
    assert all("ref" not in e for e in result["entities"] if e["type"] in ("DATE", "MONEY"))
    firms = ask(client, TEXT, types="ORG,DATE")
    check(firms)
    assert [n["name"] for n in firms["names"]] == ["Helix Labs Inc."]
    assert ask(client, "")["names"] == []


def documents():
    parts = re.split(r"^=== (.*)\n", (ROOT / "tests/who/documents.txt").read_text(), flags=re.M)[1:]
    for name, body in zip(parts[::2], parts[1::2]):
        text, marks = "", []
        for plain, surface, chain in re.findall(r"([^\[]*(?:\[(?!\[)[^\[]*)*)(?:\[\[([^|\]]+)\|(\w+)\]\])?", body):
            text += plain
            if surface:
                marks.append((len(text), len(text) + len(surface), chain))
            text += surface
        yield name, text, marks


def test_people_of_names_are_found_from_end_to_end(textd):
    """Pairs of mentions whose spans the plugin has found exactly are judged; what it doesn't find at all counts as missed."""
    client = textd(PLUGINS).client()
    marked = found = right = 0
    for _, text, marks in documents():
        result = ask(client, text)
        check(result)
        refs = {(e["start"], e["end"]): e["ref"] for e in result["entities"] if "ref" in e}
        for i, (start, end, chain) in enumerate(marks):
            for start2, end2, chain2 in marks[i + 1:]:
                a, b = refs.get((start, end)), refs.get((start2, end2))
                is_one = a is not None and a == b
                marked += chain == chain2
                found += is_one
                right += is_one and chain == chain2
    print(f"precision {right / found:.4f}, recall {right / marked:.4f}")
    assert right >= 0.97 * found
    assert right >= 0.65 * marked  # most of what lacks are names that the model does not find
