// What the client holds of the process it is in: nothing longer than it must. And that it is one client, however it
// is imported.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { Worker } from "node:worker_threads";
import * as esm from "../src/index.mjs";
import { FAULT, PACKAGE, runNode, start, waitFor } from "./daemon.mjs";

const IMPORT = `import { Client } from ${JSON.stringify(path.join(PACKAGE, "src/index.mjs"))};\n`;

// What a client leaves behind when it goes is dropped, but for what runs.
const SOON = { ...FAULT, workers: { count: 2, window: 1 } };

function programs(t) {
  const folder = mkdtempSync("/tmp/td");
  t.after(() => rmSync(folder, { recursive: true }));
  let n = 0;
  return (source, options) => {
    const file = path.join(folder, `program${n++}.mjs`);
    writeFileSync(file, IMPORT + source);
    return runNode([file], options);
  };
}

test("a program ends by itself, with no close, soon after its last answer", async (t) => {
  const { daemon } = await start(t, FAULT);
  const run = programs(t);
  const env = { TEXTD_ENDPOINT: daemon.endpoint };
  const report = "process.on('exit', () => console.log(Math.round(performance.now() - end)));\n";
  for (const source of [
    `const doc = await new Client().annotate("xxx"); const end = performance.now(); console.log(doc.results.fault); ${report}`,
    `for await (const doc of new Client().annotateMany(["xxx", "x"])) console.log(doc.results.fault); const end = performance.now(); ${report}`,
    `const client = new Client(); console.log((await client.annotate("xxx")).results.fault); client.annotate("CRASH").catch(() => {}); const end = performance.now(); ${report}`,
    `new Client().annotate("xxx").then((doc) => console.log(doc.results.fault)); let end = performance.now(); ${report}`,
    `const client = new Client(); for await (const doc of client.annotateMany(["xxx", "SLEEP 20000"])) { console.log(doc.results.fault); break; } const end = performance.now(); ${report}`,
    `new Client(); console.log(3); const end = performance.now(); ${report}`,
  ]) {
    const { code, out, err } = await run(source, { env });
    const lines = out.trim().split("\n");
    assert.deepEqual([code, err, lines[0]], [0, "", "3"], source);
    assert.ok(Number(lines.at(-1)) < 1000, `${lines.at(-1)} ms: ${source}`);
  }
});

test("with close it ends at once", async (t) => {
  const { daemon } = await start(t, FAULT);
  const { code, out } = await programs(t)(
    `const client = new Client({ idleMs: 60000 }); await client.annotate("x"); await client.close();
    const end = performance.now(); process.on("exit", () => console.log(performance.now() - end));`,
    { env: { TEXTD_ENDPOINT: daemon.endpoint } },
  );
  assert.equal(code, 0);
  assert.ok(Number(out) < 90, out);
});

test("where nobody is the program is told, and ends", async (t) => {
  const run = programs(t);
  const env = { TEXTD_ENDPOINT: "ipc:///tmp/td-nothing-here/textd.sock" };
  const { code, err, ms } = await run('await new Client().annotate("x");', { env });
  assert.equal(code, 1);
  assert.match(err, /Unavailable: nobody answers at ipc:\/\/\/tmp\/td-nothing-here\/textd\.sock.*is textd running\?/);
  assert.ok(ms < 4000, `${ms} ms`);
  const handled = await run(
    'await new Client({ connectMs: 100 }).annotate("x").catch((error) => console.log(error.code));',
    { env },
  );
  assert.deepEqual([handled.code, handled.out], [0, "UNAVAILABLE\n"]);
});

test("a program's tests may stop its clock", async (t) => {
  const { daemon } = await start(t, FAULT);
  const { code, out, err } = await programs(t)(
    `for (const name of ["setTimeout", "setInterval", "setImmediate"]) globalThis[name] = () => ({ unref() {} });
    Date.now = () => 0;
    Object.defineProperty(performance, "now", { value: () => 0 }); // Node 18 doesn't let it be assigned
    console.log((await new Client({ idleMs: 10 }).annotate("xxx")).results.fault);
    await new Client("ipc:///tmp/td-nothing-here/textd.sock", { connectMs: 50 }).ping().catch((e) => console.log(e.code));`,
    { env: { TEXTD_ENDPOINT: daemon.endpoint }, kill: 5000 },
  );
  assert.deepEqual([code, out, err], [0, "3\nUNAVAILABLE\n", ""]);
});

