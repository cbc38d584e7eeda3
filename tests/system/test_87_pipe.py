"""textctl pipe: a filter that never outruns its reader, and files between which no line is lost and none is there twice,
whoever is killed. TEXTD_TORTURE=N (1: a million) makes the last test N documents long, and prints its figures."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgpack
import pytest
import zmq

from conftest import BIN, ROOT, SLOW, Daemon, environment, plugins, wait_for

TEXTCTL = str(BIN / "textctl")
TORTURE = int(os.environ.get("TEXTD_TORTURE") or 0)


@pytest.fixture(scope="module")
def echo():
    """A daemon that is left in peace."""
    daemon = Daemon(plugins("echo", "fault"))
    yield daemon
    daemon.clean_up()


@pytest.fixture
def started():
    """started(*args) starts textctl pipe; what is left of it in the end is killed, and must have said nothing of a sanitizer's."""
    processes = []

    def start(*args, endpoint=None, **options):
        options.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen([TEXTCTL, "pipe", *map(str, args)], env=environment(**({"TEXTD_ENDPOINT": endpoint} if endpoint else {})), **options)
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stderr and not process.stderr.closed:
            words = process.stderr.read()
            assert b"Sanitizer" not in words and b"runtime error" not in words, words[-3000:]
            process.stderr.close()
        for stream in filter(None, (process.stdin, process.stdout)):
            stream.close()


def pipe(*args, endpoint=None, stdin=b"", **options):
    """Runs it to its end."""
    env = environment(**({"TEXTD_ENDPOINT": endpoint} if endpoint else {}))
    done = subprocess.run([TEXTCTL, "pipe", *map(str, args)], input=stdin, capture_output=True, env=env, timeout=60 * SLOW, **options)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    assert "Sanitizer" not in done.err and "runtime error" not in done.err, done.err[-3000:]
    return done


def document(i, name=""):
    return {"id": f"{name}{i}", "text": f"Document {i} of {name}."}


def write_source(path, n, start=0):
    """Appends n documents to it."""
    with open(path, "a") as file:
        file.writelines(json.dumps(document(i, path.stem)) + "\n" for i in range(start, start + n))
    return path


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def records(path):
    """What stands in a sink's file, by source; each line whole."""
    found = {}
    if path.exists():
        text = path.read_bytes()
        assert text.endswith(b"\n") or not text, text[-200:]
        for line in text.splitlines():
            record = json.loads(line)
            found.setdefault(record["source"], []).append(record)
    return found


def check(path, **sources):
    """Each source's documents, each once, in order, with its own result."""
    found = records(path)
    assert set(found) == {f"{name}.ndjson" for name in sources}
    for name, n in sources.items():
        mine = found[f"{name}.ndjson"]
        assert [r["id"] for r in mine] == [f"{name}{i}" for i in range(n)], f"{len(mine)} results of {n}"
        assert [r["line"] for r in mine] == list(range(1, n + 1))
        assert all(r["ok"] and r["results"]["echo"]["text"] == f"Document {i} of {name}." for i, r in enumerate(mine))


def size(path):
    return path.stat().st_size if path.exists() else 0


# ---- A filter ----


def test_a_filter_answers_every_line_in_order_and_what_is_wrong_is_a_line_too(echo):
    lines = ["\ufeff" + json.dumps(document(0)), "", "{", json.dumps({"id": 7}), "  ", json.dumps(document(1)) + "\r", "[1]", json.dumps(document(2))]
    done = pipe(stdin="\n".join(lines).encode(), endpoint=echo.endpoint)
    answers = lines_of(done.out)
    assert done.returncode == 1 and done.err == ""
    assert [a["id"] for a in answers] == ["0", None, 7, "1", None, "2"]
    assert [a["ok"] for a in answers] == [True, False, False, True, False, True]
    assert [(a["error"]["code"], a["line"]) for a in answers if not a["ok"]] == [("BAD_LINE", 3), ("BAD_LINE", 4), ("BAD_LINE", 7)]
    assert pipe(endpoint=echo.endpoint).returncode == 0  # nothing is nothing


def test_order_is_kept_when_documents_take_different_times(echo):
    texts = [f"SLEEP {30 if i % 7 == 0 else 0}" for i in range(60)]
    stdin = "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in enumerate(texts)).encode()
    done = pipe("--plugins", "fault", stdin=stdin, endpoint=echo.endpoint)
    assert done.returncode == 0, done.err
    assert [a["id"] for a in lines_of(done.out)] == list(range(60))


