"""Past this machine: keys, CURVE and who is let in. All traffic is on the loopback."""

import asyncio
import contextlib
import os
import pickle
import re
import select
import socket
import stat
import subprocess
import sys
import threading
import time

import msgpack
import pytest
import zmq
import zmq.auth
import zmq.utils.monitor

from conftest import BIN, ROOT, SLOW, environment, plugins, run_textd, wait_for

sys.path.insert(0, str(ROOT / "clients/python/src"))
import textd as client_package  # noqa: E402


def textctl(*args, cwd=None, **env):
    return subprocess.run([str(BIN / "textctl"), *map(str, args)], cwd=cwd, env=environment(**env), capture_output=True, text=True,
                          timeout=20 * SLOW)


def test_keygen_writes_what_other_tools_read_and_overwrites_nothing(tmp_path):
    old = os.umask(0)
    try:
        done = textctl("keygen", "alice", cwd=tmp_path)
    finally:
        os.umask(old)
    secret, public = tmp_path / "alice.key_secret", tmp_path / "alice.key"
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and stat.S_IMODE(public.stat().st_mode) == 0o644
    pair = zmq.auth.load_certificate(secret)
    assert zmq.auth.load_certificate(public) == (pair[0], None)
    assert zmq.curve_public(pair[1]) == pair[0] and done.stdout.split()[-1] == pair[0].decode()
    assert pair[1].decode() not in done.stdout

    public.unlink()
    again = textctl("keygen", "alice", cwd=tmp_path)
    assert again.returncode == 1 and "alice.key_secret" in again.stderr and "never overwritten" in again.stderr
    assert zmq.auth.load_certificate(secret) == pair and not public.exists()
    assert textctl("keygen", "a b", cwd=tmp_path).returncode == 2
    assert textctl("keygen", tmp_path / "nowhere/a").returncode == 1


class Keys:
    """A server's pair, a folder of clients, and clients' pairs, in files as textctl writes them."""

    def __init__(self, folder):
        self.folder = folder
        self.clients = folder / "clients"
        self.clients.mkdir(mode=0o755)
        self.server = self.make("server")

    def make(self, name):
        public, secret = zmq.curve_keypair()
        (self.folder / f"{name}.key").write_text(f'curve\n    public-key = "{public.decode()}"\n')
        secret_file = self.folder / f"{name}.key_secret"
        secret_file.write_text(f'curve\n    public-key = "{public.decode()}"\n    secret-key = "{secret.decode()}"\n')
        secret_file.chmod(0o600)
        return public, secret

    def let_in(self, name, pair=None):
        pair = pair or self.make(name)
        (self.clients / f"{name}.key").write_text(pair[0].decode())
        return pair

    def config(self, *endpoints, **more):
        return {"endpoints": ["ipc://${RUNTIME_DIRECTORY}/textd.sock", *(endpoints or ["tcp://127.0.0.1:*"])],
                "curve": {"key_file": str(self.folder / "server.key_secret"), "clients": str(self.clients)}, **plugins("echo"), **more}


@pytest.fixture
def keys(tmp_path):
    return Keys(tmp_path)


def failures(operator):
    """The handshakes that failed at the one endpoint that is encrypted."""
    (endpoint,) = operator.request({"id": 1, "op": "status"})["curve"]["handshakes_failed"]
    return endpoint


def address(daemon):
    host, port = tcp(daemon)[len("tcp://"):].split(":")
    return host, int(port)


def tcp(daemon, index=0):
    """The daemon's endpoint of that number beside the path, with its port."""
    return daemon.control(op="status")["listening"]["endpoints"][1 + index]


def verdict(client, *events):
    """Waits for one of these on the client's monitor, which was opened when it was made."""
    while client.monitor.poll(5000 * SLOW):
        event = zmq.utils.monitor.recv_monitor_message(client.monitor)
        if event["event"] in events:
            return event
    pytest.fail("the monitor tells nothing of it")


