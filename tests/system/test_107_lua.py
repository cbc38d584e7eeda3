"""Plugins whose instances declare themselves (textd.declare/1), and scripts as plugins: the plugin lua."""

import json
import shutil
import subprocess

import pytest

from conftest import BAD, BIN, BUILD, GOOD, ROOT, environment, plugins, run_textd, wait_for

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
    daemon = textd(config)
    client = daemon.client()
    assert client.result("ab", "one") == ["one", "", "none", 7]
    assert client.result("ab", "two", options={"two": {"count": 3}}) == ["two", "needs", "up", 3]
    reply = client.ask("ab", plugins=["two"])
    assert set(reply["timing"]["plugins"]) == {"provider", "two"}, "what it needs is brought along"
    assert client.error("ab", options={"two": {"count": 11}})["message"] == "two.count is 11; allowed: 1 to 10"
    assert "it has fault, word, count" in client.error("ab", options={"one": {"cuont": 1}})["message"]
    one = next(p for p in client.request({"op": "describe"})["plugins"] if p["name"] == "one")
    listed = next(p for p in daemon.control(op="plugin.list")["plugins"] if p["name"] == "one")
    assert one["version"] == listed["version"] == "3.2.1"
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


# ---- scripts -------------------------------------------------------------------------------------------------------

LUA = BUILD / "lib/textd/plugins/by-name/lua.so"
EXAMPLES = ROOT / "plugins/lua/examples"
needs_lua = pytest.mark.skipif(not LUA.exists(), reason="built without Lua")

MAIN = """
local M = {{ {head} }}
function M.process(doc)
  {body}
end
return M
"""


def write(folder, name, body, head=""):
    (folder / "lua").mkdir(exist_ok=True)
    (folder / f"lua/{name}.lua").write_text(MAIN.format(head=head, body=body))


def entry(name, **keys):
    return {"name": name, "file": "lua", **keys}


@needs_lua
def test_the_examples_do_what_they_say(textd, tmp_path):
    (tmp_path / "lua").symlink_to(EXAMPLES)
    names = ["shouting", "router", "orders", "readability"]
    client = textd(plugins("segmenter", "language", *map(entry, names), directory=tmp_path, workers=1)).client()
    text = "WHY, NATO, why?! My parcel “has not arrived”, and I was charged twice for ORD-2024-000123-7 and ORD-2024-000123-0."
    reply = client.ask(text, offsets="codepoint", options={"shouting": {"least": 3}})
    results = reply["results"]
    assert [text[slice(*word)] for word in results["shouting"]["words"]] == ["WHY", "NATO", "ORD", "ORD"]
    assert results["router"]["desk"] == "delivery" and results["router"]["weights"] == {"billing": 3.0, "delivery": 4.0}
    assert [text[slice(*reason["at"])] for reason in results["router"]["because"]] == ["charged twice", "parcel", "not arrived"]
    assert [(text[slice(*o["span"])], o["is_right"]) for o in results["orders"]] == [
        ("ORD-2024-000123-7", False), ("ORD-2024-000123-0", True)]
    assert results["readability"]["words"] == 17 and 50 < results["readability"]["ease"] < 110
    orders = next(p for p in client.request({"op": "describe"})["plugins"] if p["name"] == "orders")
    assert orders["plugin"] == "lua" and orders["adds"] == ["org.example.orders/1"]
    assert orders["summary"] == "Finds order numbers, and checks their last digit"
    reply = client.ask("nothing here", options={"orders": {"prefix": "X"}})
    assert reply["error"]["message"] == "orders.prefix can't be set per request; the server's configuration sets it"
    assert client.ask("", plugins=names)["results"]["shouting"] == {"count": 0, "words": []}


