"""textctl bench: its figures are true, and where they could mislead it says so."""

import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import BIN, SLOW, Daemon, environment, plugins, wait_for

SHORT = ("--warm-up", "50ms", "--duration", "300ms")
LEVELS = ("min", "p50", "p90", "p99", "p99_9", "p99_99", "max")


def bench(daemon, *args, seconds=30, stdin=None):
    done = subprocess.run([str(BIN / "textctl"), "bench", "-e", daemon.endpoint, *map(str, args)], capture_output=True, text=True,
                          timeout=seconds * SLOW, env=environment(), input=stdin)
    done.json = json.loads(done.stdout) if "--json" in args and done.stdout else None
    return done


def answered(daemon):
    return daemon.control(op="status")["counters"]["documents_answered"]


@pytest.fixture(scope="module")
def daemon():
    daemon = Daemon(plugins("echo", "fault", workers=1))
    yield daemon
    daemon.clean_up()


@pytest.fixture
def slow(tmp_path):
    """A text that the plugin `fault` takes 20 ms for."""
    (tmp_path / "slow").write_text("SLEEP 20")
    return tmp_path / "slow"


def test_the_closed_loop_counts_what_it_did(daemon):
    done = bench(daemon, "--plugins", "echo", *SHORT, "--json")
    assert done.returncode == 0, done.stderr
    found = done.json
    assert found["loop"] == "closed" and found["documents"]["failed"] == found["documents"]["unanswered"] == 0
    assert found["documents"]["sent"] == found["documents"]["annotated"] == found["latency_us"]["n"] > 0
    assert found["seconds"] == pytest.approx(0.3)
    assert found["per_second"] * 0.3 == pytest.approx(found["documents"]["annotated"], rel=0.2, abs=40)
    told = [found["latency_us"][level] for level in LEVELS if level in found["latency_us"]]
    assert told == sorted(told), "no percentile is above the largest value, or below a lower one"


def test_so_many_documents_over_so_many_connections(daemon):
    found = bench(daemon, "--plugins", "echo", "--warm-up", "1ms", "--documents", "100", "--clients", "3", "--json").json
    assert found["documents"]["sent"] == found["documents"]["annotated"] == found["latency_us"]["n"] == 100
    assert "p99" in found["latency_us"] and "p99_9" not in found["latency_us"], "of a hundred it would be the largest again"


def test_the_open_loop_sends_at_its_rate(daemon):
    done = bench(daemon, "--plugins", "echo", "--rate", "200", "--clients", "2", *SHORT, "--json")
    assert done.json["loop"] == "open" and done.json["documents"]["due"] == pytest.approx(60, abs=1)
    assert done.json["documents"]["sent"] == done.json["documents"]["annotated"] == done.json["late_us"]["n"]
    assert done.returncode == (0 if done.json["kept_up"] else 1)
    assert done.json["documents"]["sent"] >= 50, "a busy machine may have no time for the last few"


def test_waiting_to_be_sent_counts_as_latency(daemon, slow):
    """A textd that does 50 a second is asked for 150. A loop that waits with the slow answer would tell of 20 ms."""
    closed = bench(daemon, "--plugins", "fault", "--in-flight", "1", *SHORT, slow, "--json").json
    done = bench(daemon, "--plugins", "fault", "--rate", "150", "--in-flight", "1", "--warm-up", "50ms", "--duration", "500ms", slow, "--json")
    assert 20000 <= closed["latency_us"]["min"] and closed["latency_us"]["p50"] < 60000 * SLOW
    assert done.returncode == 1
    assert not done.json["kept_up"] and done.json["documents"]["due"] == pytest.approx(75, abs=1)
    assert done.json["documents"]["sent"] < 40
    assert done.json["latency_us"]["max"] > 200000, "the last one had been due for two thirds of the time"
    done = bench(daemon, "--plugins", "fault", "--rate", "150", *SHORT, slow)
    assert "It could not keep up with 150 documents/s" in done.stdout and done.returncode == 1


def test_errors_are_told_by_their_codes(daemon, tmp_path):
    (tmp_path / "good").write_text("fine")
    (tmp_path / "bad").write_text("bad \udcff", errors="surrogateescape")
    done = bench(daemon, "--plugins", "echo", "--warm-up", "1ms", "--documents", "20", tmp_path / "good", tmp_path / "bad", "--json")
    assert done.returncode == 1
    assert done.json["errors"] == {"INVALID_UTF8": 10}
    assert done.json["documents"]["annotated"] == done.json["latency_us"]["n"] == 10
    done = bench(daemon, "--plugins", "fault", "--deadline", "5ms", "--in-flight", "1", "--warm-up", "1ms", "--documents", "3",
                 "--jsonl", "-", stdin='{"text": "SLEEP 30"}\n')
    assert done.returncode == 75 and "DEADLINE_EXCEEDED 3" in done.stdout


def test_a_byte_order_mark_and_empty_lines_are_no_texts(daemon):
    done = bench(daemon, "--plugins", "echo", "--warm-up", "1ms", "--documents", "3", "--json", "--jsonl", "-",
                 stdin='\ufeff{"text": "ab"}\r\n\r\n  \n{"text": "abcd"}\n')
    assert done.returncode == 0, done.stderr
    assert done.json["texts"] == 2 and done.json["text_bytes"] == 3


