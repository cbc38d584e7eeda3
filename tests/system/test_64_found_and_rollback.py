"""A bad file costs its own plugin at most: one that was merely found is left out, and what served before can serve again."""

import os
import shutil
import signal
import subprocess

import msgpack
import pytest
import zmq

from conftest import BAD, BIN, GOOD, SLOW, environment, run_textd, wait_for


@pytest.fixture
def folder(tmp_path):
    """A plugin folder of the test's own, with one that is good."""
    directory = tmp_path / "plugins"
    directory.mkdir(mode=0o755)
    shutil.copy(GOOD / "echo.so", directory / "echo.so")
    return directory


def put(folder, name, source=None):
    """Installs a library as a package manager would: another file in the old one's place."""
    shutil.copy(source or BAD / name / f"{name}.so", folder / f".{name}.new")
    os.rename(folder / f".{name}.new", folder / f"{name}.so")


def found(textd, folder, **sections):
    """A daemon without a list of plugins."""
    return textd({"plugin_dirs": [str(folder)], "workers": {"count": 1}, **sections})


def listed(daemon):
    return {p["name"]: p for p in daemon.control(op="plugin.list")["plugins"]}


# ---- what was merely found --------------------------------------------------------------------------------------------

FAILING = {
    "magic": "its magic is 0x12345678",
    "major": "it is built for plugin ABI 2.0",
    "minor": "it needs plugin ABI 1.99",
    "entry": "exports no textd_plugin_v1",
    "option": "option 0 (n): its initial value is outside its range",
    "create": "create failed: the moon is in the wrong house",
    "create_crash": "plugin create_crash ended its process while it was loaded: signal SIGABRT",
    "constructor": "plugin constructor ended its process while it was loaded: signal SIGABRT",
    "resource": "there is no resource words.txt",
    "selftest": "its self-test failed: two and two made five",
    "missing": "needs layer org.example.nobody/1, and no plugin adds it",
    "undefined": "undefined symbol: nobody_has_this",
    "cycle_a": "plugin cycle_a needs layer org.example.b/1, and no plugin adds it",
    "cycle_b": "in a circle: cycle_a needs cycle_b needs cycle_a",
}


def test_found_plugins_that_fail_are_left_out_and_the_rest_serves(textd, folder):
    for name in FAILING:
        put(folder, name)
    (folder / "text.so").write_bytes(b"not a library")
    put(folder, "provider", GOOD / "provider.so")
    put(folder, "provider2", GOOD / "provider.so")
    put(folder, "open", GOOD / "twin1.so")
    os.chmod(folder / "open.so", 0o666)
    for number in range(30):
        put(folder, f"open{number}", GOOD / "twin1.so")
        os.chmod(folder / f"open{number}.so", 0o666)
    want = {**FAILING, **{f"open{number}": f"open{number}.so may be written by everybody" for number in range(30)}, "text": "plugin text can't be opened", "open": "open.so may be written by everybody",
            "provider2": "layer org.example.halves/1 is added by both provider and provider2"}
    daemon = found(textd, folder)
    plugins = listed(daemon)
    failed = {name: p["reason"] for name, p in plugins.items() if p["state"] == "failed"}
    assert set(failed) == set(want)
    for name, words in want.items():
        assert words in failed[name], (name, failed[name])
        [line] = daemon.logged("plugin.failed", plugin=name)
        assert f"file={name} " in line and 'action="left out"' in line and "level=error" in line
    assert {"echo", "provider", "segmenter"} <= {name for name, p in plugins.items() if p["state"] == "active"}
    assert {"echo", "provider"} <= set(daemon.client().ask("abc")["results"])
    error = daemon.client().error("abc", plugins=["create"])
    assert error["code"] == "UNKNOWN_PLUGIN"


def test_a_found_plugin_that_hangs_while_it_loads_costs_its_time_and_no_more(textd, folder):
    put(folder, "create_slow")
    daemon = found(textd, folder, workers={"count": 1, "start_timeout": f"{SLOW}s"})
    assert "was not ready within workers.start_timeout" in listed(daemon)["create_slow"]["reason"]
    assert "echo" in daemon.client().ask("abc")["results"]


def test_strict_refuses_what_was_found_and_fails(textd, folder):
    put(folder, "selftest")
    daemon = textd({"plugin_dirs": [str(folder)], "plugin_load": {"found": "strict"}}, wait=False)
    assert daemon.exit_code() == 78 and "two and two made five" in daemon.log()


