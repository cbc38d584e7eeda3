"use strict";

const { onAbort } = require("./aborts.js");
const { Batch } = require("./batch.js");
const { Delivery, keyOf } = require("./delivery.js");
const { Doc } = require("./doc.js");
const { defaultEndpoint } = require("./endpoint.js");
const { InvalidArgument, TooLarge, serverError, withCallersStack } = require("./errors.js");
const { findKeys } = require("./keys.js");
const { Wire, checkText, notTextd } = require("./wire.js");

// A daemon answers by the deadline and a grace.
const GRACE_MS = 5000;
const MS_MAX = 2 ** 31 - 1;
const WINDOW_MAX = 16384;
// Every daemon takes a message of this size.
const ALWAYS_TAKEN = 1 << 20;
const UNITS = ["byte", "codepoint", "utf16"];

// ---- Checks of what callers give ----

const show = (value) =>
  typeof value === "string"
    ? `'${value}'`
    : typeof value === "number"
      ? String(value)
      : value === null
        ? "null"
        : typeof value;

function integer(min, max, what) {
  return (value, name) => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgument(`${name} must be ${what}, ${min} to ${max}, not ${show(value)}`);
  };
}

const milliseconds = integer(1, MS_MAX, "a whole number of milliseconds");

function type(wanted) {
  return (value, name) => {
    if (typeof value !== wanted) throw new InvalidArgument(`${name} must be a ${wanted}, not ${show(value)}`);
  };
}

function oneOf(...allowed) {
  return (value, name) => {
    if (!allowed.includes(value))
      throw new InvalidArgument(
        `${name} must be one of ${allowed.map((a) => `'${a}'`).join(", ")}, not ${show(value)}`,
      );
  };
}

function names(value, name) {
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string"))
    throw new InvalidArgument(`${name} must be an array of names, not ${show(value)}`);
}

function map(value, name) {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new InvalidArgument(`${name} must be an object, not ${show(value)}`);
}

function abortSignal(value, name) {
  if (typeof value?.addEventListener !== "function")
    throw new InvalidArgument(`${name} must be an AbortSignal, not ${show(value)}`);
}

// What is set to undefined is as good as absent.
function checkKeys(given, known, what) {
  for (const key of Object.keys(given)) {
    const check = known[key];
    if (!Object.hasOwn(known, key))
      throw new InvalidArgument(`${what} has no option '${key}'; there are: ${Object.keys(known).join(", ")}`);
    if (given[key] !== undefined) check?.(given[key], `${what}'s ${key}`);
  }
}

function checkOptions(given, known, what) {
  map(given, `${what}'s options`);
  checkKeys(given, known, what);
}

const CLIENT = {
  timeoutMs: milliseconds,
  connectMs: milliseconds,
  idleMs: milliseconds,
  retry: type("boolean"),
  offsets: oneOf(...UNITS),
  bigints: type("boolean"),
  curveKeyFile: type("string"),
  curveServerKey: type("string"),
};
const ANNOTATE = {
  pipeline: type("string"),
  plugins: names,
  options: map,
  deadlineMs: milliseconds,
  lang: type("string"),
  trace: type("string"),
  tracestate: type("string"),
  meta: null,
  offsets: oneOf(...UNITS),
};
const ANNOTATE_ONE = { ...ANNOTATE, signal: abortSignal };
const ANNOTATE_MANY = {
  ...ANNOTATE,
  window: integer(1, WINDOW_MAX, "a whole number"),
  ordered: type("boolean"),
  errors: oneOf("throw", "return"),
  signal: abortSignal,
};
const ITEM = { text: null, ...ANNOTATE };
const OPERATION = { timeoutMs: milliseconds, signal: abortSignal };
const REQUEST = { ...OPERATION, raw: type("boolean") };

// Keys of the request that stay as they are for all documents of a call; and for each time that it is sent, so without
// the deadline.
function requestOf(o, offsets) {
  const request = { offsets: o.offsets ?? offsets };
  if (o.pipeline !== undefined) request.pipeline = o.pipeline;
  if (o.plugins !== undefined) request.plugins = o.plugins;
  if (o.options !== undefined) request.options = o.options;
  if (o.lang !== undefined) request.lang = o.lang;
  if (o.trace !== undefined) request.trace = o.trace;
  if (o.tracestate !== undefined) request.tracestate = o.tracestate;
  if (o.meta !== undefined) request.meta = o.meta;
  return request;
}

