"""Bare pyzmq and msgpack, as one would write it without a client: no time-outs, no way back when the connection is lost.

ENDPOINT COUNT WINDOW PLUGIN < TEXT; prints seconds and processor seconds."""

import sys
import time

import msgpack
import zmq

endpoint, count, window, plugin = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
text = sys.stdin.read()
socket = zmq.Context.instance().socket(zmq.DEALER)
socket.linger = 0
socket.connect(endpoint)


def run(count):
    sent = received = spans = 0
    while received < count:
        while sent < count and sent - received < window:
            socket.send(msgpack.packb({"id": sent, "text": text, "plugins": [plugin], "offsets": "codepoint"}))
            sent += 1
        reply = msgpack.unpackb(socket.recv())
        spans += len(reply["results"].get("segmenter", {}).get("sentences", ()))
        received += 1
    return spans


run(count // 10)
begin, cpu = time.perf_counter(), time.process_time()
run(count)
print(time.perf_counter() - begin, time.process_time() - cpu)
