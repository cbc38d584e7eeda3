// The driver of the Node client for the harness of all clients; world.py says what it reads and prints. It uses the
// client as its users do. In mode `request` it writes and reads MessagePack itself, since JavaScript doesn't tell 2.0
// from 2.
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Client, TextdError } from "../../clients/node/src/index.mjs";

const FATAL = { UNAVAILABLE: 69, LOST: 69, TIMEOUT: 75, NO_PROTOCOL: 76, REFUSED: 76 };

function readCommandLine() {
  const number = (text, name, isRight) => {
    if (!isRight(Number(text))) throw new Error(`--${name} is ${text}`);
    return Number(text);
  };
  const { values: v } = parseArgs({
    options: {
      endpoint: { type: "string" },
      mode: { type: "string", default: "annotate" },
      window: { type: "string", default: "64" },
      timeout: { type: "string" },
      connect: { type: "string" },
      plugins: { type: "string" },
      offsets: { type: "string" },
      unordered: { type: "boolean", default: false },
    },
  });
  if (!v.endpoint) throw new Error("--endpoint is missing");
  if (!["annotate", "request"].includes(v.mode)) throw new Error(`--mode is ${v.mode}`);
  const ms = (name) => (v[name] === undefined ? undefined : Math.ceil(1000 * number(v[name], name, (x) => x > 0)));
  return {
    ...v,
    window: number(v.window, "window", (x) => Number.isInteger(x) && x > 0),
    plugins: v.plugins?.split(","),
    client: { timeoutMs: ms("timeout"), connectMs: ms("connect"), offsets: v.offsets },
  };
}

// The lines of stdin, read as they are asked for.
async function* lines() {
  let rest = [];
  for await (const chunk of process.stdin) {
    let begin = 0;
    for (let end; (end = chunk.indexOf(10, begin)) >= 0; begin = end + 1) {
      rest.push(chunk.subarray(begin, end));
      yield Buffer.concat(rest).toString();
      rest = [];
    }
    rest.push(chunk.subarray(begin));
  }
  if (rest.some((part) => part.length > 0)) yield Buffer.concat(rest).toString();
}

async function print(line) {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

// ---- Documents ----

// Bytes as {"hex": …}.
function plain(value) {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
  return value;
}

async function* documents(plugins) {
  for await (const line of lines()) {
    const { text, deadline_ms: deadlineMs, lang, meta, options, ...more } = JSON.parse(line);
    yield { text, deadlineMs, lang, meta, options, plugins: more.plugins ?? plugins };
  }
}

function lineOf(found) {
  if (!(found instanceof TextdError)) {
    const { index: line, results, warnings, meta } = found;
    return {
      line,
      ok: true,
      results: plain(results),
      ...(warnings.length > 0 && { warnings }),
      ...(meta !== undefined && { meta: plain(meta) }),
    };
  }
  const { index: line, code, message, retryable, retryAfterMs } = found;
  return {
    line,
    ok: false,
    error: { code, message, retryable, ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) },
  };
}

async function annotateAll(client, { window, unordered, plugins }) {
  let code = 0;
  for await (const found of client.annotateMany(documents(plugins), {
    window,
    ordered: !unordered,
    errors: "return",
  })) {
    if (FATAL[found.code]) throw found;
    if (found instanceof TextdError) code = 1;
    await print(JSON.stringify(lineOf(found)));
  }
  return code;
}

// ---- Requests ----

function head(n, small, base, limits) {
  if (n < small) return Buffer.from([base + n]);
  const [size, byte] = limits.find(([bytes]) => n < 2 ** (8 * bytes));
  const bytes = Buffer.alloc(1 + size, byte);
  bytes.writeUIntBE(n, 1, size);
  return bytes;
}

function integer(text) {
  const n = BigInt(text);
  const bytes = Buffer.alloc(9);
  if (n >= -32n && n < 128n) return Buffer.from([Number(n) & 255]);
  if (n >= 0n && n < 2n ** 32n)
    return head(Number(n), 0, 0, [
      [1, 0xcc],
      [2, 0xcd],
      [4, 0xce],
    ]);
  bytes[0] = n < 0n ? 0xd3 : 0xcf;
  bytes.writeBigUInt64BE(BigInt.asUintN(64, n), 1);
  return bytes;
}

function float(text) {
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(Number(text), 1);
  return bytes;
}

function str(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([
    head(bytes.length, 32, 0xa0, [
      [1, 0xd9],
      [2, 0xda],
      [4, 0xdb],
    ]),
    bytes,
  ]);
}

