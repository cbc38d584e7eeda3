"""A bad file costs its own plugin at most: one that was found is left out, and what served before can serve again."""

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


# ---- what was merely found ------------------------------------------------------------------------------------------

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
    want = {**FAILING, "text": "plugin text can't be opened", "open": "open.so may be written by everybody",
            **{f"open{number}": f"open{number}.so may be written by everybody" for number in range(30)},
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
    assert reply["error"]["code"] == "RELOAD_FAILED", "it was asked for by name"
    assert "two and two" in reply["error"]["message"]
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
    env = environment(RUNTIME_DIRECTORY=str(tmp_path))
    run = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30 * SLOW)
    assert run.returncode == 78 and "no plugin is left to load" in run.stderr
    assert run.stderr.count("event=plugin.failed") == 2, "each is told"


def test_a_stop_while_a_plugin_is_being_left_out_is_clean(textd, folder):
    put(folder, "create_slow")
    daemon = textd({"plugin_dirs": [str(folder)], "workers": {"count": 2, "start_timeout": "60s"}}, wait=False)
    wait_for("workers", lambda: len(daemon.worker_pids()) == 2)
    os.kill(daemon.worker_pids()[0], signal.SIGABRT)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code() == 0


# ---- what lies on the disk, and what served before ------------------------------------------------------------------

ECHO, ONE, TWO = GOOD / "echo.so", GOOD / "twin1.so", GOOD / "twin2.so"


def serving(textd, folder, **sections):
    """A daemon with one plugin, listed: echo."""
    return textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}], "workers": {"count": 1}, **sections})


def version(daemon):
    """Which library answers for the plugin: twin1, twin2, or echo."""
    result = daemon.client().ask("abc")["results"]["echo"]
    return {1: ONE, 2: TWO}.get(result, ECHO) if isinstance(result, int) else ECHO


def echo(daemon):
    return listed(daemon)["echo"]


def test_a_file_that_is_not_what_runs_is_told(textd, folder):
    daemon = serving(textd, folder)
    assert echo(daemon)["disk"] == "same" and echo(daemon)["source"] == "disk"
    put(folder, "echo", BAD / "selftest/selftest.so")
    assert daemon.control(op="plugin.reload", plugin="echo")["error"]["code"] == "RELOAD_FAILED"
    assert echo(daemon)["disk"] == "differs", "the next start would take it"
    assert daemon.control(op="status")["plugins"][0]["disk"] == "differs"
    os.unlink(folder / "echo.so")
    assert echo(daemon)["disk"] == "missing"
    put(folder, "echo", ECHO)
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"] and echo(daemon)["disk"] == "same"
    (folder / "echo").mkdir()
    (folder / "echo/words.txt").write_text("a resource that was not there")
    assert echo(daemon)["disk"] == "differs"


def test_rollback_goes_back_to_the_copy_that_served_before(textd, folder):
    daemon = serving(textd, folder)
    reply = daemon.control(op="plugin.rollback", plugin="echo")
    assert reply["error"]["code"] == "BAD_REQUEST" and "nothing to go back to" in reply["error"]["message"]
    assert daemon.control(op="plugin.rollback", plugin="nope")["error"]["code"] == "UNKNOWN_PLUGIN"
    old = echo(daemon)["hash"]
    put(folder, "echo", ONE)
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"] and version(daemon) == ONE
    control = daemon.client(endpoint=daemon.control_endpoint)
    control.send({"id": 1, "op": "plugin.rollback", "plugin": "echo", "progress": True})
    assert "progress" in control.receive()
    while "ok" not in (reply := control.receive()):
        pass
    assert reply["ok"] and reply["generation"] == 3 and version(daemon) == ECHO
    assert (echo(daemon)["hash"], echo(daemon)["source"], echo(daemon)["disk"]) == (old, "rolled_back", "differs")
    assert daemon.control(op="status")["last_reload"]["op"] == "plugin.rollback"
    reply = daemon.control(op="plugin.rollback", plugin="echo")
    assert reply["error"]["code"] == "BAD_REQUEST" and "it was rolled back to" in reply["error"]["message"]


def test_what_was_rolled_back_from_is_not_taken_again_unasked(textd, folder):
    daemon = serving(textd, folder)
    put(folder, "echo", ONE)
    assert daemon.control(op="config.reload")["ok"] and version(daemon) == ONE
    assert daemon.control(op="plugin.rollback", plugin="echo")["ok"]
    for change in ({"op": "config.reload"}, {"op": "plugin.reload"}):
        assert daemon.control(**change)["ok"] and version(daemon) == ECHO
    os.utime(folder / "echo.so")
    assert daemon.control(op="config.reload")["ok"] and version(daemon) == ECHO, "touched, and the same all the same"
    assert len(daemon.logged("plugin.held", plugin="echo")) == 3
    put(folder, "echo", TWO)
    assert daemon.control(op="config.reload")["ok"] and version(daemon) == TWO, "a newer file is another matter"
    assert daemon.control(op="plugin.rollback", plugin="echo")["ok"] and version(daemon) == ECHO
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"] and version(daemon) == TWO, "asked for by name"
    assert echo(daemon)["source"] == "disk" and echo(daemon)["disk"] == "same"


