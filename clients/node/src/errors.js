"use strict";
// What can go wrong: on the client's side, and one class for each code of the protocol (docs/protocol.md).

class TextdError extends Error {
  constructor(code, message, more = {}) {
    super(message);
    this.code = code;
    this.retryable = more.retryable ?? false;
    if (more.retryAfterMs !== undefined) this.retryAfterMs = more.retryAfterMs;
    if (more.plugin !== undefined) this.plugin = more.plugin;
    if (more.id !== undefined) this.id = more.id;
    if (more.index !== undefined) this.index = more.index;
  }
}

class ServerError extends TextdError {}

// On the prototype, as with JavaScript's own errors, so that it isn't printed with each.
function nameIt(Class) {
  Object.defineProperty(Class.prototype, "name", { value: Class.name, configurable: true, writable: true });
  return Class;
}

nameIt(TextdError);
nameIt(ServerError);

function clientSide(name, code, retryable) {
  const Class = {
    [name]: class extends TextdError {
      constructor(message, more) {
        super(code, message, { retryable, ...more });
      }
    },
  }[name];
  return nameIt(Class);
}

const client = {
  Unavailable: clientSide("Unavailable", "UNAVAILABLE", true),
  Timeout: clientSide("Timeout", "TIMEOUT", true),
  Lost: clientSide("Lost", "LOST", true),
  NoProtocol: clientSide("NoProtocol", "NO_PROTOCOL", false),
  Refused: clientSide("Refused", "REFUSED", false),
  InvalidArgument: clientSide("InvalidArgument", "INVALID", false),
  Closed: clientSide("Closed", "CLOSED", false),
};

const CODES = [
  "BAD_REQUEST",
  "UNSUPPORTED_VERSION",
  "TOO_LARGE",
  "INVALID_UTF8",
  "UNKNOWN_PIPELINE",
  "UNKNOWN_PLUGIN",
  "BAD_OPTION",
  "OVERLOADED",
  "DEADLINE_EXCEEDED",
  "PLUGIN_FAILED",
  "PLUGIN_CRASHED",
  "PLUGIN_TIMEOUT",
  "CANCELLED",
  "SHUTTING_DOWN",
  "RELOAD_FAILED",
  "INTERNAL",
];

const byCode = new Map();
const server = {};
for (const code of CODES) {
  const name = code.toLowerCase().replace(/(^|_)(.)/g, (all, before, letter) => letter.toUpperCase());
  server[name] = nameIt({ [name]: class extends ServerError {} }[name]);
  byCode.set(code, server[name]);
}

// The error of a reply. A code that isn't known here comes from a later daemon: it is a ServerError with that code.
function serverError(reply, index) {
  const { code, message, retryable, retry_after_ms: retryAfterMs, plugin } = reply.error;
  const Class = byCode.get(code) ?? ServerError;
  return new Class(code, typeof message === "string" ? message : code, {
    retryable: retryable === true,
    retryAfterMs,
    plugin,
    id: reply.id,
    index,
  });
}

// An error is made where a reply is read or a time is over, and its stack says so. What helps is the line that waited.
async function withCallersStack(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof TextdError) Error.captureStackTrace(error, withCallersStack);
    throw error;
  }
}

module.exports = { TextdError, ServerError, ...client, ...server, serverError, withCallersStack };
