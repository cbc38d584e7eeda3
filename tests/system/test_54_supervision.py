"""Blame, suspension, stalls, memory: what the supervisor makes of plugins that keep misbehaving and of workers that stall."""

import os
import re
import resource
import signal
import time

import pytest

from conftest import HIDDEN_USER, SLOW, behind_a_proc_that_hides, can_hide, is_gone, plugins, wait_for


def plugin(daemon, name="fault"):
    [found] = [p for p in daemon.control(op="plugin.list")["plugins"] if p["name"] == name]
    return found


def suspending(deaths=3, pause="200ms", **more):
    return {"deaths": deaths, "window": "1m", "pause": pause, "pause_max": "10s", **more}


def test_g5_a_plugin_that_keeps_crashing_is_suspended_and_the_others_go_on(textd):
    """Promise G5: each crash costs one document and is named; after N in T the plugin is left out."""
    daemon = textd(plugins("fault", "echo", suspend=suspending(pause="1m")))
    client = daemon.client()
    for _ in range(3):
        error = client.error("CRASH")
        assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault"
    daemon.wait_logged("plugin.suspended", plugin="fault", crashes="3")
    reply = client.ask("CRASH")
    assert reply["ok"] and set(reply["results"]) == {"echo"}
    assert reply["errors"]["fault"]["code"] == "PLUGIN_FAILED" and "suspended" in reply["errors"]["fault"]["message"]
    assert client.error("abc", plugins=["fault"])["code"] == "PLUGIN_FAILED", "when it is all that was asked for"
    seen = plugin(daemon)
    assert seen["state"] == "suspended" and seen["crashes"] == 3 and 0 < seen["retry_ms"] <= 60000
    [described] = [p for p in client.request({"op": "describe"})["plugins"] if p["name"] == "fault"]
    assert described["state"] == "suspended"
    assert plugin(daemon, "echo")["state"] == "active"


@pytest.mark.parametrize("text,counter", [("HANG", "timeouts"), ("ABORT", "crashes"), ("EXIT 0", "crashes"), ("STACK", "crashes")])
def test_g5_every_kind_of_death_counts(textd, text, counter):
    daemon = textd(plugins({"name": "fault", "timeout": f"{100 * SLOW}ms"}, suspend=suspending(2, "1m")))
    client = daemon.client()
    # Twice; but one that a busy machine has starved of the processor is not counted, and then it is once more.
    wait_for("the suspension", lambda: client.error(text)["plugin"] == "fault" and daemon.logged("plugin.suspended", plugin="fault"))
    assert plugin(daemon)[counter] == 2


def test_a_trial_that_survives_ends_the_suspension(textd):
    daemon = textd(plugins("fault", suspend=suspending(2)))
    client = daemon.client()
    for _ in range(2):
        client.error("CRASH")
    assert client.error("abc")["code"] == "PLUGIN_FAILED"
    wait_for("a trial", lambda: client.ask("abc")["ok"])
    assert plugin(daemon)["state"] == "active"
    assert daemon.logged("plugin.trial", plugin="fault") and daemon.logged("plugin.active", plugin="fault")


def test_a_trial_that_dies_makes_the_next_pause_longer(textd):
    daemon = textd(plugins("fault", suspend=suspending(2)))
    client = daemon.client()
    for _ in range(2):
        client.error("CRASH")
    wait_for("the trial's death", lambda: client.error("CRASH")["code"] == "PLUGIN_CRASHED")
    assert plugin(daemon)["state"] == "suspended"
    pauses = [int(line.split("pause_ms=")[1].split()[0]) for line in daemon.logged("plugin.suspended")]
    assert pauses == [200, 400]


def test_one_document_at_a_time_is_the_trial(textd):
    daemon = textd(plugins("fault", workers=2, suspend=suspending(2)))
    client = daemon.client()
    for _ in range(2):
        client.error("CRASH")
    wait_for("the pause's end", lambda: "retry_ms" not in plugin(daemon))
    ids = [client.annotate(f"SLEEP {200 * SLOW}") for _ in range(8)]
    replies = client.receive_all(ids)
    assert sum(reply["ok"] for reply in replies.values()) == 1