test("process.exit with texts in flight, and a signal, end it at once", async (t) => {
  const { daemon } = await start(t, SOON);
  const run = programs(t);
  const env = { TEXTD_ENDPOINT: daemon.endpoint };
  const flying =
    'const client = new Client(); await client.annotate("x"); for (let i = 0; i < 50; i++) client.annotate("SLEEP 200").catch(() => {});\n';
  for (let i = 0; i < 5; i++) {
    const { code, ms, err } = await run(`${flying} setTimeout(() => process.exit(7), ${i * 3});`, { env });
    assert.deepEqual([code, err], [7, ""]);
    assert.ok(ms < 2000, `${ms} ms`);
  }
  const killed = await run(`${flying} setTimeout(() => process.kill(process.pid, "SIGTERM"), 10);`, { env });
  assert.equal(killed.signal, "SIGTERM");
  await waitFor("the daemon to forget them", async () => (await daemon.control({ op: "status" })).documents === 0);
});

test("an exit while the daemon comes and goes", async (t) => {
  const { daemon } = await start(t, SOON);
  const running = programs(t)(
    `const client = new Client({ timeoutMs: 20000 }); for (let i = 0; i < 50; i++) client.annotate("SLEEP 200").catch(() => {});
    setTimeout(() => process.exit(7), 700);`,
    { env: { TEXTD_ENDPOINT: daemon.endpoint } },
  );
  for (let i = 0; i < 3; i++) {
    await daemon.kill();
    await daemon.start();
  }
  const { code, err, ms } = await running;
  assert.deepEqual([code, err], [7, ""]);
  assert.ok(ms < 3000, `${ms} ms`);
});

function worker(endpoint, body) {
  return new Worker(
    `const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(path.join(PACKAGE, "src/index.mjs"))}).then(async ({ Client }) => {
      const client = new Client(${JSON.stringify(endpoint)});
      const flood = () => { for (let i = 0; i < 50; i++) client.annotate("SLEEP 200").catch(() => {}); };
      parentPort.postMessage((await client.annotate("xxx")).results.fault);
      ${body}
    });`,
    { eval: true },
  );
}

const says = (thread, words) =>
  new Promise((resolve, reject) =>
    thread.on("message", (message) => message === words && resolve()).once("error", reject),
  );

// A port where somebody takes connections and says nothing.
async function listener(t) {
  const server = net.createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await event(server, "listening");
  t.after(() => server.close());
  return server.address().port;
}

const event = (emitter, name) => new Promise((resolve, reject) => emitter.once(name, resolve).once("error", reject));

test("a worker thread ends by itself, by process.exit and by an error, with texts in flight or without", async (t) => {
  const { daemon, client } = await start(t, SOON);
  assert.equal(await event(worker(daemon.endpoint, ""), "exit"), 0);
  assert.equal(await event(worker(daemon.endpoint, "await client.close();"), "exit"), 0);
  for (let i = 0; i < 3; i++) {
    assert.equal(await event(worker(daemon.endpoint, "flood(); process.exit(3);"), "exit"), 3);
    assert.equal(await event(worker(daemon.endpoint, "flood(); setTimeout(() => process.exit(3), 5);"), "exit"), 3);
    await assert.rejects(
      event(worker(daemon.endpoint, "flood(); setTimeout(() => { throw new Error('oh'); }, 5);"), "exit"),
      /oh/,
    );
  }
  assert.equal((await client.annotate("xx")).results.fault, 2);
});

test("a worker thread can be terminated when its client is idle or closed", async (t) => {
  const { daemon, client } = await start(t, SOON);
  for (let i = 0; i < 3; i++) {
    const stay = "setInterval(() => {}, 1000);";
    for (const body of [
      `flood(); await client.close(); parentPort.postMessage("now"); ${stay}`,
      `setTimeout(() => parentPort.postMessage("now"), 50); ${stay}`,
    ]) {
      const thread = worker(daemon.endpoint, body);
      await says(thread, "now");
      const began = performance.now();
      assert.equal(await thread.terminate(), 1);
      assert.ok(performance.now() - began < 1000);
    }
  }
  assert.equal((await client.annotate("xx")).results.fault, 2);
});

