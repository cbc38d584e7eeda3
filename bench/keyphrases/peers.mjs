// Keyphrases as two published methods find them, written from their papers:
//   yake      Campos et al. 2020, "YAKE! Keyword extraction from single documents using multiple local features": up to three words,
//             a window of one, phrases alike by more than 0.9 once
//   textrank  Mihalcea and Tarau 2004, "TextRank: bringing order into texts": nouns and adjectives, a window of two, the best third of
//             the words, joined where they are neighbours; phrases ranked by the sum of their words
// Reads records {"id", "text"} as JSON Lines, writes {"id", "phrases"}, the best first; tells on stderr as JSON how long it took.
// With the word `check` instead of a method it computes small texts that were worked by hand.
//
//   node peers.mjs METHOD STOPWORDS < RECORDS > PHRASES
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import assert from "node:assert";

const require = createRequire(import.meta.url);

const sentencesOf = (text) => text.split(/(?<=[.!?]["”')]?)\s+|\n+/).map((s) => s.trim()).filter(Boolean);
const tokensOf = (sentence) => sentence.match(/[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu) ?? [];
const isWord = (token) => /^[\p{L}\p{N}]/u.test(token);
const median = (sorted) => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

// ---- YAKE -----------------------------------------------------------------------------------------------------------------

// The paper's tags: number, acronym, capitals (not a sentence's first), what isn't a plain word, plain.
function tagOf(token, first) {
  if (/^[\p{N}.,]+$/u.test(token)) return "d";
  if (/\p{N}/u.test(token) || !/\p{L}/u.test(token)) return "u";
  if (token.length > 1 && token === token.toUpperCase()) return "a";
  return !first && /^\p{Lu}/u.test(token) ? "U" : "p";
}

class Terms {
  constructor(stopwords) {
    this.stopwords = stopwords;
    this.all = new Map();
  }
  add(word, tag, sentence) {
    if (!this.all.has(word))
      this.all.set(word, { word, tf: 0, upper: 0, acronym: 0, sentences: new Set(), left: new Map(), right: new Map(),
        stop: this.stopwords.has(word) || word.length < 3 });
    const term = this.all.get(word);
    term.tf++;
    term.upper += tag === "U";
    term.acronym += tag === "a";
    term.sentences.add(sentence);
    return term;
  }
  weigh(nSentences) {
    const terms = [...this.all.values()], content = terms.filter((t) => !t.stop);
    const mean = content.reduce((sum, t) => sum + t.tf, 0) / content.length;
    const deviation = Math.sqrt(content.reduce((sum, t) => sum + (t.tf - mean) ** 2, 0) / content.length);
    const most = Math.max(...terms.map((t) => t.tf));
    const variety = (side) => (side.size === 0 ? 0 : side.size / [...side.values()].reduce((a, b) => a + b));
    for (const t of terms) {
      const casing = Math.max(t.upper, t.acronym) / (1 + Math.log(t.tf));
      const position = Math.log(Math.log(3 + median([...t.sentences])));
      const frequency = t.tf / (mean + deviation);
      const related = 1 + ((variety(t.left) + variety(t.right)) * t.tf) / most;
      const spread = t.sentences.size / nSentences;
      t.score = (related * position) / (casing + frequency / related + spread / related);
    }
  }
}

function yakeScores(text, stopwords) {
  const terms = new Terms(stopwords), phrases = new Map(), sentences = sentencesOf(text);
  sentences.forEach((sentence, number) => {
    let block = [];
    tokensOf(sentence).forEach((token, i) => {
      if (!isWord(token)) {
        block = [];
        return;
      }
      const tag = tagOf(token, i === 0), term = terms.add(token.toLowerCase(), tag, number), plain = tag !== "d" && tag !== "u";
      const before = block.at(-1);
      if (plain && before?.plain) {
        before.term.right.set(term, (before.term.right.get(term) ?? 0) + 1);
        term.left.set(before.term, (term.left.get(before.term) ?? 0) + 1);
      }
      block.push({ token, term, plain });
      for (let n = 1; n <= 3 && n <= block.length; n++) {
        const run = block.slice(-n);
        if (run[0].term.stop || term.stop || run.some((w) => !w.plain)) continue;
        const key = run.map((w) => w.term.word).join(" ");
        if (!phrases.has(key)) phrases.set(key, { text: run.map((w) => w.token).join(" "), terms: run.map((w) => w.term), count: 0 });
        phrases.get(key).count++;
      }
    });
  });
  terms.weigh(sentences.length);
  for (const p of phrases.values()) {
    let product = 1, sum = 0;
    p.terms.forEach((t, i) => {
      if (!t.stop) {
        product *= t.score;
        sum += t.score;
        return;
      }
      // A function word inside: how likely it stands between these two.
      const [before, after] = [p.terms[i - 1], p.terms[i + 1]];
      const likely = ((before.right.get(t) ?? 0) / before.tf) * ((t.right.get(after) ?? 0) / after.tf);
      product *= 1 + (1 - likely);
      sum -= 1 - likely;
    });
    p.score = product / (p.count * (1 + sum));
  }
  return { terms: terms.all, phrases };
}

function likeness(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] !== b[j - 1])));
    row = next;
  }
  return 1 - row[b.length] / Math.max(a.length, b.length);
}

