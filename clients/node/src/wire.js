"use strict";
// Requests to bytes, and bytes to replies.

const { Encoder, Decoder } = require("@msgpack/msgpack");
const { InvalidArgument, NoProtocol } = require("./errors.js");

const MARK = Buffer.from("\ufeff");

// A result may have maps with other keys than strings; an object has not.
function mapKeyConverter(key) {
  return key instanceof Uint8Array ? Buffer.from(key.buffer, key.byteOffset, key.length).toString() : String(key);
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

  // What comes from a caller may hold anything. `__proto__` as a key would come back in `meta`, and no decoder takes
  // it.
  encodeChecked(map) {
    const bytes = this.encode(map);
    if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes("__proto__"))
      throw new InvalidArgument("'__proto__' can't be a key, or part of one");
    return bytes;
  }

  decode(bytes) {
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