@pytest.mark.parametrize("loop", [["--in-flight", "4"], ["--rate", "40"]])
def test_a_daemon_that_goes_away_ends_it_with_what_there_is(textd, slow, loop):
    daemon = textd(plugins("fault", workers=1))
    process = subprocess.Popen([str(BIN / "textctl"), "bench", "-e", daemon.endpoint, "--plugins", "fault", "--warm-up", "1ms", "--timeout", "500ms",
                                "--json", str(slow), *loop], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    wait_for("answers", lambda: answered(daemon) > 25)
    daemon.process.kill()
    out, err = process.communicate(timeout=20 * SLOW)
    assert process.returncode == 69 and "ended early" in err
    found = json.loads(out)
    assert found["documents"]["annotated"] >= 4 and found["errors"] and set(found["errors"]) <= {"LOST", "UNAVAILABLE"}, found
    assert found["ended_early"]
    assert found["documents"]["sent"] == sum(found["documents"][end] for end in ("annotated", "failed", "unanswered"))


def test_the_open_loop_goes_on_over_a_restart(textd):
    daemon = textd(plugins("echo", workers=1))
    process = subprocess.Popen([str(BIN / "textctl"), "bench", "-e", daemon.endpoint, "--plugins", "echo", "--rate", "100", "--warm-up", "1ms",
                                "--duration", "1s", "--json"], stdout=subprocess.PIPE, text=True, env=environment())
    wait_for("answers", lambda: answered(daemon) > 20)
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    found = json.loads(process.communicate(timeout=20 * SLOW)[0])
    assert found["seconds"] == pytest.approx(1) and "ended_early" not in found
    assert answered(daemon) > 0, "by the one that was started again"
    assert found["documents"]["failed"] == sum(found["errors"].values()) and set(found["errors"]) <= {"LOST"}
    assert process.returncode == (75 if found["errors"] else 0 if found["kept_up"] else 1)


def test_control_c_ends_it_with_what_there_is(daemon):
    process = subprocess.Popen([str(BIN / "textctl"), "bench", "-e", daemon.endpoint, "--plugins", "echo", "--warm-up", "1ms", "--duration", "60s", "--json"],
                               stdout=subprocess.PIPE, text=True, env=environment())
    before = answered(daemon)
    wait_for("answers", lambda: answered(daemon) > before + 100)
    process.send_signal(signal.SIGINT)
    found = json.loads(process.communicate(timeout=10 * SLOW)[0])
    assert process.returncode == 0 and found["documents"]["annotated"] > 0 and found["seconds"] < 30


def test_a_second_control_c_waits_for_no_answer(textd, slow):
    daemon = textd(plugins("fault", workers=1))
    process = subprocess.Popen([str(BIN / "textctl"), "bench", "-e", daemon.endpoint, "--plugins", "fault", "--warm-up", "1ms", "--duration", "60s", "--json",
                                str(slow)], stdout=subprocess.PIPE, text=True, env=environment())
    wait_for("answers", lambda: answered(daemon) > 25)  # the first 16 are the warm-up's
    pid = daemon.supervisor_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for("both to be taken", lambda: process.send_signal(signal.SIGINT) or process.poll() is not None, 5)
    finally:
        os.kill(pid, signal.SIGCONT)
    found = json.loads(process.communicate(timeout=10 * SLOW)[0])
    assert process.returncode == 1 and found["documents"]["annotated"] > 0 and found["documents"]["unanswered"] > 0


def test_a_run_that_measured_nothing_is_no_success(daemon):
    done = bench(daemon, "--plugins", "echo", "--rate", "1", "--warm-up", "1ms", "--duration", "1ms", "--json")
    assert done.returncode == 1 and "nothing was measured" in done.stderr and done.json["documents"]["due"] == 0


def test_the_picture_is_a_file(daemon):
    done = bench(daemon, "--plot", "-")
    assert done.returncode == 2 and "--plot" in done.stderr


def test_the_picture_stands_alone(daemon, tmp_path):
    done = bench(daemon, "--plugins", "echo", "--rate", "500", *SHORT, "--plot", tmp_path / "a.svg")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "a.svg").read_text()
    picture = ElementTree.fromstring(text)
    words = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"0 %", "90 %", "99 %", "share of the documents that took no longer"} <= set(words)
    assert any("latency, from when a document was due" in word for word in words)
    assert any(word.startswith("median ") for word in words) and any(word.startswith("max ") for word in words)
    assert "prefers-color-scheme:dark" in text
    assert text.count("http") == 1, "but for the name of the language it names nothing outside"
    line = next(e for e in picture.iter("{http://www.w3.org/2000/svg}path") if e.get("class") == "line").get("d")
    assert "nan" not in line and "inf" not in line
    done = bench(daemon, "--plugins", "echo", "--documents", "1", "--warm-up", "1ms", "--plot", "/dev/full")
    assert done.returncode == 1 and "/dev/full" in done.stderr


@pytest.mark.parametrize("args, code, words", [
    (["--rate", "0"], 2, "allowed: 1 to 1000000"),
    (["--duration", "1s", "--documents", "5"], 2, "either --duration or --documents"),
    (["--jsonl", "-", "a"], 2, "either FILE... or --jsonl IN"),
    (["/nonexistent"], 1, "/nonexistent"),
    (["--jsonl", "-"], 1, "line 2 is no JSON"),
    (["-o", "echo.nonsense=1", "--plugins", "echo", "--documents", "1", "--warm-up", "1ms"], 1, ""),
])
def test_what_is_wrong_is_said_first(daemon, args, code, words):
    done = bench(daemon, *args, stdin='{"text": "a"}\nnonsense\n')
    assert done.returncode == code and words in done.stderr, done.stderr


def test_without_a_daemon_it_exits_69():
    done = subprocess.run([str(BIN / "textctl"), "bench", "-e", "ipc:///tmp/textd-nobody/textd.sock", "--timeout", "200ms"], capture_output=True,
                          text=True, timeout=10 * SLOW, env=environment())
    assert done.returncode == 69 and done.stdout == ""
