// Many texts: order, errors, bounds, and what happens to the rest when a loop ends early.
import assert from "node:assert/strict";
import test from "node:test";
import { InvalidArgument, PluginCrashed, TextdError } from "../src/index.mjs";
import { FAULT, start, waitFor } from "./daemon.mjs";

const lengths = function* (n) {
  for (let i = 0; i < n; i++) yield "x".repeat((i % 97) + 1);
};

async function collect(batch) {
  const all = [];
  for await (const found of batch) all.push(found);
  return all;
}

const documents = async (daemon) => (await daemon.control({ op: "status" })).documents;

test("in order, each once, from an array, a generator and an async generator", async (t) => {
  const { client } = await start(t, FAULT);
  async function* slowly() {
    for (const text of lengths(500)) {
      if (text.length === 50) await new Promise((resolve) => setTimeout(resolve, 1));
      yield text;
    }
  }
  for (const texts of [[...lengths(500)], lengths(500), slowly(), new Set(["x", "xx", "xxx"])]) {
    const docs = await collect(client.annotateMany(texts));
    assert.equal(docs.length, texts.size ?? 500);
    docs.forEach((doc, i) =>
      assert.deepEqual([doc.index, doc.text.length, doc.results.fault], [i, (i % 97) + 1, (i % 97) + 1]),
    );
  }
  assert.deepEqual(await collect(client.annotateMany([])), []);
});

test("as they come", async (t) => {
  const { client } = await start(t, { ...FAULT, workers: { count: 2, window: 1 } }); // none waits behind the slow one
  const docs = await collect(client.annotateMany(["SLEEP 300", "x", "xx", "xxx"], { ordered: false }));
  assert.equal(docs.at(-1).index, 0);
  assert.deepEqual(docs.map((doc) => doc.index).sort(), [0, 1, 2, 3]);
});

test("each with its own keys", async (t) => {
  const { client } = await start(t);
  const items = [{ text: "One. Two.", meta: "a" }, { text: "Acme Corp.", plugins: ["entities"] }, "Three. Four."];
  const docs = await collect(client.annotateMany(items, { plugins: ["segmenter"], meta: "common" }));
  assert.deepEqual(
    docs.map((doc) => [doc.meta, Object.keys(doc.results)[0]]),
    [
      ["a", "segmenter"],
      ["common", "entities"],
      ["common", "segmenter"],
    ],
  );
});

test("no more is taken than the window allows", async (t) => {
  const { client, daemon } = await start(t, FAULT);
  let taken = 0;
  const endless = function* () {
    for (;;) yield `SLEEP ${(taken++, 10000)}`;
  };
  const batch = client.annotateMany(endless(), { window: 8 });
  const first = batch.next();
  await waitFor("8 documents", async () => (await documents(daemon)) === 8);
  assert.equal(taken, 8);
  await batch.return();
  assert.deepEqual(await first, { value: undefined, done: true });
});