def test_an_answer_comes_while_the_input_goes_on(echo, started):
    process = started(stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=echo.endpoint)
    for i in range(5):
        process.stdin.write(json.dumps(document(i)).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == str(i)
    process.stdin.close()
    assert process.wait(10 * SLOW) == 0


def fill(process):
    """Writes documents until nobody takes more. Returns how many those are, and what is missing of the last one."""
    os.set_blocking(process.stdin.fileno(), False)
    line = (json.dumps({"id": 1, "text": "x" * 900}) + "\n").encode()
    n, rest, quiet = 0, line, time.monotonic()
    while time.monotonic() - quiet < 0.5 * SLOW:
        try:
            rest = rest[os.write(process.stdin.fileno(), rest):]
            quiet = time.monotonic()
        except BlockingIOError:
            time.sleep(0.005)
        if not rest:
            n, rest = n + 1, line
        assert n < 20_000, "it reads without end"
    os.set_blocking(process.stdin.fileno(), True)
    return n + 1, rest


def finish(process, rest):
    """Writes that, reads all answers, and waits for the end."""
    writer = threading.Thread(target=lambda: (process.stdin.write(rest), process.stdin.close()))
    writer.start()
    answers = process.stdout.read().splitlines()
    writer.join()
    assert process.wait(10 * SLOW) == 0
    return answers


def test_it_reads_no_faster_than_its_results_are_taken(echo, started):
    process = started("--in-flight", "8", stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=echo.endpoint)
    n, rest = fill(process)
    assert n < 1200  # its window, 8 times what is in flight, what the kernel's two pipes hold, and a batch that was read
    answers = finish(process, rest)
    assert len(answers) == n and all(json.loads(a)["ok"] for a in answers)


def test_a_reader_that_pauses_longer_than_the_timeout_is_waited_for(echo, started):
    process = started("--in-flight", "8", "--timeout", "300ms", stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=echo.endpoint)
    n, rest = fill(process)  # half a second of it is that nothing moves
    assert process.poll() is None and len(finish(process, rest)) == n


def test_it_reads_no_faster_than_textd_answers(textd, started):
    daemon = textd(plugins("echo"))
    process = started("--in-flight", "8", stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=daemon.endpoint)
    process.stdin.write(b'{"id":0,"text":"first"}\n')
    process.stdin.flush()
    process.stdout.readline()
    supervisor = daemon.supervisor_pid
    os.kill(supervisor, signal.SIGSTOP)
    try:
        n, rest = fill(process)
    finally:
        os.kill(supervisor, signal.SIGCONT)
    assert n < 1200 and len(finish(process, rest)) == n


def test_killed_it_leaves_whole_lines_in_a_pipe(echo, started):
    """Lines up to what a pipe takes in one piece, 4096 bytes; no bare write can promise more."""
    process = started(stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=echo.endpoint)
    stdin = b"".join(json.dumps(document(i)).encode() + b"\n" for i in range(400))
    process.stdin.write(stdin)
    process.stdin.flush()
    process.stdout.readline()  # it is in the midst of it, and stands before a full pipe
    wait_for("a full pipe", lambda: Path(f"/proc/{process.pid}/wchan").read_text() in ("pipe_write", "anon_pipe_write") or
             Path(f"/proc/{process.pid}/syscall").read_text().startswith("1 "))
    process.kill()
    rest = process.stdout.read()
    assert rest.endswith(b"\n") and all(json.loads(line)["ok"] for line in rest.splitlines())


def test_an_output_that_is_not_taken_is_told_once(echo):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TEXTCTL, "pipe"], input=b"".join(json.dumps(document(i)).encode() + b"\n" for i in range(300)), stdout=full,
                              stderr=subprocess.PIPE, env=environment(TEXTD_ENDPOINT=echo.endpoint), timeout=20 * SLOW)
    assert done.returncode == 1 and done.stderr == b"textctl: can't write to standard output: No space left on device\n", done


def test_a_stop_finishes_what_was_read_and_exits_0(echo, started):
    process = started(stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=echo.endpoint)
    process.stdin.write(b'{"id":0,"text":"a"}\n{"id":1,"text":"b"}\n')
    process.stdin.flush()
    assert process.stdout.readline() and process.stdout.readline()
    process.terminate()
    assert process.wait(10 * SLOW) == 0


def test_a_filter_survives_its_daemon(textd, started):
    daemon = textd(plugins("echo"))
    process = started(stdin=subprocess.PIPE, stdout=subprocess.PIPE, endpoint=daemon.endpoint)
    answers = []
    for i in range(6):
        process.stdin.write(b"".join(json.dumps(document(k)).encode() + b"\n" for k in range(50 * i, 50 * i + 50)))
        process.stdin.flush()
        if i % 2:
            os.kill(daemon.supervisor_pid, signal.SIGKILL)
        answers += [json.loads(process.stdout.readline()) for _ in range(50)]
    process.stdin.close()
    assert [a["id"] for a in answers] == [str(i) for i in range(300)] and all(a["ok"] for a in answers)
    assert process.wait(10 * SLOW) == 0


# ---- Its words and its exit codes ----


@pytest.mark.parametrize("args, words", [
    (["--to", "o"], "takes --to, --sink and --name only with --from F"),
    (["--sink", "ipc:///tmp/s"], "takes --to, --sink and --name only with --from F"),
    (["--from", "i", "--to", "o", "--sink", "ipc:///tmp/s"], "either --to or --sink"),
    (["--from", "i", "--name", "n"], "--name only with --to or --sink"),
    (["--from", "i", "--sync"], "--sync only with --to"),
    (["--listen", "ipc:///tmp/s", "--to", "o"], "only as pipe sink"),
    (["sink", "--to", "o"], "sink takes --listen E and --to F"),
    (["sink", "--listen", "ipc:///tmp/s", "--to", "o", "--plugins", "echo"], "sink takes --listen E and --to F"),
    (["snik"], "did you mean 'sink'?"),
])
def test_a_wrong_command_line_is_exit_code_2(args, words):
    done = pipe(*args)
    assert done.returncode == 2 and words in done.err, done.err


