"""The plain form's ventilator: hands the documents of a file to whichever textd has room.

    ventilator.py IN ENDPOINT...        IN has {"id", "text"} lines; the endpoints are those that textd's `pull:` binds

What it has handed over it has forgotten: docs/pipelines.md says how much of that can be lost, and the form that loses nothing."""

import json
import sys

import msgpack
import zmq

socket = zmq.Context.instance().socket(zmq.PUSH)
socket.sndhwm = 10  # for each textd; it waits when all have as many, and so the pressure comes from behind
socket.sndbuf = 16 << 10  # and little is in the kernel's hands: what a death on the way can cost
for endpoint in sys.argv[2:]:
    socket.connect(endpoint)
with open(sys.argv[1]) as lines:
    for line in lines:
        socket.send(msgpack.packb(json.loads(line)))
socket.close(linger=-1)  # not before all are on their way
zmq.Context.instance().term()