test("in a worker thread, too, nothing is lost over a kill, and absence and another program are told", async (t) => {
  const { daemon } = await start(t, FAULT);
  const thread = worker(
    daemon.endpoint,
    `let n = 0;
    for await (const doc of client.annotateMany(Array.from({ length: 2000 }, (_, i) => "x".repeat(i % 97 + 1)))) {
      if (doc.index !== n || doc.results.fault !== n % 97 + 1) throw new Error(n);
      if (++n === 500) parentPort.postMessage("500");
    }
    parentPort.postMessage("all");
    const codeOf = (endpoint) => new Client(endpoint, { connectMs: 300 }).ping().then(() => "none", (error) => error.code);
    parentPort.postMessage(await codeOf("ipc:///tmp/td-nothing-here/textd.sock") + " " + await codeOf("tcp://127.0.0.1:${await listener(t)}"));`,
  );
  const [half, all, codes, ended] = [
    says(thread, "500"),
    says(thread, "all"),
    says(thread, "UNAVAILABLE NO_PROTOCOL"),
    event(thread, "exit"),
  ];
  await half;
  await daemon.kill();
  await daemon.start();
  await all;
  await codes;
  assert.equal(await ended, 0);
});

test("the only user of zeromq is a worker thread", async (t) => {
  const { daemon } = await start(t, SOON);
  const folder = mkdtempSync("/tmp/td");
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "main.mjs");
  writeFileSync(
    path.join(folder, "worker.mjs"),
    `${IMPORT} import { parentPort } from "node:worker_threads"; const client = new Client();
    await client.annotate("x"); for (let i = 0; i < 50; i++) client.annotate("SLEEP 200").catch(() => {});
    parentPort.once("message", async () => { await client.close(); parentPort.postMessage(2); setInterval(() => {}, 1000); }); parentPort.postMessage(1);`,
  );
  writeFileSync(
    file,
    `import { once } from "node:events"; import { Worker } from "node:worker_threads";
    const worker = new Worker(new URL("worker.mjs", import.meta.url));
    await once(worker, "message"); worker.postMessage("close"); await once(worker, "message"); await worker.terminate(); console.log("terminated");`,
  );
  const { code, out, err, ms } = await runNode([file], { env: { TEXTD_ENDPOINT: daemon.endpoint } });
  assert.deepEqual([code, out, err], [0, "terminated\n", ""]);
  assert.ok(ms < 2000, `${ms} ms`);
});

test("import and require give the same classes", async (t) => {
  const { client, daemon } = await start(t, FAULT);
  const cjs = createRequire(import.meta.url)("../src/index.js");
  assert.deepEqual(
    Object.keys(esm)
      .filter((name) => name !== "default" && name !== "module.exports")
      .sort(),
    Object.keys(cjs).sort(),
  );
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name]);
  const other = new cjs.Client(daemon.endpoint);
  assert.ok(other instanceof esm.Client && client instanceof cjs.Client);
  assert.ok((await other.annotate("x")) instanceof esm.Doc);
  await assert.rejects(other.annotate("CRASH"), esm.PluginCrashed);
  await other.close();
});

test("by its name, as users import it", async (t) => {
  const { daemon } = await start(t, FAULT);
  const env = { TEXTD_ENDPOINT: daemon.endpoint };
  const body = 'new Client().annotate("xxx").then((doc) => console.log(doc.results.fault));';
  for (const [kind, source] of [
    ["module", `import { Client } from "@textd/client"; ${body}`],
    ["commonjs", `const { Client } = require("@textd/client"); ${body}`],
  ]) {
    const { code, out, err } = await runNode([`--input-type=${kind}`, "-e", source], { env });
    assert.deepEqual([code, out, err], [0, "3\n", ""], kind);
  }
});

test("without an endpoint it finds the run directory of the same user, and refuses another's", async (t) => {
  const { daemon } = await start(t, FAULT);
  const run = programs(t);
  const source =
    'const client = new Client(); console.log(client.endpoint); console.log((await client.annotate("xxx")).results.fault);';
  assert.equal((await run(source, { env: { RUNTIME_DIRECTORY: daemon.run } })).out, `${daemon.endpoint}\n3\n`);
  const { defaultEndpoint } = createRequire(import.meta.url)("../src/endpoint.js");
  assert.equal(defaultEndpoint({ TEXTD_ENDPOINT: "tcp://there:1" }, 1000), "tcp://there:1");
  assert.equal(defaultEndpoint({}, 0), "ipc:///run/textd/textd.sock");
  const folder = mkdtempSync("/tmp/td");
  t.after(() => rmSync(folder, { recursive: true }));
  const uid = process.geteuid();
  assert.equal(
    defaultEndpoint({ XDG_RUNTIME_DIR: folder }, uid + 1 === 0 ? 1 : uid || 1000).endsWith("/textd.sock"),
    true,
  );
});