// ---- The client ----

class Client {
  #options;
  #wire;
  #delivery;
  #closed = null;

  constructor(endpoint, options) {
    if (endpoint !== null && typeof endpoint === "object") [endpoint, options] = [undefined, endpoint];
    if (endpoint !== undefined && (typeof endpoint !== "string" || endpoint === ""))
      throw new InvalidArgument(
        `endpoint must be a string such as ipc://PATH or tcp://HOST:PORT, not ${show(endpoint)}`,
      );
    options ??= {};
    checkOptions(options, CLIENT, "Client");
    const {
      timeoutMs = 35000,
      connectMs = 2000,
      idleMs = 100,
      retry = true,
      offsets = "utf16",
      bigints = false,
    } = options;
    this.#options = { timeoutMs, connectMs: Math.min(connectMs, timeoutMs), idleMs, retry, offsets };
    this.#wire = new Wire(bigints);
    endpoint ??= defaultEndpoint();
    const keys = findKeys(endpoint, options.curveKeyFile, options.curveServerKey);
    this.#delivery = new Delivery(endpoint, this.#wire, this.#options, keys);
  }

  get endpoint() {
    return this.#delivery.endpoint;
  }

  // One text's annotations.
  annotate(text, options = {}) {
    return this.#ask(options, ANNOTATE_ONE, "annotate", (done) => {
      checkText(text);
      const { offsets } = this.#options;
      return this.#submitText(text, requestOf(options, offsets), options.deadlineMs, undefined, false, done);
    });
  }

  // Those of many, as an async iterator.
  annotateMany(texts, options = {}) {
    checkOptions(options, ANNOTATE_MANY, "annotateMany");
    if (
      texts === null ||
      texts === undefined ||
      typeof texts === "string" ||
      (typeof texts[Symbol.asyncIterator] !== "function" && typeof texts[Symbol.iterator] !== "function")
    )
      throw new InvalidArgument(`texts must be an iterable or async iterable of texts, not ${show(texts)}`);
    const { window = 64, ordered = true, errors = "throw", signal, deadlineMs } = options;
    const request = requestOf(options, this.#options.offsets);
    return new Batch(
      (item, index, done, isPatient) => this.#submitItem(item, index, request, deadlineMs, isPatient, done),
      texts,
      { window, ordered, errors, signal },
    );
  }

  ping(options = {}) {
    return this.#operation("ping", options);
  }

  describe(options = {}) {
    return this.#operation("describe", options);
  }

  // Any request, for operations and keys that the client doesn't know yet: a map, to which an id is given unless it
  // has one, or MessagePack that is ready to be sent. A second frame, if there is one, is the text. The reply comes
  // as it is, also when it is an error's.
  request(message, frame, options = {}) {
    return this.#ask(options, REQUEST, "request", (done) => {
      if (frame !== undefined && !(frame instanceof Uint8Array)) checkText(frame, "frame");
      const { key, bytes } = this.#readRequest(message);
      const frames = frame === undefined ? [bytes] : [bytes, typeof frame === "string" ? frame : Buffer.from(frame)];
      const totalMs = options.timeoutMs ?? this.#options.timeoutMs;
      return this.#submit({
        key,
        totalMs,
        waitMs: totalMs,
        isPatient: false,
        isRaw: true,
        frames: () => frames,
        done: (error, reply, replyBytes) => done(error, options.raw ? replyBytes : reply),
      });
    });
  }

  // Ends the connection. What has not been answered is rejected. Nothing of the client holds the process any more
  // when it resolves.
  close() {
    this.#closed ??= this.#delivery.close();
    return this.#closed;
  }

  // ---- Inside ----

  #submit(p) {
    this.#delivery.submit(p);
    return () => this.#delivery.cancel(p);
  }

  #submitText(text, request, deadlineMs, index, isPatient, done) {
    const id = this.#delivery.nextId();
    const whole = { id, ...request, deadline_ms: deadlineMs }; // the last, since it is replaced
    // Once and for all: who gave what can't be written is told so, and who changes it afterwards changes nothing.
    const head = this.#wire.encode(whole);
    const frames = (leftMs) => [
      leftMs === undefined || deadlineMs === undefined
        ? head
        : this.#wire.replaceLast(head, deadlineMs, Math.min(leftMs, deadlineMs)),
      text, // zeromq.js makes UTF-8 of a string, with no detour
    ];
    const p = {
      key: id,
      frames,
      isPatient,
      isRaw: false,
      totalMs: deadlineMs ?? this.#options.timeoutMs,
      waitMs: deadlineMs === undefined ? this.#options.timeoutMs : deadlineMs + GRACE_MS,
      done: (error, reply) => {
        if (!error && !reply.ok) {
          done(serverError(reply, index));
          return;
        }
        if (!error && (reply.results === null || typeof reply.results !== "object"))
          error = notTextd(this.endpoint, "a reply without results");
        if (error && index !== undefined) error.index = index;
        done(error, error ? undefined : new Doc(text, reply, index));
      },
    };
    const bytes = text.length > ALWAYS_TAKEN / 3 ? Buffer.byteLength(text) : 0;
    return bytes > ALWAYS_TAKEN ? this.#submitLarge(p, bytes) : this.#submit(p);
  }

  // A message that is much too large ends the connection, and costs all that is in flight on it. So the daemon is asked
  // what it takes; each time, since another may have its place by now.
  #submitLarge(p, bytes) {
    const id = this.#delivery.nextId();
    const question = {
      ...p,
      key: id,
      frames: () => [this.#wire.encode({ id, op: "describe" })],
      done: (error, reply) => {
        const most = reply?.limits?.document_bytes;
        if (!error && bytes > most)
          error = new TooLarge(
            "TOO_LARGE",
            `the document has ${bytes} bytes; textd at ${this.endpoint} takes ${most} (limits.document_bytes)`,
          );
        if (error) {
          p.done(error);
          return;
        }
        p.begunAt = question.begunAt;
        this.#delivery.submit(p);
      },
    };
    this.#delivery.submit(question);
    return () => {
      this.#delivery.cancel(question);
      this.#delivery.cancel(p);
    };
  }

  #submitItem(item, index, common, deadlineMs, isPatient, done) {
    try {
      if (typeof item === "string") {
        checkText(item);
        return this.#submitText(item, common, deadlineMs, index, isPatient, done);
      }
      map(item, `item ${index}`);
      checkKeys(item, ITEM, `item ${index}`);
      checkText(item.text, `the text of item ${index}`);
      const request = { ...common, ...requestOf(item, common.offsets) };
      return this.#submitText(item.text, request, item.deadlineMs ?? deadlineMs, index, isPatient, done);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
      error.index = index;
      done(error);
      return null;
    }
  }

  async #operation(op, options) {
    checkOptions(options, OPERATION, op);
    const reply = await this.request({ op }, undefined, options);
    if (!reply.ok) throw serverError(reply);
    return reply;
  }

  #readRequest(message) {
    if (message instanceof Uint8Array) {
      let key;
      try {
        key = keyOf(this.#wire.decode(Buffer.from(message.buffer, message.byteOffset, message.length)).id);
      } catch {
        // it is the daemon's to say what is wrong with it
      }
      return { bytes: Buffer.from(message), key: key ?? Symbol("nameless") }; // it may be sent later, and again
    }
    map(message, "the request");
    if (message.id !== undefined)
      return { bytes: this.#wire.encode(message), key: keyOf(message.id) ?? Symbol("nameless") };
    const id = this.#delivery.nextId();
    return { bytes: this.#wire.encode({ id, ...message, id }), key: id };
  }

  // A promise of what `begin` starts; an aborted signal takes it back.
  #ask(options, known, what, begin) {
    const answer = new Promise((resolve, reject) => {
      checkOptions(options, known, what);
      const { signal } = options;
      if (signal === undefined) {
        begin((error, value) => (error ? reject(error) : resolve(value)));
        return;
      }
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      let cancel;
      const ignoreSignal = onAbort(signal, () => {
        cancel();
        reject(signal.reason);
      });
      const done = (error, value) => {
        ignoreSignal();
        if (error) reject(error);
        else resolve(value);
      };
      try {
        cancel = begin(done);
      } catch (error) {
        done(error);
      }
    });
    return withCallersStack(answer);
  }
}

if (Symbol.asyncDispose)
  Client.prototype[Symbol.asyncDispose] = function dispose() {
    return this.close();
  };

module.exports = { Client };
