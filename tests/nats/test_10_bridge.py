"""textd-nats beside one nats-server and the real daemon: forms, headers, poison, the service, setup, draining. A test is a promise."""

import base64
import binascii
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgpack
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cluster  # noqa: E402
from cluster import Bridge, Cluster, set_up  # noqa: E402
from conftest import GOOD, TRACE, SLOW, Daemon, plugins, wait_for  # noqa: E402

pytestmark = pytest.mark.skipif(cluster.missing() is not None, reason=str(cluster.missing()))


class World:
    """A server with streams, a daemon with the plugins echo and fault, and a bridge: for most tests the same ones."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.cluster = Cluster()
        self.stack.callback(self.cluster.close)
        config = plugins("fault", "echo", pipelines=[{"name": "default", "plugins": ["echo"]}, {"name": "faulty", "plugins": ["fault"]}])
        self.daemon = Daemon(config)
        self.stack.callback(self.daemon.clean_up)
        self.nats = self.cluster.client()
        self.made = set_up(self.cluster.urls)
        self.bridge = self.start_bridge("--service=textd.annotate")
        self.bridge.wait_ready()
        self.results = self.nats.subscribe("RESULTS.>")
        self.nats.subscribe("RESULTS", self.results.put)
        self.dead = self.nats.subscribe("DEAD.>")

    def start_bridge(self, *args, endpoints=None):
        bridge = Bridge(self.cluster.urls, endpoints or [self.daemon.endpoint], *args, folder=self.cluster.folder)
        self.stack.callback(lambda: bridge.process.poll() is None and bridge.kill())
        return bridge

    def result(self):
        return self.results.get(timeout=10 * SLOW)

    def letter(self):
        return self.dead.get(timeout=10 * SLOW)


@pytest.fixture(scope="module")
def world():
    world = World()
    with world.stack:
        yield world


def pack(**keys):
    return msgpack.packb(keys)


def test_setup_makes_what_is_needed_and_says_what_differs(world):
    assert world.made.returncode == 0, world.made
    consumer = world.nats.consumer("DOCS")["config"]
    assert consumer["ack_policy"] == "explicit" and consumer.get("max_deliver", -1) == -1 and "backoff" not in consumer
    assert world.nats.stream("DOCS")["config"]["retention"] == "workqueue"
    again = set_up(world.cluster.urls)
    assert again.returncode == 0 and again.stdout.count("as it should be") == 4, again
    other = set_up(world.cluster.urls, "--duplicates=5m", "--check")
    assert other.returncode == 1 and "stream DOCS: duplicate_window is 600000000000, and should be 300000000000" in other.stdout


def test_forms_and_headers_are_the_protocols(world):
    world.nats.store("DOCS.eu", pack(id=7, text="one two", meta={"k": [1, 2]}), {"Nats-Msg-Id": "a-1", "traceparent": TRACE})
    result = world.result()
    body = msgpack.unpackb(result.data)
    assert result.subject == "RESULTS.eu" and result.headers["Nats-Msg-Id"] == "a-1" and result.headers["traceparent"] == TRACE
    assert body["id"] == 7 and body["ok"] and body["meta"] == {"k": [1, 2]} and body["results"]["echo"]["text"] == "one two"
    world.nats.store("DOCS", json.dumps({"id": "x", "text": "naïve"}).encode(), {"Content-Type": "application/json", "Nats-Msg-Id": "a-2",
                     "Textd-Options": '{"echo": {"count": 5}}'})
    result = world.result()
    body = json.loads(result.data)
    assert result.subject == "RESULTS" and result.headers["Content-Type"] == "application/json"
    assert body["id"] == "x" and body["results"]["echo"]["text"] == "naïve" and body["results"]["echo"]["options"]["count"] == 5
    sequence = world.nats.store("DOCS.t", "hang on".encode(), {"Content-Type": "text/plain", "Textd-Plugins": "echo"})["seq"]
    result = world.result()
    assert result.headers["Nats-Msg-Id"] == f"DOCS-{sequence}" == json.loads(result.data)["id"]
    wait_for("all acknowledged", lambda: world.nats.stream("DOCS")["state"]["messages"] == 0)


def test_poison_is_a_dead_letter_with_its_error_and_nothing_else_is(world):
    before = world.nats.stream("DEAD")["state"]["messages"]
    wrong = [(b"CRASH", {"Content-Type": "text/plain", "Textd-Pipeline": "faulty"}, "PLUGIN_CRASHED"),
             (b"\xff\xfe", {"Content-Type": "text/plain"}, "INVALID_UTF8"),
             (b"{", {"Content-Type": "application/json"}, "BAD_REQUEST"),
             (b"\xc1", None, "BAD_REQUEST"),
             (pack(text="x", pipeline="none"), {"X-Mine": "kept"}, "UNKNOWN_PIPELINE"),
             (b"x", {"Content-Type": "image/png"}, "BAD_REQUEST")]
    for n, (data, headers, code) in enumerate(wrong):
        world.nats.store(f"DOCS.bad{n}", data, {**(headers or {}), "Nats-Msg-Id": f"bad-{n}"})
        letter = world.letter()
        assert (letter.subject, letter.data, letter.headers["Textd-Error-Code"]) == (f"DEAD.bad{n}", data, code), letter.headers
        assert letter.headers["Textd-Error"] and letter.headers["Nats-Msg-Id"] == f"bad-{n}"
    assert letter.headers["Content-Type"] == "image/png"
    wait_for("all settled", lambda: world.nats.stream("DOCS")["state"]["messages"] == 0 and world.nats.consumer("DOCS")["num_ack_pending"] == 0)
    assert world.nats.stream("DEAD")["state"]["messages"] == before + len(wrong) and world.results.empty()


def test_an_id_that_another_document_had_is_counted_and_said(world):
    before = world.bridge.metrics()["id_clashes_total"]
    for subject in ("DOCS.one", "DOCS.two"):  # the documents' own stream would drop the second: as if its window were over
        world.nats.store(subject, pack(text=subject), {"Nats-Msg-Id": f"clash-{subject}"})
        world.result()
    clashing, before_messages = {"Nats-Msg-Id": "clash-late"}, world.nats.stream("RESULTS")["state"]["messages"]
    world.nats.store("RESULTS.seen", b"", clashing)
    world.result()
    world.nats.store("DOCS.late", pack(text="late"), clashing)
    wait_for("the clash to be counted", lambda: world.bridge.metrics()["id_clashes_total"] == before + 1)
    assert "event=nats.id_clash" in world.bridge.log
    assert world.result().subject == "RESULTS.late"  # as everybody hears it; the stream has it not
    assert world.nats.stream("RESULTS")["state"]["messages"] == before_messages + 1


def test_a_service_as_nats_has_them_answers_any_client(world):
    answer = world.nats.request("textd.annotate", pack(id=3, text="hello"))
    assert msgpack.unpackb(answer.data)["results"]["echo"]["text"] == "hello"
    answer = world.nats.request("textd.annotate", b"hello", {"Content-Type": "text/plain"})
    assert answer.json()["ok"]
    answer = world.nats.request("textd.annotate", b"\xff", {"Content-Type": "text/plain"})
    assert answer.headers["Nats-Service-Error-Code"] == "400" and "INVALID_UTF8" in answer.headers["Nats-Service-Error"]
    assert answer.json()["error"]["code"] == "INVALID_UTF8"
    ping = world.nats.request("$SRV.PING.textd").json()
    assert ping["type"] == "io.nats.micro.v1.ping_response" and ping["name"] == "textd"
    info = world.nats.request(f"$SRV.INFO.textd.{ping['id']}").json()
    assert [e["subject"] for e in info["endpoints"]] == ["textd.annotate"] and info["type"] == "io.nats.micro.v1.info_response"
    stats = world.nats.request("$SRV.STATS").json()["endpoints"][0]
    assert stats["num_requests"] == 3 and stats["num_errors"] == 1 and stats["processing_time"] > 0 and "INVALID_UTF8" in stats["last_error"]


def test_health_and_metrics_are_its_own(world):
    assert world.bridge.get("/livez")[0] == 200 and world.bridge.get("/nothing")[0] == 404
    metrics = world.bridge.metrics()
    assert metrics["connected"] == 1 and metrics["workers"] == 2 and metrics["results_total"] >= 3 and metrics["dead_letters_total"] >= 1
    assert metrics["document_seconds_count"] >= 3


def test_a_consumer_that_was_deleted_is_missed_and_made_again(world):
    world.nats.api("CONSUMER.DELETE.DOCS.textd")
    wait_for("the consumer to be made", lambda: world.bridge.metrics()["consumers_made_total"] >= 1)
    world.nats.store("DOCS.after", pack(text="after"))
    assert msgpack.unpackb(world.result().data)["results"]["echo"]["text"] == "after"


def test_a_full_stream_of_results_makes_documents_wait_and_loses_none(world):
    world.nats.store("RESULTS.other", b"")  # 0 would be no limit
    config = world.nats.stream("RESULTS")["config"]
    full = {**config, "max_msgs": world.nats.stream("RESULTS")["state"]["messages"]}
    assert "error" not in world.nats.api("STREAM.UPDATE.RESULTS", full)
    before = world.bridge.metrics()["publish_errors_total"]
    world.nats.store("DOCS.full", pack(text="waits"), {"Nats-Msg-Id": "full"})
    wait_for("a refusal", lambda: world.bridge.metrics()["publish_errors_total"] > before)
    assert world.nats.stream("DOCS")["state"]["messages"] == 1
    assert "error" not in world.nats.api("STREAM.UPDATE.RESULTS", config)
    wait_for("the document to be done", lambda: world.nats.stream("DOCS")["state"]["messages"] == 0)
    assert world.nats.stream("RESULTS")["state"]["messages"] == full["max_msgs"] + 1
    while not world.results.empty():
        world.result()


def test_a_limit_that_is_changed_costs_no_document_silently(world):
    """A connected client never learns that max_payload was raised; and when it was lowered, a larger publish ends its connection."""
    [node] = world.cluster.nodes

    def limit(n):
        text = (node.folder / "conf").read_text()
        (node.folder / "conf").write_text(re.sub(r"max_payload: \d+\n|$", f"\nmax_payload: {n}\n", text, count=1) if "max_payload" not in text
                                          else re.sub(r"max_payload: \d+", f"max_payload: {n}", text))
        reloads = node.log.count("Reloaded server configuration")
        node.process.send_signal(signal.SIGHUP)
        wait_for("the server's reload", lambda: node.log.count("Reloaded server configuration") > reloads)

    large = json.dumps({"text": "word " * 6000}).encode()  # the echo's result is several times as large
    limit(40_000)
    world.bridge.stop()
    world.bridge = world.start_bridge("--service=textd.annotate").wait_ready()
    limit(1_048_576)
    world.nats.store("DOCS.raised", large, {"Content-Type": "application/json", "Nats-Msg-Id": "raised"})
    assert world.result().subject == "RESULTS.raised"
    limit(40_000)
    world.nats.store("DOCS.lowered", large, {"Content-Type": "application/json", "Nats-Msg-Id": "lowered"})
    letter = world.letter()
    assert (letter.headers["Nats-Msg-Id"], letter.headers["Textd-Error-Code"]) == ("lowered", "RESULT_TOO_LARGE")
    limit(1_048_576)
    wait_for("all acknowledged", lambda: world.nats.stream("DOCS")["state"]["messages"] == 0)


def test_a_long_document_gives_signs_of_life_and_isnt_delivered_again(world):
    names = ["--stream=SLOW", "--results=SLOWRESULTS", "--dead=SLOWDEAD", "--ack-wait=1s"]
    assert set_up(world.cluster.urls, *names).returncode == 0
    bridge = world.start_bridge(*names).wait_ready()
    world.nats.store("SLOW.x", b"SLEEP 1500", {"Content-Type": "text/plain", "Textd-Pipeline": "faulty"})
    wait_for("its result", lambda: world.nats.stream("SLOWRESULTS")["state"]["messages"] == 1)
    wait_for("the acknowledgement", lambda: bridge.metrics()["acknowledged_total"] == 1)
    metrics = bridge.metrics()
    assert metrics["in_progress_total"] >= 2 and metrics["redeliveries_total"] == 0 and metrics["documents_total"] == 1
    assert bridge.stop() == 0


def test_a_daemon_that_is_full_is_waited_for_and_a_second_one_shares_the_work(world):
    small = Daemon(plugins("fault", workers=1, queue={"documents": 2}, pipelines=[{"name": "faulty", "plugins": ["fault"]}]))
    world.stack.callback(small.clean_up)
    world.bridge.stop()
    bridge = world.start_bridge(endpoints=[small.endpoint, world.daemon.endpoint]).wait_ready()
    wait_for("both daemons", lambda: bridge.metrics()["daemons"] == 2)
    for n in range(60):
        world.nats.publish("DOCS.share", pack(text="SLEEP 5", pipeline="faulty"), headers={"Nats-Msg-Id": f"share-{n}"})
    found = [world.result() for _ in range(60)]
    assert {m.headers["Nats-Msg-Id"] for m in found} == {f"share-{n}" for n in range(60)} and world.results.empty()
    assert bridge.metrics()["overloaded_total"] > 0 and bridge.metrics()["returned_total"] == 0
    for daemon in (small, world.daemon):
        assert sum(worker["done"] for worker in daemon.control(op="status")["workers"]) > 0
    world.bridge = bridge


def test_sigterm_finishes_what_runs_and_gives_back_what_waits(world):
    world.bridge.stop()
    bridge = world.start_bridge("--window=8").wait_ready()
    texts = [f"SLEEP 20 {n}" for n in range(60)]
    for n, text in enumerate(texts):
        world.nats.publish("DOCS.drain", pack(text=text, pipeline="faulty"), headers={"Nats-Msg-Id": f"drain-{n}"})
    found = [world.result() for _ in range(5)]
    began = time.monotonic()
    assert bridge.stop() == 0
    assert time.monotonic() - began < 5 * SLOW
    assert "event=nats.drained left=0" in bridge.log
    assert 0 < world.nats.stream("DOCS")["state"]["messages"] < 60
    world.bridge = world.start_bridge("--service=textd.annotate").wait_ready()
    found += [world.result() for _ in range(60 - len(found))]  # none waits for ack_wait, 30 s
    assert sorted(m.headers["Nats-Msg-Id"] for m in found) == sorted(f"drain-{n}" for n in range(60)) and world.results.empty()


# ---- Who it is ----------------------------------------------------------------------------------------------------------


def nkey_pair():
    """A user's seed and public key, by libsodium: base32 of a prefix, the key, and a check."""
    sodium, seed = ctypes.CDLL("libsodium.so.23"), os.urandom(32)
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    assert sodium.crypto_sign_seed_keypair(public, secret, seed) == 0

    def packed(data):
        check = binascii.crc_hqx(data, 0)
        return base64.b32encode(data + check.to_bytes(2, "little")).decode().rstrip("=")

    return packed(bytes([0x90 | 0xA0 >> 5, (0xA0 & 31) << 3]) + seed), packed(bytes([0xA0]) + public.raw)


