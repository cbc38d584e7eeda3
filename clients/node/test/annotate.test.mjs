// One text: what comes back, and what is refused before anything is sent.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test, { after, before } from "node:test";
import { encode } from "@msgpack/msgpack";
import {
  BadOption,
  BadRequest,
  Client,
  DeadlineExceeded,
  Doc,
  InvalidArgument,
  PluginCrashed,
  ServerError,
  TextdError,
  UnknownPipeline,
  UnknownPlugin,
} from "../src/index.mjs";
import { Daemon, FAULT, clientOf, start } from "./daemon.mjs";

let daemon;
let client;

before(async () => {
  daemon = await new Daemon({ workers: { count: 2 } }).start();
  client = new Client(daemon.endpoint);
});

after(async () => {
  await client.close();
  await daemon.end();
});

const failure = (promise) =>
  promise.then(
    (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
    (error) => error,
  );

test("a text in another language has no sentiment, and its language is known when a plugin has looked", async () => {
  const doc = await client.annotate("Das war schrecklich.", { plugins: ["sentiment"], lang: "de" });
  assert.deepEqual([doc.sentiment.score, doc.sentiment.label, doc.sentiment.domain], [null, null, null]);
  assert.match(doc.warnings[0], /^sentiment: the text is in German \(de\)/);
  const marked = await new Daemon({ ...FAULT, plugins: [{ name: "tongue" }, { name: "echo" }] }).start();
  const other = new Client(marked.endpoint);
  try {
    assert.equal((await other.annotate("[de] Ja.")).language, "de");
    assert.equal((await other.annotate("[de] Ja.", { plugins: ["echo"] })).language, null);
  } finally {
    await other.close();
    await marked.end();
  }
});

test("a text's entities, sentiment, summary and sentences", async () => {
  const text = "Acme Corp. paid $3 million to Jane Doe. Great news!";
  const doc = await client.annotate(text);
  assert.ok(doc instanceof Doc);
  assert.equal(doc.text, text);
  assert.deepEqual(
    doc.entities.map((e) => [e.type, e.text]),
    [
      ["ORG", "Acme Corp."],
      ["MONEY", "$3 million"],
      ["PERSON", "Jane Doe"],
    ],
  );
  assert.equal(doc.sentiment.label, "positive");
  assert.ok(text.includes(doc.summary.slice(0, 20)));
  assert.deepEqual(
    doc.sentences.map((s) => s.text),
    ["Acme Corp. paid $3 million to Jane Doe.", "Great news!"],
  );
  assert.deepEqual([doc.errors, doc.warnings, doc.meta, doc.offsets, doc.tokens], [{}, [], undefined, "utf16", []]);
  assert.ok(doc.timing.run_us > 0 && doc.served.version);
});

test("what didn't run is empty", async () => {
  const doc = await client.annotate("Acme Corp.", { plugins: ["sentiment"] });
  assert.deepEqual(Object.keys(doc.results), ["sentiment"]);
  assert.deepEqual([doc.entities, doc.sentences, doc.summary], [[], [], null]);
});

test("options, and tokens", async () => {
  const doc = await client.annotate("Acme paid.", { plugins: ["segmenter"], options: { segmenter: { tokens: true } } });
  assert.deepEqual(
    doc.tokens.map((t) => t.text),
    ["Acme", "paid", "."],
  );
});

const LONG = "Acme Corp. paid $3 million to Jane Doe in Berlin, and everybody was glad. ".repeat(12);

for (const [name, text] of Object.entries({
  plain: LONG,
  emoji: `👋🏽 ${LONG.replaceAll("paid", "👍 paid")}`,
  "combining marks": LONG.replaceAll("e", "e\u0301").replaceAll("Jane\u0301 Doe\u0301", "Jane Doe"),
  CJK: `阿克米公司在柏林。${LONG}`,
  "a byte order mark": `\ufeff${LONG}`,
  "a mark in the middle": `${LONG}\ufeff${LONG}`,
  "CR, LF and NUL": LONG.replaceAll(". ", ".\r\n\0"),
}))
  test(`offsets are those of slice: ${name}`, async () => {
    const doc = await client.annotate(text);
    assert.ok(doc.entities.length > 10);
    for (const e of doc.entities) assert.equal(text.slice(e.start, e.end), e.text);
    const { sentences } = doc.results.segmenter;
    assert.deepEqual(
      doc.sentences.map((s) => s.text),
      sentences.map(([start, end]) => text.slice(start, end)),
    );
    assert.ok(doc.sentences.every((s) => s.text.length > 0));
    for (const s of doc.results.summarizer.sentences)
      assert.ok(doc.summary.includes(text.slice(s.start, s.end).split("\r")[0]));
  });

test("a long string that begins with a mark keeps it, and bytes stay bytes", async () => {
  const meta = {
    long: `\ufeff${"x".repeat(400)}`,
    list: [`\ufeff${"é".repeat(400)}`, null, 1.5, true],
    bytes: Buffer.from("\ufeffbytes"),
    short: "\ufeff",
  };
  const doc = await client.annotate("Hello.", { meta });
  assert.deepEqual({ ...doc.meta, bytes: Buffer.from(doc.meta.bytes) }, meta);
});

test("other units, of a client or of one text", async () => {
  const text = "👋 Acme Corp. paid.";
  const start = async (c, options) => (await c.annotate(text, { plugins: ["entities"], ...options })).entities[0].start;
  assert.deepEqual(
    [await start(client), await start(client, { offsets: "codepoint" }), await start(client, { offsets: "byte" })],
    [3, 2, 5],
  );
  const other = new Client(daemon.endpoint, { offsets: "codepoint" });
  assert.equal(await start(other), 2);
  const { sentences } = await other.annotate("👋 Hello there.");
  assert.deepEqual([Object.keys(sentences[0]), sentences.at(-1).end], [["start", "end"], 14]);
  await other.close();
});

test("meta and trace come back; numbers keep their value", async () => {
  const meta = { row: 7, big: 2 ** 40, tags: ["ü", null, 0.5, 2], at: Date.now(), negative: -3_000_000_000 };
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const tracestate = "rojo=1,congo=2";
  const doc = await client.annotate("Hello.", { meta, trace, tracestate });
  assert.deepEqual(doc.meta, meta);
  assert.equal(doc.trace, trace);
  assert.equal(doc.tracestate, tracestate);
  assert.match(doc.timing.span, /^[0-9a-f]{16}$/);
  assert.deepEqual(Object.keys(doc.timing.spans), Object.keys(doc.timing.plugins));
});

test("meta comes back with any keys", async () => {
  const meta = JSON.parse('{"__proto__": {"__proto__": 1}, "constructor": "__proto__", "": [{"toString": null}]}');
  assert.deepEqual((await client.annotate("Hello.", { meta })).meta, meta);
  const reply = await client.request({ text: "Hello.", meta });
  assert.equal(JSON.stringify(reply.meta), JSON.stringify(meta));
});

test("integers above 2^53: the nearest number, or a BigInt when asked for", async () => {
  const big = clientOf({ after }, daemon.endpoint, { bigints: true });
  const meta = { id: 2n ** 60n + 1n };
  assert.equal((await big.annotate("Hello.", { meta })).meta.id, meta.id);
  const reply = await client.request({ op: "annotate", text: "Hello.", meta: { id: 2 ** 60 } });
  assert.equal(reply.meta.id, 2 ** 60);
  assert.equal((await failure(client.annotate("Hello.", { meta }))).code, "INVALID");
});

test("a result by columns looks the same", async () => {
  const form = { form: "columns" };
  const options = { segmenter: { tokens: true, ...form }, entities: form, sentiment: form };
  for (const text of ["Great: Ada Lovelace met Babbage in London for $3.", ""]) {
    const tokens = { options: { segmenter: { tokens: true } } };
    const [listed, columns] = [await client.annotate(text, tokens), await client.annotate(text, { options })];
    assert.ok(columns.results.entities.columns);
    for (const key of ["entities", "names", "sentiment", "sentences", "tokens"]) assert.deepEqual(columns[key], listed[key]);
  }
});

test("a text that is empty, and one of many MiB", async () => {
  assert.deepEqual((await client.annotate("")).entities, []);
  assert.deepEqual((await client.annotate("")).names, []);
  const doc = await client.annotate("Acme Corp. paid. ".repeat(100000), { plugins: ["segmenter"] });
  assert.equal(doc.sentences.length, 100000);
});

test("warnings are handed out", async () => {
  const { warnings } = await client.annotate("Hello.", { lang: "not a language" });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /not a language/);
});

