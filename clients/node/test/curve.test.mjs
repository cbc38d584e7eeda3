// Keys of encrypted endpoints: which are taken, and which is told to be wrong.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import test from "node:test";
import { Worker } from "node:worker_threads";
import zmq from "zeromq";
import { Client, InvalidArgument } from "../src/index.mjs";
import { FAULT, PACKAGE, start } from "./daemon.mjs";

function makeKeys(t) {
  const folder = mkdtempSync("/tmp/tdkeys");
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name) => path.join(folder, name);
  const make = (name) => {
    const { publicKey, secretKey } = zmq.curveKeyPair();
    writeFileSync(file(`${name}.key`), `curve\n    public-key = "${publicKey}"\n`);
    writeFileSync(file(`${name}.key_secret`), `curve\n    public-key = "${publicKey}"\n    secret-key = "${secretKey}"\n`);
    chmodSync(file(`${name}.key_secret`), 0o600);
    return publicKey;
  };
  mkdirSync(file("clients"), { mode: 0o755 });
  const [server, alice, mallory] = [make("server"), make("alice"), make("mallory")];
  writeFileSync(file("clients/alice.key"), alice);
  return { file, server, alice, mallory };
}

async function startEncrypted(t, keys) {
  const { daemon } = await start(t, {
    endpoints: [
      "ipc://${RUNTIME_DIRECTORY}/textd.sock",
      "tcp://127.0.0.1:*",
      { address: "tcp://127.0.0.2:*", insecure: true },
    ],
    curve: { key_file: keys.file("server.key_secret"), clients: keys.file("clients") },
    ...FAULT,
  });
  const [, ...tcp] = (await daemon.control({ op: "status", id: 1 })).listening.endpoints;
  return tcp;
}

async function ping(endpoint, options) {
  const client = new Client(endpoint, options);
  try {
    return await client.ping();
  } finally {
    await client.close();
  }
}

async function refusal(endpoint, options, code = /^(REFUSED|NO_PROTOCOL)$/) {
  const began = performance.now();
  const error = await ping(endpoint, { connectMs: 20000, ...options }).then(
    () => assert.fail("it was let in"),
    (e) => e,
  );
  assert.match(error.code, code, error.message);
  assert.ok(performance.now() - began < 10000, "it need not wait for the connect time to be over");
  return error.message;
}

test("a key that is known is let in, and of the others it is told which is wrong", async (t) => {
  const keys = makeKeys(t);
  const [encrypted, plain] = await startEncrypted(t, keys);
  const mine = { curveKeyFile: keys.file("alice.key_secret"), curveServerKey: keys.file("server.key") };

  assert.equal((await ping(encrypted, mine)).state, "serving");
  assert.equal((await ping(encrypted, { ...mine, curveServerKey: keys.server })).state, "serving");
  const told = await refusal(encrypted, { ...mine, curveKeyFile: keys.file("mallory.key_secret") }, /^REFUSED$/);
  assert.ok(told.includes("refused our key") && told.includes(keys.mallory), told);
  const other = await refusal(encrypted, { ...mine, curveServerKey: keys.mallory }, /^REFUSED$/);
  assert.ok(other.includes(`has another key than ${keys.mallory}`), other);
  assert.match(await refusal(plain, mine, /^REFUSED$/), /is not encrypted/);
  assert.match(await refusal(encrypted, { connectMs: 300 }), /keys/);

  // A thread, whose socket has no monitor.
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    const { Client } = require(workerData.main);
    const client = new Client(workerData.endpoint, workerData.options);
    client.ping().then(async ({ state }) => { await client.close(); parentPort.postMessage(state); });
  `;
  const main = path.join(PACKAGE, "src/index.js");
  const worker = new Worker(source, { eval: true, workerData: { main, endpoint: encrypted, options: mine } });
  assert.deepEqual(await once(worker, "message"), ["serving"]);
  await once(worker, "exit");
});

test("files of keys that can't be taken are refused with what to do", (t) => {
  const keys = makeKeys(t);
  const mine = { curveKeyFile: keys.file("alice.key_secret"), curveServerKey: keys.file("server.key") };
  const refused = (options, words) =>
    assert.throws(() => new Client("tcp://127.0.0.1:1", options), (e) => e instanceof InvalidArgument && words.test(e.message));

  refused({ curveKeyFile: mine.curveKeyFile }, /curveKeyFile is given without curveServerKey/);
  refused({ ...mine, curveKeyFile: keys.file("server.key") }, /holds a public key alone/);
  refused({ ...mine, curveServerKey: mine.curveKeyFile }, /holds a secret key, which belongs to its owner alone/);
  refused({ ...mine, curveServerKey: keys.file("nowhere") }, /can't be read/);
  refused({ ...mine, curveKeyFile: keys.file("clients") }, /is no regular file/);
  writeFileSync(keys.file("odd"), `curve\n    public-key = "${keys.mallory}"\n    secret-key = "${"#".repeat(40)}"\n`);
  refused({ ...mine, curveKeyFile: keys.file("odd") }, /holds no secret key/);
  chmodSync(mine.curveKeyFile, 0o644);
  refused(mine, /mode 0644: .*chmod 600 .*textctl keygen/);
});
