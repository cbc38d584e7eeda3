"use strict";
// Keys for an endpoint that is encrypted (ZeroMQ's CURVE), as they lie in files: CZMQ's certificates, as `textctl keygen`
// writes them, and files with nothing but a key's 40 characters (Z85). libzmq itself says nothing of a key that is wrong.

const crypto = require("node:crypto");
const fs = require("node:fs");
const { capability } = require("zeromq");
const { InvalidArgument } = require("./errors.js");

const FILE_MAX = 16384;
const OTHERS = 0o027; // read, write or search by others; write by the group
const NONE = "0".repeat(40); // how a certificate says that it has no such key
const Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
// RFC 8410: an X25519 key in PKCS #8, without its last 32 bytes.
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");

// Five characters are four bytes. null: it is no key.
function decode(text) {
  if (text.length !== 40 || text === NONE) return null;
  const bytes = Buffer.alloc(32);
  for (let i = 0; i < 8; i++) {
    let word = 0;
    for (const c of text.slice(5 * i, 5 * i + 5)) {
      const digit = Z85.indexOf(c);
      if (digit < 0) return null;
      word = word * 85 + digit;
    }
    if (word > 0xffffffff) return null;
    bytes.writeUInt32BE(word, 4 * i);
  }
  return bytes;
}

function encode(bytes) {
  let text = "";
  for (let i = 0; i < 8; i++) {
    const word = bytes.readUInt32BE(4 * i);
    for (let power = 85 ** 4; power >= 1; power /= 85) text += Z85[Math.floor(word / power) % 85];
  }
  return text;
}

function publicOf(secret) {
  const key = crypto.createPrivateKey({ key: Buffer.concat([PKCS8, decode(secret)]), format: "der", type: "pkcs8" });
  return encode(crypto.createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));
}

// What a certificate has in its section `curve`; or one word, as `bare`.
function contents(text) {
  if (/^\S+$/.test(text.trim())) return { bare: text.trim() };
  const found = {};
  let isCurve = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^[^\s#]/.test(line)) isCurve = line.trim() === "curve";
    const [, name, , value] = /^\s+([a-z-]+)\s*=\s*(["']?)(\S*?)\2\s*$/.exec(line) ?? [];
    if (isCurve && name && value !== NONE) found[name] = value;
  }
  return found;
}

function read(path, what) {
  let text;
  let mode;
  try {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY); // a fifo must not hold us up
    try {
      const st = fs.fstatSync(fd);
      if (!st.isFile()) throw new InvalidArgument(`${what} ${path} is no regular file`);
      mode = st.mode & 0o7777;
      const bytes = Buffer.alloc(FILE_MAX + 1);
      text = bytes.toString("utf8", 0, fs.readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    if (error instanceof InvalidArgument) throw error;
    throw new InvalidArgument(`${what} ${path} can't be read: ${error.message}`);
  }
  if (text.length > FILE_MAX) throw new InvalidArgument(`${what} ${path} is no key: it has more than ${FILE_MAX} bytes`);
  return [contents(text), mode, mode.toString(8).padStart(4, "0")];
}

const malformed = (path, what, which) =>
  new InvalidArgument(
    `${what} ${path} holds no ${which}: a key is 40 characters (Z85), alone in the file, or as a certificate of CZMQ's ` +
      "has it; textctl keygen makes both keys",
  );

function readSecret(path) {
  const what = "the secret key";
  const [found, mode, octal] = read(path, what);
  const secret = found.bare ?? found["secret-key"] ?? "";
  if (!secret && found["public-key"])
    throw new InvalidArgument(
      `${what} ${path} holds a public key alone (a secret of forty zeros is none); name the secret's file, which ` +
        "textctl keygen calls NAME.key_secret",
    );
  if (!decode(secret)) throw malformed(path, what, "secret key");
  const own = publicOf(secret);
  if ((found["public-key"] ?? own) !== own)
    throw new InvalidArgument(
      `${what} ${path} holds a public key that isn't the secret's; take the file as textctl keygen wrote it`,
    );
  if (mode & OTHERS)
    throw new InvalidArgument(
      `${what} ${path} has mode ${octal}: others can read or change the secret; chmod 600 it, or, if somebody may have ` +
        "read it, make another pair with textctl keygen",
    );
  return { curvePublicKey: own, curveSecretKey: secret };
}

function readPublic(given) {
  const what = "the server's public key";
  if (decode(given) && !fs.existsSync(given)) return given;
  const [found, mode, octal] = read(given, what);
  if (found["secret-key"])
    throw new InvalidArgument(`${what} ${given} holds a secret key, which belongs to its owner alone`);
  const key = found.bare ?? found["public-key"] ?? "";
  if (!decode(key)) throw malformed(given, what, "public key");
  if (mode & 0o002)
    throw new InvalidArgument(`${what} ${given} has mode ${octal}: everybody can change the key; chmod o-w it`);
  return key;
}

// zeromq.js's options for the keys that are given; or for those of the variables, for an endpoint that may be on a
// network. null: it isn't encrypted.
function findKeys(endpoint, keyFile, serverKey, env = process.env) {
  if (endpoint.startsWith("tcp://")) {
    keyFile ??= env.TEXTD_CURVE_KEY_FILE;
    serverKey ??= env.TEXTD_CURVE_SERVER_KEY;
  }
  if (!keyFile && !serverKey) return null;
  if (!keyFile || !serverKey) {
    const [given, missing] = keyFile ? ["curveKeyFile", "curveServerKey"] : ["curveServerKey", "curveKeyFile"];
    throw new InvalidArgument(`${given} is given without ${missing}: an encrypted endpoint needs both`);
  }
  if (!capability.curve)
    throw new InvalidArgument("this libzmq has no CURVE: it can't connect to an endpoint that is encrypted");
  return { ...readSecret(keyFile), curveServerKey: readPublic(serverKey) };
}

module.exports = { findKeys };
