"""textctl, as its users meet it: what it prints, what it answers with its exit code, and that it never hangs."""

import json
import os
import select
import subprocess
import time

import msgpack
import pytest
import zmq

from conftest import BIN, ROOT, SLOW, Daemon, plugins

TEXTCTL = str(BIN / "textctl")
EXAMPLES = ROOT / "docs/examples"


def textctl(*args, endpoint=None, stdin=b"", seconds=20, env=None):
    """Runs it to its end, within a bound."""
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TEXTD_ENDPOINT", "COLUMNS")}
    if endpoint:
        environment["TEXTD_ENDPOINT"] = endpoint
    environment.update(env or {})
    done = subprocess.run([TEXTCTL, *map(str, args)], input=stdin, capture_output=True, env=environment,
                          timeout=seconds * SLOW)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    return done


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def real():
    """A daemon with the plugins that textd is built with."""
    daemon = Daemon({"workers": {"count": 2}})
    yield daemon
    daemon.clean_up()


@pytest.fixture(scope="module")
def faulty_daemon():
    daemon = Daemon(plugins("fault", "echo"))
    yield daemon
    daemon.clean_up()


# ---- The command line ----


def test_version_names_the_libraries():
    done = textctl("--version")
    assert done.returncode == 0
    assert all(word in done.out for word in ("textctl ", "libtextd ", "libzmq ", "protocol "))