def test_deaths_long_ago_do_not_count(textd):
    daemon = textd(plugins("fault", suspend={"deaths": 2, "window": "1ms"}))
    client = daemon.client()
    for _ in range(6):
        assert client.error("CRASH")["code"] == "PLUGIN_CRASHED"
        time.sleep(0.002)


def test_failures_are_no_deaths(textd):
    daemon = textd(plugins("fault", suspend=suspending(2)))
    client = daemon.client()
    for text in ["FAIL", "NAN", "NOMEM", "BADRESULT"] * 3:
        assert client.error(text)["code"] == "PLUGIN_FAILED"
    assert plugin(daemon)["state"] == "active" and plugin(daemon)["failures"] == 12


def test_an_operator_disables_and_enables(textd):
    daemon = textd(plugins("fault", "echo", suspend=suspending(2, "1m")))
    client = daemon.client()
    assert daemon.control(op="plugin.disable", plugin="fault")["state"] == "disabled"
    reply = client.ask("CRASH")
    assert set(reply["results"]) == {"echo"} and "disabled" in reply["errors"]["fault"]["message"]
    assert daemon.control(op="plugin.enable", plugin="fault")["state"] == "active"
    assert set(client.ask("abc")["results"]) == {"echo", "fault"}
    for _ in range(2):
        client.error("CRASH")
    assert plugin(daemon)["state"] == "suspended"
    assert daemon.control(op="plugin.enable", plugin="fault")["state"] == "active", "which lifts a suspension"
    assert set(client.ask("abc")["results"]) == {"echo", "fault"}


def test_what_needs_a_suspended_plugins_layer_says_so(textd):
    daemon = textd(plugins("provider", "dependent", "echo"))
    daemon.control(op="plugin.disable", plugin="provider")
    reply = daemon.client().ask("abc")
    assert set(reply["results"]) == {"echo"} and set(reply["errors"]) == {"provider", "dependent"}


def test_health_outlives_a_reload_but_not_a_new_file(textd, tmp_path):
    import shutil

    from conftest import GOOD

    folder = tmp_path / "plugins"
    folder.mkdir()
    for name in ("fault", "echo"):
        shutil.copy(GOOD / f"{name}.so", folder)
    daemon = textd(plugins("fault", "echo", directory=folder, suspend=suspending(2, "1m")))
    client = daemon.client()
    for _ in range(2):
        client.error("CRASH")
    assert daemon.control(op="config.reload")["ok"] and plugin(daemon)["state"] == "suspended"
    assert plugin(daemon)["crashes"] == 2
    with open(folder / "fault.so", "ab") as file:
        file.write(b"\0")
    assert daemon.control(op="plugin.reload", plugin="fault")["ok"] and plugin(daemon)["state"] == "active"


def test_a_crash_is_told_with_its_place(textd):
    daemon = textd(plugins("fault"))
    client = daemon.client()
    for text, name in (("CRASH", "SIGSEGV"), ("STACK", "SIGSEGV"), ("ABORT", "SIGABRT")):
        client.error(text)
        wait_for("the line", lambda: any(name in line for line in daemon.logged("worker.lost")))
        assert "at=\"fault+0x" in daemon.logged("worker.lost")[-1], daemon.logged("worker.lost")[-1]


def test_a_hang_is_told_with_its_place(textd):
    daemon = textd(plugins({"name": "fault", "timeout": "200ms"}))
    client = daemon.client()
    for text in ("HANG", "DEAF", "HANDLERS"):
        begin = time.monotonic()
        assert client.error(text)["code"] == "PLUGIN_TIMEOUT"
        assert time.monotonic() - begin < 0.2 + 0.3 * SLOW
    [line] = [line for line in daemon.wait_logged("worker.lost")[:1]]
    assert 'death="over its time limit"' in line and "at=\"fault+0x" in line or "at=fault+0x" in line
    wait_for("all three to be replaced", lambda: len(daemon.logged("worker.lost")) == 3)
    assert client.ask("abc")["ok"]