test("the server's errors are classes, with what the protocol says of them", async () => {
  const error = await failure(client.annotate("x", { plugins: ["nope"] }));
  assert.ok(
    error instanceof UnknownPlugin &&
      error instanceof ServerError &&
      error instanceof TextdError &&
      error instanceof Error,
  );
  assert.equal(error.name, "UnknownPlugin");
  assert.deepEqual([error.code, error.retryable], ["UNKNOWN_PLUGIN", false]);
  assert.match(error.message, /nope/);
  assert.ok((await failure(client.annotate("x", { pipeline: "nope" }))) instanceof UnknownPipeline);
  assert.ok((await failure(client.annotate("x", { options: { segmenter: { nope: 1 } } }))) instanceof BadOption);
  assert.ok((await failure(client.annotate("x", { lang: "x".repeat(100) }))) instanceof BadRequest);
  assert.equal((await failure(client.annotate("x".repeat(9 << 20)))).code, "TOO_LARGE");
});

test("a crash, and a deadline", async (t) => {
  const { client: other } = await start(t, FAULT);
  const crash = await failure(other.annotate("CRASH"));
  assert.ok(crash instanceof PluginCrashed);
  assert.equal(crash.plugin, "fault");
  const late = await failure(other.annotate("SLEEP 20000", { deadlineMs: 50 }));
  assert.ok(late instanceof DeadlineExceeded && late.retryable);
});