def watched(daemon, endpoint, curve=None):
    """A client that is watched from its first moment, and has a document waiting."""
    client = daemon.client(endpoint="inproc://nobody", curve=curve)
    client.monitor = client.socket.get_monitor_socket()
    client.socket.connect(endpoint)
    client.annotate("a text")
    return client


REFUSED = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_FAILED_AUTH


def test_only_who_has_a_key_that_is_known_gets_in(textd, keys):
    alice, mallory = keys.let_in("alice"), keys.make("mallory")
    daemon = textd(keys.config("tcp://127.0.0.1:*", {"address": "tcp://127.0.0.2:*", "insecure": True}, http={"listen": "127.0.0.1:0"}))
    server = keys.server[0]
    assert daemon.client(endpoint=tcp(daemon), curve=(server, alice)).ask("hello")["ok"]
    assert daemon.client(endpoint=tcp(daemon, 1)).ask("plain, on the endpoint that is")["ok"]

    accepted = daemon.control(op="status")["counters"]["messages_received"]
    unknown = watched(daemon, tcp(daemon), (server, mallory))
    assert verdict(unknown, *REFUSED)["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH
    daemon.wait_logged("client.refused", key=f'"{mallory[0].decode()}"' if '=' in mallory[0].decode() else mallory[0].decode())
    wrong = watched(daemon, tcp(daemon), (mallory[0], alice))
    stolen = watched(daemon, tcp(daemon), (server, (alice[0], mallory[1])))  # alice's public key, and not her secret
    plain = watched(daemon, tcp(daemon))
    over = watched(daemon, tcp(daemon, 1), (server, alice))  # encrypted, where it isn't
    for client in wrong, stolen, plain, over:
        verdict(client, *REFUSED)
    assert all(client.socket.poll(0) == 0 for client in (unknown, wrong, stolen, plain, over))
    with socket.create_connection(address(daemon)) as cut:
        cut.sendall(b"\xff" + bytes(8) + b"\x7f\x03")
    plainly = socket.create_connection(address(daemon))  # libzmq's own may hang up before the server has seen what is wrong
    plainly.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32))
    operator = daemon.client(endpoint=daemon.control_endpoint)

    def failed():
        endpoint = failures(operator)
        assert endpoint.pop("endpoint") == tcp(daemon)
        return all(endpoint[reason] >= 1 for reason in ("cut", "plain", "other_key")) and endpoint

    counted = wait_for("the handshakes to be counted", failed)
    plainly.close()
    assert daemon.logged("client.handshake_failed") and counted["malformed"] == 0
    metrics = daemon.http("/metrics")[2].decode()
    for line in ('handshakes_total{result="let_in"} 1', 'handshakes_total{result="refused"} 1', r'handshakes_failed_total{reason="other_key"} [1-9]',
                 r'handshakes_failed_total{reason="plain"} [1-9]', "messages_dropped_total 0", "users [01]"):
        assert re.search(f"^textd_curve_{line}", metrics, re.M), line
    shown = textctl("status", RUNTIME_DIRECTORY=str(daemon.run)).stdout
    assert re.search(rf"{tcp(daemon)}: handshakes failed: \d+ cut short, \d+ not encrypted, \d+ for another server's key", shown)
    assert daemon.control(op="status")["counters"]["messages_received"] == accepted
    assert daemon.client(endpoint=tcp(daemon), curve=(server, alice)).ask("still there")["ok"]


def test_a_key_that_is_taken_off_ends_at_the_reload_also_on_connections_that_are_there(textd, keys):
    alice, bob = keys.let_in("alice"), keys.let_in("bob")
    daemon = textd(keys.config(reload={"drain_grace": "1s"}))
    first, second = (daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], pair)) for pair in (alice, bob))
    assert first.ask("one")["ok"] and second.ask("one")["ok"]

    (keys.clients / "alice.key").unlink()
    assert first.ask("nothing was reloaded")["ok"]
    assert daemon.control(op="config.reload")["ok"]
    first.annotate("two")
    daemon.wait_logged("client.dropped", user="alice")
    assert second.ask("two")["ok"] and first.is_silent(0)
    again = watched(daemon, tcp(daemon), (keys.server[0], alice))
    assert verdict(again, *REFUSED)["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH

    keys.let_in("alice", alice)
    new = keys.let_in("alice.new")  # a second key of the same user
    assert daemon.control(op="config.reload")["ok"]
    assert first.ask("three")["ok"]
    assert daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], new)).ask("three")["ok"]


