"""HTTP: probes, each check made to fail for real; who may ask; what happens to listeners when textd restarts, reloads and drains."""

import base64
import json
import os
import re
import resource
import signal
import socket
import subprocess

import msgpack
import pytest
import zmq

from conftest import BAD, LOOKED_INTO, ROOT, SLOW, plugins, run_textd, wait_for

HTTP = {"http": {"listen": "127.0.0.1:0"}}


def serving(textd, *names, **sections):
    return textd({**plugins(*(names or ("fault",)), **sections), **HTTP}, env=LOOKED_INTO)


def readiness(daemon, listener="http"):
    """Whether it is ready, and the lines of the checks that fail."""
    status, _, body = daemon.http("/readyz", listener=listener)
    first, *lines = body.decode().splitlines()
    assert (status, first) in ((200, "ready"), (503, "not ready"))
    assert (status == 200) == (not lines) and all(line.startswith("failing ") for line in lines)
    return status == 200, lines


def wait_ready(daemon):
    wait_for("it to be ready", lambda: readiness(daemon)[0])


def wait_failing(daemon, check, reason):
    """Exactly that check fails, and says why."""

    def fails():
        _, lines = readiness(daemon)
        return lines if any(line.startswith(f"failing {check}:") for line in lines) else None

    lines = wait_for(f"{check} to fail", fails)
    assert len(lines) == 1 and re.search(reason, lines[0]), lines
    assert daemon.http("/livez")[0] == 200, "liveness has nothing to do with it"
    assert daemon.http("/healthz")[0] == 503


# ---- The checks


def test_a_daemon_that_serves_is_alive_and_ready(textd):
    daemon = serving(textd)
    for path, words in (("/livez", b"alive\n"), ("/readyz", b"ready\n"), ("/healthz", b"ready\n")):
        status, headers, body = daemon.http(path)
        assert (status, body) == (200, words)
        assert headers["Content-Type"] == "text/plain; charset=utf-8" and headers["Cache-Control"] == "no-store"
        assert not [name for name in headers if name.lower().startswith("access-control")]
    lines = daemon.http("/readyz?verbose")[2].decode().splitlines()[1:]
    checks = [re.match(r"ok +(\w+): \S", line).group(1) for line in lines]
    assert checks[:5] == ["draining", "generation", "workers", "pipeline", "queue"]
    assert {"intake", "descriptors", "endpoints", "sink"} <= set(checks)
    assert b"loop" in daemon.http("/livez?verbose")[2]


def test_before_the_first_generation_serves_it_is_alive_and_not_ready(textd):
    daemon = textd({**plugins("create_slow", directory=BAD / "create_slow"), **HTTP}, wait=False)
    status, _, body = daemon.http("/readyz")
    assert status == 503 and b"failing generation: the first generation is being made" in body
    assert daemon.http("/livez")[0] == 200
    status, headers, body = daemon.http("/debug/state")
    assert status == 503 and headers["Retry-After"] == "1" and b"the server is starting" in body
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.exit_code() == 0


def test_it_is_not_ready_while_all_workers_are_stopped(textd):
    daemon = serving(textd)
    for pid in daemon.worker_pids():
        os.kill(pid, signal.SIGSTOP)
    wait_failing(daemon, "workers", "0 of 2 workers take documents; others are stopped")
    os.kill(daemon.worker_pids()[0], signal.SIGCONT)
    wait_ready(daemon)
    for pid in daemon.worker_pids():
        os.kill(pid, signal.SIGCONT)


def test_it_is_not_ready_while_a_plugin_is_suspended_and_is_when_its_trial_is_due(textd):
    daemon = serving(textd, "fault", "echo", suspend={"deaths": 1, "pause": f"{400 * SLOW}ms", "window": "1m"})
    client = daemon.client()
    client.error("CRASH")
    wait_failing(daemon, "pipeline", "plugin fault of the pipeline default is suspended")
    wait_ready(daemon)  # nobody would send the document that tries it again, if it stayed not ready
    assert client.ask("abc")["ok"]


