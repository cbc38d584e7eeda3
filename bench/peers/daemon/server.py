#!/usr/bin/python3
"""A daemon of the usual make, for bench/run pipeline: pyzmq's ROUTER and DEALER, and behind them worker processes that do textd's job with npm's packages.

    server.py ENDPOINT WORKERS     (npm ci, here, first)
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import zmq

HERE = Path(__file__).resolve().parent


def main():
    endpoint, workers = sys.argv[1], int(sys.argv[2])
    back = f"ipc://@textd-bench-daemon-{os.getpid()}"
    context = zmq.Context()
    front, rear = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
    front.sndhwm = front.rcvhwm = rear.sndhwm = rear.rcvhwm = 0
    front.bind(endpoint)
    rear.bind(back)
    children = [subprocess.Popen(["node", HERE / "worker.mjs", back]) for _ in range(workers)]

    def end(*_):
        for child in children:
            child.kill()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        zmq.proxy(front, rear)
    finally:
        end()


if __name__ == "__main__":
    main()
