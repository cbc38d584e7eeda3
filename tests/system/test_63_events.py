"""The events socket tells what the log says of the server's state; the control socket is its owner's alone."""

import os
import stat
import subprocess
import sys

import msgpack
import pytest
import zmq

from conftest import plugins, wait_for


def follow(daemon, *prefixes):
    client = daemon.client.__self__  # the daemon closes what is in its list
    socket = zmq.Context.instance().socket(zmq.SUB)
    socket.linger = 0
    for prefix in prefixes or ("",):
        socket.subscribe(prefix)
    socket.connect(f"ipc://{daemon.run}/events.sock")
    client.clients.append(socket)
    # A subscription takes effect when the PUB has seen it: something harmless is done until it is told.
    def is_heard():
        daemon.control(op="plugin.enable", plugin="fault")
        return socket.poll(20)
    wait_for("the subscription", is_heard)
    while socket.poll(50):
        socket.recv_multipart()
    return socket


def receive(socket, topic, **fields):
    while True:
        assert socket.poll(10000), f"no event {topic}"
        name, body = socket.recv_multipart()
        event = msgpack.unpackb(body)
        assert name.decode() == event["event"] and event["unix_ms"] > 1.6e12 and event["level"]
        if event["event"] == topic and all(event.get(k) == v for k, v in fields.items()):
            return event


def test_events_tell_what_happens(textd):
    daemon = textd(plugins("fault", "echo", suspend={"deaths": 1, "pause": "1m"}))
    socket = follow(daemon)
    client = daemon.client()
    client.error("CRASH")
    lost = receive(socket, "worker.lost", plugin="fault")
    assert lost["death"] == "signal SIGSEGV" and lost["code"] == "PLUGIN_CRASHED"
    receive(socket, "worker.ready")
    daemon.control(op="plugin.unload", plugin="echo")
    assert receive(socket, "reload.done")["op"] == "plugin.unload"
    daemon.control(op="plugin.load", plugin="nothing")
    assert "nothing.so" in receive(socket, "reload.failed")["error"]
    daemon.control(op="shutdown")
    receive(socket, "server.drain")


def test_events_come_whatever_the_logs_level(textd):
    daemon = textd(plugins("fault", log={"level": "error"}))
    socket = follow(daemon, "plugin.")
    daemon.control(op="plugin.disable", plugin="fault")
    assert receive(socket, "plugin.disabled")["plugin"] == "fault"
    assert not daemon.logged("plugin.disabled")


def test_documents_are_nobodys_business(textd):
    daemon = textd(plugins("fault"))
    socket = follow(daemon)
    client = daemon.client()
    client.error("FAIL")
    client.request({"nonsense": 1})
    assert not socket.poll(100)


def test_the_operators_sockets_are_the_owners(textd):
    daemon = textd(plugins("fault"))
    for name in ("control.sock", "events.sock", "textd.sock"):
        assert stat.S_IMODE(os.stat(daemon.run / name).st_mode) & 0o077 == 0, name


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_another_user_is_refused_although_the_path_lets_him(textd):
    daemon = textd(plugins("fault"))
    os.chmod(daemon.run, 0o777)
    os.chmod(daemon.run / "control.sock", 0o777)
    script = ("import os,sys,zmq,msgpack;os.setuid(int(sys.argv[2]));s=zmq.Context().socket(zmq.DEALER);s.linger=0;"
              "s.connect(sys.argv[1]);s.send(msgpack.packb({'id':1,'op':'ping'}));print(s.poll(int(sys.argv[3])))")

    def ask(user, ms):
        run = subprocess.run([sys.executable, "-c", script, daemon.control_endpoint, str(user), str(ms)], capture_output=True, text=True)
        return run.stdout.strip()

    assert ask(0, 5000) == "1"
    assert ask(12345, 500) == "0"
    assert daemon.control(op="ping")["ok"]
