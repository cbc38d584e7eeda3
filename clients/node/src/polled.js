"use strict";
// A link for worker threads. When such a thread ends while a receive of zeromq.js waits, for a message or for a
// monitor's event, the whole process is aborted. So none ever waits here: the socket is asked again and again while
// there is something to wait for, at once while answers come, each millisecond when they don't.

const net = require("node:net");
const { now, setImmediate, setTimeout } = require("./clock.js");
const { Link } = require("./link.js");

const AT_ONCE_MS = 1; // since the last message or request
const LATER_MS = 1;
const TAKE_MAX = 256; // messages in a turn of the event loop

// For somebody to greet, before another socket is tried.
const ATTEMPT_FIRST_MS = 20;
const ATTEMPT_LAST_MS = 1000;

class PolledLink extends Link {
  // With `immediate` a socket can be written to from when somebody has greeted until the connection ends. libzmq
  // connects it but once.
  options = { immediate: true, reconnectInterval: -1, receiveTimeout: 0 };
  ended = Promise.resolve();
  #polled = null; // the socket that is asked
  #usedAt = 0;
  #attemptEnd = 0;

  attend(socket) {
    this.#attemptEnd = now() + Math.min(ATTEMPT_LAST_MS, ATTEMPT_FIRST_MS * 2 ** this.failures);
    this.#polled = socket;
    setImmediate(() => this.#poll(socket));
  }

  // To be called when there is something to wait for.
  read() {
    this.#usedAt = now();
    if (this.#polled === this.socket) return;
    const { socket } = this;
    this.#polled = socket;
    setImmediate(() => this.#poll(socket));
  }

  #poll(socket) {
    if (socket !== this.socket) return;
    if (!socket.writable) {
      if (this.state !== "opening") this.drop();
      else if (now() > this.#attemptEnd) this.#endAttempt();
      else this.#pollLater(socket);
      return;
    }
    if (this.state === "opening") this.greeted();
    if (this.state === "up") this.#takeAll(socket);
    if (this.owner.expects() || this.state === "pausing") this.#pollLater(socket);
    else this.#polled = null;
  }

  #pollLater(socket) {
    if (now() - this.#usedAt < AT_ONCE_MS) setImmediate(() => this.#poll(socket));
    else setTimeout(() => this.#poll(socket), LATER_MS);
  }

  // A receive of what can be read doesn't wait.
  #takeAll(socket) {
    let n = 0;
    for (; n < TAKE_MAX && socket.readable; n++)
      socket.receive().then(
        (frames) => this.take(frames),
        () => {},
      );
    if (n > 0) this.#usedAt = now();
  }

  // Nobody has greeted: is nobody there, or somebody who doesn't?
  #endAttempt() {
    const { wasTaken } = this;
    this.drop();
    this.wasTaken = wasTaken;
    const [, path, host, port] = /^(?:ipc:\/\/(.*)|tcp:\/\/\[?(.*?)\]?:(\d+))$/.exec(this.endpoint) ?? [];
    if (!path && !host) return;
    const peer = path ? net.connect(path) : net.connect(Number(port), host);
    peer.unref();
    peer.on("connect", () => {
      this.wasTaken = !this.isUp;
      peer.destroy();
    });
    peer.on("error", () => {
      this.wasTaken = false;
    });
  }
}

module.exports = { PolledLink };