def test_a_document_that_was_late_is_logged_with_what_it_was_told(textd):
    daemon = textd(plugins({"name": "fault", "timeout": "200ms"}, "echo", workers=1))
    assert daemon.client().error("HANG")["code"] == "PLUGIN_TIMEOUT"
    [line] = daemon.wait_logged("worker.lost")
    assert " code=PLUGIN_TIMEOUT " in line and " plugin=fault " in line


def test_the_signal_for_a_late_document_does_not_cost_the_next(textd):
    """It comes back just then, and the signal meets whichever document runs by that time."""
    daemon = textd(plugins({"name": "fault", "timeout": "200ms"}, workers=1, limits={"kill_grace": f"{2 * SLOW}s"}))
    client = daemon.client()
    late, next_one = client.annotate("LATE"), client.annotate("WAKE 7")
    replies = client.receive_all([late, next_one])
    assert replies[late]["error"]["code"] == "PLUGIN_TIMEOUT"
    assert replies[next_one]["ok"] and replies[next_one]["results"] == {"fault": 7}
    assert plugin(daemon)["crashes"] == 0 and plugin(daemon)["timeouts"] + len(daemon.logged("plugin.starved")) == 1
    [line] = daemon.wait_logged("worker.lost")
    assert " code=PLUGIN_TIMEOUT " in line


def test_a_thread_that_crashes_under_another_plugin_is_blamed_itself(textd, tmp_path):
    import shutil

    from conftest import GOOD

    for name in ("fault", "other"):
        shutil.copy(GOOD / "fault.so", tmp_path / f"{name}.so")
    threaded = {"name": "fault", "grants": ["threads"]}
    daemon = textd(plugins(threaded, "other", directory=tmp_path, workers=1))
    client = daemon.client()
    assert client.ask(f"THREAD {100 * SLOW}", plugins=["fault"])["ok"]
    reply = client.ask(f"SLEEP {400 * SLOW}", plugins=["other"])
    assert reply["ok"], "it was run again: nothing speaks against it"
    [line] = daemon.wait_logged("worker.lost")
    assert " plugin=fault " in line
    assert plugin(daemon, "fault")["crashes"] == 1 and plugin(daemon, "other")["crashes"] == 0


def test_a_kill_is_told_as_one_when_replies_and_documents_were_on_their_way(textd):
    """The supervisor finds them in the channel together with its end, and reads to that before it judges."""
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    [pid] = daemon.worker_pids()
    documents = lambda: daemon.control(op="worker.list")["workers"][0]["documents"]
    first = client.annotate(f"SLEEP {200 * SLOW}")  # so that the next two reach the worker in one piece
    wait_for("it to run", lambda: daemon.control(op="worker.list")["workers"][0].get("plugin") == "fault")
    second, killed = client.annotate(f"SLEEP {300 * SLOW}"), client.annotate("RAISE 9")
    client.receive_all([first])
    unread = client.annotate("abc")
    wait_for("the worker to have three", lambda: documents() == 3)
    supervisor = daemon.supervisor_pid
    os.kill(supervisor, signal.SIGSTOP)
    try:
        wait_for("the worker's death", lambda: is_gone(pid))
    finally:
        os.kill(supervisor, signal.SIGCONT)
    replies = client.receive_all([second, killed, unread])
    assert replies[second]["ok"] and replies[unread]["ok"]
    assert "killed from outside" in replies[killed]["error"]["message"], "after it was run again"
    assert not daemon.logged("worker.channel") and plugin(daemon)["crashes"] == 0
    assert all('death="signal SIGKILL"' in line for line in daemon.logged("worker.lost"))


