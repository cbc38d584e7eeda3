"use strict";
// A link whose monitor tells when somebody has greeted and when the connection is gone.
//
// zeromq.js allows one receive at a time for a socket and one for its monitor, so each has a loop of its own that is
// the only one to call it. A receive that waits holds the process, and can't be taken back but by closing the socket:
// an idle client closes it.

const { clearTimeout, now } = require("./clock.js");
const { Link } = require("./link.js");

// Two handshakes that end without a word within this time are no accident.
const VAGUE_MS = 2000;

class WatchedLink extends Link {
  // How often libzmq tries while nobody is there: soon at first, then each second.
  options = { reconnectInterval: 10, reconnectMaxInterval: 1000 };
  ended = Promise.resolve(); // when all monitors have
  #reader = null; // the socket that the reading loop reads
  #wasUp = false;
  #vagueAt = -Infinity; // when a handshake ended that should have been encrypted, without a word

  attend(socket) {
    this.ended = Promise.all([this.ended, this.#watch(socket)]).then(() => undefined);
  }

  // To be called when there is something to wait for.
  read() {
    if (this.#reader !== this.socket && (this.state === "up" || this.state === "draining")) this.#read(this.socket);
  }

  async #read(socket) {
    this.#reader = socket;
    while (socket === this.socket && this.owner.expects()) {
      let frames;
      try {
        frames = await socket.receive();
      } catch {
        break; // it was closed
      }
      this.take(frames);
    }
    if (this.#reader === socket) this.#reader = null;
  }

  // The monitor of a closed socket is read to its end: libzmq stands still when it has news and nobody is at the
  // other end.
  async #watch(socket) {
    const { events } = socket;
    try {
      for (;;) {
        const event = await events.receive();
        if (event.type === "end") return;
        if (socket === this.socket) this.#judge(event);
      }
    } catch {
      // it was closed from within, with its socket
    }
  }

  #judge(event) {
    switch (event.type) {
      case "connect":
        this.wasTaken = true;
        break;
      case "handshake":
        this.#wasUp = true;
        this.#vagueAt = -Infinity;
        this.greeted();
        break;
      case "handshake:error:protocol":
        if (event.error?.code === "ERR_ZMTP_MECHANISM_MISMATCH") this.owner.onRefused(this.#mismatch(), false);
        else this.owner.onStranger(event.error?.message ?? event.type);
        break;
      case "handshake:error:auth":
        if (this.keys) this.owner.onRefused(this.#refusal(), true);
        else this.owner.onStranger(event.error?.message ?? event.type);
        break;
      case "handshake:error:other":
        this.#takeVagueEnd();
        break;
      case "disconnect":
        if (this.state === "opening")
          this.drop(); // it was no ZMTP: on some of what it may have said libzmq never tries again
        else if (this.state !== "draining") this.#lose();
        break;
    }
  }

  #refusal() {
    return (
      "refused our key: it is not, or no longer, in textd's folder curve.clients, which textctl reload reads again; " +
      `the public key is ${this.keys.curvePublicKey}`
    );
  }

  #mismatch() {
    return this.keys
      ? "is not encrypted, and we have keys: leave curveKeyFile and TEXTD_CURVE_KEY_FILE out, or take an endpoint that is"
      : "took the connection, but did not greet as textd does without keys: it is encrypted, and we have none " +
          "(curveKeyFile and curveServerKey, or TEXTD_CURVE_KEY_FILE and TEXTD_CURVE_SERVER_KEY), or it is another " +
          "program";
  }

  // Without keys the end of a handshake is no news: a daemon that has no descriptors left ends them as well.
  #takeVagueEnd() {
    if (!this.keys || this.#wasUp) return;
    if (now() - this.#vagueAt < VAGUE_MS)
      this.owner.onRefused(
        `ended the handshake, again and again: it has another key than ${this.keys.curveServerKey} (its log says which ` +
          "at its start), is not encrypted, or is no textd",
        false,
      );
    this.#vagueAt = now();
  }

  // What had come before the connection ended needs no sending again.
  #lose() {
    const { socket } = this;
    clearTimeout(this.timer);
    this.timer = null;
    this.state = "draining";
    this.read();
    this.whenQuiet(() => {
      if (socket === this.socket) this.drop();
    });
  }
}

module.exports = { WatchedLink };