@pytest.mark.parametrize(
    "args, word",
    [
        ([], "usage"),
        (["anotate"], "no command 'anotate'"),
        (["annotate"], "needs a FILE"),
        (["annotate", "--nonsense", "f"], "nonsense"),
        (["annotate", "--jsonl", "a", "b"], "either FILE"),
        (["annotate", "--deadline", "5", "f"], "500ms"),
        (["annotate", "--timeout", "0s", "f"], "500ms"),
        (["annotate", "--color", "blue", "f"], "auto, always or never"),
        (["annotate", "--offsets", "word", "f"], "byte, codepoint or utf16"),
        (["annotate", "--offsets", "utf16", "f"], "--json"),
        (["annotate", "--in-flight", "0", "--jsonl", "f"], "1 to 16384"),
        (["annotate", "--unordered", "f"], "only with --jsonl"),
        (["annotate", "--option", "x=1", "f"], "PLUGIN.KEY=VALUE"),
        (["annotate", "--pipeline", "a", "--plugins", "b", "f"], "either --pipeline or --plugins"),
        (["annotate", "--plugins", "a,,b", "f"], "empty plugin"),
        (["ping", "x"], "takes no files"),
        (["ping", "-e", "nowhere"], "ipc://PATH"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2_and_says_what_is_right(args, word):
    done = textctl(*args)
    assert done.returncode == 2, done.err
    assert word in done.err


# ---- Nobody there ----


@pytest.mark.parametrize("command", [["ping"], ["describe"], ["annotate", "-"], ["annotate", "--jsonl", "-"]])
@pytest.mark.parametrize("endpoint", ["ipc:///tmp/textd-nobody/textd.sock", "tcp://127.0.0.1:9"])
def test_without_a_daemon_it_names_the_endpoint_and_exits_69_in_time(command, endpoint):
    start = time.monotonic()
    done = textctl(*command, "--timeout", "300ms", endpoint=endpoint)
    assert time.monotonic() - start < 2 * SLOW
    assert done.returncode == 69
    assert endpoint in done.err and "is textd running there?" in done.err
    assert ("no such socket" in done.err) == endpoint.startswith("ipc")


class Silent:
    """A server that answers what it is told to, and nothing else."""

    def __init__(self, tmp_path):
        self.socket = zmq.Context.instance().socket(zmq.ROUTER)
        self.socket.linger = 0
        self.endpoint = f"ipc://{tmp_path}/s"
        self.socket.bind(self.endpoint)

    def receive(self):
        assert self.socket.poll(10000 * SLOW)
        frames = self.socket.recv_multipart()
        return frames[0], msgpack.unpackb(frames[1])

    def answer(self, who, **reply):
        self.socket.send_multipart([who, msgpack.packb({"v": 1, **reply})])


@pytest.fixture
def silent(tmp_path):
    server = Silent(tmp_path)
    yield server
    server.socket.close()


def start_textctl(*args, endpoint, stdin=b""):
    process = subprocess.Popen([TEXTCTL, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, "TEXTD_ENDPOINT": endpoint})
    process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None
    return process


def end_of(process, seconds=20):
    out, err = process.communicate(timeout=seconds * SLOW)
    return process.returncode, out.decode(), err.decode()


def test_a_server_that_never_answers_is_given_up(silent):
    assert textctl("ping", "--timeout", "300ms", endpoint=silent.endpoint).returncode == 69
    done = textctl("annotate", "--timeout", "300ms", "-", endpoint=silent.endpoint)
    assert done.returncode == 75
    assert silent.endpoint in done.err and "within 0.3 s" in done.err


@pytest.mark.parametrize("garbage", [b"", b"hello", b"\x80", b"\xc1", b"\xdf\xff\xff\xff\xff", b"\x91" * 1000,
                                     msgpack.packb({"id": 1, "ok": 1}), msgpack.packb({"ok": True}), msgpack.packb({"v": 2, "id": 1, "ok": True}),
                                     msgpack.packb({"id": 1, "ok": False})])
def test_a_server_of_another_protocol_is_named(silent, garbage):
    process = start_textctl("ping", endpoint=silent.endpoint)
    who, _ = silent.receive()
    silent.socket.send_multipart([who, garbage])
    code, _, err = end_of(process)
    assert code == 69
    assert "is not textd" in err


DESCRIBED = {"ok": True, "limits": {"document_bytes": 1000}, "plugins": []}


def test_an_overloaded_server_is_asked_again_when_it_says(silent):
    process = start_textctl("annotate", "--jsonl", "-", endpoint=silent.endpoint, stdin=b'{"id":"a","text":"x"}\n')
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **DESCRIBED)
    _, request = silent.receive()
    refused = time.monotonic()
    silent.answer(who, id=request["id"], ok=False, error={"code": "OVERLOADED", "message": "full", "retryable": True,
                                                          "retry_after_ms": 200})
    _, request = silent.receive()
    assert time.monotonic() - refused > 0.19
    silent.answer(who, id=request["id"], ok=True, results={"n": 1})
    code, out, _ = end_of(process)
    assert code == 0
    assert lines_of(out) == [{"id": "a", "ok": True, "results": {"n": 1}}]


def test_an_overload_that_lasts_is_exit_code_75(silent):
    process = start_textctl("annotate", "--timeout", "500ms", "--jsonl", "-", endpoint=silent.endpoint,
                            stdin=b'{"id":"a","text":"x"}\n')
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **DESCRIBED)
    while process.poll() is None:
        if silent.socket.poll(50):
            _, request = silent.receive()
            silent.answer(who, id=request["id"], ok=False,
                          error={"code": "OVERLOADED", "message": "full", "retryable": True, "retry_after_ms": 100})
    code, out, _ = end_of(process)
    assert code == 75
    assert lines_of(out)[0]["error"]["code"] == "OVERLOADED"


def test_json_says_what_the_reply_said(silent):
    process = start_textctl("annotate", "--json", "-", endpoint=silent.endpoint, stdin=b"x")
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **DESCRIBED)
    _, request = silent.receive()
    numbers = [0.5, -0.25, 0.1, 0.05, -0.9999, 1.00001, 3.0, -0.0, 1e300, 5e-324, 123456.7891, 99999.99999, 1 / 3, 1e9, -1e9,
               3e6, 123456789012345.0, 1e15, 0, -1, 2**31, -(2**63), 2**63 - 1]
    others = ["", 'quote " slash \\ \n \x00 \x1f \x7f ü 😀', True, False, None, [], {}, {"k": [[{}]]}]
    silent.answer(who, id=request["id"], ok=True, results={"n": numbers, "o": others, "nan": float("nan"), "bin": b"\x00\xff"})
    code, out, _ = end_of(process)
    assert code == 0
    results = json.loads(out)["results"]
    assert results == {"n": numbers, "o": others, "nan": None, "bin": "00ff"}
    assert [type(n) for n in results["n"]] == [type(n) for n in numbers]
    assert "3000000.0" in out and "123456789012345.0" in out  # an amount as people write it, not 3e+06