def test_without_a_daemon_it_waits_and_then_exits_69(tmp_path):
    nowhere = "ipc:///tmp/textd-nobody/textd.sock"
    done = pipe("--timeout", "300ms", endpoint=nowhere, stdin=b'{"text":"a"}\n')
    assert done.returncode == 69 and nowhere in done.err and "is textd running there?" in done.err
    done = pipe("--from", write_source(tmp_path / "a.ndjson", 3), "--to", tmp_path / "out", "--timeout", "300ms", endpoint=nowhere)
    assert done.returncode == 69 and size(tmp_path / "out") == 0


def test_a_daemon_that_hangs_is_exit_code_75_and_no_line_is_lost(textd, tmp_path):
    daemon = textd(plugins("fault"))
    source, out = tmp_path / "a.ndjson", tmp_path / "out"
    source.write_text("".join(json.dumps({"id": i, "text": f"SLEEP {0 if i < 4 else 1200 * SLOW}"}) + "\n" for i in range(5)))
    done = pipe("--from", source, "--to", out, "--timeout", f"{400 * SLOW}ms", endpoint=daemon.endpoint)
    assert done.returncode == 75 and f"has answered nothing for {0.4 * SLOW:g} s" in done.err, done.err
    assert [r["id"] for r in records(out)["a.ndjson"]] == [0, 1, 2, 3]


def test_a_daemon_that_comes_late_is_waited_for(textd, started, tmp_path):
    run = tmp_path / "d"
    run.mkdir()
    endpoint = f"ipc://{run}/s"
    process = started("--from", write_source(tmp_path / "a.ndjson", 10), "--to", tmp_path / "out", endpoint=endpoint)
    assert process.poll() is None
    textd({**plugins("echo"), "endpoints": [endpoint]}, wait=False)
    assert process.wait(20 * SLOW) == 0
    check(tmp_path / "out", a=10)


# ---- From file to file ----


def test_a_second_run_goes_on_and_a_grown_file_is_gone_on_with(echo, tmp_path):
    source, out = write_source(tmp_path / "a.ndjson", 100), tmp_path / "out"
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    before = out.read_bytes()
    done = pipe("--from", source, "--to", out, endpoint=echo.endpoint)
    assert done.returncode == 0 and "goes on behind line 100" in done.err and out.read_bytes() == before
    write_source(source, 50, start=100)
    assert pipe("--from", source, "--to", out, "--sync", endpoint=echo.endpoint).returncode == 0
    check(out, a=150)
    other = write_source(tmp_path / "b.ndjson", 20)
    assert pipe("--from", other, "--to", out, endpoint=echo.endpoint).returncode == 0
    check(out, a=150, b=20)


def test_an_unfinished_last_line_is_cut_off_wherever_it_ends(echo, tmp_path):
    source, out = write_source(tmp_path / "a.ndjson", 4), tmp_path / "out"
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    whole = out.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    state = (tmp_path / "out.state").read_bytes()
    for end in [*range(last, last + 12), last + 60, last + 100, len(whole) - 2, len(whole) - 1]:
        out.write_bytes(whole[:end])
        (tmp_path / "out.state").write_bytes(state)  # which tells of more than there is
        assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
        check(out, a=4)
        assert out.read_bytes()[:last] == whole[:last], end
    out.write_bytes(whole[:last] + bytes(700))  # what a loss of power leaves
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    check(out, a=4)


@pytest.mark.parametrize("state", [None, b"", b"nonsense", "old", "half", "of another file"])
def test_the_state_file_is_a_mere_cache(echo, tmp_path, state):
    source, out = write_source(tmp_path / "a.ndjson", 20), tmp_path / "out"
    cache = tmp_path / "out.state"
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    old = cache.read_bytes()
    write_source(source, 20, start=20)
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    if state is None:
        cache.unlink()
    elif state == "of another file":
        shutil.copy(out, tmp_path / "copy")
        os.rename(tmp_path / "copy", out)
    elif state == "half":
        cache.write_bytes(cache.read_bytes()[:-7])
    else:
        cache.write_bytes(old if state == "old" else state)
    write_source(source, 20, start=40)
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    check(out, a=60)


def test_the_state_file_spares_reading_what_it_tells_of(echo, tmp_path):
    """Nobody looks at what is before its length; without it, everybody does."""
    source, out = write_source(tmp_path / "a.ndjson", 20), tmp_path / "out"
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    with open(out, "r+b") as file:
        file.write(b"x")
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    (tmp_path / "out.state").unlink()
    done = pipe("--from", source, "--to", out, endpoint=echo.endpoint)
    assert done.returncode == 1 and "there is no record at byte 0" in done.err


