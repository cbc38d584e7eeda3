// Summaries by the peers. Reads records {"id", "text"} as JSON Lines, writes {"id", "summary"}; tells on stderr how long it took, as
// JSON: seconds of summarizing alone, of each round.
//
//   node summarize.mjs PEER SENTENCES ROUNDS < RECORDS > SUMMARIES
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);

function nodeSummarizer(way) {
  const { SummarizerManager } = require("node-summarizer");
  return async (text, n) => {
    const manager = new SummarizerManager(text, n);
    const made = way === "rank" ? await manager.getSummaryByRank() : manager.getSummaryByFrequency();
    return typeof made.summary === "string" ? made.summary : "";
  };
}

function tsTextrank() {
  const { SorensenDiceSimilarity, DefaultTextParser, AbsoluteSummarizerConfig, NullLogger, Summarizer } = require("ts-textrank");
  const similarity = new SorensenDiceSimilarity(), parser = new DefaultTextParser();
  return (text, n) => {
    const config = new AbsoluteSummarizerConfig(n, similarity, parser, 0.85, Summarizer.SORT_OCCURENCE);
    return new Summarizer(config, new NullLogger()).summarize(text, "en").map((s) => s.text ?? String(s)).join(" ");
  };
}

// LexRank as its paper has it (Erkan and Radev 2004): cosines of tf-idf above a threshold are edges, and the power method ranks.
function lexrank() {
  const THRESHOLD = 0.1, DAMPING = 0.85;
  return (text, n) => {
    const sentences = text.split(/(?<=[.!?]["')]?)\s+|\n+/).map((s) => s.trim()).filter(Boolean);
    const bags = sentences.map((s) => {
      const bag = new Map();
      for (const w of s.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) bag.set(w, (bag.get(w) ?? 0) + 1);
      return bag;
    });
    const df = new Map();
    for (const bag of bags) for (const w of bag.keys()) df.set(w, (df.get(w) ?? 0) + 1);
    const idf = (w) => Math.log((1 + bags.length) / df.get(w));
    const norms = bags.map((bag) => Math.sqrt([...bag].reduce((sum, [w, tf]) => sum + (tf * idf(w)) ** 2, 0)));
    const cosine = (i, j) => {
      let sum = 0;
      for (const [w, tf] of bags[i]) if (bags[j].has(w)) sum += tf * bags[j].get(w) * idf(w) ** 2;
      return sum > 0 ? sum / (norms[i] * norms[j]) : 0;
    };
    const edges = bags.map((_, i) => bags.map((_, j) => j).filter((j) => j !== i && cosine(i, j) > THRESHOLD));
    let rank = bags.map(() => 1 / bags.length);
    for (let step = 0; step < 30; step++)
      rank = edges.map((near) => (1 - DAMPING) / bags.length + DAMPING * near.reduce((sum, j) => sum + rank[j] / edges[j].length, 0));
    return [...rank.keys()].sort((a, b) => rank[b] - rank[a] || a - b).slice(0, n).sort((a, b) => a - b).map((i) => sentences[i]).join(" ");
  };
}

const peers = {
  "node-summarizer": () => nodeSummarizer("frequency"),
  "node-summarizer-rank": () => nodeSummarizer("rank"),
  "ts-textrank": tsTextrank,
  lexrank,
};

const [name, sentences, rounds] = process.argv.slice(2);
if (!peers[name] || !(Number(sentences) > 0) || !(Number(rounds) > 0)) {
  console.error(`usage: node summarize.mjs PEER SENTENCES ROUNDS < RECORDS; peers: ${Object.keys(peers).join(", ")}`);
  process.exit(2);
}
const summarize = peers[name]();
const records = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const log = console.log;
console.log = () => {}; // some of them chat
const times = [];
let out = [], failed = 0;
for (let round = 0; round < Number(rounds); round++) {
  const begin = process.hrtime.bigint();
  out = [];
  failed = 0;
  for (const { id, text } of records) {
    let summary = "";
    try {
      summary = await summarize(text, Number(sentences));
    } catch {
      failed++; // no summary counts as an empty one
    }
    out.push({ id, summary });
  }
  times.push(Number(process.hrtime.bigint() - begin) / 1e9);
}
for (const record of out) log(JSON.stringify(record));
console.error(JSON.stringify({ seconds: times, failed, bytes: records.reduce((n, r) => n + Buffer.byteLength(r.text), 0) }));
