"""What becomes of a client's requests when the daemon dies, is restarted, hangs, or another program has its place: each is
answered once, or given up in time with a message that says what happened."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time

import msgpack
import pytest
import zmq

from conftest import BIN, SLOW, plugins, wait_for

TEXTCTL = str(BIN / "textctl")
CONFIG = plugins("fault")


def start_textctl(*args, endpoint):
    return subprocess.Popen([TEXTCTL, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "TEXTD_ENDPOINT": endpoint})


def end_of(process, seconds=60):
    out, err = process.communicate(timeout=seconds * SLOW)
    return process.returncode, out.decode(), err.decode()


def kill(daemon):
    """As a crash or the kernel does it: without a word to anybody."""
    supervisor = daemon.supervisor_pid
    daemon.process.kill()
    daemon.process.wait()
    daemon.check_remains([supervisor])  # its socket goes with it, a moment later


def restart(textd, old, config=CONFIG):
    """Another daemon at the endpoint of one that is gone."""
    daemon = textd({**config, "endpoints": [old.endpoint]}, wait=False)
    daemon.endpoint = old.endpoint
    daemon.wait_until_it_answers()
    return daemon


def write_documents(path, n, every_ms=2):
    """Each has a text of its own length, which is what the plugin answers with; some take their time."""
    with path.open("w") as out:
        for i in range(n):
            out.write(json.dumps({"id": i, "text": f"SLEEP {every_ms}" if i % 3 == 0 else "x" * (i + 1)}) + "\n")
    return path


def is_right(line, every_ms=2):
    i = line["id"]
    return line["ok"] and line["results"]["fault"] == (every_ms if i % 3 == 0 else i + 1)


def count_lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


# ---- It comes back ----


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("order", [[], ["--unordered"]])
def test_a_batch_goes_on_over_restarts_and_prints_each_result_once(textd, tmp_path, how, order):
    n = 3000
    source, result = write_documents(tmp_path / "in", n), tmp_path / "out"
    daemon = textd(CONFIG)
    process = start_textctl("annotate", "--in-flight", "256", "--jsonl", source, "--output", result, *order, endpoint=daemon.endpoint)
    for done in (200, 1000, 2000):
        wait_for(f"{done} results", lambda: count_lines(result) >= done, 30)
        if how == "SIGKILL":
            kill(daemon)
        else:
            daemon.stop()
        assert process.poll() is None
        daemon = restart(textd, daemon)
    code, _, err = end_of(process)
    assert (code, err) == (0, "")
    lines = [json.loads(line) for line in result.read_text().splitlines()]
    ids = [line["id"] for line in lines]
    assert (sorted(ids) if order else ids) == list(range(n))
    assert all(is_right(line) for line in lines)


def test_a_batch_outlives_a_daemon_that_is_away_for_seconds(textd, tmp_path):
    source, result = write_documents(tmp_path / "in", 600), tmp_path / "out"
    daemon = textd(CONFIG)
    process = start_textctl("annotate", "--jsonl", source, "--output", result, endpoint=daemon.endpoint)
    wait_for("the first results", lambda: count_lines(result) > 50)
    kill(daemon)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(4)
    restart(textd, daemon)
    code, _, err = end_of(process)
    assert (code, err) == (0, "")
    assert [json.loads(line)["id"] for line in result.read_text().splitlines()] == list(range(600))


def test_a_batch_with_nothing_in_flight_waits_for_the_daemon_too(textd):
    daemon = textd(CONFIG)
    process = subprocess.Popen([TEXTCTL, "annotate", "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env={**os.environ, "TEXTD_ENDPOINT": daemon.endpoint})
    process.stdin.write(b'{"id":1,"text":"x"}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    kill(daemon)
    process.stdin.write(b'{"id":2,"text":"x"}\n{"id":3,"text":"x"}\n')
    process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)
    restart(textd, daemon)
    assert [json.loads(process.stdout.readline())["id"] for _ in range(2)] == [2, 3]
    assert process.wait(10 * SLOW) == 0


def test_one_document_is_annotated_by_the_next_daemon(textd, tmp_path):
    daemon = textd(CONFIG)
    text = tmp_path / "text"
    text.write_text(f"SLEEP {1000 * SLOW}")
    process = start_textctl("annotate", "--json", text, endpoint=daemon.endpoint)
    wait_for("the document to come", lambda: daemon.control(op="status")["documents"] == 1)
    kill(daemon)
    restart(textd, daemon)
    code, out, err = end_of(process)
    assert (code, err) == (0, "")
    assert json.loads(out)["results"]["fault"] == 1000 * SLOW


def test_many_clients_come_back_at_once(textd, tmp_path):
    source = write_documents(tmp_path / "in", 150, every_ms=10)
    daemon = textd(CONFIG)
    processes = [start_textctl("annotate", "--jsonl", source, "--output", tmp_path / f"out{i}", endpoint=daemon.endpoint)
                 for i in range(16)]
    wait_for("all of them to have results", lambda: all(count_lines(tmp_path / f"out{i}") for i in range(16)), 30)
    kill(daemon)
    restart(textd, daemon)
    for i, process in enumerate(processes):
        assert end_of(process)[0] == 0
        assert [json.loads(line)["id"] for line in (tmp_path / f"out{i}").read_text().splitlines()] == list(range(150))


class Impostor:
    """Another program on a TCP port: sends a few bytes to each who connects, and closes or keeps the connection."""

    def __init__(self, says, closes, port=0):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        self.says, self.closes, self.n, self.kept = says, closes, 0, []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.n += 1
            try:
                peer.sendall(self.says)
            except OSError:
                pass
            if self.closes:
                peer.close()
            else:
                self.kept.append(peer)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        for peer in self.kept:
            peer.close()


HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
IMPOSTORS = [(HTTP, True), (HTTP, False), (b"", True), (b"", False), (b"SSH-2.0-OpenSSH_9.2\r\n", False),
             (b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"\xee" * 600, False)]


def test_another_program_in_its_place_for_a_while_costs_nothing(textd, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = {**CONFIG, "endpoints": [f"tcp://127.0.0.1:{port}"]}
    source, result = write_documents(tmp_path / "in", 600), tmp_path / "out"
    daemon = textd(config, wait=False)
    daemon.endpoint = config["endpoints"][0]
    daemon.wait_until_it_answers()
    process = start_textctl("annotate", "--jsonl", source, "--output", result, endpoint=daemon.endpoint)
    wait_for("the first results", lambda: count_lines(result) > 50)
    kill(daemon)
    for says, closes in IMPOSTORS:
        impostor = Impostor(says, closes, port)
        try:
            wait_for("a connection", lambda: impostor.n)
        finally:
            impostor.stop()
    restart(textd, daemon)
    code, _, err = end_of(process)
    assert (code, err) == (0, "")
    lines = [json.loads(line) for line in result.read_text().splitlines()]
    assert [line["id"] for line in lines] == list(range(600))
    assert all(is_right(line) for line in lines)


# ---- It doesn't come back ----


def test_a_daemon_that_stays_away_is_told_in_time(textd, tmp_path):
    daemon = textd(CONFIG)
    source, result = write_documents(tmp_path / "in", 5000), tmp_path / "out"
    process = start_textctl("annotate", "--timeout", f"{2 * SLOW}s", "--in-flight", "10", "--jsonl", source, "--output", result,
                            endpoint=daemon.endpoint)
    wait_for("the first results", lambda: count_lines(result) > 50)
    kill(daemon)
    start = time.monotonic()
    code, _, err = end_of(process)
    assert time.monotonic() - start < 5 * SLOW
    assert code == 69
    assert daemon.endpoint in err and "was lost" in err
    unanswered, complete = map(int, re.search(r"documents unanswered: (\d+) \(the results before line (\d+) are complete", err).groups())
    assert 1 <= unanswered <= 11
    lines = [json.loads(line) for line in result.read_text().splitlines()]
    assert [line["id"] for line in lines] == list(range(complete - 1))
    assert all(is_right(line) for line in lines)


def test_one_document_is_given_up_in_time(textd, tmp_path):
    daemon = textd(CONFIG)
    text = tmp_path / "text"
    text.write_text("SLEEP 20000")
    process = start_textctl("annotate", "--timeout", f"{2 * SLOW}s", text, endpoint=daemon.endpoint)
    wait_for("the document to come", lambda: daemon.control(op="status")["documents"] == 1)
    kill(daemon)
    start = time.monotonic()
    code, _, err = end_of(process)
    assert time.monotonic() - start < 4 * SLOW
    assert code == 69
    assert daemon.endpoint in err and "was lost" in err


@pytest.mark.parametrize("n, exit_code", [(5, 75), (500, 69)])
def test_a_daemon_that_stops_and_stays_away_leaves_its_refusals(textd, tmp_path, n, exit_code):
    daemon = textd({**CONFIG, "server": {"shutdown_grace": "200ms"}})
    source, in_flight = tmp_path / "in", min(n, 64)
    source.write_text("".join(json.dumps({"id": i, "text": f"SLEEP {5000 * SLOW}"}) + "\n" for i in range(n)))
    process = start_textctl("annotate", "--timeout", f"{2 * SLOW}s", "--jsonl", source, endpoint=daemon.endpoint)
    wait_for("the documents to come", lambda: daemon.control(op="status")["documents"] == in_flight)
    daemon.stop()
    start = time.monotonic()
    code, out, err = end_of(process)
    assert time.monotonic() - start < 8 * SLOW
    assert code == exit_code
    assert [json.loads(line)["error"]["code"] for line in out.splitlines()] == ["SHUTTING_DOWN"] * in_flight
    assert (daemon.endpoint in err and "the results before line 65 are complete" in err) == (n > 64)


@pytest.mark.parametrize("endpoint", ["ipc:///tmp/textd-nobody/textd.sock", "tcp://127.0.0.1:9"])
def test_an_absent_daemon_is_told_before_anything_is_read(endpoint, tmp_path):
    start = time.monotonic()
    code, out, err = end_of(start_textctl("annotate", "--jsonl", tmp_path / "none", endpoint=endpoint))
    assert time.monotonic() - start < 3 * SLOW
    assert (code, out) == (69, "")
    assert endpoint in err and "is textd running there?" in err


@pytest.mark.parametrize("says, closes", IMPOSTORS)
@pytest.mark.parametrize("command", [["ping"], ["annotate", "--jsonl", "/dev/null"]])
def test_another_program_on_the_port_is_told_in_time(command, says, closes):
    impostor = Impostor(says, closes)
    try:
        start = time.monotonic()
        code, out, err = end_of(start_textctl(*command, "--timeout", "1s", endpoint=impostor.endpoint))
        assert time.monotonic() - start < 3 * SLOW
        assert impostor.n <= 50, "it is not bothered without a pause"
    finally:
        impostor.stop()
    assert (code, out) == (69, "")
    assert impostor.endpoint in err and "did not greet as textd does" in err


def test_a_first_connection_that_is_ended_is_made_again_at_once(textd):
    """As textd does when it has no descriptor to spare."""
    daemon = textd(CONFIG)
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve():
            door.accept()[0].close()
            peer, _ = door.accept()
            with peer, socket.socket(socket.AF_UNIX) as inside:
                inside.connect(daemon.endpoint[len("ipc://"):])
                ends = {peer: inside, inside: peer}
                while True:
                    for end in select.select(ends, [], [])[0]:
                        data = end.recv(4096)
                        if not data:
                            return
                        ends[end].sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        start = time.monotonic()
        code, _, err = end_of(start_textctl("ping", endpoint=f"tcp://127.0.0.1:{door.getsockname()[1]}"))
        assert code == 0, err
        assert time.monotonic() - start < 1.5 * SLOW
        thread.join()


# ---- It hangs ----


@pytest.fixture
def stopped():
    """stopped(daemon) stops it as a debugger would, until the test ends."""
    daemons = []

    def stop(daemon):
        daemons.append(daemon)
        os.kill(daemon.supervisor_pid, signal.SIGSTOP)

    yield stop
    for daemon in daemons:
        os.kill(daemon.supervisor_pid, signal.SIGCONT)


def test_a_daemon_that_hangs_is_given_up_in_time(textd, stopped, tmp_path):
    daemon = textd(CONFIG)
    source, result = write_documents(tmp_path / "in", 5000), tmp_path / "out"
    process = start_textctl("annotate", "--timeout", f"{2 * SLOW}s", "--jsonl", source, "--output", result, endpoint=daemon.endpoint)
    wait_for("the first results", lambda: count_lines(result) > 50)
    stopped(daemon)
    start = time.monotonic()
    code, _, err = end_of(process)
    assert time.monotonic() - start < 5 * SLOW
    assert code == 75
    assert daemon.endpoint in err and "did not answer" in err and "documents unanswered: 64 " in err
    os.kill(daemon.supervisor_pid, signal.SIGCONT)


def test_a_daemon_that_hangs_from_the_start_is_told_from_an_absent_one(textd, stopped):
    daemon = textd(CONFIG)
    stopped(daemon)
    code, _, err = end_of(start_textctl("ping", "--timeout", "500ms", endpoint=daemon.endpoint))
    assert code == 69
    assert daemon.endpoint in err and "it hangs, or is another program" in err
    os.kill(daemon.supervisor_pid, signal.SIGCONT)


def test_a_daemon_that_hung_only_for_a_while_answers_all(textd, stopped, tmp_path):
    daemon = textd(CONFIG)
    source, result = write_documents(tmp_path / "in", 1000), tmp_path / "out"
    process = start_textctl("annotate", "--jsonl", source, "--output", result, endpoint=daemon.endpoint)
    wait_for("the first results", lambda: count_lines(result) > 50)
    stopped(daemon)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(2)
    os.kill(daemon.supervisor_pid, signal.SIGCONT)
    code, _, err = end_of(process)
    assert (code, err) == (0, "")
    assert [json.loads(line)["id"] for line in result.read_text().splitlines()] == list(range(1000))


# ---- What travels ----


class Server:
    """Plays the daemon, and keeps what it is sent."""

    def __init__(self, endpoint):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.bind(endpoint)

    def stop(self):
        """What was answered still arrives."""
        self.socket.close(linger=1000)
        self.context.term()

    def receive(self, seconds=10):
        """Who sent it, the request, and the text frame."""
        assert self.socket.poll(int(seconds * SLOW * 1000))
        who, message, *text = self.socket.recv_multipart()
        return who, msgpack.unpackb(message), text

    def answer(self, who, request, **keys):
        self.socket.send_multipart([who, msgpack.packb({"v": 1, "id": request["id"], "ok": True, **keys})])

    def describe(self):
        who, request, _ = self.receive()
        assert request["op"] == "describe"
        self.answer(who, request, limits={"document_bytes": 1000}, plugins=[])


def test_requests_are_sent_again_as_they_were_with_what_is_left_of_their_deadline(tmp_path):
    endpoint, n = f"ipc://{tmp_path}/s", 20
    source = tmp_path / "in"
    source.write_text("".join(json.dumps({"id": f"n{i}", "text": f"text {i}"}) + "\n" for i in range(n)))
    server = Server(endpoint)
    process = start_textctl("annotate", "--deadline", "20s", "--jsonl", source, endpoint=endpoint)
    server.describe()
    first = [server.receive() for _ in range(n)]
    answered = (0, 3, 19)
    for i in answered:
        server.answer(*first[i][:2], results={"n": f"first {i}"})
    first_line = process.stdout.readline()
    server.stop()
    server = Server(endpoint)
    again = [server.receive() for _ in range(n - len(answered))]
    expected = [request for i, request in enumerate(first) if i not in answered]
    for (_, old, old_text), (_, new, new_text) in zip(expected, again):
        assert new_text == old_text
        assert new["deadline_ms"] < old["deadline_ms"] == 20000
        assert {**new, "deadline_ms": 0} == {**old, "deadline_ms": 0}
    for who, request, text in reversed(again):
        for words in ("second", "third"):  # the second answer is nobody's
            server.answer(who, request, results={"n": f"{words} {text[0].decode()}"})
    code, out, err = end_of(process)
    server.stop()
    assert (code, err) == (0, "")
    found = [json.loads(line) for line in (first_line.decode() + out).splitlines()]
    assert [line["id"] for line in found] == [f"n{i}" for i in range(n)]
    assert [line["results"]["n"] for line in found] == [f"first {i}" if i in answered else f"second text {i}" for i in range(n)]


def test_the_library_asks_how_large_a_document_may_be_before_it_sends_one_of_some_size(textd):
    daemon = textd({"limits": {"document_bytes": "4KiB"}})
    done = subprocess.run([BIN.parent / "tests/client-drive", "--endpoint", daemon.endpoint, "--mode", "request"], capture_output=True, text=True,
                          input=json.dumps({"op": "annotate", "id": 1, "text": "x" * (3 << 20)}) + "\n", timeout=20 * SLOW)
    assert "limits.document_bytes" in done.stderr and "4096" in done.stderr, done
    assert done.returncode == 2
