"use strict";
// Keeps what was sent until it is answered, and sends it again when the connection is lost or the daemon asks for that.
// docs/protocol.md, "Over a restart"; clients/c/delivery.c does the same.

const { isMainThread } = require("node:worker_threads");
const { clearTimeout, now, setTimeout } = require("./clock.js");
const { PolledLink } = require("./polled.js");
const { WatchedLink } = require("./watched.js");
const { Closed, InvalidArgument, Lost, NoProtocol, Refused, Timeout, Unavailable, serverError } = require("./errors.js");

// A request is sent this often at most: a document that is larger than the transport takes ends the connection each
// time.
const SENT_MAX = 5;

// Without a pause of the daemon's own choice.
const RETRY_AFTER_MS = 100;

const TIMER_MAX_MS = 2 ** 31 - 1;

const UNSENT = 0; // waits for a connection
const SENT = 1;
const REFUSED = 2; // with SHUTTING_DOWN: its successor may come in time to answer
const DELAYED = 3; // with OVERLOADED: is sent again after a pause

const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10000 ? 1 : 0)} s`;

class Delivery {
  #link;
  #wire;
  #options;
  #pending = new Map(); // by id, oldest first
  #nRaw = 0;
  #nextId = 1;
  #timer = null; // for the earliest `due`
  #timerAt = Infinity;
  #idleTimer = null;
  #idleSince = 0;
  #isClosed = false;

  constructor(endpoint, wire, options, keys) {
    this.#wire = wire;
    this.#options = options;
    const owner = {
      expects: () => this.#pending.size > 0,
      onUp: () => this.#resend(),
      onLost: () => this.#lose(),
      onMessage: (frames) => this.#take(frames),
      onStranger: (words) => this.#meetStranger(words),
      onRefused: (words, isFinal) => this.#meetRefusal(words, isFinal),
    };
    this.#link = new (isMainThread ? WatchedLink : PolledLink)(endpoint, owner, keys);
  }

  get endpoint() {
    return this.#link.endpoint;
  }

  nextId() {
    while (this.#pending.has(this.#nextId)) this.#nextId++; // a caller's own
    return this.#nextId++;
  }

  // `p` has key (its id), done(error, reply, bytes), totalMs and waitMs (how long it may be sent again, and waited
  // for), and frames(leftMs), what is to be sent; leftMs is undefined the first time. isPatient: it waits for a
  // connection as long as for its answer. isRaw: it is a caller's own request.
  submit(p) {
    if (this.#isClosed) {
      p.done(new Closed("the client is closed"));
      return;
    }
    if (this.#pending.has(p.key)) {
      p.done(new InvalidArgument(`the id ${String(p.key)} is in flight already`));
      return;
    }
    p.begunAt ??= now(); // it may have begun with another request
    p.giveUpAt = p.begunAt + p.totalMs;
    p.state = UNSENT;
    p.nSent = 0; // but for those that were refused with OVERLOADED
    p.wasSent = false;
    p.isHung = false; // on a connection that was given up, since nothing came on it any more
    p.refusal = null;
    p.timer = null;
    if (this.#link.isUp) {
      this.#pending.set(p.key, p);
      this.#nRaw += p.isRaw ? 1 : 0;
      this.#send(p);
      this.#link.read();
    } else {
      this.#submitLater(p);
    }
  }

  #submitLater(p) {
    try {
      this.#link.open();
    } catch (error) {
      p.done(
        error.code === "EINVAL" || error.code === "EPROTONOSUPPORT" || error.code === "ENAMETOOLONG"
          ? new InvalidArgument(
              `can't connect to '${this.endpoint}': ${error.message}; an endpoint is ipc://PATH or tcp://HOST:PORT`,
            )
          : new Unavailable(`can't connect to '${this.endpoint}': ${error.message}`),
      );
      return;
    }
    this.#pending.set(p.key, p);
    this.#nRaw += p.isRaw ? 1 : 0;
    this.#wakeAt(p, p.isPatient ? p.giveUpAt : Math.min(p.begunAt + this.#options.connectMs, p.giveUpAt));
  }

  // The caller waits no more. The daemon is told, unless it never had it.
  cancel(p) {
    if (this.#pending.get(p.key) !== p) return;
    if (p.state === SENT && this.#link.isUp && typeof p.key === "number")
      this.#link.send([this.#wire.encode({ id: p.key, op: "cancel" })]);
    this.#remove(p);
  }

  close() {
    this.#isClosed = true;
    this.#failAll(() => new Closed("the client was closed before the answer came"));
    clearTimeout(this.#timer);
    clearTimeout(this.#idleTimer);
    return this.#link.park();
  }

  // ---- Sending ----

  #send(p) {
    const isFirst = !p.wasSent;
    p.state = SENT;
    p.wasSent = true;
    p.isHung = false;
    p.nReceivedBefore = this.#link.nReceived;
    p.nSent++;
    const at = isFirst ? p.begunAt : now();
    this.#wakeAt(p, p.begunAt + p.waitMs);
    this.#link.send(p.frames(isFirst ? undefined : Math.max(1, Math.ceil(p.giveUpAt - at))));
  }

  #resend() {
    for (const p of this.#pending.values()) if (p.state === UNSENT) this.#send(p);
    this.#link.read();
  }

  #lose() {
    for (const p of this.#pending.values()) {
      if (p.state !== SENT && p.state !== REFUSED) continue;
      if (p.nSent >= (this.#options.retry ? SENT_MAX : 1)) this.#fail(p, this.#lossOf(p));
      else {
        p.state = UNSENT;
        this.#wakeAt(p, p.giveUpAt);
      }
    }
  }

  // ---- Replies ----

  #take(frames) {
    const reply = this.#wire.decodeReply(frames, this.endpoint);
    if (reply instanceof NoProtocol) {
      // Whose it was can't be known, nor what else this peer will say.
      this.#failAll(() => new NoProtocol(reply.message));
      return;
    }
    const p = this.#find(reply);
    if (!p || reply.ok === undefined) return; // nobody waits, or it is a word in between
    if (!reply.ok && this.#options.retry && this.#isPutOff(p, reply)) return;
    this.#link.wasUseful();
    this.#remove(p);
    p.done(null, reply, frames[0]);
  }

  // A refusal without an id, or with one that is none, is of a caller's own request: ours have ids.
  #find(reply) {
    const key = keyOf(reply.id);
    if (key !== undefined || this.#nRaw === 0) return this.#pending.get(key);
    for (const p of this.#pending.values()) if (p.isRaw) return p;
    return undefined;
  }

  // Whether it is to be sent again. The refusal is kept in case there is no time for that.
  #isPutOff(p, reply) {
    const { code, retry_after_ms: retryAfterMs } = reply.error;
    if (code === "SHUTTING_DOWN" && p.nSent < SENT_MAX && now() < p.giveUpAt) {
      p.refusal = reply;
      p.state = REFUSED;
      this.#wakeAt(p, p.giveUpAt);
      return true;
    }
    if (code !== "OVERLOADED") return false;
    const pause = (typeof retryAfterMs === "number" ? retryAfterMs : RETRY_AFTER_MS) * (1 + Math.random() / 2);
    if (now() + pause >= p.giveUpAt) return false;
    p.refusal = reply;
    p.state = DELAYED;
    p.nSent--;
    this.#wakeAt(p, p.giveUpAt);
    p.timer = setTimeout(() => this.#sendDelayed(p), pause);
    return true;
  }

  #sendDelayed(p) {
    p.timer = null;
    p.state = UNSENT;
    if (!this.#link.isUp) return;
    this.#send(p);
    this.#link.read();
  }

  // ---- Time ----

  // One timer for all, since most are answered long before. It doesn't hold the process; the link does.
  #wakeAt(p, at) {
    p.due = at;
    if (at < this.#timerAt) this.#setTimer(at);
  }

  #setTimer(at) {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = null;
    if (at !== Infinity) {
      this.#timer = setTimeout(
        () => this.#link.whenQuiet(() => this.#look()),
        Math.min(TIMER_MAX_MS, Math.max(1, at - now() + 1)),
      );
      this.#timer.unref();
    }
  }

  #look() {
    const at = now();
    let isHung = false;
    for (const p of this.#pending.values()) if (p.due <= at) isHung = this.#giveUp(p) || isHung;
    if (isHung && this.#link.isUp) this.#giveUpLink();
    let next = Infinity;
    for (const p of this.#pending.values()) next = Math.min(next, p.due);
    if (!this.#isClosed) this.#setTimer(next);
  }

  // Whether the daemon hangs: nothing at all has come since this was sent.
  #giveUp(p) {
    if (p.refusal) this.#fail(p, serverError(p.refusal));
    else if (!p.wasSent) this.#fail(p, this.#absenceOf(p));
    else if (p.state !== SENT && !p.isHung) this.#fail(p, this.#lossOf(p));
    else {
      const isHung = p.state === SENT && p.nReceivedBefore === this.#link.nReceived;
      this.cancel(p);
      p.done(
        new Timeout(
          `${this.endpoint} did not answer request ${String(p.key)} within ${seconds(now() - p.begunAt)}: ` +
            "textd hangs, or has too much to do",
          { id: idOf(p) },
        ),
      );
      return isHung;
    }
    return false;
  }

  // What is sent to a daemon that hangs would pile up in the connection. On another one it has to greet first.
  #giveUpLink() {
    for (const p of this.#pending.values()) p.isHung = p.state === SENT;
    this.#link.drop();
  }

  #absenceOf(p) {
    const waited = seconds(now() - p.begunAt);
    if (this.#link.wasTaken)
      return new NoProtocol(
        `something at ${this.endpoint} takes connections, but did not greet as textd does within ${waited}: ` +
          "it is another program, textd hangs, or it wants other keys than we have (curveKeyFile, curveServerKey)",
        { id: idOf(p) },
      );
    return new Unavailable(
      `nobody answers at ${this.endpoint} (tried for ${waited}): is textd running? 'textctl ping' asks`,
      { id: idOf(p) },
    );
  }

  #lossOf(p) {
    const often = p.nSent === 1 ? "" : ` ${p.nSent} times`;
    const why =
      p.nSent >= SENT_MAX
        ? "textd keeps failing, or a message is larger than it takes"
        : "textd was stopped, or a message is larger than it takes";
    return new Lost(
      `the connection to ${this.endpoint} was lost${often} with request ${String(p.key)} unanswered: ${why}`,
      { id: idOf(p) },
    );
  }

  // It speaks ZMTP, but not with us. What was sent before may still be answered, if textd comes back to its place.
  #meetStranger(words) {
    for (const p of this.#pending.values())
      if (!p.wasSent && !p.isPatient)
        this.#fail(
          p,
          new NoProtocol(`${this.endpoint} refused the connection (${words}): it is another program than textd`, {
            id: idOf(p),
          }),
        );
  }

  // It ended the handshake over our keys. When that is final, what was sent once may have been run, and won't be again.
  #meetRefusal(words, isFinal) {
    for (const p of this.#pending.values()) {
      if (p.state === SENT || (!isFinal && (p.wasSent || p.isPatient))) continue;
      this.#fail(p, new (p.wasSent ? Lost : Refused)(`${this.endpoint} ${words}`, { id: idOf(p) }));
    }
  }

  // ---- The end of a request ----

  #fail(p, error) {
    this.#remove(p);
    p.done(error);
  }

  #failAll(make) {
    const all = [...this.#pending.values()];
    for (const p of all) this.#remove(p);
    this.#link.park();
    for (const p of all) p.done(make());
  }

  #remove(p) {
    this.#pending.delete(p.key);
    if (p.isRaw) this.#nRaw--;
    if (p.timer) clearTimeout(p.timer);
    if (this.#pending.size === 0) this.#rest();
  }

  // A connection holds the process, since it is watched; so one that nobody needs is ended after a while.
  #rest() {
    if (!this.#link.isUp) {
      this.#link.park();
      return;
    }
    this.#idleSince = now();
    this.#idleTimer ??= setTimeout(() => this.#parkIfIdle(), this.#options.idleMs);
  }

  #parkIfIdle() {
    this.#idleTimer = null;
    if (this.#pending.size > 0) return;
    const left = this.#idleSince + this.#options.idleMs - now();
    if (left > 1) this.#idleTimer = setTimeout(() => this.#parkIfIdle(), left);
    else this.#link.park();
  }
}

// Ids of the caller's own choice are known by a key that two equal ones share.
function keyOf(id) {
  if (typeof id === "number") return id;
  if (typeof id === "bigint") return Number(id);
  if (typeof id === "string") return `s${id}`;
  if (id instanceof Uint8Array) return `b${Buffer.from(id.buffer, id.byteOffset, id.length).toString("hex")}`;
  return undefined;
}

const idOf = (p) => (typeof p.key === "number" ? p.key : undefined);

module.exports = { Delivery, keyOf };