def test_two_pipes_never_write_one_file(echo, started, tmp_path):
    source, out = tmp_path / "a.ndjson", tmp_path / "out"
    source.write_text(json.dumps({"id": 0, "text": "SLEEP 700"}) + "\n")
    first = started("--from", source, "--to", out, "--plugins", "fault", endpoint=echo.endpoint)
    wait_for("the first to have the file", lambda: out.exists())
    done = wait_for("the lock", lambda: (lambda d: d if d.returncode == 1 else None)(
        pipe("--from", write_source(tmp_path / "b.ndjson", 1), "--to", out, endpoint=echo.endpoint)))
    assert "another process writes" in done.err
    done = pipe("sink", "--listen", f"ipc://{tmp_path}/s", "--to", out)
    assert done.returncode == 1 and "another process writes" in done.err
    first.kill()
    first.wait()
    assert pipe("--from", tmp_path / "b.ndjson", "--to", out, endpoint=echo.endpoint).returncode == 0  # a lock dies with its holder


def changed_head(text):
    return text.replace(b"Document 0", b"Document X", 1)


def changed_last(text):
    return text.replace(b"Document 99", b"Document XX", 1)


@pytest.mark.parametrize("change, words", [
    (changed_head, "something else stands there now"),
    (changed_last, "something else stands there now"),
    (lambda text: text[:-1], "it is shorter now"),
    (lambda text: b"", "it is shorter now"),
    (lambda text: b'{"id":"x","text":"Another."}\n' * 2000, "something else stands there now"),
    (lambda text: text[7:] + text[:7], "something else stands there now"),
], ids=["head", "last", "cut", "empty", "rotated", "moved"])
def test_a_source_that_is_not_what_it_was_is_refused(echo, tmp_path, change, words):
    source, out = write_source(tmp_path / "a.ndjson", 100), tmp_path / "out"
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    before = out.read_bytes()
    source.write_bytes(change(source.read_bytes()))
    done = pipe("--from", source, "--to", out, endpoint=echo.endpoint)
    assert done.returncode == 1 and words in done.err and "--name" in done.err, done.err
    assert out.read_bytes() == before
    done = pipe("--from", source, "--to", out, "--name", "new", endpoint=echo.endpoint)
    assert done.returncode in (0, 1) and "goes on" not in done.err  # 1: a line that was cut in two is no JSON


def test_a_last_line_without_an_end_may_get_one_but_may_not_go_on(echo, tmp_path):
    source, out = tmp_path / "a.ndjson", tmp_path / "out"
    source.write_text(json.dumps(document(0, "a")) + "\n" + json.dumps(document(1, "a")))
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    with open(source, "a") as file:
        file.write("\n" + json.dumps(document(2, "a")) + "\n")
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    check(out, a=3)
    source.write_text(json.dumps(document(0, "a")))
    (tmp_path / "out").unlink()
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    with open(source, "a") as file:
        file.write(" more")
    done = pipe("--from", source, "--to", out, endpoint=echo.endpoint)
    assert done.returncode == 1 and "goes on now" in done.err


def test_somebody_elses_file_is_left_alone(echo, tmp_path):
    source = write_source(tmp_path / "a.ndjson", 3)
    for text in (b"A letter to a friend", b"1\n2\n", b'{"source":"a.ndjson","line":1}\n', b'{"source":"x y","line":1,"end":2,"hash":"0"}\n'):
        out = tmp_path / "out"
        out.write_bytes(text)
        done = pipe("--from", source, "--to", out, endpoint=echo.endpoint)
        assert done.returncode == 1 and "is no file that a sink has written" in done.err and "at byte 0" in done.err
        assert out.read_bytes() == text
    done = pipe("--from", source, "--to", source, endpoint=echo.endpoint)
    assert done.returncode == 1 and size(source) > 0
    (tmp_path / "out").unlink()
    os.link(source, tmp_path / "out2")
    done = pipe("--from", source, "--to", tmp_path / "out2", endpoint=echo.endpoint)
    assert done.returncode == 1
    for path, words in ((tmp_path, "s a directory"), (tmp_path / "no" / "out", "No such file"), ("/dev/null", "no regular file")):
        done = pipe("--from", source, "--to", path, endpoint=echo.endpoint)
        assert done.returncode == 1 and words in done.err, done.err
    done = pipe("--from", "/dev/null", "--to", tmp_path / "new", endpoint=echo.endpoint)
    assert done.returncode == 1 and "no regular file" in done.err


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))


def test_a_full_disk_is_told_and_nothing_is_half_written(echo, tmp_path):
    source, out = write_source(tmp_path / "a.ndjson", 300), tmp_path / "out"
    done = pipe("--from", source, "--to", out, endpoint=echo.endpoint, preexec_fn=small_files)
    assert done.returncode == 1 and "can't write to" in done.err and "is whole" in done.err, done.err
    assert size(out) <= 20_000
    records(out)
    assert pipe("--from", source, "--to", out, endpoint=echo.endpoint).returncode == 0
    check(out, a=300)


