// worker.mjs: a worker of server.py. Language by eld, sentences, words and names by compromise, sentiment by sentiment, a summary of three sentences by
// node-summarizer: each the quickest of those that bench/run measures beside a plugin. One document at a time, as textd's workers.
//
//   node worker.mjs ENDPOINT         documents from a DEALER
//   node worker.mjs --file FILE N    FILE, N times after N / 10: prints us of processor time a document, without any daemon
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { decode, encode } from "@msgpack/msgpack";
import nlp from "compromise";
import { eld } from "eld/large";
import zmq from "zeromq";

const require = createRequire(import.meta.url);
const Sentiment = require("sentiment");
const { SummarizerManager } = require("node-summarizer");
const sentiment = new Sentiment();
const log = console.log;
console.log = () => {}; // one of them chats

function annotate(text) {
  const doc = nlp(text);
  const names = (of) => of.json({ offset: true }).map((one) => ({ text: one.text, ...one.offset }));
  return {
    language: eld.detect(text).language,
    sentences: doc.json({ offset: true }).map((sentence) => ({ ...sentence.offset, tokens: sentence.terms.length })),
    entities: { PERSON: names(doc.people()), ORG: names(doc.organizations()), LOC: names(doc.places()) },
    sentiment: sentiment.analyze(text).comparative,
    summary: new SummarizerManager(text, 3).getSummaryByFrequency().summary,
  };
}

const [where, file, count] = process.argv.slice(2);
if (where === "--file") {
  const text = readFileSync(file, "utf8"), n = Number(count);
  for (let i = 0; i < n / 10; i++) annotate(text);
  const start = process.cpuUsage();
  for (let i = 0; i < n; i++) encode(annotate(text));
  const spent = process.cpuUsage(start);
  log(((spent.user + spent.system) / n).toFixed(1));
} else {
  const socket = new zmq.Dealer();
  socket.connect(where);
  for await (const [client, head, text] of socket)
    await socket.send([client, encode({ id: decode(head).id, ok: true, results: annotate(text.toString()) })]);
}