def test_a_rollback_is_no_canary(textd, folder):
    daemon = serving(textd, folder, canary={"percent": 50, "documents": 1, "time": "10ms", "promote_unjudged": True})
    put(folder, "echo", ONE)
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"]
    assert daemon.control(op="plugin.rollback", plugin="echo")["ok"] and version(daemon) == ECHO
    assert len(daemon.logged("generation.canary")) == 1


def test_instances_of_a_library_go_back_together_and_others_stay(textd, folder):
    put(folder, "twin", ONE)
    daemon = textd({"plugin_dirs": [str(folder)],
                    "plugins": [{"name": "a", "file": "echo"}, {"name": "b", "file": "echo"}, {"name": "twin"}]})
    put(folder, "echo", ONE)
    put(folder, "twin", TWO)
    assert daemon.control(op="config.reload")["ok"]
    assert daemon.client().ask("abc")["results"] == {"a": 1, "b": 1, "twin": 2}
    assert daemon.control(op="plugin.rollback", plugin="b")["ok"]
    results = daemon.client().ask("abc")["results"]
    assert results["a"] == results["b"] != 1 and results["twin"] == 2


# ---- over a restart -------------------------------------------------------------------------------------------------


@pytest.fixture
def state(tmp_path):
    """A state directory. What serves is kept there before a daemon has stopped."""
    directory = tmp_path / "state"
    directory.mkdir(mode=0o700)
    return directory


def lasting(textd, folder, state, **sections):
    return serving(textd, folder, server={"state_dir": str(state)}, **sections)


BREAK = {
    "selftest": lambda folder: put(folder, "echo", BAD / "selftest/selftest.so"),
    "crash": lambda folder: put(folder, "echo", BAD / "create_crash/create_crash.so"),
    "no library": lambda folder: (folder / "echo.so").write_bytes(b"not a library"),
    "open to all": lambda folder: os.chmod(folder / "echo.so", 0o666),
    "layers": lambda folder: put(folder, "echo", BAD / "missing/missing.so"),
}


@pytest.mark.parametrize("how", BREAK)
def test_a_restart_with_a_bad_new_file_serves_the_last_good_copy(textd, folder, state, how):
    daemon = lasting(textd, folder, state)
    good = echo(daemon)["hash"]
    daemon.stop()
    BREAK[how](folder)
    daemon = lasting(textd, folder, state)
    assert version(daemon) == ECHO
    assert (echo(daemon)["hash"], echo(daemon)["source"], echo(daemon)["disk"]) == (good, "last_good", "differs")
    [line] = daemon.logged("plugin.last_good", plugin="echo", source="last_good", level="error")
    assert "start with the copy that served before" in line and echo(daemon)["reason"]
    assert daemon.control(op="config.reload")["error"]["code"] == "RELOAD_FAILED"
    os.chmod(folder / "echo.so", 0o644)
    put(folder, "echo", ONE)
    assert daemon.control(op="config.reload")["ok"] and version(daemon) == ONE and echo(daemon)["source"] == "disk"


def test_without_a_state_directory_a_bad_new_file_ends_the_start(textd, folder):
    serving(textd, folder).stop()
    put(folder, "echo", BAD / "selftest/selftest.so")
    assert textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}]}, wait=False).exit_code() == 78