def test_reload_watch_sees_keys_come_and_go(textd, keys):
    alice = keys.let_in("alice")
    daemon = textd(keys.config(reload={"watch": True, "drain_grace": "1s"}))
    first = daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], alice))
    assert first.ask("hello")["ok"]
    bob = keys.let_in("bob")
    daemon.wait_logged("reload.done", generation=2)
    assert daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], bob)).ask("hello")["ok"]
    (keys.clients / "alice.key").unlink()
    daemon.wait_logged("reload.done", generation=3)
    first.annotate("one too many")
    daemon.wait_logged("client.dropped", user="alice")
    # As Kubernetes mounts a Secret: another folder is put under the link that all files go through.
    (keys.clients / "..1").mkdir()
    (keys.clients / "..data_tmp").symlink_to("..1")
    os.rename(keys.clients / "..data_tmp", keys.clients / "..data")
    daemon.wait_logged("reload.done", generation=4)


def test_a_folder_of_clients_that_is_wrong_changes_nothing(textd, keys):
    alice = keys.let_in("alice")
    daemon = textd(keys.config())
    client = daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], alice))
    (keys.clients / "alice.key").unlink()
    bob = keys.clients / "bob.key"
    for text, mode, words in ((b"no key", 0o644, "holds no public key"), (alice[0], 0o646, "everybody can change the key"),
                              ((keys.folder / "server.key_secret").read_bytes(), 0o600, "holds a secret key")):
        bob.write_bytes(text)
        bob.chmod(mode)
        refused = daemon.control(op="config.reload")
        assert refused["error"]["code"] == "RELOAD_FAILED" and words in refused["error"]["message"], refused
        assert str(bob) in refused["error"]["message"]
    bob.unlink()
    for name in ("alice", "carol"):
        keys.let_in(name, alice)
    assert "users alice and carol have the same key" in daemon.control(op="config.reload")["error"]["message"].replace(
        "carol and alice", "alice and carol")
    keys.clients.chmod(0o777)
    assert "may be written by everybody" in daemon.control(op="config.reload")["error"]["message"]
    assert client.ask("as before")["ok"]


def test_a_secret_that_others_can_read_is_refused_at_the_start(keys):
    keys.let_in("alice")
    secret = keys.folder / "server.key_secret"
    secret.chmod(0o644)
    settings = {"TEXTD_CURVE_SERVER_KEY_FILE": str(secret), "TEXTD_CURVE_CLIENTS": str(keys.clients), "RUNTIME_DIRECTORY": str(keys.folder),
                "TEXTD_CURVE_KEY_FILE": "a client's, which is none of ours"}
    for check in ((), ("--check-config",)):
        done = run_textd("--endpoint", "tcp://127.0.0.1:*", *check, **settings)
        assert done.returncode == 78 and f"{secret} has mode 0644" in done.stderr
        assert "chmod 600" in done.stderr and "textctl keygen" in done.stderr
    secret.chmod(0o600)
    assert run_textd("--endpoint", "tcp://127.0.0.1:*", "--check-config", **settings).returncode == 0


def test_an_endpoint_that_is_open_to_all_is_warned_of_at_each_start(keys):
    done = run_textd("--endpoint", "tcp://0.0.0.0:*!insecure", "--check-config", RUNTIME_DIRECTORY=str(keys.folder))
    assert done.returncode == 0 and "event=server.insecure endpoint=tcp://0.0.0.0:*" in done.stderr


