"""The plugin redact (plugins/examples/redact): built out of the tree by what is installed alone; what it finds is gone from the text, whole; its
key is shown by nobody."""

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from conftest import BIN, BUILD, LOOKED_INTO, ROOT, Daemon, environment, plugins, run_textd, wait_for

HERE = BUILD / "tests/plugins/redact"  # the same sources, with what the tests are built with
KEY = "correct horse battery staple"
TEXT = "John Smith <john.smith@example.org> paid with 4111 1111 1111 1111 from 10.0.0.7. Smith called (415) 555-0132."


def with_key(folder, words=KEY, mode=0o600):
    key = Path(folder) / "redact.key"
    key.write_text(words + "\n")
    key.chmod(mode)
    return key


def configuration(**options):
    redact = {"name": "redact", "options": options}
    return plugins("segmenter", "language", "entities", redact, directory=HERE, workers=1)


@pytest.fixture(scope="module")
def daemon():
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(configuration(key_file=str(with_key(folder))))
        yield daemon
        daemon.clean_up()


@pytest.fixture(scope="module")
def client(daemon):
    return daemon.client()


def redact(client, text, offsets="codepoint", **options):
    reply = client.ask(text, plugins=["redact"], options={"redact": options}, offsets=offsets)
    assert reply["ok"] and not reply.get("errors"), reply
    return reply["results"]["redact"]