def test_text_that_speaks_to_the_terminal_is_made_harmless(silent):
    process = start_textctl("annotate", "-", endpoint=silent.endpoint, stdin=b"a\x1b]0;evil\x07b \xc2\x9b2J")
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **DESCRIBED)
    _, request = silent.receive()
    silent.answer(who, id=request["id"], ok=True, results={
        "p\x1b[2J": {"x": "y\x1b[2J"},
        "e": {"entities": [{"start": 0, "end": 1, "type": "T\x1b[2J", "text": "a\x1b[2J"}]},
        "s": {"score": 0.5, "label": "good\x1b[2J", "sentences": [{"start": 0, "end": 15, "score": 0.5}]}})
    code, out, _ = end_of(process)
    assert code == 0
    assert not any(c in out for c in "\x1b\x07\x9b")


def test_offsets_that_lie_outside_of_the_text_do_no_harm(silent):
    process = start_textctl("annotate", "-", endpoint=silent.endpoint, stdin="naïve".encode())
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **DESCRIBED)
    _, request = silent.receive()
    ranges = [(0, 99), (-1, 2), (3, 1), (3, 4), (2**62, 2**63), (1.5, 2), (0, 5), (2, 4)]
    silent.answer(who, id=request["id"], ok=True, results={
        "e": {"entities": [{"start": s, "end": e, "type": "T", "text": "t"} for s, e in ranges] + [7, None, {}]}})
    code, out, _ = end_of(process)
    assert code == 0
    assert "naïv [T]e" in out


# ---- Reports ----


def test_ping_and_describe_tell_what_runs(real):
    done = textctl("ping", endpoint=real.endpoint)
    assert done.returncode == 0 and "2 workers ready" in done.out
    assert json.loads(textctl("ping", "--json", endpoint=real.endpoint).out)["workers"] == 2
    done = textctl("describe", endpoint=real.endpoint)
    assert done.returncode == 0 and "sentiment" in done.out and "threshold (float" in done.out
    described = json.loads(textctl("describe", "--json", endpoint=real.endpoint).out)
    assert "sentiment" in [plugin["name"] for plugin in described["plugins"]]


def test_ping_ready_fails_when_no_worker_is_ready(silent):
    process = start_textctl("ping", "--ready", endpoint=silent.endpoint)
    who, request = silent.receive()
    silent.answer(who, id=request["id"], ok=True, version="1.2.3", generation=1, workers=0)
    code, out, err = end_of(process)
    assert code == 69 and "0 workers ready" in out
    assert silent.endpoint in err and "no worker takes documents" in err


def test_ping_ready_fails_when_documents_are_refused(textd):
    daemon = textd({})
    assert textctl("ping", "--ready", endpoint=daemon.endpoint).returncode == 0
    assert json.loads(textctl("ping", "--ready", "--json", endpoint=daemon.endpoint).out)["state"] == "serving"
    daemon.control(op="drain")
    assert textctl("ping", endpoint=daemon.endpoint).returncode == 0
    done = textctl("ping", "--ready", "--json", endpoint=daemon.endpoint)
    assert done.returncode == 69 and json.loads(done.out)["state"] == "draining"
    assert "is draining" in done.err


def test_a_report_shows_what_was_found(real):
    done = textctl("annotate", *(EXAMPLES / name for name in ("news.txt", "review.txt", "post.txt")),
                   endpoint=real.endpoint)
    assert done.returncode == 0, done.err
    assert "\x1b" not in done.out
    for words in ("2,842 bytes", "Sentiment", "most positive", "positive (confidence", "Entities", "$1.2 billion [MONEY]",
                  "18.4% [PERCENT]", "Paula ×2", "😍"):
        assert words in done.out, words
    assert all(len(line) <= 81 for line in done.out.splitlines() if "bytes" not in line)