function pack(value) {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === "string") return str(value);
  if (Array.isArray(value))
    return Buffer.concat([
      head(value.length, 16, 0x90, [
        [2, 0xdc],
        [4, 0xdd],
      ]),
      ...value.map(pack),
    ]);
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value[keys[0]] === "string") {
    const text = value[keys[0]];
    if (keys[0] === "float") return float(text);
    if (keys[0] === INTEGER) return integer(text);
    if (keys[0] === "hex") {
      const bytes = Buffer.from(text, "hex");
      return Buffer.concat([
        head(bytes.length, 0, 0, [
          [1, 0xc4],
          [2, 0xc5],
          [4, 0xc6],
        ]),
        bytes,
      ]);
    }
  }
  return Buffer.concat([
    head(keys.length, 16, 0x80, [
      [2, 0xde],
      [4, 0xdf],
    ]),
    ...keys.flatMap((key) => [str(key), pack(value[key])]),
  ]);
}

// JSON.parse makes a double of every number; here an integer stays one, of any size, and what has a point a float.
const INTEGER = "$integer";
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const parse = (json) =>
  JSON.parse(
    json.replace(TOKEN, (token) =>
      token[0] === '"' ? token : JSON.stringify({ [/[.eE]/.test(token) ? "float" : INTEGER]: token }),
    ),
  );

// A message as JSON.
class Unpack {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  uint(size) {
    this.at += size;
    return size <= 6 ? this.bytes.readUIntBE(this.at - size, size) : this.bytes.readBigUInt64BE(this.at - size);
  }

  int(size) {
    this.at += size;
    return size <= 6 ? this.bytes.readIntBE(this.at - size, size) : this.bytes.readBigInt64BE(this.at - size);
  }

  take(n) {
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  float(number) {
    return Number.isInteger(number) || !Number.isFinite(number)
      ? `{"float":"${Number.isInteger(number) ? number.toFixed(1) : String(number).replace("Infinity", "inf").toLowerCase()}"}`
      : String(number);
  }

  map(n) {
    return `{${Array.from({ length: n }, () => {
      const key = this.value();
      return `${key[0] === '"' ? key : JSON.stringify(key)}:${this.value()}`;
    }).join(",")}}`;
  }

  value() {
    const h = this.uint(1);
    const sized = (base) => this.uint(2 ** (h - base));
    const str = (n) => JSON.stringify(this.take(n).toString());
    const array = (n) => `[${Array.from({ length: n }, () => this.value()).join(",")}]`;
    if (h < 0x80) return String(h);
    if (h < 0x90) return this.map(h - 0x80);
    if (h < 0xa0) return array(h - 0x90);
    if (h < 0xc0) return str(h - 0xa0);
    if (h >= 0xe0) return String(h - 256);
    if (h === 0xc0) return "null";
    if (h === 0xc2 || h === 0xc3) return String(h === 0xc3);
    if (h >= 0xc4 && h <= 0xc6) return `{"hex":"${this.take(sized(0xc4)).toString("hex")}"}`;
    if (h === 0xca) return this.float(this.take(4).readFloatBE());
    if (h === 0xcb) return this.float(this.take(8).readDoubleBE());
    if (h >= 0xcc && h <= 0xcf) return String(sized(0xcc));
    if (h >= 0xd0 && h <= 0xd3) return String(this.int(2 ** (h - 0xd0)));
    if (h >= 0xd9 && h <= 0xdb) return str(sized(0xd9));
    if (h === 0xdc || h === 0xdd) return array(this.uint(h === 0xdc ? 2 : 4));
    if (h === 0xde || h === 0xdf) return this.map(this.uint(h === 0xde ? 2 : 4));
    throw new Error(`a reply with the byte 0x${h.toString(16)}`);
  }
}

async function askAll(client) {
  let code = 0;
  for await (const line of lines()) {
    const { $text, ...request } = parse(line);
    const json = new Unpack(await client.request(pack(request), $text?.frame, { raw: true })).value();
    if (!JSON.parse(json).ok) code = 1;
    await print(json);
  }
  return code;
}

// ---- The program ----

async function main() {
  let options;
  try {
    options = readCommandLine();
  } catch (error) {
    console.error(`drive: ${error.message}`);
    return 2;
  }
  const client = new Client(options.endpoint, options.client);
  try {
    return await (options.mode === "annotate" ? annotateAll(client, options) : askAll(client));
  } catch (error) {
    if (!FATAL[error.code]) throw error;
    await print(JSON.stringify({ fatal: { code: error.code, message: error.message } }));
    return FATAL[error.code];
  } finally {
    await client.close();
    process.stdin.destroy();
  }
}

process.exitCode = await main();