def test_a_disk_that_is_really_full(echo, tmp_path):
    source, disk = write_source(tmp_path / "a.ndjson", 2000), tmp_path / "disk"
    disk.mkdir()
    script = f"""mount -t tmpfs -o size=256k none {disk} || exit 99
        {TEXTCTL} pipe --from {source} --to {disk}/out; echo $?
        cp {disk}/out {tmp_path}/out"""
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, env=environment(TEXTD_ENDPOINT=echo.endpoint))
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("nothing may be mounted here")
    assert done.stdout == "1\n" and "No space left on device" in done.stderr, (done.stdout, done.stderr)
    n = len(records(tmp_path / "out").get("a.ndjson", []))
    assert n < 2000
    assert pipe("--from", source, "--to", tmp_path / "out", endpoint=echo.endpoint).returncode == 0
    check(tmp_path / "out", a=2000)


def test_a_line_that_is_too_long_is_an_error_line_and_the_next_one_is_read(echo, tmp_path):
    source, out = tmp_path / "a.ndjson", tmp_path / "out"
    source.write_text(json.dumps(document(0, "a")) + "\n" + json.dumps({"id": "long", "text": "x" * (9 << 20)}) + "\n" + json.dumps(document(1, "a")) + "\n")
    for _ in range(2):
        done = pipe("--from", source, "--to", out, endpoint=echo.endpoint)
        assert done.returncode in (0, 1)
    assert [(r["id"], r["ok"]) for r in records(out)["a.ndjson"]] == [("a0", True), ("long", False), ("a1", True)]
    assert records(out)["a.ndjson"][1]["error"]["code"] == "TOO_LARGE"


# ---- Many textd, many sources, one sink ----


@pytest.fixture
def sink(started, tmp_path):
    """start() starts a sink of tmp_path/out, at an endpoint that stays the same."""

    def start(*args, **options):
        process = started("sink", "--listen", start.endpoint, "--to", start.out, *args, **options)
        wait_for("the sink to listen", lambda: Path(f"{tmp_path}/sink").is_socket() or process.poll() is not None)
        return process

    start.endpoint, start.out = f"ipc://{tmp_path}/sink", tmp_path / "out"
    return start


def test_sources_share_a_sink_and_a_source_shares_its_daemons(echo, textd, started, sink, tmp_path):
    second, collector = textd(plugins("echo")), sink()
    endpoints = ["-e", echo.endpoint, "-e", second.endpoint, "--plugins", "echo"]
    before = echo.control(op="status")["counters"]["documents_answered"]
    sources = [started("--from", write_source(tmp_path / f"{name}.ndjson", 600), "--sink", sink.endpoint, *endpoints) for name in "abc"]
    for source in sources:
        assert source.wait(20 * SLOW) == 0, source.stderr.read()
    check(sink.out, a=600, b=600, c=600)  # acknowledged is written, so it is there before the sink ends
    shares = [echo.control(op="status")["counters"]["documents_answered"] - before, second.control(op="status")["counters"]["documents_answered"]]
    assert sum(shares) == 1800 and min(shares) > 300, shares
    collector.terminate()
    assert collector.wait(10 * SLOW) == 0 and collector.stderr.read() == b""