def test_a_report_on_the_segmenter_shows_sentences_and_tokens(real, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("Dr. Byrne didn't pay $3.50. Why?\n\n" + "Ask her again about it " * 6 + "today.\n")
    done = textctl("annotate", "--plugins", "segmenter", file, endpoint=real.endpoint)
    assert done.returncode == 0, done.err
    lines = done.out.splitlines()
    assert "    1 Dr. Byrne did|n't pay $|3.50|." in lines and "    2 Why|?" in lines
    assert lines[-2].startswith("    3 Ask her again") and lines[-1].startswith("      ") and lines[-1].endswith("today|.")
    assert all(len(line) <= 81 for line in lines[1:])
    done = textctl("annotate", "--plugins", "segmenter", "-o", "segmenter.tokens=false", file, endpoint=real.endpoint)
    assert "    1 Dr. Byrne didn't pay $3.50." in done.out.splitlines()


def test_colors_are_there_when_asked_for(real):
    args = ("annotate", EXAMPLES / "post.txt")
    assert "\x1b[" in textctl(*args, "--color", "always", endpoint=real.endpoint).out
    assert "\x1b[" not in textctl(*args, endpoint=real.endpoint).out
    assert "\x1b[" not in textctl(*args, "--color", "never", endpoint=real.endpoint).out


@pytest.mark.parametrize("no_color, colored", [("1", False), ("", True)])
def test_a_terminal_gets_colors_unless_no_color_is_set(real, no_color, colored):
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen([TEXTCTL, "annotate", str(EXAMPLES / "post.txt")], stdin=subprocess.DEVNULL, stdout=slave,
                               env={**os.environ, "TEXTD_ENDPOINT": real.endpoint, "NO_COLOR": no_color, "TERM": "xterm"})
    os.close(slave)
    out = b""
    try:
        while chunk := os.read(master, 65536):
            out += chunk
    except OSError:  # how a terminal's end looks on Linux
        pass
    assert process.wait(20) == 0
    assert (b"\x1b[" in out) == colored


def test_standard_input_goes_out_byte_for_byte(faulty_daemon):
    text = "\ufeff  two\r\nlines\0and a NUL  \n".encode()
    done = textctl("annotate", "--json", "--plugins", "echo", "-", endpoint=faulty_daemon.endpoint, stdin=text)
    assert done.returncode == 0
    assert json.loads(done.out)["doc"]["bytes"] == len(text)


def test_text_that_is_no_utf8_is_the_servers_to_refuse(faulty_daemon):
    done = textctl("annotate", "-", endpoint=faulty_daemon.endpoint, stdin=b"bad \xff")
    assert done.returncode == 1
    assert "INVALID_UTF8" in done.err


def test_a_file_that_fails_does_not_stop_the_others(faulty_daemon, tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("fine")
    bad.write_text("ABORT")
    done = textctl("annotate", "--json", tmp_path / "none", bad, good, endpoint=faulty_daemon.endpoint)
    assert done.returncode == 1
    first, second, third = lines_of(done.out)
    assert first["error"]["code"] == "UNREADABLE"
    assert third["ok"] and third["file"] == str(good)
    assert "PLUGIN_CRASHED" in done.err and not second.get("results", {}).get("fault")


def test_a_deadline_that_passes_is_exit_code_75(faulty_daemon):
    done = textctl("annotate", "--deadline", "50ms", "--plugins", "fault", "-", endpoint=faulty_daemon.endpoint,
                   stdin=b"SLEEP 5000")
    assert done.returncode == 75
    assert "DEADLINE_EXCEEDED" in done.err


def test_options_have_the_type_that_the_server_tells(real):
    args = ("annotate", "--json", EXAMPLES / "post.txt")
    done = textctl(*args, "-o", "segmenter.tokens=true", "-o", "sentiment.threshold=1", "-o", "sentiment.level=document",
                   endpoint=real.endpoint)
    assert done.returncode == 0, done.err
    results = json.loads(done.out)["results"]
    assert "tokens" in results["segmenter"]
    assert results["sentiment"]["label"] == "neutral" and "sentences" not in results["sentiment"]
    done = textctl(*args, "-o", "segmenter.tokens=perhaps", endpoint=real.endpoint)
    assert done.returncode == 2 and "true or false" in done.err
    done = textctl(*args, "-o", "segmenter.nonsense=1", endpoint=real.endpoint)
    assert done.returncode == 1 and "BAD_OPTION" in done.err


def test_output_goes_to_a_file_and_a_full_disk_is_told(real, tmp_path):
    done = textctl("annotate", "--json", "--output", tmp_path / "out", EXAMPLES / "post.txt", endpoint=real.endpoint)
    assert done.returncode == 0 and done.out == ""
    assert json.loads((tmp_path / "out").read_text())["ok"]
    done = textctl("annotate", "--output", "/dev/full", EXAMPLES / "post.txt", endpoint=real.endpoint)
    assert done.returncode == 1 and "/dev/full" in done.err


@pytest.mark.parametrize("args", [
    ["help"], ["help", "bench"], ["bench", "--help"], ["--version"], ["ping"], ["describe"], ["describe", "--json"], ["doctor"], ["status"],
    ["top", "--once"], ["workers"], ["plugin", "list"], ["annotate", "--json", "{file}"], ["annotate", "--csv", "{file}"], ["annotate", "{file}"],
    ["bench", "--documents", "1", "--warm-up", "1ms"],
], ids=" ".join)
@pytest.mark.parametrize("output", ["full", "closed"])
def test_what_standard_output_does_not_take_is_told_once(real, args, output):
    environment = {**os.environ, "TEXTD_ENDPOINT": real.endpoint}
    command = [TEXTCTL, *(a.format(file=EXAMPLES / "post.txt") for a in args)]
    where = "> /dev/full" if output == "full" else ">&-"
    done = subprocess.run(["sh", "-c", f'"$@" {where}', "sh", *command, *(["--control", real.control_endpoint] if args[0] in
                          ("status", "top", "workers", "plugin", "doctor") else [])],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=20 * SLOW)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("can't write to standard output: ") == 1 and len(done.stderr.splitlines()) == 1, done.stderr


def test_a_batch_ends_when_its_output_takes_no_more(real):
    """Not after the last document of a million. Nobody reads to the end here, and nobody closes the input."""
    lines = b"".join(json.dumps({"id": i, "text": "Hello there."}).encode() + b"\n" for i in range(2000))
    with open("/dev/full", "w") as full:
        process = subprocess.Popen([TEXTCTL, "annotate", "--jsonl", "-"], stdin=subprocess.PIPE, stdout=full, stderr=subprocess.PIPE,
                                   env={**os.environ, "TEXTD_ENDPOINT": real.endpoint})
        try:
            process.stdin.write(lines)
            process.stdin.flush()
        except BrokenPipeError:
            pass
        assert process.wait(20 * SLOW) == 1 and b"No space left" in process.stderr.read()
        process.stdin.close() if not process.stdin.closed else None


def test_a_standard_input_that_is_closed_is_told(real):
    """Its number is not given to a socket or a queue of ours, which would be read as the text."""
    environment = {**os.environ, "TEXTD_ENDPOINT": real.endpoint}
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", TEXTCTL, "annotate", "--json", "-"], capture_output=True, text=True, env=environment,
                          timeout=20 * SLOW)
    assert done.returncode == 1 and "Bad file descriptor" in done.stderr


def test_a_text_above_the_limit_is_refused_before_it_travels(textd, tmp_path):
    daemon = textd(plugins("echo", limits={"document_bytes": "100B"}))
    big = tmp_path / "big"
    big.write_text("x" * 101)
    done = textctl("annotate", "--json", big, endpoint=daemon.endpoint)
    assert done.returncode == 1
    assert lines_of(done.out)[0]["error"]["code"] == "TOO_LARGE"
    stdin = b"".join(json.dumps({"id": n, "text": "x" * n}).encode() + b"\n" for n in (100, 101, 70000, 5))
    done = textctl("annotate", "--jsonl", "-", endpoint=daemon.endpoint, stdin=stdin)
    assert done.returncode == 1
    assert [line["ok"] for line in lines_of(done.out)] == [True, False, False, True]


# ---- Batches ----


def test_a_batch_comes_out_in_the_inputs_order_whatever_is_slow(faulty_daemon):
    texts = [f"SLEEP {30 if i % 10 == 0 else 0}" for i in range(300)]
    stdin = "".join(json.dumps({"id": f"n{i}", "text": text}) + "\n" for i, text in enumerate(texts)).encode()
    done = textctl("annotate", "--plugins", "fault", "--jsonl", "-", endpoint=faulty_daemon.endpoint, stdin=stdin)
    assert done.returncode == 0, done.err
    assert [line["id"] for line in lines_of(done.out)] == [f"n{i}" for i in range(300)]
    done = textctl("annotate", "--plugins", "fault", "--unordered", "--jsonl", "-", endpoint=faulty_daemon.endpoint,
                   stdin=stdin)
    ids = [line["id"] for line in lines_of(done.out)]
    assert sorted(ids) == sorted(f"n{i}" for i in range(300))
    assert ids != [f"n{i}" for i in range(300)]


def test_bad_lines_become_error_lines_and_it_goes_on(faulty_daemon):
    stdin = b"\n".join([
        b'{"id":1,"text":"one"}', b"", b"nonsense", b"[]", b'{"id":"x"}', b'{"id":[],"text":"a"}', b'{"id":2,"id":3,"text":"a"}',
        b'{"id":4,"text":"\xff"}', b'{"text":"no id"}', b'{"id":5.5,"text":"nul \\u0000 in it"}\r', b'{"id":"last","text":""}'])
    done = textctl("annotate", "--plugins", "echo", "--jsonl", "-", endpoint=faulty_daemon.endpoint, stdin=stdin)
    assert done.returncode == 1
    found = [(line["id"], line.get("line"), line["ok"]) for line in lines_of(done.out)]
    assert found == [(1, None, True), (None, 3, False), (None, 4, False), ("x", 5, False), (None, 6, False),
                     (None, 7, False), (4, 8, False), (None, 9, True), (5.5, None, True), ("last", None, True)]
    assert all(line["error"]["code"] == "BAD_LINE" for line in lines_of(done.out) if not line["ok"])


@pytest.mark.parametrize("line, wanted", [
    (b'{"id":"a b","text":"cut', "a b"), (b'{"id":7,"text":[', 7), (b' { "id" : -1.5 , "text" : nonsense}', -1.5), (b'{"id":"x"', None),
    (b'{"id":"\xc3\xa9\\n","text":"\xff"}', "é\n"), (b'{"id":12', None), (b'{"id":"cut', None), (b'{"id":1,"id":2,"text":"a"}', None),
    (b'{"ID":3,"text":"', None), (b'{"id":[],"text":"', None), (b'{"id":null,"text":"', None), (b'{"id":4,"text":5}', 4), (b'{"id":5}', 5),
    (b'{"text":"a","id":6', None), (b'"id":8,"text":"a"', None), (b'{"id":9,"text":"a"} x', 9),
])
def test_a_bad_line_keeps_its_id_where_it_can_be_read(faulty_daemon, line, wanted):
    done = textctl("annotate", "--plugins", "echo", "--jsonl", "-", endpoint=faulty_daemon.endpoint, stdin=line)
    assert done.returncode == 1
    found = json.loads(done.out)
    assert found["error"]["code"] == "BAD_LINE" and found["line"] == 1
    assert found["id"] == wanted and type(found["id"]) is type(wanted)


def test_a_byte_order_mark_in_front_is_no_part_of_the_first_line(faulty_daemon):
    mark = b"\xef\xbb\xbf"
    stdin = mark + b'{"id":1,"text":"a"}\n' + mark + b'{"id":2,"text":"a"}\n{"id":3,"text":"' + mark + b'"}\n'
    done = textctl("annotate", "--plugins", "echo", "--jsonl", "-", endpoint=faulty_daemon.endpoint, stdin=stdin)
    assert [line["ok"] for line in lines_of(done.out)] == [True, False, True]
    assert lines_of(done.out)[2]["doc"]["bytes"] == 3
    done = textctl("annotate", "--plugins", "echo", "--jsonl", "-", endpoint=faulty_daemon.endpoint, stdin=mark)
    assert done.returncode == 0 and done.out == ""


@pytest.mark.parametrize("args", [("help",), ("help", "annotate"), ("annotate", "--help"), ("--version",), ("ping",), ("ping", "--json"),
                                  ("describe",), ("describe", "--json"), ("doctor", "--json"), ("bench", "--documents", "1", "--warm-up", "1ms")])
def test_what_standard_output_does_not_take_is_said(faulty_daemon, args):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TEXTCTL, *args], stdout=full, stderr=subprocess.PIPE, timeout=20 * SLOW,
                              env={**os.environ, "TEXTD_ENDPOINT": faulty_daemon.endpoint})
    assert done.returncode == 1 and done.stderr.decode().count("can't write to standard output: No space left") == 1, done.stderr


