"""The plain form's sink: writes what textd pushes, a line of JSON for each document, in whatever order it comes.

    sink.py ENDPOINT > OUT              the endpoint is the one that textd's `push:` connects to; until SIGTERM

What had come to it when it is killed is lost: docs/pipelines.md says how much that can be, and the form that loses nothing."""

import json
import signal
import sys

import msgpack
import zmq

socket = zmq.Context.instance().socket(zmq.PULL)
socket.rcvhwm = 10
socket.rcvbuf = 64 << 10
socket.bind(sys.argv[1])
goes_on = True


def stop(*_):
    """No more comes in, and what has come is read to its end."""
    global goes_on
    goes_on = False


signal.signal(signal.SIGTERM, stop)
while goes_on or socket.poll(200):
    if socket.poll(200):
        reply = msgpack.unpackb(socket.recv(), strict_map_key=False)
        print(json.dumps(reply, default=bytes.hex), flush=True)
