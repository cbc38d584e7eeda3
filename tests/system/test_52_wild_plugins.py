"""Plugins that break their process rather than their document. Whatever they do to it, their document alone pays, and is
answered; the supervisor believes nothing that comes from a worker."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from conftest import SLOW, plugins, wait_for

OTHERS = ["a", "bb", "ccc", "dddd", "eeeee"]


# What the sandbox stops must do no harm where there is none either: no Landlock, no seccomp, or a debugger's session.
OFF = {"security": {"sandbox": "off"}}


def run_amid_others(textd, text, workers=1, timeout="1s", grants=(), **sections):
    """Sends the wild document amid plain ones, which must be unharmed. Returns the daemon and the wild one's reply."""
    limits = {"deadline": f"{4 * SLOW}s"}  # long after all is decided
    fault = {"name": "fault", "timeout": timeout, "grants": list(grants)}
    daemon = textd(plugins(fault, workers=workers, limits=limits, **sections))
    client = daemon.client()
    before = [client.annotate(other) for other in OTHERS]
    wild = client.annotate(text)
    behind = [client.annotate(other) for other in OTHERS]
    replies = client.receive_all([*before, wild, *behind])
    for ids in (before, behind):
        assert [replies[ident].get("results") for ident in ids] == [{"fault": len(other)} for other in OTHERS]
    assert client.ask("next")["ok"] and client.is_silent(0.02)
    return daemon, replies[wild]