def test_two_server_keys_serve_side_by_side_while_clients_change_over(textd, keys):
    alice, new = keys.let_in("alice"), keys.make("new")
    daemon = textd(keys.config("tcp://127.0.0.1:*", {"address": "tcp://127.0.0.2:*", "key_file": str(keys.folder / "new.key_secret")},
                               {"address": "ipc://${RUNTIME_DIRECTORY}/curve.sock", "key_file": str(keys.folder / "new.key_secret")}))
    assert daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], alice)).ask("old")["ok"]
    assert daemon.client(endpoint=tcp(daemon, 1), curve=(new[0], alice)).ask("new")["ok"]
    assert daemon.client(endpoint=tcp(daemon, 2), curve=(new[0], alice)).ask("by a path")["ok"]
    verdict(watched(daemon, tcp(daemon, 1), (keys.server[0], alice)), *REFUSED)


def overhear(daemon, curve):
    """All that a client sends in a connection in which it asks once, as somebody on the way hears it."""
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def relay():
            near, _ = server.accept()
            with near, socket.create_connection(address(daemon)) as far:
                while ready := select.select([near, far], [], [])[0]:
                    for end in ready:
                        data = end.recv(65536)
                        if not data:
                            return
                        if end is near:
                            heard.extend(data)
                        (far if end is near else near).sendall(data)

        thread = threading.Thread(target=relay)
        thread.start()
        client = daemon.client(endpoint=f"tcp://127.0.0.1:{server.getsockname()[1]}", curve=curve)
        assert client.ask("listen")["ok"]
        client.close()
        thread.join()
    return bytes(heard)


def test_handshakes_that_are_never_finished_hold_up_nobody(textd, keys):
    alice = keys.let_in("alice")
    daemon = textd(keys.config())
    client = daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], alice))
    hello = overhear(daemon, (keys.server[0], alice))[:64 + 202]  # a greeting, and a HELLO that the server must answer

    def p99():
        times = []
        for _ in range(200):
            start = time.monotonic()
            assert client.ask("meanwhile")["ok"]
            times.append(time.monotonic() - start)
        return sorted(times)[197] * 1000

    operator = daemon.client(endpoint=daemon.control_endpoint)
    alone = p99()
    with contextlib.ExitStack() as stack:
        for i in range(500):
            half = stack.enter_context(socket.create_connection(address(daemon)))
            half.sendall(hello[:(10, 64, len(hello))[i % 3]])
        beside = p99()
        assert daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], alice)).ask("and a new one")["ok"]
    print(f"p99 {beside:.1f} ms, {alone:.1f} ms alone")
    assert beside < max(100, 3 * alone) * SLOW
    wait_for("them to be counted", lambda: failures(operator)["cut"] >= 500)


def test_what_was_overheard_lets_nobody_in(textd, keys):
    """A connection that is sent again, byte for byte: the server has other keys for each."""
    alice = keys.let_in("alice")
    daemon = textd(keys.config())
    heard = overhear(daemon, (keys.server[0], alice))
    assert b"listen" not in heard and alice[0] not in heard
    before = daemon.control(op="status")
    with socket.create_connection(address(daemon)) as thief:
        thief.settimeout(10 * SLOW)
        thief.sendall(heard)
        with contextlib.suppress(ConnectionError):
            while thief.recv(65536):
                pass
    operator = daemon.client(endpoint=daemon.control_endpoint)
    wait_for("it to be counted", lambda: failures(operator)["malformed"] == 1)
    after = daemon.control(op="status")
    assert after["counters"]["messages_received"] == before["counters"]["messages_received"]
    assert after["curve"]["let_in"] == before["curve"]["let_in"]