def test_the_service_managers_state_directory_is_used(textd, folder, state):
    config = {"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}]}
    daemon = textd(config, env={"STATE_DIRECTORY": f"{state}:/nowhere"})
    daemon.stop()
    put(folder, "echo", BAD / "selftest/selftest.so")
    assert version(textd(config, env={"STATE_DIRECTORY": f"{state}:/nowhere"})) == ECHO


def test_resources_are_part_of_the_copy(textd, tmp_path, state):
    folder = tmp_path / "p"
    (folder / "resource").mkdir(parents=True)
    (folder / "resource/words.txt").write_text("some words\n" * 1000)
    put(folder, "resource")
    config = {"plugin_dirs": [str(folder)], "plugins": [{"name": "resource"}], "server": {"state_dir": str(state)}}
    daemon = textd(config)
    daemon.stop()
    os.unlink(folder / "resource/words.txt")
    daemon = textd(config)
    assert listed(daemon)["resource"]["source"] == "last_good" and "words.txt" in listed(daemon)["resource"]["reason"]


def test_a_found_plugin_goes_back_rather_than_missing(textd, folder, state):
    config = {"plugin_dirs": [str(folder)], "server": {"state_dir": str(state)}}
    daemon = textd(config)
    daemon.stop()
    put(folder, "echo", BAD / "selftest/selftest.so")
    put(folder, "never", BAD / "selftest/selftest.so")
    daemon = textd(config)
    plugins = listed(daemon)
    assert plugins["echo"]["source"] == "last_good" and plugins["never"]["state"] == "failed"


def test_a_rollback_outlives_a_restart(textd, folder, state):
    daemon = lasting(textd, folder, state)
    put(folder, "echo", ONE)
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"]
    assert daemon.control(op="plugin.rollback", plugin="echo")["ok"]
    daemon.stop()
    daemon = lasting(textd, folder, state)
    assert version(daemon) == ECHO and echo(daemon)["source"] == "rolled_back"
    assert daemon.logged("plugin.last_good", plugin="echo", source="rolled_back", level="error")
    assert daemon.control(op="config.reload")["ok"] and version(daemon) == ECHO
    assert daemon.control(op="plugin.rollback", plugin="echo")["error"]["code"] == "BAD_REQUEST"
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"] and version(daemon) == ONE


def test_one_can_go_back_after_a_restart(textd, folder, state):
    daemon = lasting(textd, folder, state)
    put(folder, "echo", ONE)
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"]
    daemon.stop()
    assert sorted(path.name for path in (state / "plugins").iterdir()) == ["echo.before", "echo.good"]
    daemon = lasting(textd, folder, state)
    assert version(daemon) == ONE and echo(daemon)["source"] == "disk"
    assert daemon.control(op="plugin.rollback", plugin="echo")["ok"] and version(daemon) == ECHO


def test_a_copy_that_is_damaged_or_open_to_others_is_not_believed(textd, folder, state):
    daemon = lasting(textd, folder, state)
    daemon.stop()
    put(folder, "echo", BAD / "selftest/selftest.so")
    copy = state / "plugins/echo.good"
    good = copy.read_bytes()

    def refused(words):
        config = {"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}], "server": {"state_dir": str(state)}}
        daemon = textd(config, wait=False)
        assert daemon.exit_code() == 78 and "two and two" in daemon.log()
        [line] = daemon.logged("plugin.copy_failed")
        assert words in line, line

    for place in (0, 20, 30, 70, len(good) // 2, len(good) - 1):
        copy.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1:])
        refused("is damaged")
    for length in (0, 10, 50, len(good) - 1):
        copy.write_bytes(good[:length])
        refused("is damaged")
    copy.write_bytes(good)
    os.chmod(copy, 0o666)
    refused("may be written by everybody")
    os.chmod(copy, 0o600)
    assert version(lasting(textd, folder, state)) == ECHO


def test_copies_of_plugins_that_are_gone_go_as_well(textd, folder, state):
    def copies():
        return sorted(path.name for path in (state / "plugins").iterdir())

    put(folder, "twin", ONE)
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}, {"name": "twin"}],
                    "server": {"state_dir": str(state)}})
    wait_for("both", lambda: copies() == ["echo.good", "twin.good"])
    assert daemon.control(op="plugin.unload", plugin="twin")["ok"]
    wait_for("one to go", lambda: copies() == ["echo.good"])


def test_a_state_directory_that_cannot_be_used_is_told_and_holds_nothing_up(textd, folder, tmp_path):
    daemon = lasting(textd, folder, tmp_path / "no/such/folder")
    daemon.wait_logged("plugin.copy_failed", level="warn")
    assert version(daemon) == ECHO


# ---- textctl --------------------------------------------------------------------------------------------------------


def test_textctl_rolls_back_and_tells_what_differs(textd, folder):
    def textctl(*args):
        env = environment(RUNTIME_DIRECTORY=str(daemon.run))
        return subprocess.run([str(BIN / "textctl"), *args], env=env, capture_output=True, text=True, timeout=30 * SLOW)

    put(folder, "bad", BAD / "selftest/selftest.so")
    daemon = found(textd, folder)
    put(folder, "echo", ONE)
    assert "echo is not what is on disk" in textctl("plugin", "list").stdout
    run = textctl("plugin", "rollback", "echo")
    assert run.returncode == 1 and "nothing to go back to" in run.stderr
    assert textctl("plugin", "reload", "echo").returncode == 0
    run = textctl("plugin", "rollback", "echo")
    assert run.returncode == 0 and "generation 3 serves" in run.stdout
    shown = textctl("status").stdout
    assert "echo runs the copy that it was rolled back to" in shown and "bad failed: plugin selftest" not in shown
    assert "bad failed: plugin bad: its self-test failed: two and two made five" in shown
    assert textctl("plugin", "rollback").returncode == 2
