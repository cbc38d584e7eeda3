"""Plugins whose instances declare themselves (textd.declare/1), and scripts as plugins: the plugin lua."""

import pytest

from conftest import BAD, GOOD, plugins, run_textd

# ---- textd.declare/1 -----------------------------------------------------------------------------------------------

WRONG = {
    "refuses": "plugin one: declare failed: not on a Sunday",
    "layer": "what plugin one declares: needs_layers names the layer 'halves'; a layer is NAME/VERSION, as tokens/1",
    "layer_twice": "what plugin one declares: adds_layers names the layer org.example.more/1 twice",
    "twice": "what plugin one declares: option 1 (count): it is declared twice",
    "constant": "what plugin one declares: option 0 (word): the plugin has one of that name already",
    "range": "what plugin one declares: option 0 (far): its initial value is outside its range",
    "choice": "what plugin one declares: option 0 (colour): its initial value is none of its choices",
    "stride": "what plugin one declares: its table of 1 options at 8 bytes each is not usable",
    "version": "what plugin one declares: its version must be a semantic version such as 1.4.0, not 'new'",
    "needs": "plugin one needs layer org.example.halves/1, and no plugin adds it",
}


def declared(name="one", **options):
    return {"name": name, "file": "declare", "options": options}


def test_what_an_instance_declares_is_checked_and_described_like_a_table(textd):
    config = plugins(declared("one", count=7), declared("two", fault="needs", word="up"), "provider")
    client = textd(config).client()
    assert client.result("ab", "one") == ["one", "", "none", 7]
    assert client.result("ab", "two", options={"two": {"count": 3}}) == ["two", "needs", "up", 3]
    reply = client.ask("ab", plugins=["two"])
    assert set(reply["timing"]["plugins"]) == {"provider", "two"}, "what it needs is brought along"
    assert client.error("ab", options={"two": {"count": 11}})["message"] == "two.count is 11; allowed: 1 to 10"
    assert "it has fault, word, count" in client.error("ab", options={"one": {"cuont": 1}})["message"]
    one = next(p for p in client.request({"op": "describe"})["plugins"] if p["name"] == "one")
    assert one["version"] == "3.2.1"
    assert [o["name"] for o in one["options"]] == ["fault", "word", "count"]


@pytest.mark.parametrize("fault", WRONG)
def test_a_bad_declaration_is_refused_in_words(tmp_path, fault):
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{GOOD}]\nplugins: [{{name: one, file: declare, options: {{fault: {fault}}}}}]\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78 and WRONG[fault] in run.stderr, run.stderr


def test_a_declare_table_that_is_too_small_is_refused(tmp_path):
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{BAD}/declare_small]\nplugins: [{{name: declare_small}}]\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78 and "its table of textd.declare/1 has 8 bytes; 16 are expected, with a declare" in run.stderr


def test_a_setting_that_an_instance_does_not_declare_names_its_line(tmp_path):
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{GOOD}]\nplugins:\n  - name: one\n    file: declare\n    options:\n      cuont: 3\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78
    assert "textd.yaml:6:" in run.stderr and "one has no option 'cuont'; it has fault, word, count" in run.stderr