def test_textctl_says_which_key_is_wrong(textd, keys):
    alice, mallory = keys.let_in("alice"), keys.make("mallory")
    daemon = textd(keys.config("tcp://127.0.0.1:*", "tcp://[::1]:*", {"address": "tcp://127.0.0.2:*", "insecure": True}))
    file = {name: str(keys.folder / name) for name in ("alice.key_secret", "mallory.key_secret", "server.key", "mallory.key")}
    mine = ("--key", file["alice.key_secret"], "--server-key", file["server.key"])

    def asked(*args, at=0, **env):
        done = textctl("ping", "-e", tcp(daemon, at), *args, **env)
        return done.returncode, done.stdout + done.stderr

    assert asked(*mine)[0] == 0 and asked(*mine, at=1)[0] == 0
    by_variables = {"TEXTD_CURVE_KEY_FILE": file["alice.key_secret"], "TEXTD_CURVE_SERVER_KEY": keys.server[0].decode()}
    assert asked(**by_variables)[0] == 0
    assert textctl("ping", "-e", daemon.endpoint, **by_variables).returncode == 0, "a path needs none"
    for args, at, words in ((("--key", file["mallory.key_secret"], "--server-key", file["server.key"]), 0,
                             "refused our key: it is not, or no longer, in textd's folder curve.clients"),
                            ((*mine[:2], "--server-key", file["mallory.key"]), 0, f"has another key than {mallory[0].decode()}"),
                            (mine, 2, "is not encrypted")):
        code, told = asked(*args, at=at)
        assert code == 69 and words in told, told
    code, told = asked("--timeout", "300ms")  # libzmq tells by chance what is wrong
    assert code == 69 and ("it is encrypted, and we have none" in told or "wants keys" in told), told
    assert mallory[0].decode() in asked("--key", file["mallory.key_secret"], "--server-key", file["server.key"])[1]
    for args, words in ((mine[:2], "without the server's public key"), (("--key", file["server.key"], *mine[2:]), "holds a public key alone"),
                        ((*mine[:2], "--server-key", file["alice.key_secret"]), "holds a secret key, which belongs to its owner alone")):
        code, told = asked(*args)
        assert code == 2 and words in told, told


@pytest.mark.parametrize("kind", ["blocks", "asyncio"])
def test_the_python_client_says_which_key_is_wrong(textd, keys, kind, monkeypatch):
    alice, mallory = keys.let_in("alice"), keys.make("mallory")
    daemon = textd(keys.config("tcp://127.0.0.1:*", {"address": "tcp://127.0.0.2:*", "insecure": True}))
    file = lambda name: str(keys.folder / name)  # noqa: E731
    mine = {"curve_key_file": file("alice.key_secret"), "curve_server_key": file("server.key")}

    def ask(at=0, **options):
        if kind == "blocks":
            with client_package.Client(tcp(daemon, at), **options) as c:
                return c.ping()

        async def ping():
            async with client_package.AsyncClient(tcp(daemon, at), **options) as c:
                return await c.ping()

        return asyncio.run(ping())

    def refusal(*args, **options):
        start = time.monotonic()
        with pytest.raises((client_package.Refused, client_package.NoProtocol)) as told:
            ask(*args, **{"connect_timeout": 20 * SLOW, **options})
        assert time.monotonic() - start < 10 * SLOW, "it need not wait for the connect time to be over"
        return str(told.value)

    assert ask(**mine)["state"] == "serving"
    with monkeypatch.context() as m:
        m.setenv("TEXTD_CURVE_KEY_FILE", mine["curve_key_file"])
        m.setenv("TEXTD_CURVE_SERVER_KEY", keys.server[0].decode())
        assert ask()["state"] == "serving"
        if kind == "blocks":
            assert b"secret-key" not in pickle.dumps(client_package.Client(tcp(daemon)))
            assert alice[1] not in pickle.dumps(client_package.Client(tcp(daemon)))
            assert pickle.loads(pickle.dumps(client_package.Client(tcp(daemon)))).ping()["state"] == "serving"
    told = refusal(**{**mine, "curve_key_file": file("mallory.key_secret")})
    assert "refused our key" in told and mallory[0].decode() in told
    assert "has another key than " + mallory[0].decode() in refusal(**{**mine, "curve_server_key": file("mallory.key")})
    assert "is not encrypted" in refusal(1, **mine)
    assert "keys" in refusal(connect_timeout=0.3)
    for options, words in (({**mine, "curve_server_key": None}, "without curve_server_key"),
                           ({**mine, "curve_key_file": file("server.key")}, "holds a public key alone"),
                           ({**mine, "curve_server_key": file("alice.key_secret")}, "belongs to its owner alone")):
        with pytest.raises(client_package.InvalidArgument, match=words):
            ask(**options)
    (keys.folder / "alice.key_secret").chmod(0o644)
    with pytest.raises(client_package.InvalidArgument, match="mode 0644.*chmod 600.*textctl keygen"):
        ask(**mine)


