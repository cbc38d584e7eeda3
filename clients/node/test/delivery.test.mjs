// A daemon that is absent, dies, stops, hangs or has too much to do.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Router } from "zeromq";
import { decode, encode } from "@msgpack/msgpack";
import { Lost, NoProtocol, Overloaded, ShuttingDown, Timeout, TooLarge, Unavailable } from "../src/index.mjs";
import { FAULT, clientOf, start, waitFor } from "./daemon.mjs";

const texts = function* (n) {
  for (let i = 0; i < n; i++) yield i % 3 ? "x".repeat((i % 97) + 1) : "SLEEP 1";
};

const check = (doc, i) => assert.deepEqual([doc.index, doc.results.fault], [i, i % 3 ? (i % 97) + 1 : 1]);

// What plays the daemon: answer(request) gives back a list of replies.
async function fake(t, answer) {
  const folder = mkdtempSync("/tmp/td");
  const router = new Router({ linger: 0 });
  const endpoint = `ipc://${folder}/fake.sock`;
  await router.bind(endpoint);
  const seen = [];
  const served = (async () => {
    for await (const [who, head, text] of router) {
      const request = { ...decode(head), ...(text && { text: text.toString() }) };
      seen.push(request);
      for (const reply of answer(request, seen)) {
        if (router.closed) return; // the test is over, and a request still came
        await router.send([who, reply instanceof Uint8Array ? reply : encode(reply)]);
      }
    }
  })();
  t.after(async () => {
    router.close();
    await served;
    rmSync(folder, { recursive: true });
  });
  return { endpoint, seen };
}

const ok = (request, more) => ({ v: 1, id: request.id, ok: true, results: { length: request.text?.length }, ...more });
const failed = (request, code, more) => ({
  v: 1,
  id: request.id,
  ok: false,
  error: { code, message: "scripted", retryable: true, ...more },
});

async function fails(promise, Class, words, within) {
  const began = performance.now();
  const error = await promise.then(
    () => assert.fail("no error"),
    (e) => e,
  );
  assert.ok(error instanceof Class, `${error.stack}`);
  if (words) assert.match(error.message, words);
  if (within) assert.ok(performance.now() - began < within, `it took ${performance.now() - began} ms`);
  return error;
}

test("nobody is there: told within the time to connect, 2 s unless another is given", async (t) => {
  const folder = mkdtempSync("/tmp/td");
  t.after(() => rmSync(folder, { recursive: true }));
  const began = performance.now();
  const words = /nobody answers at ipc:.*nothing.sock.*is textd running\?/;
  await Promise.all([
    fails(clientOf(t, `ipc://${folder}/nothing.sock`).annotate("x"), Unavailable, words, 2900),
    fails(clientOf(t, `ipc://${folder}/nothing.sock`, { connectMs: 100 }).ping(), Unavailable, words, 900),
    fails(
      clientOf(t, "tcp://127.0.0.1:1", { connectMs: 100 }).annotateMany(["x"], { errors: "return" }).next(),
      Unavailable,
      /127\.0\.0\.1:1/,
      900,
    ),
  ]);
  assert.ok(performance.now() - began > 1900);
});