def test_results_come_while_the_input_is_still_open(faulty_daemon):
    process = subprocess.Popen([TEXTCTL, "annotate", "--plugins", "echo", "--jsonl", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, env={**os.environ, "TEXTD_ENDPOINT": faulty_daemon.endpoint})
    for i in range(3):
        process.stdin.write(json.dumps({"id": i, "text": "x"}).encode() + b"\n")
        process.stdin.flush()
        assert select.select([process.stdout], [], [], 10 * SLOW)[0], "the result must not wait for more input"
        assert json.loads(process.stdout.readline())["id"] == i
    process.stdin.close()
    assert process.wait(10 * SLOW) == 0


def test_a_long_batch_stays_small(faulty_daemon, tmp_path):
    source = tmp_path / "in"
    with source.open("w") as out:
        for i in range(20000):
            out.write(json.dumps({"id": i, "text": "word " * 200}) + "\n")
    script = ("import resource,subprocess,sys;code=subprocess.call(sys.argv[1:],stdout=subprocess.DEVNULL);"
              "print(code,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run(["/usr/bin/python3", "-c", script, TEXTCTL, "annotate", "--plugins", "echo", "--jsonl", source],
                          capture_output=True, timeout=60 * SLOW,
                          env={**os.environ, "TEXTD_ENDPOINT": faulty_daemon.endpoint,
                               "ASAN_OPTIONS": "quarantine_size_mb=1"})  # what ASan keeps of freed memory is not ours
    code, kib = map(int, done.stdout.split())
    assert code == 0
    assert kib < 32 * 1024 * SLOW, "20 MB of input must not end up in memory"


def test_a_crash_in_the_middle_costs_one_line(faulty_daemon):
    stdin = "".join(json.dumps({"id": i, "text": "ABORT" if i == 50 else "fine"}) + "\n" for i in range(100)).encode()
    done = textctl("annotate", "--plugins", "fault", "--jsonl", "-", endpoint=faulty_daemon.endpoint, stdin=stdin)
    assert done.returncode == 1
    assert [line["id"] for line in lines_of(done.out) if not line["ok"]] == [50]


# ---- The demo ----


@pytest.mark.skipif("asan" in BIN.parent.name, reason="the demo is for the release build")
def test_the_demo_runs_and_leaves_nothing_behind():
    done = subprocess.run([str(ROOT / "scripts/demo")], capture_output=True, timeout=60, env={**os.environ, "BUILD": str(BIN.parent)})
    out = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert all(words in out for words in ("Sentiment", "Entities", "2000 results", "exit=0"))
    assert '{"v":1,"id":null,"ok":true,"results":{"entities"' in out.split("by HTTP")[1].split("from Python")[0]
    assert "ipc:///tmp/textd-demo." in out
    directory = out.split("ipc://")[1].split("/textd.sock")[0]
    assert not os.path.exists(directory)
    python, node = out.split("from Python")[1].split("from Node")
    assert "MONEY $3 million {'amount': 3000000.0, 'currency': 'USD'} True" in python
    assert "MONEY $3 million { amount: 3000000, currency: 'USD' } true" in node
    for name in ("quickstart.py", "quickstart.mjs"):
        code = (EXAMPLES / "clients" / name).read_text()
        assert code in out and f"\n{code}```" in (ROOT / "README.md").read_text()
