"use strict";
// Requests to bytes, and bytes to replies.

const { randomUUID } = require("node:crypto");
const { Encoder, Decoder } = require("@msgpack/msgpack");
const { InvalidArgument, NoProtocol } = require("./errors.js");

const MARK = Buffer.from("\ufeff");

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

// A result may have maps with other keys than strings; an object has not.
function mapKeyConverter(key) {
  return key instanceof Uint8Array ? asBuffer(key).toString() : String(key);
}

// The library refuses "__proto__" as a key, which somebody's plugin may have taken from a text: one such text would end
// all that is in flight. So a message is read with another word of the same length in its place, which nobody can
// guess. Then the key becomes a property of the object's own, as with JSON.parse.
const PROTO = "__proto__";
const STAND_IN = randomUUID().slice(0, PROTO.length);

const replaceIn = (bytes, from, to) => Buffer.from(asBuffer(bytes).toString("latin1").replaceAll(from, to), "latin1");

function putProtoBack(value) {
  if (typeof value === "string") return value.replaceAll(STAND_IN, PROTO);
  if (value instanceof Uint8Array) return replaceIn(value, STAND_IN, PROTO);
  if (Array.isArray(value)) return value.map(putProtoBack);
  if (!value || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const object = {};
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(object, putProtoBack(key), {
      value: putProtoBack(item),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  return object;
}

// The library decodes long strings with a TextDecoder, which takes U+FEFF at the beginning for a mark of its own and
// drops it. `raw` is the same value with strings as bytes.
function putMarksBack(value, raw) {
  if (typeof value === "string")
    return raw.length > 3 && raw[0] === MARK[0] && value.charCodeAt(0) !== 0xfeff ? Buffer.from(raw).toString() : value;
  if (Array.isArray(value)) return value.map((item, i) => putMarksBack(item, raw[i]));
  if (value && Object.getPrototypeOf(value) === Object.prototype)
    for (const key of Object.keys(value)) value[key] = putMarksBack(value[key], raw[key]);
  return value;
}

// Where a string has half of a surrogate pair, which is no character and has no UTF-8; -1 where it hasn't.
function findLoneSurrogate(text) {
  if (text.isWellFormed?.()) return -1;
  return text.search(/\p{Surrogate}/u);
}

function checkText(text, name = "text") {
  if (typeof text !== "string")
    throw new InvalidArgument(`${name} must be a string, not ${text === null ? "null" : typeof text}`);
  const at = findLoneSurrogate(text);
  if (at >= 0)
    throw new InvalidArgument(
      `${name} has half of a surrogate pair at index ${at} (U+${text.charCodeAt(at).toString(16).toUpperCase()}): ` +
        "that is no character; text.toWellFormed() replaces such halves",
    );
}

const notTextd = (endpoint, what) =>
  new NoProtocol(`${endpoint} doesn't speak textd's protocol: ${what}; is it textd's port?`);

class Wire {
  #encoder;
  #decoder;
  #rawDecoder;

  constructor(useBigInt64) {
    this.#encoder = new Encoder({ ignoreUndefined: true, useBigInt64 });
    this.#decoder = new Decoder({ mapKeyConverter, useBigInt64 });
    this.#rawDecoder = new Decoder({ mapKeyConverter, useBigInt64, rawStrings: true });
  }

  encode(map) {
    try {
      return this.#encoder.encode(map);
    } catch (error) {
      throw new InvalidArgument(`the request can't be written as MessagePack: ${error.message}`);
    }
  }

  decode(bytes) {
    if (bytes.includes(PROTO)) return putProtoBack(this.decode(replaceIn(bytes, PROTO, STAND_IN)));
    const value = this.#decoder.decode(bytes);
    return bytes.includes(MARK) ? putMarksBack(value, this.#rawDecoder.decode(bytes)) : value;
  }

  // `bytes` of a map whose last value is `before`, with `after` in its place.
  replaceLast(bytes, before, after) {
    return Buffer.concat([bytes.subarray(0, bytes.length - this.encode(before).length), this.encode(after)]);
  }

  // A reply, or the error that says why it is none. `endpoint` is for the words.
  decodeReply(frames, endpoint) {
    const wrong = (what) => notTextd(endpoint, what);
    if (frames.length !== 1) return wrong(`a reply of ${frames.length} frames`);
    let reply;
    try {
      reply = this.decode(frames[0]);
    } catch (error) {
      return wrong(`a message that is no MessagePack (${error.message})`);
    }
    if (reply === null || typeof reply !== "object" || Array.isArray(reply)) return wrong("a message that is no map");
    if (reply.v !== 1) return wrong(`a message of version ${typeof reply.v === "number" ? reply.v : "none"}, not 1`);
    if (reply.ok === true || typeof reply.progress === "string") return reply;
    if (reply.ok !== false) return wrong("a message without 'ok'");
    if (typeof reply.error?.code !== "string") return wrong("an error without a code");
    return reply;
  }
}

module.exports = { Wire, checkText, notTextd };