def test_it_is_not_ready_while_the_queue_is_nearly_full(textd):
    daemon = serving(textd, workers={"count": 1, "window": 1}, queue={"documents": 10})
    client = daemon.client()
    ids = [client.annotate("HANG")]
    wait_for("it to run", lambda: daemon.control(op="status")["waiting"] == 0 and daemon.control(op="status")["documents"] == 1)
    ids += [client.annotate("HANG") for _ in range(9)]
    wait_failing(daemon, "queue", "9 of 10 documents wait")
    client.send({"op": "cancel", "id": ids[5]})
    wait_for("it to be ready", lambda: readiness(daemon)[0])
    for wanted in ids:
        if wanted != ids[5]:
            client.send({"op": "cancel", "id": wanted})
    client.receive_all(ids)


def test_it_is_not_ready_while_a_sockets_file_is_gone(textd):
    daemon = serving(textd)
    path = daemon.run / "textd.sock"
    path.unlink()
    path.mkdir()  # so that it can't be made again
    wait_failing(daemon, "endpoints", f"the socket {path} is not there")
    path.rmdir()
    wait_ready(daemon)
    assert daemon.client().ask("abc")["ok"]


def test_it_is_not_ready_without_descriptors_and_probes_are_answered_all_the_same(textd):
    config = {**plugins("fault"), "http": {"listen": "127.0.0.1:0", "probes": "127.0.0.1:0"}}
    daemon = textd(config, before_exec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80)))
    crowd = [daemon.client() for _ in range(100)]
    for one in crowd:
        one.annotate("abc")
    daemon.wait_logged("server.deaf", reason="descriptors")
    for _ in range(20):
        is_ready, lines = readiness(daemon, "probes")
        assert not is_ready and any("failing descriptors: no descriptors are left" in line for line in lines)
        assert daemon.http("/livez", listener="probes")[0] == 200
    status, headers, body = daemon.http("/livez")
    assert status == 503 and headers["Retry-After"] and b"no descriptors" in body, "an answer, not silence"
    idle = [socket.create_connection(("127.0.0.1", daemon.http_port("probes"))) for _ in range(30)]
    workers = daemon.worker_pids()
    os.kill(workers[0], signal.SIGKILL)
    wait_for("it to be gone", lambda: workers[0] not in daemon.worker_pids())
    wait_for("the worker to be replaced", lambda: daemon.control(op="ping")["workers"] == 2)
    assert daemon.http("/livez", listener="probes")[0] == 200, "those who say nothing there make room for who asks"
    for one in idle + crowd:
        one.close()
    wait_for("it to be ready", lambda: readiness(daemon, "probes")[0])


def test_it_is_not_ready_while_the_sink_is_stuck(textd, tmp_path):
    come, go = f"ipc://{tmp_path}/in", f"ipc://{tmp_path}/out"
    daemon = serving(textd, "echo", pull=[come], push=[go])
    assert readiness(daemon)[0], "nothing waits yet"
    with zmq.Context() as context, context.socket(zmq.PUSH) as ventilator, context.socket(zmq.PULL) as sink:
        ventilator.linger = sink.linger = 0
        ventilator.connect(come)
        for n in range(3):
            ventilator.send(msgpack.packb({"id": n, "text": "abc"}))
        wait_failing(daemon, "sink", r"no sink has taken a reply for \d+ ms")
        sink.bind(go)
        wait_ready(daemon)
        assert {msgpack.unpackb(sink.recv())["id"] for _ in range(3)} == {0, 1, 2}


def test_while_it_drains_it_is_not_ready_and_alive(textd):
    daemon = serving(textd)
    client = daemon.client()
    late = client.annotate(f"SLEEP {700 * SLOW}")
    wait_for("it to run", lambda: daemon.control(op="status")["documents"] == 1)
    control = daemon.client(endpoint=daemon.control_endpoint)
    control.send({"op": "drain", "id": 1, "exit": False})
    wait_failing(daemon, "draining", "no more documents are taken")
    assert daemon.http("/livez")[1]["Connection"] == "close"
    assert client.receive_all([late])[late]["ok"]
    control.receive()
    wait_failing(daemon, "draining", "no more documents are taken")  # it has drained, and stays


def test_the_last_probes_are_answered_while_it_stops(textd):
    daemon = serving(textd)
    client = daemon.client()
    late = client.annotate(f"SLEEP {500 * SLOW}")
    wait_for("it to run", lambda: daemon.control(op="status")["documents"] == 1)
    os.kill(daemon.pid, signal.SIGTERM)
    wait_failing(daemon, "draining", "no more documents are taken")
    assert client.receive_all([late])[late]["ok"]
    assert daemon.exit_code() == 0