def test_a_found_plugin_that_a_pipeline_of_the_file_names_must_load(textd, folder):
    put(folder, "selftest")
    daemon = textd({"plugin_dirs": [str(folder)], "pipelines": [{"name": "mine", "plugins": ["selftest"]}]}, wait=False)
    assert daemon.exit_code() == 78 and "two and two made five" in daemon.log()


def test_check_config_tells_what_would_be_left_out(folder, tmp_path):
    put(folder, "selftest")
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{folder}]\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 0, run.stderr
    [line] = [line for line in run.stderr.splitlines() if "warning" in line]
    assert "plugin selftest (selftest.so) would be left out" in line and "two and two made five" in line
    file.write_text(f"plugin_dirs: [{folder}]\nplugin_load: {{found: strict}}\n")
    run = run_textd("--config", file, "--check-config")
    assert run.returncode == 78 and "two and two made five" in run.stderr


def test_a_plugin_that_failed_is_tried_again_by_each_reload(textd, folder):
    put(folder, "late", BAD / "selftest/selftest.so")
    daemon = found(textd, folder)
    subscriber = zmq.Context.instance().socket(zmq.SUB)
    subscriber.subscribe("plugin.failed")
    subscriber.connect(f"ipc://{daemon.run}/events.sock")

    def told():
        daemon.control(op="config.reload")
        return subscriber.poll(20)

    wait_for("the event", told)
    event = msgpack.unpackb(subscriber.recv_multipart()[1])
    assert event["plugin"] == event["file"] == "late" and "two and two" in event["error"]
    subscriber.close(0)
    reply = daemon.control(op="plugin.reload", plugin="late")
    assert reply["error"]["code"] == "RELOAD_FAILED" and "two and two" in reply["error"]["message"], "it was asked for by name"
    reply = daemon.control(op="plugin.disable", plugin="late")
    assert reply["error"]["code"] == "UNKNOWN_PLUGIN" and "two and two" in reply["error"]["message"]
    put(folder, "late", GOOD / "twin1.so")
    assert daemon.control(op="plugin.reload")["ok"]
    assert listed(daemon)["late"]["state"] == "active"
    assert "late" in daemon.client().ask("abc")["results"]


def test_a_found_plugin_that_serves_does_not_vanish_at_a_reload(textd, folder):
    daemon = found(textd, folder)
    put(folder, "echo", BAD / "selftest/selftest.so")
    reply = daemon.control(op="config.reload")
    assert reply["error"]["code"] == "RELOAD_FAILED" and "two and two" in reply["error"]["message"]
    assert listed(daemon)["echo"]["state"] == "active" and "echo" in daemon.client().ask("abc")["results"]
    os.chmod(folder / "echo.so", 0o666)
    assert "may be written by everybody" in daemon.control(op="config.reload")["error"]["message"]
    put(folder, "echo", GOOD / "echo.so")
    put(folder, "provider", GOOD / "provider.so")
    assert daemon.control(op="config.reload")["ok"]
    put(folder, "again", GOOD / "provider.so")  # before the one that serves, by its name
    assert daemon.control(op="config.reload")["ok"]
    assert listed(daemon)["provider"]["state"] == "active" and listed(daemon)["again"]["state"] == "failed"


def test_when_nothing_that_was_found_can_be_loaded_the_start_fails(folder, tmp_path):
    """Nothing would be left to serve with."""
    put(folder, "echo", BAD / "selftest/selftest.so")
    put(folder, "create")
    (tmp_path / "bin").mkdir()
    shutil.copy(BIN / "textd", tmp_path / "bin/textd")  # away from the plugins that it was built with
    file = tmp_path / "textd.yaml"
    file.write_text(f"plugin_dirs: [{folder}]\nendpoints: ['ipc://{tmp_path}/t.sock']\n")
    command = [tmp_path / "bin/textd", "--config", file]
    run = subprocess.run(command, env=environment(RUNTIME_DIRECTORY=str(tmp_path)), capture_output=True, text=True, timeout=30 * SLOW)
    assert run.returncode == 78 and "no plugin is left to load" in run.stderr
    assert run.stderr.count("event=plugin.failed") == 2, "each is told"


def test_a_stop_while_a_plugin_is_being_left_out_is_clean(textd, folder):
    put(folder, "create_slow")
    daemon = textd({"plugin_dirs": [str(folder)], "workers": {"count": 2, "start_timeout": "60s"}}, wait=False)
    wait_for("workers", lambda: len(daemon.worker_pids()) == 2)
    os.kill(daemon.worker_pids()[0], signal.SIGABRT)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code() == 0
