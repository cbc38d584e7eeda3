"use strict";
// Many texts with a window in flight. What was taken from the source and not handed out is never more than the
// window, so memory is bounded however many texts there are and however slowly the answers are used.

const { onAbort } = require("./aborts.js");
const { Closed, NoProtocol, Refused, Unavailable, withCallersStack } = require("./errors.js");

const RUN_ENDS = [Unavailable, NoProtocol, Refused, Closed];

const DONE = Object.freeze({ value: undefined, done: true });

class Batch {
  #start; // (item, index, done(error, doc), isPatient) -> cancel()
  #source;
  #isAsync;
  #window;
  #lowMark; // requests are sent some at a time, which costs much less than one by one
  #ordered;
  #returnsErrors;
  #signal;

  #slots = []; // in order: { error, doc, isReady, cancel }; unordered: those in flight come as a set
  #flying = new Set();
  #ready = [];
  #n = 0; // taken and not handed out
  #index = 0;
  #isPulling = false;
  #hasEnded = false; // the source
  #sourceError = null;
  #isOver = false;
  #wasAnswered = false;
  #waiters = [];
  #ignoreSignal = null;

  constructor(start, source, { window, ordered, errors, signal }) {
    this.#start = start;
    this.#isAsync = typeof source[Symbol.asyncIterator] === "function";
    this.#source = this.#isAsync ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#window = window;
    this.#lowMark = window - Math.ceil(window / 4);
    this.#ordered = ordered;
    this.#returnsErrors = errors === "return";
    this.#signal = signal;
    if (signal) this.#ignoreSignal = onAbort(signal, () => this.#abort());
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    if (this.#isOver) return Promise.resolve(DONE);
    if (this.#signal?.aborted) {
      this.#end();
      return Promise.reject(this.#signal.reason);
    }
    this.#fill();
    if (this.#waiters.length === 0 && this.#hasReady()) {
      const slot = this.#takeReady();
      if (this.#isHandedOut(slot)) {
        this.#fill();
        return Promise.resolve({ value: slot.error ?? slot.doc, done: false });
      }
      this.#end();
      return withCallersStack(Promise.reject(slot.error));
    }
    const answer = new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#deliver();
    });
    return withCallersStack(answer);
  }

  // A loop that is left early takes back what is in flight.
  return(value) {
    this.#end();
    return Promise.resolve({ value, done: true });
  }

  throw(error) {
    this.#end();
    return Promise.reject(error);
  }

  // ---- Taking ----

  #fill() {
    if (this.#n <= this.#lowMark) this.#fillUp();
  }

  #fillUp() {
    while (this.#n < this.#window && !this.#hasEnded && !this.#isPulling && !this.#isOver) {
      if (this.#isAsync) {
        this.#pull();
        return;
      }
      let result;
      try {
        result = this.#source.next();
      } catch (error) {
        this.#sourceFailed(error);
        return;
      }
      this.#accept(result);
    }
  }

  #pull() {
    this.#isPulling = true;
    let promise;
    try {
      promise = Promise.resolve(this.#source.next());
    } catch (error) {
      promise = Promise.reject(error);
    }
    promise.then(
      (result) => {
        this.#isPulling = false;
        if (this.#isOver || this.#signal?.aborted) return;
        this.#accept(result);
        this.#fillUp();
        this.#deliver();
      },
      (error) => {
        this.#isPulling = false;
        if (this.#isOver) return;
        this.#sourceFailed(error);
        this.#deliver();
      },
    );
  }

  // What the source gave may fail when it is looked at, as a getter does. It is done with then.
  #accept(result) {
    try {
      if (result.done) this.#hasEnded = true;
      else this.#submit(result.value);
    } catch (error) {
      this.#leaveSource();
      this.#sourceFailed(error);
    }
  }

  // It is told when all that came before is handed out.
  #sourceFailed(error) {
    this.#hasEnded = true;
    this.#sourceError = { error };
  }

  #submit(item) {
    const slot = { error: null, doc: null, isReady: false, cancel: null };
    this.#n++;
    if (this.#ordered) this.#slots.push(slot);
    else this.#flying.add(slot);
    const done = (error, doc) => this.#answered(slot, error, doc);
    try {
      slot.cancel = this.#start(item, this.#index++, done, this.#wasAnswered);
    } catch (error) {
      this.#n--;
      if (this.#ordered) this.#slots.pop();
      else this.#flying.delete(slot);
      throw error;
    }
  }

  #answered(slot, error, doc) {
    if (this.#isOver) return;
    slot.error = error;
    slot.doc = doc;
    slot.isReady = true;
    this.#wasAnswered ||= !error;
    if (!this.#ordered) {
      this.#flying.delete(slot);
      this.#ready.push(slot);
    }
    if (this.#waiters.length > 0) this.#deliver();
  }

  // ---- Handing out ----

  #hasReady() {
    return this.#ordered ? this.#slots.length > 0 && this.#slots[0].isReady : this.#ready.length > 0;
  }

  #takeReady() {
    this.#n--;
    return this.#ordered ? this.#slots.shift() : this.#ready.shift();
  }

  // With errors "return" a document's own error is handed out in its place. That nobody is there, or somebody else, or
  // that the client was closed is no document's.
  #isHandedOut({ error }) {
    return !error || (this.#returnsErrors && !RUN_ENDS.some((Class) => error instanceof Class));
  }

  #deliver() {
    while (this.#waiters.length > 0 && !this.#isOver) {
      if (this.#hasReady()) {
        const slot = this.#takeReady();
        if (this.#isHandedOut(slot)) this.#waiters.shift().resolve({ value: slot.error ?? slot.doc, done: false });
        else this.#endWith(slot.error);
        if (this.#waiters.length > 0) this.#fill(); // nobody else does, when several have asked
      } else if (this.#hasEnded && this.#n === 0) {
        if (this.#sourceError) this.#endWith(this.#sourceError.error);
        else this.#end();
      } else {
        return;
      }
    }
  }

  // ---- The end ----

  #abort() {
    if (this.#waiters.length > 0) {
      this.#endWith(this.#signal.reason);
      return;
    }
    this.#cancelAll(); // the next one that asks is told
    if (!this.#hasEnded) this.#leaveSource();
  }

  #endWith(error) {
    const waiter = this.#waiters.shift();
    this.#end();
    waiter.reject(error);
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ignoreSignal?.();
    this.#cancelAll();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
    if (!this.#hasEnded) this.#leaveSource();
  }

  #cancelAll() {
    for (const slot of this.#ordered ? this.#slots : this.#flying) if (!slot.isReady) slot.cancel?.();
  }

  // Not waited for: a source that hangs would hold up who has left it.
  #leaveSource() {
    this.#hasEnded = true;
    try {
      Promise.resolve(this.#source.return?.()).catch(() => {});
    } catch {
      // it is left in any case
    }
  }
}

if (Symbol.asyncDispose)
  Batch.prototype[Symbol.asyncDispose] = async function dispose() {
    await this.return();
  };

module.exports = { Batch };