# ---- Paths, methods, parameters


@pytest.fixture
def ports(textd):
    daemon = textd({**plugins("fault"), "http": {"listen": "127.0.0.1:0", "probes": "127.0.0.1:0"}})
    return daemon, daemon.http_port(), daemon.http_port("probes")


def exchange(port, request, wait=True):
    """Sends bytes, and reads until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10 * SLOW) as s:
        s.sendall(request)
        if wait:
            return b"".join(iter(lambda: s.recv(65536), b""))
        return b""


def answers(text):
    """The status lines of several answers on a connection, each body cut as its head says."""
    found = []
    while text:
        head, _, rest = text.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        found.append((int(lines[0].split()[1]), headers, rest))
        text = rest[int(headers["content-length"]):] if found[-1][0] != 0 else b""
    return found


def all_paths():
    """As the table has them, with their methods."""
    table = (ROOT / "daemon/http/routes.c").read_text()
    return re.findall(r'\.method = "(\w+)",\s+\.path = "([^"]+)"', table)


def test_head_then_get_on_every_path(ports):
    """A HEAD's answer has no body, and the next request on the connection is answered as ever."""
    daemon, port, _ = ports
    paths = all_paths()
    assert ("GET", "/livez") in paths and ("GET", "/debug/state") in paths
    for path in sorted({path for method, path in paths}) + ["/none"]:
        text = exchange(port, (f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                               "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").encode())
        head, _, rest = text.partition(b"\r\n\r\n")
        assert rest.startswith(b"HTTP/1.1 200") and rest.endswith(b"\r\n\r\nalive\n"), (path, text)
        expected = 404 if path == "/none" else 200 if ("GET", path) in paths else 405
        assert head.startswith(f"HTTP/1.1 {expected}".encode()), (path, text)


def test_each_path_says_which_methods_it_takes(ports):
    daemon, *_ = ports
    paths = all_paths()
    for path in {path for _, path in paths}:
        status, headers, body = daemon.http(path, "PATCH")
        allowed = {method for method, other in paths if other == path}
        assert status == 405
        assert set(headers["Allow"].split(", ")) == allowed | ({"HEAD"} if "GET" in allowed else set())
        assert json.loads(body)["ok"] is False
    assert daemon.http("/none")[0] == daemon.http("/livez/")[0] == daemon.http("/LIVEZ")[0] == 404


def test_a_parameter_that_a_path_does_not_know_is_named(ports):
    daemon, *_ = ports
    status, _, body = daemon.http("/readyz?verbosity=1")
    error = json.loads(body)["error"]
    assert status == 400 and error["code"] == "BAD_REQUEST" and error["message"] == \
        "/readyz has no parameter 'verbosity'; did you mean 'verbose'?"
    assert "twice" in json.loads(daemon.http("/readyz?verbose&verbose=1")[2])["error"]["message"]
    assert daemon.http("/readyz?verbose=0%00")[0] == 400


def test_a_path_that_is_nearly_right_is_told_the_right_one(ports):
    daemon, *_ = ports
    for path, meant in [("/annotate", "/v1/annotate"), ("/v1/anotate", "/v1/annotate"), ("/v1/annotate/", "/v1/annotate"),
                        ("/openapi.json", "/v1/openapi.json"), ("/health", "/healthz"), ("/ready", "/readyz"), ("/metric", "/metrics")]:
        status, _, body = daemon.http(path)
        assert status == 404 and f"; did you mean {meant}? " in json.loads(body)["error"]["message"], path
    for path in ("/nothing/like/this", "/" + "a" * 8000):
        assert "did you mean" not in daemon.http(path)[2].decode() and "/v1/openapi.json has all paths" in daemon.http(path)[2].decode()
    assert "say -X POST" in daemon.http("/v1/annotate", "PUT")[2].decode()


def test_the_probes_listener_has_the_open_paths_only(ports):
    daemon, *_ = ports
    assert "all else is on http.listen" in daemon.http("/v1/annotate", listener="probes")[2].decode()
    for path in ("/livez", "/readyz", "/healthz"):
        assert daemon.http(path, listener="probes")[0] == 200
    assert daemon.http("/debug/state", listener="probes")[0] == 404
    assert daemon.http("/debug/state")[0] == 200