def test_an_idle_worker_that_is_stopped_holds_nothing_up(textd):
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    client.ask("abc")
    [pid] = daemon.worker_pids()
    os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    assert all(reply["ok"] for reply in client.receive_all([client.annotate("abc") for _ in range(10)]).values())
    assert time.monotonic() - begin < 2.5 * SLOW
    assert "stopped" in daemon.wait_logged("worker.lost")[0] and plugin(daemon)["timeouts"] == 0


def test_a_worker_stopped_in_a_plugin_is_not_the_plugins_fault(textd):
    daemon = textd(plugins({"name": "fault", "timeout": f"{500 * SLOW}ms"}, workers=1))
    client = daemon.client()
    [pid] = daemon.worker_pids()
    ident = client.annotate(f"SLEEP {100 * SLOW}")
    wait_for("it to run", lambda: daemon.control(op="worker.list")["workers"][0].get("plugin") == "fault")
    os.kill(pid, signal.SIGSTOP)
    assert client.receive_all([ident])[ident]["ok"], "it was run again elsewhere"
    assert plugin(daemon)["timeouts"] == 0 and plugin(daemon)["crashes"] == 0


def test_a_document_that_was_never_begun_is_not_counted_against(textd):
    """However often workers are killed over its head."""
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    first = client.annotate(f"SLEEP {100 * SLOW}")
    rest = [client.annotate("abc") for _ in range(10)]
    for _ in range(4):
        pids = wait_for("a worker", daemon.worker_pids)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_for("it to go", lambda: not set(pids) & set(daemon.worker_pids()))
    replies = client.receive_all([first, *rest])
    assert all(replies[ident]["ok"] for ident in rest)


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory leaves no room for a limit")
def test_a_plugin_that_eats_memory_costs_one_document(textd):
    daemon = textd(plugins("fault", "echo", workers={"count": 1, "memory": "64MiB"}))
    client = daemon.client()
    assert client.ask("ALLOC 32")["results"]["fault"] == 1
    reply = client.ask("ALLOC 8192")
    assert reply["errors"]["fault"]["code"] == "PLUGIN_FAILED" and "workers.memory" in reply["errors"]["fault"]["message"]
    error = client.error("LEAK 8192")
    assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault"
    assert client.ask("abc")["ok"]


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer reserves more than any limit")
@pytest.mark.parametrize("key", ["document_memory", "document_bytes"])
def test_a_worker_that_cannot_have_its_memory_says_which(textd, key):
    """Nobody's plugin is named for it, and the operator learns what to lower or raise."""
    limits = {"document_memory": "64MiB", "document_bytes": "1MiB", key: "1GiB"}
    narrow = lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    more = {"queue": {"bytes": "1GiB"}, "client": {"bytes": "1GiB"}}
    daemon = textd(plugins("fault", workers=1, limits=limits, **more), wait=False, before_exec=narrow)
    assert daemon.exit_code() == 78
    assert re.search(rf"a worker can't reserve \d+ bytes( for jobs)? \(limits.{key}\): Cannot allocate memory: lower", daemon.log())
    assert "raise RLIMIT_AS (ulimit -v), which is 1073741824 bytes" in daemon.log() and "plugin" not in daemon.log()


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory leaves no room for a limit")
def test_a_worker_that_a_plugin_leaks_in_is_replaced_before_it_fails(textd):
    """Also one that can't be looked into, and is hidden in /proc; what it has is shown."""
    hidden = {"before_exec": behind_a_proc_that_hides, "owner": HIDDEN_USER} if can_hide() else {}
    config = plugins("fault", {"name": "attack", "options": {"hide": True}}, workers={"count": 1, "memory": "64MiB"},
                     http={"listen": "127.0.0.1:*"})
    daemons = [textd(plugins("fault", workers={"count": 1, "memory": "64MiB"})), textd(config, **hidden)]
    clients = [daemon.client() for daemon in daemons]
    for client in clients:
        for _ in range(5):
            assert client.ask("LEAK 10")["ok"]
    workers = lambda: daemons[1].control(op="worker.list")["workers"]
    shown = int(re.search(rb"^textd_workers_resident_bytes (\d+)", daemons[1].http("/metrics")[2], re.M)[1])
    assert 50 << 20 < shown < 200 << 20 and 50 << 20 < workers()[0]["rss_bytes"] < 200 << 20
    for daemon, client in zip(daemons, clients):
        line, = daemon.wait_logged("worker.large", seconds=15, action='"replace when it is done with what it has"')
        assert int(re.search(r"rss_bytes=(\d+)", line)[1]) > 48 << 20
        for _ in range(6):
            wait_for("room again", lambda: client.ask("LEAK 10")["ok"])
        assert not daemon.logged("worker.lost")
    wait_for("another", lambda: workers()[0]["rss_bytes"] > 0)


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory leaves no room for a limit")
@pytest.mark.parametrize("mib", [1, 7, 50])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_plugin_that_leaks_quickly_costs_no_document(textd, mib, workers):
    """Long before anybody looks at how large the worker has become; in small pieces and in large ones."""
    daemon = textd(plugins("fault", "echo", workers={"count": workers, "memory": "200MiB"}, limits={"reply_bytes": "1MiB"}))
    client = daemon.client()
    n = 1000 // mib if mib > 1 else 500
    replies = client.receive_all([client.annotate(f"HOARD {mib}") for _ in range(n)])
    assert [reply for reply in replies.values() if set(reply.get("results", {})) != {"fault", "echo"}] == []
    assert daemon.wait_logged("worker.large") and not daemon.logged("worker.lost")


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer's own memory leaves no room for a limit")
def test_a_document_that_no_memory_is_left_for_is_run_in_a_fresh_worker(textd):
    """It asks for more than a worker keeps ready, and for less than there is."""
    daemon = textd(plugins("fault", workers={"count": 1, "memory": "200MiB"}, limits={"reply_bytes": "1MiB"}))
    client = daemon.client()
    for _ in range(3):
        ids = [client.annotate("HOARD 40"), client.annotate("HOARD 40"), client.annotate("ALLOC 150"), client.annotate("abc")]
        assert all(reply["ok"] for reply in client.receive_all(ids).values())
    assert not daemon.logged("worker.lost")
    assert "ran out of memory" in client.error("ALLOC 1000")["message"], "what no worker has is not looked for for ever"
    before = daemon.worker_pids()
    assert "limits.document_memory" in client.error("NOMEM")["message"]
    assert daemon.worker_pids() == before, "a document's own limit is no want of memory"