@needs_lua
def test_an_example_is_clean_by_plugin_check(tmp_path):
    (tmp_path / "lua").symlink_to(EXAMPLES)
    script = ["--plugin-dir", str(tmp_path), "--set", "script=router.lua"]
    for act, more in ("check", ["--quick"]), ("run", ["--text", "Where is my parcel?"]):
        command = [BIN / "textctl", "plugin", act, "lua", *script, *more]
        run = subprocess.run(command, env=environment(), capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(run.stdout)["results"]["lua"]["desk"] == "delivery"


@needs_lua
def test_a_script_is_loaded_and_changed_while_textd_runs(textd, tmp_path):
    daemon = textd(plugins("segmenter", directory=tmp_path, workers=1))
    client = daemon.client()
    write(tmp_path, "size", "return doc.lang or #doc.text")
    assert daemon.control(op="plugin.load", plugin="size", file="lua")["ok"]
    assert client.result("abc", "size") == 3
    assert client.result("abc", "size", lang="de_at") == "de-AT"
    write(tmp_path, "size", "return #doc.tokens", 'needs = { "tokens/1" }')
    assert daemon.control(op="plugin.reload", plugin="size")["ok"]
    assert client.result("a b, c", "size", plugins=["size"]) == 4
    write(tmp_path, "size", "return = 5")
    reply = daemon.control(op="plugin.reload", plugin="size")
    assert not reply["ok"] and "plugin size: declare failed: size.lua:4: unexpected symbol near '='" in reply["error"]["message"]
    assert client.result("a b, c", "size") == 4, "what ran goes on"


@needs_lua
def test_a_script_in_another_plugin_directory_is_watched(textd, tmp_path):
    write(tmp_path, "size", "return 1")
    client = textd(plugins(entry("size"), directory=tmp_path, workers=1, reload={"watch": True})).client()
    assert client.result("x", "size") == 1
    write(tmp_path, "size", "return 2")
    wait_for("the reload", lambda: client.result("x", "size") == 2)


@needs_lua
def test_a_scripts_layer_is_there_for_those_who_need_it(textd, tmp_path):
    body = """
  local rows = {}
  for first, word, last in doc.text:gmatch("()(%w+)()") do
    rows[#rows + 1] = { first = first, last = last - 1, n = #word, is_long = #word > 3 and 1 or 0, share = #word / 8, word = word:upper() }
  end
  doc:add("org.example.words/1", rows)"""
    write(tmp_path, "first", body, 'adds = { ["org.example.words/1"] = { n = "u32", is_long = "u8", share = "f32", word = "text" } }')
    body = """
  local found = {}
  for i, word in ipairs(doc["org.example.words"]) do
    found[i] = { word, word.n, word.is_long, word.share, word.word }
  end
  return found"""
    write(tmp_path, "second", body, 'needs = { "org.example.words/1" }')
    client = textd(plugins(entry("second"), entry("first"), directory=tmp_path, workers=1)).client()
    reply = client.ask("ab, cdef", plugins=["second"])
    assert reply["results"] == {"second": [[[0, 2], 2, 0, 0.25, "AB"], [[4, 8], 4, 1, 0.5, "CDEF"]]}
    assert client.result("", "second", plugins=["second"]) == []


@needs_lua
def test_an_error_costs_the_scripts_result_and_says_where(textd, tmp_path):
    write(tmp_path, "one", 'return doc.text == "x" and nil .. 1 or 5')
    write(tmp_path, "two", "return { name = '\\xff' }")
    write(tmp_path, "long", "return 7", 'options = { { name = "n", type = "int", max = 5, help = "a number" } }')
    daemon = textd(plugins(entry("one"), entry("two"), entry("long", options={"n": 3}), directory=tmp_path))
    reply = daemon.client().ask("x")
    assert reply["results"] == {"long": 7}
    assert reply["errors"]["one"] == {"code": "PLUGIN_FAILED", "message": "one.lua:4: attempt to concatenate a nil value"}
    assert reply["errors"]["two"]["message"] == "two.lua: the result's name is a text that is not UTF-8"
    assert not daemon.logged("worker.lost")
    assert "long.n is 6; allowed: -9223372036854775808 to 5" in run_check(tmp_path, entry("long", options={"n": 6}))


def run_check(folder, plugin):
    """What --check-config says of a configuration with this plugin."""
    file = folder / "textd.yaml"
    file.write_text(json.dumps({"plugin_dirs": [str(folder)], "plugins": [plugin]}))
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78
    return run.stderr


@needs_lua
def test_a_script_that_cant_be_used_is_refused(tmp_path):
    write(tmp_path, "bad", "", 'needs = { "tokens" }')
    cases = {
        "none": "there is no script none.lua: put it into the folder lua/ of a plugin directory (plugin_dirs)",
        "bad": "what plugin bad declares: needs_layers names the layer 'tokens'; a layer is NAME/VERSION, as tokens/1",
    }
    for name, words in cases.items():
        assert words in run_check(tmp_path, entry(name))
    assert "it must be the plain name of a file" in run_check(tmp_path, entry("one", options={"script": "../one.lua"}))
    assert "there is no script other.lua" in run_check(tmp_path, entry("one", options={"script": "other.lua"}))


@needs_lua
def test_a_script_that_runs_too_long_or_eats_memory_is_stopped_and_its_worker_lives(textd, tmp_path):
    loop = "while true do pcall(function() while true do end end) end"
    write(tmp_path, "wild", f'if doc.text == "loop" then {loop} end local s = "x" while true do s = s .. s end')
    daemon = textd(plugins(entry("wild", timeout="150ms", options={"memory": 2}), directory=tmp_path, workers=1))
    client, workers = daemon.client(), daemon.worker_pids()
    error = client.error("loop")
    assert error["code"] == "PLUGIN_TIMEOUT" and error["message"] == "wild stopped when its limit of 150 ms was near"
    assert client.error("eat")["message"] == "wild.lua needs more than 2 MiB of memory, which is what its option memory allows"
    assert client.error("loop", deadline_ms=40)["code"] == "DEADLINE_EXCEEDED"
    assert daemon.worker_pids() == workers


@needs_lua
def test_what_no_hook_can_stop_is_killed_and_a_mended_script_gets_another_chance(textd, tmp_path):
    write(tmp_path, "slow", 'return (("a"):rep(2000)):find((".-"):rep(30) .. "b")')
    config = plugins(entry("slow", timeout="100ms"), directory=tmp_path, workers=1)
    daemon = textd({**config, "suspend": {"deaths": 1, "window": "60s", "pause": "60s"}})
    client = daemon.client()
    assert client.error("x")["code"] == "PLUGIN_TIMEOUT"
    wait_for("its suspension", lambda: "it is suspended" in client.error("x")["message"])
    write(tmp_path, "slow", "return 1")
    assert daemon.control(op="plugin.reload", plugin="slow")["ok"]
    assert client.result("x", "slow") == 1, "another script has not earned what its predecessor has"


@needs_lua
def test_a_script_is_signed_with_its_library(textd, tmp_path):
    """Where only what is signed is loaded, a copy of lua.so beside the scripts is signed with them."""
    folder, other = tmp_path / "plugins/by-name", tmp_path / "other"
    folder.mkdir(parents=True)
    other.mkdir()
    shutil.copy(LUA, folder)
    write(folder, "size", "return #doc.text")
    for act in ("keygen", tmp_path / "team"), ("sign", "--key", tmp_path / "team.sec", "--release", "1.0.0", folder / "lua.so"):
        subprocess.run([BIN / "textctl", "plugin", *act], env=environment(), check=True, stdout=subprocess.DEVNULL)
    config = plugins(entry("size"), directory=folder.parent, workers=1, security={"plugin_keys": [str(tmp_path / "team.pub")]})
    config["plugin_dirs"].append(str(other))
    daemon = textd(config)
    assert daemon.client().result("abc", "size") == 3
    write(other, "more", "return 0")
    reply = daemon.control(op="plugin.load", plugin="more", file="lua")
    assert not reply["ok"] and "lua/more.lua isn't in lua.manifest: it was added after that was signed" in reply["error"]["message"]
    write(folder, "size", "return 0")
    (other / "lua/more.lua").unlink()
    reply = daemon.control(op="plugin.reload", plugin="size")
    assert not reply["ok"] and "lua/size.lua isn't what was signed" in reply["error"]["message"]
    assert daemon.client().result("abc", "size") == 3, "what was signed goes on"


@needs_lua
def test_the_same_document_has_the_same_result_in_every_worker(textd, tmp_path):
    body = """
  count = (count or 0) + 1
  local words, order = {}, {}
  for w in doc.text:gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
  for w, n in pairs(words) do order[#order + 1] = w .. n end
  return { count, math.random(1000), order, tostring(words), words }"""
    write(tmp_path, "pure", body)
    text = " ".join(f"word{chr(97 + i % 26)}{chr(97 + i % 7)}" for i in range(60))
    client = textd(plugins(entry("pure"), directory=tmp_path)).client()
    replies = client.receive_all([client.annotate(text) for _ in range(40)])
    assert len({reply["served"]["worker"] for reply in replies.values()}) == 2
    assert len({json.dumps(reply["results"]) for reply in replies.values()}) == 1