function yake(stopwords) {
  return (text) => {
    const taken = [];
    for (const [key, p] of [...yakeScores(text, stopwords).phrases].sort((a, b) => a[1].score - b[1].score))
      if (taken.every((other) => likeness(key, other.key) <= 0.9)) taken.push({ key, text: p.text });
    return taken.map((t) => t.text);
  };
}

// ---- TextRank -------------------------------------------------------------------------------------------------------------

function rankWords(near) {
  let rank = new Map([...near.keys()].map((word) => [word, 1])), change = 1;
  for (let step = 0; step < 100 && change > 1e-4; step++) {
    const next = new Map();
    for (const [word, others] of near)
      next.set(word, 0.15 + 0.85 * [...others].reduce((sum, other) => sum + rank.get(other) / near.get(other).size, 0));
    change = Math.max(...[...near.keys()].map((word) => Math.abs(next.get(word) - rank.get(word))));
    rank = next;
  }
  return rank;
}

function textrankOf(tagged) {
  const near = new Map();
  for (const words of tagged) {
    words.forEach(({ word, fit }, i) => {
      if (!fit) return;
      if (!near.has(word)) near.set(word, new Set());
      const before = words[i - 1];
      if (before?.fit && before.word !== word) {
        near.get(word).add(before.word);
        near.get(before.word).add(word);
      }
    });
  }
  const rank = near.size > 0 ? rankWords(near) : new Map();
  const best = new Set([...rank.keys()].sort((a, b) => rank.get(b) - rank.get(a)).slice(0, Math.ceil(near.size / 3)));
  const phrases = new Map();
  for (const words of tagged)
    for (let i = 0, end; i < words.length; i = end + 1) {
      for (end = i; end < words.length && words[end].fit && best.has(words[end].word); end++);
      const run = words.slice(i, end), key = run.map((w) => w.word).join(" ");
      if (run.length > 0 && !phrases.has(key))
        phrases.set(key, { text: run.map((w) => w.token).join(" "), score: run.reduce((sum, w) => sum + rank.get(w.word), 0) });
    }
  return { rank, phrases: [...phrases.values()].sort((a, b) => b.score - a.score).map((p) => p.text) };
}

function textrank() {
  const tagger = require("wink-pos-tagger")();
  return (text) =>
    textrankOf(sentencesOf(text).map((sentence) => {
      const tokens = tokensOf(sentence);
      return tagger.tagRawTokens(tokens).map(({ pos }, i) => ({
        token: tokens[i],
        word: tokens[i].toLowerCase(),
        fit: isWord(tokens[i]) && /\p{L}{2}/u.test(tokens[i]) && /^(NN|JJ)/.test(pos),
      }));
    })).phrases;
}

// ---- By hand --------------------------------------------------------------------------------------------------------------

function check() {
  const close = (a, b) => assert(Math.abs(a - b) < 1e-3, `${a} is not ${b}`);
  // "Green tea, black tea. We like Green Tea." Without "we" and "like" there are green (2), tea (3), black (1): mean 2, deviation 0.8165, most 3.
  // tea: its left has green twice and black once, 2 of 3, its right nobody: related 1 + 2/3 = 1.6667; casing 1/(1 + ln 3) = 0.4765;
  // median of sentences 0 and 1: ln ln 3.5 = 0.2254; frequency 3/2.8165 = 1.0652; spread 1:
  //     1.6667 * 0.2254 / (0.4765 + 1.0652/1.6667 + 1/1.6667) = 0.2190
  // green: left like, right tea twice: (1 + 1/2) * 2/3: related 2; casing 1/(1 + ln 2) = 0.5906; frequency 0.7101; spread 1:
  //     2 * 0.2254 / (0.5906 + 0.7101/2 + 1/2) = 0.3118
  // green tea, twice: 0.2190 * 0.3118 / (2 * (1 + 0.2190 + 0.3118)) = 0.0223
  const { terms, phrases } = yakeScores("Green tea, black tea. We like Green Tea.", new Set(["we", "like"]));
  close(terms.get("tea").score, 0.2190);
  close(terms.get("green").score, 0.3118);
  close(phrases.get("green tea").score, 0.0223);
  // A chain a - b - c: a = 0.15 + 0.85 b/2, b = 0.15 + 0.85 * 2 a: b = (0.15 + 1.7 * 0.15)/(1 - 0.7225) = 1.4595, a = 0.7703.
  const fit = [..."abc"].map((word) => ({ word, token: word, fit: true }));
  const { rank, phrases: joined } = textrankOf([fit]);
  close(rank.get("b"), 1.4595);
  close(rank.get("a"), 0.7703);
  assert.deepEqual(joined, ["b"]); // a third of three
  assert.equal(likeness("river", "rivers"), 1 - 1 / 6);
}

const methods = { yake, textrank };
const [name, file] = process.argv.slice(2);
check();
if (name !== "check") {
  if (!methods[name] || !file) {
    console.error(`usage: node peers.mjs METHOD STOPWORDS < RECORDS; methods: ${Object.keys(methods).join(", ")}`);
    process.exit(2);
  }
  const find = methods[name](new Set(readFileSync(file, "utf8").split("\n").filter((line) => line && !line.startsWith("#"))));
  const records = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  for (const { text } of records) find(text); // to warm up
  const begin = process.hrtime.bigint();
  const found = records.map(({ id, text }) => ({ id, phrases: find(text) }));
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  for (const record of found) console.log(JSON.stringify(record));
  console.error(JSON.stringify({ seconds, bytes: records.reduce((n, r) => n + Buffer.byteLength(r.text), 0) }));
}