def test_requests_in_a_row_are_answered_in_a_row(ports):
    """Pipelined, kept alive, with bodies that nobody wants, in chunks, and after leave to send them."""
    _, port, _ = ports
    get = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    body = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"
    chunks = (b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
              b"5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n")
    last = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    found = answers(exchange(port, get * 50 + body + chunks + get + last))
    assert [status for status, *_ in found] == [200] * 51 + [405, 200, 200]
    with socket.create_connection(("127.0.0.1", port), timeout=10 * SLOW) as s:
        for _ in range(20):
            s.sendall(get)
            assert s.recv(4096).endswith(b"alive\n")
    expect = b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
    assert exchange(port, expect).startswith(b"HTTP/1.1 405"), "the refusal comes at once, and no leave to send"
    old = exchange(port, b"GET /livez HTTP/1.0\r\n\r\n")
    assert b"200 OK" in old and old.endswith(b"alive\n"), "HTTP/1.0 knows no Host and keeps nothing alive"


# ---- Who may ask


def test_a_name_that_is_not_textds_is_refused(textd):
    daemon = textd({**plugins("fault"), "http": {"listen": "127.0.0.1:0", "hosts": "text.example, other.example"}})
    port = daemon.http_port()
    for host in ("127.0.0.1", f"127.0.0.1:{port}", "localhost", "LocalHost:80", "localhost.:7412", "[::1]:7412",
                 "text.example:443", "text.example.", "other.example"):
        assert daemon.http("/livez", headers={"Host": host})[0] == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "localhost.evil", "[::1", "", "[::2]", "::1",
                 "[::1].evil.example", "127.0.0.1:80.evil.example", "127.1", "2130706433", "a,text.example"):
        assert daemon.http("/livez", headers={"Host": host})[0] == 421, host
    assert exchange(port, b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n").split()[1] in (b"400", b"421")
    assert daemon.logged("http.denied", reason="host")


def test_a_probe_from_outside_may_use_the_address_that_it_connects_to(textd):
    """As a kubelet does, which knows a pod by its address only."""
    daemon = textd({**plugins("fault"), "http": {"probes": "*:0"}})
    port = daemon.http_port("probes")
    [address] = subprocess.run(["hostname", "-i"], capture_output=True, text=True).stdout.split()[:1] or ["127.0.0.2"]
    for host in {address, "127.0.0.2"} - {"::1"}:
        if ":" in host:
            continue
        with socket.create_connection((host, port), timeout=10 * SLOW) as s:
            s.sendall(f"GET /readyz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            assert s.recv(4096).startswith(b"HTTP/1.1 200"), host


def test_a_page_of_another_site_may_not_send(textd):
    daemon = serving(textd)
    port = daemon.http_port()
    for origin, is_own in (("http://evil.example", False), ("null", False), (f"http://127.0.0.1:{port}", True),
                           (f"https://127.0.0.1:{port}", True), ("http://127.0.0.1:1", False)):
        for method, path in all_paths():
            if path == "/v1/live":  # which has no end
                continue
            if method == "GET":
                assert daemon.http(path, "HEAD", headers={"Origin": origin})[0] == 200, "reading is the browser's matter"
            else:
                assert (daemon.http(path, method, b"", headers={"Origin": origin})[0] != 403) == is_own


TOKEN = "correct-horse-battery-staple"


def test_the_token_opens_what_is_not_open_to_all(textd, tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    daemon = textd({**plugins("fault"), "http": {"listen": "127.0.0.1:0", "token_file": str(file)}})

    def ask(header):
        return daemon.http("/debug/state", headers={"Authorization": header} if header else {})

    status, headers, body = ask(None)
    assert status == 401 and "Bearer" in str(headers.get_all("WWW-Authenticate")) and TOKEN not in body.decode()
    basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
    assert ask(f"Bearer {TOKEN}")[0] == ask(f"bearer {TOKEN}")[0] == ask(f"Basic {basic}")[0] == 200
    wrong = [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer", "Bearer ", f"Digest {TOKEN}", TOKEN, "Basic !!!!",
             "Basic " + base64.b64encode(TOKEN.encode()).decode(), "Basic " + "A" * 5000]
    for header in wrong:
        assert ask(header)[0] == 401, header
    for path in ("/livez", "/readyz", "/healthz", "/metrics"):
        assert daemon.http(path)[0] == 200
    file.write_text("another-token-altogether")
    assert daemon.control(op="config.reload")["ok"]
    assert ask(f"Bearer {TOKEN}")[0] == 401 and ask("Bearer another-token-altogether")[0] == 200
    file.chmod(0o644)
    assert daemon.control(op="config.reload")["ok"]
    assert "mode 0644" in daemon.wait_logged("http.token_failed")[0]
    assert ask("Bearer another-token-altogether")[0] == 200, "the token from before stays"
    assert TOKEN not in daemon.log() and "another-token" not in daemon.log()


def test_a_reload_never_opens_to_others_what_the_token_closes(textd, tmp_path):
    """What is bound stays until a restart, whatever the file says now: and as long as it does, so does the token."""
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    daemon = textd({**plugins("fault"), "http": {"listen": "0.0.0.0:0", "token_file": str(file)}})
    config = json.loads((daemon.run / "textd.yaml").read_text())
    config["http"] = {"listen": "127.0.0.1:0"}
    (daemon.run / "textd.yaml").write_text(json.dumps(config))
    assert daemon.control(op="config.reload")["restart_needed"] == ["http.listen"]
    assert daemon.http("/debug/state")[0] == 401
    assert daemon.http("/debug/state", headers={"Authorization": f"Bearer {TOKEN}"})[0] == 200
    assert "other machines can reach" in daemon.wait_logged("http.token_failed")[0]


def test_a_browser_asks_for_the_token_where_somebody_looks_and_not_over_the_page(textd, tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    daemon = textd({**plugins("fault"), "http": {"listen": "127.0.0.1:0", "token_file": str(file)}})
    basic = {"Authorization": f"Basic {base64.b64encode(f'anybody:{TOKEN}'.encode()).decode()}"}
    for path in ("/", "/page/main.js", "/page/style.css", "/debug/state", "/v1/describe", "/v1/openapi.json"):
        for method in ("GET", "HEAD"):
            status, headers, body = daemon.http(path, method)
            schemes = {challenge.split()[0] for challenge in headers.get_all("WWW-Authenticate")}
            assert status == 401 and schemes == ({"Bearer"} if path.startswith("/v1/") else {"Bearer", "Basic"}), path
            assert b"<" not in body and "ETag" not in headers, "nothing of the page is shown"
        status, headers, _ = daemon.http(path, headers=basic)
        assert status == 200 and headers["Vary"] == "Authorization", "the page's curl command goes by that"
    assert daemon.http("/", headers={"If-None-Match": daemon.http("/", headers=basic)[1]["ETag"]})[0] == 401


@pytest.mark.parametrize("http,words", [
    ({"listen": "0.0.0.0:0"}, r"http\.listen: '0\.0\.0\.0:0' can be reached from other machines: set http\.token_file"),
    ({"listen": "*:0"}, "can be reached from other machines"),
    ({"listen": "localhost:7412"}, "must be a numeric address and a port, such as 127.0.0.1:7412"),
    ({"probes": "127.0.0.1"}, r"http\.probes: '127\.0\.0\.1' must be a numeric address"),
    ({"listen": "127.0.0.1:0", "token_file": "token"}, "must be an absolute path"),
    ({"listen": "127.0.0.1:0", "token_file": "/nonexistent/token"}, "can't be opened"),
    ({"listen": "127.0.0.1:9", "probes": "127.0.0.1:9"}, r"http\.probes: '127\.0\.0\.1:9' is http\.listen's as well"),
    ({"listen": "127.0.0.1:7"}, "is one of the endpoints, which speak ZeroMQ"),
    ({"probes": "127.0.0.1:8"}, "is an end of pull, push or publish"),
])
def test_what_http_should_not_start_with_is_refused(tmp_path, http, words):
    config = tmp_path / "textd.yaml"
    config.write_text(json.dumps({**plugins("fault"), "endpoints": [f"ipc://{tmp_path}/t.sock", "tcp://127.0.0.1:7"],
                                  "pull": ["tcp://127.0.0.1:8"], "push": ["tcp://127.0.0.1:9"], "http": http}))
    for args in ((), ("--check-config",)):
        ended = run_textd(*args, "--config", config, RUNTIME_DIRECTORY=str(tmp_path))
        assert ended.returncode == 78 and re.search(words, ended.stderr), ended.stderr


def test_a_token_that_others_can_read_is_refused_at_the_start(tmp_path):
    file, config = tmp_path / "token", tmp_path / "textd.yaml"
    for text, mode, words in ((TOKEN, 0o644, "mode 0644: others can read or change it; chmod it to 0600"),
                              ("short", 0o600, "must hold one line of 16 to 1024 characters"),
                              (TOKEN + "\nmore", 0o600, "must hold one line"), (TOKEN + " x", 0o600, "can't stand in a header")):
        file.write_text(text)
        file.chmod(mode)
        config.write_text(json.dumps({**plugins("fault"), "endpoints": [f"ipc://{tmp_path}/t.sock"],
                                      "http": {"listen": "127.0.0.1:0", "token_file": str(file)}}))
        ended = run_textd("--config", config, RUNTIME_DIRECTORY=str(tmp_path))
        assert ended.returncode == 78 and words in ended.stderr, ended.stderr


def test_a_port_that_is_taken_is_told(textd, tmp_path):
    port = serving(textd).http_port()
    config = tmp_path / "textd.yaml"
    config.write_text(json.dumps({**plugins("fault"), "endpoints": [f"ipc://{tmp_path}/t.sock"],
                                  "http": {"listen": f"127.0.0.1:{port}"}}))
    ended = run_textd("--config", config, RUNTIME_DIRECTORY=str(tmp_path))
    assert ended.returncode == 69 and f"http://127.0.0.1:{port} is in use by another program" in ended.stderr


# ---- The state, and what lasts


def test_debug_state_is_what_textctl_status_prints(ports):
    daemon, *_ = ports
    status, headers, body = daemon.http("/debug/state")
    state = json.loads(body)
    asked = daemon.control(op="status")
    assert status == 200 and headers["Content-Type"] == "application/json"
    assert {**state, "id": 1}.keys() == asked.keys()
    for key in ("version", "pid", "supervisor_pid", "generation", "plugins"):
        assert state[key] == asked[key], key


def test_a_reload_cuts_no_connection(ports):
    daemon, port, _ = ports
    get = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10 * SLOW) as s:
        for _ in range(3):
            s.sendall(get)
            assert s.recv(4096).endswith(b"\r\n\r\nready\n")
            assert daemon.control(op="config.reload")["ok"]
        s.sendall(get)
        assert s.recv(4096).endswith(b"\r\n\r\nready\n")


def test_what_a_reload_cannot_change_is_said(ports):
    daemon, *_ = ports
    config = json.loads((daemon.run / "textd.yaml").read_text())
    config["http"] = {"listen": "127.0.0.1:1", "connections": 7, "hosts": "text.example"}
    (daemon.run / "textd.yaml").write_text(json.dumps(config))
    assert daemon.http("/livez", headers={"Host": "text.example"})[0] == 421
    assert sorted(daemon.control(op="config.reload")["restart_needed"]) == ["http.listen", "http.probes"]
    assert daemon.http("/livez", headers={"Host": "text.example"})[0] == 200


def test_a_free_port_is_kept_when_the_supervisor_dies(ports):
    daemon, port, probes = ports
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    daemon.wait_logged("server.restarted")

    def answers_again():
        try:
            return exchange(port, b"GET /readyz HTTP/1.0\r\n\r\n").split()[1] == b"200"
        except OSError:
            return False

    wait_for("the same port to answer", answers_again)
    assert b" 200 " in exchange(probes, b"GET /livez HTTP/1.0\r\n\r\n")


def test_without_http_there_is_none_of_it(textd):
    daemon = textd(plugins("fault"), env=LOOKED_INTO)
    assert "libmicrohttpd" not in open(f"/proc/{daemon.supervisor_pid}/maps").read()
    other = serving(textd)
    assert "libmicrohttpd" in open(f"/proc/{other.supervisor_pid}/maps").read()
    for pid in (other.pid, *other.worker_pids()):
        assert "libgnutls" not in open(f"/proc/{pid}/maps").read()