def test_tls_and_an_nkey_let_in_and_without_them_nobody_is(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl isn't installed")
    seed, public = nkey_pair()
    (tmp_path / "seed").write_text(seed + "\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    extra = f"tls {{ cert_file: '{tmp_path}/cert.pem', key_file: '{tmp_path}/key.pem' }}\nauthorization {{ users: [ {{ nkey: {public} }} ] }}"
    servers = Cluster(extra=extra)
    try:
        wait_for("the server", lambda: "Server is ready" in servers.nodes[0].log)
        good = ["--replicas=1", f"--ca={tmp_path}/cert.pem", f"--nkey={tmp_path}/seed"]
        done = set_up(servers.urls, *good)
        assert done.returncode == 0 and done.stdout.count("made") == 4, done
        for args in (good[:2], [good[0], good[2], "--tls"], good[:1]):
            done = set_up(servers.urls, *args)
            assert done.returncode == 69 and done.stderr.startswith("textd-nats: nats://"), (args, done)
        (tmp_path / "seed").write_text(seed[:20] + ("A" if seed[20] != "A" else "B") + seed[21:])
        done = set_up(servers.urls, *good)
        assert done.returncode == 78 and "must be a user's seed" in done.stderr
    finally:
        servers.close()


def test_documents_behind_the_consumer_are_delivered_again_and_none_is_removed(world):
    """What a partition may leave in nats-server 2.9: documents below the consumer's floor that nobody was ever given."""
    with contextlib.ExitStack() as stack:
        servers = Cluster()
        stack.callback(servers.close)
        nats, node = servers.client(), servers.nodes[0]
        stack.callback(nats.close)
        assert set_up(servers.urls).returncode == 0
        for i in range(3):
            nats.store("DOCS.a", f"left {i}".encode(), {"Nats-Msg-Id": f"left{i}", "Content-Type": "text/plain"})
        node.kill(signal.SIGTERM)
        messages = node.folder / "store/jetstream/$G/streams/DOCS/msgs"
        shutil.copytree(messages, servers.folder / "kept")
        node.start()
        pulled = nats.subscribe("test.pulled")
        nats.api("STREAM.INFO.DOCS")
        nats.publish("$JS.API.CONSUMER.MSG.NEXT.DOCS.textd", b'{"batch":3,"expires":5000000000}', "test.pulled")
        for _ in range(3):
            nats.publish(pulled.get(timeout=10 * SLOW).reply, b"+ACK")
        wait_for("them to be gone", lambda: nats.stream("DOCS")["state"]["messages"] == 0)
        node.kill(signal.SIGTERM)
        shutil.rmtree(messages)
        shutil.copytree(servers.folder / "kept", messages)
        node.start()
        consumer = nats.consumer("DOCS")
        assert nats.stream("DOCS")["state"]["messages"] == 3 and (consumer["num_pending"], consumer["ack_floor"]["stream_seq"]) == (0, 3)
        for args, code, words in ((["--check"], 1, "; --update has all delivered again"), (["--update"], 0, ": all are delivered again")):
            done = set_up(servers.urls, *args)
            assert done.returncode == code and f"of 3 documents 3 are acknowledged and were not removed{words}" in done.stdout, done
        bridge = Bridge(servers.urls, [world.daemon.endpoint], folder=servers.folder)
        stack.callback(bridge.kill)
        wait_for("them to be done", lambda: nats.stream("DOCS")["state"]["messages"] == 0)
        assert sorted(headers["Nats-Msg-Id"] for _, headers, _, _ in nats.read_all("RESULTS")) == ["left0", "left1", "left2"]
        done = set_up(servers.urls, "--check")
        assert done.returncode == 0 and "not removed" not in done.stdout, done


@pytest.mark.parametrize("args, words", [
    (["--window=0"], "--window is '0'; allowed: 1 to 65536"),
    (["--stream=a.b"], "--stream is 'a.b'; a name has 1 to 127 bytes, and no dots, stars, slashes or blanks"),
    (["--results=DOCS"], "can't go into the stream of the documents"),
    (["--service=a.>"], "it must be a subject without wildcards"),
    (["--cert=x"], "--cert and --key go together"),
    (["more"], "'more' is no word of its own"),
])
def test_a_wrong_command_line_is_told_what_would_be_right(args, words):
    done = subprocess.run([str(cluster.BRIDGE), *args], capture_output=True, text=True, timeout=10 * SLOW)
    assert done.returncode == 64 and words in done.stderr, done
