"""A plugin that can't be used is refused when it is loaded, in words a person can act on; nothing of it runs before."""

import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import BAD, GOOD, plugins, run_textd

REFUSED = {
    "magic": "its magic is 0x12345678, not 0x50445854",
    "major": "it is built for plugin ABI 2.0, this textd has 1.0: rebuild it",
    "minor": "it needs plugin ABI 1.99, this textd has 1.0: update textd",
    "entry": "exports no textd_plugin_v1",
    "badname": "its name must be [a-z][a-z0-9_-]*",
    "option": "option 0 (n): its initial value is outside its range",
    "create": "plugin create: create failed: the moon is in the wrong house",
    "create_crash": "plugin create_crash ended its process while it was loaded: signal SIGABRT at create_crash+0x",
    "create_closes": "plugin create_closes ended its process while it was loaded: its channel closed",
    "constructor": "plugin constructor ended its process while it was loaded: signal SIGABRT",
    "resource": "there is no resource words.txt",
    "options_refused": "plugin options_refused: the check of its options failed: n must be the seventh prime",
    "options_small": "plugin options_small: its table of textd.check_options/1 has 8 bytes; 16 are expected, with a check",
    "selftest": "plugin selftest: its self-test failed: two and two made five",
    "missing": "plugin missing needs layer org.example.nobody/1, and no plugin adds it",
    "undefined": "undefined symbol: nobody_has_this",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_plugin_is_refused(textd, name):
    daemon = textd(plugins(name, directory=BAD / name), wait=False)
    assert daemon.exit_code() == 78
    assert REFUSED[name] in daemon.log().replace("\\\"", '"')
    assert len(daemon.logged("server.start_failed")) == 1, "one line says it"


@pytest.mark.parametrize("name", REFUSED)
def test_check_config_finds_it_too(textd, tmp_path, name):
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{BAD / name}]\nplugins: [{{name: {name}}}]\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78 and REFUSED[name] in run.stderr


def test_a_circle_is_spelt_out(textd, tmp_path):
    for name in ("cycle_a", "cycle_b"):
        (tmp_path / f"{name}.so").symlink_to(BAD / name / f"{name}.so")
    daemon = textd(plugins("cycle_a", "cycle_b", directory=tmp_path), wait=False)
    assert daemon.exit_code() == 78
    assert "in a circle: cycle_a needs cycle_b needs cycle_a" in daemon.log()


def test_two_providers_of_a_layer_are_told(textd):
    two = [{"name": "one", "file": "provider"}, {"name": "two", "file": "provider"}]
    daemon = textd(plugins(*two), wait=False)
    assert daemon.exit_code() == 78
    assert "layer org.example.halves/1 is added by both one and two" in daemon.log()


def test_two_instances_of_a_plugin_serve_two_pipelines(textd):
    two = [{"name": "one", "file": "provider"}, {"name": "two", "file": "provider"}]
    pipelines = [{"name": "default", "plugins": ["one"]}, {"name": "other", "plugins": ["two"]}]
    daemon = textd({**plugins(*two), "pipelines": pipelines})
    client = daemon.client()
    assert set(client.ask("ab")["timing"]["plugins"]) == {"one"}
    assert set(client.ask("ab", pipeline="other")["timing"]["plugins"]) == {"two"}


def test_plugins_with_the_same_symbols_see_their_own(textd):
    daemon = textd(plugins("twin1", "twin2"))
    assert daemon.client().ask("x")["results"] == {"twin1": 1, "twin2": 2}


def test_an_option_the_plugin_refuses_names_the_line(textd, tmp_path):
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{GOOD}]\nplugins:\n  - name: echo\n    options:\n      count: 11\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78
    assert "textd.yaml:5:" in run.stderr and "echo.count is 11; allowed: 1 to 10" in run.stderr


def test_a_file_that_is_no_library_is_told(textd, tmp_path):
    for name, content in (("text", b"not a library"), ("empty", b""), ("cut", (GOOD / "echo.so").read_bytes()[:3000])):
        (tmp_path / f"{name}.so").write_bytes(content)
        daemon = textd(plugins(name, directory=tmp_path), wait=False)
        assert daemon.exit_code() == 78
        assert f"plugin {name} " in daemon.log()


def test_a_plugin_that_never_gets_ready_is_given_up(textd, tmp_path):
    source = tmp_path / "slow.c"
    source.write_text("#include <unistd.h>\n__attribute__((constructor)) static void c(void) { sleep(60); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "slow.so", source], check=True)
    daemon = textd({**plugins("slow", directory=tmp_path), "workers": {"start_timeout": "300ms"}}, wait=False)
    assert daemon.exit_code() == 78
    assert "plugin slow was not ready within workers.start_timeout" in daemon.log()


def test_the_first_directory_wins(textd, tmp_path):
    """What --plugin-dir names comes before the built-in folder."""
    (tmp_path / "twin.so").symlink_to(Path(GOOD) / "twin2.so")
    config = {"plugin_dirs": [str(GOOD)], "plugins": [{"name": "twin"}]}
    daemon = textd(config, "--plugin-dir", str(tmp_path))
    assert daemon.client().ask("x")["results"] == {"twin": 2}


def test_a_plugin_by_name_is_loaded_only_by_its_name(textd, tmp_path):
    (tmp_path / "by-name").mkdir()
    (tmp_path / "by-name/twin1.so").symlink_to(Path(GOOD) / "twin1.so")
    (tmp_path / "twin2.so").symlink_to(Path(GOOD) / "twin2.so")
    config = {"plugin_dirs": [str(tmp_path)], "workers": {"count": 1}}
    daemon = textd(config)
    assert "twin1" not in daemon.client().ask("x")["results"]
    reply = daemon.control(op="plugin.load", plugin="one", file="twin1")
    assert reply["ok"], reply
    assert daemon.client().ask("x", plugins=["one", "twin2"])["results"] == {"one": 1, "twin2": 2}
    config["plugins"] = [{"name": "twin1"}]
    assert textd(config).client().ask("x")["results"] == {"twin1": 1}


def test_resources_may_lie_in_another_plugin_directory(textd, tmp_path):
    """An operator's own directory has the files, and the installed one the library."""
    own, other = tmp_path / "own", tmp_path / "other"
    (own / "resource").mkdir(parents=True)
    (other / "resource").mkdir(parents=True)
    (other / "resource.so").symlink_to(BAD / "resource/resource.so")
    (other / "resource/words.txt").write_text("of another library")
    config = plugins("resource", directory=BAD / "resource", workers=1)
    config["plugin_dirs"] += [str(own), str(other)]
    daemon = textd(config, wait=False)
    assert daemon.exit_code() == 78 and REFUSED["resource"] in daemon.log()
    (own / "resource/words.txt").write_text("of nobody's library but this one")
    assert textd(config).client().ask("x")["results"] == {"resource": None}


@pytest.mark.parametrize("size", [24, 25, 100_000])
def test_a_file_s_checksum_is_known_from_its_copy(textd, tmp_path, size):
    """The plugin compares it with its own, in create. One without anything behind the head has none."""
    shutil.copy(BAD / "resource/resource.so", tmp_path)
    (tmp_path / "resource").mkdir()
    (tmp_path / "resource/words.txt").write_bytes(bytes(i * i & 255 for i in range(size)))
    assert textd(plugins("resource", directory=tmp_path, workers=1)).client().ask("x")["ok"]
