"use strict";
// One connection at a time. It is a DEALER without an identity, whose monitor tells when a peer has greeted and when it is gone;
// until somebody has greeted nothing is sent or read. When it is lost, a fresh socket takes its place: libzmq would connect the
// old one again without a word, and what is sent around that moment may reach either daemon, or none.
//
// zeromq.js allows one receive at a time for a socket and one for its monitor, so each has a loop of its own that is the only one
// to call it. A receive that waits holds the process, and can't be taken back but by closing the socket; an idle client closes it.

const zmq = require("zeromq");

const CONNECT_FIRST_MS = 10;
const CONNECT_LAST_MS = 1000;
const PAUSE_FIRST_MS = 10;
const PAUSE_LAST_MS = 1000;

// A turn of the event loop in which nothing came means that nothing is left; this many turns at most are waited for that.
const QUIET_TURNS_MAX = 100;

// No marks: what is in flight is bounded by the caller, and is kept anyway. LINGER 0, so that neither closing nor the process's end,
// nor a worker thread's, ever waits. A send never waits either, and says so at once when the connection is gone.
const OPTIONS = {
  linger: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0, sendTimeout: 0,
  reconnectInterval: CONNECT_FIRST_MS, reconnectMaxInterval: CONNECT_LAST_MS,
};

// After n failures in a row. All clients of a daemon lose it in the same instant.
function pauseMs(n) {
  return n === 0 ? 0 : Math.random() * Math.min(PAUSE_LAST_MS, PAUSE_FIRST_MS * 2 ** (n - 1));
}

class Link {
  #owner; // expects(), onUp(), onLost(), onMessage(frames), onStranger(words)
  #socket = null;
  #reader = null; // the socket that the reading loop reads
  #timer = null; // of a pause: before a new socket, or before what was unanswered is sent again
  #failures = 0;
  #ends = Promise.resolve(); // of the monitors' loops

  state = "down"; // opening: nobody has greeted; pausing: somebody has, just now; up; draining: lost, what has come is read
  wasTaken = false; // somebody took the connection and has not greeted
  nReceived = 0;

  constructor(endpoint, owner) {
    this.endpoint = endpoint;
    this.#owner = owner;
  }

  get isUp() {
    return this.state === "up";
  }

  // Throws when that can't be: a name that is no endpoint, or no descriptor left.
  open() {
    if (this.state !== "down" || this.#timer) return;
    const socket = new zmq.Dealer(OPTIONS);
    const ended = this.#watch(socket);
    this.#ends = Promise.all([this.#ends, ended]).then(() => undefined);
    try {
      socket.connect(this.endpoint);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.#socket = socket;
    this.state = "opening";
  }

  send(frames) {
    this.#socket.send(frames).catch(this.#onRefused);
  }

  // Only after its connection is lost; the monitor says so, too, and what was to be sent counts as unanswered.
  #onRefused = () => {};

  wasUseful() {
    this.#failures = 0;
  }

  // To be called when there is something to wait for.
  read() {
    if (this.#reader !== this.#socket && (this.state === "up" || this.state === "draining")) this.#read(this.#socket);
  }

  // Closes the connection; the next request makes another. Resolves when nothing is left that holds the process.
  park() {
    this.#close();
    this.#failures = 0;
    return this.#ends;
  }

  // Calls `then` when a turn of the event loop has brought no message. What has come is read before time is judged to be over.
  whenQuiet(then, turns = QUIET_TURNS_MAX) {
    const before = this.nReceived;
    setImmediate(() => setImmediate(() => (this.nReceived === before || turns === 0 ? then() : this.whenQuiet(then, turns - 1))));
  }

  #close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    this.state = "down";
    this.wasTaken = false;
    socket?.close(); // a receive that waits is rejected
  }

  // Ends the connection, and makes another if there is something to wait for.
  #drop() {
    const { wasTaken } = this;
    this.#close();
    this.wasTaken = wasTaken;
    this.#owner.onLost();
    if (this.#owner.expects()) this.#reopen(pauseMs(this.#failures));
    this.#failures++;
  }

  #reopen(ms) {
    this.#after(ms, () => {
      try {
        this.open();
      } catch {
        this.#reopen(PAUSE_LAST_MS); // no descriptor is left, perhaps for the moment
      }
    });
  }

  #after(ms, then) {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      then();
    }, ms);
  }

  // The monitor of a closed socket is read to its end: libzmq stands still when it has news and nobody is at the other end.
  async #watch(socket) {
    const { events } = socket;
    try {
      for (;;) {
        const event = await events.receive();
        if (event.type === "end") return;
        if (socket === this.#socket) this.#take(event);
      }
    } catch {
      // it was closed from within, with its socket
    }
  }

  #take(event) {
    switch (event.type) {
      case "connect":
        this.wasTaken = true;
        break;
      case "handshake":
        this.wasTaken = false;
        this.#greeted();
        break;
      case "handshake:error:protocol":
      case "handshake:error:auth":
        this.#owner.onStranger(event.error?.message ?? event.type);
        break;
      case "disconnect":
        if (this.state === "opening") this.#drop(); // it was no ZMTP: on some of what it may have said libzmq never tries again
        else if (this.state !== "draining") this.#lose();
        break;
    }
  }

  #greeted() {
    const ms = pauseMs(this.#failures);
    if (ms === 0) {
      this.#up();
      return;
    }
    this.state = "pausing";
    this.#after(ms, () => this.#up());
  }

  #up() {
    this.state = "up";
    this.#owner.onUp();
  }

  // What had come before the connection ended needs no sending again.
  #lose() {
    const socket = this.#socket;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.state = "draining";
    this.read();
    this.whenQuiet(() => {
      if (socket !== this.#socket) return;
      this.#drop();
    });
  }

  async #read(socket) {
    this.#reader = socket;
    while (socket === this.#socket && this.#owner.expects()) {
      let frames;
      try {
        frames = await socket.receive();
      } catch {
        break; // it was closed
      }
      this.nReceived++;
      this.#owner.onMessage(frames);
    }
    if (this.#reader === socket) this.#reader = null;
  }
}

module.exports = { Link };