@pytest.mark.skipif(SLOW > 1, reason="the sanitizer sees it first, and says so")
def test_overruns_are_blamed_on_who_made_them(textd):
    daemon = textd(plugins("fault"))
    client = daemon.client()
    error = client.error("OVERRUN")
    assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault"
    assert client.ask("abc")["ok"]


def test_statistics_are_counted(textd):
    daemon = textd(plugins("fault", "echo", workers=2))
    client = daemon.client()
    client.receive_all([client.annotate("abc") for _ in range(50)])
    client.error("FAIL", plugins=["fault"])
    client.error("CRASH", plugins=["fault"])
    seen = plugin(daemon)
    assert seen["documents"] == 51 and seen["failures"] == 1 and seen["crashes"] == 1
    assert sum(seen["counts"]) == 51 and len(seen["counts"]) == len(seen["buckets_us"]) and seen["buckets_us"][-1] == -1
    assert 0 < seen["p50_us"] <= seen["p99_us"]
    daemon.control(op="worker.restart")
    wait_for("others", lambda: all(w["done"] == 0 for w in daemon.control(op="worker.list")["workers"]))
    assert plugin(daemon)["documents"] == 51, "they are kept when workers go"
    assert all(w["rss_bytes"] > 1 << 20 for w in daemon.control(op="worker.list")["workers"] if w["state"] == "ready")