def lost(daemon):
    return len(daemon.logged("worker.lost"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_plugin_that_dies_on_a_page_that_it_has_scribbled_over_is_named_by_its_crash(textd, workers):
    """The scoreboard is no witness then, but the record of the crash is written after."""
    daemon, reply = run_amid_others(textd, "SCRIBBLE", workers, **OFF)
    assert reply["error"]["code"] == "PLUGIN_CRASHED" and reply["error"]["plugin"] == "fault" and lost(daemon) == 1


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def run_unseen(daemon, client, texts):
    """Has them run while the supervisor doesn't look. The worker stops now and then, by RAISE or SMEAR, and is let go on."""
    [worker] = daemon.worker_pids()
    ids = [client.annotate(each) for each in ("RAISE 19", *texts)]
    wait_for("the first stops it", lambda: state(worker) == "T")
    wait_for("it has all", lambda: daemon.control(op="worker.list")["workers"][0]["documents"] == len(ids))
    os.kill(daemon.supervisor_pid, signal.SIGSTOP)
    wait_for("its end", lambda: state(worker) == "S" or (state(worker) == "T" and os.kill(worker, signal.SIGCONT)))
    os.kill(daemon.supervisor_pid, signal.SIGCONT)
    replies = {}

    def are_all_here():
        for pid in daemon.worker_pids():
            if state(pid) == "T":
                os.kill(pid, signal.SIGCONT)
        if client.socket.poll(10):
            reply = client.receive()
            assert replies.setdefault(reply["id"], reply) is reply
        return len(replies) == len(ids)

    wait_for("all replies", are_all_here)
    return [replies[ident] for ident in ids]


def test_who_scribbles_over_replies_that_were_not_taken_yet_costs_nobody_a_document_and_can_do_it_once(textd):
    """Whose doing it was can't be told, so nobody is blamed; what was lost is run again by a worker whose replies go where no plugin can
    reach them any more."""
    daemon = textd(plugins({"name": "fault", "timeout": f"{20 * SLOW}s"}, workers=1, **OFF))
    client = daemon.client()
    for _ in range(2):
        replies = run_unseen(daemon, client, ["a", "bb", "SMEAR", "ccc"])
        assert all(reply["ok"] for reply in replies), replies
        assert [reply["results"]["fault"] for reply in replies] == [0, 1, 2, 0, 3]
        [line] = daemon.wait_logged("worker.lost")
        assert "death=\"a plugin scribbled over its replies\"" in line and ' plugin="" ' in line and " requeued=5 " in line
    assert not daemon.logged("plugin.suspended")


def test_who_scribbles_over_replies_finds_no_second_worker_to_do_it_to(textd):
    """Also those that ran when the first was lost take its document without their rings: there it is seen what it does."""
    daemon = textd(plugins({"name": "fault", "timeout": f"{600 * SLOW}ms"}, workers=3, **OFF))
    client = daemon.client()
    assert client.ask("DROWN 1")["error"]["code"] == "PLUGIN_TIMEOUT"
    assert client.ask("abc")["ok"]
    wait_for("both deaths", lambda: lost(daemon) >= 2)
    deaths = [re.search('death="([^"]*)"', line)[1] for line in daemon.logged("worker.lost")]
    assert deaths == ["a plugin scribbled over its replies", "over its time limit"]


def test_who_is_late_and_then_scribbles_over_replies_is_ended_all_the_same(textd):
    """It was asked by a signal where it is, and is deaf to that."""
    limits = {"deadline": f"{4 * SLOW}s", "kill_grace": f"{300 * SLOW}ms"}
    daemon = textd(plugins({"name": "fault", "timeout": "100ms"}, workers=1, limits=limits, **OFF))
    client = daemon.client()
    late, other = client.annotate("DROWN"), client.annotate("abc")
    replies = client.receive_all([late, other])
    assert replies[late]["error"]["code"] == "PLUGIN_TIMEOUT" and replies[late]["error"]["plugin"] == "fault"
    assert replies[other]["ok"]
    [line] = daemon.wait_logged("worker.lost")
    assert ' death="over its time limit" ' in line


@pytest.mark.parametrize("whose", [1, 2])
def test_a_plugin_cannot_write_what_only_the_supervisor_writes(textd, whose):
    """How far it has come, and whether it sleeps, which all workers read."""
    _, reply = run_amid_others(textd, f"SMEAR {whose}", **OFF)
    assert reply["error"]["code"] == "PLUGIN_CRASHED" and reply["error"]["plugin"] == "fault" and "SIGSEGV" in reply["error"]["message"]


def test_a_plugin_that_makes_writable_what_its_supervisor_writes_for_its_worker_deceives_that_one_alone(textd):
    """The supervisor never goes by it, and the worker then by the channel."""
    daemon, reply = run_amid_others(textd, "SMEAR 3", **OFF)
    assert reply["results"] == {"fault": 3} and lost(daemon) == 0


@pytest.mark.parametrize("length", [0, 4, 8, 48, 104, 4096, 100_000_000, 4_000_000_000])
def test_words_put_into_a_workers_mouth_are_not_believed(textd, length):
    daemon, reply = run_amid_others(textd, f"FORGE {length}")
    assert reply["ok"] or reply["error"]["code"] in ("PLUGIN_CRASHED", "INTERNAL")
    if not reply["ok"]:
        assert "SIGKILL" not in reply["error"]["message"], "we killed it, for what it had done: say that"
    daemon.wait_logged("worker.lost")
    assert lost(daemon) <= 6


def test_a_reply_to_what_its_worker_was_not_given_yet_is_not_believed(textd):
    """It is still being written there: a plugin that speaks for the worker would have its memory freed meanwhile."""
    daemon = textd(plugins("fault", workers=1, **OFF))
    client = daemon.client()
    ahead, large = client.annotate("AHEAD 100"), client.annotate("x" * 3_000_000)
    replies = client.receive_all([ahead, large])
    assert replies[ahead]["error"]["code"] == "INTERNAL" and replies[large].get("results") == {"fault": 3_000_000}
    [line] = daemon.wait_logged("worker.lost")
    assert ' death="nonsense on its channel" ' in line


@pytest.mark.parametrize("others", [[], ["echo"]])
def test_a_plugin_that_closes_the_channel_is_named_and_suspended(textd, others):
    """Whether it is the only one that could have done it or not."""
    daemon = textd(plugins("fault", *others, workers=1, suspend={"deaths": 2, "window": "1m", "pause": "1m"}))
    client = daemon.client()
    for _ in range(2):
        error = client.error("CLOSE")
        assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault" and "channel" in error["message"]
    daemon.wait_logged("plugin.suspended", plugin="fault", crashes="2")
    assert "suspended" in str(client.ask("CLOSE")) and lost(daemon) == 2


@pytest.mark.parametrize("n", [1000, -1000, 1_000_000])
@pytest.mark.parametrize("behind", [0, 5])
def test_half_a_frame_costs_one_document_and_names_its_plugin(textd, n, behind):
    """Whether the plugin goes on, so that later replies are taken for the frame's rest, or stays where it is."""
    daemon = textd(plugins({"name": "fault", "timeout": f"{20 * SLOW}s"}, workers=1))
    client = daemon.client()
    begin = time.monotonic()
    half = client.annotate(f"HALF {n}")
    others = [client.annotate("abc") for _ in range(behind)]
    replies = client.receive_all([half, *others])
    error = replies[half]["error"]
    assert error["code"] == "PLUGIN_CRASHED" and error["plugin"] == "fault" and "channel" in error["message"]
    assert all(replies[other]["ok"] for other in others)
    assert time.monotonic() - begin < 4 * SLOW
    [line] = daemon.wait_logged("worker.lost")
    assert " plugin=fault " in line


@pytest.mark.parametrize("length", [0, 1, 500])
def test_a_reply_that_is_none_reaches_no_client(textd, length):
    """A frame may be right in all that the supervisor needs and hold nonsense for the client."""
    daemon, reply = run_amid_others(textd, f"REPLY {length}")
    assert reply["error"]["code"] == "PLUGIN_CRASHED" and reply["error"]["plugin"] == "fault"
    assert "channel" in reply["error"]["message"] and lost(daemon) == 1


def test_a_plugin_cannot_take_the_shared_page_from_the_supervisor(textd):
    """It reads the page at any time: were the file behind it cut, that would end the supervisor."""
    daemon, reply = run_amid_others(textd, "SHRINK", **OFF)
    assert reply["results"] == {"fault": 0}, "no descriptor of it is left, and what is mapped can't be cut"
    assert daemon.control(op="worker.list")["ok"] and lost(daemon) == 0


@pytest.mark.parametrize("number,name", [(14, "SIGALRM"), (10, "SIGUSR1"), (4, "SIGILL"), (8, "SIGFPE"), (7, "SIGBUS")])
def test_a_plugin_that_ends_by_a_signal_is_named_with_it(textd, number, name):
    daemon, reply = run_amid_others(textd, f"RAISE {number}")
    assert reply["error"]["code"] == "PLUGIN_CRASHED" and reply["error"]["plugin"] == "fault"
    assert name in reply["error"]["message"] and lost(daemon) == 1


def test_a_plugin_that_kills_itself_is_given_up_after_one_retry(textd):
    """SIGKILL could have come from outside, so it is run again: once."""
    daemon, reply = run_amid_others(textd, "RAISE 9")
    assert reply["error"]["code"] == "PLUGIN_CRASHED" and lost(daemon) == 2


@pytest.mark.parametrize("number", [2, 15, 1, 13])
def test_signals_that_are_the_supervisors_to_handle_do_nothing_to_a_worker(textd, number):
    daemon, reply = run_amid_others(textd, f"RAISE {number}")
    assert reply["results"] == {"fault": 0} and lost(daemon) == 0


@pytest.mark.parametrize("text", ["RAISE 19", "DEAF", "HANG"])
def test_a_plugin_that_never_comes_back_is_ended_at_its_limit(textd, text):
    begin = time.monotonic()
    daemon, reply = run_amid_others(textd, text, timeout="300ms")
    assert reply["error"]["code"] == "PLUGIN_TIMEOUT" and reply["error"]["plugin"] == "fault"
    assert time.monotonic() - begin < 2 * SLOW and lost(daemon) == (2 if "RAISE" in text else 1)


def test_a_hang_is_found_behind_documents_that_are_done(textd):
    """The worker may not have sent their replies yet: what it is at, and not what is unanswered, has to be looked at."""
    limits = {"deadline": f"{4 * SLOW}s"}
    daemon = textd(plugins({"name": "fault", "timeout": "300ms"}, workers=1, limits=limits))
    client = daemon.client()
    first = client.annotate(f"SLEEP {50 * SLOW}")  # so that the rest reaches the worker in one piece
    quick = [client.annotate("abc") for _ in range(10)]
    hang = client.annotate("HANG")
    replies = client.receive_all([first, *quick, hang])
    assert replies[hang]["error"]["code"] == "PLUGIN_TIMEOUT"
    assert all(replies[ident]["ok"] for ident in [first, *quick])


def test_a_reply_does_not_wait_for_the_document_behind(textd):
    """Replies are gathered to save system calls; but not while a slow document runs."""
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    first = client.annotate(f"SLEEP {50 * SLOW}")  # so that the rest reaches the worker in one piece
    quick = [client.annotate("abc") for _ in range(10)]
    slow = client.annotate(f"SLEEP {2000 * SLOW}")
    begin = time.monotonic()
    client.receive_all([first, *quick])
    assert time.monotonic() - begin < SLOW
    assert client.receive_all([slow])[slow]["ok"]


def test_a_child_that_holds_the_channel_open_does_not_hide_its_parents_death(textd):
    begin = time.monotonic()
    daemon, reply = run_amid_others(textd, f"FORK {3000 * SLOW}", **OFF)
    assert reply["error"]["code"] == "PLUGIN_CRASHED" and "SIGABRT" in reply["error"]["message"]
    assert time.monotonic() - begin < 2 * SLOW and lost(daemon) == 1


def test_threads_and_exit_handlers_do_not_keep_a_worker_from_going(textd):
    daemon, reply = run_amid_others(textd, "LINGER", grants=["threads"])
    assert reply["ok"]
    begin = time.monotonic()
    daemon.stop()
    assert time.monotonic() - begin < 0.5 * SLOW, "it left without the handlers, not by being killed"


def test_sixty_three_long_failures_and_one_success_make_one_readable_reply(textd):
    names = [f"f{n:030d}" for n in range(63)]
    daemon = textd(plugins(*[{"name": name, "file": "fault"} for name in names], "echo", workers=1))
    client = daemon.client()
    for text in ("FAIL", "EXPLAIN 1000", "LAYER 600"):
        reply = client.ask(text)
        assert reply["ok"] and set(reply["results"]) == {"echo"}
        assert set(reply["errors"]) == set(names)
        assert all(error["code"] == "PLUGIN_FAILED" and error["message"] for error in reply["errors"].values())


def test_a_long_reason_is_cut(faulty):
    _, client = faulty
    assert client.error("EXPLAIN 1000")["message"] == "w" * 400


def test_a_plugin_cannot_lengthen_its_time_by_what_it_writes_to_the_page(textd):
    daemon = textd(plugins({"name": "fault", "timeout": "300ms"}, workers=1, limits={"deadline": "2s"}, **OFF))
    client = daemon.client()
    begin = time.monotonic()
    assert client.error("SCRIBBLE")["code"] in ("PLUGIN_CRASHED", "INTERNAL", "PLUGIN_TIMEOUT", "DEADLINE_EXCEEDED")
    assert time.monotonic() - begin < 3 * SLOW
    assert client.ask("abc")["ok"]


def test_a_crash_loop_leaves_the_processor_to_others(textd):
    """Every document crashes, for a while: what is not a document's cost is small."""
    daemon = textd(plugins("fault", workers=1))
    client = daemon.client()
    ids = [client.annotate("CRASH") for _ in range(50)]
    replies = client.receive_all(ids, seconds=60)
    assert all(reply["error"]["code"] == "PLUGIN_CRASHED" for reply in replies.values())
    stat = Path(f"/proc/{daemon.supervisor_pid}/stat").read_text().rsplit(")", 1)[1].split()
    seconds = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    assert seconds < 2 * SLOW, "of the supervisor's own processor time"
    assert lost(daemon) + sum(int(n) for n in re.findall(r"of=worker.lost.*?suppressed=(\d+)", daemon.log())) <= 50
    wait_for("the last to be replaced", lambda: daemon.client().request({"op": "ping"})["workers"] == 1)