test("no more is taken than the window allows while answers are not used", async (t) => {
  const { client } = await start(t, FAULT);
  let taken = 0;
  const counted = function* () {
    for (const text of lengths(1000)) {
      taken++;
      yield text;
    }
  };
  let used = 0;
  for await (const doc of client.annotateMany(counted(), { window: 16 })) {
    assert.equal(doc.index, used++);
    if (used % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(taken <= used + 16);
  }
  assert.equal(used, 1000);
});

test("several that ask at once get their answers in order", async (t) => {
  const { client } = await start(t, FAULT);
  const batch = client.annotateMany(lengths(20), { window: 4 });
  const found = await Promise.all(Array.from({ length: 22 }, () => batch.next()));
  assert.deepEqual(
    found.map(({ value, done }) => (done ? null : value.index)),
    [...Array(20).keys(), null, null],
  );
});

test("an error is thrown in its place, and ends the rest", async (t) => {
  const { client, daemon } = await start(t, FAULT);
  const seen = [];
  const error = await assert.rejects(
    (async () => {
      for await (const doc of client.annotateMany(["x", "xx", "CRASH", ...Array(20).fill("SLEEP 20000")]))
        seen.push(doc.index);
    })(),
    (e) => e instanceof PluginCrashed && e.index === 2,
  );
  assert.equal(error, undefined);
  assert.deepEqual(seen, [0, 1]);
  await waitFor("the others to be taken back", async () => (await documents(daemon)) === 0);
});

test("errors come as items when asked for, and those of an item's own kind, too", async (t) => {
  const { client } = await start(t, FAULT);
  const items = ["x", "CRASH", "\ud800", 7, { text: "xx", plugin: [] }, { text: "SLEEP 10000", deadlineMs: 30 }, "xxx"];
  for (const ordered of [true, false]) {
    const found = (await collect(client.annotateMany(items, { errors: "return", ordered }))).sort(
      (a, b) => a.index - b.index,
    );
    assert.deepEqual(
      found.map((f) => (f instanceof TextdError ? f.code : f.results.fault)),
      [1, "PLUGIN_CRASHED", "INVALID", "INVALID", "INVALID", "DEADLINE_EXCEEDED", 3],
    );
    assert.deepEqual(
      found.map((f) => f.index),
      [0, 1, 2, 3, 4, 5, 6],
    );
  }
});

test("a source that fails is told when what came before is handed out", async (t) => {
  const { client } = await start(t, FAULT);
  const seen = [];
  const failing = function* () {
    yield* ["x", "xx"];
    throw new Error("no more of this");
  };
  async function* failingLater() {
    yield* failing();
  }
  for (const texts of [failing(), failingLater()]) {
    seen.length = 0;
    await assert.rejects(async () => {
      for await (const doc of client.annotateMany(texts)) seen.push(doc.index);
    }, /no more of this/);
    assert.deepEqual(seen, [0, 1]);
  }
});

test("what a source gives may fail when it is looked at", { timeout: 10000 }, async (t) => {
  const { client } = await start(t, FAULT);
  const words = /can't be looked at/;
  const fail = () => {
    throw new Error("it can't be looked at");
  };
  const failing = Object.defineProperty({}, "text", { get: fail, enumerable: true });
  let closed = 0;
  const sync = function* () {
    try {
      yield* ["x", failing, "xx"];
    } finally {
      closed++;
    }
  };
  async function* async() {
    yield* sync();
  }
  for (const [make, expected] of [
    [sync, words],
    [async, words],
    [() => ({ [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }), TypeError],
    [() => ({ [Symbol.iterator]: () => ({ next: () => undefined }) }), TypeError],
  ])
    for (const errors of ["throw", "return"]) {
      const batch = client.annotateMany(make(), { errors });
      await assert.rejects(collect(batch), expected);
      assert.deepEqual(await batch.next(), { value: undefined, done: true });
    }
  assert.equal(closed, 4);
});

test("a batch ends with its client, also where errors come as items", async (t) => {
  const { client } = await start(t, FAULT);
  const endless = function* () {
    for (;;) yield "x";
  };
  let n = 0;
  await assert.rejects(
    async () => {
      for await (const doc of client.annotateMany(endless(), { errors: "return" })) {
        assert.equal(doc.results?.fault, 1);
        if (++n === 10) client.close();
      }
    },
    { code: "CLOSED" },
  );
});

test("a loop that is left takes back what is in flight, and closes the source", async (t) => {
  const { client, daemon } = await start(t, FAULT);
  let closed = 0;
  const source = function* () {
    try {
      yield "x";
      for (;;) yield "SLEEP 20000";
    } finally {
      closed++;
    }
  };
  for await (const doc of client.annotateMany(source(), { window: 32 })) {
    assert.equal(doc.index, 0);
    assert.ok((await documents(daemon)) > 0);
    break;
  }
  assert.equal(closed, 1);
  await waitFor("the others to be taken back", async () => (await documents(daemon)) === 0);
  assert.equal((await client.annotate("xx")).results.fault, 2);
});

test("a source that hangs doesn't hold up who leaves it", async (t) => {
  const { client } = await start(t, FAULT);
  const hanging = async function* () {
    yield "x";
    await new Promise(() => {});
  };
  for await (const doc of client.annotateMany(hanging())) {
    assert.equal(doc.index, 0);
    break;
  }
});

test("abort: one text, and many", async (t) => {
  const { client, daemon } = await start(t, FAULT);
  const aborter = new AbortController();
  const one = client.annotate("SLEEP 20000", { signal: aborter.signal });
  const many = client.annotateMany(Array(20).fill("SLEEP 20000"), { signal: aborter.signal });
  const next = many.next();
  const reason = new Error("enough");
  await waitFor("all of them", async () => (await documents(daemon)) === 21);
  aborter.abort(reason);
  await assert.rejects(one, reason);
  await assert.rejects(next, reason);
  assert.deepEqual(await many.next(), { value: undefined, done: true });
  await waitFor("all to be taken back", async () => (await documents(daemon)) === 0);
  await assert.rejects(client.annotate("x", { signal: aborter.signal }), reason);
  await assert.rejects(client.annotateMany(["x"], { signal: aborter.signal }).next(), reason);
  await assert.rejects(client.annotate("SLEEP 20000", { signal: AbortSignal.timeout(20) }), { name: "TimeoutError" });
});

test("an abort between two answers is told to who asks next", async (t) => {
  const { client } = await start(t, FAULT);
  const aborter = new AbortController();
  const batch = client.annotateMany(lengths(100), { signal: aborter.signal });
  await batch.next();
  aborter.abort();
  await assert.rejects(batch.next(), { name: "AbortError" });
  assert.deepEqual(await batch.next(), { value: undefined, done: true });
});

test("an abort between two answers takes back what is in flight, and leaves the source at once", async (t) => {
  const { client, daemon } = await start(t, FAULT);
  const aborter = new AbortController();
  let [taken, closed, goOn] = [0, 0];
  const more = new Promise((resolve) => (goOn = resolve));
  async function* source() {
    try {
      for (; ; taken++) {
        if (taken === 10) await more;
        yield taken === 0 ? "x" : "SLEEP 20000";
      }
    } finally {
      closed++;
    }
  }
  const batch = client.annotateMany(source(), { signal: aborter.signal, window: 1000 });
  await batch.next();
  aborter.abort();
  goOn();
  await waitFor("the source to be left", () => closed === 1);
  await waitFor("the others to be taken back", async () => (await documents(daemon)) === 0);
  assert.equal(taken, 10);
  await assert.rejects(batch.next(), { name: "AbortError" });
  assert.equal(closed, 1);
});

test("an abort that comes too late changes nothing", async (t) => {
  const { client } = await start(t, FAULT);
  const aborter = new AbortController();
  assert.equal((await client.annotate("x", { signal: aborter.signal })).results.fault, 1);
  assert.equal((await collect(client.annotateMany(["x", "xx"], { signal: aborter.signal }))).length, 2);
  aborter.abort();
  assert.equal((await client.annotate("xxx")).results.fault, 3);
});

test("two batches at once", async (t) => {
  const { client } = await start(t, FAULT);
  const [one, two] = await Promise.all([
    collect(client.annotateMany(lengths(300))),
    collect(client.annotateMany(lengths(400), { ordered: false })),
  ]);
  assert.deepEqual(
    one.map((doc) => doc.index),
    [...Array(300).keys()],
  );
  assert.deepEqual(
    two.map((doc) => doc.index).sort((a, b) => a - b),
    [...Array(400).keys()],
  );
});

test("a wrong argument is told as such by any way", async (t) => {
  const { client } = await start(t, FAULT);
  await assert.rejects(collect(client.annotateMany(["x", null])), (e) => e instanceof InvalidArgument && e.index === 1);
});