def test_the_connections_of_a_user_share_one_share(textd, keys):
    alice, bob = keys.let_in("alice"), keys.let_in("bob")
    daemon = textd(keys.config(**plugins("fault", workers=1), client={"documents": 4}))
    one, two, other = (daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], pair)) for pair in (alice, alice, bob))
    held = [one.annotate("SLEEP 200"), *(one.annotate("quick") for _ in range(2))]
    wait_for("them to be there", lambda: daemon.control(op="status")["documents"] == 3)
    inside, *outside = [two.annotate("quick") for _ in range(3)]
    refused = two.receive_all(outside)
    assert {reply["error"]["code"] for reply in refused.values()} == {"OVERLOADED"}
    assert all("user alice has 4 documents here; client.documents is 4" in reply["error"]["message"] for reply in refused.values())
    theirs = other.annotate("quick")
    status = daemon.control(op="status")["curve"]
    users = {user["user"]: user for user in status["users"]}
    assert status["encrypted"] == [tcp(daemon)] and (status["let_in"], status["refused"], status["dropped"]) == (3, 0, 0)
    assert users["alice"]["documents"] == 4 and users["alice"]["connections"] == 2 and users["alice"]["let_in"] == 2
    assert users["alice"]["bytes"] > 0 and users["alice"]["keys"] == 1
    assert all(reply["ok"] for c, ids in ((one, held), (two, [inside]), (other, [theirs])) for reply in c.receive_all(ids).values())
    shown = textctl("status", RUNTIME_DIRECTORY=str(daemon.run)).stdout
    assert re.search(r"clients +3 let in, 0 refused; 0 messages", shown) and re.search(r"alice: 2 let in", shown) and "bob: 1 let in" in shown
    assert textctl("doctor", "--json", RUNTIME_DIRECTORY=str(daemon.run)).stdout.count("is encrypted, and wasn't asked") == 1


def hear_until(peer, words):
    heard = b""
    while words not in heard:
        data = peer.recv(4096)
        assert data, f"it ended the connection after {heard!r}"
        heard += data


def test_a_peer_of_a_plain_endpoint_is_nobody_whatever_it_says_of_itself(textd, keys):
    """A peer may send properties of its own with its greeting, also one that is called as ours is."""
    alice = keys.let_in("alice")
    daemon = textd(keys.config("tcp://127.0.0.1:*", {"address": "tcp://127.0.0.2:*", "insecure": True}, **plugins("fault")))
    assert daemon.client(endpoint=tcp(daemon), curve=(keys.server[0], alice)).ask("hello")["ok"]
    host, port = tcp(daemon, 1)[len("tcp://"):].split(":")

    def prop(name, value):
        return bytes([len(name)]) + name + len(value).to_bytes(4, "big") + value

    for claim in (alice[0], b"0" * 32 + alice[0]):
        with socket.create_connection((host, int(port))) as peer:
            peer.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32))
            ready = b"\x05READY" + prop(b"Socket-Type", b"DEALER") + prop(b"Identity", b"") + prop(b"User-Id", claim)
            peer.sendall(b"\x04" + bytes([len(ready)]) + ready)
            peer.settimeout(5 * SLOW)
            hear_until(peer, b"Socket-Type")
            message = msgpack.packb({"id": 7, "text": "SLEEP 200"})
            peer.sendall(b"\x00" + bytes([len(message)]) + message)
            status = wait_for("its document to be here", lambda: daemon.control(op="status")["documents"] and daemon.control(op="status"))
            hear_until(peer, b"results")
        assert status["documents"] == 1 and [(user["user"], user["let_in"], user["documents"]) for user in status["curve"]["users"]] == [
            ("alice", 1, 0)]