for (const [name, call, words] of [
  ["a text that is no string", (c) => c.annotate(7), /text must be a string, not number/],
  ["no text", (c) => c.annotate(undefined), /text must be a string, not undefined/],
  ["null", (c) => c.annotate(null), /text must be a string, not null/],
  ["half of a pair in front", (c) => c.annotate("\ud800"), /index 0 \(U\+D800\)/],
  ["half of a pair behind an emoji", (c) => c.annotate("👋a\udc00b"), /index 3 \(U\+DC00\)/],
  ["a pair the wrong way", (c) => c.annotate("x\ude00\ud83d"), /index 1/],
  ["an option that isn't there", (c) => c.annotate("x", { plugin: [] }), /no option 'plugin'; there are: .*plugins/],
  ["an option that Object has", (c) => c.annotate("x", { toString: 1 }), /no option 'toString'/],
  [
    "plugins as a string",
    (c) => c.annotate("x", { plugins: "entities" }),
    /plugins must be an array of names, not 'entities'/,
  ],
  ["a deadline of 0", (c) => c.annotate("x", { deadlineMs: 0 }), /deadlineMs must be a whole number of milliseconds/],
  [
    "a unit that isn't there",
    (c) => c.annotate("x", { offsets: "char" }),
    /must be one of 'byte', 'codepoint', 'utf16', not 'char'/,
  ],
  ["options that are no object", (c) => c.annotate("x", { options: [] }), /options must be an object/],
  ["meta that can't be written", (c) => c.annotate("x", { meta: () => 1 }), /MessagePack/],
  [
    "meta that has itself",
    (c) => {
      const meta = {};
      meta.meta = meta;
      return c.annotate("x", { meta });
    },
    /MessagePack/,
  ],
  ["no options", (c) => c.annotate("x", null), /annotate's options must be an object, not null/],
  ["options that are a number", (c) => c.ping(7), /ping's options must be an object, not 7/],
  ["a signal that is none", (c) => c.annotate("x", { signal: true }), /signal must be an AbortSignal/],
  ["a request that is no map", (c) => c.request([1]), /the request must be an object/],
])
  test(`refused before anything is sent: ${name}`, async () => {
    const error = await failure(call(client));
    assert.ok(error instanceof InvalidArgument);
    assert.equal(error.code, "INVALID");
    assert.match(error.message, words);
  });

for (const [name, make, words] of [
  ["an endpoint that is a number", () => new Client(7411), /endpoint must be a string/],
  ["options that are a number", () => new Client("tcp://127.0.0.1:1", 7), /Client's options must be an object, not 7/],
  ["no options for many", () => client.annotateMany([], null), /annotateMany's options must be an object, not null/],
  ["an option that isn't there", () => new Client({ timeout: 1 }), /no option 'timeout'; there are: timeoutMs/],
  [
    "a time that is none",
    () => new Client({ timeoutMs: "1" }),
    /timeoutMs must be a whole number of milliseconds, 1 to 2147483647, not '1'/,
  ],
  ["texts that are one", () => client.annotateMany("one text"), /texts must be an iterable/],
  ["a window of 0", () => client.annotateMany([], { window: 0 }), /window must be a whole number, 1 to 16384, not 0/],
  ["errors in a third way", () => client.annotateMany([], { errors: "log" }), /must be one of 'throw', 'return'/],
])
  test(`refused at once: ${name}`, () => {
    assert.throws(make, (error) => error instanceof InvalidArgument && words.test(error.message));
  });

test("an endpoint that is none", async () => {
  for (const endpoint of ["nonsense", "http://localhost:7411", "tcp://localhost", "ipc://" + "x".repeat(200)]) {
    const error = await failure(new Client(endpoint).ping());
    assert.equal(error.code, "INVALID");
    assert.ok(error.message.includes(endpoint));
  }
});

test("ping and describe", async () => {
  const { state, listening } = await client.ping();
  assert.deepEqual([state, listening], ["serving", true]);
  const { plugins, limits, offsets } = await client.describe();
  assert.ok(
    plugins.some((plugin) => plugin.name === "entities") && limits.document_bytes > 0 && offsets.includes("utf16"),
  );
});

test("request: any map, any id, the reply as it came", async () => {
  assert.equal((await client.request({ op: "nonsense" })).error.code, "BAD_REQUEST");
  assert.equal((await client.request({ id: "mine", op: "ping" })).id, "mine");
  assert.deepEqual(
    Buffer.from((await client.request({ id: Buffer.from([0, 255]), op: "ping" })).id),
    Buffer.from([0, 255]),
  );
  assert.equal(
    (await client.request({ id: 3, plugins: ["segmenter"] }, "Two. Sentences.")).results.segmenter.sentences.length,
    2,
  );
  assert.equal(
    (await client.request({ plugins: ["segmenter"] }, Buffer.from("Two. Sentences."))).results.segmenter.sentences
      .length,
    2,
  );
  assert.equal((await client.request({ id: [1] })).error.code, "BAD_REQUEST");
  const bytes = await client.request(Buffer.from("not MessagePack"), undefined, { raw: true });
  assert.ok(bytes.includes("BAD_REQUEST"));
  const [one, two] = [client.request({ id: 5, op: "ping" }), failure(client.request({ id: 5, op: "ping" }))];
  assert.equal((await one).id, 5);
  assert.match((await two).message, /5 is in flight already/);
});

test("who changes bytes that were given changes nothing of the request", async () => {
  const other = new Client(daemon.endpoint);
  const head = Buffer.from(encode({ id: 1, plugins: ["segmenter"] }));
  const frame = Buffer.from("Two. Sentences.");
  const reply = other.request(head, frame); // there is no connection yet
  head.fill(0);
  frame.fill("x");
  assert.equal((await reply).results.segmenter.sentences.length, 2);
  await other.close();
});

test("any number of requests have one signal, and one listener", async () => {
  const aborter = new AbortController();
  const { signal } = aborter;
  const first = client.annotate("x", { signal });
  const others = Array.from({ length: 50 }, () => client.annotate("x", { signal, plugins: ["segmenter"] }));
  const batch = client.annotateMany(["x"], { signal });
  assert.equal(getEventListeners(signal, "abort").length, 1);
  await Promise.all([first, ...others, batch.return()]);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  const pending = Array.from({ length: 50 }, () => failure(client.annotate("x", { signal })));
  aborter.abort(new Error("enough"));
  for (const error of await Promise.all(pending)) assert.equal(error.message, "enough");
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("an error's stack has the line that waited", async () => {
  async function handler() {
    await client.annotate("x", { plugins: ["nope"] });
  }
  async function loop() {
    for await (const doc of client.annotateMany(["x", "\ud800"])) assert.equal(doc.index, 0);
  }
  assert.match((await failure(handler())).stack, /^UnknownPlugin: .*nope.*\n {4}at async handler .*annotate\.test/);
  assert.match((await failure(loop())).stack, /^InvalidArgument: .*\n {4}at async loop .*annotate\.test/);
});

test("many at once, of all kinds, each its own answer", async () => {
  const answers = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      if (i % 3 === 0) return (await client.ping()).state;
      if (i % 3 === 1) return (await client.request({ id: `id ${i}`, op: "ping" })).id;
      return (await client.annotate(`Text ${i}.`, { plugins: ["segmenter"], meta: i })).meta;
    }),
  );
  answers.forEach((answer, i) => assert.equal(answer, i % 3 === 0 ? "serving" : i % 3 === 1 ? `id ${i}` : i));
});

test("a closed client refuses, and rejects what it had", async () => {
  const other = new Client(daemon.endpoint);
  const pending = failure(other.annotate("Hello. ".repeat(50000)));
  const closed = other.close();
  assert.equal((await pending).code, "CLOSED");
  await closed;
  assert.equal((await failure(other.annotate("x"))).code, "CLOSED");
  await other.close();
});

test("await using", { skip: !Symbol.asyncDispose }, async () => {
  const other = new Client(daemon.endpoint);
  await other.ping();
  await other[Symbol.asyncDispose]();
  assert.equal((await failure(other.ping())).code, "CLOSED");
});