def rewritten(text, edits):
    """As the README says."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at:edit["start"]], edit["replacement"]]
        at = edit["end"]
    return "".join(parts) + text[at:]


def test_it_is_built_by_what_is_installed_alone(textd):
    if "asan" in BUILD.name or "tsan" in BUILD.name:
        pytest.skip("a plugin of another build's runtime")
    with tempfile.TemporaryDirectory() as folder:
        prefix, source, build = (Path(folder) / name for name in ("prefix", "source", "build"))
        env = environment(CFLAGS="-O0")
        subprocess.run(["cmake", f"-DCMAKE_INSTALL_PREFIX={prefix}", "-P", BUILD / "clients/c/cmake_install.cmake"], check=True, capture_output=True)
        shutil.copytree(ROOT / "plugins/examples/redact", source)
        for command in (["cmake", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Debug"],
                        ["cmake", "--build", build, "-j", "2"]):
            done = subprocess.run(command, capture_output=True, text=True, env=env)
            assert done.returncode == 0, done.stdout + done.stderr
        daemon = textd(plugins("segmenter", "entities", "redact", directory=build, workers=1))
        assert redact(daemon.client(), "Card 4111 1111 1111 1111.")["text"] == "Card <CARD>."


def test_what_is_personal_is_gone(client):
    result = redact(client, TEXT)
    assert result["text"] == "<PERSON> <<EMAIL>> paid with <CARD> from <IP>. <PERSON> called <PHONE>."
    assert [edit["type"] for edit in result["edits"]] == ["PERSON", "EMAIL", "CARD", "IP", "PERSON", "PHONE"]
    assert redact(client, "")["text"] == "" and redact(client, "Nothing here.")["edits"] == []


def test_edits_are_in_the_clients_unit(client):
    text = "Zoë 🙂 jane@example.org und 4111-1111-1111-1111 ✓"
    for offsets, encode in (("codepoint", str), ("byte", str.encode), ("utf16", lambda t: t.encode("utf-16-le"))):
        result, whole, step = redact(client, text, offsets), encode(text), 2 if offsets == "utf16" else 1
        for edit in result["edits"]:
            edit["start"], edit["end"], edit["replacement"] = edit["start"] * step, edit["end"] * step, encode(edit["replacement"])
        parts, at = [], 0
        for edit in result["edits"]:
            parts += [whole[at:edit["start"]], edit["replacement"]]
            at = edit["end"]
        assert encode("").join([*parts, whole[at:]]) == encode(result["text"]), offsets


def test_each_type_has_its_policy(client):
    result = redact(client, TEXT, policy="PERSON=pseudonym, EMAIL=mask, CARD=remove, IP=keep, PHONE=hash", default="tag")
    assert re.fullmatch(r"PERSON_1 <\*\*\*\*> paid with  from 10\.0\.0\.7\. PERSON_1 called <PHONE:[0-9a-f]{16}>\.", result["text"])
    assert redact(client, TEXT, default="keep", policy="CARD=tag")["text"] == TEXT.replace("4111 1111 1111 1111", "<CARD>")
    for policy, words in (("EMIAL=mask", "there is no type 'EMIAL'"), ("EMAIL=hide", "must be followed by =mask"), ("EMAIL", "must be followed")):
        error = client.error("x", plugins=["redact"], options={"redact": {"policy": policy}})
        assert error["code"] == "BAD_OPTION" and words in error["message"]
    assert redact(client, "x", policy="entities:TEAM=mask")["text"] == "x"


def test_pseudonyms_and_hashes_are_of_what_is_meant(client):
    cards = "4111 1111 1111 1111, 4111-1111-1111-1111 and 5555555555554444; JANE@example.org or jane@example.org"
    assert redact(client, cards, default="pseudonym")["text"] == "CARD_1, CARD_1 and CARD_2; EMAIL_1 or EMAIL_1"
    hashes = re.findall(r":([0-9a-f]+)>", redact(client, cards, default="hash")["text"])
    assert hashes[0] == hashes[1] != hashes[2] and hashes[3] == hashes[4]
    again = redact(client, "Elsewhere: 4111111111111111", default="hash")["text"]
    assert again == f"Elsewhere: <CARD:{hashes[0]}>"
    names = redact(client, "John Smith met Mary Jones. Smith left, and Jones stayed.", default="hash")["edits"]
    assert names[0]["replacement"] == names[2]["replacement"] != names[1]["replacement"] == names[3]["replacement"]


def test_what_was_found_once_is_gone_everywhere(client):
    text = "My name is Oluwaseun Okonkwo. OLUWASEUN OKONKWO wrote it, or did okonkwo? Okonkwo did. password=Xyzzy-42 and xyzzy, Xyzzy-42"
    result = redact(client, text)
    for edit in result["edits"]:
        found = text[edit["start"]:edit["end"]]
        assert not re.search(rf"(?<!\w){re.escape(found)}(?!\w)", result["text"]), found
    assert "xyzzy" in result["text"], "one word in other capitals is another"


def test_allowed_words_stay(client):
    text = "Ask JANE@example.org or bob@example.org about 10.0.0.7."
    assert redact(client, text, allow="jane@Example.org")["text"] == "Ask JANE@example.org or <EMAIL> about <IP>."
    assert redact(client, text, allow=" bob@example.org ,, jane@example.org,10.0.0.7")["edits"] == []
    text = "John Smith met Mary Jones. Smith left."
    assert redact(client, text, allow="John Smith")["text"] == "John Smith met <PERSON>. <PERSON> left.", "no part of what stays is taken out"
    assert redact(client, text, allow="smith")["text"] == "<PERSON> met <PERSON>. Smith left."


def test_nothing_is_left_in_part(client):
    """However it is written, and whatever stands beside it."""
    for number in ("4111 1111\n1111 1111", "４１１１１１１１１１１１１１１１", "4111\u200b1111\u200b1111\u200b1111", "4111–1111–1111–1111", "4111 1111 1111 1111",
                   "4111_1111_1111_1111", "4222 2222 2222 2", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "DE 89 3704 0044 0532 0130 00", "jane AT example DOT org",
                   "DE89 3704 0044 0532\n0130 00", "ly83002048000020100120361", "o'brien+x@müller.example", "jane (at) example [dot] org",
                   "fe80::1ff:fe23:4567:890a%eth0", "10.20.0.0/16", "529.982.247-25", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"):
        for before, behind in (("", ""), ("it is ", "."), ("(", ")"), ("x=", "&y=1"), ("身份", "号"), ('"', '"'), ("a\n", "\nb")):
            result = redact(client, before + number + behind)
            edit = result["edits"][0]
            assert len(result["edits"]) == 1 and edit["start"] <= len(before), (before, number, behind, result)
            assert edit["end"] >= len(before + number), (before, number, behind, result)


def test_wrong_check_digits_are_nothing(client):
    for text in ("4111 1111 1111 1112", "DE88 3704 0044 0532 0130 00", "XX89370400440532013000", "529.982.247-26", "12345678A", "v1.2.3.4", "5500 0000 0000 0005",
                 "By 10 PM the fatigue from the day began to crawl", "Results: 1-1 2-6 3-54 4-104 5-137 6-164 7-164 8-168", "with each other for like 40 minutes",
                 "127.0.0.1", "255.255.255.0", "std::vector", "12:30:45", "ISBN 978-3-16-148410-0", "the password is required", "password=$PASSWORD",
                 "-----BEGIN CERTIFICATE-----\nMIIEq2+3\n-----END CERTIFICATE-----", "2024-05-12", "331449281"):
        assert redact(client, text)["text"] == text


def test_what_is_glued_to_words_is_found(client):
    assert redact(client, "ccnum=4111111111111111exp=1227")["text"] == "ccnum=<CARD>=1227"
    assert redact(client, "GB82WEST12345698765432GB82WEST12345698765432")["text"] == "<IBAN>"
    assert re.fullmatch("pan_<CARD>;x=(card)?<CARD>", redact(client, "pan_4111111111111111;x=card5555555555554444")["text"])
    assert redact(client, "No du compte: 36830 03 0009.")["text"] == "No du compte: <ACCOUNT>."
    assert redact(client, "My password is hunter2. It is required.")["text"] == "My password is <SECRET>. It is required."


def test_min_score_takes_what_only_might_be(client):
    assert redact(client, "123456782 rows")["edits"] == []
    assert redact(client, "123456782 rows", min_score=0)["text"] != "123456782 rows"
    assert redact(client, "My SIN is 123456782.")["edits"][0]["type"] == "CA_SIN"


def test_random_insertions_are_found_and_results_pure(client):
    """Each of these, put anywhere between words of a text of ours, is gone; and the same document has the same result, in any order."""
    rng = random.Random(106)
    things = ("4111111111111111", "GB82 WEST 1234 5698 7654 32", "jane.doe@example.org", "192.168.0.12", "12345678Z", "RSSMRA85T10A562S", "131052-308T", "756.9217.0769.85",
              "+49 30 901820 77", "11010519491231002X", "-----BEGIN RSA PRIVATE KEY-----\nTUlJRQ==\n-----END RSA PRIVATE KEY-----", "536-90-4399", "02:42:ac:11:00:02")
    words = "the quick brown fox jumps over 13 lazy dogs; then (at noon) it rests, “tired”, über alles 日本 ✓ \u0301 x".split(" ")
    texts = []
    for thing in things * 3:
        chosen = [rng.choice(words) for _ in range(rng.randrange(30))]
        chosen.insert(rng.randrange(len(chosen) + 1), thing)
        texts.append((thing, rng.choice([" ", "\n", "  ", " \r\n"]).join(chosen)))
    results = []
    for thing, text in texts:
        result = redact(client, text)
        at = text.index(thing)
        assert any(edit["start"] <= at and at + len(thing) <= edit["end"] for edit in result["edits"]), (thing, text, result)
        assert rewritten(text, result["edits"]) == result["text"]
        results.append(result)
    assert [redact(client, text) for _, text in reversed(texts)] == results[::-1]


def test_foreign_text_is_warned_of(client):
    reply = client.ask("Die Karte von Herrn Müller ist 4111 1111 1111 1111, und er wohnt in Berlin.", plugins=["redact"], lang="de")
    assert "<CARD>" in reply["results"]["redact"]["text"]
    assert any(warning.startswith("redact: of what is not in English only numbers") for warning in reply["warnings"])


# ---- secrets ----


def test_a_key_is_shown_by_nobody(daemon, client):
    option = next(o for p in client.request({"id": 1, "op": "describe"})["plugins"] if p["name"] == "redact" for o in p["options"] if o["name"] == "key")
    assert option["secret"] is True and option["default"] == "" and option["per_request"] is False
    shown = run_textd("--print-config", "-c", daemon.run / "textd.yaml")
    assert shown.returncode == 0 and "redact.key" in shown.stdout
    described = subprocess.run([BIN / "textctl", "describe", "--endpoint", daemon.endpoint], capture_output=True, text=True).stdout
    assert 'key (text, default ""; a secret, whose file key_file names in the configuration)' in described
    asked = [described] + [client.request({"id": 1, "op": op}) for op in ("describe", "stats")] + [daemon.control(op="status"), daemon.control(op="plugin.list")]
    for words in (shown.stdout, shown.stderr, daemon.log(), *map(str, asked), str(redact(client, TEXT, default="hash"))):
        assert KEY not in words
    error = client.error("x", plugins=["redact"], options={"redact": {"key": "another key that is long"}})
    assert error["code"] == "BAD_OPTION" and "can't be set per request" in error["message"]


def test_a_key_comes_from_a_file_that_others_cannot_read(textd, tmp_path):
    daemon = textd(configuration())
    error = daemon.client().error("x", plugins=["redact"], options={"redact": {"default": "hash"}})
    assert error["code"] == "BAD_OPTION" and "redact.key_file" in error["message"]

    def refused(**options):
        """Of a load by an operator; and what serves goes on."""
        reply = daemon.control(op="plugin.load", plugin="other", file="redact", options=options)
        assert not reply["ok"] and KEY not in str(reply) and KEY not in daemon.log()
        return reply["error"]["message"]

    assert "other.key is a secret: write it into a file, and key_file: FILE in its place" in refused(key=KEY)
    assert "mode 0644: others can read or change the secret" in refused(key_file=str(with_key(tmp_path, mode=0o644)))
    assert "fewer than 16 bytes" in refused(key_file=str(with_key(tmp_path, "short")))
    assert "is empty" in refused(key_file=str(with_key(tmp_path, "")))
    assert "No such file" in refused(key_file=str(tmp_path / "nowhere"))
    assert "must be an absolute path" in refused(key_file="redact.key")
    assert "has no option 'keys_file'" in refused(keys_file=str(tmp_path / "nowhere"))
    assert "no regular file" in refused(key_file=str(tmp_path))
    assert daemon.control(op="plugin.load", plugin="other", file="redact", options={"key_file": str(with_key(tmp_path))})["ok"]


def test_plugin_run_reads_a_key_as_textd_does(tmp_path):
    (tmp_path / "text").write_text("4111 1111 1111 1111")
    key = with_key(tmp_path)

    def run():
        command = [BIN / "textctl", "plugin", "run", HERE / "redact.so", "--set", f"key_file={key}", "--set", "default=hash", tmp_path / "text"]
        return subprocess.run(command, env=environment(), capture_output=True, text=True)

    assert re.search(r"<CARD:[0-9a-f]{16}>", run().stdout) and KEY not in run().stdout
    key.chmod(0o644)
    assert "mode 0644: others can read or change the secret" in run().stderr


def test_a_key_holds_for_a_generation(textd, tmp_path):
    """All workers have one, those that come later, too; a reload reads the file again."""
    daemon = textd(configuration(key_file=str(with_key(tmp_path))))
    client = daemon.client()

    def hashed():
        return redact(client, "4111111111111111", default="hash")["text"]

    before = hashed()
    assert re.fullmatch(r"<CARD:[0-9a-f]{16}>", before)
    with_key(tmp_path, KEY + "2")
    os.kill(daemon.worker_pids()[0], signal.SIGKILL)
    daemon.wait_logged("worker.lost")
    assert hashed() == before
    assert daemon.control(op="config.reload")["ok"]
    assert hashed() != before


def times_in_memory(pid, words):
    """How often the words lie in what the process can write."""
    found = 0
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if "w" not in rights:
                continue
            start, end = (int(at, 16) for at in place.split("-"))
            memory.seek(start)
            with contextlib.suppress(OSError):  # such as what is only reserved
                found += memory.read(min(end - start, 256 << 20)).count(words)
    return found


def test_a_key_lies_in_memory_once(textd, tmp_path):
    """In the supervisor, which has it for the next worker, and in each worker, for the plugin: what carried it there was wiped."""
    key = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz", k=3000))
    daemon = textd(configuration(key_file=str(with_key(tmp_path, key))), env=LOOKED_INTO)
    worker = daemon.worker_pids()[0]
    os.kill(worker, signal.SIGKILL)  # another has it sent, too
    wait_for("another worker", lambda: [pid for pid in daemon.worker_pids() if pid != worker])
    assert redact(daemon.client(), TEXT, default="hash")["text"]
    for end in (key[:64], key[1500:1564], key[-64:]):
        assert [times_in_memory(pid, end.encode()) for pid in (daemon.supervisor_pid, daemon.worker_pids()[0])] == [1, 1]
