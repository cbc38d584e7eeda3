"""A plugin that was built when the plugin ABI was 1.0 goes on loading and working, and its source goes on compiling."""

import pytest

from conftest import BUILD, Daemon, plugins

ABI = BUILD / "tests/plugins/abi"
LAYER = [{"slice": "Ada", "span": [0, 3], "start": 0, "case": "upper", "length": 3, "weight": 0.25},
         {"slice": "née", "span": [4, 7], "start": 4, "case": "upper", "length": 4, "weight": 0.25}]


@pytest.fixture(scope="module")
def kept():
    names = [{"name": name, "options": {"limit": 3}} for name in ("kept_then", "kept_now")]
    daemon = Daemon(plugins("segmenter", *names, directory=ABI, workers=1))
    yield daemon
    daemon.clean_up()


@pytest.mark.parametrize("name", ["kept_then", "kept_now"])
def test_a_plugin_of_1_0_works(kept, name):
    client = kept.client()
    options = {"show": False, "limit": 2, "weight": 0.25, "case": "upper", "note": "née"}
    reply = client.ask("Ada née Byron.", plugins=[name], options={name: options}, lang="en-gb", offsets="codepoint")
    assert reply["results"][name] == {"show": False, "limit": 3, "note": "née", "words": "kept words", "lang": "en-GB", "none": True, "layer": LAYER}
    assert reply["warnings"] == [f"{name}: of 1.0"]

    reply = client.ask("Ada née Byron.", plugins=[name])
    assert reply["results"][name]["show"] is True and reply["results"][name]["note"] is None
    assert [word["case"] for word in reply["results"][name]["layer"]] == ["lower"] * 3


@pytest.mark.parametrize("name", ["kept_then", "kept_now"])
def test_what_it_refuses_is_told_in_its_words(kept, name):
    client = kept.client()
    failed = client.ask("FAIL", plugins=[name, "segmenter"])
    assert "it was asked to fail" in str(failed["errors"]), failed
    error = client.error("Ada", plugins=[name], options={name: {"note": "too long a note"}})
    assert error["code"] == "BAD_OPTION" and "note is longer than 7 bytes" in error["message"]
    assert client.error("Ada", plugins=[name], options={name: {"limit": 1001}})["code"] == "BAD_OPTION"


def test_what_it_logs_is_logged(kept):
    for name in ("kept_then", "kept_now"):
        assert kept.logged("plugin.log", level="info", plugin=name, text='"kept is here"')
