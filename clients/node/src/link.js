"use strict";
// One connection at a time. It is a DEALER without an identity; until somebody has greeted nothing is sent or read.
// When it is lost, a fresh socket takes its place: libzmq would connect the old one again without a word, and what is
// sent around that moment may reach either daemon, or none.
//
// How its socket is looked after differs: watched.js in a process's main thread, polled.js in its worker threads.

const zmq = require("zeromq");
const { clearTimeout, setImmediate, setTimeout } = require("./clock.js");

const PAUSE_FIRST_MS = 10;
const PAUSE_LAST_MS = 1000;

// A turn of the event loop in which nothing came means that nothing is left; this many turns at most are waited for
// that.
const QUIET_TURNS_MAX = 100;

// No marks: what is in flight is bounded by the caller, and is kept anyway. LINGER 0, so that neither closing nor the
// process's end ever waits. A send never waits either, and fails when the connection is gone.
const OPTIONS = { linger: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0, sendTimeout: 0 };

// It is told by the end of the connection, too, and what was to be sent counts as unanswered.
const ignoreRefusal = () => {};

// At random below a bound that doubles with each failure in a row.
function pauseMs(n) {
  return n === 0 ? 0 : Math.random() * Math.min(PAUSE_LAST_MS, PAUSE_FIRST_MS * 2 ** (n - 1));
}

class Link {
  socket = null;
  // opening: nobody has greeted; pausing: somebody has, just now; up; draining: lost, what has come is read
  state = "down";
  wasTaken = false; // somebody took the connection and has not greeted
  failures = 0; // in a row
  timer = null; // of a pause: before a new socket, or before what was unanswered is sent again
  nReceived = 0;

  // `owner` has expects(), onUp(), onLost(), onMessage(frames), onStranger(words) and onRefused(words, isFinal).
  // `keys`: of findKeys, or null.
  constructor(endpoint, owner, keys) {
    this.endpoint = endpoint;
    this.owner = owner;
    this.keys = keys;
  }

  get isUp() {
    return this.state === "up";
  }

  // Throws when that can't be: a name that is no endpoint, or no descriptor left.
  open() {
    if (this.state !== "down" || this.timer) return;
    const socket = new zmq.Dealer({
      ...OPTIONS,
      ...this.options,
      ...this.keys,
      ipv6: this.endpoint.includes("://["), // behind a name that has both it would be looked for first
    });
    this.attend(socket);
    try {
      socket.connect(this.endpoint);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.socket = socket;
    this.state = "opening";
  }

  send(frames) {
    this.socket.send(frames).catch(ignoreRefusal);
  }

  wasUseful() {
    this.failures = 0;
  }

  // Closes the connection; the next request makes another. Resolves when nothing is left that holds the process.
  park() {
    this.close();
    this.failures = 0;
    return this.ended;
  }

  // Calls `then` when a turn of the event loop has brought no message. What has come is read before time is judged to
  // be over.
  whenQuiet(then, turns = QUIET_TURNS_MAX) {
    const before = this.nReceived;
    setImmediate(() =>
      setImmediate(() => (this.nReceived === before || turns === 0 ? then() : this.whenQuiet(then, turns - 1))),
    );
  }

  // ---- For the kinds of link, which have options, attend(socket), read() and `ended` ----

  close() {
    clearTimeout(this.timer);
    this.timer = null;
    const { socket } = this;
    this.socket = null;
    this.state = "down";
    this.wasTaken = false;
    socket?.close(); // a receive that waits is rejected
  }

  // Somebody greeted. What was unanswered is sent after a pause: all clients of a daemon lose it in the same instant.
  greeted() {
    this.wasTaken = false;
    const ms = pauseMs(this.failures);
    if (ms === 0) {
      this.goUp();
      return;
    }
    this.state = "pausing";
    this.after(ms, () => this.goUp());
  }

  goUp() {
    this.state = "up";
    this.owner.onUp();
  }

  // Ends the connection, and makes another if there is something to wait for.
  drop() {
    const { wasTaken } = this;
    this.close();
    this.wasTaken = wasTaken;
    this.owner.onLost();
    if (this.owner.expects()) this.reopen(pauseMs(this.failures));
    this.failures++;
  }

  reopen(ms) {
    this.after(ms, () => {
      try {
        this.open();
      } catch {
        this.reopen(PAUSE_LAST_MS); // no descriptor is left, perhaps for the moment
      }
    });
  }

  after(ms, then) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      then();
    }, ms);
  }

  take(frames) {
    this.nReceived++;
    this.owner.onMessage(frames);
  }
}

module.exports = { Link };