test("another program is there", async (t) => {
  for (const says of ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", ""]) {
    const server = net.createServer((socket) => socket.on("error", () => {}).write(says)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    t.after(() => server.close());
    const client = clientOf(t, `tcp://127.0.0.1:${server.address().port}`, { connectMs: 300 });
    await fails(client.ping(), NoProtocol, /127\.0\.0\.1/, 1200);
    await client.close();
  }
});

for (const [name, reply] of [
  ["words", () => Buffer.from("who are you?")],
  ["another version", (r) => ({ ...ok(r), v: 2 })],
  ["half a map", () => Buffer.from([0x82, 1])],
  ["no word about success", (r) => ({ v: 1, id: r.id })],
  ["an error that is none", (r) => ({ v: 1, id: r.id, ok: false })],
])
  test(`a peer that answers with ${name}`, async (t) => {
    const { endpoint } = await fake(t, (request) => [reply(request)]);
    const client = clientOf(t, endpoint);
    await Promise.all([
      fails(client.annotate("x"), NoProtocol, /is it textd's port\?/, 900),
      fails(client.annotate("y"), NoProtocol),
    ]);
  });

test("a reply to a text without results", { timeout: 10000 }, async (t) => {
  const { endpoint } = await fake(t, (r) => [ok(r, { results: r.text === "x" ? undefined : null })]);
  const client = clientOf(t, endpoint);
  await fails(client.annotate("x"), NoProtocol, /a reply without results/, 900);
  await fails(client.annotateMany(["y"], { errors: "return" }).next(), NoProtocol, /a reply without results/, 900);
});

test("a result with a key that @msgpack/msgpack refuses costs nobody else's answer", async (t) => {
  const text = "\ufeff__proto__ é";
  const results = { words: { STAND_IN_: { n: 1.5 }, [text]: [true, null, Buffer.from([255])] } };
  const { endpoint } = await fake(t, (r) => {
    if (r.text !== text) return [ok(r)];
    const bytes = Buffer.from(encode(ok(r, { results })));
    bytes.write("__proto__", bytes.indexOf("STAND_IN_"));
    return [bytes];
  });
  const client = clientOf(t, endpoint);
  const [one, other] = await Promise.all([client.annotate(text), client.annotate("xx")]);
  const { words } = one.results;
  assert.deepEqual(Object.keys(words), ["__proto__", text]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(words, "__proto__").value, { n: 1.5 });
  assert.equal(Object.getPrototypeOf(words), Object.prototype);
  assert.deepEqual([words[text].slice(0, 2), [...words[text][2]]], [[true, null], [255]]);
  assert.equal(other.results.length, 2);
});

test("replies that nobody waits for are dropped, and so are second ones", async (t) => {
  const { endpoint } = await fake(t, (r) => [
    ok({ id: 12345 }),
    ok({ id: "x" }),
    ok(r),
    ok(r, { results: { length: -1 } }),
  ]);
  const client = clientOf(t, endpoint);
  for (let i = 1; i < 50; i++) assert.equal((await client.annotate("x".repeat(i))).results.length, i);
});

test("kill -9 and SIGTERM, each twice, in the middle of a batch: nothing is lost, nothing comes twice", async (t) => {
  const { daemon, client } = await start(t, FAULT);
  const n = 3000;
  let i = 0;
  const ends = new Map([
    [200, "kill"],
    [800, "stop"],
    [1400, "kill"],
    [2000, "stop"],
  ]);
  for await (const doc of client.annotateMany(texts(n))) {
    check(doc, i);
    if (ends.has(i)) {
      await daemon[ends.get(i)]();
      await daemon.start();
    }
    i++;
  }
  assert.equal(i, n);
});

test("a text that is sent again is what it was, whoever has changed what was given", async (t) => {
  const { daemon, client } = await start(t, FAULT);
  const item = { text: "SLEEP 20", meta: { row: 0 }, deadlineMs: 20000 };
  const items = function* () {
    for (item.meta.row = 0; item.meta.row < 12; item.meta.row++) yield item;
  };
  let i = 0;
  for await (const doc of client.annotateMany(items())) {
    assert.equal(doc.meta.row, i++);
    if (i !== 1) continue;
    await daemon.kill();
    await daemon.start();
  }
  assert.equal(i, 12);
});

test("single texts outlive a restart, too, and the daemon's absence for a while", async (t) => {
  const { daemon, client } = await start(t, FAULT);
  const pending = Array.from({ length: 10 }, (_, i) => client.annotate(`SLEEP ${50 + i}`));
  await waitFor("them", async () => (await daemon.control({ op: "status" })).documents >= 5);
  await daemon.kill();
  await sleep(300);
  await daemon.start();
  (await Promise.all(pending)).forEach((doc, i) => assert.equal(doc.results.fault, 50 + i));
});

test("a batch with nothing in flight waits for the daemon, too", async (t) => {
  const { daemon, client } = await start(t, FAULT, { connectMs: 50 });
  const seen = [];
  for await (const doc of client.annotateMany(["x", "xx", "xxx"], { window: 1 })) {
    seen.push(doc.results.fault);
    if (seen.length !== 1) continue;
    await daemon.kill();
    setTimeout(() => daemon.start(), 300);
  }
  assert.deepEqual(seen, [1, 2, 3]);
});

test("a daemon that stays away: what was sent is lost when its time is over, what wasn't is told at once", async (t) => {
  const { daemon, client } = await start(t, FAULT, { timeoutMs: 700, connectMs: 100 });
  const sent = client.annotate("SLEEP 20000");
  await waitFor("it", async () => (await daemon.control({ op: "status" })).documents === 1);
  const lost = fails(sent, Lost, /was lost with request \d+ unanswered/);
  await daemon.kill();
  const told = await waitFor("the client to see it", () =>
    client.ping({ timeoutMs: 150 }).then(
      () => null,
      (e) => (e instanceof Unavailable ? e : null),
    ),
  );
  assert.match(told.message, /is textd running\?/);
  await lost;
});

test("retry: false", async (t) => {
  const { daemon, client } = await start(t, FAULT, { retry: false });
  const sent = client.annotate("SLEEP 20000");
  await waitFor("it", async () => (await daemon.control({ op: "status" })).documents === 1);
  const lost = fails(sent, Lost, undefined, 2000);
  await daemon.kill();
  await lost;
  const { endpoint, seen } = await fake(t, (r) => [failed(r, r.text, { retry_after_ms: 1 })]);
  const other = clientOf(t, endpoint, { retry: false });
  const error = await fails(other.annotate("OVERLOADED"), Overloaded);
  assert.deepEqual([error.retryable, error.retryAfterMs], [true, 1]);
  await fails(other.annotate("SHUTTING_DOWN"), ShuttingDown);
  assert.equal(seen.length, 2);
});

test("a request that ends its connection each time is given up", async (t) => {
  const { client } = await start(t, { ...FAULT, limits: { document_bytes: "4KiB" } });
  await fails(client.request({}, "x".repeat(3 << 20)), Lost, /lost 5 times .* larger than it takes/);
  assert.equal((await client.annotate("xx")).results.fault, 2);
});

test("a text that would end the connection isn't sent, and costs none of those beside it", async (t) => {
  const { client } = await start(t, { ...FAULT, limits: { document_bytes: "4KiB" } });
  const large = (i) => (i === 50 ? "x" : "é").repeat(i === 50 ? 3 << 20 : 700_000);
  const items = Array.from({ length: 100 }, (_, i) => (i % 50 ? "SLEEP 5" : large(i)));
  const found = [];
  for await (const item of client.annotateMany(items, { errors: "return" }))
    found.push(item.code ?? item.results.fault);
  assert.deepEqual(
    found,
    items.map((text) => (text === "SLEEP 5" ? 5 : "TOO_LARGE")),
  );
  await fails(client.annotate(large(50), { signal: AbortSignal.timeout(20000) }), TooLarge, /3145728 bytes.*4096/);
  const aborter = new AbortController();
  const aborted = client.annotate(large(50), { signal: aborter.signal });
  aborter.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
});

test("large texts that are taken outlive a kill like others", async (t) => {
  const { daemon, client } = await start(t, FAULT);
  const texts = ["x".repeat((1 << 20) + 1), "é".repeat(1 << 20), "x"];
  const pending = texts.map((text) => client.annotate(text));
  await daemon.kill();
  await daemon.start();
  const docs = await Promise.all(pending);
  assert.deepEqual(
    docs.map((doc) => doc.results.fault),
    texts.map((text) => Buffer.byteLength(text)),
  );
});

test("a stopped daemon: TIMEOUT, and what it does when it goes on disturbs nobody", async (t) => {
  const { daemon, client } = await start(t, FAULT, { timeoutMs: 300 });
  await client.annotate("x");
  const { supervisor } = daemon;
  process.kill(supervisor, "SIGSTOP");
  try {
    await fails(client.annotate("x"), Timeout, /did not answer request \d+ within/, 1200);
  } finally {
    process.kill(supervisor, "SIGCONT");
  }
  await waitFor("an answer", () =>
    client.annotate("xxx").then(
      (doc) => doc.results.fault === 3,
      () => false,
    ),
  );
});

test("nothing piles up for a daemon that hangs: its connection is given up, and what is left is sent again", async (t) => {
  const { daemon, client } = await start(t, FAULT, { timeoutMs: 300, connectMs: 100 });
  await client.annotate("x");
  const { supervisor } = daemon;
  process.kill(supervisor, "SIGSTOP");
  let patient;
  try {
    patient = client.annotate("xx", { deadlineMs: 20000 });
    const [one, two] = [client.annotate("x"), client.annotate("x")];
    await Promise.all([fails(one, Timeout), fails(two, Timeout)]);
    await fails(client.annotate("x"), NoProtocol, /textd hangs/, 700);
  } finally {
    process.kill(supervisor, "SIGCONT");
  }
  assert.equal((await patient).results.fault, 2);
});

test("a program that was busy takes what has come for in time", async (t) => {
  const { client } = await start(t, FAULT, { timeoutMs: 200 });
  const pending = Array.from({ length: 40 }, (_, i) => client.annotate("x".repeat(i + 1)));
  await new Promise(setImmediate);
  await sleep(20);
  for (const end = performance.now() + 400; performance.now() < end;);
  (await Promise.all(pending)).forEach((doc, i) => assert.equal(doc.results.fault, i + 1));
});

test("OVERLOADED is sent again after the pause that was asked for, under its id, and doesn't count as a loss", async (t) => {
  const at = [];
  const { endpoint, seen } = await fake(t, (r, { length }) => {
    at.push(performance.now());
    return [length <= 8 ? failed(r, "OVERLOADED", { retry_after_ms: 40 }) : ok(r)];
  });
  assert.equal((await clientOf(t, endpoint).annotate("xxx", { deadlineMs: 20000 })).results.length, 3);
  assert.equal(seen.length, 9);
  assert.ok(
    seen.every((request) => request.id === seen[0].id && request.text === "xxx" && request.deadline_ms <= 20000),
  );
  assert.ok(seen[8].deadline_ms < 19800 && seen[0].deadline_ms === 20000);
  for (let i = 1; i < 9; i++) assert.ok(at[i] - at[i - 1] >= 38 && at[i] - at[i - 1] < 250);
});

test("when time is over the last refusal itself is told; a pause that is longer is not waited for", async (t) => {
  const { endpoint, seen } = await fake(t, (r) => [failed(r, "OVERLOADED", { retry_after_ms: Number(r.text) })]);
  const client = clientOf(t, endpoint, { timeoutMs: 400 });
  const began = performance.now();
  assert.equal((await fails(client.annotate("30"), Overloaded, /scripted/)).retryAfterMs, 30);
  assert.ok(performance.now() - began < 1000 && seen.length > 5);
  await fails(client.annotate("60000"), Overloaded, undefined, 300);
  const down = await fake(t, (r) => [failed(r, "SHUTTING_DOWN")]);
  await fails(clientOf(t, down.endpoint, { timeoutMs: 300 }).annotate("x"), ShuttingDown, undefined, 1200);
  assert.equal(down.seen.length, 1);
});

test("a real daemon that has too much to do answers all in the end", async (t) => {
  const { client } = await start(t, { ...FAULT, client: { documents: 4 } });
  let i = 0;
  for await (const doc of client.annotateMany(texts(200))) check(doc, i++);
  assert.equal(i, 200);
});

test("a code of a later daemon is handed on", async (t) => {
  const { endpoint } = await fake(t, (r) => [failed(r, "TEAPOT")]);
  await assert.rejects(clientOf(t, endpoint).annotate("x"), {
    name: "ServerError",
    code: "TEAPOT",
    retryable: true,
    message: "scripted",
  });
});

test("an idle client has no connection, and gets another when there is something to ask", async (t) => {
  const { client, daemon } = await start(t, FAULT, { idleMs: 20 });
  for (let i = 1; i <= 4; i++) {
    assert.equal((await client.annotate("x".repeat(i))).results.fault, i);
    await sleep(60);
  }
  await daemon.kill();
  await sleep(20);
  await daemon.start();
  assert.equal((await client.annotate("xxxxx")).results.fault, 5);
});

test("memory stays flat over 50,000 documents", async (t) => {
  const { client } = await start(t, FAULT);
  const text = "x".repeat(2000);
  let n = 0;
  let at10k = 0;
  const many = function* () {
    for (let i = 0; i < 50000; i++) yield text + i;
  };
  for await (const doc of client.annotateMany(many())) {
    assert.ok(doc.results.fault > 2000);
    if (++n === 10000) at10k = process.memoryUsage().rss;
  }
  assert.equal(n, 50000);
  const grown = (process.memoryUsage().rss - at10k) / 2 ** 20;
  assert.ok(
    grown < 60,
    `${grown} MiB more than after the first 10,000 documents, which is ${((grown * 2 ** 20) / 40000).toFixed()} bytes each`,
  );
});