def test_a_source_with_much_does_not_hold_up_one_with_little(echo, started, sink, tmp_path):
    sink()
    large = started("--from", write_source(tmp_path / "large.ndjson", 20_000 // SLOW), "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    wait_for("the large one to be under way", lambda: size(sink.out) > 10_000)
    small = started("--from", write_source(tmp_path / "small.ndjson", 20), "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    assert small.wait(10 * SLOW) == 0
    assert large.poll() is None, "the large one was done first"
    large.kill()


def test_one_daemon_that_is_away_costs_time_and_no_document(echo, started, sink, tmp_path):
    sink()
    endpoints = ["-e", "ipc:///tmp/textd-nobody/textd.sock", "-e", echo.endpoint]
    source = started("--from", write_source(tmp_path / "a.ndjson", 300), "--sink", sink.endpoint, "--plugins", "echo", *endpoints)
    assert source.wait(20 * SLOW) == 0, source.stderr.read()
    check(sink.out, a=300)


def test_a_sink_that_stands_still_stops_the_reading(echo, started, sink, tmp_path):
    collector = sink()
    source = started("--from", write_source(tmp_path / "a.ndjson", 5_000), "--sink", sink.endpoint, "--in-flight", "8", "--plugins", "echo", endpoint=echo.endpoint)
    wait_for("some results", lambda: size(sink.out) > 0)
    collector.send_signal(signal.SIGSTOP)
    status = lambda: echo.control(op="status")["counters"]["documents_answered"]
    still = [status()]

    def is_still():
        time.sleep(0.1)
        still.append(status())
        return still[-1] == still[-2]

    wait_for("the source to stand still", is_still)
    assert size(sink.out) < size(tmp_path / "a.ndjson") and source.poll() is None
    collector.send_signal(signal.SIGCONT)
    assert source.wait(30 * SLOW) == 0
    check(sink.out, a=5_000)


def test_a_sink_that_is_not_there_or_is_none_is_told(echo, started, tmp_path):
    source = write_source(tmp_path / "a.ndjson", 5)
    done = pipe("--from", source, "--sink", f"ipc://{tmp_path}/nobody", "--timeout", "400ms", endpoint=echo.endpoint)
    assert done.returncode == 69 and "the sink at" in done.err and "running there?" in done.err
    done = pipe("--from", source, "--sink", echo.endpoint, endpoint=echo.endpoint)
    assert done.returncode == 69 and "is no sink" in done.err


def test_a_sink_with_another_file_is_noticed_and_a_new_start_brings_all(echo, started, sink, tmp_path):
    collector = sink()
    source = started("--from", write_source(tmp_path / "a.ndjson", 4_000), "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    wait_for("some results", lambda: size(sink.out) > 100_000)
    collector.kill()
    collector.wait()
    sink.out.unlink()
    sink()
    assert source.wait(20 * SLOW) == 75
    assert b"is another one, or was cut" in source.stderr.read()
    done = pipe("--from", tmp_path / "a.ndjson", "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    assert done.returncode == 0
    check(sink.out, a=4_000)


def test_two_sources_of_one_name_are_told_apart(echo, started, sink, tmp_path):
    sink()
    first = started("--from", write_source(tmp_path / "a.ndjson", 6_000), "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    wait_for("some results", lambda: size(sink.out) > 10_000)
    second = started("--from", tmp_path / "a.ndjson", "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    assert first.wait(20 * SLOW) == 1 and b"SUPERSEDED" in first.stderr.read()
    assert second.wait(30 * SLOW) == 0
    check(sink.out, a=6_000)
    other = tmp_path / "other" / "a.ndjson"
    other.parent.mkdir()
    done = pipe("--from", write_source(other, 3), "--sink", sink.endpoint, endpoint=echo.endpoint)
    assert done.returncode == 1 and "is not the file that it was" in done.err


def test_two_sinks_never_have_one_endpoint(echo, started, sink, tmp_path):
    collector = sink()
    done = pipe("sink", "--listen", sink.endpoint, "--to", tmp_path / "other")
    assert done.returncode == 1 and "another process listens" in done.err
    (tmp_path / "letter").write_text("Dear friend")
    done = pipe("sink", "--listen", f"ipc://{tmp_path}/letter", "--to", tmp_path / "other")
    assert done.returncode == 1 and "something else than a socket" in done.err
    assert (tmp_path / "letter").read_text() == "Dear friend"
    done = pipe("--from", write_source(tmp_path / "a.ndjson", 3), "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    assert done.returncode == 0
    check(sink.out, a=3)
    collector.terminate()
    assert collector.wait(10 * SLOW) == 0 and not list(tmp_path.glob("sink*"))  # nothing is left behind


def test_over_tcp_and_only_of_this_machine(echo, started, sink, tmp_path):
    with zmq.Context.instance().socket(zmq.ROUTER) as probe:
        port = probe.bind_to_random_port("tcp://127.0.0.1")
    endpoint = f"tcp://127.0.0.1:{port}"
    started("sink", "--listen", endpoint, "--to", tmp_path / "out")
    done = pipe("--from", write_source(tmp_path / "a.ndjson", 50), "--sink", endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    assert done.returncode == 0, done.err
    check(tmp_path / "out", a=50)
    done = pipe("sink", "--listen", f"tcp://0.0.0.0:{port}", "--to", tmp_path / "out2")
    assert done.returncode == 1 and "this machine only" in done.err


def test_a_sinks_full_disk_ends_it_and_its_source_goes_on_with_the_next(echo, started, sink, tmp_path):
    first = sink(preexec_fn=small_files)
    source = started("--from", write_source(tmp_path / "a.ndjson", 300), "--sink", sink.endpoint, "--plugins", "echo", endpoint=echo.endpoint)
    assert first.wait(10 * SLOW) == 1 and b"can't write to" in first.stderr.read()
    assert size(sink.out) <= 20_000
    records(sink.out)
    sink()
    assert source.wait(20 * SLOW) == 0
    check(sink.out, a=300)


def talk(socket, *frames):
    socket.send_multipart([msgpack.packb({"v": 1, **frames[0]}), *frames[1:]])


def test_what_strangers_say_to_a_sink_changes_nothing(echo, sink, tmp_path):
    collector = sink()
    with zmq.Context.instance().socket(zmq.DEALER) as stranger:
        stranger.linger = 0
        stranger.connect(sink.endpoint)
        answer = lambda: msgpack.unpackb(stranger.recv()) if stranger.poll(5000 * SLOW) else None
        stranger.send(b"hello")
        stranger.send_multipart([b""] * 5)
        stranger.send(msgpack.packb({"v": 2, "op": "hello"}))
        talk(stranger, {"op": "hello", "source": "a/../b", "session": 1})
        assert answer()["code"] == "BAD_HELLO"
        talk(stranger, {"op": "record", "source": "a", "session": 1, "end": 5}, b"{}")
        assert answer()["code"] == "NO_SESSION"
        talk(stranger, {"op": "hello", "source": "a", "session": 7})
        assert answer() == {"v": 1, "op": "go", "session": 7}
        for wrong in (b"{}\n", b"", b"x", b'{"a":\n1}'):
            talk(stranger, {"op": "record", "source": "a", "session": 7, "end": 5}, wrong)
            assert answer()["code"] == "BAD_RECORD"
        talk(stranger, {"op": "record", "source": "a", "session": 7, "begin": 3, "end": 5}, b"{}")
        assert answer()["code"] == "GAP"
        assert size(sink.out) == 0
        talk(stranger, {"op": "record", "source": "a", "session": 7, "line": 1, "end": 5, "hash": 1}, b"{}")
        assert answer()["end"] == 5
        talk(stranger, {"op": "record", "source": "a", "session": 7, "line": 1, "end": 5, "hash": 1}, b"{}")
        assert answer()["end"] == 5  # once more, and it is there once
    assert sink.out.read_text() == '{"source":"a","line":1,"end":5,"hash":"0000000000000001"}\n'
    collector.terminate()
    assert collector.wait(10 * SLOW) == 0


# ---- Whoever is killed ----


class Torture:
    """Two sources, two daemons, one sink; each is killed again and again, and started again, as an init would do."""

    def __init__(self, folder, textd, n, seed):
        self.folder, self.random, self.kills = folder, random.Random(seed), {}
        self.n, self.out, self.sink_endpoint = n, folder / "out", f"ipc://{folder}/sink"
        self.daemons = [textd(plugins("echo")) for _ in range(2)]
        self.endpoints = [part for d in self.daemons for part in ("-e", d.endpoint)]
        for name in "ab":
            write_source(folder / f"{name}.ndjson", n // 2)
        self.running, self.done = {}, set()

    def start(self, what, *args):
        log = open(self.folder / f"{what}.log", "ab")
        self.running[what] = subprocess.Popen([TEXTCTL, "pipe", *map(str, args)], stderr=log, env=environment())
        log.close()

    def tend(self):
        """Starts what has ended. A source that is done stays so."""
        if self.is_ended("sink"):
            self.start("sink", "sink", "--listen", self.sink_endpoint, "--to", self.out)
        for name in set("ab") - self.done:
            if self.is_ended(name):
                code = self.running[name].returncode if name in self.running else None
                assert code in (None, -signal.SIGKILL), f"source {name} ended with {code}: {(self.folder / f'{name}.log').read_text()[-2000:]}"
                self.start(name, "--from", self.folder / f"{name}.ndjson", "--sink", self.sink_endpoint, "--in-flight", "32", *self.endpoints)

    def is_ended(self, what):
        if what not in self.running:
            return True
        code = self.running[what].poll()
        if code == 0 and what in "ab":
            self.done.add(what)
            return False
        return code is not None

    def kill_one(self):
        daemon = self.random.choice(self.daemons)
        what = self.random.choice(["sink", "a", "b", "worker", "supervisor"])
        pid = None
        if what == "worker":
            pid = self.random.choice(daemon.worker_pids() or [None])
        elif what == "supervisor":
            pid = daemon.supervisor_pid
        elif self.running[what].poll() is None:
            pid = self.running[what].pid
        if pid:
            os.kill(pid, signal.SIGKILL)
            self.kills[what] = self.kills.get(what, 0) + 1

    def run(self, kills):
        """Kills at random moments: when the file has grown by so many bytes, or has not for a moment."""
        per_kill = max(20_000, self.n * 450 // kills)
        while len(self.done) < 2:
            self.tend()
            goal, until = size(self.out) + self.random.randrange(per_kill), time.monotonic() + (1 if TORTURE else 0.2)
            while size(self.out) < goal and time.monotonic() < until and not self.everybody_is_done():
                time.sleep(self.random.random() / 500)
            if not self.everybody_is_done() and sum(self.kills.values()) < kills:
                self.kill_one()
        self.tend()  # the sink may have been the last to be killed, when the sources had just ended
        self.running["sink"].terminate()
        assert self.running["sink"].wait(20 * SLOW) in (0, -signal.SIGTERM)

    def everybody_is_done(self):
        for name in "ab":
            self.is_ended(name)
        return len(self.done) == 2

    def end(self):
        for process in self.running.values():
            process.kill()
            process.wait()
        for log in self.folder.glob("*.log"):
            assert "Sanitizer" not in log.read_text(), log.read_text()[-3000:]

    def count(self):
        """(lost, twice, out of order, wrong), over all of the file, a line at a time."""
        expected, twice, disorder, wrong, seen = {"a": 0, "b": 0}, 0, 0, 0, {"a": set(), "b": set()}
        with open(self.out) as file:
            for line in file:
                record = json.loads(line)
                name, number = record["source"][0], record["line"] - 1
                twice += number in seen[name]
                seen[name].add(number)
                disorder += number != expected[name]
                expected[name] = number + 1
                wrong += not (record["ok"] and record["id"] == f"{name}{number}" and record["results"]["echo"]["text"] == f"Document {number} of {name}.")
        return sum(self.n // 2 - len(s) for s in seen.values()), twice, disorder, wrong


def test_nothing_is_lost_and_nothing_is_twice_whoever_is_killed(textd, tmp_path):
    n = (1_000_000 if TORTURE == 1 else TORTURE) or 8_000 // SLOW
    seed = random.randrange(1 << 30)
    torture, began = Torture(tmp_path, textd, n, seed), time.monotonic()
    try:
        torture.run(kills=max(25, n // 2000))
    finally:
        torture.end()
    figures = torture.count()
    if TORTURE:
        seconds = time.monotonic() - began
        print(f"\n{n} documents in {seconds:.0f} s, {n / seconds:.0f}/s; killed: {torture.kills}; lost, twice, out of order, wrong: {figures}")
    assert figures == (0, 0, 0, 0), f"seed {seed}, killed {torture.kills}"
    assert all(torture.kills.get(what) for what in ("sink", "a", "b", "worker", "supervisor")) or not TORTURE


def test_a_pipe_between_files_is_killed_again_and_again(textd, started, tmp_path):
    """The same of one process between two files, and its file at random cut in the midst of a line, as a full disk or a loss of power leaves it."""
    daemon, n = textd(plugins("echo")), 6000 // SLOW
    source, out, chance = write_source(tmp_path / "a.ndjson", n), tmp_path / "out", random.Random(7)
    for i in range(12):
        process = started("--from", source, "--to", out, *(["--sync"] if i % 2 else []), endpoint=daemon.endpoint)
        goal = size(out) + chance.randrange(n * 40)
        wait_for("it to write", lambda: size(out) > goal or process.poll() is not None)
        process.kill()
        process.wait()
        if i % 3 == 0 and size(out) > 300:
            os.truncate(out, size(out) - chance.randrange(300))
        if i == 5:
            os.kill(daemon.supervisor_pid, signal.SIGKILL)
    assert pipe("--from", source, "--to", out, endpoint=daemon.endpoint).returncode == 0
    check(out, a=n)


# ---- The example ----


def children_of(pid):
    """All processes below it, by their names."""
    found = []
    try:
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            found += [(child, Path(f"/proc/{child}/comm").read_text().strip()), *children_of(child)]
    except OSError:  # gone meanwhile
        pass
    return found


def test_the_example_loses_nothing_whichever_of_its_processes_is_killed(tmp_path):
    n, chance, killed = 8000 // SLOW, random.Random(3), set()
    source, out, config = write_source(tmp_path / "a.ndjson", n), tmp_path / "out", tmp_path / "textd.yaml"
    config.write_text(json.dumps(plugins("echo", workers=1)))
    env = {**environment(TEXTD_CONFIG=str(config), TMPDIR=str(tmp_path)), "PATH": f"{BIN}:{os.environ['PATH']}"}
    with open(tmp_path / "log", "wb") as log:
        example = subprocess.Popen([ROOT / "docs/examples/pipeline/pipeline", source, out], env=env, stderr=log, stdout=log)
    try:
        while example.poll() is None and len(killed) < 4:
            goal = size(out) + chance.randrange(n * 60)
            wait_for("progress", lambda: size(out) > goal or example.poll() is not None, 30)
            # One of each: textctl's two are told apart by what they were started with, textd's are its parents.
            kinds = {}
            for pid, name in children_of(example.pid):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if Path(f"/proc/{pid}").exists() else []
                kind = "sink" if b"sink" in words else name if name in ("textd", "textctl") else None
                if kind and (kind != "textd" or b"--endpoint" in words):
                    kinds.setdefault((kind, b"/1/" in b"".join(words) if kind == "textd" else None), pid)
            kind = chance.choice(sorted(set(kinds) - killed, key=str) or [None])
            if kind:
                os.kill(kinds[kind], signal.SIGKILL)
                killed.add(kind)
        assert example.wait(60 * SLOW) == 0, (tmp_path / "log").read_text()[-3000:]
    finally:
        if example.poll() is None:
            example.terminate()
            example.wait()
    assert len(killed) == 4, killed
    check(out, a=n)


def test_the_plain_forms_ventilator_and_sink_bring_each_document_through_two_textd(textd, tmp_path):
    """At most once: while nobody is killed, all of them. What a death costs is tests/system/86."""
    n, folder = 600, ROOT / "docs/examples/pipeline"
    pulls, push = [f"ipc://{tmp_path}/in{i}" for i in (1, 2)], f"ipc://{tmp_path}/to-sink"
    for pull in pulls:
        textd({**plugins("echo"), "pull": [pull], "push": [push]})
    source, out = write_source(tmp_path / "a.ndjson", n), tmp_path / "out"
    with open(out, "wb") as file:
        sink = subprocess.Popen([sys.executable, "-B", folder / "sink.py", push], stdout=file)
    try:
        subprocess.run([sys.executable, "-B", folder / "ventilator.py", source, *pulls], timeout=20 * SLOW, check=True)
        wait_for("all of them", lambda: out.read_bytes().count(b"\n") == n)
        sink.terminate()
        assert sink.wait(10 * SLOW) == 0
    finally:
        sink.kill()
        sink.wait()
    replies = lines_of(out.read_text())
    assert sorted(r["id"] for r in replies) == sorted(f"a{i}" for i in range(n))
    assert all(r["results"]["echo"]["text"] == f"Document {r['id'][1:]} of a." for r in replies)
